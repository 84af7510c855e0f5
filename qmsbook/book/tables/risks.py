"""Risks: the threats to a goal and the opportunities for it."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column

#: What people write instead of a score, and as what it is read.
SCALE = (("Low", 1.0), ("Medium", 3.0), ("High", 5.0))


class Risk(Record):
    """A threat or an opportunity, with what is done about it."""

    TABLE: ClassVar[str] = "Risks"
    TITLE: ClassVar[str] = "Risks"
    NAME: ClassVar[str] = "description"
    id: str = column("Risk", "A short id, such as R03.", "R03", kind="id", essential=True, width=8)
    kind: str = column(
        "Kind", "threat: could stop us. opportunity: could carry us further.", "threat", kind="choice",
        choices=("threat", "opportunity"), essential=True, width=12,
    )  # fmt: skip
    goal: str = column(
        "Goal", "The goal it touches.", "G1", kind="ref", refers=("Goals",), essential=True, width=8
    )
    description: str = column(
        "Description", "What could happen, and what it would do to the goal.",
        "The only plater fails and finished orders wait", essential=True, width=46,
    )  # fmt: skip
    likelihood: float | None = column(
        "Likelihood", "How likely, without any controls: 1 hardly ever to 5 almost certain; or Low, Medium, "
        "High for 1, 3, 5.", 4.0, kind="number", low=1, high=5, whole=True, words=SCALE,
        essential=True, width=10,
    )  # fmt: skip
    impact: float | None = column(
        "Impact", "How hard it would hit, without any controls: 1 barely felt to 5 severe. For an "
        "opportunity: how much it would bring.", 4.0, kind="number", low=1, high=5, whole=True, words=SCALE,
        essential=True, width=8,
    )  # fmt: skip
    controls: str = column(
        "Controls", "What is in place against it, or what is done to win it.",
        "Second plater approved; two weeks of safety stock", essential=True, width=44,
    )  # fmt: skip
    control_owner: str = column(
        "Control owner", "The one person who keeps the controls working.", "Erin Foster", kind="ref",
        refers=("People",), essential=True, width=18,
    )  # fmt: skip
    objective: str = column(
        "Objective", "The objective it touches most.", "O1.2", kind="ref", refers=("Objectives",), width=10
    )
    vulnerability: str = column(
        "Vulnerability", "Where the company is weak.", "suppliers", kind="choice",
        choices=("capacity", "suppliers", "skills", "cash flow", "compliance", "process variation", "other"),
        width=18,
    )  # fmt: skip
    watched_by: str = column(
        "Watched by", "The KPI that would show it first.", "K07", kind="ref", refers=("KPIs",), width=10
    )
    response: str = column(
        "Response", "What you decided to do about it. Pick one or use your own words.", "reduce",
        kind="choice", choices=("avoid", "reduce", "share", "accept", "pursue"), suggest=True, width=12,
    )  # fmt: skip
    residual_likelihood: float | None = column(
        "Residual likelihood", "How likely with the controls in place, 1 to 5.", 2.0, kind="number", low=1,
        high=5, whole=True, words=SCALE, width=10,
    )  # fmt: skip
    residual_impact: float | None = column(
        "Residual impact", "How hard it would still hit with the controls in place, 1 to 5.", 3.0,
        kind="number", low=1, high=5, whole=True, words=SCALE, width=10,
    )  # fmt: skip
    accepted_by: str = column(
        "Accepted by", "Who in top management accepts what is left when it is above the risk appetite.",
        "Erin Foster", kind="ref", refers=("People",), width=18,
    )  # fmt: skip
    last_reviewed: date | None = column(
        "Last reviewed", "The day it was last looked at.", date(2026, 10, 22), kind="date", width=12
    )
    effect_of_action: str = column(
        "Effect of action", "Whether what was done made it smaller, or brought the gain.",
        "No late order for plating since June", width=34,
    )  # fmt: skip
    state: str = column(
        "State",
        "open: still there. closed: over. considered and none found: you looked and found nothing.", "open",
        kind="choice", choices=("open", "closed", "considered and none found"), default="open", width=14,
    )  # fmt: skip
    score: float | None = column(
        "Score", "Likelihood times impact.", None, kind="number", computed=True, width=8, number_format="0"
    )
    residual_score: float | None = column(
        "Residual score", "Likelihood times impact with the controls in place.", None, kind="number",
        computed=True, width=9, number_format="0",
    )  # fmt: skip
    band: str = column("Band", "How large it is: low, medium or high.", "", computed=True, width=12)
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
