"""RSK: what could stop a goal, or carry it further, is thought through, looked after and looked at again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.table import columns_of
from qmsbook.book.tables import Goal, Risk
from qmsbook.methods.method import Assessment
from qmsbook.rules.ask import (
    asked,
    cells,
    header_cell,
    inside,
    judged_by,
    listed,
    months_before,
    named,
    number,
    whole,
)
from qmsbook.rules.limits import off_by_more_than_chance
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, grouped, lacking, older


def open_risks(book: Book, kind: str = "") -> list[Risk]:
    """The risks that are still there, of one kind or of both."""
    return [risk for risk in book.risks if risk.state == "open" and kind in ("", risk.kind)]


def inherent(risk: Risk) -> float | None:
    """Likelihood times impact without controls, if both are given."""
    return None if risk.likelihood is None or risk.impact is None else risk.likelihood * risk.impact


def residual(risk: Risk) -> float | None:
    """Likelihood times impact with the controls, if both are given."""
    likelihood, impact = risk.residual_likelihood, risk.residual_impact
    return None if likelihood is None or impact is None else likelihood * impact


def _of_goal(book: Book) -> dict[tuple[str, str], list[Risk]]:
    """Goal and kind -> the risks; those whose goal is unknown or not said stand under the goal ""."""

    def touched(risk: Risk) -> tuple[str, str]:
        goal = _goal(book, risk)
        return goal if book.goal(goal) else "", risk.kind

    return grouped(book.risks, touched)


def _without(book: Book, kind: str) -> list[Goal]:
    """The goals for which nothing of a kind was considered; none if risks of no known goal may be theirs."""
    if not whole(book, Risk, "goal", "kind"):
        return []
    risks = _of_goal(book)
    bare = [goal for goal in asked(book, book.goals, "id") if goal.id and (goal.id, kind) not in risks]
    astray = [risk for risk in risks.get(("", kind), ()) if risk.goal or risk.objective]
    return bare if len(bare) > len(astray) else []


def _goal(book: Book, risk: Risk) -> str:
    """The goal a risk touches: named, or the main goal of its objective."""
    objective = book.objective(risk.objective)
    return risk.goal or (objective.supports[0] if objective and objective.supports else "")


@rule("RSK001", Severity.WARNING, clause="6.1.1", stage="run")
def goal_without_threat(book: Book) -> Iterator[Problem]:
    """A goal has no threat that was considered.

    Why
        Every goal can be missed, and somebody in the house already knows how. If nobody asked, the plan is
        a forecast of good weather. To have looked and found nothing is an answer too.
    Fix
        Ask what could stop this goal and enter it in Risks; if there is nothing, add a row with the state
        *considered and none found*.
    Bad
        Goals
        | Goal   |
        |--------|
        | G1     |
        | G2 [!] |

        Risks
        | Risk | Kind   | Goal |
        |------|--------|------|
        | R03  | threat | G1   |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
        | G2   |

        Risks
        | Risk | Kind   | Goal | State                     |
        |------|--------|------|---------------------------|
        | R03  | threat | G1   | open                      |
        | R04  | threat | G2   | considered and none found |
    """
    yield from each(_without(book, "threat"), "id", "has no threat that was considered")


@rule("RSK002", Severity.ADVICE, clause="6.1.1", stage="audit-ready")
def weakness_not_considered(book: Book) -> Iterator[Problem]:
    """Kinds of weakness were not considered for any goal within a year.

    Why
        People list the risks they know. Going through the kinds (capacity, suppliers, skills, cash flow,
        compliance, process variation) finds those they would rather not know. Once a year is enough
        (*Vulnerability months*), and for the company as a whole: one finding names them all.
    Fix
        Go through the kinds named, and enter a threat or *considered and none found* for each.
    Bad
        Risks
        | Risk | Kind   | Vulnerability [!] | Last reviewed | State  |
        |------|--------|-------------------|---------------|--------|
        | R01  | threat | capacity          | 2026-10-22    | open   |
        | R02  | threat | suppliers         | 2026-10-22    | open   |
        | R03  | threat | skills            | 2026-10-22    | open   |
        | R04  | threat | cash flow         | 2025-03-05    | closed |
    Good
        Risks
        | Risk | Kind   | Goal | Vulnerability     | Last reviewed | State                     |
        |------|--------|------|-------------------|---------------|---------------------------|
        | R01  | threat | G1   | capacity          | 2026-10-22    | open                      |
        | R02  | threat | G2   | suppliers         | 2026-10-22    | open                      |
        | R03  | threat | G1   | skills            | 2026-10-22    | open                      |
        | R04  | threat | G3   | cash flow         | 2026-10-22    | considered and none found |
        | R05  | threat | G1   | compliance        | 2026-10-22    | open                      |
        | R06  | threat | G2   | process variation | 2026-10-22    | open                      |
    """
    if not whole(book, Risk, "kind", "vulnerability", "last_reviewed"):
        return
    since = months_before(book.on, book.settings.vulnerability_months)
    kinds = [kind for kind in columns_of(Risk)["vulnerability"].choices if kind != "other"]
    threats = [risk for risk in book.risks if risk.kind == "threat"]
    seen = {risk.vulnerability for risk in threats if _considered(risk, since)}
    missing = [kind for kind in kinds if kind not in seen]
    if threats and missing:
        verb = "was" if len(missing) == 1 else "were"
        message = f"{listed(missing).capitalize()} {verb} not considered for any goal within a year."
        yield Problem(header_cell(book, Risk, "vulnerability"), message)


def _considered(risk: Risk, since: date) -> bool:
    """Whether a threat was thought of since a day; of an open one that was not RSK007 tells."""
    return risk.state == "open" or risk.last_reviewed is None or risk.last_reviewed >= since


@rule("RSK003", Severity.WARNING, clause="6.1.2")
def threat_without_control(book: Book) -> Iterator[Problem]:
    """A threat has no control.

    Why
        A threat that is only listed is as large as before, and now it is also known that you knew.
    Fix
        Say under *Controls* what is in place or will be; if you accept it as it is, say that and who does.
    Bad
        Risks
        | Risk | Kind   | Controls | Response |
        |------|--------|----------|----------|
        | R03  | threat | [!]      | reduce   |
    Good
        Risks
        | Risk | Kind   | Controls               | Response |
        |------|--------|------------------------|----------|
        | R03  | threat | Second plater approved | reduce   |
        | R04  | threat |                        | accept   |
    """
    yield from lacking(
        book, (risk for risk in open_risks(book, "threat") if risk.response != "accept"),
        "controls", "has no control", "state", "response",
    )  # fmt: skip


@rule("RSK004", Severity.WARNING, clause="6.1.2")
def control_without_owner(book: Book) -> Iterator[Problem]:
    """A threat's controls have no owner.

    Why
        Controls wear out quietly: the spare part is used, the second supplier is never asked again. Only a
        person notices.
    Fix
        Name the one person who keeps the controls working under *Control owner*.
    Bad
        Risks
        | Risk | Kind   | Controls               | Control owner |
        |------|--------|------------------------|---------------|
        | R03  | threat | Second plater approved | [!]           |
    Good
        Risks
        | Risk | Kind   | Controls               | Control owner |
        |------|--------|------------------------|---------------|
        | R03  | threat | Second plater approved | Erin Foster   |
    """
    yield from lacking(
        book, (risk for risk in open_risks(book, "threat") if risk.controls),
        "control_owner", "has controls, and nobody who keeps them working", "state", "controls",
    )  # fmt: skip


@rule("RSK005", Severity.WARNING, clause="6.1.2")
def residual_above_inherent(book: Book) -> Iterator[Problem]:
    """What is left of a threat is larger than the threat was.

    Why
        Controls cannot make a threat larger. One of the scores was changed and the other forgotten, so the
        order in which risks are looked at is wrong.
    Fix
        Score it again: first without any controls, then with them.
    Bad
        Risks
        | Risk | Kind   | Likelihood | Impact | Residual likelihood | Residual impact |
        |------|--------|------------|--------|---------------------|-----------------|
        | R03  | threat | 2          | 3      | 4 [!]               | 3               |
    Good
        Risks
        | Risk | Kind   | Likelihood | Impact | Residual likelihood | Residual impact |
        |------|--------|------------|--------|---------------------|-----------------|
        | R03  | threat | 4          | 3      | 2                   | 3               |
    """
    for risk in open_risks(book, "threat"):
        before, after = inherent(risk), residual(risk)
        if before is not None and after is not None and after > before:
            raised = (risk.residual_likelihood or 0) > (risk.likelihood or 0)
            cell = risk.cell("residual_likelihood" if raised else "residual_impact")
            message = f"{named(risk)} scores {number(before)} without controls and {number(after)} with them."
            yield Problem(cell, message, cells(risk, "kind", "state"))


@rule("RSK006", Severity.WARNING, clause="6.1.2", stage="run", quiet="alone")
def above_appetite_without_acceptance(book: Book) -> Iterator[Problem]:
    """A threat stays above the risk appetite, and nobody has accepted it.

    Why
        Above a score of 12 (*Risk appetite*) a threat can hurt the business. To live with it may be right,
        but that is for someone in top management to decide, by name. Without a residual score the score
        without controls counts.
    Fix
        Do more against it, or have it accepted under *Accepted by*.
    Bad
        Risks
        | Risk | Kind   | Likelihood | Impact | Residual likelihood | Residual impact | Accepted by |
        |------|--------|------------|--------|---------------------|-----------------|-------------|
        | R03  | threat | 5          | 4      | 4                   | 4               | [!]         |
    Good
        Risks
        | Risk | Kind   | Likelihood | Impact | Residual likelihood | Residual impact | Accepted by |
        |------|--------|------------|--------|---------------------|-----------------|-------------|
        | R03  | threat | 5          | 4      | 4                   | 4               | Dana Field  |
        | R04  | threat | 5          | 4      | 2                   | 4               |             |
    """
    scores = ("likelihood", "impact", "residual_likelihood", "residual_impact", "kind", "state")
    for risk in open_risks(book, "threat"):
        left = residual(risk)
        score = left if left is not None else inherent(risk)
        if score is not None and score > book.settings.risk_appetite and not risk.accepted_by:
            message = (
                f"{named(risk)} scores {number(score)}, above the risk appetite of "
                f"{number(book.settings.risk_appetite)}, and nobody has accepted it."
            )
            yield Problem(risk.cell("accepted_by"), message, cells(risk, *scores))


@rule("RSK007", Severity.WARNING, clause="9.3.2", stage="run")
def risk_not_reviewed(book: Book) -> Iterator[Problem]:
    """A risk was not looked at for a year.

    Why
        The world moves on: suppliers fail, people retire, prices double. A score from the year before last
        calms everyone for no reason. The interval stands in Settings (*Risk review months*).
    Fix
        Score it again and enter today's date under *Last reviewed*, or close it.
    Bad
        Risks
        | Risk | Last reviewed  |
        |------|----------------|
        | R03  | 2025-09-18 [!] |
    Good
        Risks
        | Risk | Last reviewed |
        |------|---------------|
        | R03  | 2026-10-22    |
    """
    yield from each(
        older(open_risks(book), "last_reviewed", months_before(book.on, book.settings.risk_review_months)),
        "last_reviewed", "was last looked at on {last_reviewed}", "state",
    )  # fmt: skip


@rule("RSK008", Severity.WARNING, clause="6.1.1")
def risk_linked_to_nothing(book: Book) -> Iterator[Problem]:
    """A risk touches no goal.

    Why
        A risk to nothing in particular frightens nobody and is never looked at when it matters. What could
        it spoil?
    Fix
        Name the goal it touches under *Goal*; if there is none, close it.
    Bad
        Risks
        | Risk | Goal | Objective |
        |------|------|-----------|
        | R03  | [!]  |           |
    Good
        Risks
        | Risk | Goal | Objective |
        |------|------|-----------|
        | R03  | G1   |           |
        | R04  |      | O1.2      |
    """
    yield from lacking(
        book, (risk for risk in open_risks(book) if not risk.objective),
        "goal", "touches no goal", "objective", "state",
    )  # fmt: skip


@rule("RSK009", Severity.WARNING, clause="6.1.1")
def risk_not_scored(book: Book) -> Iterator[Problem]:
    """A risk has no likelihood or no impact.

    Why
        Without both it cannot be put in order with the others, and what has no place in the order is
        looked at last.
    Fix
        Enter both from 1 to 5, as if there were no controls.
    Bad
        Risks
        | Risk | Likelihood | Impact |
        |------|------------|--------|
        | R03  | [!]        | 4      |
    Good
        Risks
        | Risk | Likelihood | Impact |
        |------|------------|--------|
        | R03  | 4          | 4      |
    """
    for risk in asked(book, open_risks(book), "likelihood", "impact"):
        missing = [name for name in ("likelihood", "impact") if getattr(risk, name) is None]
        if missing:
            message = f"{named(risk)} has no {listed(missing)}."
            yield Problem(risk.cell(missing[0]), message, cells(risk, *missing, "state"))


@rule("RSK010", Severity.WARNING, clause="6.1.1")
def risk_without_kind(book: Book) -> Iterator[Problem]:
    """A risk does not say whether it is a threat or an opportunity.

    Why
        One is to be made smaller, the other to be won. What is neither is asked for nothing.
    Fix
        Pick threat or opportunity under *Kind*.
    Bad
        Risks
        | Risk | Kind |
        |------|------|
        | R03  | [!]  |
    Good
        Risks
        | Risk | Kind   |
        |------|--------|
        | R03  | threat |
    """
    yield from lacking(
        book, open_risks(book), "kind", "does not say whether it is a threat or an opportunity", "state"
    )


@rule("RSK011", Severity.WARNING, clause="6.1.2")
def accepted_outside_top_management(book: Book) -> Iterator[Problem]:
    """A threat above the risk appetite was accepted by someone outside of top management.

    Why
        Whoever accepts a threat above the *Risk appetite* must be able to bear it. It is asked once somebody
        in People is marked as top management.
    Fix
        Let a member of top management accept it, or do more against it.
    Bad
        People
        | Person      | Top management |
        |-------------|----------------|
        | Dana Field  | yes            |
        | Erin Foster | no             |

        Risks
        | Risk | Kind   | Residual likelihood | Residual impact | Accepted by     |
        |------|--------|---------------------|-----------------|-----------------|
        | R03  | threat | 4                   | 4               | Erin Foster [!] |
    Good
        People
        | Person      | Top management |
        |-------------|----------------|
        | Dana Field  | yes            |
        | Erin Foster | no             |

        Risks
        | Risk | Kind   | Residual likelihood | Residual impact | Accepted by |
        |------|--------|---------------------|-----------------|-------------|
        | R03  | threat | 4                   | 4               | Dana Field  |
    """
    if not any(person.top_management for person in book.people):
        return
    for risk in open_risks(book, "threat"):
        person, left = book.person(risk.accepted_by), residual(risk)
        score = left if left is not None else inherent(risk)
        if person and not person.top_management and score and score > book.settings.risk_appetite:
            message = f"{named(risk)} was accepted by {person.id}, who is not in top management."
            rests = (*cells(person, "top_management"), *cells(risk, "residual_likelihood", "residual_impact"))
            yield Problem(risk.cell("accepted_by"), message, (*rests, *cells(risk, "state")))


@rule("RSK012", Severity.WARNING, clause="6.1.2", stage="audit-ready")
def effect_on_risk_not_judged(book: Book) -> Iterator[Problem]:
    """Something was done about a risk, and nobody said whether it helped.

    Why
        Actions against risks are easily taken and rarely looked at again. The score goes down because
        something was done, not because the threat is smaller. Sixty days (*Action effect days*) are given to
        see it.
    Fix
        Say under *Effect of action* what became of the risk.
    Bad
        Risks
        | Risk | Effect of action |
        |------|------------------|
        | R03  | [!]              |

        Actions
        | Action | Serves | State | Closed     | Effect |
        |--------|--------|-------|------------|--------|
        | A11    | R03    | done  | 2026-06-12 | Done   |
    Good
        Risks
        | Risk | Effect of action                     |
        |------|--------------------------------------|
        | R03  | No late order for plating since June |

        Actions
        | Action | Serves | State | Closed     | Effect |
        |--------|--------|-------|------------|--------|
        | A11    | R03    | done  | 2026-06-12 | Done   |
    """
    for risk in open_risks(book):
        done = [a for a in book.actions_for.get(risk.id, ()) if a.state == "done" and a.closed is not None]
        late = [a for a in done if a.closed and (book.on - a.closed).days > book.settings.action_effect_days]
        if risk.id and late and not risk.effect_of_action:
            message = f"{named(risk)} does not say whether {listed(a.id for a in late)} helped."
            yield Problem(risk.cell("effect_of_action"), message, cells(risk, "state"))


@rule("RSK013", Severity.WARNING, clause="6.1.2", stage="run")
def risk_untouched_while_kpi_is_off(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """The KPI that watches a threat is off track, and the threat was not looked at since.

    Why
        The figure chosen to give the alarm has given it. If nobody goes and looks, why was it chosen? Off
        track counts as an alarm on a real change for the worse; with too few readings to tell one (*Trial
        limits below*), after two periods running (*Off track in a row*).
    Fix
        Look at the threat again, score it and enter today's date under *Last reviewed*.
    Bad
        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 70    |
        | K07 | 2026-10 | 71    |

        Risks
        | Risk | Kind   | Watched by | Last reviewed  |
        |------|--------|------------|----------------|
        | R03  | threat | K07        | 2026-04-22 [!] |
    Good
        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 70    |
        | K07 | 2026-10 | 71    |

        Risks
        | Risk | Kind   | Watched by | Last reviewed |
        |------|--------|------------|---------------|
        | R03  | threat | K07        | 2026-10-22    |
    """
    off = {each.answers.kpi.id: each for each in off_by_more_than_chance(book, assessed)}
    year = months_before(book.on, book.settings.risk_review_months)
    for risk in open_risks(book, "threat"):
        if risk.watched_by not in off or risk.last_reviewed is None or risk.last_reviewed < year:
            continue  # RSK007 tells of a risk that was not looked at for a year
        kpi, series = off[risk.watched_by].answers.kpi, off[risk.watched_by].answers.series
        since = series.periods[max(0, (series.at or 0) - off[kpi.id].periods + 1)].first
        if risk.last_reviewed < since:
            message = f"{named(risk)} was not looked at since {inside(kpi)} went off track."
            rests = (*judged_by(book, kpi), *cells(risk, "state", "kind"))
            yield Problem(risk.cell("last_reviewed"), message, rests)


@rule("RSK014", Severity.WARNING, clause="6.1.3", stage="run", edition="2026")
def goal_without_opportunity(book: Book) -> Iterator[Problem]:
    """A goal has no opportunity that was considered.

    Why
        The 2026 edition of the standard asks for opportunities apart from risks. Even without it, a list of
        nothing but dangers makes a company careful and not better.
    Fix
        Ask what could carry this goal further and enter it in Risks as an opportunity, or add a row
        with the state *considered and none found*.
    Bad
        Settings
        | Setting     | Value |
        |-------------|-------|
        | ISO edition | 2026  |

        Goals
        | Goal   |
        |--------|
        | G1 [!] |

        Risks
        | Risk | Kind   | Goal |
        |------|--------|------|
        | R03  | threat | G1   |
    Good
        Settings
        | Setting     | Value |
        |-------------|-------|
        | ISO edition | 2026  |

        Goals
        | Goal |
        |------|
        | G1   |

        Risks
        | Risk | Kind        | Goal |
        |------|-------------|------|
        | R03  | threat      | G1   |
        | R04  | opportunity | G1   |
    """
    yield from each(_without(book, "opportunity"), "id", "has no opportunity that was considered")
