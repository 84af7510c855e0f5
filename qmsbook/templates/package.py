"""The package behind the workbook: what openpyxl does not write."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape

from qmsbook.templates.look import GROUPS

#: The day that stands in the file's properties: nothing here may know the clock.
MADE_ON = datetime(2026, 1, 1)


def finished(parts: dict[str, bytes]) -> dict[str, bytes]:
    """What openpyxl does not write: a fixed date of change, tables' alt texts, styles in the schema's order.

    Rows of tables keep their height but are not pinned to it, so that Excel fits them when somebody types.
    """
    core = "docProps/core.xml"
    made = f">{MADE_ON:%Y-%m-%dT%H:%M:%SZ}</dcterms:modified>".encode()
    parts[core] = re.sub(rb">[^<]*</dcterms:modified>", made, parts[core])
    styles = "xl/styles.xml"
    parts[styles] = re.sub(
        rb'(<cellStyle (?:[^>]*?)builtinId="2[02]")', rb'\1 customBuiltin="1"', parts[styles]
    )
    parts[styles] = _ordered_fonts(parts[styles])
    app = "docProps/app.xml"
    parts[app] = re.sub(rb"<Application>.*?</AppVersion>", b"<Application>qmsbook</Application>", parts[app])
    purposes = {table: purpose for group in GROUPS for table, purpose in group.tables.items()}
    for name in parts:
        if name.startswith("xl/worksheets/sheet") and b"<tableParts" in parts[name]:
            parts[name] = re.sub(rb'(<row r="(?!1")[^>]*?) customHeight="1"', rb"\1", parts[name])
        if name.startswith("xl/tables/"):
            table = re.search(rb'displayName="([^"]+)"', parts[name])
            assert table is not None
            parts[name] = parts[name].replace(
                b"</table>", _alt_text(purposes[table[1].decode()]) + b"</table>"
            )
    return parts


_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
    "family", "charset", "scheme",
)  # fmt: skip


def _ordered_fonts(styles: bytes) -> bytes:
    """The styles with each font's parts in the order of the schema."""

    def ordered(font: re.Match[bytes]) -> bytes:
        parts = [
            (_FONT_ORDER.index(part[1].decode()), part[0]) for part in re.finditer(rb"<(\w+)[^>]*/>", font[1])
        ]
        return b"<font>%s</font>" % b"".join(part for _, part in sorted(parts))

    declared = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    return declared + re.sub(rb"<font>(.*?)</font>", ordered, styles)


def _alt_text(text: str) -> bytes:
    return (
        b'<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        b'uri="{504A1905-F514-4f6f-8877-14C23A59335A}">'
        b'<x14:table altTextSummary="%s"/></ext></extLst>'
    ) % escape(text, False).replace('"', "&quot;").encode()
