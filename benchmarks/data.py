"""Workbooks of any size, as XlsxWriter draws them, for benchmarks."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from qmsbook.period import period_of
from qmsbook.table import Record, columns_of
from qmsbook.tables import TABLES, Kpi, Measurement, Objective

#: KPIs per objective, objectives per goal: the shape of a real plan.
PER_OBJECTIVE, PER_GOAL = 4, 5


def workbook(kpis: int, months: int) -> bytes:
    """A workbook with all tables, so many KPIs, and their readings for so many months up to October 2026."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for record in TABLES:
        sheet = book.add_worksheet(record.TABLE)
        declared = columns_of(record)
        headers = [column.header for column in declared.values()]
        rows = list(_rows(record, kpis, months))
        for row, values in enumerate(rows, start=1):
            for place, name in enumerate(declared):
                value = values.get(name)
                if isinstance(value, date):
                    sheet.write_datetime(row, place, value, dates)
                elif value is not None and value != "":
                    sheet.write(row, place, "yes" if value is True else "no" if value is False else value)
        table = {"name": record.TABLE, "columns": [{"header": header} for header in headers]}
        sheet.add_table(0, 0, max(1, len(rows)), len(headers) - 1, table)
    book.close()
    return buffer.getvalue()


def _rows(record: type[Record], kpis: int, months: int) -> Iterator[dict[str, Any]]:
    examples = {name: column.example for name, column in columns_of(record).items() if not column.computed}
    objectives = max(1, kpis // PER_OBJECTIVE)
    if record is Kpi:
        for number in range(kpis):
            support = f"O{number // PER_OBJECTIVE % objectives}"
            yield {**examples, "id": f"K{number}", "name": f"KPI number {number}", "supports": support}
    elif record is Measurement:
        yield from _readings(kpis, months)
    elif record is Objective:
        for number in range(objectives):
            yield {**examples, "id": f"O{number}", "supports": f"G{number // PER_GOAL}"}
    elif record.TABLE == "Goals":
        for number in range((objectives - 1) // PER_GOAL + 1):
            yield {**examples, "id": f"G{number}"}
    elif record.TABLE != "Settings":
        yield {name: ", ".join(v) if isinstance(v, tuple) else v for name, v in examples.items()}
    else:
        yield {"setting": "Judged on", "value": date(2026, 11, 10)}


def _readings(kpis: int, months: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(9001)
    periods: list[str] = []
    period = period_of(date(2026, 10, 31), "monthly")
    for _ in range(months):
        periods.append(period.text)
        period = period.previous
    for text in reversed(periods):
        for number in range(kpis):
            value = round(88 + 6 * chance.random(), 2)
            yield {"kpi": f"K{number}", "period": text, "value": value, "entered_on": date(2026, 11, 4)}


def sizes(given: Sequence[str]) -> list[tuple[int, int]]:
    """``1000x36`` as numbers."""
    return [(int(kpis), int(months)) for kpis, months in (text.split("x") for text in given)]
