"""A button's work that fails half-way leaves the workbook as it was, and says so; nothing stays frozen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from common import write_tables
from failing import Calls, Wrapped, changing
from live import Desk, everything
from meeting import hold_meeting
from test_rules import example_rows

from qmsbook.book.table import Table, columns_of
from qmsbook.book.tables import TABLES
from qmsbook.doors.buttons import run
from qmsbook.doors.screens.libreoffice import LibreOfficeScreen
from qmsbook.hosts.host import NotRestored
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.setup.places import Places, places

pytestmark = pytest.mark.usefixtures("bounded")

FEW = {"Settings": 60, "Goals": 1, "Objectives": 1, "KPIs": 2, "Measurements": 30, "Reviews": 5}
#: What a review needs besides to be closed.
TO_CLOSE = {"People": 20, "Decisions": 1, "Actions": 1}
#: They all come between the first and the last step of dressing a sheet, which are tried: to try them too
#: would show nothing else, and each takes seconds.
BETWEEN = {
    "AutoFilter=", "CodeName=", "ContainsHeader=", "Description=", "PageScale=", "Title=", "TotalsRow=",
    "setPrintTitleColumns", "setPrintTitleRows", "setPropertyValue", "setTitleRows",
}  # fmt: skip
#: Without these the buttons would do nothing.
CORE = {"review": "importSheet", "period": "setDataArray", "check": "importSheet"}


def few_rows(folder: Path, few: Mapping[str, int] = FEW) -> Path:
    """A workbook with some tables of the example and few rows in each, so that a press is quick."""
    rows, tables = example_rows(False), list[Table]()
    for record in TABLES:
        if record.TABLE not in few:
            continue
        mine = rows[record.TABLE][: few[record.TABLE]]
        headers = tuple(column.header for column in columns_of(record).values())
        columns = tuple([row.get(header) for row in mine] for header in headers)
        none: tuple[Any, ...] = tuple({} for _ in headers), tuple(frozenset() for _ in headers)
        tables.append(Table(record.TABLE, record.TABLE, 1, 1, headers, columns, *none))
    return write_tables(folder / "few.xlsx", tables)


class Bench:
    """A document whose calls can be made to fail, and its buttons."""

    anew = False

    def __init__(self, desk: Desk, folder: Path, few: Mapping[str, int] = FEW) -> None:
        self.document = desk.open(few_rows(folder, few), hidden=False)
        self.desktop = desk.office.desktop
        self.calls = Calls()
        self.here: Places = places("linux", {"HOME": str(folder)})
        self.told: list[str] = []

    def press(self, command: str, fails_at: tuple[str, int] | None = None) -> str:
        self.told.clear()
        for path in (self.here.data / "undo").glob("*.drawn") if self.anew else ():
            path.unlink()  # what was drawn is not known any more
        screen = LibreOfficeScreen(self.desktop, Wrapped(self.document, self.calls))
        screen.tell = self.told.append  # type: ignore[method-assign]  # nobody is there to close a dialog
        screen.ask = lambda question: True  # type: ignore[method-assign]  # nor to say yes
        self.calls.begin(fails_at)
        said = run(command, screen, at=self.here)
        self.counts = Counter(self.calls.counts)
        self.calls.begin()
        screen.rest()
        return said

    def type(self, sheet: str, cell: str, text: str) -> None:
        self.document.Sheets.getByName(sheet).getCellRangeByName(cell).setFormula(text)

    @property
    def front(self) -> str:
        return str(self.document.CurrentController.getActiveSheet().Name)

    def show(self, sheet: str) -> None:
        self.document.CurrentController.setActiveSheet(self.document.Sheets.getByName(sheet))

    def around(self) -> tuple[object, ...]:
        """What must not be left behind: documents, a locked window, styles, a view."""
        window = self.document.CurrentController.Frame.ContainerWindow
        found, open_ones = self.desktop.Components.createEnumeration(), 0
        while found.hasMoreElements():
            found.nextElement()
            open_ones += 1
        styles = self.document.StyleFamilies.getByName("PageStyles").ElementNames
        return open_ones, window.isEnabled(), self.document.UndoManager.isLocked(), styles


def test_a_sheet_that_people_look_at_comes_and_goes(desk: Desk, tmp_path: Path) -> None:
    """With a bare `importSheet` LibreOffice 7.4 ends after two or three rounds of this."""
    bench = Bench(desk, tmp_path)
    bench.press("review")
    assert bench.front.startswith("Review")
    bench.type("Measurements", "C3", "0.5")
    for _ in range(3):
        assert "errors" in bench.press("refresh")
        assert "as it was" in bench.press("undo")
        assert bench.front.startswith("Review")


@pytest.mark.parametrize(
    ("command", "typed", "anew"),
    [
        ("refresh", "0.5", True), ("refresh", "0.5", False), ("period", "0.6", True), ("check", "soon", True),
        ("review", "0.7", True),
    ],
)  # fmt: skip
def test_whatever_call_of_libreoffice_fails_the_workbook_is_as_it_was(
    desk: Desk, tmp_path: Path, command: str, typed: str, anew: bool
) -> None:
    """Each member that changes something fails the last time it is called.

    Sheets are brought ``anew``, or only what changed is drawn. For other commands than refresh, which goes
    through the same steps, one member will do.
    """
    bench = Bench(desk, tmp_path)
    bench.anew = anew
    bench.press("refresh")
    bench.show("Scorecard")  # the sheet in front is one of those that are replaced
    bench.type("Measurements", "C3", typed)  # so that there is something to do
    untouched = everything(bench.document)
    bench.press(command)
    calls = {name: count for name, count in bench.counts.items() if changing(name)}
    assert "as it was" in bench.press("undo")
    before, around = everything(bench.document), bench.around()
    assert before == untouched | {"in front": bench.front}  # the button went where its work is
    names = sorted(calls.keys() - BETWEEN) if command == "refresh" else [CORE[command]]
    assert ("dispatch" in calls) == anew or command != "refresh", names
    assert len(names) > (15 if anew else 10) or command != "refresh", names
    for name in names:
        said = bench.press(command, (name, calls[name]))
        if "as it was" in said:
            assert bench.told == [said], name
        else:  # the work was done when it failed: nothing is said, and it can be undone
            assert not bench.told, name
            assert "as it was" in bench.press("undo"), name
        assert everything(bench.document) == before, name
        assert bench.around() == around, name


def test_a_close_that_fails_half_way_is_no_close(desk: Desk, tmp_path: Path) -> None:
    bench = Bench(desk, tmp_path, FEW | TO_CLOSE)
    bench.press("review")
    hold_meeting(LibreOfficeHost(bench.document), "2026-Q3")
    before, around = everything(bench.document), bench.around()
    assert "is closed" in bench.press("close")
    calls = {name: count for name, count in bench.counts.items() if changing(name)}
    assert "as it was" in bench.press("undo")
    assert everything(bench.document) == before
    names = calls.keys() & {"setDataArray", "copyRange", "importSheet"}
    assert len(names) > 1
    for name in sorted(names):
        said = bench.press("close", (name, calls[name]))
        assert "as it was" in said, name
        assert bench.told == [said], name
        assert everything(bench.document) == before, name
        assert bench.around() == around, name


@pytest.mark.parametrize("name", ["setDataArray", "removeByName"])
def test_an_undo_that_fails_half_way_is_told_and_nothing_stays_frozen(
    desk: Desk, tmp_path: Path, name: str
) -> None:
    """What was put back by then cannot be taken back once more: only the file on the disk is whole."""
    bench = Bench(desk, tmp_path)
    bench.press("refresh")
    bench.type("Measurements", "C3", "0.5")
    bench.press("refresh")
    around = bench.around()
    said = bench.press("undo", (name, 1))
    assert said.startswith(str(NotRestored()))
    assert bench.told == [said]
    assert bench.around()[:3] == around[:3]
