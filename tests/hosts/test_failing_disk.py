"""Whatever call of the system fails, the old workbook or the new one stands there, and one sentence."""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path

import pytest
from failing_files import KILLED, Disk
from pressed import COMMANDS, prepare, press

from qmsbook.book.error import QmsbookError
from qmsbook.hosts.file.copies import BACKUPS
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import NothingToUndo

pytestmark = pytest.mark.usefixtures("bounded")

posix = pytest.mark.skipif(os.name == "nt", reason="Windows writes by other calls")


def files(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder and below it; a folder holds None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def put(folder: Path, content: dict[str, bytes | None]) -> None:
    """The folder as it was."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if str(path.relative_to(folder)) not in content:
            path.rmdir() if path.is_dir() else path.unlink()
    for name, held in content.items():
        if held is None:
            (folder / name).mkdir(exist_ok=True)
        else:
            (folder / name).write_bytes(held)


@posix
@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES, errno.ENOSPC])
def test_undo_survives_every_failing_call(tmp_path: Path, error: int) -> None:
    fails_everywhere("undo", tmp_path, error, every=1 if error == errno.EIO else 5)


@posix
@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "undo"])
def test_a_command_survives_failing_calls(command: str, tmp_path: Path) -> None:
    fails_everywhere(command, tmp_path, errno.EIO, every=29)


@posix
@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES, errno.ENOSPC])
def test_a_save_survives_every_failing_call(tmp_path: Path, error: int) -> None:
    fails_everywhere("small", tmp_path, error, every=1 if error == errno.EIO else 5)


@posix
@pytest.mark.parametrize("command", ["small", *COMMANDS])
def test_killed_before_any_call_the_workbook_is_whole(command: str, tmp_path: Path) -> None:
    path, before, new, calls = tried(command, tmp_path)
    step = 2 if command in ("small", "undo") else calls // 3 + 1  # the others take long
    for number in range(step // 2 + 1, calls + 1, step):
        put(tmp_path, before)
        killed_at(command, path, number)
        assert path.read_bytes() in (before["acme.xlsx"], new)
        if path.read_bytes() != new:
            press(command, path)
        assert path.read_bytes() == new
        if command == "undo":
            with pytest.raises(NothingToUndo):  # the next run
                press(command, path)
        else:
            FileHost(path).undo()
            assert path.read_bytes() == before["acme.xlsx"]
        assert litter(tmp_path) == set()


def killed_at(command: str, path: Path, number: int) -> None:
    """Runs a command in a program of its own that is killed before it makes a call."""
    child = os.fork()
    if child == 0:
        with Disk(path.parent).failing(number, KILLED):
            press(command, path)
        os._exit(0)  # without its last calls: nothing here may run twice
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def litter(folder: Path) -> set[str]:
    return {name for name in files(folder) if name.endswith((".tmp", ".lock"))}


def tried(command: str, folder: Path) -> tuple[Path, dict[str, bytes | None], bytes, int]:
    """A command done once: the workbook, the folder before, the workbook after, the number of calls."""
    path = prepare(command, folder)
    before, disk = files(folder), Disk(folder)
    with disk.failing(0):
        press(command, path)
    new = path.read_bytes()
    assert new != before["acme.xlsx"]
    assert disk.count > 40
    return path, before, new, disk.count


def fails_everywhere(command: str, folder: Path, error: int, every: int) -> None:
    """Lets the calls of a command fail, one at a time; each ``every``-th of them, for commands take long."""
    path, before, new, calls = tried(command, folder)
    disk = Disk(folder)
    for number in range(1, calls + 1, every):
        put(folder, before)
        refused = failed(command, path, disk, number, error)
        now = files(folder)
        left = litter(folder)
        if refused:
            assert now["acme.xlsx"] == before["acme.xlsx"], disk.failed
            # what was to be taken away when the disk failed stays until the next run
            assert {n: c for n, c in now.items() if n not in left} == before, disk.failed
        else:
            assert now["acme.xlsx"] == new, disk.failed
        assert not left or disk.failed.startswith(("unlink", "listdir", "fstat", "close", "open")), (
            disk.failed
        )


def failed(command: str, path: Path, disk: Disk, number: int, error: int) -> bool:
    """Whether a command was refused, as a person is told it, when a call failed."""
    try:
        with disk.failing(number, error):
            press(command, path)
    except QmsbookError:
        return True
    return False


@posix
def test_what_a_failing_disk_left_goes_at_the_next_run(tmp_path: Path) -> None:
    path = prepare("undo", tmp_path)
    token, earlier = "0123456789ab", "a_b4c6d8"
    for folder in (tmp_path, tmp_path / BACKUPS):
        for each in (token, earlier):
            (folder / f".acme.xlsx.{each}.tmp").write_bytes(b"half")
        (folder / f".other.xlsx.{token}.tmp").write_bytes(b"another workbook's")
        os.utime(folder / f".acme.xlsx.{earlier}.tmp", (0, 0))
    (tmp_path / ".acme.xlsx.lock").write_bytes(b"")
    press("undo", path)
    assert sorted(os.listdir(tmp_path)) == [f".other.xlsx.{token}.tmp", "acme.xlsx", BACKUPS]
    assert os.listdir(tmp_path / BACKUPS) == [f".other.xlsx.{token}.tmp"]
