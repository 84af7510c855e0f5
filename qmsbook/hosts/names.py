"""Names for new sheets."""

from __future__ import annotations

from collections.abc import Iterable


def free_name(wished: str, taken: Iterable[str]) -> str:
    """The wished name for a new sheet, or ``wished (qmsbook)`` if it is taken; 31 characters at most."""
    names = {name.casefold() for name in taken}
    wished = wished[:31]
    if wished.casefold() not in names:
        return wished
    ending, count = " (qmsbook)", 1
    while (name := wished[: 31 - len(ending)] + ending).casefold() in names:
        count += 1
        ending = f" (qmsbook {count})"
    return name
