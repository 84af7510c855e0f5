"""Goalposts: what a closed review printed of the plan, kept so that nobody moves it without a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from qmsbook.book.table import Value

#: The goalposts of one row, by field: figures, texts, yes or no; days in ISO form.
Posts: TypeAlias = Mapping[str, Value]
#: The lowest and the highest good value; one of them may be open.
Range: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class ClosedPlan:
    """The plan as the closed review of a period had it; ``first`` and ``last`` are that period's days.

    ``posts`` are the goalposts by table and id; ``levels`` what was planned, by KPI and the periods that lie
    in the review's (None within a range); ``ranges`` the bounds in the periods whose range was another than
    the KPI's own; ``moved`` the sentences with which that review told what had been moved before it.
    """

    review: str
    first: date
    last: date
    posts: Mapping[tuple[str, str], Posts] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    moved: tuple[str, ...] = ()
    ranges: Mapping[str, Mapping[str, Range]] = field(default_factory=dict)
