"""Sheets in an open LibreOffice of which only what changed is drawn look as if they were brought anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from live import Desk, desk, everything
from outline import rows_of

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

__all__ = ["desk"]

SETTING = "Boards"


def opened(desk: Desk, folder: Path, name: str, boards: str = "yes") -> Any:
    """The example, with the charts for the notice board wanted or not."""
    path = folder / name
    path.write_bytes(template("example.xlsx"))
    document = desk.open(path, hidden=False)
    settings = document.Sheets.getByName("Settings")
    (row,) = [row for row in range(60) if settings.getCellByPosition(0, row).getString() == SETTING]
    settings.getCellByPosition(1, row).setString(boards)
    return document


def type_into(document: Any, sheet: str, cell: str, value: float | str) -> None:
    held = document.Sheets.getByName(sheet).getCellRangeByName(cell)
    held.setString(value) if isinstance(value, str) else held.setValue(value)


class Steps:
    """What a host does, by the words that it tells."""

    def __init__(self, document: Any) -> None:
        self.host = LibreOfficeHost(document, self.told)
        self.steps: list[str] = []

    def told(self, text: str) -> None:
        self.steps.append(text)

    def __call__(self, work: Callable[[LibreOfficeHost], Any]) -> set[str]:
        """The sheets that were brought anew."""
        self.steps.clear()
        work(self.host)
        return {text.removeprefix("Bringing ") for text in self.steps if text.startswith("Bringing ")}

    @property
    def patched(self) -> set[str]:
        """The sheets of which only what changed was drawn."""
        begin = "Drawing what changed on "
        return {text.removeprefix(begin) for text in self.steps if text.startswith(begin)}


def axes(document: Any, sheet: str) -> list[tuple[float, float, float]]:
    """The scale of each chart's axis."""
    page = document.Sheets.getByName(sheet).DrawPage
    found = [page.getByIndex(number).Model.Diagram.YAxis for number in range(page.Count)]
    return [(axis.Min, axis.Max, axis.StepMain) for axis in found]


def test_boards_changed_in_place_is_boards_brought_anew(desk: Desk, tmp_path: Path) -> None:
    """A figure in a chart, one that moves its axis, and texts; then all is taken back."""
    document = opened(desk, tmp_path, "patched.xlsx")
    press = Steps(document)
    assert "Boards" in press(commands.refresh)
    before = everything(document)
    scales = axes(document, "Boards")
    figures = document.Sheets.getByName("Measurements").getCellRangeByName("A2:E740").getDataArray()
    rows = [number for number, line in enumerate(figures, 2) if line[0] == "K31" and line[2] != ""]
    value = figures[rows[-1] - 2][2]
    type_into(document, "Measurements", f"C{rows[-1]}", value * 0.8)
    assert "Boards" not in press(commands.refresh)
    assert "Boards" in press.patched
    anew = opened(desk, tmp_path, "anew.xlsx")
    type_into(anew, "Measurements", f"C{rows[-1]}", value * 0.8)
    assert "Boards" in Steps(anew)(commands.refresh)
    assert axes(document, "Boards") == axes(anew, "Boards") != scales
    mine, fresh = everything(document), everything(anew)
    assert without_style(mine) == without_style(fresh)
    press.host.undo()
    type_into(document, "Measurements", f"C{rows[-1]}", value)
    assert everything(document) == before
    assert axes(document, "Boards") == scales


def without_style(found: dict[str, Any]) -> dict[str, Any]:
    """A page style's name may have a number."""
    return {**found, "sheets": [{**sheet, "style": ""} for sheet in found["sheets"]]}


@pytest.mark.parametrize("meddled", ["row", "chart", "note"])
def test_a_sheet_that_somebody_took_apart_is_brought_anew(desk: Desk, tmp_path: Path, meddled: str) -> None:
    document = opened(desk, tmp_path, "acme.xlsx")
    press = Steps(document)
    press(lambda host: commands.review(host, "2026-Q3"))
    sheet = document.Sheets.getByName("Review 2026-Q3")
    charts = sheet.DrawPage.Count
    assert charts
    if meddled == "row":
        sheet.Rows.insertByIndex(5, 1)
    elif meddled == "chart":
        sheet.DrawPage.remove(sheet.DrawPage.getByIndex(0))
    else:
        sheet.Annotations.insertNew(sheet.getCellRangeByName("B9").CellAddress, "mine")
    type_into(document, "KPIs", "B2", "Another name")
    assert "Review 2026-Q3" in press(commands.refresh)
    again = document.Sheets.getByName("Review 2026-Q3")
    assert again.DrawPage.Count == charts
    assert again.Annotations.Count == 0


def test_a_word_in_a_row_that_did_not_change_does_not_stay(desk: Desk, tmp_path: Path) -> None:
    """As when the sheet is brought anew: the word goes to Kept notes."""
    document = opened(desk, tmp_path, "acme.xlsx")
    press = Steps(document)
    press(commands.refresh)
    type_into(document, "Scorecard", "B4", "a note of mine")
    type_into(document, "Scorecard", "C90", "another")
    press(commands.refresh)
    assert "Scorecard" in press.patched
    anew = opened(desk, tmp_path, "anew.xlsx")
    Steps(anew)(commands.refresh)
    cells = [each.Sheets.getByName("Scorecard").getCellRangeByName("A1:Z120") for each in (document, anew)]
    assert cells[0].getDataArray()[1:] == cells[1].getDataArray()[1:]
    notes = document.Sheets.getByName("Kept notes").getCellRangeByName("A1:F20").getDataArray()
    assert {"a note of mine", "another"} <= {value for line in notes for value in line}


def test_a_sheet_that_did_not_change_for_long_is_still_changed_in_place(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often others are drawn meanwhile; what no undo can bring back is not kept."""
    monkeypatch.setattr("qmsbook.hosts.libreoffice.host._DRAWINGS", 1)
    document = opened(desk, tmp_path, "acme.xlsx")
    press = Steps(document)
    press(lambda host: commands.review(host, "2026-Q3"))
    drawings = len(press.host.stood)
    for number in range(3):
        type_into(document, "KPIs", "B2", f"Name {number}")
        press(commands.check)
    assert len(press.host.stood) <= drawings + 1
    assert not press(commands.refresh)
    assert "Review 2026-Q3" in press.patched


def test_a_review_that_got_other_rows_is_changed_in_place(desk: Desk, tmp_path: Path) -> None:
    """An action more moves everything below it: charts, entry areas and the breaks of pages."""
    document, anew = (opened(desk, tmp_path, name) for name in ("acme.xlsx", "anew.xlsx"))
    press = Steps(document)
    press(lambda host: commands.review(host, "2026-Q3"))
    areas = [document.DatabaseRanges.getByName("Minutes_2026_Q3").DataArea.StartRow]
    said = {"Action": "A900", "What": "Something new", "Owner": "Tom Hayes", "Due": "2026-09-01"}
    for each in (document, anew):
        sheet = each.Sheets.getByName("Actions")
        lines = sheet.getCellRangeByName("A1:M60").getDataArray()
        row = max(number for number, line in enumerate(lines) if line[0]) + 1
        for header, text in {**said, "State": "open"}.items():
            sheet.getCellByPosition(lines[0].index(header), row).setString(text)
    assert not press(commands.refresh)
    Steps(anew)(lambda host: commands.review(host, "2026-Q3"))
    areas.append(document.DatabaseRanges.getByName("Minutes_2026_Q3").DataArea.StartRow)
    assert areas[0] != areas[1]
    found = [without_style(everything(each)) for each in (document, anew)]
    assert found[0] == found[1]
    rows = [rows_of(each, "Review 2026-Q3", tmp_path) for each in (document, anew)]
    assert rows[0] == rows[1]
