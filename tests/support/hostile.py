"""Workbooks that are built to harm: small ones that ask far more of a reader than they are worth."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import partial

from ooxml import (
    CONTENT_TYPES,
    MAIN,
    REL,
    Parts,
    add_link,
    add_type,
    book_part,
    rels_name,
    tables,
    unzip,
    zipped,
)

Build = Callable[[Parts], bytes]
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_END = b"</sheetData>"
#: Two words side by side, which might be headers.
WORDS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Note #</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Word #</t></is></c></row>'
)
#: A table of few columns.
LONG = "Context"


def _swap(content: bytes, old: str, new: str | bytes) -> bytes:
    """The content with one text in another's place, which must be there."""
    assert old.encode() in content, old
    return content.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1)


def _sheet(parts: Parts, old: str, new: str | bytes) -> bytes:
    """Something else on the sheet of the table KPIs."""
    part = tables(parts)["KPIs"].sheet_part
    return zipped(parts | {part: _swap(parts[part], old, new)})


def _table(parts: Parts, old: str, new: str, name: str = "KPIs") -> bytes:
    """Something else in the part of a table."""
    part = tables(parts)[name].part
    changed, count = re.subn(old.encode(), new.encode(), parts[part], count=1)
    assert count == 1
    return zipped(parts | {part: changed})


def _cells(cells: str) -> Build:
    """More rows on the sheet of the table KPIs, far below it."""
    return lambda parts: _sheet(parts, _END.decode(), cells + _END.decode())


def _tail(tail: str) -> Build:
    """Something behind the cells."""
    return lambda parts: _sheet(parts, _END.decode(), _END.decode() + tail)


def _head(head: str) -> Build:
    """Something instead of all that stands before the cells."""

    def build(parts: Parts) -> bytes:
        part = tables(parts)["KPIs"].sheet_part
        place, end = (
            parts[part].index(b"<sheetData"),
            parts[part].index(b">", parts[part].index(b"<worksheet")),
        )
        return zipped(parts | {part: parts[part][: end + 1] + head.encode() + parts[part][place:]})

    return build


def _book(old: str, new: str) -> Build:
    """Something else in the part of the workbook."""
    return lambda parts: zipped(parts | {book_part(parts): _swap(parts[book_part(parts)], old, new)})


def _of_kind(ending: str, old: str, new: str) -> Build:
    """Something else in the part whose name ends so."""

    def build(parts: Parts) -> bytes:
        part = next(name for name in parts if name.endswith(ending))
        return zipped(parts | {part: _swap(parts[part], old, new)})

    return build


# -- the archive


def entry(name: bytes, packed: bytes, size: int, crc: int, place: int) -> tuple[bytes, bytes]:
    """A part's header with its bytes, and what the directory says of it."""
    common = struct.pack("<5H3L2H", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0)
    listed = b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<2HHLL", 0, 0, 0, 0, place) + name
    return b"PK\x03\x04" + common + name + packed, listed


def with_entries(content: bytes, more: Callable[[int], tuple[bytes, list[bytes]]]) -> bytes:
    """An archive with more before its directory: what ``more`` makes of the place where it will stand."""
    at = content.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HLL", content, at + 10)
    body, listed = more(start)
    directory = content[start : start + size] + b"".join(listed)
    count += len(listed)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start + len(body), 0)
    return content[:start] + body + directory + end


def _packed(content: bytes) -> bytes:
    worker = zlib.compressobj(9, zlib.DEFLATED, -15)
    return worker.compress(content) + worker.flush()


def bombs(parts: Parts, count: int = 20, size: int = 64 << 20, noise: int = 250_000) -> bytes:
    """Many parts of 249:1 each."""
    content = b"".join(zlib.crc32(b"%d" % n).to_bytes(4, "little") for n in range(noise // 4))
    content += bytes(size - len(content))
    packed, crc = _packed(content), zlib.crc32(content)

    def more(start: int) -> tuple[bytes, list[bytes]]:
        body, listed = b"", list[bytes]()
        for number in range(count):
            local, said = entry(b"xl/media/%d.bin" % number, packed, size, crc, start + len(body))
            body += local
            listed.append(said)
        return body, listed

    return with_entries(zipped(parts), more)


def shared_kernel(parts: Parts, count: int = 750, size: int = 4 << 20) -> bytes:
    """Parts that lie over each other: many names, the same few bytes, gigabytes in all."""
    packed, crc = _packed(bytes(size)), zlib.crc32(bytes(size))

    def more(start: int) -> tuple[bytes, list[bytes]]:
        local, _ = entry(b"x/000", packed, size, crc, start)
        return local, [entry(b"x/%03d" % n, packed, size, crc, start)[1] for n in range(count)]

    return with_entries(zipped({CONTENT_TYPES: parts[CONTENT_TYPES]}), more)


# -- the parts


def many_sheets(parts: Parts, count: int = 10_000, own: bool = False, cells: str = "") -> bytes:
    """So many sheets, all on one part or each on one of its own; ``#`` in their cells is a sheet's number."""
    book, rels = book_part(parts), rels_name(book_part(parts))
    more = dict[str, bytes]()
    entries, links, types = "", "", ""
    for n in range(count):
        part = f"more{n if own else 0}.xml"
        held = cells.replace("#", str(n))
        more[f"xl/{part}"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{held}</sheetData></worksheet>'
            if held
            else f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
        ).encode()
        entries += f'<sheet xmlns:o="{REL}" name="More {n}" sheetId="{1000 + n}" o:id="more{n}"/>'
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
        links += f'<Relationship Id="more{n}" Type="{kind}" Target="{part}"/>'
    types = "".join(f'<Override PartName="/{name}" ContentType="{_SHEET}"/>' for name in more)
    return zipped(
        parts
        | more
        | {
            book: _swap(parts[book], "</sheets>", entries + "</sheets>"),
            rels: _swap(parts[rels], "</Relationships>", links + "</Relationships>"),
            CONTENT_TYPES: _swap(parts[CONTENT_TYPES], "</Types>", types + "</Types>"),
        }
    )


def circle(parts: Parts) -> bytes:
    """A sheet's relationships lead to a part whose relationships lead back to the sheet and to itself."""
    part = tables(parts)["KPIs"].sheet_part
    rels, kind = rels_name(part), "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    link = f'<Relationship Id="{{}}" Type="{kind}" Target="/{{}}"/>'
    first = _swap(parts[rels], "</Relationships>", link.format("c1", "xl/a.xml") + "</Relationships>")
    back = link.format("c1", part) + link.format("c2", "xl/a.xml") + link.format("c3", book_part(parts))
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    around = f'<Relationships xmlns="{space}">{back}</Relationships>'.encode()
    return zipped(parts | {rels: first, "xl/a.xml": b"<a/>", "xl/_rels/a.xml.rels": around})


def strings(item: str) -> Build:
    """A table of shared texts, which the template does without, that ends in something else."""

    def build(parts: Parts) -> bytes:
        made, sheet = dict(parts), tables(parts)["KPIs"].sheet_part
        first = '<c r="A1" s="27" t="inlineStr"><is><t>KPI</t></is></c>'
        made[sheet] = _swap(made[sheet], first, '<c r="A1" t="s"><v>0</v></c>')
        made["xl/texts.xml"] = f'<sst xmlns="{MAIN}"><si><t>KPI</t></si>{item}</sst>'.encode()
        add_type(made, "xl/texts.xml", _STRINGS)
        add_link(made, book_part(made), "sharedStrings", "xl/texts.xml")
        return zipped(made)

    return build


_MANY, _ALL = 1_000_000, "A1:XFD1048576"


def _word(parts: Parts) -> bytes:
    """A word in the last row of the sheet of a narrow table."""
    part = tables(parts)[LONG].sheet_part
    row = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>C9</t></is></c></row></sheetData>'
    return zipped(parts | {part: _swap(parts[part], _END.decode(), row)})


def many_tables(parts: Parts, count: int = 1_600) -> bytes:
    """So many sheets with a table of their own, which is none of the plan's."""
    made = dict(parts)
    book, rels = book_part(made), rels_name(book_part(made))
    sheets, links, types = "", "", ""
    for n in range(count):
        part, table = f"xl/own{n}.xml", f"xl/rows{n}.xml"
        made[part], made[table] = _of_one_column(n, 2)
        add_link(made, part, "table", table)
        sheets += f'<sheet xmlns:o="{REL}" name="Own {n}" sheetId="{900 + n}" o:id="own{n}"/>'
        links += f'<Relationship Id="own{n}" Type="{REL}/worksheet" Target="own{n}.xml"/>'
        for name, sort in ((part, _SHEET), (table, _SHEET.replace("worksheet", "table"))):
            types += f'<Override PartName="/{name}" ContentType="{sort}"/>'
    for name, end, more in (
        (book, "</sheets>", sheets), (rels, "</Relationships>", links), (CONTENT_TYPES, "</Types>", types),
    ):  # fmt: skip
        made[name] = _swap(made[name], end, more + end)
    return zipped(made)


def _of_one_column(number: int, last: int) -> tuple[bytes, bytes]:
    """The parts of a sheet with a table of one column, and of the table."""
    sheet = (
        f'<worksheet xmlns="{MAIN}" xmlns:r="{REL}"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>Note</t></is></c></row></sheetData>'
        '<tableParts count="1"><tablePart r:id="rId1"/></tableParts></worksheet>'
    )
    table = (
        f'<table xmlns="{MAIN}" id="{900 + number}" name="N{number}" displayName="N{number}" '
        f'ref="A1:A{last}"><tableColumns count="1"><tableColumn id="1" name="Note"/></tableColumns></table>'
    )
    return sheet.encode(), table.encode()


def narrow(parts: Parts, last: int, others: int = 0, names: tuple[str, ...] = (LONG,)) -> bytes:
    """Tables that reach a row, with words in their cells there; ``others`` are not the plan's."""
    made = dict(parts)
    for name in names:
        table = tables(made)[name]
        found = re.search(rb'ref="A1:([A-Z])\d+"', made[table.part])
        assert found
        made[table.part] = made[table.part].replace(found[0], b'ref="A1:%b%d"' % (found[1], last))
        cells = "".join(
            f'<c r="{chr(place)}{last}" t="inlineStr"><is><t>W{place}</t></is></c>'
            for place in range(65, found[1][0] + 1)
        )
        row = f'<row r="{last}">{cells}</row></sheetData>'
        made[table.sheet_part] = _swap(made[table.sheet_part], "</sheetData>", row)
    for number in range(others):
        _one_column(made, number, last)
    return zipped(made)


def _one_column(parts: dict[str, bytes], number: int, last: int) -> None:
    """A sheet with a table of one column, which is none of the plan's."""
    book, part, table = book_part(parts), f"xl/narrow{number}.xml", f"xl/column{number}.xml"
    parts[part], parts[table] = _of_one_column(number, last)
    add_type(parts, part, _SHEET)
    add_type(parts, table, _SHEET.replace("worksheet", "table"))
    add_link(parts, part, "table", table)
    link = add_link(parts, book, "worksheet", part)
    sheet = f'<sheet xmlns:o="{REL}" name="N {number}" sheetId="{900 + number}" o:id="{link}"/></sheets>'
    parts[book] = _swap(parts[book], "</sheets>", sheet)


_REF = r'\bref="[^"]*"'
_LAST = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'

#: What harms, how it is built, and a word of what is told; blank if it is read like any other.
HOSTILE: Mapping[str, tuple[Build, str]] = {
    "a table of all cells": (partial(_table, old=_REF, new=f'ref="{_ALL}"'), "44 columns"),
    "a table of all rows": (partial(_table, old=_REF, new='ref="A1:AR1048576"'), "cells"),
    "a table of a few whole columns": (
        partial(_table, old=_REF, new='ref="A1:G1048576"', name=LONG),
        "",
    ),
    "a few whole columns with a word in the last row": (
        lambda parts: zipped(unzip(_table(unzip(_word(parts)), _REF, 'ref="A1:G1048576"', LONG))),
        "",
    ),
    "whole columns with a word in the last row of each": (lambda parts: narrow(parts, 1048576), ""),
    "seven tables of whole columns": (lambda parts: narrow(parts, 1048576, others=7, names=()), ""),
    "totals without end": (
        partial(_table, old="<table ", new='<table totalsRowCount="-1000000000" '),
        "totals",
    ),
    "a header of many rows": (
        partial(_table, old='headerRowCount="1"', new='headerRowCount="999999999"'),
        "header",
    ),
    "5 megabytes of 249:1": (bombs, "unpack"),
    "16 kilobytes that are 3 gigabytes": (shared_kernel, "over each other"),
    "rows without an end": (_cells("<row " * 800_000), "damaged"),
    "cells without an end": (_cells('<row r="900000">' + '<c r="A900000" ' * 250_000), "damaged"),
    "one cell of many addresses": (
        lambda parts: _sheet(parts, "<sheetData>", '<sheetData><row r="1"><c ' + ' r="A1"' * 500_000),
        "damaged",
    ),
    "a comment without an end": (_cells("<!--" + "- " * _MANY), "damaged"),
    "many comments": (_cells("<!-- -->" * 300_000), ""),
    "CDATA without an end": (_cells("<![CDATA[" * 400_000), "damaged"),
    "entities of entities": (
        lambda parts: _sheet(
            parts,
            "<worksheet",
            "<!DOCTYPE w ["
            + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
            + "]><worksheet",
        ),
        "DOCTYPE",
    ),
    "10,000 sheets on one part": (many_sheets, "sheets are the part"),
    "4,900 sheets": (partial(many_sheets, count=4_900, own=True), ""),
    "5,001 sheets": (partial(many_sheets, count=5_001, own=True), "parts"),
    "4,900 sheets of two words each": (partial(many_sheets, count=4_900, own=True, cells=WORDS), ""),
    "1,600 tables that are none of the plan's": (many_tables, ""),
    "75,000 blank rows with a format": (
        _cells("".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(10_000, 85_000))),
        "",
    ),
    "75,000 blank rows below a table": (
        _cells("".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2_000, 77_000))),
        "",
    ),
    "100,000 cells that hold a space": (
        _cells(
            "".join(
                f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t xml:space="preserve"> </t></is></c></row>'
                for n in range(10_000, 110_000)
            )
        ),
        "",
    ),
    "100,000 columns over each other": (
        _head("<cols>" + '<col min="1" max="16384" style="1"/>' * 100_000 + "</cols>"),
        "columns",
    ),
    "a circle of relationships": (circle, ""),
    "arrays of all cells": (
        _cells(
            '<row r="900000">'
            + "".join(f'<c r="{c}900000"><f t="array" ref="{_ALL}">1</f></c>' for c in "ABCDEFGH")
            + "</row>"
        ),
        "over each other",
    ),
    "a shared formula of all cells": (
        _cells(
            f'<row r="900000"><c r="A900000"><f t="shared" si="0" ref="{_ALL}">'
            + "[" * 8000
            + "</f></c>"
            + "".join(f'<c r="{c}900000"><f t="shared" si="0"/></c>' for c in "BCDEFGH")
            + "</row>"
        ),
        "",
    ),
    "a merge of all cells": (_tail(f'<mergeCells><mergeCell ref="{_ALL}"/></mergeCells>'), "merge"),
    "100,000 merges": (
        _tail(
            "<mergeCells>"
            + "".join(f'<mergeCell ref="B{n}:C{n}"/>' for n in range(900_000, 1_000_000))
            + "</mergeCells>"
        ),
        "",
    ),
    "elements in elements": (_cells("<a>" * 400_000 + "</a>" * 400_000), ""),
    "elements in elements of the workbook": (
        _book("<sheets>", "<a>" * 250_000 + "</a>" * 250_000 + "<sheets>"),
        "without end",
    ),
    "an attribute of 4 megabytes": (_cells(f'<row r="900000" x="{"=x " * 1_300_000}"/>'), ""),
    "a text of 4 megabytes": (
        _cells(
            f'<row r="900000"><c r="A900000" t="inlineStr"><is><t>{"x &lt; " * 550_000}</t></is></c></row>'
        ),
        "",
    ),
    "a text of many pieces": (_book("<sheets>", "<a>" + "x<b/>" * 400_000 + "</a><sheets>"), "elements"),
    "a text of many lines": (_book("<sheets>", "<a>" + "x\n" * 1_900_000 + "</a><sheets>"), ""),
    "the last cell of all": (_cells(_LAST), ""),
    "a row behind the last": (_cells('<row r="1048577"/>'), "1048577"),
    "a row of 5,000 digits": (_cells(f'<row r="{"9" * 5000}"/>'), "the number of a row"),
    "a validation of a million ranges": (
        _tail(
            '<dataValidations count="1"><dataValidation type="whole" sqref="'
            + " ".join(f"A{n}" for n in range(1, _MANY))
            + '"/></dataValidations>'
        ),
        "",
    ),
    "65,000 names": (
        _book(
            "<definedNames>",
            "<definedNames>" + "".join(f'<definedName name="n{n}">1</definedName>' for n in range(65_000)),
        ),
        "",
    ),
    "a number format of brackets": (
        _of_kind("styles.xml", "<numFmt ", f'<numFmt numFmtId="999" formatCode="{"[" * _MANY}"/><numFmt '),
        "",
    ),
    "60,000 cell formats": (
        _of_kind("styles.xml", "</cellXfs>", '<xf numFmtId="0"/>' * 60_000 + "</cellXfs>"),
        "",
    ),
    "400,000 cell formats": (
        _of_kind("styles.xml", "</cellXfs>", "<xf/>" * 400_000 + "</cellXfs>"),
        "elements",
    ),
    "200,000 shared texts": (strings("<si><t>x</t></si>" * 200_000), ""),
    "shared texts in shared texts": (strings("<si>" * 50_000 + "</si>" * 50_000), "texts in texts"),
}

#: Those of which there is much of something that any command goes through.
MANY = tuple(
    what for what in HOSTILE if re.match(r"[0-9,]{5,} |whole columns", what) and not HOSTILE[what][1]
)
