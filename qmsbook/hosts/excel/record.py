"""What a change did to an open workbook, in plain data: noted before each step, enough to take all back."""

from __future__ import annotations

from dataclasses import dataclass, field

from qmsbook.hosts.excel.cells import Given
from qmsbook.hosts.excel.pointers import Pointers


@dataclass(slots=True)
class Written:
    """A range that was written, and what its cells held."""

    sheet: str
    address: str
    before: list[list[Given]]


@dataclass(slots=True)
class Formatted:
    """A range that got another number format, and the one it had."""

    sheet: str
    address: str
    before: str


@dataclass(slots=True)
class Grown:
    """A table that was made longer, the range it had, the rows it got, and where these took over formats."""

    sheet: str
    table: str
    before: str
    fresh: str = ""
    dressed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Swapped:
    """A sheet that came (``came``), went (``gone``), or took the place of the one set ``aside``."""

    name: str
    after: str
    old: bool
    aside: str = ""
    came: bool = False
    gone: bool = False


@dataclass(slots=True)
class Record:
    """All that a change did, in plain data: it can be kept and used by another process.

    ``copy`` is the workbook as it was before; the sheets that went are brought back from there. ``before``
    and ``after`` are the references that were extended, as they were and as they are.
    """

    copy: bytes
    steps: list[Written | Formatted | Grown | Swapped] = field(default_factory=list)
    before: Pointers = field(default_factory=Pointers)
    after: Pointers = field(default_factory=Pointers)
