"""New files: whole and on the disk before they get their name; what killed runs left behind is taken away."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from pathlib import Path

from qmsbook.hosts.file.exchange import ASIDE, move_to_free
from qmsbook.hosts.file.place import shortened
from qmsbook.hosts.file.rights import hand_on

#: Room for what a temporary file's name has before and behind the workbook's. Bytes.
_ROOM = 24
#: A name that is taken is bad luck once; more often it is a system that refuses in this way.
_TRIES = 8
#: Earlier releases held no lock while they wrote, so theirs stay as long as one may run. Seconds.
_OLD = 3600.0
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def written(folder: Path, name: str, content: bytes, like: Path | None = None) -> Path:
    """A temporary file in a folder, on the disk and not only on its way there, with the rights of another.

    ``name`` is the workbook that it is made for. Without ``like`` it gets the rights of any new file.
    """
    path, handle = _opened(folder, name, 0o666 if like is None else 0o600)
    try:
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(handle, rest) :]
            if like is not None:
                hand_on(like, path)
            os.fsync(handle)
        finally:
            os.close(handle)
    except BaseException:
        remove(path)
        raise
    return path


def _opened(folder: Path, name: str, mode: int) -> tuple[Path, int]:
    for left in reversed(range(_TRIES)):
        path = folder / f".{shortened(name, _ROOM)}.{secrets.token_hex(6)}.tmp"
        try:
            return path, os.open(path, _FLAGS, mode)
        except FileExistsError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def new_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all. Raises FileExistsError, and other OSErrors."""
    temporary = written(path.parent, path.name, content)
    try:
        move_to_free(temporary, path)
    except BaseException:
        remove(temporary)
        raise
    sync_folder(path.parent)


def remove(path: Path) -> None:
    """Take a file away if that can be done; what stays is swept up at the next run."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def sweep(folder: Path, name: str, held: bool) -> None:
    """Take away what runs that were killed left of a workbook; ``held``: nobody else writes it now."""
    head = f".{shortened(name, _ROOM)}."
    ours = re.compile(r"[0-9a-f]{12}\.tmp(?:" + re.escape(ASIDE) + r")?\Z|(?P<earlier>[a-z0-9_]{8})\.tmp\Z")
    with contextlib.suppress(OSError):
        for each in os.listdir(folder):
            found = ours.match(each, len(head)) if each.startswith(head) else None
            if found and ((held and not found["earlier"]) or _is_old(folder / each)):
                remove(folder / each)


def _is_old(path: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - path.stat().st_mtime > _OLD
    return False


def sync_folder(folder: Path) -> None:
    """Have the folder's own entries on the disk, where the system knows such a thing."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
