"""The relay between a button's program and LibreOffice: what the contract of the hosts does not show."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from common import write_tables
from live import Desk
from relayed import relay_to
from test_hosts import kpis

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.host import NoLibreOffice
from qmsbook.hosts.libreoffice.bridge import bridge, close, enum, is_office_error, load, struct
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
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


def test_members_are_what_they_are_without_the_relay(desk: Desk, tmp_path: Path) -> None:
    """However they are read: as an attribute the first time, by a method from then on."""
    names = ("Name", "RangeAddress", "PageStyle", "IsVisible", "Charts", "CodeName", "ImplementationName")
    plain = desk.open(write_tables(tmp_path / "book.xlsx", [kpis()])).Sheets.getByIndex(0)
    with relay_to(desk.office) as (desktop, _):
        document = load(desktop, write_tables(tmp_path / "again.xlsx", [kpis()]))
        sheet = document.Sheets.getByIndex(0)
        cell = sheet.getCellByPosition(0, 0)
        for _ in range(3):
            for name in names:
                one, other = getattr(plain, name), getattr(sheet, name)
                assert not isinstance(one, bool | str) or one == other
            assert sheet.RangeAddress.EndRow == plain.RangeAddress.EndRow
            assert (cell.String, cell.NumberFormat, cell.Type.value) == ("KPI", 0, "TEXT")
            assert not hasattr(cell, "PageStyle")  # what one kind of object has another has not
            assert not hasattr(cell, "NoSuchMember")
            with pytest.raises(AttributeError):
                cell.protect("")
        close(document)


def with_a_chart(path: Path) -> Path:
    """A workbook with a chart that has a title and, as a shape, no words of its own."""
    book = xlsxwriter.Workbook(path)
    sheet, chart = book.add_worksheet("Figures"), book.add_chart({"type": "line"})
    sheet.write_column("A1", [1, 2, 3])
    chart.add_series({"values": "=Figures!$A$1:$A$3"})
    chart.set_title({"name": "How it went"})
    sheet.insert_chart("C3", chart)
    book.close()
    return path


def test_one_name_is_of_each_object_what_it_has(desk: Desk, tmp_path: Path) -> None:
    """A shape's title is a property, a chart's is not, although it has a property of that name too."""
    with relay_to(desk.office) as (desktop, _):
        document = load(desktop, with_a_chart(tmp_path / "chart.xlsx"))
        shape = document.Sheets.getByIndex(0).DrawPage.getByIndex(0)
        for _ in range(3):
            assert shape.Title == ""
            assert shape.Model.Title.String == "How it went"
        close(document)


def test_a_chart_gets_another_heading_by_the_relay(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    with relay_to(desk.office) as (desktop, _):
        document, steps = load(desktop, path), list[str]()
        host = LibreOfficeHost(document, steps.append)
        commands.review(host, "2026-Q3")
        (name,) = [name for name in document.Sheets.ElementNames if name == "Review 2026-Q3"]
        page = document.Sheets.getByName(name).DrawPage

        def headings() -> list[str]:
            charts = [page.getByIndex(number).Model for number in range(page.Count)]
            return [chart.getTitle().String for chart in charts if chart.HasMainTitle]

        before = headings()
        document.Sheets.getByName("KPIs").getCellRangeByName("B2").setString("Quotes won")
        commands.refresh(host)
        assert f"Drawing what changed on {name}" in steps
        assert headings() == [text.replace("Quote win rate", "Quotes won") for text in before] != before
        host.undo()
        assert headings() == before
        close(document)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no /proc")
def test_requests_are_not_kept_in_memory(desk: Desk, tmp_path: Path) -> None:
    """LibreOffice's Python would keep 64 bytes of each: this process is the other end here."""
    with relay_to(desk.office) as (desktop, _):
        document = load(desktop, write_tables(tmp_path / "book.xlsx", [kpis()]))
        sheet = document.Sheets.getByIndex(0)

        def ask(often: int) -> int:
            for _ in range(often):
                assert sheet.Name
                assert sheet.getCellByPosition(0, 0) is not None
            return _held()

        before = ask(3_000)
        assert ask(12_000) - before < 600_000
        close(document)


def _held() -> int:
    """The bytes that this process holds for itself."""
    text = Path("/proc/self/status").read_text("utf-8")
    (line,) = [line for line in text.splitlines() if line.startswith("RssAnon:")]
    return int(line.split()[1]) * 1024


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
