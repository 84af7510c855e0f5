"""The shapes that most rules have: a field left blank, a day past, what belongs together or comes twice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from qmsbook.book.book import Book
from qmsbook.book.parse import plain_text
from qmsbook.book.table import Record
from qmsbook.book.words import day_words
from qmsbook.rules.ask import asked, cells, listed, named, number
from qmsbook.rules.rule import Problem

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Record)


def lacking(
    book: Book, records: Iterable[Record], name: str, says: str, *rests_on: str, though_absent: bool = False
) -> Iterator[Problem]:
    """A problem for each record that leaves a field blank: *K04 (Revenue)* and what it ``says``.

    ``rests_on`` are the fields that made it one of these records. Without the column nothing is said, unless
    ``though_absent``.
    """
    rows = list(records)
    for record in rows if though_absent else asked(book, rows, name):
        if getattr(record, name) in _BLANK:
            yield Problem(record.cell(name), f"{named(record)} {says}.", cells(record, *rests_on))


def each(records: Iterable[Record], name: str, says: str, *rests_on: str) -> Iterator[Problem]:
    """A problem at a field of each record: *G2 (Grow abroad)* and what it ``says``.

    ``says`` may name fields of the record: ``was last looked at on {last_reviewed}``.
    """
    for record in records:
        words = says.format_map(_Words(record)) if "{" in says else says
        yield Problem(record.cell(name), f"{named(record)} {words}.", cells(record, *rests_on))


class _Words(dict[str, str]):
    """The fields of a record as a sentence says them: figures and days as people write them."""

    def __init__(self, record: Record) -> None:
        super().__init__()
        self._record = record

    def __missing__(self, name: str) -> str:
        value = getattr(self._record, name)
        if isinstance(value, tuple):
            return listed(value)
        if isinstance(value, date):
            return day_words(value)
        return number(value) if isinstance(value, float) else plain_text(value)


def past(book: Book, records: Iterable[Record], name: str, says: str, *rests_on: str) -> Iterator[Problem]:
    """A problem for each record whose day is over: *A11 (Call them)* and what it ``says`` of ``{day}``."""
    for record in records:
        day = getattr(record, name)
        if day is not None and day < book.on:
            message = f"{named(record)} {says.format(day=day_words(day))}."
            yield Problem(record.cell(name), message, cells(record, *rests_on))


def older(records: Iterable[R], name: str, than: date) -> list[R]:
    """The records whose day, where they have one, lies before another day."""
    return [record for record in records if (day := getattr(record, name)) is not None and day < than]


def grouped(items: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """What belongs together, by what it has in common, in the order in which it comes."""
    found: dict[K, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return found


def again(items: Iterable[T], key: Callable[[T], Hashable]) -> Iterator[tuple[T, T]]:
    """Each item that has something in common with one before it: the first of them, and it."""
    first: dict[Hashable, T] = {}
    for item in items:
        before = first.setdefault(key(item), item)
        if before is not item:
            yield before, item


_BLANK = (None, "", ())
