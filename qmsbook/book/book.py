"""The book: every row of the workbook as records, the look-ups that rules need, and the day it is judged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeAlias, TypeVar, cast

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from qmsbook.book.cell import Cell
from qmsbook.book.goalposts import ClosedPlan
from qmsbook.book.parse import HARMLESS, Misfit, plain_text, squeezed
from qmsbook.book.period import Frequency, Period, parse_period
from qmsbook.book.table import Column, Model, Place, Record, Table, Value, columns_of
from qmsbook.book.tables import (
    Action,
    Decision,
    Goal,
    Idea,
    Input,
    Issue,
    Kpi,
    Measurement,
    Objective,
    Person,
    Process,
    Review,
    Risk,
    Settings,
    Target,
    Waiver,
)  # fmt: skip

if TYPE_CHECKING:  # only who asks for a schema pays for what describes one
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

R = TypeVar("R", bound=Record)
_T = TypeVar("_T")
#: What a book carries besides the plan.
_Beside: TypeAlias = Annotated[SkipJsonSchema[_T], Field(exclude=True, repr=False)]

#: What reading noticed: a misfit of one cell, or something about a table, a header or a row.
Noticed: TypeAlias = (
    Misfit
    | Literal[
        "missing table", "absent tables", "table twice", "missing column", "header twice", "blank row",
        "rows apart", "words below",
        "other spelling", "unknown setting", "setting twice", "computed formula",
        "merged", "inside a merge", "hundredfold",
    ]
    | Literal["review changed", "review gone", "two answers", "taken off the review"]
    | Literal["sign damaged", "sheet copied", "sheets alike", "sign lost"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that reading noticed and a rule will tell: WBK, or REV of what stands on a review's sheet.

    ``row`` names the row as people do (its id, or ``KPI@period``), ``detail`` is a sentence that helps.
    """

    kind: Noticed
    table: str
    cell: Cell | None = None
    row: str = ""
    header: str = ""
    value: Value = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Measurements:
    """All readings, kept as columns: one list per field, all of one length; ``rows`` are the sheet rows.

    ``period`` holds canonical texts where they can be read; ``value`` is in the KPI's unit (95.1, not 0.951).
    ``table`` is where they were read: what stands in its computed columns is looked up there.
    """

    place: Place
    rows: list[int] = field(default_factory=list)
    kpi: list[str] = field(default_factory=list)
    period: list[str] = field(default_factory=list)
    value: list[float | None] = field(default_factory=list)
    numerator: list[float | None] = field(default_factory=list)
    denominator: list[float | None] = field(default_factory=list)
    comment: list[str] = field(default_factory=list)
    entered_by: list[str] = field(default_factory=list)
    entered_on: list[date | None] = field(default_factory=list)
    table: Table | None = field(default=None, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Measurement]:
        """Each reading as a record, in the order of the sheet."""
        held = {name: self.column(name) for name in columns_of(Measurement)}
        for row, *values in zip(self.rows, *held.values(), strict=True):
            yield Measurement.model_construct(
                place=self.place, row=row, **dict(zip(held, values, strict=True))
            )

    def column(self, name: str) -> Sequence[Any]:
        """All values of a field; those of a computed column as they stand on the sheet."""
        declared = columns_of(Measurement)[name]
        if not declared.computed:
            return cast(Sequence[Any], getattr(self, name))
        place = self.table.find(declared.header) if self.table is not None else None
        if self.table is None or place is None:
            return [declared.default] * len(self.rows)
        column, first = self.table.columns[place], self.table.row + 1
        return [as_computed(column[row - first], declared) for row in self.rows]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        rows = handler.generate_schema(list[Measurement])
        return core_schema.json_or_python_schema(
            json_schema=rows,
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(list, return_schema=rows),
        )

    def cell(self, index: int, name: str) -> Cell:
        """The cell of a field of one reading, counted from 0."""
        return self.place.cell(self.rows[index], name)

    def key(self, index: int) -> str:
        """What names a reading: ``K07@2026-10``."""
        return f"{self.kpi[index]}@{self.period[index]}"


class Book(Model):
    """All records of a workbook as they are judged on the day ``on``."""

    on: date
    settings: Settings
    measurements: Measurements
    people: tuple[Person, ...] = ()
    processes: tuple[Process, ...] = ()
    goals: tuple[Goal, ...] = ()
    objectives: tuple[Objective, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    targets: tuple[Target, ...] = ()
    risks: tuple[Risk, ...] = ()
    actions: tuple[Action, ...] = ()
    ideas: tuple[Idea, ...] = ()
    context: tuple[Issue, ...] = ()
    inputs: tuple[Input, ...] = ()
    reviews: tuple[Review, ...] = ()
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    #: What reading noticed; as the rest that follows, it is not of the plan, and no dump holds it.
    troubles: _Beside[tuple[Trouble, ...]] = ()
    tables: _Beside[Mapping[str, Table]] = Field(default_factory=dict)
    #: What closed reviews kept of the plan, by the end of their periods.
    closed_plans: _Beside[tuple[ClosedPlan, ...]] = ()
    #: Id of an action or decision -> the earliest day that closed reviews printed as its Due.
    promised: _Beside[Mapping[str, date]] = Field(default_factory=dict)
    #: The last day that a review speaks of: periods up to its end are over, what is due on it is not late.
    as_of: _Beside[date | None] = None

    def changed(self, **changes: Any) -> Self:
        """The same with some fields replaced; nothing that was looked up before stays."""
        held = {name: getattr(self, name) for name in type(self).model_fields}
        return self.model_construct(**{**held, **changes})

    def has(self, record: type[Record]) -> bool:
        """Whether the workbook holds a table at all; what is absent is not asked for."""
        return record.TABLE in self.tables

    def of(self, record: type[R]) -> tuple[R, ...]:
        """The records of one table (not the measurements, which are columns)."""
        return self._by_type.get(record, ())  # type: ignore[return-value]  # keyed by the records' own type

    def records(self) -> Iterator[Record]:
        """Every record of every table but the measurements."""
        for records in self._by_type.values():
            yield from records

    @cached_property
    def _by_type(self) -> dict[type[Record], tuple[Record, ...]]:
        held = (getattr(self, name) for name in type(self).model_fields if name not in _NOT_RECORDS)
        return {type(records[0]): records for records in held if records}

    @cached_property
    def astray(self) -> tuple[Trouble, ...]:
        """The required tables that are missing, and those of ours that stand under another name.

        ``cell`` is the first header of the table that looks like it; None where there is none.
        """
        return tuple(trouble for trouble in self.troubles if trouble.kind == "missing table")

    @cached_property
    def unreadable(self) -> frozenset[Cell]:
        """Cells that count as blank because what stands in them could not be read."""
        return frozenset(t.cell for t in self.troubles if t.cell is not None and t.kind in _UNREADABLE)

    @cached_property
    def ids(self) -> dict[str, dict[str, Record]]:
        """Per table, each id (the first row that has it) with its record."""
        found: dict[str, dict[str, Record]] = defaultdict(dict)
        for record in self.records():
            if record.key:
                found[record.TABLE].setdefault(record.key, record)
        return found

    def find(self, key: str, *tables: str) -> Record | None:
        """The record with an id, looked for in the named tables, or in all."""
        for table in tables or tuple(self.ids):
            found = self.ids.get(table, {}).get(key)
            if found is not None:
                return found
        return None

    def person(self, name: str) -> Person | None:
        """The person of a name, or None."""
        return self._person.get(name)

    def process(self, key: str) -> Process | None:
        """The process of an id, or None."""
        return self._process.get(key)

    def goal(self, key: str) -> Goal | None:
        """The goal of an id, or None."""
        return self._goal.get(key)

    def objective(self, key: str) -> Objective | None:
        """The objective of an id, or None."""
        return self._objective.get(key)

    def kpi(self, key: str) -> Kpi | None:
        """The KPI of an id, or None."""
        return self._kpi.get(key)

    @cached_property
    def _person(self) -> dict[str, Person]:
        return _first(self.people)

    @cached_property
    def _process(self) -> dict[str, Process]:
        return _first(self.processes)

    @cached_property
    def _goal(self) -> dict[str, Goal]:
        return _first(self.goals)

    @cached_property
    def _objective(self) -> dict[str, Objective]:
        return _first(self.objectives)

    @cached_property
    def _kpi(self) -> dict[str, Kpi]:
        return _first(self.kpis)

    @cached_property
    def objectives_of(self) -> dict[str, tuple[Objective, ...]]:
        """Goal id -> the objectives that name it in Supports, retired ones included."""
        return _children(self.objectives)

    @cached_property
    def kpis_of(self) -> dict[str, tuple[Kpi, ...]]:
        """Objective id -> the KPIs that name it in Supports, paused ones included."""
        return _children(self.kpis)

    @cached_property
    def kpis_in(self) -> dict[str, tuple[Kpi, ...]]:
        """Process id -> the KPIs measured in it."""
        found: dict[str, list[Kpi]] = defaultdict(list)
        for kpi in self.kpis:
            if kpi.process:
                found[kpi.process].append(kpi)
        return {key: tuple(kpis) for key, kpis in found.items()}

    @cached_property
    def result_kpis(self) -> frozenset[str]:
        """The ids of the KPIs that goals name as their Result KPI."""
        return frozenset(goal.result_kpi for goal in self.goals if goal.result_kpi)

    @cached_property
    def readings_of(self) -> dict[str, list[int]]:
        """KPI id -> the places of its readings in ``measurements``, in the order of the sheet."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, key in enumerate(self.measurements.kpi):
            if key:
                found[key].append(index)
        return found

    @cached_property
    def targets_of(self) -> dict[str, tuple[Target, ...]]:
        """KPI id -> the rows that replace its plan for some periods."""
        found: dict[str, list[Target]] = defaultdict(list)
        for target in self.targets:
            if target.kpi:
                found[target.kpi].append(target)
        return {key: tuple(targets) for key, targets in found.items()}

    @cached_property
    def periods(self) -> tuple[Period | None, ...]:
        """The period of each reading in ``measurements``; None where it cannot be told."""
        start = self.settings.fiscal_year_start_month
        return tuple(parse_period(text, start) if text else None for text in self.measurements.period)

    @cached_property
    def actions_for(self) -> dict[str, tuple[Action, ...]]:
        """Any id -> the actions that serve it."""
        found: dict[str, list[Action]] = defaultdict(list)
        for action in self.actions:
            for key in action.serves:
                found[key].append(action)
        return {key: tuple(actions) for key, actions in found.items()}

    @cached_property
    def few_people(self) -> bool:
        """Whether only a handful work here (*Small company people*); where nobody is listed, nobody knows."""
        return 0 < self._here <= self.settings.small_company_people

    @property
    def one_person(self) -> bool:
        """Whether one person is the whole company."""
        return self.few_people and self._here == 1

    @property
    def others_unknown(self) -> bool:
        """Whether the book knows of no more than a handful of people, or of nobody."""
        return 0 < self.settings.small_company_people >= self._here

    @cached_property
    def _here(self) -> int:
        return sum(1 for each in self.people if each.left_on is None or each.left_on > self.on)

    def parse_period(self, text: str) -> Period | None:
        """The period that a text names, by this company's fiscal year."""
        return parse_period(text, self.settings.fiscal_year_start_month)

    def near_id(self, key: str) -> str:
        """The id as its own row spells it, if it differs only by case or spaces; else the text itself."""
        return self._squeezed.get(squeezed(key), key)

    @cached_property
    def _squeezed(self) -> dict[str, str]:
        return {squeezed(key): key for table in self.ids.values() for key in table}


def as_computed(value: Value, column: Column) -> Any:
    """What stands in a computed column, if it is of the right kind; it is never an input."""
    match column.kind:
        case "number":
            return value if isinstance(value, float) else None
        case "date":
            return value if isinstance(value, date) else None
        case "flag":
            return value if isinstance(value, bool) else None
        case _:
            return plain_text(value)


def live(objective: Objective) -> bool:
    """Whether an objective is being pursued: neither retired nor only monitored."""
    return objective.stage == "active"


def frequency_of(kpi: Kpi) -> Frequency:
    """How often a KPI is read, in the words of periods; a month is the period of what no calendar sets."""
    if not by_calendar(kpi):
        return "monthly"
    return kpi.frequency  # type: ignore[return-value]  # whatever a calendar sets is a Frequency


#: Frequencies that no calendar sets: a reading is there when there is something to read.
_IRREGULAR = frozenset({"when it happens", "once"})


def unreadable_reading(book: Book, index: int) -> bool:
    """Whether a figure of a reading was typed and cannot be read."""
    readings = book.measurements
    names = [name for name in ("value", "numerator", "denominator") if name in readings.place.columns]
    return any(readings.cell(index, name) in book.unreadable for name in names)


def by_calendar(kpi: Kpi) -> bool:
    """Whether the calendar says when a KPI is to be read."""
    return kpi.frequency not in _IRREGULAR


def of_its_frequency(kpi: Kpi, period: Period) -> bool:
    """Whether a period is one that a KPI is read for; any is, where no calendar says."""
    return period.frequency == kpi.frequency or not by_calendar(kpi)


def field_of(record: type[Record], header: str) -> str | None:
    """The field that a header declares, or None."""
    return next((name for name, c in columns_of(record).items() if c.header == header), None)


_NOT_RECORDS = frozenset(
    {"on", "settings", "measurements", "troubles", "tables", "closed_plans", "promised", "as_of"}
)
_UNREADABLE = frozenset(
    {"wrong type", "error value", "impossible date", "off the scale", "unknown choice", "ambiguous number"}
    | {"not calculated", "ambiguous date", "word of another tool", "inside a merge", "hundredfold"}
    | {"no value of its own", "time for a number", "range contradicts", "another unit"}
)
assert not _UNREADABLE & HARMLESS


def _first(records: Sequence[R]) -> dict[str, R]:
    found: dict[str, R] = {}
    for record in records:
        if record.key:
            found.setdefault(record.key, record)
    return found


def _children(records: Sequence[Any]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for record in records:
        for key in record.supports:
            found[key].append(record)
    return {key: tuple(children) for key, children in found.items()}
