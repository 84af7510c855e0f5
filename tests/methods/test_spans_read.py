"""What a KPI comes to over a span, and how far it has come."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from judged import answers, make, plan_at, read

from qmsbook.book.book import Book
from qmsbook.methods import aggregate, assess, progress


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
