"""`repair`: what other programs drop is put back, by the headers; no typed cell changes."""

from __future__ import annotations

import html
import re
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from common import CASES, complaints, rebuild
from dropped import ALL, dropped
from hands import type_in
from office import resave
from ooxml import parse, sheet_parts, tables, unzip, zipped
from openpyxl.worksheet.table import Table
from reshape import add_sheet, rearrange

from qmsbook import commands
from qmsbook.book.cell import letters
from qmsbook.book.recognize import strays
from qmsbook.commands import TableAstray, template
from qmsbook.commands.repair_workbook import NotRepaired, repair
from qmsbook.doors.cli.app import main
from qmsbook.hosts.file.blocks import all_cells
from qmsbook.hosts.file.decoder import Decoder
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.workbook import Workbook
from qmsbook.hosts.host import NotAQmsbook, NothingToUndo, SheetProtected, WouldLoseContent

ON = date(2026, 11, 10)


def saved(path: Path, content: bytes) -> FileHost:
    path.write_bytes(content)
    return FileHost(path)


def cells(content: bytes) -> dict[str, list[tuple[int, int, object]]]:
    book = Workbook(Package(content))
    return {
        sheet.name: list(all_cells(SheetXml(book.package.xml(sheet.part), sheet.part), Decoder(book)))
        for sheet in book.worksheets()
    }


def findings(host: FileHost) -> list[tuple[str, str]]:
    return [(f.code, str(f.at)) for f in commands.look(host, ON).findings]


def hanging(content: bytes) -> dict[str, list[str]]:
    """The rules and colors of each sheet, as they read, whatever number a format has."""
    book = Workbook(Package(content))
    found = {}
    for sheet in book.worksheets():
        data = re.sub(rb' (?:priority|dxfId|count)="[0-9]+"', b"", book.package.xml(sheet.part))
        kinds = (
            rb"<dataValidation .*?(?:</dataValidation>|/>)|<conditionalFormatting .*?</conditionalFormatting>"
        )
        found[sheet.name] = sorted(html.unescape(m[0].decode()) for m in re.finditer(kinds, data, re.DOTALL))
    return found


@pytest.fixture(scope="module")
def example() -> bytes:
    return template("example.xlsx")


def test_all_that_was_dropped_is_put_back(example: bytes, tmp_path: Path) -> None:
    whole, host = saved(tmp_path / "whole.xlsx", example), saved(tmp_path / "acme.xlsx", dropped(example))
    with pytest.raises(NotAQmsbook, match=r"KPIs.* still have their headers: .* qmsbook repair"):
        commands.look(host)
    before = host.path.read_bytes()
    told = " ".join(repair(host).changes)
    after = host.path.read_bytes()
    assert told.count("stands again over its headers") == 16
    assert "7 lists behind drop-downs put back." in told
    assert cells(after) == cells(before) == cells(example)
    assert hanging(after) == hanging(example)
    assert findings(host) == findings(whole)
    now, then = host.read(), whole.read()
    assert [(t.name, t.sheet, t.row, t.rows, t.headers) for t in now.tables] == [
        (t.name, t.sheet, t.row, t.rows, t.headers) for t in then.tables
    ]
    assert complaints(host.path) == set()
    assert repair(host).changes == ()
    assert host.path.read_bytes() == after
    commands.undo(host)
    assert host.path.read_bytes() == before


def test_columns_have_their_formats_to_the_sheets_end_again(example: bytes, tmp_path: Path) -> None:
    host = saved(tmp_path / "acme.xlsx", dropped(example, ("columns",)))
    assert "Measurements: formats of 16 columns put back." in repair(host).changes
    book = Workbook(Package(host.path.read_bytes()))
    sheet = next(each for each in book.worksheets() if each.name == "Measurements")
    styles = SheetXml(book.package.xml(sheet.part), sheet.part).column_styles()
    styled = book.package.xml(book.part_of_kind("styles") or "")
    formats = re.findall(rb"<xf [^>]*?numFmtId=\"([0-9]+)\"", styled[styled.index(b"<cellXfs") :])
    assert [formats[styles[column]] for column in (1, 2)] == [b"49", b"49"]


@pytest.mark.parametrize("what", ALL)
def test_only_what_is_missing_is_put(example: bytes, tmp_path: Path, what: str) -> None:
    host = saved(tmp_path / "acme.xlsx", dropped(example, (what,)))
    assert repair(host, dry_run=True).changes
    assert host.path.read_bytes() == dropped(example, (what,))
    repair(host)
    after = host.path.read_bytes()
    assert hanging(after) == hanging(example)
    assert complaints(host.path) == set()


def test_a_whole_workbook_is_left_as_it_is(example: bytes, tmp_path: Path) -> None:
    host = saved(tmp_path / "acme.xlsx", example)
    assert repair(host).changes == ()
    assert host.path.read_bytes() == example
    with pytest.raises(NothingToUndo):
        commands.undo(host)


def test_a_table_that_stands_nowhere_is_not_said_to_be_there(example: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(example)
    book = openpyxl.load_workbook(path)
    book.remove(book["Goals"])
    book.save(path)
    host = FileHost(path)
    with pytest.raises(NotRepaired, match="There is no table Goals, and its headers were not found"):
        repair(host)


def test_a_list_beside_a_table_of_the_users_is_known_by_its_headers(example: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(example)
    book = openpyxl.load_workbook(path)
    sheet = book["Measurements"]
    del sheet.tables["Measurements"]
    sheet["AA1"], sheet["AB1"], sheet["AA2"] = "Mine", "Too", 1
    sheet.add_table(Table(displayName="Own", ref="AA1:AB2"))
    book.save(path)
    host = FileHost(path)
    with pytest.raises(TableAstray, match="Its headers stand on the sheet Measurements"):
        commands.refresh(host, on=ON)
    assert any("The table Measurements stands again" in change for change in repair(host).changes)
    commands.refresh(host, on=ON)
    assert host.read().table("Own") is not None


def test_reordered_columns_and_own_ones_get_what_is_theirs(example: bytes, tmp_path: Path) -> None:
    parts = unzip(example)
    headers = list(tables(parts)["Risks"].headers)
    rearrange(parts, "Risks", [headers[-1], *reversed(headers[1:-1]), headers[0]])
    content = zipped(parts)
    host = saved(tmp_path / "acme.xlsx", dropped(content, sheets=("Risks",)))
    repair(host)
    risks = hanging(host.path.read_bytes())["Risks"]
    table = host.read().table("Risks")
    assert table is not None
    assert table.headers[-1] == "Risk"
    kind, band = (table.find(header) for header in ("Kind", "Band"))
    assert kind is not None
    assert band is not None
    assert any(
        f'AND(${letters(kind + 1)}2="opportunity",{letters(band + 1)}2&lt;&gt;"")' in rule
        or f'AND(${letters(kind + 1)}2="opportunity",{letters(band + 1)}2<>"")' in rule.replace("&gt;", ">")
        for rule in risks
    )
    assert len(risks) == len(hanging(example)["Risks"])


def test_a_table_under_another_name_gets_its_own_back(example: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    host = saved(path, example)
    number = re.compile(rb'displayName="Measurements"')
    part = next(name for name, data in unzip(example).items() if "tables/" in name and number.search(data))
    renamed = unzip(example)[part].replace(b'ame="Measurements"', b'ame="Measurements5"')
    mine = b'<definedName name="Mine">SUM(Measurements5[Value],Measurements55[Value])</definedName>'
    book = unzip(example)["xl/workbook.xml"].replace(b"</definedNames>", mine + b"</definedNames>")
    rebuild(path, {part: renamed, "xl/workbook.xml": book})
    assert [each.table for each in strays(host.read())] == ["Measurements5"]
    assert "The table Measurements5 is called Measurements again." in repair(host).changes
    assert host.read().table("Measurements") is not None
    assert b"SUM(Measurements[Value],Measurements55[Value])" in unzip(path.read_bytes())["xl/workbook.xml"]


def test_rows_with_a_blank_one_between_come_back_as_one_table(example: bytes, tmp_path: Path) -> None:
    typed = type_in(dropped(example, ("tables",), ("Ideas",)), "Ideas", {"A15": "I90", "C15": "It squeaks"})
    host = saved(tmp_path / "acme.xlsx", typed)
    rows = next(t for t in saved(tmp_path / "whole.xlsx", example).read().tables if t.name == "Ideas").rows
    repair(host)
    ideas = host.read().table("Ideas")
    assert ideas is not None
    assert ideas.rows == 14
    assert rows < 14
    assert ideas.columns[0][13] == "I90"


def test_two_sheets_that_could_be_it_are_for_the_person_to_settle(example: bytes, tmp_path: Path) -> None:
    content = dropped(example, ("tables",), ("KPIs",))
    parts = unzip(content)
    add_sheet(parts, "KPIs old", parse(parts[sheet_parts(parts)["KPIs"]]), at=1)
    host = saved(tmp_path / "acme.xlsx", zipped(parts))
    with pytest.raises(NotRepaired, match="KPIs old and KPIs could each be KPIs; delete all but one, then"):
        repair(host)
    assert host.read().table("KPIs") is None


@pytest.mark.parametrize(
    ("behind", "problem", "said"),
    [
        (b'<mergeCells count="1"><mergeCell ref="A3:B3"/></mergeCells>', WouldLoseContent, "A3:B3 is merged"),
        (b'<sheetProtection sheet="1"/>', SheetProtected, "KPIs"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    example: bytes, tmp_path: Path, behind: bytes, problem: type[Exception], said: str
) -> None:
    content = dropped(example, ("tables",), ("KPIs",))
    host = saved(tmp_path / "acme.xlsx", content)
    snapshot = host.read()
    place = snapshot.sheets.index("KPIs") + 1
    part = f"xl/worksheets/sheet{place}.xml"
    changed = unzip(content)[part].replace(b"</sheetData>", b"</sheetData>" + behind)
    rebuild(host.path, {part: changed})
    before = host.path.read_bytes()
    with pytest.raises(problem, match=said):
        repair(host)
    assert host.path.read_bytes() == before


def test_rules_that_reached_the_sheets_end_are_cut(example: bytes, tmp_path: Path) -> None:
    long = {
        name: re.sub(rb'sqref="([A-Z]+)2:[A-Z]+[0-9]{4,5}"', rb'sqref="\g<1>2:\g<1>1048576"', data)
        for name, data in unzip(example).items()
    }
    host = saved(tmp_path / "acme.xlsx", zipped(long))
    assert host.read().table("KPIs") is not None
    commands.refresh(host, on=ON)
    assert "Drop-downs and colors of 16 tables end 5,000 rows beyond" in " ".join(repair(host).changes)
    assert b"1048576" not in b"".join(d for n, d in unzip(host.path.read_bytes()).items() if "sheets/" in n)
    kpis = "KPIs"
    assert hanging(host.path.read_bytes())[kpis] == hanging(example)[kpis]


def test_libreoffice_opens_what_was_repaired(example: bytes, tmp_path: Path) -> None:
    host = saved(tmp_path / "acme.xlsx", dropped(example))
    repair(host)
    (again,) = resave([host.path], tmp_path / "saved")
    assert [t.name for t in FileHost(again).read().tables] == [t.name for t in host.read().tables]


def test_a_workbook_that_is_none_of_ours_is_not_touched(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Name", "Phone"])
    book.save(tmp_path / "phones.xlsx")
    with pytest.raises(NotAQmsbook) as problem:
        repair(FileHost(tmp_path / "phones.xlsx"))
    assert "repair" not in str(problem.value)


def test_the_command_line_repairs(example: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(dropped(example))
    with pytest.raises(SystemExit) as ended:
        main(["refresh", str(path)])
    assert ended.value.code == 2
    assert "qmsbook repair" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["repair", str(path)])
    assert ended.value.code == 0
    assert "The table KPIs stands again over its headers on the sheet KPIs." in capsys.readouterr().out


@pytest.mark.skipif(not CASES.is_dir(), reason="the small workbooks lie beside the repository only")
@pytest.mark.parametrize("name", ["kpis_converted_to_range", "table_renamed_by_sheet_copy"])
def test_what_a_person_ends_up_with_is_mended(tmp_path: Path, name: str) -> None:
    base = saved(tmp_path / "base.xlsx", (CASES / "base.xlsx").read_bytes())
    host = saved(tmp_path / "acme.xlsx", (CASES / f"{name}.xlsx").read_bytes())
    repair(host)
    assert [code for code, _ in findings(host)] == [code for code, _ in findings(base)]


_REPAIR = """
import sys
from qmsbook import commands
from qmsbook.hosts.file.host import FileHost
host = FileHost(sys.argv[1])
print("ready", flush=True)
while True:
    repair(host)
    commands.undo(host)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_repair_killed_at_any_moment_leaves_a_whole_workbook(example: bytes, tmp_path: Path) -> None:
    path, broken = tmp_path / "acme.xlsx", dropped(example)
    host = saved(path, broken)
    repair(host)
    mended = path.read_bytes()
    path.write_bytes(broken)
    for moment in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", _REPAIR, str(path)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.2 + 0.31 * moment)
            process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in (broken, mended)
    assert repair(host).changes
    assert path.read_bytes() == mended
