"""Page 1: where we are, what is off plan, what came of the goals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qmsbook.method import AT_RISK, OFF_TRACK, ON_TRACK
from qmsbook.section import (
    Block,
    Columns,
    Counts,
    Evidence,
    Heading,
    Points,
    Rows,
    Said,
    Standing,
    Text,
)
from qmsbook.sections.wording import (
    above_appetite,
    action_words,
    actual_said,
    is_off,
    last_comment,
    named,
    open_actions,
    open_on,
    plan_words,
    short_day,
)
from qmsbook.words import listed, plural


def where_we_are(evidence: Evidence) -> Iterator[Block]:
    """Where the plan stands in one line of counts, and whose readings are late."""
    counts = Counter(s.word for s in evidence.standings.values())
    total = sum(counts.values())
    judged = counts[ON_TRACK] + counts[AT_RISK] + counts[OFF_TRACK]
    if not total:
        yield Text("No KPI is entered yet, so there is nothing to judge.", large=True)
        return
    words = f"Of {plural(total, 'KPI')}, {counts[ON_TRACK]} are on track, {counts[AT_RISK]} at risk and "
    words += f"{counts[OFF_TRACK]} off track"
    words += f"; {total - judged} could not be judged." if total > judged else "."
    yield Text(words, large=True)
    yield Counts(
        (
            ("on track", counts[ON_TRACK], "good"),
            ("at risk", counts[AT_RISK], "warn"),
            ("off track", counts[OFF_TRACK], "bad"),
            ("not judged", total - judged, "none"),
        ),
        alt=f"One bar in parts. {words}",
    )
    yield Text(_readings(evidence))


def _readings(evidence: Evidence) -> str:
    read = sum(s.span.read for s in evidence.standings.values())
    due = sum(s.span.due for s in evidence.standings.values())
    late = _late(evidence)
    text = f"{read} of {due} readings of {evidence.period.months} are in."
    if late:
        text += f" Late: {'; '.join(f'{who} ({what})' for who, what in late)}."
    return text


def _late(evidence: Evidence) -> list[tuple[str, str]]:
    """Who owes readings, and which."""
    late: dict[str, list[str]] = {}
    for standing in evidence.standings.values():
        if standing.late:
            periods = listed([p.text for p in standing.late])
            late.setdefault(standing.kpi.owner or "nobody", []).append(f"{standing.kpi.id} for {periods}")
    return [(who, ", ".join(what)) for who, what in sorted(late.items())]


def what_is_asked(evidence: Evidence) -> Iterator[Block]:
    """What this meeting has to decide or settle, drawn from what is open."""
    book = evidence.book
    points = []
    idle = [s for s in off_standings(evidence) if not open_actions(book, [s.kpi.id, *s.kpi.supports])]
    if idle:
        who = named([s.kpi.label for s in idle])
        points.append(f"Decide what to do about {who}: off plan, and no action is open.")
    late = [a for a in open_on(book) if a.due and a.due < book.on]
    if late:
        which = named([f"{a.id} ({a.what}; {a.owner or 'nobody'})" for a in late])
        points.append(
            f"Finish, move or drop the overdue {'action' if len(late) == 1 else 'actions'} {which}."
        )
    risks = [r for r in book.risks if above_appetite(book, r) and not r.accepted_by]
    if risks:
        points.append(f"Accept or reduce {named([r.label for r in risks])}: above the risk appetite.")
    unanswered = [i for i in book.ideas if not i.answer]
    if unanswered:
        what = "the idea" if len(unanswered) == 1 else "the ideas"
        points.append(f"Answer {what} {named([i.label for i in unanswered])}.")
    points += [f"Ask {who} for {what}: the reading is late." for who, what in _late(evidence)]
    yield Heading("What is asked of this meeting")
    yield (
        Points(tuple(points)) if points else Text("Nothing in the figures waits for a decision.", muted=True)
    )


def off_plan(evidence: Evidence) -> Iterator[Block]:
    """Every KPI off plan, worst first, each with its reason, comment, owner and action."""
    off = off_standings(evidence)
    yield Heading("What is off plan")
    yield Rows(
        (
            ("id", "KPI"), ("mark", _at_the_end(evidence)), ("words", "What, why, and what is being done"),
            ("who", "Owner"), ("left", _over("Actual", evidence)), ("right", _over("Plan", evidence)),
        ),
        tuple(_off_row(evidence, standing) for standing in off),
        empty="Nothing: every KPI that was read is on plan or within its tolerance.",
    )  # fmt: skip


def _at_the_end(evidence: Evidence) -> str:
    return f"On {short_day(evidence.as_of)}"


def _over(what: str, evidence: Evidence) -> str:
    return f"{what} {evidence.period.months}"


def off_standings(evidence: Evidence) -> list[Standing]:
    """What is off plan over the period or at its end, worst first."""
    return sorted((s for s in evidence.standings.values() if is_off(s)), key=_how_bad)


def _how_bad(standing: Standing) -> tuple[int, int, str]:
    span, end = standing.span.word == OFF_TRACK, standing.word == OFF_TRACK
    return (
        (0 if span and end else 1 if end else 2 if span else 3),
        -int(bool(standing.kpi.vital)),
        standing.kpi.id,
    )


def _off_row(evidence: Evidence, standing: Standing) -> tuple[str | Said, ...]:
    kpi = standing.kpi
    said = [standing.reason]
    if comment := last_comment(evidence, standing):
        said.append(f"Comment: {comment}")
    actions = open_actions(evidence.book, [kpi.id, *kpi.supports])
    said.append("Action: " + "; ".join(action_words(a) for a in actions[:3]) if actions else "No action yet.")
    return (
        Said(kpi.id, to=kpi.cell("id")),
        Said(word=standing.word),
        Said("\n".join(["", *said]), lead=kpi.name),
        kpi.owner or "nobody",
        actual_said(standing),
        plan_words(standing),
    )


def results(evidence: Evidence) -> Iterator[Block]:
    """What came of each goal: its result KPI against plan, and how its objectives stand."""
    yield Heading("Results against our goals")
    rows = []
    for goal in sorted(evidence.book.goals, key=lambda g: (g.rank or 999, g.id)):
        standing = evidence.standings.get(goal.result_kpi)
        rollup = evidence.then.goals.get(goal.id)
        result = f"{standing.kpi.name}: " if standing else "No result KPI. "
        objectives = f"Objectives: {rollup.status.word} ({rollup.counts})." if rollup and rollup.total else ""
        rows.append(
            (
                Said(goal.id, to=goal.cell("id")),
                Said(word=standing.word if standing else ""),
                Said(
                    "\n" + result + (standing.reason if standing else "") + "\n" + objectives,
                    lead=goal.statement,
                ),
                goal.owner or "nobody",
                actual_said(standing) if standing else "",
                plan_words(standing) if standing else "",
            )
        )
    columns: Columns = (
        ("id", "Goal"), ("mark", _at_the_end(evidence)), ("words", "Goal, its result and its objectives"),
        ("who", "Owner"), ("left", _over("Actual", evidence)), ("right", _over("Plan", evidence)),
    )  # fmt: skip
    yield Rows(columns, tuple(rows), empty="No goals are entered yet.")
