"""A guard against what does not end: a test that hangs fails by itself instead of stopping all the others."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest


class DoesNotEnd(BaseException):
    """No `except Exception` of what is tested may take it for one of its own errors."""


@contextmanager
def bound(seconds: float) -> Iterator[None]:
    """Raises DoesNotEnd where something takes longer, on systems that have alarms; it measures nothing."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise DoesNotEnd(f"It does not end within {seconds:g} s.")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


#: Many times what the longest of them takes where nothing hangs.
_SECONDS = 1200.0


@pytest.fixture
def bounded() -> Iterator[None]:
    """For tests in which calls fail or wait."""
    with bound(_SECONDS):
        yield
