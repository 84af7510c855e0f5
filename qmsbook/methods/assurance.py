"""Can it meet the target? Whether the target lies where the process moves of itself (assurance).

It is said only where the target counts now: the trajectory is flat, the target is a range, or *Target on* has
come (or is blank).

| answer | it says |
|---|---|
| **yes** | both natural limits of the last segment lie on the good side of the target |
| **sometimes** | the target lies between the limits: it is met or missed by chance |
| **not as it runs now** | both limits lie on the bad side: only a change of the process can reach it |
| **already capable** | the target date is still to come, and the process could meet the target today |
| **change needed by** its date | the target date is still to come, and as the process runs now it would not be met each time |

Where the last figure contradicts its limits (it meets a target that they call out of reach, or misses one that
they call safe), the process has changed since, and the answer is **sometimes**. The limits of a seasonal figure
are those of its best and its worst month. Where there are no limits, the answer says why, as under *Real change?*.
"""  # noqa: E501  # rows of a table

from __future__ import annotations

from typing import TypeAlias

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi
from qmsbook.book.words import day_words, figure, span_words, two
from qmsbook.methods.method import Series, Status
from qmsbook.methods.natural import Readings, bounded, possible, readings_of
from qmsbook.methods.plan import SINCE_START, moves
from qmsbook.methods.signals import DUST
from qmsbook.methods.variation import TRIAL_WORDS, limits_of, why_no_limits
from qmsbook.methods.xmr import MEETS, NOT_AS_IT_RUNS, SOMETIMES, meets

CAPABLE, CHANGE_NEEDED = "already capable", "change needed by"
#: A figure to reach, or the bounds of a range.
Goal: TypeAlias = float | tuple[float | None, float | None]


def assurance(book: Book, series: Series) -> Status:
    """Whether the process, as it runs now, can meet the KPI's target."""
    kpi = series.kpi
    goal = goal_of(book, series)
    if not kpi.judged or goal is None or kpi.target_is == SINCE_START:
        return Status(kpi.id, "assurance", "", "none", "")
    found = readings_of(book, series)
    if found.why_not:
        reason, figures = why_no_limits(book, series, found)
        return Status(kpi.id, "assurance", found.why_not, "none", reason, {"answer": found.why_not} | figures)
    lower, upper, trial = _reach(book, found)
    passed = _to_pass(kpi, goal, max(abs(lower), abs(upper)))
    told = meets(lower, upper, kpi.direction, passed)
    last = series.actual[found.at[-1]]
    assert last is not None
    changed = {MEETS: NOT_AS_IT_RUNS, NOT_AS_IT_RUNS: MEETS}.get(told) == meets(
        last, last, kpi.direction, passed
    )
    answer, word = _answer(book, kpi, SOMETIMES if changed else told)
    ends = bounded(kpi, found.values)
    said = possible(ends, lower), possible(ends, upper)
    reason = _reason(kpi, answer, *said, goal, last if changed else None)
    figures = {"answer": answer, "lower": lower, "upper": upper, "trial": float(trial)}
    return Status(kpi.id, "assurance", word + (TRIAL_WORDS if trial else ""), "none", reason, figures)


def counts_now(book: Book, kpi: Kpi) -> bool:
    """Whether the target itself is to be met now, rather than a plan that is still on its way to it."""
    if not moves(kpi) or kpi.target_on is None:
        return True
    return book.on >= kpi.target_on


def goal_of(book: Book, series: Series) -> Goal | None:
    """What is to be met: the bounds of a range, the plan of the last period where the target counts now."""
    kpi, at = series.kpi, series.latest
    if kpi.direction == "within":
        bounds = series.bounds(at)
        return None if bounds == (None, None) else bounds
    if kpi.direction not in {"higher", "lower"}:
        return None
    if at is not None and book.targets_of.get(kpi.id) and counts_now(book, kpi):
        due = kpi.target_on is None or not moves(kpi) or series.periods[at].last >= kpi.target_on
        if due and series.plan[at] is not None:
            return series.plan[at]
    return kpi.target


def _to_pass(kpi: Kpi, goal: Goal, reach: float) -> Goal:
    """What is to be reached where a bound itself does not do: a hair beyond it, on the good side.

    ``reach`` is the largest of the figures: a hair of it is more than the dust of binary fractions.
    """
    if not kpi.strict:
        return goal
    if isinstance(goal, tuple):
        low, high = goal
        beyond = low if low is None or "low" not in kpi.strict else low + _hair(low, reach)
        return beyond, high if high is None or "high" not in kpi.strict else high - _hair(high, reach)
    return goal + _hair(goal, reach) if kpi.direction == "higher" else goal - _hair(goal, reach)


def _hair(bound: float, reach: float) -> float:
    return 4 * DUST * max(abs(bound), reach)


def _reach(book: Book, found: Readings) -> tuple[float, float, bool]:
    """Between which limits the figures move: those of a seasonal one in its lowest and its highest month."""
    limits, trial = limits_of(book, found)
    away = found.factors.values()
    way = limits.way or 0.0
    return limits.mean - way + min(away, default=0.0), limits.mean + way + max(away, default=0.0), trial


def _answer(book: Book, kpi: Kpi, told: str) -> tuple[str, str]:
    if counts_now(book, kpi):
        return told, told
    assert kpi.target_on is not None
    if told == MEETS:
        return CAPABLE, CAPABLE
    return CHANGE_NEEDED, f"{CHANGE_NEEDED} {day_words(kpi.target_on)}"


def _reason(kpi: Kpi, answer: str, lower: float, upper: float, goal: Goal, odd: float | None) -> str:
    """``odd`` is the last figure, where it contradicts its limits."""
    if isinstance(goal, tuple):
        target = f"the range of {span_words(*goal, kpi.unit)}"
    else:
        target = f"the target of {figure(goal, kpi.unit)}"
    if lower < upper:
        head = f"As it runs, the figures move between {two(lower, upper, kpi.unit)}: {target} "
    else:  # later ones may differ: limits are taken once
        head = f"The figures that its limits come from are all {figure(lower, kpi.unit)}: {target} "
    if odd is not None:
        last = figure(odd, kpi.unit)
        return (
            f"{head}lies outside, yet the last one is {last}. Find out what happened; if the process itself "
            "was changed, new limits from then on tell more (Rebase on)."
        )
    match answer:
        case "yes" | "already capable":
            return f"{head}is met each time."
        case "sometimes":
            return f"{head}is met or missed by chance."
        case "not as it runs now":
            return f"{head}is not met without a change of the process."
        case _:
            return (
                f"{head}asks for a change of the process by {day_words(kpi.target_on)}."
                if kpi.target_on
                else head
            )
