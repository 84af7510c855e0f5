"""One change of a workbook file in the making: which parts are replaced, and the frame they hang in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from qmsbook.host import WorkbookSigned, WorkbookTracksChanges
from qmsbook.hosts.ooxml.names import (
    PACKAGE_REL,
    REL,
    RELS_TYPE,
    STRICT_REL,
    STYLES_TYPE,
    TYPES,
    relative,
    rels_name,
    to_strict,
)  # fmt: skip
from qmsbook.hosts.ooxml.package import Package
from qmsbook.hosts.ooxml.styles import EMPTY, StyleBook
from qmsbook.hosts.ooxml.workbook import Link, Workbook, parse

_CONTENT_TYPES = "[Content_Types].xml"
#: What follows the calculation settings in a workbook's frame.
_AFTER_CALC = (
    "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
    "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def refuse_fragile(package: Package) -> None:
    """Raises WorkbookSigned or WorkbookTracksChanges for a workbook that no change leaves whole."""
    names = [member.name.casefold() for member in package.members]
    if any(name.startswith("_xmlsignatures/") for name in names):
        raise WorkbookSigned
    if any(name.startswith("xl/revisions/") for name in names):
        raise WorkbookTracksChanges


class Change:
    """Collects new contents of parts; ``parts`` maps names to bytes, or None for a part that goes."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.package = workbook.package
        self.parts: dict[str, bytes | None] = {}
        self._roots: dict[str, etree._Element] = {}
        self._styles: StyleBook | None = None
        self._styles_part = ""

    def __contains__(self, name: str) -> bool:
        key = name.casefold()
        for known, content in self.parts.items():
            if known.casefold() == key:
                return content is not None
        return name in self.package

    def read(self, name: str) -> bytes:
        """The bytes of a part as they stand by now."""
        content = self.parts.get(name)
        return content if content is not None else self.package.xml(name)

    def root(self, name: str) -> etree._Element:
        """An XML part to be edited in place; call ``touch`` after editing it."""
        if name not in self._roots:
            self._roots[name] = parse(self.read(name), name)
        return self._roots[name]

    def touch(self, name: str) -> None:
        """Takes over what was edited in place."""
        root = self._roots[name]
        self.parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """Adds or replaces a part."""
        self.parts[name] = to_strict(content) if self.workbook.strict else content
        self._set_type(name, content_type)

    def put_links(self, part: str, links: Iterable[tuple[Link, str]]) -> None:
        """Writes the relationships of a part, each with its full type."""
        root = etree.Element(f"{{{PACKAGE_REL}}}Relationships", nsmap={None: PACKAGE_REL})  # type: ignore[dict-item]
        for link, full in links:
            item = etree.SubElement(root, f"{{{PACKAGE_REL}}}Relationship", Id=link.id, Type=full)
            item.set("Target", link.target if link.external else relative(part, link.target))
            if link.external:
                item.set("TargetMode", "External")
        content = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
        self.put(rels_name(part), content, RELS_TYPE)

    def drop(self, name: str) -> None:
        """Takes a part and its content type out."""
        member = self.package.member(name).name if name in self.package else name
        if name in self.package:
            self.parts[member] = None
        else:
            self.parts.pop(name, None)
        types = self.root(_CONTENT_TYPES)
        for item in types.findall("{*}Override"):
            if str(item.get("PartName")).lstrip("/").casefold() == name.casefold():
                types.remove(item)
                self.touch(_CONTENT_TYPES)

    def type_of(self, name: str) -> str:
        """The content type of a part, or an empty text."""
        types, extension = self.root(_CONTENT_TYPES), name.rpartition(".")[2].casefold()
        for item in types.iterfind("{*}Override"):
            if str(item.get("PartName")).lstrip("/").casefold() == name.casefold():
                return str(item.get("ContentType"))
        for item in types.iterfind("{*}Default"):
            if str(item.get("Extension")).casefold() == extension:
                return str(item.get("ContentType"))
        return ""

    def _set_type(self, name: str, content_type: str) -> None:
        if self.type_of(name) == content_type:
            return
        types = self.root(_CONTENT_TYPES)
        etree.SubElement(types, f"{{{TYPES}}}Override", PartName="/" + name, ContentType=content_type)
        self.touch(_CONTENT_TYPES)

    def add_link(self, kind: str, target: str) -> str:
        """Adds a relationship to the workbook; gives its id."""
        name = rels_name(self.workbook.part)
        root = self.root(name)
        taken = {str(item.get("Id")) for item in root.iterfind("{*}Relationship")}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        base = STRICT_REL if self.workbook.strict else REL
        item = etree.SubElement(
            root, f"{{{PACKAGE_REL}}}Relationship", Id=f"rId{number}", Type=f"{base}/{kind}"
        )
        item.set("Target", relative(self.workbook.part, target))
        self.touch(name)
        return f"rId{number}"

    def drop_link(self, rel: str) -> None:
        """Takes a relationship of the workbook out."""
        name = rels_name(self.workbook.part)
        root = self.root(name)
        for item in root.findall("{*}Relationship"):
            if item.get("Id") == rel:
                root.remove(item)
                self.touch(name)

    @property
    def frame(self) -> etree._Element:
        """The root of the workbook part, to be edited in place."""
        return self.root(self.workbook.part)

    def touch_frame(self) -> None:
        """Takes over what was edited in the workbook part."""
        self.touch(self.workbook.part)

    def styles(self) -> StyleBook:
        """The formats, to be added to; a workbook without any gets the least it needs."""
        if self._styles is None:
            part = self.workbook.part_of_kind("styles")
            self._styles = StyleBook(self.package.xml(part) if part else self._first_styles())
            self._styles_part = part or "xl/styles.xml"
        return self._styles

    def _first_styles(self) -> bytes:
        self.put("xl/styles.xml", EMPTY, STYLES_TYPE)
        self.add_link("styles", "xl/styles.xml")
        return EMPTY if not self.workbook.strict else to_strict(EMPTY)

    def has_formulas(self) -> bool:
        """Whether any sheet, as it stands by now, holds a formula."""
        if self.workbook.part_of_kind("calcChain"):
            return True
        fresh = (content for name, content in self.parts.items() if content and "worksheets/" in name)
        if any(_FORMULA.search(content) for content in fresh):
            return True
        old = (sheet.part for sheet in self.workbook.worksheets() if sheet.part not in self.parts)
        return any(_FORMULA.search(self.package.read(part)) for part in old)

    def recalculate(self) -> None:
        """Asks the spreadsheet program to calculate all formulas when it opens the workbook."""
        calc = self.frame.find("{*}calcPr")
        if calc is None:
            namespace = etree.QName(self.frame).namespace
            calc = etree.Element(f"{{{namespace}}}calcPr", nsmap=self.frame.nsmap)
            later = (item for item in self.frame if isinstance(item.tag, str))
            after = next((item for item in later if etree.QName(item).localname in _AFTER_CALC), None)
            if after is None:
                self.frame.append(calc)
            else:
                after.addprevious(calc)
        if calc.get("fullCalcOnLoad") not in ("1", "true"):
            calc.set("fullCalcOnLoad", "1")
            self.touch_frame()

    def drop_calc_chain(self) -> None:
        """Takes the calculation chain out: it may name no cell that holds no formula."""
        for link in self.workbook.links:
            if link.kind == "calcChain":
                self.drop(link.target)
                self.drop_link(link.id)

    def finished(self) -> dict[str, bytes | None]:
        """All parts that really change, by name."""
        if self._styles is not None and self._styles.changed:
            self.parts[self._styles_part] = self._styles.content()
        return {
            name: content for name, content in self.parts.items() if not self._is_as_it_was(name, content)
        }

    def _is_as_it_was(self, name: str, content: bytes | None) -> bool:
        if name not in self.package:
            return content is None
        return content is not None and self.package.read(name) == content
