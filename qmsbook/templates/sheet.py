"""One table's sheet: headers, formats to the sheet's end, folded columns, colours of status words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date
from math import ceil, fsum
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.table import Table as SheetTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from qmsbook.book.cell import letters
from qmsbook.book.metrics import height
from qmsbook.book.metrics import lines as lines_of
from qmsbook.book.table import ROOM, Column, Record, Value, columns_of
from qmsbook.book.tables import Setting
from qmsbook.templates.company import Row
from qmsbook.templates.look import (
    BANDS,
    CHANCES,
    CHANGES,
    GREY,
    GROUPS,
    INK,
    NAVY,
    SILVER,
    SLATE,
    STATES,
    WORDS,
)
from qmsbook.templates.offer import validate, validate_settings

#: The column beside the settings, which is no part of the declaration.
HELP_HEADER = "What it does"
_SETTING_HELP = Column(
    header=HELP_HEADER, help="What the setting means.", example="", width=90, computed=True
)
#: Beyond this many characters a landscape page can no longer be read without a glass.
_PAGE = 260

#: Per computed field: the words it may begin with, and whether it holds nothing but the word.
_COLOURED: dict[tuple[str, str], tuple[dict[str, tuple[str, str]], bool]] = {
    ("Processes", "status"): (WORDS, False),
    ("Goals", "status"): (WORDS, True),
    ("Goals", "objectives"): (WORDS, False),
    ("Objectives", "status"): (WORDS, True),
    ("KPIs", "status"): (WORDS, True),
    ("KPIs", "real_change"): (CHANGES, False),
    ("KPIs", "can_it_meet_the_target"): (CHANCES, False),
    ("Measurements", "status"): (WORDS, True),
    ("Risks", "band"): (BANDS, False),
    ("Inputs", "state"): (STATES, False),
}  # fmt: skip


def draw_table(sheet: Worksheet, record: type[Record], rows: Sequence[Row]) -> None:
    """One table on its sheet, with everything a column needs for the rows that it has and will have."""
    columns = columns_of(record)
    group = next(group for group in GROUPS if record.TABLE in group.tables)
    sheet.sheet_properties.tabColor = group.colour
    shown = [(name, column) for name, column in columns.items()]
    if record is Setting:
        shown.append(("help", _SETTING_HELP))
    _draw_headers(sheet, [column for _, column in shown])
    for place, (name, column) in enumerate(shown, 1):
        _draw_column(sheet, place, column, [row.get(column.header) for row in rows])
        where = f"{letters(place)}2:{letters(place)}{len(rows) + 1 + ROOM}"
        if not (record is Setting and name in {"value", "help"}):
            validate(sheet, where, column)
        if (record.TABLE, name) == ("Risks", "band"):
            sheet.conditional_formatting.add(where, _opportunity_rule(where, columns))
        words, whole = _COLOURED.get((record.TABLE, name), ({}, True))
        for word, colours in words.items():
            sheet.conditional_formatting.add(where, _colour_rule(where, word, colours, whole))
    if record is Setting:
        validate_settings(sheet, [str(row["Setting"]) for row in rows])
    _set_heights(sheet, [column for _, column in shown], rows)
    _fold(sheet, [column for _, column in shown])
    _add_table(sheet, record.TABLE, len(shown), len(rows))
    _freeze_and_fit(sheet, record, [column for _, column in shown])


def _draw_headers(sheet: Worksheet, columns: Sequence[Column]) -> None:
    lines = 1
    for place, column in enumerate(columns, 1):
        cell = sheet.cell(1, place, column.header)
        fill = SILVER if column.computed else NAVY if column.essential else SLATE
        cell.fill = PatternFill("solid", fgColor=fill)
        cell.font = Font(name="Calibri", bold=True, color=INK if column.computed else "FFFFFF")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cell.border = Border(
            left=Side(style="thin", color="FFFFFF"), right=Side(style="thin", color="FFFFFF")
        )
        lines = max(lines, lines_of(column.header, _width(column) - 3, 11, bold=True))
    sheet.row_dimensions[1].height = 15.5 * lines + 5


def _width(column: Column) -> float:
    """A column's width: as declared, but never less than its longest header word beside the filter button."""
    longest = max(len(word) for word in column.header.split())
    return max(column.width, longest * 1.2 + 4)


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


#: A row of one line needs no height: it has the sheet's own.
_ONE_LINE = 18.0


def _set_heights(sheet: Worksheet, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Rows as high as their longest text, folded columns included; those of one line are left to Excel."""
    for place, row in enumerate(rows, 2):
        texts = ((row.get(column.header), _width(column)) for column in columns)
        needed = height((text, width, 11, False) for text, width in texts if isinstance(text, str))
        if needed > _ONE_LINE:
            sheet.row_dimensions[place].height = needed


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
    return Rule(type="expression", formula=[formula], dxf=_look(GREY), stopIfTrue=True)


def _look(colours: tuple[str, str]) -> DifferentialStyle:
    fill, text = colours
    return DifferentialStyle(
        font=Font(color=text, bold=fill != GREY[0], italic=fill == GREY[0]),
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
    visible = fsum(_width(column) for column in columns if column.essential or column.computed)
    sheet.page_setup.fitToWidth = ceil(visible / _PAGE)
    sheet.print_title_rows = "1:1"
    if visible > _PAGE:
        sheet.print_title_cols = f"A:{letters(kept)}"
