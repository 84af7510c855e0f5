"""Tables that LibreOffice took away with the sheet behind them stand again at the next press."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from live import Desk, desk

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.doors.buttons import run
from qmsbook.doors.screens.memory import MemoryScreen
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.libreoffice.host import LibreOfficeHost
from qmsbook.setup.places import places

__all__ = ["desk"]


def boxes(document: Any) -> dict[str, tuple[int, ...]]:
    """Where each table stands on its sheet."""
    found = {}
    for name in document.DatabaseRanges.ElementNames:
        at = document.DatabaseRanges.getByName(name).DataArea
        found[name] = at.StartRow, at.StartColumn, at.EndRow, at.EndColumn
    return found


@pytest.mark.parametrize(
    ("deleted", "gone"),
    [(["Findings"], {"Waivers"}), (["Waivers", "Inputs", "Context"], {"Ideas", "Decisions"})],
    ids=["a drawn sheet", "sheets of their own"],
)
def test_tables_that_went_with_a_deleted_sheet_stand_again_at_the_next_press(
    desk: Desk, tmp_path: Path, deleted: list[str], gone: set[str]
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    commands.refresh(FileHost(path))
    document = desk.open(path, hidden=False)
    before = boxes(document)
    sheets = document.Sheets
    for name in deleted:
        sheets.removeByName(name)
    lost = before.keys() - boxes(document).keys() - {*deleted}
    assert lost == gone
    last = {name: before[name][2] + 1 for name in gone}
    for name in gone:  # typed after the table was gone
        sheets.getByName(name).getCellByPosition(before[name][1], last[name]).setString("W99")
    screen = MemoryScreen(LibreOfficeHost(document))
    said = run("refresh", screen, at=places("linux", {"HOME": str(tmp_path)}))
    assert "32 KPIs" in said
    for name in gone:
        assert f"The table {name} stands again over its headers on the sheet {name}." in said
        assert boxes(document)[name][:2] == before[name][:2]
        assert boxes(document)[name][2:] == (last[name], before[name][3])
    again = run("refresh", screen, at=places("linux", {"HOME": str(tmp_path)}))
    assert "stands again" not in again


def test_a_list_of_somebody_s_own_does_not_become_a_table(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    document = desk.open(path, hidden=False)
    document.DatabaseRanges.removeByName("Ideas")
    sheet = document.Sheets.getByName("Ideas")
    sheet.Name = "What we heard"
    cells = sheet.getCellRangeByName("A1:C1")
    cells.setDataArray((("Idea", "From whom", "Cost"),))
    run("refresh", MemoryScreen(LibreOfficeHost(document)), at=places("linux", {"HOME": str(tmp_path)}))
    assert "Ideas" not in boxes(document)
