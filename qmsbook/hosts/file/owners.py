"""Who has a workbook open: what the files say that Excel and LibreOffice put beside it."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from qmsbook.book.words import one_line
from qmsbook.hosts.file.place import read

SOMEBODY = "somebody"
#: Neither program writes a longer one. Bytes.
_MOST = 1024
_LONGEST_NAME = 40


def who_has_it_open(path: Path) -> tuple[str, str] | None:
    """The name in the file that Excel or LibreOffice puts beside an open workbook, and that file's own name.

    The name is on one line and cut. None if there is no such file.
    """
    for beside, name_in in ((f"~${path.name}", _excel_owner), (f".~lock.{path.name}#", _office_owner)):
        try:
            content = read(path.with_name(beside), _MOST)
        except OSError as error:
            # A name too long for such a file has none; one that cannot be read is there all the same.
            if isinstance(error, FileNotFoundError | NotADirectoryError) or not _stands(path, beside):
                continue
            content = b""
        return _clean(name_in(content)), beside
    return None


def _stands(path: Path, beside: str) -> bool:
    with contextlib.suppress(OSError):
        path.with_name(beside).lstat()
        return True
    return False


def _clean(name: str) -> str:
    seen = one_line(name)
    return (seen if len(seen) <= _LONGEST_NAME else seen[: _LONGEST_NAME - 1].rstrip() + "…") or SOMEBODY


def _excel_owner(data: bytes) -> str:
    """A length and the name in the system's code page, and from byte 55 both in UTF-16."""
    if len(data) > 57:
        length = int.from_bytes(data[55:57], "little")
        name = data[57 : 57 + 2 * length].decode("utf-16-le", "replace").strip("\0 ")
        if name:
            return name
    return data[1 : 1 + data[0]].decode("latin-1").strip("\0 ") if data else ""


def _office_owner(data: bytes) -> str:
    """Fields with commas between: the person's name, the name on the computer; a comma in one is escaped."""
    fields = re.split(r"(?<!\\),", data.decode("utf-8", "replace"))[:2]
    return next((re.sub(r"\\(.)", r"\1", field) for field in fields if field.strip()), "")
