"""Review: the management review of a period, drawn from its blocks, with areas to type in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from qmsbook.metrics import height
from qmsbook.page import MARKER, Drawing, Frame
from qmsbook.pages.canvas import Canvas, Field, day
from qmsbook.pages.charts import BAR_ROWS, CHART_ROWS, over_time, parts_of_whole
from qmsbook.pages.entries import Filled, refill, table_name
from qmsbook.pages.palette import SOFT, level_of, mark_style, marked_figure
from qmsbook.section import Block, Chart, Counts, Entry, Heading, Points, Review, Rows, Said, Slot, Text

#: The one grid of the sheet. Portrait paper holds about 120 characters at a size that still reads well.
SLOTS: Mapping[Slot, int] = {"id": 1, "mark": 2, "words": 3, "who": 4, "left": 5, "right": 6}
_WIDTHS = (8, 15, 59, 18, 12, 12)
_OWN_WIDTH = 18
#: A table lower than this, in points, stands on one page.
_TOGETHER = 400


def review_marker(period: str) -> str:
    """The marker of a period's review sheet."""
    return f"{MARKER}review:{period}"


def draw_review(
    review: Review, frame: Frame, filled: Mapping[str, Filled] | None = None, stamp: str = ""
) -> Drawing:
    """The review sheet; ``filled`` holds, by entry name, the areas with the words that people typed.

    ``stamp`` is a line for the end of a copy that is mailed.
    """
    areas = {e.name: refill(e, table_name(e, review.period), (), None) for e in review.entries}
    areas |= filled or {}
    ends = [SLOTS[entry.columns[-1].slot] + len(areas[entry.name].own) for entry in review.entries]
    widths = [*_WIDTHS, *[_OWN_WIDTH] * (max([len(_WIDTHS), *ends]) - len(_WIDTHS))]
    canvas = Canvas(review_marker(review.period), f"Review {review.period}", frame, widths)
    return _Pen(canvas, review, areas).draw(stamp)


class _Pen:
    """Draws block after block down the sheet.

    ``row`` is the next free one; rows in ``keep`` stay on one page with the row below, those in ``fresh``
    begin one.
    """

    def __init__(self, canvas: Canvas, review: Review, areas: Mapping[str, Filled]) -> None:
        self.canvas, self.review, self.areas = canvas, review, areas
        self.row, self.last = 2, len(_WIDTHS)
        self.keep: set[int] = set()
        self.fresh: set[int] = set()

    def draw(self, stamp: str = "") -> Drawing:
        canvas, review = self.canvas, self.review
        canvas.span(2, 1, self.last, review.title, "title")
        canvas.tall(2, height([(review.title, canvas.width(1, self.last), 20, True)], 30))
        company = f"{canvas.frame.company} · " if canvas.frame.company else ""
        days = f"figures up to {day(review.as_of)}, judged on {day(canvas.frame.on)}"
        about = f"{company}{review.subtitle} · {days}"
        canvas.span(3, 1, self.last, about, "subtitle")
        canvas.tall(3, 20)
        canvas.sheet.freeze_panes(3, 0)
        head = f"{review.title[:80]} {review.period}".replace("&", "&&")
        canvas.sheet.set_header(f"&R&9{head}")
        self.row = 4
        for block, following in zip(review.blocks, [*review.blocks[1:], None], strict=True):
            first = self.row
            self.block(block)
            if isinstance(following, Chart | Rows | Counts) and isinstance(block, Text | Heading):
                self.keep |= set(range(first, self.row))
        if stamp:
            self.row += 1
            self.text(stamp, "muted")
        canvas.paginate(self.row, self.keep, self.fresh)
        return canvas.finish(self.row)

    def block(self, block: Block) -> None:
        match block:
            case Heading():
                self.heading(block)
            case Text():
                self.text(block.text, "lead" if block.large else "muted" if block.muted else "plain")
            case Points():
                self.points(block)
            case Counts():
                self.counts(block)
            case Rows():
                self.rows(block)
            case Chart():
                self.chart(block)
            case Entry():
                self.entry(block)
            case _:
                assert_never(block)

    def heading(self, block: Heading) -> None:
        if block.new_page:
            self.fresh.add(self.row)
        self.keep |= {self.row, self.row + 1}
        self.row += 0 if block.minor else 1
        self.canvas.span(self.row, 1, self.last, block.text, "minor" if block.minor else "heading")
        size = 11 if block.minor else 14
        text = (block.text, self.canvas.width(1, self.last), size, True)
        self.canvas.tall(self.row, height([text], 22 if block.minor else 24, 5))
        self.row += 1

    def text(self, text: str, style: str) -> None:
        size = 13 if style == "lead" else 10
        self.canvas.span(self.row, 1, self.last, text, style, valign="vcenter")
        width = self.canvas.width(1, self.last)
        self.canvas.tall(
            self.row, height([(text, width, size, style == "lead")], 26 if style == "lead" else 17)
        )
        self.row += 1

    def points(self, block: Points) -> None:
        for number, item in enumerate(block.items, 1):
            self.canvas.put(self.row, 1, number, "plain", bold=True, align="center", valign="vcenter")
            self.canvas.span(self.row, 2, self.last, item, "plain", valign="vcenter")
            self.canvas.room(self.row, [(item, 2, self.last)], least=20)
            self.row += 1

    def counts(self, block: Counts) -> None:
        parts_of_whole(self.canvas, block, self.row, self.last)
        self.keep |= set(range(self.row, self.row + BAR_ROWS))
        self.row += BAR_ROWS

    def rows(self, block: Rows) -> None:
        if not block.rows:
            self.text(block.empty, "muted")
            return
        for slot, header in block.columns:
            self.canvas.put(self.row, SLOTS[slot], header, "head")
        heads = [(header, self.canvas.width(SLOTS[slot]), 10, True) for slot, header in block.columns]
        self.canvas.tall(self.row, height(heads, 20))
        self.keep.add(self.row)
        self.row += 1
        slots, first = [SLOTS[slot] for slot, _ in block.columns], self.row
        for row in block.rows:
            cells = [value if isinstance(value, Said) else Said(value) for value in row]
            for column, said in zip(slots, cells, strict=True):
                self.said(column, said)
            texts = [
                (said.lead + said.text, column, column) for column, said in zip(slots, cells, strict=True)
            ]
            self.canvas.room(self.row, texts, least=18)
            self.row += 1
        if sum(self.canvas.heights[row] for row in range(first, self.row)) < _TOGETHER:
            self.keep |= set(range(first, self.row - 1))

    def said(self, column: int, said: Said) -> None:
        canvas, row = self.canvas, self.row
        if said.word and said.text:
            look = mark_style(SOFT[level_of(said.word)])
            canvas.put(row, column, marked_figure(said.text, said.word), "mark", **look)
        elif said.word:
            canvas.status(row, column, said.word)
        elif said.to is not None:
            canvas.link(row, column, said.text, said.to)
        elif said.lead:
            canvas.words(row, column, [(said.lead, True), (said.text, False)])
        else:
            canvas.put(row, column, said.text)

    def chart(self, block: Chart) -> None:
        over_time(self.canvas, block, self.row, self.last)
        self.keep |= set(range(self.row, self.row + CHART_ROWS - 1))
        self.row += CHART_ROWS

    def entry(self, block: Entry) -> None:
        if block.hint and not self.canvas.frame.standalone:
            self.keep.add(self.row)
            self.text(block.hint, "muted")
        filled = self.areas[block.name]
        fields = [Field(c.header, c.choices, c.ours, c.is_date) for c in block.columns]
        fields += [Field(header) for header in filled.own]
        name = table_name(block, self.review.period)
        self.keep.add(self.row)
        first = SLOTS[block.columns[0].slot]
        self.row = self.canvas.entries(self.row, first, name, fields, filled.rows, filled.suggested)
