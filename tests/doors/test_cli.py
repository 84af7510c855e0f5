"""The command line as a person meets it: words, exit codes, and files that stay as they were."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from typed_command import Run, example, run

from qmsbook.commands import template

__all__ = ["example", "run"]


def test_new_makes_a_workbook_that_checks_without_errors(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    code, out, _ = run("new", path, "--company", "Acme & Söhne <GmbH>")
    assert code == 0
    assert "acme.xlsx is ready" in out
    code, out, err = run("check", path, "--json")
    assert code == 0, err
    assert [f for f in json.loads(out)["findings"] if f["severity"] == "error"] == []


def test_new_gives_every_workbook_its_own_id_and_its_company(run: Run, tmp_path: Path) -> None:
    import qmsbook
    from qmsbook.hosts.file.host import FileHost

    ids = set()
    for name in ("a.xlsx", "b.xlsx"):
        run("new", tmp_path / name, "--company", "Acme & Söhne <GmbH>")
        ids.add(FileHost(tmp_path / name).read().properties["qmsbook.id"])
        assert qmsbook.open(tmp_path / name).settings.company == "Acme & Söhne <GmbH>"
    assert len(ids) == 2


def test_new_never_overwrites(run: Run, example: Path) -> None:
    before = example.read_bytes()
    code, _, err = run("new", example)
    assert code == 2
    assert "already a file" in err
    assert example.read_bytes() == before


def test_check_writes_nothing_and_fails_on_errors(run: Run, example: Path) -> None:
    before = example.read_bytes()
    code, out, _ = run("check", example)
    assert code == 1
    assert "error" in out
    assert example.read_bytes() == before
    assert sorted(p.name for p in example.parent.iterdir()) == ["acme.xlsx"]
    assert run("check", example, "--fail-on", "never")[0] == 0


def test_check_of_one_person(run: Run, example: Path) -> None:
    code, out, _ = run("check", example, "--json", "--owner", "sofia")
    assert code == 1
    found = json.loads(out)["findings"]
    assert {place["owner"] for f in found for place in f.get("places", [f])} == {"Sofia Delgado"}
    assert "MEA006" in run("check", example, "--owner", "Sofia Delgado")[1]
    code, _, err = run("check", example, "--owner", "Nobody Here")
    assert code == 2
    assert "Nobody of that name" in err


def test_check_in_json_has_the_documented_fields(run: Run, example: Path) -> None:
    answer = json.loads(run("check", example, "--json")[1])
    assert answer["schema"] == 2
    assert answer["findings"]
    place = {"table", "sheet", "cell", "row", "column", "value", "message", "owner", "fix"}
    for finding in answer["findings"]:
        assert finding.keys() - {"places"} == place | {"code", "severity", "waived"}
        assert len(finding.get("places", "ab")) > 1
        assert all(each.keys() == place | {"code", "severity"} for each in finding.get("places", ()))
        assert finding["severity"] in {"error", "warning", "advice"}
        assert finding["message"].endswith((".", "?"))
        assert finding["fix"]


def test_dry_run_says_what_would_change_and_changes_nothing(run: Run, example: Path) -> None:
    before = example.read_bytes()
    code, out, _ = run("refresh", example, "--dry-run")
    assert code == 0
    assert "This would change" in out
    assert "KPIs: " in out
    assert "Findings" in out
    assert example.read_bytes() == before


def test_out_leaves_the_source_alone(run: Run, example: Path, tmp_path: Path) -> None:
    before = example.read_bytes()
    other = tmp_path / "refreshed.xlsx"
    assert run("refresh", example, "--out", other)[0] == 0
    assert example.read_bytes() == before
    assert other.read_bytes() != before


def test_refresh_twice_changes_not_one_byte_and_undo_brings_the_old_back(run: Run, example: Path) -> None:
    before = example.read_bytes()
    assert run("refresh", example)[0] == 0
    after = example.read_bytes()
    assert after != before
    code, out, _ = run("refresh", example)
    assert code == 0
    assert "up to date" in out
    assert example.read_bytes() == after
    assert run("undo", example)[0] == 0
    assert example.read_bytes() == before


def test_period_adds_what_is_due_once(run: Run, example: Path) -> None:
    import qmsbook

    count = len(qmsbook.open(example).measurements)
    code, out, _ = run("period", example, "2026-11")
    assert code == 0
    book = qmsbook.open(example)
    added = len(book.measurements) - count
    monthly = [k for k in book.kpis if k.frequency == "monthly" and k.active is not False]
    assert added == len(monthly)
    assert f"{added} rows added to Measurements" in out
    assert {book.measurements.period[i] for i in range(count, count + added)} == {"2026-11"}
    code, out, _ = run("period", example, "2026-11")
    assert "Nothing to add" in out
    assert len(qmsbook.open(example).measurements) == count + added


def test_period_shows_name_and_plan_beside_the_new_rows(run: Run, example: Path) -> None:
    from qmsbook.hosts.file.host import FileHost

    run("period", example, "2026-11")
    table = FileHost(example).read().table("Measurements")
    assert table is not None
    rows = [r for r in range(table.rows) if table.columns[table.find("Period") or 0][r] == "2026-11"]
    for header in ("Name", "Owner", "Unit", "Plan"):
        place = table.find(header)
        assert place is not None
        filled = [table.columns[place][row] for row in rows]
        assert any(filled), header


@pytest.mark.parametrize("text", ["2026-13", "last month", "2026-Q5", ""])
def test_a_period_that_is_none_says_what_periods_look_like(run: Run, example: Path, text: str) -> None:
    before = example.read_bytes()
    code, _, err = run("review", example, "--period", text)
    assert code == 2
    assert "2026-Q3" in err
    assert example.read_bytes() == before


def test_rules_lists_all_and_explains_one(run: Run) -> None:
    code, out, _ = run("rules")
    assert code == 0
    assert "KPI001" in out
    code, out, _ = run("rules", "kpi001")
    assert code == 0
    assert "Why" in out
    assert "Bad" in out
    code, out, _ = run("rules", "NIX999")
    assert code == 2
    assert "NIX999" in out


def test_demo_says_which_file_to_open_and_never_overwrites(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("demo", tmp_path / "d")
    assert code == 0
    assert "example.xlsx" in out
    first = (tmp_path / "d" / "example.xlsx").read_bytes()
    run("demo", tmp_path / "d")
    assert (tmp_path / "d" / "example.xlsx").read_bytes() == first
    assert (tmp_path / "d" / "example-2.xlsx").exists()


def _workbook(**sheets: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
            if len(rows) > 1:
                columns = [{"header": header} for header in rows[0]]
                sheet.add_table(0, 0, len(rows) - 1, len(rows[0]) - 1, {"name": name, "columns": columns})
    return buffer.getvalue()


def _rezipped(change: Callable[[str, bytes], bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template("example.xlsx"))) as old, zipfile.ZipFile(buffer, "w") as made:
        for info in old.infolist():
            made.writestr(info, change(info.filename, old.read(info)), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


UNREADABLE: dict[str, Callable[[], bytes]] = {
    "empty file": lambda: b"",
    "plain text": lambda: b"KPI;Target\nK1;95\n",
    "old xls or encrypted": lambda: bytes.fromhex("D0CF11E0A1B11AE1") + bytes(2048),
    "truncated": lambda: template("example.xlsx")[:20_000],
    "zip of something else": lambda: _zip({"readme.txt": b"hello"}),
    "bomb": lambda: _rezipped(lambda n, b: b + b" " * 400_000_000 if n == "docProps/app.xml" else b),
    "doctype": lambda: _rezipped(
        lambda n, b: (
            b.replace(b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook', 1)
            if n == "xl/workbook.xml"
            else b
        )
    ),
    "no sheet": lambda: _zip({"[Content_Types].xml": b"<Types/>"}),
    "not a qmsbook": lambda: _workbook(Budget=[["Month", "Cost"], ["Jan", 5]]),
    "workbook without tables": lambda: _workbook(Empty=[[]]),
}


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("command", ["check", "refresh", "review", "period"])
@pytest.mark.parametrize("what", UNREADABLE)
def test_a_file_that_cannot_be_used_ends_in_one_sentence(
    run: Run, tmp_path: Path, what: str, command: str
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(UNREADABLE[what]())
    before = path.read_bytes()
    more = {"review": ["--period", "2026-Q3"], "period": ["2026-11"]}.get(command, [])
    code, out, err = run(command, path, *more)
    assert code == 2, out + err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    assert "inside qmsbook" not in err, "an unforeseen error, not a typed one"
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book.xlsx"]


def test_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    code, _, err = run("check", tmp_path / "nowhere.xlsx")
    assert code == 2
    assert "nowhere.xlsx" in err
    assert "inside qmsbook" not in err


def test_an_open_workbook_is_not_written(run: Run, example: Path) -> None:
    owner = bytearray(165)
    name = "Erin Foster".encode("latin-1")
    owner[0] = len(name)
    owner[1 : 1 + len(name)] = name
    (example.parent / "~$acme.xlsx").write_bytes(bytes(owner))
    before = example.read_bytes()
    code, _, err = run("refresh", example)
    assert code == 3
    assert "Erin Foster" in err
    assert example.read_bytes() == before


def test_a_read_only_workbook_is_not_written(run: Run, example: Path) -> None:
    example.chmod(stat.S_IREAD)
    before = example.read_bytes()
    code, _, err = run("refresh", example)
    example.chmod(stat.S_IREAD | stat.S_IWRITE)
    assert code == 3, err
    assert example.read_bytes() == before


def test_a_workbook_without_kpis_is_fine(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "young.xlsx"
    run("new", path)
    for command in (["refresh", path], ["review", path, "--period", "2026-Q3"], ["period", path, "2026-11"]):
        code, _, err = run(*command)
        assert code == 0, err


def test_missing_table_and_headers_are_findings(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "half.xlsx"
    rows = [["KPI", "Nam", "Target", "Target2", "Unit"], ["K1", "Delivery", 95, 96, "%"]]
    path.write_bytes(_workbook(KPIs=rows))
    before = path.read_bytes()
    answer = json.loads(run("check", path, "--json")[1])
    codes = {f["code"][:3] for f in answer["findings"]}
    assert "WBK" in codes
    errors = [f for f in answer["findings"] if f["severity"] == "error"]
    tables = {place["table"] for f in errors for place in f.get("places", [f])}
    assert {"Goals", "Objectives", "Measurements"} <= tables
    assert path.read_bytes() == before


HEAVY = ("pandas", "numpy", "openpyxl", "xlsxwriter", "typer", "rich")


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["for people", "for programs"])
def test_check_imports_none_of_the_heavy_libraries(example: Path, words: tuple[str, ...]) -> None:
    program = (
        "import sys\n"
        "from qmsbook.doors.cli.app import main\n"
        "try: main(['check', *sys.argv[1:], '--fail-on', 'never'])\n"
        "except SystemExit: pass\n"
        f"print('HEAVY', [m for m in {HEAVY!r} if m in sys.modules])"
    )
    root = str(Path(__file__).parents[2])
    ran = subprocess.run(
        [sys.executable, "-c", program, str(example), *words],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "HEAVY []"


@pytest.mark.parametrize("module", ["click", "rich"])
def test_what_lies_beside_a_workbook_is_not_run(example: Path, module: str) -> None:
    (example.parent / f"{module}.py").write_text("raise SystemExit('hijacked')", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "qmsbook", "check", example.name, "--fail-on", "never"],
        cwd=example.parent, capture_output=True, text=True,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
