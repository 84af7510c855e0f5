"""What is amiss with whole tables: one that is missing or there twice, and what stands below one unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from qmsbook.book.below import typed_below
from qmsbook.book.book import Noticed, Trouble
from qmsbook.book.recognize import is_copy, left_standing, twins
from qmsbook.book.snapshot import Line
from qmsbook.book.table import Record, Table
from qmsbook.book.tables import TABLES
from qmsbook.book.words import listed

_Rows: TypeAlias = Sequence[int]


def missing(own: Sequence[Table], found: Mapping[str, Table], lines: Sequence[Line]) -> Iterator[Trouble]:
    """The declared tables that the workbook lacks, or has twice.

    ``own`` are the tables that people keep, ``found`` the declared ones among them, ``lines`` words on sheets
    without tables. What a company can do without, and no sheet has left of it, is told in one.
    """
    names = {table.name for table in found.values()}
    strangers = [table for table in own if table.name not in names]
    absent = []
    for record in TABLES:
        like = twins(record, strangers)
        if record.TABLE in found:
            yield from _twice(record, like)
        elif like:
            where = [f"{twin.name} on sheet {twin.sheet}" for twin in like]
            looks = "table {} looks" if len(like) == 1 else "tables {} look"
            detail = f"The {looks.format(listed(where))} like it."
            yield Trouble("missing table", record.TABLE, like[0].cell(-1, 0), detail=detail)
        elif (left := left_standing(record, lines)) or record.REQUIRED:
            yield Trouble("missing table", record.TABLE, detail=_where_headers_stand(left))
        else:
            absent.append(record.TABLE)
    if absent:
        yield Trouble("absent tables", "", value=", ".join(absent))


def _twice(record: type[Record], like: Sequence[Table]) -> list[Trouble]:
    return [
        Trouble("table twice", record.TABLE, twin.cell(-1, 0), value=twin.name)
        for twin in like
        if is_copy(record, twin.name)
    ]


def _where_headers_stand(left: Sequence[Line]) -> str:
    where = list(dict.fromkeys(line.sheet for line in left))
    on = f"sheet {where[0]}" if len(where) == 1 else f"sheets {listed(where)}"
    return f"Its headers stand on the {on}." if where else ""


def unread_below(record: type[Record], table: Table) -> Iterator[Trouble]:
    """What stands below a table and is not read: rows behind a gap together, other words together."""
    typed, more = typed_below(record, table), table.below
    kinds: tuple[tuple[Noticed, _Rows], ...] = (("rows apart", typed.apart), ("words below", typed.words))
    for kind, rows in kinds:
        if rows and more is not None:
            first = next(place for place in range(len(more.columns)) if more.holds(rows[0], place))
            cell, told = more.cell(rows[0], first), ", ".join(_ranges(more, rows))
            between = range(typed.rows, rows[0]) if kind == "rows apart" else range(0)
            behind = ", ".join(_ranges(more, between)) if set(between) <= set(typed.words) else None
            yield Trouble(kind, record.TABLE, cell, value=behind, detail=told)


def _ranges(table: Table, rows: Sequence[int]) -> list[str]:
    """Where something stands in some rows of a table: ``A20:D20``, rows that follow each other together."""
    found: list[tuple[int, int, int, int]] = []
    for row in rows:
        held = [place for place in range(len(table.columns)) if table.holds(row, place)]
        if found and found[-1][2] == row - 1:
            top, left, _, right = found.pop()
            found.append((top, min(left, held[0]), row, max(right, held[-1])))
        else:
            found.append((row, held[0], row, held[-1]))
    corners = ((table.cell(top, left), table.cell(bottom, right)) for top, left, bottom, right in found)
    return [str(one) if one == other else f"{one}:{other.a1}" for one, other in corners]
