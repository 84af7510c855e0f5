"""REV: what reviews decided, and whether it is carried out."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book, Trouble, field_of
from qmsbook.book.cell import Cell
from qmsbook.book.tables import Decision, Review
from qmsbook.rules.ask import (
    asked,
    cells,
    listed,
    named,
    whole,
)
from qmsbook.rules.reviews import closed
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import grouped, lacking, past

_OUTPUTS = ("improvement", "QMS change", "resources")


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
    yield from lacking(book, _to_carry_out(book), "owner", "has no owner", "clause")


def _to_carry_out(book: Book) -> list[Decision]:
    """The decisions but those that nothing is needed."""
    return [decision for decision in book.decisions if not decision.nothing_needed]


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
    yield from lacking(book, _to_carry_out(book), "due", "has no due date", "clause")


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
    yield from lacking(book, book.decisions, "clause", "does not say what it is about")


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
    yield from lacking(book, book.decisions, "review", "names no review")


def _decisions_of(book: Book) -> dict[str, list[Decision]]:
    return grouped(book.decisions, lambda decision: decision.review)


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
    yield from past(
        book,
        (decision for decision in asked(book, _to_carry_out(book), "result")
         if not decision.result
         and not any(action.state == "open" for action in book.actions_for.get(decision.id, ()))),
        "due", "was due on {day}, and nobody says what came of it", "clause", "result",
    )  # fmt: skip


def noted(book: Book, kind: str) -> Iterator[Trouble]:
    return (trouble for trouble in book.troubles if trouble.kind == kind)


def place(book: Book, trouble: Trouble) -> Cell | None:
    """The cell of a table's row that a question from a review's sheet is about."""
    record = book.find(trouble.row, trouble.table)
    field = field_of(type(record), trouble.header) if record else None
    return record.cell(field) if record and field else None


@rule("REV026", Severity.WARNING, clause="9.3.3")
def decision_taken_off_the_review(book: Book) -> Iterator[Problem]:
    """A decision was taken off the review's sheet but not out of Decisions.

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
    for trouble in noted(book, "taken off the review"):
        yield Problem(place(book, trouble), trouble.detail, row=trouble.row, table=trouble.table)
