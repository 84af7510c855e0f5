"""Extends what the user's own references say when a table grows, and the rules of its last row with it.

LibreOffice does neither by itself: it extends references only where rows are inserted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from qmsbook.book.cell import range_a1
from qmsbook.hosts.libreoffice.blocks import Box, boxes_of
from qmsbook.hosts.libreoffice.pointers import formulas_of
from qmsbook.hosts.references import At, Growth, extended

#: What a changed thing is called where it is counted; what is not named here is not counted.
KINDS = {
    "formula": "formula", "array": "formula", "name": "name", "print": "name", "chart": "chart series",
    "condition": "rule or drop-down", "check": "rule or drop-down", "pivot": "pivot source",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Extended:
    """One thing that says more than it did: what it is, its sheet, where there, what it said and says."""

    kind: str
    sheet: str
    where: Any
    before: Any
    after: Any


def extensions(document: Any, growths: Sequence[Growth], ours: Collection[str]) -> list[Extended]:
    """All that has to be said anew; ``ours`` are the generated sheets, which refer to themselves alone."""
    found = list(_names(document, growths))
    for name in document.Sheets.ElementNames:
        if name not in ours:
            sheet = document.Sheets.getByName(name)
            for part in (_formulas, _local_names, _charts, _conditions, _checks, _pivots, _prints):
                found += part(document, sheet, name, growths)
    return found


def counted(changes: Iterable[Extended]) -> dict[str, int]:
    """How many references were extended, by kind."""
    return dict(Counter(KINDS[change.kind] for change in changes if change.kind in KINDS))


def put(document: Any, change: Extended, value: Any) -> None:
    """Makes a thing say something."""
    _DOERS[change.kind][1](document, change.sheet, change.where, value)


def put_back(document: Any, change: Extended) -> None:
    """Makes a thing say what it said, unless somebody changed it since."""
    now = _DOERS[change.kind][0](document, change.sheet, change.where)
    # A rule has left the new rows by itself when they were emptied.
    inside = change.kind == "cover" and now is not None and all(_within(box, change.after) for box in now)
    if now == change.after or inside:
        put(document, change, change.before)


def _within(box: Box, others: Iterable[Box]) -> bool:
    return any(o[0] <= box[0] and box[2] <= o[2] and o[1] <= box[1] and box[3] <= o[3] for o in others)


# -- what is there


def _formulas(_: Any, sheet: Any, name: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    for (row, column), text in formulas_of(sheet).items():
        new = extended(text, name, growths, At(name, row + 1, column + 1))
        if new != text:
            kind = "array" if text.startswith("{") else "formula"
            if kind == "formula" or _is_first(sheet, row, column):
                yield Extended(kind, name, (row, column), text, new)


def _array(sheet: Any, row: int, column: int) -> Any:
    cursor = sheet.createCursorByRange(sheet.getCellByPosition(column, row))
    cursor.collapseToCurrentArray()
    return cursor


def _is_first(sheet: Any, row: int, column: int) -> bool:
    at = _array(sheet, row, column).RangeAddress
    return bool((at.StartRow, at.StartColumn) == (row, column))


def _names(document: Any, growths: Sequence[Growth]) -> Iterator[Extended]:
    return _in(document.NamedRanges, "", growths)


def _local_names(_: Any, sheet: Any, name: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    return _in(sheet.NamedRanges, name, growths)


def _in(held: Any, sheet: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    for name in held.ElementNames:
        text = held.getByName(name).Content
        new = extended(text, sheet, growths)
        if new != text:
            # What Excel keeps print areas and filters in is counted, if at all, by what it stands for.
            yield Extended("hidden name" if name.startswith("_xlnm.") else "name", sheet, name, text, new)


def _longer(sheet: str, box: Box, growths: Sequence[Growth]) -> Box:
    """A range of a sheet, from 0, as long as the tables in it will be."""
    top, left, bottom, right = box
    text = extended(range_a1(top + 1, left + 1, bottom + 1, right + 1), sheet, growths)
    return top, left, int("".join(filter(str.isdigit, text.partition(":")[2] or text))) - 1, right


def _box(at: Any) -> Box:
    return at.StartRow, at.StartColumn, at.EndRow, at.EndColumn


def _charts(document: Any, sheet: Any, name: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    names = document.Sheets.ElementNames
    for each in sheet.Charts.ElementNames:
        shown = [(names[at.Sheet], _box(at)) for at in sheet.Charts.getByName(each).Ranges]
        before = tuple((on, *box) for on, box in shown)
        after = tuple((on, *_longer(on, box, growths)) for on, box in shown)
        if after != before:
            yield Extended("chart", name, each, before, after)


def _conditions(_: Any, sheet: Any, name: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    for each in sheet.ConditionalFormats.getConditionalFormats():
        for number in range(each.Count):
            entry = each.getByIndex(number)
            if hasattr(entry, "Formula1"):
                before = entry.Formula1, entry.Formula2
                after = tuple(extended(text, name, growths) for text in before)
                if after != before:
                    yield Extended("condition", name, (each.ID, number), before, after)
        boxes = tuple(boxes_of(each.Range))
        covered = tuple(_covering(name, box, growths) for box in boxes)
        if covered != boxes:
            yield Extended("cover", name, each.ID, boxes, covered)


def _covering(sheet: str, box: Box, growths: Sequence[Growth]) -> Box:
    """The range of a rule, which reaches a table's new last row if it reached the old one."""
    top, left, bottom, right = box
    for growth in growths:
        first, start, last, end = growth.box
        within = growth.sheet.casefold() == sheet.casefold() and start <= left + 1 and right + 1 <= end
        if within and first < top + 1 <= last <= bottom + 1 < last + growth.rows:
            return top, left, last + growth.rows - 1, right
    return box


def _checks(_: Any, sheet: Any, name: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    groups = sheet.getUniqueCellFormatRanges()
    for number in range(groups.Count):
        group = groups.getByIndex(number)
        rule = group.Validation
        before = rule.getFormula1(), rule.getFormula2()
        after = tuple(extended(text, name, growths) for text in before)
        if after != before:
            for box in boxes_of(group):
                yield Extended("check", name, box, before, after)


def _pivots(document: Any, sheet: Any, name: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    names = document.Sheets.ElementNames
    for each in sheet.DataPilotTables.ElementNames:
        at = sheet.DataPilotTables.getByName(each).SourceRange
        before = (names[at.Sheet], *_box(at))
        after = (before[0], *_longer(before[0], _box(at), growths))
        if after != before:
            yield Extended("pivot", name, each, before, after)


def _prints(document: Any, sheet: Any, name: str, growths: Sequence[Growth]) -> Iterator[Extended]:
    before = tuple(_box(at) for at in sheet.getPrintAreas())
    after = tuple(_longer(name, box, growths) for box in before)
    if after != before:
        yield Extended("print", name, None, before, after)


# -- how each kind is asked, and told


def _names_of(document: Any, sheet: str) -> Any:
    return document.Sheets.getByName(sheet).NamedRanges if sheet else document.NamedRanges


def _set_name(document: Any, sheet: str, where: str, value: str) -> None:
    _names_of(document, sheet).getByName(where).Content = value


def _set_formula(document: Any, sheet: str, where: tuple[int, int], value: str) -> None:
    document.Sheets.getByName(sheet).getCellByPosition(where[1], where[0]).setFormula(value)


def _formula(document: Any, sheet: str, where: tuple[int, int]) -> str:
    return str(document.Sheets.getByName(sheet).getCellByPosition(where[1], where[0]).getFormula())


def _set_array(document: Any, sheet: str, where: tuple[int, int], value: str) -> None:
    _array(document.Sheets.getByName(sheet), *where).setArrayFormula(value[1:-1])


def _address(document: Any, sheet: str, box: Box) -> Any:
    return _range(document, sheet, box).RangeAddress


def _range(document: Any, sheet: str, box: Box) -> Any:
    top, left, bottom, right = box
    return document.Sheets.getByName(sheet).getCellRangeByPosition(left, top, right, bottom)


def _chart(document: Any, sheet: str, where: str) -> Any:
    names = document.Sheets.ElementNames
    ranges = document.Sheets.getByName(sheet).Charts.getByName(where).Ranges
    return tuple((names[at.Sheet], *_box(at)) for at in ranges)


def _set_chart(document: Any, sheet: str, where: str, value: Any) -> None:
    chart = document.Sheets.getByName(sheet).Charts.getByName(where)
    chart.Ranges = tuple(_address(document, on, tuple(box)) for on, *box in value)


def _format(document: Any, sheet: str, number: int) -> Any:
    each = document.Sheets.getByName(sheet).ConditionalFormats.getConditionalFormats()
    return next((found for found in each if number == found.ID), None)


def _condition(document: Any, sheet: str, where: tuple[int, int]) -> Any:
    found = _format(document, sheet, where[0])
    entry = found.getByIndex(where[1]) if found is not None and where[1] < found.Count else None
    return (entry.Formula1, entry.Formula2) if entry is not None else None


def _set_condition(document: Any, sheet: str, where: tuple[int, int], value: Any) -> None:
    entry = _format(document, sheet, where[0]).getByIndex(where[1])
    entry.Formula1, entry.Formula2 = value


def _cover(document: Any, sheet: str, where: int) -> Any:
    found = _format(document, sheet, where)
    return tuple(boxes_of(found.Range)) if found is not None else None


def _set_cover(document: Any, sheet: str, where: int, value: Any) -> None:
    ranges = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    for box in value:
        ranges.addRangeAddress(_address(document, sheet, box), False)
    _format(document, sheet, where).Range = ranges


def _check(document: Any, sheet: str, where: Box) -> Any:
    rule = _range(document, sheet, where).Validation
    return rule.getFormula1(), rule.getFormula2()


def _set_check(document: Any, sheet: str, where: Box, value: Any) -> None:
    cells = _range(document, sheet, where)
    rule = cells.Validation
    rule.setFormula1(value[0])
    rule.setFormula2(value[1])
    cells.Validation = rule


def _pivot(document: Any, sheet: str, where: str) -> Any:
    at = document.Sheets.getByName(sheet).DataPilotTables.getByName(where).SourceRange
    return (document.Sheets.ElementNames[at.Sheet], *_box(at))


def _set_pivot(document: Any, sheet: str, where: str, value: Any) -> None:
    table = document.Sheets.getByName(sheet).DataPilotTables.getByName(where)
    table.SourceRange = _address(document, value[0], tuple(value[1:]))


def _print(document: Any, sheet: str, _: None) -> Any:
    return tuple(_box(at) for at in document.Sheets.getByName(sheet).getPrintAreas())


def _set_print(document: Any, sheet: str, _: None, value: Any) -> None:
    areas = tuple(_address(document, sheet, box) for box in value)
    document.Sheets.getByName(sheet).setPrintAreas(areas)


def _name(document: Any, sheet: str, where: str) -> Any:
    held = _names_of(document, sheet)
    return held.getByName(where).Content if held.hasByName(where) else None


_DOERS: dict[str, tuple[Any, Any]] = {
    "formula": (_formula, _set_formula), "array": (_formula, _set_array), "name": (_name, _set_name),
    "hidden name": (_name, _set_name),
    "chart": (_chart, _set_chart), "condition": (_condition, _set_condition), "cover": (_cover, _set_cover),
    "check": (_check, _set_check), "pivot": (_pivot, _set_pivot), "print": (_print, _set_print),
}  # fmt: skip
