"""Reminding: each person gets what they owe, in words, as rows and as dates, and nothing of anybody else."""

from __future__ import annotations

import io
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest
from browser import look
from common import complaints
from entry_books import ACTIONS, measurements, rows
from icalendar import Calendar
from live import Desk
from nasty import NAME, nasty
from ooxml import unzip
from test_cli import Run, example, run

from qmsbook.book.book import Book
from qmsbook.commands import Asked, read, template
from qmsbook.commands import reminders as chasing
from qmsbook.commands import review_mail as mailing
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.memory import MemoryHost
from qmsbook.mail.html import html
from qmsbook.mail.plain import plain

__all__ = ["example", "run"]

ON = date(2026, 12, 20)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("remind") / "acme.xlsx"
    made.write_bytes(template("example.xlsx"))
    return made


@pytest.fixture(scope="module")
def book(path: Path) -> Book:
    return read(FileHost(path), Asked(ON)).book


@pytest.fixture(scope="module")
def mailed(path: Path) -> mailing.Mailed:
    return chasing.remind(FileHost(path), path.parent / "drafts", ON)


def attached(post: mailing.Post, ending: str) -> bytes | None:
    return next((each.content for each in post.attachments if each.name.endswith("." + ending)), None)


def entries(post: mailing.Post, table: str = "Your_figures") -> dict[str, dict[str, object]]:
    content = attached(post, "xlsx")
    return rows(content, table) if content else {}


def test_every_figure_that_is_due_is_asked_of_its_owner_and_of_nobody_else(
    mailed: mailing.Mailed, book: Book, path: Path
) -> None:
    read_ = measurements(path)
    for kpi in book.kpis:
        asked = [post.name for post in mailed.posts if f"{kpi.id}@2026-11" in entries(post)]
        if kpi.frequency == "monthly" and (kpi.id, "2026-11") not in read_ and kpi.active is not False:
            assert asked == ([kpi.owner] if book.person(kpi.owner) else [])
        else:
            assert asked == []
    for post in mailed.posts:
        for key in entries(post):
            name, _, period = key.partition("@")
            found = book.kpi(name)
            assert found is not None
            assert found.owner == post.name
            assert read_.get((name, period), [(None,) * 4]) == [(None,) * 4]


def test_every_open_action_is_in_its_owners_workbook_alone(mailed: mailing.Mailed, book: Book) -> None:
    there = {(post.name, key) for post in mailed.posts for key in entries(post, ACTIONS)}
    left = {person.id for person in book.people if person.left_on}
    assert left
    assert there == {(a.owner, a.id) for a in book.actions if a.state == "open" and a.owner not in left}
    assert left.isdisjoint(post.name for post in mailed.posts)


def test_a_draft_speaks_of_its_reader_only(mailed: mailing.Mailed, book: Book) -> None:
    names = {person.id for person in book.people}
    for post in mailed.posts:
        others = names - {post.name}
        text = plain(post.letter)
        assert not [action for action in book.actions if action.owner in others and f"- {action.id} " in text]
        assert not [kpi for kpi in book.kpis if kpi.owner in others and f"- {kpi.id} " in text]
        content = attached(post, "xlsx")
        if content:
            everything = "".join(part.decode("utf-8", "replace") for part in unzip(content).values())
            assert not [name for name in others if f">{name}<" in everything]


def test_each_draft_goes_to_one_person_and_is_marked_unsent(mailed: mailing.Mailed, book: Book) -> None:
    drafts = [each for each in mailed.files if each.suffix == ".eml"]
    assert len(drafts) == len(mailed.posts) > 5
    for post, draft in zip(mailed.posts, drafts, strict=True):
        found = message_from_bytes(draft.read_bytes(), policy=policy.default)
        assert isinstance(found, EmailMessage)
        assert found["X-Unsent"] == "1"
        assert "From" not in found
        person = book.person(post.name)
        assert person is not None
        to = [a.addr_spec for a in found["To"].addresses] if "To" in found else []
        assert to == ([person.email] if person.email else [])
    assert any("cannot be reached" in notice for notice in mailed.notices)


def test_the_mail_reads_well_on_a_phone(mailed: mailing.Mailed) -> None:
    longest = max(mailed.posts, key=lambda post: len(html(post.letter)))
    found = look(html(longest.letter), 360)
    assert found.wide <= 360
    assert found.contrast >= 4.5


def test_dates_are_whole_days_that_a_calendar_reads(mailed: mailing.Mailed, book: Book) -> None:
    seen: set[str] = set()
    for post in mailed.posts:
        content = attached(post, "ics")
        if content is None:
            continue
        found = Calendar.from_ical(content)
        assert found["method"] == "PUBLISH"
        assert all(len(line) <= 75 for line in content.split(b"\r\n"))
        for event in found.walk("VEVENT"):
            start, end = event.decoded("dtstart"), event.decoded("dtend")
            assert type(start) is date
            assert end - start == timedelta(days=1)
            assert start >= ON
            uid = str(event["uid"])
            seen.add(uid)
            if uid.startswith("action-"):
                action = next(a for a in book.actions if str(event["summary"]).startswith(f"Due: {a.id} "))
                assert (action.owner, action.due) == (post.name, start)
            elif uid.startswith("readings-"):
                names = str(event["description"])
                assert [k.id for k in book.kpis if f"{k.id} (" in names and k.owner != post.name] == []
    assert any(uid.startswith("review-after") for uid in seen)


def test_a_second_reminder_updates_the_calendar_instead_of_filling_it(
    mailed: mailing.Mailed, path: Path, tmp_path: Path
) -> None:
    again = chasing.remind(FileHost(path), tmp_path, ON)
    for post, other in zip(mailed.posts, again.posts, strict=True):
        assert attached(post, "ics") == attached(other, "ics")
        assert attached(post, "xlsx") == attached(other, "xlsx")


def test_programs_open_the_entry_workbook(mailed: mailing.Mailed, desk: Desk, tmp_path: Path) -> None:
    post = max(mailed.posts, key=lambda each: len(entries(each)))
    content = attached(post, "xlsx")
    assert content is not None
    path = tmp_path / "entry.xlsx"
    path.write_bytes(content)
    assert complaints(path) == set()
    document = desk.open(path)
    assert document.Sheets.Count == 1
    assert document.Sheets.getByIndex(0).queryContentCells(16).Count == 0  # CellFlags.FORMULA
    assert document.DatabaseRanges.Count >= 2
    found = openpyxl.load_workbook(path)
    assert [s.sheet_state for s in found.worksheets] == ["visible"]
    assert found.properties.creator == "qmsbook"
    for row in entries(post).values():
        for header in ("Plan", "Last figure"):
            assert len(str(row[header] or "")) <= 8  # it is read in a narrow column


def test_a_strange_name_stays_a_name(path: Path, tmp_path: Path) -> None:
    snapshot = nasty(FileHost(path).read(), "Tom Hayes")
    made = chasing.remind(MemoryHost(snapshot.tables), tmp_path, ON)
    assert {each.parent for each in made.files} == {made.folder}
    post = next(each for each in made.posts if "evil" in each.name)
    assert "\n" not in post.name
    ics, book = attached(post, "ics"), attached(post, "xlsx")
    assert ics is not None
    assert book is not None
    assert {line.split(b":")[0].split(b";")[0] for line in ics.replace(b"\r\n ", b"").split(b"\r\n")} <= {
        b"BEGIN", b"END", b"VERSION", b"PRODID", b"METHOD", b"SUMMARY", b"DTSTART", b"DTEND", b"DTSTAMP",
        b"UID", b"DESCRIPTION", b"TRANSP", b"",
    }  # fmt: skip
    assert b"<f>" not in unzip(book)["xl/worksheets/sheet1.xml"]
    for row in openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].iter_rows():
        assert all(cell.data_type != "f" for cell in row)
    for draft in made.files:
        if draft.suffix == ".eml":
            found = message_from_bytes(draft.read_bytes(), policy=policy.default)
            assert set(found.keys()) <= {"Subject", "To", "MIME-Version", "Content-Type", "X-Unsent"}
    assert NAME not in post.letter.title


def test_the_command_writes_drafts_and_leaves_the_workbook_alone(run: Run, example: Path) -> None:
    before = example.read_bytes()
    code, out, err = run("remind", example, "--on", "2026-12-20")
    assert code == 0, err
    assert "Nothing was sent" in out
    assert example.read_bytes() == before
    assert sorted(p.name for p in (example.parent / mailing.FOLDER).iterdir()) == ["Reminders 2026-12-20"]
