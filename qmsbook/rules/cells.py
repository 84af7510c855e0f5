"""WBK: cells that hold something else than their column takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book, Trouble
from qmsbook.book.table import columns_of
from qmsbook.book.tables import (
    TABLES,
    Measurement,
)
from qmsbook.rules.ask import (
    counted,
    inside,
    shown,
)
from qmsbook.rules.noticed import cell_of, kind_of, meant_period, otherwise, told, troubles
from qmsbook.rules.plan import says_nothing
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import grouped


@rule("WBK008", Severity.ERROR)
def cell_of_wrong_type(book: Book) -> Iterator[Problem]:
    """A cell holds something of the wrong kind.

    Why
        A word where a figure belongs is not zero, and not missing either: somebody meant something. It
        counts as blank until it is mended, so that no status is worked out from a guess.
    Fix
        Type the value again, plain; what you want to say about it belongs in a comment. If there is no value
        yet, leave the cell blank.
    Bad
        KPIs
        | KPI | Target       | Target on   |
        |-----|--------------|-------------|
        | K07 | see plan [!] | someday [!] |
    Good
        KPIs
        | KPI | Target | Target on  |
        |-----|--------|------------|
        | K07 | 95     | 2026-12-31 |
    """
    for trouble in troubles(book, "wrong type"):
        if trouble.detail.startswith("Excel made a date"):
            message = f"{cell_of(book, trouble)} is the date {shown(trouble.value)}. {trouble.detail}"
            number = "number" in kind_of(trouble)
            again = "a number and type the value" if number else "text and type the id"
            fix = _two_figures(trouble) or f"Format the cell as {again} again."
            yield Problem(trouble.cell, message, fix=fix)
            continue
        message = f"{cell_of(book, trouble)} holds {shown(trouble.value)}, which is not {kind_of(trouble)}."
        yield Problem(trouble.cell, message, fix=_plainly(trouble))


def _two_figures(trouble: Trouble) -> str:
    """What to type where Excel made a date of a range or a score; blank for cells that take neither."""
    day = trouble.value
    if not isinstance(day, date) or trouble.header not in {"Target", "Low", "High", "Planned"}:
        return ""
    one, other = sorted((day.month, day.day))
    return (
        f"If a range was meant, type {one} to {other}; if a score, {one} out of {other}; else format the "
        "cell as a number and type the value again."
    )


def _plainly(trouble: Trouble) -> str:
    """What to type instead; blank where nothing more can be said than the rule does."""
    text = str(trouble.value)
    if says_nothing(text):
        why = " and say why under *Comment*" if trouble.table == "Measurements" else ""
        return f"Leave the cell blank{why}: a blank is understood, {shown(text)} is not."
    if "date" in kind_of(trouble):
        return _one_day(trouble.detail)
    if "number" in kind_of(trouble) and any(letter.isdigit() for letter in text):
        return "Type the number alone; what you want to say about it belongs in a comment."
    return ""


def _one_day(detail: str) -> str:
    meant = re.match(r"Did you mean (\d{4}-\d\d-\d\d)\?", detail)
    day = meant[1] if meant else "2026-12-31"
    more = f"{detail} " if detail.startswith(("The year", "To Excel")) else ""
    return f"{more}Type one day, such as {day}; for the end of a month, its last day."


@rule("WBK009", Severity.ERROR)
def cell_shows_error(book: Book) -> Iterator[Problem]:
    """A cell shows an error value.

    Why
        An error such as #N/A comes from a formula whose source has moved or is gone. Read as zero it would
        turn a good month into a disaster, or a disaster into a good month.
    Fix
        Mend the formula, or type the value.
    Bad
        Measurements
        | KPI | Period  | Value    |
        |-----|---------|----------|
        | K07 | 2026-09 | #N/A [!] |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 94.2  |
    """
    yield from told(book, "error value", says="{cell} shows {shown}.")


@rule("WBK010", Severity.ERROR)
def impossible_date(book: Book) -> Iterator[Problem]:
    """A date does not exist.

    Why
        There is no 31 November. Excel keeps such a date as text without a word, and every due date that is
        worked out from it silently disappears.
    Fix
        Type the date that was meant; if Excel moves it to the right of the cell, it took it as a date.
    Bad
        Actions
        | Action | Due            |
        |--------|----------------|
        | A11    | 2026-11-31 [!] |
    Good
        Actions
        | Action | Due        |
        |--------|------------|
        | A11    | 2026-11-30 |
    """
    yield from told(book, "impossible date", says="{cell} holds {shown}, and there is no such day.")


@rule("WBK011", Severity.ERROR)
def number_off_the_scale(book: Book) -> Iterator[Problem]:
    """A number lies outside the scale of its column.

    Why
        A likelihood of 7 on a scale of 1 to 5 outranks every honest score beside it. It counts as blank
        until somebody says what was meant.
    Fix
        Type a value that is on the scale.
    Bad
        Risks
        | Risk | Likelihood | Impact  |
        |------|------------|---------|
        | R03  | 7 [!]      | 2.5 [!] |
    Good
        Risks
        | Risk | Likelihood | Impact |
        |------|------------|--------|
        | R03  | 5          | 3      |
    """
    yield from told(book, "off the scale", says="{cell} is {shown}. {detail}")


@rule("WBK012", Severity.ERROR)
def unknown_choice(book: Book) -> Iterator[Problem]:
    """A word is not one of the choices.

    Why
        A few cells steer how the rest of the row is judged: which way is better, how often, open or done.
        A word of one's own there cannot be understood, so the row would be judged wrongly or not at all.
    Fix
        Pick a word from the drop-down.
    Bad
        KPIs
        | KPI | Direction    | Active    |
        |-----|--------------|-----------|
        | K07 | sideways [!] | maybe [!] |
    Good
        KPIs
        | KPI | Direction | Active |
        |-----|-----------|--------|
        | K07 | higher    | yes    |
    """
    yield from told(book, "unknown choice", says="{cell} holds {shown}.", fix="{detail}")


@rule("WBK013", Severity.ERROR)
def ambiguous_number(book: Book) -> Iterator[Problem]:
    """A number kept as text can be read in two ways.

    Why
        "1,234" is one thousand in Ohio and one and a quarter in Munich. Guessing would be right in most
        workbooks and a thousand times wrong in the rest.
    Fix
        Type the number again without any sign between the thousands.
    Bad
        Measurements
        | KPI | Period  | Value       |
        |-----|---------|-------------|
        | K07 | 2026-09 | "1,234" [!] |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 1234  |
    """
    yield from told(book, "ambiguous number", says="{cell} is the text {shown}, which may mean two numbers.")


@rule("WBK014", Severity.ERROR)
def formula_not_calculated(book: Book) -> Iterator[Problem]:
    """A formula has no result yet.

    Why
        A workbook that a program has written may hold formulas that nobody has calculated. What such a cell
        would show is not known here.
    Fix
        Open the workbook in Excel, let it calculate, save it and check again; or type the value.
    Bad
        KPIs
        | KPI | Target        |
        |-----|---------------|
        | K07 | =B1*2 -> [!] |
    Good
        KPIs
        | KPI | Target      |
        |-----|-------------|
        | K07 | =B1*2 -> 95 |
    """
    yield from told(book, "not calculated", says="{cell} is a formula without a result.")


@rule("WBK015", Severity.WARNING)
def number_kept_as_text(book: Book) -> Iterator[Problem]:
    """A number is kept as text.

    Why
        Excel leaves text out of its sums and charts without a word. Here the number was read, because it
        can mean only one thing, but your own formulas beside it do not see it.
    Fix
        Type the number again without its unit, or use Excel's *Convert to Number*.
    Bad
        Measurements
        | KPI | Period  | Value       |
        |-----|---------|-------------|
        | K07 | 2026-09 | "95.1%" [!] |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 95.1  |
    """
    yield from otherwise(book, "number as text", "the text")


@rule("WBK016", Severity.ADVICE)
def date_kept_as_text(book: Book) -> Iterator[Problem]:
    """A date is kept as text.

    Why
        A date that Excel took for text is sorted, filtered and compared like a word. It was read here,
        because it can mean only one day, but your filters and formulas do not see it.
    Fix
        Type the date again so that Excel moves it to the right of the cell.
    Bad
        Actions
        | Action | Due              |
        |--------|------------------|
        | A11    | "31.12.2026" [!] |
    Good
        Actions
        | Action | Due        |
        |--------|------------|
        | A11    | 2026-12-31 |
    """
    yield from otherwise(book, "date as text", "the text")


@rule("WBK017", Severity.WARNING)
def date_where_period_belongs(book: Book) -> Iterator[Problem]:
    """A day stands where a period belongs.

    Why
        A reading stands for a whole month, quarter or week. A day inside it is probably the day it was
        typed, and a figure typed on 4 November is usually October's.
    Fix
        Type the period as text: 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05.
    Bad
        Reviews
        | Review  | Period         |
        |---------|----------------|
        | MR-2026 | 2026-09-15 [!] |
    Good
        Reviews
        | Review     | Period  |
        |------------|---------|
        | MR-2026-Q3 | 2026-Q3 |
    """
    yield from otherwise(book, "date for a period", "the day")


@rule("WBK018", Severity.WARNING)
def formula_like_text(book: Book) -> Iterator[Problem]:
    """A text looks like a formula.

    Why
        Typed into a cell formatted as text, a formula stays a text and never calculates. And a text that
        begins like a formula becomes one as soon as somebody exports the list and opens it elsewhere.
    Fix
        If a formula was meant, format the cell as General and enter it again; else begin with a word.
    Bad
        Actions
        | Action | What                 |
        |--------|----------------------|
        | A11    | "=SUM(A1:A9)" [!]    |
    Good
        Actions
        | Action | What                   |
        |--------|------------------------|
        | A11    | Add up the scrap sheet |
    """
    yield from told(
        book,
        "formula-like text",
        says="{cell} is the text {shown}, which looks like a formula.",
        settings=True,
    )


@rule("WBK034", Severity.WARNING)
def computed_column_overwritten(book: Book) -> Iterator[Problem]:
    """A column that qmsbook fills holds a formula of yours.

    Why
        A formula of yours is left alone, so these cells are skipped when the sheet is refreshed. The status
        you see there is no longer the one that the review shows.
    Fix
        Clear the formulas there, or move them to a column of your own.
    Bad
        KPIs
        | KPI | Status                      |
        |-----|-----------------------------|
        | K07 | =IF(1,"fine") -> fine [!] |
        | K08 | =IF(1,"fine") -> fine     |
    Good
        KPIs
        | KPI | Status   | Our status                |
        |-----|----------|---------------------------|
        | K07 | On track | =IF(1,"fine") -> fine |
    """
    columns = grouped(troubles(book, "computed formula"), lambda trouble: (trouble.table, trouble.header))
    for (table, header), cells in columns.items():
        count, verb = counted(len(cells), "cell"), "holds" if len(cells) == 1 else "hold"
        yield Problem(cells[0].cell, f"{count} of {header} in {table} {verb} a formula of yours.")


@rule("WBK039", Severity.WARNING)
def malformed_period(book: Book) -> Iterator[Problem]:
    """A period is written in a way that cannot be read.

    Why
        Periods are written in one way so that they sort and so that Oct-26 is never taken for the 26th of
        October. Readings have a rule of their own; this one is about planned values and reviews.
    Fix
        Write 2026-10 for a month, 2026-Q3 for a quarter, 2026-H1 for a half-year, 2026 or 2026-W05.
    Bad
        Reviews
        | Review     | Period           |
        |------------|------------------|
        | MR-2026-Q3 | 3rd quarter [!]  |
    Good
        Reviews
        | Review     | Period  |
        |------------|---------|
        | MR-2026-Q3 | 2026-Q3 |
    """
    for record in TABLES:
        if record is Measurement:
            continue
        for name, column in columns_of(record).items():
            if column.kind == "period" and not column.computed:
                for row in book.of(record):
                    text = getattr(row, name)
                    if text and book.parse_period(text) is None:
                        message = f"{column.header} of {inside(row)} says {shown(text)}."
                        yield Problem(row.cell(name), message, fix=meant_period(book, row.cell(name)))
