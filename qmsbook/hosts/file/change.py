"""One change of a workbook file in the making: which parts are replaced, and the frame they hang in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cached_property
from itertools import count

from qmsbook.hosts.file.element import DECLARATION, Element
from qmsbook.hosts.file.links import Link, links
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
from qmsbook.hosts.file.workbook import TablePart, Workbook, read_table
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
        self._touched: set[str] = set()
        self._links: dict[str, tuple[bytes, list[Link]]] = {}
        self._next: dict[tuple[str, str, str], int] = {}
        self._targets = {link.id: link.target for link in workbook.links}
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
        content = self._content(name)
        return safe_xml(content, name) if content is not None else self.package.xml(name)

    def sound(self, name: str) -> bytes:
        """The bytes of an XML part as it stands by now, for those who read it by patterns."""
        content = self._content(name)
        return self.package.sound(name) if content is None else safe_xml(content, name)

    def _content(self, name: str) -> bytes | None:
        """The new bytes of a part, or None if it has none."""
        name = self._name(name)
        if name in self._touched:
            self._touched.remove(name)
            self.parts[name] = self._roots[name].document()
        return self.parts.get(name)

    def fresh(self, folder: str, stem: str, ending: str, also: AbstractSet[str] = frozenset()) -> str:
        """A name for a new part that nothing has, awaits or points at; ``also`` are taken too."""
        kind = folder, stem, ending

        def name(number: int) -> str:
            return posixpath.join(folder, f"{stem}{number}{ending}")

        # None below is free until a part goes: of thousands of sheets each is asked about once.
        first = next(number for number in count(self._next.get(kind, 1)) if self._is_free(name(number)))
        self._next[kind] = first
        free = (name(number) for number in count(first) if self._is_free(name(number)))
        return next(name for name in free if name.casefold() not in also)

    def _is_free(self, name: str) -> bool:
        return name not in self and name.casefold() not in self._awaited

    @cached_property
    def _awaited(self) -> set[str]:
        """The names that relationships, content types and orphaned relationships' parts have of parts."""
        found = {
            item.get("PartName").lstrip("/").casefold() for item in self.root(CONTENT_TYPES).all("Override")
        }
        for member in self.package.members:
            if (part := part_of_rels(member.name)) is not None:
                targets = (link.target for link in self.workbook.links_of(part) if not link.outside)
                found |= {part.casefold(), *map(str.casefold, targets)}
        return found

    def names(self) -> set[str]:
        """The names of all parts as they stand by now, without case."""
        old = {member.name.casefold() for member in self.package.members}
        gone = {name.casefold() for name, content in self.parts.items() if content is None}
        return (old - gone) | {name.casefold() for name, content in self.parts.items() if content is not None}

    def root(self, name: str) -> Element:
        """An XML part to be edited in place; call ``touch`` after editing it."""
        name = self._name(name)
        if name not in self._roots:
            new = self._content(name)
            self._roots[name] = self.workbook.hand_over(name) if new is None else parse(self.xml(name), name)
        return self._roots[name]

    def touch(self, name: str) -> None:
        """Takes over what was edited in place, once somebody asks for it."""
        self._touched.add(self._name(name))

    def put(self, name: str, content: bytes, sort: str) -> None:
        """Adds or replaces a part; ``sort`` is its content type."""
        name = self._name(name)
        self._touched.discard(name)
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
                self._touched.discard(self._name(each))
                self._next.clear()

    def type_of(self, name: str) -> str:
        """The content type of a part as it stands by now, or an empty text."""
        return self._types.get(self._name(name)) or self.workbook.type_of(name)

    def is_xml(self, name: str) -> bool:
        """Whether a part is XML, by its content type."""
        return name == CONTENT_TYPES or self.type_of(name).endswith(("xml", "vmlDrawing"))

    def _settle_types(self) -> None:
        types, changed = self.root(CONTENT_TYPES), False
        overrides = {item.get("PartName").casefold(): item for item in reversed([*types.all("Override")])}
        for name, content in self.parts.items():
            own = overrides.get("/" + name.casefold())
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
        number = len(self._targets) + 1
        while f"rId{number}" in self._targets:
            number += 1
        base = STRICT_REL if self.workbook.strict else REL
        link = {"Id": f"rId{number}", "Type": f"{base}/{kind}"}
        self.root(name).add("Relationship", link | {"Target": relative(self.workbook.part, target)})
        self.touch(name)
        self._targets[f"rId{number}"] = target
        return f"rId{number}"

    def table(self, part: str) -> TablePart:
        """What a table's part says by now."""
        part = self._name(part)
        return self.workbook.table(part) if self._content(part) is None else read_table(self, part)

    def links(self, part: str) -> list[Link]:
        """The relationships of a part as they stand by now."""
        content = self._content(rels_name(part))
        if content is None:
            return self.workbook.links_of(part) if rels_name(part) in self else []
        known, found = self._links.get(part, (b"", []))
        if known is not content:
            self._links[part] = content, (found := links(self, part))
        return found

    def rels_of(self, part: str) -> set[str]:
        """The ids by which the workbook knows a part."""
        key = part.casefold()
        return {rel for rel, target in self._targets.items() if target.casefold() == key}

    def drop_link(self, rel: str) -> None:
        """Takes a relationship of the workbook out."""
        name = rels_name(self.workbook.part)
        root = self.root(name)
        for item in list(root.all("Relationship")):
            if item.get("Id") == rel:
                root.remove(item)
                self.touch(name)
                self._targets.pop(rel, None)

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
        return usual if self._is_free(usual) else self.fresh(folder, "styles", ".xml")

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
        for name in [*self._touched]:
            self._content(name)
        return {name: new for name, new in self.parts.items() if not self._is_as_it_was(name, new)}

    def _is_as_it_was(self, name: str, content: bytes | None) -> bool:
        if name not in self.package:
            return content is None
        if content is None or len(content) != self.package.member(name).size:
            return False
        return self.package.read(name) == content
