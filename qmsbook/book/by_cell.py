"""One cell becomes a value: by its kind, by what its table reads beyond that, and by its KPI's unit."""

from __future__ import annotations

from typing import Any

from qmsbook.book.book import as_computed
from qmsbook.book.in_unit import IN_UNIT, of_its_unit
from qmsbook.book.known import Known
from qmsbook.book.layout import At, blank
from qmsbook.book.meant import heard
from qmsbook.book.parse import Parsed, parse, parse_period_cell, split_ids
from qmsbook.book.period import parse_period
from qmsbook.book.table import ErrorValue
from qmsbook.book.tables import Kpi, Measurement, Target

#: How the figures of Targets are read beyond their kind.
_TARGETS_READ = {"planned": "target", "low": "bound", "high": "bound"}


def read_cell(known: Known, at: At) -> Any:
    """What a cell counts as; what does not fit is told, and the column's default stands in for it."""
    value, column, formula = at.value, at.column, at.formula
    if column.computed:
        if formula is not None:
            known.notice(at, "computed formula", "=" + formula)
        return as_computed(value, column)
    if formula is not None and blank(value):
        known.notice(at, "not calculated", "=" + formula)
        return column.default
    if value is None and column.reads != "end":  # of an end something may be meant by nothing
        return column.default
    parsed = _parsed(known, at)
    if parsed.misfit is not None and not _told_by_frequency(known, at, parsed):
        known.notice(at, parsed.misfit, value, parsed.detail)
    if column.kind == "refs" and parsed.value:
        whole = known.spellings.holding_signs(column)
        ids = split_ids(value, whole) if isinstance(value, str) else parsed.value
        return tuple(_spelled(known, at, text) for text in ids)
    return _spelled(known, at, parsed.value) if column.kind == "ref" and parsed.value else parsed.value


def _parsed(known: Known, at: At) -> Parsed:
    value, column = at.value, at.column
    reads = (
        column.reads if at.record is Kpi else _TARGETS_READ.get(at.name, "") if at.record is Target else ""
    )
    worded = reads and (isinstance(value, str) or reads == "end")
    told = heard(reads, value, known.unit(at.row), *known.ways) if worded else None
    if told is not None:
        parsed, said = told
        if said is not None:
            at.row.said[at.name] = said
    elif column.kind == "period" and not isinstance(value, ErrorValue):
        parsed = parse_period_cell(value, known.frequency(at.row), known.fiscal_start)
    else:
        parsed = parse(column, value, known.decimal)
    if parsed.misfit is not None and isinstance(value, str) and at.name in IN_UNIT.get(at.record.TABLE, ()):
        return of_its_unit(known, at, value, parsed)
    return parsed


def _told_by_frequency(known: Known, at: At, parsed: Parsed) -> bool:
    """Whether a reading's period is wrong in itself, so that its spelling is not worth a word."""
    if at.record is not Measurement or parsed.misfit != "period in words":
        return False
    period = parse_period(parsed.value, known.fiscal_start)
    return period is not None and period.frequency != known.frequency(at.row)


def _spelled(known: Known, at: At, text: str) -> str:
    """An id as its own row spells it; another spelling is told, and does no other harm."""
    found = known.spellings.as_own(at.column, text)
    if found != text:
        known.notice(at, "other spelling", text, f"The row itself spells it {found}.")
    return found
