"""What a part of the management review is: evidence in, blocks out; and what a composed review holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from qmsbook.book import Book
from qmsbook.cell import Cell
from qmsbook.method import Aggregate, Assessment, Level, Series
from qmsbook.period import Period
from qmsbook.table import Value
from qmsbook.tables import Kpi
from qmsbook.tables import Review as ReviewRow

#: Where a column of a review table stands: the sheet has one grid, from left to right.
Slot: TypeAlias = Literal["id", "mark", "words", "who", "left", "right"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a KPI stands in a review: ``word`` at the period's end, ``span`` over the whole period.

    ``series`` holds the readings up to the period's end; ``late`` the periods whose reading is missing though
    its grace is over.
    """

    kpi: Kpi
    word: str
    reason: str
    span: Aggregate
    series: Series
    late: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a review of a period rests on: no reading of a later period is in it.

    ``book`` is the whole book as it stands today, ``then_book`` the same without the readings of later
    periods, and ``then`` its assessment as of the period's end (``as_of``).
    """

    book: Book
    then_book: Book
    period: Period
    as_of: date
    then: Assessment
    standings: Mapping[str, Standing]
    row: ReviewRow | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A text in a table.

    ``word`` is a status word to show with symbol and colour; with a ``text``, that is shown instead, marked
    in the same way. ``lead`` is set in bold before the text; ``to`` is where a click leads.
    """

    text: str = ""
    lead: str = ""
    word: str = ""
    to: Cell | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part, or with ``minor`` of something within it."""

    text: str
    minor: bool = False
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; ``large`` for the one sentence that everybody should read, ``muted`` for a hint."""

    text: str
    large: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A numbered list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each kind, side by side as parts of one whole: label, count, what it means."""

    items: tuple[tuple[str, int, Level], ...]
    alt: str


#: The columns of a review table: the slot and the header of each.
Columns: TypeAlias = tuple[tuple[Slot, str], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: slot and header of each column, and the rows; ``empty`` is said where there are none."""

    columns: Columns
    rows: tuple[tuple[str | Said, ...], ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A KPI over time; ``title`` says the message, ``alt`` the same for who cannot see it.

    One entry per period: what it was, what was planned, and, where there are natural limits, the mean, both
    limits and what is said of the point (the words of ``Xmr.variation``). ``low`` and ``high`` are the ends
    of a range to stay within; at the places in ``begins`` the limits begin anew.
    """

    title: str
    alt: str
    unit: str
    labels: tuple[str, ...]
    actual: tuple[float | None, ...]
    plan: tuple[float | None, ...]
    mean: tuple[float | None, ...] = ()
    lower: tuple[float | None, ...] = ()
    upper: tuple[float | None, ...] = ()
    variation: tuple[str | None, ...] = ()
    begins: tuple[int, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class EntryColumn:
    """A column of an entry area; ``ours`` is drawn for reading, the others are for typing."""

    slot: Slot
    header: str
    choices: tuple[str, ...] = ()
    ours: bool = False
    is_date: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An area for typing: an Excel table whose first column names the row.

    ``rows`` are what the workbook suggests, keys first. With ``spare`` the keys of further rows are
    numbers, and that many blank ones are kept ready.
    """

    name: str
    columns: tuple[EntryColumn, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    spare: int = 0
    hint: str = ""


Block: TypeAlias = Heading | Text | Points | Counts | Rows | Chart | Entry
Section: TypeAlias = Callable[[Evidence], Iterator[Block]]


@dataclass(frozen=True, slots=True)
class Review:
    """A composed management review of a period."""

    period: str
    title: str
    subtitle: str
    as_of: date
    blocks: tuple[Block, ...] = field(default=())

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Its areas for typing."""
        return tuple(block for block in self.blocks if isinstance(block, Entry))


def compose_with(sections: Sequence[Section], evidence: Evidence) -> Review:
    """The review that these sections make of the evidence."""
    return Review(
        period=evidence.period.text,
        title=evidence.book.settings.review_name,
        subtitle=evidence.period.title,
        as_of=evidence.as_of,
        blocks=tuple(block for section in sections for block in section(evidence)),
    )
