"""Returned rows against the workbook as it stands: three ways, by the row's id; what is not certain is told.

A group of cells is taken if this person was given it, the workbook still holds what was given out, everybody
who sent it back says the same, and a figure is one that may be meant or that a person agreed to. All else is
a conflict, with what stands here and what came back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qmsbook.book.book import Book
from qmsbook.book.edit import Edit, Fill, FillCells
from qmsbook.book.meant import part_of
from qmsbook.book.numbers import exact
from qmsbook.book.parse import HARMLESS, parse, squeezed
from qmsbook.book.table import Table, Value
from qmsbook.book.tables import Action, Measurement
from qmsbook.book.words import listed
from qmsbook.chase.claims import Claim, Refused, claim_of, column_of, shown, why_not
from qmsbook.chase.plausible import doubt_of
from qmsbook.chase.returned import Returned, Typed
from qmsbook.methods.method import Assessment
from qmsbook.pages.page import norm, text_of


@dataclass(frozen=True, slots=True)
class Taken:
    """Cells that were taken over: what stood there, what stands there now, from which files."""

    row: str
    headers: tuple[str, ...]
    before: tuple[Value, ...]
    after: tuple[Value, ...]
    files: tuple[str, ...]

    def __str__(self) -> str:
        changed = [
            f"{header}: {shown(old)} -> {shown(new)}" if norm(old) != "" else f"{header}: {shown(new)}"
            for header, old, new in zip(self.headers, self.before, self.after, strict=True)
            if norm(old) != norm(new)
        ]
        return f"{shown(self.row)} {', '.join(changed)} (from {listed(self.files)})"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Cells that were not taken over: what stands here, what a file says, and why nobody chose."""

    row: str
    headers: tuple[str, ...]
    here: tuple[Value, ...] | None
    said: tuple[Value, ...]
    file: str
    cell: str
    why: str

    def __str__(self) -> str:
        here = "" if self.here is None else f"here {_told(self.headers, self.here)}; "
        row, said = shown(self.row) if self.row else "A new row", _told(self.headers, self.said)
        return f"{row}: {here}{self.file} ({self.cell}) says {said}. {self.why}"


@dataclass(frozen=True, slots=True)
class Question:
    """A figure that may not be meant: its row, and in words what came back and why it is asked."""

    row: str
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What the files come to: fills of cells, new rows of Measurements, what was taken and what was not.

    ``questions`` are about some of the conflicts: a person may agree to them.
    """

    fills: tuple[Edit, ...] = ()
    rows: tuple[Mapping[str, Value], ...] = ()
    taken: tuple[Taken, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(slots=True)
class _Work:
    """What has been settled so far; ``open`` are the rows of which some cells were not."""

    assessed: Assessment
    agreed: Collection[str]
    questions: list[Question] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    taken: list[Taken] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    fills: dict[str, list[Fill]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, dict[str, Value]] = field(default_factory=dict)


def merge(
    book: Book, assessed: Assessment, files: Sequence[Returned], agreed: Collection[str] = ()
) -> Merged:
    """What to write into the workbook, and what a person has to settle.

    ``agreed`` are the rows whose figures a person was asked about and wants.
    """
    work = _Work(assessed, agreed)
    claims: dict[tuple[str, str, tuple[str, ...]], list[Claim]] = defaultdict(list)
    for back in files:
        for typed in back.typed:
            try:
                claim = claim_of(book, typed)
            except Refused as why:
                if not back.doubt and typed.given is not None:  # a row that was theirs to fill in
                    work.open.add(squeezed(typed.row))
                told = f"{back.doubt} {why}".strip()
                work.conflicts.append(_conflict(typed, typed.row, None, typed.said, told))
                continue
            refused = why_not(book, back, claim)
            if refused:
                _show(book, work, claim, refused)
            else:
                claims[claim.table, squeezed(claim.row), typed.headers].append(claim)
    # Figures before comments: a comment alone would pass for the reason of a gap.
    for found in sorted(claims.values(), key=lambda each: each[0].headers == ("Comment",)):
        _settle(book, work, found)
    fills = tuple(FillCells(table, tuple(cells)) for table, cells in work.fills.items())
    rows, taken = tuple(work.rows.values()), tuple(work.taken)
    return Merged(fills, rows, taken, tuple(work.conflicts), tuple(work.questions))


def _show(book: Book, work: _Work, claim: Claim, why: str) -> None:
    """Tell of what may not be taken; it does not stand in the way of what may."""
    table = book.tables.get(claim.table)
    try:
        here = _here(book, table, _rows(book, claim) if table is not None else [], claim)
    except Refused as more:
        here, why = None, f"{why} {more}"
    if here is None or not _alike(here, claim.said):
        work.conflicts.append(_conflict(claim.typed, claim.row, here, claim.said, why))


def _settle(book: Book, work: _Work, claims: Sequence[Claim]) -> None:
    """Take what all files say alike of a row that stands as it was given out; else tell of each."""
    first = claims[0]
    table = book.tables.get(first.table)
    rows = _rows(book, first) if table is not None else []
    try:
        here = _here(book, table, rows, first)
    except Refused as why:
        _leave(work, claims, None, str(why))
        return
    said = {tuple(norm(v) for v in claim.said) for claim in claims}
    if len(said) > 1:
        files = listed(list(dict.fromkeys(claim.typed.file for claim in claims)))
        told = f"{files} do not say the same." if " and " in files else f"{files} says two things."
        _leave(work, claims, here, told)
    elif _alike(here, first.said):
        return
    elif not any(_alike(here, claim.given) for claim in claims):
        _leave(work, claims, here, "It was changed here since it was given out.")
    elif first.headers == ("Comment",) and squeezed(first.row) in work.open:
        _leave(work, claims, here, "Its figure waits to be settled first.")
    elif doubt := _doubt(book, work, first):
        files = listed(list(dict.fromkeys(claim.typed.file for claim in claims)))
        kpi = book.kpi(first.row.partition("@")[0])
        asked = f"{kpi.label if kpi else ''} ({first.row}): {files} says {_told(first.headers, first.said)}."
        work.questions.append(Question(first.row, f"{asked} {doubt}"))
        _leave(work, claims, here, f"{doubt} If it is right, enter it in the workbook.")
    else:
        _take(book, work, table, rows, here, claims)


def _doubt(book: Book, work: _Work, claim: Claim) -> str:
    """Why a figure may not be meant; blank if it may, or if the person agreed to it."""
    if claim.headers[0] != "Value" or claim.row in work.agreed:
        return ""
    key, _, text = claim.row.partition("@")
    kpi, period = book.kpi(key), book.parse_period(text)
    assert kpi is not None
    assert period is not None
    value, numerator, denominator = (v if isinstance(v, float) else None for v in claim.said)
    return doubt_of(book, work.assessed, kpi, period, (value, numerator, denominator))


def _leave(work: _Work, claims: Sequence[Claim], here: tuple[Value, ...] | None, why: str) -> None:
    work.open.add(squeezed(claims[0].row))
    work.conflicts += [_conflict(c.typed, c.row, here, c.said, why) for c in claims]


def _rows(book: Book, claim: Claim) -> list[int]:
    """The rows of the table, from 0, that a claim is about."""
    if claim.table == "Measurements":
        held, (kpi, _, period) = book.measurements, claim.row.partition("@")
        sheet = [held.rows[at] for at in book.readings_of.get(kpi, ()) if held.period[at] == period]
    else:
        sheet = [action.row for action in book.actions if action.id == claim.row]
    top = book.tables[claim.table].row + 1
    return [row - top for row in sheet]


def _here(book: Book, table: Table | None, rows: Sequence[int], claim: Claim) -> tuple[Value, ...]:
    """What the workbook holds now, in the same sense as what came back. Raises Refused if in doubt."""
    if table is None:
        raise Refused(f"There is no table {claim.table} any more.")
    if len(rows) > 1:
        raise Refused(f"{claim.row} stands in {claim.table} {len(rows)} times.")
    for header in claim.headers:
        if table.find(header) is None and claim.said[claim.headers.index(header)] is not None:
            raise Refused(f"{claim.table} has no column {header}.")
    if not rows:
        if claim.table != "Measurements":
            raise Refused(f"There is no {claim.row} in {claim.table} any more.")
        return (None,) * len(claim.headers)
    return tuple(_standing(book, table, rows[0], header, claim) for header in claim.headers)


def _standing(book: Book, table: Table, row: int, header: str, claim: Claim) -> Value:
    place = table.find(header)
    if place is None:
        return None
    if table.formula(row, place) is not None:
        raise Refused(f"{table.cell(row, place)} holds a formula.")
    record: type[Any] = Measurement if claim.table == "Measurements" else Action
    value, column = table.columns[place][row], column_of(record, header)
    parsed = parse(column, value)
    if parsed.misfit is not None and parsed.misfit not in HARMLESS:
        raise Refused(f"{table.cell(row, place)} cannot be read: {shown(value)}.")
    if isinstance(value, float):
        return exact(value / _part(book, table, row, header, claim))
    if column.kind == "text":
        return text_of(value) or None
    found: Value = parsed.value
    return found


def _part(book: Book, table: Table, row: int, header: str, claim: Claim) -> float:
    """What part of the figure that people read a cell holds, by its format."""
    kpi = book.kpi(claim.row.partition("@")[0]) if claim.table == "Measurements" else None
    place = table.find(header)
    return part_of(table, row, place, kpi.unit) if header == "Value" and kpi and place is not None else 1.0


def _take(
    book: Book, work: _Work, table: Table | None, rows: Sequence[int], here: tuple[Value, ...],
    claims: Sequence[Claim],
) -> None:  # fmt: skip
    first = claims[0]
    files = tuple(dict.fromkeys(claim.typed.file for claim in claims))
    work.taken.append(Taken(first.row, first.headers, here, first.said, files))
    changed = [
        (header, value)
        for header, old, value in zip(first.headers, here, first.said, strict=True)
        if norm(old) != norm(value)
    ]
    if not rows:
        kpi, _, period = first.row.partition("@")
        row = work.rows.setdefault(squeezed(first.row), {"KPI": kpi, "Period": period})
        row.update({header: value for header, value in changed if value is not None})
        return
    assert table is not None
    for header, value in changed:
        place = table.find(header)
        assert place is not None
        part = _part(book, table, rows[0], header, first)
        stored = float(f"{value * part:.15g}") if part != 1 and isinstance(value, float) else value
        work.fills[first.table].append(Fill(rows[0], header, table.columns[place][rows[0]], stored))


def _alike(one: Iterable[Value], other: Iterable[Value]) -> bool:
    return [norm(v) for v in one] == [norm(v) for v in other]


def _conflict(
    typed: Typed, row: str, here: tuple[Value, ...] | None, said: tuple[Value, ...], why: str
) -> Conflict:  # fmt: skip
    return Conflict(row, typed.headers, here, said, typed.file, typed.cell, why)


def _told(headers: Sequence[str], values: Sequence[Value]) -> str:
    pairs = [f"{h} {shown(v)}" for h, v in zip(headers, values, strict=True) if norm(v) != ""]
    return ", ".join(pairs) or "nothing"
