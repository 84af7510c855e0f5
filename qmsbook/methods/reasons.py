"""Reasons: who said why a goalpost was moved since a closed review.

A row of Targets for the KPI with *Why* and a person of People under *Agreed by*, set after the review's period
(without *Set on*: for periods after it), explains what it plans itself: the rows of Targets that were added, if each of
them says so, and a target that is the value planned there. It explains no other move.

A decision of that review, or a later one, with an owner who is in People, explains a move if it names the KPI or
objective, does not forbid the move, and says what is moved: the new value (*to 180*, *until June*, *Luis Ortega takes
over O1.2*), or what is moved and that it is (*lower the target of K16*, *pause K16*, *reword O1.2*). A decision that
merely names the row is shown beside the move, and is no reason.
"""  # noqa: E501  # as docs show it

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.goalposts import ClosedPlan
from qmsbook.book.parse import plain_text, split_ids
from qmsbook.book.table import Value
from qmsbook.book.tables import Decision, Kpi, Target
from qmsbook.methods.goalposts import REVISIONS, Moved
from qmsbook.methods.plan import year_of
from qmsbook.methods.revisions import fresh

# Patterns are texts: `re` compiles each when it is first asked for, and few workbooks ask for any.
#: Stands for the row in the text of a decision.
_ROW = "§"
_MOVING = (
    r"(?:raise|lower|increase|reduce|decrease|change|move|shift|set|reset|revise|adjust|relax|tighten|loosen|extend"
    r"|postpone|delay|defer|replace|correct|drop|cut|lift|agree|accept|approve|allow|give|ease|confirm)"
    r"(?:d|s|n|ed|es|ing)?\b"
)
#: A decision that forbids, puts off, only talks of it, or tells what a figure did, decides no move.
_NO_DECISION = (
    r"(?i)\b(?:not|never|nobody|no one|don't|doesn't|won't|veto|reject\w*|refus\w*|denied|deny"
    r"|turn(?:ed)? down|declin\w*|discuss\w*|whether|propos\w*|requests?|requested|asked|asks|should|might"
    r"|could|fell|rose|may (?:be|go|move|change)|came|went|dropped to|reached|were"
    r"|was(?! (?:raised|lowered|set|moved|changed)))\b|\?"
)
_STAYS = r"(?i)\b(?:stays?|remains?|keeps?|kept|unchanged|no change|as (?:it is|they are|before))\b"
_ANOTHER = r"\b(?:to|at|is) [$€£]?\d"
#: The words by which a goalpost is called besides its header.
_CALLED = {
    "target": "target|goal|level|objective|aim|bar",
    "baseline": "baseline|start(?:ing (?:point|value))?",
    "target_on": "date|day|deadline|due|time",
    "baseline_on": "date|day|start",
    "due": "date|day|deadline|due|time",
    "low": "limit|range|bound|minimum",
    "high": "limit|range|bound|maximum",
    REVISIONS: "target|plan|goal|level",
    "how_it_is_counted": r"defin\w*|count\w*|measur\w*|calculat\w*|method",
    "statement": "wording|statement|text|scope|objective|goal",
    "vital_few": r"vital|priorit\w*|few",
    "owner": r"owner(?:ship)?|responsib\w*",
}
#: That a row leaves the plan, or is no longer looked at.
_LEAVING = (
    "pause|suspend|stop|drop|retire|remove|delete|cancel|discontinue|merge|park|deactivate|withdraw|archive"
    "|eliminate"
)
_LEFT = (
    "paused|suspended|stopped|dropped|retired|removed|deleted|cancell?ed|discontinued|merged|parked|deactivated"
    "|withdrawn|archived|eliminated"
)
_OUT = (
    "(?:(?:measuring|reading|counting|tracking|reporting|measurement|of|with|the|KPI|objective|goal|and"
    r"|[A-Z]+[\d.]+,?) )*"
)
_NAMED = rf"{_ROW}(?: \([^)]*\))?"
_LEAVES = (
    rf"(?i)\b(?:{_LEAVING})(?:s|ing)? {_OUT}{_ROW}(?! from\b)"
    rf"|\b(?:take|leave|put) {_ROW} (?:out|off|on hold)\b"
    rf"|\b(?:do|does|go|goes) without (?:the |KPI |objective )*{_ROW}"
    rf"|{_NAMED} (?:is|are|was|were|has been|have been|will be|can be|can|goes)? ?(?:now )?(?:{_LEFT})\b"
    rf"|{_NAMED}(?: -|:| to be)? (?:{_LEAVING})\b(?: it\b)?(?! the\b)"
    rf"|{_NAMED} (?:is |are |will )?no longer (?:be )?(?:measured|needed|read|used|tracked|counted|reported)"
)
_KEPT = rf"(?i)\b(?:not|never|don't|nobody)\b (?:\w+ ){{0,2}}(?:{_LEAVING})|reject|refus|denied|\?"
_REWORDS = r"(?i)\b(?:reword|rephrase|redefine|restate|rewrite)"
_TAKES = r"(?i)\b(?:tak(?:e|es|en|ing)|own(?:s|er|ed)?|hand(?:s|ed)?|give[sn]?|assign|responsib|lead|pass)"
#: What stands before a new value.
_BEFORE = (
    r"(?:to|at|of|is|be|now|until|by|accept|allow|from|on|than|target|limit|due|level|=|→|->):? "
    r"(?:the end of |end of |mid |now )?"
)
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a goalpost was moved and who agreed; ``decision`` merely names the row, where nobody says so."""

    why: str = ""
    who: str = ""
    decision: str = ""

    def __bool__(self) -> bool:
        return bool(self.why)


def explained(book: Book, closed: ClosedPlan, moved: Moved) -> Reason:
    """Why one goalpost was moved, and who agreed."""
    row = _row_of_targets(book, closed, moved)
    if row is not None:
        return Reason(row.why.strip(), row.agreed_by.strip())
    return decided(book, closed, moved.record.key, moved)


def _row_of_targets(book: Book, closed: ClosedPlan, moved: Moved) -> Target | None:
    """The row of Targets that explains a move: one that was added, or that plans the new target."""
    key, now = moved.record.key, moved.now
    if not isinstance(moved.record, Kpi):
        return None
    if moved.field == REVISIONS:
        added = fresh(book, key, plain_text(moved.was))
        return added[0] if added and all(_agreed(book, closed, row) for row in added) else None
    if moved.field != "target":
        return None
    kept = closed.posts.get((Kpi.TABLE, key), {})
    rows = (
        fresh(book, key, plain_text(kept[REVISIONS])) if REVISIONS in kept else book.targets_of.get(key, ())
    )
    stays = [row for row in rows if row.planned == now and _lasts(book, moved.record, row)]
    return next((row for row in stays if _agreed(book, closed, row)), None)


def _lasts(book: Book, kpi: Kpi, row: Target) -> bool:
    """Whether a row of Targets goes on as a target does: to its day, or to the end of the fiscal year."""
    last = _end(book, row.until or row.from_)
    if last is None:
        return False
    year = year_of(last, book.settings.fiscal_year_start_month).last
    return last >= min(year, kpi.target_on or year)


def _agreed(book: Book, closed: ClosedPlan, row: Target) -> bool:
    """Whether somebody agreed to a row since a review, and says why."""
    said = row.set_on or _end(book, row.until or row.from_)
    return (said is None or said > closed.last) and _known(book, row.agreed_by) and bool(row.why.strip())


def _known(book: Book, text: str) -> bool:
    names = split_ids(text)
    return any(map(book.person, names)) if book.people else bool(names)


def decided(book: Book, closed: ClosedPlan, key: str, moved: Moved | None = None) -> Reason:
    """The decision that says why a goalpost was moved, or why a row left the plan, and its owner."""
    named = re.compile(rf"(?<![\w.-]){re.escape(key)}(?![\w-]|\.\w)")
    beside = ""
    for decision in _later(book, closed):
        text = decision.decision_text.strip()
        if not named.search(text):
            continue
        said = " ".join(named.sub(_ROW, text).split())
        if _known(book, decision.owner) and (_leaves(said) if moved is None else _moves(said, moved)):
            return Reason(text, decision.owner)
        beside = beside or f"{decision.id} names it: {text}" if decision.id else text
    return Reason(decision=beside)


def _later(book: Book, closed: ClosedPlan) -> Iterator[Decision]:
    """The decisions of the closed review, and of those after it."""
    ends = {review.id: _end(book, review.period) for review in book.reviews if review.id}
    for decision in book.decisions:
        end = ends.get(decision.review)
        if end is not None and end >= closed.last:
            yield decision


def _leaves(said: str) -> bool:
    return any(re.search(_LEAVES, part) and not re.search(_KEPT, said) for part in _about(said))


def _about(said: str) -> list[str]:
    """The sentences of a decision that name the row."""
    return [part for part in re.split(r"[;.!]\s+", said) if _ROW in part]


def _moves(said: str, moved: Moved) -> bool:
    """Whether a decision says that a goalpost moves, and neither forbids it nor only talks of it."""
    if moved.field == "active":
        return _leaves(said)
    if re.search(_NO_DECISION, said):
        return False
    return any(_moves_it(part, moved) for part in _about(said))


def _moves_it(said: str, moved: Moved) -> bool:
    new = any(_names(said, word) for word in _values(moved))
    if new:
        return True
    if re.search(_STAYS, said) or re.search(_ANOTHER, said):
        return False
    if moved.field == "owner":
        return plain_text(moved.now).casefold() in said.casefold() and bool(re.search(_TAKES, said))
    if moved.field in ("statement", "how_it_is_counted") and re.search(_REWORDS, said):
        return True
    which = rf"(?:the |its |our )?(?:\w+ )?(?:{_CALLED.get(moved.field, re.escape(moved.header.casefold()))})"
    said_so = (
        rf"\b{_MOVING} {which} (?:of|for|on|in) (?:the |KPI |objective )*{_ROW}",
        rf"{_ROW}:? {which} (?:is |are )?{_MOVING}",
        rf"{_ROW}: {_MOVING} {which}",
    )
    return any(re.search(rule, said, re.IGNORECASE) for rule in said_so)


def _names(said: str, value: str) -> bool:
    """Whether a text gives a value as the new one: ``to 180``, ``at 180``, ``until June``."""
    return bool(re.search(rf"(?<!\w){_BEFORE}{re.escape(value)}(?![\w.,]*\d)", said, re.IGNORECASE))


def _values(moved: Moved) -> Iterator[str]:
    """The new value as decisions write it: a figure, a day, its month, a word."""
    if moved.field == REVISIONS:
        yield from (row.rsplit(": ", 1)[-1] for row in moved.said[1].split("; "))
        return
    yield from _written(moved.now)


def _written(value: Value) -> Iterator[str]:
    if isinstance(value, bool) or value is None:
        return
    text = plain_text(value)
    yield text
    if isinstance(value, float):
        yield f"{value:,.15g}"
    day = re.fullmatch(r"(\d{4})-(\d\d)-\d\d", text)
    if day:
        month = _MONTHS[int(day[2]) - 1]
        yield from (month, month[:3], f"{day[1]}-{day[2]}", day[1])


def _end(book: Book, text: str) -> date | None:
    period = book.parse_period(text)
    return period.last if period else None
