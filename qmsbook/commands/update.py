"""Bringing a workbook up to date: refresh, check, the review of a period, boards; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qmsbook.book.edit import Edit
from qmsbook.commands.work import (
    Done,
    Progress,
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
from qmsbook.hosts.host import Host
from qmsbook.rules.rule import Rule


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
    from qmsbook.pages.draw import draw_alone

    looked = look(host, on, progress, own, as_it_is=True)
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


def undo(host: Host) -> Done:
    """Take back what qmsbook last wrote. Raises NothingToUndo."""
    return Done((host.undo(),))
