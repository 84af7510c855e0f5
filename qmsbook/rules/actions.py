"""ACT: what was agreed has one owner and one date, gets done, and is asked whether it worked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from qmsbook.book.book import Book
from qmsbook.book.tables import Action, Kpi
from qmsbook.book.words import day_words
from qmsbook.methods.columns import carried
from qmsbook.methods.method import OFF_TRACK, Assessment
from qmsbook.methods.milestones import due_first, is_milestone
from qmsbook.methods.plan import moves
from qmsbook.methods.xmr import COMMON, IMPROVEMENT
from qmsbook.rules.ask import asked, cells, counted, judged_by, named, sound, whole
from qmsbook.rules.evolution import served, to_reopen
from qmsbook.rules.limits import Off, all_answers, answer, off_as_it_runs, off_by_more_than_chance
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, lacking, older


def open_actions(book: Book) -> list[Action]:
    """The actions still to do; one that has a closing date is for ACT011 alone."""
    actions = asked(book, book.actions, "state")
    return [action for action in actions if action.state == "open" and action.closed is None]


@rule("ACT001", Severity.WARNING, clause="6.2.2")
def action_without_owner(book: Book) -> Iterator[Problem]:
    """An action has no owner.

    Why
        An action that nobody took home from the meeting is found again, undone, in the next one.
    Fix
        Name the one person who sees that it gets done.
    Bad
        Actions
        | Action | Owner |
        |--------|-------|
        | A11    | [!]   |
    Good
        Actions
        | Action | Owner       |
        |--------|-------------|
        | A11    | Erin Foster |
    """
    yield from lacking(book, open_actions(book), "owner", "has no owner", "state")


@rule("ACT002", Severity.WARNING, clause="6.2.2")
def action_without_what(book: Book) -> Iterator[Problem]:
    """An action does not say what will be done.

    Why
        Three weeks later nobody remembers what was meant, least of all the one who has to do it.
    Fix
        Say in one line what will be done, beginning with a verb.
    Bad
        Actions
        | Action | What |
        |--------|------|
        | A11    | [!]  |
    Good
        Actions
        | Action | What                      |
        |--------|---------------------------|
        | A11    | Freeze the schedule early |
    """
    yield from lacking(book, open_actions(book), "what", "does not say what will be done", "state")


@rule("ACT003", Severity.WARNING, clause="6.2.2")
def action_without_due_date(book: Book) -> Iterator[Problem]:
    """An action has no due date.

    Why
        Without a day an action is never late, and what is never late is never done.
    Fix
        Ask the owner by when it will be done, and enter that day.
    Bad
        Actions
        | Action | Due |
        |--------|-----|
        | A11    | [!] |
    Good
        Actions
        | Action | Due        |
        |--------|------------|
        | A11    | 2026-12-18 |
    """
    yield from lacking(book, open_actions(book), "due", "has no due date", "state")


@rule("ACT004", Severity.WARNING, clause="6.2.2")
def action_overdue(book: Book) -> Iterator[Problem]:
    """An action is overdue.

    Why
        It may have been done and not ticked off, it may be harder than thought, or nobody wanted it. Each
        is worth knowing before the next review. What reviews have carried since (*Carried warning*) is told
        by ACT010.
    Fix
        Set *State* to done, agree on a new date with a reason, or drop it.
    Bad
        Actions
        | Action | Due            | State |
        |--------|----------------|-------|
        | A11    | 2026-10-15 [!] | open  |
    Good
        Actions
        | Action | Due        | State |
        |--------|------------|-------|
        | A11    | 2026-12-18 | open  |
        | A12    | 2026-10-15 | done  |
    """
    most = book.settings.carried_warning
    for action in open_actions(book):
        if action.due is None or action.due >= book.on:
            continue
        if (carried(book, action) or 0) < most:  # else ACT010 tells since when
            late = counted((book.on - action.due).days, "day")
            message = f"{named(action)} was due on {day_words(action.due)} and is {late} late."
            yield Problem(action.cell("due"), message, cells(action, "state"))


@rule("ACT005", Severity.WARNING, clause="9.1.3", stage="run")
def off_track_without_action(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI is off track in a way that calls for action, and no open action serves it.

    Why
        A red figure that is only reported teaches everyone that red means nothing; an action on every red
        month chases noise. Where natural limits tell the two apart (from 12 readings on, *Trial limits
        below*), a real change for the worse asks for an action; before that, and for running totals and rare
        events, two periods running do (*Off track in a row*). An open action for the KPI's objective counts
        too. Where the objective is only watched, EVO005 and EVO010 ask to take it up again.
    Fix
        Agree on one action with the owner, and name the KPI under *Serves*; or change the target knowingly.
    Bad
        KPIs
        | KPI     | Baseline | Target | Trajectory | Aggregation |
        |---------|----------|--------|------------|-------------|
        | K07 [!] | 80       | 95     | flat       | average     |
        | K08 [!] | 80       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 70    |
        | K07 | 2026-10 | 71    |
        | K08 | 2025-11 | 93    |
        | K08 | 2025-12 | 95    |
        | K08 | 2026-01 | 94    |
        | K08 | 2026-02 | 96    |
        | K08 | 2026-03 | 95    |
        | K08 | 2026-04 | 93    |
        | K08 | 2026-05 | 94    |
        | K08 | 2026-06 | 96    |
        | K08 | 2026-07 | 94    |
        | K08 | 2026-08 | 95    |
        | K08 | 2026-09 | 95    |
        | K08 | 2026-10 | 78    |

        Actions
        | Action | Serves | State |
        |--------|--------|-------|
        | A11    | K07    | done  |
    Good
        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |
        | K08 | 70       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 70    |
        | K07 | 2026-10 | 71    |
        | K08 | 2025-11 | 73    |
        | K08 | 2025-12 | 75    |
        | K08 | 2026-01 | 74    |
        | K08 | 2026-02 | 76    |
        | K08 | 2026-03 | 75    |
        | K08 | 2026-04 | 73    |
        | K08 | 2026-05 | 74    |
        | K08 | 2026-06 | 76    |
        | K08 | 2026-07 | 74    |
        | K08 | 2026-08 | 75    |
        | K08 | 2026-09 | 75    |
        | K08 | 2026-10 | 73    |

        Actions
        | Action | Serves | State |
        |--------|--------|-------|
        | A11    | K07    | open  |
    """
    for off in _unserved(book, assessed, list(off_by_more_than_chance(book, assessed))):
        kpi = off.answers.kpi
        yield _without_action(book, kpi, f"{named(kpi)} {off.words}, and no open action serves it.")


def _unserved(book: Book, assessed: Assessment, off: Sequence[Off]) -> list[Off]:
    """Those of some KPIs that no open action serves, nor their objectives; none where that cannot be told."""
    if not whole(book, Action, "serves", "state"):
        return []
    told = to_reopen(book, assessed)
    bare = [each for each in off if each.answers.kpi.id not in told and not served(book, each.answers.kpi)]
    lost = [a for a in open_actions(book) if not a.serves or not all(map(book.find, a.serves))]
    # Most likely these actions serve them, and that their link is broken is told.
    return bare if len(bare) > len(lost) else []


def _without_action(book: Book, kpi: Kpi, message: str) -> Problem:
    return Problem(kpi.cell("id"), message, (*judged_by(book, kpi), *cells(kpi, "supports")))


@rule("ACT006", Severity.WARNING, clause="10.2.1", stage="run")
def effect_never_judged(book: Book) -> Iterator[Problem]:
    """An action was closed some time ago, and nobody said whether it worked.

    Why
        Done is not the same as effective. Sixty days (*Action effect days*) give most changes time to show
        in two readings; after half a year nobody remembers. It is required of what came *From* a
        nonconformity, a complaint, an audit or a risk; of any other action it is advice.
    Fix
        Say under *Effect* what changed, in figures if you can, also if it did not work.
    Bad
        Actions
        | Action | State | Closed     | Effect |
        |--------|-------|------------|--------|
        | A11    | done  | 2026-06-12 | [!]    |
    Good
        Actions
        | Action | State | Closed     | Effect                    |
        |--------|-------|------------|---------------------------|
        | A11    | done  | 2026-06-12 | Late lines from 12 to 5 % |
        | A12    | done  | 2026-11-02 |                           |
    """
    for action in older(book.actions, "closed", book.on - timedelta(days=book.settings.action_effect_days)):
        # A milestone is there: that is its effect.
        if action.closed and action.state == "done" and not action.effect and not is_milestone(action):
            message = (
                f"{named(action)} was closed on {day_words(action.closed)}; nobody says whether it worked."
            )
            required = any(word in action.from_.casefold() for word in _EFFECT_REQUIRED)
            severity = None if required else Severity.ADVICE
            yield Problem(action.cell("effect"), message, severity=severity)


#: What an action came from, where whether it worked has to be judged.
_EFFECT_REQUIRED = ("nonconform", "non-conform", "complaint", "audit", "risk")


@rule("ACT007", Severity.WARNING, clause="6.2.2")
def action_serves_nothing(book: Book) -> Iterator[Problem]:
    """An action serves nothing.

    Why
        Without the id of what it is for, an action shows up beside no KPI, and nobody can tell later
        whether it helped.
    Fix
        Name the KPI, objective, goal, risk or idea it is for under *Serves*.
    Bad
        Actions
        | Action | Serves |
        |--------|--------|
        | A11    | [!]    |
    Good
        Actions
        | Action | Serves |
        |--------|--------|
        | A11    | K07    |
    """
    yield from lacking(book, open_actions(book), "serves", "does not say what it serves", "state")


@rule("ACT008", Severity.ADVICE, clause="10.2.2", stage="audit-ready")
def done_without_a_day(book: Book) -> Iterator[Problem]:
    """An action is done, but no day says since when.

    Why
        Without the day nobody can see whether the figures moved after it, and its effect is never asked
        for.
    Fix
        Enter the day it was finished under *Closed*.
    Bad
        Actions
        | Action | State | Closed |
        |--------|-------|--------|
        | A11    | done  | [!]    |
    Good
        Actions
        | Action | State | Closed     |
        |--------|-------|------------|
        | A11    | done  | 2026-10-30 |
    """
    yield from lacking(
        book, (action for action in book.actions if action.state == "done"),
        "closed", "is done, but does not say since when", though_absent=True,
    )  # fmt: skip


@rule("ACT009", Severity.WARNING)
def action_dates_out_of_order(book: Book) -> Iterator[Problem]:
    """An action ends before it begins.

    Why
        A day was mistyped, usually the year. Ages and delays worked out from it are nonsense.
    Fix
        Correct *Opened*, *Due* or *Closed*.
    Bad
        Actions
        | Action | Opened     | Due            |
        |--------|------------|----------------|
        | A11    | 2026-10-22 | 2025-12-18 [!] |
    Good
        Actions
        | Action | Opened     | Due        |
        |--------|------------|------------|
        | A11    | 2026-10-22 | 2026-12-18 |
    """
    for action in book.actions:
        for name, day in (("due", action.due), ("closed", action.closed)):
            if day is not None and action.opened is not None and day < action.opened:
                message = (
                    f"{named(action)} was opened on {day_words(action.opened)}, "
                    f"and its {'closing' if name == 'closed' else 'due'} date is {day_words(day)}."
                )
                yield Problem(action.cell(name), message)
                break


@rule("ACT010", Severity.WARNING, clause="9.3.3")
def action_carried_again(book: Book) -> Iterator[Problem]:
    """An action is carried from review to review.

    Why
        Carried once, there was something more urgent. Carried twice (*Carried warning*), it lacks time,
        money or anyone who believes in it; three times (*Carried error*) it counts as an error. Only reviews
        held after its day count: a long action that is on time is carried by none. Its day is the earliest
        of its *Due*, the *Due* of its decision, and the one that closed reviews printed.
    Fix
        Decide in the next review: give it what it lacks, make it smaller, or drop it.
    Bad
        Reviews
        | Review     | Period  | Held on    | State  |
        |------------|---------|------------|--------|
        | MR-2025-H2 | 2025-H2 | 2026-01-20 | closed |
        | MR-2026-H1 | 2026-H1 | 2026-07-15 | closed |

        Decisions
        | Decision | Review     | Due        |
        |----------|------------|------------|
        | D04      | MR-2025-H1 | 2025-12-31 |

        Actions
        | Action  | Serves | Opened     | Due        | State |
        |---------|--------|------------|------------|-------|
        | A11 [!] | K07    | 2025-07-22 | 2025-12-18 | open  |
        | A12 [!] | D04    | 2025-07-22 | 2026-12-18 | open  |
    Good
        Reviews
        | Review     | Period  | Held on    | State  |
        |------------|---------|------------|--------|
        | MR-2025-H2 | 2025-H2 | 2026-01-20 | closed |
        | MR-2026-H1 | 2026-H1 | 2026-07-15 | closed |

        Actions
        | Action | Serves | Opened     | Due        | State |
        |--------|--------|------------|------------|-------|
        | A11    | K07    | 2025-07-22 | 2026-12-18 | open  |
    """
    settings = book.settings
    for action in open_actions(book):
        times = carried(book, action) or 0
        if times >= settings.carried_warning:
            worse = times >= settings.carried_error
            day = due_first(book, action)
            moved = action.due if day is not None and action.due is not None and day < action.due else None
            now = f"; its *Due* says {day_words(moved)} now" if moved else ""
            since = f" since it was due on {day_words(day)}" if day else ""
            message = f"{named(action)} has been carried through {times} reviews{since}{now}."
            yield Problem(
                action.cell("id"), message, cells(action, "state", "due", "opened"),
                severity=Severity.ERROR if worse else None,
            )  # fmt: skip


@rule("ACT011", Severity.WARNING)
def open_action_with_day_of_closing(book: Book) -> Iterator[Problem]:
    """An action is open and has a closing date.

    Why
        One of the two is wrong. If it was done, its effect should be asked for; if it is still open, it
        should be seen to be late.
    Fix
        Set *State* to done or dropped, or clear *Closed*.
    Bad
        Actions
        | Action | State    | Closed     |
        |--------|----------|------------|
        | A11    | open [!] | 2026-10-30 |
    Good
        Actions
        | Action | State | Closed     |
        |--------|-------|------------|
        | A11    | done  | 2026-10-30 |
    """
    yield from each(
        (action for action in asked(book, book.actions, "state")
         if action.state == "open" and action.closed is not None),
        "state", "is open, but was closed on {closed}",
    )  # fmt: skip


#: How a KPI that stays off track has changed, as its finding says it.
_CHANGE = {COMMON: " with no real change", IMPROVEMENT: ", though it really got better"}


@rule("ACT012", Severity.WARNING, clause="9.1.3", stage="run")
def off_track_as_it_runs(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI stays off track as its process runs, and no open action serves it.

    Why
        This is how the process normally runs, so the next period will look the same: explaining one month
        won't help, changing the process will. It is asked from the third period running on (*Off track as
        it runs*) where natural limits show no real change for the worse (from 12 readings on, *Trial limits
        below*); a real change, and what has too few readings (*Off track in a row*), is for ACT005. A single
        period is never asked.
    Fix
        Ask what will change in the process: agree on one action with the owner, and name the KPI under
        *Serves*; or change the target knowingly.
    Bad
        KPIs
        | KPI     | Baseline | Target | Trajectory | Aggregation |
        |---------|----------|--------|------------|-------------|
        | K07 [!] | 80       | 95     | flat       | average     |

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

        Actions
        | Action | Serves | State |
        |--------|--------|-------|
        | A11    | K07    | done  |
    Good
        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |
        | K08 | 80       | 95     | flat       | average     |

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
        | K08 | 2025-11 | 93    |
        | K08 | 2025-12 | 95    |
        | K08 | 2026-01 | 94    |
        | K08 | 2026-02 | 96    |
        | K08 | 2026-03 | 95    |
        | K08 | 2026-04 | 93    |
        | K08 | 2026-05 | 94    |
        | K08 | 2026-06 | 96    |
        | K08 | 2026-07 | 94    |
        | K08 | 2026-08 | 95    |
        | K08 | 2026-09 | 95    |
        | K08 | 2026-10 | 89    |

        Actions
        | Action | Serves | State |
        |--------|--------|-------|
        | A11    | K07    | open  |
    """
    for off in _unserved(book, assessed, list(off_as_it_runs(book, assessed))):
        kpi = off.answers.kpi
        change = _CHANGE.get(answer(off.answers), "")
        message = f"{named(kpi)} {off.words}{change}, and no open action changes its process."
        yield _without_action(book, kpi, message)


@rule("ACT013", Severity.ADVICE, clause="6.2.2", stage="run")
def off_track_with_time_nearly_over(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI is off track, its time is nearly over, and no open action serves it.

    Why
        With less than a quarter of the way from *Baseline on* to *Target on* left (*Time nearly over
        percent*), what is missing rarely comes by itself. There is still time to act, or to say openly that
        the target will be missed. It is not said where ACT005 (*Off track in a row*, *Trial limits below*) or
        ACT012 (*Off track as it runs*) asks for an action already.
    Fix
        Agree on what can still be done by the target's day, and enter it as an action; or agree on another
        day or target in the next review.
    Bad
        KPIs
        | KPI     | Baseline | Baseline on | Target | Target on  | Aggregation |
        |---------|----------|-------------|--------|------------|-------------|
        | K07 [!] | 80       | 2025-12-31  | 95     | 2026-12-31 | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 92    |
        | K07 | 2026-10 | 86    |

        Actions
        | Action | Serves | State |
        |--------|--------|-------|
        | A11    | K07    | done  |
    Good
        KPIs
        | KPI | Baseline | Baseline on | Target | Target on  | Aggregation |
        |-----|----------|-------------|--------|------------|-------------|
        | K07 | 80       | 2025-12-31  | 95     | 2026-12-31 | average     |
        | K08 | 80       | 2025-12-31  | 95     | 2027-12-31 | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 92    |
        | K07 | 2026-10 | 86    |
        | K08 | 2026-09 | 92    |
        | K08 | 2026-10 | 84    |

        Actions
        | Action | Serves | State |
        |--------|--------|-------|
        | A11    | K07    | open  |
    """
    asks = (*off_by_more_than_chance(book, assessed), *off_as_it_runs(book, assessed))
    told = {off.answers.kpi.id for off in asks}
    late = [
        Off(answers, 1)
        for answers in all_answers(book, assessed)
        if answers.status.word == OFF_TRACK and sound(answers.kpi) and answers.kpi.id not in told
        and _nearly_over(book, answers.series.kpi)
    ]  # fmt: skip
    for off in _unserved(book, assessed, late):
        kpi = off.answers.kpi
        days = (kpi.target_on - book.on).days if kpi.target_on else 0
        when = f"with {counted(days, 'day')} left to its target" if days else "on the day of its target"
        message = f"{named(kpi)} is off track {when}, and no open action serves it."
        yield _without_action(book, kpi, message)


def _nearly_over(book: Book, kpi: Kpi) -> bool:
    """Whether less than a share of the way in time to a target that is still to come is left."""
    start, end = kpi.baseline_on, kpi.target_on
    if start is None or end is None or not moves(kpi) or not start < end or book.on > end:
        return False
    return (end - book.on) / (end - start) < book.settings.time_nearly_over_percent / 100
