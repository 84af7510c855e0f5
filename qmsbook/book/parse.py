"""One cell's value, read as its column means it: leniently, once, with a word on whatever did not fit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal, TypeAlias

from qmsbook.book.period import parse_period
from qmsbook.book.table import Column, ErrorValue, Value

#: Why a cell did not fit its column. All but ``number as text``, ``date as text`` and ``formula-like text``
#: make the cell count as blank.
Misfit: TypeAlias = Literal[
    "wrong type", "error value", "impossible date", "off the scale", "unknown choice", "ambiguous number",
    "not calculated", "number as text", "date as text", "formula-like text",
]  # fmt: skip
HARMLESS: frozenset[str] = frozenset({"number as text", "date as text", "formula-like text"})

_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)\s*[$€£¥]?\s*(?P<digits>\d[\d.,' \u00a0\u2009\u202f]*|\.\d+)\s*(?P<tail>.*)\Z"
)
_UNIT = re.compile(r"%|[^\W\d_][^\d]{0,20}\Z")
_SPACES = re.compile(r"[' \u00a0\u2009\u202f]")
_FORMULA = re.compile(r"[=@]\S|[+-]\$?[A-Z]{1,3}\$?\d|[+-][A-Za-z]+\(")
_YES = {"yes", "y", "true", "x", "1", "ja", "oui", "si", "sí"}
_NO = {"no", "n", "false", "0", "nein", "non"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A cell's value as its column means it; ``misfit`` says what was wrong, ``detail`` adds a hint."""

    value: Any
    misfit: Misfit | None = None
    detail: str = ""


def parse(column: Column, value: Value, decimal: str | None = None) -> Parsed:
    """Read one cell. ``decimal`` is the decimal sign that the workbook's other texts settle, if they do."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Parsed(column.default)
    if isinstance(value, ErrorValue):
        return Parsed(column.default, "error value", f"The cell shows {value.code}.")
    match column.kind:
        case "number":
            return _number(column, value, decimal)
        case "date":
            return _date(column, value)
        case "flag":
            return _flag(column, value)
        case "choice":
            return _choice(column, value)
        case "period":
            return Parsed(period_text(value))
        case "any":
            return Parsed(value.strip() if isinstance(value, str) else value)
        case "id" | "ref" | "refs":
            return _id(column, value)
        case _:
            text = plain_text(value)
            return Parsed(text, "formula-like text" if _FORMULA.match(text) else None)


def plain_text(value: Value) -> str:
    """A value as text: whole numbers without a point, dates as 2026-10-31, yes and no for booleans."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return "" if value is None else str(value).strip()


def split_ids(text: str) -> tuple[str, ...]:
    """The ids in a cell: separated by commas, semicolons or line breaks."""
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,;\n\r]+", text) if part.strip()))


@lru_cache(maxsize=1 << 12)
def squeezed(text: str) -> str:
    """What of an id counts when two are compared as people mean it: no case, no spaces."""
    return re.sub(r"\s+", "", text).casefold()


def near(text: str, known: Iterable[str]) -> str | None:
    """The known word that a person most likely meant, or None."""
    words = list(known)
    alike = [word for word in words if _folded(word) == _folded(text)]
    if len(alike) == 1:
        return alike[0]
    by_key = {squeezed(word): word for word in words}
    found = difflib.get_close_matches(squeezed(text), by_key, n=1, cutoff=0.6)
    return by_key[found[0]] if found else None


def _folded(text: str) -> str:
    """An id without what fingers confuse: O and 0, l and 1, leading zeros, points and dashes."""
    plain = re.sub(r"[\s._-]+", "", text).casefold().translate(str.maketrans("oil", "011"))
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """``Did you mean O1.2?`` or nothing."""
    found = near(text, known)
    return f"Did you mean {found}?" if found else ""


def period_text(value: Value) -> str:
    """The text of a period cell: canonical where it can be read, as typed where not; dates as 2026-10-31."""
    text = plain_text(value)
    period = parse_period(text)
    return period.text if period else text


def settle_decimal(texts: Iterable[str]) -> str | None:
    """The decimal sign that a workbook's numbers kept as text agree on, or None."""
    signs = {sign for text in texts if (sign := _decimal_of(text)) is not None}
    return signs.pop() if len(signs) == 1 else None


def number_from_text(
    text: str, decimal: str | None = None
) -> tuple[float, str] | None | Literal["ambiguous"]:
    """A text's number with its unit, None if it is no number, ``ambiguous`` if it may mean two.

    >>> number_from_text("1,234.5"), number_from_text("95,1 %"), number_from_text("1,234")
    ((1234.5, ''), (95.1, '%'), 'ambiguous')
    """
    match = _NUMBER.match(text.strip())
    if match is None or not (match["tail"] == "" or _UNIT.match(match["tail"])):
        return None
    digits = _SPACES.sub("", match["digits"])
    sign = _decimal_in(digits)
    if sign == "ambiguous":
        if decimal is None:
            return "ambiguous"
        sign = decimal
    if sign is None:
        return None
    grouping = "," if sign == "." else "."
    plain = digits.replace(grouping, "").replace(sign, ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return (-number if match["sign"] in {"-", "−"} else number), match["tail"].strip()


def _decimal_of(text: str) -> str | None:
    match = _NUMBER.match(text.strip())
    if match is None:
        return None
    digits = _SPACES.sub("", match["digits"])
    found = _decimal_in(digits)
    return found if found in {",", "."} and (found in digits or "," in digits or "." in digits) else None


def _decimal_in(digits: str) -> str | None:
    """The decimal sign in a run of digits and signs: ``.``, ``,``, ``ambiguous``, or None for nonsense."""
    commas, points = digits.count(","), digits.count(".")
    if not commas and not points:
        return "."
    if commas and points:
        last = "," if digits.rfind(",") > digits.rfind(".") else "."
        grouping = "." if last == "," else ","
        return last if digits.count(last) == 1 and _grouped(digits.split(last)[0], grouping) else None
    sign = "," if commas else "."
    other = "." if commas else ","
    if digits.count(sign) > 1:
        return other if _grouped(digits, sign) else None
    head, tail = digits.split(sign)
    could_group = len(tail) == 3 and 1 <= len(head) <= 3 and not head.startswith("0")
    return "ambiguous" if could_group else sign


def _grouped(digits: str, sign: str) -> bool:
    head, *groups = digits.split(sign)
    return 1 <= len(head) <= 3 and all(len(group) == 3 for group in groups)


def _number(column: Column, value: Value, decimal: str | None) -> Parsed:
    if isinstance(value, float):
        return _bounded(column, value, None)
    if not isinstance(value, str):
        return Parsed(column.default, "wrong type", f"{column.header} takes {column.required_kind}.")
    found = number_from_text(value, decimal)
    if found == "ambiguous":
        return Parsed(column.default, "ambiguous number", "It may mean two different numbers.")
    if found is None:
        return Parsed(column.default, "wrong type", f"{column.header} takes {column.required_kind}.")
    return _bounded(column, found[0], "number as text")


def _bounded(column: Column, number: float, misfit: Misfit | None) -> Parsed:
    low, high = column.low, column.high
    whole = not column.whole or number.is_integer()
    if whole and (low is None or number >= low) and (high is None or number <= high):
        return Parsed(number, misfit, f"It was read as {number:.15g}." if misfit else "")
    if low is not None and high is not None:
        span = f"from {low:g} to {high:g}"
    else:
        span = (
            f"of {low:g} or more" if low is not None else f"of {high:g} or less" if high is not None else ""
        )
    return Parsed(
        column.default, "off the scale", f"{column.header} takes {column.required_kind} {span}".rstrip() + "."
    )


def _date(column: Column, value: Value) -> Parsed:
    if isinstance(value, datetime):
        return Parsed(value.date())
    if isinstance(value, date):
        return Parsed(value)
    if isinstance(value, str):
        text = value.strip()
        match = re.match(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z", text)
        parts = (match[1], match[2], match[3]) if match else None
        dotted = re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})\Z", text)
        if dotted:
            parts = (dotted[3], dotted[2], dotted[1])
        if parts:
            try:
                day = date(int(parts[0]), int(parts[1]), int(parts[2]))
            except ValueError:
                return Parsed(column.default, "impossible date", "There is no such day.")
            return Parsed(day, "date as text", f"It was read as {day.isoformat()}.")
    return Parsed(column.default, "wrong type", f"{column.header} takes a date such as 2026-10-31.")


def _flag(column: Column, value: Value) -> Parsed:
    if isinstance(value, bool):
        return Parsed(value)
    text = plain_text(value).casefold()
    if text in _YES or text in _NO:
        return Parsed(text in _YES)
    return Parsed(column.default, "unknown choice", f"{column.header} takes yes or no.")


def _choice(column: Column, value: Value) -> Parsed:
    text = plain_text(value)
    for choice in column.choices:
        if squeezed(choice) == squeezed(text):
            return Parsed(choice)
    if column.suggest:
        return Parsed(text)
    hint = did_you_mean(text, column.choices)
    return Parsed(
        column.default, "unknown choice", f"{column.header} takes {column.required_kind}. {hint}".strip()
    )


def _id(column: Column, value: Value) -> Parsed:
    if isinstance(value, date):
        detail = "Excel made a date of it; format the cell as text and type the id again."
        return Parsed(column.default, "wrong type", detail)
    text = plain_text(value)
    return Parsed(split_ids(text) if column.kind == "refs" else text)
