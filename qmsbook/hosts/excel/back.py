"""Takes back what a change did to an open workbook."""

from __future__ import annotations

from typing import Any

from qmsbook.hosts.excel.donor import Opened, bring, name_tables
from qmsbook.hosts.excel.locks import Unlocked, rights_of
from qmsbook.hosts.excel.pointers import formulas_in
from qmsbook.hosts.excel.raw import delete
from qmsbook.hosts.excel.reach import Reach
from qmsbook.hosts.excel.record import Formatted, Grown, Record, Swapped, Written
from qmsbook.hosts.excel.running import is_busy
from qmsbook.hosts.file.formulas import names_sheet
from qmsbook.hosts.file.reader import Loaded, load, sheet_xml


def take_back(app: Any, reach: Reach, record: Record) -> None:
    """Takes back all of a record that was done, last things first."""
    before = (
        load(record.copy) if any(isinstance(step, Swapped) and step.gone for step in record.steps) else None
    )
    with Opened(app, record.copy if before is not None else b"") as donor:
        for step in reversed(record.steps):
            match step:
                case Swapped():
                    _swap_back(reach, step, donor, before)
                case Grown():
                    sheet = reach.sheet(step.sheet)
                    if step.fresh:
                        sheet.range(step.fresh).clear_contents()
                    for address in step.dressed:
                        sheet.range(address).clear_formats()
                    sheet.tables[step.table].resize(sheet.range(step.before))
                case Written():
                    reach.put(step.sheet, step.address, step.before)
                case Formatted():
                    reach.sheet(step.sheet).range(step.address).number_format = step.before


def _swap_back(reach: Reach, swap: Swapped, donor: Reach | None, before: Loaded | None) -> None:
    if not swap.gone:
        if swap.came:
            delete(reach.sheet(swap.name))
        reach.forget(swap.name)
        if swap.aside:
            try:
                reach.sheet(swap.aside).name = swap.name
            except Exception as problem:
                if is_busy(problem):
                    raise
                # It was not even renamed.
            reach.forget(swap.aside)
        return
    assert before is not None
    back = Swapped(swap.name, swap.name if swap.came else swap.after, swap.came)
    bring(reach, donor, back, lambda _: None)
    sheet = reach.sheet(swap.name)
    xml = sheet_xml(before.workbook, swap.name)
    own = names_sheet(swap.name)
    with Unlocked(sheet, rights_of(xml)):
        name_tables(sheet, [table for table in before.snapshot.tables if table.sheet == swap.name])
        # Formulas that look at other sheets came back looking into the copy.
        for row, column, text, sort in formulas_in(xml):
            others = own.sub("", text)
            if ("!" in others or "[" in others) and sort in ("", "shared"):
                sheet.range((row, column)).formula = "=" + text
