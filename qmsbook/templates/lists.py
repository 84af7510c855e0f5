"""The names behind drop-downs: for each table that others refer to, the list of its ids."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.table import ROOM, Record, columns_of
from qmsbook.book.tables import TABLES

#: What is offered where any id may stand: the table whose ids are wanted most.
OFFERED = {"Serves": "KPIs", "Led to": "Actions", "Concerns": "Objectives"}


def list_names() -> Iterator[tuple[str, str]]:
    """A name for the ids of each table that others refer to, those typed below the table included.

    It reaches from the row below the header to the last one that holds anything, and goes where they go.
    """
    for record in TABLES:
        if _is_source(record):
            key = columns_of(record)[record.KEY].header
            head, ids = f"{record.TABLE}[[#Headers],[{key}]]", f"{record.TABLE}[{key}]"
            room = f"OFFSET({head},1,0,ROWS({ids})+{ROOM},1)"
            last = f'SUMPRODUCT(MAX(({room}<>"")*(ROW({room})-ROW({head}))))'
            yield list_name(record.TABLE), f"OFFSET({head},1,0,MAX(1,{last}),1)"


def _is_source(record: type[Record]) -> bool:
    referred = any(record.TABLE in column.refers for other in TABLES for column in columns_of(other).values())
    return referred or record.TABLE in OFFERED.values()


def list_name(table: str) -> str:
    """The name of a table's list."""
    return f"List_{table}"
