"""Extends what the user's own references say when a table grows: formulas, names, charts, rules, pivots."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from qmsbook.book.cell import column_number
from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.formulas import shift
from qmsbook.hosts.file.reader import Loaded
from qmsbook.hosts.file.scan import SheetXml, attributes
from qmsbook.hosts.file.text import escaped, plain
from qmsbook.hosts.file.workbook import Sheet, links
from qmsbook.hosts.host import NotSaved
from qmsbook.hosts.references import At, Growth, ends_at, extended

_NAMES = re.compile(rb"(<(?:\w+:)?definedName\s[^>]*>)([^<]*)(</)")
_RULES = re.compile(rb"(<(?:\w+:)?(?:f|formula[12]?)(?:\s[^>]*)?>)([^<]*)(</)")
_BOX = re.compile(rb'(\sfmlaRange=")([^"]*)(")|(<(?:\w+:)?FmlaRange>)([^<]*)(</)')
_SOURCE = re.compile(rb"<(?:\w+:)?worksheetSource\s[^>]*>")
_ANY = re.compile(
    rb"<((?:\w+:)?(?:f|formula[12]?|definedName|FmlaRange))((?:\s[^>]*)?)(?:/>|>[^<]*</\1>)"
    rb'|\s(?:fmlaRange|ref)="[^"]*"'
)
_OWN_FILTER = b"_xlnm._FilterDatabase"

#: What a reference is called where it is counted, by the kind of relationship of its part.
_KINDS = {
    "chart": "chart series",
    "chartEx": "chart series",
    "ctrlProp": "list box",
    "vmlDrawing": "list box",
}


def extend(loaded: Loaded, change: Change, growths: Sequence[Growth]) -> dict[str, int]:
    """Extends all references that end where tables ended; says how many of what kind there are."""
    counts: Counter[str] = Counter()
    if growths:
        work = _Extender(loaded, change, growths, counts)
        work.names()
        for sheet in loaded.workbook.sheets:
            if sheet.part not in loaded.markers.values():  # a generated sheet refers to itself alone
                work.sheet(sheet)
        work.pivots()
    return {kind: count for kind, count in counts.items() if count}


class _Extender:
    def __init__(
        self, loaded: Loaded, change: Change, growths: Sequence[Growth], counts: Counter[str]
    ) -> None:
        self.loaded, self.change, self.growths, self.counts = loaded, change, growths, counts
        self.likely = ends_at(growths)
        self.seen: set[str] = set()

    def _put(self, part: str, before: bytes, after: bytes) -> None:
        if after == before:
            return
        if _ANY.sub(_element, before) != _ANY.sub(_element, after):
            raise NotSaved(f"More than references of the part {part} would have changed.")
        self.change.parts[part] = after

    def _replaced(self, data: bytes, pattern: re.Pattern[bytes], sheet: str, kind: str) -> bytes:
        """Some XML with the references extended that stand where a pattern says."""

        def said(match: re.Match[bytes]) -> bytes:
            before, raw, after = match.groups()[:3] if match[2] is not None else match.groups()[3:]
            text = plain(raw)
            new = extended(text, sheet, self.growths)
            if new == text:
                return match[0]
            self.counts[kind] += 0 if _OWN_FILTER in before else 1
            said = escaped(new)
            return bytes(before + (said.replace(b'"', b"&quot;") if after == b'"' else said) + after)

        return pattern.sub(said, data)

    def names(self) -> None:
        """Defined names; what is the workbook's own filter range follows without being counted."""
        part = self.loaded.workbook.part
        data = self.change.xml(part)
        if self.likely.search(data):
            self._put(part, data, self._replaced(data, _NAMES, "", "name"))

    def sheet(self, sheet: Sheet) -> None:
        """A sheet's formulas and rules, and the charts and list boxes on it."""
        package = self.loaded.workbook.package
        if sheet.part not in package:
            return
        if sheet.kind == "worksheet":
            data = self.change.xml(sheet.part)
            if self.likely.search(data):
                xml = SheetXml(data, sheet.part, checked=sheet.part in self.loaded.sound)
                if not xml.obstacle:
                    self._put(sheet.part, data, self._cells(xml, sheet.name))
        self._hanging(sheet.part, sheet.name)

    def _hanging(self, part: str, sheet: str) -> None:
        for link in links(self.change, part):
            if link.outside or link.target in self.seen or link.target not in self.change:
                continue
            self.seen.add(link.target)
            kind = _KINDS.get(link.kind)
            if kind:
                data = self.change.xml(link.target)
                pattern = _RULES if kind == "chart series" else _BOX
                if self.likely.search(data):
                    self._put(link.target, data, self._replaced(data, pattern, sheet, kind))
            elif link.kind == "drawing":
                self._hanging(link.target, sheet)

    def _cells(self, xml: SheetXml, sheet: str) -> bytes:
        """A sheet's XML with the formulas of its cells and of its rules extended."""
        cells = _Formulas(xml, sheet, self.growths)
        self.counts["formula"] += cells.count
        rules: Callable[[bytes], bytes] = partial(
            self._replaced, pattern=_RULES, sheet=sheet, kind="rule or drop-down"
        )
        return xml.data[: xml.start] + cells.content() + rules(xml.data[xml.end :])

    def pivots(self) -> None:
        """The ranges that pivot tables take their rows from."""
        for link in self.loaded.workbook.links:
            if link.kind == "pivotCacheDefinition" and link.target in self.change:
                data = self.change.xml(link.target)
                self._put(link.target, data, _SOURCE.sub(self._source, data))

    def _source(self, match: re.Match[bytes]) -> bytes:
        at = attributes(match[0])
        if "ref" not in at or "sheet" not in at or any(key.endswith(":id") for key in at):
            return match[0]
        ref, sheet = at["ref"], plain(at["sheet"].encode())
        new = extended(ref, sheet, self.growths)
        if new == ref:
            return match[0]
        self.counts["pivot source"] += 1
        return re.sub(rb'(\sref=")[^"]*(")', rb"\g<1>%s\2" % new.encode(), match[0])


def _element(match: re.Match[bytes]) -> bytes:
    """What is compared of an element whose text may change: its name, without shared and array ranges."""
    return match[1] or b" ref"


class _Formulas:
    """The formulas of a sheet's cells; ``count`` is how many of them are extended."""

    def __init__(self, xml: SheetXml, sheet: str, growths: Sequence[Growth]) -> None:
        self.xml, self.sheet, self.growths = xml, sheet, growths
        self.edits: list[tuple[int, int, bytes]] = []
        self.groups: dict[str, list[tuple[int, int, int, int, str]]] = {}
        self.count = 0
        likely = ends_at(growths)
        if likely.search(xml.data, xml.start, xml.end):
            self._look()

    def _look(self) -> None:
        xml = self.xml
        for match in xml.patterns.cell.finditer(xml.data, xml.start, xml.end):
            found = xml.patterns.formula.search(match[5]) if match[5] else None
            if found is None:
                continue
            start = match.start(5)
            row, column = int(match[2]), column_number(match[1].decode())
            at, text = attributes(found[1] or b""), plain(found[2] or b"")
            span = start + found.start(), start + found.end()
            if at.get("t") == "shared":
                self.groups.setdefault(at.get("si", ""), []).append((*span, row, column, text))
            elif text and (new := self._said(text, row, column)) != text:
                tag = b"<%sf%s>" % (xml.prefix, found[1] or b"")
                self._edit(span, tag, new)
        for members in self.groups.values():
            self._group(members)

    def _said(self, text: str, row: int, column: int) -> str:
        return extended(text, self.sheet, self.growths, At(self.sheet, row, column))

    def _edit(self, span: tuple[int, int], tag: bytes, text: str) -> None:
        self.edits.append((*span, tag + escaped(text) + b"</%sf>" % self.xml.prefix))
        self.count += 1

    def _group(self, members: list[tuple[int, int, int, int, str]]) -> None:
        """Formulas that share a text: it is changed if that means the same for all, else each its own."""
        master = next((each for each in members if each[4]), None)
        if master is None:
            return
        _, _, top, left, text = master
        texts = [shift(text, row - top, column - left) for _, _, row, column, _ in members]
        new = [self._said(old, each[2], each[3]) for old, each in zip(texts, members, strict=True)]
        if new == texts:
            return
        first = self._said(text, top, left)
        shared = [shift(first, row - top, column - left) for _, _, row, column, _ in members] == new
        for (start, stop, _, _, own), said in zip(members, new, strict=True):
            if not shared:
                self._edit((start, stop), b"<%sf>" % self.xml.prefix, said)
            elif own:
                tag = self.xml.data[start : self.xml.data.index(b">", start) + 1]
                self._edit((start, stop), tag, said)
                self.count += len(members) - 1

    def content(self) -> bytes:
        """The sheet's cell area with the formulas extended."""
        out, place, data = [], self.xml.start, self.xml.data
        for start, stop, new in sorted(self.edits):
            out += [data[place:start], new]
            place = stop
        return b"".join([*out, data[place : self.xml.end]])
