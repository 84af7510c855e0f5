"""One contract, every host: what was read, edited and read again is what was meant, and nothing else."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta

import pytest
from common import drawing
from every_host import Make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qmsbook.book.edit import KEEP, AppendRows, Edit, Fill, FillCells, PutSheet, RemoveSheet, SetColumn
from qmsbook.book.table import ErrorValue, Table, Value
from qmsbook.book.words import Unit
from qmsbook.hosts.host import (
    Applied,
    ChangedSinceRead,
    Host,
    NoSuchPlace,
    NothingToUndo,
    NotStorable,
    SheetProtected,
)

REVIEW = "qmsbook:review:2026-Q3"


def table(name: str, headers: str, *rows: tuple[Value, ...], **more: object) -> Table:
    """A table on a sheet of its own name; ``headers`` are separated by spaces."""
    names = tuple(headers.split())
    columns = tuple([row[place] for row in rows] for place in range(len(names)))
    blank: dict[str, object] = {
        "formulas": tuple({} for _ in names),
        "percent": tuple(frozenset() for _ in names),
        "times": tuple(frozenset() for _ in names),
    }
    return Table(name, name, 1, 1, names, columns, **{**blank, **more})  # type: ignore[arg-type]


def kpis() -> Table:
    return table(
        "KPIs",
        "KPI Target Status Share",
        ("007", 0.5, "old", 0.25),
        ("K2", None, None, 0.5),
        (None, None, None, None),
        formulas=({}, {}, {1: "LEN(A3)"}, {}),
        percent=(frozenset(), frozenset(), frozenset(), frozenset({0, 1, 2})),
    )


def column(host: Host, name: str, header: str) -> list[Value]:
    found = host.read().table(name)
    assert found is not None
    place = found.find(header)
    assert place is not None
    return found.columns[place]


def do(host: Host, *edits: Edit) -> Applied:
    return host.apply(edits, host.read())


texts = st.text(max_size=40) | st.sampled_from(
    [
        "=1+1",
        "+49 30",
        "-5",
        "@home",
        "007",
        "1e5",
        "TRUE",
        "#N/A",
        "2026-01-01",
        " x ",
        "a\r\nb",
        "_x000D_",
        "<&>\"'",
    ]
)
moments = st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
errors = st.sampled_from(["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"]).map(ErrorValue)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
    st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    moments,
    errors,
)


def as_read(value: Value) -> Value:
    """What a cell gives back: an empty text is a blank cell, and midnight is a date."""
    if value == "":
        return None
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return value


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(cells=st.lists(values, min_size=4, max_size=4))
def test_what_is_set_is_read(host_of: Make, cells: list[Value]) -> None:
    host = host_of(table("Log", "Id Value", *[(f"r{row}", None) for row in range(4)]))
    do(host, SetColumn("Log", "Value", tuple(cells)))
    found = column(host, "Log", "Value")
    assert [(type(value), value) for value in found] == [(type(as_read(v)), as_read(v)) for v in cells]
    assert column(host, "Log", "Id") == ["r0", "r1", "r2", "r3"]
    assert not do(host, SetColumn("Log", "Value", tuple(cells))).changed


@pytest.mark.parametrize(
    "value",
    [
        "=SUM(A1)",
        "+1",
        "-1",
        "@x",
        "0042",
        0.1 + 0.2,
        1e-300,
        date(2026, 2, 28),
        "",
        None,
        ErrorValue("#N/A"),
        True,
    ],
)
def test_awkward_values_survive_being_read_and_written_back(host_of: Make, value: Value) -> None:
    host = host_of(table("Log", "Id Value", ("a", None), ("b", "x")))
    do(host, SetColumn("Log", "Value", (value, value)))
    first = column(host, "Log", "Value")
    do(host, SetColumn("Log", "Value", ("other", "other")))
    do(host, SetColumn("Log", "Value", tuple(first)))
    assert column(host, "Log", "Value") == first == [as_read(value)] * 2


def test_a_unit_that_knows_its_decimals_is_a_text_in_a_cell(host_of: Make) -> None:
    """149.7 km in a plan made of *km* a text of another type, and no file took it."""
    host = host_of(table("Log", "Id Value", ("a", None)))
    do(host, SetColumn("Log", "Value", (Unit("km", 1),)))
    assert [(type(value), value) for value in column(host, "Log", "Value")] == [(str, "km")]


def test_reading_twice_gives_the_same(host_of: Make) -> None:
    host = host_of(kpis())
    assert host.read() == host.read()


def test_the_table_is_read_as_it_stands(host_of: Make) -> None:
    found = host_of(kpis()).read().table("kpis")
    assert found is not None
    assert (found.name, found.sheet, found.row, found.column, found.headers) == (
        ("KPIs", "KPIs", 1, 1, ("KPI", "Target", "Status", "Share"))
    )
    assert found.columns[0] == ["007", "K2", None]
    assert found.formula(1, 2) == "LEN(A3)"
    assert [row for row in range(3) if found.is_percent(row, 3)] == [0, 1, 2]
    assert not found.is_percent(0, 1)


def test_a_time_is_read_as_a_part_of_a_day_and_told_to_be_a_time(host_of: Make) -> None:
    times = (frozenset(), frozenset({0, 1}))
    host = host_of(
        table("Measurements", "KPI Value", ("K1", 0.0625), ("K2", 1.5), ("K3", 0.0625), times=times)
    )
    found = host.read().table("Measurements")
    assert found is not None
    assert found.columns[1] == [0.0625, 1.5, 0.0625]
    assert [found.is_time(row, 1) for row in range(3)] == [True, True, False]
    assert not found.is_time(0, 0)


def test_set_column_keeps_what_it_is_told_to_keep(host_of: Make) -> None:
    host = host_of(kpis())
    assert do(host, SetColumn("KPIs", "Target", (KEEP, 2.0, KEEP))).changed
    assert column(host, "KPIs", "Target") == [0.5, 2.0, None]


def test_a_formula_of_the_users_is_left_and_named(host_of: Make) -> None:
    host = host_of(kpis())
    applied = do(host, SetColumn("KPIs", "Status", ("new", "new", "new")))
    assert [str(cell) for cell in applied.skipped] == ["KPIs!C3"]
    found = host.read().table("KPIs")
    assert found is not None
    assert found.formula(1, 2) == "LEN(A3)"
    assert [found.columns[2][0], found.columns[2][2]] == ["new", "new"]


def test_what_a_merge_covers_is_left_and_named(host_of: Make) -> None:
    merged = dataclasses.replace(kpis(), merges=((2, 2, 4, 2),))
    host = host_of(merged)
    found = host.read().table("KPIs")
    assert found is not None
    assert found.merges == ((2, 2, 4, 2),)
    applied = do(host, SetColumn("KPIs", "Target", (0.7, 0.8, 0.9)))
    assert [str(cell) for cell in applied.skipped] == ["KPIs!B3", "KPIs!B4"]
    assert column(host, "KPIs", "Target") == [0.7, None, None]


def test_a_percent_cell_gets_a_hundredth(host_of: Make) -> None:
    host = host_of(kpis())
    do(host, SetColumn("KPIs", "Share", (95.0, KEEP, None)))
    assert column(host, "KPIs", "Share") == [0.95, 0.5, None]
    assert not do(host, SetColumn("KPIs", "Share", (95.0, KEEP, None))).changed


def test_edits_that_change_nothing_write_nothing(host_of: Make) -> None:
    host = host_of(kpis())
    before = host.read()
    applied = do(
        host, SetColumn("KPIs", "Target", (0.5, None, KEEP)), AppendRows("KPIs", ()), RemoveSheet(REVIEW)
    )
    assert applied == Applied(False)
    assert host.read() == before


def test_a_snapshot_that_is_out_of_date_is_refused(host_of: Make) -> None:
    host = host_of(kpis())
    old = host.read()
    host.apply([SetColumn("KPIs", "Target", (9.0, KEEP, KEEP))], old)
    with pytest.raises(ChangedSinceRead):
        host.apply([SetColumn("KPIs", "Target", (8.0, KEEP, KEEP))], old)
    assert column(host, "KPIs", "Target")[0] == 9.0


def test_rows_fill_blank_ones_first_and_then_grow_the_table(host_of: Make) -> None:
    host = host_of(kpis())
    do(host, AppendRows("KPIs", ({"KPI": "K3", "Target": 3.0}, {"KPI": "K4"}, {"KPI": "K5", "Share": 0.5})))
    assert column(host, "KPIs", "KPI") == ["007", "K2", "K3", "K4", "K5"]
    assert column(host, "KPIs", "Target") == [0.5, None, 3.0, None, None]
    found = host.read().table("KPIs")
    assert found is not None
    assert found.is_percent(4, 3)
    do(host, SetColumn("KPIs", "Share", (KEEP, KEEP, KEEP, KEEP, 60.0)))
    assert column(host, "KPIs", "Share")[4] == 0.6


def test_rows_go_into_a_table_that_is_all_blank(host_of: Make) -> None:
    host = host_of(table("Plan", "Action Owner", (None, None)))
    do(host, AppendRows("Plan", ({"Action": "a", "Owner": "b"}, {"Action": "c"})))
    assert column(host, "Plan", "Action") == ["a", "c"]
    assert column(host, "Plan", "Owner") == ["b", None]


def test_new_rows_can_be_filled_in_the_same_breath(host_of: Make) -> None:
    host = host_of(table("Plan", "Action Owner", ("a", None)))
    do(host, AppendRows("Plan", ({"Action": "b"},)), SetColumn("Plan", "Owner", ("x", "y")))
    assert column(host, "Plan", "Owner") == ["x", "y"]


def test_a_cell_is_filled_only_if_it_holds_what_was_expected(host_of: Make) -> None:
    host = host_of(kpis())
    do(host, FillCells("KPIs", (Fill(1, "Target", None, 7.0), Fill(0, "KPI", "007", "008"))))
    assert column(host, "KPIs", "Target") == [0.5, 7.0, None]
    before = host.read()
    with pytest.raises(ChangedSinceRead, match=r"KPIs!B3 holds 7\.0 instead of nothing"):
        do(host, FillCells("KPIs", (Fill(0, "Target", 0.5, 1.0), Fill(1, "Target", None, 8.0))))
    with pytest.raises(ChangedSinceRead, match="formula"):
        do(host, FillCells("KPIs", (Fill(1, "Status", None, "x"),)))
    assert host.read() == before


@pytest.mark.parametrize(
    "edit",
    [
        SetColumn("Nowhere", "Status", ()),
        SetColumn("KPIs", "Nothing", (1.0, 1.0, 1.0)),
        SetColumn("KPIs", "Target", (1.0,)),
        AppendRows("KPIs", ({"Nothing": 1.0},)),
        FillCells("KPIs", (Fill(9, "Target", None, 1.0),)),
    ],
)
def test_a_place_that_is_not_there_is_named(host_of: Make, edit: Edit) -> None:
    host = host_of(kpis())
    before = host.read()
    with pytest.raises(NoSuchPlace):
        do(host, SetColumn("KPIs", "Target", (4.0, 4.0, 4.0)), edit)
    assert host.read() == before


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), -float("inf"), "x" * 32_768, "\ud800", datetime.now().astimezone()],
    ids=["nan", "inf", "-inf", "long", "half a character", "time zone"],
)
def test_what_no_cell_can_hold_is_refused(host_of: Make, value: Value) -> None:
    host = host_of(kpis())
    with pytest.raises(NotStorable, match="KPIs!B2"):
        do(host, SetColumn("KPIs", "Target", (value, KEEP, KEEP)))


def test_a_generated_sheet_is_put_replaced_and_removed(host_of: Make) -> None:
    host = host_of(kpis())
    assert do(host, PutSheet(REVIEW, "Review", drawing(REVIEW))).changed
    snapshot = host.read()
    found = snapshot.sheet(REVIEW)
    assert snapshot.sheets == ("KPIs", "Review")
    assert found is not None
    assert (found.sheet, found.cells[2, 1], found.cells[1, 3]) == ("Review", "one", "rich and plain ")
    minutes = snapshot.table("Minutes")
    assert minutes is not None
    assert (minutes.sheet, minutes.row, minutes.marker) == ("Review", 10, REVIEW)
    assert minutes.columns[2][0] == date(2026, 7, 1)

    assert not do(host, PutSheet(REVIEW, "Review", drawing(REVIEW))).changed
    assert do(host, PutSheet(REVIEW, "Another name", drawing(REVIEW, words=("three",)))).changed
    snapshot = host.read()
    assert snapshot.sheets == ("KPIs", "Review")
    assert snapshot.drawn[0].cells[2, 1] == "three"

    assert do(host, RemoveSheet(REVIEW)).changed
    assert host.read().sheets == ("KPIs",)
    assert host.read().drawn == ()
    assert host.read().table("Minutes") is None
    assert not do(host, RemoveSheet(REVIEW)).changed


def test_words_typed_into_a_generated_table_are_read_back(host_of: Make) -> None:
    host = host_of(kpis())
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    do(host, FillCells("Minutes", (Fill(1, "Minute", None, "=decided"),)))
    assert column(host, "Minutes", "Minute") == [None, "=decided"]


def test_a_sheet_of_the_users_keeps_its_name(host_of: Make) -> None:
    host = host_of(table("Review", "Id", ("x",)), kpis())
    do(host, PutSheet(REVIEW, "review", drawing(REVIEW)))
    assert host.read().sheets == ("Review", "KPIs", "review (qmsbook)")
    assert column(host, "Review", "Id") == ["x"]


def test_two_generated_sheets_live_side_by_side(host_of: Make) -> None:
    host = host_of(kpis())
    puts = [
        PutSheet(f"qmsbook:{name}", name, drawing(f"qmsbook:{name}", name, table=name))
        for name in ("aa", "bb")
    ]
    assert do(host, *puts).changed
    assert not do(host, *puts).changed
    assert not do(host, *reversed(puts)).changed
    assert [drawn.sheet for drawn in host.read().drawn] == ["aa", "bb"]
    do(host, RemoveSheet("qmsbook:aa"))
    assert host.read().sheets == ("KPIs", "bb")
    assert not do(host, puts[1]).changed


def test_a_protected_sheet_stands_protected_and_hinders_nothing_else(host_of: Make) -> None:
    host = host_of(kpis())
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW, protected=True)))
    closed = host.read()
    assert [(each.sheet, each.protected) for each in closed.drawn] == [("Review", True)]
    minutes = closed.table("Minutes")
    assert minutes is not None
    for edit in (
        FillCells("Minutes", (Fill(1, "Minute", None, "too late"),)),
        PutSheet(REVIEW, "Review", drawing(REVIEW, words=("three",))),
        RemoveSheet(REVIEW),
    ):
        with pytest.raises(SheetProtected, match="Review"):
            do(host, SetColumn("KPIs", "Target", (5.0, 5.0, 5.0)), edit)
    assert host.read() == closed
    other = PutSheet("qmsbook:other", "Other", drawing("qmsbook:other", "Other", table="Others"))
    assert do(host, SetColumn("KPIs", "Target", (4.0, KEEP, KEEP)), other).changed
    now = host.read()
    assert now.sheet(REVIEW) == closed.sheet(REVIEW)
    assert now.table("Minutes") == minutes

    assert do(host, PutSheet(REVIEW, "Review", drawing(REVIEW, words=("three",)), unlocks=True)).changed
    opened = host.read().sheet(REVIEW)
    assert opened is not None
    assert (opened.protected, opened.cells[2, 1]) == (False, "three")
    do(host, FillCells("Minutes", (Fill(1, "Minute", None, "in time"),)))


def test_undo_protects_a_sheet_again(host_of: Make) -> None:
    host = host_of(kpis())
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW, protected=True)))
    before = host.read()
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW), unlocks=True))
    host.undo()
    assert dataclasses.replace(host.read(), state="") == dataclasses.replace(before, state="")
    do(host, SetColumn("KPIs", "Target", (1.0, KEEP, KEEP)))
    assert host.read().sheet(REVIEW) == before.sheet(REVIEW)


def test_undo_takes_back_the_last_change_once(host_of: Make) -> None:
    host = host_of(kpis())
    with pytest.raises(NothingToUndo):
        host.undo()
    before = host.read()
    do(host, SetColumn("KPIs", "Target", (1.0, 2.0, 3.0)), PutSheet(REVIEW, "Review", drawing(REVIEW)))
    assert "as it was" in host.undo()
    assert host.read() == before
    with pytest.raises(NothingToUndo):
        host.undo()


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.fixed_dictionaries({}, optional={"A": texts, "B": st.dates(date(1900, 3, 1)), "C": st.booleans()}),
        max_size=5,
    )
)
def test_appending_twice_is_appending_both(host_of: Make, rows: list[dict[str, Value]]) -> None:
    one = host_of(table("Log", "A B C", ("first", None, None)))
    do(one, AppendRows("Log", tuple(rows)), AppendRows("Log", ({"A": "last"},)))
    together = [column(one, "Log", header) for header in "ABC"]
    other = host_of(table("Log", "A B C", ("first", None, None)))
    do(other, AppendRows("Log", tuple(rows)))
    do(other, AppendRows("Log", ({"A": "last"},)))
    assert [column(other, "Log", header) for header in "ABC"] == together


def test_times_keep_their_milliseconds(host_of: Make) -> None:
    host = host_of(table("Log", "A", (None,)))
    moment = datetime(2026, 3, 31, 23, 59, 59) + timedelta(milliseconds=999)
    do(host, SetColumn("Log", "A", (moment,)))
    assert column(host, "Log", "A") == [moment]
