"""What the buttons see of Excel: xlwings itself, with LibreOffice playing Excel behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlwings
import xlwings_uno
from live import Desk, desk

from qmsbook.book.error import QmsbookError
from qmsbook.commands import template
from qmsbook.doors.buttons import Asked, answer_in_excel, run
from qmsbook.doors.screens import excel
from qmsbook.doors.screens.excel import attach
from qmsbook.hosts.excel.running import base_name, is_busy, named, said
from qmsbook.hosts.host import (
    ExcelBusy,
    InProtectedView,
    NoExcel,
    NotOpenInExcel,
    OfficeFailed,
    SeveralExcels,
)
from qmsbook.hosts.kept import Kept
from qmsbook.setup.places import places

__all__ = ["desk"]


def test_a_book_is_known_by_the_last_part_of_its_name_whatever_its_folder() -> None:
    books = [SimpleNamespace(name="Plan = größer.xlsx"), SimpleNamespace(name="Book1")]
    for name in (
        "C:\\Büro\\plan = GRÖSSER.xlsx",
        "https://d.example/a/Plan = größer.xlsx",
        "Plan = größer.xlsx",
    ):
        assert named(books, name) is books[0]
    assert named(books, "Book1") is books[1]
    assert named(books, "C:/Book2.xlsx") is None
    assert base_name("Macintosh HD:Users:erin:acme.xlsx") == "acme.xlsx"


@pytest.mark.parametrize(
    ("arguments", "busy"),
    [
        ((-2147418111, "Call was rejected by callee.", None, None), True),
        ((-2147352567, "Exception occurred.", (0, None, None, None, 0, -2146777998), None), True),
        (
            (-2147352567, "Exception occurred.", (0, "Excel", "No such name", None, 0, -2146827284), None),
            False,
        ),
        (("some text",), False),
    ],
)
def test_excel_s_ways_to_say_that_it_is_busy_are_known(arguments: tuple[Any, ...], busy: bool) -> None:
    assert is_busy(Exception(*arguments)) is busy


class ExcelBusyError(Exception):
    """As xlwings calls it when it has tried often enough; it bears no number."""


def test_errors_of_excel_come_in_words_and_others_as_they_are() -> None:
    busy = xlwings_uno.com_error(-2147418111, "Call was rejected by callee.", None, None)
    assert isinstance(said(busy), ExcelBusy)
    assert isinstance(said(ExcelBusyError("Excel application is not responding")), ExcelBusy)
    assert "the workbook is as it was" in str(said(xlwings_uno.com_error(-2146827284, "no", None, None)))
    ours = OfficeFailed()
    assert said(ours) is ours


Excels = Callable[..., list[Any]]


@pytest.fixture
def excels(desk: Desk, tmp_path: Path) -> Excels:
    """Runs Excels, each with one workbook open of the full name that is given; gives xlwings' apps."""
    document = None

    def running(*names: str) -> list[Any]:
        nonlocal document
        if document is None:
            (tmp_path / "held.xlsx").write_bytes(template("example.xlsx"))
            document = desk.open(tmp_path / "held.xlsx", hidden=False)
        engine = xlwings.Engine(impl=xlwings_uno.Engine(desk.office.desktop))
        engine.impl.apps[:] = [
            xlwings_uno.App(engine.impl, desk.office.desktop, 11 * number + 11)
            for number in range(len(names))
        ]
        for app, name in zip(engine.impl.apps, names, strict=True):
            xlwings_uno.Books(app).take(document, base_name(name)).address = name
        engine.activate()
        return list(engine.apps)

    return running


def test_where_no_excel_runs_it_is_said(excels: Excels, monkeypatch: pytest.MonkeyPatch) -> None:
    excels()
    with pytest.raises(NoExcel, match="No Excel is running"):
        attach("acme.xlsx")
    monkeypatch.setattr(xlwings.engines, "active", None)  # as where xlwings has nothing to speak with
    with pytest.raises(NoExcel, match="cannot be used here"):
        attach("acme.xlsx")


def test_of_several_excels_the_one_whose_window_it_was_is_taken(excels: Excels) -> None:
    address = "https://d.example/Plan/acme.xlsx"
    excels("C:\\2025\\acme.xlsx", "C:\\2026\\acme.xlsx", address, "Book1")
    for name, window, wanted in [
        ("C:\\2026\\acme.xlsx", 22, 22),
        ("C:\\2026\\ACME.xlsx", None, 22),
        ("C:\\2026\\acme.xlsx", 99, 22),  # the number of a window that was closed meanwhile
        ("C:\\2026\\acme.xlsx", 44, 22),  # of an Excel that does not have it open
        (address, None, 33),
        (address, 33, 33),
        ("Book1", None, 44),
    ]:
        screen = attach(name, window)
        assert screen.app.hwnd == wanted
        assert screen.book.name == base_name(screen.book.api.FullName)
    assert (attach("").app.hwnd, attach("", 33).app.hwnd) == (11, 33)
    assert attach("", 33).host is None
    for name in ("C:\\2024\\acme.xlsx", "acme.xlsx", "https://d.example/acme.xlsx"):
        with pytest.raises(NotOpenInExcel, match=r"It is acme\.xlsx"):
            attach(name, 44)


def test_a_workbook_that_is_open_in_two_excels_is_not_guessed_at(excels: Excels) -> None:
    excels("C:\\Plan\\acme.xlsx", "C:\\Plan\\acme.xlsx")
    with pytest.raises(SeveralExcels, match=r"It is acme\.xlsx"):
        attach("C:\\Plan\\acme.xlsx")
    assert attach("C:\\Plan\\acme.xlsx", 22).app.hwnd == 22


def test_what_is_looked_at_in_protected_view_is_named_and_hinders_no_other_workbook(excels: Excels) -> None:
    """Excel names such a window while any is open, also an attachment behind the workbook of the button."""
    apps = excels("C:\\Plan\\acme.xlsx", "C:\\Plan\\other.xlsx")
    window = SimpleNamespace(Workbook=SimpleNamespace(Name="mailed=1.xlsx"))
    apps[0].impl.api.ActiveProtectedViewWindow = window
    for name in ("", "mailed=1.xlsx"):
        with pytest.raises(InProtectedView, match=r"Enable Editing .* It is mailed=1.xlsx"):
            attach(name, 11)
    assert attach("C:\\Plan\\acme.xlsx", 11).app.hwnd == 11
    assert attach("C:\\Plan\\other.xlsx", 22).app.hwnd == 22


def test_an_excel_that_is_busy_is_asked_again_for_a_while(
    excels: Excels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The macro of the button itself runs for a moment yet; a cell that is being edited lasts."""
    excels("C:\\Plan\\acme.xlsx")
    left = 3

    def busy(name: str) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise xlwings_uno.com_error(-2147418111, name, None, None)

    monkeypatch.setattr(xlwings_uno, "before_call", [busy])
    assert attach("C:\\Plan\\acme.xlsx").book.name == "acme.xlsx"
    assert left < 0
    left = 10**9
    monkeypatch.setattr(excel, "_PATIENCE", 0.3)
    with pytest.raises(ExcelBusy, match=r"Press Enter or Esc there, then the button again\."):
        attach("C:\\Plan\\acme.xlsx")
    told: list[str] = []
    monkeypatch.setattr(excel, "tell_without_excel", told.append)
    assert answer_in_excel(Asked("check", "C:\\Plan\\acme.xlsx", 11)) is None
    assert told == [str(ExcelBusy())]


def test_each_way_not_to_reach_the_workbook_has_a_sentence_of_its_own() -> None:
    ways: list[type[QmsbookError]] = [NoExcel, NotOpenInExcel, SeveralExcels, InProtectedView, ExcelBusy]
    assert len({str(way()) for way in ways}) == len(ways)
    assert all("nothing was written" in str(way()) for way in ways)


def test_a_workbook_in_onedrive_lies_where_its_copy_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OneDrive", str(tmp_path))
    (tmp_path / "Plan").mkdir()
    (tmp_path / "Plan" / "acme.xlsx").touch()
    address = "https://d.docs.live.net/0123456789abcdef/Plan/acme.xlsx"
    assert excel._folder(SimpleNamespace(fullname=address)) == tmp_path / "Plan"
    assert excel._folder(SimpleNamespace(fullname="https://acme.example/Plan/acme.xlsx")) is None
    assert excel._folder(SimpleNamespace(fullname="Book1")) is None


def test_the_buttons_work_through_xlwings_and_undo_reaches_across_them(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    document = desk.open(path, hidden=False)
    app = xlwings_uno.excel(desk.office.desktop)
    xlwings_uno.opened(app, document, "acme.xlsx")
    here = places("linux", {"HOME": str(tmp_path)})

    def press(command: str) -> str:
        return run(command, attach(str(path)), at=here)

    before = attach(str(path)).host
    assert before is not None
    tables = before.read().tables
    assert attach(str(path)).folder == tmp_path
    assert "First: " in press("check")
    assert app.impl.open_books[0].front == "Findings"  # it goes there
    assert app.selection.address == "A2"
    assert "32 KPIs: " in press("refresh")
    assert document.CurrentController.getActiveSheet() is not None
    assert "as it was" in press("undo")
    assert next(t for t in before.read().tables if not t.marker) == tables[0]
    assert (app.calculation, app.screen_updating) == ("automatic", True)


def test_what_undo_needs_is_kept_for_few_workbooks_only(tmp_path: Path) -> None:
    kept = Kept(None, tmp_path)  # type: ignore[arg-type]  # no host is asked here
    for number in range(30):
        (tmp_path / f"{number}.undo").touch()
    kept._tidy()
    assert len(list(tmp_path.iterdir())) == 20
