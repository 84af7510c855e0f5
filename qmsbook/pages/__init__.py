"""All pages, and everything that a refresh draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmsbook.book import Book
from qmsbook.host import Drawn, Snapshot
from qmsbook.method import Assessment
from qmsbook.page import Frame, Page
from qmsbook.pages.boards import MARK as BOARDS
from qmsbook.pages.boards import draw_boards
from qmsbook.pages.cascade import MARK as CASCADE
from qmsbook.pages.cascade import draw_cascade
from qmsbook.pages.desk import Desk, Drawings
from qmsbook.pages.entries import NotWhole, refill, table_name
from qmsbook.pages.figures import reviewed
from qmsbook.pages.findings import MARK as FINDINGS
from qmsbook.pages.findings import draw_findings
from qmsbook.pages.kept_notes import MARK as KEPT_NOTES
from qmsbook.pages.kept_notes import draw_kept_notes
from qmsbook.pages.review import draw_review, review_marker
from qmsbook.pages.scorecard import draw_scorecard
from qmsbook.period import Period
from qmsbook.rule import Finding
from qmsbook.sections import compose, gather

PAGES: Mapping[str, Page] = {
    "Findings": draw_findings, "Scorecard": draw_scorecard, "Cascade": draw_cascade,
    "Boards": draw_boards, "Review": draw_review,
    "Kept notes": draw_kept_notes,
}  # fmt: skip
_REVIEW = review_marker("")
#: Plans of more KPIs have a Cascade only where somebody asked for it.
TREE_UP_TO = 300


def draw_all(
    book: Book,
    assessed: Assessment,
    findings: Sequence[Finding],
    snapshot: Snapshot,
    reviews: Sequence[str] = (),
    later: Sequence[str] = (),
    boards: bool = False,
) -> Drawings:
    """Draw Findings, Scorecard, Cascade, Boards, the open reviews that stand there, and those asked for.

    What people typed is read back first; a sheet that would be drawn just as it stands is not put again.
    Boards is drawn where it stands, if the settings want it, or with ``boards``: programs take their time
    over its charts. For the same reason a plan of more than ``TREE_UP_TO`` KPIs has no Cascade unless it
    stands there or ``boards`` asks for it.
    """
    desk = Desk(snapshot, Frame.of(book))
    desk.put(draw_findings(findings, desk.frame, later, book.settings.stage))
    desk.put(draw_scorecard(book, assessed, desk.frame))
    if boards or len(assessed.kpis) <= TREE_UP_TO or snapshot.sheet(CASCADE):
        desk.put(draw_cascade(book, assessed, desk.frame))
    if boards or book.settings.boards or snapshot.sheet(BOARDS):
        desk.put(draw_boards(book, assessed, desk.frame))
    there = {d.marker.removeprefix(_REVIEW) for d in snapshot.drawn if d.marker.startswith(_REVIEW)}
    closed = {review.period for review in book.reviews if review.state == "closed"} & there
    for period in [text for text in dict.fromkeys([*sorted(there), *reviews]) if book.parse_period(text)]:
        if period not in closed:
            _review(desk, book, period)
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


def _closed_before(desk: Desk, book: Book, period: Period) -> list[tuple[str, Drawn]]:
    """The sheets of closed reviews of earlier periods, in the order of the periods."""
    closed = {review.period for review in book.reviews if review.state == "closed"}
    found = []
    for drawn in desk.snapshot.drawn:
        text = drawn.marker.removeprefix(_REVIEW)
        of = book.parse_period(text) if drawn.marker.startswith(_REVIEW) and text in closed else None
        if of is not None and of.last < period.last:
            found.append((of.last, text, drawn))
    return [(text, drawn) for _, text, drawn in sorted(found, key=lambda each: each[:2])]


def _review(desk: Desk, book: Book, text: str) -> None:
    period = book.parse_period(text)
    assert period is not None
    composed = compose(gather(book, period, reviewed(_closed_before(desk, book, period))))
    marker = review_marker(text)
    names = {entry.name: table_name(entry, text) for entry in composed.entries}
    try:
        standing = desk.standing(marker)
        tables, memo = (standing.tables, standing.memo) if standing else ((), None)
        filled = {entry.name: refill(entry, names[entry.name], tables, memo) for entry in composed.entries}
    except NotWhole as problem:
        desk.leave(marker, f"Review {text}", str(problem))
        return
    if standing is None:
        desk.lost(names.values())
    notes = [note for area in filled.values() for note in area.notes]
    desk.put(draw_review(composed, desk.frame, filled), notes)


__all__ = [
    "FINDINGS", "KEPT_NOTES", "PAGES", "Drawings", "draw_all", "draw_alone", "draw_boards",
    "draw_cascade", "draw_findings", "draw_kept_notes", "draw_review", "draw_scorecard", "review_marker",
]  # fmt: skip
