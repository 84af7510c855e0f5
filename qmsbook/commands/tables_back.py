"""Puts back tables that LibreOffice took away: with a deleted sheet go those of the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from qmsbook.book.recognize import left_standing
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.tables import TABLES
from qmsbook.commands.repair_workbook import Loose, lays_of, told
from qmsbook.hosts.file.repair import Lay, Put


@runtime_checkable
class Laying(Loose, Protocol):
    """A host of an open workbook whose program loses tables."""

    def lacks(self, names: Sequence[str]) -> list[str]:
        """Those of the names that no table has; none where nothing can be written."""
        ...

    def read(self) -> Snapshot:
        """All tables and generated sheets."""
        ...

    def lay(self, lays: Sequence[Lay]) -> None:
        """Make tables over headers that stand there; no cell is touched."""
        ...


def tables_back(host: object) -> list[str]:
    """Put tables back over the headers that they left standing; gives what a person is told of it.

    Where two sheets may be the table, or it has another name, the person is asked by the command itself.
    """
    if not isinstance(host, Laying) or not (lost := host.lacks([record.TABLE for record in TABLES])):
        return []
    snapshot = host.read()
    left = {record.TABLE for record in TABLES if left_standing(record, snapshot.lines)} & {*lost}
    lays = [lay for lay in lays_of(host, snapshot)[0] if not lay.was and lay.name in left] if left else []
    if not lays:
        return []
    host.lay(lays)
    why = "LibreOffice takes tables away when the sheet behind them is deleted."
    return [*told([Put("table", lay.name, lay.sheet) for lay in lays]), why]
