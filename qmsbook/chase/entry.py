"""The small workbook that a person gets: their rows alone, yellow cells to type in, and what was given out.

It is drawn like a generated sheet: the hidden first row keeps every cell as it was given out, by the row's
id. So it can be sorted, renamed and sent back late, and still be told apart from what changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmsbook.book.book import Book
from qmsbook.book.table import Value
from qmsbook.book.words import decimals_apart, decimals_for
from qmsbook.chase.owed import Due, Owed
from qmsbook.pages.canvas import Canvas, Field
from qmsbook.pages.page import MARKER, Frame
from qmsbook.sections.wording import short_day

#: The marker in A1; the workbook's id and the person follow.
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


def entry_workbook(book: Book, person: Owed, id: str) -> bytes | None:
    """The workbook with a person's rows, or None if they owe neither figures nor actions."""
    if not person.readings and not person.actions:
        return None
    ratios = any(due.kpi.numerator or due.kpi.denominator for due in person.readings)
    widths = _WIDTHS if ratios else _WIDTHS[:-2]
    canvas = Canvas(f"{ENTRY}{id}:{person.person}", "Entry", Frame.of(book), widths, landscape=True)
    right = len(widths)
    canvas.span(2, 1, right, f"For {person.person}", "title")
    canvas.tall(2, 30)
    company = f"{book.settings.company} · " if book.settings.company else ""
    canvas.span(3, 1, right, f"{company}as of {short_day(book.on)}", "subtitle")
    canvas.tall(3, 20)
    canvas.span(4, 1, right, _HOW, "plain")
    canvas.room(4, [(_HOW, 1, right)], least=20)
    row, keep = 6, set[int]()
    if person.readings:
        fields = _READING_FIELDS if ratios else _READING_FIELDS[:-2]
        readings = {due.key: _reading(due)[: len(fields)] for due in person.readings}
        row = _area(canvas, row, "Figures to enter", READINGS, fields, readings, keep)
    if person.actions:
        actions = {
            a.id: (a.id, a.what, a.due, ", ".join(a.serves), a.opened, a.state, a.closed, a.effect or None)
            for a in person.actions
        }
        row = _area(canvas, row, "Your actions", ACTIONS, _ACTION_FIELDS, actions, keep)
    canvas.paginate(row, keep)
    return canvas.finish(row - 1).content


def _area(
    canvas: Canvas, row: int, heading: str, name: str, fields: Sequence[Field],
    rows: Mapping[str, Sequence[Value]], keep: set[int],
) -> int:  # fmt: skip
    canvas.span(row, 1, len(canvas.widths), heading, "heading")
    canvas.tall(row, 24)
    canvas.tall(row + 1, 18)
    keep |= {row, row + 1}
    return canvas.entries(row + 1, 1, name, fields, rows, rows) + 1


def _reading(due: Due) -> tuple[Value, ...]:
    kpi = due.kpi
    name = f"{kpi.id} {kpi.name}".strip()
    plan, last = _rounded(due.plan, due.last)
    return (due.key, name, due.period.text, kpi.unit or None, plan, last, None, None, None, None)


def _rounded(plan: float | None, last: float | None) -> tuple[float | None, float | None]:
    """Two figures to compare, with as many decimals as they need to look different."""
    found = [value for value in (plan, last) if value is not None]
    decimals = decimals_apart(*found) if len(found) == 2 else decimals_for(*found)
    return _round(plan, decimals), _round(last, decimals)


def _round(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals)
