"""All pages, and everything that a refresh draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qmsbook.book import Book
from qmsbook.edit import PutSheet
from qmsbook.host import Snapshot
from qmsbook.method import Assessment
from qmsbook.page import Compared, Drawing, Frame, Memo, Note, NotReplaced, Page, compare, digest_of, memo_of
from qmsbook.pages.entries import Filled, NotWhole, refill, table_name
from qmsbook.pages.findings import MARK as FINDINGS
from qmsbook.pages.findings import draw_findings
from qmsbook.pages.kept_notes import AREA, TABLE, draw_kept_notes, with_notes
from qmsbook.pages.kept_notes import MARK as KEPT_NOTES
from qmsbook.pages.review import draw_review, review_marker
from qmsbook.pages.scorecard import draw_scorecard
from qmsbook.rule import Finding
from qmsbook.sections import compose, gather
from qmsbook.table import Table
from qmsbook.words import plural

PAGES: Mapping[str, Page] = {
    "Findings": draw_findings, "Scorecard": draw_scorecard, "Review": draw_review,
    "Kept notes": draw_kept_notes,
}  # fmt: skip
_REVIEW = review_marker("")


@dataclass(frozen=True, slots=True)
class Drawings:
    """The sheets that a refresh puts, those it leaves as they are and why, and the words that it moved."""

    edits: tuple[PutSheet, ...]
    not_replaced: tuple[NotReplaced, ...] = ()
    kept: tuple[Note, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should be told, as sentences."""
        told = [str(each) for each in self.not_replaced]
        if self.kept:
            cells = ", ".join(f"{note.sheet} {note.cell}" for note in self.kept[:5])
            more = ", ..." if len(self.kept) > 5 else ""
            told.append(
                f"{plural(len(self.kept), 'note')} moved to the sheet Kept notes (from {cells}{more})."
            )
        return tuple(told)


def draw_all(
    book: Book,
    assessed: Assessment,
    findings: Sequence[Finding],
    snapshot: Snapshot,
    reviews: Sequence[str] = (),
    later: Sequence[str] = (),
) -> Drawings:
    """Draw Findings, Scorecard, the open reviews that stand in the workbook, and those asked for.

    What people typed is read back first; a sheet that would be drawn just as it stands is not put again.
    """
    desk = _Desk(snapshot, Frame.of(book))
    desk.put(draw_findings(findings, desk.frame, later))
    desk.put(draw_scorecard(book, assessed, desk.frame))
    there = {d.marker.removeprefix(_REVIEW) for d in snapshot.drawn if d.marker.startswith(_REVIEW)}
    closed = {review.period for review in book.reviews if review.state == "closed"} & there
    for period in [text for text in dict.fromkeys([*sorted(there), *reviews]) if book.parse_period(text)]:
        if period not in closed:
            _review(desk, book, period)
        elif period in reviews:
            desk.leave(review_marker(period), "The review is closed.")
    return desk.cleared()


def _review(desk: _Desk, book: Book, text: str) -> None:
    period = book.parse_period(text)
    assert period is not None
    composed = compose(gather(book, period))
    marker = review_marker(text)
    memo, tables = desk.memo(marker), desk.tables(marker)
    try:
        filled = {e.name: refill(e, table_name(e, text), tables, memo) for e in composed.entries}
    except NotWhole as problem:
        desk.leave(marker, str(problem))
        return
    notes = [note for area in filled.values() for note in area.notes]
    desk.put(draw_review(composed, desk.frame, filled), notes)


@dataclass(frozen=True, slots=True)
class _Ready:
    drawing: Drawing
    notes: tuple[Note, ...]


class _Desk:
    """Where drawings are held against what stands in the workbook."""

    def __init__(self, snapshot: Snapshot, frame: Frame) -> None:
        self.snapshot, self.frame = snapshot, frame
        self.ready: list[_Ready] = []
        self.left: list[NotReplaced] = []

    def memo(self, marker: str) -> Memo | None:
        drawn = self.snapshot.sheet(marker)
        return memo_of(drawn) if drawn else None

    def tables(self, marker: str) -> list[Table]:
        return [table for table in self.snapshot.tables if table.marker == marker]

    def leave(self, marker: str, reason: str) -> None:
        drawn = self.snapshot.sheet(marker)
        self.left.append(NotReplaced(drawn.sheet if drawn else marker, reason))

    def put(self, drawing: Drawing, notes: Sequence[Note] = ()) -> None:
        """Take a drawing for the workbook, unless the sheet already is as it would be drawn."""
        drawn = self.snapshot.sheet(drawing.marker)
        if drawn is None:
            self.ready.append(_Ready(drawing, tuple(notes)))
            return
        memo = memo_of(drawn)
        if memo is None:
            self.leave(drawing.marker, _NO_MEMO)
            return
        found = compare(drawn, memo, self.tables(drawing.marker))
        if not _stands(drawing, digest_of(drawn), found, notes):
            self.ready.append(_Ready(drawing, (*notes, *found.foreign)))

    def cleared(self) -> Drawings:
        """All edits, with the sheet of kept notes where there is anything to keep."""
        notes = [replace(note, found_on=self.frame.on) for each in self.ready for note in each.notes]
        try:
            kept = self._kept(notes)
        except NotWhole as problem:
            self.leave(KEPT_NOTES, str(problem))
            kept = None
        edits = [each.drawing.edit for each in self.ready if kept is not None or not each.notes]
        if kept is None:
            for each in self.ready:
                if each.notes:
                    self.leave(
                        each.drawing.marker, "Its notes can only be moved once Kept notes is in order again."
                    )
            return Drawings(tuple(edits), tuple(self.left))
        return Drawings((*edits, *kept), tuple(self.left), tuple(notes))

    def _kept(self, notes: list[Note]) -> list[PutSheet]:
        """The sheet of kept notes, if it changes: what stands there, and the new ones."""
        drawn = self.snapshot.sheet(KEPT_NOTES)
        if drawn is None and not notes:
            return []
        memo, tables = self.memo(KEPT_NOTES), self.tables(KEPT_NOTES)
        if drawn is not None and memo is None:
            raise NotWhole(_NO_MEMO)
        filled = refill(AREA, TABLE, tables, memo)
        found = compare(drawn, memo, tables) if drawn and memo else Compared((), True)
        beside = [replace(note, found_on=self.frame.on) for note in (*filled.notes, *found.foreign)]
        notes += beside
        drawing = draw_kept_notes(with_notes(filled, notes), self.frame)
        if drawn and _stands(drawing, digest_of(drawn), found, beside):
            return []
        return [drawing.edit]


def _stands(drawing: Drawing, digest: str, found: Compared, notes: Sequence[Note]) -> bool:
    return drawing.digest == digest and found.intact and not notes


_NO_MEMO = (
    "Its hidden first row was changed, so your words cannot be told from what was drawn. Move what you "
    "typed to a "
    "sheet of your own and delete this one; the next refresh draws it anew."
)

__all__ = [
    "FINDINGS", "KEPT_NOTES", "PAGES", "Drawings", "Filled", "draw_all", "draw_findings", "draw_kept_notes",
    "draw_review", "draw_scorecard", "review_marker",
]  # fmt: skip
