"""The Excel host on a LibreOffice that plays Excel: calls counted, every step and every call made to fail.

It proves our host's logic. What xlwings' own COM and AppleScript code does, and Excel, it cannot show.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlwings_uno
from common import ROOT, drawing, write_tables
from live import Desk

from qmsbook.book.edit import KEEP, AppendRows, Edit, Fill, FillCells, PutSheet, RemoveSheet, SetColumn
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table
from qmsbook.commands import refresh
from qmsbook.hosts.excel.host import ExcelHost
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import (
    ChangedSinceRead,
    ExcelBusy,
    ExcelFailed,
    NotAsWritten,
    NothingToUndo,
    NotRestored,
    OpenedReadOnly,
    SheetProtected,
    WouldLoseContent,
)

ON = date(2026, 10, 15)
A_YEAR_ON = date(2027, 10, 15)
FINDINGS = "qmsbook:findings"
Open = Callable[..., ExcelHost]


@pytest.fixture
def open_excel(desk: Desk) -> Iterator[Open]:
    """Opens a workbook file in a new Excel."""

    def opened(path: Path, tell: Callable[[str], None] = lambda _: None) -> ExcelHost:
        book = xlwings_uno.opened(xlwings_uno.excel(desk.office.desktop), desk.open(path), path.name)
        book.impl.document.calculateAll()
        return ExcelHost(book, tell)

    xlwings_uno.CALLS.clear()
    yield opened
    xlwings_uno.before_call.clear()


def example(folder: Path) -> Path:
    """A copy of the example workbook."""
    return Path(shutil.copy(ROOT / "workbook_templates" / "example.xlsx", folder / "example.xlsx"))


def ten_times(folder: Path) -> Path:
    """The example with ten times its KPIs."""
    path = example(folder)
    host = FileHost(path)
    now = host.read()
    kpis = now.table("KPIs")
    assert kpis is not None
    known = [dict(zip(kpis.headers, values, strict=True)) for values in zip(*kpis.columns, strict=True)]
    wanted = ("KPI", "Name", "Unit", "Owner", "Target", "Direction", "Objective")
    rows = [
        {h: v for h, v in row.items() if h in wanted and v is not None} | {kpis.headers[0]: f"X{copy}-{n}"}
        for copy in range(9)
        for n, row in enumerate(known)
    ]
    host.apply([AppendRows("KPIs", tuple(rows))], now)
    return path


def calls_of(open_excel: Open, path: Path) -> tuple[int, int, int]:
    """The calls of a first refresh, of one a year later, which changes all there is, and of one more.

    Each is a fresh press: a button's program ends with its answer, and another one knows nothing of it.
    """
    book, found = open_excel(path).book, list[int]()
    for on, changes in ((ON, True), (A_YEAR_ON, True), (A_YEAR_ON, False)):
        xlwings_uno.CALLS.clear()
        done = refresh(ExcelHost(book), on)
        assert done.applied is not None
        assert done.applied.changed == changes
        found.append(sum(xlwings_uno.CALLS.values()))
    return found[0], found[1], found[2]


def test_the_number_of_calls_does_not_grow_with_the_rows(
    open_excel: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qmsbook.pages.draw.TREE_UP_TO", 1_000)  # so that both get the same sheets
    first, again, unchanged = calls_of(open_excel, example(tmp_path))
    assert first <= 60
    assert again <= 60
    assert unchanged <= 2  # it only looks
    (tmp_path / "ten").mkdir()
    assert calls_of(open_excel, ten_times(tmp_path / "ten")) == (first, again, unchanged)


def test_a_sheet_in_front_that_is_replaced_costs_five_calls_more(open_excel: Open, tmp_path: Path) -> None:
    """What is selected there is asked for and selected again."""
    counts = []
    for front in ("KPIs", "Scorecard"):
        (tmp_path / front).mkdir()
        book = open_excel(example(tmp_path / front)).book
        refresh(ExcelHost(book), ON)
        book.sheets[front].activate()
        xlwings_uno.CALLS.clear()
        refresh(ExcelHost(book), A_YEAR_ON)
        counts.append(sum(xlwings_uno.CALLS.values()))
        assert book.impl.front == front
    assert counts[1] <= counts[0] + 5


def table(name: str, sheet: str, headers: str, *rows: tuple[Any, ...], **more: Any) -> Table:
    names = tuple(headers.split())
    columns = tuple([row[place] for row in rows] for place in range(len(names)))
    given = {"formulas": tuple({} for _ in names), "percent": tuple(frozenset() for _ in names), **more}
    return Table(name, sheet, 1, 1, names, columns, **given)


def small(folder: Path) -> Path:
    """Two tables and, after `prepare`, two generated sheets at which formulas of the user's point."""
    kpis = table(
        "KPIs", "KPIs", "KPI Target Status", ("007", 0.5, "old"), ("K2", None, None), (None, None, None),
        formulas=({}, {}, {1: "LEN(A3)"}),
    )  # fmt: skip
    notes = table("Notes", "Own sheet", "Note Sum", ("a", 1.0), ("b", 2.0))
    return write_tables(folder / "small.xlsx", [kpis, notes])


def words(*said: str) -> PutSheet:
    return PutSheet(FINDINGS, "Findings", drawing(FINDINGS, "Findings", said))


def prepare(host: ExcelHost) -> None:
    host.apply(
        [words("one", "two"), PutSheet("qmsbook:b", "b", drawing("qmsbook:b", "b", table="Bees"))],
        host.read(),
    )
    # The second cell of the table of notes looks at the generated sheet.
    host.book.sheets["Own sheet"].range("B2").formula = "=SUM(Findings!B2:B3)*7"


EDITS: list[Edit] = [
    SetColumn("KPIs", "Target", (1.0, 2.0, KEEP)),
    SetColumn("KPIs", "Status", ("new", "new", "12")),
    AppendRows("KPIs", ({"KPI": "K3"}, {"KPI": "0042", "Target": date(2026, 1, 31)})),
    FillCells("Notes", (Fill(1, "Note", "b", "=c"),)),
    words("three", "four"),
    RemoveSheet("qmsbook:b"),
    PutSheet("qmsbook:c", "c", drawing("qmsbook:c", "c", table="Cees")),
]


def outside(host: ExcelHost) -> tuple[dict[str, Any], str]:
    app = host.book.app.impl
    return dict(app.state), host.book.impl.front


def without_attached(now: Snapshot) -> Snapshot:
    """LibreOffice renames the shapes of a sheet that went to a file and came back; words stay words."""
    return dataclasses.replace(now, drawn=tuple(dataclasses.replace(d, attached=()) for d in now.drawn))


def test_all_is_done_and_undone(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    prepare(host)
    before, around = host.read(), outside(host)
    assert host.apply(EDITS, before).changed
    assert outside(host) == around
    after = host.read()
    kpis, notes = after.table("KPIs"), after.table("Notes")
    assert kpis is not None
    assert notes is not None
    assert kpis.columns == (
        ["007", "K2", None, "K3", "0042"],
        [1.0, 2.0, None, None, date(2026, 1, 31)],
        ["new", 2.0, "12", None, None],
    )
    assert notes.columns[0] == ["a", "=c"]
    assert notes.columns[1] == [pytest.approx(1.0), 2.0]
    assert notes.formula(0, 1) == "SUM(Findings!B2:B3)*7"
    assert after.sheets == ("KPIs", "Own sheet", "Findings", "c")
    found = after.table("Minutes")
    assert found is not None
    assert found.sheet == "Findings"
    assert "as it was" in host.undo()
    assert outside(host) == around
    assert without_attached(host.read()) == without_attached(before)
    with pytest.raises(NothingToUndo):
        host.undo()


def test_sheets_are_looked_up_where_excel_gives_no_cells_for_a_reference(
    open_excel: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = open_excel(small(tmp_path))
    prepare(host)
    before = host.read()
    host.apply(EDITS, before)
    assert xlwings_uno.CALLS["_RangeApi.Value"]
    wanted = without_attached(host.read())
    host.undo()
    for answer in (lambda *_: -2146826265, None):  # an error's number; no such member: a sheet of Excel 4
        monkeypatch.setattr(xlwings_uno._SheetApi, "Evaluate", answer)
        xlwings_uno.CALLS.clear()
        host.apply(EDITS, host.read())
        assert not xlwings_uno.CALLS["_RangeApi.Value"]
        assert without_attached(host.read()) == wanted
        host.undo()
        assert without_attached(host.read()) == without_attached(before)


def test_whatever_step_fails_all_is_as_it_was(open_excel: Open, tmp_path: Path) -> None:
    steps: list[str] = []
    host = open_excel(small(tmp_path), steps.append)
    prepare(host)
    before, around = host.read(), outside(host)
    steps.clear()
    host.apply(EDITS, before)
    host.undo()
    names = [*steps]
    assert len(names) >= 8
    for number in range(len(names)):
        left = iter(range(number))

        def fail(_: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt

        host.tell = fail
        now = host.read()
        with pytest.raises(KeyboardInterrupt):
            host.apply(EDITS, now)
        assert without_attached(host.read()) == without_attached(before), names[number]
        assert outside(host) == around, names[number]


def test_whatever_call_fails_all_is_as_it_was(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    prepare(host)
    before, around = host.read(), outside(host)
    count = 0

    def counted(_: str) -> None:
        nonlocal count
        count += 1

    xlwings_uno.before_call.append(counted)
    host.apply(EDITS, before)
    xlwings_uno.before_call.clear()
    host.undo()
    total, failed = count, list[str]()
    for number in range(2, total, 7):
        seen = 0

        def fail(name: str, number: int = number) -> None:
            nonlocal seen
            seen += 1
            if seen == number:
                raise xlwings_uno.com_error(-2146827284, name, None, None)

        now = host.read()
        xlwings_uno.before_call.append(fail)
        try:
            host.apply(EDITS, now)
        except ExcelFailed as problem:
            failed.append(str(problem))
        else:  # it was one of the last calls, which are made again: all was written by then
            xlwings_uno.before_call.clear()
            host.undo()
        xlwings_uno.before_call.clear()
        assert without_attached(host.read()) == without_attached(before), (number, failed[-1:])
        assert outside(host) == around, (number, failed[-1:])
    assert len(failed) > 5


@pytest.mark.parametrize("code", [-2147418111, -2146777998])
def test_a_cell_that_is_being_edited_is_told_in_words(
    open_excel: Open, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qmsbook.hosts.excel.patient.STEP", 0.3)
    host = open_excel(small(tmp_path))

    def busy(_: str) -> None:
        raise xlwings_uno.com_error(-2147352567, "rejected", (0, None, None, None, 0, code), None)

    xlwings_uno.before_call.append(busy)
    with pytest.raises(ExcelBusy, match="Press Enter or Esc"):
        host.read()


def test_what_people_change_meanwhile_is_theirs(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    before = host.read()
    host.book.sheets["Own sheet"].range("A2").raw_value = [["typed"]]
    with pytest.raises(ChangedSinceRead):
        host.apply(EDITS[:1], before)
    now = host.read()

    def type_late(step: str) -> None:
        if step == "Reading back":
            host.book.sheets["KPIs"].range("A3").raw_value = [["late"]]

    host.tell = type_late
    with pytest.raises(ChangedSinceRead, match="A3"):
        host.apply(EDITS[:1], now)
    found = host.read().table("KPIs")
    assert found is not None
    assert found.columns[:2] == (["007", "late", None], [0.5, None, None])


def test_what_excel_does_not_take_is_put_back(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    before = host.read()

    def spoil(step: str) -> None:
        if step == "Reading back":
            host.book.sheets["KPIs"].range("B2").raw_value = [[77.0]]

    host.tell = spoil
    with pytest.raises(NotAsWritten, match="B2"):
        host.apply(EDITS[:1], before)
    assert host.read() == before


def test_what_was_changed_since_is_not_undone(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    host.apply(EDITS[:1], host.read())
    host.book.sheets["KPIs"].range("B2").raw_value = [[77.0]]
    with pytest.raises(NothingToUndo, match="changed since"):
        host.undo()


def test_formulas_that_look_at_a_sheet_that_goes_are_named(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    prepare(host)
    with pytest.raises(WouldLoseContent):
        host.apply([RemoveSheet(FINDINGS)], host.read())


def test_protected_and_read_only_workbooks_are_refused(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    document = host.book.impl.document
    document.Sheets.getByName("KPIs").protect("")
    with pytest.raises(SheetProtected, match="KPIs"):
        host.apply(EDITS[:1], host.read())
    document.Sheets.getByName("KPIs").unprotect("")
    host.book.impl.api = type("Api", (), {"ReadOnly": True, "SaveCopyAs": host.book.api.SaveCopyAs})()
    with pytest.raises(OpenedReadOnly):
        host.apply(EDITS[:1], host.read())


def test_a_put_back_that_fails_is_told_too(open_excel: Open, tmp_path: Path) -> None:
    host = open_excel(small(tmp_path))
    now = host.read()

    def fail(step: str) -> None:
        if step == "Reading back":
            xlwings_uno.before_call.append(always)

    def always(name: str) -> None:
        raise xlwings_uno.com_error(-2146827284, name, None, None)

    host.tell = fail
    with pytest.raises(NotRestored, match="Close it without saving"):
        host.apply(EDITS[:1], now)


def test_live_is_what_the_closed_file_would_be(open_excel: Open, tmp_path: Path) -> None:
    path = example(tmp_path)
    host = open_excel(path)
    before = host.read()
    closed = FileHost(Path(shutil.copy(path, tmp_path / "closed.xlsx")))
    for each in (host, closed):
        refresh(each, ON, also=["2026-Q3"], with_boards=True)
    live, filed = host.read(), closed.read()
    assert live.sheets == filed.sheets
    assert [(t.name, t.columns) for t in live.tables] == [(t.name, t.columns) for t in filed.tables]
    assert [(d.marker, d.sheet) for d in live.drawn] == [(d.marker, d.sheet) for d in filed.drawn]
    for one, other in zip(live.drawn, filed.drawn, strict=True):
        assert one.cells == other.cells
    host.undo()
    assert without_attached(host.read()) == without_attached(before)
