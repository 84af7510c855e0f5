"""What a change did to an open document, in plain data: enough to take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qmsbook.book.table import Value
from qmsbook.hosts.libreoffice.blocks import Box
from qmsbook.hosts.libreoffice.cells import Raw
from qmsbook.hosts.libreoffice.extend import Extended
from qmsbook.hosts.libreoffice.load import Range
from qmsbook.hosts.libreoffice.patch import Patch, Typed
from qmsbook.hosts.libreoffice.rows import Bare
from qmsbook.hosts.libreoffice.sheets import Face
from qmsbook.hosts.libreoffice.shift import Step


@dataclass(slots=True)
class Written:
    """A column's cells by row from 0: what they held, and the formats that they were given."""

    sheet: str
    column: int
    before: dict[int, Raw]
    keys: dict[int, int]


@dataclass(slots=True)
class Grown:
    """A table that was made longer: the range it had, and how the blank cells below it looked.

    ``ruled`` are ranges of rows that stood below it which got a drop-down.
    """

    sheet: str
    before: Range
    below: Bare | None
    ruled: list[Box] = field(default_factory=list)


@dataclass(slots=True)
class Swapped:
    """A sheet that came, went, or took another's place.

    ``now`` is the name of the sheet that came, ``saved`` that of the old one where it is kept. With a
    ``patch`` it stands where it stood, and only what differs between two drawings was changed; ``moved`` are
    the rows that came and went on it, and ``moves`` says that some are to. A sheet with
    charts is kept as the ``drawing`` that it came of and what was ``typed`` there, if that is known.
    """

    name: str
    place: int
    now: str | None = None
    old: Face | None = None
    saved: str = ""
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    cells: Mapping[tuple[int, int], Value] = field(default_factory=dict)
    formats: list[tuple[Box, int]] = field(default_factory=list)
    patch: Patch | None = None
    locked: bool = False
    drawing: bytes = b""
    typed: Typed | None = None
    moved: list[Step] = field(default_factory=list)
    moves: bool = False

    def __setstate__(self, state: tuple[None, dict[str, Any]]) -> None:
        """Taken from a file, which an earlier version may have written: there no rows moved."""
        self.moved, self.moves = [], False
        for name, value in state[1].items():
            setattr(self, name, value)


@dataclass(slots=True)
class Record:
    """All that a change did, in plain data: it can be kept and used by another process.

    ``sheets`` is a workbook of LibreOffice's own format that holds the sheets which went.
    """

    written: list[Written] = field(default_factory=list)
    grown: list[Grown] = field(default_factory=list)
    swapped: list[Swapped] = field(default_factory=list)
    sheets: bytes = b""
    extended: list[Extended] = field(default_factory=list)
