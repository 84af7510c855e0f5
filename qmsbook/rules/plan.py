"""PLN: the goals come from the business, look ahead, cover the strategy, and are renewed each year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.goalposts import Range
from qmsbook.book.parse import squeezed
from qmsbook.book.period import period_of
from qmsbook.book.tables import Goal, Kpi, Objective, Target
from qmsbook.book.words import day_words
from qmsbook.methods.goalposts import closed_before, gone_since, moved_since
from qmsbook.methods.plan import says
from qmsbook.methods.reasons import decided, explained
from qmsbook.rules.ask import (
    asked,
    cells,
    counted,
    has_column,
    header_cell,
    listed,
    months_before,
    named,
    noun,
    setting_cell,
    shown,
    whole,
)
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, grouped, lacking, past

_NO_ANSWER = frozenset({"", "-", "--", "?", "n/a", "na", "none", "tbd", "tba", "to be defined", "open", "."})
_ABOUT_QUALITY = re.compile(
    r"\bISO\b|\b(quality management|quality system|QMS|certif\w*|complian\w*|conform\w*|nonconform\w*"
    r"|audit\w*|procedures?|documented|accredit\w*|quality policy)\b",
    re.IGNORECASE,
)
_ABOUT_BUSINESS = re.compile(
    r"\b(grow\w*|revenue|sales|sell\w*|turnover|profit\w*|margin\w*|cost\w*|cash|price\w*|market\w*|win\b|orders?"
    r"|customers?|deliver\w*|lead time|on time|late|productiv\w*|efficien\w*|earn\w*|people|skill\w*|staff\w*"
    r"|employ\w*|waste|scrap|rework|complain\w*|safety|innovat\w*|differen\w*|faster)\b",
    re.IGNORECASE,
)
_QUALITY_THEMES = re.compile(
    r"\b(quality|complian\w*|ISO\w*|certif\w*|audit\w*|QMS|conform\w*)\b", re.IGNORECASE
)


def says_nothing(text: str) -> bool:
    """Whether a cell was filled only to be filled: ``TBD``, ``n/a``, a dash.

    >>> says_nothing("TBD"), says_nothing(" - "), says_nothing("Budget 2026")
    (True, True, False)
    """
    return squeezed(text) in {squeezed(word) for word in _NO_ANSWER}


@rule("PLN001", Severity.WARNING, clause="5.1.1", stage="run", quiet="alone")
def goal_from_no_business_plan(book: Book) -> Iterator[Problem]:
    """A goal does not say where it comes from.

    Why
        Goals that nobody can trace to the business plan, the budget or the owner's wishes were usually
        written for the certificate. Leadership then has two plans, and follows the other one. Where there is
        no Result KPI either, CAS006 says so.
    Fix
        Name the page of the business plan, the budget line or the owner's decision under *Comes from*; if
        there is none, ask whether it is a goal of the business.
    Bad
        Goals
        | Goal | Result KPI | Comes from |
        |------|------------|------------|
        | G1   | K07        | [!]        |
        | G2   | K08        | TBD [!]    |
    Good
        Goals
        | Goal | Result KPI | Comes from                 |
        |------|------------|----------------------------|
        | G1   | K07        | Business plan 2026, page 2 |
    """
    yield from each(
        (goal for goal in asked(book, book.goals, "comes_from", "result_kpi")
         if says_nothing(goal.comes_from) and (goal.result_kpi or goal.comes_from)),
        "comes_from", "does not say where it comes from",
    )  # fmt: skip


@rule("PLN002", Severity.WARNING, clause="5.1.1")
def goals_only_about_quality(book: Book) -> Iterator[Problem]:
    """All goals are about quality or compliance.

    Why
        A company lives on customers, margin and people. If its goals speak only of the certificate, the
        quality system runs beside the business, and is the first thing to be forgotten in a bad month.
    Fix
        Enter the goals that leadership talks about anyway: growth, customers kept, cost, profit, people.
    Bad
        Goals
        | Goal | Statement [!]                      | Theme      |
        |------|------------------------------------|------------|
        | G1   | Maintain the ISO 9001 certificate  | compliance |
        | G2   | No major finding in the next audit | quality    |
    Good
        Goals
        | Goal | Statement                         | Theme      |
        |------|-----------------------------------|------------|
        | G1   | Maintain the ISO 9001 certificate | compliance |
        | G2   | Win twenty new medical customers  | growth     |
    """
    goals = [goal for goal in book.goals if goal.statement]
    if goals and whole(book, Goal, "statement") and not any(_is_of_the_business(goal) for goal in goals):
        verb = "goal is" if len(goals) == 1 else "goals are"
        message = f"The only {verb} about quality or compliance: {listed(goal.id for goal in goals)}."
        yield Problem(header_cell(book, Goal, "statement"), message)


def _is_of_the_business(goal: Goal) -> bool:
    """Whether a goal is about the business: by its words, else by its theme."""
    if _ABOUT_QUALITY.search(goal.statement):
        return bool(_ABOUT_BUSINESS.search(_ABOUT_QUALITY.sub("", goal.statement)))
    return bool(_ABOUT_BUSINESS.search(goal.statement)) or not _QUALITY_THEMES.search(goal.theme)


@rule("PLN003", Severity.WARNING, clause="6.2.2")
def goal_horizon_past(book: Book) -> Iterator[Problem]:
    """The day by which a goal is to be reached has passed.

    Why
        Everybody works towards a day that is over. Either the goal was reached, and nobody said so, or it was
        missed, and nobody asked why.
    Fix
        Set a new *Horizon*, or replace the goal by the next one.
    Bad
        Goals
        | Goal | Horizon        |
        |------|----------------|
        | G1   | 2025-12-31 [!] |
    Good
        Goals
        | Goal | Horizon    |
        |------|------------|
        | G1   | 2026-12-31 |
    """
    yield from past(book, book.goals, "horizon", "was to be reached by {day}")


@rule("PLN004", Severity.WARNING, clause="6.2.1", stage="run")
def plan_not_renewed(book: Book) -> Iterator[Problem]:
    """The plan was not renewed for this business year.

    Why
        Three months into the year (*Plan renewal months*) last year's targets are still on the wall. People
        notice that nobody asked for new ones, and conclude that the plan does not matter. Any objective or
        target that was set or changed from as many months before the year began counts as renewed.
    Fix
        Hold the planning meeting: set this year's objectives and targets, and enter *Set on* or *Last
        changed*.
    Bad
        Objectives
        | Objective | Set on     | Last changed [!] |
        |-----------|------------|------------------|
        | O1.1      | 2024-12-15 | 2025-07-03       |
    Good
        Objectives
        | Objective | Set on     | Last changed |
        |-----------|------------|--------------|
        | O1.1      | 2024-12-15 | 2026-01-20   |
    """
    months, start = book.settings.plan_renewal_months, book.settings.fiscal_year_start_month
    year = period_of(book.on, "yearly", start)
    dates = _agreed(book)
    if not dates or months_before(book.on, months) < year.first or not _dates_can_be_told(book):
        return
    if max(dates) < months_before(year.first, months):
        message = (
            f"Nothing in the plan was set or changed since {day_words(max(dates))}; "
            f"the business year began on {day_words(year.first)}."
        )
        at = header_cell(book, Objective, "last_changed") or header_cell(book, Objective, "set_on")
        yield Problem(at, message)


def _agreed(book: Book) -> list[date]:
    """The days on which something in the plan was agreed, up to the day judged."""
    days = [day for o in book.objectives for day in (o.set_on, o.last_changed)]
    days += [kpi.target_set_on for kpi in book.kpis] + [target.set_on for target in book.targets]
    return [day for day in days if day is not None and day <= book.on]


def _dates_can_be_told(book: Book) -> bool:
    named_so = {"Set on", "Last changed", "Target set on"}
    return not any(t.header in named_so and t.cell in book.unreadable for t in book.troubles)


@rule("PLN005", Severity.WARNING, clause="5.1.1", stage="run")
def theme_without_goal(book: Book) -> Iterator[Problem]:
    """A strategic theme has no goal.

    Why
        Leadership said that this matters (*Our strategic themes*), and then planned nothing for it. What has
        no goal gets no hour and no dollar.
    Fix
        Set a goal with that *Theme*, or take the theme out of the strategy.
    Bad
        Settings
        | Setting              | Value                          |
        |----------------------|--------------------------------|
        | Our strategic themes | growth, workforce capability [!] |

        Goals
        | Goal | Theme  |
        |------|--------|
        | G1   | growth |
    Good
        Settings
        | Setting              | Value  |
        |----------------------|--------|
        | Our strategic themes | growth |

        Goals
        | Goal | Theme  |
        |------|--------|
        | G1   | growth |
    """
    themes = {squeezed(goal.theme) for goal in book.goals}
    bare = [theme for theme in book.settings.our_strategic_themes if squeezed(theme) not in themes]
    open_goals = sum(1 for goal in book.goals if not goal.theme)
    if book.goals and len(bare) > open_goals and whole(book, Goal, "theme"):
        themes_have = counted(len(bare), "strategic theme has", "strategic themes have")
        message = f"{themes_have} no goal: {listed(bare)}."
        yield Problem(setting_cell(book, "Our strategic themes"), message)


@rule("PLN006", Severity.ADVICE, stage="run")
def theme_not_in_strategy(book: Book) -> Iterator[Problem]:
    """A goal belongs to no strategic theme.

    Why
        Either the strategy is out of date, or the goal is somebody's hobby. Both are worth a minute. It is
        asked once *Our strategic themes* is filled.
    Fix
        Pick one of the themes for the goal, or add its theme to *Our strategic themes*.
    Bad
        Settings
        | Setting              | Value  |
        |----------------------|--------|
        | Our strategic themes | growth |

        Goals
        | Goal | Theme          |
        |------|----------------|
        | G1   | growth         |
        | G2   | efficiency [!] |
    Good
        Settings
        | Setting              | Value              |
        |----------------------|--------------------|
        | Our strategic themes | growth, efficiency |

        Goals
        | Goal | Theme      |
        |------|------------|
        | G1   | Growth     |
        | G2   | efficiency |
    """
    themes = {squeezed(theme) for theme in book.settings.our_strategic_themes}
    for goal in book.goals if themes else ():
        if goal.theme and squeezed(goal.theme) not in themes:
            message = f"{named(goal)} has the theme {shown(goal.theme)}, which the strategy lacks."
            yield Problem(goal.cell("theme"), message)


@rule("PLN007", Severity.ADVICE, stage="run")
def goal_without_theme(book: Book) -> Iterator[Problem]:
    """A goal has no theme.

    Why
        Themes show at a glance whether the plan leans to one side: all efficiency and no growth, or the
        reverse.
    Fix
        Pick a theme from the list, or use your own word.
    Bad
        Goals
        | Goal | Theme |
        |------|-------|
        | G1   | [!]   |
    Good
        Goals
        | Goal | Theme  |
        |------|--------|
        | G1   | growth |
    """
    yield from lacking(book, book.goals, "theme", "has no theme")


@rule("PLN008", Severity.WARNING, clause="6.2.2")
def goal_without_horizon(book: Book) -> Iterator[Problem]:
    """A goal does not say by when it is to be reached.

    Why
        A goal without a day can be put off for ever, and its objectives cannot be late.
    Fix
        Enter the day by which it is to be reached under *Horizon*.
    Bad
        Goals
        | Goal | Horizon |
        |------|---------|
        | G1   | [!]     |
    Good
        Goals
        | Goal | Horizon    |
        |------|------------|
        | G1   | 2026-12-31 |
    """
    yield from lacking(book, book.goals, "horizon", "has no day by which it is to be reached")


@rule("PLN009", Severity.ADVICE, clause="5.1.1", stage="run")
def too_many_goals(book: Book) -> Iterator[Problem]:
    """There are more goals than a company can follow.

    Why
        Five goals can be said from memory at the coffee machine; eight stand on a wall. The number is a habit
        of good planners: the same as for the vital few (*Vital few error above*).
    Fix
        Merge those that mean the same, and let the last ones wait for next year.
    Bad
        Goals
        | Goal [!] |
        |----------|
        | G1       |
        | G2       |
        | G3       |
        | G4       |
        | G5       |
        | G6       |
        | G7       |
        | G8       |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
        | G2   |
        | G3   |
    """
    most = book.settings.vital_few_error_above
    if has_column(book, Goal, "id") and len(book.goals) > most:
        message = f"There are {counted(len(book.goals), 'goal')}; more than {most} are hard to follow."
        yield Problem(header_cell(book, Goal, "id"), message)


@rule("PLN010", Severity.WARNING, clause="6.2.1", stage="run")
def goalposts_moved(book: Book) -> Iterator[Problem]:
    """The plan was moved since the last closed review, and nobody says why.

    Why
        A target that moves while nobody looks turns red months green, and the next review praises what was
        not done. Moving it may be right: then two words say why, and who agreed. What was moved is told in
        the next review, whatever days were typed; a closed review keeps the plan that it printed.
    Fix
        Say why and who: a row of *Targets* that plans the new value to its day or to the year's end, with
        *Why* and *Agreed by*; or a decision with an owner that names the KPI or objective and what is moved
        ("set the target of K16 to 180", "pause K16"). Or put back what the review had.
    Bad
        Reviews
        | Review     | Period  | State  |
        |------------|---------|--------|
        | MR-2026-Q3 | 2026-Q3 | closed |

        Objectives
        | Objective | Due            | Owner       |
        |-----------|----------------|-------------|
        | O1.2      | 2027-06-30 [!] | Erin Foster |

        KPIs
        | KPI | Target  | Owner           |
        |-----|---------|-----------------|
        | K16 | 180 [!] | Jin Park        |
        | K17 | 95      | Luis Ortega [!] |

        Kept by 2026-Q3
        | Table      | Row  | Header | Was         |
        |------------|------|--------|-------------|
        | KPIs       | K16  | Target | 100         |
        | KPIs       | K17  | Target | 95          |
        | KPIs       | K17  | Owner  | Ray Novak   |
        | Objectives | O1.2 | Due    | 2026-12-31  |
        | Objectives | O1.2 | Owner  | Erin Foster |
    Good
        Reviews
        | Review     | Period  | State  |
        |------------|---------|--------|
        | MR-2026-Q3 | 2026-Q3 | closed |

        Objectives
        | Objective | Due        |
        |-----------|------------|
        | O1.2      | 2027-06-30 |

        KPIs
        | KPI | Target | Owner    |
        |-----|--------|----------|
        | K16 | 180    | Jin Park |
        | K17 | 95     | Jin Park |

        Targets
        | KPI | From    | Planned | Until   | Set on     | Why                  | Agreed by   |
        |-----|---------|---------|---------|------------|----------------------|-------------|
        | K16 | 2026-11 | 180     | 2026-12 | 2026-10-22 | Two mills were added | Erin Foster |

        Decisions
        | Decision | Review     | Decision text                                 | Owner       |
        |----------|------------|-----------------------------------------------|-------------|
        | D07      | MR-2026-Q3 | Give O1.2 until June: the plater moves in May | Erin Foster |

        Kept by 2026-Q3
        | Table      | Row  | Header | Was        |
        |------------|------|--------|------------|
        | KPIs       | K16  | Target | 100        |
        | KPIs       | K17  | Target | 95         |
        | Objectives | O1.2 | Due    | 2026-12-31 |
    """
    closed = closed_before(book)
    for record, moved in grouped(moved_since(book, closed), lambda move: move.record).items():
        moved = [move for move in moved if closed is not None and not explained(book, closed, move)]
        if closed is None or not moved:
            continue
        what = listed(move.words.removeprefix(f"{record.key} ") for move in moved)
        message = f"{named(record)} was moved since the review of {closed.review} was closed: {what}."
        yield Problem(moved[0].at, message)
    for kind, key in gone_since(book, closed):
        if closed is not None and not decided(book, closed, key):
            message = (
                f"{noun(kind.TABLE)} {key} has no row any more; the closed review of {closed.review} had it."
            )
            yield Problem(header_cell(book, kind, "id"), message)


@rule("PLN011", Severity.WARNING, clause="6.2.1", stage="run")
def closed_plan_changed(book: Book) -> Iterator[Problem]:
    """A planned value is for a period of a closed review, and nobody in top management agreed.

    Why
        What was reported stays reported: periods inside a closed review keep the plan that it printed, so
        this row changes nothing there. Only top management can change what it has seen, and by name.
    Fix
        Name somebody from top management under *Agreed by*, or let the row begin after the review's period.
    Bad
        People
        | Person      | Top management |
        |-------------|----------------|
        | Erin Foster | yes            |
        | Ray Novak   | no             |

        KPIs
        | KPI |
        |-----|
        | K16 |

        Targets
        | KPI | From        | Planned | Until   | Agreed by |
        |-----|-------------|---------|---------|-----------|
        | K16 | 2026-08 [!] | 180     | 2026-12 | Ray Novak |

        Kept by 2026-Q3
        | Table | Row | Header  | Was |
        |-------|-----|---------|-----|
        | KPIs  | K16 | 2026-08 | 112 |
        | KPIs  | K16 | 2026-09 | 108 |
    Good
        People
        | Person      | Top management |
        |-------------|----------------|
        | Erin Foster | yes            |

        KPIs
        | KPI |
        |-----|
        | K16 |

        Targets
        | KPI | From    | Planned | Until   | Agreed by   |
        |-----|---------|---------|---------|-------------|
        | K16 | 2026-08 | 180     | 2026-09 | Erin Foster |
        | K16 | 2026-10 | 180     | 2026-12 |             |

        Kept by 2026-Q3
        | Table | Row | Header  | Was |
        |-------|-----|---------|-----|
        | KPIs  | K16 | 2026-08 | 112 |
        | KPIs  | K16 | 2026-09 | 108 |
    """
    leaders = {person.id for person in book.people if person.top_management}
    for row in book.targets:
        kpi = book.kpi(row.kpi)
        if kpi is None or row.agreed_by in leaders or not says(kpi, row):
            continue
        kept = [text for text, printed in _printed(book, row).items() if _otherwise(kpi, row, printed)]
        if kept:
            message = f"{named(row)} is for {listed(kept)}, which a closed review has printed otherwise."
            yield Problem(row.cell("from_"), message, cells(row, "planned", "until", "agreed_by"))


def _otherwise(kpi: Kpi, row: Target, printed: float | None | Range) -> bool:
    """Whether a closed review printed another plan, or another range, than a row of Targets has."""
    if kpi.direction != "within":
        return printed != row.planned
    low, high = printed if isinstance(printed, tuple) else (kpi.low, kpi.high)
    return any(own is not None and own != then for own, then in ((row.low, low), (row.high, high)))


def _printed(book: Book, row: Target) -> dict[str, float | None | Range]:
    """What closed reviews printed for the periods that a row of Targets is for: a plan, or a range."""
    first, last = book.parse_period(row.from_), book.parse_period(row.until or row.from_)
    if first is None or last is None:
        return {}
    printed: dict[str, float | None | Range] = {}
    for closed in book.closed_plans:
        printed |= closed.levels.get(row.kpi, {})
        printed |= closed.ranges.get(row.kpi, {})
    inside = {text: book.parse_period(text) for text in printed}
    return {t: printed[t] for t, p in inside.items() if p is not None and first.first <= p.last <= last.last}
