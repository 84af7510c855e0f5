"""EVO: objectives that are only watched, and slip."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi, Objective
from qmsbook.methods.method import OFF_TRACK, Assessment, KpiAnswers
from qmsbook.rules.ask import (
    asked,
    cells,
    counted,
    has_readings,
    inside,
    judged_by,
    listed,
    months_before,
    named,
    sound,
)
from qmsbook.rules.limits import (
    has_limits,
    worsens,
)
from qmsbook.rules.objectives import live_kpis_of
from qmsbook.rules.rule import Problem, Severity, rule


@rule("EVO005", Severity.WARNING, clause="9.1.3", stage="run")
def monitored_objective_slips(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """An objective that is only watched is off track again.

    Why
        What was reached was kept by people who have since been given other things to do. Two misses (*Reopen
        misses*) since the objective was last changed, or within the last year, are no accident any more.
    Fix
        Set *Stage* back to active, give it an owner and an action; or agree on another limit.
    Bad
        Objectives
        | Objective | Stage       | Last changed |
        |-----------|-------------|--------------|
        | O1.2      | monitor [!] | 2026-04-23   |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory |
        |-----|----------|--------|----------|------------|
        | K07 | O1.2     | 95     | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-08 | 71    |
        | K07 | 2026-09 | 96    |
        | K07 | 2026-10 | 70    |
    Good
        Objectives
        | Objective | Stage   | Last changed |
        |-----------|---------|--------------|
        | O1.2      | monitor | 2026-04-23   |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory |
        |-----|----------|--------|----------|------------|
        | K07 | O1.2     | 95     | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-03 | 71    |
        | K07 | 2026-09 | 96    |
        | K07 | 2026-10 | 70    |
    """
    for objective, slipping in _off_again(book, assessed):
        which = listed(f"{kpi.id} ({kpi.name})" if kpi.name else kpi.id for kpi in slipping)
        times = counted(book.settings.reopen_misses, "time")
        were = "was" if len(slipping) == 1 else "were each"
        message = f"{named(objective)} is only watched, and {which} {were} off track {times} or more."
        rests_on = [cell for kpi in slipping for cell in judged_by(book, kpi)]
        rests_on += cells(objective, "last_changed")
        yield Problem(objective.cell("stage"), message, tuple(rests_on))


def _watched(book: Book) -> Iterator[tuple[Objective, date]]:
    """The objectives that are only watched, each with the day since when it counts."""
    for objective in asked(book, book.objectives, "stage") if has_readings(book) else ():
        if objective.stage == "monitor":
            yield objective, max(filter(None, (objective.last_changed, months_before(book.on, 12))))


def _off_again(book: Book, assessed: Assessment) -> Iterator[tuple[Objective, list[Kpi]]]:
    """The watched objectives whose KPIs were off track too often since, with these KPIs."""
    for objective, since in _watched(book):
        slipping = []
        for kpi in live_kpis_of(book, objective):
            answers = assessed.kpis.get(kpi.id)
            if answers is not None and sound(kpi) and _misses(answers, since) >= book.settings.reopen_misses:
                slipping.append(kpi)
        if slipping:
            yield objective, slipping


def _misses(answers: KpiAnswers, since: date) -> int:
    series = answers.series
    return sum(w == OFF_TRACK and p.last > since for w, p in zip(series.words, series.periods, strict=True))


@rule("EVO010", Severity.WARNING, clause="9.1.3", stage="run")
def monitored_objective_gets_worse(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """An objective that is only watched gets really worse.

    Why
        A real change for the worse shows while the plan is still met; it is the first you will see of what
        slips away. That is what watching is for. Asked from 12 readings on (*Trial limits below*); misses of
        the plan are told by EVO005.
    Fix
        Find out what has changed. Set *Stage* back to active with an owner and an action, or say in *Comment*
        why it is no cause for worry and change nothing.
    Bad
        Objectives
        | Objective | Stage       | Last changed |
        |-----------|-------------|--------------|
        | O1.2      | monitor [!] | 2026-04-23   |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory |
        |-----|----------|--------|----------|------------|
        | K07 | O1.2     | 90     | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2025-11 | 96    |
        | K07 | 2025-12 | 97    |
        | K07 | 2026-01 | 98    |
        | K07 | 2026-02 | 97    |
        | K07 | 2026-03 | 96    |
        | K07 | 2026-04 | 98    |
        | K07 | 2026-05 | 97    |
        | K07 | 2026-06 | 97    |
        | K07 | 2026-07 | 96    |
        | K07 | 2026-08 | 98    |
        | K07 | 2026-09 | 97    |
        | K07 | 2026-10 | 92    |
    Good
        Objectives
        | Objective | Stage   | Last changed |
        |-----------|---------|--------------|
        | O1.2      | monitor | 2026-04-23   |

        KPIs
        | KPI | Supports | Target | Baseline | Trajectory |
        |-----|----------|--------|----------|------------|
        | K07 | O1.2     | 90     | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2025-11 | 96    |
        | K07 | 2025-12 | 97    |
        | K07 | 2026-01 | 98    |
        | K07 | 2026-02 | 97    |
        | K07 | 2026-03 | 96    |
        | K07 | 2026-04 | 98    |
        | K07 | 2026-05 | 97    |
        | K07 | 2026-06 | 97    |
        | K07 | 2026-07 | 96    |
        | K07 | 2026-08 | 98    |
        | K07 | 2026-09 | 97    |
        | K07 | 2026-10 | 96    |
    """
    for objective, found in _worse(book, assessed):
        kpi, seen = found[0].kpi, found[0].answers["variation"].figures["because"]
        message = f"{named(objective)} is only watched, and {inside(kpi)} gets really worse: {seen}."
        rests_on = (*judged_by(book, kpi), *cells(objective, "last_changed"))
        yield Problem(objective.cell("stage"), message, rests_on)


def _worse(book: Book, assessed: Assessment) -> Iterator[tuple[Objective, list[KpiAnswers]]]:
    """The watched objectives with KPIs that get really worse, unexplained; those that miss are left out."""
    told = {objective.id for objective, _ in _off_again(book, assessed)}
    for objective, since in _watched(book):
        found = []
        for kpi in () if objective.id in told else live_kpis_of(book, objective):
            answers = assessed.kpis.get(kpi.id)
            last = answers.latest_period if answers is not None else None
            if answers is None or last is None or last.last <= since or _explained(book, answers):
                continue
            if sound(kpi) and has_limits(answers) and worsens(answers):
                found.append(answers)
        if found:
            yield objective, found


def _explained(book: Book, answers: KpiAnswers) -> bool:
    """Whether the last reading that counts has a comment."""
    series = answers.series
    return series.latest is not None and bool(book.measurements.comment[series.places[series.latest]])
