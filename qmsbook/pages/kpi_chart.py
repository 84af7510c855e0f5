"""A KPI's chart as a native one: points, plan, mean, natural limits, signals marked, rebase shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from qmsbook.book.words import places
from qmsbook.methods.xmr import CONCERN, HIGH, IMPROVEMENT, LOW, PATTERN
from qmsbook.pages.canvas import Canvas
from qmsbook.pages.charts import Over, axis_bounds, insert, places_format
from qmsbook.pages.gate import title
from qmsbook.pages.palette import BLUE, GREY, INK, LINE, MARKS, NAVY, WHITE
from qmsbook.sections.chart_data import NAMED
from qmsbook.sections.section import Chart

#: The rows that a chart's figures need beside it.
DATA_ROWS = 13
_THIN = {"color": GREY, "width": 1.0, "dash_type": "round_dot"}
#: Signals differ by shape, not by colour alone, and from the symbols of statuses.
_SIGNALS: tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...] = (
    ("Really better", (IMPROVEMENT,),
     {"type": "diamond", "size": 10, "fill": {"color": NAVY}, "border": {"color": WHITE}}),
    ("Really worse", (CONCERN,),
     {"type": "square", "size": 8, "fill": {"color": MARKS["bad"].fill}, "border": {"color": WHITE}}),
    ("Real change", (HIGH, LOW, PATTERN),
     {"type": "triangle", "size": 9, "fill": {"color": INK}, "border": {"color": WHITE}}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """One series: its name, its values, how it looks, and whether the legend leaves it out."""

    name: str
    values: Sequence[float | None]
    look: dict[str, Any]
    silent: bool = False


def draw_kpi_chart(
    canvas: Canvas, block: Chart, rows: tuple[int, int], columns: tuple[int, int], bare: bool = False
) -> None:
    """Draw a chart over some rows, ``DATA_ROWS`` or more, and columns: the first and the last of each.

    A ``bare`` one has neither title nor legend: the words beside it say that.
    """
    lines = list(_lines(block))
    assert len(lines) < DATA_ROWS
    chart = _drawn(canvas, block, lines, rows[0])
    silent = [at for at, line in enumerate(lines) if line.silent]
    _frame(chart, block, _numbers(lines), bare, silent)
    insert(canvas, chart, block.alt, Over(rows, columns))


def draw_half_chart(canvas: Canvas, block: Chart, over: Over, data: int) -> int:
    """Draw a chart into one half of some columns, without a legend.

    Its figures stand from row ``data`` on; gives the row below them.
    """
    block = replace(block, labels=_sparse(block.labels))
    lines = list(_lines(block))
    chart = _drawn(canvas, block, lines, data)
    _frame(chart, block, _numbers(lines), True, [])
    bold = {"name": "Calibri", "size": 9, "bold": True, "color": INK}
    place = {"x": 0.01, "y": 0.02}
    title(chart, block.title, {"name_font": bold, "overlay": False, "layout": place})
    chart.set_plotarea({"layout": {"x": 0.09, "y": 0.25, "width": 0.885, "height": 0.56}})
    insert(canvas, chart, block.alt, over)
    return data + len(lines) + 1


def _sparse(labels: Sequence[str]) -> tuple[str, ...]:
    """Labels of an axis for little room: of months, the year only with the first and with January.

    >>> _sparse(("Nov 25", "Dec 25", "Jan 26", "Feb 26"))
    ('Nov 25', 'Dec', 'Jan 26', 'Feb')
    """
    short = re.compile(r"(?!Jan)[A-Z][a-z]{2} \d\d")
    return (*labels[:1], *(label[:3] if short.fullmatch(label) else label for label in labels[1:]))


def _drawn(canvas: Canvas, block: Chart, lines: Sequence[_Line], top: int) -> Any:
    """The native chart of some lines; their figures stand in hidden columns from a row on."""
    chart = canvas.book.add_chart({"type": "line"})
    named = canvas.across(top, "Period", block.labels)
    for row, line in enumerate(lines, top + 1):
        values = canvas.across(row, line.name, line.values)
        name = [canvas.name, values[1], values[2] - 1]
        chart.add_series({"name": name, "categories": named, "values": values, **line.look})
    return chart


def _numbers(lines: Sequence[_Line]) -> list[float]:
    return [value for line in lines for value in line.values if value is not None]


def _lines(block: Chart) -> Iterator[_Line]:
    """Limits first, so that what is measured lies above them."""
    none = {"marker": {"type": "none"}}
    yield from _limits(block)
    planned = {"line": {"color": NAVY, "width": 1.5, "dash_type": "dash"}, **none}
    dash = {"type": "long_dash", "size": 9, "fill": {"color": NAVY}, "border": {"color": NAVY}}
    alone = {**planned, "marker": dash}  # a single value makes no line
    if any(value is not None for value in block.plan):
        yield _Line("Plan", block.plan, planned if _joined(block.plan) else alone)
    for name, bound in (("Lowest good", block.low), ("Highest good", block.high)):
        if bound:
            yield _Line(name, bound, planned if _joined(bound) else alone)
    yield _Line("Actual", block.actual, {
        "line": {"color": BLUE, "width": 2.25},
        "marker": {"type": "circle", "size": 5, "fill": {"color": BLUE}, "border": {"color": BLUE}},
        "data_labels": {
            "custom": _only([_last(block.actual)], len(block.labels)), "value": True,
            "position": _beside(block), "num_format": _figures(block),
            "font": {"name": "Calibri", "bold": True, "color": INK, "size": 10},
        },
    })  # fmt: skip
    for name, answers, marker in _SIGNALS:
        told = zip(block.actual, block.variation, strict=False)
        marked = [value if answer in answers else None for value, answer in told]
        if any(value is not None for value in marked):
            yield _Line(name, marked, {"line": {"none": True}, "marker": marker})


def _joined(values: Sequence[float | None]) -> bool:
    """Whether two values stand side by side, so that a line is to be seen between them."""
    return any(one is not None and other is not None for one, other in pairwise(values))


def _limits(block: Chart) -> Iterator[_Line]:
    """Mean and limits; two rows of each in turn, so that a line ends where the limits begin anew."""
    parts = [at for at in (0, 1) if not at or block.begins]
    drawn = (("Natural limits", block.upper, _THIN), ("Lower limit", block.lower, _THIN),
             ("Mean", block.mean, {"color": GREY, "width": 1.25}))  # fmt: skip
    for name, values, line in drawn:
        for part in parts:
            held = [value if _part(block, at) == part else None for at, value in enumerate(values)]
            if all(value is None for value in held):
                continue
            look = {"line": line, "marker": {"type": "none"}}
            begins = [at for at in block.begins if held[at] is not None]
            if begins and name == "Natural limits":
                look["data_labels"] = {
                    "custom": _only(begins, len(held), "rebase"), "value": True, "position": "above",
                    "font": {"name": "Calibri", "size": 8, "color": GREY},
                }  # fmt: skip
            yield _Line(name, held, look, silent=part > 0 or name == "Lower limit")


def _part(block: Chart, at: int) -> int:
    return sum(begin <= at for begin in block.begins) % 2


def _frame(chart: Any, block: Chart, numbers: list[float], bare: bool, silent: list[int]) -> None:
    font = {"name": "Calibri", "size": 9, "color": INK}
    bold = {"name": "Calibri", "size": 11, "bold": True, "color": INK}
    if bare:
        chart.set_title({"none": True})
        chart.set_legend({"none": True})
    else:
        place = {"x": 0.01, "y": 0.02}
        title(chart, block.title, {"name_font": bold, "overlay": False, "layout": place})
        chart.set_legend({"position": "bottom", "font": font, "delete_series": silent})
    every = 1 if len(block.labels) <= NAMED else 4 if bare else 2
    chart.set_x_axis(
        {
            "num_font": font, "line": {"color": LINE}, "label_position": "low", "major_tick_mark": "none",
            "interval_unit": every, "interval_tick": 1,
        }
    )  # fmt: skip
    bounds = axis_bounds(numbers)
    grid = {"visible": True, "line": {"color": "#EDF0F3", "width": 0.5}}
    form = places_format(len(f"{bounds['major_unit']:.10g}".partition(".")[2])) if bounds else "General"
    chart.set_y_axis(
        {"num_font": font, "num_format": form, "line": {"none": True}, "major_gridlines": grid, **bounds}
    )


def _only(places: Sequence[int], size: int, text: str = "") -> list[dict[str, Any] | None]:
    """Labels for a line: only these points say their figure, or a text."""
    said = {"value": text} if text else None
    return [said if at in places else {"delete": True} for at in range(size)]


def _last(values: Sequence[float | None]) -> int:
    return max((at for at, value in enumerate(values) if value is not None), default=-1)


def _beside(block: Chart) -> str:
    """Where the last figure stands: away from the line of the plan."""
    last = _last(block.actual)
    actual, plan = block.actual[last], block.plan[last] if block.plan else None
    return "below" if actual is not None and plan is not None and actual < plan else "above"


def _figures(block: Chart) -> str:
    return places_format(places(block.unit, *[value for value in block.actual if value is not None]))
