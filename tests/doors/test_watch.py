"""Watching for requests: files as the add-in leaves them, answered on a real workbook file."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from qmsbook.commands import template
from qmsbook.doors.buttons import Asked, run
from qmsbook.doors.screens.memory import MemoryScreen
from qmsbook.doors.watch import STALE, requests, watch
from qmsbook.hosts.file.host import FileHost
from qmsbook.pages.findings import MARK as FINDINGS
from qmsbook.setup.places import Places, places
from qmsbook.setup.watch_lock import WatchRunning, is_running, stop


@pytest.fixture
def here(tmp_path: Path) -> Places:
    found = places("linux", {"HOME": str(tmp_path)})
    found.requests.mkdir(parents=True)
    return found


def leave(here: Places, name: str, command: str, workbook: str = "", window: str = "7") -> Path:
    """A request as the add-in writes it: whole, in one step."""
    part, path = here.requests / f"{name}.part", here.requests / f"{name}.request"
    text = f"command={command}\r\nwb={quote(workbook, safe=':/')}\r\nhwnd={window}\r\n"
    part.write_bytes(text.encode("ascii"))
    part.rename(path)
    return path


def test_requests_come_oldest_first_and_are_taken_out(here: Places) -> None:
    leave(here, "20261110-090002-2", "refresh", "C:/Büro/a=b.xlsx")
    leave(here, "20261110-090001-1", "check")
    (here.requests / "20261110-090003-3.part").write_text("command=undo")
    found = list(requests(here.requests, time.time()))
    assert found == [Asked("check", "", 7), Asked("refresh", "C:/Büro/a=b.xlsx", 7)]
    assert [path.name for path in here.requests.iterdir()] == ["20261110-090003-3.part"]


def test_what_is_no_request_of_ours_is_taken_out_unanswered(here: Places) -> None:
    leave(here, "1", "format-disk")
    leave(here, "2", "check", "x" * 5000)
    (here.requests / "3.request").write_bytes(b"\xff\xfe\x00nonsense")
    (here.requests / "4.request").write_bytes(b"")
    assert list(requests(here.requests, time.time())) == []
    assert not list(here.requests.iterdir())


def test_what_was_wanted_long_ago_is_not_done_now(here: Places) -> None:
    leave(here, "1", "refresh")
    assert list(requests(here.requests, time.time() + STALE + 5)) == []
    leave(here, "2", "refresh")
    assert len(list(requests(here.requests, time.time() + STALE - 60))) == 1


def watching(here: Places, answer: Callable[[Asked], object]) -> tuple[threading.Thread, list[str]]:
    said: list[str] = []
    thread = threading.Thread(target=watch, args=(here, said.append, answer, 0.01))
    thread.start()
    until = time.monotonic() + 10
    while not is_running(here) and time.monotonic() < until:
        time.sleep(0.01)
    return thread, said


def test_a_button_is_answered_on_the_workbook(here: Places, tmp_path: Path) -> None:
    path = tmp_path / "Plan = größer.xlsx"
    path.write_bytes(template("example.xlsx"))
    answered = threading.Event()
    screens: list[MemoryScreen] = []

    def answer(wanted: Asked) -> None:
        screens.append(MemoryScreen(FileHost(wanted.workbook)))
        run(wanted.command, screens[-1], at=here)
        answered.set()

    leave(here, "1", "check", str(path))  # left before anybody watched: the add-in says that it will be done
    thread, said = watching(here, answer)
    assert answered.wait(20)
    assert stop(here) == "qmsbook watch was asked to stop."
    thread.join(10)
    assert not thread.is_alive()
    assert FileHost(path).read().sheet(FINDINGS) is not None
    assert "First: " in screens[0].said[-1]
    assert said[-1].startswith("qmsbook watch has stopped")


def test_the_answer_stands_for_a_while_and_then_the_line_is_excel_s_again(
    here: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also that of somebody who asks twice, and what stands there when watching ends."""
    rested = [threading.Event() for _ in range(3)]
    screens = iter([SimpleNamespace(rest=each.set) for each in rested])
    monkeypatch.setattr("qmsbook.doors.watch.LINGER", 0.0)
    leave(here, "1", "check")
    leave(here, "2", "refresh")
    thread, _ = watching(here, lambda wanted: next(screens))
    assert rested[0].wait(10)
    assert rested[1].wait(10)
    monkeypatch.setattr("qmsbook.doors.watch.LINGER", 1e6)
    leave(here, "3", "check")
    until = time.monotonic() + 10
    while list(here.requests.iterdir()) and time.monotonic() < until:
        time.sleep(0.01)
    assert not rested[2].is_set()
    stop(here)
    thread.join(10)
    assert rested[2].is_set()


def test_only_one_watches(here: Places) -> None:
    thread, _ = watching(here, lambda wanted: None)
    try:
        with pytest.raises(WatchRunning):
            watch(here, lambda text: None, lambda wanted: None, 0.01)
    finally:
        stop(here)
        thread.join(10)
    assert not is_running(here)
    assert stop(here) == "qmsbook watch is not running."


def test_one_that_was_killed_does_not_keep_the_next_from_watching(tmp_path: Path) -> None:
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, **home, "PYTHONPATH": root, "XDG_DATA_HOME": ""}
    here = places(sys.platform, environment)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "qmsbook", "watch"], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 20
        while not is_running(here) and time.monotonic() < until:
            time.sleep(0.02)
        assert is_running(here)
    finally:
        process.kill()
        process.wait(10)
    assert not is_running(here)
    thread, _ = watching(here, lambda wanted: None)
    stop(here)
    thread.join(10)
