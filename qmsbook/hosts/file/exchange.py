"""Moves a file to a name so that what stood there comes out whole: nothing is ever written over unseen."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

#: What systems and file systems say that cannot exchange two files.
_CANNOT = frozenset(
    getattr(errno, name)
    for name in ("EINVAL", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "ENOTTY", "EXDEV")
    if hasattr(errno, name)
)
_AT_HERE = -100
_NO_REPLACE, _EXCHANGE = 1, 2  # Linux
_SWAP, _EXCLUSIVE = 2, 4  # macOS
#: Windows: the old file is aside, the new one not in its place; no such call here; another program has it.
_HALF_DONE, _UNKNOWN, _BUSY = 1177, (1, 50, 120), (5, 32, 33, 1175, 1176, 1177)
#: Windows: rights and streams that cannot be handed on are no reason to stop.
_LENIENT = 2 | 4
_TRIES, _PAUSE = 25, 0.1
#: What a file's name ends with between the two steps that Windows takes.
ASIDE = ".old"

_T = TypeVar("_T")


def exchange(one: Path, other: Path) -> bool:
    """Exchange two files of one folder at once; False, with nothing done, where that cannot be done."""
    if sys.platform == "win32":
        return _replaced(one, other)
    return _renamed(one, other, _EXCHANGE if sys.platform == "linux" else _SWAP)


def move_to_free(new: Path, path: Path) -> None:
    """Move a file to a name under which nothing stands. Raises FileExistsError if something does."""
    if sys.platform == "win32":
        os.rename(new, path)
        return
    if _renamed(new, path, _NO_REPLACE if sys.platform == "linux" else _EXCLUSIVE):
        return
    try:
        os.link(new, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: here alone a moment stays in which one may appear
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.replace(new, path)
    else:
        os.unlink(new)


def _renamed(one: Path, other: Path, flags: int) -> bool:
    call = _rename()
    if call is None:
        return False
    number = call(os.fsencode(one), os.fsencode(other), flags)
    if number == 0:
        return True
    if number in _CANNOT:
        return False
    raise OSError(number, os.strerror(number), str(other))


@cache
def _rename() -> Callable[[bytes, bytes, int], int] | None:
    """The system's renaming with flags; it gives 0 or an error's number. None where there is none."""
    try:
        import ctypes

        library = ctypes.CDLL(None, use_errno=True)
        call: Any = library.renameat2 if sys.platform == "linux" else library.renamex_np
    except (ImportError, OSError, AttributeError, TypeError):
        return None
    if sys.platform == "linux":
        call.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
        return lambda one, other, flags: (
            ctypes.get_errno() if call(_AT_HERE, one, _AT_HERE, other, flags) else 0
        )
    call.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint]
    return lambda one, other, flags: ctypes.get_errno() if call(one, other, flags) else 0


def _replaced(new: Path, path: Path) -> bool:
    """Windows: the file takes the place, the rights and the streams of the other, which gets its name."""
    if sys.platform == "win32":
        import ctypes

        aside = new.with_name(new.name + ASIDE)
        call = ctypes.WinDLL("kernel32", use_last_error=True).ReplaceFileW
        call.argtypes = [*[ctypes.c_wchar_p] * 3, ctypes.c_uint32, *[ctypes.c_void_p] * 2]

        def replace() -> bool:
            if call(str(path), str(new), str(aside), _LENIENT, None, None):
                return True
            number = ctypes.get_last_error()
            if number == _HALF_DONE:
                os.rename(aside, path)
            if number in _UNKNOWN:
                return False
            raise ctypes.WinError(number)

        if not patiently(replace):
            return False
        patiently(lambda: os.rename(aside, new))
        return True
    return False


def patiently(action: Callable[[], _T]) -> _T:
    """Do something with files; on Windows a virus scanner may hold one for a moment, so it is tried again."""
    for left in reversed(range(_TRIES)):
        try:
            return action()
        except OSError as error:
            if not left or not is_held(error):
                raise
        time.sleep(_PAUSE)
    raise AssertionError("the last try returns or raises")


def is_held(error: OSError) -> bool:
    """Whether another program has the file open, and Windows therefore refuses to move it."""
    return getattr(error, "winerror", None) in _BUSY
