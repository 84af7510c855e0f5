"""Where drawings are held against the sheets that stand in the workbook, so that no word is lost."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from qmsbook.book.edit import PutSheet
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.words import listed
from qmsbook.pages.areas import over_names
from qmsbook.pages.entries import NotWhole, refill
from qmsbook.pages.kept_notes import AREA, MARK, TABLE, draw_kept_notes, with_notes
from qmsbook.pages.page import (
    Compared,
    Drawing,
    Drawings,
    Frame,
    Note,
    NotReplaced,
    compare,
    hung_on,
    note_at,
)
from qmsbook.pages.standing import REVIEWS, Standing, standing


@dataclass(frozen=True, slots=True)
class _Ready:
    drawing: Drawing
    notes: tuple[Note, ...]


class Desk:
    """Collects drawings and decides which of them change anything.

    ``opened`` is the marker of a sheet that may be drawn anew although it is protected.
    """

    def __init__(self, snapshot: Snapshot, frame: Frame, opened: str = "") -> None:
        self.snapshot, self.frame, self.opened = snapshot, frame, opened
        self._ready: list[_Ready] = []
        self._left: list[NotReplaced] = []

    def standing(self, marker: str) -> Standing | None:
        """The sheet with a marker, or None if there is none yet. Raises NotWhole."""
        return standing(self.snapshot, marker)

    def lost(self, names: Collection[str]) -> None:
        """Tell of sheets that hold entry areas of these names but are known as ours no more."""
        wanted = {name.casefold() for name in names}
        own = {drawn.sheet for drawn in (*self.snapshot.drawn, *self.snapshot.copies)}
        sheets = [t.sheet for t in self.snapshot.tables if t.name.casefold() in wanted and t.sheet not in own]
        self._left += [NotReplaced(sheet, _LOST) for sheet in dict.fromkeys(sheets)]

    def leave(self, marker: str, name: str, reason: str) -> None:
        """Leave a sheet as it is; ``name`` is its name where it does not stand yet."""
        drawn = self.snapshot.sheet(marker)
        self._left.append(NotReplaced(drawn.sheet if drawn else name, reason))

    def put(self, drawing: Drawing, notes: Sequence[Note] = ()) -> None:
        """Take a drawing for the workbook, unless the sheet already is as it would be drawn."""
        try:
            standing = self.standing(drawing.marker)
            found = _compared(standing)
            notes = (*notes, *_typed_over(standing, drawing))
            stands = standing is not None and _stands(drawing, standing, found, notes)
            if not stands and standing and standing.drawn.protected and drawing.marker != self.opened:
                raise NotWhole(_PROTECTED)
            if not stands:
                self._ready.append(_Ready(drawing, (*notes, *found.foreign, *_hung_on(standing))))
        except NotWhole as problem:
            self.leave(drawing.marker, drawing.name, str(problem))

    def cleared(self) -> Drawings:
        """All edits, with the sheet of kept notes where there is anything to keep."""
        notes = [replace(note, found_on=self.frame.on) for each in self._ready for note in each.notes]
        try:
            kept = self._kept(notes)
        except NotWhole as problem:
            self.leave(MARK, "Kept notes", str(problem))
            for each in self._ready:
                if each.notes:
                    self.leave(each.drawing.marker, each.drawing.name, _NO_KEPT_NOTES)
            left = tuple(self._edit(e.drawing) for e in self._ready if not e.notes)
            return Drawings(left, tuple(self._left))
        edits = [self._edit(each.drawing) for each in self._ready]
        # Kept notes comes before the reviews, see `PutSheet.before`.
        reviews = [edit for edit in edits if not edit.before]
        others = [edit for edit in edits if edit.before]
        return Drawings((*others, *kept, *reviews), tuple(self._left), tuple(notes))

    def _edit(self, drawing: Drawing) -> PutSheet:
        return replace(_placed(drawing), unlocks=drawing.marker == self.opened)

    def _kept(self, notes: list[Note]) -> list[PutSheet]:
        """The sheet of kept notes, if it changes: what stands there, and the new ones. Raises NotWhole."""
        if self.snapshot.sheet(MARK) is None and not notes:
            return []
        standing = self.standing(MARK)
        filled = refill(AREA, TABLE, standing.tables if standing else (), standing.memo if standing else None)
        found = _compared(standing)
        beside = [replace(note, found_on=self.frame.on) for note in (*filled.notes, *found.foreign)]
        notes += beside
        drawing = draw_kept_notes(with_notes(filled, notes), self.frame)
        if standing and _stands(drawing, standing, found, beside):
            return []
        if standing and standing.drawn.protected:
            raise NotWhole(_PROTECTED)
        hung = [replace(note, found_on=self.frame.on) for note in _hung_on(standing)]
        notes += hung
        return [_placed(draw_kept_notes(with_notes(filled, notes), self.frame) if hung else drawing)]


def _placed(drawing: Drawing) -> PutSheet:
    """The edit that puts a sheet; no other sheet of ours comes behind a review.

    For where a sheet is deleted, LibreOffice takes away the tables of the one before it.
    """
    return replace(drawing.edit, before="" if drawing.marker.startswith(REVIEWS) else REVIEWS)


def _compared(standing: Standing | None) -> Compared:
    if standing is None:
        return Compared((), True)
    return compare(standing.drawn, standing.memo, standing.tables)


def _typed_over(standing: Standing | None, drawing: Drawing) -> Iterator[Note]:
    """What people typed over the names of rows and columns in entry areas, unless it is drawn again."""
    if standing is not None:
        for place in over_names(standing.drawn, standing.memo, standing.tables, drawing.cells):
            yield note_at(standing.drawn, place)


def _hung_on(standing: Standing | None) -> tuple[Note, ...]:
    """The words of what hangs on a sheet. Raises NotWhole for what is more than words."""
    if standing is None:
        return ()
    whole = [each for each in standing.drawn.attached if not each.text]
    if whole:
        kinds = dict.fromkeys(f"a {each.what}" for each in whole)
        raise NotWhole(_HUNG_ON.format(what=listed(list(kinds))))
    return hung_on(standing.drawn)


def _stands(drawing: Drawing, standing: Standing, found: Compared, notes: Sequence[Note]) -> bool:
    return standing.signed(drawing) and found.intact and not notes


_HUNG_ON = (
    "It carries {what} of yours, which would be lost. Move that to a sheet of your own; the next refresh "
    "then goes on."
)
_LOST = (
    "It has a table like one of ours, but no sign says that qmsbook drew it (any more). So it "
    "counts as a sheet of yours: nothing on it was changed, and nothing on it was read."
)
_PROTECTED = "It is protected, so it could not be drawn anew. Unprotect it; the next refresh then goes on."
_NO_KEPT_NOTES = "Words on it can only be moved once the sheet Kept notes is in order again."
