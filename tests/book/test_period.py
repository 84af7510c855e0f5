"""Periods: read, named with their months, followed and nested, in calendar and fiscal years."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsbook.book.period import (
    Frequency,
    Period,
    fiscal_year,
    latest_ended,
    parse_period,
    period_of,
    periods_between,
)

DAYS = st.dates(date(1950, 1, 1), date(2090, 12, 31))
FREQUENCIES = st.sampled_from(get_args(Frequency))
STARTS = st.integers(1, 12)


def read(text: str, start: int = 1) -> Period:
    period = parse_period(text, start)
    assert period is not None
    return period


@pytest.mark.parametrize(
    ("text", "start", "first", "last"),
    [
        ("2026-10", 1, date(2026, 10, 1), date(2026, 10, 31)),
        ("2026-10", 4, date(2026, 10, 1), date(2026, 10, 31)),  # months are calendar months everywhere
        ("2024-02", 1, date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-Q3", 1, date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-Q3", 4, date(2025, 10, 1), date(2025, 12, 31)),  # the fiscal year 2026 ends in March 2026
        ("2026-Q4", 4, date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-Q1", 12, date(2025, 12, 1), date(2026, 2, 28)),
        ("2026-H1", 1, date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", 10, date(2026, 4, 1), date(2026, 9, 30)),
        ("2026", 1, date(2026, 1, 1), date(2026, 12, 31)),
        ("2026", 7, date(2025, 7, 1), date(2026, 6, 30)),
        ("2026-W01", 1, date(2025, 12, 29), date(2026, 1, 4)),  # ISO 8601: week 1 holds the first Thursday
        ("2026-W53", 1, date(2026, 12, 28), date(2027, 1, 3)),
    ],
)  # fmt: skip
def test_first_and_last_day(text: str, start: int, first: date, last: date) -> None:
    period = read(text, start)
    assert (period.text, period.first, period.last) == (text, first, last)


@pytest.mark.parametrize(
    "text",
    ["", "26-10", "2026-13", "2026-00", "2026-Q5", "2026-H3", "2026-W54", "2025-W53", "2026-1-1", "Oct 2026",
     "2026/10", "0000", "10-2026", "2026-10-01", "2026-Q"],
)  # fmt: skip
def test_anything_else_is_no_period(text: str) -> None:
    assert parse_period(text) is None


@pytest.mark.parametrize(
    ("typed", "text"),
    [(" 2026-q3 ", "2026-Q3"), ("2026-9", "2026-09"), ("2026-w5", "2026-W05"), ("2026-h1", "2026-H1")],
)
def test_spelling_is_made_one(typed: str, text: str) -> None:
    assert read(typed).text == text


@pytest.mark.parametrize(
    ("text", "start", "title", "spoken"),
    [
        ("2026-10", 1, "2026-10 (Oct 2026)", "October 2026"),
        ("2026-Q3", 1, "2026-Q3 (Jul-Sep 2026)", "Jul-Sep 2026"),
        ("2026-Q1", 12, "2026-Q1 (Dec 2025-Feb 2026)", "Dec 2025-Feb 2026"),
        ("2026", 1, "2026 (Jan-Dec 2026)", "Jan-Dec 2026"),
        ("2026-W06", 1, "2026-W06 (Feb 2-8, 2026)", "Feb 2-8, 2026"),
        ("2026-W05", 1, "2026-W05 (Jan 26-Feb 1, 2026)", "Jan 26-Feb 1, 2026"),
    ],
)
def test_names_carry_their_months(text: str, start: int, title: str, spoken: str) -> None:
    period = read(text, start)
    assert (period.title, period.spoken, str(period)) == (title, spoken, text)


@given(DAYS, FREQUENCIES, STARTS)
def test_a_day_lies_in_its_period_and_the_text_names_it(day: date, frequency: Frequency, start: int) -> None:
    period = period_of(day, frequency, start)
    assert period.first <= day <= period.last
    assert parse_period(period.text, start) == period


@given(DAYS, FREQUENCIES, STARTS)
def test_periods_follow_without_a_gap(day: date, frequency: Frequency, start: int) -> None:
    period = period_of(day, frequency, start)
    assert period.next.first == period.last + timedelta(days=1)
    assert period.next.previous == period


@given(DAYS, STARTS)
def test_months_nest_in_quarters_halves_and_years(day: date, start: int) -> None:
    month, quarter, half, year = (
        period_of(day, frequency, start) for frequency in ("monthly", "quarterly", "half-yearly", "yearly")
    )
    assert quarter.contains(month)
    assert half.contains(quarter)
    assert year.contains(half)
    assert year.text == str(fiscal_year(day, start)) == str(year.last.year)


@given(DAYS, FREQUENCIES, STARTS)
def test_the_latest_ended_is_over(day: date, frequency: Frequency, start: int) -> None:
    period = latest_ended(day, frequency, start)
    assert period.last < day <= period.next.last


def test_periods_between_have_their_last_day_inside() -> None:
    found = periods_between(date(2026, 7, 31), date(2026, 10, 30), "monthly")
    assert [period.text for period in found] == ["2026-07", "2026-08", "2026-09"]
    weeks = periods_between(date(2026, 7, 1), date(2026, 9, 30), "weekly")
    assert (weeks[0].text, weeks[-1].text, len(weeks)) == ("2026-W27", "2026-W39", 13)
    assert periods_between(date(2026, 7, 2), date(2026, 7, 1), "monthly") == []
