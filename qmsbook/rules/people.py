"""Who is there, what is no person at all, and who can mend what a rule found."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from itertools import chain

from qmsbook.book.book import Book
from qmsbook.book.near import Near
from qmsbook.book.parse import split_ids
from qmsbook.book.table import Record
from qmsbook.book.tables import Action, Decision, Idea, Kpi, Objective, Person, Risk, Target

#: What stands between several names.
_AND = re.compile(r"\s*(?:[/&+;]|\band\b|\bwith\b)\s*", re.IGNORECASE)
#: Words that stand where a name should, and departments, without spaces and signs.
_NOBODY = frozenset(
    {"tbd", "tba", "tbc", "na", "none", "nobody", "unknown", "vacant", "open", "unassigned", "someone"}
    | {"somebody", "everyone", "everybody", "all", "team", "staff", "management", "leadership", "x", "xx"}
    | {"tobedecided", "tobedetermined", "tobeconfirmed", "tobenamed", "newhire"}
)
_DEPARTMENTS = frozenset(
    {"production", "quality", "sales", "purchasing", "operations", "engineering", "maintenance", "finance"}
    | {"accounting", "logistics", "shipping", "warehouse", "planning", "scheduling", "marketing", "service"}
    | {"it", "hr", "humanresources", "qa", "qc", "office", "administration", "machining", "assembly"}
    | {"inspection", "customerservice", "support", "helpdesk", "development", "devops", "product", "design"}
    | {
        "reception",
        "frontdesk",
        "frontoffice",
        "backoffice",
        "nursing",
        "nurses",
        "doctors",
        "laboratory",
        "lab",
    }
    | {
        "kitchen",
        "shop",
        "store",
        "stores",
        "delivery",
        "drivers",
        "dispatch",
        "payroll",
        "legal",
        "facilities",
    }
)
#: ``Team Orange`` and ``the night shift`` are several people.
_TEAM = re.compile(
    r"\s*(?:the\s+\w|(?:team|shift|department|dept)\b|.*\b(?:team|shift|crew|department|dept)\s*\Z)", re.I
)
#: The fields that name who answers for a row, the first one filled counting.
_ANSWERS = ("owner", "control_owner", "chair", "by")


def plain(text: str) -> str:
    """A name without spaces, signs and case."""
    return re.sub(r"[\W_]+", "", text).casefold()


def is_nobody(text: str) -> bool:
    """Whether a word stands where a name should, as TBD does; a department is not meant."""
    return plain(text) in _NOBODY


def gone(book: Book, person: Person) -> bool:
    """Whether somebody has left by the day judged."""
    return person.left_on is not None and person.left_on <= book.on


def present(book: Book) -> list[Person]:
    """The people who are there."""
    return [person for person in book.people if person.id and not gone(book, person)]


class Placeholders:
    """Whether a name is no name: TBD, a department, a process of this company."""

    def __init__(self, book: Book) -> None:
        self.book = book
        names = {person.function for person in book.people} | {o.function for o in book.objectives}
        names |= {name for process in book.processes for name in (process.id, process.name)}
        self.words = _NOBODY | _DEPARTMENTS | {plain(name) for name in names}

    def __contains__(self, text: str) -> bool:
        if not text or self.book.person(text) is not None:
            return False
        if _TEAM.match(text):
            return True
        bare = re.sub(r"(department|dept|team|group)\Z", "", plain(text))
        return bare in self.words or not bare


class Menders:
    """Who can mend a finding: whoever answers for its row, else the one above, else top management.

    It is somebody who is there: nobody who left, no department, and not the person that the finding is about.
    """

    def __init__(self, book: Book) -> None:
        self.book = book

    def of(self, record: Record | None, about: Collection[str] = (), first: str = "") -> str:
        """The person who can mend what was found in a row, or in the whole plan where there is none."""
        names = chain([first], self._line(record, set()), self.leaders)
        return next((found for name in names if (found := self._there(name)) and found not in about), "")

    def of_the_book(self, about: Collection[str] = ()) -> str:
        """The person who keeps the workbook: the quality role, else top management."""
        keepers = [person.id for person in present(self.book) if person.quality_role]
        return next((name for name in (*keepers, *self.leaders) if name not in about), "")

    @cached_property
    def leaders(self) -> list[str]:
        """Top management, as far as it is there; where nobody is marked, who keeps quality or a process."""
        people = present(self.book)
        top = [person.id for person in people if person.top_management]
        if top:
            return top
        there = {person.id for person in people}
        runs = (process.owner for process in self.book.processes if process.owner in there)
        keepers = [*(person.id for person in people if person.quality_role), *runs]
        return keepers or [person.id for person in people]

    @cached_property
    def _near(self) -> Near:
        return Near(person.id for person in self.book.people if person.id)

    @cached_property
    def _placeholders(self) -> Placeholders:
        return Placeholders(self.book)

    def _there(self, name: str) -> str:
        """The name, if it is one of somebody who is there; of several named, the first who is."""
        person = self.book.person(name)
        if person is not None:
            return "" if gone(self.book, person) else name
        parts = split_ids(_AND.sub(",", name)) if name else []
        known = [found for part in parts if (found := self.book.person(part))] if len(parts) > 1 else []
        if known:
            return next((each.id for each in known if not gone(self.book, each)), "")
        if not name or name in self._placeholders:
            return ""
        meant = self._near(name)
        if meant is not None:
            return self._there(meant)
        return "" if self.book.people else name  # without People nobody can say who is there

    def _line(self, record: Record | None, seen: set[int]) -> Iterator[str]:
        """The names from a row upwards, each row once: links may run in a circle, which is told elsewhere."""
        if record is None or id(record) in seen:
            return
        seen.add(id(record))
        if isinstance(record, Person):
            yield record.id
        yield from (v for n in _ANSWERS if isinstance(v := getattr(record, n, None), str) and v)
        for above in self._above(record):
            yield from self._line(above, seen)

    def _above(self, record: Record) -> Iterable[Record | None]:
        """The rows that a row belongs to, the nearest first."""
        book = self.book
        match record:
            case Kpi():
                goals = (goal for goal in book.goals if goal.result_kpi and goal.result_kpi == record.id)
                return (book.process(record.process), *map(book.objective, record.supports), *goals)
            case Objective():
                return (*map(book.goal, record.supports), *map(book.process, record.processes))
            case Target():
                return (book.kpi(record.kpi),)
            case Risk():
                return (book.objective(record.objective), book.goal(record.goal))
            case Action():
                return map(book.find, record.serves)
            case Decision():
                return (book.find(record.review, "Reviews"),)
            case Idea() | Person():
                return (book.process(record.process),)
            case _:
                return ()
