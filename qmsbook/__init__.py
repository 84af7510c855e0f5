"""qmsbook: a small company's ISO 9001 quality system runs its business plan, in its own Excel workbook."""

from __future__ import annotations

from datetime import date
from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # importing the package must stay cheap: a button press pays for every import
    from collections.abc import Iterable
    from typing import Unpack

    import pandas as pd

    from qmsbook.book.book import Book
    from qmsbook.methods.method import Assessment
    from qmsbook.methods.xmr import Taken, Xmr
    from qmsbook.methods.yardstick import Held
    from qmsbook.rules.rule import Finding

__version__ = "0.1.0"
__all__ = ["assess", "check", "frames", "open", "progress", "status", "xmr"]


def open(  # noqa: A001  # the word that people expect, as gzip.open does
    path: str | PathLike[str], on: date | None = None
) -> Book:
    """Read a closed workbook. ``on`` is the day to judge it on (else its setting *Judged on*, else today).

    Raises WorkbookUnreadable and NotAQmsbook (both in qmsbook.hosts.host).
    """
    from pathlib import Path

    from qmsbook.commands import Asked, read
    from qmsbook.hosts.file.host import FileHost

    return read(FileHost(Path(path)), Asked(on, as_it_is=True)).book


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
    from qmsbook.book.frames import frames

    return frames(book)


def xmr(values: Iterable[float | None], **taken: Unpack[Taken]) -> Xmr:
    """Mean, natural limits and signals of figures in the order of time; None and NaN are gaps.

    ``rebase``: points, counted from 0, at which limits begin anew. ``baseline``: how many first points of a
    segment its limits are taken from, else all. ``screen``: leave out, once, moving ranges that are too
    large. ``rules``: ``nhs``, else ``wheeler``, ``weco`` or ``nelson``. ``direction``: which way is better:
    ``higher``, else ``lower``, or ``within`` the two bounds that ``target`` then gives. Raises ValueError
    for what cannot be.
    """
    from qmsbook.methods.xmr import xmr

    return xmr(values, **taken)


def status(actual: float | None, plan: float | None = None, **held: Unpack[Held]) -> str:
    """The status word of a figure against what was planned for it: ``On track``, ``At risk``, ``Off track``.

    ``No data`` without a figure, ``No target`` with nothing to hold it against. ``direction``: which way is
    better, ``higher``, else ``lower``, or ``within`` ``low`` and ``high``. ``tolerance`` is written as in the
    workbook (0.03, ``"0.5 abs"``, ``"2 pp"``); without one it is 5 % of the plan, at most a quarter of the
    way from ``baseline`` to ``target``, or 1 point where ``unit`` is % and the two are the same.
    Raises ValueError for an unknown direction and a tolerance that cannot be read.
    """
    from qmsbook.methods.yardstick import status

    return status(actual, plan, **held)


def progress(actual: float | None, baseline: float | None, target: float | None) -> float | None:
    """How much of the way is done: 0 at the baseline, 1 at the target, unclamped; None without a way."""
    from qmsbook.methods.progress import progress

    return progress(actual, baseline, target)
