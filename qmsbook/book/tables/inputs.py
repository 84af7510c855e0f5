"""Inputs: what the review needs and the workbook does not hold."""

from datetime import date
from typing import ClassVar

from qmsbook.book.table import Record, column


class Input(Record):
    """A summary for one topic that the management review has to look at."""

    TABLE: ClassVar[str] = "Inputs"
    TITLE: ClassVar[str] = "Inputs"
    KEY: ClassVar[str] = "clause"
    NAME: ClassVar[str] = "summary"
    clause: str = column(
        "Clause",
        "Which review topic of clause 9.3.2 it belongs to: a, b, c1 to c7, d, e or f; b2, e2 and g in "
        "the 2026 edition. Topics of your own get letters of your own.", "b", kind="choice",
        choices=("a", "b", "b2", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "d", "e", "e2", "f", "g"),
        suggest=True, essential=True, width=9,
    )  # fmt: skip
    summary: str = column(
        "Summary", "What the review should know, in two or three sentences.",
        "Two customers now ask for delivery within two weeks.", essential=True, width=60,
    )  # fmt: skip
    as_of: date | None = column(
        "As of", "The day the summary stands for.", date(2026, 10, 15), kind="date", essential=True, width=12
    )
    figures: str = column("Figures", "The figures behind it.", "2 of 40 customers", width=34)
    source: str = column("Source", "Where it comes from.", "Customer meetings", width=28)
    by: str = column("By", "Who wrote it.", "Erin Foster", kind="ref", refers=("People",), width=18)
    what_we_learned: str = column(
        "What we learned", "What it means for the business.", "Short lead time wins orders.", width=44
    )
    state: str = column("State", "Whether it is up to date for the next review.", "", computed=True, width=14)
    check: str = column("Check", "The first thing to mend in this row.", "", computed=True, width=56)
