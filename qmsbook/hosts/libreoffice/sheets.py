"""Brings a whole sheet from one document into another, with what `importSheet` leaves behind."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from qmsbook.book.snapshot import MARK_NAME
from qmsbook.hosts.libreoffice.alone import alone
from qmsbook.hosts.libreoffice.blocks import Box
from qmsbook.hosts.libreoffice.bridge import command, properties, struct
from qmsbook.hosts.libreoffice.load import Range, ranges_of

#: Page styles that are ours begin with this; those that no sheet uses any more are taken out.
STYLE = "qmsbook "
_READ_ONLY = 16
_SCALES = ("PageScale", "ScaleToPages", "ScaleToPagesX", "ScaleToPagesY")
_VIEW = ("ZoomType", "ZoomValue")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a chart may lose on the way: its names and, where rows are hidden, its place and size."""

    name: str
    title: str
    description: str
    place: tuple[int, int]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Face:
    """What a sheet has besides its cells: paper, print ranges, tables, alternative texts, view.

    ``style`` names the page style, ``code`` is the name that macros know; ``shapes`` go by their order.
    ``locked``: the sheet is protected, without a password. ``cursor`` is its cell, row and column from 0.
    """

    style: str
    areas: tuple[Box, ...]
    titles: tuple[Box | None, Box | None]
    tables: tuple[Range, ...]
    shapes: tuple[Shape, ...]
    code: str = ""
    frozen: tuple[int, int] | None = None
    view: tuple[tuple[str, Any], ...] = ()
    locked: bool = False
    cursor: tuple[int, int] | None = None


def face_of(document: Any, sheet: Any, tables: Collection[Range]) -> Face:
    """The face of a sheet; looks at it through the document's window, if it has one."""
    rows = _box(sheet.getTitleRows()) if sheet.getPrintTitleRows() else None
    columns = _box(sheet.getTitleColumns()) if sheet.getPrintTitleColumns() else None
    shapes = tuple(_shape(each) for each in _shapes(sheet))
    frozen, view, cursor = _view(document, sheet)
    areas = tuple(_box(area) for area in sheet.getPrintAreas())
    return Face(
        sheet.PageStyle, areas, (rows, columns), tuple(tables), shapes, sheet.CodeName, frozen, view,
        sheet.isProtected(), cursor,
    )  # fmt: skip


def opens(sheet: Any) -> bool:
    """Whether a sheet's protection goes off without a password; it is on again afterwards."""
    unlock(sheet)
    free = not sheet.isProtected()
    if free:
        sheet.protect("")
    return free


def unlock(sheet: Any) -> None:
    """Takes the protection off, if that needs no password."""
    with contextlib.suppress(Exception):  # LibreOffice refuses what needs one
        sheet.unprotect("")


def lock(sheet: Any, face: Face) -> None:
    """Protects a sheet if its face says so: the last that is done to it."""
    if face.locked:
        sheet.protect("")


def bring(document: Any, source: Any, name: str, place: int) -> Any:
    """Copies a sheet of another document to a place among the sheets; LibreOffice frees its name."""
    return document.Sheets.getByIndex(alone(document, document.Sheets, "importSheet", source, name, place))


def remove(document: Any, name: str) -> None:
    """Takes out a sheet and its tables.

    LibreOffice 7.4 would also lose the tables of the sheet before it. Tables that are made again are others
    to the formulas that name them (`COUNTA(Minutes[Row])` ends in a lost reference), so that a sheet which
    stands behind tables goes from the first place, where nothing is before it.
    """
    place, ranges = document.Sheets.getByName(name).RangeAddress.Sheet, ranges_of(document)
    for table in ranges.get(place, ()):
        document.DatabaseRanges.removeByName(table.name)
    if ranges.get(place - 1):
        document.Sheets.moveByName(name, 0)
    document.Sheets.removeByName(name)


def dress(document: Any, sheet: Any, face: Face) -> None:
    """Gives a sheet its face; its page style must be there, and the names of its tables free."""
    sheet.PageStyle = face.style
    sheet.setPrintAreas(tuple(_address(area) for area in face.areas))
    rows, columns = face.titles
    sheet.setPrintTitleRows(rows is not None)
    sheet.setPrintTitleColumns(columns is not None)
    if rows is not None:
        sheet.setTitleRows(_address(rows))
    if columns is not None:
        sheet.setTitleColumns(_address(columns))
    sheet.CodeName = face.code
    for shape, was in zip(_shapes(sheet), face.shapes, strict=True):
        _reshape(shape, was)
    for table in face.tables:
        add_table(document, sheet, table)
    _look(document, sheet, face)


def add_table(document: Any, sheet: Any, table: Range) -> None:
    """Makes a range of a sheet a database range."""
    area = _address(table.box)
    area.Sheet = sheet.RangeAddress.Sheet
    document.DatabaseRanges.addNewByName(table.name, area)
    made = document.DatabaseRanges.getByName(table.name)
    made.ContainsHeader, made.TotalsRow = table.header, table.totals
    made.AutoFilter = table.filter


def put_mark(sheet: Any, mark: str) -> None:
    """Gives a sheet its mark, or another one."""
    names = sheet.NamedRanges
    if names.hasByName(MARK_NAME):
        names.getByName(MARK_NAME).setContent(mark)
    elif mark:
        names.addNewByName(MARK_NAME, mark, sheet.getCellByPosition(0, 0).CellAddress, 0)


def take_style(document: Any, source: Any, style: str, wished: str) -> str:
    """Copies a page style from another document; gives the name that it got."""
    styles, number = document.StyleFamilies.getByName("PageStyles"), 1
    name = STYLE + wished
    while styles.hasByName(name):
        number += 1
        name = f"{STYLE}{wished} {number}"
    styles.insertByName(name, document.createInstance("com.sun.star.style.PageStyle"))
    old, made = source.StyleFamilies.getByName("PageStyles").getByName(style), styles.getByName(name)
    names = tuple(
        sorted(each.Name for each in old.PropertySetInfo.Properties if not each.Attributes & _READ_ONLY)
    )
    made.setPropertyValues(names, old.getPropertyValues(names))
    for each in _SCALES:  # each of these takes the others back
        if getattr(old, each):
            setattr(made, each, getattr(old, each))
    return name


def page_styles(document: Any) -> tuple[str, ...]:
    """The names of all page styles."""
    return tuple(document.StyleFamilies.getByName("PageStyles").ElementNames)


def drop_unused_styles(document: Any, kept: Collection[str]) -> None:
    """Takes out our page styles that no sheet uses, but for those that an undo needs."""
    styles = document.StyleFamilies.getByName("PageStyles")
    sheets = document.Sheets
    used = {sheets.getByIndex(place).PageStyle for place in range(sheets.Count)} | set(kept)
    for name in styles.ElementNames:
        if name.startswith(STYLE) and name not in used:
            styles.removeByName(name)


def _shapes(sheet: Any) -> list[Any]:
    page = sheet.DrawPage
    return [page.getByIndex(number) for number in range(page.Count)]


def _shape(shape: Any) -> Shape:
    place, size = shape.Position, shape.Size
    return Shape(shape.Name, shape.Title, shape.Description, (place.X, place.Y), (size.Width, size.Height))


def _reshape(shape: Any, was: Shape) -> None:
    shape.Name, shape.Title, shape.Description = was.name, was.title, was.description
    size, place = shape.Size, shape.Position
    if (size.Width, size.Height) != was.size:
        size.Width, size.Height = was.size
        shape.Size = size
    if was.place != (place.X, place.Y):
        place.X, place.Y = was.place
        shape.Position = place


def _view(
    document: Any, sheet: Any
) -> tuple[tuple[int, int] | None, tuple[tuple[str, Any], ...], tuple[int, int] | None]:
    window = document.CurrentController
    if window is None:
        return None, (), None
    with _InFront(window, sheet):
        frozen = (window.getSplitColumn(), window.getSplitRow()) if window.hasFrozenPanes() else None
        return frozen, tuple((name, window.getPropertyValue(name)) for name in _VIEW), _cursor(window)


def _cursor(window: Any) -> tuple[int, int] | None:
    """The first selected cell of the sheet in front; None where something else is selected, a chart say."""
    chosen = window.getSelection()
    if chosen is None or not hasattr(chosen, "getRangeAddress"):
        return None
    at = chosen.getRangeAddress()
    return at.StartRow, at.StartColumn


def _put_cursor(window: Any, sheet: Any, cursor: tuple[int, int]) -> None:
    """Puts the cursor into a cell, never into the hidden first row."""
    row, column = cursor
    window.select(sheet.getCellByPosition(column, max(row, 1)))


def _look(document: Any, sheet: Any, face: Face) -> None:
    window = document.CurrentController
    if window is None or not face.view:
        return
    with _InFront(window, sheet):
        for name, value in face.view:
            window.setPropertyValue(name, value)
        _hide_grid(window)
        if face.frozen:
            _freeze(window, *face.frozen)
        _put_cursor(window, sheet, face.cursor or (1, 0))


def _hide_grid(window: Any) -> None:
    """Hides the grid lines of the sheet in front, which was brought a moment ago and so still shows them.

    All our sheets are drawn without. The window's own `ShowGrid` is of no use: it counts for all sheets.
    """
    toggle, url = command(window.Frame, "ToggleSheetGrid")
    if toggle is not None:
        toggle.dispatch(url, properties(SynchronMode=True))


def _freeze(window: Any, columns: int, rows: int) -> None:
    """Freezes rows and columns; LibreOffice goes by pixels and may miss, so less is tried then."""
    for wanted in ((columns, rows), (0, rows), (columns, 0)):
        window.freezeAtPosition(*wanted)
        if (window.getSplitColumn(), window.getSplitRow()) == wanted:
            return
    window.splitAtPosition(0, 0)


class _InFront:
    """Shows a sheet for a moment: a view can only be asked about the sheet in front."""

    def __init__(self, window: Any, sheet: Any) -> None:
        self.window, self.sheet = window, sheet

    def __enter__(self) -> None:
        self.before = self.window.getActiveSheet()
        self.window.setActiveSheet(self.sheet)

    def __exit__(self, *_: object) -> None:
        self.window.setActiveSheet(self.before)


def _box(area: Any) -> Box:
    return area.StartRow, area.StartColumn, area.EndRow, area.EndColumn


def _address(box: Box) -> Any:
    area = struct("com.sun.star.table.CellRangeAddress")
    area.StartRow, area.StartColumn, area.EndRow, area.EndColumn = box
    return area
