"""CAS: why a level supports the one above, in words that say so."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi, Objective
from qmsbook.rules.ask import (
    active,
    asked,
    cells,
    counted,
    listed,
    live_kpis,
    named,
    standing,
    whole,
)
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each


@rule("CAS011", Severity.WARNING, clause="6.2.1", stage="audit-ready", quiet="few")
def how_it_supports_is_empty(book: Book) -> Iterator[Problem]:
    """An objective does not say how it supports its goal.

    Why
        A link is quickly drawn. Whoever has to write one line on how reaching the objective moves the goal
        finds out whether it does.
    Fix
        Write one line for each goal named: if we reach this, then ... because ...
    Bad
        Objectives
        | Objective | How it supports |
        |-----------|-----------------|
        | O1.2      | [!]             |
    Good
        Objectives
        | Objective | How it supports                              |
        |-----------|----------------------------------------------|
        | O1.2      | Customers who get orders on time order again |
    """
    yield from each(
        (objective for objective in asked(book, active(book), "supports")
         if objective.supports and not objective.how_it_supports),
        "how_it_supports", "does not say how it supports {supports}",
    )  # fmt: skip


@rule("CAS012", Severity.WARNING, clause="6.2.1", stage="audit-ready")
def how_it_supports_repeats(book: Book) -> Iterator[Problem]:
    """How an objective supports its goal only repeats the statement.

    Why
        A field that was filled by copying tells an auditor more than an empty one: nobody has thought about
        the link.
    Fix
        Say what happens in between: if we reach this, then ... because ...
    Bad
        Objectives
        | Objective | Statement               | How it supports              |
        |-----------|-------------------------|------------------------------|
        | O1.2      | Ship 95 % on time       | Ship 95% on time. [!]        |
    Good
        Objectives
        | Objective | Statement         | How it supports                              |
        |-----------|-------------------|----------------------------------------------|
        | O1.2      | Ship 95 % on time | Customers who get orders on time order again |
    """
    for objective in active(book):
        goals = [goal.statement for key in objective.supports if (goal := book.goal(key))]
        if _repeats(objective.how_it_supports, [objective.statement, *goals]):
            message = f"{named(objective)} only repeats a statement where it should say how it supports."
            yield Problem(objective.cell("how_it_supports"), message)


def _repeats(text: str, statements: list[str]) -> bool:
    """Whether a text says what one of the statements says, but for signs and a word or two."""
    words = _words(text)
    if not words:
        return False
    for statement in statements:
        other = _words(statement)
        if words == other or (len(other) > 3 and difflib.SequenceMatcher(None, words, other).ratio() > 0.9):
            return True
    return False


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@rule("CAS013", Severity.ADVICE, stage="audit-ready", quiet="few")
def fewer_reasons_than_goals(book: Book) -> Iterator[Problem]:
    """An objective names more goals than it gives reasons for.

    Why
        It is tempting to let one objective serve every goal. One line for each goal keeps it honest.
    Fix
        Write one line for each goal named, or name fewer goals.
    Bad
        Objectives
        | Objective | Supports | How it supports                                  |
        |-----------|----------|--------------------------------------------------|
        | O1.2      | G1, G2   | Customers who get orders on time order again [!] |
    Good
        Objectives
        | Objective | Supports | How it supports                                          |
        |-----------|----------|----------------------------------------------------------|
        | O1.2      | G1, G2   | On time: customers stay\\nOn time: no penalties are paid |
    """
    for objective in active(book):
        lines = [line for line in re.split(r"[\n\r;]+", objective.how_it_supports) if line.strip()]
        if lines and len(lines) < len(objective.supports):
            goals = counted(len(objective.supports), "goal")
            message = f"{named(objective)} names {goals} and says how it supports {len(lines)} of them."
            yield Problem(objective.cell("how_it_supports"), message, rests_on=cells(objective, "supports"))


@rule("CAS014", Severity.WARNING, clause="6.2.1", stage="audit-ready", quiet="few")
def how_it_drives_is_empty(book: Book) -> Iterator[Problem]:
    """A KPI does not say how it drives its objective.

    Why
        The people who collect the figure should be able to say what it is good for. If nobody can write the
        line, it is the wrong figure.
    Fix
        Write one line: a better figure here moves the objective because ...
    Bad
        KPIs
        | KPI | How it drives |
        |-----|---------------|
        | K07 | [!]           |
    Good
        KPIs
        | KPI | How it drives                                       |
        |-----|-----------------------------------------------------|
        | K07 | Lines shipped on the day are what customers count   |
    """
    for kpi in live_kpis(book):
        if kpi.supports and not kpi.how_it_drives:
            message = f"{named(kpi)} does not say how it drives {listed(kpi.supports)}."
            yield Problem(kpi.cell("how_it_drives"), message, rests_on=cells(kpi, "supports"))


@rule("CAS015", Severity.WARNING, clause="6.2.1", stage="audit-ready")
def how_it_drives_repeats(book: Book) -> Iterator[Problem]:
    """How a KPI drives its objective only repeats a name.

    Why
        A field that was filled by copying shows that nobody has thought about why this figure and not
        another.
    Fix
        Say what happens in between: a better figure here moves the objective because ...
    Bad
        KPIs
        | KPI | Name             | How it drives        |
        |-----|------------------|----------------------|
        | K07 | On-time delivery | On-time delivery [!] |
    Good
        KPIs
        | KPI | Name             | How it drives                                     |
        |-----|------------------|---------------------------------------------------|
        | K07 | On-time delivery | Lines shipped on the day are what customers count |
    """
    for kpi in live_kpis(book):
        parents = [parent.statement for key in kpi.supports if (parent := book.objective(key))]
        if _repeats(kpi.how_it_drives, [kpi.name, *parents]):
            message = f"{named(kpi)} only repeats a name where it should say how it drives the objective."
            yield Problem(kpi.cell("how_it_drives"), message)


def adrift(book: Book) -> tuple[list[Objective], list[Kpi]]:
    """Objectives and KPIs with a link that leads nowhere: what they carry cannot be told, and they are."""
    objectives = [o for o in standing(book) if not o.supports or not all(map(book.goal, o.supports))]
    kpis = [
        kpi
        for kpi in live_kpis(book)
        if kpi.id not in book.result_kpis and (not kpi.supports or not all(map(book.objective, kpi.supports)))
    ]
    return objectives, kpis


@rule("CAS019", Severity.ADVICE, stage="audit-ready")
def goal_supported_second_hand(book: Book) -> Iterator[Problem]:
    """A goal has only objectives that mainly serve another goal.

    Why
        When hours get short, everyone works for the first goal named. A goal that is always second gets
        what is left over.
    Fix
        Write an objective that serves this goal first, or name it first where it comes first.
    Bad
        Goals
        | Goal   |
        |--------|
        | G1     |
        | G2 [!] |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1, G2   |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
        | G2   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1, G2   |
        | O2.1      | G2       |
    """
    if not whole(book, Objective, "supports") or adrift(book)[0]:
        return
    for goal in book.goals:
        objectives = [o for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired"]
        if objectives and all(objective.supports[0] != goal.id for objective in objectives):
            message = f"{named(goal)} is only the second goal of {listed(o.id for o in objectives)}."
            yield Problem(goal.cell("id"), message)
