"""What hangs on a table's columns, taken from a template: drop-downs, colours, formats of whole columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from qmsbook.book.cell import column_number, letters, parse_range, range_a1
from qmsbook.book.table import ROOM, header_key
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.reader import read_block
from qmsbook.hosts.file.scan import SheetXml, attributes
from qmsbook.hosts.file.text import escaped, plain
from qmsbook.hosts.file.within import inside, put_in
from qmsbook.hosts.file.workbook import TablePart

Box = tuple[int, int, int, int]
_LAST_ROW = 1 << 20
_RULE = re.compile(rb"<dataValidation\s([^>]*?)(?:/>|>(.*?)</dataValidation>)", re.DOTALL)
_COLOURS = re.compile(rb"<conditionalFormatting\s([^>]*)>(.*?)</conditionalFormatting>", re.DOTALL)
_CELL = re.compile(r'("(?:[^"]|"")*")|(?<![\w.$!])(\$?)([A-Z]{1,3})(\$?)([0-9]{1,7})(?![\w.(!])')
_FORMULA = re.compile(rb"(<formula[12]?>)([^<]*)(</)")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*?)/?>")
_COLUMNS = re.compile(rb"<(?:\w+:)?cols(?:\s[^>]*)?>.*?</(?:\w+:)?cols>", re.DOTALL)


@dataclass(slots=True)
class Side:
    """A table on a sheet: of the template, or of the workbook that is mended."""

    xml: SheetXml
    decoder: Decoder
    part: TablePart

    def keys(self) -> dict[str, int]:
        """The rows by the text in the table's first column."""
        top, left, bottom, _ = self.part.body
        values = read_block(self.xml, self.decoder, (top, left, bottom, left)).values[0]
        return {str(value): top + row for row, value in enumerate(values) if value is not None}


@dataclass(slots=True)
class Hang:
    """What of a template's table is missing on the sheet of a workbook's table of the same name."""

    here: Side
    there: Side
    columns: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        mine = {header_key(h): self.here.part.box[1] + at for at, h in enumerate(self.here.part.headers)}
        for column, header in enumerate(self.there.part.headers, self.there.part.box[1]):
            if header_key(header) in mine:
                self.columns.setdefault(column, mine[header_key(header)])

    @property
    def prefix(self) -> bytes:
        """The prefix of the main namespace on the workbook's sheet."""
        return self.here.xml.prefix

    def rules(self, tail: bytes) -> tuple[bytes, int]:
        """What stands behind the cells, with the drop-downs, bounds and help that it lacks; how many."""
        fresh = [_element("dataValidation", *each) for each in self._lacking(_RULE, "dataValidation", tail)]
        there = inside(tail, "dataValidations")
        if not fresh:
            return tail, 0
        old = tail[slice(*there)] if there else b"<dataValidations></dataValidations>"
        made, end = _prefixed(b"".join(fresh), self.prefix), old.rindex(b"</")
        count = b' count="%d"' % (len(re.findall(rb"<(?:\w+:)?dataValidation\s", old)) + len(fresh))
        opened = re.sub(rb'\scount="[0-9]*"', b"", old[:end], count=1)
        opened = re.sub(rb"dataValidations", b"dataValidations" + count, opened, count=1)
        if there:
            return tail[: there[0]] + opened + made + old[end:] + tail[there[1] :], len(fresh)
        whole = _prefixed(opened + old[end:], self.prefix)
        whole = whole[: whole.rindex(b"</")] + made + whole[whole.rindex(b"</") :]
        return put_in(tail, "dataValidations", whole), len(fresh)

    def shorter(self, tail: bytes) -> tuple[bytes, int]:
        """What stands behind the cells, with rules that reached the sheet's end ending where enough is."""
        first, last = self.here.part.body[0], max(self.here.part.body[2], self.here.part.body[0]) + ROOM
        ours, count = set(self.columns.values()), 0

        def cut(ref: str) -> str:
            top, left, bottom, right = parse_range(ref)
            long = top == first and bottom == _LAST_ROW and ours.issuperset(range(left, right + 1))
            return range_a1(top, left, last, right) if long else ref

        def said(match: re.Match[bytes]) -> bytes:
            nonlocal count
            refs = match[2].decode().split()
            new = [cut(ref) for ref in refs]
            count += new != refs
            return match[1] + " ".join(new).encode() + match[3] if new != refs else match[0]

        pattern = rb'(<(?:\w+:)?(?:dataValidation|conditionalFormatting)\s[^>]*?sqref=")([^"]*)(")'
        return re.sub(pattern, said, tail), count

    def colours(self, tail: bytes, look: Callable[[str], str]) -> tuple[bytes, int]:
        """What stands behind the cells, with the conditional formats that it lacks; how many.

        ``look`` gives the number that a format of the template has in the workbook.
        """
        fresh = list(self._lacking(_COLOURS, "conditionalFormatting", tail))
        last = max(map(int, re.findall(rb'\spriority="([0-9]+)"', tail)), default=0)

        def known(match: re.Match[bytes]) -> bytes:
            nonlocal last
            if match[1] == b"priority":
                last += 1
                return b' priority="%d"' % last
            return b' dxfId="%s"' % look(match[2].decode()).encode()

        for given, content in fresh:
            content = re.sub(rb'\s(priority|dxfId)="([0-9]+)"', known, content)
            element = _prefixed(_element("conditionalFormatting", given, content), self.prefix)
            tail = put_in(tail, "conditionalFormatting", element)
        return tail, len(fresh)

    def _lacking(self, pattern: re.Pattern[bytes], kind: str, tail: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Attributes and content of the template's rules for cells that no rule of the kind covers yet."""
        covered = _covered(kind, tail)
        rows: tuple[dict[str, int], dict[int, str]] | None = None
        for match in pattern.finditer(self.there.xml.data, self.there.xml.end):
            ref = attributes(match[1])["sqref"]
            top, left, bottom, _ = parse_range(ref)
            column = self.columns.get(left)
            if column is None:
                continue
            if top == bottom and kind == "dataValidation":  # each setting has a rule of its own
                rows = rows or (self.here.keys(), {row: key for key, row in self.there.keys().items()})
                first = last = rows[0].get(rows[1].get(top, ""), 0)
            else:
                first = self.here.part.body[0]
                last = max(self.here.part.body[2], first) + ROOM
            content = self._moved(match[2] or b"", first - top)
            if not first or content is None or any(_holds(box, first, column) for box in covered):
                continue
            new = range_a1(first, column, last, column) if last > first else f"{letters(column)}{first}"
            yield match[1].replace(b'sqref="%s"' % ref.encode(), b'sqref="%s"' % new.encode()), content

    def _moved(self, content: bytes, rows: int) -> bytes | None:
        """A rule's formulas with cells where their columns stand here; None if one of them is missing."""
        missing = False

        def cell(match: re.Match[str]) -> str:
            nonlocal missing
            if match[1]:
                return match[0]
            column = self.columns.get(column_number(match[3]))
            missing = missing or column is None
            return f"{match[2]}{letters(column or 1)}{match[4]}{int(match[5]) + rows}"

        def formula(match: re.Match[bytes]) -> bytes:
            return match[1] + escaped(_CELL.sub(cell, plain(match[2]))) + match[3]

        moved = _FORMULA.sub(formula, content)
        return None if missing else moved

    def formats(
        self, texts: frozenset[int], plain_styles: Callable[[int], bool]
    ) -> dict[int, tuple[int, bool]]:
        """The columns whose format is missing: the template's, or their own and True, to become text.

        ``texts`` are the template's formats for texts; ``plain_styles`` tells a format that shows any number.
        """
        theirs, now = self.there.xml.column_styles(), self.here.xml.column_styles()
        found = {}
        for old, place in self.columns.items():
            mine, style = theirs.get(old, 0), now.get(place, 0)
            if mine and not style:
                found[place] = mine, False
            elif mine in texts and plain_styles(style):
                found[place] = style, True
        return found


def _covered(kind: str, tail: bytes) -> list[Box]:
    name = kind.encode()
    refs = re.findall(rb'<(?:\w+:)?%s\s[^>]*?sqref="([^"]*)"' % name, tail)
    refs += re.findall(rb"<\w+:%s[\s>].*?<\w+:sqref>([^<]*)</" % name, tail, re.DOTALL)
    return [parse_range(ref) for each in refs for ref in each.decode().split()]


def _holds(box: Box, row: int, column: int) -> bool:
    return box[0] <= row <= box[2] and box[1] <= column <= box[3]


def _element(name: str, given: bytes, content: bytes) -> bytes:
    if not content:
        return b"<%s %s/>" % (name.encode(), given.strip())
    return b"<%s %s>%s</%s>" % (name.encode(), given, content, name.encode())


def _prefixed(xml: bytes, prefix: bytes) -> bytes:
    return re.sub(rb"<(/?)(?=\w)", rb"<\1" + prefix, xml) if prefix else xml


def with_formats(head: bytes, prefix: bytes, styles: Mapping[int, int], widths: Mapping[int, float]) -> bytes:
    """What stands before a sheet's cells, with the formats of some whole columns; new columns get a width."""
    there = _COLUMNS.search(head)
    spans = [attributes(match[1]) for match in _COLUMN.finditer(there[0])] if there else []
    pieces: list[dict[str, str]] = []
    left = dict(styles)
    for span in spans:
        first, last = int(span["min"]), int(span["max"])
        own = sorted(column for column in styles if first <= column <= last)
        for column in own:
            left.pop(column)
            if first < column:
                pieces.append({**span, "min": str(first), "max": str(column - 1)})
            pieces.append({**span, "min": str(column), "max": str(column), "style": str(styles[column])})
            first = column + 1
        if first <= last:
            pieces.append({**span, "min": str(first), "max": str(last)})
    for column, style in left.items():
        width = f"{widths.get(column, 8.43):g}"
        pieces.append(
            {"min": str(column), "max": str(column), "width": width, "style": str(style), "customWidth": "1"}
        )
    pieces.sort(key=lambda piece: int(piece["min"]))
    listed = b"".join(
        b"<%scol %s/>" % (prefix, " ".join(f'{key}="{value}"' for key, value in piece.items()).encode())
        for piece in pieces
    )
    made = b"<%scols>%s</%scols>" % (prefix, listed, prefix)
    if there:
        return head[: there.start()] + made + head[there.end() :]
    at = head.index(b"<%ssheetData" % prefix)
    return head[:at] + made + head[at:]
