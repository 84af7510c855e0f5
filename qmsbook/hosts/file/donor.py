"""A sheet drawn by XlsxWriter, and what of it must be rewritten to stand in another workbook."""

from __future__ import annotations

import html
import re
from functools import cached_property

from qmsbook.book.snapshot import MARK_NAME
from qmsbook.hosts.file.cells import number
from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.formulas import rename_sheet
from qmsbook.hosts.file.frame import OURS, LocalName
from qmsbook.hosts.file.links import Link, links
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.styles import StyleBook, own
from qmsbook.hosts.file.text import items
from qmsbook.hosts.file.workbook import Workbook
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import WouldLoseContent

_CHART_FORMULA = re.compile(rb"(<(?:\w+:)?f(?:\s[^<>]*)?>)([^<]*)(</(?:\w+:)?f>)|(\stextlink=\")([^\"]*)(\")")
#: Days from 1900 to 1904, as Excel counts them.
_FOUR_YEARS = 1462
_CELL = re.compile(rb'(<(?:c|row) r="[A-Z]*[0-9]+")([^<>/]*)(/?>)(?:<v>([^<]*)</v></c>)?')
_STYLE = re.compile(rb' s="([0-9]+)"')
_CLOSING = b"</sheetData>"
_FORMULAS = ("f", "formula", "formula1", "formula2")


class Donor:
    """A one-sheet workbook. Raises WouldLoseContent for one that cannot be taken over."""

    def __init__(self, content: bytes) -> None:
        self.package = Package(content)
        self.workbook = Workbook(self.package)
        sheets = list(self.workbook.sheets)
        if len(sheets) != 1 or sheets[0].kind != "worksheet":
            raise WouldLoseContent("The drawn workbook does not hold exactly one sheet.")
        self.sheet = sheets[0]

    @cached_property
    def parts(self) -> dict[str, list[Link]]:
        """All parts that the sheet needs, itself first, with their relationships."""
        found: dict[str, list[Link]] = {}
        waiting = [self.sheet.part]
        while waiting:
            part = waiting.pop(0)
            if part not in found:
                found[part] = links(self.package, part)
                waiting += [link.target for link in found[part] if not link.outside]
        return found

    def local_names(self, name: str) -> list[LocalName]:
        """The print areas, titles, filters and the mark of the sheet under its new name."""
        found = self.workbook.root.all("definedNames", "definedName")
        return [
            LocalName(
                item.get("name"),
                self._text_of(item, name),
                item.get("hidden") in ("1", "true"),
            )
            for item in found
            if item.get("name") in OURS
        ]

    def _text_of(self, item: Element, name: str) -> str:
        renamed = rename_sheet(item.text, self.sheet.name, name)
        return item.text if item.get("name") == MARK_NAME else renamed

    def in_chart(self, content: bytes, name: str) -> bytes:
        """A chart or drawing whose references to the sheet use its new name."""

        def renamed(match: re.Match[bytes]) -> bytes:
            before, text, after = match.groups()[:3] if match[1] else match.groups()[3:]
            new = rename_sheet(html.unescape(text.decode()), self.sheet.name, name)
            return bytes(before + html.escape(new, quote=True).replace("&#x27;", "'").encode() + after)

        return _CHART_FORMULA.sub(renamed, content)


class Looks:
    """The formats of one workbook, added to another's where they are asked for."""

    def __init__(self, workbook: Workbook, book: StyleBook) -> None:
        self.book = book
        part = workbook.part_of_kind("styles")
        self.styles = parse(workbook.package.xml(part or ""), part or "")
        self._formats: dict[str, str] = {"0": "0"}
        self._dxfs: dict[str, str] = {}
        self._codes = {
            item.get("numFmtId"): item.get("formatCode") for item in self.styles.all("numFmts", "numFmt")
        }

    @cached_property
    def texts(self) -> frozenset[int]:
        """The cell formats that make whatever is typed a text."""
        formats = enumerate(self._items("cellXfs"))
        return frozenset(number for number, item in formats if item.get("numFmtId") == "49")

    def format(self, style_id: str) -> str:
        """The number that a cell format has in the other workbook."""
        if style_id not in self._formats:
            old = self._items("cellXfs")[int(style_id)]
            fresh = own(old, self.styles)
            fresh.set("xfId", "0")
            fresh.set("numFmtId", self._number(old.get("numFmtId", "0")))
            lists = (
                ("fontId", "fonts", "Font"),
                ("fillId", "fills", "Fill"),
                ("borderId", "borders", "Border"),
            )
            for key, name, flag in lists:
                fresh.set(key, str(self.book.add(name, self._items(name)[int(old.get(key, "0"))])))
                if fresh.get(key) != "0":
                    fresh.set(f"apply{flag}", "1")
            self._formats[style_id] = str(self.book.add("cellXfs", fresh))
        return self._formats[style_id]

    def _items(self, name: str) -> list[Element]:
        found = self.styles.first(name)
        return found.children if found is not None else []

    def _number(self, style_id: str) -> str:
        return str(self.book.number_format(self._codes[style_id])) if style_id in self._codes else style_id

    def dxf(self, style_id: str) -> str:
        """The number that a differential format has in the other workbook."""
        if style_id not in self._dxfs:
            fresh = own(self._items("dxfs")[int(style_id)], self.styles)
            for item in fresh.walk("numFmt"):
                if item.get("formatCode") in self._codes.values():
                    item.set("numFmtId", str(self.book.number_format(item.get("formatCode"))))
            self._dxfs[style_id] = str(self.book.add("dxfs", fresh))
        return self._dxfs[style_id]


class Rewriter:
    """Rewrites a donor's sheet and tables for the formats and the sheet's name in another workbook.

    ``late`` says that the other workbook counts its dates from 1904.
    """

    def __init__(self, donor: Donor, book: StyleBook, name: str, late: bool = False) -> None:
        self.donor, self.name, self.late = donor, name, late
        self.looks = Looks(donor.workbook, book)

    def sheet(self, selected: bool) -> bytes:
        """The sheet's XML; ``selected`` says whether its tab is the one in front.

        Its cells are rewritten as text, for there are many of them; the rest as XML.
        """
        drawn = SheetXml(self.donor.package.xml(self.donor.sheet.part), self.donor.sheet.part)
        if drawn.obstacle or drawn.prefix:
            raise WouldLoseContent("The drawn sheet was not drawn by XlsxWriter.")
        cells = drawn.data[drawn.start : drawn.end]
        around = drawn.data[: drawn.tag] + b"<sheetData/>" + drawn.data[drawn.end :].removeprefix(_CLOSING)
        root = parse(around, self.donor.sheet.part)
        for item in root.all("cols", "col"):
            if "style" in item.attributes:
                item.set("style", self.looks.format(item.get("style")))
        for view in root.all("sheetViews", "sheetView"):
            if selected:
                view.set("tabSelected", "1")
            else:
                view.unset("tabSelected")
        self._rename(root)
        self.recolour(root)
        filled = b"<sheetData>%s</sheetData>" % self._cells(cells)
        return root.document().replace(b"<sheetData/>", filled, 1)

    def _cells(self, cells: bytes) -> bytes:
        if self.name != self.donor.sheet.name:
            cells = self.donor.in_chart(cells, self.name)
        part = self.donor.workbook.part_of_kind("sharedStrings")
        texts = [b"<is>%s</is>" % text for text in items(self.donor.package.xml(part))] if part else []
        dates = self.donor.workbook.formats.dates if self.late else frozenset()
        known: dict[bytes, tuple[bytes, bytes]] = {}

        def rewritten(match: re.Match[bytes]) -> bytes:
            before, rest, close, value = match.groups()
            attributes, sort = known.get(rest) or known.setdefault(rest, self._attributes(rest, dates))
            if value is None:
                return before + attributes + close
            if sort == b"s":
                return b"%s%s>%s</c>" % (before, attributes, texts[int(value)])
            if sort == b"date":
                # Dates of the drawing count from 1900; this workbook counts from 1904.
                value = number(float(value) - _FOUR_YEARS)
            return b"%s%s><v>%s</v></c>" % (before, attributes, value)

        return _CELL.sub(rewritten, cells)

    def _attributes(self, rest: bytes, dates: frozenset[int]) -> tuple[bytes, bytes]:
        """The attributes of a row or cell, and how its value is to be rewritten: ``s``, ``date`` or blank."""
        if b" cm=" in rest or b" vm=" in rest:
            raise WouldLoseContent("The drawn sheet holds a dynamic array or a picture inside a cell.")
        style, sort = _STYLE.search(rest), b""
        if b' t="s"' in rest:
            rest, sort = rest.replace(b' t="s"', b' t="inlineStr"'), b"s"
        elif style and int(style[1]) in dates and b" t=" not in rest:
            sort = b"date"
        if style:
            rest = _STYLE.sub(b' s="%s"' % self.looks.format(style[1].decode()).encode(), rest)
        return rest, sort

    def _rename(self, root: Element) -> None:
        old, new = self.donor.sheet.name, self.name
        if old == new:
            return
        for item in root.walk():
            if item.text and item.name in _FORMULAS:
                item.write(rename_sheet(item.text, old, new))
            elif item.name == "hyperlink" and "location" in item.attributes:
                item.set("location", rename_sheet(item.get("location"), old, new))

    def recolour(self, root: Element) -> None:
        """Replaces the numbers of differential formats in a sheet or table by those of the other workbook."""
        for item in root.walk():
            for key, value in list(item.attributes.items()):
                if key == "dxfId" or key.endswith("DxfId"):
                    item.set(key, self.looks.dxf(value))
