"""The frame of a workbook file: its sheets, their parts and tables, and where its formats stand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from qmsbook.book.snapshot import MARK_NAME
from qmsbook.hosts.file.element import Element, qualified
from qmsbook.hosts.file.foreign import Box, box, check_main, only, pick, refused, whole
from qmsbook.hosts.file.formats import Formats
from qmsbook.hosts.file.links import Link, Parts, each_once, links, links_in
from qmsbook.hosts.file.names import (
    BINARY,
    CONTENT_TYPES,
    REL,
    SHEET_TYPE,
    STRICT_MAIN,
    STRICT_REL,
    TABLE_TYPE,
    TYPES,
    rels_name,
)
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.text import shared_strings, shown
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import UnsafeWorkbook, WorkbookUnreadable


class Sheet(NamedTuple):
    """A sheet's entry in the workbook; ``kind`` is ``worksheet``, ``chartsheet`` and so on."""

    name: str
    id: int
    rel: str
    state: str
    part: str
    kind: str


class TablePart(NamedTuple):
    """What a table's part says of it; the range is that of header, body and totals together.

    ``calculated`` are the columns, from 0, that Excel fills with a formula of the user's.
    """

    part: str
    id: int
    name: str
    box: Box
    header_rows: int
    totals_rows: int
    headers: tuple[str, ...]
    calculated: frozenset[int] = frozenset()

    @property
    def body(self) -> Box:
        """First row, first column, last row, last column of the rows between header and totals."""
        top, left, bottom, right = self.box
        return top + self.header_rows, left, bottom - self.totals_rows, right

    @property
    def cells(self) -> int:
        """How many cells it claims."""
        top, left, bottom, right = self.box
        return (bottom - top + 1) * (right - left + 1)


class Workbook:
    """A package seen as a workbook. Raises WorkbookUnreadable if it is none that can be edited.

    ``before`` is the workbook that was changed into it: what no change touches is known from there.
    """

    def __init__(self, package: Package, before: Workbook | None = None) -> None:
        self.package = package
        self._roots: dict[str, Element] = {}
        if before is None:
            self.part = self._known_part()
            self.strict = self.root.namespace == STRICT_MAIN
        else:
            self.part, self.strict, self.date1904 = before.part, before.strict, before.date1904
        rels = rels_name(self.part)
        self.links = links_in(self._root(rels), self.part, rels) if rels in package else []
        self._owners: dict[str, str] = {}
        self._found: dict[str, list[Link]] = {self.part: self.links}
        self._tables: dict[str, list[TablePart]] = {}
        self._parts: dict[str, TablePart] = {}

    def _known_part(self) -> str:
        found = [link.target for link in links(self.package, "") if link.kind == "officeDocument"]
        if not found or found[0] not in self.package:
            raise WorkbookUnreadable("It is no Excel workbook inside.")
        self.part = self.package.member(found[0]).name
        if self.type_of(self.part).startswith(BINARY):
            raise WorkbookUnreadable("It is an .xlsb workbook; save it in Excel as .xlsx or .xlsm.")
        if self.root.name != "workbook":
            raise WorkbookUnreadable("It is no Excel workbook inside.")
        check_main(self.root, self.part)
        return self.part

    @property
    def root(self) -> Element:
        """The workbook's part, to be read."""
        return self._root(self.part)

    def _root(self, name: str) -> Element:
        if name not in self._roots:
            self._roots[name] = parse(self.package.xml(name), name)
        return self._roots[name]

    def hand_over(self, name: str) -> Element:
        """A part for whoever edits it in place: what was taken apart already, which is then forgotten."""
        return self._roots.pop(name, None) or parse(self.package.xml(name), name)

    def links_of(self, part: str) -> list[Link]:
        """The relationships of a part, which are read once."""
        found = self._found.get(part)
        if found is None:
            found = self._found[part] = links(self.package, part)
        return found

    def type_of(self, name: str) -> str:
        """The content type of a part, or an empty text."""
        own, default = self._types
        return own.get("/" + name.casefold()) or default.get(name.rpartition(".")[2].casefold(), "")

    def _check_kind(self, link: Link, kind: str, sort: str) -> None:
        """Raises WorkbookUnreadable for a part that is a table, say, by one list and none by another."""
        if (link.kind == kind) != self.type_of(link.target).endswith(sort):
            raise WorkbookUnreadable(f"The part {link.target} is a {kind} by one list and none by another.")

    @cached_property
    def _types(self) -> tuple[dict[str, str], dict[str, str]]:
        root = self._root(CONTENT_TYPES)
        if root.namespace != TYPES:
            raise refused(CONTENT_TYPES, "the namespace", root.namespace)
        said = {
            key: {item.get(key).casefold(): item.get("ContentType") for item in root.all(kind)}
            for kind, key in (("Override", "PartName"), ("Default", "Extension"))
        }
        return said["PartName"], said["Extension"]

    @cached_property
    def sheets(self) -> list[Sheet]:
        """All sheets in the order of their tabs. Raises UnsafeWorkbook if two share a name or a part."""
        by_id = {link.id: link for link in self.links}
        found = [self._sheet(item, by_id) for item in only(self.root, self.part, "sheets", "sheet")]
        each_once((sheet.name.casefold() for sheet in found), "sheets have the name")
        each_once((sheet.part.casefold() for sheet in found), "sheets are the part")
        return found

    def _sheet(self, item: Element, by_id: dict[str, Link]) -> Sheet:
        rel = item.get(qualified(STRICT_REL if self.strict else REL, "id"))
        link = by_id.get(rel, Link(rel, "", "", True))
        state = item.get("state", "visible")
        number = whole(item.get("sheetId", "0"), self.part, "the id of a sheet")
        part = "" if link.outside else link.target
        if part not in self.package:
            raise WorkbookUnreadable(f"The part of its sheet {item.get('name')} is missing.")
        self._check_kind(link, "worksheet", SHEET_TYPE)
        return Sheet(item.get("name"), number, rel, state, part, link.kind)

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
                if place:
                    sheet = pick(self.sheets, place, self.part, "the sheet of a name")
                    found[sheet.name] = item.text
        return found

    def part_of_kind(self, kind: str) -> str | None:
        """The workbook's part of a kind, such as ``styles``, if it has one."""
        found = (link.target for link in self.links if link.kind == kind and link.target in self.package)
        return next(found, None)

    @property
    def has_macros(self) -> bool:
        """Whether it is of the kind that may hold macros: .xlsm or .xltm."""
        return "macroEnabled" in self.type_of(self.part)

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
        return shared_strings(self.package.sound(part), part) if part else []

    def tables(self, sheet: Sheet) -> list[TablePart]:
        """The tables of a sheet, top to bottom. Raises UnsafeWorkbook if another sheet has one too."""
        known = self._tables.get(sheet.part)
        if known is None:
            known = self._tables[sheet.part] = self._read_tables(sheet)
        return known

    def _read_tables(self, sheet: Sheet) -> list[TablePart]:
        inner = [link for link in self.links_of(sheet.part) if not link.outside]
        for link in inner:
            self._check_kind(link, "table", TABLE_TYPE)
        found = [link.target for link in inner if link.kind == "table"]
        each_once(map(str.casefold, found), "tables are the part")
        for part in found:
            if self._owners.setdefault(part.casefold(), sheet.part) != sheet.part:
                raise UnsafeWorkbook(f"Two of its sheets hold the table {part}.")
        return sorted(map(self.table, found), key=lambda table: table.box)

    def table(self, part: str) -> TablePart:
        """What a table's part says, which is read once."""
        found = self._parts.get(part)
        if found is None:
            found = self._parts[part] = read_table(self.package, part)
        return found

    @cached_property
    def properties(self) -> dict[str, str]:
        """The custom document properties that are text."""
        parts = [link.target for link in self.links_of("") if link.kind == "custom-properties"]
        if not parts or parts[0] not in self.package:
            return {}
        root = parse(self.package.xml(parts[0]), parts[0])
        return {
            item.get("name"): shown(item.children[0].text)
            for item in root.all("property")
            if item.children and item.children[0].name in ("lpwstr", "lpstr", "bstr")
        }


def read_table(package: Parts, part: str) -> TablePart:
    """What a table part says. Raises WorkbookUnreadable if that is no table that Excel would take."""
    root = parse(package.xml(part), part)
    check_main(root, part)
    columns = only(root, part, "tableColumns", "tableColumn")
    headers = tuple(shown(column.get("name")) for column in columns)
    formulas = (column.first("calculatedColumnFormula") for column in columns)
    calculated = frozenset(place for place, found in enumerate(formulas) if _is_plain(found))
    name = root.get("displayName") or root.get("name")
    place = box(root.get("ref"), part, f"the range of the table {name}")
    rows = place[2] - place[0] + 1
    header_rows = whole(root.get("headerRowCount", "1"), part, "headerRowCount", 0, 1)
    totals = whole(root.get("totalsRowCount", "0"), part, "totalsRowCount", 0, rows - header_rows)
    number = whole(root.get("id", "0"), part, "the id of a table")
    if len(headers) != place[3] - place[1] + 1:
        raise refused(part, f"the range of a table of {len(headers)} columns", root.get("ref"))
    return TablePart(part, number, name, place, header_rows, totals, headers, calculated)


def _is_plain(formula: Element | None) -> bool:
    return formula is not None and formula.get("array") not in ("1", "true")
