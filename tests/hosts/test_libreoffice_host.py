"""What only a workbook open in LibreOffice can show: sheets that come and go whole, undo, people typing."""

from __future__ import annotations

import pickle
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from common import ROOT, drawing, put_table, small_book, write_tables
from live import Desk, everything
from test_hosts import column, do, kpis

from qmsbook import commands
from qmsbook.book.edit import KEEP, AppendRows, Edit, Fill, FillCells, PutSheet, RemoveSheet, SetColumn
from qmsbook.hosts.host import (
    ChangedSinceRead,
    NoLibreOffice,
    NothingToUndo,
    NotRestored,
    OfficeFailed,
    SheetProtected,
    StructureProtected,
    TableCannotGrow,
    WouldLoseContent,
)
from qmsbook.hosts.libreoffice.bridge import connect, enum, properties, struct
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

REVIEW = "qmsbook:review:2026-Q3"
OTHER = "qmsbook:scorecard"
DAY = date(2026, 10, 20)


@pytest.fixture
def host(desk: Desk, tmp_path: Path) -> LibreOfficeHost:
    """The small workbook, open."""
    return LibreOfficeHost(desk.open(small_book(tmp_path / "small.xlsx")))


def put(host: LibreOfficeHost, *words: str) -> Any:
    """Puts the drawn review; gives its sheet."""
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW, words=words or ("one", "two"))))
    return host.document.Sheets.getByName("Review")


def test_reading_changes_nothing(host: LibreOfficeHost) -> None:
    host.read()
    do(host, SetColumn("KPIs", "Status", (KEEP, KEEP, None)), RemoveSheet(REVIEW))
    assert not host.document.isModified()


def test_the_sheet_arrives_with_its_paper(host: LibreOfficeHost) -> None:
    sheet = put(host)
    style = host.document.StyleFamilies.getByName("PageStyles").getByName(sheet.PageStyle)
    header, footer = style.RightPageHeaderContent, style.RightPageFooterContent
    left, right, centre = header.LeftText, header.RightText, footer.CenterText
    assert sheet.PageStyle.startswith("qmsbook ")
    assert (left.getString(), right.getString()) == ("Quality", "1")
    assert centre.createEnumeration().nextElement().createEnumeration().nextElement().TextPortionType == (
        "TextField"
    )
    (area,) = sheet.getPrintAreas()
    assert (area.EndRow, area.EndColumn) == (19, 7)
    assert sheet.getPrintTitleRows()
    assert sheet.getTitleRows().EndRow == 0


def test_the_sheet_arrives_with_its_looks_and_rules(host: LibreOfficeHost, tmp_path: Path) -> None:
    sheet = put(host)
    assert len(sheet.ConditionalFormats.getConditionalFormats()) == 2
    assert sheet.getCellRangeByName("D5").Validation.Type.value == "LIST"
    assert not sheet.Columns.getByIndex(11).IsVisible
    assert sheet.Columns.getByIndex(0).Width > 5000
    assert sheet.TabColor == 0x336699
    assert sheet.getCellRangeByName("A2").CharWeight == 150.0
    path = tmp_path / "look.ods"
    host.document.storeToURL(path.as_uri(), properties(FilterName="calc8"))
    with zipfile.ZipFile(path) as package:
        assert b"<calcext:sparkline " in package.read("content.xml")


def test_the_sheet_arrives_with_its_chart_and_table(host: LibreOfficeHost) -> None:
    for words in (("one", "two"), ("three", "four")):
        sheet = put(host, *words)
        (chart,) = [sheet.DrawPage.getByIndex(number) for number in range(sheet.DrawPage.Count)]
        assert chart.Description == "A chart"
        (ranges,) = sheet.Charts.getByIndex(0).Ranges
        assert ranges.Sheet == sheet.RangeAddress.Sheet
        table = host.document.DatabaseRanges.getByName("Minutes")
        assert table.AutoFilter
        assert (table.DataArea.Sheet, table.DataArea.StartRow) == (sheet.RangeAddress.Sheet, 9)
    styles = host.document.StyleFamilies.getByName("PageStyles").ElementNames
    assert len([name for name in styles if name.startswith("qmsbook ")]) <= 2


def test_a_table_whose_name_is_taken_gets_another(desk: Desk, tmp_path: Path) -> None:
    path = write_tables(tmp_path / "book.xlsx", [kpis()])
    host = LibreOfficeHost(desk.open(path))
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW, table="KPIs")))
    assert [table.name for table in host.read().tables] == ["KPIs", "KPIs_2"]


def test_a_sheet_that_the_user_renamed_keeps_its_name_and_its_links(host: LibreOfficeHost) -> None:
    put(host).Name = "My 'own' review"
    do(host, PutSheet(REVIEW, "Review", drawing(REVIEW, words=("three",))))
    sheet = host.document.Sheets.getByName("My 'own' review")
    assert sheet.getCellRangeByName("A2").getString() == "three"
    link = sheet.getCellRangeByName("E1").TextFields.getByIndex(0)
    assert link.URL == "#'My ''own'' review'.A10"
    assert sheet.getCellRangeByName("D1").getFormula() == "=SUM($'My ''own'' review'.B2:B3)"
    (ranges,) = sheet.Charts.getByIndex(0).Ranges
    assert ranges.Sheet == sheet.RangeAddress.Sheet
    assert host.read().sheet(REVIEW) is not None


def point_at_review(document: Any) -> Any:
    """Everything of a user's that can point at the review: cells, an array, a name, rules, a chart."""
    own = document.Sheets.getByName("Own sheet")
    formulas = ["=$Review.B3", '=COUNTIF($Review.A2:A9;"*")', "=COUNTA(Minutes[Row])", "=LastValue", "=1+1"]
    own.getCellRangeByName("C1:C5").setFormulaArray(tuple((text,) for text in formulas))
    own.getCellRangeByName("E1:E2").setArrayFormula("=$Review.B2:B3*2")
    at = own.getCellRangeByName("A1").CellAddress
    document.NamedRanges.addNewByName("LastValue", "$Review.$B$3", at, 0)
    own.getCellRangeByName("C1:C4").CellBackColor = 0xFFEE00
    formats = own.ConditionalFormats
    where = document.createInstance("com.sun.star.sheet.SheetCellRanges")
    where.addRangeAddress(own.getCellRangeByName("G1:G3").RangeAddress, False)
    number = formats.createByRange(where)
    rule = next(each for each in formats.getConditionalFormats() if number == each.ID)
    rule.createEntry(0, 0)
    entry = rule.getByIndex(rule.Count - 1)
    entry.Operator, entry.Formula1 = 8, "$Review.$B$3>0"
    area = document.Sheets.getByName("Review").getCellRangeByName("A2:B3").RangeAddress
    own.Charts.addNewByName("Mine", struct("com.sun.star.awt.Rectangle"), (area,), False, True)
    choice = own.getCellRangeByName("H1:H90")  # further down than anything that is typed
    check = choice.Validation
    check.Type = enum("com.sun.star.sheet.ValidationType", "LIST")
    check.setFormula1("$Review.$B$2:$B$4")
    choice.Validation = check
    return own


def pointers(document: Any) -> tuple[object, ...]:
    own = document.Sheets.getByName("Own sheet")
    cells = own.getCellRangeByName("C1:E5")
    (rule,) = own.ConditionalFormats.getConditionalFormats()
    (area,) = own.Charts.getByIndex(0).Ranges
    return (
        cells.getFormulaArray(),
        document.NamedRanges.getByName("LastValue").Content,
        rule.getByIndex(0).Formula1,
        own.getCellRangeByName("H1:H90").Validation.getFormula1(),
        (document.Sheets.ElementNames[area.Sheet], area.StartRow, area.EndRow, area.EndColumn),
    )


def test_what_points_at_a_redrawn_sheet_still_does(host: LibreOfficeHost) -> None:
    put(host)
    own = point_at_review(host.document)
    before, values = pointers(host.document), own.getCellRangeByName("C1:E5").getDataArray()
    put(host, "three", "four", "five")
    assert pointers(host.document) == before
    assert own.getCellRangeByName("C2").getValue() == values[1][0] + 1
    assert own.getCellRangeByName("C1:C5").queryFormulaCells(4).Count == 0
    host.undo()
    assert pointers(host.document) == before
    assert own.getCellRangeByName("C1:E5").getDataArray() == values


def test_a_sheet_that_something_points_at_is_not_removed(host: LibreOfficeHost) -> None:
    put(host)
    point_at_review(host.document)
    before = everything(host.document)
    with pytest.raises(WouldLoseContent, match="Own sheet'!C1"):
        do(host, RemoveSheet(REVIEW))
    assert everything(host.document) == before
    host.document.Sheets.getByName("Own sheet").getCellRangeByName("C1:E5").clearContents(16)
    with pytest.raises(WouldLoseContent, match="LastValue"):
        do(host, RemoveSheet(REVIEW))


EDITS: tuple[Edit, ...] = (
    SetColumn("KPIs", "Status", (KEEP, "new", True)),
    SetColumn("KPIs", "Actual", (95.0, KEEP, None)),
    SetColumn("KPIs", "Due", (None, 7.0, date(2026, 1, 1))),
    FillCells("Minutes", (Fill(1, "Minute", None, "=decided"),)),
    AppendRows("Plan", ({"Action": "a", "Due": date(2026, 2, 3)}, {"Action": "0012"}, {"Owner": "=1+1"})),
    PutSheet(REVIEW, "Review", drawing(REVIEW, words=("other", "words"))),
    PutSheet(OTHER, "Scorecard", drawing(OTHER, "Scorecard", table="Score")),
    RemoveSheet("qmsbook:findings"),
)


def busy(host: LibreOfficeHost) -> None:
    """A workbook with generated sheets, formulas that point at them, and words below a table."""
    put(host)
    do(host, PutSheet("qmsbook:findings", "Findings", drawing("qmsbook:findings", "Findings", table="Found")))
    point_at_review(host.document)
    plan = host.document.Sheets.getByName("Plan")
    plan.getCellRangeByName("A3:B4").CellBackColor = 0x112233
    plan.getCellRangeByName("C4").NumberFormat = 10
    rule = plan.getCellRangeByName("B2").Validation
    rule.Type = enum("com.sun.star.sheet.ValidationType", "LIST")
    rule.setFormula1('"a";"b"')
    plan.getCellRangeByName("B2").Validation = rule


def test_undo_brings_back_every_cell(host: LibreOfficeHost) -> None:
    busy(host)
    before, snapshot = everything(host.document), host.read()
    assert do(host, *EDITS).changed
    assert everything(host.document) != before
    host.undo()
    assert host.read() == snapshot
    assert everything(host.document) == before


def test_another_process_can_undo(host: LibreOfficeHost) -> None:
    busy(host)
    before = everything(host.document)
    do(host, *EDITS)
    other = LibreOfficeHost(host.document)
    with pytest.raises(NothingToUndo):
        other.undo()
    other.kept = pickle.loads(pickle.dumps(host.kept))
    other.undo()
    assert everything(host.document) == before


class Stopped(Exception):
    """Raised by the test in the midst of a change."""


def test_a_failure_at_any_step_leaves_all_as_it_was(host: LibreOfficeHost) -> None:
    busy(host)
    before, steps = everything(host.document), list[str]()

    def stop_at(last: int) -> Callable[[str], None]:
        def told(step: str) -> None:
            steps.append(step)
            if len(steps) > last:
                raise Stopped(step)

        return told

    for last in range(100):
        steps.clear()
        host.tell = stop_at(last)
        try:
            do(host, *EDITS)
        except Stopped:
            assert everything(host.document) == before, steps[-1]
        else:
            break
    assert last == len(steps)
    assert last > 15
    assert steps[-1] == "Done"
    host.undo()
    assert everything(host.document) == before


def test_a_failure_of_libreoffices_is_said_in_a_sentence(host: LibreOfficeHost) -> None:
    host.tell = lambda _: host.document.Sheets.getByName("nowhere")
    before = everything(host.document)
    with pytest.raises(OfficeFailed, match="as it was"):
        do(host, SetColumn("KPIs", "Status", (KEEP, "new", KEEP)))
    assert everything(host.document) == before


def test_what_cannot_be_put_back_is_said(host: LibreOfficeHost) -> None:
    host.tell = lambda _: host.document.close(True)
    with pytest.raises(NotRestored, match="without saving"):
        do(host, SetColumn("KPIs", "Status", (KEEP, "new", KEEP)))


def example(desk: Desk, folder: Path) -> LibreOfficeHost:
    return LibreOfficeHost(desk.open(Path(shutil.copy(ROOT / "workbook_templates" / "example.xlsx", folder))))


def test_a_cell_changed_while_qmsbook_computes_stops_it(desk: Desk, tmp_path: Path) -> None:
    host = example(desk, tmp_path)
    actual = host.document.Sheets.getByName("Measurements").getCellRangeByName("C5")

    def typing(step: str) -> None:
        if step.startswith("Drawing"):
            actual.setValue(actual.getValue() + 1)

    before = host.read()
    with pytest.raises(ChangedSinceRead):
        commands.refresh(host, on=DAY, how=commands.How(progress=typing))
    after = host.read()
    assert after.sheets == before.sheets
    changed = [
        (old.name, header)
        for old, new in zip(before.tables, after.tables, strict=True)
        for header, one, other in zip(old.headers, old.columns, new.columns, strict=True)
        if one != other
    ]
    assert len(changed) == 1
    commands.refresh(host, on=DAY)
    assert "Findings" in host.document.Sheets.ElementNames


def test_undo_is_refused_when_what_was_written_was_changed(host: LibreOfficeHost) -> None:
    do(host, SetColumn("KPIs", "Status", (KEEP, "new", KEEP)))
    host.document.Sheets.getByName("KPIs").getCellRangeByName("G3").setString("mine")
    with pytest.raises(NothingToUndo):
        host.undo()
    assert column(host, "KPIs", "Status")[1] == "mine"


def test_undo_leaves_what_was_typed_elsewhere(host: LibreOfficeHost) -> None:
    do(host, SetColumn("KPIs", "Status", (KEEP, "new", KEEP)))
    host.document.Sheets.getByName("KPIs").getCellRangeByName("F3").setString("mine")
    host.undo()
    assert column(host, "KPIs", "Status")[1] is None
    assert column(host, "KPIs", "Own note")[1] == "mine"


def test_words_typed_into_a_sheet_keep_it_from_being_undone(host: LibreOfficeHost) -> None:
    put(host).getCellRangeByName("B11").setString("typed")
    with pytest.raises(NothingToUndo):
        host.undo()


def test_protected_places_are_refused_before_anything_is_written(host: LibreOfficeHost) -> None:
    document = host.document
    put(host)
    edits = (
        SetColumn("KPIs", "Status", (KEEP, "new", KEEP)),
        PutSheet(REVIEW, "Review", drawing(REVIEW, words=("x",))),
    )
    for protect, kind in (
        (document.Sheets.getByName("KPIs"), SheetProtected),
        (document.Sheets.getByName("Review"), SheetProtected),
        (document, StructureProtected),
    ):
        before = everything(document)
        protect.protect("")
        with pytest.raises(kind):
            do(host, *edits)
        assert everything(document) == before
        protect.unprotect("")
    assert do(host, *edits).changed


def growing(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Log")
    put_table(book, sheet, "Log", ("Id", "Value", "Twice"), [("a", 1.0, None), ("b", 2.0, None)])
    for row in (1, 2):
        sheet.write_formula(row, 2, f"=B{row + 1}*2", None, row * 2)
    sheet.data_validation("A2:A3", {"validate": "list", "source": ["a", "b", "c"]})
    sheet.conditional_format(
        "B2:B3", {"type": "cell", "criteria": ">", "value": 1, "format": book.add_format({"bold": True})}
    )
    book.close()
    return path


def test_new_rows_carry_on_formulas_rules_and_choices(desk: Desk, tmp_path: Path) -> None:
    host = LibreOfficeHost(desk.open(growing(tmp_path / "log.xlsx")))
    before = everything(host.document)
    do(host, AppendRows("Log", ({"Id": "c", "Value": 5.0}, {"Id": "d"})))
    assert column(host, "Log", "Value") == [1.0, 2.0, 5.0, None]
    assert column(host, "Log", "Twice") == [2.0, 4.0, 10.0, 0.0]
    sheet = host.document.Sheets.getByName("Log")
    assert sheet.getCellRangeByName("A5").Validation.Type.value == "LIST"
    covered = [each.Range.RangeAddressesAsString for each in sheet.ConditionalFormats.getConditionalFormats()]
    assert any("B5" in text for text in covered)
    host.undo()
    assert everything(host.document) == before


@pytest.mark.parametrize("way", ["words", "formula", "merge", "merge beside", "table"])
def test_a_table_without_room_does_not_grow(desk: Desk, tmp_path: Path, way: str) -> None:
    host = LibreOfficeHost(desk.open(growing(tmp_path / "log.xlsx")))
    sheet = host.document.Sheets.getByName("Log")
    if way == "words":
        sheet.getCellRangeByName("B5").setString("x")
    elif way == "formula":
        sheet.getCellRangeByName("B5").setFormula('=""')
    elif way == "table":
        area = sheet.getCellRangeByName("C5:D6").RangeAddress
        host.document.DatabaseRanges.addNewByName("Other", area)
    else:
        sheet.getCellRangeByName("A5:B5" if way == "merge" else "C5:D5").merge(True)
    before = everything(host.document)
    with pytest.raises(TableCannotGrow):
        do(host, AppendRows("Log", ({"Id": "c"}, {"Id": "d"})))
    assert everything(host.document) == before


def test_the_window_stays_as_the_person_left_it(desk: Desk, tmp_path: Path) -> None:
    document = desk.open(small_book(tmp_path / "seen.xlsx"), hidden=False)
    host = LibreOfficeHost(document)
    window = document.CurrentController
    window.setActiveSheet(document.Sheets.getByName("Plan"))
    sheet = put(host)
    assert window.getActiveSheet().Name == "Plan"
    assert window.Frame.ContainerWindow.isEnabled()
    window.setActiveSheet(sheet)
    assert window.hasFrozenPanes()  # at which row is up to LibreOffice, which goes by pixels
    put(host, "three")
    assert window.getActiveSheet().Name == "Review"


def test_nobody_answers() -> None:
    with pytest.raises(NoLibreOffice, match="No LibreOffice answers"):
        connect("pipe,name=qmsbook-nobody-listens")


def grids(document: Any, path: Path) -> dict[str, bool]:
    """Which sheets show grid lines, as a file says."""
    document.storeToURL(path.as_uri(), properties(FilterName="Calc MS Excel 2007 XML"))
    with zipfile.ZipFile(path) as package:
        sheets = [package.read(f"xl/worksheets/sheet{n + 1}.xml") for n in range(document.Sheets.Count)]
    return {
        name: b'showGridLines="false"' not in xml
        for name, xml in zip(document.Sheets.ElementNames, sheets, strict=True)
    }


def test_our_sheets_come_without_grid_lines_and_the_user_s_keep_theirs(desk: Desk, tmp_path: Path) -> None:
    host = LibreOfficeHost(desk.open(small_book(tmp_path / "grid.xlsx"), hidden=False))
    own = {"KPIs": True, "Own sheet": True, "Plan": True}
    assert grids(host.document, tmp_path / "before.xlsx") == own
    for number, words in enumerate((("one",), ("two",))):
        put(host, *words)
        assert grids(host.document, tmp_path / f"{number}.xlsx") == {**own, "Review": False}
    host.undo()
    assert grids(host.document, tmp_path / "undone.xlsx") == {**own, "Review": False}
