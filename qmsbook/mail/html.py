"""A letter as HTML that classic Outlook draws too: tables, styles in each tag; no picture, link or script.

Light and dark: the colours in the tags are for light; a style block turns them where a program asks for dark.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import assert_never

from qmsbook.book.words import one_line
from qmsbook.mail.letter import Item, Letter, Listing, Paragraph, Part, Tally
from qmsbook.methods.method import LEVELS, OVERDUE, Level

_FONT = "font-family:Calibri,'Segoe UI',Helvetica,Arial,sans-serif"
#: A link or a word that is longer than a phone is wide.
_BREAK = "word-break:break-word"
_INK, _GREY, _NAVY, _LINE = "#1F2933", "#52606D", "#1B3A57", "#C5CED8"
#: Symbol, letters and ground of each judgement in light, then letters and ground in dark; contrast over 4.5.
_MARKS: Mapping[Level, tuple[str, str, str, str, str]] = {
    "good": ("●", "#00496F", "#DCEBF5", "#BFE3F7", "#14384F"),
    "warn": ("▲", "#5C4300", "#FDF1CF", "#FFDF8A", "#463507"),
    "bad": ("■", "#8A3200", "#FBE2D5", "#FFC3A3", "#57230A"),
    "none": ("○", "#3E4C59", "#EDF0F4", "#D5DCE4", "#333C46"),
}


def html(letter: Letter) -> str:
    """The whole letter as a page of its own."""
    rows = "".join(_row(content) for part in letter.parts for content in _part(part))
    foot = "<br>".join(_text(line) for line in letter.foot)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{_text(letter.subject)}</title>
<style>{_styles()}</style></head>
<body class="q-page" style="margin:0;padding:0;background-color:#EEF2F6">
<table class="q-page" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" \
style="background-color:#EEF2F6"><tr><td align="center" style="padding:12px 6px">
<table class="q-card" role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" \
style="width:100%;max-width:640px;background-color:#FFFFFF;border:1px solid {_LINE}">
<tr><td class="q-card q-pad" style="padding:18px 20px 4px 20px;{_FONT};text-align:left;{_BREAK}">
<h1 class="q-head" style="margin:0;font-size:21px;line-height:27px;color:{_NAVY}">{_text(letter.title)}</h1>
<p class="q-soft" style="margin:3px 0 0 0;font-size:13px;line-height:18px;color:{_GREY}">\
{_text(letter.subtitle)}</p></td></tr>
{rows}<tr><td class="q-soft q-pad" style="padding:10px 20px 16px 20px;{_FONT};font-size:12px;\
line-height:17px;color:{_GREY};text-align:left;{_BREAK}">{foot}</td></tr>
</table></td></tr></table></body></html>
"""


def _styles() -> str:
    dark = "".join(
        f".q-{level}{{color:{ink}!important;background-color:{ground}!important}}"
        for level, (_, _, _, ink, ground) in _MARKS.items()
    )
    return (
        ":root{color-scheme:light dark;supported-color-schemes:light dark}"
        "@media (prefers-color-scheme:dark){"
        ".q-page{background-color:#12181F!important}.q-card{background-color:#1D252E!important;"
        "border-color:#3B4754!important}.q-ink{color:#E8EDF2!important}.q-soft{color:#B4BFCA!important}"
        f".q-head{{color:#A9CFEF!important}}.q-line{{border-color:#3B4754!important}}{dark}}}"
        "@media (max-width:480px){.q-count{font-size:20px!important}.q-pad{padding-left:14px!important;"
        "padding-right:14px!important}}"
    )


def _row(content: str) -> str:
    style = f"padding:8px 20px 4px 20px;{_FONT};text-align:left;{_BREAK}"
    return f'<tr><td class="q-pad q-ink" style="{style};color:{_INK}">{content}</td></tr>\n'


def _part(part: Part) -> Iterator[str]:
    match part:
        case Paragraph():
            size = "16px;line-height:22px;font-weight:bold" if part.large else "14px;line-height:20px"
            yield f'<p class="q-ink" style="margin:0;font-size:{size};color:{_INK}">{_text(part.text)}</p>'
        case Tally():
            cells = "".join(_count(*item, 100 // len(part.items)) for item in part.items)
            table = '<table role="presentation" width="100%" cellspacing="0" border="0">'
            yield f"{table}<tr>{cells}</tr></table>"
        case Listing():
            yield _listing(part)
        case _:
            assert_never(part)


def _count(label: str, count: int, level: Level, share: int) -> str:
    symbol, ink, ground, _, _ = _MARKS[level]
    style = f"padding:7px 4px;border:1px solid #FFFFFF;background-color:{ground};color:{ink}"
    return (
        f'<td class="q-{level} q-line" width="{share}%" align="center" style="{style};font-size:13px;'
        f'line-height:17px"><span class="q-count" style="font-size:23px;line-height:28px;font-weight:bold">'
        f"{symbol}&nbsp;{count}</span><br>{_text(label)}</td>"
    )


def _listing(part: Listing) -> str:
    head = (
        f'<h2 class="q-head q-line" style="margin:4px 0 3px 0;padding:0 0 2px 0;font-size:15px;'
        f'line-height:20px;color:{_NAVY};border-bottom:1px solid {_LINE}">{_text(part.heading)}</h2>'
    )
    lines = [_item(item) for item in part.items]
    last = part.more or (part.empty if not part.items else "")
    if last:
        lines.append(f'<p class="q-soft" style="{_LINES};color:{_GREY}">{_text(last)}</p>')
    return head + "".join(lines)


_LINES = "margin:0;padding:2px 0;font-size:14px;line-height:19px"


def _item(item: Item) -> str:
    lead = f"<b>{_text(item.lead)}</b>" if item.lead else ""
    said = " ".join(part for part in (lead, _text(item.text)) if part)
    return f'<p class="q-ink" style="{_LINES};color:{_INK}">{_mark(item.word)}{said}</p>'


def _mark(word: str) -> str:
    if not word:
        return ""
    late = word == OVERDUE
    level: Level = "warn" if late else LEVELS.get(word, "none")
    symbol, ink, ground, _, _ = _MARKS[level]
    symbol = "!" if late else symbol
    style = f"background-color:{ground};color:{ink};font-size:12px;font-weight:bold"
    return f'<span class="q-{level}" style="{style}">&nbsp;{symbol}&nbsp;{_text(word)}&nbsp;</span> '


def _text(text: str) -> str:
    return escape(one_line(text))
