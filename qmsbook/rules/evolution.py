"""EVO: objectives that are reached make room for the next ones; those that are not get new means.

Every rule here proposes; none acts. What an objective is kept for stands under *Keep because*, and is
respected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.tables import Action, Kpi, Objective
from qmsbook.book.words import day_words, figure, span_words
from qmsbook.methods.method import AT_RISK, OFF_TRACK, Assessment, KpiAnswers, Series
from qmsbook.methods.plan import SINCE_START
from qmsbook.rules.ask import (
    active,
    cells,
    has_column,
    has_readings,
    judged_by,
    listed,
    live_kpis,
    months_before,
    named,
    sound,
    whole,
)
from qmsbook.rules.limits import (
    alert_limits,
    all_answers,
    by_target,
    cannot_miss,
    off_as_it_runs,
    off_by_more_than_chance,
    out_of_reach,
    runs_as_before,
    worsens,
)
from qmsbook.rules.monitored import _off_again, _worse
from qmsbook.rules.objectives import kept, live_kpis_of
from qmsbook.rules.rule import Problem, Severity, rule

_MISSED = frozenset({AT_RISK, OFF_TRACK})
_ROUNDING = 1e-9
_YEAR = re.compile(
    r"\b(?:19|20)\d{2}\b|\b(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december|by|in|until|end|of|q[1-4])\b",
    re.IGNORECASE,
)


def met(kpi: Kpi, value: float) -> bool:
    """Whether a figure meets the final target, not only the plan of its day."""
    if kpi.direction == "within":
        low = kpi.low is None or _reaches(kpi, "low", value - kpi.low, kpi.low)
        return low and (kpi.high is None or _reaches(kpi, "high", kpi.high - value, kpi.high))
    if kpi.target is None:
        return False
    gap = value - kpi.target if kpi.direction == "higher" else kpi.target - value
    return _reaches(kpi, "target", gap, kpi.target)


def _reaches(kpi: Kpi, name: str, gap: float, bound: float) -> bool:
    """Whether a figure is at or beyond a bound; a strict one it has to pass."""
    dust = _ROUNDING * abs(bound)
    return gap > dust if name in kpi.strict else gap >= -dust


def window(book: Book, kpi: Kpi) -> int:
    """How many due periods make the window in which a target is called always met."""
    settings = book.settings
    sizes = {
        "weekly": round(settings.always_met_months * 52 / 12), "monthly": settings.always_met_months,
        "quarterly": settings.always_met_quarters, "half-yearly": 2 * settings.always_met_years,
        "yearly": settings.always_met_years,
    }  # fmt: skip
    return sizes.get(kpi.frequency, settings.always_met_months)


def last_places(series: Series, count: int) -> list[int] | None:
    """Where the last due periods stand in a series, the latest last; None if one of them has no figure."""
    places: list[int] = []
    period, at = series.judged, series.at
    while period is not None and at is not None and len(places) < count:
        if at < 0 or series.periods[at] != period or series.held[at] is None or period.text in series.bad:
            return None
        places.insert(0, at)
        period, at = period.previous, at - 1
    return places if len(places) == count else None


def always_met(book: Book, answers: KpiAnswers) -> int:
    """In how many due periods, the whole window, a KPI met its final target unchanged; 0 if it did not.

    Figures that really get worse give 0 too: that stops any talk of retiring.
    """
    kpi, series = answers.kpi, answers.series
    yearly = kpi.target_is == "year to date" and kpi.aggregation == "sum"
    if not sound(kpi) or yearly or kpi.target_is == SINCE_START:
        return 0
    count = window(book, kpi)
    places = last_places(series, count)
    if places is None or not all(met(_judged(series, at), series.held[at] or 0.0) for at in places):
        return 0
    first = series.periods[places[0]].first
    changed = [kpi.target_set_on, *(row.set_on for row in book.targets_of.get(kpi.id, ()))]
    return 0 if any(day is not None and day > first for day in changed) or worsens(answers) else count


def _judged(series: Series, at: int) -> Kpi:
    """A KPI with the range that one of its figures is held within."""
    low, high = series.bounds(at)
    return series.kpi.changed(low=low, high=high) if series.ranges else series.kpi


def _reached(book: Book, assessed: Assessment) -> list[tuple[Objective, list[KpiAnswers]]]:
    """The objectives whose KPIs all met their final targets in every period of their windows."""
    if not has_readings(book) or not whole(book, Kpi, "supports", "id"):
        return []
    found = []
    for objective in active(book):
        answers = [assessed.kpis[k.id] for k in live_kpis_of(book, objective) if k.id in assessed.kpis]
        if (
            objective.id
            and not kept(objective)
            and answers
            and all(always_met(book, each) for each in answers)
        ):
            found.append((objective, answers))
    return found


@rule("EVO001", Severity.ADVICE, clause="6.2.1", stage="run")
def objective_always_met(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """An objective's KPIs have met their final targets for a whole year.

    Why
        What is reached for twelve months running (*Always met months*), four quarters (*Always met quarters*)
        or two years (*Always met years*) needs no leader any more, only an eye on it. Leaving it among the
        objectives hides that the company has stopped moving. The target has to have stood unchanged all that
        time. Where it lies beyond the natural limits, the process could not miss it: then this is a warning.
        *Keep because* is respected, and figures that really get worse stop the proposal.
    Fix
        Decide in the next review: set *Stage* to monitor and agree on an alert limit (the natural limit,
        where there is one), set the next objective and let it name this one under *Succeeds*; or say under
        *Keep because* why it stays.
    Bad
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | Always met months | 3     |

        Objectives
        | Objective | Stage      |
        |-----------|------------|
        | O1.2      | active [!] |

        KPIs
        | KPI | Supports | Target | Target set on |
        |-----|----------|--------|---------------|
        | K07 | O1.2     | 95     | 2026-01-20    |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-08 | 95.1  |
        | K07 | 2026-09 | 96.4  |
        | K07 | 2026-10 | 95.8  |
    Good
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | Always met months | 3     |

        Objectives
        | Objective | Stage  | Keep because             |
        |-----------|--------|--------------------------|
        | O1.2      | active |                          |
        | O1.3      | active | The new line starts soon |

        KPIs
        | KPI | Supports | Target | Target set on |
        |-----|----------|--------|---------------|
        | K07 | O1.2     | 95     | 2026-01-20    |
        | K08 | O1.3     | 95     | 2026-01-20    |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-08 | 95.1  |
        | K07 | 2026-09 | 94.9  |
        | K07 | 2026-10 | 95.8  |
        | K08 | 2026-08 | 95.1  |
        | K08 | 2026-09 | 96.4  |
        | K08 | 2026-10 | 95.8  |
    """
    for objective, answers in _reached(book, assessed):
        limits = listed(f"{each.kpi.id} {_alert(each)}" for each in answers)
        periods, sure = min(always_met(book, each) for each in answers), all(map(cannot_miss, answers))
        message = (
            f"{named(objective)}: every KPI met its final target in each of the last {periods} periods"
            f"{', and as it runs could not have missed it' if sure else ''}."
        )
        fix = (
            f"Set *Stage* to monitor with the alert limit {limits}, and set the next objective, which names "
            f"{objective.id} under *Succeeds*; or say under *Keep because* why it stays."
            f"{_leaves_empty(book, objective)}"
        )
        rests_on = [cell for each in answers for cell in judged_by(book, each.kpi)]
        rests_on += cells(objective, "keep_because", "supports")
        yield Problem(
            _stage_cell(book, objective), message, tuple(rests_on), fix=fix,
            severity=Severity.WARNING if sure else None,
        )  # fmt: skip


def _alert(answers: KpiAnswers) -> str:
    """At which figure to look again: the natural limit on the bad side, without one the target."""
    kpi, limits = answers.kpi, alert_limits(answers)
    if limits is not None:
        if None not in limits:
            return f"{span_words(*limits, kpi.unit)} (its natural limits)"
        return f"{figure(next(end for end in limits if end is not None), kpi.unit)} (its natural limit)"
    if kpi.direction == "within":
        return span_words(kpi.low, kpi.high, kpi.unit)
    return figure(kpi.target if kpi.target is not None else 0.0, kpi.unit)


def _stage_cell(book: Book, objective: Objective) -> Cell:
    return objective.cell("stage" if has_column(book, Objective, "stage") else "id")


def _leaves_empty(book: Book, objective: Objective) -> str:
    """A word on the goals that would be left without an objective being worked on."""
    bare = []
    for key in objective.supports:
        others = [o for o in book.objectives_of.get(key, ()) if o.id != objective.id and o.stage == "active"]
        if book.goal(key) is not None and not others:
            bare.append(key)
    return f" It leaves {listed(bare)} without an objective." if bare else ""


@rule("EVO002", Severity.ADVICE, clause="6.2.1", stage="run")
def kpi_always_met(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI has met its final target for a whole year.

    Why
        A target that is always met pulls nobody. Either the process has become that good, and the target can
        be raised, or the target was too easy. Where it lies beyond the natural limits, the process could not
        miss it: then this is a warning. The window is that of EVO001 (*Always met months*, *Always met
        quarters*, *Always met years*), which speaks where all KPIs of an objective are so.
    Fix
        Set a harder *Target* or a narrower range, read it less often, or let another KPI take its place.
    Bad
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | Always met months | 2     |

        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports | Target | Target set on |
        |-----|----------|--------|---------------|
        | K07 | O1.2     | 95 [!] | 2026-01-20    |
        | K08 | O1.2     | 95     | 2026-01-20    |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 96.4  |
        | K07 | 2026-10 | 95.8  |
        | K08 | 2026-09 | 93.1  |
        | K08 | 2026-10 | 94.0  |
    Good
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | Always met months | 2     |

        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports | Target | Target set on |
        |-----|----------|--------|---------------|
        | K07 | O1.2     | 95     | 2026-09-20    |
        | K08 | O1.2     | 95     | 2026-01-20    |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 96.4  |
        | K07 | 2026-10 | 95.8  |
        | K08 | 2026-09 | 93.1  |
        | K08 | 2026-10 | 94.0  |
    """
    told = {each.kpi.id for _, answers in _reached(book, assessed) for each in answers}
    for answers in all_answers(book, assessed):
        kpi = answers.kpi
        above = [o for key in kpi.supports if (o := book.objective(key)) is not None]
        if kpi.id in told or not above or any(o.stage != "active" or kept(o) for o in above):
            continue
        periods = always_met(book, answers)
        if periods:
            sure = cannot_miss(answers)
            message = (
                f"{named(kpi)} met its final target in each of the last {periods} periods"
                f"{', and as it runs could not have missed it' if sure else ''}."
            )
            rests_on = [cell for o in above for cell in cells(o, "stage", "keep_because")]
            yield Problem(
                kpi.cell(by_target(kpi)), message, (*judged_by(book, kpi), *rests_on),
                severity=Severity.WARNING if sure else None,
            )  # fmt: skip


@rule("EVO003", Severity.ADVICE, clause="6.2.1", stage="run")
def target_unrevised(book: Book) -> Iterator[Problem]:
    """A KPI's target is two years old.

    Why
        In 24 months (*Target unrevised months*) customers, machines and prices have changed. An old target is
        either reached, or nobody believes in it. *Keep because* of its objectives is respected.
    Fix
        Ask its owner what a good figure would be today, enter it with its day under *Target set on*; if it is
        still right, enter today's date.
    Bad
        KPIs
        | KPI | Target set on  |
        |-----|----------------|
        | K07 | 2024-01-15 [!] |
    Good
        KPIs
        | KPI | Target set on |
        |-----|---------------|
        | K07 | 2026-01-20    |
    """
    since = months_before(book.on, book.settings.target_unrevised_months)
    for kpi in live_kpis(book):
        days = [row.set_on for row in book.targets_of.get(kpi.id, ()) if row.set_on is not None]
        if kpi.target_is == SINCE_START:
            continue  # it was set for all its years
        if kpi.target_set_on is None or max([kpi.target_set_on, *days]) >= since:
            continue
        above = [o for key in kpi.supports if (o := book.objective(key)) is not None]
        if any(kept(o) or o.stage != "active" for o in above) or any(_years(book, o)[0] for o in above):
            continue
        message = f"{named(kpi)} has had its target since {day_words(kpi.target_set_on)}."
        rests_on = [cell for o in above for cell in cells(o, "keep_because", "stage")]
        yield Problem(kpi.cell("target_set_on"), message, (*rests_on, *cells(kpi, "active")))


@rule("EVO004", Severity.ADVICE, clause="9.1.3", stage="run")
def always_missed(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI has missed its plan for months, and nothing new was tried.

    Why
        Four misses running (*Always missed periods*) with the same action are four times the same answer. The
        means do not work, or the target was never possible. Where a real change asks for an action and there
        is none, ACT005 or ACT012 says so; where the target lies beyond what the process can do, EVO008.
    Fix
        Agree on a new action for it, or change the target knowingly.
    Bad
        KPIs
        | KPI     | Target | Baseline | Trajectory |
        |---------|--------|----------|------------|
        | K07 [!] | 95     | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 71    |
        | K07 | 2026-08 | 72    |
        | K07 | 2026-09 | 70    |
        | K07 | 2026-10 | 71    |

        Actions
        | Action | Serves | State | Opened     |
        |--------|--------|-------|------------|
        | A11    | K07    | open  | 2026-02-12 |
    Good
        KPIs
        | KPI | Target | Baseline | Trajectory |
        |-----|--------|----------|------------|
        | K07 | 95     | 80       | flat       |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 71    |
        | K07 | 2026-08 | 72    |
        | K07 | 2026-09 | 70    |
        | K07 | 2026-10 | 71    |

        Actions
        | Action | Serves | State | Opened     |
        |--------|--------|-------|------------|
        | A11    | K07    | open  | 2026-09-12 |
    """
    if not book.has(Action) or not actions_known(book):
        return
    count = book.settings.always_missed_periods
    asks = (*off_by_more_than_chance(book, assessed), *off_as_it_runs(book, assessed))
    off = {each.answers.kpi.id for each in asks}
    off_reach = {answers.kpi.id for answers in out_of_reach_of(book, assessed)}
    for answers in all_answers(book, assessed):
        kpi = answers.kpi
        series, places = answers.series, last_places(answers.series, count)
        if places is None or not sound(kpi) or any(series.words[at] not in _MISSED for at in places):
            continue
        bare = kpi.id in off and not served(book, kpi)
        if not bare and kpi.id not in off_reach and not tried_since(book, kpi, begin(series, count)):
            message = f"{named(kpi)} missed its plan {count} times running, and nothing new was tried."
            yield Problem(kpi.cell("id"), message, (*judged_by(book, kpi), *cells(kpi, "supports")))


def actions_known(book: Book) -> bool:
    """Whether it can be told which actions serve what; a broken link most likely hides one, and is told."""
    if book.actions and not whole(book, Action, "serves", "opened", "state"):
        return False
    return all(action.serves and all(map(book.find, action.serves)) for action in book.actions)


def serving(book: Book, kpi: Kpi) -> list[Action]:
    """The actions for a KPI or for one of its objectives."""
    return [action for key in (kpi.id, *kpi.supports) for action in book.actions_for.get(key, ())]


def served(book: Book, kpi: Kpi) -> bool:
    """Whether an open action serves a KPI or one of its objectives."""
    return any(action.state == "open" for action in serving(book, kpi))


def tried_since(book: Book, kpi: Kpi, day: date) -> bool:
    """Whether something new was tried for a KPI since a day."""
    return any(action.opened is None or action.opened >= day for action in serving(book, kpi))


def begin(series: Series, count: int) -> date:
    """The first day of the last so many due periods."""
    period = series.judged
    assert period is not None
    for _ in range(count - 1):
        period = period.previous
    return period.first


@rule("EVO006", Severity.ADVICE, clause="6.2.1", stage="run")
def no_successor(book: Book) -> Iterator[Problem]:
    """An objective was retired or is only watched, and none follows it.

    Why
        A company that retires objectives and sets no new ones is coasting. The next one may serve the same
        goal in another way; it names the old one under *Succeeds*.
    Fix
        Ask what the next step for its goal is, and enter it with *Succeeds*; or say under *Keep because* why
        none is needed.
    Bad
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports | Stage       | Succeeds |
        |-----------|----------|-------------|----------|
        | O1.1      | G1       | retired [!] |          |
        | O1.2      | G1       | active      |          |
    Good
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports | Stage   | Succeeds |
        |-----------|----------|---------|----------|
        | O1.1      | G1       | retired |          |
        | O1.2      | G1       | active  | O1.1     |
    """
    if not whole(book, Objective, "succeeds", "stage", "id"):
        return
    followed = {objective.succeeds for objective in book.objectives if objective.succeeds}
    astray = [key for key in followed if book.objective(key) is None]
    ended = [o for o in book.objectives if o.stage != "active" and o.id and o.id not in followed]
    for objective in ended if len(ended) > len(astray) else ():
        if not kept(objective):
            how = "is retired" if objective.stage == "retired" else "is only watched"
            message = f"{named(objective)} {how}, and no objective follows it.{_leaves(book, objective)}"
            yield Problem(objective.cell("stage"), message, cells(objective, "keep_because"))


def _leaves(book: Book, objective: Objective) -> str:
    return _leaves_empty(book, objective).replace(" It leaves ", " It left ")


def _years(book: Book, objective: Objective) -> tuple[int, date | None]:
    """For how many whole years an objective has stood, its forerunners of the same words and target included.

    0 if it is not as long as *Same objective years*, or if that cannot be told.
    """
    first, changed = objective.set_on, objective.last_changed
    seen, now = {objective.id}, objective
    while first is not None and (changed is None or changed <= first):
        before = book.objective(now.succeeds)
        if before is None or before.id in seen or not _same(book, before, objective):
            break
        seen.add(before.id)
        now, first, changed = before, before.set_on, before.last_changed
    if first is None or (changed is not None and changed > first):
        return 0, None
    years = 0
    while months_before(book.on, 12 * (years + 1)) >= first:
        years += 1
    return (
        (years, first) if years >= book.settings.same_objective_years and not kept(objective) else (0, None)
    )


def _same(book: Book, one: Objective, other: Objective) -> bool:
    """Whether two objectives have the same words, but for the year, and no KPI with another target."""
    if _bare(one.statement) != _bare(other.statement):
        return False
    targets = [{(k.name, k.target) for k in book.kpis_of.get(o.id, ())} for o in (one, other)]
    return not all(targets) or bool(targets[0] & targets[1])


def _bare(text: str) -> str:
    return " ".join(_YEAR.sub(" ", text.casefold()).split())


@rule("EVO007", Severity.ADVICE, clause="6.2.1", stage="run")
def same_objective_for_years(book: Book) -> Iterator[Problem]:
    """The same objective with the same target stands for the third year.

    Why
        Three years (*Same objective years*) of the same sentence are a sign that it describes the business,
        not a step forward. Forerunners named under *Succeeds* are counted, whatever year stands in their
        words.
    Fix
        Ask what is different this year; raise the target, change the means, or let it go. *Keep because*
        answers it too.
    Bad
        Objectives
        | Objective | Statement                   | Set on         | Last changed | Succeeds |
        |-----------|-----------------------------|----------------|--------------|----------|
        | O1.1      | Ship 95 % on time [!]       | 2023-01-15     |              |          |
        | O1.3      | Zero accidents in 2026 [!]  | 2025-01-15     |              | O0.3     |
        | O0.3      | Zero accidents in 2023 [!]  | 2023-01-15     | 2023-01-15   |          |
    Good
        Objectives
        | Objective | Statement             | Set on     | Last changed |
        |-----------|-----------------------|------------|--------------|
        | O1.1      | Ship 95 % on time     | 2023-01-15 | 2026-01-20   |
        | O1.2      | Halve the complaints  | 2025-01-15 |              |
    """
    for objective in active(book):
        years, first = _years(book, objective)
        kpis = live_kpis_of(book, objective)
        if kpis and all(kpi.target_is == SINCE_START for kpi in kpis):
            continue
        if first is not None and objective.statement:
            message = f"{named(objective)} has stood unchanged since {day_words(first)}, {years} years."
            rests_on = cells(objective, "set_on", "last_changed", "stage", "keep_because", "succeeds")
            yield Problem(objective.cell("statement"), message, rests_on)


def out_of_reach_of(book: Book, assessed: Assessment) -> list[KpiAnswers]:
    """The KPIs whose targets lie beyond what their processes can do, and for which nothing new was tried."""
    count, found = book.settings.always_missed_periods, []
    asked_for = {off.answers.kpi.id for off in off_as_it_runs(book, assessed)} if book.has(Action) else set()
    for answers in all_answers(book, assessed) if actions_known(book) else ():
        kpi, series = answers.kpi, answers.series
        if not sound(kpi) or series.judged is None or not (out_of_reach(answers) and runs_as_before(answers)):
            continue
        if kpi.id in asked_for and not served(book, kpi):
            continue  # ACT012 asks what will change in the process
        if not left_in_peace(book, kpi) and not tried_since(book, kpi, begin(series, count)):
            found.append(answers)
    return found


def left_in_peace(book: Book, kpi: Kpi) -> bool:
    """Whether an objective of a KPI is kept for a reason, or none of them is worked on any more."""
    above = [o for key in kpi.supports if (o := book.objective(key)) is not None]
    return any(map(kept, above)) or (bool(above) and all(o.stage != "active" for o in above))


def to_reopen(book: Book, assessed: Assessment) -> set[str]:
    """The ids of the KPIs for which EVO005 or EVO010 asks to take up a watched objective again."""
    found = {kpi.id for _, kpis in _off_again(book, assessed) for kpi in kpis}
    return found | {answers.kpi.id for _, worse in _worse(book, assessed) for answers in worse}


def advice(objective: Objective, proposals: list[str]) -> str:
    """What the column Advice says: the first proposal, or why the objective is kept."""
    if kept(objective) and objective.stage != "retired":
        return f"Kept: {objective.keep_because}"
    more = f" (+{len(proposals) - 1} more, see Findings)" if len(proposals) > 1 else ""
    return f"{proposals[0]}{more}".replace("*", "") if proposals else ""
