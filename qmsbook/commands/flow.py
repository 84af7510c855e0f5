"""A refresh from beginning to end: eight steps, each made for what the one before gives.

Only the first and the last step know a host. Other commands go the same way: they stop early (a look), or put
a step of their own in (closing a review, the rows of a new period).
"""

from __future__ import annotations

from qmsbook import methods, rules
from qmsbook.book.below import growth
from qmsbook.commands.described import describe
from qmsbook.commands.passed import Asked, Assessed, Composed, Done, Drawn, Found, Looked, Planned, Settled
from qmsbook.commands.work import (
    by_stage,
    computed_columns,
    later_stages,
    moved,
    noticed,
    period_of,
    read_whole,
    told_of,
    undrawn,
    write,
)
from qmsbook.hosts.host import Host
from qmsbook.rules.rule import STAGES


def read(host: Host, asked: Asked) -> Found:
    """The workbook, and the periods that were asked for. Raises NotAQmsbook, TableAstray, UnknownPeriod."""
    asked.how.progress("Reading the workbook")
    snapshot, book = read_whole(host, asked)
    return Found(snapshot, snapshot, book, tuple(period_of(book, text) for text in asked.periods))


def settle(found: Found, asked: Asked) -> Settled:
    """What was typed on reviews goes into the tables.

    A sheet that cannot be drawn anew gives nothing, for its new rows would not get their ids.
    """
    settled = moved(found, asked.on)
    without = undrawn(settled)
    return moved(found, asked.on, without) if without else settled


def assess(settled: Settled, asked: Asked) -> Assessed:
    """Every status; the book also tells now what was noticed on the sheets."""
    asked.how.progress("Working out every status")
    book = settled.book.changed(troubles=(*settled.book.troubles, *noticed(settled)))
    return Assessed(settled, book, methods.assess(book))


def check(assessed: Assessed, asked: Asked) -> Looked:
    """The findings of the workbook's stage, and how many each later one would add."""
    asked.how.progress("Checking the plan")
    catalogue = (*rules.RULES, *asked.how.own)
    found = rules.check(assessed.book, assessed.assessed, catalogue, STAGES[-1])
    now, later = by_stage(found, catalogue, assessed.book.settings.stage)
    return Looked(assessed.settled, assessed.book, assessed.assessed, now, later)


def compose(looked: Looked) -> Composed:
    """What the sheets say: headlines, and the open reviews and those that were asked for, part by part."""
    from qmsbook.pages.draw import Content, compose_reviews
    from qmsbook.sections.headlines import headlines

    book, assessed, found = looked.book, looked.assessed, looked.settled.found
    reviews = compose_reviews(book, found.before, [period.text for period in found.periods])
    said = headlines(book, assessed, looked.findings), looked.findings, later_stages(looked)
    return Composed(looked, Content(book, assessed, *said, reviews))


def draw(composed: Composed, asked: Asked) -> Drawn:
    """All sheets that do not stand already as they would be drawn, and the computed columns."""
    from qmsbook.pages.draw import Ground, draw_all

    asked.how.progress("Drawing the sheets")
    looked, settled = composed.looked, composed.looked.settled
    ground = Ground(settled.found.before, settled.talk, settled.found.opened, settled.closing)
    return Drawn(looked, tuple(computed_columns(looked)), draw_all(composed.content, ground, asked.boards))


def plan(drawn: Drawn) -> Planned:
    """All edits in their order, and what a person is told of them."""
    looked = drawn.looked
    edits = (*looked.settled.edits, *drawn.edits, *drawn.drawings.edits)
    told = describe([*growth(looked.snapshot), *edits], looked.snapshot)
    return Planned(looked, edits, (*looked.settled.talk.told, *told), drawn.drawings.notices)


def apply(planned: Planned, host: Host, asked: Asked) -> Done:
    """The edits carried out, unless they are only to be told of."""
    if asked.how.dry_run:
        return Done(planned.changes, planned.notices, None, planned.looked)
    asked.how.progress("Saving")
    applied = write(host, planned.edits, planned.looked.snapshot)
    changes = planned.changes if applied.changed else ()
    return Done(changes, (*planned.notices, *told_of(applied, planned.looked.book)), applied, planned.looked)
