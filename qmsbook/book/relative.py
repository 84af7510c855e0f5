"""What a text says beside another figure: ``10% less than last year``, ``+5%``, ``better than 2025``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qmsbook.book.numbers import exact, number_from_text


@dataclass(frozen=True, slots=True)
class Relative:
    """What a text says beside another figure: ``amount`` percent, or as many of the unit, more or less.

    ``sign`` is 1 for more, -1 for less, 0 where only *better* is said. ``of`` is what it is held against: a
    year as ``2025``, ``baseline``, or blank for the year before. ``whole``: so many percent of it.
    """

    amount: float
    percent: bool
    sign: int
    of: str = ""
    strict: bool = False
    whole: bool = False

    def of_base(self, base: float) -> float:
        """The figure that it comes to beside another one.

        >>> Relative(10, True, -1).of_base(132), Relative(3, False, 1).of_base(12)
        (118.8, 15.0)
        """
        if self.whole:
            return exact(base * self.amount / 100)
        step = base * self.amount / 100 if self.percent else self.amount
        return exact(base + self.sign * step)


# Patterns are texts: `re` compiles each when it is first asked for, and few workbooks ask for any.
_LESS = "less|fewer|lower|below|under|down|reduction|reduce|decrease|cut|drop|weniger|moins|menos|minus"
_MORE = "more|higher|above|over|up|increase|growth|grow|raise|rise|mehr|plus|más|greater"
_BETTER = "better|improve|improvement|besser"
_YEAR_BEFORE = (
    r"(?:the\s+)?(?:last|previous|prior|past|preceding)\s+(?:fiscal\s+)?year(?:'s)?|year[- ]on[- ]year|yoy"
    r"|year[- ]over[- ]year|(?:im\s+|zum\s+)?vorjahr|l'an(?:née)? dernier|(?:el\s+)?año (?:pasado|anterior)"
)
_BASE = rf"\b(?:{_YEAR_BEFORE}|baseline|(?P<year>(?:19|20)\d\d))\b"
_WORD = {
    -1: (rf"(?<![\w])(?:{_LESS})(?![\w])"), 1: (rf"(?<![\w])(?:{_MORE})(?![\w])"),
    0: (rf"(?<![\w])(?:{_BETTER})(?![\w])"),
}  # fmt: skip
_CHANGE = r"(?P<sign>[-+])\s*(?P<size>\d[\d.,]*)\s*(?P<kind>%|pp|points?|percent|percentage points?)\Z"
_SIZE = r"(?<![\w.,])(?P<size>\d[\d.,]*)\s*(?P<percent>%|percent|pct)?"
_BY = (
    rf"(?:{_LESS}|{_MORE}|{_BETTER})\s+(?:[^\d]{{1,30}}\s)?by\s+(?P<what>.+)\Z"
    r"|(?:down|up)\s+(?P<plain>\d.+)\Z"
)
_ALONE = r"(?:double|halve|half)(?:\s+(?:it|the .*))?\Z"


#: Words that are a figure themselves, in percent of the other one; half of it, or half as much again.
_WORDS = ((r"\b(?:half|halve|hälfte)\b", 0.0), (r"\b(?:double|twice|doppelt)\b", 200.0))


def relative(plain: str, decimal: str | None = None) -> Relative | None:
    """How a text, in small letters, holds a figure against another one; None if it does not.

    >>> relative("10% less than last year"), relative("95 % or more")
    (Relative(amount=10.0, percent=True, sign=-1, of='', strict=False, whole=False), None)
    """
    change = re.match(_CHANGE, plain)
    if change is not None:
        percent = change["kind"] in {"%", "percent"}
        if change["sign"] == "-" and not percent:
            return None
        return _by(change["size"], decimal, percent, 1 if change["sign"] == "+" else -1)
    base = re.search(_BASE, plain)
    if (base is None or base["year"]) and not (
        re.match(_BY, plain) or re.match(_ALONE, plain) or _compared(plain, base)
    ):
        return None
    of = "" if base is None else base["year"] or ("baseline" if "baseline" in base[0] else "")
    sign, judged = _sign(plain)
    for word, amount in _WORDS:
        if re.search(word, plain):  # these words are never meant in points
            return Relative(amount or (150.0 if sign > 0 else 50.0), True, sign, of, whole=True)
    size = re.search(_SIZE, plain.replace(base[0], " ") if base else plain)
    if size is None:
        return Relative(0.0, True, sign, of, strict=judged)
    percent = bool(size["percent"])
    whole = not judged and percent and re.search(r"(?:%|percent|pct)\s+(?:of|von|de|du)\b", plain) is not None
    return _by(size["size"], decimal, percent, sign, of, whole)


def _sign(plain: str) -> tuple[int, bool]:
    """Whether a text says more (1) or less (-1), and whether it says that or *better*."""
    less, more, better = (re.search(_WORD[sign], plain) for sign in (-1, 1, 0))
    first = min((m for m in (less, more) if m), key=lambda match: match.start(), default=None)
    return (0 if first is None else -1 if first is less else 1), bool(less or more or better)


def _compared(plain: str, base: re.Match[str] | None) -> bool:
    """Whether a figure is named with how it is to change: ``10 % less``, ``5 % reduction in 2026``."""
    words = rf"{_LESS}|{_MORE}|{_BETTER}"
    if re.search(r"\d[\d.,]*\s*(?:%|percent|pct|[^\W\d_]+)?\s+(?:or|and|oder)\s", plain):
        return False
    if re.search(rf"\d[\d.,]*\s*(?:%|percent|pct|points?|pp)\s+(?:{words})(?![\w])", plain):
        return True
    number = r"\d[\d.,]*\s*(?:[^\W\d_]+)?"
    if re.match(rf"{number}\s+(?:less|fewer|more|lower|higher|better)(?:\s+than\s+.*)?\Z", plain):
        return True
    return base is not None and re.search(rf"(?:{words})\s+(?:than\s+)?{base['year']}", plain) is not None


def _by(
    size: str, decimal: str | None, percent: bool, sign: int, of: str = "", whole: bool = False
) -> Relative | None:
    number = number_from_text(size.rstrip(".,"), decimal)
    return Relative(number[0], percent, sign, of, whole=whole) if isinstance(number, tuple) else None
