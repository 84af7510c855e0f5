"""The agenda: the parts of the meeting with minutes that add up to its length."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from qmsbook.methods.method import OFF_TRACK
from qmsbook.sections.evolution import proposals
from qmsbook.sections.followup import stuck
from qmsbook.sections.minutes import PARTS
from qmsbook.sections.section import Block, Evidence, Facts, Heading
from qmsbook.sections.wording import above_appetite, off_standings, overdue

#: The last part; its words stand in the areas below the minutes.
CLOSING = "Decisions and conclusions"
_ROUND = 5
#: The agenda of a handful of people.
_SHORT = ("Results", "What is off track", "Objectives", "Risks", "What else we looked at", "Decisions")


def agenda(evidence: Evidence) -> Iterator[Block]:
    """The agenda with minutes for each part, what is off track the most; a handful of people need none."""
    if evidence.book.few_people:
        left_out = set() if off_standings(evidence) else {"What is off track"}
        left_out |= set() if evidence.book.risks else {"Risks"}
        yield Facts((("Agenda", " \u00b7 ".join(part for part in _SHORT if part not in left_out)),))
        return
    length = evidence.book.settings.review_minutes
    plan = shared(length, weights(evidence))
    told = [f"{part} {minutes}" for part, minutes in plan.items() if minutes]
    yield Heading(f"Agenda: {length} minutes")
    yield Facts((("Minutes", " \u00b7 ".join(told)),))


def weights(evidence: Evidence) -> dict[str, float]:
    """How much of the meeting each part deserves, by what there is to settle in it."""
    book = evidence.book
    vital = [o for o in book.objectives if o.vital_few and o.stage != "retired"]
    worse = [o for o in vital if (r := evidence.then.objectives.get(o.id)) and r.status.word == OFF_TRACK]
    grave = [r for r in book.risks if above_appetite(book, r)]
    unanswered = [i for i in book.ideas if not i.answer]
    known: Mapping[str, float] = {
        "Results": 8 + len(book.goals) / 2,
        "Off track": 5 + min(20, 2 * len(off_standings(evidence))),
        "Objectives": 4 + min(12, 1.5 * len(proposals(evidence))),
        "Vital few": 3 + min(15, 2 * len(vital) + 2 * len(worse)),
        "Actions": 4 + min(10, len(overdue(book)) + len(stuck(evidence))),
        "Risks": 4 + min(8, 2 * len(grave)),
        "Ideas": 3 + min(5, len(unanswered)),
        CLOSING: 14,
    }
    return {part: known.get(part, 4.0) for part in (*PARTS, CLOSING)}


def shared(length: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Minutes for each part in proportion to its weight, five at a time if there are enough; they add up.

    >>> shared(60, {"Results": 1, "Risks": 3})
    {'Results': 15, 'Risks': 45}
    >>> sum(shared(47, {"Results": 1, "Risks": 1, "Ideas": 9}).values())
    47
    """
    step = _ROUND if length >= 2 * _ROUND * len(weights) else 1
    steps, rest = divmod(length, step)
    total = math.fsum(weights.values())
    exact = {part: weight / total * steps for part, weight in weights.items()}
    least = 1 if steps >= len(weights) else 0
    given = {part: max(least, int(share)) for part, share in exact.items()}
    order = sorted(exact, key=lambda part: (given[part] - exact[part], part))
    while sum(given.values()) < steps:
        for part in order[: steps - sum(given.values())]:
            given[part] += 1
    while sum(given.values()) > steps:
        given[max(given, key=lambda part: (given[part], part))] -= 1
    minutes = {part: count * step for part, count in given.items()}
    minutes[max(minutes, key=lambda part: minutes[part])] += rest
    return minutes
