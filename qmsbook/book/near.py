"""What a person most likely meant: only what a slip of the fingers explains, never another thing."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property

_LOOK_ALIKE = str.maketrans("oil", "011")
#: A misspelled word shares this much with the right one; a shorter word has too few letters to tell.
_ALIKE, _LETTERS = 0.84, 4


#: Looking for a misspelled word among thousands takes time, and nobody reads more hints than this.
_MOST = 20


class Near:
    """Finds the known id or word that a slip turned into another text.

    A slip is another case, blanks, O for 0, l for 1, a leading zero, a point or dash more or less; in words
    also a letter or two. Another digit is another thing. Words are compared letter by letter for the first
    20 texts that nothing simpler explains; the rest go without.
    """

    def __init__(self, known: Iterable[str]) -> None:
        self._known = list(known)
        self._found: dict[str, str | None] = {}
        self._tries = 0

    def __call__(self, text: str) -> str | None:
        """The one that is meant, or None if there is none, or more than one."""
        if text not in self._found:
            self._found[text] = self._meant(text)
        return self._found[text]

    def _meant(self, text: str) -> str | None:
        for slip, alike in self._by_slip:
            if words := alike.get(slip(text)):
                return words[0] if len(words) == 1 else None
        self._tries += 1
        return _misspelled(text, self._known) if self._tries <= _MOST else None

    @cached_property
    def _by_slip(self) -> list[tuple[Callable[[str], str], dict[str, list[str]]]]:
        found: list[tuple[Callable[[str], str], dict[str, list[str]]]] = []
        for slip in (_unpointed, _unzeroed, _look_alike):
            alike: dict[str, list[str]] = defaultdict(list)
            for word in self._known:
                alike[slip(word)].append(word)
            found.append((slip, alike))
        return found


def near(text: str, known: Iterable[str]) -> str | None:
    """What one text most likely means; :class:`Near` answers for many."""
    return Near(known)(text)


def period_meant(text: str) -> str:
    """A period without the slips of a text: O for 0, l for 1, leading zeros, another sign between the parts.

    Blank for a text in which nothing slipped so; whether there is such a period is not asked.

    >>> period_meant("2026-1O"), period_meant("2026_010"), period_meant("2026-Ql"), period_meant("2026-10")
    ('2026-10', '2026-10', '2026-Q1', '')
    """
    match = _SLIPPED.match(text.strip())
    if match is None:
        return ""
    year, sign, place = digits_meant(match[1]), match[2].upper(), digits_meant(match[3])
    digits = place.lstrip("0").rjust(1 if sign in {"Q", "H"} else 2, "0")
    meant = f"{year}-{'' if sign == 'M' else sign}{digits}"
    return "" if meant == text.strip().upper() else meant


def digits_meant(text: str) -> str:
    """A text of figures with 0 for O and 1 for l."""
    return text.translate(_DIGITS)


_DIGITS = str.maketrans("OoIl", "0011")
_SLIPPED = re.compile(r"([\dOoIl]{4})[\s._;,/-]*([QHWMqhwm]?)[\s._;,/-]*([\dOoIl]{1,4})\Z")


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """``Did you mean O1.2?`` or nothing."""
    found = near(text, known)
    return f"Did you mean {found}?" if found else ""


def _unpointed(text: str) -> str:
    return re.sub(r"[\s._-]+", "", text).casefold()


def _unzeroed(text: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", _unpointed(text))


def _look_alike(text: str) -> str:
    return _unpointed(text).translate(_LOOK_ALIKE)


def _misspelled(text: str, words: list[str]) -> str | None:
    """The word of the same digits that is spelled nearly so."""
    digits, key = re.findall(r"\d", text), _unpointed(text)
    if sum(letter.isalpha() for letter in key) < _LETTERS:
        return None
    by_key = {_unpointed(word): word for word in words if re.findall(r"\d", word) == digits}
    found = difflib.get_close_matches(key, by_key, n=1, cutoff=_ALIKE)
    return by_key[found[0]] if found else None
