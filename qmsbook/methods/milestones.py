"""Milestones: what is reached or not, and by how many days it is late.

An action whose *Kind* is milestone says of the objective that it serves how far it is, without a figure: reached
it is *On track*, however late; open it is *Not due* up to its day, and *Off track* after it. Without a day there
is *No data*; one that was dropped is left out. The day is the first that was given: moving it is no new promise.
"""  # noqa: E501  # as docs show it

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.tables import Action, Decision
from qmsbook.book.words import plural
from qmsbook.methods.method import NO_DATA, NOT_DUE, OFF_TRACK, ON_TRACK

MILESTONE = "milestone"


@dataclass(frozen=True, slots=True)
class Milestone:
    """How a milestone stands: its word, whether it is reached, and how many days late it is, or was."""

    action: Action
    word: str
    reached: bool = False
    late: int = 0

    @property
    def words(self) -> str:
        """``reached 12 days late``, ``34 days late``; blank where it is open and not late."""
        days = f"{plural(self.late, 'day')} late" if self.late else ""
        if not self.reached:
            return days
        return f"reached {days}" if days else "reached"


def is_milestone(action: Action) -> bool:
    """Whether an action is a milestone that still stands."""
    return action.kind == MILESTONE and action.state != "dropped"


def milestones_of(book: Book, objective: str) -> tuple[Milestone, ...]:
    """The milestones that serve an objective, in the order of the sheet."""
    return tuple(milestone(book, each) for each in book.actions_for.get(objective, ()) if is_milestone(each))


def milestone(book: Book, action: Action) -> Milestone:
    """How a milestone stands on the book's day; one that was reached only after it is open.

    A book of a review is judged on the day after its period: what was due on the last one is not late yet.
    """
    on = book.as_of or book.on
    due, closed = due_first(book, action), action.closed
    reached = action.state == "done" and (closed is None or closed <= on)
    end = closed if reached else on
    late = max((end - due).days, 0) if due is not None and end is not None else 0
    if reached:
        return Milestone(action, ON_TRACK, True, late)
    return Milestone(action, NO_DATA if due is None else OFF_TRACK if late else NOT_DUE, False, late)


def due_first(book: Book, action: Action) -> date | None:
    """The earliest day by which an action was to be done: a day that was moved is no new promise.

    It is the earliest of its Due, that of the decisions it carries out, and what closed reviews printed.
    """
    decisions = [d for key in action.serves if isinstance(d := book.find(key, Decision.TABLE), Decision)]
    named = [action.due, *(decision.due for decision in decisions)]
    printed = [book.promised.get(key) for key in (action.id, *(decision.id for decision in decisions))]
    return min((day for day in (*named, *printed) if day is not None), default=None)
