"""Processes: what the company does, step by step, and who owns each."""

from typing import ClassVar

from qmsbook.book.table import Record, column


class Process(Record):
    """A process of the company; one row per process."""

    TABLE: ClassVar[str] = "Processes"
    TITLE: ClassVar[str] = "Processes"
    NAME: ClassVar[str] = "name"
    id: str = column(
        "Process", "A short id of your choice, such as P07.", "P07", kind="id", essential=True, width=10
    )
    name: str = column("Name", "What people call the process.", "Shipping", essential=True, width=30)
    owner: str = column(
        "Owner", "The one person who answers for how the process runs.", "Erin Foster", kind="ref",
        refers=("People",), essential=True, width=18,
    )  # fmt: skip
    core: bool | None = column(
        "Core", "yes: it makes or delivers what customers pay for. no: it supports the others.", True,
        kind="flag", essential=True, width=8,
    )  # fmt: skip
    customer: str = column(
        "Customer", "Who receives what the process delivers: a customer, or the next process.",
        "The customer's receiving dock", width=34,
    )  # fmt: skip
    status: str = column(
        "Status", "How the KPIs of this process stand together.", "", computed=True, width=30
    )
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
