"""WBK: tables and columns that are missing, twice or renamed, and rows apart from their table."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.rules.ask import (
    counted,
    listed,
)
from qmsbook.rules.noticed import told, troubles
from qmsbook.rules.rule import Problem, Severity, rule


@rule("WBK001", Severity.ERROR)
def required_table_missing(book: Book) -> Iterator[Problem]:
    """A table that every plan needs, or whose rows are still there, is missing.

    Why
        Goals, Objectives, KPIs and Measurements are the cascade itself; without one of them nothing hangs
        together and nothing below it can be checked. Of the other tables only those are missed whose headers
        still stand: *Convert to range* takes a table and leaves its words, and LibreOffice takes the table of
        the sheet before one that is deleted.
    Fix
        Undo what was done, or run qmsbook repair: it makes a list with the right headers a table again. If
        the sheet is gone, copy it from an empty qmsbook workbook. Until then nothing is judged, written or
        mailed.
    Bad
        [!]
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |

        Measurements
        | KPI | Period  |
        |-----|---------|
        | K07 | 2026-10 |
    Good
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |

        Measurements
        | KPI | Period  |
        |-----|---------|
        | K07 | 2026-10 |
    """
    for trouble in troubles(book, "missing table", settings=True):
        if trouble.cell is None:
            message = f"The workbook has no table {trouble.table}. {trouble.detail}".strip()
            yield Problem(None, message, table=trouble.table)


@rule("WBK002", Severity.ERROR)
def table_renamed(book: Book) -> Iterator[Problem]:
    """A table has lost its name.

    Why
        A sheet may be renamed and moved, but its table is found by the table's own name. A pasted or
        renamed table looks right on the screen while nobody reads it.
    Fix
        Click into the table and give it its name back under Table Design, Table Name, or run qmsbook repair.
        Until then nothing is judged, written or mailed.
    Bad
        MyGoals
        | Goal [!] | Statement | Theme  | Owner       | Horizon    | Rank | Result KPI |
        |----------|-----------|--------|-------------|------------|------|------------|
        | G1       | Grow      | growth | Erin Foster | 2026-12-31 | 1    | K07        |
    Good
        Goals
        | Goal | Statement | Theme  | Owner       | Horizon    | Rank | Result KPI |
        |------|-----------|--------|-------------|------------|------|------------|
        | G1   | Grow      | growth | Erin Foster | 2026-12-31 | 1    | K07        |
    """
    for trouble in troubles(book, "missing table", settings=True):
        if trouble.cell is not None:
            message = f"There is no table {trouble.table}. {trouble.detail}"
            yield Problem(trouble.cell, message, table=trouble.table)


@rule("WBK003", Severity.ERROR)
def table_twice(book: Book) -> Iterator[Problem]:
    """A table stands in the workbook twice.

    Why
        Whoever copies a sheet copies its table, and Excel calls the copy Goals1 or Goals_2. From then on some
        people type into the one and some into the other; only the one with the plain name is read.
    Fix
        Move what is new from the copy into the original and delete the copy.
    Bad
        Goals
        | Goal |
        |------|
        | G1   |

        Goals2
        | Goal [!] | Statement | Theme  | Owner       | Horizon    | Rank | Result KPI |
        |----------|-----------|--------|-------------|------------|------|------------|
        | G2       | Grow      | growth | Erin Foster | 2026-12-31 | 2    | K07        |
    Good
        Goals
        | Goal |
        |------|
        | G1   |
        | G2   |
    """
    yield from told(
        book,
        "table twice",
        says="The table {value} is a copy of {table}, and only {table} is read.",
        settings=True,
    )


@rule("WBK004", Severity.ADVICE)
def optional_tables_absent(book: Book) -> Iterator[Problem]:
    """Tables that could help are not in the workbook.

    Why
        A small company may delete the sheets it does not need; nothing breaks. But what is not there is not
        checked, and somebody should have decided that. No risks and no review inputs is rarely a decision.
    Fix
        Copy the sheets that you miss from an empty qmsbook workbook, or leave it: this is said once.
    Bad
        [!]
        Goals
        | Goal |
        |------|
        | G1   |
    Good
        Settings
        | Setting | Value     |
        |---------|-----------|
        | Company | Whitfield |

        People
        | Person      |
        |-------------|
        | Erin Foster |

        Processes
        | Process |
        |---------|
        | P07     |

        Targets
        | KPI |
        |-----|
        | K07 |

        Risks
        | Risk |
        |------|
        | R03  |

        Actions
        | Action |
        |--------|
        | A11    |

        Ideas
        | Idea |
        |------|
        | I05  |

        Context
        | Issue |
        |-------|
        | C02   |

        Inputs
        | Clause |
        |--------|
        | b      |

        Reviews
        | Review     |
        |------------|
        | MR-2026-Q3 |

        Decisions
        | Decision |
        |----------|
        | D04      |

        Waivers
        | Code   |
        |--------|
        | OWN001 |
    """
    for trouble in troubles(book, "absent tables"):
        names = str(trouble.value).split(", ")
        word = "this table" if len(names) == 1 else "these tables"
        message = f"The workbook does without {word}: {listed(names, 20)}."
        yield Problem(None, message)


@rule("WBK005", Severity.ERROR)
def column_missing(book: Book) -> Iterator[Problem]:
    """A column that a table needs is missing.

    Why
        The columns shown at first are the ones that every check and every status rests on. Without one, its
        checks are silent, and silence looks like success.
    Fix
        Insert a column with exactly this header into the table; the order of columns does not matter.
    Bad
        KPIs
        | KPI [!] | Name    | Supports | Process | Owner | Unit | Direction | Baseline | Target on  | ... |
        |---------|---------|----------|---------|-------|------|-----------|----------|------------|-----|
        | K07     | On time | O1.2     | P07     | Erin  | %    | higher    | 86.2     | 2026-12-31 |     |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |
    """
    for trouble in troubles(book, "missing column", settings=True):
        if not trouble.detail:
            message = f"The table {trouble.table} has no column {trouble.header}."
            yield Problem(trouble.cell, message, column=trouble.header)


@rule("WBK006", Severity.ERROR)
def column_renamed(book: Book) -> Iterator[Problem]:
    """A column that a table needs has another header.

    Why
        A column is found by its header: the text before any bracket, in any case. *Goal value* may say the
        same as *Target* to you, but it is read by nobody.
    Fix
        Give the column its header back; notes of your own can stand behind it in brackets.
    Bad
        Measurements
        | KPI [!] | Period  | Values | Comment | ... |
        |---------|---------|--------|---------|-----|
        | K07     | 2026-10 | 94.2   |         |     |
    Good
        KPIs
        | KPI | Target (in %) |
        |-----|---------------|
        | K07 | 95            |
    """
    for trouble in troubles(book, "missing column", settings=True):
        if trouble.detail:
            message = f"The table {trouble.table} has no column {trouble.header}. {trouble.detail}"
            yield Problem(trouble.cell, message, column=trouble.header)


@rule("WBK007", Severity.ERROR)
def column_twice(book: Book) -> Iterator[Problem]:
    """A header stands in a table twice.

    Why
        Only the first of two columns with one header is read. The figures that somebody keeps in the second
        are lost to every status and every review.
    Fix
        Put everything into the first of the two columns and delete or rename the second.
    Bad
        KPIs
        | KPI | Target | TARGET (2027) [!] |
        |-----|--------|-------------------|
        | K07 | 95     | 97                |
    Good
        KPIs
        | KPI | Target | Target of 2027 |
        |-----|--------|----------------|
        | K07 | 95     | 97             |
    """
    yield from told(
        book,
        "header twice",
        says="The table {table} has the column {header} twice; only the first is read.",
        settings=True,
    )


@rule("WBK019", Severity.ADVICE)
def blank_row_inside(book: Book) -> Iterator[Problem]:
    """There are blank rows between the rows of a table.

    Why
        They do no harm here, but people who scroll down to the first blank row believe they have seen the
        end of the list.
    Fix
        Delete the blank rows (right-click, Delete, Table Rows).
    Bad
        Actions
        | Action | What              |
        |--------|-------------------|
        | A11    | Freeze schedule   |
        | [!]    |                   |
        |        |                   |
        | A12    | Call the supplier |
    Good
        Actions
        | Action | What              |
        |--------|-------------------|
        | A11    | Freeze schedule   |
        | A12    | Call the supplier |
    """
    for trouble in troubles(book, "blank row", settings=True):
        count = int(trouble.value) if isinstance(trouble.value, float) else 1
        yield Problem(trouble.cell, f"{counted(count, 'blank row')} inside the table {trouble.table}.")


@rule("WBK050", Severity.ERROR)
def rows_apart_from_table(book: Book) -> Iterator[Problem]:
    """Rows stand below a table with a gap and are not read.

    Why
        What is typed directly below a table counts as its next rows. Behind a blank row, or behind a note, it
        looks like part of the list to everybody who reads it, and is read by nothing: no status, no check.
    Fix
        Move these rows up, directly below the last row of the table, or delete them.
    Bad
        Risks
        | Risk | Description |
        |------|-------------|
        | R03  | Late steel  |
        |------|-------------|
        |      |             |
        | R99 [!] | Sick welder |
    Good
        Risks
        | Risk | Description |
        |------|-------------|
        | R03  | Late steel  |
        |------|-------------|
        | R99  | Sick welder |
    """
    for trouble in troubles(book, "rows apart", settings=True):
        between = f"{trouble.value}, no whole row, comes" if trouble.value else "a gap comes"
        message = (
            f"{trouble.detail}, below the table {trouble.table}, cannot count as rows: {between} between."
        )
        yield Problem(trouble.cell, message, table=trouble.table)


@rule("WBK051", Severity.ADVICE)
def words_below_table(book: Book) -> Iterator[Problem]:
    """A note or a total stands below a table.

    Why
        It is left alone and does no harm to what is read. But the table cannot grow over it: a new row has
        no place to go.
    Fix
        Move it to the right of the table or above it; for a total switch on the table's own totals row.
    Bad
        Actions
        | Action | What            | ... |
        |--------|-----------------|-----|
        | A11    | Freeze schedule |     |
        |--------|-----------------|-----|
        |        | [!] See also the minutes |
    Good
        Actions
        | Action | What            | ... |
        |--------|-----------------|-----|
        | A11    | Freeze schedule |     |
    """
    yield from told(
        book,
        "words below",
        says="{detail}, below the table {table}, can only be read as notes, not as rows.",
        settings=True,
    )
