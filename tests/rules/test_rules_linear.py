"""No rule's work grows faster than the workbook: counted in steps of Python, never in seconds.

A workbook is copied 10, 20 and 40 times into one. From 20 to 40 a rule may take about twice as many more
steps as from 10 to 20; one that looks at every row for every row takes four times as many.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Sequence
from types import FrameType
from typing import Any

import pytest
from test_rules import ON, example_tables, golden

from qmsbook.book import near
from qmsbook.book.book import Book
from qmsbook.book.parse import split_ids
from qmsbook.book.reading import read_book
from qmsbook.book.table import Record, Table, Value, columns_of
from qmsbook.book.tables import TABLES
from qmsbook.methods import assess
from qmsbook.methods.method import Assessment
from qmsbook.rules import RULES, check, rule_of
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Rule

SIZES = (10, 20, 40)
#: Twice as many is linear; sorting adds a little.
MOST = 2.5
#: Fewer steps than this per copy are not worth a word: a rule that only looks at headers, say.
FEW = 10
#: What stays as it is however large a company grows.
FIXED = frozenset({"Settings", "Reviews"})
Tables = tuple[Table, ...]


# -- workbooks of any size


def grown(tables: Tables, times: int, fixed: Collection[str]) -> Tables:
    """So many copies of a workbook in one: each has ids of its own, but for those of the fixed tables."""
    kept = {key for table in tables if table.name in fixed for key in _ids(table)}
    return tuple(table if table.name in fixed else _copied(table, times, kept) for table in tables)


def _ids(table: Table) -> Iterable[str]:
    return (str(value) for value in table.columns[0] if value is not None) if table.columns else ()


def _copied(table: Table, times: int, kept: Collection[str]) -> Table:
    columns = tuple(
        [_named(value, copy, kept) if named else value for copy in range(times) for value in values]
        for values, named in zip(table.columns, _naming(table), strict=True)
    )
    return Table(table.name, table.sheet, table.row, table.column, table.headers, columns)


def _naming(table: Table) -> list[bool]:
    """Which columns of a table hold ids or names of rows."""
    record = next((each for each in TABLES if table.name == each.TABLE), None)
    if record is None:
        return [False] * len(table.headers)
    naming = {c.header for c in columns_of(record).values() if c.kind in ("id", "ref", "refs")}
    return [header in naming for header in table.headers]


def _named(value: Value, copy: int, kept: Collection[str]) -> Value:
    if not isinstance(value, str) or not copy:
        return value
    return ", ".join(key if key in kept else f"{key} x{copy}" for key in split_ids(value))


# -- counting


class Counted(str):
    """A text whose comparisons and look-ups are steps of Python, so that ``in`` a list is counted too."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    def __lt__(self, other: str) -> bool:
        return str.__lt__(self, other)

    def __hash__(self) -> int:
        return str.__hash__(self)


def counted(book: Book) -> Book:
    """The same book with texts that count; done before anything is looked up in it."""

    def told(value: Any) -> Any:
        if isinstance(value, str):
            return Counted(value)
        return tuple(map(told, value)) if isinstance(value, tuple) else value

    for record in book.records():
        _replace(record, told)
    for name in ("kpi", "period", "entered_by", "comment"):
        values = getattr(book.measurements, name)
        values[:] = map(told, values)
    return book


def _replace(record: Record, told: Callable[[Any], Any]) -> None:
    for name in columns_of(type(record)):
        object.__setattr__(record, name, told(getattr(record, name)))


def steps(work: Callable[..., object], *given: object) -> int:
    """How many steps of Python (bytecodes) a piece of work takes."""
    count = 0

    def inside(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "opcode"
        return inside

    def entered(frame: FrameType, event: str, argument: object) -> Any:
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return inside

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        work(*given)
    finally:
        sys.settrace(before)
    return count


def too_many(taken: list[int]) -> bool:
    """Whether the steps taken at the three sizes grow faster than the workbook."""
    first, second = taken[1] - taken[0], taken[2] - taken[1]
    return second > MOST * max(first, FEW * (SIZES[1] - SIZES[0]))


def taken_by(rules: Sequence[Rule], tables: Tables, fixed: Collection[str]) -> dict[str, list[int]]:
    """The steps of each rule at each size; what several sizes share is remembered before."""
    found: dict[str, list[int]] = {each.code: [] for each in rules}
    for size in (SIZES[-1], *SIZES):
        book = counted(read_book(grown(tables, size, fixed), ON))
        assessed = assess(book)
        for each in rules:
            found[each.code].append(steps(_asked, each, book, assessed))
    return {code: taken[1:] for code, taken in found.items()}


def _asked(rule: Rule, book: Book, assessed: Assessment) -> None:
    for _ in rule.problems(book, assessed):
        pass


def faulty(rules: Sequence[Rule], tables: Tables, fixed: Collection[str]) -> dict[str, list[int]]:
    """The rules that take too many steps, with what they take."""
    return {code: taken for code, taken in taken_by(rules, tables, fixed).items() if too_many(taken)}


# -- the rules


@pytest.fixture(autouse=True)
def few_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Near words are looked for among all, a bounded number of times: the bound is reached early here."""
    monkeypatch.setattr(near, "_MOST", 2)


BOOKS = {"clean": golden("clean"), "tangled": golden("tangled")}
SHAPES = {
    "apart": FIXED,
    "one house": FIXED | {"People", "Processes", "Goals"},
    "one objective": FIXED | {"People", "Processes", "Goals", "Objectives"},
    "one KPI": FIXED | {"People", "Processes", "Goals", "Objectives", "KPIs"},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", BOOKS)
def test_no_rule_grows_faster_than_the_workbook(name: str, shape: str) -> None:
    assert faulty(RULES, BOOKS[name], SHAPES[shape]) == {}


@pytest.mark.parametrize("family", sorted({each.family for each in RULES}))
def test_no_rule_grows_faster_than_what_it_finds(family: str) -> None:
    mine = [each for each in RULES if each.family == family]
    found = {each.code: faulty([each], read_example(each.bad).tables, FIXED) for each in mine}
    assert {code: taken for code, taken in found.items() if taken} == {}


def test_a_check_as_a_whole_grows_with_the_workbook() -> None:
    taken = []
    for size in (SIZES[-1], *SIZES):
        book = counted(read_book(grown(BOOKS["tangled"], size, FIXED), ON))
        taken.append(steps(check, book, assess(book), RULES, "audit-ready"))
    assert not too_many(taken[1:]), taken


@pytest.mark.parametrize("shape", SHAPES)
def test_working_out_the_statuses_grows_with_the_workbook(shape: str) -> None:
    books = [read_book(grown(BOOKS["clean"], size, SHAPES[shape]), ON) for size in (SIZES[-1], *SIZES)]
    taken = [steps(assess, counted(book)) for book in books]
    assert not too_many(taken[1:]), taken


# -- the guard itself


def test_the_example_can_be_copied_without_new_kinds_of_finding() -> None:
    tables = example_tables(False)
    codes = {f.code for f in check(read_book(grown(tables, 2, FIXED), ON), stage="run")}
    few = {f.code for f in check(read_book(tables, ON), stage="run")}
    assert codes - few <= {"VIT003", "VIT008", "VIT010", "VIT011", "PLN009", "WBK043"}


@pytest.mark.parametrize(
    "work",
    [
        lambda book: [o for k in book.kpis for o in book.kpis if o.id == k.supports],
        lambda book: [k for k in book.kpis if k.id in [o.id for o in book.objectives]],
        lambda book: [k for k in book.kpis if k.owner in {p.id for p in book.people}],
        lambda book: [ids.index(k.id) for ids in [[k.id for k in book.kpis]] for k in book.kpis],
        lambda book: [k for ids in [[k.id for k in book.kpis]] for k in book.kpis if ids.count(k.id) > 1],
    ],
    ids=["loop in a loop", "in a list", "a set each time", "index", "count"],
)
def test_a_rule_that_looks_at_every_row_for_every_row_is_noticed(work: Callable[[Book], object]) -> None:
    books = [counted(read_book(grown(BOOKS["clean"], size, FIXED), ON)) for size in SIZES]
    taken = [steps(work, book) for book in books]
    assert too_many(taken), taken


def test_a_rule_that_goes_through_all_once_is_not() -> None:
    each = rule_of("KPI001")
    assert each is not None
    assert faulty([each], BOOKS["clean"], FIXED) == {}
