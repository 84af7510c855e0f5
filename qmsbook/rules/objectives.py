"""OBJ: an objective can be measured, has a plan behind it, rests on something, and is looked at again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.tables import Kpi, Objective
from qmsbook.book.words import day_words
from qmsbook.methods.method import Assessment
from qmsbook.methods.milestones import milestones_of
from qmsbook.rules.ask import (
    active,
    asked,
    cells,
    listed,
    live_kpis,
    months_before,
    named,
    number,
    standing,
    whole,
)
from qmsbook.rules.plan import says_nothing
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import again, each, lacking

_A_FIGURE = re.compile(
    r"\d|%|\b(half|halve[sd]?|halving|double[sd]?|doubling|triple[sd]?|quarter|third|fifth|zero|no|none|all"
    r"|every|each|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
    r"|thousand|dozen|never|always|first|(?:same|next)[ -](?:day|week|month)|daily|overnight)\b",
    re.IGNORECASE,
)
_REACH = re.compile(r"\bto\s+(\d+(?:\.\d+)?)\s*%|\A\D*?(\d+(?:\.\d+)?)\s*%\s+of\b")


def live_kpis_of(book: Book, objective: Objective) -> list[Kpi]:
    """The KPIs under an objective that are not paused."""
    return [kpi for kpi in book.kpis_of.get(objective.id, ()) if kpi.judged]


def ended(assessed: Assessment, kpi: Kpi) -> bool:
    """Whether a total over years has reached its target: there is nothing to renew."""
    answers = assessed.kpis.get(kpi.id)
    return answers is not None and answers.series.ended is not None


def kept(objective: Objective) -> bool:
    """Whether somebody said why an objective stays as it is."""
    return not says_nothing(objective.keep_because)


@rule("OBJ001", Severity.WARNING, clause="6.2.1")
def objective_not_measurable(book: Book) -> Iterator[Problem]:
    """An objective that is watched has neither a figure in its words nor a KPI.

    Why
        What cannot be measured cannot be watched. For objectives being worked on, CAS003 asks for the KPI and
        KPI001 for its target.
    Fix
        Name it under *Supports* of the KPI that shows whether it holds, or retire it.
    Bad
        Objectives
        | Objective | Statement                  | Stage   |
        |-----------|----------------------------|---------|
        | O1.2      | Be a reliable supplier [!] | monitor |
    Good
        Objectives
        | Objective | Statement              | Stage   |
        |-----------|------------------------|---------|
        | O1.2      | Be a reliable supplier | monitor |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |
    """
    if book.kpis and not whole(book, Kpi, "supports"):
        return
    for objective in asked(book, book.objectives, "statement"):
        if objective.stage != "monitor" or not objective.statement or _A_FIGURE.search(objective.statement):
            continue
        if not live_kpis_of(book, objective) and not milestones_of(book, objective.id):
            message = f"{named(objective)} has no KPI, and no figure in its words."
            yield Problem(objective.cell("statement"), message, cells(objective, "stage", "id"))


def _plan_lacks(book: Book, name: str, what: str) -> Iterator[Problem]:
    for objective in asked(book, active(book), name):
        if says_nothing(str(getattr(objective, name))):
            yield Problem(objective.cell(name), f"{named(objective)} {what}.", cells(objective, "stage"))


@rule("OBJ002", Severity.WARNING, clause="6.2.2", stage="audit-ready")
def plan_without_steps(book: Book) -> Iterator[Problem]:
    """An objective does not say what will be done.

    Why
        A target without steps is a wish. In the review nobody can tell whether the means failed or were never
        tried.
    Fix
        Write the two or three main steps under *What will be done*.
    Bad
        Objectives
        | Objective | What will be done |
        |-----------|-------------------|
        | O1.2      | [!]               |
    Good
        Objectives
        | Objective | What will be done                |
        |-----------|----------------------------------|
        | O1.2      | Freeze the schedule 48 hours out |
    """
    yield from _plan_lacks(book, "what_will_be_done", "does not say what will be done")


@rule("OBJ003", Severity.WARNING, clause="6.2.2", stage="audit-ready", quiet="alone")
def plan_without_resources(book: Book) -> Iterator[Problem]:
    """An objective does not say what it may cost.

    Why
        Hours and money that nobody set aside come out of somebody's evening. It is the most common reason why
        good plans stop in March.
    Fix
        Enter the money, people or hours set aside under *Resources*; "none needed" is an answer too.
    Bad
        Objectives
        | Objective | Resources |
        |-----------|-----------|
        | O1.2      | [!]       |
    Good
        Objectives
        | Objective | Resources                   |
        |-----------|-----------------------------|
        | O1.2      | Scheduler, two hours a week |
    """
    yield from _plan_lacks(book, "resources", "does not say what it may cost")


@rule("OBJ004", Severity.WARNING, clause="6.2.2")
def plan_without_day(book: Book) -> Iterator[Problem]:
    """An objective does not say by when.

    Why
        Without a day an objective is never late, so it never gets its turn.
    Fix
        Enter the day by which it is to be reached under *Due*.
    Bad
        Objectives
        | Objective | Due |
        |-----------|-----|
        | O1.2      | [!] |
    Good
        Objectives
        | Objective | Due        |
        |-----------|------------|
        | O1.2      | 2026-12-31 |
    """
    yield from lacking(book, active(book), "due", "does not say by when it is to be reached", "stage")


@rule("OBJ005", Severity.WARNING, clause="6.2.2", stage="audit-ready", quiet="alone")
def plan_without_evaluation(book: Book) -> Iterator[Problem]:
    """An objective does not say how it is evaluated.

    Why
        If it is not agreed beforehand how success will be told, success is whatever happened.
    Fix
        Say under *How it is evaluated* which figure decides, how often it is read, and who judges it.
    Bad
        Objectives
        | Objective | How it is evaluated |
        |-----------|---------------------|
        | O1.2      | [!]                 |
    Good
        Objectives
        | Objective | How it is evaluated                       |
        |-----------|-------------------------------------------|
        | O1.2      | Read monthly, judged in each review       |
    """
    yield from _plan_lacks(book, "how_it_is_evaluated", "does not say how it is evaluated")


@rule("OBJ006", Severity.ADVICE, stage="run")
def too_many_kpis(book: Book) -> Iterator[Problem]:
    """An objective has more KPIs than it needs.

    Why
        One to three figures tell whether an objective is being reached (*KPIs per objective*). With more,
        some are always green and attention goes to those. Above seven (*KPIs per objective warning*) it is a
        list of everything that could be counted.
    Fix
        Keep the ones that would change what you do next week; pause the rest.
    Bad
        Objectives
        | Objective |
        |-----------|
        | O1.2 [!]  |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K01 | O1.2     |
        | K02 | O1.2     |
        | K03 | O1.2     |
        | K04 | O1.2     |
    Good
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports | Active |
        |-----|----------|--------|
        | K01 | O1.2     | yes    |
        | K02 | O1.2     | yes    |
        | K03 | O1.2     | yes    |
        | K04 | O1.2     | no     |
    """
    most, far_too_many = book.settings.kpis_per_objective, book.settings.kpis_per_objective_warning
    for objective in standing(book):
        kpis = live_kpis_of(book, objective)
        if objective.id and len(kpis) > most:
            message = f"{named(objective)} has {len(kpis)} KPIs; up to {most} are usual."
            worse = Severity.WARNING if len(kpis) > far_too_many else None
            yield Problem(objective.cell("id"), message, cells(objective, "stage"), severity=worse)


@rule("OBJ007", Severity.WARNING, clause="6.2.1", stage="audit-ready", quiet="alone")
def objective_without_basis(book: Book) -> Iterator[Problem]:
    """An objective does not say what it rests on.

    Why
        An objective that rests on no customer's wish, no figure of a process, no risk and no chance was
        invented at a desk. Asking for its basis is the quickest way to find those.
    Fix
        Pick what it rests on under *Basis*; if nothing fits, ask whether it is needed.
    Bad
        Objectives
        | Objective | Basis |
        |-----------|-------|
        | O1.2      | [!]   |
    Good
        Objectives
        | Objective | Basis                |
        |-----------|----------------------|
        | O1.2      | customer requirement |
    """
    yield from _plan_lacks(book, "basis", "does not say what it rests on")


@rule("OBJ008", Severity.WARNING, clause="6.2.1", stage="run")
def objective_not_reviewed(book: Book) -> Iterator[Problem]:
    """Leadership did not look at an objective for a year.

    Why
        In a year customers, people and prices have changed. An objective that nobody looked at (*Objective
        review months*) is either reached, or forgotten. To change it counts as looking at it.
    Fix
        Talk about it in the next review: go on, change, or retire it; then enter *Last reviewed*.
    Bad
        Objectives
        | Objective | Set on     | Last changed | Last reviewed  |
        |-----------|------------|--------------|----------------|
        | O1.2      | 2025-01-15 |              | 2025-04-24 [!] |
    Good
        Objectives
        | Objective | Set on     | Last changed | Last reviewed |
        |-----------|------------|--------------|---------------|
        | O1.2      | 2025-01-15 |              | 2026-10-22    |
        | O1.3      | 2026-01-20 |              |               |
    """
    since = months_before(book.on, book.settings.objective_review_months)
    for objective in asked(book, standing(book), "last_reviewed"):
        days = (objective.set_on, objective.last_changed, objective.last_reviewed)
        looked = max((day for day in days if day is not None), default=None)
        if looked is not None and looked < since:
            message = f"{named(objective)} was last looked at on {day_words(looked)}."
            rests_on = cells(objective, "stage", "set_on", "last_changed")
            yield Problem(objective.cell("last_reviewed"), message, rests_on)


@rule("OBJ009", Severity.WARNING, clause="6.2.2")
def objective_past_due(book: Book) -> Iterator[Problem]:
    """The day of an objective has passed, and nobody said how it ended.

    Why
        An objective that ends in silence teaches that dates are decoration. Reached or missed, it has a
        lesson in it, and its people deserve to hear which.
    Fix
        Enter its *Result* and retire it, or set a new *Due* and say why under *Keep because*.
    Bad
        Objectives
        | Objective | Due            |
        |-----------|----------------|
        | O1.2      | 2026-06-30 [!] |
    Good
        Objectives
        | Objective | Due        | Stage   | Result   | Keep because               |
        |-----------|------------|---------|----------|----------------------------|
        | O1.1      | 2026-12-31 | active  |          |                            |
        | O1.2      | 2026-06-30 | retired | achieved |                            |
        | O1.3      | 2026-06-30 | active  |          | The new line starts in May |
    """
    yield from each(
        (objective for objective in active(book)
         if not (objective.due is None or objective.due >= book.on or objective.result or kept(objective))),
        "due", "was due on {due}, and has neither a result nor a new date", "stage", "result", "keep_because",
    )  # fmt: skip


@rule("OBJ010", Severity.WARNING, clause="6.2.2")
def target_date_past(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """The day of a KPI's target has passed, and the target was not renewed.

    Why
        From that day on the plan is a flat line at last year's target. Where the objective itself is past its
        day, OBJ009 says so; a flat target or a range may stand on.
    Fix
        Agree on the next target and its day, or make the trajectory flat if it is only to be kept.
    Bad
        Objectives
        | Objective | Due        |
        |-----------|------------|
        | O1.2      | 2026-12-31 |

        KPIs
        | KPI | Supports | Target on      | Trajectory |
        |-----|----------|----------------|------------|
        | K07 | O1.2     | 2026-06-30 [!] | linear     |
    Good
        Objectives
        | Objective | Due        |
        |-----------|------------|
        | O1.2      | 2026-12-31 |

        KPIs
        | KPI | Supports | Target on  | Trajectory |
        |-----|----------|------------|------------|
        | K07 | O1.2     | 2026-12-31 | linear     |
        | K08 | O1.2     | 2026-06-30 | flat       |
    """
    for kpi in live_kpis(book):
        if kpi.target_on is None or kpi.target_on >= book.on or kpi.direction == "within":
            continue
        objectives = [o for key in kpi.supports if (o := book.objective(key)) is not None]
        told = any(o.stage != "active" or kept(o) or (o.due and o.due < book.on) for o in objectives)
        if kpi.trajectory != "flat" and not told and not ended(assessed, kpi):
            message = f"{named(kpi)} was to reach its target by {day_words(kpi.target_on)}."
            rests_on = (*cells(kpi, "trajectory", "direction", "active", "supports"), *_ends(objectives))
            yield Problem(kpi.cell("target_on"), message, rests_on)


def _ends(objectives: list[Objective]) -> Iterator[Cell]:
    for objective in objectives:
        yield from cells(objective, "due", "stage", "keep_because")


@rule("OBJ011", Severity.WARNING, clause="6.2.2", stage="run")
def retired_without_result(book: Book) -> Iterator[Problem]:
    """An objective was retired, and nobody said how it ended.

    Why
        Whether it was achieved, partly achieved or missed is the one thing next year's planning can learn
        from it.
    Fix
        Pick achieved, partly or not under *Result*.
    Bad
        Objectives
        | Objective | Stage   | Result |
        |-----------|---------|--------|
        | O1.2      | retired | [!]    |
    Good
        Objectives
        | Objective | Stage   | Result   |
        |-----------|---------|----------|
        | O1.2      | retired | achieved |
    """
    yield from lacking(
        book, (objective for objective in book.objectives if objective.stage == "retired"),
        "result", "is retired, and has no result", "stage",
    )  # fmt: skip


@rule("OBJ012", Severity.ADVICE, clause="6.2.1")
def statement_and_target_disagree(book: Book) -> Iterator[Problem]:
    """An objective's words name another target than its KPIs.

    Why
        The poster says 95 %, the figures are held against 92: people see that one of the two is not meant.
        Usually the target was changed and the sentence was not.
    Fix
        Bring the *Statement* and the KPI's *Target* together.
    Bad
        Objectives
        | Objective | Statement                                 |
        |-----------|-------------------------------------------|
        | O1.2      | Ship 95 % of lines on the promised day [!] |

        KPIs
        | KPI | Supports | Unit | Target |
        |-----|----------|------|--------|
        | K07 | O1.2     | %    | 92     |
    Good
        Objectives
        | Objective | Statement                              |
        |-----------|----------------------------------------|
        | O1.2      | Ship 95 % of lines on the promised day |

        KPIs
        | KPI | Supports | Unit | Target |
        |-----|----------|------|--------|
        | K07 | O1.2     | %    | 95     |
    """
    for objective in active(book):
        said = _REACH.search(objective.statement)
        kpis = [kpi for kpi in live_kpis_of(book, objective) if kpi.unit.strip() == "%"]
        targets = [kpi.target for kpi in kpis if kpi.target is not None]
        if said is None or not targets:
            continue
        wanted = float(said[1] or said[2])
        planned = {row.planned for kpi in kpis for row in book.targets_of.get(kpi.id, ())}
        if wanted not in targets and wanted / 100 not in targets and wanted not in planned:
            of = listed(f"{kpi.id} {number(kpi.target)}" for kpi in kpis if kpi.target is not None)
            message = f"{named(objective)} says {number(wanted)} %; its KPIs have other targets: {of}."
            rests_on = [cell for kpi in kpis for cell in cells(kpi, "target", "unit", "active")]
            yield Problem(objective.cell("statement"), message, (*rests_on, *cells(objective, "stage")))


@rule("OBJ013", Severity.ADVICE, clause="6.2.1", stage="audit-ready")
def statement_without_figure(book: Book) -> Iterator[Problem]:
    """An objective's words say neither how much nor by when.

    Why
        People remember the sentence, not the table. "Improve delivery" can be said of every year; "95 % on
        the promised day by December" cannot. The KPI's target makes it measurable all the same, so this is
        advice. Where there is no KPI either, CAS003 says so.
    Fix
        Put the figure to reach, or the share by which it is to change, into the *Statement*.
    Bad
        Objectives
        | Objective | Statement                    |
        |-----------|------------------------------|
        | O1.2      | Improve delivery further [!] |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |
    Good
        Objectives
        | Objective | Statement                       |
        |-----------|---------------------------------|
        | O1.2      | Halve the late deliveries       |
        | O1.3      | Ship 95 % of order lines in time |

        KPIs
        | KPI | Supports   |
        |-----|------------|
        | K07 | O1.2, O1.3 |
    """
    for objective in asked(book, active(book), "statement"):
        bare = objective.statement and not _A_FIGURE.search(objective.statement)
        if bare and live_kpis_of(book, objective):
            message = f"{named(objective)} does not say how much or by when."
            yield Problem(objective.cell("statement"), message, cells(objective, "stage"))


@rule("OBJ014", Severity.WARNING)
def objective_dates_out_of_order(book: Book) -> Iterator[Problem]:
    """An objective's dates are out of order.

    Why
        A day was mistyped, usually the year: due before it was set, or looked at on a day still to come. What
        is worked out from it (late, not looked at) is then wrong too.
    Fix
        Correct *Set on*, *Due*, *Last changed* or *Last reviewed*.
    Bad
        Objectives
        | Objective | Set on     | Due            | Last reviewed  |
        |-----------|------------|----------------|----------------|
        | O1.1      | 2027-01-20 | 2026-12-31 [!] | 2026-10-22     |
        | O1.2      | 2026-01-20 | 2026-12-31     | 2027-10-22 [!] |
    Good
        Objectives
        | Objective | Set on     | Due        | Last reviewed |
        |-----------|------------|------------|---------------|
        | O1.2      | 2026-01-20 | 2026-12-31 | 2026-10-22    |
    """
    for objective in book.objectives:
        set_on, due = objective.set_on, objective.due
        if set_on is not None and due is not None and due < set_on:
            message = f"{named(objective)} was set on {day_words(set_on)} and due on {day_words(due)}."
            yield Problem(objective.cell("due"), message, cells(objective, "set_on"))
            continue
        for name in ("last_changed", "last_reviewed"):
            day = getattr(objective, name)
            if day is not None and day > book.on:
                word = name.replace("last_", "")
                message = f"{named(objective)} was {word} on {day_words(day)}, a day still to come."
                yield Problem(objective.cell(name), message)


@rule("OBJ015", Severity.ADVICE, clause="6.2.1", stage="audit-ready")
def statement_twice(book: Book) -> Iterator[Problem]:
    """Two objectives have the same statement.

    Why
        A row was copied and not finished, or two teams do the same thing without knowing. Either way one of
        the two reports for the other.
    Fix
        Say what is different about each, or merge them and let both teams own a KPI.
    Bad
        Objectives
        | Objective | Statement             |
        |-----------|-----------------------|
        | O1.1      | Halve late deliveries |
        | O1.2      | Halve late deliveries [!] |
    Good
        Objectives
        | Objective | Statement                          |
        |-----------|------------------------------------|
        | O1.1      | Halve late deliveries of the plant |
        | O1.2      | Halve late receipts from suppliers |
    """
    by_id = sorted((o for o in active(book) if o.id and o.statement.split()), key=lambda o: o.id)
    for twin, objective in again(by_id, lambda o: tuple(o.statement.casefold().split())):
        if twin.id != objective.id:
            message = f"{named(objective)} says the same as {twin.id}."
            yield Problem(objective.cell("statement"), message, cells(objective, "stage"))
