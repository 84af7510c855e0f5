"""What the bytes of a cell mean: its value by its type and format, remembered for the next alike."""

from __future__ import annotations

import re
from datetime import datetime

from qmsbook.book.table import ErrorValue, Value
from qmsbook.hosts.file.rows import Kind, Read
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.text import plain, runs
from qmsbook.hosts.file.workbook import Workbook

#: How many different contents of cells are decoded only once.
_REMEMBERED = 1 << 16
_STYLE = re.compile(rb'\ss="([0-9]+)"')
_TYPE = re.compile(rb'\st="([A-Za-z]+)"')


class Memo(dict[bytes, Value]):
    """Remembers what bytes were read as, for the same words and figures come again and again."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def __missing__(self, raw: bytes) -> Value:
        value = self._read(raw)
        if len(self) < _REMEMBERED:
            self[raw] = value
        return value


class Decoder:
    """Turns the bytes of cells into values, for one workbook."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.formats = workbook.formats
        self.kinds: dict[bytes, Kind] = {}
        self._memos: dict[str, Memo] = {}

    def kind(self, rest: bytes) -> Kind:
        """What the attributes of a cell say; remembered in ``kinds``."""
        style, sort = _STYLE.search(rest), _TYPE.search(rest)
        number, name = int(style[1]) if style else 0, sort[1].decode() if sort else "n"
        inline = self._memo(name).__getitem__ if name == "inlineStr" else None
        if name == "n" and number in self.formats.dates:
            name = "day"
        self.kinds[rest] = Kind(number, self._memo(name).__getitem__, inline)
        return self.kinds[rest]

    def _memo(self, name: str) -> Memo:
        if name not in self._memos:
            self._memos[name] = Memo(self._reader(name))
        return self._memos[name]

    def _reader(self, name: str) -> Read:
        match name:
            case "n":
                return lambda raw: float(raw) if raw else None
            case "s":
                return lambda raw: self.workbook.strings[int(raw)] or None if raw else None
            case "day":
                return lambda raw: self.formats.day(float(raw)) if raw else None
            case "b":
                return lambda raw: raw in (b"1", b"true") if raw else None
            case "e":
                return lambda raw: ErrorValue(raw.decode()) if raw else None
            case "d":
                return lambda raw: _iso(raw.decode()) if raw else None
            case "inlineStr":
                return lambda content: runs(content) or None
            case _:
                return lambda raw: plain(raw) or None

    def content(self, sheet: SheetXml, kind: Kind, content: bytes) -> Value:
        """The value of a cell with any content: inline text, or what a formula last gave."""
        if kind.inline is not None:
            return kind.inline(content)
        found = sheet.patterns.value.search(content)
        return kind.read(found[1]) if found else None


def _iso(text: str) -> Value:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment if moment.time() != datetime.min.time() else moment.date()
