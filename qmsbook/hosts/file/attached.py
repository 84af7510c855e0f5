"""What people hung on a generated sheet beside its cells: comments, links, text boxes, pictures, charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from qmsbook.book.snapshot import OUR_CHART, Attached
from qmsbook.hosts.file.element import Element, qualified
from qmsbook.hosts.file.foreign import MAX_ROW, box, whole
from qmsbook.hosts.file.names import REL, STRICT_REL
from qmsbook.hosts.file.package import Package
from qmsbook.hosts.file.scan import SheetXml
from qmsbook.hosts.file.text import shown
from qmsbook.hosts.file.workbook import Link, Workbook, links
from qmsbook.hosts.file.xml import parse

#: Relationships of a sheet that hold no words, or whose words are read elsewhere.
_PLAIN = ("table", "drawing", "comments", "threadedComment", "vmlDrawing", "printerSettings", "hyperlink")
_KINDS = {"pic": "picture", "graphicFrame": "chart", "cxnSp": "line", "sp": "shape", "grpSp": "drawing"}


def attached(workbook: Workbook, part: str, xml: SheetXml) -> tuple[Attached, ...]:
    """All that hangs on a sheet and was not drawn there by qmsbook."""
    found = links(workbook.package, part)
    return (
        *_comments(workbook, part, found),
        *_links(xml, part, found),
        *(shape for link in found if link.kind == "drawing" for shape in _shapes(workbook.package, link)),
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


def _shapes(package: Package, link: Link) -> Iterator[Attached]:
    for anchor in parse(package.xml(link.target), link.target).children if link.target in package else ():
        row, column = (_number(anchor.first("from", each), link.target) for each in ("row", "col"))
        kinds = [item.name for item in anchor.walk()]
        kind = next((name for name in kinds if name in _KINDS), "")
        if not kind or _is_ours(anchor):
            continue
        words = "\n".join("".join(t.text for t in paragraph.walk("t")) for paragraph in anchor.walk("p"))
        complete = "pic" in kinds or "graphicFrame" in kinds
        yield Attached(_KINDS[kind], row, column, "" if complete else words.strip())


def _number(place: Element | None, part: str) -> int:
    """A row or column of a corner, which counts from 0, as a cell counts it."""
    if place is None:
        return 1
    return whole(place.text or "0", part, "the corner of a drawing", 0, MAX_ROW) + 1


def _is_ours(anchor: Element) -> bool:
    frame = anchor.first("graphicFrame")
    found = next(frame.walk("cNvPr"), None) if frame is not None else None
    return found is not None and found.get("name").startswith(OUR_CHART)


def _at(what: str, ref: str, text: str, part: str) -> Attached:
    row, column, _, _ = box(ref, part, f"the place of a {what}")
    return Attached(what, row, column, text)
