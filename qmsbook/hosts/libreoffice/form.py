"""What two drawings of one sheet have in common besides cells: then only what changed is drawn again."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape

from qmsbook.book.snapshot import MARK_NAME
from qmsbook.hosts.libreoffice.looks import looks_of, spelled, within
from qmsbook.hosts.libreoffice.shift import Shift, runs, shift_between

_SHEET, _BOOK, _STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
#: The mark of a drawing, which holds its nonce.
_NONCE = re.compile(rb'<definedName name="%b"[^>]*>([^<]*)</definedName>' % MARK_NAME.encode())
_PRINTED = re.compile(rb'<definedName name="_xlnm\.Print_Area"[^>]*>[^<]*:\$([A-Z]+)\$\d+</definedName>')
_CELL = re.compile(rb'<c r="([A-Z]+)\d+"([^>]*?)(?:/>|>(.*?)</c>)', re.DOTALL)
_ROW = re.compile(rb'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_ROW_ALONE = re.compile(
    rb' (?:ht="[\d.]+"|(?:customHeight|hidden|collapsed)="1"|spans="[^"]*"|outlineLevel="\d")'
)
_CACHE = re.compile(rb"<c:(num|str|multiLvlStr)Cache>.*?</c:\1Cache>", re.DOTALL)
_SCALE = re.compile(rb'<c:(max|min|majorUnit) val="([^"]*)"/>')
_MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/>')
_WORDS = re.compile(rb' (descr|title|name)="([^"]*)"')
_SERIES = re.compile(rb"<c:ser>.*?</c:ser>", re.DOTALL)
_SILENT = re.compile(rb'<c:dLbl><c:idx val="(\d+)"/><c:delete val="1"/></c:dLbl>')
_HEADING = re.compile(rb"<a:t(?: [^>]*)?>([^<]*)</a:t>")
_BREAK = re.compile(rb'<brk id="(\d+)"')
_LINK = re.compile(rb'<hyperlink ref="[A-Z]+(\d+)"([^>]*)/>')
_CHECK = re.compile(rb'<dataValidation ([^>]*?) sqref="([^"]*)"(?:/>|>(.*?)</dataValidation>)', re.DOTALL)
_AREA = re.compile(rb"([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?")
_FILTER = re.compile(rb'<autoFilter ref="[A-Z]+(\d+):[A-Z]+(\d+)"')
#: What is told row by row, or has no part in the form.
_ASIDE = re.compile(
    rb"<(sheetData|mergeCells|rowBreaks|hyperlinks|dataValidations)[ >].*?</\1>"
    rb'|<sheetData/>|<dimension [^>]*>| outlineLevelRow="\d"',
    re.DOTALL,
)
#: Rows that a part names: in a sheet and its tables, in what points at them, and where charts stand, from 0.
_PLACES = re.compile(rb'(?<=[" :])([A-Z]{1,3})(\d+)(?=[" :])')
_POINTED = re.compile(rb"(\$[A-Z]{1,3}|(?<=[!:]))\$(\d+)")
_ANCHORS = re.compile(rb"(<xdr:row>)(\d+)(?=</xdr:row>)")
#: The cells of a row by column.
Line = Sequence[tuple[bytes, bytes]]
#: What the number of a series follows, from 0, whose points that have no label are told.
SILENT = "silent in "
#: Parts that say nothing about the form: words, looks, who made it and when.
_LOOSE = ("docProps/", "xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/")


@dataclass(frozen=True, slots=True)
class Fold:
    """How a row stands in the outline."""

    level: int = 0
    hidden: bool = False
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Merge:
    """Merged cells: first and last row, and the columns by their letters."""

    first: int
    last: int
    columns: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A drawing taken apart; rows count from 1.

    ``digest`` is over all that only the whole sheet drawn anew can show, without the rows that it names:
    those are ``named``, in their order. ``rows`` are the cells of each row that has any, their looks, links
    and drop-downs spelled out, ``seen`` those of them that are printed; ``heights`` are points; ``folds``
    are of the rows that are not plain. ``words`` are the names and alternative texts of charts, and
    ``scales`` of their axes (max, min, majorUnit as text), heading, and by series the points without a label,
    in the order of the charts;
    ``breaks`` are the rows that begin a page; ``filtered`` are the first and last row of a filter; ``mark``
    is the sheet's.
    """

    digest: str
    named: tuple[int, ...]
    rows: Mapping[int, bytes]
    seen: Mapping[int, bytes]
    heights: Mapping[int, bytes]
    folds: Mapping[int, Fold]
    words: tuple[Mapping[str, str], ...]
    scales: tuple[Mapping[str, str], ...]
    merged: frozenset[Merge]
    breaks: frozenset[int]
    filtered: tuple[int, int] | None
    mark: str

    def way_to(self, other: Form) -> Shift | None:
        """The rows that come and go on the way to another drawing; None if only a new sheet can show it."""
        if self.digest != other.digest or len(self.words) != len(other.words):
            return None
        return shift_between(self.named, other.named, self.seen, other.seen)

    def moved(self, shift: Shift) -> Form:
        """The form with its rows where a shift brings them."""
        if not shift:
            return self
        last = max([*self.rows, *self.heights, *self.folds, *self.breaks], default=1)
        now = {row: to for row in range(1, last + 1) if (to := shift.row(row)) is not None}
        spans = ((each, shift.span(each.first, each.last)) for each in self.merged)
        return replace(
            self,
            rows={now[row]: cells for row, cells in self.rows.items() if row in now},
            heights={now[row]: points for row, points in self.heights.items() if row in now},
            folds={now[row]: fold for row, fold in self.folds.items() if row in now},
            merged=frozenset(replace(each, first=span[0], last=span[1]) for each, span in spans if span),
            breaks=frozenset(now[row] for row in self.breaks if row in now),
        )

    def changed(self, other: Form, besides: Collection[int] = ()) -> list[tuple[int, int]]:
        """The rows in which another drawing differs, and some ``besides``, as runs: first and last.

        A run never cuts through merged cells.
        """
        wanted = {row for row in {*self.rows, *other.rows} if self.rows.get(row) != other.rows.get(row)}
        wanted |= {*besides}
        for each in self.merged ^ other.merged:
            wanted |= {*range(each.first, each.last + 1)}
        for each in sorted(self.merged | other.merged, key=lambda each: (each.first, each.last)):
            block = range(each.first, each.last + 1)
            if not wanted.isdisjoint(block):
                wanted |= {*block}
        return runs(wanted)


@lru_cache(maxsize=8)
def form_of(content: bytes) -> Form:
    """The form of a drawing, as XlsxWriter writes it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    looks, texts = looks_of(parts[_STYLES]), _texts(parts.get("xl/sharedStrings.xml", b""))
    sheet, book = parts.pop(_SHEET), parts[_BOOK]
    printed, nonce = _PRINTED.search(book), _NONCE.search(book)
    parts[_BOOK] = _NONCE.sub(b"", book)
    found = list(_ROW.finditer(sheet))
    cells = {int(row[1]): list(_cells(row[3] or b"", looks, texts)) for row in found}
    digest, named, words, scales = _whole(parts, _frame(sheet, looks))
    return Form(
        digest=digest,
        named=named,
        rows=_with_more(cells, sheet),
        seen={row: _before(line, printed[1] if printed else b"ZZZ") for row, line in cells.items()},
        heights={int(row[1]): h[1] for row in found if (h := re.search(rb' ht="([^"]*)"', row[2]))},
        folds={int(row[1]): fold for row in found if (fold := _fold(row[2])) != Fold()},
        words=words,
        scales=scales,
        merged=frozenset(Merge(int(m[2]), int(m[4]), m[1] + b":" + m[3]) for m in _MERGED.finditer(sheet)),
        breaks=frozenset(int(m[1]) + 1 for m in _BREAK.finditer(sheet)),
        filtered=(int(m[1]), int(m[2])) if (m := _FILTER.search(sheet)) else None,
        mark=unescape(nonce[1].decode()) if nonce else "",
    )


def bare(content: bytes) -> bytes:
    """A drawing without its charts, which LibreOffice opens at once."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(out, "w") as target:
        for name in package.namelist():
            part = package.read(name)
            if name.startswith(("xl/drawings/", "xl/charts/")):
                continue
            if name == _SHEET:
                part = re.sub(rb"<drawing [^>]*/>", b"", part)
            elif name.startswith("xl/worksheets/_rels/"):
                part = re.sub(rb'<Relationship [^>]*/drawing"[^>]*/>', b"", part)
            elif name == "[Content_Types].xml":
                part = re.sub(rb'<Override PartName="/xl/(?:drawings|charts)/[^>]*/>', b"", part)
            target.writestr(name, part)
    return out.getvalue()


def _whole(
    parts: Mapping[str, bytes], frame: bytes
) -> tuple[str, tuple[int, ...], tuple[Mapping[str, str], ...], tuple[Mapping[str, str], ...]]:
    """The digest over frame and parts, the rows that they name, and the words and scales of charts."""
    digest = hashlib.sha256(within(parts[_STYLES], "dxfs") + within(frame, "headerFooter"))
    named: list[int] = []
    words: list[Mapping[str, str]] = []
    scales: list[Mapping[str, str]] = []

    def take(part: bytes, pattern: re.Pattern[bytes], first: int = 1) -> None:
        named.extend(int(each[2]) + 1 - first for each in pattern.finditer(part))
        digest.update(pattern.sub(rb"\1", part) + b"\0")

    take(frame.replace(within(frame, "headerFooter"), b""), _PLACES)
    for name in sorted(parts, key=lambda name: (len(name), name)):
        part = parts[name]
        if name.startswith(_LOOSE):
            continue
        digest.update(name.encode() + b"\0")
        if name.startswith("xl/drawings/drawing"):
            words = [_words(each) for each in re.findall(rb"<xdr:cNvPr [^>]*>", part)]
            take(_WORDS.sub(b"", part), _ANCHORS, first=0)
        elif name.startswith("xl/charts/chart"):
            part, said = _said(_CACHE.sub(b"", part))
            scales.append(said)
            take(part, _POINTED)
        elif name.startswith("xl/tables/"):
            take(part, _PLACES)
        else:
            take(part, _POINTED)
    return digest.hexdigest(), tuple(named), tuple(words), tuple(scales)


def _said(chart: bytes) -> tuple[bytes, Mapping[str, str]]:
    """A chart's part without the scale of its axis, its heading, and which points say nothing; and these."""
    found: dict[str, str] = {}
    if chart.count(b"<c:valAx>") == 1:
        found = {m[1].decode(): m[2].decode() for m in _SCALE.finditer(chart)}
        chart = _SCALE.sub(b"", chart)
    headings = _HEADING.findall(chart)
    if chart.count(b"<c:title>") == len(headings) == 1:
        found["heading"] = unescape(headings[0].decode("utf-8"))
        chart = _HEADING.sub(b"<a:t/>", chart)
    for number, series in enumerate(_SERIES.findall(chart)):
        if silent := _SILENT.findall(series):
            found[f"{SILENT}{number}"] = b" ".join(silent).decode()
    # How many there are tells how many points a line has: that is part of the form.
    return _SILENT.sub(b"<c:dLbl/>", chart), found


def _fold(said: bytes) -> Fold:
    level = re.search(rb' outlineLevel="(\d)"', said)
    return Fold(int(level[1]) if level else 0, b' hidden="1"' in said, b' collapsed="1"' in said)


def _frame(sheet: bytes, looks: list[bytes]) -> bytes:
    """A sheet's part without what is told row by row; what else is said of rows stands at its end."""
    rows = ((row[1], _ROW_ALONE.sub(b"", row[2])) for row in _ROW.finditer(sheet))
    special = b"".join(b'<row r="A%b" %b>' % (number, said) for number, said in rows if said.strip())
    return spelled(_ASIDE.sub(b"", sheet) + special, looks)


def _cells(row: bytes, looks: list[bytes], texts: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Column and content of each cell of a row, looks and texts in place of numbers that lead to them."""
    for cell in _CELL.finditer(row):
        said = spelled(cell[2], looks).replace(b' t="s"', b"")
        number = re.search(rb"<v>(\d+)</v>", cell[3] or b"") if b' t="s"' in cell[2] else None
        yield cell[1], b"<" + cell[1] + said + b">" + (texts[int(number[1])] if number else cell[3] or b"")


def _with_more(cells: Mapping[int, Line], sheet: bytes) -> dict[int, bytes]:
    """The cells of each row that has any, with where their links lead and what their drop-downs offer."""
    more: dict[int, list[bytes]] = {row: [said for _, said in line] for row, line in cells.items() if line}
    for link in _LINK.finditer(sheet):
        more.setdefault(int(link[1]), []).append(link[2])
    for check in _CHECK.finditer(sheet):
        for left, first, right, last in _AREA.findall(check[2]):
            said = b"%b:%b %b %b" % (left, right or left, check[1], check[3] or b"")
            for row in range(int(first), int(last or first) + 1):
                more.setdefault(row, []).append(said)
    return {row: b"".join(said) for row, said in more.items()}


def _before(line: Line, last: bytes) -> bytes:
    """What stands in the columns of a row up to the last that is printed."""
    return b"".join(said for column, said in line if (len(column), column) <= (len(last), last))


def _texts(part: bytes) -> list[bytes]:
    return [found[1] for found in re.finditer(rb"<si>(.*?)</si>", part, re.DOTALL)]


def _words(shape: bytes) -> dict[str, str]:
    return {m[1].decode(): unescape(m[2].decode("utf-8")) for m in _WORDS.finditer(shape)}
