"""The template workbooks: as declared, reproducible, whole, and a story without loose ends."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from common import complaints
from lxml import etree
from openpyxl.workbook import Workbook

from qmsbook.book.cell import parse_range
from qmsbook.book.parse import parse, split_ids
from qmsbook.book.reading import read_book
from qmsbook.book.table import ROOM, columns_of
from qmsbook.book.tables import SETTINGS, TABLES
from qmsbook.hosts.file.host import FileHost
from qmsbook.rules import check
from qmsbook.rules.rule import Finding
from qmsbook.templates.company import Mistake, example_rows, mistakes, mistakes_page, row_key
from qmsbook.templates.naming import EMPTY_ID, stamp_id, unzipped
from qmsbook.templates.shipped import templates_folder
from qmsbook.templates.template import empty, example

ROOT = Path(__file__).parents[2]
NAMES = ("qmsbook.xlsx", "example.xlsx")
#: Essential columns that may be blank in good order: a gap, no comment asked, a setting without a default.
MAY_BE_BLANK = {("Measurements", "Value"), ("Measurements", "Comment"), ("Settings", "Value")}
books = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def opened() -> dict[str, Workbook]:
    return {name: openpyxl.load_workbook(templates_folder() / name) for name in NAMES}


def _company() -> dict[str, list[dict[str, object]]]:
    loaded: dict[str, list[dict[str, object]]] = json.loads(
        (templates_folder() / "company.json").read_text(encoding="utf-8")
    )
    return loaded


def test_templates_are_those_that_the_sources_give() -> None:
    # Part by part: how hard the parts are compressed differs from one zlib to the next.
    assert unzipped((templates_folder() / "qmsbook.xlsx").read_bytes()) == unzipped(empty())
    assert unzipped((templates_folder() / "example.xlsx").read_bytes()) == unzipped(example())


def test_the_same_sources_give_the_same_bytes() -> None:
    assert empty() == empty()
    assert example() == example()
    assert b"dcterms:modified" in unzipped(empty())["docProps/core.xml"]
    with zipfile.ZipFile(BytesIO(empty())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_page_of_mistakes_is_the_one_that_the_sources_give() -> None:
    assert (ROOT / "docs" / "example-mistakes.md").read_text(encoding="utf-8") == mistakes_page()


@books
def test_the_validator_has_nothing_to_complain_about(name: str) -> None:
    assert complaints(templates_folder() / name) == set()


@books
def test_one_sheet_and_one_table_per_declared_table(opened: dict[str, Workbook], name: str) -> None:
    book = opened[name]
    assert book.sheetnames == ["Start", *(record.TITLE for record in TABLES)]
    for record in TABLES:
        sheet = book[record.TITLE]
        (table,) = sheet.tables.values()
        assert table.displayName == table.name == record.TABLE
        headers = [column.header for column in columns_of(record).values()]
        more = ["What it does"] if record.TABLE == "Settings" else []
        assert [cell.value for cell in sheet[1]] == headers + more
        assert [column.name for column in table.tableColumns] == headers + more
        assert table.ref.startswith("A1:")
        assert sheet.max_row >= 2  # Excel repairs a file whose table has no row
        assert not sheet.merged_cells.ranges
        assert sheet.freeze_panes


@books
def test_file_host_reads_what_was_put_in(name: str) -> None:
    snapshot = FileHost(templates_folder() / name).read()
    assert [table.name for table in snapshot.tables] == [record.TABLE for record in TABLES]
    assert snapshot.properties["qmsbook.schema"] == "1"
    book = read_book(snapshot.tables, today=date(2026, 11, 10))
    if name == "qmsbook.xlsx":
        assert [t for t in book.troubles if t.kind != "blank row"] == []
        assert book.settings.company == "Your company"
        assert snapshot.properties["qmsbook.id"] == EMPTY_ID
    else:
        assert book.on == date(2026, 11, 10)


@books
def test_validations_and_colours_have_room_beyond_the_data(opened: dict[str, Workbook], name: str) -> None:
    for record in TABLES[1:]:
        sheet = opened[name][record.TITLE]
        last = parse_range(sheet.tables[record.TABLE].ref)[2] + ROOM
        covered = {str(found.sqref) for found in sheet.data_validations.dataValidation}
        letters = [cell.column_letter for cell in sheet[1]]
        assert covered == {f"{letter}2:{letter}{last}" for letter in letters}
        for ranges in sheet.conditional_formatting:
            assert all(found.max_row == last and found.min_row == 2 for found in ranges.sqref.ranges)


@books
def test_each_column_says_what_belongs_in_it(opened: dict[str, Workbook], name: str) -> None:
    for record in TABLES[1:]:
        sheet = opened[name][record.TITLE]
        rules = {str(found.sqref).split("2:")[0]: found for found in sheet.data_validations.dataValidation}
        for cell, column in zip(sheet[1], columns_of(record).values(), strict=True):
            rule = rules[cell.column_letter]
            assert rule.showInputMessage
            assert rule.prompt.startswith(column.help[:200])
            single = (
                (column.kind == "ref")
                or (column.kind == "choice" and not column.suggest)
                or column.kind == "flag"
                or bool(column.words)
            )
            several = column.kind == "refs" or column.suggest
            if not column.computed:
                assert (rule.type == "list") == (single or several)
            worded = column.reads in {
                "direction",
                "frequency",
                "end",
                "span",
            }  # words are read where they mean one
            if single and column.refers != ("*",) and not worded:
                assert rule.showErrorMessage
            if several or worded:
                assert not rule.showErrorMessage


@books
def test_lists_come_from_names_that_grow_with_the_table(opened: dict[str, Workbook], name: str) -> None:
    book = opened[name]
    wanted = {
        rule.formula1
        for sheet in book.worksheets
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list" and not rule.formula1.startswith('"')
    }
    assert wanted <= set(book.defined_names)
    for title, defined in book.defined_names.items():
        record = next(record for record in TABLES if f"List_{record.TABLE}" == title)
        key = columns_of(record)[record.KEY].header
        assert f"{record.TABLE}[{key}]" in defined.attr_text


@books
def test_formats_hold_down_to_the_sheets_end(opened: dict[str, Workbook], name: str) -> None:
    for record in TABLES:
        sheet = opened[name][record.TITLE]
        for cell, column in zip(sheet[1], columns_of(record).values(), strict=False):
            dimension = sheet.column_dimensions[cell.column_letter]
            if column.kind in {"id", "period", "ref", "refs", "text", "choice"} and not column.computed:
                assert dimension.number_format == "@"
            if column.kind == "date":
                assert dimension.number_format == "yyyy-mm-dd"
            style = sheet.cell(2, cell.column).style
            assert style == ("Calculation" if column.computed else "Input")
            assert sheet.cell(1, cell.column).fill.fill_type == "solid"


@books
def test_optional_columns_are_folded_and_the_others_are_not(opened: dict[str, Workbook], name: str) -> None:
    for record in TABLES:
        with zipfile.ZipFile(templates_folder() / name) as archive:
            part = f"xl/worksheets/sheet{TABLES.index(record) + 2}.xml"
            tree = etree.fromstring(archive.read(part))
        columns = {int(found.get("min")): found for found in tree.iter("{*}col")}
        for place, column in enumerate(columns_of(record).values(), 1):
            folded = not (column.essential or column.computed)
            assert (columns[place].get("hidden") == "1") == folded
            assert (columns[place].get("outlineLevel") == "1") == folded


@books
def test_every_sheet_is_set_up_for_print(opened: dict[str, Workbook], name: str) -> None:
    for sheet in opened[name].worksheets:
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert int(sheet.page_setup.paperSize) == (9 if name == "qmsbook.xlsx" else 1)
        assert sheet.oddFooter.right.text == "Page &P of &N"
        assert sheet.sheet_properties.tabColor is not None
        if sheet.title != "Start":
            assert sheet.print_title_rows == "$1:$1"
            assert sheet.page_setup.orientation == "landscape"


@books
def test_start_leads_to_every_sheet(opened: dict[str, Workbook], name: str) -> None:
    sheet = opened[name]["Start"]
    links = {cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"{record.TITLE}!A2" for record in TABLES}
    words = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert "Five steps" in words
    for word in ("On track", "At risk", "Off track", "Overdue"):
        assert word in words


def test_status_words_read_on_their_colours(opened: dict[str, Workbook]) -> None:
    seen = set()
    for ranges in opened["qmsbook.xlsx"]["KPIs"].conditional_formatting:
        for rule in ranges.rules:
            back, front = rule.dxf.fill.bgColor.rgb[-6:], rule.dxf.font.color.rgb[-6:]
            assert _contrast(back, front) >= 4.5
            seen.add(rule.formula[0])
    assert {'"On track"', '"At risk"', '"Off track"', '"Overdue"', '"Bad value"'} <= seen


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@books
def test_no_formula_is_in_any_cell(name: str) -> None:
    with zipfile.ZipFile(templates_folder() / name) as archive:
        for part in archive.namelist():
            if part.startswith("xl/worksheets/sheet"):
                tree = etree.fromstring(archive.read(part))
                assert not [found for found in tree.iter("{*}c") if found.find("{*}f") is not None]


def test_settings_are_prefilled_with_their_defaults(opened: dict[str, Workbook]) -> None:
    sheet = opened["qmsbook.xlsx"]["Settings"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [spec.name for spec in SETTINGS]
    assert sheet["B2"].value == "Your company"


def test_a_new_workbook_gets_an_id_and_a_name() -> None:
    made = stamp_id(empty(), "1234", "Smith & Söhne <Ltd>")
    book = openpyxl.load_workbook(BytesIO(made))
    assert {found.name: found.value for found in book.custom_doc_props.props} == {
        "qmsbook.id": "1234", "qmsbook.schema": "1",
    }  # fmt: skip
    assert book["Settings"]["B2"].value == book["Start"]["B2"].value == "Smith & Söhne <Ltd>"
    assert book["KPIs"].oddHeader.left.text == "Smith && Söhne <Ltd>"
    assert book.properties.title == "Smith & Söhne <Ltd>: plan, figures and review"
    assert stamp_id(empty(), EMPTY_ID) == empty()


# -- the example's story -----------------------------------------------------------------------------------


def test_the_example_holds_every_reading_of_the_company() -> None:
    company = _company()
    quarters = {"03": "Q1", "06": "Q2", "09": "Q3", "12": "Q4"}
    quarterly = {kpi["id"] for kpi in company["kpis"] if kpi["frequency"] == "quarterly"}

    def key(entry: dict[str, object]) -> str:
        year, month = str(entry["period"]).split("-")
        return f"{entry['kpi']}@{year}-{quarters[month] if entry['kpi'] in quarterly else month}"

    rows = {row_key("Measurements", row): row for row in example_rows(with_mistakes=False)["Measurements"]}
    for reading in company["readings"]:
        row = rows[key(reading)]
        assert row["Value"] == reading["value"]
        assert row["Numerator"] == reading["numerator"]
        assert row["Denominator"] == reading["denominator"]
    blank = {key for key, row in rows.items() if row["Value"] is None}
    gaps = {key(gap) for gap in company["known_gaps"]}
    assert blank == gaps - {"K30@2026-10"}  # that one may still come: its days of grace are not over
    assert all(rows[found]["Comment"] for found in blank)
    assert len(rows) == len(company["readings"]) + len(blank)


def test_the_clean_example_has_no_loose_end() -> None:
    rows = example_rows(with_mistakes=False)
    ids = {table: {str(next(iter(row.values()))) for row in made} for table, made in rows.items()}
    every = set().union(*ids.values())
    for record in TABLES:
        for row in rows[record.TABLE]:
            for column in columns_of(record).values():
                value = row[column.header]
                read = parse(column, value) if not isinstance(value, datetime) else None
                assert read is None or read.misfit is None, (record.TABLE, row, column.header)
                if column.refers and value:
                    known = (
                        every if column.refers == ("*",) else set().union(*(ids[t] for t in column.refers))
                    )
                    assert set(split_ids(str(value))) <= known, (record.TABLE, row, column.header)
                if column.essential and value is None:
                    assert (record.TABLE, column.header) in MAY_BE_BLANK
        keys = [row_key(record.TABLE, row) for row in rows[record.TABLE]]
        assert len(keys) == len(set(keys))


def test_the_clean_example_is_a_plan_as_the_book_would_like_it() -> None:
    rows = example_rows(with_mistakes=False)
    assert sum(row["Vital few"] == "yes" for row in rows["Objectives"]) == 5
    assert sorted(row["Rank"] for row in rows["Goals"]) == [1, 2, 3, 4, 5]  # type: ignore[type-var]
    assert {row["Clause"] for row in rows["Inputs"]} == {
        "a", "b", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "d", "e", "f",
    }  # fmt: skip
    assert len(rows["Ideas"]) >= 8
    assert all(row["Answer"] and row["Led to"] for row in rows["Ideas"])
    assert "climate change" in {row["Kind"] for row in rows["Context"]}
    assert {row["Process"] for row in rows["Ideas"]} == {row["Process"] for row in rows["Processes"]}
    for review in rows["Reviews"]:
        kinds = [row["Clause"] for row in rows["Decisions"] if row["Review"] == review["Review"]]
        assert kinds or review["State"] == "planned"
    assert not any("%" in str(row["How it supports"]) and row["How it supports"] == row["Statement"]
                   for row in rows["Objectives"])  # fmt: skip


def _was(mistake: Mistake, key: str) -> bool:
    """Whether a row is the mistake's; a reading whose period was mistyped has another key."""
    mistyped = f"{mistake.row.split('@')[0]}@{mistake.value}" if mistake.column == "Period" else mistake.row
    return key == mistyped


def test_each_mistake_is_where_it_says() -> None:
    clean, wrong = example_rows(with_mistakes=False), example_rows()
    by_key = {table: {row_key(table, row): row for row in made} for table, made in clean.items()}
    for mistake in mistakes():
        keys = [row_key(mistake.table, row) for row in wrong[mistake.table]]
        if mistake.remove:
            assert mistake.row in by_key[mistake.table]
            assert mistake.row not in keys
        elif mistake.add:
            assert keys.count(mistake.row) == 1 + (mistake.row in by_key[mistake.table])
        else:
            assert by_key[mistake.table][mistake.row][mistake.column] != mistake.value
            (row,) = (row for row, key in zip(wrong[mistake.table], keys, strict=True) if _was(mistake, key))
            assert row[mistake.column] != by_key[mistake.table][mistake.row][mistake.column]
    assert len(mistakes()) >= 15
    assert all(re.fullmatch(r"[A-Z]{3}\d{3}|", mistake.code) for mistake in mistakes())
    assert all(mistake.problem and mistake.why for mistake in mistakes())


def test_the_clean_example_gives_no_error_and_no_warning(tmp_path: Path) -> None:
    findings = _findings(tmp_path, example(mistakes=False))
    assert [str(found) for found in findings if found.severity != "advice" and not found.waived] == []


def test_each_mistake_is_found_by_its_rule_and_nothing_else_is(tmp_path: Path) -> None:
    clean = {(f.code, f.table, f.row, f.column) for f in _findings(tmp_path, example(mistakes=False))}
    findings = _findings(tmp_path, example())
    new = {(f.code, f.table, f.row, f.column) for f in findings} - clean
    expected = {mistake.code for mistake in mistakes() if mistake.code}
    assert {code for code, *_ in new} == expected
    for mistake in mistakes():
        if mistake.code:
            where = {(f.table, f.row) for f in findings if f.code == mistake.code}
            row = mistake.row.replace("2025-05", "5/25") if mistake.column == "Period" else mistake.row
            # A missing reading is found at its KPI, a person who left in People; a setting's row has no id,
            # and what is said of all processes stands at their header.
            elsewhere = {("KPIs", row.split("@")[0]), ("People", str(mistake.value)), ("Settings", None)}
            elsewhere.add(("Processes", None))
            assert where & {(mistake.table, row), *elsewhere}


def _findings(folder: Path, content: bytes) -> list[Finding]:
    path = folder / "example.xlsx"
    path.write_bytes(content)
    return check(read_book(FileHost(path).read().tables))
