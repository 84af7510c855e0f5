"""The buttons, pressed on a real file by a person who only reads what they say."""

from __future__ import annotations

import dataclasses
import logging
import re
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from qmsbook import commands
from qmsbook.book.book import Book
from qmsbook.book.edit import Edit, Fill, FillCells
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.tables import Review
from qmsbook.commands import template
from qmsbook.commands.upcoming import month_to_open, review_to_make
from qmsbook.doors.buttons import COMMANDS, Asked, log_to, parsed, run
from qmsbook.doors.screens.memory import MemoryScreen
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Applied, WorkbookLocked
from qmsbook.hosts.memory import MemoryHost
from qmsbook.pages import review_marker
from qmsbook.pages.findings import MARK as FINDINGS
from qmsbook.setup.places import Places, places


@pytest.fixture
def here(tmp_path: Path) -> Places:
    return places("linux", {"HOME": str(tmp_path)})


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


def press(command: str, path: Path, here: Places, yes: bool = False) -> MemoryScreen:
    screen = MemoryScreen(FileHost(path), yes)
    run(command, screen, at=here)
    assert screen.left == 1
    return screen


def test_the_buttons_have_the_names_that_the_add_in_knows() -> None:
    assert set(COMMANDS) == {
        "period",
        "check",
        "refresh",
        "findings",
        "review",
        "close",
        "mail",
        "undo",
        "help",
    }


def test_every_button_says_something_at_once_and_something_else_at_the_end(
    example: Path, here: Places
) -> None:
    for command in COMMANDS:
        screen = press(command, example, here)
        assert screen.said[0] == f"qmsbook: {command} ..."
        assert screen.said[-1] != screen.said[0]
        assert "\n" not in screen.said[-1]


def test_check_puts_findings_and_nothing_else_and_says_what_to_do_first(example: Path, here: Places) -> None:
    before = FileHost(example).read()
    screen = press("check", example, here)
    after = FileHost(example).read()
    sheet = after.sheet(FINDINGS)
    assert sheet is not None
    assert [drawn.marker for drawn in after.drawn] == [FINDINGS]
    assert [t for t in after.tables if not t.marker] == [t for t in before.tables if not t.marker]
    looked = commands.look(FileHost(example))
    first = next(f for f in looked.findings if not f.waived)
    assert first.message in screen.said[-1]
    assert first.fix in screen.said[-1]
    assert screen.shown[0].sheet == sheet.sheet
    assert not screen.told


def test_check_again_writes_nothing(example: Path, here: Places) -> None:
    press("check", example, here)
    content = example.read_bytes()
    press("check", example, here)
    assert example.read_bytes() == content


def test_findings_goes_there_and_makes_the_sheet_only_if_there_is_none(example: Path, here: Places) -> None:
    assert press("findings", example, here).shown[0].sheet == "Findings"
    content = example.read_bytes()
    assert press("findings", example, here).shown[0].sheet == "Findings"
    assert example.read_bytes() == content


def test_refresh_equals_the_command_and_counts_the_statuses(
    example: Path, here: Places, tmp_path: Path
) -> None:
    other = tmp_path / "other.xlsx"
    other.write_bytes(example.read_bytes())
    screen = press("refresh", example, here)
    commands.refresh(FileHost(other))
    mine, theirs = FileHost(example).read(), FileHost(other).read()
    assert dataclasses.replace(mine, state="") == dataclasses.replace(theirs, state="")
    assert "32 KPIs: " in screen.said[-1]
    assert "on track" in screen.said[-1]
    assert "up to date already" in press("refresh", example, here).said[-1]


def test_period_opens_one_month_after_the_other_and_says_which(example: Path, here: Places) -> None:
    said = [press("period", example, here).said[-1] for _ in range(3)]
    assert "for October 2026" in said[0]
    assert "for November 2026" in said[1]
    assert "Every KPI has its rows up to November 2026" in said[2]


def test_period_goes_to_the_first_figure_to_type(example: Path, here: Places) -> None:
    cell = press("period", example, here).shown[0]
    table = FileHost(example).read().table("Measurements")
    assert table is not None
    row = cell.row - table.row - 1
    assert table.cell(row, table.find("Value") or 0) == cell
    assert table.columns[table.find("Value") or 0][row] is None
    assert table.columns[table.find("KPI") or 0][row]
    assert "2026-10" in str(table.columns[table.find("Period") or 0][row])


def test_review_puts_the_one_that_comes_next_and_says_why(example: Path, here: Places) -> None:
    screen = press("review", example, here)
    drawn = FileHost(example).read().sheet(review_marker("2026-Q3"))
    assert drawn is not None
    assert screen.shown[0].sheet == drawn.sheet
    assert "2026-Q3 (Jul-Sep 2026)" in screen.said[-1]
    assert "being prepared" in screen.said[-1]


def test_undo_takes_back_the_last_button(example: Path, here: Places) -> None:
    before = example.read_bytes()
    press("refresh", example, here)
    press("undo", example, here)
    assert example.read_bytes() == before
    assert "nothing to undo" in press("undo", example, here).told[0]


def conclude(path: Path) -> None:
    """Type what a review needs to be closed."""
    host = FileHost(path)
    held = host.read().table("Conclusions_2026_Q3")
    assert held is not None
    words = FillCells(held.name, tuple(Fill(row, "Conclusion", None, "Yes.") for row in range(held.rows)))
    host.apply([words], host.read())


def test_close_says_what_is_missing_and_closes_once_it_is_there(example: Path, here: Places) -> None:
    press("review", example, here)
    before = example.read_bytes()
    assert "nothing was changed" in press("close", example, here).said[-1]
    refused = press("close", example, here, yes=True)
    assert "cannot be closed yet" in refused.told[0]
    assert "A conclusion is missing on Suitability, Adequacy" in refused.told[0]
    assert example.read_bytes() == before
    conclude(example)
    told = press("close", example, here, yes=True).told[0]
    assert told.startswith("The review MR-2026-10 is closed: its sheet stays as it is")
    assert "1 late action carried into the next review" in told
    assert press("refresh", example, here).told == []


def test_help_says_what_comes_next_and_what_the_buttons_do(example: Path, here: Places) -> None:
    told = press("help", example, here).told[0]
    assert re.match(r"Next: mend the \d+ errors on the sheet Findings", told)
    assert "Undo last" in told


def test_without_a_workbook_only_words_come(here: Places) -> None:
    for command in COMMANDS:
        screen = MemoryScreen(None)
        run(command, screen, at=here)
        assert "Open your workbook" in screen.told[0]


def test_on_another_workbook_a_button_says_so_and_offers_a_new_one(tmp_path: Path, here: Places) -> None:
    no = MemoryScreen(MemoryHost([]))
    run("check", no, at=here)
    assert "not one of qmsbook's" in no.asked[0]
    assert not no.opened
    yes = MemoryScreen(MemoryHost([]), yes=True)
    run("check", yes, at=here)
    assert yes.opened == [tmp_path / "qmsbook.xlsx"]
    assert "Next: begin on the sheet Start" in press("help", yes.opened[0], here).told[0]
    run("check", yes, at=here)
    assert yes.opened[1] == tmp_path / "qmsbook-2.xlsx"


RULE = '''
from qmsbook.rules.rule import Severity, rule

@rule("ACM001", Severity.ERROR)
def welding_without_kim(book):
    """A KPI of welding is not owned by Kim.

    Why
        Kim signs off every weld.
    Fix
        Ask Kim to own it.
    Bad
        KPIs
        | KPI | Owner           |
        |-----|-----------------|
        | K20 | Erin Foster [!] |
    Good
        KPIs
        | KPI | Owner     |
        |-----|-----------|
        | K20 | Kim Weber |
    """
    for kpi in book.kpis:
        if kpi.id == "K20":
            yield kpi.cell("owner"), "K20 is not Kim's."
'''


def test_the_company_s_own_rules_are_used_when_the_person_has_agreed_to_them_once(
    example: Path, here: Places
) -> None:
    def pressed(command: str, yes: bool) -> MemoryScreen:
        screen = MemoryScreen(FileHost(example), yes, example.parent)
        run(command, screen, at=here)
        return screen

    def told() -> bool:
        return any(finding == "ACM001" for finding in FileHost(example).read().drawn[0].cells.values())

    assert not pressed("check", yes=False).asked
    (example.parent / "our_rules.py").write_text(RULE, "utf-8")
    (example.parent / "qmsbook.toml").write_text('[rules]\nfiles = ["our_rules.py"]\n', "utf-8")
    assert "our_rules.py" in pressed("check", yes=False).asked[0]
    assert not told()
    assert pressed("check", yes=True).asked
    assert told()
    for command in ("check", "refresh", "review", "period", "help", "findings", "undo"):
        assert not pressed(command, yes=False).asked, command
    for command in ("check", "refresh", "review"):
        pressed(command, yes=False)
        assert told(), command
    conclude(example)
    assert "is closed" in pressed("close", yes=True).told[0]
    assert told()
    (example.parent / "our_rules.py").write_text(RULE + "\n", "utf-8")
    assert pressed("refresh", yes=False).asked
    assert not told()
    (example.parent / "our_rules.py").write_text("no Python", "utf-8")
    assert "(line 1)" in pressed("check", yes=True).told[0]


class Failing(FileHost):
    """A file whose writing fails in a way of its own."""

    problem: BaseException = WorkbookLocked()

    def apply(self, edits: Sequence[Edit], since: Snapshot, *, dry_run: bool = False) -> Applied:
        raise self.problem


def test_what_is_foreseen_is_told_in_its_own_sentence(example: Path, here: Places) -> None:
    before = example.read_bytes()
    for command in ("check", "refresh", "period", "review"):
        screen = MemoryScreen(Failing(example))
        assert run(command, screen, at=here) == str(WorkbookLocked())
        assert screen.told == [str(WorkbookLocked())]
        assert screen.left == 1
    assert example.read_bytes() == before


def test_what_is_not_foreseen_is_one_sentence_and_the_log_has_the_rest(example: Path, here: Places) -> None:
    log_to(here.log)
    host = Failing(example)
    host.problem = KeyError("a secret of ours")
    screen = MemoryScreen(host)
    told = run("refresh", screen, at=here)
    sentence = "Something went wrong inside qmsbook (KeyError); the workbook is as it was."
    assert told == f"{sentence} What exactly stands in {here.log}."
    assert screen.told == [told]
    assert screen.left == 1
    logging.shutdown()
    assert "a secret of ours" in here.log.read_text("utf-8")
    assert "Traceback" in here.log.read_text("utf-8")


def test_a_command_line_is_read_as_the_add_in_writes_it() -> None:
    name = "https://d.example/B%C3%BCro%20%3D%20%22Plan%22%20%F0%9F%99%82.xlsx"
    asked = parsed(["period", f"--wb={name}", "--hwnd=1234"])
    assert asked == Asked("period", 'https://d.example/Büro = "Plan" 🙂.xlsx', 1234)
    assert parsed(["help", "--wb=", "--hwnd="]) == Asked("help", "", None)
    assert parsed(["check", "--wb=a%3Db.xlsx"]) == Asked("check", "a=b.xlsx", None)


def test_the_program_that_the_add_in_starts_ends_by_itself_where_there_is_no_excel(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(Path(commands.__file__).parents[1])}
    command = [sys.executable, "-P", "-m", "qmsbook.macros", "check", "--wb=acme.xlsx", "--hwnd=1"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert done.returncode == 3
    assert not done.stderr
    assert "could not reach" in places("linux", environment).log.read_text("utf-8")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Book:
    path = tmp_path_factory.mktemp("plan") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return commands.read(FileHost(path), commands.Asked()).book


def reviewed(plan: Book, on: date, *rows: tuple[str, str, date | None]) -> Book:
    """The book on a day, with these reviews: period, state, day of the meeting."""
    reviews = tuple(
        Review(place=plan.reviews[0].place, row=2 + n, id=f"R{n}", period=period, state=state, held_on=held)
        for n, (period, state, held) in enumerate(rows)
    )
    return plan.changed(on=on, reviews=reviews)


NOVEMBER = date(2026, 11, 10)


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([], "2026-Q3"),
        ([("2026-Q3", "closed", None)], None),
        ([("2026-Q3", "closed", None), ("2026-Q4", "planned", date(2027, 1, 20))], "2026-Q4"),
        ([("2026-Q4", "planned", date(2027, 1, 20))], "2026-Q3"),
        ([("2026-H1", "planned", date(2026, 11, 12)), ("2026-Q2", "planned", date(2026, 12, 1))], "2026-H1"),
        ([("2026-Q4", "draft", None), ("2026-Q3", "planned", None)], "2026-Q4"),
        ([("no period", "draft", None)], "2026-Q3"),
    ],
)
def test_the_review_that_comes_next(
    plan: Book, rows: list[tuple[str, str, date | None]], wanted: str
) -> None:
    found = review_to_make(reviewed(plan, NOVEMBER, *rows))
    assert (found[0].text if found else None) == wanted


def test_in_an_empty_workbook_the_last_month_that_is_over_is_opened(plan: Book) -> None:
    empty = dataclasses.replace(plan.measurements, rows=[], kpi=[], period=[], value=[])
    month = month_to_open(plan.changed(on=NOVEMBER, measurements=empty))
    assert month is not None
    assert month.text == "2026-10"


def test_a_figure_of_a_month_to_come_opens_no_month_beyond_the_present_one(plan: Book) -> None:
    ahead = dataclasses.replace(plan.measurements, period=[*plan.measurements.period[:-1], "2031-01"])
    month = month_to_open(plan.changed(on=NOVEMBER, measurements=ahead))
    assert month is not None
    assert month.last <= date(2026, 11, 30)
