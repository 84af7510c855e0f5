"""The relay between a button's program and LibreOffice: what the contract of the hosts does not show."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from common import write_tables
from live import Desk
from relayed import relay_to
from test_hosts import kpis

from qmsbook.hosts.host import NoLibreOffice
from qmsbook.hosts.libreoffice.bridge import bridge, close, enum, is_office_error, load, struct
from qmsbook.hosts.libreoffice.relay import Relay


def test_values_of_every_kind_go_both_ways(desk: Desk, tmp_path: Path) -> None:
    with relay_to(desk.office) as (desktop, _):
        document = load(desktop, write_tables(tmp_path / "book.xlsx", [kpis()]))
        sheet = document.Sheets.getByIndex(0)
        cell = sheet.getCellRangeByName("F9")
        cell.setDataArray((("ä\n<&>\u2028",),))
        assert cell.getDataArray() == (("ä\n<&>\u2028",),)
        assert sheet.getCellByPosition(5, 8).Type == enum("com.sun.star.table.CellContentType", "TEXT")
        line = struct("com.sun.star.table.BorderLine2")
        line.Color, line.OuterLineWidth = 0x123456, 35
        cell.TopBorder = line
        assert cell.TopBorder.Color == 0x123456
        assert struct("com.sun.star.table.BorderLine2").Color == 0  # what was made of it is its own
        with pytest.raises(AttributeError):
            line.Colour = 1
        assert bridge().fileUrlToSystemPath(Path("/tmp/a b.xlsx").as_uri()) == "/tmp/a b.xlsx"
        close(document)


def test_what_libreoffice_raises_is_known_as_its_own(desk: Desk, tmp_path: Path) -> None:
    with relay_to(desk.office) as (desktop, _):
        document = load(desktop, write_tables(tmp_path / "book.xlsx", [kpis()]))
        with pytest.raises(Exception, match="docuno") as raised:
            document.Sheets.getByName("no such sheet")
        assert is_office_error(raised.value)
        assert type(raised.value).__name__ == "com.sun.star.container.NoSuchElementException"
        assert not hasattr(document, "NoSuchMember")
        assert document.Sheets.Count == 1  # it goes on
        close(document)


def test_objects_that_nobody_holds_are_let_go(desk: Desk, tmp_path: Path) -> None:
    with relay_to(desk.office) as (desktop, end):
        document = load(desktop, write_tables(tmp_path / "book.xlsx", [kpis()]))
        assert document.Sheets.Count == 1
        before = len(end.objects)
        for _ in range(50):
            assert document.Sheets.getByIndex(0).getCellByPosition(0, 0).String == "KPI"
        assert document.Sheets.Count == 1
        assert len(end.objects) <= before + 3
        close(document)


def test_a_libreoffice_that_has_ended_is_told_in_words() -> None:
    with pytest.raises(NoLibreOffice, match="ended"):
        Relay(io.BytesIO(), io.BytesIO()).context.ServiceManager  # noqa: B018 - reading it asks
