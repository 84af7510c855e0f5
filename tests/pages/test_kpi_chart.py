"""A KPI's chart: every period in its place, limits that begin anew, signals marked, all said in words."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from lxml import etree
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from qmsbook.book.book import Book
from qmsbook.book.reading import read_book
from qmsbook.methods import assess
from qmsbook.methods.xmr import CONCERN, IMPROVEMENT
from qmsbook.pages.draw import draw_boards
from qmsbook.pages.kpi_chart import _lines
from qmsbook.pages.page import Drawing, Frame
from qmsbook.rules.examples import read_example
from qmsbook.sections.chart_data import SHOWN, kpi_chart
from qmsbook.sections.section import Chart

ON = date(2026, 11, 10)


def months(count: int) -> list[str]:
    """So many months up to October 2026."""
    numbers = range(2026 * 12 + 10 - count, 2026 * 12 + 10)
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]


def book(values: list[float | None], kpi: str = "| higher | 95 | | | | monthly | |") -> Book:
    """One KPI, its figures up to October 2026: None is a row without a figure, NaN no row at all."""
    rows = "\n".join(
        f"| K1 | {month} | {'' if value is None else value} |"
        for month, value in zip(months(len(values)), values, strict=True)
        if value is None or value == value  # NaN is the only figure that differs from itself
    )
    return read_book(read_example(f"""
Processes
| Process | Name | ... |
|---|---|---|
| P1 | Shipping | |
KPIs
| KPI | Name | Process | Unit | Direction | Target | Low | High | Rebase on | Frequency | Active | ... |
|---|---|---|---|---|---|---|---|---|---|---|---|
| K1 | On-time delivery | P1 | % {kpi} |
Measurements
| KPI | Period | Value |
|---|---|---|
{rows}
""").tables, ON)  # fmt: skip


def drawn(found: Book) -> Chart:
    answers = assess(found).kpis["K1"]
    made = kpi_chart(found, answers.series, answers.status.word)
    assert made is not None
    return made


def series_of(drawing: Drawing, number: int) -> list[tuple[str, list[float | None]]]:
    """The series of a chart: name, and a figure or None for each place, as the sheet's cells hold them."""
    with zipfile.ZipFile(io.BytesIO(drawing.content)) as package:
        root = etree.fromstring(package.read(f"xl/charts/chart{number}.xml"))
    found = []
    for item in root.iter("{*}ser"):
        name, values = (item.find(f"{{*}}{tag}").findtext(".//{*}f") for tag in ("tx", "val"))
        held = [drawing.cells.get(place) for place in places(values)]
        found.append((str(drawing.cells[places(name)[0]]), held))
    return found


def places(area: str) -> list[tuple[int, int]]:
    """The cells of a range of one row: ``Boards!$J$40:$L$40``."""
    corners = [coordinate_from_string(corner.replace("$", "")) for corner in area.split("!")[1].split(":")]
    first, last = (column_index_from_string(corner[0]) for corner in (corners[0], corners[-1]))
    return [(corners[0][1], column) for column in range(first, last + 1)]


NOISE = [90.0, 91.0, 89.0, 90.5, 89.5, 90.0, 91.0, 89.0, 90.0, 90.5, 89.0, 91.0]


def test_a_period_without_a_row_is_a_gap_and_not_left_out() -> None:
    nan = float("nan")
    found = drawn(book([90.0, 91.0, nan, None, 89.0, 90.0]))
    assert found.labels == ("May 26", "Jun 26", "Jul 26", "Aug 26", "Sep 26", "Oct 26")
    assert found.actual == (90, 91, None, None, 89, 90)


@pytest.mark.parametrize(
    ("count", "shown"), [(1, 1), (13, 13), (14, 13), (18, 17), (24, 21), (25, 25), (60, 25)]
)
def test_the_last_period_always_has_its_name(count: int, shown: int) -> None:
    found = drawn(book([90.0 + at % 3 for at in range(count)]))
    assert len(found.labels) == shown <= SHOWN
    assert found.labels[-1] == "Oct 26"
    assert shown <= 13 or (shown - 1) % 4 == 0


def test_limits_and_signals_are_there_and_said() -> None:
    found = drawn(book([*NOISE, 99.0]))
    assert found.variation[-1] == IMPROVEMENT
    assert found.mean[-1] == pytest.approx(sum(NOISE) / 12)  # of the first 12, and kept
    assert found.upper[-1] is not None
    assert found.upper[-1] < 99
    # Mean moving range 14 / 11, so the limits lie 2.66 * 1.273 = 3.385 from the mean of 90.042.
    assert "Of itself it moves between 86.7 and 93.4 % around 90 %." in found.alt
    assert "Marked as really better: 1 point, Oct 26." in found.alt
    assert drawn(book([*NOISE, 70.0])).variation[-1] == CONCERN


def test_a_rebase_begins_the_limits_anew_and_is_said() -> None:
    found = drawn(
        book([*NOISE, *(value + 9 for value in NOISE)], "| higher | 95 | | | 2025-11-30 | monthly | |")
    )
    assert found.labels[found.begins[0]] == "Nov 25"
    begin = found.begins[0]
    before, after = found.mean[begin - 1], found.mean[begin]
    assert before is not None
    assert after == pytest.approx(before + 9)
    assert "The limits begin anew in Nov 25." in found.alt


def test_few_readings_and_running_figures_have_no_limits_and_say_why() -> None:
    assert "No natural limits: too few points." in drawn(book([90.0, 91.0, 89.0])).alt


def test_a_range_is_drawn_as_its_two_ends() -> None:
    found = drawn(book(NOISE, "| within | | 85 | 95 | | monthly | |"))
    assert ({*found.low}, {*found.high}, found.plan) == ({85}, {95}, ())
    assert "against a range of 85 to 95 %" in found.title


def test_what_was_never_read_has_no_chart() -> None:
    found = book([None, None])
    answers = assess(found).kpis["K1"]
    assert kpi_chart(found, answers.series, answers.status.word) is None


def test_the_native_chart_holds_what_the_data_say() -> None:
    way = "| higher | 95 | | | 2026-04-30 | monthly | |"
    found = book([*NOISE, 90.0], way)
    chart, drawing = drawn(found), draw_boards(found, assess(found), Frame.of(found))
    series = series_of(drawing, 2)  # the first is the bar of counts
    names = [name for name, _ in series]
    # Two of each limit, so that no line joins the limits before the rebase with those after it.
    limits = ["Natural limits", "Lower limit", "Mean"]
    assert names == [name for name in limits for _ in range(2)] + ["Plan", "Actual"]
    held = dict(series)
    assert held["Actual"] == list(chart.actual)
    begin = chart.begins[0]
    before, after = (values for name, values in series if name == "Mean")
    assert [at for at, value in enumerate(before) if value is not None] == list(range(begin))
    assert [at for at, value in enumerate(after) if value is not None] == list(range(begin, 13))


def test_where_nothing_was_read_nothing_is_drawn() -> None:
    """LibreOffice draws a zero there unless it is told not to."""
    found = book([90.0, 91.0, None, 89.0, 90.0])
    drawing = draw_boards(found, assess(found), Frame.of(found))
    assert dict(series_of(drawing, 2))["Actual"] == [90, 91, None, 89, 90]
    with zipfile.ZipFile(io.BytesIO(drawing.content)) as package:
        root = etree.fromstring(package.read("xl/charts/chart2.xml"))
    assert [each.get("val") for each in root.iter("{*}dispBlanksAs")] == ["gap"]


def test_a_signal_is_marked_in_the_native_chart() -> None:
    found = book([*NOISE, 99.0])
    held = dict(series_of(draw_boards(found, assess(found), Frame.of(found)), 2))
    assert held["Really better"] == [None] * 12 + [99.0]
    assert "Really worse" not in held


def test_a_paused_kpi_is_on_no_board() -> None:
    found = book(NOISE, "| higher | 95 | | | | monthly | no |")
    drawing = draw_boards(found, assess(found), Frame.of(found))
    assert "On-time delivery" not in drawing.cells.values()
    assert "No page yet, for there is no KPI and no idea: P1 (Shipping)." in drawing.cells.values()


@pytest.mark.parametrize(
    ("values", "drawn_as"),
    [
        ((90.0,), "long_dash"),
        ((None, 90.0, None), "long_dash"),
        ((90.0, None, 91.0), "long_dash"),
        ((90.0, 91.0), "none"),
    ],
)
def test_a_plan_of_single_points_is_drawn_as_points(values: tuple[float | None, ...], drawn_as: str) -> None:
    labels = tuple(str(2020 + at) for at in range(len(values)))
    block = Chart("A", "A", "%", labels, values, values)
    line = next(each for each in _lines(block) if each.name == "Plan")
    assert line.look["marker"]["type"] == drawn_as
