"""One program at a time writes a workbook and its notes; the lock goes when that program is killed."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qmsbook.hosts.file.place import shortened
from qmsbook.hosts.host import WorkbookLocked

#: How long another qmsbook may take to write. Seconds.
PATIENCE = 30.0
_PAUSE = 0.01
_BUSY = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
#: Windows: nobody else has a lock on it meanwhile; the answer is given without waiting.
_EXCLUSIVE, _AT_ONCE = 2, 1
_TRIES = 10


@contextmanager
def locked(path: Path, patience: float = PATIENCE) -> Iterator[bool]:
    """Held by one program at a time; False where the file system knows no locks. Raises WorkbookLocked.

    The lock's file stands beside the workbook and goes with the lock.
    """
    place = path.with_name(f".{shortened(path.name, 20)}.lock")
    end = time.monotonic() + patience
    while True:
        handle = _opened(place)
        try:
            held = _held(handle, end, path.name)
        except BaseException:
            os.close(handle)
            raise
        try:
            if _stands(handle, place):
                break
        except BaseException:
            _let_go(handle, place)
            raise
        os.close(handle)  # whoever held it took it away meanwhile
    try:
        yield held
    finally:
        _let_go(handle, place)


def _opened(place: Path) -> int:
    """The lock's file, which everybody may lock: it holds nothing."""
    for left in reversed(range(_TRIES)):
        try:
            return _made_or_found(place)
        except PermissionError:
            # Windows says so, too, in the moment in which whoever held the lock takes the file away.
            if not left or os.name != "nt":
                raise
        time.sleep(_PAUSE)
    raise AssertionError("the last try returns or raises")


def _made_or_found(place: Path) -> int:
    # Not to wait for the other end, should somebody have put a pipe there.
    flags = (
        os.O_RDWR | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    )
    while True:
        try:
            handle = os.open(place, flags | os.O_CREAT | os.O_EXCL, 0o666)
        except FileExistsError:
            with contextlib.suppress(FileNotFoundError):
                return _of_another(place, flags)
        else:
            if hasattr(os, "fchmod"):
                with contextlib.suppress(OSError):
                    os.fchmod(handle, 0o666)
            return handle


def _of_another(place: Path, flags: int) -> int:
    try:
        return os.open(place, flags)
    except PermissionError:
        return os.open(place, flags & ~os.O_RDWR | os.O_RDONLY)


def _held(handle: int, end: float, name: str) -> bool:
    while True:
        try:
            lock(handle)
            return True
        except (OSError, ImportError) as error:
            if getattr(error, "errno", None) not in _BUSY:
                return False
        if time.monotonic() > end:
            raise WorkbookLocked(f"Another qmsbook is writing {name}.")
        time.sleep(_PAUSE)


def _stands(handle: int, place: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), os.stat(place))
    except FileNotFoundError:
        return False


def _let_go(handle: int, place: Path) -> None:
    if os.name == "nt":  # what is open cannot be removed there; somebody else's neither
        with contextlib.suppress(OSError):
            os.close(handle)
        with contextlib.suppress(OSError):
            place.unlink()
    else:
        with contextlib.suppress(OSError):
            place.unlink()
        with contextlib.suppress(OSError):
            os.close(handle)


def lock(handle: int) -> None:
    """Lock an open file for this program alone. Raises OSError if another has it."""
    if sys.platform == "win32":
        _lock_on_windows(handle)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock_on_windows(handle: int) -> None:
    # Not `msvcrt.locking`: under Wine it fails without saying why, and a lock that another program holds
    # could not be told from a file system that knows no locks.
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        call = ctypes.WinDLL("kernel32", use_last_error=True).LockFileEx
        call.argtypes = [ctypes.c_void_p, *[ctypes.c_uint32] * 4, ctypes.c_void_p]
        from_the_start = ctypes.create_string_buffer(32)  # an OVERLAPPED of zeros
        if not call(msvcrt.get_osfhandle(handle), _EXCLUSIVE | _AT_ONCE, 0, 1, 0, from_the_start):
            raise ctypes.WinError(ctypes.get_last_error())
