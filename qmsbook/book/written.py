"""Figures as people write them: ``≥ 95 %``, ``max. 5``, ``5-10``, ``±0.5``, ``4.5/5``, ``1:30``, ``zero``.

What has no value of its own (``10% less than last year``, ``50k``, ``+5%``) is never read as the number in
it: what it says comes back as parts, from which whoever knows last year's figure or the unit works it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from qmsbook.book.aggregation import by_unit, is_money
from qmsbook.book.numbers import (
    exact,
    in_thousands,
    magnitude,
    money_decimal,
    number_from_text,
    with_digits,
)
from qmsbook.book.other_unit import another_unit
from qmsbook.book.relative import Relative, relative
from qmsbook.book.units import is_percent, time_unit

#: Why a text has no value: it needs another figure, counts in thousands, is a time or a share that may mean
#: two things, or one value where two are named, a share of what is not named, is in another unit, or is a day
#: or period.
Refusal: TypeAlias = Literal[
    "relative", "thousands", "ambiguous", "time", "share", "from to", "no middle", "part", "unit", "when"
]  # fmt: skip

#: What a sign says.
Direction: TypeAlias = Literal["", "higher", "lower", "within"]


@dataclass(frozen=True, slots=True)
class Written:
    """A figure as it was written.

    ``value`` is the figure, with ``strict`` where it must be passed, not only reached. ``direction`` is what
    a sign says. A range has ``low`` and ``high`` and no value. ``unit`` is what stood behind the number,
    ``per`` the span that it is for (``year``, ``month``, ..., ``total`` for all of it).
    Where there is no value ``why`` says so, and ``parts`` or ``relative`` what is known:
    the values that it may mean, or how it stands to another figure.
    """

    value: float | None = None
    direction: Direction = ""
    low: float | None = None
    high: float | None = None
    strict: bool = False
    unit: str = ""
    per: str = ""
    why: Refusal | None = None
    parts: tuple[float, ...] = ()
    relative: Relative | None = None


# Patterns are texts: `re` compiles each when it is first asked for, and few workbooks ask for any.
_SIGNS: Mapping[Direction, str] = {
    "higher": (
        r">\s*/?\s*=|=\s*>|≥|⩾|≧|at least|at the least|not? less than|not? fewer than|not below|no lower than"
        r"|minimum of|minimum|min\.?|mindestens|mind\.|au moins|al menos|como mínimo|from at least"
    ),
    "lower": (
        r"<\s*/?\s*=|=\s*<|≤|⩽|≦|at most|at the most|not? more than|not? higher than|not above|not over"
        r"|not exceeding|not to exceed|up to|maximum of|maximum|max\.?|höchstens|maximal|au plus|como máximo"
        r"|a lo sumo|within"
    ),
}  # fmt: skip
_STRICT: Mapping[Direction, str] = {
    "higher": (
        r">|more than|over|above|greater than|higher than|exceeds?|exceeding|mehr als|über|plus de|más de"
    ),
    "lower": (
        r"<|less than|fewer than|under|below|lower than|weniger als|unter|moins de|menos de"
    ),
}  # fmt: skip
_MOVES: Mapping[Direction, str] = {
    "higher": r"(?:increase|raise|rise|grow|improve|lift|up)\s+to",
    "lower": r"(?:reduce|lower|cut|decrease|drop|fall|down)\s+to",
}
_BEHIND: Mapping[Direction, str] = {
    "higher": (
        r"\+|or (?:more|above|higher|better|over)|and (?:above|over|more|up)|minimum|min\.|at least|oder mehr"
    ),
    "lower": (
        r"or (?:less|fewer|below|lower|under)|and (?:below|under|less)|maximum|max\.?|at most|oder weniger"
    ),
}  # fmt: skip


def _one_of(kinds: Mapping[Direction, str], before: bool) -> list[tuple[Direction, str]]:
    around = r"\A(?:{})(?![^\W\d_])\s*(?P<rest>.+)\Z" if before else r"\A(?P<rest>.*?\d.*?)\s*(?:{})\Z"
    return [(direction, (around.format(words))) for direction, words in kinds.items()]


_BEFORE = [
    *((direction, strict, rule) for kinds, strict in ((_SIGNS, False), (_MOVES, False), (_STRICT, True))
      for direction, rule in _one_of(kinds, before=True)),
]  # fmt: skip
_AFTER = _one_of(_BEHIND, before=False)

_N = r"[-+]?\s*[$€£¥]?\s*(?:\d[\d.,' ]*|\.\d+)"
_TAIL = r"\s*(?:%|[^\W\d_][^\d:/]{0,30}|[$€£¥])?"
_BETWEEN = (
    rf"(?:(?:between|zwischen|entre|range(?: of)?|within)\s+)?(?P<a>{_N}{_TAIL}?)\s*"
    rf"(?:-|\.\.\.?|…|\bto\b|\band\b|\bund\b|\bbis\b|\bet\b|\by\b|\bà\b|\ba\b)\s*(?P<b>{_N}{_TAIL})\Z"
)
_FROM_TO = rf"(?:from|von|de)\s+(?P<a>{_N}{_TAIL}?)\s*(?:\bto\b|\bauf\b|\bà\b|\ba\b)\s*(?P<b>{_N}{_TAIL})\Z"
_AROUND = rf"(?P<a>{_N}{_TAIL}?)?\s*(?:±|\+\s*/?\s*-|plus or minus|plus/minus)\s*(?P<b>{_N}{_TAIL})\Z"
_PERIODS = r"(?:19|20)\d\d\s*-\s*(?:\d\d?|q[1-4]|h[12]|w\d\d?)\Z|\d\d?\s*-\s*(?:19|20)\d\d\Z"
_SHARE = rf"(?P<a>{_N})\s*(?:/|out of|of)\s*(?P<b>{_N})(?P<tail>{_TAIL})\Z"
_MONTH_OF_YEAR = r"(?:0?[1-9]|1[0-2])\s?/\s?(?:19|20)\d\d\Z"
_TIME = r"(?P<a>\d{1,4}):(?P<b>[0-5]\d)(?::(?P<c>[0-5]\d))?\s*(?P<tail>[^\W\d_]*)\.?\Z"
_PER = (
    r"(?P<unit>.*?)[\s/]*(?:\b(?:per|a|an|each|every|pro|par)\s+|/\s*)"
    r"(?P<span>week|month|quarter|half-?year|year|annum|woche|monat|quartal|jahr|semaine|mois|an)\.?\Z"
    r"|(?P<bare>.*?)\s*\b(?P<often>weekly|monthly|quarterly|yearly|annually|p\.?\s?a\.?)\Z"
)
_SPANS = {
    "annum": "year", "jahr": "year", "an": "year", "monat": "month", "mois": "month", "woche": "week",
    "semaine": "week", "quartal": "quarter", "halfyear": "half-year", "weekly": "week", "monthly": "month",
    "quarterly": "quarter", "yearly": "year", "annually": "year",
}  # fmt: skip
_TOTAL = (
    r"(?P<before>.*\d.*?),?\s+(?:(?:in|as a) total|in all|altogether|all together|overall|total"
    r"|cumulative(?:ly)?|insgesamt|au total|en total"
    r"|over (?:all|the|\d+|[a-z]+) years|since (?:the start|(?:19|20)\d\d))\Z"
    r"|(?:an? |in )?(?:total|overall|cumulative)(?: of)?:?\s+(?P<behind>.*\d.*)\Z"
)
_ZERO = r"(?:zero|nil|null)(?:\s+(?!to\b|or\b|and\b)[^\W\d_][^\d]{0,30})?\Z"
#: Out of so many a score is given; other shares are figures of another kind.
_SCALES = frozenset({4.0, 5.0, 6.0, 7.0, 10.0, 20.0, 100.0})


@lru_cache(maxsize=4096)
def read_figure(text: str, unit: str = "", decimal: str | None = None) -> Written | None:
    """A target, bound or baseline as people write it; None where a text is no figure of any kind.

    ``unit`` is that of the KPI, ``decimal`` the decimal sign that the workbook's other texts settle.

    >>> read_figure("≥ 95 %").value, read_figure("max. 5").direction, read_figure("5-10").low
    (95.0, 'lower', 5.0)
    >>> read_figure("50k", "$").parts, read_figure("10% less than last year").relative.of_base(132)
    ((50000.0,), 118.8)
    """
    plain = _plain(text)
    if not plain or len(plain) > 80:
        return None
    decimal = money_decimal(plain, unit) or decimal
    total = re.match(_TOTAL, plain) if by_unit(unit) == "sum" else None
    if total is not None:
        found = read_figure(total["behind"] or total["before"], unit, decimal)
        whole = found is not None and found.value is not None and not found.per
        return replace(found, per="total") if found is not None and whole else found
    found = (
        (Written(0.0) if _is_zero(plain, unit) else None)
        or _part(plain, unit)
        or _time(plain, unit)
        or _changed(plain, decimal)
        or _range(plain, unit, decimal)
        or _share(plain, unit, decimal)
        or _signed(plain, unit, decimal)
        or _figure(plain, unit, decimal)
    )
    if found is not None and found.why != "time" and another_unit(plain, found.unit, unit):
        return Written(why="unit", direction=found.direction)
    return found


def _is_zero(plain: str, unit: str) -> bool:
    """Whether words say zero; *none* and *no* say it of what is counted only."""
    if re.match(_ZERO, plain):
        return True
    if by_unit(unit) != "sum" or is_money(unit):
        return False
    own = re.escape(unit.strip().casefold().removesuffix("s"))
    return (
        re.match(
            rf"(?:none(?: at all)?|not (?:one|any|a single one)|(?:no|not one|not a single) {own}s?)\.?\Z",
            plain,
        )
        is not None
    )


_PARTS = {
    "half": 50.0, "halves": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0,
    "all": 100.0,
}  # fmt: skip
_PART = (
    r"(?:(?P<many>an?|one|two|three|four|nine)\s+)?(?P<part>half|halves|thirds?|quarters?|fifths?|tenths?|all)"
    r"(?:\s+of\s+(?:all|them|those|the)\b.*|\s+of\s+[a-z]+s)?\Z"
)


def _part(plain: str, unit: str) -> Written | None:
    """A part in words where percents are counted: of all, or of what was, only its writer knows."""
    match = re.match(_PART, plain) if is_percent(unit) else None
    if match is None:
        return None
    many = {"two": 2, "three": 3, "four": 4, "nine": 9}.get(match["many"] or "", 1)
    size = many * (_PARTS.get(match["part"]) or _PARTS[match["part"].removesuffix("s")])
    sure = match["part"] == "all" or " of " in plain
    return Written(why="share" if sure else "part", parts=(exact(round(size, 1)),)) if size <= 100 else None


def _changed(plain: str, decimal: str | None) -> Written | None:
    found = relative(plain, decimal)
    return None if found is None else _as_relative(found)


def _as_relative(found: Relative) -> Written:
    sign: Direction = "" if found.whole else "higher" if found.sign > 0 else "lower" if found.sign < 0 else ""
    way: Direction = "higher" if found.bound == "higher" else "lower" if found.bound == "lower" else sign
    return Written(why="relative", relative=found, direction=way)


def _plain(text: str) -> str:
    text = text.strip().strip("\"'“”„").translate(_SAME).casefold()
    return re.sub(r"\s+", " ", text).rstrip(";,").strip()


_SAME = str.maketrans(
    dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("\u00a0\u2009\u202f\t\n\r", " ") | dict.fromkeys("’‘`´", "'")
    | {"％": "%"}
)  # fmt: skip


def _figure(plain: str, unit: str, decimal: str | None) -> Written | None:
    """A bare number, with its unit and the span that it is for."""
    body, per = plain, ""
    found = re.match(_PER, plain)
    if found and not _is_of(plain, unit):
        body = (found["unit"] if found["span"] else found["bare"]).strip()
        often = (found["span"] or found["often"]).replace("-", "").replace(".", "").replace(" ", "")
        per = {"pa": "year"}.get(often) or _SPANS.get(often, often)
    if body[:1] == "+" or (per and body[:1] == "-"):
        return _change(body, decimal)
    for size in (magnitude(body, unit, decimal), in_thousands(body, unit, decimal)):
        if size is not None:
            return Written(why="thousands", parts=(size,))
    number = number_from_text(with_digits(body, unit) or "", decimal, most=40)
    if number == "ambiguous":
        return Written(why="ambiguous")
    return None if number is None else Written(number[0], unit=number[1], per=per)


def _change(body: str, decimal: str | None) -> Written | None:
    """What a leading sign makes of a figure: so much more, or less, than another one."""
    found = relative(body, decimal)
    if found is None:
        number = number_from_text(body[1:].strip(), decimal, most=40)
        if not isinstance(number, tuple):
            return None
        found = Relative(number[0], number[1] == "%", 1 if body[0] == "+" else -1)
    return _as_relative(found)


def _is_of(plain: str, unit: str) -> bool:
    """Whether a span belongs to the unit: complaints per month."""
    return bool(unit) and plain.endswith(unit.strip().casefold())


def _core(rest: str, unit: str, decimal: str | None) -> Written | None:
    """What stands behind a sign: a number, a score out of the best there is, a time."""
    return _time(rest, unit) or _share(rest, unit, decimal) or _figure(rest, unit, decimal)


def _signed(plain: str, unit: str, decimal: str | None) -> Written | None:
    """A number with a sign or words before or behind it."""
    for direction, strict, rule in _BEFORE:
        match = re.match(rule, plain)
        if match is None:
            continue
        found = _core(match["rest"], unit, decimal)
        if found is None or (plain.startswith("within") and "%" in match["rest"]):
            return None
        return replace(found, direction=direction, strict=strict)
    for direction, rule in _AFTER:
        match = re.match(rule, plain)
        if match is None or (match["rest"].isdecimal() and plain.endswith(" min.") and time_unit(unit)):
            continue
        found = _core(match["rest"], unit, decimal)
        return None if found is None else replace(found, direction=direction)
    if not re.match(r"=|\A(?:exactly|reach|target(?: of)?:?|to reach)\b", plain):
        return None
    rest = re.sub(r"\A(?:=|exactly|reach|target(?: of)?:?|to reach)\s*", "", plain)
    return _figure(rest, unit, decimal) if rest else None


def _range(plain: str, unit: str, decimal: str | None) -> Written | None:
    """Two numbers between which a figure is to stay, or one with what it may be off."""
    around = re.match(_AROUND, plain)
    if around is not None:
        return _around(around["a"] or "", around["b"], unit, decimal)
    moved = re.match(_FROM_TO, plain)
    match = moved or re.match(_BETWEEN, plain)
    if match is None or re.match(_PERIODS, plain):
        return None
    low, high = (number_from_text(part.strip(), decimal, most=40) for part in (match["a"], match["b"]))
    if low == "ambiguous" or high == "ambiguous":
        return Written(why="ambiguous", direction="" if moved else "within")
    if low is None or high is None or (low[1] and high[1] and low[1] != high[1]):
        return None
    if moved is not None:
        return Written(why="from to", parts=(low[0], high[0]))
    return Written(direction="within", low=low[0], high=high[0], unit=high[1] or low[1])


def _around(middle: str, way: str, unit: str, decimal: str | None) -> Written | None:
    size = number_from_text(way.strip(), decimal, most=40)
    centre = number_from_text(middle.strip(), decimal, most=40) if middle.strip() else (0.0, "")
    if size == "ambiguous" or centre == "ambiguous":
        return Written(why="ambiguous", direction="within")
    if size is None or centre is None:
        return None
    share = size[1] == "%" and not is_percent(unit) and centre[1] != "%"
    if share and not middle.strip():
        return Written(why="no middle", parts=(size[0],))
    off = abs(centre[0]) * size[0] / 100 if share else size[0]
    return Written(
        direction="within", low=exact(centre[0] - off), high=exact(centre[0] + off),
        unit=centre[1] or ("" if share else size[1]),
    )  # fmt: skip


def _share(plain: str, unit: str, decimal: str | None) -> Written | None:
    """A score out of the best there is: 4.5/5; another share is told in percent."""
    match = re.match(_SHARE, plain)
    if match is None or re.match(_MONTH_OF_YEAR, plain):
        return None
    pair = [number_from_text(part.strip(), decimal) for part in (match["a"], match["b"])]
    if not all(isinstance(each, tuple) for each in pair):
        return None
    part, whole = (each[0] for each in pair if isinstance(each, tuple))
    if whole <= 0 or not 0 <= part <= whole:
        return None
    if whole in _SCALES and not is_percent(unit) and by_unit(unit) != "sum":
        return Written(part, unit=match["tail"].strip())
    return Written(why="share", parts=(exact(100 * part / whole), part, whole))


def _time(plain: str, unit: str) -> Written | None:
    """``1:30`` in the unit of the KPI; what may be hours and minutes or minutes and seconds is no value."""
    match = re.match(_TIME, plain)
    if match is None:
        return None
    kind, tail = time_unit(unit), match["tail"]
    days = int(match["a"]) / 24 + int(match["b"]) / 1440 + int(match["c"] or 0) / 86400
    if kind is None or (tail and time_unit(tail) is None):
        return Written(why="time")
    shorter = days / 60
    if match["c"] is None and kind in {"min", "s"} and (time_unit(tail) if tail else "") != "h":
        if tail and time_unit(tail) in {"min", "s"}:
            return Written(in_unit(shorter, kind))
        return Written(why="time", parts=(in_unit(days, kind), in_unit(shorter, kind)))
    return Written(in_unit(days, kind))


_A_DAY = {"s": 86400.0, "min": 1440.0, "h": 24.0, "d": 1.0}


def in_unit(days: float, kind: str) -> float:
    """A time, in days as Excel keeps it, in a unit of time (``s``, ``min``, ``h`` or ``d``).

    >>> in_unit(0.0625, "h"), in_unit(0.0625, "min")
    (1.5, 90.0)
    """
    return exact(days * _A_DAY[kind])
