"""What edits change and what findings there are, said to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from qmsbook.book.edit import KEEP, AppendRows, Edit, FillCells, GrowTable, PutSheet, RemoveSheet, SetColumn
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.words import listed, plural
from qmsbook.rules.rule import Finding, Severity


def describe(edits: Sequence[Edit], snapshot: Snapshot) -> tuple[str, ...]:
    """What edits change, as sentences for a person."""
    sentences = []
    columns: dict[str, list[str]] = {}
    for edit in edits:
        match edit:
            case SetColumn(table, header, values):
                count = _changed(snapshot, table, header, values)
                if count:
                    columns.setdefault(table, []).append(f"{header} ({count})")
            case AppendRows(table, rows):
                sentences.append(f"{plural(len(rows), 'row')} added to {table}.")
            case GrowTable(table, rows):
                sentences.append(_grown(snapshot, table, rows))
            case PutSheet(marker, name, _):
                stands = snapshot.sheet(marker)
                sentences.append(
                    f"Sheet {stands.sheet if stands else name} {'redrawn' if stands else 'added'}."
                )
            case RemoveSheet(marker):
                stands = snapshot.sheet(marker)
                if stands:
                    sentences.append(f"Sheet {stands.sheet} removed.")
            case FillCells(table, cells):
                sentences.append(f"{plural(len(cells), 'cell')} filled in {table}.")
    told = [f"{table}: {', '.join(headers)} brought up to date." for table, headers in columns.items()]
    return (*told, *sentences)


def _grown(snapshot: Snapshot, table: str, rows: int) -> str:
    before = (snapshot.found or snapshot).table(table)
    more = rows - before.rows if before else 0
    verb = "belongs" if more == 1 else "belong"
    return f"{plural(more, 'row')} typed below {table} now {verb} to the table."


def _changed(snapshot: Snapshot, table: str, header: str, values: Sequence[object]) -> int:
    found = snapshot.table(table)
    place = found.find(header) if found else None
    if found is None or place is None:
        return 0
    percent = found.percent[place] if found.percent else frozenset()
    if not percent and tuple(found.columns[place]) == values:
        return 0
    count = 0
    # Values of rows that are only being added are told with those rows.
    for row, (old, new) in enumerate(zip(found.columns[place], values, strict=False)):
        if new is KEEP:
            continue
        if row in percent and isinstance(old, float) and isinstance(new, float):
            old = old * 100
            count += abs(old - new) > 1e-9 * max(1.0, abs(new))
        else:
            count += (old if old != "" else None) != (new if new != "" else None)
    return count


def counts_of(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each severity are open."""
    counts = Counter(str(finding.severity) for finding in findings if not finding.waived)
    return {str(severity): counts[str(severity)] for severity in Severity}


def counted(findings: Iterable[Finding]) -> str:
    """``3 errors, 2 warnings and 1 piece of advice``."""
    counts = counts_of(findings)
    words = [
        plural(counts["error"], "error") if counts["error"] else "",
        plural(counts["warning"], "warning") if counts["warning"] else "",
        plural(counts["advice"], "piece of advice", "pieces of advice") if counts["advice"] else "",
    ]
    return listed([word for word in words if word]) or "No findings"
