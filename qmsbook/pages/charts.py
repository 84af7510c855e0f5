"""Native charts on generated sheets; their figures stand in hidden columns of the same sheet."""

from __future__ import annotations

from qmsbook.pages.canvas import Canvas
from qmsbook.pages.metrics import pixels
from qmsbook.pages.palette import BLUE, GREY, INK, LINE
from qmsbook.section import Chart
from qmsbook.words import decimals_for

_ROW_PIXELS = 20


def over_time(canvas: Canvas, block: Chart, row: int, rows: int, last_column: int) -> None:
    """Actual against plan as lines, across the sheet and as high as so many rows."""
    bottom = row + len(block.labels) - 1
    places = []
    for name, values in (("", block.labels), ("Actual", block.actual), ("Plan", block.plan)):
        column = canvas.helper(values, row)
        if name:
            canvas.put(row - 1, column, name, "helper")
        places.append(canvas.place(row, column, bottom, column))
    chart = canvas.book.add_chart({"type": "line"})
    numbers = [v for v in (*block.actual, *block.plan) if v is not None]
    form = _number_format(numbers)
    chart.add_series(
        {
            "name": f"Plan ({block.unit})" if block.unit else "Plan", "categories": places[0], "values": places[2],
            "line": {"color": GREY, "width": 1.5, "dash_type": "dash"}, "marker": {"type": "none"},
        }
    )  # fmt: skip
    chart.add_series(
        {
            "name": f"Actual ({block.unit})" if block.unit else "Actual", "categories": places[0],
            "values": places[1], "line": {"color": BLUE, "width": 2.5},
            "marker": {"type": "circle", "size": 5, "fill": {"color": BLUE}, "border": {"color": BLUE}},
            "data_labels": {"custom": _only_last(block.actual), "value": True, "position": "above",
                            "num_format": form, "font": {"bold": True, "color": INK, "size": 9}},
        }
    )  # fmt: skip
    font = {"name": "Calibri", "size": 9, "color": INK}
    title = {"name": "Calibri", "size": 11, "bold": True, "color": INK}
    chart.set_title(
        {"name": block.title, "name_font": title, "overlay": False, "layout": {"x": 0.01, "y": 0.02}}
    )
    chart.set_x_axis(
        {"num_font": font, "line": {"color": LINE}, "label_position": "low", "major_tick_mark": "none"}
    )
    chart.set_y_axis(
        {
            "num_font": font, "num_format": form, "line": {"none": True}, "major_gridlines":
            {"visible": True, "line": {"color": "#E3E8ED", "width": 0.5}}, **_bounds(numbers),
        }
    )  # fmt: skip
    chart.set_legend({"position": "top", "font": font})
    chart.set_chartarea({"border": {"color": LINE}})
    chart.show_hidden_data()
    chart.show_blanks_as("gap")
    width = sum(pixels(w) for w in canvas.widths[:last_column])
    chart.set_size({"width": width - 2, "height": rows * _ROW_PIXELS - 4})
    canvas.sheet.insert_chart(
        row - 1, 0, chart, {"x_offset": 1, "y_offset": 2, "object_position": 1, "description": block.alt}
    )


def _only_last(values: tuple[float | None, ...]) -> list[dict[str, bool]]:
    """Labels for a line: only its last point says its figure."""
    last = max((at for at, value in enumerate(values) if value is not None), default=-1)
    return [{"delete": at != last} for at in range(len(values))]


def _number_format(values: list[float]) -> str:
    places = decimals_for(*values)
    return "#,##0" + ("." + "0" * places if places else "")


def _bounds(values: list[float]) -> dict[str, float]:
    """Axis bounds that leave a little room around the lines, so that the change is seen; never below zero for
    figures that are not."""
    if not values:
        return {}
    low, high = min(values), max(values)
    room = (high - low) * 0.15 or abs(high) * 0.1 or 1.0
    bottom = low - room
    return {} if bottom < 0 <= low else {"min": _rounded(bottom, room), "max": _rounded(high + room, room)}


def _rounded(value: float, room: float) -> float:
    """A bound with no more figures than an axis should show."""
    step = 10 ** (len(f"{room:.0f}") - 1) if room >= 1 else 0.1 if room >= 0.1 else 0.01
    return round(round(value / step) * step, 6)
