"""What another program saves while qmsbook saves is never lost, and nothing that qmsbook noted either."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from common import small_book

from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.hosts.file import place, save
from qmsbook.hosts.file.copies import BACKUPS
from qmsbook.hosts.file.exchange import exchange, move_to_free
from qmsbook.hosts.file.fresh import remove, written
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import ChangedSinceRead, SavedBeside, WorkbookLocked

posix = pytest.mark.skipif(os.name == "nt", reason="Windows refuses what another program has open")
OLD, OURS, THEIRS = b"what was read", b"ours", b"theirs"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    path.write_bytes(OLD)
    return path


def take(book: Path, swap: object = exchange) -> None:
    """Puts OURS in the place of what is believed to be OLD, as the last step of a save does."""
    temporary = written(book.parent, book.name, OURS, like=book)
    try:
        save.take_place(temporary, book, place.digest(OLD), place.digest(OURS), swap)  # type: ignore[arg-type]
    finally:
        remove(temporary)


def test_two_files_change_places(tmp_path: Path, book: Path) -> None:
    other = tmp_path / "other.xlsx"
    other.write_bytes(THEIRS)
    assert exchange(other, book)
    assert (book.read_bytes(), other.read_bytes()) == (THEIRS, OLD)


def test_a_file_goes_only_where_none_stands(tmp_path: Path, book: Path) -> None:
    new = tmp_path / "new.xlsx"
    new.write_bytes(OURS)
    with pytest.raises(FileExistsError):
        move_to_free(new, book)
    assert (book.read_bytes(), new.read_bytes()) == (OLD, OURS)
    move_to_free(new, tmp_path / "free.xlsx")
    assert (tmp_path / "free.xlsx").read_bytes() == OURS
    assert not new.exists()


def test_what_was_saved_in_the_last_moment_keeps_the_name(book: Path) -> None:
    take(book)
    assert book.read_bytes() == OURS
    book.write_bytes(THEIRS)
    with pytest.raises(ChangedSinceRead):
        take(book)
    assert book.read_bytes() == THEIRS
    assert os.listdir(book.parent) == ["book.xlsx"]


def test_of_several_saves_in_the_last_moment_the_newest_keeps_the_name(book: Path) -> None:
    newer = [b"newer", b"newest"]

    def swap(one: Path, other: Path) -> bool:
        done = exchange(one, other)
        if newer:
            save_as_excel_does(other, newer.pop(0))
        return done

    book.write_bytes(THEIRS)
    with pytest.raises(ChangedSinceRead):
        take(book, swap)
    assert book.read_bytes() == b"newest"
    assert os.listdir(book.parent) == ["book.xlsx"]


@pytest.mark.parametrize("fails", [2, 3])
def test_what_came_between_and_cannot_go_back_stands_beside(book: Path, fails: int) -> None:
    """The disk fails, or the name is free for a moment while the other program saves once more."""
    calls = 0

    def swap(one: Path, other: Path) -> bool:
        nonlocal calls
        calls += 1
        if calls == fails:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        done = exchange(one, other)
        if calls == 1 and fails == 3:
            save_as_excel_does(other, b"newest")
        return done

    book.write_bytes(THEIRS)
    beside = book.with_name("book (saved meanwhile).xlsx")
    with pytest.raises(SavedBeside, match=rf"{re.escape(beside.name)}\. \(.*Input/output error"):
        take(book, swap)
    assert {path.read_bytes() for path in book.parent.iterdir()} == (
        {OURS, THEIRS} if fails == 2 else {THEIRS, b"newest"}
    )
    assert sorted(os.listdir(book.parent)) == [beside.name, "book.xlsx"]


def test_what_stands_beside_already_stays(book: Path) -> None:
    earlier = book.with_name("book (saved meanwhile).xlsx")
    earlier.write_bytes(b"earlier")

    def swap(one: Path, other: Path) -> bool:
        if book.read_bytes() == OURS:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return exchange(one, other)

    book.write_bytes(THEIRS)
    with pytest.raises(SavedBeside, match=r"\(saved meanwhile 2\)"):
        take(book, swap)
    assert book.with_name("book (saved meanwhile 2).xlsx").read_bytes() == THEIRS
    assert earlier.read_bytes() == b"earlier"


def save_as_excel_does(path: Path, content: bytes) -> None:
    beside = path.with_name("~tmp")
    beside.write_bytes(content)
    os.replace(beside, path)


def test_where_no_files_can_be_exchanged_one_is_put_over_the_other(book: Path) -> None:
    take(book, lambda one, other: False)
    assert book.read_bytes() == OURS
    assert os.listdir(book.parent) == ["book.xlsx"]


def test_a_workbook_that_was_moved_away_meanwhile_is_not_made_again(book: Path) -> None:
    book.unlink()
    with pytest.raises(ChangedSinceRead):
        save.save(book, OURS, OLD)
    assert os.listdir(book.parent) == []


_SAVING = """
import os, random, re, sys, time
path, go = sys.argv[1:]
def last():
    with open(path, "rb") as file:
        found = re.match(rb"after ([0-9]+) ", file.read(40))
    return int(found[1]) if found else None
number, lost = 0, []
while os.path.exists(go):
    number += 1
    with open(path + ".new", "wb") as file:
        file.write(b"after %d " % number * 500)
    os.replace(path + ".new", path)
    time.sleep(random.random() * 0.0015)
    for _ in range(1000):
        if last() == number:
            break
        time.sleep(0.001)
    else:
        lost.append(number)
print(number, len(lost))
"""


@posix
def test_thousands_of_saves_beside_another_program_lose_none_of_its_own(book: Path) -> None:
    book.write_bytes(b"after 0 ")
    go = book.with_name("go")
    go.touch()
    done = came_between = 0
    with subprocess.Popen(
        [sys.executable, "-c", _SAVING, book, go], stdout=subprocess.PIPE, text=True
    ) as them:
        while done + came_between < 3000:
            before = book.read_bytes()
            ours = before[: before.index(b" ", 6) + 1] + b"ours %d" % done  # it goes on from what was read
            temporary = book.with_name("temporary")
            temporary.write_bytes(ours)
            try:
                if book.read_bytes() == before:
                    save.take_place(temporary, book, place.digest(before), place.digest(ours))
                    done += 1
            except ChangedSinceRead:
                came_between += 1
            finally:
                remove(temporary)
        go.unlink()
        saves, lost = map(int, them.communicate()[0].split())
    assert lost == 0
    assert done > 0
    assert saves > 100


def held(one: Path, other: Path) -> bool:
    """As Windows answers where another program has the file open."""
    problem = PermissionError(errno.EACCES, "The process cannot access the file", str(one))
    problem.winerror = 32  # type: ignore[attr-defined]
    raise problem


def test_what_could_not_be_put_in_place_stays_beside_until_the_next_time(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book.xlsx")
    old = book.read_bytes()
    temporary = written(tmp_path, book.name, OURS, like=book)
    with pytest.raises(WorkbookLocked, match=r"stands beside it as book \(not yet saved \w{8}\)\.xlsx"):
        save.take_place(temporary, book, place.digest(old), place.digest(OURS), held)
    assert book.read_bytes() == old
    waiting = next(path for path in tmp_path.iterdir() if path != book)
    assert waiting.read_bytes() == OURS
    worked_on = waiting.with_name("book (not yet saved 01234567).xlsx")
    worked_on.write_bytes(b"somebody has gone on in it")
    others = waiting.with_name(waiting.name.replace("book ", "my book "))
    others.write_bytes(OURS)
    host = FileHost(book)
    host.apply([SetColumn("KPIs", "Target", (2.0, KEEP, KEEP))], host.read())
    assert sorted(os.listdir(tmp_path)) == sorted([worked_on.name, book.name, others.name, BACKUPS])


def test_a_workbook_that_another_program_holds_cannot_be_read_and_that_is_what_is_told(book: Path) -> None:
    problem = PermissionError(errno.EACCES, "Permission denied", str(book))
    problem.winerror = 33  # type: ignore[attr-defined]
    assert isinstance(place.unreadable(problem, book), WorkbookLocked)


_RACING = """
import sys
from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import ChangedSinceRead
sys.stdin.readline()
left = int(sys.argv[2])
while left:
    host = FileHost(sys.argv[1])
    held = host.read()
    value = held.table("KPIs").columns[2][0]
    try:
        host.apply([SetColumn("KPIs", "Target", (value + 1, KEEP, KEEP))], held)
        left -= 1
    except ChangedSinceRead:
        pass
"""


def test_programs_that_write_at_once_lose_neither_a_change_nor_its_undo(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book.xlsx")
    before = value(book)
    racing = [
        subprocess.Popen([sys.executable, "-c", _RACING, book, "4"], stdin=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for each in racing:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in racing:
        each.communicate()
        assert each.returncode == 0
    assert value(book) == before + 16
    steps = json.loads((tmp_path / BACKUPS / "book.xlsx.undo.json").read_text("utf-8"))
    assert len(steps) == 16
    for number in range(15, -1, -1):
        FileHost(book).undo()
        assert value(book) == before + number
    assert os.listdir(tmp_path) == ["book.xlsx"]


def value(book: Path) -> float:
    table = FileHost(book).read().table("KPIs")
    assert table is not None
    found = table.columns[2][0]
    assert isinstance(found, float)
    return found
