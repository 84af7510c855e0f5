"""Tables become a book: every cell read once, everything that does not fit noticed, nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from qmsbook.book.below import longer
from qmsbook.book.book import Book
from qmsbook.book.by_column import measurements
from qmsbook.book.by_name import settings
from qmsbook.book.by_row import averaged, records
from qmsbook.book.known import Known
from qmsbook.book.snapshot import Line
from qmsbook.book.table import Table
from qmsbook.book.tables import TABLES
from qmsbook.book.written_with import told_as_written

_ATTRIBUTES = {
    "People": "people", "Processes": "processes", "Goals": "goals", "Objectives": "objectives",
    "KPIs": "kpis", "Targets": "targets", "Risks": "risks", "Actions": "actions", "Ideas": "ideas",
    "Context": "context", "Inputs": "inputs", "Reviews": "reviews", "Decisions": "decisions",
    "Waivers": "waivers",
}  # fmt: skip


def read_book(
    tables: Sequence[Table], on: date | None = None, today: date | None = None, lines: Sequence[Line] = ()
) -> Book:
    """The book of a workbook's tables, judged on ``on``, else on Settings *Judged on*, else ``today``.

    Rows that people typed directly below a table are read as its rows. ``lines`` are words on sheets without
    tables: headers of ours among them are those of a table that was lost, and not one to do without.
    """
    known = Known([longer(table) for table in tables], lines)
    given = settings(known)
    known.fiscal_start = given.fiscal_year_start_month
    read: dict[str, Any] = {
        _ATTRIBUTES[record.TABLE]: records(known, record) for record in TABLES if record.TABLE in _ATTRIBUTES
    }
    readings = measurements(known)
    read["kpis"] = told_as_written(averaged(known, read["kpis"], readings), readings)
    return Book.model_construct(
        on=on or given.judged_on or today or date.today(),
        settings=given,
        measurements=readings,
        troubles=tuple(known.troubles),
        tables=known.found,
        **read,
    )
