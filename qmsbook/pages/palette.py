"""Colours, symbols and styles of the generated sheets: never colour alone, readable in grey print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qmsbook.methods.method import LEVELS, OVERDUE, Level

# Okabe and Ito's palette (Color Universal Design), which people with any kind of colour vision can tell
# apart.
BLUE, AMBER, ORANGE_RED = "#0072B2", "#E69F00", "#D55E00"
INK, GREY, LINE, PALE, WHITE = "#1F2933", "#52606D", "#C5CED8", "#F1F4F8", "#FFFFFF"
NAVY = "#1B3A57"
#: Where people type: the one colour on a generated sheet that says "yours".
ENTRY = "#FFF8DC"


@dataclass(frozen=True, slots=True)
class Mark:
    """How a judgement looks: symbol, letters and fill; the fills are three steps of grey in grey print."""

    symbol: str
    ink: str
    fill: str


# Whatever colours a person can tell apart, any two fills are 15 or more apart (CIEDE2000; people who see no
# red or no green included); the good one is lighter and the bad one darker than the middle in grey print; and
# letters have a contrast of 4.5:1. A test holds all palettes to that.
MARKS: Mapping[Level, Mark] = {
    "good": Mark("●", "#00304A", "#A9D3EE"),
    "warn": Mark("▲", "#2B1D00", "#E8A70C"),
    "bad": Mark("■", "#FFFFFF", "#A84300"),
    "none": Mark("○", "#3E4C59", "#FFFFFF"),
}
#: The same judgements on larger cells of tables, where a full fill would shout.
SOFT: Mapping[Level, Mark] = {
    "good": Mark("●", "#00304A", "#B6D6F7"),
    "warn": Mark("▲", "#3D2A00", "#FFE270"),
    "bad": Mark("■", "#4A1B00", "#EA9D86"),
    "none": Mark("○", "#3E4C59", "#FFFFFF"),
}
SEVERITIES: Mapping[str, Mark] = {"error": SOFT["bad"], "warning": SOFT["warn"], "advice": SOFT["good"]}


def level_of(word: str) -> Level:
    """What a status word means; words that are no judgement have no colour."""
    return LEVELS.get(word, "none")


def marked(word: str) -> str:
    """A status word with its symbol: ``■ Off track``."""
    if not word:
        return ""
    return f"{'!' if word == OVERDUE else MARKS[level_of(word)].symbol} {word}"


def marked_figure(text: str, word: str) -> str:
    """A figure with the symbol of its status word: ``■ 27.4 %``."""
    return f"{MARKS[level_of(word)].symbol} {text}" if word in LEVELS else text


#: What a change looks like, by the answers of variation; an arrow says which way it went.
CHANGES: Mapping[str, tuple[str, Level]] = {
    "common cause": ("≈", "none"), "high": ("↑", "none"), "low": ("↓", "none"),
    "unusual pattern": ("↕", "none"),
}  # fmt: skip
#: What the way to the target looks like, by the answers of assurance.
CHANCES: Mapping[str, tuple[str, Level]] = {
    "yes": ("√", "good"), "already capable": ("√", "good"), "sometimes": ("±", "warn"),
    "change needed by": ("→", "none"), "not as it runs now": ("×", "bad"),
}  # fmt: skip


def change_mark(answer: str, direction: str) -> tuple[str, Level]:
    """The symbol of a change, and whether it is a good one.

    >>> change_mark("improvement", "lower"), change_mark("concern", "higher")
    (('↓', 'good'), ('↓', 'bad'))
    """
    if answer in {"improvement", "concern"}:
        up = (answer == "improvement") == (direction == "higher")
        return "↑" if up else "↓", "good" if answer == "improvement" else "bad"
    return CHANGES.get(answer, ("·", "none"))


def mark_style(mark: Mark) -> dict[str, Any]:
    """The format of a cell that shows a mark."""
    return {"font_color": mark.ink, "bg_color": mark.fill, "bold": True}


def contrast(ink: str, fill: str) -> float:
    """The contrast of two colours by WCAG 2.1: 1 to 21; text wants 4.5.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    light, dark = sorted((_luminance(ink), _luminance(fill)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


#: Styles by name; XlsxWriter's format properties.
STYLES: Mapping[str, Mapping[str, Any]] = {
    "title": {"font_size": 20, "bold": True, "font_color": NAVY, "valign": "vcenter", "text_wrap": True},
    "subtitle": {"font_size": 11, "font_color": GREY, "valign": "vcenter"},
    "lead": {"font_size": 13, "bold": True, "font_color": INK, "text_wrap": True, "valign": "vcenter"},
    "heading": {
        "font_size": 14, "bold": True, "font_color": NAVY, "valign": "bottom", "bottom": 2,
        "bottom_color": NAVY, "text_wrap": True,
    },
    "minor": {"font_size": 11, "bold": True, "font_color": NAVY, "valign": "bottom", "text_wrap": True},
    "head": {
        "bold": True, "font_color": WHITE, "bg_color": NAVY, "text_wrap": True, "valign": "vcenter",
        "border": 1,
        "border_color": LINE,
    },
    "text": {"text_wrap": True, "border": 1, "border_color": LINE},
    "plain": {"text_wrap": True},
    "settle": {"font_color": "#8A3200", "bold": True, "text_wrap": True},
    "muted": {"font_color": GREY, "text_wrap": True},
    "group": {
        "bold": True, "font_color": NAVY, "bg_color": "#E4EAF1", "valign": "vcenter", "text_wrap": True,
    },
    "entry": {"text_wrap": True, "border": 1, "border_color": "#B8A97A", "bg_color": ENTRY},
    "mark": {"text_wrap": True, "border": 1, "border_color": LINE},
    "link": {"text_wrap": True, "border": 1, "border_color": LINE, "font_color": "#004A80", "underline": 1},
    "hidden": {"num_format": ";;;"},
    "helper": {"font_color": GREY, "font_size": 8},
}  # fmt: skip
