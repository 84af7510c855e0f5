"""What is due as calendar entries (RFC 5545): whole days, each with a name of its own to update it by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from qmsbook.book.book import Book
from qmsbook.book.words import listed, one_line, plural
from qmsbook.chase.owed import Due, Owed, next_review


def calendar(book: Book, person: Owed, id: str) -> bytes | None:
    """The days on which a person's work is due from now on, and of the next review; None if there are none.

    ``id`` is the workbook's; with it an entry that comes a second time takes the place of the first.
    """
    made = Calendar()
    made.add("prodid", "-//qmsbook//reminders//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    found = list(_events(book, person, id))
    for event in found:
        made.add_component(event)
    return made.to_ical() if found else None


def _events(book: Book, person: Owed, id: str) -> Iterator[Event]:
    for action in person.actions:
        if action.due is not None and action.due >= book.on:
            said = f"Due: {action.id} {action.what}"
            yield _event(book, action.due, said, f"action-{action.id}", id)
    by_day: dict[date, list[Due]] = defaultdict(list)
    for due in (*person.readings, *person.coming):
        if due.by >= book.on:
            by_day[due.by].append(due)
    for day, dues in sorted(by_day.items()):
        names = listed([f"{due.kpi.id} ({due.period.text})" for due in dues])
        said = f"Figures due: {plural(len(dues), 'KPI')}"
        yield _event(book, day, said, f"readings-{person.person}-{day.isoformat()}", id, names)
    found = next_review(book)
    if found is not None:
        day, row = found
        yield _event(book, day, book.settings.review_name, f"review-after-{row.id}", id)


def _event(book: Book, day: date, said: str, name: str, id: str, more: str = "") -> Event:
    event = Event()
    event.add("uid", f"{_plain(name)}@{_plain(id)}.qmsbook")
    event.add("dtstamp", datetime.combine(book.on, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", one_line(said))
    if more:
        event.add("description", one_line(more))
    event.add("transp", "TRANSPARENT")
    return event


def _plain(text: str) -> str:
    """A text as part of a name: letters, digits, dots and dashes."""
    return "".join(c if (c.isalnum() and c.isascii()) or c in ".-" else f"_{ord(c):x}" for c in text)
