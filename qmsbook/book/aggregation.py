"""How several readings make one figure where nobody said it: as the unit asks."""

from __future__ import annotations

import re
from functools import lru_cache

#: What a sentence says of a figure that several readings came to.
SAID = {
    "sum": "added up", "average": "averaged", "last": "last reading", "minimum": "lowest",
    "maximum": "highest", "ratio": "ratio of the sums",
}  # fmt: skip

#: The same where there is room for one word.
SHORT = {
    "sum": "sum", "average": "avg", "last": "last", "minimum": "min", "maximum": "max", "ratio": "ratio"
}  # fmt: skip

#: Units of which a year has as many as its months together. So has what is named in the plural, but for what
#: is measured; anything else is averaged.
_COUNTED = frozenset(
    re.findall(
        r"\w+",
        """count counts number numbers no nos nr qty quantity each ea piece pieces pcs pc unit units item
        items part parts case cases event events incident incidents accident accidents injury injuries defect
        defects complaint complaints claim claims return returns order orders quote quotes line lines lot lots
        batch batches shipment shipments delivery deliveries visit visits call calls report reports idea ideas
        suggestion suggestions audit audits finding findings training trainings customer customers project
        projects new lost won open late kg ton liter litre nonconformity nonconformities ncr
        ncrs near misses account accounts ticket tickets bug bugs
        lead leads contract contracts booking bookings request requests error errors failure failures
        workshop workshops session sessions outage outages subscription subscriptions install installs
        stück stk anzahl fälle teile reklamationen unfälle aufträge pièces pieza piezas unidades nombre cas
        """,
    )
)
#: Words in the plural that are no counts: times, scores, and how many there are, whatever the period.
_MEASURED = frozenset(
    re.findall(
        r"\w+",
        """seconds minutes hours days weeks months quarters years points stars scores grades marks ratings
        levels steps degrees turns times rates ratios shares percents percentages employees members residents
        students positions vacancies volts watts amps bars decibels microns""",
    )
)
_MONEY = re.compile(
    r"(?:k|m|mn|bn|t|tsd\.?|mio\.?|thousand|million)?\s*(?:[$€£¥]|usd|eur|euro|euros|gbp|chf|jpy|dollars?)"
    r"\s*(?:k|m|mn|bn|tsd\.?|mio\.?|thousand|million|1,?000)?\Z"
)
#: Shorter words with an s are signs, such as ``ms`` or ``rps``.
_PLURAL = 4
_RATE = re.compile(r"\bper\b|/|\bpro\b|\bpar\b|\bpor\b|%|‰")


def is_money(unit: str) -> bool:
    """Whether a unit is one of money: ``$k``, ``million EUR``."""
    return _MONEY.match(unit.strip().casefold()) is not None


@lru_cache(maxsize=1024)
def by_unit(unit: str, ratio: bool = False) -> str:
    """``sum`` for counts, pieces and money, ``ratio`` where both its counts have names, else ``average``.

    >>> by_unit("pieces"), by_unit("$k"), by_unit("%"), by_unit("hours"), by_unit("complaints per 100")
    ('sum', 'sum', 'average', 'average', 'average')
    >>> by_unit("homes"), by_unit("new clients"), by_unit("working days"), by_unit("rpm")
    ('sum', 'sum', 'average', 'average')
    """
    if ratio:
        return "ratio"
    text = unit.strip().casefold()
    if not text or _RATE.search(text):
        return "average"
    words = re.findall(r"[^\W\d_]+", text)
    counted = text == "#" or (bool(words) and all(map(_is_counted, words)))
    return "sum" if counted or _MONEY.match(text) else "average"


_SCALES = frozenset(
    {
        "score",
        "scores",
        "point",
        "points",
        "star",
        "stars",
        "grade",
        "grades",
        "mark",
        "marks",
        "rating",
        "ratings",
    }
    | {"index", "level"}
)


def adds_up(unit: str) -> bool:
    """Whether so many of a unit a year are the sum of its months: hours are, percents and scores are not.

    >>> adds_up("hours"), adds_up("complaints"), adds_up("%"), adds_up("score"), adds_up("$ per order")
    (True, True, False, False, False)
    """
    text = unit.strip().casefold()
    return not _RATE.search(text) and not _SCALES.intersection(text.split())


def _is_counted(word: str) -> bool:
    plural = len(word) >= _PLURAL and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word in _COUNTED or (plural and word not in _MEASURED)
