"""The shapes that most rules have: a field left blank, an id of nothing, a day past, a cell noticed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qmsbook.book.book import Book
from qmsbook.book.table import Record
from qmsbook.rules.ask import asked, cells, named
from qmsbook.rules.rule import Problem


def lacking(
    book: Book, records: Sequence[Record], name: str, says: str, *rests_on: str, though_absent: bool = False
) -> Iterator[Problem]:
    """A problem for each record that leaves a field blank: *K04 (Revenue)* and what it ``says``.

    ``rests_on`` are the fields that made it one of these records. Without the column nothing is said, unless
    ``though_absent``.
    """
    for record in records if though_absent else asked(book, records, name):
        if getattr(record, name) in _BLANK:
            yield Problem(record.cell(name), f"{named(record)} {says}.", cells(record, *rests_on))


def past(book: Book, records: Sequence[Record], name: str, says: str, *rests_on: str) -> Iterator[Problem]:
    """A problem for each record whose day is over: *A11 (Call them)* and what it ``says`` of ``{day}``."""
    for record in records:
        day = getattr(record, name)
        if day is not None and day < book.on:
            message = f"{named(record)} {says.format(day=day.isoformat())}."
            yield Problem(record.cell(name), message, cells(record, *rests_on))


_BLANK = (None, "", ())
