"""A KPI's chart as data: figures, plan, natural limits and signals, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from qmsbook.book.book import Book, by_calendar
from qmsbook.book.period import Period
from qmsbook.book.spans import rolls
from qmsbook.book.tables import Kpi
from qmsbook.book.words import again, figure, listed, plural, span_words, two
from qmsbook.methods import chart
from qmsbook.methods.method import Series
from qmsbook.methods.natural import Chart as Natural
from qmsbook.methods.plan import SINCE_START
from qmsbook.methods.totals import months_so_far, part_read, year_read
from qmsbook.methods.xmr import CONCERN, HIGH, IMPROVEMENT, LOW, PATTERN
from qmsbook.sections.section import Chart

_V = TypeVar("_V")
#: A chart shows so many periods at most: two years of months, and the month before.
SHOWN = 25
#: Above so many periods only every second or fourth one is named, so there is one more than a multiple of
#: four: then the last has its name.
NAMED = 13
#: What a signal says, in the order in which they are told.
SIGNALS = {
    IMPROVEMENT: "really better", CONCERN: "really worse", HIGH: "really higher", LOW: "really lower",
    PATTERN: "in an unusual pattern",
}  # fmt: skip


def kpi_chart(book: Book, series: Series, word: str, most: int = SHOWN, brief: bool = False) -> Chart | None:
    """The chart of a KPI whose status is ``word``; None if none of its last periods was read.

    It shows so many periods at ``most``; a ``brief`` title is for where there is little room. A period
    without a row is a gap, like one without a figure.
    """
    kpi, natural = series.kpi, chart(book, series)
    shown = _shown(series, most)
    actual = _at(series.held, shown)
    if all(value is None for value in actual):
        return None
    last = max(at for _, at in shown if at is not None and series.held[at] is not None)
    labels = tuple(label(period) for period, _ in shown)
    variation, within = _at(natural.variation, shown), kpi.direction == "within"
    begins = tuple(place for place, (_, at) in enumerate(shown) if place and at in natural.begins)
    said = [
        _course(series, last, labels, actual, word),
        _limits(kpi, natural),
        *_signals(labels, variation),
        f"The limits begin anew in {listed([labels[place] for place in begins])}." if begins else "",
    ]
    return Chart(
        title=f"{kpi.name}: {(_briefly if brief else _now)(series, last)}{_stands(word)}",
        alt=" ".join(part for part in said if part),
        unit=kpi.unit,
        labels=labels,
        actual=actual,
        plan=() if within else _at(series.plan, shown),
        mean=_at(natural.mean, shown),
        lower=_at(natural.lower, shown),
        upper=_at(natural.upper, shown),
        variation=variation,
        begins=begins,
        low=_bound(series, shown, 0),
        high=_bound(series, shown, 1),
    )


def _shown(series: Series, most: int) -> list[tuple[Period, int | None]]:
    """The last periods up to the last with a row, each with its place in the series, if it has a row."""
    if not series.periods:
        return []
    if not by_calendar(series.kpi):
        read: list[tuple[Period, int | None]] = [(each, at) for at, each in enumerate(series.periods)]
        return read[-most:]
    places = {period.text: at for at, period in enumerate(series.periods)}
    period, first = series.periods[-1], series.periods[0].first
    found: list[tuple[Period, int | None]] = []
    while len(found) < most and period.first >= first:
        found.append((period, places.get(period.text)))
        period = period.previous
    spare = (len(found) - 1) % 4 if len(found) > NAMED else 0
    return found[::-1][spare:]


def _bound(series: Series, shown: Sequence[tuple[Period, int | None]], side: int) -> tuple[float | None, ...]:
    """The lowest, or highest, good value of each period; nothing where there is no range."""
    if series.kpi.direction != "within":
        return ()
    found: list[float | None] = []
    for _, at in shown:
        found.append(found[-1] if at is None and found else series.bounds(at)[side])
    return tuple(found) if any(value is not None for value in found) else ()


def _at(values: Sequence[_V | None], shown: Sequence[tuple[Period, int | None]]) -> tuple[_V | None, ...]:
    return tuple(None if at is None else values[at] for _, at in shown)


def label(period: Period) -> str:
    """A period on an axis: ``Sep 26``, ``2026-Q3``."""
    return f"{period.months[:3]} {period.last:%y}" if period.frequency == "monthly" else period.text


def _now(series: Series, at: int, when: str = "") -> str:
    """A figure of a series against what was wanted: ``82 % against 90 % planned``."""
    kpi, value, planned = series.kpi, series.held[at], series.plan[at]
    said = ("not read" if value is None else figure(value, kpi.unit)) + when
    if kpi.direction == "within":
        span = span_words(*series.bounds(at), kpi.unit)
        return f"{said} against a range of {span}" if span else said
    if planned is None:
        return said
    if kpi.target_is == "year to date" and value is not None:  # a part of the year beside its plan
        said = f"{said} in {year_read(series, at)}"
    year = " for the year" if at in series.small else ""
    return f"{said} against {figure(planned, kpi.unit)} planned{year}"


def _briefly(series: Series, at: int) -> str:
    """The same with fewer words: ``82 %, plan 90 %``."""
    within = series.kpi.direction == "within"
    return _now(series, at) if within or series.held[at] is None else beside_plan(series, at)


def beside_plan(series: Series, at: int) -> str:
    """A figure beside its plan, with the span that it is of where that is not its period's own.

    ``82 %, plan 90 %``, ``8.2 %, good: 7 to 9 %``, ``4 complaints in Jan-Oct 2026, plan 4 for the year``.
    """
    kpi, value, planned = series.kpi, series.held[at], series.plan[at]
    assert value is not None
    said = f"{figure(value, kpi.unit)}{_over(series, at)}"
    if kpi.direction == "within":
        span = span_words(*series.bounds(at), kpi.unit)
        return f"{said}, good: {span}" if span else said
    if planned is None:
        return said
    year = " for the year" if at in series.small else ""
    wanted = again if _over(series, at) else figure
    return f"{said}, plan {wanted(planned, kpi.unit)}{year}"


def _over(series: Series, at: int) -> str:
    """The span of a running figure; blank where a figure is its period's own."""
    target_is = series.kpi.target_is
    if months := rolls(target_is):
        part = part_read(series, at, months)
        return f" in {part}" if part else f" over {months} months"
    if target_is == "year to date":
        return f" in {months_so_far(series.periods[at])}"
    return " so far" if target_is == SINCE_START else ""


def _stands(word: str) -> str:
    return f", {word.lower()}" if word else ""


def _course(
    series: Series, last: int, labels: Sequence[str], actual: Sequence[float | None], word: str
) -> str:
    kpi = series.kpi
    read = [(name, value) for name, value in zip(labels, actual, strict=True) if value is not None]
    start = f"from {figure(read[0][1], kpi.unit)} in {read[0][0]} to " if len(read) > 1 else ""
    now = _now(series, last, "" if kpi.target_is == "year to date" else f" in {read[-1][0]}")
    name = f"{kpi.name} ({kpi.id})" if kpi.id else kpi.name
    return f"Line chart of {name}, {plural(len(labels), 'period')}: {start}{now}{_stands(word)}."


def _limits(kpi: Kpi, natural: Natural) -> str:
    if natural.why_not:
        return f"No natural limits: {natural.why_not}."
    last = natural.at[-1]
    mean, lower, upper = natural.mean[last], natural.lower[last], natural.upper[last]
    if mean is None or lower is None or upper is None:
        return ""
    return f"Of itself it moves between {two(lower, upper, kpi.unit)} around {figure(mean, kpi.unit)}."


def _signals(labels: Sequence[str], variation: Sequence[str | None]) -> Iterator[str]:
    for answer, words in SIGNALS.items():
        found = [name for name, told in zip(labels, variation, strict=True) if told == answer]
        if found:
            where = listed(found) if len(found) < 4 else f"from {found[0]} to {found[-1]}"
            yield f"Marked as {words}: {plural(len(found), 'point')}, {where}."
