"""Totals over years, small counts of a year, and readings that no calendar asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from judged import answers, make, read

from qmsbook.book.book import Book
from qmsbook.methods import aggregate, assess
from qmsbook.rules import check

#: A hundred projects in five years, read each year as so many that were finished.
FLATS: dict[str, Any] = {
    "Name": "Projects built", "Unit": "projects", "Direction": "higher", "Baseline": "",
    "Baseline on": "2022-12-31",
    "Target": 100, "Target on": "2027-12-31", "Target is": "since the start", "Frequency": "yearly",
    "Aggregation": "", "Highest possible": "",
}  # fmt: skip
#: A road of 149.7 km, read each quarter as how much of it is there.
ROAD: dict[str, Any] = {
    **FLATS, "Name": "Road opened", "Unit": "km", "Target": 149.7, "Target on": "2026-12-31",
    "Baseline on": "2025-12-31", "Frequency": "quarterly",
}  # fmt: skip


def years(*values: Any, first: int = 2023) -> list[dict[str, Any]]:
    return [{"KPI": "K1", "Period": str(first + at), "Value": value} for at, value in enumerate(values)]


def quarters(*values: Any) -> list[dict[str, Any]]:
    return [{"KPI": "K1", "Period": f"2026-Q{at}", "Value": value} for at, value in enumerate(values, 1)]


#: What is stated, its readings, the day; status, the share of the way, and how its sentence begins.
STATEMENTS: list[tuple[dict[str, Any], list[dict[str, Any]], str, str, float | None, str]] = [
    # 58 of 100 built, and not 25 against 50
    (FLATS, years(10, 23, 25), "2026-03-01", "At risk", 0.58, "So far 58 projects against 60"),
    (FLATS, years(10, 28, 25), "2026-03-01", "On track", 0.63, "So far 63 projects against 60"),
    (FLATS, years(10, 8, 7), "2026-03-01", "Off track", 0.25, "So far 25 projects against 60"),
    # what was there before the start is part of it
    ({**FLATS, "Baseline": 20}, years(20, 20, 20), "2026-03-01", "On track", 0.75, "So far 80 projects"),
    ({**FLATS, "Baseline": 20}, years(7, 20, 20, 20, first=2022), "2026-03-01", "On track", 0.75, "So"),
    # at 100 % the end is reached, whatever the year
    (FLATS, years(40, 60), "2026-03-01", "On track", 1.0, "100 projects of 100 projects: "),
    # running totals are taken as they are
    (ROAD, quarters(30, 75, 112), "2026-11-10", "On track", 112 / 149.7, "So far 112 km against 111.97"),
    (ROAD, quarters(30, 75, 98), "2026-11-10", "Off track", 98 / 149.7, "So far 98 km against 112"),
    (ROAD, quarters(30, 149.7), "2027-06-01", "On track", 1.0, "149.7 km of 149.7 km: the target is reached"),
    ({**ROAD, "Aggregation": "sum"}, quarters(30, 45, 37), "2026-11-09", "On track", 112 / 149.7, "So far"),
    # what may grow by no more than so much
    (
        {**FLATS, "Name": "Claims", "Direction": "lower", "Target": 50}, years(6, 9, 10),
        "2026-03-01", "On track", None, "So far 25 projects against 30",
    ),
    (
        {**FLATS, "Name": "Claims", "Direction": "lower", "Target": 50}, years(16, 9, 10),
        "2026-03-01", "Off track", None, "So far 35 projects against 30",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kpi", "readings", "on", "status", "done", "said"), STATEMENTS)
def test_a_total_over_years_is_held_as_a_total(
    kpi: dict[str, Any], readings: list[dict[str, Any]], on: str, status: str, done: float | None, said: str
) -> None:
    found = answers(make(kpi, readings=readings, on=on))
    assert found.status.word == status
    assert found.status.reason.startswith(said)
    assert found.progress == (None if done is None else pytest.approx(done))
    # no limits, no question whether it is a change, none whether the process can meet the target
    assert {found.answers["variation"].word, found.answers["assurance"].word} == {""}


def test_over_a_review_a_total_stands_as_at_its_end() -> None:
    made = make(ROAD, readings=quarters(30, 75, 112), on="2026-11-10")
    found = aggregate(made, answers(made).series, date(2026, 7, 1), date(2026, 9, 30))
    assert (found.actual, found.plan, found.word) == (112, pytest.approx(112, abs=0.5), "On track")


def test_what_has_reached_its_end_is_asked_for_no_more() -> None:
    made = make(ROAD, readings=quarters(90, 149.7), on="2027-06-01")
    found = answers(made)
    assert found.series.ended is not None
    assert (found.status.word, found.series.ended.text) == ("On track", "2026-Q2")
    assert found.answers["forecast"].word == ""
    span = aggregate(made, found.series, date(2026, 1, 1), date(2026, 12, 31))
    assert (span.read, span.due) == (2, 2)
    asked = {each.code for each in check(made, assess(made), stage="audit-ready")}
    assert not asked & {"EVO001", "EVO002", "EVO003", "EVO007", "EVO008", "OBJ010", "MEA013"}


@pytest.mark.parametrize(
    ("readings", "said"),
    [
        # three years made 45, so five make 75
        (
            years(10, 15, 20),
            "At the pace of the last 3 readings, 75 projects on Dec 31, 2027",
        ),
        # it goes no further than its end
        (
            years(30, 30, 30),
            "At the pace of the last 3 readings, 100 projects on Dec 31, 2027",
        ),
        (years(30, 30), "A forecast needs 3 readings, and there are 2."),
        (years(30, 30, 40), ""),
    ],
)
def test_a_total_goes_on_at_its_pace_and_ends_at_its_target(
    readings: list[dict[str, Any]], said: str
) -> None:
    assert (
        answers(make(FLATS, readings=readings, on="2026-03-01")).answers["forecast"].reason.startswith(said)
    )


# -- small counts

#: Trainings and accidents counted by the month, with a target for the year.
TRAININGS: dict[str, Any] = {
    "Name": "Trainings", "Unit": "trainings", "Direction": "higher", "Baseline": 0, "Target": 2,
    "Trajectory": "flat", "Target is": "year to date", "Aggregation": "", "Highest possible": "",
}  # fmt: skip
ACCIDENTS = {**TRAININGS, "Name": "Accidents", "Unit": "accidents", "Direction": "lower", "Baseline": 5}
COUNTS: list[tuple[dict[str, Any], tuple[int, ...], str, str]] = [
    (
        TRAININGS,
        (0,),
        "On track",
        "in 1 of 12 months (Jan 2026), at least 2 planned for the year: on track, 2 to go in 11",
    ),
    (
        TRAININGS,
        (0, 0, 0, 1),
        "On track",
        "1 training in 4 of 12 months (Jan-Apr 2026), at least 2 planned for",
    ),
    (
        TRAININGS,
        (0,) * 9,
        "On track",
        "in 9 of 12 months (Jan-Sep 2026), at least 2 planned for the year: on track, 2 to go in 3",
    ),
    (TRAININGS, (0,) * 10, "At risk", "at least 2 planned for the year: at risk, 2 to go in 2 months"),
    (TRAININGS, (0,) * 11, "Off track", "at least 2 planned for the year: off track, 2 to go in 1"),
    (
        TRAININGS,
        (0,) * 10 + (1, 1),
        "On track",
        "2 trainings in Jan-Dec 2026, at least 2 planned for the year: on track",
    ),
    (
        TRAININGS,
        (0,) * 11 + (1,),
        "Off track",
        "1 training in Jan-Dec 2026, at least 2 planned for the year: off track by 1",
    ),
    (
        ACCIDENTS,
        (0,),
        "On track",
        "0 accidents in 1 of 12 months (Jan 2026), at most 2 planned for the year: on track",
    ),
    (
        ACCIDENTS,
        (2,),
        "On track",
        "2 accidents in 1 of 12 months (Jan 2026), at most 2 planned for the year: on track",
    ),
    (
        ACCIDENTS,
        (2, 1),
        "Off track",
        "3 accidents in 2 of 12 months (Jan-Feb 2026), at most 2 planned for the year: off track by 1",
    ),
    (
        {**ACCIDENTS, "Target": "< 2"},
        (1,),
        "On track",
        "1 accident in 1 of 12 months (Jan 2026), less than 2 planned for",
    ),
    (
        {**ACCIDENTS, "Target": "< 2"},
        (2,),
        "Off track",
        "2 accidents in 1 of 12 months (Jan 2026), less than 2 planned for",
    ),
    (
        {**TRAININGS, "Target": "> 2"},
        (0,) * 10 + (1, 1),
        "Off track",
        "more than 2 planned for the year: off track",
    ),
    (
        {**ACCIDENTS, "Target": 0},
        (0, 0, 1),
        "Off track",
        "1 accident in 3 of 12 months (Jan-Mar 2026), 0 planned for the year: off track",
    ),
    # twelve and more have their share of each month, and so has money
    (
        {**TRAININGS, "Target": 12},
        (0,),
        "Off track",
        "Year to date 0 trainings in 1 of 12 months (Jan 2026) against 1",
    ),
    (
        {**TRAININGS, "Unit": "$M", "Target": 8},
        (0.1,),
        "Off track",
        "Year to date $0.1M in 1 of 12 months (Jan 2026) against $0.67M",
    ),
]


@pytest.mark.parametrize(("kpi", "months", "status", "said"), COUNTS)
def test_a_small_count_is_judged_by_its_year(
    kpi: dict[str, Any], months: tuple[int, ...], status: str, said: str
) -> None:
    ended = date(2026 + len(months) // 12, len(months) % 12 + 1, 5)
    found = answers(make(kpi, readings=read(*months), on=ended.isoformat()))
    assert found.status.word == status
    assert said in found.status.reason
    span = aggregate(
        make(kpi, readings=read(*months), on="2027-02-01"), found.series, date(2026, 1, 1), ended
    )
    assert span.word == status
    assert (found.progress is None) == (len(months) < 12 and "Year to date" not in said)


def test_a_fiscal_year_is_the_year_of_a_small_count() -> None:
    started = [{"Setting": "Fiscal year start month", "Value": 7}]
    found = answers(make(TRAININGS, readings=read(0, 0, first="2026-05"), on="2026-07-05", Settings=started))
    assert found.status.word == "Off track"
    assert found.status.reason.startswith("0 trainings in 2 of 12 months (Jul 2025-Jun 2026)")


# -- when it happens


def happens(book: Book, frequency: str = "when it happens") -> Book:
    """The same book with a KPI that no calendar asks for."""
    return book.changed(kpis=tuple(kpi.changed(frequency=frequency) for kpi in book.kpis))


AUDIT: dict[str, Any] = {
    "Name": "Audit score", "Unit": "points", "Trajectory": "flat", "Target": 90, "Baseline": "",
    "Baseline on": "", "Aggregation": "average",
}  # fmt: skip


@pytest.mark.parametrize(
    ("readings", "frequency", "status", "period"),
    [
        (read(92, first="2025-03"), "when it happens", "On track", "2025-03"),  # never overdue
        (read(70, first="2024-11"), "when it happens", "Off track", "2024-11"),
        (read(92, first="2026-10"), "when it happens", "On track", "2026-10"),  # at once
        (read(92, first="2026-12"), "when it happens", "Not due", None),  # not before it happens
        ([], "when it happens", "Not due", None),
        (years(88, 95, first=2024), "once", "On track", "2025"),
        ([{"KPI": "K1", "Period": "2026-Q2", "Value": 91}], "once", "On track", "2026-Q2"),
    ],
)  # fmt: skip
def test_what_no_calendar_asks_for_is_judged_at_each_reading(
    readings: list[dict[str, Any]], frequency: str, status: str, period: str | None
) -> None:
    book = happens(make(AUDIT, readings=readings), frequency)
    found = answers(book)
    assert (found.status.word, found.period.text if found.period else None) == (status, period)
    assert not {each.code for each in check(book, assess(book))} & {"MEA005", "MEA012", "MEA013"}


def test_a_small_count_needs_no_baseline() -> None:
    kpi = {**ACCIDENTS, "Unit": "clients", "Baseline": "", "Baseline on": "", "Target": 2, "Trajectory": ""}
    book = make(kpi, readings=read(3), on="2026-02-05")
    assert answers(book).status.word == "Off track"
    assert "KPI022" not in {each.code for each in check(book, assess(book))}
