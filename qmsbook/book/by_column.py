"""Readings, which are many: their table stays columns, and only odd cells are read one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from qmsbook.book.book import Measurements
from qmsbook.book.by_cell import read_cell
from qmsbook.book.in_unit import figure_as_shown
from qmsbook.book.known import Known
from qmsbook.book.layout import Layout, Row, merges
from qmsbook.book.period import parse_period
from qmsbook.book.table import Column, Place, Value, columns_of
from qmsbook.book.tables import Measurement

_SLOW: Any = object()
_WORDS = frozenset({str, type(None)})
_SIGNS = frozenset("=@+-")


def measurements(known: Known) -> Measurements:
    """All readings, column by column; what could not be read is None or blank, and told."""
    layout = known.layouts.get(Measurement.TABLE)
    if layout is None:
        return Measurements(Place(Measurement.TABLE, Measurement.TABLE, 1, {}))
    known.troubles += merges(layout)
    rows = known.rows(layout)
    read: dict[str, list[Any]] = {}
    for name, column in columns_of(Measurement).items():
        if not column.computed:
            read[name] = _column(known, layout, name, rows)
        elif name in layout.fields:
            _formulas(known, layout, name, rows)
    _shown_values(known, layout, rows, read)
    first = layout.table.row + 1
    return Measurements(layout.place, [first + row for row in rows], table=layout.table, **read)


def _row(layout: Layout, number: int) -> Row:
    return layout.row(number, f"{layout.text(number, 'kpi')}@{layout.text(number, 'period')}")


def _formulas(known: Known, layout: Layout, name: str, rows: Sequence[int]) -> None:
    """Tells the formulas in a column that qmsbook fills."""
    if layout.table.formulas:
        for row, formula in layout.table.formulas[layout.fields[name]].items():
            known.notice(_row(layout, row).at(name), "computed formula", "=" + formula)


def _column(known: Known, layout: Layout, name: str, rows: Sequence[int]) -> list[Any]:
    place, column = layout.fields.get(name), columns_of(Measurement)[name]
    if place is None:
        return [column.default] * len(rows)
    values = layout.table.columns[place]
    fast = _fast(column, known.spellings.exact(column), known.fiscal_start)
    formulas: Mapping[int, str] = layout.table.formulas[place] if layout.table.formulas else {}
    wanted = [values[row] for row in rows]
    if _WORDS.issuperset(map(type, wanted)):
        # The same words come again and again: each is read once.
        once = {value: fast(value) for value in set(wanted)}
        out = list(map(once.__getitem__, wanted))
    else:
        out = list(map(fast, wanted))
    for index, (row, value) in enumerate(zip(rows, out, strict=True)):
        if value is _SLOW or (row in formulas and values[row] is None):
            out[index] = read_cell(known, _row(layout, row).at(name))
    return out


def _fast(column: Column, exact: frozenset[str], fiscal_start: int) -> Callable[[Value], Any]:
    """A reader for the cells that need no second look; anything else comes back as ``_SLOW``."""
    default = column.default
    if column.kind == "text":
        return lambda v: (
            default if v is None else v.strip() if type(v) is str and v[:1] not in _SIGNS else _SLOW
        )
    if column.kind == "number":
        bounded = column.low is not None or column.high is not None or column.whole
        return lambda v: default if v is None else v if type(v) is float and not bounded else _SLOW
    if column.kind == "period":
        return lambda v: found.text if type(v) is str and (found := parse_period(v, fiscal_start)) else _SLOW
    if column.kind == "ref":
        return lambda v: default if v is None else v if v in exact else _SLOW
    if column.kind == "date":
        return lambda v: default if v is None else v if type(v) is date else _SLOW
    return lambda v: default if v is None else _SLOW


def _shown_values(known: Known, layout: Layout, rows: Sequence[int], read: dict[str, list[Any]]) -> None:
    """Readings by what their cells make of them: percents and times in the KPI's unit."""
    place, table = layout.fields.get("value"), layout.table
    if place is None:
        return
    percent = table.percent[place] if table.percent else frozenset[int]()
    times = table.times[place] if table.times else frozenset[int]()
    if not percent and not times:
        return
    raw, values, keys = table.columns[place], read["value"], read["kpi"]
    for index, row in enumerate(rows):
        kpi = known.units.get(keys[index])
        if kpi is not None and (row in times or row in percent) and isinstance(raw[row], float):
            values[index] = figure_as_shown(known, _row(layout, row).at("value"), values[index], kpi)
