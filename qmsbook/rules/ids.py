"""WBK: rows without an id or a name of their own, and ids that can be taken for another."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.parse import squeezed
from qmsbook.book.table import Record, columns_of
from qmsbook.book.tables import (
    Person,
)
from qmsbook.rules.ask import (
    has_column,
    inside,
    named,
    raw,
    shown,
)
from qmsbook.rules.links import with_ids
from qmsbook.rules.noticed import cell_of, troubles
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import again, each, grouped


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
    yield from each(
        (record for record in with_ids(book) if not record.key and record.cell("id") not in book.unreadable),
        "id", "has no id",
    )  # fmt: skip


def _by_id(book: Book) -> Iterator[tuple[Record, dict[str, list[Record]]]]:
    """Per table, the rows of each id as people mean it, for ids that several rows share."""
    keyed = (record for record in with_ids(book) if record.key)
    for rows in grouped(keyed, lambda record: (record.TABLE, squeezed(record.key))).values():
        if len(rows) > 1:
            yield rows[0], grouped(rows, lambda record: record.key)


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
    for record in with_ids(book):
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
    keyed = (record for record in with_ids(book) if record.key and record.TABLE != Person.TABLE)
    for first, record in again(keyed, lambda record: squeezed(record.key)):
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
