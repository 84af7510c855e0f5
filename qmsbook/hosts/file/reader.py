"""Reads a workbook file: its tables column by column, its generated sheets, in one pass over the XML."""

from __future__ import annotations

import contextlib
import hashlib
import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from qmsbook.book.snapshot import (
    LINES,
    MARKER,
    WIDTH,
    Drawn,
    Line,
    Snapshot,
    area_of,
    lines_in,
    told_apart,
    unmarked,
    without_sign,
)
from qmsbook.book.table import Table, Value
from qmsbook.hosts.file.attached import attached
from qmsbook.hosts.file.below import last_below
from qmsbook.hosts.file.blocks import Block, all_cells, read_block
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.foreign import Box, pick, refused
from qmsbook.hosts.file.names import MAIN, STRICT_MAIN
from qmsbook.hosts.file.package import Package, safe_xml
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.workbook import Sheet, TablePart, Workbook
from qmsbook.hosts.file.xml import check_sound, first
from qmsbook.hosts.host import UnsafeWorkbook, WorkbookUnreadable

#: A merge of more cells than this is no layout but a trap for programs that walk through merges.
MAX_MERGE = 4 << 20
#: What tables may claim in all: people make tables of whole columns, and a cell that is there takes bytes.
MAX_CELLS, BYTES_OF_A_CELL = 8 << 20, 8
#: Enough of a sheet to hold everything that stands before its first cell.
_SNIFF = 1 << 14
#: Enough of a sheet to hold its first rows.
_TOP = 1 << 17
#: So many cells of a column are looked at together.
_PIECE = 1 << 12
_MARKER = MARKER.encode()
_A_CELL = re.compile(rb"<(?:\w[\w.-]*:)?c[\s/>]")
#: A cell that says its type, as one with a text must.
_TYPED = re.compile(rb"<(?:\w[\w.-]*:)?c\s[^<]*?\bt\s*=")
#: A cell that is not A1, or a plain value or text of a cell that is.
_FIRST = re.compile(
    rb'<(?:\w[\w.-]*:)?c r="(?:(?!A1")[A-Z]|A1"(?: s="[0-9]+")?'
    rb'(?:(?: t="(?:n|str|b|e)")?><v>([^<&]*)</v></c>'
    rb'| t="inlineStr"><is><t(?: xml:space="preserve")?>([^<&]*)</t></is></c>))'
)
_ROW_END = re.compile(rb"</((?:\w[\w.-]*:)?)row>")


def sniff(package: Package, part: str) -> Element | None:
    """A sheet's cell A1, or None if it has none or plainly no marker; reads no more of it than it must."""
    most = _SNIFF
    while True:
        head = package.read(part, most)
        if _is_unmarked(head, len(head) < most):
            return None
        cell = first(safe_xml(head, part), part, "c", len(head) < most)
        if cell is not None:
            return cell if cell.get("r", "A1") == "A1" else None
        if len(head) < most or most > 1 << 24:
            return None
        most *= 8


def _is_unmarked(head: bytes, whole: bool) -> bool:
    """Whether bytes alone tell that a sheet's first cell holds no marker; they do where all is plain."""
    if b"<!" in head or head.find(b"<?", 1) >= 0:
        return False
    cell = _A_CELL.search(head)
    if cell is None:
        return whole
    plain = _FIRST.match(head, cell.start())
    return plain is not None and not (plain[1] or plain[2] or b"").startswith(_MARKER)


@dataclass(slots=True)
class Loaded:
    """A workbook file and what was read from it.

    ``parts`` and ``styles`` go by place in ``snapshot.tables``; ``markers`` maps markers to sheets' parts;
    ``sound`` are the sheets' parts whose bytes can be spliced.
    """

    workbook: Workbook
    snapshot: Snapshot
    parts: list[tuple[Sheet, TablePart]]
    styles: list[list[array[int]]]
    markers: dict[str, str]
    sound: set[str] = field(default_factory=set)


def load(data: bytes) -> Loaded:
    """Reads a workbook from the bytes of its file. Raises WorkbookUnreadable, or one of its kinds."""
    return read(Workbook(Package(data)))


def read(workbook: Workbook) -> Loaded:
    """Reads what a workbook holds. Raises what `load` raises."""
    decoder = Decoder(workbook)
    loaded = Loaded(workbook, Snapshot(()), [], [], {})
    tables: list[Table] = []
    drawn: list[Drawn] = []
    lines: list[Line] = []
    room = MAX_CELLS
    for sheet in workbook.worksheets():
        marker, nonce = unmarked(workbook.marks.get(sheet.name, ""))
        marker = marker or _marker(workbook, decoder, sheet)
        parts = workbook.tables(sheet)
        if not marker and any(area_of(part.name) for part in parts):
            first = {(row, column): value for row, column, value in top_of(workbook, decoder, sheet)}
            marker = without_sign((part.name for part in parts), [first.get((1, 2)), first.get((1, 3))])
        if not marker and all(part.box[1] > 1 for part in parts):  # ours begin in column A
            boxes = [part.box for part in parts]
            lines += lines_in(sheet.name, top_of(workbook, decoder, sheet), boxes)
        if not marker and not parts:
            continue
        xml = open_sheet(workbook, sheet)
        if not xml.obstacle:
            loaded.sound.add(sheet.part)
        merges = xml.merges if parts else []
        if marker:
            cells = {(row, column): value for row, column, value in all_cells(xml, decoder)}
            locked = xml.protection() is not None
            drawn.append(Drawn(marker, sheet.name, cells, attached(workbook, sheet.part, xml), locked, nonce))
        room += len(xml.data) // BYTES_OF_A_CELL if parts else 0
        for part in parts:
            room -= part.cells
            if room < 0:
                raise UnsafeWorkbook(f"Its table {part.name} claims {part.cells:,} cells; make it shorter.")
            top, left, bottom, right = part.body
            last = bottom if marker else last_below(xml, part, parts)
            block = read_block(xml, decoder, (top, left, last, right))
            whole = _table(sheet, part, block, workbook, marker, merges)
            tables.append(whole.split(max(bottom - top + 1, 0)) if last > bottom else whole)
            loaded.parts.append((sheet, part))
            loaded.styles.append(block.styles)
    names = tuple(sheet.name for sheet in workbook.sheets)
    state = hashlib.sha256(workbook.package.data).hexdigest()
    ours, copies = told_apart(drawn, tables)
    known = workbook.properties
    loaded.snapshot = Snapshot(tuple(tables), ours, names, known, state, copies, tuple(lines))
    at = {sheet.name: sheet.part for sheet in workbook.worksheets()}
    loaded.markers = {each.marker: at[each.sheet] for each in reversed(ours)}
    return loaded


def open_sheet(workbook: Workbook, sheet: Sheet) -> SheetXml:
    """A sheet's XML, checked for merges that no layout needs."""
    xml = SheetXml(workbook.package.sound(sheet.part), sheet.part)
    if xml.namespace not in (MAIN, STRICT_MAIN):
        raise refused(sheet.part, "the namespace", xml.namespace)
    for top, left, bottom, right in xml.merges:
        if (bottom - top + 1) * (right - left + 1) > MAX_MERGE:
            raise UnsafeWorkbook(f"On the sheet {sheet.name} a merge covers more than four million cells.")
    return xml


def sheet_xml(workbook: Workbook, name: str) -> SheetXml:
    """The XML of the worksheet of a name, which is there."""
    part = next(sheet.part for sheet in workbook.worksheets() if sheet.name == name)
    return SheetXml(workbook.package.sound(part), part)


def top_of(workbook: Workbook, decoder: Decoder, sheet: Sheet) -> Iterator[tuple[int, int, Value]]:
    """Row, column and value of the texts in a sheet's first rows; reads little more of it than these."""
    top = _top(workbook.package, sheet.part)
    if len(_TYPED.findall(top)) < 2:  # no words stand side by side, and of thousands of sheets that is enough
        return
    xml = SheetXml(top, sheet.part)
    decoder.part = sheet.part
    for row, columns, cells in xml.rows(xml.start, xml.end):
        if row > LINES:
            break
        for column, (_, _, rest, raw, content) in zip(columns, cells, strict=True):
            if column <= WIDTH and b"t" in rest:  # a text has a type
                kind = decoder.kind(rest)
                yield row, column, decoder.content(xml, kind, content) if content else kind.read(raw)


def _top(package: Package, part: str) -> bytes:
    """A sheet that ends with its first rows, if it is long; seen by an XML parser."""
    head = safe_xml(package.read(part, _TOP), part)
    ends = list(_ROW_END.finditer(head))[:LINES] if len(head) == _TOP else []
    if ends:
        prefix = ends[-1][1]
        short = head[: ends[-1].end()] + b"</%ssheetData></%sworksheet>" % (prefix, prefix)
        with contextlib.suppress(WorkbookUnreadable):  # what looks like the end of a row may be none
            check_sound(short, part)
            return short
    return package.sound(part)


def _marker(workbook: Workbook, decoder: Decoder, sheet: Sheet) -> str:
    """The marker in a sheet's A1, or an empty text."""
    cell = sniff(workbook.package, sheet.part)
    if cell is None:
        return ""
    said = cell.text
    if cell.get("t") == "s":
        said = pick(workbook.strings, said, sheet.part, "the number of a shared text")
    return said if said.startswith(MARKER) else ""


def _table(
    sheet: Sheet, part: TablePart, block: Block, workbook: Workbook, marker: str,
    merges: Sequence[Box],
) -> Table:  # fmt: skip
    formats = workbook.formats
    top, left, _, right = part.box
    headers = part.headers[: right - left + 1]
    formulas = cast("tuple[Mapping[int, str], ...]", tuple(block.formulas))
    used = [(styles, _distinct(styles)) for styles in block.styles]
    percent = tuple(_formatted(*each, formats.percents) for each in used)
    times = tuple(_formatted(*each, formats.times) for each in used)
    row = top + part.header_rows - 1
    bottom = row + (len(block.values[0]) if block.values else 0)
    met = tuple(m for m in merges if m[0] <= bottom and m[2] > row and m[1] <= right and m[3] >= left)
    values = tuple(block.values)
    return Table(
        part.name, sheet.name, row, left, headers, values, formulas, percent, marker, met, times=times
    )  # fmt: skip


def _distinct(styles: array[int]) -> set[int]:
    """The formats of a column; one of whole columns has few, and most of its pieces are alike."""
    first = styles[:_PIECE]
    found = set(first)
    for start in range(_PIECE, len(styles), _PIECE):
        piece = styles[start : start + _PIECE]
        if piece != first:
            found.update(piece)
    return found


def _formatted(styles: array[int], used: set[int], wanted: frozenset[int]) -> frozenset[int]:
    """The rows whose cells have one of some formats."""
    if used.isdisjoint(wanted):
        return frozenset()
    if used <= wanted:
        # A range answers the same questions as the set of all rows and weighs nothing.
        return cast("frozenset[int]", range(len(styles)))
    return frozenset(place for place, style in enumerate(styles) if style in wanted)
