"""Whether a text names another unit than the one that is wanted: € for $, % for a score, hours for money."""

from __future__ import annotations

import re
from functools import lru_cache

from qmsbook.book.aggregation import by_unit, is_money
from qmsbook.book.units import is_percent, kind_of_unit

_CURRENCIES = {
    word: words[0]
    for words in (
        ("$", "usd", "dollar", "dollars"), ("€", "eur", "euro", "euros"), ("£", "gbp"), ("¥", "jpy", "yen"),
        ("chf",),
    )
    for word in words
}  # fmt: skip
#: Words in the plural that count money.
_MONEY_WORDS = frozenset({"sales", "revenues", "costs", "savings", "profits", "earnings", "expenses"})
#: Scales and measures, by their last word: of none of them a figure is said in percent.
_NO_SHARE = frozenset(
    re.findall(
        r"\w+",
        """score scores point points star stars grade grades mark marks rating ratings index level levels nps
        ph mm cm m km µm mil mils m2 m3 m² m³ g kg t l ml liter liters litre litres kw kwh mw mwh w v a bar db
        c f lb lbs oz ft gal mpg rpm people persons employees""",
    )
)


@lru_cache(maxsize=1024)
def currency_in(text: str) -> str:
    """The currency that a text or a unit names; blank for none.

    >>> currency_in("30 €"), currency_in("$k"), currency_in("95 TEUR"), currency_in("days")
    ('€', '$', '€', '')
    """
    words = re.findall(r"[$€£¥]|[^\W\d_]+", text.casefold())
    found = (_CURRENCIES.get(word) or _CURRENCIES.get(word[1:] if word[0] in "ktm" else "") for word in words)
    return next((each for each in found if each), "")


@lru_cache(maxsize=4096)
def another_unit(text: str, written: str, unit: str) -> bool:
    """Whether a text surely names another unit than the one wanted; ``written`` stands behind its number.

    >>> another_unit("12 h", "h", "min"), another_unit("30 €", "€", "$"), another_unit("90 %", "%", "score")
    (True, True, True)
    >>> another_unit("$95k", "k", "$k"), another_unit("9 %", "%", "rate"), another_unit("5 late", "late", "%")
    (False, False, False)
    """
    if not unit.strip():
        return False
    own, named = currency_in(unit), currency_in(text)
    if named:
        return named != own if own else _is_no_money(unit)
    one, other = kind_of_unit(written), kind_of_unit(unit)
    if is_percent(written.split(" ")[0]) or one == kind_of_unit("%"):
        return other != one and (other is not None or bool(own) or _has_no_share(unit))
    if one is not None:
        return (other is not None and one != other) or bool(own)
    things = by_unit(written) == "sum" and len(written) > 3 and written.endswith("s")
    return things and written not in _MONEY_WORDS and (other is not None or is_money(unit))


def _is_no_money(unit: str) -> bool:
    counted = by_unit(unit) == "sum" and not is_money(unit) and unit.strip().casefold() not in _MONEY_WORDS
    return kind_of_unit(unit) is not None or counted


def _has_no_share(unit: str) -> bool:
    words = unit.strip().casefold().split()
    return by_unit(unit) == "sum" or (words[-1].lstrip("°") in _NO_SHARE and "per" not in words)
