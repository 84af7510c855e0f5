"""The file host changes what it was told to change, and not one byte more."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from common import (
    HEADERS,
    ROWS,
    cells_of,
    drawing,
    no_new_complaints,
    parts_of,
    put_table,
    rebuild,
    small_book,
    swap,
    write_tables,
)

from qmsbook.book.edit import KEEP, AppendRows, Edit, PutSheet, RemoveSheet, SetColumn
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import ErrorValue, Table
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.names import MAIN, STYLES_TYPE, to_strict
from qmsbook.hosts.host import Applied, StructureProtected, TableCannotGrow, WouldLoseContent

REVIEW = "qmsbook:review"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return small_book(tmp_path / "book.xlsx")


def do(path: Path, *edits: Edit) -> Applied:
    host = FileHost(path)
    return host.apply(edits, host.read())


def read(path: Path) -> Snapshot:
    return FileHost(path).read()


def table(path: Path, name: str = "KPIs") -> Table:
    found = read(path).table(name)
    assert found is not None
    return found


def column(path: Path, header: str, name: str = "KPIs") -> list[object]:
    found = table(path, name)
    place = found.find(header)
    assert place is not None
    return list(found.columns[place])


def without_cells(sheet: bytes, *addresses: str) -> bytes:
    """A sheet's XML with some cells cut out, by a plain search that shares nothing with the host."""
    for address in addresses:
        sheet = re.sub(rb'<c r="%s"[^>]*?(/>|>.*?</c>)' % address.encode(), b"", sheet, count=1)
    return sheet


# Surgery


def test_only_the_edited_cells_of_one_part_change(book: Path) -> None:
    before = parts_of(book)
    do(
        book,
        SetColumn("KPIs", "Target", (1.5, KEEP, "=x")),
        SetColumn("KPIs", "Status", (KEEP, "fine", KEEP)),
    )
    after = parts_of(book)
    assert {name for name in before if before[name] != after[name]} == {SHEET, "xl/styles.xml"}
    assert list(before) == list(after)
    cells = ("C2", "C4", "G3")
    assert without_cells(before[SHEET], *cells) == without_cells(after[SHEET], *cells)
    assert b"<v>1.5</v>" in after[SHEET]


def test_every_other_cell_reads_the_same_elsewhere(book: Path) -> None:
    before = cells_of(book)
    do(book, SetColumn("KPIs", "Target", (1.5, KEEP, KEEP)), PutSheet(REVIEW, "Review", drawing(REVIEW)))
    after = {place: cell for place, cell in cells_of(book).items() if place[0] != "Review"}
    assert after.pop(("KPIs", "C2"))[0] == 1.5
    before.pop(("KPIs", "C2"))
    assert after == before


def test_nothing_is_written_when_nothing_changes(book: Path) -> None:
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW)), SetColumn("KPIs", "Status", (KEEP, "a", "=b")))
    content, stamp = book.read_bytes(), book.stat().st_mtime_ns
    copies = sorted((book.parent / "qmsbook-backups").iterdir())
    applied = do(book, PutSheet(REVIEW, "X", drawing(REVIEW)), SetColumn("KPIs", "Status", (KEEP, "a", "=b")))
    assert applied == Applied(False)
    assert (book.read_bytes(), book.stat().st_mtime_ns) == (content, stamp)
    assert sorted((book.parent / "qmsbook-backups").iterdir()) == copies


def test_a_dry_run_says_what_would_be_and_writes_nothing(book: Path) -> None:
    content = book.read_bytes()
    host = FileHost(book)
    applied = host.apply([SetColumn("KPIs", "Status", ("a", "b", "c"))], host.read(), dry_run=True)
    assert applied.changed
    assert [str(cell) for cell in applied.skipped] == ["KPIs!G2"]
    assert book.read_bytes() == content
    assert not (book.parent / "qmsbook-backups").exists()


def test_the_validator_and_openpyxl_are_content(book: Path, tmp_path: Path) -> None:
    before = tmp_path / "before.xlsx"
    before.write_bytes(book.read_bytes())
    rows = tuple({"KPI": f"N{number}", "Due": date(2026, 1, 2), "Name": "=x"} for number in range(4))
    do(book, AppendRows("Plan", ({"Action": "a"},) * 3), SetColumn("KPIs", "Target", (None, True, "  x ")))
    do(book, PutSheet(REVIEW, "Plan", drawing(REVIEW)))
    assert openpyxl.load_workbook(book).sheetnames == ["KPIs", "Own sheet", "Plan", "Plan (qmsbook)"]
    rebuild(book, {SHEET: lambda sheet: re.sub(rb"<row r=\"7\".*?</row>", b"", sheet)})
    do(book, AppendRows("KPIs", rows))
    no_new_complaints(before, book)


def test_text_that_looks_like_a_formula_is_quoted_and_styles_do_not_grow(book: Path) -> None:
    do(
        book,
        SetColumn("KPIs", "Status", (KEEP, "=1+1", "-x")),
        PutSheet(REVIEW, "R", drawing(REVIEW, words=("0",))),
    )
    styles = parts_of(book)["xl/styles.xml"]
    assert styles.count(b'quotePrefix="1"') == 1
    for run in range(40):
        texts = (KEEP, f"={run}", f"+{run}")
        put = PutSheet(REVIEW, "R", drawing(REVIEW, words=(str(run), "=x")))
        assert do(book, SetColumn("KPIs", "Status", texts), put).changed
    assert parts_of(book)["xl/styles.xml"] == styles
    assert len(parts_of(book)) == len(set(map(str.casefold, parts_of(book))))
    assert column(book, "Status")[1:] == ["=39", "+39"]


def test_a_date_gets_a_date_format_and_a_number_loses_it(book: Path) -> None:
    do(
        book,
        SetColumn("KPIs", "Status", (KEEP, date(2026, 5, 1), KEEP)),
        SetColumn("KPIs", "Due", (5.0, KEEP, KEEP)),
    )
    sheet = openpyxl.load_workbook(book)["KPIs"]
    assert sheet["G3"].is_date
    assert not sheet["E2"].is_date
    assert column(book, "Due")[0] == 5.0
    assert column(book, "Status")[1] == date(2026, 5, 1)


def test_formulas_make_the_file_be_calculated_when_it_opens(book: Path) -> None:
    rebuild(book, {"xl/workbook.xml": swap(' fullCalcOnLoad="1"', "")})
    do(book, SetColumn("KPIs", "Target", (9.0, KEEP, KEEP)))
    assert b'<calcPr calcId="124519" fullCalcOnLoad="1"/>' in parts_of(book)["xl/workbook.xml"]


# Growing


def longer(path: Path, **changes: object) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("KPIs")
    put_table(book, sheet, "KPIs", ("KPI", "Target"), [("K1", 1.0), ("K2", 2.0)])
    sheet.data_validation("B2:B3", {"validate": "decimal", "criteria": ">", "value": 0})
    sheet.data_validation("A2:A99", {"validate": "length", "criteria": ">", "value": 0})
    sheet.conditional_format("A2:B3", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("D1:D3", {"type": "duplicate"})
    if "below" in changes:
        sheet.write("B5", changes["below"])
    if "merge" in changes:
        sheet.merge_range("B5:C6", "")
    if "total" in changes:
        sheet.add_table(
            "F1:G4", {"name": "Sums", "total_row": True, "columns": [{"header": "A"}, {"header": "B"}]}
        )
    book.close()
    return path


def test_a_longer_table_takes_its_rules_along(tmp_path: Path) -> None:
    path = longer(tmp_path / "book.xlsx")
    do(path, AppendRows("KPIs", ({"KPI": "K3"}, {"KPI": "K4"})))
    parts = parts_of(path)
    sheet, found = parts[SHEET], parts["xl/tables/table1.xml"]
    assert found.count(b'ref="A1:B5"') == 2
    assert b'sqref="B2:B5"' in sheet
    assert b'sqref="A2:A99"' in sheet
    assert b'<conditionalFormatting sqref="A2:B5">' in sheet
    assert b"<xm:sqref>A2:B5</xm:sqref>" in sheet
    assert b'sqref="D1:D3"' in sheet
    assert b'<dimension ref="A1:B5"/>' in sheet


def test_a_formula_of_the_users_goes_on_in_new_rows(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        columns = [
            {"header": "A"},
            {"header": "B", "formula": "=T[[#This Row],[A]]*2"},
            {"header": "C", "formula": "=A2&$A$1"},
        ]
        sheet = book.add_worksheet("T")
        sheet.add_table("A1:C2", {"name": "T", "data": [[1]], "columns": columns})
    do(path, AppendRows("T", ({"A": 2.0}, {"A": 3.0})))
    found = openpyxl.load_workbook(path)["T"]
    assert [found[f"B{row}"].value for row in (2, 3, 4)] == ["=T[[#This Row],[A]]*2"] * 3
    assert [found[f"C{row}"].value for row in (2, 3, 4)] == ["=A2&$A$1", "=A3&$A$1", "=A4&$A$1"]
    assert column(path, "A", "T") == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("changes", "name"),
    [({"below": "a note"}, "KPIs"), ({"merge": True}, "KPIs"), ({"total": True}, "Sums")],
)
def test_a_table_without_room_is_refused(tmp_path: Path, changes: dict[str, object], name: str) -> None:
    path = longer(tmp_path / "book.xlsx", **changes)
    content = path.read_bytes()
    rows = ({"KPI": "x"},) * 4 if name == "KPIs" else ({"A": 1.0},) * 4
    with pytest.raises(TableCannotGrow, match=r"KPIs!|totals row"):
        do(path, AppendRows(name, rows))
    assert path.read_bytes() == content


def test_a_totals_row_is_no_row_of_the_table(tmp_path: Path) -> None:
    found = table(longer(tmp_path / "book.xlsx", total=True), "Sums")
    assert found.rows == 2


# Generated sheets


def test_a_renamed_sheet_keeps_its_name_its_place_and_its_references(book: Path) -> None:
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    names = {
        "xl/workbook.xml": swap("Review!", "'My own'!"),
        "xl/worksheets/sheet2.xml": swap("KPIs!C2:C4", "A5"),
    }
    rebuild(book, {**names})
    rebuild(book, {"xl/workbook.xml": swap('name="Review"', 'name="My own"')})
    before = parts_of(book)["xl/workbook.xml"]
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW, words=("new",))))
    after = parts_of(book)
    assert read(book).sheets == ("KPIs", "Own sheet", "Plan", "My own")
    assert after["xl/workbook.xml"] == before
    chart = next(content for name, content in after.items() if "charts/chart" in name)
    assert b"'My own'!$B$2:$B$3" in chart
    assert b"Review!" not in chart
    sheet = after["xl/worksheets/sheet4.xml"]
    assert b"'My own'!B2:B3" in sheet
    assert b"location=\"'My own'!A10\"" in sheet
    assert b"Review!" not in sheet


def test_parts_of_the_old_sheet_go_with_it(book: Path) -> None:
    before = set(parts_of(book))
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    fresh = set(parts_of(book)) - before
    assert {name.rpartition("/")[0] for name in fresh} >= {"xl/charts", "xl/drawings", "xl/tables"}
    types = parts_of(book)["[Content_Types].xml"]
    assert all(b'"/%s"' % name.encode() in types for name in fresh if not name.endswith(".rels"))
    do(book, RemoveSheet(REVIEW))
    assert set(parts_of(book)) == before
    assert b"chart" not in parts_of(book)["[Content_Types].xml"]
    assert b"_xlnm" not in parts_of(book)["xl/workbook.xml"]


def test_names_of_the_users_for_a_generated_sheet_stay(book: Path) -> None:
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    own = '<definedName name="Own" localSheetId="3">Review!$A$1</definedName></definedNames>'
    rebuild(book, {"xl/workbook.xml": swap("</definedNames>", own)})
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW, words=("new",))))
    assert parts_of(book)["xl/workbook.xml"].count(b"<definedName ") == 3
    assert b'name="Own" localSheetId="3"' in parts_of(book)["xl/workbook.xml"]


def test_removing_a_sheet_moves_what_counts_sheets(book: Path) -> None:
    do(book, PutSheet("qmsbook:a", "A", drawing("qmsbook:a", "A", table="Ta")))
    do(book, PutSheet("qmsbook:b", "B", drawing("qmsbook:b", "B", table="Tb")))
    view = swap("<workbookView ", '<workbookView activeTab="4" ')
    rebuild(book, {"xl/workbook.xml": view})
    do(book, RemoveSheet("qmsbook:a"))
    frame = parts_of(book)["xl/workbook.xml"]
    assert b'activeTab="3"' in frame
    assert b'localSheetId="3">B!$A$1:$H$20<' in frame
    assert b'localSheetId="4"' not in frame


def test_a_sheet_that_formulas_refer_to_is_not_removed(book: Path) -> None:
    do(book, PutSheet(REVIEW, "My review", drawing(REVIEW)))
    rebuild(book, {"xl/worksheets/sheet2.xml": swap("SUM(KPIs!C2:C4)", "'My review'!B2")})
    with pytest.raises(WouldLoseContent, match="My review"):
        do(book, RemoveSheet(REVIEW))
    do(book, PutSheet(REVIEW, "x", drawing(REVIEW, words=("other",))))
    assert cells_of(book)["Own sheet", "A1"][0] == "='My review'!B2"


def test_two_sheets_are_never_selected_together(book: Path) -> None:
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    assert sum(content.count(b'tabSelected="1"') for content in parts_of(book).values()) == 1
    for part, old, new in (
        (SHEET, ' tabSelected="1"', ""),
        ("xl/worksheets/sheet4.xml", "<sheetView ", '<sheetView tabSelected="1" '),
    ):
        rebuild(book, {part: swap(old, new)})
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW, words=("new",))))
    assert sum(content.count(b'tabSelected="1"') for content in parts_of(book).values()) == 1


def test_a_table_name_that_is_taken_gets_a_number(book: Path) -> None:
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW, table="Plan")))
    assert [found.name for found in read(book).tables] == ["KPIs", "Plan", "Plan_2"]
    assert not do(book, PutSheet(REVIEW, "Review", drawing(REVIEW, table="Plan"))).changed


def test_a_locked_structure_lets_sheets_be_replaced_but_not_added(book: Path) -> None:
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    rebuild(
        book, {"xl/workbook.xml": swap("<bookViews>", '<workbookProtection lockStructure="1"/><bookViews>')}
    )
    assert do(book, PutSheet(REVIEW, "Review", drawing(REVIEW, words=("new",)))).changed
    content = book.read_bytes()
    for edit in (PutSheet("qmsbook:other", "Other", drawing("qmsbook:other")), RemoveSheet(REVIEW)):
        with pytest.raises(StructureProtected):
            do(book, edit)
    assert book.read_bytes() == content


def test_the_calculation_chain_goes_only_when_a_formula_goes(book: Path) -> None:
    do(book, PutSheet(REVIEW, "Review", drawing(REVIEW)))
    chain = b'<calcChain xmlns="%s"><c r="D1" i="4"/></calcChain>' % MAIN.encode()
    chain_type = STYLES_TYPE.replace("styles", "calcChain")
    types = f'<Override PartName="/xl/calcChain.xml" ContentType="{chain_type}"/></Types>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    link = f'<Relationship Id="rIdCalc" Type="{kind}" Target="calcChain.xml"/></Relationships>'
    rebuild(
        book,
        {
            "xl/calcChain.xml": chain,
            "[Content_Types].xml": swap("</Types>", types),
            "xl/_rels/workbook.xml.rels": swap("</Relationships>", link),
        },
    )
    do(
        book,
        PutSheet(REVIEW, "Review", drawing(REVIEW, words=("new",))),
        SetColumn("KPIs", "Target", (1.0, 2.0, 3.0)),
    )
    assert parts_of(book)["xl/calcChain.xml"] == chain
    do(book, RemoveSheet(REVIEW))
    assert "xl/calcChain.xml" not in parts_of(book)
    assert (
        b"calcChain"
        not in parts_of(book)["[Content_Types].xml"] + parts_of(book)["xl/_rels/workbook.xml.rels"]
    )


# Other producers' files


def test_a_prefixed_namespace_is_read_and_written(book: Path) -> None:
    def prefixed(content: bytes) -> bytes:
        content = re.sub(rb"<(/?)(?=[A-Za-z])(?!\w+:)", rb"<\1x:", content)
        return content.replace(b"xmlns=", b"xmlns:x=", 1)

    before = table(book).columns
    rebuild(
        book, dict.fromkeys((SHEET, "xl/styles.xml", "xl/workbook.xml", "xl/sharedStrings.xml"), prefixed)
    )
    assert table(book).columns == before
    do(
        book,
        SetColumn("KPIs", "Status", (KEEP, "=q", date(2026, 1, 1))),
        PutSheet(REVIEW, "Review", drawing(REVIEW)),
    )
    assert column(book, "Status") == ["007", "=q", date(2026, 1, 1)]
    assert cells_of(book)["KPIs", "G3"][0] == "=q"
    assert b"<x:is><x:t>=q</x:t></x:is>" in parts_of(book)[SHEET]


def test_strict_workbooks_stay_strict(book: Path) -> None:
    def strict(content: bytes) -> bytes:
        return to_strict(content)

    rebuild(book, {name: strict for name in parts_of(book) if name.endswith((".xml", ".rels"))})
    do(book, SetColumn("KPIs", "Target", (8.0, KEEP, KEEP)), PutSheet(REVIEW, "Review", drawing(REVIEW)))
    assert column(book, "Target")[0] == 8.0
    parts = parts_of(book)
    assert not [name for name in parts if b"schemas.openxmlformats.org/spreadsheetml" in parts[name]]
    assert not [n for n in parts if b"openxmlformats.org/officeDocument/2006/relationships" in parts[n]]
    assert not do(book, PutSheet(REVIEW, "Review", drawing(REVIEW))).changed


def test_dates_count_from_1904_where_the_workbook_does(book: Path) -> None:
    rebuild(book, {"xl/workbook.xml": swap("<workbookPr ", '<workbookPr date1904="1" ')})
    assert column(book, "Due")[0] == date(2030, 4, 1)
    do(
        book,
        SetColumn("KPIs", "Due", (date(2026, 3, 31), date(1904, 1, 1), KEEP)),
        PutSheet(REVIEW, "R", drawing(REVIEW)),
    )
    assert column(book, "Due")[:2] == [date(2026, 3, 31), date(1904, 1, 1)]
    assert openpyxl.load_workbook(book)["KPIs"]["E2"].value.date() == date(2026, 3, 31)
    assert column(book, "Day", "Minutes")[0] == date(2026, 7, 1)


def test_a_workbook_without_styles_gets_the_least_it_needs(tmp_path: Path) -> None:
    path = write_tables(tmp_path / "book.xlsx", [Table("T", "T", 1, 1, ("A", "B"), (["x"], [None]))])
    drop_type = lambda types: re.sub(rb'<Override PartName="/xl/styles.xml"[^>]*/>', b"", types)  # noqa: E731
    drop_link = lambda rels: re.sub(rb'<Relationship [^>]*styles.xml"/>', b"", rels)  # noqa: E731
    rebuild(
        path,
        {"xl/styles.xml": None, "[Content_Types].xml": drop_type, "xl/_rels/workbook.xml.rels": drop_link},
    )
    do(path, SetColumn("T", "B", (date(2026, 1, 1),)))
    assert column(path, "B", "T") == [date(2026, 1, 1)]
    assert openpyxl.load_workbook(path)["T"]["B2"].is_date


def test_new_cells_take_the_format_of_their_row_or_column(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("T")
        sheet.set_column("B:B", 10, book.add_format({"num_format": "0%"}))
        sheet.set_row(2, 20, book.add_format({"num_format": "0.000"}))
        put_table(book, sheet, "T", ("A", "B"), [("x", None), ("y", None), ("z", None)])
        for row in (1, 2, 3):
            sheet.write_string(row, 0, "x")
    rebuild(path, {SHEET: lambda sheet: re.sub(rb'<c r="B[234]"[^>]*/>', b"", sheet)})
    do(path, SetColumn("T", "B", (50.0, 2.0, 70.0)))
    found = openpyxl.load_workbook(path)["T"]
    assert [(found[f"B{row}"].value, found[f"B{row}"].number_format) for row in (2, 3, 4)] == [
        (0.5, "0%"),
        (2, "0.000"),
        (0.7, "0%"),
    ]


def test_a_row_grows_with_long_text_unless_a_person_set_its_height(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("T")
        sheet.set_column("A:B", 20, book.add_format({"text_wrap": True}))
        sheet.set_column("C:C", 20)
        put_table(book, sheet, "T", ("A", "B", "C"), [("x", None, None)] * 6)
        for row in (1, 4):
            sheet.set_row(row, 21)  # a person's: customHeight is set
    rebuild(path, {SHEET: lambda sheet: sheet.replace(b'<row r="3"', b'<row r="3" ht="90"')})
    long = "A finding says where, what was found and what to do, and so it takes several lines."
    do(path, SetColumn("T", "B", (long, long, long, "short", None, None)))
    do(path, SetColumn("T", "C", (None, None, None, None, None, long)))
    found = openpyxl.load_workbook(path)["T"]
    heights = [found.row_dimensions[row].height for row in range(2, 8)]
    assert (heights[0], heights[3]) == (21, 21)  # set by a person
    assert heights[1] == 90  # high enough
    assert heights[2] == pytest.approx(4 * 11 * 1.28 + 3, abs=0.1)
    assert heights[4:] == [None, None]  # nothing new; text that is not broken into lines
    before = path.read_bytes()
    do(path, SetColumn("T", "B", (long, long, long, "short", None, None)))
    assert path.read_bytes() == before


def test_all_that_a_cell_may_hold_is_read(tmp_path: Path) -> None:
    path = write_tables(tmp_path / "book.xlsx", [Table("T", "T", 1, 1, ("A",), ([1.0] * 12,))])
    cells = [
        '<c r="A2" t="e"><f>NA()</f><v>#N/A</v></c>',
        '<c r="A3" t="str"><f>"a"&amp;B1</f><v>a &lt; b</v></c>',
        '<c r="A4"><f>1+1</f></c>',
        '<c r="A5" t="b"><v>1</v></c>',
        '<c r="A6" t="d"><v>2026-02-03T00:00:00Z</v></c>',
        '<c r="A7" t="inlineStr"><is><r><rPr><b/><color rgb="FFFF0000"/></rPr><t>ri</t></r>'
        '<r><t xml:space="preserve">ch </t></r>'
        '<rPh sb="0" eb="1"><t>no</t></rPh></is></c>',
        '<c r="A8"><f t="shared" ref="A8:A9" si="0">B8*$C$1</f><v>1</v></c>',
        '<c r="A9"><f t="shared" si="0"/><v>2</v></c>',
        '<c r="A10"><f t="array" ref="A10:A11">ROW(1:2)</f><v>1</v></c>',
        '<c r="A11"><v>2</v></c>',
        '<c r="A12" t="str"><v></v></c>',
    ]  # fmt: skip
    rows = "".join(f'<row r="{row}">{cell}</row>' for row, cell in enumerate(cells, 2))
    body = lambda sheet: re.sub(rb'<row r="2".*</row>', rows.encode(), sheet)  # noqa: E731
    rebuild(path, {SHEET: body})
    found = table(path, "T")
    assert found.columns[0][:4] == [ErrorValue("#N/A"), "a < b", None, True]
    assert found.columns[0][4:] == [date(2026, 2, 3), "rich ", 1.0, 2.0, 1.0, 2.0, None, None]
    assert dict(found.formulas[0]) == {
        0: "NA()", 1: '"a"&B1', 2: "1+1", 6: "B8*$C$1", 7: "B9*$C$1", 8: "ROW(1:2)", 9: "ROW(1:2)",
    }  # fmt: skip
    applied = do(path, SetColumn("T", "A", ("x",) * 12))
    assert [cell.row for cell in applied.skipped] == [2, 3, 4, 8, 9, 10, 11]


def test_unusual_but_sound_xml_is_spliced_too(book: Path) -> None:
    turned = lambda sheet: re.sub(rb'<row r="(\d+)" spans="([^"]*)"', rb'<row spans="\2"  r="\1"', sheet)  # noqa: E731
    rebuild(book, {SHEET: turned})
    before = parts_of(book)[SHEET]
    assert b'  r="3"' in before
    do(book, SetColumn("KPIs", "Status", (KEEP, "x", 5.0)), SetColumn("KPIs", "Double", (1.0, 2.0, 3.0)))
    assert column(book, "Status") == ["007", "x", 5.0]
    cells = ("G3", "G4", "H2", "H3", "H4")
    assert without_cells(before, *cells) == without_cells(parts_of(book)[SHEET], *cells)


def test_own_columns_and_reordered_columns_do_not_matter(tmp_path: Path) -> None:
    order = [4, 0, 6, 2]
    rows = [[row[place] for place in order] for row in ROWS]
    headers = tuple(HEADERS[place] for place in order)
    columns = tuple([row[place] for row in rows] for place in range(4))
    path = write_tables(tmp_path / "book.xlsx", [Table("KPIs", "My KPIs", 5, 3, headers, columns)])
    do(path, SetColumn("KPIs", "status", ("a", "b", "c")))
    assert column(path, "Status") == ["a", "b", "c"]
    assert str(table(path).cell(0, 2)) == "'My KPIs'!E6"
