"""What no sentence holds, whatever it counts: looked for in everything that is said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

NOUNS = (
    "KPI|reading|period|month|quarter|year|week|day|decision|action|objective|goal|idea|risk|threat|review"
    "|process|owner|person|thing|figure|target|point|finding|place|row|column|answer|opportunity|waiver|kind"
)
#: How one, two and many things are told.
ODD = {
    "one in the plural": rf"(?<![\d.,/-])1 (?:{NOUNS})(?:e?s)\b",
    "one people": r"(?<![\d.,/-])1 (?:people|processes|opportunities)\b",
    "several in the singular": rf"(?<![\d.,/-])(?:[2-9]|[1-9]\d) (?:{NOUNS})(?![\w-]|\()",
    "one are": rf"(?<![\w.,/-])(?<!and )1 (?:(?:{NOUNS}) )?(?:are|were|have)\b",
    "several is": rf"(?<![\d.,/-])(?:[2-9]|[1-9]\d) (?:{NOUNS})e?s (?:is|was|has)\b",
    "none of one": r"\b(?:None|none|all|each) of the 1\b|\bthe 1 ",
    "two is": r"\bK\d+(?: \([^)]*\))? and K\d+(?: \([^)]*\))? (?:is|was|has|does)\b",
    "its of several": r"\bK\d+(?: \([^)]*\))? and K\d+(?: \([^)]*\))? from its\b",
    "nothing between": r"\(\)|\( | \)|,,|;;|: \.|(?<!\.)\.\.(?!\.)| ,| ;|(?<=\w) \.(?![\w.])",
    "a blank name": r"\(, |, \)|\{|\}|\bNone\b(?= (?:for|by|on) )",
    "none of several": r"\b0 of them\b|\b0 (?:of these|led)\b",
    "one more": r"\band 1 more\b",
}
#: How a finding is written: what its parts left behind.
SLIPS = {
    "two spaces": r"\S  +\S",
    "what Python says": r"\bNone\b(?! of)|\b(?:nan|NaN|inf|True|False)\b|object at 0x|<class",
    "a name of the code": r"(?<![\w/.])[a-z]+_[a-z_]+\b",
    "a word twice": r"\b(?!(?:had|that) )([A-Za-z]+) \1\b(?!-)",
    "a before a vowel": r"\ba (?!one|once|eu)[aeio]\w+",
    "an before a consonant": r"\ban (?!hour|honest|[A-Z]\b)[bcdfghjklmnpqrstvwxyz]\w+",
    "no end": r"[^.?!…\s]\Z",
}


def odd_in(lines: Iterable[str], patterns: Mapping[str, str] = ODD) -> list[str]:
    """Each place where something odd is said, with the words around it."""
    return sorted(
        {
            f"{what}: …{line[max(found.start() - 40, 0) : found.end() + 40]}…"
            for what, pattern in patterns.items()
            for line in lines
            for found in re.finditer(pattern, line)
        }
    )


def unbalanced(lines: Iterable[str]) -> Iterator[str]:
    """The lines whose quotes, stars or brackets do not close."""
    for line in lines:
        if line.count('"') % 2 or line.count("*") % 2 or line.count("(") != line.count(")"):
            yield line
