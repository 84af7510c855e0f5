"""How a workbook spells the ids of its rows, so that another spelling of one still finds its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qmsbook.book.layout import Layout
from qmsbook.book.parse import plain_text, squeezed
from qmsbook.book.table import Column, there
from qmsbook.book.tables import TABLES, Person


@dataclass
class Spellings:
    """The ids of each table by what of them counts; ``turned`` are people's names the other way round."""

    ids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    turned: Mapping[str, str] = field(default_factory=dict)
    _signed: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def own(self, table: str, text: str) -> str | None:
        """An id as its own row in a table spells it, or None."""
        found = self.ids.get(table, {}).get(squeezed(text))
        return self.turned.get(text) if found is None and table == Person.TABLE else found

    def as_own(self, column: Column, text: str) -> str:
        """An id that stands in a column, as its own row spells it; as it is where no row has it."""
        for table in self._tables(column):
            own = self.own(table, text)
            if own is not None:
                return own
        return text

    def exact(self, column: Column) -> frozenset[str]:
        """The ids that a column may name, as their own rows spell them."""
        return frozenset(text for table in column.refers for text in self.ids.get(table, {}).values())

    def holding_signs(self, column: Column) -> tuple[str, ...]:
        """The ids that a column may name and that hold a comma or semicolon, which else would split them."""
        found = self._signed.get(column.refers)
        if found is None:
            tables = self._tables(column)
            texts = [text for table in tables for text in self.ids.get(table, {}).values()]
            texts += self.turned if Person.TABLE in tables else []
            found = self._signed[column.refers] = tuple(t for t in texts if "," in t or ";" in t)
        return found

    def _tables(self, column: Column) -> tuple[str, ...]:
        return tuple(self.ids) if column.refers in {("*",), ()} else column.refers


def spellings(layouts: Mapping[str, Layout]) -> Spellings:
    """How the tables of a workbook spell their ids."""
    ids = {record.TABLE: _ids(layouts.get(record.TABLE)) for record in TABLES}
    return Spellings(ids, _turned(ids[Person.TABLE]))


def _ids(layout: Layout | None) -> dict[str, str]:
    if layout is None or layout.record.KEY != "id" or "id" not in layout.fields:
        return {}
    column = layout.table.columns[layout.fields["id"]]
    texts = (plain_text(v) for row in there(column) if isinstance(v := column[row], str | float))
    found: dict[str, str] = {}
    for text in texts:
        if text:
            found.setdefault(squeezed(text), text)
    return found


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
