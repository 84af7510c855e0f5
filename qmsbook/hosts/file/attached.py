"""What people hung on a generated sheet beside its cells: comments, links, text boxes, pictures, charts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from qmsbook.book.cell import column_number
from qmsbook.book.snapshot import OUR_CHART, Attached
from qmsbook.hosts.file.element import Element, qualified
from qmsbook.hosts.file.foreign import MAX_COLUMN, MAX_ROW, box, whole
from qmsbook.hosts.file.links import Link
from qmsbook.hosts.file.names import REL, STRICT_REL
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.text import shown
from qmsbook.hosts.file.workbook import Workbook
from qmsbook.hosts.file.xml import parse

#: Relationships of a sheet that hold no words, or whose words are read elsewhere.
_PLAIN = ("table", "drawing", "comments", "threadedComment", "vmlDrawing", "printerSettings", "hyperlink")
#: Cells as a chart names them.
_REFERENCE = re.compile(
    r"(?P<sheet>'(?:[^']|'')*'|[^!']+)!\$?(?P<left>[A-Z]{1,3})\$?[0-9]+(?::\$?(?P<right>[A-Z]{1,3})\$?[0-9]+)?"
)
_KINDS = {"pic": "picture", "graphicFrame": "chart", "cxnSp": "line", "sp": "shape", "grpSp": "drawing"}


def attached(workbook: Workbook, part: str, xml: SheetXml) -> tuple[Attached, ...]:
    """All that hangs on a sheet and was not drawn there by qmsbook."""
    found = workbook.links_of(part)
    return (
        *_comments(workbook, part, found),
        *_links(xml, part, found),
        *(shape for link in found if link.kind == "drawing" for shape in _shapes(workbook, part, xml, link)),
        *(Attached(link.kind, 1, 1) for link in found if link.kind not in _PLAIN),
    )


def _comments(workbook: Workbook, part: str, found: list[Link]) -> Iterator[Attached]:
    """Threads with their answers, and the comments that are not merely an older Excel's copy of a thread."""
    package, people = workbook.package, _people(workbook)
    threads: dict[str, list[str]] = {}
    for link in found:
        if link.kind == "threadedComment" and link.target in package:
            for item in parse(package.xml(link.target), link.target).all("threadedComment"):
                name, text = people.get(item.get("personId")), item.first("text")
                said = text.text if text is not None else ""
                threads.setdefault(item.get("ref"), []).append(f"{name}: {said}" if name else said)
    for ref, answers in threads.items():
        yield _at("comment", ref, "\n".join(answers), part)
    for link in found:
        if link.kind == "comments" and link.target in package:
            for item in parse(package.xml(link.target), link.target).all("commentList", "comment"):
                if item.get("ref") not in threads:
                    words = (t.text for text in item.all("text") for t in text.walk("t"))
                    yield _at("comment", item.get("ref"), shown("".join(words)), link.target)


def _people(workbook: Workbook) -> Mapping[str, str]:
    found = {}
    for link in workbook.links:
        if link.kind == "person" and link.target in workbook.package:
            for item in parse(workbook.package.xml(link.target), link.target).all("person"):
                found[item.get("id")] = item.get("displayName")
    return found


def _links(xml: SheetXml, part: str, found: list[Link]) -> Iterator[Attached]:
    outside = [link for link in found if link.kind == "hyperlink" and not link.target.startswith("#")]
    targets = {link.id: link.target for link in outside}
    if not targets:
        return
    for item, outside_id in _hyperlinks(xml, part):
        if target := targets.get(outside_id):
            yield _at("link", item.get("ref"), target, part)


def links_within(xml: SheetXml) -> dict[str, str]:
    """Cell -> the place in the workbook to which its link leads; links out of it are left out."""
    return {
        item.get("ref"): item.get("location")
        for item, outside_id in _hyperlinks(xml, xml.name)
        if not outside_id
    }


def _hyperlinks(xml: SheetXml, part: str) -> Iterator[tuple[Element, str]]:
    """The links of a sheet, each with the id of its target outside, or blank."""
    # Without its cells, for there may be many.
    for item in parse(xml.data[: xml.start] + xml.data[xml.end :], part).all("hyperlinks", "hyperlink"):
        yield item, item.get(qualified(REL, "id")) or item.get(qualified(STRICT_REL, "id"))


def _shapes(workbook: Workbook, part: str, xml: SheetXml, link: Link) -> Iterator[Attached]:
    package, charts = workbook.package, _Charts(workbook, part, xml, link.target)
    for anchor in parse(package.xml(link.target), link.target).children if link.target in package else ():
        row, column = (_number(anchor.first("from", each), link.target) for each in ("row", "col"))
        kinds = [item.name for item in anchor.walk()]
        kind = next((name for name in kinds if name in _KINDS), "")
        if not kind or charts.is_ours(anchor):
            continue
        words = "\n".join("".join(t.text for t in paragraph.walk("t")) for paragraph in anchor.walk("p"))
        complete = "pic" in kinds or "graphicFrame" in kinds
        yield Attached(_KINDS[kind], row, column, "" if complete else words.strip())


def _number(place: Element | None, part: str) -> int:
    """A row or column of a corner, which counts from 0, as a cell counts it."""
    if place is None:
        return 1
    return whole(place.text or "0", part, "the corner of a drawing", 0, MAX_ROW) + 1


class _Charts:
    """The charts of a drawing on a generated sheet: ours are told from people's own.

    Ours bear a name. A program that drops it drops all names, and leaves where the figures stand: in hidden
    columns of the very sheet, where nobody else takes any from.
    """

    def __init__(self, workbook: Workbook, part: str, xml: SheetXml, drawing: str) -> None:
        self.workbook, self.part, self.xml, self.drawing = workbook, part, xml, drawing

    def is_ours(self, anchor: Element) -> bool:
        """Whether an anchor holds a chart that qmsbook drew."""
        frame = anchor.first("graphicFrame")
        found = next(frame.walk("cNvPr"), None) if frame is not None else None
        if frame is None or found is None or found.get("name").startswith(OUR_CHART):
            return found is not None
        if self._named:
            return False
        chart = next((each for each in frame.walk("chart")), None)
        ids = (
            {chart.get(qualified(space, "id")) for space in (REL, STRICT_REL)} if chart is not None else set()
        )
        target = next((link.target for link in self._links if link.kind == "chart" and link.id in ids), "")
        if target not in self.workbook.package:
            return False
        said = [each.text for each in parse(self.workbook.package.xml(target), target).walk("f")]
        return bool(said) and all(map(self._is_hidden, said))

    @cached_property
    def _named(self) -> bool:
        """Whether any chart of the drawing bears our name still."""
        return b'name="%b' % OUR_CHART.encode() in self.workbook.package.xml(self.drawing)

    @cached_property
    def _links(self) -> list[Link]:
        return self.workbook.links_of(self.drawing)

    @cached_property
    def _sheet(self) -> str:
        return next((each.name for each in self.workbook.sheets if each.part == self.part), "")

    @cached_property
    def _hidden(self) -> list[range]:
        """The hidden columns of the sheet, from 1."""
        xml = self.xml  # without its cells, for there may be many
        columns = parse(xml.data[: xml.start] + xml.data[xml.end :], self.part).all("cols", "col")
        ends = (
            [whole(each.get(side), self.part, "a column", 1, MAX_COLUMN) for side in ("min", "max")]
            for each in columns
            if each.get("hidden") in ("1", "true")
        )
        return [range(first, last + 1) for first, last in ends]

    def _is_hidden(self, text: str) -> bool:
        """Whether a reference leads to hidden columns of the sheet."""
        found = _REFERENCE.fullmatch(text)
        if found is None or _unquoted(found["sheet"]).casefold() != self._sheet.casefold():
            return False
        ends = column_number(found["left"]), column_number(found["right"] or found["left"])
        return any(ends[0] in hidden and ends[1] in hidden for hidden in self._hidden)


def _unquoted(sheet: str) -> str:
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet


def _at(what: str, ref: str, text: str, part: str) -> Attached:
    row, column, _, _ = box(ref, part, f"the place of a {what}")
    return Attached(what, row, column, text)
