"""Makes the streams of a VBA project, as [MS-OVBA] describes them, from the text of its modules."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cfb

CODE_PAGE = "cp1252"
CHUNK = 4096
#: "No performance cache": a writer that compiles nothing must say so (2.3.4.1).
VERSION_WITHOUT_CACHE = bytes.fromhex("CC61FFFF000100")
#: The editor, as every project names it (2.3.1.18).
HOST_EXTENDER = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its name, its text with CRLF line ends, and whether it is the code behind a sheet or book."""

    name: str
    source: str
    document: bool = False


def project(name: str, guid: str, modules: Sequence[Module]) -> cfb.Storage:
    """The streams of a project, for ``cfb.write``."""
    storage: dict[str, bytes] = {"_VBA_PROJECT": VERSION_WITHOUT_CACHE, "dir": compress(_dir(name, modules))}
    for module in modules:
        storage[module.name] = compress(module.source.encode(CODE_PAGE))
    text = "\r\n".join([*_project_lines(name, guid, modules), ""])
    streams: Mapping[str, bytes | cfb.Storage] = {
        "PROJECT": text.encode(CODE_PAGE), "PROJECTwm": _names(modules), "VBA": storage
    }  # fmt: skip
    return streams


def compress(content: bytes) -> bytes:
    """Compression of 2.4.1: chunks of 4096 bytes, each on its own.

    >>> compress(b"abc").hex(" ")  # signature, header, flags, letters
    '01 03 b0 00 61 62 63'
    >>> len(compress(b"abc" * 1000))
    9
    """
    chunks = (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
    return b"\x01" + b"".join(_chunk(chunk) for chunk in chunks)


def _chunk(chunk: bytes) -> bytes:
    packed = _tokens(chunk)
    if len(packed) > CHUNK:
        if len(chunk) < CHUNK:  # a raw chunk is always 4096 bytes: padding would become part of the text
            raise ValueError("the last chunk of a stream does not compress")
        return struct.pack("<H", 0x3000 | (CHUNK - 1)) + chunk
    return struct.pack("<H", 0xB000 | (len(packed) - 1)) + packed


def _tokens(chunk: bytes) -> bytes:
    """Eight tokens after each flag byte: a letter, or where to copy from and how much."""
    packed = bytearray()
    tokens = _parsed(chunk)
    group = list(_next(tokens, 8))
    while group:
        packed.append(sum((len(token) == 2) << place for place, token in enumerate(group)))
        packed += b"".join(group)
        group = list(_next(tokens, 8))
    return bytes(packed)


def _next(tokens: Iterator[bytes], count: int) -> Iterator[bytes]:
    for _, token in zip(range(count), tokens, strict=False):
        yield token


def _parsed(chunk: bytes) -> Iterator[bytes]:
    at = 0
    seen: dict[bytes, list[int]] = {}
    while at < len(chunk):
        bits = max((at - 1).bit_length(), 4)  # how many of the 16 say where from (2.4.1.3.19.1)
        longest = (0xFFFF >> bits) + 3
        start, length = _longest(chunk, at, seen.get(chunk[at : at + 3], ()), longest)
        step = length or 1
        if length:
            yield struct.pack("<H", (at - start - 1) << (16 - bits) | (length - 3))
        else:
            yield chunk[at : at + 1]
        for place in range(at, at + step):
            seen.setdefault(chunk[place : place + 3], []).append(place)
        at += step


def _longest(chunk: bytes, at: int, starts: Sequence[int], limit: int) -> tuple[int, int]:
    """The nearest of the longest earlier runs that repeat here, or length 0."""
    best, most = 0, 0
    limit = min(limit, len(chunk) - at)
    if limit < 3:
        return 0, 0
    for start in reversed(starts):
        length = 3
        while length < limit and chunk[start + length] == chunk[at + length]:
            length += 1
        if length > most:
            best, most = start, length
    return best, most


def _dir(name: str, modules: Sequence[Module]) -> bytes:
    """The dir stream before compression (2.3.4.2); no references: everything is bound late."""
    empty = _both(0x05, 0x40, "") + _record(0x06, b"") + _record(0x3D, b"")
    information = (
        _record(0x01, struct.pack("<I", 1))  # for Windows; it holds no compiled code that could care
        + _record(0x02, struct.pack("<I", 0x409))
        + _record(0x14, struct.pack("<I", 0x409))
        + _record(0x03, struct.pack("<H", int(CODE_PAGE[2:])))
        + _record(0x04, name.encode(CODE_PAGE))
        + empty
        + _record(0x07, struct.pack("<I", 0))
        + _record(0x08, struct.pack("<I", 0))
        + struct.pack("<HIIH", 0x09, 4, 1, 0)  # its size is given as 4, and 6 bytes follow (2.3.4.2.1.11)
        + _both(0x0C, 0x3C, "")
    )
    count = _record(0x0F, struct.pack("<H", len(modules))) + _record(0x13, b"\xff\xff")
    return information + count + b"".join(_module(module) for module in modules) + _record(0x10, b"")


def _module(module: Module) -> bytes:
    return (
        _both(0x19, 0x47, module.name)
        + _both(0x1A, 0x32, module.name)
        + _both(0x1C, 0x48, "")
        + _record(0x31, struct.pack("<I", 0))  # the text begins at once: no cache before it
        + _record(0x1E, struct.pack("<I", 0))
        + _record(0x2C, b"\xff\xff")
        + _record(0x22 if module.document else 0x21, b"")
        + _record(0x2B, b"")
    )


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _both(number: int, unicode_number: int, text: str) -> bytes:
    """A text in the project's code page and again in UTF-16."""
    return _record(number, text.encode(CODE_PAGE)) + _record(unicode_number, text.encode("utf-16-le"))


def _project_lines(name: str, guid: str, modules: Sequence[Module]) -> Iterator[str]:
    """The PROJECT stream (2.3.1): unprotected, without a password, visible in the editor."""
    yield f'ID="{guid}"'
    for module in modules:
        yield f"Document={module.name}/&H00000000" if module.document else f"Module={module.name}"
    yield f'Name="{name}"'
    yield 'HelpContextID="0"'
    yield 'VersionCompatible32="393222000"'
    for key, content in (("CMG", bytes(4)), ("DPB", bytes(1)), ("GC", b"\xff")):
        yield f'{key}="{encrypt(content, guid)}"'
    yield from ("", "[Host Extender Info]", HOST_EXTENDER, "", "[Workspace]")
    yield from (f"{module.name}=0, 0, 0, 0, C" for module in modules)


def _names(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream (2.3.3): each module's name in both alphabets."""
    pairs = (m.name.encode(CODE_PAGE) + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(pairs) + b"\0\0"


def encrypt(content: bytes, guid: str, seed: int = 0x5D) -> str:
    """The disguise of 2.4.3.2 for the three lines that say how a project is protected.

    >>> encrypt(bytes(1), "{917DED54-440B-4FD1-A5C1-74ACF261E600}", 0x0E)[:6]
    '0E0CD1'
    """
    key = sum(guid.encode(CODE_PAGE)) & 0xFF
    plain = [key, *bytes((seed & 6) // 2), *struct.pack("<I", len(content)), *content]
    version = seed ^ 2
    hidden = [seed, version, seed ^ key]
    for before, letter in pairwise(plain):
        hidden.append(letter ^ (hidden[-2] + before & 0xFF))
    return bytes(hidden).hex().upper()
