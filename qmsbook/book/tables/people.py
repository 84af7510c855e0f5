"""People: who owns, reads, answers and leads."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Person(Record):
    """Someone who is named in the workbook; one row per person."""

    TABLE: ClassVar[str] = "People"
    TITLE: ClassVar[str] = "People"

    id: str = column(
        "Person", "The name by which people are called in this workbook. Each name only once.",
        "Erin Foster", kind="id", essential=True, width=20,
    )  # fmt: skip
    role: str = column("Role", "What the person does here.", "Operations Manager", essential=True, width=30)
    function: str = column("Function", "The department or team.", "Operations", width=18)
    process: str = column(
        "Process", "The process the person mainly works in.", "P07", kind="ref", refers=("Processes",),
        width=9,
    )  # fmt: skip
    top_management: bool | None = column(
        "Top management", "yes: leads the company. Goals belong to top management.", True, kind="flag",
        width=13,
    )  # fmt: skip
    quality_role: bool | None = column(
        "Quality role", "yes: the quality manager or someone else whose job is the quality system.", False,
        kind="flag", width=10,
    )  # fmt: skip
    front_line: bool | None = column(
        "Front line", "yes: does the work itself: makes, ships, sells, serves.", False, kind="flag", width=9
    )
    email: str = column(
        "Email", "Where reminders and the review are sent.", "erin.foster@example.com", width=34
    )
    left_on: date | None = column(
        "Left on", "The day the person left. The history stays; open items need a new owner.", None,
        kind="date", width=12,
    )  # fmt: skip
