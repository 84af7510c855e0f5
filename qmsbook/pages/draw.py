"""All pages at once: what a refresh, a closing and a mail draw. ``PAGES`` holds them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.snapshot import Drawn, Snapshot
from qmsbook.methods.method import Assessment
from qmsbook.pages.boards import MARK as BOARDS
from qmsbook.pages.boards import draw_boards
from qmsbook.pages.cascade import MARK as CASCADE
from qmsbook.pages.cascade import draw_cascade
from qmsbook.pages.desk import Desk, Drawings
from qmsbook.pages.entries import Filled, NotWhole, Settled, refill, table_name
from qmsbook.pages.figures import reviewed
from qmsbook.pages.findings import draw_findings
from qmsbook.pages.kept_notes import draw_kept_notes
from qmsbook.pages.memo import Copy
from qmsbook.pages.page import Drawing, Frame, Note, Page, cells_digest
from qmsbook.pages.review import draw_review
from qmsbook.pages.scorecard import draw_scorecard
from qmsbook.pages.settle import SILENCE, Talk
from qmsbook.pages.stamp import Stamp, plan_version
from qmsbook.pages.standing import REVIEWS, Standing, review_marker
from qmsbook.rules.rule import Finding
from qmsbook.rules.steps import still_missing
from qmsbook.sections import compose, gather
from qmsbook.sections.headlines import headlines
from qmsbook.sections.section import Review as Composed

PAGES: Mapping[str, Page] = {
    "Findings": draw_findings, "Scorecard": draw_scorecard, "Cascade": draw_cascade,
    "Boards": draw_boards, "Review": draw_review,
    "Kept notes": draw_kept_notes,
}  # fmt: skip
#: Plans of more KPIs have a Cascade only where somebody asked for it.
TREE_UP_TO = 300


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
    boards: bool = False,
) -> Drawings:
    """Draw Findings, Scorecard, Cascade, Boards, the open reviews that stand there, and those asked for.

    What people typed is read back first; a sheet that would be drawn just as it stands is not put again.
    Boards is drawn where it stands, if the settings want it, or with ``boards``: programs take their time
    over its charts. For the same reason a plan of more than ``TREE_UP_TO`` KPIs has no Cascade unless it
    stands there or ``boards`` asks for it.
    ``talk`` is what was settled with the tables, ``opened`` the marker of a closed review that is opened
    again, ``closing`` the last drawing of one that is being closed.
    """
    desk = Desk(snapshot, Frame.of(book), opened)
    desk.put(draw_findings(findings, desk.frame, later, book.settings.stage, still_missing(book)))
    found = headlines(book, assessed)
    desk.put(draw_scorecard(book, assessed, desk.frame, found))
    if boards or len(assessed.kpis) <= TREE_UP_TO or snapshot.sheet(CASCADE):
        desk.put(draw_cascade(book, assessed, desk.frame, found))
    if boards or book.settings.boards or snapshot.sheet(BOARDS):
        desk.put(draw_boards(book, assessed, desk.frame, found))
    there = {d.marker.removeprefix(REVIEWS) for d in snapshot.drawn if d.marker.startswith(REVIEWS)}
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
    desk.put(draw_findings(findings, desk.frame, later, missing=still_missing(book)))
    return desk.cleared()


def _closed_before(desk: Desk, book: Book, period: Period) -> list[tuple[str, Drawn]]:
    """The sheets of closed reviews of earlier periods, in the order of the periods."""
    closed = {review.period for review in book.reviews if review.state == "closed"}
    found = []
    for drawn in desk.snapshot.drawn:
        text = drawn.marker.removeprefix(REVIEWS)
        of = book.parse_period(text) if drawn.marker.startswith(REVIEWS) and text in closed else None
        if of is not None and of.last < period.last:
            found.append((of.last, text, drawn))
    return [(text, drawn) for _, text, drawn in sorted(found, key=lambda each: each[:2])]


def _composed(desk: Desk, book: Book, period: Period) -> Composed:
    """A review's blocks; figures changed after a closed review are told by what its sheet says."""
    return compose(gather(book, period, reviewed(_closed_before(desk, book, period))))


def draw_for_mail(book: Book, period: Period, snapshot: Snapshot) -> Copy:
    """The review of a period as a workbook of its own, with the words that people typed. Raises NotWhole."""
    desk = Desk(snapshot, Frame.of(book, standalone=True))
    composed = _composed(desk, book, period)
    filled = _filled(desk, composed, period.text)[1]
    bare = draw_review(composed, desk.frame, filled)
    stamp = str(Stamp(composed.as_of, book.on, plan_version(book), cells_digest(bare.cells)))
    return Copy(stamp, draw_review(composed, desk.frame, filled, stamp=stamp).content)


def _filled(
    desk: Desk, composed: Composed, text: str, talk: Talk = SILENCE
) -> tuple[Standing | None, dict[str, Filled]]:
    """A review's sheet as it stands, and its areas with the words that people typed. Raises NotWhole."""
    marker = review_marker(text)
    standing, areas = desk.standing(marker), talk.areas.get(marker, {})
    tables, memo = (standing.tables, standing.memo) if standing else ((), None)
    return standing, {
        entry.name: refill(entry, table_name(entry, text), tables, memo, areas.get(entry.name, Settled()))
        for entry in composed.entries
    }


@dataclass(frozen=True, slots=True)
class Closing:
    """The last drawing of a review, and the words outside its areas that have to be kept."""

    period: str
    drawing: Drawing
    notes: tuple[Note, ...]


def draw_closing(book: Book, snapshot: Snapshot, period: str, talk: Talk, closed: str) -> Closing:
    """Draw a review for the last time; ``closed`` is printed on it. Raises NotWhole.

    The sheet keeps a copy of itself for reading: whenever that is mailed, it is the review that was closed.
    """
    desk = Desk(snapshot, Frame.of(book))
    composed, filled, notes = _told(desk, book, period, talk)
    sheet = draw_review(composed, desk.frame, filled, closed)
    stamp = str(Stamp(composed.as_of, book.on, plan_version(book), cells_digest(sheet.cells)))
    alone = draw_review(composed, replace(desk.frame, standalone=True), filled, closed, stamp)
    kept = Copy(stamp, alone.content)
    return Closing(period, draw_review(composed, desk.frame, filled, closed, copy=kept), notes)


def _review(desk: Desk, book: Book, text: str, talk: Talk) -> None:
    try:
        composed, filled, notes = _told(desk, book, text, talk)
        desk.put(draw_review(composed, desk.frame, filled), notes)
    except NotWhole as problem:
        desk.leave(review_marker(text), f"Review {text}", str(problem))


def _told(
    desk: Desk, book: Book, text: str, talk: Talk
) -> tuple[Composed, dict[str, Filled], tuple[Note, ...]]:
    """A review, the words that stand on its sheet now, and those that have to be kept. Raises NotWhole."""
    period = book.parse_period(text)
    assert period is not None
    composed = _composed(desk, book, period)
    standing, filled = _filled(desk, composed, text, talk)
    if standing is None:
        desk.lost([table_name(entry, text) for entry in composed.entries])
    return composed, filled, tuple(note for area in filled.values() for note in area.notes)
