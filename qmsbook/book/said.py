"""Words for how a KPI is meant: which way is better, how often it is read, by when its target is due."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from qmsbook.book.dates import Moment, last_day, moment
from qmsbook.book.period import period_of

_DIRECTIONS = {
    "higher": (
        "grow, growth, increase, increasing, raise, rise, up, upward, maximize, maximise, at least, "
        "more, more is better, higher is better, bigger is better, ≥, >=, >, ↑, steigern, erhöhen, höher, "
        "augmenter, plus, aumentar"
    ),
    "lower": (
        "reduce, decrease, decreasing, cut, less, fewer, down, downward, minimize, minimise, "
        "at most, less is better, lower is better, smaller is better, not more than, ≤, <=, <, "
        "↓, senken, verringern, niedriger, réduire, moins, reducir"
    ),
    "within": (
        "range, in range, within range, between, band, nominal, nominal is best, tolerance, ±, "
        "bereich"
    ),
    "improve": "improve, improving, improvement, better, optimize, optimise, verbessern, améliorer, mejorar",
    "maintain": "maintain, hold, keep, sustain, stable, steady, halten, maintenir, mantener, =",
}  # fmt: skip
_LIMITS = frozenset({"min", "minimum", "max", "maximum"})


def direction_of(text: str) -> str | None:
    """``higher``, ``lower``, ``within``; ``maintain`` for what is only to be held; None for anything else.

    ``improve`` says neither way: baseline and target do.

    ``max`` and ``min`` come back as they are: as a limit (max. 5) they mean the other way than as a wish.

    >>> direction_of("Increase"), direction_of("at most"), direction_of("Max."), direction_of("sideways")
    ('higher', 'lower', 'max', None)
    """
    plain = _plain(text)
    limit = plain[:3] if plain in _LIMITS else None
    return limit or next((kind for kind, words in _SAID.items() if plain in words), None)


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text.strip().strip(".!\"'").casefold())


_SAID = {kind: frozenset(words.split(", ")) for kind, words in _DIRECTIONS.items()}
del _DIRECTIONS

_OFTEN = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "half-yearly": r"half[ -]?year|half|semester|six months|6 months",
    "yearly": r"year|annum|twelve months|12 months",
}
_PLAINLY = {
    "weekly": "weekly, wöchentlich, hebdomadaire, semanal",
    "monthly": "monthly, monatlich, mensuel, mensuelle, mensual",
    "quarterly": (
        "quarterly, vierteljährlich, quartalsweise, trimestriel, trimestrielle, trimestral, every 3 "
        "months, every three months, 4 times a year, four times a year, 4x per year"
    ),
    "half-yearly": (
        "half-yearly, half yearly, halfyearly, semi-annual, semi-annually, semiannual, semiannually, "
        "semi annual, semi annually, biannual, biannually, bi-annual, twice a year, twice yearly, 2 "
        "times a year, 2x per year, halbjährlich, semestriel, semestrielle, semestral"
    ),
    "yearly": (
        "yearly, annual, annually, once a year, 1 time a year, once yearly, jährlich, annuel, "
        "annuelle, anual, p.a, pa, per annum"
    ),
    "once": (
        "once, one-off, one off, oneoff, one time, one-time, single, once only, only once, at the "
        "end, at completion, on completion, upon completion, einmalig, une fois, una vez"
    ),
    "when it happens": (
        "when it happens, as it happens, as needed, as required, ad hoc, ad-hoc, on occurrence, on "
        "occasion, event-based, event driven, event-driven, on demand, continuous, bei bedarf, when "
        "needed"
    ),
    "daily": (
        "daily, each day, every day, per day, a day, day, each shift, every shift, per shift, hourly, "
        "täglich, quotidien, diario"
    ),
}  # fmt: skip
_ALSO_OFTEN = {kind: frozenset(words.split(", ")) for kind, words in _PLAINLY.items()}
del _PLAINLY
# Patterns are texts: `re` compiles each when it is first asked for, and few workbooks ask for any.
_ONE = r"(?:(?:once|1x|1 time)\s+)?(?:(?:per|each|every|a|an|by|pro|by the)\s+|1 ?/ ?)?"
_EVERY = {kind: (rf"{_ONE}(?:{words})s?\Z") for kind, words in _OFTEN.items()}
_EVENT = (
    r"(?:per|each|every|by)\s+(?:project|order|event|batch|lot|job|audit|contract|delivery|shipment|release|case|"
    r"incident|occurrence|campaign|course|training|survey|visit|customer|supplier|product|tender|survey)s?\b.*"
    r"|(?:up)?on completion of .+|(?:after|at|on|upon|following)\s+(?:each|every|the|a|an|any)\s+.+"
    r"|(?:whenever|when|if)\s.+"
)


@lru_cache(maxsize=1024)
def frequency_said(text: str) -> str | None:
    """How often a text says that something is read, as *Frequency* has it, or ``daily``; None for others.

    >>> frequency_said("Annually"), frequency_said("every 6 months"), frequency_said("per project")
    ('yearly', 'half-yearly', 'when it happens')
    """
    plain = _plain(text)
    for kind, words in _ALSO_OFTEN.items():
        if plain in words:
            return kind
    for kind, rule in _EVERY.items():
        if re.match(rule, plain):
            return kind
    return "when it happens" if re.match(_EVENT, plain) else None


class End(NamedTuple):
    """By when a target is to be reached: a day, or from the start and for good.

    ``calendar`` is the day that it would be if the company's year began in January, where that is another;
    ``fiscal`` then says how it was read, unless the text itself names the company's year.
    """

    day: date | None = None
    always: bool = False
    fiscal: str = ""
    calendar: date | None = None


_ALWAYS = (
    r"(?:ongoing|on-going|continuous(?:ly)?|always|permanent(?:ly)?|constant(?:ly)?|at all times|any ?time"
    r"|open[- ]ended|no end|no date|forever|recurring|laufend|dauernd|immer|en continu|permanente"
    r"|(?:each|every|per)\s+(?:week|month|quarter|half[ -]?year|year|period|project|order|time)"
    r"|weekly|monthly|quarterly|half-yearly|yearly|annually)\Z"
)
_BY = (
    r"(?:(?:by|until|till|before|to|at|in|the|bis)\s+)*"
    r"(?:(?:the\s+)?(?:year[- ]end|ende|end|eoy|fin)\s*(?:of\s+|de\s+)?)?(?:the\s+)?"
)


@lru_cache(maxsize=1024)
def end_of(text: str, fiscal_start: int = 1) -> End | None:
    """The day that a text means as an end: the last one of a quarter, month or year; None for anything else.

    >>> end_of("Q3 2026").day, end_of("by end of December 2026").day, end_of("ongoing").always
    (datetime.date(2026, 9, 30), datetime.date(2026, 12, 31), True)
    """
    plain = _plain(text)
    if re.match(_ALWAYS, plain):
        return End(always=True)
    bare = re.sub(rf"\A{_BY}", "", plain)
    calendar = re.match(r"(?:calendar(?: year)?|cy) ?(\d{4})\Z", bare)
    found = moment(plain) if calendar is None else moment(f"december {calendar[1]}")
    if found.kind == "unknown":
        found = moment(bare)
    if found.day is not None:
        return End(found.day)
    day = last_day(found, fiscal_start)
    if day is None or day == last_day(found):
        return End(day) if day else None
    return _fiscal(found, day, fiscal_start, named=re.search(_FISCAL, plain) is not None)


_FISCAL = r"\b(?:fy(?=\d|\b)|gj(?=\d|\b)|fiscal|financial|gesch(?:ä|ae)ftsjahr|ejercicio|exercice)"


def _fiscal(found: Moment, day: date, fiscal_start: int, named: bool) -> End:
    """An end that would be another day if the company's year began in January."""
    calendar = last_day(found)
    if named and not found.fiscal:
        return End(day, calendar=calendar)
    whole = period_of(day, "yearly", fiscal_start) if found.fiscal else found.named(fiscal_start)
    assert whole is not None
    place = "which lies in" if found.fiscal else "the last day of"
    kind = "fiscal year " if whole.frequency == "yearly" else ""
    said = f"It was read as {day}, {place} your {kind}{whole.title}."
    return End(day, fiscal=f"{said} If {calendar} was meant, type that day.", calendar=calendar)
