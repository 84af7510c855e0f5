"""Adds to a workbook's formats, never renumbering one; a format that is there already is found, not added."""

from __future__ import annotations

from typing import TypeAlias

from qmsbook.hosts.file.element import Element, fresh
from qmsbook.hosts.file.foreign import free, whole
from qmsbook.hosts.file.names import MAIN, STRICT_MAIN
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.host import WouldLoseContent

#: Excel opens no workbook with more cell formats than this.
MAX_FORMATS = 64_000
_BUILTIN = {"date": 14, "moment": 22, "text": 49, "plain": 0}

#: What stands where in a style sheet; a part that is absent has to be put in at its place.
_ORDER = (
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles",
    "colors", "extLst",
)  # fmt: skip

EMPTY = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="' + MAIN.encode() + b'">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


#: What two elements share that mean the same: name, attributes, and the same of all in them.
Key: TypeAlias = "tuple[str, tuple[tuple[str, str], ...], tuple[Key, ...]]"


def key_of(element: Element) -> Key:
    """What two elements share that mean the same, whatever prefix they are written with."""
    children = tuple(map(key_of, element.children)) if element.children else ()
    return element.name, tuple(sorted(element.attributes.items())), children


def own(element: Element, home: Element) -> Element:
    """A copy of an element for a list of another part: in its main namespace and with its prefix."""
    made = fresh(home.prefix, element.name, home.namespace, element.attributes, home.scope)
    for child in element.children:
        main = child.namespace in (MAIN, STRICT_MAIN)
        made.insert(len(made.children), own(child, home) if main else child.carried(home.scope))
    return made


class StyleBook:
    """A styles part that can be added to; ``changed`` says whether anything was."""

    def __init__(self, content: bytes, part: str = "") -> None:
        self.root, self.part = parse(content, part), part
        self.changed = False
        self._keys: dict[str, dict[Key, int]] = {}
        self._derived: dict[tuple[int, str], int] = {}

    def content(self) -> bytes:
        """The part as bytes."""
        return self.root.document()

    def _list(self, name: str) -> Element:
        found = self.root.first(name)
        if found is not None:
            return found
        later = _ORDER[_ORDER.index(name) + 1 :]
        children = enumerate(self.root.children)
        return self.root.add(name, {}, next((at for at, child in children if child.name in later), None))

    def add(self, name: str, element: Element) -> int:
        """The number of an element in a list such as ``fonts``, added only if nothing equal stands there."""
        items = self._list(name)
        keys = self._keys.get(name)
        if keys is None:
            keys = self._keys[name] = {}
            for place, item in enumerate(items.children):
                keys.setdefault(key_of(item), place)
        key = key_of(element)
        if key not in keys:
            count = len(items.children)
            if name == "cellXfs" and count >= MAX_FORMATS:
                raise WouldLoseContent(f"It already has {count:,} cell formats, as many as Excel can open.")
            items.insert(count, own(element, items))
            items.set("count", str(count + 1))
            keys[key], self.changed = count, True
        return keys[key]

    def is_plain(self, style: int) -> bool:
        """Whether a cell format shows whatever is typed as Excel takes it."""
        formats = self._list("cellXfs").children
        return style < len(formats) and formats[style].get("numFmtId", "0") == "0"

    def number_format(self, code: str) -> int:
        """The id of a custom number format."""
        items = self._list("numFmts")
        taken = {
            whole(item.get("numFmtId", "0"), self.part, "the id of a number format"): item.get("formatCode")
            for item in items.children
        }
        for number, known in taken.items():
            if known == code:
                return number
        number = free(taken, least=164)
        items.add("numFmt", {"numFmtId": str(number), "formatCode": code})
        items.set("count", str(len(taken) + 1))
        self.changed = True
        return number

    def derive(self, style: int, want: str) -> int:
        """The format that differs from another in one thing.

        ``want`` is ``quote`` for text that must never turn into a formula, or ``date``, ``moment``,
        ``text``, ``plain``.
        """
        if (style, want) not in self._derived:
            formats = self._list("cellXfs").children
            made = own(formats[style] if style < len(formats) else formats[0], self.root)
            if want == "quote":
                made.set("quotePrefix", "1")
            else:
                made.set("numFmtId", str(_BUILTIN[want]))
                made.set("applyNumberFormat", "1")
            self._derived[style, want] = self.add("cellXfs", made)
        return self._derived[style, want]
