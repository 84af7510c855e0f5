"""Puts a new workbook file in the place of the old one, whole or not at all, and keeps the old one."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qmsbook.book.error import QmsbookError
from qmsbook.hosts.file import copies, place
from qmsbook.hosts.file.exchange import exchange, is_held, move_to_free, patiently
from qmsbook.hosts.file.fresh import new_file, remove, sweep, sync_folder, written
from qmsbook.hosts.file.left_over import how_to_tell
from qmsbook.hosts.file.lock import locked
from qmsbook.hosts.file.owners import SOMEBODY, who_has_it_open
from qmsbook.hosts.file.place import digest
from qmsbook.hosts.host import (
    ChangedSinceRead,
    NothingToUndo,
    NotSaved,
    SavedBeside,
    SeveralNames,
    UnusableName,
    WorkbookLocked,
    WorkbookReadOnly,
)

#: What is wrong with a name, and not with what stands there.
_NAMES = (errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR)
#: What an unsaved workbook is called after its name.
_WAITING = " (not yet saved "
#: What another program saved in the last moment is called after the workbook's name, where it cannot go back.
_CAME_BETWEEN = " (saved meanwhile"


def check_writable(path: Path) -> None:
    """Raises WorkbookLocked, WorkbookReadOnly or SeveralNames if a workbook cannot be replaced now.

    Raises NoFile for what is no file, and OSError for what the system does not let see.
    """
    known = place.found(path)
    _check_open(path)
    if known is not None and known.st_nlink > 1:
        raise SeveralNames(f"{path.name} is one of {known.st_nlink}.")
    for here in (path, path.parent):
        with contextlib.suppress(FileNotFoundError):  # on Windows for a moment, where another qmsbook saves
            if os.path.lexists(here) and not _can_write(here):
                raise WorkbookReadOnly(f"{here.resolve().name or here} is read-only.")


def _check_open(path: Path) -> None:
    owner = who_has_it_open(path)
    if owner is None:
        return
    name, _ = owner
    told = f"{path.name} is open on somebody's side." if name == SOMEBODY else f"{name} has {path.name} open."
    raise WorkbookLocked(f"{told} {how_to_tell(path)}".strip())


def _can_write(here: Path) -> bool:
    # The mode is asked as well: for an administrator os.access says yes to everything. On Windows it knows no
    # more than the mode, and says no of what is not there for a moment, where another qmsbook saves.
    anybody = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
    return bool(os.stat(here).st_mode & anybody) and (os.name == "nt" or os.access(here, os.W_OK))


def there(path: Path) -> bytes | None:
    """What stands where a result is to be written; None if nothing does. Raises UnusableName."""
    with _told(path):
        file = place.real(path)
        return None if place.found(file) is None else place.read(file)


def make(path: Path, content: bytes) -> bool:
    """Writes a file that is not there yet, whole or not at all; False, with nothing done, if one is there.

    Raises UnusableName, WorkbookReadOnly and NotSaved.
    """
    with _told(path):
        file = place.real(path)
        _check_folder(file)
        try:
            new_file(file, content)
        except FileExistsError:
            return False
    return True


def save(path: Path, content: bytes, before: bytes | None) -> str | None:
    """Replaces a file's content; ``before`` is what it held, kept as a dated copy. Says where the copy is.

    A link's target is replaced where it lies. Raises ChangedSinceRead if the file holds something else by
    now; NotSaved, UnusableName, SeveralNames, WorkbookLocked or WorkbookReadOnly if it cannot be replaced.
    """
    with _saving(path) as file, _alone(file):
        backup = _saved(file, content, before)
        _drop_waiting(file)
        sync_folder(file.parent)
    return str(backup) if backup else None


def _saved(file: Path, content: bytes, before: bytes | None) -> Path | None:
    try:
        if before is None:
            with _made(file, content, like=None) as temporary:
                patiently(lambda: move_to_free(temporary, file))
            return None
        was, becomes = digest(before), digest(content)
        _check_same(file, was)  # and again in the last moment, for most of the time goes by in between
        with _made(file, content, like=file) as temporary, copies.kept(file, before, was, becomes) as backup:
            _check_same(file, was)
            take_place(temporary, file, was, becomes)
        return backup
    except (FileExistsError, FileNotFoundError):
        if os.path.lexists(file) == (before is None):  # it came, or went, meanwhile
            raise ChangedSinceRead from None
        raise


@contextmanager
def _saving(path: Path) -> Iterator[Path]:
    """The file to write, checked; whatever the system refuses meanwhile is told in a sentence."""
    with _told(path):
        file = place.real(path)
        check_writable(file)
        if file != path:
            _check_open(path)
        _check_folder(file)
        yield file


def _check_folder(file: Path) -> None:
    if not os.path.isdir(file.parent):
        raise UnusableName(f"There is no folder {file.parent}.")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    name = path.name or str(path)
    try:
        yield
    except OSError as error:
        raise _typed(error, name) from error


def _typed(error: OSError, name: str) -> QmsbookError:
    told = place.reason(error, name)
    if isinstance(error, place.NoFile) or error.errno in _NAMES:
        return UnusableName(told)
    if getattr(error, "winerror", None) in place.HELD:
        return WorkbookLocked(f"It is {name}.")
    if isinstance(error, PermissionError):
        at = Path(str(error.filename or name))
        ours = at.name.endswith((".tmp", ".lock"))  # of these the person knows nothing
        return WorkbookReadOnly(
            f"Nothing can be written in {at.parent.resolve().name or at.parent}."
            if ours
            else f"{at.name} cannot be written."
        )
    return WorkbookReadOnly(told) if error.errno == errno.EROFS else NotSaved(told)


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Nobody else writes the workbook; what runs that were killed left of it is gone."""
    with locked(file) as held:
        sweep(file.parent, file.name, held)
        copies.sweep_copies(file, held)
        yield


@contextmanager
def _made(file: Path, content: bytes, like: Path | None) -> Iterator[Path]:
    """The new file under a name of its own, which is gone at the end, whatever stands under it then."""
    temporary = written(file.parent, file.name, content, like)
    try:
        yield temporary
    finally:
        remove(temporary)


def _check_same(file: Path, was: str) -> None:
    if digest(place.read(file)) != was:
        raise ChangedSinceRead


def take_place(
    temporary: Path, file: Path, was: str, becomes: str, swap: Callable[[Path, Path], bool] = exchange
) -> None:
    """Puts the new file in the place of the old one, which then stands under the new one's first name.

    Raises ChangedSinceRead if another program saved meanwhile: what it saved has the name then.
    Raises WorkbookLocked if another program holds the file: the new one then waits beside it.
    Raises SavedBeside if files can be exchanged no more: what it saved then stands beside the new one.
    """
    try:
        if not swap(temporary, file):
            patiently(lambda: os.replace(temporary, file))
            return
    except OSError as error:
        if not is_held(error):
            raise
        raise WorkbookLocked(_leave_beside(temporary, file, becomes)) from error
    try:
        came = digest(place.read(temporary))
    except BaseException:
        with _kept_beside(temporary, file):
            swap(temporary, file)
        raise
    placed = becomes
    if came == was:
        return
    with _kept_beside(temporary, file):
        while True:  # as often as somebody saved in the moment of an exchange: the newest of theirs stays
            expected, placed = placed, came
            swap(temporary, file)
            came = digest(place.read(temporary))
            if came == expected:
                raise ChangedSinceRead


@contextmanager
def _kept_beside(temporary: Path, file: Path) -> Iterator[None]:
    """What came out of an exchange and cannot go back is no temporary file: it may be somebody's work."""
    try:
        yield
    except OSError as error:
        beside = _free_beside(file)
        move_to_free(temporary, beside)
        raise SavedBeside(f"It is {beside.name}. ({place.reason(error, file.name)})") from error


def _free_beside(file: Path) -> Path:
    for number in range(1, 1_000):
        beside = _beside(file, f"{_CAME_BETWEEN}{f' {number}' if number > 1 else ''})")
        if not os.path.lexists(beside):
            break
    return beside


def _beside(file: Path, said: str) -> Path:
    """The file's name with some words at its end; cut before them if it would be too long."""
    end = said + file.suffix
    return file.with_name(place.shortened(file.stem, len(end.encode())) + end)


def _leave_beside(temporary: Path, file: Path, becomes: str) -> str:
    """The new workbook under a name that says what it is, by which the next save knows it again."""
    beside = _beside(file, f"{_WAITING}{becomes[:8]})")
    os.replace(temporary, beside)
    return f"The new workbook stands beside it as {beside.name}, until the next time."


def _drop_waiting(file: Path) -> None:
    """Takes away what could not be saved earlier, unless somebody has worked on it since."""
    with contextlib.suppress(OSError):
        for each in os.listdir(file.parent):
            if _WAITING in each and each.endswith(f"){file.suffix}"):
                mark = each[: -len(file.suffix) - 1].rpartition(_WAITING)[2]
                waiting = file.with_name(each)
                ours = waiting == _beside(file, f"{_WAITING}{mark})")
                if ours and digest(place.read(waiting))[:8] == mark:
                    remove(waiting)


def undo(path: Path) -> str:
    """Puts the copy back that was made before qmsbook last wrote; says so in a sentence.

    Raises NothingToUndo unless the file is still exactly what qmsbook wrote, and what `save` raises.
    """
    place.read_workbook(path)  # what is no workbook to begin with is told as whoever reads it does
    with _saving(path) as file, _alone(file):
        now = digest(place.read(file))
        step = next((step for step in reversed(copies.steps(file)) if step.get("after") == now), None)
        if step is None:
            raise NothingToUndo
        before = _copy(file, step)
        was = digest(before)
        with _made(file, before, like=file) as temporary:
            _check_same(file, now)
            take_place(temporary, file, now, was)
        copies.forget(file, step)
        sync_folder(file.parent)
    return f"{path.name} is again as it was before the last change."


def _copy(file: Path, step: copies.Step) -> bytes:
    copy = copies.copy_of(file, step)
    try:
        before = place.read(copy)
    except OSError:
        before = b""
    if digest(before) != step.get("before"):
        raise NothingToUndo(f"The copy {copy.name} is gone or was changed.")
    return before
