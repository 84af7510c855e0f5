"""What a person most likely meant: only what a slip of the fingers explains, never another thing."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_LOOK_ALIKE = str.maketrans("oil", "011")
#: A misspelled word shares this much with the right one; a shorter word has too few letters to tell.
_ALIKE, _LETTERS = 0.84, 4


def near(text: str, known: Iterable[str]) -> str | None:
    """The known id or word that a slip turned into this text, or None if there is none, or more than one.

    A slip is another case, blanks, O for 0, l for 1, a leading zero, a point or dash more or less; in words
    also a letter or two. Another digit is another thing.
    """
    words = list(known)
    for slip in (_unpointed, _unzeroed, _look_alike):
        wanted = slip(text)
        alike = [word for word in words if slip(word) == wanted]
        if alike:
            return alike[0] if len(alike) == 1 else None
    return _misspelled(text, words)


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
