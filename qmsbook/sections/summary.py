"""Page 1: where the plan stands, what to decide, what came of the goals and where they are heading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence

from qmsbook.book.tables import Goal, Input
from qmsbook.book.words import figure, listed, plural
from qmsbook.methods.method import AT_RISK, BAD_VALUE, OFF_TRACK, ON_TRACK, OVERDUE
from qmsbook.methods.natural import ROLLING_FIGURES, TOO_FEW_YEARS
from qmsbook.methods.yardstick import Yardstick
from qmsbook.rules.steps import left
from qmsbook.sections.evolution import asked as asked_of_the_plan
from qmsbook.sections.followup import stuck
from qmsbook.sections.inputs import topics
from qmsbook.sections.section import (
    Block,
    Columns,
    Counts,
    Evidence,
    Facts,
    Heading,
    Points,
    Rows,
    Said,
    Standing,
    Text,
)
from qmsbook.sections.wording import (
    above_appetite,
    actual_said,
    all_named,
    brief,
    each_named,
    is_off,
    label_of,
    late_readings,
    off_standings,
    open_actions,
    over_the_span,
    overdue,
    plan_words,
    short_day,
    unusable_readings,
    whose,
)

#: So many things are named on page 1 before the rest is counted.
_MOST = 4


def where_we_are(evidence: Evidence) -> Iterator[Block]:
    """Where the plan stands in one line of counts, how many readings are in, and who is late."""
    counts = Counter(s.word for s in evidence.standings.values())
    total = sum(counts.values())
    judged = counts[ON_TRACK] + counts[AT_RISK] + counts[OFF_TRACK]
    if not total:
        yield Text("No KPI is entered yet, so there is nothing to judge.", large=True)
        return
    words = _stand(counts, total)
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
    facts = (("Readings", _readings(evidence)), ("Late", _late(evidence)))
    yield Facts(tuple(fact for fact in facts if not (evidence.book.one_person and fact[1] == _NOBODY_LATE)))


def _stand(counts: Mapping[str, int], total: int) -> str:
    """How the KPIs stand: ``Of 7 KPIs, 5 are on track and 2 at risk.``; what none of them is, is left out."""
    found = [(word, counts[word]) for word in (ON_TRACK, AT_RISK, OFF_TRACK) if counts[word]]
    judged = sum(count for _, count in found)
    if total == 1:
        return f"The only KPI {f'is {found[0][0].lower()}' if found else 'could not be judged'}."
    if not found:
        return f"None of the {total} KPIs could be judged."
    if found[0][1] == total:
        return f"All {total} KPIs are {found[0][0].lower()}."
    parts = [f"{count} {word.lower()}" for word, count in found]
    are = "is" if found[0][1] == 1 else "are"
    words = f"Of {total:,} KPIs, {listed([parts[0].replace(' ', f' {are} ', 1), *parts[1:]])}"
    return f"{words}; {total - judged} could not be judged." if total > judged else f"{words}."


def _readings(evidence: Evidence) -> str:
    read = sum(s.span.read + s.span.setting for s in evidence.standings.values())
    due = sum(s.span.due for s in evidence.standings.values())
    if not due:
        return f"None is due in {evidence.period.months}; what is judged here was read before."
    by = f" due by {short_day(evidence.as_of)}" if evidence.as_of < evidence.period.last else ""
    are = "is" if due == 1 else "are"
    return f"{read} of {plural(due, 'reading')} of {evidence.period.months}{by} {are} in."


_NOBODY_LATE = "Readings: nobody. Actions: nobody."


def _late(evidence: Evidence) -> str:
    late = [f"{who} ({what})" for who, what in late_readings(evidence)]
    actions: dict[str, list[str]] = {}
    for action in overdue(evidence.book):
        actions.setdefault(action.owner or "nobody", []).append(action.id)
    owing = [f"{who} ({all_named(ids)})" for who, ids in sorted(actions.items())]
    return f"Readings: {all_named(late, _MOST) or 'nobody'}. Actions: {all_named(owing, _MOST) or 'nobody'}."


def what_is_asked(evidence: Evidence) -> Iterator[Block]:
    """What this meeting has to decide or settle, drawn from what is open."""
    book = evidence.book
    idle = [
        s
        for s in off_standings(evidence)
        if not (s.word in {OVERDUE, BAD_VALUE} and s.span.word != OFF_TRACK)
        and not open_actions(book, [s.kpi.id, *s.kpi.supports])
    ]
    asked = {standing.kpi.id for standing in idle}
    missing = [f"{brief(g)}: {told}" for g in book.goals if (told := _misses(evidence, g, asked))]
    again = [f"{label_of(book, key)} ({times})".replace(") (", ", ") for key, times in stuck(evidence)]
    late = [f"{a.id} ({a.what}; {whose(book, a.owner)})".replace("; )", ")") for a in overdue(book)]
    risks = [brief(r) for r in book.risks if above_appetite(book, r) and not r.accepted_by]
    ideas = [brief(i) for i in book.ideas if not i.answer]
    points = [
        *each_named(missing, "Results against our goals", "Decide on target, means or money for {}.".format),
        *_idle(evidence, idle),
        *_together(again, "What keeps coming back", "Settle or drop what keeps coming back: {}."),
        *each_named(late, "Open actions", _finish),
        *asked_of_the_plan(evidence),
        *each_named(risks, "Risks", "Accept or reduce {}: above the risk appetite.".format),
        *each_named(ideas, "Ideas", "Give an answer to {}.".format),
    ]
    points += _to_ask_for(evidence)
    points += [f"{step.what}: {step.missing}" for step in left(book)]
    yield Heading("What this meeting has to decide")
    yield (
        Points(tuple(points)) if points else Text("Nothing in the figures waits for a decision.", muted=True)
    )


def _misses(evidence: Evidence, goal: Goal, asked: Container[str]) -> str:
    """Why a goal is not reached as it runs: where it is heading, or where it stands if nobody can say.

    Of a KPI in ``asked`` it is asked already what to do.
    """
    told, standing = forecast(evidence, goal), evidence.standings.get(goal.result_kpi)
    if told:
        return f"heading for {told}" if told.endswith(", off track") else ""
    off = standing is not None and standing.word == OFF_TRACK and standing.kpi.id not in asked
    return f"{standing.kpi.label} is off track, and there is no forecast" if standing and off else ""


def _idle(evidence: Evidence, standings: Sequence[Standing]) -> list[str]:
    """KPIs off track or getting worse that nothing is done about."""
    off = [brief(s.kpi) for s in standings if s.word == OFF_TRACK]
    over = [brief(s.kpi) for s in standings if is_off(s) and s.word != OFF_TRACK]
    worse = [brief(s.kpi) for s in standings if not is_off(s)]
    where, months = "What is off track", evidence.period.months
    return [
        *_of_off(all_named(off, _MOST, where), all_named(over, _MOST, where), months),
        *_together(worse, where, "Decide what to do about {}: getting worse, and no action is open."),
    ]


def _of_off(now: str, over: str, months: str) -> list[str]:
    """One question, in the words of their rows, about what is off track now and what is over the period."""
    if now and over:
        about = f"{now}, off track, and {over}, off track over {months}"
        return [f"Decide what to do about {about}: no action is open."]
    said = f"{now}: off track" if now else f"{over}: off track over {months}"
    return [f"Decide what to do about {said}, and no action is open."] if now or over else []


def _together(labels: Sequence[str], where: str, ask: str) -> list[str]:
    """One question that names all of some KPIs: the part of the review where they stand tells of each."""
    return [ask.format(all_named(labels, _MOST, where))] if labels else []


def _finish(which: str) -> str:
    return f"Finish, move or drop the overdue {which}."


def _to_ask_for(evidence: Evidence) -> list[str]:
    """Late readings, and what the review still lacks."""
    late = [f"{who} for {what}" for who, what in late_readings(evidence)]
    count = sum(len(standing.late) for standing in evidence.standings.values())
    what = "the reading is late" if count == 1 else "the readings are late"
    points = [f"Ask {all_named(late, _MOST)}: {what}."] if late else []
    unusable = unusable_readings(evidence)
    if unusable:
        points.append(f"Correct what was typed and cannot be used: {all_named(unusable, _MOST)}.")
    if evidence.book.has(Input):
        lacking = [f"{t.letter} ({t.subject})" for t in topics(evidence) if t.state in {"absent", "stale"}]
        if evidence.book.few_people:
            told = any(t.row is not None and t.state == "provided" for t in topics(evidence))
            lacking = [] if told or not lacking else lacking
            points += (
                ["Write down in one text what else was looked at (Minutes or Inputs)."] if lacking else []
            )
        elif lacking:
            points.append(f"Ask for what the review lacks or has only from before: {all_named(lacking, 3)}.")
    return points


def results(evidence: Evidence) -> Iterator[Block]:
    """What came of each goal: its result against plan, where it is heading, and how its objectives stand."""
    yield Heading("Results against our goals")
    columns: Columns = (
        ("id", "Goal"), ("mark", f"On {short_day(evidence.as_of)}"),
        ("words", "Goal, its result, and where it will be if it goes on like this"), ("who", "Owner"),
        ("left", f"Actual {evidence.period.months}"), ("right", f"Plan {evidence.period.months}"),
    )  # fmt: skip
    ranked = sorted(evidence.book.goals, key=lambda g: (g.rank or 999, g.id))
    yield Rows(columns, tuple(_goal(evidence, g) for g in ranked), empty="No goals are entered yet.")


def _goal(evidence: Evidence, goal: Goal) -> tuple[str | Said, ...]:
    standing = evidence.standings.get(goal.result_kpi)
    rollup = evidence.then.goals.get(goal.id)
    over = over_the_span(evidence, standing) if standing else ""
    over = f" ({over})" if over else ""
    said = [f"{standing.kpi.name}{over}: {_heading_for(evidence, goal)}" if standing else "No result KPI"]
    if rollup and rollup.total:
        said.append(f"objectives: {rollup.status.word.lower()} ({rollup.counts})")
    return (
        Said(goal.id, to=goal.cell("id")),
        Said(word=standing.word if standing else ""),
        Said("\n" + "; ".join(said) + ".", lead=goal.statement),
        whose(evidence.book, goal.owner),
        actual_said(standing) if standing else "",
        plan_words(standing) if standing else "",
    )


def _heading_for(evidence: Evidence, goal: Goal) -> str:
    """Where a goal's result will be, or why nobody can say."""
    told, answers = forecast(evidence, goal), evidence.then.kpis[goal.result_kpi].answers
    change, status = answers.get("variation"), answers.get("forecast")
    if told or change is None or status is None:
        return told or "no forecast"
    if change.word == TOO_FEW_YEARS:
        months = evidence.book.settings.seasonal_from_months
        return f"no forecast yet, for a seasonal figure wants {months} months"
    if change.word == ROLLING_FIGURES:
        return "no forecast for a running figure"
    reason = status.reason.rstrip(".")
    return f"no forecast yet: {reason[:1].lower()}{reason[1:]}" if reason else "no forecast"


def forecast(evidence: Evidence, goal: Goal) -> str:
    """Where a goal's result will be on the day of its target; blank where nothing can be said."""
    standing = evidence.standings.get(goal.result_kpi)
    found = evidence.then.kpis[goal.result_kpi].answers.get("forecast") if standing else None
    value, target = (found.figures.get(key) if found else None for key in ("forecast", "target"))
    if standing is None or not isinstance(value, float):
        return ""
    kpi = standing.kpi
    told = f"{figure(value, kpi.unit)} on {short_day(kpi.target_on)}"
    if kpi.direction == "within" or not isinstance(target, float):
        return told
    word, _ = Yardstick(kpi, evidence.book.settings).judge(value, target)
    return f"{told} against a target of {figure(target, kpi.unit)}, {word.lower()}"
