"""What other programs write means what Excel takes it for, or it is told."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from common import drawing, no_new_complaints, parts_of, rebuild, small_book, swap
from hostile import entry, with_entries
from ooxml import CONTENT_TYPES, add_default_type, add_link, add_part, add_type, links, tables, unzip, zipped

from qmsbook.book.edit import KEEP, PutSheet, SetColumn
from qmsbook.hosts.file.foreign import MAX_COLUMN, MAX_ROW, MAX_WHOLE, address, box, flag, number, pick, whole
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import UnsafeWorkbook, WorkbookUnreadable

SHEET, TABLE, STYLES, BOOK = (
    "xl/worksheets/sheet1.xml",
    "xl/tables/table1.xml",
    "xl/styles.xml",
    "xl/workbook.xml",
)
Change = Callable[[bytes], bytes]


# -- the readers


@pytest.mark.parametrize(
    ("read", "good", "bad"),
    [
        (lambda text: whole(text, "p", "it"), {"0": 0, "007": 7, " 5\n": 5, "+1": 1, "4294967295": MAX_WHOLE},
         ["", " ", "-1", "1_0", "１", "0x1", "1e3", "1.0", "4294967296", "9" * 5000, "1 2", "٣"]),
        (lambda text: number(text, "p"), {"1": 1, "-1.5E+3": -1500, ".5": 0.5, "5.": 5, " 1 ": 1},
         ["", "nan", "INF", "-inf", "1e999", "1_0", "１", "0x1", "1,5", "--1", "1e", "9" * 5000]),
        (lambda text: flag(text, "p", "it"), {"1": True, "true": True, "0": False, "false": False},
         ["", "2", "yes", "True", "on"]),
        (lambda text: address(text, "p"), {"A1": (1, 1), "$B$2": (2, 2), "XFD1048576": (MAX_ROW, MAX_COLUMN)},
         ["", "A", "1", "A0", "XFE1", "A1048577", "A1:B2", "AAAA1", "A１", "A-1", "A1 ", "$$A1"]),
        (lambda text: box(text, "p"),
         {"A1:C9": (1, 1, 9, 3), "B2": (2, 2, 2, 2), "A:A": (1, 1, MAX_ROW, 1), "$2:3": (2, 1, 3, 16384)},
         ["", ":", "A1:", ":A1", "C9:A1", "A:1", "B:A", "3:2", "A1:B2:C3", "A0:B2", "A1:XFE2", "#REF!"]),
        (lambda text: pick("abc", text, "p", "it"), {"0": "a", "2": "c"}, ["-1", "3", "", "1_0"]),
    ],
    ids=["whole", "number", "flag", "address", "box", "pick"],
)  # fmt: skip
def test_a_reader_takes_what_excel_takes_and_tells_the_rest(
    read: Callable[[str], object], good: dict[str, object], bad: list[str]
) -> None:
    for text, meant in good.items():
        assert read(text) == meant, text
    for text in bad:
        with pytest.raises(WorkbookUnreadable, match="In p, "):
            read(text)


# -- in a workbook


def cell(old: str, new: str) -> dict[str, Change]:
    """Other bytes on the first sheet."""
    return {SHEET: swap(old, new)}


def sub(part: str, old: str, new: str) -> dict[str, Change]:
    """Other bytes where a pattern finds some first."""

    def change(content: bytes) -> bytes:
        made, count = re.subn(old.encode(), new.encode(), content, count=1)
        assert count, old
        return made

    return {part: change}


TOLD: dict[str, dict[str, Change]] = {
    "a figure with a line": cell("<v>0.95</v>", "<v>0_95</v>"),
    "a figure that is none": cell("<v>0.95</v>", "<v>nan</v>"),
    "a figure without end": cell("<v>0.95</v>", "<v>1e999</v>"),
    "a figure in wide digits": cell("<v>0.95</v>", "<v>１</v>"),
    "a hexadecimal figure": cell("<v>0.95</v>", "<v>0x1</v>"),
    "a shared text too many": sub(SHEET, r't="s"><v>\d+', 't="s"><v>9999'),
    "a shared text before the first": sub(SHEET, r't="s"><v>\d+', 't="s"><v>-1'),
    "a shared text of no number": sub(SHEET, r't="s"><v>\d+', 't="s"><v>0_1'),
    "a type that there is not": sub(SHEET, r'(r="A2"[^>]*) t="s"', r'\1 t="x"'),
    "a format that there is not": sub(SHEET, r'<c r="A2"', '<c r="A2" s="4000"'),
    "a format before the first": sub(SHEET, r'<c r="A2"', '<c r="A2" s="-1"'),
    "neither yes nor no": sub(SHEET, r't="b"><v>1', 't="b"><v>2'),
    "a day that there is not": sub(SHEET, r'(r="A2"[^>]*) t="s"><v>\d+', r'\1 t="d"><v>2026-02-30'),
    "an attribute that cells have not": sub(SHEET, r'(r="A2"[^>]*) t="s"', r'\1 u="s"'),
    "a format that is none": sub(STYLES, r"<xf ([^>]*)/>(?=(?:<xf [^>]*/>)*</cellXfs>)", r"<yf \1/>"),
    "a sheet that is not there": sub("xl/_rels/workbook.xml.rels", "sheet3", "sheep3"),
    "a sheet of another kind": sub("xl/_rels/workbook.xml.rels", "/worksheet\"", "/worksheep\""),
    "a table that is not there": sub("xl/worksheets/_rels/sheet1.xml.rels", "table1", "table9"),
    "a table of another kind": sub("xl/worksheets/_rels/sheet1.xml.rels", "/table\"", "/tablf\""),
    "a relationship that is none": sub("xl/worksheets/_rels/sheet1.xml.rels", "<Rel([^ ]*) ", r"<Bel\1 "),
    "another language": sub(SHEET, "spreadsheetml/2006/main", "spreadsheetml/2007/main"),
    "a cell of another row": sub(SHEET, r'r="B2"', 'r="B3"'),
    "a cell twice": sub(SHEET, r'r="B2"', 'r="A2"'),
    "a cell before its neighbour": sub(SHEET, r'r="C2"', 'r="A2"'),
    "a cell in small letters": sub(SHEET, r'r="B2"', 'r="b2"'),
    "a cell of no column": sub(SHEET, r'r="B2"', 'r="ZZZ2"'),
    "a row twice": sub(SHEET, r'<row r="3"', '<row r="2"'),
    "a row before the first": sub(SHEET, r'<row r="1"', '<row r="0"'),
    "a row of no number": sub(SHEET, r'<row r="2"', '<row r="2a"'),
    "columns without a number": sub(SHEET, r"<col min=\"\d+\"", '<col min="x"'),
    "a format of columns": sub(SHEET, r"<col ", '<col min="1" max="1" style="-5"/><col '),
    "a merge of nothing": cell("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A0"/></mergeCells>'),
    "an array of nothing": cell("</c>", '</c><c r="IV9"><f t="array" ref="A1:">1</f></c>'),
    "a table of no range": sub(TABLE, r'\bref="[^"]*"', 'ref="A1:"'),
    "a table that is turned": sub(TABLE, r'\bref="[^"]*"', 'ref="H4:A1"'),
    "a table of other columns": sub(TABLE, r'\bref="A1:H4"', 'ref="A1:G4"'),
    "headers in many rows": sub(TABLE, "<table ", '<table headerRowCount="7" '),
    "totals below nothing": sub(TABLE, "<table ", '<table totalsRowCount="-1" '),
    "a number format of no number": sub(STYLES, r'numFmtId="\d+" formatCode', 'numFmtId="x" formatCode'),
    "a cell format of no number": sub(STYLES, r'(<cellXfs.*?)numFmtId="\d+"', r'\1numFmtId="1e3"'),
    "a type size of no size": sub(STYLES, r'<sz val="\d+"', '<sz val="big"'),
    "a sheet of no number": sub(BOOK, r'sheetId="1"', 'sheetId="one"'),
    "two sheets of one name": sub(BOOK, r'name="Plan"', 'name="kpis"'),
    "a text behind the end": {SHEET: lambda content: content + b"<x/>"},
    "a tag that is not closed": cell("</c>", ""),
    "a prefix of nobody": cell("<sheetData>", "<sheetData><x:y/>"),
    "two equal attributes": sub(SHEET, r'<c r="A2"', '<c r="A2" r="A2"'),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_what_excel_would_not_take_is_told_and_never_read_as_something_else(
    tmp_path: Path, what: str
) -> None:
    book = rebuild(small_book(tmp_path / "book.xlsx"), TOLD[what])
    with pytest.raises(WorkbookUnreadable) as caught:
        FileHost(book).read()
    assert len(str(caught.value)) < 300


SAME: dict[str, dict[str, Change]] = {
    "single quotes": sub(SHEET, r't="s"', "t='s'"),
    "single quotes everywhere": {SHEET: lambda content: re.sub(rb'="([^"\']*)"', rb"='\1'", content)},
    "a letter as a number": sub(SHEET, r't="s"', 't="&#115;"'),
    "a figure as characters": cell("<v>0.95</v>", "<v>&#48;.95</v>"),
    "a figure with a sign": cell("<v>0.95</v>", "<v>+9.5E-1</v>"),
    "blanks around a figure": cell("<v>0.95</v>", "<v> 0.95\n</v>"),
    "blanks before the end of tags": {SHEET: lambda content: re.sub(rb"(</[a-z]+)>", rb"\1 >", content)},
    "an instruction": cell("</row>", "<?x y?></row>"),
    "a sign in an attribute": sub(SHEET, r'<c r="A2"', '<c r="A2" xml:x="a>b"'),
    "a slash in an attribute": sub(SHEET, r'<c r="A2"', '<c r="A2" xml:x="a/b"'),
    "counts that lie": sub(STYLES, r'<cellXfs count="\d+"', '<cellXfs count="9999999999"'),
    "a count of texts that lies": sub("xl/sharedStrings.xml", r' count="\d+"', ' count="-1"'),
    "blanks in the texts": {"xl/sharedStrings.xml": lambda content: content.replace(b"</t>", b"</t >")},
    "a merged column": cell("</sheetData>", '</sheetData><mergeCells><mergeCell ref="Z:Z"/></mergeCells>'),
    "a row with its number last": sub(SHEET, r'<row r="2"([^>]*)>', r'<row\1 r="2">'),
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_what_means_the_same_is_read_the_same(tmp_path: Path, what: str) -> None:
    book = small_book(tmp_path / "book.xlsx")
    before, spelled = FileHost(book).read(), parts_of(book)
    rebuild(book, SAME[what])
    assert parts_of(book) != spelled
    assert FileHost(book).read().tables == before.tables


# -- the archive


def hidden(content: bytes) -> bytes:
    """The first part stands in the file and not in its directory."""
    return with_entries(content, lambda start: (entry(b"xl/more.xml", b"\x03\x00", 0, 0, start)[0], []))


def renamed(content: bytes) -> bytes:
    """A part is listed under another name."""
    at = content.rindex(b"xl/styles.xml")
    return content[:at] + b"xl/stylez.xml" + content[at + 13 :]


def miscounted(content: bytes) -> bytes:
    """The directory lists more parts than it counts."""
    at = content.rindex(b"PK\x05\x06") + 10
    count = struct.unpack_from("<H", content, at)[0]
    return content[:at] + struct.pack("<H", count - 1) + content[at + 2 :]


def twice(content: bytes) -> bytes:
    """One part is listed under two names."""
    at = content.index(b"PK\x01\x02")
    size = 46 + struct.unpack_from("<H", content, at + 28)[0]
    listed = bytearray(content[at : at + size])
    listed[-1:] = b"!"
    return with_entries(content, lambda _: (b"", [bytes(listed)]))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (hidden, WorkbookUnreadable, "does not list"),
        (renamed, WorkbookUnreadable, "another"),
        (miscounted, WorkbookUnreadable, "counts"),
        (twice, (UnsafeWorkbook, WorkbookUnreadable), "other"),
    ],
)
def test_a_directory_that_says_other_things_than_the_file_is_told(
    tmp_path: Path, change: Callable[[bytes], bytes], error: type[Exception], words: str
) -> None:
    book = small_book(tmp_path / "book.xlsx")
    spoilt = change(zipped(parts_of(book)))
    book.write_bytes(spoilt)
    with pytest.raises(error, match=words):
        FileHost(book).read()
    assert book.read_bytes() == spoilt


def stored(path: Path) -> bytes:
    """The same workbook with nothing packed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts_of(path).items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_parts_that_are_not_packed_are_checked_by_their_sum_too(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book.xlsx")
    before = FileHost(book).read()
    content = stored(book)
    book.write_bytes(content)
    assert FileHost(book).read().tables == before.tables
    assert content.count(b"<v>0.95</v>") == 1
    book.write_bytes(content.replace(b"<v>0.95</v>", b"<v>0.96</v>"))
    with pytest.raises(WorkbookUnreadable, match="damaged"):
        FileHost(book).read()


# -- what a part is


def put(book: Path, marker: str = "qmsbook:review") -> None:
    host = FileHost(book)
    host.apply([PutSheet(marker, "Review", drawing(marker))], host.read())


def ids(book: Path) -> list[str]:
    """The ids of all tables."""
    parts = unzip(book.read_bytes())
    found = [re.search(rb'<table [^>]*\bid="(\d+)"', parts[table.part]) for table in tables(parts).values()]
    return [match[1].decode() for match in found if match]


def test_cells_that_are_mapped_to_xml_are_no_table_though_they_lie_among_them(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book.xlsx")
    parts = unzip(book.read_bytes())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.tableSingleCells+xml"
    cells = b'<singleXmlCells xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    add_part(parts, "xl/tables/tableSingleCells1.xml", cells, kind)
    add_link(parts, SHEET, "tableSingleCells", "xl/tables/tableSingleCells1.xml")
    book.write_bytes(zipped(parts))
    put(book)
    put(book)
    assert parts_of(book)["xl/tables/tableSingleCells1.xml"] == cells
    assert len(set(ids(book))) == len(ids(book)) == 3


def at_the_root(book: Path) -> None:
    """Every part beside the workbook's, and none with a name that says what it is."""
    parts = unzip(book.read_bytes())
    named = {name: name for name in parts if "rels" in name or name == CONTENT_TYPES}
    named |= {name: f"p{n}.bin" for n, name in enumerate(parts) if name not in named}
    types = {}
    for part in re.findall(rb'<Override PartName="/([^"]*)" ContentType="([^"]*)"', parts[CONTENT_TYPES]):
        types[part[0].decode()] = part[1].decode()
    made: dict[str, bytes] = {
        CONTENT_TYPES: b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
    }
    for name, content in parts.items():
        if name not in (CONTENT_TYPES,) and "rels" not in name:
            made[named[name]] = content
            if name in types:
                add_type(made, named[name], types[name])
    add_default_type(made, "rels", "application/vnd.openxmlformats-package.relationships+xml")
    for old in ["", *parts]:
        for link in links(parts, old):
            content = f'<Relationship Id="{link.id}" Type="{{}}" Target="{{}}"/>'
            part = named.get(old, "")
            name = f"_rels/{part}.rels"
            base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
            target = link.target if link.outside else named[link.target]
            line = content.format(base + link.kind, target)
            before = made.get(
                name,
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>',
            )
            made[name] = before.replace(b"</Relationships>", line.encode() + b"</Relationships>")
    book.write_bytes(zipped(made))


def test_parts_at_the_root_with_names_that_say_nothing(tmp_path: Path) -> None:
    book, before = small_book(tmp_path / "book.xlsx"), small_book(tmp_path / "before.xlsx")
    at_the_root(book)
    assert FileHost(book).read().tables == FileHost(before).read().tables
    put(book)
    put(book)
    host = FileHost(book)
    host.apply([SetColumn("KPIs", "Target", (2.0, KEEP, KEEP))], host.read())
    assert len(set(ids(book))) == len(ids(book)) == 3
    assert b"fullCalcOnLoad" in next(
        content for content in parts_of(book).values() if b"<workbook" in content
    )


def test_a_new_part_takes_no_name_that_something_points_at(tmp_path: Path) -> None:
    book = small_book(tmp_path / "book.xlsx")
    parts = unzip(book.read_bytes())
    waited = [
        "xl/worksheets/sheet4.xml",
        "xl/tables/table3.xml",
        "xl/charts/chart1.xml",
        "xl/drawings/drawing1.xml",
    ]
    for part in waited:
        add_link(parts, SHEET, "somethingElse", part)
    parts["xl/worksheets/_rels/sheet5.xml.rels"] = parts["xl/worksheets/_rels/sheet1.xml.rels"]
    add_type(parts, "xl/tables/table4.xml", "application/xml")
    book.write_bytes(zipped(parts))
    before = book.with_name("before.xlsx")
    before.write_bytes(book.read_bytes())
    put(book)
    fresh = parts_of(book).keys() - parts_of(before).keys()
    assert not fresh & {*waited, "xl/worksheets/sheet5.xml", "xl/tables/table4.xml"}
    assert "xl/worksheets/sheet6.xml" in fresh
    assert openpyxl.load_workbook(book).sheetnames == ["KPIs", "Own sheet", "Plan", "Review"]
    no_new_complaints(before, book)


def test_ids_that_are_the_largest_there_are_leave_room_for_ours(tmp_path: Path) -> None:
    """One more would be no number any more: qmsbook refused what it had written itself."""
    book = small_book(tmp_path / "book.xlsx")
    parts = unzip(book.read_bytes())
    table = next(iter(tables(parts).values())).part
    parts[table] = re.sub(rb'(<table [^>]*\bid=)"\d+"', rb'\1"4294967295"', parts[table], count=1)
    parts["xl/workbook.xml"] = re.sub(
        rb'sheetId="\d+"', b'sheetId="65534"', parts["xl/workbook.xml"], count=1
    )
    formats = b'<numFmts count="1"><numFmt numFmtId="4294967295" formatCode="0.000"/></numFmts>'
    styles = re.sub(rb"<numFmts.*?</numFmts>|<numFmts[^>]*/>", b"", parts["xl/styles.xml"])
    parts["xl/styles.xml"] = styles.replace(b"<fonts", formats + b"<fonts", 1)
    book.write_bytes(zipped(parts))
    put(book)
    put(book, "qmsbook:findings")
    found = parts_of(book)
    assert len(set(ids(book))) == len(ids(book))
    sheets = [int(number) for number in re.findall(rb'sheetId="(\d+)"', found["xl/workbook.xml"])]
    assert len(set(sheets)) == len(sheets)
    assert max(sheets) == 65534
    assert FileHost(book).read().sheet("qmsbook:findings") is not None
    openpyxl.load_workbook(book)
