"""Figures have the decimals that their KPI is written with: on Scorecard, charts, Boards and in sentences."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from judged import answers, make, read

from qmsbook.book.book import Book
from qmsbook.book.words import Unit
from qmsbook.chase.entry import _rounded
from qmsbook.methods import assess
from qmsbook.pages.draw import draw_boards, draw_scorecard
from qmsbook.pages.page import Drawing, Frame
from qmsbook.sections.chart_data import beside_plan

ROW = {"Trajectory": "flat", "Tolerance": ""}
ROAD = {**ROW, "Name": "Road", "Unit": "km", "Target": 149.7, "Aggregation": "last"}
LOTS = {"Name": "Lots", "Unit": "lots", "Baseline": 0, "Target": 12, "Aggregation": "last"}
SCRAP = {**ROW, "Name": "Scrap", "Direction": "lower", "Baseline": 3, "Target": 2}


def scorecard(book: Book) -> Any:
    drawing = draw_scorecard(book, assess(book), Frame.of(book))
    return openpyxl.load_workbook(io.BytesIO(drawing.content)).active


def shown(book: Book) -> tuple[str, str]:
    """The first KPI's number formats of its last month: of the actual, without its sign, and of the plan."""
    sheet = scorecard(book)
    row = next(row for row in range(9, 20) if sheet.cell(row, 1).value == "K1")
    column = next(at for at in range(15, 2, -1) if sheet.cell(row, at).value is not None)
    return (
        re.sub(r'^"[^"]*"', "", sheet.cell(row, column).number_format.split(";")[0]),
        sheet.cell(row + 1, column).number_format,
    )


@pytest.mark.parametrize(
    ("kpi", "figures", "formats"),
    [
        (ROAD, (118.0, 149.7), ("#,##0.0", "#,##0.0")),
        ({**ROAD, "Target": 150}, (118.0, 149.7), ("#,##0.0", "#,##0.0")),  # the readings say it
        ({**ROAD, "Target": 149.75}, (118.0, 149.0), ("#,##0.00", "#,##0.00")),  # the target says it
        (SCRAP, (1.3, 1.4), ("#,##0.0", "#,##0.0")),  # three digits made 1.30 of it
        (LOTS, (2, 3), ("#,##0", "#,##0.0")),
        ({**ROAD, "Target": 150}, (118.0, 1000 / 7), ("#,##0", "#,##0")),  # nobody typed 142.857142...
        ({**ROAD, "Target": 12345.6}, (12000.1, 12345.6), ("#,##0", "#,##0")),  # no room for more
    ],
)
def test_cells_have_the_decimals_that_are_typed(
    kpi: dict[str, Any], figures: tuple[float, ...], formats: tuple[str, str]
) -> None:
    assert shown(make(kpi, readings=read(*figures, first="2026-08"))) == formats


def test_a_ratio_that_is_worked_out_keeps_three_digits() -> None:
    rows = [{"KPI": "K1", "Period": "2026-09", "Numerator": 15, "Denominator": 16}]
    assert shown(make({**ROW, "Aggregation": "ratio"}, readings=rows)) == ("#,##0.0", "#,##0.0")


def label_formats(drawing: Drawing) -> set[str]:
    """The number formats of the figures that charts say."""
    with zipfile.ZipFile(io.BytesIO(drawing.content)) as package:
        charts = [package.read(name).decode() for name in package.namelist() if "/charts/chart" in name]
    found = [re.search(r'<c:dLbls>.*?formatCode="([^"]+)"', chart, re.DOTALL) for chart in charts]
    return {each[1] for each in found if each}


def test_one_figure_is_told_alike_on_every_page() -> None:
    process = [{"Process": "P1", "Name": "Building", "Owner": "Ann"}]
    book = make(ROAD, readings=read(118.0, 149.7, first="2026-08"), Processes=process)
    boards = draw_boards(book, assess(book), Frame.of(book))
    assert label_formats(boards) == {"#,##0.0"}
    said = " ".join(map(str, boards.cells.values()))
    assert "149.7 km against 149.7 planned" in said
    assert "150 km" not in said
    trend = [cell.value for cells in scorecard(book).iter_rows() for cell in cells]
    assert "118.0 → 149.7" in trend


def test_what_is_worked_out_of_whole_figures_has_one_decimal() -> None:
    """4.37 tunnels were planned on one page, 4.4 on another."""
    book = make(LOTS, readings=read(2, 3, first="2026-08"), on="2026-10-01")
    assert answers(book).status.reason.startswith("3 lots against 9 planned for September 2026")
    series = answers(make(LOTS, readings=read(2, first="2026-05"), on="2026-06-03")).series
    assert beside_plan(series, 0) == "2 lots, plan 5 lots"
    series = answers(make(LOTS, readings=read(2, first="2026-04"), on="2026-05-03")).series
    assert beside_plan(series, 0) == "2 lots, plan 3.9 lots"


def test_the_sheet_that_owners_fill_in_has_them_too() -> None:
    assert _rounded(150.0, 149.66, Unit("km", 1)) == (150.0, 149.7)
    assert _rounded(4.3669, 3.0, Unit("tunnels", 0)) == (4.4, 3.0)
    assert _rounded(4.3669, None, "tunnels") == (4.37, None)
