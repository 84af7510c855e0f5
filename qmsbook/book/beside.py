"""Files that lie beside a workbook: the settings in qmsbook.toml, and the files that they name.

Whoever sends a workbook may send such a file along. So a name in it leads into the workbook's folder and
nowhere else: to open ``\\\\host\\share\\rules.py`` alone would hand the person's login to that host.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

SETTINGS_FILE = "qmsbook.toml"
#: What it may hold.
PARTS = ("mail", "rules")
#: A settings file, a certificate or a file of rules is never longer. Bytes.
_MOST = 4 << 20
#: As many links may lead from one to the next.
_LINKS = 16
_MOUNT_POINT, _SYMLINK = 0xA0000003, 0xA000000C  # what Windows says of a folder or file that leads elsewhere


class NotBeside(Exception):
    """A file that is not, or may not be, beside the workbook; the text is a sentence about it."""


def read_beside(folder: Path, name: str) -> bytes:
    """The content of a file in a folder, by the name that a settings file gives. Raises NotBeside."""
    path = path_beside(folder, name)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError as problem:
        raise NotBeside(f"{name} cannot be read ({problem.strerror}).") from None
    if len(content) > _MOST:
        raise NotBeside(f"{name} is larger than {_MOST >> 20} megabytes.")
    return content


def path_beside(folder: Path, name: str) -> Path:
    """Where a file lies that is in the folder, also by links that stay in it; nothing else is looked at.

    Raises NotBeside for a name that leads out of the folder, and where no plain file is.
    """
    parts, followed = _parts(name, name), 0
    done: list[str] = []
    while parts:
        here = folder.joinpath(*done, parts[0])
        try:
            found = here.lstat()
        except (OSError, ValueError):
            raise NotBeside(f"There is no file {name} beside the workbook.") from None
        if _is_link(found):
            followed += 1
            if followed > _LINKS:
                raise NotBeside(f"The links of {name} lead in a circle.")
            parts, done = _target(here, done, name) + parts[1:], []
        else:
            done.append(parts.pop(0))
            if bool(parts) != stat.S_ISDIR(found.st_mode) or (not parts and not stat.S_ISREG(found.st_mode)):
                raise NotBeside(f"There is no file {name} beside the workbook.")
    return folder.joinpath(*done)


def is_beside(folder: Path, name: str) -> bool:
    """Whether a plain file of that name is in the folder."""
    try:
        path_beside(folder, name)
    except NotBeside:
        return False
    return True


def _parts(text: str, name: str) -> list[str]:
    """The parts of a path that stays where it begins, whichever system reads it. Raises NotBeside."""
    windows = PureWindowsPath(text)
    parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".")]
    if (
        not parts or not text.isprintable() or windows.anchor or PurePosixPath(text).is_absolute()
        or ":" in text or ".." in parts
    ):  # fmt: skip
        shown = "".join(c if c.isprintable() else "?" for c in name)
        raise NotBeside(f"{shown} does not lie in the workbook's folder; put the file there.")
    return parts


def _is_link(found: os.stat_result) -> bool:
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) in (_MOUNT_POINT, _SYMLINK)


def _target(link: Path, before: list[str], name: str) -> list[str]:
    """Where a link leads, from the folder on. Raises NotBeside if that is out of it."""
    try:
        text = os.readlink(link)
    except OSError:
        raise NotBeside(f"There is no file {name} beside the workbook.") from None
    steps = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".")]
    found = list(before)
    while ".." in steps[:1] and found:
        found.pop()
        steps.pop(0)
    if PureWindowsPath(text).anchor or not steps:
        raise NotBeside(f"{name} is a link out of the workbook's folder; put the file itself there.")
    try:
        return found + _parts("/".join(steps), name)
    except NotBeside:
        raise NotBeside(
            f"{name} is a link out of the workbook's folder; put the file itself there."
        ) from None


def settings_in(folder: Path) -> dict[str, Any] | None:
    """What a folder's qmsbook.toml says; None if there is none. Raises NotBeside, for a strange part too."""
    if not os.path.lexists(folder / SETTINGS_FILE):
        return None
    import tomllib  # here, because few workbooks have such a file

    try:
        found = tomllib.loads(read_beside(folder, SETTINGS_FILE).decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotBeside(f"{problem}.") from None
    for name in found:
        if name not in PARTS:
            parts = " and ".join(f"[{part}]" for part in PARTS)
            raise NotBeside(f"{name} is no part of it; it has {parts}.")
    return found
