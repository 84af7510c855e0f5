"""Goalposts moved after a closed review: told, asked about, and never rewriting what was printed."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from hands import words
from ooxml import markers, unzip
from test_restated import in_row
from walking import ON, run

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost
from qmsbook.methods.goalposts import closed_before, moved_since
from qmsbook.templates.template import example

LATER = date(2026, 11, 12)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The example without its mistakes, with its review of the third quarter, which somebody closed."""
    path = tmp_path_factory.mktemp("closed") / "acme.xlsx"
    path.write_bytes(example(mistakes=False))
    run(path, "review")
    return in_row(path.read_bytes(), "Reviews", "Period", "2026-Q3", {"State": "closed"})


def looked(path: Path, content: bytes) -> commands.Looked:
    path.write_bytes(content)
    return commands.look(FileHost(path), LATER)


def next_review(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    commands.review(FileHost(path), "2026-Q4", on=LATER)
    held = path.read_bytes()
    return "\n".join(map(str, words(held, markers(unzip(held))["qmsbook:review:2026-Q4"]).values()))


def codes(found: commands.Looked) -> list[tuple[str, str | None]]:
    return [(f.code, f.row) for f in found.findings if f.code.startswith("PLN")]


def words_of(found: commands.Looked, key: str) -> dict[str, tuple[float | None, str]]:
    series = found.assessed.kpis[key].series
    return {p.text: (series.plan[at], series.words[at]) for at, p in enumerate(series.periods)}


def test_nothing_moved_is_nothing_told(closed: bytes, tmp_path: Path) -> None:
    found = looked(tmp_path / "a.xlsx", closed)
    assert closed_before(found.book) is not None
    assert moved_since(found.book, closed_before(found.book)) == ()
    assert codes(found) == []
    said = next_review(tmp_path / "a.xlsx", closed)
    assert "No target, date, owner or statement was moved since the closed review." in said
    assert "History of the plan" not in said


def test_a_moved_target_rewrites_nothing_that_was_printed_and_is_told(closed: bytes, tmp_path: Path) -> None:
    before = words_of(looked(tmp_path / "a.xlsx", closed), "K16")
    moved = in_row(closed, "KPIs", "KPI", "K16", {"Target": 180})
    found = looked(tmp_path / "a.xlsx", moved)
    after = words_of(found, "K16")
    inside = ["2026-07", "2026-08", "2026-09"]
    assert [after[month] for month in inside] == [before[month] for month in inside]
    assert after["2026-10"] != before["2026-10"]
    [finding] = [f for f in found.findings if f.code == "PLN010"]
    assert (finding.row, finding.column) == ("K16", "Target")
    assert re.search(r"target 100 hours -> 180 hours", finding.message)
    assert "2026-Q3" in finding.message
    said = next_review(tmp_path / "a.xlsx", moved)
    assert "K16 target 100 hours -> 180 hours" in said
    assert "No objective or target was changed." not in said
    assert "Nobody says why." in said
    assert "History of the plan" in said


def test_the_effect_under_the_old_target_is_told(closed: bytes, tmp_path: Path) -> None:
    moved = in_row(closed, "KPIs", "KPI", "K28", {"Target": 30})  # turnover: off track before, fine now
    said = next_review(tmp_path / "a.xlsx", moved)
    assert "under the old target off track for 2 months, now 0" in said
    assert re.search(
        r"\bK28\b[^.]* could not be compared\.", said
    )  # neither praised nor blamed for what the plan did


def test_a_range_that_was_moved_rewrites_nothing_either(closed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = looked(path, closed).book
    key = next(kpi.id for kpi in book.kpis if kpi.direction == "within")
    before = words_of(commands.look(FileHost(path), LATER), key)
    low = max(v for v in commands.look(FileHost(path), LATER).assessed.kpis[key].series.held if v) + 1
    after = words_of(looked(path, in_row(closed, "KPIs", "KPI", key, {"Low": low, "High": low + 5})), key)
    for month in ("2026-07", "2026-08", "2026-09"):
        assert after[month] == before[month]
    assert after["2026-10"][1] == "Off track"


def test_a_planned_value_of_targets_that_was_moved_is_told(closed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = looked(path, closed).book.targets[-1]
    moved = in_row(closed, "Targets", "KPI", row.kpi, {"Planned": 4321, "Why": "", "Agreed by": ""})
    [finding] = [f for f in looked(path, moved).findings if f.code == "PLN010"]
    assert (finding.table, finding.column) == ("Targets", "Planned")
    assert "targets" in finding.message
    assert "4321" in finding.message
    said = next_review(path, moved)
    assert f"{row.kpi} targets" in said
    assert "No target, date, owner or statement was moved" not in said


def test_whatever_dates_were_typed(closed: bytes, tmp_path: Path) -> None:
    moved = in_row(closed, "KPIs", "KPI", "K16", {"Target": 180, "Target set on": "2024-01-15"})
    assert ("PLN010", "K16") in codes(looked(tmp_path / "a.xlsx", moved))


def test_statement_due_owner_and_rank_of_an_objective_are_goalposts(closed: bytes, tmp_path: Path) -> None:
    typed: dict[str, str | float] = {"Due": "2027-06-30", "Owner": "Erin Foster", "Vital few": "no"}
    found = looked(tmp_path / "a.xlsx", in_row(closed, "Objectives", "Objective", "O1.1", typed))
    [finding] = [f for f in found.findings if f.code == "PLN010"]
    assert finding.row == "O1.1"
    for part in ("due Dec 31, 2026 -> Jun 30, 2027", "owner", "vital few yes -> no"):
        assert part in finding.message
    assert "O1.1 due Dec 31, 2026 -> Jun 30, 2027" in next_review(
        tmp_path / "a.xlsx", in_row(closed, "Objectives", "Objective", "O1.1", typed)
    )


def test_a_decision_that_names_it_says_why_and_who(closed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    moved = in_row(closed, "KPIs", "KPI", "K16", {"Target": 180})
    first = looked(path, moved).book.decisions[-1]
    typed: dict[str, str | float] = {"Decision text": "K16 to 180: two mills more", "Review": "MR-2026-10"}
    path.write_bytes(in_row(moved, "Decisions", "Decision", first.id, typed))
    found = commands.look(FileHost(path), LATER)
    assert ("PLN010", "K16") not in codes(found)
    assert "two mills more" in next_review(path, path.read_bytes())


def test_what_one_review_told_stays_in_the_history(closed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    next_review(path, in_row(closed, "KPIs", "KPI", "K16", {"Target": 180}))
    path.write_bytes(in_row(path.read_bytes(), "Reviews", "Period", "2026-Q4", {"State": "closed"}))
    commands.review(FileHost(path), "2027-Q1", on=date(2027, 4, 20))
    held = path.read_bytes()
    said = list(map(str, words(held, markers(unzip(held))["qmsbook:review:2027-Q1"]).values()))
    assert any(text.startswith("2026-Q4: K16 target 100 hours -> 180 hours") for text in said)
    assert "No target, date, owner or statement was moved since the closed review." in said


def test_a_review_that_an_earlier_release_closed_has_nothing_to_compare(
    closed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    with monkeypatch.context() as patch:  # the earlier release kept figures only
        patch.setattr("qmsbook.pages.review.kept_plan", lambda plan: [])
        path.write_bytes(template("example.xlsx"))
        run(path, "review")
    old = in_row(path.read_bytes(), "Reviews", "Period", "2026-Q3", {"State": "closed"})
    moved = in_row(old, "KPIs", "KPI", "K16", {"Target": 180})
    found = looked(path, moved)
    assert ("PLN010", "K16") not in codes(found)
    said = next_review(path, moved)
    assert "was moved since the closed review" not in said
    assert "K16 target" not in said
    assert words_of(found, "K16")["2026-09"] != words_of(looked(path, old), "K16")["2026-09"]


def test_refreshing_twice_writes_nothing_new(closed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(in_row(closed, "KPIs", "KPI", "K16", {"Target": 180}))
    commands.refresh(FileHost(path), on=ON)
    once = path.read_bytes()
    done = commands.refresh(FileHost(path), on=ON)
    assert done.changes == ()
    assert path.read_bytes() == once
