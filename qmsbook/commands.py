"""What a person can ask for: read, compute, apply; every command in full, short enough to read in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from qmsbook.book import Book, frequency_of
from qmsbook.closing import (
    NoReviewSheet,
    NotClosed,
    ReviewClosed,
    ReviewNotReady,
    ReviewNotReopened,
    close,
    reopen,
)
from qmsbook.described import describe
from qmsbook.edit import KEEP, AppendRows, Edit
from qmsbook.error import QmsbookError
from qmsbook.host import Host
from qmsbook.hosts.memory import MemoryHost
from qmsbook.methods import assess
from qmsbook.methods.columns import computed
from qmsbook.pages import draw_alone
from qmsbook.parse import did_you_mean, squeezed
from qmsbook.period import Period, periods_between
from qmsbook.reading import read_book
from qmsbook.rule import Rule
from qmsbook.starting import FileExists, new, template, write_new
from qmsbook.table import Value
from qmsbook.words import listed
from qmsbook.work import (
    Done,
    Looked,
    Progress,
    UnknownPeriod,
    advice_of,
    checks_of,
    collector_paused,
    computed_columns,
    drawn,
    finish,
    later_stages,
    look,
    period_of,
    quiet,
    read,
)


class UnknownPerson(QmsbookError):
    """Nobody of that name is in the sheet People or owns anything."""

    exit_code = 2


def only_of(looked: Looked, person: str) -> tuple[str, Looked]:
    """The person's name as the workbook has it, and the findings that are theirs to mend.

    A part of the name is enough if it is one person's only. Raises UnknownPerson.
    """
    names = {each.id for each in looked.book.people if each.id} | {
        f.owner for f in looked.findings if f.owner
    }
    wanted = squeezed(person)
    found = [name for name in sorted(names) if squeezed(name) == wanted]
    found = found or [name for name in sorted(names) if wanted and wanted in squeezed(name)]
    if len(found) != 1:
        hint = f"That may be {listed(found, 'or')}." if found else did_you_mean(person, names)
        raise UnknownPerson(f"Found: {person}. {hint}".strip())
    findings = tuple(f for f in looked.findings if f.owner == found[0])
    return found[0], replace(looked, findings=findings, later={})


@collector_paused()
def refresh(
    host: Host, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    also: Sequence[str] = (), own: Sequence[Rule] = (), with_boards: bool = False,
) -> Done:  # fmt: skip
    """Write the computed columns; draw Findings, Scorecard, Cascade, open reviews and those of ``also``.

    What was typed on the reviews goes into the tables, and the other way round. ``also`` names periods.
    Boards is drawn where it stands, if the settings want it, or ``with_boards``. Raises UnknownPeriod.
    """
    progress("Reading the workbook")
    snapshot, book = read(host, on)
    periods = [period_of(book, text).text for text in also]
    looked, drawings = drawn(snapshot, book, on, periods, progress, own, with_boards=with_boards)
    edits: list[Edit] = [*looked.talk.edits, *computed_columns(looked), *drawings.edits]
    return finish(host, edits, looked, drawings, dry_run, progress)


def check(
    host: Host, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Put the sheet Findings, and nothing else: what the button Check does."""
    looked = look(host, on, progress, own)
    progress("Drawing the sheet")
    drawings = draw_alone(looked.book, looked.findings, looked.snapshot, later_stages(looked))
    return finish(host, [*drawings.edits], looked, drawings, dry_run, progress)


def review(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Refresh, and put the management review of a period. Raises UnknownPeriod."""
    return refresh(host, on, dry_run, progress, [period], own)


def boards(
    host: Host, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Refresh, and put Cascade and Boards: the plan for the notice board, a chart for each KPI."""
    return refresh(host, on, dry_run, progress, own=own, with_boards=True)


def add_period(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Add the rows that are due in a period to Measurements, each KPI's once. Raises UnknownPeriod."""
    looked = look(host, on, progress, own)
    asked = period_of(looked.book, period)
    rows = due_rows(looked.book, asked)
    if not rows or looked.snapshot.table("Measurements") is None:
        return Done((f"Nothing to add: every KPI due in {asked.title} has its row.",), looked=looked)
    edits: list[Edit] = [AppendRows("Measurements", with_context(looked, rows))]
    return finish(host, edits, looked, None, dry_run, progress)


def undo(host: Host) -> Done:
    """Take back what qmsbook last wrote. Raises NothingToUndo."""
    return Done((host.undo(),))


def due_rows(book: Book, asked: Period) -> list[dict[str, Value]]:
    """The rows that Measurements still lacks for a period, each active KPI's by its own frequency."""
    there = set(zip(book.measurements.kpi, book.measurements.period, strict=True))
    rows: list[dict[str, Value]] = []
    for kpi in book.kpis:
        if not kpi.id or kpi.active is False:
            continue
        start = book.settings.fiscal_year_start_month
        for period in periods_between(asked.first, asked.last, frequency_of(kpi), start):
            if period.last >= asked.first and (kpi.id, period.text) not in there:
                there.add((kpi.id, period.text))
                rows.append({"KPI": kpi.id, "Period": period.text})
    return rows


def with_context(looked: Looked, rows: Sequence[Mapping[str, Value]]) -> tuple[Mapping[str, Value], ...]:
    """The new rows with what is computed beside them: name, unit, owner, the reading before, the plan."""
    scratch = MemoryHost(looked.snapshot.tables)
    scratch.apply([AppendRows("Measurements", tuple(rows))], scratch.read())
    book = read_book(scratch.read().tables, looked.book.on)
    table = book.tables["Measurements"]
    place, period = table.find("KPI"), table.find("Period")
    assert place is not None
    assert period is not None
    at = {(table.columns[place][row], table.columns[period][row]): row for row in range(table.rows)}
    context = {e.header: e.values for e in computed(book, assess(book), {}) if e.table == "Measurements"}
    filled = []
    for row in rows:
        index = at[row["KPI"], row["Period"]]
        beside = {
            header: value
            for header, values in context.items()
            if (value := values[index]) is not KEEP and value is not None and value != ""
        }
        filled.append({**beside, **row})
    return tuple(filled)  # type: ignore[arg-type]  # KEEP is left out above


def demo(folder: Path, progress: Progress = quiet) -> tuple[Path, Done]:
    """Put the example company's workbook into a folder, with its boards and its review of 2026-Q3."""
    from qmsbook.hosts.file import FileHost

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "example.xlsx"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"example-{number}.xlsx"
    write_new(path, template("example.xlsx"))
    return path, refresh(FileHost(path), progress=progress, also=["2026-Q3"], with_boards=True)


__all__ = [
    "Done", "FileExists", "Looked", "NoReviewSheet", "NotClosed", "ReviewClosed", "ReviewNotReady",
    "ReviewNotReopened",
    "UnknownPeriod", "UnknownPerson", "add_period", "advice_of", "boards", "check", "checks_of", "close",
    "demo", "describe", "due_rows", "look", "new", "only_of", "read", "refresh", "reopen", "review",
    "template", "undo", "with_context",
]  # fmt: skip
