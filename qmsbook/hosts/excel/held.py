"""Keeps Excel quiet while it is written to, and gives everything back as it was, whatever happens."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from qmsbook.hosts.excel.hushed import QUIET, Hushed
from qmsbook.hosts.excel.reach import Reach
from qmsbook.hosts.excel.running import is_busy, once_ready

#: A selection that begins in the first row, whole columns included.
_FIRST_ROW = re.compile(r"\$?[A-Z]+(?:\$?1(?![0-9])|:)")


class Held:
    """Calculation, screen, events and alerts are off for a while; the sheet in front comes back there.

    ``moving`` are the sheets that come and go; with None nothing does. A sheet remembers its own selection,
    so only that of a sheet which is replaced has to be made again.
    """

    def __init__(self, app: Any, reach: Reach, moving: Collection[str] | None) -> None:
        self.app, self.reach, self.moving = app, reach, moving
        self._before: dict[str, Any] = {}
        self._note: Hushed | None = None
        self._front: Any = None
        self._replaced: tuple[str, str | None] | None = None

    def __enter__(self) -> Held:
        try:
            if self.moving is not None:
                self._remember(self.moving)
            for name, quiet in QUIET.items():
                before = getattr(self.app, name)
                if before != quiet:
                    self._before[name] = before
            if self._before:
                self._note = Hushed(self.app, self._before)
            for name in self._before:
                setattr(self.app, name, QUIET[name])
        except BaseException:
            self.__exit__()
            raise
        return self

    def _remember(self, moving: Collection[str]) -> None:
        self._front = self.reach.front()
        name = self._front.name if moving else ""
        if name and name in moving:
            self.reach.know(name, self._front)
            selected = self.app.impl.selection  # App.selection itself would ask for it twice
            address = selected.address if selected is not None else ""
            # What is selected in the hidden first row was no person's choice: the new sheet knows better.
            self._replaced = name, None if _FIRST_ROW.match(address) else address

    def let_calculate(self) -> None:
        """Lets Excel calculate again as it did before, so that what is read back is what people will see."""
        if "calculation" in self._before:
            self.app.calculation = self._before["calculation"]
            del self._before["calculation"]  # only now: until it is given back it must be on the way out

    def __exit__(self, *_: object) -> None:
        # The sheet may be gone, or its cells be hidden: then Excel's own choice stays.
        _surely(self._bring_to_front)
        for name, before in reversed(self._before.items()):
            _surely(partial(setattr, self.app, name, before))
        self._before.clear()
        if self._note is not None:
            self._note.drop()

    def _bring_to_front(self) -> None:
        front = self._front
        if self._replaced is not None:
            self.reach.forget(self._replaced[0])
            front = self.reach.sheet(self._replaced[0])
        if front is not None:
            front.impl.activate()  # Sheet.activate would bring this Excel before other programs
        if self._replaced is not None and self._replaced[1]:
            front.range(self._replaced[1]).select()


def _surely(action: Callable[[], None]) -> None:
    """Does something, and once more and again if it fails: Excel must not be left as it is now.

    If somebody is typing it waits for that to end.
    """
    for attempt in range(3):
        try:
            once_ready(action)
            return
        except Exception as problem:
            if is_busy(problem):
                return
        time.sleep(0.2 * attempt)
