"""The same drawing gives the same bytes, and carries the digest of itself."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
#: In a chart's words, unlike in cells, nobody reads what XlsxWriter does to keep ``_x0041_`` from meaning A.
_CHART_WORDS = re.compile(rb"<a:t>[^<]*</a:t>")
_STRINGS, _BOOK = "xl/sharedStrings.xml", "xl/workbook.xml"


def sealed(
    content: bytes, held: Mapping[str, str], digest: str = "", nonce: str = ""
) -> tuple[str, Callable[[], bytes]]:
    """The digest of a package, and what packs it with what was to be filled in when all was drawn.

    Most drawings are the sheets that stand already, and need not be packed.

    ``held`` maps the texts of cells that hold a place to what comes there; ``digest`` is the one for the
    digest, ``nonce`` the one inside the sheet's mark for its beginning. The digest is over the parts as they
    are before compression, which differs between builds of zlib.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: _spelled_out(name, package.read(name)) for name in package.namelist()}
    made = hashlib.sha256()
    for name in sorted(parts):
        made.update(name.encode() + b"\0" + parts[name] + b"\0")
    filled = {**held, digest: made.hexdigest()} if digest else held
    for holder, text in filled.items():
        parts[_STRINGS] = parts[_STRINGS].replace(f"<t>{holder}</t>".encode(), f"<t>{text}</t>".encode())
    if nonce:
        fresh = nonce_of(made.hexdigest()).encode()
        parts[_BOOK] = parts[_BOOK].replace(b'"%s ' % nonce.encode(), b'"%s ' % fresh)
    return made.hexdigest(), partial(_packed, parts)


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            package.writestr(info, data)
    return out.getvalue()


def nonce_of(digest: str) -> str:
    """The nonce of a drawing in its mark: the beginning of its digest."""
    return digest[:16]


def _spelled_out(name: str, part: bytes) -> bytes:
    """A chart that says what it leaves to the program that draws it.

    The schema's defaults are smooth lines, labels with the names of everything, and zero where there is no
    figure. Excel draws straight lines, bare figures and gaps where nothing is said; LibreOffice follows the
    schema.
    """
    if not name.startswith("xl/charts/chart"):
        return part
    part = _CHART_WORDS.sub(lambda words: words[0].replace(b"_x005F_x", b"_x"), part)
    part = part.replace(b'<c:showVal val="1"/></c:dLbls>', _BARE_FIGURES)
    part = part.replace(b"</c:chart>", b'<c:dispBlanksAs val="gap"/></c:chart>')
    head, line_chart, rest = part.partition(b"<c:lineChart>")
    return head + line_chart + rest.replace(b"</c:ser>", b'<c:smooth val="0"/></c:ser>')


_BARE_FIGURES = (
    b'<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    b'<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
)
