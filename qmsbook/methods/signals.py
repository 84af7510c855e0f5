"""Signals: the patterns that tell a real change from noise, in the rule sets that are in use.

| rule set | signals |
|---|---|
| `nhs` | a point outside the limits; 7 points in a row on one side of the mean; 7 points that each rise (or each fall); 2 of 3 points more than two thirds of the way to a limit but inside it, all three on one side of the mean |
| `wheeler` | a point outside the limits; 8 in a row on one side; 3 of 4 points nearer the same limit than the mean |
| `weco` | a point outside the limits; 2 of 3 more than two thirds of the way to the same limit, 4 of 5 more than one third; 8 in a row on one side |
| `nelson` | a point outside the limits; 9 in a row on one side; 6 that each rise (or fall); 14 that go up and down in turn; 2 of 3 and 4 of 5 as in `weco`; 15 in a row within a third of the way to the limits; 8 in a row beyond a third, on both sides of the mean |

A point on a limit is inside it; a point on the mean breaks a run, a tie breaks a trend. All points that make up
a signal are marked: of *2 of 3* only those that lie far out. Where a point belongs to several signals, the first
in this order names it: outside, trend, points far out, run. Figures closer than a part in a million million are
the same, so that the dust of binary fractions gives no signal.

Sources: NHS England, Making Data Count; Wheeler, Making Sense of Data; Western Electric, Statistical Quality
Control Handbook (1956); Nelson, Journal of Quality Technology 16 (1984).
"""  # noqa: E501  # rows of a table

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from operator import sub
from typing import NamedTuple, TypeAlias

#: Two figures closer than this share of the largest are the same.
DUST = 1e-12


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one segment: how far each is from the mean, and a third of the way to a limit."""

    away: Sequence[float]
    third: float
    dust: float = 0.0


class Hit(NamedTuple):
    """A pattern that is complete at point ``end``; ``way`` is 1 upwards, -1 downwards, 0 neither."""

    end: int
    members: Iterable[int]
    way: int


#: A rule: the points of a segment, and the patterns found in them.
SignalRule: TypeAlias = Callable[[Points], list[Hit]]


def outside(points: Points) -> list[Hit]:
    """Points strictly beyond a limit."""
    limit = 3 * points.third + points.dust
    return [
        Hit(at, (at,), 1 if d > 0 else -1) for at, d in enumerate(points.away) if not -limit <= d <= limit
    ]


def run(points: Points, size: int) -> list[Hit]:
    """So many points in a row strictly on one side of the mean."""
    dust = points.dust
    return _in_a_row([1 if d > dust else -1 if d < -dust else 0 for d in points.away], size)


def trend(points: Points, size: int) -> list[Hit]:
    """So many points in a row, each strictly higher, or each strictly lower, than the one before."""
    dust, away = points.dust, points.away
    steps = [1 if d > dust else -1 if d < -dust else 0 for d in map(sub, away[1:], away)]
    return _in_a_row(steps, size - 1, before=1)


def far_out(points: Points, wanted: int, of: int, thirds: float, strict: bool = False) -> list[Hit]:
    """So many of a few points in a row beyond so many thirds of the way to the same limit.

    ``strict``: points outside the limit do not count, and all of the points lie on one side of the mean.
    """
    away, dust = points.away, points.dust
    near, limit = points.third * thirds + dust, 3 * points.third + dust
    marked = [at for at, d in enumerate(away) if not -near <= d <= near]
    if strict:
        marked = [at for at in marked if -limit <= away[at] <= limit]
    if len(marked) < wanted:
        return []
    found = []
    for way in (1, -1):
        side = [at for at in marked if away[at] * way > 0]
        for end in range(of - 1, len(away)) if len(side) >= wanted else ():
            members = [at for at in side if end - of < at <= end]
            if len(members) >= wanted and (
                not strict or all(d * way > dust for d in away[end - of + 1 : end + 1])
            ):
                found.append(Hit(end, members, way))
    return found


def alternating(points: Points, size: int) -> list[Hit]:
    """So many points in a row that go up and down in turn."""
    steps = list(map(sub, points.away[1:], points.away))
    return _all_in_a_row([a * b < 0 for a, b in pairwise(steps)], size - 2, before=2)


def hugging(points: Points, size: int) -> list[Hit]:
    """So many points in a row within a third of the way to the limits."""
    return _all_in_a_row([abs(d) < points.third - points.dust for d in points.away], size)


def avoiding(points: Points, size: int) -> list[Hit]:
    """So many points in a row beyond a third of the way to the limits, and some of them on either side.

    On one side alone they are a run, which has a rule and a direction of its own.
    """
    hits = _all_in_a_row([abs(d) > points.third + points.dust for d in points.away], size)
    return [hit for hit in hits if len({points.away[at] > 0 for at in hit.members}) == 2]


def _in_a_row(signs: Sequence[int], size: int, before: int = 0) -> list[Hit]:
    """Where the same sign, not 0, stands so often in a row; ``before``: points ahead of the first sign."""
    found, count, last = [], 0, 0
    for at, sign in enumerate(signs):
        count = count + 1 if sign == last else 1
        last = sign
        if sign and count >= size:
            end = at + before
            found.append(Hit(end, range(at - size + 1, end + 1), sign))
    return found


def _all_in_a_row(told: Sequence[bool], size: int, before: int = 0) -> list[Hit]:
    signs = [1 if each else 0 for each in told]
    return [Hit(hit.end, hit.members, 0) for hit in _in_a_row(signs, size, before)]


#: The rule sets, each rule under its name, in the order in which a point is named by them.
RULE_SETS: Mapping[str, Mapping[str, SignalRule]] = {
    "nhs": {
        "outside": outside,
        "trend": partial(trend, size=7),
        "two_of_three": partial(far_out, wanted=2, of=3, thirds=2, strict=True),
        "shift": partial(run, size=7),
    },
    "wheeler": {
        "outside": outside,
        "three_of_four": partial(far_out, wanted=3, of=4, thirds=1.5),
        "shift": partial(run, size=8),
    },
    "weco": {
        "outside": outside,
        "two_of_three": partial(far_out, wanted=2, of=3, thirds=2),
        "four_of_five": partial(far_out, wanted=4, of=5, thirds=1),
        "shift": partial(run, size=8),
    },
    "nelson": {
        "outside": outside,
        "trend": partial(trend, size=6),
        "two_of_three": partial(far_out, wanted=2, of=3, thirds=2),
        "four_of_five": partial(far_out, wanted=4, of=5, thirds=1),
        "shift": partial(run, size=9),
        "alternating": partial(alternating, size=14),
        "hugging": partial(hugging, size=15),
        "avoiding": partial(avoiding, size=8),
    },
}


def find(points: Points, rules: Mapping[str, SignalRule]) -> dict[str, dict[int, int]]:
    """Per rule, the points that belong to a signal, each with the way it goes (1, -1 or 0)."""
    return {name: {at: hit.way for hit in rule(points) for at in hit.members} for name, rule in rules.items()}


def without_runs(found: Mapping[str, Mapping[int, int]], count: int) -> dict[str, Mapping[int, int]]:
    """Signals without those of several points among so many first ones: what lies outside by itself stays."""
    return {
        name: ways if name == "outside" else {at: way for at, way in ways.items() if at >= count}
        for name, ways in found.items()
    }


def named(found: Mapping[str, Mapping[int, int]], at: int) -> tuple[str, int] | None:
    """The rule that names a point, and the way it goes; None for a point that belongs to no signal."""
    for name, ways in found.items():
        if at in ways:
            return name, ways[at]
    return None


def lasting(points: Points, name: str) -> int:
    """For how many points, up to the last, a run or a trend has gone on."""
    away, dust = points.away, points.dust
    if name == "trend":
        steps = [1 if d > dust else -1 if d < -dust else 0 for d in map(sub, away[1:], away)]
        return _tail(steps) + 1
    return _tail([1 if d > dust else -1 if d < -dust else 0 for d in away])


def _tail(signs: Sequence[int]) -> int:
    count = 0
    for sign in reversed(signs):
        if sign != signs[-1]:
            break
        count += 1
    return count
