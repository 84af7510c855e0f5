"""What the first screen of a page answers: where are we, what changed, what needs us."""

from __future__ import annotations

from collections.abc import Sequence

from qmsbook.book.book import Book
from qmsbook.methods.method import Assessment
from qmsbook.pages.canvas import Canvas, day
from qmsbook.rules.steps import still_missing
from qmsbook.sections.headlines import Headlines, changed_words, headlines, needs_words, where_words


def first_lines(
    book: Book, assessed: Assessment, found: Headlines | None, names: bool = False, more: str = ""
) -> tuple[tuple[str, str], ...]:
    """The three lines and their leads; ``found`` spares working out again what other pages have said.

    ``names`` says KPIs by name too, for who has no list of them at hand; ``more`` follows the first line.
    """
    found = found or headlines(book, assessed)
    where = " ".join(part for part in (where_words(assessed), more, f"Judged on {day(book.on)}.") if part)
    return (
        ("Where we are", where),
        ("What changed", changed_words(found, names)),
        ("What needs us", needs_words(found, names, still_missing(book))),
    )


def glance(canvas: Canvas, row: int, split: int, last: int, lines: Sequence[tuple[str, str]]) -> int:
    """Draw lines up to a last column, their leads before column ``split``; gives the row below them."""
    for lead, text in lines:
        canvas.span(row, 1, split - 1, lead, "plain", bold=True)
        canvas.span(row, split, last, text, "plain")
        canvas.room(row, [(text, split, last)], least=16)
        row += 1
    return row
