"""What a review rests on, kept in hidden cells of its sheet: its figures, the plan, what was moved in it.

A later review tells what changed, and periods inside a closed one keep their plan.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from qmsbook.book.book import Book
from qmsbook.book.goalposts import ClosedPlan
from qmsbook.book.snapshot import MARKER, Drawn, Snapshot
from qmsbook.book.table import Value
from qmsbook.pages.memo import CHUNK
from qmsbook.sections.section import KeptPlan, Reviewed

_FIGURES, _PLAN = "qmsbook figures ", "qmsbook plan "
_REVIEW = MARKER + "review:"


def kept(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The figures by KPI and period as texts that fit into cells; each text can be read by itself."""
    return _texts(_FIGURES, figures.items())


def kept_plan(plan: KeptPlan) -> list[str]:
    """The goalposts, the planned values, and what was told as moved, as texts that fit into cells."""
    rows: list[tuple[str, Any]] = [
        (f"{table}:{key}", {"posts": posts, "levels": dict(plan.levels.get(key, {}))})
        if table == "KPIs"
        else (f"{table}:{key}", {"posts": posts})
        for (table, key), posts in plan.posts.items()
    ]
    return _texts(_PLAN, [*rows, ("moved", list(plan.moved))]) if rows else []


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


def with_closed_plans(book: Book, snapshot: Snapshot) -> Book:
    """The book with what its closed reviews kept of the plan; earlier releases kept nothing."""
    closed = {review.period for review in book.reviews if review.state == "closed"}
    found = []
    for drawn in snapshot.drawn if closed else ():
        text = drawn.marker.removeprefix(_REVIEW)
        period = book.parse_period(text) if drawn.marker.startswith(_REVIEW) and text in closed else None
        if period is not None:
            plan = ClosedPlan(text, period.first, period.last)
            found.append(_filled(plan, list(_parts(drawn))))
    found.sort(key=lambda each: (each.last, each.first))
    return replace(book, closed_plans=tuple(found)) if found else book


def _parts(drawn: Drawn) -> Iterator[Mapping[str, Any]]:
    for value in drawn.cells.values():
        if isinstance(value, str) and value.startswith(_PLAN):
            try:
                part = json.loads(value.removeprefix(_PLAN))
            except ValueError:
                continue
            if isinstance(part, dict):
                yield part


def _filled(plan: ClosedPlan, parts: Iterable[Mapping[str, Any]]) -> ClosedPlan:
    posts: dict[tuple[str, str], dict[str, Value]] = {}
    levels: dict[str, dict[str, float | None]] = {}
    moved: list[str] = []
    for part in parts:
        for name, held in part.items():
            table, _, key = name.partition(":")
            if name == "moved" and isinstance(held, list):
                moved += [text for text in held if isinstance(text, str)]
            elif key and isinstance(held, dict):
                posts[table, key] = {f: _value(v) for f, v in _dict(held.get("posts")).items()}
                planned = _dict(held.get("levels"))
                levels[key] = {p: _level(v) for p, v in planned.items() if v is None or _is_number(v)}
    return replace(plan, posts=posts, levels=levels, moved=tuple(moved))


def _dict(held: Any) -> dict[str, Any]:
    return held if isinstance(held, dict) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _level(value: Any) -> float | None:
    return None if value is None else float(value)


def _value(value: Any) -> Value:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) else None
