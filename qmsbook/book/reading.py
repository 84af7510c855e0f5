"""Tables become a book: every cell read once, everything that does not fit noticed, nothing changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, cast

from qmsbook.book.aggregation import by_unit, is_money
from qmsbook.book.below import longer, typed_below
from qmsbook.book.book import Book, Measurements, Noticed, Trouble, as_computed, frequency_of
from qmsbook.book.cell import Cell, range_a1
from qmsbook.book.meant import MISFITS, Said, heard, meant, refused, timed
from qmsbook.book.near import did_you_mean
from qmsbook.book.other_unit import another_unit
from qmsbook.book.parse import (
    Misfit,
    Parsed,
    number_from_text,
    parse,
    parse_period_cell,
    plain_text,
    settle_decimal,
    split_ids,
    squeezed,
)
from qmsbook.book.period import Frequency, parse_period
from qmsbook.book.recognize import is_copy, left_standing, twins
from qmsbook.book.snapshot import Line
from qmsbook.book.table import Column, ErrorValue, Place, Record, Table, Value, columns_of, header_key, there
from qmsbook.book.tables import SETTINGS, TABLES, Kpi, Measurement, Person, Setting, Settings, Target
from qmsbook.book.units import is_percent, same_unit, time_unit
from qmsbook.book.words import listed, unit_as_planned
from qmsbook.book.written import read_figure

#: Fields that hold figures in the KPI's own unit: a percent-formatted 0.951 means 95.1 where the unit is %.
_IN_UNIT: dict[str, frozenset[str]] = {
    "KPIs": frozenset({"target", "baseline", "low", "high", "lowest_possible", "highest_possible"}),
    "Measurements": frozenset({"value"}),
    "Targets": frozenset({"planned", "low", "high"}),
}
#: How the figures of Targets are read beyond their kind.
_TARGETS_READ = {"planned": "target", "low": "bound", "high": "bound"}
#: The years in which a plan may be judged.
_YEARS, _NO_YEAR = range(1900, 2200), "A plan is judged in a year from 1900 to 2199."
_ATTRIBUTES = {
    "People": "people", "Processes": "processes", "Goals": "goals", "Objectives": "objectives",
    "KPIs": "kpis", "Targets": "targets", "Risks": "risks", "Actions": "actions", "Ideas": "ideas",
    "Context": "context", "Inputs": "inputs", "Reviews": "reviews", "Decisions": "decisions",
    "Waivers": "waivers",
}  # fmt: skip


def read_book(
    tables: Sequence[Table], on: date | None = None, today: date | None = None, lines: Sequence[Line] = ()
) -> Book:
    """The book of a workbook's tables, judged on ``on``, else on Settings *Judged on*, else ``today``.

    Rows that people typed directly below a table are read as its rows. ``lines`` are words on sheets without
    tables: headers of ours among them are those of a table that was lost, and not one to do without.
    """
    reader = _Reader([longer(table) for table in tables], lines)
    settings = reader.settings()
    reader.fiscal_start = settings.fiscal_year_start_month
    records: dict[str, Any] = {
        _ATTRIBUTES[r.TABLE]: reader.records(r) for r in TABLES if r.TABLE in _ATTRIBUTES
    }
    measurements = reader.measurements()
    records["kpis"] = reader.averaged(records["kpis"], measurements)
    return Book.model_construct(
        on=on or settings.judged_on or today or date.today(),
        settings=settings,
        measurements=measurements,
        troubles=tuple(reader.troubles),
        tables=reader.found,
        **records,
    )


@dataclass
class _Layout:
    """Which column of a table holds which field; ``fields`` maps field names to places in the table."""

    table: Table
    fields: dict[str, int]
    place: Place


class _At(NamedTuple):
    """A cell of a table, its row counted from 0, and the key of its row."""

    record: type[Record]
    layout: _Layout
    row: int
    column: Column
    key: str

    @property
    def place(self) -> int:
        """The place of its column in the table."""
        return self.layout.fields[_field(self.record, self.column)]


@dataclass
class _Reader:
    tables: Sequence[Table]
    lines: Sequence[Line] = ()
    troubles: list[Trouble] = field(default_factory=list)
    found: dict[str, Table] = field(default_factory=dict)
    layouts: dict[str, _Layout] = field(default_factory=dict)
    spelled: dict[str, dict[str, str]] = field(default_factory=dict)
    turned: dict[str, str] = field(default_factory=dict)
    signed: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    units: dict[str, Kpi] = field(default_factory=dict)
    unsaid: set[str] = field(default_factory=set)
    said: dict[str, Said] = field(default_factory=dict)
    decimal: str | None = None
    fiscal_start: int = 1

    def __post_init__(self) -> None:
        own = [table for table in self.tables if not table.marker]
        by_name = {table.name.casefold(): table for table in own}
        for record in TABLES:
            table = by_name.get(record.TABLE.casefold())
            if table is not None:
                self.found[record.TABLE] = table
                self.layouts[record.TABLE] = self._layout(record, table)
                self._below(record, table)
        self._missing(own)
        self.decimal = settle_decimal(self._number_texts())
        self.spelled = {record.TABLE: self._spellings(record) for record in TABLES}
        self.turned = _turned(self.spelled[Person.TABLE])

    # -- tables and headers

    def _missing(self, own: Sequence[Table]) -> None:
        strangers = [table for table in own if table.name not in {t.name for t in self.found.values()}]
        absent = []
        for record in TABLES:
            found = twins(record, strangers)
            if record.TABLE in self.found:
                self.troubles += [
                    Trouble("table twice", record.TABLE, twin.cell(-1, 0), value=twin.name)
                    for twin in found
                    if is_copy(record, twin.name)
                ]
            elif found:
                where = [f"{twin.name} on sheet {twin.sheet}" for twin in found]
                looks = "table {} looks" if len(found) == 1 else "tables {} look"
                detail = f"The {looks.format(listed(where))} like it."
                self.troubles.append(
                    Trouble("missing table", record.TABLE, found[0].cell(-1, 0), detail=detail)
                )
            elif (left := left_standing(record, self.lines)) or record.REQUIRED:
                where = list(dict.fromkeys(line.sheet for line in left))
                on = f"sheet {where[0]}" if len(where) == 1 else f"sheets {listed(where)}"
                detail = f"Its headers stand on the {on}." if where else ""
                self.troubles.append(Trouble("missing table", record.TABLE, detail=detail))
            else:
                absent.append(record.TABLE)
        if absent:
            self.troubles.append(Trouble("absent tables", "", value=", ".join(absent)))

    def _below(self, record: type[Record], table: Table) -> None:
        """What stands below a table and is not read: rows behind a gap together, other words together."""
        typed, more = typed_below(record, table), table.below
        for kind, rows in (("rows apart", typed.apart), ("words below", typed.words)):
            if rows and more is not None:
                first = next(place for place in range(len(more.columns)) if more.holds(rows[0], place))
                cell, told = more.cell(rows[0], first), ", ".join(_ranges(more, rows))
                between = range(typed.rows, rows[0]) if kind == "rows apart" else range(0)
                behind = ", ".join(_ranges(more, between)) if set(between) <= set(typed.words) else None
                trouble = Trouble(cast("Noticed", kind), record.TABLE, cell, value=behind, detail=told)
                self.troubles.append(trouble)

    def _layout(self, record: type[Record], table: Table) -> _Layout:
        places: dict[str, list[int]] = {}
        for place, header in enumerate(table.headers):
            places.setdefault(header_key(header), []).append(place)
        found: dict[str, int] = {}
        declared = columns_of(record)
        known = {header_key(c.header) for c in declared.values()}
        strange = [h for h in table.headers if header_key(h) not in known]
        for name, column in declared.items():
            at = places.get(header_key(column.header), [])
            if at:
                found[name] = at[0]
            elif column.essential:
                hint = did_you_mean(column.header, strange)
                detail = f"The column {hint[13:-1]} looks like it." if hint else ""
                cell = table.cell(-1, 0)
                self.troubles.append(
                    Trouble("missing column", record.TABLE, cell, header=column.header, detail=detail)
                )
            for twin in at[1:]:
                self.troubles.append(
                    Trouble("header twice", record.TABLE, table.cell(-1, twin), header=column.header)
                )
        columns = {name: table.column + place for name, place in found.items()}
        return _Layout(table, found, Place(record.TABLE, table.sheet, table.row, columns))

    def _number_texts(self) -> list[str]:
        texts = []
        for record in TABLES:
            layout = self.layouts.get(record.TABLE)
            if layout is None:
                continue
            for name, column in columns_of(record).items():
                if column.kind == "number" and not column.computed and name in layout.fields:
                    texts += [v for v in layout.table.columns[layout.fields[name]] if isinstance(v, str)]
        return texts

    def _spellings(self, record: type[Record]) -> dict[str, str]:
        layout = self.layouts.get(record.TABLE)
        if layout is None or record.KEY != "id" or "id" not in layout.fields:
            return {}
        column = layout.table.columns[layout.fields["id"]]
        ids = (plain_text(v) for row in there(column) if isinstance(v := column[row], str | float))
        found: dict[str, str] = {}
        for text in ids:
            if text:
                found.setdefault(squeezed(text), text)
        return found

    # -- rows

    def records(self, record: type[Record]) -> tuple[Any, ...]:
        """All rows of one table that hold something of the user's, as records."""
        layout = self.layouts.get(record.TABLE)
        if layout is None:
            return ()
        self._merged(record, layout)
        rows = self._filled(record, layout)
        read = []
        for row in rows:
            key = self._key(record, layout, row)
            values = {
                name: self._read(record, layout, row, name, column, key)
                for name, column in columns_of(record).items()
                if name in layout.fields
            }
            if self.said or (record is Kpi and _is_bare_range(values)):
                values = self._meant(record, layout, row, values, key)
            if record is Kpi:
                self._aggregate(values)
            read.append(record.model_construct(place=layout.place, row=layout.table.row + 1 + row, **values))
        if record is Kpi:
            self.units = {kpi.id: kpi for kpi in read if isinstance(kpi, Kpi)}
            read = [_told_as_planned(self._in_unit(layout, kpi)) for kpi in read]
        elif record is Target:
            read = [self._in_unit(layout, target) for target in read]
        return tuple(read)

    def _filled(self, record: type[Record], layout: _Layout) -> list[int]:
        """The rows that hold something of the user's; blank ones between them are told."""
        declared = columns_of(record)
        computed = {place for name, place in layout.fields.items() if declared[name].computed}
        columns = [c for place, c in enumerate(layout.table.columns) if place not in computed]
        used = _used(columns, layout.table.rows)
        for before, row in zip([-1, *used], used, strict=False):
            if row - before > 1:
                at = layout.table.cell(before + 1, 0)
                self.troubles.append(Trouble("blank row", record.TABLE, at, value=float(row - before - 1)))
        declared_user = [
            layout.table.columns[place]
            for name, place in layout.fields.items()
            if not declared[name].computed
        ]
        return [row for row in used if any(not _blank(c[row]) for c in declared_user)]

    def _merged(self, record: type[Record], layout: _Layout) -> None:
        """Tells the merges of a table; what one covers in a column of the user's counts as unreadable."""
        table, declared = layout.table, columns_of(record)
        names = {place: name for name, place in layout.fields.items()}
        for top, left, bottom, right in table.merges:
            name = names.get(max(left - table.column, 0))
            filled = name is not None and declared[name].computed
            detail = "Only the first cell is filled." if filled else "Only the first cell counts."
            cell = Cell(table.sheet, max(top, table.row + 1), max(left, table.column))
            where = range_a1(top, left, bottom, right)
            self.troubles.append(Trouble("merged", record.TABLE, cell, value=where, detail=detail))
        for place, name in names.items():
            for row in table.covered(place) if not declared[name].computed else ():
                self.troubles.append(Trouble("inside a merge", record.TABLE, table.cell(row, place)))

    def _key(self, record: type[Record], layout: _Layout, row: int) -> str:
        place = layout.fields.get(record.KEY)
        return plain_text(layout.table.columns[place][row]) if place is not None else ""

    def _read(
        self, record: type[Record], layout: _Layout, row: int, name: str, column: Column, key: str
    ) -> Any:
        place = layout.fields[name]
        value = layout.table.columns[place][row]
        formula = layout.table.formula(row, place)
        if column.computed:
            if formula is not None:
                self._notice(_At(record, layout, row, column, key), "computed formula", "=" + formula)
            return as_computed(value, column)
        if formula is not None and _blank(value):
            self._notice(_At(record, layout, row, column, key), "not calculated", "=" + formula)
            return column.default
        reads = column.reads if record is Kpi else _TARGETS_READ.get(name, "") if record is Target else ""
        worded = reads and (isinstance(value, str) or reads == "end")
        told = heard(reads, value, self._unit(record, layout, row), *self._ways) if worded else None
        if told is not None:
            parsed, said = told
            if said is not None:
                self.said[name] = said
        elif column.kind == "period" and not isinstance(value, ErrorValue):
            parsed = parse_period_cell(value, self._frequency(record, layout, row), self.fiscal_start)
        else:
            parsed = parse(column, value, *self._ways)
        if parsed.misfit is not None and isinstance(value, str) and name in _IN_UNIT.get(record.TABLE, ()):
            parsed = self._of_its_unit(record, layout, row, column, value, parsed)
        if parsed.misfit is not None and not self._told_by_frequency(record, layout, row, parsed):
            self._notice(_At(record, layout, row, column, key), parsed.misfit, value, parsed.detail)
        if column.kind in {"ref", "refs"} and parsed.value:
            found = parsed.value
            if column.kind == "refs" and isinstance(value, str):
                found = split_ids(value, self._holding_signs(column))
            return self._spell(record, layout, row, column, key, found)
        return parsed.value

    def _of_its_unit(
        self, record: type[Record], layout: _Layout, row: int, column: Column, typed: str, parsed: Parsed
    ) -> Parsed:  # fmt: skip
        """A number as text, unless it names another unit than the KPI's: 12 h where minutes are counted.

        A time is read in the KPI's unit; what is so many thousand is told as it would be in that unit.
        """
        unit = self._unit(record, layout, row)
        if parsed.misfit == "number as text" and _is_of(typed, unit, self.decimal):
            return parsed
        written = read_figure(typed, unit, self.decimal)
        if written is None or (record is Kpi and column.reads and written.why != "unit"):
            return parsed
        if written.why in {"time", "thousands", "unit", "share"}:
            kind: Misfit = MISFITS.get(written.why, "no value of its own")
            return Parsed(column.default, kind, refused(written, unit))
        plain = written.value is not None and not (written.direction or written.per)
        shared = re.search(r"\d\s*(?:/|of\b|out of\b)\s*\d", typed) is not None
        clear = parsed.misfit in {"no value of its own", "ambiguous number"}
        if plain and (":" in typed or shared or clear):
            return Parsed(written.value, "number as text", f"It was read as {written.value:.12g} {unit}.")
        return parsed

    def _unit(self, record: type[Record], layout: _Layout, row: int) -> str:
        """The unit of a row's KPI."""
        place = layout.fields.get("unit" if record is Kpi else "kpi")
        text = plain_text(layout.table.columns[place][row]) if place is not None else ""
        kpi = None if record is Kpi else self._kpi(text)
        return text if record is Kpi else kpi.unit if kpi else ""

    @property
    def _ways(self) -> tuple[str | None, int]:
        return self.decimal, self.fiscal_start

    def _meant(
        self, record: type[Record], layout: _Layout, row: int, values: dict[str, Any], key: str
    ) -> dict[str, Any]:
        """The values of a row of which some cell said more than its value; what is odd about it is told."""
        said, self.said = self.said, {}
        held = {name for name, place in layout.fields.items() if not _blank(layout.table.columns[place][row])}
        if record is Target:
            kpi = self._kpi(plain_text(values.get("kpi", "")))
            values["direction"] = kpi.direction if kpi else ""
        found, odd = meant(values, said, held)
        columns = columns_of(record)
        for each in odd:
            value = layout.table.columns[layout.fields[each.field]][row]
            self._notice(_At(record, layout, row, columns[each.field], key), each.kind, value, each.detail)
        return {name: value for name, value in found.items() if name in record.model_fields}

    def _kpi(self, text: str) -> Kpi | None:
        return self.units.get(self.spelled.get("KPIs", {}).get(squeezed(text), text))

    def _told_by_frequency(self, record: type[Record], layout: _Layout, row: int, parsed: Parsed) -> bool:
        """Whether a reading's period is wrong in itself, so that its spelling is not worth a word."""
        if record is not Measurement or parsed.misfit != "period in words":
            return False
        period = parse_period(parsed.value, self.fiscal_start)
        return period is not None and period.frequency != self._frequency(record, layout, row)

    def _frequency(self, record: type[Record], layout: _Layout, row: int) -> Frequency:
        """How often the KPI of a row is read: a day in it stands for a period of that kind."""
        place = layout.fields.get("kpi") if record in (Measurement, Target) else None
        if place is None:
            return "monthly"
        kpi = self._kpi(plain_text(layout.table.columns[place][row]))
        return frequency_of(kpi) if kpi else "monthly"

    def _holding_signs(self, column: Column) -> tuple[str, ...]:
        """The ids that a column may name and that hold a comma or semicolon, which else would split them."""
        found = self.signed.get(column.refers)
        if found is None:
            tables = self._tables_of(column)
            texts = [text for name in tables for text in self.spelled.get(name, {}).values()]
            texts += self.turned if Person.TABLE in tables else []
            found = self.signed[column.refers] = tuple(t for t in texts if "," in t or ";" in t)
        return found

    def _tables_of(self, column: Column) -> tuple[str, ...]:
        return tuple(self.spelled) if column.refers in {("*",), ()} else column.refers

    def _notice(self, at: _At, kind: Any, value: Value, detail: str = "") -> None:
        cell = at.layout.table.cell(at.row, at.place)
        self.troubles.append(Trouble(kind, at.record.TABLE, cell, at.key, at.column.header, value, detail))

    def _spell(
        self, record: type[Record], layout: _Layout, row: int, column: Column, key: str, value: Any
    ) -> Any:
        """The ids as their own rows spell them; another spelling is told, and does no other harm."""
        tables = self._tables_of(column)

        def canonical(text: str) -> str:
            for name in tables:
                found = self.spelled.get(name, {}).get(squeezed(text))
                if found is None and name == Person.TABLE:
                    found = self.turned.get(text)
                if found is not None:
                    if found != text:
                        detail = f"The row itself spells it {found}."
                        self._notice(_At(record, layout, row, column, key), "other spelling", text, detail)
                    return found
            return text

        return tuple(map(canonical, value)) if isinstance(value, tuple) else canonical(value)

    def _aggregate(self, values: dict[str, Any]) -> None:
        """Says what a blank *Aggregation* comes to."""
        if not values.get("aggregation"):
            ratio = bool(values.get("numerator") and values.get("denominator"))
            values["aggregation"] = by_unit(values.get("unit", ""), ratio)
            if ratio:
                self.unsaid.add(values.get("id", ""))

    def averaged(self, kpis: tuple[Kpi, ...], readings: Measurements) -> tuple[Kpi, ...]:
        """The KPIs; what is a ratio by name only, with no counts entered, is averaged."""
        if not self.unsaid:
            return kpis
        counts = zip(readings.kpi, readings.numerator, readings.denominator, strict=True)
        counted = {key for key, above, below in counts if above is not None and below is not None}
        bare = self.unsaid - counted
        return tuple(k.changed(aggregation=by_unit(k.unit)) if k.id in bare else k for k in kpis)

    def _in_unit(self, layout: _Layout, record: Any) -> Any:
        """A row with its figures in the KPI's unit, where cells show percents or times."""
        kpi = record if isinstance(record, Kpi) else self.units.get(record.kpi)
        if kpi is None or not (layout.table.percent or layout.table.times):
            return record
        row = record.row - layout.table.row - 1
        changed: dict[str, float | None] = {}
        for name in _IN_UNIT[record.TABLE] & layout.fields.keys():
            value, place = getattr(record, name), layout.fields[name]
            if value is not None and isinstance(layout.table.columns[place][row], float):
                column = columns_of(type(record))[name]
                found = self._as_shown(_At(type(record), layout, row, column, record.key), value, kpi)
                if found != value:
                    changed[name] = found
        return record.changed(**changed) if changed else record

    def _as_shown(self, at: _At, value: float, kpi: Kpi) -> float | None:
        """A number by what its cell makes of it: a percent or a time; None, and told, if that cannot be."""
        table, row, place = at.layout.table, at.row, at.place
        # 1:30 is less than a day; 95 in a cell that happens to have a time's format is what was typed.
        if table.is_time(row, place) and (time_unit(kpi.unit) or 0 < abs(value) < 1):
            parsed = timed(value, kpi.unit)
            if parsed.misfit is not None:
                self._notice(at, parsed.misfit, value, parsed.detail)
            return parsed.value  # type: ignore[no-any-return]  # a figure or None
        if not table.is_percent(row, place):
            return value
        if another_unit("%", "%", kpi.unit):
            detail = f"The KPI is read in {kpi.unit}: format the cell as a number, and type it in {kpi.unit}."
            self._notice(at, "another unit", value, detail)
            return None
        if not is_percent(kpi.unit):
            return value
        large = _hundredfold(value)
        if not _too_large(large, kpi):
            return large
        self._notice(at, "hundredfold", value)
        return None

    # -- settings

    def settings(self) -> Settings:
        """The settings that the workbook gives, defaults for the rest."""
        layout = self.layouts.get("Settings")
        if layout is None or not {"setting", "value"} <= layout.fields.keys():
            return Settings.model_construct()
        specs = {squeezed(spec.name): spec for spec in SETTINGS}
        values: dict[str, Any] = {}
        for row in self._filled(Setting, layout):
            name = plain_text(layout.table.columns[layout.fields["setting"]][row])
            raw = layout.table.columns[layout.fields["value"]][row]
            spec = specs.get(squeezed(name))
            declared = columns_of(Setting)
            if spec is None:
                if name:
                    hint = did_you_mean(name, [s.name for s in SETTINGS])
                    self._notice(
                        _At(Setting, layout, row, declared["setting"], name), "unknown setting", name, hint
                    )
                continue
            if spec.field in values:
                self._notice(_At(Setting, layout, row, declared["setting"], name), "setting twice", name)
                continue
            if spec.all and squeezed(plain_text(raw)) == ALL:
                values[spec.field] = None
                continue
            parsed = parse(spec.column, raw, self.decimal)
            if spec.field == "judged_on" and isinstance(parsed.value, date):
                parsed = parsed if parsed.value.year in _YEARS else Parsed(None, "impossible date", _NO_YEAR)
            if parsed.misfit is not None:
                self._notice(
                    _At(Setting, layout, row, declared["value"], name), parsed.misfit, raw, parsed.detail
                )
            value = parsed.value
            values[spec.field] = int(value) if spec.whole and isinstance(value, float) else value
        return Settings.model_construct(**values)

    # -- measurements

    def measurements(self) -> Measurements:
        """All readings, column by column; what could not be read is None or blank, and told."""
        layout = self.layouts.get("Measurements")
        if layout is None:
            return Measurements(Place("Measurements", "Measurements", 1, {}))
        self._merged(Measurement, layout)
        rows = self._filled(Measurement, layout)
        read: dict[str, list[Any]] = {}
        for name, column in columns_of(Measurement).items():
            if column.computed:
                if name in layout.fields:
                    self._formulas(layout, name, column, rows)
                continue
            read[name] = self._column(layout, name, column, rows)
        self._shown_values(layout, rows, read)
        first = layout.table.row + 1
        return Measurements(layout.place, [first + row for row in rows], table=layout.table, **read)

    def _measurement_key(self, layout: _Layout, row: int) -> str:
        parts = []
        for name in ("kpi", "period"):
            place = layout.fields.get(name)
            parts.append(plain_text(layout.table.columns[place][row]) if place is not None else "")
        return "@".join(parts)

    def _formulas(self, layout: _Layout, name: str, column: Column, rows: Sequence[int]) -> None:
        if not layout.table.formulas:
            return
        for row, formula in layout.table.formulas[layout.fields[name]].items():
            key = self._measurement_key(layout, row)
            self._notice(_At(Measurement, layout, row, column, key), "computed formula", "=" + formula)

    def _column(self, layout: _Layout, name: str, column: Column, rows: Sequence[int]) -> list[Any]:
        place = layout.fields.get(name)
        if place is None:
            return [column.default] * len(rows)
        values = layout.table.columns[place]
        exact = frozenset(key for name in column.refers for key in self.spelled.get(name, {}).values())
        fast = _fast(column, exact, self.fiscal_start)
        formulas: Mapping[int, str] = layout.table.formulas[place] if layout.table.formulas else {}
        wanted = [values[row] for row in rows]
        if _WORDS.issuperset(map(type, wanted)):
            # The same words come again and again: each is read once.
            known = {value: fast(value) for value in set(wanted)}
            out = list(map(known.__getitem__, wanted))
        else:
            out = list(map(fast, wanted))
        for index, (row, value) in enumerate(zip(rows, out, strict=True)):
            if value is _SLOW or (row in formulas and values[row] is None):
                out[index] = self._slow(layout, name, column, row)
        return out

    def _slow(self, layout: _Layout, name: str, column: Column, row: int) -> Any:
        key = self._measurement_key(layout, row)
        return self._read(Measurement, layout, row, name, column, key)

    def _shown_values(self, layout: _Layout, rows: Sequence[int], read: dict[str, list[Any]]) -> None:
        """Readings by what their cells make of them: percents and times in the KPI's unit."""
        place, table = layout.fields.get("value"), layout.table
        if place is None:
            return
        percent = table.percent[place] if table.percent else frozenset[int]()
        times = table.times[place] if table.times else frozenset[int]()
        if not percent and not times:
            return
        column = columns_of(Measurement)["value"]
        raw, values, keys = table.columns[place], read["value"], read["kpi"]
        for index, row in enumerate(rows):
            kpi = self.units.get(keys[index])
            shown = row in times or row in percent
            if shown and kpi is not None and isinstance(raw[row], float):
                at = _At(Measurement, layout, row, column, self._measurement_key(layout, row))
                values[index] = self._as_shown(at, values[index], kpi)


def _is_of(typed: str, unit: str, decimal: str | None) -> bool:
    """Whether a number as text plainly carries a unit, by any of its spellings, or none where no money is."""
    found = number_from_text(typed, decimal)
    if not isinstance(found, tuple) or ":" in typed or typed[:1] in "$€£¥" or is_money(unit):
        return False
    return not found[1] or same_unit(found[1], unit)


def _is_bare_range(values: Mapping[str, Any]) -> bool:
    """Whether a KPI's row has both bounds of a range, and says no more of what is wanted."""
    return values.get("low") is not None and values.get("high") is not None and not values.get("direction")


def _told_as_planned(kpi: Kpi) -> Kpi:
    """The KPI with the decimals of its plan at its unit, where sentences would round them off."""
    unit = unit_as_planned(kpi.unit, kpi.target, kpi.low, kpi.high)
    return kpi if unit is kpi.unit else kpi.changed(unit=unit)


def _ranges(table: Table, rows: Sequence[int]) -> list[str]:
    """Where something stands in some rows of a table: ``A20:D20``, rows that follow each other together."""
    found: list[tuple[int, int, int, int]] = []
    for row in rows:
        held = [place for place in range(len(table.columns)) if table.holds(row, place)]
        if found and found[-1][2] == row - 1:
            top, left, _, right = found.pop()
            found.append((top, min(left, held[0]), row, max(right, held[-1])))
        else:
            found.append((row, held[0], row, held[-1]))
    corners = ((table.cell(top, left), table.cell(bottom, right)) for top, left, bottom, right in found)
    return [str(one) if one == other else f"{one}:{other.a1}" for one, other in corners]


#: The word that stands in place of a number.
ALL = "all"
_SLOW: Any = object()
_WORDS = frozenset({str, type(None)})
_SIGNS = frozenset("=@+-")


def _fast(column: Column, exact: frozenset[str], fiscal_start: int) -> Callable[[Value], Any]:
    """A reader for the cells that need no second look; anything else comes back as ``_SLOW``."""
    default = column.default
    if column.kind == "text":
        return lambda v: (
            default if v is None else v.strip() if type(v) is str and v[:1] not in _SIGNS else _SLOW
        )
    if column.kind == "number":
        bounded = column.low is not None or column.high is not None or column.whole
        return lambda v: default if v is None else v if type(v) is float and not bounded else _SLOW
    if column.kind == "period":
        return lambda v: found.text if type(v) is str and (found := parse_period(v, fiscal_start)) else _SLOW
    if column.kind == "ref":
        return lambda v: default if v is None else v if v in exact else _SLOW
    if column.kind == "date":
        return lambda v: default if v is None else v if type(v) is date else _SLOW
    return lambda v: default if v is None else _SLOW


def _turned(people: Mapping[str, str]) -> dict[str, str]:
    """Names the other way round, as address books have them: ``Foster, Erin`` is Erin Foster."""
    found: dict[str, str] = {}
    for name in people.values():
        last, comma, first = (part.strip() for part in name.partition(","))
        if comma:
            found[f"{first} {last}"] = name
        elif " " in name:
            first, last = name.rsplit(None, 1)
            if not {squeezed(first), squeezed(last)} & people.keys():
                found[f"{last}, {first}"] = name
    return {turned: name for turned, name in found.items() if squeezed(turned) not in people}


def _used(columns: Sequence[Sequence[Value]], rows: int) -> list[int]:
    """The rows in which any column holds something.

    Tables may be of whole columns: what holds next to nothing is gone through for what is there.
    """
    sparse = [column for column in columns if column.count(None) * 2 > rows]
    found = {row for column in sparse for row in there(column) if not _blank(column[row])}
    if len(sparse) == len(columns):
        return sorted(found)
    # Column by column: where each row has an id the first one settles it, and most blank cells are None.
    left: Iterable[int] = range(rows)
    for column in columns:
        if column.count(None) * 2 <= rows:
            left = [row for row in left if column[row] is None or _blank(column[row])]
    blank = frozenset(left) - found
    return [row for row in range(rows) if row not in blank]


def _blank(value: Value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _too_large(value: float, kpi: Kpi) -> bool:
    """Whether a figure of 1,000 % or more is there only because its cell multiplied what was typed."""
    return abs(value) >= 1000 and (kpi.highest_possible is None or value > kpi.highest_possible)


def _hundredfold(value: float) -> float:
    return float(f"{value * 100:.15g}")  # 0.951 * 100 is 95.10000000000001 to a computer


def _field(record: type[Record], column: Column) -> str:
    return next(name for name, c in columns_of(record).items() if c.header == column.header)


__all__ = ["read_book"]
