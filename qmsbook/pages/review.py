"""Review: the management review of a period, drawn from its blocks, with areas to type in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import assert_never

from qmsbook.book.metrics import MOST_HIGH, height, lines, page_breaks, text_width
from qmsbook.book.table import Value
from qmsbook.book.words import clipped
from qmsbook.pages.canvas import Canvas, EntryArea, Field, day
from qmsbook.pages.charts import BAR_ROWS, Over, parts_of_whole
from qmsbook.pages.entries import Filled, refill, table_name
from qmsbook.pages.figures import kept, kept_dues, kept_plan
from qmsbook.pages.kpi_chart import draw_half_chart
from qmsbook.pages.matrix import MATRIX_ROWS, matrices
from qmsbook.pages.memo import Copy
from qmsbook.pages.page import Drawing, Frame, norm
from qmsbook.pages.palette import SOFT, level_of, mark_style, marked, marked_figure
from qmsbook.pages.standing import review_marker
from qmsbook.sections.section import (
    Block,
    Charts,
    Columns,
    Counts,
    Entry,
    Facts,
    Heading,
    Matrices,
    Points,
    Review,
    Rows,
    Said,
    Slot,
    Text,
)

#: The one grid of the sheet. Portrait paper holds about 120 characters at a size that still reads well.
SLOTS: Mapping[Slot, int] = {"id": 1, "mark": 2, "words": 3, "who": 4, "left": 5, "right": 6}
_WIDTHS = (6.5, 14, 67, 15.5, 11, 11)
_OWN_WIDTH = 18
#: A table lower than this, in points, stands on one page.
_TOGETHER = 90
#: A part that wants a new page goes on where less of one than this is taken: a few rows waste no page.
_BEGUN = 0.25
#: So does an area for typing that is lower than this, in points: a quarter of a page.
_AREA_TOGETHER = 180
#: How many rows of the sheet a chart takes.
_CHART_ROWS = 8


def draw_review(
    review: Review,
    frame: Frame,
    filled: Mapping[str, Filled] | None = None,
    closed: str = "",
    stamp: str = "",
    copy: Copy | None = None,
) -> Drawing:
    """The review sheet; ``filled`` holds, by entry name, the areas with the words that people typed.

    ``closed`` says when it was closed: the sheet is then drawn to stay as it is, with nothing to type in, and
    keeps its ``copy`` for reading. ``stamp`` is a line for the end of such a copy.
    """
    areas = {e.name: refill(e, table_name(e, review.period), (), None) for e in review.entries}
    areas |= filled or {}
    ends = [SLOTS[entry.columns[-1].slot] + len(areas[entry.name].own) for entry in review.entries]
    widths = [*_WIDTHS, *[_OWN_WIDTH] * (max([len(_WIDTHS), *ends]) - len(_WIDTHS))]
    canvas = Canvas(review_marker(review.period), f"Review {review.period}", frame, widths)
    return _Pen(canvas, review, areas, closed).draw(stamp, copy)


#: A heading or a text stays on the page of what follows, if it is one of these.
_STANDING = (Charts, Counts, Matrices, Rows, Facts)


class _Pen:
    """Draws block after block down the sheet.

    ``row`` is the next free one; rows in ``keep`` stay on one page with the row below, those in ``fresh``
    begin one.
    """

    def __init__(self, canvas: Canvas, review: Review, areas: Mapping[str, Filled], closed: str) -> None:
        self.canvas, self.review, self.areas, self.closed = canvas, review, areas, closed
        self.row, self.last = 2, len(_WIDTHS)
        self.page = 2  # the row with which the page begins that is being filled
        self.data = 2  # the first row that is free for the figures of charts
        self.keep: set[int] = set()
        self.fresh: set[int] = set()

    def draw(self, stamp: str, copy: Copy | None) -> Drawing:
        canvas, review = self.canvas, self.review
        canvas.span(2, 1, self.last, review.title, "title")
        canvas.tall(2, height([(review.title, canvas.width(1, self.last), 20, True)], 30))
        company = f"{canvas.frame.company} · " if canvas.frame.company else ""
        days = f"figures up to {day(review.as_of)}, judged on {day(canvas.frame.on)}"
        about = " · ".join(each for each in (f"{company}{review.subtitle}", days, self.closed) if each)
        canvas.span(3, 1, self.last, about, "subtitle", text_wrap=True)
        canvas.tall(3, height([(about, canvas.width(1, self.last), 11, False)], 20))
        canvas.sheet.freeze_panes(3, 0)
        canvas.header(f"{clipped(review.title, 60)} {review.period}")
        self.row = 4
        for block, following in zip(review.blocks, [*review.blocks[1:], None], strict=True):
            first = self.row
            self.block(block)
            if isinstance(following, _STANDING) and isinstance(block, Text | Heading):
                self.keep |= set(range(first, self.row))
        if stamp:
            self.row += 1
            self.text(stamp, "muted")
        canvas.paginate(self.row, self.keep, self.fresh)
        hidden = (*kept(review.figures), *kept_plan(review.plan), *kept_dues(review.dues))
        for text in () if canvas.frame.standalone else hidden:
            canvas.helper([text])
        return canvas.finish(self.row, frozen=bool(self.closed), copy=copy)

    def block(self, block: Block) -> None:
        match block:
            case Heading():
                self.heading(block)
            case Text():
                self.text(block.text, "lead" if block.large else "muted" if block.muted else "plain")
            case Points():
                self.points(block)
            case Facts():
                self.facts(block)
            case Counts():
                self.counts(block)
            case Rows():
                self.rows(block)
            case Charts():
                self.charts(block)
            case Matrices():
                self.matrices(block)
            case Entry():
                self.entry(block)
            case _:
                assert_never(block)

    def heading(self, block: Heading) -> None:
        if block.new_page and self.used() > self.canvas.page_room * _BEGUN:
            self.fresh.add(self.row)
        self.keep |= {self.row, self.row + 1}
        if not block.minor:
            self.canvas.tall(self.row, 10)
            self.row += 1
        self.canvas.span(self.row, 1, self.last, block.text, "minor" if block.minor else "heading")
        size = 11 if block.minor else 14
        text = (block.text, self.canvas.width(1, self.last), size, True)
        self.canvas.tall(self.row, height([text], 22 if block.minor else 24, 5))
        self.row += 1

    def text(self, text: str, style: str) -> None:
        size, bold = 13 if style == "lead" else 10, style in ("lead", "settle")
        self.canvas.span(self.row, 1, self.last, text, style, valign="vcenter")
        width = self.canvas.width(1, self.last)
        self.canvas.tall(self.row, height([(text, width, size, bold)], 26 if style == "lead" else 17))
        self.row += 1

    def points(self, block: Points) -> None:
        for number, item in enumerate(block.items, 1):
            self.canvas.put(self.row, 1, number, "plain", bold=True, align="center", valign="vcenter")
            self.canvas.span(self.row, 2, self.last, item, "plain", valign="vcenter")
            self.canvas.room(self.row, [(item, 2, self.last)], least=20)
            self.row += 1

    def facts(self, block: Facts) -> None:
        self.canvas.tall(self.row, 4)
        self.keep.add(self.row)
        self.row += 1
        for label, text in block.items:
            self.canvas.span(self.row, 1, 2, label, "plain", bold=True, valign="top")
            self.canvas.span(self.row, 3, self.last, text, "plain", valign="top")
            self.canvas.room(self.row, [(text, 3, self.last), (label, 1, 2)], least=16)
            self.row += 1

    def counts(self, block: Counts) -> None:
        parts_of_whole(self.canvas, block, self.row, self.last)
        self.keep |= set(range(self.row, self.row + BAR_ROWS))
        self.row += BAR_ROWS

    def rows(self, block: Rows) -> None:
        if not block.rows:
            self.text(block.empty, "muted")
            return
        rows = [[value if isinstance(value, Said) else Said(value) for value in row] for row in block.rows]
        slots = [SLOTS[slot] for slot, _ in block.columns]
        points = [self.needed(slots, row) for row in rows]
        first = self.row
        self.head(block.columns)
        small = math.fsum(points) < _TOGETHER
        for row, needed in zip(rows, points, strict=True):
            if not small and self.turns(needed):
                self.head(block.columns)
            if len(row) == 1:
                self.group(row[0].text, slots[-1], needed)
                continue
            for column, said in zip(slots, row, strict=True):
                self.said(column, said)
            self.canvas.tall(self.row, needed)
            self.row += 1
        if small:
            self.keep |= set(range(first, self.row - 1))

    def head(self, columns: Columns) -> None:
        """The headers of a table; they stay with the row below."""
        for slot, header in columns:
            self.canvas.put(self.row, SLOTS[slot], header, "head")
        heads = [(header, self.canvas.width(SLOTS[slot]), 10, True) for slot, header in columns]
        self.canvas.tall(self.row, height(heads, 20))
        self.keep.add(self.row)
        self.row += 1

    def turns(self, points: float) -> bool:
        """Whether a row of a long table begins a page, so that it wants its headers again."""
        return self.row - 1 not in self.keep and self.used() + points > self.canvas.page_room

    def used(self) -> float:
        """How much of the page that is being filled is taken, in points."""
        room = self.canvas.page_room
        breaks = page_breaks(self.canvas.heights, self.row - 1, self.keep, self.fresh, room, self.page)
        self.page = breaks[-1] + 1 if breaks else self.page
        return math.fsum(self.canvas.heights.get(row, 15.0) for row in range(self.page, self.row))

    def needed(self, slots: Sequence[int], row: Sequence[Said]) -> float:
        """The height in points of a row of a table."""
        if len(row) == 1:
            return height([(row[0].text, self.canvas.width(1, slots[-1]), 10, True)], 18)
        cells = zip(slots, row, strict=True)
        return min(MOST_HIGH, max(18.0, *(_height(said, self.canvas.width(c)) for c, said in cells)))

    def group(self, text: str, last: int, points: float) -> None:
        """A heading within a table."""
        self.keep.add(self.row)
        self.canvas.span(self.row, 1, last, text, "group")
        self.canvas.tall(self.row, points)
        self.row += 1

    def said(self, column: int, said: Said) -> None:
        canvas, row = self.canvas, self.row
        if said.word and said.text:
            # One coloured cell in a row is enough; figures beside it are marked by their symbol.
            look = mark_style(SOFT[level_of(said.word)]) if column == SLOTS["mark"] else {"bold": True}
            canvas.put(row, column, marked_figure(said.text, said.word), "mark", **look)
        elif said.word:
            canvas.status(row, column, said.word)
        elif said.to is not None:
            canvas.link(row, column, said.text, said.to)
        elif said.lead:
            canvas.words(row, column, [(said.lead, True), (said.text, False)])
        else:
            canvas.put(row, column, said.text)

    def charts(self, block: Charts) -> None:
        for at in range(0, len(block.items), 2):
            last = self.row + _CHART_ROWS - 1
            for row in range(self.row, last + 1):
                self.canvas.tall(row, 14)
            for half, chart in enumerate(block.items[at : at + 2]):
                data = max(self.data, self.row)
                self.data = draw_half_chart(
                    self.canvas, chart, Over((self.row, last), (1, self.last), half), data
                )
            self.keep |= set(range(self.row, last))
            self.row = last + 1

    def matrices(self, block: Matrices) -> None:
        for at in range(0, len(block.items), 2):
            matrices(self.canvas, block.items[at : at + 2], self.row, self.last)
            self.keep |= set(range(self.row, self.row + MATRIX_ROWS - 1))
            self.row += MATRIX_ROWS

    def entry(self, block: Entry) -> None:
        if block.hint and not self.closed and not self.canvas.frame.standalone:
            self.keep.add(self.row)
            self.text(block.hint, "muted")
        filled = self.areas[block.name]
        shut = bool(self.closed) and not self.canvas.frame.standalone
        fields = [Field(c.header, c.choices, c.ours or shut, c.is_date) for c in block.columns]
        fields += [Field(header, ours=shut) for header in filled.own]
        name, top = table_name(block, self.review.period), self.row
        self.keep.add(top)
        first = SLOTS[block.columns[0].slot]
        rows = {key: row for key, row in filled.rows.items() if not self.closed or _says_anything(key, row)}
        settled = filled.settled
        area = EntryArea(name, fields, rows, filled.suggested, settled.asked, settled.links)
        self.row = self.canvas.entries(top, first, area)
        if math.fsum(self.canvas.heights.get(row, 15.0) for row in range(top, self.row)) < _AREA_TOGETHER:
            self.keep |= set(range(top, self.row - 1))
        for remark in settled.remarks:
            self.text(f"To settle: {remark}", "settle")


def _says_anything(key: str, row: Sequence[Value]) -> bool:
    """Whether a row is more than one of the blank ones that were kept ready."""
    return not key.isdecimal() or any(norm(value) != "" for value in row[1:])


def _height(said: Said, width: float) -> float:
    """The height in points of a cell that says this: a bold lead, then the rest, or a marked word."""
    if said.word:
        text = marked_figure(said.text, said.word) if said.text else marked(said.word)
        return height([(text, width, 10, True)])
    if said.text.startswith("\n"):
        count = lines(said.lead, width, 10, True) + lines(said.text[1:], width)
        return count * 10 * 1.28 + 3
    # A lead that the text follows in the same line is wider than measured: spaces make up for it.
    more = text_width(said.lead, bold=True) - text_width(said.lead) if said.lead else 0.0
    return height([(said.lead + " " * math.ceil(more / text_width(" ")) + said.text, width, 10, False)])
