"""VIT: the vital few: three to five objectives that matter most, each led by someone and read."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book, of_its_frequency
from qmsbook.book.tables import Goal, Kpi, Objective
from qmsbook.methods.method import OVERDUE, Assessment
from qmsbook.rules.ask import (
    active,
    cells,
    counted,
    has_readings,
    header_cell,
    listed,
    live_kpis,
    named,
    number,
    vital,
    whole,
)
from qmsbook.rules.cascade import no_kpi, without_kpi
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import grouped, lacking


def _choice_is_told(book: Book) -> bool:
    return bool(active(book)) and whole(book, Objective, "vital_few")


@rule("VIT001", Severity.WARNING, clause="5.1.1")
def no_vital_few(book: Book) -> Iterator[Problem]:
    """No objective is marked as one of the vital few.

    Why
        Where everything matters equally, the loudest customer decides what is done this week. Choosing
        three to five is leadership's part, and nobody else can do it.
    Fix
        Set *Vital few* to yes for the three to five objectives that decide the year.
    Bad
        Objectives
        | Objective | Vital few [!] |
        |-----------|---------------|
        | O1.1      | no            |
        | O1.2      |               |
    Good
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.1      | no        |
        | O1.2      | yes       |
    """
    if _choice_is_told(book) and not vital(book):
        count = counted(len(active(book)), "objective")
        message = f"Of {count} none is marked as one of the vital few."
        yield Problem(header_cell(book, Objective, "vital_few"), message)


@rule("VIT002", Severity.WARNING, clause="5.1.1")
def too_few_vital(book: Book) -> Iterator[Problem]:
    """Fewer objectives are vital than a year needs.

    Why
        One or two priorities usually mean that a goal has none. Three is a habit of good planners, not a
        law; the number stands in Settings (*Vital few at least*).
    Fix
        Ask of each goal what one thing decides it, and mark that objective.
    Bad
        Objectives
        | Objective | Vital few [!] |
        |-----------|---------------|
        | O1.1      | yes           |
        | O1.2      | no            |
        | O1.3      | no            |
    Good
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.1      | yes       |
        | O1.2      | yes       |
        | O1.3      | yes       |
    """
    wanted, found = book.settings.vital_few_at_least, vital(book)
    if _choice_is_told(book) and 0 < len(found) < min(wanted, len(active(book))):
        few, ids = counted(len(found), "objective is", "objectives are"), listed(o.id for o in found)
        message = f"Only {few} vital ({ids}); {wanted} or more are usual."
        yield Problem(header_cell(book, Objective, "vital_few"), message)


@rule("VIT003", Severity.WARNING, clause="5.1.1")
def too_many_vital(book: Book) -> Iterator[Problem]:
    """More objectives are vital than anyone can lead.

    Why
        With eight priorities there is none: the hours go to whatever shouts. Five is what people can keep
        in mind (*Vital few at most*); above seven (*Vital few error above*) it counts as an error.
    Fix
        Rank them and keep the first five; the rest are still objectives.
    Bad
        Objectives
        | Objective | Vital few [!] |
        |-----------|---------------|
        | O1.1      | yes           |
        | O1.2      | yes           |
        | O1.3      | yes           |
        | O1.4      | yes           |
        | O1.5      | yes           |
        | O1.6      | yes           |
    Good
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.1      | yes       |
        | O1.2      | yes       |
        | O1.3      | yes       |
        | O1.4      | yes       |
        | O1.5      | yes       |
        | O1.6      | no        |
    """
    found, most = vital(book), book.settings.vital_few_at_most
    if len(found) > most:
        message = (
            f"{len(found)} objectives are vital ({listed(o.id for o in found)}); {most} at most is usual."
        )
        worse = len(found) > book.settings.vital_few_error_above
        cell = header_cell(book, Objective, "vital_few")
        yield Problem(cell, message, severity=Severity.ERROR if worse else None)


@rule("VIT004", Severity.WARNING, clause="5.1.1")
def goal_not_ranked(book: Book) -> Iterator[Problem]:
    """A goal has no rank.

    Why
        When two goals want the same machine on the same day, somebody will decide. Ranking them once, in
        quiet, is better than every Monday under pressure.
    Fix
        Give each goal its rank: 1 for the most important, 2 for the next.
    Bad
        Goals
        | Goal | Rank |
        |------|------|
        | G1   | 1    |
        | G2   | [!]  |
    Good
        Goals
        | Goal | Rank |
        |------|------|
        | G1   | 1    |
        | G2   | 2    |
    """
    if len(book.goals) > 1:
        yield from lacking(book, book.goals, "rank", "has no rank")


@rule("VIT005", Severity.ERROR, clause="5.3")
def vital_without_owner(book: Book) -> Iterator[Problem]:
    """One of the vital few has no owner.

    Why
        It is one of the few things that decide the year, and there is nobody to ask about it on Monday.
    Fix
        Name one person under *Owner*; if nobody takes it, it is not vital.
    Bad
        Objectives
        | Objective | Vital few | Owner |
        |-----------|-----------|-------|
        | O1.2      | yes       | [!]   |
    Good
        Objectives
        | Objective | Vital few | Owner       |
        |-----------|-----------|-------------|
        | O1.2      | yes       | Erin Foster |
    """
    yield from lacking(book, vital(book), "owner", "is vital and has no owner")


@rule("VIT006", Severity.ERROR, clause="6.2.1")
def vital_without_kpi(book: Book) -> Iterator[Problem]:
    """One of the vital few has no KPI.

    Why
        What matters most is judged by feeling, while figures are kept for what matters less.
    Fix
        Find the one figure that would move if this succeeded, and add it to KPIs with this objective under
        *Supports*.
    Bad
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.2 [!]  | yes       |
        | O1.3      | no        |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.3     |
    Good
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.2      | yes       |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |
    """
    for objective in without_kpi(book):
        if objective.vital_few:
            message = f"{named(objective)} is vital and has {no_kpi(book, objective)}."
            yield Problem(objective.cell("id"), message)


@rule("VIT007", Severity.ERROR, clause="9.1.1")
def vital_not_read(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """None of the KPIs of one of the vital few was read in the last period.

    Why
        A blind spot on one of the few things that decide the year. It is said here once, and not again for
        each of its KPIs.
    Fix
        Enter the missing figures today, or get them from their owners; find out what keeps them from coming.
    Bad
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.2 [!]  | yes       |

        KPIs
        | KPI | Supports | Baseline on |
        |-----|----------|-------------|
        | K07 | O1.2     | 2026-06-30  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 93.1  |
    Good
        Objectives
        | Objective | Vital few |
        |-----------|-----------|
        | O1.2      | yes       |

        KPIs
        | KPI | Supports | Baseline on |
        |-----|----------|-------------|
        | K07 | O1.2     | 2026-06-30  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 93.1  |
        | K07 | 2026-08 | 93.1  |
        | K07 | 2026-09 | 93.1  |
    """
    for objective, kpis in vital_unread(book, assessed):
        ids = listed(kpi.id for kpi in kpis)
        message = f"{named(objective)} is vital, and its last reading is overdue ({ids})."
        rests = [
            cell for kpi in kpis for cell in cells(kpi, "frequency", "active", "grace_days", "baseline_on")
        ]
        rests += [cell for kpi in kpis for cell in cells(kpi, "direction", "supports")]
        yield Problem(objective.cell("id"), message, (*rests, *cells(objective, "vital_few", "stage")))


def vital_unread(book: Book, assessed: Assessment) -> list[tuple[Objective, list[Kpi]]]:
    """The vital few of whose due KPIs none was read, with those KPIs; explained gaps count as read.

    A reading of no KPI that is known may be one of theirs: then nothing is said.
    """
    found: list[tuple[Objective, list[Kpi]]] = []
    if not has_readings(book) or any(book.kpi(key) is None for key in set(book.measurements.kpi)):
        return found
    for objective in vital(book):
        due = [
            answers
            for kpi in book.kpis_of.get(objective.id, ())
            if (answers := assessed.kpis.get(kpi.id)) is not None and answers.series.judged is not None
        ]
        unread = [
            a for a in due if a.status.word == OVERDUE and _unexplained(book, a.series.at, a.series.places)
        ]
        if due and len(unread) == len(due) and not _readings_unclear(book, [a.kpi for a in due]):
            found.append((objective, [answers.kpi for answers in due]))
    return found


def _unexplained(book: Book, at: int | None, places: tuple[int, ...]) -> bool:
    return at is None or not book.measurements.comment[places[at]]


def _readings_unclear(book: Book, kpis: list[Kpi]) -> bool:
    """Whether a reading of these KPIs stands where it cannot be placed."""
    periods = book.periods
    for kpi in kpis:
        for index in book.readings_of.get(kpi.id, ()):
            period = periods[index]
            if period is None or not of_its_frequency(kpi, period) or period.first > book.on:
                return True
    return False


@rule("VIT008", Severity.WARNING, clause="5.3", quiet="few")
def owner_of_too_many_vital(book: Book) -> Iterator[Problem]:
    """One person owns more of the vital few than one can lead.

    Why
        Besides the daily work one person can push one or two things that really change something. With
        three, the third is reported and not led. The number stands in Settings (*Vital few per owner*).
    Fix
        Give one of them to somebody who can make it their first concern.
    Bad
        Objectives
        | Objective | Vital few | Owner           |
        |-----------|-----------|-----------------|
        | O1.1      | yes       | Erin Foster     |
        | O1.2      | yes       | Erin Foster     |
        | O1.3      | yes       | Erin Foster [!] |
    Good
        Objectives
        | Objective | Vital few | Owner       |
        |-----------|-----------|-------------|
        | O1.1      | yes       | Erin Foster |
        | O1.2      | yes       | Erin Foster |
        | O1.3      | yes       | Luis Ortega |
    """
    most = book.settings.vital_few_per_owner
    for owner, objectives in grouped(vital(book), lambda objective: objective.owner).items():
        if owner and len(objectives) > most:
            objectives.sort(key=lambda objective: objective.id)
            ids = listed(objective.id for objective in objectives)
            message = f"{owner} owns {len(objectives)} of the vital few ({ids}); {most} is plenty."
            yield Problem(objectives[-1].cell("owner"), message, row=objectives[-1].id, about=(owner,))


@rule("VIT009", Severity.ADVICE, clause="5.1.2", stage="audit-ready")
def no_vital_for_customers(book: Book) -> Iterator[Problem]:
    """None of the vital few rests on what customers require.

    Why
        All priorities look inwards. That can be right for a year of clearing up, but somebody should have
        decided it knowingly.
    Fix
        Ask what customers would put among your first five, or set *Basis* where it is a customer
        requirement.
    Bad
        Objectives
        | Objective | Vital few | Basis [!]           |
        |-----------|-----------|---------------------|
        | O1.2      | yes       | process performance |
    Good
        Objectives
        | Objective | Vital few | Basis                |
        |-----------|-----------|----------------------|
        | O1.2      | yes       | customer requirement |
    """
    bases = {objective.basis for objective in vital(book)}
    if bases - {""} and "customer requirement" not in bases and whole(book, Objective, "basis", "vital_few"):
        message = "Not one of the vital few rests on a customer requirement."
        yield Problem(header_cell(book, Objective, "basis"), message)


@rule("VIT010", Severity.ADVICE, stage="run")
def plan_too_large(book: Book) -> Iterator[Problem]:
    """The plan is larger than anyone can lead by.

    Why
        Each goal, objective and KPI costs someone minutes every month and everyone attention. Beyond about
        sixty (*Plan size*) a plan is administered. The number is experience, not science.
    Fix
        Look at the KPIs that led to no action for a year: keep, simplify, merge or drop them.
    Bad
        Settings
        | Setting   | Value |
        |-----------|-------|
        | Plan size | 2     |

        Goals
        | Goal [!] |
        |----------|
        | G1       |

        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI |
        |-----|
        | K07 |
    Good
        Settings
        | Setting   | Value |
        |-----------|-------|
        | Plan size | 60    |

        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI |
        |-----|
        | K07 |
    """
    sizes = (len(book.goals), len(active(book)), len(live_kpis(book)))
    if sum(sizes) > book.settings.plan_size:
        goals, objectives, kpis = (
            counted(size, word) for size, word in zip(sizes, ("goal", "objective", "KPI"), strict=True)
        )
        most = book.settings.plan_size
        message = f"{goals}, {objectives} and {kpis} are {sum(sizes)} things to lead by; {most} is plenty."
        yield Problem(header_cell(book, Goal, "id"), message)


@rule("VIT011", Severity.WARNING, clause="5.1.1")
def rank_twice(book: Book) -> Iterator[Problem]:
    """Two goals have the same rank.

    Why
        Two firsts are no first. The day they compete, the rank was to give the answer.
    Fix
        Give each goal a rank of its own.
    Bad
        Goals
        | Goal | Rank  |
        |------|-------|
        | G1   | 1     |
        | G2   | 1 [!] |
    Good
        Goals
        | Goal | Rank |
        |------|------|
        | G1   | 1    |
        | G2   | 2    |
    """
    for rank, goals in grouped(book.goals, lambda goal: goal.rank).items():
        if rank is not None and len(goals) > 1:
            goals.sort(key=lambda goal: goal.id)
            ids = listed(goal.id or f"the one in row {goal.row}" for goal in goals)
            yield Problem(goals[-1].cell("rank"), f"The goals {ids} have the same rank: {number(rank)}.")
