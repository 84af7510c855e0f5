"""EVO: targets out of reach, and new levels with a known cause."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi
from qmsbook.methods.method import Assessment, KpiAnswers
from qmsbook.methods.xmr import HIGH, IMPROVEMENT, LOW
from qmsbook.rules.ask import (
    cells,
    has_column,
    judged_by,
    months_before,
    named,
    short,
)
from qmsbook.rules.evolution import out_of_reach_of, serving
from qmsbook.rules.limits import (
    all_answers,
    answer,
    by_target,
    new_level,
    worsens,
)
from qmsbook.rules.rule import Problem, Severity, rule


@rule("EVO008", Severity.ADVICE, clause="9.1.3", stage="run")
def target_out_of_reach(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI's target lies beyond what its process can do as it runs.

    Why
        From 12 readings on (*Trial limits below*), natural limits show how far the figures move of
        themselves. A target beyond them is not reached by trying harder, only by changing how the work is
        done; asking people why they missed it again makes them hide figures. It is said once the target
        counts (a flat trajectory, or its day has come), as long as the last figure shows no change and no new
        action was begun within the last four periods (*Always missed periods*). *Keep because* of its
        objective is respected.
    Fix
        Agree on an action that changes the process itself, or on a target that a changed process could reach.
    Bad
        KPIs
        | KPI | Target | Baseline | Trajectory |
        |-----|--------|----------|------------|
        | K07 | 95 [!] | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2025-11 | 88    |
        | K07 | 2025-12 | 90    |
        | K07 | 2026-01 | 89    |
        | K07 | 2026-02 | 91    |
        | K07 | 2026-03 | 90    |
        | K07 | 2026-04 | 88    |
        | K07 | 2026-05 | 89    |
        | K07 | 2026-06 | 91    |
        | K07 | 2026-07 | 89    |
        | K07 | 2026-08 | 90    |
        | K07 | 2026-09 | 90    |
        | K07 | 2026-10 | 88    |
    Good
        KPIs
        | KPI | Target | Baseline | Trajectory |
        |-----|--------|----------|------------|
        | K07 | 95     | 80       | flat       |
        | K08 | 95     | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2025-11 | 88    |
        | K07 | 2025-12 | 96    |
        | K07 | 2026-01 | 89    |
        | K07 | 2026-02 | 91    |
        | K07 | 2026-03 | 97    |
        | K07 | 2026-04 | 88    |
        | K07 | 2026-05 | 89    |
        | K07 | 2026-06 | 98    |
        | K07 | 2026-07 | 89    |
        | K07 | 2026-08 | 97    |
        | K07 | 2026-09 | 90    |
        | K07 | 2026-10 | 88    |
        | K08 | 2025-11 | 88    |
        | K08 | 2025-12 | 90    |
        | K08 | 2026-01 | 89    |
        | K08 | 2026-02 | 91    |
        | K08 | 2026-03 | 90    |
        | K08 | 2026-04 | 88    |
        | K08 | 2026-05 | 89    |
        | K08 | 2026-06 | 91    |
        | K08 | 2026-07 | 89    |
        | K08 | 2026-08 | 90    |
        | K08 | 2026-09 | 90    |
        | K08 | 2026-10 | 88    |

        Actions
        | Action | Serves | State | Opened     |
        |--------|--------|-------|------------|
        | A11    | K08    | open  | 2026-09-12 |
    """
    for answers in out_of_reach_of(book, assessed):
        kpi, reason = answers.kpi, answers.answers["assurance"].reason
        rests_on = [cell for key in kpi.supports if (o := book.objective(key)) for cell in cells(o, "stage")]
        yield Problem(
            kpi.cell(by_target(kpi)), f"{named(kpi)}: {reason[:1].lower()}{reason[1:]}",
            (*judged_by(book, kpi), *cells(kpi, "supports", "rebase_on", "seasonal"), *rests_on),
        )  # fmt: skip


@rule("EVO009", Severity.ADVICE, clause="9.1.3", stage="run")
def new_level_for_a_known_cause(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI stands on a new level, for a cause that is known.

    Why
        Limits drawn over the old and the new level together are too wide, and would hide the next change.
        From 12 readings on (*Trial limits below*) a new level is looked for; it has to be as long as a run of
        the *SPC rule set* (7 points in `nhs`) and at rest, and its cause known: a comment on one of its first
        two readings, or an action for it that was done within the three months before the second of them. A
        change for the worse is not proposed as the new normal.
    Fix
        If the new level is there to stay, enter the day named under *Rebase on*; the target may ask for more
        too.
    Bad
        KPIs
        | KPI | Target | Baseline | Trajectory | Rebase on |
        |-----|--------|----------|------------|-----------|
        | K07 | 95     | 80       | flat       | [!]       |

        Measurements
        | KPI | Period  | Value | Comment               |
        |-----|---------|-------|-----------------------|
        | K07 | 2025-03 | 85    |                       |
        | K07 | 2025-04 | 86    |                       |
        | K07 | 2025-05 | 84    |                       |
        | K07 | 2025-06 | 85    |                       |
        | K07 | 2025-07 | 86    |                       |
        | K07 | 2025-08 | 84    |                       |
        | K07 | 2025-09 | 85    |                       |
        | K07 | 2025-10 | 86    |                       |
        | K07 | 2025-11 | 85    |                       |
        | K07 | 2025-12 | 84    |                       |
        | K07 | 2026-01 | 85    |                       |
        | K07 | 2026-02 | 86    |                       |
        | K07 | 2026-03 | 91    | New plating line runs |
        | K07 | 2026-04 | 92    |                       |
        | K07 | 2026-05 | 90    |                       |
        | K07 | 2026-06 | 91    |                       |
        | K07 | 2026-07 | 92    |                       |
        | K07 | 2026-08 | 90    |                       |
        | K07 | 2026-09 | 91    |                       |
        | K07 | 2026-10 | 91    |                       |
    Good
        KPIs
        | KPI | Target | Baseline | Trajectory | Rebase on  |
        |-----|--------|----------|------------|------------|
        | K07 | 95     | 80       | flat       | 2026-03-01 |

        Measurements
        | KPI | Period  | Value | Comment               |
        |-----|---------|-------|-----------------------|
        | K07 | 2025-03 | 85    |                       |
        | K07 | 2025-04 | 86    |                       |
        | K07 | 2025-05 | 84    |                       |
        | K07 | 2025-06 | 85    |                       |
        | K07 | 2025-07 | 86    |                       |
        | K07 | 2025-08 | 84    |                       |
        | K07 | 2025-09 | 85    |                       |
        | K07 | 2025-10 | 86    |                       |
        | K07 | 2025-11 | 85    |                       |
        | K07 | 2025-12 | 84    |                       |
        | K07 | 2026-01 | 85    |                       |
        | K07 | 2026-02 | 86    |                       |
        | K07 | 2026-03 | 91    | New plating line runs |
        | K07 | 2026-04 | 92    |                       |
        | K07 | 2026-05 | 90    |                       |
        | K07 | 2026-06 | 91    |                       |
        | K07 | 2026-07 | 92    |                       |
        | K07 | 2026-08 | 90    |                       |
        | K07 | 2026-09 | 91    |                       |
        | K07 | 2026-10 | 91    |                       |
    """
    for answers in all_answers(book, assessed):
        kpi = answers.kpi
        if answer(answers) not in (IMPROVEMENT, HIGH, LOW) or worsens(answers):
            continue
        places = new_level(book, answers)
        cause = _cause(book, answers, places) if places else ""
        if cause:
            begin = answers.series.periods[places[0]]
            message = f"{named(kpi)} stands on a new level since {begin.title} ({cause})."
            fix = (
                f"If it is there to stay, enter {begin.first.isoformat()} under *Rebase on*: natural limits "
                "are then drawn anew from there."
            )
            at = kpi.cell("rebase_on" if has_column(book, Kpi, "rebase_on") else "id")
            yield Problem(at, message, judged_by(book, kpi), fix=fix)


def _cause(book: Book, answers: KpiAnswers, places: tuple[int, ...]) -> str:
    """What is known of the cause of a new level, in a few words; blank if nothing is."""
    series = answers.series
    for place in places[:2]:
        comment = book.measurements.comment[series.places[place]]
        if comment:
            return f'"{short(comment, 40)}"'
    last = series.periods[places[1]].last
    for action in serving(book, answers.kpi):
        closed = action.closed
        if action.state == "done" and closed is not None and months_before(last, 3) <= closed <= last:
            return f"action {action.id} ({short(action.what, 40)})"
    return ""
