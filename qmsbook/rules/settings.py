"""WBK: settings that cannot be, or that say two things."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book, Noticed
from qmsbook.book.cell import Cell
from qmsbook.book.tables import (
    SETTINGS,
    Setting,
    setting_named,
)
from qmsbook.rules.ask import (
    number,
    shown,
)
from qmsbook.rules.noticed import told, troubles
from qmsbook.rules.rule import Problem, Severity, rule


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
    yield from told(
        book, "setting twice", says="The setting {value} is given twice; the first counts.", settings=True
    )


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
