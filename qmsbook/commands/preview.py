"""What another edition of the standard would add to a workbook's findings; nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from qmsbook.commands.passed import Looked
from qmsbook.rules import RULES
from qmsbook.rules import check as run_rules
from qmsbook.rules.rule import STAGES, Finding, Rule


def as_by(looked: Looked, edition: str, own: Sequence[Rule] = ()) -> tuple[Looked, tuple[Finding, ...]]:
    """A workbook judged as if it had chosen an edition, and the findings that this adds.

    The rules of that edition are asked whatever the stage: who looks ahead wants to see all of it.
    """
    settings = looked.book.settings
    if settings.iso_edition == edition:
        return looked, ()
    book = looked.book.changed(settings=settings.changed(iso_edition=edition))
    rules = (*RULES, *own)
    now = STAGES.index(settings.stage)
    asked = {each.code for each in rules if each.edition or STAGES.index(each.stage) <= now}
    everything = run_rules(book, looked.assessed, rules, STAGES[-1])
    findings = tuple(finding for finding in everything if finding.code in asked)
    known = set(looked.findings)
    added = tuple(finding for finding in findings if finding not in known and not finding.waived)
    return looked._replace(book=book, findings=findings), added
