"""A book as pandas DataFrames, for people who analyse in a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qmsbook.book.book import Book
from qmsbook.book.table import columns_of
from qmsbook.book.tables import SETTINGS, TABLES, Measurement, Setting

if TYPE_CHECKING:
    import pandas as pd


def frames(book: Book) -> dict[str, pd.DataFrame]:
    """One DataFrame per table, its columns named by the headers; numbers float, dates datetime64.

    Measurements carry their unit's values (95.1, not 0.951); computed columns are as they stand.
    """
    import pandas as pd  # here, because importing it takes longer than most commands

    found: dict[str, pd.DataFrame] = {}
    for record in TABLES:
        declared = columns_of(record)
        if record is Setting:
            values = [(spec.name, getattr(book.settings, spec.field)) for spec in SETTINGS]
            found[record.TABLE] = pd.DataFrame(values, columns=["Setting", "Value"])
            continue
        if record is Measurement:
            data = {c.header: book.measurements.column(name) for name, c in declared.items()}
        else:
            rows = book.of(record)
            data = {c.header: [getattr(row, name) for row in rows] for name, c in declared.items()}
        frame = pd.DataFrame(data)
        for column in declared.values():
            if column.header in frame and column.kind == "date":
                frame[column.header] = pd.to_datetime(frame[column.header])
            elif column.header in frame and column.kind == "number":
                frame[column.header] = frame[column.header].astype(float)
        found[record.TABLE] = frame
    return found
