"""What passes from one step of a command to the next, from what was asked for to what was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from qmsbook.book.book import Book
from qmsbook.book.edit import Edit
from qmsbook.book.period import Period
from qmsbook.book.snapshot import Snapshot
from qmsbook.hosts.host import Applied
from qmsbook.methods.method import Assessment
from qmsbook.pages import Drawings, Talk
from qmsbook.rules.rule import Finding, Rule

if TYPE_CHECKING:  # who only checks does not wait for what draws
    from qmsbook.pages.draw import Closing, Content

#: Called with what is being done, for whoever shows progress.
Progress = Callable[[str], None]


def quiet(_: str) -> None:
    """No progress shown."""


class How(NamedTuple):
    """How a command goes about it: whether it writes, who sees its progress, the company's ``own`` rules.

    ``ask`` puts a question to a person; None where nobody can be asked.
    """

    dry_run: bool = False
    progress: Progress = quiet
    own: Sequence[Rule] = ()
    ask: Callable[[str], bool] | None = None


#: It writes, nobody watches, and there are no rules but ours.
PLAINLY = How()


class Asked(NamedTuple):
    """What a person asked for: the day to judge on, how, the periods as they were typed, and Boards."""

    on: date | None = None
    how: How = PLAINLY
    periods: tuple[str, ...] = ()
    boards: bool = False
    #: Whether a workbook is looked at although tables of it are missing or have other names.
    as_it_is: bool = False


class Found(NamedTuple):
    """A workbook as it was read, and ``before`` and ``book`` as the edits that come ``first`` leave it.

    ``periods`` are those that were asked for, ``opened`` is the marker of the review that the command opens
    or closes: its sheet is drawn anew although it is protected, or the command says why it cannot be.
    """

    snapshot: Snapshot
    before: Snapshot
    book: Book
    periods: tuple[Period, ...] = ()
    first: tuple[Edit, ...] = ()
    opened: str = ""


class Settled(NamedTuple):
    """A workbook as it stands once what was typed on reviews is in the tables by the edits of ``talk``.

    ``closing`` is the last drawing of a review that is being closed. ``draws`` says whether all generated
    sheets are drawn after that; else nothing goes into the tables.
    """

    found: Found
    snapshot: Snapshot
    book: Book
    talk: Talk = Talk()
    closing: Closing | None = None
    draws: bool = True

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All that was done to the workbook that was read."""
        return (*self.found.first, *self.talk.edits)


class Assessed(NamedTuple):
    """A workbook with every status worked out."""

    settled: Settled
    book: Book
    assessed: Assessment


class Looked(NamedTuple):
    """A workbook as it was read and judged; nothing was written."""

    settled: Settled
    book: Book
    assessed: Assessment
    findings: tuple[Finding, ...]
    #: How many rows of findings each later stage would add, equal ones counted once.
    later: Mapping[str, int] = MappingProxyType({})

    @property
    def snapshot(self) -> Snapshot:
        """The workbook as it was read."""
        return self.settled.found.snapshot


class Composed(NamedTuple):
    """A workbook judged, and all that its sheets are to say."""

    looked: Looked
    content: Content


class Drawn(NamedTuple):
    """A workbook judged, the edits of its tables that follow from that, and its sheets drawn."""

    looked: Looked
    edits: tuple[Edit, ...]
    drawings: Drawings = Drawings(())


class Planned(NamedTuple):
    """All edits in their order, and what the person is told of them."""

    looked: Looked
    edits: tuple[Edit, ...]
    changes: tuple[str, ...]
    notices: tuple[str, ...] = ()


class Done(NamedTuple):
    """What a command did, or with ``dry_run`` would do: sentences for the person, in ``changes``.

    ``notices`` are what the person should know besides: cells left alone, sheets not replaced, notes kept.
    """

    changes: tuple[str, ...]
    notices: tuple[str, ...] = ()
    applied: Applied | None = None
    looked: Looked | None = None
