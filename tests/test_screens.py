"""What the buttons see of Excel: xlwings itself, with LibreOffice playing Excel behind it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from live import Desk, desk

from qmsbook.commands import template
from qmsbook.host import NoExcel, NotOpenInExcel
from qmsbook.kept import Kept
from qmsbook.macros import run
from qmsbook.places import places
from qmsbook.screens import excel
from qmsbook.screens.excel import base_name, is_busy, named

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


def test_where_no_excel_runs_it_is_said() -> None:
    with pytest.raises(NoExcel):
        excel._attached([], "acme.xlsx", None)


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
    import xlwings_uno as engine

    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    document = desk.open(path, hidden=False)
    app = engine.excel(desk.office.desktop)
    engine.opened(app, document, "acme.xlsx")
    here = places("linux", {"HOME": str(tmp_path)})

    def press(command: str) -> str:
        screen = excel._attached([app], "C:\\Plan\\acme.xlsx", None)
        screen.tell = lambda text: None  # type: ignore[method-assign]  # nobody is there to close a dialog
        return run(command, screen, at=here)

    before = excel._attached([app], "acme.xlsx", None).host
    assert before is not None
    tables = before.read().tables
    assert excel._attached([app], "acme.xlsx", None).folder == tmp_path
    assert "First: " in press("check")
    assert "32 KPIs: " in press("refresh")
    assert document.CurrentController.getActiveSheet() is not None
    assert "as it was" in press("undo")
    assert next(t for t in before.read().tables if not t.marker) == tables[0]
    assert (app.calculation, app.screen_updating) == ("automatic", True)
    with pytest.raises(NotOpenInExcel):
        excel._attached([app], "C:/other.xlsx", None)


def test_what_undo_needs_is_kept_for_few_workbooks_only(tmp_path: Path) -> None:
    kept = Kept(None, tmp_path)  # type: ignore[arg-type]  # no host is asked here
    for number in range(30):
        (tmp_path / f"{number}.undo").touch()
    kept._tidy()
    assert len(list(tmp_path.iterdir())) == 20
