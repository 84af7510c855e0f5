"""Grafts qmsbook's required tables into any workbook, by plain XML: what a user does by copying sheets in."""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

from lxml import etree
from ooxml import (
    Parts,
    TableInfo,
    add_link,
    add_part,
    address,
    book_part,
    fresh,
    letters,
    links,
    parse,
    serialised,
    sheet_parts,
    tables,
    texts,
    unzip,
    zipped,
)

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
#: Columns whose cells are dates: numbers that need a date's format.
_DATES = frozenset(
    {
        "Due",
        "Set on",
        "Last changed",
        "Last reviewed",
        "Target on",
        "Baseline on",
        "Target set on",
        "Entered on",
        "Left on",
    }
)
_KPIS = ("K01", "K02", "K03", "K04")

#: Which rows of the example go along: few enough to be quick, enough to have something to judge.
TAKEN: Mapping[str, Callable[[Mapping[str, str]], bool]] = {
    "Settings": lambda row: True,
    "People": lambda row: True,
    "Processes": lambda row: True,
    "Goals": lambda row: True,
    "Objectives": lambda row: True,
    "KPIs": lambda row: row.get("KPI") in _KPIS,
    "Measurements": lambda row: row.get("KPI") in _KPIS and row.get("Period", "") >= "2026-01",
}


def graft(content: bytes, example: bytes) -> bytes:
    """A workbook with the required tables and a little data from the example, each on a sheet of its own."""
    parts, donor = unzip(content), unzip(example)
    main = etree.QName(parse(parts[book_part(parts)])).namespace or ""
    date_style = _date_style(parts)
    known = tables(donor)
    for name, wanted in TAKEN.items():
        _graft_table(parts, known[name], _data(donor, known[name], wanted), main, date_style)
    return zipped(parts)


def _data(
    donor: Parts, info: TableInfo, wanted: Callable[[Mapping[str, str]], bool]
) -> list[dict[str, str | float]]:
    """The rows of a table of the example: text as text, numbers as numbers."""
    held = texts(donor, info.sheet_part)
    numbers = {
        str(cell.get("r"))
        for cell in parse(donor[info.sheet_part]).iterfind("{*}sheetData/{*}row/{*}c")
        if cell.get("t") in (None, "n")
    }
    found = []
    for row in info.data_rows:
        cells = {header: address(row, info.column(header)) for header in info.headers}
        line = {header: held[ref] for header, ref in cells.items() if ref in held}
        if wanted(line):
            found.append({h: float(text) if cells[h] in numbers else text for h, text in line.items()})
    return found


def _graft_table(
    parts: Parts, info: TableInfo, data: list[dict[str, str | float]], main: str, date_style: int
) -> None:
    names = {name.casefold() for name in sheet_parts(parts)}
    sheet = info.name if info.name.casefold() not in names else f"{info.name} (plan)"
    part = add_part(parts, fresh(parts, f"{_folder(parts)}/worksheets/sheet"), b"", _SHEET_TYPE)
    ref = f"A1:{letters(len(info.headers))}{len(data) + 1}"
    rel = _add_table(parts, part, info, ref, main)
    lines: list[Mapping[str, str | float]] = [{header: header for header in info.headers}, *data]
    body = "".join(_row(number, line, info, date_style) for number, line in enumerate(lines, 1))
    parts[part] = (
        f'{_XML}<worksheet xmlns="{main}" xmlns:r="{_rel(parts)}"><dimension ref="{ref}"/>'
        '<sheetViews><sheetView workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<sheetData>{body}</sheetData>"
        f'<tableParts count="1"><tablePart r:id="{rel}"/></tableParts></worksheet>'
    ).encode()
    _list_sheet(parts, sheet, part)


def _folder(parts: Parts) -> str:
    return posixpath.dirname(book_part(parts))


def _rel(parts: Parts) -> str:
    """The namespace of relationships: another one in strict workbooks."""
    entry = parse(parts[book_part(parts)]).find("{*}sheets/{*}sheet")
    assert entry is not None
    return next(str(key)[1:].partition("}")[0] for key in entry.attrib if str(key).endswith("}id"))


def _add_table(parts: Parts, part: str, info: TableInfo, ref: str, main: str) -> str:
    taken = [
        int(parse(parts[name]).get("id", "0"))
        for name in parts
        if "/tables/" in name and name.endswith(".xml")
    ]
    columns = "".join(
        f'<tableColumn id="{n}" name="{escape(h, {chr(34): "&quot;"})}"/>'
        for n, h in enumerate(info.headers, 1)
    )
    xml = (
        f'{_XML}<table xmlns="{main}" id="{max(taken, default=0) + 1}" name="{info.name}" '
        f'displayName="{info.name}" ref="{ref}" totalsRowShown="0"><autoFilter ref="{ref}"/>'
        f'<tableColumns count="{len(info.headers)}">{columns}</tableColumns>'
        '<tableStyleInfo name="TableStyleMedium2" showFirstColumn="0" showLastColumn="0" '
        'showRowStripes="1" showColumnStripes="0"/></table>'
    )
    table = add_part(parts, fresh(parts, f"{_folder(parts)}/tables/table"), xml.encode(), _TABLE_TYPE)
    return add_link(parts, part, f"{_rel(parts)}/table", table)


def _row(number: int, line: Mapping[str, str | float], info: TableInfo, date_style: int) -> str:
    cells = []
    for column, header in enumerate(info.headers, 1):
        value, ref = line.get(header), address(number, column)
        if isinstance(value, str):
            cells.append(
                f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
            )
        elif value is not None:
            is_day = header in _DATES or (info.name == "Settings" and value > 40_000)
            style = f' s="{date_style}"' if is_day else ""
            cells.append(f'<c r="{ref}"{style}><v>{value!r}</v></c>')
    return f'<row r="{number}">{"".join(cells)}</row>'


def _list_sheet(parts: Parts, name: str, part: str) -> None:
    book = book_part(parts)
    rel = add_link(parts, book, f"{_rel(parts)}/worksheet", part)
    root = parse(parts[book])
    listed = root.find("{*}sheets")
    assert listed is not None
    entry = copy.copy(listed[0])
    entry.attrib.clear()
    entry.set("name", name)
    entry.set("sheetId", str(max(int(item.get("sheetId", "0")) for item in listed) + 1))
    entry.set(f"{{{_rel(parts)}}}id", rel)
    listed.append(entry)
    parts[book] = serialised(root)


def _date_style(parts: Parts) -> int:
    """The number of a cell format for dates, added to the workbook's formats."""
    name = next((link.target for link in links(parts, book_part(parts)) if link.kind == "styles"), None)
    if name is None:
        return 0
    root = parse(parts[name])
    formats = root.find("{*}cellXfs")
    assert formats is not None
    made = copy.deepcopy(formats[0])
    made.set("numFmtId", "14")
    made.set("applyNumberFormat", "1")
    formats.append(made)
    formats.set("count", str(len(formats)))
    parts[name] = serialised(root)
    return len(formats) - 1
