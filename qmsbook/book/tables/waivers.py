"""Waivers: findings that somebody decided to live with for a while."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Waiver(Record):
    """One finding on one row that is silenced until a day, by a person, for a reason."""

    TABLE: ClassVar[str] = "Waivers"
    TITLE: ClassVar[str] = "Waivers"
    KEY: ClassVar[str] = "code"
    NAME: ClassVar[str] = "reason"
    code: str = column("Code", "The code of the finding, such as OBJ006.", "OBJ006", essential=True, width=10)
    of_row: str = column(
        "Row",
        "The id of the row it is about. For a reading: the KPI, @ and the period, such as K07@2026-03.",
        "O1.2", essential=True, width=12,
    )  # fmt: skip
    reason: str = column(
        "Reason", "Why the finding may stand for now.", "All four KPIs are needed until the new line runs.",
        essential=True, width=56,
    )  # fmt: skip
    by: str = column(
        "By", "Who decided it.", "Erin Foster", kind="ref", refers=("People",), essential=True, width=18
    )
    until: date | None = column(
        "Until", "The day it ends.", date(2026, 12, 31), kind="date", essential=True, width=12
    )
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
