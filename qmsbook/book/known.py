"""What the reading of one workbook knows by now: its tables, how it spells things, and what was noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from qmsbook.book.amiss import missing, unread_below
from qmsbook.book.book import Noticed, Trouble, frequency_of
from qmsbook.book.layout import At, Layout, Row, filled, laid_out
from qmsbook.book.parse import settle_decimal, squeezed
from qmsbook.book.period import Frequency
from qmsbook.book.snapshot import Line
from qmsbook.book.spelling import Spellings, spellings
from qmsbook.book.table import Table, Value, columns_of
from qmsbook.book.tables import TABLES, Kpi, Measurement, Target


@dataclass
class Known:
    """What is known of a workbook while it is read.

    ``found`` are the declared tables, ``layouts`` where their fields stand; ``units`` the KPIs by id, once
    they are read; ``unsaid`` the ids of those that are ratios by their names alone. ``decimal`` is the
    workbook's decimal sign in texts, where its cells settle it.
    """

    tables: Sequence[Table]
    lines: Sequence[Line] = ()
    troubles: list[Trouble] = field(default_factory=list)
    found: dict[str, Table] = field(default_factory=dict)
    layouts: dict[str, Layout] = field(default_factory=dict)
    spellings: Spellings = field(default_factory=Spellings)
    units: dict[str, Kpi] = field(default_factory=dict)
    unsaid: set[str] = field(default_factory=set)
    decimal: str | None = None
    fiscal_start: int = 1

    def __post_init__(self) -> None:
        own = [table for table in self.tables if not table.marker]
        by_name = {table.name.casefold(): table for table in own}
        for record in TABLES:
            table = by_name.get(record.TABLE.casefold())
            if table is not None:
                self.found[record.TABLE] = table
                self.layouts[record.TABLE], told = laid_out(record, table)
                self.troubles += [*told, *unread_below(record, table)]
        self.troubles += missing(own, self.found, self.lines)
        self.decimal = settle_decimal(_number_texts(list(self.layouts.values())))
        self.spellings = spellings(self.layouts)

    @property
    def ways(self) -> tuple[str | None, int]:
        """How the workbook writes numbers and dates: its decimal sign, and the month its year starts in."""
        return self.decimal, self.fiscal_start

    def notice(self, at: At, kind: Noticed, value: Value, detail: str = "") -> None:
        """Keeps what one cell has to be told of."""
        table, header = at.record.TABLE, at.column.header
        self.troubles.append(Trouble(kind, table, at.cell, at.row.key, header, value, detail))

    def rows(self, layout: Layout) -> list[int]:
        """The rows of a table that hold something of the user's, counted from 0."""
        rows, gaps = filled(layout)
        self.troubles += gaps
        return rows

    def kpi(self, text: str) -> Kpi | None:
        """The KPI that a text names, in whatever spelling."""
        return self.units.get(self.spellings.ids.get(Kpi.TABLE, {}).get(squeezed(text), text))

    def unit(self, row: Row) -> str:
        """The unit of a row's KPI."""
        if row.layout.record is Kpi:
            return row.text("unit")
        kpi = self.kpi(row.text("kpi"))
        return kpi.unit if kpi else ""

    def frequency(self, row: Row) -> Frequency:
        """How often the KPI of a row is read: a day in it stands for a period of that kind."""
        named = row.layout.record in (Measurement, Target) and "kpi" in row.layout.fields
        kpi = self.kpi(row.text("kpi")) if named else None
        return frequency_of(kpi) if kpi else "monthly"


def _number_texts(layouts: Sequence[Layout]) -> list[str]:
    """The texts that stand where people type numbers: they show which decimal sign the workbook has."""
    texts = []
    for layout in layouts:
        declared = columns_of(layout.record)
        for place, name in layout.columns(computed=False):
            if declared[name].kind == "number":
                texts += [value for value in layout.table.columns[place] if isinstance(value, str)]
    return texts
