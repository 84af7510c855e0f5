"""`qmsbook.buttons`, as people call it from xlwings of their own; Excel is a stand-in over LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlwings
import xlwings_uno
from common import ROOT
from live import Desk, desk

from qmsbook import buttons
from qmsbook.doors import buttons as ribbon

__all__ = ["desk"]


@pytest.fixture
def book(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[xlwings.Book]:
    """The example, open; what is kept goes to a folder of the test's."""
    for name in ("HOME", "APPDATA", "LOCALAPPDATA", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    path = Path(shutil.copy(ROOT / "workbook_templates" / "example.xlsx", tmp_path / "plan.xlsx"))
    yield xlwings_uno.opened(xlwings_uno.excel(desk.office.desktop), desk.open(path), path.name)
    if hasattr(xlwings.Book, "_mock_caller"):
        del xlwings.Book._mock_caller


def test_every_button_of_the_ribbon_is_a_function() -> None:
    assert sorted(buttons.__all__) == sorted(ribbon.COMMANDS)
    assert all(getattr(buttons, name).__doc__ for name in buttons.__all__)


def test_the_book_that_called_is_worked_on_and_nothing_lingers(
    book: xlwings.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail(f"waited {seconds} s"))
    book.set_mock_caller()
    said = buttons.refresh()
    assert "KPIs:" in said
    assert book.impl.document.Sheets.hasByName("Scorecard")
    assert str(book.app.status_bar).startswith("qmsbook: ")
    assert book.app.screen_updating
    assert "up to date already" in buttons.refresh()
    assert buttons.undo() == "The workbook is as it was before qmsbook last wrote to it."


def test_a_book_that_is_given_is_worked_on_and_the_status_bar_given_back(book: xlwings.Book) -> None:
    said = buttons.check(book)
    assert "Findings" in said
    assert book.app.status_bar is False
    assert book.impl.front == "Findings"


def test_what_is_wrong_is_said_not_raised(book: xlwings.Book) -> None:
    book.impl.document.Sheets.getByName("KPIs").protect("")
    assert "KPIs" in buttons.refresh(book)
    assert any("KPIs" in text for text in book.app.impl.dialogs)


def test_importing_it_loads_neither_xlwings_nor_anything_that_computes() -> None:
    code = (
        "import sys, qmsbook.buttons; print([m for m in sys.modules if m.startswith(('xlwings', 'pandas'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
