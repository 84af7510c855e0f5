"""Where a table of the plan is missing or has another name, whatever judges, writes or mails stops."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from astray import as_range, renamed
from common import CASES, complaints
from live import Desk
from typed_command import typed

from qmsbook import commands
from qmsbook.commands import TableAstray, template
from qmsbook.doors.buttons import COMMANDS, run
from qmsbook.doors.screens.memory import MemoryScreen
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.pages.findings import MARK as FINDINGS
from qmsbook.setup.places import places

ON = "2026-11-10"
#: Every command that reads a workbook to judge, write or mail, as it is typed.
STOPPED = [
    ["refresh"], ["refresh", "--dry-run"], ["boards"], ["period", "2026-10"],
    ["review", "--period", "2026-Q3"], ["close", "--period", "2026-Q3"], ["reopen", "--period", "2026-Q2"],
    ["mail", "--period", "2026-Q3"], ["remind"], ["collect", "back.xlsx"],
]  # fmt: skip
ASTRAY: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "Measurements renamed": (
        lambda content: renamed(content, "Measurements", "Measurements5"),
        "There is no table Measurements. The table Measurements5 on sheet Measurements looks like it.",
    ),
    "Actions renamed": (
        lambda content: renamed(content, "Actions", "Actions_2"),
        "There is no table Actions. The table Actions_2 on sheet Actions looks like it.",
    ),
    "KPIs a range": (lambda content: as_range(content, "KPIs"), "There is no table KPIs."),
    "Goals a range": (lambda content: as_range(content, "Goals"), "There is no table Goals."),
    **{
        f"{name} a range": (
            lambda content, name=name: as_range(content, name),  # type: ignore[misc]  # mypy guesses no type for a default
            f"There is no table {name}. Its headers stand on the sheet {name}.",
        )
        for name in ("Settings", "People", "Targets", "Actions", "Decisions", "Waivers")
    },
}


@pytest.fixture(params=ASTRAY)
def astray(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str]:
    """A workbook with a table astray, and what is to be said of it."""
    change, said = ASTRAY[request.param]
    path = tmp_path / "acme.xlsx"
    path.write_bytes(change(template("example.xlsx")))
    assert complaints(path) == set()
    return path, said


def test_every_command_that_judges_writes_or_mails_stops(
    astray: tuple[Path, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, said = astray
    monkeypatch.chdir(path.parent)
    Path("back.xlsx").write_bytes(template("example.xlsx"))
    content, there = path.read_bytes(), sorted(path.parent.iterdir())
    for command, *rest in STOPPED:
        code, out, err = typed(capsys, command, path, *rest, "--on", ON)
        assert (code, out) == (3, ""), (command, err)
        assert said in err
        assert "nothing was written" in err
        assert "qmsbook repair" in err
        assert len(err.strip().splitlines()) == 1
    assert path.read_bytes() == content
    assert sorted(path.parent.iterdir()) == there


def test_check_goes_on_and_tells_it_first(
    astray: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    path, said = astray
    content = path.read_bytes()
    code, out, _ = typed(capsys, "check", path, "--json", "--on", ON)
    first = json.loads(out)["findings"][0]
    assert code == 1
    assert first["code"] in ("WBK001", "WBK002")
    assert said in first["message"] or first["code"] == "WBK001"
    assert path.read_bytes() == content


def test_the_buttons_say_it_and_leave_the_workbook_alone(astray: tuple[Path, str]) -> None:
    path, said = astray
    here = places("linux", {"HOME": str(path.parent)})
    content = path.read_bytes()
    for command in sorted(COMMANDS.keys() - {"check", "findings", "help", "undo"}):
        screen = MemoryScreen(FileHost(path), True)
        answer = run(command, screen, date(2026, 11, 10), here)
        assert said in answer, command
        assert screen.told == [answer]
    assert path.read_bytes() == content
    screen = MemoryScreen(FileHost(path), False)
    assert " no table " in run("check", screen, date(2026, 11, 10), here)
    assert FileHost(path).read().sheet(FINDINGS) is not None
    assert "no table" in run("help", MemoryScreen(FileHost(path), False), date(2026, 11, 10), here)
    run("undo", MemoryScreen(FileHost(path), False), date(2026, 11, 10), here)
    assert path.read_bytes() == content


def test_an_optional_table_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(as_range(as_range(template("example.xlsx"), "Context"), "Waivers"))
    book = openpyxl.load_workbook(path)
    book.remove(book["Context"])
    book.remove(book["Waivers"])
    own = book.create_sheet("Accepted")  # a list of the company's own, with some of the same headers
    own.append(["Code", "Row", "Reason", "By", "Until", "Remark"])
    book.save(path)
    done = commands.refresh(FileHost(path), date(2026, 11, 10))
    assert done.looked is not None
    (told,) = [each for each in done.looked.findings if each.code == "WBK004"]
    assert "Context and Waivers" in told.message


# -- the workbooks that people really ended up with


def found_in(name: str) -> list[tuple[str, str, str]]:
    looked = commands.look(FileHost(CASES / name), date(2026, 11, 10), as_it_is=True)
    return [(each.code, str(each.at), each.message) for each in looked.findings]


@pytest.mark.skipif(not CASES.is_dir(), reason="needs the small workbooks beside the repository")
def test_a_range_that_was_a_table_gives_no_finding_but_its_own() -> None:
    before, after = found_in("base.xlsx"), found_in("kpis_converted_to_range.xlsx")
    assert [each[0] for each in after if each not in before] == ["WBK001"]
    assert not any("K0" in message and "is the id of no row" in message for _, _, message in after)


@pytest.mark.skipif(not CASES.is_dir(), reason="needs the small workbooks beside the repository")
def test_a_copied_sheet_stops_what_writes() -> None:
    before, after = found_in("base.xlsx"), found_in("table_renamed_by_sheet_copy.xlsx")
    assert [each[0] for each in after if each not in before] == ["WBK002"]
    with pytest.raises(TableAstray, match="Measurements5 on sheet "):
        commands.refresh(
            FileHost(CASES / "table_renamed_by_sheet_copy.xlsx"),
            date(2026, 11, 10),
            commands.How(dry_run=True),
        )


def test_a_sheet_that_is_deleted_in_libreoffice_takes_no_other_table_unseen(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    document = desk.open(path)
    document.Sheets.removeByName("Waivers")  # Decisions, before it, is no table any more
    host = LibreOfficeHost(document)
    if host.read().table("Decisions") is None:
        with pytest.raises(
            TableAstray, match=r"no table Decisions\. Its headers stand on the sheet Decisions"
        ):
            commands.refresh(host, date(2026, 11, 10))
