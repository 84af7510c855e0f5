"""Objectives and KPIs to retire, raise or rework, and what to stop measuring: evidence and question."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from qmsbook.book.table import Record
from qmsbook.book.tables import Kpi
from qmsbook.book.words import figure, percent, span_words
from qmsbook.methods.method import LEVELS
from qmsbook.methods.xmr import SOMETIMES
from qmsbook.sections.section import Block, Evidence, Heading, Rows, Said
from qmsbook.sections.wording import all_named, brief, whose

#: What each rule's finding proposes, and the question that leadership has to answer.
_ASKED = {
    "EVO001": (
        "Retire",
        "Only watch it with an alert limit and set the next objective, or say why it stays?",
    ),
    "EVO002": ("Raise", "Raise the target, read it less often, or let another KPI take its place?"),
    "EVO003": ("Renew", "What would be a good figure today: a new target, or this one again?"),
    "EVO004": ("Rework", "New means, more resources, or another target?"),
    "EVO005": ("Rework", "Take it up again with an owner and an action, or agree on another limit?"),
    "EVO006": ("Follow up", "What is the next step for its goal, or why is none needed?"),
    "EVO007": ("Rework", "What is different this year: a higher target, other means, or let it go?"),
    "EVO008": ("Rework", "Change the process (how, who, at what cost?), or the target?"),
    "EVO009": (
        "Rebase",
        "Is the new level there to stay? Then judge from it, and ask whether the target still pulls.",
    ),
    "EVO010": ("Rework", "What has changed, and who takes it up again?"),
    "OBJ009": ("Close", "Was it achieved, partly or not? Then retire it; or agree on a new day."),
    "OUT005": ("Stop measuring", "Keep it (and why), simplify it, merge it with another, or drop it?"),
}
#: The same of a figure that is to go down, or to stay within a range: nobody raises the target of overtime.
_HARDER = {
    "lower": ("Tighten", "Tighten the target, read it less often, or let another KPI take its place?"),
    "within": ("Narrow", "Narrow the range, read it less often, or let another KPI take its place?"),
}
#: The same of a target that was met each time by chance.
_KEEP = ("Keep", "Keep the target until it is met for certain, or read it less often?")
_ORDER = (
    "Close", "Retire", "Raise", "Tighten", "Narrow", "Keep", "Renew", "Rework", "Rebase", "Follow up",
    "Stop measuring",
)  # fmt: skip
_PAGE_ONE = {
    "Retire": "Retire {}", "Raise": "Raise the target of {}", "Tighten": "Tighten the target of {}",
    "Narrow": "Narrow the range of {}", "Keep": "Keep the target of {} as it is", "Close": "Close {}",
    "Renew": "Renew the target of {}",
    "Rework": "Rework {}", "Rebase": "Judge {} from its new level",
    "Follow up": "Follow up on {}",
    "Stop measuring": "Stop measuring {}",
}  # fmt: skip
#: Where several share what each has of its own.
_OF_SEVERAL = {
    "Raise": "Raise the targets of {}", "Tighten": "Tighten the targets of {}",
    "Narrow": "Narrow the ranges of {}", "Keep": "Keep the targets of {} as they are",
    "Renew": "Renew the targets of {}", "Rebase": "Judge {} from their new levels",
}  # fmt: skip
_TITLE = "Retire, raise or rework"


class Proposal(NamedTuple):
    """Something to decide on: what it is about, what is proposed, the evidence, the question, the owner."""

    record: Record
    name: str
    kind: str
    evidence: str
    question: str
    owner: str


def proposals(evidence: Evidence) -> list[Proposal]:
    """All proposals, those of one kind together."""
    found = []
    for finding in evidence.proposals:
        record = evidence.book.find(finding.row or "", finding.table)
        if record is not None and finding.code in _ASKED:
            kind, question = _ASKED[finding.code]
            if kind == "Raise" and isinstance(record, Kpi):
                kind, question = _HARDER.get(record.direction, (kind, question))
            if finding.code == "EVO002" and _by_chance(evidence, record.key):
                kind, question = _KEEP
            limits = "" if finding.code == "EVO008" else _limits(evidence, record.key)
            # A message begins with what it is about; the table says that in bold.
            _, named_so, rest = finding.message.partition(record.label)
            name = str(getattr(record, record.NAME)) if record.NAME and named_so else ""
            told = (rest.removeprefix(":").lstrip() if name else finding.message) + limits
            told += _stands(evidence, record.key) if finding.code == "OBJ009" else ""
            found.append(Proposal(record, name, kind, told, question, finding.owner))
    return sorted(found, key=lambda proposal: (_ORDER.index(proposal.kind), proposal.record.key))


def _stands(evidence: Evidence, key: str) -> str:
    """How far an objective has come whose day is over."""
    rollup = evidence.then.objectives.get(key)
    if rollup is None or rollup.status.word not in LEVELS:
        return ""
    way = "" if rollup.progress is None else f", {percent(rollup.progress)} of the way"
    return f" It is {rollup.status.word.lower()}{way}."


def _by_chance(evidence: Evidence, key: str) -> bool:
    """Whether the next reading may miss the target as well as meet it: then nothing asks for a harder one."""
    answers = evidence.then.kpis.get(key)
    status = answers.answers.get("assurance") if answers else None
    return status is not None and status.figures.get("answer") == SOMETIMES


def _limits(evidence: Evidence, key: str) -> str:
    """What the process can do by its natural limits, where they are known."""
    answers = evidence.then.kpis.get(key)
    status = answers.answers.get("assurance") if answers else None
    return f" {status.reason}" if status is not None and "lower" in status.figures else ""


def asked(evidence: Evidence) -> list[str]:
    """The same for page 1, a question a row; of many of one kind all are named in one."""
    found = proposals(evidence)
    points = []
    for kind in _ORDER:
        keys = [brief(proposal.record) for proposal in found if proposal.kind == kind]
        if keys:
            ask = _PAGE_ONE[kind] if len(keys) == 1 else _OF_SEVERAL.get(kind, _PAGE_ONE[kind])
            points.append(ask.format(all_named(keys, 3, _TITLE)))
    return [f"{text}? See {_TITLE}." for text in points]


def retire_raise_rework(evidence: Evidence) -> Iterator[Block]:
    """Objectives and KPIs to retire, raise or rework, what to stop measuring: evidence and question."""
    yield Heading(_TITLE)
    yield Rows(
        (
            ("id", "Id"), ("mark", "Proposal"), ("words", "Evidence, and the question to decide"),
            ("who", "Owner"), ("left", "Last figure"), ("right", "Target"),
        ),
        tuple(
            (
                Said(each.record.key, to=each.record.cell("id")),
                f"{each.kind}?",
                Said(f" {each.evidence} To decide: {each.question}", lead=each.name),
                whose(evidence.book, each.owner),
                *_figures(evidence, each.record.key),
            )
            for each in proposals(evidence)
        ),
        empty="The figures propose nothing: no target is always met, always missed or two years old.",
    )  # fmt: skip


def _figures(evidence: Evidence, key: str) -> tuple[str, str]:
    """The last figure of a KPI, and its target; blank for anything else."""
    answers = evidence.then.kpis.get(key)
    if answers is None:
        return "", ""
    kpi = answers.kpi
    last = "" if answers.latest is None else figure(answers.latest, kpi.unit)
    if kpi.direction == "within":
        return last, span_words(*answers.series.bounds(answers.series.latest), kpi.unit)
    return last, "" if kpi.target is None else figure(kpi.target, kpi.unit)
