"""The user's own references to a table that grows, of every kind, in a closed file and in open workbooks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from common import rebuild
from failing import Calls, Wrapped, changing
from live import Desk, everything
from ooxml import unzip
from relayed import relay_to
from test_hosts import do
from xlwings_uno import excel, opened

from qmsbook.book.edit import AppendRows, GrowTable
from qmsbook.hosts.excel.host import ExcelHost
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import OfficeFailed
from qmsbook.hosts.libreoffice.bridge import close, load, properties, struct
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

ROWS = [("a", 1.0, "x"), ("b", 2.0, "y"), ("c", 3.0, "z")]
MORE = AppendRows("Log", ({"Id": "d", "Value": 4.0}, {"Id": "e", "Value": 5.0}))


def book_of(path: Path) -> Path:
    """A table of three rows, and all sorts of references that end at its last row, 4."""
    book = xlsxwriter.Workbook(str(path))
    log, own = book.add_worksheet("Log"), book.add_worksheet("Own")
    bold = book.add_format({"bold": True})
    for row, values in enumerate(ROWS, 1):
        log.write_row(row, 0, values)
    log.add_table("A1:C4", {"name": "Log", "columns": [{"header": h} for h in ("Id", "Value", "Note")]})
    log.conditional_format(
        "A2:A4", {"type": "formula", "criteria": "=COUNTIF($A$2:$A$4,A2)>1", "format": bold}
    )
    log.print_area("A1:C4")
    own.write_formula("A1", "=SUM(Log!$B$2:$B$4)", None, 6)
    own.write_array_formula("A2:A2", "{=SUM(Log!$B$2:$B$4*2)}", None, 12)
    own.write_formula("A3", "=Log!B4", None, 3)
    own.write_string("B1", "a")
    own.data_validation("B1", {"validate": "list", "source": "=Log!$A$2:$A$4"})
    own.conditional_format(
        "B1", {"type": "formula", "criteria": "=COUNTIF(Log!$A$2:$A$4,B1)>0", "format": bold}
    )
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=Log!$B$2:$B$4", "categories": "=Log!$A$2:$A$4"})
    own.insert_chart("D2", chart)
    book.define_name("Values", "=Log!$B$2:$B$4")
    book.define_name("Own!Here", "=Log!$A$1:$C$4")
    book.define_name("First", "=Log!$B$2")
    book.close()
    return path


def ends(content: bytes, row: int) -> dict[str, int]:
    """How many ranges that end in a row of Log each sort of part holds, its own table's range aside."""
    found: dict[str, int] = {}
    for name, data in unzip(content).items():
        sort = next(
            (s for s in ("worksheets/", "charts/chart", "workbook.xml", "pivotCache") if s in name), ""
        )
        if sort and not name.endswith(".rels"):
            texts = re.findall(rb"<(?:\w+:)?(?:f|formula1?|definedName)(?:\s[^>]*)?>([^<]*)<", data)
            texts += re.findall(rb'worksheetSource [^>]*ref="([^"]*)"', data)
            count = sum(len(re.findall(rb":\$?[A-C]\$?%d(?![0-9])" % row, text)) for text in texts)
            found[sort] = found.get(sort, 0) + count
    return {sort: count for sort, count in found.items() if count}


WANTED = {"worksheets/": 5, "charts/chart": 2, "workbook.xml": 3}
COUNTS = {"formula": 2, "name": 3, "chart series": 2, "rule or drop-down": 3}


def test_in_a_closed_file(tmp_path: Path) -> None:
    host = FileHost(book_of(tmp_path / "book.xlsx"))
    assert ends(host.path.read_bytes(), 4) == WANTED
    applied = do(host, MORE)
    assert ends(host.path.read_bytes(), 6) == WANTED
    assert ends(host.path.read_bytes(), 4) == {}
    assert applied.extended == COUNTS


def test_a_pivot_takes_its_rows_from_the_longer_table(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.xlsx")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotCacheDefinition"
    cache = (
        b'<pivotCacheDefinition xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<cacheSource type="worksheet"><worksheetSource ref="A1:C4" sheet="Log"/></cacheSource>'
        b'<cacheFields count="0"/></pivotCacheDefinition>'
    )
    rels = unzip(path.read_bytes())["xl/_rels/workbook.xml.rels"]
    target = b"pivotCache/pivotCacheDefinition1.xml"
    link = b'<Relationship Id="rId77" Type="%s" Target="%s"/></Relationships>' % (kind, target)
    linked = rels.replace(b"</Relationships>", link)
    rebuild(path, {f"xl/{target.decode()}": cache, "xl/_rels/workbook.xml.rels": linked})
    assert do(FileHost(path), MORE).extended["pivot source"] == 1
    assert ends(path.read_bytes(), 6)["pivotCache"] == 1


def test_formulas_that_share_a_text_are_told_apart_where_they_must(tmp_path: Path) -> None:
    path = book_of(tmp_path / "book.xlsx")
    shared = (
        b'<row r="10"><c r="A10"><f t="shared" ref="A10:A11" si="0">SUM(Log!B$2:B$4)+ROW()</f><v>1</v></c>'
        b'<c r="B10"><f t="shared" ref="B10:B11" si="1">SUM(Log!B3:B4)</f><v>5</v></c></row>'
        b'<row r="11"><c r="A11"><f t="shared" si="0"/><v>1</v></c>'
        b'<c r="B11"><f t="shared" si="1"/><v>5</v></c></row></sheetData>'
    )
    sheet = unzip(path.read_bytes())["xl/worksheets/sheet2.xml"]
    rebuild(path, {"xl/worksheets/sheet2.xml": sheet.replace(b"</sheetData>", shared)})
    do(FileHost(path), MORE)
    after = unzip(path.read_bytes())["xl/worksheets/sheet2.xml"]
    for wanted in (
        b'<c r="A10"><f t="shared" ref="A10:A11" si="0">SUM(Log!B$2:B$6)+ROW()</f>',
        b'<c r="A11"><f t="shared" si="0"/>',
        b'<c r="B10"><f>SUM(Log!B3:B6)</f>',
        b'<c r="B11"><f>SUM(Log!B4:B5)</f>',
    ):
        assert wanted in after


def stored(document: Any, folder: Path) -> bytes:
    path = folder / "stored.xlsx"
    document.storeToURL(path.as_uri(), properties(FilterName="Calc MS Excel 2007 XML", Overwrite=True))
    return path.read_bytes()


def with_pivot(document: Any) -> Any:
    tables = document.Sheets.getByName("Own").DataPilotTables
    made = tables.createDataPilotDescriptor()
    made.setSourceRange(document.Sheets.getByName("Log").getCellRangeByName("A1:C4").RangeAddress)
    at = struct("com.sun.star.table.CellAddress")
    at.Sheet, at.Column, at.Row = 1, 0, 30
    tables.insertNewByName("Sums", at, made)
    return tables


@pytest.mark.parametrize("way", ["direct", "relay"])
def test_in_libreoffice(desk: Desk, tmp_path: Path, way: str) -> None:
    path = book_of(tmp_path / "book.xlsx")
    if way == "relay":
        with relay_to(desk.office) as (desktop, _):
            document = load(desktop, path)
            _in_libreoffice(document, tmp_path)
            close(document)
    else:
        _in_libreoffice(desk.open(path), tmp_path)


def all_of(document: Any) -> dict[str, Any]:
    """All that a document holds; but LibreOffice fits a row's height once a cell in it was entered."""
    found: dict[str, Any] = everything(document)
    for sheet in found["sheets"]:
        sheet.pop("shapes")
    return found


def _in_libreoffice(document: Any, folder: Path) -> None:
    pivots = with_pivot(document)
    host, before = LibreOfficeHost(document), all_of(document)
    applied = do(host, MORE)
    assert applied.extended == {**COUNTS, "pivot source": 1, "chart series": 1}
    assert pivots.getByName("Sums").SourceRange.EndRow == 5
    content = stored(document, folder)
    assert ends(content, 4) == {}
    assert {sort: ends(content, 6)[sort] for sort in WANTED} == WANTED
    host.undo()
    assert all_of(document) == before
    assert pivots.getByName("Sums").SourceRange.EndRow == 3


def test_undo_leaves_a_reference_that_was_changed_since(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(book_of(tmp_path / "book.xlsx"))
    host = LibreOfficeHost(document)
    do(host, MORE)
    cell = document.Sheets.getByName("Own").getCellRangeByName("A1")
    cell.setFormula("=MAX($Log.$B$2:$B$6)")
    host.undo()
    assert cell.getFormula() == "=MAX($Log.$B$2:$B$6)"


def test_in_excel_what_stays_short_is_told(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(book_of(tmp_path / "book.xlsx"))
    host = ExcelHost(opened(excel(desk.office.desktop), document))
    before = all_of(document)
    applied = do(host, MORE)
    assert applied.extended["formula"] == 1
    assert applied.extended["name"] >= 1
    assert applied.short["chart series"] == 2
    assert document.Sheets.getByName("Own").getCellRangeByName("A1").getFormula() == "=SUM($Log.$B$2:$B$6)"
    host.undo()
    assert all_of(document) == before


def test_whatever_call_fails_while_a_table_grows_all_is_as_it_was(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(book_of(tmp_path / "book.xlsx"))
    with_pivot(document)
    log = document.Sheets.getByName("Log")
    for row in range(1, 4):
        log.getCellByPosition(2, row).setFormula(f"=B{row + 1}*2")
    log.getCellRangeByName("A5").setString("typed below")
    calls = Calls()
    host = LibreOfficeHost(Wrapped(document, calls))
    before, edits = all_of(document), (GrowTable("Log", 4), MORE)
    calls.begin()
    do(host, *edits)
    made = {name: count for name, count in calls.counts.items() if changing(name)}
    host.undo()
    assert all_of(document) == before
    assert {"setTokens", "Content=", "setFormula", "DataArea=", "SourceRange=", "Ranges="} <= made.keys()
    for name, count in made.items():
        for number in {1, count}:
            calls.begin((name, number))
            try:
                do(host, *edits)
            except OfficeFailed:
                calls.begin()
            else:  # the work was done when it failed
                calls.begin()
                host.undo()
            assert all_of(document) == before, (name, number)
