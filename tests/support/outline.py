"""What a sheet in LibreOffice has that no cell shows: outline, heights, breaks, merged cells, charts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qmsbook.hosts.libreoffice.blocks import merges_in, used
from qmsbook.hosts.libreoffice.bridge import properties

_TAGS = re.compile(r"<(/?)table:(table-row-group|table-row|table-header-rows)\b([^>]*)>")


def rows_of(document: Any, name: str, folder: Path) -> dict[str, object]:
    """All that is said of the rows of a sheet, and of what stands on them."""
    sheet = document.Sheets.getByName(name)
    bottom, right = used(sheet)[2:]
    rows = [sheet.Rows.getByIndex(row) for row in range(bottom + 1)]
    shapes = [sheet.DrawPage.getByIndex(number) for number in range(sheet.DrawPage.Count)]
    return {
        "heights": [row.Height for row in rows],
        "shown": [(row.IsVisible, row.IsFiltered) for row in rows],
        "breaks": [row.IsManualPageBreak for row in rows],
        "merged": sorted(merges_in(sheet, (0, 0, bottom, right))),
        "charts": [(each.Name, each.Title, each.Description, *place(each)) for each in shapes],
        "links": links(sheet, bottom, right),
        **written(document, name, folder),
    }


def place(shape: Any) -> tuple[int, ...]:
    """Where a shape stands, and how large it is."""
    return shape.Position.X, shape.Position.Y, shape.Size.Width, shape.Size.Height


def links(sheet: Any, bottom: int, right: int) -> list[tuple[int, int, str]]:
    """Where the links in cells lead."""
    found = []
    for row in range(bottom + 1):
        for column in range(min(right, 4) + 1):
            fields = sheet.getCellByPosition(column, row).TextFields.createEnumeration()
            while fields.hasMoreElements():
                found.append((row, column, fields.nextElement().URL))
    return found


def written(document: Any, name: str, folder: Path) -> dict[str, object]:
    """The outline of a sheet's rows and its filter, as LibreOffice writes them into a file."""
    path = folder / "outline.fods"
    document.storeToURL(path.as_uri(), properties(FilterName="OpenDocument Spreadsheet Flat XML"))
    text = path.read_text("utf-8")
    start = text.index(f'<table:table table:name="{name}"')
    sheet = text[start : text.index("</table:table>", start)]
    said, row = [], 0
    for tag in _TAGS.finditer(sheet):
        if tag[2] != "table-row":
            closed = " closed" if 'display="false"' in tag[3] else ""
            said.append(f"{tag[1]}{tag[2]}{closed} {row}")
        elif not tag[1]:
            many = re.search(r'number-rows-repeated="(\d+)"', tag[3])
            row += int(many[1]) if many else 1
    ranges = re.findall(r"<table:database-range [^>]*>", text)
    return {
        "outline": said,
        "filter": [each for each in ranges if f'"{name}.' in each or f"'{name}'" in each],
    }
