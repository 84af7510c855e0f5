"""Companies of other trades go through what a year asks for: refresh, review, boards, reminders."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from trades import ON, REVIEWED, TRADES, build

from qmsbook import commands
from qmsbook.chase.owed import owed
from qmsbook.chase.reminder import reminder
from qmsbook.hosts.file.host import FileHost
from qmsbook.mail.plain import plain
from qmsbook.rules.rule import STAGES


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
