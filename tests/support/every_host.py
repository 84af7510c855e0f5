"""A workbook with given tables on every host: the fixture of the contract that all of them keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from common import write_tables
from live import Desk
from relayed import relay_to

from qmsbook.book.table import Table
from qmsbook.hosts.excel.host import ExcelHost
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host
from qmsbook.hosts.libreoffice.bridge import close, load
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.hosts.memory import MemoryHost

Make = Callable[..., Host]


@pytest.fixture(params=["memory", "file", "libreoffice", "relay", "excel"])
def host_of(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes a host that holds the given tables; a new host is one function more here."""
    makers: dict[str, Callable[[], Make]] = {
        "memory": lambda: lambda *tables: MemoryHost(tables),
        "file": lambda: lambda *tables: FileHost(write_tables(tmp_path / "book.xlsx", tables)),
        "libreoffice": lambda: in_libreoffice(request.getfixturevalue("desk"), tmp_path),
        "relay": lambda: by_relay(request.getfixturevalue("relay"), tmp_path),
        "excel": lambda: in_excel(request.getfixturevalue("desk"), tmp_path),
    }
    return makers[request.param]()


def in_libreoffice(desk: Desk, folder: Path) -> Make:
    """Makes live hosts, one at a time."""

    def made(*tables: Table) -> Host:
        desk.clear()
        document = desk.open(write_tables(folder / "live.xlsx", tables))
        document.calculateAll()  # XlsxWriter only guesses what formulas give
        return LibreOfficeHost(document)

    return made


@pytest.fixture
def relay(desk: Desk) -> Iterator[Any]:
    """The desktop as a button's program has it."""
    with relay_to(desk.office) as (desktop, _):
        yield desktop


def by_relay(desktop: Any, folder: Path) -> Make:
    """Makes live hosts, one at a time, in the LibreOffice whose extension does what it is asked for."""
    documents: list[Any] = []

    def made(*tables: Table) -> Host:
        while documents:
            close(documents.pop())
        documents.append(load(desktop, write_tables(folder / "relay.xlsx", tables)))
        documents[-1].calculateAll()  # XlsxWriter only guesses what formulas give
        return LibreOfficeHost(documents[-1])

    return made


def in_excel(desk: Desk, folder: Path) -> Make:
    """Makes Excel hosts, one at a time, on the test-only engine: our host's logic, not xlwings' COM code."""
    from xlwings_uno import excel, opened

    app = excel(desk.office.desktop)

    def made(*tables: Table) -> Host:
        desk.clear()
        document = desk.open(write_tables(folder / "excel.xlsx", tables))
        document.calculateAll()  # XlsxWriter only guesses what formulas give
        return ExcelHost(opened(app, document))

    return made
