"""What changed since the last review: figures, plan, actions, decisions, ideas, the world around."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from qmsbook.book.words import plural
from qmsbook.methods.goalposts import REVISIONS
from qmsbook.methods.method import AT_RISK, OFF_TRACK, ON_TRACK, PAUSED, WATCHED
from qmsbook.methods.milestones import is_milestone
from qmsbook.methods.plan import JUDGED_BY
from qmsbook.sections.section import Block, Evidence, Facts, Heading
from qmsbook.sections.wording import all_named, brief, label_of, named, short_day

_RANK = {ON_TRACK: 0, AT_RISK: 1, OFF_TRACK: 2}
_MOST = 3


def what_changed(evidence: Evidence) -> Iterator[Block]:
    """What changed since the last review: KPIs better and worse, the plan, actions, ideas, people."""
    since = evidence.since
    if since.row is not None:
        yield Heading(f"What changed since {since.row.id} ({short_day(since.day)})")
    else:
        yield Heading(f"What changed since {short_day(since.end)} (no earlier review is noted)")
    moved = _moved(evidence)
    facts = [
        ("Worse", _compared(moved.worse, "worse", moved)),
        ("Better", _compared(moved.better, "better", moved)),
        ("Plan", _plan(evidence)),
        ("Actions", _actions(evidence)),
        ("Ideas", _ideas(evidence)),
        ("Around us", _around(evidence)),
    ]
    silent = _SILENT if evidence.book.one_person else frozenset[str]()
    told = tuple((label, text) for label, text in facts if text and text not in silent)
    yield Facts(told or (("All in all", "Nothing that the workbook could compare."),))


def _compared(changed: list[str], way: str, moved: _Moved) -> str:
    """What changed one way: that nothing did is only said where all could be compared."""
    told = f"{all_named(changed, _MOST)}." if changed else ""
    if not moved.unknown and not moved.unread:
        return told or f"No KPI changed for the {way}."
    if not told and moved.compared:
        few = f"Not {moved.compared[0]}, the only one that could be compared."
        told = f"None of the {len(moved.compared)} that could be compared." if moved.compared[1:] else few
    if way != "worse":
        return told
    if not moved.compared and not moved.unknown:
        return "No KPI has a newer reading."
    unread, unknown = ([all_named(keys, _MOST)] if keys else [] for keys in (moved.unread, moved.unknown))
    have = "has" if len(moved.unread) == 1 else "have"
    rest = [f"{each} {have} no newer reading." for each in unread]
    rest += [f"{each} could not be compared." for each in unknown]
    return " ".join([told, *rest]).strip()


class _Moved(NamedTuple):
    """The KPIs that stand worse or better than at the last review, and those that were compared.

    ``unread`` have had no reading since, so there is nothing to compare. ``unknown`` are those of which no
    status is known for one of the two, for no earlier one stands in for it, and those whose plan was moved in
    between: that is told as a move, not praised or blamed.
    """

    worse: list[str]
    better: list[str]
    compared: list[str]
    unread: list[str]
    unknown: list[str]


def _moved(evidence: Evidence) -> _Moved:
    """How the KPIs moved since the last review."""
    moved = {each.moved.record.key for each in evidence.shifted if each.moved.field in _JUDGED}
    worse: list[tuple[int, str]] = []
    better: list[tuple[int, str]] = []
    compared, unread, unknown = [], [], []
    for key, standing in evidence.standings.items():
        before, now = evidence.since.words.get(key, ""), standing.word
        if before not in _RANK or now not in _RANK or key in moved:
            if now not in (PAUSED, WATCHED):
                unknown.append(standing.kpi.id)
            continue
        series = standing.series
        if before == now and series.ended is None and evidence.since.read.get(key) == series.judged:
            unread.append(standing.kpi.id)
            continue
        compared.append(standing.kpi.id)
        if before != now:
            told = f"{brief(standing.kpi)} from {before.lower()} to {now.lower()}"
            (worse if _RANK[now] > _RANK[before] else better).append((_RANK[before] - _RANK[now], told))
    return _Moved(
        [told for _, told in sorted(worse, key=lambda each: each[0])],
        [told for _, told in sorted(better, key=lambda each: -each[0])],
        compared,
        unread,
        unknown,
    )


#: With one of these moved, a status says something else than before.
_JUDGED = frozenset({*JUDGED_BY, REVISIONS, "how_it_is_counted"})
_NOTHING = "No objective or target was changed."
_NOT_KEPT = (
    "No objective or target has a newer date. What the review before printed of the plan was not kept, so "
    "it could not be compared."
)

#: Said to several who did not all see it; who works alone knows.
_SILENT = frozenset({_NOTHING, _NOT_KEPT, "No KPI changed for the worse.", "No KPI changed for the better."})


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
        f"new: {all_named(fresh, _MOST)}" if fresh else "",
        f"retired or only watched: {all_named(over, _MOST)}" if over else "",
        f"moved: {named(moved, _MOST)} (all of them under For the record)" if moved else "",
        f"targets changed: {all_named([label_of(book, key) for key in sorted(revised)], _MOST)}"
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
    asked = [a for a in done if not is_milestone(a)]
    told_of, whose = sum(bool(a.effect) for a in asked), "its" if len(asked) == 1 else "their"
    worked = f" ({told_of or 'none'} with {whose} effect told)" if asked else ""
    told = [
        f"{len(done)} finished{worked}" if done else "none finished",
        f"{len(dropped)} dropped" if dropped else "",
        f"{len(begun)} begun" if begun else "",
        f"{len(still)} open now",
    ]
    return _sentence(told, ", ") if actions else ""


def _ideas(evidence: Evidence) -> str:
    raised = [i for i in evidence.book.ideas if _since(evidence, i.raised_on)]
    answered = [i for i in evidence.book.ideas if _since(evidence, i.answered_on)]
    waiting = [i for i in evidence.book.ideas if not i.answer]
    if not (raised or answered or waiting):
        return ""
    return (
        f"{plural(len(raised), 'idea')} raised, {len(answered)} answered, {len(waiting)} without an answer."
    )


def _around(evidence: Evidence) -> str:
    book = evidence.book
    fresh = [brief(i) for i in book.context if _since(evidence, i.since)]
    left = [f"{p.id} left on {short_day(p.left_on)}" for p in book.people if _since(evidence, p.left_on)]
    return _sentence([f"new: {all_named(fresh, _MOST)}" if fresh else "", all_named(left, _MOST)])


def _sentence(parts: list[str], between: str = "; ") -> str:
    text = between.join(part for part in parts if part)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
