"""WBK: what people type: words with one meaning, words with two, and what Excel makes of them on its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.dates import day_first, numeric_day
from qmsbook.book.table import Column, Table, Value, columns_of, there
from qmsbook.book.tables import TABLES
from qmsbook.rules.ask import counted, number, shown
from qmsbook.rules.noticed import cell_of, troubles
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import grouped


@rule("WBK061", Severity.ERROR)
def ambiguous_date(book: Book) -> Iterator[Problem]:
    """A date can be read in two ways.

    Why
        10/11/2026 is in October to an American and in November to everybody else. Guessing would move every
        second due date by months, and nobody would see it.
    Fix
        Type the day as 2026-11-10, or with the month's name.
    Bad
        Actions
        | Action | Due              |
        |--------|------------------|
        | A11    | "10/11/2026" [!] |
    Good
        Actions
        | Action | Due        |
        |--------|------------|
        | A11    | 2026-11-10 |
    """
    for trouble in troubles(book, "ambiguous date"):
        message = f"{cell_of(book, trouble)} is the text {shown(trouble.value)}, which may mean two days."
        fix = f"Type the day that was meant: {trouble.detail}."
        yield Problem(trouble.cell, message, fix=fix)


@rule("WBK062", Severity.ERROR)
def word_of_another_tool(book: Book) -> Iterator[Problem]:
    """A word comes from another tool or language.

    Why
        People bring the words of the list that they kept before: Closed, WIP, erledigt. What they most
        likely mean is proposed; until it is typed the cell counts as blank, for a guess could close an
        action that is open.
    Fix
        Pick the word from the drop-down, or replace all of them at once (Home, Find & Select, Replace).
    Bad
        Actions
        | Action | State        |
        |--------|--------------|
        | A11    | erledigt [!] |
        | A12    | WIP [!]      |
    Good
        Actions
        | Action | State |
        |--------|-------|
        | A11    | done  |
        | A12    | open  |
    """
    for trouble in troubles(book, "word of another tool"):
        message = f"{cell_of(book, trouble)} holds {shown(trouble.value)}."
        yield Problem(trouble.cell, message, fix=f"Write {trouble.detail} for {shown(trouble.value)}.")


@rule("WBK063", Severity.ADVICE)
def period_in_other_words(book: Book) -> Iterator[Problem]:
    """A period is written in other words.

    Why
        It has one meaning and was read. But a list in which the same month is called Nov 2024, 11/2024 and
        2024-11 does not sort, and a filter finds a third of it.
    Fix
        Write 2026-10 for a month, 2026-Q3 for a quarter, 2026-H1 for a half-year, 2026 or 2026-W05.
    Bad
        Measurements
        | KPI | Period        | Value |
        |-----|---------------|-------|
        | K07 | Sep 2026 [!]  | 93.1  |
        | K07 | "10/2026" [!] | 94.2  |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 93.1  |
        | K07 | 2026-10 | 94.2  |
    """
    words = grouped(troubles(book, "period in words"), lambda each: (each.table, each.header, each.value))
    for (table, header, value), cells in words.items():
        many = f" in {len(cells):,} rows" if len(cells) > 1 else ""
        read = cells[0].detail.removeprefix("It was read as ").removesuffix(".")
        yield Problem(cells[0].cell, f"{header} in {table} says {shown(value)}{many}; it was read as {read}.")


@rule("WBK064", Severity.WARNING)
def day_and_month_swapped(book: Book) -> Iterator[Problem]:
    """Days and months of a column may be swapped.

    Why
        Excel makes a date of 7/12/2026 in the order of its own country. Where some dates of the column stayed
        text because their day is above 12, the others were most likely turned around: 7 December is now
        12 July.
    Fix
        Compare these dates with their source, type them again as 2026-12-07, then do the same with the text.
    Bad
        Actions
        | Action | Due            |
        |--------|----------------|
        | A11    | "31/12/2026"   |
        | A12    | 2026-07-12 [!] |
        | A13    | 2026-03-09     |
    Good
        Actions
        | Action | Due        |
        |--------|------------|
        | A11    | 2026-12-31 |
        | A12    | 2026-07-12 |
        | A13    | 2026-03-09 |
    """
    for table, place, column in _columns_of_dates(book):
        values = table.columns[place]
        texts = [v for row in there(values) if isinstance(v := values[row], str) and numeric_day(v)]
        orders = {day_first(text) for text in texts}
        # Texts of both kinds, or some whose day would have fitted, were not left over by Excel.
        if len(orders) != 1 or orders == {None}:
            continue
        rows = [row for row in there(values) if _may_be_swapped(values[row])]
        if rows:
            yield Problem(table.cell(rows[0], place), _swapped(table, column, values, rows, texts[0]))


def _columns_of_dates(book: Book) -> Iterator[tuple[Table, int, Column]]:
    """The user's date columns that hold both dates and text."""
    for record in TABLES:
        table = book.tables.get(record.TABLE)
        if table is None:
            continue
        for column in columns_of(record).values():
            place = table.find(column.header) if column.kind == "date" and not column.computed else None
            if place is not None and str in set(map(type, table.columns[place])):
                yield table, place, column


def _may_be_swapped(value: Value) -> bool:
    return isinstance(value, date) and value.day <= 12 and value.day != value.month


def _swapped(table: Table, column: Column, values: list[Value], rows: list[int], text: str) -> str:
    first = values[rows[0]]
    assert isinstance(first, date)
    other = date(first.year, first.day, first.month)
    one = len(rows) == 1
    return (
        f"{column.header} in {table.name} holds days as text, such as {shown(text)}, and "
        f"{counted(len(rows), 'date')} whose day and month may have been swapped: "
        f"{first.isoformat()[:10]} may be {other.isoformat()}{'' if one else ', and so on'}."
    )


@rule("WBK065", Severity.WARNING)
def cells_merged(book: Book) -> Iterator[Problem]:
    """Cells of a table are merged.

    Why
        A merge keeps its first cell only; the others hold nothing and can take nothing. In a column that
        qmsbook fills they stay as they are when the sheet is refreshed; in one of yours those rows count as
        blank there.
    Fix
        Take the merge apart (Home, Merge & Center), and fill the cells that it covered.
    Bad
        Measurements
        | KPI | Period  | Value    |
        |-----|---------|----------|
        | K07 | 2026-08 | 93.1 [!] |
        | K07 | 2026-09 | ^        |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-08 | 93.1  |
        | K07 | 2026-09 | 94.2  |
    """
    for trouble in troubles(book, "merged", settings=True):
        if trouble.cell is not None:
            yield Problem(trouble.cell, f"{trouble.value} in {trouble.table} are merged. {trouble.detail}")


@rule("WBK066", Severity.ERROR)
def percent_cell_multiplies(book: Book) -> Iterator[Problem]:
    """A figure stands in a percent cell as a hundredfold of itself.

    Why
        A cell that was formatted as percent after 24 was typed shows 2400%, and that is what it holds. No
        status is worked out from it; a KPI that can reach 1,000 percent says so in *Highest possible*.
    Fix
        Type the figure again, with the percent sign: 24%.
    Bad
        KPIs
        | KPI | Unit | Target    | Highest possible |
        |-----|------|-----------|------------------|
        | K07 | %    | 2400% [!] |                  |
    Good
        KPIs
        | KPI | Unit | Target | Highest possible |
        |-----|------|--------|------------------|
        | K07 | %    | 24%    |                  |
    """
    for trouble in troubles(book, "hundredfold"):
        if isinstance(trouble.value, float):
            message = (
                f"{cell_of(book, trouble)} holds {number(trouble.value * 100)} %, for it is a percent cell."
            )
            fix = f"If {number(trouble.value)} % was meant, type {number(trouble.value)}% there."
            yield Problem(trouble.cell, message, fix=fix)


@rule("WBK067", Severity.ERROR)
def figure_in_another_unit(book: Book) -> Iterator[Problem]:
    """A figure is in another unit than its KPI.

    Why
        30 € is not $30, and 90 % is no score of 90. Read as the bare number, it would be held against a plan
        that counts something else.
    Fix
        Type the figure in the KPI's unit, or correct *Unit*.
    Bad
        KPIs
        | KPI | Unit  | Target   |
        |-----|-------|----------|
        | K07 | $     | 30 € [!] |
        | K08 | score | 90% [!]  |
        | K09 | min   | 2 h [!]  |
    Good
        KPIs
        | KPI | Unit  | Target |
        |-----|-------|--------|
        | K07 | $     | 33     |
        | K08 | score | 4.5    |
        | K09 | min   | 120    |
    """
    for trouble in troubles(book, "another unit"):
        said = trouble.value
        text = f"{number(said * 100)} %" if isinstance(said, float) else shown(said)
        yield Problem(trouble.cell, f"{cell_of(book, trouble)} says {text}.", fix=trouble.detail)
