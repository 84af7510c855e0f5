"""Reasons: who said why a goalpost was moved since a closed review.

A move is explained by a row of Targets for the KPI with *Why* and a person of People under *Agreed by*, set after the
review's period (without *Set on*: for periods after it); where rows of Targets themselves were added, by one of those.
Or by a decision of that review, or a later one, whose text names the KPI or objective and says what is moved: the
column, the old or the new value, or a word of moving such as *raise*, *until* or *take over*. A decision about something
else that happens to name the KPI is no reason.
"""  # noqa: E501  # as docs show it

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.goalposts import ClosedPlan
from qmsbook.book.parse import plain_text, split_ids
from qmsbook.book.tables import Kpi, Target
from qmsbook.methods.goalposts import REVISIONS, Moved
from qmsbook.methods.revisions import fresh

#: Words with which people decide that a plan moves, whichever goalpost it is.
_MOVING = re.compile(
    r"\b(?:chang|mov|revis|adjust|agree|accept|reset|new|instead|rais|lower|increas|reduc|decreas|relax"
    r"|tighten|loosen|target|plan|goal|baseline|level|limit|until|postpon|extend|exten[ts]ion|deadline|due"
    r"|later|earlier|more time|delay|push|hand(?:s|ed)? over|tak(?:e|es|en|ing) over|own(?:er|s|ed)"
    r"|responsib|paus|stop|drop|retir|defin|count(?:s|ed)? as|reword)",
    re.IGNORECASE,
)


def explained(book: Book, closed: ClosedPlan, moved: Sequence[Moved]) -> tuple[str, str]:
    """Why the goalposts of one row were moved, and who agreed; two blanks where nobody said so."""
    record = moved[0].record
    for row in _rows(book, moved) if isinstance(record, Kpi) else ():
        said = row.set_on or _end(book, row.until or row.from_)
        names = split_ids(row.agreed_by)
        known = any(map(book.person, names)) if book.people else bool(names)
        if (said is None or said > closed.last) and known and row.why.strip():
            return row.why.strip(), row.agreed_by.strip()
    return decided(book, closed, record.key, moved)


def _rows(book: Book, moved: Sequence[Moved]) -> Iterator[Target]:
    """The rows of Targets that may say why: all of the KPI, or those that were added."""
    key = moved[0].record.key
    added = [each for each in moved if each.field == REVISIONS]
    if len(added) == len(moved):
        yield from fresh(book, key, plain_text(added[0].was))
    else:
        yield from book.targets_of.get(key, ())


def decided(book: Book, closed: ClosedPlan, key: str, moved: Sequence[Moved] = ()) -> tuple[str, str]:
    """The decision of that review, or a later one, that says why a row was moved, and its owner."""
    ends = {review.id: _end(book, review.period) for review in book.reviews}
    named = re.compile(rf"(?<![\w.-]){re.escape(key)}(?![\w-])")
    for decision in book.decisions:
        end, text = ends.get(decision.review), decision.decision_text
        later = end is None or end >= closed.last
        if later and decision.owner and named.search(text) and _says_what(named.sub(" ", text), moved):
            return text.strip(), decision.owner
    return "", ""


def _says_what(text: str, moved: Sequence[Moved]) -> bool:
    """Whether a decision speaks of what was moved, not only of the row."""
    if _MOVING.search(text):
        return True
    folded = f" {' '.join(text.split()).casefold()} "
    return any(word in folded for each in moved for word in _words(each))


def _words(moved: Moved) -> Iterator[str]:
    """The header of a goalpost, and what stood and stands there, as a text may name them."""
    yield f" {moved.header.casefold()} "
    for value in (moved.was, moved.now):
        said = plain_text(value).casefold()
        if len(said) > 1 and not isinstance(value, bool):
            yield said


def _end(book: Book, text: str) -> date | None:
    period = book.parse_period(text)
    return period.last if period else None
