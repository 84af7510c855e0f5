"""What does not matter changes no finding but its address: order, ids, blank rows, own columns, the year."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from test_rules import ON, example_tables, found_in, golden, said, shuffled

from qmsbook.book.period import parse_period
from qmsbook.book.reading import read_book
from qmsbook.book.table import Table, Value
from qmsbook.book.tables import TABLES
from qmsbook.rules import check
from qmsbook.rules.rule import Finding

Tables = tuple[Table, ...]
BOOKS = {"example": example_tables(True), "tangled": golden("tangled"), "clean": golden("clean")}
EACH_BOOK = pytest.mark.parametrize("name", BOOKS)


def changed(tables: Tables, change: Callable[[Table, str, Value], Value]) -> Tables:
    """The tables with every cell replaced."""
    return tuple(
        dataclasses.replace(
            table,
            columns=tuple(
                [change(table, header, value) for value in values]
                for header, values in zip(table.headers, table.columns, strict=True)
            ),
        )
        for table in tables
    )


def kinds(findings: Sequence[Finding]) -> list[tuple[str, str, str, str]]:
    """Code, gravity and place in the table, without what names the row."""
    return sorted((f.code, str(f.severity), f.table, f.column or "") for f in findings)


@EACH_BOOK
@pytest.mark.parametrize("seed", [1, 2])
def test_order_and_own_columns(name: str, seed: int) -> None:
    tables = BOOKS[name]
    chance = random.Random(seed)
    moved = [
        shuffled(
            table,
            chance.sample(range(table.rows), table.rows),
            chance.sample(range(len(table.headers)), len(table.headers)),
        )
        for table in tables
    ]
    # Which of two equal ids or readings is told of depends on which comes first.
    unordered = {"WBK021", "WBK022", "MEA002", "VIT011"}
    before, after = (
        [f for f in found_in(each) if f.code not in unordered] for each in (tables, tuple(moved))
    )
    if name != "example":
        assert said(after) == said(before)
    assert kinds(after) == kinds(before)


@EACH_BOOK
def test_ids_may_be_any(name: str) -> None:
    tables = BOOKS[name]
    keys = {
        str(value)
        for table in tables
        for record in TABLES
        if table.name == record.TABLE and record.KEY == "id" and record.TABLE != "People"
        for value in table.columns[0]
        if value
    }
    # Ids that nobody has are renamed too: what they were meant to be is told by their likeness.
    named = [t.columns[t.headers.index("Supports")] for t in tables if "Supports" in t.headers]
    keys |= {key for values in named for value in values for key in re.findall(r"[A-Z]\d+", str(value or ""))}
    pattern = re.compile(
        r"(?<![\w.-])(" + "|".join(map(re.escape, sorted(keys, key=len, reverse=True))) + r")(?![\w-]|\.\w)",
        re.IGNORECASE,
    )

    def renamed(table: Table, header: str, value: Value) -> Value:
        if not isinstance(value, str) or table.name == "Settings" or header == "Statement":
            return value
        return pattern.sub(lambda m: "Zz" + m[1], value)

    before, after = found_in(tables), found_in(changed(tables, renamed))
    assert kinds(after) == kinds(before)
    old = sorted((f.code, (f.row or "").replace("Zz", "")) for f in after)
    assert old == sorted((f.code, f.row or "") for f in before)


@EACH_BOOK
def test_blank_rows_are_only_advice(name: str) -> None:
    def sparse(table: Table) -> Table:
        middle = table.rows // 2
        columns = tuple([*values[:middle], None, None, *values[middle:], None] for values in table.columns)
        return dataclasses.replace(table, columns=columns, formulas=(), percent=())

    before = found_in(BOOKS[name])
    after = found_in(tuple(sparse(table) for table in BOOKS[name]))
    assert kinds([f for f in after if f.code != "WBK019"]) == kinds([f for f in before if f.code != "WBK019"])


@EACH_BOOK
def test_a_year_later_all_is_the_same(name: str) -> None:
    def later(table: Table, header: str, value: Value) -> Value:
        if isinstance(value, date):
            return value.replace(year=value.year + 1)
        if isinstance(value, str) and table.name != "Settings" and parse_period(value) is not None:
            return str(int(value[:4]) + 1) + value[4:]
        if isinstance(value, str) and table.name == "Waivers":
            return re.sub(r"@(\d{4})", lambda m: f"@{int(m[1]) + 1}", value)
        return value

    def judged(tables: Tables, on: date) -> list[Finding]:
        return check(read_book(tables, on), stage="audit-ready")

    before = judged(BOOKS[name], ON)
    after = judged(changed(BOOKS[name], later), ON.replace(year=ON.year + 1))
    assert kinds(after) == kinds(before)
    assert [f.at for f in after] == [f.at for f in before]
    rows = [[re.sub(r"@.*", "", f.row or "") for f in found] for found in (before, after)]
    assert rows[0] == rows[1]


def test_checking_the_example_twice_gives_the_same() -> None:
    book = read_book(BOOKS["example"], ON)
    assert check(book) == check(book)
