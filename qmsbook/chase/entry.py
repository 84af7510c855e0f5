"""The small workbook that a person gets: their rows alone, yellow cells to type in, and what was given out.

It is drawn like a generated sheet, and its rows have ids: it can be sorted, renamed and sent back late, and
still be told apart from what changed meanwhile. What was given out is kept beside the workbook (`given`); the
hidden first row keeps it too, for whoever has lost that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qmsbook.book.book import Book
from qmsbook.book.table import Value
from qmsbook.book.words import decimals_apart, decimals_in
from qmsbook.chase.owed import Due, Owed
from qmsbook.pages.canvas import Canvas, EntryArea, Field
from qmsbook.pages.memo import EntryMemo
from qmsbook.pages.page import MARKER, Frame
from qmsbook.sections.wording import short_day

#: The marker in A1; the workbook's id, behind a # the ticket of what was given out, and the person follow.
ENTRY = MARKER + "entry:"
READINGS, ACTIONS = "Your_figures", "Your_actions"
_WIDTHS = (13, 40, 12, 14, 12, 12, 13, 44, 13, 13)
_HOW = (
    "Type into the yellow cells, save the file and send it back. You may sort the rows and rename the file. "
    "Leave blank what you do not know yet; a figure that will never come wants a word in Comment."
)
_READING_FIELDS = (
    Field("Row", ours=True), Field("KPI", ours=True), Field("Period", ours=True), Field("Unit", ours=True),
    Field("Plan", ours=True), Field("Last figure", ours=True), Field("Value"), Field("Comment"),
    Field("Numerator"), Field("Denominator"),
)  # fmt: skip
_ACTION_FIELDS = (
    Field("Row", ours=True), Field("What", ours=True), Field("Due", ours=True, is_date=True),
    Field("For", ours=True), Field("Opened", ours=True, is_date=True),
    Field("State", ("open", "done", "dropped")), Field("Closed", is_date=True), Field("Effect"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Area:
    """A table of an entry workbook: its heading, its columns, and each row's values by the row's id."""

    heading: str
    fields: Sequence[Field]
    rows: Mapping[str, tuple[Value, ...]]

    @property
    def given(self) -> EntryMemo:
        """What is given out with it."""
        return EntryMemo(tuple(field.header for field in self.fields), self.rows)


def entry_areas(person: Owed) -> dict[str, Area]:
    """What a person gets to fill in, by the table's name; empty if they owe neither figures nor actions."""
    found: dict[str, Area] = {}
    if person.readings:
        fields = _READING_FIELDS if _ratios(person) else _READING_FIELDS[:-2]
        readings = {due.key: _reading(due)[: len(fields)] for due in person.readings}
        found[READINGS] = Area("Figures to enter", fields, readings)
    if person.actions:
        actions: dict[str, tuple[Value, ...]] = {
            a.id: (a.id, a.what, a.due, ", ".join(a.serves), a.opened, a.state, a.closed, a.effect or None)
            for a in person.actions
        }
        found[ACTIONS] = Area("Your actions", _ACTION_FIELDS, actions)
    return found


def _ratios(person: Owed) -> bool:
    return any(due.kpi.numerator or due.kpi.denominator for due in person.readings)


def entry_workbook(book: Book, person: Owed, id: str, ticket: str = "") -> bytes | None:
    """The workbook with a person's rows, or None if they owe neither figures nor actions.

    ``id`` is the workbook's, ``ticket`` stands for what was kept of all this.
    """
    areas = entry_areas(person)
    if not areas:
        return None
    widths = _WIDTHS if _ratios(person) else _WIDTHS[:-2]
    made_for = f"{id}#{ticket}" if ticket else id
    canvas = Canvas(f"{ENTRY}{made_for}:{person.person}", "Entry", Frame.of(book), widths, landscape=True)
    right = len(widths)
    canvas.span(2, 1, right, f"For {person.person}", "title")
    canvas.tall(2, 30)
    company = f"{book.settings.company} · " if book.settings.company else ""
    canvas.span(3, 1, right, f"{company}as of {short_day(book.on)}", "subtitle")
    canvas.tall(3, 20)
    canvas.span(4, 1, right, _HOW, "plain")
    canvas.room(4, [(_HOW, 1, right)], least=20)
    row, keep = 6, set[int]()
    for name, area in areas.items():
        row = _drawn(canvas, row, name, area, keep)
    canvas.paginate(row, keep)
    return canvas.finish(row - 1).content


def _drawn(canvas: Canvas, row: int, name: str, area: Area, keep: set[int]) -> int:
    canvas.span(row, 1, len(canvas.widths), area.heading, "heading")
    canvas.tall(row, 24)
    canvas.tall(row + 1, 18)
    keep |= {row, row + 1}
    return canvas.entries(row + 1, 1, EntryArea(name, area.fields, area.rows, area.rows)) + 1


def _reading(due: Due) -> tuple[Value, ...]:
    kpi = due.kpi
    name = f"{kpi.id} {kpi.name}".strip()
    plan, last = _rounded(due.plan, due.last, kpi.unit)
    return (due.key, name, due.period.text, kpi.unit or None, plan, last, None, None, None, None)


def _rounded(plan: float | None, last: float | None, unit: str) -> tuple[float | None, float | None]:
    """Two figures to compare, with the decimals of their KPI, and as many as they need to look different."""
    found = [value for value in (plan, last) if value is not None]
    apart = decimals_apart(found[0], found[1], unit) if len(found) == 2 else 0
    decimals = max(apart, decimals_in(unit, *found))
    return _round(plan, decimals), _round(last, decimals)


def _round(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)
