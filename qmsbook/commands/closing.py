"""Closing a review, and opening it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from qmsbook.book.edit import PutSheet
from qmsbook.book.error import QmsbookError
from qmsbook.book.tables import Review
from qmsbook.book.words import day_words
from qmsbook.commands import flow
from qmsbook.commands.passed import PLAINLY, Asked, Done, Drawn, Found, How, Settled
from qmsbook.commands.update import judged_and_drawn
from qmsbook.commands.work import after, collector_paused, with_edits
from qmsbook.hosts.host import Host
from qmsbook.pages import (
    NotWhole,
    entered,
    fill_row,
    not_listed,
    not_ready,
    review_marker,
    row_of,
    told_of_closing,
)
from qmsbook.pages.page import cells_digest


class NoReviewSheet(QmsbookError):
    """The workbook has no sheet for this review yet, so there is nothing to close. Make the review first."""

    exit_code = 2


class ReviewClosed(QmsbookError):
    """This review is closed already; nothing was changed. To change it, reopen it: qmsbook reopen."""

    exit_code = 2


class ReviewNotReady(QmsbookError):
    """This review cannot be closed yet; nothing was changed."""

    exit_code = 2


class NotClosed(QmsbookError):
    """This review is not closed, so there is nothing to reopen; nothing was changed."""

    exit_code = 2


class ReviewNotReopened(QmsbookError):
    """This review cannot be opened again yet; nothing was changed."""

    exit_code = 2


@collector_paused()
def close(host: Host, period: str, on: date | None = None, how: How = PLAINLY) -> Done:
    """Close the review of a period: its sheet stays as it is from now on, and its digest is stored.

    Raises UnknownPeriod, NoReviewSheet, ReviewClosed and ReviewNotReady.
    """
    asked = Asked(on, how, (period,))
    found = still_open(flow.read(host, asked), asked)
    settled = closed(flow.settle(found, asked), asked)
    drawn = judged_and_drawn(settled, asked)
    if not _puts(drawn):
        raise ReviewNotReady(_left(drawn))
    told = told_of_closing(drawn.looked.book, _row(settled))
    planned = flow.plan(drawn)
    return flow.apply(planned._replace(changes=(*told, *planned.changes)), host, asked)


def still_open(found: Found, asked: Asked) -> Found:
    """A workbook whose review can be closed: what was closed by hand alone is a draft again first."""
    (period,) = found.periods
    marker, row = review_marker(period.text), row_of(found.book, period)
    if found.snapshot.sheet(marker) is None:
        raise NoReviewSheet(f"The period is {period.title}.")
    if row is not None and row.state == "closed" and row.digest:
        raise ReviewClosed(f"It is {row.id}, closed on {row.closed_on or 'a day that is not known'}.")
    if row is None or row.state != "closed":
        return found._replace(opened=marker)
    first = (fill_row(found.book, row, State="draft"),)  # what was typed since is still to be settled
    before, book = with_edits(found.snapshot, first, asked.on)
    return found._replace(before=before, book=book, first=first, opened=marker)


def closed(settled: Settled, asked: Asked) -> Settled:
    """The workbook with its review drawn for the last time, closed and sealed by its digest."""
    from qmsbook.pages.draw import Ground, draw_closing

    found, book = settled.found, settled.book
    ground = Ground(found.before, settled.talk, found.opened)
    try:
        closing = draw_closing(book, ground, found.periods[0], f"closed on {day_words(book.on)}")
    except NotWhole as problem:
        raise ReviewNotReady(str(problem)) from None
    if row_of(book, found.periods[0]) is None or Review.TABLE not in book.tables:
        raise ReviewNotReady(not_listed(book))
    row = _row(settled)
    lacking = not_ready(book, row, settled.talk)
    if lacking:
        raise ReviewNotReady(" ".join(lacking))
    put = after(settled.snapshot, [replace(closing.drawing.edit, unlocks=True)])
    stands = put.sheet(found.opened)
    assert stands is not None
    digest, note = cells_digest(stands.cells), f"closed {book.on}"
    edits = entered(book, row, "closed", closed_on=book.on, digest=digest, note=note)
    talk = settled.talk._replace(edits=(*settled.talk.edits, *edits))
    return Settled(found, *with_edits(put, edits, asked.on), talk, closing)


def reopen(host: Host, period: str, on: date | None = None, how: How = PLAINLY, why: str = "") -> Done:
    """Open a closed review again; that it was, and ``why``, is noted under History in Reviews.

    Raises UnknownPeriod, NotClosed and ReviewNotReopened.
    """
    asked = Asked(on, how, (period,))
    found = opened_again(flow.read(host, asked), asked, why)
    settled = flow.settle(found, asked)
    drawn = judged_and_drawn(settled, asked)
    if not _puts(drawn):  # a draft whose sheet stays shut helps nobody
        raise ReviewNotReopened(_left(drawn))
    noted = found.book.tables[Review.TABLE].find("History") is not None
    where = "that is noted under History" if noted else "there is no column History to note that"
    told = f"The review of {found.periods[0].title} is open again; {where} in Reviews."
    planned = flow.plan(drawn)
    return flow.apply(planned._replace(changes=(told, *planned.changes)), host, asked)


def opened_again(found: Found, asked: Asked, why: str) -> Found:
    """A workbook whose closed review is a draft again."""
    (period,) = found.periods
    row = row_of(found.book, period)
    if row is None or row.state != "closed":
        raise NotClosed(f"The period is {period.title}.")
    note = f"reopened {found.book.on}" + (f" ({why})" if why else "")
    first = entered(found.book, row, "draft", closed_on=None, digest=None, note=note)
    before, book = with_edits(found.snapshot, first, asked.on)
    return found._replace(before=before, book=book, first=first, opened=review_marker(period.text))


def _row(settled: Settled) -> Review:
    """The row of the review that is being closed."""
    row = row_of(settled.book, settled.found.periods[0])
    assert row is not None
    return row


def _puts(drawn: Drawn) -> bool:
    """Whether the sheet of the review that is opened or closed is drawn."""
    opened = drawn.looked.settled.found.opened
    return any(isinstance(edit, PutSheet) and edit.marker == opened for edit in drawn.drawings.edits)


def _left(drawn: Drawn) -> str:
    """Why sheets are left as they are."""
    return " ".join(map(str, drawn.drawings.not_replaced))
