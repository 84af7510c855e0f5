"""The figures a review rests on, kept in hidden cells of its sheet: a later one tells what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from qmsbook.book.snapshot import Drawn
from qmsbook.pages.memo import CHUNK
from qmsbook.sections.section import Reviewed

_MARK = "qmsbook figures "


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
