"""A lock file beside a workbook: since when it stands there, and how to tell that it was left over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from qmsbook.hosts.file.place import read

#: Neither program writes a longer one. Bytes.
_MOST = 1024


def lock_files(path: Path) -> tuple[Path, Path]:
    """The files that Excel and LibreOffice put beside an open workbook, there or not."""
    return path.with_name(f"~${path.name}"), path.with_name(f".~lock.{path.name}#")


def how_to_tell(path: Path) -> str:
    """Where a workbook's lock file comes from, and what to do if it was left over; blank where there is none.

    Excel and LibreOffice take theirs away when they close the workbook, but not when they crash.
    """
    lock = next((each for each in lock_files(path) if each.exists()), None)
    if lock is None:
        return ""
    try:
        since = datetime.fromtimestamp(lock.stat().st_mtime).strftime(" since %Y-%m-%d %H:%M")
    except OSError:
        since = ""
    return (
        f"That says {lock.name}, which stands beside it{since}{_computer(lock)}. If the workbook is open "
        "nowhere, a program that crashed has left this file over: delete it and try again."
    )


def _computer(lock: Path) -> str:
    """The computer that LibreOffice notes in its lock file, in words; Excel notes none."""
    if lock.name.startswith("~$"):
        return ""
    try:
        fields = read(lock, _MOST).decode("utf-8", "replace").split(",")
    except OSError:
        return ""
    name = "".join(c for c in fields[2] if c.isalnum() or c in "-._")[:60] if len(fields) > 2 else ""
    return f", written on the computer {name}" if name else ""
