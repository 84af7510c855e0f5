"""Thirty workbooks that real Excel saved go through every kind of edit, or are refused, and lose nothing."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from common import (
    EXCEL_FILES,
    HEADERS,
    ROWS,
    add_sheet,
    complaints,
    drawing,
    parts_of,
    put_table,
)

from qmsbook.book.edit import KEEP, AppendRows, Edit, Fill, FillCells, PutSheet, RemoveSheet, SetColumn
from qmsbook.book.table import Value
from qmsbook.hosts.file.blocks import all_cells
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.workbook import Workbook
from qmsbook.hosts.host import WorkbookSigned, WorkbookTracksChanges

FILES = sorted(EXCEL_FILES.glob("*.xl*"))
#: Parts that hang everything together, so that a new sheet changes them.
FRAME = {
    "[Content_Types].xml",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
}
REVIEW, FINDINGS = "qmsbook:review:2026-Q3", "qmsbook:findings"
REFUSED = {
    "ms-office-2010-signed.xlsx": WorkbookSigned,
    "workbookProtection_workbook_revision_protected.xlsx": WorkbookTracksChanges,
}

pytestmark = pytest.mark.skipif(not FILES, reason="the workbooks saved by Excel are not on this machine")


def tables() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet("KPIs")
        below = put_table(book, sheet, "KPIs", HEADERS, ROWS)
        put_table(
            book, sheet, "Measurements", ("KPI", "Period", "Value"), [("007", "2026-01", 1.5)], below + 3
        )
    return target.getvalue()


def foreign_cells(path: Path, names: set[str]) -> dict[tuple[str, int, int], Value]:
    """Every cell of the workbook's own sheets."""
    workbook = Workbook(Package(path.read_bytes()))
    decoder = Decoder(workbook)
    return {
        (sheet.name, row, column): value
        for sheet in workbook.worksheets()
        if sheet.name in names
        for row, column, value in all_cells(SheetXml(workbook.package.xml(sheet.part)), decoder)
    }


def openpyxl_cells(path: Path, names: set[str]) -> dict[tuple[str, str], tuple[object, object]] | None:
    """The same cells through openpyxl, with number formats; None for a file that openpyxl cannot read."""
    try:
        book = openpyxl.load_workbook(path)
    except Exception:  # openpyxl fails in many ways, and only its word on files it can read is wanted
        return None
    return {
        (sheet.title, cell.coordinate): (_content(cell.value), cell.number_format)
        for sheet in book.worksheets
        if sheet.title in names
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def _content(value: object) -> object:
    """What a cell holds; array formulas and data tables are objects without a word of their own."""
    return sorted(vars(value).items(), key=str) if hasattr(value, "ref") else value


def walk(path: Path) -> None:
    """Set, append, fill, put, replace, put beside and remove, each saved and read anew."""

    def do(*edits: Edit) -> bool:
        host = FileHost(path)
        return host.apply(edits, host.read()).changed

    add_sheet(path, tables(), "KPIs")
    statuses = SetColumn("KPIs", "Status", ("on plan", "=off", date(2026, 1, 1)))
    assert do(statuses, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    assert not do(statuses, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    assert do(AppendRows("Measurements", ({"KPI": "007", "Period": "2026-02", "Value": 0.1 + 0.2},) * 3))
    assert do(
        FillCells("KPIs", (Fill(1, "Due", None, date(2026, 5, 1)),)),
        SetColumn("KPIs", "Double", (1.0, KEEP, True)),
    )
    assert do(
        PutSheet(REVIEW, "Other name", drawing(REVIEW, words=("new", "words", "here"))),
        PutSheet(FINDINGS, "Findings", drawing(FINDINGS, "Findings", table="Found")),
    )
    again = FileHost(path)
    content = path.read_bytes()
    assert do(RemoveSheet(FINDINGS))
    again.undo()
    assert path.read_bytes() == content


@pytest.mark.parametrize("source", FILES, ids=lambda path: path.name)
def test_a_workbook_loses_nothing(source: Path, tmp_path: Path) -> None:
    path = tmp_path / source.name
    shutil.copyfile(source, path)
    before = parts_of(path)
    snapshot = FileHost(path).read()
    names = set(snapshot.sheets)
    cells, through_openpyxl = foreign_cells(path, names), openpyxl_cells(path, names)
    if source.name in REFUSED:
        with pytest.raises(REFUSED[source.name]):
            walk(path)
        assert path.read_bytes() == source.read_bytes()
        return
    walk(path)
    after = parts_of(path)
    assert {name for name in before if after.get(name) != before[name]} <= FRAME
    assert list(after)[: len(before)] == list(before)
    now = FileHost(path).read()
    assert now.sheets[: len(snapshot.sheets)] == snapshot.sheets
    assert now.properties == snapshot.properties
    assert foreign_cells(path, names) == cells
    assert openpyxl_cells(path, names) == through_openpyxl
    found = now.table("Measurements") if snapshot.table("Measurements") is None else None
    assert found is not None
    assert found.columns[2] == [1.5, 0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2]
    assert now.sheet(REVIEW) is not None
    assert now.sheet(FINDINGS) is not None


def test_at_most_five_are_refused() -> None:
    assert len(FILES) == 30
    assert len(REFUSED) <= 5


def compressed(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as package:
        content = path.read_bytes()
        return {
            info.filename: hashlib.sha256(content[start : start + info.compress_size]).hexdigest()
            for info in package.infolist()
            for start in [
                info.header_offset
                + 30
                + int.from_bytes(content[info.header_offset + 26 : info.header_offset + 28], "little")
                + int.from_bytes(content[info.header_offset + 28 : info.header_offset + 30], "little")
            ]
        }


def test_untouched_parts_keep_even_their_compressed_bytes(tmp_path: Path) -> None:
    source = EXCEL_FILES / "Complex01.xlsx"
    path = tmp_path / source.name
    shutil.copyfile(source, path)
    before = compressed(path)
    walk(path)
    after = compressed(path)
    assert {name for name in before if before[name] != after.get(name)} <= FRAME


@pytest.mark.parametrize(
    "source", [path for path in FILES if path.name not in REFUSED][::3], ids=lambda path: path.name
)
def test_the_validator_finds_nothing_new(source: Path, tmp_path: Path) -> None:
    path = tmp_path / source.name
    shutil.copyfile(source, path)
    before = complaints(source)
    walk(path)
    assert complaints(path) <= before


def test_libreoffice_opens_the_results(tmp_path: Path) -> None:
    command = shutil.which("soffice")
    if command is None:
        pytest.skip("LibreOffice is not installed")
    names = ("simple-monthly-budget.xlsx", "Complex01.xlsx", "udf_tests.xlsm", "issue_281.xlsx")
    for name in names:
        shutil.copyfile(EXCEL_FILES / name, tmp_path / name)
        walk(tmp_path / name)
    out = tmp_path / "out"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    found = [str(tmp_path / name) for name in names]
    arguments = [command, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(out), *found]
    subprocess.run(arguments, capture_output=True, timeout=180, check=True)
    for name in names:
        result = (out / name).with_suffix(".xlsx")
        book = openpyxl.load_workbook(result, read_only=True)  # so it leaves foreign pictures alone
        assert book["Review"]["A2"].value == "new"
        assert book["KPIs"]["G3"].value == "=off"
        book.close()
        charts = [
            part for part, content in parts_of(result).items() if b"Review" in content and "/charts/" in part
        ]
        assert len(charts) >= 1
