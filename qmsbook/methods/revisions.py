"""Revisions: the rows of Targets of one KPI as a closed review keeps them, in one text.

``2026-10: 95; 2026-11 to 2026-12: 98``: the first period, the last one and the planned value of each row, in
the order of the periods; for a range its bounds, ``7..9``. Rows that plan nothing are left out.
"""

from __future__ import annotations

import re

from qmsbook.book.book import Book
from qmsbook.book.parse import plain_text
from qmsbook.book.table import Place
from qmsbook.book.tables import Kpi, Target

_ROW = re.compile(r"(\S+)(?: to (\S+))?: (\S+)\Z")
#: A row that stands in no workbook any more.
_NOWHERE = Place(Target.TABLE, Target.TITLE, 1, {})


def revisions_of(book: Book, kpi: Kpi) -> str:
    """The rows of Targets of a KPI as one text; blank where it has none."""
    rows = [(row.from_, row.until, written(row)) for row in book.targets_of.get(kpi.id, ()) if _plans(row)]
    return "; ".join(dict.fromkeys(text for *_, text in sorted(rows)))


def written(row: Target) -> str:
    """One row: ``2026-11 to 2026-12: 98``."""
    until = f" to {row.until}" if row.until and row.until != row.from_ else ""
    return f"{row.from_}{until}: {'/'.join(part for part in (plain_text(row.planned), _bounds(row)) if part)}"


def _bounds(row: Target) -> str:
    bounds = row.low, row.high
    return "..".join(map(plain_text, bounds)) if bounds != (None, None) else ""


def _plans(row: Target) -> bool:
    return bool(row.from_) and any(value is not None for value in (row.planned, row.low, row.high))


def apart(was: str, now: str) -> tuple[str, str]:
    """Of two such texts, the rows that the other one has not.

    >>> apart("2026-10: 95; 2026-11: 98", "2026-11: 98; 2026-12: 97")
    ('2026-10: 95', '2026-12: 97')
    """
    before, after = was.split("; "), now.split("; ")
    return (
        "; ".join(row for row in before if row not in after),
        "; ".join(row for row in after if row not in before),
    )


def fresh(book: Book, key: str, was: str) -> list[Target]:
    """The rows of a KPI that a kept text has not."""
    kept = was.split("; ")
    return [row for row in book.targets_of.get(key, ()) if _plans(row) and written(row) not in kept]


def rows_then(book: Book, key: str, was: str) -> list[Target]:
    """The rows that a KPI had when a text was kept: those that still stand, and the others as they were."""
    kept = was.split("; ")
    standing = {written(row): row for row in book.targets_of.get(key, ()) if _plans(row)}
    return [row for text in kept if (row := standing.get(text) or _read(key, text)) is not None]


def _read(key: str, text: str) -> Target | None:
    match = _ROW.match(text)
    if match is None:
        return None
    first, last, values = match.groups()
    planned, _, bounds = ("", "", values) if ".." in values and "/" not in values else values.partition("/")
    low, _, high = bounds.partition("..")
    try:
        value, least, most = (float(text) if text else None for text in (planned, low, high))
    except ValueError:
        return None
    return Target.model_construct(
        place=_NOWHERE, row=1, kpi=key, from_=first, planned=value, low=least, high=most, until=last or ""
    )
