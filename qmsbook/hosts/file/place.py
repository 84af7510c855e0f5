"""What stands under a file's name: links followed to their end, a content read whole, what hinders that."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from qmsbook.book.error import QmsbookError
from qmsbook.book.near import did_you_mean
from qmsbook.hosts.host import (
    FileFailed,
    WorkbookLocked,
    WorkbookMissing,
    WorkbookReadOnly,
    WorkbookUnreadable,
)

#: No workbook is larger; a longer file is a disk image, a log or a trap. Bytes.
MOST = 1 << 30
#: The longest name that file systems take. Bytes.
LONGEST = 255
#: What Windows says of a file that another program holds.
HELD = (32, 33)
#: How Windows is asked for a file: to read, whatever others do with it meanwhile, if it is there.
_TO_READ, _WITH_ALL, _THAT_EXISTS = 0x80000000, 7, 3
_TRIES, _PAUSE = 12, 0.02

#: A workbook's name, and none that Excel leaves while it is open.
_WORKBOOK = re.compile(r"(?!~\$).*\.xls[xm]", re.IGNORECASE | re.DOTALL)
_LINKS = 40
_PIECE = 1 << 16  # Windows touches the whole of the room that it is given, however little there is to read
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_Made = TypeVar("_Made")
_KINDS = {
    stat.S_IFDIR: "is a folder",
    stat.S_IFIFO: "is a pipe, not a file",
    stat.S_IFSOCK: "is a socket, not a file",
    stat.S_IFCHR: "is a device, not a file",
    stat.S_IFBLK: "is a device, not a file",
}
_DEVICES = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{name}{digit}" for name in ("COM", "LPT") for digit in "0123456789¹²³"
}


class NoFile(OSError):
    """What has a name but is no file that holds something: a folder, a pipe, a device."""


def real(path: Path) -> Path:
    """The file that a name leads to, links followed; it need not exist. Raises OSError for a circle."""
    if os.name == "nt" and (said := kept_by_windows(path.name)):
        raise NoFile(errno.EINVAL, said)
    for _ in range(_LINKS):
        if not os.path.islink(path):
            return path
        path = path.parent / os.readlink(path)
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def kept_by_windows(name: str) -> str:
    """Why Windows gives a name to no file, or nothing if it does.

    >>> kept_by_windows("nul.xlsx"), kept_by_windows("a:b.xlsx"), kept_by_windows("Plan.xlsx")
    ('is a name that Windows keeps for a device', 'holds a sign that Windows takes in no name', '')
    """
    if any(letter in '<>:"|?*' or letter < " " for letter in name):
        return "holds a sign that Windows takes in no name"
    if name.partition(".")[0].rstrip(" ").upper() in _DEVICES:
        return "is a name that Windows keeps for a device"
    return "ends in a way that Windows takes off" if name.endswith((" ", ".")) else ""


def found(path: Path) -> os.stat_result | None:
    """What the system knows of a file; None where nothing stands. Raises NoFile, and other OSErrors."""
    try:
        known = os.stat(path)
    except FileNotFoundError:
        return None
    _is_file(known)
    return known


def _is_file(known: os.stat_result) -> None:
    if not stat.S_ISREG(known.st_mode):
        said = _KINDS.get(stat.S_IFMT(known.st_mode), "is not a file")
        raise NoFile(errno.EISDIR if stat.S_ISDIR(known.st_mode) else errno.EINVAL, said)


def read(path: Path, most: int | None = None) -> bytes:
    """A file's content, or its first ``most`` bytes. Raises OSError; never waits for a pipe or a device."""
    _is_file(os.stat(path))
    handle = _opened(path)
    try:
        known = os.fstat(handle)
        _is_file(known)
        if most is None and known.st_size > MOST:
            raise NoFile(errno.EFBIG, f"is larger than any workbook ({known.st_size:,} bytes)")
        return _read(handle, known.st_size + 1 if most is None else most, most)
    finally:
        os.close(handle)


def _opened(path: Path) -> int:
    try:
        return os.open(path, _OPEN)
    except PermissionError:
        if sys.platform == "win32":
            return _opened_beside_others(path)
        raise


if sys.platform == "win32":

    def _opened_beside_others(path: Path) -> int:
        """A file that another program is about to replace or to delete, which `os.open` does not share.

        Where nobody may read it, the error says why; that of `os.open` does not.
        """
        import ctypes
        import msvcrt

        library = ctypes.WinDLL("kernel32", use_last_error=True)
        call = library.CreateFileW
        call.restype = ctypes.c_void_p
        call.argtypes = [ctypes.c_wchar_p, *[ctypes.c_uint32] * 2, ctypes.c_void_p, *[ctypes.c_uint32] * 2,
                         ctypes.c_void_p]  # fmt: skip
        handle = call(str(path), _TO_READ, _WITH_ALL, None, _THAT_EXISTS, 0, None)
        if handle is None or handle == ctypes.c_void_p(-1).value:
            raise ctypes.WinError(ctypes.get_last_error(), str(path))
        return msvcrt.open_osfhandle(handle, _OPEN)


def _read(handle: int, first: int, most: int | None) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while most is None or size < most:
        piece = os.read(handle, min(first if not pieces else _PIECE, MOST))
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
        if size > MOST:
            raise NoFile(errno.EFBIG, "is larger than any workbook")
    return b"".join(pieces) if most is None else b"".join(pieces)[:most]


def digest(data: bytes) -> str:
    """The mark of a file's content."""
    return hashlib.sha256(data).hexdigest()


def read_workbook(path: Path) -> bytes:
    """A workbook's content. Raises WorkbookUnreadable, WorkbookReadOnly or WorkbookLocked."""
    try:
        return _when_there(read, real(path))
    except OSError as error:
        raise unreadable(error, path) from None
    except ValueError:  # a name with a NUL in it
        raise WorkbookUnreadable("Its name holds a sign that no name can hold.") from None


def missing(path: Path) -> WorkbookMissing:
    """What is said of a workbook that is not there: also which one of its folder may be meant."""
    there: list[str] = []
    with contextlib.suppress(OSError):  # the folder is not there either, or not to be looked into
        there = [name for name in os.listdir(path.parent) if _WORKBOOK.fullmatch(name)]
    same = [name for name in there if Path(name).stem in (path.name, path.stem)]
    meant = f"Did you mean {same[0]}?" if same else did_you_mean(path.name, there)
    return WorkbookMissing(f"Looked for: {path}. {meant}".strip())


def check_there(path: Path) -> None:
    """Raises WorkbookMissing if nothing has that name; whatever else hinders, reading it will say."""
    try:
        _when_there(os.lstat, real(path))
    except (FileNotFoundError, NotADirectoryError):
        raise missing(path) from None
    except (OSError, ValueError):
        return


def _when_there(work: Callable[[Path], _Made], path: Path) -> _Made:
    # While a file takes the place of another, there are moments on Windows in which none has the name, and
    # moments in which the one that has it is on its way out and refuses everybody.
    for left in reversed(range(_TRIES if os.name == "nt" else 1)):
        try:
            return work(path)
        except (FileNotFoundError, PermissionError):
            if not left:
                raise
        time.sleep(_PAUSE)
    raise AssertionError("the last try returns or raises")


def unreadable(error: OSError, path: Path) -> QmsbookError:
    """Why a workbook cannot be read, as the person is told it."""
    name = path.name or str(path)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return missing(path)
    if getattr(error, "winerror", None) in HELD:
        return WorkbookLocked(f"It is {name}.")
    if os.path.isdir(path):  # Windows refuses to open one as if rights were missing
        return WorkbookUnreadable(f"{name} is a folder.")
    if isinstance(error, PermissionError):
        return WorkbookReadOnly(f"{name} cannot even be read.")
    return WorkbookUnreadable(reason(error, name))


def reason(error: OSError, name: str) -> str:
    """What hinders, as a sentence.

    >>> reason(OSError(errno.EIO, "Input/output error"), "a.xlsx")
    'a.xlsx: Input/output error.'
    """
    if isinstance(error, NoFile):
        return f"{name} {error.strerror}."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "The disk is full."
    if error.errno == errno.ELOOP:
        return f"{name} is a link that leads in a circle."
    if error.errno == errno.ENAMETOOLONG:
        return "The name is longer than the system allows."
    return f"{name}: {error.strerror or error}."


def failed(error: OSError) -> FileFailed:
    """For what nobody foresaw: which file it was, and what the system said of it."""
    return FileFailed(reason(error, str(error.filename or "It")))


def shortened(name: str, room: int) -> str:
    """A name that leaves ``room`` bytes for what is put before and behind it; still one of a kind if cut.

    >>> shortened("Plan.xlsx", 40)
    'Plan.xlsx'
    """
    encoded = os.fsencode(name)
    if len(encoded) + room <= LONGEST:
        return name
    mark = "~" + hashlib.sha256(encoded).hexdigest()[:8]
    kept = encoded[: LONGEST - room - len(mark)]
    return kept.decode(sys.getfilesystemencoding(), "ignore") + mark
