"""Looks at a new file before it takes the old one's place: nothing but the edits may differ."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import is_

from qmsbook.book.cell import Cell
from qmsbook.book.table import Value, there
from qmsbook.hosts.file.blocks import all_cells, read_block
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.patterns import cells_in, prefixed
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.splice import Stretch
from qmsbook.hosts.file.workbook import Sheet, Workbook, read_table
from qmsbook.hosts.host import NotSaved, WorkbookUnreadable
from qmsbook.hosts.stored import same


def check_parts(old: Package, new: Package, changed: Mapping[str, bytes | None], xml: Container[str]) -> None:
    """Raises NotSaved unless parts that were not to change are the same, and the others as meant.

    ``changed`` gives the digests of new contents, and None for parts that go; ``xml`` are those that an XML
    parser must be able to read.
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
        if content is not None:
            written = _sound(new, name) if name in xml else new.read(name)
            if hashlib.sha256(written).digest() != content:
                raise NotSaved(f"The part {name} was not written as it should be.")


def _sound(package: Package, name: str) -> bytes:
    """The bytes of an XML part. Raises NotSaved for one that no program could read."""
    try:
        return package.sound(name)
    except WorkbookUnreadable:
        raise NotSaved(f"The part {name} would have been damaged.") from None


@dataclass(frozen=True, slots=True)
class Meant:
    """What a table is to hold after the change: values, and new formulas by row from 0, column by column."""

    part: str
    values: list[list[Value]]
    formulas: list[Mapping[int, str]]


@dataclass(frozen=True, slots=True)
class Written:
    """A sheet that was written into: its tables, where cells were written, and a digest of all others."""

    sheet: Sheet
    tables: list[Meant]
    stretches: list[Stretch]
    rest: bytes


def check_cells(after: Workbook, written: Written) -> None:
    """Raises NotSaved unless a sheet's tables read as they should, and all other cells are as they were.

    Tables are read from the first to the last row that was written; the others are among those other cells.
    """
    sheet = SheetXml(after.package.sound(written.sheet.part), written.sheet.part, checked=True)
    if rest(sheet, written.stretches) != written.rest:
        raise NotSaved(f"Other cells of the sheet {written.sheet.name} would have changed.")
    decoder = Decoder(after)
    for meant in written.tables:
        top, left, bottom, right = read_table(after.package, meant.part).body
        if any(len(values) != bottom - top + 1 for values in meant.values):
            raise NotSaved(f"A table on the sheet {written.sheet.name} is not as long as it should be.")
        if not written.stretches:
            continue
        first, last = max(top, written.stretches[0][0]), min(bottom, written.stretches[-1][1])
        block, begin = read_block(sheet, decoder, (first, left, last, right)), first - top
        for place, (values, formulas) in enumerate(zip(meant.values, meant.formulas, strict=True)):
            row = _first_difference(block.values[place], values[begin : last - top + 1])
            if row is None:
                found = block.formulas[place]
                row = next(
                    (at - begin for at, text in formulas.items() if found.get(at - begin) != text), None
                )
            if row is not None:
                raise NotSaved(f"{Cell(written.sheet.name, first + row, left + place)} did not read back.")


def _first_difference(found: list[Value], meant: list[Value]) -> int | None:
    if found == meant:
        # Where they are blank they are so both, and a column of a million is so nearly everywhere.
        held, other = found, meant
        if found.count(None) * 2 > len(found):
            rows = list(there(found))
            held, other = [found[row] for row in rows], [meant[row] for row in rows]
        if all(map(is_, map(type, held), map(type, other))):
            return None
    pairs = enumerate(zip(found, meant, strict=False))
    return next((row for row, (one, other) in pairs if not same(one, other)), min(len(found), len(meant)))


def check_graft(drawn: Workbook, drawn_part: str, after: Workbook, part: str) -> None:
    """Raises NotSaved unless a generated sheet reads in its new workbook as it was drawn."""
    meant = list(all_cells(SheetXml(drawn.package.xml(drawn_part), drawn_part), Decoder(drawn)))
    found = list(all_cells(SheetXml(after.package.sound(part), part), Decoder(after)))
    if len(meant) != len(found) or not all(
        one[:2] == other[:2] and same(one[2], other[2]) for one, other in zip(meant, found, strict=True)
    ):
        raise NotSaved(f"The sheet of the part {part} did not read back as it was drawn.")


def rest(sheet: SheetXml, stretches: Iterable[Stretch]) -> bytes:
    """A digest of a sheet's cell area without the cells that are written.

    There, rows without other cells do not count, nor do ``spans`` and heights that Excel finds itself.
    """
    digest, place, view = hashlib.sha256(), sheet.start, memoryview(sheet.data)
    for first, last, columns in stretches:
        start, stop = sheet.place_of(first), sheet.place_of(last + 1)
        digest.update(view[place:start])
        for piece in sheet.pieces(start, stop):
            digest.update(_without(sheet.data[slice(*piece)], sheet.prefix, columns))
        place = stop
    digest.update(view[place : sheet.end])
    return digest.digest()


def _without(rows: bytes, prefix: bytes, columns: tuple[int, ...]) -> bytes:
    """Some rows without the cells of some columns, spelled so that written and unwritten ones are alike."""
    for pattern, instead in _spellings(prefix, columns):
        rows = pattern.sub(instead, rows)
    return rows


@lru_cache(maxsize=256)
def _spellings(prefix: bytes, columns: tuple[int, ...]) -> list[tuple[re.Pattern[bytes], bytes]]:
    cell = cells_in(prefix, columns)
    found = [
        (rb"%s(?:\s*%s)*" % (cell, cell), b""),
        (rb"(<@row [^<>]*)/>", rb"\1></%srow>" % prefix),
        (rb'(<@row [^<>]*?) spans="[^"]*"', rb"\1"),
        (rb'(<@row (?![^<>]*? (?:customHeight|hidden)="(?:1|true)")[^<>]*?) ht="[^"]*"', rb"\1"),
        (rb'<@row r="[0-9]+"></@row>', b""),
    ]
    return [(re.compile(prefixed(pattern, prefix), re.DOTALL), instead) for pattern, instead in found]
