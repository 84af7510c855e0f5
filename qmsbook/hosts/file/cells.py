"""How a value becomes the XML of a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from qmsbook.book.table import ErrorValue, Value
from qmsbook.hosts.file.formats import Formats
from qmsbook.hosts.file.styles import StyleBook
from qmsbook.hosts.file.text import escaped, hidden
from qmsbook.hosts.host import NotStorable

#: Text that begins like this turns into a formula or a number at the next F2 and Enter, unless it is quoted.
_NEEDS_QUOTE = ("=", "+", "-", "@")
#: How many different cells are made only once.
_REMEMBERED = 1 << 16


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula to write, without ``=``; it has no value until a spreadsheet program calculates it."""

    text: str


class Tails(dict[tuple[int, type, "Value | Formula"], bytes]):
    """Makes what stands behind a cell's address, and remembers it."""

    def __init__(self, make: Callable[[int, Value | Formula], bytes]) -> None:
        self._make = make

    def __missing__(self, key: tuple[int, type, Value | Formula]) -> bytes:
        made = self._make(key[0], key[2])
        if len(self) < _REMEMBERED:
            self[key] = made
        return made


class Encoder:
    """Writes cells for one workbook, and finds or adds the formats that their values need.

    ``book`` opens the style sheet; it is called only when a format is needed that may not be there.
    """

    def __init__(self, formats: Formats, book: Callable[[], StyleBook]) -> None:
        self.formats = formats
        self._book = book
        self._tails: dict[bytes, Tails] = {}
        self._styles: dict[tuple[int, str], int] = {}

    def style(self, style: int, value: Value | Formula) -> int:
        """The format for a value in a cell that has a format: its own, or one derived from it."""
        sort = self.formats.sorts[style] if style < len(self.formats.sorts) else "number"
        want = ""
        if isinstance(value, str):
            want = "quote" if value.startswith(_NEEDS_QUOTE) and len(value) > 1 else ""
        elif isinstance(value, date):
            want = "" if sort == "date" else "moment" if isinstance(value, datetime) else "date"
        elif type(value) is float and sort == "date":
            want = "plain"
        if not want:
            return style
        if (style, want) not in self._styles:
            self._styles[style, want] = self._book().derive(style, want)
        return self._styles[style, want]

    def tails(self, prefix: bytes) -> Tails:
        """What stands behind the address in the XML of a cell, by format, type and value."""
        if prefix not in self._tails:
            self._tails[prefix] = Tails(partial(self._tail, prefix))
        return self._tails[prefix]

    def _tail(self, prefix: bytes, style: int, value: Value | Formula) -> bytes:
        style = self.style(style, value)
        kind, content = self._content(prefix, value)
        head = b'" s="%d"' % style if style else b'"'
        return b"%s%s>%s</%sc>" % (head, kind, content, prefix) if content else head + b"/>"

    def _content(self, prefix: bytes, value: Value | Formula) -> tuple[bytes, bytes]:
        if value is None:
            return b"", b""
        if isinstance(value, Formula):
            return b"", b"<%sf>%s</%sf>" % (prefix, escaped(value.text), prefix)
        if isinstance(value, bool):
            return b' t="b"', _v(prefix, b"1" if value else b"0")
        if isinstance(value, float):
            return b"", _v(prefix, number(value))
        if isinstance(value, ErrorValue):
            return b' t="e"', _v(prefix, escaped(value.code))
        if isinstance(value, date):
            serial = self.formats.serial(value)
            if serial is None:
                raise NotStorable(f"{value} lies before the first day that this workbook can count.")
            return b"", _v(prefix, number(serial))
        return b' t="inlineStr"', inline(value, prefix)


def _v(prefix: bytes, text: bytes) -> bytes:
    return b"<%sv>%s</%sv>" % (prefix, text, prefix)


def number(value: float) -> bytes:
    """A number as Excel writes it: the shortest text that reads back as the same number."""
    return (repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)).encode()


def inline(text: str, prefix: bytes = b"") -> bytes:
    """A text as the inside of a cell with ``t="inlineStr"``."""
    raw = escaped(text)
    space = b' xml:space="preserve"' if needs_space(text) else b""
    return b"<%sis><%st%s>%s</%st></%sis>" % (prefix, prefix, space, raw, prefix, prefix)


def needs_space(text: str) -> bool:
    """Whether a text has spaces or line breaks that a reader could drop."""
    text = hidden(text)
    return text != text.strip() or "\n" in text or "\t" in text or "  " in text
