"""Builds the ribbon add-in from text: ``python addin/build.py [OUT]``, always the same bytes.

``python addin/build.py --pin`` writes down what they are, for every machine that builds it to compare with.
"""

from __future__ import annotations

import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import cfb
import ovba
import oxt

HERE = Path(__file__).resolve().parent
#: The project's own id; any will do that stays the same.
GUID = "{6B0F7A3E-52D1-4C8B-9E57-3A1D0C94E2B6}"
PROJECT = "qmsbookAddin"
#: Long before any computer's clock: a date would make every build another file.
DATE = (1980, 1, 1, 0, 0, 0)
#: Limits of the editor's text form: letters of a line, lines joined by an underscore, letters of a name.
LONGEST_LINE, MOST_CONTINUATIONS, LONGEST_NAME = 1023, 24, 31

ABOUT = (
    "qmsbook: the tab QMS in the ribbon.",
    "This file only starts qmsbook; the work is done by the Python program of that name.",
    "Its sources are the text files of the folder addin of qmsbook.",
)
#: What ``qmsbook install`` fills in, on a hidden sheet; the buttons read it from nowhere else.
SETTINGS = (("setting", "value"), ("interpreter", ""), ("mode", "run"), ("requests", ""))

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"

CONTENT_TYPES = f"""<Types xmlns="{PACKAGE}/content-types">\
<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.addin.macroEnabled.main+xml"/>\
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_ML}.worksheet+xml"/>\
<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{SHEET_ML}.worksheet+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="{SHEET_ML}.styles+xml"/>\
<Override PartName="/docProps/core.xml" \
ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>\
</Types>"""

WORKBOOK = f"""<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">\
<workbookPr codeName="ThisWorkbook"/><bookViews><workbookView/></bookViews><sheets>\
<sheet name="About" sheetId="1" r:id="rId1"/>\
<sheet name="Settings" sheetId="2" state="hidden" r:id="rId2"/>\
</sheets></workbook>"""

STYLES = f"""<styleSheet xmlns="{MAIN}">\
<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>\
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""

#: Title and comment are what Excel shows in its list of add-ins.
CORE = f"""<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" \
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>qmsbook</dc:title><dc:creator>qmsbook</dc:creator>\
<dc:description>The tab QMS: checks, refreshes and reviews a qmsbook workbook.</dc:description>\
</cp:coreProperties>"""


def addin() -> bytes:
    """The whole add-in: a package whose entries are stored, not packed, and bear no date."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, content in parts().items():
            entry = zipfile.ZipInfo(name, DATE)
            entry.create_system = 0  # else Python notes on which system it ran
            package.writestr(entry, content)
    return target.getvalue()


def parts() -> dict[str, bytes]:
    """Every part of the package by its name, the table of contents first as Excel expects it."""
    text = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": _relationships(
            f"{OFFICE}/officeDocument xl/workbook.xml",
            f"{PACKAGE}/relationships/metadata/core-properties docProps/core.xml",
            "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility customUI/customUI14.xml",
        ),
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": _relationships(
            f"{OFFICE}/worksheet worksheets/sheet1.xml",
            f"{OFFICE}/worksheet worksheets/sheet2.xml",
            f"{OFFICE}/styles styles.xml",
            "http://schemas.microsoft.com/office/2006/relationships/vbaProject vbaProject.bin",
        ),
        "xl/worksheets/sheet1.xml": _sheet("qmsbookAbout", [(line,) for line in ABOUT]),
        "xl/worksheets/sheet2.xml": _sheet("qmsbookSettings", SETTINGS),
        "xl/styles.xml": STYLES,
        "docProps/core.xml": CORE,
    }
    built = {name: (DECLARATION + content).encode() for name, content in text.items()}
    built["xl/vbaProject.bin"] = cfb.write(ovba.project(PROJECT, GUID, modules()))
    built["customUI/customUI14.xml"] = _text(HERE / "ribbon" / "customUI14.xml").encode()
    return built


def modules() -> list[ovba.Module]:
    """The modules of ``vba/``, the workbook's and its sheets' first. Raises ValueError."""
    found = []
    folder = HERE / "vba"
    # By name and case: Windows would sort paths without regard to case, and the add-in be another file there.
    sources = [*folder.glob("*.cls"), *folder.glob("*.bas")]
    for path in sorted(sources, key=lambda path: (path.suffix != ".cls", path.name)):
        source = _text(path).replace("\n", "\r\n")
        _check(path.stem, path.suffix == ".cls", source)
        found.append(ovba.Module(path.stem, source, document=path.suffix == ".cls"))
    return found


def _check(name: str, document: bool, source: str) -> None:
    """What the editor would not take. Raises ValueError."""
    lines = source.split("\r\n")
    problems = [
        (lines[0] != f'Attribute VB_Name = "{name}"', "the first line does not name the module"),
        (document and 'Attribute VB_Base = "0{' not in source, "the code behind a sheet needs VB_Base"),
        (len(name) > LONGEST_NAME or name == PROJECT, "a name too long, or the project's"),
        (max(map(len, lines)) > LONGEST_LINE, f"a line of more than {LONGEST_LINE} letters"),
        (bool(re.search(rf"(?:[^\r]* _\r\n){{{MOST_CONTINUATIONS + 1}}}", source)), "too long a statement"),
    ]
    for wrong, what in problems:
        if wrong:
            raise ValueError(f"{name}: {what}")
    source.encode(ovba.CODE_PAGE)


def _text(path: Path) -> str:
    """A source with plain line ends, however Git wrote it here."""
    return path.read_text("utf-8").replace("\r\n", "\n")


def _relationships(*pairs: str) -> str:
    """Relationships, each given as "type target"; the first is rId1."""
    lines = (
        '<Relationship Id="rId{}" Type="{}" Target="{}"/>'.format(number, *pair.split())
        for number, pair in enumerate(pairs, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(lines)}</Relationships>'


def _sheet(code_name: str, rows: Sequence[Sequence[str]]) -> str:
    """A sheet of texts, formatted as text."""
    drawn = []
    for number, row in enumerate(rows, 1):
        cells = (
            f'<c r="{letter}{number}" s="1" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
            for letter, value in zip("AB", row, strict=False)
        )
        drawn.append(f'<row r="{number}">{"".join(cells)}</row>')
    return (
        f'<worksheet xmlns="{MAIN}"><sheetPr codeName="{code_name}"/>'
        f'<cols><col min="1" max="2" width="20" customWidth="1"/></cols>'
        f"<sheetData>{''.join(drawn)}</sheetData></worksheet>"
    )


def pins() -> str:
    """The SHA-256 of what is built, in the form that ``sha256sum --check`` reads."""
    built = {"qmsbook.xlam": addin(), "qmsbook.oxt": oxt.extension()}
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in built.items())


def main() -> None:
    """Write the add-in to the path given, or to dist/qmsbook.xlam, which Git does not take up."""
    if sys.argv[1:] == ["--pin"]:
        (HERE / "SHA256SUMS").write_bytes(pins().encode())
        return
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "dist/qmsbook.xlam")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(addin())
    print(f"{out}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
