"""The decimals that a KPI's target and readings are written with: so its figures are shown everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from qmsbook.book.book import Measurements
from qmsbook.book.tables import Kpi
from qmsbook.book.words import unit_as_written

#: So many readings, the last ones, show how somebody writes a figure.
_RECENT = 24


def told_as_written(kpis: Iterable[Kpi], readings: Measurements) -> tuple[Kpi, ...]:
    """The KPIs, each with the decimals at its unit that its target and its readings are written with."""
    typed = _typed(readings)
    return tuple(_told(kpi, typed.get(kpi.id, ())) for kpi in kpis)


def _typed(readings: Measurements) -> dict[str, list[float]]:
    """The last figures of each KPI that were typed, whole ones once; a ratio is worked out, not typed."""
    found: dict[str, list[float]] = defaultdict(list)
    rows = zip(
        reversed(readings.kpi), reversed(readings.value),
        reversed(readings.numerator), reversed(readings.denominator),
        strict=True,
    )  # fmt: skip
    for key, value, above, below in rows:
        if value is None or (above is not None and below is not None):
            continue
        held = found[key]
        if not held or (value % 1 and len(held) < _RECENT):
            held.append(value)
    return found


def _told(kpi: Kpi, typed: Sequence[float]) -> Kpi:
    """The KPI; a whole target alone does not say that its figures are whole."""
    planned = [value for value in (kpi.target, kpi.low, kpi.high) if value is not None and value % 1]
    unit = unit_as_written(kpi.unit, *planned, *typed)
    return kpi if unit is kpi.unit else kpi.changed(unit=unit)
