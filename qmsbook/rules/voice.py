"""VOI: the people who do the work are asked, get an answer, and see what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from qmsbook.book.book import Book
from qmsbook.book.tables import Idea, Kpi, Objective, Person, Process
from qmsbook.rules.ask import (
    active,
    asked,
    cells,
    has_column,
    header_cell,
    listed,
    live_kpis,
    named,
    whole,
)
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, lacking, older

#: An answer that begins so promises something.
_YES = re.compile(
    r"(yes|agreed|done|good idea|great idea|ok|okay|we will|will be|in place|approved)\b", re.IGNORECASE
)
_ENOUGH_IDEAS = 3


@rule("VOI001", Severity.ADVICE, clause="5.1.1", stage="run", quiet="few")
def process_without_voice(book: Book) -> Iterator[Problem]:
    """Processes have neither an idea nor a KPI or objective proposed by their own people.

    Why
        Those who do the work know what goes wrong before any figure shows it. A process from which nothing
        was ever heard has no problems, or has given up telling them. No clause asks for
        it; it is good practice. One finding names them all.
    Fix
        Ask each team what keeps it from doing good work, and note the words under *Ideas*.
    Bad
        Processes
        | Process [!] |
        |-------------|
        | P04         |
        | P07         |

        Ideas
        | Idea | Process |
        |------|---------|
        | I05  | P07     |
    Good
        Processes
        | Process |
        |---------|
        | P04     |
        | P07     |

        People
        | Person        | Process |
        |---------------|---------|
        | Kayla Torres  | P04     |

        KPIs
        | KPI | Process | Proposed by  |
        |-----|---------|--------------|
        | K21 | P04     | Kayla Torres |

        Ideas
        | Idea | Process |
        |------|---------|
        | I05  | P07     |
    """
    if not (book.has(Idea) and whole(book, Idea, "process")) or not has_column(book, Process, "id"):
        return
    if (book.kpis and not _readable(book, Kpi)) or (book.objectives and not _readable(book, Objective)):
        return
    heard = {idea.process for idea in book.ideas} | _proposed(book)
    silent = [process for process in book.processes if process.id and process.id not in heard]
    astray = [idea for idea in book.ideas if book.process(idea.process) is None]
    if book.people and not whole(book, Person, "id", *_known(book, "process")):
        return
    if len(silent) > len(astray):
        which = listed(f"{p.id} ({p.name})" if p.name else p.id for p in silent)
        verb = "process has" if len(silent) == 1 else "processes have"
        message = f"{len(silent)} {verb} not been heard: {which}."
        yield Problem(header_cell(book, Process, "id"), message)


def _known(book: Book, name: str) -> tuple[str, ...]:
    return (name,) if has_column(book, Person, name) else ()


def _readable(book: Book, record: type[Kpi] | type[Objective]) -> bool:
    """Whether who proposed what can be read; without the column nobody is known to have."""
    column = "process" if record is Kpi else "processes"
    return not has_column(book, record, "proposed_by") or whole(book, record, "proposed_by", column)


def _proposed(book: Book) -> set[str]:
    """The processes whose own people proposed a KPI or an objective for them."""
    found = set()
    for kpi in book.kpis:
        person = book.person(kpi.proposed_by)
        if kpi.proposed_by and (person is None or person.process in ("", kpi.process)):
            found.add(kpi.process)
    for objective in book.objectives:
        person = book.person(objective.proposed_by)
        if objective.proposed_by:
            mine = objective.processes if person is None or not person.process else (person.process,)
            found |= set(mine) & set(objective.processes)
    return found


@rule("VOI002", Severity.WARNING, clause="7.4")
def idea_unanswered(book: Book) -> Iterator[Problem]:
    """An idea was not answered for a month.

    Why
        A no with a reason is respected; silence is remembered. After 30 days (*Idea unanswered days*) nobody
        of that shift raises another one.
    Fix
        Give the answer to the person, then write it under *Answer*, also if it is no.
    Bad
        Ideas
        | Idea | Raised on  | Answer |
        |------|------------|--------|
        | I12  | 2026-09-24 | [!]    |
    Good
        Ideas
        | Idea | Raised on  | Answer                              |
        |------|------------|-------------------------------------|
        | I12  | 2026-09-24 | Not now: the crane rail is in the way |
        | I13  | 2026-11-02 |                                     |
    """
    unanswered = [idea for idea in asked(book, book.ideas, "answer") if not idea.answer]
    for idea in older(unanswered, "raised_on", book.on - timedelta(days=book.settings.idea_unanswered_days)):
        days = (book.on - idea.raised_on).days if idea.raised_on else 0
        message = f"{named(idea)} has waited {days} days for an answer."
        yield Problem(idea.cell("answer"), message, cells(idea, "raised_on"))


@rule("VOI003", Severity.WARNING, clause="10.3", stage="run")
def ideas_lead_to_nothing(book: Book) -> Iterator[Problem]:
    """No idea ever led to anything.

    Why
        A box for ideas that never changes anything is worse than none: it proves that asking was for show.
        Three ideas are enough to say so.
    Fix
        Take up one idea this month, enter it as an action, and name it under *Led to*.
    Bad
        Ideas
        | Idea | Led to [!] |
        |------|------------|
        | I01  |            |
        | I02  |            |
        | I03  |            |
    Good
        Ideas
        | Idea | Led to |
        |------|--------|
        | I01  |        |
        | I02  | A11    |
        | I03  |        |
    """
    ideas = [idea for idea in book.ideas if idea.what_happens or idea.suggestion]
    if len(ideas) >= _ENOUGH_IDEAS and whole(book, Idea, "led_to") and not any(i.led_to for i in ideas):
        message = f"Of {len(ideas)} ideas not one led to an action, objective, KPI or risk."
        yield Problem(header_cell(book, Idea, "led_to"), message)


@rule("VOI004", Severity.ADVICE, clause="10.3", stage="run")
def promised_but_led_to_nothing(book: Book) -> Iterator[Problem]:
    """An idea was promised, and nothing shows that it was done.

    Why
        The answer said yes. Without an action behind it nobody sees to it, and the next idea from that team
        will not come. Where no idea led to anything at all, VOI003 says so.
    Fix
        Name the action, objective or KPI under *Led to*.
    Bad
        Ideas
        | Idea | Answer                | Led to |
        |------|-----------------------|--------|
        | I01  | Yes, we will do that. | [!]    |
        | I02  | Yes.                  | A11    |
    Good
        Ideas
        | Idea | Answer                                 | Led to |
        |------|----------------------------------------|--------|
        | I01  | Not now: the crane rail is in the way. |        |
        | I02  | Yes.                                   | A11    |
    """
    told = len(book.ideas) >= _ENOUGH_IDEAS and not any(idea.led_to for idea in book.ideas)
    rows = [idea for idea in (() if told else asked(book, book.ideas, "led_to")) if _YES.match(idea.answer)]
    yield from lacking(
        book, rows, "led_to", "was promised, and nothing shows what came of it", "answer", though_absent=True
    )


@rule("VOI005", Severity.ADVICE, stage="audit-ready")
def idea_without_process(book: Book) -> Iterator[Problem]:
    """An idea names no process.

    Why
        The owner of the process is the one who can answer it. Without a process it belongs to nobody.
    Fix
        Name the process it is about.
    Bad
        Ideas
        | Idea | Process |
        |------|---------|
        | I05  | [!]     |
    Good
        Ideas
        | Idea | Process |
        |------|---------|
        | I05  | P07     |
    """
    yield from lacking(book, book.ideas, "process", "names no process")


@rule("VOI006", Severity.ADVICE, stage="audit-ready")
def idea_without_day(book: Book) -> Iterator[Problem]:
    """An unanswered idea does not say when it was raised.

    Why
        Whoever raised it knows to the day. Without the day nobody notices how long it has waited.
    Fix
        Ask, and enter the day under *Raised on*.
    Bad
        Ideas
        | Idea | Raised on | Answer |
        |------|-----------|--------|
        | I05  | [!]       |        |
    Good
        Ideas
        | Idea | Raised on  | Answer |
        |------|------------|--------|
        | I05  | 2026-11-02 |        |
    """
    yield from each(
        (idea for idea in asked(book, book.ideas, "raised_on", "answer")
         if idea.raised_on is None and not idea.answer),
        "raised_on", "waits for an answer, and nobody knows since when", "answer",
    )  # fmt: skip


@rule("VOI007", Severity.ADVICE, clause="5.1.1", stage="audit-ready", quiet="few")
def nothing_proposed_at_the_front(book: Book) -> Iterator[Problem]:
    """No KPI or objective was proposed by the people who do the work.

    Why
        People look after figures they asked for, and explain away those that were given to them. It is asked
        once somebody in People is marked as front line.
    Fix
        Ask each team which one figure would help it, and take up at least one, with their name under
        *Proposed by*.
    Bad
        People
        | Person       | Front line |
        |--------------|------------|
        | Kayla Torres | yes        |

        KPIs
        | KPI | Proposed by [!] |
        |-----|-----------------|
        | K07 |                 |
    Good
        People
        | Person       | Front line |
        |--------------|------------|
        | Kayla Torres | yes        |

        KPIs
        | KPI | Proposed by  |
        |-----|--------------|
        | K07 | Kayla Torres |
    """
    front = {person.id for person in book.people if person.front_line}
    if not front or not book.kpis or not whole(book, Kpi, "proposed_by") or not whole(book, Person, "id"):
        return
    theirs = has_column(book, Objective, "proposed_by")
    if book.objectives and theirs and not whole(book, Objective, "proposed_by"):
        return
    proposers = {kpi.proposed_by for kpi in live_kpis(book)} | {o.proposed_by for o in active(book)}
    strangers = {name for name in proposers if name and book.person(name) is None}
    if not front & proposers and not strangers:
        message = "No KPI or objective was proposed by the people who do the work."
        yield Problem(header_cell(book, Kpi, "proposed_by"), message)
