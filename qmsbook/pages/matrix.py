"""Five by five as a native picture: columns of five coloured parts, the ids written into them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qmsbook.methods.method import Level
from qmsbook.pages.canvas import Canvas
from qmsbook.pages.charts import Over, insert
from qmsbook.pages.gate import label, title
from qmsbook.pages.palette import GREY, INK, MARKS, WHITE, Mark
from qmsbook.sections.section import Matrix

#: How many rows of the sheet a picture takes.
MATRIX_ROWS = 11
#: Light, middle and dark: told apart in grey print too, and the letters stand out from each with 4.5:1.
_MARKS: Mapping[Level, Mark] = {**MARKS, "none": Mark("", INK, "#EEF2F6")}


def matrices(canvas: Canvas, blocks: Sequence[Matrix], row: int, last_column: int) -> None:
    """One or two pictures side by side across the sheet."""
    for place, block in enumerate(blocks):
        _matrix(canvas, block, row, last_column, place)


def _matrix(canvas: Canvas, block: Matrix, row: int, last_column: int, place: int) -> None:
    likely = canvas.helper(["Likelihood", *map(float, range(1, 6))], row)
    ones = canvas.helper(["Part", *[1.0] * 5], row)
    chart = canvas.book.add_chart({"type": "column", "subtype": "stacked"})
    for much in range(1, 6):
        levels = [block.levels[x, much] for x in range(1, 6)]
        chart.add_series(
            {
                "categories": canvas.place(row + 1, likely, row + 5, likely),
                "values": canvas.place(row + 1, ones, row + 5, ones),
                "gap": 0,
                "overlap": 100,
                "border": {"color": WHITE, "width": 1},
                "fill": {"color": _MARKS[levels[0]].fill},
                "points": [
                    {"fill": {"color": _MARKS[level].fill}, "border": {"color": WHITE, "width": 1}}
                    for level in levels
                ],
                "data_labels": {
                    "value": True,
                    "position": "center",
                    "custom": [_label(block.cells.get((x, much)), levels[x - 1]) for x in range(1, 6)],
                },
            }
        )
    _axes(chart, block)
    rows = row, row + MATRIX_ROWS - 1
    for at in range(rows[0], rows[1] + 1):
        canvas.tall(at, 14)
    insert(canvas, chart, block.alt, Over(rows, (1, last_column), place))


def _label(ids: tuple[str, ...] | None, level: Level) -> dict[str, Any]:
    if not ids:
        return {"delete": True}
    font = {"name": "Calibri", "size": 9, "bold": True, "color": _MARKS[level].ink}
    shown = " ".join(ids) if len(ids) <= 6 else f"{' '.join(ids[:5])} +{len(ids) - 5}"
    return {"value": label(shown), "font": font}


def _axes(chart: Any, block: Matrix) -> None:
    font = {"name": "Calibri", "size": 9, "color": INK}
    bold = {"name": "Calibri", "size": 11, "bold": True, "color": INK}
    small = {"name": "Calibri", "size": 9, "bold": False, "color": GREY}
    title(chart, block.title, {"name_font": bold, "overlay": False, "layout": {"x": 0.01, "y": 0.02}})
    chart.set_x_axis(
        {
            "name": "how likely",
            "name_font": small,
            "num_font": font,
            "line": {"none": True},
            "major_tick_mark": "none",
        }
    )
    chart.set_y_axis(
        {
            "name": f"{block.upwards}, 1 to 5", "name_font": small, "line": {"none": True}, "min": 0,
            "max": 5, "major_unit": 1, "major_gridlines": {"visible": False}, "label_position": "none",
            "major_tick_mark": "none",
        }
    )  # fmt: skip
    chart.set_legend({"none": True})
    chart.set_plotarea({"layout": {"x": 0.08, "y": 0.13, "width": 0.9, "height": 0.71}})
