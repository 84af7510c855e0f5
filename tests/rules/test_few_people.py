"""Where one to five people work, nothing is asked that needs a second one, and the review is short."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from judged import make, read
from trades import ON, build

from qmsbook.book.book import Book
from qmsbook.book.reading import read_book
from qmsbook.book.table import columns_of
from qmsbook.book.tables import TABLES
from qmsbook.commands import look
from qmsbook.hosts.file.host import FileHost
from qmsbook.pages.draw import draw_review
from qmsbook.pages.page import Frame
from qmsbook.rules import RULES, check
from qmsbook.rules.alone import FIXES
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Rule
from qmsbook.sections import compose, gather
from qmsbook.sections.section import Block, Entry, Facts, Heading, Matrices, Rows, Text

OTHERS = [rule for rule in RULES if rule.quiet == "few"]


def test_these_rules_ask_for_a_second_person() -> None:
    assert {rule.code for rule in OTHERS} == {
        "CAS011", "CAS013", "CAS014", "CAS018", "OWN005", "OWN006", "REV012", "REV013", "REV014", "REV017",
        "VIT008", "VOI001", "VOI007",
    }  # fmt: skip


@pytest.mark.parametrize("rule", OTHERS, ids=lambda rule: rule.code)
def test_they_are_quiet_among_a_handful_of_people(rule: Rule) -> None:
    book = read_example(rule.bad).book
    few = book.changed(settings=book.settings.changed(small_company_people=max(len(book.people), 5)))
    more = book.changed(settings=book.settings.changed(small_company_people=len(book.people) - 1))
    assert check(few, rules=[rule], stage="audit-ready") == []
    if book.people:
        assert check(more, rules=[rule], stage="audit-ready") != []


@pytest.mark.parametrize(
    ("people", "left", "few"),
    [(0, 0, False), (1, 0, True), (2, 0, True), (5, 0, True), (6, 0, False), (6, 1, True), (12, 0, False)],
)
def test_who_left_is_not_counted_and_nobody_listed_is_nobody_known(people: int, left: int, few: bool) -> None:
    rows = [{"Person": f"P{at}", "Left on": "2026-01-31" if at < left else ""} for at in range(people)]
    book = make(
        {}, People=rows or [{"Person": ""}], Settings=[{"Setting": "Small company people", "Value": 5}]
    )
    assert book.few_people == few


def shop(people: int) -> Book:
    """A plan with something small in every part, and so many people."""
    return make(
        {"Supports": "O1", "Trajectory": "flat", "Target": 90, "Baseline": 85, "Owner": "P0"},
        readings=read(95, 95, 95, first="2026-07"),
        People=[{"Person": f"P{at}", "Top management": "yes"} for at in range(people)],
        Settings=[{"Setting": "Small company people", "Value": 5}],
        Goals=[{"Goal": "G1", "Statement": "Grow", "Owner": "P0", "Result KPI": "K1"}],
        Objectives=[
            {"Objective": "O1", "Statement": "On time", "Supports": "G1", "Owner": "P0", "Vital few": "yes"}
        ],
        Risks=[{"Risk": "R1", "Kind": "threat", "Description": "Fire", "Likelihood": 2, "Impact": 3,
                "Residual likelihood": 1, "Residual impact": 3, "State": "open"},
               {"Risk": "R2", "Kind": "threat", "Description": "Flood", "Likelihood": 4, "Impact": 5,
                "Residual likelihood": 4, "Residual impact": 4, "State": "open"}],
        Reviews=[{"Review": "MR", "Period": "2026-Q3", "State": "planned", "Held on": ""}],
        Inputs=[{"Clause": "", "Summary": "", "As of": ""}],
    )  # fmt: skip


def blocks(book: Book) -> tuple[Block, ...]:
    period = book.parse_period("2026-Q3")
    assert period is not None
    return compose(gather(book, period)).blocks


def headings(book: Book) -> list[str]:
    return [block.text for block in blocks(book) if isinstance(block, Heading)]


def test_what_has_nothing_to_say_is_left_out_of_their_review() -> None:
    few, many = headings(shop(2)), headings(shop(6))
    gone = {
        "What is off track", "What became of the last decisions", "Open actions", "Retire, raise or rework",
        "Ideas of the people who do the work", "Opportunities: what could carry us further", "For the record",
        "Agenda: 90 minutes",
    }  # fmt: skip
    assert gone <= set(many)
    assert not gone & set(few)
    assert len(blocks(shop(2))) < len(blocks(shop(6))) * 0.7


def test_only_risks_above_the_appetite_are_listed_without_pictures() -> None:
    found = blocks(shop(2))
    tables = [block for block in found if isinstance(block, Rows) and block.columns[1][1] == "Goal"]
    rows = [str(row[0]) for block in tables for row in block.rows]
    assert len(rows) == 1
    assert "R2" in rows[0]
    assert not [block for block in found if isinstance(block, Matrices)]
    facts = {label: text for block in found if isinstance(block, Facts) for label, text in block.items}
    assert facts["Risks"] == "2 threats open; the others are not above the risk appetite of 12."
    assert facts["Agenda"].startswith("Results \u00b7 Objectives")


def test_one_text_stands_for_all_that_they_look_at() -> None:
    book = shop(1)
    entry = next(block for block in blocks(book) if isinstance(block, Entry) and block.name == "Minutes")
    assert [row[0] for row in entry.rows] == ["What else we looked at", "Anything else"]
    hint = next(b.text for b in blocks(book) if isinstance(b, Text) and b.text.startswith("One text stands"))
    assert "what customers and other parties say" in hint
    typed = [{"Clause": "c1", "Summary": "Two clients asked for drawings.", "As of": "2026-09-15"}]
    told = make(
        {}, People=[{"Person": "P0"}], Inputs=typed,
        Settings=[{"Setting": "Small company people", "Value": 5}],
        Reviews=[{"Review": "MR", "Period": "2026-Q3", "State": "planned", "Held on": "2026-10-20"}],
    )  # fmt: skip
    facts = [text for block in blocks(told) if isinstance(block, Facts) for _, text in block.items]
    assert "Two clients asked for drawings." in facts
    assert not {each.code for each in check(told, stage="audit-ready")} & {"REV018", "REV019"}


ALONE = {"KPI005", "KPI006", "KPI008", "OBJ003", "OBJ005", "OBJ007", "OWN008", "PLN001", "REV015", "RSK006"}


def test_these_rules_ask_to_write_down_what_whoever_works_alone_knows() -> None:
    assert {rule.code for rule in RULES if rule.quiet == "alone"} == ALONE


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.quiet == "alone"], ids=lambda rule: rule.code
)
def test_they_are_quiet_in_a_firm_of_one_only(rule: Rule) -> None:
    book = read_example(rule.bad).book
    people = read_example(
        "People\n| Person | Email |\n|---|---|\n| Erin Foster | |\n| Jin Park | |"
    ).book.people
    one = book.changed(people=people[:1], settings=book.settings.changed(small_company_people=5))
    assert one.one_person
    assert check(one, rules=[rule], stage="audit-ready") == []
    two = one.changed(people=people)
    assert check(two, rules=[rule], stage="audit-ready") != []


def test_the_fixes_for_a_firm_of_one_are_of_rules_and_name_nobody_else() -> None:
    codes = {rule.code: rule for rule in RULES}
    assert set(FIXES) <= set(codes) - ALONE - {rule.code for rule in OTHERS}
    assert not [text for text in FIXES.values() if re.search(r"\b(team|leadership|owner|staff|them)\b", text)]
    book = read_example(codes["OUT004"].bad).book
    one = book.changed(people=shop(1).people, settings=book.settings.changed(small_company_people=5))
    assert [each.fix for each in check(one, rules=[codes["OUT004"]], stage="run")] == [FIXES["OUT004"]]
    assert FIXES["OUT004"] not in {each.fix for each in check(book, rules=[codes["OUT004"]], stage="run")}


def bare(book: Book) -> Book:
    """The same book with every optional column of the plan left blank."""
    tables = []
    for record in TABLES:
        table = book.tables.get(record.TABLE)
        if table is None:
            continue
        asked = {c.header for c in columns_of(record).values() if c.essential or c.computed}
        keep = record.TABLE in {"Settings", "People"}
        columns = tuple(
            column if keep or header in asked else [None] * len(column)
            for header, column in zip(table.headers, table.columns, strict=True)
        )
        tables.append(replace(table, columns=columns))
    return read_book(tables, ON)


def test_blank_optional_columns_of_a_firm_of_one_are_twenty_five_findings_at_most(tmp_path: Path) -> None:
    book = look(FileHost(build("consultancy", tmp_path / "alone.xlsx")), ON).book
    assert len(check(bare(book), stage="audit-ready")) <= 25


def test_one_name_does_not_fill_the_review_of_a_firm_of_one() -> None:
    one, two = blocks(shop(1)), blocks(shop(2))

    def owners(found: tuple[Block, ...]) -> set[str]:
        tables = [block for block in found if isinstance(block, Rows)]
        return {
            str(row[at])
            for b in tables
            for row in b.rows
            for at, c in enumerate(b.columns)
            if c[1] == "Owner" and at < len(row)
        }

    assert "P0" not in owners(one)
    assert "P0" in owners(two)
    facts = {label for block in one if isinstance(block, Facts) for label, _ in block.items}
    assert "Late" not in facts
    assert len(str(one)) < len(str(two))


def test_a_consultant_alone_gets_three_pages_and_twenty_five_findings_at_most(tmp_path: Path) -> None:
    book = look(FileHost(build("consultancy", tmp_path / "alone.xlsx")), ON).book
    found = check(book, stage="audit-ready")
    assert len(found) <= 25
    assert not [each for each in found if each.severity == "error"]
    period = book.parse_period("2026")
    assert period is not None
    drawn = draw_review(compose(gather(book, period)), Frame.of(book))
    with zipfile.ZipFile(io.BytesIO(drawn.content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.partition("<rowBreaks")[2].partition("</rowBreaks>")[0].count("<brk ") <= 2
