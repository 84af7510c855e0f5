"""What LibreOffice does while sheets move: nothing. Its own thread would go on with what is just changing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from live import live_office
from relayed import relay_to

from qmsbook.book.error import QmsbookError
from qmsbook.hosts.libreoffice.alone import alone
from qmsbook.hosts.libreoffice.bridge import Office, close, properties
from qmsbook.hosts.libreoffice.relay import OfficeError
from qmsbook.hosts.libreoffice.sheets import bring


@pytest.fixture
def own_office() -> Iterator[Office]:
    """A LibreOffice of its own, that may end without taking another test with it."""
    live_office()
    with Office() as office:
        yield office


@pytest.mark.parametrize("way", ["uno", "relay"])
def test_a_window_that_sheets_were_brought_to_can_be_closed(own_office: Office, way: str) -> None:
    """With a bare `importSheet` LibreOffice 7.4 ends here, more often than not."""
    if way == "uno":
        bring_often(own_office.desktop)
    else:
        with relay_to(own_office) as (desktop, _):
            bring_often(desktop)
    assert own_office.running


def bring_often(desktop: Any) -> None:
    """Brings a hundred sheets to a document with a window, and closes that."""
    new = desktop.loadComponentFromURL
    document = new("private:factory/scalc", "_blank", 0, ())
    donor = new("private:factory/scalc", "_blank", 0, properties(Hidden=True))
    for number in range(100):
        bring(document, donor, donor.Sheets.getByIndex(0).Name, 0)
        document.CurrentController.setActiveSheet(document.Sheets.getByIndex(number % 2))
    document.close(True)
    assert donor.Sheets.Count == 1
    close(donor)


def test_nobody_else_gets_at_a_document_meanwhile() -> None:
    office = live_office()
    document = office.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
    counts: list[int] = []
    other = threading.Thread(target=lambda: counts.append(document.Sheets.Count))

    class Work:
        def go(self, number: int) -> int:
            other.start()
            other.join(0.5)
            assert not counts
            document.Sheets.insertNewByName("new", 0)
            return number

    assert alone(document, Work(), "go", 7) == 7
    other.join(60)
    assert counts == [2]
    close(document)


def test_an_error_comes_through() -> None:
    document = live_office().desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())

    class Work:
        def fail(self) -> int:
            raise QmsbookError("so it is")

    with pytest.raises(QmsbookError, match="so it is"):
        alone(document, Work(), "fail")
    with relay_to(live_office()) as (desktop, _):
        again = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, ())
        with pytest.raises(OfficeError):
            alone(again, again.Sheets, "getByName", "no such sheet")
        close(again)
    close(document)
