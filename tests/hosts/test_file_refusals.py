"""What cannot be read or written exactly is refused in words, and the file stays as it is to the byte."""

from __future__ import annotations

import io
import os
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from common import drawing, parts_of, rebuild, small_book, swap, write_tables

from qmsbook.book.edit import AppendRows, PutSheet, SetColumn
from qmsbook.book.error import QmsbookError
from qmsbook.book.table import Table
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.styles import MAX_FORMATS
from qmsbook.hosts.host import (
    SheetProtected,
    UnsafeWorkbook,
    WorkbookEncrypted,
    WorkbookOldFormat,
    WorkbookSigned,
    WorkbookTracksChanges,
    WorkbookUnreadable,
    WouldLoseContent,
)

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Path]:
    yield small_book(tmp_path / "book.xlsx")
    assert not list(tmp_path.glob(".*")), "a temporary file was left behind"


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as package:
        info = package.getinfo(SHEET)
    place = info.header_offset + 30 + len(SHEET) + info.compress_size // 2
    content[place : place + 8] = b"\xff" * 8
    path.write_bytes(content)


def doubled(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "a") as package:
            package.writestr("xl/Styles.xml", b"<x/>")


def encrypted_member(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for place in [match.start() for match in re.finditer(b"PK\x01\x02", content)]:
        content[place + 8] |= 1
    path.write_bytes(content)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/media/image1.png", bytes(64 << 20))


def many_parts(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as package:
        for number in range(20_001):
            package.writestr(f"x/{number}", b"")


def huge_merge(path: Path) -> None:
    merge = '</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    rebuild(path, {SHEET: swap("</sheetData>", merge)})


def doctype(path: Path) -> None:
    lol = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    rebuild(path, {SHEET: lambda sheet: re.sub(rb"<\?xml.*?\?>", lol, sheet)})


def utf16(path: Path) -> None:
    def wide(sheet: bytes) -> bytes:
        return sheet.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    rebuild(path, {SHEET: wide})


def binary(path: Path) -> None:
    sheet = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    parts = parts_of(path)
    types = parts["[Content_Types].xml"].replace(
        sheet, b"application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    )
    parts["[Content_Types].xml"] = types
    path.unlink()
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(
                name.replace("workbook.xml", "workbook.bin"),
                content.replace(b"workbook.xml", b"workbook.bin"),
            )


def written(content: bytes) -> Callable[[Path], None]:
    return lambda path: (path.write_bytes(content), None)[1]


def endless(path: Path) -> None:
    rebuild(path, {SHEET: swap("</sheetData>", "")})


def broken_frame(path: Path) -> None:
    rebuild(path, {"xl/workbook.xml": swap("</sheets>", "")})


def no_workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", b"<x/>")


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (written(b""), WorkbookUnreadable, "0 bytes"),
        (written(b"KPI;Target\nK1;5\n"), WorkbookUnreadable, "no .xlsx"),
        (written(b"PK\x03\x04 and no more"), WorkbookUnreadable, "cut off"),
        (truncated, WorkbookUnreadable, "cut off"),
        (damaged, WorkbookUnreadable, "damaged"),
        (no_workbook, WorkbookUnreadable, "no Excel workbook"),
        (written(OLE), WorkbookOldFormat, "save it as .xlsx"),
        (written(OLE + "EncryptedPackage".encode("utf-16-le")), WorkbookEncrypted, "password"),
        (encrypted_member, WorkbookEncrypted, "password"),
        (binary, WorkbookUnreadable, "xlsb"),
        (bomb, UnsafeWorkbook, "image1.png"),
        (many_parts, UnsafeWorkbook, "parts"),
        (doubled, UnsafeWorkbook, "same name"),
        (huge_merge, UnsafeWorkbook, "merge"),
        (doctype, UnsafeWorkbook, "DOCTYPE"),
        (utf16, UnsafeWorkbook, "UTF-16"),
        (endless, WorkbookUnreadable, "damaged"),
        (broken_frame, WorkbookUnreadable, "damaged"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_sound_workbook_is_not_read(
    book: Path, spoil: Callable[[Path], None], error: type[QmsbookError], words: str
) -> None:
    spoil(book)
    content = book.read_bytes()
    with pytest.raises(error, match=re.escape(words)) as caught:
        FileHost(book).read()
    assert type(caught.value) is error
    assert caught.value.exit_code == 2
    assert book.read_bytes() == content


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkbookUnreadable, match=r"none\.xlsx"):
        FileHost(tmp_path / "none.xlsx").read()
    with pytest.raises(WorkbookUnreadable, match="folder"):
        FileHost(tmp_path).read()


def typed(part: str, kind: str) -> Callable[[bytes], bytes]:
    """What a part is; its name says nothing."""
    return swap("</Types>", f'<Override PartName="/{part}" ContentType="application/{kind}+xml"/></Types>')


def signed(path: Path) -> None:
    kind = "vnd.openxmlformats-package.digital-signature-xmlsignature"
    rebuild(path, {"s/1.xml": b"<Signature/>", "[Content_Types].xml": typed("s/1.xml", kind)})


def shared(path: Path) -> None:
    kind = "vnd.openxmlformats-officedocument.spreadsheetml.revisionHeaders"
    rebuild(path, {"r/1.xml": b"<headers/>", "[Content_Types].xml": typed("r/1.xml", kind)})


def protected(path: Path) -> None:
    rebuild(path, {SHEET: swap("</sheetData>", '</sheetData><sheetProtection sheet="1" objects="1"/>')})


def commented(path: Path) -> None:
    rebuild(path, {SHEET: swap("</row>", "</row><!-- hello -->")})


def cdata(path: Path) -> None:
    rebuild(path, {SHEET: swap("<v>0.95</v>", "<v><![CDATA[0.95]]></v>")})


def unaddressed(path: Path) -> None:
    rebuild(path, {SHEET: lambda sheet: re.sub(rb'<c r="A[0-9]+"', b"<c", sheet)})


def full_of_formats(path: Path) -> None:
    def full(styles: bytes) -> bytes:
        more = b"".join(
            b'<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0"/>' % n for n in range(MAX_FORMATS)
        )
        return styles.replace(b"</cellXfs>", more + b"</cellXfs>")

    rebuild(path, {"xl/styles.xml": full})


@pytest.mark.parametrize(
    ("spoil", "error", "words"),
    [
        (signed, WorkbookSigned, "signature"),
        (shared, WorkbookTracksChanges, "sharing"),
        (protected, SheetProtected, "KPIs"),
        (commented, WouldLoseContent, "comments or CDATA"),
        (cdata, WouldLoseContent, "comments or CDATA"),
        (unaddressed, WouldLoseContent, "address is missing"),
        (full_of_formats, WouldLoseContent, "64,"),
    ],
)
def test_a_workbook_that_cannot_be_changed_without_loss_is_only_read(
    book: Path, spoil: Callable[[Path], None], error: type[QmsbookError], words: str
) -> None:
    before = FileHost(book).read()
    spoil(book)
    content = book.read_bytes()
    host = FileHost(book)
    snapshot = host.read()
    assert snapshot.tables == before.tables
    with pytest.raises(error, match=words):
        host.apply([SetColumn("KPIs", "Target", ("=quoted", 2.0, 3.0))], snapshot)
    assert host.apply([SetColumn("KPIs", "Target", (0.95, 5.0, True))], snapshot).changed is False  # type: ignore[arg-type]
    assert book.read_bytes() == content


def test_a_protected_sheet_elsewhere_does_not_matter(book: Path) -> None:
    protected(book)
    host = FileHost(book)
    edits = [AppendRows("Plan", ({"Action": "x"},)), PutSheet("qmsbook:r", "R", drawing("qmsbook:r"))]
    assert host.apply(edits, host.read()).changed


def test_a_generated_sheet_that_was_protected_is_not_replaced(book: Path) -> None:
    host = FileHost(book)
    host.apply([PutSheet("qmsbook:r", "R", drawing("qmsbook:r"))], host.read())
    lock = swap("</sheetData>", '</sheetData><sheetProtection sheet="1"/>')
    rebuild(book, {"xl/worksheets/sheet4.xml": lock})
    with pytest.raises(SheetProtected, match="R"):
        host.apply([PutSheet("qmsbook:r", "R", drawing("qmsbook:r", words=("new",)))], host.read())


def test_a_cell_inside_an_array_of_the_sheet_is_not_overwritten(tmp_path: Path) -> None:
    path = write_tables(tmp_path / "book.xlsx", [Table("T", "T", 3, 1, ("A", "B"), (["x"], [None]))])
    rows = '<sheetData><row r="1"><c r="B1"><f t="array" ref="B1:B9">ROW(1:9)</f><v>1</v></c></row>'
    rebuild(path, {SHEET: swap("<sheetData>", rows)})
    host = FileHost(path)
    snapshot = host.read()
    assert host.apply([SetColumn("T", "B", (1.0,))], snapshot).skipped == (snapshot.tables[0].cell(0, 1),)
    with pytest.raises(WouldLoseContent):
        host.apply([AppendRows("T", ({"A": "y"},))], snapshot)


def test_an_honest_file_of_blanks_is_no_bomb(book: Path) -> None:
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/printerSettings/printerSettings1.bin", bytes(1 << 20))
    assert FileHost(book).read().tables


def test_reading_never_unpacks_more_than_is_declared(book: Path) -> None:
    """A part that lies about its size is found out before it is unpacked whole."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts_of(book).items():
            package.writestr(name, part + b" " * (8 << 20) if name == "xl/workbook.xml" else part)
        size = package.getinfo("xl/workbook.xml").file_size
    lie = target.getvalue().replace(size.to_bytes(4, "little"), (4000).to_bytes(4, "little"))
    book.write_bytes(lie)
    with pytest.raises(WorkbookUnreadable):
        FileHost(book).read()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
def test_a_file_that_may_not_be_read_is_named(book: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the administrator may read everything")
    book.chmod(0)
    with pytest.raises(QmsbookError, match="read"):
        FileHost(book).read()
