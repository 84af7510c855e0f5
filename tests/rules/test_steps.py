"""An empty or half-empty plan is never praised: everywhere it is said what is still missing."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from test_rules import CLEAN, ON, example_tables

from qmsbook import commands
from qmsbook.book.book import Book
from qmsbook.book.period import parse_period
from qmsbook.book.reading import read_book
from qmsbook.book.table import Table
from qmsbook.commands import template
from qmsbook.commands.described import verdict
from qmsbook.doors.buttons import run
from qmsbook.doors.cli.app import main
from qmsbook.doors.screens.memory import MemoryScreen
from qmsbook.hosts.file.host import FileHost
from qmsbook.mail.letter import Listing
from qmsbook.mail.summary import review_letter
from qmsbook.methods import assess
from qmsbook.pages.draw import draw_scorecard
from qmsbook.pages.page import Frame
from qmsbook.rules.steps import left, steps, still_missing
from qmsbook.sections import compose, gather
from qmsbook.setup.places import places

PRAISE = "the plan holds together"


def cut(tables: tuple[Table, ...], name: str, header: str = "", rows: int | None = None) -> Book:
    """The book without what stands in a column, in its first rows or all; without a header, with no rows."""
    made = []
    for table in tables:
        if table.name == name and not header:
            empty: tuple[list[None], ...] = tuple([None] for _ in table.headers)
            table = dataclasses.replace(table, columns=empty, formulas=(), percent=())
        elif table.name == name:
            columns = list(table.columns)
            place = table.find(header)
            assert place is not None
            count = table.rows if rows is None else rows
            columns[place] = [None] * count + columns[place][count:]
            table = dataclasses.replace(table, columns=tuple(columns))
        made.append(table)
    return read_book(made, ON)


def test_a_complete_plan_lacks_nothing() -> None:
    for tables in (CLEAN, example_tables(with_mistakes=False)):
        book = read_book(tables, ON)
        assert (left(book), still_missing(book)) == ((), "")
    assert verdict(book, []) == "Nothing to mend: the plan holds together and every figure can be read."


EXAMPLE = example_tables(with_mistakes=False)
HALF = [
    (cut(EXAMPLE, "People"), "There are no people yet."),
    (cut(EXAMPLE, "Goals"), "There are no goals yet."),
    (cut(EXAMPLE, "Objectives"), "There are no objectives yet."),
    (cut(EXAMPLE, "KPIs"), "There are no KPIs yet."),
    (cut(EXAMPLE, "Measurements"), "There are no figures yet."),
    (cut(EXAMPLE, "KPIs", "Target", 1), "1 of 32 KPIs has no target."),
    (cut(EXAMPLE, "KPIs", "Target"), "29 of 32 KPIs have no target."),
    (cut(EXAMPLE, "KPIs", "Owner", 2), "2 of 50 goals, objectives and KPIs have no owner."),
    (cut(EXAMPLE, "Goals", "Owner", 1), "1 of 50 goals, objectives and KPIs has no owner."),
    (cut(EXAMPLE, "Measurements", "Value"), " KPIs were never read."),
]


@pytest.mark.parametrize(("book", "said"), HALF, ids=[said for _, said in HALF])
def test_a_half_empty_plan_is_told_what_it_lacks_on_every_page(book: Book, said: str) -> None:
    assert still_missing(book).startswith("The plan is not complete: ")
    assert said in still_missing(book)
    assert PRAISE not in verdict(book, [])
    assert said in verdict(book, [])
    period = parse_period("2026-Q3")
    assert period is not None
    evidence = gather(book, period)
    missing = {step.missing for step in left(book)}
    review = [text for block in compose(evidence).blocks for text in getattr(block, "items", ())]
    assert all(any(isinstance(text, str) and each in text for text in review) for each in missing)
    asked = [part for part in review_letter(evidence, "").parts if isinstance(part, Listing)]
    assert not any("Nothing in the figures" in part.empty and not part.items for part in asked)
    if book.kpis:
        drawn = draw_scorecard(book, assess(book), Frame.of(book))
        assert any(isinstance(v, str) and said in v for v in drawn.cells.values())
        assert not any(isinstance(v, str) and "Nothing: every reading" in v for v in drawn.cells.values())


def test_steps_come_in_the_order_in_which_a_plan_is_filled_in() -> None:
    book = read_book(tables_of("qmsbook.xlsx"), ON)
    assert [step.table for step in steps(book)] == [
        "", "People", "Goals", "Objectives", "KPIs", "KPIs", "Goals", "Measurements",
    ]  # fmt: skip
    assert [step.none_of for step in left(book)] == ["people", "goals", "objectives", "KPIs", "figures"]
    assert Counter(step.done for step in steps(book)) == {False: 5, True: 3}


def tables_of(name: str) -> tuple[Table, ...]:
    from qmsbook.hosts.file.reader import load

    return load(template(name)).snapshot.tables


def test_a_table_that_is_missing_is_not_called_empty() -> None:
    book = read_book([table for table in EXAMPLE if table.name != "KPIs"], ON)
    assert [step.missing for step in left(book)] == ["There is no table KPIs."]


def test_a_kpi_that_begins_today_is_not_waited_for() -> None:
    tables = []
    for table in EXAMPLE:
        if table.name == "KPIs":
            more = {"KPI": "K99", "Name": "New", "Owner": "Erin Foster", "Direction": "higher", "Target": 9.0}
            more |= {"Baseline": 1.0, "Baseline on": ON, "Target on": date(2027, 12, 31)}
            columns = tuple([*c, more.get(h)] for h, c in zip(table.headers, table.columns, strict=True))
            table = dataclasses.replace(table, columns=columns, formulas=(), percent=())
        tables.append(table)
    assert left(read_book(tables, ON)) == ()
    assert left(read_book(tables, date(2027, 1, 4)))[0].missing == "1 of 33 KPIs was never read."


def test_a_new_workbook_is_not_praised_by_command_line_buttons_or_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, said = tmp_path / "new.xlsx", "There are no people, goals, objectives, KPIs or figures yet."
    path.write_bytes(template("qmsbook.xlsx"))
    for words in (["check"], ["refresh"], ["refresh"], ["review", "--period", "2026-Q3"]):
        with pytest.raises(SystemExit):
            main([words[0], str(path), *words[1:]])
        out = " ".join(capsys.readouterr().out.split())
        assert said in out
        assert PRAISE not in out
    here = places("linux", {"HOME": str(tmp_path)})
    for button in ("check", "refresh"):
        answer = run(button, MemoryScreen(FileHost(path), False), ON, here)
        assert said in answer
        assert PRAISE not in answer
    assert "First: enter the people." in run("help", MemoryScreen(FileHost(path), False), ON, here)
    looked = commands.look(FileHost(path), ON)
    sheets = {drawn.sheet: set(drawn.cells.values()) for drawn in looked.snapshot.drawn}
    assert f"The plan is not complete: {said}" in sheets["Findings"]
    assert "Nothing to mend" not in sheets["Findings"]
