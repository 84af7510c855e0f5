"""Writes cells into a sheet's XML as splices, so that every byte outside those cells stays as it was."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import chain, compress, groupby, product
from operator import is_not
from typing import cast

from qmsbook.book.cell import Cell, letters, range_a1
from qmsbook.hosts.file.foreign import Box, box, number
from qmsbook.hosts.file.patterns import cells_in
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.host import SheetProtected, WorkbookUnreadable, WouldLoseContent

#: Rows that are written alike: first row, last row, columns.
Stretch = tuple[int, int, tuple[int, ...]]

#: So many rows are looked at together.
_PIECE = 1 << 12
_IS_WRITTEN = partial(is_not, None)
_LAST = re.compile(rb"/?>\Z")
#: A password's marks on a sheet's protection: of old and of new files.
_PASSWORDS = frozenset({"password", "hashValue"})
_SPANS = re.compile(rb'\sspans="([^"]*)"')
_HEIGHT = re.compile(rb'\sht="([^"]*)"')
_OWN_HEIGHT = re.compile(rb'\s(?:customHeight|hidden)="(?:1|true)"')


class Grid:
    """The cells to write on a sheet, column by column.

    ``columns`` holds by column, in order, what stands behind the address of each cell, from row ``first`` on;
    None leaves a cell as it is. ``heights`` has the points that rows need for what is written.
    ``stretches`` are the rows to write, neighbours that are alike together.
    """

    def __init__(
        self, first: int, columns: dict[int, list[bytes | None]], heights: dict[int, float] | None = None
    ) -> None:
        self.first, self.columns, self.heights = first, columns, heights or {}
        self.stretches: list[Stretch] = []
        height = max(map(len, columns.values()), default=0)
        for start in range(0, height, _PIECE):
            pieces = [tails[start : start + _PIECE] for tails in columns.values()]
            # Of a million rows mostly one is written.
            if any(piece.count(None) < len(piece) for piece in pieces):
                self._look(first + start, pieces)

    def _look(self, first: int, pieces: list[list[bytes | None]]) -> None:
        written = zip(*(map(_IS_WRITTEN, tails) for tails in pieces), strict=True)
        for flags, alike in groupby(written):
            stop = first + len(list(alike))
            if any(flags):
                columns = tuple(compress(self.columns, flags))
                before = self.stretches[-1] if self.stretches else None
                if before is not None and before[1:] == (first - 1, columns):
                    first = self.stretches.pop()[0]
                self.stretches.append((first, stop - 1, columns))
            first = stop

    def rows(self, stretch: Stretch) -> Iterator[tuple[int, tuple[bytes, ...]]]:
        """The number of each row of a stretch, and what stands behind the addresses of its cells."""
        first, last, columns = stretch
        part = slice(first - self.first, last + 1 - self.first)
        tails = zip(*(self.columns[column][part] for column in columns), strict=True)
        return enumerate(cast("Iterator[tuple[bytes, ...]]", tails), first)


class _Seam:
    """Where the cells of some columns stand in a row, or belong: runs of adjacent columns are cut out whole.

    ``pattern`` gives what stays before each run; ``runs`` hold for each run the XML of its cells, with ``#``
    for the row's number, and which of the columns they are.
    """

    def __init__(self, prefix: bytes, columns: tuple[int, ...]) -> None:
        self.columns = columns
        self.runs: list[tuple[bytes, slice]] = []
        pieces, done, at = [], 0, 0
        while at < len(columns):
            stop = at + 1
            while stop < len(columns) and columns[stop] == columns[stop - 1] + 1:
                stop += 1
            run = columns[at:stop]
            before = cells_in(prefix, range(done + 1, run[0]))
            cell = cells_in(prefix, run)
            pieces.append(rb"((?:\s*%s)*\s*)(?:%s(?:\s*%s)*)?" % (before, cell, cell))
            names = (letters(column).encode() for column in run)
            self.runs.append(
                (b"".join(b'<%sc r="%s#%%b' % (prefix, name) for name in names), slice(at, stop))
            )
            done, at = run[-1], stop
        self.pattern = re.compile(b"".join(pieces), re.DOTALL)

    def write(
        self,
        out: io.BytesIO,
        sheet: SheetXml,
        start: int,
        row: bytes,
        tails: tuple[bytes, ...],
        height: float | None,
    ) -> int:
        """Writes a row, which stands at a place or belongs there; says where its unwritten rest begins."""
        cells = [template.replace(b"#", row) % tails[part] for template, part in self.runs]
        found, prefix = sheet.patterns.row.match(sheet.data, start), sheet.prefix
        if found is None or found[1] != row:
            tag = _opened(b'<%srow r="%s">' % (prefix, row), self.columns, height)
            out.write(b"%s%s</%srow>" % (tag, b"".join(cells), prefix))
            return start
        tag, place = _opened(found[0], self.columns, height), found.end()
        if tag.endswith(b"/>"):
            out.write(b"%s>%s</%srow>" % (tag[:-2], b"".join(cells), prefix))
            return place
        kept = self.pattern.match(sheet.data, place)
        assert kept is not None  # every part of the pattern may be absent
        out.write(tag)
        for before, run in zip(kept.groups(), cells, strict=True):
            out.write(before)
            out.write(run)
        return kept.end()


def spliced(sheet: SheetXml, grid: Grid, tail: bytes) -> bytes:
    """A sheet's XML with a grid's cells written, and with another ``tail`` behind them."""
    data, place, out = sheet.data, sheet.start, io.BytesIO()
    head = _LAST.sub(b">", data[:place]) if sheet.empty else data[:place]
    out.write(_dimension(head, sheet.prefix, grid.stretches))
    seams = {columns: _Seam(sheet.prefix, columns) for _, _, columns in grid.stretches}
    for stretch in grid.stretches:
        seam = seams[stretch[2]]
        for row, tails in grid.rows(stretch):
            number = b"%d" % row
            start = sheet.place_of(row)
            out.write(data[place:start])
            place = seam.write(out, sheet, start, number, tails, grid.heights.get(row))
    out.write(data[place : sheet.end])
    out.write(b"</%ssheetData>" % sheet.prefix + tail if sheet.empty else tail)
    return out.getvalue()


def _opened(tag: bytes, columns: tuple[int, ...], height: float | None) -> bytes:
    """A row's tag, without its ``spans`` if a written cell lies outside them, and high enough for its text.

    Spans are only a hint. A height is what Excel last found for the text, and it finds it anew only when
    somebody types there; so a row grows here, but never one whose height a person set.
    """
    found = _SPANS.search(tag)
    if found is not None:
        first, last = _ends(found[1])
        if not first <= columns[0] <= columns[-1] <= last:
            tag = tag[: found.start()] + tag[found.end() :]
    if height is None or _OWN_HEIGHT.search(tag):
        return tag
    old = _HEIGHT.search(tag)
    if old is not None:
        return (
            tag
            if number(old[1].decode(), "", "the height of a row") >= height
            else b'%s ht="%g"%s' % (tag[: old.start()], height, tag[old.end() :])
        )
    end = tag.rindex(b"/>" if tag.endswith(b"/>") else b">")
    return b'%s ht="%g"%s' % (tag[:end], height, tag[end:])


@lru_cache(maxsize=1024)
def _ends(spans: bytes) -> tuple[int, int]:
    first, _, last = spans[:11].partition(b":")
    return (int(first), int(last)) if first.isdigit() and last.isdigit() else (1, 0)


def _dimension(head: bytes, prefix: bytes, written: list[Stretch]) -> bytes:
    found = re.search(rb"""<%sdimension\s[^<>]*?ref\s*=\s*["']([^"']*)["']""" % prefix, head)
    if found is None or not written:
        return head
    try:
        top, left, bottom, right = box(found[1].decode(), "", "the range of a sheet")
    except WorkbookUnreadable:
        return head  # only a hint
    lefts, rights = (columns[0] for _, _, columns in written), (columns[-1] for _, _, columns in written)
    wider = min(top, written[0][0]), min(left, *lefts), max(bottom, written[-1][1]), max(right, *rights)
    if wider == (top, left, bottom, right):
        return head
    return head[: found.start(1)] + range_a1(*wider).encode() + head[found.end(1) :]


def check_writable(sheet: SheetXml, name: str, grid: Grid) -> None:
    """Raises SheetProtected or WouldLoseContent if a grid's cells cannot be written exactly."""
    if sheet.obstacle:
        raise WouldLoseContent(f"The sheet {name} holds {sheet.obstacle}; open it in Excel and save it once.")
    check_unprotected(sheet, name)
    arrays, merges = sheet.arrays(), sheet.merges
    if not arrays and not merges:
        return
    stretches = ((range(first, last + 1), columns) for first, last, columns in grid.stretches)
    for row, column in chain.from_iterable(product(*each) for each in stretches):
        if _inside(arrays, row, column):
            raise WouldLoseContent(f"{Cell(name, row, column)} belongs to an array formula.")
        merged = _inside(merges, row, column)
        if merged and merged[:2] != (row, column):
            raise WouldLoseContent(f"{Cell(name, row, column)} lies inside the merge {range_a1(*merged)}.")


def check_unprotected(sheet: SheetXml, name: str, unlocks: bool = False) -> None:
    """Raises SheetProtected for a sheet whose protection is on; with ``unlocks`` if it has a password."""
    found = sheet.protection()
    if found is not None and not (unlocks and _PASSWORDS.isdisjoint(found)):
        raise SheetProtected(f"It is the sheet {name}.")


def _inside(boxes: list[Box], row: int, column: int) -> Box | None:
    return next((box for box in boxes if box[0] <= row <= box[2] and box[1] <= column <= box[3]), None)
