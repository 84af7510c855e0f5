"""A sheet drawn by XlsxWriter, and what of it must be rewritten to stand in another workbook."""

from __future__ import annotations

import copy
import html
import re
from functools import cached_property

from lxml import etree

from qmsbook.host import WouldLoseContent
from qmsbook.hosts.ooxml.cells import number
from qmsbook.hosts.ooxml.change import serialised
from qmsbook.hosts.ooxml.formulas import rename_sheet
from qmsbook.hosts.ooxml.frame import OURS, LocalName
from qmsbook.hosts.ooxml.names import MAIN
from qmsbook.hosts.ooxml.package import Package
from qmsbook.hosts.ooxml.styles import StyleBook
from qmsbook.hosts.ooxml.workbook import Link, Workbook, links, parse

_CHART_FORMULA = re.compile(rb"(<(?:\w+:)?f>)([^<]*)(</(?:\w+:)?f>)|(\stextlink=\")([^\"]*)(\")")
#: Days from 1900 to 1904, as Excel counts them.
_FOUR_YEARS = 1462
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

    @cached_property
    def root(self) -> etree._Element:
        """The sheet's XML."""
        return parse(self.package.xml(self.sheet.part), self.sheet.part)

    def local_names(self, name: str) -> list[LocalName]:
        """The print areas, titles and filters of the sheet under its new name."""
        found = self.workbook.root.iterfind("{*}definedNames/{*}definedName")
        return [
            LocalName(
                str(item.get("name")),
                rename_sheet(item.text or "", self.sheet.name, name),
                item.get("hidden") in ("1", "true"),
            )
            for item in found
            if item.get("name") in OURS
        ]

    def in_chart(self, content: bytes, name: str) -> bytes:
        """A chart or drawing whose references to the sheet use its new name."""

        def renamed(match: re.Match[bytes]) -> bytes:
            before, text, after = match.groups()[:3] if match[1] else match.groups()[3:]
            new = rename_sheet(html.unescape(text.decode()), self.sheet.name, name)
            return bytes(before + html.escape(new, quote=True).replace("&#x27;", "'").encode() + after)

        return _CHART_FORMULA.sub(renamed, content)


class Rewriter:
    """Rewrites a donor's sheet and tables for the formats and the sheet's name in another workbook.

    ``late`` says that the other workbook counts its dates from 1904.
    """

    def __init__(self, donor: Donor, book: StyleBook, name: str, late: bool = False) -> None:
        self.donor, self.book, self.name, self.late = donor, book, name, late
        part = donor.workbook.part_of_kind("styles")
        self.styles = parse(donor.package.xml(part or ""), part or "")
        self._formats: dict[str, str] = {"0": "0"}
        self._dxfs: dict[str, str] = {}
        self._codes = {
            str(item.get("numFmtId")): str(item.get("formatCode"))
            for item in self.styles.iterfind("{*}numFmts/{*}numFmt")
        }

    def sheet(self, selected: bool) -> bytes:
        """The sheet's XML; ``selected`` says whether its tab is the one in front."""
        root = copy.deepcopy(self.donor.root)
        strings = self._strings()
        for item in root.iter(f"{{{MAIN}}}c", f"{{{MAIN}}}row", f"{{{MAIN}}}col"):
            if self.late and item.tag == f"{{{MAIN}}}c":
                self._from_1904(item)
            key = "style" if item.tag == f"{{{MAIN}}}col" else "s"
            if key in item.attrib:
                item.set(key, self._format(str(item.attrib[key])))
            if item.tag == f"{{{MAIN}}}c":
                self._inlined(item, strings)
        for view in root.iter(f"{{{MAIN}}}sheetView"):
            if selected:
                view.set("tabSelected", "1")
            elif "tabSelected" in view.attrib:
                del view.attrib["tabSelected"]
        self._rename(root)
        self.recolour(root)
        return serialised(root)

    def _from_1904(self, cell: etree._Element) -> None:
        """Dates of the drawing count from 1900; this workbook counts from 1904."""
        value = cell.find(f"{{{MAIN}}}v")
        is_date = int(cell.get("s", "0")) in self.donor.workbook.formats.dates
        if value is not None and is_date and cell.get("t", "n") == "n":
            value.text = number(float(value.text or "0") - _FOUR_YEARS).decode()

    def _strings(self) -> list[etree._Element]:
        part = self.donor.workbook.part_of_kind("sharedStrings")
        return parse(self.donor.package.xml(part), part).findall("{*}si") if part else []

    def _inlined(self, cell: etree._Element, strings: list[etree._Element]) -> None:
        if "cm" in cell.attrib or "vm" in cell.attrib:
            raise WouldLoseContent("The drawn sheet holds a dynamic array or a picture inside a cell.")
        if cell.get("t") != "s":
            return
        value = cell.find(f"{{{MAIN}}}v")
        if value is None:
            return
        cell.remove(value)
        cell.set("t", "inlineStr")
        inside = etree.SubElement(cell, f"{{{MAIN}}}is")
        inside.extend(copy.deepcopy(list(strings[int(value.text or "0")])))

    def _rename(self, root: etree._Element) -> None:
        old, new = self.donor.sheet.name, self.name
        if old == new:
            return
        for item in root.iter():
            if isinstance(item.tag, str) and item.text and etree.QName(item).localname in _FORMULAS:
                item.text = rename_sheet(item.text, old, new)
        for link in root.iter(f"{{{MAIN}}}hyperlink"):
            if link.get("location"):
                link.set("location", rename_sheet(str(link.get("location")), old, new))

    def recolour(self, root: etree._Element) -> None:
        """Replaces the numbers of differential formats in a sheet or table by those of the other workbook."""
        for item in root.iter():
            if isinstance(item.tag, str):
                for key in item.attrib:
                    if str(key) == "dxfId" or str(key).endswith("DxfId"):
                        item.set(key, self._dxf(str(item.attrib[key])))

    def _format(self, style_id: str) -> str:
        if style_id not in self._formats:
            old = self.styles.findall("{*}cellXfs/{*}xf")[int(style_id)]
            fresh = copy.deepcopy(old)
            fresh.set("xfId", "0")
            fresh.set("numFmtId", self._number(str(old.get("numFmtId", "0"))))
            lists = (
                ("fontId", "fonts", "Font"),
                ("fillId", "fills", "Fill"),
                ("borderId", "borders", "Border"),
            )
            for key, name, flag in lists:
                item = self.styles.find(f"{{*}}{name}")
                assert item is not None
                fresh.set(key, str(self.book.add(name, item[int(old.get(key, "0"))])))
                if fresh.get(key) != "0":
                    fresh.set(f"apply{flag}", "1")
            self._formats[style_id] = str(self.book.add("cellXfs", fresh))
        return self._formats[style_id]

    def _number(self, style_id: str) -> str:
        return str(self.book.number_format(self._codes[style_id])) if style_id in self._codes else style_id

    def _dxf(self, style_id: str) -> str:
        if style_id not in self._dxfs:
            fresh = copy.deepcopy(self.styles.findall("{*}dxfs/{*}dxf")[int(style_id)])
            for item in fresh.iter(f"{{{MAIN}}}numFmt"):
                if str(item.get("formatCode")) in self._codes.values():
                    item.set("numFmtId", str(self.book.number_format(str(item.get("formatCode")))))
            self._dxfs[style_id] = str(self.book.add("dxfs", fresh))
        return self._dxfs[style_id]
