"""The sheet Start: five steps, what the colours mean, what each sheet is for."""

from __future__ import annotations

from typing import NamedTuple

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from qmsbook.book.cell import quoted
from qmsbook.book.tables import TABLES
from qmsbook.templates.look import GREY, GROUPS, INK, NAVY, SILVER, SLATE, WORDS

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


def draw_start(sheet: Worksheet, company: str, intro: str) -> None:
    """What to do in five steps, what the colours mean, and what each sheet is for."""
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = NAVY
    for letter, width in zip("ABCDEFG", (2, 5, 28, 82, 15, 13, 13), strict=True):
        sheet.column_dimensions[letter].width = width
    _say(sheet, 2, 2, company, _Look(size=20, bold=True, colour=NAVY))
    _say(sheet, 3, 2, intro, _Look(size=12, colour="404040"))
    sheet.row_dimensions[2].height, sheet.row_dimensions[3].height = 30, 20
    row = _draw_steps(sheet, 5)
    first = row + 2
    row = _draw_key(sheet, row + 1)
    for place in range(first, row):
        sheet.row_dimensions[place].height = 18
    _draw_contents(sheet, row + 1)
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToWidth = 1


class _Look(NamedTuple):
    """How a cell looks."""

    size: float = 11
    bold: bool = False
    colour: str = INK
    wrap: bool = False
    fill: str = ""
    centre: bool = False
    indent: int = 0


def _say(sheet: Worksheet, row: int, column: int, text: str, look: _Look) -> None:
    cell = sheet.cell(row, column, text)
    cell.font = Font(name="Calibri", size=look.size, bold=look.bold, color=look.colour)
    across = "center" if look.centre else "left" if look.indent else None
    cell.alignment = Alignment(vertical="center", wrap_text=look.wrap, horizontal=across, indent=look.indent)
    if look.fill:
        cell.fill = PatternFill("solid", fgColor=look.fill)


def _title(sheet: Worksheet, row: int, text: str) -> None:
    for column in range(2, 8):
        sheet.cell(row, column).border = Border(bottom=Side(style="medium", color=NAVY))
    _say(sheet, row, 2, text, _Look(size=14, bold=True, colour=NAVY))
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
        _say(sheet, row, 2, str(number), _Look(size=16, bold=True, colour="FFFFFF", fill=NAVY, centre=True))
        _say(sheet, row, 3, what, _Look(bold=True, wrap=True, indent=1))
        _say(sheet, row, 4, how, _Look(wrap=True, indent=1))
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
        _say(sheet, row, 4, meaning, _Look(wrap=True, indent=1))
        row += 1
    for fill, colour, sample, meaning in (
        (NAVY, "FFFFFF", "Header", "The columns that matter. Start with these."),
        (
            SLATE,
            "FFFFFF",
            "Header",
            "Optional columns. They are folded away: the [+] above the headers opens them.",
        ),
        (SILVER, INK, "Header", "Columns that are filled for you."),
    ):
        _say(sheet, row, 3, sample, _Look(bold=True, colour=colour, fill=fill, indent=1))
        _say(sheet, row, 4, meaning, _Look(wrap=True, indent=1))
        row += 1
    for word, meaning in _KEY:
        fill, colour = WORDS[word]
        _say(sheet, row, 3, word, _Look(bold=fill != GREY[0], colour=colour, fill=fill, indent=1))
        _say(sheet, row, 4, meaning, _Look(wrap=True, indent=1))
        row += 1
    return row


def _draw_contents(sheet: Worksheet, row: int) -> None:
    _title(sheet, row, "What each sheet is for")
    titles = {record.TABLE: record.TITLE for record in TABLES}
    for group in GROUPS:
        row += 1
        _say(sheet, row, 3, group.name, _Look(bold=True, colour="404040", indent=1))
        sheet.row_dimensions[row].height = 20
        for table, purpose in group.tables.items():
            row += 1
            sheet.cell(row, 2).fill = PatternFill("solid", fgColor=group.colour)
            _link(sheet, row, 3, titles[table])
            _say(sheet, row, 4, purpose, _Look(wrap=True, indent=1))
            sheet.row_dimensions[row].height = 18
