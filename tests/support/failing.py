"""A LibreOffice that fails on demand: every object of it is handed out in a wrapper that counts the calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from qmsbook.hosts.libreoffice.bridge import bridge

#: Members that change something begin so; or end with an equals sign.
WRITING = (
    "add",
    "clear",
    "close",
    "dispatch",
    "freeze",
    "import",
    "insert",
    "load",
    "lock",
    "remove",
    "set",
    "unlock",
)


def changing(name: str) -> bool:
    """Whether a member changes something."""
    return name.startswith(WRITING) or name.endswith("=")


class Calls:
    """All calls of a document's objects, counted by name; one of them can be made to fail."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.fails_at: tuple[str, int] | None = None

    def begin(self, fails_at: tuple[str, int] | None = None) -> None:
        """Count from nothing; the call of that name and number, from 1, fails."""
        self.counts.clear()
        self.fails_at = fails_at

    def note(self, name: str) -> None:
        """A call is about to be made."""
        self.counts[name] += 1
        if self.fails_at == (name, self.counts[name]):
            kind = bridge().getClass("com.sun.star.uno.RuntimeException")
            raise kind(f"{name} failed", None)

    def wrapped(self, value: Any) -> Any:
        """A value of LibreOffice's: its objects wrapped, numbers, texts and structs as they are."""
        if type(value).__name__ == "pyuno":
            return Wrapped(value, self)
        if isinstance(value, tuple) and value and type(value[0]).__name__ == "pyuno":
            return tuple(self.wrapped(each) for each in value)
        return value


class Wrapped:
    """One object of LibreOffice's; to read or set an attribute, or to call a method, is a call."""

    __slots__ = ("_calls", "_held")

    def __init__(self, held: Any, calls: Calls) -> None:
        object.__setattr__(self, "_held", held)
        object.__setattr__(self, "_calls", calls)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._held, name)
        if type(found).__name__ == "PyUNO_callable":
            return self._method(name, found)
        self._calls.note(name)
        return self._calls.wrapped(found)

    def _method(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def called(*given: Any) -> Any:
            self._calls.note(name)
            return self._calls.wrapped(method(*(_bare(each) for each in given)))

        return called

    def __setattr__(self, name: str, value: Any) -> None:
        self._calls.note(name + "=")
        setattr(self._held, name, _bare(value))


def _bare(value: Any) -> Any:
    return value._held if isinstance(value, Wrapped) else value
