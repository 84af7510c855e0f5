"""All pages at once: what a refresh, a closing and a mail draw. ``PAGES`` holds them all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.snapshot import Drawn, Snapshot
from qmsbook.methods.method import Assessment
from qmsbook.pages.boards import MARK as BOARDS
from qmsbook.pages.boards import draw_boards
from qmsbook.pages.cascade import MARK as CASCADE
from qmsbook.pages.cascade import draw_cascade
from qmsbook.pages.desk import Desk
from qmsbook.pages.entries import Filled, NotWhole, Settled, refill, table_name
from qmsbook.pages.figures import reviewed
from qmsbook.pages.findings import draw_findings
from qmsbook.pages.kept_notes import draw_kept_notes
from qmsbook.pages.memo import Copy
from qmsbook.pages.page import Drawing, Drawings, Frame, Note, Page, cells_digest
from qmsbook.pages.review import draw_review
from qmsbook.pages.scorecard import draw_scorecard
from qmsbook.pages.settle import SILENCE, Talk
from qmsbook.pages.stamp import Stamp, plan_version
from qmsbook.pages.standing import REVIEWS, Standing, review_marker
from qmsbook.rules.rule import Finding
from qmsbook.rules.steps import still_missing
from qmsbook.sections import compose, gather
from qmsbook.sections.headlines import Headlines
from qmsbook.sections.section import Review as Composed

PAGES: Mapping[str, Page] = {
    "Findings": draw_findings, "Scorecard": draw_scorecard, "Cascade": draw_cascade,
    "Boards": draw_boards, "Review": draw_review,
    "Kept notes": draw_kept_notes,
}  # fmt: skip
#: Plans of more KPIs have a Cascade only where somebody asked for it.
TREE_UP_TO = 300


class Content(NamedTuple):
    """All that the sheets say: the plan as it was judged, its headlines, and the reviews by their periods.

    ``later`` are sentences on what later stages would add. A review that was asked for and is closed stands
    among ``reviews`` as None: it is not drawn.
    """

    book: Book
    assessed: Assessment
    headlines: Headlines
    findings: Sequence[Finding] = ()
    later: Sequence[str] = ()
    reviews: Mapping[str, Composed | None] = MappingProxyType({})


class Closing(NamedTuple):
    """The last drawing of a review, and the words outside its areas that have to be kept."""

    period: str
    drawing: Drawing
    notes: tuple[Note, ...]


class Ground(NamedTuple):
    """What the sheets are drawn over: the workbook as it stands, and what was settled with its tables.

    ``opened`` is the marker of a closed review that is opened again, ``closing`` the last drawing of one that
    is being closed.
    """

    snapshot: Snapshot
    talk: Talk = SILENCE
    opened: str = ""
    closing: Closing | None = None


def compose_reviews(book: Book, snapshot: Snapshot, asked: Sequence[str]) -> dict[str, Composed | None]:
    """The open reviews that stand there and those of periods asked for, in the order of their sheets."""
    there = {d.marker.removeprefix(REVIEWS) for d in snapshot.drawn if d.marker.startswith(REVIEWS)}
    closed = {review.period for review in book.reviews if review.state == "closed"} & there
    found: dict[str, Composed | None] = {}
    for text in dict.fromkeys([*sorted(there), *asked]):
        period = book.parse_period(text)
        if period is not None and (text not in closed or text in asked):
            found[text] = None if text in closed else compose_review(book, snapshot, period)
    return found


def draw_all(content: Content, ground: Ground, boards: bool = False) -> Drawings:
    """Draw Findings, Scorecard, Cascade, Boards, and the reviews.

    What people typed is read back first; a sheet that would be drawn just as it stands is not put again.
    Boards is drawn where it stands, if the settings want it, or with ``boards``: programs take their time
    over its charts. For the same reason a plan of more than ``TREE_UP_TO`` KPIs has no Cascade unless it
    stands there or ``boards`` asks for it.
    """
    book, assessed, found, snapshot = content.book, content.assessed, content.headlines, ground.snapshot
    desk = Desk(snapshot, Frame.of(book), ground.opened)
    missing, stage = still_missing(book), book.settings.stage
    desk.put(draw_findings(content.findings, desk.frame, content.later, stage, missing))
    desk.put(draw_scorecard(book, assessed, desk.frame, found))
    if boards or len(assessed.kpis) <= TREE_UP_TO or snapshot.sheet(CASCADE):
        desk.put(draw_cascade(book, assessed, desk.frame, found))
    if boards or book.settings.boards or snapshot.sheet(BOARDS):
        desk.put(draw_boards(book, assessed, desk.frame, found))
    for period, composed in content.reviews.items():
        if ground.closing is not None and ground.closing.period == period:
            desk.put(ground.closing.drawing, ground.closing.notes)
        elif composed is None:
            desk.leave(review_marker(period), f"Review {period}", "The review is closed.")
        else:
            _review(desk, composed, ground.talk)
    return desk.cleared()


def not_drawn(book: Book, ground: Ground) -> frozenset[str]:
    """The markers of reviews that gave something to the tables of ``book`` and cannot be drawn anew."""
    desk, given = Desk(ground.snapshot, Frame.of(book), ground.opened), frozenset(ground.talk.moved)
    for marker in ground.talk.moved:
        period = book.parse_period(marker.removeprefix(REVIEWS))
        assert period is not None  # from others nothing is taken
        _review(desk, compose_review(book, ground.snapshot, period), ground.talk)
    return given - {edit.marker for edit in desk.cleared().edits}


def draw_alone(
    book: Book, findings: Sequence[Finding], snapshot: Snapshot, later: Sequence[str] = ()
) -> Drawings:
    """Draw Findings and no other sheet."""
    desk = Desk(snapshot, Frame.of(book))
    desk.put(draw_findings(findings, desk.frame, later, book.settings.stage, still_missing(book)))
    return desk.cleared()


def _closed_before(snapshot: Snapshot, book: Book, period: Period) -> list[tuple[str, Drawn]]:
    """The sheets of closed reviews of earlier periods, in the order of the periods."""
    closed = {review.period for review in book.reviews if review.state == "closed"}
    found = []
    for drawn in snapshot.drawn:
        text = drawn.marker.removeprefix(REVIEWS)
        of = book.parse_period(text) if drawn.marker.startswith(REVIEWS) and text in closed else None
        if of is not None and of.last < period.last:
            found.append((of.last, text, drawn))
    return [(text, drawn) for _, text, drawn in sorted(found, key=lambda each: each[:2])]


def compose_review(book: Book, snapshot: Snapshot, period: Period) -> Composed:
    """A review's blocks; figures changed after a closed review are told by what its sheet says."""
    return compose(gather(book, period, reviewed(_closed_before(snapshot, book, period))))


def draw_for_mail(book: Book, period: Period, snapshot: Snapshot) -> Copy:
    """The review of a period as a workbook of its own, with the words that people typed. Raises NotWhole."""
    desk = Desk(snapshot, Frame.of(book, standalone=True))
    composed = compose_review(book, snapshot, period)
    filled = _filled(desk, composed)[1]
    bare = draw_review(composed, desk.frame, filled)
    stamp = str(Stamp(composed.as_of, book.on, plan_version(book), cells_digest(bare.cells)))
    return Copy(stamp, draw_review(composed, desk.frame, filled, stamp=stamp).content)


def _filled(
    desk: Desk, composed: Composed, talk: Talk = SILENCE
) -> tuple[Standing | None, dict[str, Filled]]:
    """A review's sheet as it stands, and its areas with the words that people typed. Raises NotWhole."""
    text, marker = composed.period, review_marker(composed.period)
    standing, areas = desk.standing(marker), talk.areas.get(marker, {})
    tables, memo = (standing.tables, standing.memo) if standing else ((), None)
    return standing, {
        entry.name: refill(entry, table_name(entry, text), tables, memo, areas.get(entry.name, Settled()))
        for entry in composed.entries
    }


def draw_closing(book: Book, ground: Ground, period: Period, closed: str) -> Closing:
    """Draw a review for the last time; ``closed`` is printed on it. Raises NotWhole.

    The sheet keeps a copy of itself for reading: whenever that is mailed, it is the review that was closed.
    """
    desk = Desk(ground.snapshot, Frame.of(book))
    composed = compose_review(book, ground.snapshot, period)
    filled, notes = _told(desk, composed, ground.talk)
    sheet = draw_review(composed, desk.frame, filled, closed)
    stamp = str(Stamp(composed.as_of, book.on, plan_version(book), cells_digest(sheet.cells)))
    alone = draw_review(composed, replace(desk.frame, standalone=True), filled, closed, stamp)
    kept = Copy(stamp, alone.content)
    drawing = draw_review(composed, desk.frame, filled, closed, copy=kept)
    return Closing(composed.period, drawing, notes)


def _review(desk: Desk, composed: Composed, talk: Talk) -> None:
    try:
        filled, notes = _told(desk, composed, talk)
        desk.put(draw_review(composed, desk.frame, filled), notes)
    except NotWhole as problem:
        text = composed.period
        desk.leave(review_marker(text), f"Review {text}", str(problem))


def _told(desk: Desk, composed: Composed, talk: Talk) -> tuple[dict[str, Filled], tuple[Note, ...]]:
    """The words that stand on a review's sheet now, and those that have to be kept. Raises NotWhole."""
    standing, filled = _filled(desk, composed, talk)
    if standing is None:
        desk.lost([table_name(entry, composed.period) for entry in composed.entries])
    return filled, tuple(note for area in filled.values() for note in area.notes)
