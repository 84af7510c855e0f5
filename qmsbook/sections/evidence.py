"""What a review rests on: the book as of its period's end, judged, with nothing of later periods."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from qmsbook.book import Book, Measurements, frequency_of
from qmsbook.method import OVERDUE
from qmsbook.methods import assess
from qmsbook.methods.target import grace_days
from qmsbook.methods.values import aggregate
from qmsbook.period import Period, periods_between
from qmsbook.section import Evidence, Standing
from qmsbook.tables import Kpi


def gather(book: Book, period: Period) -> Evidence:
    """The evidence for the review of a period; a running one is looked at as of the book's day."""
    day = min(book.on, period.last + timedelta(days=1))
    then = replace(book, on=day, measurements=_until(book, period))
    assessed = assess(then)
    standings = {}
    for key, answers in assessed.kpis.items():
        late = _late(book, then, answers.kpi, period)
        word = OVERDUE if late and late[-1] == _last(book, answers.kpi, period) else answers.status.word
        standings[key] = Standing(
            kpi=answers.kpi,
            word=word,
            reason=answers.status.reason,
            span=aggregate(then, answers.series, period.first, period.last),
            series=answers.series,
            late=late,
        )
    row = next((r for r in book.reviews if r.period == period.text), None)
    return Evidence(book, then, period, min(book.on, period.last), assessed, standings, row)


def _until(book: Book, period: Period) -> Measurements:
    """The readings of periods that end by the review period's end."""
    parsed = {text: book.parse_period(text) for text in set(book.measurements.period)}
    keep = [
        at
        for at, text in enumerate(book.measurements.period)
        if (found := parsed[text]) is None or found.last <= period.last
    ]
    columns: dict[str, Any] = {
        f.name: [getattr(book.measurements, f.name)[at] for at in keep]
        for f in fields(Measurements)
        if f.name != "place"
    }
    return replace(book.measurements, **columns)


def _own(book: Book, kpi: Kpi, period: Period) -> list[Period]:
    """The periods of a KPI's own frequency that end in the review period and are over."""
    start = book.settings.fiscal_year_start_month
    return [
        p for p in periods_between(period.first, period.last, frequency_of(kpi), start) if p.last < book.on
    ]


def _last(book: Book, kpi: Kpi, period: Period) -> Period | None:
    return next(reversed(_own(book, kpi, period)), None)


def _late(book: Book, then: Book, kpi: Kpi, period: Period) -> tuple[Period, ...]:
    """The KPI's periods that should have been read by the book's day and were not."""
    if kpi.active is False:
        return ()
    places = then.readings_of.get(kpi.id, ())
    readings = then.measurements
    read = {
        readings.period[at]
        for at in places
        if readings.value[at] is not None or readings.numerator[at] is not None or readings.comment[at]
    }
    grace = timedelta(days=grace_days(kpi, book.settings))
    begun = kpi.baseline_on
    return tuple(
        p
        for p in _own(book, kpi, period)
        if p.text not in read and p.last + grace < book.on and (begun is None or p.last > begun)
    )
