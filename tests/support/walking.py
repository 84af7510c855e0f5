"""The walk that every workbook must survive: a period is added, refreshed, reviewed, refreshed again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ooxml import everything

from qmsbook import commands
from qmsbook.hosts.file.host import FileHost

ON = date(2026, 11, 10)
PERIOD, REVIEW = "2026-11", "2026-Q3"
WALK = ("period", "refresh", "review", "refresh")
REVIEW_MARKER = f"qmsbook:review:{REVIEW}"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the walk: the workbook's bytes before and after, and what the person was told."""

    command: str
    before: bytes
    after: bytes
    done: commands.Done

    @property
    def told(self) -> str:
        """Everything that the person was told, in one text."""
        return "\n".join((*self.done.changes, *self.done.notices))


def run(path: Path, command: str) -> commands.Done:
    """Runs one command of the walk on a file."""
    host = FileHost(path)
    if command == "period":
        return commands.add_period(host, PERIOD, on=ON)
    if command == "review":
        return commands.review(host, REVIEW, on=ON)
    return commands.refresh(host, on=ON)


def step(path: Path, command: str) -> Step:
    """Runs one command and keeps what was before and after."""
    before = path.read_bytes()
    done = run(path, command)
    return Step(command, before, path.read_bytes(), done)


def after(path: Path, content: bytes, command: str = "refresh") -> Step:
    """Puts a workbook down in a file and runs a command on it."""
    path.write_bytes(content)
    return step(path, command)


def lost(content: bytes, wanted: Iterable[str]) -> list[str]:
    """Words that stand in no cell of the workbook any more."""
    there = set(everything(content))
    return [word for word in wanted if word not in there]


def said_in(content: bytes, beginning: str) -> set[str]:
    """All words in the workbook that begin so."""
    return {text for text in everything(content) if text.startswith(beginning)}
