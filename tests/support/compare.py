"""Holds two states of a workbook against each other, part by part and cell by cell, on its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree
from ooxml import (
    CONTENT_TYPES,
    Element,
    Parts,
    TableInfo,
    address,
    book_part,
    data_span,
    links,
    local,
    markers,
    parse,
    raw_cells,
    rels_name,
    sheet_parts,
    tables,
    unzip,
    without_cells,
)

from qmsbook.book.snapshot import MARK_NAME

#: The columns that qmsbook writes, as the domain's description lists them.
COMPUTED = {
    "Processes": ("Status", "Check"),
    "Goals": ("Result", "Status", "Objectives", "Check"),
    "Objectives": ("Status", "Progress", "KPIs", "Advice", "Check"),
    "KPIs": (
        "Latest", "Period", "Plan", "Status", "Real change?", "Can it meet the target?", "Progress", "Reason",
        "Check",
    ),
    "Targets": ("Check",),
    "Measurements": ("Name", "Unit", "Owner", "Previous", "Actual", "Plan", "Status", "Check"),
    "Risks": ("Score", "Residual score", "Band", "Check"),
    "Actions": ("Age", "Carried", "Check"),
    "Ideas": ("Check",),
    "Context": ("Check",),
    "Inputs": ("State", "Check"),
    "Reviews": ("Closed on", "Digest", "History", "Check"),
    "Decisions": ("Action", "Check"),
    "Waivers": ("Check",),
}  # fmt: skip
#: What a command that adds a period's rows fills in them, besides what is computed.
FILLED = {"Measurements": ("KPI", "Period")}

_DIMENSION = re.compile(rb'(<(?:\w+:)?dimension\s[^>]*?ref=")[^"]*')
_SPANS = re.compile(rb'(<(?:\w+:)?row\s[^>]*?)\sspans="[^"]*"')
#: The height that Excel found for a row's text, which it finds again; one that a person set is another thing.
_FITTED = re.compile(rb'(<(?:\w+:)?row\s(?![^>]*\s(?:customHeight|hidden)="(?:1|true)")[^>]*?)\sht="[^"]*"')
_ROW = re.compile(rb"<((?:\w+:)?)row\s([^>]*?)(?:/>|>(.*?)</\1row>)", re.DOTALL)
_SQREF = re.compile(rb'(\ssqref=")[^"]*|(<xm:sqref>)[^<]*')


def own_parts(parts: Parts) -> set[str]:
    """The parts that only generated sheets need: themselves, drawings, charts, tables, relationships."""
    generated = {sheet_parts(parts)[name] for name in markers(parts).values()}
    rest = _reached(parts, "", generated)
    own = set()
    for part in generated:
        own |= _reached(parts, part, set()) - rest | {part}
    return own | {rels_name(part) for part in own}


def _reached(parts: Parts, start: str, stop: set[str]) -> set[str]:
    found, waiting = set(), [start]
    while waiting:
        for link in links(parts, waiting.pop()):
            if not link.outside and link.target not in found | stop:
                found.add(link.target)
                waiting.append(link.target)
    return found


#: Where references to cells stand.
_REFERENCES = re.compile(
    rb"(<(?:\w+:)?(?:f|formula[12]?|definedName)(?:\s[^>]*)?>)([^<]*)(<)"
    rb'|(<(?:\w+:)?worksheetSource\s[^>]*?ref=")([^"]*)(")'
)


def extended(before: bytes, after: bytes) -> list[tuple[str, str, str]]:
    """The references of the user's that say something else now: part, before, after."""
    old, new = unzip(before), unzip(after)
    own = own_parts(old) | own_parts(new)
    found = []
    for name in sorted(name for name in old if name in new and name not in own and old[name] != new[name]):
        texts = [[m[2] or m[5] or b"" for m in _REFERENCES.finditer(p[name])] for p in (old, new)]
        kept = [text for text in texts[1] if text not in texts[0]]
        gone = [text for text in texts[0] if text not in texts[1]]
        found += [(name, one.decode(), other.decode()) for one, other in zip(gone, kept, strict=False)]
    return [each for each in found if _longer(*each[1:])]


def _longer(old: str, new: str) -> bool:
    """Whether two references differ in the last row of a range alone."""
    ends = re.compile(r"(:\$?[A-Z]+\$?)[0-9]+")
    return old != new and ends.sub(r"\1", old) == ends.sub(r"\1", new)


def _put_back(before: Parts, after: Parts) -> Parts:
    """The state after, with references that were extended with a table as they were."""
    rows = {
        info.box[2]: tables(before)[name].box[2]
        for name, info in tables(after).items()
        if name in FILLED and name in tables(before)
    }

    def short(match: re.Match[bytes]) -> bytes:
        first, text, last = match.groups()[:3] if match[1] else match.groups()[3:]
        for new, old in rows.items():
            text = re.sub(rb"(:\$?[A-Z]+\$?)%d(?![0-9])" % new, rb"\g<1>%d" % old, text)
        return bytes(first + text + last)

    return {name: _REFERENCES.sub(short, data) for name, data in after.items()}


def foreign_changes(before: bytes, after: bytes) -> list[str]:
    """What of a workbook is not qmsbook's and changed all the same; an empty list is what everybody wants.

    But for references that were extended with a table: ``extended`` lists them.
    """
    old, new = unzip(before), unzip(after)
    return list(_changes(old, _put_back(old, new)))


def _changes(old: Parts, new: Parts) -> Iterator[str]:
    own = own_parts(old) | own_parts(new)
    book = book_part(old)
    frame = {CONTENT_TYPES, book, rels_name(book), _styles(old, book), _styles(new, book)}
    touched = _touched_sheets(old)
    grown = {info.part for info in tables(old).values() if info.name in FILLED}
    for name, content in old.items():
        if name in own or name in frame:
            continue
        if name not in new:
            yield f"{name} is gone"
        elif content == new[name]:
            continue
        elif name in touched:
            yield from _sheet_changes(name, old, new, touched[name])
        elif name in grown:
            yield from _table_changes(name, old, new)
        else:
            yield f"{name} changed"
    yield from (f"{name} was added" for name in new if name not in old and name not in own | frame)
    kept = [name for name in old if name in new]
    if [name for name in new if name in old] != kept:
        yield "the parts changed their order"
    yield from _frame_changes(old, new, own)


def _styles(parts: Parts, book: str) -> str:
    return next((link.target for link in links(parts, book) if link.kind == "styles"), "xl/styles.xml")


def _touched_sheets(parts: Parts) -> dict[str, list[TableInfo]]:
    found: dict[str, list[TableInfo]] = {}
    for info in tables(parts).values():
        if info.name in COMPUTED:
            found.setdefault(info.sheet_part, []).append(info)
    return found


# -- a sheet of the user's with a table of qmsbook's ------------------------------------------------------


def _sheet_changes(part: str, old: Parts, new: Parts, found: list[TableInfo]) -> Iterator[str]:
    cells, now = raw_cells(old[part]), raw_cells(new[part])
    own: set[str] = set()
    fresh: set[int] = set()
    for info in found:
        after = tables(new)[info.name]
        added = range(info.box[2] + 1, after.box[2] + 1)
        fresh |= set(added)
        own |= {ref for ref in _computed_cells(info) if b"<f" not in cells.get(ref, b"")}
        for row in added:
            for header in info.headers:
                ref = address(row, info.column(header))
                own.add(ref)
                if header not in (*COMPUTED[info.name], *FILLED.get(info.name, ())) and _holds(
                    now.get(ref, b"")
                ):
                    yield f"{part} {ref}: {header} of a new row was filled"
    for ref in sorted((cells.keys() | now.keys()) - own):
        if cells.get(ref) != now.get(ref):
            yield f"{part} {ref}: {cells.get(ref)!r} became {now.get(ref)!r}"
    yield from _around(part, without_cells(old[part], own), without_cells(new[part], own), fresh)


def _computed_cells(info: TableInfo) -> set[str]:
    """The computed cells of a table, rows that may be filled for the first time included."""
    filled = FILLED.get(info.name, ())
    columns = [info.column(h) for h in (*COMPUTED[info.name], *filled) if h in info.headers]
    keep = {info.column(h) for h in filled}
    return {address(row, c) for row in info.data_rows for c in columns if c not in keep}


def _holds(cell: bytes) -> bool:
    """Whether a cell holds a value; the formula of a calculated column comes with the row, as in Excel."""
    return (b"<v>" in cell or b"<is>" in cell or b"<f>" in cell) and b"[#This Row]" not in cell


def _around(part: str, old: bytes, new: bytes, fresh: set[int]) -> Iterator[str]:
    """What stands before, between and after the cells; what rules cover may grow with a table."""
    ends = data_span(old), data_span(new)
    pieces = [
        (_DIMENSION.sub(rb"\1", data[:start]), _rows(data[start:end], fresh), data[end:])
        for data, (start, end) in zip((old, new), ends, strict=True)
    ]
    head, rows, tail = zip(*pieces, strict=True)
    if head[0] != head[1]:
        yield f"{part}: what stands before the cells changed"
    for place, (one, other) in enumerate(zip(*rows, strict=False)):
        if one != other:
            yield f"{part}: row {place} of the file: {one[:200]!r} became {other[:200]!r}"
    if len(rows[0]) != len(rows[1]):
        yield f"{part}: {len(rows[0])} rows became {len(rows[1])}"
    if (tail[0] if not fresh else _SQREF.sub(rb"\1\2", tail[0])) != (
        tail[1] if not fresh else _SQREF.sub(rb"\1\2", tail[1])
    ):
        yield f"{part}: what stands after the cells changed"


def _rows(data: bytes, fresh: set[int]) -> list[bytes]:
    """The rows, without those that were added and those that hold nothing and say nothing."""
    found = []
    for match in _ROW.finditer(_FITTED.sub(rb"\1", _SPANS.sub(rb"\1", data))):
        row = re.search(rb'(?:^|\s)r="([0-9]+)"', match[2])
        attributes = re.sub(rb'(?:^|\s)r="[0-9]+"', b"", match[2]).strip()
        if not (row and int(row[1]) in fresh) and (attributes or (match[3] or b"").strip()):
            found.append(match[2].strip() + b">" + (match[3] or b"").strip())
    return found


def _table_changes(part: str, old: Parts, new: Parts) -> Iterator[str]:
    """A table's part may differ in its range alone."""
    shape = re.compile(rb'(\sref=")[^"]*')
    if shape.sub(rb"\1", old[part]) != shape.sub(rb"\1", new[part]):
        yield f"{part} changed in more than its range"


# -- what the parts hang in -------------------------------------------------------------------------------


def _frame_changes(old: Parts, new: Parts, own: set[str]) -> Iterator[str]:
    yield from _type_changes(old, new, own)
    book = book_part(old)
    before, after = ({link.id: link for link in links(parts, book)} for parts in (old, new))
    for key, link in before.items():
        if after.get(key) != link and link.target not in own:
            yield f"the relationship {key} of the workbook changed"
    yield from _book_changes(parse(old[book]), parse(new[book]), len(sheet_parts(old)))
    styles = _styles(old, book)
    if styles in old:
        yield from _style_changes(parse(old[styles]), parse(new[styles]))


def _type_changes(old: Parts, new: Parts, own: set[str]) -> Iterator[str]:
    before, after = ([dict(item.attrib) for item in parse(parts[CONTENT_TYPES])] for parts in (old, new))
    for item in before:
        if item not in after and str(item.get("PartName", "")).lstrip("/") not in own:
            yield f"the content type {item} is gone"
    for name in new:
        if name != CONTENT_TYPES and not _typed(name, after):
            yield f"{name} has no content type"


def _typed(name: str, types: list[dict[str, str]]) -> bool:
    ending = name.rpartition(".")[2].casefold()
    return any(
        item.get("PartName", "").casefold() == f"/{name}".casefold()
        or item.get("Extension", "").casefold() == ending
        for item in types
    )


def _book_changes(old: Element, new: Element, sheets: int) -> Iterator[str]:
    if dict(old.attrib) != dict(new.attrib) or old.nsmap != new.nsmap:
        yield "the workbook part's root changed"
    for item in old:
        name, other = local(item), new.find(item.tag) if isinstance(item.tag, str) else None
        if name == "sheets":
            same = (
                other is not None
                and [canonical(s) for s in item] == [canonical(s) for s in other][: len(item)]
            )
        elif name == "definedNames":
            ours = {str(n) for n in range(sheets, sheets + 99)}
            now = [n for n in (other if other is not None else ()) if n.get("localSheetId") not in ours]
            same = _names(now) == _names(item)
        elif name == "calcPr":
            same = other is not None and _plain_calc(item) == _plain_calc(other)
        elif name:
            same = other is not None and canonical(item) == canonical(other)
        else:
            same = True
        if not same:
            yield f"{name} of the workbook part changed"


def _names(items: Iterable[Element]) -> list[bytes]:
    """Defined names but for the marks of drawn sheets, which say which drawing it is."""
    return [canonical(item) for item in items if item.get("name") != MARK_NAME]


def _plain_calc(item: Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in item.attrib.items() if key != "fullCalcOnLoad"}


def _style_changes(old: Element, new: Element) -> Iterator[str]:
    """Formats are only added at the end of their lists, so that every number means what it meant."""
    if old.nsmap != new.nsmap or dict(old.attrib) != dict(new.attrib):
        yield "the styles' root changed"
    for item in old:
        other = new.find(item.tag) if isinstance(item.tag, str) else None
        if not isinstance(item.tag, str):
            continue
        if other is None:
            yield f"{local(item)} of the styles is gone"
        elif local(item) in ("numFmts", "fonts", "fills", "borders", "cellXfs", "dxfs"):
            if [canonical(x) for x in item] != [canonical(x) for x in other][: len(item)]:
                yield f"{local(item)} of the styles changed"
            if other.get("count") not in (None, str(len(other))):
                yield f"{local(item)} of the styles are miscounted"
        elif canonical(item) != canonical(other):
            yield f"{local(item)} of the styles changed"


def canonical(item: Element) -> bytes:
    """An element as bytes that do not depend on how it was written."""
    return etree.tostring(item, method="c14n", exclusive=True, with_tail=False)
