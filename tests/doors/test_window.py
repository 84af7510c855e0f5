"""The buttons in a real window: found by the names that a screen reader says, clicked, their work seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from person import Person, person_at
from window import button

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.libreoffice.host import LibreOfficeHost


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    with person_at(path) as found:
        yield found


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
