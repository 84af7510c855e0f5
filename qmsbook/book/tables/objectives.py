"""Objectives: what functions and teams do for the goals (level 2)."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Objective(Record):
    """An objective of a function or team; one row per objective."""

    TABLE: ClassVar[str] = "Objectives"
    TITLE: ClassVar[str] = "Objectives"
    NAME: ClassVar[str] = "statement"
    REQUIRED: ClassVar[bool] = True
    id: str = column("Objective", "A short id, such as O1.2.", "O1.2", kind="id", essential=True, width=10)
    statement: str = column(
        "Statement", "What will be better, by how much and by when.",
        "Ship 95 % of order lines on the promised date by December 2026", essential=True, width=46,
    )  # fmt: skip
    supports: tuple[str, ...] = column(
        "Supports", "The goal it serves. Several: separate them with commas, the main one first.", "G1",
        kind="refs", refers=("Goals",), essential=True, width=10,
    )  # fmt: skip
    processes: tuple[str, ...] = column(
        "Processes", "The processes that must work better for it. Several: separate them with commas.",
        "P07", kind="refs", refers=("Processes",), essential=True, width=14,
    )  # fmt: skip
    owner: str = column(
        "Owner", "The one person who answers for the objective.", "Erin Foster", kind="ref",
        refers=("People",), essential=True, width=18,
    )  # fmt: skip
    due: date | None = column(
        "Due", "The day by which it is to be reached.", date(2026, 12, 31), kind="date", essential=True,
        width=12,
    )  # fmt: skip
    vital_few: bool | None = column(
        "Vital few", "yes: one of the three to five objectives that matter most this year.", True,
        kind="flag", essential=True, width=8,
    )  # fmt: skip
    how_it_supports: str = column(
        "How it supports", "One line for each goal named: how reaching this moves that goal.",
        "Customers leave us over late orders; those who get them on time order again.", width=44,
    )  # fmt: skip
    function: str = column("Function", "The department or team that carries it.", "Operations", width=18)
    with_: tuple[str, ...] = column(
        "With", "Who shares the work. One owns it; the others stand here, with commas between them.", "",
        kind="refs", refers=("People",), width=20,
    )  # fmt: skip
    basis: str = column(
        "Basis", "What it rests on.", "customer requirement", kind="choice",
        choices=("customer requirement", "process performance", "risk", "opportunity",
        "continual improvement"), width=22,
    )  # fmt: skip
    what_will_be_done: str = column(
        "What will be done", "The main steps.",
        "Freeze the schedule 48 hours ahead; weekly past-due meeting", width=44,
    )  # fmt: skip
    resources: str = column(
        "Resources", "Money, people, time or equipment set aside for it.", "Scheduler two hours a week",
        width=34,
    )  # fmt: skip
    how_it_is_evaluated: str = column(
        "How it is evaluated", "How you will know that it worked.",
        "On-time delivery read monthly, judged in each review", width=34,
    )  # fmt: skip
    set_on: date | None = column("Set on", "The day it was agreed.", date(2026, 1, 20), kind="date", width=12)
    last_changed: date | None = column(
        "Last changed", "The day its wording, target or owner last changed.", date(2026, 4, 23),
        kind="date", width=12,
    )  # fmt: skip
    last_reviewed: date | None = column(
        "Last reviewed", "The day leadership last looked at it.", date(2026, 10, 22), kind="date", width=12
    )
    stage: str = column(
        "Stage", "active: being worked on. monitor: reached, only watched. retired: over.", "active",
        kind="choice", choices=("active", "monitor", "retired"), default="active", width=10,
    )  # fmt: skip
    result: str = column(
        "Result", "How it ended, once it is over.", "", kind="choice",
        choices=("achieved", "partly", "not"), width=11,
    )  # fmt: skip
    keep_because: str = column(
        "Keep because", "Why it stays although its due date has passed or its target is always met.", "",
        width=34,
    )  # fmt: skip
    proposed_by: str = column(
        "Proposed by", "Who of the people doing the work proposed it.", "Erin Foster", kind="ref",
        refers=("People",), width=18,
    )  # fmt: skip
    succeeds: str = column(
        "Succeeds", "The earlier objective that this one follows.", "", kind="ref", refers=("Objectives",),
        width=10,
    )  # fmt: skip
    weight: float | None = column(
        "Weight", "How much it counts in its goal. Blank: 1.", 1.0, kind="number", low=0, width=8
    )
    status: str = column("Status", "How its KPIs stand together.", "", computed=True, width=15)
    progress: float | None = column(
        "Progress", "The share of the way that its KPIs have come.", None, kind="number", computed=True,
        width=10, number_format="0%",
    )  # fmt: skip
    kpis: str = column(
        "KPIs", "How many of its KPIs were read, and how they stand.", "", computed=True, width=34
    )
    advice: str = column(
        "Advice", "What the figures suggest: go on, change the target, retire ...", "", computed=True,
        width=36,
    )  # fmt: skip
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
