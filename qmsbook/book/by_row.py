"""Tables that become records, row by row: what the cells of a row say together is settled there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qmsbook.book.aggregation import by_unit
from qmsbook.book.book import Measurements
from qmsbook.book.by_cell import read_cell
from qmsbook.book.in_unit import as_shown
from qmsbook.book.known import Known
from qmsbook.book.layout import Row, blank, merges
from qmsbook.book.meant import meant
from qmsbook.book.parse import plain_text
from qmsbook.book.table import Record
from qmsbook.book.tables import Kpi, Target


def records(known: Known, record: type[Record]) -> tuple[Any, ...]:
    """All rows of one table that hold something of the user's, as records."""
    layout = known.layouts.get(record.TABLE)
    if layout is None:
        return ()
    known.troubles += merges(layout)
    rows = [layout.row(number, layout.text(number, record.KEY)) for number in known.rows(layout)]
    place, first = layout.place, layout.table.row + 1
    read = [
        record.model_construct(place=place, row=first + row.number, **_values(known, row)) for row in rows
    ]
    if record is Kpi:
        known.units = {kpi.id: kpi for kpi in read if isinstance(kpi, Kpi)}
    return tuple(
        as_shown(known, row, one) if isinstance(one, Kpi | Target) else one
        for row, one in zip(rows, read, strict=True)
    )


def _values(known: Known, row: Row) -> dict[str, Any]:
    """The values of a row, by its fields."""
    record = row.layout.record
    values = {at.name: read_cell(known, at) for at in row.cells()}
    if row.said or (record is Kpi and _is_bare_range(values)):
        values = _meant(known, row, values)
    if record is Kpi:
        _aggregate(known, values)
    return values


def _is_bare_range(values: Mapping[str, Any]) -> bool:
    """Whether a KPI's row has both bounds of a range, and says no more of what is wanted."""
    return values.get("low") is not None and values.get("high") is not None and not values.get("direction")


def _meant(known: Known, row: Row, values: dict[str, Any]) -> dict[str, Any]:
    """The values of a row of which some cell said more than its value; what is odd about it is told."""
    record, layout = row.layout.record, row.layout
    held = {name for name in layout.fields if not blank(layout.value(row.number, name))}
    if record is Target:
        kpi = known.kpi(plain_text(values.get("kpi", "")))
        values["direction"] = kpi.direction if kpi else ""
    found, odd = meant(values, row.said, held)
    for each in odd:
        at = row.at(each.field)
        known.notice(at, each.kind, at.value, each.detail)
    return {name: value for name, value in found.items() if name in record.model_fields}


def _aggregate(known: Known, values: dict[str, Any]) -> None:
    """Says what a blank *Aggregation* comes to."""
    if not values.get("aggregation"):
        ratio = bool(values.get("numerator") and values.get("denominator"))
        values["aggregation"] = by_unit(values.get("unit", ""), ratio)
        if ratio:
            known.unsaid.add(values.get("id", ""))


def averaged(known: Known, kpis: tuple[Kpi, ...], readings: Measurements) -> tuple[Kpi, ...]:
    """The KPIs; what is a ratio by name only, with no counts entered, is averaged."""
    if not known.unsaid:
        return kpis
    counts = zip(readings.kpi, readings.numerator, readings.denominator, strict=True)
    counted = {key for key, above, below in counts if above is not None and below is not None}
    bare = known.unsaid - counted
    return tuple(k.changed(aggregation=by_unit(k.unit)) if k.id in bare else k for k in kpis)
