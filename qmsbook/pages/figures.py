"""What a review rests on and promised, kept in hidden cells of its sheet: figures, plan, moves, days.

A later review tells what changed, and periods inside a closed one keep their plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from qmsbook.book.snapshot import Drawn
from qmsbook.pages.memo import CHUNK, PLAN
from qmsbook.sections.section import KeptPlan, Reviewed

_FIGURES = "qmsbook figures "
_DUES = "qmsbook dues "


def kept(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The figures by KPI and period as texts that fit into cells; each text can be read by itself."""
    return _texts(_FIGURES, figures.items())


def kept_plan(plan: KeptPlan) -> list[str]:
    """The goalposts, the planned values, and what was told as moved, as texts that fit into cells."""
    rows: list[tuple[str, Any]] = [
        (f"{table}:{key}", {"posts": posts, "levels": dict(plan.levels.get(key, {})), **_ranges(plan, key)})
        if table == "KPIs"
        else (f"{table}:{key}", {"posts": posts})
        for (table, key), posts in plan.posts.items()
    ]
    return _texts(PLAN, [*rows, ("moved", list(plan.moved))]) if rows else []


def _ranges(plan: KeptPlan, key: str) -> dict[str, Any]:
    found = plan.ranges.get(key)
    return {"ranges": {period: list(bounds) for period, bounds in found.items()}} if found else {}


def _texts(mark: str, items: Iterable[tuple[str, Any]]) -> list[str]:
    texts: list[str] = []
    part: dict[str, Any] = {}
    size = 0
    for key, held in items:
        more = len(json.dumps({key: held}))
        if size + more > CHUNK and part:
            texts.append(_text(mark, part))
            part, size = {}, 0
        part[key] = held
        size += more
    return [*texts, _text(mark, part)] if part else texts


def kept_dues(dues: Mapping[str, date]) -> list[str]:
    """The days by which actions and decisions were to be done, as texts that fit into cells."""
    return _texts(_DUES, ((key, day.isoformat()) for key, day in dues.items()))


def printed_dues(sheets: Iterable[Drawn]) -> dict[str, date]:
    """The earliest day that sheets of reviews hold for each action and decision, as far as it can be read."""
    found: dict[str, date] = {}
    for drawn in sheets:
        for value in drawn.cells.values():
            for key, day in _days(value) if isinstance(value, str) and value.startswith(_DUES) else ():
                found[key] = min(day, found.get(key, day))
    return found


def _days(text: str) -> list[tuple[str, date]]:
    try:
        held = json.loads(text.removeprefix(_DUES))
        return [(str(key), date.fromisoformat(day)) for key, day in held.items()]
    except (ValueError, TypeError, AttributeError):
        return []


def _text(mark: str, part: Mapping[str, Any]) -> str:
    return mark + json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def reviewed(sheets: Iterable[tuple[str, Drawn]]) -> list[Reviewed]:
    """The figures that stand on review sheets, each with its period; what cannot be read is left out."""
    found = []
    for period, drawn in sheets:
        for value in drawn.cells.values():
            if isinstance(value, str) and value.startswith(_FIGURES):
                found += _read(value, period)
    return found


def _read(text: str, review: str) -> list[Reviewed]:
    try:
        held = json.loads(text.removeprefix(_FIGURES))
        return [
            Reviewed(kpi, period, float(value), review)
            for kpi, values in held.items()
            for period, value in values.items()
        ]
    except (ValueError, TypeError, AttributeError):
        return []
