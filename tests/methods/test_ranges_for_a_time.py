"""Rows of Targets with Low and High: the range of a KPI for some periods, wherever a range is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from judged import answers, make, read

from qmsbook.book.book import Book
from qmsbook.book.goalposts import ClosedPlan
from qmsbook.book.snapshot import Drawn, Snapshot
from qmsbook.methods import aggregate, assess
from qmsbook.methods.revisions import revisions_of, rows_then
from qmsbook.pages.closed_plans import with_closed_plans
from qmsbook.pages.figures import kept_plan
from qmsbook.pages.standing import REVIEWS
from qmsbook.rules import check
from qmsbook.sections import compose, gather

#: A runner's play in hundredths of a millimeter, within 5.2 either way; averaged over several months.
PLAY: dict[str, Any] = {
    "Name": "Play", "Unit": "um", "Direction": "within", "Low": -5.2, "High": 5.2, "Baseline": "",
    "Target": "",
    "Tolerance": 0.05, "Aggregation": "average",
}  # fmt: skip


def book(*rows: dict[str, Any], now: Any = 4.9, **kpi: Any) -> Book:
    """One KPI with a reading of September 2026, 4.9 unless told, and rows of Targets."""
    given = [{"KPI": "K1", "Planned": "", "Low": "", "High": "", "Until": "", **row} for row in rows]
    return make({**PLAY, **kpi}, readings=read(now, first="2026-09"), **({"Targets": given} if given else {}))


NARROW = {"From": "2026-09", "Low": -4.5, "High": 4.5}
#: Rows of Targets, the reading, the status, and the range that the sentence names.
STATEMENTS: list[tuple[list[dict[str, Any]], float, str, str]] = [
    ([], 4.9, "On track", "-5.2 to 5.2 um"),
    ([NARROW], 4.9, "At risk", "-4.5 to 4.5 um"),
    ([NARROW], 5.1, "Off track", "-4.5 to 4.5 um"),
    ([NARROW], 4.5, "On track", "-4.5 to 4.5 um"),
    ([{"From": "2026-08", "Until": "2026-10", "Low": -4.5, "High": 4.5}], 5.1, "Off track", "-4.5 to 4.5 um"),
    ([{"From": "2026-Q3", "Low": -4.5, "High": 4.5}], 5.1, "Off track", "-4.5 to 4.5 um"),
    ([{"From": "2026-08", "Low": -4.5, "High": 4.5}], 4.9, "On track", "-5.2 to 5.2 um"),  # another month
    ([{"From": "2026-10", "Low": -4.5, "High": 4.5}], 4.9, "On track", "-5.2 to 5.2 um"),
    ([{"From": "2026-09", "High": 4.5}], 5.1, "Off track", "-5.2 to 4.5 um"),  # a blank bound stays
    ([{"From": "2026-09", "Low": 0}], -0.6, "Off track", "0 to 5.2 um"),
    ([{"From": "2026-09", "Low": -6, "High": 6}], 5.5, "On track", "-6 to 6 um"),  # wider, too
    (
        [
            {**NARROW, "Set on": "2026-01-10"},
            {"From": "2026-09", "High": 5, "Low": -5, "Set on": "2026-08-01"},
        ],
        4.9, "On track", "-5 to 5 um",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "now", "status", "span"), STATEMENTS)
def test_a_row_of_targets_gives_a_range_for_its_periods(
    rows: list[dict[str, Any]], now: float, status: str, span: str
) -> None:
    found = answers(book(*rows, now=now))
    assert found.status.word == status
    assert f"against a range of {span} in September 2026" in found.status.reason


def test_over_several_months_the_range_is_what_theirs_come_to() -> None:
    rows = [{"KPI": "K1", "From": "2026-09", "Low": -4, "High": 4}]
    made = make(PLAY, readings=read(4.8, 4.7, 4.9, first="2026-07"), Targets=rows)
    found = aggregate(made, answers(made).series, date(2026, 7, 1), date(2026, 9, 30))
    assert (found.low, found.high) == pytest.approx((-4.8, 4.8))
    assert (found.actual, found.word) == (pytest.approx(4.8), "On track")


def test_a_range_that_only_targets_gives_is_a_range() -> None:
    found = answers(book(NARROW, Low="", High=""))
    assert found.status.word == "At risk"
    quiet = book(NARROW, Low="", High="")
    assert not [each.code for each in check(quiet, assess(quiet)) if each.code in {"KPI012", "KPI024"}]


def test_a_planned_value_for_a_range_is_told_not_passed_over() -> None:
    made = book({"From": "2026-09", "Planned": 4.5})
    [found] = [each for each in check(made, assess(made)) if each.code == "KPI024"]
    assert "neither Low nor High" in found.message


def test_an_earlier_workbook_without_the_columns_is_told_to_add_them() -> None:
    made = make(PLAY, Targets=[{"KPI": "K1", "From": "2026-09", "Planned": 4.5}])
    [found] = [each for each in check(made, assess(made)) if each.code == "KPI024"]
    assert "Add the columns *Low* and *High* to Targets" in found.fix


@pytest.mark.parametrize(
    ("ranges", "who", "status"),
    [
        ({}, "", "On track"),  # it printed the KPI's own range, so a row that came later changes nothing
        ({"K1": {"2026-09": (-4.5, 4.5)}}, "", "At risk"),
        ({}, "Erin Foster", "At risk"),  # top management agreed
        ({"K1": {"2026-09": (-5.0, 5.0)}}, "", "On track"),
    ],
)
def test_inside_a_closed_review_the_range_is_that_which_it_printed(
    ranges: dict[str, Any], who: str, status: str
) -> None:
    people = [{"Person": "Erin Foster", "Top management": "yes"}]
    rows = [{"KPI": "K1", "Planned": "", **NARROW, "Agreed by": who}]
    made = make(PLAY, readings=read(4.9, first="2026-09"), Targets=rows, People=people)
    plan = ClosedPlan(
        "2026-Q3", date(2026, 7, 1), date(2026, 9, 30), {}, {"K1": {"2026-09": None}}, (), ranges
    )
    closed = made.changed(closed_plans=(plan,))
    assert answers(closed).status.word == status
    told = [each for each in check(closed, assess(closed), stage="run") if each.code == "PLN011"]
    printed = ranges.get("K1", {}).get("2026-09", (-5.2, 5.2))
    assert bool(told) == (not who and printed != (-4.5, 4.5))


def test_a_review_keeps_the_ranges_in_its_sheet() -> None:
    rows = [{"KPI": "K1", "Planned": "", **NARROW}]
    closed_one = [{"Review": "MR", "Period": "2026-Q3", "State": "closed"}]
    made = make(PLAY, readings=read(4.9, first="2026-09"), Targets=rows, Reviews=closed_one)
    period = made.parse_period("2026-Q3")
    assert period is not None
    plan = gather(made, period)
    texts = kept_plan(compose(plan).plan)
    cells = {(1, place): text for place, text in enumerate(texts, 1)}
    snapshot = Snapshot(tables=(), drawn=(Drawn(REVIEWS + "2026-Q3", "Review", cells),))
    [closed] = with_closed_plans(made, snapshot).closed_plans
    assert closed.ranges["K1"] == {"2026-09": (-4.5, 4.5)}
    assert closed.levels["K1"] == {"2026-09": None}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"Low": -4.5, "High": 4.5}, "2026-09: -4.5..4.5"),
        ({"High": 4.5, "Until": "2026-12"}, "2026-09 to 2026-12: ..4.5"),
        ({"Low": 7}, "2026-09: 7.."),
        ({"Planned": 8, "Low": 7, "High": 9}, "2026-09: 8/7..9"),
        ({"Planned": -8.5}, "2026-09: -8.5"),
    ],
)
def test_a_row_with_a_range_is_kept_as_a_goalpost(row: dict[str, Any], text: str) -> None:
    made = book({"From": "2026-09", **row})
    assert revisions_of(made, made.kpis[0]) == text
    [then] = rows_then(make(PLAY), "K1", text)
    given = made.targets[0]
    assert (then.from_, then.until, then.planned, then.low, then.high) == (
        given.from_, given.until, given.planned, given.low, given.high,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kpi", "row", "figure", "word"),
    [
        ({}, {"Planned": "> 92"}, 92, "At risk"), ({}, {"Planned": "> 92"}, 92.1, "On track"),
        ({}, {"Planned": "≥ 92"}, 92, "On track"),
        ({"Direction": "lower", "Target": 5, "Baseline": 9}, {"Planned": "< 6"}, 6, "At risk"),
        ({"Direction": "within", "Target": "", "Low": 7, "High": 9}, {"Low": "> 8"}, 8, "At risk"),
        ({"Direction": "within", "Target": "", "Low": 7, "High": 9}, {"High": "< 8.5"}, 8.5, "At risk"),
        ({"Target": "> 95"}, {"Planned": "92"}, 92, "At risk"),
        ({"Unit": "visits", "Target is": "year to date", "Target": 2, "Baseline": ""},
         {"Planned": "> 3"}, 3, "On track"),
        ({"Unit": "cases", "Target is": "year to date", "Target": 2, "Baseline": "", "Direction": "lower"},
         {"Planned": "< 3"}, 3, "Off track"),
    ],
)  # fmt: skip
def test_a_sign_in_targets_is_as_strict_as_one_in_target(
    kpi: dict[str, object], row: dict[str, object], figure: float, word: str
) -> None:
    rows = [{"KPI": "K1", "From": "2026-07", "Until": "2026-12", **row}]
    found = answers(make(kpi, readings=read(figure, first="2026-09"), Targets=rows))
    assert found.status.word == word, found.status.reason


def test_a_strict_row_of_targets_says_so_and_only_of_its_periods() -> None:
    rows = [{"KPI": "K1", "From": "2026-08", "Planned": "> 92"}]
    flat = {"Trajectory": "flat", "Target": 92}
    book = make(flat, readings=read(92, 92, first="2026-08"), Targets=rows)
    assert answers(book).series.words == ("At risk", "On track")
    then = make(flat, readings=read(92, first="2026-08"), Targets=rows, on="2026-09-05")
    assert "against more than 92" in answers(then).status.reason
