"""What the workbook itself holds of the topics that a review looks at: where it stands, and as of when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from qmsbook.book.book import Book
from qmsbook.book.period import Period, latest_ended
from qmsbook.book.tables import Input, Review
from qmsbook.rules.plan import says_nothing


class Held(NamedTuple):
    """A topic that needs no row in Inputs: the tables it stands in, and the day up to which it is known.

    Without a day its rows say none: what stands there is from before, as far as anybody knows.
    """

    source: str
    as_of: date | None


def entered_of(book: Book) -> dict[str, Input]:
    """The latest row of Inputs that says anything, by topic: of two of a day the last."""
    rows: dict[str, Input] = {}
    for each in book.inputs:
        letter = each.clause.casefold().strip()
        best = rows.get(letter)
        newer = best is None or (each.as_of or date.min) >= (best.as_of or date.min)
        if letter and newer and not says_nothing(each.summary):
            rows[letter] = each
    return rows


def held_of(book: Book, letter: str, period: Period, row: Review | None) -> Held | None:
    """What the tables hold of a topic for the review of a period; ``row`` is that review's, if it has one."""
    look = _HELD.get(letter)
    return look(book, period, row) if look else None


def earlier_reviews(book: Book, period: Period, row: Review | None) -> list[Review]:
    """The reviews held of earlier periods, in the order of the periods."""
    found = []
    for each in book.reviews:
        of = book.parse_period(each.period)
        held = each.state == "closed" or (
            each.state != "planned" and each.held_on is not None and each.held_on <= book.on
        )
        if each is not row and of is not None and of.last < period.last and held:
            found.append((of.last, each.held_on or of.last, each.row, each))
    return [each for *_, each in sorted(found, key=lambda item: item[:3])]


def _decisions(book: Book, period: Period, row: Review | None) -> Held | None:
    """What became of earlier decisions; before the first review there are none to follow up."""
    return Held("Decisions, Actions", book.on) if book.reviews else None


def _readings(book: Book, period: Period, _: Review | None) -> Held | None:
    """What was read of the period, or before it and is the latest there can be: a year's figure, in May."""
    readings, source = book.measurements, "KPIs, Measurements"
    figures = zip(readings.period, readings.value, readings.numerator, strict=True)
    read = {text for text, value, numerator in figures if value is not None or numerator is not None}
    known = [of for text in read if (of := book.parse_period(text)) is not None and of.last <= period.last]
    start = book.settings.fiscal_year_start_month
    after = period.last + timedelta(days=1)
    if any(period.contains(of) or of == latest_ended(after, of.frequency, start) for of in known):
        return Held(source, min(book.on, period.last))
    return Held(source, max(of.last for of in known)) if known else None


def _context(book: Book, *_: object) -> Held | None:
    return _latest("Context", [issue.last_reviewed or issue.since for issue in book.context])


def _parties(book: Book, *_: object) -> Held | None:
    issues = [issue for issue in book.context if issue.kind == "interested party"]
    return _latest("Context", [issue.last_reviewed or issue.since for issue in issues])


def _threats(book: Book, *_: object) -> Held | None:
    return _shown("Risks", [risk.last_reviewed for risk in book.risks if risk.kind == "threat"])


def _chances(book: Book, *_: object) -> Held | None:
    return _shown("Risks", [risk.last_reviewed for risk in book.risks if risk.kind == "opportunity"])


def _ideas(book: Book, *_: object) -> Held | None:
    return _shown("Ideas", [day for idea in book.ideas for day in (idea.raised_on, idea.answered_on)])


def _latest(source: str, days: Iterable[date | None]) -> Held | None:
    last = max((day for day in days if day is not None), default=None)
    return Held(source, last) if last else None


def _shown(source: str, days: Iterable[date | None]) -> Held | None:
    """The same for rows that the review shows in a section of their own, whether they say a day or not."""
    found = list(days)
    return Held(source, max((day for day in found if day is not None), default=None)) if found else None


_HELD: Mapping[str, Callable[[Book, Period, Review | None], Held | None]] = {
    "a": _decisions, "b": _context, "b2": _parties, "c2": _readings, "c3": _readings, "c5": _readings,
    "e": _threats, "e2": _chances, "f": _ideas,
}  # fmt: skip
