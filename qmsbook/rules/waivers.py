"""WBK: findings that were accepted, by somebody, until a day."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.parse import squeezed
from qmsbook.book.tables import (
    SETTINGS,
    Waiver,
)
from qmsbook.book.words import day_words
from qmsbook.rules.ask import (
    Hints,
    asked,
    shown,
)
from qmsbook.rules.links import Prefixes, with_ids
from qmsbook.rules.rule import Problem, Severity, rule


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
            yield Problem(waiver.cell("until"), f"{_waiver(waiver)} ended on {day_words(waiver.until)}.")


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
    if not rows or any(not record.key for record in with_ids(book)):
        return
    known = {squeezed(key) for found in book.ids.values() for key in found}
    known |= {squeezed(spec.name) for spec in SETTINGS}
    may_tell = Prefixes(book)
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
