"""How the templates look: colours, cell styles, print set-up, which sheets belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from qmsbook.templates.naming import header_text

# Okabe and Ito's colours, the orange-red darkened so that people who see no green tell it from amber; each
# with the text colour that reads on it with a contrast of at least 4.5:1.
BLUE, AMBER, RED, GREY = (
    ("0072B2", "FFFFFF"),
    ("E69F00", "000000"),
    ("C04D00", "FFFFFF"),
    ("D9D9D9", "404040"),
)
NAVY, SLATE, SILVER, INK = "1F3A5F", "566B80", "D5DAE0", "22303C"
_EDGE = Side(style="thin", color="D9D9D9")

#: What each status word looks like, in the columns that hold one.
WORDS: dict[str, tuple[str, str]] = {
    "On track": BLUE, "At risk": AMBER, "Off track": RED,
    **dict.fromkeys(
        ("Overdue", "No data", "Not enough data", "No target", "Setting baseline", "Not due", "Watched",
         "Paused", "Bad value"),
        GREY,
    ),
}  # fmt: skip
CHANGES = {
    "really better": BLUE, "better than": BLUE, "really worse": RED, "worse than": RED,
    "too few points": GREY,
}  # fmt: skip
CHANCES = {
    "yes": BLUE, "already capable": BLUE, "sometimes": AMBER, "change needed": GREY,
    "not as it runs now": RED,
}  # fmt: skip
STATES = {"provided": BLUE, "covered": GREY, "stale": AMBER, "absent": RED}
BANDS = {"low": BLUE, "medium": AMBER, "high": RED}


@dataclass(frozen=True, slots=True)
class Group:
    """Sheets that belong together: a name, a tab colour, and what each of its tables is for."""

    name: str
    colour: str
    tables: Mapping[str, str]


GROUPS = (
    Group("Who and what", "7F7F7F", {
        "Settings": "The company's name, the business year, and how strict the checks are.",
        "People": "Everybody who owns, reads, answers or leads something. Open the [+] for email and roles.",
        "Processes": "What the company does, step by step, and who owns each step.",
    }),
    Group("The plan", "0072B2", {
        "Goals": "What the business is out to reach: three to five goals, ranked.",
        "Objectives": "What each team does for a goal, how much, by when. Three to five are the vital few.",
        "KPIs": "The figures that show whether a process carries its objective.",
        "Targets": "Only where the plan is not a straight line: a season, a step, a revision.",
    }),
    Group("The figures", "009E73", {
        "Measurements": "One row per KPI and period: type the value, and a comment when asked.",
    }),
    Group("Following up", "E69F00", {
        "Risks": "What could stop a goal or carry it further, and what is done about it.",
        "Actions": "Who does what by when, and whether it worked.",
        "Ideas": "What the people who do the work notice and suggest, and the answer they got.",
    }),
    Group("Looking at it together", "CC79A7", {
        "Context": "What around and inside the company matters for the plan.",
        "Inputs": "What the review has to know and this workbook does not hold, such as audits.",
        "Reviews": "When leadership looks at the business, who was there, and what it concluded.",
        "Decisions": "What a review decided, who does it and by when.",
        "Waivers": "Findings that somebody decided to live with for a while, and why.",
    }),
)  # fmt: skip


def declare_styles(book: Workbook) -> None:
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


def set_up_print(sheet: Worksheet, company: str, paper: str) -> None:
    """Paper, margins, and who, what and which page at the edges."""
    sheet.page_setup.paperSize = 1 if paper == "Letter" else 9
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.7
    sheet.page_margins.header = sheet.page_margins.footer = 0.3
    header, footer = sheet.oddHeader, sheet.oddFooter
    assert header is not None
    assert footer is not None
    header.left.text, header.right.text = header_text(company), "&A"
    footer.left.text, footer.right.text = "qmsbook", "Page &P of &N"
