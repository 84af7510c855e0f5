"""Reads an open workbook whole: Excel saves a copy of it, and the file reader reads that.

One call, whatever the number of rows and sheets; and it shows what `range.value` does not: errors, formats of
mixed ranges, comments, text boxes, drop-downs. The person's own file, its name and its dirty mark stay.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from qmsbook.hosts.excel.raw import on_mac, save_copy
from qmsbook.hosts.file.reader import Loaded, load
from qmsbook.hosts.host import CopyEncrypted, CopyNotSaved, WorkbookEncrypted

#: AppleScript has no word for saving a copy; VBA has, so on a Mac the add-in does it.
MAC_MACRO = "'qmsbook.xlam'!QmsbookSaveCopy"
#: What it answers if all went well; a blank answer may get lost on its way through AppleScript.
SAVED = "saved"
_MAC_FOLDER = "Library/Containers/com.microsoft.Excel/Data"


class Folder:
    """A folder for a moment, where Excel may open and save files without asking."""

    def __enter__(self) -> Path:
        inside = Path.home() / _MAC_FOLDER
        place = str(inside) if on_mac() and inside.is_dir() else None
        self._folder = tempfile.TemporaryDirectory(prefix="qmsbook-", dir=place, ignore_cleanup_errors=True)
        return Path(self._folder.name)

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def saved_copy(book: Any) -> bytes:
    """The bytes of the workbook as it stands in Excel now. Raises CopyNotSaved."""
    with Folder() as folder:
        path = folder / "copy.xlsx"
        if on_mac():
            reason = book.app.macro(MAC_MACRO)(book.name, str(path))
            # Add-ins of earlier releases answer with a blank.
            if isinstance(reason, str) and reason not in ("", SAVED):
                raise CopyNotSaved(f"({reason})")
        else:
            save_copy(book, str(path))
        try:
            return path.read_bytes()
        except OSError as problem:
            raise CopyNotSaved(f"({problem.strerror})") from None


def loaded_copy(book: Any) -> tuple[bytes, Loaded]:
    """The saved copy's bytes and what they hold. The state is blank: two copies never have the same bytes.

    Raises CopyEncrypted and CopyNotSaved.
    """
    content = saved_copy(book)
    try:
        return content, load(content)
    except WorkbookEncrypted:  # the person sees the workbook open: it is the copy that cannot be read
        raise CopyEncrypted from None
