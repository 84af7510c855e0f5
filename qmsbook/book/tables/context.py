"""Context: what around and inside the company matters for the plan."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Issue(Record):
    """An external or internal issue, or what an interested party needs."""

    TABLE: ClassVar[str] = "Context"
    TITLE: ClassVar[str] = "Context"
    NAME: ClassVar[str] = "description"
    id: str = column("Issue", "A short id, such as C02.", "C02", kind="id", essential=True, width=8)
    kind: str = column(
        "Kind", "What kind of issue it is.", "external", kind="choice",
        choices=("external", "internal", "interested party", "climate change"), essential=True, width=18,
    )  # fmt: skip
    description: str = column(
        "Description", "What it is and what it means for us.", "Customers expect delivery within two weeks",
        essential=True, width=60,
    )  # fmt: skip
    relevant: bool | None = column(
        "Relevant", "yes: it matters for the plan. no: looked at, and it does not.", True, kind="flag",
        essential=True, width=10,
    )  # fmt: skip
    since: date | None = column(
        "Since", "The day it was first seen.", date(2025, 1, 15), kind="date", width=12
    )
    last_reviewed: date | None = column(
        "Last reviewed", "The day it was last looked at.", date(2026, 10, 22), kind="date", width=12
    )
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
