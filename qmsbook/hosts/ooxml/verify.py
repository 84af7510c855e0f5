"""Looks at a new file before it takes the old one's place: nothing but the edits may differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from qmsbook.cell import Cell, column_number, letters
from qmsbook.host import NotSaved
from qmsbook.hosts.ooxml.package import Package
from qmsbook.hosts.ooxml.reader import Decoder, all_cells
from qmsbook.hosts.ooxml.scan import SheetXml
from qmsbook.hosts.ooxml.splice import Writes
from qmsbook.hosts.ooxml.workbook import Workbook
from qmsbook.hosts.plan import same
from qmsbook.table import Value


def check_parts(old: Package, new: Package, changed: Mapping[str, bytes | None]) -> None:
    """Raises NotSaved unless parts that were not to change are the same, and the others as meant."""
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
        if content is not None and new.read(name) != content:
            raise NotSaved(f"The part {name} was not written as it should be.")


def check_cells(before: Workbook, after: Workbook, part: str, name: str, writes: Writes) -> None:
    """Raises NotSaved unless a sheet holds every written value and is otherwise the same, cell by cell."""
    old = SheetXml(before.package.xml(part), part)
    new = SheetXml(after.package.xml(part), part)
    decoder = Decoder(after)
    found: dict[tuple[int, int], Value] = {}

    def note(match: re.Match[bytes], row: int, column: int) -> None:
        kind = decoder.kinds.get(match[3]) or decoder.kind(match[3])
        raw, content = match[4] or b"", match[5] or b""
        found[row, column] = decoder.inline(new, kind, content) if content else decoder.value(kind, raw)

    if _rest(old, writes, None) != _rest(new, writes, note):
        raise NotSaved(f"Other cells of the sheet {name} would have changed.")
    for row, cells in writes.items():
        for column, value in cells.items():
            if not same(found.get((row, column)), value):
                raise NotSaved(f"{Cell(name, row, column)} did not read back as it was written.")


def check_graft(drawn: Workbook, drawn_part: str, after: Workbook, part: str) -> None:
    """Raises NotSaved unless a generated sheet reads in its new workbook as it was drawn."""
    meant = list(all_cells(SheetXml(drawn.package.xml(drawn_part), drawn_part), Decoder(drawn)))
    found = list(all_cells(SheetXml(after.package.xml(part), part), Decoder(after)))
    if len(meant) != len(found) or not all(
        one[:2] == other[:2] and same(one[2], other[2]) for one, other in zip(meant, found, strict=True)
    ):
        raise NotSaved(f"The sheet of the part {part} did not read back as it was drawn.")


def _rest(sheet: SheetXml, writes: Writes, note: Callable[[re.Match[bytes], int, int], None] | None) -> bytes:
    """The cell area without the written cells, without rows that are empty then, and without ``spans``."""
    prefix = re.escape(sheet.prefix)
    columns = {column for cells in writes.values() for column in cells}
    wanted = b"|".join(letters(column).encode() for column in sorted(columns))
    pattern = sheet.patterns.cell.pattern.replace(b"[A-Z]+", wanted, 1)

    def without(match: re.Match[bytes]) -> bytes:
        row, column = int(match[2]), column_number(match[1].decode())
        if column not in writes.get(row, ()):
            return match[0]
        if note is not None:
            note(match, row, column)
        return b""

    rest = re.sub(pattern, without, sheet.data[sheet.start : sheet.end], flags=re.DOTALL)
    rest = re.sub(rb"(<%srow\s[^>]*?)\sspans=\"[^\"]*\"" % prefix, rb"\1", rest)
    return re.sub(rb"<%srow\s[^>]*(?:/>|></%srow>)" % (prefix, prefix), b"", rest)
