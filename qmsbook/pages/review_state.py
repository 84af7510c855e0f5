"""Closing a review: what has to be there before, and whether a closed sheet still is what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book, Trouble
from qmsbook.book.edit import KEEP, Edit, Fill, FillCells, SetColumn
from qmsbook.book.parse import plain_text
from qmsbook.book.period import Period
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Value
from qmsbook.book.tables import Decision, Review
from qmsbook.book.words import day_words, listed, plural
from qmsbook.methods.columns import carried
from qmsbook.methods.milestones import due_first
from qmsbook.pages.figures import printed_dues
from qmsbook.pages.memo import memo_of
from qmsbook.pages.page import cells_digest, changed_since
from qmsbook.pages.settle import Talk
from qmsbook.pages.standing import review_marker
from qmsbook.sections.minutes import CONCLUSIONS_ASK, held

#: So many changed cells are named.
_CELLS = 20


def not_ready(book: Book, review: Review, talk: Talk) -> list[str]:
    """What a review lacks to be closed, as sentences; ``book`` has what was typed on its sheet."""
    questions = [
        text for area in talk.areas.get(review_marker(review.period), {}).values() for text in area.remarks
    ]
    return [
        *_conclusions(book, review), *_decisions(book, review), *_meeting(book, review),
        *(f"Still to settle: {text}" for text in questions),
    ]  # fmt: skip


def not_listed(book: Book) -> str:
    """Why a review cannot be closed that no row of Reviews stands for."""
    if Review.TABLE not in book.tables:
        return _NO_TABLE.format(table=Review.TABLE, what="what was concluded")
    return (
        f"The table {book.tables[Review.TABLE].name} does not list it yet: type the decisions, the "
        f"conclusions and the day of the meeting (Held on) on its sheet."
    )


def _conclusions(book: Book, review: Review) -> Iterator[str]:
    table = book.tables[Review.TABLE]
    missing = [
        name
        for name in CONCLUSIONS_ASK
        if table.find(name) is not None and not plain_text(held(book, review, name))
    ]
    if missing:
        yield f"A conclusion is missing on {listed(missing)}; type it in the area Conclusions."


def _decisions(book: Book, review: Review) -> Iterator[str]:
    taken = [d for d in book.decisions if d.review == review.id]
    if not book.has(Decision):
        yield _NO_TABLE.format(table=Decision.TABLE, what="what was decided")
    elif not any(d.decision_text.strip() for d in taken):
        yield (
            "Nothing was decided; type the decisions in the area Decisions, or pick none needed there and "
            "give the reason."
        )


def _meeting(book: Book, review: Review) -> Iterator[str]:
    if book.tables[Review.TABLE].find("Held on") is None:
        yield "The table Reviews has no column Held on to keep the day of the meeting in; add it."
    elif review.held_on is None:
        yield "The day of the meeting is missing; type it beside Held on."
    elif review.held_on > book.on:
        yield f"The day of the meeting, {day_words(review.held_on)}, is still to come; correct Held on."


_NO_TABLE = (
    "The workbook has no table {table} to keep {what}; copy that sheet from an empty workbook (qmsbook new)."
)


def promised(snapshot: Snapshot, book: Book) -> dict[str, date]:
    """The earliest day that closed reviews printed for each action and decision."""
    closed = {review_marker(review.period) for review in book.reviews if review.state == "closed"}
    return printed_dues(drawn for drawn in snapshot.drawn if drawn.marker in closed)


def closed_sheets(snapshot: Snapshot, book: Book) -> Iterator[Trouble]:
    """Where a closed review's sheet is not what it was when it was closed."""
    for review in book.reviews:
        if review.state != "closed" or not review.digest:
            continue
        found = [d for d in snapshot.drawn if d.marker == review_marker(review.period)]
        if not found:
            yield Trouble("review gone", Review.TABLE, None, review.id, "Digest")
        elif not any(cells_digest(drawn.cells) == review.digest for drawn in found):
            memo = memo_of(found[0])
            changed = changed_since(found[0], memo) if memo else ()
            known, rest = [str(cell) for cell in changed[:_CELLS]], len(changed) - _CELLS
            told = listed([*known, plural(rest, "more cell")] if rest > 0 else known)
            detail = told if changed else found[0].sheet
            yield Trouble("review changed", Review.TABLE, None, review.id, "Digest", None, detail)


def row_of(book: Book, period: Period) -> Review | None:
    """The row of the review of a period, or None."""
    return next((review for review in book.reviews if review.period == period.text), None)


def fill_row(book: Book, row: Review, **cells: Value) -> FillCells:
    """Fills cells of a review's row, by header; they must still hold what was read."""
    table = book.tables[Review.TABLE]
    at = row.row - table.row - 1
    fills = [Fill(at, header, held(book, row, header), value) for header, value in cells.items()]
    return FillCells(table.name, tuple(fills))


def entered(
    book: Book, row: Review, state: str, *, closed_on: date | None, digest: str | None, note: str
) -> tuple[Edit, ...]:
    """What closing and reopening write into a review's row; ``note`` is added to its history."""
    table = book.tables[Review.TABLE]
    history = f"{row.history}; {note}" if row.history else note
    values = {"Closed on": closed_on, "Digest": digest, "History": history}
    at = row.row - table.row - 1
    columns = [
        SetColumn(table.name, header, (*[KEEP] * at, value, *[KEEP] * (table.rows - at - 1)))
        for header, value in values.items()
        if header != "History" or table.find(header) is not None
    ]
    return fill_row(book, row, State=state), *columns


def told_of_closing(book: Book, row: Review) -> tuple[str, ...]:
    """What a person is told of a closed review: how many late actions go on, which too often."""
    held = row.held_on or book.on
    waiting = [a for a in book.actions if a.state == "open" and (a.opened is None or a.opened <= held)]
    known = [action for action in waiting if (due := due_first(book, action)) is not None and due < held]
    carries = f"{plural(len(known), 'late action')} carried into the next review." if known else ""
    often = [a.id for a in known if (carried(book, a) or 0) >= book.settings.carried_warning]
    stuck = f"Carried {book.settings.carried_warning} times or more: {listed(often)}." if often else ""
    closed = f"The review {row.id} is closed: its sheet stays as it is, and a later change on it is reported."
    return tuple(text for text in (closed, carries, stuck) if text)
