"""qmsbook with its own Python, out of the zip that `bundle` makes: a folder of the person's own, the buttons.

``install.cmd`` starts this from the unpacked folder, ``uninstall.cmd`` from the one that was installed.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from qmsbook import __version__
from qmsbook.book.error import QmsbookError
from qmsbook.setup import install as installing
from qmsbook.setup.places import Places, places
from qmsbook.setup.watch_lock import is_running

PROGRAM = "program"
PROMPT, UNINSTALL = "qmsbook prompt.cmd", "qmsbook uninstall.cmd"
_PROGRAMS = ("python.exe", "pythonw.exe")
_TRIES, _PAUSE = 10, 0.2


class StillRunning(QmsbookError):
    """The qmsbook that is installed here is running, so nothing was changed. Close its windows (also those of
    Excel, and qmsbook watch), and try again.
    """


class NotCopied(QmsbookError):
    """The program could not be copied into your folder; what was installed there is as it was."""


def put(program: Path, here: Places, office: str | None = None) -> tuple[str, ...]:
    """Copy an unpacked program to where it stays and install its buttons; gives sentences.

    An older one is replaced whole, or stays whole. Raises QmsbookError.
    """
    target, new, old = (here.data / f"{PROGRAM}{end}" for end in ("", ".new", ".old"))
    if old.exists() and not target.exists():  # a run before was cut off between two renamings
        _rename(old, target)
    _not_running(here, target)
    _copy(program, new)
    shutil.rmtree(old, ignore_errors=True)
    _swap(target, new, old)
    try:
        told = installing.install(here, _python(target), _watched(here), office)
        _start_menu(here, target)
    except BaseException:
        _swap(target, old, new)
        shutil.rmtree(new, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return (f"qmsbook {__version__} is in {target}.", *told)


def take_out(here: Places, office: str | None = None) -> tuple[str, ...]:
    """Take the buttons out; the program's folder goes when this Python has ended. Raises QmsbookError."""
    _not_running(here, here.data / PROGRAM, _PROGRAMS[1:])  # python.exe is this very one
    told = installing.uninstall(here, office)
    if here.start_menu is not None:
        (here.start_menu / PROMPT).unlink(missing_ok=True)
    return told


def _not_running(here: Places, target: Path, programs: Sequence[str] = _PROGRAMS) -> None:
    """Raises StillRunning where a program of the installed ones runs, or qmsbook watch."""
    if is_running(here):
        raise StillRunning
    for name in programs:
        if (target / name).exists():
            try:
                (target / name).open("r+b").close()  # Windows lets nobody write a program that runs
            except OSError:
                raise StillRunning(f"Found: {target / name}.") from None


def _copy(program: Path, new: Path) -> None:
    try:
        shutil.rmtree(new, ignore_errors=True)
        shutil.copytree(program, new)
    except OSError as problem:
        shutil.rmtree(new, ignore_errors=True)
        said = problem.strerror or problem.args[0][0][2]  # copytree's own error lists what failed
        raise NotCopied(f"({said})") from None


def _swap(target: Path, come: Path, go: Path) -> None:
    """What is to come takes the place of what stands there; if it cannot, all is as it was."""
    try:
        if target.exists():
            _rename(target, go)
        if come.exists():
            _rename(come, target)
    except OSError:
        if go.exists() and not target.exists():
            _rename(go, target)
        raise StillRunning(f"Found: {target}.") from None


def _rename(path: Path, to: Path) -> None:
    """Rename a folder; what looks for viruses may hold one of its files for a moment."""
    for _ in range(_TRIES):
        with contextlib.suppress(PermissionError):
            path.rename(to)
            return
        time.sleep(_PAUSE)
    path.rename(to)


def _python(target: Path) -> installing.Python:
    return installing.Python(str(target / _PROGRAMS[0]), str(target))


def _watched(here: Places) -> bool:
    """Whether the buttons that are there leave requests: so will the new ones."""
    return (installing.installed_settings(here) or {}).get("mode") == "watch"


def _start_menu(here: Places, target: Path) -> None:
    if here.start_menu is None:
        return
    folder = str(target).replace("%", "%%")
    prompt = (
        f'@echo off\r\nchcp 65001 >nul\r\ntitle qmsbook\r\nset "PATH={folder};%PATH%"\r\n'
        'cd /d "%USERPROFILE%"\r\necho Type a command, for example: qmsbook --help\r\ncmd /k\r\n'
    )
    here.start_menu.joinpath(PROMPT).write_bytes(prompt.encode("utf-8"))
    start = '@"%~dp0python.exe" -E -P -m qmsbook %*\r\n'
    (target / "qmsbook.cmd").write_bytes(start.encode("ascii"))
    ours = Path(__file__).with_name("windows") / "uninstall.cmd"
    content = ours.read_text("ascii").replace("\n", "\r\n").encode("ascii")
    here.start_menu.joinpath(UNINSTALL).write_bytes(content)


def main(arguments: list[str] | None = None) -> None:
    """What install.cmd and uninstall.cmd start."""
    from qmsbook.hosts.libreoffice.bridge import program

    asked = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # an old Windows console has no sign for every letter
    try:
        if asked == ["uninstall"]:
            told = take_out(places(), program())
        else:
            told = (*put(Path(sys.executable).parent, places(), program()), *NEXT)
    except QmsbookError as problem:
        print(problem, file=sys.stderr)
        sys.exit(problem.exit_code)
    print(*told, sep="\n")


#: What to do then.
NEXT = (
    "",
    "What to do next: start Excel, open your workbook, and press Check on the tab QMS.",
    "If there is no such tab or nothing happens: Start menu, qmsbook, qmsbook doctor says why.",
    "Commands such as qmsbook demo are typed in the window of: Start menu, qmsbook, qmsbook prompt.",
    "The folder that you unpacked is not needed any more.",
)


if __name__ == "__main__":
    main()
