"""Review: the management review of a period, drawn from its blocks, with areas to type in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from qmsbook.page import MARKER, Drawing, Frame
from qmsbook.pages.canvas import Canvas, Field, clip, day
from qmsbook.pages.charts import over_time
from qmsbook.pages.entries import Filled, table_name
from qmsbook.pages.metrics import height
from qmsbook.pages.palette import MARKS, mark_style
from qmsbook.section import Chart, Counts, Entry, Heading, Review, Rows, Said, Slot, Text

#: The one grid of the sheet. Portrait paper holds about 120 characters at a size that still reads well.
SLOTS: Mapping[Slot, int] = {"id": 1, "mark": 2, "words": 3, "who": 4, "left": 5, "right": 6}
_WIDTHS = (8, 15, 58, 17, 12, 12)
_OWN_WIDTH = 16
_CHART_ROWS = 11


def review_marker(period: str) -> str:
    """The marker of a period's review sheet."""
    return f"{MARKER}review:{period}"


def draw_review(review: Review, frame: Frame, filled: Mapping[str, Filled] | None = None) -> Drawing:
    """The review sheet; ``filled`` holds, by entry name, the areas with the words that people typed."""
    areas = filled or {}
    extra = max((SLOTS[e.columns[-1].slot] + len(areas[e.name].own) - len(_WIDTHS) for e in review.entries
                 if e.name in areas), default=0)  # fmt: skip
    widths = [*_WIDTHS, *[_OWN_WIDTH] * max(extra, 0)]
    pen = _Pen(Canvas(review_marker(review.period), f"Review {review.period}", frame, widths), review, areas)
    return pen.draw()


class _Pen:
    """Draws block after block down the sheet; ``row`` is the next free one."""

    def __init__(self, canvas: Canvas, review: Review, areas: Mapping[str, Filled]) -> None:
        self.canvas, self.review, self.areas = canvas, review, areas
        self.row, self.last = 2, len(_WIDTHS)
        self.breaks: list[int] = []

    def draw(self) -> Drawing:
        canvas, review = self.canvas, self.review
        canvas.span(2, 1, self.last, review.title, "title")
        canvas.sheet.set_row(1, 30)
        company = f"{canvas.frame.company} · " if canvas.frame.company else ""
        about = f"{company}{review.subtitle} · figures up to {day(review.as_of)}, judged on {day(canvas.frame.on)}"
        canvas.span(3, 1, self.last, about, "subtitle")
        canvas.sheet.set_row(2, 20)
        canvas.sheet.freeze_panes(3, 0)
        self.row = 5
        for block in review.blocks:
            match block:
                case Heading():
                    self.heading(block)
                case Text():
                    self.text(block.text, "muted" if block.muted else "plain")
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
        canvas.sheet.set_h_pagebreaks(self.breaks)
        return canvas.finish(self.row, repeat=(2, 3))

    def heading(self, block: Heading) -> None:
        self.row += 0 if block.minor else 1
        if block.new_page:
            self.breaks.append(self.row - 1)
        self.canvas.span(self.row, 1, self.last, block.text, "minor" if block.minor else "heading")
        size = 11 if block.minor else 14
        width = self.canvas.width(1, self.last)
        self.canvas.sheet.set_row(
            self.row - 1, height([(block.text, width, size, True)], 22 if block.minor else 26, 6)
        )
        self.row += 1

    def text(self, text: str, style: str) -> None:
        self.canvas.span(self.row, 1, self.last, text, style)
        self.canvas.room(self.row, [(text, 1, self.last)])
        self.row += 1

    def counts(self, block: Counts) -> None:
        """Tiles side by side: a figure above, what it counts below."""
        spans = ((1, 2), (3, 3), (4, 4), (5, 5), (6, 6))
        for (first, last), (label, value, level) in zip(spans, block.items, strict=False):
            mark = MARKS[level]
            shown = f"{mark.symbol} {value}"
            self.canvas.span(self.row, first, last, shown, "tile", **mark_style(mark))
            self.canvas.span(self.row + 1, first, last, label, "tile label")
        self.canvas.sheet.set_row(self.row - 1, 32)
        labels = [
            (label, first, last) for (first, last), (label, _, _) in zip(spans, block.items, strict=False)
        ]
        self.canvas.room(self.row + 1, [(label, a, b) for label, a, b in labels], least=18)
        self.row += 2

    def rows(self, block: Rows) -> None:
        if not block.rows:
            self.text(block.empty, "muted")
            return
        for slot, header in block.columns:
            self.canvas.put(self.row, SLOTS[slot], header, "head")
        self.canvas.room(self.row, [(header, SLOTS[s], SLOTS[s]) for s, header in block.columns], least=20)
        self.row += 1
        for row in block.rows:
            slots = [SLOTS[slot] for slot, _ in block.columns]
            for column, value in zip(slots, row, strict=True):
                self.said(column, value if isinstance(value, Said) else Said(value))
            pairs = zip(slots, row, strict=True)
            texts = [(v.lead + v.text if isinstance(v, Said) else v, column, column) for column, v in pairs]
            self.canvas.room(self.row, texts, least=18)
            self.row += 1

    def said(self, column: int, said: Said) -> None:
        canvas, row = self.canvas, self.row
        if said.word:
            canvas.status(row, column, said.word)
        elif said.to is not None:
            canvas.link(row, column, said.text, said.to)
        elif said.lead:
            canvas.words(row, column, [(said.lead, True), (said.text, False)])
        else:
            canvas.put(row, column, said.text)

    def chart(self, block: Chart) -> None:
        over_time(self.canvas, block, self.row, _CHART_ROWS, self.last)
        self.row += _CHART_ROWS + 1

    def entry(self, block: Entry) -> None:
        if block.hint:
            self.text(block.hint, "muted")
        filled = self.areas.get(block.name) or Filled(block)
        first = SLOTS[block.columns[0].slot]
        fields = [Field(c.header, c.choices, c.ours, c.is_date) for c in block.columns]
        fields += [Field(header) for header in filled.own]
        name = table_name(block, self.review.period)
        rows = {
            key: tuple(clip(v) if isinstance(v, str) else v for v in row) for key, row in filled.rows.items()
        }
        self.row = self.canvas.entries(self.row, first, name, fields, rows, filled.suggested)
