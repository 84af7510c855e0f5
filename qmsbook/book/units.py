"""Units that people write in several ways, and those that exclude each other."""

from __future__ import annotations

_KINDS = (
    "% percent pct prozent", "ppm", "s sec secs second seconds sekunden", "min mins minute minutes minuten",
    "h hr hrs hour hours std stunden heures horas", "d day days tage jours días", "wk week weeks wochen",
    "month months monate mois meses", "yr year years jahre ans años",
)  # fmt: skip
_KIND = {word: kind for kind, words in enumerate(_KINDS) for word in words.split()}


_PERCENT = frozenset({"%", "percent", "pct"})


def is_percent(unit: str) -> bool:
    """Whether figures of a unit are percents."""
    return unit.strip().casefold() in _PERCENT


def time_unit(unit: str) -> str | None:
    """The unit of time that a unit is, in any of its spellings: ``s``, ``min``, ``h`` or ``d``, else None.

    >>> time_unit("hours"), time_unit("working days"), time_unit("min."), time_unit("pieces")
    ('h', 'd', 'min', None)
    """
    words = unit.strip().strip(".").casefold().split()
    return _TIMES.get(_KIND.get(words[-1], -1)) if words else None


_TIMES = {_KIND[word]: word for word in ("s", "min", "h", "d")}


def same_unit(one: str, other: str) -> bool:
    """Whether two texts are one unit, in any of its spellings.

    >>> same_unit("h", "hours"), same_unit("PCS", "pcs"), same_unit("h", "min"), same_unit("pcs", "lots")
    (True, True, False, False)
    """
    kind = kind_of_unit(one)
    alike = one.strip().casefold() == other.strip().casefold()
    return alike or (kind is not None and kind == kind_of_unit(other))


def kind_of_unit(unit: str) -> int | None:
    """Which kind of unit a text ends with: equal numbers for spellings of one unit, None for any other.

    >>> kind_of_unit("working days") == kind_of_unit("d"), kind_of_unit("% of days") == kind_of_unit("pct")
    (True, True)
    >>> kind_of_unit("orders per day"), kind_of_unit("pieces")
    (None, None)
    """
    text = unit.strip().strip(".").casefold()
    words = text.replace("%", " % ").split()
    share = next((word for word in words if word in _PERCENT), "")
    if share:
        return _KIND[share]
    return _KIND.get(words[-1]) if words and "per" not in words and "/" not in text else None


def is_time(unit: str) -> bool:
    """Whether figures of a unit are a time, not so many of something in a time.

    >>> is_time("lost hours"), is_time("working days"), is_time("orders per hour"), is_time("% of days")
    (True, True, False, False)
    """
    return kind_of_unit(unit) in _TIMES
