"""What changed since the last review: figures, plan, actions, decisions, ideas, the world around."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qmsbook.book.words import plural
from qmsbook.methods.method import AT_RISK, OFF_TRACK, ON_TRACK
from qmsbook.sections.evidence import word_until
from qmsbook.sections.section import Block, Evidence, Facts, Heading
from qmsbook.sections.wording import brief, label_of, named, short_day

_RANK = {ON_TRACK: 0, AT_RISK: 1, OFF_TRACK: 2}
_MOST = 4


def what_changed(evidence: Evidence) -> Iterator[Block]:
    """What changed since the last review: KPIs better and worse, the plan, actions, ideas, people."""
    since = evidence.since
    if since.row is not None:
        yield Heading(f"What changed since {since.row.id} ({short_day(since.day)})")
    else:
        yield Heading(f"What changed since {short_day(since.end)} (no earlier review is noted)")
    worse, better = _moved(evidence)
    facts = [
        ("Worse", f"{named(worse, _MOST)}." if worse else "No KPI changed for the worse."),
        ("Better", f"{named(better, _MOST)}." if better else "No KPI changed for the better."),
        ("Plan", _plan(evidence)),
        ("Actions", _actions(evidence)),
        ("Ideas", _ideas(evidence)),
        ("Around us", _around(evidence)),
    ]
    yield Facts(tuple((label, text) for label, text in facts if text))


def _moved(evidence: Evidence) -> tuple[list[str], list[str]]:
    """The KPIs that stand worse than at the last review, and those that stand better."""
    worse: list[tuple[int, str]] = []
    better: list[tuple[int, str]] = []
    for key, standing in evidence.standings.items():
        before = evidence.since.words.get(key, "")
        now = word_until(standing.series, evidence.period.last)
        if before in _RANK and now in _RANK and before != now:
            told = f"{brief(standing.kpi)} from {before.lower()} to {now.lower()}"
            (worse if _RANK[now] > _RANK[before] else better).append((_RANK[before] - _RANK[now], told))
    return (
        [told for _, told in sorted(worse, key=lambda each: each[0])],
        [told for _, told in sorted(better, key=lambda each: -each[0])],
    )


_NOTHING = "No objective or target was changed."
_NOT_KEPT = (
    "No objective or target bears a newer day. What the review before printed of the plan was not kept, so "
    "it could not be compared."
)


def _since(evidence: Evidence, day: date | None) -> bool:
    return day is not None and evidence.since.day < day <= evidence.book.on


def _plan(evidence: Evidence) -> str:
    book = evidence.book
    fresh = [brief(o) for o in book.objectives if _since(evidence, o.set_on)]
    over = [brief(o) for o in book.objectives if o.stage != "active" and _since(evidence, o.last_changed)]
    revised = {row.kpi for row in book.targets if row.kpi and _since(evidence, row.set_on)}
    revised |= {
        k.id for k in book.kpis if _since(evidence, k.target_set_on) and k.baseline_on != k.target_set_on
    }
    if evidence.compared:  # what was kept tells better than a day that somebody typed
        revised = set()
    moved = [*(each.moved.words for each in evidence.shifted), *evidence.gone]
    told = [
        f"new: {named(fresh, _MOST)}" if fresh else "",
        f"retired or only watched: {named(over, _MOST)}" if over else "",
        f"moved: {named(moved, _MOST)} (all of them under For the record)" if moved else "",
        f"targets changed: {named([label_of(book, key) for key in sorted(revised)], _MOST)}"
        if revised
        else "",
    ]
    return _sentence(told) or (_NOTHING if evidence.compared or evidence.since.row is None else _NOT_KEPT)


def _actions(evidence: Evidence) -> str:
    actions = evidence.book.actions
    done = [a for a in actions if a.state == "done" and _since(evidence, a.closed)]
    dropped = [a for a in actions if a.state == "dropped" and _since(evidence, a.closed)]
    begun = [a for a in actions if _since(evidence, a.opened)]
    still = [a for a in actions if a.state == "open"]
    worked = sum(bool(a.effect) for a in done)
    told = [
        f"{len(done)} finished ({worked} with their effect told)" if done else "none finished",
        f"{len(dropped)} dropped" if dropped else "",
        f"{len(begun)} begun" if begun else "",
        f"{len(still)} open now",
    ]
    return _sentence(told, ", ") if actions else ""


def _ideas(evidence: Evidence) -> str:
    raised = [i for i in evidence.book.ideas if _since(evidence, i.raised_on)]
    answered = [i for i in evidence.book.ideas if _since(evidence, i.answered_on)]
    waiting = [i for i in evidence.book.ideas if not i.answer]
    if not evidence.book.ideas:
        return ""
    return (
        f"{plural(len(raised), 'idea')} raised, {len(answered)} answered, {len(waiting)} without an answer."
    )


def _around(evidence: Evidence) -> str:
    book = evidence.book
    fresh = [brief(i) for i in book.context if _since(evidence, i.since)]
    left = [f"{p.id} left on {short_day(p.left_on)}" for p in book.people if _since(evidence, p.left_on)]
    return _sentence([f"new: {named(fresh, _MOST)}" if fresh else "", named(left, _MOST)])


def _sentence(parts: list[str], between: str = "; ") -> str:
    text = between.join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
