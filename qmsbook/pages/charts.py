"""Native charts on generated sheets; their figures stand in hidden columns of the same sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from qmsbook.book.metrics import pixels
from qmsbook.book.snapshot import OUR_CHART
from qmsbook.pages.canvas import Canvas
from qmsbook.pages.gate import line
from qmsbook.pages.palette import GREY, INK, LINE, MARKS
from qmsbook.sections.section import Counts

#: How many rows of the sheet a bar takes.
BAR_ROWS = 3
#: An alternative text is read aloud, and nobody listens longer.
_ALT = 2_000


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
                "fill": {"color": MARKS[level].fill}, "border": {"color": GREY, "width": 0.5}, "gap": 0,
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
    for at in range(row, row + BAR_ROWS):
        canvas.tall(at, 15)
    insert(canvas, chart, block.alt, Over((row, row + BAR_ROWS - 1), (1, last_column)), border=False)


class Over(NamedTuple):
    """The rows and columns that a chart lies over, the first and the last of each.

    With ``half`` 0 it lies over the left half of the columns, with 1 over the right.
    """

    rows: tuple[int, int]
    columns: tuple[int, int]
    half: int | None = None


def insert(canvas: Canvas, chart: Any, alt: str, over: Over, border: bool = True) -> None:
    """Put a chart over some rows and columns whose sizes are set."""
    rows, columns, half = over
    chart.set_chartarea({"border": {"color": LINE} if border else {"none": True}})
    chart.show_hidden_data()
    chart.show_blanks_as("gap")
    width = math.fsum(pixels(width) for width in canvas.widths[columns[0] - 1 : columns[1]])
    points = math.fsum(canvas.heights[row] for row in range(rows[0], rows[1] + 1))
    left = 0 if half is None else half * (width // 2)
    width = width if half is None else width // 2 - 4
    chart.set_size({"width": width - 2, "height": int(points * 4 / 3) - 8})
    # The name tells it from a chart that people add.
    chart.chart_name = f"{OUR_CHART}{rows[0]}" + (f".{half}" if half is not None else "")
    place = {"x_offset": left + 1, "y_offset": 4, "object_position": 1, "description": line(alt, _ALT)}
    canvas.sheet.insert_chart(rows[0] - 1, columns[0] - 1, chart, place)


def places_format(places: int) -> str:
    """The number format of so many decimals."""
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
