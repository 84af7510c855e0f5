"""What people have from the first release goes on working: no word lost, nothing told that is not so."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import earlier
import pytest
from desktop import Desktop, give
from entry_books import fill, measurements, rows
from hands import type_in
from live import Desk, live_office

from qmsbook import commands
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import columns_of
from qmsbook.book.tables import TABLES
from qmsbook.commands import reminders
from qmsbook.commands.review_mail import mail
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host
from qmsbook.hosts.libreoffice.bridge import close, load
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.pages.page import text_of

ON = date(2026, 11, 10)
TYPED = {record.TABLE: record for record in TABLES}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "acme.xlsx"


def said(snapshot: Snapshot) -> set[str]:
    """Every text in the tables of a workbook, those on generated sheets among them."""
    return {text_of(value) for table in snapshot.tables for column in table.columns for value in column}


def codes(path: Path, on: date = ON) -> set[str]:
    return {finding.code for finding in commands.look(FileHost(path), on).findings}


def test_a_filled_workbook_is_refreshed_and_then_stands(book: Path) -> None:
    book.write_bytes(earlier.filled())
    before = FileHost(book).read()
    done = commands.refresh(FileHost(book), ON)
    assert done.notices == ()
    after = FileHost(book).read()
    assert {drawn.marker for drawn in before.drawn} <= {drawn.marker for drawn in after.drawn}
    assert "Kept notes" not in after.sheets  # nothing of the old drawings was taken for somebody's words
    assert {name: typed(after, name) for name in TYPED} == {name: typed(before, name) for name in TYPED}
    content = book.read_bytes()
    assert commands.refresh(FileHost(book), ON).changes == ()
    assert book.read_bytes() == content


def typed(snapshot: Snapshot, name: str) -> list[tuple[str, ...]]:
    """The rows of a table in the columns that people fill, but for blank ones."""
    table = snapshot.table(name)
    assert table is not None
    mine = [c.header for c in columns_of(TYPED[name]).values() if not c.computed]
    held = [table.columns[at] for header in mine if (at := table.find(header)) is not None]
    return [line for row in zip(*held, strict=True) if any(line := tuple(map(text_of, row)))]


def test_an_open_review_keeps_its_minutes_and_hands_on_its_decisions(book: Path) -> None:
    book.write_bytes(earlier.with_minutes())
    done = commands.refresh(FileHost(book), ON)
    after = FileHost(book).read()
    there = said(after)
    for word in (earlier.MINUTE, "Buy a second gauge", "QMS change: it fits as it is", "It carries us"):
        assert word in there
    minutes = after.table("Minutes_2026_Q3")
    assert minutes is not None
    parts = dict(zip(*minutes.columns[:2], strict=True))
    assert parts["Off track"] == earlier.MINUTE  # it was drawn as Off plan then
    assert "Off plan" not in parts
    decisions, actions = after.table("Decisions"), after.table("Actions")
    assert decisions is not None
    assert actions is not None
    assert "Buy a second gauge" in decisions.columns[decisions.find("Decision text") or 0]
    assert "Buy a second gauge" in actions.columns[actions.find("What") or 0]
    assert not any("not replaced" in notice for notice in done.notices)
    closed = commands.close(FileHost(book), earlier.PERIOD, ON)
    assert any("is closed" in text for text in closed.changes)
    assert earlier.MINUTE in said(FileHost(book).read())


def test_a_closed_review_has_not_drifted_and_stays(book: Path) -> None:
    book.write_bytes(earlier.closed())
    frozen = FileHost(book).read().sheet(earlier.REVIEW)
    assert frozen is not None
    assert not {"REV022", "REV023"} & codes(book)
    commands.refresh(FileHost(book), ON)
    assert FileHost(book).read().sheet(earlier.REVIEW) == frozen
    assert not {"REV022", "REV023"} & codes(book)
    commands.review(FileHost(book), "2026-Q4", date(2027, 1, 15))
    assert FileHost(book).read().sheet(earlier.REVIEW) == frozen
    commands.reopen(FileHost(book), earlier.PERIOD, date(2027, 1, 15))
    assert earlier.MINUTE in said(FileHost(book).read())


@pytest.mark.parametrize("live", [False, True], ids=["closed", "in LibreOffice"])
def test_an_open_review_whose_first_cell_was_typed_over_is_no_other_sheet(
    book: Path, live: bool, request: pytest.FixtureRequest
) -> None:
    """The cursor waited there then. Nothing else of such a sheet said what it is but what it remembers."""
    content = earlier.with_minutes()
    book.write_bytes(type_in(content, earlier.sheet_of(content), {"A1": "j"}))
    host: Host = FileHost(book)
    if live:
        desk: Desk = request.getfixturevalue("desk")
        host = LibreOfficeHost(desk.open(book))
    sheets = host.read().sheets
    commands.review(host, earlier.PERIOD, ON)
    after = host.read()
    assert [name for name in after.sheets if "Review" in name] == [s for s in sheets if "Review" in s]
    there = said(after)
    for word in (earlier.MINUTE, "Buy a second gauge", "QMS change: it fits as it is", "j"):
        assert word in there
    drawn = after.sheet(earlier.REVIEW)
    assert drawn is not None
    assert drawn.cells[1, 1] == earlier.REVIEW


@pytest.mark.parametrize("by", ["the first release", "this one"])
def test_a_closed_review_that_is_opened_again_leaves_no_words_that_nobody_typed(book: Path, by: str) -> None:
    """What its sheet remembers of itself, its copy for reading included, is nobody's note."""
    if by == "this one":
        book.write_bytes(earlier.with_minutes())
        commands.close(FileHost(book), earlier.PERIOD, ON)
    else:
        book.write_bytes(earlier.closed())
    done = commands.reopen(FileHost(book), earlier.PERIOD, ON, why="a wrong number")
    assert not any("Kept notes" in told for told in (*done.notices, *done.changes))
    assert "Kept notes" not in FileHost(book).read().sheets


def test_a_closed_review_is_mailed_as_it_was_closed(book: Path, tmp_path: Path) -> None:
    book.write_bytes(earlier.closed())
    made = mail(FileHost(book), earlier.PERIOD, tmp_path / "drafts", ON)
    assert made.notices == ()


def test_a_figure_that_comes_back_is_not_lost(book: Path) -> None:
    """What was given out then is taken, or shown with what was typed; it never goes unsaid."""
    on = date(2026, 12, 20)
    content, out = earlier.given_out(on.isoformat())
    book.write_bytes(content)
    name, entry = next((name, entry) for name, entry in out.items() if rows(entry))
    key = next(iter(rows(entry)))
    back = {f"{name}.xlsx": fill(entry, {(key, "Value"): 12.5})}
    made = reminders.collect(FileHost(book), back, on)
    kpi, _, period = key.partition("@")
    if made.taken:
        assert measurements(book)[(kpi, period)][0][0] == 12.5
    else:
        assert [(each.row, each.said[0]) for each in made.conflicts] == [(key, 12.5)]


def test_what_an_installed_add_in_starts_is_there_still() -> None:
    """Excel's add-in, the script for the Mac and LibreOffice's extension were installed months ago."""
    sources = [path for path in (earlier.release() / "addin").rglob("*") if path.suffix in _SOURCES]
    started = {name for path in sources for name in re.findall(r"-m[\", ]+(qmsbook[.\w]*)", path.read_text())}
    assert started == {"qmsbook.macros"}
    for name in started:
        done = subprocess.run(
            [sys.executable, "-m", name, "help"], capture_output=True, text=True, check=False
        )
        assert "No module named" not in done.stderr


_SOURCES = {".bas", ".cls", ".py", ".applescript", ".xcu"}


def test_buttons_of_the_extension_that_was_installed_then_work(tmp_path: Path) -> None:
    live_office()  # skips where there is none, unless it is required
    path = tmp_path / "acme.xlsx"
    path.write_bytes(earlier.filled())
    with Desktop() as made:
        made.install(earlier.extension())
        running = made.start()
        document = load(running, path, hidden=False)
        try:
            assert "First: " in give(document, "check", made.here)
            assert "32 KPIs: " in give(document, "refresh", made.here)
            assert " added to Measurements" in give(document, "period", made.here)
            assert "as it was" in give(document, "undo", made.here)
            assert "review of " in give(document, "review", made.here)
        finally:
            close(document)
            made.stop(running)
