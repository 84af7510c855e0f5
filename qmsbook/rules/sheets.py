"""WBK of the sheets that qmsbook draws: whether it still knows them, and reads what is typed there."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.rules.noticed import troubles
from qmsbook.rules.rule import Problem, Severity, rule


@rule("WBK070", Severity.WARNING)
def sign_of_a_sheet_damaged(book: Book) -> Iterator[Problem]:
    """A hidden sign of a drawn sheet was changed.

    Why
        A sheet that qmsbook draws is known by signs in hidden cells; by them it also tells your words
        from its own. It has more than one, so nothing is lost yet.
    Fix
        Refresh: the sheet gets its signs back, and what was typed over them is moved to Kept notes. A sheet
        that is left as it is: move your words to a sheet of your own and delete it; it is then drawn anew.
    Bad
        [!]

        On the sheets
        | Kind         | Table | Row       | Header | Detail                                          |
        |--------------|-------|-----------|--------|-------------------------------------------------|
        | sign damaged |       | Scorecard |        | its hidden cell A1 holds x instead of its sign  |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
    """
    for trouble in troubles(book, "sign damaged"):
        message = f"The sheet {trouble.row} was changed where it hides its signs: {trouble.detail}."
        yield Problem(None, message, row=trouble.row)


@rule("WBK071", Severity.WARNING)
def drawn_sheet_copied(book: Book) -> Iterator[Problem]:
    """A sheet is a copy of a review, so nothing typed on it is read.

    Why
        Each review has one sheet whose words go into Decisions, Actions and Reviews. What is typed on a copy
        of it goes nowhere.
    Fix
        Type on the review's own sheet. Move words from the copy there and delete it, or keep it elsewhere.
    Bad
        [!]

        On the sheets
        | Kind         | Table | Row                | Header | Detail         |
        |--------------|-------|--------------------|--------|----------------|
        | sheet copied |       | Review 2026-Q3 (2) |        | Review 2026-Q3 |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
    """
    for trouble in troubles(book, "sheet copied"):
        message = f"The sheet {trouble.row} is a copy of {trouble.detail}; what is typed on it is not read."
        yield Problem(None, message, row=trouble.row)


@rule("WBK072", Severity.WARNING)
def drawn_sheets_alike(book: Book) -> Iterator[Problem]:
    """Several sheets look like one drawn sheet, and nothing tells which one counts.

    Why
        While a copy could be taken for the sheet, it cannot be drawn anew, and nothing typed there is read.
    Fix
        Delete the copies, or move them to a workbook of their own.
    Bad
        [!]

        On the sheets
        | Kind         | Table | Row       | Header | Detail                   |
        |--------------|-------|-----------|--------|--------------------------|
        | sheets alike |       | Scorecard |        | Scorecard and Last month |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
    """
    for trouble in troubles(book, "sheets alike"):
        message = f"The sheets {trouble.detail} are copies of each other; neither is drawn anew nor read."
        yield Problem(None, message, row=trouble.row)


@rule("WBK073", Severity.ERROR)
def drawn_sheet_not_known(book: Book) -> Iterator[Problem]:
    """A sheet holds the areas of a review but is no longer known as one.

    Why
        Its hidden cell A1, by which earlier releases knew the sheet, was typed over. Minutes and decisions on
        it are not read, and a review would be drawn beside it.
    Fix
        Press Undo if you can. Else show row 1 of the sheet and type into A1 what the finding says.
    Bad
        [!]

        On the sheets
        | Kind      | Table | Row            | Header | Detail                 |
        |-----------|-------|----------------|--------|------------------------|
        | sign lost |       | Review 2026-Q3 |        | qmsbook:review:2026-Q3 |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
    """
    for trouble in troubles(book, "sign lost"):
        message = f"The sheet {trouble.row} has a review's areas, but nothing says so: nothing on it is read."
        fix = f"Show row 1 of the sheet and type {trouble.detail} into its cell A1; then refresh."
        yield Problem(None, message, row=trouble.row, fix=fix)
