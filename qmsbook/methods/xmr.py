"""Natural limits: how far figures move of themselves, from one reading to the next (an XmR chart).

The limits lie 2.66 times the mean moving range (the mean difference between a reading and the one before)
above and below the mean; the upper range limit is 3.267 times the mean moving range. Figures inside them
move of themselves: nothing in particular happened. A series whose readings are all alike has both limits at
its mean.

A *rebase* begins a new segment with a mean and limits of its own; no moving range, run or trend reaches
across it. With a *baseline* of so many points, the mean and the limits of a segment come from its first so
many points. With the *screen*, moving ranges at or above the upper range limit are left out, once, before
the limits are worked out again. A gap is left out as if the readings on both sides of it followed one
another: a run goes on behind it, and the moving range over it counts. In a segment with fewer than 5
readings no signal is looked for; with fewer than 12 its limits are *trial limits*, a first try.

Sources: Wheeler, Making Sense of Data; Nelson, Journal of Quality Technology 14 (1982) for the screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import sub
from typing import NamedTuple, TypedDict, Unpack

from qmsbook.methods.method import only
from qmsbook.methods.signals import DUST, RULE_SETS, Points, find, named, without_runs

#: Natural limits lie this many mean moving ranges from the mean (3 / 1.128).
TO_LIMIT = 2.66
#: The upper range limit is this many mean moving ranges.
TO_RANGE_LIMIT = 3.267
#: With fewer points nothing is said of change; below the second number limits are only a first try.
TOO_FEW, TRIAL_BELOW = 5, 12

#: What is said of a point.
COMMON, IMPROVEMENT, CONCERN = "common cause", "improvement", "concern"
HIGH, LOW, PATTERN, TOO_FEW_POINTS = "high", "low", "unusual pattern", "too few points"
#: What is said of a target.
MEETS, SOMETIMES, NOT_AS_IT_RUNS = "yes", "sometimes", "not as it runs now"

#: What counts as better: 1 up, -1 down, 0 neither.
BETTER: Mapping[str, int] = {"higher": 1, "lower": -1, "within": 0}


class Limits(NamedTuple):
    """A mean with the way from it to a limit (None with fewer than two points) and the mean moving range."""

    mean: float
    way: float | None = None
    mean_range: float | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of points with one mean and one pair of limits; ``start`` and ``end`` are both inside.

    ``lower`` and ``upper`` are None with fewer than two readings, ``mean`` with none. ``mean_range`` is the
    mean moving range, ``range_limit`` the upper range limit, ``points`` counts the readings without gaps.
    """

    start: int
    end: int
    mean: float | None
    lower: float | None
    upper: float | None
    mean_range: float | None = None
    range_limit: float | None = None
    points: int = 0

    @property
    def trial(self) -> bool:
        """Whether there are so few points that the limits are only a first try."""
        return self.points < TRIAL_BELOW


@dataclass(frozen=True, slots=True)
class Xmr:
    """What an XmR chart shows. Points are counted from 0, gaps included.

    ``signals`` holds, by the rule's name, the points that belong to a signal. ``variation`` says of each
    point ``common cause``, ``improvement`` or ``concern`` (``high`` or ``low`` where neither way is better,
    ``unusual pattern`` where a signal goes neither way), ``too few points``, or None for a gap.
    ``assurance`` says whether the last segment's limits lie on the good side of the target: ``yes``,
    ``sometimes``, ``not as it runs now``, ``too few points``; None without a target.
    """

    segments: tuple[Segment, ...] = ()
    signals: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    variation: tuple[str | None, ...] = ()
    assurance: str | None = None


class Taken(TypedDict, total=False):
    """How limits are taken from figures, signals found in them, and what of them is good."""

    rebase: Iterable[int]
    baseline: int | None
    screen: bool
    rules: str
    direction: str
    target: float | tuple[float | None, float | None] | None


def xmr(values: Iterable[float | None], **taken: Unpack[Taken]) -> Xmr:
    """Mean, natural limits and signals of figures in the order of time; None and NaN are gaps.

    ``rebase``: points, counted from 0, at which a new segment begins. ``baseline``: how many first points of
    a segment its limits are taken from, else all. ``screen``: leave out, once, moving ranges that are too
    large. ``rules``: ``nhs``, else ``wheeler``, ``weco`` or ``nelson``. ``direction``: which way is better:
    ``higher``, else ``lower``, or ``within`` the two bounds that ``target`` then gives (either may be None).

    Raises ValueError for a figure that is infinite, a rebase outside the figures, a baseline below 2, and
    unknown words; TypeError for an option that there is not.

    >>> found = xmr([50, 52, 49, 51, 50, 48, 51, 70], direction="lower", target=60)
    >>> found.signals["outside"], found.variation[-1], found.assurance
    ((7,), 'concern', 'sometimes')
    """
    only(taken, Taken)
    figures = [_figure(value) for value in values]
    starts = _starts(taken.get("rebase", ()), len(figures))
    direction, target = taken.get("direction", "higher"), taken.get("target")
    ways = Ways(taken.get("baseline"), taken.get("screen", False), taken.get("rules", "nhs"))
    _check(ways.baseline, ways.rules, direction, target)
    found = drawn(figures, starts, direction, ways)
    return replace(found, assurance=_assurance(found.segments, direction, target))


class Ways(NamedTuple):
    """How limits are taken and signals found: as `xmr` says, and from how many points on.

    ``quiet``: the points that the limits are taken from carry no marks of runs, for they made the mean.
    """

    baseline: int | None
    screen: bool
    rules: str
    too_few: int = TOO_FEW
    quiet: bool = False


def drawn(figures: Sequence[float | None], starts: Sequence[int], direction: str, ways: Ways) -> Xmr:
    """The same from figures and starts of segments that are known to be sound; without assurance."""
    baseline, screen, rules, too_few, quiet = ways
    segments: list[Segment] = []
    signals: dict[str, list[int]] = {name: [] for name in RULE_SETS[rules]}
    variation: list[str | None] = [None] * len(figures)
    for start, end in zip(starts, [*starts[1:], len(figures)][: len(starts)], strict=True):
        places = [at for at in range(start, end) if figures[at] is not None]
        held = [value for value in figures[start:end] if value is not None]
        limits = natural_limits(held, baseline, screen) if held else None
        segments.append(_segment(start, end - 1, limits, len(held)))
        found: Mapping[str, Mapping[int, int]] = {}
        if limits is not None and len(held) >= too_few:
            found = find(points_of(held, limits), RULE_SETS[rules])
            found = without_runs(found, baseline or 0) if quiet else found
        for name, points in found.items():
            signals[name] += [places[at] for at in points]
        for at, place in enumerate(places):
            signal = named(found, at)
            common = COMMON if len(held) >= too_few else TOO_FEW_POINTS
            variation[place] = common if signal is None else word_of(signal[1], direction)
    told = {name: tuple(sorted(at)) for name, at in signals.items()}
    return Xmr(tuple(segments), told, tuple(variation))


def natural_limits(values: Sequence[float], baseline: int | None = None, screen: bool = False) -> Limits:
    """Mean and limits of at least one figure, from the first ``baseline`` figures if that is given."""
    used = values if baseline is None else values[:baseline]
    mean = math.fsum(used) / len(used)
    ranges = list(map(abs, map(sub, used[1:], used)))
    if not ranges:
        return Limits(mean)
    mean_range = math.fsum(ranges) / len(ranges)
    if screen and mean_range > 0:
        kept = [each for each in ranges if each < TO_RANGE_LIMIT * mean_range]
        mean_range = math.fsum(kept) / len(kept)
    return Limits(mean, TO_LIMIT * mean_range, mean_range)


def points_of(values: Sequence[float], limits: Limits) -> Points:
    """Figures as the rules see them, held against limits; needs two points or more."""
    mean = limits.mean
    dust = DUST * max(max(values), -min(values), abs(mean))
    return Points([value - mean for value in values], (limits.way or 0.0) / 3, dust)


def meets(
    lower: float, upper: float, direction: str, target: float | tuple[float | None, float | None]
) -> str:
    """Whether all figures between two limits meet a target, some do, or none: on target is met."""
    low, high = target if isinstance(target, tuple) else (target, None)
    if direction == "lower":
        low, high = None, low
    dust = DUST * max(abs(lower), abs(upper), abs(low or 0.0), abs(high or 0.0))
    if (low is not None and upper < low - dust) or (high is not None and lower > high + dust):
        return NOT_AS_IT_RUNS
    inside = (low is None or lower >= low - dust) and (high is None or upper <= high + dust)
    return MEETS if inside else SOMETIMES


def word_of(way: int, direction: str) -> str:
    """What a signal that goes up (1), down (-1) or neither way (0) means."""
    if not way:
        return PATTERN
    better = BETTER[direction]
    if not better:
        return HIGH if way > 0 else LOW
    return IMPROVEMENT if way == better else CONCERN


def _segment(start: int, end: int, limits: Limits | None, points: int) -> Segment:
    if limits is None:
        return Segment(start, end, None, None, None)
    mean, way, mean_range = limits
    if way is None or mean_range is None:
        return Segment(start, end, mean, None, None, points=points)
    return Segment(start, end, mean, mean - way, mean + way, mean_range, TO_RANGE_LIMIT * mean_range, points)


def _assurance(
    segments: Sequence[Segment], direction: str, target: float | tuple[float | None, float | None] | None
) -> str | None:
    if target is None:
        return None
    if not segments or segments[-1].points < TOO_FEW:
        return TOO_FEW_POINTS
    lower, upper = segments[-1].lower, segments[-1].upper
    assert lower is not None
    assert upper is not None
    return meets(lower, upper, direction, target)


def _figure(value: float | None) -> float | None:
    if value is None or value != value:  # NaN is the only figure that differs from itself
        return None
    figure = float(value)
    if math.isinf(figure):
        raise ValueError("A figure is infinite.")
    return figure


def _starts(rebase: Iterable[int], size: int) -> list[int]:
    starts = sorted({0, *rebase})
    if size and not 0 <= starts[0] <= starts[-1] < size:
        raise ValueError(f"A rebase lies outside the {size} figures, which are counted from 0.")
    return starts if size else []


def _check(
    baseline: int | None, rules: str, direction: str,
    target: float | tuple[float | None, float | None] | None,
) -> None:  # fmt: skip
    if baseline is not None and baseline < 2:
        raise ValueError("A baseline needs at least 2 points.")
    if rules not in RULE_SETS:
        raise ValueError(f"There is no rule set {rules}: choose {', '.join(RULE_SETS)}.")
    if direction not in BETTER:
        raise ValueError(f"There is no direction {direction}: choose {', '.join(BETTER)}.")
    if target is not None and isinstance(target, tuple) != (direction == "within"):
        raise ValueError("A target is one figure, and within a range the pair of its bounds.")
