"""Figures, gaps and lists as a sentence says them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from qmsbook.book.units import is_percent

#: Units that count things: the number alone says it.
_BARE = frozenset({"", "count", "counts", "number", "score", "rate", "index", "#", "no.", "pieces", "pcs"})
_MONEY = re.compile(r"([$€£¥])\s*(k|K|m|M|bn|mn)?\Z")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_DECIMALS = 9
#: What a unit counts, before what it is counted by: ``working days`` of ``working days per order``.
_COUNTED = re.compile(r"(?!per )[A-Za-z -]*?(?= (?:per|of|each|a|an) |/|\Z)")
#: Endings of plurals, with those of one thing; what else ends in s is left as it is.
_PLURALS = (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("xes", "x"), ("s", ""))
_NO_PLURAL = ("ss", "us", "is", "bias", "gas", "series", "species", "news", "means")
#: Shorter words are signs, such as ``ms`` or ``lbs``.
_WORD = 4
#: Signs that turn the direction of writing and so can make a name read as another one.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


class Unit(str):
    """A unit with the decimals that its KPI is written with: 149.7 km is never told as 150.

    It is the unit's text to everybody but what this module says of figures.
    """

    __slots__ = ("decimals",)
    decimals: int

    def __new__(cls, text: str, decimals: int) -> Unit:
        unit = super().__new__(cls, text)
        unit.decimals = decimals
        return unit

    def __reduce__(self) -> tuple[type[Unit], tuple[str, int]]:
        return Unit, (str(self), self.decimals)


def unit_as_written(unit: str, *figures: float | None) -> str:
    """The unit of a KPI, with the decimals that people write its figures with.

    >>> [figure(149.66, unit_as_written("km", *written)) for written in ((149.7, 30), (150, 1 / 3))]
    ['149.7 km', '150 km']
    """
    written = [decimals_written(value) for value in figures if value is not None]
    told = [each for each in written if each <= _MOST_WRITTEN]
    return Unit(unit, max(told)) if told else unit


#: Nobody writes a figure with more decimals; they come of a calculation.
_MOST_WRITTEN = 3


def decimals_written(value: float) -> int:
    """How many decimals a figure is written with; six or more count as six.

    >>> decimals_written(149.7), decimals_written(30.0), decimals_written(1 / 3), decimals_written(0.1 + 0.2)
    (1, 0, 6, 1)
    """
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])


def places(unit: str, *read: float) -> int:
    """The decimals with which a KPI's figures stand side by side, in cells and at charts.

    They are those that the KPI is written with; where figures were worked out, they may have more.

    >>> places(Unit("%", 1), 96, 95.4), places("%", 3, 4), places("%", 27.8351, 26.5487)
    (1, 0, 1)
    """
    written = unit.decimals if isinstance(unit, Unit) else 0
    if all(decimals_written(value) <= written for value in read):
        return written
    return decimals_in(unit, *read)


def decimals_in(unit: str, *values: float) -> int:
    """The decimals of figures in their unit: those that its KPI is written with.

    What was worked out has three significant digits, but at most one decimal more than what is written; a
    small figure is never told as zero.

    >>> whole = Unit("tunnels", 0)
    >>> decimals_in(whole, 4.3669), decimals_in("tunnels", 4.3669), decimals_in(whole, 0.04)
    (1, 2, 2)
    """
    found = decimals_for(*values)
    if not isinstance(unit, Unit):
        return found
    return max(unit.decimals, min(found, max(unit.decimals + 1, found - 2)))


def _places(value: float, unit: str, decimals: int | None) -> int | None:
    """The decimals of a figure in its unit: no fewer than its KPI is written with."""
    if not isinstance(unit, Unit):
        return decimals
    return decimals_in(unit, value) if decimals is None else max(decimals, unit.decimals)


def number(value: float, decimals: int | None = None) -> str:
    """A number for people: three significant digits unless told, thousands apart, no idle zeros.

    >>> number(88.1549), number(1450.4), number(95.0), number(0.01234), number(-0.0)
    ('88.2', '1,450', '95', '0.0123', '0')
    """
    places = decimals_for(value) if decimals is None else decimals
    text = f"{value:,.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def decimals_for(*values: float) -> int:
    """How many decimals give the largest of some numbers three significant digits; whole ones stay whole.

    >>> decimals_for(88.15, 95), decimals_for(1.2), decimals_for(905), decimals_for(0)
    (1, 2, 0, 0)
    """
    largest = max((abs(value) for value in values), default=0.0)
    if largest == 0 or not math.isfinite(largest):
        return 0
    return min(max(2 - math.floor(math.log10(largest)), 0), _MOST_DECIMALS)


def decimals_apart(one: float, other: float, unit: str = "") -> int:
    """How many decimals two numbers need to look different, if they are (to a part in a thousand million).

    >>> decimals_apart(88.2, 93.1), decimals_apart(1200.4, 1200.2), decimals_apart(3, 4.37, Unit("lots", 0))
    (1, 1, 1)
    """
    decimals = decimals_in(unit, one, other)
    if abs(one - other) <= 1e-9 * max(abs(one), abs(other)):
        return decimals
    while number(one, decimals) == number(other, decimals) and decimals < _MOST_DECIMALS:
        decimals += 1
    return decimals


def figure(value: float, unit: str, decimals: int | None = None) -> str:
    """A number with its unit, as it is spoken.

    >>> figure(88.15, "%"), figure(905.4, "$k"), figure(-12, "$k"), figure(8, "count"), figure(1.5, "hours")
    ('88.2 %', '$905k', '-$12k', '8', '1.5 hours')
    >>> figure(1, "complaints"), figure(1, "working days per order"), figure(1, "ms"), figure(0, "days")
    ('1 complaint', '1 working day per order', '1 ms', '0 days')
    """
    text = number(value, decimals if type(unit) is str else _places(value, unit, decimals))
    unit = unit.strip()
    if unit.casefold() in _BARE:
        return text
    if is_percent(unit):
        return f"{text} %"
    money = _MONEY.match(unit)
    if money:
        sign = "-" if text.startswith("-") else ""
        return f"{sign}{money[1]}{text.lstrip('-')}{money[2] or ''}"
    return f"{text} {_of_one(unit) if text in ('1', '-1') else unit}"


def _of_one(unit: str) -> str:
    """A unit as it is said of a single one: the word that is counted loses its plural."""
    match = _COUNTED.match(unit)
    head = match[0] if match else ""
    word = head.rsplit(" ", 1)[-1]
    if len(word) < _WORD or word.endswith(_NO_PLURAL) or not word.islower():
        return unit
    plural_, one = next(((end, one) for end, one in _PLURALS if word.endswith(end)), ("", ""))
    return f"{head[: len(head) - len(plural_)]}{one}{unit[len(head) :]}"


def again(value: float, unit: str, decimals: int | None = None) -> str:
    """A further figure of one sentence: with its unit if that is a sign, without if it is a word.

    >>> again(93.1, "%"), again(905, "$k"), again(3.14, "working days")
    ('93.1 %', '$905k', '3.14')
    """
    sign = is_percent(unit) or _MONEY.match(unit.strip())
    return figure(value, unit, decimals) if sign else number(value, _places(value, unit, decimals))


def gap_words(gap: float, unit: str, decimals: int | None = None) -> str:
    """How far apart two figures are: as a figure, but in points where the unit is percent; never negative.

    >>> gap_words(-4.9, "%"), gap_words(1, "%"), gap_words(-23, "$k")
    ('4.9 points', '1 point', '$23k')
    """
    if is_percent(unit):
        text = number(abs(gap), _places(gap, unit, decimals))
        return f"{text} point" if text == "1" else f"{text} points"
    return figure(abs(gap), unit, decimals)


def span_words(low: float | None, high: float | None, unit: str) -> str:
    """A range in words: ``7 to 9 %``, ``7 % or more``, ``9 % or less``; blank without any bound."""
    if low is not None and high is not None:
        return f"{number(low, _places(low, unit, None))} to {figure(high, unit)}"
    if low is not None:
        return f"{figure(low, unit)} or more"
    return f"{figure(high, unit)} or less" if high is not None else ""


def two(low: float, high: float, unit: str) -> str:
    """Two ends of a span in words: ``84 and 92.5 %``, ``$20k and $73k``."""
    decimals = decimals_in(unit, low, high)
    start = (
        figure(low, unit, decimals)
        if _MONEY.match(unit.strip())
        else number(low, _places(low, unit, decimals))
    )
    return f"{start} and {figure(high, unit, decimals)}"


def clipped(text: str, most: int = 44) -> str:
    """A text on one line, of at most so many letters, cut after a whole word.

    >>> clipped("On-time delivery to promised date", 20)
    'On-time delivery …'
    """
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip() + " …"


def percent(share: float) -> str:
    """A share as whole percent: 0.834 is ``83 %``."""
    return f"{number(share * 100, 0)} %"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 KPI``, ``3 KPIs``, ``2 people``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def ordinal(count: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``11th``."""
    ending = "th" if count % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """Items as a sentence lists them: ``K1``, ``K1 and K2``, ``K1, K2 and K3``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def day_words(day: date) -> str:
    """A day as every sentence, sheet and mail says it: ``Nov 10, 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def one_line(text: str) -> str:
    """A text on one line, without signs that no eye sees: nothing in it can begin a header or a line.

    >>> one_line("Sofia\\r\\nBcc: all@example.com")
    'Sofia Bcc: all@example.com'
    """
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in kept if _is_seen(c)).split())


def _is_seen(letter: str) -> bool:
    return letter not in _TURNING and unicodedata.category(letter) != "Cs"
