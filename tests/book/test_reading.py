"""Whole tables: found by name, columns by header, every cell read once and nothing changed."""

from __future__ import annotations

from datetime import date

import pytest

from qmsbook.book.book import Book, Trouble
from qmsbook.book.reading import read_book
from qmsbook.book.table import Table
from qmsbook.book.tables import Goal, Kpi, Process
from qmsbook.rules.examples import read_example


def book_of(text: str) -> Book:
    return read_example(text).book


def kinds(book: Book) -> list[tuple[str, str]]:
    """What reading noticed, without the tables that a short example lacks."""
    quiet = {"missing table", "absent tables"}
    return [(t.kind, str(t.cell) if t.cell else "") for t in book.troubles if t.kind not in quiet]


def trouble(book: Book, kind: str) -> Trouble:
    return next(t for t in book.troubles if t.kind == kind)


def test_columns_are_found_by_header_in_any_order() -> None:
    book = book_of(
        """
        Processes
        | Mine | core (yes/no) |  NAME  | Process [id] | Owner |
        |------|---------------|--------|--------------|-------|
        | 1    | yes           | Saling | P01          | Ann   |
        """
    )
    process = book.processes[0]
    assert (process.id, process.name, process.owner, process.core) == ("P01", "Saling", "Ann", True)
    assert str(process.cell("name")) == "Processes!C2"
    assert kinds(book) == []


def test_a_moved_and_renamed_sheet_does_not_matter() -> None:
    table = Table(
        "processes", "Our work", 5, 3, ("Process", "Name", "Owner", "Core"), (["P01"], ["x"], ["Ann"], ["no"])
    )
    book = read_book([table], date(2026, 11, 10))
    assert str(book.processes[0].cell("owner")) == "'Our work'!E6"
    assert book.has(Process)
    assert not book.has(Goal)


def test_generated_tables_are_not_read() -> None:
    table = Table("Goals", "Findings", 1, 1, ("Goal",), (["G1"],), marker="qmsbook:findings")
    assert read_book([table]).goals == ()


def test_headers_missing_renamed_and_doubled() -> None:
    book = book_of(
        """
        Processes
        | Process | Names | Core | CORE | ... |
        |---------|-------|------|------|-----|
        | P01     | x     | yes  | no   |     |
        """
    )
    assert kinds(book) == [
        ("missing column", "Processes!A1"),
        ("missing column", "Processes!A1"),
        ("header twice", "Processes!D1"),
    ]
    name, owner = (t for t in book.troubles if t.kind == "missing column")
    assert (name.header, name.detail) == ("Name", "The column Names looks like it.")
    assert (owner.header, owner.detail) == ("Owner", "")
    assert book.processes[0].core is True
    assert str(book.processes[0].cell("owner")) == "Processes!A2"


def test_missing_renamed_and_copied_tables() -> None:
    headers = ("Process", "Name", "Owner", "Core")
    one = Table("Processes", "A", 1, 1, headers, (["P01"], ["x"], ["Ann"], ["no"]))
    two = Table("Processes_2", "B", 1, 1, headers, (["P02"], ["y"], ["Ann"], ["no"]))
    assert [p.id for p in read_book([two, one]).processes] == ["P01"]
    assert trouble(read_book([one, two]), "table twice").value == "Processes_2"
    renamed = next(t for t in read_book([two]).troubles if t.table == "Processes")
    assert (renamed.kind, str(renamed.cell)) == ("missing table", "B!A1")
    missing = [t.table for t in read_book([]).troubles if t.kind == "missing table"]
    assert missing == ["Goals", "Objectives", "KPIs", "Measurements"]
    assert "People" in str(trouble(read_book([]), "absent tables").value)


def test_blank_rows_are_skipped_and_told_unless_they_are_last() -> None:
    book = book_of(
        """
        Processes
        | Process | Name |
        |---------|------|
        | P01     | a    |
        |         |      |
        | P02     | b    |
        |         |      |
        """
    )
    assert [p.id for p in book.processes] == ["P01", "P02"]
    assert kinds(book) == [("blank row", "Processes!A3")]


def test_a_row_that_holds_only_what_qmsbook_wrote_is_blank() -> None:
    book = book_of("Goals\n| Goal | Status | ... |\n|---|---|---|\n| G1 | On track | |\n|  | On track | |")
    assert [g.id for g in book.goals] == ["G1"]


def test_references_take_the_spelling_of_their_row() -> None:
    book = book_of(
        """
        KPIs
        | KPI  |
        |------|
        | K 07 |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | k07 | 2026-10 | 1     |
        """
    )
    assert book.measurements.kpi == ["K 07"]
    assert book.readings_of == {"K 07": [0]}
    assert trouble(book, "other spelling").detail == "The row itself spells it K 07."


@pytest.mark.parametrize(
    ("unit", "cell", "value"),
    [("%", "95.1%", 95.1), ("%", "95.1", 95.1), ("share", "95.1%", 0.951), ("%", '"95.1%"', 95.1)],
)
def test_percent_cells_are_read_in_the_unit_of_their_kpi(unit: str, cell: str, value: float) -> None:
    book = book_of(
        f"KPIs\n| KPI | Unit | Target |\n|---|---|---|\n| K07 | {unit} | {cell} |\n\n"
        f"Targets\n| KPI | From | Planned |\n|---|---|---|\n| K07 | 2026-07 | {cell} |\n\n"
        f"Measurements\n| KPI | Period | Value |\n|---|---|---|\n| K07 | 2026-10 | {cell} |"
    )
    assert book.kpis[0].target == book.targets[0].planned == book.measurements.value[0] == value


def test_an_ambiguous_number_is_read_where_others_settle_it() -> None:
    table = (
        'Measurements\n| KPI | Period | Value |\n|-|-|-|\n| K1 | 2026-09 | "1,234" |\n| K1 | 2026-10 | {} |'
    )
    assert book_of(table.format('"2.5"')).measurements.value == [1234.0, 2.5]
    assert book_of(table.format('"2,5"')).measurements.value == [1.234, 2.5]
    refused = book_of(table.format('"2"'))
    assert refused.measurements.value[0] is None
    assert ("ambiguous number", "Measurements!C2") in kinds(refused)
    assert {str(cell) for cell in refused.unreadable} == {"Measurements!C2"}


def test_dates_in_period_cells_are_the_period_they_fall_in() -> None:
    book = book_of(
        """
        Settings
        | Setting                 | Value |
        |-------------------------|-------|
        | Fiscal year start month | 4     |

        KPIs
        | KPI | Frequency |
        |-----|-----------|
        | K1  | monthly   |
        | K2  | quarterly |

        Measurements
        | KPI | Period     | Value |
        |-----|------------|-------|
        | K1  | 2026-10-01 | 1     |
        | K1  | 2026-09-15 | 1     |
        | K2  | 2026-10-01 | 1     |
        """
    )
    assert book.measurements.period == ["2026-10", "2026-09", "2027-Q3"]
    assert kinds(book) == [("date for a period", "Measurements!B3")]
    assert [period.first if period else None for period in book.periods][2] == date(2026, 10, 1)


def test_settings_fall_back_to_their_defaults() -> None:
    book = book_of(
        """
        Settings
        | Setting                 | Value                 |
        |-------------------------|-----------------------|
        | company                 | Acme                  |
        | Our strategic themes    | growth, profit        |
        | Fiscal year start month | 13                    |
        | ISO edition             | "2026"                |
        | Stage                   |                       |
        | Risk apetite            | 9                     |
        | Company                 | Acme again            |
        """
    )
    settings = book.settings
    assert (settings.company, settings.our_strategic_themes) == ("Acme", ("growth", "profit"))
    assert (settings.fiscal_year_start_month, settings.iso_edition, settings.stage) == (1, "2026", "start")
    assert kinds(book) == [
        ("off the scale", "Settings!B4"),
        ("unknown setting", "Settings!A7"),
        ("setting twice", "Settings!A8"),
    ]


def test_a_choice_that_excel_keeps_as_a_number() -> None:
    table = Table("Settings", "Settings", 1, 1, ("Setting", "Value"), (["ISO edition"], [2026.0]))
    assert read_book([table]).settings.iso_edition == "2026"


def test_the_day_judged() -> None:
    text = "Settings\n| Setting | Value |\n|---|---|\n| Judged on | 2026-11-10 |"
    tables = read_example(text).tables
    assert read_book(tables).on == date(2026, 11, 10)
    assert read_book(tables, date(2026, 1, 1)).on == date(2026, 1, 1)
    assert read_book([], today=date(2025, 5, 5)).on == date(2025, 5, 5)


def test_formulas() -> None:
    book = book_of(
        """
        KPIs
        | KPI | Target      | Status          | Baseline |
        |-----|-------------|-----------------|----------|
        | K1  | =A1 -> 95   | =B1 -> On track | =C1 ->   |
        """
    )
    assert (book.kpis[0].target, book.kpis[0].baseline, book.kpis[0].status) == (95.0, None, "On track")
    assert kinds(book) == [("not calculated", "KPIs!D2"), ("computed formula", "KPIs!C2")]


def test_text_is_never_a_number_and_an_error_never_zero() -> None:
    book = book_of(
        "Measurements\n| KPI | Period | Value |\n|---|---|---|\n"
        "| K1 | 2026-08 | none |\n| K1 | 2026-09 | #DIV/0! |\n| K1 | 2026-10 | |"
    )
    assert book.measurements.value == [None, None, None]
    assert kinds(book) == [("wrong type", "Measurements!C2"), ("error value", "Measurements!C3")]


def test_ids_with_leading_zeros_and_numbers() -> None:
    table = Table("KPIs", "KPIs", 1, 1, ("KPI", "Name"), (["007", 7.0], ["a", "b"]))
    assert [kpi.id for kpi in read_book([table]).kpis] == ["007", "7"]


def test_look_ups() -> None:
    book = book_of(
        """
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1        | G1       |
        | O1        | G1       |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K1  | O1       |
        """
    )
    assert book.find("G1") is book.goal("G1")
    assert book.find("G1", "KPIs") is None
    assert [o.row for o in book.objectives_of["G1"]] == [2, 3]
    assert book.objective("O1") is book.objectives[0]
    assert [k.id for k in book.kpis_of["O1"]] == ["K1"]
    assert book.of(Kpi) == book.kpis
    assert book.near_id(" k1") == "K1"
