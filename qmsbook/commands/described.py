"""What edits change and what findings there are, said to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from qmsbook.book.book import Book
from qmsbook.book.edit import AppendRows, Edit, FillCells, GrowTable, Keep, PutSheet, RemoveSheet, SetColumn
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Value
from qmsbook.book.words import listed, plural
from qmsbook.hosts.plan import changed_rows
from qmsbook.methods.method import AT_RISK, OFF_TRACK, ON_TRACK, Assessment
from qmsbook.rules.rule import Finding, Severity
from qmsbook.rules.steps import still_missing

_RANKS = {OFF_TRACK: 0, AT_RISK: 1, ON_TRACK: 2}


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


def _changed(snapshot: Snapshot, table: str, header: str, values: Sequence[Value | Keep]) -> int:
    """In how many rows a column is written. Values of rows that are only being added are told with those."""
    found = snapshot.table(table)
    place = found.find(header) if found else None
    return 0 if found is None or place is None else changed_rows(found, place, values)


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


def statuses(assessed: Assessment) -> str:
    """Where the plan stands, worst first: ``32 KPIs: 7 off track, 5 at risk, 20 on track.``"""
    answers = assessed.kpis.values()
    words = Counter(answer.status.word for answer in answers if answer.status.word)
    ranked = sorted(words, key=lambda word: (_RANKS.get(word, len(_RANKS)), -words[word]))
    told = ", ".join(f"{words[word]} {word[0].lower()}{word[1:]}" for word in ranked)
    return f"{plural(sum(words.values()), 'KPI')}: {told}." if told else "No KPI has a status yet."


def verdict(book: Book, findings: Iterable[Finding]) -> str:
    """What a check comes to, where it found nothing: praise only for a plan that is complete."""
    if any(not finding.waived for finding in findings):
        return still_missing(book)
    missing = still_missing(book)
    if missing:
        return f"Nothing is wrong so far. {missing}"
    return "Nothing to mend: the plan holds together and every figure can be read."
