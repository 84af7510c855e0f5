"""What a KPI's readings look like beside each other: slips, standing still, the periods that lack one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from qmsbook.book.book import frequency_of
from qmsbook.book.period import Frequency, Period, period_of, periods_between
from qmsbook.book.tables import Kpi
from qmsbook.methods.method import Series
from qmsbook.rules.ask import listed, slipped

#: Readings on either side that a figure is compared with.
_NEIGHBOURS = 3
#: Fewer other readings than this say nothing about what is usual.
_OTHERS = 2
#: What is not more than all once it is rounded.
_ALL = 100.05
#: Readings above 100 % are strange where so many times as many are not.
_RARELY = 5
#: The names of these say their days by themselves.
_PLAIN = frozenset({"weekly", "monthly"})


def spans(periods: Sequence[Period]) -> str:
    """All periods by name, those that follow each other as a span: ``2026-01 to 2026-04 and 2026-08``.

    Quarters, halves and years are printed with their months: they are fiscal.
    """
    runs: list[list[Period]] = []
    for period in periods:
        if runs and runs[-1][-1].last + timedelta(days=1) == period.first:
            runs[-1].append(period)
        else:
            runs.append([period])
    words: list[str] = []
    for run in runs:
        names = [period.text if period.frequency in _PLAIN else period.title for period in run]
        words += [f"{names[0]} to {names[-1]}"] if len(run) > 2 else names
    return listed(words, len(words))


def slips(series: Series, factor: float) -> Iterator[tuple[int, float]]:
    """The places of readings that slipped by a factor, each with what is usual around it.

    A figure has slipped if it is far off the median of its neighbours, as they stand, and of those neighbours
    that are not themselves far off the whole series: a right one between two wrong ones has not. Zeros and
    readings that cannot be used are nobody's neighbours.
    """
    held = [
        (at, abs(value))
        for at, value in enumerate(series.actual)
        if value and series.periods[at].text not in series.bad
    ]
    sizes = [size for _, size in held]
    if len(sizes) <= _NEIGHBOURS or max(sizes) * 2 <= min(sizes) * factor:
        return  # no two readings lie as far apart as a slip would put them
    usual = median(sizes)
    sound = [place for place, size in enumerate(sizes) if not slipped(size, usual, factor)]
    for place, (at, size) in enumerate(held):
        near = _around(range(len(sizes)), place)
        beside = median(sizes[other] for other in near)
        if len(near) < _NEIGHBOURS or not slipped(size, beside, factor):
            continue
        trusted = _around(sound, place)
        among = median(sizes[other] for other in trusted) if trusted else beside
        if slipped(size, among, factor):
            yield at, among


def _around(places: Sequence[int], place: int) -> list[int]:
    """The nearest few places before and after one."""
    before, after = [p for p in places if p < place], [p for p in places if p > place]
    return [*before[-_NEIGHBOURS:], *after[:_NEIGHBOURS]]


def standing(series: Series) -> tuple[int, int] | None:
    """The place of the last reading, and how often running it reads the same; None where nothing was read.

    Once only where the series is usually flat: where half of its earlier steps, or more, moved nothing.
    """
    held = [(at, value) for at, value in enumerate(series.actual) if value is not None]
    if not held:
        return None
    run = 1
    while run < len(held) and held[-1 - run][1] == held[-1][1]:
        run += 1
    earlier = [value for _, value in held[: len(held) - run]]
    still = sum(one == other for one, other in pairwise(earlier))
    flat = len(earlier) > _OTHERS and 2 * still >= len(earlier) - 1
    return held[-1][0], 1 if flat else run


def above_all(series: Series) -> list[int]:
    """The places of percents above 100 in a series in which nearly every reading is at most 100.

    Empty where there are too few others: two beside one, ten beside two, and so on.
    """
    held = [
        (at, value)
        for at, value in enumerate(series.actual)
        if value is not None and series.periods[at].text not in series.bad
    ]
    above = [at for at, value in held if value > _ALL]
    wanted = _OTHERS if len(above) == 1 else _RARELY * len(above)
    return above if len(held) - len(above) >= wanted else []


def as_its_own(kpi: Kpi, period: Period) -> str:
    """What a period of another frequency would be as one, or several, of the KPI's own."""
    wanted, start = frequency_of(kpi), period.fiscal_start
    if is_longer(kpi, period):
        return period_of(period.last, wanted, start).title
    return spans(periods_between(period.first, period.last, wanted, start))


def typed_otherwise(kpi: Kpi, periods: Sequence[Period]) -> str:
    """What to do with readings of another frequency; several lie in one period of the KPI's own."""
    own = as_its_own(kpi, periods[0])
    if len(periods) > 1:
        return f"Enter one figure for {own} in their place, or correct the KPI's *Frequency*."
    if is_longer(kpi, periods[0]):
        return f"Did you mean {own}? Correct the period, or the KPI's *Frequency*."
    return f"{periods[0].text} would be {own}: enter the figure of each, or correct the KPI's *Frequency*."


def is_longer(kpi: Kpi, period: Period) -> bool:
    """Whether a KPI's own periods are longer than one of another frequency."""
    return _ORDER.index(frequency_of(kpi)) > _ORDER.index(period.frequency)


_ORDER: tuple[Frequency, ...] = ("weekly", "monthly", "quarterly", "half-yearly", "yearly")
