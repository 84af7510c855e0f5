"""The directory of a zip beside what stands in the file: every part is listed, once and as it is."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Sequence

from qmsbook.hosts.host import UnsafeWorkbook, WorkbookUnreadable

_LOCAL = b"PK\x03\x04"
_HEADER = struct.Struct("<4s5H3L2H")
_ENDING = struct.Struct("<4s4H2LH")
_SIZES_BEHIND = 0x0008
#: A size or a count that does not fit, and stands elsewhere.
_ELSEWHERE, _FEW_ELSEWHERE = 0xFFFFFFFF, 0xFFFF
#: The beginning of a part that is listed nowhere: a header that names one of the two ways to pack.
_UNLISTED = re.compile(rb"PK\x03\x04.{4}[\x00\x08]\x00", re.DOTALL)


def check_directory(data: bytes, listed: Sequence[zipfile.ZipInfo], end: int) -> dict[int, int]:
    """Where the packed bytes of each part begin, by the place of its header.

    Raises WorkbookUnreadable, or UnsafeWorkbook, unless the directory lists all that stands before it.
    ``end`` is where the directory begins. No parts may overlap, and what stands before a part must say the
    same of it as the directory.
    """
    place = data.rfind(b"PK\x05\x06")
    if place >= 0 and place + _ENDING.size <= len(data):
        count = _ENDING.unpack_from(data, place)[4]
        if count not in (len(listed), _FEW_ELSEWHERE):
            raise WorkbookUnreadable(f"Its directory lists {len(listed)} parts and counts {count}.")
    done, before, starts = 0, "", dict[int, int]()
    for info in sorted(listed, key=lambda info: info.header_offset):
        if info.header_offset < done:
            raise UnsafeWorkbook(f"Its parts {before} and {info.filename} lie over each other.")
        _check_gap(data, done, info.header_offset)
        starts[info.header_offset] = start = _body(data, info)
        done, before = start + info.compress_size, info.filename
        if done > end:
            raise UnsafeWorkbook(f"Its part {before} reaches into the directory.")
    _check_gap(data, done, end)
    return starts


def _check_gap(data: bytes, start: int, stop: int) -> None:
    if stop - start > len(_LOCAL) and _UNLISTED.search(data, start, stop):
        raise WorkbookUnreadable("It holds a part that its directory does not list.")


def _body(data: bytes, info: zipfile.ZipInfo) -> int:
    """Where the packed bytes of a part begin. Raises WorkbookUnreadable if its header says otherwise."""
    head = info.header_offset
    if head < 0 or data[head : head + 4] != _LOCAL or head + _HEADER.size > len(data):
        raise WorkbookUnreadable("It was cut off before its end.")
    _, _, flags, method, _, _, crc, packed, size, name_size, extra_size = _HEADER.unpack_from(data, head)
    start = head + _HEADER.size + name_size + extra_size
    if start + info.compress_size > len(data):
        raise WorkbookUnreadable("It was cut off before its end.")
    name = data[head + _HEADER.size : head + _HEADER.size + name_size]
    same = name in _spellings(info.orig_filename) and method == info.compress_type
    if not flags & _SIZES_BEHIND:
        told = (crc, packed, size)
        meant = (info.CRC, info.compress_size, info.file_size)
        same = same and all(one in (other, _ELSEWHERE) for one, other in zip(told, meant, strict=True))
    # That it is encrypted is told elsewhere, if the directory says so.
    if not same or (flags & 1) > (info.flag_bits & 1) or "\0" in info.orig_filename:
        raise WorkbookUnreadable(f"The part {info.filename} is listed as another than it is.")
    return int(start)


def _spellings(name: str) -> set[bytes]:
    """The bytes of a name as the directory may have had them."""
    if name.isascii():
        return {name.encode()}
    return {name.encode(code, "replace") for code in ("utf-8", "cp437")}
