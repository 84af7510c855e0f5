"""The one gate to XlsxWriter for words outside cells: it writes some raw and takes some for formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from qmsbook.book.words import clipped

#: Excel's limit for most texts that stand in no cell.
_MOST = 255
#: Of a header or footer's 255 characters so many go to what people wrote; every & in it counts twice.
_PRINTED = 80
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: No XML holds these: halves of characters, and two that are none.
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"!(?=\$?[A-Z]+\$?\d)")
#: Excel reads this as a character in a table's column, where XlsxWriter writes it as it is.
_HIDDEN = re.compile(r"_x(?=[0-9a-fA-F]{4}_)")
#: What a text of several looks has in it that XlsxWriter would write twice over.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f]|_x[0-9a-fA-F]{4}_")


def storable(text: str) -> str:
    """A text whose every character a cell can hold."""
    return _NO_CHARACTER.sub("\ufffd", text)


def clean(text: str) -> str:
    """A text without characters that cannot stand outside cells."""
    return _CONTROL.sub(" ", storable(text))


def line(text: str, most: int = _MOST) -> str:
    """A text on one line, for whatever is no cell: a name, an alternative text, a tip."""
    return clipped(clean(text), most)


def printed(text: str) -> str:
    """A text for a header or footer, to stand behind a code such as ``&9``; its own ``&`` begin no code."""
    shown = line(text, _PRINTED).replace("&", "&&")
    return " " + shown if shown[:1].isdecimal() else shown


def label(text: str) -> str:
    """A text for a point of a chart; a space parts what would be taken for a reference."""
    text = _REFERENCE.sub("! ", line(text))
    return " " + text if text.startswith("=") else text


def title(chart: Any, text: str, look: Mapping[str, Any]) -> None:
    """Gives a chart its title: words, also where they look like ``Sheet1!A1``."""
    chart.set_title({**look, "name": "Title"})
    chart.title.name = line(text)  # as an option, what looks like a reference would be taken for one


def headers(texts: Sequence[str]) -> list[str]:
    """The headers of a table: on one line each, no two alike, however people wrote them."""
    found: list[str] = []
    taken: set[str] = set()
    for text in texts:
        plain = _HIDDEN.sub("_X", clean(text))[: _MOST - 4]
        name, number = plain, 1
        while name.casefold() in taken:
            number += 1
            name = f"{plain} {number}"
        taken.add(name.casefold())
        found.append(name)
    return found


def offered(text: str) -> bool:
    """Whether a choice can stand in a drop-down's own list."""
    return text.isprintable() and not set(text) & set(',"')


def one_look(text: str) -> bool:
    """Whether a text has to be written in one look, or it would not be read back as it was written."""
    return _ESCAPED.search(text) is not None


def marked_up(text: str) -> bool:
    """Whether XlsxWriter would take a cell's text for one of several looks, and write it as it is."""
    return text.startswith("<r>") and text.endswith("</r>")
