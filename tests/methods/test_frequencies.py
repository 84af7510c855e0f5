"""How often a KPI is read: half-years, what no calendar asks for, and figures that are only watched."""

from __future__ import annotations

from datetime import date

import pytest
from judged import make, read

from qmsbook.book.book import Book
from qmsbook.book.reading import read_book
from qmsbook.chase.owed import owed
from qmsbook.commands.new_period import due_rows
from qmsbook.methods import assess
from qmsbook.methods.method import KpiAnswers
from qmsbook.rules import check
from qmsbook.rules.examples import read_example

ON = date(2026, 11, 10)


def book_of(kpis: str, readings: str = "", on: date = ON) -> Book:
    """Rows of id, Frequency, Direction, Target, Target on, Trajectory, Target is and Active, and readings."""
    heads = (
        "KPI, Frequency, Direction, Target, Target on, Trajectory, Target is, Active, Baseline, Baseline on, "
        "Supports"
    )
    rows = [f"| {row.replace(',', ' |')} |  |  | O1 |" for row in kpis.strip().splitlines()]
    lines = ["KPIs", f"| {heads.replace(',', ' |')} |", "|" + "---|" * 11, *rows, ""]
    lines += ["Measurements", "| KPI | Period | Value |", "|---|---|---|"]
    lines += [f"| {row.replace(',', ' |')} |" for row in readings.strip().splitlines()] or ["|  |  |  |"]
    lines += ["", "Objectives", "| Objective | Owner |", "|---|---|", "| O1 | Erin Foster |"]
    return read_book(read_example("\n".join(lines)).tables, on)


def answers(book: Book) -> KpiAnswers:
    return assess(book).kpis["K1"]


HALVES = "K1, half-yearly, higher, 90, , flat, each period, yes"


def test_half_years_are_planned_read_and_judged() -> None:
    book = book_of(HALVES, "K1, 2025-H2, 92\nK1, 2026-H1, 89")
    found = answers(book)
    assert [period.text for period in found.series.periods] == ["2025-H2", "2026-H1"]
    assert found.series.words == ("On track", "At risk")
    assert found.period is not None
    assert found.period.title == "2026-H1 (Jan-Jun 2026)"
    assert not [
        f for f in check(book, stage="audit-ready") if f.code in {"MEA005", "MEA011", "MEA012", "WBK012"}
    ]


def test_a_half_year_that_was_not_read_is_overdue_after_its_grace() -> None:
    late = answers(book_of(HALVES, "K1, 2025-H2, 92"))
    assert late.status.word == "Overdue"
    assert "No figure for Jan-Jun 2026" in late.status.reason
    assert answers(book_of(HALVES, "K1, 2025-H2, 92", date(2026, 7, 5))).status.word == "On track"


def test_half_years_are_fiscal() -> None:
    settings = "Settings\n| Setting | Value |\n|---|---|\n| Fiscal year start month | 4 |\n"
    plain = book_of(HALVES, "K1, 2027-H1, 92")
    tables = (*plain.tables.values(), *read_example(settings).tables)
    found = answers(read_book(tables, ON))
    assert found.period is not None
    assert found.period.title == "2027-H1 (Apr-Sep 2026)"


def test_a_total_of_the_year_takes_half_of_it_from_each_half_year() -> None:
    book = book_of("K1, half-yearly, higher, 100, , flat, year to date, yes", "K1, 2026-H1, 40")
    book = book.changed(kpis=(book.kpis[0].changed(aggregation="sum"),))
    assert answers(book).series.plan == (50.0,)


@pytest.mark.parametrize(
    ("asked", "rows"),
    [("2026-06", ["2026-H1"]), ("2026-05", []), ("2026-Q2", ["2026-H1"]), ("2026", ["2026-H1", "2026-H2"])],
)
def test_a_new_period_has_the_half_years_that_end_in_it(asked: str, rows: list[str]) -> None:
    book = book_of(HALVES)
    period = book.parse_period(asked)
    assert period is not None
    assert [row["Period"] for row in due_rows(book, period)] == rows


@pytest.mark.parametrize(
    "often", ["when it happens", "once", "per project", "after each delivery", "one-off"]
)
def test_no_calendar_asks_for_what_happens_when_it_happens(often: str) -> None:
    book = book_of(f"K1, {often}, higher, 90, , flat, each period, yes", "K1, 2025-03, 92")
    found, assessed = answers(book), assess(book)
    assert found.status.word == "On track"
    assert found.status.reason.startswith("92 % against 90 % planned for March 2025")
    year = book.parse_period("2026")
    assert year is not None
    assert due_rows(book, year) == []
    assert owed(book, assessed, ()) == ()
    told = {"MEA005", "MEA011", "MEA012", "WBK012", "CAS016"}
    assert not [f for f in check(book, assessed, stage="audit-ready") if f.code in told]


def test_it_is_judged_at_each_reading_the_month_need_not_be_over() -> None:
    row = "K1, when it happens, higher, 90, , flat, each period, yes"
    found = answers(book_of(row, "K1, 2026-03, 92\nK1, 2026-W40, 85\nK1, 2026-11, 70"))
    assert found.series.words == ("On track", "Off track", "Off track")
    assert found.status.reason.endswith("off track by 20 points, 2nd period running.")
    assert (found.latest, found.status.word) == (70, "Off track")


def test_what_has_not_happened_yet_is_not_due_and_weighs_nothing() -> None:
    book = book_of(
        "K1, once, higher, 90, , flat, each period, yes\nK2, monthly, higher, 90, , flat, each period, yes",
        "K2, 2026-10, 95",
    )
    assessed = assess(book)
    assert assessed.kpis["K1"].status.word == "Not due"
    assert "no calendar asks for it" in assessed.kpis["K1"].status.reason
    assert assessed.objectives["O1"].status.reason.startswith("On track (1 of 1 read")


def test_two_readings_of_one_month_are_told_and_can_be_named_by_their_weeks() -> None:
    row = "K1, when it happens, higher, 90, , flat, each period, yes"
    twice = book_of(row, "K1, 2026-10, 92\nK1, 2026-10, 85")
    assert [f.code for f in check(twice) if f.code == "MEA002"] == ["MEA002"]
    weeks = book_of(row, "K1, 2026-W41, 92\nK1, 2026-W43, 85")
    assert not [f for f in check(weeks) if f.code == "MEA002"]


WATCHED = "K1, monthly, , , , , each period, watch"


def test_a_watched_figure_is_read_and_shown_and_no_target_is_asked_for() -> None:
    book = book_of(WATCHED, "K1, 2026-09, 12\nK1, 2026-10, 14")
    found = answers(book)
    assert (found.status.word, found.latest) == ("Watched", 14)
    assert found.status.reason == "Watched: 14 % in October 2026; no target is asked for."
    assert found.series.words == ("Watched", "Watched")
    asked_for = {"KPI001", "KPI003", "KPI004", "KPI007", "KPI022", "CAS004", "MEA017"}
    assert not [f for f in check(book, stage="audit-ready") if f.code in asked_for]


def test_a_watched_figure_weighs_nothing_and_does_not_make_an_objective_measurable() -> None:
    book = book_of(
        f"{WATCHED}\nK2, monthly, higher, 90, , flat, each period, yes", "K1, 2026-10, 14\nK2, 2026-10, 95"
    )
    assert assess(book).objectives["O1"].status.reason.startswith("On track (1 of 1 read")
    alone = book_of(WATCHED, "K1, 2026-10, 14")
    assert assess(alone).objectives["O1"].status.word == "Watched"
    assert next(f for f in check(alone) if f.code == "VIT006").message.endswith("has only watched KPIs (K1).")


def test_a_watched_figure_is_asked_for_like_any_other() -> None:
    book = book_of(WATCHED)
    period = book.parse_period("2026-10")
    assert period is not None
    assert [row["KPI"] for row in due_rows(book, period)] == ["K1"]


@pytest.mark.parametrize("word", ["watch", "Watch", "watched", "info", "for information", "FYI"])
def test_watch_in_other_words(word: str) -> None:
    assert book_of(f"K1, monthly, higher, 90, , flat, each period, {word}").kpis[0].watched


@pytest.mark.parametrize(
    ("word", "active"), [("yes", True), ("no", False), ("ja", True), ("", True), ("nein", False)]
)
def test_yes_and_no_are_read_as_ever(word: str, active: bool) -> None:
    kpi = book_of(f"K1, monthly, higher, 90, , flat, each period, {word}").kpis[0]
    assert (kpi.active, kpi.watched) == (active, False)


@pytest.mark.parametrize(
    ("kpi", "figure", "said"),
    [
        ({"Unit": "$k", "Target": "max. 120", "Baseline": ""}, 131, "Off track"),
        ({"Unit": "$k", "Target": "max. 120", "Baseline": ""}, 122, "At risk"),
        ({"Unit": "$k", "Target": "max. 120", "Baseline": ""}, 118, "On track"),
        ({"Unit": "µg", "Direction": "lower", "Target": 8, "Baseline": 15}, 9.5, "Off track"),
        ({"Unit": "µg", "Direction": "lower", "Target": 8, "Baseline": 15}, 8, "On track"),
        ({"Unit": "%", "Direction": "higher", "Target": 95, "Baseline": 80}, 88, "Off track"),
        ({"Unit": "mm", "Target": "5-10", "Baseline": ""}, 4, "Off track"),
    ],
)  # fmt: skip
def test_what_is_read_once_is_judged_against_its_target(
    kpi: dict[str, object], figure: float, said: str
) -> None:
    way = {"Direction": "", "Baseline on": "", "Target on": "2027-03-31", "Frequency": "once"}
    book = make({**way, **kpi}, readings=read(figure, first="2026-09"))
    found = answers(book)
    assert (found.status.word, found.series.baseline) == (said, None), found.status.reason
    asked = {finding.code for finding in check(book, stage="audit-ready")}
    assert not asked & {"KPI007", "KPI022"}


def test_what_is_read_once_is_asked_for_its_day() -> None:
    book = make({"Frequency": "once", "Target on": "", "Trajectory": ""}, readings=read(97, first="2026-09"))
    assert "KPI004" in {finding.code for finding in check(book, stage="audit-ready")}


@pytest.mark.parametrize(
    ("first", "second", "fix"),
    [
        ("2026-09-18", "2026-09-25", "Type 2026-W38 and 2026-W39 as their periods"),
        ("2026-09-01", "2026-09-25", "Type 2026-W36 and 2026-W39 as their periods"),
        ("2026-09-24", "2026-09-25", "two of one week make one reading"),
        ("2026-09", "2026-09", "Name each by its week, such as 2026-W38. Delete"),
    ],
)
def test_two_that_happened_in_one_month_are_named_by_their_weeks(first: str, second: str, fix: str) -> None:
    rows = [{"KPI": "K1", "Period": first, "Value": 3}, {"KPI": "K1", "Period": second, "Value": 1}]
    book = make({"Frequency": "per order"}, readings=rows)
    (found,) = [each for each in check(book) if each.code == "MEA002"]
    assert fix in found.fix
    assert "name each by its week" in answers(book).status.reason


def test_two_readings_of_a_month_are_one_too_many_for_a_monthly_figure() -> None:
    rows = [{"KPI": "K1", "Period": "2026-09", "Value": value} for value in (3, 1)]
    (found,) = [each for each in check(make({}, readings=rows)) if each.code == "MEA002"]
    assert found.fix == "Delete the wrong row, or correct its period."
