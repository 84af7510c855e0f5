"""The page on how to write it down: the rows that it shows are read as it says, and judged."""

from __future__ import annotations

import pytest

from qmsbook.docs.patterns import PATTERNS, Pattern
from qmsbook.methods import assess
from qmsbook.rules import check
from qmsbook.rules.examples import read_example

#: What reading and the rules on KPIs would find in a row that does not say what it should.
FAMILIES = ("WBK008", "WBK010", "WBK011", "WBK012", "WBK013", "WBK08", "KPI001", "KPI003", "KPI004", "KPI01")


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.title)
def test_a_pattern_is_read_without_a_word(pattern: Pattern) -> None:
    head, rule, *rows = pattern.kpis.splitlines()
    rows = [f"{row} O1 | |" for row in rows]
    table = "\n".join(["KPIs", f"{head} Supports | ... |", f"{rule}---|---|", *rows])
    readings = "Measurements\n| KPI | Period | Value |\n|---|---|---|\n| K1 | 2026-10 | 3 |"
    book = read_example(f"on 2026-11-10\n\n{table}\n\n{readings}").book
    assert len(book.kpis) == len(rows)
    told = [finding for finding in check(book, stage="run") if finding.code.startswith(FAMILIES)]
    assert [str(finding) for finding in told] == []
    word = assess(book).kpis["K1"].status.word
    assert word in {"On track", "At risk", "Off track", "Setting baseline", "Watched"}
