"""Rules: a plan becomes findings; a family has a file, or one for each thing it looks at.

Comes in: the book and its assessment. ``rule.py`` says what a rule is, ``RULES`` here holds them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qmsbook.book.book import Book
from qmsbook.methods import assess
from qmsbook.methods.method import Assessment
from qmsbook.rules import (
    actions,
    carried,
    cascade,
    cells,
    closed,
    culture,
    decisions,
    driven,
    evolution,
    ids,
    inputs,
    kpi,
    links,
    measurements,
    monitored,
    objectives,
    outcomes,
    ownership,
    plan,
    planned,
    reach,
    readings,
    reviews,
    risks,
    settings,
    sheets,
    support,
    tables,
    targets,
    typed,
    vital,
    voice,
    waivers,
    written,
)
from qmsbook.rules.rule import STAGES, Finding, Rule, Stage, check_with, collect

#: The catalogue, family by family, each in the order of its codes.
RULES: tuple[Rule, ...] = collect(
    (tables, cells, ids, links, settings, waivers, typed, sheets, written),
    (cascade, support, carried, driven), (plan,), (vital,), (ownership,), (objectives,),
    (evolution, monitored, reach), (outcomes,), (kpi, targets, planned), (readings, measurements), (risks,),
    (actions,), (reviews, decisions, inputs, closed, culture), (voice,),
)  # fmt: skip


def check(
    book: Book,
    assessed: Assessment | Callable[[], Assessment] | None = None,
    rules: Sequence[Rule] = RULES,
    stage: Stage | None = None,
) -> list[Finding]:
    """All findings of a book, worst first; the stage is that of the workbook's settings unless given.

    ``assessed`` spares working out the statuses again; without it they are worked out once, if a rule asks.
    """
    wanted = stage or book.settings.stage
    at: Stage = next((known for known in STAGES if known == wanted), "start")
    found = check_with(rules, book, assessed if assessed is not None else lambda: assess(book), at)
    codes = {each.code for each in rules}
    # A waiver may name a rule of the company's own, which the catalogue does not know.
    return [f for f in found if f.code != "WBK040" or str(f.value).strip().upper() not in codes]


def rule_of(code: str) -> Rule | None:
    """The rule of a code, whatever its case, or None."""
    return next((each for each in RULES if each.code == code.strip().upper()), None)
