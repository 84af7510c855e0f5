"""The part of docs/methods.md that sets natural limits beside what other tools and books print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qmsbook.book.words import number
from qmsbook.methods.signals import RULE_SETS, Points
from qmsbook.methods.xmr import meets, xmr

#: The figures that the tests compare with; they are part of a clone, not of the installed package.
CASES = Path(__file__).parents[2] / "tests" / "data" / "spc_cases.json"
_DIRECTIONS = {"increase": "higher", "decrease": "lower", "neutral": "within"}
#: Printed name -> ours; our name is the attribute of a segment.
_FIGURES = {
    "mean": "mean", "lpl": "lower", "upl": "upper", "mr_mean": "mean_range", "mr_upl": "range_limit",
}  # fmt: skip
_SPOKEN = {
    "mean": "mean", "lpl": "lower", "upl": "upper", "mr_mean": "mean range", "mr_upl": "range limit",
}  # fmt: skip
_WHY = {
    "mdc_vignette_outlier_screened": "two decimals are printed; one outlier, its moving ranges screened",
    "mdc_vignette_outlier_unscreened": "two decimals are printed; the same figures, not screened",
    "wheeler_verify": "the range limit: Wheeler takes 3.268, qmsbook 3.267 as NHSRplotthedots does",
    "wheeler_peakflow": "the book rounds the mean moving range before it goes on",
    "wheeler_accidents_A": "one decimal is printed",
    "wheeler_accidents_B": "one decimal is printed",
    "nist_flowrate": "NIST takes 3 / 1.128 = 2.6596, qmsbook 2.66 as Wheeler and the NHS do",
    "montgomery_runger_16_3": "the book rounds the mean to 99.1 before it goes on",
}
_RULES = {
    "WE1": ("weco", "outside"), "WE2": ("weco", "two_of_three"), "WE3": ("weco", "four_of_five"),
    "WE4": ("weco", "shift"), "NEL1": ("nelson", "outside"), "NEL2": ("nelson", "shift"),
    "NEL3": ("nelson", "trend"), "NEL4": ("nelson", "alternating"), "NEL5": ("nelson", "two_of_three"),
}  # fmt: skip
_ASSURANCE = {
    "consistent_pass": "yes", "inconsistent": "sometimes", "consistent_fail": "not as it runs now",
}  # fmt: skip
_HEAD = """## Beside other tools and books

The tests hold qmsbook against these worked examples, each figure to the decimals that are printed.

| example | source | printed | qmsbook | where and why it differs |
|---|---|---|---|---|"""
_CHOICES = """
Where tools differ by choice:

| question | qmsbook | others |
|---|---|---|
| way from mean to limit | 2.66 mean moving ranges (NHSRplotthedots, Wheeler) | 3 / 1.128 = 2.6596 (NIST, qicharts2, PowerBI-SPC), 3 / 1.128379 = 2.65868 (qcc): up to 0.05 % narrower |
| a point on the mean | breaks a run (NHSRplotthedots) | neither breaks nor lengthens it (statprocon) |
| trial limits | fewer than 12 points | 12 points or fewer (the reference figures that the tests compare with) |
| 2 of 3 | `nhs`: inside the limits, all three on one side (NHSRplotthedots); `weco`, `nelson`: the two on one side, beyond the limits too (qcc) | |
| which points are marked | all that make up the signal (NHSRplotthedots) | the one that completes it (qcc) |
| a gap | is left out; the moving range over it counts, so that a KPI with many gaps has limits | the moving ranges beside it are left out (JMP) |
| large moving ranges | count, unless the setting *Screen moving ranges* says otherwise | are screened unless told otherwise (NHSRplotthedots) |
"""  # noqa: E501  # rows of a table


def published_section() -> str:
    """Printed limits, rules and assurance beside ours, and what is done otherwise on purpose."""
    cases = json.loads(CASES.read_text(encoding="utf-8"))
    rows = [_limits_row(case) for case in cases["cases"] if case["name"] in _WHY]
    return "\n".join([_HEAD, *rows, *_rule_rows(cases["rule_cases"]), *_assurance_rows(cases), _CHOICES])


def _limits_row(case: dict[str, Any]) -> str:
    segment = xmr(
        case["values"], rebase=case["rebase"], baseline=case["fix_after_n_points"],
        screen=case["screen_outliers"], direction=_DIRECTIONS[case["direction"]],
    ).segments[0]  # fmt: skip
    printed = {name: case["published"][name] for name in _FIGURES if name in case["published"]}
    theirs = ", ".join(f"{_SPOKEN[name]} {value}" for name, value in printed.items())
    ours = {name: getattr(segment, _FIGURES[name]) for name in printed}
    told = ", ".join(number(value, 4) for value in ours.values())
    apart = max(abs(ours[name] - value) for name, value in printed.items())
    why = f"by {apart:.2g}: {_WHY[case['name']]}"
    return f"| {len(case['values'])} figures | {_where(case)} | {theirs} | {told} | {why} |"


def _where(case: dict[str, Any]) -> str:
    """Where the figures are printed, and who quotes them."""
    source: str = case["source"]
    where: str = case["published"]["where"].split(";")[0].split(" (")[0]
    book = where.split(",")[0]
    if book not in source:
        return f"{source}, {where.split(' of ')[0]}"
    quoted = ", quoted in statprocon's tests"
    return where.split(", quoted")[0] + (quoted if "statprocon" in source else "")


def _rule_rows(cases: list[dict[str, Any]]) -> Iterator[str]:
    yield "\nRules; the mean is 0, a third of the way to the limits 1, points are counted from 0:\n"
    yield "| rule | figures | qcc (its tests) | qmsbook |\n|---|---|---|---|"
    for case in cases:
        rules, name = _RULES[case["rule"].split()[0]]
        points = Points([value - case["centre"] for value in case["values"]], case["sigma"])
        ends = sorted({hit.end for hit in RULE_SETS[rules][name](points)})
        figures = ", ".join(map(str, case["values"]))
        yield f"| `{rules}` {name} | {figures} | {_points(case['fires_at'])} | {_points(ends)} |"


def _assurance_rows(cases: dict[str, Any]) -> Iterator[str]:
    yield "\nAssurance:\n"
    yield "| limits | target | better is | PowerBI-SPC (its tests) | qmsbook |\n|---|---|---|---|---|"
    for case in cases["assurance_cases"]:
        direction = _DIRECTIONS[case["direction"]]
        ours = meets(case["lpl"], case["upl"], direction, case["target"])
        theirs = f"{case['expected'].replace('_', ' ')}: {_ASSURANCE[case['expected']]}"
        yield f"| {case['lpl']} to {case['upl']} | {case['target']} | {direction} | {theirs} | {ours} |"


def _points(places: list[int]) -> str:
    return ", ".join(map(str, places))
