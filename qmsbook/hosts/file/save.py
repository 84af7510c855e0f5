"""Puts a new workbook file in the place of the old one, whole or not at all, and keeps the old one."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from qmsbook.hosts.file.left_over import how_to_tell
from qmsbook.hosts.host import ChangedSinceRead, NothingToUndo, NotSaved, WorkbookLocked, WorkbookReadOnly

#: The folder beside a workbook that holds its old copies, and how many of each workbook stay.
BACKUPS = "qmsbook-backups"
KEPT = 20

_BUSY_ON_WINDOWS = (5, 32, 33)
_TRIES, _PAUSE = 25, 0.1


def digest(data: bytes) -> str:
    """The mark of a file's content."""
    return hashlib.sha256(data).hexdigest()


def who_has_it_open(path: Path) -> str | None:
    """The name in the file that Excel or LibreOffice puts beside an open workbook; None if there is none.

    The owner file holds a length and the name in the system's code page, and from byte 55 both in UTF-16.
    """
    owner = path.with_name(f"~${path.name}")
    if owner.exists():
        with _quiet():
            return _excel_owner(owner.read_bytes())
        return "somebody"
    office = path.with_name(f".~lock.{path.name}#")
    if office.exists():
        with _quiet():
            fields = office.read_text("utf-8", "replace").split(",")
            return next((field for field in fields[:2] if field.strip()), "somebody")
        return "somebody"
    return None


def _excel_owner(data: bytes) -> str:
    if len(data) > 57:
        length = int.from_bytes(data[55:57], "little")
        name = data[57 : 57 + 2 * length].decode("utf-16-le", "replace").strip("\0 ")
        if name:
            return name
    short = data[1 : 1 + data[0]].decode("latin-1").strip("\0 ") if data else ""
    return short or "somebody"


@contextmanager
def _quiet() -> Iterator[None]:
    try:
        yield
    except OSError:
        return


def check_writable(path: Path, folder: Path | None = None) -> None:
    """Raises WorkbookLocked or WorkbookReadOnly if a workbook cannot be replaced now."""
    owner = who_has_it_open(path)
    if owner is not None:
        who = (
            f"{path.name} is open on {owner}'s side."
            if owner == "somebody"
            else f"{owner} has {path.name} open."
        )
        raise WorkbookLocked(f"{who} {how_to_tell(path)}".strip())
    for place in (path, folder or path.parent):
        if place.exists() and not _can_write(place):
            raise WorkbookReadOnly(f"{place.name or place} is read-only.")


def _can_write(place: Path) -> bool:
    # The mode is asked as well: for an administrator os.access says yes to everything.
    return bool(place.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)) and os.access(
        place, os.W_OK
    )


def save(path: Path, content: bytes, before: bytes | None) -> str | None:
    """Replaces a file's content; ``before`` is what it held, kept as a dated copy. Says where the copy is.

    Raises ChangedSinceRead if the file holds something else by now, and NotSaved, WorkbookLocked or
    WorkbookReadOnly if it cannot be replaced.
    """
    check_writable(path)
    try:
        return _save(path, content, before)
    except PermissionError as error:
        raise WorkbookReadOnly(str(error.strerror or "")) from error
    except OSError as error:
        raise NotSaved(_reason(error)) from error


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "The disk is full."
    return f"{error.strerror or error}."


def _save(path: Path, content: bytes, before: bytes | None) -> str | None:
    backup: Path | None = None
    temporary = _written(path.parent, f".{path.name}.", content)
    try:
        if before is not None:
            _same_mode(path, temporary)
            backup = _back_up(path, before)
            _note(path, backup, digest(before), digest(content))
            if digest(path.read_bytes()) != digest(before):
                raise ChangedSinceRead
        elif path.exists():
            raise ChangedSinceRead
        _replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        if backup is not None:
            backup.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    if backup is not None:
        _prune(path, backup)
    return str(backup) if backup else None


def _written(folder: Path, prefix: str, content: bytes) -> Path:
    """A new file in a folder, on the disk and not only on its way there."""
    number, name = tempfile.mkstemp(suffix=".tmp", prefix=prefix, dir=folder)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _same_mode(old: Path, new: Path) -> None:
    with _quiet():
        new.chmod(stat.S_IMODE(old.stat().st_mode))


def _replace(temporary: Path, path: Path) -> None:
    """Moves the new file into place; on Windows a virus scanner may hold the old one for a moment."""
    for attempt in range(_TRIES):
        try:
            os.replace(temporary, path)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _BUSY_ON_WINDOWS:
                raise
            if attempt == _TRIES - 1:
                beside = path.with_name(f"{path.stem} (not yet saved){path.suffix}")
                os.replace(temporary, beside)
                raise WorkbookLocked(f"The new workbook stands beside it as {beside.name}.") from error
            time.sleep(_PAUSE)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    with _quiet():
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _stamp() -> str:
    return datetime.now().strftime("%Y-%m-%d %H.%M.%S.%f")[:-3]


def _back_up(path: Path, before: bytes) -> Path:
    folder = path.parent / BACKUPS
    folder.mkdir(exist_ok=True)
    temporary = _written(folder, f".{path.name}.", before)
    try:
        _same_mode(path, temporary)
        while (target := folder / f"{path.stem} {_stamp()}{path.suffix}").exists():
            time.sleep(0.001)
        os.replace(temporary, target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return target


def _notes(path: Path) -> Path:
    return path.parent / BACKUPS / f"{path.name}.undo.json"


def _steps(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(_notes(path).read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return [step for step in found if isinstance(step, dict)] if isinstance(found, list) else []


def _keep_steps(path: Path, steps: list[dict[str, Any]]) -> None:
    content = json.dumps(steps[-KEPT:], indent=1, ensure_ascii=False).encode()
    temporary = _written(path.parent / BACKUPS, f".{path.name}.", content)
    try:
        os.replace(temporary, _notes(path))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _note(path: Path, backup: Path, before: str, after: str) -> None:
    _keep_steps(path, [*_steps(path), {"backup": backup.name, "before": before, "after": after}])


def _prune(path: Path, newest: Path) -> None:
    """Drops all but the newest copies of a workbook; their names sort by age, but for an hour in autumn."""
    known = len(path.stem)
    with _quiet():
        copies = sorted(
            found
            for found in (path.parent / BACKUPS).glob("*" + path.suffix)
            if found.name.startswith(path.stem + " ")
            and _is_stamp(found.stem[known + 1 :])
            and found != newest
        )
        for old in copies[: 1 - KEPT]:
            old.unlink()


def _is_stamp(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%d %H.%M.%S.%f")
    except ValueError:
        return False
    return True


def undo(path: Path) -> str:
    """Puts the copy back that was made before qmsbook last wrote; says so in a sentence.

    Raises NothingToUndo unless the file is still exactly what qmsbook wrote.
    """
    check_writable(path)
    try:
        now = path.read_bytes()
    except FileNotFoundError:
        raise NothingToUndo(f"{path.name} is not there.") from None
    steps = _steps(path)
    step = next((step for step in reversed(steps) if step.get("after") == digest(now)), None)
    if step is None:
        raise NothingToUndo
    copy = path.parent / BACKUPS / Path(str(step.get("backup"))).name
    if not copy.is_file() or digest(before := copy.read_bytes()) != step.get("before"):
        raise NothingToUndo(f"The copy {copy.name} is gone or was changed.")
    _put_back(path, before, now)
    with _quiet():
        _keep_steps(path, [each for each in steps if each is not step])
        copy.unlink()
    return f"{path.name} is again as it was before the last change."


def _put_back(path: Path, before: bytes, now: bytes) -> None:
    try:
        temporary = _written(path.parent, f".{path.name}.", before)
        try:
            _same_mode(path, temporary)
            if digest(path.read_bytes()) != digest(now):
                raise ChangedSinceRead
            _replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise NotSaved(_reason(error)) from error
    _sync_folder(path.parent)
