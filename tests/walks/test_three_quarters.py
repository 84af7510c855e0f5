"""Three quarters of reviews, on the closed file and in a live LibreOffice: no typed word is ever lost."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from common import ROOT, complaints, write_tables
from hands import type_in
from live import Desk
from office import resave

from qmsbook import commands
from qmsbook.book.cell import Cell
from qmsbook.book.edit import Fill, FillCells
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table, Value
from qmsbook.commands import review_mail as mailing
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host, SheetProtected
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.hosts.memory import MemoryHost
from qmsbook.pages import review_marker
from qmsbook.pages.memo import copy_of
from qmsbook.pages.page import norm, text_of
from qmsbook.rules.examples import read_example
from qmsbook.sections.minutes import PRIORITY

#: A small company, so that every step is short in a live LibreOffice.
SMALL = """
Settings
| Setting | Value |
|---|---|
| Stage | run |
| Small company people | 0 |
People
| Person | Role | Top management | Left on |
|---|---|---|---|
| Dana Whitfield | President | yes | |
| Erin Foster | Scheduler | no | |
Goals
| Goal | Statement | Owner | Result KPI |
|---|---|---|---|
| G1 | Deliver what we promised | Dana Whitfield | K1 |
Objectives
| Objective | Statement | Supports | Owner | Vital few |
|---|---|---|---|---|
| O1.2 | Ship 95 % on time | G1 | Erin Foster | yes |
KPIs
| KPI | Name | Supports | Owner | Unit | Baseline | Baseline on | Target | Target on | Aggregation |
|---|---|---|---|---|---|---|---|---|---|
| K1 | On-time delivery | O1.2 | Erin Foster | % | 86 | 2026-01-31 | 95 | 2026-12-31 | average |
Measurements
| KPI | Period | Value | Comment | Numerator | Denominator |
|---|---|---|---|---|---|
| K1 | 2026-07 | 88 | | | |
| K1 | 2026-08 | 87 | Two trucks broke down | | |
| K1 | 2026-09 | 86 | | | |
Reviews
| Review | Period | Held on | State | Chair | Attended by | Suitability | Adequacy | Effectiveness | Alignment with strategy | Approved by | Next review on | Closed on | Digest | History |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
| MR-2026-10 | 2026-Q3 | | draft | Dana Whitfield | | | | | | | | | | |
Decisions
| Decision | Review | Clause | Decision text | Owner | Due | Concerns | Result | Action |
|---|---|---|---|---|---|---|---|---|
| D04 | MR-2026-04 | improvement | Count late orders | Erin Foster | 2026-06-30 | | done | |
Actions
| Action | What | Serves | Owner | Due | State | From | Opened | Closed | Effect | Carried |
|---|---|---|---|---|---|---|---|---|---|---|
| A07 | Count late orders | K1 | Erin Foster | 2026-06-30 | done | review | 2026-04-20 | 2026-06-01 | fewer | |
"""  # noqa: E501 - the tables of the workbook are as wide as they are
EXAMPLE = ROOT / "workbook_templates" / "example.xlsx"
MINUTES = "Minutes_2026_Q3"
CONCLUSIONS = ("Suitability", "Adequacy", "Effectiveness", "Alignment with strategy")


class Walk:
    """One workbook on its way; what people typed is remembered and looked for after every step."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.words: list[str] = []
        self.told: list[str] = []

    def read(self) -> Snapshot:
        return self.host.read()

    def table(self, name: str) -> Table:
        found = self.read().table(name)
        assert found is not None, name
        return found

    def rows(self, name: str, *headers: str) -> list[tuple[Value, ...]]:
        held = self.table(name)
        return list(zip(*(held.columns[held.find(header) or 0] for header in headers), strict=True))

    def row(self, name: str, key: Value, *headers: str) -> tuple[Value, ...]:
        return next(
            row[1:] for row in self.rows(name, self.table(name).headers[0], *headers) if row[0] == key
        )

    def type(self, *typed: tuple[str, Value, dict[str, Value]]) -> None:
        """Types into rows: table, what names the row, and words by header; all at once, for LibreOffice."""
        snapshot, fills = self.host.read(), []
        for name, key, cells in typed:
            held = snapshot.table(name)
            assert held is not None, name
            row = held.columns[0].index(key)
            found = [
                Fill(row, header, held.columns[held.find(header) or 0][row], value)
                for header, value in cells.items()
            ]
            fills.append(FillCells(held.name, tuple(found)))
        self.host.apply(fills, snapshot)
        said = [value for _, _, cells in typed for value in cells.values() if isinstance(value, str)]
        self.words += [
            value for value in said if value not in ("yes", "continue", "improvement", "resources")
        ]

    def after(self, done: commands.Done) -> commands.Done:
        """Every word that was ever typed stands in the workbook still."""
        self.told += [*done.changes, *done.notices]
        there = {text_of(v) for t in self.read().tables for column in t.columns for v in column}
        assert [word for word in self.words if word not in there] == []
        return done

    def meeting(self, period: str, held_on: date) -> None:
        """Types what is said in the meeting: minutes, three decisions, conclusions, who approved."""
        end = period.replace("-", "_")
        minutes, decisions, approval = f"Minutes_{end}", f"Decisions_{end}", f"Approval_{end}"
        chosen = f"Choices_{end}"
        parts = self.table(minutes).columns[0]
        due = held_on + timedelta(days=60)
        self.type(
            *(
                (minutes, part, {"Minutes": f"{period} minutes {number}: said = 1+1\nand <more>"})
                for number, part in enumerate(parts)
            ),
            (decisions, 1.0, {"Clause": "improvement", "Decision": f"{period} first decision"}),
            (decisions, 1.0, {"Owner": "Erin Foster", "Due": due, "Concerns": "O1.2"}),
            (decisions, 2.0, {"Clause": "resources", "Decision": f"{period} second decision"}),
            (decisions, 3.0, {"Clause": "none needed", "Decision": f"{period}: QMS change, it fits"}),
            *((f"Conclusions_{end}", n, {"Conclusion": f"{period} {n}: yes"}) for n in CONCLUSIONS),
            *(
                (chosen, key, {"Choice": "continue", "Why": f"{period} {key} carries us", PRIORITY: "yes"})
                for key in self.table(chosen).columns[0]
            ),
            (approval, "Held on", {"Entry": held_on}),
            (approval, "Approved by", {"Entry": "Dana Whitfield"}),
            (f"Attendance_{end}", "Dana Whitfield", {"There": "yes"}),
        )

    def quarter(self, period: str, held_on: date, times: int) -> None:
        """Makes the review, holds the meeting, draws it again and again, and closes it."""
        self.after(commands.review(self.host, period, held_on))
        self.meeting(period, held_on)
        for day in range(times):
            self.after(commands.refresh(self.host, held_on + timedelta(days=day)))
        self.after(commands.close(self.host, period, held_on + timedelta(days=times)))

    def decided(self, period: str) -> list[tuple[Value, ...]]:
        found = self.rows("Decisions", "Decision", "Decision text")
        return [row for row in found if str(row[1]).startswith(period)]


def findings(host: Host, on: date) -> dict[str, list[str | None]]:
    found: dict[str, list[str | None]] = {}
    for each in commands.look(host, on).findings:
        found.setdefault(each.code, []).append(each.row)
    return found


def three_quarters(walk: Walk, times: int) -> None:
    """The walk itself, the same on every host."""
    walk.quarter("2026-Q3", date(2026, 10, 22), times)
    assert [row[1] for row in walk.decided("2026-Q3")] == [
        "2026-Q3 first decision", "2026-Q3 second decision", "2026-Q3: QMS change, it fits",
    ]  # fmt: skip
    acts = {row[1]: row for row in walk.rows("Actions", "Action", "What", "Serves")}
    first, second = acts["2026-Q3 first decision"], acts["2026-Q3 second decision"]
    assert first[2] == f"{walk.decided('2026-Q3')[0][0]}, O1.2"
    state, closed_on, digest, history = walk.row(
        "Reviews", "MR-2026-10", "State", "Closed on", "Digest", "History"
    )
    closed = date(2026, 10, 22) + timedelta(days=times)
    assert (state, closed_on, history) == ("closed", closed, f"closed {closed}")
    assert len(str(digest)) == 64
    frozen = walk.read().sheet(review_marker("2026-Q3"))
    assert frozen is not None
    assert frozen.protected
    copy = copy_of(frozen)
    assert copy is not None
    assert copy.stamp.endswith(f"digest of this review {str(digest)[:12]}.")

    walk.quarter("2026-Q4", date(2027, 1, 20), 1)
    next_one = walk.read().sheet(review_marker("2026-Q4"))
    assert next_one is not None
    assert {first[0], second[0]} <= set(next_one.cells.values())
    assert walk.row("Actions", first[0], "Carried") == (1.0,)
    walk.quarter("2027-Q1", date(2027, 4, 21), 1)
    assert walk.row("Reviews", "MR-2027-Q1", "Period", "State") == ("2027-Q1", "closed")
    assert walk.row("Actions", first[0], "Carried") == (2.0,)
    assert any(text.startswith("Carried 2 times or more: ") and str(first[0]) in text for text in walk.told)
    later = date(2027, 4, 23)
    found = findings(walk.host, later)
    assert first[0] in found["ACT010"]
    assert "REV023" not in found
    assert len(walk.decided("202")) == 9
    assert sum(str(row[1]).startswith("202") for row in walk.rows("Actions", "Action", "What")) == 6
    assert walk.read().sheet(review_marker("2026-Q3")) == frozen
    with pytest.raises(SheetProtected):
        walk.type((MINUTES, walk.table(MINUTES).columns[0][0], {"Minutes": "too late"}))


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    path = tmp_path / "acme.xlsx"
    shutil.copy(EXAMPLE, path)
    return path


def a_cell(snapshot: Snapshot, text: str) -> Cell:
    """Where a text stands on a review's sheet."""
    return next(
        Cell(drawn.sheet, *place)
        for drawn in snapshot.drawn
        for place, value in drawn.cells.items()
        if value == text
    )


LATER = date(2027, 4, 24)
MINUTE = "2026-Q3 minutes 2: said = 1+1\nand <more>"


def test_three_quarters_on_the_closed_file(closed: Path, tmp_path: Path) -> None:
    walk = Walk(FileHost(closed))
    three_quarters(walk, times=5)
    assert complaints(closed) == set()
    saved = resave([closed], tmp_path / "office")[0]
    assert "REV023" not in findings(FileHost(saved), LATER)  # a re-save is no change

    before = closed.read_bytes()
    cell = a_cell(walk.read(), MINUTE)
    closed.write_bytes(type_in(before, cell.sheet, {cell.a1: "2026-Q3 somebody's own version"}))
    (finding,) = [f for f in commands.look(walk.host, LATER).findings if f.code == "REV023"]
    assert (finding.row, finding.column) == ("MR-2026-10", "Digest")
    assert str(cell) in finding.message
    walk.words.remove(MINUTE)
    walk.words.append("2026-Q3 somebody's own version")
    walk.after(commands.refresh(walk.host, LATER))
    walk.after(commands.reopen(walk.host, "2026-Q3", LATER, why="minutes corrected"))
    state, digest, history = walk.row("Reviews", "MR-2026-10", "State", "Digest", "History")
    assert (state, digest, history) == (
        "draft", None, f"closed 2026-10-27; reopened {LATER} (minutes corrected)",
    )  # fmt: skip
    opened = walk.read().sheet(review_marker("2026-Q3"))
    assert opened is not None
    assert not opened.protected
    walk.type((MINUTES, walk.table(MINUTES).columns[0][-1], {"Minutes": "now in time"}))
    walk.words = [word for word in walk.words if not word.startswith("2026-Q3 minutes 7")]
    walk.after(commands.close(walk.host, "2026-Q3", LATER))
    assert "REV023" not in findings(walk.host, LATER)
    assert str(walk.row("Reviews", "MR-2026-10", "History")[0]).endswith(f"; closed {LATER}")
    commands.undo(walk.host)
    assert walk.row("Reviews", "MR-2026-10", "State") == ("draft",)
    assert complaints(closed) == set()


def test_a_closed_review_is_mailed_as_it_was_closed(closed: Path, tmp_path: Path) -> None:
    walk = Walk(FileHost(closed))
    walk.quarter("2026-Q3", date(2026, 10, 22), 1)
    frozen = walk.read().sheet(review_marker("2026-Q3"))
    assert frozen is not None
    then = {norm(value) for place, value in frozen.cells.items() if place[0] > 1}
    names = walk.table("KPIs").columns[walk.table("KPIs").find("Name") or 0]
    renamed = [Fill(row, "Name", name, f"Renamed {row}") for row, name in enumerate(names)]
    walk.host.apply([FillCells("KPIs", tuple(renamed))], walk.read())
    walk.after(commands.refresh(walk.host, LATER))

    mailed = mailing.mail(walk.host, "2026-Q3", tmp_path / "first", LATER)
    said = mailed_words(mailed)
    stamp = mailed.posts[0].letter.foot[-1]
    assert stamp.startswith("Figures up to Sep 30, 2026, judged on Oct 23, 2026;")
    assert f"digest of this review {str(walk.row('Reviews', 'MR-2026-10', 'Digest')[0])[:12]}." in stamp
    assert said - then == {stamp, "Nothing is written here."}
    assert MINUTE in said
    assert not any("Renamed" in str(value) for value in said)
    assert any("as it was closed on Oct 23, 2026" in line for line in mailed.posts[0].letter.foot)
    assert mailed.notices == ()
    text = ["pdftotext", "-layout", str(mailed.files[1]), "-"]
    assert subprocess.run(text, capture_output=True, check=True).stdout.count(b"\f") <= 8  # minutes and all

    cell = a_cell(walk.read(), MINUTE)
    closed.write_bytes(type_in(closed.read_bytes(), cell.sheet, {cell.a1: "somebody's own version"}))
    drifted = mailing.mail(walk.host, "2026-Q3", tmp_path / "second", LATER)
    assert mailed_words(drifted) == said
    assert any("was changed after it was closed" in notice for notice in drifted.notices)

    last = next(place for place in sorted(frozen.cells, reverse=True) if place[0] == 1)
    text = str(frozen.cells[last])
    closed.write_bytes(type_in(closed.read_bytes(), cell.sheet, {Cell("", *last).a1: text[:-9]}))
    without = mailing.mail(walk.host, "2026-Q3", tmp_path / "third", LATER)
    assert any("drawn from the rows of today" in notice for notice in without.notices)
    assert any("Renamed" in str(value) for value in mailed_words(without))


def mailed_words(mailed: mailing.Mailed) -> set[str | float]:
    """What stands in the cells of the copy."""
    sheet = openpyxl.load_workbook(mailed.files[0]).active
    assert sheet is not None
    found = (cell.value for row in sheet.iter_rows() for cell in row)
    days = (value.date() if isinstance(value, datetime) else value for value in found)
    return {norm(value) for value in days if isinstance(value, str | float | int | date)}


def test_three_quarters_in_a_live_libreoffice(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(write_tables(tmp_path / "small.xlsx", read_example(SMALL).tables))
    walk = Walk(LibreOfficeHost(document))
    three_quarters(walk, times=5)
    cell = a_cell(walk.read(), MINUTE)
    sheet = document.Sheets.getByName(cell.sheet)
    sheet.unprotect("")
    sheet.getCellByPosition(cell.column - 1, cell.row - 1).setString("2026-Q3 somebody's own version")
    sheet.protect("")
    (finding,) = [f for f in commands.look(walk.host, LATER).findings if f.code == "REV023"]
    assert str(cell) in finding.message
    before = walk.read()
    commands.reopen(walk.host, "2026-Q3", LATER)
    opened = walk.read().sheet(review_marker("2026-Q3"))
    assert opened is not None
    assert not opened.protected
    assert "2026-Q3 somebody's own version" in opened.cells.values()
    commands.undo(walk.host)
    assert walk.read().sheet(review_marker("2026-Q3")) == before.sheet(review_marker("2026-Q3"))
    assert walk.row("Reviews", "MR-2026-10", "State") == ("closed",)


# -- stopped with kill -9 ----------------------------------------------------------------------------------

_COMMAND = """
import sys
from datetime import date
from qmsbook import commands
from qmsbook.hosts.file.host import FileHost
commands.look(FileHost(sys.argv[1]), date(2026, 10, 22))
print("ready", flush=True)
command = getattr(commands, sys.argv[2])
command(FileHost(sys.argv[1]), *sys.argv[3:], on=date(2026, 10, 22))
"""


def killed(path: Path, *command: str) -> Iterator[None]:
    """Runs a command in a program of its own, and ends it a little later each time."""
    for moment in range(7):
        with subprocess.Popen(
            [sys.executable, "-c", _COMMAND, str(path), *command], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.11 * moment)
            process.send_signal(signal.SIGKILL)
        yield


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_command_killed_at_any_moment_enters_every_decision_once(closed: Path) -> None:
    walk = Walk(FileHost(closed))
    day = date(2026, 10, 22)
    walk.after(commands.review(walk.host, "2026-Q3", day))
    walk.meeting("2026-Q3", day)
    typed = closed.read_bytes()
    commands.refresh(walk.host, day)
    settled = closed.read_bytes()
    commands.close(walk.host, "2026-Q3", day)
    shut = closed.read_bytes()
    for start, end, command in ((typed, settled, ("refresh",)), (settled, shut, ("close", "2026-Q3"))):
        closed.write_bytes(start)
        for _ in killed(closed, *command):
            assert closed.read_bytes() in (start, end)
            walk.after(commands.Done(()))
            closed.write_bytes(start)
        getattr(commands, command[0])(FileHost(closed), *command[1:], on=day)
        assert closed.read_bytes() == end


_LIVE_COMMAND = """
import sys
from datetime import date
from qmsbook import commands
from qmsbook.hosts.libreoffice.bridge import connect
from qmsbook.doors.screens.libreoffice import attach
host = attach(connect(sys.argv[1]), sys.argv[2]).host
commands.look(host, date(2026, 10, 22))
print("ready", flush=True)
commands.refresh(host, date(2026, 10, 22))
"""


def test_a_live_refresh_killed_at_any_moment_enters_every_decision_once(desk: Desk, tmp_path: Path) -> None:
    path, day = write_tables(tmp_path / "small.xlsx", read_example(SMALL).tables), date(2026, 10, 22)
    typed = Walk(FileHost(path))
    commands.review(typed.host, "2026-Q3", day)
    typed.meeting("2026-Q3", day)
    for moment in range(3):
        document = desk.open(path)
        where = desk.office.accept, document.RuntimeUID
        with subprocess.Popen(
            [sys.executable, "-c", _LIVE_COMMAND, *where], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.2 + 0.7 * moment)
            process.kill()
        document.UndoManager.reset()  # the program that was stopped had locked it
        walk = Walk(LibreOfficeHost(document))
        walk.words = typed.words
        walk.after(commands.Done(()))
        walk.after(commands.refresh(walk.host, day))
        assert len(walk.decided("2026-Q3")) == 3
        assert sum(str(row[1]).startswith("2026") for row in walk.rows("Actions", "Action", "What")) == 2
        desk.clear()


def test_a_copy_of_a_closed_sheet_does_no_harm(tmp_path: Path) -> None:
    path = write_tables(tmp_path / "small.xlsx", read_example(SMALL).tables)
    walk = Walk(FileHost(path))
    walk.quarter("2026-Q3", date(2026, 10, 22), 1)
    whole = walk.read()
    frozen = whole.sheet(review_marker("2026-Q3"))
    assert frozen is not None
    scribbled = replace(frozen, sheet="Copy", cells={**frozen.cells, (9, 3): "scribbled"})
    host = MemoryHost.of(replace(whole, drawn=(scribbled, *whole.drawn), sheets=("Copy", *whole.sheets)))
    assert "REV023" not in findings(host, LATER)
    assert mailing.mail(host, "2026-Q3", tmp_path / "mail", LATER).notices == ()
    before = host.read()
    with pytest.raises(commands.ReviewNotReopened, match=r"several of it \(Copy and Review 2026-Q3\)"):
        commands.reopen(host, "2026-Q3", LATER)
    assert host.read() == before


@pytest.mark.parametrize(
    ("header", "told"), [("Held on", "no column Held on"), ("History", "no column History")]
)
def test_reviews_without_a_column_is_told_as_it_is(header: str, told: str) -> None:
    tables = [
        without(held, header) if held.name == "Reviews" else held for held in read_example(SMALL).tables
    ]
    walk = Walk(MemoryHost(tables))
    try:
        walk.quarter("2026-Q3", date(2026, 10, 22), 1)
        said = commands.reopen(walk.host, "2026-Q3", LATER).changes[0]
    except commands.ReviewNotReady as problem:
        said = str(problem)
    assert told in said


def without(held: Table, header: str) -> Table:
    """The table as if somebody had deleted a column."""
    at = held.headers.index(header)
    headers, columns = (
        (*held.headers[:at], *held.headers[at + 1 :]),
        (*held.columns[:at], *held.columns[at + 1 :]),
    )
    return replace(held, headers=headers, columns=columns)
