"""What a part of the management review is: evidence in, blocks out; and what a composed review holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.goalposts import Range
from qmsbook.book.period import Period
from qmsbook.book.table import Value
from qmsbook.book.tables import Kpi
from qmsbook.book.tables import Review as ReviewRow
from qmsbook.methods.goalposts import Moved, all_posts, levels_in, ranges_in
from qmsbook.methods.method import Aggregate, Assessment, Level, Series
from qmsbook.methods.reasons import Reason
from qmsbook.rules.rule import Finding

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
class Since:
    """The review before this one, and how the KPIs stood then.

    ``row`` is None where no earlier review is noted; the period before counts then. ``end`` is the last day
    of the period it looked at, ``day`` that of its meeting; ``words`` the status words at ``end`` by KPI, and
    ``read`` the periods whose readings they rest on.
    """

    row: ReviewRow | None
    end: date
    day: date
    words: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, Period] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A figure as a closed review had it: KPI, period, the figure, and the period of that review."""

    kpi: str
    period: str
    value: float
    review: str


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """What a review keeps of the plan: goalposts by table and id, planned values by KPI and period.

    ``ranges`` are the bounds where a row of Targets gave others than the KPI. ``moved`` are the sentences
    with which it tells what was moved since the review before.
    """

    posts: Mapping[tuple[str, str], Mapping[str, Value]] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    moved: tuple[str, ...] = ()
    ranges: Mapping[str, Mapping[str, Range]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shifted:
    """A goalpost that was moved since the closed review before: what it changes, why, and who agreed."""

    moved: Moved
    effect: str = ""
    reason: Reason = Reason()

    @property
    def words(self) -> str:
        """``K16 target 100 -> 180; under the old target off track for 6 months, now 0``."""
        return f"{self.moved.words}; {self.effect}" if self.effect else self.moved.words


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a review of a period rests on: no reading of a later period is in it.

    ``book`` is the whole book as it stands today, ``then_book`` the same without the readings of later
    periods, and ``then`` its assessment as of the period's end (``as_of``). ``proposals`` are the findings
    that ask to retire, raise or rework something, as of then; ``reviewed`` the figures of closed reviews.
    ``shifted`` are the goalposts that are no longer where the last closed review had them, ``gone`` says what
    is no longer in the plan; ``compared`` says whether it kept any to compare with.
    """

    book: Book
    then_book: Book
    period: Period
    as_of: date
    then: Assessment
    standings: Mapping[str, Standing]
    since: Since
    row: ReviewRow | None = None
    proposals: tuple[Finding, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()
    shifted: tuple[Shifted, ...] = ()
    gone: tuple[str, ...] = ()
    compared: bool = False


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
class Facts:
    """What each of a few things comes to: label and sentence, one below the other."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each kind, side by side as parts of one whole: label, count, what it means."""

    items: tuple[tuple[str, int, Level], ...]
    alt: str


#: The columns of a review table: the slot and the header of each.
Columns: TypeAlias = tuple[tuple[Slot, str], ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: slot and header of each column, and the rows; ``empty`` is said where there are none.

    A row of a single text is a heading for the rows below it.
    """

    columns: Columns
    rows: tuple[tuple[str | Said, ...], ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A KPI over time; ``title`` says the message, ``alt`` the same for who cannot see it.

    One entry per period: what it was, what was planned, and, where there are natural limits, the mean, both
    limits and what is said of the point (the words of ``Xmr.variation``). ``low`` and ``high`` are the ends
    of a range to stay within, if there is one; at the places in ``begins`` the limits begin anew.
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
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Charts:
    """Charts in twos, side by side."""

    items: tuple[Chart, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Five by five: how likely (across, 1 to 5) and how much it would matter (upwards, 1 to 5).

    ``cells`` holds the ids that stand in a place, ``levels`` what a place means; ``alt`` says it in words.
    """

    title: str
    upwards: str
    cells: Mapping[tuple[int, int], tuple[str, ...]]
    levels: Mapping[tuple[int, int], Level]
    alt: str


@dataclass(frozen=True, slots=True)
class Matrices:
    """Pictures of five by five, in twos, side by side."""

    items: tuple[Matrix, ...]


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
    numbers, and that many blank ones are kept ready. ``earlier`` gives by the key that an earlier release
    drew the key of now.
    """

    name: str
    columns: tuple[EntryColumn, ...]
    rows: tuple[tuple[Value, ...], ...] = ()
    spare: int = 0
    hint: str = ""
    earlier: Mapping[str, str] = field(default_factory=dict)


Block: TypeAlias = Heading | Text | Points | Facts | Counts | Rows | Charts | Matrices | Entry
Section: TypeAlias = Callable[[Evidence], Iterator[Block]]


@dataclass(frozen=True, slots=True)
class Review:
    """A composed management review of a period.

    ``figures`` are the readings it rests on, by KPI and period: a later review tells what became of them.
    ``dues`` are the days that it prints for open actions and its decisions: a day moved later is no new one.
    """

    period: str
    title: str
    subtitle: str
    as_of: date
    blocks: tuple[Block, ...] = field(default=())
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    plan: KeptPlan = KeptPlan()
    dues: Mapping[str, date] = field(default_factory=dict)

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
        blocks=tuple(block for section in sections for block in _said(evidence, section)),
        figures=figures(evidence),
        plan=kept_plan(evidence),
        dues=dues(evidence),
    )


def _said(evidence: Evidence, section: Section) -> list[Block]:
    """The blocks of a section; where few people work, one with nothing to say is left out."""
    blocks = list(section(evidence))
    silent = all(isinstance(b, Heading) or (isinstance(b, Rows) and not b.rows) for b in blocks)
    return [] if silent and evidence.book.few_people else blocks


def kept_plan(evidence: Evidence) -> KeptPlan:
    """The goalposts as they stand, and the planned values of the review's period."""
    book = evidence.book
    levels = {
        key: found
        for key, standing in evidence.standings.items()
        if (found := levels_in(book, standing.series, evidence.period))
    }
    ranges = {
        key: bounds
        for key, standing in evidence.standings.items()
        if (bounds := ranges_in(standing.series, evidence.period))
    }
    moved = (*(each.words for each in evidence.shifted), *evidence.gone)
    return KeptPlan(all_posts(book), levels, moved, ranges)


def dues(evidence: Evidence) -> dict[str, date]:
    """By id, the Due of each open action and of each decision of this review, the earliest row first."""
    book, review = evidence.book, evidence.row.id if evidence.row else ""
    actions = [(each.id, each.due) for each in book.actions if each.state == "open"]
    decisions = [(each.id, each.due) for each in book.decisions if review and each.review == review]
    found: dict[str, date] = {}
    for key, day in (*actions, *decisions):
        if key and day is not None:
            found.setdefault(key, day)
    return found


def figures(evidence: Evidence) -> dict[str, dict[str, float]]:
    """The figure of each reading in the review's period, and of those restated since earlier reviews."""
    found: dict[str, dict[str, float]] = {}
    earlier = {(each.kpi, each.period): each.value for each in evidence.reviewed}
    for key, standing in evidence.standings.items():
        series = standing.series
        kept = {
            period.text: value
            for period, value in zip(series.periods, series.actual, strict=True)
            if value is not None
            and (evidence.period.contains(period) or earlier.get((key, period.text), value) != value)
        }
        if kept:
            found[key] = kept
    return found
