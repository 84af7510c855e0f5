"""What a copy for reading carries so that it can be told what it was made of: days, plan version, digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.parse import plain_text
from qmsbook.book.table import Record, columns_of
from qmsbook.sections.wording import short_day

#: How many letters of a digest people compare.
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Stamp:
    """Figures up to ``as_of``, judged ``on``; ``plan`` and ``digest`` are SHA-256, in hexadecimal."""

    as_of: date
    on: date
    plan: str
    digest: str

    def __str__(self) -> str:
        days = f"Figures up to {short_day(self.as_of)}, judged on {short_day(self.on)}"
        return f"{days}; plan version {shown(self.plan)}; digest of this review {shown(self.digest)}."


def shown(digest: str) -> str:
    """As much of a digest as people compare."""
    return digest[:_SHOWN]


def plan_version(book: Book) -> str:
    """A digest of what people typed into Goals, Objectives, KPIs and Targets.

    Rows and columns may move: the version changes only when the plan does.
    """
    rows: Iterable[Record] = (*book.goals, *book.objectives, *book.kpis, *book.targets)
    lines = sorted(
        "\t".join([r.TABLE, *(_field(r, name) for name, c in columns_of(type(r)).items() if not c.computed)])
        for r in rows
    )
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _field(record: Record, name: str) -> str:
    value = getattr(record, name)
    text = ",".join(value) if isinstance(value, tuple) else plain_text(value)
    return text.replace("\t", " ").replace("\n", " ")
