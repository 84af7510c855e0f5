"""One change of a workbook file in the making: which parts are replaced, and the frame they hang in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import count

from qmsbook.hosts.file.element import DECLARATION, Element
from qmsbook.hosts.file.names import (
    CONTENT_TYPES,
    PACKAGE_REL,
    REL,
    RELS_TYPE,
    REVISIONS,
    SHEET_TYPE,
    SIGNATURE,
    STRICT_REL,
    STYLES_TYPE,
    part_of_rels,
    relative,
    rels_name,
    to_strict,
)
from qmsbook.hosts.file.package import safe_xml
from qmsbook.hosts.file.styles import EMPTY, StyleBook
from qmsbook.hosts.file.workbook import Link, Workbook, links
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import WorkbookSigned, WorkbookTracksChanges

#: Two patterns, for each begins with letters that are looked for fast.
_FORMULA = re.compile(rb"<f[ />]"), re.compile(rb":f[ />]")


def refuse_fragile(workbook: Workbook) -> None:
    """Raises WorkbookSigned or WorkbookTracksChanges for a workbook that no change leaves whole."""
    types = {workbook.type_of(member.name) for member in workbook.package.members}
    if any(each.startswith(SIGNATURE) for each in types):
        raise WorkbookSigned
    if any(each.endswith(REVISIONS) for each in types):
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

    def sound(self, name: str) -> bytes:
        """The bytes of an XML part as it stands by now, for those who read it by patterns."""
        content = self.parts.get(self._name(name))
        return self.package.sound(name) if content is None else safe_xml(content, name)

    def fresh(self, folder: str, stem: str, ending: str, also: AbstractSet[str] = frozenset()) -> str:
        """A name for a new part that nothing has, awaits or points at; ``also`` are taken too."""
        taken = self.names() | self._awaited | also
        named = (posixpath.join(folder, f"{stem}{number}{ending}") for number in count(1))
        return next(name for name in named if name.casefold() not in taken)

    @cached_property
    def _awaited(self) -> set[str]:
        """The names that relationships, content types and orphaned relationships' parts have of parts."""
        found = {
            item.get("PartName").lstrip("/").casefold() for item in self.root(CONTENT_TYPES).all("Override")
        }
        for member in self.package.members:
            if (part := part_of_rels(member.name)) is not None:
                targets = (link.target for link in links(self.package, part) if not link.outside)
                found |= {part.casefold(), *map(str.casefold, targets)}
        return found

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

    def put(self, name: str, content: bytes, sort: str) -> None:
        """Adds or replaces a part; ``sort`` is its content type."""
        name = self._name(name)
        strict = self.workbook.strict and sort.endswith("xml")
        self.parts[name] = to_strict(content) if strict else content
        self._types[name] = sort

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
        """The content type of a part as it stands by now, or an empty text."""
        return self._types.get(self._name(name)) or self.workbook.type_of(name)

    def is_xml(self, name: str) -> bool:
        """Whether a part is XML, by its content type."""
        return name == CONTENT_TYPES or self.type_of(name).endswith(("xml", "vmlDrawing"))

    def _override(self, name: str) -> Element | None:
        key = "/" + name.casefold()
        overrides = self.root(CONTENT_TYPES).all("Override")
        return next((item for item in overrides if item.get("PartName").casefold() == key), None)

    def _settle_types(self) -> None:
        types, changed = self.root(CONTENT_TYPES), False
        for name, content in self.parts.items():
            own = self._override(name)
            wanted = self._types.get(name)
            if content is None:
                if own is not None:
                    types.remove(own)
                    changed = True
            elif wanted and (own.get("ContentType") if own else self.workbook.type_of(name)) != wanted:
                if own is None:
                    own = types.add("Override", {"PartName": "/" + name})
                own.set("ContentType", wanted)
                changed = True
        if changed:
            self.touch(CONTENT_TYPES)

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
            self._styles_part = part or self._new_styles()
            if part is None:
                self.put(self._styles_part, EMPTY, STYLES_TYPE)
                self.add_link("styles", self._styles_part)
            self._styles = StyleBook(self.xml(self._styles_part), self._styles_part)
        return self._styles

    def _new_styles(self) -> str:
        # Some programs look for the styles under their usual name alone.
        folder = posixpath.dirname(self.workbook.part)
        usual = posixpath.join(folder, "styles.xml")
        free = usual.casefold() not in self.names() | self._awaited
        return usual if free else self.fresh(folder, "styles", ".xml")

    def has_formulas(self) -> bool:
        """Whether any sheet, as it stands by now, holds a formula."""
        if self.workbook.part_of_kind("calcChain"):
            return True
        fresh = (content for name, content in self.parts.items() if content and self._is_sheet(name))
        if any(_holds_formula(content) for content in fresh):
            return True
        old = (sheet.part for sheet in self.workbook.worksheets() if self._name(sheet.part) not in self.parts)
        return any(_holds_formula(self.package.sound(part)) for part in old)

    def _is_sheet(self, name: str) -> bool:
        return self.type_of(name).endswith(SHEET_TYPE)

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
