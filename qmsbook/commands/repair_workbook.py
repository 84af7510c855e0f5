"""Puts back what other programs drop from a workbook: its tables and what hangs on them; no typed cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from qmsbook.book.below import typed_below
from qmsbook.book.error import QmsbookError
from qmsbook.book.recognize import Standing, strays
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import ROOM, Table
from qmsbook.book.tables import TABLES
from qmsbook.book.words import listed, plural
from qmsbook.commands.passed import Done, Progress, quiet
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.repair import Lay, Put
from qmsbook.hosts.host import NotAQmsbook
from qmsbook.templates.lists import list_names
from qmsbook.templates.shipped import template


class Loose(Protocol):
    """A host that reads what stands below headers of no table: a table without rows, the rest below it."""

    def loose(self, sheet: str, row: int, column: int, headers: Sequence[str]) -> Table:
        """Row and column are those of the first header, counted from 1."""
        ...


class NotRepaired(QmsbookError):
    """What is missing could not be put back, so nothing was written."""


def repair(host: FileHost, dry_run: bool = False, progress: Progress = quiet) -> Done:
    """Put tables back over headers that are known, give renamed ones their names, and put back what is gone.

    That is: drop-downs, colors, lists behind drop-downs, formats of columns. Raises NotAQmsbook, and
    NotRepaired if nothing can be put back and something is missing.
    """
    progress("Reading the workbook")
    snapshot = host.read()
    lays, notices = lays_of(host, snapshot)
    if not lays:
        raise NotAQmsbook
    progress("Putting back what is missing")
    names = [name for name, _ in list_names()]
    applied, put = host.repair(lays, template("qmsbook.xlsx"), names, snapshot, dry_run)
    notices += _nowhere(lays, notices)
    if notices and not put:
        raise NotRepaired(" ".join(notices))
    return Done(told(put), tuple(notices), None if dry_run else applied)


def _nowhere(lays: Sequence[Lay], notices: Sequence[str]) -> list[str]:
    """What to do about tables that every plan needs and of which not even headers were found."""
    have = {lay.name for lay in lays}
    gone = [record.TABLE for record in TABLES if record.REQUIRED and record.TABLE not in have]
    return [
        f"There is no table {name}, and its headers were not found on a sheet of their own. Take its sheet"
        " from an older copy of the workbook, or from an empty one (qmsbook new)."
        for name in gone
        if not any(f"could each be {name};" in notice for notice in notices)
    ]


def lays_of(host: Loose, snapshot: Snapshot) -> tuple[list[Lay], list[str]]:
    """All tables as they are to stand, and what a person has to settle first."""
    found: dict[str, list[Standing]] = {}
    for standing in strays(snapshot):
        found.setdefault(standing.record.TABLE, []).append(standing)
    lays, notices = [], []
    for record in TABLES:
        table = snapshot.table(record.TABLE)
        if table is not None and not table.marker:
            place = table.sheet, table.row, table.column, table.headers, table.rows
            lays.append(Lay(record.TABLE, *place, was=record.TABLE))
            continue
        named = [each for each in found.get(record.TABLE, []) if each.table]
        known = named or found.get(record.TABLE, [])
        if len(known) == 1:
            lays.append(_lay(host, snapshot, known[0]))
        elif known:
            sheets = listed([each.sheet for each in known])
            notices.append(
                f"The sheets {sheets} could each be {record.TABLE}; delete all but one, then repair again."
            )
    return lays, notices


def _lay(host: Loose, snapshot: Snapshot, known: Standing) -> Lay:
    place = known.sheet, known.row, known.column, known.headers
    table = snapshot.table(known.table) if known.table else None
    if table is not None:
        return Lay(known.record.TABLE, *place, table.rows, known.table)
    typed = typed_below(known.record, host.loose(*place))
    rows = max([typed.rows, *(row + 1 for row in typed.apart)])
    return Lay(known.record.TABLE, *place, rows)


#: In this order a person is told: what they missed first.
_FIRST = ("table", "renamed", "drop-downs", "colours")


def told(put: Sequence[Put]) -> tuple[str, ...]:
    """What was put back, in sentences; what was wanting most comes first."""
    said = [_said(each) for kind in _FIRST for each in put if each.kind == kind]
    said += [_said(each) for each in put if each.kind not in (*_FIRST, "name", "long")]
    names, long = (sum(each.kind == kind for each in put) for kind in ("name", "long"))
    if names:
        said.append(f"{plural(names, 'list')} behind drop-downs put back.")
    if long:
        end = f"end {ROOM:,} rows beyond the data now, not at the sheet's end"
        said.append(f"Drop-downs and colors of {plural(long, 'table')} {end}.")
    return tuple(said)


def _said(put: Put) -> str:
    match put.kind:
        case "table":
            return f"The table {put.table} stands again over its headers on the sheet {put.sheet}."
        case "renamed":
            return f"The table {put.sheet} is called {put.table} again."
        case "drop-downs":
            return f"{put.table}: drop-downs and help of {plural(put.count, 'column')} put back."
        case "colours":
            return f"{put.table}: colors of {plural(put.count, 'column')} put back."
        case _:
            return f"{put.table}: formats of {plural(put.count, 'column')} put back."
