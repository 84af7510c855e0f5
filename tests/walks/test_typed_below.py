"""Rows typed below a table, by the commands: read, told, grown over, whoever opens the workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from common import CASES, complaints
from live import Desk
from ooxml import unzip
from xlwings_uno import excel, opened

from qmsbook import commands
from qmsbook.book.table import Value
from qmsbook.commands import template
from qmsbook.hosts.excel.host import ExcelHost
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host, TableCannotGrow
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

ON = date(2026, 11, 10)
#: As in the small workbook rows_below_tables: below Measurements and Actions, and with a gap below Risks.
BELOW: dict[str, dict[int, tuple[Value, ...]]] = {
    "Measurements": {1: ("K07", "2026-11", 93.1), 2: ("K07", "2026-12", 94.0)},
    "Actions": {1: ("A90", "Order a second torque wrench", None, "Erin Foster", None, "open")},
    "Risks": {2: ("R99", None, None, "Typed two rows below the table")},
}


def typed(path: Path, rows: Mapping[str, Mapping[int, tuple[Value, ...]]] = BELOW) -> Path:
    """The example with rows typed below its tables by a program that does not grow them."""
    path.write_bytes(template("example.xlsx"))
    book = openpyxl.load_workbook(path)
    for name, lines in rows.items():
        sheet = book[name]
        last = int(sheet.tables[name].ref.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        for distance, values in lines.items():
            for column, value in enumerate(values, 1):
                if value is not None:
                    sheet.cell(last + distance, column).value = value  # type: ignore[assignment]
    book.save(path)
    return path


@pytest.fixture(params=["file", "libreoffice", "excel"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Host:
    path = typed(tmp_path / "acme.xlsx")
    if request.param == "file":
        return FileHost(path)
    desk: Desk = request.getfixturevalue("desk")
    document: Any = desk.open(path)
    return (
        LibreOfficeHost(document)
        if request.param == "libreoffice"
        else ExcelHost(opened(excel(desk.office.desktop), document))
    )


def rows(host: Host, name: str) -> int:
    table = host.read().table(name)
    assert table is not None
    return table.rows


def test_rows_below_are_read_told_and_grown_over(host: Host) -> None:
    before = {name: rows(host, name) for name in BELOW}
    looked = commands.look(host, ON)
    assert "K07@2026-11" in {looked.book.measurements.key(at) for at in range(len(looked.book.measurements))}
    assert looked.book.find("A90", "Actions") is not None
    assert looked.book.find("R99", "Risks") is None
    told = [f for f in looked.findings if f.code == "WBK050"]
    assert [(str(f.at), f.severity, f.table) for f in told] == [
        (f"Risks!A{before['Risks'] + 3}", "error", "Risks")
    ]
    assert f"Risks!A{before['Risks'] + 3}:D{before['Risks'] + 3}, below" in told[0].message
    done = commands.refresh(host, ON)
    assert "2 rows typed below Measurements now belong to the table." in done.changes
    assert "1 row typed below Actions now belongs to the table." in done.changes
    assert {name: rows(host, name) - count for name, count in before.items()} == {
        "Measurements": 2, "Actions": 1, "Risks": 0,
    }  # fmt: skip
    measurements = host.read().table("Measurements")
    assert measurements is not None
    name = measurements.find("Name")
    assert name is not None
    assert measurements.columns[name][-2:] == ["First response to a complaint"] * 2
    again = commands.refresh(host, ON)
    assert again.applied is not None
    assert not again.applied.changed


def test_a_new_period_comes_behind_what_was_typed(host: Host) -> None:
    before = rows(host, "Measurements")
    done = commands.add_period(host, "2026-12", ON)
    assert "2 rows typed below Measurements now belong to the table." in done.changes
    table = host.read().table("Measurements")
    assert table is not None
    assert list(zip(table.columns[0], table.columns[1], strict=True))[before : before + 2] == [
        ("K07", "2026-11"), ("K07", "2026-12")
    ]  # fmt: skip
    new = list(zip(table.columns[0], table.columns[1], strict=True))[before + 2 :]
    assert new
    assert ("K07", "2026-12") not in new


def test_a_check_only_says_it(host: Host) -> None:
    before = rows(host, "Measurements")
    commands.look(host, ON)
    assert rows(host, "Measurements") == before


def test_undo_leaves_them_below_the_table(host: Host) -> None:
    before = rows(host, "Measurements")
    commands.refresh(host, ON)
    commands.undo(host)
    assert rows(host, "Measurements") == before
    table = host.read().table("Measurements")
    assert table is not None
    assert table.below is not None
    assert [column[0] for column in table.below.columns[:3]] == ["K07", "2026-11", 93.1]


def test_the_validator_is_content(tmp_path: Path) -> None:
    host = FileHost(typed(tmp_path / "acme.xlsx"))
    before = complaints(host.path)
    commands.refresh(host, ON)
    assert complaints(host.path) <= before


def test_a_dry_run_says_it_and_writes_nothing(tmp_path: Path) -> None:
    host = FileHost(typed(tmp_path / "acme.xlsx"))
    before = host.path.read_bytes()
    done = commands.refresh(host, ON, commands.How(dry_run=True))
    assert "2 rows typed below Measurements now belong to the table." in done.changes
    assert host.path.read_bytes() == before


def test_a_note_or_a_total_is_left_alone_with_one_advice(tmp_path: Path) -> None:
    note = {"Measurements": {1: (None, None, 4711.0), 3: (None, None, None, "See the minutes")}}
    host = FileHost(typed(tmp_path / "acme.xlsx", note))
    last = rows(host, "Measurements") + 1
    looked = commands.look(host, ON)
    found = [f for f in looked.findings if f.code == "WBK051"]
    assert [(f.severity, str(f.at)) for f in found] == [("advice", f"Measurements!C{last + 1}")]
    assert f"Measurements!C{last + 1}, Measurements!D{last + 3}" in found[0].message
    commands.refresh(host, ON)
    assert rows(host, "Measurements") + 1 == last
    before = host.path.read_bytes()
    with pytest.raises(TableCannotGrow, match=f"Measurements!C{last + 1}"):
        commands.add_period(host, "2026-12", ON)
    assert host.path.read_bytes() == before


def test_a_total_in_the_column_of_ids_is_no_row(tmp_path: Path) -> None:
    total = {"Measurements": {1: ("Total", None, 4711.0), 2: ("K07", "2026-12", 12.0)}}
    host = FileHost(typed(tmp_path / "acme.xlsx", total))
    last = rows(host, "Measurements") + 1
    found = {f.code: f for f in commands.look(host, ON).findings if f.code in {"WBK050", "WBK051"}}
    assert set(found) == {"WBK050", "WBK051"}
    assert f"A{last + 1}:C{last + 1}, no whole row, comes between." in found["WBK050"].message
    commands.refresh(host, ON)
    assert rows(host, "Measurements") + 1 == last


def test_two_essential_cells_make_a_row(tmp_path: Path) -> None:
    host = FileHost(typed(tmp_path / "acme.xlsx", {"Measurements": {1: (None, "2026-11", 4.0)}}))
    book = commands.look(host, ON).book
    assert book.measurements.period[-1] == "2026-11"
    assert book.measurements.kpi[-1] == ""


def test_nothing_below_a_totals_row_counts(tmp_path: Path) -> None:
    path = typed(tmp_path / "acme.xlsx", {"Ideas": {2: ("I90", "me", "It squeaks")}})
    book = openpyxl.load_workbook(path)
    table = book["Ideas"].tables["Ideas"]
    last = book["Ideas"].max_row
    table.ref, table.totalsRowCount = f"A1:K{last - 1}", 1
    book.save(path)
    looked = commands.look(FileHost(path), ON)
    assert looked.book.find("I90", "Ideas") is None
    assert not [f for f in looked.findings if f.code in {"WBK050", "WBK051"} and f.table == "Ideas"]


@pytest.mark.parametrize(("gap", "told"), [(1, 1), (20, 1), (21, 0)])
def test_a_gap_of_up_to_twenty_blank_rows_is_told(tmp_path: Path, gap: int, told: int) -> None:
    path = typed(tmp_path / "acme.xlsx", {"Risks": {gap + 1: ("R99", "threat")}})
    found = [f for f in commands.look(FileHost(path), ON).findings if f.code == "WBK050"]
    assert len(found) == told


def test_all_rows_apart_are_one_finding(tmp_path: Path) -> None:
    lines = {2: ("R90", "threat"), 3: ("R91", "threat"), 6: ("R92",)}
    path = typed(tmp_path / "acme.xlsx", {"Risks": lines})
    last = rows(FileHost(path), "Risks") + 1
    (found,) = [f for f in commands.look(FileHost(path), ON).findings if f.code == "WBK050"]
    assert f"Risks!A{last + 2}:B{last + 3}, Risks!A{last + 6}, below" in found.message


@pytest.mark.skipif(not CASES.is_dir(), reason="the small workbooks lie beside the repository only")
def test_the_small_workbook_gives_its_answer(tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes((CASES / "rows_below_tables.xlsx").read_bytes())
    host = FileHost(path)
    (found,) = [f for f in commands.look(host, ON).findings if f.code == "WBK050"]
    assert str(found.at) == "Risks!A20"
    commands.refresh(host, ON)
    refs = {t.name: t.rows + 1 for t in host.read().tables if t.name in BELOW}
    assert refs == {"Measurements": 76, "Actions": 27, "Risks": 18}
    assert unzip(path.read_bytes())
