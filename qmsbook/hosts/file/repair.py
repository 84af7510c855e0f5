"""Puts back what other programs drop from a workbook: tables over their headers, and all that hangs on them.

No cell is written. What is put is taken from a template, column by column, as the headers say.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qmsbook.book.cell import range_a1
from qmsbook.book.table import Table
from qmsbook.hosts.file.around import Around, copied
from qmsbook.hosts.file.below import last_below
from qmsbook.hosts.file.blocks import all_cells, read_block
from qmsbook.hosts.file.change import Change, refuse_fragile
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.donor import Looks
from qmsbook.hosts.file.element import DECLARATION, Element, qualified
from qmsbook.hosts.file.foreign import Box, free
from qmsbook.hosts.file.foreign import box as box_of
from qmsbook.hosts.file.frame import Frame
from qmsbook.hosts.file.hang import Hang, Side
from qmsbook.hosts.file.links import Link
from qmsbook.hosts.file.names import MAIN, REL, STRICT_REL
from qmsbook.hosts.file.package import Package, pack
from qmsbook.hosts.file.reader import Loaded, open_sheet
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.splice import check_unprotected
from qmsbook.hosts.file.text import escaped, hidden, plain
from qmsbook.hosts.file.verify import check_parts
from qmsbook.hosts.file.workbook import Sheet, TablePart, Workbook
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import NotSaved, WouldLoseContent

_TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
_FORMULA = re.compile(rb"(<(?:\w+:)?(?:f|formula[12]?|definedName)(?:\s[^>]*)?>)([^<]*)(</)")


@dataclass(frozen=True, slots=True)
class Lay:
    """A table that is to stand over headers, counted from 1: ``rows`` rows below them.

    ``was`` is the name of the table that stands there already, blank where there is none.
    """

    name: str
    sheet: str
    row: int
    column: int
    headers: tuple[str, ...]
    rows: int
    was: str = ""


@dataclass(frozen=True, slots=True)
class Put:
    """What was put back: of what kind, for which table, and how many where they are counted."""

    kind: str
    table: str
    sheet: str = ""
    count: int = 1


def loose_table(loaded: Loaded, sheet: str, row: int, column: int, headers: Sequence[str]) -> Table:
    """What stands below headers that no table heads: a table without rows, the rest below it."""
    found = next(each for each in loaded.workbook.worksheets() if each.name == sheet)
    xml, width = open_sheet(loaded.workbook, found), len(headers)
    box = row, column, row, column + width - 1
    part = TablePart("", 0, "", box, 1, 0, tuple(headers))
    others = [other for at, other in loaded.parts if at.part == found.part]
    last = last_below(xml, part, others)
    block = read_block(xml, Decoder(loaded.workbook), (row + 1, column, last, box[3]))
    whole = Table(
        "", sheet, row, column, tuple(headers), tuple(block.values),
        tuple(block.formulas), tuple(frozenset[int]() for _ in headers),
        times=tuple(frozenset[int]() for _ in headers),
    )  # fmt: skip
    return whole.split(0)


def repaired(
    loaded: Loaded, lays: Sequence[Lay], template: bytes, names: Sequence[str]
) -> tuple[bytes | None, list[Put]]:
    """The bytes of a workbook with its tables and what hangs on them put back, or None; and what was put.

    ``lays`` are all tables of ours, those that stand as they should included; ``template`` has a sheet for
    each; ``names`` are the defined names to be taken from there. Raises SheetProtected and WouldLoseContent.
    """
    work = _Repair(loaded, Workbook(Package(template)))
    for lay in lays:
        if lay.was and lay.was != lay.name:
            work.rename(lay)
    for lay in lays:
        work.table(lay)
    work.names(names)
    if not work.change.finished():
        return None, []
    refuse_fragile(loaded.workbook)
    return _packed(loaded, work), work.put


def _packed(loaded: Loaded, work: _Repair) -> bytes:
    """The new file, looked at before it takes the old one's place: every cell of it is as it was."""
    parts = work.change.finished()
    xml = {name for name in parts if work.change.is_xml(name)}
    content = pack(loaded.workbook.package, parts)
    digests = {name: new if new is None else hashlib.sha256(new).digest() for name, new in parts.items()}
    package = Package(content)
    check_parts(loaded.workbook.package, package, digests, xml)
    after = Workbook(package, loaded.workbook)
    for sheet in loaded.workbook.worksheets():
        if sheet.part in parts:
            before, now = (
                list(all_cells(SheetXml(book.package.sound(sheet.part), sheet.part), Decoder(book)))
                for book in (loaded.workbook, after)
            )
            if before != now:
                raise NotSaved(f"A cell of the sheet {sheet.name} would have changed.")
    return content


class _Source:
    """A template's sheets by the name of their table."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook

    @cached_property
    def tables(self) -> dict[str, tuple[Sheet, TablePart]]:
        found = ((sheet, self.workbook.tables(sheet)) for sheet in self.workbook.worksheets())
        return {part.name: (sheet, part) for sheet, parts in found for part in parts}

    def sheet(self, sheet: Sheet) -> SheetXml:
        return SheetXml(self.workbook.package.sound(sheet.part), sheet.part)


class _Repair:
    def __init__(self, loaded: Loaded, template: Workbook) -> None:
        self.loaded, self.source = loaded, _Source(template)
        self.change = Change(loaded.workbook)
        self.put: list[Put] = []
        self.ids: list[int] = []
        self.decoder = Decoder(loaded.workbook)
        self.looks = Looks(template, self.change.styles())

    def _sheet(self, name: str) -> Sheet:
        return next(sheet for sheet in self.loaded.workbook.worksheets() if sheet.name == name)

    # -- tables

    def rename(self, lay: Lay) -> None:
        """Gives a table its name back, also where formulas say it."""
        part = next(part for _, part in self.loaded.parts if part.name == lay.was).part
        old = escaped(lay.was)
        root = parse(self.change.xml(part), part)
        for key in ("name", "displayName"):
            root.set(key, lay.name)
        self.change.parts[part] = root.document()
        said = re.compile(rf"(?<![\w.]){re.escape(lay.was)}(?=\[)", re.IGNORECASE)
        every = [sheet.part for sheet in self.loaded.workbook.worksheets()]
        for each in [*every, self.loaded.workbook.part]:
            before = self.change.xml(each)
            if old.lower() + b"[" in before.lower():
                self.change.parts[each] = _FORMULA.sub(
                    lambda match: match[1] + escaped(said.sub(lay.name, plain(match[2]))) + match[3], before
                )
        self.put.append(Put("renamed", lay.name, lay.was))

    def table(self, lay: Lay) -> None:
        """A table over its headers, if there is none, and whatever of its sheet is missing."""
        sheet, own = self._sheet(lay.sheet), self.source.tables.get(lay.name)
        if own is None:
            return
        xml = SheetXml(self.change.sound(sheet.part), sheet.part)
        if xml.obstacle:
            raise WouldLoseContent(f"The sheet {lay.sheet} holds {xml.obstacle}; save it once in Excel.")
        around = Around(xml, sheet.part)
        if not lay.was:
            check_unprotected(xml, lay.sheet)
            self._new_table(lay, sheet, around)
        box = lay.row, lay.column, lay.row + max(lay.rows, 1), lay.column + len(lay.headers) - 1
        here = Side(around, self.decoder, TablePart("", 0, lay.name, box, 1, 0, lay.headers))
        there = Around(self.source.sheet(own[0]), own[0].part)
        hang = Hang(here, Side(there, Decoder(self.source.workbook), own[1]))
        self._count("long", lay, hang.shorter())
        self._count("drop-downs", lay, hang.rules())
        self._count("colours", lay, hang.colours(self.looks.dxf))
        self._formats(hang, lay)
        if around.changed:
            check_unprotected(xml, lay.sheet)
            self.change.parts[sheet.part] = around.content()

    def _new_table(self, lay: Lay, sheet: Sheet, around: Around) -> None:
        box = lay.row, lay.column, lay.row + max(lay.rows, 1), lay.column + len(lay.headers) - 1
        for merge in around.xml.merges:
            if _meet(merge, box):
                where = f"On the sheet {lay.sheet}, {range_a1(*merge)}"
                raise WouldLoseContent(f"{where} is merged, which no table takes. Unmerge it.")
        names = [header.casefold() for header in lay.headers]
        twice = next((header for header in lay.headers if names.count(header.casefold()) > 1), None)
        if twice is not None:
            told = f"Two columns on the sheet {lay.sheet} have the header {twice}"
            raise WouldLoseContent(f"{told}, which no table takes. Rename one of them.")
        self.ids.append(free({*(part.id for _, part in self.loaded.parts), *self.ids}))
        root = parse(DECLARATION + b'<table xmlns="%s"/>' % MAIN.encode(), "a table")
        named = {"id": str(self.ids[-1]), "name": lay.name, "displayName": lay.name}
        for key, value in {**named, "ref": range_a1(*box), "totalsRowShown": "0"}.items():
            root.set(key, value)
        self._filter(root.add("autoFilter", {"ref": range_a1(*box)}), around, box)
        columns = root.add("tableColumns", {"count": str(len(lay.headers))})
        for number, header in enumerate(lay.headers, 1):
            name = hidden(header).replace("\n", "_x000a_")
            columns.add("tableColumn", {"id": str(number), "name": name})
        plain_rows = dict.fromkeys(
            ("showFirstColumn", "showLastColumn", "showRowStripes", "showColumnStripes"), "0"
        )
        root.add("tableStyleInfo", {"name": "TableStyleLight1", **plain_rows})
        folder = posixpath.join(posixpath.dirname(self.loaded.workbook.part), "tables")
        part = self.change.fresh(folder, "table", ".xml")
        self.change.put(part, root.document(), _TABLE_TYPE)
        found, space = around.child("tableParts"), STRICT_REL if self.loaded.workbook.strict else REL
        found.add("tablePart", {qualified(space, "id"): self._link(sheet.part, part)})
        found.set("count", str(len(found.children)))
        self.put.append(Put("table", lay.name, lay.sheet))

    def _filter(self, made: Element, around: Around, box: Box) -> None:
        """A filter of the sheet that lies where a table comes gives way to the table's, and what it chose."""
        old = around.root.first("autoFilter")
        if old is None or not _meet(place := box_of(old.get("ref"), around.xml.name, "a filter"), box):
            return
        if place[:2] == box[:2]:
            for child in old.children:
                made.insert(len(made.children), copied(child, made))
        around.root.remove(old)

    def _link(self, sheet: str, part: str) -> str:
        found = self.change.links(sheet)
        taken, number = {link.id for link in found}, 1
        while f"rId{number}" in taken:
            number += 1
        kind = f"{STRICT_REL if self.loaded.workbook.strict else REL}/table"
        self.change.put_links(sheet, [*found, Link(f"rId{number}", kind, part)])
        return f"rId{number}"

    # -- what hangs on a table

    def _formats(self, hang: Hang, lay: Lay) -> None:
        """The formats of whole columns that the sheet lacks."""
        styles = self.change.styles()
        wanted = hang.formats(self.looks.texts, styles.is_plain)
        if wanted:
            self._count("formats", lay, len(wanted))
            made = {
                column: styles.derive(style, "text") if own else int(self.looks.format(str(style)))
                for column, (style, own) in wanted.items()
            }
            hang.dress(made)

    def _count(self, kind: str, lay: Lay, count: int) -> None:
        if count:
            self.put.append(Put(kind, lay.name, lay.sheet, count))

    # -- names

    def names(self, wanted: Sequence[str]) -> None:
        """The defined names that are missing, broken, or of an older kind that stops at the table's end."""
        texts = {
            item.get("name"): item.text
            for item in self.source.workbook.root.all("definedNames", "definedName")
        }
        frame = Frame(self.change)
        for name in wanted:
            if frame.set_name(name, texts[name]):
                self.put.append(Put("name", name))


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
