"""A button's work that fails half-way in Excel leaves the workbook as it was, and says so in a dialog.

Excel's part is played by LibreOffice, behind xlwings itself: see tests/support/xlwings_uno.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings_uno
from live import Desk, desk
from test_excel_host import outside, without_attached
from test_failing_buttons import few_rows

from qmsbook.book.snapshot import Snapshot
from qmsbook.doors.buttons import run
from qmsbook.doors.screens.excel import ExcelScreen
from qmsbook.hosts.excel import running
from qmsbook.hosts.excel.host import ExcelHost
from qmsbook.hosts.host import ExcelBusy
from qmsbook.setup.places import places

pytestmark = pytest.mark.usefixtures("bounded")

__all__ = ["desk"]

#: One call in so many fails in turn.
EVERY = 4
#: For other commands than refresh the decisive calls alone: the steps in between are the same.
DECISIVE = {
    "period": ["Table.resize", "Range.raw_value"],
    "check": ["Books.open", "Sheet.copy", "_SheetApi.Delete"],
    "review": ["Sheet.copy"],
}


class Bench:
    """A workbook in Excel, and its buttons; a step or a call of a press can be made to fail."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        document = desk.open(few_rows(folder), hidden=False)
        self.app = xlwings_uno.excel(desk.office.desktop)
        self.book = xlwings_uno.opened(self.app, document, "few.xlsx")
        self.here = places("linux", {"HOME": str(folder)})
        self.calls: list[str] = []
        self.steps: list[str] = []

    def press(self, command: str, call: int = 0, step: int = 0, lasts: int = 0) -> str:
        """What the person was told on the status bar. Of the calls, or the steps, that one fails.

        If it ``lasts`` somebody begins to type then, and Excel refuses so many calls.
        """
        screen = ExcelScreen(self.app, self.book)
        assert isinstance(screen.host, ExcelHost)
        self.calls.clear()
        self.steps.clear()
        self.app.impl.dialogs.clear()

        def each_step(name: str) -> None:
            self.steps.append(name)
            if len(self.steps) == step:
                raise RuntimeError(name)

        def each_call(name: str) -> None:
            self.calls.append(name)
            if call <= len(self.calls) < call + lasts:
                raise xlwings_uno.com_error(-2147418111, "Call was rejected by callee.", None, None)
            if len(self.calls) == call:
                raise xlwings_uno.com_error(-2146827284, name, None, None)

        screen.host.tell = each_step
        xlwings_uno.before_call[:] = [each_call]
        said = run(command, screen, at=self.here)
        xlwings_uno.before_call.clear()
        screen.rest()
        return said

    def type(self, sheet: str, cell: str, text: str) -> None:
        self.book.impl.document.Sheets.getByName(sheet).getCellRangeByName(cell).setFormula(text)

    def stands(self) -> tuple[Snapshot, object]:
        """All that must be the same afterwards: the workbook, Excel's own settings, what is in front."""
        host = ExcelHost(self.book)
        return without_attached(host.read()), (
            outside(host),
            self.app.selection.address,
            len(self.app.impl.open_books),
        )

    def look(self) -> None:
        """The person looks at a sheet that will be replaced, with a cell selected."""
        self.book.sheets["Scorecard"].activate()
        self.book.sheets["Scorecard"].range("C4").select()


@pytest.fixture
def bench(desk: Desk, tmp_path: Path) -> Iterator[Bench]:
    yield Bench(desk, tmp_path)
    xlwings_uno.before_call.clear()


@pytest.mark.parametrize(
    ("command", "typed"), [("refresh", "0.5"), ("period", "0.6"), ("check", "soon"), ("review", "0.7")]
)
def test_whatever_fails_in_excel_the_workbook_is_as_it_was_and_the_person_is_told(
    bench: Bench, command: str, typed: str
) -> None:
    bench.press("refresh")
    bench.look()
    bench.type("Measurements", "C3", typed)  # so that there is something to do
    before = bench.stands()
    bench.press(command)
    steps, calls = [*bench.steps], [*bench.calls]
    bench.press("undo")
    bench.look()
    assert bench.stands() == before

    def fails(what: str, **where: int) -> bool:
        """Whether the work was undone by itself: else it was done when that call failed."""
        said = bench.press(command, **where)
        dialogs = [*bench.app.impl.dialogs]
        undone = "as it was" in said
        if not undone:
            assert dialogs == [], what
            assert "as it was" in bench.press("undo"), what
            bench.look()
        assert undone == (dialogs == [said]), what
        assert bench.stands() == before, what
        return undone

    for number, name in enumerate(steps, 1):
        assert fails(name, step=number), name
    for number in chosen(command, calls):
        undone = fails(calls[number - 1], call=number)
        assert undone or command == "refresh", calls[number - 1]


def test_a_person_who_begins_to_type_meanwhile_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the cell is finished Excel takes no call at all: neither can anything be put back."""
    monkeypatch.setattr(running, "_PAUSE", 0.0)
    monkeypatch.setattr("qmsbook.hosts.excel.patient.STEP", 0.0)  # longer than a step waits
    bench.press("refresh")
    bench.look()
    bench.type("Measurements", "C3", "0.5")
    before, calls = bench.stands(), len(bench.calls)
    under_way = 0
    for begin in range(8, calls, 8):
        said = bench.press("refresh", call=begin, lasts=40)
        if said == str(ExcelBusy()):
            assert bench.app.impl.dialogs == [said]
            under_way += bool(bench.steps)
        else:  # the work was done
            assert "as it was" in bench.press("undo"), begin
            bench.look()
        assert bench.stands() == before, begin
    assert under_way > 2


def chosen(command: str, calls: list[str]) -> list[int]:
    """The calls to try, by number from 1: of those of one name the last, or a fair spread of all."""
    if command == "refresh":
        return [*range(3, len(calls), EVERY)]
    last = {name: number for number, name in enumerate(calls, 1)}
    return [last[name] for name in DECISIVE[command]]


def test_excel_being_busy_when_a_button_is_pressed_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qmsbook.hosts.excel.patient.STEP", 0.2)
    screen = ExcelScreen(bench.app, bench.book)

    def busy(name: str) -> None:
        if name not in ("App.alert", "App.status_bar="):
            raise xlwings_uno.com_error(-2147418111, "Call was rejected by callee.", None, None)

    before = bench.stands()
    for command in DECISIVE | {"refresh": [], "undo": [], "help": []}:
        bench.app.impl.dialogs.clear()
        xlwings_uno.before_call[:] = [busy]
        said = run(command, screen, at=bench.here)
        xlwings_uno.before_call.clear()
        screen.rest()
        assert said == str(ExcelBusy())
        assert bench.app.impl.dialogs == [said]
    assert bench.stands() == before
