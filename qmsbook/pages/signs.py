"""Whether the generated sheets of a workbook can still be told, and what people must know where not."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Trouble
from qmsbook.book.snapshot import Drawn, Snapshot, area_of
from qmsbook.book.words import clipped, listed
from qmsbook.pages.memo import SIGN, memo_of, memo_told, memo_whole
from qmsbook.pages.page import digest_of, text_of
from qmsbook.pages.standing import REVIEWS


def sheets_noticed(snapshot: Snapshot, draws: bool) -> Iterator[Trouble]:
    """What rules have to tell of generated sheets: damaged signs, copies, sheets that are known no more.

    If the command ``draws`` the sheets, it gives them their signs back: then only what stays is told.
    """
    for drawn in snapshot.drawn:
        detail = _damage(drawn)
        if detail and not (draws and memo_told(drawn) and not drawn.protected):
            yield Trouble("sign damaged", "", row=drawn.sheet, detail=detail)
    yield from _copies(snapshot)
    yield from _unknown(snapshot)


def _damage(drawn: Drawn) -> str:
    """What is wrong with the signs of a sheet; those that older sheets never had are not missed."""
    if not memo_told(drawn):
        return "nothing on it tells any more what was drawn there, so it is left as it is"
    first = text_of(drawn.cells.get(SIGN))
    if first != drawn.marker:
        return f"its hidden cell A1 holds {clipped(first, 30) or 'nothing'} instead of {drawn.marker}"
    if drawn.nonce and not digest_of(drawn).startswith(drawn.nonce):
        return "its hidden cell B1 does not hold what was put there"
    if drawn.nonce and not memo_whole(drawn):
        return "what it remembers in hidden cells was changed in one of two places"
    return ""


def _copies(snapshot: Snapshot) -> Iterator[Trouble]:
    alike: dict[str, list[str]] = {}
    for drawn in snapshot.drawn:
        alike.setdefault(drawn.marker, []).append(drawn.sheet)
    for sheets in alike.values():
        if len(sheets) > 1:
            yield Trouble("sheets alike", "", row=sheets[0], detail=listed(sheets))
    for copy in snapshot.copies:
        memo, ours = memo_of(copy), alike.get(copy.marker, [""])
        if memo is None or memo.entries:  # on others nothing is typed that would be read
            yield Trouble("sheet copied", "", row=copy.sheet, detail=ours[0])


def _unknown(snapshot: Snapshot) -> Iterator[Trouble]:
    """Sheets that hold the areas of a review and bear no sign of it."""
    found: dict[tuple[str, str], int] = {}
    for table in snapshot.tables:
        period = area_of(table.name)
        if period and not table.marker:
            found[table.sheet, period] = found.get((table.sheet, period), 0) + 1
    for (sheet, period), count in found.items():
        if count > 1:
            yield Trouble("sign lost", "", row=sheet, detail=REVIEWS + period)
