"""Long tables are read by the shapes of their rows and written in runs: the same as cell by cell."""

from __future__ import annotations

import random
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.book.table import Value
from qmsbook.hosts.file import blocks, reader, text
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.rows import Kind, Shapes
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.splice import Grid, spliced
from qmsbook.hosts.file.verify import rest
from qmsbook.hosts.host import WorkbookUnreadable

HEADERS = ("KPI", "Period", "Value", "Comment", "Name", "Status", "Note", "Plan")
ROWS = 1500
SHEET = "xl/worksheets/sheet1.xml"


def _long_table(path: Path) -> None:
    """A table whose rows have many shapes: blanks, comments, formulas, dates, errors, text with markup."""
    chance = random.Random(5)
    book = xlsxwriter.Workbook(path)
    sheet, dates = book.add_worksheet("Measurements"), book.add_format({"num_format": "yyyy-mm-dd"})
    percent = book.add_format({"num_format": "0.0%"})
    for row in range(1, ROWS + 1):
        sheet.write_string(row, 0, f"K{row % 40}")
        sheet.write_datetime(row, 1, date(2026, 1 + row % 12, 1), dates)
        sheet.write_number(row, 2, round(chance.random(), 3), percent if row % 7 == 0 else None)
        if chance.random() < 0.1:
            sheet.write_formula(row, 3, "=1/0" if row % 2 else '=C2&""', None, "#DIV/0!" if row % 2 else "x")
        elif chance.random() < 0.3:
            sheet.write_string(row, 3, chance.choice(["a > b", '<c r="E5"/>', " spaces ", "é & ö"]))
        if chance.random() < 0.2:
            sheet.write_string(row, 6, "mine")
        sheet.write_string(row, 9, "beside the table")
    columns = [{"header": header} for header in HEADERS]
    sheet.add_table(0, 0, ROWS, len(HEADERS) - 1, {"name": "Measurements", "columns": columns})
    book.close()


def _spaced(path: Path) -> None:
    """The sheet as a program writes it that indents its XML."""
    parts = {}
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[SHEET] = re.sub(rb"(?=<c r=|</row>|<row )", b"\n  ", parts[SHEET])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)


@pytest.fixture(params=["packed", "spaced"])
def long_table(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "long.xlsx"
    _long_table(path)
    if request.param == "spaced":
        _spaced(path)
    return path


def test_rows_read_by_their_shapes_are_what_their_cells_are(
    long_table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_shape = reader.load(long_table.read_bytes())
    monkeypatch.setattr(blocks, "_MANY", ROWS + 1)
    one_by_one = reader.load(long_table.read_bytes())
    assert by_shape.snapshot == one_by_one.snapshot
    assert by_shape.styles == one_by_one.styles


def test_runs_of_cells_are_written_and_nothing_else_is(long_table: Path) -> None:
    before = FileHost(long_table).read().tables[0]
    chance = random.Random(6)
    edits = []
    meant: dict[str, list[Value]] = {}
    for header in ("Name", "Status", "Plan"):
        old = before.columns[HEADERS.index(header)]
        new: list[Value] = [
            chance.choice([None, "=1+1", "On track", 0.5, True, date(2026, 1, 5)]) for _ in old
        ]
        keep = [chance.random() < 0.5 for _ in old]
        meant[header] = [o if kept else n for o, n, kept in zip(old, new, keep, strict=True)]
        values = tuple(KEEP if kept else n for n, kept in zip(new, keep, strict=True))
        edits.append(SetColumn("Measurements", header, values))
    for _ in range(2):  # into blank cells, then over what stands there
        host = FileHost(long_table)
        host.apply(edits, host.read())
        edits = [SetColumn(e.table, e.header, e.values[::-1]) for e in edits]
        after = FileHost(long_table).read().tables[0]
        for place, header in enumerate(HEADERS):
            assert after.columns[place] == meant.get(header, before.columns[place])
        meant = {
            e.header: [o if n is KEEP else n for o, n in zip(meant[e.header], e.values, strict=True)]  # type: ignore[misc]
            for e in edits
        }
    sheet = openpyxl.load_workbook(long_table).active
    assert sheet is not None
    assert {sheet.cell(row, 10).value for row in range(2, ROWS + 2)} == {"beside the table"}
    numbers = [int(n) for n in re.findall(rb'<row r="([0-9]+)"', zipfile.ZipFile(long_table).read(SHEET))]
    assert numbers == list(range(1, ROWS + 2))


@pytest.mark.parametrize(
    "unclosed", ['<c r="A1" ', '<c r="A1">', '<c r="A1"><is><t>', "<row ", '<row r="1" ', "<f "]
)
def test_tags_without_an_end_take_no_longer_than_others(unclosed: str) -> None:
    # Were each looked at to the end of the sheet, this would take hours.
    cells = unclosed.encode() * 300_000
    sheet = SheetXml(b"<worksheet><sheetData>%s</sheetData></worksheet>" % cells, checked=True)
    assert not sheet.patterns.cell.findall(sheet.data, sheet.start, sheet.end)
    assert len(sheet.arrays()) == len(sheet.row_styles()) == 0
    grid = Grid(1, {1: [b'"/>'], 3: [b'"/>']})
    assert len(spliced(sheet, grid, sheet.data[sheet.end :])) > len(cells)
    assert rest(sheet, grid.stretches)


@pytest.mark.parametrize("tag", ["mergeCell ", "sheetProtection "])
def test_tags_without_an_end_behind_the_cells_take_no_longer_than_others(tag: str) -> None:
    tail = b"<%s" % tag.encode() * 300_000
    sheet = SheetXml(b"<worksheet><sheetData></sheetData>" + tail, checked=True)
    assert sheet.merges == []
    assert sheet.protection() is None


@pytest.mark.parametrize("content", ["<is><t>x</t></is>", "<is><r><t>x</t></r></is>", "<v>1</v>"])
def test_a_row_of_no_known_shape_is_given_up_at_once(content: str) -> None:
    # A cell that matched in two ways would be tried in both, for each way of all the others.
    letters = [f"{first}{second}" for first in "ABCD" for second in "ABCDEFGHIJ"]
    kind = ' t="inlineStr"' if "is" in content else ""
    row = "".join(f'<c r="{name}1"{kind}>{content}</c>' for name in letters)
    odd = row.replace('"DJ1"', '"DJ1" s="1"').replace("1", "2")
    xml = f'<worksheet><sheetData><row r="1">{row}</row><row r="2">{odd}</row></sheetData></worksheet>'
    sheet = SheetXml(xml.encode())
    shapes = Shapes(sheet, {}, lambda _: Kind(0, lambda _: None, lambda _: None))
    assert shapes.take(sheet.start, sheet.end) == sheet.end
    assert len(shapes.known) == 2


@pytest.mark.parametrize("unclosed", ["<si>", "<si ", "<si><t>", "<si><rPh ", "<si><r><t "])
def test_shared_texts_without_an_end_take_no_longer_than_others(unclosed: str) -> None:
    with pytest.raises(WorkbookUnreadable):
        text.shared_strings(b"<sst>" + unclosed.encode() * 300_000)
    assert text.runs(unclosed.encode() * 100_000) == ""
