"""The LibreOffice extension: built, installed into a scratch profile, and its commands given for real."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from common import ROOT
from desktop import Answers, Desktop, begin, give
from live import live_office
from lxml import etree

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.doors.buttons import COMMANDS
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.libreoffice.bridge import close, load
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.setup.addins import built, with_interpreter_beside
from qmsbook.setup.extension import ID, add, remove

SOURCES = ROOT / "addin" / "libreoffice"


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    found = set()
    for name, seed in (("a", "1"), ("b", "2")):
        out = tmp_path / name / "qmsbook.oxt"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}
        command = [sys.executable, "-B", str(ROOT / "addin" / "oxt.py"), str(out)]
        subprocess.run(command, check=True, env=environment, capture_output=True)
        found.add(out.read_bytes())
    assert found == {built("qmsbook.oxt")}


def test_every_source_is_in_the_package_and_is_named_in_its_manifest(tmp_path: Path) -> None:
    path = tmp_path / "qmsbook.oxt"
    path.write_bytes(with_interpreter_beside(built("qmsbook.oxt"), "/opt/Ü/python"))
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        assert package.read("interpreter.txt").decode() == "/opt/Ü/python"
        manifest = etree.fromstring(package.read("META-INF/manifest.xml"))
    sources = {p.relative_to(SOURCES).as_posix() for p in SOURCES.rglob("*.*") if p.suffix in (".py", ".xcu")}
    assert sources <= names
    attribute = "{http://openoffice.org/2001/manifest}full-path"
    assert {entry.get(attribute) for entry in manifest} == sources
    assert f'"{ID}"' in (SOURCES / "description.xml").read_text("utf-8")


def test_menu_and_toolbar_hold_every_command_under_the_ribbon_s_label() -> None:
    text = (SOURCES / "Addons.xcu").read_text("utf-8")
    found = re.findall(
        r"<value>org\.qmsbook:(\w+)</value>.*?<value xml:lang=\"en-US\">(.*?)<", text, re.DOTALL
    )
    ribbon = (ROOT / "addin" / "ribbon" / "customUI14.xml").read_text("utf-8")
    labels = re.findall(r'<button id="qmsbook(\w+)" label="(.*?)"', ribbon)
    assert found == [(name.lower(), label) for name, label in labels] * 2
    assert {name for name, _ in found} == set(COMMANDS)


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desktop, Any]]:
    live_office()  # skips where there is none, unless it is required
    # As where somebody types `qmsbook install` in a virtual environment: LibreOffice must not look into it.
    venv.create(tmp_path / "venv", with_pip=False)
    monkeypatch.setenv("PATH", str(tmp_path / "venv" / "bin"), prepend=os.pathsep)
    with Desktop() as made:
        made.install()
        running = made.start()
        yield made, running
        made.stop(running)


def test_the_commands_work_on_the_open_workbook_and_undo_reaches_across_them(
    desktop: tuple[Desktop, Any], tmp_path: Path
) -> None:
    made, running = desktop
    path, closed = tmp_path / "acme.xlsx", tmp_path / "closed.xlsx"
    for each in (path, closed):
        each.write_bytes(template("example.xlsx"))
    document = load(running, path, hidden=False)
    try:
        before = LibreOfficeHost(document).read()
        assert "First: " in give(document, "check", made.here)
        assert "32 KPIs: " in give(document, "refresh", made.here)
        commands.refresh(FileHost(closed))
        live, file = LibreOfficeHost(document).read(), FileHost(closed).read()
        assert {"Findings", "Scorecard"} <= {drawn.sheet for drawn in live.drawn}
        for name in ("KPIs", "Objectives", "Goals"):
            mine, theirs = live.table(name), file.table(name)
            assert mine is not None
            assert theirs is not None
            status = mine.find("Status") or 0
            assert any(mine.columns[status])
            assert mine.columns[status] == theirs.columns[status]
        assert "as it was" in give(document, "undo", made.here)
        assert LibreOfficeHost(document).read().tables[:3] == before.tables[:3]
        assert "nothing to undo" in give(document, "undo", made.here)
    finally:
        close(document)


@pytest.mark.parametrize("when", ["at once", "while it is written to"])
def test_a_workbook_that_is_closed_during_a_press_is_quiet_in_the_log(
    desktop: tuple[Desktop, Any], tmp_path: Path, when: str
) -> None:
    made, running = desktop
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    document = load(running, path, hidden=False)
    answers = Answers(made.here)
    begin(document, "refresh")
    window, until = document.CurrentController.Frame.ContainerWindow, time.monotonic() + 120
    while when != "at once" and window.isEnabled():
        assert time.monotonic() < until
    close(document)
    assert "was closed" in answers.wait("refresh")
    written = made.here.log.read_text("utf-8")
    assert not any(mark in written for mark in ("Traceback", " ERROR ", " WARNING ", ".cxx"))
    other = load(running, path, hidden=False)  # it goes on
    assert "First: " in give(other, "check", made.here)
    close(other)


def test_a_button_given_twice_is_answered_once(desktop: tuple[Desktop, Any], tmp_path: Path) -> None:
    made, running = desktop
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    document = load(running, path, hidden=False)
    rows = document.DatabaseRanges.getByName("Measurements").DataArea.EndRow
    answers = Answers(made.here)
    begin(document, "period")
    begin(document, "period")
    said = answers.wait("period")
    answers.wait_for("one answer for both")
    added = document.DatabaseRanges.getByName("Measurements").DataArea.EndRow - rows
    assert re.search(rf"^{added} rows? ", said)
    assert "nothing was written" not in made.here.log.read_text("utf-8")
    close(document)


def test_it_is_taken_out_again() -> None:
    live_office()
    with Desktop() as made:
        add(made.here, sys.executable, made.soffice, made.prefix)
        assert made.here.extension.exists()
        assert remove(made.here, made.soffice, made.prefix)
        assert not made.here.extension.exists()
        assert remove(made.here, made.soffice, made.prefix) == []
