"""Refresh of a workbook that is open in LibreOffice: our host against the same writes cell by cell.

``python -m benchmarks.live [--sizes 1000x36] [--cells 50000]``. Both work in one run on one workbook, opened
anew for each in one LibreOffice. Compared is reading all tables and writing the computed columns; sheets come
whole in either. If there are more cells than that, every second, third, ... is read or written by itself, and
the time reckoned for all. Seconds are those of the clock, for most of the work is LibreOffice's; calls are
those to its objects: an attribute that is read or set, a method that is called.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.data import sizes, workbook
from qmsbook.book.edit import Edit, SetColumn
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Value
from qmsbook.commands import refresh
from qmsbook.hosts.host import Applied
from qmsbook.hosts.libreoffice.bridge import Office, close
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.hosts.plan import plan


class Counted:
    """An object of LibreOffice's that counts what is asked of it and of all that it hands out."""

    __slots__ = ("_calls", "_held")

    def __init__(self, held: Any, calls: Counter[str]) -> None:
        object.__setattr__(self, "_held", held)
        object.__setattr__(self, "_calls", calls)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._held, name)
        if type(found).__name__ != "PyUNO_callable":
            self._calls[name] += 1
            return self._counted(found)

        def called(*given: Any) -> Any:
            self._calls[name] += 1
            return self._counted(
                found(*(each._held if isinstance(each, Counted) else each for each in given))
            )

        return called

    def __setattr__(self, name: str, value: Any) -> None:
        self._calls[name + "="] += 1
        setattr(self._held, name, value._held if isinstance(value, Counted) else value)

    def _counted(self, value: Any) -> Any:
        if type(value).__name__ == "pyuno":
            return Counted(value, self._calls)
        if isinstance(value, tuple) and value and type(value[0]).__name__ == "pyuno":
            return tuple(Counted(each, self._calls) for each in value)
        return value


class Kept:
    """A host that also keeps the last edits and what they were computed from."""

    def __init__(self, host: LibreOfficeHost) -> None:
        self.host = host
        self.edits: list[Edit] = []
        self.since: Snapshot | None = None

    def read(self) -> Snapshot:
        return self.host.read()

    def apply(self, edits: Any, since: Snapshot, **more: Any) -> Applied:
        self.edits, self.since = list(edits), since
        return self.host.apply(edits, since, **more)

    def undo(self) -> str:
        return self.host.undo()


def timed(work: Callable[[], object]) -> float:
    """Seconds of the clock that something takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def each_cell(document: Any, edits: list[Edit], since: Snapshot) -> Iterator[Callable[[], object]]:
    """What it takes cell by cell: reading those of all tables, writing each one that changes."""
    for target in plan(edits, since).tables.values():
        sheet, table = document.Sheets.getByName(target.table.sheet), target.table
        for place in target.columns:
            for row in target.changes(place):
                value = target.now(row, place)
                yield partial(_write, sheet, table.column - 1 + place, table.row + row, value)
    for table in since.tables:
        sheet = document.Sheets.getByName(table.sheet)
        for row in range(table.rows):
            for place in range(len(table.columns)):
                yield partial(_read, sheet, table.column - 1 + place, table.row + row)


def _write(sheet: Any, column: int, row: int, value: Value) -> None:
    cell = sheet.getCellByPosition(column, row)
    if isinstance(value, str):
        cell.setString(value)
    else:
        cell.setValue(value if isinstance(value, int | float) else 0.0)


def _read(sheet: Any, column: int, row: int) -> None:
    sheet.getCellByPosition(column, row).getFormula()


def compare(office: Office, name: str, path: Path, most: int) -> None:
    """Print what a refresh takes, then reading and writing its columns in bulk and cell by cell."""
    calls: Counter[str] = Counter()

    def counted(work: Callable[[Any], object]) -> tuple[float, int]:
        document = office.open(path)
        calls.clear()
        seconds = timed(lambda: work(Counted(document, calls)))
        close(document)
        return seconds, calls.total()

    kept = Kept(LibreOfficeHost(None))

    def whole(document: Any) -> None:
        kept.host = LibreOfficeHost(document)
        refresh(kept)

    def bulk(document: Any) -> None:
        host = LibreOfficeHost(document)
        host.apply(columns, host.read())

    seconds, count = counted(whole)
    print(f"{name:>12} {'refresh, sheets and all':<34} {seconds:8.2f} s {count:10,} calls", flush=True)
    assert kept.since is not None
    since, columns = kept.since, [edit for edit in kept.edits if isinstance(edit, SetColumn)]
    ours, count = counted(bulk)
    print(f"{name:>12} {'columns in bulk, checked':<34} {ours:8.2f} s {count:10,} calls", flush=True)
    document = office.open(path)
    todo = list(each_cell(Counted(document, calls), list(columns), since))
    every = len(todo) // most + 1  # so that reading, writing and all tables have their share
    calls.clear()
    theirs = timed(lambda: [work() for work in todo[::every]]) * len(todo) / len(todo[::every])
    close(document)
    print(
        f"{name:>12} {'columns cell by cell, unchecked':<34} {theirs:8.2f} s {2 * len(todo):10,} calls",
        end="",
    )
    print(f", reckoned from every {every}th cell" if every > 1 else "")
    print(f"{name:>12} {'cell by cell over bulk':<34} {theirs / ours:8.1f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=["1000x36"])
    parser.add_argument("--cells", type=int, default=50_000, help="cells that are touched one by one at most")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Office() as office:
        for kpis, months in sizes(given.sizes):
            path = Path(folder) / f"{kpis}x{months}.xlsx"
            path.write_bytes(workbook(kpis, months))
            compare(office, f"{kpis}x{months}", path, given.cells)


if __name__ == "__main__":
    main()
