"""Start: where a KPI's plan sets out from, if its row does not say.

Without a *Baseline* the first 3 readings that can be used (*Setting baseline periods*) read *Setting baseline*.
From then on the plan runs from their mean, dated at the end of the last of them, to the target; a ratio's mean is
the ratio of the sums. Of a total over a span each reading counts for the whole span. A baseline without a day
stands for the day before the first reading.

A total over years starts from zero where no *Baseline* says otherwise.

Until the way is known there is no plan: what is to be reached in a later year is not asked for today.
"""  # noqa: E501  # as docs show it

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.tables import Kpi
from qmsbook.methods.plan import SINCE_START, Plan, moves
from qmsbook.methods.values import fold


class Start(NamedTuple):
    """A KPI as its figures are judged, its start filled in; ``setting`` are the readings that show it.

    ``found`` is the baseline that they gave; None where one is typed, and while there are too few.
    """

    kpi: Kpi
    setting: frozenset[int] = frozenset()
    found: float | None = None


def needs_baseline(kpi: Kpi) -> bool:
    """Whether the first readings set the baseline; what has no way does not ask where one started."""
    return kpi.baseline is None and kpi.target is not None and moves(kpi) and kpi.target_is != SINCE_START


def start_of(
    book: Book, plan: Plan, periods: Sequence[Period], places: Sequence[int],
    actual: Sequence[float | None], bad: Mapping[str, str],
) -> Start:  # fmt: skip
    """The start of a KPI by its readings, which come in the order of time."""
    kpi = plan.kpi
    if plan.starts_small:
        return Start(kpi.changed(trajectory="flat"))
    if not moves(kpi) or (kpi.baseline is not None and kpi.baseline_on is not None):
        return Start(kpi)
    usable = [
        (at, period, value)
        for at, (period, value) in enumerate(zip(periods, actual, strict=True))
        if value is not None and period.text not in bad and period.last < book.on
        and not (kpi.baseline_on and period.last <= kpi.baseline_on)
    ]  # fmt: skip
    if not needs_baseline(kpi):
        if kpi.target_is == SINCE_START and kpi.baseline is None:
            kpi = kpi.changed(baseline=0.0)
        begun = usable and kpi.baseline is not None and kpi.baseline_on is None
        day = usable[0][1].first - timedelta(days=1) if begun else None
        return Start(kpi.changed(baseline_on=day) if day else kpi)
    wanted = book.settings.setting_baseline_periods
    first = usable[:wanted]
    setting = frozenset(at for at, _, _ in first)
    if len(first) < wanted:
        return Start(kpi, setting)
    whole = [value / plan.share(period, 1) for _, period, value in first]
    kind = "ratio" if kpi.aggregation == "ratio" else "average"
    mean = fold(kpi.changed(aggregation=kind), book.measurements, [places[at] for at in setting], whole)
    if mean is None:  # a ratio of which only the value is known
        mean = fold(kpi.changed(aggregation="average"), book.measurements, [], whole)
    return Start(kpi.changed(baseline=mean, baseline_on=first[-1][1].last), setting, mean)
