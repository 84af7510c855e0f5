"""A KPI that does not say where it started is one finding, which names the start that its plan runs from."""

from __future__ import annotations

import pytest

from qmsbook.rules import check
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Finding, Severity

BOOK = """
on 2026-11-10

KPIs
| KPI | Name    | Unit | Direction | Baseline | Baseline on | Target   | Target on  | Trajectory |
|-----|---------|------|-----------|----------|-------------|----------|------------|------------|
| K07 | On time | %    | higher    |          |             | {target} | 2027-12-31 | {way}      |

Measurements
| KPI | Period | Value |
|-----|--------|-------|
{rows}
"""


def told(values: list[float], target: float = 97, way: str = "linear") -> list[Finding]:
    rows = "\n".join(f"| K07 | 2026-{6 + at:02} | {value} |" for at, value in enumerate(values))
    book = read_example(BOOK.format(target=target, way=way, rows=rows)).book
    return [each for each in check(book, stage="start") if each.code == "KPI022"]


@pytest.mark.parametrize("count", [1, 2])
def test_while_the_start_is_not_known(count: int) -> None:
    (found,) = told([90.0] * count)
    assert found.severity is Severity.ADVICE
    assert found.message == (
        "KPI K07 (On time) does not say where it started; its first 3 readings will show it."
    )
    assert found.fix.startswith("Enter where you started under *Baseline*")


def test_once_it_was_found_it_is_to_be_confirmed() -> None:
    (found,) = told([90, 92, 94, 93])
    assert found.severity is Severity.WARNING
    assert found.message.endswith("its plan runs from 92 %, what its first 3 readings come to.")
    assert found.fix == (
        "If that is where you started, enter 92 % under *Baseline* and 2026-08-31 under *Baseline on*."
    )


def test_a_start_beyond_the_target_is_told() -> None:
    (found,) = told([98, 98, 98, 96])
    assert "Its target of 97 % lies behind that." in found.message
    assert "flat" in found.fix


@pytest.mark.parametrize(("blank", "rule"), [("2027-12-31", "KPI004"), ("higher", "KPI003")])
def test_what_else_is_missing_says_nothing_false_of_the_target(blank: str, rule: str) -> None:
    text = BOOK.replace(f"| {blank} ", f"|{' ' * (len(blank) + 2)}", 1)
    rows = "\n".join(f"| K07 | 2026-0{month} | {value} |" for month, value in [(6, 81), (7, 82), (8, 83)])
    found = check(read_example(text.format(target=97, way="linear", rows=rows)).book, stage="start")
    assert rule in {each.code for each in found}
    assert not [each for each in found if "lies behind" in each.message]


def test_a_value_that_is_only_held_needs_no_start() -> None:
    assert told([90, 92, 94], way="flat") == []
