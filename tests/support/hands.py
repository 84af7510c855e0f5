"""What people's hands do to a sheet: type, sort, add and delete rows, rename, take a table apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree
from ooxml import (
    CONTENT_TYPES,
    MAIN,
    Element,
    Parts,
    TableInfo,
    address,
    book_part,
    box_of,
    cell_of,
    links,
    local,
    markers,
    parse,
    place,
    ref_of,
    rels_name,
    serialised,
    set_cell,
    sheet_parts,
    tables,
    texts,
    unzip,
    zipped,
)


def type_in(content: bytes, sheet: str, cells: Mapping[str, str | float]) -> bytes:
    """Types into cells of a sheet."""
    parts = unzip(content)
    part = sheet_parts(parts)[sheet]
    root = parse(parts[part])
    for ref, value in cells.items():
        set_cell(root, *place(ref), value)
    parts[part] = serialised(root)
    return zipped(parts)


def areas(content: bytes, marker: str) -> dict[str, TableInfo]:
    """The tables on a generated sheet by the first word of their names."""
    parts = unzip(content)
    sheet = markers(parts)[marker]
    found = {name: info for name, info in tables(parts).items() if info.sheet == sheet}
    return {re.split(r"_\d", name)[0]: info for name, info in found.items()}


def minutes(content: bytes) -> TableInfo:
    """The table of the minutes of the only review."""
    marker = next(found for found in markers(unzip(content)) if found.startswith("qmsbook:review:2026-Q3"))
    return areas(content, marker)["Minutes"]


def words(content: bytes, sheet: str) -> dict[str, str]:
    """What the cells of a sheet hold."""
    parts = unzip(content)
    return texts(parts, sheet_parts(parts)[sheet])


def sort(content: bytes, table: str, order: Sequence[int]) -> bytes:
    """Puts a table's rows into another order: row ``order[0]`` comes first."""
    parts = unzip(content)
    info = tables(parts)[table]
    root = parse(parts[info.sheet_part])
    lines = [[cell_of(root, r, c) for c in range(info.box[1], info.box[3] + 1)] for r in info.data_rows]
    held = [[(dict(cell.attrib), list(cell)) for cell in line] for line in lines]
    for line, source in zip(lines, order, strict=True):
        for cell, (attributes, children) in zip(line, held[source], strict=True):
            here = str(cell.get("r"))
            cell.attrib.clear()
            cell.attrib.update({**attributes, "r": here})  # type: ignore[arg-type]
            cell[:] = children
    parts[info.sheet_part] = serialised(root)
    return zipped(parts)


def add_row(content: bytes, table: str, values: Sequence[str | float | None]) -> bytes:
    """Inserts a sheet row below a table's last, types into it, and the table takes it in, as Excel does."""
    parts = unzip(content)
    info = tables(parts)[table]
    below = info.box[2] + 1
    shift_rows(parts, info.sheet_part, below, 1)
    root = parse(parts[info.sheet_part])
    for column, value in enumerate(values, info.box[1]):
        cell = set_cell(root, below, column, value)
        cell.set("s", str(cell_of(root, below - 1, column).get("s", "0")))
    parts[info.sheet_part] = serialised(root)
    _resize(parts, info, (info.box[0], info.box[1], below, info.box[3]))
    return zipped(parts)


def delete_row(content: bytes, table: str, row: int) -> bytes:
    """Deletes the whole sheet row of a table's row, counted from 0."""
    parts = unzip(content)
    info = tables(parts)[table]
    at = info.data_rows[row]
    root = parse(parts[info.sheet_part])
    data = root.find(f"{{{MAIN}}}sheetData")
    assert data is not None
    for line in [line for line in data if line.get("r") == str(at)]:
        data.remove(line)
    merges = root.find(f"{{{MAIN}}}mergeCells")
    for merge in list(merges) if merges is not None else []:
        box = box_of(str(merge.get("ref")))
        if box[0] == box[2] == at:
            merges.remove(merge)
    for merge in [merges] if merges is not None else []:
        merge.set("count", str(len(merge)))
    parts[info.sheet_part] = serialised(root)
    shift_rows(parts, info.sheet_part, at + 1, -1)
    return zipped(parts)


def _resize(parts: Parts, info: TableInfo, box: tuple[int, int, int, int]) -> None:
    root = parse(parts[info.part])
    root.set("ref", ref_of(box))
    filters = root.find("{*}autoFilter")
    if filters is not None:
        filters.set("ref", ref_of(box))
    parts[info.part] = serialised(root)


def shift_rows(parts: Parts, part: str, first: int, by: int) -> None:
    """Moves all rows of a sheet from one on, with everything that stands on them or refers to them."""
    root = parse(parts[part])
    for row in root.iterfind("{*}sheetData/{*}row"):
        if int(row.get("r", "0")) >= first:
            row.set("r", str(int(row.get("r", "0")) + by))
            for cell in row:
                line, column = place(str(cell.get("r")))
                cell.set("r", address(line + by, column))
    for item in root.iter():
        _shift_attributes(item, first, by)
    parts[part] = serialised(root)
    for link in links(parts, part):
        if link.kind == "table":
            table = parse(parts[link.target])
            for item in (table, *table.iterfind("{*}autoFilter")):
                item.set("ref", shifted(str(item.get("ref")), first, by))
            parts[link.target] = serialised(table)
        if link.kind == "drawing":
            drawing = parse(parts[link.target])
            for item in drawing.iter("{*}row"):
                if int(item.text or "0") + 1 >= first:
                    item.text = str(int(item.text or "0") + by)
            parts[link.target] = serialised(drawing)
            for chart in links(parts, link.target):
                if chart.kind == "chart":
                    _shift_chart(parts, chart.target, first, by)
    _shift_names(parts, part, first, by)


def _shift_attributes(item: Element, first: int, by: int) -> None:
    name = local(item)
    if name in ("mergeCell", "hyperlink", "dimension", "conditionalFormatting", "dataValidation"):
        for key in ("ref", "sqref"):
            if item.get(key):
                item.set(key, shifted(str(item.get(key)), first, by))
    if name in ("formula", "formula1", "formula2", "f", "sqref") and item.text:
        item.text = shifted(item.text, first, by)
    if name == "brk" and local(item.getparent()) == "rowBreaks" and int(item.get("id", "0")) >= first:
        item.set("id", str(int(item.get("id", "0")) + by))


def _shift_chart(parts: Parts, chart: str, first: int, by: int) -> None:
    root = parse(parts[chart])
    for item in root.iter("{*}f"):
        item.text = shifted(item.text or "", first, by)
    parts[chart] = serialised(root)


def _shift_names(parts: Parts, part: str, first: int, by: int) -> None:
    tab = list(sheet_parts(parts).values()).index(part)
    book = parse(parts[book_part(parts)])
    for item in book.iterfind("{*}definedNames/{*}definedName"):
        if item.get("localSheetId") == str(tab):
            item.text = shifted(item.text or "", first, by)
    parts[book_part(parts)] = serialised(book)


def shifted(text: str, first: int, by: int) -> str:
    """Addresses whose rows from one on are moved; text in quotes stays."""

    def one(match: re.Match[str]) -> str:
        if match[2] is None:
            return match[0]
        row = int(match[3])
        return f"{match[1]}{match[2]}{row + by if row >= first else row}"

    return re.sub(r"\"[^\"]*\"|'[^']*'|(\$?[A-Z]{1,3})(\$?)([0-9]+)(?![\w(])", one, text)


def rename_header(content: bytes, table: str, old: str, new: str) -> bytes:
    """Types another header over a table's header."""
    parts = unzip(content)
    info = tables(parts)[table]
    root = parse(parts[info.sheet_part])
    set_cell(root, info.box[0], info.column(old), new)
    parts[info.sheet_part] = serialised(root)
    root = parse(parts[info.part])
    for item in root.iterfind("{*}tableColumns/{*}tableColumn"):
        if item.get("name") == old:
            item.set("name", new)
    parts[info.part] = serialised(root)
    return zipped(parts)


def to_range(content: bytes, table: str) -> bytes:
    """Turns a table into a plain range: its words stay, the table goes."""
    parts = unzip(content)
    info = tables(parts)[table]
    rel = next(link.id for link in links(parts, info.sheet_part) if link.target == info.part)
    root = parse(parts[info.sheet_part])
    listed = root.find(f"{{{MAIN}}}tableParts")
    assert listed is not None
    for item in list(listed):
        if rel in item.attrib.values():
            listed.remove(item)
    listed.set("count", str(len(listed)))
    if not len(listed):
        root.remove(listed)
    parts[info.sheet_part] = serialised(root)
    _drop(parts, parts_rels := rels_name(info.sheet_part), "Id", rel)
    assert parts_rels in parts
    _drop(parts, CONTENT_TYPES, "PartName", "/" + info.part)
    del parts[info.part]
    return zipped(parts)


def _drop(parts: Parts, name: str, key: str, value: str) -> None:
    root = parse(parts[name])
    for item in list(root):
        if item.get(key) == value:
            root.remove(item)
    parts[name] = serialised(root)


def add_column(content: bytes, table: str, header: str, values: Sequence[str | None]) -> bytes:
    """Types a header right of a table and words below it: the table takes the column in, as Excel does."""
    parts = unzip(content)
    info = tables(parts)[table]
    column = info.box[3] + 1
    root = parse(parts[info.sheet_part])
    for row, value in zip(range(info.box[0], info.box[2] + 1), [header, *values], strict=True):
        if value is not None:
            set_cell(root, row, column, value)
    parts[info.sheet_part] = serialised(root)
    root = parse(parts[info.part])
    listed = root.find("{*}tableColumns")
    free = max(int(item.get("id", "0")) for item in listed) + 1
    etree.SubElement(listed, f"{{{MAIN}}}tableColumn", id=str(free), name=header)
    listed.set("count", str(len(listed)))
    parts[info.part] = serialised(root)
    _resize(parts, info, (info.box[0], info.box[1], info.box[2], column))
    return zipped(parts)
