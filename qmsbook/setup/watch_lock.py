"""Whether ``qmsbook watch`` runs on this PC: one at a time, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qmsbook.book.error import QmsbookError
from qmsbook.setup.locks import holding
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
        with single(here, patience=0.0):
            return False
    except WatchRunning:
        return True


@contextmanager
def single(here: Places, patience: float = 0.5) -> Iterator[None]:
    """Held by one process at a time; somebody who only looks has it for a moment. Raises WatchRunning."""
    with holding(here.data / LOCK, patience) as held:
        if not held:
            raise WatchRunning
        yield
