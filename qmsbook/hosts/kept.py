"""Undo across presses of buttons: each press is a program of its own, so what undo needs waits in a file."""

from __future__ import annotations

import contextlib
import hashlib
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from qmsbook.book.edit import Edit
from qmsbook.book.snapshot import Snapshot
from qmsbook.hosts.host import Applied, Host

#: The workbook's own id, a custom property of the document.
ID = "qmsbook.id"
#: As many workbooks can be undone; each file holds the sheets that were replaced.
_MOST = 20


class Remembering(Host, Protocol):
    """A host of an open workbook: ``kept`` is plain data that undo needs, or None."""

    kept: Any


class Kept:
    """A host that can undo what another program's host did; the folder must be the person's own."""

    def __init__(self, host: Remembering, folder: Path) -> None:
        self.host, self.folder = host, folder

    def read(self) -> Snapshot:
        """All tables and generated sheets."""
        return self.host.read()

    def apply(self, edits: Sequence[Edit], since: Snapshot) -> Applied:
        """Carry the edits out, or none, and keep what undo needs."""
        self._remind(since)
        applied = self.host.apply(edits, since)
        if applied.changed:
            with contextlib.suppress(Exception):  # undo is then not offered; the work is done
                path = self._path(since)
                path.unlink(missing_ok=True)
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                path.write_bytes(pickle.dumps(self.host.kept))
                self._note(since)
                self._tidy()
        return applied

    def undo(self) -> str:
        """Take back what the last `apply` wrote, whoever did it. Raises NothingToUndo."""
        path = self._path(self.host.read())
        if self.host.kept is None and path.exists():
            with contextlib.suppress(Exception):  # written by another version: there is nothing to undo
                self.host.kept = pickle.loads(path.read_bytes())
        told = self.host.undo()
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return told

    def _remind(self, since: Snapshot) -> None:
        """Give a host that draws only what changed the drawings that another program's host brought."""
        path = self._path(since).with_suffix(".drawn")
        if hasattr(self.host, "stood") and not self.host.stood:
            with contextlib.suppress(Exception):  # there are none, or of another version
                self.host.stood = pickle.loads(path.read_bytes())

    def _note(self, since: Snapshot) -> None:
        if hasattr(self.host, "stood"):
            self._path(since).with_suffix(".drawn").write_bytes(pickle.dumps(self.host.stood))

    def _path(self, snapshot: Snapshot) -> Path:
        drawn = {each.sheet for each in snapshot.drawn}  # these come and go with the very writes
        known = snapshot.properties.get(ID) or "/".join(n for n in snapshot.sheets if n not in drawn)
        return self.folder / (hashlib.sha256(known.encode()).hexdigest()[:32] + ".undo")

    def _tidy(self) -> None:
        for kind in ("*.undo", "*.drawn"):
            found = sorted(self.folder.glob(kind), key=lambda path: path.stat().st_mtime)
            for path in found[:-_MOST]:
                path.unlink(missing_ok=True)
