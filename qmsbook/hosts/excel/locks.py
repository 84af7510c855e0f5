"""Protection of a sheet without a password; never yet run in real Excel, on a Mac least of all."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from qmsbook.hosts.excel.raw import RIGHTS, protect, unprotect
from qmsbook.hosts.file.scan import SheetXml


def rights_of(xml: SheetXml) -> frozenset[str] | None:
    """What the protection of a sheet, as its file has it, leaves to people; None if it is not protected."""
    found = xml.protection()
    if found is None:
        return None
    return frozenset(right for right in RIGHTS if found.get(right) in ("0", "false"))


class Unlocked:
    """Takes the protection off a sheet for a while, if it is on: else Excel renames no table on it.

    ``rights`` are what it leaves to people, which `Protect` would take away; None where it is off.
    """

    def __init__(self, sheet: Any, rights: frozenset[str] | None) -> None:
        self.sheet, self.rights = sheet, rights

    def __enter__(self) -> None:
        if self.rights is not None:
            unprotect(self.sheet)

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.rights is not None:
            protect(self.sheet, self.rights)
