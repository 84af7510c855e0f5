"""What a mail says, before it is HTML or plain text: a title, and a few kinds of parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from qmsbook.methods.method import Level


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


def first_of(items: Sequence[Item], most: int, noun: str) -> tuple[tuple[Item, ...], str]:
    """The first items, and a word about the others, unless there is but one: ``and 3 more KPIs``."""
    if len(items) <= most + 1:
        return tuple(items), ""
    return tuple(items[:most]), f"and {len(items) - most} more {noun}"
