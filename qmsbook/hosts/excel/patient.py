"""An Excel that is asked again while it is busy: every call on what is given here waits for it, for a while.

A call that Excel rejects was not carried out, so it can be made again, whatever it does. xlwings itself asks
forty times without a pause, which is over in a moment, and does not know two of the three ways to say no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from qmsbook.hosts.excel.running import once_ready

#: How long a step waits. Seconds.
STEP = 6.0
#: What is handed over as it is; anything else is an object of Excel's or of xlwings'.
_PLAIN = (bool, int, float, str, bytes, list, dict, tuple, date, type(None))


def patient(held: Any, patience: float | None = None) -> Any:
    """The same book, app or sheet; what is asked of it, and of what it gives, waits so many seconds."""
    return _Patient(bare(held), STEP if patience is None else patience)


def bare(held: Any) -> Any:
    """What a patient object holds; anything else as it is."""
    return object.__getattribute__(held, "_held") if isinstance(held, _Patient) else held


class _Patient:
    def __init__(self, held: Any, patience: float) -> None:
        object.__setattr__(self, "_held", held)
        object.__setattr__(self, "_patience", patience)

    def __getattr__(self, name: str) -> Any:
        return _waited(self, lambda held: getattr(held, name))

    def __setattr__(self, name: str, value: Any) -> None:
        _waited(self, lambda held: setattr(held, name, bare(value)))

    def __getitem__(self, key: Any) -> Any:
        return _waited(self, lambda held: held[key])

    def __call__(self, *args: Any, **more: Any) -> Any:
        given = [bare(each) for each in args]
        named = {key: bare(each) for key, each in more.items()}
        return _waited(self, lambda held: held(*given, **named))

    def __iter__(self) -> Iterator[Any]:
        for each in _waited(self, list):
            yield patient(each, object.__getattribute__(self, "_patience"))

    def __bool__(self) -> bool:
        return True


def _waited(asked: _Patient, action: Callable[[Any], Any]) -> Any:
    held, patience = bare(asked), object.__getattribute__(asked, "_patience")
    found = once_ready(lambda: action(held), patience)
    return found if isinstance(found, _PLAIN) else _Patient(found, patience)
