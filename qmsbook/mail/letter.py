"""What a mail says, before it is HTML or plain text: a title, and a few kinds of parts."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qmsbook.methods.method import Level

#: Signs that turn the direction of writing and so can make a name read as another one.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; ``large`` for the one sentence that everybody should read."""

    text: str
    large: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of each kind, side by side: label, count, what it means."""

    items: tuple[tuple[str, int, Level], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: ``lead`` in bold, then the text; ``word`` is a status word to mark it with."""

    lead: str
    text: str = ""
    word: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list under a heading; ``more`` says what was left out, ``empty`` what is said without any item."""

    heading: str
    items: tuple[Item, ...]
    more: str = ""
    empty: str = ""


Part: TypeAlias = Paragraph | Tally | Listing


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words. ``foot`` is printed small at the end, one line each."""

    subject: str
    title: str
    subtitle: str
    parts: tuple[Part, ...]
    foot: tuple[str, ...] = ()


def one_line(text: str) -> str:
    """A text on one line, without signs that no eye sees: nothing in it can begin a header or a line.

    >>> one_line("Sofia\\r\\nBcc: all@example.com")
    'Sofia Bcc: all@example.com'
    """
    kept = (" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(c for c in kept if _is_seen(c)).split())


def _is_seen(letter: str) -> bool:
    return letter not in _TURNING and unicodedata.category(letter) != "Cs"


def first_of(items: Sequence[Item], most: int, noun: str) -> tuple[tuple[Item, ...], str]:
    """The first items, and a word about the others: ``and 3 more KPIs``."""
    if len(items) <= most:
        return tuple(items), ""
    return tuple(items[:most]), f"and {len(items) - most} more {noun}"
