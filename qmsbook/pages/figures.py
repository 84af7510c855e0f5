"""What a review rested on and promised, kept in hidden cells of its sheet: a later one tells what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date

from qmsbook.book.snapshot import Drawn
from qmsbook.pages.memo import CHUNK
from qmsbook.sections.section import Reviewed

_MARK = "qmsbook figures "
_DUES = "qmsbook dues "
_MOST = 500  # days in one text: it stays far below what a cell holds


def kept(figures: Mapping[str, Mapping[str, float]]) -> list[str]:
    """The figures by KPI and period as texts that fit into cells; each text can be read by itself."""
    texts: list[str] = []
    part: dict[str, Mapping[str, float]] = {}
    size = 0
    for kpi, values in figures.items():
        more = len(json.dumps({kpi: dict(values)}))
        if size + more > CHUNK:
            texts.append(_text(part))
            part, size = {}, 0
        part[kpi] = values
        size += more
    return [*texts, _text(part)] if part else texts


def kept_dues(dues: Mapping[str, date]) -> list[str]:
    """The days by which actions and decisions were to be done, as texts that fit into cells."""
    rows = [(key, day.isoformat()) for key, day in dues.items()]
    parts = [dict(rows[at : at + _MOST]) for at in range(0, len(rows), _MOST)]
    return [_DUES + json.dumps(part, ensure_ascii=False, separators=(",", ":")) for part in parts]


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


def _text(part: Mapping[str, Mapping[str, float]]) -> str:
    return _MARK + json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def reviewed(sheets: Iterable[tuple[str, Drawn]]) -> list[Reviewed]:
    """The figures that stand on review sheets, each with its period; what cannot be read is left out."""
    found = []
    for period, drawn in sheets:
        for value in drawn.cells.values():
            if isinstance(value, str) and value.startswith(_MARK):
                found += _read(value, period)
    return found


def _read(text: str, review: str) -> list[Reviewed]:
    try:
        held = json.loads(text.removeprefix(_MARK))
        return [
            Reviewed(kpi, period, float(value), review)
            for kpi, values in held.items()
            for period, value in values.items()
        ]
    except (ValueError, TypeError, AttributeError):
        return []
