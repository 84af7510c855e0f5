"""qmsbook as a person has it on Windows: a command prompt, its encodings, the folders of Office."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from on_windows import windows

from qmsbook.commands import template
from qmsbook.doors.cli.options import matching
from qmsbook.setup.addins import settings_of
from qmsbook.setup.install import ADDIN
from qmsbook.setup.places import places

_RUN = """
import sys
from qmsbook.doors.cli.app import main
for line in sys.argv[1:]:
    try:
        main(line.split("|"))
        code = 0
    except SystemExit as stop:
        code = stop.code
    sys.stdout.flush()
    print("ended with", code)
"""


def typed(folder: Path, *lines: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Several commands in one process, through pipes; ``|`` stands between the words."""
    root = str(Path(__file__).parents[2])
    around = {**os.environ, "PYTHONPATH": root, "COLUMNS": "100", **environment}
    return subprocess.run(
        [sys.executable, "-P", "-c", _RUN, *lines], cwd=folder, env=around, capture_output=True, timeout=240
    )


@pytest.mark.parametrize("encoding", ["cp437", "cp850", "cp1252"])
def test_every_stream_of_windows_takes_what_is_printed(tmp_path: Path, encoding: str) -> None:
    name = "Büro Größe 計画.xlsx"
    (tmp_path / name).write_bytes(template("example.xlsx"))
    done = typed(
        tmp_path, f"check|{name}|--on|2026-11-10", f"refresh|{name}|--dry-run|--on|2026-11-10",
        f"check|{name}|--json|--fail-on|never", "rules", "rules|KPI001", "schema|KPIs", "--help", "doctor",
        "check|Maß 計画.xlsx", PYTHONIOENCODING=encoding,
    )  # fmt: skip
    said, complained = done.stdout.decode(encoding), done.stderr.decode(encoding)
    ended = [line for line in said.splitlines() if line.startswith("ended with")]
    assert [line.removeprefix("ended with ") for line in ended] == [*"10000000", "2"], said + complained
    assert "inside qmsbook" not in complained
    assert "Looked for: Maß ??.xlsx." in complained
    answer = next(line for line in said.splitlines() if line.startswith('{"schema"'))
    assert answer.isascii()


def test_a_pattern_means_what_it_means_on_windows(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.xlsx", "~$a.xlsx", "[1] c.xlsx", "1 d.xlsx", "e.txt"):
        (tmp_path / name).touch()

    def names(pattern: str) -> list[str]:
        return [path.name for path in matching(tmp_path / pattern)]

    assert sorted(names("*.xlsx")) == ["1 d.xlsx", "[1] c.xlsx", "a.xlsx", "b.xlsx"]
    assert names("[1]*.xlsx") == ["[1] c.xlsx"]
    assert names("?.xlsx") == ["a.xlsx", "b.xlsx"]
    assert names("*.xlsm") == []


@windows
def test_collect_takes_a_pattern_from_the_command_prompt(tmp_path: Path) -> None:
    (tmp_path / "acme.xlsx").write_bytes(template("example.xlsx"))
    back = tmp_path / "back"
    done = typed(tmp_path, "remind|acme.xlsx|--to|given|--on|2026-11-10", "collect|acme.xlsx|back\\*.xlsx")
    assert b"No file matches back\\*.xlsx." in done.stderr
    assert done.stdout.splitlines()[-1] == b"ended with 2"
    back.mkdir()
    for each in (tmp_path / "given").rglob("*.xlsx"):
        each.rename(back / each.name)
    (back / "~$Angela Kim.xlsx").write_bytes(b"\x06Angela")
    root = str(Path(__file__).parents[2])
    collected = subprocess.run(
        f'cmd /c ""{sys.executable}" -m qmsbook collect acme.xlsx back\\*.xlsx --on 2026-11-10"',
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": root}, capture_output=True, timeout=240,
    )  # fmt: skip
    assert collected.returncode == 0, collected.stdout + collected.stderr


@windows
def test_install_and_uninstall_in_the_folders_of_windows(tmp_path: Path) -> None:
    home = tmp_path / "Users" / "Ängela 100%"
    home.mkdir(parents=True)
    around = {
        "USERPROFILE": str(home), "APPDATA": str(home / "AppData" / "Roaming"),
        "LOCALAPPDATA": str(home / "AppData" / "Local"),
    }  # fmt: skip
    here = places("win32", around)
    assert here.startup is not None
    assert here.start_menu is not None
    done = typed(home, "install", "doctor", "doctor|--json", "watch|--stop", **around)
    assert done.stdout.count(b"ended with 0") == 4, done.stdout + done.stderr
    settings = settings_of((here.startup / ADDIN).read_bytes())
    assert settings["interpreter"] == str(Path(sys.executable).with_name("pythonw.exe"))
    assert Path(settings["interpreter"]).exists()
    script = here.start_menu / "qmsbook doctor.cmd"
    around["PYTHONPATH"] = str(Path(__file__).parents[2])
    started = subprocess.run(
        ["cmd", "/c", str(script)], env={**os.environ, **around},
        stdin=subprocess.DEVNULL, capture_output=True, timeout=240,
    )  # fmt: skip
    assert b"the command line" in started.stdout, started.stdout + started.stderr
    done = typed(home, "uninstall", "uninstall", **around)
    assert b"There was nothing to remove." in done.stdout
    assert not [path for path in home.rglob("*") if path.is_file() and "Logs" not in path.parts]
