"""Targets: planned values that replace a KPI's straight line, or its range, for some periods."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Target(Record):
    """A planned value for a span of periods: a season, a step or a revision."""

    TABLE: ClassVar[str] = "Targets"
    TITLE: ClassVar[str] = "Targets"
    KEY: ClassVar[str] = "kpi"
    kpi: str = column(
        "KPI", "The KPI whose plan is replaced.", "K07", kind="ref", refers=("KPIs",), essential=True, width=9
    )
    from_: str = column(
        "From", "The first period it counts for, such as 2026-07.", "2026-07", kind="period",
        essential=True, width=11,
    )  # fmt: skip
    planned: float | None = column(
        "Planned", "The planned value in the KPI's unit.", 93.0, kind="number", essential=True, width=11
    )
    low: float | None = column(
        "Low", "For a KPI within a range: the lowest good value in these periods.", None, kind="number",
        width=9,
    )  # fmt: skip
    high: float | None = column(
        "High", "For a KPI within a range: the highest good value in these periods.", None, kind="number",
        width=9,
    )  # fmt: skip
    until: str = column(
        "Until", "The last period it counts for. Blank: only the first one.", "2026-08", kind="period",
        width=11,
    )  # fmt: skip
    set_on: date | None = column("Set on", "The day it was agreed.", date(2026, 1, 20), kind="date", width=12)
    why: str = column("Why", "Why the plan differs here.", "Summer shutdown at the plater", width=44)
    agreed_by: str = column(
        "Agreed by", "Who agreed to it.", "Erin Foster", kind="ref", refers=("People",), width=18
    )
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
    #: The fields whose figures must be passed, not only reached.
    strict: tuple[str, ...] = ()
