"""Page 1: where we are, what is off plan, what came of the goals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qmsbook.method import AT_RISK, OFF_TRACK, ON_TRACK, OVERDUE
from qmsbook.section import Block, Columns, Counts, Evidence, Heading, Rows, Said, Standing, Text
from qmsbook.sections.wording import (
    action_words,
    actual_words,
    is_off,
    last_comment,
    open_actions,
    plan_words,
    short_day,
)
from qmsbook.words import listed, plural


def where_we_are(evidence: Evidence) -> Iterator[Block]:
    """Where the plan stands in one line of counts, and whose readings are late."""
    counts = Counter(s.word for s in evidence.standings.values())
    others = sum(counts.values()) - counts[ON_TRACK] - counts[AT_RISK] - counts[OFF_TRACK] - counts[OVERDUE]
    overdue = [a for a in evidence.book.actions if a.state == "open" and a.due and a.due < evidence.book.on]
    yield Counts(
        (
            ("KPIs on track", str(counts[ON_TRACK]), "good"),
            ("at risk", str(counts[AT_RISK]), "warn"),
            ("off track", str(counts[OFF_TRACK]), "bad"),
            ("without a current reading", str(counts[OVERDUE] + others), "none"),
            ("actions overdue", str(len(overdue)), "bad" if overdue else "none"),
        )
    )
    yield Text(_readings(evidence))


def _readings(evidence: Evidence) -> str:
    read = sum(s.span.read for s in evidence.standings.values())
    due = sum(s.span.due for s in evidence.standings.values())
    late: dict[str, list[str]] = {}
    for standing in evidence.standings.values():
        if standing.late:
            periods = listed([p.text for p in standing.late])
            late.setdefault(standing.kpi.owner or "nobody", []).append(f"{standing.kpi.id} for {periods}")
    text = f"{read} of {due} readings are in."
    if late:
        text += (
            " Late: " + "; ".join(f"{who} ({', '.join(what)})" for who, what in sorted(late.items())) + "."
        )
    return text


def off_plan(evidence: Evidence) -> Iterator[Block]:
    """Every KPI off plan, worst first, each with its reason, comment, owner and action."""
    off = sorted((s for s in evidence.standings.values() if is_off(s)), key=_how_bad)
    yield Heading("What is off plan")
    yield Rows(
        (
            ("id", "KPI"), ("mark", "At the end"), ("words", "What, why, and what is being done"), ("who", "Owner"),
            ("left", "Actual"), ("right", "Plan"),
        ),
        tuple(_off_row(evidence, standing) for standing in off),
        empty=f"Nothing: every KPI that was read is on plan or within its tolerance on {short_day(evidence.as_of)}.",
    )  # fmt: skip


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
        kpi.owner,
        actual_words(standing),
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
                goal.owner,
                actual_words(standing) if standing else "",
                plan_words(standing) if standing else "",
            )
        )
    columns: Columns = (
        ("id", "Goal"), ("mark", "Result"), ("words", "Goal, its result and its objectives"), ("who", "Owner"),
        ("left", "Actual"), ("right", "Plan"),
    )  # fmt: skip
    yield Rows(columns, tuple(rows), empty="No goals are entered yet.")


__all__ = ["off_plan", "plural", "results", "where_we_are"]
