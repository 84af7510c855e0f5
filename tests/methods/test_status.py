"""The status word of a KPI: gap, tolerance, which period is judged, and the states without colour."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import answers, make, read, word

from qmsbook.book.period import parse_period
from qmsbook.methods import aggregate, assess
from qmsbook.methods.method import ReadingAnswer
from qmsbook.methods.yardstick import Tolerance, tolerance_of


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
