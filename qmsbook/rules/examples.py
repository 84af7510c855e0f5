"""Markdown tables to tables of a workbook: what the examples of rules and the golden books are written in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from qmsbook.book.book import Book, Noticed, Trouble
from qmsbook.book.cell import Cell
from qmsbook.book.goalposts import ClosedPlan
from qmsbook.book.reading import read_book
from qmsbook.book.table import Column, ErrorValue, Table, Value, columns_of, header_key
from qmsbook.book.tables import TABLES, Target
from qmsbook.methods.goalposts import REVISIONS

#: The day on which examples are judged unless they say ``on 2026-11-10`` themselves.
EXAMPLE_DAY = date(2026, 11, 10)
#: The table of an example that stands for what sheets of reviews tell: kind, table, row, header, detail.
_ON_THE_SHEETS = "On the sheets"
#: How the name begins of a table that stands for what a closed review kept of the plan.
_KEPT_BY = "Kept by "
_LINE = re.compile(r"-+\Z")
_TIME = re.compile(r"\d+:\d\d")
_DAY = re.compile(r"on (\d{4}-\d{2}-\d{2})\Z")


@dataclass(frozen=True, slots=True)
class Example:
    """Tables written in Markdown, the cells marked ``[!]``, and the day to judge them on.

    ``noticed`` is what the table *On the sheets* says: what the sheets of reviews would tell of themselves.
    ``kept`` is what tables such as *Kept by 2026-Q3* say: table, row, header and value of the plan that a
    closed review printed; a period in place of a header stands for what was planned for it.
    """

    tables: tuple[Table, ...]
    marked: tuple[Cell | None, ...]
    on: date
    noticed: tuple[Trouble, ...] = ()
    kept: tuple[tuple[str, tuple[tuple[str, str, str, str], ...]], ...] = ()

    @property
    def book(self) -> Book:
        """The book that these tables make; of a company's people they name only those they need."""
        book = read_book(self.tables, self.on)
        if not any(_FEW in map(str, column) for t in self.tables for column in t.columns):
            book = book.changed(settings=book.settings.changed(small_company_people=0))
        plans = tuple(_closed_plan(book, review, rows) for review, rows in self.kept)
        return book.changed(troubles=(*book.troubles, *self.noticed), closed_plans=plans)


#: The setting that says what a handful of people is; an example that does not name it is no such company.
_FEW = "Small company people"


def read_example(text: str) -> Example:
    """Read Markdown tables, each under the name of its table.

    A cell reads as its column means it: numbers, dates (2026-10-31) and plain text. ``"95"`` is text,
    ``#N/A`` an error, ``=A1+1 -> 7`` a formula with its value, ``95%`` a number formatted as a percent,
    ``1:30`` as a time, nothing is a blank cell. What follows a second line of dashes stands below the table.
    Columns that are left out take their example value; ``...`` in place of a header leaves them out
    altogether. ``[!]`` marks a cell (also a header), and is not part of it; on a line of its
    own it stands for a finding that has no cell.
    """
    on = EXAMPLE_DAY
    tables: list[Table] = []
    marked: list[Cell | None] = []
    noticed: list[Trouble] = []
    plans: list[tuple[str, tuple[tuple[str, str, str, str], ...]]] = []
    lines = [line.strip() for line in text.splitlines()]
    place = 0
    while place < len(lines):
        line = lines[place]
        place += 1
        day = _DAY.match(line)
        if day:
            on = date.fromisoformat(day[1])
        elif line == "[!]":
            marked.append(None)
        elif line and not line.startswith("|"):
            rows = []
            while place < len(lines) and lines[place].startswith("|"):
                rows.append([cell.strip() for cell in lines[place].strip("|").split("|")])
                place += 1
            if rows:
                table, marks = _table(line, [rows[0], *rows[2:]])
                if line == _ON_THE_SHEETS:
                    noticed += [_trouble(row) for row in rows[2:]]
                elif line.startswith(_KEPT_BY):
                    told = tuple((r[0], r[1], r[2], r[3]) for r in rows[2:])
                    plans.append((line.removeprefix(_KEPT_BY), told))
                else:
                    tables.append(table)
                marked += marks
    return Example(tuple(tables), tuple(marked), on, tuple(noticed), tuple(plans))


def _closed_plan(book: Book, review: str, rows: Sequence[tuple[str, str, str, str]]) -> ClosedPlan:
    period = book.parse_period(review)
    assert period is not None
    posts: dict[tuple[str, str], dict[str, Value]] = {}
    levels: dict[str, dict[str, float | None]] = {}
    for table, key, header, text in rows:
        record = next(r for r in TABLES if table == r.TABLE)
        if header == Target.TITLE:
            posts.setdefault((table, key), {})[REVISIONS] = text
            continue
        column = _column(list(columns_of(record).values()), header)
        if column is None:
            levels.setdefault(key, {})[header] = float(text) if text else None
            continue
        name = next(name for name, each in columns_of(record).items() if each is column)
        value = text == "yes" if column.kind == "flag" else _value(text, column)[0]
        posts.setdefault((table, key), {})[name] = value.isoformat() if isinstance(value, date) else value
    return ClosedPlan(review, period.first, period.last, posts, levels)


def _trouble(row: Sequence[str]) -> Trouble:
    kind, table, key, header, detail = row
    return Trouble(cast("Noticed", kind), table, None, key, header, None, detail)


def _table(name: str, rows: list[list[str]]) -> tuple[Table, list[Cell]]:
    record = next((r for r in TABLES if name == r.TABLE), None)
    declared = list(columns_of(record).values()) if record else []
    end = next((place for place, row in enumerate(rows) if _LINE.match("".join(row))), len(rows))
    rows = rows[:end] + rows[end + 1 :]
    given = [cell.replace("[!]", "").strip() for cell in rows[0]]
    bare = "..." in given
    left_out = [] if bare else [c for c in declared if not _given(c, given) and not c.computed]
    if name == "Measurements" and "Value" in given:  # or the example's ratio would win over the value
        left_out = [c for c in left_out if c.header not in {"Numerator", "Denominator"}]
    headers = [h for h in given if h != "..."] + [c.header for c in left_out]
    columns: list[list[Value]] = [[] for _ in headers]
    formulas: list[dict[int, str]] = [{} for _ in headers]
    percent: list[set[int]] = [set() for _ in headers]
    times: list[set[int]] = [set() for _ in headers]
    marked = [Cell(name, 1, place + 1) for place, cell in enumerate(rows[0]) if "[!]" in cell]
    for index, row in enumerate(rows[1:]):
        blank = not any(text.replace("[!]", "").strip() for text in row)
        for place, text in enumerate(row[: len(given)]):
            if "[!]" in text:
                marked.append(Cell(name, index + 2, place + 1))
                text = text.replace("[!]", "").strip()
            if place < len(headers) - len(left_out):
                column = _column(declared, headers[place])
                value, formula, is_percent = _value(text, column)
                columns[place].append(value)
                if formula:
                    formulas[place][index] = formula
                if is_percent:
                    percent[place].add(index)
                if column is not None and column.kind == "number" and _TIME.fullmatch(text):
                    hours, minutes = text.split(":")
                    columns[place][-1] = (int(hours) * 60 + int(minutes)) / 1440
                    times[place].add(index)
        for place, missing in enumerate(left_out, start=len(headers) - len(left_out)):
            columns[place].append(None if blank else missing.example)
    table = Table(
        name=name, sheet=name, row=1, column=1, headers=tuple(headers), columns=tuple(columns),
        formulas=tuple(formulas), percent=tuple(frozenset(p) for p in percent), merges=_merges(columns),
        times=tuple(frozenset(t) for t in times),
    )  # fmt: skip
    return table.split(end - 1), marked


def _merges(columns: list[list[Value]]) -> tuple[tuple[int, int, int, int], ...]:
    """The cells that ``^`` merges with the one above; what it covers is blank."""
    found: list[tuple[int, int, int, int]] = []
    for place, values in enumerate(columns, start=1):
        for row, value in enumerate(values):
            if value == "^":
                values[row] = None
                top = found.pop()[0] if found and found[-1][1:3] == (place, row + 1) else row + 1
                found.append((top, place, row + 2, place))
    return tuple(found)


def _given(column: Column, headers: Sequence[str]) -> bool:
    return header_key(column.header) in {header_key(h) for h in headers}


def _column(declared: Sequence[Column], header: str) -> Column | None:
    return next((c for c in declared if header_key(c.header) == header_key(header)), None)


def _value(text: str, column: Column | None) -> tuple[Value, str | None, bool]:
    """The value, the formula if there is one, and whether the cell is formatted as a percent."""
    formula = None
    if text.startswith("=") and "->" in text:
        formula, _, text = (part.strip() for part in text[1:].partition("->"))
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1], formula, False
    if not text:
        return None, formula, False
    if re.fullmatch(r"#[A-Z/0]+[!?]?", text):
        return ErrorValue(text), formula, False
    kind = column.kind if column else "any"
    if kind in {"number", "any", "date"}:
        if re.fullmatch(r"-?\d+(\.\d+)?%", text):
            return float(text[:-1]) / 100, formula, True
        if re.fullmatch(r"-?\d+(\.\d+)?(e[-+]?\d+)?", text):
            return float(text), formula, False
    if kind in {"date", "period", "any"} and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        try:
            return date.fromisoformat(text), formula, False
        except ValueError:  # the 31st of November is a text to Excel too
            return text, formula, False
    return text.replace("\\n", "\n"), formula, False
