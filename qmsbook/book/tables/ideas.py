"""Ideas: the voice of the people who do the work."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Idea(Record):
    """Something somebody noticed, what they suggest, and the answer they got."""

    TABLE: ClassVar[str] = "Ideas"
    TITLE: ClassVar[str] = "Ideas"
    NAME: ClassVar[str] = "what_happens"
    id: str = column("Idea", "A short id, such as I05.", "I05", kind="id", essential=True, width=8)
    raised_by: str = column(
        "Raised by", "A name, a team or a shift: any words.", "2nd shift, shipping", essential=True, width=24
    )
    what_happens: str = column(
        "What happens", "What goes wrong or could be better, as you see it.",
        "We wait for labels while the truck stands at the dock", essential=True, width=44,
    )  # fmt: skip
    suggestion: str = column(
        "Suggestion", "What you would do about it.", "Print labels when the order is picked",
        essential=True, width=44,
    )  # fmt: skip
    answer: str = column(
        "Answer", "What became of it, and why.", "Yes. Printer moved to the picking aisle in September.",
        essential=True, width=44,
    )  # fmt: skip
    raised_on: date | None = column(
        "Raised on", "The day it was raised.", date(2026, 9, 3), kind="date", width=12
    )
    process: str = column(
        "Process", "The process it is about.", "P07", kind="ref", refers=("Processes",), width=9
    )
    kind: str = column(
        "Kind", "What kind of trouble it is.", "delay", kind="choice",
        choices=("rework", "delay", "repeating error", "customer pain", "other"), width=16,
    )  # fmt: skip
    answered_on: date | None = column(
        "Answered on", "The day the answer was given.", date(2026, 9, 12), kind="date", width=12
    )
    led_to: tuple[str, ...] = column(
        "Led to",
        "What came of it: the id of an action, objective, KPI or risk. Several: separate them with commas.",
        "A11", kind="refs", refers=("*",), width=12,
    )  # fmt: skip
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
