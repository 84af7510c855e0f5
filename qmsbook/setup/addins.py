"""The add-ins as they were built, and what ``install`` fills in: bytes in, bytes out."""

from __future__ import annotations

import io
import runpy
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from qmsbook.hosts.file.element import Element
from qmsbook.hosts.file.xml import parse

#: The settings that the add-in knows: the full path of pythonw; "run" or "watch"; the folder for requests.
SETTINGS = ("interpreter", "mode", "requests")
#: The hidden sheet that holds them.
PART = "xl/worksheets/sheet2.xml"

#: In a source tree: the script that builds a file, and its function.
_MAKERS = {"qmsbook.xlam": ("build.py", "addin"), "qmsbook.oxt": ("oxt.py", "extension")}


def built(name: str = "qmsbook.xlam") -> bytes:
    """A file of the buttons: ``qmsbook.xlam``, ``qmsbook.applescript`` for macOS, ``qmsbook.oxt``.

    The installed package carries them; in a source tree they are made on the spot. Raises FileNotFoundError.
    """
    here = Path(__file__).parents[1]
    installed, source = here / "addin" / name, here.parent / "addin"
    if installed.exists():
        return installed.read_bytes()
    if name in _MAKERS:
        return _from_source(source, *_MAKERS[name])
    return (source / "mac" / name).read_bytes()


def settings_of(addin: bytes) -> dict[str, str]:
    """What an add-in's hidden sheet says."""
    with zipfile.ZipFile(io.BytesIO(addin)) as package:
        sheet = parse(package.read(PART), PART)
    return {key: value.text for key, value in _cells(sheet).items()}


def with_settings(addin: bytes, settings: Mapping[str, str]) -> bytes:
    """The add-in with these settings on its hidden sheet; every other part stays as it is, byte for byte.

    Raises ValueError for a setting that the add-in does not know, and for a path that no file can have.
    """
    source = zipfile.ZipFile(io.BytesIO(addin))
    sheet = parse(source.read(PART), PART)
    cells = _cells(sheet)
    for key, value in settings.items():
        if key not in cells or key not in SETTINGS:
            raise ValueError(f"the add-in has no setting {key!r}")
        if set(value) & set('"\r\n'):
            raise ValueError(f"not a path: {value!r}")
        cells[key].write(value)
    target = io.BytesIO()
    with source, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for entry in source.infolist():
            package.writestr(entry, sheet.document() if entry.filename == PART else source.read(entry))
    return target.getvalue()


def with_interpreter(script: str, interpreter: str) -> str:
    """The AppleScript for macOS with the path of Python filled in. Raises ValueError if it is already."""
    blank = 'property interpreter : ""'
    if blank not in script:
        raise ValueError("this script has its interpreter already")
    quoted = interpreter.replace("\\", "\\\\").replace('"', '\\"')
    return script.replace(blank, f'property interpreter : "{quoted}"')


def with_interpreter_beside(extension: bytes, interpreter: str) -> bytes:
    """The LibreOffice extension with the path of Python in a file of its own; the rest stays as it is."""
    target = io.BytesIO(extension)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as package:
        entry = zipfile.ZipInfo("interpreter.txt", (1980, 1, 1, 0, 0, 0))
        package.writestr(entry, interpreter.encode("utf-8"))
    return target.getvalue()


def _cells(sheet: Element) -> dict[str, Element]:
    """The cell for each setting's value: the text element in column B, by what stands in column A."""
    cells = {}
    for row in sheet.all("sheetData", "row"):
        texts = list(row.all("c", "is", "t"))
        if len(texts) == 2 and texts[0].text in SETTINGS:
            cells[texts[0].text] = texts[1]
    return cells


def _from_source(folder: Path, script: str, function: str) -> bytes:
    if not (folder / script).exists():
        raise FileNotFoundError(folder / script)
    sys.path.insert(0, str(folder))  # as if the script were started: it imports what lies beside it
    try:
        made: bytes = runpy.run_path(str(folder / script))[function]()
    finally:
        sys.path.remove(str(folder))
    return made
