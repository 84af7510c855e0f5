"""Scorecard: every KPI over the last 13 months, actual over plan, under the objective it drives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from qmsbook.book.aggregation import SHORT
from qmsbook.book.book import Book
from qmsbook.book.cell import Cell, range_a1
from qmsbook.book.metrics import height, pixels, text_width
from qmsbook.book.period import Period, latest_ended, period_of
from qmsbook.book.tables import Kpi
from qmsbook.book.words import clipped, decimals_for, listed, places, span_words
from qmsbook.methods import aggregate
from qmsbook.methods.method import OVERDUE, Aggregate, Assessment, KpiAnswers, Level, Rollup
from qmsbook.methods.milestones import milestones_of
from qmsbook.methods.plan import SINCE_START
from qmsbook.methods.progress import HOLD, holds
from qmsbook.methods.variation import still_words
from qmsbook.pages.canvas import Canvas
from qmsbook.pages.charts import places_format
from qmsbook.pages.glance import first_lines, glance
from qmsbook.pages.page import MARKER, Drawing, Frame
from qmsbook.pages.palette import BLUE, CHANCES, GREY, LINE, MARKS, NAVY, change_mark, level_of, marked
from qmsbook.sections.headlines import Headlines

MARK = MARKER + "scorecard"
MONTHS = 13
_FIRST = 3
_TREND, _YEAR, _STATUS, _CHANGE = range(_FIRST + MONTHS, _FIRST + MONTHS + 4)
_WIDTHS = (7, 35, *[8.6] * MONTHS, 15, 11, 15, 38)
#: The row of the headers, below what a glance should find.
_HEAD = 8
_LEGEND = (
    "In each month: actual above, plan below.   ● on track   ▲ at risk   ■ off track   ○ not judged        "
    "Real change? ↑ ↓ yes   ≈ no        Can it meet the target? √ yes   ± sometimes   "
    "→ change needed   × not as it runs now"
)


@dataclass(frozen=True, slots=True)
class _Month:
    """A KPI in one month: what it was, what was planned, the status word."""

    actual: float | None
    plan: float | None
    word: str


def draw_scorecard(book: Book, assessed: Assessment, frame: Frame, found: Headlines | None = None) -> Drawing:
    """The Scorecard sheet."""
    canvas = Canvas(MARK, "Scorecard", frame, _WIDTHS, landscape=True)
    canvas.span(2, 1, _CHANGE, "Scorecard", "title")
    canvas.tall(2, 28)
    row = glance(canvas, 3, _FIRST, _CHANGE, first_lines(book, assessed, found))
    canvas.span(row, 1, 2, "Symbols", "plain", bold=True)
    canvas.span(row, _FIRST, _CHANGE, _LEGEND, "muted")
    canvas.tall(row + 1, 4)
    months = _months(book)
    _head(canvas, months)
    row = _HEAD + 1
    keep = set()  # bands stay with the row below, actuals with their plans
    for kind, text, answers in _order(book, assessed):
        keep |= set() if kind == "none" else {row}
        row = _kpi(canvas, row, book, answers, months) if answers else _band(canvas, row, kind, text)
    if not assessed.kpis:
        canvas.span(row, 1, _CHANGE, "No KPI is entered yet. Begin on the sheet KPIs.", "lead")
        row += 1
    _trends(canvas)
    canvas.paginate(row - 1, keep, repeated=[_HEAD])
    canvas.sheet.freeze_panes(_HEAD, 2)
    return canvas.finish(row - 1, repeat=(_HEAD, _HEAD))


def _months(book: Book) -> list[Period]:
    """The last 13 months that are over, the latest last."""
    month = latest_ended(book.on, "monthly", book.settings.fiscal_year_start_month)
    found = [month]
    while len(found) < MONTHS:
        month = month.previous
        found.append(month)
    return found[::-1]


def _head(canvas: Canvas, months: list[Period]) -> None:
    canvas.put(_HEAD, 1, "KPI", "head")
    canvas.put(_HEAD, 2, "Name, unit and owner", "head")
    for column, month in enumerate(months, _FIRST):
        text = f"{month.months[:3]} {month.last:%y}"
        canvas.put(_HEAD, column, text, "head", align="center")
    canvas.put(_HEAD, _TREND, "Trend", "head", align="center")
    canvas.put(_HEAD, _YEAR, "Year to date", "head", align="center")
    canvas.put(_HEAD, _STATUS, "Status", "head")
    canvas.put(_HEAD, _CHANGE, "Real change?\nCan it meet the target?", "head")
    canvas.tall(_HEAD, 30)


def _order(book: Book, assessed: Assessment) -> Iterator[tuple[str, str, KpiAnswers | None]]:
    """Goals, objectives and KPIs in the order of the sheet; a KPI comes once, under the first it supports."""
    told: set[str] = set()
    goals = sorted(book.goals, key=lambda g: (g.rank or 999, g.id))
    placed = {o.id: next((g for g in o.supports if book.goal(g)), "") for o in book.objectives}
    for goal in [*goals, None]:
        key = goal.id if goal else ""
        objectives = [o for o in book.objectives if placed[o.id] == key]
        groups = [(o, _under(book, assessed, o.id, told)) for o in objectives]
        groups = [(o, kpis) for o, kpis in groups if kpis or o.stage != "retired"]
        if goal is None:
            groups = [(o, kpis) for o, kpis in groups if kpis]
        if goal is not None:
            yield "goal", f"{goal.id}  {goal.statement}", None
            if not groups:
                yield "none", "No objective carries this goal.", None
        elif groups:
            yield "goal", "Objectives without a goal", None
        for objective, kpis in groups:
            yield "objective", _objective_words(objective.id, objective.statement, assessed), None
            if not kpis:
                yield "none", _milestones(book, objective.id) or "No KPI measures this objective.", None
            for answers in kpis:
                yield "kpi", "", answers
    rest = [answers for key, answers in assessed.kpis.items() if key not in told]
    if rest:
        yield "goal", "KPIs without an objective", None
        for answers in rest:
            yield "kpi", "", answers


def _milestones(book: Book, objective: str) -> str:
    """The milestones of an objective without a KPI, and how each stands; blank where it has none."""
    found = milestones_of(book, objective)
    told = [
        f"{each.action.id} {clipped(each.action.what)} ({each.words or each.word.lower()})" for each in found
    ]
    return f"Milestones: {listed(told)}." if told else ""


def _under(book: Book, assessed: Assessment, objective: str, told: set[str]) -> list[KpiAnswers]:
    found = []
    for kpi in book.kpis_of.get(objective, ()):
        if kpi.id in assessed.kpis and kpi.id not in told:
            told.add(kpi.id)
            found.append(assessed.kpis[kpi.id])
    return found


def _objective_words(key: str, statement: str, assessed: Assessment) -> str:
    rollup: Rollup | None = assessed.objectives.get(key)
    standing = f"   {marked(rollup.status.word)} ({rollup.counts})" if rollup and rollup.status.word else ""
    return f"{key}  {statement}{standing}"


def _band(canvas: Canvas, row: int, kind: str, text: str) -> int:
    if kind == "none":
        canvas.span(row, 1, _CHANGE, text, "muted")
        return row + 1
    look = {"font_size": 12, "bg_color": NAVY, "font_color": "#FFFFFF"} if kind == "goal" else {}
    canvas.span(row, 1, _CHANGE, text, "group", **look)
    size = 12.0 if kind == "goal" else 10.0
    least = 20 if kind == "goal" else 17
    canvas.tall(row, height([(text, canvas.width(1, _CHANGE), size, True)], least))
    return row + 1


def _kpi(canvas: Canvas, row: int, book: Book, answers: KpiAnswers, months: list[Period]) -> int:
    """Two rows: actuals above, plans below."""
    kpi = answers.kpi
    found = [_month(book, answers, month) for month in months]
    year = period_of(months[-1].last, "yearly", book.settings.fiscal_year_start_month)
    so_far = aggregate(book, answers.series, year.first, months[-1].last)
    shown = _shown(kpi.unit, found)
    form, planned = places_format(shown.actual), places_format(shown.plan)
    under = {"bottom": 1, "bottom_color": LINE}
    canvas.link(row, 1, kpi.id, kpi.cell("id"), "plain", bold=True, font_color="#004A80", underline=1)
    canvas.put(row + 1, 1, None, "plain", **under)
    canvas.put(row, 2, kpi.name, "plain", bold=True)
    about = _about(answers.series.now)
    canvas.put(row + 1, 2, about, "muted", font_size=9, **under)
    plan = canvas.style("muted", font_size=9, align="center", num_format=planned, **under)
    for column, month in enumerate(found, _FIRST):
        _cell(canvas, row, column, month.actual, month.word, form)
        canvas.figure(row + 1, column, month.plan, plan)
    _trend(canvas, row, found, shown.actual)
    _cell(canvas, row, _YEAR, so_far.actual, so_far.word, places_format(_of_year(so_far, shown)))
    short = "so far" if kpi.target_is == SINCE_START else SHORT.get(kpi.aggregation, "")
    how = short if so_far.read > 1 else ""
    told = _said_before(how, places_format(_of_year(so_far, _Places(shown.plan, shown.plan))))
    canvas.put(row + 1, _YEAR, how if so_far.plan is None else so_far.plan, "muted", font_size=9,
               align="center", num_format=told, **under)  # fmt: skip
    canvas.status(row, _STATUS, answers.status.word)
    canvas.put(row + 1, _STATUS, _when(answers), "muted", font_size=9, **under)
    change, chance = _answers(answers)
    canvas.put(row, _CHANGE, change[0], "plain", font_size=9, **_ANSWERS[change[1]])
    canvas.put(row + 1, _CHANGE, chance[0], "plain", font_size=9, **_ANSWERS[chance[1]], **under)
    canvas.tall(row, height([(kpi.name, _WIDTHS[1], 10, True), (change[0], _WIDTHS[-1], 9, False)], 16))
    below = ((about, _WIDTHS[1], 9, False), (chance[0], _WIDTHS[-1], 9, False))
    canvas.tall(row + 1, height([*below, (_when(answers), _WIDTHS[_STATUS - 1], 9, False)], 14))
    return row + 2


def _answers(answers: KpiAnswers) -> tuple[tuple[str, Level], tuple[str, Level]]:
    """Whether it is a real change, and whether the target can be met: symbol and words, good or bad."""
    change, chance = answers.answers.get("variation"), answers.answers.get("assurance")
    said: list[tuple[str, Level]] = []
    for told, marks in ((change, None), (chance, CHANCES)):
        answer = str(told.figures.get("answer", "")) if told else ""
        mark, level = marks.get(answer, _UNKNOWN) if marks else change_mark(answer, answers.kpi.direction)
        words = f"{mark} {told.word}" if told and told.word else ""
        still = still_words(told.figures) if told and marks is None else ""
        said.append((f"{words}. {still}" if still else words, level if words else "none"))
    return said[0], said[1]


_UNKNOWN: tuple[str, Level] = ("·", "none")
#: Two answers, never one colour with the status: letters only.
_ANSWERS: Mapping[Level, Mapping[str, Any]] = {
    "good": {"font_color": "#00496F", "bold": True}, "warn": {"font_color": "#5C4300"},
    "bad": {"font_color": "#8A3200", "bold": True}, "none": {"font_color": GREY},
}  # fmt: skip


def _month(book: Book, answers: KpiAnswers, month: Period) -> _Month:
    """A month's figure; its weeks are put together, a quarter or year stands in its last month."""
    series = answers.series
    if answers.kpi.frequency == "weekly":
        found = aggregate(book, series, month.first, month.last)
        return _Month(found.actual, found.plan, found.word if found.actual is not None else "")
    for at in range(len(series.periods) - 1, -1, -1):
        last = series.periods[at].last
        if month.first <= last <= month.last:
            return _Month(series.held[at], series.plan[at], series.words[at])
        if last < month.first:
            break
    return _Month(None, None, "")


def _about(kpi: Kpi) -> str:
    ways = {"higher": "higher is better", "lower": "lower is better"}
    within = kpi.direction == "within"
    way = f"within {span_words(kpi.low, kpi.high, '')}" if within else ways.get(kpi.direction, "")
    also = f"also {listed(kpi.supports[1:])}" if len(kpi.supports) > 1 else ""
    hold = HOLD if holds(kpi) else ""
    return " · ".join(part for part in (kpi.unit, way, hold, kpi.owner or "no owner", also) if part.strip())


def _when(answers: KpiAnswers) -> str:
    if answers.status.word == OVERDUE and answers.latest_period is not None:
        return f"last read {answers.latest_period.text}"
    return answers.latest_period.text if answers.latest_period else ""


def _cell(canvas: Canvas, row: int, column: int, value: float | None, word: str, form: str) -> None:
    """A figure that carries its symbol in its number format, so that it stays a figure."""
    look = {} if value is None else _look(word, form)
    canvas.figure(row, column, value, canvas.style("plain", **look))


@lru_cache(maxsize=1024)
def _look(word: str, form: str) -> dict[str, str]:
    level = level_of(word)
    mark = MARKS[level]
    signed = ";".join(f'"{mark.symbol} "{sign}{form}' for sign in ("", "-"))
    look = {"font_color": mark.ink, "bg_color": mark.fill} if level != "none" else {}
    return {"align": "center", "num_format": f"{signed};{signed.split(';')[0]}", **look}


def _trend(canvas: Canvas, row: int, months: list[_Month], decimals: int) -> None:
    """From where to where, in figures; the line above it is drawn in the end."""
    read = [month.actual for month in months if month.actual is not None]
    text = f"{read[0]:,.{decimals}f} → {read[-1]:,.{decimals}f}" if len(read) > 1 else None
    look = {"font_size": 9, "align": "center", "bottom": 1, "bottom_color": LINE}
    canvas.put(row + 1, _TREND, text, "muted", **look)


def _trends(canvas: Canvas) -> None:
    """A sparkline above every trend in figures: one group, for a thousand single ones take a second."""
    rows = sorted(row - 1 for row, column in canvas.cells if column == _TREND and row > _HEAD)
    if not rows:
        return
    ranges = [f"'{canvas.name}'!{range_a1(row, _FIRST, row, _FIRST + MONTHS - 1)}" for row in rows]
    canvas.sheet.add_sparkline(
        rows[0] - 1, _TREND - 1,
        {
            "location": [Cell("", row, _TREND).a1 for row in rows], "range": ranges, "series_color": BLUE,
            "last_point": True, "last_color": NAVY, "weight": 1.5, "show_hidden": True,
        },
    )  # fmt: skip


class _Places(NamedTuple):
    """How many decimals a KPI's actuals and its plans are shown with."""

    actual: int
    plan: int


def _shown(unit: str, found: list[_Month]) -> _Places:
    """Those that the KPI is written with: counts stay whole, their plans have a decimal."""
    actual = [m.actual for m in found if m.actual is not None]
    both = [v for m in found for v in (m.actual, m.plan) if v is not None]
    held = places(unit, *actual)
    plan = held or (min(decimals_for(*both), 1) if actual else decimals_for(*both))
    return _Places(_with_room(held, both), _with_room(plan, both))


def _with_room(decimals: int, found: list[float]) -> int:
    """So many decimals as the column of a month has room for."""
    largest = max((abs(value) for value in found), default=0.0)
    room = pixels(_WIDTHS[_FIRST]) - 6
    while decimals and text_width(f"■ -{largest:,.{decimals}f}", 10) > room:
        decimals -= 1
    return decimals


def _said_before(word: str, form: str) -> str:
    """A number format that says how the months were put together: ``sum 8,605``."""
    return f'"{word} "{form};"{word} "-{form}' if word else form


def _of_year(found: Aggregate, shown: _Places) -> int:
    """A sum over the year has larger figures than its months, so fewer decimals; a mean of counts has one."""
    if found.actual is None:
        return shown.actual
    if abs(found.actual) >= _LARGE:
        return 0
    return shown.actual or (shown.plan if found.actual % 1 else 0)


#: From here on a figure of the year is shown without decimals.
_LARGE = 1000
