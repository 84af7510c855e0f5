"""Decorates a qmsbook workbook with what people and Excel add: charts, slicers, comments, own columns."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import Template
from xml.sax.saxutils import escape

from lxml import etree
from ooxml import (
    MAIN,
    REL,
    SHEET_ORDER,
    Element,
    Parts,
    add_default_type,
    add_link,
    add_part,
    address,
    book_part,
    fresh,
    insert_child,
    letters,
    markers,
    parse,
    place,
    ref_of,
    rows,
    serialised,
    set_cell,
    sheet_parts,
    tables,
    texts,
    unzip,
    zipped,
)
from reshape import Own, add_sheet, quoted, rearrange, rename_sheet

#: What the sheets are called now; the apostrophe and the ampersand are there to be escaped.
RENAMED = {"Measurements": "Monthly figures", "Objectives": "Aims & objectives", "People": "Who's who"}
#: The user's own sheet, and the cell of the Scorecard that it refers to in the end.
OWN_SHEET, POINTED_AT = "My numbers", "A5"
#: Formulas of the user's in computed columns: table, header, row of the table from 0, formula, what it gave.
OWN_FORMULAS: tuple[tuple[str, str, int, str, str | float], ...] = (
    ("KPIs", "Plan", 2, "H4*1", 95.0),
    ("Measurements", "Status", 7, 'IF(D9="","","see comment")', "see comment"),
)
_PIECES = Path(__file__).parent / "files" / "decorations"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SHEETS = f"{_OFFICE}.spreadsheetml"


def decorate(content: bytes) -> bytes:
    """A decorated copy of a workbook that has qmsbook's tables; the same workbook gives the same bytes."""
    parts = unzip(content)
    for old, new in RENAMED.items():
        rename_sheet(parts, old, new)
    _rearrange_objectives(parts)
    _own_columns_in_kpis(parts)
    _own_columns_in_measurements(parts)
    _own_formulas(parts)
    _filter_measurements(parts)
    _add_own_sheet(parts)
    _decorate_kpis(parts)
    _picture_on_measurements(parts)
    _hidden_sheets(parts)
    _defined_names(parts)
    _custom_parts(parts)
    _calc_chain(parts)
    return zipped(parts)


# -- in the tables ----------------------------------------------------------------------------------------


def _doubled(header: str) -> Callable[[int, Mapping[str, str]], str | float | None]:
    def value(_: int, held: Mapping[str, str]) -> str | float:
        try:
            return float(held[header] or 0) * 2
        except ValueError:
            return "#VALUE!"

    return value


def _rearrange_objectives(parts: Parts) -> None:
    """The last column first, the rest from the back to the front: nothing stands where it stood."""
    headers = list(tables(parts)["Objectives"].headers)
    rearrange(parts, "Objectives", [headers[-1], *reversed(headers[1:-1]), headers[0]])


def _own_columns_in_kpis(parts: Parts) -> None:
    headers = list(tables(parts)["KPIs"].headers)
    note = Own("Our note", lambda row, held: f"=own note {row} on {held['KPI']}" if row % 2 else None)
    twice = Own("Twice (own)", _doubled("Target"), "KPIs[[#This Row],[Target]]*2")
    rearrange(parts, "KPIs", [*headers, note, twice])


def _own_columns_in_measurements(parts: Parts) -> None:
    """One between our own and one at the end, so that no letter is where the template has it."""
    headers = list(tables(parts)["Measurements"].headers)
    shift = Own("Shift", lambda row, held: ("007", "night\nshift ", "+1", 3.0)[row % 4])
    twice = Own("Twice", _doubled("Value"), "Measurements[[#This Row],[Value]]*2")
    rearrange(parts, "Measurements", [*headers[:2], shift, *headers[2:], twice])


def _own_formulas(parts: Parts) -> None:
    for table, header, row, formula, gave in OWN_FORMULAS:
        info = tables(parts)[table]
        root = parse(parts[info.sheet_part])
        set_cell(root, info.data_rows[row], info.column(header), gave, formula)
        parts[info.sheet_part] = serialised(root)


def _filter_measurements(parts: Parts) -> None:
    """Only two KPIs are shown, so most rows are hidden; and one row of KPIs is hidden by hand."""
    info = tables(parts)["Measurements"]
    table = parse(parts[info.part])
    filters = etree.SubElement(table.find("{*}autoFilter"), f"{{{MAIN}}}filterColumn", colId="0")
    listed = etree.SubElement(filters, f"{{{MAIN}}}filters")
    for shown in ("K01", "K03"):
        etree.SubElement(listed, f"{{{MAIN}}}filter", val=shown)
    parts[info.part] = serialised(table)
    root, held = parse(parts[info.sheet_part]), texts(parts, info.sheet_part)
    for row in rows(root):
        line = int(row.get("r", "0"))
        if line in info.data_rows and held.get(address(line, info.column("KPI"))) not in ("K01", "K03"):
            row.set("hidden", "1")
    parts[info.sheet_part] = serialised(root)
    kpis = tables(parts)["KPIs"]
    root = parse(parts[kpis.sheet_part])
    next(row for row in rows(root) if row.get("r") == "6").set("hidden", "1")
    parts[kpis.sheet_part] = serialised(root)


# -- the user's own sheet ---------------------------------------------------------------------------------


def piece(name: str, **values: object) -> Element:
    """A piece of XML from the folder of decorations, with its blanks filled in."""
    text = (_PIECES / name).read_text(encoding="utf-8")
    filled = Template(text).substitute({key: escape(str(value)) for key, value in values.items()})
    return etree.fromstring(filled.encode(), etree.XMLParser(remove_blank_text=True))


def _part(parts: Parts, name: str, kind: str, piece_name: str, **values: object) -> str:
    return add_part(parts, name, serialised(piece(piece_name, **values)), kind)


def _add_own_sheet(parts: Parts) -> None:
    """A sheet second among the tabs that holds every sort of thing a sheet can hang on."""
    book = book_part(parts)
    strings = _part(parts, "xl/sharedStrings.xml", f"{_SHEETS}.sharedStrings+xml", "shared_strings.xml")
    add_link(parts, book, "sharedStrings", strings)
    kpis = tables(parts)["KPIs"]
    target = texts(parts, kpis.sheet_part).get(address(2, kpis.column("Target")), "0")
    measurements = quoted(tables(parts)["Measurements"].sheet)
    part = add_sheet(parts, OWN_SHEET, piece("own_sheet.xml", target=target, measurements=measurements), at=1)
    root = parse(parts[part])
    last = tables(parts)["Measurements"].box[2]
    set_cell(
        root, 17, 1, 700.0, f"COUNTA({measurements}!$A$2:$A${last})+ROWS({measurements}!A{last - 1}:A{last})"
    )
    table = _own_table(parts, part, root)
    _page_setup(parts, part, root)
    _hyperlinks(parts, part, root)
    _drawing(parts, part, root, slicer=True)
    _child(root, f'<picture r:id="{add_link(parts, part, "image", _image(parts))}"/>')
    guid = "{5A4B2E0C-0000-4000-8000-00000000AAAA}"
    insert_child(root, piece("data_bar.xml", where="B21:B22", guid=guid), SHEET_ORDER)
    _extend(root, piece("x14_data_bar.xml", where="B21:B22", guid=guid))
    _extend(root, piece("x14_drop_down.xml", where="C21:C22", source="KPIs!$A$2:$A$33"))
    _extend(root, piece("x14_sparklines.xml", where="H22"))
    _slicer(parts, part, root, table)
    parts[part] = serialised(root)


def _child(root: Element, xml: str) -> None:
    """Puts a small element where the schema wants it in a sheet."""
    declared = xml.replace(" ", f' xmlns="{MAIN}" xmlns:r="{REL}" ', 1)
    insert_child(root, parse(declared.encode()), SHEET_ORDER)


def _extend(root: Element, ext: Element) -> None:
    """Adds to what newer Excels keep beside a sheet or workbook proper."""
    found = root.find(f"{{{MAIN}}}extLst")
    (etree.SubElement(root, f"{{{MAIN}}}extLst") if found is None else found).append(ext)


def _own_table(parts: Parts, part: str, root: Element) -> int:
    """A table of the user's own; gives its id."""
    free = max(int(parse(parts[info.part]).get("id", "0")) for info in tables(parts).values()) + 1
    table = _part(
        parts, fresh(parts, "xl/tables/table"), f"{_SHEETS}.table+xml", "regions_table.xml", id=free
    )
    tags = f'<tableParts count="1"><tablePart r:id="{add_link(parts, part, "table", table)}"/></tableParts>'
    _child(root, tags)
    return free


def _page_setup(parts: Parts, part: str, root: Element) -> None:
    add_default_type(parts, "bin", f"{_SHEETS}.printerSettings")
    settings = fresh(parts, "xl/printerSettings/printerSettings", ".bin")
    parts[settings] = bytes(range(256)) * 3
    rel = add_link(parts, part, "printerSettings", settings)
    _child(root, f'<pageSetup paperSize="9" orientation="portrait" r:id="{rel}"/>')


def _hyperlinks(parts: Parts, part: str, root: Element) -> None:
    rel = add_link(parts, part, "hyperlink", "https://example.org/plan?a=1&b=2", outside=True)
    inside = '<hyperlink ref="A3" location="KPIs!A2" display="K"/>'
    _child(root, f'<hyperlinks >{inside}<hyperlink ref="A2" r:id="{rel}"/></hyperlinks>')


def _image(parts: Parts) -> str:
    add_default_type(parts, "png", "image/png")
    name = fresh(parts, "xl/media/image", ".png")
    parts[name] = png()
    return name


def png(width: int = 16, height: int = 16) -> bytes:
    """A picture made here."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = (b"".join(bytes((x * 16, y * 16, 128)) for x in range(width)) for y in range(height))
    pixels = zlib.compress(b"".join(b"\0" + line for line in lines))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _drawing(parts: Parts, part: str, root: Element, slicer: bool = False) -> None:
    """A drawing with a chart, a picture, a shape, a text box and, if wished, a slicer."""
    name = fresh(parts, "xl/drawings/drawing")
    chart = add_link(parts, name, "chart", _chart(parts))
    drawing = piece("drawing.xml", chart=chart, picture=add_link(parts, name, "image", _image(parts)))
    if slicer:
        drawing.append(piece("slicer_anchor.xml"))
    add_part(parts, name, serialised(drawing), f"{_OFFICE}.drawing+xml")
    _child(root, f'<drawing r:id="{add_link(parts, part, "drawing", name)}"/>')


def _chart(parts: Parts) -> str:
    """A chart of figures in our tables and on the user's sheet, with the colours that Excel adds."""
    chart = _part(parts, fresh(parts, "xl/charts/chart"), f"{_OFFICE}.drawingml.chart+xml", "chart.xml")
    colours = _part(
        parts,
        fresh(parts, "xl/charts/colors"),
        "application/vnd.ms-office.chartcolorstyle+xml",
        "chart_colours.xml",
    )
    add_link(parts, chart, "http://schemas.microsoft.com/office/2011/relationships/chartColorStyle", colours)
    return chart


def _slicer(parts: Parts, part: str, root: Element, table: int) -> None:
    """Buttons that filter the user's table."""
    kinds = "http://schemas.microsoft.com/office/2007/relationships"
    name = "xl/slicerCaches/slicerCache1.xml"
    cache = _part(parts, name, "application/vnd.ms-excel.slicerCache+xml", "slicer_cache.xml", table=table)
    slicer = _part(parts, "xl/slicers/slicer1.xml", "application/vnd.ms-excel.slicer+xml", "slicer.xml")
    _extend(root, piece("slicer_list.xml", rel=add_link(parts, part, f"{kinds}/slicer", slicer)))
    rel = add_link(parts, book_part(parts), f"{kinds}/slicerCache", cache)
    book = parse(parts[book_part(parts)])
    _extend(book, piece("slicer_caches.xml", rel=rel))
    parts[book_part(parts)] = serialised(book)


# -- on qmsbook's own sheets ------------------------------------------------------------------------------


def comment(parts: Parts, part: str, old: str, thread: str) -> None:
    """An old comment and a thread with an answer, which Excel keeps twice: a note is for older Excels."""
    modern = "http://schemas.microsoft.com/office/2017/10/relationships"
    kind = f"{_SHEETS}.comments+xml"
    name = _part(parts, fresh(parts, "xl/comments"), kind, "comments.xml", old=old, thread=thread)
    add_link(parts, part, "comments", name)
    kind = "application/vnd.ms-excel.threadedcomments+xml"
    name = fresh(parts, "xl/threadedComments/threadedComment")
    add_link(parts, part, f"{modern}/threadedComment", _part(parts, name, kind, "threads.xml", thread=thread))
    if "xl/persons/person.xml" not in parts:
        kind = "application/vnd.ms-excel.person+xml"
        persons = _part(parts, "xl/persons/person.xml", kind, "persons.xml")
        add_link(parts, book_part(parts), f"{modern}/person", persons)
    add_default_type(parts, "vml", f"{_OFFICE}.vmlDrawing")
    vml = fresh(parts, "xl/drawings/vmlDrawing", ".vml")
    places = {"old": place(old), "thread": place(thread)}
    values = {f"{key}_row": at[0] - 1 for key, at in places.items()}
    values |= {f"{key}_column": at[1] - 1 for key, at in places.items()}
    parts[vml] = etree.tostring(piece("notes.vml", **values))
    root = parse(parts[part])
    _child(root, f'<legacyDrawing r:id="{add_link(parts, part, "vmlDrawing", vml)}"/>')
    parts[part] = serialised(root)


def _decorate_kpis(parts: Parts) -> None:
    """On the KPIs sheet itself: comments, a drawing, newer formats, cells beside and below the table."""
    info = tables(parts)["KPIs"]
    comment(parts, info.sheet_part, "B3", "H2")
    root = parse(parts[info.sheet_part])
    own, note = letters(info.column("Twice (own)")), letters(info.column("Our note"))
    where, guid = f"{own}2:{own}{info.box[2]}", "{5A4B2E0C-0000-4000-8000-00000000BBBB}"
    insert_child(root, piece("data_bar.xml", where=where, guid=guid), SHEET_ORDER)
    _extend(root, piece("x14_data_bar.xml", where=where, guid=guid))
    source = f"{quoted(OWN_SHEET)}!$A$21:$A$22"
    _extend(root, piece("x14_drop_down.xml", where=f"{note}2:{note}{info.box[2]}", source=source))
    _extend(root, piece("x14_sparklines.xml", where=address(2, info.box[3] + 2)))
    set_cell(root, info.box[2] + 4, 2, "Approved by the owners' meeting ")
    set_cell(root, 3, info.box[3] + 3, 7.0, "SUM(KPIs[Weight])")
    for column in root.iterfind("{*}cols/{*}col"):
        if column.get("min") == "2":
            column.set("width", "38.42578125")
    _drawing(parts, info.sheet_part, root)
    _dimension(root, info.box[2] + 4, info.box[3] + 3)
    parts[info.sheet_part] = serialised(root)


def _picture_on_measurements(parts: Parts) -> None:
    """A drawing right of the table that grows, and cells beside it."""
    info = tables(parts)["Measurements"]
    root = parse(parts[info.sheet_part])
    set_cell(root, 5, info.box[3] + 3, "=not a formula", "")
    set_cell(root, info.box[2], info.box[3] + 3, 3.5)
    _drawing(parts, info.sheet_part, root)
    chart = max(name for name in parts if name.startswith("xl/charts/chart"))
    column = letters(info.column("Value"))
    values = f"{escape(quoted(info.sheet))}!${column}$2:${column}${info.box[2]}"
    assert b"KPIs!$H$2:$H$3" in parts[chart]
    parts[chart] = parts[chart].replace(b"KPIs!$H$2:$H$3", values.encode())
    _dimension(root, info.box[2], info.box[3] + 3)
    parts[info.sheet_part] = serialised(root)


def _dimension(root: Element, bottom: int, right: int) -> None:
    found = root.find("{*}dimension")
    if found is not None:
        found.set("ref", ref_of((1, 1, bottom, right)))


def _hidden_sheets(parts: Parts) -> None:
    for name, state, at in (("Lists (own)", "hidden", 4), ("Secret", "veryHidden", None)):
        add_sheet(parts, name, piece("hidden_sheet.xml", words=f"On the {state} sheet"), at, state)


def _defined_names(parts: Parts) -> None:
    kpis, readings = tables(parts)["KPIs"], tables(parts)["Measurements"]
    tab = list(sheet_parts(parts)).index(OWN_SHEET)
    names = {
        "OurTargets": "KPIs[Target]",
        "OurTotal": "SUM(Measurements[Value])",
        "OurReadings": f"{quoted(readings.sheet)}!$A$1:${letters(readings.box[3])}${readings.box[2]}",
        "OurFirstTarget": f"KPIs!${letters(kpis.column('Target'))}$2",
        "Slicer_Region": "#N/A",
    }
    _add_names(parts, [({"name": name}, text) for name, text in names.items()])
    area = {"name": "_xlnm.Print_Area", "localSheetId": str(tab)}
    _add_names(parts, [(area, f"{quoted(OWN_SHEET)}!$A$1:$H$24")])


def _add_names(parts: Parts, names: Sequence[tuple[dict[str, str], str]]) -> None:
    book = parse(parts[book_part(parts)])
    listed = book.find(f"{{{MAIN}}}definedNames")
    assert listed is not None
    for attributes, text in names:
        etree.SubElement(listed, f"{{{MAIN}}}definedName", attributes).text = text
    parts[book_part(parts)] = serialised(book)


def _custom_parts(parts: Parts) -> None:
    """A custom XML item with its properties, and a document property of the user's own beside ours."""
    parts["customXml/item1.xml"] = (
        b'<?xml version="1.0"?><plan xmlns="urn:example:plan"><edition>4</edition></plan>'
    )
    kind = f"{_OFFICE}.customXmlProperties+xml"
    props = _part(parts, "customXml/itemProps1.xml", kind, "item_props.xml")
    add_link(parts, "customXml/item1.xml", "customXmlProps", props)
    add_link(parts, book_part(parts), "customXml", "customXml/item1.xml")
    root = parse(parts["docProps/custom.xml"])
    free = max((int(item.get("pid", "1")) for item in root), default=1) + 1
    types = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
    item = etree.SubElement(root, str(root.tag).replace("Properties", "property"), name="Plan owner")
    item.set("fmtid", "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}")
    item.set("pid", str(free))
    etree.SubElement(item, f"{{{types}}}lpwstr", nsmap={"vt": types}).text = "Rosa Ortiz"
    parts["docProps/custom.xml"] = serialised(root)


def _calc_chain(parts: Parts) -> None:
    """The order in which Excel calculates: every cell with a formula, by the id of its sheet."""
    chain = etree.Element(f"{{{MAIN}}}calcChain", nsmap={None: MAIN})
    entries = parse(parts[book_part(parts)]).iterfind("{*}sheets/{*}sheet")
    for entry, part in zip(entries, sheet_parts(parts).values(), strict=True):
        for cell in parse(parts[part]).iterfind("{*}sheetData/{*}row/{*}c"):
            if cell.find("{*}f") is not None:
                etree.SubElement(chain, f"{{{MAIN}}}c", r=str(cell.get("r")), i=str(entry.get("sheetId")))
    add_part(parts, "xl/calcChain.xml", serialised(chain), f"{_SHEETS}.calcChain+xml")
    add_link(parts, book_part(parts), "calcChain", "xl/calcChain.xml")


# -- after the first refresh ------------------------------------------------------------------------------


def point_at_generated(content: bytes, marker: str = "qmsbook:scorecard") -> bytes:
    """The workbook with formulas, a name and a chart of the user's that refer to a generated sheet."""
    parts = unzip(content)
    sheet = markers(parts)[marker]
    held = texts(parts, sheet_parts(parts)[sheet])
    own = sheet_parts(parts)[OWN_SHEET]
    root = parse(parts[own])
    title = held[POINTED_AT]
    set_cell(root, 14, 1, title, f"{quoted(sheet)}!{POINTED_AT}")
    set_cell(root, 15, 1, 3.0, f"COUNTA({quoted(sheet)}!$B$5:$D$40)")
    set_cell(root, 16, 1, title, f'{quoted(sheet)}!{POINTED_AT}&""')
    parts[own] = serialised(root)
    _add_names(parts, [({"name": "FromScorecard"}, f"{quoted(sheet)}!$B$5:$B$9")])
    old = b"KPIs!$H$2:$H$3"
    chart = next(name for name in parts if name.startswith("xl/charts/chart") and old in parts[name])
    parts[chart] = parts[chart].replace(old, f"{quoted(sheet)}!$C$5:$C$6".encode())
    return zipped(parts)
