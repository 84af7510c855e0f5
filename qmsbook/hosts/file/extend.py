"""Extends what the user's own references say when a table grows: formulas, names, charts, rules, pivots."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qmsbook.book.cell import column_number
from qmsbook.hosts.file.around import Around
from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.formulas import shift
from qmsbook.hosts.file.patterns import attributes
from qmsbook.hosts.file.reader import Loaded
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.text import escaped, plain
from qmsbook.hosts.file.workbook import Sheet
from qmsbook.hosts.file.xml import parse
from qmsbook.hosts.references import At, Growth, ends_at, extended

#: Elements that hold a formula.
_FORMULAS = frozenset(["f", "formula", "formula1", "formula2"])
#: Old drawings are often no XML, so what a list box takes its rows from is found in their text.
_BOX = re.compile(rb"(<(?:\w+:)?FmlaRange>)([^<]*)(?=</)")
_OWN_FILTER = "_xlnm._FilterDatabase"
#: Rows that are printed on each page are no rows of a table.
_TITLES = "_xlnm.Print_Titles"


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

    def _said(self, item: Element, sheet: str, kind: str) -> bool:
        """Extends what an element says; whether it did."""
        new = extended(item.text, sheet, self.growths)
        if new == item.text:
            return False
        item.write(new)
        self.counts[kind] += 1
        return True

    def names(self) -> None:
        """Defined names; what is the workbook's own filter range follows without being counted."""
        part = self.loaded.workbook.part
        if self.likely.search(self.change.xml(part)):
            said = [
                self._said(item, "", "filter" if item.get("name") == _OWN_FILTER else "name")
                for item in self.change.root(part).all("definedNames", "definedName")
                if item.get("name") != _TITLES
            ]
            if any(said):
                self.change.touch(part)
            self.counts.pop("filter", None)

    def sheet(self, sheet: Sheet) -> None:
        """A sheet's formulas and rules, and the charts and list boxes on it."""
        package = self.loaded.workbook.package
        if sheet.part not in package:
            return
        if sheet.kind == "worksheet":
            data = self.change.sound(sheet.part)
            if self.likely.search(data):
                xml = SheetXml(data, sheet.part, checked=sheet.part in self.loaded.sound)
                if not xml.obstacle:
                    self._cells_and_rules(xml, sheet)
        self._hanging(sheet.part, sheet.name)

    def _cells_and_rules(self, xml: SheetXml, sheet: Sheet) -> None:
        cells = _Formulas(xml, sheet.name, self.growths)
        self.counts["formula"] += cells.count
        if cells.count:
            xml = SheetXml(cells.content(), sheet.part, checked=True)
        around = Around(xml, sheet.part)
        for item in around.root.walk():
            if item.name in _FORMULAS and item.text:
                self._said(item, sheet.name, "rule or drop-down")
        if cells.count or around.changed:
            self.change.parts[sheet.part] = around.content()

    def _hanging(self, part: str, sheet: str) -> None:
        """The charts and list boxes on a sheet."""
        for link in self.change.links(part):
            if link.outside or link.target in self.seen or link.target not in self.change:
                continue
            self.seen.add(link.target)
            if link.kind == "drawing":
                self._hanging(link.target, sheet)
            elif link.kind in ("chart", "chartEx", "ctrlProp") and self._is_likely(link.target):
                self._part(link.target, sheet)
            elif link.kind == "vmlDrawing" and self._is_likely(link.target):
                self._old_drawing(link.target, sheet)

    def _is_likely(self, part: str) -> bool:
        return self.likely.search(self.change.xml(part)) is not None

    def _part(self, part: str, sheet: str) -> None:
        root = parse(self.change.xml(part), part)
        said = [self._said(item, sheet, "chart series") for item in root.walk("f") if item.text]
        box = root.get("fmlaRange")
        new = extended(box, sheet, self.growths)
        if new != box:
            root.set("fmlaRange", new)
            self.counts["list box"] += 1
        if any(said) or new != box:
            self.change.parts[part] = root.document()

    def _old_drawing(self, part: str, sheet: str) -> None:
        def said(match: re.Match[bytes]) -> bytes:
            return match[1] + escaped(extended(plain(match[2]), sheet, self.growths))

        # Excel says the same in a part of its own, which is where it is counted.
        self.change.parts[part] = _BOX.sub(said, self.change.xml(part))

    def pivots(self) -> None:
        """The ranges that pivot tables take their rows from."""
        for link in self.loaded.workbook.links:
            if link.kind != "pivotCacheDefinition" or link.target not in self.change:
                continue
            root = parse(self.change.xml(link.target), link.target)
            source = root.first("cacheSource", "worksheetSource")
            if source is None or any(key.endswith(" id") for key in source.attributes):
                continue  # it is another workbook's
            ref, sheet = source.get("ref"), source.get("sheet")
            new = extended(ref, sheet, self.growths) if sheet else ref
            if new != ref:
                source.set("ref", new)
                self.change.parts[link.target] = root.document()
                self.counts["pivot source"] += 1


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
        """The sheet with the formulas of its cells extended."""
        out, place, data = [], 0, self.xml.data
        for start, stop, new in sorted(self.edits):
            out += [data[place:start], new]
            place = stop
        return b"".join([*out, data[place:]])
