"""Reads an open workbook whole: Excel saves a copy of it, and the file reader reads that.

One call, whatever the number of rows and sheets; and it shows what `range.value` does not: errors, formats of
mixed ranges, comments, text boxes, drop-downs. The person's own file, its name and its dirty mark stay.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from qmsbook.hosts.file.reader import Loaded, load
from qmsbook.hosts.host import CopyNotSaved

#: AppleScript has no word for saving a copy; VBA has, so on a Mac the add-in does it.
MAC_MACRO = "'qmsbook.xlam'!QmsbookSaveCopy"
_MAC_FOLDER = "Library/Containers/com.microsoft.Excel/Data"


class Folder:
    """A folder for a moment, where Excel may open and save files without asking."""

    def __enter__(self) -> Path:
        inside = Path.home() / _MAC_FOLDER
        place = str(inside) if sys.platform == "darwin" and inside.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(prefix="qmsbook-", dir=place, ignore_cleanup_errors=True)
        return Path(self._folder.name)

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def saved_copy(book: Any) -> bytes:
    """The bytes of the workbook as it stands in Excel now. Raises CopyNotSaved."""
    with Folder() as folder:
        path = folder / "copy.xlsx"
        if sys.platform == "darwin":
            reason = book.app.macro(MAC_MACRO)(book.name, str(path))
            if reason:
                raise CopyNotSaved(f"({reason})")
        else:
            book.api.SaveCopyAs(str(path))
        try:
            return path.read_bytes()
        except OSError as problem:
            raise CopyNotSaved(f"({problem.strerror})") from None


def loaded_copy(book: Any) -> tuple[bytes, Loaded]:
    """The saved copy's bytes and what they hold. The state is blank: two copies never have the same bytes."""
    content = saved_copy(book)
    return content, load(content)
