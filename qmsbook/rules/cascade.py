"""CAS: the cascade: every KPI drives an objective, every objective a goal, and each goal is carried."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from qmsbook.book.book import Book
from qmsbook.book.near import Near
from qmsbook.book.table import Record
from qmsbook.book.tables import Goal, Kpi, Objective
from qmsbook.methods.milestones import milestones_of
from qmsbook.rules.ask import (
    active,
    asked,
    counted,
    elsewhere,
    inside,
    listed,
    live_kpis,
    named,
    standing,
    unknown_links,
    whole,
)
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, lacking

R = TypeVar("R", bound=Record)

#: Words with which people say why something is not there.
_REASON = re.compile(
    r"\b(no|none|not|nobody|nothing|never|cannot|can't|isn't|without|until|before|because|since|yet|lacks?"
    r"|too (?:early|new|few|small)|hard to)\b",
    re.IGNORECASE,
)


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
    yield from lacking(book, standing(book), "supports", "serves no goal")


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
        says so. Milestones (*Kind* in Actions) measure it too: a thing is there on its day, or it is not.
    Fix
        Find the one figure that would move if this succeeded, and add it to KPIs with this objective under
        *Supports*; or set the milestones on its way in Actions, with *Kind* milestone and this objective
        under *Serves*.
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
        | O1.3      | no        |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |

        Actions
        | Action | What                 | Serves | Kind      |
        |--------|----------------------|--------|-----------|
        | A11    | The second line runs | O1.3   | milestone |
    """
    for objective in without_kpi(book):
        if not objective.vital_few:
            yield Problem(objective.cell("id"), f"{named(objective)} has {no_kpi(book, objective)}.")


def without_kpi(book: Book) -> list[Objective]:
    """The objectives being worked on that no KPI which is judged, and no milestone, measures.

    None if that cannot be told.
    """
    if not whole(book, Kpi, "supports"):
        return []
    bare = [
        objective
        for objective in asked(book, active(book), "id")
        if objective.id
        and not any(kpi.judged for kpi in book.kpis_of.get(objective.id, ()))
        and not milestones_of(book, objective.id)
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
    rows = [kpi for kpi in live_kpis(book) if kpi.id not in book.result_kpis]
    yield from lacking(book, rows, "supports", "drives no objective")


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
    yield from lacking(
        book, (goal for goal in book.goals if not _REASON.search(goal.comes_from)),
        "result_kpi", "has no Result KPI, and no reason for having none", "comes_from",
    )  # fmt: skip


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
    rows = [objective for objective in book.objectives if objective.id and objective.succeeds == objective.id]
    yield from each(rows, "succeeds", "succeeds itself")


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
