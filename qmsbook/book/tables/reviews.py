"""Reviews: when leadership looks at the business, and what it concluded."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Review(Record):
    """One management review."""

    TABLE: ClassVar[str] = "Reviews"
    TITLE: ClassVar[str] = "Reviews"
    NAME: ClassVar[str] = "period"
    id: str = column(
        "Review", "A short id, such as MR-2026-Q3.", "MR-2026-Q3", kind="id", essential=True, width=13
    )
    period: str = column(
        "Period", "The period it looks at: 2026-Q3, 2026-H1 or 2026.", "2026-Q3", kind="period",
        essential=True, width=10,
    )  # fmt: skip
    held_on: date | None = column(
        "Held on", "The day of the meeting, planned or held.", date(2026, 10, 22), kind="date",
        essential=True, width=12,
    )  # fmt: skip
    state: str = column(
        "State", "planned: to come. draft: being prepared or written up. closed: approved and frozen.",
        "draft", kind="choice", choices=("planned", "draft", "closed"), default="planned", essential=True,
        width=10,
    )  # fmt: skip
    chair: str = column(
        "Chair", "Who leads it: someone from top management.", "Erin Foster", kind="ref",
        refers=("People",), width=18,
    )  # fmt: skip
    attended_by: tuple[str, ...] = column(
        "Attended by", "Who was there. Separate names with commas.", "Erin Foster", kind="refs",
        refers=("People",), width=34,
    )  # fmt: skip
    suitability: str = column(
        "Suitability", "Does the system still fit the business? In one or two sentences.",
        "Yes; it fits the business we run.", width=40,
    )  # fmt: skip
    adequacy: str = column(
        "Adequacy", "Is it enough for what customers and rules ask of us?",
        "Yes; enough people and equipment.", width=40,
    )  # fmt: skip
    effectiveness: str = column(
        "Effectiveness", "Does it get the results we planned?", "Mostly; delivery is still behind plan.",
        width=40,
    )  # fmt: skip
    alignment_with_strategy: str = column(
        "Alignment with strategy", "Does it carry the company's direction?",
        "Yes; every objective serves a goal.", width=40,
    )  # fmt: skip
    approved_by: str = column(
        "Approved by", "Who in top management approved it.", "Erin Foster", kind="ref", refers=("People",),
        width=18,
    )  # fmt: skip
    next_review_on: date | None = column(
        "Next review on", "The day of the next one.", date(2027, 1, 20), kind="date", width=12
    )
    closed_on: date | None = column(
        "Closed on", "The day it was closed.", None, kind="date", computed=True, width=12
    )
    digest: str = column(
        "Digest", "The fingerprint of the closed sheet, so that a later change is seen.", "", computed=True,
        width=20,
    )  # fmt: skip
    history: str = column("History", "When it was closed and reopened, and why.", "", computed=True, width=34)
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
