"""Low, Medium and High are scores as good as 1, 3 and 5."""

from __future__ import annotations

import pytest

from qmsbook.methods.columns import residual_score, score
from qmsbook.rules import check
from qmsbook.rules.examples import read_example

RISK = """
Risks
| Risk | Kind   | Likelihood | Impact   | Residual likelihood | Residual impact | Accepted by |
|------|--------|------------|----------|---------------------|-----------------|-------------|
| R03  | threat | {one}      | {two}    | {three}             | 2               | Erin Foster |
"""


@pytest.mark.parametrize("one", ["High", "high", " HIGH ", '"5"'])
def test_words_and_numbers_are_one_scale(one: str) -> None:
    book = read_example(RISK.format(one=one, two="Medium", three="low")).book
    assert (score(book.risks[0]), residual_score(book.risks[0])) == (15, 2)
    assert [f.code for f in check(book) if f.table == "Risks" and str(f.severity) == "error"] == []


@pytest.mark.parametrize("word", ["rarely", "very high", "mid"])
def test_other_words_are_asked_for_again(word: str) -> None:
    book = read_example(RISK.format(one=word, two="Medium", three="low")).book
    assert [f.code for f in check(book) if f.column == "Likelihood"] == ["WBK008"]
