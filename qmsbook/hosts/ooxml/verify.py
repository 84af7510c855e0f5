"""Looks at a new file before it takes the old one's place: nothing but the edits may differ."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping

from qmsbook.cell import Cell, letters
from qmsbook.host import NotSaved
from qmsbook.hosts.ooxml.cells import Formula
from qmsbook.hosts.ooxml.package import Package
from qmsbook.hosts.ooxml.reader import Decoder, all_cells
from qmsbook.hosts.ooxml.scan import SheetXml
from qmsbook.hosts.ooxml.splice import Writes
from qmsbook.hosts.ooxml.workbook import Workbook
from qmsbook.hosts.plan import same
from qmsbook.table import Value

#: How many different cells are decoded only once.
_REMEMBERED = 10_000
_SPANS = re.compile(rb'\sspans="[^"]*"')


def check_parts(old: Package, new: Package, changed: Mapping[str, bytes | None]) -> None:
    """Raises NotSaved unless parts that were not to change are the same, and the others as meant.

    ``changed`` gives the digests of new contents, and None for parts that go.
    """
    meant = {name.casefold(): content for name, content in changed.items()}
    for member in old.members:
        key = member.name.casefold()
        if key not in meant and (
            member.name not in new or old.raw(member) != new.raw(new.member(member.name))
        ):
            raise NotSaved(f"The part {member.name} would have changed.")
    kept = [member for member in old.members if member.name.casefold() not in meant]
    if len(new.members) != len(kept) + sum(content is not None for content in meant.values()):
        raise NotSaved("The new file has other parts than it should have.")
    for name, content in changed.items():
        if content is not None and hashlib.sha256(new.read(name)).digest() != content:
            raise NotSaved(f"The part {name} was not written as it should be.")


def check_cells(before: Workbook, after: Workbook, part: str, name: str, writes: Writes) -> None:
    """Raises NotSaved unless a sheet holds every written value and is otherwise the same, byte by byte."""
    new = SheetXml(after.package.xml(part), part, checked=True)
    decoder = Decoder(after)
    fullmatch, kinds = new.patterns.cell.fullmatch, decoder.kinds
    missing = sum(value is not None for cells in writes.values() for value in cells.values())

    known: dict[bytes, Value] = {}

    def note(row: int, column: int, cell: bytes, start: int) -> bool:
        tail = cell[start:]
        found = known.get(tail)
        if found is None:
            match = fullmatch(cell)
            if match is None:
                return False
            rest, raw, content = match.group(3, 4, 5)
            kind = kinds.get(rest) or decoder.kind(rest)
            found = decoder.inline(new, kind, content) if content else decoder.value(kind, raw or b"")
            if len(known) < _REMEMBERED:
                known[tail] = found
        meant = writes[row][column]
        if isinstance(meant, Formula):
            return found is None
        return type(found) is type(meant) and found == meant

    count, rest = _rest(new, writes, note, name)
    after.package.forget()
    if rest != _rest(SheetXml(before.package.xml(part), part, checked=True), writes, None, name)[1]:
        raise NotSaved(f"Other cells of the sheet {name} would have changed.")
    if count < missing:
        raise NotSaved(f"{missing - count} cells of the sheet {name} were not written.")


def check_graft(drawn: Workbook, drawn_part: str, after: Workbook, part: str) -> None:
    """Raises NotSaved unless a generated sheet reads in its new workbook as it was drawn."""
    meant = list(all_cells(SheetXml(drawn.package.xml(drawn_part), drawn_part), Decoder(drawn)))
    found = list(all_cells(SheetXml(after.package.xml(part), part), Decoder(after)))
    if len(meant) != len(found) or not all(
        one[:2] == other[:2] and same(one[2], other[2]) for one, other in zip(meant, found, strict=True)
    ):
        raise NotSaved(f"The sheet of the part {part} did not read back as it was drawn.")


def _rest(
    sheet: SheetXml, writes: Writes, note: Callable[[int, int, bytes, int], bool] | None, name: str
) -> tuple[int, bytes]:
    """How many written cells there are with a value, and a digest of the cell area without them.

    Rows without other cells and ``spans`` do not count. Raises NotSaved for a cell that ``note`` rejects.
    """
    data, view, place = sheet.data, memoryview(sheet.data), sheet.start
    digest, count = hashlib.sha256(), 0
    close_row = b"</%srow>" % sheet.prefix
    columns = {column for cells in writes.values() for column in cells}
    needles = {column: b'<%sc r="%s' % (sheet.prefix, letters(column).encode()) for column in columns}
    for row in sorted(writes):
        tag = sheet.row_tag(row, place)
        if tag is None:
            continue
        digest.update(view[place : tag.start()])
        place = tag.end()
        stop = place if data[place - 2] == ord("/") else data.index(close_row, place)
        kept: list[bytes] = []
        number = tag[1] + b'"'
        for column in sorted(writes[row]):
            needle = needles[column] + number
            where = place if data.startswith(needle, place) else data.find(needle, place, stop)
            if where >= 0:
                end = sheet.end_of_cell(where)
                if note is not None:
                    if not note(row, column, data[where:end], len(needle)):
                        raise NotSaved(f"{Cell(name, row, column)} did not read back.")
                    count += writes[row][column] is not None
                if where > place:
                    kept.append(data[place:where])
                place = end
        if stop > place:
            kept.append(data[place:stop])
        if kept:
            digest.update(_without_spans(tag[0]) + b"".join(kept) + close_row)
        place = stop if data[tag.end() - 2] == ord("/") else stop + len(close_row)
    digest.update(view[place : sheet.end])
    return count, digest.digest()


def _without_spans(tag: bytes) -> bytes:
    return _SPANS.sub(b"", tag) if b"spans" in tag else tag
