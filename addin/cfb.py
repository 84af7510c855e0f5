"""Writes compound files: the container, version 3 of [MS-CFB], that a VBA project lives in."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SECTOR = 512
MINI_SECTOR = 64
#: Streams below this size live in the mini stream (2.2, Mini Stream Cutoff Size).
CUTOFF = 4096
#: The header names this many sectors of the FAT; more would need sectors of their own (2.5).
HEADER_FAT_SECTORS = 109

FREE, CHAIN_END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
NO_STREAM = 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
RED, BLACK = 0, 1

#: What a storage holds: streams (bytes) and storages by name.
Storage = Mapping[str, "bytes | Storage"]


@dataclass(slots=True)
class _Entry:
    """One directory entry (2.6.1)."""

    name: str
    kind: int
    content: bytes = b""
    color: int = BLACK
    left: int = NO_STREAM
    right: int = NO_STREAM
    child: int = NO_STREAM
    start: int = 0
    size: int = 0


@dataclass(slots=True)
class _Chains:
    """An allocation table while it grows: for each sector, the next one of its chain."""

    unit: int
    next: list[int] = field(default_factory=list)
    sectors: list[bytes] = field(default_factory=list)

    def add(self, content: bytes) -> int:
        """Puts a stream at the end; gives its first sector, or CHAIN_END if it is empty."""
        if not content:
            return CHAIN_END
        first = len(self.next)
        pieces = _split(content, self.unit)
        self.sectors += pieces
        self.next += [*range(first + 1, first + len(pieces)), CHAIN_END]
        return first


def write(root: Storage) -> bytes:
    """A compound file with these storages and streams; the same input gives the same bytes.

    >>> write({"VBA": {"dir": b"x"}})[:8].hex()
    'd0cf11e0a1b11ae1'
    """
    entries = [_Entry("Root Entry", ROOT)]
    entries[0].child = _add_storage(root, entries)
    fat, mini = _Chains(SECTOR), _Chains(MINI_SECTOR)
    for entry in entries:
        if entry.kind == STREAM:
            entry.size = len(entry.content)
            entry.start = (mini if entry.size < CUTOFF else fat).add(entry.content)
    mini_stream = b"".join(mini.sectors)
    entries[0].size, entries[0].start = len(mini_stream), fat.add(mini_stream)
    mini_fat = _padded(struct.pack(f"<{len(mini.next)}I", *mini.next), b"\xff" * 4)
    first_mini_fat = fat.add(mini_fat)
    first_directory = fat.add(_directory(entries))
    fat_sectors = _close(fat)
    header = _header(first_directory, first_mini_fat, len(mini_fat) // SECTOR, fat_sectors)
    return header + b"".join(fat.sectors)


def _add_storage(storage: Storage, entries: list[_Entry]) -> int:
    """Appends a storage's entries, and those below it; gives the top of its tree."""
    names = sorted(storage, key=_order)
    if len({_order(name) for name in names}) < len(names):
        raise ValueError("two names in one storage differ only in case")
    first = len(entries)
    for name in names:
        content = storage[name]
        if isinstance(content, bytes):
            entries.append(_Entry(_checked(name), STREAM, content))
        else:
            entries.append(_Entry(_checked(name), STORAGE))
    for offset, name in enumerate(names):
        content = storage[name]
        if not isinstance(content, bytes):
            entries[first + offset].child = _add_storage(content, entries)
    return _tree(entries, first, first + len(names), 0, len(names).bit_length() - 1)


def _tree(entries: list[_Entry], start: int, end: int, depth: int, last: int) -> int:
    """Makes sorted entries a red-black tree by halving (2.6.4): only its last level is red."""
    if start == end:
        return NO_STREAM
    middle = (start + end) // 2
    entry = entries[middle]
    entry.color = RED if depth == last and depth > 0 else BLACK
    entry.left = _tree(entries, start, middle, depth + 1, last)
    entry.right = _tree(entries, middle + 1, end, depth + 1, last)
    return middle


def _order(name: str) -> tuple[int, bytes]:
    """Names are ordered by length, then by their upper-case letters (2.6.4)."""
    return len(name.encode("utf-16-le")), name.upper().encode("utf-16-be")


def _checked(name: str) -> str:
    if not name or len(name.encode("utf-16-le")) > 62 or set(name) & set("/\\:!"):
        raise ValueError(f"not a name for a compound file: {name!r}")
    return name


def _directory(entries: Sequence[_Entry]) -> bytes:
    packed = b"".join(_packed(entry) for entry in entries)
    unused = bytes(68) + struct.pack("<3I", NO_STREAM, NO_STREAM, NO_STREAM) + bytes(48)
    return _padded(packed, unused)


def _packed(entry: _Entry) -> bytes:
    name = entry.name.encode("utf-16-le")
    links = struct.pack("<3I", entry.left, entry.right, entry.child)
    # No class, no state, no times: a file built twice is the same file.
    return (
        name.ljust(64, b"\0")
        + struct.pack("<HBB", len(name) + 2, entry.kind, entry.color)
        + links
        + bytes(16 + 4 + 8 + 8)
        + struct.pack("<IQ", entry.start, entry.size)
    )


def _close(fat: _Chains) -> list[int]:
    """Appends the sectors of the FAT itself, which it lists too; gives their places."""
    used, count = len(fat.next), 0
    while count * (SECTOR // 4) < used + count:
        count += 1
    if count > HEADER_FAT_SECTORS:
        raise ValueError("too large for this writer: about 7 MB")
    table = [*fat.next, *[FAT_SECTOR] * count]
    fat.sectors += _split(_padded(struct.pack(f"<{len(table)}I", *table), b"\xff" * 4), SECTOR)
    return list(range(used, used + count))


def _header(directory: int, mini_fat: int, mini_fat_sectors: int, fat_sectors: Sequence[int]) -> bytes:
    """The first 512 bytes (2.2)."""
    places = [*fat_sectors, *[FREE] * (HEADER_FAT_SECTORS - len(fat_sectors))]
    return (
        bytes.fromhex("D0CF11E0A1B11AE1")
        + bytes(16)
        # Minor and major version, byte order, sector and mini sector as powers of two, reserved.
        + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
        # Directory sectors (0 in version 3), FAT sectors, first directory sector, transaction number.
        + struct.pack("<4I", 0, len(fat_sectors), directory, 0)
        + struct.pack("<5I", CUTOFF, mini_fat, mini_fat_sectors, CHAIN_END, 0)
        + struct.pack(f"<{HEADER_FAT_SECTORS}I", *places)
    )


def _padded(content: bytes, filler: bytes) -> bytes:
    """Fills up to whole sectors."""
    return content + filler * (-len(content) % SECTOR // len(filler))


def _split(content: bytes, unit: int) -> list[bytes]:
    return [content[at : at + unit].ljust(unit, b"\0") for at in range(0, len(content), unit)]
