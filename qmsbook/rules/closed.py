"""REV: reviews on sheets that no longer say what was kept of them."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.rules.decisions import noted, place
from qmsbook.rules.rule import Problem, Severity, rule


@rule("REV023", Severity.WARNING, clause="9.3.3")
def closed_review_changed(book: Book) -> Iterator[Problem]:
    """A closed review was changed afterwards.

    Why
        Its sheet is the record of what leadership saw, concluded and decided. When it was closed, a
        fingerprint of every cell was stored; what stands there now is something else.
    Fix
        Put back what stood there, or reopen the review (`qmsbook reopen`), so that the change is noted, and
        close it again.
    Bad
        Reviews
        | Review     | State  | Digest     |
        |------------|--------|------------|
        | MR-2026-Q3 | closed | 5f2a9c [!] |

        On the sheets
        | Kind           | Table   | Row        | Header | Detail              |
        |----------------|---------|------------|--------|---------------------|
        | review changed | Reviews | MR-2026-Q3 | Digest | Review 2026-Q3!C120 |
    Good
        Reviews
        | Review     | State  | Digest |
        |------------|--------|--------|
        | MR-2026-Q3 | closed | 5f2a9c |
    """
    for trouble in noted(book, "review changed"):
        message = f"The sheet of {trouble.row} was changed after it was closed: {trouble.detail}."
        yield Problem(place(book, trouble), message, row=trouble.row, table=trouble.table)


@rule("REV024", Severity.WARNING, clause="9.3.3")
def closed_review_gone(book: Book) -> Iterator[Problem]:
    """The sheet of a closed review is gone.

    Why
        It is the record of the review, and auditors ask for it. What can be drawn today is another one: with
        today's figures.
    Fix
        Copy the sheet back from an older copy of the workbook.
    Bad
        Reviews
        | Review     | State  | Digest     |
        |------------|--------|------------|
        | MR-2026-Q3 | closed | 5f2a9c [!] |

        On the sheets
        | Kind        | Table   | Row        | Header | Detail |
        |-------------|---------|------------|--------|--------|
        | review gone | Reviews | MR-2026-Q3 | Digest |        |
    Good
        Reviews
        | Review     | State  | Digest |
        |------------|--------|--------|
        | MR-2026-Q3 | closed | 5f2a9c |
    """
    for trouble in noted(book, "review gone"):
        message = f"The workbook no longer has the sheet of {trouble.row}, which is closed."
        yield Problem(place(book, trouble), message, row=trouble.row, table=trouble.table)


@rule("REV025", Severity.WARNING, clause="9.3.3")
def review_says_otherwise(book: Book) -> Iterator[Problem]:
    """A review's sheet and a table say different things, and both were changed.

    Why
        What is typed on the review is carried into the tables and the other way round. Where both sides were
        changed since, qmsbook does not guess which one counts.
    Fix
        Type on both sides what counts.
    Bad
        Decisions
        | Decision | Owner           |
        |----------|-----------------|
        | D04      | Erin Foster [!] |

        On the sheets
        | Kind        | Table     | Row | Header | Detail                                                 |
        |-------------|-----------|-----|--------|--------------------------------------------------------|
        | two answers | Decisions | D04 | Owner  | D04, Owner: this sheet says Ann, Decisions says Erin.  |
    Good
        Decisions
        | Decision | Owner       |
        |----------|-------------|
        | D04      | Erin Foster |
    """
    for trouble in noted(book, "two answers"):
        yield Problem(place(book, trouble), trouble.detail, row=trouble.row, table=trouble.table)
