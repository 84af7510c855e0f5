"""What several families of rules ask of a book, and how they name what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from qmsbook.book.book import Book, by_calendar
from qmsbook.book.cell import Cell
from qmsbook.book.near import Near
from qmsbook.book.parse import plain_text, split_ids, squeezed
from qmsbook.book.table import ErrorValue, Record, Value, columns_of
from qmsbook.book.tables import TABLES, Kpi, Measurement, Objective, Person, Setting
from qmsbook.methods.plan import SINCE_START, moves

R = TypeVar("R", bound=Record)

_NOUNS = {
    "People": "Person", "Processes": "Process", "Goals": "Goal", "Objectives": "Objective", "KPIs": "KPI",
    "Targets": "Planned value for", "Measurements": "Reading", "Risks": "Risk", "Actions": "Action",
    "Ideas": "Idea", "Context": "Issue", "Inputs": "Input", "Reviews": "Review", "Decisions": "Decision",
    "Waivers": "Waiver of", "Settings": "Setting",
}  # fmt: skip


def noun(table: str) -> str:
    """What one row of a table is called: ``KPI``, ``Objective``, ``Reading``."""
    return _NOUNS.get(table, table)


def named(record: Record) -> str:
    """How a sentence begins with a record: ``KPI K03 (On-time delivery)``, ``Goal in row 7 of Goals``."""
    word = noun(record.TABLE)
    if not record.key:
        return (
            f"The {word[0].lower() + word[1:] if word != 'KPI' else word} in row {record.row}{_name(record)}"
        )
    return f"{word} {record.key}{_name(record)}"


def inside(record: Record) -> str:
    """How a record is named within a sentence: ``goal G1 (Grow in medical work)``."""
    return _small(named(record))


def _small(text: str) -> str:
    return text if text.startswith("KPI") else text[0].lower() + text[1:]


def _name(record: Record) -> str:
    name = str(getattr(record, record.NAME)) if record.NAME else ""
    return f" ({short(name)})" if name and name != record.key else ""


def short(text: str, most: int = 60) -> str:
    """A text on one line, cut at a word with an ellipsis if it is long."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def shown(value: Value) -> str:
    """A cell's value as messages show it: texts in quotes, numbers and dates plain."""
    if isinstance(value, str):
        return f'"{short(value, 40)}"'
    if isinstance(value, ErrorValue):
        return value.code
    return number(value) if isinstance(value, float) else plain_text(value)


def number(value: float) -> str:
    """A figure as people write it: ``95.1``, ``1,250``, without digits nobody reads."""
    text = f"{value:,.10g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def listed(words: Iterable[str], most: int = 6) -> str:
    """Words as a sentence lists them: ``A, B and C``; of many the later ones by their ids alone.

    Nobody is sent to look for the rest, unless it would fill a page.

    >>> listed(["P1 (Quoting)", "P2 (Buying)", "P3 (Selling)"], most=2)
    'P1 (Quoting), P2 (Buying) and P3'
    """
    words = list(words)
    words = [word if place < most else word.partition(" (")[0] for place, word in enumerate(words)]
    if len(words) > _LISTED:
        words = [*words[: _LISTED - 1], f"{len(words) - _LISTED + 1} more"]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else ""


#: So many ids fill three lines of a page.
_LISTED = 40


def counted(count: int, word: str, plural: str = "") -> str:
    """``1 KPI``, ``3 KPIs``."""
    return f"{count} {word if count == 1 else plural or word + 's'}"


def live_kpis(book: Book) -> list[Kpi]:
    """The KPIs that are held against a target: neither paused nor only watched."""
    return [kpi for kpi in book.kpis if kpi.judged]


def read_kpis(book: Book) -> list[Kpi]:
    """The KPIs that are not paused, those that are only watched among them."""
    return [kpi for kpi in book.kpis if kpi.active is not False]


def standing(book: Book) -> list[Objective]:
    """The objectives that are not retired: worked on, or watched."""
    return [objective for objective in book.objectives if objective.stage != "retired"]


def active(book: Book) -> list[Objective]:
    """The objectives that are being worked on."""
    return [objective for objective in book.objectives if objective.stage == "active"]


def vital(book: Book) -> list[Objective]:
    """The vital few: objectives being worked on that are marked so."""
    return [objective for objective in active(book) if objective.vital_few]


def slipped(value: float, usual: float, factor: float) -> bool:
    """Whether a figure would be an ordinary one if its decimal point had not slipped.

    >>> slipped(0.951, 94.2, 100), slipped(94200, 94.2, 100), slipped(50, 94.2, 100)
    (True, True, False)
    """
    if not value or not usual:
        return False
    ratio = abs(value / usual)
    return any(0.5 < ratio * shift < 2 for f in (factor, 10 * factor) for shift in (f, 1 / f))


def months_before(day: date, months: int) -> date:
    """The same day some months earlier, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)


def raw(book: Book, record: Record, name: str) -> Value:
    """What stands in the cell of a field, before it was read; None if the column is absent."""
    table = book.tables[record.TABLE]
    place = record.place.columns.get(name)
    return None if place is None else table.columns[place - table.column][record.row - table.row - 1]


def has_column(book: Book, record: type[Record], name: str) -> bool:
    """Whether the workbook has the column of a field."""
    table = book.tables.get(record.TABLE)
    return table is not None and table.find(columns_of(record)[name].header) is not None


def asked(book: Book, records: Sequence[R], *names: str) -> Sequence[R]:
    """The records, if the workbook has the columns that a rule asks about: an absent one is told once."""
    return records if records and all(has_column(book, type(records[0]), name) for name in names) else ()


def whole(book: Book, record: type[Record], *names: str) -> bool:
    """Whether columns are there and readable to the last cell: what nobody names rests on all of them."""
    if not all(has_column(book, record, name) for name in names):
        return False
    headers = {columns_of(record)[name].header for name in names}
    return not any(
        trouble.table == record.TABLE and trouble.header in headers and trouble.cell in book.unreadable
        for trouble in book.troubles
    )


def header_cell(book: Book, record: type[Record], name: str) -> Cell | None:
    """The header of a field: where a finding about the whole column stands."""
    table = book.tables.get(record.TABLE)
    place = table.find(columns_of(record)[name].header) if table else None
    return None if table is None or place is None else table.cell(-1, place)


def setting_cell(book: Book, name: str) -> Cell | None:
    """The cell that holds a setting's value, if the sheet has its row."""
    table = book.tables.get(Setting.TABLE)
    names = table.find("Setting") if table else None
    values = table.find("Value") if table else None
    if table is None or names is None or values is None:
        return None
    wanted = squeezed(name)
    rows = (row for row, text in enumerate(table.columns[names]) if squeezed(plain_text(text)) == wanted)
    row = next(rows, None)
    return None if row is None else table.cell(row, values)


def cells(record: Record, *names: str) -> tuple[Cell, ...]:
    """The cells of some fields of a record."""
    return tuple(record.cell(name) for name in names)


#: What a KPI is judged by: if one of these cannot be read, nothing is said of its status.
_JUDGED_BY = (
    "unit", "direction", "target", "target_on", "baseline", "baseline_on", "low", "high", "lowest_possible",
    "highest_possible", "trajectory", "target_is", "target_set_on", "tolerance", "frequency", "grace_days",
    "aggregation", "scale", "active",
)  # fmt: skip


def judged_by(book: Book, kpi: Kpi) -> tuple[Cell, ...]:
    """The cells of a KPI and of its planned values that its status rests on."""
    planned = (
        cell
        for row in book.targets_of.get(kpi.id, ())
        for cell in cells(row, "from_", "planned", "low", "high", "until")
    )
    return (*cells(kpi, *_JUDGED_BY), *planned)


def has_readings(book: Book) -> bool:
    """Whether Measurements has what a reading needs; what is missing there is told once."""
    return all(has_column(book, Measurement, name) for name in ("kpi", "period", "value"))


def sound(kpi: Kpi) -> bool:
    """Whether a KPI is defined well enough for its status to be believed: else its definition is told."""
    if kpi.direction == "within":
        return (kpi.low is not None or kpi.high is not None) and not _reversed(kpi.low, kpi.high)
    way = moves(kpi)
    if kpi.target_is == SINCE_START:
        return kpi.direction in ("higher", "lower") and kpi.target is not None
    if kpi.direction not in ("higher", "lower") or (way and kpi.baseline is not None and not kpi.baseline_on):
        return False
    if way and kpi.target is not None and kpi.target_on is None:
        return False
    if way and kpi.target_on and kpi.baseline_on and kpi.target_on <= kpi.baseline_on:
        return False
    if kpi.target is None or kpi.baseline is None or not way:
        return not _reversed(kpi.lowest_possible, kpi.highest_possible)
    return (kpi.target > kpi.baseline) == (kpi.direction == "higher") or kpi.target == kpi.baseline


def _reversed(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low >= high


def read_as(book: Book, kpi: Kpi) -> str:
    """The frequency of all of a KPI's readings, if it is one, not the KPI's own; else blank."""
    if not by_calendar(kpi):
        return ""
    periods = [book.periods[index] for index in book.readings_of.get(kpi.id, ())]
    kinds = {period.frequency if period else "" for period in periods}
    kind = kinds.pop() if len(kinds) == 1 and len(periods) > 1 else ""
    return "" if kind == kpi.frequency or not by_calendar(kpi) else kind


@dataclass(frozen=True, slots=True)
class Link:
    """An id in a cell that no row has. ``record`` is None for a reading."""

    record: Record | None
    table: str
    field: str
    header: str
    key: str
    cell: Cell

    @property
    def subject(self) -> str:
        """Who names it."""
        return named(self.record) if self.record else "A reading"


def unknown_links(book: Book, target: type[Record]) -> list[Link]:
    """Ids that should be rows of a table and are not, from all other tables.

    Nothing is said if the table is absent, or if no more ids are unknown than rows lack a readable id: then
    the ids are most likely theirs, and that is told already.
    """
    if not book.has(target):
        return []
    known = book.ids.get(target.TABLE, {})
    found = [*_unknown_in_records(book, target, known), *_unknown_in_readings(book, target, known)]
    nameless = sum(1 for record in book.of(target) if not record.key)
    return [] if len({link.key for link in found}) <= nameless else found


def _unknown_in_records(book: Book, target: type[Record], known: dict[str, Record]) -> Iterator[Link]:
    for record_type in TABLES:
        if record_type in (Measurement, Setting):
            continue
        for name, column in columns_of(record_type).items():
            if column.refers != (target.TABLE,):
                continue
            for record in book.of(record_type):
                value = getattr(record, name)
                for key in value if isinstance(value, tuple) else (value,):
                    if key and key not in known:
                        yield Link(record, record_type.TABLE, name, column.header, key, record.cell(name))


def _unknown_in_readings(book: Book, target: type[Record], known: dict[str, Record]) -> Iterator[Link]:
    """One link for each unknown id, at the reading of the earliest period: one deleted row is one cause."""
    name = {Kpi: "kpi", Person: "entered_by"}.get(target)
    if name is None:
        return
    readings = book.measurements
    values: list[str] = getattr(readings, name)
    strangers = set(values) - known.keys() - {""}
    if not strangers:
        return
    first: dict[str, int] = {}
    for index, key in enumerate(values):
        if key in strangers and (key not in first or readings.period[index] < readings.period[first[key]]):
            first[key] = index
    header = columns_of(Measurement)[name].header
    for key, index in sorted(first.items()):
        yield Link(None, "Measurements", name, header, key, readings.cell(index, name))


class Hints:
    """``Did you mean O1.2?`` for each of many unknown words, or nothing."""

    def __init__(self, known: Iterable[str]) -> None:
        self._near = Near(known)

    def __call__(self, text: str) -> str:
        found = self._near(text)
        return f"Did you mean {found}?" if found else ""


def elsewhere(book: Book, key: str) -> str:
    """``a goal`` if an id that is unknown in one table is one of another; blank if it is nowhere."""
    record = book.find(key)
    if record is None:
        return ""
    word = _small(noun(record.TABLE))
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def several(book: Book, target: type[Record], text: str) -> bool:
    """Whether a text names more than one known row, where one is wanted."""
    parts = split_ids(text.replace("/", ",").replace(" and ", ",").replace("&", ","))
    known = book.ids.get(target.TABLE, {})
    return len(parts) > 1 and sum(book.near_id(part) in known for part in parts) > 1
