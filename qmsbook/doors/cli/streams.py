"""The streams that a command speaks on: whatever they are, none of them ends it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress


def ready() -> None:
    """An old Windows console has no sign for every letter, and some who start a command close its streams."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started this, or Windows' pythonw
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def done() -> None:
    """Give up what a full disk did not take: Python would try it again at its end, and exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError):  # a stream without a file
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
