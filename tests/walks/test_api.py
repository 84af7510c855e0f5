"""qmsbook from Python: open, check, assess, frames."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import qmsbook
from qmsbook.book.table import columns_of
from qmsbook.book.tables import TABLES
from qmsbook.commands import template
from qmsbook.hosts.host import NotAQmsbook, WorkbookUnreadable


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("api") / "example.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


def test_records_know_their_cells(example: Path) -> None:
    book = qmsbook.open(example)
    kpi = book.kpi("K11")
    assert kpi is not None
    assert kpi.name == "On-time delivery to promised date"
    assert kpi.cell("target").sheet == "KPIs"
    raw = book.tables["KPIs"]
    at = kpi.cell("target")
    assert raw.columns[at.column - raw.column][at.row - raw.row - 1] == kpi.target == 95.0


def test_the_day_is_the_setting_unless_given(example: Path) -> None:
    assert qmsbook.open(example).on == date(2026, 11, 10)
    assert qmsbook.open(str(example), on=date(2026, 9, 1)).on == date(2026, 9, 1)


def test_check_and_assess_agree_with_each_other(example: Path) -> None:
    book = qmsbook.open(example)
    assessed = qmsbook.assess(book)
    assert set(assessed.kpis) == {kpi.id for kpi in book.kpis if kpi.id}
    assert qmsbook.check(book) == qmsbook.check(book, assessed)


def test_frames_give_every_table_with_its_headers(example: Path) -> None:
    book = qmsbook.open(example)
    frames = qmsbook.frames(book)
    assert list(frames) == [record.TABLE for record in TABLES]
    for record in TABLES:
        frame = frames[record.TABLE]
        for name, column in columns_of(record).items():
            kept = record.TABLE not in {"Measurements", "Settings"} or hasattr(book.measurements, name)
            if kept and record.TABLE != "Settings":
                assert column.header in frame.columns
    readings = frames["Measurements"]
    assert len(readings) == len(book.measurements)
    assert readings["Value"].dtype == float
    assert frames["KPIs"]["Target on"].dtype.kind == "M"
    assert frames["KPIs"].set_index("KPI").loc["K11", "Target"] == 95.0


def test_opening_what_is_no_workbook_raises_what_the_docs_say(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_text("no workbook")
    with pytest.raises(WorkbookUnreadable, match="cannot be read"):
        qmsbook.open(path)
    path.write_bytes(_foreign())
    with pytest.raises(NotAQmsbook):
        qmsbook.open(path)


def test_importing_qmsbook_imports_nothing_heavy() -> None:
    program = (
        "import sys, qmsbook; heavy = ('pandas', 'openpyxl', 'lxml', 'pydantic', 'click', 'rich')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )
    assert ran.stdout.strip() == "[]"


def _foreign() -> bytes:
    import io

    import openpyxl

    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()
