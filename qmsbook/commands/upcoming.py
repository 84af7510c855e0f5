"""What comes next in a workbook: which month to open, which review to make, and why."""

from __future__ import annotations

from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.error import QmsbookError
from qmsbook.book.period import Period, latest_ended, period_of
from qmsbook.book.tables import Review
from qmsbook.commands.new_period import due_rows

NONE_TO_MAKE = (
    "The review of the last quarter is closed and no other is planned, so nothing was made. Add a row to the "
    "table Reviews for the next one."
)
NONE_TO_CLOSE = "No review in the table Reviews is in the state draft, so there is nothing to close."
NONE_TO_MAIL = "The table Reviews holds no review in draft or closed, so there is nothing to mail."


class NoReviewDue(QmsbookError):
    """No period was typed, and no review of the workbook is due."""

    exit_code = 2


def all_opened(book: Book) -> str:
    """Why there is no month to open."""
    return (
        f"Every KPI has its rows up to {_month(book, book.on).spoken}; nothing was added. The next month can "
        "be opened when it has begun."
    )


def month_to_open(book: Book) -> Period | None:
    """The month whose rows a person wants next, or None if every month up to the present one has its rows.

    That is the last month with figures if KPIs are missing there, else the one after it; in an empty
    workbook the last month that is over. A month that has not begun is never opened.
    """
    start, present = book.settings.fiscal_year_start_month, _month(book, book.on)
    known = [found for text in set(book.measurements.period) if (found := book.parse_period(text))]
    opened = [_month(book, found.last) for found in known if found.last <= present.last]
    last = max(opened, key=lambda month: month.first, default=None)
    month = last or latest_ended(book.on, "monthly", start)
    while month.last <= present.last:
        if due_rows(book, month):
            return month
        month = month.next
    return None


def review_to_make(book: Book) -> tuple[Period, str] | None:
    """The period whose review comes next and why; None if the last quarter's is closed and none planned."""
    drafts = _reviews(book, "draft")
    if drafts:
        return drafts[0], "its review is being prepared (table Reviews)"
    planned = _reviews(book, "planned")
    over = [period for period in planned if period.last < book.on]
    if over:
        return over[0], "its review is planned (table Reviews)"
    quarter = latest_ended(book.on, "quarterly", book.settings.fiscal_year_start_month)
    if not any(r.state == "closed" and book.parse_period(r.period) == quarter for r in book.reviews):
        return quarter, "it is the last quarter that is over"
    return (planned[0], "its review is the next one planned (table Reviews)") if planned else None


def review_to_mail(book: Book) -> Period | None:
    """The period whose review is mailed next: the draft whose meeting comes first, else the last one held."""
    drafts = _reviews(book, "draft")
    held = _reviews(book, "closed")
    return drafts[0] if drafts else held[-1] if held else None


def _reviews(book: Book, state: str) -> list[Period]:
    """The periods of the reviews in a state, in the order of their meetings."""
    found: list[tuple[date, Period]] = []
    for review in book.reviews:
        period = book.parse_period(review.period)
        if review.state == state and period is not None:
            found.append((_meeting(review, period), period))
    return [period for _, period in sorted(found, key=lambda each: each[0])]


def _meeting(review: Review, period: Period) -> date:
    return review.held_on or period.last


def _month(book: Book, day: date) -> Period:
    return period_of(day, "monthly", book.settings.fiscal_year_start_month)


def review_to_close(book: Book) -> Period | None:
    """The period of the review that is being written up: the draft whose meeting comes first, or None."""
    drafts = _reviews(book, "draft")
    return drafts[0] if drafts else None
