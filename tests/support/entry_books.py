"""Entry workbooks as their readers fill them in, with a program that knows nothing of qmsbook."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

FIGURES, ACTIONS = "Your_figures", "Your_actions"


def rows(content: bytes, table: str = FIGURES) -> dict[str, dict[str, object]]:
    """A table's rows by their id, each by header; nothing if there is no such table."""
    sheet = _sheet(content)
    if table not in sheet.tables:
        return {}
    head, *lines = [[cell.value for cell in line] for line in sheet[sheet.tables[table].ref]]
    return {str(line[0]): dict(zip(map(str, head), line, strict=True)) for line in lines}


def fill(content: bytes, typed: Mapping[tuple[str, str], object], form: str | None = None) -> bytes:
    """Types into cells, named by row id and header; ``form`` is a number format that the program sets."""
    sheet = _sheet(content)
    left = set(typed)
    for table in sheet.tables.values():
        head, *lines = sheet[table.ref]
        for line in lines:
            for name, cell in zip(head, line, strict=True):
                key = str(line[0].value), str(name.value)
                if key in typed:
                    cell.value = typed[key]
                    cell.number_format = form or cell.number_format
                    left.discard(key)
    assert not left
    return _saved(sheet)


def add(content: bytes, values: Sequence[object], table: str = FIGURES) -> bytes:
    """Adds a row at a table's end, as Excel does when somebody types below it."""
    sheet = _sheet(content)
    found = sheet.tables[table]
    first, last = found.ref.split(":")
    row = sheet[last].row + 1
    for column, value in enumerate(values, start=sheet[first].column):
        sheet.cell(row, column).value = value  # type: ignore[assignment]  # whatever people type
    found.ref = f"{first}:{sheet[last].column_letter}{row}"
    if found.autoFilter is not None:
        found.autoFilter.ref = found.ref
    return _saved(sheet)


def reverse(content: bytes, table: str = FIGURES) -> bytes:
    """Sorts a table's rows the other way round."""
    sheet = _sheet(content)
    lines = list(sheet[sheet.tables[table].ref])[1:]
    held = [[cell.value for cell in line] for line in lines]
    for line, values in zip(lines, reversed(held), strict=True):
        for cell, value in zip(line, values, strict=True):
            cell.value = value
    return _saved(sheet)


def forget(content: bytes) -> bytes:
    """Clears the hidden first row behind its first cell: what was given out is no longer known."""
    sheet = _sheet(content)
    for cell in sheet[1][1:]:
        cell.value = None
    return _saved(sheet)


def measurements(path: Path) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    """Value, Comment, Numerator and Denominator of the rows of Measurements, as openpyxl reads them.

    By KPI and period; the example has two rows for one of them, which is one of its mistakes.
    """
    sheet = openpyxl.load_workbook(path)["Measurements"]
    head, *lines = [[cell.value for cell in line[:6]] for line in sheet[sheet.tables["Measurements"].ref]]
    assert head == ["KPI", "Period", "Value", "Comment", "Numerator", "Denominator"]
    found: dict[tuple[str, str], list[tuple[object, ...]]] = {}
    for line in lines:
        found.setdefault((str(line[0]), str(line[1])), []).append(tuple(line[2:]))
    return found


def _sheet(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def _saved(sheet: Worksheet) -> bytes:
    stream = io.BytesIO()
    sheet.parent.save(stream)  # type: ignore[union-attr]  # a sheet that was read has a workbook
    return stream.getvalue()
