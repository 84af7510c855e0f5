"""Sections: evidence becomes the management review; its parts in order, and how it is composed.

Comes in: the book assessed for a period. ``section.py`` says what a part is, ``SECTIONS`` holds them all.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmsbook.sections.agenda import agenda
from qmsbook.sections.changes import what_changed
from qmsbook.sections.evidence import gather
from qmsbook.sections.evolution import retire_raise_rework
from qmsbook.sections.exceptions import off_plan
from qmsbook.sections.followup import actions, keeps_coming_back, last_decisions
from qmsbook.sections.ideas import ideas
from qmsbook.sections.inputs import inputs
from qmsbook.sections.minutes import attendance, choices, conclusions, decisions, minutes, what_next
from qmsbook.sections.objectives import goals_and_vital_few, objectives
from qmsbook.sections.record import for_the_record
from qmsbook.sections.risks import risks
from qmsbook.sections.section import Evidence, Review, Section, compose_with
from qmsbook.sections.summary import results, what_is_asked, where_we_are

SECTIONS: tuple[Section, ...] = (
    where_we_are, what_is_asked, results, what_changed, agenda,
    off_plan, goals_and_vital_few, objectives, last_decisions, keeps_coming_back, actions,
    retire_raise_rework, risks, ideas, inputs, for_the_record,
    choices, minutes, decisions, conclusions, attendance, what_next,
)  # fmt: skip


def compose(evidence: Evidence, sections: Sequence[Section] = SECTIONS) -> Review:
    """The management review that the evidence gives."""
    return compose_with(sections, evidence)


__all__ = ["SECTIONS", "compose", "gather"]
