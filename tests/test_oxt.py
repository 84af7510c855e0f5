"""The LibreOffice extension: built, installed into a scratch profile, and its commands given for real."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from live import live_office
from lxml import etree
from support import ROOT

from qmsbook import commands
from qmsbook.addin_settings import built, with_interpreter_beside
from qmsbook.commands import template
from qmsbook.extension import ID, add, remove
from qmsbook.host import NoLibreOffice
from qmsbook.hosts.file import FileHost
from qmsbook.hosts.libreoffice import LibreOfficeHost
from qmsbook.hosts.uno_bridge import close, connect, load, program
from qmsbook.hosts.uno_bridge import environment as desktop_environment
from qmsbook.macros import COMMANDS
from qmsbook.places import Places, places

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


class Desktop:
    """A LibreOffice without windows that has the extension, as a person's own would have it."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o777)
        for part in folder.parents:  # pytest keeps its folders to one user; unopkg runs as another
            if "pytest" in part.as_posix():
                part.chmod(0o755)
        self.folder = folder
        self.here = places("linux", {"HOME": str(folder)})
        profile = folder / "profile"
        profile.mkdir(mode=0o777)
        profile.chmod(0o777)
        self.here = dataclasses.replace(self.here, office_profile=profile)
        soffice = program()
        assert soffice is not None
        self.soffice = soffice
        self.prefix = ()
        if os.geteuid() == 0:  # unopkg refuses root
            assert shutil.which("runuser"), "unopkg refuses root, and there is no runuser to be somebody else"
            self.prefix = ("runuser", "-u", "nobody", "--", "env", f"HOME={folder}")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Any:
        pipe = f"pipe,name=qmsbook{uuid4().hex}"
        command = [
            self.soffice, f"-env:UserInstallation={(self.folder / 'profile').as_uri()}", "--headless",
            "--norestore", "--nologo", "--nodefault", f"--accept={pipe};urp;",
        ]  # fmt: skip
        environment = {**desktop_environment(), "HOME": str(self.folder)}
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
            environment.pop(name, None)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen(
                    command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )  # fmt: skip
            try:
                return connect(pipe)
            except NoLibreOffice:
                time.sleep(0.1)
        assert self.process is not None
        raise AssertionError(f"LibreOffice did not start (exit code {self.process.poll()})")

    def stop(self, desktop: Any) -> None:
        try:
            desktop.terminate()
        finally:
            assert self.process is not None
            self.process.wait(20)


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desktop, Any]]:
    live_office()  # skips where there is none, unless it is required
    # As where somebody types `qmsbook install` in a virtual environment: LibreOffice must not look into it.
    venv.create(tmp_path / "venv", with_pip=False)
    monkeypatch.setenv("PATH", str(tmp_path / "venv" / "bin"), prepend=os.pathsep)
    made = Desktop(tmp_path)
    python = tmp_path / "python"  # this Python, with the source tree that is being tested
    python.write_text(f'#!/bin/sh\nshift\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    add(made.here, str(python), made.soffice, made.prefix)
    running = made.start()
    yield made, running
    made.stop(running)


def give(document: Any, command: str, here: Places) -> str:
    """Give a command as menu and toolbar do; what the person was told, from the log."""
    frame = document.CurrentController.Frame
    before = len(here.log.read_text("utf-8")) if here.log.exists() else 0
    url = uno_url(f"org.qmsbook:{command}", command)
    found = frame.queryDispatch(url, "_self", 0)
    assert found is not None
    found.dispatch(url, ())
    until = time.monotonic() + 120
    while time.monotonic() < until:
        said = here.log.read_text("utf-8")[before:] if here.log.exists() else ""
        if f" INFO {command}: " in said and said.endswith("\n"):
            return said.rsplit(f" INFO {command}: ", 1)[1]
        time.sleep(0.05)
    raise AssertionError(f"{command} gave no answer: {said}")


def uno_url(complete: str, path: str) -> Any:
    from qmsbook.hosts.uno_bridge import struct

    url = struct("com.sun.star.util.URL")
    url.Complete, url.Main, url.Protocol, url.Path = complete, complete, "org.qmsbook:", path
    return url


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


def test_it_is_taken_out_again(tmp_path: Path) -> None:
    live_office()
    made = Desktop(tmp_path)
    add(made.here, sys.executable, made.soffice, made.prefix)
    assert made.here.extension.exists()
    assert remove(made.here, made.soffice, made.prefix)
    assert not made.here.extension.exists()
    assert remove(made.here, made.soffice, made.prefix) == []
