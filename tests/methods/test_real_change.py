"""Variation, assurance and forecast of KPIs: every answer, when it may be said, and its words."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import CASCADE, answers, column, make, read

from qmsbook.book.book import Book
from qmsbook.methods import assess, chart, series_of

#: Around 90, with a mean moving range of 2: limits 90 ± 5.32.
CALM = [89, 91] * 6
FLAT = {"Trajectory": "flat"}


def told(book: Book) -> tuple[str, str]:
    found = answers(book).answers
    return found["variation"].word, found["assurance"].word


def asked(values: list[Any], first: str = "2025-10", on: str = "2026-10-15", **kpi: Any) -> tuple[str, str]:
    return told(make({"Baseline on": "2024-12-31", **kpi}, readings=read(*values, first=first), on=on))


# -- real change?


@pytest.mark.parametrize(
    ("last", "direction", "word"),
    [
        (91, "higher", "no, it runs as always"), (99, "higher", "really better"),
        (99, "lower", "really worse"), (80, "higher", "really worse"), (80, "lower", "really better"),
    ],
)  # fmt: skip
def test_the_last_point_decides(last: float, direction: str, word: str) -> None:
    assert asked([*CALM[1:], last], Direction=direction)[0] == word


def test_within_a_range_neither_way_is_better() -> None:
    kpi = {"Direction": "within", "Low": 80, "High": 99, "Target": ""}
    assert asked([*CALM[1:], 99], **kpi) == ("really higher", "yes")
    assert asked([*CALM[1:], 80], **kpi)[0] == "really lower"


def test_too_few_points_and_trial_limits() -> None:
    assert asked(CALM[:4], first="2026-06", **FLAT) == ("too few points",) * 2
    few = asked(CALM[:5], first="2026-05", **FLAT)
    assert few == ("no, it runs as always (trial limits)", "sometimes (trial limits)")
    met = {**FLAT, "Target": 85}
    assert asked(CALM[:11], first="2025-11", **met)[0] == "no, just noise (trial limits)"
    assert asked(CALM, **met)[0] == "no, just noise"
    assert answers(make({})).answers["variation"].reason == "0 readings; change is judged from 5 on."


def test_thresholds_come_from_settings() -> None:
    rows = [{"Setting": "Too few points", "Value": 13}, {"Setting": "Trial limits below", "Value": 20}]
    book = make({"Baseline on": "2024-12-31"}, readings=read(*CALM, first="2025-10"), Settings=rows)
    assert told(book)[0] == "too few points"
    book = make({"Baseline on": "2024-12-31"}, readings=read(*CALM, first="2025-10"), Settings=rows[1:])
    assert told(book)[0] == "no, it runs as always (trial limits)"


def test_rule_set_baseline_and_screen_come_from_settings() -> None:
    def word(values: list[Any], **settings: Any) -> str:
        given = {"Baseline_points": "all", **settings}
        rows = [{"Setting": name.replace("_", " "), "Value": value} for name, value in given.items()]
        kpi = {"Baseline on": "2024-12-31", "Target": 85, "Trajectory": "flat"}
        return told(make(kpi, readings=read(*values, first="2025-10"), Settings=rows))[0]

    seven = [90, 88, 90, 88, 90, 91, 92, 91, 92, 91, 92, 91]
    assert word(seven) == "really better"
    assert word(seven, SPC_rule_set="wheeler") == "no, just noise"
    assert word([*CALM[:6], *[95] * 6], Baseline_points=6, SPC_rule_set="weco") == (
        "better than where we started (first 6 months)"
    )
    jump = [89, 91, 89, 91, 120, 91, 89, 91, 89, 91, 89, 112]
    assert word(jump) == "no, just noise"
    assert word(jump, Screen_moving_ranges="yes") == "really better"


def test_rolling_figures_have_no_limits() -> None:
    for span in ("rolling 12", "year to date"):
        assert asked(CALM, **{"Target is": span, "Aggregation": "last"}) == ("not for rolling figures",) * 2


def test_rare_events() -> None:
    kpi = {"Direction": "lower", "Target": 0, "Baseline": 1, "Unit": "count", "Aggregation": "sum"}
    book = make(kpi, readings=read(0, 1, 0, 0, 2, 0, 0, 1, 0))
    found = answers(book).answers
    assert told(book) == ("rare events",) * 2
    assert found["variation"].reason == (
        "Rare events: 4 in 12 months; the last in August 2026, 1 month before the last reading."
    )
    assert found["variation"].figures["months since"] == 1
    never = answers(make(kpi, readings=read(*[0] * 9))).answers["variation"]
    assert never.reason == "Rare events: none in 9 months."
    share = answers(make({**kpi, "Aggregation": "average"}, readings=read(0, 3, 0, 0, 2, 0, 0, 1, 5)))
    assert share.answers["variation"].reason.startswith("Rare events: 4 readings above zero in 12 months")
    assert asked([0, 1, 0, 2, 1, 1, 2, 3, 1, 0], first="2025-12", **kpi)[0] != "rare events"  # 30 % zeros


def test_rebase_begins_a_new_segment() -> None:
    values = [*CALM[:8], *[97, 99] * 4]
    first, since = {"first": "2025-06"}, "better than where we started (first 12 months)"
    assert asked(values, **first)[0] == since
    assert asked(values, **first, **{"Rebase on": "2026-02-01"})[0] == "no, just noise (trial limits)"
    assert asked(values, **first, **{"Rebase on": "2025-08-01, 2026-02-28"})[0].startswith("no, just noise")
    assert asked(values, **first, **{"Rebase on": "2026-07-31"}) == ("too few points",) * 2
    assert asked(values, **first, **{"Rebase on": "soon, 2030-01-01"})[0] == since


def test_gaps_running_periods_and_bad_values_do_not_count() -> None:
    gappy = [*CALM[:6], None, "", *CALM[6:]]
    met = {"Target": 85, **FLAT}
    assert asked(gappy, first="2025-08", **met)[0] == "no, just noise"
    assert asked([*CALM, 500], first="2025-10", **met)[0] == "no, just noise"  # October still runs
    beyond = asked([*CALM[1:], 500], **{"Highest possible": 100}, **met)
    assert beyond[0] == "no, just noise (trial limits)"  # 500 cannot be, so 11 readings are left


def test_paused_says_nothing() -> None:
    found = answers(make({"Active": "no"}, readings=read(*CALM, first="2025-10"))).answers
    assert [found[name].word for name in ("variation", "assurance", "forecast")] == ["", "", ""]


# -- seasons

YEAR = [0, 2, 5, 8, 10, 12, 12, 10, 8, 5, 2, 0]


def seasonal(years: int, level: list[float], **kpi: Any) -> Book:
    """Monthly figures up to December 2026 with a yearly pattern, one level per year and a little noise."""
    chance = random.Random(7)
    noise = [chance.uniform(-0.5, 0.5) for _ in range(12 * years)]
    values = [level[at // 12] + YEAR[at % 12] + noise[at] for at in range(12 * years)]
    base = {"Seasonal": "yes", "Baseline on": "2020-12-31", "Unit": "h", "Target on": "2027-12-31", **kpi}
    every = [{"Setting": "Baseline points", "Value": "all"}]
    return make(base, readings=read(*values, first=f"{2027 - years}-01"), on="2027-01-15", Settings=every)


def test_seasons_are_taken_out_from_24_months_on() -> None:
    assert told(seasonal(1, [50]))[0] == "too few years"
    met = {"Target": 10, **FLAT}
    assert told(seasonal(2, [50, 50], **met))[0] == "no, just noise"
    raw = told(seasonal(3, [50, 50, 50], Seasonal="no"))[0]
    assert raw == "really worse"  # the winter looks like a fall
    assert told(seasonal(3, [50, 50, 50], **met))[0] == "no, just noise"
    assert told(seasonal(3, [50, 50, 60]))[0] == "really better"


def test_growth_is_not_taken_for_a_season() -> None:
    values = [50 + YEAR[at % 12] + at * 0.5 for at in range(36)]
    kpi = {"Seasonal": "yes", "Baseline on": "2020-12-31", "Unit": "h"}
    book = make(kpi, readings=read(*values, first="2024-01"), on="2027-01-15")
    series = series_of(book, book.kpis[0])
    means = [value for value in chart(book, series).mean if value is not None]
    swing = [m - 50 - 17.5 * 0.5 - YEAR[at % 12] for at, m in enumerate(means)]
    assert max(swing) - min(swing) == pytest.approx(0, abs=1e-9)


def test_a_seasonal_target_is_met_in_every_month_or_by_chance() -> None:
    flat = {"Trajectory": "flat"}
    assert told(seasonal(3, [50] * 3, Target=45, **flat))[1] == "yes"
    assert told(seasonal(3, [50] * 3, Target=56, **flat))[1] == "sometimes"
    assert told(seasonal(3, [50] * 3, Target=70, **flat))[1] == "not as it runs now"


# -- can it meet the target?


@pytest.mark.parametrize(
    ("target", "word"), [(84, "yes"), (90, "sometimes"), (96, "not as it runs now"), (84.68, "yes")]
)
def test_assurance_where_the_target_counts_now(target: float, word: str) -> None:
    assert asked(CALM, Target=target, **FLAT)[1] == word
    assert asked(CALM, Target=target, **{"Target on": "2026-10-15"})[1] == word
    assert asked(CALM, Target=target, **{"Target on": ""})[1] == word  # nobody says when
    assert asked([-v for v in CALM], Target=-target, Direction="lower", Unit="h", **FLAT)[1] == word


@pytest.mark.parametrize("start", [{}, {"Baseline on": ""}, {"Baseline": "", "Baseline on": ""}])
def test_a_target_of_a_later_day_does_not_count_now_wherever_the_plan_starts(start: dict[str, str]) -> None:
    assert asked(CALM, Target=96, **start)[1] == "change needed by Dec 31, 2026"
    assert asked(CALM, Target=84, **start)[1] == "already capable"


def test_a_kpi_that_still_climbs_is_not_called_hopeless() -> None:
    for target in (90, 96, 200):
        assert asked(CALM, Target=target, **{"Target on": "2026-12-31"})[1] == (
            "change needed by Dec 31, 2026"
        )
    assert asked(CALM, Target=84, **{"Target on": "2026-12-31"})[1] == "already capable"


def test_a_last_figure_that_contradicts_its_limits() -> None:
    for last, target in (
        (100, 99.5),
        (76, 78.5),
    ):  # met though limits end below, missed though they end above
        found = answers(make({"Target": target, **FLAT}, readings=read(*[89, 91] * 4, last)))
        assert found.answers["assurance"].figures["answer"] == "sometimes"
        assert "Find out what happened" in found.answers["assurance"].reason


def test_assurance_of_a_range_and_without_a_target() -> None:
    within = {"Direction": "within", "Target": ""}
    assert asked(CALM, Low=80, High=99, **within)[1] == "yes"
    assert asked(CALM, Low=90, High=99, **within)[1] == "sometimes"
    assert asked(CALM, Low=96, **within)[1] == "not as it runs now"
    assert asked(CALM, Target="")[1] == ""
    assert asked(CALM, Direction="")[1] == ""


def test_a_row_of_targets_replaces_the_target_where_it_counts_now() -> None:
    more = {"Targets": [{"KPI": "K1", "From": "2026-09", "Planned": 84}]}
    book = make({**FLAT, "Target": 96}, readings=read(*[89, 91] * 4, 89), **more)
    assert told(book)[1] == "yes (trial limits)"


# -- charts


def test_drawn_limits_end_at_what_is_possible_and_begin_anew() -> None:
    kpi = {"Highest possible": 100, "Rebase on": "2026-02-01"}
    book = make(kpi, readings=read(*[89, 91] * 4, *[97, 99] * 4, 98, first="2025-06"))
    found = chart(book, series_of(book, book.kpis[0]))
    assert (found.begins, found.why_not) == ((8,), "")
    assert found.mean[:8] == (90,) * 8
    assert found.upper[8:16] == (100,) * 8
    assert found.upper[0] == pytest.approx(95.32)
    assert found.xmr.segments[1].upper == pytest.approx(98 + 2.66 * 15 / 8, abs=1)
    assert found.variation[-2:] == ("common cause", None)  # October still runs
    assert len(found.mean) == len(series_of(book, book.kpis[0]).periods)
    assert chart(make({}, readings=read(90)), series_of(make({}), book.kpis[0])).why_not == "too few points"


# -- sentences


def test_reason_tells_a_real_change_from_noise() -> None:
    kpi = {"Baseline": 85, "Target": 95.8, "Tolerance": 0.02, "Baseline on": "2025-12-31"}
    values = [97, 92, 97, 92.5, 96, 92, 97, 91.8, 96, 91, 89.5, 91, 90, 88.5, 89.5, 88.2]
    found = answers(make(kpi, readings=read(*values, first="2025-06")))
    assert found.status.reason == (
        "88.2 % against 93.1 % planned for September 2026: off track by 4.9 points, 3rd period running; "
        "the last 7 points lie below the mean, so it is worse than in its first 12 months."
    )
    assert found.answers["target"] == found.status


def test_reason_says_noise_where_a_figure_is_behind() -> None:
    behind = {"Tolerance": "5 abs"}
    found = answers(make(behind, readings=read(*[89, 91] * 4, 89)))
    assert found.status.reason.endswith(
        "; it moves within its natural limits, so this is noise, not a change (by trial limits)."
    )
    good = answers(make({"Target": 80, **FLAT}, readings=read(*[89, 91] * 4, 89)))
    assert good.status.reason == "89 % against 80 % planned for September 2026: on track, ahead by 9 points."


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ([*CALM[1:], 97], "The last point lies above the natural limits"),
        ([*CALM[:5], 87, 88, 89, 90, 91, 92, 93], "The last 7 points rise one after another"),
        ([*CALM, 91, 94.5, 94.5], "2 of the last 3 points lie close to the upper natural limit"),
    ],
)
def test_what_was_seen(values: list[float], seen: str) -> None:
    book = make(
        {"Baseline on": "2024-12-31"}, readings=read(*values, first="2025-06"), on="2026-11-15",
        Settings=[{"Setting": "Baseline points", "Value": "all"}],
    )  # fmt: skip
    found = answers(book).answers["variation"]
    assert found.reason == f"{seen}, so this is a real change for the better, not noise."


def test_columns_hold_the_answers() -> None:
    asked = {"Real change?": "", "Can it meet the target?": ""}
    book = make({**asked, **FLAT}, readings=read(*[89, 91] * 4, 100))
    assert column(book, "KPIs", "Real change?") == ("really better (trial limits)",)
    assert column(book, "KPIs", "Can it meet the target?") == ("sometimes (trial limits)",)


# -- off track as it always runs: never just noise

STEADY = [88, 90, 89, 91, 90, 88, 89, 91, 89, 90, 90, 88]


def test_off_track_as_it_runs_is_never_called_noise() -> None:
    told = {"Reason": "", "Real change?": ""}
    book = make({**FLAT, **told, "Baseline on": "2025-03-31"}, readings=read(*STEADY, first="2025-10"))
    found = answers(book)
    assert found.status.word == "Off track"
    assert found.answers["variation"].word == "no, it runs as always"
    assert found.answers["variation"].figures["answer"] == "common cause"
    assert found.status.reason == (
        "Off track for 12 months. This is how the process normally runs: explaining one month won't help, "
        "changing the process will. 88 % against 95 % planned for September 2026, off by 7 points."
    )
    for part in (*column(book, "KPIs", "Reason"), *column(book, "KPIs", "Real change?")):
        assert "noise" not in str(part)


def test_with_trial_limits_it_is_said_with_care() -> None:
    found = answers(make(FLAT, readings=read(*STEADY[:9])))
    assert found.answers["variation"].word == "no, it runs as always (trial limits)"
    assert found.status.reason.endswith(
        ": off track by 6 points, 9th period running; so far this is how the process runs (by trial limits)."
    )


# -- limits from where it started, kept

STARTED = "where we started (first 12 months)"


def kept(*later: float, on: str = "2026-10-15", baseline: Any = 12, **kpi: Any) -> Any:
    """The answer of twelve calm readings and some later ones, the last of September 2026."""
    first = ["2025-10", "2025-09", "2025-08", "2025-07", "2025-06", "2025-05", "2025-04", "2025-03"]
    given = {"Baseline on": "2023-12-31", **kpi}
    count = 12 + len(later)
    start = f"{2026 - (count + 2) // 12}-{(9 - count) % 12 + 1:02}"
    assert len(later) > 7 or start == first[len(later)]
    rows = [{"Setting": "Baseline points", "Value": baseline}]
    return answers(make(given, readings=read(*CALM, *later, first=start), on=on, Settings=rows))


def test_limits_come_from_the_first_twelve_and_are_kept() -> None:
    found = kept(*[97, 99] * 4).answers["variation"]
    assert found.figures["mean"] == 90
    assert (found.figures["lower"], found.figures["upper"]) == pytest.approx((84.68, 95.32))
    assert found.word == f"better than {STARTED}"
    every = kept(*[97, 99] * 4, baseline="all").answers["variation"]
    assert every.figures["mean"] == pytest.approx(93.2)
    assert every.word == "really better"


@pytest.mark.parametrize(
    ("last", "kpi", "word"),
    [
        (99, {}, f"better than {STARTED}"), (80, {}, f"worse than {STARTED}"),
        (99, {"Direction": "lower"}, f"worse than {STARTED}"),
        (99, {"Direction": "within", "Low": 80, "High": 99, "Target": ""}, f"higher than {STARTED}"),
    ],
)  # fmt: skip
def test_the_answer_says_what_it_is_held_against(last: float, kpi: dict[str, Any], word: str) -> None:
    assert kept(last, **kpi).answers["variation"].word == word


def test_the_first_points_carry_no_marks_of_runs() -> None:
    rising = [84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95]
    book = make({"Baseline on": "2024-12-31"}, readings=read(*rising, 96, first="2025-09"))
    drawn = chart(book, series_of(book, book.kpis[0]))
    outside = [84, 85, 86, 93, 94, 95, 96]  # limits 89.5 plus and minus 2.66
    marked = [
        value for value, word in zip([*rising, 96], drawn.variation, strict=True) if word != "common cause"
    ]
    assert marked == outside


def test_a_shift_that_has_held_is_proposed_as_a_new_segment_and_asked_on() -> None:
    held = [97, 99, 98, 97, 98, 99, 97, 98, 99, 97, 98, 98]
    found = kept(*held).answers["variation"]
    assert found.figures["new level"] == "2025-10-01"
    assert found.reason == (
        "The last point lies above the natural limits, so it is better than in its first 12 months. It has "
        "held for 12 months: new limits from 2025-10-01 may tell more (Rebase on). "
        "Still improving? No, level."
    )
    assert "new level" not in kept(*held[1:]).answers["variation"].figures
    rising = kept(*range(96, 108)).answers["variation"]
    assert rising.reason.endswith("Still improving? Yes.")
    slipping = kept(*range(107, 95, -1)).answers["variation"]
    assert slipping.reason.endswith("Still improving? No, it is slipping back.")
    worse = kept(*[81, 79] * 6).answers["variation"]
    assert worse.reason.endswith("Still getting worse? No, level.")


def test_a_proposed_segment_that_was_made_is_asked_no_more() -> None:
    held = [97, 99, 98, 97, 98, 99, 97, 98, 99, 97, 98, 98, 99]
    found = kept(*held, **{"Rebase on": "2025-09-01", "Target": 85, **FLAT}).answers["variation"]
    assert found.word == "no, just noise"
    later = kept(*held, 104, **{"Rebase on": "2025-08-01"}).answers["variation"]
    assert later.word == "better than where we started (first 12 months since August 2025)"


# -- forecast


def foretold(values: list[Any], **kpi: Any) -> Any:
    base = {"Unit": "h", "Baseline on": "2024-12-31", **kpi}
    return answers(make(base, readings=read(*values, first="2025-10"))).answers["forecast"]


def test_forecast_follows_a_line_where_there_is_one() -> None:
    found = foretold(list(range(12)), Target=20)
    # From September's end to December's there are 92 days; the line rises 1 in about 30.4 days.
    assert found.figures["forecast"] == pytest.approx(14.03, abs=0.1)
    assert found.figures["method"] == "straight line through the last 12 readings"
    assert found.figures["low"] < found.figures["forecast"] < found.figures["high"]
    assert found.reason.endswith(
        "against a target of 20 h, off track: straight line through the last 12 readings."
    )


def test_forecast_is_the_mean_where_nothing_moves() -> None:
    found = foretold(CALM, Target=90)
    assert found.word == "90 h"
    assert found.figures["method"] == "mean of the last 12 readings"
    assert found.reason.startswith("If it goes on like this, 90 h on Dec 31, 2026 (between 84.")


def test_forecast_only_where_it_can_be_given() -> None:
    assert foretold(CALM[:11]).word == ""
    assert foretold(CALM[:11]).reason == "A forecast needs 12 readings, and there are 11."
    assert foretold(CALM, **{"Target on": "2026-10-01"}).word == ""
    assert foretold(CALM, **{"Target on": ""}).word == ""
    assert foretold(list(range(12)), **{"Target on": "2029-12-31"}).word == ""  # too far for a line
    assert foretold(CALM, **{"Target on": "2029-12-31"}).word == "90 h"
    assert foretold(CALM, **{"Target is": "rolling 12", "Aggregation": "last"}).word == ""
    assert foretold([0, 1] * 6).word == ""  # rare events


def test_forecast_ends_at_what_is_possible() -> None:
    found = foretold([70 + 2.5 * at for at in range(12)], Unit="%", **{"Highest possible": 100})
    assert (found.word, found.figures["high"]) == ("100 %", 100)


def test_forecast_of_a_seasonal_figure_has_its_month() -> None:
    found = answers(seasonal(3, [50] * 3, **{"Target on": "2027-06-30"})).answers["forecast"]
    assert found.figures["forecast"] == pytest.approx(62, abs=1)
    assert "with the season of the month" in found.reason


# -- algebra

NAMES = ("target", "variation", "assurance", "forecast")
series = st.lists(st.integers(60, 120), min_size=0, max_size=20)


@given(series, series, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_rows_in_any_order_and_other_kpis_change_nothing(
    one: list[int], two: list[int], shuffle: random.Random
) -> None:
    rows = read(*one, first="2025-01")
    alone = assess(make({}, readings=rows, **CASCADE)).kpis["K1"]
    more = [*rows, *read(*two, first="2025-01", kpi="K2")]
    mixed = assess(make({"KPI": "K2"}, {}, readings=shuffle.sample(more, len(more)), **CASCADE)).kpis["K1"]
    assert [alone.answers[name] for name in NAMES] == [mixed.answers[name] for name in NAMES]


@given(st.lists(st.integers(60, 120), min_size=5, max_size=20))
@settings(max_examples=40, deadline=None)
def test_direction_mirrors_by_negation(values: list[int]) -> None:
    kpi = {"Unit": "h", "Tolerance": "1 abs", **FLAT}
    first = {"first": "2025-02"}
    up = answers(make({**kpi, "Target": 90, "Baseline": 80}, readings=read(*values, **first))).answers
    turned = {**kpi, "Direction": "lower", "Target": -90, "Baseline": -80}
    down = answers(make(turned, readings=read(*[-v for v in values], **first))).answers
    for name in ("target", "variation", "assurance"):
        assert up[name].word == down[name].word


# -- a level that had held and is lost


def level(mean: float, count: int, seed: int = 3) -> list[float]:
    chance = random.Random(seed)
    return [mean + chance.choice([-2, -1, 0, 1, 2]) for _ in range(count)]


@pytest.mark.parametrize(
    ("after", "direction", "word"),
    [
        ([*level(45, 18), 61, 62, 60], "lower", "back where we started (first 12 months)"),
        ([*level(45, 18), 61, 62, 60], "higher", "back where we started (first 12 months)"),
        ([*level(45, 18), 61], "lower", "back where we started (first 12 months)"),
        ([*level(45, 8), 61, 62, 60], "lower", "no, just noise"),  # no level of 12 readings had held
        ([*level(45, 18), *[61, 59] * 7], "lower", "no, just noise"),  # back for more than a year: as it runs
        ([*level(45, 18), 44, 45], "lower", "better than where we started (first 12 months)"),
    ],
)
def test_a_level_that_is_lost_is_a_real_change(after: list[float], direction: str, word: str) -> None:
    """Found by an auditor: a fall after a year and a half of better figures read as how the process runs."""
    values = [*[59, 61] * 6, *after]
    kpi = {"Baseline on": "2022-12-31", "Direction": direction, "Target": 70 if direction == "lower" else 30}
    last = f"{2023 + len(values) // 12}-{len(values) % 12 + 1:02d}-05"
    book = make({**kpi, **FLAT}, readings=read(*values, first="2023-01"), on=last)
    found = answers(book).answers["variation"]
    assert found.word == word
    if word.startswith("back"):
        assert found.figures["answer"] == ("concern" if direction == "lower" else "improvement")
        end = "is lost" if direction == "lower" else "is over"
        assert f"level that had held for 18 readings {end}" in found.reason


_START = [70, 72, 69, 71, 70, 73, 68, 71, 70, 72, 69, 71]
_UP = [80, 82, 79, 81, 80, 83, 78, 81, 80, 82, 79, 81]


@pytest.mark.parametrize(
    ("after", "word"),
    [
        ([*[v - 10 for v in _START], *range(62, 70)], "back where we started (first 12 months)"),
        ([69, 69.5, 70, 70.6, 71, 71.5, 72], "really better"),  # a trend tells nothing of the start
        ([*_UP, *range(79, 70, -1)], "back where we started (first 12 months)"),
        ([*_UP, 71, 70, 72], "back where we started (first 12 months)"),
        ([*_UP, 71], "back where we started (first 12 months)"),
        (
            [*_UP, *[v + 10 for v in _UP], 80, 81],
            "slipping back, still better than where we started (first 12 months)",
        ),
        (
            [63, 63.5, 64, 64.5, 65, 65.5, 66],
            "worse than where we started (first 12 months)",
        ),  # below all along
        ([*_UP, 80, 82], "better than where we started (first 12 months)"),
    ],
)
def test_what_is_said_of_the_start_agrees_with_the_figures(after: list[float], word: str) -> None:
    """Found by an auditor: 69 after a start of 70 was told as better than it."""
    values = [*_START, *after]
    on = f"{2022 + len(values) // 12}-{len(values) % 12 + 1:02d}-05"
    kpi = {"Baseline on": "2021-12-31", "Direction": "higher", "Target": 75, **FLAT}
    found = answers(make(kpi, readings=read(*values, first="2022-01"), on=on)).answers["variation"]
    assert found.word == word
    if not word.startswith("better"):
        assert "new limits" not in found.reason
