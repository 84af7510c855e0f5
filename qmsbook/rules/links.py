"""WBK: ids that point to rows which are not there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qmsbook.book.book import Book
from qmsbook.book.table import Record, columns_of
from qmsbook.book.tables import (
    TABLES,
    Goal,
    Kpi,
    Objective,
    Person,
    Process,
    Review,
)
from qmsbook.rules.ask import (
    Hints,
    Link,
    elsewhere,
    has_column,
    named,
    several,
    shown,
    unknown_links,
)
from qmsbook.rules.rule import Problem, Severity, rule


def with_ids(book: Book) -> Iterator[Record]:
    for record in TABLES:
        if record.KEY == "id" and book.of(record) and has_column(book, record, "id"):
            yield from book.of(record)


def unknown(book: Book, target: type[Record], links: Iterable[Link] | None = None) -> Iterator[Problem]:
    """A problem for each id that should be a row of a table and is not; ``links``: for these alone."""
    hints = Hints(book.ids.get(target.TABLE, {}))
    for link in unknown_links(book, target) if links is None else links:
        yield _unknown(link, target.TABLE, book, hints(link.key))


def _unknown(link: Link, what: str, book: Book, hint: str) -> Problem:
    """A problem about an id that is not there; ``what`` is the table it should be in."""
    other = elsewhere(book, link.key)
    said = (
        f"{link.key}, which is {_article(other)}" if other else f"{shown(link.key)}, which is not in {what}"
    )
    return Problem(link.cell, f"{link.subject} names {said}.", fix=f"{hint} {_PICK}".strip())


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


_PICK = "Pick an id from the drop-down, or add the row that is missing."


@rule("WBK027", Severity.ERROR, clause="5.3")
def unknown_person(book: Book) -> Iterator[Problem]:
    """A person is named who is not in People.

    Why
        Names get misspelled, and two spellings become two people: the reminder goes to neither of them.
        Owners have a rule of their own; this one is about everybody else who is named.
    Fix
        Write the name as People has it, or add the person there.
    Bad
        People
        | Person      |
        |-------------|
        | Erin Foster |

        Risks
        | Risk | Accepted by     |
        |------|-----------------|
        | R03  | Erin Forster [!] |
    Good
        People
        | Person      |
        |-------------|
        | Erin Foster |

        Risks
        | Risk | Accepted by |
        |------|-------------|
        | R03  | Erin Foster |
    """
    hints = Hints(book.ids.get(Person.TABLE, {}))
    for link in unknown_links(book, Person):
        if link.field not in OWNER_FIELDS:
            said = f"{link.subject} names {shown(link.key)} under {link.header}, who is not in People."
            fix = f"{hints(link.key)} Write the name as People has it, or add the person there.".strip()
            yield Problem(link.cell, said, fix=fix)


#: Fields that hold an owner: OWN002 speaks of them.
OWNER_FIELDS = frozenset({"owner", "control_owner"})


@rule("WBK028", Severity.ERROR, clause="4.4.1")
def unknown_process(book: Book) -> Iterator[Problem]:
    """A process is named that is not in Processes.

    Why
        What hangs on a process that nobody lists is on no process's board, so the people who run it never
        see it.
    Fix
        Pick the process from the drop-down, or add it to Processes.
    Bad
        Processes
        | Process |
        |---------|
        | P07     |

        KPIs
        | KPI | Process |
        |-----|---------|
        | K07 | P17 [!] |
    Good
        Processes
        | Process |
        |---------|
        | P07     |

        KPIs
        | KPI | Process |
        |-----|---------|
        | K07 | P07     |
    """
    yield from unknown(book, Process)


@rule("WBK029", Severity.ERROR, clause="6.2.1")
def unknown_goal(book: Book) -> Iterator[Problem]:
    """A goal is named that is not in Goals.

    Why
        The line from an objective or a risk up to a goal is what makes a list of numbers a strategy. Here
        the line ends in nothing, often because a goal was renumbered.
    Fix
        Pick the goal from the drop-down, or add it to Goals.
    Bad
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G11 [!]  |
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
    yield from unknown(book, Goal, _unknown_parents(book, Goal))


def _unknown_parents(book: Book, target: type[Record]) -> Iterator[Link]:
    """Unknown ids; a parent that exists at another level is for CAS005 and CAS007 to tell."""
    lost = _of_absent_tables(book)
    for link in unknown_links(book, target):
        if link.field != "supports" or not (link.key in lost or elsewhere(book, link.key)):
            yield link


def _of_absent_tables(book: Book) -> frozenset[str]:
    """The ids that the workbook names as rows of tables which it lacks."""
    return frozenset(
        key
        for record in TABLES
        for name, column in columns_of(record).items()
        if len(column.refers) == 1 and column.refers[0] not in ("*", *book.tables)
        for row in book.of(record)
        for key in _keys(getattr(row, name))
    )


def _keys(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


@rule("WBK030", Severity.ERROR, clause="6.2.1")
def unknown_objective(book: Book) -> Iterator[Problem]:
    """An objective is named that is not in Objectives.

    Why
        A KPI whose objective does not exist is work without a purpose that anyone can read. Usually it is a
        slip of the finger, or the objective was deleted and its KPIs were not.
    Fix
        Pick the objective from the drop-down, or add it to Objectives.
    Bad
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O12 [!]  |
    Good
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |
    """
    yield from unknown(book, Objective, _unknown_parents(book, Objective))


@rule("WBK031", Severity.ERROR)
def unknown_kpi(book: Book) -> Iterator[Problem]:
    """A KPI is named that is not in KPIs.

    Why
        A goal that is told by a KPI which does not exist is told by nothing. Readings have a rule of their
        own; this one is about everything else that names a KPI.
    Fix
        Pick the KPI from the drop-down, or add it to KPIs.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K7 [!]     |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K07        |
    """
    hints = Hints(book.ids.get(Kpi.TABLE, {}))
    for link in unknown_links(book, Kpi):
        if link.record is not None:
            if several(book, Kpi, link.key):
                message = f"{link.subject} names several KPIs under {link.header}: {shown(link.key)}."
                yield Problem(link.cell, message, fix="Keep the one that counts most.")
                continue
            yield _unknown(link, "KPIs", book, hints(link.key))


@rule("WBK032", Severity.ERROR)
def unknown_review(book: Book) -> Iterator[Problem]:
    """A review is named that is not in Reviews.

    Why
        A decision belongs to the review that took it: only then is it looked at again in the next one.
    Fix
        Pick the review from the drop-down, or add it to Reviews.
    Bad
        Reviews
        | Review     |
        |------------|
        | MR-2026-Q3 |

        Decisions
        | Decision | Review         |
        |----------|----------------|
        | D04      | MR-2026-Q4 [!] |
    Good
        Reviews
        | Review     |
        |------------|
        | MR-2026-Q3 |

        Decisions
        | Decision | Review     |
        |----------|------------|
        | D04      | MR-2026-Q3 |
    """
    yield from unknown(book, Review)


@rule("WBK033", Severity.ERROR)
def unknown_id(book: Book) -> Iterator[Problem]:
    """An action, decision or idea names an id that no row has.

    Why
        An action that serves nothing known turns up beside no KPI and in no review, however well it is done.
    Fix
        Name the KPI, objective, goal, risk or idea by its id, as its own row spells it.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Actions
        | Action | Serves  |
        |--------|---------|
        | A11    | K77 [!] |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Actions
        | Action | Serves |
        |--------|--------|
        | A11    | K07    |
    """
    may_tell = Prefixes(book)
    strangers = [
        (record, name, header, key)
        for record, name, header, keys in _any_refs(book)
        for key in keys
        if book.find(key) is None and may_tell(key)
    ]
    nameless = sum(1 for record in with_ids(book) if not record.key)
    if len({key for _, _, _, key in strangers}) <= nameless:
        return
    hints = Hints(record.key for record in with_ids(book) if record.key)
    for record, name, header, key in strangers:
        message = f"{named(record)} names {shown(key)} under {header}, which is the id of no row."
        fix = "Name the KPI, objective, goal, risk or idea by its id, as its own row spells it."
        yield Problem(record.cell(name), message, fix=f"{hints(key)} {fix}".strip())


def _any_refs(book: Book) -> Iterator[tuple[Record, str, str, tuple[str, ...]]]:
    """Record, field, header and ids of the columns that may name any row."""
    for record in TABLES:
        for name, column in columns_of(record).items():
            if column.refers == ("*",):
                for row in book.of(record):
                    yield row, name, column.header, getattr(row, name)


class Prefixes:
    """Whether an unknown id is of a kind that the workbook knows: else it may be of a table that it lacks."""

    def __init__(self, book: Book) -> None:
        ids = [record for record in TABLES if record.KEY == "id"]
        self.complete = all(has_column(book, record, "id") for record in ids)
        self.known = {prefix(record.key) for record in with_ids(book) if record.key}

    def __call__(self, key: str) -> bool:
        return self.complete or prefix(key) in self.known


def prefix(key: str) -> str:
    return re.sub(r"[\W\d_].*", "", key).casefold()
