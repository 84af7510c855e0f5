"""The buttons in a real window: found by the names that a screen reader says, clicked, their work seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desktop import Answers, Desktop
from live import live_office
from window import Display, button, dialog_of, needs_a_window, within

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.libreoffice.bridge import close, load
from qmsbook.hosts.libreoffice.host import LibreOfficeHost


class Person:
    """Sits before the window of a workbook."""

    def __init__(self, display: Display, desktop: Desktop, document: Any) -> None:
        self.display, self.desktop, self.document = display, desktop, document

    @property
    def window(self) -> Any:
        return self.document.CurrentController.Frame.ContainerWindow

    def press(self, label: str, command: str) -> str:
        """Click a button of the toolbar QMS; what is said then."""
        answers = Answers(self.desktop.here)
        self.display.click(button(self.window.AccessibleContext, label, "QMS"))
        return answers.wait(command)

    def answer(self, label: str) -> list[str]:
        """Click a button of the dialog in front; the words that stood in it."""
        dialog = dialog_of(self.window)
        words = [each.getAccessibleName() for each in within(dialog)]
        self.display.click(button(dialog, label))
        return words

    @property
    def sees(self) -> str:
        """The sheet in front."""
        return str(self.document.CurrentController.getActiveSheet().Name)


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    live_office()  # skips where there is none, unless it is required
    needs_a_window()
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    with Desktop() as made, Display() as display:
        made.install()
        running = made.start(display.name)
        try:
            document = load(running, path, hidden=False)
            yield Person(display, made, document)
            close(document)
        finally:
            made.stop(running)


def test_buttons_that_are_clicked_do_their_work(person: Person, tmp_path: Path) -> None:
    closed = FileHost(tmp_path / "closed.xlsx")
    closed.path.write_bytes(template("example.xlsx"))
    commands.review(closed, "2026-Q3")
    host, file = LibreOfficeHost(person.document), closed.read()
    before = host.read()
    assert not before.drawn

    assert "First: " in person.press("Check", "check")
    assert person.sees == "Findings"
    assert "32 KPIs: " in person.press("Refresh", "refresh")
    assert "Review 2026-Q3" in person.press("Review", "review")
    assert person.sees == "Review 2026-Q3"
    live = host.read()
    assert live.sheets == file.sheets
    for name in ("KPIs", "Objectives", "Goals"):
        mine, theirs, was = live.table(name), file.table(name), before.table(name)
        assert mine is not None
        assert theirs is not None
        assert was is not None
        assert mine.columns == theirs.columns
        assert not any(was.columns[was.find("Status") or 0])
    for drawn in file.drawn:
        there = live.sheet(drawn.marker)
        assert there is not None
        assert there.cells == drawn.cells

    person.press("Help", "help")
    assert any("Next: mend the" in word for word in person.answer("OK"))
    assert "as it was" in person.press("Undo last", "undo")
    assert "Review 2026-Q3" not in host.read().sheets


def test_the_toolbar_has_a_row_of_its_own_below_the_program_s(person: Person) -> None:
    frame = person.document.CurrentController.Frame
    bars = {
        each.ResourceURL.rpartition("/")[2]: frame.LayoutManager.getElementPos(each.ResourceURL).Y
        for each in frame.LayoutManager.getElements()
        if "/toolbar/" in each.ResourceURL and frame.LayoutManager.isElementVisible(each.ResourceURL)
    }
    ours = bars.pop("addon_org.qmsbook.toolbar")
    assert set(bars) == {"standardbar", "formatobjectbar"}
    assert ours > max(bars.values())
    row = button(person.window.AccessibleContext, "Check", "QMS").getLocationOnScreen().Y
    assert row == button(person.window.AccessibleContext, "Help", "QMS").getLocationOnScreen().Y
