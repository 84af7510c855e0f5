"""Adds to a workbook's formats, never renumbering one; a format that is there already is found, not added."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from lxml import etree

from qmsbook.hosts.file.names import MAIN, STRICT_MAIN
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


def key_of(element: etree._Element) -> bytes:
    """What two elements share that mean the same: canonical XML, whatever prefix they are written with."""
    bare = copy.deepcopy(element)
    bare.tail = None
    for item in bare.iter():
        if isinstance(item.tag, str):
            item.tag = item.tag.replace(STRICT_MAIN, MAIN)
            item.tail = item.text = None
    etree.cleanup_namespaces(bare)
    return etree.tostring(_without_prefix(bare), method="c14n")


def _without_prefix(element: etree._Element) -> etree._Element:
    fresh = etree.fromstring(b'<%s xmlns="%s"/>' % (etree.QName(element).localname.encode(), MAIN.encode()))
    for key, value in element.attrib.items():
        fresh.set(key, value)
    for child in element:
        if isinstance(child.tag, str):
            fresh.append(_without_prefix(child))
    return fresh


class StyleBook:
    """A styles part that can be added to; ``changed`` says whether anything was."""

    def __init__(self, content: bytes) -> None:
        self.root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=True))
        self.namespace = etree.QName(self.root).namespace or ""
        self.changed = False
        self._keys: dict[str, dict[bytes, int]] = {}
        self._derived: dict[tuple[int, str], int] = {}

    def content(self) -> bytes:
        """The part as bytes."""
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)

    def _list(self, name: str) -> etree._Element:
        found = self.root.find(f"{{{self.namespace}}}{name}")
        if found is not None:
            return found
        made = etree.SubElement(self.root, f"{{{self.namespace}}}{name}")
        place = _ORDER.index(name)
        elements = (item for item in self.root if isinstance(item.tag, str) and item is not made)
        later = (item for item in elements if etree.QName(item).localname in _ORDER[place + 1 :])
        following = next(later, None)
        if following is not None:
            following.addprevious(made)
        return made

    def add(self, name: str, element: etree._Element) -> int:
        """The number of an element in a list such as ``fonts``, added only if nothing equal stands there."""
        items = self._list(name)
        keys = self._keys.get(name)
        if keys is None:
            keys = self._keys[name] = {}
            for place, item in enumerate(self._items(items)):
                keys.setdefault(key_of(item), place)
        key = key_of(element)
        if key not in keys:
            count = sum(1 for _ in self._items(items))
            if name == "cellXfs" and count >= MAX_FORMATS:
                raise WouldLoseContent(f"It already has {count:,} cell formats, as many as Excel can open.")
            self._own(element, items)
            items.set("count", str(count + 1))
            keys[key], self.changed = count, True
        return keys[key]

    @staticmethod
    def _items(items: etree._Element) -> Iterable[etree._Element]:
        return (item for item in items if isinstance(item.tag, str))

    def _own(self, element: etree._Element, parent: etree._Element) -> None:
        """Adds a copy of an element to a list, in this part's main namespace and with its prefix."""
        made = etree.SubElement(parent, f"{{{self.namespace}}}{etree.QName(element).localname}")
        for key, value in element.attrib.items():
            made.set(key, value)
        for child in element:
            if isinstance(child.tag, str):
                if etree.QName(child).namespace in (MAIN, STRICT_MAIN):
                    self._own(child, made)
                else:
                    made.append(copy.deepcopy(child))

    def is_plain(self, style: int) -> bool:
        """Whether a cell format shows whatever is typed as Excel takes it."""
        formats = list(self._items(self._list("cellXfs")))
        return style < len(formats) and formats[style].get("numFmtId", "0") == "0"

    def number_format(self, code: str) -> int:
        """The id of a custom number format."""
        items = self._list("numFmts")
        taken = {int(item.get("numFmtId", "0")): item.get("formatCode") for item in self._items(items)}
        for number, known in taken.items():
            if known == code:
                return number
        number = max([163, *taken]) + 1
        etree.SubElement(items, f"{{{self.namespace}}}numFmt", numFmtId=str(number), formatCode=code)
        items.set("count", str(len(taken) + 1))
        self.changed = True
        return number

    def derive(self, style: int, want: str) -> int:
        """The format that differs from another in one thing.

        ``want`` is ``quote`` for text that must never turn into a formula, or ``date``, ``moment``,
        ``text``, ``plain``.
        """
        if (style, want) not in self._derived:
            formats = list(self._items(self._list("cellXfs")))
            base = formats[style] if style < len(formats) else formats[0]
            fresh = copy.deepcopy(base)
            if want == "quote":
                fresh.set("quotePrefix", "1")
            else:
                number = _BUILTIN[want]
                fresh.set("numFmtId", str(number))
                fresh.set("applyNumberFormat", "1")
            self._derived[style, want] = self.add("cellXfs", fresh)
        return self._derived[style, want]
