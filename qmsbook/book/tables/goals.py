"""Goals: what the business is out to reach (level 1)."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Goal(Record):
    """A goal of the company; three to five rows are plenty."""

    TABLE: ClassVar[str] = "Goals"
    TITLE: ClassVar[str] = "Goals"
    NAME: ClassVar[str] = "statement"
    REQUIRED: ClassVar[bool] = True
    id: str = column("Goal", "A short id, such as G1.", "G1", kind="id", essential=True, width=8)
    statement: str = column(
        "Statement", "What the company wants to reach, in one sentence everyone understands.",
        "Keep the customers we have by delivering what we promised", essential=True, width=46,
    )  # fmt: skip
    theme: str = column(
        "Theme", "What kind of goal it is. Pick one or use your own words.", "customer retention",
        kind="choice", choices=("growth", "customer retention", "efficiency", "profit", "differentiation",
        "workforce capability"), suggest=True, essential=True, width=20,
    )  # fmt: skip
    owner: str = column(
        "Owner", "The one person in top management who answers for the goal.", "Erin Foster", kind="ref",
        refers=("People",), essential=True, width=18,
    )  # fmt: skip
    horizon: date | None = column(
        "Horizon", "The day by which it is to be reached.", date(2026, 12, 31), kind="date", essential=True,
        width=12,
    )  # fmt: skip
    rank: float | None = column(
        "Rank", "1 is the most important goal, 2 the next. Each number once.", 1.0, kind="number", low=1,
        whole=True, essential=True, width=7,
    )  # fmt: skip
    result_kpi: str = column(
        "Result KPI", "The one KPI that tells whether the goal is reached.", "K07", kind="ref",
        refers=("KPIs",), essential=True, width=10,
    )  # fmt: skip
    comes_from: str = column(
        "Comes from",
        "Where the goal comes from: the business plan, the budget, the owner ... If no KPI can "
        "tell its result, say why here.", "Business plan 2026, page 2", width=34,
    )  # fmt: skip
    weight: float | None = column(
        "Weight", "How much it counts against the other goals. Blank: 1.", 1.0, kind="number", low=0, width=8
    )
    result: float | None = column(
        "Result", "The latest figure of the Result KPI.", None, kind="number", computed=True, width=10
    )
    status: str = column("Status", "How the Result KPI stands against its plan.", "", computed=True, width=15)
    objectives: str = column(
        "Objectives", "How the objectives under this goal stand together.", "", computed=True, width=34
    )
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
