"""What the first screen of a page answers: where are we, what changed, what needs us."""

from __future__ import annotations

from qmsbook.book.book import Book
from qmsbook.methods.method import Assessment
from qmsbook.pages.canvas import Canvas, day
from qmsbook.rules.steps import still_missing
from qmsbook.sections.headlines import Headlines, changed_words, headlines, needs_words, where_words


def glance(
    canvas: Canvas, row: int, split: int, last: int, book: Book, assessed: Assessment, names: bool = False,
    more: str = "", found: Headlines | None = None,
) -> int:  # fmt: skip
    """Draw three lines, their leads before column ``split``; gives the row below them.

    ``names`` says KPIs by name too, for who has no list of them at hand; ``more`` follows the first line;
    ``found`` spares working out again what other pages have said.
    """
    found = found or headlines(book, assessed)
    where = " ".join(part for part in (where_words(assessed), more, f"Judged on {day(book.on)}.") if part)
    for lead, text in (
        ("Where we are", where),
        ("What changed", changed_words(found, names)),
        ("What needs us", needs_words(found, names, still_missing(book))),
    ):
        canvas.span(row, 1, split - 1, lead, "plain", bold=True)
        canvas.span(row, split, last, text, "plain")
        canvas.room(row, [(text, split, last)], least=16)
        row += 1
    return row
