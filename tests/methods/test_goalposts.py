"""Periods inside a closed review keep the plan that it printed, and are judged as they were then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qmsbook.methods import assess
from qmsbook.methods.goalposts import closed_before, effects, gone_since, moved_since
from qmsbook.methods.method import Series
from qmsbook.methods.reasons import Reason, decided, explained
from qmsbook.rules.examples import read_example

PEOPLE = """
People
| Person      | Top management |
|-------------|----------------|
| Erin Foster | yes            |
| Ray Novak   | no             |
"""
READINGS = """
Measurements
| KPI | Period  | Value |
|-----|---------|-------|
| K16 | 2026-07 | 120   |
| K16 | 2026-08 | 150   |
| K16 | 2026-09 | 101   |
| K16 | 2026-10 | 150   |
"""
KEPT = """
Kept by 2026-Q3
| Table | Row | Header    | Was   |
|-------|-----|-----------|-------|
| KPIs  | K16 | Target    | 100   |
| KPIs  | K16 | Direction | lower |
| KPIs  | K16 | Tolerance | 0.02  |
| KPIs  | K16 | 2026-07   | 100   |
| KPIs  | K16 | 2026-08   | 100   |
| KPIs  | K16 | 2026-09   | 100   |
"""


def kpi(target: str = "180", tolerance: str = "0.02", **more: str) -> str:
    held = {"KPI": "K16", "Target": target, "Direction": "lower", "Trajectory": "flat", "Unit": "hours",
            "Tolerance": tolerance, "Baseline on": "2026-06-30", "Highest possible": "", **more}  # fmt: skip
    return f"KPIs\n| {' | '.join(held)} |\n{'|-' * len(held)}|\n| {' | '.join(held.values())} |"


def series(*parts: str) -> Series:
    return assess(read_example("\n".join(parts)).book).kpis["K16"].series


def test_a_closed_review_keeps_its_plan_and_its_words() -> None:
    found = series(PEOPLE, kpi(), READINGS, KEPT)
    assert found.plan == (100, 100, 100, 180)
    assert found.words == ("Off track", "Off track", "At risk", "On track")
    assert series(PEOPLE, kpi(), READINGS).words == ("On track",) * 4


def test_it_is_judged_by_the_tolerance_of_then() -> None:
    wider = series(PEOPLE, kpi("100", "0.5"), READINGS, KEPT)
    assert wider.words == ("Off track", "Off track", "At risk", "At risk")


@pytest.mark.parametrize(("who", "plan"), [("Erin Foster", 160), ("Ray Novak", 100), ("", 100)])
def test_only_top_management_changes_it_by_name(who: str, plan: float) -> None:
    targets = f"""
    Targets
    | KPI | From    | Planned | Until   | Agreed by |
    |-----|---------|---------|---------|-----------|
    | K16 | 2026-08 | 160     | 2026-10 | {who}     |
    """
    found = series(PEOPLE, kpi(), READINGS, targets, KEPT)
    assert found.plan == (100, plan, plan, 160)
    assert found.words[1] == ("On track" if plan == 160 else "Off track")


def test_a_range_is_kept_too() -> None:
    within = kpi(Direction="within", Low="0", High="200", Target="")
    kept = """
    Kept by 2026-Q3
    | Table | Row | Header    | Was    |
    |-------|-----|-----------|--------|
    | KPIs  | K16 | Direction | within |
    | KPIs  | K16 | Low       | 0      |
    | KPIs  | K16 | High      | 110    |
    | KPIs  | K16 | 2026-07   |        |
    | KPIs  | K16 | 2026-08   |        |
    """
    assert series(PEOPLE, within, READINGS, kept).words == ("Off track", "Off track", "On track", "On track")


def test_what_it_changes_is_told_with_both_counts() -> None:
    readings = READINGS.replace("101", "140")
    book = read_example("\n".join([PEOPLE, kpi(), readings, KEPT])).book
    closed = closed_before(book)
    assert closed is not None
    moved = moved_since(book, closed)
    assert [each.words for each in moved] == ["K16 target 100 hours -> 180 hours"]
    assert effects(book, closed, moved) == {"K16": "under the old target off track for 4 months, now 0"}
    assert not explained(book, closed, moved[0])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("K16 | 2026-10 | 2026-12 | 180 | 2026-11-02 | A second line | Erin Foster", "A second line"),
        ("K16 | 2026-10 | 2026-12 | 180 |            | A second line | Erin Foster", "A second line"),
        ("K16 | 2024-01 |  | 180 |            | Old season    | Erin Foster", ""),
        ("K16 | 2026-10 | 2026-12 | 180 | 2026-02-01 | Long ago      | Erin Foster", ""),
        ("K16 | 2026-10 | 2026-12 | 180 | 2026-11-02 | A second line | Nobody Real", ""),
    ],
)
def test_only_what_was_agreed_since_and_by_somebody_explains_a_move(row: str, said: str) -> None:
    targets = f"""
    Targets
    | KPI | From | Until | Planned | Set on | Why | Agreed by |
    |-----|------|-------|---------|--------|-----|-----------|
    | {row} |
    """
    book = read_example("\n".join([PEOPLE, kpi(), READINGS, KEPT, targets])).book
    closed = closed_before(book)
    assert closed is not None
    assert explained(book, closed, moved_since(book, closed)[0]).why == said


def test_no_closed_review_is_nothing_to_compare() -> None:
    book = read_example("\n".join([PEOPLE, kpi(), READINGS])).book
    assert closed_before(book) is None
    assert moved_since(book, None) == ()


def test_a_bare_row_of_targets_is_a_move_too() -> None:
    """Found by an auditor: a row without a word turned off track into on track, and nobody was asked."""
    targets = """
    Targets
    | KPI | From    | Planned | Until   | Set on | Why | Agreed by |
    |-----|---------|---------|---------|--------|-----|-----------|
    | K16 | 2026-10 | 160     | 2026-12 |        |     |           |
    """
    kept = KEPT + "    | KPIs | K16 | Targets |  |\n".strip(" ")
    book = read_example("\n".join([PEOPLE, kpi("100"), READINGS, kept, targets])).book
    closed = closed_before(book)
    assert closed is not None
    [moved] = moved_since(book, closed)
    assert moved.words == "K16 targets none -> 2026-10 to 2026-12: 160"
    assert effects(book, closed, [moved]) == {"K16": "under the old plan off track for 1 month, now 0"}
    assert not explained(book, closed, moved)
    said = read_example("\n".join([PEOPLE, kpi("100"), READINGS, kept, targets.replace(
        "|     |           |", "| New mill | Erin Foster |")])).book  # fmt: skip
    assert explained(said, closed, moved_since(said, closed)[0]) == Reason("New mill", "Erin Foster")


def test_a_row_of_targets_that_was_taken_away_is_put_back_for_the_comparison() -> None:
    kept = KEPT + "| KPIs | K16 | Targets | 2026-10: 160; 2026-09: 160 |\n"
    book = read_example("\n".join([PEOPLE, kpi("100"), READINGS, kept])).book
    closed = closed_before(book)
    assert closed is not None
    [moved] = moved_since(book, closed)
    assert moved.said == ("2026-10: 160; 2026-09: 160", "none")
    assert effects(book, closed, [moved]) == {"K16": "under the old plan off track for 0 months, now 1"}


DECISIONS = """
Reviews
| Review     | Period  | State  |
|------------|---------|--------|
| MR-2026-Q3 | 2026-Q3 | closed |

Decisions
| Decision | Review     | Decision text | Owner   |
|----------|------------|---------------|---------|
| D07      | MR-2026-Q3 | {text}        | {owner} |
"""


def reason(text: str, owner: str = "Erin Foster", kept: str = KEPT, **more: str) -> Reason:
    """Why the first goalpost of K16 was moved, by a decision of the closed review."""
    book = read_example(
        "\n".join([PEOPLE, kpi(**more), READINGS, kept, DECISIONS.format(text=text, owner=owner)])
    ).book
    closed = closed_before(book)
    assert closed is not None
    return explained(book, closed, moved_since(book, closed)[0])


@pytest.mark.parametrize(
    "text",
    [
        "K16 to 180: two mills more",
        "Raise the level of K16, the plater moves",
        "K16: accept 180 hours until spring",
        "Lower the target of K16",
        "K16: target is 180 from November",
        "Set the goal of K16 to 180",
        "Keep K16 at 180 for a year",
    ],
)
def test_a_decision_about_the_move_explains_it(text: str) -> None:
    assert reason(text) == Reason(text, "Erin Foster")


@pytest.mark.parametrize(
    "text",
    [
        "K16: retrain the operators on second shift",
        "Buy a torque wrench for K16",
        "Raise K160 to 180",
        "Do not raise K16: the target stays at 100",
        "Do not change the target of K16",
        "Send the goal board to K16",
        "Report K16 at the plan meeting",
        "K16: train the new operator",
        "Make a new chart of K16",
        "K16: buy a new plater, due in March",
        "Stop printing K16 on paper",
        "K16: 180 parts were scrapped",
        "Reduce scrap: see K16",
        "K16: the target stays",
        "Raise K16.2 to 180",
        "K16 must not go to 180",
        "The request to raise K16 to 180 is denied",
        "Turned down: K16 to 180",
        "Ray asked to change K16 target to 180; rejected",
        "Nobody may change the target of K16",
        "Proposal to set K16 to 180 postponed",
        "Discuss whether the target of K16 should be raised",
        "Raise K17 to 180; K16 stays",
        "K16: veto on 180",
        "Reduce setup time so that K16 meets its target",
        "Cut lead time: K16 is 40 off target",
        "Agree a training date to bring K16 back to target",
        "Change the operators' shift to reach the target of K16",
        "Review the target of K16; agree actions in May",
        "K16 fell to 180 in October: find the cause",
        "Set the target of K16 to 90",
    ],
)
def test_a_decision_about_something_else_is_no_reason(text: str) -> None:
    assert not reason(text)


def test_who_decides_is_somebody_in_people() -> None:
    assert not reason("K16 to 180", owner="TBD")


def test_a_decision_that_merely_names_the_row_is_shown_beside_the_move() -> None:
    assert reason("K16: retrain the operators").decision == "D07 names it: K16: retrain the operators"


@pytest.mark.parametrize(
    ("text", "is_reason"),
    [
        ("Pause K16 until the mill is back", True),
        ("Stop measuring K16", True),
        ("K16 is no longer measured", True),
        ("Remove K16", True),
        ("Take K16 out", True),
        ("Merge K16 into K17", True),
        ("We do without K16", True),
        ("Cancel K16", True),
        ("Do not drop K16", False),
        ("K16 can be dropped", True),
        ("K16 has been dropped", True),
        ("K16 no longer needed", True),
        ("K16 will no longer be reported", True),
        ("Put K16 on hold", True),
        ("Suspend the measurement of K16", True),
        ("Delete K15 and K16", True),
        ("Delete K16: it does not tell us anything", True),
        ("Leave K16 alone", False),
        ("Take K16 to the customer", False),
        ("Stop K16 from getting worse", False),
        ("K16: stopped machine repaired", False),
        ("K16 paused? Rejected", False),
        ("Show K16 on the board", False),
        ("Stop printing K16 on paper", False),
    ],
)
def test_pausing_is_decided_in_the_words_of_pausing(text: str, is_reason: bool) -> None:
    kept = KEPT + "| KPIs | K16 | Active | yes |\n"
    assert bool(reason(text, kept=kept, target="100", Active="no")) is is_reason


def test_an_owner_is_handed_over_by_name() -> None:
    kept = KEPT + "| KPIs | K16 | Owner | Erin Foster |\n"
    assert reason("Ray Novak takes over K16", kept=kept, target="100", Owner="Ray Novak")
    assert not reason("Ray Novak reports K16 every month", kept=kept, target="100", Owner="Ray Novak")


def test_a_row_of_targets_explains_what_it_plans_and_nothing_else() -> None:
    """Found by an auditor: one holiday row gave a reason to a moved target, owner and direction."""
    targets = """
    Targets
    | KPI | From    | Planned | Until | Set on     | Why           | Agreed by   |
    |-----|---------|---------|-------|------------|---------------|-------------|
    | K16 | 2026-11 | 80      |       | 2026-10-20 | Plant holiday | Erin Foster |
    """
    kept = KEPT + "| KPIs | K16 | Owner | Erin Foster |\n| KPIs | K16 | Targets | |\n"
    book = read_example("\n".join([PEOPLE, kpi("30", Owner="Ray Novak"), READINGS, kept, targets])).book
    closed = closed_before(book)
    assert closed is not None
    moved = {each.field: bool(explained(book, closed, each)) for each in moved_since(book, closed)}
    assert moved == {"target": False, "owner": False, "targets": True}
    more = targets + "    | K16 | 2027-01 | 10 | | 2026-10-20 | | |\n"
    book = read_example("\n".join([PEOPLE, kpi("100"), READINGS, kept, more])).book
    moved = {each.field: bool(explained(book, closed, each)) for each in moved_since(book, closed)}
    assert moved["targets"] is False


def test_what_counts_the_same_is_no_move() -> None:
    kept = KEPT + "| KPIs | K16 | Weight | |\n| KPIs | K16 | Trajectory | |\n| KPIs | K16 | Target is | |\n"
    same = kpi("100", Weight="1", Trajectory="linear", **{"Target is": "each period"})
    book = read_example("\n".join([PEOPLE, same, READINGS, kept])).book
    assert moved_since(book, closed_before(book)) == ()


def test_a_paused_kpi_and_one_whose_row_is_gone_are_told() -> None:
    kept = KEPT + "| KPIs | K16 | Active | yes |\n| KPIs | K17 | Target | 5 |\n"
    book = read_example("\n".join([PEOPLE, kpi("100", Active="no"), READINGS, kept])).book
    closed = closed_before(book)
    assert closed is not None
    assert [each.words for each in moved_since(book, closed)] == ["K16 active yes -> no"]
    assert effects(book, closed, moved_since(book, closed)) == {
        "K16": "off track for 1 month when it was paused"
    }
    assert [key for _, key in gone_since(book, closed)] == ["K17"]
    assert not decided(book, closed, "K17")


STRICT = """
Kept by 2026-Q3
| Table | Row | Header    | Was    |
|-------|-----|-----------|--------|
| KPIs  | K16 | Target    | 100    |
| KPIs  | K16 | Direction | lower  |
| KPIs  | K16 | Unit      | HOURS  |
"""


@pytest.mark.parametrize(
    ("kept", "target", "said"),
    [
        ("target", "≤ 100", ["K16 target < 100 -> ≤ 100"]), ("", "< 100", ["K16 target ≤ 100 -> < 100"]),
        ("target", "< 100", []), ("", "100", []), ("target", "≤ 180", ["K16 target 100 hours -> 180 hours"]),
    ],
)  # fmt: skip
def test_a_figure_that_no_longer_has_to_be_passed_is_a_move(kept: str, target: str, said: list[str]) -> None:
    book = read_example("\n".join((PEOPLE, kpi(target), READINGS, STRICT))).book
    closed = closed_before(book)
    assert closed is not None
    posts = {key: {**held, "strict": kept} for key, held in closed.posts.items()}
    assert [each.words for each in moved_since(book, replace(closed, posts=posts))] == said


def test_another_letter_case_is_no_move() -> None:
    book = read_example("\n".join((PEOPLE, kpi("100"), READINGS, STRICT))).book
    assert moved_since(book, closed_before(book)) == ()


@pytest.mark.parametrize(
    ("until", "explains"), [("", False), ("2026-11", False), ("2026-12", True), ("2027-03", True)]
)
def test_a_row_of_targets_explains_a_move_only_if_it_lasts(until: str, explains: bool) -> None:
    targets = f"""
    Targets
    | KPI | From    | Planned | Until   | Set on     | Why          | Agreed by   |
    |-----|---------|---------|---------|------------|--------------|-------------|
    | K16 | 2026-10 | 180     | {until} | 2026-10-20 | A mill added | Erin Foster |
    """
    book = read_example("\n".join((PEOPLE, kpi(), READINGS, targets, KEPT))).book
    closed = closed_before(book)
    assert closed is not None
    moved = [each for each in moved_since(book, closed) if each.field == "target"]
    assert [bool(explained(book, closed, each)) for each in moved] == [explains]
