"""A drawn sheet as LibreOffice opens it, ready to be brought into the user's document."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qmsbook.book.edit import PutSheet
from qmsbook.hosts.file import reader
from qmsbook.hosts.file.edited import changed_file
from qmsbook.hosts.libreoffice.bridge import close, load
from qmsbook.hosts.plan import plan


class Opened:
    """A document from the bytes of its file, closed when it is left."""

    def __init__(self, loader: Any, content: bytes, ending: str) -> None:
        self.loader, self.content, self.ending = loader, content, ending

    def __enter__(self) -> Any:
        self.folder = tempfile.TemporaryDirectory(prefix="qmsbook-")
        path = Path(self.folder.name) / ("sheet" + self.ending)
        path.write_bytes(self.content)
        self.document = load(self.loader, path)
        return self.document

    def __exit__(self, *_: object) -> None:
        close(self.document)
        self.folder.cleanup()


def named(content: bytes, name: str) -> bytes:
    """A drawing whose sheet has another name, its links and references with it."""
    if reader.load(content).snapshot.sheets == (name,):
        return content
    return together({name: content})


def together(drawings: Mapping[str, bytes], late: bool = False) -> bytes:
    """Drawings by the names that their sheets get, as one workbook; its first sheet is blank.

    With ``late`` its days count from 1904.
    """
    taken = {name.casefold() for name in drawings}
    blank = reader.load(_blank(next(name for name in map(str, range(1_000)) if name not in taken), late))
    edits = [PutSheet(name, name, content) for name, content in drawings.items()]
    made, _ = changed_file(blank, plan(edits, blank.snapshot))
    assert made is not None  # a sheet came
    return made


def _blank(name: str, late: bool) -> bytes:
    """The smallest workbook there is, to put a drawing into."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    vendor = "application/vnd.openxmlformats"
    office = vendor + "-officedocument.spreadsheetml."
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = {"workbook": "sheet.main", "sheet1": "worksheet"}
    types = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{office}{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    default = f'<Default Extension="rels" ContentType="{vendor}-package.relationships+xml"/>'
    calendar = '<workbookPr date1904="1"/>' if late else ""
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">{default}{types}</Types>',
        "_rels/.rels": _links(package, rel, {"officeDocument": "xl/workbook.xml"}),
        "xl/_rels/workbook.xml.rels": _links(package, rel, {"worksheet": "sheet1.xml"}),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}">{calendar}<sheets>'
        f'<sheet name="{name}" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData/></worksheet>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return target.getvalue()


def _links(package: str, rel: str, targets: Mapping[str, str]) -> str:
    inside = "".join(
        f'<Relationship Id="r{number}" Type="{rel}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items())
    )
    return f'<Relationships xmlns="{package}/relationships">{inside}</Relationships>'
