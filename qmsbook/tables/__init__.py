"""All tables of the workbook, one file each."""

from __future__ import annotations

from qmsbook.table import Record
from qmsbook.tables.actions import Action
from qmsbook.tables.context import Issue
from qmsbook.tables.decisions import Decision
from qmsbook.tables.goals import Goal
from qmsbook.tables.ideas import Idea
from qmsbook.tables.inputs import Input
from qmsbook.tables.kpis import Kpi
from qmsbook.tables.measurements import Measurement
from qmsbook.tables.objectives import Objective
from qmsbook.tables.people import Person
from qmsbook.tables.processes import Process
from qmsbook.tables.reviews import Review
from qmsbook.tables.risks import Risk
from qmsbook.tables.settings import SETTINGS, Setting, Settings, SettingSpec, setting_named
from qmsbook.tables.targets import Target
from qmsbook.tables.waivers import Waiver

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
