"""Cascade: which process carries which goal; strategy, goals, objectives and KPIs as an outlined tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.metrics import height
from qmsbook.book.tables import Goal, Kpi, Objective
from qmsbook.book.words import listed, plural
from qmsbook.methods.method import Assessment, Rollup
from qmsbook.methods.milestones import milestones_of
from qmsbook.methods.progress import HOLD, holds
from qmsbook.methods.rollup import kpis_rollup
from qmsbook.pages.canvas import Canvas, day
from qmsbook.pages.glance import first_lines, glance
from qmsbook.pages.page import MARKER, Drawing, Frame
from qmsbook.pages.palette import NAVY, SOFT, level_of, mark_style, marked
from qmsbook.sections.chart_data import beside_plan
from qmsbook.sections.headlines import Headlines

MARK = MARKER + "cascade"
#: Id, words, status, what stands below, figures, owner, due.
_WIDTHS = (13, 55, 20, 25, 26, 21, 20)
_ID, _WORDS, _STATUS, _BELOW, _FIGURES, _WHO, _LAST = range(1, 8)
#: The columns that goals take in the matrix; more goals make a further matrix.
_GOALS = range(_STATUS, _LAST + 1)
_HEADS = (
    "Id", "Strategy, goal, objective, KPI", "Status", "What stands below", "Actual and plan", "Owner", "Due",
)  # fmt: skip
#: How a missing link is shown, whatever is missing.
_GAP = "◊ Missing"
_SYMBOLS = "● on track   ▲ at risk   ■ off track   ○ not judged   ◊ missing link"
_LEGEND = (
    "The [+] and [-] at the left edge open and close a branch. A goal's status is that of its result KPI; "
    "beside it stands what its objectives add up to."
)


@dataclass(frozen=True, slots=True)
class _Branch:
    """A line of the tree: ``level`` 0 is strategy, 3 a KPI; a ``gap`` says what is missing there."""

    level: int
    key: str = ""
    words: str = ""
    word: str = ""
    below: str = ""
    figures: str = ""
    owner: str = ""
    due: str = ""
    to: Cell | None = None
    rolled: str = ""
    gap: bool = False
    again: bool = False


def draw_cascade(book: Book, assessed: Assessment, frame: Frame, found: Headlines | None = None) -> Drawing:
    """The Cascade sheet."""
    canvas = Canvas(MARK, "Cascade", frame, _WIDTHS, landscape=True)
    branches = list(_tree(book, assessed))
    canvas.span(2, 1, _LAST, "Cascade", "title")
    canvas.tall(2, 30)
    gaps = sum(branch.gap for branch in branches)
    missing = f"{plural(gaps, 'missing link')}." if gaps else "No link is missing."
    row = glance(canvas, 3, _WORDS, _LAST, first_lines(book, assessed, found, more=missing))
    canvas.span(row, 1, _LAST, _SYMBOLS, "muted")
    row, keep = _matrix(canvas, book, assessed, row + 1)
    keep |= {row, row + 1, row + 2}
    canvas.span(row, 1, _LAST, "From strategy to KPI", "heading")
    canvas.tall(row, 28)
    canvas.span(row + 1, 1, _LAST, _LEGEND, "muted")
    canvas.room(row + 1, [(_LEGEND, 1, _LAST)])
    head = row + 2
    for column, text in enumerate(_HEADS, 1):
        canvas.put(head, column, text, "head")
    canvas.tall(head, 20)
    # It is printed again on every page below, so the tree comes last: over anything else it would be wrong.
    canvas.sheet.outline_settings(True, False, True, False)
    row, more = _draw_tree(canvas, branches, head + 1, _folded(book))
    canvas.paginate(row - 1, keep | more, repeated=[head])
    return canvas.finish(row - 1, repeat=(head, head))


def _folded(book: Book) -> bool:
    """Whether KPIs are folded away at first: in plans that are too large to be seen at once."""
    return len(book.goals) + len(book.objectives) + len(book.kpis) > book.settings.plan_size


# -- which process carries which goal


def _matrix(canvas: Canvas, book: Book, assessed: Assessment, row: int) -> tuple[int, set[int]]:
    """Draw the matrix of processes and goals; gives the row below it, and rows that stay with the next."""
    goals = [goal for goal in book.goals if goal.id and book.goal(goal.id) is goal]
    if not (goals and book.processes):
        return row, set()
    keep = {row, row + 1}
    canvas.span(row, 1, _LAST, "Which process carries which goal", "heading")
    canvas.tall(row, 28)
    about = "In each field: how many KPIs of the process serve the goal, and how they stand together."
    canvas.span(row + 1, 1, _LAST, about, "muted")
    row += 2
    for first in range(0, len(goals), len(_GOALS)):
        keep.add(row)
        row = _part(canvas, book, assessed, goals[first : first + len(_GOALS)], row) + 1
    return row, keep


def _part(canvas: Canvas, book: Book, assessed: Assessment, goals: Sequence[Goal], row: int) -> int:
    canvas.span(row, 1, _WORDS, "Process", "head")
    heads = [f"{goal.id} {goal.statement}" for goal in goals]
    for column, text in zip(_GOALS, heads, strict=False):
        canvas.put(row, column, text, "head")
    canvas.tall(
        row, height([(t, canvas.width(c), 10, True) for c, t in zip(_GOALS, heads, strict=False)], 20)
    )
    row += 1
    carried: dict[str, list[str]] = {goal.id: [] for goal in goals}
    for process in book.processes:
        if not process.id:
            continue
        fields = [_field(book, assessed, process.id, goal.id) for goal in goals]
        name = f"{process.name}{' (core)' if process.core else ''}"
        if process.core and not any(_field(book, assessed, process.id, g.id)[0] for g in book.goals):
            name += f"  {_GAP}: it serves no goal"
        canvas.link(row, 1, process.id, process.cell("id"))
        canvas.put(row, _WORDS, name)
        for column, goal, (text, word) in zip(_GOALS, goals, fields, strict=False):
            look = mark_style(SOFT[level_of(word)]) if word else {}
            canvas.put(row, column, text, "mark" if word else "text", **{"align": "center", **look})
            if text:
                carried[goal.id].append(process.id)
        texts = [
            (text, canvas.width(column), 10.0, True)
            for column, (text, _) in zip(_GOALS, fields, strict=False)
        ]
        canvas.tall(row, height([(name, canvas.width(_WORDS), 10.0, False), *texts], 18))
        row += 1
    canvas.span(row, 1, _WORDS, "Carried by", "text", bold=True)
    for column, goal in zip(_GOALS, goals, strict=False):
        held = carried[goal.id]
        text = plural(len(held), "process", "processes") if held else f"{_GAP}: no process"
        text = f"only by {held[0]}" if len(held) == 1 else text
        canvas.put(row, column, text, "text", bold=True, align="center")
    canvas.tall(row, 18)
    return row + 1


def _field(book: Book, assessed: Assessment, process: str, goal: str) -> tuple[str, str]:
    """What a process does for a goal: its KPIs there with the status of them together, or objectives only."""
    objectives = [o for o in book.objectives_of.get(goal, ()) if o.stage != "retired"]
    keys = {objective.id for objective in objectives}
    kpis = [k for k in book.kpis_in.get(process, ()) if k.active is not False and keys & set(k.supports)]
    if kpis:
        found = kpis_rollup(book, process, kpis, assessed.kpis)
        return f"{marked(found.status.word)} ({plural(len(kpis), 'KPI')})", found.status.word
    named = [objective.id for objective in objectives if process in objective.processes]
    return (f"{listed(named)}, no KPI", "") if named else ("", "")


# -- the tree


def _tree(book: Book, assessed: Assessment) -> Iterator[_Branch]:
    pen = _Tree(book, assessed)
    if not (book.goals or book.objectives or book.kpis):
        yield _Branch(0, words="No goals are entered yet. Begin on the sheet Goals.")
        return
    goals = sorted((g for g in book.goals if book.goal(g.id) is g), key=lambda g: (g.rank or 999, g.id))
    themes = dict.fromkeys([*(g.theme for g in goals), *book.settings.our_strategic_themes])
    own = {theme.casefold() for theme in book.settings.our_strategic_themes}
    for theme in themes:
        found = [goal for goal in goals if goal.theme == theme]
        if not found and any(goal.theme.casefold() == theme.casefold() for goal in goals):
            continue
        named = theme or "Goals without a theme"
        more = " (not among our strategic themes)" if theme and own and theme.casefold() not in own else ""
        yield _Branch(0, words=f"{named[:1].upper()}{named[1:]}{more}")
        if not found:
            yield _Branch(1, words="No goal carries this theme.", gap=True)
        for goal in found:
            yield from pen.goal(goal)
    yield from pen.unlinked()


class _Tree:
    def __init__(self, book: Book, assessed: Assessment) -> None:
        self.book, self.assessed = book, assessed
        self.told: set[str] = set()

    def goal(self, goal: Goal) -> Iterator[_Branch]:
        result, below = self.assessed.kpis.get(goal.result_kpi), self.assessed.goals.get(goal.id)
        objectives = [o for o in self.book.objectives_of.get(goal.id, ()) if o.stage != "retired"]
        words = f"Result: {self.book.kpi(goal.result_kpi).name}" if result else ""  # type: ignore[union-attr]  # it has answers
        yield _Branch(
            1, goal.id, goal.statement, result.status.word if result else "", _counts(below),
            "\n".join(part for part in (words, self.figures(goal.result_kpi)) if part),
            goal.owner, day(goal.horizon), goal.cell("id"),
            below.status.word if below and below.total else "",
        )  # fmt: skip
        if result is None:
            yield _Branch(2, words=f"No result KPI tells whether {goal.id} is reached.", gap=True)
        if not objectives:
            yield _Branch(2, words="No objective carries this goal.", gap=True)
        for objective in objectives:
            yield from self.objective(objective, 2)

    def objective(self, objective: Objective, level: int) -> Iterator[_Branch]:
        below = self.assessed.objectives.get(objective.id)
        again = objective.id in self.told
        self.told.add(objective.id)
        vital = " (vital few)" if objective.vital_few else ""
        shared = f" · with {listed(objective.with_)}" if objective.with_ else ""
        also = f" See under {objective.supports[0]}." if again and objective.supports else ""
        words = f"{objective.statement}{vital}{shared}{also}"
        yield _Branch(
            level, objective.id, words, below.status.word if below else "",
            below.counts if below and below.total else "", "", objective.owner, day(objective.due),
            objective.cell("id"), again=again,
        )  # fmt: skip
        if again:
            return
        kpis = [k for k in self.book.kpis_of.get(objective.id, ()) if self.book.kpi(k.id) is k]
        milestones = milestones_of(self.book, objective.id)
        if not kpis and not milestones:
            yield _Branch(level + 1, words="No KPI measures this objective.", gap=True)
        for kpi in kpis:
            yield self.kpi(kpi, level + 1)
        for each in milestones:
            action = each.action
            yield _Branch(
                level + 1, action.id, f"{action.what} · milestone", each.word, "", each.words, action.owner,
                day(action.due), action.cell("id"),
            )  # fmt: skip

    def kpi(self, kpi: Kpi, level: int) -> _Branch:
        answers = self.assessed.kpis[kpi.id]
        again = kpi.id in self.told
        self.told.add(kpi.id)
        change = answers.answers.get("variation")
        process = self.book.process(kpi.process)
        where = f" · {process.label}" if process else ""
        return _Branch(
            level, kpi.id, f"{kpi.name}{where}" + (" (counts here too)" if again else ""),
            answers.status.word,
            f"Real change? {change.word}" if change and change.word else "", self.figures(kpi.id), kpi.owner,
            day(kpi.target_on), kpi.cell("id"), again=again,
        )  # fmt: skip

    def figures(self, key: str) -> str:
        answers = self.assessed.kpis.get(key)
        if answers is None or answers.series.latest is None:
            return ""
        series = answers.series
        hold = f" ({HOLD})" if answers.plan is not None and holds(series.kpi) else ""
        return f"{beside_plan(series, answers.series.latest)}{hold}"

    def unlinked(self) -> Iterator[_Branch]:
        """What hangs on nothing: objectives without goal, KPIs that drive no objective and tell no result."""
        book = self.book
        loose = [o for o in book.objectives if book.objective(o.id) is o and o.stage != "retired"]
        loose = [o for o in loose if not any(book.goal(key) for key in o.supports)]
        if loose:
            yield _Branch(0, words="Objectives that serve no goal", gap=True)
        for objective in loose:
            yield from self.objective(objective, 2)
        kpis = [k for k in book.kpis if k.id in self.assessed.kpis and book.kpi(k.id) is k]
        kpis = [
            k
            for k in kpis
            if not any(book.objective(key) for key in k.supports) and k.id not in book.result_kpis
        ]
        if kpis:
            yield _Branch(0, words="KPIs that drive no objective", gap=True)
        for kpi in kpis:
            yield self.kpi(kpi, 3)


def _counts(rollup: Rollup | None) -> str:
    return rollup.counts if rollup and rollup.total else ""


def _draw_tree(canvas: Canvas, branches: Sequence[_Branch], row: int, folded: bool) -> tuple[int, set[int]]:
    """Draw the tree; gives the row below it, and the rows that stay with the next."""
    keep = set()
    for branch, following in zip(branches, [*branches[1:], None], strict=True):
        _draw(canvas, row, branch)
        opens = folded and branch.level == 2 and following is not None and following.level == 3
        _outline(canvas, row, branch, folded, opens)
        if following is not None and following.level > branch.level:
            keep.add(row)
        row += 1
    return row, keep


def _draw(canvas: Canvas, row: int, branch: _Branch) -> None:
    if branch.level == 0:
        look = {"bg_color": NAVY, "font_color": "#FFFFFF", "font_size": 12}
        canvas.span(row, 1, _LAST, f"{_GAP}: {branch.words}" if branch.gap else branch.words, "group", **look)
        canvas.tall(row, height([(branch.words, canvas.width(1, _LAST), 12, True)], 20))
        return
    style = {"bold": branch.level < 3, "bg_color": "#E4EAF1" if branch.level == 1 else "#FFFFFF"}
    faint = {"italic": True} if branch.again else {}
    step = {"align": "left", "indent": (branch.level - 1) * 2}
    canvas.link(row, _ID, branch.key, branch.to, "link" if branch.key else "text", **step)
    canvas.put(row, _WORDS, branch.words, "text", **style, **faint, **step)
    if branch.gap:
        canvas.put(
            row, _STATUS, _GAP, "mark", bold=True, font_color="#8A3200", border=5, border_color="#8A3200"
        )
    else:
        canvas.status(row, _STATUS, branch.word)
    below = f"{marked(branch.rolled)}\n{branch.below}" if branch.rolled else branch.below
    look = mark_style(SOFT[level_of(branch.rolled)]) if branch.rolled else {}
    canvas.put(row, _BELOW, below, "mark" if branch.rolled else "text", **look)
    for column, text in ((_FIGURES, branch.figures), (_WHO, branch.owner), (_LAST, branch.due)):
        canvas.put(row, column, text)


def _outline(canvas: Canvas, row: int, branch: _Branch, folded: bool, opens: bool) -> None:
    texts = ((branch.words, _WORDS), (branch.below, _BELOW), (branch.figures, _FIGURES), (branch.owner, _WHO))
    narrow = branch.level * 2.0
    wanted = [(text, canvas.width(column) - (narrow if column == _WORDS else 0), 10.0, branch.level < 3)
              for text, column in texts]  # fmt: skip
    if branch.rolled:
        wanted.append((f"{branch.rolled}\n{branch.below}", canvas.width(_BELOW), 10.0, True))
    if branch.level:
        canvas.tall(row, height(wanted, 17))
    canvas.outline(row, branch.level, hidden=folded and branch.level == 3, collapsed=opens)
