"""What a glance should tell: where we are, what changed, what needs somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qmsbook.book.book import Book
from qmsbook.book.tables import Action, Decision
from qmsbook.book.words import clipped, plural
from qmsbook.methods import chart
from qmsbook.methods.method import LEVELS, OFF_TRACK, OVERDUE, WORDS, Assessment, KpiAnswers, Level
from qmsbook.methods.xmr import CONCERN, IMPROVEMENT
from qmsbook.rules.rule import Finding, Severity
from qmsbook.sections.section import Counts
from qmsbook.sections.wording import all_named, overdue

_RANK: Mapping[Level, int] = {"bad": 0, "warn": 1, "good": 2}


@dataclass(frozen=True, slots=True)
class Headlines:
    """KPIs that a glance should find, in the order of the sheet.

    ``risen`` and ``fallen`` have another status than a period before; ``better`` and ``worse`` show a signal
    that they did not show then; ``overdue`` want a reading; ``unattended`` are off track, and no open action
    serves them or what they drive. ``late`` are actions whose day is over, and decisions of which nobody says
    what came of them; ``errors`` is how many of the findings are errors.
    """

    risen: tuple[KpiAnswers, ...]
    fallen: tuple[KpiAnswers, ...]
    better: tuple[KpiAnswers, ...]
    worse: tuple[KpiAnswers, ...]
    overdue: tuple[KpiAnswers, ...]
    unattended: tuple[KpiAnswers, ...]
    late: tuple[Action | Decision, ...] = ()
    errors: int = 0


def headlines(book: Book, assessed: Assessment, findings: Iterable[Finding] = ()) -> Headlines:
    """What of a book a glance should find."""
    kpis = assessed.kpis.values()
    steps = [(each, _step(each)) for each in kpis]
    changes = [(each, _new_signal(book, each)) for each in kpis]
    return Headlines(
        risen=tuple(each for each, step in steps if step > 0),
        fallen=tuple(each for each, step in steps if step < 0),
        better=tuple(each for each, answer in changes if answer == IMPROVEMENT),
        worse=tuple(each for each, answer in changes if answer == CONCERN),
        overdue=tuple(each for each in kpis if each.status.word == OVERDUE),
        unattended=tuple(
            each for each in kpis if each.status.word == OFF_TRACK and not _attended(book, each)
        ),
        late=(*overdue(book), *_untold(book)),
        errors=sum(each.severity is Severity.ERROR and not each.waived for each in findings),
    )


def _untold(book: Book) -> list[Decision]:
    """The decisions whose day is over, with neither a result nor an open action."""
    past = (d for d in book.decisions if d.due is not None and d.due < book.on and not d.nothing_needed)
    return [
        d for d in past if not d.result and all(a.state != "open" for a in book.actions_for.get(d.id, ()))
    ]


def _step(answers: KpiAnswers) -> int:
    """1 if the status is better than a period before, -1 if it is worse, else 0."""
    at = answers.series.at
    if not at or answers.status.word not in LEVELS:
        return 0
    before = answers.series.words[at - 1]
    if before not in LEVELS:
        return 0
    one, other = _RANK[LEVELS[before]], _RANK[LEVELS[answers.status.word]]
    return (other > one) - (other < one)


def _new_signal(book: Book, answers: KpiAnswers) -> str:
    """What the signal at the last reading says, if the reading before showed no such one."""
    told = answers.answers.get("variation")
    answer = told.figures.get("answer") if told else None
    if answer not in {IMPROVEMENT, CONCERN}:
        return ""
    told_of = [word for word in chart(book, answers.series).variation if word is not None]
    return str(answer) if told_of[-2:-1] != [answer] else ""


def _attended(book: Book, answers: KpiAnswers) -> bool:
    keys = (answers.kpi.id, *answers.kpi.supports)
    return any(action.state == "open" for key in keys for action in book.actions_for.get(key, ()))


def where_words(assessed: Assessment) -> str:
    """How the KPIs stand: ``32 KPIs: 15 on track, 13 at risk, 4 off track.``"""
    words = [answers.status.word for answers in assessed.kpis.values()]
    parts = [f"{words.count(word)} {word.lower()}" for word in WORDS if word in words]
    return f"{plural(len(words), 'KPI')}: {', '.join(parts)}." if words else "No KPIs."


def changed_words(found: Headlines, names: bool = False) -> str:
    """What changed since the period before: statuses, then what is a real change and no noise."""
    parts = [
        _said("better status", found.risen, names),
        _said("worse status", found.fallen, names),
        _said("really better", found.better, names),
        _said("really worse", found.worse, names),
    ]
    return _sentence(parts) or "Nothing since the period before."


def needs_words(found: Headlines, names: bool = False, missing: str = "") -> str:
    """What waits for somebody, with their names; ``missing`` says what a plan lacks that is not complete."""
    parts = [
        _said("a reading is overdue", found.overdue, names, owners=True),
        _said("off track without an open action", found.unattended, names, owners=True),
        _said_late(found.late, names),
        f"{plural(found.errors, 'error')} to mend on the sheet Findings" if found.errors else "",
    ]
    if missing:
        return f"{_sentence(parts)} {missing}".strip()
    return _sentence(parts) or (
        "Nothing: every reading is in, what is off track has an open action, and nothing is overdue."
    )


def _sentence(parts: Iterable[str]) -> str:
    text = "; ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _said(what: str, kpis: Iterable[KpiAnswers], names: bool, owners: bool = False) -> str:
    """A few KPIs by name and owner, the others by their ids: nobody has to look for which they are."""
    found = list(kpis)
    said = [_name(each, names, owners) for each in found[:_NAMED]] + [each.kpi.id for each in found[_NAMED:]]
    return f"{what}: {all_named(said, _NAMED)}" if said else ""


def _said_late(rows: Sequence[Action | Decision], names: bool) -> str:
    """A few actions and decisions with their owners, the others by their ids."""
    said = [
        f"{each.id} {clipped(str(getattr(each, each.NAME)))} ({each.owner or 'no owner'})"
        if names
        else f"{each.id} ({each.owner or 'no owner'})"
        for each in rows[:_NAMED]
    ]
    said += [each.id for each in rows[_NAMED:]]
    return f"overdue: {all_named(said, _NAMED)}" if said else ""


#: So many KPIs are said with their names.
_NAMED = 4


def _name(answers: KpiAnswers, names: bool, owners: bool) -> str:
    kpi = answers.kpi
    text = f"{kpi.id} {clipped(kpi.name)}" if names else kpi.id
    return f"{text} ({kpi.owner or 'no owner'})" if owners else text


def status_counts(assessed: Assessment) -> Counts:
    """How many KPIs stand where, as one bar."""
    levels = [answers.status.level for answers in assessed.kpis.values()]
    names: Mapping[Level, str] = {
        "good": "on track",
        "warn": "at risk",
        "bad": "off track",
        "none": "not judged",
    }
    items = tuple((name, levels.count(level), level) for level, name in names.items())
    parts = ", ".join(f"{count} {name}" for name, count, _ in items if count)
    return Counts(items, f"Bar of all {plural(len(levels), 'KPI')}: {parts}.")
