"""The template workbooks: the empty one to fill in, and the example; the same sources give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from qmsbook.book.table import Value
from qmsbook.book.tables import SETTINGS, TABLES, SettingSpec
from qmsbook.templates.company import Row, example_rows, mistakes_page
from qmsbook.templates.lists import list_names
from qmsbook.templates.look import declare_styles, set_up_print
from qmsbook.templates.naming import EMPTY_ID, EXAMPLE_ID, YOUR_COMPANY, stamp_id, unzipped, zipped
from qmsbook.templates.package import MADE_ON, finished
from qmsbook.templates.sheet import HELP_HEADER, draw_table
from qmsbook.templates.start import draw_start

__all__ = ["empty", "example", "mistakes_page", "stamp_id", "write"]

SCHEMA = "1"


def empty() -> bytes:
    """The empty template: every table with one blank row, Settings with its defaults."""
    rows: dict[str, list[Row]] = {record.TABLE: [{}] for record in TABLES}
    rows["Settings"] = [_default_setting(spec) for spec in SETTINGS]
    intro = (
        "Your goals, the objectives and figures behind them, and the review of them: all in this workbook."
    )
    return _workbook(rows, id=EMPTY_ID, intro=intro)


def example(mistakes: bool = True) -> bytes:
    """The example company's workbook, with the mistakes of ``mistakes.json`` or as a clean plan."""
    intro = "A made-up company of 52 people, filled in from November 2024 to October 2026."
    if mistakes:
        intro += " Some things in it are wrong on purpose, so that you see what findings look like."
    return _workbook(example_rows(mistakes), id=EXAMPLE_ID, intro=intro)


def write(folder: Path) -> None:
    """Write both templates into a folder."""
    (folder / "qmsbook.xlsx").write_bytes(empty())
    (folder / "example.xlsx").write_bytes(example())


def _default_setting(spec: SettingSpec) -> Row:
    value: Value = YOUR_COMPANY if spec.name == "Company" else spec.default
    if isinstance(value, bool):
        value = "yes" if value else "no"
    elif isinstance(value, tuple):
        value = None
    return {
        "Setting": spec.name,
        "Value": value or None if isinstance(value, str) else value,
        HELP_HEADER: spec.help,
    }


def _workbook(rows: Mapping[str, list[Row]], id: str, intro: str) -> bytes:
    """Draw all sheets of a workbook whose tables hold the rows."""
    chosen = {str(row["Setting"]): row["Value"] for row in rows["Settings"]}
    company, paper = str(chosen["Company"]), str(chosen["Paper"])
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has a sheet
    declare_styles(book)
    draw_start(book.create_sheet("Start"), company, intro)
    for record in TABLES:
        sheet = book.create_sheet(record.TITLE)
        draw_table(sheet, record, rows[record.TABLE] or [{}])  # a table has at least one row
    for sheet in book.worksheets:
        set_up_print(sheet, company, paper)
    for name, formula in list_names():
        book.defined_names[name] = DefinedName(name, attr_text=formula)
    properties = book.properties
    properties.creator, properties.title = "qmsbook", f"{company}: plan, figures and review"
    properties.created = properties.modified = MADE_ON
    custom = book.custom_doc_props  # type: ignore[attr-defined]  # missing in the stubs
    custom.append(StringProperty(name="qmsbook.id", value=id))
    custom.append(StringProperty(name="qmsbook.schema", value=SCHEMA))
    stream = BytesIO()
    book.save(stream)
    return zipped(finished(unzipped(stream.getvalue())))
