"""Files as only Windows has them: open in another program, under names it keeps, in folders it closes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from common import small_book
from on_windows import ALSO_DELETE, MOVES, NOTHING, READ, READ_AND_WRITE, held, prepared, windows

from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.book.error import QmsbookError
from qmsbook.commands import new, refresh
from qmsbook.hosts.file.copies import BACKUPS, steps
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import UnusableName, WorkbookLocked, WorkbookReadOnly

pytestmark = windows


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return small_book(tmp_path / "book.xlsx")


def write(book: Path, number: float = 2.0, out: Path | None = None) -> None:
    host = FileHost(book, out)
    host.apply([SetColumn("KPIs", "Target", (number, KEEP, KEEP))], host.read())


@pytest.mark.parametrize("others_may", [READ, READ_AND_WRITE], ids=["as Excel", "as a careless program"])
def test_what_another_program_has_open_is_read_and_waits_beside_when_written(
    book: Path, others_may: int
) -> None:
    before = book.read_bytes()
    with held(book, others_may):
        assert FileHost(book).read().table("KPIs") is not None
        with pytest.raises(WorkbookLocked, match="stands beside it as book \\(not yet saved"):
            write(book)
        assert book.read_bytes() == before
        assert len(list(book.parent.glob("*not yet saved*"))) == 1
    write(book, 3.0)
    assert sorted(os.listdir(book.parent)) == ["book.xlsx", BACKUPS]
    FileHost(book).undo()
    assert book.read_bytes() == before


def test_what_another_program_lets_nobody_read_is_open_elsewhere_and_not_read_only(book: Path) -> None:
    before = book.read_bytes()
    with held(book, NOTHING):
        with pytest.raises(WorkbookLocked, match=r"It is book\.xlsx"):
            FileHost(book).read()
        with pytest.raises(WorkbookLocked, match=r"It is book\.xlsx"):
            FileHost(book).undo()
    assert book.read_bytes() == before
    assert os.listdir(book.parent) == ["book.xlsx"]


def for_a_moment(path: Path, others_may: int, action: Callable[[], object], seconds: float = 0.5) -> None:
    """Something is done while a virus scanner looks into a file."""
    holds = threading.Event()

    def look() -> None:
        with held(path, others_may):
            holds.set()
            time.sleep(seconds)

    thread = threading.Thread(target=look)
    thread.start()
    assert holds.wait(10)
    try:
        action()
    finally:
        thread.join()


@pytest.mark.parametrize("others_may", [READ, READ_AND_WRITE])
def test_a_virus_scanner_is_waited_for(book: Path, others_may: int) -> None:
    before = book.read_bytes()
    for_a_moment(book, others_may, lambda: write(book))
    assert book.read_bytes() != before
    assert sorted(os.listdir(book.parent)) == ["book.xlsx", BACKUPS]


def test_what_another_program_is_about_to_replace_is_read_however_long_that_takes(book: Path) -> None:
    with held(book, ALSO_DELETE, does=MOVES):
        assert FileHost(book).read().table("KPIs") is not None


def test_a_workbook_that_nobody_may_read_for_a_moment_is_read_after_it(book: Path) -> None:
    for_a_moment(book, NOTHING, lambda: FileHost(book).read(), 0.1)


def test_a_note_that_is_looked_into_is_not_taken_for_none(book: Path) -> None:
    states = [book.read_bytes()]
    write(book, 2.0)
    states.append(book.read_bytes())
    note = next((book.parent / BACKUPS).glob("*.undo.json"))
    for_a_moment(note, NOTHING, lambda: write(book, 3.0))
    assert len(steps(book)) == 2
    for before in reversed(states):
        FileHost(book).undo()
        assert book.read_bytes() == before


@pytest.mark.parametrize(
    "name",
    [
        "Qualitätsplan Größe é ß.xlsx", "R&D & Söhne.xlsx", "100 % %PATH% %1.xlsx", "Ada's 'plan'.xlsx",
        "[1] (2) {3}; a=b, ^!~`@#$+-.xlsx", "計画 план.xlsx", "n" * 210 + ".xlsx",
    ],
    ids=["umlauts", "ampersand", "percent", "apostrophe", "signs", "other scripts", "long"],
)  # fmt: skip
def test_every_name_that_windows_takes_is_written_and_undone(book: Path, name: str) -> None:
    named_as(book, book.with_name(name))


def test_a_name_of_252_signs_is_written_and_undone(tmp_path: Path) -> None:
    folder = Path("\\\\?\\" + str(tmp_path))
    named_as(small_book(tmp_path / "book.xlsx"), folder / ("ä" + "n" * 246 + ".xlsx"))


def named_as(made: Path, book: Path) -> None:
    made.replace(book)
    before = book.read_bytes()
    write(book)
    write(book, 3.0)
    assert len(list((book.parent / BACKUPS).iterdir())) == 3
    FileHost(book).undo()
    FileHost(book).undo()
    assert book.read_bytes() == before
    assert os.listdir(book.parent) == [book.name]


def test_a_path_in_the_long_form_is_a_path(book: Path) -> None:
    named_as(book, Path(f"\\\\?\\{book}"))


def test_a_workbook_on_a_share_is_written_and_undone(book: Path) -> None:
    share = prepared("QMSBOOK_SHARE")
    assert str(share).startswith("\\\\")
    folder = share / f"quality {os.getpid()}"
    folder.mkdir()
    named_as(book, folder / "Plan Größe.xlsx")


@pytest.mark.parametrize(
    "name", ["CON.xlsx", "nul.xlsx", "com1.xlsx", "a:b.xlsx", "a?b.xlsx", "a<b.xlsx", "plan.", "plan "]
)
def test_a_name_that_windows_keeps_is_one_sentence(book: Path, name: str) -> None:
    path = Path(f"{book.parent}\\{name}")
    with pytest.raises(QmsbookError):
        FileHost(path).read()
    with pytest.raises(UnusableName, match="Windows"):
        write(book, out=path)
    with pytest.raises(UnusableName, match="Windows"):
        new(path)
    assert os.listdir(book.parent) == ["book.xlsx"]


def test_where_no_file_may_be_made_it_is_told_at_once() -> None:
    book = prepared("QMSBOOK_CLOSED") / "book.xlsx"
    before, begun = book.read_bytes(), time.monotonic()
    with pytest.raises(WorkbookReadOnly):
        refresh(FileHost(book))
    with pytest.raises(WorkbookReadOnly):
        new(book.with_name("new.xlsx"))
    assert time.monotonic() - begun < 10
    assert book.read_bytes() == before
    assert os.listdir(book.parent) == ["book.xlsx"]
