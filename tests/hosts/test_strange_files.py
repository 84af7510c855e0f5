"""Whatever stands under the name of a workbook is followed, or told in a sentence; nothing waits for it."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from common import small_book

from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.commands import FileExists, new, template
from qmsbook.hosts.file.copies import BACKUPS
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.owners import who_has_it_open
from qmsbook.hosts.file.place import MOST, kept_by_windows, read, shortened
from qmsbook.hosts.host import SeveralNames, UnusableName, WorkbookLocked, WorkbookUnreadable

posix = pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and devices")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    folder = tmp_path / "quality"
    folder.mkdir()
    return small_book(folder / "book.xlsx")


def write(book: Path, out: Path | None = None) -> str | None:
    host = FileHost(book, out)
    return host.apply([SetColumn("KPIs", "Target", (2.0, KEEP, KEEP))], host.read()).backup


@posix
def test_a_link_is_followed_and_its_target_is_written_where_it_lies(book: Path, tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    between, link = tmp_path / "between.xlsx", tmp_path / "desk" / "mine.xlsx"
    between.symlink_to("quality/book.xlsx")
    link.symlink_to("../between.xlsx")
    before = book.read_bytes()
    backup = write(link)
    assert link.is_symlink()
    assert between.is_symlink()
    assert book.read_bytes() != before
    assert Path(str(backup)).resolve().parent == book.parent / BACKUPS
    assert os.listdir(tmp_path / "desk") == ["mine.xlsx"]
    (tmp_path / "desk" / "~$mine.xlsx").write_bytes(b"\x03Ada")
    with pytest.raises(WorkbookLocked, match=r"Ada has mine\.xlsx open"):
        FileHost(link).undo()
    (tmp_path / "desk" / "~$mine.xlsx").unlink()
    FileHost(link).undo()
    assert book.read_bytes() == before
    other = tmp_path / "other.xlsx"
    other.symlink_to("quality/out.xlsx")
    write(book, out=other)
    assert other.is_symlink()
    assert (book.parent / "out.xlsx").read_bytes() != book.read_bytes()
    assert (
        write(book, out=link) is not None
    )  # the same file by another name: it is kept, and undone, as itself
    FileHost(book).undo()
    assert book.read_bytes() == before


def test_a_file_with_several_names_is_left_alone(book: Path, tmp_path: Path) -> None:
    os.link(book, tmp_path / "other.xlsx")
    before = book.read_bytes()
    with pytest.raises(SeveralNames, match=r"book\.xlsx is one of 2"):
        write(book)
    assert book.read_bytes() == before
    assert os.listdir(book.parent) == ["book.xlsx"]
    target = small_book(tmp_path / "target.xlsx")
    os.link(target, tmp_path / "target too.xlsx")
    with pytest.raises(SeveralNames):
        write(book, out=target)


def strange(folder: Path) -> dict[str, tuple[Path, str]]:
    """Names under which no file stands that could be read or written, and what is told of each."""
    os.mkfifo(folder / "pipe.xlsx")
    (folder / "one").symlink_to("two")
    (folder / "two").symlink_to("one")
    (folder / "folder.xlsx").mkdir()
    (folder / "to a folder").symlink_to("folder.xlsx")
    (folder / "file").write_bytes(b"x")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "s"))
    return {
        "a pipe": (folder / "pipe.xlsx", "pipe.xlsx is a pipe, not a file"),
        "a circle": (folder / "one", "one is a link that leads in a circle"),
        "a folder": (folder / "folder.xlsx", "folder.xlsx is a folder"),
        "a link to a folder": (folder / "to a folder", "to a folder is a folder"),
        "a device": (Path("/dev/zero"), "zero is a device, not a file"),
        "a socket": (folder / "s", "s is a socket, not a file"),
        "a long name": (folder / ("n" * 252 + ".xlsx"), "The name is longer than the system allows"),
        "this folder": (Path(), "is a folder"),
    }


@posix
def test_what_is_no_file_is_told_when_it_is_read_and_when_it_is_written(
    book: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("s")
    for what, (path, told) in strange(folder).items():
        before = sorted(os.listdir(folder))
        with pytest.raises(WorkbookUnreadable, match=told):
            FileHost(path).read()
        with pytest.raises(WorkbookUnreadable, match=told):
            FileHost(path).undo()
        with pytest.raises(UnusableName, match=told):
            write(book, out=path)
        with pytest.raises((UnusableName, FileExists)):
            new(path)
        assert sorted(os.listdir(folder)) == before, what
    assert os.listdir(book.parent) == ["book.xlsx"]


@posix
@pytest.mark.parametrize("name", ["absent/out.xlsx", "quality/book.xlsx/out.xlsx"])
def test_a_result_needs_a_folder_that_is_there(book: Path, tmp_path: Path, name: str) -> None:
    for action in (lambda: write(book, out=tmp_path / name), lambda: new(tmp_path / name)):
        with pytest.raises(UnusableName):
            action()
    assert os.listdir(tmp_path) == ["quality"]


@pytest.mark.parametrize("length", [200, 232, 243, 250, 255])
def test_a_long_name_works_as_long_as_the_system_takes_it(tmp_path: Path, length: int) -> None:
    book = small_book(tmp_path / "book.xlsx").rename(tmp_path / ("ä" * 60 + "n" * (length - 125) + ".xlsx"))
    assert len(os.fsencode(book.name)) == length
    before = book.read_bytes()
    for _ in range(22):
        host = FileHost(book)
        held = host.read().table("KPIs")
        assert held is not None
        value = held.columns[2][0]
        assert isinstance(value, float)
        host.apply([SetColumn("KPIs", "Target", (value + 1, KEEP, KEEP))], host.read())
    assert len(list((tmp_path / BACKUPS).glob("*.xlsx"))) == 20
    for _ in range(20):
        FileHost(book).undo()
    write(book)
    FileHost(book).undo()
    assert book.read_bytes() != before
    assert os.listdir(tmp_path) == [book.name]


def test_names_that_differ_at_their_ends_stay_apart_when_they_are_cut() -> None:
    names = {shortened("n" * 240 + end, 24) for end in ("a.xlsx", "b.xlsx", "c.xlsx")}
    assert len(names) == 3
    assert all(len(os.fsencode(name)) == 255 - 24 for name in names)


def test_names_that_windows_keeps_are_known() -> None:
    for name in (
        "CON",
        "nul.xlsx",
        "Com1.tar.xlsx",
        "lpt³",
        "a:b.xlsx",
        "a?b.xlsx",
        "a\x1f.xlsx",
        "plan.",
        "plan ",
    ):
        assert kept_by_windows(name), name
    for name in ("console.xlsx", "Plan.xlsx", "COM10.xlsx", ".xlsx", "a b.xlsx"):
        assert not kept_by_windows(name), name


def test_a_file_larger_than_any_workbook_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with path.open("wb") as file:
        file.truncate(MOST + 1)  # no block of it is written
    with pytest.raises(WorkbookUnreadable, match="larger than any workbook"):
        FileHost(path).read()
    assert read(path, 10) == b"\0" * 10


def test_no_more_room_is_asked_for_than_a_file_needs(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows touches all of the room that a call is given: 64 MB at each file's end took seconds."""
    asked: list[int] = []
    real = os.read

    def noted(handle: int, most: int) -> bytes:
        asked.append(most)
        return real(handle, most)

    monkeypatch.setattr(os, "read", noted)
    content = read(book)
    assert content == book.read_bytes()
    assert asked[0] == len(content) + 1
    assert max(asked[1:]) <= 1 << 16


_NASTY = "Ada\x1b[31m\r\n\u202e" + "x" * 500


@pytest.mark.parametrize(
    "owner",
    [
        bytes([255]) + _NASTY.encode("latin-1", "replace"),
        b"\x01A".ljust(55, b" ") + b"\xff\xff" + _NASTY.encode("utf-16-le"),
        random.Random(5).randbytes(5000),  # the same on every worker
    ],
    ids=["Excel's", "Excel's, wide", "noise"],
)
def test_a_name_in_a_lock_file_is_one_short_line(book: Path, owner: bytes) -> None:
    book.with_name("~$book.xlsx").write_bytes(owner)
    found = who_has_it_open(book)
    assert found is not None
    assert 0 < len(found[0]) <= 40
    assert found[0].isprintable() or not any(
        letter < " " or letter in "\x7f\x9b\u202e" for letter in found[0]
    )


def test_a_lock_file_of_libreoffice_with_commas_in_the_name(book: Path) -> None:
    lock = book.with_name(".~lock.book.xlsx#")
    lock.write_text("Hopper\\, Grace\x1b]0;x\x07,GRACE/pc,host,2026-11-23,file:///x;", "utf-8")
    with pytest.raises(WorkbookLocked, match=r"Hopper, Grace \]0;x has book.xlsx open.*delete it"):
        write(book)


@posix
def test_a_pipe_as_lock_file_is_not_waited_for(book: Path) -> None:
    os.mkfifo(book.with_name("~$book.xlsx"))
    with pytest.raises(WorkbookLocked, match="somebody"):
        write(book)


@posix
def test_the_command_line_ends_in_a_sentence_whatever_file_it_is_given(book: Path) -> None:
    book.write_bytes(template("example.xlsx"))
    os.mkfifo(book.with_name("pipe.xlsx"))
    for given, code in (
        (("check", "pipe.xlsx"), 2),
        (("refresh", "book.xlsx", "--out", "/dev/null"), 2),
        (("demo", "book.xlsx"), 2),
        (("new", "absent/plan.xlsx"), 2),
        (("check", "book.xlsx/qmsbook.toml"), 2),
        (("collect", "book.xlsx", "pipe.xlsx"), 2),
        (("remind", "book.xlsx", "--to", "book.xlsx"), 3),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "qmsbook", *given],
            cwd=book.parent,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, (given, done.stderr)
        assert done.stderr.strip().endswith((".", ")")), given
        assert "Traceback" not in done.stderr
        assert "inside qmsbook" not in done.stderr
    assert sorted(os.listdir(book.parent)) == ["book.xlsx", "pipe.xlsx"]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux has a device that is always full")
def test_an_answer_that_cannot_be_written_is_told(book: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "qmsbook", "rules"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert done.returncode == 3
    assert done.stderr == "A file or folder could not be used. The disk is full.\n"
