"""Progress: the share of the way from baseline to target.

(actual - baseline) / (target - baseline): 0 % at the baseline, 100 % at the target, below or above where the
figure is. It stands in a column of its own, and does not decide a status.
"""

from __future__ import annotations

from qmsbook.book.book import Book
from qmsbook.book.words import percent
from qmsbook.methods.method import LEVELS, Series, Status


def progress(actual: float | None, baseline: float | None, target: float | None) -> float | None:
    """How much of the way is done: 0 at the baseline, 1 at the target, unclamped; None where there is no way.

    >>> progress(90, 85, 95), progress(20, 32, 16), progress(5, 5, 5)
    (0.5, 0.75, None)
    """
    if actual is None or baseline is None or target is None or baseline == target:
        return None
    return (actual - baseline) / (target - baseline)


def way_done(book: Book, series: Series) -> Status:
    """Progress as an answer: of the reading that is judged now, blank without one."""
    kpi, at = series.kpi, series.at
    share = None
    if at is not None and series.words[at] in LEVELS and series.times[at]:
        held = series.held[at]
        # A running total is carried forward to its whole span, for so the target is meant.
        actual = None if held is None else held / series.times[at]
        share = progress(actual, kpi.baseline, kpi.target)
    if share is None:
        return Status(kpi.id, "progress", "", "none", "")
    text = f"{percent(share)} of the way from baseline to target."
    return Status(kpi.id, "progress", percent(share), "none", text, {"progress": share})
