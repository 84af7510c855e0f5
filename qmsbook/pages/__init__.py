"""All pages, and everything that a refresh draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qmsbook.book import Book
from qmsbook.host import Snapshot
from qmsbook.method import Assessment
from qmsbook.page import Drawing, Frame, Note, Page
from qmsbook.pages.closing import closed_sheets, entered, fill_row, not_ready, row_of, told_of_closing
from qmsbook.pages.desk import Desk, Drawings
from qmsbook.pages.entries import NotWhole, Settled, refill, table_name
from qmsbook.pages.findings import MARK as FINDINGS
from qmsbook.pages.findings import draw_findings
from qmsbook.pages.kept_notes import MARK as KEPT_NOTES
from qmsbook.pages.kept_notes import draw_kept_notes
from qmsbook.pages.review import draw_review, review_marker
from qmsbook.pages.scorecard import draw_scorecard
from qmsbook.pages.settle import SILENCE, Talk, settle
from qmsbook.rule import Finding
from qmsbook.sections import compose, gather

PAGES: Mapping[str, Page] = {
    "Findings": draw_findings, "Scorecard": draw_scorecard, "Review": draw_review,
    "Kept notes": draw_kept_notes,
}  # fmt: skip
_REVIEW = review_marker("")


def draw_all(
    book: Book,
    assessed: Assessment,
    findings: Sequence[Finding],
    snapshot: Snapshot,
    reviews: Sequence[str] = (),
    later: Sequence[str] = (),
    talk: Talk = SILENCE,
    opened: str = "",
    closing: Closing | None = None,
) -> Drawings:
    """Draw Findings, Scorecard, the open reviews that stand in the workbook, and those asked for.

    What people typed is read back first; a sheet that would be drawn just as it stands is not put again.
    ``talk`` is what was settled with the tables, ``opened`` the marker of a closed review that is opened
    again, ``closing`` the last drawing of one that is being closed.
    """
    desk = Desk(snapshot, Frame.of(book), opened)
    desk.put(draw_findings(findings, desk.frame, later, book.settings.stage))
    desk.put(draw_scorecard(book, assessed, desk.frame))
    there = {d.marker.removeprefix(_REVIEW) for d in snapshot.drawn if d.marker.startswith(_REVIEW)}
    closed = {review.period for review in book.reviews if review.state == "closed"} & there
    for period in [text for text in dict.fromkeys([*sorted(there), *reviews]) if book.parse_period(text)]:
        if closing is not None and closing.period == period:
            desk.put(closing.drawing, closing.notes)
        elif period not in closed:
            _review(desk, book, period, talk)
        elif period in reviews:
            desk.leave(review_marker(period), f"Review {period}", "The review is closed.")
    return desk.cleared()


def draw_alone(
    book: Book, findings: Sequence[Finding], snapshot: Snapshot, later: Sequence[str] = ()
) -> Drawings:
    """Draw Findings and no other sheet."""
    desk = Desk(snapshot, Frame.of(book))
    desk.put(draw_findings(findings, desk.frame, later))
    return desk.cleared()


@dataclass(frozen=True, slots=True)
class Closing:
    """The last drawing of a review, and the words outside its areas that have to be kept."""

    period: str
    drawing: Drawing
    notes: tuple[Note, ...]


def draw_closing(book: Book, snapshot: Snapshot, period: str, talk: Talk, closed: str) -> Closing:
    """Draw a review for the last time; ``closed`` is printed on it. Raises NotWhole."""
    return Closing(period, *_drawn(Desk(snapshot, Frame.of(book)), book, period, talk, closed))


def _review(desk: Desk, book: Book, text: str, talk: Talk) -> None:
    try:
        desk.put(*_drawn(desk, book, text, talk))
    except NotWhole as problem:
        desk.leave(review_marker(text), f"Review {text}", str(problem))


def _drawn(
    desk: Desk, book: Book, text: str, talk: Talk, closed: str = ""
) -> tuple[Drawing, tuple[Note, ...]]:
    """A review's sheet with the words that stand on it now. Raises NotWhole."""
    period = book.parse_period(text)
    assert period is not None
    composed = compose(gather(book, period))
    marker = review_marker(text)
    names = {entry.name: table_name(entry, text) for entry in composed.entries}
    standing = desk.standing(marker)
    if standing is None:
        desk.lost(names.values())
    tables, memo = (standing.tables, standing.memo) if standing else ((), None)
    areas = talk.areas.get(marker, {})
    filled = {
        entry.name: refill(entry, names[entry.name], tables, memo, areas.get(entry.name, Settled()))
        for entry in composed.entries
    }
    notes = tuple(note for area in filled.values() for note in area.notes)
    return draw_review(composed, desk.frame, filled, closed), notes


__all__ = [
    "FINDINGS", "KEPT_NOTES", "PAGES", "Closing", "Drawings", "NotWhole", "Talk", "closed_sheets", "draw_all",
    "draw_alone", "draw_closing", "draw_findings", "draw_kept_notes", "draw_review", "draw_scorecard",
    "entered", "fill_row", "not_ready", "review_marker", "row_of", "settle", "told_of_closing",
]  # fmt: skip
