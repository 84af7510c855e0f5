"""Boards: the plan on one page for the notice board, then a page for each process, its KPIs as charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.metrics import height
from qmsbook.book.tables import Goal, Idea, Kpi, Objective, Process
from qmsbook.book.words import clipped, figure, listed, span_words
from qmsbook.methods.method import Assessment, KpiAnswers, Rollup
from qmsbook.methods.milestones import milestones_of
from qmsbook.methods.progress import HOLD, holds
from qmsbook.pages.canvas import Canvas, day
from qmsbook.pages.charts import BAR_ROWS, parts_of_whole
from qmsbook.pages.glance import first_lines, glance
from qmsbook.pages.kpi_chart import DATA_ROWS, draw_kpi_chart
from qmsbook.pages.page import MARKER, Drawing, Frame
from qmsbook.pages.palette import SOFT, level_of, mark_style, marked
from qmsbook.sections.chart_data import beside_plan, kpi_chart
from qmsbook.sections.headlines import Headlines, status_counts
from qmsbook.sections.wording import named

MARK = MARKER + "boards"
#: Id, status, words, who, and two columns that the charts stand in together with the one before.
_WIDTHS = (9, 16, 36, 19, 22, 22)
_ID, _MARK, _WORDS, _WHO, _LEFT, _LAST = range(1, 7)
#: How high a KPI with its chart is, in points: as much as fits a process on one page, within these.
_LEAST, _MOST = 140.0, 250.0
#: Said once a page instead of in each chart.
_LEGEND = (
    "In the charts: points are figures read, dashes the plan, the thin line the mean, dots the natural "
    "limits. ◆ really better   ■ really worse   ▲ other change"
)
#: So many of the vital few and of the ideas stand on the first page at most; it is one page.
_VITAL, _IDEAS = 8, 6


def draw_boards(book: Book, assessed: Assessment, frame: Frame, found: Headlines | None = None) -> Drawing:
    """The Boards sheet."""
    return _Pen(Canvas(MARK, "Boards", frame, _WIDTHS), book, assessed, found).draw()


class _Pen:
    """Draws page after page.

    ``row`` is the next free one; ``fresh`` rows begin a page, ``keep`` stay with the next.
    """

    def __init__(self, canvas: Canvas, book: Book, assessed: Assessment, found: Headlines | None) -> None:
        self.canvas, self.book, self.assessed, self.found = canvas, book, assessed, found
        self.row = 2
        self.keep: set[int] = set()
        self.fresh: set[int] = set()

    def draw(self) -> Drawing:
        self.plan()
        rest = [k for k in self.book.kpis if k.id in self.assessed.kpis and not self.book.process(k.process)]
        for process in self.book.processes:
            kpis = self.kpis(self.book.kpis_in.get(process.id, ()))
            ideas = [idea for idea in self.book.ideas if idea.process == process.id]
            if kpis or ideas:
                self.process(process, kpis, ideas)
        if kpis := self.kpis(rest):
            self.page("KPIs without a process", "Each of them wants a process on the sheet KPIs.")
            self.charts(kpis, 0.0)
        self.canvas.paginate(self.row - 1, self.keep, self.fresh)
        self.canvas.sheet.freeze_panes(3, 0)
        return self.canvas.finish(self.row - 1)

    def kpis(self, kpis: Sequence[Kpi]) -> list[KpiAnswers]:
        """The answers of those that are active, each once."""
        found = {
            k.id: self.assessed.kpis[k.id]
            for k in kpis
            if k.id in self.assessed.kpis and k.active is not False
        }
        return list(found.values())

    # -- the plan on one page

    def plan(self) -> None:
        canvas, book = self.canvas, self.book
        title = book.settings.company or "Our plan"
        canvas.span(2, 1, _LAST, title, "title")
        canvas.tall(2, height([(title, canvas.width(1, _LAST), 20, True)], 30))
        canvas.span(3, 1, _LAST, f"Our plan on one page · judged on {day(canvas.frame.on)}", "subtitle")
        canvas.tall(3, 20)
        self.row = 4
        self.headlines()
        self.goals()
        self.vital()
        done = [i for i in book.ideas if i.answer or i.led_to]
        if self.fits(100):
            self.ideas(done, "You said, we did", _IDEAS, first_page=True)
        self.silent()

    def silent(self) -> None:
        """Name the processes that have no page."""
        heard = {idea.process for idea in self.book.ideas}
        heard |= {p.id for p in self.book.processes if self.kpis(self.book.kpis_in.get(p.id, ()))}
        found = [p.label for p in self.book.processes if p.id and p.id not in heard]
        if found and self.fits(40):
            self.text(f"No page yet, for there is no KPI and no idea: {named(found)}.", "muted")

    def headlines(self) -> None:
        if not self.assessed.kpis:
            self.text("No KPI is entered yet. Begin on the sheet KPIs.", "lead")
            return
        parts_of_whole(self.canvas, status_counts(self.assessed), self.row, _LAST)
        lines = first_lines(self.book, self.assessed, self.found, names=True)
        self.row = glance(self.canvas, self.row + BAR_ROWS, _WORDS, _LAST, lines)

    def goals(self) -> None:
        self.heading("Our goals")
        if not self.book.goals:
            self.text("No goals are entered yet.", "muted")
            return
        self.head("Goal", "Result", "What we want to reach", "Owner", "Where it stands", "Its objectives")
        for goal in sorted(self.book.goals, key=lambda g: (g.rank or 999, g.id)):
            if goal.id:
                self.goal(goal)

    def goal(self, goal: Goal) -> None:
        result, below = self.assessed.kpis.get(goal.result_kpi), self.assessed.goals.get(goal.id)
        self.canvas.link(self.row, _ID, goal.id, goal.cell("id"))
        self.canvas.status(self.row, _MARK, result.status.word if result else "")
        self.canvas.put(self.row, _WORDS, goal.statement)
        self.canvas.put(self.row, _WHO, goal.owner or "nobody")
        stands = _stands(result) if result else "no result KPI"
        self.canvas.put(self.row, _LEFT, stands)
        self.rolled(below)
        self.fit((goal.statement, _WORDS), (stands, _LEFT), (_counted(below), _LAST), (goal.owner, _WHO))

    def vital(self) -> None:
        self.heading("The vital few: what matters most this year")
        found = [o for o in self.book.objectives if o.vital_few and o.stage != "retired"]
        if not found:
            self.text("No objective is marked as one of the vital few.", "muted")
            return
        self.head("Objective", "Status", "What will be better", "Owner", "Target", "Its KPIs")
        for drawn, objective in enumerate(found):
            if drawn == _VITAL or not self.fits(self.objective_height(objective) + 20):
                more = len(found) - drawn
                self.text(
                    f"{more} more of them {'stands' if more == 1 else 'stand'} on the sheet Cascade.", "muted"
                )
                return
            self.objective(objective)

    def objective(self, objective: Objective) -> None:
        below = self.assessed.objectives.get(objective.id)
        self.canvas.link(self.row, _ID, objective.id, objective.cell("id"))
        self.canvas.status(self.row, _MARK, below.status.word if below else "")
        for text, column in self.objective_texts(objective):
            self.canvas.put(self.row, column, text)
        self.canvas.tall(self.row, self.objective_height(objective))
        self.row += 1

    def objective_texts(self, objective: Objective) -> list[tuple[str, int]]:
        below = self.assessed.objectives.get(objective.id)
        return [
            (objective.statement, _WORDS),
            (objective.owner or "nobody", _WHO),
            (_target(self.book, self.assessed, objective), _LEFT),
            (below.counts if below and below.total else "no KPI yet", _LAST),
        ]

    def objective_height(self, objective: Objective) -> float:
        texts = self.objective_texts(objective)
        return height([(text, self.canvas.width(column), 10, False) for text, column in texts], 18)

    def fits(self, points: float) -> bool:
        """Whether a row so high still stands on the first page."""
        return (
            math.fsum(self.canvas.heights[row] for row in range(2, self.row)) + points < self.canvas.page_room
        )

    def rolled(self, below: Rollup | None) -> None:
        """What the objectives of a goal add up to, beside the goal's own result."""
        if below and below.total:
            look = mark_style(SOFT[level_of(below.status.word)])
            self.canvas.put(self.row, _LAST, _counted(below), "mark", **look)
        else:
            self.canvas.put(self.row, _LAST, "no objective yet")

    # -- one page for each process

    def process(self, process: Process, kpis: Sequence[KpiAnswers], ideas: Sequence[Idea]) -> None:
        found = self.assessed.processes.get(process.id)
        parts = [f"Owner: {process.owner or 'nobody'}"]
        parts += [f"Customer: {process.customer}"] if process.customer else []
        parts += [found.status.reason] if found and found.total else ["No KPI is measured here yet."]
        self.page(f"{process.id}  {process.name}", " · ".join(parts))
        talk = math.fsum(self.idea_height(idea) for idea in ideas) + 50 if ideas else 0.0
        self.charts(kpis, talk)
        if ideas:
            self.ideas(ideas, "What our people said, and what became of it", len(ideas))

    def page(self, title: str, about: str) -> None:
        self.fresh.add(self.row)
        self.keep |= {self.row, self.row + 1}
        self.canvas.span(self.row, 1, _LAST, title, "heading", font_size=16)
        self.canvas.tall(self.row, height([(title, self.canvas.width(1, _LAST), 16, True)], 26))
        self.row += 1
        self.text(about, "muted")
        self.text(_LEGEND, "muted")
        self.keep.add(self.row - 1)

    def charts(self, kpis: Sequence[KpiAnswers], talk: float) -> None:
        """Each KPI's block as high as lets the process fit on one page, if that can be."""
        head = math.fsum(self.canvas.heights[row] for row in range(self.row - 3, self.row))
        room = (self.canvas.page_room - head - talk) / max(len(kpis), 1) - 1
        for answers in kpis:
            self.kpi(answers, max(_LEAST, min(_MOST, room)))

    def kpi(self, answers: KpiAnswers, wanted: float) -> None:
        """Words on the left, the chart on the right."""
        canvas, kpi, top = self.canvas, answers.kpi, self.row
        bottom = top + DATA_ROWS - 1
        block = kpi_chart(self.book, answers.series, answers.status.word)
        words = self.line_of_sight(answers)
        name = height([(kpi.name, canvas.width(_MARK, _WORDS), 11, True)], 17)
        about = " · ".join(filter(None, (kpi.owner or "No owner", _better(answers.series.now))))
        status = height([(about, canvas.width(_WORDS), 10, False)], 17)
        text = height([("".join(part for part, _ in words), canvas.width(1, _WORDS), 9, False)])
        rest = max(text, wanted - name - status) / (DATA_ROWS - 2)
        for row in range(top, bottom + 1):
            canvas.tall(row, {top: name, top + 1: status}.get(row, rest))
        canvas.link(top, _ID, kpi.id, kpi.cell("id"), "plain", bold=True, font_color="#004A80", underline=1)
        canvas.span(top, _MARK, _WORDS, kpi.name, "plain", bold=True, font_size=11)
        canvas.span(top + 1, _ID, _MARK, None, "plain")
        canvas.status(top + 1, _ID, answers.status.word)
        canvas.put(top + 1, _WORDS, about, "muted")
        canvas.block((top + 2, bottom), (_ID, _WORDS), words, font_size=9)
        if block is None:
            canvas.block(
                (top, bottom), (_WHO, _LAST), [("Not read yet: there is nothing to draw.", False)], "muted"
            )
        else:
            draw_kpi_chart(canvas, block, (top, bottom), (_WHO, _LAST), bare=True)
        self.keep |= set(range(top, bottom))
        self.row = bottom + 1

    def line_of_sight(self, answers: KpiAnswers) -> list[tuple[str, bool]]:
        """Why it stands there, and which objective and goal it serves, and how."""
        kpi = answers.kpi
        parts = [(f"{answers.status.reason}\n", False)]
        for name, lead in (("variation", "Real change? "), ("assurance", "Can it meet the target? ")):
            told = answers.answers.get(name)
            if told and told.word:
                parts += [(lead, True), (f"{told.word}\n", False)]
        for key in kpi.supports:
            objective = self.book.objective(key)
            if objective is not None:
                parts += [("Serves ", True), (f"{key} {objective.statement}\n", False)]
                parts += self.goals_of(objective)
        if kpi.how_it_drives:
            parts += [("How: ", True), (f"{kpi.how_it_drives}\n", False)]
        if not any(self.book.objective(key) for key in kpi.supports):
            parts.append(("It serves no objective yet.\n", True))
        return [*parts[:-1], (parts[-1][0].rstrip("\n"), parts[-1][1])]

    def goals_of(self, objective: Objective) -> list[tuple[str, bool]]:
        goals = [goal for key in objective.supports if (goal := self.book.goal(key)) is not None]
        if not goals:
            return [("and through it no goal yet.\n", True)]
        how = f" ({objective.how_it_supports})" if objective.how_it_supports else ""
        return [("and through it ", True), (f"{goals[0].id} {goals[0].statement}{how}\n", False)]

    # -- ideas

    def ideas(self, ideas: Sequence[Idea], heading: str, most: int, first_page: bool = False) -> None:
        if not ideas:
            return
        latest = sorted(ideas, key=lambda i: i.raised_on or date.min, reverse=True)
        self.heading(heading)
        self.head(
            "Idea", "Raised by", "What happens, and what they suggest", "Raised on", "What became of it"
        )
        for idea in latest[:most]:
            if first_page and not self.fits(self.idea_height(idea)):
                break
            canvas, (said, became) = self.canvas, _idea(idea)
            canvas.link(self.row, _ID, idea.id, idea.cell("id"))
            canvas.put(self.row, _MARK, idea.raised_by)
            canvas.put(self.row, _WORDS, said)
            canvas.put(self.row, _WHO, day(idea.raised_on))
            canvas.span(self.row, _LEFT, _LAST, became)
            canvas.tall(self.row, self.idea_height(idea))
            self.keep.add(self.row)
            self.row += 1
        self.keep.discard(self.row - 1)

    def idea_height(self, idea: Idea) -> float:
        said, became = _idea(idea)
        width = self.canvas.width
        return height([(said, width(_WORDS), 10, False), (became, width(_LEFT, _LAST), 10, False),
                       (idea.raised_by, width(_MARK), 10, False)], 18)  # fmt: skip

    # -- strokes

    def heading(self, text: str) -> None:
        self.keep |= {self.row, self.row + 1}
        self.canvas.span(self.row, 1, _LAST, text, "heading")
        self.canvas.tall(self.row, 26)
        self.row += 1

    def head(self, *texts: str) -> None:
        """The headers of a table; the last one reaches to the edge."""
        for column, text in enumerate(texts[:-1], 1):
            self.canvas.put(self.row, column, text, "head")
        self.canvas.span(self.row, len(texts), _LAST, texts[-1], "head")
        self.canvas.tall(self.row, 18)
        self.keep.add(self.row)
        self.row += 1

    def text(self, text: str, style: str) -> None:
        self.canvas.span(self.row, 1, _LAST, text, style)
        size = 13.0 if style == "lead" else 10.0
        self.canvas.tall(self.row, height([(text, self.canvas.width(1, _LAST), size, style == "lead")], 17))
        self.row += 1

    def fit(self, *texts: tuple[str, int]) -> None:
        self.canvas.room(self.row, [(text, column, column) for text, column in texts], least=18)
        self.row += 1


def _stands(answers: KpiAnswers) -> str:
    """The last figure beside its plan, with the period: ``88.2 %, plan 93.1 % (September 2026)``."""
    series = answers.series
    if series.latest is None:
        return "not read yet"
    said = beside_plan(series, series.latest)
    of_its_own = answers.kpi.target_is != "year to date"  # else the months are said
    return f"{said} ({series.periods[series.latest].spoken})" if of_its_own else said


def _better(kpi: Kpi) -> str:
    """Which way is better, and whether it is to be held; blank for what is only watched and says none."""
    ways = {"higher": "higher is better", "lower": "lower is better"}
    within = f"good: {span_words(kpi.low, kpi.high, kpi.unit)}" if kpi.direction == "within" else ""
    return " · ".join(filter(None, (ways.get(kpi.direction, within), HOLD if holds(kpi) else "")))


def _counted(rollup: Rollup | None) -> str:
    return f"{marked(rollup.status.word)}\n{rollup.counts}" if rollup and rollup.total else ""


def _target(book: Book, assessed: Assessment, objective: Objective) -> str:
    """What the objective's first vital KPI, or else its first, is to reach, and by when.

    A range is the one that its last figure was held within, as on the KPI's own page.
    """
    kpis = [kpi for kpi in book.kpis_of.get(objective.id, ()) if kpi.active is not False]
    kpi = max(kpis, key=lambda k: (bool(k.vital), 1.0 if k.weight is None else k.weight), default=None)
    by = day(objective.due or (kpi.target_on if kpi else None))
    if kpi is None:
        ahead = [each.action for each in milestones_of(book, objective.id) if not each.reached]
        first = min(ahead, key=lambda action: action.due or date.max, default=None)
        if first is not None and first.due is not None:
            return f"{clipped(first.what)} by {day(first.due)}"
        return f"by {by}" if by else ""
    now = assessed.kpis[kpi.id].series.now if kpi.id in assessed.kpis else kpi
    span = span_words(now.low, now.high, kpi.unit) if kpi.direction == "within" else ""
    goal = span or (figure(kpi.target, kpi.unit) if kpi.target is not None else "no target")
    return f"{clipped(kpi.name)}: {goal}" + (f" by {by}" if by else "")


def _idea(idea: Idea) -> tuple[str, str]:
    said = idea.what_happens + (f"\nSuggestion: {idea.suggestion}" if idea.suggestion else "")
    led = f"Led to {listed(idea.led_to)}." if idea.led_to else ""
    return said, "\n".join(part for part in (idea.answer, led) if part) or "No answer yet."
