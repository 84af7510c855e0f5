"""Invented companies of other trades, half filled in: typed into the empty workbook by the product itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

from qmsbook.book.edit import AppendRows, Edit, Fill, FillCells
from qmsbook.book.table import Value, columns_of
from qmsbook.book.tables import TABLES
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost
from qmsbook.rules.folded import Folded, fold
from qmsbook.rules.rule import Finding

TRADES = ("bakery", "clinic", "software", "consultancy", "turning", "roads")
#: Those whose review was read too, each with the period that it is of.
REVIEWED = {"consultancy": "2026", "turning": "2026-Q3", "roads": "2026"}
ON = date(2026, 11, 10)
#: Table -> its rows: a line of headers, then a line a row, cells between bars, as people would type them.
Company = Mapping[str, str]


def company(name: str) -> Company:
    """The words of one company."""
    found: Company = import_module(f"trades.{name}").COMPANY
    return found


def rows_of(text: str) -> list[dict[str, Value]]:
    """The rows of a table; numbers and days are typed as such."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    headers, *rows = lines
    for row in rows:
        assert len(row) == len(headers), row
    return [
        {h: _typed(cell) for h, cell in zip(headers, row, strict=True) if cell} for row in rows if any(row)
    ]


def _typed(cell: str) -> Value:
    try:
        return float(cell)
    except ValueError:
        pass
    try:
        return date.fromisoformat(cell) if len(cell) == 10 else cell
    except ValueError:
        return cell


def build(name: str, path: Path) -> Path:
    """The empty workbook with one company's words typed into it."""
    path.write_bytes(template("qmsbook.xlsx"))
    host, words = FileHost(path), company(name)
    known = {record.TABLE: record for record in TABLES}
    edits: list[Edit] = []
    for table, text in words.items():
        headers = {column.header for column in columns_of(known[table]).values()}
        rows = rows_of(text)
        assert {header for row in rows for header in row} <= headers, table
        if table == "Settings":
            edits.append(_set(host, rows))
            continue
        edits.append(AppendRows(table, tuple(rows)))
    host.apply(edits, host.read())
    return path


def _set(host: FileHost, rows: Sequence[Mapping[str, Value]]) -> FillCells:
    """The values of settings that the empty workbook lists."""
    held = host.read().table("Settings")
    assert held is not None
    names, values = held.columns[held.find("Setting") or 0], held.columns[held.find("Value") or 0]
    fills = []
    for row in rows:
        at = names.index(row["Setting"])
        fills.append(Fill(at, "Value", values[at], row["Value"]))
    return FillCells("Settings", tuple(fills))


def told(findings: Sequence[Finding]) -> list[str]:
    """The rows of the Findings sheet in words, and what each opens into."""
    return [line for group in fold(findings) for line in _told(group)]


def _told(group: Folded) -> list[str]:
    who = ", ".join(group.owners) or "nobody"
    first = f"{group.first.severity} {group.code} {group.message} [{who}]"
    several = [f"    {each.severity} {each.code} {each.message}" for each in group.findings]
    return [first, *several] if group.count > 1 else [first]
