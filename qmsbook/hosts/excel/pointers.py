"""What points at a sheet that is about to be replaced: found in the saved copy, entered again afterwards.

Excel turns formulas that point at a deleted sheet into #REF!.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from qmsbook.book.cell import Cell
from qmsbook.hosts.excel.reach import Reach
from qmsbook.hosts.file.formulas import names_sheet, shift
from qmsbook.hosts.file.links import links
from qmsbook.hosts.file.patterns import attributes
from qmsbook.hosts.file.reader import Loaded
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.text import plain
from qmsbook.hosts.file.workbook import Sheet
from qmsbook.hosts.host import WouldLoseContent


@dataclass(slots=True)
class Pointers:
    """Formulas by cell, and names by what they refer to; both without ``=``."""

    cells: dict[Cell, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def places(self) -> list[str]:
        """Where they stand, in words."""
        return [str(cell) for cell in self.cells] + [f"The name {name}" for name in self.names]

    def enter(self, book: Any, reach: Reach) -> None:
        """Enters again all that pointed at a sheet, for there is a sheet of that name now."""
        for cell, text in self.cells.items():
            reach.sheet(cell.sheet).range(cell.a1).formula = "=" + text
        names = book.names if self.names else {}
        for name, text in self.names.items():
            names[name].refers_to = "=" + text

    def with_others(self, others: Pointers) -> Pointers:
        """These and others; where both know a place, the others are right."""
        return Pointers({**self.cells, **others.cells}, {**self.names, **others.names})

    def where(self, after: Pointers, now: Loaded) -> Pointers:
        """Those places that still say what they said ``after`` a change."""
        texts: dict[Cell, str] = {}
        for sheet in now.workbook.worksheets():
            if any(cell.sheet == sheet.name for cell in self.cells):
                found = _formulas(now, sheet.part)
                texts.update({Cell(sheet.name, *place): text for place, text in found.items()})
        names = dict(_names(now))
        return Pointers(
            {cell: text for cell, text in self.cells.items() if texts.get(cell) == after.cells[cell]},
            {name: text for name, text in self.names.items() if names.get(name) == after.names[name]},
        )

    def verify(self, now: Loaded) -> None:
        """Raises WouldLoseContent, naming the place, if one of them says something else now."""
        by_sheet = {sheet.name: sheet for sheet in now.workbook.worksheets()}
        for name in {cell.sheet for cell in self.cells}:
            xml = SheetXml(now.workbook.package.sound(by_sheet[name].part), by_sheet[name].part)
            found = {Cell(name, row, column): text for row, column, text, _ in formulas_in(xml)}
            for cell, text in self.cells.items():
                if cell.sheet == name and found.get(cell) != text:
                    raise WouldLoseContent(f"{cell} could not be kept as it is.")
        names = dict(_names(now))
        for name, text in self.names.items():
            if names.get(name) != text:
                raise WouldLoseContent(f"The name {name} could not be kept as it is.")


def pointers(loaded: Loaded, replaced: Collection[str]) -> Pointers:
    """All that points at sheets, or at tables on them, from elsewhere.

    Raises WouldLoseContent, naming the place, for what xlwings cannot enter again: an array, a condition, a
    drop-down, a chart.
    """
    found = Pointers()
    if not replaced:
        return found
    points = _pattern(loaded, replaced)
    for sheet in loaded.workbook.worksheets():
        if sheet.name in replaced:
            continue
        data = loaded.workbook.package.sound(sheet.part)
        if points.search(plain(data)):
            _in_sheet(loaded, sheet, data, points, found)
        _refuse_charts(loaded, sheet, points)
    found.names = {name: text for name, text in _names(loaded) if points.search(text)}
    return found


def changed(before: Loaded, after: Loaded, sheets: Collection[str]) -> tuple[Pointers, Pointers]:
    """The formulas and names that say something else in one workbook than in the other: before, and after.

    Only cells that hold a formula in both are looked at, and none on the sheets named.
    """
    was, now = Pointers(), Pointers()
    parts = {sheet.name: sheet.part for sheet in after.workbook.worksheets()}
    for sheet in before.workbook.worksheets():
        if sheet.name in sheets or sheet.name not in parts:
            continue
        old, new = (_formulas(before, sheet.part), _formulas(after, parts[sheet.name]))
        for place, text in old.items():
            if new.get(place, text) != text:
                cell = Cell(sheet.name, *place)
                was.cells[cell], now.cells[cell] = text, new[place]
    names = dict(_names(after))
    for name, text in _names(before):
        if names.get(name, text) != text:
            was.names[name], now.names[name] = text, names[name]
    return was, now


def _formulas(loaded: Loaded, part: str) -> dict[tuple[int, int], str]:
    """The formulas of a sheet's cells, those of arrays left out: they cannot be entered cell by cell."""
    xml = SheetXml(loaded.workbook.package.sound(part), part)
    return {(row, column): text for row, column, text, sort in formulas_in(xml) if sort in ("", "shared")}


def _pattern(loaded: Loaded, replaced: Collection[str]) -> re.Pattern[str]:
    tables = [re.escape(table.name) for table in loaded.snapshot.tables if table.sheet in replaced]
    each = [names_sheet(name).pattern for name in replaced]
    each += [rf"(?<![\w.]){name}\[" for name in tables]
    return re.compile("|".join(each), re.IGNORECASE)


def _in_sheet(loaded: Loaded, sheet: Sheet, data: bytes, points: re.Pattern[str], found: Pointers) -> None:
    xml = SheetXml(data, sheet.part)
    for row, column, text, sort in formulas_in(xml):
        if points.search(text):
            cell = Cell(sheet.name, row, column)
            if sort not in ("", "shared"):
                raise WouldLoseContent(f"{cell} holds an array that refers to a sheet to be drawn anew.")
            found.cells[cell] = text
    if any(drawn.sheet == sheet.name for drawn in loaded.snapshot.drawn):
        return  # the conditions, drop-downs and sparklines of a generated sheet point at itself alone
    for piece in re.findall(rb"<(?:\w+:)?(?:f|formula[12]?)(?:\s[^>]*)?>([^<]*)<", xml.data[xml.end :]):
        if points.search(plain(piece)):
            raise WouldLoseContent(
                f"A condition or a drop-down on the sheet {sheet.name} refers to a sheet to be drawn anew."
            )


def _refuse_charts(loaded: Loaded, sheet: Sheet, points: re.Pattern[str]) -> None:
    package = loaded.workbook.package
    drawings = [link.target for link in links(package, sheet.part) if link.kind == "drawing"]
    for drawing in drawings:
        for link in links(package, drawing):
            if (
                link.kind == "chart"
                and link.target in package
                and points.search(plain(package.xml(link.target)))
            ):
                raise WouldLoseContent(
                    f"A chart on the sheet {sheet.name} shows figures of a sheet to be drawn anew."
                )


def formulas_in(xml: SheetXml) -> Iterator[tuple[int, int, str, str]]:
    """Row, column, text and kind (blank, ``shared``, ``array``) of every formula of a sheet."""
    masters: dict[str, tuple[str, int, int]] = {}
    for row, columns, cells in xml.rows(xml.start, xml.end):
        for column, (_, _, _, _, content) in zip(columns, cells, strict=True):
            match = xml.patterns.formula.search(content) if content else None
            if match is None:
                continue
            at, text = attributes(match[1] or b""), plain(match[2] or b"")
            sort, group = at.get("t", ""), at.get("si", "")
            if sort == "shared" and text:
                masters[group] = text, row, column
            elif sort == "shared" and group in masters:
                master = masters[group]
                text = shift(master[0], row - master[1], column - master[2])
            yield row, column, text, "" if sort == "normal" else sort


def _names(loaded: Loaded) -> Iterator[tuple[str, str]]:
    """The workbook's own names and what they refer to; those of one sheet go with the sheet."""
    for item in loaded.workbook.root.all("definedNames", "definedName"):
        if "localSheetId" not in item.attributes:
            yield item.get("name"), item.text
