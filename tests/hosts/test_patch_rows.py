"""Rows come and go on a sheet that stands in LibreOffice: it looks as if it were brought anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from live import Desk, desk, everything
from outline import rows_of

from qmsbook.book.cell import Cell
from qmsbook.book.edit import PutSheet
from qmsbook.hosts.host import OfficeFailed
from qmsbook.hosts.libreoffice import patch
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.pages.canvas import Canvas, EntryArea, Field
from qmsbook.pages.charts import Over, insert
from qmsbook.pages.page import MARKER, Frame

__all__ = ["desk"]

NAME = "Page"
KEEP = Frame("Acme", "A4", date(2026, 11, 10))


@dataclass(frozen=True)
class Page:
    """What a sheet shows: lines, a filtered list whose rows may open into others, a chart, an entry area."""

    lines: tuple[str, ...] = ("one", "two", "three")
    groups: tuple[tuple[str, int], ...] = (("first", 2), ("second", 0), ("third", 3), ("fourth", 0))
    figures: tuple[float, ...] = (1.0, 2.0, 4.0)
    said: int = 1
    choices: tuple[str, ...] = ("yes", "no")
    target: int = 5
    fresh: bool = False

    def edit(self) -> PutSheet:
        """The drawn sheet."""
        canvas = Canvas(MARKER + "findings", NAME, KEEP, (14, 30, 30, 14))
        canvas.span(2, 1, 4, "A page", "title")
        canvas.tall(2, 30)
        row = self._list(canvas, self._lines(canvas, 4)) + 2
        last = self._area(canvas, self._chart(canvas, row))
        canvas.paginate(last, {4}, {row} if self.fresh else ())
        return canvas.finish(last).edit

    def _lines(self, canvas: Canvas, row: int) -> int:
        for line in self.lines:
            canvas.span(row, 1, 3, line)
            canvas.tall(row, 15 + 3 * len(line))
            canvas.link(row, 4, "there", Cell("Mine", self.target, 1))
            row += 1
        return row

    def _list(self, canvas: Canvas, head: int) -> int:
        for column, header in enumerate(("What", "Where", "How", "Who"), 1):
            canvas.put(head, column, header, "head")
        canvas.tall(head, 20)
        canvas.sheet.outline_settings(True, False, True, False)
        row = head
        for name, inside in self.groups:
            row += 1
            canvas.put(row, 1, name, bold=bool(inside))
            canvas.tall(row, 18, opens=bool(inside))
            for number in range(inside):
                row += 1
                canvas.put(row, 2, f"{name} {number}")
                canvas.tall(row, 24 + number, folded=True)
        canvas.sheet.autofilter(head - 1, 0, row - 1, 3)
        return row

    def _chart(self, canvas: Canvas, row: int) -> int:
        for at in range(row, row + 5):
            canvas.tall(at, 20)
        chart = canvas.book.add_chart({"type": "line"})
        silent = [None if at == self.said else {"delete": True} for at in range(len(self.figures))]
        labels = {"value": True, "custom": silent, "position": "above", "font": {"bold": True, "size": 10}}
        chart.add_series({"values": canvas.across(row, "Actual", self.figures), "data_labels": labels})
        chart.set_title({"name": f"Now {self.figures[0]} <&> 'so'", "name_font": {"size": 9, "bold": True}})
        chart.set_y_axis({"min": 0, "max": max(self.figures) * 2})
        insert(canvas, chart, f"{len(self.figures)} figures", Over((row, row + 4), (1, 4)))
        return row + 6

    def _area(self, canvas: Canvas, row: int) -> int:
        fields = (Field("Part"), Field("Answer", self.choices), Field("Words"))
        rows = {"a": ("a", None, None), "b": ("b", None, None)}
        return canvas.entries(row, 1, EntryArea("Answers", fields, rows, {})) + 1


PLAIN = Page()
CHANGES = {
    "a line more": replace(PLAIN, lines=("one", "more", "two", "three")),
    "a line less": replace(PLAIN, lines=("one", "three")),
    "a line that says something else": replace(PLAIN, lines=("one", "2", "three")),
    "many lines more": replace(PLAIN, lines=tuple(str(number) for number in range(9))),
    "a row more at the end of the list": replace(PLAIN, groups=(*PLAIN.groups, ("fifth", 0))),
    "a row more at its start": replace(PLAIN, groups=(("new", 0), *PLAIN.groups)),
    "no last row": replace(PLAIN, groups=PLAIN.groups[:-1]),
    "a group more": replace(PLAIN, groups=(("new", 2), *PLAIN.groups)),
    "a group less": replace(PLAIN, groups=PLAIN.groups[1:]),
    "a group with more inside": replace(PLAIN, groups=(("first", 4), *PLAIN.groups[1:])),
    "no groups": replace(PLAIN, groups=(("first", 0), ("second", 0))),
    "groups side by side": replace(PLAIN, groups=(("first", 2), ("second", 1), ("third", 3))),
    "more and less": replace(PLAIN, lines=("one",), groups=(*PLAIN.groups, ("fifth", 2))),
    "other figures": replace(PLAIN, lines=("new", *PLAIN.lines), figures=(9.0, 2.0, 4.0)),
    "another point that says its figure": replace(PLAIN, said=2),
    "another place behind a link": replace(PLAIN, target=9),
    "another drop-down": replace(PLAIN, choices=("yes", "no", "later")),
    "a page break": replace(PLAIN, lines=("one", "two"), fresh=True),
}


class Stand:
    """A workbook in LibreOffice that gets the page."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        path = folder / "book.xlsx"
        with xlsxwriter.Workbook(path) as book:
            book.add_worksheet("Mine").write("A1", "mine")
        self.folder, self.document = folder, desk.open(path, hidden=False)
        self.steps: list[str] = []
        self.host = LibreOfficeHost(self.document, self.steps.append)

    def put(self, page: Page) -> None:
        self.steps.clear()
        self.host.apply([page.edit()], self.host.read())

    @property
    def patched(self) -> bool:
        """Whether the page was changed where it stands."""
        return not any(step.startswith("Bringing ") for step in self.steps)

    def shows(self) -> dict[str, Any]:
        """All that is there."""
        found: dict[str, Any] = everything(self.document)
        sheets = [{**sheet, "style": ""} for sheet in found["sheets"]]  # its name may have a number
        chart = self.document.Sheets.getByName(NAME).DrawPage.getByIndex(0).Model
        heading = (chart.Title.String, chart.Title.CharHeight, chart.Title.CharWeight, chart.Title.CharColor)
        axis = chart.Diagram.YAxis.Min, chart.Diagram.YAxis.Max, chart.Diagram.YAxis.StepMain
        rows = rows_of(self.document, NAME, self.folder)
        labels = [_label(chart.Diagram.getDataPointProperties(point, 0)) for point in range(3)]
        return {**found, "sheets": sheets, "rows": rows, "chart": (heading, axis, labels)}


def _label(point: Any) -> tuple[Any, ...]:
    """What a point of a line says, and how."""
    return point.DataCaption, point.LabelPlacement, point.CharWeight, point.CharHeight, point.NumberFormat


@pytest.mark.parametrize("change", CHANGES)
def test_changed_in_place_is_brought_anew(desk: Desk, tmp_path: Path, change: str) -> None:
    """And taken back it is where it was."""
    stands, anew = Stand(desk, tmp_path), Stand(desk, tmp_path)
    stands.put(PLAIN)
    before = stands.shows()
    stands.put(CHANGES[change])
    anew.put(CHANGES[change])
    assert stands.patched
    assert stands.shows() == anew.shows()
    stands.host.undo()
    assert stands.shows() == before


def test_formulas_of_the_user_go_on_saying_what_they_said(desk: Desk, tmp_path: Path) -> None:
    """As when the sheet is brought anew: the person named a cell, not what stood in it."""
    stand = Stand(desk, tmp_path)
    stand.put(PLAIN)
    mine = stand.document.Sheets.getByName("Mine").getCellRangeByName("B4")
    mine.setFormula(f"=$'{NAME}'.A20")
    said = mine.getFormula()
    stand.put(CHANGES["many lines more"])
    assert stand.patched
    assert mine.getFormula() == said
    stand.host.undo()
    assert mine.getFormula() == said


@pytest.mark.parametrize("meddled", ["opened", "filtered"])
def test_a_list_that_somebody_opened_or_filtered_is_brought_anew_when_rows_move(
    desk: Desk, tmp_path: Path, meddled: str
) -> None:
    stand, anew = Stand(desk, tmp_path), Stand(desk, tmp_path)
    stand.put(PLAIN)
    sheet = stand.document.Sheets.getByName(NAME)
    (row,) = [row for row in range(30) if sheet.getCellByPosition(1, row).getString() == "first 0"]
    if meddled == "opened":
        sheet.showDetail(sheet.getCellRangeByPosition(0, row, 0, row + 1).RangeAddress)
        sheet.getCellByPosition(0, row).Rows.IsVisible = True
    else:
        sheet.getCellByPosition(0, row - 1).Rows.IsVisible = False
    stand.put(CHANGES["a group more"])
    anew.put(CHANGES["a group more"])
    assert not stand.patched
    assert stand.shows() == anew.shows()


@pytest.mark.parametrize("failing", ["_move", "_copy_rows", "_heights", "fold", "_charts"])
def test_a_change_that_fails_half_way_is_taken_back(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """At the second step of two, if there are two."""
    stand = Stand(desk, tmp_path)
    stand.put(PLAIN)
    before = stand.shows()
    real, calls = getattr(patch, failing), []

    def fails(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == (2 if failing == "_move" else 1):
            raise OfficeFailed("as if")
        return real(*given)

    monkeypatch.setattr(patch, failing, fails)
    with pytest.raises(OfficeFailed, match="as if"):
        stand.put(CHANGES["more and less"])
    assert stand.shows() == before
