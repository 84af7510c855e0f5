"""REV: leadership meets as planned, with what it needs on the table, and decides something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book, Trouble, field_of
from qmsbook.book.cell import Cell
from qmsbook.book.tables import Decision, Input, Issue, Review
from qmsbook.methods.method import OFF_TRACK, Assessment
from qmsbook.rules.ask import (
    active,
    asked,
    cells,
    counted,
    has_column,
    header_cell,
    inside,
    judged_by,
    listed,
    months_before,
    named,
    whole,
)
from qmsbook.rules.clauses import edition
from qmsbook.rules.plan import says_nothing
from qmsbook.rules.provided import entered_of, held_of
from qmsbook.rules.rule import Problem, Severity, rule

_CONCLUSIONS = ("suitability", "adequacy", "effectiveness", "alignment_with_strategy")
_OUTPUTS = ("improvement", "QMS change", "resources")


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
            f"The last review ({last.id}) was held on {last.held_on.isoformat()}, over {months} months ago."
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
    for review in asked(book, book.reviews, "state"):
        if review.state == "planned" and review.held_on is not None and review.held_on < book.on:
            message = (
                f"{named(review)} was planned for {review.held_on.isoformat()} and is not noted as held."
            )
            yield Problem(review.cell("held_on"), message, cells(review, "state"))


@rule("REV004", Severity.WARNING, clause="9.3.3")
def decision_without_owner(book: Book) -> Iterator[Problem]:
    """A decision has no owner.

    Why
        "We should" was said, and everyone agreed. Three months later it is said again.
    Fix
        Name the one person who carries it out.
    Bad
        Decisions
        | Decision | Clause      | Owner |
        |----------|-------------|-------|
        | D04      | improvement | [!]   |
    Good
        Decisions
        | Decision | Clause      | Owner       |
        |----------|-------------|-------------|
        | D04      | improvement | Erin Foster |
        | D05      | none needed |             |
    """
    for decision in asked(book, book.decisions, "owner"):
        if not decision.owner and decision.clause != "none needed":
            yield Problem(
                decision.cell("owner"), f"{named(decision)} has no owner.", cells(decision, "clause")
            )


@rule("REV005", Severity.WARNING, clause="9.3.3")
def decision_without_day(book: Book) -> Iterator[Problem]:
    """A decision has no due date.

    Why
        A decision without a day is an intention. The next review has nothing to ask for.
    Fix
        Enter the day by which it is carried out.
    Bad
        Decisions
        | Decision | Clause      | Due |
        |----------|-------------|-----|
        | D04      | improvement | [!] |
    Good
        Decisions
        | Decision | Clause      | Due        |
        |----------|-------------|------------|
        | D04      | improvement | 2027-01-20 |
        | D05      | none needed |            |
    """
    for decision in asked(book, book.decisions, "due"):
        if decision.due is None and decision.clause != "none needed":
            yield Problem(
                decision.cell("due"), f"{named(decision)} has no due date.", cells(decision, "clause")
            )


@rule("REV006", Severity.WARNING, clause="9.3.3")
def decision_without_clause(book: Book) -> Iterator[Problem]:
    """A decision does not say what it is about.

    Why
        A review has to decide on three things: improvement, changes to the system, resources. Without a word
        on each decision nobody can see which of them was left out.
    Fix
        Pick improvement, QMS change, resources or none needed under *Clause*.
    Bad
        Decisions
        | Decision | Clause |
        |----------|--------|
        | D04      | [!]    |
    Good
        Decisions
        | Decision | Clause    |
        |----------|-----------|
        | D04      | resources |
    """
    for decision in asked(book, book.decisions, "clause"):
        if not decision.clause:
            yield Problem(decision.cell("clause"), f"{named(decision)} does not say what it is about.")


@rule("REV007", Severity.WARNING, clause="9.3.3")
def decision_of_no_review(book: Book) -> Iterator[Problem]:
    """A decision names no review.

    Why
        Whether it was carried out is asked in the review after the one that took it. A decision of no review
        is asked for in none.
    Fix
        Name the review that took it.
    Bad
        Decisions
        | Decision | Review |
        |----------|--------|
        | D04      | [!]    |
    Good
        Decisions
        | Decision | Review     |
        |----------|------------|
        | D04      | MR-2026-Q3 |
    """
    for decision in asked(book, book.decisions, "review"):
        if not decision.review:
            yield Problem(decision.cell("review"), f"{named(decision)} names no review.")


def _decisions_of(book: Book) -> dict[str, list[Decision]]:
    found: dict[str, list[Decision]] = defaultdict(list)
    for decision in book.decisions:
        found[decision.review].append(decision)
    return found


def _decisions_can_be_told(book: Book) -> bool:
    """Whether every decision's review is known; a lost link may be the one that is missed."""
    return (
        book.has(Decision)
        and whole(book, Decision, "review", "clause")
        and all(book.find(d.review, Review.TABLE) for d in book.decisions)
    )


@rule("REV008", Severity.WARNING, clause="9.3.3", stage="audit-ready")
def closed_without_decision(book: Book) -> Iterator[Problem]:
    """A review was closed without any decision.

    Why
        Leadership met, looked at everything, and changed nothing. Then either all is well, which can be
        written down, or it was a presentation.
    Fix
        Enter what was decided in Decisions; where nothing had to be, pick none needed and say why.
    Bad
        Reviews
        | Review         | State  |
        |----------------|--------|
        | MR-2026-Q3 [!] | closed |

        Decisions
        | Decision | ... |
        |----------|-----|
    Good
        Reviews
        | Review     | State  |
        |------------|--------|
        | MR-2026-Q3 | closed |

        Decisions
        | Decision | Review     |
        |----------|------------|
        | D04      | MR-2026-Q3 |
    """
    decisions = _decisions_of(book)
    empty = book.has(Decision) and not book.decisions
    for review in closed(book) if empty or _decisions_can_be_told(book) else ():
        if review.id and not decisions.get(review.id):
            message = f"{named(review)} was closed without any decision."
            yield Problem(review.cell("id"), message, cells(review, "state"))


@rule("REV009", Severity.WARNING, clause="9.3.3", stage="audit-ready")
def output_left_out(book: Book) -> Iterator[Problem]:
    """A closed review says nothing on one of the things it has to decide.

    Why
        Improvement, changes to the system, resources: each needs a decision, or a word that none is needed.
        The one that is left out is usually resources, and the plan then fails for lack of them.
    Fix
        Enter the decision, or one with *Clause* none needed that begins with what it is about.
    Bad
        Reviews
        | Review         | State  |
        |----------------|--------|
        | MR-2026-Q3 [!] | closed |

        Decisions
        | Decision | Review     | Clause      | Decision text           |
        |----------|------------|-------------|-------------------------|
        | D04      | MR-2026-Q3 | improvement | Freeze the schedule     |
        | D05      | MR-2026-Q3 | none needed | QMS change: not for now |
    Good
        Reviews
        | Review     | State  |
        |------------|--------|
        | MR-2026-Q3 | closed |

        Decisions
        | Decision | Review     | Clause      | Decision text           |
        |----------|------------|-------------|-------------------------|
        | D04      | MR-2026-Q3 | improvement | Freeze the schedule     |
        | D05      | MR-2026-Q3 | none needed | QMS change: not for now |
        | D06      | MR-2026-Q3 | resources   | A second scheduler      |
    """
    if not _decisions_can_be_told(book) or any(not d.clause for d in book.decisions):
        return
    decisions = _decisions_of(book)
    for review in closed(book):
        taken = decisions.get(review.id, [])
        missing = _missing(taken)
        if review.id and taken and missing:
            message = f"{named(review)} says nothing on {listed(missing)}."
            yield Problem(review.cell("id"), message, cells(review, "state"))


def _missing(decisions: list[Decision]) -> list[str]:
    """The outputs that neither a decision nor a *none needed* covers; one that names none covers all."""
    found = {decision.clause for decision in decisions}
    for decision in decisions:
        if decision.clause == "none needed":
            text = decision.decision_text.casefold()
            named_there = {output for output in _OUTPUTS if output.casefold() in text}
            found |= named_there or set(_OUTPUTS)
    return [output for output in _OUTPUTS if output not in found]


@rule("REV010", Severity.WARNING, clause="9.3.2")
def decision_overdue(book: Book) -> Iterator[Problem]:
    """A decision is overdue, and nobody says what came of it.

    Why
        The first thing a review looks at is what became of the last one's decisions. Leadership that does
        not ask after its own decisions cannot ask others. An open action for the decision has a day of its
        own.
    Fix
        Write under *Result* what came of it, or enter an action that serves it.
    Bad
        Decisions
        | Decision | Clause      | Due            | Result |
        |----------|-------------|----------------|--------|
        | D04      | improvement | 2026-09-30 [!] |        |
    Good
        Decisions
        | Decision | Clause      | Due        | Result                   |
        |----------|-------------|------------|--------------------------|
        | D04      | improvement | 2026-09-30 | Runs since 1 September   |
        | D05      | resources   | 2026-12-15 |                          |
    """
    for decision in asked(book, book.decisions, "result"):
        late = decision.due is not None and decision.due < book.on
        serving = any(action.state == "open" for action in book.actions_for.get(decision.id, ()))
        if late and decision.due and not decision.result and decision.clause != "none needed" and not serving:
            message = (
                f"{named(decision)} was due on {decision.due.isoformat()}, and nobody says what came of it."
            )
            yield Problem(decision.cell("due"), message, cells(decision, "clause", "result"))


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


@rule("REV012", Severity.WARNING, clause="9.3.1", others=True)
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


@rule("REV013", Severity.WARNING, clause="9.3.1", stage="audit-ready", others=True)
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
    for review in asked(book, closed(book), "attended_by"):
        if not review.attended_by:
            message = f"{named(review)} does not say who was there."
            yield Problem(review.cell("attended_by"), message, cells(review, "state"))


@rule("REV014", Severity.ADVICE, clause="5.1.1", stage="audit-ready", others=True)
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


@rule("REV015", Severity.WARNING, clause="9.3.1", stage="audit-ready", for_others=True)
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
    for review in asked(book, closed(book), "approved_by"):
        if not review.approved_by:
            message = f"{named(review)} is closed, and nobody approved it."
            yield Problem(review.cell("approved_by"), message, cells(review, "state"))


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


@rule("REV017", Severity.WARNING, clause="9.3.1", stage="audit-ready", others=True)
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


def _coming(book: Book) -> Review | None:
    """The next planned review, if it is near enough for its inputs to be asked for."""
    days = book.settings.input_stale_days
    near = [
        (review.held_on, review.id, review)
        for review in book.reviews
        if review.state == "planned" and review.held_on is not None
        if 0 <= (review.held_on - book.on).days <= (2 * days if _yearly(book, review) else days)
    ]
    return min(near, key=lambda each: each[:2])[2] if near else None


def _yearly(book: Book, review: Review) -> bool:
    """Whether a review looks at a year: what a year needs is not gathered in a month."""
    period = book.parse_period(review.period)
    return period.frequency == "yearly" if period else book.settings.review_interval_months >= _YEAR


_YEAR = 12


@rule("REV018", Severity.WARNING, clause="9.3.2", stage="audit-ready")
def input_absent(book: Book) -> Iterator[Problem]:
    """Something that the coming review has to look at is not there.

    Why
        What is missing on the day is skipped, and what is skipped twice is never looked at again. It is asked
        only from 30 days before a planned review (*Input stale days*; twice as many before one of a whole
        year, *Review interval months* where it names no period). What other tables hold (earlier decisions,
        readings, Context, Risks, Ideas) needs no row in Inputs.
    Fix
        Ask for a summary of three sentences each, and enter it in Inputs.
    Bad
        on 2027-01-05

        Reviews
        | Review         | Held on    | State   |
        |----------------|------------|---------|
        | MR-2026-Q4 [!] | 2027-01-20 | planned |

        Inputs
        | Clause | Summary             | As of      |
        |--------|---------------------|------------|
        | a      | All carried out     | 2027-01-04 |
        | b      | Nothing has changed | 2027-01-04 |
    Good
        on 2026-11-10

        Reviews
        | Review     | Held on    | State   |
        |------------|------------|---------|
        | MR-2026-Q4 | 2027-01-20 | planned |

        Inputs
        | Clause | Summary         | As of      |
        |--------|-----------------|------------|
        | a      | All carried out | 2027-01-04 |
    """
    coming = _coming(book)
    if coming is None or not book.has(Input) or (book.inputs and not whole(book, Input, "clause", "summary")):
        return
    there = entered_of(book)
    if there and book.few_people:
        return  # one text stands for all
    wanted, period = edition(book.settings.iso_edition).inputs, book.parse_period(coming.period)
    missing = [
        f"{letter} ({subject})"
        for letter, subject in wanted.items()
        if letter not in there and (period is None or held_of(book, letter, period, coming) is None)
    ]
    if missing:
        message = f"{named(coming)} still lacks {counted(len(missing), 'input')}: {listed(missing)}."
        yield Problem(coming.cell("id"), message, cells(coming, "held_on", "state"))


@rule("REV019", Severity.WARNING, clause="9.3.2", stage="audit-ready")
def input_stale(book: Book) -> Iterator[Problem]:
    """Something that the coming review has to look at is out of date.

    Why
        Last time's summary read again is worse than none: it looks as if somebody had looked. It is asked
        only from 30 days before a planned review (*Input stale days*; twice as many before one of a whole
        year, *Review interval months* where it names no period). What stands for a day before the period
        under review began is out of date, unless another review within twelve months (*Review coverage
        months*) has taken it up.
    Fix
        Look again: enter the new *Summary* with its day, or the day in the table that holds the topic.
    Bad
        on 2027-01-05

        Reviews
        | Review     | Period  | Held on    | State   |
        |------------|---------|------------|---------|
        | MR-2026-Q4 | 2026-Q4 | 2027-01-20 | planned |

        Inputs
        | Clause | As of          |
        |--------|----------------|
        | b      | 2026-06-30 [!] |
    Good
        on 2027-01-05

        Reviews
        | Review     | Period  | Held on    | State   |
        |------------|---------|------------|---------|
        | MR-2026-Q4 | 2026-Q4 | 2027-01-20 | planned |
        | MR-2026-Q2 | 2026-Q2 | 2026-07-22 | closed  |

        Inputs
        | Clause | As of      |
        |--------|------------|
        | b      | 2027-01-04 |
        | c7     | 2026-06-15 |
    """
    coming = _coming(book)
    period = book.parse_period(coming.period) if coming else None
    if coming is None or period is None:
        return
    entered = entered_of(book)
    if book.few_people and any(each.as_of and each.as_of >= period.first for each in entered.values()):
        return  # one text stands for all
    for letter, each in entered.items():
        if each.as_of is not None and each.as_of >= period.first:
            continue
        elsewhere = held_of(book, letter, period, coming)
        if elsewhere is not None and elsewhere.as_of is not None and elsewhere.as_of >= period.first:
            continue
        if each.as_of is None or covered_by(book, coming, each.as_of) is None:
            message = (
                f"{named(each)} stands for {each.as_of.isoformat()}, before {period.title} began."
                if each.as_of
                else f"{named(each)} does not say as of when, so it counts as from before {period.title}."
            )
            yield Problem(each.cell("as_of"), message, cells(coming, "held_on", "state", "period"))
    for letter, subject in edition(book.settings.iso_edition).inputs.items():
        found = held_of(book, letter, period, coming) if letter not in entered else None
        if found is None or found.as_of is None:
            continue  # rows without a day are told where they stand
        if found.as_of >= period.first or covered_by(book, coming, found.as_of):
            continue
        message = (
            f"{named(coming)} looks at {subject} ({letter}): {found.source} stands for "
            f"{found.as_of.isoformat()}, before {period.title} began."
        )
        yield Problem(coming.cell("id"), message, cells(coming, "held_on", "state", "period"))


def covered_by(book: Book, coming: Review, day: date) -> Review | None:
    """The latest other review that took up what stands for a day, if it was held lately enough.

    The day lies between the beginning of its period and its meeting.
    """
    meeting = coming.held_on or book.on
    since = months_before(meeting, book.settings.review_coverage_months)
    found = [
        (review.held_on, review.id, review)
        for review in book.reviews
        if review is not coming and review.state != "planned" and review.held_on is not None
        if since <= review.held_on < meeting and day <= review.held_on
        if (period := book.parse_period(review.period)) is not None and period.first <= day
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


@rule("REV020", Severity.WARNING, clause="4.1", stage="audit-ready")
def climate_change_not_considered(book: Book) -> Iterator[Problem]:
    """Nobody said whether climate change matters for the company.

    Why
        Since 2024 every auditor asks it. The answer may be no; it has to be an answer. Suppliers, heat on the
        shop floor and customers' carbon questions are where it usually shows.
    Fix
        Add a row of the kind climate change in Context, say what it means for you, and set *Relevant* to yes
        or no.
    Bad
        Context
        | Issue | Kind [!] |
        |-------|----------|
        | C02   | external |
    Good
        Context
        | Issue | Kind           | Relevant |
        |-------|----------------|----------|
        | C02   | external       | yes      |
        | C10   | climate change | no       |
    """
    if not book.context or not whole(book, Issue, "kind", "relevant"):
        return
    rows = [issue for issue in book.context if issue.kind == "climate change"]
    if not rows:
        message = "Context does not say whether climate change matters."
        yield Problem(header_cell(book, Issue, "kind"), message)
    for issue in rows:
        if issue.relevant is None and not any(row.relevant is not None for row in rows):
            message = f"{named(issue)} does not say whether climate change matters."
            yield Problem(issue.cell("relevant"), message)


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
            when = f"on {review.held_on.isoformat()}, a day still to come" if review.held_on else "on no day"
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


def _noted(book: Book, kind: str) -> Iterator[Trouble]:
    return (trouble for trouble in book.troubles if trouble.kind == kind)


def _place(book: Book, trouble: Trouble) -> Cell | None:
    """The cell of a table's row that a question from a review's sheet is about."""
    record = book.find(trouble.row, trouble.table)
    field = field_of(type(record), trouble.header) if record else None
    return record.cell(field) if record and field else None


@rule("REV023", Severity.WARNING, clause="9.3.3")
def closed_review_changed(book: Book) -> Iterator[Problem]:
    """A closed review was changed afterwards.

    Why
        Its sheet is the record of what leadership saw, concluded and decided. When it was closed, a
        fingerprint of every cell was stored; what stands there now is something else.
    Fix
        Put back what stood there, or reopen the review (`qmsbook reopen`), so that the change is noted, and
        close it again.
    Bad
        Reviews
        | Review     | State  | Digest     |
        |------------|--------|------------|
        | MR-2026-Q3 | closed | 5f2a9c [!] |

        On the sheets
        | Kind           | Table   | Row        | Header | Detail              |
        |----------------|---------|------------|--------|---------------------|
        | review changed | Reviews | MR-2026-Q3 | Digest | Review 2026-Q3!C120 |
    Good
        Reviews
        | Review     | State  | Digest |
        |------------|--------|--------|
        | MR-2026-Q3 | closed | 5f2a9c |
    """
    for trouble in _noted(book, "review changed"):
        message = f"The sheet of {trouble.row} was changed after it was closed: {trouble.detail}."
        yield Problem(_place(book, trouble), message, row=trouble.row, table=trouble.table)


@rule("REV024", Severity.WARNING, clause="9.3.3")
def closed_review_gone(book: Book) -> Iterator[Problem]:
    """The sheet of a closed review is gone.

    Why
        It is the record of the review, and auditors ask for it. What can be drawn today is another one: with
        today's figures.
    Fix
        Copy the sheet back from an older copy of the workbook.
    Bad
        Reviews
        | Review     | State  | Digest     |
        |------------|--------|------------|
        | MR-2026-Q3 | closed | 5f2a9c [!] |

        On the sheets
        | Kind        | Table   | Row        | Header | Detail |
        |-------------|---------|------------|--------|--------|
        | review gone | Reviews | MR-2026-Q3 | Digest |        |
    Good
        Reviews
        | Review     | State  | Digest |
        |------------|--------|--------|
        | MR-2026-Q3 | closed | 5f2a9c |
    """
    for trouble in _noted(book, "review gone"):
        message = f"The workbook no longer has the sheet of {trouble.row}, which is closed."
        yield Problem(_place(book, trouble), message, row=trouble.row, table=trouble.table)


@rule("REV025", Severity.WARNING, clause="9.3.3")
def review_says_otherwise(book: Book) -> Iterator[Problem]:
    """A review's sheet and a table say different things, and both were changed.

    Why
        What is typed on the review is carried into the tables and the other way round. Where both sides were
        changed since, qmsbook does not guess which one counts.
    Fix
        Type on both sides what counts.
    Bad
        Decisions
        | Decision | Owner           |
        |----------|-----------------|
        | D04      | Erin Foster [!] |

        On the sheets
        | Kind        | Table     | Row | Header | Detail                                                 |
        |-------------|-----------|-----|--------|--------------------------------------------------------|
        | two answers | Decisions | D04 | Owner  | D04, Owner: this sheet says Ann, Decisions says Erin.  |
    Good
        Decisions
        | Decision | Owner       |
        |----------|-------------|
        | D04      | Erin Foster |
    """
    for trouble in _noted(book, "two answers"):
        yield Problem(_place(book, trouble), trouble.detail, row=trouble.row, table=trouble.table)


@rule("REV026", Severity.WARNING, clause="9.3.3")
def decision_taken_off_the_review(book: Book) -> Iterator[Problem]:
    """A decision was taken off the review's sheet and still stands in Decisions.

    Why
        A row is deleted on a sheet in a moment, perhaps by mistake. So what was decided is not deleted with
        it: somebody has to say so.
    Fix
        Delete its row in Decisions, and its action, if it no longer holds. Else type its id under *No* on the
        review's sheet: the next refresh shows it there again.
    Bad
        Decisions
        | Decision |
        |----------|
        | D04 [!]  |

        On the sheets
        | Kind                 | Table     | Row | Header   | Detail                                     |
        |----------------------|-----------|-----|----------|--------------------------------------------|
        | taken off the review | Decisions | D04 | Decision | D04 was taken off the sheet of the review. |
    Good
        Decisions
        | Decision |
        |----------|
        | D04      |
    """
    for trouble in _noted(book, "taken off the review"):
        yield Problem(_place(book, trouble), trouble.detail, row=trouble.row, table=trouble.table)
