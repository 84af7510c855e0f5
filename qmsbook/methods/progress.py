"""Progress: the share of the way from baseline to target.

(actual - baseline) / (target - baseline): 0 % at the baseline, 100 % at the target, below or above where the
figure is. It stands in a column of its own, and does not decide a status. Of what is not on track and below
0 % the Reason says in words that it is further from the target than where it started.

A total over years that is to stay low has no way to go, and a small count has none before its year is over.

Where the target is no better than the baseline there is no way to go: the target is to be held. Progress is
blank, pages say *hold*, and the status is judged as always. A range has no way either.
"""

from __future__ import annotations

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi
from qmsbook.book.words import percent
from qmsbook.methods.method import LEVELS, Series, Status
from qmsbook.methods.plan import SINCE_START, year_of

#: What pages say where a target is only to be held.
HOLD = "hold"
#: What sentences say of less than nothing of the way.
FURTHER = "It is further from the target than where it started."


def progress(actual: float | None, baseline: float | None, target: float | None) -> float | None:
    """How much of the way is done: 0 at the baseline, 1 at the target, unclamped; None where there is no way.

    >>> progress(90, 85, 95), progress(20, 32, 16), progress(5, 5, 5)
    (0.5, 0.75, None)
    """
    if actual is None or baseline is None or target is None or baseline == target:
        return None
    return (actual - baseline) / (target - baseline)


def holds(kpi: Kpi) -> bool:
    """Whether a target is only to be held, for it is no better than where the KPI started."""
    if (
        kpi.target_is == SINCE_START
        or kpi.baseline is None
        or kpi.target is None
        or kpi.direction not in {"higher", "lower"}
    ):
        return False
    return kpi.target <= kpi.baseline if kpi.direction == "higher" else kpi.target >= kpi.baseline


def _has_a_way(series: Series) -> bool:
    """Whether what is judged has a start and an end; a small count has them when its year is over."""
    kpi, at = series.kpi, series.at
    if kpi.direction == "within" or (kpi.target_is == SINCE_START and kpi.direction != "higher"):
        return False
    if at not in series.small:
        return True
    return series.periods[at].last == year_of(series.periods[at].last, series.periods[at].fiscal_start).last


def way_done(book: Book, series: Series) -> Status:
    """Progress as an answer: of the reading that is judged now, blank without one."""
    kpi = series.kpi
    if holds(kpi):
        return Status(kpi.id, "progress", HOLD, "none", "The target is to be held: there is no way to go.")
    share = _share(series)
    if share is None:
        return Status(kpi.id, "progress", "", "none", "")
    text = FURTHER if further_away(series) else f"{percent(share)} of the way from baseline to target."
    return Status(kpi.id, "progress", percent(share), "none", text, {"progress": share})


def further_away(series: Series) -> bool:
    """Whether a KPI stands further from its target than where it started: no share of the way tells that."""
    share = None if holds(series.kpi) else _share(series)
    return share is not None and percent(share).startswith("-")


def _share(series: Series) -> float | None:
    at, kpi = series.at, series.kpi
    if not _has_a_way(series) or at is None or series.words[at] not in LEVELS or not series.times[at]:
        return None
    held = series.held[at]
    # A running total is carried forward to its whole span, for so the target is meant.
    actual = None if held is None else held / series.times[at]
    return progress(actual, kpi.baseline, kpi.target)
