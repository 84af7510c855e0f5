"""Measurements: one reading of one KPI for one period."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Measurement(Record):
    """What a KPI was in a period; one row per KPI and period."""

    TABLE: ClassVar[str] = "Measurements"
    TITLE: ClassVar[str] = "Measurements"
    KEY: ClassVar[str] = "kpi"
    NAME: ClassVar[str] = "name"
    REQUIRED: ClassVar[bool] = True
    kpi: str = column(
        "KPI", "The KPI that was read.", "K07", kind="ref", refers=("KPIs",), essential=True, width=8
    )
    period: str = column(
        "Period", "The period, as text: 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05.", "2026-10",
        kind="period", essential=True, width=10,
    )  # fmt: skip
    value: float | None = column(
        "Value", "The figure, in the KPI's unit. Leave it blank if numerator and denominator are filled.",
        94.2, kind="number", essential=True, width=11,
    )  # fmt: skip
    comment: str = column(
        "Comment", "Why it is off track, or why it is missing. Only when asked.", "", essential=True, width=40
    )
    numerator: float | None = column(
        "Numerator", "For a ratio: the count above the line.", 391.0, kind="number", width=11
    )
    denominator: float | None = column(
        "Denominator", "For a ratio: the count below the line.", 415.0, kind="number", width=12
    )
    entered_by: str = column(
        "Entered by", "Who typed it in.", "Erin Foster", kind="ref", refers=("People",), width=18
    )
    entered_on: date | None = column(
        "Entered on", "The day it was typed in.", date(2026, 11, 4), kind="date", width=12
    )
    name: str = column("Name", "The KPI's name.", "", computed=True, width=46)
    unit: str = column("Unit", "The KPI's unit.", "", computed=True, width=14)
    owner: str = column("Owner", "Who answers for the KPI.", "", computed=True, width=18)
    previous: float | None = column(
        "Previous", "The reading of the period before.", None, kind="number", computed=True, width=10
    )
    actual: float | None = column(
        "Actual", "The figure that counts.", None, kind="number", computed=True, width=10
    )
    plan: float | None = column(
        "Plan", "What was planned for the period.", None, kind="number", computed=True, width=10
    )
    status: str = column("Status", "Actual against plan.", "", computed=True, width=15)
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
