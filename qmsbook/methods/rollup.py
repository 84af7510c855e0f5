"""Roll-up: what the statuses under an objective, a goal or a process add up to.

An objective is as good as the worst of its vital KPIs. Without vital ones, each KPI scores 1 (on track),
0.5 (at risk) or 0 (off track), weighted: 0.8 or more together is on track, 0.5 or more at risk. It is never
on track above a vital KPI that is off track. Where a vital KPI has no current reading, or less than half of
the weight was read, there is *Not enough data*. KPIs that are paused or not due yet are left out; those
that are overdue, without data or with a bad value count as unread. The counts stand beside the word: ``On
track (4 of 6 read: 3 on, 1 off)``.

A goal has two answers, side by side and never merged: the status of its result KPI, and what its objectives
add up to by the same rule, with the vital few as its vital children. A process adds up the KPIs measured in
it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi, Objective, Settings
from qmsbook.book.words import listed, number
from qmsbook.methods.method import (
    AT_RISK,
    LEVELS,
    NO_DATA,
    NOT_DUE,
    NOT_ENOUGH,
    OFF_TRACK,
    ON_TRACK,
    PAUSED,
    WATCHED,
    KpiAnswers,
    Rollup,
    Status,
)  # fmt: skip

_SCORES = {ON_TRACK: 1.0, AT_RISK: 0.5, OFF_TRACK: 0.0}
_LEFT_OUT = frozenset({PAUSED, NOT_DUE, WATCHED})
_ROUNDING = 1e-9
_R = TypeVar("_R", Kpi, Objective)


@dataclass(frozen=True, slots=True)
class Child:
    """What of a KPI or an objective counts in what stands above it; ``word`` is its status."""

    id: str
    word: str
    weight: float = 1.0
    vital: bool = False
    progress: float | None = None


def objective_rollup(book: Book, objective: Objective, kpis: Mapping[str, KpiAnswers]) -> Rollup:
    """An objective from its KPIs; a retired one is not judged."""
    if objective.stage == "retired":
        return Rollup(Status(objective.id, "rollup", "", "none", "Retired: it is no longer judged."))
    return rollup(objective.id, _kpi_children(book.kpis_of.get(objective.id, ()), kpis), book.settings, "KPI")


def process_rollup(book: Book, process: str, kpis: Mapping[str, KpiAnswers]) -> Rollup:
    """A process from the KPIs that are measured in it."""
    return kpis_rollup(book, process, book.kpis_in.get(process, ()), kpis)


def kpis_rollup(book: Book, subject: str, some: Iterable[Kpi], kpis: Mapping[str, KpiAnswers]) -> Rollup:
    """Anything from some KPIs; one that is named twice counts once."""
    return rollup(subject, _kpi_children(some, kpis), book.settings, "KPI")


def goal_rollup(book: Book, goal: str, objectives: Mapping[str, Rollup]) -> Rollup:
    """A goal from its objectives, retired ones left out; the vital few are its vital children."""
    children = [
        Child(each.id, found.status.word, _weight(each.weight), bool(each.vital_few), found.progress)
        for each in _once(book.objectives_of.get(goal, ()))
        if each.stage != "retired" and (found := objectives.get(each.id)) is not None
    ]
    return rollup(goal, children, book.settings, "objective")


def rollup(subject: str, children: Sequence[Child], settings: Settings, kind: str) -> Rollup:
    """The worst of the vital children, else the weighted score of all; too little data makes it neither.

    Paused and not-due children are left out; those without a current judgement count as unread. ``kind``
    names the children in the reason.
    """
    counted = [child for child in children if child.word not in _LEFT_OUT]
    if not counted:
        word = _nothing(children)
        reason = f"No {kind} counts here." if children else f"No {kind} stands under it."
        return Rollup(Status(subject, "rollup", word, "none", f"{word}: {reason}"))
    read = [child for child in counted if child.word in LEVELS]
    word, why = _decide(counted, read, settings, kind)
    words = [child.word for child in read]
    known = [(c.weight, min(max(c.progress, 0.0), 1.0)) for c in counted if c.progress is not None]
    found = Rollup(
        Status(subject, "rollup", word, LEVELS.get(word, "none"), ""),
        len(read), len(counted), words.count(ON_TRACK), words.count(AT_RISK), words.count(OFF_TRACK),
        _mean(known), tuple(child.id for child in counted),
    )  # fmt: skip
    figures = {"score": _mean([(c.weight, _SCORES[c.word]) for c in read])}
    reason = f"{word} ({found.counts}): {why}"
    status = Status(subject, "rollup", word, LEVELS.get(word, "none"), reason, figures)
    return replace(found, status=status)


def _decide(
    counted: Sequence[Child], read: Sequence[Child], settings: Settings, kind: str
) -> tuple[str, str]:
    """The word and the rule that decided."""
    vital = [child for child in counted if child.vital]
    off = [child.id for child in vital if child.word == OFF_TRACK]
    if off:
        return OFF_TRACK, f"{_vital(off, kind)} off track."
    unread = [child.id for child in vital if child.word not in LEVELS]
    if unread:
        return NOT_ENOUGH, f"{_vital(unread, kind)} without a current figure."
    total, weight = math.fsum(c.weight for c in counted), math.fsum(c.weight for c in read)
    enough = settings.enough_data_percent / 100
    if not read or weight < enough * total - _ROUNDING:
        return NOT_ENOUGH, f"less than {number(settings.enough_data_percent)} % of the weight is read."
    if vital:
        worst = min(vital, key=lambda child: _SCORES[child.word])
        alike = [child.id for child in vital if child.word == worst.word]
        return worst.word, f"{_vital(alike, kind)} {worst.word.lower()}, and what is vital decides."
    return _scored(read, settings)


def _scored(read: Sequence[Child], settings: Settings) -> tuple[str, str]:
    score = _mean([(child.weight, _SCORES[child.word]) for child in read])
    if score is None:
        return NOT_ENOUGH, "every weight is zero."
    on, at_risk = settings.on_track_from_percent, settings.at_risk_from_percent
    percent = score * 100 + _ROUNDING
    word = ON_TRACK if percent >= on else AT_RISK if percent >= at_risk else OFF_TRACK
    scale = f"on track from {number(on)}, at risk from {number(at_risk)}"
    return word, f"together they score {number(score * 100, 0)} of 100 ({scale})."


def _vital(ids: Sequence[str], kind: str) -> str:
    return f"the vital {kind} {ids[0]} is" if len(ids) == 1 else f"the vital {kind}s {listed(ids)} are"


def _nothing(children: Sequence[Child]) -> str:
    if not children:
        return NO_DATA
    words = {child.word for child in children}
    return next((word for word in (NOT_DUE, WATCHED) if word in words), PAUSED)


def _kpi_children(kpis: Iterable[Kpi], answers: Mapping[str, KpiAnswers]) -> list[Child]:
    return [
        Child(kpi.id, found.status.word, _weight(kpi.weight), bool(kpi.vital), found.progress)
        for kpi in _once(kpis)
        if (found := answers.get(kpi.id)) is not None and found.kpi is kpi
    ]


def _once(records: Iterable[_R]) -> list[_R]:
    return list({id(record): record for record in records}.values())


def _weight(weight: float | None) -> float:
    return 1.0 if weight is None else weight


def _mean(pairs: Sequence[tuple[float, float]]) -> float | None:
    total = math.fsum(weight for weight, _ in pairs)
    return math.fsum(weight * value for weight, value in pairs) / total if total else None
