"""What a person can ask for: read, compute, apply; every command in full, short enough to read in one go.

Comes in: a host, the day, what a person typed or pressed. Goes out: ``Done``, or an error whose text the
person reads. Mail, reminders and repair are imported when they are asked for.
"""

from __future__ import annotations

from qmsbook.commands.closing import (
    NoReviewSheet,
    NotClosed,
    ReviewClosed,
    ReviewNotReady,
    ReviewNotReopened,
    close,
    reopen,
)
from qmsbook.commands.described import describe
from qmsbook.commands.flow import read
from qmsbook.commands.new_period import add_period, due_rows, with_context
from qmsbook.commands.new_workbook import FileExists, demo, new
from qmsbook.commands.passed import Asked, Done, How, Looked
from qmsbook.commands.preview import as_by
from qmsbook.commands.update import boards, check, look, refresh, review, undo
from qmsbook.commands.work import (
    TableAstray,
    UnknownPeriod,
    UnknownPerson,
    advice_of,
    checks_of,
    only_of,
)
from qmsbook.templates.shipped import template

__all__ = [
    "Asked", "Done", "FileExists", "How", "Looked", "NoReviewSheet", "NotClosed", "ReviewClosed",
    "ReviewNotReady", "ReviewNotReopened", "TableAstray",
    "UnknownPeriod", "UnknownPerson", "add_period", "advice_of", "as_by", "boards", "check", "checks_of",
    "close", "demo", "describe", "due_rows", "look", "new", "only_of", "read", "refresh", "reopen",
    "review", "template", "undo", "with_context",
]  # fmt: skip
