"""Pages: book, findings and review become drawn sheets, and what people typed on them is read back.

Comes in: the book, its assessment, findings, and the sheets as they stand. ``page.py`` says what a page is,
``PAGES`` in ``draw.py`` holds them all. Only this room knows XlsxWriter. What reads back stands here; what
draws is imported from ``draw.py`` by whoever draws, for a check that draws nothing shall not wait for it.
"""

from __future__ import annotations

from qmsbook.pages.closed_plans import with_closed_plans
from qmsbook.pages.entries import NotWhole
from qmsbook.pages.page import Drawings
from qmsbook.pages.review_state import (
    closed_sheets,
    entered,
    fill_row,
    not_listed,
    not_ready,
    promised,
    row_of,
    told_of_closing,
)
from qmsbook.pages.settle import Talk, settle
from qmsbook.pages.signs import sheets_noticed
from qmsbook.pages.standing import review_marker

__all__ = [
    "Drawings", "NotWhole", "Talk", "closed_sheets", "entered", "fill_row", "not_listed", "not_ready",
    "promised", "review_marker", "row_of", "settle", "sheets_noticed", "told_of_closing",
    "with_closed_plans",
]  # fmt: skip
