"""What holds of every status, whatever the figures."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from judged import CASCADE, make, read, up

from qmsbook.book.tables import Settings
from qmsbook.methods import assess, planned
from qmsbook.methods.rollup import Child
from qmsbook.methods.yardstick import Yardstick

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
