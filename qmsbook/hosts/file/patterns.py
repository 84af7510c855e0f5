"""The regular expressions that find rows, cells and their attributes in the bytes of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from qmsbook.book.cell import letters
from qmsbook.hosts.file.text import resolved

# Early Python 3.11 goes wrong on possessive quantifiers and atomic groups. So none are used here: what may
# follow a repetition can never be taken by it, and no repetition runs past the tag or the cell that it is in.
#: Plain text between the tags of a cell; ``@`` stands for the prefix of the main namespace.
INLINE = rb"<@is><@t[^<>]*>[^<]*</@t></@is>"
#: Anything that may stand there: no other cell and no row.
INSIDE = rb"[^<]*(?:<(?!/?@(?:c|row)[\s/>])[^<]*)*"
#: What stands between the letters and the end of a cell: row number, other attributes, content.
_CELL = rb"""[0-9]+"[^<>]*>(?:(?<=/>)|(?:<@v>[^<]*</@v>|%s|%s)</@c>)""" % (INLINE, INSIDE)


@dataclass(frozen=True, slots=True)
class Patterns:
    """The regular expressions for one prefix of the main namespace.

    ``cell`` gives letters, row number, other attributes, the plain value, and any other content.
    """

    cell: re.Pattern[bytes]
    row: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    value: re.Pattern[bytes]
    merge: re.Pattern[bytes]
    column: re.Pattern[bytes]


@lru_cache(maxsize=16)
def patterns(prefix: bytes) -> Patterns:
    """The patterns for ``b""`` or a prefix such as ``b"x:"``."""

    def made(pattern: bytes) -> re.Pattern[bytes]:
        return re.compile(prefixed(pattern, prefix), re.DOTALL)

    return Patterns(
        made(
            rb'<@c r="([A-Z]{1,3})([0-9]{1,7})"([^<>/]*(?:/(?!>)[^<>/]*)*)'
            rb"(?:/>|>(?:<@v>([^<]*)</@v></@c>|(%s|%s)</@c>))" % (INLINE, INSIDE)
        ),
        made(rb'<@row\s(?:[^<>]*?\s)??r="([0-9]{1,7})"[^<>]*>'),
        made(rb"<@f(\s[^<>]*?)?(?:/>|>([^<]*)</@f>)"),
        made(rb"<@v(?:\s[^<>]*)?>([^<]*)</@v>"),
        made(rb"<@mergeCell(\s[^<>]*)?>"),
        made(rb"<@col(\s[^<>]*)?>"),
    )


def prefixed(pattern: bytes, prefix: bytes) -> bytes:
    """A pattern with the prefix of the main namespace in place of each ``@``."""
    return pattern.replace(b"@", re.escape(prefix))


def cells_in(prefix: bytes, columns: Iterable[int]) -> bytes:
    """A pattern for a cell in one of these columns."""
    endings: dict[bytes, bytes] = {}
    for name in (letters(column).encode() for column in columns):
        endings[name[:-1]] = endings.get(name[:-1], b"") + name[-1:]
    if not endings:
        return b"(?!)"
    names = b"|".join(first + b"[" + last + b"]" for first, last in endings.items())
    return prefixed(b'<@c r="(?:%s)' % names + _CELL, prefix)


_ATTRIBUTE = re.compile(rb"""\s([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes in the bytes of a tag."""
    return {name.decode(): resolved((a or b).decode()) for name, a, b in _ATTRIBUTE.findall(tag)}
