"""Puts elements where the schema wants them in what stands behind a sheet's cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: What may stand behind a sheet's cells, in its order.
ORDER = (
    "sheetCalcPr", "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState",
    "dataConsolidate", "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting",
    "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks",
    "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing", "drawingHF",
    "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
)  # fmt: skip
_TAG = re.compile(rb"<(/?)(?:([\w.-]+):)?([\w.-]+)((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>")


def _start(tail: bytes) -> int:
    """Where the first element begins, behind the end of the cells."""
    return tail.index(b">") + 1 if tail.startswith(b"</") else 0


def children(tail: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, start and end of each element that stands directly in a sheet behind its cells.

    What is wrapped for programs of another age goes by the name of what is inside.
    """
    depth, name, start = 0, "", 0
    for match in _TAG.finditer(tail, _start(tail)):
        closing, _, local, _, alone = match.groups()
        if closing:
            depth -= 1
            if depth < 0:
                return
        elif not alone:
            depth += 1
        if (depth == 1 and not closing and not alone) or (depth == 0 and alone):
            name, start = local.decode(), match.start()
        elif name == "AlternateContent" and local.decode() in ORDER:
            name = local.decode()
        if depth == 0 and name:
            yield name, start, match.end()
            name = ""


def inside(tail: bytes, name: str) -> tuple[int, int] | None:
    """Where an element stands, from its first to behind its last byte, or None."""
    return next(((start, stop) for found, start, stop in children(tail) if found == name), None)


def put_in(tail: bytes, name: str, element: bytes) -> bytes:
    """What stands behind a sheet's cells, with an element more at its place, behind others of its name."""
    later, place = ORDER[ORDER.index(name) + 1 :], _start(tail)
    for found, start, stop in children(tail):
        if found in later:
            return tail[:start] + element + tail[start:]
        place = stop
    return tail[:place] + element + tail[place:]
