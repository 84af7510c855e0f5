"""WBK: the workbook itself: tables, headers, cells, ids, settings and waivers that can be relied on."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book, Noticed, Trouble
from qmsbook.book.cell import Cell
from qmsbook.book.parse import squeezed
from qmsbook.book.table import Record, columns_of
from qmsbook.book.tables import (
    SETTINGS,
    TABLES,
    Goal,
    Kpi,
    Measurement,
    Objective,
    Person,
    Process,
    Review,
    Setting,
    Waiver,
    setting_named,
)
from qmsbook.rules.ask import (
    Hints,
    Link,
    asked,
    counted,
    elsewhere,
    has_column,
    inside,
    listed,
    named,
    number,
    raw,
    several,
    shown,
    unknown_links,
)
from qmsbook.rules.noticed import cell_of, kind_of, meant_period, read_as, troubles
from qmsbook.rules.plan import says_nothing
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
    for trouble in troubles(book, "table twice", settings=True):
        message = f"The table {trouble.value} is a copy of {trouble.table}, and only {trouble.table} is read."
        yield Problem(trouble.cell, message, table=trouble.table)


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
    for trouble in troubles(book, "header twice", settings=True):
        message = f"The table {trouble.table} has the column {trouble.header} twice; only the first is read."
        yield Problem(trouble.cell, message, column=trouble.header)


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
    for trouble in troubles(book, "error value"):
        yield Problem(trouble.cell, f"{cell_of(book, trouble)} shows {shown(trouble.value)}.")


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
    for trouble in troubles(book, "impossible date"):
        yield Problem(
            trouble.cell, f"{cell_of(book, trouble)} holds {shown(trouble.value)}, and there is no such day."
        )


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
    for trouble in troubles(book, "off the scale"):
        message = f"{cell_of(book, trouble)} is {shown(trouble.value)}. {trouble.detail}"
        yield Problem(trouble.cell, message)


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
    for trouble in troubles(book, "unknown choice"):
        message = f"{cell_of(book, trouble)} holds {shown(trouble.value)}."
        yield Problem(trouble.cell, message, fix=trouble.detail)


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
    for trouble in troubles(book, "ambiguous number"):
        message = f"{cell_of(book, trouble)} is the text {shown(trouble.value)}, which may mean two numbers."
        yield Problem(trouble.cell, message)


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
    for trouble in troubles(book, "not calculated"):
        yield Problem(trouble.cell, f"{cell_of(book, trouble)} is a formula without a result.")


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
    for trouble in troubles(book, "number as text"):
        yield Problem(trouble.cell, read_as(book, trouble, "the text"))


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
    for trouble in troubles(book, "date as text"):
        yield Problem(trouble.cell, read_as(book, trouble, "the text"))


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
    for trouble in troubles(book, "date for a period"):
        yield Problem(trouble.cell, read_as(book, trouble, "the day"))


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
    for trouble in troubles(book, "formula-like text", settings=True):
        message = f"{cell_of(book, trouble)} is the text {shown(trouble.value)}, which looks like a formula."
        yield Problem(trouble.cell, message)


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


@rule("WBK020", Severity.ERROR)
def row_without_id(book: Book) -> Iterator[Problem]:
    """A row has no id.

    Why
        Everything is linked by ids. What has none can be named by nothing: no objective can serve it, no
        reading belongs to it, no action can be taken for it.
    Fix
        Give the row a short id of its own in the first column.
    Bad
        Goals
        | Goal | Statement         |
        |------|-------------------|
        | G1   | Keep customers    |
        | [!]  | Grow in medical   |
    Good
        Goals
        | Goal | Statement         |
        |------|-------------------|
        | G1   | Keep customers    |
        | G2   | Grow in medical   |
    """
    for record in _with_ids(book):
        if not record.key and record.cell("id") not in book.unreadable:
            yield Problem(record.cell("id"), f"{named(record)} has no id.")


def _with_ids(book: Book) -> Iterator[Record]:
    for record in TABLES:
        if record.KEY == "id" and book.of(record) and has_column(book, record, "id"):
            yield from book.of(record)


def _by_id(book: Book) -> Iterator[tuple[Record, dict[str, list[Record]]]]:
    """Per table, the rows of each id as people mean it, for ids that several rows share."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in _with_ids(book):
        if record.key:
            groups[record.TABLE, squeezed(record.key)].append(record)
    for rows in groups.values():
        if len(rows) > 1:
            spelled: dict[str, list[Record]] = defaultdict(list)
            for record in rows:
                spelled[record.key].append(record)
            yield rows[0], spelled


@rule("WBK021", Severity.ERROR)
def duplicate_id(book: Book) -> Iterator[Problem]:
    """Two rows have the same id.

    Why
        Whoever names the id means one of them, and nobody can tell which. It happens when a row is copied
        to save typing: the copy keeps the id.
    Fix
        Give one of the rows an id of its own, and look at what names the old one.
    Bad
        Goals
        | Goal   | Statement       |
        |--------|-----------------|
        | G1     | Keep customers  |
        | G1 [!] | Grow in medical |
    Good
        Goals
        | Goal | Statement       |
        |------|-----------------|
        | G1   | Keep customers  |
        | G2   | Grow in medical |
    """
    for _, spelled in _by_id(book):
        for key, rows in spelled.items():
            for record in rows[1:]:
                message = f"{named(record)} has the id of row {rows[0].row}: {key}."
                yield Problem(record.cell("id"), message, fix=_lost_zero(book, record))


def _lost_zero(book: Book, record: Record) -> str:
    """What to do where Excel has made one number of two ids: 1.1 and 1.10 are the same to it."""
    value = raw(book, record, "id")
    if not isinstance(value, float) or value.is_integer():
        return ""
    return (
        f"If {record.key}0 was typed, Excel has dropped its last zero: format the column as text and type "
        "the id again. Or give the row another id."
    )


@rule("WBK022", Severity.ERROR)
def ids_differ_only_by_case_or_spaces(book: Book) -> Iterator[Problem]:
    """Two ids differ only by case or spaces.

    Why
        To Excel's own look-ups k07 and K07 are the same, and people do not hear the difference either.
        Sooner or later a figure is booked to the wrong one.
    Fix
        If they mean the same, merge the rows; else give one of them an id that sounds different.
    Bad
        KPIs
        | KPI     |
        |---------|
        | K07     |
        | k07 [!] |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |
        | K08 |
    """
    for _, spelled in _by_id(book):
        keys = list(spelled)
        for key in keys[1:]:
            record = spelled[key][0]
            twin = f"{keys[0]} in row {spelled[keys[0]][0].row}"
            yield Problem(record.cell("id"), f"{named(record)} differs from {twin} only by case or spaces.")


@rule("WBK023", Severity.WARNING)
def id_holds_a_comma(book: Book) -> Iterator[Problem]:
    """An id holds a comma or semicolon.

    Why
        Commas and semicolons separate ids where a cell names several. An id with a comma in it falls apart
        there, and both halves are unknown.
    Fix
        Use letters, digits, points and dashes; for people, first name and last name without a comma.
    Bad
        People
        | Person           |
        |------------------|
        | Foster, Erin [!] |
    Good
        People
        | Person      |
        |-------------|
        | Erin Foster |
    """
    for record in _with_ids(book):
        if "," in record.key or ";" in record.key:
            yield Problem(record.cell("id"), f"The id {shown(record.key)} holds a comma or semicolon.")


@rule("WBK024", Severity.WARNING)
def id_in_two_tables(book: Book) -> Iterator[Problem]:
    """The same id stands in two tables.

    Why
        Actions, ideas and waivers may name any row of the workbook by its id alone. If a risk and a KPI are
        both called 7, nobody can say which one an action serves.
    Fix
        Begin ids with a letter for their kind: G1, O1.2, K07, R03, A11.
    Bad
        Goals
        | Goal |
        |------|
        | 1    |

        Objectives
        | Objective |
        |-----------|
        | 1 [!]     |
    Good
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective |
        |-----------|
        | O1        |
    """
    seen: dict[str, Record] = {}
    for record in _with_ids(book):
        if record.key and record.TABLE != Person.TABLE:
            first = seen.setdefault(squeezed(record.key), record)
            if first.TABLE != record.TABLE:
                yield Problem(record.cell("id"), f"{named(record)} has the same id as {inside(first)}.")


@rule("WBK025", Severity.ADVICE)
def id_spelled_otherwise(book: Book) -> Iterator[Problem]:
    """An id is spelled otherwise than in its own row.

    Why
        It was understood, but a filter on K07 does not show the rows that say k07.
    Fix
        Spell the id as its own row does, or pick it from the drop-down.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI     | Period  |
        |---------|---------|
        | k07 [!] | 2026-10 |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  |
        |-----|---------|
        | K07 | 2026-10 |
    """
    for trouble in troubles(book, "other spelling"):
        spelled = trouble.detail.removeprefix("The row itself spells it ").removesuffix(".")
        yield Problem(
            trouble.cell,
            f"{cell_of(book, trouble)} says {shown(trouble.value)}; the row itself is {spelled}.",
        )


@rule("WBK026", Severity.WARNING)
def row_without_name(book: Book) -> Iterator[Problem]:
    """A row says nothing in words.

    Why
        An id alone tells nobody what it is about: on the notice board, in a review and in these findings
        the words are what people read.
    Fix
        Say in a few plain words what it is.
    Bad
        Objectives
        | Objective | Statement |
        |-----------|-----------|
        | O1.2      | [!]       |
    Good
        Objectives
        | Objective | Statement                                 |
        |-----------|-------------------------------------------|
        | O1.2      | Ship 95 % on the promised date by December |
    """
    for record in book.records():
        name = record.NAME
        if record.TABLE not in _NAMED or not has_column(book, type(record), name):
            continue
        if not getattr(record, name):
            header = columns_of(type(record))[name].header
            cell = record.cell(name)
            yield Problem(cell, f"{named(record)} has no {header.lower()}.", (cell,))


#: Tables whose rows want words; what an action is about is asked by ACT002.
_NAMED = frozenset({"Processes", "Goals", "Objectives", "KPIs", "Risks", "Ideas", "Context"})


def _unknown(link: Link, what: str, book: Book, hint: str) -> Problem:
    """A problem about an id that is not there; ``what`` is the table it should be in."""
    other = elsewhere(book, link.key)
    said = (
        f"{link.key}, which is {_article(other)}" if other else f"{shown(link.key)}, which is not in {what}"
    )
    return Problem(link.cell, f"{link.subject} names {said}.", fix=f"{hint} {_PICK}".strip())


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


_PICK = "Pick an id from the drop-down, or add the row that is missing."


@rule("WBK027", Severity.ERROR, clause="5.3")
def unknown_person(book: Book) -> Iterator[Problem]:
    """A person is named who is not in People.

    Why
        Names get misspelled, and two spellings become two people: the reminder goes to neither of them.
        Owners have a rule of their own; this one is about everybody else who is named.
    Fix
        Write the name as People has it, or add the person there.
    Bad
        People
        | Person      |
        |-------------|
        | Erin Foster |

        Risks
        | Risk | Accepted by     |
        |------|-----------------|
        | R03  | Erin Forster [!] |
    Good
        People
        | Person      |
        |-------------|
        | Erin Foster |

        Risks
        | Risk | Accepted by |
        |------|-------------|
        | R03  | Erin Foster |
    """
    hints = Hints(book.ids.get(Person.TABLE, {}))
    for link in unknown_links(book, Person):
        if link.field not in OWNER_FIELDS:
            said = f"{link.subject} names {shown(link.key)} under {link.header}, who is not in People."
            fix = f"{hints(link.key)} Write the name as People has it, or add the person there.".strip()
            yield Problem(link.cell, said, fix=fix)


#: Fields that hold an owner: OWN002 speaks of them.
OWNER_FIELDS = frozenset({"owner", "control_owner"})


@rule("WBK028", Severity.ERROR, clause="4.4.1")
def unknown_process(book: Book) -> Iterator[Problem]:
    """A process is named that is not in Processes.

    Why
        What hangs on a process that nobody lists is on no process's board, so the people who run it never
        see it.
    Fix
        Pick the process from the drop-down, or add it to Processes.
    Bad
        Processes
        | Process |
        |---------|
        | P07     |

        KPIs
        | KPI | Process |
        |-----|---------|
        | K07 | P17 [!] |
    Good
        Processes
        | Process |
        |---------|
        | P07     |

        KPIs
        | KPI | Process |
        |-----|---------|
        | K07 | P07     |
    """
    hints = Hints(book.ids.get(Process.TABLE, {}))
    for link in unknown_links(book, Process):
        yield _unknown(link, "Processes", book, hints(link.key))


@rule("WBK029", Severity.ERROR, clause="6.2.1")
def unknown_goal(book: Book) -> Iterator[Problem]:
    """A goal is named that is not in Goals.

    Why
        The line from an objective or a risk up to a goal is what makes a list of numbers a strategy. Here
        the line ends in nothing, often because a goal was renumbered.
    Fix
        Pick the goal from the drop-down, or add it to Goals.
    Bad
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G11 [!]  |
    Good
        Goals
        | Goal |
        |------|
        | G1   |

        Objectives
        | Objective | Supports |
        |-----------|----------|
        | O1.2      | G1       |
    """
    hints = Hints(book.ids.get(Goal.TABLE, {}))
    for link in _unknown_parents(book, Goal):
        yield _unknown(link, "Goals", book, hints(link.key))


def _unknown_parents(book: Book, target: type[Record]) -> Iterator[Link]:
    """Unknown ids; a parent that exists at another level is for CAS005 and CAS007 to tell."""
    lost = _of_absent_tables(book)
    for link in unknown_links(book, target):
        if link.field != "supports" or not (link.key in lost or elsewhere(book, link.key)):
            yield link


def _of_absent_tables(book: Book) -> frozenset[str]:
    """The ids that the workbook names as rows of tables which it lacks."""
    return frozenset(
        key
        for record in TABLES
        for name, column in columns_of(record).items()
        if len(column.refers) == 1 and column.refers[0] not in ("*", *book.tables)
        for row in book.of(record)
        for key in _keys(getattr(row, name))
    )


def _keys(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (value,)


@rule("WBK030", Severity.ERROR, clause="6.2.1")
def unknown_objective(book: Book) -> Iterator[Problem]:
    """An objective is named that is not in Objectives.

    Why
        A KPI whose objective does not exist is work without a purpose that anyone can read. Usually it is a
        slip of the finger, or the objective was deleted and its KPIs were not.
    Fix
        Pick the objective from the drop-down, or add it to Objectives.
    Bad
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O12 [!]  |
    Good
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        KPIs
        | KPI | Supports |
        |-----|----------|
        | K07 | O1.2     |
    """
    hints = Hints(book.ids.get(Objective.TABLE, {}))
    for link in _unknown_parents(book, Objective):
        yield _unknown(link, "Objectives", book, hints(link.key))


@rule("WBK031", Severity.ERROR)
def unknown_kpi(book: Book) -> Iterator[Problem]:
    """A KPI is named that is not in KPIs.

    Why
        A goal that is told by a KPI which does not exist is told by nothing. Readings have a rule of their
        own; this one is about everything else that names a KPI.
    Fix
        Pick the KPI from the drop-down, or add it to KPIs.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K7 [!]     |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Goals
        | Goal | Result KPI |
        |------|------------|
        | G1   | K07        |
    """
    hints = Hints(book.ids.get(Kpi.TABLE, {}))
    for link in unknown_links(book, Kpi):
        if link.record is not None:
            if several(book, Kpi, link.key):
                message = f"{link.subject} names several KPIs under {link.header}: {shown(link.key)}."
                yield Problem(link.cell, message, fix="Keep the one that counts most.")
                continue
            yield _unknown(link, "KPIs", book, hints(link.key))


@rule("WBK032", Severity.ERROR)
def unknown_review(book: Book) -> Iterator[Problem]:
    """A review is named that is not in Reviews.

    Why
        A decision belongs to the review that took it: only then is it looked at again in the next one.
    Fix
        Pick the review from the drop-down, or add it to Reviews.
    Bad
        Reviews
        | Review     |
        |------------|
        | MR-2026-Q3 |

        Decisions
        | Decision | Review         |
        |----------|----------------|
        | D04      | MR-2026-Q4 [!] |
    Good
        Reviews
        | Review     |
        |------------|
        | MR-2026-Q3 |

        Decisions
        | Decision | Review     |
        |----------|------------|
        | D04      | MR-2026-Q3 |
    """
    hints = Hints(book.ids.get(Review.TABLE, {}))
    for link in unknown_links(book, Review):
        yield _unknown(link, "Reviews", book, hints(link.key))


@rule("WBK033", Severity.ERROR)
def unknown_id(book: Book) -> Iterator[Problem]:
    """An action, decision or idea names an id that no row has.

    Why
        An action that serves nothing known turns up beside no KPI and in no review, however well it is done.
    Fix
        Name the KPI, objective, goal, risk or idea by its id, as its own row spells it.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Actions
        | Action | Serves  |
        |--------|---------|
        | A11    | K77 [!] |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Actions
        | Action | Serves |
        |--------|--------|
        | A11    | K07    |
    """
    may_tell = _Prefixes(book)
    strangers = [
        (record, name, header, key)
        for record, name, header, keys in _any_refs(book)
        for key in keys
        if book.find(key) is None and may_tell(key)
    ]
    nameless = sum(1 for record in _with_ids(book) if not record.key)
    if len({key for _, _, _, key in strangers}) <= nameless:
        return
    hints = Hints(record.key for record in _with_ids(book) if record.key)
    for record, name, header, key in strangers:
        message = f"{named(record)} names {shown(key)} under {header}, which is the id of no row."
        fix = "Name the KPI, objective, goal, risk or idea by its id, as its own row spells it."
        yield Problem(record.cell(name), message, fix=f"{hints(key)} {fix}".strip())


def _any_refs(book: Book) -> Iterator[tuple[Record, str, str, tuple[str, ...]]]:
    """Record, field, header and ids of the columns that may name any row."""
    for record in TABLES:
        for name, column in columns_of(record).items():
            if column.refers == ("*",):
                for row in book.of(record):
                    yield row, name, column.header, getattr(row, name)


class _Prefixes:
    """Whether an unknown id is of a kind that the workbook knows: else it may be of a table that it lacks."""

    def __init__(self, book: Book) -> None:
        ids = [record for record in TABLES if record.KEY == "id"]
        self.complete = all(has_column(book, record, "id") for record in ids)
        self.known = {_prefix(record.key) for record in _with_ids(book) if record.key}

    def __call__(self, key: str) -> bool:
        return self.complete or _prefix(key) in self.known


def _prefix(key: str) -> str:
    return re.sub(r"[\W\d_].*", "", key).casefold()


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
    found: dict[tuple[str, str], list[Trouble]] = defaultdict(list)
    for trouble in troubles(book, "computed formula"):
        found[trouble.table, trouble.header].append(trouble)
    for (table, header), cells in found.items():
        count = counted(len(cells), "cell")
        verb = "holds" if len(cells) == 1 else "hold"
        yield Problem(cells[0].cell, f"{count} of {header} in {table} {verb} a formula of yours.")


@rule("WBK035", Severity.ERROR)
def bad_setting(book: Book) -> Iterator[Problem]:
    """A setting has a value that cannot be used.

    Why
        A setting that cannot be read is replaced by its default, and everybody believes that the sheet is
        judged by what stands there.
    Fix
        Type a value that fits, or clear the cell to use the default.
    Bad
        Settings
        | Setting       | Value    |
        |---------------|----------|
        | Risk appetite | 99 [!]   |
        | Stage         | full [!] |
    Good
        Settings
        | Setting       | Value |
        |---------------|-------|
        | Risk appetite | 12    |
        | Stage         | run   |
    """
    kinds: tuple[Noticed, ...] = (
        "wrong type", "error value", "impossible date", "off the scale", "unknown choice",
        "ambiguous number", "not calculated",
    )  # fmt: skip
    for trouble in troubles(book, *kinds, settings=True):
        if trouble.table == "Settings":
            message = f"The setting {trouble.row} is {shown(trouble.value)}, so its default counts."
            fix = f"{trouble.detail} Type a value that fits, or clear the cell to use the default.".strip()
            yield Problem(trouble.cell, message, fix=fix)


@rule("WBK036", Severity.WARNING)
def unknown_setting(book: Book) -> Iterator[Problem]:
    """A setting is not known.

    Why
        A misspelled setting has no effect, and nothing else would tell you.
    Fix
        Spell it as the template does, or delete the row.
    Bad
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | Risk apetite [!]  | 10    |
    Good
        Settings
        | Setting       | Value |
        |---------------|-------|
        | Risk appetite | 10    |
    """
    for trouble in troubles(book, "unknown setting", settings=True):
        fix = f"{trouble.detail} Spell it as the template does, or delete the row.".strip()
        yield Problem(trouble.cell, f"There is no setting {shown(trouble.value)}.", fix=fix)


@rule("WBK037", Severity.WARNING)
def setting_twice(book: Book) -> Iterator[Problem]:
    """A setting is given twice.

    Why
        Only the first of the two rows counts, and whoever changes the second wonders why nothing happens.
    Fix
        Keep one of the rows.
    Bad
        Settings
        | Setting           | Value |
        |-------------------|-------|
        | Risk appetite     | 10    |
        | Risk appetite [!] | 12    |
    Good
        Settings
        | Setting       | Value |
        |---------------|-------|
        | Risk appetite | 12    |
    """
    for trouble in troubles(book, "setting twice", settings=True):
        yield Problem(trouble.cell, f"The setting {trouble.value} is given twice; the first counts.")


#: Settings of which the first must not be above the second.
_IN_ORDER = (
    ("vital_few_at_least", "vital_few_at_most"),
    ("vital_few_at_most", "vital_few_error_above"),
    ("kpis_per_objective", "kpis_per_objective_warning"),
    ("quality_role_percent", "quality_role_percent_error"),
    ("at_risk_from_percent", "on_track_from_percent"),
    ("carried_warning", "carried_error"),
    ("too_few_points", "trial_limits_below"),
)


@rule("WBK038", Severity.WARNING)
def settings_contradict(book: Book) -> Iterator[Problem]:
    """Two settings contradict each other.

    Why
        At least seven and at most five leaves no number that is right, so the plan is blamed whatever you do.
    Fix
        Change one of the two.
    Bad
        Settings
        | Setting            | Value |
        |--------------------|-------|
        | Vital few at least | 6 [!] |
        | Vital few at most  | 5     |
    Good
        Settings
        | Setting            | Value |
        |--------------------|-------|
        | Vital few at least | 3     |
        | Vital few at most  | 5     |
    """
    given = _setting_rows(book)
    names = {spec.field: spec.name for spec in SETTINGS}
    for low, high in _IN_ORDER:
        smaller, larger = getattr(book.settings, low), getattr(book.settings, high)
        row = given.get(low) or given.get(high)
        if smaller > larger and row is not None:
            message = f"{names[low]} is {number(smaller)} and {names[high]} is {number(larger)}."
            yield Problem(row, message)


def _setting_rows(book: Book) -> dict[str, Cell]:
    """Where the value of each setting stands, by its field."""
    table = book.tables.get(Setting.TABLE)
    names, values = (table.find("Setting"), table.find("Value")) if table else (None, None)
    if table is None or names is None or values is None:
        return {}
    found: dict[str, Cell] = {}
    for row, text in enumerate(table.columns[names]):
        spec = setting_named(str(text)) if text is not None else None
        if spec is not None:
            found.setdefault(spec.field, table.cell(row, values))
    return found


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


@rule("WBK040", Severity.WARNING)
def waiver_of_unknown_code(book: Book) -> Iterator[Problem]:
    """A waiver names a code that does not exist.

    Why
        It silences nothing, and whoever wrote it believes that the finding has been dealt with.
    Fix
        Copy the code from the finding.
    Bad
        Waivers
        | Code       | Row  |
        |------------|------|
        | OWN999 [!] | O1.2 |
    Good
        Waivers
        | Code   | Row  |
        |--------|------|
        | OWN001 | O1.2 |
    """
    from qmsbook.rules import RULES  # the catalogue holds this family too

    codes = {each.code for each in RULES}
    families = {each.family for each in RULES} | _FAMILIES
    hints = Hints(codes)
    for waiver in asked(book, book.waivers, "code"):
        code = squeezed(waiver.code).upper()
        yet_to_come = code[:3] in families and code[:3] not in {c[:3] for c in codes}
        if code and code not in codes and not yet_to_come:
            message = f"There is no finding with the code {shown(waiver.code)}."
            yield Problem(
                waiver.cell("code"), message, fix=f"{hints(code)} Copy the code from the finding.".strip()
            )


#: Families of the catalogue, also those that have no rule in this version: a waiver may be ahead of it.
_FAMILIES = frozenset(
    {"WBK", "CAS", "PLN", "VIT", "OWN", "OBJ", "EVO", "OUT", "KPI", "MEA", "RSK", "ACT", "REV", "VOI"}
)


@rule("WBK041", Severity.WARNING)
def waiver_expired(book: Book) -> Iterator[Problem]:
    """A waiver has ended.

    Why
        A waiver is a loan, not a gift: on its last day somebody has to look again, and either mend the
        thing or say why it may go on.
    Fix
        Mend what was waived and delete the waiver, or decide again and give it a new day.
    Bad
        Waivers
        | Code   | Row  | Until          |
        |--------|------|----------------|
        | OWN001 | O1.2 | 2026-06-30 [!] |
    Good
        Waivers
        | Code   | Row  | Until      |
        |--------|------|------------|
        | OWN001 | O1.2 | 2026-12-31 |
    """
    for waiver in book.waivers:
        if waiver.until is not None and waiver.until < book.on:
            yield Problem(waiver.cell("until"), f"{_waiver(waiver)} ended on {waiver.until.isoformat()}.")


def _waiver(waiver: Waiver) -> str:
    return f"The waiver of {waiver.code or 'an unnamed code'}" + (
        f" on {waiver.of_row}" if waiver.of_row else ""
    )


@rule("WBK042", Severity.WARNING)
def waiver_incomplete(book: Book) -> Iterator[Problem]:
    """A waiver lacks a reason, a person or an end.

    Why
        A finding may stand if somebody decided so, can say why, and looks again one day. Without all three
        it is only a finding that was painted over, so it does not count.
    Fix
        Fill in what is missing, or delete the waiver.
    Bad
        Waivers
        | Code       | Row  | Reason        | By          | Until      |
        |------------|------|---------------|-------------|------------|
        | OWN001     | O1.2 | [!]           | Erin Foster | 2026-12-31 |
        | OWN001     | O1.3 | New hire soon |             [!]| 2026-12-31 |
        | OWN001     | O1.4 | New hire soon | Erin Foster | [!]        |
    Good
        Waivers
        | Code   | Row  | Reason        | By          | Until      |
        |--------|------|---------------|-------------|------------|
        | OWN001 | O1.2 | New hire soon | Erin Foster | 2026-12-31 |
    """
    for waiver in asked(book, book.waivers, "code", "reason", "by", "until"):
        for name, word in (("code", "code"), ("reason", "reason"), ("by", "person"), ("until", "end date")):
            cell = waiver.cell(name)
            if not getattr(waiver, name) and cell not in book.unreadable:
                yield Problem(cell, f"{_waiver(waiver)} has no {word}.")


@rule("WBK043", Severity.WARNING)
def waiver_of_unknown_row(book: Book) -> Iterator[Problem]:
    """A waiver names a row that does not exist.

    Why
        The row was renamed or deleted, and the waiver stayed behind. It silences nothing.
    Fix
        Write the id as the finding shows it; for a reading K07@2026-10. Or delete the waiver.
    Bad
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        Waivers
        | Code   | Row      |
        |--------|----------|
        | OWN001 | O1.9 [!] |
    Good
        Objectives
        | Objective |
        |-----------|
        | O1.2      |

        Waivers
        | Code   | Row  |
        |--------|------|
        | OWN001 | O1.2 |
    """
    rows = [waiver for waiver in book.waivers if waiver.of_row]
    if not rows or any(not record.key for record in _with_ids(book)):
        return
    known = {squeezed(key) for found in book.ids.values() for key in found}
    known |= {squeezed(spec.name) for spec in SETTINGS}
    may_tell = _Prefixes(book)
    for waiver in rows:
        if squeezed(waiver.of_row) in known or _is_reading(book, waiver.of_row):
            continue
        if may_tell(waiver.of_row):
            message = f"{_waiver(waiver)} names a row that does not exist."
            yield Problem(waiver.cell("of_row"), message)


def _is_reading(book: Book, text: str) -> bool:
    """Whether a text such as ``K07@2026-10`` names a reading."""
    kpi, _, period = text.partition("@")
    rows = book.readings_of.get(book.near_id(kpi.strip()), ())
    return any(squeezed(book.measurements.period[row]) == squeezed(period) for row in rows)


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
    for trouble in troubles(book, "words below", settings=True):
        message = (
            f"{trouble.detail}, below the table {trouble.table}, can only be read as notes, not as rows."
        )
        yield Problem(trouble.cell, message, table=trouble.table)
