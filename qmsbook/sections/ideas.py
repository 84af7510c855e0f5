"""Ideas of the people who do the work, and what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from qmsbook.book.tables import Action, Idea
from qmsbook.book.words import plural
from qmsbook.methods.method import OVERDUE
from qmsbook.sections.section import Block, Evidence, Heading, Rows, Said, Text
from qmsbook.sections.wording import label_of, short_day, stopped


def ideas(evidence: Evidence) -> Iterator[Block]:
    """What the people who do the work raised, what they were told and what came of it."""
    found = [i for i in evidence.book.ideas if i.raised_on is None or i.raised_on <= evidence.book.on]
    recent = sorted((i for i in found if _recent(evidence, i)), key=_order)
    yield Heading("Ideas of the people who do the work")
    yield Rows(
        (
            ("id", "Idea"), ("mark", "Answer"),
            ("words", "What happens, what they suggest, and what became of it"),
            ("who", "Raised by"), ("left", "Raised on"), ("right", "Led to"),
        ),
        tuple(_idea(evidence, i) for i in recent),
        empty="No idea is new since the last review." if found else "No idea has been noted yet.",
    )  # fmt: skip
    if older := [i for i in found if i not in recent]:
        yield Text(f"{_before(older)} The sheet Ideas lists every idea.", muted=True)


def _before(older: Sequence[Idea]) -> str:
    """What became of the ideas that were answered before the last review."""
    led = sum(bool(idea.led_to) for idea in older)
    what = f"{plural(len(older), 'older idea')} {'was' if len(older) == 1 else 'were'}"
    came = f"{led if led < len(older) else 'all'} of them led to something in the plan"
    if len(older) == 1:
        came = f"{'something' if led else 'nothing'} in the plan came of it"
    elif not led:
        came = "none of them led to anything in the plan"
    return f"{what} answered before the last review; {came}."


def _recent(evidence: Evidence, idea: Idea) -> bool:
    """Whether an idea is without an answer, or was raised or answered since the last review."""
    days = [day for day in (idea.raised_on, idea.answered_on) if day is not None]
    return not idea.answer or not days or max(days) > evidence.since.day


def _order(idea: Idea) -> tuple[bool, int, str]:
    return bool(idea.answer), -(idea.raised_on or date.min).toordinal(), idea.id


def _idea(evidence: Evidence, idea: Idea) -> tuple[str | Said, ...]:
    told = [f"Suggestion: {stopped(idea.suggestion)}"] if idea.suggestion else []
    told += [f"Answer: {stopped(idea.answer)}"] if idea.answer else []
    waits = idea.raised_on is not None and not idea.answer
    waited = (evidence.book.on - idea.raised_on).days if idea.raised_on and waits else 0
    if waited:
        told.append(f"Waiting for {plural(waited, 'day')}.")
    late = waited > evidence.book.settings.idea_unanswered_days
    return (
        Said(idea.id, to=idea.cell("id")),
        "answered" if idea.answer else Said(word=OVERDUE) if late else "no answer yet",
        Said("\n" + " ".join(told) if told else "", lead=idea.what_happens),
        idea.raised_by,
        short_day(idea.raised_on),
        "\n".join(_led_to(evidence, key) for key in idea.led_to),
    )


def _led_to(evidence: Evidence, key: str) -> str:
    found = evidence.book.find(key)
    return (
        f"{key} {found.state}" if isinstance(found, Action) else label_of(evidence.book, key).split(" (")[0]
    )
