"""Real change? Whether the last figure tells of a change, or moves as figures do of themselves (variation).

The last reading is held against natural limits by the rules of the *SPC rule set*. The limits come from the first
12 readings since the last *Rebase on* and are then kept (*Baseline points*; `all` takes them from every reading), so
that they show whether the process still runs as it did where it started. Those first readings made the mean: only what
lies outside the limits by itself is marked among them. The answers:

| answer | it says |
|---|---|
| **no, just noise** | nothing sets the last figure apart from the others |
| **no, it runs as always** | the same, and the KPI is off track: explaining one month won't help, changing the process will |
| **better (worse) than where we started (first 12 months)** | the last figure belongs to a signal that goes the good, or the bad, way |
| **really better**, **really worse** | the same, where the figure is one of those that the limits come from, or the signal is a trend, which tells nothing of the start |
| **back where we started (first 12 months)** | it lies within those limits again: a level that had held for 12 readings in between is lost, or a worse one over |
| **slipping back (recovering), still better (worse) than where we started** | such a level is lost, or over, but not all of the way |
| **higher**, **lower**, **really higher**, **really lower** | the same, where neither way is better |
| **unusual pattern** | a signal that goes neither way |
| **too few points** | fewer than 5 readings |
| **not for rolling figures** | a running figure follows itself, so that limits would find a change where there is none |
| **too few years** | a seasonal figure without 24 months |
| **rare events** | more than 40 % of the readings are zero: limits would be wrong, so the sum of 12 months and the time since the last event are told |

A total over years only grows, so nothing is asked of it.

Where a shift has held for 12 readings, a new segment is proposed, never made, and *Still improving?* is asked of the
last 12 of them by limits of their own: *yes*, *no, level*, or *no, it is slipping back*.

With fewer than 12 readings *(trial limits)* stands behind the answer: the limits are only a first try. The
limits of a seasonal figure rest on figures with the season taken out: each month's mean way from the line
through the years. Limits are drawn no further than what is possible. A day in *Rebase on* begins a new segment with the
first period that ends on it or later.
"""  # noqa: E501  # rows of a table

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi
from qmsbook.book.words import figure, plural, two
from qmsbook.methods.levels import held_for, lost_level
from qmsbook.methods.method import NOUNS as NOUNS  # sentences look for it here
from qmsbook.methods.method import Series, Status
from qmsbook.methods.natural import (
    RARE_EVENTS,
    ROLLING_FIGURES,
    TOO_FEW_YEARS,
    Readings,
    bounded,
    possible,
    readings_of,
)
from qmsbook.methods.plan import SINCE_START
from qmsbook.methods.signals import RULE_SETS, Points, find, lasting, named
from qmsbook.methods.xmr import (
    BETTER,
    COMMON,
    CONCERN,
    HIGH,
    IMPROVEMENT,
    LOW,
    PATTERN,
    Limits,
    natural_limits,
    points_of,
    word_of,
)

#: The answers in plain words.
ANSWERS = {
    COMMON: "no, just noise", IMPROVEMENT: "really better", CONCERN: "really worse", HIGH: "really higher",
    LOW: "really lower", PATTERN: "unusual pattern",
}  # fmt: skip
TRIAL_WORDS = " (trial limits)"
#: What stands in place of ``just noise`` beside a KPI that is off track: nobody is to take it for harmless.
AS_IT_RUNS = "no, it runs as always"
#: How the last figures stand to those that the limits are kept from.
_WAYS = {IMPROVEMENT: "better", CONCERN: "worse", HIGH: "higher", LOW: "lower"}
#: No rule looks further back than this many points.
_LOOK_BACK = 16


def variation(book: Book, series: Series) -> Status:
    """Whether the last figure of a KPI tells of a real change."""
    kpi = series.kpi
    if kpi.active is False or kpi.target_is == SINCE_START:
        return Status(kpi.id, "variation", "", "none", "")
    found = readings_of(book, series)
    if found.why_not:
        reason, figures = why_no_limits(book, series, found)
        return Status(kpi.id, "variation", found.why_not, "none", reason, {"answer": found.why_not} | figures)
    limits, trial = limits_of(book, found)
    points = points_of(found.last, limits)
    size, base = len(points.away), book.settings.baseline_points
    started = _started(series, found, base) if base is not None and size > base else ""
    signal, by_trend = _signal(book, points, alone=base is not None and not started)
    lost = lost_level(book, found, points) if started else None
    if lost is not None and signal is not None and signal[1] == lost.way and not by_trend:
        lost = None  # the signal says more: it is worse than where it started, too
    way = limits.way or 0.0
    told = lost.way if lost is not None else signal[1] if signal is not None else None
    answer = COMMON if told is None else word_of(told, _direction(kpi.direction))
    against = "" if by_trend else started
    figures = {
        "answer": answer, "points": float(size), "trial": float(trial), "mean": limits.mean,
        "lower": limits.mean - way, "upper": limits.mean + way,
    }  # fmt: skip
    if lost is not None:
        inside = abs(points.away[-1]) <= way + points.dust
        figures |= {"signal": "level", "because": lost.said(answer), "so": lost.so(answer, started, inside)}
        reason = f"{_upper(lost.said(answer))}, {figures['so']}."
    elif signal is None:
        span = between(limits, bounded(kpi, found.values))
        reason = (
            f"In its {started} it moved between {span} of itself, and the last reading lies within: no real "
            "change against then."
            if started
            else f"The last {plural(size, 'reading')} move between {span} of themselves: no real change."
        )
    else:
        figures |= {"signal": signal[0], "because": because(points, *signal), "so": so(answer, against)}
        reason = f"{_upper(str(figures['because']))}, {figures['so']}."
    figures |= _new_level(book, series, found, points, answer) if against and lost is None else {}
    word = _word(answer, against) if lost is None else lost.word(answer, started, inside)
    word += TRIAL_WORDS if trial else ""
    reason += _proposal(series, figures) + _rests(trial, found)
    return Status(kpi.id, "variation", word, "none", reason, figures)


def _signal(book: Book, points: Points, alone: bool) -> tuple[tuple[str, int] | None, bool]:
    """The signal at the last point, and whether it is a trend that nothing but itself bears out.

    ``alone``: the point is one of those that made the limits, so no run counts.
    """
    rules = RULE_SETS[book.settings.spc_rule_set]
    tail = Points(points.away[-_LOOK_BACK:], points.third, points.dust)
    found = find(tail, {"outside": rules["outside"]} if alone else rules)
    last = len(tail.away) - 1
    signal = named(found, last)
    if signal is None or signal[0] != "trend":
        return signal, False
    others = named({name: ways for name, ways in found.items() if name != "trend"}, last)
    if others is not None and others[1] == -signal[1]:
        return others, False  # it comes nearer, and stands where it stands
    return signal, others is None or others[1] != signal[1]


def _started(series: Series, found: Readings, base: int) -> str:
    """What the limits are kept from, in words: ``first 12 months``, ``first 12 months since March 2025``."""
    since = f" since {series.periods[found.at[found.starts[-1]]].spoken}" if found.starts[-1] else ""
    return f"first {base} {NOUNS[series.kpi.frequency]}s{since}"


def _word(answer: str, started: str) -> str:
    way = _WAYS.get(answer, "")
    return f"{way} than where we started ({started})" if way and started else ANSWERS[answer]


def _new_level(
    book: Book, series: Series, found: Readings, points: Points, answer: str
) -> dict[str, float | str | None]:
    """Where a shift has held for as many points as limits need: since when, and how the last of them move."""
    base, way = book.settings.baseline_points or 0, _direction(series.kpi.direction)
    held = held_for(points, base)
    if answer not in _WAYS or held < base:
        return {}
    last = found.last[-base:]
    latest = points_of(last, natural_limits(last, None, book.settings.screen_moving_ranges))
    signal, _ = _signal(book, latest, alone=False)
    still = COMMON if signal is None else word_of(signal[1], way)
    begin = series.periods[found.at[-held]].first
    return {"new level": begin.isoformat(), "held": float(held), "still": still}


def _proposal(series: Series, figures: Mapping[str, float | str | None]) -> str:
    """The new segment that is proposed, and what is asked of the last readings; blank where there is none."""
    begin = figures.get("new level")
    if not isinstance(begin, str):
        return ""
    held = plural(int(figures["held"] or 0), NOUNS[series.kpi.frequency])
    return (
        f" It has held for {held}: new limits from {begin} may tell more (Rebase on). {still_words(figures)}"
    )


def still_words(figures: Mapping[str, float | str | None]) -> str:
    """``Still improving? No, level.``: what the last readings of a new level say; blank without one."""
    still, answer = figures.get("still"), str(figures.get("answer"))
    if still is None:
        return ""
    asked = {IMPROVEMENT: "Still improving?", CONCERN: "Still getting worse?"}.get(answer, "Still moving?")
    if still == answer:
        return f"{asked} Yes."
    back = {IMPROVEMENT: "it is slipping back", CONCERN: "it is getting better"}
    return f"{asked} No, {back[answer] if still in (IMPROVEMENT, CONCERN) else 'level'}."


def limits_of(book: Book, found: Readings) -> tuple[Limits, bool]:
    """The limits of the last segment, and whether they are only a first try."""
    settings = book.settings
    limits = natural_limits(found.last, settings.baseline_points, settings.screen_moving_ranges)
    return limits, len(found.last) < settings.trial_limits_below


def because(points: Points, rule: str, way: int) -> str:
    """What was seen, as a clause: ``the last 7 points lie below the mean``."""
    side, end = ("above", "upper") if way > 0 else ("below", "lower")
    match rule:
        case "outside":
            return f"the last point lies {side} the natural limits"
        case "trend":
            moves = "rise" if way > 0 else "fall"
            return f"the last {lasting(points, 'trend')} points {moves} one after another"
        case "shift":
            return f"the last {lasting(points, 'shift')} points lie {side} the mean"
        case "two_of_three":
            return f"2 of the last 3 points lie close to the {end} natural limit"
        case "three_of_four":
            return f"3 of the last 4 points lie nearer the {end} natural limit than the mean"
        case "four_of_five":
            return f"4 of the last 5 points lie well {side} the mean"
        case "alternating":
            return "the last 14 points go up and down in turn"
        case "hugging":
            return "the last 15 points keep closer to the mean than noise would"
        case _:
            return "the last 8 points keep away from the mean"


def so(answer: str, started: str = "") -> str:
    """What a signal means: ``so this is a real change, not noise``; ``started``: where limits are from."""
    if started and answer in _WAYS:
        return f"so it is {_WAYS[answer]} than in its {started}"
    if answer == PATTERN:
        return "so something other than noise is at work"
    better = " for the better" if answer == IMPROVEMENT else ""
    return f"so this is a real change{better}, not noise"


def beside(change: Status, off: bool) -> Status:
    """The answer as it stands beside a status; beside one that is off track nothing is *just* noise."""
    if not off or change.figures.get("answer") != COMMON:
        return change
    return replace(change, word=change.word.replace(ANSWERS[COMMON], AS_IT_RUNS))


def as_it_runs(change: Status | None, one: str) -> str:
    """What is said of a KPI that is off track while nothing has changed; blank where that is not so.

    ``one`` is what a single period is called: ``month``.
    """
    if change is None or change.figures.get("answer") != COMMON or change.figures["trial"]:
        return ""
    return (
        f"This is how the process normally runs: explaining one {one} won't help, changing the process will."
    )


def clause(change: Status | None, missed: bool, off: bool = False) -> str:
    """What a status sentence adds about change: blank where nothing can be said.

    ``missed``: the figure is behind its plan, so that noise is worth a word too; ``off``: it is off track,
    so that nothing is called noise.
    """
    if change is None or "trial" not in change.figures:
        return ""
    trial = " (by trial limits)" if change.figures["trial"] else ""
    seen = change.figures.get("because")
    if seen is None and off:
        return f"; so far this is how the process runs{trial}"
    if seen is None:
        noise = f"; it moves within its natural limits, so this is noise, not a change{trial}"
        return noise if missed else ""
    still = still_words(change.figures)
    return f"; {seen}, {change.figures['so']}{trial}" + (f". {still[:-1]}" if still else "")


def between(limits: Limits, kpi: Kpi) -> str:
    """Natural limits in words, no further than what is possible: ``84 and 92 %``."""
    way = limits.way or 0.0
    return two(possible(kpi, limits.mean - way), possible(kpi, limits.mean + way), kpi.unit)


def why_no_limits(book: Book, series: Series, found: Readings) -> tuple[str, dict[str, float | str | None]]:
    """Why there are no natural limits, and the figures that are told instead."""
    settings = book.settings
    if found.why_not == RARE_EVENTS:
        return _rare(series, found)
    if found.why_not == ROLLING_FIGURES:
        return "A running figure carries its past along, so natural limits would mislead.", {}
    if found.why_not == TOO_FEW_YEARS:
        return f"A seasonal figure is judged from {settings.seasonal_from_months} months on.", {}
    count = len(found.last)
    since = " since the rebase" if found.starts[-1] else ""
    return f"{plural(count, 'reading')}{since}; change is judged from {settings.too_few_points} on.", {}


def _rare(series: Series, found: Readings) -> tuple[str, dict[str, float | str | None]]:
    """How many events there were in 12 months, and how long ago the last was."""
    kpi, end = series.kpi, series.periods[found.at[-1]].last
    ages = [_months(series.periods[place].last, end) for place in found.at]
    recent = [value for value, age in zip(found.values, ages, strict=True) if age < 12]
    total = math.fsum(recent) if kpi.aggregation == "sum" else float(len(recent) - recent.count(0.0))
    told = (
        figure(total, kpi.unit) if kpi.aggregation == "sum" else f"{plural(int(total), 'reading')} above zero"
    )
    events = [(place, age) for place, value, age in zip(found.at, found.values, ages, strict=True) if value]
    figures: dict[str, float | str | None] = {"in 12 months": total}
    if not events:
        return f"Rare events: none in {plural(ages[0] + 1, 'month')}.", figures
    place, age = events[-1]
    figures["months since"] = float(age)
    ago = f", {plural(age, 'month')} before the last reading" if age else ""
    return f"Rare events: {told} in 12 months; the last in {series.periods[place].spoken}{ago}.", figures


def _months(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _rests(trial: bool, found: Readings) -> str:
    season = " The season is taken out." if found.factors else ""
    few = f" With {plural(len(found.last), 'reading')} the limits are only a first try." if trial else ""
    return season + few


def _direction(direction: str) -> str:
    return direction if direction in BETTER else "within"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
