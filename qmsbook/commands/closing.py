"""Closing a review, and opening it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qmsbook.book.edit import Edit
from qmsbook.book.error import QmsbookError
from qmsbook.book.reading import read_book
from qmsbook.book.tables import Review
from qmsbook.book.words import day_words
from qmsbook.commands.work import (
    Done,
    Progress,
    collector_paused,
    computed_columns,
    drawn,
    finish,
    judged,
    later_stages,
    period_of,
    quiet,
    read,
    remembering,
    with_edits,
)
from qmsbook.hosts.host import Host
from qmsbook.hosts.memory import MemoryHost
from qmsbook.pages import (
    NotWhole,
    entered,
    fill_row,
    not_listed,
    not_ready,
    review_marker,
    row_of,
    settle,
    told_of_closing,
)
from qmsbook.pages.page import cells_digest
from qmsbook.rules.rule import Rule


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
def close(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Close the review of a period: its sheet stays as it is from now on, and its digest is stored.

    Raises UnknownPeriod, NoReviewSheet, ReviewClosed and ReviewNotReady.
    """
    from qmsbook.pages.draw import draw_all, draw_closing

    progress("Reading the workbook")
    snapshot, book = read(host, on)
    asked = period_of(book, period)
    marker, row = review_marker(asked.text), row_of(book, asked)
    if snapshot.sheet(marker) is None:
        raise NoReviewSheet(f"The period is {asked.title}.")
    if row is not None and row.state == "closed" and row.digest:
        raise ReviewClosed(f"It is {row.id}, closed on {row.closed_on or 'a day that is not known'}.")
    before, reopened = snapshot, []
    if row is not None and row.state == "closed":  # by hand: what was typed since is still to be settled
        reopened = [fill_row(book, row, State="draft")]
        before, book = with_edits(snapshot, reopened, on)
    talk = settle(before, book, opened=marker)
    settled, then = with_edits(before, talk.edits, on)
    row = row_of(then, asked)
    try:
        closing = draw_closing(then, before, asked.text, talk, f"closed on {day_words(then.on)}")
    except NotWhole as problem:
        raise ReviewNotReady(str(problem)) from None
    if row is None or Review.TABLE not in then.tables:
        raise ReviewNotReady(not_listed(then))
    lacking = not_ready(then, row, talk)
    if lacking:
        raise ReviewNotReady(" ".join(lacking))
    scratch = MemoryHost.of(settled)
    scratch.apply([replace(closing.drawing.edit, unlocks=True)], settled)
    stands = scratch.read().sheet(marker)
    assert stands is not None
    row_edits = entered(
        then, row, "closed", closed_on=then.on, digest=cells_digest(stands.cells), note=f"closed {then.on}"
    )
    first = (*reopened, *talk.edits, *row_edits)
    scratch.apply(row_edits, scratch.read())
    now = scratch.read()
    looked = judged(
        snapshot,
        now,
        remembering(now, read_book(now.tables, on)),
        replace(talk, edits=first, troubles=()),
        progress,
        own,
    )
    progress("Drawing the sheets")
    drawings = draw_all(
        looked.book, looked.assessed, looked.findings, before, [asked.text], later_stages(looked),
        opened=marker, closing=closing,
    )  # fmt: skip
    if marker not in {edit.marker for edit in drawings.edits}:
        raise ReviewNotReady(" ".join(map(str, drawings.not_replaced)))
    told = told_of_closing(looked.book, row)
    done = finish(
        host, [*first, *computed_columns(looked), *drawings.edits], looked, drawings, dry_run, progress
    )
    return replace(done, changes=(*told, *done.changes))


def reopen(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (), why: str = "",
) -> Done:  # fmt: skip
    """Open a closed review again; that it was, and ``why``, is noted under History in Reviews.

    Raises UnknownPeriod, NotClosed and ReviewNotReopened.
    """
    progress("Reading the workbook")
    snapshot, book = read(host, on)
    asked = period_of(book, period)
    marker, row = review_marker(asked.text), row_of(book, asked)
    if row is None or row.state != "closed":
        raise NotClosed(f"The period is {asked.title}.")
    note = f"reopened {book.on}" + (f" ({why})" if why else "")
    first = entered(book, row, "draft", closed_on=None, digest=None, note=note)
    looked, drawings = drawn(snapshot, book, on, [asked.text], progress, own, first, marker)
    if marker not in {edit.marker for edit in drawings.edits}:  # a draft whose sheet stays shut helps nobody
        raise ReviewNotReopened(" ".join(map(str, drawings.not_replaced)))
    noted = book.tables[Review.TABLE].find("History") is not None
    where = "that is noted under History" if noted else "there is no column History to note that"
    told = f"The review of {asked.title} is open again; {where} in Reviews."
    edits: list[Edit] = [*looked.talk.edits, *computed_columns(looked), *drawings.edits]
    done = finish(host, edits, looked, drawings, dry_run, progress)
    return replace(done, changes=(told, *done.changes))
