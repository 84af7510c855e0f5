"""What closed reviews kept of the plan in hidden cells of their sheets, read back into the book."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from qmsbook.book.book import Book
from qmsbook.book.goalposts import ClosedPlan, Range
from qmsbook.book.snapshot import Drawn, Snapshot
from qmsbook.book.table import Value
from qmsbook.pages.memo import PLAN
from qmsbook.pages.standing import REVIEWS


def with_closed_plans(book: Book, snapshot: Snapshot) -> Book:
    """The book with what its closed reviews kept of the plan; earlier releases kept nothing."""
    closed = {review.period for review in book.reviews if review.state == "closed"}
    found = []
    for drawn in snapshot.drawn if closed else ():
        text = drawn.marker.removeprefix(REVIEWS)
        period = book.parse_period(text) if drawn.marker.startswith(REVIEWS) and text in closed else None
        if period is not None:
            plan = ClosedPlan(text, period.first, period.last)
            found.append(_filled(plan, list(_parts(drawn))))
    found.sort(key=lambda each: (each.last, each.first))
    return book.changed(closed_plans=tuple(found)) if found else book


def _parts(drawn: Drawn) -> Iterator[Mapping[str, Any]]:
    for value in drawn.cells.values():
        if isinstance(value, str) and value.startswith(PLAN):
            try:
                part = json.loads(value.removeprefix(PLAN))
            except ValueError:
                continue
            if isinstance(part, dict):
                yield part


def _filled(plan: ClosedPlan, parts: Iterable[Mapping[str, Any]]) -> ClosedPlan:
    posts: dict[tuple[str, str], dict[str, Value]] = {}
    levels: dict[str, dict[str, float | None]] = {}
    ranges: dict[str, dict[str, Range]] = {}
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
                ranges[key] = {p: found for p, v in _dict(held.get("ranges")).items() if (found := _range(v))}
    return replace(plan, posts=posts, levels=levels, moved=tuple(moved), ranges=ranges)


def _dict(held: Any) -> dict[str, Any]:
    return held if isinstance(held, dict) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _level(value: Any) -> float | None:
    return None if value is None else float(value)


def _range(value: Any) -> Range | None:
    both = value if isinstance(value, list) and len(value) == 2 else [""]
    return (_level(both[0]), _level(both[1])) if all(v is None or _is_number(v) for v in both) else None


def _value(value: Any) -> Value:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) else None
