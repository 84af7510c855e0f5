"""qmsbook: a small company's ISO 9001 quality system runs its business plan, in its own Excel workbook."""

from __future__ import annotations

from datetime import date
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing the package must stay cheap: a button press pays for every import
    import pandas as pd

    from qmsbook.book import Book
    from qmsbook.method import Assessment
    from qmsbook.rule import Finding

__version__ = "0.1.0"
__all__ = ["assess", "check", "frames", "open"]


def open(  # noqa: A001  # the word that people expect, as gzip.open does
    path: str | PathLike[str], on: date | None = None
) -> Book:
    """Read a closed workbook. ``on`` is the day to judge it on (else its setting *Judged on*, else today).

    Raises WorkbookUnreadable and NotAQmsbook (both in qmsbook.host).
    """
    from pathlib import Path

    from qmsbook.commands import read
    from qmsbook.hosts.file import FileHost

    return read(FileHost(Path(path)), on)[1]


def assess(book: Book) -> Assessment:
    """The status of every KPI, objective, goal and process of a book."""
    from qmsbook.methods import assess

    return assess(book)


def check(book: Book, assessed: Assessment | None = None) -> list[Finding]:
    """What the rules find in a book, worst first, for the stage that its settings name."""
    from qmsbook.rules import check

    return check(book, assessed)


def frames(book: Book) -> dict[str, pd.DataFrame]:
    """The book as one pandas DataFrame per table, by the table's name."""
    from qmsbook.dataframes import frames

    return frames(book)
