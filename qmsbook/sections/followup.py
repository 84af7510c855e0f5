"""What became of earlier decisions, what keeps coming back, and the actions that are open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from qmsbook.book.tables import Action, Decision, Waiver
from qmsbook.book.words import clipped, plural
from qmsbook.methods.columns import carried
from qmsbook.methods.method import AT_RISK, OFF_TRACK, OVERDUE
from qmsbook.methods.milestones import is_milestone, milestone
from qmsbook.rules.provided import earlier_reviews
from qmsbook.sections.evidence import place_until, word_until
from qmsbook.sections.section import Block, Columns, Evidence, Heading, Rows, Said
from qmsbook.sections.wording import label_of, open_on, short_day, stopped, whose

#: Letters of a decision or an action in a table: an Excel row cannot be higher than a page. It is whole in
#: Decisions and Actions.
_LONGEST = 400


def last_decisions(evidence: Evidence) -> Iterator[Block]:
    """What the last review decided, and what is unsettled of those before, each with its result."""
    book, last = evidence.book, evidence.since.row
    earlier = [review.id for review in earlier_reviews(book, evidence.period, evidence.row)]
    taken = [d for d in book.decisions if d.review in earlier and not d.nothing_needed]
    found = [d for d in taken if (last and d.review == last.id) or not _settled(evidence, d)]
    yield Heading("What became of the last decisions")
    yield Rows(
        (
            ("id", "Id"), ("mark", "State"), ("words", "Decision, and what came of it"), ("who", "Owner"),
            ("left", "Due"), ("right", "Taken in"),
        ),
        tuple(_decision(evidence, d) for d in sorted(found, key=lambda d: (_settled(evidence, d), d.id))),
        empty="No decision of an earlier review is noted.",
    )  # fmt: skip


def _settled(evidence: Evidence, decision: Decision) -> bool:
    actions = evidence.book.actions_for.get(decision.id, ())
    return bool(decision.result) or (bool(actions) and all(a.state != "open" for a in actions))


def _decision(evidence: Evidence, decision: Decision) -> tuple[str | Said, ...]:
    late = decision.due is not None and decision.due < evidence.book.on
    actions = evidence.book.actions_for.get(decision.id, ())
    told = [stopped(decision.result or ("nobody says what came of it" if late else "no result yet"))]
    told += [f"Action {a.id}: {a.state}" + (f", {stopped(a.effect)}" if a.effect else ".") for a in actions]
    state = Said("settled") if _settled(evidence, decision) else Said(word=OVERDUE) if late else Said("open")
    if decision.result and not late and decision.due:
        state = Said("under way")
    return (
        Said(decision.id, to=decision.cell("id")),
        state,
        Said(f": {' '.join(told)}", lead=clipped(decision.decision_text, _LONGEST)),
        whose(evidence.book, decision.owner),
        short_day(decision.due) or "no date",
        decision.review,
    )


class Again(NamedTuple):
    """Something unsettled that earlier reviews saw too; ``times`` in how many of them, or of its readings."""

    times: int
    key: str
    row: tuple[str | Said, ...]
    noun: str = "review"


def keeps_coming_back(evidence: Evidence) -> Iterator[Block]:
    """What earlier reviews saw and nobody settled: how often, since when, and whose it is."""
    found = unresolved(evidence)
    if not found:
        return
    yield Heading("What keeps coming back")
    columns: Columns = (
        ("id", "Id"), ("mark", "How often"), ("words", "What is still not settled"), ("who", "Owner"),
        ("left", "Due"), ("right", "Since"),
    )  # fmt: skip
    yield Rows(columns, tuple(each.row for each in found))


def stuck(evidence: Evidence) -> list[tuple[str, str]]:
    """The ids of what keeps coming back, and how often: what is waived is left out."""
    waived = {waiver.of_row for waiver in waivers(evidence)}
    return [
        (each.key, plural(each.times, each.noun)) for each in unresolved(evidence) if each.key not in waived
    ]


def _times(times: int) -> str:
    return plural(times, "review")


def unresolved(evidence: Evidence) -> list[Again]:
    """Actions carried on, decisions without result, KPIs off track and ideas unanswered over reviews."""
    found = [*_actions(evidence), *_decisions(evidence), *_kpis(evidence), *_ideas(evidence)]
    return sorted(found, key=lambda each: (-each.times, each.key))


class _Seen(NamedTuple):
    """Something that earlier reviews saw, in how many of them or of its readings, and whose it is."""

    key: str
    times: int
    said: Said
    owner: str
    due: date | None
    since: date | None
    noun: str = "review"


def _again(evidence: Evidence, seen: _Seen) -> Again:
    worse = seen.times >= evidence.book.settings.carried_error
    record = evidence.book.find(seen.key)
    row = (
        Said(seen.key, to=record.cell("id") if record else None),
        Said(plural(seen.times, seen.noun), word=OFF_TRACK if worse else AT_RISK),
        seen.said,
        seen.owner or "nobody",
        short_day(seen.due),
        short_day(seen.since),
    )
    return Again(seen.times, seen.key, row, seen.noun)


def _actions(evidence: Evidence) -> Iterator[Again]:
    for action in open_on(evidence.book):
        times = carried(evidence.book, action) or 0
        if times >= evidence.book.settings.carried_warning:
            said = Said(
                _for(evidence, action) + _waived(evidence, action.id), lead=clipped(action.what, _LONGEST)
            )
            yield _again(evidence, _Seen(action.id, times, said, action.owner, action.due, action.opened))


def _decisions(evidence: Evidence) -> Iterator[Again]:
    """Decisions due before the last review that nobody has told the end of."""
    reviews = earlier_reviews(evidence.book, evidence.period, evidence.row)
    order = {review.id: place for place, review in enumerate(reviews)}
    for decision in evidence.book.decisions:
        place = order.get(decision.review)
        if place is None or decision.nothing_needed or _settled(evidence, decision):
            continue
        seen = [
            r for r in reviews[place + 1 :] if decision.due and (r.held_on or decision.due) > decision.due
        ]
        if seen and not any(a.state == "open" for a in evidence.book.actions_for.get(decision.id, ())):
            said = Said(
                ": nobody says what came of this decision.", lead=clipped(decision.decision_text, _LONGEST)
            )
            held = reviews[place].held_on
            yield _again(evidence, _Seen(decision.id, len(seen), said, decision.owner, decision.due, held))


def _kpis(evidence: Evidence) -> Iterator[Again]:
    """KPIs that were off track at earlier reviews without a break, and are so now by another reading.

    They are counted in readings: one reading that several reviews see is one.
    """
    ends = [
        period.last
        for review in reversed(earlier_reviews(evidence.book, evidence.period, evidence.row))
        if (period := evidence.book.parse_period(review.period)) is not None
    ]
    for standing in evidence.standings.values():
        if word_until(standing.series, evidence.period.last) != OFF_TRACK:
            continue
        series, kpi = standing.series, standing.kpi
        seen = {place_until(series, evidence.period.last)}
        for end in ends:
            if word_until(series, end) != OFF_TRACK:
                break
            seen.add(place_until(series, end))
        places = [at for at in seen if at is not None]
        if len(places) > 1:
            times = series.words[min(places) : max(places) + 1].count(OFF_TRACK)
            said = Said(": off track then and now.", lead=kpi.name)
            since = series.periods[min(places)].last
            yield _again(evidence, _Seen(kpi.id, times, said, kpi.owner, None, since, "reading"))


def _ideas(evidence: Evidence) -> Iterator[Again]:
    reviews = earlier_reviews(evidence.book, evidence.period, evidence.row)
    for idea in evidence.book.ideas:
        seen = [r for r in reviews if idea.raised_on and r.held_on and r.held_on > idea.raised_on]
        if seen and not idea.answer:
            said = Said(": nobody has answered yet.", lead=idea.what_happens)
            yield _again(evidence, _Seen(idea.id, len(seen), said, idea.raised_by, None, idea.raised_on))


def actions(evidence: Evidence) -> Iterator[Block]:
    """The other open actions, overdue ones first, with how often they were carried."""
    told = {each.key for each in unresolved(evidence)}
    found = [a for a in open_on(evidence.book) if a.id not in told]
    yield Heading("Open actions" if len(found) == len(open_on(evidence.book)) else "Other open actions")
    yield Rows(
        (
            ("id", "Id"), ("mark", "State"), ("words", "What, and for what"), ("who", "Owner"),
            ("left", "Due"), ("right", "Carried"),
        ),
        tuple(_action(evidence, a) for a in found),
        empty="No other action is open." if told else "No action is open.",
    )  # fmt: skip


def _action(evidence: Evidence, action: Action) -> tuple[str | Said, ...]:
    late = bool(action.due and action.due < evidence.book.on)
    times = carried(evidence.book, action)
    told = f" for {', '.join(action.serves)}" if action.serves else ""
    if is_milestone(action):
        stands = milestone(evidence.book, action).words
        told += f" (milestone, {stands})" if stands else " (milestone)"
    return (
        Said(action.id, to=action.cell("id")),
        Said(word=OVERDUE) if late else "open",
        Said(told, lead=clipped(action.what, _LONGEST)),
        whose(evidence.book, action.owner),
        short_day(action.due) or "no date",
        _times(times) if times else "",
    )


def _for(evidence: Evidence, action: Action) -> str:
    serves = ", ".join(label_of(evidence.book, key) for key in action.serves)
    return f" for {serves}" if serves else ""


def waivers(evidence: Evidence) -> list[Waiver]:
    """The waivers that hold on the day judged."""
    return [
        w for w in evidence.book.waivers if w.code and w.until is not None and w.until >= evidence.book.on
    ]


def _waived(evidence: Evidence, key: str) -> str:
    found = next((w for w in waivers(evidence) if w.of_row == key and w.code.startswith("ACT")), None)
    return f". {found.by} lets it wait until {short_day(found.until)}." if found else ""
