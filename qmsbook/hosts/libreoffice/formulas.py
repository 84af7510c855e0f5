"""How LibreOffice spells a formula, said as Excel spells it."""

from __future__ import annotations

import re

from qmsbook.book.cell import quoted

_PIECE = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")"""
    r"|(?P<columns>\[[^\[\]]*(?:\[[^\]]*\][^\[\]]*)*\])"
    r"|\$?(?:'(?P<quoted>(?:[^']|'')*)'|(?P<plain>[^\W\d]\w*))\.(?=\$?[A-Za-z]{1,3}(?:\$?[0-9]|:)|#REF!)"
    r"|(?P<between>[;|~])"
)
_BETWEEN = {";": ",", "|": ";", "~": ","}


def as_excel(formula: str) -> str:
    """A formula of LibreOffice's, without ``=`` and as Excel writes it.

    >>> as_excel("=SUM($'My sheet'.A1:B2;T[[#This Row];[x]];{1;2|3;4})&\\"a;b\\"")
    'SUM(\\'My sheet\\'!A1:B2,T[[#This Row],[x]],{1,2;3,4})&"a;b"'
    """
    if formula.startswith("{="):
        formula = formula[1:-1]

    def said(match: re.Match[str]) -> str:
        if match["text"]:
            return match[0]
        if match["columns"]:
            return match[0].replace("];[", "],[")
        if match["between"]:
            return _BETWEEN[match[0]]
        name = match["plain"] or (match["quoted"] or "").replace("''", "'")
        return quoted(name) + "!"

    return _PIECE.sub(said, formula.removeprefix("="))
