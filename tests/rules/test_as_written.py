"""A plan as people write it: what is read, what fills blank cells, what is told with the number to type."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest
from judged import make

from qmsbook.book.book import Book
from qmsbook.book.reading import read_book
from qmsbook.book.tables import Kpi
from qmsbook.methods import assess
from qmsbook.rules import check
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Finding

#: A KPI without its figures; the readings of two years: 132 complaints in 2025, 11 a month.
ROW = {
    "KPI": "K1", "Name": "Complaints", "Direction": "", "Unit": "complaints", "Baseline": "", "Target": "",
    "Target on": "2026-12-31", "Trajectory": "", "Low": "", "High": "", "Target is": "", "Tolerance": "",
    "Frequency": "", "Aggregation": "", "Lowest possible": "", "Highest possible": "", "Baseline on": "",
    "Numerator": "", "Denominator": "",
}  # fmt: skip


def book_of(readings: dict[str, str] | None = None, **cells: str) -> Book:
    """A book with one KPI; a cell's header has underscores for blanks."""
    row = {**ROW, **{header.replace("_", " "): text for header, text in cells.items()}}
    lines = [
        "KPIs",
        "| " + " | ".join(row) + " |",
        "|" + "---|" * len(row),
        "| " + " | ".join(row.values()) + " |",
    ]
    held = readings if readings is not None else {}
    lines += ["", "Measurements", "| KPI | Period | Value |", "|---|---|---|"]
    lines += [f"| K1 | {period} | {value} |" for period, value in held.items()] or ["|  |  |  |"]
    return read_example("\n".join(lines)).book


def kpi_of(**cells: str) -> Kpi:
    return book_of(**cells).kpis[0]


def told(book: Book, *codes: str) -> list[Finding]:
    """The findings of the family that is about spelling, or of some codes."""
    wanted = codes or (
        "WBK008",
        "WBK012",
        "WBK013",
        "WBK015",
        "WBK080",
        "WBK081",
        "WBK082",
        "WBK083",
        "WBK084",
        "WBK085",
        "WBK067",
    )
    return [finding for finding in check(book, stage="audit-ready") if finding.code in wanted]


def months(year: int, value: float, count: int = 12) -> dict[str, str]:
    return {f"{year}-{month:02d}": f"{value:g}" for month in range(1, count + 1)}


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        ({"Target": "≥ 95 %", "Unit": "%"}, {"target": 95, "direction": "higher", "strict": ()}),
        ({"Target": "< 4"}, {"target": 4, "direction": "lower", "strict": ("target",)}),
        ({"Target": "max. 5", "Direction": "lower"}, {"target": 5, "direction": "lower"}),
        ({"Target": "5-10"}, {"target": None, "direction": "within", "low": 5, "high": 10}),
        ({"Target": "±10 %", "Unit": "%"}, {"direction": "within", "low": -10, "high": 10}),
        ({"Target": "8 ± 0.5", "Direction": "within"}, {"direction": "within", "low": 7.5, "high": 8.5}),
        ({"Low": "5-10"}, {"direction": "within", "low": 5, "high": 10}),
        ({"Low": "> 5", "Direction": "within"}, {"low": 5, "high": None, "strict": ("low",)}),
        ({"Target": "≥ 7", "Direction": "within"}, {"target": None, "low": 7, "high": None}),
        ({"Target": "zero", "Direction": "lower"}, {"target": 0, "direction": "lower"}),
        ({"Target": "4.5/5", "Unit": "score", "Direction": "grow"}, {"target": 4.5, "direction": "higher"}),
        ({"Target": '"1:30"', "Unit": "hours", "Direction": "reduce"}, {"target": 1.5, "direction": "lower"}),
        ({"Baseline": "zero", "Target": "9", "Direction": "grow"}, {"baseline": 0, "direction": "higher"}),
        ({"Direction": "at least", "Target": "95"}, {"direction": "higher"}),
        ({"Direction": "maintain", "Target": "≤ 2"}, {"direction": "lower", "trajectory": "flat"}),
        ({"Direction": "maintain", "Target": "5-10"}, {"direction": "within", "trajectory": "flat"}),
        ({"Direction": "maintain", "Target": "95"}, {"direction": "", "trajectory": "flat"}),
        ({"Direction": "maintain", "Target": "zero"}, {"direction": "lower", "trajectory": "flat"}),
        ({"Direction": "max", "Baseline": "12", "Target": "6"}, {"direction": "lower"}),
        ({"Direction": "max", "Baseline": "80", "Target": "95"}, {"direction": "higher"}),
        ({"Direction": "min", "Target": "95"}, {"direction": "higher"}),
        ({"Target_on": "Q3 2026"}, {"target_on": date(2026, 9, 30)}),
        ({"Target_on": "December 2026"}, {"target_on": date(2026, 12, 31)}),
        ({"Target_on": "2026"}, {"target_on": date(2026, 12, 31)}),
        ({"Target_on": "ongoing"}, {"target_on": None, "trajectory": "flat"}),
        ({"Target_on": "each quarter"}, {"target_on": None, "trajectory": "flat"}),
        ({"Frequency": "annually"}, {"frequency": "yearly"}),
        ({"Frequency": "every 6 months"}, {"frequency": "half-yearly"}),
        ({"Frequency": "after each delivery"}, {"frequency": "when it happens"}),
        ({"Frequency": "one-off"}, {"frequency": "once"}),
        ({"Target": "at least 2 a year"}, {"target": 2, "direction": "higher", "target_is": "year to date"}),
        ({"Target": "≤ 2 per year", "Frequency": "yearly"}, {"target": 2, "target_is": "each period"}),
        ({"Target": "≤ 2 per month"}, {"target": 2, "target_is": "each period"}),
        ({"Low": "> 5", "High": "< 10"}, {"direction": "within", "low": 5, "high": 10, "strict": ("low",
        "high")}),
        ({"Low": "5", "High": "10"}, {"direction": "within", "low": 5, "high": 10}),
        ({"Low": "≥ 5"}, {"direction": "within", "low": 5, "high": None}),
        ({"Low": "5", "High": "10", "Target": "≤ 7"}, {"direction": "lower", "target": 7}),
        ({"Direction": "improve", "Baseline": "12", "Target": "6"}, {"direction": "lower"}),
        ({"Direction": "improve", "Baseline": "80", "Target": "95"}, {"direction": "higher"}),
        ({"Direction": "improve", "Target": "≤ 6"}, {"direction": "lower"}),
        ({"Direction": "improve", "Target": "6"}, {"direction": ""}),
        ({"Direction": "improve", "Baseline": "6", "Target": "6"}, {"direction": ""}),
        ({"Target_is": "rolling 12 months"}, {"target_is": "rolling 12"}),
        ({"Target_is": "trailing twelve months"}, {"target_is": "rolling 12"}),
        ({"Target_is": "R3"}, {"target_is": "rolling 3"}), ({"Target_is": "YTD"},
        {"target_is": "year to date"}),
        ({"Target": "at least 40 hours of training a year", "Unit": "hours"},
         {"target": 40, "target_is": "year to date", "aggregation": "sum"}),
        ({"Target": "at most 5 days a year", "Unit": "days"}, {"aggregation": "sum"}),
        ({"Target": "≤ 50000 kWh per year", "Unit": "kWh"}, {"aggregation": "sum"}),
        ({"Target": "≤ 2 % a year", "Unit": "%"}, {"aggregation": "average"}),
        ({"Target": "≥ 4 a year", "Unit": "score"}, {"aggregation": "average"}),
        ({"Target": "at least 40 hours a year", "Unit": "hours", "Aggregation": "average"},
        {"aggregation": "average"}),
        ({"Target": "40", "Unit": "hours", "Target_is": "year to date"}, {"aggregation": "average"}),
        ({"Low": "-5 %", "High": "+5 %", "Unit": "%", "Direction": "within"}, {"low": -5, "high": 5}),
        ({"Target": "≥ 1:30", "Unit": "hours"}, {"target": 1.5, "direction": "higher"}),
        ({"Target": "≥ 4.5/5", "Unit": "score"}, {"target": 4.5, "direction": "higher"}),
    ],
)  # fmt: skip
def test_a_row_in_words_means_what_its_people_meant(cells: dict[str, str], meant: dict[str, Any]) -> None:
    kpi = kpi_of(**cells)
    assert {name: getattr(kpi, name) for name in meant} == meant


@pytest.mark.parametrize(
    "cells",
    [
        {"Target": "≥ 95 %", "Unit": "%"}, {"Target": "< 4"}, {"Target": "5-10"},
        {"Target": "zero", "Direction": "lower"},
        {"Target": "at least two", "Direction": "higher"}, {"Target_on": "Q3 2026"}, {"Target_on": "ongoing"},
        {"Frequency": "semi-annual"}, {"Direction": "reduce", "Target": "3"},
        {"Direction": "maintain", "Target": "≥ 95"},
        {"Tolerance": "±5 %"}, {"Tolerance": "10"}, {"Target_on": "2026"}, {"Tolerance": "two days",
        "Unit": "days"},
        {"Tolerance": "± two", "Unit": "days"}, {"Tolerance": "five percent"}, {"Tolerance": "half a day",
        "Unit": "days"},
        {"Tolerance": "two complaints"}, {"Tolerance": "$5k", "Unit": "$k"}, {"Tolerance": "max. 2",
        "Unit": "days"},
        {"Tolerance": "2 percentage points", "Unit": "%"}, {"Low": "> 5", "High": "< 10"}, {"Low": "5",
        "High": "10"},
        {"Target_is": "rolling 3 months"}, {"Direction": "improve", "Baseline": "12", "Target": "6"},
    ],
)  # fmt: skip
def test_what_has_one_meaning_is_read_without_a_word(cells: dict[str, str]) -> None:
    assert (
        told(book_of(**cells), "WBK008", "WBK012", "WBK013", "WBK015", "WBK067", "WBK080", "WBK081", "KPI015")
        == []
    )


@pytest.mark.parametrize(
    ("cells", "fix"),
    [
        ({"Target": "10% less than last year", "Target_is": "year to date"},
         "Last year was 132 complaints: type 118.8."),
        ({"Target": "10% less than last year"}, "Last year was 11 complaints a month on average: type 9.9."),
        ({"Target": "+5%", "Target_is": "year to date"}, "Last year was 132 complaints: type 138.6."),
        ({"Target": "5 less than 2025", "Target_is": "year to date"}, "2025 was 132 complaints: type 127."),
        ({"Target": "half of last year", "Target_is": "year to date"},
         "Last year was 132 complaints: type 66."),
        ({"Target": "below last year", "Target_is": "year to date"},
         "Last year was 132 complaints: type < 132."),
        ({"Target": "not more than last year"},
         "Last year was 11 complaints a month on average: type <= 11."),
        ({"Target": "no worse than last year", "Direction": "higher"},
         "Last year was 11 complaints a month on average: type >= 11."),
        ({"Target": "better than last year", "Direction": "lower"},
         "Last year was 11 complaints a month on average: type < 11."),
        ({"Target": "within 10% of last year"},
         "Last year was 11 complaints a month on average: type 9.9 to 12.1."),
        ({"Target": "10% less than last year, at most 5"},
         "Last year was 11 complaints a month on average: work the figure out and type it."),
        *(({"Target": f"{text}"}, "It may be for this year or for all years: type 100, and set "
           "*Target is* to year to date or since the start.")
          for text in ("100 in total", "at most 100 altogether", "total of 100", "100 over five years",
                       "≤ 100 since 2023", "100 complaints overall")),
        ({"Target": "90/95", "Unit": "%"}, "It is 94.74 %: type 94.74."),
        ({"Target": "50k", "Unit": "%"}, "A figure in % has no thousands: type the number in %."),
        ({"Target": "5 better than 2025", "Direction": "lower", "Target_is": "year to date"},
         "2025 was 132 complaints: type 127."),
        ({"Target": "20 % below baseline", "Baseline": "50"}, "The baseline was 50 complaints: type 40."),
        ({"Target": "3 less than 2024"},
         "2024 is not known here: enter its readings in Measurements, or work the figure out and type it."),
        ({"Target": "50k"}, "It is 50,000 complaints: type 50000."),
        ({"Target": "$1.2M", "Unit": "$k"}, "It is $1,200k: type 1200."),
        ({"Target": "from 12 to 6"},
         "If it is to move, type 6, and 12 under *Baseline*; if it is to stay in between, type 6-12."),
        ({"Target": "3/12"}, "It is 25 %: type 25, with % as unit."),
        ({"Target": "2 a quarter"},
         "It is for a quarter, and the KPI is read monthly: type the figure for one month."),
        ({"Target": "2 a year", "Target_is": "each period"},
         "It is for a year, and the KPI is read monthly: type 2, and set *Target is* to year to date."),
        ({"Target": "$95,000", "Unit": "$k"}, "It is $95k: type 95."),
        ({"Target": "95k", "Unit": "$k"}, "It is $95k: type 95."),
        ({"Target": "half", "Unit": "%"},
         "If it is of all, type 50; if of last year's figure, write *of last year*."),
        ({"Target": "half of last year", "Unit": "%"}, "Last year was 11 %: type 5.5."),
        ({"Target": "double", "Unit": "%"}, "Last year was 11 %: type 22."),
        *[({"Target": text}, "It says when. A day belongs under a header with *on*; type the figure here.")
          for text in ("10/2026", "Q3 2026", "December 2026", "2026-12-31")],
        ({"Baseline": "5-10"}, "Where you started is one figure: type that."),
    ],
)  # fmt: skip
def test_a_figure_without_a_value_is_told_with_the_one_to_type(cells: dict[str, str], fix: str) -> None:
    book = book_of(months(2025, 11) | months(2026, 10, 6), **cells)
    (found,) = told(book)
    assert (found.code, found.fix) == ("WBK080", fix)
    kpi = book.kpis[0]
    assert (kpi.baseline if "Where" in fix else kpi.target) is None
    assert not [each for each in told(book, "KPI001", "KPI022") if each.at == found.at]


def test_points_and_percent_are_told_apart_where_percents_are_counted() -> None:
    book = book_of(months(2025, 80), Target="+5 %", Unit="%", Direction="higher")
    assert [each.fix for each in told(book)] == [
        "Last year was 80 %: type 84 for 5 % more, 85 for 5 points more."
    ]


def test_a_sum_of_a_year_that_was_not_read_whole_is_not_known() -> None:
    book = book_of(months(2025, 11, 9), Target="10% less than last year", Target_is="year to date")
    assert told(book)[0].fix.startswith("Last year (2025) is not known here")


@pytest.mark.parametrize(
    ("cells", "header", "said"),
    [
        ({"Target": "≥ 95", "Direction": "lower"}, "Target", "It says at least, and Direction says lower."),
        ({"Target": "max. 5", "Direction": "higher"},
         "Target", "It says at most, and Direction says higher."),
        ({"Target": "5-10", "Direction": "higher"}, "Target", "It says 5 to 10, and Direction says higher."),
        ({"Target": "5-10", "Low": "6"}, "Target", "It says 5 to 10, and Low says 6."),
        ({"Low": "≤ 5", "Direction": "within"}, "Low", "It says at most, and stands under Low."),
        ({"Target": "95", "Target_on": "ongoing", "Trajectory": "linear"}, "Target on",
         "Target on has no end, and Trajectory says linear."),
    ],
)  # fmt: skip
def test_two_cells_that_say_different_things_are_told_once(
    cells: dict[str, str], header: str, said: str
) -> None:
    found = told(book_of(**cells))
    assert [(each.code, each.column) for each in found] == [("WBK081", header)]
    assert found[0].message.endswith(said)


def test_what_excel_made_a_date_of_is_told_with_what_to_type() -> None:
    book = book_of()
    table = book.tables["KPIs"]
    columns = [list(column) for column in table.columns]
    columns[table.headers.index("Target")][0] = date(2026, 5, 10)
    found = told(read_book([dataclasses.replace(table, columns=tuple(columns))], book.on), "WBK008")
    assert [each.fix.partition(";")[0] for each in found] == ["If a range was meant, type 5 to 10"]


def test_daily_asks_for_the_months_figure() -> None:
    book = book_of(Frequency="daily", Target="≥ 95")
    assert [(each.code, each.fix) for each in told(book)] == [
        (
            "WBK012",
            "Days are not kept here: pick monthly and enter the month's figure, or weekly and the week's.",
        )
    ]


def word(value: str, **cells: str) -> str:
    book = book_of({"2026-10": value}, **{"Target_on": "ongoing", **cells})
    return assess(book).kpis["K1"].status.word


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        ("< 4", "4", "At risk"), ("< 4", "3.9", "On track"), ("≤ 4", "4", "On track"),
        ("> 60", "60", "At risk"),
        ("> 60", "60.1", "On track"), ("≥ 60", "60", "On track"), ("< 4", "5", "Off track"),
    ],
)  # fmt: skip
def test_a_strict_target_is_not_met_by_itself(target: str, value: str, expected: str) -> None:
    assert word(value, Target=target, Unit="days") == expected


def test_a_strict_bound_of_a_range_is_not_met_by_itself() -> None:
    assert word("5", Low="> 5", High="10", Direction="within") == "At risk"
    assert word("10", Low="> 5", High="10", Direction="within") == "On track"


def test_a_strict_target_is_told_as_such() -> None:
    book = book_of({"2026-10": "4"}, Target="< 4", Unit="days", Target_on="ongoing")
    assert (
        assess(book)
        .kpis["K1"]
        .status.reason.startswith("4 days against less than 4 planned for October 2026")
    )


def test_readings_that_stand_at_a_strict_target_do_not_meet_it() -> None:
    still = months(2026, 4, 10) | months(2025, 4)
    strict = assess(book_of(still, Target="< 4", Unit="days", Target_on="ongoing")).kpis["K1"]
    loose = assess(book_of(still, Target="≤ 4", Unit="days", Target_on="ongoing")).kpis["K1"]
    assert (strict.answers["assurance"].word, loose.answers["assurance"].word) == (
        "not as it runs now",
        "yes",
    )


@pytest.mark.parametrize(
    ("unit", "cell", "value", "code"),
    [
        ("hours", "1:30", 1.5, "WBK083"), ("min", "1:30", 90, "WBK083"), ("days", "12:00", 0.5, "WBK083"),
        ("%", "1:30", None, "WBK082"), ("pieces", "1:30", None, "WBK082"), ("hours", '"1:30"', 1.5, "WBK015"),
        ("min", '"1:30"', None, "WBK082"), ("hours", "48:00", None, "WBK082"), ("days", "48:00", 2, "WBK083"),
        ("$", "50k", None, "WBK080"), ("pieces", "5 %", None, "WBK067"),
    ],
)  # fmt: skip
def test_a_time_among_the_readings_is_never_read_as_a_part_of_a_day(
    unit: str, cell: str, value: float | None, code: str
) -> None:
    book = book_of({"2026-10": cell}, Unit=unit, Target="3", Direction="lower")
    assert book.measurements.value == [value]
    assert [each.code for each in told(book)] == [code]


def test_a_target_that_is_a_time_is_read_in_the_unit_too() -> None:
    book = book_of(Target="1:30", Unit="hours", Direction="lower")
    assert book.kpis[0].target == 1.5
    assert [each.code for each in told(book)] == ["WBK083"]


def test_planned_values_are_read_alike_and_a_sign_that_contradicts_is_told() -> None:
    text = """
    KPIs
    | KPI | Direction | Target | Target on  |
    |-----|-----------|--------|------------|
    | K1  | higher    | 95     | 2026-12-31 |

    Targets
    | KPI | From    | Planned     |
    |-----|---------|-------------|
    | K1  | 2026-07 | ≥ 93 %      |
    | K1  | 2026-08 | at most 90  |
    | K1  | 2026-09 | 5 % less    |
    """
    book = read_example(text).book
    assert [row.planned for row in book.targets] == [93, 90, None]
    assert [finding.code for finding in told(book)] == ["WBK080", "WBK081"]


@pytest.mark.parametrize(
    ("unit", "cell"),
    [("$", "30 €"), ("score", "90 %"), ("score", "90%"), ("$k", "€95k"), ("complaints", "$5")],
)
def test_a_figure_in_another_unit_is_told_once_and_never_read(unit: str, cell: str) -> None:
    book = book_of({"2026-10": cell}, Unit=unit, Target=cell, Direction="higher", Low=cell, Baseline=cell)
    kpi = book.kpis[0]
    assert (kpi.target, kpi.low, kpi.baseline, book.measurements.value) == (None, None, None, [None])
    found = told(book, "WBK008", "WBK013", "WBK015", "WBK067", "WBK080", "KPI001", "KPI022", "KPI010")
    assert [each.code for each in found] == ["WBK067"] * 4
    assert all(f"in {unit}" in each.fix for each in found)


def test_what_carries_the_unit_as_it_is_written_is_read_wherever_it_stands() -> None:
    book = book_of(
        {"2026-10": "$95k"},
        Unit="$k",
        Target="$95k",
        Baseline="$80 k",
        Highest_possible="$200k",
        Direction="higher",
    )
    kpi = book.kpis[0]
    assert (kpi.target, kpi.baseline, kpi.highest_possible, book.measurements.value) == (95, 80, 200, [95])
    assert {each.code for each in told(book)} == {"WBK015"}


def test_better_is_asked_for_where_nothing_says_which_way_it_is() -> None:
    (found,) = told(book_of(Direction="improve", Target="6"), "WBK012", "WBK084", "KPI003", "KPI001")
    assert (found.code, found.fix) == ("WBK012", "Better may be more or less: pick higher or lower.")


def test_a_target_that_rolls_over_three_months_is_held_against_those() -> None:
    book = book_of(months(2026, 10, 10), Target="≤ 27", Target_is="rolling 3 months", Target_on="ongoing")
    answers = assess(book).kpis["K1"]
    assert answers.series.held[-1] == 30
    assert answers.status.reason.startswith(
        "Over the last 3 months 30 complaints against 27 planned for October 2026: off track"
    )
    averaged = book_of({f"2026-0{m}": f"{m}" for m in range(1, 10)} | {"2026-10": "10"}, Target="≤ 8",
    Unit="days",
                       Target_is="R3", Target_on="ongoing")  # fmt: skip
    assert assess(averaged).kpis["K1"].series.held[-1] == 9


SINCE = {"Target_is": "since the start", "Baseline": "0", "Baseline_on": "2025-12-31"}


@pytest.mark.parametrize(
    ("target", "value", "expected", "ended"),
    [
        ("< 10", "1", "Off track", False), ("≤ 10", "1", "On track", False), ("> 10", "1", "At risk", False),
        ("≥ 10", "1", "On track", True), ("≤ 10", "1.02", "Off track", False),
        ("> 10", "1.1", "On track", True),
    ],
)  # fmt: skip
def test_a_total_over_years_that_stands_at_a_strict_target_does_not_meet_it(
    target: str, value: str, expected: str, ended: bool
) -> None:
    book = book_of(months(2026, float(value), 10), Target=target, Target_on="2026-10-31", **SINCE)
    answers = assess(book).kpis["K1"]
    assert (answers.status.word, answers.series.ended is not None) == (expected, ended)


@pytest.mark.parametrize(
    ("cells", "codes"),
    [({"Aggregation": "last"}, []), ({"Aggregation": "sum"}, ["KPI030"]), ({}, ["KPI030"])],
)
def test_a_backlog_that_falls_is_read_as_what_is_left(cells: dict[str, str], codes: list[str]) -> None:
    left = {f"2026-{month:02d}": f"{120 - 11 * month}" for month in range(1, 11)}
    more = SINCE | {"Baseline": "120", "Target": "0", "Direction": "lower", **cells}
    assert [each.code for each in told(book_of(left, **more), "KPI030")] == codes


def test_a_length_is_told_alike_in_every_sentence() -> None:
    road = {f"2026-{month:02d}": f"{value}" for month, value in enumerate((40, 80.25, 120, 149.7), 7)}
    for more in ({}, SINCE, {"Low": "100", "High": "149.7", "Target": "", "Direction": "within"}):
        cells = {"Target": "149.7", "Direction": "higher", "Unit": "km", "Aggregation": "last"} | more
        answers = assess(book_of(road, **cells)).kpis["K1"]
        said = " ".join(each.reason for each in (answers.status, *answers.answers.values()))
        assert "149.7" in said
        assert "150" not in said


ROWS = """
KPIs
| KPI | Direction | Low | High | Target | Target on  |
|-----|-----------|-----|------|--------|------------|
| K1  | higher    |     |      | 95     | 2026-12-31 |
| K2  | within    | 7   | 9    |        |            |

Targets
| KPI | From    | Planned | Low | High | Until   |
|-----|---------|---------|-----|------|---------|
"""


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("| K1 | 2026-07 | 93 | 90 | | 2026-08 |", ["KPI031"]), ("| K1 | 2026-07 | 93 | | 96 | 2026-08 |",
        ["KPI031"]),
        ("| K1 | 2026-07 | | 90 | 96 | 2026-08 |", ["KPI024"]), ("| K1 | 2026-07 | 93 | | | 2026-08 |", []),
        ("| K2 | 2026-07 | | 9 | 8 | 2026-08 |", ["KPI011"]), ("| K2 | 2026-07 | | 10 | | 2026-08 |",
        ["KPI032"]),
        ("| K2 | 2026-07 | | | 6 | 2026-08 |", ["KPI032"]), ("| K2 | 2026-07 | 9-8 | | | 2026-08 |",
        ["KPI011"]),
        ("| K2 | 2026-07 | 7-8 | | | 2026-08 |", []), ("| K2 | 2026-07 | | 8 | | 2026-08 |", []),
        ("| K1 | 2026-07 | 93 | | | |", ["KPI033"]), ("| K2 | 2026-07 | | 8 | | |", ["KPI033"]),
        ("| K1 | 2026-07 | 93 | | | |\n| K1 | 2026-08 | 94 | | | |", []),
        ("| K1 | 2026-03 | 93 | | | |\n| K1 | 2026-07 | 94 | | | |", ["KPI033", "KPI033"]),
    ],
)  # fmt: skip
def test_what_a_row_of_targets_says_in_vain_is_told_once(row: str, codes: list[str]) -> None:
    book = read_example(ROWS + row + "\n").book
    assert [f.code for f in told(book, "KPI011", "KPI024", "KPI031", "KPI032", "KPI033", "WBK081")] == codes


def test_a_total_is_read_where_target_is_says_of_what() -> None:
    book = book_of({}, Target="at most 100 in total", Target_is="since the start", Direction="")
    assert (book.kpis[0].target, book.kpis[0].direction, told(book)) == (100, "lower", [])
    assert told(book_of({}, Target="95 % overall", Unit="%", Direction="higher"))[0].code != "WBK080"


@pytest.mark.parametrize(
    ("text", "unit", "code", "direction"),
    [
        ("max 1,000", "ppm", "WBK013", "lower"), ("1,000-2,000", "ppm", "WBK013", "within"),
        ("no more than $2.4M", "$k", "WBK080", "lower"), ("at least 50k", "pieces", "WBK080", "higher"),
        ("≥ 10% more than last year", "jobs", "WBK080", "higher"),
        ("10% less than last year", "jobs", "WBK080", "lower"),
        ("at most last year", "jobs", "WBK080", "lower"),
        ("max 48 h", "days", "WBK067", "lower"), ("5-10 h", "days", "WBK067", "within"),
        ("< 3 per week", "cases", "WBK080", "lower"), ("at most 100 in total", "homes", "WBK080", "lower"),
    ],
)  # fmt: skip
def test_a_figure_that_cannot_be_read_is_told_once_and_its_sign_counts(
    text: str, unit: str, code: str, direction: str
) -> None:
    book = book_of(months(2025, 11), Target=text, Unit=unit)
    assert book.kpis[0].direction == direction
    assert [
        f.code for f in told(book, "WBK008", "WBK013", "WBK067", "WBK080", "KPI001", "KPI003", "KPI012")
    ] == [code]


@pytest.mark.parametrize("other", ["±0.5 mm", "≥ 95.5 %", "max. 2.5", "1.5-2.5"])
def test_figures_with_signs_settle_the_decimal_sign(other: str) -> None:
    unit = "%" if "%" in other else "mm"
    book = make(
        {"Unit": unit, "Direction": "", "Baseline": "", "Target": other},
        {"KPI": "K2", "Unit": "ppm", "Direction": "lower", "Baseline": "", "Target": "≤ 1,000"},
    )
    assert book.kpis[1].target == 1000


def test_money_with_its_currency_needs_nothing_to_settle_it() -> None:
    for text, unit, value in (
        ("$15,000", "$", 15000),
        ("max. 15.000 €", "€", 15000),
        ("$1,250.50", "$", 1250.5),
    ):
        assert kpi_of(Target=text, Unit=unit).target == value
    assert kpi_of(Target="15,000", Unit="$").target is None


@pytest.mark.parametrize(
    ("cells", "direction"),
    [
        ({"Target": "zero"}, "lower"), ({"Target": "nil", "Unit": "%"}, "lower"),
        ({"Target": "none"}, "lower"), ({"Target": "no complaints"}, "lower"),
        ({"Target": "zero", "Unit": "days"}, "lower"), ({"Target": "zero", "Unit": "$k"}, ""),
        ({"Target": "zero", "Unit": "$k", "Baseline": "-40"}, "higher"),
        ({"Target": "zero", "Unit": "$k", "Baseline": "40"}, "lower"),
        ({"Target": "zero", "Direction": "higher"}, "higher"),
    ],
)  # fmt: skip
def test_zero_says_which_way_is_better(cells: dict[str, str], direction: str) -> None:
    kpi = kpi_of(**cells)
    assert (kpi.target, kpi.direction) == (0, direction)


def test_none_is_zero_of_what_is_counted_only() -> None:
    assert kpi_of(Target="none", Unit="%").target is None
    assert kpi_of(Target="no target").target is None


@pytest.mark.parametrize("word", ["maintain", "hold", "stable"])
def test_what_is_to_be_held_without_a_sign_is_asked_and_not_judged(word: str) -> None:
    book = book_of(months(2026, 5, 9), Direction=word, Baseline="3", Target="3", Baseline_on="2025-12-31")
    asked = [each for each in check(book, stage="audit-ready") if each.column == "Direction"]
    assert [each.fix for each in asked] == [
        "To be held may be at least or at most: type ≥ 3 or ≤ 3 in *Target*."
    ]
    assert assess(book).kpis["K1"].status.word == "No target"


def test_an_end_by_the_fiscal_year_is_told_with_the_day_worked_out() -> None:
    """A year that ends in March: *end of 2027* was March 31, and nobody was told."""
    text = """
    Settings
    | Setting                 | Value |
    |-------------------------|-------|
    | Fiscal year start month | 4     |

    KPIs
    | KPI | Target on   |
    |-----|-------------|
    | K1  | end of 2027 |
    | K2  | June FY2027 |
    | K3  | FY2027      |

    Measurements
    | KPI | Period   | Value |
    |-----|----------|-------|
    | K1  | FY27 Jun | 5     |

    Objectives
    | Objective | Due         |
    |-----------|-------------|
    | O1        | end of 2027 |
    | O2        | FY2027      |
    """
    book = read_example(text).book
    assert [kpi.target_on for kpi in book.kpis] == [date(2027, 3, 31), date(2026, 6, 30), date(2027, 3, 31)]
    assert list(book.measurements.period) == ["2026-06"]
    found = told(book, "WBK085", "WBK008", "WBK063")
    assert [(each.code, each.row, each.fix or each.message) for each in found] == [
        ("WBK008", "O1", "Type one day: 2027-12-31, or 2027-03-31 by your fiscal year."),
        ("WBK008", "O2", "Type one day, such as 2027-03-31; for the end of a month, its last day."),
        (
            "WBK063",
            "K1@2026-06",
            "Write 2026-10 for a month, 2026-Q3 for a quarter, 2026-H1 for a half-year, 2026 or 2026-W05.",
        ),
        (
            "WBK085",
            "K1",
            "It was read as 2027-03-31, the last day of your fiscal year 2027 (Apr 2026-Mar 2027). "
            "If 2027-12-31 was meant, type that day.",
        ),
        (
            "WBK085",
            "K2",
            "It was read as 2026-06-30, which lies in your fiscal year 2027 (Apr 2026-Mar 2027). "
            "If 2027-06-30 was meant, type that day.",
        ),
    ]


TIMES = [
    ("hours", "rolling 12", "monthly", "", True), ("lost h", "rolling 3", "weekly", "", True),
    ("working days", "year to date", "quarterly", "", True), ("hours", "rolling 12", "monthly", "sum", False),
    ("hours", "rolling 12", "monthly", "average", False), ("hours", "each period", "monthly", "", False),
    ("hours", "year to date", "yearly", "", False), ("hours per job", "rolling 12", "monthly", "", False),
    ("orders per hour", "rolling 12", "monthly", "", False), ("%", "rolling 12", "monthly", "", False),
    ("injuries", "rolling 12", "monthly", "", False), ("hours", "since the start", "monthly", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "span", "often", "folds", "asked"), TIMES)
def test_hours_of_several_months_are_asked_about(
    unit: str, span: str, often: str, folds: str, asked: bool
) -> None:
    kpi = {"Unit": unit, "Target is": span, "Frequency": often, "Aggregation": folds, "Name": "Lost hours"}
    found = [each for each in check(make(kpi), stage="start") if each.code == "KPI034"]
    assert bool(found) == asked
    for each in found:
        over = "year to date" if span == "year to date" else f"over {span[8:]} months"
        assert each.message == (
            f"KPI K1 (Lost hours) is judged {over}; its {unit} are averaged, and nobody says so."
        )
        assert each.column == "Aggregation"


def test_what_nobody_wants_to_judge_needs_no_target_and_the_fix_says_so() -> None:
    blank, watched = {"Target": ""}, {"Target": "", "Active": "watch"}
    (found,) = [each for each in check(make(blank)) if each.code == "KPI001"]
    assert "set *Active* to watch" in found.fix
    assert not [each for each in check(make(watched)) if each.code == "KPI001"]
