"""Figures in their KPI's unit: what a text names, and what a cell's format makes of a number."""

from __future__ import annotations

import re

from qmsbook.book.aggregation import is_money
from qmsbook.book.known import Known
from qmsbook.book.layout import At, Row
from qmsbook.book.meant import MISFITS, refused, timed
from qmsbook.book.other_unit import another_unit
from qmsbook.book.parse import Misfit, Parsed, number_from_text
from qmsbook.book.tables import Kpi, Target
from qmsbook.book.units import is_percent, same_unit, time_unit
from qmsbook.book.written import read_figure

#: Fields that hold figures in the KPI's own unit: a percent-formatted 0.951 means 95.1 where the unit is %.
IN_UNIT: dict[str, frozenset[str]] = {
    "KPIs": frozenset({"target", "baseline", "low", "high", "lowest_possible", "highest_possible"}),
    "Measurements": frozenset({"value"}),
    "Targets": frozenset({"planned", "low", "high"}),
}


def of_its_unit(known: Known, at: At, typed: str, parsed: Parsed) -> Parsed:
    """A number as text, unless it names another unit than the KPI's: 12 h where minutes are counted.

    A time is read in the KPI's unit; what is so many thousand is told as it would be in that unit.
    """
    unit = known.unit(at.row)
    if parsed.misfit == "number as text" and _is_of(typed, unit, known.decimal):
        return parsed
    written = read_figure(typed, unit, known.decimal)
    if written is None or (at.record is Kpi and at.column.reads and written.why != "unit"):
        return parsed
    if written.why in {"time", "thousands", "unit", "share"}:
        kind: Misfit = MISFITS.get(written.why, "no value of its own")
        return Parsed(at.column.default, kind, refused(written, unit))
    plain = written.value is not None and not (written.direction or written.per)
    shared = re.search(r"\d\s*(?:/|of\b|out of\b)\s*\d", typed) is not None
    clear = parsed.misfit in {"no value of its own", "ambiguous number"}
    if plain and (":" in typed or shared or clear):
        return Parsed(written.value, "number as text", f"It was read as {written.value:.12g} {unit}.")
    return parsed


def _is_of(typed: str, unit: str, decimal: str | None) -> bool:
    """Whether a number as text plainly carries a unit, by any of its spellings, or none where no money is."""
    found = number_from_text(typed, decimal)
    if not isinstance(found, tuple) or ":" in typed or typed[:1] in "$€£¥" or is_money(unit):
        return False
    return not found[1] or same_unit(found[1], unit)


def as_shown(known: Known, row: Row, record: Kpi | Target) -> Kpi | Target:
    """A record with its figures in the KPI's unit, where cells show percents or times."""
    table, fields = row.layout.table, row.layout.fields
    kpi = record if isinstance(record, Kpi) else known.units.get(record.kpi)
    if kpi is None or not (table.percent or table.times):
        return record
    row, changed = row._replace(key=record.key), dict[str, float | None]()
    for name in IN_UNIT[record.TABLE] & fields.keys():
        value = getattr(record, name)
        if value is not None and isinstance(row.at(name).value, float):
            found = figure_as_shown(known, row.at(name), value, kpi)
            if found != value:
                changed[name] = found
    return record.changed(**changed) if changed else record


def figure_as_shown(known: Known, at: At, value: float, kpi: Kpi) -> float | None:
    """A number by what its cell makes of it: a percent or a time; None, and told, if that cannot be."""
    table, row, place = at.row.layout.table, at.row.number, at.place
    # 1:30 is less than a day; 95 in a cell that happens to have a time's format is what was typed.
    if table.is_time(row, place) and (time_unit(kpi.unit) or 0 < abs(value) < 1):
        parsed = timed(value, kpi.unit)
        if parsed.misfit is not None:
            known.notice(at, parsed.misfit, value, parsed.detail)
        shown: float | None = parsed.value
        return shown
    if not table.is_percent(row, place):
        return value
    if another_unit("%", "%", kpi.unit):
        detail = f"The KPI is read in {kpi.unit}: format the cell as a number, and type it in {kpi.unit}."
        known.notice(at, "another unit", value, detail)
        return None
    if not is_percent(kpi.unit):
        return value
    large = _hundredfold(value)
    if not _too_large(large, kpi):
        return large
    known.notice(at, "hundredfold", value)
    return None


def _too_large(value: float, kpi: Kpi) -> bool:
    """Whether a figure of 1,000 % or more is there only because its cell multiplied what was typed."""
    return abs(value) >= 1000 and (kpi.highest_possible is None or value > kpi.highest_possible)


def _hundredfold(value: float) -> float:
    return float(f"{value * 100:.15g}")  # 0.951 * 100 is 95.10000000000001 to a computer
