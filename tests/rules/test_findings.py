"""Findings kept bearable: equal ones in one row, a newcomer's few, each person's own, advice."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Mapping
from datetime import date

import pytest
from lxml import etree
from test_rules import ON, example_tables, found_in

from qmsbook.book.reading import read_book
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table, Value, columns_of
from qmsbook.book.tables import TABLES, Input
from qmsbook.commands import Looked, UnknownPerson, advice_of, checks_of, only_of
from qmsbook.commands.passed import Found
from qmsbook.commands.work import not_moved
from qmsbook.methods import assess
from qmsbook.methods.columns import computed
from qmsbook.pages.draw import draw_findings
from qmsbook.pages.page import Drawing, Frame
from qmsbook.rules import RULES, check
from qmsbook.rules.clauses import EDITIONS, SUBJECTS, edition
from qmsbook.rules.examples import read_example
from qmsbook.rules.folded import bearable, fold, many
from qmsbook.rules.rule import Severity

NEWCOMER: Mapping[str, list[dict[str, Value]]] = {
    "Settings": [{"Setting": "Company", "Value": "Newcomer Inc."}],
    "People": [
        {"Person": "Ann Lee", "Role": "Owner", "Top management": "yes"},
        {"Person": "Bob Ray", "Role": "Production", "Top management": "no"},
        {"Person": "Cid Fox", "Role": "Quality Manager", "Quality role": "yes"},
    ],
    "Processes": [
        {"Process": "P1", "Name": "Selling", "Owner": "Ann Lee", "Core": "yes"},
        {"Process": "P2", "Name": "Making", "Owner": "Bob Ray", "Core": "yes"},
        {"Process": "P3", "Name": "Buying"},
    ],
    "Goals": [
        {"Goal": "G1", "Statement": "Grow", "Owner": "Ann Lee"},
        {"Goal": "G2", "Statement": "Deliver on time", "Owner": "Production"},
        {"Goal": "G3", "Statement": "Keep our people"},
    ],
    "Objectives": [
        {"Objective": "O1", "Statement": "Win more quotes", "Supports": "G1", "Processes": "P1",
         "Owner": "Ann Lee"},
        {"Objective": "O2", "Statement": "Ship 95 % on time", "Supports": "G2", "Owner": "Bob Ray"},
        {"Objective": "O3", "Statement": "Close all CAPAs on time", "Supports": "G2", "Owner": "Cid Fox"},
        {"Objective": "O4", "Statement": "Train everyone"},
        {"Objective": "O5", "Statement": "Less scrap", "Supports": "G2", "Processes": "P2"},
    ],
    "KPIs": [
        {"KPI": "K1", "Name": "Win rate", "Supports": "O1", "Owner": "Ann Lee", "Unit": "%",
         "Direction": "higher"},
        {"KPI": "K2", "Name": "On-time delivery", "Supports": "O2", "Owner": "Bob Ray", "Unit": "%",
         "Direction": "higher", "Target": 95.0, "Target on": date(2026, 12, 31)},
        {"KPI": "K3", "Name": "CAPAs closed on time", "Supports": "O3", "Unit": "%"},
        {"KPI": "K4", "Name": "Scrap", "Supports": "O5", "Process": "P2", "Owner": "Bob Ray"},
        {"KPI": "K5", "Name": "Customer complaints", "Direction": "lower", "Target": 5.0},
    ],
    "Measurements": [
        {"KPI": "K2", "Period": "2026-08", "Value": 88.0}, {"KPI": "K2", "Period": "2026-09", "Value": 90.5},
        {"KPI": "K2", "Period": "2026-10", "Value": 91.0}, {"KPI": "K1", "Period": "2026-10", "Value": 22.0},
    ],
}  # fmt: skip


def newcomer() -> list[Table]:
    """All tables of the empty workbook, half filled."""
    tables = []
    for record in TABLES:
        headers = [column.header for column in columns_of(record).values()]
        rows = NEWCOMER.get(record.TABLE, [])
        columns = tuple([row.get(header) for row in rows] for header in headers)
        tables.append(Table(record.TABLE, record.TITLE, 1, 1, tuple(headers), columns))
    return tables


def test_a_newcomer_sees_at_most_ten_rows() -> None:
    findings = check(read_book(newcomer(), ON))
    groups = fold(findings)
    assert len(findings) > 30
    assert len(groups) <= 13, [(g.first.code, g.count, g.message) for g in groups]
    shown, rest = bearable(groups, "start")
    assert len(shown) + bool(rest) == 10
    assert [*shown, *rest] == groups
    rows = sheet_of(draw_findings(findings, Frame("", "A4", ON), stage="start")).iter("{*}row")
    listed = {int(row.get("r", "0")): row.get("hidden") for row in rows}
    cells = draw_findings(findings, Frame("", "A4", ON), stage="start").cells
    head = next(row for (row, column), v in cells.items() if v == "How grave")
    assert sum(not hidden for row, hidden in listed.items() if row > head) == 10
    told = next(v for v in cells.values() if isinstance(v, str) and v.startswith("And "))
    assert told.startswith("And 4 more kinds of finding, in ")
    assert {f.message for f in findings} <= set(cells.values())


def test_a_later_stage_shows_every_kind() -> None:
    groups = fold(check(read_book(newcomer(), ON)))
    assert bearable(groups, "run") == (groups, ())
    assert bearable(groups[:10], "start") == (groups[:10], ())


def test_equal_findings_are_one_row() -> None:
    tables = [t for t in example_tables(False) if t.name != "KPIs"]
    kpis = next(t for t in example_tables(False) if t.name == "KPIs")
    columns = list(kpis.columns)
    columns[kpis.headers.index("Data source")] = [None] * kpis.rows
    groups = fold(found_in((*tables, dataclasses.replace(kpis, columns=tuple(columns)))))
    group = next(g for g in groups if g.first.code == "KPI006")
    assert (group.count, group.message) == (32, "32 KPIs do not say where their figure comes from.")
    assert len(group.owners) > 5
    assert [g.first.code for g in groups].count("KPI006") == 1


TWICE = """
KPIs
| KPI |
|-----|
| K07 |

Measurements
| KPI | Period  | Value |
|-----|---------|-------|
| K07 | 2026-08 | 93    |
| K07 | 2026-08 | 94    |
| K07 | 2026-09 | 93    |
| K07 | 2026-09 | 94    |
"""


def test_a_row_counts_the_readings_where_one_kpi_has_several() -> None:
    groups = fold(check(read_example(TWICE).book))
    said = next(group.message for group in groups if group.first.code == "MEA002")
    assert said == "2 readings are for a period that their KPI already has one for."


def test_waived_findings_are_in_no_row() -> None:
    found = [dataclasses.replace(f, waived=True) for f in found_in(example_tables(True))]
    assert fold(found) == []


def test_what_differs_in_gravity_is_not_folded_together() -> None:
    found = [f for f in found_in(example_tables(True)) if f.code == "ACT004"]
    worse = dataclasses.replace(found[0], severity=Severity.ERROR)
    assert [g.count for g in fold([worse, found[0]])] == [1, 1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_title_can_be_said_of_several(rule) -> None:  # type: ignore[no-untyped-def]
    text = many(rule.title, 12)
    assert text.startswith(("12 ", "In 12 places: "))
    assert " they is" not in text
    assert "  " not in text


def sheet_of(drawing: Drawing) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(drawing.content)) as package:
        return etree.fromstring(package.read("xl/worksheets/sheet1.xml"))


def test_a_folded_row_opens_into_its_cells() -> None:
    findings = check(read_book(newcomer(), ON))
    several = [group for group in fold(findings) if group.count > 1]
    sheet = sheet_of(draw_findings(findings, Frame("", "A4", ON)))
    folded = [row for row in sheet.iter("{*}row") if row.get("outlineLevel") == "1"]
    assert all(row.get("hidden") == "1" for row in folded)
    assert len(folded) == sum(group.count for group in several)
    assert [row.get("collapsed") for row in sheet.iter("{*}row")].count("1") == len(several)
    assert next(sheet.iter("{*}outlinePr")).get("summaryBelow") == "0"


# -- each person's own


def looked(tables: list[Table]) -> Looked:
    book = read_book(tables, ON)
    assessed = assess(book)
    found = not_moved(Found(*[Snapshot(tuple(tables))] * 2, book))
    return Looked(found, book, assessed, tuple(check(book, assessed)))


@pytest.mark.parametrize("text", ["Bob Ray", "bob ray", "BOB", "ray"])
def test_a_person_sees_what_is_theirs(text: str) -> None:
    name, mine = only_of(looked(newcomer()), text)
    assert name == "Bob Ray"
    assert {f.owner for f in mine.findings} == {"Bob Ray"}


@pytest.mark.parametrize("text", ["", "Zoe", "o"])
def test_somebody_unknown_is_asked_for_again(text: str) -> None:
    with pytest.raises(UnknownPerson, match="Found"):
        only_of(looked(newcomer()), text)


def test_what_concerns_a_person_is_theirs() -> None:
    found = [f for f in found_in(example_tables(True)) if f.table == "People"]
    assert found
    assert all(f.owner == f.row for f in found if f.code == "OWN008")
    left = next(f for f in found if f.code == "OWN009")
    assert (left.row, left.owner) == ("Walt Jensen", "Ray Novak")  # who runs the process that Walt worked in


# -- advice


ADVICE = """
Settings
| Setting           | Value |
|-------------------|-------|
| Stage             | run   |
| Always met months | 3     |

Goals
| Goal | Statement |
|------|-----------|
| G1   | Keep them |

Objectives
| Objective | Supports | Stage   | Keep because       | Result   |
|-----------|----------|---------|--------------------|----------|
| O1        | G1       | active  |                    |          |
| O2        | G1       | active  | The law asks for it |         |
| O3        | G1       | retired |                    | achieved |

KPIs
| KPI | Supports | Target set on | Target | Direction |
|-----|----------|---------------|--------|-----------|
| K1  | O1       | 2026-01-20    | 95     | higher    |
| K2  | O2       | 2026-01-20    | 95     | higher    |

Measurements
| KPI | Period  | Value |
|-----|---------|-------|
| K1  | 2026-08 | 96    |
| K1  | 2026-09 | 97    |
| K1  | 2026-10 | 96    |
| K2  | 2026-08 | 96    |
| K2  | 2026-09 | 97    |
| K2  | 2026-10 | 96    |
"""


def test_proposals_fill_the_column_advice() -> None:
    book = read_example(ADVICE).book
    assessed = assess(book)
    findings = check(book, assessed)
    told = advice_of(book, findings)
    assert told["O1"].startswith(
        "Set Stage to monitor with the alert limit K1 95 %, and set the next objective"
    )
    assert told["O2"] == "Kept: The law asks for it"
    assert "what the next step for its goal is" in told["O3"]
    tables = [with_advice(table) for table in book.tables.values()]
    edits = computed(read_book(tables, book.on), assessed, checks_of(findings), told)
    column = next(edit for edit in edits if (edit.table, edit.header) == ("Objectives", "Advice"))
    assert column.values == tuple(told[key] for key in ("O1", "O2", "O3"))


def with_advice(table: Table) -> Table:
    """The table with the grey column, which examples leave out."""
    if table.name != "Objectives":
        return table
    blank: list[Value] = [None] * table.rows
    return Table(
        table.name, table.sheet, 1, 1, (*table.headers, "Advice"), (*table.columns, blank)
    )  # fmt: skip


def test_a_retired_objective_that_leaves_its_goal_empty_says_so() -> None:
    text = ADVICE.replace("| O2        | G1       | active ", "| O2        | G9       | active ")
    book = read_example(
        text.replace("| O1        | G1       | active ", "| O1        | G9       | active ")
    ).book
    finding = next(f for f in check(book) if f.code == "EVO006")
    assert "It left G1 without an objective." in finding.message


# -- clauses


def test_every_clause_is_explained_and_used() -> None:
    assert {rule.clause for rule in RULES} - {""} == set(SUBJECTS)


def test_both_editions_have_all_inputs_of_a_review() -> None:
    letters = {"a", "b", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "d", "e", "f"}
    assert set(EDITIONS["2015"].inputs) == letters
    assert set(EDITIONS["2026"].inputs) == letters | {"b2", "e2"}  # parties' needs, opportunities: apart
    assert set(EDITIONS["2026"].besides) == {
        "g"
    }  # culture and ethics: leadership's matter, no input by 9.3.2
    assert set(EDITIONS["2026"].topics) == set(columns_of(Input)["clause"].choices)
    assert edition("2026").note == "confirm against your copy"
    assert edition("1994") is EDITIONS["2015"]


@pytest.mark.parametrize("text", ["None needed", "no change needed.", "None"])
def test_a_decision_that_says_that_nothing_is_needed_asks_for_no_owner_and_no_day(text: str) -> None:
    """Typed with the output as its clause, as people do: it was asked for a due date."""
    decision = f"""
    Decisions
    | Decision | Review     | Clause     | Decision text | Owner | Due |
    |----------|------------|------------|---------------|-------|-----|
    | D1       | MR-2026-Q3 | QMS change | {text}        |       |     |
    """
    found = {each.code for each in check(read_example(decision).book, stage="audit-ready")}
    assert not found & {"REV004", "REV005", "REV010"}
