"""One LibreOffice for all tests of a session, and documents in it that are closed behind each test."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qmsbook.host import NoLibreOffice
from qmsbook.hosts.uno_bridge import Office, close


@cache
def _started() -> Office | str:
    try:
        office = Office()
    except NoLibreOffice as problem:
        return str(problem)
    atexit.register(office.close)
    return office


def live_office() -> Office:
    """The session's LibreOffice. Skips the test where there is none, unless it is required."""
    found = _started()
    if isinstance(found, Office):
        return found
    if "libreoffice" in os.environ.get("QMSBOOK_REQUIRE", ""):
        pytest.fail(f"QMSBOOK_REQUIRE asks for LibreOffice: {found}")
    pytest.skip(found)


class Desk:
    """Opens documents for one test."""

    def __init__(self) -> None:
        self.office = live_office()
        self._open: list[Any] = []

    def open(self, path: Path) -> Any:
        """The document of a workbook file."""
        self._open.append(self.office.open(path))
        return self._open[-1]

    def clear(self) -> None:
        """Closes all documents."""
        while self._open:
            close(self._open.pop())


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A LibreOffice to open workbooks in."""
    made = Desk()
    yield made
    made.clear()
