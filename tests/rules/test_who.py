"""Who can mend a finding is somebody who is there: else the one above, else top management."""

from __future__ import annotations

from datetime import date

import pytest

from qmsbook.book.book import Book
from qmsbook.rules import RULES, check
from qmsbook.rules.examples import read_example
from qmsbook.rules.people import Menders
from qmsbook.rules.rule import Finding

HOUSE = """
on 2026-11-10

People
| Person      | Role       | Top management | Quality role | Process | Left on    |
|-------------|------------|----------------|--------------|---------|------------|
| Dana Field  | President  | yes            | no           |         | {dana}     |
| Erin Foster | Operations | no             | no           | P07     | {erin}     |
| Luis Ortega | Scheduler  | no             | no           | P07     | {luis}     |
| Tom Hayes   | Quality    | no             | yes          |         |            |

Processes
| Process | Name       | Owner  |
|---------|------------|--------|
| P07     | Machining  | {p}    |

Goals
| Goal | Owner  | Result KPI |
|------|--------|------------|
| G1   | {g}    |            |

Objectives
| Objective | Supports | Processes | Owner |
|-----------|----------|-----------|-------|
| O1.2      | G1       | P07       | {o}   |

KPIs
| KPI | Supports | Process | Owner |
|-----|----------|---------|-------|
| K07 | O1.2     | P07     | {k}   |
"""
GONE = "2026-06-30"


def house(
    k: str = "", p: str = "", o: str = "", g: str = "", dana: str = "", erin: str = "", luis: str = ""
) -> Book:
    return read_example(HOUSE.format(k=k, p=p, o=o, g=g, dana=dana, erin=erin, luis=luis)).book


@pytest.mark.parametrize(
    ("book", "who"),
    [
        (house(k="Luis Ortega", p="Erin Foster"), "Luis Ortega"),
        (house(k="Luis Ortega", p="Erin Foster", luis=GONE), "Erin Foster"),
        (house(k="Luis Ortega", p="Erin Foster", luis="2026-12-31"), "Luis Ortega"),
        (house(k="Production", p="Erin Foster"), "Erin Foster"),
        (house(k="Machining", p="Erin Foster"), "Erin Foster"),
        (house(k="Team Orange", p="Erin Foster"), "Erin Foster"),
        (house(k="The night shift", p="Erin Foster"), "Erin Foster"),
        (house(k="TBD", p="TBD", o="Luis Ortega"), "Luis Ortega"),
        (house(p="Erin Foster", erin=GONE, o="?", g="Luis Ortega"), "Luis Ortega"),
        (house(), "Dana Field"),
        (house(k="Luis Ortega", luis=GONE), "Dana Field"),
        (house(k="Luis Ortega, Erin Foster", luis=GONE), "Erin Foster"),
        (house(k="Luis Ortga"), "Luis Ortega"),
        (house(k="Luis Ortga", luis=GONE), "Dana Field"),
        (house(k="Pat Newman"), "Dana Field"),  # nobody knows whether who is not in People is there: "ERP"
        (house(dana=GONE), ""),
    ],
)
def test_the_owner_or_the_one_above(book: Book, who: str) -> None:
    assert Menders(book).of(book.kpi("K07")) == who


def test_whom_a_finding_complains_of_does_not_mend_it() -> None:
    book = house(k="Tom Hayes", p="Erin Foster")
    assert Menders(book).of(book.kpi("K07"), about=("Tom Hayes",)) == "Erin Foster"
    assert Menders(book).of(book.person("Luis Ortega"), about=("Luis Ortega",)) == "Erin Foster"
    assert Menders(book).of(book.person("Dana Field"), about=("Dana Field",)) == ""


def test_the_whole_plan_is_for_top_management_and_the_workbook_for_its_keeper() -> None:
    book = house()
    assert Menders(book).of(None) == "Dana Field"
    assert Menders(book).of_the_book() == "Tom Hayes"
    assert Menders(house(dana=GONE)).of_the_book(about=("Tom Hayes",)) == ""


def test_links_in_a_circle_end() -> None:
    text = """
    Actions
    | Action | Serves | Owner |
    |--------|--------|-------|
    | A11    | A12    |       |
    | A12    | A11    | TBD   |
    """
    book = read_example(text).book
    assert Menders(book).of(book.actions[0]) == ""


BAD = [(rule.code, finding) for rule in RULES for finding in check(read_example(rule.bad).book, rules=[rule])]


@pytest.mark.parametrize(("code", "finding"), BAD, ids=lambda each: each if isinstance(each, str) else "")
def test_no_rule_names_somebody_who_left(code: str, finding: Finding) -> None:
    book = read_example(next(rule.bad for rule in RULES if rule.code == code)).book
    person = book.person(finding.owner)
    assert person is None or person.left_on is None or person.left_on > date(2026, 11, 10)


QUALITY = """
People
| Person      | Top management | Quality role | Process | Left on |
|-------------|----------------|--------------|---------|---------|
| Dana Field  | yes            | no           |         |         |
| Tom Hayes   | no             | yes          |         |         |
| Erin Foster | no             | no           |         |         |

Processes
| Process | Owner       |
|---------|-------------|
| P07     | Erin Foster |
| P10     | Tom Hayes   |

Objectives
| Objective | Processes | Owner       | Vital few |
|-----------|-----------|-------------|-----------|
| O1        | P07       | Tom Hayes   | no        |
| O2        | P07       | Tom Hayes   | no        |
| O3        | P07       | Tom Hayes   | no        |
| O4        | P07       | Tom Hayes   | no        |
| O5        | P07       | {fifth}     | no        |
| O6        | {sixth}   | Erin Foster | no        |

KPIs
| KPI | Process | Owner       |
|-----|---------|-------------|
| K1  | P07     | Erin Foster |
| K2  | P07     | Erin Foster |
| K3  | P07     | Erin Foster |
| K4  | P07     | Erin Foster |
| K5  | P07     | Erin Foster |
| K6  | P07     | Erin Foster |
"""


def share(fifth: str = "Erin Foster", sixth: str = "P07") -> list[Finding]:
    book = read_example(QUALITY.format(fifth=fifth, sixth=sixth)).book
    return check(book, rules=[rule for rule in RULES if rule.code == "OWN006"])


def test_objectives_and_kpis_are_judged_each_by_themselves() -> None:
    """Four of twelve items are a third; four of six objectives are not."""
    (found,) = share()
    assert found.message == "The quality role (Tom Hayes) owns 4 of 6 objectives (67 %): more than half."
    assert str(found.severity) == "warning"


def test_the_fix_and_who_are_not_the_person_complained_of() -> None:
    (found,) = share()
    assert found.fix == (
        "Give each of them to the person who runs the process it belongs to, for example O1 to Erin Foster "
        "and O2 to Erin Foster."
    )
    assert found.owner == "Dana Field"


def test_what_quality_runs_itself_counts_on_neither_side() -> None:
    assert share(sixth="P10") == []  # five are left, which are too few to judge by


@pytest.mark.parametrize(
    ("owner", "fix"),
    [
        ("Quality", "Did you mean Tom Hayes? Write the one who answers for it; departments go under"),
        ("Machining", "Did you mean Erin Foster? Write"),
        ("Operations team", "Did you mean Erin Foster? Write"),
        ("Sales", "Sales is meant as the one person who leads it: write that person's name"),
        ("TBD", "Ask one person whether they will answer for it"), ("the team", "Ask one person"),
    ],
)  # fmt: skip
def test_a_department_as_owner_is_told_who_may_be_meant(owner: str, fix: str) -> None:
    book = house(o=owner, p="Erin Foster")
    (found,) = [each for each in check(book) if each.code == "OWN003" and each.row == "O1.2"]
    assert found.fix.startswith(fix)
