"""Months, quarters, weeks, years and days as people write them: read and noted, or refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qmsbook.book.dates import day_first, from_number, moment, read_period
from qmsbook.book.parse import parse_period_cell
from qmsbook.book.period import Frequency, Period, parse_period, period_of, periods_between

DAYS = st.dates(date(1985, 1, 1), date(2079, 12, 31))
#: Full names and common short ones, by language; written here by hand, not taken from the reader.
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "en short": "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "de short": "Jan. Feb. Mrz Apr. Mai Jun. Jul. Aug. Sep. Okt. Nov. Dez.",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr short": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "es short": "ene feb mar abr may jun jul ago sep oct nov dic",
}
NAMES = [names.split() for names in MONTHS.values()]
Spelling = Callable[[Period], str]


def place(period: Period) -> int:
    return int(period.text[-1]) if period.frequency in {"quarterly", "half-yearly"} else int(period.text[-2:])


def year(period: Period) -> str:
    return period.text[:4]


SPELLINGS: dict[str, list[Spelling]] = {
    "monthly": [
        *(
            lambda p, names=names, form=form: form.format(  # type: ignore[misc]  # bound while the loop runs
                m=names[place(p) - 1], y=year(p), s=year(p)[2:]
            )
            for names in NAMES
            for form in ("{m} {y}", "{m}-{s}", "{m}-{y}", "{y} {m}", "{m}/{y}", "{m} '{s}", " {m}  {y} ")
        ),
        *(
            lambda p, form=form: form.format(m=place(p), y=year(p))  # type: ignore[misc]
            for form in ("{y}/{m:02}", "{m:02}-{y}", "{m}/{y}", "{m:02}.{y}", "{y}.{m:02}", "{y}{m:02}")
        ),
        lambda p: f"noviembre de {year(p)}".replace("noviembre", NAMES[6][place(p) - 1]),
    ],
    "quarterly": [
        lambda p: f"Q{place(p)} {year(p)}", lambda p: f"{year(p)} Q{place(p)}",
        lambda p: f"{place(p)}Q{year(p)[2:]}", lambda p: f"Q{place(p)}/{year(p)[2:]}",
        lambda p: f"{place(p)}. Quartal {year(p)}", lambda p: f"T{place(p)} {year(p)}",
        lambda p: f"{place(p)}e trimestre {year(p)}", lambda p: f"FY{year(p)[2:]} Q{place(p)}",
        lambda p: f"Q{place(p)} FY{year(p)}", lambda p: f"q{place(p)}–{year(p)}",
    ],
    "half-yearly": [
        lambda p: f"H{place(p)} {year(p)}", lambda p: f"{place(p)}. Halbjahr {year(p)}",
        lambda p: f"{place(p)}er semestre {year(p)}", lambda p: f"{place(p)}H{year(p)[2:]}",
    ],
    "weekly": [
        lambda p: f"KW{place(p)} {year(p)}", lambda p: f"W{place(p):02}/{year(p)}",
        lambda p: f"KW {place(p)}/{year(p)}", lambda p: f"{year(p)}W{place(p):02}",
        lambda p: f"week {place(p)}, {year(p)}", lambda p: f"{place(p)}. KW {year(p)}",
        lambda p: f"semaine {place(p)} {year(p)}", lambda p: f"semana {place(p)} de {year(p)}",
    ],
    "yearly": [lambda p: f"FY{year(p)}", lambda p: f"FY {year(p)[2:]}", lambda p: f"Jahr {year(p)}"],
}  # fmt: skip
DAY_SPELLINGS: list[Callable[[date], str]] = [
    lambda d: d.isoformat(), lambda d: f"{d:%Y/%m/%d}", lambda d: f"{d:%Y%m%d}", lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d.day}.{d.month}.{d:%y}", lambda d: f"{d} 00:00:00", lambda d: f"{d}T14:30:00",
    *(
        lambda d, names=names, form=form: form.format(  # type: ignore[misc]  # bound while the loop runs
            d=d.day, m=names[d.month - 1], y=d.year, s=f"{d:%y}"
        )
        for names in NAMES
        for form in (
            "{d} {m} {y}", "{d}. {m} {y}", "{m} {d}, {y}", "{d}-{m}-{s}", "{y} {m} {d}", "{d} de {m} de {y}"
        )
    ),
    lambda d: f"{d:%A}, {d:%B} {d.day}, {d.year}", lambda d: f"le {d.day} {NAMES[4][d.month - 1]} {d.year}",
]  # fmt: skip


@settings(deadline=None)
@given(DAYS, st.sampled_from(get_args(Frequency)), st.integers(1, 12), st.data())
def test_every_spelling_of_every_period_comes_back(
    day: date, frequency: Frequency, start: int, data: st.DataObject
) -> None:
    period = period_of(day, frequency, start)
    assume(year(period) < "2080")  # a fiscal year is named after its end, and 80 in two digits is 1980
    text = data.draw(st.sampled_from(SPELLINGS[frequency]))(period)
    for spelled in (text, text.upper(), text.lower()):
        found = read_period(spelled, "monthly", start)
        assert (found.period, found.told) == (period, "words"), spelled
    assert read_period(period.text, "monthly", start).told == ""


@settings(deadline=None)
@given(DAYS, st.sampled_from(DAY_SPELLINGS))
def test_every_spelling_of_every_day_comes_back(day: date, spelling: Callable[[date], str]) -> None:
    for spelled in (spelling(day), spelling(day).upper()):
        assert moment(spelled).day == day, spelled


@settings(deadline=None)
@given(DAYS, st.sampled_from("/-"), st.booleans(), st.sampled_from(("%Y", "%y")))
def test_a_day_in_numbers_is_read_where_it_can_mean_one_day_only(
    day: date, sign: str, american: bool, years: str
) -> None:
    parts = (day.month, day.day) if american else (day.day, day.month)
    found = moment(sign.join((*map(str, parts), day.strftime(years))))
    if day.day > 12 or day.day == day.month:
        assert found.day == day
    else:
        assert found.kind == "ambiguous"
        assert found.options == tuple(f"{day:%Y}-{m:02}-{d:02}" for d, m in (parts, parts[::-1]))


@pytest.mark.parametrize("spelling", ["FY27 {m}", "{m} FY2027", "FY26/27 {m}", "{m} fiscal year 2027"])
@pytest.mark.parametrize(("start", "months"), [(1, {6: "2027-06"}), (4, {3: "2027-03", 4: "2026-04"}),
                                               (7, {6: "2027-06", 7: "2026-07"})])  # fmt: skip
def test_a_month_beside_a_fiscal_year_lies_in_it(spelling: str, start: int, months: dict[int, str]) -> None:
    for month, meant in months.items():
        found = read_period(spelling.format(m=NAMES[1][month - 1]), "monthly", start)
        assert found.period is not None
        assert (found.period.text, found.told) == (meant, "words")
        assert found.period in _months_of(2027, start)


def _months_of(year: int, start: int) -> list[Period]:
    whole = parse_period(str(year), start)
    assert whole is not None
    return periods_between(whole.first, whole.last, "monthly", start)


@pytest.mark.parametrize(
    "text",
    ["2026-11-31", "31.11.2026", "31/11/2026", "11/31/2026", "30 Feb 2026", "Feb 30, 2026", "31.11.26",
     "20260230", "29/02/2025", "2026/13/01", "31 novembre 2026", "30 Feb", "2026-02-3O"],
)  # fmt: skip
def test_a_day_that_does_not_exist_is_so_in_every_spelling(text: str) -> None:
    assert moment(text).kind == "impossible"
    assert read_period(text).why == "impossible"


@pytest.mark.parametrize(
    ("text", "meant"),
    [("10/26", "2026-10"), ("24-Q3", "2024-Q3"), ("45/2024", "2024-W45"), ("2024/25", "2025"),
     ("Novmber 2024", "2024-11"), ("Setpember 2026", "2026-09"), ("2026-1O", "2026-10"),
     ("2O26-10", "2026-10"), ("2026-l0", "2026-10"), ("2026_10", "2026-10"), ("2026--10", "2026-10"),
     ("2026-010", "2026-10"), ("2026-Ql", "2026-Q1"), ("2026-W0l", "2026-W01"), ("2026-M10", "2026-10"),
     ("2O26", "2026"), ("2026-1O-1l", "2026-10-11")],
)  # fmt: skip
def test_what_is_refused_is_told_the_nearest_right_text(text: str, meant: str) -> None:
    found = read_period(text)
    assert (found.period, found.options) == (None, (meant,))
    assert parse_period(meant) or date.fromisoformat(meant)


def test_the_first_of_a_month_or_quarter_is_no_slip_and_a_title_of_ours_is_read() -> None:
    assert moment("1o de enero de 2026").day == date(2026, 1, 1)
    assert moment("2o semestre 2026").period == "2026-H2"
    for title in ("2026-10 (Oct 2026)", "2026-Q3 (Jul-Sep 2026)"):
        period = read_period(title).period
        assert period is not None
        assert period.title == title
    assert read_period("2026-Q3 (Apr-Jun 2026)").period is None


@pytest.mark.parametrize("text", ["7 Dec", "Dec 7", "3rd quarter", "KW 45", "Oktober"])
def test_a_missing_year_is_said(text: str) -> None:
    assert read_period(text).why == "yearless"


@pytest.mark.parametrize(
    "text",
    ["", "soon", "n/a", "1,234", "95 %", "K07", "see plan", "Nov--2024", "1.2.3.4", "Q 2024 3 4", "May be"],
)  # fmt: skip
def test_other_words_are_none_of_it(text: str) -> None:
    found = moment(text)
    assert (found.kind, found.options) == ("unknown", ())


@settings(deadline=None)
@given(st.text(max_size=70) | st.from_regex(r"[\dQWHKMa-z ./,'-]{1,14}", fullmatch=True))
def test_nothing_breaks_the_reader(text: str) -> None:
    found = moment(text)
    assert bool(found.period) == (found.kind == "period")
    assert (found.day is not None) == (found.kind == "day")
    assert not found.period or parse_period(found.period)
    read_period(text, "quarterly", 4)


def test_days_that_mean_two_fall_into_one_period_or_stay_two() -> None:
    assert read_period("10/11/2026", "quarterly").period == parse_period("2026-Q4")
    assert read_period("10/11/2026", "monthly").options == ("2026-11", "2026-10")
    assert read_period("S1 2026").options == ("2026-H1", "2026-W01")


def test_a_day_is_the_period_in_which_it_falls_told_unless_it_is_the_first() -> None:
    assert parse_period_cell(date(2026, 10, 1), "monthly") == parse_period_cell("2026-10")
    inside = parse_period_cell(date(2026, 11, 4), "quarterly", 1)
    assert (inside.value, inside.misfit) == ("2026-Q4", "date for a period")
    assert parse_period_cell(date(2026, 10, 1), "quarterly", 1).misfit is None
    assert parse_period_cell("2024-11-30").misfit == "date for a period"


def test_what_excel_makes_of_a_period_is_traced_back() -> None:
    assert from_number(2026.1) == ("2026.1", ("2026-10", "2026-01"))
    assert from_number(10.202) == ("10.202", ("2020-10",))
    assert from_number(46000.0)[1] == ("2025-12",)
    assert parse_period_cell(2026.0).value == "2026"
    assert parse_period_cell(2026.11).value == "2026-11"
    assert parse_period_cell(2026.1).value == "2026.1"


def test_the_order_of_day_and_month() -> None:
    assert [day_first(t) for t in ("31/12/2026", "12/31/26", "7/12/2026", "31.12.2026", "Dec 7")] == [
        True, False, None, None, None
    ]  # fmt: skip


def test_a_week_of_53_is_read_only_in_years_that_have_it() -> None:
    assert moment("W53/2026").period == "2026-W53"
    assert moment("W53/2025").kind == "impossible"
    assert date(2026, 12, 31) - timedelta(days=3) == read_period("W53/2026").period.first  # type: ignore[union-attr]
