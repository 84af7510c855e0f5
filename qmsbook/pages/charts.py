"""Native charts on generated sheets; their figures stand in hidden columns of the same sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from qmsbook.host import OUR_CHART
from qmsbook.method import Level
from qmsbook.metrics import pixels
from qmsbook.pages.canvas import Canvas
from qmsbook.pages.palette import BLUE, GREY, INK, LINE, MARKS
from qmsbook.section import Chart, Counts
from qmsbook.words import decimals_for

#: How many rows of the sheet the charts take.
CHART_ROWS = 10
BAR_ROWS = 3
_ROW_PIXELS = 20
#: Light, middle and dark, so that the parts of a bar are told apart in grey print; the legend says which is
#: which.
_PARTS: dict[Level, str] = {
    "good": "#9CCBE8",
    "warn": "#F0B030",
    "bad": MARKS["bad"].fill,
    "none": "#E3E8ED",
}


def parts_of_whole(canvas: Canvas, block: Counts, row: int, last_column: int) -> None:
    """One bar across the sheet, in parts that say their count and what they are."""
    chart = canvas.book.add_chart({"type": "bar", "subtype": "percent_stacked"})
    for label, count, level in block.items:
        if not count:
            continue
        name = f"{MARKS[level].symbol} {count} {label}"
        column = canvas.helper([name, float(count)], row)
        chart.add_series(
            {
                "name": [canvas.name, row - 1, column - 1], "values": canvas.place(row + 1, column,
                row + 1, column),
                "fill": {"color": _PARTS[level]}, "border": {"color": GREY, "width": 0.5}, "gap": 0,
            }
        )  # fmt: skip
    chart.set_title({"none": True})  # Excel would make a title of a single part's name
    bold = {"name": "Calibri", "size": 12, "bold": True, "color": INK}
    chart.set_legend(
        {"position": "top", "font": bold, "layout": {"x": 0.0, "y": 0.02, "width": 0.75, "height": 0.45}}
    )
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_y_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_plotarea({"layout": {"x": 0.002, "y": 0.5, "width": 0.996, "height": 0.45}})
    _insert(canvas, chart, block.alt, row, BAR_ROWS, last_column, border=False)


def over_time(canvas: Canvas, block: Chart, row: int, last_column: int) -> None:
    """Actual against plan as lines, across the sheet."""
    bottom = row + len(block.labels)
    columns: tuple[tuple[str, Sequence[Any]], ...] = (
        ("Period", block.labels), ("Actual", block.actual), ("Plan", block.plan),
    )  # fmt: skip
    heads = [canvas.helper([name, *values], row) for name, values in columns]
    places = [canvas.place(row + 1, column, bottom, column) for column in heads]
    names = [[canvas.name, row - 1, column - 1] for column in heads]
    chart = canvas.book.add_chart({"type": "line"})
    numbers = [v for v in (*block.actual, *block.plan) if v is not None]
    form = _number_format(numbers)
    chart.add_series(
        {
            "name": names[2], "categories": places[0], "values": places[2],
            "line": {"color": GREY, "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"},
        }
    )  # fmt: skip
    chart.add_series(
        {
            "name": names[1], "categories": places[0], "values": places[1], "line": {"color": BLUE,
            "width": 2.5},
            "marker": {"type": "circle", "size": 5, "fill": {"color": BLUE}, "border": {"color": BLUE}},
            "data_labels": {
                "custom": _only_last(block.actual), "value": True, "position": _beside(block),
                "num_format": form, "font": {"bold": True, "color": INK, "size": 10},
            },
        }
    )  # fmt: skip
    _axes(chart, block.title, numbers)
    _insert(canvas, chart, block.alt, row, CHART_ROWS, last_column)


def _axes(chart: Any, title: str, numbers: list[float]) -> None:
    font = {"name": "Calibri", "size": 9, "color": INK}
    bold = {"name": "Calibri", "size": 11, "bold": True, "color": INK}
    chart.set_title({"name": title, "name_font": bold, "overlay": False, "layout": {"x": 0.01, "y": 0.02}})
    chart.set_x_axis(
        {"num_font": font, "line": {"color": LINE}, "label_position": "low", "major_tick_mark": "none"}
    )
    bounds = axis_bounds(numbers)
    chart.set_plotarea({"layout": {"x": 0.055, "y": 0.19, "width": 0.925, "height": 0.65}})
    grid = {"visible": True, "line": {"color": "#E3E8ED", "width": 0.5}}
    form = _places(len(f"{bounds['major_unit']:.10g}".partition(".")[2])) if bounds else "General"
    chart.set_y_axis(
        {"num_font": font, "num_format": form, "line": {"none": True}, "major_gridlines": grid, **bounds}
    )
    chart.set_legend(
        {"position": "top", "font": font, "layout": {"x": 0.76, "y": 0.02, "width": 0.23, "height": 0.12}}
    )


def _insert(
    canvas: Canvas, chart: Any, alt: str, row: int, rows: int, last_column: int, border: bool = True
) -> None:
    chart.set_chartarea({"border": {"color": LINE} if border else {"none": True}})
    chart.show_hidden_data()
    chart.show_blanks_as("gap")
    width = sum(pixels(width) for width in canvas.widths[:last_column])
    chart.set_size({"width": width - 2, "height": rows * _ROW_PIXELS - 8})
    chart.chart_name = f"{OUR_CHART}{row}"  # tells it from a chart that people add
    place = {"x_offset": 1, "y_offset": 4, "object_position": 1, "description": alt}
    canvas.sheet.insert_chart(row - 1, 0, chart, place)
    for at in range(row, row + rows):
        canvas.tall(at, 15)


def _only_last(values: Sequence[float | None]) -> list[dict[str, bool] | None]:
    """Labels for a line: only its last point says its figure."""
    last = max((at for at, value in enumerate(values) if value is not None), default=-1)
    return [None if at == last else {"delete": True} for at in range(len(values))]


def _beside(block: Chart) -> str:
    """Where the last figure stands: away from the line of the plan."""
    both = [(a, p) for a, p in zip(block.actual, block.plan, strict=True) if a is not None]
    return "below" if both and both[-1][1] is not None and both[-1][0] < both[-1][1] else "above"


def _number_format(values: Sequence[float]) -> str:
    return _places(decimals_for(*values))


def _places(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")


def axis_bounds(values: Sequence[float]) -> dict[str, float]:
    """Axis bounds and step in round figures, close enough around the lines that a change is seen.

    >>> axis_bounds([86.2, 95.0])
    {'min': 84.0, 'max': 98.0, 'major_unit': 2.0}
    """
    if not values:
        return {}
    low, high = min(values), max(values)
    room = (high - low) * 0.15 or abs(high) * 0.1 or 1.0
    bottom = low - room if low < 0 else max(low - room, 0.0)
    step = _step((high + room - bottom) / 6)
    return {
        "min": _tidy(math.floor(bottom / step + 1e-9) * step),
        "max": _tidy(math.ceil((high + room) / step - 1e-9) * step),
        "major_unit": _tidy(step),
    }


def _step(rough: float) -> float:
    """The next round step: 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)


def _tidy(value: float) -> float:
    return float(f"{value:.10g}")
