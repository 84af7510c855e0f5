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


def contradicts(written: str, unit: str) -> bool:
    """Whether a unit behind a number is surely another than the one that is wanted.

    >>> contradicts("h", "min"), contradicts("hrs", "hours"), contradicts("parts", "pieces")
    (True, False, False)
    """
    one, other = (_KIND.get(text.strip().strip(".").casefold()) for text in (written, unit))
    return one is not None and other is not None and one != other
