"""Workbooks of any size, as XlsxWriter draws them, for benchmarks."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from qmsbook.book.edit import Fill, FillCells
from qmsbook.book.period import period_of
from qmsbook.book.table import Record, columns_of
from qmsbook.book.tables import TABLES, Kpi, Measurement, Objective
from qmsbook.commands import refresh
from qmsbook.hosts.file.host import FileHost

#: KPIs per objective, objectives per goal: the shape of a real plan.
PER_OBJECTIVE, PER_GOAL = 4, 5
#: The day that the workbook is judged on: before and after the last month's figures were typed in.
JUDGED = {False: date(2026, 10, 10), True: date(2026, 11, 10)}
ENTERED = date(2026, 11, 4)


def workbook(kpis: int, months: int) -> bytes:
    """A workbook that qmsbook never wrote: all tables, so many KPIs, so many months up to October 2026."""
    return _drawn(kpis, months, typed=True)


def in_use(kpis: int, months: int, folder: Path) -> bytes:
    """The same workbook as people hand it over: refreshed in October, then October's figures were typed in.

    In October its last month stood there without figures; since then each KPI got one, and the day moved on.
    """
    path = folder / "in use.xlsx"
    path.write_bytes(_drawn(kpis, months, typed=False))
    host = FileHost(path)
    refresh(host)
    snapshot = host.read()
    table = snapshot.table("Measurements")
    assert table is not None
    first = table.rows - kpis
    figures = list(_readings(kpis, months, typed=True))[first:]
    typed = [
        Fill(first + row, header, None, figure[name])
        for row, figure in enumerate(figures)
        for header, name in (("Value", "value"), ("Entered on", "entered_on"))
    ]
    day = [Fill(0, "Value", JUDGED[False], JUDGED[True])]
    host.apply([FillCells("Measurements", tuple(typed)), FillCells("Settings", tuple(day))], snapshot)
    return path.read_bytes()


def _drawn(kpis: int, months: int, typed: bool) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    for record in TABLES:
        sheet = book.add_worksheet(record.TABLE)
        declared = columns_of(record)
        headers = [column.header for column in declared.values()]
        rows = list(_rows(record, kpis, months, typed))
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


def _rows(record: type[Record], kpis: int, months: int, typed: bool) -> Iterator[dict[str, Any]]:
    examples = {name: column.example for name, column in columns_of(record).items() if not column.computed}
    objectives = max(1, kpis // PER_OBJECTIVE)
    if record is Kpi:
        for number in range(kpis):
            support = f"O{number // PER_OBJECTIVE % objectives}"
            yield {**examples, "id": f"K{number}", "name": f"KPI number {number}", "supports": support}
    elif record is Measurement:
        yield from _readings(kpis, months, typed)
    elif record is Objective:
        for number in range(objectives):
            yield {**examples, "id": f"O{number}", "supports": f"G{number // PER_GOAL}"}
    elif record.TABLE == "Goals":
        for number in range((objectives - 1) // PER_GOAL + 1):
            yield {**examples, "id": f"G{number}"}
    elif record.TABLE != "Settings":
        yield {name: ", ".join(v) if isinstance(v, tuple) else v for name, v in examples.items()}
    else:
        yield {"setting": "Judged on", "value": JUDGED[typed]}


def _readings(kpis: int, months: int, typed: bool) -> Iterator[dict[str, Any]]:
    chance = random.Random(9001)
    periods: list[str] = []
    period = period_of(date(2026, 10, 31), "monthly")
    for _ in range(months):
        periods.append(period.text)
        period = period.previous
    for text in reversed(periods):
        for number in range(kpis):
            value = round(88 + 6 * chance.random(), 2)
            row = {"kpi": f"K{number}", "period": text}
            yield row | ({"value": value, "entered_on": ENTERED} if typed or text != periods[0] else {})


def sizes(given: Sequence[str]) -> list[tuple[int, int]]:
    """``1000x36`` as numbers."""
    return [(int(kpis), int(months)) for kpis, months in (text.split("x") for text in given)]
