"""CAS: whether what is measured comes in time, and whether it moves the goal."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Goal
from qmsbook.book.words import day_words
from qmsbook.methods.method import OFF_TRACK, ON_TRACK, Assessment
from qmsbook.rules.ask import (
    active,
    cells,
    inside,
    judged_by,
    live_kpis,
    named,
    sound,
)
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.support import adrift

_MONTHS = {"weekly": 0.25, "monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}


@rule("CAS021", Severity.WARNING, clause="6.2.2")
def kpi_due_after_objective(book: Book) -> Iterator[Problem]:
    """A KPI is to reach its target after its objective is due.

    Why
        On the objective's last day the figure that proves it would still be on the way. One of the two
        dates was written without looking at the other. A flat target and a range count from the start, so
        their day is left in peace.
    Fix
        Bring *Target on* forward, or move the objective's due date.
    Bad
        Objectives
        | Objective | Due        |
        |-----------|------------|
        | O1.2      | 2026-12-31 |

        KPIs
        | KPI | Supports | Target on      |
        |-----|----------|----------------|
        | K07 | O1.2     | 2027-06-30 [!] |
    Good
        Objectives
        | Objective | Due        |
        |-----------|------------|
        | O1.2      | 2026-12-31 |

        KPIs
        | KPI | Supports | Target on  | Trajectory |
        |-----|----------|------------|------------|
        | K07 | O1.2     | 2026-12-31 | linear     |
        | K08 | O1.2     | 2027-12-31 | flat       |
    """
    for kpi in live_kpis(book):
        for key in kpi.supports:
            objective = book.objective(key)
            if objective is None or objective.stage != "active" or not (kpi.target_on and objective.due):
                continue
            if kpi.trajectory == "flat" or kpi.direction == "within":
                continue
            if kpi.target_on > objective.due:
                when = f"{day_words(kpi.target_on)}, after {inside(objective)} is due"
                message = f"{named(kpi)} is to reach its target on {when} ({day_words(objective.due)})."
                yield Problem(kpi.cell("target_on"), message, cells(kpi, "trajectory", "direction"))
                break


@rule("CAS022", Severity.WARNING, clause="6.2.2")
def objective_due_after_goal(book: Book) -> Iterator[Problem]:
    """An objective is due after its goal.

    Why
        What comes after the goal's horizon cannot help to reach it; on the day the goal is judged, this is
        still unfinished.
    Fix
        Bring the objective's due date forward, or move the goal's horizon.
    Bad
        Goals
        | Goal | Horizon    |
        |------|------------|
        | G1   | 2026-12-31 |

        Objectives
        | Objective | Supports | Due            |
        |-----------|----------|----------------|
        | O1.2      | G1       | 2027-06-30 [!] |
    Good
        Goals
        | Goal | Horizon    |
        |------|------------|
        | G1   | 2026-12-31 |

        Objectives
        | Objective | Supports | Due        |
        |-----------|----------|------------|
        | O1.2      | G1       | 2026-12-31 |
    """
    for objective in active(book):
        for goal in filter(None, map(book.goal, objective.supports)):
            if objective.due and goal.horizon and objective.due > goal.horizon:
                message = (
                    f"{named(objective)} is due on {day_words(objective.due)}, after the horizon "
                    f"({day_words(goal.horizon)}) of {inside(goal)}."
                )
                yield Problem(objective.cell("due"), message)
                break


@rule("CAS023", Severity.WARNING, clause="9.1.3", stage="audit-ready")
def kpi_read_less_often_than_reviews(book: Book) -> Iterator[Problem]:
    """A KPI is read less often than reviews are held.

    Why
        In every other review the same old figure is on the table, and it is discussed as if it were news.
        The interval of reviews stands in Settings (*Review interval months*, 6 unless you change it).
    Fix
        Read it more often, or find a figure that moves earlier.
    Bad
        KPIs
        | KPI | Frequency  |
        |-----|------------|
        | K07 | yearly [!] |
    Good
        KPIs
        | KPI | Frequency |
        |-----|-----------|
        | K07 | quarterly |
    """
    months = book.settings.review_interval_months
    for kpi in live_kpis(book):
        if _MONTHS.get(kpi.frequency, 0) > months:
            message = f"{named(kpi)} is read {kpi.frequency}, and reviews are held every {months} months."
            yield Problem(kpi.cell("frequency"), message)


@rule("CAS024", Severity.WARNING, clause="9.1.1", stage="audit-ready")
def kpis_all_lagging(book: Book) -> Iterator[Problem]:
    """An objective has several KPIs, and all of them look back.

    Why
        Lagging figures tell what has happened when nothing can be done about it any more. With only those,
        steering is driving by the rear window.
    Fix
        Add one figure that moves first and that people can move this week, or mark the one that does *lead*.
    Bad
        Objectives
        | Objective |
        |-----------|
        | O1.2 [!]  |

        KPIs
        | KPI | Supports | Kind |
        |-----|----------|------|
        | K07 | O1.2     | lag  |
        | K08 | O1.2     | lag  |
    Good
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports | Kind |
        |-----|----------|------|
        | K07 | O1.2     | lag  |
        | K08 | O1.2     | lead |
    """
    if any(kpi.kind != "lag" for kpi in adrift(book)[1]):
        return
    for objective in active(book):
        kpis = [kpi for kpi in book.kpis_of.get(objective.id, ()) if kpi.judged]
        if len(kpis) > 1 and all(kpi.kind == "lag" for kpi in kpis):
            message = f"{named(objective)} has {len(kpis)} KPIs, and all of them look back (lag)."
            yield Problem(objective.cell("id"), message)


@rule("CAS025", Severity.WARNING)
def result_kpi_paused(book: Book) -> Iterator[Problem]:
    """A goal's Result KPI is paused.

    Why
        The goal is still there, but nobody reads the figure that tells whether it is reached.
    Fix
        Take the KPI up again (*Active*: yes), or give the goal another Result KPI.
    Bad
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K07 [!]    |

        KPIs
        | KPI | Active |
        |-----|--------|
        | K07 | no     |
    Good
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K07        |

        KPIs
        | KPI | Active |
        |-----|--------|
        | K07 | yes    |
    """
    for goal in book.goals:
        kpi = book.kpi(goal.result_kpi)
        if kpi is not None and kpi.active is False:
            yield Problem(
                goal.cell("result_kpi"), f"{named(goal)} is told by {inside(kpi)}, which is paused."
            )


def _last_words(assessed: Assessment, key: str, count: int) -> tuple[str, ...]:
    """The status words of a KPI's last judged periods, if there are that many."""
    answers = assessed.kpis.get(key)
    judged = [word for word in answers.series.words if word in _JUDGED] if answers else []
    return tuple(judged[-count:]) if len(judged) >= count else ()


def _all_judged(book: Book, assessed: Assessment, goal: Goal) -> bool:
    """Whether each KPI under a goal, and its own, has a status to be believed."""
    kpis = {kpi.id: kpi for o in book.objectives_of.get(goal.id, ()) for kpi in book.kpis_of.get(o.id, ())}
    result = book.kpi(goal.result_kpi)
    live = [kpi for kpi in (*kpis.values(), *([result] if result else [])) if kpi.judged]
    return all(
        kpi.id in assessed.kpis
        and assessed.kpis[kpi.id].status.word in _JUDGED
        and sound(kpi)
        and not any(cell in book.unreadable for cell in judged_by(book, kpi))
        for kpi in live
    )


_JUDGED = frozenset({ON_TRACK, "At risk", OFF_TRACK})


def _parted(book: Book, assessed: Assessment, result: str, objectives: str) -> Iterator[Problem]:
    """The goals whose last results all have one status word while their objectives together have another."""
    periods = book.settings.cascade_broken_periods
    for goal in () if any(adrift(book)) else book.goals:
        words = _last_words(assessed, goal.result_kpi, periods)
        rollup = assessed.goals.get(goal.id)
        if not rollup or set(words) != {result} or not _all_judged(book, assessed, goal):
            continue
        if rollup.status.word == objectives:
            so, beside = result.lower(), objectives.lower()
            message = f"{named(goal)} has been {so} for {periods} periods while its objectives are {beside}."
            yield Problem(goal.cell("id"), message)


@rule("CAS026", Severity.WARNING, clause="6.2.1", stage="run")
def objectives_do_not_drive_goal(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """The objectives are on track while the goal's result is off.

    Why
        Everyone does what was planned, and the goal is missed all the same: then the plan rests on a wrong
        belief about what drives the goal. Two periods running (*Cascade broken periods*), since one may be
        chance.
    Fix
        Ask what really moves the goal, and change the objectives rather than the people.
    Bad
        Goals
        | Goal   | Result KPI |
        |--------|------------|
        | G1 [!] | K01        |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory | Aggregation |
        |-----|----------|--------|----------|------------|-------------|
        | K01 |          | 95     | 60       | flat       | average     |
        | K07 | O1.2     | 95     | 80       | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K01 | 2026-08 | 70    |
        | K01 | 2026-09 | 70    |
        | K01 | 2026-10 | 71    |
        | K07 | 2026-08 | 96    |
        | K07 | 2026-09 | 97    |
        | K07 | 2026-10 | 96    |
    Good
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K01        |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory | Aggregation |
        |-----|----------|--------|----------|------------|-------------|
        | K01 |          | 95     | 60       | flat       | average     |
        | K07 | O1.2     | 95     | 80       | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K01 | 2026-09 | 70    |
        | K01 | 2026-10 | 96    |
        | K07 | 2026-09 | 97    |
        | K07 | 2026-10 | 96    |
    """
    yield from _parted(book, assessed, OFF_TRACK, ON_TRACK)


@rule("CAS027", Severity.WARNING, clause="6.2.1", stage="run")
def goal_does_not_need_objectives(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """The goal's result is on track while its objectives are off.

    Why
        The goal is reached without what was planned for it. Either luck carries it, which ends, or the
        objectives do not matter for it. Two periods running (*Cascade broken periods*), since one may be
        chance.
    Fix
        Find out what carried the goal, and put that into the plan in place of what did not.
    Bad
        Goals
        | Goal   | Result KPI |
        |--------|------------|
        | G1 [!] | K01        |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory | Aggregation |
        |-----|----------|--------|----------|------------|-------------|
        | K01 |          | 95     | 80       | flat       | average     |
        | K07 | O1.2     | 95     | 60       | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K01 | 2026-09 | 96    |
        | K01 | 2026-10 | 97    |
        | K07 | 2026-09 | 70    |
        | K07 | 2026-10 | 71    |
    Good
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K01        |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory | Aggregation |
        |-----|----------|--------|----------|------------|-------------|
        | K01 |          | 95     | 80       | flat       | average     |
        | K07 | O1.2     | 95     | 60       | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K01 | 2026-09 | 96    |
        | K01 | 2026-10 | 97    |
        | K07 | 2026-09 | 96    |
        | K07 | 2026-10 | 97    |
    """
    yield from _parted(book, assessed, ON_TRACK, OFF_TRACK)
