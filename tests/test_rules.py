"""Every rule fires on exactly the cells of its bad example, stays silent on the good one, and says why."""

from __future__ import annotations

import re

import pytest

from qmsbook.examples import read_example
from qmsbook.rule import Rule
from qmsbook.rules import RULES, check

EACH_RULE = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def findings_of(rule: Rule, text: str) -> list[str]:
    """Where one rule fires on an example."""
    book = read_example(text).book
    return sorted(str(finding.at) for finding in check(book, rules=[rule], stage="audit-ready"))


@EACH_RULE
def test_fires_on_exactly_the_marked_cells(rule: Rule) -> None:
    marked = sorted(map(str, read_example(rule.bad).marked))
    assert marked, "the bad example marks no cell"
    assert findings_of(rule, rule.bad) == marked


@EACH_RULE
def test_is_silent_on_the_good_example(rule: Rule) -> None:
    assert findings_of(rule, rule.good) == []


@EACH_RULE
def test_documentation_is_complete(rule: Rule) -> None:
    assert rule.title.endswith(".")
    assert len(rule.title) < 90
    assert len(rule.why) > 60
    assert len(rule.fix) > 20
    assert re.fullmatch(r"[A-Z]{3}\d{3}", rule.code)
    assert re.fullmatch(r"|\d{1,2}(\.\d)*", rule.clause)


@EACH_RULE
def test_words_are_plain(rule: Rule) -> None:
    book = read_example(rule.bad).book
    for finding in check(book, rules=[rule], stage="audit-ready"):
        assert finding.message.endswith((".", "?"))
        assert not re.search(r"\b([Ee]rror:|[Ii]nvalid|[Pp]lease|None)\b|\(\)", finding.message)
        assert "  " not in finding.message
        assert finding.fix.endswith((".", "?", ")"))


def test_codes_are_unique() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
