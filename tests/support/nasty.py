"""Texts that try to become something else: a formula, a header, a tag, a line of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Table, Value

#: A person's name; it is replaced wherever the workbook has it.
NAME = 'Tom "=1+1" Hayes\r\nBcc: everybody@evil.example'
TEXTS = (
    '=HYPERLINK("http://evil.example","click")',
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\t=1+1",
    "\n=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&#61;1+1 &amp; <b>bold</b>",
    "line\r\nBcc: everybody@evil.example\r\n\r\nbody",
    "END:VEVENT\r\nATTACH:http://evil.example",
    "turned \u202etxt.exe",
    "para\u2029graph\u2028separated\u0085next",
    ";=1+1",
    "{=1+1}",
    "_x0041_ 'quoted",
    "soft\x0bbreak",
    "Zero scrap!Q4",
    "=Sheet1!A1",
    "Sheet1!$A$1",
    "<r><t>raw",
    "qmsbook holds digest",
    "_x000B_ \x1f\x7f",
)
#: Columns whose words are for people; ids and choices stay, or there would be no plan left.
_WORDS = frozenset(
    [
        "Name", "Statement", "What", "Comment", "Description", "What happens", "Suggestion", "Answer",
        "Controls", "Decision text", "What we learned", "Summary", "Figures", "Source", "Effect", "Reason",
    ]
)  # fmt: skip


def nasty(snapshot: Snapshot, person: str, turn: int = 0) -> Snapshot:
    """The workbook with such texts before everything that people wrote, and such a name for one of them.

    Another ``turn`` gives every cell another text.
    """
    return replace(snapshot, tables=tuple(_nasty(table, person, turn) for table in snapshot.tables))


def _nasty(table: Table, person: str, turn: int) -> Table:
    columns = tuple(
        _column(values, header in _WORDS, table.name, person, turn)
        for header, values in zip(table.headers, table.columns, strict=True)
    )
    return replace(table, columns=columns)


def _column(values: Sequence[Value], words: bool, table: str, person: str, turn: int) -> list[Value]:
    found: list[Value] = []
    for row, value in enumerate(values):
        if isinstance(value, str) and value == person:
            value = NAME
        elif isinstance(value, str) and value and words:
            value = TEXTS[(row + turn * 7 + len(table)) % len(TEXTS)] + " " + value
        elif isinstance(value, str) and table == "Settings" and value.startswith("Whitfield"):
            value = TEXTS[9] + value
        found.append(value)
    return found
