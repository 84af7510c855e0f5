"""Buttons that are pressed twice, or one after another, while the first still works."""

from __future__ import annotations

import dataclasses
import logging
import re
import threading
import time
from pathlib import Path

import pytest
from common import ROOT

from qmsbook.book.cell import Cell
from qmsbook.commands import template
from qmsbook.doors.buttons import BUTTONS, Asked, answered_in_turn, log_to, run
from qmsbook.doors.screens.memory import MemoryScreen
from qmsbook.doors.turns import turn
from qmsbook.doors.watch import requests
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host, OfficeFailed
from qmsbook.setup.places import Places, places


@pytest.fixture
def here(tmp_path: Path) -> Places:
    return places("linux", {"HOME": str(tmp_path)})


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


class Slow(MemoryScreen):
    """Says when it begins to work, and works on only when it may."""

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.begun, self.may = threading.Event(), threading.Event()

    def say(self, text: str) -> None:
        super().say(text)
        self.begun.set()
        assert self.may.wait(60)


def together(here: Places, example: Path, *commands: str) -> list[MemoryScreen | None]:
    """Press buttons while the first still works; the screens on which each was answered."""
    first = Slow(FileHost(example))
    found: list[MemoryScreen | None] = [first] + [None] * (len(commands) - 1)

    def press(number: int, command: str) -> None:
        def answer(wanted: Asked) -> MemoryScreen:
            screen = found[number] or MemoryScreen(FileHost(example))
            run(wanted.command, screen, at=here)
            return screen

        found[number] = answered_in_turn(Asked(command, str(example)), answer, here)[1]

    threads = [threading.Thread(target=press, args=each) for each in enumerate(commands)]
    threads[0].start()
    assert first.begun.wait(60)
    for thread in threads[1:]:
        thread.start()
    time.sleep(0.3)  # they wait
    first.may.set()
    for thread in threads:
        thread.join(120)
    return found


def test_a_button_pressed_twice_works_once(here: Places, example: Path) -> None:
    """Not two months are opened, and nobody reads that nothing was written."""
    before = FileHost(example).read().table("Measurements")
    first, second = together(here, example, "period", "period")
    assert first is not None
    assert "added to Measurements" in first.said[-1]
    assert second is None
    after = FileHost(example).read().table("Measurements")
    assert before is not None
    assert after is not None
    added = re.search(r"(\d+) rows? ", first.said[-1])
    assert added is not None
    assert after.rows - before.rows == int(added[1])


def test_another_button_waits_for_the_first(here: Places, example: Path) -> None:
    first, second = together(here, example, "period", "check")
    assert first is not None
    assert second is not None
    assert "added to Measurements" in first.said[-1]
    assert "First: " in second.said[-1]
    assert not any("nothing was written" in said for said in second.said)


def test_the_same_button_pressed_after_the_answer_works_again(here: Places, example: Path) -> None:
    for _ in range(2):
        assert answered_in_turn(Asked("help", str(example)), lambda wanted: "done", here) == (True, "done")
    assert len(list((here.data / "turns").iterdir())) == 2


def test_other_workbooks_do_not_wait(here: Places) -> None:
    folder = here.data / "turns"
    with turn(folder, "a.xlsx", "check", time.time()) as one, turn(folder, "b.xlsx", "check", 0.0) as other:
        assert one
        assert other


def test_who_waits_too_long_is_not_answered(here: Places) -> None:
    folder = here.data / "turns"
    with turn(folder, "a.xlsx", "check", time.time()), turn(folder, "a.xlsx", "undo", 0.0, 0.1) as mine:
        assert not mine


def test_where_no_file_can_be_kept_everybody_has_a_turn(here: Places, example: Path) -> None:
    here.data.parent.mkdir(parents=True)
    here.data.write_text("a file where the folder belongs")
    assert answered_in_turn(Asked("check", str(example)), lambda wanted: "done", here) == (True, "done")


def test_two_requests_for_watch_of_one_double_click_are_answered_once(here: Places, tmp_path: Path) -> None:
    here.requests.mkdir(parents=True)
    for name in ("1", "2"):
        (here.requests / f"{name}.request").write_bytes(b"command=period\r\nwb=a.xlsx\r\nhwnd=7\r\n")
    asked = requests(here.requests, time.time())
    assert [answered_in_turn(each, lambda _: None, here)[0] for each in asked] == [True, False]


class Typing(FileHost):
    """Somebody types into the workbook each time that it has been read."""

    times = 1

    def apply(self, edits, since, **more):  # type: ignore[no-untyped-def]
        if self.times:
            self.times -= 1
            since = dataclasses.replace(since, state="as it was before that")
        return super().apply(edits, since, **more)


def test_a_button_begins_anew_when_somebody_typed_meanwhile(here: Places, example: Path) -> None:
    screen = MemoryScreen(Typing(example))
    assert "First: " in run("check", screen, at=here)
    host = Typing(example)
    host.times = 99
    screen = MemoryScreen(host)
    assert run("refresh", screen, at=here).endswith("nothing was written. Try again.")


#: Only the command line, or the installation, comes to these.
NEVER_BY_A_BUTTON = {
    "FolderNotWritable", "NoPassword", "NobodyToAsk", "ReviewClosed", "ServerNotAgreed", "StorePython",
}  # fmt: skip


def test_no_button_answers_with_a_command() -> None:
    """Nobody who presses a button is told to run a command, or with which option."""
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if re.match(r"\| \w+ \| .* \| \d \|", line)]
    assert len(rows) > 40
    spoken = {
        row[0][2:]: row[1]
        for row in rows
        if re.search(r"\bcommand\b|--\w|: qmsbook [a-z]+\.|its qmsbook", row[1])
    }
    assert spoken.keys() == NEVER_BY_A_BUTTON
    assert "command" not in BUTTONS


class Closed(MemoryScreen):
    """The person closes the window as soon as anything is done."""

    def gone(self) -> bool:
        return True

    def say(self, text: str) -> None:
        if len(self.said) > 2:
            raise OfficeFailed("(disposed)")
        super().say(text)

    def tell(self, text: str) -> None:
        raise AssertionError("nobody is there")

    def show(self, cell: Cell) -> None:
        raise OfficeFailed("(disposed)")


def test_a_window_that_is_closed_meanwhile_is_no_trouble_in_the_log(here: Places, example: Path) -> None:
    log_to(here.log)
    try:
        for command in ("check", "refresh", "help"):
            run(command, Closed(FileHost(example)), at=here)
    finally:
        logging.shutdown()
    written = here.log.read_text("utf-8")
    assert "Traceback" not in written
    assert " ERROR " not in written
    assert " WARNING " not in written
    assert "The workbook was closed while qmsbook worked on it" in written
