"""What a text says beside another figure: ``10% less than last year``, ``+5%``, ``better than 2025``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from qmsbook.book.numbers import exact, in_digits, number_from_text


@dataclass(frozen=True, slots=True)
class Relative:
    """What a text says beside another figure: ``amount`` percent, or as many of the unit, more or less.

    ``sign`` is 1 for more, -1 for less, 0 where only *better* is said. ``of`` is what it is held against: a
    year as ``2025``, ``baseline``, or blank for the year before. ``whole``: so many percent of it.
    ``bound`` is ``higher`` or ``lower`` where the figure that it comes to is the least or the most (*not more
    than last year*), ``better`` where that depends on the KPI; ``strict`` where it must be passed.
    ``around``: so much to either side. Where ``amount`` is None the text says more than can be worked out.
    """

    amount: float | None
    percent: bool
    sign: int
    of: str = ""
    strict: bool = False
    whole: bool = False
    bound: str = ""
    around: bool = False

    def of_base(self, base: float) -> float:
        """The figure that it comes to beside another one.

        >>> Relative(10, True, -1).of_base(132), Relative(3, False, 1).of_base(12)
        (118.8, 15.0)
        """
        amount = self.amount or 0.0
        if self.whole:
            return exact(base * amount / 100)
        # Percents are so much of the figure's size: 10 % more than -20 is -18.
        step = abs(base) * amount / 100 if self.percent else amount
        return exact(base + self.sign * step)


# Patterns are texts: `re` compiles each when it is first asked for, and few workbooks ask for any.
_LESS = "less|fewer|lower|below|under|down|reduction|reduce|decrease|cut|drop|weniger|moins|menos|minus"
_MORE = "more|higher|above|over|up|increase|growth|grow|raise|rise|mehr|plus|más|greater"
_BETTER = "better|improve|improvement|besser"
_YEAR_BEFORE = (
    r"(?:the\s+)?(?:last|previous|prior|past|preceding)\s+(?:fiscal\s+)?year(?:'s)?|year[- ]on[- ]year|yoy"
    r"|year[- ]over[- ]year|(?:im\s+|zum\s+)?vorjahr|l'an(?:née)? dernier|(?:el\s+)?año (?:pasado|anterior)"
)
_BASE = rf"\b(?:{_YEAR_BEFORE}|baseline|(?P<year>(?:19|20)\d\d)(?:'s)?)(?![\w])"
_WORD = {
    -1: (rf"(?<![\w])(?:{_LESS})(?![\w])"), 1: (rf"(?<![\w])(?:{_MORE})(?![\w])"),
    0: (rf"(?<![\w])(?:{_BETTER})(?![\w])"),
}  # fmt: skip
_CHANGE = r"(?P<sign>[-+])\s*(?P<size>\d[\d.,]*)\s*(?P<kind>%|pp|points?|percent|percentage points?)\Z"
_SIZE = r"(?<![\w.,])(?P<size>\d[\d.,]*)\s*(?P<percent>%|percent(?!age)|pct)?"
_BY = (
    rf"(?:{_LESS}|{_MORE}|{_BETTER})\s+(?:[^\d]{{1,30}}\s)?by\s+(?P<what>.+)\Z"
    r"|(?:down|up)\s+(?P<plain>\d.+)\Z"
)
_ALONE = r"(?:double|halve|half|triple)(?:\s+(?:it|the .*))?\Z"
_N = r"\d+(?:[.,]\d+)?"
#: Where the other figure stood, once it is taken out.
_OTHER = "@"
_TIMES = (
    rf"(?<![\w.,])(?:(?P<before>{_N})\s*(?:x|×|\*|times|-?fold)(?![\w])"
    rf"|{_OTHER}\s*(?:x|×|\*|times)\s*(?P<behind>{_N})\Z)"
)
_PART = (
    r"(?<![\w/])(?:(?P<above>\d+)\s*/\s*(?P<below>\d+)"
    r"|(?:(?P<many>\d+|an?)\s+)?(?P<part>third|quarter|fifth|tenth)s?(?![\w]))"
)
_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_STEP = (
    rf"\A[^\d{_OTHER}]*{_OTHER}\s*(?P<sign>\+|-|plus|minus|less)\s*(?:by\s+)?"
    rf"(?P<size>{_N})\s*(?P<percent>%|percent(?!age)|pct)?"
)
_NO = r"(?<![\w])(?:no|not|never|without|nicht|kein\w*|pas|sin)(?![\w])"

#: What stands before a figure that is the least or the most; *better* where that depends on the KPI.
_BOUNDS = (
    ("better", False, r"no(?:t)? (?:worse|poorer) than|at least as good as|as good as(?: or better than)?"),
    ("higher", False, r">\s*=|=\s*>|≥|⩾|≧|at (?:the )?least|no(?:t)? (?:less|fewer|lower|smaller) than"
     r"|no(?:t)? (?:below|under)|minimum(?: of)?|min\.?|mindestens|au moins|al menos"
     r"|at least as (?:many|much|high) as"),
    ("lower", False, r"<\s*=|=\s*<|≤|⩽|≦|at (?:the )?most|no(?:t)? (?:more|higher|greater|larger) than"
     r"|no(?:t)? (?:above|over)|not (?:to )?exceed(?:ing)?|up to|maximum(?: of)?|max\.?"
     r"|höchstens|au plus|a lo sumo"),
    ("better", True, r"better than|besser als"),
    ("higher", True, r">|(?:more|higher|greater|larger) than|above|over|exceeds?|exceeding|mehr als|über"),
    ("lower", True, r"<|(?:less|fewer|lower|smaller) than|below|under|weniger als|unter"),
)  # fmt: skip
#: Words that are a figure themselves, in percent of the other one; half of it, or half as much again.
_WORDS = (
    (r"\b(?:half|halve|hälfte)\b", 0.0), (r"\b(?:double|twice|doppelt)\b", 200.0),
    (r"\b(?:triple|thrice|dreifach)\b", 300.0),
)  # fmt: skip


def relative(plain: str, decimal: str | None = None) -> Relative | None:
    """How a text, in small letters, holds a figure against another one; None if it does not.

    >>> relative("10% less than last year").of_base(132), relative("95 % or more")
    (118.8, None)
    """
    change = re.match(_CHANGE, plain)
    if change is not None:
        percent = change["kind"] in {"%", "percent"}
        if change["sign"] == "-" and not percent:
            return None
        return _sized(change["size"], decimal, Relative(0.0, percent, 1 if change["sign"] == "+" else -1))
    base = re.search(_BASE, plain)
    if (base is None or base["year"]) and not (
        re.match(_BY, plain) or re.match(_ALONE, plain) or _compared(plain, base)
    ):
        return None
    of = "" if base is None else base["year"] or ("baseline" if "baseline" in base[0] else "")
    rest = plain if base is None else f"{plain[: base.start()]}{_OTHER}{plain[base.end() :]}"
    return replace(_beside(in_digits(rest), decimal), of=of)


def _beside(rest: str, decimal: str | None) -> Relative:
    """A text in which the other figure is a mark: what bounds it, and how much more or less it is."""
    bound, strict = "", False
    for way, passes, words in _BOUNDS:
        match = re.match(rf"(?:{words})(?![^\W\d_])\s*(?={_OTHER}|.*\d|.*(?:half|double|twice|triple))", rest)
        if match is not None:
            bound, strict, rest = way, passes, rest[match.end() :]
            break
    found = _amount(rest, decimal)
    if not bound:
        return found
    unsaid = found.strict or found.bound or found.around
    return Relative(None, True, 0) if unsaid else replace(found, bound=bound, strict=strict)


def _amount(rest: str, decimal: str | None) -> Relative:
    """How much more or less than the other figure a text says."""
    unknown = Relative(None, True, 0)
    sign, said = _sign(rest)
    both = re.search(_WORD[-1], rest) is not None and re.search(_WORD[1], rest) is not None
    sizes, times, part = re.findall(_SIZE, rest), re.search(_TIMES, rest), re.search(_PART, rest)
    if re.search(_NO, rest):  # no increase over last year: as much is the most
        opposite = {1: "lower", -1: "higher"}.get(sign, "")
        return unknown if sizes or both or not opposite else Relative(0.0, True, 0, bound=opposite)
    if times is not None:
        alone = len(sizes) <= 1 and not said
        figure = Relative(0.0, True, 0, whole=True)
        found = _sized(times["before"] or times["behind"], decimal, figure) if alone else None
        return unknown if found is None else replace(found, amount=exact((found.amount or 0.0) * 100))
    if part is not None:
        return _part(part, rest, sign, said) if not both else unknown
    if len(sizes) > 1 or both:
        return unknown
    for word, amount in _WORDS:
        if re.search(word, rest):  # these words are never meant in points
            figure = Relative(amount or (150.0 if sign > 0 else 50.0), True, sign, whole=True)
            return unknown if sizes or (amount and said) else figure
    if not sizes:
        way = {1: "higher", -1: "lower"}.get(sign, "better")
        return Relative(0.0, True, sign, strict=said, bound=way if said else "")
    step, size = re.match(_STEP, rest), re.search(_SIZE, rest)
    leading = re.match(r"[-+](?=\s*\d)", rest)
    sign = sign if leading is None else -1 if leading[0] == "-" else 1
    assert size is not None
    percent = bool(size["percent"])
    if step is not None:
        figure = Relative(0.0, percent, -1 if step["sign"] in {"-", "minus", "less"} else 1)
        return _sized(step["size"], decimal, figure) or unknown
    if re.match(r"\A(?:within|±|\+\s*/?\s*-)", rest):
        return _sized(size["size"], decimal, Relative(0.0, percent, 0, around=True)) or unknown
    whole = not said and percent and re.search(r"(?:%|percent|pct)\s+(?:of|von|de|du)\b", rest) is not None
    return _sized(size["size"], decimal, Relative(0.0, percent, sign, whole=whole)) or unknown


def _part(part: re.Match[str], rest: str, sign: int, said: bool) -> Relative:
    """A part of the other figure in words: a third of it, or a third less."""
    many = 1.0 if part["many"] in {None, "a", "an"} else float(part["many"])
    above, below = float(part["above"] or many), float(part["below"] or _PARTS.get(part["part"], 0))
    others = re.search(r"\d", rest[: part.start()] + rest[part.end() :])
    of = re.match(r"\s+(?:of|von|de|du)\b", rest[part.end() :]) is not None
    if others or not below or of == said:
        return Relative(None, True, 0)
    return Relative(100 * above / below, True, sign, whole=not said)


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
    if base is None:
        return False
    year = re.escape(base["year"])
    changed = rf"\A{year}(?:'s)?\s*(?:\+\s*|\s-\s)\d"
    times = rf"\b(?:times|x|twice|double|half|part|thirds?)\s+(?:of\s+)?{year}"
    good = rf"(?:as good as|same as|as in|worse than|% of|percent of)\s+(?:in\s+)?{year}"
    beside = rf"(?:{words})\s+(?:(?:than|in|on|of|over|vs\.?)\s+)*{year}"
    return any(re.search(rule, plain) for rule in (beside, changed, times, good))


def _sized(size: str, decimal: str | None, found: Relative) -> Relative | None:
    """The same with an amount that is written in digits; None where it may mean two numbers."""
    number = number_from_text(size.rstrip(".,"), decimal)
    return replace(found, amount=number[0]) if isinstance(number, tuple) else None
