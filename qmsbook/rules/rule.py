"""What a rule is, what it finds, and how a book is checked."""

from __future__ import annotations

import inspect
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, lru_cache
from types import FunctionType, ModuleType
from typing import Any, Literal, TypeAlias

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.parse import plain_text, squeezed
from qmsbook.book.table import Record, Value, columns_of, header_key
from qmsbook.book.tables import TABLES
from qmsbook.methods.method import Assessment
from qmsbook.rules.alone import FIXES
from qmsbook.rules.people import Menders

Stage: TypeAlias = Literal["start", "run", "audit-ready"]
STAGES: tuple[Stage, ...] = ("start", "run", "audit-ready")


class Severity(StrEnum):
    """How much it matters: a figure or link that cannot be trusted, a method not met, a better plan."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.ADVICE: 2}


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule yields: the cell, a sentence, and what it may add to what `check` finds out by itself.

    A rule may yield a plain ``(cell, message)`` too. ``rests_on`` names further cells; if one of them is
    unreadable the problem is dropped, for its cause is told already. ``fix`` and ``severity`` replace the
    rule's own; ``row`` and ``column`` are needed only where there is no cell. ``owner`` is asked
    before those who answer for the row; ``about`` are the people it complains of: somebody else can mend it.
    """

    cell: Cell | None
    message: str
    rests_on: tuple[Cell, ...] = ()
    fix: str = ""
    owner: str = ""
    about: tuple[str, ...] = ()
    row: str | None = None
    column: str | None = None
    table: str = ""
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of the workbook: where, how grave, what was found, what to do, and who can do it.

    ``row`` is the row's id, or ``KPI@period`` for a reading; ``value`` is what stands in the cell ``at``.
    """

    code: str
    severity: Severity
    table: str
    row: str | None
    column: str | None
    at: Cell | None
    value: Value
    message: str
    fix: str
    owner: str = ""
    waived: bool = False

    def __str__(self) -> str:
        place = f"{self.at} " if self.at else ""
        return f"{place}{self.code} {self.message}\n  {self.fix}"


_PARTS = frozenset({"Why", "Fix", "Bad", "Good"})
_PART = re.compile(r"^ *(Why|Fix|Bad|Good) *$", re.MULTILINE)

Quiet: TypeAlias = Literal["", "few", "alone"]
Yields: TypeAlias = Iterable[Problem | tuple[Cell | None, str]]


@dataclass(frozen=True)
class Rule:
    """One rule: a function of a book, and the words of its docstring.

    ``stage`` is the first stage of a workbook in which it speaks; ``family`` starts the code. With an
    ``edition`` it speaks only in workbooks that have chosen that one. ``quiet``: it asks for more than a
    handful of people, and is quiet where only a ``few`` are known; or it asks to write down what whoever
    works ``alone`` knows or decides anyway, and is quiet there.
    """

    code: str
    severity: Severity
    stage: Stage
    clause: str
    name: str
    function: Callable[..., Yields]
    needs_assessment: bool
    docstring: str = field(repr=False)
    edition: str = ""
    quiet: Quiet = ""

    @cached_property
    def _words(self) -> tuple[str, dict[str, str]]:
        return _told(self.docstring)  # of the few rules that found something

    @property
    def title(self) -> str:
        """The first sentence of the docstring."""
        return self._words[0]

    @property
    def sections(self) -> dict[str, str]:
        """Why, Fix, Bad and Good of the docstring."""
        return self._words[1]

    @property
    def family(self) -> str:
        return self.code[:3]

    @property
    def why(self) -> str:
        return self.sections["Why"]

    @property
    def fix(self) -> str:
        return self.sections["Fix"]

    @property
    def bad(self) -> str:
        return self.sections["Bad"]

    @property
    def good(self) -> str:
        return self.sections["Good"]

    def problems(self, book: Book, assessed: Assessment | None) -> Iterator[Problem]:
        """What the rule finds, as problems."""
        found = self.function(book, assessed) if self.needs_assessment else self.function(book)
        for problem in found:
            yield problem if isinstance(problem, Problem) else Problem(*problem)


def rule(
    code: str,
    severity: Severity,
    *,
    clause: str = "",
    stage: Stage = "start",
    edition: str = "",
    quiet: Quiet = "",
) -> Callable[[Callable[..., Yields]], Rule]:
    """Make a rule of a function ``(book)`` or ``(book, assessed)`` and its docstring."""

    def make(function: Callable[..., Yields]) -> Rule:
        docstring = function.__doc__ or ""
        missing = _missing(docstring)
        if missing:
            raise ValueError(f"the docstring of {function.__name__} lacks {', '.join(sorted(missing))}")
        name, needs = function.__name__, _takes(function) == 2
        return Rule(code, severity, stage, clause, name, function, needs, docstring, edition, quiet)

    return make


def _missing(docstring: str) -> frozenset[str]:
    """The parts that a docstring lacks; those of the catalogue, which every start reads, have all of them."""
    if all(f"\n    {part}\n" in docstring or f"\n{part}\n" in docstring for part in _PARTS):
        return frozenset()  # indented as it was written, or not, as Python 3.13 keeps it
    return _PARTS.difference(_PART.findall(docstring))


def _takes(function: Callable[..., Yields]) -> int:
    """How many parameters a rule takes; a signature of each of the catalogue would cost every start."""
    if isinstance(function, FunctionType) and not hasattr(function, "__wrapped__"):
        return function.__code__.co_argcount
    return len(inspect.signature(function).parameters)


def collect(*families: Sequence[ModuleType]) -> tuple[Rule, ...]:
    """The rules of each family's modules, by their codes. Raises ValueError if a code is used twice."""
    found = ((value for module in family for value in vars(module).values()) for family in families)
    rules = tuple(
        each
        for family in found
        for each in sorted((v for v in family if isinstance(v, Rule)), key=lambda rule: rule.code)
    )
    codes = [r.code for r in rules]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"rule codes used twice: {', '.join(twice)}")
    return rules


def check_with(
    rules: Sequence[Rule],
    book: Book,
    assessed: Callable[[], Assessment] | Assessment,
    stage: Stage | None = None,
) -> list[Finding]:
    """All findings of some rules over a book, worst first, waived ones marked and last.

    ``stage`` leaves out the rules of later stages; None asks them all. ``assessed`` may be a function: it is
    called once, and only if a rule asks for statuses.
    """
    index = _Index(book)
    found: list[Finding] = []
    wanted = STAGES[: STAGES.index(stage) + 1] if stage else STAGES
    for each in rules:
        if each.stage not in wanted or each.edition not in ("", book.settings.iso_edition):
            continue
        if (each.quiet == "few" and book.others_unknown) or (each.quiet == "alone" and book.one_person):
            continue
        if each.needs_assessment and callable(assessed):
            assessed = assessed()
        needed = None if callable(assessed) else assessed
        for problem in each.problems(book, needed):
            if _rests_on_unreadable(book, each, problem):
                continue
            found.append(index.finding(each, problem))
    # In the order of the catalogue: what cannot be read comes first, for it hides what rests on it.
    places = {code: place for place, code in enumerate(dict.fromkeys(each.code for each in rules))}
    return sorted(found, key=lambda finding: _order(finding, places))


def _rests_on_unreadable(book: Book, rule: Rule, problem: Problem) -> bool:
    """Whether the cause is told already, by the WBK rule that says the cell cannot be read."""
    own = () if rule.family == "WBK" else (problem.cell,)
    return any(cell in book.unreadable for cell in (*own, *problem.rests_on) if cell is not None)


def _order(finding: Finding, places: Mapping[str, int]) -> tuple[Any, ...]:
    at = (finding.at.sheet, finding.at.row, finding.at.column) if finding.at else ("", 0, 0)
    return (
        finding.waived,
        _RANK[finding.severity],
        places[finding.code],
        at,
        finding.row or "",
        finding.message,
    )


def _told(docstring: str) -> tuple[str, dict[str, str]]:
    """Title and sections of a rule's docstring."""
    title, _, rest = inspect.cleandoc(docstring).partition("\n\n")
    sections: dict[str, str] = {}
    for block in re.split(r"^(?=(?:Why|Fix|Bad|Good)\s*$)", rest, flags=re.MULTILINE):
        name, _, body = block.strip("\n").partition("\n")
        if name.strip():
            sections[name.strip()] = inspect.cleandoc("\n" + body)
    for prose in ("Why", "Fix"):
        sections[prose] = re.sub(r"\s*\n\s*", " ", sections[prose])
    return re.sub(r"\s*\n\s*", " ", title), sections


class _Index:
    """From a cell to its table, row, column, value and owner."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.tables = [(name, table) for name, table in book.tables.items()]
        self.menders = Menders(book)
        self.waivers = {
            (squeezed(w.code), squeezed(w.of_row))
            for w in book.waivers
            if w.reason and w.by and w.until is not None and w.until >= book.on
        }

    @cached_property
    def records(self) -> dict[tuple[str, int], Record]:
        return {(record.TABLE, record.row): record for record in self.book.records()}

    def finding(self, rule: Rule, problem: Problem) -> Finding:
        table, row, column, value, record = self._place(problem.cell)
        row = problem.row if problem.row is not None else row
        name = problem.table or table
        waived = (squeezed(rule.code), squeezed(row or "")) in self.waivers
        if record is None and row:
            record = self.book.find(row, *([name] if name else []))
        of_the_book = record is None and rule.family == "WBK" and not problem.owner
        mender = (
            self.menders.of_the_book(problem.about)
            if of_the_book
            else self.menders.of(record, problem.about, problem.owner)
        )
        return Finding(
            code=rule.code,
            severity=problem.severity or rule.severity,
            table=name,
            row=row or None,
            column=problem.column or column,
            at=problem.cell,
            value=value,
            message=problem.message,
            fix=problem.fix or (FIXES.get(rule.code) if self.book.one_person else "") or rule.fix,
            owner=mender,
            waived=waived,
        )

    def _place(self, cell: Cell | None) -> tuple[str, str | None, str | None, Value, Record | None]:
        if cell is None:
            return "", None, None, None, None
        for name, table in self.tables:
            place, row = cell.column - table.column, cell.row - table.row - 1
            if table.sheet != cell.sheet or not (0 <= place < len(table.headers) and -1 <= row < table.rows):
                continue
            value = table.headers[place] if row < 0 else table.columns[place][row]
            key, record = self._row(name, cell.row)
            return name, key, _declared(name, table.headers[place]), value, record
        return "", None, None, None, None

    def _row(self, table: str, row: int) -> tuple[str | None, Record | None]:
        """The key of a row, and the record that it belongs to: of a reading, its KPI."""
        if table == "Measurements":
            readings = self.book.measurements
            index = bisect_left(readings.rows, row)
            if index < len(readings) and readings.rows[index] == row:
                return readings.key(index), self.book.kpi(readings.kpi[index])
            return None, None
        if table == "Settings":
            return self._setting(row), None
        record = self.records.get((table, row))
        return (None, None) if record is None else (record.key, record)

    def _setting(self, row: int) -> str | None:
        table = self.book.tables["Settings"]
        place = table.find("Setting")
        text = (
            "" if place is None or row <= table.row else plain_text(table.columns[place][row - table.row - 1])
        )
        return text or None


@lru_cache(maxsize=1024)
def _declared(table: str, header: str) -> str:
    """The header as it is declared, if it is; else as it stands."""
    for record in TABLES:
        if table == record.TABLE:
            for column in columns_of(record).values():
                if header_key(column.header) == header_key(header):
                    return column.header
    return header
