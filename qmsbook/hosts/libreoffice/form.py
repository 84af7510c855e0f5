"""What two drawings of one sheet have in common besides cells: then only what changed is drawn again."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import unescape

from qmsbook.book.snapshot import MARK_NAME

_SHEET, _BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
#: The mark of a drawing, which holds its nonce.
_NONCE = re.compile(rb'<definedName name="%b"[^>]*>([^<]*)</definedName>' % MARK_NAME.encode())
_CELL = re.compile(rb'<c r="[A-Z]+\d+"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_ROW = re.compile(rb'<row r="(\d+)"([^>]*?)(?:/>|>(.*?)</row>)', re.DOTALL)
_HEIGHT = re.compile(rb' (?:ht="([\d.]+)"|customHeight="1"|spans="[^"]*")')
_CACHE = re.compile(rb"<c:(num|str|multiLvlStr)Cache>.*?</c:\1Cache>", re.DOTALL)
_SCALE = re.compile(rb'<c:(max|min|majorUnit) val="([^"]*)"/>')
_MERGED = re.compile(rb'<mergeCell ref="[A-Z]+(\d+):[A-Z]+(\d+)"/>')
_WORDS = re.compile(rb' (descr|title)="([^"]*)"')
#: Parts that say nothing about the form: words, looks, who made it and when.
_LOOSE = ("docProps/", "xl/sharedStrings.xml", "xl/styles.xml", "xl/theme/")


@dataclass(frozen=True, slots=True)
class Form:
    """A drawing taken apart.

    ``digest`` is over all that only the whole sheet drawn anew can show. ``rows`` are the cells of each
    row, their looks spelled out; ``heights`` are points; ``words`` are the alternative texts of charts, and
    ``scales`` of their axes (max, min, majorUnit as text), in the order in which the charts were drawn;
    ``merged`` are the first and last rows of merged cells, from the top; ``mark`` is the sheet's.
    """

    digest: str
    rows: Mapping[int, bytes]
    heights: Mapping[int, bytes]
    words: tuple[Mapping[str, str], ...]
    scales: tuple[Mapping[str, str], ...]
    merged: tuple[tuple[int, int], ...]
    mark: str

    def changed(self, other: Form, besides: Collection[int] = ()) -> list[tuple[int, int]]:
        """The rows in which another drawing differs, and some ``besides``, as runs: first and last.

        A run never cuts through merged cells.
        """
        wanted = {row for row in {*self.rows, *other.rows} if self.rows.get(row) != other.rows.get(row)}
        wanted |= {*besides}
        for first, last in self.merged:
            block = range(first, last + 1)
            if not wanted.isdisjoint(block):
                wanted |= {*block}
        runs: list[tuple[int, int]] = []
        for row in sorted(wanted):
            if runs and runs[-1][1] == row - 1:
                runs[-1] = runs[-1][0], row
            else:
                runs.append((row, row))
        return runs


def form_of(content: bytes) -> Form:
    """The form of a drawing, as XlsxWriter writes it."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    looks, texts = _looks(parts["xl/styles.xml"]), _texts(parts.get("xl/sharedStrings.xml", b""))
    sheet = parts.pop(_SHEET)
    rows = {int(row[1]): _cells(row[3] or b"", looks, texts) for row in _ROW.finditer(sheet)}
    heights = {
        int(row[1]): h[1] for row in _ROW.finditer(sheet) if (h := re.search(rb' ht="([^"]*)"', row[2]))
    }
    digest = hashlib.sha256(_dxfs(parts["xl/styles.xml"]))
    digest.update(_spelled(_frame(sheet), looks))
    mark = ""
    words: list[dict[str, str]] = []
    scales: list[dict[str, str]] = []
    for name in sorted(parts, key=lambda name: (len(name), name)):
        part = parts[name]
        if name.startswith(_LOOSE):
            continue
        if name.startswith("xl/drawings/drawing"):
            words = [_words(each) for each in re.findall(rb"<xdr:cNvPr [^>]*>", part)]
            part = _WORDS.sub(b"", part)
        if name == _BOOK:
            found = _NONCE.search(part)
            mark = unescape(found[1].decode()) if found else ""
            part = _NONCE.sub(b"", part)
        if name.startswith("xl/charts/chart"):
            part = _CACHE.sub(b"", part)
            one = part.count(b"<c:valAx>") == 1
            scales.append({m[1].decode(): m[2].decode() for m in _SCALE.finditer(part)} if one else {})
            part = _SCALE.sub(b"", part) if one else part
        digest.update(name.encode() + b"\0" + part + b"\0")
    merged = tuple(sorted((int(m[1]), int(m[2])) for m in _MERGED.finditer(sheet) if m[1] != m[2]))
    return Form(digest.hexdigest(), rows, heights, tuple(words), tuple(scales), merged, mark)


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


def _frame(sheet: bytes) -> bytes:
    """A sheet's part without its cells, the heights of its rows, and where its links lead."""
    sheet = _CELL.sub(b"", sheet)
    sheet = re.sub(rb"<row [^>]*>", lambda row: _HEIGHT.sub(b"", row[0]), sheet)
    sheet = re.sub(rb'<row r="\d+"/>|<row r="\d+"></row>', b"", sheet)
    return re.sub(rb"<hyperlinks>.*?</hyperlinks>|<dimension [^>]*>", b"", sheet, flags=re.DOTALL)


def _cells(row: bytes, looks: list[bytes], texts: list[bytes]) -> bytes:
    """The cells of a row with their looks and texts in place of numbers that lead to them."""
    row = _spelled(row, looks)
    return re.sub(rb' t="s"><v>(\d+)</v>', lambda found: b">" + texts[int(found[1])], row)


def _spelled(part: bytes, looks: list[bytes]) -> bytes:
    """A part with looks in place of their numbers."""
    return re.sub(rb' (?:s|style)="(\d+)"', lambda found: b" s=" + looks[int(found[1])], part)


def _texts(part: bytes) -> list[bytes]:
    return [found[1] for found in re.finditer(rb"<si>(.*?)</si>", part, re.DOTALL)]


def _looks(part: bytes) -> list[bytes]:
    """Each cell format of a styles part, spelled out."""
    lists = {name: _within(part, name) for name in ("fonts", "fills", "borders", "cellXfs")}
    found: dict[str, list[bytes]] = {
        "fontId": re.findall(rb"<font>.*?</font>|<font/>", lists["fonts"], re.DOTALL),
        "fillId": re.findall(rb"<fill>.*?</fill>|<fill/>", lists["fills"], re.DOTALL),
        "borderId": re.findall(rb"<border(?: [^>]*)?>.*?</border>|<border/>", lists["borders"], re.DOTALL),
    }
    codes: dict[bytes, bytes] = dict(re.findall(rb'<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/>', part))

    def spelled(number: re.Match[bytes]) -> bytes:
        name = number[1].decode()
        if name == "numFmtId":
            return codes.get(number[2], number[2])
        return found[name][int(number[2])]

    pattern = re.compile(rb'(fontId|fillId|borderId|numFmtId)="(\d+)"')
    xfs = re.findall(rb"<xf [^>]*?/>|<xf [^>]*?[^/]>.*?</xf>", lists["cellXfs"], re.DOTALL)
    return [pattern.sub(spelled, each) for each in xfs]


def _dxfs(part: bytes) -> bytes:
    return _within(part, "dxfs")


def _within(part: bytes, name: str) -> bytes:
    found = re.search(rb"<%b[ >].*?</%b>" % (name.encode(), name.encode()), part, re.DOTALL)
    return bytes(found[0]) if found else b""


def _words(shape: bytes) -> dict[str, str]:
    return {m[1].decode(): unescape(m[2].decode("utf-8")) for m in _WORDS.finditer(shape)}
