"""Bringing a workbook up to date: refresh, check, the review of a period, boards; and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from qmsbook.commands import flow
from qmsbook.commands.passed import PLAINLY, Asked, Done, Drawn, How, Looked, Settled
from qmsbook.commands.work import collector_paused, later_stages, not_moved
from qmsbook.hosts.host import Host


@collector_paused()
def refresh(
    host: Host,
    on: date | None = None,
    how: How = PLAINLY,
    also: Sequence[str] = (),
    with_boards: bool = False,
) -> Done:
    """Write the computed columns; draw Findings, Scorecard, Cascade, open reviews and those of ``also``.

    What was typed on the reviews goes into the tables, and the other way round. ``also`` names periods.
    Boards is drawn where it stands, if the settings want it, or ``with_boards``. Raises UnknownPeriod.
    """
    asked = Asked(on, how, tuple(also), with_boards)
    found = flow.read(host, asked)
    settled = flow.settle(found, asked)
    drawn = judged_and_drawn(settled, asked)
    planned = flow.plan(drawn)
    return flow.apply(planned, host, asked)


def judged_and_drawn(settled: Settled, asked: Asked) -> Drawn:
    """The middle of the way, for every command that draws all sheets."""
    assessed = flow.assess(settled, asked)
    looked = flow.check(assessed, asked)
    composed = flow.compose(looked)
    return flow.draw(composed, asked)


@collector_paused()
def looked_at(host: Host, asked: Asked) -> Looked:
    """The first part of the way, for every command that draws no review: nothing moves from a sheet."""
    found = flow.read(host, asked)
    settled = not_moved(found)
    assessed = flow.assess(settled, asked)
    return flow.check(assessed, asked)


def look(host: Host, on: date | None = None, how: How = PLAINLY, *, as_it_is: bool = False) -> Looked:
    """Read and judge a workbook, by the company's own rules too; nothing is written.

    Raises NotAQmsbook and, unless it is looked at ``as_it_is``, TableAstray.
    """
    return looked_at(host, Asked(on, how, as_it_is=as_it_is))


def check(host: Host, on: date | None = None, how: How = PLAINLY) -> Done:
    """Put the sheet Findings, and nothing else: what the button Check does."""
    from qmsbook.pages.draw import draw_alone

    asked = Asked(on, how, as_it_is=True)
    looked = looked_at(host, asked)
    how.progress("Drawing the sheet")
    drawings = draw_alone(looked.book, looked.findings, looked.snapshot, later_stages(looked))
    return flow.apply(flow.plan(Drawn(looked, (), drawings)), host, asked)


def review(host: Host, period: str, on: date | None = None, how: How = PLAINLY) -> Done:
    """Refresh, and put the management review of a period. Raises UnknownPeriod."""
    return refresh(host, on, how, [period])


def boards(host: Host, on: date | None = None, how: How = PLAINLY) -> Done:
    """Refresh, and put Cascade and Boards: the plan for the notice board, a chart for each KPI."""
    return refresh(host, on, how, with_boards=True)


def undo(host: Host) -> Done:
    """Take back what qmsbook last wrote. Raises NothingToUndo."""
    return Done((host.undo(),))
