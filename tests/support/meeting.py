"""What is typed on a review in the meeting, into a closed workbook; needs qmsbook alone."""

from __future__ import annotations

from datetime import date

from qmsbook.book.edit import Fill, FillCells
from qmsbook.book.table import Value
from qmsbook.hosts.file.host import FileHost


def hold_meeting(host: FileHost, period: str) -> None:
    """Types what a review of the example needs before it can be closed."""
    snapshot = host.read()
    end = period.replace("-", "_")

    def typed(table: str, header: str, what: dict[Value, Value] | Value) -> FillCells:
        held = snapshot.table(f"{table}_{end}")
        assert held is not None
        into = held.columns[held.find(header) or 0]
        wanted = what if isinstance(what, dict) else dict.fromkeys(held.columns[0], what)
        found = [(held.columns[0].index(key), value) for key, value in wanted.items()]
        return FillCells(held.name, tuple(Fill(row, header, into[row], value) for row, value in found))

    host.apply(
        [
            typed("Conclusions", "Conclusion", "yes"),
            typed("Approval", "Entry", {"Held on": date(2026, 10, 22), "Approved by": "Dana Whitfield"}),
            typed("Decisions", "Clause", {1.0: "improvement", 2.0: "resources", 3.0: "none needed"}),
            typed("Decisions", "Decision", {1.0: "First", 2.0: "Second", 3.0: "No change to the QMS"}),
            typed("Decisions", "Owner", {1.0: "Tom Hayes", 2.0: "Tom Hayes"}),
            typed("Decisions", "Due", {1.0: date(2027, 3, 31), 2.0: date(2027, 3, 31)}),
        ],
        snapshot,
    )
