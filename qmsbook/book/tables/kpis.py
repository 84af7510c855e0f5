"""KPIs: how each process carries its part of the objectives, in figures (level 3)."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, Value, column


class Kpi(Record):
    """A process measure with its target; one row per KPI."""

    TABLE: ClassVar[str] = "KPIs"
    TITLE: ClassVar[str] = "KPIs"
    NAME: ClassVar[str] = "name"
    REQUIRED: ClassVar[bool] = True

    id: str = column(
        "KPI", "A short id of your choice that no other KPI has.", "K07", kind="id", essential=True, width=8
    )
    name: str = column(
        "Name",
        "What is measured, in words the shop floor uses.",
        "On-time delivery",
        essential=True,
        width=38,
    )
    supports: tuple[str, ...] = column(
        "Supports", "The objective this KPI drives. Several: separate them with commas.", "O1.2",
        kind="refs", refers=("Objectives",), essential=True, width=11,
    )  # fmt: skip
    process: str = column(
        "Process",
        "The process that is measured.",
        "P07",
        kind="ref",
        refers=("Processes",),
        essential=True,
        width=9,
    )
    owner: str = column(
        "Owner", "The one person who answers for the figure.", "Erin Foster", kind="ref", refers=("People",),
        essential=True, width=18,
    )  # fmt: skip
    unit: str = column(
        "Unit", "What the figures count: %, hours, $k, ppm, pieces ...", "%", essential=True, width=14
    )
    direction: str = column(
        "Direction", "Which way is better: higher, lower, or within a range (fill Low and High).", "higher",
        kind="choice", choices=("higher", "lower", "within"), reads="direction", essential=True, width=10,
    )  # fmt: skip
    baseline: float | None = column(
        "Baseline", "Where you started, in the KPI's unit. The plan runs from here to the target.", 86.2,
        kind="number", reads="figure", essential=True, width=10,
    )  # fmt: skip
    target: float | None = column(
        "Target", "The value to reach, in the KPI's unit: 95, ≥ 95, max. 5, 5-10.", 95.0, kind="number",
        reads="target", essential=True, width=10,
    )  # fmt: skip
    target_on: date | None = column(
        "Target on", "The day by which the target is to be reached, or Q3 2026, 2026, ongoing.",
        date(2026, 12, 31), kind="date", reads="end", essential=True, width=12,
    )  # fmt: skip
    how_it_drives: str = column(
        "How it drives", "One line: why a better figure here moves the objective.",
        "Lines shipped on the promised date are what the objective counts.", width=40,
    )  # fmt: skip
    how_it_is_counted: str = column(
        "How it is counted",
        "One line: what is counted, from where to where. A change makes another figure of it: say so.",
        "Lines shipped on or before the promised date, of all lines shipped in the month.", width=40,
    )  # fmt: skip
    baseline_on: date | None = column(
        "Baseline on", "The day the baseline stands for.", date(2024, 10, 31), kind="date", width=12
    )
    low: float | None = column(
        "Low", "For direction within: the lowest good value.", None, kind="number", reads="bound", width=9
    )
    high: float | None = column(
        "High", "For direction within: the highest good value.", None, kind="number", reads="bound", width=9
    )
    lowest_possible: float | None = column(
        "Lowest possible",
        "The value below which the figure cannot fall, such as 0.",
        0.0,
        kind="number",
        width=10,
    )
    highest_possible: float | None = column(
        "Highest possible",
        "The value above which the figure cannot rise, such as 100.",
        100.0,
        kind="number",
        width=10,
    )
    trajectory: str = column(
        "Trajectory",
        "How the plan runs from baseline to target: linear (a little each period), step (at quarter ends), "
        "flat (the target counts from the start).",
        "linear", kind="choice", choices=("linear", "step", "flat"), default="linear", width=10,
    )  # fmt: skip
    target_is: str = column(
        "Target is", "What the target is held against: each period, the year so far, the last 12 months (or "
        "rolling 3, 6, 24), or all since the start.",
        "each period", kind="choice", reads="span",
        choices=("each period", "year to date", "rolling 12", "since the start"),
        default="each period", width=12,
    )  # fmt: skip
    target_set_on: date | None = column(
        "Target set on", "The day the present target was agreed.", date(2026, 1, 20), kind="date", width=12
    )
    tolerance: Value = column(
        "Tolerance",
        "How far behind plan still counts as at risk: a fraction (0.03, ±3 %), an amount (10, 1 day) or "
        "points (2 pp). "
        "Blank: the smaller of 5 % of the plan and a quarter of the way from baseline to target; where a "
        "target in % is only to be held, at most 1 point.",
        0.02, kind="any", width=10,
    )  # fmt: skip
    frequency: str = column(
        "Frequency", "How often it is read. When it happens and once: never overdue by the calendar.",
        "monthly", kind="choice", default="monthly", reads="frequency", width=15,
        choices=("weekly", "monthly", "quarterly", "half-yearly", "yearly", "when it happens", "once"),
    )  # fmt: skip
    grace_days: float | None = column(
        "Grace days",
        "Days from a period's end until a missing reading is overdue. Blank: 3 for weekly, else 10.",
        10.0, kind="number", low=0, whole=True, width=8,
    )  # fmt: skip
    aggregation: str = column(
        "Aggregation",
        "How several readings make one figure for a longer span. Blank: counts, pieces and money are added "
        "up, the rest averaged; a ratio where both its counts are named. Since the start: sum where each "
        "reading comes on top, last where each is the running total.",
        "ratio", kind="choice",
        choices=("sum", "average", "last", "minimum", "maximum", "ratio"), width=11,
    )  # fmt: skip
    numerator: str = column(
        "Numerator", "For a ratio: what is counted above the line.", "lines shipped on time", width=24
    )
    denominator: str = column("Denominator", "For a ratio: what it is counted of.", "lines shipped", width=24)
    scale: float | None = column(
        "Scale",
        "For a ratio: 100 gives percent, 1,000,000 ppm. Blank: 100 for %, 1,000,000 for ppm, else 1.",
        100.0, kind="number", width=10,
    )  # fmt: skip
    kind: str = column(
        "Kind", "lead: moves first and foretells; lag: tells the result.", "lag", kind="choice",
        choices=("lead", "lag"), width=7,
    )  # fmt: skip
    weight: float | None = column(
        "Weight", "How much it counts in its objective. Blank: 1.", 1.0, kind="number", low=0, width=8
    )
    vital: bool | None = column(
        "Vital", "yes: the objective cannot be better than this KPI.", False, kind="flag", width=7
    )
    seasonal: bool | None = column(
        "Seasonal", "yes: the figure has a yearly pattern.", False, kind="flag", width=9
    )
    data_source: str = column("Data source", "Where the figure comes from.", "ERP shipping report", width=24)
    proposed_by: str = column(
        "Proposed by",
        "Who of the people doing the work proposed it.",
        "",
        kind="ref",
        refers=("People",),
        width=18,
    )
    rebase_on: str = column(
        "Rebase on", "Days from which the natural limits start anew, with commas between them.", "", width=14
    )
    active: bool | None = column(
        "Active", "no: paused, left out of every count. watch: read and shown, no target asked for.", True,
        kind="flag", choices=("watch",), default=True, reads="active", width=8,
    )  # fmt: skip
    latest: float | None = column(
        "Latest", "The last reading that counts.", None, kind="number", computed=True, width=10
    )
    period: str = column("Period", "The period it belongs to.", "", computed=True, width=10)
    plan: float | None = column(
        "Plan", "What was planned for that period.", None, kind="number", computed=True, width=10
    )
    status: str = column("Status", "Actual against plan.", "", computed=True, width=15)
    real_change: str = column(
        "Real change?",
        "Whether the figure has really moved, or this is just noise.",
        "",
        computed=True,
        width=28,
    )
    can_it_meet_the_target: str = column(
        "Can it meet the target?",
        "Whether the process, as it runs, can meet the target.",
        "",
        computed=True,
        width=33,
    )
    progress: float | None = column(
        "Progress", "The share of the way from baseline to target.", None, kind="number", computed=True,
        width=10, number_format="0%",
    )  # fmt: skip
    reason: str = column("Reason", "Why the status is what it is.", "", computed=True, width=72)
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
    #: Which of target, low and high must be passed and not only reached: ``< 4`` is not met by 4.
    strict: tuple[str, ...] = ()
    #: Whether *Active* says watch: read and shown, and never judged.
    watched: bool = False

    @property
    def judged(self) -> bool:
        """Whether its figures are held against a target: neither paused nor only watched."""
        return self.active is not False and not self.watched
