"""REV: what a review has to look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.tables import Input, Issue, Review
from qmsbook.book.words import day_words
from qmsbook.rules.ask import (
    cells,
    counted,
    header_cell,
    listed,
    months_before,
    named,
    whole,
)
from qmsbook.rules.clauses import edition
from qmsbook.rules.provided import entered_of, held_of
from qmsbook.rules.rule import Problem, Severity, rule


def _coming(book: Book) -> Review | None:
    """The next planned review, if it is near enough for its inputs to be asked for."""
    days = book.settings.input_stale_days
    near = [
        (review.held_on, review.id, review)
        for review in book.reviews
        if review.state == "planned" and review.held_on is not None
        if 0 <= (review.held_on - book.on).days <= (2 * days if _yearly(book, review) else days)
    ]
    return min(near, key=lambda each: each[:2])[2] if near else None


def _yearly(book: Book, review: Review) -> bool:
    """Whether a review looks at a year: what a year needs is not gathered in a month."""
    period = book.parse_period(review.period)
    return period.frequency == "yearly" if period else book.settings.review_interval_months >= _YEAR


_YEAR = 12


@rule("REV018", Severity.WARNING, clause="9.3.2", stage="audit-ready")
def input_absent(book: Book) -> Iterator[Problem]:
    """Something that the coming review has to look at is not there.

    Why
        What is missing on the day is skipped, and what is skipped twice is never looked at again. It is asked
        only from 30 days before a planned review (*Input stale days*; twice as many before one of a whole
        year, *Review interval months* where it names no period). What other tables hold (earlier decisions,
        readings, Context, Risks, Ideas) needs no row in Inputs.
    Fix
        Ask for a summary of three sentences each, and enter it in Inputs.
    Bad
        on 2027-01-05

        Reviews
        | Review         | Held on    | State   |
        |----------------|------------|---------|
        | MR-2026-Q4 [!] | 2027-01-20 | planned |

        Inputs
        | Clause | Summary             | As of      |
        |--------|---------------------|------------|
        | a      | All carried out     | 2027-01-04 |
        | b      | Nothing has changed | 2027-01-04 |
    Good
        on 2026-11-10

        Reviews
        | Review     | Held on    | State   |
        |------------|------------|---------|
        | MR-2026-Q4 | 2027-01-20 | planned |

        Inputs
        | Clause | Summary         | As of      |
        |--------|-----------------|------------|
        | a      | All carried out | 2027-01-04 |
    """
    coming = _coming(book)
    if coming is None or not book.has(Input) or (book.inputs and not whole(book, Input, "clause", "summary")):
        return
    there = entered_of(book)
    if there and book.few_people:
        return  # one text stands for all
    wanted, period = edition(book.settings.iso_edition).inputs, book.parse_period(coming.period)
    missing = [
        f"{letter} ({subject})"
        for letter, subject in wanted.items()
        if letter not in there and (period is None or held_of(book, letter, period, coming) is None)
    ]
    if missing:
        message = f"{named(coming)} still lacks {counted(len(missing), 'input')}: {listed(missing)}."
        yield Problem(coming.cell("id"), message, cells(coming, "held_on", "state"))


@rule("REV019", Severity.WARNING, clause="9.3.2", stage="audit-ready")
def input_stale(book: Book) -> Iterator[Problem]:
    """Something that the coming review has to look at is out of date.

    Why
        Last time's summary read again is worse than none: it looks as if somebody had looked. It is asked
        only from 30 days before a planned review (*Input stale days*; twice as many before one of a whole
        year, *Review interval months* where it names no period). What stands for a day before the period
        under review began is out of date, unless another review within twelve months (*Review coverage
        months*) has taken it up.
    Fix
        Look again: enter the new *Summary* with its day, or the day in the table that holds the topic.
    Bad
        on 2027-01-05

        Reviews
        | Review     | Period  | Held on    | State   |
        |------------|---------|------------|---------|
        | MR-2026-Q4 | 2026-Q4 | 2027-01-20 | planned |

        Inputs
        | Clause | As of          |
        |--------|----------------|
        | b      | 2026-06-30 [!] |
    Good
        on 2027-01-05

        Reviews
        | Review     | Period  | Held on    | State   |
        |------------|---------|------------|---------|
        | MR-2026-Q4 | 2026-Q4 | 2027-01-20 | planned |
        | MR-2026-Q2 | 2026-Q2 | 2026-07-22 | closed  |

        Inputs
        | Clause | As of      |
        |--------|------------|
        | b      | 2027-01-04 |
        | c7     | 2026-06-15 |
    """
    coming = _coming(book)
    period = book.parse_period(coming.period) if coming else None
    if coming is None or period is None:
        return
    entered = entered_of(book)
    if book.few_people and any(each.as_of and each.as_of >= period.first for each in entered.values()):
        return  # one text stands for all
    for letter, each in entered.items():
        if each.as_of is not None and each.as_of >= period.first:
            continue
        elsewhere = held_of(book, letter, period, coming)
        if elsewhere is not None and elsewhere.as_of is not None and elsewhere.as_of >= period.first:
            continue
        if each.as_of is None or covered_by(book, coming, each.as_of) is None:
            message = (
                f"{named(each)} stands for {day_words(each.as_of)}, before {period.title} began."
                if each.as_of
                else f"{named(each)} does not say as of when, so it counts as from before {period.title}."
            )
            yield Problem(each.cell("as_of"), message, cells(coming, "held_on", "state", "period"))
    for letter, subject in edition(book.settings.iso_edition).inputs.items():
        found = held_of(book, letter, period, coming) if letter not in entered else None
        if found is None or found.as_of is None:
            continue  # rows without a day are told where they stand
        if found.as_of >= period.first or covered_by(book, coming, found.as_of):
            continue
        message = (
            f"{named(coming)} looks at {subject} ({letter}): {found.source} stands for "
            f"{day_words(found.as_of)}, before {period.title} began."
        )
        yield Problem(coming.cell("id"), message, cells(coming, "held_on", "state", "period"))


def covered_by(book: Book, coming: Review, day: date) -> Review | None:
    """The latest other review that took up what stands for a day, if it was held lately enough.

    The day lies between the beginning of its period and its meeting.
    """
    meeting = coming.held_on or book.on
    since = months_before(meeting, book.settings.review_coverage_months)
    found = [
        (review.held_on, review.id, review)
        for review in book.reviews
        if review is not coming and review.state != "planned" and review.held_on is not None
        if since <= review.held_on < meeting and day <= review.held_on
        if (period := book.parse_period(review.period)) is not None and period.first <= day
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


@rule("REV020", Severity.WARNING, clause="4.1", stage="audit-ready")
def climate_change_not_considered(book: Book) -> Iterator[Problem]:
    """Nobody said whether climate change matters for the company.

    Why
        Since 2024 every auditor asks it. The answer may be no; it has to be an answer. Suppliers, heat on the
        shop floor and customers' carbon questions are where it usually shows.
    Fix
        Add a row of the kind climate change in Context, say what it means for you, and set *Relevant* to yes
        or no.
    Bad
        Context
        | Issue | Kind [!] |
        |-------|----------|
        | C02   | external |
    Good
        Context
        | Issue | Kind           | Relevant |
        |-------|----------------|----------|
        | C02   | external       | yes      |
        | C10   | climate change | no       |
    """
    if not book.context or not whole(book, Issue, "kind", "relevant"):
        return
    rows = [issue for issue in book.context if issue.kind == "climate change"]
    if not rows:
        message = "Context does not say whether climate change matters."
        yield Problem(header_cell(book, Issue, "kind"), message)
    for issue in rows:
        if issue.relevant is None and not any(row.relevant is not None for row in rows):
            message = f"{named(issue)} does not say whether climate change matters."
            yield Problem(issue.cell("relevant"), message)
