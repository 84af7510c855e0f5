"""Protection of a sheet without a password; never yet run in real Excel, on a Mac least of all."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any


class Unlocked:
    """Takes the protection off a sheet for a while, if it is on: else Excel renames no table on it."""

    def __init__(self, sheet: Any, locked: bool) -> None:
        self.sheet, self.locked = sheet, locked

    def __enter__(self) -> None:
        if self.locked:
            api = self.sheet.api
            api.unprotect() if sys.platform == "darwin" else api.Unprotect()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.locked:
            api = self.sheet.api
            api.protect_worksheet() if sys.platform == "darwin" else api.Protect()
