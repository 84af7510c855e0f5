"""Changes a drawn sheet where it stands: rows come and go, and what a new drawing says otherwise is drawn.

To bring a sheet with charts anew takes a third of a second for each of them, and of each that went
LibreOffice 7.4 keeps a copy until the workbook is closed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qmsbook.hosts.libreoffice.blocks import used
from qmsbook.hosts.libreoffice.donor import Opened
from qmsbook.hosts.libreoffice.fold import fold, stands
from qmsbook.hosts.libreoffice.form import SILENT, Form, bare, form_of
from qmsbook.hosts.libreoffice.load import Range
from qmsbook.hosts.libreoffice.proof import check_sheet
from qmsbook.hosts.libreoffice.sheets import bring, put_mark, remove
from qmsbook.hosts.libreoffice.shift import Shift, Step

#: The hidden first row of a drawn sheet as LibreOffice holds it: no two drawings have the same there.
Key = tuple[Any, ...]
#: What a sheet holds, rows of values and rows of formulas, as LibreOffice does.
Typed = tuple[tuple[tuple[Any, ...], ...], tuple[tuple[str, ...], ...]]
#: What a point of a line says: com.sun.star.chart.ChartDataCaption.
_NO_LABEL, _FIGURE = 0, 1
_STEPS = {"min": ("Min", "AutoMin"), "max": ("Max", "AutoMax"), "majorUnit": ("StepMain", "AutoStepMain")}


class Standing(Protocol):
    """The sheet that is changed.

    ``now`` is the name of the one that is there only meanwhile, or None; ``moved`` are the steps of a shift
    that were taken.
    """

    name: str
    now: str | None
    moved: list[Step]


@dataclass(frozen=True, slots=True)
class Stood:
    """A drawing as it was brought, and how its sheet stood then: it shows whether anybody moved something."""

    content: bytes
    frame: Frame


def key_of(sheet: Any) -> Key:
    """What tells a standing sheet's drawing from all others."""
    return tuple(sheet.getCellRangeByPosition(0, 0, used(sheet)[3], 0).getDataArray()[0])


def typed(sheet: Any) -> Typed:
    """All that a sheet holds, to be typed again by `retype`."""
    bottom, right = used(sheet)[2:]
    cells = sheet.getCellRangeByPosition(0, 0, right, bottom)
    return cells.getDataArray(), cells.getFormulaArray()


def retype(sheet: Any, wanted: Typed) -> None:
    """Give cells back what they held, those that hold something else."""
    bottom, right = len(wanted[0]) - 1, len(wanted[0][0]) - 1
    now = sheet.getCellRangeByPosition(0, 0, right, bottom).getFormulaArray()
    for row, (values, formulas) in enumerate(zip(*wanted, strict=True)):
        for column, formula in enumerate(formulas):
            if now[row][column] == formula:
                continue
            cell, value = sheet.getCellByPosition(column, row), values[column]
            if formula.startswith("=") and value != formula:
                cell.setFormula(formula)
            elif isinstance(value, str):
                cell.setString(value)
            else:
                cell.setValue(value)


#: How a sheet stands: where its last cell is; where its charts are; its notes, its tables, its print ranges.
Frame = tuple[
    tuple[int, ...], tuple[tuple[int, ...], ...], int, tuple[Range, ...], tuple[tuple[int, ...], ...]
]
#: A chart that was saved and read again stands that far from where it was; no hand is as fine. 1/100 mm.
_NEAR = 10


def same_frame(one: Frame, other: Frame) -> bool:
    """Whether nobody moved anything on a sheet; saving and opening it again moves charts by a hair."""
    if (one[0], one[2:]) != (other[0], other[2:]) or len(one[1]) != len(other[1]):
        return False
    pairs = (pair for both in zip(one[1], other[1], strict=True) for pair in zip(*both, strict=True))
    return all(abs(was - now) <= _NEAR for was, now in pairs)


def frame_of(sheet: Any, tables: Collection[Range]) -> Frame:
    """How a sheet stands now."""
    bottom, right = used(sheet)[2:]
    corner, page = sheet.getCellByPosition(right, bottom).Position, sheet.DrawPage
    shapes = [page.getByIndex(number) for number in range(page.Count)]
    places = tuple((each.Position.X, each.Position.Y, each.Size.Width, each.Size.Height) for each in shapes)
    areas = tuple((at.StartRow, at.StartColumn, at.EndRow, at.EndColumn) for at in sheet.getPrintAreas())
    return (bottom, right, corner.X, corner.Y), places, sheet.Annotations.Count, tuple(tables), areas


@dataclass(frozen=True, slots=True)
class Patch:
    """The way from one drawing of a sheet to another of the same form."""

    before: bytes
    after: bytes

    def way(self) -> Shift | None:
        """The rows that come and go; None if only a new sheet can show the second drawing."""
        return form_of(self.before).way_to(form_of(self.after))

    def stands(self, sheet: Any) -> bool:
        """Whether a sheet can be changed: its rows show as drawn, or need not be shown otherwise."""
        one, other, way = form_of(self.before), form_of(self.after), self.way()
        if way is None:
            return False
        return (not way and one.folds == other.folds) or stands(sheet, one)


def change(document: Any, loader: Any, standing: Standing, patch: Patch) -> None:
    """Make a standing sheet of the first drawing one of the second. It must not be protected."""
    way = patch.way()
    assert way is not None
    one, other = form_of(patch.before), form_of(patch.after)
    sheet = document.Sheets.getByName(standing.name)
    for step in way.steps:
        _move(sheet, step)
        standing.moved.append(step)
    _draw(document, loader, standing, (one.moved(way), other), patch.after, way)


def change_back(document: Any, loader: Any, standing: Standing, patch: Patch) -> None:
    """Take a change back, also one that did not come to its end."""
    one, other, way = form_of(patch.after), form_of(patch.before), patch.way()
    assert way is not None
    taken = Shift(tuple(standing.moved))
    back = taken.back()
    one = one.moved(back) if taken == way else other
    sheet = document.Sheets.getByName(standing.name)
    for step in back.steps:
        _move(sheet, step)
        standing.moved.pop(0)
    _draw(document, loader, standing, (one, other), patch.before, back)


def _move(sheet: Any, step: Step) -> None:
    """Have rows come before a row, or go from it on."""
    at, count = step
    if count > 0:
        sheet.Rows.insertByIndex(at - 1, count)
    else:
        sheet.Rows.removeByIndex(at - 1, -count)


def _draw(
    document: Any, loader: Any, standing: Standing, forms: tuple[Form, Form], content: bytes, way: Shift
) -> None:
    """Draw what differs between two forms whose rows stand in the same places already."""
    one, other = forms
    sheet = document.Sheets.getByName(standing.name)
    with Opened(loader, bare(content), ".xlsx") as source:
        drawn = source.Sheets.getByIndex(source.Sheets.Count - 1)
        runs = one.changed(other, way.fresh | _unlike(drawn, sheet))
        if runs:
            standing.now = bring(document, source, drawn.Name, document.Sheets.Count).Name
            _copy_rows(document.Sheets.getByName(standing.now), sheet, runs)
            remove(document, standing.now)
            standing.now = None
        _heights(drawn, sheet, one, other, runs)
        check_sheet(source, drawn.Name, document, standing.name)
    for row in sorted(one.breaks ^ other.breaks):
        sheet.Rows.getByIndex(row - 1).IsStartOfNewPage = row in other.breaks
    if way or one.folds != other.folds:
        fold(sheet, other, one)
    put_mark(sheet, other.mark)
    _charts(sheet, one, other)


def _charts(sheet: Any, one: Form, other: Form) -> None:
    """Give charts other names, alternative texts, headings and axes."""
    page = sheet.DrawPage
    for place, (was, now) in enumerate(zip(one.words, other.words, strict=True)):
        if was != now:
            shape = page.getByIndex(place)
            shape.Title, shape.Description = now.get("title", ""), now.get("descr", "")
            shape.Name = now.get("name", "")
    for place, (low, high) in enumerate(zip(one.scales, other.scales, strict=True)):
        if low != high:
            chart = page.getByIndex(place).Model
            if "heading" in high and low["heading"] != high["heading"]:
                # By its method: shapes have a property of that name, charts another of no value.
                chart.getTitle().String = high["heading"]
            if _steps(low) != _steps(high):
                _scale(chart.Diagram.YAxis, high)
            _labels(chart.Diagram, low, high)


def _labels(diagram: Any, was: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Have other points of a line say their figure: a new month's, and the last one's no more."""
    for key in now:
        if key.startswith(SILENT) and was.get(key) != now[key]:
            before, after = ({*map(int, said.get(key, "").split())} for said in (was, now))
            for point in before ^ after:
                held = diagram.getDataPointProperties(point, int(key.removeprefix(SILENT)))
                held.DataCaption = _NO_LABEL if point in after else _FIGURE


def _unlike(drawn: Any, sheet: Any) -> set[int]:
    """The rows, from 1, in which a sheet does not hold what was drawn: somebody typed there."""
    bottom, right = (max(pair) for pair in zip(used(drawn)[2:], used(sheet)[2:], strict=True))
    both = [each.getCellRangeByPosition(0, 0, right, bottom).getFormulaArray() for each in (drawn, sheet)]
    return {row for row, (one, other) in enumerate(zip(*both, strict=True), 1) if one != other}


def _copy_rows(guest: Any, sheet: Any, runs: Sequence[tuple[int, int]]) -> None:
    right = max(used(guest)[3], used(sheet)[3])
    guest.Rows.IsFiltered = False  # rows that a filter hides would not be copied
    guest.Rows.IsVisible = True
    for first, last in runs:
        rows, place = (each.getCellRangeByPosition(0, first - 1, right, last - 1) for each in (guest, sheet))
        place.merge(False)  # nothing is copied on top of merged cells; what is copied brings its own
        sheet.copyRange(sheet.getCellByPosition(0, first - 1).CellAddress, rows.RangeAddress)


def _heights(drawn: Any, sheet: Any, one: Form, other: Form, runs: Sequence[tuple[int, int]]) -> None:
    """Give rows the heights that they were drawn with; what is copied does not bring its own."""
    copied = {row for first, last in runs for row in range(first, last + 1)}
    for row in sorted({*one.heights, *other.heights, *copied}):
        if row in copied or one.heights.get(row) != other.heights.get(row):
            held, wanted = sheet.Rows.getByIndex(row - 1), drawn.Rows.getByIndex(row - 1).Height
            if held.Height != wanted:
                held.Height = wanted


def _steps(said: Mapping[str, str]) -> list[str | None]:
    return [said.get(name) for name in _STEPS]


def _scale(axis: Any, wanted: Mapping[str, str]) -> None:
    for name, (property_name, auto) in _STEPS.items():
        if name in wanted:
            setattr(axis, property_name, float(wanted[name]))
        else:
            setattr(axis, auto, True)
