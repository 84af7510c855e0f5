"""A workbook that was saved, closed and opened again in the same LibreOffice is drawn on as ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from live import Desk, desk
from test_patch import axes, opened, type_into

from qmsbook import commands
from qmsbook.hosts.kept import Kept
from qmsbook.hosts.libreoffice.bridge import close
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

__all__ = ["desk"]

#: Figures of the example that people type one after the other.
FIGURES = (("C700", 80.0), ("C705", 90.0), ("C713", 57.0))


def saved_and_opened_again(desk: Desk, document: Any, path: Path) -> Any:
    document.store()
    close(document)
    desk.forget(document)
    return desk.open(path, hidden=False)


def seen(document: Any, sheet: str) -> list[tuple[object, ...]]:
    """What a sheet shows, without the hidden first row: its memo is made anew with each drawing."""
    cells = document.Sheets.getByName(sheet).getCellRangeByName("A2:Z160")
    return [
        tuple(round(each, 9) if isinstance(each, float) else each for each in line)
        for line in cells.getDataArray()
    ]


@pytest.mark.parametrize("boards", [False, True], ids=["plain", "boards"])
def test_each_press_after_saving_and_opening_again_draws_what_changed(
    desk: Desk, tmp_path: Path, boards: bool
) -> None:
    """LibreOffice stores fewer digits of a figure than a drawing has: no reason to fail, nor to undo less."""
    path = tmp_path / "acme.xlsx"
    document = opened(desk, tmp_path, path.name, "yes" if boards else "no")
    brought: set[str] = set()

    def tell(step: str) -> None:
        brought.update([step.removeprefix("Bringing ")] if step.startswith("Bringing ") else [])

    def press() -> None:
        commands.refresh(Kept(LibreOfficeHost(document, tell), tmp_path / "kept"))

    press()
    redrawn = []
    typed = FIGURES[:2] if boards else FIGURES  # each press with Boards takes long
    for cell, figure in typed:
        document = saved_and_opened_again(desk, document, path)
        before = seen(document, "Scorecard")
        type_into(document, "Measurements", cell, figure)
        brought.clear()
        press()
        redrawn.append(brought & {"Scorecard", "Cascade", "Boards"})
        Kept(LibreOfficeHost(document), tmp_path / "kept").undo()
        assert seen(document, "Scorecard") == before
        press()
    # What changed was drawn where it stands; the second figure gives a chart of Boards another series.
    assert redrawn[0] == set()
    assert all(each <= {"Boards"} for each in redrawn)
    anew = opened(desk, tmp_path, "anew.xlsx", "yes" if boards else "no")
    for cell, figure in typed:
        type_into(anew, "Measurements", cell, figure)
    commands.refresh(LibreOfficeHost(anew))
    if boards:
        assert axes(document, "Boards") == axes(anew, "Boards")
    for sheet in ("Scorecard", "Cascade", "Findings", *(["Boards"] if boards else [])):
        assert seen(document, sheet) == seen(anew, sheet)
