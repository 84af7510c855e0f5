"""OWN: every goal, objective, KPI and process has one living person who answers for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from qmsbook.book.book import Book
from qmsbook.book.table import Record
from qmsbook.book.tables import Goal, Kpi, Objective, Person, Process
from qmsbook.book.words import day_words
from qmsbook.methods.method import Assessment
from qmsbook.rules.ask import (
    Hints,
    active,
    asked,
    cells,
    has_column,
    inside,
    listed,
    named,
    number,
    read_kpis,
    several,
    shown,
    unknown_links,
    whole,
)
from qmsbook.rules.links import OWNER_FIELDS
from qmsbook.rules.people import Placeholders, gone, is_nobody, plain, present
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import grouped
from qmsbook.rules.unread import unread_by_owner

#: So many items are handed over by name; the rest follows from those.
_EXAMPLES = 2


def owned(book: Book) -> Iterator[tuple[Record, str, str]]:
    """What is alive and wants an owner: the record, the field, and who is named there."""
    for goal in book.goals:
        yield goal, "owner", goal.owner
    for objective in active(book):
        yield objective, "owner", objective.owner
    for kpi in read_kpis(book):
        yield kpi, "owner", kpi.owner
    for process in book.processes:
        yield process, "owner", process.owner
    for risk in book.risks:
        if risk.state == "open":
            yield risk, "control_owner", risk.control_owner
    for action in book.actions:
        if action.state == "open":
            yield action, "owner", action.owner
    for decision in book.decisions:
        if not decision.result and not decision.nothing_needed:
            yield decision, "owner", decision.owner


@rule("OWN001", Severity.ERROR, clause="5.3")
def no_owner(book: Book) -> Iterator[Problem]:
    """A goal, objective, KPI or process has no owner.

    Why
        What belongs to everyone is done by no one. The owner is not the one to blame but the one who can be
        asked. Of the vital few VIT005 speaks, of risks and actions RSK004 and ACT001.
    Fix
        Name one person under *Owner*.
    Bad
        Objectives
        | Objective | Vital few | Owner |
        |-----------|-----------|-------|
        | O1.2      | no        | [!]   |

        KPIs
        | KPI | Owner |
        |-----|-------|
        | K07 | [!]   |
    Good
        Objectives
        | Objective | Vital few | Owner       |
        |-----------|-----------|-------------|
        | O1.2      | no        | Erin Foster |

        KPIs
        | KPI | Owner       |
        |-----|-------------|
        | K07 | Erin Foster |
    """
    for record, name, owner in owned(book):
        if owner or not isinstance(record, Goal | Objective | Kpi | Process):
            continue
        if isinstance(record, Objective) and record.vital_few:
            continue
        if has_column(book, type(record), name):
            yield Problem(record.cell(name), f"{named(record)} has no owner.")


@rule("OWN002", Severity.ERROR, clause="5.3")
def owner_not_in_people(book: Book) -> Iterator[Problem]:
    """An owner is not in People.

    Why
        A misspelled name is a second person who never gets a reminder and never comes to a review. Half of
        the plan then seems to be owned by people who do not exist.
    Fix
        Write the name as People has it, or add the person there.
    Bad
        People
        | Person      |
        |-------------|
        | Erin Foster |

        KPIs
        | KPI | Owner            |
        |-----|------------------|
        | K07 | Erin Forster [!] |
    Good
        People
        | Person      |
        |-------------|
        | Erin Foster |

        KPIs
        | KPI | Owner       |
        |-----|-------------|
        | K07 | Erin Foster |
    """
    alive = {record.cell(name) for record, name, _ in owned(book)}
    hints = Hints(person.id for person in present(book))
    nobody = Placeholders(book)
    roles = {plain(person.role): person.id for person in present(book) if person.role}
    for link in unknown_links(book, Person):
        if link.field not in OWNER_FIELDS or link.cell not in alive:
            continue
        if link.key in nobody or several(book, Person, link.key):
            continue
        by_role = roles.get(plain(link.key))
        hint = f"Did you mean {by_role}?" if by_role else hints(link.key)
        message = f"{link.subject} is owned by {shown(link.key)}, who is not in People."
        fix = f"{hint} Write the name as People has it, or add the person there.".strip()
        yield Problem(link.cell, message, fix=fix)


@rule("OWN003", Severity.ERROR, clause="5.3")
def owner_is_a_placeholder(book: Book) -> Iterator[Problem]:
    """An owner is a department or a placeholder.

    Why
        "Production" cannot come to a review and explain a red figure, and TBD never does. A name was left
        open because the conversation was left open.
    Fix
        Ask one person whether they will answer for it, and write down their name.
    Bad
        KPIs
        | KPI | Owner          |
        |-----|----------------|
        | K07 | TBD [!]        |
        | K08 | Production [!] |
    Good
        KPIs
        | KPI | Owner       |
        |-----|-------------|
        | K07 | Erin Foster |
        | K08 | Luis Ortega |
    """
    nobody = Placeholders(book)
    for record, name, owner in owned(book):
        if owner in nobody:
            message = f"{named(record)} is owned by {shown(owner)}, which is no person."
            yield Problem(record.cell(name), message, fix=_person_of(book, owner))


#: More people than this who may be meant are no help.
_FEW = 3


def _person_of(book: Book, owner: str) -> str:
    """Who may be meant by a department or a process; the rule's own words where nobody can be told."""
    wanted = plain(re.sub(r"(?i)\b(?:the|team|department|dept|group|of|head)\b\.?", " ", owner))
    if not wanted or is_nobody(owner):
        return ""
    processes = [p.owner for p in book.processes if wanted in {plain(p.id), plain(p.name)} and p.owner]
    leads = [p.id for p in present(book) if wanted in {plain(p.role), *map(plain, p.role.split())}]
    there = [p.id for p in present(book) if wanted == plain(p.function)]
    found = list(dict.fromkeys(name for name in (processes or leads or there) if book.person(name)))
    if not 0 < len(found) <= _FEW:
        return (
            f"{owner} is meant as the one person who leads it: write that person's name, as People has it, "
            "and the department under *Function* there."
        )
    who = f"{found[0]}?" if len(found) == 1 else f"one of {listed(found)}?"
    return f"Did you mean {who} Write the one who answers for it; departments go under *Function*."


@rule("OWN004", Severity.WARNING, clause="5.1.1")
def goal_not_owned_by_top_management(book: Book) -> Iterator[Problem]:
    """A goal is owned by someone outside of top management.

    Why
        A goal of the company needs someone who can move people and money for it. Below that level its owner
        can only report. It is asked once somebody in People is marked as top management.
    Fix
        Name a member of top management, or mark the owner as one in People.
    Bad
        People
        | Person      | Top management | Quality role |
        |-------------|----------------|--------------|
        | Dana Field  | yes            | no           |
        | Erin Foster | no             | no           |

        Goals
        | Goal | Owner           |
        |------|-----------------|
        | G1   | Erin Foster [!] |
    Good
        People
        | Person      | Top management | Quality role |
        |-------------|----------------|--------------|
        | Dana Field  | yes            | no           |
        | Erin Foster | no             | no           |

        Goals
        | Goal | Owner      |
        |------|------------|
        | G1   | Dana Field |
    """
    if not any(person.top_management for person in book.people):
        return
    for goal in book.goals:
        person = book.person(goal.owner)
        if person and not person.top_management and not person.quality_role and not gone(book, person):
            message = f"{named(goal)} is owned by {person.id}, who is not in top management."
            rests = cells(person, "top_management", "quality_role")
            yield Problem(goal.cell("owner"), message, rests, about=(person.id,))


@rule("OWN005", Severity.WARNING, clause="5.1.1", quiet="few")
def goal_owned_by_quality_role(book: Book) -> Iterator[Problem]:
    """A goal of the company is owned by the quality role.

    Why
        Goals of the business that belong to the quality manager become papers for the auditor. It is the
        surest sign that strategy and quality system live apart.
    Fix
        Give the goal to the leader whose business it is; quality can help to measure it.
    Bad
        People
        | Person    | Quality role |
        |-----------|--------------|
        | Tom Hayes | yes          |

        Goals
        | Goal | Owner         |
        |------|---------------|
        | G1   | Tom Hayes [!] |
    Good
        People
        | Person     | Quality role |
        |------------|--------------|
        | Tom Hayes  | yes          |
        | Dana Field | no           |

        Goals
        | Goal | Owner      |
        |------|------------|
        | G1   | Dana Field |
    """
    for goal in book.goals:
        person = book.person(goal.owner)
        if person and person.quality_role and not gone(book, person):
            message = f"{named(goal)} is owned by {person.id}, whose role is quality."
            yield Problem(goal.cell("owner"), message, about=(person.id,))


@rule("OWN006", Severity.WARNING, clause="5.1.1", quiet="few")
def quality_role_owns_too_much(book: Book) -> Iterator[Problem]:
    """The quality role owns too large a part of the plan.

    Why
        When one third of the objectives, or of the KPIs (*Quality role percent*), belong to quality, the
        others have handed theirs over; above one half (*Quality role percent error*) the plan is quality's
        alone. What belongs to a process that quality itself runs is rightly theirs and counts on neither
        side. The shares are experience, each counted from six items on (*Quality role from items*).
    Fix
        Give each of them to the person who runs the process it belongs to.
    Bad
        People
        | Person        | Quality role |
        |---------------|--------------|
        | Tom Hayes [!] | yes          |
        | Erin Foster   | no           |

        Processes
        | Process | Owner       |
        |---------|-------------|
        | P07     | Erin Foster |
        | P10     | Tom Hayes   |

        KPIs
        | KPI | Process | Owner       |
        |-----|---------|-------------|
        | K01 | P07     | Tom Hayes   |
        | K02 | P07     | Tom Hayes   |
        | K03 | P07     | Tom Hayes   |
        | K04 | P07     | Erin Foster |
        | K05 | P07     | Erin Foster |
        | K06 | P07     | Erin Foster |
    Good
        People
        | Person      | Quality role |
        |-------------|--------------|
        | Tom Hayes   | yes          |
        | Erin Foster | no           |

        Processes
        | Process | Owner       |
        |---------|-------------|
        | P07     | Erin Foster |
        | P10     | Tom Hayes   |

        KPIs
        | KPI | Process | Owner       |
        |-----|---------|-------------|
        | K01 | P10     | Tom Hayes   |
        | K02 | P10     | Tom Hayes   |
        | K03 | P07     | Tom Hayes   |
        | K04 | P07     | Erin Foster |
        | K05 | P07     | Erin Foster |
        | K06 | P07     | Erin Foster |
        | K07 | P07     | Erin Foster |
        | K08 | P07     | Erin Foster |
    """
    people = [person for person in present(book) if person.quality_role and person.id]
    if not people or not whole(book, Person, "id"):
        return
    if any(book.of(kind) and not whole(book, kind, "owner") for kind in (Objective, Kpi)):
        return
    quality = {person.id for person in people}
    parts = [part for items in (active(book), read_kpis(book)) if (part := _share(book, items, quality))]
    if not parts:
        return
    theirs = [item for part in parts for item in part.theirs]
    count = Counter(item.owner for item in theirs)
    most = max(people, key=lambda person: (count[person.id], person.id))
    who = listed(sorted(count))
    over = [part.what for part in parts if part.percent > book.settings.quality_role_percent_error]
    where = "Outside its own processes the" if any(part.left_out for part in parts) else "The"
    message = f"{where} quality role ({who}) owns {listed(part.words for part in parts)}"
    of = f" of the {over[0]}" if 0 < len(over) < len(parts) else ""
    message += f": more than half{of}." if over else "."
    yield Problem(
        most.cell("id"), message, cells(most, "quality_role"), fix=_handed_over(book, theirs, quality),
        about=tuple(quality),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Share:
    """What the quality role owns of one kind of items, outside of the processes that it runs."""

    theirs: tuple[Objective | Kpi, ...]
    total: int
    left_out: int = 0

    @property
    def percent(self) -> float:
        return 100 * len(self.theirs) / self.total

    @property
    def words(self) -> str:
        """``4 of 7 objectives (57 %)``."""
        return f"{len(self.theirs)} of {self.total} {self.what} ({number(round(self.percent))} %)"

    @property
    def what(self) -> str:
        return "KPIs" if isinstance(self.theirs[0], Kpi) else "objectives"


def _share(book: Book, items: Sequence[Objective | Kpi], quality: Collection[str]) -> _Share | None:
    """The share of the quality role in one kind of items, if it is too large and there are enough of them."""
    owned = [item for item in items if item.owner]
    counted = [item for item in owned if not _run_by(book, item, quality)]
    theirs = tuple(item for item in counted if item.owner in quality)
    found = _Share(theirs, len(counted), len(owned) - len(counted))
    if found.total < max(book.settings.quality_role_from_items, 1):
        return None
    return found if found.percent > book.settings.quality_role_percent else None


def _run_by(book: Book, item: Objective | Kpi, quality: Collection[str]) -> bool:
    """Whether an item belongs to processes that the quality role runs, and to no other."""
    keys = item.processes if isinstance(item, Objective) else (item.process,)
    found = [process for key in keys if (process := book.process(key))]
    return bool(found) and all(process.owner in quality for process in found)


def _handed_over(book: Book, theirs: Sequence[Objective | Kpi], quality: Collection[str]) -> str:
    """What to do, with up to two examples of who runs the process."""
    there = {person.id for person in present(book)} - set(quality)
    found: list[str] = []
    for item in theirs:
        keys = item.processes if isinstance(item, Objective) else (item.process,)
        owners = (process.owner for key in keys if (process := book.process(key)))
        heir = next((owner for owner in owners if owner in there), "")
        found += [f"{item.id} to {heir}"] if heir else []
        if len(found) == _EXAMPLES:
            break
    if not found:
        return "Give each to somebody whose work it measures, and its process an owner outside of quality."
    examples = " and ".join(found)
    return f"Give each of them to the person who runs the process it belongs to, for example {examples}."


@rule("OWN007", Severity.WARNING, clause="5.3")
def phantom_owner(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """An owner has let all their figures go unread.

    Why
        One missing figure is an oversight. All of a person's figures missing for two periods (*Phantom owner
        periods*) means that the name stands there and nobody is behind it: never asked, moved on, or
        drowning.
    Fix
        Talk to them; then help, or give the KPIs to somebody else.
    Bad
        People
        | Person          |
        |-----------------|
        | Erin Foster [!] |

        KPIs
        | KPI | Owner       | Baseline on |
        |-----|-------------|-------------|
        | K07 | Erin Foster | 2026-06-30  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 93.1  |
    Good
        People
        | Person      |
        |-------------|
        | Erin Foster |

        KPIs
        | KPI | Owner       | Baseline on |
        |-----|-------------|-------------|
        | K07 | Erin Foster | 2026-06-30  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 93.1  |
        | K07 | 2026-08 | 93.1  |
        | K07 | 2026-09 | 93.1  |
    """
    wanted = book.settings.phantom_owner_periods
    for owner, kpis in unread_by_owner(book, assessed).items():
        message = f"No figure of {listed(kpis)}, owned by {owner}, came in for {wanted} periods or more."
        person = book.person(owner)
        if person is not None:
            yield Problem(person.cell("id"), message, row=owner, about=(owner,))


@rule("OWN008", Severity.ADVICE, stage="audit-ready", quiet="alone")
def owner_without_email(book: Book) -> Iterator[Problem]:
    """An owner has no email address.

    Why
        Reminders and the review are sent by email. Whoever has no address hears of a missing figure only
        when somebody remembers to say so.
    Fix
        Enter the address under *Email* in People.
    Bad
        People
        | Person      | Email |
        |-------------|-------|
        | Erin Foster | [!]   |

        KPIs
        | KPI | Owner       |
        |-----|-------------|
        | K07 | Erin Foster |
    Good
        People
        | Person      | Email                   |
        |-------------|-------------------------|
        | Erin Foster | erin.foster@example.com |

        KPIs
        | KPI | Owner       |
        |-----|-------------|
        | K07 | Erin Foster |
    """
    owners = {owner for _, _, owner in owned(book)}
    for person in asked(book, book.people, "email"):
        if person.id in owners and not person.email and not gone(book, person):
            yield Problem(
                person.cell("email"), f"{person.id} owns part of the plan and has no email address."
            )


@rule("OWN009", Severity.ERROR, clause="5.3")
def owner_has_left(book: Book) -> Iterator[Problem]:
    """Somebody who left still owns open items.

    Why
        Their name keeps standing on the board, and everyone assumes that somebody took over. What they did
        while they were here stays valid; only what is open needs a new owner.
    Fix
        Name a new owner for each of the items.
    Bad
        People
        | Person      | Left on        |
        |-------------|----------------|
        | Walt Jensen | 2026-06-30 [!] |

        Actions
        | Action | Owner       | State |
        |--------|-------------|-------|
        | A11    | Walt Jensen | open  |
    Good
        People
        | Person      | Left on    |
        |-------------|------------|
        | Walt Jensen | 2026-06-30 |

        Actions
        | Action | Owner       | State | Closed     |
        |--------|-------------|-------|------------|
        | A11    | Walt Jensen | done  | 2026-06-12 |
    """
    owns = grouped(owned(book), lambda item: item[2])
    for person in book.people:
        if person.left_on and gone(book, person) and owns.get(person.id):
            still = listed(record.key for record, *_ in owns[person.id])
            yield Problem(
                person.cell("left_on"),
                f"{person.id} left on {day_words(person.left_on)} and still owns {still}.",
            )


@rule("OWN010", Severity.WARNING, clause="5.3")
def several_owners(book: Book) -> Iterator[Problem]:
    """Two people own one thing.

    Why
        Each of the two believes that the other has it in hand. One answers for it; the others help.
    Fix
        Keep the one who answers for it; the others share the work under *With* of the objective.
    Bad
        People
        | Person      |
        |-------------|
        | Erin Foster |
        | Luis Ortega |

        KPIs
        | KPI | Owner                        |
        |-----|------------------------------|
        | K07 | Erin Foster, Luis Ortega [!] |
    Good
        People
        | Person      |
        |-------------|
        | Erin Foster |
        | Luis Ortega |

        KPIs
        | KPI | Owner       |
        |-----|-------------|
        | K07 | Erin Foster |
    """
    for record, name, owner in owned(book):
        if owner and book.person(owner) is None and several(book, Person, owner):
            yield Problem(record.cell(name), f"{named(record)} has several owners: {shown(owner)}.")


@rule("OWN011", Severity.ADVICE, clause="5.3", stage="audit-ready")
def process_owner_owns_no_figure(book: Book) -> Iterator[Problem]:
    """All KPIs of a process belong to people other than its owner.

    Why
        The owner of a process who answers for none of its figures can say that the figures are somebody
        else's. Two KPIs or more are needed to say so.
    Fix
        Let the process owner own the KPI that shows best how the process runs.
    Bad
        Processes
        | Process | Owner       |
        |---------|-------------|
        | P07 [!] | Luis Ortega |

        KPIs
        | KPI | Process | Owner       |
        |-----|---------|-------------|
        | K07 | P07     | Erin Foster |
        | K08 | P07     | Erin Foster |
    Good
        Processes
        | Process | Owner       |
        |---------|-------------|
        | P07     | Luis Ortega |

        KPIs
        | KPI | Process | Owner       |
        |-----|---------|-------------|
        | K07 | P07     | Erin Foster |
        | K08 | P07     | Luis Ortega |
    """
    if not whole(book, Kpi, "process", "owner"):
        return
    for process in book.processes:
        kpis = [kpi for kpi in book.kpis_in.get(process.id, ()) if kpi.active is not False]
        owners = {kpi.owner for kpi in kpis}
        known = not book.has(Person) or all(map(book.person, (process.owner, *owners)))
        if len(kpis) > 1 and process.owner and known and process.owner not in owners and "" not in owners:
            message = f"{process.owner} owns {inside(process)} and none of its {len(kpis)} KPIs."
            yield Problem(process.cell("id"), message, cells(process, "owner"))
