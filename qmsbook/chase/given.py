"""What was given out to whom, kept beside the workbook: what comes back is held against this alone.

A returned file is untrusted: whatever stands in it, its hidden rows included, may have been changed. So each
entry workbook carries a ticket that nobody can guess, and what the ticket stands for lies where undo's copies
lie: two people who share the folder share it, and it goes where the workbook goes.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from qmsbook.hosts.file.copies import BACKUPS
from qmsbook.hosts.file.fresh import remove, sweep, sync_folder, written
from qmsbook.hosts.file.place import read, real
from qmsbook.hosts.file.rights import hand_on, like_its_parent
from qmsbook.pages.memo import EntryMemo, Memo, pack, unpack

#: So many times of giving out are kept; what comes back from before is shown and not taken.
_KEPT = 200
#: A file of them is never longer. Bytes.
_MOST = 16 << 20


class NotKept(Exception):
    """What is given out could not be kept; the text says why."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one person got: the workbook's id, the person, and by table name the rows as they were."""

    workbook: str
    person: str
    areas: Mapping[str, EntryMemo]


class Store(Protocol):
    """Where that is kept."""

    def keep(self, given: Sequence[Given]) -> list[str]:
        """Keep what is given out; a ticket for each. Raises NotKept."""
        ...

    def find(self, ticket: str) -> Given | None:
        """What a ticket stands for; None if that is not known (any more)."""
        ...


@dataclass(frozen=True)
class Folder:
    """A store on the disk: a file for each time, never changed afterwards, so two people never collide."""

    path: Path
    workbook: Path | None = None

    @classmethod
    def of(cls, workbook: Path) -> Folder:
        """The store beside a workbook file, also if the file is reached by a link."""
        with contextlib.suppress(OSError):  # links that lead in a circle are told of by whoever opens it
            workbook = real(workbook)
        return cls(workbook.parent / BACKUPS / "given", workbook)

    def keep(self, given: Sequence[Given]) -> list[str]:
        """Keep what is given out. The same rows for the same person keep their ticket. Raises NotKept."""
        self.__dict__.pop("_known", None)
        known = {_told(each): ticket for ticket, each in self._known.items()}
        tickets = [known.get(_told(_entry(each))) or secrets.token_hex(16) for each in given]
        old = set(known.values())
        new = [
            {"ticket": ticket} | _entry(each)
            for ticket, each in zip(tickets, given, strict=True)
            if ticket not in old
        ]
        if new:
            try:
                self._write(json.dumps({"schema": 1, "given": new}).encode("ascii"))
            except OSError as problem:
                raise NotKept(f"{self.path}: {problem.strerror}") from None
            finally:
                del self.__dict__["_known"]
        return tickets

    def find(self, ticket: str) -> Given | None:
        """What a ticket stands for."""
        entry = self._known.get(ticket)
        memo = unpack(entry["kept"]) if entry else None
        return Given(entry["workbook"], entry["person"], memo.entries) if entry and memo else None

    @cached_property
    def _known(self) -> dict[str, dict[str, Any]]:
        return dict(self._entries())

    def _files(self) -> list[Path]:
        """The files, the oldest first."""
        with contextlib.suppress(OSError):
            return sorted(self.path.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return []

    def _entries(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each ticket and what is kept for it; a file that cannot be read says nothing."""
        for path in self._files():
            try:
                found = json.loads(read(path, _MOST).decode("utf-8"))["given"]
                entries = [(str(e["ticket"]), {key: e[key] for key in _FIELDS}) for e in found]
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                continue
            for ticket, entry in entries:
                if len(ticket) >= 32 and _sound(entry):
                    yield ticket, entry

    def _write(self, content: bytes) -> None:
        for folder in (self.path.parent, self.path):
            _make(folder)
        temporary = written(self.path, _NAME, content)
        try:
            with contextlib.suppress(OSError):  # whoever may read the workbook may read what was given out
                if self.workbook is not None:
                    hand_on(self.workbook, temporary)
                else:
                    temporary.chmod(stat.S_IMODE(self.path.stat().st_mode) & 0o666)
            os.replace(temporary, self.path / f"{secrets.token_hex(8)}.json")
        except BaseException:
            remove(temporary)
            raise
        sync_folder(self.path)
        sweep(self.path, _NAME, held=False)
        for old in self._files()[:-_KEPT]:
            remove(old)


_NAME = "given"
_FIELDS = ("workbook", "person", "kept")


def _entry(given: Given) -> dict[str, Any]:
    return {"workbook": given.workbook, "person": given.person, "kept": pack(Memo({}, given.areas))}


def _told(entry: Mapping[str, Any]) -> str:
    return json.dumps([entry[key] for key in _FIELDS])


def _sound(entry: Mapping[str, Any]) -> bool:
    kept = entry["kept"]
    texts = [entry["workbook"], entry["person"], *(kept if isinstance(kept, list) else [None])]
    return all(isinstance(text, str) for text in texts)


def _make(folder: Path) -> None:
    """Make a folder, unless it is there, that whoever may write beside the workbook may write into."""
    try:
        folder.mkdir()
    except FileExistsError:
        like_its_parent(folder, fresh=False)
    else:
        like_its_parent(folder, fresh=True)
