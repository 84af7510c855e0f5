"""Whose figures do not come in at all."""

from __future__ import annotations

from collections import defaultdict

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.methods.method import OVERDUE, Assessment
from qmsbook.rules.ask import has_readings, judged_by, read_kpis
from qmsbook.rules.people import gone


def unread_by_owner(book: Book, assessed: Assessment) -> dict[str, list[str]]:
    """Who is in People and there, and had no KPI read for some periods, each with these KPIs."""
    wanted = book.settings.phantom_owner_periods
    unread: dict[str, list[str]] = defaultdict(list)
    busy: set[str] = set()
    for kpi in read_kpis(book) if has_readings(book) else ():
        answers = assessed.kpis.get(kpi.id)
        if answers is None or answers.series.judged is None or not kpi.owner:
            continue
        if _unread_for(answers.series.judged, answers.latest_period, answers.series.first_due) >= wanted:
            unread[kpi.owner].append(kpi.id)
        else:
            busy.add(kpi.owner)
        if answers.status.word != OVERDUE or any(c in book.unreadable for c in judged_by(book, kpi)):
            busy.add(kpi.owner)
    people = {owner: person for owner in unread if (person := book.person(owner)) is not None}
    return {
        owner: unread[owner]
        for owner, person in people.items()
        if owner not in busy and not gone(book, person)
    }


def _unread_for(judged: Period, latest: Period | None, first_due: Period | None) -> int:
    """How many due periods in a row have no reading, counted back from the one that is judged."""
    count, period = 0, judged
    while (latest is None or period.last > latest.last) and count < 60:
        if first_due is not None and period.last < first_due.last:
            break
        count, period = count + 1, period.previous
    return count
