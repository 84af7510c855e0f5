"""``qmsbook watch``: answers the buttons on PCs where Office may not start programs."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from qmsbook.error import QmsbookError
from qmsbook.macros import COMMANDS, LINGER, Asked, answer_in_excel, asked, log_to
from qmsbook.places import Places

if TYPE_CHECKING:  # what computes is imported when it is asked for
    from qmsbook.screens.excel import ExcelScreen

#: Seconds between two looks into the folder.
PAUSE = 0.25
#: A request older than this is dropped: to do now what somebody wanted long ago would surprise. Seconds.
STALE = 600.0
#: No request is longer; a longer file is not one. Bytes.
_LONGEST = 4096
LOCK, STOP = "watch.lock", "watch.stop"

#: Does what was asked for; gives the screen on which the answer stands for a while, if there is one.
Answering: TypeAlias = "Callable[[Asked], ExcelScreen | None]"
Saying = Callable[[str], None]


class WatchRunning(QmsbookError):
    """qmsbook watch is running already, so this one ended; the buttons are being answered."""


def watch(here: Places, say: Saying, answer: Answering = answer_in_excel, pause: float = PAUSE) -> int:
    """Answer requests until told to stop (Ctrl+C, or `stop`); gives how many. Raises WatchRunning."""
    here.requests.mkdir(parents=True, exist_ok=True)
    log_to(here.log)
    count = 0
    shown: list[tuple[float, ExcelScreen]] = []
    with single(here):
        (here.data / STOP).unlink(missing_ok=True)
        say("qmsbook answers the buttons as long as this window is open. Press Ctrl+C to stop.")
        try:
            while not (here.data / STOP).exists():
                for wanted in requests(here.requests, time.time()):
                    say(f"{time.strftime('%H:%M:%S')} {wanted.command}")
                    screen = answer(wanted)
                    if screen is not None:
                        shown.append((time.monotonic() + LINGER, screen))
                    count += 1
                while shown and shown[0][0] <= time.monotonic():
                    shown.pop(0)[1].rest()
                time.sleep(pause)
        except KeyboardInterrupt:
            pass
        finally:
            for _, screen in shown:
                screen.rest()
            (here.data / STOP).unlink(missing_ok=True)
    say("qmsbook watch has stopped; the buttons are not answered any more.")
    return count


def stop(here: Places) -> str:
    """Ask a running watch to stop; says so in a sentence."""
    if not is_running(here):
        return "qmsbook watch is not running."
    (here.data / STOP).touch()
    return "qmsbook watch was asked to stop."


def is_running(here: Places) -> bool:
    """Whether somebody answers requests at this moment."""
    if not (here.data / LOCK).exists():
        return False
    try:
        with single(here, tries=1):
            return False
    except WatchRunning:
        return True


def requests(folder: Path, now: float) -> Iterator[Asked]:
    """What was asked for, oldest first; each request is taken out of the folder before it is answered.

    A request that is too old, is none, or names no command of ours is taken out and left unanswered.
    """
    for path in sorted(folder.glob("*.request")):
        try:
            age, content = now - path.stat().st_mtime, path.read_bytes()[: _LONGEST + 1]
            path.unlink()
        except OSError:  # it is being written, or another took it
            continue
        wanted = read_request(content)
        if wanted is not None and age <= STALE:
            yield wanted


def read_request(content: bytes) -> Asked | None:
    """A request of three lines, ``command=``, ``wb=`` and ``hwnd=``, or None for what is none."""
    if len(content) > _LONGEST:
        return None
    lines = content.decode("ascii", "replace").splitlines()
    fields = dict(line.split("=", 1) for line in lines if "=" in line)
    if fields.get("command") not in COMMANDS:
        return None
    return asked(fields["command"], fields.get("wb", ""), fields.get("hwnd", ""))


@contextmanager
def single(here: Places, tries: int = 10) -> Iterator[None]:
    """Held by one process at a time; the system lets go if that one is killed. Raises WatchRunning."""
    here.data.mkdir(parents=True, exist_ok=True)
    handle = os.open(here.data / LOCK, os.O_RDWR | os.O_CREAT)
    try:
        if not _locked(handle, tries):
            raise WatchRunning
        yield
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)


def _locked(handle: int, tries: int) -> bool:
    """Whether the lock was got; somebody who only looks whether it is held has it for a moment."""
    for left in reversed(range(tries)):
        with contextlib.suppress(OSError):
            _lock(handle)
            return True
        if left:
            time.sleep(0.05)
    return False


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
