"""Decisions typed on a review's sheet, and the tables that keep them: once each, whatever people do."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date

import pytest
from test_entries import PLAN, changed, on_sheet, table, typed, with_rows

from qmsbook import commands
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Value
from qmsbook.commands import ReviewNotReady
from qmsbook.hosts.memory import MemoryHost
from qmsbook.pages import review_marker
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Finding
from qmsbook.sections.minutes import CONCLUSIONS_ASK

ON = date(2026, 11, 10)
MARKER, AREA = review_marker("2026-Q3"), "Decisions_2026_Q3"
TABLES = (
    PLAN
    + """
Decisions
| Decision | Review | Clause | Decision text | Owner | Due | Concerns | Result |
|---|---|---|---|---|---|---|---|
| D04 | MR-2026-Q1 | improvement | Count late orders | Erin Foster | 2026-06-30 | | done |
Actions
| Action | What | Serves | Owner | Due | State | From | Opened | Closed | Effect |
|---|---|---|---|---|---|---|---|---|---|
| A07 | Count late orders | D04 | Erin Foster | 2026-06-30 | done | review | 2026-04-20 | 2026-06-01 | fewer |
"""
)
TRUCK = ("improvement", "Buy a second truck", "Erin Foster", date(2027, 1, 20), "O1")


def at_once(snapshot: Snapshot) -> tuple[Snapshot, commands.Done]:
    """The workbook after a refresh."""
    host = MemoryHost.of(snapshot)
    done = commands.review(host, "2026-Q3", ON)
    return host.read(), done


@pytest.fixture(scope="module")
def start() -> Snapshot:
    """The workbook with its review on the sheet, nothing typed yet."""
    tables = read_example(TABLES).tables
    return at_once(Snapshot(tables, (), tuple(t.sheet for t in tables)))[0]


def words(snapshot: Snapshot, name: str, *headers: str) -> list[tuple[Value, ...]]:
    """Some columns of a table, row by row, without blank rows."""
    held = table(snapshot, name)
    columns = [held.columns[held.find(header) or 0] for header in headers]
    return [row for row in zip(*columns, strict=True) if any(v is not None for v in row[1:])]


def decisions(snapshot: Snapshot) -> list[tuple[Value, ...]]:
    return words(snapshot, "Decisions", "Decision", "Clause", "Decision text", "Owner", "Due", "Concerns")


def actions(snapshot: Snapshot) -> list[tuple[Value, ...]]:
    return words(snapshot, "Actions", "Action", "What", "Serves", "Owner", "Due")


def on_review(snapshot: Snapshot) -> list[tuple[Value, ...]]:
    return words(snapshot, AREA, "No", "Clause", "Decision", "Owner", "Due", "Concerns")


def write(snapshot: Snapshot, row: Value, cells: Sequence[Value], first: int = 1) -> Snapshot:
    """Types into the row of a number or id, on the review's sheet."""
    for place, value in enumerate(cells, first):
        snapshot = typed(snapshot, AREA, row, place, value)
    return snapshot


def put(snapshot: Snapshot, name: str, row: Value, header: str, value: Value) -> Snapshot:
    """Types into a table of the workbook."""
    return typed(snapshot, name, row, table(snapshot, name).find(header) or 0, value)


def questions(snapshot: Snapshot) -> list[Finding]:
    looked = commands.look(MemoryHost.of(snapshot), ON)
    return [f for f in looked.findings if f.code in {"REV025", "REV026"}]


def twice_is_once(snapshot: Snapshot) -> None:
    host = MemoryHost.of(snapshot)
    done = commands.review(host, "2026-Q3", ON)
    assert done.applied is not None
    assert not done.applied.changed, done.changes


@pytest.fixture(scope="module")
def decided(start: Snapshot) -> Snapshot:
    """The workbook with one decision that was typed on the sheet and went into the tables."""
    return at_once(write(start, 1.0, TRUCK))[0]


def test_a_typed_decision_becomes_a_decision_and_an_action_once(start: Snapshot) -> None:
    now, done = at_once(write(start, 1.0, TRUCK))
    assert decisions(now)[1:] == [("D05", *TRUCK)]
    assert actions(now)[1:] == [
        ("A08", "Buy a second truck", "D05, O1", "Erin Foster", date(2027, 1, 20)),
    ]
    assert words(now, "Actions", "Action", "State", "From", "Opened")[1:] == [
        ("A08", "open", "review", date(2026, 10, 22)),
    ]
    assert on_review(now) == [("D05", *TRUCK)]
    assert "From the review of 2026-Q3 to Decisions and Actions: D05 (action A08)." in done.changes
    for _ in range(5):
        twice_is_once(now)
        now, _ = at_once(now)
    assert (len(decisions(now)), len(actions(now)), len(on_review(now))) == (2, 2, 1)
    assert not questions(now)


NOTHING = [
    ("resources", "None needed"),
    ("improvement", "none needed."),
    ("QMS change", "No change needed: it fits"),
    (None, "Not needed because the audit found nothing"),
    ("None Needed ", "Buy nothing"),
]


@pytest.mark.parametrize(("clause", "text"), NOTHING)
def test_a_decision_in_words_that_nothing_is_needed_opens_no_action(
    start: Snapshot, clause: Value, text: str
) -> None:
    now, done = at_once(write(start, 1.0, (clause, text)))
    assert [row[0] for row in decisions(now)] == ["D04", "D05"]
    assert [row[0] for row in actions(now)] == ["A07"]
    assert "action" not in " ".join(done.changes).partition("D05")[2][:20]
    twice_is_once(now)


@pytest.mark.parametrize("text", ["Nothing but new gauges will do", "No change of shift at ten", "Need none"])
def test_words_that_only_begin_so_open_one(start: Snapshot, text: str) -> None:
    now, _ = at_once(write(start, 1.0, ("improvement", text)))
    assert actions(now)[-1][:3] == ("A08", text, "D05")


def test_what_is_decided_instead_of_nothing_opens_its_action(start: Snapshot) -> None:
    now, _ = at_once(write(start, 1.0, ("resources", "None needed")))
    now, _ = at_once(put(now, AREA, "D05", "Decision", "Hire two drivers"))
    assert actions(now)[-1][:3] == ("A08", "Hire two drivers", "D05")
    twice_is_once(now)


def test_no_action_where_nothing_is_to_be_done_and_no_decision_without_words(start: Snapshot) -> None:
    now = write(start, 1.0, ("none needed", "Resources: the budget covers it"))
    now = write(now, 2.0, ("resources", None, "Erin Foster"))
    now, _ = at_once(now)
    assert [row[0] for row in decisions(now)] == ["D04", "D05"]
    assert len(actions(now)) == 1
    assert [row[0] for row in on_review(now)] == ["D05", 2.0]
    now, _ = at_once(put(now, AREA, "D05", "Clause", "resources"))
    assert actions(now)[-1][:3] == ("A08", "Resources: the budget covers it", "D05")
    twice_is_once(now)


def test_retyping_a_decision_edits_it_everywhere(decided: Snapshot) -> None:
    now, _ = at_once(write(decided, "D05", ("Lease a truck", "Dana Whitfield"), 2))
    wanted = ("D05", "improvement", "Lease a truck", "Dana Whitfield", date(2027, 1, 20), "O1")
    assert decisions(now)[1:] == on_review(now) == [wanted]
    assert actions(now)[1:] == [("A08", "Lease a truck", "D05, O1", "Dana Whitfield", date(2027, 1, 20))]
    twice_is_once(now)


@pytest.mark.parametrize(
    ("name", "row", "header", "there"),
    [("Decisions", "D05", "Decision text", 2), ("Actions", "A08", "What", 2), ("Actions", "A08", "Due", 4)],
)
def test_an_edit_in_a_table_comes_to_the_sheet_and_to_the_other_table(
    decided: Snapshot, name: str, row: str, header: str, there: int
) -> None:
    value = date(2027, 2, 1) if header == "Due" else "Rent two trucks"
    now, _ = at_once(put(decided, name, row, header, value))
    assert decisions(now)[1][there] == on_review(now)[0][there] == value
    assert actions(now)[1][1 if there == 2 else 4] == value
    twice_is_once(now)


def test_sorted_and_moved_rows_are_the_same_decisions(start: Snapshot) -> None:
    now = write(write(start, 1.0, TRUCK), 3.0, ("resources", "Hire a driver", "Dana Whitfield"))
    now, _ = at_once(now)
    for name in (AREA, "Decisions", "Actions"):
        held = table(now, name)
        rows = list(zip(*held.columns, strict=True))[::-1]
        now = changed(now, name, columns=tuple([list(c) for c in zip(*rows, strict=True)]))
    now = put(now, AREA, "D06", "Decision", "Hire two drivers")
    now, _ = at_once(now)
    assert sorted(row[:3] for row in decisions(now)) == [  # type: ignore[type-var]  # they are all text
        ("D04", "improvement", "Count late orders"),
        ("D05", "improvement", "Buy a second truck"),
        ("D06", "resources", "Hire two drivers"),
    ]
    assert len(actions(now)) == 3
    twice_is_once(now)


def test_changed_on_both_sides_both_stay_and_people_are_asked(decided: Snapshot) -> None:
    now = put(decided, AREA, "D05", "Owner", "Dana Whitfield")
    now = put(now, "Decisions", "D05", "Owner", "Walt Jensen")
    for _ in range(3):
        now, _ = at_once(now)
        assert on_review(now)[0][3] == "Dana Whitfield"
        assert decisions(now)[1][3] == "Walt Jensen"
        assert actions(now)[1][3] == "Erin Foster"
        (finding,) = questions(now)
        assert (finding.code, finding.row, finding.column) == ("REV025", "D05", "Owner")
        assert (
            "this sheet says “Dana Whitfield” and the table Decisions says “Walt Jensen”" in finding.message
        )
        sheet = now.sheet(MARKER)
        assert sheet is not None
        assert f"To settle: {finding.message}" in sheet.cells.values()
    twice_is_once(now)
    now, _ = at_once(put(now, "Decisions", "D05", "Owner", "Dana Whitfield"))
    assert decisions(now)[1][3] == on_review(now)[0][3] == actions(now)[1][3] == "Dana Whitfield"
    assert not questions(now)
    twice_is_once(now)


def without(snapshot: Snapshot, name: str, key: str) -> Snapshot:
    held = table(snapshot, name)
    rows = [row for row in zip(*held.columns, strict=True) if row[0] != key]
    return with_rows(snapshot, name, rows)


@pytest.mark.parametrize("emptied", [True, False])
def test_a_decision_taken_off_the_sheet_is_asked_after_and_never_deleted(
    decided: Snapshot, emptied: bool
) -> None:
    now = write(decided, "D05", [None] * 5) if emptied else without(decided, AREA, "D05")
    for _ in range(3):
        now, _ = at_once(now)
        assert on_review(now) == []
        assert decisions(now)[1] == ("D05", *TRUCK)
        (finding,) = questions(now)
        assert (finding.code, finding.row) == ("REV026", "D05")
        assert "and so does the action A08" in finding.message
    twice_is_once(now)
    back, _ = at_once(typed(now, AREA, 2.0, 0, "d05"))
    assert on_review(back) == [("D05", *TRUCK)]
    assert not questions(back)
    twice_is_once(back)
    gone, _ = at_once(without(now, "Decisions", "D05"))
    assert not questions(gone)
    assert on_review(gone) == []


def test_a_decision_deleted_in_the_table_leaves_the_sheet_and_its_words_are_kept(decided: Snapshot) -> None:
    now, done = at_once(without(decided, "Decisions", "D05"))
    assert on_review(now) == []
    assert any(text.startswith("D05 is no longer among the decisions") for text in done.changes)
    assert any(
        "Buy a second truck" in str(row[4]) for row in zip(*table(now, "Kept_notes").columns, strict=True)
    )
    twice_is_once(now)
    again, _ = at_once(write(now, 1.0, ("improvement", "Another one")))
    assert decisions(again)[-1][0] == "D06"


def test_a_decision_changed_here_and_deleted_there_stays_and_people_are_asked(decided: Snapshot) -> None:
    now = without(put(decided, AREA, "D05", "Decision", "Buy three trucks"), "Decisions", "D05")
    for _ in range(2):
        now, _ = at_once(now)
        assert on_review(now)[0][:3] == ("D05", "improvement", "Buy three trucks")
        assert [f.code for f in questions(now)] == ["REV025"]
    now, _ = at_once(typed(now, AREA, "D05", 0, None))
    assert decisions(now)[-1][:3] == ("D06", "improvement", "Buy three trucks")
    assert not questions(now)


def test_a_decision_entered_before_the_program_was_stopped_is_not_entered_again(start: Snapshot) -> None:
    """The tables were written, the sheet was not drawn: its rows still have their numbers."""
    now, _ = at_once(before := write(start, 1.0, TRUCK))
    tables = [now.table(t.name) if t.name in ("Decisions", "Actions") else t for t in before.tables]
    halfway = dataclasses.replace(before, tables=tuple(t for t in tables if t is not None))
    end, _ = at_once(halfway)
    assert (decisions(end), actions(end), on_review(end)) == (decisions(now), actions(now), on_review(now))
    only = [now.table(t.name) if t.name == "Decisions" else t for t in before.tables]
    halfway = dataclasses.replace(before, tables=tuple(t for t in only if t is not None))
    end, _ = at_once(halfway)
    assert (decisions(end), actions(end), on_review(end)) == (decisions(now), actions(now), on_review(now))


def test_what_a_decision_concerns_is_carried_to_its_action_whichever_side_changes_it(
    decided: Snapshot,
) -> None:
    now, _ = at_once(put(decided, AREA, "D05", "Concerns", "O1, G1"))
    assert actions(now)[-1][2] == "D05, O1, G1"
    now, _ = at_once(put(now, "Actions", "A08", "Serves", "D05, O1, G1, K1"))  # people add what they like
    now, _ = at_once(put(now, "Decisions", "D05", "Concerns", "g1"))
    assert (on_review(now)[0][-1], actions(now)[-1][2]) == ("g1", "D05, G1, K1")
    now, _ = at_once(put(put(now, AREA, "D05", "Concerns", "O1"), "Decisions", "D05", "Concerns", "K1"))
    assert actions(now)[-1][2] == "D05, G1, K1"  # both were changed: people are asked
    assert [(f.code, f.column) for f in questions(now)] == [("REV025", "Concerns")]
    twice_is_once(now)


def test_an_action_is_opened_on_the_day_of_the_meeting_that_is_typed_with_it(start: Snapshot) -> None:
    now = put(start, "Reviews", "MR-2026-Q3", "Held on", None)
    now, _ = at_once(now)
    now = typed(now, "Approval_2026_Q3", "Held on", 1, date(2026, 10, 20))
    now, _ = at_once(write(now, 1.0, TRUCK))
    assert words(now, "Actions", "Action", "Opened")[-1] == ("A08", date(2026, 10, 20))


def test_a_review_that_no_row_of_reviews_stands_for_cannot_be_closed(start: Snapshot) -> None:
    now = typed(start, "Minutes_2026_Q3", "Results", 1, "All well")
    now = typed(now, "Conclusions_2026_Q3", "Adequacy", 1, "Enough")
    without = dataclasses.replace(now, tables=tuple(t for t in now.tables if t.name != "Reviews"))
    with pytest.raises(ReviewNotReady, match="no table Reviews"):
        commands.close(MemoryHost.of(without), "2026-Q3", ON)
    host = MemoryHost.of(start)
    commands.review(host, "2026-Q2", ON)
    now = typed(host.read(), "Minutes_2026_Q2", "Results", 1, "All well")
    with pytest.raises(ReviewNotReady, match="Reviews does not list it yet"):
        commands.close(MemoryHost.of(now), "2026-Q2", ON)


def test_conclusions_approval_and_attendance_come_into_reviews_and_back(start: Snapshot) -> None:
    now = typed(start, "Conclusions_2026_Q3", "Adequacy", 1, "Enough, says Dana.")
    now = typed(now, "Approval_2026_Q3", "Next review on", 1, date(2027, 1, 21))
    now = typed(now, "Attendance_2026_Q3", "Erin Foster", 2, "yes")
    now = typed(now, "Attendance_2026_Q3", "Dana Whitfield", 2, "excused")
    now, _ = at_once(now)
    assert words(now, "Reviews", "Review", "Adequacy", "Next review on", "Attended by") == [
        ("MR-2026-Q3", "Enough, says Dana.", date(2027, 1, 21), "Erin Foster"),
    ]
    assert words(now, "Attendance_2026_Q3", "Person", "There")[0] == ("Dana Whitfield", "excused")
    twice_is_once(now)
    now, _ = at_once(put(now, "Reviews", "MR-2026-Q3", "Adequacy", "More than enough."))
    assert dict(words(now, "Conclusions_2026_Q3", "About", "Conclusion"))["Adequacy"] == "More than enough."
    now = typed(now, "Conclusions_2026_Q3", "Adequacy", 1, "Here")
    now, _ = at_once(put(now, "Reviews", "MR-2026-Q3", "Adequacy", "There"))
    assert [(f.code, f.column) for f in questions(now)] == [("REV025", "Adequacy")]
    assert dict(words(now, "Conclusions_2026_Q3", "About", "Conclusion"))["Adequacy"] == "Here"
    assert words(now, "Reviews", "Review", "Adequacy") == [("MR-2026-Q3", "There")]


def test_a_review_that_reviews_does_not_list_is_entered_with_its_first_decision(start: Snapshot) -> None:
    host = MemoryHost.of(start)
    commands.review(host, "2026-Q2", ON)
    now = typed(host.read(), "Decisions_2026_Q2", 1.0, 2, "Move the saw")
    host = MemoryHost.of(now)
    commands.refresh(host, ON)
    now = host.read()
    assert words(now, "Reviews", "Review", "Period", "State")[1:] == [("MR-2026-Q2", "2026-Q2", "draft")]
    assert words(now, "Decisions", "Decision", "Review", "Decision text")[1:] == [
        ("D05", "MR-2026-Q2", "Move the saw")
    ]
    twice_is_once(now)


def test_nothing_moves_from_a_sheet_that_cannot_be_drawn(start: Snapshot) -> None:
    now = write(start, 1.0, TRUCK)
    held = table(now, "Minutes_2026_Q3")
    bad = changed(now, "Minutes_2026_Q3", headers=("Part", "Something"), columns=held.columns)
    end, done = at_once(bad)
    assert len(decisions(end)) == len(actions(end)) == 1
    assert any("no column Minutes" in text for text in done.notices)
    mended = changed(end, "Minutes_2026_Q3", headers=held.headers)
    assert decisions(at_once(mended)[0])[1:] == [("D05", *TRUCK)]


def test_a_formula_in_the_table_is_left_alone_and_told(decided: Snapshot) -> None:
    held = table(decided, "Decisions")
    at = held.find("Owner") or 0
    formulas = tuple({1: "A1"} if place == at else {} for place in range(len(held.headers)))
    now = changed(put(decided, AREA, "D05", "Owner", "Dana Whitfield"), "Decisions", formulas=formulas)
    now, _ = at_once(now)
    assert decisions(now)[1][3] == "Erin Foster"
    assert on_review(now)[0][3] == "Dana Whitfield"
    assert "has a formula there, which is left alone" in questions(now)[0].message


def test_a_protected_scorecard_is_skipped_and_told(decided: Snapshot) -> None:
    drawn = tuple(
        dataclasses.replace(d, protected=True) if d.marker == "qmsbook:scorecard" else d
        for d in decided.drawn
    )
    host = MemoryHost.of(dataclasses.replace(decided, drawn=drawn))
    done = commands.refresh(host, date(2026, 12, 1))
    assert "Sheet Findings redrawn." in done.changes
    assert done.notices == (
        "Scorecard was left as it is. It is protected, so it could not be drawn anew. Unprotect it; the next "
        "refresh then goes on.",
    )


def test_words_outside_the_areas_are_kept_as_before(decided: Snapshot) -> None:
    now, _ = at_once(on_sheet(decided, MARKER, {(200, 9): "noted beside"}))
    assert "noted beside" in table(now, "Kept_notes").columns[4]


CHOSEN = "Choices_2026_Q3"


def asked_on_sheet(snapshot: Snapshot) -> list[str]:
    """What the review's sheet asks people to settle."""
    return settling(snapshot, MARKER)


def settling(snapshot: Snapshot, marker: str) -> list[str]:
    """What a sheet asks people to settle."""
    drawn = snapshot.sheet(marker)
    assert drawn is not None
    return [text for text in drawn.cells.values() if isinstance(text, str) and text.startswith("To settle")]


@pytest.mark.parametrize(("column", "value"), [(3, "Stop"), (4, "no")])
def test_another_course_wants_a_decision_that_concerns_it(start: Snapshot, column: int, value: str) -> None:
    assert words(start, CHOSEN, "Id", "Goal or objective") == [
        ("G1", "Deliver what we promised"), ("O1", "Ship 95 % on time"),
    ]  # fmt: skip
    now = typed(typed(start, CHOSEN, "G1", 3, "continue"), CHOSEN, "G1", 2, "It carries us")
    now, _ = at_once(now)
    assert asked_on_sheet(now) == []
    now, _ = at_once(typed(now, CHOSEN, "O1", column, value))
    (question,) = asked_on_sheet(now)
    assert question.startswith("To settle: O1")
    assert "no decision concerns it yet" in question
    with pytest.raises(ReviewNotReady, match="no decision concerns it yet"):
        commands.close(MemoryHost.of(now), "2026-Q3", ON)
    twice_is_once(now)
    now, _ = at_once(write(now, 1.0, ("improvement", "Sell the truck", None, None, "O1, K1")))
    assert asked_on_sheet(now) == []
    kept = {row[0]: row[1:] for row in words(now, CHOSEN, "Id", "Why", "Choice", "Still our priority?")}
    assert kept["G1"] == ("It carries us", "continue", None)
    assert kept["O1"][column - 2] == value
    # Nothing to be done is no other course.
    no_course, _ = at_once(put(now, AREA, "D05", "Clause", "none needed"))
    assert len(asked_on_sheet(no_course)) == 1
    no_course, _ = at_once(put(now, "Decisions", "D05", "Clause", "none needed"))
    assert len(asked_on_sheet(no_course)) == 1
    # What a decision concerns counts as the table has it, when it is changed in the table alone.
    now, _ = at_once(put(now, "Decisions", "D05", "Concerns", "K1"))
    assert len(asked_on_sheet(now)) == 1


@pytest.mark.parametrize("key", [None, "O9"])
def test_another_course_for_what_is_not_in_the_plan_is_asked_after_once(
    start: Snapshot, key: str | None
) -> None:
    now = with_rows(start, CHOSEN, [(key, None, "Too dear", "stop", None, None)])
    now, _ = at_once(now)
    (question,) = asked_on_sheet(now)
    assert question.startswith(f"To settle: {key or 'A row without an id'}: stop was chosen")
    assert "put the id of a goal or an objective, or clear the row" in question
    assert words(now, CHOSEN, "Id", "Why")[-1] == (key or "1", "Too dear")
    twice_is_once(now)
    now, _ = at_once(typed(now, CHOSEN, key or "1", 0, "O1"))  # O1 has a row of its own, still blank
    assert asked_on_sheet(now)[0].startswith("To settle: O1: stop was chosen, and no decision concerns it")
    assert ("O1", "Too dear") in words(now, CHOSEN, "Id", "Why")
    twice_is_once(now)


def test_what_was_stopped_and_deleted_needs_nothing_more_than_its_decision(start: Snapshot) -> None:
    now = typed(start, CHOSEN, "O1", 3, "stop")
    now, _ = at_once(write(now, 1.0, ("improvement", "Stop it", None, None, "O1")))
    now, _ = at_once(put(now, "Objectives", "O1", "Objective", "O7"))
    assert asked_on_sheet(now) == []
    assert ("O1", "stop") in words(now, CHOSEN, "Id", "Choice")


def test_a_sheet_that_cannot_be_read_back_is_what_keeps_a_review_from_being_closed(start: Snapshot) -> None:
    now = typed(start, "Conclusions_2026_Q3", "Adequacy", 1, "Enough, says Dana.")
    held = table(now, CHOSEN)
    headers = tuple("Wahl" if header == "Choice" else header for header in held.headers)
    with pytest.raises(ReviewNotReady, match="Choices has no column Choice any more") as refused:
        commands.close(MemoryHost.of(changed(now, CHOSEN, headers=headers)), "2026-Q3", ON)
    assert "A conclusion is missing" not in str(refused.value)


def test_a_person_who_was_added_a_second_time_holds_nothing_up(start: Snapshot) -> None:
    """The row that was kept ready says who the person is, and nothing else."""
    held = table(start, "Attendance_2026_Q3")
    rows = [*zip(*held.columns, strict=True), ("Erin Foster", None, "yes")]
    now, _ = at_once(write(with_rows(start, held.name, rows), 1.0, TRUCK))
    assert [row[0] for row in decisions(now)] == ["D04", "D05"]
    assert words(now, "Reviews", "Review", "Attended by") == [("MR-2026-Q3", "Dana Whitfield, Erin Foster")]
    assert words(now, held.name, "Person", "There").count(("Erin Foster", "yes")) == 1
    twice_is_once(now)


def both(start: Snapshot) -> Snapshot:
    """A workbook with two open reviews; that of 2026-Q3 can be closed, on that of 2026-Q2 one decided."""
    held = table(start, "Reviews")
    blank: list[Value] = [None] * held.rows
    wider = {"headers": (*held.headers, "Closed on", "Digest"), "columns": (*held.columns, blank, [*blank])}
    host = MemoryHost.of(changed(start, "Reviews", **wider, formulas=(), percent=(), times=()))
    commands.review(host, "2026-Q2", ON)
    now = typed(host.read(), "Approval_2026_Q3", "Approved by", 1, "Dana Whitfield")
    for about in CONCLUSIONS_ASK:
        now = typed(now, "Conclusions_2026_Q3", about, 1, "yes")
    for number, clause in enumerate(("improvement", "resources", "changes to the system"), 1):
        now = write(now, float(number), (clause, f"Do {clause}", "Erin Foster", date(2027, 1, 20), "O1"))
    now = typed(now, "Decisions_2026_Q2", 1.0, 1, "improvement")
    return typed(now, "Decisions_2026_Q2", 1.0, 2, "Hire a driver")


def test_closing_one_review_settles_the_others_as_a_refresh_does(start: Snapshot) -> None:
    host = MemoryHost.of(both(start))
    commands.close(host, "2026-Q3", ON)
    now = host.read()
    (hired,) = [row for row in decisions(now) if row[2] == "Hire a driver"]
    shown = words(now, "Decisions_2026_Q2", "No", "Clause", "Decision")
    assert (hired[0], "improvement", "Hire a driver") in shown  # it has its id there at once
    assert commands.refresh(host, ON).changes == ()


def test_closing_one_review_takes_nothing_from_another_that_cannot_be_drawn(start: Snapshot) -> None:
    now = both(start)
    held = table(now, "Minutes_2026_Q2")
    host = MemoryHost.of(changed(now, "Minutes_2026_Q2", headers=("Part", "Something"), columns=held.columns))
    done = commands.close(host, "2026-Q3", ON)
    assert [row[2] for row in decisions(host.read()) if row[2] == "Hire a driver"] == []
    assert any("no column Minutes" in text for text in done.notices)


def test_of_two_reviews_only_the_one_that_can_be_drawn_gives_its_words(start: Snapshot) -> None:
    now = write(both(start), 4.0, TRUCK)
    held = table(now, "Minutes_2026_Q3")
    bad = changed(now, "Minutes_2026_Q3", headers=("Part", "Something"), columns=held.columns)
    host = MemoryHost.of(bad)
    commands.refresh(host, ON)
    assert decisions(host.read())[1:] == [("D05", "improvement", "Hire a driver", None, None, None)]
    assert words(host.read(), "Decisions_2026_Q2", "No", "Decision")[0] == ("D05", "Hire a driver")


def at_odds(start: Snapshot) -> tuple[Snapshot, Value]:
    """Two open reviews: that of 2026-Q3 can be closed, on that of 2026-Q2 a decision says two things."""
    host = MemoryHost.of(both(start))
    commands.refresh(host, ON)
    now = host.read()
    (hired,) = [row[0] for row in decisions(now) if row[2] == "Hire a driver"]
    now = put(now, "Decisions_2026_Q2", hired, "Owner", "Dana Whitfield")
    return put(now, "Decisions", hired, "Owner", "Walt Jensen"), hired


@pytest.mark.parametrize("refreshed", [False, True], ids=["just typed", "asked already"])
def test_a_question_on_another_review_neither_stops_a_closing_nor_is_lost_by_it(
    start: Snapshot, refreshed: bool
) -> None:
    now, hired = at_odds(start)
    host = MemoryHost.of(now)
    if refreshed:
        commands.refresh(host, ON)
    commands.close(host, "2026-Q3", ON)
    now = host.read()
    states = dict(words(now, "Reviews", "Period", "State"))
    assert (states["2026-Q3"], states["2026-Q2"]) == ("closed", "draft")
    assert dict(words(now, "Reviews", "Period", "Digest")).keys() == {"2026-Q3"}
    assert (hired, "Dana Whitfield") in words(now, "Decisions_2026_Q2", "No", "Owner")
    assert (hired, "Walt Jensen") in words(now, "Decisions", "Decision", "Owner")
    (finding,) = questions(now)
    assert (finding.code, finding.row, finding.column) == ("REV025", hired, "Owner")
    asking = {marker: settling(now, marker) for marker in (MARKER, review_marker("2026-Q2"))}
    assert asking == {MARKER: [], review_marker("2026-Q2"): [f"To settle: {finding.message}"]}
    assert len([row for row in decisions(now) if row[2] == "Do improvement"]) == 1
    assert commands.refresh(host, ON).changes == ()


def test_a_question_keeps_its_own_review_open_and_changes_nothing(start: Snapshot) -> None:
    host = MemoryHost.of(at_odds(start)[0])
    before = host.read()
    with pytest.raises(ReviewNotReady, match="Walt Jensen"):
        commands.close(host, "2026-Q2", ON)
    assert host.read() == before
