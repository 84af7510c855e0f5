"""Companies of other trades go through what a year asks for: refresh, review, boards, reminders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from judged import make, read
from review_said import said
from trades import ON, REVIEWED, TRADES, build

from qmsbook import commands
from qmsbook.chase.owed import owed
from qmsbook.chase.reminder import reminder
from qmsbook.hosts.file.host import FileHost
from qmsbook.mail.plain import plain
from qmsbook.mail.summary import review_letter
from qmsbook.pages.draw import draw_boards
from qmsbook.pages.page import Frame
from qmsbook.rules.rule import STAGES
from qmsbook.sections import compose, gather


@pytest.mark.parametrize("name", TRADES)
def test_every_sheet_of_every_trade_is_written_and_a_second_time_nothing(name: str, tmp_path: Path) -> None:
    path = build(name, tmp_path / f"{name}.xlsx")
    period = REVIEWED.get(name, "2026-Q3")
    commands.review(FileHost(path), period, ON)
    commands.boards(FileHost(path), ON)
    before = path.read_bytes()
    done = commands.refresh(FileHost(path), ON)
    assert done.applied is None or not done.applied.changed, done.changes
    assert path.read_bytes() == before


def mails(name: str, path: Path, on: date) -> dict[str, str]:
    """What each person of a company is reminded of, as plain text on one line."""
    looked = commands.look(FileHost(build(name, path)), on)
    people = owed(looked.book, looked.assessed, looked.findings)
    return {each.person: " ".join(plain(reminder(looked.book, each)).split()) for each in people}


def test_nobody_is_asked_for_figures_of_before_the_year_in_which_reading_began(tmp_path: Path) -> None:
    """A plan of 2022 whose figures begin in 2025: what is missing since then is asked for, and no more."""
    told = mails("roads", tmp_path / "roads.xlsx", date(2027, 1, 20))
    assert "Oct-Dec 2026, due by Jan 10, 2027" in told["Hugo Brandt"]
    assert "2023" not in told["Hugo Brandt"]
    assert "2024" not in told["Hugo Brandt"]
    assert "December 2025" not in told["Kit Moss"]
    assert "November 2026" in told["Kit Moss"]


def test_a_plan_that_is_not_the_periods_own_says_of_what_it_is(tmp_path: Path) -> None:
    roads = mails("roads", tmp_path / "roads.xlsx", date(2027, 1, 20))
    assert "plan 80 projects since the start" in roads["Hugo Brandt"]
    assert "plan 6 accidents for the year" in roads["Kit Moss"]
    alone = mails("consultancy", tmp_path / "consultancy.xlsx", date(2027, 1, 20))["Ruth Dalton"]
    assert "plan 1 report for the year" in alone
    assert "plan 95 %" in alone
    assert "95 % for the year" not in alone


def test_who_works_alone_is_not_sent_to_the_owners_of_figures(tmp_path: Path) -> None:
    looked = commands.look(FileHost(build("consultancy", tmp_path / "consultancy.xlsx")), date(2027, 1, 20))
    fixes = [each.fix for each in looked.findings if each.code == "VIT007"]
    assert fixes
    assert not [fix for fix in fixes if "owners" in fix]
    assert STAGES[0] == looked.book.settings.stage


def test_a_mail_gives_the_figure_that_made_it_off_track(tmp_path: Path) -> None:
    """``K5 Would work here again (off track): not due``: the year's figure is what is off track."""
    book = commands.look(FileHost(build("turning", tmp_path / "turning.xlsx")), ON).book
    period = book.parse_period(REVIEWED["turning"])
    assert period is not None
    letter = " ".join(plain(review_letter(gather(book, period), "")).split())
    assert "K5 Would work here again (off track): 56.5 %, plan 60 % in Jan-Dec 2025 (Tia Brandt)" in letter
    assert "not due" not in letter


def test_what_is_overdue_is_not_asked_for_by_a_day_that_is_over(tmp_path: Path) -> None:
    told = mails("turning", tmp_path / "turning.xlsx", ON)
    assert "rosters (overdue): was due on Sep 30, 2026" in told["Tia Brandt"]
    assert "lathes 3 and 4: by Nov 30, 2026" in told["Pete Lowell"]


def test_a_range_that_was_narrowed_is_the_same_on_the_plan_and_on_the_kpis_page(tmp_path: Path) -> None:
    """The plan on one page promised -5.2 to 5.2 um, and the KPI's own page -4.5 to 4.5."""
    path = build("turning", tmp_path / "turning.xlsx")
    looked = commands.look(FileHost(path), ON)
    boards = draw_boards(looked.book, looked.assessed, Frame.of(looked.book)).cells.values()
    assert "Runout of the spindles: -4.5 to 4.5 um by Jun 30, 2027" in boards
    assert any(str(said).startswith("Pete Lowell · good: -4.5 to 4.5 um") for said in boards)


@pytest.mark.parametrize(("ideas", "words"), [
    ((True,), "1 older idea was answered before the last review; something in the plan came of it."),
    ((False,), "1 older idea was answered before the last review; nothing in the plan came of it."),
    ((False, False), "2 older ideas were answered before the last review; none of them led to anything"),
    ((True, False), "2 older ideas were answered before the last review; 1 of them led to something"),
    ((True, True), "2 older ideas were answered before the last review; all of them led to something"),
])  # fmt: skip
def test_what_became_of_older_ideas_is_said_of_one_and_two(ideas: tuple[bool, ...], words: str) -> None:
    rows = [
        {"Idea": f"I{at}", "Raised by": "Cell 2", "What happens": "Chips", "Answer": "Yes",
         "Raised on": "2026-06-12", "Answered on": "2026-06-20", "Led to": "K1" if led else ""}
        for at, led in enumerate(ideas)
    ]  # fmt: skip
    held = [{"Review": "MR-1", "Period": "2026-Q2", "Held on": "2026-07-15", "State": "closed"}]
    book = make({}, readings=read(96), on="2026-10-20", Ideas=rows, Reviews=held)
    period = book.parse_period("2026-Q3")
    assert period is not None
    assert any(line.startswith(words) for line in said(compose(gather(book, period))))
