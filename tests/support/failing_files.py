"""A disk that fails on demand: each call of the system that concerns a folder can be made to fail."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Instead of an error: the program is ended as by kill -9, just before the call.
KILLED = -1
#: Calls that name files, and those that go by the number of an open one.
_BY_NAME = (
    "open", "stat", "chmod", "chown", "replace", "rename", "link", "unlink", "mkdir", "rmdir", "listdir",
    "listxattr", "getxattr", "setxattr", "removexattr", "access",
)  # fmt: skip
_BY_NUMBER = ("read", "write", "fsync", "close", "fstat")


class Disk:
    """Counts the calls that concern a folder; one of them can be made to fail."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        self.count, self.fails_at, self.error = 0, 0, errno.EIO
        self.failed = ""
        self._open: set[int] = set()

    @contextmanager
    def failing(self, at: int, error: int = errno.EIO) -> Iterator[None]:
        """The call of that number, from 1, fails in the block; none with 0. KILLED ends the program there."""
        self.count, self.fails_at, self.error, self.failed = 0, at, error, ""
        kept = {name: getattr(os, name) for name in (*_BY_NAME, *_BY_NUMBER) if hasattr(os, name)}
        for name, real in kept.items():
            setattr(os, name, self._by_name(name, real) if name in _BY_NAME else self._by_number(name, real))
        try:
            yield
        finally:
            for name, real in kept.items():
                setattr(os, name, real)

    def _by_name(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *more: Any, **named: Any) -> Any:
            if isinstance(path, int) or not os.fspath(path).startswith(self.folder):
                return real(path, *more, **named)
            self._note(name, str(path))
            made = real(path, *more, **named)
            if name == "open":
                self._open.add(made)
            return made

        return call

    def _by_number(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(number: int, *more: Any) -> Any:
            if number not in self._open:
                return real(number, *more)
            if name == "close":  # the system lets go of it even where it tells of a failure
                self._open.discard(number)
                real(number)
            self._note(name, str(number))
            return None if name == "close" else real(number, *more)

        return call

    def _note(self, name: str, what: str) -> None:
        self.count += 1
        if self.count == self.fails_at:
            self.failed = f"{name} {what}"
            if self.error == KILLED:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(self.error, os.strerror(self.error), what)
