"""A workbook's package as a dict of parts, for tests that go without any of qmsbook's code."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES = "[Content_Types].xml"
NS = {"m": MAIN, "r": REL, "p": PACKAGE_REL, "t": TYPES}

Parts = dict[str, bytes]
Element = etree._Element

#: The order in which a worksheet's children must stand.
SHEET_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews",
    "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions",
    "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches",
    "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects",
    "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
#: The order of the workbook part's children.
BOOK_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "extLst",
)  # fmt: skip


def unzip(content: bytes) -> Parts:
    """All parts of a package by name, in the order of the archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def zipped(parts: Parts) -> bytes:
    """A package of these parts; the same parts give the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def parse(content: bytes) -> Element:
    """The root of an XML part."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, huge_tree=True))


def serialised(root: Element) -> bytes:
    """An XML part as bytes, with the declaration that Excel writes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


# -- relationships and content types ----------------------------------------------------------------------


def rels_name(part: str) -> str:
    """The part that holds a part's relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship; ``target`` is a part's name, or what it says if it leads outside."""

    id: str
    kind: str
    target: str
    outside: bool


def links(parts: Parts, part: str) -> list[Link]:
    """The relationships of a part, in their order."""
    content = parts.get(rels_name(part))
    if content is None:
        return []
    found = []
    for item in parse(content).iterfind("{*}Relationship"):
        target, outside = str(item.get("Target")), item.get("TargetMode") == "External"
        if not outside:
            target = posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")
        found.append(Link(str(item.get("Id")), str(item.get("Type")).rpartition("/")[2], target, outside))
    return found


def add_link(parts: Parts, part: str, kind: str, target: str, outside: bool = False) -> str:
    """Adds a relationship, ``kind`` being its type or the last word of an official one; gives its id."""
    name = rels_name(part)
    root = (
        parse(parts[name])
        if name in parts
        else etree.Element(f"{{{PACKAGE_REL}}}Relationships", nsmap={None: PACKAGE_REL})
    )
    taken = {item.get("Id") for item in root}
    number = next(n for n in range(1, 10_000) if f"rId{n}" not in taken)
    item = etree.SubElement(root, f"{{{PACKAGE_REL}}}Relationship", Id=f"rId{number}")
    item.set("Type", kind if "/" in kind else f"{REL}/{kind}")
    item.set("Target", target if outside else posixpath.relpath(target, posixpath.dirname(part) or "."))
    if outside:
        item.set("TargetMode", "External")
    parts[name] = serialised(root)
    return f"rId{number}"


def add_type(parts: Parts, part: str, content_type: str) -> None:
    """Says what a part is."""
    root = parse(parts[CONTENT_TYPES])
    etree.SubElement(root, f"{{{TYPES}}}Override", PartName="/" + part, ContentType=content_type)
    parts[CONTENT_TYPES] = serialised(root)


def add_default_type(parts: Parts, extension: str, content_type: str) -> None:
    """Says what parts with an ending are, unless that is said already."""
    root = parse(parts[CONTENT_TYPES])
    if any(item.get("Extension", "").casefold() == extension for item in root):
        return
    root.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=extension, ContentType=content_type))
    parts[CONTENT_TYPES] = serialised(root)


def add_part(parts: Parts, part: str, content: bytes, content_type: str) -> str:
    """Adds a part that has a content type of its own; gives its name back."""
    assert part not in parts, part
    parts[part] = content
    add_type(parts, part, content_type)
    return part


def fresh(parts: Parts, stem: str, ending: str = ".xml") -> str:
    """A part's name that is still free, whatever the case."""
    taken = {name.casefold() for name in parts}
    return next(name for n in range(1, 10_000) if (name := f"{stem}{n}{ending}").casefold() not in taken)


# -- the workbook, its sheets and tables ------------------------------------------------------------------


def book_part(parts: Parts) -> str:
    """The name of the workbook part."""
    return next(link.target for link in links(parts, "") if link.kind == "officeDocument")


def sheet_parts(parts: Parts) -> dict[str, str]:
    """Each sheet's part by the sheet's name, in the order of the tabs."""
    book = book_part(parts)
    by_id = {link.id: link.target for link in links(parts, book)}
    found = {}
    for entry in parse(parts[book]).iterfind("{*}sheets/{*}sheet"):
        rel = next(value for key, value in entry.attrib.items() if str(key).endswith("}id"))
        found[str(entry.get("name"))] = by_id[str(rel)]
    return found


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table as its part says: where it stands (from 1, both ends within) and its columns."""

    name: str
    sheet: str
    sheet_part: str
    part: str
    box: tuple[int, int, int, int]
    headers: tuple[str, ...]

    @property
    def data_rows(self) -> range:
        """The sheet rows below the header."""
        return range(self.box[0] + 1, self.box[2] + 1)

    def column(self, header: str) -> int:
        """The sheet column of a header."""
        return self.box[1] + self.headers.index(header)


def tables(parts: Parts) -> dict[str, TableInfo]:
    """All tables of the workbook by name."""
    found = {}
    for sheet, sheet_part in sheet_parts(parts).items():
        for link in links(parts, sheet_part):
            if link.kind != "table":
                continue
            root = parse(parts[link.target])
            name = str(root.get("displayName"))
            headers = tuple(
                unescaped(str(c.get("name"))) for c in root.iterfind("{*}tableColumns/{*}tableColumn")
            )
            found[name] = TableInfo(
                name, sheet, sheet_part, link.target, box_of(str(root.get("ref"))), headers
            )
    return found


def markers(parts: Parts) -> dict[str, str]:
    """The sheet's name of each generated sheet by the marker in its A1."""
    found = {}
    for name, part in sheet_parts(parts).items():
        text = texts(parts, part).get("A1", "") if part.startswith("xl/worksheets") else ""
        if text.startswith("qmsbook:"):
            found[text] = name
    return found


def insert_child(root: Element, child: Element, order: tuple[str, ...]) -> Element:
    """Puts a child where the schema wants it, after those of the same name."""
    later = order[order.index(local(child)) + 1 :]
    after = next((item for item in root if local(item) in later), None)
    if after is None:
        root.append(child)
    else:
        after.addprevious(child)
    return child


# -- cells ------------------------------------------------------------------------------------------------


def letters(column: int) -> str:
    """A column's letters."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def number(text: str) -> int:
    """The number of a column's letters."""
    total = 0
    for letter in text:
        total = total * 26 + ord(letter) - 64
    return total


def address(row: int, column: int) -> str:
    """A cell's address such as ``B7``."""
    return f"{letters(column)}{row}"


def place(text: str) -> tuple[int, int]:
    """Row and column of an address."""
    match = re.fullmatch(r"\$?([A-Z]{1,3})\$?([0-9]+)", text)
    assert match is not None, text
    return int(match[2]), number(match[1])


def box_of(ref: str) -> tuple[int, int, int, int]:
    """Top, left, bottom and right of a range."""
    first, _, last = ref.partition(":")
    return (*place(first), *place(last or first))


def ref_of(box: tuple[int, int, int, int]) -> str:
    """A range's address."""
    return f"{address(box[0], box[1])}:{address(box[2], box[3])}"


_CELL = re.compile(rb"<((?:\w+:)?)c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</\1c>)", re.DOTALL)
_REF = re.compile(rb'\sr="([A-Z]+[0-9]+)"')


def raw_cells(sheet: bytes) -> dict[str, bytes]:
    """Each cell's raw XML by its address."""
    start, end = data_span(sheet)
    found = {}
    for match in _CELL.finditer(sheet, start, end):
        ref = _REF.search(match[2])
        if ref:
            found[ref[1].decode()] = match[0]
    return found


def data_span(sheet: bytes) -> tuple[int, int]:
    """Where a sheet's cells begin and end."""
    start = re.search(rb"<(?:\w+:)?sheetData\s*(/?)>", sheet)
    if start is None or start[1]:
        at = start.end() if start else 0
        return at, at
    end = re.search(rb"</(?:\w+:)?sheetData>", sheet)
    assert end is not None
    return start.end(), end.start()


def without_cells(sheet: bytes, own: set[str]) -> bytes:
    """A sheet's raw XML without some of its cells."""
    start, end = data_span(sheet)

    def left(match: re.Match[bytes]) -> bytes:
        ref = _REF.search(match[2])
        return b"" if ref and ref[1].decode() in own else match[0]

    return sheet[:start] + _CELL.sub(left, sheet[start:end]) + sheet[end:]


def texts(parts: Parts, sheet_part: str) -> dict[str, str]:
    """What each cell that is not blank holds, as text: inline, shared or what a formula last gave."""
    shared = shared_strings(parts)
    found = {}
    for cell in parse(parts[sheet_part]).iterfind("{*}sheetData/{*}row/{*}c"):
        kind, value = cell.get("t"), cell.find("{*}v")
        if kind == "inlineStr":
            inside = cell.find("{*}is")
            text = string_of(inside) if inside is not None else ""
        elif value is None or value.text is None:
            text = ""
        else:
            text = shared[int(value.text)] if kind == "s" else unescaped(value.text)
        if text:
            found[str(cell.get("r"))] = text
    return found


def shared_strings(parts: Parts) -> list[str]:
    """The shared strings."""
    name = next((name for name in parts if name.casefold() == "xl/sharedstrings.xml"), None)
    return [string_of(item) for item in parse(parts[name]).iterfind("{*}si")] if name else []


def string_of(item: Element) -> str:
    """The text of a string item, without phonetic hints."""
    pieces = (t.text or "" for t in item.iter("{*}t") if local(t.getparent()) != "rPh")
    return unescaped("".join(pieces))


def unescaped(text: str) -> str:
    """Text with Excel's own escapes resolved."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def everything(content: bytes) -> list[str]:
    """The text of every cell of every sheet."""
    parts = unzip(content)
    return [
        text
        for part in sheet_parts(parts).values()
        if "worksheets/" in part
        for text in texts(parts, part).values()
    ]


def rows(sheet: Element) -> Iterator[Element]:
    """The rows of a sheet."""
    yield from sheet.iterfind("{*}sheetData/{*}row")


def cell_of(sheet: Element, row: int, column: int) -> Element:
    """A cell of a sheet, made if it is not there."""
    data = sheet.find(f"{{{MAIN}}}sheetData")
    assert data is not None
    line = next((item for item in data if item.get("r") == str(row)), None)
    if line is None:
        line = etree.Element(f"{{{MAIN}}}row", r=str(row))
        after = next((item for item in data if int(item.get("r", "0")) > row), None)
        data.append(line) if after is None else after.addprevious(line)
    wanted = address(row, column)
    for cell in line:
        if cell.get("r") == wanted:
            return cell
        if place(str(cell.get("r")))[1] > column:
            made = etree.Element(f"{{{MAIN}}}c", r=wanted)
            cell.addprevious(made)
            return made
    return etree.SubElement(line, f"{{{MAIN}}}c", r=wanted)


def set_cell(sheet: Element, row: int, column: int, value: str | float | None, formula: str = "") -> Element:
    """Writes a cell as Excel would after typing, but with its text in the cell; its format stays."""
    cell = cell_of(sheet, row, column)
    for child in list(cell):
        cell.remove(child)
    for key in ("t", "cm", "vm"):
        cell.attrib.pop(key, None)
    if formula:
        etree.SubElement(cell, f"{{{MAIN}}}f").text = formula
    if isinstance(value, str) and formula:
        cell.set("t", "str")
        etree.SubElement(cell, f"{{{MAIN}}}v").text = value
    elif isinstance(value, str):
        cell.set("t", "inlineStr")
        inside = etree.SubElement(etree.SubElement(cell, f"{{{MAIN}}}is"), f"{{{MAIN}}}t")
        inside.text = value
        if value != value.strip() or "\n" in value:
            inside.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    elif value is not None:
        etree.SubElement(cell, f"{{{MAIN}}}v").text = repr(value)
    return cell
