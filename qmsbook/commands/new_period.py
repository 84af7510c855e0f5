"""A new period in Measurements: the rows that are due, with what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from qmsbook.book.book import Book, by_calendar, frequency_of
from qmsbook.book.edit import KEEP, AppendRows, Edit
from qmsbook.book.period import Period, periods_between
from qmsbook.book.reading import read_book
from qmsbook.book.table import Value
from qmsbook.commands.work import Done, Looked, Progress, finish, look, period_of, quiet
from qmsbook.hosts.host import Host
from qmsbook.hosts.memory import MemoryHost
from qmsbook.methods import assess
from qmsbook.methods.columns import computed
from qmsbook.methods.plan import SINCE_START
from qmsbook.methods.series import series_of
from qmsbook.rules.rule import Rule


def add_period(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Add the rows that are due in a period to Measurements, each KPI's once. Raises UnknownPeriod."""
    looked = look(host, on, progress, own)
    asked = period_of(looked.book, period)
    rows = due_rows(looked.book, asked)
    if not rows:
        return Done((f"Nothing to add: every KPI due in {asked.title} has its row.",), looked=looked)
    edits: list[Edit] = [AppendRows("Measurements", with_context(looked, rows))]
    return finish(host, edits, looked, None, dry_run, progress)


def due_rows(book: Book, asked: Period) -> list[dict[str, Value]]:
    """The rows that Measurements still lacks for a period, each active KPI's by its own frequency.

    What is read when it happens has none until then.
    """
    there = set(zip(book.measurements.kpi, book.measurements.period, strict=True))
    rows: list[dict[str, Value]] = []
    for kpi in book.kpis:
        if not kpi.id or kpi.active is False or not by_calendar(kpi):
            continue
        start = book.settings.fiscal_year_start_month
        ended = series_of(book, kpi).ended if kpi.target_is == SINCE_START else None
        for period in periods_between(asked.first, asked.last, frequency_of(kpi), start):
            if ended is not None and period.last > ended.last:
                break  # the total has reached its end
            if period.last >= asked.first and (kpi.id, period.text) not in there:
                there.add((kpi.id, period.text))
                rows.append({"KPI": kpi.id, "Period": period.text})
    return rows


def with_context(looked: Looked, rows: Sequence[Mapping[str, Value]]) -> tuple[Mapping[str, Value], ...]:
    """The new rows with what is computed beside them: name, unit, owner, the reading before, the plan."""
    scratch = MemoryHost(looked.snapshot.tables)
    scratch.apply([AppendRows("Measurements", tuple(rows))], scratch.read())
    book = read_book(scratch.read().tables, looked.book.on).changed(closed_plans=looked.book.closed_plans)
    table = book.tables["Measurements"]
    place, period = table.find("KPI"), table.find("Period")
    assert place is not None
    assert period is not None
    at = {(table.columns[place][row], table.columns[period][row]): row for row in range(table.rows)}
    context = {e.header: e.values for e in computed(book, assess(book), {}) if e.table == "Measurements"}
    filled = []
    for row in rows:
        index = at[row["KPI"], row["Period"]]
        beside = {
            header: value
            for header, values in context.items()
            if (value := values[index]) is not KEEP and value is not None and value != ""
        }
        filled.append({**beside, **row})
    return tuple(filled)  # type: ignore[arg-type]  # KEEP is left out above
