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
from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

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


class GivenEntry(BaseModel):
    """One entry workbook: its ticket, the workbook's id, the person, and the rows as they were given out."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    ticket: str = Field(min_length=32)
    workbook: str
    person: str
    kept: list[str] = Field(description="An entry memo, packed (see entry-memo.json).")


class GivenFile(BaseModel):
    """A time of giving out entry workbooks, kept beside the workbook."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    schema_: Annotated[Literal[1], Field(alias="schema")] = 1
    given: list[GivenEntry]


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
        entries = [_entry(each, secrets.token_hex(16)) for each in given]
        tickets = [known.get(_told(entry)) or entry.ticket for entry in entries]
        new = [entry for entry in entries if _told(entry) not in known]
        if new:
            try:
                self._write(json.dumps(GivenFile(given=new).model_dump(by_alias=True)).encode("ascii"))
            except OSError as problem:
                raise NotKept(f"{self.path}: {problem.strerror}") from None
            finally:
                del self.__dict__["_known"]
        return tickets

    def find(self, ticket: str) -> Given | None:
        """What a ticket stands for."""
        entry = self._known.get(ticket)
        memo = unpack(entry.kept) if entry else None
        return Given(entry.workbook, entry.person, memo.entries) if entry and memo else None

    @cached_property
    def _known(self) -> dict[str, GivenEntry]:
        return dict(self._entries())

    def _files(self) -> list[Path]:
        """The files, the oldest first."""
        with contextlib.suppress(OSError):
            return sorted(self.path.glob("*.json"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        return []

    def _entries(self) -> Iterator[tuple[str, GivenEntry]]:
        """Each ticket and what is kept for it; a file that cannot be read says nothing."""
        for path in self._files():
            try:
                found = GivenFile.model_validate(json.loads(read(path, _MOST).decode("utf-8")))
            except (OSError, ValueError, RecursionError):
                continue
            for entry in found.given:
                yield entry.ticket, entry

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


def _entry(given: Given, ticket: str) -> GivenEntry:
    kept = pack(Memo({}, given.areas))
    return GivenEntry(ticket=ticket, workbook=given.workbook, person=given.person, kept=kept)


def _told(entry: GivenEntry) -> tuple[str, ...]:
    return (entry.workbook, entry.person, *entry.kept)


def _make(folder: Path) -> None:
    """Make a folder, unless it is there, that whoever may write beside the workbook may write into."""
    try:
        folder.mkdir()
    except FileExistsError:
        like_its_parent(folder, fresh=False)
    else:
        like_its_parent(folder, fresh=True)
