"""The template workbooks: the empty one to fill in, and the example of a made-up company.

``python -m qmsbook.template`` writes both into ``workbook_templates``. The same sources give the same bytes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

from lxml import etree
from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table as SheetTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from qmsbook.cell import letters, quoted
from qmsbook.company import Row, example_rows, mistakes_page, templates_folder
from qmsbook.stamp import EMPTY_ID, EXAMPLE_ID, YOUR_COMPANY, header_text, stamp_id, unzipped, zipped
from qmsbook.table import Column, Record, Value, columns_of
from qmsbook.tables import SETTINGS, TABLES, Setting, SettingSpec

__all__ = ["empty", "example", "mistakes_page", "stamp_id"]

LAST_ROW = 1_048_576
SCHEMA = "1"
_MADE_ON = datetime(2026, 1, 1)
_HELP_HEADER = "What it does"
_SETTING_HELP = Column(
    header=_HELP_HEADER, help="What the setting means.", example="", width=90, computed=True
)
#: Beyond this many characters a landscape page can no longer be read without a glass.
_PAGE = 260

# Okabe and Ito's colours; each with the text colour that reads on it with a contrast of at least 4.5:1.
_BLUE, _AMBER, _RED, _GREY = (
    ("0072B2", "FFFFFF"),
    ("E69F00", "000000"),
    ("D55E00", "000000"),
    ("D9D9D9", "404040"),
)
_NAVY, _SLATE, _SILVER, _INK = "1F3A5F", "566B80", "D5DAE0", "22303C"
_EDGE = Side(style="thin", color="D9D9D9")

#: What each status word looks like, in the columns that hold one.
_WORDS: dict[str, tuple[str, str]] = {
    "On track": _BLUE, "At risk": _AMBER, "Off track": _RED,
    **dict.fromkeys(
        ("Overdue", "No data", "Not enough data", "No target", "Setting baseline", "Not due", "Paused",
         "Bad value"),
        _GREY,
    ),
}  # fmt: skip
_CHANGES = {"really better": _BLUE, "really worse": _RED, "too few points": _GREY}
_CHANCES = {
    "yes": _BLUE, "already capable": _BLUE, "sometimes": _AMBER, "change needed": _AMBER,
    "not as it runs now": _RED,
}  # fmt: skip
_STATES = {"provided": _BLUE, "covered": _GREY, "stale": _AMBER, "absent": _RED}
_BANDS = {"low": _BLUE, "medium": _AMBER, "high": _RED}
#: Per computed field: the words it may begin with, and whether it holds nothing but the word.
_COLOURED: dict[tuple[str, str], tuple[dict[str, tuple[str, str]], bool]] = {
    ("Processes", "status"): (_WORDS, False),
    ("Goals", "status"): (_WORDS, True),
    ("Goals", "objectives"): (_WORDS, False),
    ("Objectives", "status"): (_WORDS, True),
    ("KPIs", "status"): (_WORDS, True),
    ("KPIs", "real_change"): (_CHANGES, False),
    ("KPIs", "can_it_meet_the_target"): (_CHANCES, False),
    ("Measurements", "status"): (_WORDS, True),
    ("Risks", "band"): (_BANDS, False),
    ("Inputs", "state"): (_STATES, False),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Group:
    """Sheets that belong together: a name, a tab colour, and what each of its tables is for."""

    name: str
    colour: str
    tables: Mapping[str, str]


_GROUPS = (
    _Group("Who and what", "7F7F7F", {
        "Settings": "The company's name, the business year, and how strict the checks are.",
        "People": "Everybody who owns, reads, answers or leads something. Open the [+] for email and roles.",
        "Processes": "What the company does, step by step, and who owns each step.",
    }),
    _Group("The plan", "0072B2", {
        "Goals": "What the business is out to reach: three to five goals, ranked.",
        "Objectives": "What each team does for a goal, how much, by when. Three to five are the vital few.",
        "KPIs": "The figures that show whether a process carries its objective.",
        "Targets": "Only where the plan is not a straight line: a season, a step, a revision.",
    }),
    _Group("The figures", "009E73", {
        "Measurements": "One row per KPI and period: type the value, and a comment when asked.",
    }),
    _Group("Following up", "E69F00", {
        "Risks": "What could stop a goal or carry it further, and what is done about it.",
        "Actions": "Who does what by when, and whether it worked.",
        "Ideas": "What the people who do the work notice and suggest, and the answer they got.",
    }),
    _Group("Looking at it together", "CC79A7", {
        "Context": "What around and inside the company matters for the plan.",
        "Inputs": "What the review has to know and this workbook does not hold, such as audits.",
        "Reviews": "When leadership looks at the business, who was there, and what it concluded.",
        "Decisions": "What a review decided, who does it and by when.",
        "Waivers": "Findings that somebody decided to live with for a while, and why.",
    }),
)  # fmt: skip

_STEPS = (
    ("Say who you are", "Fill in the company's name, the people who own something, and your processes.",
     ("Settings", "People", "Processes")),
    ("Say where the business is going", "Write three to five goals, straight from your business plan. "
     "Rank them and give each one owner from top management.", ("Goals",)),
    ("Bring it down to the work", "For each goal, write what the teams will do better, and for each of "
     "those the figures that show it. Mark the three to five objectives that matter most.",
     ("Objectives", "KPIs")),
    ("Type the figures", "Once a month each owner types a value, and a comment when asked: two "
     "minutes for five figures.", ("Measurements",)),
    ("Look at it together", "Let qmsbook refresh the workbook: it fills the grey cells, lists what "
     "to mend on the sheet Findings, and prepares the review. Then decide who does what.",
     ("Actions", "Reviews", "Decisions")),
)  # fmt: skip


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
        _HELP_HEADER: spec.help,
    }


def _workbook(rows: Mapping[str, list[Row]], id: str, intro: str) -> bytes:
    """Draw all sheets of a workbook whose tables hold the rows."""
    chosen = {str(row["Setting"]): row["Value"] for row in rows["Settings"]}
    company, paper = str(chosen["Company"]), str(chosen["Paper"])
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new workbook has a sheet
    _declare_styles(book)
    _draw_start(book.create_sheet("Start"), company, intro)
    for record in TABLES:
        sheet = book.create_sheet(record.TITLE)
        _draw_table(sheet, record, rows[record.TABLE] or [{}])  # a table has at least one row
    for sheet in book.worksheets:
        _set_up_print(sheet, company, paper)
    for name, formula in _list_names():
        book.defined_names[name] = DefinedName(name, attr_text=formula)
    properties = book.properties
    properties.creator, properties.title = "qmsbook", f"{company}: plan, figures and review"
    properties.created = properties.modified = _MADE_ON
    custom = book.custom_doc_props  # type: ignore[attr-defined]  # missing in the stubs
    custom.append(StringProperty(name="qmsbook.id", value=id))
    custom.append(StringProperty(name="qmsbook.schema", value=SCHEMA))
    stream = BytesIO()
    book.save(stream)
    return zipped(_finished(unzipped(stream.getvalue())))


# -- what every sheet shares ------------------------------------------------------------------------------


def _declare_styles(book: Workbook) -> None:
    """Excel's own cell styles Input and Calculation, in colours that bear a whole sheet of them."""
    edge = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)
    top = Alignment(vertical="top", wrap_text=True)
    for name, builtin, fill, colour in (
        ("Input", 20, "FFFCF0", "1F1F1F"),
        ("Calculation", 22, "EEF1F4", "1F1F1F"),
    ):
        style = NamedStyle(name=name, builtinId=builtin, border=edge, alignment=top)
        style.fill, style.font = (
            PatternFill("solid", fgColor=fill),
            Font(name="Calibri", size=11, color=colour),
        )
        book.add_named_style(style)


def _set_up_print(sheet: Worksheet, company: str, paper: str) -> None:
    sheet.page_setup.paperSize = 1 if paper == "Letter" else 9
    sheet.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    header, footer = sheet.oddHeader, sheet.oddFooter
    assert header is not None
    assert footer is not None
    header.left.text, header.right.text = header_text(company), "&A"
    footer.left.text, footer.right.text = "qmsbook", "Page &P of &N"


def _list_names() -> Iterator[tuple[str, str]]:
    """A name for the ids of each table that others refer to; it grows with the table and skips blank ends."""
    for record in TABLES:
        if _is_source(record):
            ids = f"{record.TABLE}[{columns_of(record)[record.KEY].header}]"
            yield _list_name(record.TABLE), f"INDEX({ids},1):INDEX({ids},MAX(1,COUNTA({ids})))"


def _is_source(record: type[Record]) -> bool:
    referred = any(record.TABLE in column.refers for other in TABLES for column in columns_of(other).values())
    return referred or record.TABLE in _OFFERED.values()


def _list_name(table: str) -> str:
    return f"List_{table}"


# -- a table's sheet --------------------------------------------------------------------------------------


def _draw_table(sheet: Worksheet, record: type[Record], rows: Sequence[Row]) -> None:
    columns = columns_of(record)
    group = next(group for group in _GROUPS if record.TABLE in group.tables)
    sheet.sheet_properties.tabColor = group.colour
    shown = [(name, column) for name, column in columns.items()]
    if record is Setting:
        shown.append(("help", _SETTING_HELP))
    _draw_headers(sheet, [column for _, column in shown])
    for place, (name, column) in enumerate(shown, 1):
        _draw_column(sheet, place, column, [row.get(column.header) for row in rows])
        where = f"{letters(place)}2:{letters(place)}{LAST_ROW}"
        if not (record is Setting and name in {"value", "help"}):
            _validate(sheet, where, column)
        if (record.TABLE, name) == ("Risks", "band"):
            sheet.conditional_formatting.add(where, _opportunity_rule(where, columns))
        words, whole = _COLOURED.get((record.TABLE, name), ({}, True))
        for word, colours in words.items():
            sheet.conditional_formatting.add(where, _colour_rule(where, word, colours, whole))
    if record is Setting:
        _validate_settings(sheet, [str(row["Setting"]) for row in rows])
    _set_heights(sheet, record.TABLE, [column for _, column in shown], rows)
    _fold(sheet, [column for _, column in shown])
    _add_table(sheet, record.TABLE, len(shown), len(rows))
    _freeze_and_fit(sheet, record, [column for _, column in shown])


def _draw_headers(sheet: Worksheet, columns: Sequence[Column]) -> None:
    lines = 1
    for place, column in enumerate(columns, 1):
        cell = sheet.cell(1, place, column.header)
        fill = _SILVER if column.computed else _NAVY if column.essential else _SLATE
        cell.fill = PatternFill("solid", fgColor=fill)
        cell.font = Font(name="Calibri", bold=True, color=_INK if column.computed else "FFFFFF")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.border = Border(
            left=Side(style="thin", color="FFFFFF"), right=Side(style="thin", color="FFFFFF")
        )
        lines = max(lines, _lines(column.header, _width(column) - 4))
    sheet.row_dimensions[1].height = 15.5 * lines + 5


def _width(column: Column) -> float:
    """A column's width: as declared, but never less than its longest header word beside the filter button."""
    longest = max(len(word) for word in column.header.split())
    return max(column.width, longest * 1.2 + 4)


def _lines(text: str, width: float) -> int:
    count, used = 1, 0.0
    for word in text.split():
        size = len(word) * 0.93
        if used and used + 1 + size > width:
            count, used = count + 1, size
        else:
            used += (1 if used else 0) + size
    return count


def _draw_column(sheet: Worksheet, place: int, column: Column, values: Sequence[Value]) -> None:
    """A column's cells, and its format down to the sheet's end."""
    model: Any = sheet.cell(2, place)
    model.style = "Calculation" if column.computed else "Input"
    model.number_format = _number_format(column)
    centred = (
        column.kind in {"flag", "date", "period"}
        or (column.computed and column.header in {"Period", "Status", "State", "Band"})
        or column.number_format in {"0", "0%"}
        or (column.kind == "number" and column.whole)
    )
    model.alignment = Alignment(
        vertical="top",
        wrap_text=True,
        horizontal="center" if centred else "left" if column.kind == "any" else None,
    )
    for row, value in enumerate(values, 2):
        cell: Any = sheet.cell(row, place)
        cell._style = copy(model._style)
        if value is not None:
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
            elif isinstance(value, date) and column.kind == "any":
                cell.number_format = "yyyy-mm-dd"
    dimension: Any = sheet.column_dimensions[letters(place)]
    dimension.width = _width(column)
    dimension._style = copy(model._style)


#: Lines that rows have at least, since qmsbook will write sentences into them; else two, for *Check*.
_LEAST_LINES = {"Objectives": 3, "KPIs": 3, "Settings": 1, "People": 1, "Measurements": 1}


def _set_heights(sheet: Worksheet, table: str, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Rows as high as their longest text, folded columns included; those of one line are left to Excel."""
    least = _LEAST_LINES.get(table, 2)
    for place, row in enumerate(rows, 2):
        texts = ((row.get(column.header), _width(column)) for column in columns)
        needed = (_lines(text, width - 1) for text, width in texts if isinstance(text, str))
        lines = max(least, *needed, 1)
        if lines > 1:
            sheet.row_dimensions[place].height = 15 * lines + 1


def _number_format(column: Column) -> str:
    if column.number_format:
        return column.number_format
    match column.kind:
        case "date":
            return "yyyy-mm-dd"
        case "number" if column.computed:
            return "[>=1000]#,##0;[>=100]#,##0.0;0.0#"
        case "number":
            return "0" if column.whole else "General"
        case "any":
            return "General"
        case _ if column.computed:
            return "General"
        case _:
            return "@"


def _validate(sheet: Worksheet, where: str, column: Column) -> None:
    """The drop-down, the refusal and the input message of a column, down to the sheet's end."""
    rule = _rule(column)
    prompt = column.help + (" qmsbook fills this in." if column.computed else "")
    rule.promptTitle, rule.prompt, rule.showInputMessage = column.header[:32], prompt[:255], True
    if rule.showErrorMessage:
        rule.errorTitle = f"{column.header}"[:32]
        rule.error = f"This takes {_takes(column)}. Press Esc to get back what was here."[:225]
    rule.allow_blank = True
    rule.sqref.add(where)
    sheet.add_data_validation(rule)


#: What is offered where any id may stand: the table whose ids are wanted most.
_OFFERED = {"Serves": "KPIs", "Led to": "Actions"}


def _rule(column: Column) -> DataValidation:
    """What may be typed; several ids in one cell, and own words where they are welcome, are never refused."""
    if column.computed:
        return DataValidation(type=None, showErrorMessage=False)
    match column.kind:
        case "flag":
            return _pick('"yes,no"', True)
        case "choice":
            return _pick('"' + ",".join(column.choices) + '"', not column.suggest)
        case "ref" | "refs" if column.refers == ("*",):
            return _pick(_list_name(_OFFERED[column.header]), False)
        case "ref" | "refs":
            return _pick(_list_name(column.refers[0]), column.kind == "ref")
        case "date":
            return _between("date", _serial(date(1990, 1, 1)), _serial(date(2199, 12, 31)))
        case "number" if column.low is not None or column.high is not None:
            low = column.low if column.low is not None else -1e15
            high = column.high if column.high is not None else 1e15
            return _between("whole" if column.whole else "decimal", low, high)
        case _:
            return DataValidation(type=None, showErrorMessage=False)


def _pick(source: str, refuse: bool) -> DataValidation:
    return DataValidation(type="list", formula1=source, showErrorMessage=refuse, errorStyle="stop")


def _between(kind: Literal["date", "whole", "decimal"], low: float, high: float) -> DataValidation:
    return DataValidation(
        type=kind, operator="between", formula1=f"{low:.15g}", formula2=f"{high:.15g}", showErrorMessage=True
    )


def _serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


def _takes(column: Column) -> str:
    match column.kind:
        case "ref" if column.refers == ("People",):
            return "one name from the People sheet"
        case "ref":
            return f"one id from the {column.refers[0]} sheet"
        case "date":
            return "a date such as 2026-10-31"
        case "number" if column.low is not None and column.high is not None:
            return f"{column.required_kind} from {column.low:g} to {column.high:g}"
        case "number":
            return f"{column.required_kind} of {column.low:g} or more"
        case _:
            return column.required_kind


def _validate_settings(sheet: Worksheet, names: Sequence[str]) -> None:
    """Each setting's own drop-down or bounds, in its Value cell."""
    specs = {spec.name: spec for spec in SETTINGS}
    for row, name in enumerate(names, 2):
        spec = specs[name]
        kind: Any = {"list": "text"}.get(spec.kind, spec.kind)
        column = Column(
            header=spec.name, help=spec.help, example=None, kind=kind, choices=spec.choices, low=spec.low,
            high=spec.high, whole=spec.whole,
        )  # fmt: skip
        _validate(sheet, f"B{row}", column)


def _colour_rule(where: str, word: str, colours: tuple[str, str], whole: bool) -> Rule:
    look = _look(colours)
    if whole:
        return Rule(type="cellIs", operator="equal", formula=[f'"{word}"'], dxf=look)
    first = where.split(":")[0]
    begins = f'LEFT({first},{len(word)})="{word}"'
    return Rule(type="beginsWith", operator="beginsWith", text=word, formula=[begins], dxf=look)


def _opportunity_rule(where: str, columns: Mapping[str, Column]) -> Rule:
    """A large opportunity is no alarm: it keeps to the grey of words that are not a judgement."""
    kind = letters(list(columns).index("kind") + 1)
    formula = f'AND(${kind}2="opportunity",{where.split(":")[0]}<>"")'
    return Rule(type="expression", formula=[formula], dxf=_look(_GREY), stopIfTrue=True)


def _look(colours: tuple[str, str]) -> DifferentialStyle:
    fill, text = colours
    return DifferentialStyle(
        font=Font(color=text, bold=fill != _GREY[0], italic=fill == _GREY[0]),
        fill=PatternFill(bgColor=fill, fill_type="solid"),
    )


def _fold(sheet: Worksheet, columns: Sequence[Column]) -> None:
    """Optional columns folded behind a [+], which stands above the first column after them."""
    folded = [place for place, column in enumerate(columns, 1) if not (column.essential or column.computed)]
    for place in folded:
        dimension = sheet.column_dimensions[letters(place)]
        dimension.hidden, dimension.outlineLevel = True, 1
    if folded:
        sheet.column_dimensions[letters(folded[-1] + 1)].collapsed = True


def _add_table(sheet: Worksheet, name: str, width: int, rows: int) -> None:
    table = SheetTable(displayName=name, ref=f"A1:{letters(width)}{rows + 1}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)


def _freeze_and_fit(sheet: Worksheet, record: type[Record], columns: Sequence[Column]) -> None:
    kept = 2 if record.TABLE in {"KPIs", "Measurements", "Processes", "Objectives", "Goals"} else 1
    sheet.freeze_panes = f"{letters(kept + 1)}2"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    visible = sum(_width(column) for column in columns if column.essential or column.computed)
    sheet.page_setup.fitToWidth = ceil(visible / _PAGE)
    sheet.print_title_rows = "1:1"
    if visible > _PAGE:
        sheet.print_title_cols = f"A:{letters(kept)}"


# -- the Start sheet --------------------------------------------------------------------------------------


def _draw_start(sheet: Worksheet, company: str, intro: str) -> None:
    """What to do in five steps, what the colours mean, and what each sheet is for."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = _NAVY
    for letter, width in zip("ABCDEFG", (2, 5, 28, 82, 15, 13, 13), strict=True):
        sheet.column_dimensions[letter].width = width
    _say(sheet, 2, 2, company, size=20, bold=True, colour=_NAVY)
    _say(sheet, 3, 2, intro, size=12, colour="404040")
    sheet.row_dimensions[2].height, sheet.row_dimensions[3].height = 30, 20
    row = _draw_steps(sheet, 5)
    first = row + 2
    row = _draw_key(sheet, row + 1)
    for place in range(first, row):
        sheet.row_dimensions[place].height = 18
    _draw_contents(sheet, row + 1)
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1


def _say(
    sheet: Worksheet, row: int, column: int, text: str, *, size: float = 11, bold: bool = False,
    colour: str = _INK, wrap: bool = False, fill: str = "", centre: bool = False, indent: int = 0,
) -> None:  # fmt: skip
    cell = sheet.cell(row, column, text)
    cell.font = Font(name="Calibri", size=size, bold=bold, color=colour)
    across = "center" if centre else "left" if indent else None
    cell.alignment = Alignment(vertical="center", wrap_text=wrap, horizontal=across, indent=indent)
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)


def _title(sheet: Worksheet, row: int, text: str) -> None:
    for column in range(2, 8):
        sheet.cell(row, column).border = Border(bottom=Side(style="medium", color=_NAVY))
    _say(sheet, row, 2, text, size=14, bold=True, colour=_NAVY)
    sheet.row_dimensions[row].height = 24


def _link(sheet: Worksheet, row: int, column: int, title: str) -> None:
    cell = sheet.cell(row, column, title)
    place = f"{quoted(title)}!A2"
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=place, tooltip=f"Go to the sheet {title}")
    cell.font = Font(name="Calibri", size=11, underline="single", color="0563C1")
    cell.alignment = Alignment(vertical="center", horizontal="left", indent=1)


def _draw_steps(sheet: Worksheet, row: int) -> int:
    _title(sheet, row, "Five steps")
    titles = {record.TABLE: record.TITLE for record in TABLES}
    for number, (what, how, tables) in enumerate(_STEPS, 1):
        row += 1
        _say(sheet, row, 2, str(number), size=16, bold=True, colour="FFFFFF", fill=_NAVY, centre=True)
        _say(sheet, row, 3, what, bold=True, wrap=True, indent=1)
        _say(sheet, row, 4, how, wrap=True, indent=1)
        for column, table in enumerate(tables, 5):
            _link(sheet, row, column, titles[table])
        sheet.row_dimensions[row].height = 36
    return row + 1


_KEY: tuple[tuple[str, str], ...] = (
    ("On track", "as planned or better"),
    ("At risk", "a little behind the plan, within the tolerance"),
    ("Off track", "further behind than the tolerance allows"),
    ("Overdue", "no judgement yet: all grey words say why, such as no reading, no target, or paused"),
)  # fmt: skip


def _draw_key(sheet: Worksheet, row: int) -> int:
    _title(sheet, row, "What the colours mean")
    row += 1
    for style, sample, meaning in (
        ("Input", "Yours", "Cells you fill in. Add rows, add your own columns, sort and filter as you like."),
        (
            "Calculation",
            "Filled for you",
            "qmsbook writes these at every refresh. What you type here is written over.",
        ),
    ):
        sheet.cell(row, 3, sample).style = style
        sheet.cell(row, 3).alignment = Alignment(vertical="center", horizontal="left", indent=1)
        _say(sheet, row, 4, meaning, wrap=True, indent=1)
        row += 1
    for fill, colour, sample, meaning in (
        (_NAVY, "FFFFFF", "Header", "The columns that matter. Start with these."),
        (
            _SLATE,
            "FFFFFF",
            "Header",
            "Optional columns. They are folded away: the [+] above the headers opens them.",
        ),
        (_SILVER, _INK, "Header", "Columns that are filled for you."),
    ):
        _say(sheet, row, 3, sample, bold=True, colour=colour, fill=fill, indent=1)
        _say(sheet, row, 4, meaning, wrap=True, indent=1)
        row += 1
    for word, meaning in _KEY:
        fill, colour = _WORDS[word]
        _say(sheet, row, 3, word, bold=fill != _GREY[0], colour=colour, fill=fill, indent=1)
        _say(sheet, row, 4, meaning, wrap=True, indent=1)
        row += 1
    return row


def _draw_contents(sheet: Worksheet, row: int) -> None:
    _title(sheet, row, "What each sheet is for")
    titles = {record.TABLE: record.TITLE for record in TABLES}
    for group in _GROUPS:
        row += 1
        _say(sheet, row, 3, group.name, bold=True, colour="404040", indent=1)
        sheet.row_dimensions[row].height = 20
        for table, purpose in group.tables.items():
            row += 1
            sheet.cell(row, 2).fill = PatternFill("solid", fgColor=group.colour)
            _link(sheet, row, 3, titles[table])
            _say(sheet, row, 4, purpose, wrap=True, indent=1)
            sheet.row_dimensions[row].height = 18


# -- the package ------------------------------------------------------------------------------------------


def _finished(parts: dict[str, bytes]) -> dict[str, bytes]:
    """What openpyxl does not write: a fixed date of change, tables' alt texts, styles in the schema's order.

    Rows of tables keep their height but are not pinned to it, so that Excel fits them when somebody types.
    """
    core = "docProps/core.xml"
    made = f">{_MADE_ON:%Y-%m-%dT%H:%M:%SZ}</dcterms:modified>".encode()
    parts[core] = re.sub(rb">[^<]*</dcterms:modified>", made, parts[core])
    styles = "xl/styles.xml"
    parts[styles] = re.sub(
        rb'(<cellStyle (?:[^>]*?)builtinId="2[02]")', rb'\1 customBuiltin="1"', parts[styles]
    )
    parts[styles] = _ordered_fonts(parts[styles])
    app = "docProps/app.xml"
    parts[app] = re.sub(rb"<Application>.*?</AppVersion>", b"<Application>qmsbook</Application>", parts[app])
    purposes = {table: purpose for group in _GROUPS for table, purpose in group.tables.items()}
    for name in parts:
        if name.startswith("xl/worksheets/sheet") and b"<tableParts" in parts[name]:
            parts[name] = re.sub(rb'(<row r="(?!1")[^>]*?) customHeight="1"', rb"\1", parts[name])
        if name.startswith("xl/tables/"):
            table = re.search(rb'displayName="([^"]+)"', parts[name])
            assert table is not None
            parts[name] = parts[name].replace(
                b"</table>", _alt_text(purposes[table[1].decode()]) + b"</table>"
            )
    return parts


_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color", "name",
    "family", "charset", "scheme",
)  # fmt: skip


def _ordered_fonts(styles: bytes) -> bytes:
    """The styles with each font's parts in the order of the schema."""
    tree = etree.fromstring(styles)
    for font in tree.iter("{*}font"):
        font[:] = sorted(font, key=lambda part: _FONT_ORDER.index(etree.QName(part).localname))
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _alt_text(text: str) -> bytes:
    quoted_text = escape(text, {'"': "&quot;"})
    return (
        '<extLst><ext xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'uri="{504A1905-F514-4f6f-8877-14C23A59335A}">'
        f'<x14:table altTextSummary="{quoted_text}"/></ext></extLst>'
    ).encode()


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else templates_folder())
