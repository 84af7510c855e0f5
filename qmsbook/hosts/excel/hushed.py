"""What a change switches off in Excel, kept on the disk meanwhile, so that the next press can give it back.

A press that is killed half-way would leave Excel without screen, events and alerts, and calculating nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qmsbook.hosts.file.lock import lock

#: What is set for the time of a change; events, for macros of the user's would answer to them.
QUIET = {"calculation": "manual", "screen_updating": False, "enable_events": False, "display_alerts": False}


class Hushed:
    """A note of what was switched off in an Excel; held until it is dropped, or until this process ends."""

    def __init__(self, app: Any, before: Mapping[str, Any]) -> None:
        self._place, self._handle = _place(app), -1
        with contextlib.suppress(OSError):  # without a place for a note the change goes on all the same
            self._handle = _taken(self._place)
            self._place.write_text(json.dumps(dict(before)), encoding="utf-8")

    def drop(self) -> None:
        """All was given back."""
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                self._place.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = -1


def give_back(app: Any) -> None:
    """Sets what a killed press left switched off in this Excel as it was before it.

    While another press is at work in it nothing is touched; what a person has set since stays.
    """
    place = _place(app)
    if not place.exists():
        return
    try:
        handle = _taken(place)
    except OSError:
        return
    try:
        before = json.loads(place.read_text(encoding="utf-8"))
        for name, quiet in QUIET.items():
            if name in before and type(before[name]) is type(quiet) and getattr(app, name) == quiet:
                setattr(app, name, before[name])
        place.unlink(missing_ok=True)
    except (OSError, ValueError, TypeError):
        return
    finally:
        os.close(handle)


def _place(app: Any) -> Path:
    """A file of this Excel's, in the person's own folder for such things."""
    return Path(tempfile.gettempdir()) / f"qmsbook-excel-{app.pid}.json"


def _taken(place: Path) -> int:
    """A handle of the lock beside a note. Raises OSError while another process holds it."""
    handle = os.open(place.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        lock(handle)
    except OSError:
        os.close(handle)
        raise
    return handle
