"""Buttons take turns: one works on a workbook at a time, and one that is pressed twice works once."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qmsbook.setup.locks import holding

#: Who waited longer is forgotten: to do now what somebody wanted long ago would surprise. Seconds.
STALE = 600.0
_DAY = 86_400.0


@contextmanager
def turn(
    folder: Path, workbook: str, command: str, pressed: float, patience: float = STALE
) -> Iterator[bool]:
    """Wait until no other button works on a workbook; gives whether this press has still to be answered.

    It has not if the same button was at work when it was ``pressed``, by the clock: the answer to the first
    press is the answer to both. Where no file can be kept everybody has a turn at once.
    """
    name = hashlib.sha256(workbook.encode()).hexdigest()[:32]
    last = folder / f"{name}.last"
    with contextlib.ExitStack() as stack:
        try:
            mine = stack.enter_context(holding(folder / f"{name}.lock", patience))
        except OSError:
            mine, last = True, Path()
        if not mine or _answered(last, command, pressed):
            yield False
            return
        yield True
        with contextlib.suppress(OSError):
            last.write_text(json.dumps({"command": command, "ended": time.time()}), "utf-8")
            _tidy(folder)


def _answered(last: Path, command: str, pressed: float) -> bool:
    """Whether the button that had the turn before is the same, and was at work at that moment."""
    try:
        found = json.loads(last.read_text("utf-8"))
        return bool(found["command"] == command and found["ended"] >= pressed)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _tidy(folder: Path) -> None:
    """What is left of workbooks that nobody worked on for a day."""
    for path in [*folder.glob("*.last"), *folder.glob("*.lock")]:
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < time.time() - _DAY:
                path.unlink()
