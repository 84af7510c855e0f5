"""Actions: who does what by when."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Action(Record):
    """A piece of work with one owner and one date."""

    TABLE: ClassVar[str] = "Actions"
    TITLE: ClassVar[str] = "Actions"
    NAME: ClassVar[str] = "what"
    id: str = column("Action", "A short id, such as A11.", "A11", kind="id", essential=True, width=8)
    what: str = column(
        "What", "What will be done.", "Freeze the schedule 48 hours ahead", essential=True, width=46
    )
    serves: tuple[str, ...] = column(
        "Serves", "What it is for: the id of a KPI, objective, goal, risk or idea. Several: separate them "
        "with commas.", "K07", kind="refs", refers=("*",), essential=True, width=12,
    )  # fmt: skip
    owner: str = column(
        "Owner", "The one person who sees that it gets done.", "Erin Foster", kind="ref",
        refers=("People",), essential=True, width=18,
    )  # fmt: skip
    due: date | None = column(
        "Due", "The day by which it is to be done.", date(2026, 12, 18), kind="date", essential=True, width=12
    )
    state: str = column(
        "State", "open: still to do. done: finished. dropped: will not be done.", "open", kind="choice",
        choices=("open", "done", "dropped"), default="open", essential=True, width=10,
    )  # fmt: skip
    kind: str = column(
        "Kind", "milestone: reached or not, it says how far the objective is that it serves. Blank: action.",
        "action", kind="choice", choices=("action", "milestone"), default="action", width=11,
    )  # fmt: skip
    from_: str = column(
        "From", "What gave rise to it. Pick one or use your own words.", "review", kind="choice",
        choices=(
            "review", "risk", "KPI", "idea", "audit", "complaint", "nonconformity", "customer", "meeting",
        ), suggest=True, width=10,
    )  # fmt: skip
    opened: date | None = column(
        "Opened", "The day it was agreed.", date(2026, 10, 22), kind="date", width=12
    )
    closed: date | None = column("Closed", "The day it was finished or dropped.", None, kind="date", width=12)
    effect: str = column("Effect", "Whether it worked: what changed, in figures if you can.", "", width=44)
    age: float | None = column(
        "Age", "Days since it was opened, or until it was closed.", None, kind="number", computed=True,
        width=8, number_format="0",
    )  # fmt: skip
    carried: float | None = column(
        "Carried", "How many reviews were held after its day while it was open.", None, kind="number",
        computed=True, width=9, number_format="0",
    )  # fmt: skip
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
