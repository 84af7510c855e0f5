"""What a command does to a workbook that is open equals what it does to the closed file, cell by cell."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from common import ROOT
from live import Desk

from qmsbook import commands
from qmsbook.book.cell import Cell
from qmsbook.book.edit import Fill, FillCells
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table, Value
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.hosts.stored import same

FIRST, LATER = date(2026, 10, 20), date(2026, 12, 1)


def refresh(host: Host) -> None:
    commands.refresh(host, on=FIRST)


def boards(host: Host) -> None:
    commands.boards(host, on=FIRST)


def review(host: Host) -> None:
    commands.review(host, "2026-Q3", on=FIRST)


def review_twice(host: Host) -> None:
    """The second time the sheets are replaced, with words in them that people typed."""
    commands.review(host, "2026-Q3", on=FIRST)
    snapshot = host.read()
    (minutes,) = [table for table in snapshot.tables if table.name == "Minutes_2026_Q3"]
    place = next(at for at, column in enumerate(minutes.columns) if column[0] is None)
    host.apply([FillCells(minutes.name, (Fill(0, minutes.headers[place], None, "=as said"),))], host.read())
    commands.review(host, "2026-Q3", on=LATER)


@pytest.fixture
def both(desk: Desk, tmp_path: Path) -> tuple[Host, Host]:
    """The example workbook twice: open in LibreOffice, and closed."""
    source = ROOT / "workbook_templates" / "example.xlsx"
    live, closed = tmp_path / "live.xlsx", tmp_path / "closed.xlsx"
    shutil.copy(source, live)
    shutil.copy(source, closed)
    return LibreOfficeHost(desk.open(live)), FileHost(closed)


@pytest.mark.parametrize("command", [refresh, boards, review, review_twice])
def test_live_equals_closed(both: tuple[Host, Host], command: Callable[[Host], None]) -> None:
    for host in both:
        command(host)
    live, closed = (host.read() for host in both)
    assert live.sheets == closed.sheets
    assert dict(live.properties) == dict(closed.properties)
    assert {table.name for table in live.tables} == {table.name for table in closed.tables}
    assert len(closed.drawn) == (3 if command is refresh else 4)
    assert list(differences(live, closed)) == []


def differences(live: Snapshot, closed: Snapshot) -> Iterator[str]:
    for wanted in closed.tables:
        found = live.table(wanted.name)
        assert found is not None
        yield from _tables(found, wanted)
    for drawn in closed.drawn:
        there = live.sheet(drawn.marker)
        assert there is not None
        assert there.sheet == drawn.sheet
        yield from _cells(drawn.sheet, there.cells, drawn.cells)


def _tables(found: Table, wanted: Table) -> Iterator[str]:
    said = (found.sheet, found.row, found.column, found.headers, found.rows, found.marker)
    assert said == (wanted.sheet, wanted.row, wanted.column, wanted.headers, wanted.rows, wanted.marker)
    for column in range(len(wanted.headers)):
        for row in range(wanted.rows):
            one, other = found.columns[column][row], wanted.columns[column][row]
            formulas = found.formula(row, column), wanted.formula(row, column)
            percents = found.is_percent(row, column), wanted.is_percent(row, column)
            if not same(one, other) or formulas[0] != formulas[1] or percents[0] != percents[1]:
                yield f"{found.cell(row, column)}: {one!r} {other!r} {formulas} {percents}"


def _cells(
    sheet: str, found: Mapping[tuple[int, int], Value], wanted: Mapping[tuple[int, int], Value]
) -> Iterator[str]:
    for place in sorted({*found, *wanted}):
        if not same(found.get(place), wanted.get(place)):
            yield f"{Cell(sheet, *place)}: {found.get(place)!r} {wanted.get(place)!r}"
