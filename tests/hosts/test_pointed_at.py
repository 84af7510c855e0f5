"""What a person's own formulas, names, rules, charts and pivots point at stays so when a sheet is redrawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from live import Desk, desk
from test_patch_rows import CHANGES, NAME, PLAIN, Stand

from qmsbook.book.edit import RemoveSheet
from qmsbook.hosts.host import WouldLoseContent
from qmsbook.hosts.libreoffice.bridge import enum, struct

__all__ = ["desk"]

#: Formulas of a person's: a cell of the page, rows of it that may go, its table, and one of their own.
FORMULAS = {
    "B4": f"=$'{NAME}'.A20", "B5": f"=COUNTA($'{NAME}'.A4:A6)", "B6": "=COUNTA(Answers[Part])",
    "B7": "=COUNTA(Own[Thing])", "B8": "=Everywhere", "B9": "=Here",
    "B10": f"=OFFSET($'{NAME}'.A6;0;0)&\"{NAME}.A6\"", "B11": "=Rows",
}  # fmt: skip
REDRAWN = {
    "where it stands": replace(PLAIN, figures=(9.0, 2.0, 4.0)),
    "with less lines": CHANGES["a line less"],
    "without the rows that are pointed at": replace(PLAIN, lines=("one",)),
    "with many lines more": CHANGES["many lines more"],
    "with groups that go": replace(PLAIN, groups=PLAIN.groups[2:]),
    "as a new sheet": replace(PLAIN, figures=(9.0, 2.0, 4.0, 7.0)),
}


def own_table(document: Any) -> None:
    """A table on the person's own sheet, which stands before the page."""
    sheet = document.Sheets.getByName("Mine")
    sheet.getCellRangeByName("J1:J3").setDataArray((("Thing",), ("a",), ("b",)))
    document.DatabaseRanges.addNewByName("Own", sheet.getCellRangeByName("J1:J3").RangeAddress)
    document.DatabaseRanges.getByName("Own").ContainsHeader = True


def point(document: Any) -> None:
    """Everything that can point at the page, on the sheet before it."""
    mine, page = (document.Sheets.getByName(name) for name in ("Mine", NAME))
    at = mine.getCellRangeByName("A1").CellAddress
    document.NamedRanges.addNewByName("Everywhere", f"$'{NAME}'.$A$20", at, 0)
    document.NamedRanges.addNewByName("Rows", "COUNTA(Answers[Part])", at, 0)
    mine.NamedRanges.addNewByName("Here", f"$'{NAME}'.$A$5:$A$6", at, 0)
    for place, formula in FORMULAS.items():
        mine.getCellRangeByName(place).setFormula(formula)
    mine.getCellRangeByName("D4:D6").setArrayFormula(f"=$'{NAME}'.A4:A6")
    where = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    where.addRangeAddress(mine.getCellRangeByName("G1:G3").RangeAddress, False)
    number = mine.ConditionalFormats.createByRange(where)
    (rule,) = [each for each in mine.ConditionalFormats.getConditionalFormats() if number == each.ID]
    rule.createEntry(0, 0)
    entry = rule.getByIndex(rule.Count - 1)
    entry.Operator, entry.Formula1 = 8, f"$'{NAME}'.$A$5>0"
    check = mine.getCellRangeByName("H1:H9").Validation
    check.Type = enum("com.sun.star.sheet.ValidationType", "LIST")
    check.setFormula1(f"$'{NAME}'.$A$5:$A$8")
    mine.getCellRangeByName("H1:H9").Validation = check
    areas = tuple(page.getCellRangeByName(area).RangeAddress for area in ("A4:A8", "C4:C8"))
    mine.Charts.addNewByName("Shown", struct("com.sun.star.awt.Rectangle"), areas, True, False)
    pivot(mine, page)


def pivot(mine: Any, page: Any) -> None:
    """A pivot over the page's list."""
    tables = mine.DataPilotTables
    wanted = tables.createDataPilotDescriptor()
    rows = [row for row in range(40) if page.getCellByPosition(0, row).getString() == "What"]
    area = page.getCellRangeByPosition(0, rows[0], 3, rows[0] + 2).RangeAddress
    wanted.setSourceRange(area)
    wanted.DataPilotFields.getByIndex(0).Orientation = enum(
        "com.sun.star.sheet.DataPilotFieldOrientation", "ROW"
    )
    tables.insertNewByName("Counted", mine.getCellRangeByName("L1").CellAddress, wanted)


def pointed(document: Any) -> dict[str, object]:
    """What all of it points at now."""
    mine, names = document.Sheets.getByName("Mine"), document.Sheets.ElementNames
    source = mine.DataPilotTables.getByName("Counted").SourceRange
    return {
        "formulas": {place: mine.getCellRangeByName(place).getFormula() for place in FORMULAS},
        "array": mine.getCellRangeByName("D4:D6").getFormulaArray(),
        "names": {name: document.NamedRanges.getByName(name).Content for name in ("Everywhere", "Rows")},
        "local": mine.NamedRanges.getByName("Here").Content,
        "rule": _rule(mine).getByIndex(0).Formula1,
        "check": mine.getCellRangeByName("H1:H9").Validation.getFormula1(),
        "chart": sorted(series(mine.Charts.getByIndex(0).EmbeddedObject)),
        "pivot": (names[source.Sheet], source.StartRow, source.StartColumn, source.EndRow, source.EndColumn),
        "errors": mine.queryFormulaCells(4).RangeAddressesAsString,
    }


def series(chart: Any) -> Iterator[str]:
    """Where a chart's values and labels come from."""
    for each in chart.getDataSequences():
        for part in (each.getValues(), each.getLabel()):
            if part is not None:
                first, _, last = part.getSourceRangeRepresentation().partition(":")
                yield f"{first}:{last or first.rpartition('.')[2]}"  # one cell is spelled both ways


@pytest.mark.parametrize("how", REDRAWN)
def test_all_that_points_at_a_redrawn_sheet_still_does(desk: Desk, tmp_path: Path, how: str) -> None:
    """And after an undo."""
    stand = Stand(desk, tmp_path)
    own_table(stand.document)
    stand.put(PLAIN)
    point(stand.document)
    before = pointed(stand.document)
    stand.put(REDRAWN[how])
    assert stand.patched == (how != "as a new sheet")
    assert pointed(stand.document) == before
    stand.host.undo()
    assert pointed(stand.document) == before


def test_a_sheet_is_not_removed_as_long_as_anything_points_at_it(desk: Desk, tmp_path: Path) -> None:
    stand = Stand(desk, tmp_path)
    stand.put(PLAIN)
    point(stand.document)
    mine, names = stand.document.Sheets.getByName("Mine"), stand.document.NamedRanges
    steps: list[tuple[str, Callable[[], object]]] = [
        ("'?Mine'?!B4", lambda: mine.getCellRangeByName("B4:D11").clearContents(1023)),
        ("Everywhere", lambda: names.removeByName("Everywhere")),
        ("Rows", lambda: names.removeByName("Rows")),
        ("Here", lambda: mine.NamedRanges.removeByName("Here")),
        ("colour rule", lambda: mine.ConditionalFormats.removeByID(_rule(mine).ID)),
        ("drop-down", lambda: mine.getCellRangeByName("H1:H9").clearContents(1023)),
        ("chart", lambda: mine.Charts.removeByName("Shown")),
        ("pivot", lambda: mine.DataPilotTables.removeByName("Counted")),
    ]
    marker = PLAIN.edit().marker
    for said, clear in steps:
        with pytest.raises(WouldLoseContent, match=said):
            stand.host.apply([RemoveSheet(marker)], stand.host.read())
        clear()
        if said == "drop-down":
            check = mine.getCellRangeByName("H1:H9").Validation
            check.setFormula1("")
            mine.getCellRangeByName("H1:H9").Validation = check
    stand.host.apply([RemoveSheet(marker)], stand.host.read())
    assert not stand.document.Sheets.hasByName(NAME)


def test_a_formula_goes_on_naming_a_table_on_the_sheet_before_one_that_goes(
    desk: Desk, tmp_path: Path
) -> None:
    """LibreOffice would lose that table."""
    stand = Stand(desk, tmp_path)
    own_table(stand.document)
    stand.put(PLAIN)
    cell = stand.document.Sheets.getByName("Mine").getCellRangeByName("B7")
    cell.setFormula(FORMULAS["B7"])
    stand.host.apply([RemoveSheet(PLAIN.edit().marker)], stand.host.read())
    assert (cell.getFormula(), cell.getValue()) == (FORMULAS["B7"], 2)
    stand.host.undo()
    assert (cell.getFormula(), cell.getValue()) == (FORMULAS["B7"], 2)
    assert stand.document.DatabaseRanges.hasByName("Answers")


def _rule(sheet: Any) -> Any:
    (rule,) = sheet.ConditionalFormats.getConditionalFormats()
    return rule
