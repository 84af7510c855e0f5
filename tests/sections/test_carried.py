"""An action is carried by a review that was held after its day, whatever day was typed for it since."""

from __future__ import annotations

from datetime import date

from qmsbook import commands
from qmsbook.book.book import Book
from qmsbook.book.edit import Fill, FillCells
from qmsbook.hosts.memory import MemoryHost
from qmsbook.methods.columns import carried
from qmsbook.pages import promised
from qmsbook.rules.examples import read_example

COMPANY = """
Goals
| Goal | Statement | Owner |
|------|-----------|-------|
| G1   | Grow      | Erin Foster |

Objectives
| Objective | Supports | Owner |
|-----------|----------|-------|
| O1.2      | G1       | Erin Foster |

KPIs
| KPI | Supports | Owner |
|-----|----------|-------|
| K07 | O1.2     | Erin Foster |

Measurements
| KPI | Period  | Value |
|-----|---------|-------|
| K07 | 2026-09 | 93.1  |

Reviews
| Review     | Period  | Held on    | State   |
|------------|---------|------------|---------|
| MR-2026-10 | 2026-Q3 | 2026-10-22 | draft   |
| MR-2027-01 | 2026-Q4 | 2027-01-20 | planned |
| MR-2027-04 | 2027-Q1 | 2027-04-20 | planned |

Decisions
| Decision | Review     | Clause      | Decision text  | Owner       | Due        | Result |
|----------|------------|-------------|----------------|-------------|------------|--------|
| D04      | MR-2026-10 | improvement | Buy a machine  | Erin Foster | 2026-12-10 |        |

Actions
| Action | What        | Serves | Owner       | Due        | State | From   | Opened     | Carried |
|--------|-------------|--------|-------------|------------|-------|--------|------------|---------|
| A11    | Train two   | K07    | Erin Foster | 2026-12-18 | open  | idea   | 2026-07-01 |         |
| A12    | Ask bank    | D04    | Erin Foster | 2026-12-10 | open  | review | 2026-10-22 |         |
| A13    | Move a line | K07    | Erin Foster | 2027-06-30 | open  | idea   | 2026-07-01 |         |
"""


def at(host: MemoryHost, day: date) -> tuple[Book, dict[str, int | None]]:
    """The book as commands read it on a day, and how often each action is carried."""
    looked = commands.look(host, day)
    return looked.book, {action.id: carried(looked.book, action) for action in looked.book.actions}


def write(host: MemoryHost, table: str, key: str, values: dict[str, str | date]) -> None:
    """Types into the row of a key."""
    held = host.read().table(table)
    assert held is not None
    row = held.columns[0].index(key)
    fills = [Fill(row, h, held.columns[held.find(h) or 0][row], value) for h, value in values.items()]
    host.apply([FillCells(table, tuple(fills))], host.read())


def reviewed() -> MemoryHost:
    """A workbook whose review of the third quarter was drawn and closed."""
    host = MemoryHost(list(read_example(COMPANY).tables))
    commands.review(host, "2026-Q3", on=date(2026, 10, 23))
    write(host, "Reviews", "MR-2026-10", {"State": "closed"})
    return host


def test_a_day_that_a_closed_review_printed_still_counts_when_it_is_moved() -> None:
    host = reviewed()
    book, _ = at(host, date(2026, 10, 24))
    printed = {"A11": date(2026, 12, 18), "A12": date(2026, 12, 10), "A13": date(2027, 6, 30)}
    assert dict(book.promised) == {**printed, "D04": date(2026, 12, 10)}
    for key in ("A11", "A12"):
        write(host, "Actions", key, {"Due": date(2027, 12, 31)})
    write(host, "Decisions", "D04", {"Due": date(2027, 12, 31)})
    for key in ("MR-2027-01", "MR-2027-04"):
        write(host, "Reviews", key, {"State": "draft"})
    assert at(host, date(2027, 1, 19))[1] == {"A11": 0, "A12": 0, "A13": 0}
    assert at(host, date(2027, 1, 21))[1] == {"A11": 1, "A12": 1, "A13": 0}
    assert at(host, date(2027, 4, 21))[1] == {"A11": 2, "A12": 2, "A13": 0}
    found = [f for f in commands.look(host, date(2027, 4, 21)).findings if f.code == "ACT010"]
    assert [f.row for f in found] == ["A11", "A12"]


def test_a_review_that_is_still_open_has_promised_nothing() -> None:
    host = reviewed()
    write(host, "Reviews", "MR-2026-10", {"State": "draft"})
    snapshot = host.read()
    assert promised(snapshot, commands.look(host, date(2026, 10, 24)).book) == {}


def test_the_drawn_review_and_the_rule_count_alike() -> None:
    """What the sheet shows beside an action is what the column Carried and ACT010 say."""
    host = reviewed()
    for key in ("MR-2027-01", "MR-2027-04"):
        write(host, "Reviews", key, {"State": "draft"})
    day = date(2027, 4, 21)
    commands.review(host, "2027-Q1", on=day)
    book, times = at(host, day)
    held = host.read().table("Actions")
    assert held is not None
    shown = dict(zip(held.columns[0], held.columns[held.find("Carried") or 0], strict=True))
    assert shown == times == {action.id: carried(book, action) for action in book.actions}
    sheet = host.read().sheet("qmsbook:review:2027-Q1")
    assert sheet is not None
    words = [value for value in sheet.cells.values() if isinstance(value, str)]
    assert sum(word.endswith("2 reviews") for word in words) == 2
