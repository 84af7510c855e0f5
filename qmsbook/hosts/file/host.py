"""A closed workbook file: reads it, and edits it so that nothing but the edits changes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qmsbook.book.cell import Cell
from qmsbook.book.edit import Edit
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table
from qmsbook.hosts.file import save
from qmsbook.hosts.file.place import digest, read_workbook
from qmsbook.hosts.file.reader import Loaded, load
from qmsbook.hosts.host import Applied, ChangedSinceRead

if TYPE_CHECKING:
    from qmsbook.hosts.file.repair import Lay, Put


class FileHost:
    """Works on an .xlsx or .xlsm file; with ``out`` the result goes there and the file stays as it is."""

    def __init__(self, path: str | Path, out: str | Path | None = None) -> None:
        # A path is taken as it is: made anew of its parts, one that ends in `a:b.xlsx` leads to drive a:.
        self.path = path if isinstance(path, Path) else Path(path)
        self.out = self.path if out is None else out if isinstance(out, Path) else Path(out)
        self._loaded: Loaded | None = None

    def read(self) -> Snapshot:
        """All tables and generated sheets. Raises WorkbookUnreadable, or one of its kinds."""
        self._loaded = load(self._bytes())
        return self._loaded.snapshot

    def apply(self, edits: Sequence[Edit], since: Snapshot, *, dry_run: bool = False) -> Applied:
        """Carry the edits out, or none; with ``dry_run`` only say what would be done.

        Raises ChangedSinceRead if the file is no longer what `since` was read from; SheetProtected,
        WouldLoseContent and their kinds for what cannot be done without loss; NoSuchPlace and NotStorable for
        edits that do not fit; WorkbookLocked, WorkbookReadOnly, SeveralNames, UnusableName and NotSaved if
        the file cannot be replaced.
        """
        from qmsbook.hosts.file.edited import changed_file  # who only reads need not wait for it
        from qmsbook.hosts.plan import plan

        data = self._bytes()
        loaded = self._current(data, since)
        made = plan(edits, loaded.snapshot)
        (content, extended), skipped = changed_file(loaded, made), tuple(made.skipped)
        if content is None:
            return self._unchanged(data, skipped, dry_run)
        if dry_run:
            return Applied(True, skipped, extended=extended)
        self._loaded = None
        return Applied(True, skipped, self._save(content, data), extended)

    def loose(self, sheet: str, row: int, column: int, headers: Sequence[str]) -> Table:
        """What stands below headers that no table heads, as of the last `read`."""
        from qmsbook.hosts.file.repair import loose_table

        assert self._loaded is not None
        return loose_table(self._loaded, sheet, row, column, headers)

    def repair(
        self, lays: Sequence[Lay], template: bytes, names: Sequence[str], since: Snapshot, dry_run: bool
    ) -> tuple[Applied, list[Put]]:
        """Put tables and what hangs on them back, or with ``dry_run`` say what would be; no cell changes.

        Raises what `apply` raises.
        """
        from qmsbook.hosts.file.repair import repaired

        data = self._bytes()
        content, put = repaired(self._current(data, since), lays, template, names)
        if content is None or dry_run:
            return Applied(content is not None), put
        self._loaded = None
        return Applied(True, (), self._save(content, data)), put

    def undo(self) -> str:
        """Put the copy back that was made before the last `apply`. Raises NothingToUndo."""
        self._loaded = None
        return save.undo(self.out)

    def _bytes(self) -> bytes:
        return read_workbook(self.path)

    def _current(self, data: bytes, since: Snapshot) -> Loaded:
        if digest(data) != since.state:
            raise ChangedSinceRead
        if self._loaded is None or self._loaded.snapshot.state != since.state:
            self._loaded = load(data)
        return self._loaded

    def _same_file(self) -> bool:
        if self.out == self.path:
            return True
        try:
            return os.path.samefile(self.out, self.path)
        except OSError:  # one of them is not there
            return self.out.absolute() == self.path.absolute()

    def _unchanged(self, data: bytes, skipped: tuple[Cell, ...], dry_run: bool) -> Applied:
        if not dry_run and not self._same_file() and save.there(self.out) != data:
            return Applied(True, skipped, self._save(data, data))
        return Applied(False, skipped)

    def _save(self, content: bytes, data: bytes) -> str | None:
        before = data if self._same_file() else save.there(self.out)
        return save.save(self.out, content, before)
