"""What every rule says reads well where its example stands once, twice and seven times in a workbook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from multiplied import times
from odd import ODD, SLIPS, odd_in, unbalanced

from qmsbook.rules import RULES, check
from qmsbook.rules.examples import read_example
from qmsbook.rules.folded import fold
from qmsbook.rules.rule import Finding, Rule

_FAMILIES = sorted({rule.code[:3] for rule in RULES})


def found(rule: Rule, count: int) -> list[Finding]:
    return check(times(read_example(rule.bad), count).book, stage="audit-ready")


def lines(findings: list[Finding]) -> Iterator[str]:
    """All that is said of some findings, one by one and folded."""
    for each in findings:
        yield from (each.message, each.fix)
    for group in fold(findings):
        yield from (group.message, group.fix)


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("family", _FAMILIES)
def test_what_a_family_says_reads_well(family: str, count: int) -> None:
    rules = [rule for rule in RULES if rule.code.startswith(family)]
    said = {line for rule in rules for line in lines(found(rule, count)) if line}
    assert said
    assert odd_in(said, ODD | SLIPS) == []
    assert list(unbalanced(said)) == []


def test_examples_that_stand_twice_are_found_twice() -> None:
    """Of most rules: the sentences of several are really seen."""
    twice = {rule.code for rule in RULES if count_of(rule, 2) >= 2 * max(count_of(rule, 1), 1)}
    assert len(twice) > 0.7 * len(RULES)


def count_of(rule: Rule, count: int) -> int:
    return sum(each.code == rule.code for each in found(rule, count))
