"""The frame of a workbook file: its sheets, their parts and tables, and where its formats stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from qmsbook.book.cell import parse_range
from qmsbook.book.snapshot import MARK_NAME
from qmsbook.hosts.file.element import Element, qualified
from qmsbook.hosts.file.formats import Formats
from qmsbook.hosts.file.names import REL, STRICT_MAIN, STRICT_REL, rels_name, resolve, short_kind
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.text import shared_strings, shown
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import WorkbookUnreadable


@dataclass(frozen=True, slots=True)
class Link:
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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's entry in the workbook; ``kind`` is ``worksheet``, ``chartsheet`` and so on."""

    name: str
    id: int
    rel: str
    state: str
    part: str
    kind: str


@dataclass(frozen=True, slots=True)
class TablePart:
    """What a table's part says of it; the range is that of header, body and totals together.

    ``calculated`` are the columns, from 0, that Excel fills with a formula of the user's.
    """

    part: str
    id: int
    name: str
    box: tuple[int, int, int, int]
    header_rows: int
    totals_rows: int
    headers: tuple[str, ...]
    calculated: frozenset[int] = frozenset()

    @property
    def body(self) -> tuple[int, int, int, int]:
        """First row, first column, last row, last column of the rows between header and totals."""
        top, left, bottom, right = self.box
        return top + self.header_rows, left, bottom - self.totals_rows, right


def links(parts: Parts, part: str) -> list[Link]:
    """The relationships of a part; ``""`` stands for the package."""
    name = rels_name(part)
    if name not in parts:
        return []
    root = parse(parts.xml(name), name)
    return [_link(part, item) for item in root.all("Relationship")]


def _link(part: str, item: Element) -> Link:
    mode, target = item.get("TargetMode"), item.get("Target")
    outside = mode == "External" or target.startswith("#")
    target = target if outside else resolve(part, target)
    return Link(item.get("Id"), item.get("Type"), target, outside, mode)


class Workbook:
    """A package seen as a workbook. Raises WorkbookUnreadable if it is none that can be edited."""

    def __init__(self, package: Package) -> None:
        self.package = package
        found = [link.target for link in links(package, "") if link.kind == "officeDocument"]
        if not found or found[0] not in package:
            raise WorkbookUnreadable("It is no Excel workbook inside.")
        self.part = package.member(found[0]).name
        if self.part.casefold().endswith(".bin"):
            raise WorkbookUnreadable("It is an .xlsb workbook; save it in Excel as .xlsx or .xlsm.")
        self.root = parse(package.xml(self.part), self.part)
        if self.root.name != "workbook":
            raise WorkbookUnreadable("It is no Excel workbook inside.")
        self.strict = self.root.namespace == STRICT_MAIN
        self.links = links(package, self.part)

    @cached_property
    def sheets(self) -> list[Sheet]:
        """All sheets in the order of their tabs."""
        by_id = {link.id: link for link in self.links}
        return [self._sheet(item, by_id) for item in self.root.all("sheets", "sheet")]

    def _sheet(self, item: Element, by_id: dict[str, Link]) -> Sheet:
        rel = item.get(qualified(STRICT_REL if self.strict else REL, "id"))
        link = by_id.get(rel, Link(rel, "", "", True))
        state = item.get("state", "visible")
        return Sheet(item.get("name"), int(item.get("sheetId", "0")), rel, state, link.target, link.kind)

    def worksheets(self) -> Iterator[Sheet]:
        """The sheets that have cells."""
        return (sheet for sheet in self.sheets if sheet.kind == "worksheet" and sheet.part in self.package)

    @cached_property
    def marks(self) -> dict[str, str]:
        """The formulas of generated sheets' marks, by the names of the sheets."""
        found: dict[str, str] = {}
        for item in self.root.all("definedNames", "definedName"):
            if item.get("name") == MARK_NAME:
                place = item.get("localSheetId")
                if place.isdecimal() and int(place) < len(self.sheets):
                    found[self.sheets[int(place)].name] = item.text
        return found

    def part_of_kind(self, kind: str) -> str | None:
        """The workbook's part of a kind, such as ``styles``, if it has one."""
        found = (link.target for link in self.links if link.kind == kind and link.target in self.package)
        return next(found, None)

    @cached_property
    def date1904(self) -> bool:
        """Whether dates count from 1904."""
        settings = self.root.first("workbookPr")
        return settings is not None and settings.get("date1904") in ("1", "true")

    @cached_property
    def formats(self) -> Formats:
        """What the number formats make of numbers."""
        part = self.part_of_kind("styles")
        return Formats(self.package.xml(part) if part else None, self.date1904, part or "")

    @cached_property
    def strings(self) -> list[str]:
        """The shared strings."""
        part = self.part_of_kind("sharedStrings")
        return shared_strings(self.package.xml(part)) if part else []

    def tables(self, sheet: Sheet) -> list[TablePart]:
        """The tables of a sheet, top to bottom."""
        found = [link.target for link in links(self.package, sheet.part) if link.kind == "table"]
        tables = [read_table(self.package, part) for part in found if part in self.package]
        return sorted(tables, key=lambda table: table.box)

    @cached_property
    def properties(self) -> dict[str, str]:
        """The custom document properties that are text."""
        parts = [link.target for link in links(self.package, "") if link.kind == "custom-properties"]
        if not parts or parts[0] not in self.package:
            return {}
        root = parse(self.package.xml(parts[0]), parts[0])
        return {
            item.get("name"): shown(item.children[0].text)
            for item in root.all("property")
            if item.children and item.children[0].name in ("lpwstr", "lpstr", "bstr")
        }


def read_table(package: Parts, part: str) -> TablePart:
    """What a table part says."""
    root = parse(package.xml(part), part)
    columns = list(root.all("tableColumns", "tableColumn"))
    headers = tuple(shown(column.get("name")) for column in columns)
    formulas = (column.first("calculatedColumnFormula") for column in columns)
    calculated = frozenset(place for place, found in enumerate(formulas) if _is_plain(found))
    name = root.get("displayName") or root.get("name")
    try:
        box = parse_range(root.get("ref"))
    except ValueError:
        raise WorkbookUnreadable(f"The table {name} has no sound range.") from None
    header_rows, totals = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
    return TablePart(part, int(root.get("id", "0")), name, box, header_rows, totals, headers, calculated)


def _is_plain(formula: Element | None) -> bool:
    return formula is not None and formula.get("array") not in ("1", "true")
