"""Workbooks as other programs leave them: without tables, drop-downs, colors, names, formats of columns."""

from __future__ import annotations

import re
from collections.abc import Collection

from ooxml import Parts, unzip, zipped

_WHAT = {
    "drop-downs": rb"<dataValidations.*?</dataValidations>",
    "colors": rb"<conditionalFormatting .*?</conditionalFormatting>",
    "columns": rb"<cols>.*?</cols>",
    "tables": rb"<tableParts.*?</tableParts>",
}
ALL = (*_WHAT, "names")


def dropped(content: bytes, what: Collection[str] = ALL, sheets: Collection[str] = ()) -> bytes:
    """A workbook without some things; of sheets' parts all, or those whose table is named."""
    parts = unzip(content)
    for part in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        if not sheets or _table_of(parts, part) in sheets:
            for name, pattern in _WHAT.items():
                if name in what:
                    parts[part] = re.sub(pattern, b"", parts[part], flags=re.DOTALL)
            if "tables" in what:
                _drop_tables(parts, part)
    if "names" in what:
        book = parts["xl/workbook.xml"]
        parts["xl/workbook.xml"] = re.sub(rb"<definedNames>.*?</definedNames>", b"", book, flags=re.DOTALL)
    return zipped(parts)


def _rels(part: str) -> str:
    return part.replace("worksheets/", "worksheets/_rels/") + ".rels"


def _tables(parts: Parts, part: str) -> list[str]:
    found = re.findall(rb'Target="[^"]*?(tables/table[0-9]+\.xml)"', parts.get(_rels(part), b""))
    return ["xl/" + each.decode() for each in found]


def _table_of(parts: Parts, part: str) -> str:
    for table in _tables(parts, part):
        name = re.search(rb'displayName="([^"]*)"', parts[table])
        if name:
            return name[1].decode()
    return ""


def _drop_tables(parts: Parts, part: str) -> None:
    for table in _tables(parts, part):
        del parts[table]
        types = parts["[Content_Types].xml"]
        gone = rb'<Override [^>]*PartName="/%s"[^>]*/>' % re.escape(table.encode())
        parts["[Content_Types].xml"] = re.sub(gone, b"", types)
    if _rels(part) in parts:
        links = re.sub(rb'<Relationship [^>]*/table"[^>]*/>', b"", parts[_rels(part)])
        parts[_rels(part)] = re.sub(rb"<Relationship [^>]*tables/[^>]*/>", b"", links)
        if b"<Relationship " not in parts[_rels(part)]:
            del parts[_rels(part)]
