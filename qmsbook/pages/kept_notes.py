"""Kept notes: words that people typed on generated sheets outside the yellow cells, so that none is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qmsbook.book.table import Value
from qmsbook.pages.canvas import Canvas, EntryArea, Field
from qmsbook.pages.entries import Filled
from qmsbook.pages.page import MARKER, Drawing, Frame, Note
from qmsbook.sections.section import Entry, EntryColumn

MARK = MARKER + "kept-notes"
TABLE = "Kept_notes"
AREA = Entry(
    "Kept_notes",
    (
        EntryColumn("id", "No"), EntryColumn("id", "Sheet"), EntryColumn("id", "Cell"),
        EntryColumn("id", "Beside"),
        EntryColumn("id", "Text"), EntryColumn("id", "Found on", is_date=True),
    ),
)  # fmt: skip
_WIDTHS = (7, 18, 9, 36, 70, 13)
_ABOUT = (
    "Sheets that qmsbook draws are drawn anew at every refresh. What you type on them outside the yellow "
    "cells is "
    "moved here, so that nothing is lost. Delete a row once you no longer need it."
)


def with_notes(filled: Filled, notes: Sequence[Note]) -> Filled:
    """The notes kept so far, and these."""
    rows: dict[str, tuple[Value, ...]] = dict(filled.rows)
    number = max((int(key) for key in rows if key.isdecimal()), default=0)
    for note in notes:
        number += 1
        blank = (None,) * len(filled.own)
        rows[str(number)] = (
            float(number),
            note.sheet,
            note.cell,
            note.beside,
            note.text,
            note.found_on,
            *blank,
        )
    return Filled(filled.entry, filled.own, rows, filled.suggested)


def draw_kept_notes(filled: Filled, frame: Frame) -> Drawing:
    """The sheet of kept notes."""
    canvas = Canvas(MARK, "Kept notes", frame, [*_WIDTHS, *[16] * len(filled.own)], landscape=True)
    right = len(_WIDTHS)
    canvas.span(2, 1, right, "Kept notes", "title")
    canvas.tall(2, 30)
    canvas.span(3, 1, right, _ABOUT, "muted")
    canvas.room(3, [(_ABOUT, 1, right)])
    fields = [Field(column.header, is_date=column.is_date) for column in AREA.columns]
    fields += [Field(header) for header in filled.own]
    rows: Mapping[str, Sequence[Value]] = filled.rows
    row = canvas.entries(5, 1, EntryArea(TABLE, fields, rows, filled.suggested))
    canvas.sheet.freeze_panes(5, 0)
    return canvas.finish(row - 1, repeat=(5, 5))
