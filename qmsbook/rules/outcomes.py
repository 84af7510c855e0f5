"""OUT: the plan counts what customers, owners and people notice, not how busy the quality system was."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi, Objective
from qmsbook.methods.method import AT_RISK, OFF_TRACK, Assessment
from qmsbook.rules.ask import (
    active,
    asked,
    cells,
    has_readings,
    header_cell,
    inside,
    judged_by,
    listed,
    live_kpis,
    months_before,
    named,
    number,
    whole,
)
from qmsbook.rules.evolution import always_met
from qmsbook.rules.limits import signalled
from qmsbook.rules.objectives import live_kpis_of
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.statements import counts_activity

_DONE_UNITS = frozenset(
    {"yes/no", "y/n", "done", "done/not done", "0/1", "pass/fail", "milestone", "completed"}
)
_FEWEST = 4


def has_outcome(book: Book, objective: Objective) -> bool:
    """Whether a KPI of an objective counts a result."""
    return any(not counts_activity(kpi.name) for kpi in live_kpis_of(book, objective) if kpi.name)


def _activity(book: Book) -> list[Objective]:
    """The objectives whose words count compliance activity."""
    return [o for o in active(book) if o.statement and counts_activity(o.statement)]


def _names_can_be_told(book: Book) -> bool:
    return whole(book, Kpi, "name", "supports")


@rule("OUT001", Severity.WARNING, clause="6.2.1", stage="run")
def objective_counts_activity(book: Book) -> Iterator[Problem]:
    """An objective counts compliance activity, with no result beside it.

    Why
        Twelve audits can be held, all trained and every certificate kept while customers leave. Activity is
        what you pay; the result is what you bought. One KPI that counts a result is enough. How well the
        words are told apart stands in docs/statements.md.
    Fix
        Ask what gets better for customers, cost, time or people if this is done, and make that the objective;
        keep the activity under *What will be done*.
    Bad
        Objectives
        | Objective | Statement                       |
        |-----------|---------------------------------|
        | O1.2      | Complete 12 internal audits [!] |

        KPIs
        | KPI | Name             | Supports |
        |-----|------------------|----------|
        | K07 | Audits completed | O1.2     |
    Good
        Objectives
        | Objective | Statement                   |
        |-----------|-----------------------------|
        | O1.2      | Complete 12 internal audits |
        | O1.3      | Cut rework by a third       |

        KPIs
        | KPI | Name             | Supports |
        |-----|------------------|----------|
        | K07 | Audits completed | O1.2     |
        | K08 | Scrap rate       | O1.2     |
    """
    for objective in _activity(book) if _names_can_be_told(book) else ():
        if not has_outcome(book, objective):
            message = f"{named(objective)} counts what is done, and no KPI beside it what comes of it."
            yield Problem(objective.cell("statement"), message, cells(objective, "stage", "id"))


@rule("OUT002", Severity.WARNING, clause="9.1.1", stage="run")
def kpi_counts_activity(book: Book) -> Iterator[Problem]:
    """A KPI counts compliance activity, with no result beside it.

    Why
        Its figure can be perfect while nothing gets better, so nobody outside of quality looks at it. Where
        the objective itself counts activity, OUT001 says so; where it tells the result of a goal, OUT006.
    Fix
        Add the KPI that would move if the activity worked, or replace this one by it.
    Bad
        Objectives
        | Objective | Statement                  |
        |-----------|----------------------------|
        | O1.2      | Halve the late deliveries  |

        KPIs
        | KPI | Name                            | Supports |
        |-----|---------------------------------|----------|
        | K07 | Training completion rate [!]    | O1.2     |
    Good
        Objectives
        | Objective | Statement                  |
        |-----------|----------------------------|
        | O1.2      | Halve the late deliveries  |

        KPIs
        | KPI | Name                     | Supports |
        |-----|--------------------------|----------|
        | K07 | Training completion rate | O1.2     |
        | K08 | On-time delivery         | O1.2     |
    """
    if not _names_can_be_told(book):
        return
    told = {objective.id for objective in _activity(book)}
    for kpi in live_kpis(book):
        above = [book.objective(key) for key in kpi.supports]
        known = [objective for objective in above if objective is not None and objective.id not in told]
        if not kpi.name or len(known) < len(above) or not known or kpi.id in book.result_kpis:
            continue
        if counts_activity(kpi.name) and not any(has_outcome(book, objective) for objective in known):
            message = f"{named(kpi)} counts what is done, and no KPI beside it what comes of it."
            yield Problem(kpi.cell("name"), message, cells(kpi, "active"))


@rule("OUT003", Severity.ADVICE, clause="6.2.1", stage="run")
def target_is_done_or_not(book: Book) -> Iterator[Problem]:
    """A KPI can only be done or not done.

    Why
        It shows nothing until the last day, and then it is too late. A project is an action; its KPI is what
        the project is for. Beside a KPI that counts a result it is left in peace.
    Fix
        Enter the project as an action, and measure what it is to change.
    Bad
        KPIs
        | KPI | Name                  | Unit       | Target | Lowest possible | Highest possible |
        |-----|-----------------------|------------|--------|-----------------|------------------|
        | K07 | New line installed    | yes/no [!] | 1      | 0               | 1                |
    Good
        KPIs
        | KPI | Name                  | Unit   | Target | Lowest possible | Highest possible |
        |-----|-----------------------|--------|--------|-----------------|------------------|
        | K07 | New line installed    | yes/no | 1      | 0               | 1                |
        | K08 | Output of the line    | pieces | 400    | 0               |                  |
    """
    if not _names_can_be_told(book):
        return
    for kpi in live_kpis(book):
        if not _is_done_or_not(kpi):
            continue
        beside = {k.id: k for key in kpi.supports for k in book.kpis_of.get(key, ()) if k.judged}
        results = [
            k for k in beside.values() if k.name and not _is_done_or_not(k) and not counts_activity(k.name)
        ]
        if not results:
            rests_on = cells(kpi, "target", "lowest_possible", "highest_possible", "active")
            yield Problem(kpi.cell("unit"), f"{named(kpi)} can only be done or not done.", rests_on)


def _is_done_or_not(kpi: Kpi) -> bool:
    unit = re.sub(r"\s*/\s*", "/", kpi.unit.casefold().strip())
    bounded = (kpi.lowest_possible, kpi.highest_possible, kpi.target) == (
        0,
        1,
        1,
    ) and kpi.aggregation != "ratio"
    return unit in _DONE_UNITS or (bounded and unit not in ("%", "percent"))


@rule("OUT004", Severity.WARNING, clause="6.2.1", stage="run")
def too_many_count_activity(book: Book) -> Iterator[Problem]:
    """Too large a part of the objectives counts compliance activity.

    Why
        One objective in four (*Compliance percent*) may keep the house in order. More than that, and the plan
        is an audit programme with another title; the business has its real plan elsewhere. Counted from four
        objectives on, those with a result beside them included.
    Fix
        Take up what leadership talks about every Monday, and move the activities to *What will be done*.
    Bad
        Objectives
        | Objective | Statement [!]                  |
        |-----------|--------------------------------|
        | O1.1      | Complete 12 internal audits    |
        | O1.2      | Train all staff in the policy  |
        | O1.3      | Cut rework by a third          |
        | O1.4      | Ship 95 % on the promised day  |
    Good
        Objectives
        | Objective | Statement                      |
        |-----------|--------------------------------|
        | O1.1      | Complete 12 internal audits    |
        | O1.2      | Raise the quote win rate to 30 % |
        | O1.3      | Cut rework by a third          |
        | O1.4      | Ship 95 % on the promised day  |
    """
    objectives = [objective for objective in active(book) if objective.statement]
    if len(objectives) < _FEWEST or not whole(book, Objective, "statement"):
        return
    counting = _activity(book)
    share, most = 100 * len(counting) / len(objectives), book.settings.compliance_percent
    if share > most:
        message = (
            f"{len(counting)} of {len(objectives)} objectives count compliance activity "
            f"({number(round(share))} %, up to {number(most)} % is usual): {listed(o.id for o in counting)}."
        )
        yield Problem(header_cell(book, Objective, "statement"), message)


@rule("OUT005", Severity.ADVICE, clause="9.1.3", stage="audit-ready")
def kpi_led_to_nothing(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI led to nothing for a year.

    Why
        Somebody reads it every month. In a year (*KPI unused months*) it showed no real change (where there
        are no natural limits: was never off track), no action or decision named it, nobody commented on it,
        and its target stayed as it was. Such figures are kept because they were always kept. A quiet
        one may also be a control, quiet because somebody looks at it: then it stays. Where its target was
        always met, or is behind plan now, other rules say so.
    Fix
        Ask its owner: keep it (and why), read it less often, merge it with another, or drop it.
    Bad
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | KPI unused months | 3     |

        KPIs
        | KPI     | Target set on | Trajectory | Target | Baseline |
        |---------|---------------|------------|--------|----------|
        | K07 [!] | 2025-01-20    | flat       | 95     | 90       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 95.1  |
        | K07 | 2026-08 | 95.7  |
        | K07 | 2026-09 | 96.0  |
        | K07 | 2026-10 | 95.4  |
    Good
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | KPI unused months | 3     |

        KPIs
        | KPI | Target set on | Trajectory | Target | Baseline |
        |-----|---------------|------------|--------|----------|
        | K07 | 2025-01-20    | flat       | 95     | 90       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 95.1  |
        | K07 | 2026-08 | 95.7  |
        | K07 | 2026-09 | 92.0  |
        | K07 | 2026-10 | 95.4  |
    """
    months = book.settings.kpi_unused_months
    since = months_before(book.on, months)
    if not has_readings(book) or any(t.table in ("Actions", "Decisions") and t.cell for t in book.troubles):
        return
    lost = any(not all(map(book.find, action.serves)) for action in book.actions)
    for kpi in () if lost else live_kpis(book):
        answers = assessed.kpis.get(kpi.id)
        if answers is None or answers.kpi is not kpi or kpi.id in book.result_kpis:
            continue
        old = kpi.target_set_on is not None and kpi.target_set_on < since
        series = answers.series
        read = [at for at, p in enumerate(series.periods) if p.last >= since and series.held[at] is not None]
        covers = bool(series.periods) and series.periods[0].first <= since and len(read) > 1
        said = any(book.measurements.comment[series.places[at]] for at in read)
        if not old or not covers or said or _touched(book, kpi, since):
            continue
        told = answers.status.word in (AT_RISK, OFF_TRACK) or always_met(book, answers)
        if not told and not signalled(book, answers, since):
            message = f"{named(kpi)} led to nothing for {months} months."
            yield Problem(kpi.cell("id"), message, judged_by(book, kpi))


@rule("OUT006", Severity.WARNING, clause="6.2.1", stage="run")
def result_kpi_counts_activity(book: Book) -> Iterator[Problem]:
    """A goal's result is told by a KPI that counts compliance activity.

    Why
        Of all figures this one is to show whether the goal was worth it. Hours trained and audits held show
        what went in; the goal looks reached while customers, money or people say otherwise.
    Fix
        Choose under *Result KPI* the figure that the owners, customers or staff would look at.
    Bad
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K07 [!]    |

        KPIs
        | KPI | Name                        |
        |-----|-----------------------------|
        | K07 | Training hours per employee |
        | K08 | On-time delivery            |
    Good
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K08        |

        KPIs
        | KPI | Name                        |
        |-----|-----------------------------|
        | K07 | Training hours per employee |
        | K08 | On-time delivery            |
    """
    for goal in asked(book, book.goals, "result_kpi"):
        kpi = book.kpi(goal.result_kpi)
        if kpi is not None and kpi.name and counts_activity(kpi.name):
            message = (
                f"{named(goal)} is told by {inside(kpi)}, which counts what is done, not what comes of it."
            )
            yield Problem(goal.cell("result_kpi"), message, cells(kpi, "name"))


def _touched(book: Book, kpi: Kpi, since: date) -> bool:
    """Whether an action, a decision or a planned value named a KPI since a day."""
    actions = (action for action in book.actions_for.get(kpi.id, ()))
    if any(a.state == "open" or (a.closed or a.opened or since) >= since for a in actions):
        return True
    word = re.compile(rf"(?<![\w.-]){re.escape(kpi.id)}(?![\w.-])")
    texts = (d.decision_text for d in book.decisions if d.due is None or d.due >= since)
    if any(word.search(text) for text in texts):
        return True
    return any(row.set_on is None or row.set_on >= since for row in book.targets_of.get(kpi.id, ()))
