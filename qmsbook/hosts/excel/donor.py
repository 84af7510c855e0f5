"""Sheets that come into the user's workbook from another one, opened beside it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection
from typing import Any

from qmsbook.book.cell import parse_range
from qmsbook.book.table import Table
from qmsbook.hosts.excel.patient import bare, patient
from qmsbook.hosts.excel.raw import delete
from qmsbook.hosts.excel.reach import Reach
from qmsbook.hosts.excel.record import Swapped
from qmsbook.hosts.excel.running import TO_THE_END
from qmsbook.hosts.excel.saved import Folder
from qmsbook.hosts.file.reader import load
from qmsbook.hosts.names import free_name

#: Told what is done next; raising there stops the change, and everything is put back.
Tell = Callable[[str], None]


class Opened:
    """A workbook from the bytes of its file, opened beside the others and closed when it is left.

    Gives its sheets, or None where there are no bytes.
    """

    def __init__(self, app: Any, content: bytes) -> None:
        self.app, self.content = app, content
        self.book: Any = None

    def __enter__(self) -> Reach | None:
        import xlwings  # it is there: the app is one of its own

        self.folder = Folder()
        path = self.folder.__enter__()
        if self.content:
            # Excel opens no two workbooks of one name, so each gets one of its own.
            file = path / (path.name + _ending(self.content))
            file.write_bytes(self.content)
            try:
                # `Books.open` itself would ask first whether a workbook of that name is open.
                books, name = self.app.books.impl, os.path.realpath(file)
                opened = books.open(name, update_links=False, add_to_mru=False)
                self.book = patient(xlwings.Book(impl=bare(opened)))
                return Reach(self.book)
            except BaseException:
                self.__exit__()
                raise
        return None

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(Exception):
            if self.book is not None:
                patient(self.book, TO_THE_END).close()
        self.folder.__exit__()


def _ending(content: bytes) -> str:
    """The ending that Excel demands of a file: one with macros inside is no .xlsx to it."""
    return ".xlsm" if load(content).workbook.has_macros else ".xlsx"


def bring(reach: Reach, donor: Reach | None, swap: Swapped, tell: Tell) -> None:
    """Brings a sheet from another workbook, first beside the old one, which is set aside under another name.

    So the new one has its own name from the beginning: links inside it do not follow a renaming.
    """
    assert donor is not None
    anchor = reach.sheet(swap.after) if swap.after else reach.sheets[0]
    if swap.old and not swap.gone:
        swap.aside = free_name("qmsbook old", [swap.name])
        anchor.name = swap.aside
        reach.forget(swap.name)
    # Sheet.copy itself would ask for the name of every sheet, twice.
    source = donor.sheet(swap.name)
    # Before the old one: put after it, LibreOffice, Excel's understudy in our tests, loses tables.
    if swap.after and not swap.aside:
        source.impl.copy(before=None, after=anchor.impl)
    else:
        source.impl.copy(before=anchor.impl, after=None)
    swap.came = True
    if swap.aside:
        tell(f"Taking out the old {swap.name}")
        delete(anchor)
        swap.gone = True


def name_tables(sheet: Any, tables: Collection[Table]) -> None:
    """Gives tables their names back: Excel renamed them on their way in, for the old ones still stood."""
    by_place = {(table.row, table.column): table.name for table in tables}
    there = sheet.tables
    for number in range(1, len(tables) + 1):
        found = there(number)
        top, left, _, _ = parse_range(found.range.address)
        name = by_place.get((top, left))
        if name is not None and found.name != name:
            found.name = name
