"""How a figure is held against its plan: direction, gap, tolerance, and the word that follows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from qmsbook.book.aggregation import is_money
from qmsbook.book.numbers import magnitude, number_from_text, with_digits
from qmsbook.book.other_unit import another_unit
from qmsbook.book.table import Place, Value
from qmsbook.book.tables import Kpi, Settings
from qmsbook.book.units import is_percent, time_unit
from qmsbook.methods.method import AT_RISK, NO_DATA, NO_TARGET, OFF_TRACK, ON_TRACK, only

#: Two figures closer than this, as a share of the larger, are the same: 95.0 against 95 is met.
GUARD = 1e-9
_TAIL = r"(?i:abs|pp|(?:(?:percentage|percent|%)[ -]?)?points?)\.?\Z"
_EITHER_WAY = r"\A\s*(?:±|\+\s*/?\s*[-−]|(?:plus or minus|up to|at most|max\.|max|within)\s)\s*"


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far off plan still counts as at risk: ``size`` is a share of the plan, or an amount in the unit."""

    size: float
    share: bool


def tolerance_of(value: Value, unit: str = "") -> Tolerance | None:
    """What a cell of *Tolerance* says: ``0.03`` is a fraction, ``0.5 abs`` an amount, ``2 pp`` points.

    ``3 %`` is a fraction too, and an amount may carry the KPI's own unit; a bare number above 1 is an amount
    in it. A ``±`` before it says nothing more. None for anything else.

    >>> tolerance_of("±5 %"), tolerance_of("two days", "working days")
    (Tolerance(size=0.05, share=True), Tolerance(size=2.0, share=False))
    """
    if isinstance(value, float):
        return Tolerance(value, value <= 1) if value >= 0 else None
    plain = (
        re.sub(_EITHER_WAY, "", value, flags=re.IGNORECASE).strip().casefold()
        if isinstance(value, str)
        else ""
    )
    found = number_from_text(with_digits(plain, unit) or "")
    if found is None or found == "ambiguous" or found[0] < 0:
        return None
    size, tail = found
    if another_unit(plain, tail, unit) and not (is_percent(tail) or re.match(_TAIL, tail)):
        return None
    if is_percent(tail):
        return Tolerance(size / 100, True) if size <= 100 else None
    if not tail:
        return Tolerance(size, size <= 1)
    as_written = magnitude(plain) is not None and magnitude(plain, unit) is None  # $5k in $k
    return Tolerance(size, False) if re.match(_TAIL, tail) or _is_own(tail, unit) or as_written else None


def _is_own(tail: str, unit: str) -> bool:
    """Whether a unit behind an amount is the KPI's: 1 day where working days are counted."""
    own, other = unit.strip().casefold(), tail.strip().strip(".").casefold()
    if own == other or (time_unit(own) or own) == (time_unit(other) or other):
        return True
    return bool(own) and own.split()[-1].removesuffix("s") == other.split()[-1].removesuffix("s")


class Yardstick:
    """How one KPI's figures are held against their plan; direction enters here and nowhere else.

    ``times`` stretches amounts that belong to one period to a total of several.
    """

    def __init__(self, kpi: Kpi, settings: Settings) -> None:
        self.direction, self.low, self.high = kpi.direction, kpi.low, kpi.high
        #: The bounds that must be passed, not only reached.
        self.strict = kpi.strict
        #: Whether there is no direction to judge by, or no bound for a range.
        self.lacks = self.direction not in {"higher", "lower", "within"} or (
            self.direction == "within" and self.low is None and self.high is None
        )
        self.own = tolerance_of(kpi.tolerance, kpi.unit)
        self.default = settings.tolerance_percent / 100
        way = None if kpi.baseline is None or kpi.target is None else abs(kpi.target - kpi.baseline)
        self.part = None if way is None else way * settings.tolerance_percent_of_the_way / 100
        #: Whether the level is to be held, so that there is no way of which a part could be the tolerance.
        self.holds = kpi.trajectory == "flat" or way == 0
        #: Whether events are counted, which a target of zero leaves none of.
        self.counts = kpi.aggregation == "sum" and not is_money(kpi.unit)
        self.most = settings.tolerance_points if is_percent(kpi.unit) else math.inf

    def tolerance(self, plan: float | None, times: float = 1.0) -> float:
        """How far off plan, or outside the range, still counts as at risk, in the unit."""
        if self.own is not None and not self.own.share:
            return self.own.size * times
        if self.direction == "within":
            return self._width(times) * (self.default if self.own is None else self.own.size)
        size = abs(plan or 0.0)
        if self.own is not None:
            return size * self.own.size
        part = None if self.part is None else self.part * times
        if not size and self.counts:
            return self.part or 0.0  # the months of a span do not add up to events that are excused
        if not size:
            return part or 0.0
        most = self.most * times if self.holds else math.inf if part is None else part
        return min(size * self.default, most)

    def gap(self, actual: float, plan: float | None, times: float = 1.0) -> float:
        """How much better than plan a figure is, or how far inside its range; negative where it is not."""
        if self.direction == "within":
            low = [] if self.low is None else [actual - self.low * times]
            high = [] if self.high is None else [self.high * times - actual]
            return min(low + high)
        gap = actual - (plan or 0.0)
        return gap if self.direction == "higher" else -gap

    def judge(self, actual: float, plan: float | None, times: float = 1.0) -> tuple[str, float | None]:
        """``On track``, ``At risk`` or ``Off track`` with the gap; ``No target`` with nothing to judge by."""
        if (plan is None and self.direction != "within") or self.lacks:
            return NO_TARGET, None
        gap = self.gap(actual, plan, times)
        if gap >= 0 and not self.strict:
            return ON_TRACK, gap
        bounds = (plan,) if self.direction != "within" else (self.low, self.high)
        guard = GUARD * max(abs(actual), *(abs(b * times) for b in bounds if b is not None))
        if gap >= -guard and not (self.strict and self._only_reaches(actual, plan, times, guard)):
            return ON_TRACK, gap
        return (AT_RISK if gap >= -self.tolerance(plan, times) - guard else OFF_TRACK), gap

    def _only_reaches(self, actual: float, plan: float | None, times: float, guard: float) -> bool:
        """Whether a figure stands at a bound that it must pass."""
        at = {"target": plan, "low": None, "high": None}
        if self.direction == "within":
            at = {
                name: None if bound is None else bound * times
                for name, bound in (("low", self.low), ("high", self.high))
            }
        bounds = (at.get(name) for name in self.strict)
        return any(bound is not None and abs(actual - bound) <= guard for bound in bounds)

    def _width(self, times: float) -> float:
        if self.low is not None and self.high is not None:
            return abs(self.high - self.low) * times
        return abs(self.low if self.low is not None else self.high or 0.0) * times


class Held(TypedDict, total=False):
    """What a figure is held against besides its plan, and how closely."""

    direction: str
    tolerance: float | str | None
    baseline: float | None
    target: float | None
    low: float | None
    high: float | None
    unit: str


def status(actual: float | None, plan: float | None = None, **held: Unpack[Held]) -> str:
    """The status word of a figure against what was planned for it: ``On track``, ``At risk``, ``Off track``.

    ``No data`` without a figure, ``No target`` with nothing to hold it against. ``direction`` is ``higher``,
    ``lower``, or ``within``: between ``low`` and ``high``, of which one may be missing. ``tolerance`` as in
    the workbook: a fraction of the plan (0.03), an amount (``"0.5 abs"``) or points (``"2 pp"``); without
    one it is 5 % of the plan, and no more than a quarter of the way from ``baseline`` to ``target`` where
    both are given and differ; where they do not, a figure in % may be 1 point off.

    Raises ValueError for an unknown direction and a tolerance that cannot be read, TypeError for an option
    that there is not.

    >>> status(95.0, 95), status(94, 95), status(88.2, 93.1), status(9.4, direction="within", low=7, high=9)
    ('On track', 'At risk', 'Off track', 'Off track')
    """
    only(held, Held)
    direction, tolerance = held.get("direction", "higher"), held.get("tolerance")
    if direction not in {"higher", "lower", "within"}:
        raise ValueError(f"There is no direction {direction}: choose higher, lower or within.")
    given = float(tolerance) if isinstance(tolerance, (int, float)) else tolerance
    if given is not None and tolerance_of(given, held.get("unit", "")) is None:
        raise ValueError(
            f"A tolerance is a fraction (0.03), an amount (0.5 abs) or points (2 pp), not {given}."
        )
    if actual is None or actual != actual:  # NaN is the only figure that differs from itself
        return NO_DATA
    said: dict[str, Any] = {**held, "direction": direction, "tolerance": given}
    kpi = Kpi.model_construct(place=_NOWHERE, row=0, **said)
    return Yardstick(kpi, _DEFAULTS).judge(actual, None if plan != plan else plan)[0]


_NOWHERE, _DEFAULTS = Place("KPIs", "KPIs", 0, {}), Settings.model_construct()
