"""CAS: the processes that carry goals, objectives and KPIs."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Goal, Kpi, Objective, Process
from qmsbook.rules.ask import (
    active,
    asked,
    live_kpis,
    named,
    whole,
)
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, lacking
from qmsbook.rules.support import adrift


@rule("CAS016", Severity.WARNING, clause="4.4.1")
def objective_without_process(book: Book) -> Iterator[Problem]:
    """An objective names no process.

    Why
        Results are made in processes. An objective that names none becomes a project of its owner, and the
        people at the machines hear of it last.
    Fix
        Name the processes that must work better for it.
    Bad
        Processes
        | Process |
        |---------|
        | P07     |

        Objectives
        | Objective | Processes |
        |-----------|-----------|
        | O1.2      | [!]       |
    Good
        Processes
        | Process |
        |---------|
        | P07     |

        Objectives
        | Objective | Processes |
        |-----------|-----------|
        | O1.2      | P07       |
    """
    if book.has(Process):
        yield from lacking(book, active(book), "processes", "names no process")


@rule("CAS017", Severity.WARNING, clause="9.1.1")
def kpi_without_process(book: Book) -> Iterator[Problem]:
    """A KPI is measured in no process.

    Why
        A KPI without a process is on no board: the people who could move it never see it. The result of a
        goal may be one of the whole company.
    Fix
        Name the process that is measured.
    Bad
        Processes
        | Process |
        |---------|
        | P07     |

        KPIs
        | KPI | Process |
        |-----|---------|
        | K07 | [!]     |
    Good
        Processes
        | Process |
        |---------|
        | P07     |

        KPIs
        | KPI | Supports | Process |
        |-----|----------|---------|
        | K07 | O1.2     | P07     |
        | K09 |          |         |

        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K09        |
    """
    if book.has(Process):
        for kpi in asked(book, live_kpis(book), "process"):
            of_the_whole = kpi.id in book.result_kpis and not kpi.supports
            if not kpi.process and not of_the_whole:
                yield Problem(kpi.cell("process"), f"{named(kpi)} names no process.")


def _processes_of(book: Book, goal: Goal) -> set[str]:
    """The processes that carry a goal, through its objectives and their KPIs."""
    objectives = [o for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired"]
    found = {key for objective in objectives for key in objective.processes}
    for objective in objectives:
        kpis = book.kpis_of.get(objective.id, ())
        found |= {kpi.process for kpi in kpis if kpi.process and kpi.active is not False}
    return found


@rule("CAS018", Severity.WARNING, clause="4.4.1", stage="audit-ready", quiet="few")
def goal_carried_by_one_process(book: Book) -> Iterator[Problem]:
    """A goal is carried by one process only.

    Why
        A goal of the company that one department pursues alone is that department's goal. Delivery is never
        won by shipping; it is won by quoting, planning, buying and machining.
    Fix
        Ask who else must work differently for it, and give them an objective or a KPI.
    Bad
        Processes
        | Process |
        |---------|
        | P01     |
        | P07     |

        Goals
        | Goal   |
        |--------|
        | G1 [!] |

        Objectives
        | Objective | Supports | Processes |
        |-----------|----------|-----------|
        | O1.2      | G1       | P07       |

        KPIs
        | KPI | Supports | Process |
        |-----|----------|---------|
        | K07 | O1.2     | P07     |
    Good
        Processes
        | Process |
        |---------|
        | P01     |
        | P07     |

        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports | Processes |
        |-----------|----------|-----------|
        | O1.2      | G1       | P01, P07  |

        KPIs
        | KPI | Supports | Process |
        |-----|----------|---------|
        | K07 | O1.2     | P07     |
    """
    known = book.has(Kpi) and whole(book, Objective, "supports", "processes")
    if len(book.processes) < 2 or not known:
        return
    objectives, kpis = adrift(book)
    lost = {key for objective in objectives for key in objective.processes} | {kpi.process for kpi in kpis}
    for goal in book.goals:
        found = _processes_of(book, goal)
        unsaid = any(not o.processes for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired")
        if len(found) == 1 and lost <= found and not unsaid:
            yield Problem(goal.cell("id"), f"{named(goal)} is carried by process {min(found)} only.")


@rule("CAS020", Severity.WARNING, clause="4.4.1")
def core_process_serves_no_goal(book: Book) -> Iterator[Problem]:
    """A core process serves no goal.

    Why
        What customers pay for is made here, and nobody wants anything from it: no objective, no figure.
        Either the plan has a hole or the process is not a core one.
    Fix
        Give the process an objective or a KPI that leads to a goal, or set *Core* to no.
    Bad
        Processes
        | Process | Core |
        |---------|------|
        | P04 [!] | yes  |
        | P07     | yes  |

        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports | Processes |
        |-----------|----------|-----------|
        | O1.2      | G1       | P07       |
    Good
        Processes
        | Process | Core |
        |---------|------|
        | P07     | yes  |

        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports | Processes |
        |-----------|----------|-----------|
        | O1.2      | G1       | P07       |
    """
    links = whole(book, Objective, "supports", "processes") and whole(book, Process, "id")
    if not links or (book.has(Kpi) and not whole(book, Kpi, "supports", "process")):
        return
    serving = {key for goal in book.goals for key in _processes_of(book, goal)}
    serving |= {kpi.process for kpi in live_kpis(book) if kpi.id in book.result_kpis}
    objectives, kpis = adrift(book)
    serving |= {key for objective in objectives for key in objective.processes} | {
        kpi.process for kpi in kpis
    }
    yield from each(
        (process for process in asked(book, book.processes, "core")
         if process.core and process.id and process.id not in serving),
        "id", "is a core process and serves no goal",
    )  # fmt: skip
