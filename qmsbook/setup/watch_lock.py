"""Whether ``qmsbook watch`` runs on this PC: one at a time, and how it is asked to stop."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from qmsbook.book.error import QmsbookError
from qmsbook.hosts.file.lock import lock
from qmsbook.setup.places import Places

LOCK, STOP = "watch.lock", "watch.stop"


class WatchRunning(QmsbookError):
    """qmsbook watch is running already, so this one ended; the buttons are being answered."""


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
            lock(handle)
            return True
        if left:
            time.sleep(0.05)
    return False
