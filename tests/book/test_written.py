"""Every spelling of a figure, a direction, a frequency and an end, and what it is read as or refused for."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judged import make, read

from qmsbook.book.relative import Relative
from qmsbook.book.said import direction_of, end_of, frequency_said
from qmsbook.book.spans import instead_of, span_in_doubt, span_said
from qmsbook.book.written import read_figure

#: Text, the KPI's unit, value, direction, low, high, strict.
FIGURES: list[tuple[str, str, float | None, str, float | None, float | None, bool]] = [
    # at least
    ("≥ 95 %", "%", 95, "higher", None, None, False),
    ("≥95%", "%", 95, "higher", None, None, False),
    (">= 95", "%", 95, "higher", None, None, False),
    (">=98,5 %", "%", 98.5, "higher", None, None, False),
    ("=> 95", "%", 95, "higher", None, None, False),
    ("at least 95", "%", 95, "higher", None, None, False),
    ("At least two", "trainings", 2, "higher", None, None, False),
    ("min. 95 %", "%", 95, "higher", None, None, False),
    ("minimum of 3", "audits", 3, "higher", None, None, False),
    ("not less than 12", "h", 12, "higher", None, None, False),
    ("95 % or more", "%", 95, "higher", None, None, False),
    ("95+", "%", 95, "higher", None, None, False),
    ("mindestens 95", "%", 95, "higher", None, None, False),
    ("≥ 95 % on time", "%", 95, "higher", None, None, False),
    ("increase to 95 %", "%", 95, "higher", None, None, False),
    ("≥ 1,250.5", "$k", 1250.5, "higher", None, None, False),
    # at most
    ("≤ 2", "count", 2, "lower", None, None, False),
    ("<= 2.5 %", "%", 2.5, "lower", None, None, False),
    ("=< 2", "count", 2, "lower", None, None, False),
    ("at most 3", "count", 3, "lower", None, None, False),
    ("max. 5", "days", 5, "lower", None, None, False),
    ("max 5 days", "days", 5, "lower", None, None, False),
    ("5 max", "days", 5, "lower", None, None, False),
    ("maximum 5", "days", 5, "lower", None, None, False),
    ("no more than 3 complaints", "count", 3, "lower", None, None, False),
    ("not exceeding 4", "h", 4, "lower", None, None, False),
    ("up to 10", "ppm", 10, "lower", None, None, False),
    ("2 or fewer", "count", 2, "lower", None, None, False),
    ("within 5 days", "working days", 5, "lower", None, None, False),
    ("reduce to 5", "count", 5, "lower", None, None, False),
    ("höchstens 3", "count", 3, "lower", None, None, False),
    # strict
    ("< 4", "days", 4, "lower", None, None, True),
    ("<4 h", "h", 4, "lower", None, None, True),
    ("less than 4", "days", 4, "lower", None, None, True),
    ("below 2 %", "%", 2, "lower", None, None, True),
    ("under 24 hours", "hours", 24, "lower", None, None, True),
    ("fewer than 3", "count", 3, "lower", None, None, True),
    ("> 60", "score", 60, "higher", None, None, True),
    (">60 %", "%", 60, "higher", None, None, True),
    ("more than 4", "score", 4, "higher", None, None, True),
    ("over 90 %", "%", 90, "higher", None, None, True),
    ("above 4.2", "score", 4.2, "higher", None, None, True),
    ("greater than 10", "count", 10, "higher", None, None, True),
    # ranges
    ("±10 %", "%", None, "within", -10, 10, False),
    ("± 5.2", "mm", None, "within", -5.2, 5.2, False),
    ("+/- 5", "mm", None, "within", -5, 5, False),
    ("8 ± 0.5", "mm", None, "within", 7.5, 8.5, False),
    ("100 ± 5 %", "mm", None, "within", 95, 105, False),
    ("90 ± 5 %", "%", None, "within", 85, 95, False),
    ("between 5 and 10", "days", None, "within", 5, 10, False),
    ("5-10", "days", None, "within", 5, 10, False),
    ("5 – 10 %", "%", None, "within", 5, 10, False),
    ("5 % - 10 %", "%", None, "within", 5, 10, False),
    ("5 to 10", "days", None, "within", 5, 10, False),
    ("-5 to 5", "mm", None, "within", -5, 5, False),
    ("7,0 - 9,0", "pH", None, "within", 7, 9, False),
    ("zwischen 5 und 10", "days", None, "within", 5, 10, False),
    ("5 bis 10", "days", None, "within", 5, 10, False),
    # zero
    *[(text, "count", 0.0, "", None, None, False) for text in (
        "zero", "Zero", "ZERO", "nil", "Nil", "null", "zero defects", "zero accidents", "nil complaints", "0",
        "0 defects", "zero lost-time injuries",
    )],
    # out of the best there is
    ("4.5/5", "score", 4.5, "", None, None, False),
    ("4,5 / 5", "score", 4.5, "", None, None, False),
    ("4.5 out of 5", "stars", 4.5, "", None, None, False),
    ("8/10", "points", 8, "", None, None, False),
    ("9 of 10", "score", 9, "", None, None, False),
    ("80/100", "score", 80, "", None, None, False),
    ("3.2/4", "grade", 3.2, "", None, None, False),
    ("5/6", "", 5, "", None, None, False),
    ("6.1/7", "score", 6.1, "", None, None, False),
    ("≥ 8", "score", 8, "higher", None, None, False),
    ("10/10", "score", 10, "", None, None, False),
    ("15/20", "points", 15, "", None, None, False),
    # times
    ("1:30", "hours", 1.5, "", None, None, False),
    ("1:30", "h", 1.5, "", None, None, False),
    ("0:45", "hours", 0.75, "", None, None, False),
    ("36:30", "hours", 36.5, "", None, None, False),
    ("1:30 h", "hours", 1.5, "", None, None, False),
    ("1:30:00", "min", 90, "", None, None, False),
    ("0:01:30", "s", 90, "", None, None, False),
    ("0:01:30", "minutes", 1.5, "", None, None, False),
    ("1:30 h", "min", 90, "", None, None, False),
    ("1:30 min", "min", 1.5, "", None, None, False),
    ("12:00", "days", 0.5, "", None, None, False),
    ("48:00", "working days", 2, "", None, None, False),
    # the unit itself, written out
    ("$50k", "$k", 50, "", None, None, False),
    ("50 m", "m", 50, "", None, None, False),
    ("95 %", "%", 95, "", None, None, False),
    ("$95k", "$k", 95, "", None, None, False),
    ("95 k$", "k$", 95, "", None, None, False),
    ("≥ $95k", "$k", 95, "higher", None, None, False),
    ("40 hours of training a year", "hours", 40, "", None, None, False),
    ("two days", "days", 2, "", None, None, False),
    ("half a day", "days", 0.5, "", None, None, False),
    ("3 % of sales", "% of sales", 3, "", None, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "value", "direction", "low", "high", "strict"), FIGURES)
def test_a_figure_is_read_as_it_is_meant(
    text: str,
    unit: str,
    value: float | None,
    direction: str,
    low: float | None,
    high: float | None,
    strict: bool,
) -> None:
    found = read_figure(text, unit)
    assert found is not None
    assert found.why is None
    assert (found.value, found.direction, found.low, found.high) == (value, direction, low, high)
    assert found.strict is strict


#: Text, unit, last year's figure, and what it comes to beside it.
RELATIVE = [
    ("10% less than last year", "count", 132, 118.8), ("10 % fewer than last year", "count", 132, 118.8),
    ("10 % below last year", "count", 132, 118.8), ("5 % more than last year", "$k", 200, 210),
    ("+5%", "$k", 200, 210), ("+ 5 %", "%", 80, 84), ("-10 %", "count", 50, 45),
        ("reduce by 10 %", "count", 50, 45),
    ("reduce scrap by 10 %", "%", 4, 3.6), ("increase by 5 %", "count", 100, 105),
        ("10 % less", "count", 50, 45),
    ("5 % reduction", "kWh", 1000, 950), ("down 10 %", "count", 50, 45), ("up 5%", "count", 100, 105),
    ("5 less than last year", "count", 20, 15), ("3 more than in 2025", "count", 20, 23),
        ("+2 pp", "%", 80, 82),
    ("half of last year", "count", 30, 15), ("double", "count", 30, 60),
        ("increase by half", "count", 30, 45),
    ("same as last year", "count", 30, 30), ("below last year", "count", 30, 30),
        ("half of last year", "%", 40, 20), ("double", "%", 20, 40), ("twice last year", "count", 30, 60),
    ("cut by half", "count", 30, 15),
    ("110% of last year", "$k", 200, 220),
    ("10 % weniger als im Vorjahr", "count", 132, 118.8),
    ("2x last year", "count", 11, 22), ("3 times last year", "count", 11, 33),
    ("1.5 x 2025", "count", 10, 15),
    ("last year times 1.1", "count", 10, 11), ("last year + 5", "count", 11, 16),
    ("2025 + 5", "count", 11, 16),
    ("last year - 10 %", "count", 10, 9), ("last year's figure minus 3", "count", 11, 8),
    ("+2 on last year", "count", 11, 13), ("one less than last year", "count", 11, 10),
    ("two more than last year", "count", 11, 13), ("a third less than last year", "count", 9, 6),
    ("two thirds of last year", "count", 9, 6), ("1/4 of last year", "count", 8, 2),
    ("10 % less than last year", "$k", -20, -22),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit", "last", "comes_to"), RELATIVE)
def test_what_is_held_against_another_figure_has_no_value_of_its_own(
    text: str, unit: str, last: float, comes_to: float
) -> None:
    found = read_figure(text, unit)
    assert found is not None
    assert (found.why, found.value) == ("relative", None)
    assert found.relative is not None
    assert found.relative.of_base(last) == comes_to


@pytest.mark.parametrize(
    ("text", "bound", "strict", "comes_to"),
    [
        ("not more than last year", "lower", False, 11), ("no higher than 2025", "lower", False, 11),
        ("not above 2025", "lower", False, 11), ("≤ last year", "lower", False, 11),
        ("not less than last year", "higher", False, 11), ("at least last year", "higher", False, 11),
        ("max. 90 % of last year", "lower", False, 9.9),
        ("no more than 5 above last year", "lower", False, 16),
        ("no increase over last year", "lower", False, 11), ("no worse than last year", "better", False, 11),
        ("less than last year", "lower", True, 11), ("more than last year", "higher", True, 11),
        ("better than 2025", "better", True, 11), ("less than half of last year", "lower", True, 5.5),
    ],
)  # fmt: skip
def test_a_bound_beside_another_figure_keeps_its_sense(
    text: str, bound: str, strict: bool, comes_to: float
) -> None:
    found = getattr(read_figure(text, "count"), "relative", None)
    assert found is not None
    assert (found.bound, found.strict, found.of_base(11)) == (bound, strict, comes_to)


@pytest.mark.parametrize(
    "text", ["10% less than last year, at most 5", "2 times more than last year", "no 5 less than last year"]
)
def test_what_is_said_in_two_ways_is_not_worked_out(text: str) -> None:
    found = getattr(read_figure(text, "count"), "relative", None)
    assert found is not None
    assert found.amount is None


def test_a_year_that_is_named_is_the_one_to_hold_against() -> None:
    assert read_figure("better than 2025") is not None
    assert getattr(read_figure("3 less than 2024"), "relative", None) == Relative(3, False, -1, "2024")
    assert getattr(read_figure("20 % below baseline"), "relative", None) == Relative(20, True, -1, "baseline")


@pytest.mark.parametrize(
    ("text", "unit", "in_the_unit"),
    [
        ("50k", "$", 50_000), ("50K", "count", 50_000), ("50 k", "$k", 50), ("$50k", "$", 50_000),
        ("1.2M", "$k", 1200), ("$1.2m", "$", 1_200_000), ("1.2 million", "€", 1_200_000),
        ("50k€", "€", 50_000),
        ("2 Mio €", "€", 2_000_000), ("1,5 Mio. €", "€k", 1500), ("50 thousand", "pieces", 50_000),
        ("3bn", "$M", 3000), ("50 TEUR", "€", 50_000), ("-2k", "$", -2000), ("95k", "$k", 95), ("$95,000",
        "$k", 95),
        ("€95.000", "€k", 95), ("$95,000.50", "$k", 95.0005), ("$95000", "$k", 95),
    ],
)  # fmt: skip
def test_thousands_are_never_read_as_the_number_before_them(text: str, unit: str, in_the_unit: float) -> None:
    found = read_figure(text, unit)
    assert found is not None
    assert (found.why, found.value, found.parts) == ("thousands", None, (in_the_unit,))


@pytest.mark.parametrize(
    ("text", "unit", "why", "parts"),
    [
        ("1:30", "min", "time", (90, 1.5)), ("1:30", "%", "time", ()), ("1:30", "pieces", "time", ()),
        ("12 out of 15", "%", "share", (80, 12, 15)), ("4/5", "%", "share", (80, 4, 5)),
        ("3/12", "count", "share", (25, 3, 12)), ("from 80 to 95", "%", "from to", (80, 95)),
        ("from 4 to 2 days", "days", "from to", (4, 2)), ("1,234", "count", "ambiguous", ()),
        ("≥ 1,234", "count", "ambiguous", ()), ("1.000 - 2.000", "count", "ambiguous", ()),
        ("±5 %", "pieces", "no middle", (5,)), ("half", "%", "part", (50,)), ("a third", "%", "part",
        (33.3,)),
        ("two thirds", "percent", "part", (66.7,)), ("three quarters", "%", "part", (75,)),
        ("half of them", "%", "share", (50,)), ("all", "%", "share", (100,)),
    ],
)  # fmt: skip
def test_what_may_mean_two_things_is_refused_with_both(
    text: str, unit: str, why: str, parts: tuple[float, ...]
) -> None:
    found = read_figure(text, unit)
    assert found is not None
    assert (found.why, found.value, found.parts) == (why, None, parts)


@pytest.mark.parametrize(
    "text",
    ["see plan", "tbd", "n/a", "-", "2026-10", "10/2026", "Q3 2026", "about 95", "as low as possible",
        "95 98", "",
     "on time", "yes", "2026-2027-2028", "<", "≥", "%", "1:75"],
)  # fmt: skip
def test_other_words_are_no_figure(text: str) -> None:
    found = read_figure(text)
    assert found is None or (found.value is None and found.low is None)


def test_the_span_that_a_figure_is_for_is_kept() -> None:
    texts = (
        "at least 2 trainings per year",
        "≤ 2 per month",
        "max. 3 a quarter",
        "10 p.a.",
        "5/week",
        "2 annually",
    )
    assert [getattr(read_figure(text), "per", "") for text in texts] == [
        "year", "month", "quarter", "year", "week", "year",
    ]  # fmt: skip


def test_the_workbooks_decimal_sign_settles_a_figure_with_a_sign() -> None:
    assert getattr(read_figure("≥ 1,234", "", "."), "value", None) == 1234
    assert getattr(read_figure("≥ 1,234", "", ","), "value", None) == 1.234


@given(st.text(max_size=90))
def test_any_text_is_read_or_not_and_never_stops_the_reader(text: str) -> None:
    read_figure(text, "%")
    direction_of(text)
    frequency_said(text)
    span_said(text)
    span_in_doubt(text)
    instead_of(text)
    end_of(text)


DIRECTIONS = {
    "higher": "grow, Growth, increase, Increasing, raise, maximize, at least, more is better, ≥, "
    "↑, steigern",
    "lower": "reduce, decrease, cut, fewer, minimise, at most, less is better, lower is better, ≤, ↓, "
    "senken, down",
    "within": "range, in range, within range, between, band, nominal, tolerance, ±, Bereich, Nominal is best",
    "improve": "improve, Improve, improving, better, optimize",
    "maintain": "maintain, Maintain, hold, keep, sustain, stable, steady, halten, maintenir, =, KEEP, Hold.",
    "max": "max, Max, MAX., maximum", "min": "min, Min., minimum",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), DIRECTIONS.items())
def test_directions_in_other_words(kind: str, words: str) -> None:
    assert {word: direction_of(word) for word in words.split(", ")} == dict.fromkeys(words.split(", "), kind)


OFTEN = {
    "weekly": "week, per week, each week, every week, weeks, once a week, 1/week, a week, wöchentlich, "
    "hebdomadaire",
    "monthly": "month, per month, each month, every month, once a month, 1x per month, monatlich, mensuel, "
    "Mensual",
    "quarterly": "quarter, per quarter, each quarter, every quarter, every 3 months, 4 times a year, "
    "trimestral",
    "half-yearly": "half-year, half year, semi-annual, semiannually, every 6 months, every six months, "
    "twice a year, "
    "biannual, per half-year, halbjährlich, semester, semestriel",
    "yearly": "annually, Annual, per year, year, yearly, once a year, per annum, p.a., every 12 months, "
    "jährlich, "
    "each year, anual",
    "when it happens": "per project, after each delivery, per order, each audit, after every release, "
    "as needed, "
    "ad hoc, whenever a course ends, per batch, upon completion of a job, on occurrence, bei Bedarf",
    "once": "one-off, once, one time, one-time, single, once only, at the end, on completion, einmalig, "
    "One off, "
    "une fois, only once",
    "daily": "daily, Daily, each day, every day, per day, täglich, hourly, each shift, per shift, a day",
}


@pytest.mark.parametrize(("kind", "words"), OFTEN.items())
def test_frequencies_in_other_words(kind: str, words: str) -> None:
    assert {word: frequency_said(word) for word in words.split(", ")} == dict.fromkeys(
        words.split(", "), kind
    )


def test_what_is_no_frequency_is_none() -> None:
    assert [
        frequency_said(text) for text in ("", "soon", "biweekly", "every two weeks", "sometimes", "Q")
    ] == [None] * 6


ENDS = [
    ("Q3 2026", date(2026, 9, 30)), ("2026-Q3", date(2026, 9, 30)), ("3Q26", date(2026, 9, 30)),
    ("December 2026", date(2026, 12, 31)), ("Dec 2026", date(2026, 12, 31)),
        ("Dezember 2026", date(2026, 12, 31)),
    ("2026", date(2026, 12, 31)), ("FY2026", date(2026, 12, 31)), ("end of 2026", date(2026, 12, 31)),
    ("by end of Q2 2026", date(2026, 6, 30)), ("by Dec 31, 2026", date(2026, 12, 31)),
        ("H1 2026", date(2026, 6, 30)),
    ("2026-12-31", date(2026, 12, 31)), ("year-end 2026", date(2026, 12, 31)),
        ("bis Ende 2026", date(2026, 12, 31)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), ENDS)
def test_an_end_is_the_last_day_of_what_is_named(text: str, day: date) -> None:
    found = end_of(text)
    assert found is not None
    assert (found.day, found.always) == (day, False)


@pytest.mark.parametrize(
    "text",
    ["ongoing", "Ongoing", "on-going", "continuous", "continuously", "always", "permanent", "each quarter",
     "every month", "each year", "per project", "at all times", "monthly", "laufend"],
)  # fmt: skip
def test_what_goes_on_has_no_end(text: str) -> None:
    found = end_of(text)
    assert found is not None
    assert found.always


def test_quarters_and_years_are_fiscal() -> None:
    found = [end_of(text, 4) for text in ("Q3 2026", "2026", "December 2026")]
    assert [each.day for each in found if each] == [date(2025, 12, 31), date(2026, 3, 31), date(2026, 12, 31)]


@pytest.mark.parametrize(
    ("text", "start", "day", "calendar"),
    [
        ("end of 2027", 4, date(2027, 3, 31), date(2027, 12, 31)),
        ("2027", 7, date(2027, 6, 30), date(2027, 12, 31)),
        ("by end of Q2 2027", 7, date(2026, 12, 31), date(2027, 6, 30)),
        ("H1 2027", 10, date(2027, 3, 31), date(2027, 6, 30)),
        ("FY27 Jun", 4, date(2026, 6, 30), date(2027, 6, 30)),
        ("June FY2027", 4, date(2026, 6, 30), date(2027, 6, 30)),
        ("end of June FY26/27", 4, date(2026, 6, 30), date(2027, 6, 30)),
        ("August fiscal year 2027", 7, date(2026, 8, 31), date(2027, 8, 31)),
    ],
)
def test_an_end_by_the_company_s_year_is_told_with_both_days(
    text: str, start: int, day: date, calendar: date
) -> None:
    found = end_of(text, start)
    assert found is not None
    assert (found.day, found.calendar) == (day, calendar)
    assert f"read as {day}" in found.fiscal
    assert f"If {calendar} was meant" in found.fiscal


@pytest.mark.parametrize(
    ("text", "start", "day"),
    [
        ("FY2027", 4, date(2027, 3, 31)), ("end of fiscal year 2027", 7, date(2027, 6, 30)),
        ("end of 2027", 1, date(2027, 12, 31)), ("FY27 Jun", 1, date(2027, 6, 30)),
        ("FY27 Mar", 4, date(2027, 3, 31)), ("June FY2027", 7, date(2027, 6, 30)),
        ("June 2027", 4, date(2027, 6, 30)), ("calendar year 2027", 4, date(2027, 12, 31)),
        ("end of CY2027", 7, date(2027, 12, 31)),
    ],
)  # fmt: skip
def test_an_end_that_means_one_day_is_not_told(text: str, start: int, day: date) -> None:
    found = end_of(text, start)
    assert found is not None
    assert (found.day, found.fiscal) == (day, "")


@pytest.mark.parametrize("text", ["next year", "soon", "10/11/2026", "Dec 26", "Q3", "December", ""])
def test_an_end_without_a_sure_day_is_none(text: str) -> None:
    assert end_of(text) is None


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("50k a year", "$", "thousands"),
        ("≥ 50k a year", "$", "thousands"),
        ("$1.2M a year", "$", "thousands"),
        ("≥ $95000", "$k", "thousands"),
        ("at least $95 000", "$k", "thousands"),
        ("+50k per year", "$", "relative"),
        ("+5 % per year", "%", "relative"),
        ("+5 % p.a.", "%", "relative"),
        ("≥ +5%", "%", "relative"),
        ("+5", "%", "relative"),
        ("-2 per year", "complaints", "relative"),
        ("max. 1/100", "complaints", "share"),
        ("3 of 4 audits", "audits", "share"),
    ],
)
def test_what_is_put_together_is_no_other_number(text: str, unit: str, why: str) -> None:
    """Found by an auditor: a span, a sign or a size beside the number hid that it has no value of its own."""
    found = read_figure(text, unit)
    assert found is not None
    assert (found.value, found.why) == (None, why)


@pytest.mark.parametrize(
    "text", ["two million", "five hundred", "one hundred", "two dozen", "five to ten", "zero to five"]
)
def test_a_number_word_counts_alone_only(text: str) -> None:
    found = read_figure(text, "count")
    assert found is None or found.value is None


@pytest.mark.parametrize(
    ("text", "value"), [("two", 2), ("two clients", 2), ("zero", 0), ("-5", -5), ("95+", 95)]
)
def test_what_says_one_number_is_read(text: str, value: float) -> None:
    found = read_figure(text, "clients")
    assert found is not None
    assert found.value == value


#: Text and unit of the KPI: each names a unit that is surely another.
ANOTHER = [
    ("30 €", "$"), ("$30", "€"), ("€95k", "$k"), ("€95000", "$k"), ("≥ 30 €", "$"), ("30-40 €", "$"), ("£5",
    "days"),
    ("$5", "complaints"), ("90 %", "score"), ("≥ 90 %", "points"), ("4 %", "mm"), ("5 %", "pieces"), ("5 %",
    "days"),
    ("5 days", "%"), ("2 h", "min"), ("5 h", "working days"), ("5 h", "$"), ("3 orders", "$k"),
    ("5 complaints", "%"),
    ("12 ppm", "%"), ("max. 30 EUR", "USD"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "unit"), ANOTHER)
def test_a_figure_in_another_unit_is_refused(text: str, unit: str) -> None:
    found = read_figure(text, unit)
    assert found is not None
    assert (found.value, found.low, found.why) == (None, None, "unit")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("30 €", "€"), ("30 EUR", "€"), ("$30", "USD"), ("$95k", "$k"), ("90 %", ""), ("90 %", "rate"),
        ("90 %", "% of days"),
        ("3 late", "%"), ("5 days", "working days"), ("5 h", "hours per order"), ("30", "$"), ("$5",
        "$ per order"),
        ("30 €", ""), ("5 complaints", "count"),
    ],
)  # fmt: skip
def test_a_figure_in_its_own_unit_or_in_none_is_read(text: str, unit: str) -> None:
    found = read_figure(text, unit)
    assert found is not None
    assert found.value is not None


SPANS = {
    "rolling 12": "rolling 12, Rolling 12 months, trailing twelve months, R12, r 12, TTM, LTM, "
    "12-month rolling, "
    "rolling year, last 12 months, moving annual total, rolling 12-month average, rolling one year",
    "rolling 3": "rolling 3, rolling 3 months, rolling quarter, R3, three months rolling, last three months",
    "rolling 6": "rolling 6 months, rolling two quarters", "rolling 24": "rolling 24, rolling 2 years",
    "year to date": "YTD, year-to-date, year to date, fiscal year to date, year so far",
    "since the start": "since the start, from the start, program to date, project to date",
    "each period": "each period, every period, Per period",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "words"), SPANS.items())
def test_what_a_target_counts_over_in_other_words(kind: str, words: str) -> None:
    assert {word: span_said(word) for word in words.split(", ")} == dict.fromkeys(words.split(", "), kind)


@pytest.mark.parametrize(
    "text", ["rolling", "rolling n", "rolling n months", "moving average", "cumulative", "to date"]
)
def test_a_span_that_may_mean_two_is_asked_for(text: str) -> None:
    assert span_said(text) is None
    assert span_in_doubt(text)


@pytest.mark.parametrize(
    ("text", "says", "choose"),
    [
        ("bimonthly", "twice a month or every two months", "quarterly"),
        ("Bi-monthly", "twice a month or every two months", "quarterly"),
        ("biweekly", "twice a week or every two weeks", "weekly"),
        ("fortnightly", "none of the choices", "weekly"), ("twice a month", "none of the choices", "weekly"),
        ("every two months", "none of the choices", "quarterly"), ("every 2 weeks", "none of the choices",
        "weekly"),
        ("biennial", "the longest span", "yearly"), ("every two years", "the longest span", "yearly"),
    ],
)  # fmt: skip
def test_a_frequency_between_the_choices_says_what_to_pick(text: str, says: str, choose: str) -> None:
    assert frequency_said(text) is None
    assert says in instead_of(text)
    assert choose in instead_of(text)


@pytest.mark.parametrize("text", ["monthly", "twice a year", "every 3 months", "soon", "weekly"])
def test_any_other_frequency_is_no_matter_of_choice(text: str) -> None:
    assert instead_of(text) == ""


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("$12,000", "$", 12000), ("12.000 €", "€", 12000), ("$12,000.50", "$", 12000.5),
        ("4.4/5", "score", 4.4),
        ("8 out of 10", "points", 8), ("12,000", "$", None), ("$1,250", "count", None),
        ("zero", "count", None),
        ("12/15", "%", None), (">= 4", "score", None),
    ],
)  # fmt: skip
def test_a_reading_is_read_where_it_has_one_meaning(text: str, unit: str, value: float | None) -> None:
    book = make({"Unit": unit}, readings=read(text))
    assert book.measurements.value == [value]
    kinds = {trouble.kind for trouble in book.troubles if trouble.header == "Value"}
    assert (kinds == {"number as text"}) == (value is not None)
