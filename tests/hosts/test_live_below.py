"""What people type below a table, on every host: seen, grown over, never overwritten; references follow."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import date

import pytest
from every_host import Make
from test_hosts import column, do, table

from qmsbook.book.edit import AppendRows, GrowTable, SetColumn
from qmsbook.book.table import MAX_GAP, Table, Value
from qmsbook.hosts.host import ChangedSinceRead, Host, NoSuchPlace, TableCannotGrow

BLANK = (None, None, None)


def log(*rows: tuple[Value, ...], own: int = 2) -> Table:
    """A table of ``own`` rows, the rest of the rows typed below it."""
    return table("Log", "Id Value Status", *rows).split(own)


def below(host: Host) -> list[tuple[Value, ...]]:
    found = host.read().table("Log")
    assert found is not None
    return list(zip(*found.below.columns, strict=True)) if found.below else []


def test_what_stands_below_a_table_is_seen(host_of: Make) -> None:
    host = host_of(log(("a", 1.0, None), ("b", 2.0, None), ("c", 3.0, None), BLANK, (None, None, "a note")))
    assert column(host, "Log", "Id") == ["a", "b"]
    assert below(host) == [("c", 3.0, None), BLANK, (None, None, "a note")]
    found = host.read().table("Log")
    assert found is not None
    assert found.below is not None
    assert str(found.below.cell(2, 2)) == "Log!C6"


def test_nothing_below_is_nothing(host_of: Make) -> None:
    assert below(host_of(log(("a", 1.0, None), ("b", 2.0, None)))) == []


def test_what_stands_far_below_has_nothing_to_do_with_the_table(host_of: Make) -> None:
    near = [("a", None, None), *[BLANK] * MAX_GAP, ("b", None, None)]
    assert below(host_of(log(*near, own=1)))[-1] == ("b", None, None)
    assert below(host_of(log(near[0], BLANK, *near[1:], own=1))) == []


def test_another_table_below_is_not_seen_twice(host_of: Make) -> None:
    first = table("Log", "Id Value Status", ("a", 1.0, None), ("b", 2.0, None)).split(1)
    second = dataclasses.replace(table("Other", "X Y", ("c", "d")), sheet="Log", row=5)
    host = host_of(first, second)
    assert below(host) == [("b", 2.0, None)]
    assert column(host, "Other", "X") == ["c"]


def test_a_table_grows_over_what_was_typed_below_it(host_of: Make) -> None:
    rows = [("a", 1.0, None), ("b", 2.0, None), ("=c", date(2026, 1, 2), None), ("d", 0.5, "x")]
    host = host_of(log(*rows, BLANK, (None, None, "a note")))
    assert do(host, GrowTable("Log", 4), SetColumn("Log", "Status", ("1", "2", "3", "4"))).changed
    assert column(host, "Log", "Id") == ["a", "b", "=c", "d"]
    assert column(host, "Log", "Value") == [1.0, 2.0, date(2026, 1, 2), 0.5]
    assert column(host, "Log", "Status") == ["1", "2", "3", "4"]
    assert below(host) == [BLANK, (None, None, "a note")]
    assert not do(host, GrowTable("Log", 4)).changed


def test_growing_alone_touches_no_cell(host_of: Make) -> None:
    host = host_of(log(("a", 1.0, None), ("b", 2.0, None), ("c", 3.0, "x")))
    before = host.read()
    assert do(host, GrowTable("Log", 3)).changed
    assert [column(host, "Log", h) for h in ("Id", "Value", "Status")] == [
        ["a", "b", "c"], [1.0, 2.0, 3.0], [None, None, "x"]
    ]  # fmt: skip
    host.undo()
    assert dataclasses.replace(host.read(), state="") == dataclasses.replace(before, state="")


def test_undo_leaves_what_was_typed_below_where_it_was(host_of: Make) -> None:
    host = host_of(log(("a", 1.0, None), ("b", 2.0, None), ("c", 3.0, "x"), BLANK, (None, None, None)))
    before = host.read()
    do(
        host,
        GrowTable("Log", 3),
        AppendRows("Log", ({"Id": "d", "Value": 4.0},)),
        SetColumn("Log", "Status", ("1", "2", "3", "4")),
    )
    assert column(host, "Log", "Id") == ["a", "b", "c", "d"]
    assert column(host, "Log", "Status") == ["1", "2", "3", "4"]
    host.undo()
    assert dataclasses.replace(host.read(), state="") == dataclasses.replace(before, state="")


def test_a_percent_typed_below_is_a_percent_of_the_table(host_of: Make) -> None:
    whole = table("Log", "Id Value Status", ("a", 0.5, None), ("b", 0.25, None))
    host = host_of(dataclasses.replace(whole, percent=(frozenset(), frozenset({0, 1}), frozenset())).split(1))
    do(host, GrowTable("Log", 2), SetColumn("Log", "Value", (60.0, 70.0)))
    assert column(host, "Log", "Value") == [0.6, 0.7]


def test_new_rows_do_not_overwrite_what_stands_below(host_of: Make) -> None:
    host = host_of(log(("a", 1.0, None), ("b", 2.0, None), ("c", 3.0, None)))
    before = host.read()
    with pytest.raises(TableCannotGrow, match="Log!A4"):
        do(host, AppendRows("Log", ({"Id": "d"},)))
    assert host.read() == before


def test_there_must_be_rows_to_grow_over(host_of: Make) -> None:
    host = host_of(log(("a", 1.0, None), ("b", 2.0, None), ("c", 3.0, None)))
    with pytest.raises(NoSuchPlace, match="Log"):
        do(host, GrowTable("Log", 5))


def test_a_word_typed_below_meanwhile_is_a_change(host_of: Make) -> None:
    host = host_of(log(("a", 1.0, None), ("b", 2.0, None), ("c", 3.0, None)))
    old = host.read()
    do(host, GrowTable("Log", 3))
    with pytest.raises(ChangedSinceRead):
        host.apply([GrowTable("Log", 3)], old)


def test_a_formula_of_a_column_goes_on_in_blank_cells_only(host_of: Make) -> None:
    whole = table(
        "Log", "Id Value Twice",
        ("a", 1.0, 2.0), ("b", 2.0, 4.0), ("c", 3.0, None), ("d", 4.0, "mine"),
        formulas=({}, {}, {0: "B2*2", 1: "B3*2"}),
    )  # fmt: skip
    host = host_of(whole.split(2))
    if type(host).__name__ != "LibreOfficeHost":
        pytest.skip("XlsxWriter's tables declare no formula of a column; see the file host's own tests")
    do(host, GrowTable("Log", 4), AppendRows("Log", ({"Id": "e"},)))
    found = host.read().table("Log")
    assert found is not None
    assert found.formulas[2] == {0: "B2*2", 1: "B3*2", 2: "B4*2", 4: "B6*2"}
    assert found.columns[2][3] == "mine"
    host.undo()
    now = host.read().table("Log")
    assert now is not None
    assert now.below is not None
    assert now.below.formulas[2] == {}


SUMS = (
    ("whole", "SUM(Log!$B$2:$B$4)", "SUM(Log!$B$2:$B$7)"),
    ("with the header", "COUNTA(Log!A1:A4)", "COUNTA(Log!A1:A7)"),
    ("all of it", "ROWS(Log!$A$2:$C$4)+1", "ROWS(Log!$A$2:$C$7)+1"),
    ("last cell", "Log!B4", "Log!B4"),
    ("shorter", "SUM(Log!B2:B3)", "SUM(Log!B2:B3)"),
    ("further", "SUM(Log!B2:B40)", "SUM(Log!B2:B40)"),
    ("elsewhere", "SUM(B2:B4)", "SUM(B2:B4)"),
    ("two", "SUM(Log!B2:B4)/MAX(Log!B$2:B$4)", "SUM(Log!B2:B7)/MAX(Log!B$2:B$7)"),
)

#: The row that stands below the table, and two more.
GROWN_BY_THREE = (
    GrowTable("Log", 4),
    AppendRows("Log", ({"Id": "e", "Value": 5.0}, {"Id": "f", "Value": 6.0})),
)


def log_and_sums(cases: Sequence[tuple[str, str, str]]) -> tuple[Table, Table]:
    """A table of three rows with one below it, and formulas that point at it: what, text, text when grown."""
    rows = [("a", 1.0, None), ("b", 2.0, None), ("c", 3.0, None), ("d", 4.0, None)]
    sums = table(
        "Sums", "What Sum", *[(what, 0.0) for what, _, _ in cases],
        formulas=({}, {row: text for row, (_, text, _) in enumerate(cases)}),
    )  # fmt: skip
    return log(*rows, own=3), sums


def test_references_that_ended_at_the_last_row_follow_it(host_of: Make) -> None:
    host = host_of(*log_and_sums(SUMS))
    before = host.read()
    applied = do(host, *GROWN_BY_THREE)
    found = host.read().table("Sums")
    assert found is not None
    assert [found.formula(row, 1) for row in range(found.rows)] == [new for _, _, new in SUMS]
    assert dict(applied.extended) == {"formula": 4}
    assert not applied.short
    host.undo()
    now = host.read().table("Sums")
    assert now is not None
    assert now.formulas == before.table("Sums").formulas  # type: ignore[union-attr]  # it was read


#: Spellings that programs let stand, or put in order when they read them.
SPELLINGS = (
    ("the last cell first", "SUM(Log!B4:B2)", "SUM(Log!B7:B2)"),
    ("last cell and last column first", "COUNTA(Log!$C$4:$A$2)", "COUNTA(Log!$C$7:$A$2)"),
    ("the sheet twice", "SUM(Log!$B$2:Log!$B$4)", "SUM(Log!$B$2:Log!$B$7)"),
    ("whole rows", "SUM(Log!2:4)", "SUM(Log!2:7)"),
    ("whole rows, fixed", "SUM(Log!$2:$4)", "SUM(Log!$2:$7)"),
    ("blanks", "SUM(Log!B2 : B4)", "SUM(Log!B2 : B7)"),
    ("other rows", "SUM(Log!1:3)", "SUM(Log!1:3)"),
    ("another sheet's end", "SUM(Log!B2:B3)+SUM(B4:B2)", "SUM(Log!B2:B3)+SUM(B4:B2)"),
)


def test_references_that_ended_there_follow_however_they_are_spelled(host_of: Make) -> None:
    host = host_of(*log_and_sums(SPELLINGS))
    do(host, *GROWN_BY_THREE)
    found = host.read().table("Sums")
    assert found is not None
    for row, (what, _, wanted) in enumerate(SPELLINGS):
        said = found.formula(row, 1)
        assert said is not None
        if "LOG2" in said:  # LibreOffice takes the second name of this sheet for that of a column
            continue
        assert rows_in(said) == rows_in(wanted), (what, said)


def rows_in(formula: str) -> list[list[int]]:
    """The first and last rows of a formula's ranges, in order."""
    return [
        sorted(map(int, ends))
        for ends in re.findall(r"[A-Z$!]*?(\d+)\s*:\s*(?:\$?Log[!.])?[$A-Z]*(\d+)", formula.replace(" ", ""))
    ]


def test_a_running_total_stays_what_it_is(host_of: Make) -> None:
    total = table(
        "Log", "Id Value Total", ("a", 1.0, 1.0), ("b", 2.0, 3.0), ("c", 3.0, 6.0),
        formulas=({}, {}, {0: "SUM(B$2:B2)", 1: "SUM(B$2:B3)", 2: "SUM(B$2:B4)"}),
    )  # fmt: skip
    host = host_of(total)
    assert not do(host, AppendRows("Log", ({"Id": "d", "Value": 4.0},))).extended
    found = host.read().table("Log")
    assert found is not None
    assert [found.formula(row, 2) for row in range(3)] == ["SUM(B$2:B2)", "SUM(B$2:B3)", "SUM(B$2:B4)"]
