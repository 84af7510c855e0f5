"""A table that is missing, or has another name, is one finding: nothing that only follows from it is told."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from test_findings import newcomer
from test_rules import ON, example_tables, golden

from qmsbook.book.reading import read_book
from qmsbook.book.table import Table
from qmsbook.book.tables import TABLES
from qmsbook.rules import check
from qmsbook.rules.rule import STAGES, Finding

BOOKS = {
    "example": lambda: example_tables(with_mistakes=True),
    "tangled": lambda: golden("tangled"),
    "figures": lambda: golden("figures"),
    "clean": lambda: golden("clean"),
    "newcomer": lambda: tuple(newcomer()),
}
NAMES = [record.TABLE for record in TABLES]


def found(tables: tuple[Table, ...]) -> list[Finding]:
    return check(read_book(tables, ON), stage=STAGES[-1])


def said(finding: Finding) -> tuple[Any, ...]:
    # Where a plan starts is said with the readings that show it: without them less is said, as advice.
    words = (finding.severity, finding.message) if finding.code != "KPI022" else ""
    return finding.code, finding.at, finding.row, words


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("book", BOOKS)
def test_nothing_follows_from_a_missing_table(book: str, name: str) -> None:
    tables = BOOKS[book]()
    before = {said(finding) for finding in found(tables)}
    after = found(tuple(table for table in tables if table.name != name))
    fresh = [finding for finding in after if said(finding) not in before]
    # A reading that is missing is told at its KPI where no vital objective is there to tell it.
    expected = {"WBK001", "WBK004"} | ({"MEA012"} if name == "Objectives" else set())
    assert [str(each) for each in fresh if each.code not in expected] == []
    assert sum(each.code != "MEA012" for each in fresh) <= 1
    if name in ("Goals", "Objectives", "KPIs", "Measurements"):
        assert [each.code for each in after if each.table == name] == ["WBK001"]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_under_another_name_is_missing_and_found(name: str) -> None:
    tables = example_tables(with_mistakes=True)
    before = {said(finding) for finding in found(tables)}
    renamed = tuple(
        dataclasses.replace(table, name=f"{name}5") if table.name == name else table for table in tables
    )
    fresh = [finding for finding in found(renamed) if said(finding) not in before]
    assert [each.code for each in fresh] == ["WBK002"]
    assert f"The table {name}5 on sheet " in fresh[0].message


@pytest.mark.parametrize("name", NAMES)
def test_a_renamed_table_is_known_whatever_its_name(name: str) -> None:
    tables = example_tables(with_mistakes=False)
    renamed = tuple(
        dataclasses.replace(table, name="Liste") if table.name == name else table for table in tables
    )
    assert [(each.table, each.cell is not None) for each in read_book(renamed, ON).astray] == [(name, True)]


def test_lists_of_the_users_own_are_nobodys_table() -> None:
    own = [("Person", "Age"), ("Setting", "Value"), ("KPI", "Comment"), ("Action", "Owner", "Due", "Note")]
    lists = [
        Table(f"Own{at}", "Own", 1 + 3 * at, 1, headers, tuple(["x"] for _ in headers))
        for at, headers in enumerate(own)
    ]
    assert [each.cell for each in read_book(lists, ON).astray] == [None] * 4
