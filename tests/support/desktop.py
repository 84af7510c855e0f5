"""A LibreOffice that has the extension, as a person's own would have it: without windows, or on a display."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from common import ROOT

from qmsbook.hosts.host import NoLibreOffice
from qmsbook.hosts.libreoffice.bridge import connect, environment, program, struct
from qmsbook.setup.addins import with_interpreter_beside
from qmsbook.setup.extension import add
from qmsbook.setup.places import Places, places

#: Seconds; on a busy machine LibreOffice takes its time.
_PATIENCE = 120


class Desktop:
    """A profile of its own, and the LibreOffice that is started with it."""

    def __init__(self) -> None:
        # Not in pytest's folders: they are kept to one user, and unopkg may run as another.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="qmsbook-desktop-"))
        folder.chmod(0o777)
        profile = folder / "profile"
        profile.mkdir(mode=0o777)
        profile.chmod(0o777)
        self.here = dataclasses.replace(places("linux", {"HOME": str(folder)}), office_profile=profile)
        soffice = program()
        assert soffice is not None
        self.soffice = soffice
        self.prefix: tuple[str, ...] = ()
        if os.geteuid() == 0:  # unopkg refuses root
            assert shutil.which("runuser"), "unopkg refuses root, and there is no runuser to be somebody else"
            self.prefix = ("runuser", "-u", "nobody", "--", "env", f"HOME={folder}")
        self.process: subprocess.Popen[bytes] | None = None

    def install(self, extension: Path | None = None) -> None:
        """Install the extension, or a file of it that was built earlier; its buttons start `python`."""
        if extension is None:
            add(self.here, self.python(), self.soffice, self.prefix)
            return
        self.here.extension.parent.mkdir(parents=True, exist_ok=True)
        self.here.extension.write_bytes(with_interpreter_beside(extension.read_bytes(), self.python()))
        unopkg = str(Path(self.soffice).resolve().with_name("unopkg"))
        options = ["--suppress-license", f"-env:UserInstallation={(self.folder / 'profile').as_uri()}"]
        command = [*self.prefix, unopkg, "add", *options, str(self.here.extension)]
        subprocess.run(command, check=True, capture_output=True, env=environment(), cwd=self.folder)

    def python(self) -> str:
        """This Python as the buttons start it, with the source tree that is being tested.

        It cannot load `uno`, as a Python of another version than LibreOffice's own cannot: nowhere may it.
        """
        (self.folder / "uno.py").write_text("raise ImportError('this Python is not LibreOffice's')\n")
        python = self.folder / "python"
        searched = f"{self.folder}{os.pathsep}{ROOT}"
        python.write_text(f'#!/bin/sh\nshift\nPYTHONPATH="{searched}" exec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        return str(python)

    def start(self, display: str = "") -> Any:
        """Start LibreOffice, with windows on a display if there is one; gives its desktop."""
        pipe = f"pipe,name=qmsbook{uuid4().hex}"
        command = [
            self.soffice, f"-env:UserInstallation={(self.folder / 'profile').as_uri()}",
            *([] if display else ["--headless"]), "--norestore", "--nologo", "--nodefault",
            f"--accept={pipe};urp;",
        ]  # fmt: skip
        # The plain look, whatever is installed besides: the same window everywhere.
        shown = {"DISPLAY": display, "SAL_USE_VCLPLUGIN": "gen"} if display else {}
        made = {**environment(), "HOME": str(self.folder), **shown}
        for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
            made.pop(name, None)
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen(
                    command, env=made, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )  # fmt: skip
            try:
                return connect(pipe)
            except NoLibreOffice:
                time.sleep(0.1)
        assert self.process is not None
        raise AssertionError(f"LibreOffice did not start (exit code {self.process.poll()})")

    def _program(self) -> Path:
        """The folder of /proc of the program itself, which a launcher started."""
        mark = str(self.folder / "profile")
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                words = (path / "cmdline").read_text("utf-8", "replace").split("\0")
                if words[0].endswith("soffice.bin") and any(mark in word for word in words):
                    return path
        raise AssertionError("LibreOffice has ended")

    def megabytes(self) -> float:
        """The memory that LibreOffice holds for itself."""
        text = (self._program() / "status").read_text("utf-8")
        (line,) = [line for line in text.splitlines() if line.startswith("RssAnon:")]
        return int(line.split()[1]) / 1024

    def seconds(self) -> float:
        """The processor time that LibreOffice has taken so far."""
        fields = (self._program() / "stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self, desktop: Any) -> None:
        """End LibreOffice; a dialog that a failed test left open keeps it from ending by itself."""
        assert self.process is not None
        with contextlib.suppress(Exception, subprocess.TimeoutExpired):
            desktop.terminate()
            self.process.wait(20)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class Answers:
    """What the person is told, from the log: begin before a button is pressed."""

    def __init__(self, here: Places) -> None:
        self.log, self.turns = here.log, here.data / "turns"
        self.before, self.ended = len(self._read()), self._ended()

    def _read(self) -> str:
        return self.log.read_text("utf-8") if self.log.exists() else ""

    def _ended(self) -> set[str]:
        """When the last button on each workbook had ended, its dialog closed."""
        return {each.read_text("utf-8") for each in self.turns.glob("*.last")}

    def until_over(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Wait until the button that was pressed has ended: what it tells in a dialog was read by then.

        On a busy machine the dialog comes some seconds after what it says was written down.
        """
        until = time.monotonic() + _PATIENCE
        while self._ended() == self.ended:
            assert time.monotonic() < until, "the button does not end"
            meanwhile()
            time.sleep(0.05)

    def wait(self, command: str, meanwhile: Callable[[], object] = lambda: None) -> str:
        """The answer to a command, when it has come; ``meanwhile`` is done again and again until then."""
        return self.wait_for(f" INFO {command}: ", meanwhile)

    def wait_for(self, words: str, meanwhile: Callable[[], object] = lambda: None) -> str:
        """What was written down after certain words, when they have come."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            said = self._read()[self.before :]
            if words in said and said.endswith("\n"):
                return said.rsplit(words, 1)[1]
            meanwhile()
            time.sleep(0.05)
        raise AssertionError(f"there is no {words.strip()} in: {said}")


def give(document: Any, command: str, here: Places) -> str:
    """Give a command as menu and toolbar do, without a click; what the person was told."""
    answers = Answers(here)
    begin(document, command)
    return answers.wait(command)


def begin(document: Any, command: str) -> None:
    """Give a command as menu and toolbar do, and wait for nothing."""
    url = struct("com.sun.star.util.URL")
    url.Complete, url.Protocol, url.Path = f"org.qmsbook:{command}", "org.qmsbook:", command
    url.Main = url.Complete
    found = document.CurrentController.Frame.queryDispatch(url, "_self", 0)
    assert found is not None
    found.dispatch(url, ())
