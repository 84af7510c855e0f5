"""A save that fails or is killed leaves the old workbook or the new one, whole."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from common import drawing, small_book

from qmsbook.book.edit import KEEP, Edit, PutSheet, SetColumn
from qmsbook.book.error import QmsbookError
from qmsbook.hosts.file.copies import BACKUPS, KEPT
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import (
    Applied,
    ChangedSinceRead,
    NothingToUndo,
    NotSaved,
    WorkbookLocked,
    WorkbookReadOnly,
)

posix = pytest.mark.skipif(os.name == "nt", reason="needs signals and limits that Windows lacks")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "quality"
    folder.mkdir()
    return small_book(folder / "book.xlsx")


def edit(number: float) -> SetColumn:
    return SetColumn("KPIs", "Target", (number, KEEP, KEEP))


def do(host: FileHost, *edits: Edit) -> Applied:
    return host.apply(edits, host.read())


def copies(book: Path) -> list[Path]:
    return sorted((book.parent / BACKUPS).glob("*.xlsx"))


def refused(book: Path, error: type[QmsbookError], words: str) -> None:
    """The next save is refused and leaves neither the file changed nor anything beside it."""
    content, names = book.read_bytes(), sorted(os.listdir(book.parent))
    with pytest.raises(error, match=words):
        do(FileHost(book), edit(99.0))
    assert book.read_bytes() == content
    assert sorted(os.listdir(book.parent)) == names


def test_the_old_workbook_is_kept_and_can_be_had_back(book: Path) -> None:
    before = book.read_bytes()
    applied = do(FileHost(book), edit(1.0))
    assert applied.backup is not None
    assert Path(applied.backup).read_bytes() == before
    assert Path(applied.backup).parent == book.parent / BACKUPS
    assert FileHost(book).undo() == "book.xlsx is again as it was before the last change."
    assert book.read_bytes() == before
    assert copies(book) == []


def test_undo_goes_back_step_by_step(book: Path) -> None:
    states = [book.read_bytes()]
    for number in (1.0, 2.0, 3.0):
        do(FileHost(book), edit(number))
        states.append(book.read_bytes())
    for state in reversed(states[:-1]):
        FileHost(book).undo()
        assert book.read_bytes() == state
    with pytest.raises(NothingToUndo):
        FileHost(book).undo()


def test_undo_leaves_alone_what_somebody_else_wrote(book: Path) -> None:
    do(FileHost(book), edit(1.0))
    book.write_bytes(book.read_bytes() + b" ")
    content = book.read_bytes()
    with pytest.raises(NothingToUndo):
        FileHost(book).undo()
    assert book.read_bytes() == content


def test_undo_needs_its_copy(book: Path) -> None:
    applied = do(FileHost(book), edit(1.0))
    Path(str(applied.backup)).write_bytes(b"other")
    with pytest.raises(NothingToUndo, match="gone or was changed"):
        FileHost(book).undo()


def test_only_the_newest_copies_stay_and_only_of_this_workbook(book: Path) -> None:
    folder = book.parent / BACKUPS
    folder.mkdir()
    foreign = folder / "book two 2020-01-01 00.00.00.xlsx"
    own = folder / "book my own copy.xlsx"
    for path in (foreign, own):
        path.write_bytes(b"x")
    first = Path(str(do(FileHost(book), edit(0.5)).backup))
    for number in range(KEPT + 2):
        last = do(FileHost(book), edit(float(number))).backup
    assert not first.exists()
    assert foreign.exists()
    assert own.exists()
    assert len(copies(book)) == KEPT + 2
    assert Path(str(last)).exists()
    FileHost(book).undo()


def test_the_result_can_go_elsewhere(book: Path, tmp_path: Path) -> None:
    before, out = book.read_bytes(), tmp_path / "out.xlsx"
    host = FileHost(book, out=out)
    assert do(host, edit(1.0)).changed
    assert book.read_bytes() == before
    assert not (book.parent / BACKUPS).exists()
    found = FileHost(out).read().table("KPIs")
    assert found is not None
    assert found.columns[2][0] == 1.0
    first = out.read_bytes()
    applied = do(host, edit(2.0))
    assert applied.backup is not None
    assert Path(applied.backup).read_bytes() == first
    host.undo()
    assert out.read_bytes() == first


def test_an_unchanged_workbook_still_arrives_elsewhere(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert do(FileHost(book, out=out), edit(0.95)) == Applied(True)
    assert out.read_bytes() == book.read_bytes()
    assert do(FileHost(book, out=out), edit(0.95)) == Applied(False)


@posix
def test_the_mode_stays(book: Path) -> None:
    book.chmod(0o640)
    do(FileHost(book), edit(1.0))
    assert stat.S_IMODE(book.stat().st_mode) == 0o640


def test_a_workbook_that_somebody_has_open_is_left_alone(book: Path) -> None:
    name = "Ada Lövelace"
    owner = (
        bytes([len(name)])
        + name.encode("latin-1").ljust(54, b" ")
        + bytes([len(name), 0])
        + name.encode("utf-16-le")
    )
    lock = book.with_name("~$book.xlsx")
    lock.write_bytes(owner.ljust(165, b" "))
    refused(book, WorkbookLocked, "Ada Lövelace has book.xlsx open")
    lock.write_bytes(b"")
    refused(book, WorkbookLocked, "somebody")
    lock.unlink()
    book.with_name(".~lock.book.xlsx#").write_text(",grace,host,2026-11-23,file:///x;")
    refused(book, WorkbookLocked, "grace")
    with pytest.raises(WorkbookLocked):
        FileHost(book).undo()


def test_reading_and_trying_out_need_no_lock(book: Path) -> None:
    book.with_name("~$book.xlsx").write_bytes(b"")
    host = FileHost(book)
    assert host.apply([edit(1.0)], host.read(), dry_run=True).changed


def test_a_read_only_workbook_is_left_alone(book: Path) -> None:
    book.chmod(0o444)
    refused(book, WorkbookReadOnly, "book.xlsx is read-only")
    book.chmod(0o644)


@posix
def test_a_read_only_folder_is_left_alone(book: Path) -> None:
    book.parent.chmod(0o555)
    try:
        refused(book, WorkbookReadOnly, "quality is read-only")
    finally:
        book.parent.chmod(0o755)


def test_a_workbook_that_changed_meanwhile_is_left_alone(book: Path) -> None:
    host = FileHost(book)
    snapshot = host.read()
    do(FileHost(book), PutSheet("qmsbook:x", "X", drawing("qmsbook:x")))
    content = book.read_bytes()
    with pytest.raises(ChangedSinceRead):
        host.apply([edit(1.0)], snapshot)
    assert book.read_bytes() == content


_SAVE = """
import sys
from pathlib import Path
from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.hosts.file.host import FileHost
host = FileHost(sys.argv[1])
number = 0.0
while True:
    number += 1
    if number == 3:
        print("ready", flush=True)
    host.apply([SetColumn("KPIs", "Target", (number, KEEP, KEEP))], host.read())
"""


@posix
def test_killed_at_any_moment_the_workbook_is_whole(book: Path) -> None:
    for moment in range(12):
        process = subprocess.Popen(
            [sys.executable, "-c", _SAVE, str(book)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.0017 * moment)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        found = FileHost(book).read().table("KPIs")
        assert found is not None
        assert found.columns[0] == ["007", "K2", "K3"]
        do(FileHost(book), edit(-1.0))
    FileHost(book).undo()


_FULL = """
import resource, signal, sys
from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.hosts.host import NotSaved
from qmsbook.hosts.file.host import FileHost
host = FileHost(sys.argv[1])
snapshot = host.read()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    host.apply([SetColumn("KPIs", "Target", (5.0, KEEP, KEEP))], snapshot)
except NotSaved as error:
    print(error)
"""


@posix
@pytest.mark.parametrize("room", [0, 100, 4096])
def test_a_full_disk_leaves_the_workbook_as_it_was(book: Path, room: int) -> None:
    content, names = book.read_bytes(), sorted(os.listdir(book.parent))
    command = [sys.executable, "-c", _FULL, str(book), str(room)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "The disk is full" in done.stdout
    assert NotSaved.__doc__ is not None
    assert book.read_bytes() == content
    assert [name for name in sorted(os.listdir(book.parent)) if name != BACKUPS] == names
    assert copies(book) == []
