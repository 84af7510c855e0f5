"""A generated sheet is known whatever is typed on it, on every host; its cursor waits where it is safe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hands import type_in
from live import Desk
from office import resave
from ooxml import markers, unzip
from walking import ON, REVIEW, REVIEW_MARKER

from qmsbook import commands
from qmsbook.book.snapshot import MARK_NAME, mark, unmarked
from qmsbook.commands import template
from qmsbook.hosts.excel.host import ExcelHost
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

MINUTES = "Minutes_2026_Q3"
Live = Callable[[Any, str], Host]


def in_libreoffice(document: Any, _: str) -> Host:
    return LibreOfficeHost(document)


def in_excel(document: Any, name: str) -> Host:
    from xlwings_uno import excel, opened

    return ExcelHost(opened(excel(document.CurrentController.Frame.getCreator()), document, name))


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The example with its review."""
    path = tmp_path_factory.mktemp("reviewed") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    commands.review(FileHost(path), REVIEW, on=ON)
    return path.read_bytes()


@pytest.mark.parametrize("marker", ["qmsbook:scorecard", 'qmsbook:entry:1:Tom "=1" Hayes', "qmsbook:x y!A1"])
def test_a_mark_says_what_it_was_made_of(marker: str) -> None:
    assert unmarked(mark(marker, "0af3")) == (marker, "0af3")
    assert mark(marker + "x" * 300, "0af3") == mark(marker + "\n", "0af3") == ""


@pytest.mark.parametrize(
    "text", ["", "$A$1", '"qmsbook:scorecard"', '"0af3 Scorecard"', "0af3 qmsbook:scorecard"]
)
def test_another_name_is_no_mark(text: str) -> None:
    assert unmarked(text) == ("", "")


def test_the_mark_outlives_other_programs(reviewed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(reviewed)
    known = {(d.marker, d.nonce) for d in FileHost(path).read().drawn}
    (by_office,) = resave([path], tmp_path / "office")
    book = openpyxl.load_workbook(path)
    book.save(by_openpyxl := tmp_path / "openpyxl.xlsx")
    for each in (by_office, by_openpyxl):
        sheet = markers(unzip(each.read_bytes()))[REVIEW_MARKER]
        each.write_bytes(type_in(each.read_bytes(), sheet, {"A1": "x"}))
        assert {(d.marker, d.nonce) for d in FileHost(each).read().drawn} == known


def test_the_cursor_of_a_drawn_sheet_waits_on_a_blank_cell_below_the_hidden_row(
    reviewed: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(reviewed)
    book, drawn = openpyxl.load_workbook(path), FileHost(path).read().drawn
    for each in drawn:
        place = book[each.sheet][book[each.sheet].sheet_view.selection[-1].activeCell]
        assert place.row > 1
        assert place.value is None
        assert not book[each.sheet].column_dimensions[place.column_letter].hidden


@pytest.mark.parametrize("host_of", [in_libreoffice, in_excel])
def test_typing_into_a_sheet_of_an_open_workbook_costs_no_word(
    reviewed: bytes, tmp_path: Path, desk: Desk, host_of: Live
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(reviewed)
    document = desk.open(path)
    document.calculateAll()
    host = host_of(document, path.name)
    sheet = document.Sheets.getByName(f"Review {REVIEW}")
    sheet.getCellByPosition(0, 0).setString("j")
    sheet.getCellByPosition(2, 0).setString("k")
    area = document.DatabaseRanges.getByName(MINUTES).DataArea
    sheet.getCellByPosition(area.StartColumn + 1, area.StartRow + 1).setString("typed afterwards")
    assert [f.row for f in commands.look(host, ON).findings if f.code == "WBK070"] == [f"Review {REVIEW}"]
    commands.refresh(host, on=ON)
    now = host.read()
    minutes = now.table(MINUTES)
    assert minutes is not None
    assert "typed afterwards" in minutes.columns[1]
    kept = now.table("Kept_notes")
    assert kept is not None
    assert sorted(filter(None, map(str, kept.columns[4]))) == ["j", "k"]
    assert now.sheets.index("Kept notes") < now.sheets.index(f"Review {REVIEW}")
    assert all(document.Sheets.getByName(d.sheet).NamedRanges.hasByName(MARK_NAME) for d in now.drawn)
    assert not commands.refresh(host, on=ON).changes


def test_after_each_drawing_in_libreoffice_the_cursor_is_out_of_the_hidden_row(
    reviewed: bytes, tmp_path: Path, desk: Desk
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(reviewed)
    document = desk.open(path)
    host, window = LibreOfficeHost(document), document.CurrentController
    review = document.Sheets.getByName(f"Review {REVIEW}")
    window.setActiveSheet(review)
    window.select(review.getCellByPosition(0, 0))
    scorecard = document.Sheets.getByName("Scorecard")
    window.setActiveSheet(scorecard)
    window.select(scorecard.getCellByPosition(4, 300))
    for sheet in (review, scorecard):
        sheet.getCellByPosition(0, 0).setString("j")
    commands.refresh(host, on=ON)
    found = {}
    for drawn in host.read().drawn:
        window.setActiveSheet(document.Sheets.getByName(drawn.sheet))
        at = window.getSelection().getRangeAddress()
        found[drawn.sheet] = at.StartRow, at.StartColumn
    assert all(row > 0 for row, _ in found.values())
    assert found["Scorecard"] == (300, 4)


def test_a_neighbour_deleted_in_libreoffice_costs_no_word(
    reviewed: bytes, tmp_path: Path, desk: Desk
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(type_in(reviewed, "Scorecard", {"D4": "a note of mine"}))
    commands.refresh(FileHost(path), on=ON)
    document = desk.open(path)
    host = LibreOfficeHost(document)
    sheets = document.Sheets
    areas = {t.name: t for t in host.read().tables if t.marker}
    sheets.removeByName("Kept notes")
    assert {t.name for t in host.read().tables if t.marker} == areas.keys() - {"Kept_notes"}
    sheets.insertNewByName("Mine", sheets.Count)
    sheets.removeByName("Mine")
    assert not [t for t in host.read().tables if t.marker]
    commands.refresh(host, on=ON)
    after = {t.name: t.columns for t in host.read().tables if t.marker}
    assert after == {name: t.columns for name, t in areas.items() if name != "Kept_notes"}
