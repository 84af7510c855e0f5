"""One change of a workbook file in the making: which parts are replaced, and the frame they hang in."""

from __future__ import annotations

import re
from collections.abc import Iterable

from qmsbook.hosts.file.element import DECLARATION, Element
from qmsbook.hosts.file.names import (
    PACKAGE_REL,
    REL,
    RELS_TYPE,
    STRICT_REL,
    STYLES_TYPE,
    relative,
    rels_name,
    to_strict,
)
from qmsbook.hosts.file.package import Package, safe_xml
from qmsbook.hosts.file.styles import EMPTY, StyleBook
from qmsbook.hosts.file.workbook import Link, Workbook
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import WorkbookSigned, WorkbookTracksChanges

#: Two patterns, for each begins with letters that are looked for fast.
_FORMULA = re.compile(rb"<f[ />]"), re.compile(rb":f[ />]")
_CONTENT_TYPES = "[Content_Types].xml"


def refuse_fragile(package: Package) -> None:
    """Raises WorkbookSigned or WorkbookTracksChanges for a workbook that no change leaves whole."""
    names = [member.name.casefold() for member in package.members]
    if any(name.startswith("_xmlsignatures/") for name in names):
        raise WorkbookSigned
    if any(name.startswith("xl/revisions/") for name in names):
        raise WorkbookTracksChanges


def _holds_formula(sheet: bytes) -> bool:
    return any(pattern.search(sheet) for pattern in _FORMULA)


class Change:
    """Collects new contents of parts; ``parts`` maps names to bytes, or None for a part that goes."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.package = workbook.package
        self.parts: dict[str, bytes | None] = {}
        self._types: dict[str, str] = {}
        self._roots: dict[str, Element] = {}
        self._styles: StyleBook | None = None
        self._styles_part = ""

    def _name(self, name: str) -> str:
        """A part's name as it is spelled already, if it is known."""
        if name in self.package:
            return self.package.member(name).name
        key = name.casefold()
        return next((known for known in self.parts if known.casefold() == key), name)

    def __contains__(self, name: str) -> bool:
        name = self._name(name)
        return self.parts[name] is not None if name in self.parts else name in self.package

    def xml(self, name: str) -> bytes:
        """The bytes of an XML part as it stands by now."""
        content = self.parts.get(self._name(name))
        return safe_xml(content, name) if content is not None else self.package.xml(name)

    def names(self) -> set[str]:
        """The names of all parts as they stand by now, without case."""
        old = {member.name.casefold() for member in self.package.members}
        gone = {name.casefold() for name, content in self.parts.items() if content is None}
        return (old - gone) | {name.casefold() for name, content in self.parts.items() if content is not None}

    def root(self, name: str) -> Element:
        """An XML part to be edited in place; call ``touch`` after editing it."""
        if name not in self._roots:
            self._roots[name] = parse(self.xml(name), name)
        return self._roots[name]

    def touch(self, name: str) -> None:
        """Takes over what was edited in place."""
        self.parts[self._name(name)] = self._roots[name].document()

    def put(self, name: str, content: bytes, content_type: str) -> None:
        """Adds or replaces a part."""
        name = self._name(name)
        strict = self.workbook.strict and name.endswith((".xml", ".rels"))
        self.parts[name] = to_strict(content) if strict else content
        self._types[name] = content_type

    def put_links(self, part: str, found: Iterable[Link]) -> None:
        """Writes the relationships of a part."""
        root = parse(DECLARATION + b'<Relationships xmlns="%s"/>' % PACKAGE_REL.encode(), part)
        for link in found:
            target = link.target if link.outside else relative(part, link.target)
            at = {"Id": link.id, "Type": link.type, "Target": target}
            root.add("Relationship", at | ({"TargetMode": link.mode} if link.mode else {}))
        if root.children:
            self.put(rels_name(part), root.document(), RELS_TYPE)

    def drop(self, name: str) -> None:
        """Takes a part and its relationships out."""
        for each in (name, rels_name(name)):
            if each in self:
                self.parts[self._name(each)] = None

    def type_of(self, name: str) -> str:
        """The content type of a part in the package, or an empty text."""
        types, extension = self.root(_CONTENT_TYPES), name.rpartition(".")[2].casefold()
        own = self._override(name)
        if own is not None:
            return own.get("ContentType")
        defaults = types.all("Default")
        found = (item for item in defaults if item.get("Extension").casefold() == extension)
        return next(found, types).get("ContentType")

    def _override(self, name: str) -> Element | None:
        key = "/" + name.casefold()
        overrides = self.root(_CONTENT_TYPES).all("Override")
        return next((item for item in overrides if item.get("PartName").casefold() == key), None)

    def _settle_types(self) -> None:
        types, changed = self.root(_CONTENT_TYPES), False
        for name, content in self.parts.items():
            own = self._override(name)
            wanted = self._types.get(name)
            if content is None:
                if own is not None:
                    types.remove(own)
                    changed = True
            elif wanted and self.type_of(name) != wanted:
                if own is None:
                    own = types.add("Override", {"PartName": "/" + name})
                own.set("ContentType", wanted)
                changed = True
        if changed:
            self.touch(_CONTENT_TYPES)

    def add_link(self, kind: str, target: str) -> str:
        """Adds a relationship to the workbook; gives its id."""
        name = rels_name(self.workbook.part)
        root = self.root(name)
        taken = {item.get("Id") for item in root.all("Relationship")}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        base = STRICT_REL if self.workbook.strict else REL
        link = {"Id": f"rId{number}", "Type": f"{base}/{kind}"}
        root.add("Relationship", link | {"Target": relative(self.workbook.part, target)})
        self.touch(name)
        return f"rId{number}"

    def drop_link(self, rel: str) -> None:
        """Takes a relationship of the workbook out."""
        name = rels_name(self.workbook.part)
        root = self.root(name)
        for item in list(root.all("Relationship")):
            if item.get("Id") == rel:
                root.remove(item)
                self.touch(name)

    def styles(self) -> StyleBook:
        """The formats, to be added to; a workbook without any gets the least it needs."""
        if self._styles is None:
            part = self.workbook.part_of_kind("styles")
            self._styles_part = part or "xl/styles.xml"
            if part is None:
                self.put(self._styles_part, EMPTY, STYLES_TYPE)
                self.add_link("styles", self._styles_part)
            self._styles = StyleBook(self.xml(self._styles_part), self._styles_part)
        return self._styles

    def has_formulas(self) -> bool:
        """Whether any sheet, as it stands by now, holds a formula."""
        if self.workbook.part_of_kind("calcChain"):
            return True
        fresh = (content for name, content in self.parts.items() if content and "worksheets/" in name)
        if any(_holds_formula(content) for content in fresh):
            return True
        old = (sheet.part for sheet in self.workbook.worksheets() if sheet.part not in self.parts)
        return any(_holds_formula(self.package.read(part)) for part in old)

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
        self._settle_types()
        return {name: new for name, new in self.parts.items() if not self._is_as_it_was(name, new)}

    def _is_as_it_was(self, name: str, content: bytes | None) -> bool:
        if name not in self.package:
            return content is None
        if content is None or len(content) != self.package.member(name).size:
            return False
        return self.package.read(name) == content
