"""A template becomes somebody's workbook: its own id, and the company's name on it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

#: Stands in the empty template where the company's name belongs.
YOUR_COMPANY = "Your company"
#: The ids of the templates; every workbook made from them gets one of its own.
EMPTY_ID, EXAMPLE_ID = "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"

_CUSTOM, _CORE, _TEXTS, _SHEETS = (
    "docProps/custom.xml",
    "docProps/core.xml",
    "xl/sharedStrings.xml",
    "xl/worksheets/",
)


def stamp_id(content: bytes, id: str, company: str | None = None) -> bytes:
    """A template's bytes with an id of its own and, if given, the company's name for ``Your company``.

    Touches the document properties, the cells that hold the name, and the print headers, nothing else.
    """
    parts = unzipped(content)
    for known in (EMPTY_ID, EXAMPLE_ID):
        parts[_CUSTOM] = parts[_CUSTOM].replace(known.encode(), escape(id).encode())
    if company:
        _name(parts, " ".join(company.split()))
    return zipped(parts)


def header_text(text: str) -> str:
    """Text for a print header, where ``&`` begins a code; at most 100 characters, Excel takes 255 in all."""
    return text[:100].replace("&", "&&")


def _name(parts: dict[str, bytes], company: str) -> None:
    shown, header = escape(company, False).encode(), escape(header_text(company), False).encode()
    mark = YOUR_COMPANY.encode()
    for part in parts:
        if part.startswith(_SHEETS):
            parts[part] = parts[part].replace(b">" + mark + b"<", b">" + shown + b"<")
            parts[part] = parts[part].replace(b"&amp;L" + mark + b"&amp;", b"&amp;L" + header + b"&amp;")
    parts[_CORE] = parts[_CORE].replace(b">" + mark + b":", b">" + shown + b":")


def unzipped(content: bytes) -> dict[str, bytes]:
    """The parts of a package by name."""
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A package whose bytes depend on its parts alone: fixed order, fixed dates."""
    stream = BytesIO()
    first = ("[Content_Types].xml", "_rels/.rels")
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name in sorted(
            parts, key=lambda part: (first.index(part) if part in first else len(first), part)
        ):
            entry = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = ZIP_DEFLATED, 0o600 << 16, 3
            archive.writestr(entry, parts[name])
    return stream.getvalue()
