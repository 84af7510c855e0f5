"""What a review rests on: the book as of its period's end, judged, with nothing of later periods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from qmsbook.book.book import Book, Measurements, by_calendar, frequency_of
from qmsbook.book.goalposts import ClosedPlan
from qmsbook.book.period import Period, period_of, periods_between
from qmsbook.book.tables import Kpi
from qmsbook.book.tables import Review as ReviewRow
from qmsbook.methods import assess
from qmsbook.methods.goalposts import closed_before, effects, gone_since, moved_since
from qmsbook.methods.method import OVERDUE, Assessment, Series
from qmsbook.methods.plan import year_of
from qmsbook.methods.reasons import decided, explained
from qmsbook.methods.target import grace_days
from qmsbook.methods.values import aggregate
from qmsbook.rules import evolution, monitored, objectives, outcomes, reach
from qmsbook.rules.ask import noun
from qmsbook.rules.provided import earlier_reviews
from qmsbook.rules.rule import Finding, check_with, collect
from qmsbook.sections.section import Evidence, Reviewed, Shifted, Since, Standing

#: The rules that ask to retire, raise or rework something, and the one that asks what to stop measuring.
_PROPOSALS = (
    *collect((evolution, monitored, reach)),
    outcomes.kpi_led_to_nothing,
    objectives.objective_past_due,
)


def gather(book: Book, period: Period, reviewed: Sequence[Reviewed] = ()) -> Evidence:
    """The evidence for the review of a period; a running one is looked at as of the book's day.

    ``reviewed`` are the figures that closed reviews of earlier periods rested on, the oldest review first.
    """
    day = min(book.on, period.last + timedelta(days=1))
    as_of = min(book.on, period.last)
    then = book.changed(on=day, as_of=as_of, measurements=_until(book, period))
    assessed = assess(then)
    standings = {}
    for key, answers in assessed.kpis.items():
        late = tuple(p for p in _late(book, then, answers.series, period) if _is_due(answers.series, p))
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
    before = closed_before(book, period.last)
    return Evidence(
        book=book,
        then_book=then,
        period=period,
        as_of=as_of,
        then=assessed,
        standings=standings,
        since=_since(book, period, row, assessed),
        row=row,
        proposals=_proposals(then, assessed),
        reviewed=tuple({(each.kpi, each.period): each for each in reviewed}.values()),
        shifted=tuple(_shifted(book, before)) if before is not None else (),
        compared=before is not None and bool(before.posts),
        gone=tuple(_gone(book, before)) if before is not None else (),
    )


def _shifted(book: Book, before: ClosedPlan) -> Iterator[Shifted]:
    """The goalposts that were moved since a closed review; what a KPI's change together is said once."""
    found = moved_since(book, before)
    told = effects(book, before, found)
    for moved in found:
        yield Shifted(moved, told.pop(moved.record.key, ""), explained(book, before, moved))


def _gone(book: Book, before: ClosedPlan) -> Iterator[str]:
    """The rows of a closed review that are no longer in the plan, with why and who if somebody says so."""
    for record, key in gone_since(book, before):
        reason = decided(book, before, key)
        said = f"{reason.why} (decided: {reason.who})" if reason else reason.decision or "nobody says why"
        yield f"{noun(record.TABLE)} {key} is no longer in the plan: {said}"


def _since(book: Book, period: Period, row: ReviewRow | None, assessed: Assessment) -> Since:
    """The review before, or the period before where none is noted."""
    reviews = earlier_reviews(book, period, row)
    last = reviews[-1] if reviews else None
    of = book.parse_period(last.period) if last else None
    end = of.last if of is not None else period.first - timedelta(days=1)
    day = last.held_on if last is not None and last.held_on is not None else end
    words = {
        key: "" if _began_anew(a.series, end) else word_until(a.series, end)
        for key, a in assessed.kpis.items()
    }
    places = ((key, a.series, place_until(a.series, end)) for key, a in assessed.kpis.items())
    read = {key: series.periods[at] for key, series, at in places if at is not None}
    return Since(last, end, day, words, read)


def _began_anew(series: Series, end: date) -> bool:
    """Whether a figure of the year was of another year by a day: part of a year is not held beside another.

    Two years that are both over are.
    """
    at, now = place_until(series, end), series.judged
    if at is None or now is None or series.kpi.target_is != "year to date":
        return False
    years = [(year_of(p.last, p.fiscal_start).last, p.last) for p in (series.periods[at], now)]
    return years[0][0] != years[1][0] and any(year != last for year, last in years)


def word_until(series: Series, end: date) -> str:
    """The status word of the last period of a KPI that ended by a day; blank if it has none."""
    at = place_until(series, end)
    return series.words[at] if at is not None else ""


def place_until(series: Series, end: date) -> int | None:
    """Where the reading of the last period of a KPI that ended by a day stands; None if it was not read.

    No earlier one stands in for it. A total that has reached its end is read no more, and what no calendar
    asks for is as it was read last.
    """
    places = range(len(series.periods) - 1, -1, -1)
    at = next((at for at in places if series.periods[at].last <= end), None)
    if at is None or not by_calendar(series.kpi) or series.ended is not None:
        return at
    period = series.periods[at]
    due = period_of(end + timedelta(days=1), period.frequency, period.fiscal_start).previous
    return at if period == due else None


def _proposals(then: Book, assessed: Assessment) -> tuple[Finding, ...]:
    return tuple(found for found in check_with(_PROPOSALS, then, assessed) if not found.waived)


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
        if f.name not in {"place", "table"}
    }
    return replace(book.measurements, **columns)


def _own(book: Book, kpi: Kpi, period: Period) -> list[Period]:
    """The periods of a KPI's own frequency that end in the review period and are over, or that were read."""
    start = book.settings.fiscal_year_start_month
    if not by_calendar(kpi):
        read = {book.periods[index] for index in book.readings_of.get(kpi.id, ())}
        inside = (p for p in read if p is not None and period.contains(p) and p.first < book.on)
        return sorted(inside, key=lambda p: p.last)
    return [
        p for p in periods_between(period.first, period.last, frequency_of(kpi), start) if p.last < book.on
    ]


def _last(book: Book, kpi: Kpi, period: Period) -> Period | None:
    return next(reversed(_own(book, kpi, period)), None)


def _is_due(series: Series, period: Period) -> bool:
    """Whether a period is one for which a KPI is read: since its first, and up to the end of a total."""
    first, ended = series.first_due, series.ended
    if first is None or period.last < first.last:
        return False
    return ended is None or period.last <= ended.last


def _late(book: Book, then: Book, series: Series, period: Period) -> tuple[Period, ...]:
    """The KPI's periods that should have been read by the book's day and were not.

    Nobody is late with what was typed and cannot be used.
    """
    kpi = series.kpi
    if kpi.active is False or not by_calendar(kpi):
        return ()
    places = then.readings_of.get(kpi.id, ())
    readings = then.measurements
    read = {
        readings.period[at]
        for at in places
        if readings.value[at] is not None or readings.numerator[at] is not None or readings.comment[at]
    }
    grace = timedelta(days=grace_days(kpi, book.settings))
    # A start that was worked out is no day from which readings are due.
    typed = book.kpi(kpi.id) or kpi
    begun = typed.baseline_on
    return tuple(
        p
        for p in _own(book, kpi, period)
        if p.text not in read
        and p.text not in series.bad
        and p.last + grace < book.on
        and (begun is None or p.last > begun)
    )
