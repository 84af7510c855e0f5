"""What the bytes of a cell mean: its value by its type and format, remembered for the next alike."""

from __future__ import annotations

import re
from datetime import datetime
from math import isfinite

from qmsbook.book.table import ErrorValue, Value
from qmsbook.hosts.file.foreign import flag, number, pick, refused, whole
from qmsbook.hosts.file.patterns import attributes
from qmsbook.hosts.file.rows import Kind, Read
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.text import plain, runs
from qmsbook.hosts.file.workbook import Workbook

#: How many different contents of cells are decoded only once.
_REMEMBERED = 1 << 16
_ATTRIBUTES = frozenset({"r", "s", "t", "cm", "vm", "ph"})
_TYPES = frozenset({"n", "s", "b", "e", "d", "str", "inlineStr"})
#: A date, a moment, or a time of day, as ISO 8601 spells them.
_ISO = re.compile(r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2})?(?:T?[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?Z?)?")


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
        self.part = ""
        self.kinds: dict[bytes, Kind] = {}
        self._memos: dict[str, Memo] = {}

    def kind(self, rest: bytes) -> Kind:
        """What the attributes of a cell say; remembered in ``kinds``.

        Raises WorkbookUnreadable for a type that there is not, or a format that the workbook has not.
        """
        at = attributes(rest)
        name, last = at.get("t", "n"), len(self.formats.sorts) - 1
        for key in at.keys() - _ATTRIBUTES:
            if ":" not in key:
                raise refused(self.part, "an attribute of a cell", key)
        style = whole(at.get("s", "0"), self.part, "the format of a cell", 0, last)
        if name not in _TYPES:
            raise refused(self.part, "the type of a cell", name)
        inline = self._memo(name).__getitem__ if name == "inlineStr" else None
        if name == "n" and style in self.formats.dates:
            name = "day"
        self.kinds[rest] = Kind(style, self._memo(name).__getitem__, inline)
        return self.kinds[rest]

    def _memo(self, name: str) -> Memo:
        if name not in self._memos:
            self._memos[name] = Memo(self._reader(name))
        return self._memos[name]

    def _reader(self, name: str) -> Read:
        match name:
            case "n":
                return lambda raw: self._number(raw) if raw else None
            case "s":
                return lambda raw: self._shared(raw) or None if raw else None
            case "day":
                return lambda raw: self.formats.day(self._number(raw)) if raw else None
            case "b":
                return lambda raw: flag(plain(raw), self.part, "yes or no") if raw else None
            case "e":
                return lambda raw: ErrorValue(plain(raw)) if raw else None
            case "d":
                return lambda raw: self._iso(plain(raw)) if raw else None
            case "inlineStr":
                return lambda content: runs(content) or None
            case _:
                return lambda raw: plain(raw) or None

    def _number(self, raw: bytes) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        # Python reads what no spreadsheet program writes, such as 1_0, inf and nan.
        return value if isfinite(value) and b"_" not in raw else number(plain(raw), self.part)

    def _shared(self, raw: bytes) -> str:
        strings = self.workbook.strings
        if raw.isdigit() and len(raw) < 10 and int(raw) < len(strings):
            return strings[int(raw)]
        return pick(strings, plain(raw), self.part, "the number of a shared text")

    def _iso(self, text: str) -> Value:
        try:
            if not (text and _ISO.fullmatch(text)):
                raise ValueError
            if "-" not in text:
                return text
            moment = datetime.fromisoformat(text.removesuffix("Z"))
        except ValueError:
            raise refused(self.part, "a date", text) from None
        return moment if moment.time() != datetime.min.time() else moment.date()

    def content(self, sheet: SheetXml, kind: Kind, content: bytes) -> Value:
        """The value of a cell with any content: inline text, or what a formula last gave."""
        if kind.inline is not None:
            return kind.inline(content)
        found = sheet.patterns.value.search(content)
        return kind.read(found[1]) if found else None
