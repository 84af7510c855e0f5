"""What another program said went wrong, as a person may read it: without the places in its source."""

from __future__ import annotations

import re

#: A place in a program's source or library: a path, or a file of such a kind.
_PLACE = re.compile(
    r"^\W*\w:[/\\]|[/\\].*[/\\]|\.(?:c|cc|cxx|cpp|h|hxx|py|dll|so|chm)(?::\d+)?\W*$", re.IGNORECASE
)
#: Words that lead to a place and mean nothing without it.
_LEADS = ("at", "in", "call", "during", "file", "line")
_MOST = 200


def in_words(*problems: BaseException) -> str:
    """What problems say, in brackets, or a blank text if that is nothing for people.

    >>> in_words(Exception("no such sheet at ./sc/source/ui/unoobj/docuno.cxx:3273"))
    '(no such sheet)'
    >>> in_words(Exception("/build/libreoffice/sc/source/core/data/table.cxx:12"))
    ''
    >>> in_words(Exception(-2147352567, "Exception occurred.", (0, "Excel", "It is full.", None, 0, 1), None))
    '(It is full.)'
    """
    said = [text for problem in problems if (text := _said(problem))]
    return f"({'; '.join(said)})" if said else ""


def _said(problem: BaseException) -> str:
    parts = problem.args
    if len(parts) > 2 and isinstance(parts[2], tuple) and len(parts[2]) > 2 and parts[2][2]:
        text = str(parts[2][2])  # what Excel itself says inside what COM says
    elif len(parts) > 1 and isinstance(parts[0], int):
        text = str(parts[1])
    else:
        text = str(problem)
    lines = [line for each in text.splitlines() if (line := _without_places(each))]
    return lines[0][:_MOST] if lines else ""


def _without_places(line: str) -> str:
    kept: list[str] = []
    for word in line.split():
        if _PLACE.search(word):
            while kept and kept[-1] in _LEADS:
                kept.pop()
        else:
            kept.append(word)
    return " ".join(kept).strip(" ,;:")
