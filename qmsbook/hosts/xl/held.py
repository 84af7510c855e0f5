"""Keeps Excel quiet while it is written to, and gives everything back as it was, whatever happens."""

from __future__ import annotations

import contextlib
from typing import Any

#: What is set for the time of a change. Events: macros of the user's must not answer to what qmsbook writes.
_QUIET = {"calculation": "manual", "screen_updating": False, "enable_events": False, "display_alerts": False}


class Held:
    """Calculation, screen, events and alerts are off; with ``looks`` the selection is put back too."""

    def __init__(self, book: Any, looks: bool) -> None:
        self.book, self.app, self.looks = book, book.app, looks
        self._before: dict[str, Any] = {}
        self._front: tuple[str, str | None] | None = None

    def __enter__(self) -> Held:
        try:
            if self.looks:
                selected = self.app.selection
                self._front = self.book.sheets.active.name, selected.address if selected is not None else None
            for name, quiet in _QUIET.items():
                before = getattr(self.app, name)
                if before != quiet:
                    self._before[name] = before
                    setattr(self.app, name, quiet)
        except BaseException:
            self.__exit__()
            raise
        return self

    def let_calculate(self) -> None:
        """Lets Excel calculate again as it did before, so that what is read back is what people will see."""
        before = self._before.pop("calculation", None)
        if before is not None:
            self.app.calculation = before

    def __exit__(self, *_: object) -> None:
        if self._front is not None:
            # The sheet may be gone, or its cells be hidden: then Excel's own choice stays.
            with contextlib.suppress(Exception):
                sheet, address = self._front
                front = self.book.sheets[sheet]
                front.impl.activate()  # Sheet.activate itself would bring this Excel before all other programs
                if address:
                    front.range(address).select()
        for name in reversed(tuple(self._before)):
            with contextlib.suppress(Exception):
                setattr(self.app, name, self._before.pop(name))
