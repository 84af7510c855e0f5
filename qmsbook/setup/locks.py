"""Files that one process at a time holds; the system lets go if that process is killed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qmsbook.hosts.file.lock import lock

_PAUSE = 0.05


@contextmanager
def holding(path: Path, patience: float) -> Iterator[bool]:
    """Hold a file; gives whether it could be held within so many seconds. Its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _held(handle, time.monotonic() + patience)
    finally:
        with contextlib.suppress(OSError):
            os.close(handle)


def _held(handle: int, until: float) -> bool:
    while True:
        with contextlib.suppress(OSError):
            lock(handle)
            return True
        if time.monotonic() > until:
            return False
        time.sleep(_PAUSE)
