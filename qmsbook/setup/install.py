"""Puts the buttons where Excel and LibreOffice look for them, and takes them out again."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from qmsbook.book.error import QmsbookError
from qmsbook.setup import extension
from qmsbook.setup.addins import built, settings_of, with_interpreter, with_settings
from qmsbook.setup.places import Places

ADDIN, SCRIPT = "qmsbook.xlam", "qmsbook.applescript"


class StorePython(QmsbookError):
    """This Python is the Microsoft Store's, which hides what it writes from Excel; nothing was installed.
    Install Python from python.org (tick "Add python.exe to PATH"), install qmsbook into that one, and run its
    qmsbook install.
    """


class AddinInUse(QmsbookError):
    """The add-in cannot be replaced or removed while Excel runs. Close every Excel window and try again."""


class NoButtonsHere(QmsbookError):
    """Neither Excel nor LibreOffice is here, so no buttons were installed."""


@dataclass(frozen=True, slots=True)
class Python:
    """The Python that the buttons are to start: its program, and where it was made from."""

    executable: str = sys.executable
    base: str = sys.base_prefix

    @property
    def is_from_store(self) -> bool:
        """Whether it is the Microsoft Store's, which redirects what it writes below AppData."""
        return "windowsapps" in self.base.casefold() or "windowsapps" in self.executable.casefold()

    def without_console(self, platform: str) -> str:
        """The program that opens no black window: pythonw.exe on Windows, where there is one."""
        path = Path(self.executable)
        beside = path.with_name("pythonw.exe")
        return str(beside) if platform == "win32" and beside.exists() else self.executable


def install(here: Places, python: Python, watch: bool = False, office: str | None = None) -> tuple[str, ...]:
    """Install for every program that has a place on this system; gives sentences. Raises QmsbookError.

    ``watch``: Excel's buttons leave requests for `qmsbook watch` and start nothing themselves. ``office`` is
    the program of a LibreOffice.
    """
    if here.platform == "win32" and python.is_from_store:
        raise StorePython(f"Found: {python.executable}.")
    told = [*_excel(here, python, watch), *_start_menu(here, python)]
    if office is not None:
        try:
            told.append(extension.add(here, python.executable, office))
        except extension.ExtensionRefused as problem:
            if not told:
                raise
            told.append(f"{problem} Excel's buttons are installed all the same.")
    if not told:
        raise NoButtonsHere
    return tuple(told)


def uninstall(here: Places, office: str | None = None) -> tuple[str, ...]:
    """Take out what `install` put there; logs and workbooks stay. Raises AddinInUse and ExtensionRefused."""
    told = extension.remove(here, office)
    for path in _files(here):
        if path.exists():
            _remove(path)
            told.append(f"{path} was removed.")
    for folder in (here.start_menu, here.requests):
        if folder is not None and folder.is_dir():
            with contextlib.suppress(OSError):  # something of the person's own may lie there
                folder.rmdir()
    return tuple(told) or ("There was nothing to remove.",)


def installed_settings(here: Places) -> dict[str, str] | None:
    """What the add-in that Excel would load says on its hidden sheet, or None if there is none."""
    path = here.startup / ADDIN if here.startup else None
    if path is None or not path.exists():
        return None
    try:
        return settings_of(path.read_bytes())
    except Exception:  # a file that is not ours, or cut off: as good as none
        return {}


def _files(here: Places) -> list[Path]:
    found = [here.startup / ADDIN] if here.startup else []
    found += [here.scripts / SCRIPT] if here.scripts else []
    found += [here.start_menu / name for name in _entries("")] if here.start_menu else []
    return found


def _excel(here: Places, python: Python, watch: bool) -> list[str]:
    if here.startup is None:
        return []
    program = short_path(python.without_console(here.platform))
    mode = "watch" if watch else "run"
    here.requests.mkdir(parents=True, exist_ok=True)
    settings = {"interpreter": program, "mode": mode, "requests": short_path(str(here.requests))}
    _write(here.startup / ADDIN, with_settings(built(ADDIN), settings))
    told = [f"Excel: the tab QMS is there the next time Excel starts ({here.startup / ADDIN})."]
    if here.scripts is not None:
        script = with_interpreter(built(SCRIPT).decode("utf-8"), python.executable)
        _write(here.scripts / SCRIPT, script.encode("utf-8"))
        told.append(f"Excel may start qmsbook by its script ({here.scripts / SCRIPT}).")
    if watch:
        told.append("The buttons leave requests: start qmsbook watch before you press one.")
    return told


def _start_menu(here: Places, python: Python) -> list[str]:
    if here.start_menu is None:
        return []
    for name, text in _entries(python.executable).items():
        _write(here.start_menu / name, text.replace("\n", "\r\n").encode("utf-8"))
    return [f"Start menu: qmsbook doctor and qmsbook watch ({here.start_menu})."]


def _entries(python: str) -> dict[str, str]:
    """Command files by name. A percent sign in a path is doubled, or cmd.exe would read a variable there."""
    quoted = python.replace("%", "%%")
    start = f'@echo off\nchcp 65001 >nul\n"{quoted}" -E -P -m qmsbook'
    return {
        "qmsbook doctor.cmd": f"{start} doctor\npause\n",
        "qmsbook watch.cmd": f"{start} watch\nif errorlevel 1 pause\n",
    }


def short_path(path: str) -> str:
    """A path that VBA's Shell can take: its short (8.3) form where the PC's own alphabet lacks a letter."""
    if sys.platform == "win32":
        try:
            path.encode("mbcs", "strict")
        except UnicodeEncodeError:
            import ctypes

            room = ctypes.create_unicode_buffer(32768)
            if ctypes.windll.kernel32.GetShortPathNameW(path, room, len(room)):
                return room.value
    return path


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    except PermissionError:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise AddinInUse(f"It is {path}.") from None


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except PermissionError:
        raise AddinInUse(f"It is {path}.") from None
