"""Actions, risks and ideas: what is being done, what could happen, what people said."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.method import OVERDUE
from qmsbook.section import Block, Columns, Evidence, Heading, Rows, Said
from qmsbook.sections.wording import above_appetite, open_on, residual, short_day
from qmsbook.tables import Action, Idea, Input, Risk
from qmsbook.words import number, plural


def actions(evidence: Evidence) -> Iterator[Block]:
    """Open actions, overdue ones first, with their age."""
    found = open_on(evidence.book)
    yield Heading("Open actions")
    yield Rows(
        (
            ("id", "Action"), ("mark", "State"), ("words", "What, and for what"), ("who", "Owner"),
            ("left", "Due"),
            ("right", "Age"),
        ),
        tuple(_action(evidence, a) for a in found),
        empty="No action is open.",
    )  # fmt: skip


def _action(evidence: Evidence, action: Action) -> tuple[str | Said, ...]:
    on = evidence.book.on
    late = bool(action.due and action.due < on)
    age = plural((on - action.opened).days, "day") if action.opened else ""
    serves = f"\nfor {', '.join(_named(evidence, key) for key in action.serves)}" if action.serves else ""
    return (
        Said(action.id, to=action.cell("id")),
        Said(word=OVERDUE) if late else "open",
        Said(serves, lead=action.what),
        action.owner or "nobody",
        short_day(action.due) or "no date",
        age,
    )


def _named(evidence: Evidence, key: str) -> str:
    found = evidence.book.find(key)
    return found.label if found else key


def risks(evidence: Evidence) -> Iterator[Block]:
    """Threats by what controls leave of them, worst first; then opportunities, the best first."""
    open_ones = [r for r in evidence.book.risks if r.state == "open"]
    threats = sorted((r for r in open_ones if r.kind == "threat"), key=_rank)
    chances = sorted((r for r in open_ones if r.kind == "opportunity"), key=_rank)
    yield Heading("Risks: what could stop us")
    yield Rows(_RISK, tuple(_risk(evidence, r) for r in threats), empty="No threat is open.")
    yield Heading("Opportunities: what could carry us further")
    yield Rows(_RISK, tuple(_risk(evidence, r) for r in chances), empty="No opportunity is open.")


_RISK: Columns = (
    ("id", "Id"), ("mark", "Goal"), ("words", "What could happen, and what is in place"), ("who", "Owner"),
    ("left", "Without controls"), ("right", "With controls"),
)  # fmt: skip


def _score(risk: Risk) -> float | None:
    if risk.likelihood is None or risk.impact is None:
        return None
    return risk.likelihood * risk.impact


def _rank(risk: Risk) -> tuple[float, float, str]:
    score = _score(risk) or 0.0
    left = residual(risk)
    return -(left if left is not None else score), -score, risk.id


def _risk(evidence: Evidence, risk: Risk) -> tuple[str | Said, ...]:
    score, left = _score(risk), residual(risk)
    appetite = evidence.book.settings.risk_appetite
    said = f"\nIn place: {risk.controls}" if risk.controls else "\nNothing is in place yet."
    if above_appetite(evidence.book, risk):
        said += f"\nAbove the risk appetite of {number(appetite)}" + (
            f", accepted by {risk.accepted_by}." if risk.accepted_by else ", and nobody has accepted it."
        )
    return (
        Said(risk.id, to=risk.cell("id")),
        risk.goal,
        Said(said, lead=risk.description),
        risk.control_owner or "nobody",
        number(score) if score is not None else "",
        number(left) if left is not None else "",
    )


def ideas(evidence: Evidence) -> Iterator[Block]:
    """What the people who do the work raised, and the answer they got; the latest first."""
    found = [i for i in evidence.book.ideas if i.raised_on is None or i.raised_on <= evidence.book.on]
    found.sort(key=lambda i: (i.raised_on is None, i.raised_on), reverse=True)
    yield Heading("Ideas of the people who do the work")
    yield Rows(
        (
            ("id", "Idea"), ("mark", "Answer"),
            ("words", "What happens, what they suggest, what was answered"),
            ("who", "Raised by"), ("left", "Raised on"), ("right", "Led to"),
        ),
        tuple(_idea(i) for i in found),
        empty="No idea has been noted yet.",
    )  # fmt: skip


def inputs(evidence: Evidence) -> Iterator[Block]:
    """What else the review looks at: the summaries that people wrote for its topics."""
    if not evidence.book.has(Input):
        return
    yield Heading("What else the review looks at")
    yield Rows(
        (("id", "Clause"), ("mark", "As of"), ("words", "Summary"), ("who", "By")),
        tuple(_input(i) for i in evidence.book.inputs),
        empty="Nobody has written a summary yet; the sheet Inputs is the place.",
    )


def _input(topic: Input) -> tuple[str | Said, ...]:
    more = [
        f"Figures: {topic.figures}" if topic.figures else "",
        f"What we learned: {topic.what_we_learned}" if topic.what_we_learned else "",
        f"Source: {topic.source}" if topic.source else "",
    ]
    text = "\n".join(part for part in (topic.summary, *more) if part)
    return Said(topic.clause, to=topic.cell("clause")), short_day(topic.as_of), text, topic.by


def _idea(idea: Idea) -> tuple[str | Said, ...]:
    suggestion = f"\nSuggestion: {idea.suggestion}" if idea.suggestion else ""
    answer = f"\nAnswer: {idea.answer}" if idea.answer else ""
    return (
        Said(idea.id, to=idea.cell("id")),
        "answered" if idea.answer else "no answer yet",
        Said(suggestion + answer, lead=idea.what_happens),
        idea.raised_by,
        short_day(idea.raised_on),
        ", ".join(idea.led_to),
    )
