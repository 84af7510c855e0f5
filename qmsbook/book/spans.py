"""Words for spans: over what a target counts (``rolling 3``), and how often where no choice says so."""

from __future__ import annotations

import re

_WEEKLY = "pick weekly and enter each week's figure, or monthly and the month's."
_MONTHLY = "pick monthly and enter the month's figure, or quarterly."
_YEARLY = "pick yearly, and leave a year without a figure blank with a comment."
# Patterns are texts: `re` compiles each when it is first asked for, and few workbooks ask for any.
_TWO, _EACH = r"(?:2|two|second|other)", r"(?:every|each)"
_TIMES = r"(?:twice|several times|(?:2|3|two|three) ?(?:x|times)) (?:a|per|each|every|in a)"
_NO_CHOICE = (
    (r"bi[- ]?month(?:ly)?", f"It may mean twice a month or every two months: {_MONTHLY}"),
    (r"bi[- ]?week(?:ly)?", f"It may mean twice a week or every two weeks: {_WEEKLY}"),
    (rf"fortnight(?:ly)?|semi[- ]?month(?:ly)?|semi[- ]?week(?:ly)?|{_EACH} (?:{_TWO} weeks?|14 days)"
     rf"|{_TIMES} (?:week|month)", f"That is none of the choices: {_WEEKLY}"),
    (rf"{_EACH} (?:{_TWO}|4|four|5|five) months?", f"That is none of the choices: {_MONTHLY}"),
    (rf"bi[- ]?enn?ial(?:ly)?|tri[- ]?enn?ial(?:ly)?|{_EACH} (?:{_TWO}|[3-9]|three|four|five) years?",
     f"A year is the longest span: {_YEARLY}"),
)  # fmt: skip


def instead_of(text: str) -> str:
    """What to pick for a frequency that may mean two things or is none of the choices; blank for others.

    >>> instead_of("bimonthly").partition(":")[0], instead_of("monthly")
    ('It may mean twice a month or every two months', '')
    """
    plain = _plain(text)
    return next((fix for rule, fix in _NO_CHOICE if re.match(rf"(?:{rule})\Z", plain)), "")


def _plain(text: str) -> str:
    return re.sub(r"[\s_]+", " ", text.strip().strip(".!\"'").casefold())


_OVER = {
    "each period": "each period, every period, per period, each, single period, each reading, every reading",
    "year to date": (
        "year to date, year-to-date, ytd, fytd, fiscal year to date, calendar year to date, year so far, "
        "this year so far, so far this year, cumulative in the year, cumulative for the year"
    ),
    "since the start": (
        "since the start, since start, from the start, since the beginning, total since the start, "
        "program to date, programme to date, project to date, inception to date"
    ),
    "rolling 12": "rolling 12, ttm, ltm, mat, moving annual total, rolling annual",
}
_WORDS = {kind: frozenset(words.split(", ")) for kind, words in _OVER.items()}
del _OVER
_ROLLS = r"\b(?:rolling|trailing|moving|last|past|running|previous)\b"
_IDLE = rf"{_ROLLS}|\b(?:the|total|average|sum|of|over|period|basis)\b|[-\s]+|\Ar(?=\s?\d)"
_SPAN = r"(?P<count>\d{1,2}|[a-z]*?)\s*(?P<unit>mo|months?|m|quarters?|q|years?|yr|y|)\Z"
_IN_MONTHS = {"q": 3, "y": 12}
_COUNTS = {"": 1, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12}
#: Over so many months a figure may roll.
_MOST_MONTHS = 60


def span_said(text: str) -> str | None:
    """What a target is held against, as *Target is* has it: ``rolling 3`` for 3 months; None for others.

    >>> span_said("R12"), span_said("trailing twelve months"), span_said("rolling quarter"), span_said("ytd")
    ('rolling 12', 'rolling 12', 'rolling 3', 'year to date')
    """
    plain = _plain(text)
    known = next((kind for kind, words in _WORDS.items() if plain in words), None)
    if known or not (re.search(_ROLLS, plain) or re.match(r"r ?\d+\Z", plain)):
        return known
    bare = " ".join(re.sub(_IDLE, " ", plain).split())
    match = re.match(_SPAN, bare) if bare else None
    if match is None:
        return None
    count = int(match["count"]) if match["count"].isdecimal() else _COUNTS.get(match["count"], 0)
    months = count * _IN_MONTHS.get(match["unit"][:1], 1)
    return f"rolling {months}" if 2 <= months <= _MOST_MONTHS else None


def span_in_doubt(text: str) -> str:
    """What to pick for words that may mean two spans, or do not say how long one is; blank for others.

    >>> span_in_doubt("rolling"), span_in_doubt("rolling 12")
    ('Say over how many months, from 2 to 60: rolling 3, rolling 12.', '')
    """
    plain = _plain(text)
    if plain in {
        "cumulative",
        "cumulated",
        "cumulatively",
        "to date",
        "total",
        "running total",
        "sum",
        "in total",
        "overall",
        "altogether",
    }:
        return "It may mean this year so far or all years: pick year to date or since the start."
    if re.match(r"(?:rolling|trailing|moving)\b", plain) and span_said(text) is None:
        return "Say over how many months, from 2 to 60: rolling 3, rolling 12."
    return ""


def rolls(target_is: str) -> int | None:
    """Over how many months a target rolls; None for one that does not.

    >>> rolls("rolling 12"), rolls("each period")
    (12, None)
    """
    return int(target_is[8:]) if target_is.startswith("rolling ") else None
