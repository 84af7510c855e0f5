"""REV: leadership meets as planned, with what it needs on the table, and decides something."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Review
from qmsbook.book.words import day_words
from qmsbook.methods.method import OFF_TRACK, Assessment
from qmsbook.rules.ask import (
    active,
    asked,
    cells,
    has_column,
    header_cell,
    inside,
    judged_by,
    listed,
    months_before,
    named,
    whole,
)
from qmsbook.rules.plan import says_nothing
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import lacking, past

_CONCLUSIONS = ("suitability", "adequacy", "effectiveness", "alignment_with_strategy")


def held(book: Book) -> list[Review]:
    """The reviews that took place, in the order of their days."""
    found = [r for r in book.reviews if r.state != "planned" and r.held_on and r.held_on <= book.on]
    return sorted(found, key=lambda review: (review.held_on or book.on, review.id))


def closed(book: Book) -> list[Review]:
    """The reviews that are closed."""
    return [review for review in book.reviews if review.state == "closed"]


def top_management(book: Book) -> frozenset[str]:
    """The names of those who lead the company; empty while nobody is marked so."""
    return frozenset(person.id for person in book.people if person.top_management and person.id)


@rule("REV001", Severity.WARNING, clause="9.3.1", stage="audit-ready")
def review_interval_exceeded(book: Book) -> Iterator[Problem]:
    """The last review was too long ago.

    Why
        Between two reviews the plan runs by itself. After half a year (*Review interval months*) the world it
        was made for is gone, and the next review is spent on finding out what happened.
    Fix
        Hold the next review now, however short.
    Bad
        Reviews
        | Review     | Held on        | State  |
        |------------|----------------|--------|
        | MR-2025-Q4 | 2026-01-20     | closed |
        | MR-2026-Q1 | 2026-04-22 [!] | closed |
    Good
        Reviews
        | Review     | Held on    | State  |
        |------------|------------|--------|
        | MR-2026-Q1 | 2026-04-22 | closed |
        | MR-2026-Q3 | 2026-10-22 | draft  |
    """
    if not whole(book, Review, "held_on", "state"):
        return
    reviews, months = held(book), book.settings.review_interval_months
    last = reviews[-1] if reviews else None
    if last is not None and last.held_on is not None and last.held_on < months_before(book.on, months):
        message = (
            f"The last review ({last.id}) was held on {day_words(last.held_on)}, over {months} months ago."
        )
        yield Problem(last.cell("held_on"), message)


@rule("REV002", Severity.WARNING, clause="9.3.1", stage="audit-ready")
def no_review_in_sight(book: Book) -> Iterator[Problem]:
    """No review was ever held, and none is planned.

    Why
        A plan that leadership never looks at together is a list. The date of the first review is what turns
        it into a plan.
    Fix
        Enter a row with the day of the first review and the state planned.
    Bad
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        Reviews
        | Review [!] | Held on | State   | ... |
        |------------|---------|---------|-----|
    Good
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        Reviews
        | Review     | Held on    | State   |
        |------------|------------|---------|
        | MR-2026-Q4 | 2027-01-20 | planned |
    """
    if book.has(Review) and not book.reviews and active(book):
        yield Problem(header_cell(book, Review, "id"), "No review was held, and none is planned.")


@rule("REV003", Severity.WARNING, clause="9.3.1")
def planned_review_did_not_happen(book: Book) -> Iterator[Problem]:
    """The day of a planned review has passed.

    Why
        It was held and not noted, or it was put off without a new day. The second one is how reviews die.
    Fix
        Set *State* to draft if it was held; else enter the new day under *Held on*.
    Bad
        Reviews
        | Review     | Held on        | State   |
        |------------|----------------|---------|
        | MR-2026-Q3 | 2026-10-22 [!] | planned |
    Good
        Reviews
        | Review     | Held on    | State   |
        |------------|------------|---------|
        | MR-2026-Q3 | 2026-10-22 | draft   |
        | MR-2026-Q4 | 2027-01-20 | planned |
    """
    yield from past(
        book, (review for review in asked(book, book.reviews, "state") if review.state == "planned"),
        "held_on", "was planned for {day} and is not noted as held", "state",
    )  # fmt: skip


@rule("REV011", Severity.WARNING, clause="9.3.1", stage="audit-ready")
def conclusions_not_given(book: Book) -> Iterator[Problem]:
    """A review was closed without its conclusions.

    Why
        Does the system fit, is it enough, does it work, does it carry the strategy: four short answers are
        what the meeting is for. Only leadership can give them; qmsbook never writes one.
    Fix
        Write one or two sentences each: *Suitability*, *Adequacy*, *Effectiveness*, *Alignment with
        strategy*.
    Bad
        Reviews
        | Review         | State  | Suitability | Adequacy |
        |----------------|--------|-------------|----------|
        | MR-2026-Q3 [!] | closed | Yes         |          |
    Good
        Reviews
        | Review     | State  | Suitability | Adequacy         |
        |------------|--------|-------------|------------------|
        | MR-2026-Q3 | closed | Yes         | Two hands short  |
        | MR-2026-Q4 | draft  |             |                  |
    """
    asked_for = [name for name in _CONCLUSIONS if has_column(book, Review, name)]
    for review in closed(book):
        bare = [name for name in asked_for if says_nothing(str(getattr(review, name)))]
        if bare:
            words = listed(name.replace("_", " ") for name in bare)
            rests_on = cells(review, "state", *bare)
            yield Problem(review.cell("id"), f"{named(review)} has no conclusion on {words}.", rests_on)


@rule("REV012", Severity.WARNING, clause="9.3.1", quiet="few")
def nobody_from_top_management(book: Book) -> Iterator[Problem]:
    """Nobody from top management attended a review.

    Why
        A review of the business without those who lead it can decide nothing. It is asked once somebody in
        People is marked as top management.
    Fix
        Hold it again with leadership; or complete the list if someone was there.
    Bad
        People
        | Person      | Top management |
        |-------------|----------------|
        | Dana Field  | yes            |
        | Erin Foster | no             |

        Reviews
        | Review     | Held on    | State  | Attended by     |
        |------------|------------|--------|-----------------|
        | MR-2026-Q3 | 2026-10-22 | closed | Erin Foster [!] |
    Good
        People
        | Person      | Top management |
        |-------------|----------------|
        | Dana Field  | yes            |
        | Erin Foster | no             |

        Reviews
        | Review     | Held on    | State  | Attended by             |
        |------------|------------|--------|-------------------------|
        | MR-2026-Q3 | 2026-10-22 | closed | Erin Foster, Dana Field |
    """
    leaders = top_management(book)
    for review in held(book) if leaders else ():
        known = all(map(book.person, review.attended_by))
        if review.attended_by and known and not leaders & set(review.attended_by):
            message = f"Nobody from top management attended {inside(review)}."
            people = [person.cell("top_management") for person in book.people]
            yield Problem(review.cell("attended_by"), message, (*cells(review, "state", "held_on"), *people))


@rule("REV013", Severity.WARNING, clause="9.3.1", stage="audit-ready", quiet="few")
def attendance_not_noted(book: Book) -> Iterator[Problem]:
    """A review does not say who was there.

    Why
        Decisions bind those who took them. Six months later it matters who was in the room.
    Fix
        Enter the names under *Attended by*.
    Bad
        Reviews
        | Review     | Held on    | State  | Attended by |
        |------------|------------|--------|-------------|
        | MR-2026-Q3 | 2026-10-22 | closed | [!]         |
    Good
        Reviews
        | Review     | Held on    | State   | Attended by |
        |------------|------------|---------|-------------|
        | MR-2026-Q3 | 2026-10-22 | closed  | Erin Foster |
        | MR-2026-Q4 | 2027-01-20 | planned |             |
    """
    yield from lacking(book, closed(book), "attended_by", "does not say who was there", "state")


@rule("REV014", Severity.ADVICE, clause="5.1.1", stage="audit-ready", quiet="few")
def chaired_by_quality_role(book: Book) -> Iterator[Problem]:
    """A review is chaired by the quality role.

    Why
        When the quality manager chairs it, it is the quality manager's meeting: the others report and wait
        for the end. Leadership chairs what leadership owns. No clause forbids it, so this is advice.
    Fix
        Let someone from top management lead it; quality can prepare it.
    Bad
        People
        | Person    | Quality role | Top management |
        |-----------|--------------|----------------|
        | Tom Hayes | yes          | no             |

        Reviews
        | Review     | Chair         |
        |------------|---------------|
        | MR-2026-Q3 | Tom Hayes [!] |
    Good
        People
        | Person     | Quality role | Top management |
        |------------|--------------|----------------|
        | Dana Field | no           | yes            |

        Reviews
        | Review     | Chair      |
        |------------|------------|
        | MR-2026-Q3 | Dana Field |
    """
    for review in book.reviews:
        person = book.person(review.chair)
        if person is not None and person.quality_role:
            message = f"{named(review)} is chaired by {person.id}, whose role is quality."
            yield Problem(
                review.cell("chair"), message, cells(person, "quality_role"), about=(person.id,)
            )  # fmt: skip


@rule("REV015", Severity.WARNING, clause="9.3.1", stage="audit-ready", quiet="alone")
def closed_without_approval(book: Book) -> Iterator[Problem]:
    """A review was closed, and nobody approved it.

    Why
        The approval is where leadership takes the conclusions for its own. Without a name they are the
        author's.
    Fix
        Have someone from top management read and approve it, and enter the name under *Approved by*.
    Bad
        Reviews
        | Review     | State  | Approved by |
        |------------|--------|-------------|
        | MR-2026-Q3 | closed | [!]         |
    Good
        Reviews
        | Review     | State  | Approved by |
        |------------|--------|-------------|
        | MR-2026-Q3 | closed | Dana Field  |
        | MR-2026-Q4 | draft  |             |
    """
    yield from lacking(book, closed(book), "approved_by", "is closed, and nobody approved it", "state")


@rule("REV016", Severity.WARNING, clause="9.3.1")
def approved_outside_top_management(book: Book) -> Iterator[Problem]:
    """A review was approved by someone outside of top management.

    Why
        Whoever approves it answers for what it decides on people and money. It is asked once somebody in
        People is marked as top management.
    Fix
        Have it approved by a member of top management, or mark the person as one in People.
    Bad
        People
        | Person      | Top management |
        |-------------|----------------|
        | Dana Field  | yes            |
        | Erin Foster | no             |

        Reviews
        | Review     | Approved by     |
        |------------|-----------------|
        | MR-2026-Q3 | Erin Foster [!] |
    Good
        People
        | Person     | Top management |
        |------------|----------------|
        | Dana Field | yes            |

        Reviews
        | Review     | Approved by |
        |------------|-------------|
        | MR-2026-Q3 | Dana Field  |
    """
    leaders = top_management(book)
    for review in book.reviews if leaders else ():
        person = book.person(review.approved_by)
        if person is not None and person.id not in leaders:
            message = f"{named(review)} was approved by {person.id}, who is not in top management."
            yield Problem(review.cell("approved_by"), message, cells(person, "top_management"))


@rule("REV017", Severity.WARNING, clause="9.3.1", stage="audit-ready", quiet="few")
def owner_of_off_track_goal_absent(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """The owner of a goal that is off track was not at the last review.

    Why
        The one person who could have said why, and what it takes, was somewhere else. The others then agree
        on an action for someone who was not asked.
    Fix
        Talk to the owner before the minutes are closed, and make sure of the date next time.
    Bad
        People
        | Person      | Top management |
        |-------------|----------------|
        | Dana Field  | yes            |
        | Luis Ortega | yes            |

        Goals
        | Goal | Owner       | Result KPI |
        |------|-------------|------------|
        | G1   | Luis Ortega | K07        |

        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 71    |

        Reviews
        | Review     | Held on    | State | Attended by    |
        |------------|------------|-------|----------------|
        | MR-2026-Q3 | 2026-10-22 | draft | Dana Field [!] |
    Good
        People
        | Person      | Top management |
        |-------------|----------------|
        | Dana Field  | yes            |
        | Luis Ortega | yes            |

        Goals
        | Goal | Owner       | Result KPI |
        |------|-------------|------------|
        | G1   | Luis Ortega | K07        |

        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 71    |

        Reviews
        | Review     | Held on    | State | Attended by             |
        |------------|------------|-------|-------------------------|
        | MR-2026-Q3 | 2026-10-22 | draft | Dana Field, Luis Ortega |
    """
    reviews = held(book)
    if not reviews or not reviews[-1].attended_by or not whole(book, Review, "attended_by", "held_on"):
        return
    last = reviews[-1]
    for goal in book.goals:
        result = assessed.goal_results.get(goal.id)
        kpi = book.kpi(goal.result_kpi)
        if result is None or result.word != OFF_TRACK or kpi is None or book.person(goal.owner) is None:
            continue
        if goal.owner not in last.attended_by and all(map(book.person, last.attended_by)):
            message = (
                f"{goal.owner}, who owns {inside(goal)}, was not at {inside(last)}; the goal is off track."
            )
            rests_on = (*cells(goal, "owner", "result_kpi"), *cells(last, "state"), *judged_by(book, kpi))
            yield Problem(last.cell("attended_by"), message, rests_on, about=(goal.owner,))


@rule("REV021", Severity.WARNING, clause="9.3.1")
def review_closed_before_it_was_held(book: Book) -> Iterator[Problem]:
    """A review is closed, and its day is still to come or missing.

    Why
        Minutes written before the meeting are noticed by every auditor, and by everyone who was not asked.
    Fix
        Correct *Held on*, or set *State* back to planned.
    Bad
        Reviews
        | Review     | Held on        | State  |
        |------------|----------------|--------|
        | MR-2026-Q4 | 2027-01-20 [!] | closed |
    Good
        Reviews
        | Review     | Held on    | State   |
        |------------|------------|---------|
        | MR-2026-Q3 | 2026-10-22 | closed  |
        | MR-2026-Q4 | 2027-01-20 | planned |
    """
    for review in asked(book, closed(book), "held_on"):
        if review.held_on is None or review.held_on > book.on:
            when = f"on {day_words(review.held_on)}, a day still to come" if review.held_on else "on no day"
            message = f"{named(review)} is closed and was held {when}."
            yield Problem(review.cell("held_on"), message, cells(review, "state"))


@rule("REV022", Severity.ADVICE, clause="9.3.1", stage="audit-ready")
def next_review_not_planned(book: Book) -> Iterator[Problem]:
    """The day of the next review is not set.

    Why
        A review whose day is set at the end of the last one takes place. Any other has to be fitted in
        between customers.
    Fix
        Enter the day under *Next review on*, or a row for it with the state planned.
    Bad
        Reviews
        | Review     | Held on    | State  | Next review on |
        |------------|------------|--------|----------------|
        | MR-2026-Q3 | 2026-10-22 | closed | [!]            |
    Good
        Reviews
        | Review     | Held on    | State  | Next review on |
        |------------|------------|--------|----------------|
        | MR-2026-Q1 | 2026-04-22 | closed |                |
        | MR-2026-Q3 | 2026-10-22 | closed | 2027-01-20     |
    """
    reviews = held(book)
    if not reviews or not whole(book, Review, "next_review_on", "held_on", "state"):
        return
    last = reviews[-1]
    planned = any(review.state == "planned" for review in book.reviews)
    if last.next_review_on is None and not planned:
        message = f"{named(last)} does not say when the next one is."
        yield Problem(last.cell("next_review_on"), message)
