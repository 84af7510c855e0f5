"""All tables of the workbook, one file each.

These files do without postponed annotations: pydantic would compile each of them anew at every start.
"""

from __future__ import annotations

from qmsbook.book.table import Record
from qmsbook.book.tables.actions import Action
from qmsbook.book.tables.context import Issue
from qmsbook.book.tables.decisions import Decision
from qmsbook.book.tables.goals import Goal
from qmsbook.book.tables.ideas import Idea
from qmsbook.book.tables.inputs import Input
from qmsbook.book.tables.kpis import Kpi
from qmsbook.book.tables.measurements import Measurement
from qmsbook.book.tables.objectives import Objective
from qmsbook.book.tables.people import Person
from qmsbook.book.tables.processes import Process
from qmsbook.book.tables.reviews import Review
from qmsbook.book.tables.risks import Risk
from qmsbook.book.tables.settings import SETTINGS, Setting, Settings, SettingSpec, setting_named
from qmsbook.book.tables.targets import Target
from qmsbook.book.tables.waivers import Waiver

#: In the order of the workbook.
TABLES: tuple[type[Record], ...] = (
    Setting, Person, Process, Goal, Objective, Kpi, Target, Measurement,
    Risk, Action, Idea, Issue, Input, Review, Decision, Waiver,
)  # fmt: skip

__all__ = [
    "SETTINGS", "TABLES", "Action", "Decision", "Goal", "Idea", "Input", "Issue", "Kpi", "Measurement",
    "Objective", "Person", "Process", "Review", "Risk", "Setting", "SettingSpec", "Settings", "Target",
    "Waiver", "setting_named",
]  # fmt: skip
