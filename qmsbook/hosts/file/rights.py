"""Who may do what with a file: group, mode, access list and extended attributes, handed on to a new one."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

_ACCESS = "system.posix_acl_access"
#: Modes that a folder has when nobody chose any.
_UNCHOSEN = (0o755, 0o775)


def hand_on(old: Path, new: Path) -> None:
    """Give a file what another has, as far as the person may: owner, group, mode, access list, attributes.

    Where the group cannot be kept, the new one may do no more than everybody.
    """
    if sys.platform == "win32":  # a file keeps its own there, where it is replaced
        return
    known = os.stat(old)
    mode = stat.S_IMODE(known.st_mode)
    if not _same_group(known, new):
        mode = mode & ~0o070 | (mode & 0o007) << 3 & mode
    _drop_inherited(old, new)
    with contextlib.suppress(OSError):
        os.chmod(new, mode)
    _hand_on_attributes(old, new)


def _same_group(known: os.stat_result, new: Path) -> bool:
    """Whether a file now belongs to the group of another; its owner is kept too where that is allowed."""
    made = os.stat(new)
    if (made.st_uid, made.st_gid) == (known.st_uid, known.st_gid):
        return True
    if sys.platform != "win32":
        for owner in (known.st_uid, -1):
            with contextlib.suppress(OSError):
                os.chown(new, owner, known.st_gid)
                return True
    return False


def _drop_inherited(old: Path, new: Path) -> None:
    """Take away the access list that a folder gives to a new file, unless the old file had one."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            if _ACCESS in os.listxattr(new) and _ACCESS not in os.listxattr(old):
                os.removexattr(new, _ACCESS)


def _hand_on_attributes(old: Path, new: Path) -> None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            for name in os.listxattr(old):
                with contextlib.suppress(OSError):
                    os.setxattr(new, name, os.getxattr(old, name))
    elif sys.platform == "darwin":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            access_list, attributes = 1, 4
            copy = ctypes.CDLL(None, use_errno=True).copyfile
            copy(os.fsencode(old), os.fsencode(new), None, access_list | attributes)


def like_its_parent(folder: Path, *, fresh: bool) -> None:
    """Give a folder the group and mode of the one it stands in, so that whoever may write there may here.

    One that was made by an earlier release, and has a mode that nobody chose, is mended too.
    """
    if sys.platform == "win32" or os.path.islink(folder):  # what a link leads to was set up by somebody
        return
    with contextlib.suppress(OSError):
        above, known = os.stat(folder.parent), os.stat(folder)
        wanted = stat.S_IMODE(above.st_mode)
        if not fresh and stat.S_IMODE(known.st_mode) not in _UNCHOSEN:
            return
        if known.st_gid != above.st_gid:
            with contextlib.suppress(OSError):  # only who belongs to a group may give it
                os.chown(folder, -1, above.st_gid)
        if stat.S_IMODE(known.st_mode) != wanted:
            os.chmod(folder, wanted)
