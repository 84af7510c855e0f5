"""The names that the parts of a workbook file go by: namespaces, kinds of relationship, content types."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from urllib.parse import unquote

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_REL = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"

#: The part that says what every other part is.
CONTENT_TYPES = "[Content_Types].xml"
#: What the type of an .xlsb workbook begins with.
BINARY = "application/vnd.ms-excel.sheet.binary"
#: What the types of a signature's parts begin with.
SIGNATURE = "application/vnd.openxmlformats-package.digital-signature-"
#: What the types end with: of the log of a shared workbook, of sheets, of tables, of charts.
REVISIONS = (".revisionHeaders+xml", ".revisionLog+xml")
SHEET_TYPE, TABLE_TYPE, CHART_TYPE = ".worksheet+xml", ".spreadsheetml.table+xml", ".drawingml.chart+xml"

_SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
RELS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
STYLES_TYPE = _SHEETML + "styles+xml"

#: Namespaces whose strict spelling is not the transitional one with another beginning.
_STRICT = (
    (MAIN, STRICT_MAIN),
    (REL, STRICT_REL),
    ("http://schemas.openxmlformats.org/drawingml/2006/", "http://purl.oclc.org/ooxml/drawingml/"),
)
#: How a target is mostly spelled, which needs no working out.
_PLAIN = re.compile(r"[\w-]+(?:[./][\w-]+)*", re.ASCII)


def to_strict(data: bytes) -> bytes:
    """The same XML with the namespaces and relationship types of strict OOXML."""
    for loose, strict in _STRICT:
        data = data.replace(loose.encode(), strict.encode())
    return data


def short_kind(rel_type: str) -> str:
    """The last word of a relationship's type: ``worksheet``, ``table``, ``officeDocument``."""
    return rel_type.rsplit("/", 1)[-1]


def rels_name(part: str) -> str:
    """The name of the part that holds another part's relationships; ``""`` stands for the package itself."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def part_of_rels(name: str) -> str | None:
    """The part whose relationships a part of this name holds, or None; the inverse of ``rels_name``.

    >>> part_of_rels("xl/_rels/workbook.xml.rels"), part_of_rels("_rels/.rels"), part_of_rels("xl/styles.xml")
    ('xl/workbook.xml', '', None)
    """
    if not name.casefold().endswith(".rels"):
        return None
    folder, file = posixpath.split(name)
    above, last = posixpath.split(folder)
    if last.casefold() != "_rels":
        return None
    return posixpath.join(above, file[: -len(".rels")])


@lru_cache(maxsize=64)
def _folder(part: str) -> str:
    """The folder of a part, with its stroke; nothing for one that lies in none."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), "x")).lstrip("/")[:-1]


def resolve(part: str, target: str) -> str:
    """The name of the part that a relationship of ``part`` points at."""
    if _PLAIN.fullmatch(target):
        return _folder(part) + target
    target = unquote(target.partition("#")[0])
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target)).lstrip("/")


def relative(part: str, target: str) -> str:
    """How a relationship of ``part`` spells the name of another part."""
    return posixpath.relpath(target, posixpath.dirname(part) or ".")
