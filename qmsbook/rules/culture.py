"""REV: quality culture and ethical behavior are on the agenda of the review (2026 edition)."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Input
from qmsbook.rules.ask import header_cell, whole
from qmsbook.rules.clauses import CULTURE
from qmsbook.rules.provided import entered_of
from qmsbook.rules.rule import Problem, Severity, rule


@rule("REV027", Severity.WARNING, clause="5.1.1", stage="audit-ready", edition="2026")
def culture_not_on_the_agenda(book: Book) -> Iterator[Problem]:
    """Quality culture and ethical behavior are not on the agenda of the review.

    Why
        The 2026 edition asks top management to promote both, and that people know what they mean here. There
        is nothing to score: what was said and done, and whether someone who stopped a bad shipment was
        thanked or scolded, is talked about where leadership meets. A topic without words is skipped.
    Fix
        Add a row with the clause g in Inputs: in two or three sentences what leadership did for it since the
        last review, and what people saw or said.
    Bad
        Settings
        | Setting     | Value |
        |-------------|-------|
        | ISO edition | 2026  |

        Inputs
        | Clause [!] | Summary             |
        |------------|---------------------|
        | b          | Nothing has changed |
    Good
        Settings
        | Setting     | Value |
        |-------------|-------|
        | ISO edition | 2026  |

        Inputs
        | Clause | Summary                                          |
        |--------|--------------------------------------------------|
        | b      | Nothing has changed                              |
        | g      | Two lots were held back by operators; we thanked |
    """
    if not book.has(Input) or not whole(book, Input, "clause", "summary"):
        return
    if CULTURE not in entered_of(book):
        message = f"No row in Inputs ({CULTURE}) brings quality culture and ethical behavior to the review."
        yield Problem(header_cell(book, Input, "clause"), message)
