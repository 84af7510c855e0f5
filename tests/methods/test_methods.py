"""Status, plan, progress, values and roll-up: every state and every sentence of what they promise."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import answers, make, read, word

from qmsbook.book.book import Book
from qmsbook.book.edit import KEEP
from qmsbook.book.period import parse_period
from qmsbook.book.tables import Settings
from qmsbook.methods import METHODS, aggregate, assess, plan_of, planned, progress
from qmsbook.methods.columns import computed, input_state
from qmsbook.methods.method import ReadingAnswer
from qmsbook.methods.rollup import Child, rollup
from qmsbook.methods.yardstick import Tolerance, Yardstick, tolerance_of
from qmsbook.rules.examples import read_example


def plan_at(period: str, **kpi: Any) -> float | None:
    more = kpi.pop("more", {})
    book = make(kpi, **more)
    found = book.parse_period(period)
    assert found is not None
    return plan_of(book, book.kpis[0]).single(found)


# -- plan


def test_plan_is_a_straight_line_in_days() -> None:
    assert plan_at("2026-06") == pytest.approx(85 + 10 * 181 / 365)
    assert plan_at("2026-12") == 95
    assert plan_at("2027-03") == 95
    assert plan_at("2026-12", Baseline=86.2, Target=95) == 95.0


def test_no_plan_before_the_baseline() -> None:
    assert plan_at("2025-12") is None
    assert plan_at("2026-01", **{"Baseline on": "2026-01-15"}) is not None
    assert plan_at("2025-12", Trajectory="flat") is None


def test_flat_plan_is_the_target_from_the_start() -> None:
    assert plan_at("2026-01", Trajectory="flat") == 95


def test_stepped_plan_moves_at_fiscal_quarter_ends() -> None:
    at_march = 85 + 10 * 90 / 365
    assert plan_at("2026-02", Trajectory="step") == 85
    assert [plan_at(p, Trajectory="step") for p in ("2026-03", "2026-04", "2026-05")] == pytest.approx(
        [at_march] * 3
    )
    assert plan_at("2026-12", Trajectory="step") == 95
    shifted = {"Settings": [{"Setting": "Fiscal year start month", "Value": 2}]}
    assert plan_at("2026-03", Trajectory="step", more=shifted) == pytest.approx(85 + 10 * 31 / 365)
    assert plan_at("2026-04", Trajectory="step", more=shifted) == pytest.approx(85 + 10 * 120 / 365)


def test_stepped_plan_of_a_quarterly_kpi_moves_at_fiscal_year_ends() -> None:
    slow = {"Trajectory": "step", "Frequency": "quarterly", "Target on": "2027-12-31"}
    assert plan_at("2026-Q3", **slow) == 85
    assert plan_at("2026-Q4", **slow) == pytest.approx(90)
    assert plan_at("2027-Q3", **slow) == pytest.approx(90)
    assert plan_at("2027-Q4", **slow) == 95


def test_stepped_plan_reaches_the_target_on_its_day() -> None:
    assert plan_at("2026-11", Trajectory="step", **{"Target on": "2026-11-30"}) == 95


def test_targets_replace_the_plan_for_their_periods_only() -> None:
    more = {"Targets": [{"KPI": "K1", "From": "2026-07", "Planned": 88, "Until": "2026-08"}]}
    assert plan_at("2026-06", more=more) == plan_at("2026-06")
    assert plan_at("2026-07", more=more) == plan_at("2026-08", more=more) == 88
    assert plan_at("2026-09", more=more) == plan_at("2026-09")


def test_of_two_rows_for_a_period_the_one_agreed_later_counts() -> None:
    rows = [
        {"KPI": "K1", "From": "2026-07", "Planned": 90, "Until": "2026-12", "Set on": "2026-06-01"},
        {"KPI": "K1", "From": "2026-01", "Planned": 88, "Until": "2026-12", "Set on": "2026-01-05"},
    ]
    for order in (rows, rows[::-1]):
        assert plan_at("2026-06", more={"Targets": order}) == 88
        assert plan_at("2026-07", more={"Targets": order}) == 90


def test_until_blank_means_one_period_and_a_quarter_covers_its_months() -> None:
    one = {"Targets": [{"KPI": "K1", "From": "2026-07", "Planned": 88}]}
    assert plan_at("2026-07", more=one) == 88
    assert plan_at("2026-08", more=one) != 88
    quarter = {"Targets": [{"KPI": "K1", "From": "2026-Q3", "Planned": 88}]}
    assert [plan_at(p, more=quarter) for p in ("2026-07", "2026-09")] == [88, 88]


@pytest.mark.parametrize("missing", ["Baseline", "Baseline on"])
def test_without_a_way_a_target_of_a_later_day_is_no_plan(missing: str) -> None:
    assert plan_at("2026-06", **{missing: ""}) is None
    assert plan_at("2026-12", **{missing: ""}) == 95
    assert plan_at("2026-06", **{missing: "", "Trajectory": "flat"}) == 95


def test_a_target_without_a_day_is_the_plan() -> None:
    assert plan_at("2026-06", **{"Target on": ""}) == 95


def test_target_on_the_day_of_the_baseline_or_before_it() -> None:
    assert plan_at("2026-06", **{"Target on": "2025-12-31"}) == 95
    assert plan_at("2026-06", **{"Target on": "2020-01-01"}) == 95


def test_without_target_there_is_no_plan() -> None:
    assert plan_at("2026-06", Target="") is None


# -- year to date and rolling targets

TOTAL = {"Unit": "$k", "Aggregation": "sum", "Target is": "year to date", "Target": 1200, "Baseline": 1200}


def test_year_to_date_total_is_held_against_its_share_of_the_year() -> None:
    book = make(TOTAL, readings=read(100, 100, 100, 90, 100, 100, 100, 100, 100))
    found = answers(book)
    assert found.latest == 890
    assert found.plan == pytest.approx(900)
    assert found.status.word == "At risk"  # baseline and target are alike: 5 % of plan
    assert found.series.plan[0] == pytest.approx(100)
    assert (
        "Year to date $890k in 9 of 12 months (Jan-Sep 2026) against $900k planned for that"
        in found.status.reason
    )


def test_year_to_date_follows_the_fiscal_year() -> None:
    rows = read(*[100] * 9)
    book = make(TOTAL, readings=rows, Settings=[{"Setting": "Fiscal year start month", "Value": 7}])
    assert answers(book).latest == 300
    assert answers(book).plan == pytest.approx(300)


def test_a_gap_in_the_year_takes_its_share_out_of_the_plan() -> None:
    found = answers(make(TOTAL, readings=read(100, None, 100, 100, 100, 100, 100, 100, 100)))
    assert found.latest == 800
    assert found.plan == pytest.approx(800)


def test_progress_of_a_running_total_looks_at_the_whole_year() -> None:
    found = answers(make({**TOTAL, "Baseline": 1000}, readings=read(*[100] * 9)))
    assert found.progress == pytest.approx(1.0)


def test_rolling_total_needs_twelve_months_for_the_whole_target() -> None:
    kpi = {**TOTAL, "Target is": "rolling 12", "Baseline on": "2024-12-31"}
    found = answers(make(kpi, readings=read(*[100] * 5, first="2026-05")))
    assert found.latest == 500
    assert found.plan == pytest.approx(500)
    full = answers(make(kpi, readings=read(*[100] * 15, first="2025-07")))
    assert full.latest == 1200
    assert full.plan == pytest.approx(1200)
    assert full.status.reason.startswith("Over the last 12 months $1,200k against $1,200k planned")


def test_year_to_date_ratio_is_a_sum_over_a_sum_against_the_line() -> None:
    kpi = {"Aggregation": "ratio", "Target is": "year to date"}
    rows = [
        {"KPI": "K1", "Period": "2026-08", "Numerator": 90, "Denominator": 100},
        {"KPI": "K1", "Period": "2026-09", "Numerator": 10, "Denominator": 10},
    ]
    found = answers(make(kpi, readings=rows))
    assert found.latest == pytest.approx(100 * 100 / 110)
    assert found.plan == pytest.approx(85 + 10 * 273 / 365)


# -- gap, tolerance, word


def judge(actual: float, **kpi: Any) -> str:
    flat = {"Trajectory": "flat", **kpi}
    return word(make(flat, readings=read(actual, first="2026-09")))


#: A plan that moves and has reached its target: its tolerance is that of the way.
ARRIVED = {"Trajectory": "linear", "Target on": "2026-08-31", "Baseline on": "2025-12-31"}


def test_default_tolerance_is_a_quarter_of_the_way_where_that_is_smaller() -> None:
    assert [judge(v, **ARRIVED) for v in (95, 92.5, 92.49)] == ["On track", "At risk", "Off track"]


def test_default_tolerance_is_five_percent_of_the_plan_where_that_is_smaller() -> None:
    wide = {"Target": 100, "Baseline": 10, **ARRIVED}
    assert [judge(v, **wide) for v in (100, 95, 94.9)] == ["On track", "At risk", "Off track"]


@pytest.mark.parametrize(
    "held",
    [
        {"Target": 95, "Baseline": 85},  # flat: the way from the baseline is none of its business
        {"Target": 95, "Baseline": ""},
        {"Target": 95, "Baseline": 95},
        {"Target": 95, "Baseline": 95, **ARRIVED},  # a target that equals the baseline has no way
    ],
)
def test_a_level_to_hold_has_a_tolerance_of_its_own(held: dict[str, Any]) -> None:
    assert [judge(v, **held) for v in (95, 94.8, 94, 93.9)] == ["On track", "At risk", "At risk", "Off track"]
    hours = {**held, "Unit": "hours", "Direction": "lower"}
    assert [judge(v, **hours) for v in (95, 95.2, 99.75, 99.8)] == [
        "On track", "At risk", "At risk", "Off track",
    ]  # fmt: skip


def test_a_small_percentage_to_hold_keeps_its_five_percent() -> None:
    small = {"Target": 2, "Baseline": 2, "Direction": "lower"}
    assert [judge(v, **small) for v in (2, 2.1, 2.2)] == ["On track", "At risk", "Off track"]
    wider = {"Settings": [{"Setting": "Tolerance points", "Value": 3}]}
    book = make({"Trajectory": "flat", "Target": 95}, readings=read(92.5, first="2026-09"), **wider)
    assert word(book) == "At risk"


def test_tolerance_at_plan_zero_is_the_quarter() -> None:
    kpi = {"Direction": "lower", "Target": 0, "Baseline": 8, "Unit": "count"}
    assert [judge(v, **kpi) for v in (0, 2, 3)] == ["On track", "At risk", "Off track"]
    bare = {**kpi, "Baseline": ""}
    assert [judge(v, **bare) for v in (0, 0.001)] == ["On track", "Off track"]


def test_default_tolerances_come_from_settings() -> None:
    book = make(
        {"Target": 100, "Baseline": 10, **ARRIVED},
        readings=read(91, first="2026-09"),
        Settings=[{"Setting": "Tolerance percent", "Value": 10}],
    )
    assert word(book) == "At risk"


@pytest.mark.parametrize(
    ("given", "at_risk", "off"),
    [
        (0.1, 90, 89.9),
        ("0.5 abs", 99.5, 99.4),
        ("2 pp", 98, 97.9),
        ("3 %", 97, 96.9),
        ("0 abs", None, 99.9),
        ("±5 %", 95, 94.9),
        ("+/- 5 %", 95, 94.9),
        (10, 90, 89.9),
        ("10", 90, 89.9),
        ("2 points", 98, 97.9),
    ],
)  # fmt: skip
def test_tolerance_as_the_user_writes_it(given: Any, at_risk: float | None, off: float) -> None:
    kpi = {"Target": 100, "Baseline": 10, "Tolerance": given}
    assert judge(off, **kpi) == "Off track"
    if at_risk is not None:
        assert judge(at_risk, **kpi) == "At risk"


def test_tolerance_forms() -> None:
    assert tolerance_of(0.03) == Tolerance(0.03, True)
    assert tolerance_of("0.5 abs") == Tolerance(0.5, False)
    assert tolerance_of("2 pp") == Tolerance(2, False)
    assert tolerance_of("1.5 hours", "hours") == Tolerance(1.5, False)
    for unusable in (None, "", "some", "1.5 hours", -0.1, True, "-1 abs"):
        assert tolerance_of(unusable) is None


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (7, 9, {7: "On track", 9: "On track", 9.1: "At risk", 6.9: "At risk", 9.11: "Off track"}),
        (10, "", {10: "On track", 99: "On track", 9.5: "At risk", 9.4: "Off track"}),
        ("", 10, {10: "On track", -5: "On track", 10.5: "At risk", 10.6: "Off track"}),
    ],
)
def test_within_a_range(low: Any, high: Any, words: dict[float, str]) -> None:
    kpi = {"Direction": "within", "Low": low, "High": high, "Target": "", "Baseline": "", "Unit": "h"}
    assert {value: judge(value, **kpi) for value in words} == words


def test_reaching_the_target_counts_whatever_the_rounding() -> None:
    assert judge(0.1 + 0.2, Target=0.3, Direction="lower", Baseline=5) == "On track"
    assert judge(94.99999999999, Target=95, Baseline=95, Tolerance="0 abs") == "On track"


# -- which period, and the states that are no colours


def test_latest_period_that_is_over_is_judged() -> None:
    found = answers(make({}, readings=read(*[99] * 10), on="2026-10-31"))
    assert found.period is not None
    assert found.period.text == "2026-09"
    assert found.series.words[-1] == "Not due"  # October still runs: shown, not judged


def test_unread_in_its_grace_the_one_before_is_judged() -> None:
    rows = read(*[99] * 8)
    in_grace, after = make({}, readings=rows, on="2026-10-10"), make({}, readings=rows, on="2026-10-11")
    assert (word(in_grace), answers(in_grace).period) == ("On track", parse_period("2026-08"))
    assert "September 2026 is due by Oct 10, 2026." in answers(in_grace).status.reason
    found = answers(after)
    assert (found.status.word, found.status.level, found.latest) == ("Overdue", "none", 99)
    assert found.latest_period == parse_period("2026-08")
    assert found.progress is None
    assert found.status.reason == (
        "No figure for September 2026, due by Oct 10, 2026; the last is 99 % of August 2026, 41 days old."
    )


def test_grace_is_three_days_for_weekly_and_may_be_set() -> None:
    weekly = {"Frequency": "weekly"}
    rows = [{"KPI": "K1", "Period": "2026-W39", "Value": 99}]  # week 40 ends on Sunday, 4 October
    assert word(make(weekly, readings=rows, on="2026-10-07")) == "On track"
    assert word(make(weekly, readings=rows, on="2026-10-08")) == "Overdue"
    assert word(make({"Grace days": 0}, readings=read(*[99] * 8), on="2026-10-01")) == "Overdue"
    patient = [{"Setting": "Grace days", "Value": 20}]
    assert word(make({}, readings=read(*[99] * 8), on="2026-10-20", Settings=patient)) == "On track"


def test_a_blank_row_is_no_reading_and_its_comment_is_told() -> None:
    rows = [*read(*[99] * 8), {"KPI": "K1", "Period": "2026-09", "Value": "", "Comment": "Meter broken."}]
    found = answers(make({}, readings=rows))
    assert found.status.word == "Overdue"
    assert found.status.reason.startswith("No figure for September 2026 (Meter broken), due by")
    assert found.series.words[-1] == "No data"


def test_never_read() -> None:
    assert word(make({}, on="2026-02-11")) == "Overdue"
    assert word(make({}, on="2026-02-10")) == "No data"
    assert word(make({}, on="2026-01-31")) == "Not due"
    assert word(make({"Baseline on": ""})) == "No data"  # nothing tells when it began


def test_first_due_is_the_first_that_ends_after_the_baseline() -> None:
    kpi = {"Baseline on": "2026-09-15"}
    assert word(make(kpi, readings=read(99, first="2026-08"), on="2026-09-30")) == "Not due"
    assert word(make(kpi, readings=read(99, first="2026-08"), on="2026-10-11")) == "Overdue"
    found = answers(make(kpi, readings=read(90, 99, first="2026-08")))
    assert found.series.words == ("", "On track")  # August ended before the baseline


def test_paused() -> None:
    found = assess(make({"Active": "no"}, readings=read(99, first="2026-09")))
    assert found.kpis["K1"].status.word == "Paused"
    assert found.readings[0].word == "Paused"


def test_two_readings_of_one_period() -> None:
    rows = [*read(99, first="2026-08"), *read(99, first="2026-09"), *read(98, first="2026-09")]
    assessed = assess(make({}, readings=rows))
    found = assessed.kpis["K1"]
    assert (found.status.word, found.latest_period) == ("Bad value", parse_period("2026-08"))
    assert found.status.reason == "There are two readings of September 2026: keep the one that is right."
    assert [r.word for r in assessed.readings] == ["On track", "Bad value", "Bad value"]
    assert found.series.twice == {"2026-09"}


def test_a_second_row_without_a_figure_is_no_second_reading() -> None:
    rows = [{"KPI": "K1", "Period": "2026-09", "Value": "", "Comment": "late"}, *read(99, first="2026-09")]
    for order in (rows, rows[::-1]):
        assert word(make({}, readings=order)) == "On track"


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        ({"Value": "#N/A"}, "cannot be read as a number"),
        ({"Value": '"about 95"'}, "cannot be read as a number"),
        ({"Numerator": 5, "Denominator": 0}, "denominator of September 2026 is zero"),
        ({"Value": 951}, "951 % for September 2026 cannot be: possible is 0 to 100 %."),
    ],
)
def test_bad_values(reading: dict[str, Any], reason: str) -> None:
    kpi = {"Lowest possible": 0, "Highest possible": 100}
    found = answers(make(kpi, readings=[{"KPI": "K1", "Period": "2026-09", **reading}]))
    assert found.status.word == "Bad value"
    assert found.latest is None
    assert reason in found.status.reason


def test_a_reading_of_another_frequency_has_no_place() -> None:
    assessed = assess(make({}, readings=[{"KPI": "K1", "Period": "2026-Q3", "Value": 99}]))
    assert assessed.readings[0] == ReadingAnswer(word="Bad value")
    assert assessed.kpis["K1"].series.periods == ()


def test_no_target() -> None:
    rows = read(99, first="2026-09")
    assert word(make({"Target": ""}, readings=rows)) == "No target"
    assert word(make({"Direction": "within"}, readings=rows)) == "No target"
    assert word(make({"Direction": ""}, readings=rows)) == "No target"
    assert answers(make({"Target": ""}, readings=rows)).latest == 99


NO_START = {"Baseline": "", "Baseline on": ""}
NEXT_YEAR = {**NO_START, "Target on": "2027-12-31"}


def test_setting_baseline() -> None:
    first = answers(make(NO_START, readings=read(90, 92, first="2026-08")))
    assert (first.status.word, first.status.level) == ("Setting baseline", "none")
    assert first.status.reason == "92 % in September 2026: reading 2 of the 3 that show where you start."
    assert (first.plan, first.progress) == (None, None)
    third = answers(make(NO_START, readings=read(90, 92, 94, first="2026-07")))
    assert third.status.figures["proposed baseline"] == pytest.approx(92)
    assert "their mean is 92 %, enter it as Baseline." in third.status.reason


def test_from_the_fourth_period_on_the_plan_runs_from_the_mean_of_the_first_three() -> None:
    book = make(NEXT_YEAR, readings=read(90, 92, 94, 92.3, first="2026-06"))
    found = answers(book)
    assert found.series.words == ("Setting baseline",) * 3 + ("On track",)
    days = (date(2026, 9, 30) - date(2026, 8, 31)).days, (date(2027, 12, 31) - date(2026, 8, 31)).days
    assert found.series.plan == (None, None, None, pytest.approx(92 + 3 * days[0] / days[1]))
    assert found.progress == pytest.approx(0.1)
    assert found.status.reason.endswith(
        "No baseline is given, so the plan runs from 92 %, the mean of the first 3 readings: confirm it in "
        "Baseline."
    )
    assert found.kpi is book.kpis[0]
    # Typed in, the same baseline gives the same plan, status and progress.
    typed = answers(
        make(
            {**NEXT_YEAR, "Baseline": 92, "Baseline on": "2026-08-31"},
            readings=read(90, 92, 94, 92.3, first="2026-06"),
        )
    )
    assert (typed.plan, typed.status.word, typed.progress) == (found.plan, "On track", found.progress)
    assert typed.status.figures["tolerance"] == found.status.figures["tolerance"]


@settings(deadline=None)
@given(
    st.lists(st.floats(1, 99).map(lambda v: round(v, 1)), min_size=1, max_size=9),
    st.sampled_from(["each period", "year to date", "rolling 12"]),
    st.sampled_from(["average", "sum", "last", "maximum"]),
    st.sampled_from(["higher", "lower"]),
)
def test_a_target_of_a_later_year_is_never_the_plan_of_today(
    values: list[float], target_is: str, aggregation: str, direction: str
) -> None:
    kpi = {**NEXT_YEAR, "Target is": target_is, "Aggregation": aggregation, "Direction": direction}
    for start in ({}, {"Baseline": 7.0}):
        found = answers(make({**kpi, **start, "Target": 10_000}, readings=read(*values, first="2026-01")))
        shares = zip(found.series.plan, found.series.times, strict=True)
        assert all(plan is None or plan < 10_000 * share * 0.6 for plan, share in shares)
        setting = [w == "Setting baseline" for w in found.series.words]
        assert setting == [not start and at < 3 for at in range(len(values))]


def test_only_readings_that_count_show_where_a_kpi_starts() -> None:
    values = [90, "see", None, 1000, 92, 94, 93]
    found = answers(make({**NEXT_YEAR, "Highest possible": 100}, readings=read(*values, first="2026-03")))
    assert found.series.words == (
        "Setting baseline", "Bad value", "Bad value", "Setting baseline", "Setting baseline", "On track",
    )  # fmt: skip
    assert found.series.baseline == pytest.approx(92)
    later = {**NEXT_YEAR, "Baseline on": "2026-05-31"}
    found = answers(make(later, readings=read(10, 10, 90, 92, 94, 93, first="2026-04")))
    assert found.series.words == ("", "", *["Setting baseline"] * 3, "On track")
    assert found.series.baseline == pytest.approx(92)


def test_what_targets_plan_is_judged_also_while_the_baseline_is_set() -> None:
    rows = {"Targets": [{"KPI": "K1", "From": "2026-07", "Planned": 91, "Until": ""}]}
    found = answers(make(NEXT_YEAR, readings=read(90.5, 92, 94, first="2026-07"), **rows))
    assert found.series.words == ("At risk", "Setting baseline", "Setting baseline")


def test_the_mean_of_ratios_is_the_ratio_of_the_sums() -> None:
    rows = [
        {"KPI": "K1", "Period": f"2026-0{month}", "Value": "", "Numerator": n, "Denominator": d}
        for month, n, d in [(6, 1, 10), (7, 90, 100), (8, 90, 100), (9, 95, 100)]
    ]
    found = answers(make({**NEXT_YEAR, "Aggregation": "ratio"}, readings=rows))
    assert found.series.baseline == pytest.approx(100 * 181 / 210)


def test_of_a_total_over_a_year_each_reading_counts_for_the_whole_year() -> None:
    kpi = {**NEXT_YEAR, "Target is": "year to date", "Aggregation": "sum", "Target": 240, "Unit": "$k"}
    found = answers(make(kpi, readings=read(8, 10, 12, 11, first="2026-01"), on="2026-05-15"))
    assert found.series.baseline == pytest.approx(120)
    days = (date(2026, 12, 31) - date(2026, 3, 31)).days, (date(2027, 12, 31) - date(2026, 3, 31)).days
    assert found.plan == pytest.approx((120 + 120 * days[0] / days[1]) * 4 / 12)
    assert found.latest == 41


def test_a_baseline_without_a_day_stands_for_the_day_before_the_first_reading() -> None:
    book = make({"Baseline on": "", "Target on": "2027-12-31"}, readings=read(85, 86, 87, first="2026-07"))
    found = answers(book)
    assert found.series.kpi.baseline_on == date(2026, 6, 30)
    assert found.plan is not None
    assert 85 < found.plan < 87
    assert "the plan runs from the first reading: enter it in Baseline on." in found.status.reason


def test_a_span_is_judged_by_what_comes_after_the_baseline_was_found() -> None:
    book = make(NEXT_YEAR, readings=read(90, 92, 94, 93, 92, 94, first="2026-04"))
    series = assess(book).kpis["K1"].series
    found = aggregate(book, series, date(2026, 1, 1), date(2026, 12, 31))
    assert (found.word, found.read, found.actual) == ("On track", 3, pytest.approx(93))
    first = aggregate(book, series, date(2026, 4, 1), date(2026, 6, 30))
    assert (first.word, first.plan, first.actual) == ("Setting baseline", None, pytest.approx(92))


def test_baseline_that_nothing_asks_for_is_not_set() -> None:
    kpi = {"Baseline": "", "Baseline on": ""}
    rows = read(99, first="2026-09")
    assert word(make({**kpi, "Trajectory": "flat"}, readings=rows)) == "On track"
    assert word(make({**kpi, "Direction": "within", "Low": 90, "High": 100}, readings=rows)) == "On track"


# -- values


def test_numerator_and_denominator_win_unless_one_is_blank() -> None:
    kpi = {"Aggregation": "ratio"}
    base = {"KPI": "K1", "Period": "2026-09", "Value": 90}
    assert answers(make(kpi, readings=[{**base, "Numerator": 97, "Denominator": 100}])).latest == 97
    assert answers(make(kpi, readings=[{**base, "Numerator": 97}])).latest == 90
    assert answers(make(kpi, readings=[{**base, "Denominator": 100}])).latest == 90


@pytest.mark.parametrize(
    ("unit", "scale", "want"), [("%", "", 50), ("ppm", "", 5e5), ("h", "", 0.5), ("h", 8, 4)]
)
def test_scale_of_a_ratio(unit: str, scale: Any, want: float) -> None:
    kpi = {"Aggregation": "ratio", "Unit": unit, "Scale": scale}
    rows = [{"KPI": "K1", "Period": "2026-09", "Numerator": 1, "Denominator": 2}]
    assert answers(make(kpi, readings=rows)).latest == want


def span(book: Book, first: str = "2026-07-01", last: str = "2026-09-30") -> Any:
    series = assess(book).kpis["K1"].series
    return aggregate(book, series, date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("how", "want"), [("sum", 270), ("average", 90), ("last", 95), ("minimum", 80), ("maximum", 95)]
)
def test_aggregation(how: str, want: float) -> None:
    found = span(make({"Aggregation": how, "Trajectory": "flat"}, readings=read(95, 80, 95, first="2026-07")))
    assert (found.actual, found.plan) == (want, 285 if how == "sum" else 95)
    assert (found.read, found.due) == (3, 3)


def test_a_ratio_is_never_the_mean_of_percentages() -> None:
    rows = [
        {"KPI": "K1", "Period": "2026-08", "Numerator": 50, "Denominator": 100},
        {"KPI": "K1", "Period": "2026-09", "Numerator": 10, "Denominator": 10},
    ]
    found = span(make({"Aggregation": "ratio"}, readings=rows))
    plan = [85 + 10 * days / 365 for days in (243, 273)]
    assert found.actual == pytest.approx(100 * 60 / 110)
    assert found.plan == pytest.approx((plan[0] * 100 + plan[1] * 10) / 110)
    assert (found.read, found.due) == (2, 3)


def test_ratios_known_only_by_their_value_cannot_be_joined() -> None:
    found = span(make({"Aggregation": "ratio"}, readings=read(90, 91, first="2026-08")))
    assert (found.actual, found.word) == (None, "No data")
    assert span(make({"Aggregation": "ratio"}, readings=read(91, first="2026-09"))).actual == 91


def test_later_readings_never_enter_a_span_nor_do_running_ones() -> None:
    book = make({"Aggregation": "sum"}, readings=read(*[10] * 10))
    assert span(book, last="2026-08-31").actual == 20
    assert span(book, last="2026-12-31").actual == 30  # October still runs


def test_a_span_on_plan_in_each_period_is_on_plan() -> None:
    for how in ("sum", "average", "last", "minimum", "maximum"):
        plans = [plan_at(p) for p in ("2026-07", "2026-08", "2026-09")]
        found = span(make({"Aggregation": how, "Tolerance": "0 abs"}, readings=read(*plans, first="2026-07")))
        assert (found.word, found.gap) == ("On track", pytest.approx(0))


# -- progress


def test_progress_is_not_clamped() -> None:
    assert [progress(a, 20, 10) for a in (20, 15, 10, 5, 25)] == [0, 0.5, 1, 1.5, -0.5]
    assert progress(5, 5, 5) is None
    assert progress(None, 1, 2) is progress(1, None, 2) is progress(1, 2, None) is None


FURTHER = "It is further from the target than where it started."


@pytest.mark.parametrize(
    ("value", "share", "word", "said"),
    [
        (76, -0.9, "Off track", True), (84.9, -0.01, "Off track", True), (84.97, -0.003, "Off track", False),
        (85, 0.0, "Off track", False), (86, 0.1, "Off track", False), (96, 1.1, "On track", False),
    ],
)  # fmt: skip
def test_less_than_nothing_of_the_way_is_said_in_words(
    value: float, share: float, word: str, said: bool
) -> None:
    """``-90 % of the way from baseline to target`` is no way that anybody goes."""
    found = answers(make({}, readings=read(value, first="2026-09")))
    told = found.answers["progress"].reason
    assert found.progress == pytest.approx(share)
    assert (found.status.word, FURTHER in found.status.reason) == (word, said)
    assert (told == FURTHER) == said
    assert not re.search(r"-\d+ %", told)
    down = {"Direction": "lower", "Baseline": 95, "Target": 85}
    mirrored = answers(make(down, readings=read(180 - value, first="2026-09")))
    assert (FURTHER in mirrored.status.reason) == said


def test_what_is_only_held_or_within_a_range_is_never_further_away() -> None:
    held = {"Baseline": 97, "Target": 95, "Trajectory": "flat"}
    within = {"Direction": "within", "Low": 85, "High": 95, "Target": "", "Baseline": ""}
    for kpi in (held, within):
        found = answers(make(kpi, readings=read(60, first="2026-09")))
        assert found.status.word == "Off track"
        assert "further" not in found.status.reason


# -- sentences


def test_reason_says_figure_plan_period_and_gap() -> None:
    kpi = {"Baseline": 85, "Target": 95.8, "Tolerance": 0.02}
    found = answers(make(kpi, readings=read(88.2, first="2026-09")))
    assert found.status.reason == (
        "88.2 % against 93.1 % planned for September 2026: off track by 4.9 points."
    )


def test_reason_counts_periods_running() -> None:
    found = answers(make({}, readings=read(99, 70, 70, 70, first="2026-06")))
    assert "3rd period running." in found.status.reason
    broken = answers(make({}, readings=read(70, None, 70, 70, first="2026-06")))
    assert "2nd period running." in broken.status.reason


def test_reason_for_the_good_the_money_and_the_range() -> None:
    rows = read(1480, first="2026-09")
    money = {"Unit": "$k", "Target": 1500, "Baseline": 1000, "Trajectory": "flat"}
    assert answers(make({**money, "Direction": "lower"}, readings=rows)).status.reason == (
        "$1,480k against $1,500k planned for September 2026: on track, ahead by $20k."
    )
    within = {"Direction": "within", "Low": 7, "High": 9}
    assert answers(make(within, readings=read(9.4, first="2026-09"))).status.reason == (
        "9.4 % against a range of 7 to 9 % in September 2026: off track by 0.4 points."
    )
    met = {"Trajectory": "flat"}
    assert answers(make(met, readings=read(95, first="2026-09"))).status.reason == (
        "95 % against 95 % planned for September 2026: on track."
    )


def test_figures_that_differ_look_different() -> None:
    kpi = {"Target": 1200.2, "Baseline": 1000, "Trajectory": "flat", "Unit": "h", "Tolerance": "0 abs"}
    reason = answers(make(kpi, readings=read(1200.1, first="2026-09"))).status.reason
    assert reason.startswith("1,200.1 h against 1,200.2 planned for September 2026: off track by 0.1 h")


# -- roll-up


def up(*children: Child) -> Any:
    return rollup("O1", children, Settings(), "KPI")


def kids(words: str, **more: Any) -> list[Child]:
    names = {"g": "On track", "y": "At risk", "r": "Off track", "?": "Overdue"}
    return [Child(f"K{i}", names[letter], **more) for i, letter in enumerate(words)]


@pytest.mark.parametrize(
    ("words", "want"),
    [
        ("ggggr", "On track"), ("gggr", "At risk"), ("gr", "At risk"), ("grr", "Off track"),
        ("yy", "At risk"), ("g?", "On track"), ("g??", "Not enough data"),
        ("?", "Not enough data"), ("r??", "Not enough data"),
    ],
)  # fmt: skip
def test_weighted_score(words: str, want: str) -> None:
    assert up(*kids(words)).status.word == want


def test_weights_count() -> None:
    heavy = Child("K1", "Off track", weight=9)
    assert up(heavy, *kids("ggg")).status.word == "Off track"
    assert up(replace(heavy, weight=0), *kids("ggg")).status.word == "On track"
    assert up(Child("K1", "On track", weight=0)).status.word == "Not enough data"


def test_worst_of_the_vital_decides() -> None:
    vital = kids("gy", vital=True)
    assert up(*vital, *kids("rrr")).status.word == "At risk"
    assert up(*kids("g", vital=True), *kids("rrr")).status.word == "On track"
    assert up(*kids("r", vital=True), *kids("gggggggg")).status.word == "Off track"


def test_a_vital_child_without_a_figure() -> None:
    assert up(*kids("?", vital=True), *kids("gggg")).status.word == "Not enough data"
    assert up(*kids("?r", vital=True), *kids("gggg")).status.word == "Off track"
    assert up(*kids("r", vital=True), *kids("????")).status.word == "Off track"
    assert up(*kids("g", vital=True), *kids("????")).status.word == "Not enough data"


@pytest.mark.parametrize("word", ["Overdue", "No data", "Bad value", "No target", "Setting baseline"])
def test_states_that_count_as_unread(word: str) -> None:
    found = up(Child("K1", word), *kids("g"))
    assert found.counts == "1 of 2 read: 1 on"
    assert up(Child("K1", word), Child("K2", word), *kids("g")).status.word == "Not enough data"


@pytest.mark.parametrize("word", ["Paused", "Not due"])
def test_states_that_are_left_out(word: str) -> None:
    assert up(Child("K1", word), *kids("g")).counts == "1 of 1 read: 1 on"
    assert up(Child("K1", word)).status.word == word


def test_coverage_and_rule_are_told() -> None:
    assert up(*kids("gggr??")).status.reason == (
        "At risk (4 of 6 read: 3 on, 1 off): together they score 75 of 100 "
        "(on track from 80, at risk from 50)."
    )
    assert up(*kids("y", vital=True)).status.reason == (
        "At risk (1 of 1 read: 1 at risk): the vital KPI K0 is at risk, and what is vital decides."
    )
    assert "(0 of 1 read)" in up(*kids("?")).status.reason


def test_progress_of_a_parent_is_clamped_child_by_child() -> None:
    found = up(Child("A", "On track", 1, progress=3.0), Child("B", "Off track", 3, progress=-1.0))
    assert found.progress == pytest.approx(0.25)


CASCADE: dict[str, Any] = {
    "Goals": [{"Goal": "G1", "Statement": "g", "Result KPI": "K2"}, {"Goal": "G2", "Statement": "h"}],
    "Objectives": [
        {"Objective": "O1", "Statement": "a", "Supports": "G1", "Vital few": "yes"},
        {"Objective": "O2", "Statement": "b", "Supports": "G1, G2"},
        {"Objective": "O3", "Statement": "c", "Supports": "G2", "Stage": "retired"},
    ],
    "Processes": [{"Process": "P1", "Name": "p"}, {"Process": "P2", "Name": "q"}],
}


def cascade(**more: Any) -> Book:
    kpis = [{"KPI": "K1"}, {"KPI": "K2", "Supports": "O1, O2"}, {"KPI": "K3", "Supports": "O3"}]
    rows = [*read(70, first="2026-09"), *read(99, first="2026-09", kpi="K2")]
    return make(*kpis, readings=rows, **{**CASCADE, **more})


def test_cascade() -> None:
    found = assess(cascade())
    assert found.objectives["O1"].status.word == "At risk"
    assert found.objectives["O2"].counts == "1 of 1 read: 1 on"  # the shared KPI counts under both
    assert found.goals["G1"].status.word == "At risk"
    assert found.goal_results["G1"].word == "On track"  # beside it, never merged
    assert found.goal_results["G2"].word == ""
    assert found.objectives["O3"].status.word == ""
    assert found.goals["G2"].children == ("O2",)  # the retired one is left out
    assert found.processes["P1"].counts == "2 of 3 read: 1 on, 1 off"
    assert found.processes["P2"].status.word == "No data"
    assert found.word("O1") == "At risk"


def test_a_kpi_named_twice_under_one_objective_counts_once() -> None:
    found = assess(make({"Supports": "O1, O1"}, readings=read(99, first="2026-09"), **CASCADE))
    assert found.objectives["O1"].total == 1


# -- algebra

figures = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 3))
RANK = {"On track": 2, "At risk": 1, "Off track": 0}


def yard(direction: str, target: float, baseline: float | None, tolerance: Any = None) -> Yardstick:
    kpi = make({"Direction": direction}).kpis[0]
    return Yardstick(kpi.changed(target=target, baseline=baseline, tolerance=tolerance), Settings())


@given(figures, figures, figures, figures, st.sampled_from([None, 0.03, "0.5 abs"]))
@settings(max_examples=150, deadline=None)
def test_better_is_never_worse(a: float, b: float, target: float, baseline: float, tolerance: Any) -> None:
    ruler = yard("higher", target, baseline, tolerance)
    low, high = sorted((a, b))
    assert RANK[ruler.judge(low, target)[0]] <= RANK[ruler.judge(high, target)[0]]


@given(figures, figures, figures, st.sampled_from([None, 0.03, "0.5 abs"]))
@settings(max_examples=150, deadline=None)
def test_direction_mirrors_by_negation(actual: float, target: float, baseline: float, tolerance: Any) -> None:
    up_word = yard("higher", target, baseline, tolerance).judge(actual, target)
    down_word = yard("lower", -target, -baseline, tolerance).judge(-actual, -target)
    assert up_word == down_word


@given(st.floats(1e-9, 1e9), st.floats(-1e9, 1e9), st.sampled_from(["higher", "lower"]))
@settings(max_examples=150, deadline=None)
def test_on_target_is_met_whatever_the_rounding(target: float, baseline: float, direction: str) -> None:
    ruler = yard(direction, target, baseline, "0 abs")
    for nearly in (target, float(f"{target:.15g}"), target * 3 / 3, target / 7 * 7, target * 100 / 100):
        assert ruler.judge(nearly, target)[0] == "On track"


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.dates(date(2025, 1, 1), date(2028, 12, 31)))
@settings(max_examples=150, deadline=None)
def test_plan_stays_between_baseline_and_target(baseline: float, target: float, on: date) -> None:
    kpi = make({}).kpis[0].changed(baseline=baseline, target=target)
    plan = planned(kpi, on)
    assert plan is not None
    edge = 1e-9 * max(abs(baseline), abs(target))
    assert min(baseline, target) - edge <= plan <= max(baseline, target) + edge


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_changes_nothing(shuffle: random.Random) -> None:
    rows = [*read(90, 70, 99, None, 98, 97, 60, 99, 99), *read(88, 89, first="2026-08", kpi="K2")]
    kpis = [{"KPI": "K1"}, {"KPI": "K2", "Supports": "O1, O2"}, {"KPI": "K3", "Supports": "O3"}]
    straight = assess(make(*kpis, readings=rows, **CASCADE))
    mixed_rows, mixed_kpis = shuffle.sample(rows, len(rows)), shuffle.sample(kpis, len(kpis))
    mixed = assess(make(*mixed_kpis, readings=mixed_rows, **CASCADE))
    for key in straight.kpis:
        assert straight.kpis[key].status == mixed.kpis[key].status
        assert straight.kpis[key].series.words == mixed.kpis[key].series.words
    for one, other in ((straight.objectives, mixed.objectives), (straight.goals, mixed.goals)):
        assert {k: (v.status.word, v.counts) for k, v in one.items()} == {
            k: (v.status.word, v.counts) for k, v in other.items()
        }


words = st.sampled_from(["On track", "At risk", "Off track", "Overdue", "No data", "Bad value", "Paused"])


@given(
    st.lists(
        st.builds(Child, st.just("K"), words, st.sampled_from([0.5, 1.0, 3.0]), st.booleans()), max_size=8
    )
)
@settings(max_examples=300, deadline=None)
def test_a_parent_is_never_better_than_its_vital_child(children: list[Child]) -> None:
    found = up(*children)
    assert f"({found.counts})" in found.status.reason or found.total == 0
    if found.status.word in RANK:
        for child in children:
            if child.vital and child.word != "Paused":
                assert child.word in RANK or found.status.word == "Off track"
                assert RANK[found.status.word] <= RANK.get(child.word, 2)


def test_a_status_depends_on_no_other_kpi() -> None:
    alone = assess(make({}, readings=read(90, 92, first="2026-08")))
    both = [*read(90, 92, first="2026-08"), *read(1, 2, first="2026-08", kpi="K2")]
    beside = assess(make({}, {"KPI": "K2"}, readings=both))
    assert alone.kpis["K1"].status == beside.kpis["K1"].status


# -- columns


def column(book: Book, name: str, header: str, checks: Mapping[tuple[str, int], str] | None = None) -> Any:
    edits = computed(book, assess(book), checks or {})
    return next(e.values for e in edits if (e.table, e.header) == (name, header))


def test_columns_keep_formulas_and_blank_rows() -> None:
    book = read_example("""
        on 2026-10-15
        KPIs
        | KPI | Name | Unit | Direction | Target | Status | Check | Latest | ... |
        |---|---|---|---|---|---|---|---|---|
        | K1 | Delivery | % | higher | 95 | | | =1+1 -> 2 | |
        | | | | | | old | | | |
        | K2 | Scrap | % | lower | | =A1 -> x | | | |
        | K1 | Twin | % | higher | 95 | | | | |

        Measurements
        | KPI | Period | Value | Name | Previous | Actual | Plan | Status | ... |
        |---|---|---|---|---|---|---|---|---|
        | K1 | 2026-08 | 90 | | | | | | |
        | | | | left | | | | | |
        | K1 | 2026-09 | 91 | | | | | | |
        | K9 | 2026-09 | 91 | | | | | | |
        """).book
    assert column(book, "KPIs", "Latest") == (KEEP, None, None, None)
    assert column(book, "KPIs", "Status") == ("Setting baseline", None, KEEP, None)
    assert column(book, "KPIs", "Check", {("KPIs", 4): "No target."}) == (None, None, "No target.", None)
    assert column(book, "Measurements", "Name") == ("Delivery", None, "Delivery", None)
    assert column(book, "Measurements", "Previous") == (None, None, 90, None)
    assert column(book, "Measurements", "Actual") == (90, None, 91, None)
    headers = {(e.table, e.header) for e in computed(book, assess(book), {})}
    assert ("KPIs", "Plan") not in headers  # the workbook has no such column


def test_columns_of_actions_decisions_risks_and_inputs() -> None:
    book = make(
        {},
        Actions=[
            {
                "Action": "A1",
                "Serves": "K1, D1",
                "State": "open",
                "Opened": "2026-01-15",
                "Due": "2026-03-31",
                "Age": "",
                "Carried": "",
            },
            {
                "Action": "A2",
                "Serves": "D1",
                "State": "done",
                "Opened": "2026-01-15",
                "Closed": "2026-04-30",
                "Due": "2026-04-10",
            },
            {"Action": "A3", "Serves": "K1", "State": "open"},
            {"Action": "A4", "Serves": "K1", "State": "open", "Opened": "2026-01-15", "Due": "2026-12-18"},
            {"Action": "A5", "Serves": "D2", "State": "open", "Opened": "2026-01-15", "Due": "2026-12-18"},
        ],
        Decisions=[
            {"Decision": "D1", "Review": "R1", "Action": ""},
            {"Decision": "D2", "Review": "R1", "Due": "2026-06-30"},
        ],
        Reviews=[
            {"Review": "R1", "Period": "2026-Q1", "Held on": "2026-04-20", "State": "closed"},
            {"Review": "R2", "Period": "2026-Q2", "Held on": "2026-07-20", "State": "closed"},
            {"Review": "R3", "Period": "2026-Q3", "Held on": "2026-10-22", "State": "planned"},
        ],
        Risks=[
            {
                "Risk": "X1",
                "Likelihood": 4,
                "Impact": 4,
                "Residual likelihood": 2,
                "Residual impact": 2,
                "Score": "",
                "Residual score": "",
                "Band": "",
            },
            {"Risk": "X2", "Likelihood": 4, "Impact": 4},
            {"Risk": "X3", "Likelihood": 4, "Impact": 3},
            {"Risk": "X4", "Likelihood": 4},
        ],
        Inputs=[
            {"Clause": "b", "Summary": "s", "As of": "2026-07-01", "State": ""},
            {"Clause": "d", "Summary": "s", "As of": "2026-06-30"},
            {"Clause": "e", "As of": "2026-07-01"},
        ],
    )
    assert column(book, "Actions", "Age") == (273, 105, None, 273, 273)
    # A4 is on time, and so carried by no review; A5's decision was due before the last one.
    assert column(book, "Actions", "Carried") == (2, 1, None, 0, 1)
    told = book.changed(promised={"A4": date(2026, 3, 31)})  # what a closed review printed for it
    assert column(told, "Actions", "Carried") == (2, 1, None, 2, 1)
    assert column(book, "Decisions", "Action") == ("A1, A2", "A5")
    assert column(book, "Risks", "Score") == (16, 16, 12, None)
    assert column(book, "Risks", "Residual score") == (4, None, None, None)
    assert column(book, "Risks", "Band") == ("low", "high", "medium", None)
    assert column(book, "Inputs", "State") == ("provided", "stale", "absent")
    assert [input_state(book, given) for given in book.inputs] == ["provided", "stale", "absent"]


def test_columns_of_goals_objectives_and_processes() -> None:
    goals = [{**row, "Status": "", "Objectives": "", "Result": ""} for row in CASCADE["Goals"]]
    objectives = [{**row, "Status": "", "KPIs": "", "Progress": ""} for row in CASCADE["Objectives"]]
    book = cascade(Goals=goals, Objectives=objectives)
    assert column(book, "Goals", "Result") == (99, None)
    assert column(book, "Goals", "Status") == ("On track", None)
    assert column(book, "Goals", "Objectives")[0] == "At risk (2 of 2 read: 1 on, 1 at risk)"
    assert column(book, "Objectives", "KPIs") == ("2 of 2 read: 1 on, 1 off", "1 of 1 read: 1 on", None)
    assert column(book, "Objectives", "Status") == ("At risk", "On track", None)


# -- the whole


def test_further_methods_slot_in_by_name() -> None:
    def twice_the_name(book: Book, series: Any) -> Any:
        return replace(METHODS["target"](book, series), method="echo", word=series.kpi.id * 2)

    found = assess(make({}), {**METHODS, "echo": twice_the_name}).kpis["K1"]
    assert found.answers["echo"].word == "K1K1"
    assert assess(make({}), {}).kpis["K1"].status.word == "Overdue"


def test_an_empty_book_is_assessed() -> None:
    found = assess(read_example("on 2026-10-15").book)
    assert not found.kpis
    assert not found.readings


def test_assessing_is_pure() -> None:
    book = cascade()
    assert assess(book) == assess(book)


@pytest.mark.parametrize(("unit", "least"), [("orders", 0.0), ("$k", None)])
def test_the_forecast_of_a_count_stops_at_zero(unit: str, least: float | None) -> None:
    falling = [24.0 - 2 * at for at in range(12)]
    kpi = {"Unit": unit, "Direction": "lower", "Target": 1, "Baseline": 30, "Target on": "2027-06-30"}
    book = make(
        {**kpi, "Aggregation": "last", "Lowest possible": ""}, readings=read(*falling, first="2025-10")
    )
    figures = answers(book).answers["forecast"].figures
    found = figures["forecast"], figures["low"]
    assert all(
        isinstance(value, float) and (value == 0 if least is not None else value < 0) for value in found
    )
