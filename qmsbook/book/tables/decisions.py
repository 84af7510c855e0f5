"""Decisions: what a review decided, who does it and by when."""

import re
from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Decision(Record):
    """One decision of a management review."""

    TABLE: ClassVar[str] = "Decisions"
    TITLE: ClassVar[str] = "Decisions"
    NAME: ClassVar[str] = "decision_text"
    id: str = column("Decision", "A short id, such as D04.", "D04", kind="id", essential=True, width=10)
    review: str = column(
        "Review", "The review that took it.", "MR-2026-Q3", kind="ref", refers=("Reviews",), essential=True,
        width=13,
    )  # fmt: skip
    clause: str = column(
        "Clause", "What it is about. none needed: looked at, and nothing has to be decided.", "improvement",
        kind="choice", choices=("improvement", "QMS change", "resources", "none needed"), essential=True,
        width=14,
    )  # fmt: skip
    decision_text: str = column(
        "Decision text", "What was decided, or why nothing is needed.",
        "Raise the delivery target for 2027 in January", essential=True, width=56,
    )  # fmt: skip
    owner: str = column(
        "Owner", "The one person who carries it out.", "Erin Foster", kind="ref", refers=("People",),
        essential=True, width=18,
    )  # fmt: skip
    due: date | None = column(
        "Due", "The day by which it is carried out.", date(2027, 1, 20), kind="date", essential=True, width=12
    )
    concerns: tuple[str, ...] = column(
        "Concerns", "The goals, objectives or KPIs it is about. Several: separate them with commas.", "O1.2",
        kind="refs", refers=("*",), width=12,
    )  # fmt: skip
    result: str = column("Result", "What came of it.", "", width=44)
    action: str = column("Action", "The action that carries it out.", "", computed=True, width=9)
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)

    @property
    def nothing_needed(self) -> bool:
        """Whether it says that nothing has to be done: by its clause, or in so many words."""
        return self.clause == "none needed" or says_nothing_is_needed(self.decision_text)


def says_nothing_is_needed(text: str) -> bool:
    """Whether a decision's own words are that nothing has to be done, with a reason or without one.

    >>> says_nothing_is_needed("None needed."), says_nothing_is_needed("none needed: the budget covers it")
    (True, True)
    >>> says_nothing_is_needed("Nothing but new gauges will do"), says_nothing_is_needed("No change of shift")
    (False, False)
    """
    said = re.split(r"[:.!(\u2013\u2014]| - | because | since ", text.strip(), maxsplit=1)[0]
    return " ".join(said.split()).casefold() in _NOTHING


_NOTHING = frozenset(
    {"none", "none needed", "none required", "nothing", "nothing needed", "not needed", "no change"}
    | {"no change needed", "no changes", "no changes needed", "no decision needed", "no action needed", "n/a"}
)
