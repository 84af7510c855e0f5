"""Which of the rows that people type below a table are its own."""

from __future__ import annotations

from datetime import date

import pytest

from qmsbook.book.below import typed_below
from qmsbook.book.table import Record, Table, Value, columns_of
from qmsbook.book.tables import Action, Kpi, Measurement, Person, Process

LATER = date(2026, 12, 1)


def below(record: type[Record], formula: str = "", **cells: Value) -> Table:
    """A table with one row below it, by the fields of its record; one of its cells may be a formula."""
    declared = columns_of(record)
    headers = tuple(column.header for column in declared.values())
    columns: tuple[list[Value], ...] = tuple([cells.get(field)] for field in declared)
    formulas = tuple({0: "SUM(A1:A9)"} if field == formula else {} for field in declared)
    return Table(record.TABLE, record.TABLE, 1, 1, headers, columns, formulas).split(0)


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        (
            Action,
            {"what": "Total productive maintenance: train operators", "owner": "Erin Foster", "due": LATER},
        ),
        (Action, {"what": "Total", "owner": "Erin Foster", "due": LATER}),
        (Kpi, {"name": "Average days late", "supports": "O1.1", "unit": "days"}),
        (Kpi, {"id": "Total", "name": "Total weight shipped"}),
        (Person, {"id": "Sum Lee", "role": "Buyer"}),
        (Process, {"id": "Total care", "name": "Care"}),
        (Process, {"id": "Mean time", "name": None}),
        (Measurement, {"kpi": "Average", "period": "2026-11", "value": 5.0}),
        (Measurement, {"kpi": "K07", "period": "2026-11", "value": 5.0}),
    ],
)
def test_a_row_whose_words_begin_like_a_total_is_a_row(record: type[Record], cells: dict[str, Value]) -> None:
    assert typed_below(record, below(record, **cells)).rows == 1


@pytest.mark.parametrize(
    "word", ["Total", "total:", " TOTALS ", "Grand total", "Subtotal:", "Sum", "Average =", "Mean"]
)
@pytest.mark.parametrize("formula", ["", "value"])
def test_a_total_is_no_row(word: str, formula: str) -> None:
    typed = typed_below(Measurement, below(Measurement, formula, kpi=word, value=4711.0, numerator=12.0))
    assert (typed.rows, typed.words) == (0, (0,))


def test_a_total_whose_figures_are_formulas_that_give_words_is_no_row() -> None:
    table = below(Action, "what", id="Total:", what="26 actions", owner=None)
    assert typed_below(Action, table).rows == 0
