"""The relationships of a workbook's parts: which part leads to which, and by what id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.foreign import only, refused
from qmsbook.hosts.file.names import PACKAGE_REL, rels_name, resolve, short_kind
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import UnsafeWorkbook


class Link(NamedTuple):
    """A relationship: its id, its type, and the part it points at, or the outside target.

    ``kind`` is the last word of the type; ``outside`` says that the target is no part but an address.
    """

    id: str
    type: str
    target: str
    outside: bool = False
    mode: str = ""

    @property
    def kind(self) -> str:
        """The last word of the type: ``worksheet``, ``table``."""
        return short_kind(self.type)


class Parts(Protocol):
    """Where parts can be read from: a package, or a change of one."""

    def __contains__(self, name: str) -> bool: ...

    def xml(self, name: str) -> bytes:
        """The bytes of an XML part."""
        ...


def links(parts: Parts, part: str) -> list[Link]:
    """The relationships of a part; ``""`` stands for the package."""
    name = rels_name(part)
    return links_in(parse(parts.xml(name), name), part, name) if name in parts else []


def links_in(root: Element, part: str, name: str) -> list[Link]:
    """The relationships that a part of them holds, taken apart; ``name`` is its own."""
    if root.namespace != PACKAGE_REL:
        raise refused(name, "the namespace", root.namespace)
    found = [_link(part, item) for item in only(root, name, "", "Relationship")]
    each_once((link.id for link in found), "relationships have the id")
    return found


def each_once(names: Iterable[str], what: str) -> None:
    met: set[str] = set()
    for name in names:
        if name in met:
            raise UnsafeWorkbook(f"Two of its {what} {name}.")
        met.add(name)


def _link(part: str, item: Element) -> Link:
    mode, target = item.get("TargetMode"), item.get("Target")
    outside = mode == "External" or target.startswith("#")
    target = target if outside else resolve(part, target)
    return Link(item.get("Id"), item.get("Type"), target, outside, mode)
