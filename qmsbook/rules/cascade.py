"""CAS: the cascade: every KPI drives an objective, every objective a goal, and each goal is carried."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from qmsbook.book.book import Book
from qmsbook.book.near import Near
from qmsbook.book.table import Record
from qmsbook.book.tables import Goal, Kpi, Objective, Process
from qmsbook.methods.method import OFF_TRACK, ON_TRACK, Assessment
from qmsbook.rules.ask import (
    active,
    asked,
    cells,
    counted,
    elsewhere,
    inside,
    judged_by,
    listed,
    live_kpis,
    named,
    sound,
    standing,
    unknown_links,
    whole,
)
from qmsbook.rules.rule import Problem, Severity, rule

R = TypeVar("R", bound=Record)

#: Words with which people say why something is not there.
_REASON = re.compile(
    r"\b(no|none|not|nobody|nothing|never|cannot|can't|isn't|without|until|before|because|since|yet|lacks?"
    r"|too (?:early|new|few|small)|hard to)\b",
    re.IGNORECASE,
)
_MONTHS = {"weekly": 0.25, "monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12}


def childless(book: Book, target: type[R], records: Sequence[R]) -> list[R]:
    """Those of some childless rows that are so in earnest: not because a child misspells its parent.

    What a misspelled parent most likely means is taken to be meant; where that cannot be said, a few rows
    that seem childless are laid to as many children whose parent is unknown.
    """
    known = book.ids.get(target.TABLE, {})
    links = [link for link in unknown_links(book, target) if link.field == "supports"]
    links = [link for link in links if not elsewhere(book, link.key)]
    near = Near(known)
    hints = [near(link.key) for link in links]
    left = [record for record in records if record.key not in hints]
    return left if len(left) > hints.count(None) else []


@rule("CAS001", Severity.ERROR, clause="6.2.1")
def objective_without_goal(book: Book) -> Iterator[Problem]:
    """An objective serves no goal.

    Why
        An objective that serves no goal competes for the same people and hours as those that do. Asked why
        it is there, its owner will say "we have always had it".
    Fix
        Name the goal it serves under *Supports*; if there is none, drop the objective.
    Bad
        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | [!]      |
    Good
        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |
    """
    for objective in asked(book, standing(book), "supports"):
        if not objective.supports:
            yield Problem(objective.cell("supports"), f"{named(objective)} serves no goal.")


@rule("CAS002", Severity.ERROR, clause="6.2.1")
def goal_without_objective(book: Book) -> Iterator[Problem]:
    """A goal has no objective under it.

    Why
        A goal that nobody has turned into an objective is a wish on the wall. It is read once a year, and
        then everyone is surprised.
    Fix
        Write one objective that a function or team will own and let it support this goal, or drop the goal.
    Bad
        Goals
        | Goal   |
        |--------|
        | G1     |
        | G2 [!] |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |
    Good
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |
    """
    if not whole(book, Objective, "supports", "stage" if _has(book, Objective, "stage") else "supports"):
        return
    bare = [
        goal
        for goal in asked(book, book.goals, "id")
        if goal.id and all(child.stage == "retired" for child in book.objectives_of.get(goal.id, ()))
    ]
    for goal in childless(book, Goal, bare):
        children = book.objectives_of.get(goal.id, ())
        retired = f"only {counted(len(children), 'retired objective')}" if children else "no objective"
        yield Problem(goal.cell("id"), f"{named(goal)} has {retired} under it.")


def _has(book: Book, record: type[Record], name: str) -> bool:
    return bool(asked(book, book.of(record), name))


@rule("CAS003", Severity.ERROR, clause="6.2.1")
def objective_without_kpi(book: Book) -> Iterator[Problem]:
    """An objective has no KPI.

    Why
        Without a figure an objective is judged by how busy everyone felt. For one of the vital few VIT006
        says so.
    Fix
        Find the one figure that would move if this succeeded, and add it to KPIs with this objective under
        *Supports*.
    Bad
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.2 [!]  | no        |
        | O1.3      | no        |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.3     |
    Good
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.2      | no        |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |
    """
    for objective in without_kpi(book):
        if not objective.vital_few:
            yield Problem(objective.cell("id"), f"{named(objective)} has {no_kpi(book, objective)}.")


def without_kpi(book: Book) -> list[Objective]:
    """The objectives being worked on that no KPI names which is judged; none if that cannot be told."""
    if not whole(book, Kpi, "supports"):
        return []
    bare = [
        objective
        for objective in asked(book, active(book), "id")
        if objective.id and not any(kpi.judged for kpi in book.kpis_of.get(objective.id, ()))
    ]
    return childless(book, Objective, bare)


def no_kpi(book: Book, objective: Objective) -> str:
    """``no KPI``, or ``only paused KPIs (K07)``, or watched ones."""
    kpis = book.kpis_of.get(objective.id, ())
    kinds = dict.fromkeys("watched" if kpi.active is not False else "paused" for kpi in kpis)
    return f"only {' or '.join(kinds)} KPIs ({listed(kpi.id for kpi in kpis)})" if kpis else "no KPI"


@rule("CAS004", Severity.ERROR, clause="6.2.1")
def kpi_without_objective(book: Book) -> Iterator[Problem]:
    """A KPI drives no objective.

    Why
        Somebody collects this figure every month, and nothing is decided by it. Figures without a purpose
        crowd out those that have one. The result KPI of a goal needs no objective.
    Fix
        Name the objective it drives under *Supports*, make it a goal's Result KPI, or stop measuring it.
    Bad
        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | [!]      |
    Good
        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |
    """
    if book.has(Goal) and not whole(book, Goal, "result_kpi"):
        return
    for kpi in asked(book, live_kpis(book), "supports"):
        if not kpi.supports and kpi.id not in book.result_kpis:
            yield Problem(kpi.cell("supports"), f"{named(kpi)} drives no objective.")


@rule("CAS005", Severity.ERROR, clause="6.2.1")
def kpi_hung_on_goal(book: Book) -> Iterator[Problem]:
    """A KPI hangs on a goal, with no objective between them.

    Why
        Between a company's goal and a process figure belongs what somebody will do about it. Where that
        step is missing the figure is watched, and nothing is done. Where the objective is named too, the
        goal beside it is only one id too many.
    Fix
        Name the objective through which the KPI serves the goal; if it tells the goal's result, enter it as
        the goal's Result KPI.
    Bad
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K01        |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | G1 [!]   |
    Good
        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K01        |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K01 | G1       |
        | K07 | O1.2     |
    """
    if not (book.has(Goal) and whole(book, Goal, "result_kpi")):
        return
    for kpi in live_kpis(book):
        for key in kpi.supports:
            goal = book.goal(key)
            if goal and not book.objective(key) and goal.result_kpi != kpi.id:
                between = [o.id for k in kpi.supports if (o := book.objective(k)) and key in o.supports]
                if between:
                    message = f"{named(kpi)} names {inside(goal)} itself beside {listed(between)}."
                    fix = f"Leave {key} out under *Supports*: the way to it leads through {listed(between)}."
                    yield Problem(kpi.cell("supports"), message, fix=fix, severity=Severity.WARNING)
                    continue
                message = f"{named(kpi)} hangs on {inside(goal)} without an objective between them."
                yield Problem(kpi.cell("supports"), message)


@rule("CAS006", Severity.ADVICE, clause="6.2.1")
def goal_without_result(book: Book) -> Iterator[Problem]:
    """A goal has neither a Result KPI nor a reason why not.

    Why
        All objectives can be green while the goal itself is missed. Only a figure for the goal's own result
        can show that; where there is none, the reason should be written down once. That the goal comes from
        the business plan is no such reason. No clause asks for it, so this is advice.
    Fix
        Enter the KPI that tells whether the goal is reached, or say under *Comes from* why none can: no
        figure before, not measured because ...
    Bad
        Goals
        | Goal | Result KPI | Comes from                 |
        |------|------------|----------------------------|
        | G1   | [!]        |                            |
        | G2   | [!]        | Business plan 2026, page 2 |
    Good
        Goals
        | Goal | Result KPI | Comes from                                   |
        |------|------------|----------------------------------------------|
        | G1   | K07        |                                              |
        | G2   |            | Owner; no figure before the new plant opens  |
    """
    for goal in asked(book, book.goals, "result_kpi"):
        if not goal.result_kpi and not _REASON.search(goal.comes_from):
            message = f"{named(goal)} has no Result KPI, and no reason for having none."
            yield Problem(goal.cell("result_kpi"), message, rests_on=cells(goal, "comes_from"))


@rule("CAS007", Severity.ERROR, clause="6.2.1")
def parent_at_wrong_level(book: Book) -> Iterator[Problem]:
    """A row supports something at the wrong level.

    Why
        Three levels are enough: goal, objective, KPI. As soon as objectives hang on objectives nobody knows
        any more at which level a thing is decided, and figures are counted twice.
    Fix
        Let an objective support a goal, and a KPI an objective.
    Bad
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.1      | G1       |
        | O1.2      | O1.1 [!] |
    Good
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.1      | G1       |
        | O1.2      | G1       |
    """
    circular = {key for circle in _circles(book) for key in circle}
    for child, key in _supports(book):
        level = Goal if isinstance(child, Objective) else Kpi
        other = elsewhere(book, key)
        fine = book.goal(key) if level is Goal else book.objective(key) or book.goal(key)
        if fine or not other or key == child.key or (child.key in circular and key in circular):
            continue
        message = f"{named(child)} supports {key}, which is {other}."
        yield Problem(child.cell("supports"), message)


def _supports(book: Book) -> Iterator[tuple[Objective | Kpi, str]]:
    """Each child that counts, with each id that it says it supports."""
    for objective in standing(book):
        for key in objective.supports:
            yield objective, key
    for kpi in live_kpis(book):
        for key in kpi.supports:
            yield kpi, key


@rule("CAS008", Severity.ERROR)
def parent_is_itself(book: Book) -> Iterator[Problem]:
    """A row supports itself.

    Why
        It happens when ids are filled down with the mouse. The row then hangs on nothing.
    Fix
        Name what it serves one level up; under *Succeeds*, the objective that came before.
    Bad
        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | O1.2 [!] |
    Good
        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |
    """
    for child, key in _supports(book):
        if key == child.key:
            yield Problem(child.cell("supports"), f"{named(child)} supports itself.")
    for objective in book.objectives:
        if objective.id and objective.succeeds == objective.id:
            yield Problem(objective.cell("succeeds"), f"{named(objective)} succeeds itself.")


@rule("CAS009", Severity.ERROR)
def parents_in_a_circle(book: Book) -> Iterator[Problem]:
    """Objectives support or succeed one another in a circle.

    Why
        Each justifies the other, and none of them reaches a goal. On paper it looks like a finished plan.
    Fix
        Let each of them support the goal it serves; under *Succeeds*, name only what came before.
    Bad
        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.1      | O1.2 [!] |
        | O1.2      | O1.1     |
    Good
        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.1      | G1       |
        | O1.2      | G1       |
    """
    for circle in _circles(book):
        first = book.objective(circle[0])
        if first is not None:
            message = f"{named(first)} supports itself in a circle: {' > '.join((*circle, circle[0]))}."
            yield Problem(first.cell("supports"), message)
    for circle in _cycles({o.id: (o.succeeds,) for o in book.objectives if o.id and o.succeeds}):
        first = book.objective(circle[0])
        if first is not None:
            message = f"{named(first)} succeeds itself in a circle: {' > '.join((*circle, circle[0]))}."
            yield Problem(first.cell("succeeds"), message)


def _circles(book: Book) -> list[tuple[str, ...]]:
    return _cycles({o.id: o.supports for o in standing(book) if o.id and not book.goal(o.id)})


def _cycles(after: dict[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The circles of two or more in what follows what, each beginning with its smallest id."""
    found: set[tuple[str, ...]] = set()
    done: set[str] = set()
    for start in sorted(after):
        path: list[str] = []
        on_path: set[str] = set()
        stack: list[tuple[str, Iterator[str]]] = []
        if start not in done:
            stack = [(start, iter(after[start]))]
            path, on_path = [start], {start}
        while stack:
            key, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                stack.pop()
                done.add(path.pop())
                on_path.discard(key)
            elif step in on_path:
                circle = path[path.index(step) :]
                least = circle.index(min(circle))
                if len(circle) > 1:
                    found.add((*circle[least:], *circle[:least]))
            elif step in after and step not in done:
                stack.append((step, iter(after[step])))
                path.append(step)
                on_path.add(step)
    return sorted(found)


@rule("CAS010", Severity.WARNING)
def parent_retired(book: Book) -> Iterator[Problem]:
    """A KPI drives only objectives that are retired.

    Why
        The objective is over, but its figure is still collected, charted and explained every month. This is
        how measuring outlives its purpose.
    Fix
        Name an objective that is being worked on, or pause the KPI (*Active*: no).
    Bad
        Objectives
        | Objective | Stage   |
        |-----------|---------|
        | O1.2      | retired |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2 [!] |
    Good
        Objectives
        | Objective | Stage   |
        |-----------|---------|
        | O1.2      | retired |
        | O1.3      | active  |

        KPIs
        | KPI | Supports   | Active |
        |-----|------------|--------|
        | K07 | O1.2, O1.3 | yes    |
        | K08 | O1.2       | no     |
    """
    for kpi in live_kpis(book):
        parents = [book.objective(key) for key in kpi.supports]
        retired = [parent for parent in parents if parent and parent.stage == "retired"]
        if parents and len(retired) == len(parents) and kpi.id not in book.result_kpis:
            gone = listed(parent.id for parent in retired)
            word = "which is retired" if len(retired) == 1 else "which are retired"
            yield Problem(kpi.cell("supports"), f"{named(kpi)} drives only {gone}, {word}.")


@rule("CAS011", Severity.WARNING, clause="6.2.1", stage="audit-ready")
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
    for objective in asked(book, active(book), "supports"):
        if objective.supports and not objective.how_it_supports:
            message = f"{named(objective)} does not say how it supports {listed(objective.supports)}."
            yield Problem(objective.cell("how_it_supports"), message)


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


@rule("CAS013", Severity.ADVICE, stage="audit-ready")
def fewer_reasons_than_goals(book: Book) -> Iterator[Problem]:
    """An objective names more goals than it gives reasons.

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
            message = f"{named(objective)} names {goals} and says of {len(lines)} how it supports."
            yield Problem(objective.cell("how_it_supports"), message, rests_on=cells(objective, "supports"))


@rule("CAS014", Severity.WARNING, clause="6.2.1", stage="audit-ready")
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
        for objective in asked(book, active(book), "processes"):
            if not objective.processes:
                yield Problem(objective.cell("processes"), f"{named(objective)} names no process.")


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


def _adrift(book: Book) -> tuple[list[Objective], list[Kpi]]:
    """Objectives and KPIs with a link that leads nowhere: what they carry cannot be told, and they are."""
    objectives = [o for o in standing(book) if not o.supports or not all(map(book.goal, o.supports))]
    kpis = [
        kpi
        for kpi in live_kpis(book)
        if kpi.id not in book.result_kpis and (not kpi.supports or not all(map(book.objective, kpi.supports)))
    ]
    return objectives, kpis


def _processes_of(book: Book, goal: Goal) -> set[str]:
    """The processes that carry a goal, through its objectives and their KPIs."""
    objectives = [o for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired"]
    found = {key for objective in objectives for key in objective.processes}
    for objective in objectives:
        kpis = book.kpis_of.get(objective.id, ())
        found |= {kpi.process for kpi in kpis if kpi.process and kpi.active is not False}
    return found


@rule("CAS018", Severity.WARNING, clause="4.4.1", stage="audit-ready")
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
    objectives, kpis = _adrift(book)
    lost = {key for objective in objectives for key in objective.processes} | {kpi.process for kpi in kpis}
    for goal in book.goals:
        found = _processes_of(book, goal)
        unsaid = any(not o.processes for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired")
        if len(found) == 1 and lost <= found and not unsaid:
            yield Problem(goal.cell("id"), f"{named(goal)} is carried by process {min(found)} only.")


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
    if not whole(book, Objective, "supports") or _adrift(book)[0]:
        return
    for goal in book.goals:
        objectives = [o for o in book.objectives_of.get(goal.id, ()) if o.stage != "retired"]
        if objectives and all(objective.supports[0] != goal.id for objective in objectives):
            message = f"{named(goal)} is only the second goal of {listed(o.id for o in objectives)}."
            yield Problem(goal.cell("id"), message)


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
    objectives, kpis = _adrift(book)
    serving |= {key for objective in objectives for key in objective.processes} | {
        kpi.process for kpi in kpis
    }
    for process in asked(book, book.processes, "core"):
        if process.core and process.id and process.id not in serving:
            yield Problem(process.cell("id"), f"{named(process)} is a core process and serves no goal.")


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
                when = f"{kpi.target_on.isoformat()}, after {inside(objective)} is due"
                message = f"{named(kpi)} is to reach its target on {when} ({objective.due.isoformat()})."
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
                    f"{named(objective)} is due on {objective.due.isoformat()}, after the horizon "
                    f"({goal.horizon.isoformat()}) of {inside(goal)}."
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
    if any(kpi.kind != "lag" for kpi in _adrift(book)[1]):
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
    periods = book.settings.cascade_broken_periods
    for goal in () if any(_adrift(book)) else book.goals:
        words = _last_words(assessed, goal.result_kpi, periods)
        rollup = assessed.goals.get(goal.id)
        if not rollup or not words or not _all_judged(book, assessed, goal):
            continue
        if rollup.status.word == ON_TRACK and set(words) == {OFF_TRACK}:
            message = (
                f"{named(goal)} has been off track for {periods} periods while its objectives are on track."
            )
            yield Problem(goal.cell("id"), message)


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
    periods = book.settings.cascade_broken_periods
    for goal in () if any(_adrift(book)) else book.goals:
        words = _last_words(assessed, goal.result_kpi, periods)
        rollup = assessed.goals.get(goal.id)
        if not rollup or not words or not _all_judged(book, assessed, goal):
            continue
        if rollup.status.word == OFF_TRACK and set(words) == {ON_TRACK}:
            message = (
                f"{named(goal)} has been on track for {periods} periods while its objectives are off track."
            )
            yield Problem(goal.cell("id"), message)
