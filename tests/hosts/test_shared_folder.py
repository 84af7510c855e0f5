"""Two people in one folder: what one wrote the other can write and take back, and nobody else may more."""

from __future__ import annotations

import os
import stat
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bounded import bound
from common import small_book
from somebody import ADA, GRACE, STRANGER, TEAM, acting_as, needs_other_people, shared_folder

from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.commands.review_mail import fresh_folder
from qmsbook.hosts.file.copies import BACKUPS, KEPT
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import NothingToUndo, QmsbookError, WorkbookReadOnly

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="access lists are written here as Linux keeps them"
)
_ACCESS = "system.posix_acl_access"


@pytest.fixture
def folder() -> Iterator[Path]:
    with shared_folder() as found:
        yield found


def book_in(folder: Path, mode: int = 0o660, group: int = TEAM) -> Path:
    book = small_book(folder / "book.xlsx")
    os.chown(book, ADA, group)
    book.chmod(mode)
    write(book, 0.25, out=folder.parent / "warm.xlsx")  # everything is imported before rights are given up
    write(book, 0.35, out=folder.parent / "warm.xlsx")
    FileHost(folder.parent / "warm.xlsx").undo()
    return book


def write(book: Path, number: float, out: Path | None = None) -> str | None:
    host = FileHost(book, out)
    return host.apply([SetColumn("KPIs", "Target", (number, KEEP, KEEP))], host.read()).backup


def rights(path: Path) -> tuple[str, int]:
    known = path.stat()
    return oct(stat.S_IMODE(known.st_mode)), known.st_gid


@pytest.mark.parametrize("umask", [0o002, 0o022, 0o077])
def test_one_takes_back_what_the_other_wrote_and_both_go_on(folder: Path, umask: int) -> None:
    book = book_in(folder)
    states = [book.read_bytes()]
    for number, person in enumerate((ADA, GRACE, ADA, GRACE)):
        acting_as(person, lambda number=number: write(book, float(number + 2)), umask)
        states.append(book.read_bytes())
        assert rights(book) == ("0o660", TEAM)
    assert rights(folder / BACKUPS) == ("0o2770", TEAM)
    assert {rights(path) for path in (folder / BACKUPS).iterdir()} == {("0o660", TEAM)}
    for state, person in zip(reversed(states[:-1]), (ADA, ADA, GRACE, GRACE), strict=True):
        acting_as(person, FileHost(book).undo, umask)
        assert book.read_bytes() == state
    assert sorted(os.listdir(folder)) == ["book.xlsx"]


def test_everybodys_folder_is_everybodys_whatever_its_group(folder: Path) -> None:
    """The folder belongs to a group that neither of them is in."""
    book = book_in(folder, mode=0o666, group=0)
    os.chown(folder, 0, 0)
    folder.chmod(0o777)
    for number, person in enumerate((ADA, GRACE)):
        acting_as(person, lambda number=number: write(book, float(number + 2)), 0o022)
    assert rights(folder / BACKUPS)[0] == "0o777"
    acting_as(GRACE, FileHost(book).undo, 0o022)


def test_drafts_go_where_the_other_may_write_too(folder: Path) -> None:
    made = folder / "mail"
    for person in (ADA, GRACE):
        acting_as(person, lambda: fresh(made), 0o022)
    assert rights(made) == ("0o2770", TEAM)
    assert {rights(each) for each in made.iterdir()} == {("0o2770", TEAM)}
    assert len(list(made.iterdir())) == 2


def fresh(folder: Path) -> None:
    with fresh_folder(folder, "Reminders"):
        pass


def test_one_thins_out_the_copies_of_the_other(folder: Path) -> None:
    book = book_in(folder)
    for number in range(KEPT):
        acting_as(ADA, lambda number=number: write(book, float(number)))
    for number in range(3):
        acting_as(GRACE, lambda number=number: write(book, number + 0.5))
    assert len(list((folder / BACKUPS).glob("*.xlsx"))) == KEPT


def test_a_folder_of_copies_that_one_made_before_is_opened_to_the_other(folder: Path) -> None:
    book = book_in(folder)
    (folder / BACKUPS).mkdir()
    os.chown(folder / BACKUPS, ADA, ADA)
    (folder / BACKUPS).chmod(0o755)
    with pytest.raises(WorkbookReadOnly, match=f"written in {BACKUPS}"):
        acting_as(GRACE, lambda: write(book, 2.0))
    acting_as(ADA, lambda: write(book, 2.0))
    acting_as(GRACE, lambda: write(book, 3.0))
    (folder / BACKUPS).chmod(0o700)  # a mode that somebody chose stays
    acting_as(ADA, lambda: write(book, 4.0))
    assert rights(folder / BACKUPS)[0] == "0o700"


def test_a_refused_write_leaves_nothing_behind(folder: Path) -> None:
    book = book_in(folder, mode=0o640)
    with pytest.raises(WorkbookReadOnly):
        acting_as(GRACE, lambda: write(book, 2.0))
    with pytest.raises(QmsbookError):
        acting_as(STRANGER, lambda: write(book, 2.0))
    assert os.listdir(folder) == ["book.xlsx"]


def test_a_folder_where_no_file_may_be_made_is_told_at_once() -> None:
    with shared_folder(0o2750) as folder:
        book = book_in(folder)
        with pytest.raises(WorkbookReadOnly, match="quality is read-only"):
            acting_as(GRACE, lambda: write(book, 2.0))
        with pytest.raises(NothingToUndo), shared_folder() as other:
            acting_as(GRACE, FileHost(book_in(other)).undo)


def test_a_group_that_cannot_be_kept_gives_nobody_more(folder: Path) -> None:
    folder.chmod(0o777)
    book = book_in(folder, mode=0o676, group=ADA)  # everybody may write; Grace is not in Ada's own group
    acting_as(GRACE, lambda: write(book, 2.0))
    assert rights(book) == ("0o666", GRACE)


@pytest.mark.parametrize("mode", [0o666, 0o444, 0o000])
@pytest.mark.parametrize("what", ["pipe", "link", "folder", "file"])
def test_what_somebody_put_where_the_lock_goes_makes_nobody_wait(folder: Path, what: str, mode: int) -> None:
    """Whoever may write in the folder can put anything there: that is told, or does no harm."""
    book, place = book_in(folder), folder / ".book.xlsx.lock"
    elsewhere = folder / "letter.txt"
    elsewhere.write_bytes(b"Grace's")
    before = book.read_bytes()
    if what == "pipe":
        os.mkfifo(place)
    elif what == "link":
        place.symlink_to(elsewhere)
    elif what == "folder":
        place.mkdir()
    else:
        place.touch()
    if what != "link":
        os.chown(place, GRACE, TEAM)
        place.chmod(mode)
    with bound(30.0):
        try:
            acting_as(ADA, lambda: write(book, 2.0))
        except QmsbookError:
            assert book.read_bytes() == before
            assert BACKUPS not in os.listdir(folder)
        else:
            assert book.read_bytes() != before
    assert elsewhere.read_bytes() == b"Grace's"


NOTES = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "long": lambda path: path.write_bytes(b'[{"after": 1}' + b', {"before": "0"}' * 2_000_000 + b"]"),
    "deep": lambda path: path.write_bytes(b"[" * 100_000),
    "words": lambda path: path.write_bytes(b'["a", 7, null, {"after": ["x"], "backup": ["/etc/passwd"]}]'),
    "link": lambda path: path.symlink_to(path.parents[1] / "letter.txt"),
}


@pytest.mark.parametrize("what", NOTES)
def test_what_somebody_put_where_the_note_goes_costs_at_most_the_undo(folder: Path, what: str) -> None:
    book, elsewhere = book_in(folder), folder / "letter.txt"
    elsewhere.write_bytes(b"Grace's")
    (folder / BACKUPS).mkdir()
    (folder / BACKUPS).chmod(0o777)
    NOTES[what](folder / BACKUPS / "book.xlsx.undo.json")
    before = book.read_bytes()
    with bound(30.0):
        with pytest.raises(NothingToUndo):
            acting_as(ADA, FileHost(book).undo)
        try:
            acting_as(ADA, lambda: write(book, 2.0))
        except QmsbookError:
            assert book.read_bytes() == before
        else:
            acting_as(GRACE, FileHost(book).undo)
            assert book.read_bytes() == before
    assert elsewhere.read_bytes() == b"Grace's"


def access_list(person: int) -> bytes:
    """An access list by which one more person may read and write."""
    nobody = 0xFFFFFFFF
    entries = [(0x01, 6, nobody), (0x02, 6, person), (0x04, 4, nobody), (0x10, 6, nobody), (0x20, 0, nobody)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


@linux
def test_access_list_and_attributes_survive(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book.xlsx")
    os.setxattr(book, "user.department", b"Quality")
    os.setxattr(book, _ACCESS, access_list(STRANGER))
    kept = {name: os.getxattr(book, name) for name in os.listxattr(book)}
    assert len(kept) >= 2
    copy = write(book, 2.0)
    for path in (book, Path(str(copy))):
        assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == kept
    FileHost(book).undo()
    assert {name: os.getxattr(book, name) for name in os.listxattr(book)} == kept


@linux
def test_what_a_folder_gives_to_new_files_does_not_come_to_an_old_one(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book.xlsx")
    book.chmod(0o600)
    os.setxattr(tmp_path, "system.posix_acl_default", access_list(STRANGER))
    write(book, 2.0)
    assert _ACCESS not in os.listxattr(book)
    assert oct(stat.S_IMODE(book.stat().st_mode)) == "0o600"


def test_the_owner_stays_where_an_administrator_writes(tmp_path: Path) -> None:
    needs_other_people()
    book = small_book(tmp_path / "book.xlsx")
    os.chown(book, ADA, TEAM)
    write(book, 2.0)
    assert (book.stat().st_uid, book.stat().st_gid) == (ADA, TEAM)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
@pytest.mark.parametrize("umask", [0o002, 0o022, 0o077])
def test_a_result_that_goes_elsewhere_has_the_mode_of_a_new_file(tmp_path: Path, umask: int) -> None:
    book = small_book(tmp_path / "book.xlsx")
    book.chmod(0o600)
    before = os.umask(umask)
    try:
        write(book, 2.0, out=tmp_path / "out.xlsx")
        write(book, 0.95, out=tmp_path / "same.xlsx")
    finally:
        os.umask(before)
    for name in ("out.xlsx", "same.xlsx"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o666 & ~umask
    (tmp_path / "out.xlsx").chmod(0o604)
    write(book, 3.0, out=tmp_path / "out.xlsx")
    assert stat.S_IMODE((tmp_path / "out.xlsx").stat().st_mode) == 0o604
