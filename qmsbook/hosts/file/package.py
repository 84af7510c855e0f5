"""A workbook file as a zip of parts: opened within bounds, and written with untouched parts copied raw."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from qmsbook.hosts.file.directory import check_directory
from qmsbook.hosts.file.xml import check_sound
from qmsbook.hosts.host import UnsafeWorkbook, WorkbookEncrypted, WorkbookOldFormat, WorkbookUnreadable

#: Honest workbooks inflate at most 121:1, bombs 397:1 and up (measured over 2,247 public workbooks).
MAX_RATIO = 250
#: Below this size a ratio says nothing: a megabyte of blanks harms nobody.
FREE_SIZE = 4 << 20
#: All parts together: cells compress 18:1 at most, and pictures hardly at all.
MAX_TOTAL_RATIO, FREE_TOTAL = 40, 64 << 20
MAX_PARTS = 5_000

#: What may stand before the outermost element, but for a DOCTYPE.
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIG = 1 << 20
#: Parts of so many bytes stay unpacked, as long as all of them together take no more room than this.
_SMALL, _SMALL_ONES = 1 << 12, 8 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Member(NamedTuple):
    """One entry of the zip; its compressed bytes are ``data[start:start + packed]`` of the file."""

    name: str
    method: int
    crc: int
    packed: int
    size: int
    start: int
    stamp: tuple[int, int]
    made_by: int
    attributes: tuple[int, int]
    flags: int


class Package:
    """The parts of a workbook file, by name without the leading slash; names count without case.

    Raises WorkbookUnreadable, or one of its kinds, for what is no sound zip.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.members = list(_members(data))
        self._big: tuple[str, bytes] = "", b""
        self._last: tuple[str, bytes] = "", b""
        self._small: dict[str, bytes] = {}
        self._room = _SMALL_ONES
        self._sound: set[str] = set()
        self._by_name = {member.name.casefold(): member for member in self.members}
        _within_bounds(self.members, len(self._by_name), len(data))

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._by_name

    def member(self, name: str) -> Member:
        """The entry of a part. Raises WorkbookUnreadable if it is absent."""
        try:
            return self._by_name[name.casefold()]
        except KeyError:
            raise WorkbookUnreadable(f"The part {name} is missing.") from None

    def raw(self, member: Member) -> memoryview:
        """The compressed bytes of an entry."""
        return memoryview(self.data)[member.start : member.start + member.packed]

    def read(self, name: str, most: int | None = None) -> bytes:
        """The bytes of a part, or the first ``most`` of them.

        Raises WorkbookUnreadable unless they are those that the zip promises; of a large part that is read
        in part nobody can tell.
        """
        member = self.member(name)
        small = self._small.get(member.name)
        if small is not None:
            return small[:most]
        for name_kept, kept in (self._last, self._big):
            if name_kept == member.name:
                return kept[:most]
        if most is not None and member.size > _BIG:
            return self._unpacked(member, most)
        content = self._unpacked(member, member.size + 1)
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise _damaged(member)
        if member.size > max(_BIG, len(self._big[1])):
            self._big = member.name, content
        elif member.size <= _SMALL and member.size <= self._room:
            self._small[member.name] = content
            self._room -= member.size
        elif member.size <= _BIG:
            self._last = member.name, content
        return content[:most]

    def _unpacked(self, member: Member, most: int) -> bytes:
        if member.method == zipfile.ZIP_STORED:
            return bytes(self.raw(member)[:most])
        try:
            return zlib.decompressobj(-15).decompress(self.raw(member), most)
        except zlib.error:
            raise _damaged(member) from None

    def forget(self) -> None:
        """Lets go of the largest part that was read, which is kept in case it is read again."""
        self._big = "", b""

    def xml(self, name: str) -> bytes:
        """The bytes of an XML part that is safe to parse: UTF-8 and without a DOCTYPE."""
        return safe_xml(self.read(name), name)

    def sound(self, name: str) -> bytes:
        """The bytes of an XML part that an XML parser has seen to its end, for those who read it by patterns.

        Raises WorkbookUnreadable for a broken one.
        """
        key = name.casefold()
        if key in self._sound:
            return self.read(name)
        content = self.xml(name)
        check_sound(content, name)
        self._sound.add(key)
        return content


def safe_xml(content: bytes, name: str) -> bytes:
    """The content itself. Raises UnsafeWorkbook for a DOCTYPE and for any encoding but UTF-8."""
    head = content[:200]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
        raise UnsafeWorkbook(f"The part {name} is written in UTF-16.")
    prolog = _PROLOG.match(content)
    if prolog and content.startswith(b"<!", prolog.end()):
        raise UnsafeWorkbook(f"The part {name} carries a DOCTYPE.")
    declared = head.partition(b"?>")[0].lower()
    if b"encoding=" in declared and not any(good in declared for good in (b"utf-8", b"utf8", b"ascii")):
        raise UnsafeWorkbook(f"The part {name} is not written in UTF-8.")
    return content


def _damaged(member: Member) -> WorkbookUnreadable:
    return WorkbookUnreadable(f"The part {member.name} is damaged.")


def _members(data: bytes) -> Iterator[Member]:
    if not data:
        raise WorkbookUnreadable("It is empty (0 bytes).")
    if data.startswith(_OLE):
        _refuse_ole(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    # zipfile itself passes on whatever a damaged directory makes of its numbers, names and versions
    except (zipfile.BadZipFile, ValueError, struct.error, UnicodeError, NotImplementedError):
        reason = "It was cut off before its end." if data.startswith(b"PK") else "It is no .xlsx file inside."
        raise WorkbookUnreadable(reason) from None
    with archive:
        listed = archive.infolist()
        starts = check_directory(data, listed, archive.start_dir)
        for info in listed:
            if not info.is_dir():
                yield _member(info, starts[info.header_offset])


def _refuse_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise WorkbookEncrypted
    raise WorkbookOldFormat


def _member(info: zipfile.ZipInfo, start: int) -> Member:
    if info.flag_bits & 1:
        raise WorkbookEncrypted
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WorkbookUnreadable(f"The part {info.filename} is packed in a way that Excel does not use.")
    return Member(
        info.filename.replace("\\", "/").lstrip("/"),
        info.compress_type,
        info.CRC,
        info.compress_size,
        info.file_size,
        start,
        _stamp(info.date_time),
        info.create_version | info.create_system << 8,
        (info.internal_attr, info.external_attr),
        info.flag_bits & 0x0800,
    )


def _stamp(moment: tuple[int, int, int, int, int, int]) -> tuple[int, int]:
    year, month, day, hour, minute, second = moment
    return hour << 11 | minute << 5 | second // 2, max(year - 1980, 0) << 9 | month << 5 | day


def _within_bounds(members: list[Member], names: int, size: int) -> None:
    if names != len(members):
        raise UnsafeWorkbook("Two of its parts have the same name.")
    if len(members) > MAX_PARTS:
        raise UnsafeWorkbook(f"It has {len(members):,} parts; qmsbook opens up to {MAX_PARTS:,}.")
    for member in members:
        if member.size > max(FREE_SIZE, MAX_RATIO * member.packed):
            raise UnsafeWorkbook(f"The part {member.name} unpacks to {member.size:,} bytes.")
    total = sum(member.size for member in members)
    if total > max(FREE_TOTAL, MAX_TOTAL_RATIO * size):
        raise UnsafeWorkbook(f"Its {size:,} bytes unpack to {total:,}.")


def pack(package: Package, changed: Mapping[str, bytes | None]) -> bytes:
    """A new file: the package with parts replaced, removed (None) or added at the end.

    Untouched parts keep their place, time stamp and compressed bytes.
    """
    fresh = {name.casefold(): (name, content) for name, content in changed.items()}
    out, directory, count = io.BytesIO(), io.BytesIO(), 0
    for member in package.members:
        found = fresh.pop(member.name.casefold(), None)
        if found is None:
            _write(out, directory, member, package.raw(member))
        elif found[1] is not None:
            _write(out, directory, *_deflated(member.name, found[1], member))
        count += found is None or found[1] is not None
    for name, content in fresh.values():
        if content is not None:
            _write(out, directory, *_deflated(name, content, None))
            count += 1
    start = out.tell()
    out.write(directory.getbuffer())
    out.write(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, directory.tell(), start, 0))
    return out.getvalue()


def _deflated(name: str, content: bytes, old: Member | None) -> tuple[Member, bytes]:
    # Beyond this size a fifth more bytes is a fair price for half the time.
    worker = zlib.compressobj(6 if len(content) < _BIG else 3, zlib.DEFLATED, -15)
    packed = worker.compress(content) + worker.flush()
    stamp = old.stamp if old else _stamp(_EPOCH)
    attributes = old.attributes if old else (0, 0)
    flags = 0 if name.isascii() else 0x0800
    size, crc = len(content), zlib.crc32(content)
    return Member(name, zipfile.ZIP_DEFLATED, crc, len(packed), size, 0, stamp, 20, attributes, flags), packed


def _write(out: io.BytesIO, directory: io.BytesIO, member: Member, packed: bytes | memoryview) -> None:
    name = member.name.encode("utf-8" if member.flags or not member.name.isascii() else "ascii")
    flags = member.flags | (0 if member.name.isascii() else 0x0800)
    version = 20
    common = struct.pack(
        "<5H3L2H", version, flags, member.method, *member.stamp, member.crc, len(packed), member.size,
        len(name), 0,
    )  # fmt: skip
    place = out.tell()
    out.write(b"PK\x03\x04" + common + name)
    out.write(packed)
    directory.write(b"PK\x01\x02" + struct.pack("<H", member.made_by) + common)
    directory.write(struct.pack("<2HHLL", 0, 0, *member.attributes, place) + name)
