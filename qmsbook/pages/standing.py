"""Generated sheets as they stand in the workbook: what was drawn on them, and their entry areas."""

from __future__ import annotations

from dataclasses import dataclass

from qmsbook.book.snapshot import MARKER, Drawn, Snapshot, mark
from qmsbook.book.table import Table
from qmsbook.book.words import listed
from qmsbook.pages.areas import longer, put_back
from qmsbook.pages.entries import NotWhole
from qmsbook.pages.memo import SIGN, Memo, memo_of
from qmsbook.pages.page import Drawing, digest_of
from qmsbook.pages.seal import nonce_of

#: The markers of reviews begin so.
REVIEWS = MARKER + "review:"


def review_marker(period: str) -> str:
    """The marker by which the sheet of a period's review is found again."""
    return REVIEWS + period


@dataclass(frozen=True, slots=True)
class Standing:
    """A generated sheet as it stands: its cells, what was drawn on it, its entry areas.

    ``back`` are those among the areas that are tables on the sheet no more.
    """

    drawn: Drawn
    memo: Memo
    tables: tuple[Table, ...]
    back: tuple[Table, ...] = ()

    def signed(self, drawing: Drawing) -> bool:
        """Whether the sheet bears every sign of being this drawing."""
        marked = self.drawn.nonce == nonce_of(drawing.digest) or not mark(drawing.marker, drawing.digest)
        named = self.drawn.cells.get(SIGN) == drawing.marker
        return digest_of(self.drawn) == drawing.digest and marked and named and not self.back


def standing(snapshot: Snapshot, marker: str) -> Standing | None:
    """The sheet with a marker, or None if there is none yet. Raises NotWhole."""
    found = [drawn for drawn in snapshot.drawn if drawn.marker == marker]
    if len(found) > 1:
        raise NotWhole(_COPIES.format(sheets=listed([drawn.sheet for drawn in found])))
    if not found:
        return None
    memo = memo_of(found[0])
    if memo is None:
        raise NotWhole(_NO_MEMO)
    there = [table for table in snapshot.tables if table.sheet == found[0].sheet]
    tables = tuple(longer(found[0], memo, table) for table in there)
    back = put_back(found[0], memo, tables)
    return Standing(found[0], memo, (*tables, *back), back)


_NO_MEMO = (
    "What it remembers in hidden cells was changed in both places, so your words cannot be told from what "
    "was drawn. Move what you typed to a sheet of your own and delete this one; the next refresh draws it "
    "anew."
)
_COPIES = (
    "There are several of it ({sheets}), so nobody can tell which one counts. Delete the others, or move "
    "them to a workbook of their own."
)
