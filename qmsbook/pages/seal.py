"""The same drawing gives the same bytes, and carries the digest of itself."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def sealed(content: bytes, memo: Sequence[str], holders: Sequence[str]) -> tuple[str, bytes]:
    """The digest of a package, and the package with digest and memo where their place was held.

    The digest is over the parts as they are before compression, which differs between builds of zlib.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: _spelled_out(name, package.read(name)) for name in package.namelist()}
    digest = hashlib.sha256()
    for name in sorted(parts):
        digest.update(name.encode() + b"\0" + parts[name] + b"\0")
    shared = parts["xl/sharedStrings.xml"]
    for holder, text in zip(holders, memo, strict=True):
        shared = shared.replace(f"<t>{holder}</t>".encode(), f"<t>{text}</t>".encode())
    parts["xl/sharedStrings.xml"] = shared.replace(
        b"<t>qmsbook digest</t>", f"<t>{digest.hexdigest()}</t>".encode()
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            package.writestr(info, data)
    return digest.hexdigest(), out.getvalue()


def _spelled_out(name: str, part: bytes) -> bytes:
    """A chart that says what it leaves to the program that draws it.

    The schema's defaults are smooth lines, labels with the names of everything, and zero where there is no
    figure. Excel draws straight lines, bare figures and gaps where nothing is said; LibreOffice follows the
    schema.
    """
    if not name.startswith("xl/charts/chart"):
        return part
    part = part.replace(b'<c:showVal val="1"/></c:dLbls>', _BARE_FIGURES)
    part = part.replace(b"</c:chart>", b'<c:dispBlanksAs val="gap"/></c:chart>')
    head, line_chart, rest = part.partition(b"<c:lineChart>")
    return head + line_chart + rest.replace(b"</c:ser>", b'<c:smooth val="0"/></c:ser>')


_BARE_FIGURES = (
    b'<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>'
    b'<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
)
