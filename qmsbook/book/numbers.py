"""Numbers that arrive as text: what they come to where they can mean only one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from qmsbook.book.aggregation import by_unit, is_money

_NUMBER = re.compile(
    r"(?P<sign>[-+−]?)\s*[$€£¥]?\s*(?P<digits>\d[\d.,' \u00a0\u2009\u202f]*|\.\d+)\s*(?P<tail>.*)\Z"
)
_UNIT = re.compile(r"%(?:\s[^\d]*)?\Z|[$€£¥]\Z|[^\W\d_][^\d]*\Z")
#: Words that hold a figure against another one: what stands before them is not the whole of it.
_HELD_AGAINST = (
    r"(?i)\b(?:than|less|more|fewer|lower|higher|better|below|above|under|over|last|previous|prior|down|up|by"
    r"|reduction|increase|decrease|improvement|growth|weniger|mehr|vorjahr)\b"
)
_CURRENCIES = r"[$€£¥]|usd|eur|euros?|gbp|chf|dollars?"
_MAGNITUDE = (
    rf"(?P<sign>[-+]?)\s*(?P<before>{_CURRENCIES})?\s*(?P<digits>\d[\d.,' ]*|\.\d+)\s*"
    r"(?P<size>k|t(?=\s*(?:eur|€))|thousand|tsd\.?|tausend|m|mn|mln|mio\.?|millions?|bn|billions?|mrd\.?)\s*"
    rf"(?P<behind>{_CURRENCIES})?\Z"
)
_SIZES = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9}
_SPACES = re.compile(r"[' \u00a0\u2009\u202f]")
#: A number within a text, its sign, currency and words left out.
_RUN = r"(?<![\w.,/:])(?:\d[\d.,' \u00a0\u2009\u202f]*\d|\d|\.\d+)(?![/:\d])"
#: Digits that spaces or apostrophes part into thousands.
_SPACED = re.compile(r"\d{1,3}(?:[' \u00a0\u2009\u202f]\d{3})+(?:[.,]\d*)?\Z")


def settle_decimal(texts: Iterable[str]) -> str | None:
    """The decimal sign that a workbook's numbers kept as text agree on, or None."""
    runs = (run for text in texts for run in re.findall(_RUN, text))
    signs = {sign for run in runs if (sign := _decimal_of(run)) is not None}
    return signs.pop() if len(signs) == 1 else None


def number_from_text(
    text: str, decimal: str | None = None, most: int = 21
) -> tuple[float, str] | None | Literal["ambiguous"]:
    """A text's number with its unit, None if it is no number, ``ambiguous`` if it may mean two.

    The unit has at most ``most`` letters.

    >>> number_from_text("1,234.5"), number_from_text("95,1 %"), number_from_text("1,234")
    ((1234.5, ''), (95.1, '%'), 'ambiguous')
    """
    match = _NUMBER.match(text.strip())
    if match is None or not _is_unit(match["tail"], most):
        return None
    digits = match["digits"].strip()
    if _SPACES.search(digits) and not _SPACED.match(digits):
        return None  # two numbers, or a slip of the thumb: never one number made of both
    digits = _SPACES.sub("", digits)
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


def _is_unit(tail: str, most: int) -> bool:
    if not tail:
        return True
    return len(tail) <= most and _UNIT.match(tail) is not None and re.search(_HELD_AGAINST, tail) is None


def magnitude(text: str, unit: str = "", decimal: str | None = None) -> float | None:
    """A number of thousands, millions or thousand millions in a unit; None for anything else.

    An ``m`` is a million only of money or of what is counted: else it may be metres or minutes. What carries
    the unit as it is written, such as $50k in $k, is a plain number.

    >>> magnitude("50k", "$"), magnitude("50k", "$k"), magnitude("$1.2m", "$k"), magnitude("50 m", "m")
    (50000.0, 50.0, 1200.0, None)
    """
    match = re.match(_MAGNITUDE, text.strip().casefold())
    if match is None:
        return None
    own, money = unit.strip().casefold(), match["before"] or match["behind"] or ""
    if own in {match["size"], money + match["size"], match["size"] + money}:
        return None
    size = "b" if match["size"].startswith(("bn", "bil", "mrd")) else match["size"][0]
    counted = by_unit(unit) == "sum"
    if match["size"] == "m" and not (money or counted):
        return None
    number = number_from_text(match["digits"].strip(), decimal)
    if not isinstance(number, tuple):
        return None
    in_own = re.sub(rf"{_CURRENCIES}|[\s.]", "", own)
    of_unit = _SIZES.get(in_own[:1], 1.0) if in_own in _IN_THOUSANDS and counted else 1.0
    value = exact(number[0] * _SIZES[size] / of_unit)
    return -value if match["sign"] == "-" else value


def in_thousands(text: str, unit: str, decimal: str | None = None) -> float | None:
    """An amount with its currency in full, in a unit of thousands or millions; None for anything else.

    Money has no third decimal: three digits behind a sign are thousands.

    >>> in_thousands("$95,000", "$k"), in_thousands("$95", "$k"), in_thousands("95000", "$k")
    (95.0, None, None)
    """
    if not is_money(unit):
        return None
    own = re.sub(rf"{_CURRENCIES}|[\s.]", "", unit.strip().casefold())
    scale = _SIZES.get(own[:1], 1.0) if own in _IN_THOUSANDS else 1.0
    number = (
        number_from_text(text, decimal) if scale > 1 and re.search(_CURRENCIES, text.casefold()) else None
    )
    if number is not None and re.search(r"\d[.,]\d{3}(?!\d)", text):
        number = number_from_text(re.sub(r"(?<=\d)[.,](?=\d{3}(?!\d))", "", text), decimal)
    if not isinstance(number, tuple) or abs(number[0]) < scale:
        return None
    return exact(number[0] / scale)


def money_decimal(text: str, unit: str) -> str | None:
    """The decimal sign of an amount of money with its currency: three digits behind a sign are thousands.

    >>> money_decimal("$15,000", "$"), money_decimal("≤ 15.000 €", "€"), money_decimal("15,000", "$")
    ('.', ',', None)
    """
    if not is_money(unit) or re.search(_CURRENCIES, text.casefold()) is None:
        return None
    match = re.search(r"\d([.,])\d{3}(?![\d.,])", text)
    return None if match is None else "." if match[1] == "," else ","


_NUMBERS = re.findall(r"\w+", "one two three four five six seven eight nine ten eleven twelve")
_NUMBER_WORD = rf"\A({'|'.join(_NUMBERS)})\b"
#: What makes another number of a number word, or of two.
_MORE_WORDS = (
    r"\b(?:hundred|thousand|million|billion|dozen|half|halves|thirds?|quarters?|fifths?|tenths?|to|or|and|point"
    rf"|{'|'.join(_NUMBERS)})\b"
)


def with_digits(plain: str, unit: str = "") -> str | None:
    """A text in small letters with its number word in digits; None if its words make another number.

    >>> with_digits("two days"), with_digits("three quarters"), with_digits("half a day"), with_digits("95 %")
    ('2 days', None, '0.5 day', '95 %')
    """
    if re.search(r"\d", plain):
        return plain
    half = re.match(r"half (?:an?|of an?) (?=\w)", plain)
    if half is not None:
        return f"0.5 {plain[half.end() :]}"
    word = re.match(_NUMBER_WORD, plain)
    if word is None:
        return plain
    rest = plain[word.end() :]
    if re.search(_MORE_WORDS, rest) and rest.strip() != unit.strip().casefold():
        return None
    return f"{_NUMBERS.index(word[1]) + 1}{rest}"


def in_digits(plain: str) -> str:
    """A text in small letters with all its number words in digits.

    >>> in_digits("two more, one of them new")
    '2 more, 1 of them new'
    """
    return re.sub(rf"\b(?:{'|'.join(_NUMBERS)})\b", lambda word: str(_NUMBERS.index(word[0]) + 1), plain)


def exact(value: float) -> float:
    """A figure that was worked out, without the dust of binary fractions: 118.8, not 118.80000000000001."""
    return float(f"{value:.12g}")


_IN_THOUSANDS = frozenset({"k", "t", "tsd", "thousand", "m", "mn", "mln", "mio", "million", "bn", "b"})


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
