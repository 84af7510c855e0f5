"""All parts of the management review, in its order, and how it is composed."""

from __future__ import annotations

from collections.abc import Sequence

from qmsbook.section import Evidence, Review, Section, compose_with
from qmsbook.sections.evidence import gather
from qmsbook.sections.minutes import attendance, conclusions, decisions, minutes, what_next
from qmsbook.sections.objectives import goals_and_objectives, vital_few
from qmsbook.sections.summary import off_plan, results, what_is_asked, where_we_are
from qmsbook.sections.work import actions, ideas, inputs, risks

SECTIONS: tuple[Section, ...] = (
    where_we_are, what_is_asked, off_plan, results, goals_and_objectives, vital_few, actions, risks, ideas,
    inputs, minutes, decisions, conclusions, attendance, what_next,
)  # fmt: skip


def compose(evidence: Evidence, sections: Sequence[Section] = SECTIONS) -> Review:
    """The management review that the evidence gives."""
    return compose_with(sections, evidence)


__all__ = ["SECTIONS", "compose", "gather"]
