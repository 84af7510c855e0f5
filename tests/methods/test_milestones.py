"""Milestones: an objective measured by what is there on its day, beside KPIs or without any."""

from __future__ import annotations

from typing import Any

import pytest
from judged import make, read, table

from qmsbook.book.book import Book
from qmsbook.methods import assess
from qmsbook.methods.method import Rollup
from qmsbook.methods.milestones import milestones_of
from qmsbook.rules import check
from qmsbook.rules.examples import read_example
from qmsbook.sections import compose, gather
from qmsbook.sections.section import Rows, Said

BUILT = {
    "Action": "A1",
    "What": "Pilot line runs",
    "Serves": "O1",
    "Kind": "milestone",
    "Owner": "Erin Foster",
}


def book(*actions: dict[str, Any], **more: Any) -> Book:
    """An objective without a KPI, with milestones, on October 15, 2026."""
    rows = [{**BUILT, "Due": "", "Closed": "", "State": "open", **action} for action in actions]
    parts = {"Objectives": [{"Objective": "O1", "Statement": "A second line"}], "Actions": rows, **more}
    tables = [table(name, held) for name, held in parts.items()]
    return read_example("on 2026-10-15\n\n" + "\n\n".join(tables)).book


def stands(found: Book) -> Rollup:
    return assess(found).objectives["O1"]


OPEN, DONE = {"State": "open"}, {"State": "done"}
#: Milestones of an objective; its status, its progress, its counts and what is said of the first.
STATEMENTS: list[tuple[list[dict[str, Any]], str, float | None, str, str]] = [
    ([{**OPEN, "Due": "2026-12-31"}], "Not due", 0.0, "0 of 0 read", ""),
    ([{**OPEN, "Due": "2026-10-15"}], "Not due", 0.0, "0 of 0 read", ""),
    ([{**OPEN, "Due": "2026-09-11"}], "Off track", 0.0, "1 of 1 read: 1 off", "34 days late"),
    ([{**OPEN, "Due": "2026-10-14"}], "Off track", 0.0, "1 of 1 read: 1 off", "1 day late"),
    ([{**DONE, "Due": "2026-09-30", "Closed": "2026-09-28"}], "On track", 1.0, "1 of 1 read: 1 on", "reached"),  # noqa: E501
    (
        [{**DONE, "Due": "2026-09-30", "Closed": "2026-10-12"}],
        "On track", 1.0, "1 of 1 read: 1 on", "reached 12 days late",
    ),
    ([{**DONE, "Due": "2026-09-30"}], "On track", 1.0, "1 of 1 read: 1 on", "reached"),
    ([{**OPEN}], "Not enough data", 0.0, "0 of 1 read", ""),  # nobody says by when
    ([{"State": "dropped", "Due": "2026-09-30"}], "No data", None, "0 of 0 read", ""),
    # two of four are reached, one is late, one is to come
    (
        [{**DONE, "Due": "2026-03-31", "Closed": "2026-03-31"},
         {**DONE, "Due": "2026-06-30", "Closed": "2026-06-30"}, {**OPEN, "Due": "2026-09-30"}, {**OPEN, "Due": "2027-03-31"}],  # noqa: E501
        "At risk", 0.5, "3 of 3 read: 2 on, 1 off", "reached",
    ),
    ([{**OPEN, "Due": "2026-09-30", "Kind": "action"}], "No data", None, "0 of 0 read", ""),  # no milestone
    (
        [{**DONE, "Due": "2026-09-30", "Closed": "2026-10-20"}],  # on a day to come
        "Off track", 0.0, "1 of 1 read: 1 off", "15 days late",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("actions", "status", "done", "counts", "said"), STATEMENTS)
def test_milestones_say_how_far_an_objective_is(
    actions: list[dict[str, Any]], status: str, done: float | None, counts: str, said: str
) -> None:
    made = book(*({**action, "Action": f"A{at}"} for at, action in enumerate(actions, 1)))
    found = stands(made)
    assert (found.status.word, found.progress, found.counts) == (status, done, counts)
    assert next((each.words for each in milestones_of(made, "O1")), "") == said


def test_milestones_count_beside_kpis() -> None:
    late = {**BUILT, **OPEN, "Due": "2026-09-11"}
    made = make({}, readings=read(94, first="2026-09"), Objectives=[{"Objective": "O1"}], Actions=[late])
    found = stands(made)
    assert found.counts == "2 of 2 read: 1 on, 1 off"
    assert "K1" in found.children
    assert "A1" in found.children


@pytest.mark.parametrize(("kind", "told"), [("milestone", set()), ("action", {"O1"})])
def test_an_objective_with_milestones_is_measurable(kind: str, told: set[str]) -> None:
    action = {**BUILT, **OPEN, "Due": "2026-12-31", "Kind": kind}
    objectives = [{"Objective": "O1", "Statement": "One"}, {"Objective": "O2", "Statement": "Two"}]
    made = make({"Supports": "O2"}, Objectives=objectives, Actions=[action])
    assert {each.row for each in check(made, assess(made)) if each.code in {"CAS003", "VIT006"}} == told


def test_a_milestone_that_is_reached_is_not_asked_for_its_effect() -> None:
    old = {**DONE, "Due": "2026-03-31", "Closed": "2026-03-31", "Effect": ""}
    assert "ACT006" in {e.code for e in check(book({**old, "Kind": "action"}), stage="audit-ready")}
    assert "ACT006" not in {e.code for e in check(book(old), stage="audit-ready")}


def test_the_review_says_which_milestone_is_late_and_by_how_much() -> None:
    made = book({**OPEN, "Due": "2026-09-11"}, Goals=[{"Goal": "G1", "Statement": "Grow"}])
    period = made.parse_period("2026-Q3")
    assert period is not None
    rows = [
        row for block in compose(gather(made, period)).blocks if isinstance(block, Rows) for row in block.rows
    ]
    texts = ["".join(s.lead + s.text for s in row if isinstance(s, Said)) for row in rows]
    assert any("Behind: Pilot line runs (A1) 19 days late." in text for text in texts)
    assert any("Pilot line runs for O1 (milestone, 34 days late)" in text for text in texts)


@pytest.mark.parametrize(
    ("due", "closed", "word"),
    [
        ("2026-09-30", "", "Not due"), ("2026-09-29", "", "Off track"),
        ("2026-09-30", "2026-09-30", "On track"),
        ("2026-09-30", "2026-10-01", "Not due"), ("2026-10-01", "", "Not due"),
    ],
)  # fmt: skip
def test_what_is_due_on_the_last_day_of_a_review_is_not_late_on_it(due: str, closed: str, word: str) -> None:
    made = book({**(DONE if closed else OPEN), "Due": due, "Closed": closed})
    period = made.parse_period("2026-Q3")
    assert period is not None
    assert gather(made, period).then.objectives["O1"].status.word == word
