"""Half-filled workbooks of other trades: every finding of every stage was read and agreed with."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from trades import ON, TRADES, build, told

from qmsbook.book.book import Book
from qmsbook.commands import Looked, look
from qmsbook.doors.cli.fields import entries
from qmsbook.hosts.file.host import FileHost
from qmsbook.rules import RULES, check
from qmsbook.rules.folded import fold
from qmsbook.rules.rule import STAGES, Finding, Stage

BOOKS = Path(__file__).parent / "books"
STAGE_OF = {rule.code: rule.stage for rule in RULES}
#: No stage shows more rows than this, by folding and staging; a stage adds no more than that.
MOST, STEP = 25, 13


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Looked]:
    folder = tmp_path_factory.mktemp("trades")
    return {name: look(FileHost(build(name, folder / f"{name}.xlsx")), ON) for name in TRADES}


def of_stage(book: Book, stage: Stage) -> list[Finding]:
    return check(book, stage=stage)


@pytest.mark.parametrize("name", TRADES)
def test_the_findings_are_those_that_were_agreed_with(looked: dict[str, Looked], name: str) -> None:
    """To take over a change: read every line that differs, then write ``said`` into the file."""
    parts = [f"# {stage}\n" + "\n".join(told(of_stage(looked[name].book, stage))) for stage in STAGES]
    said = "\n\n".join(parts) + "\n"
    path = BOOKS / f"{name}.txt"
    assert said.splitlines() == path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", TRADES)
def test_no_stage_shows_more_than_can_be_read(looked: dict[str, Looked], name: str) -> None:
    rows = [len(fold(of_stage(looked[name].book, stage))) for stage in STAGES]
    assert rows[-1] <= MOST, rows
    assert rows == sorted(rows)
    assert all(after - before <= STEP for before, after in pairwise(rows)), rows
    for stage, count in looked[name].later.items():
        new = [f for f in of_stage(looked[name].book, STAGES[-1]) if STAGE_OF[f.code] == stage]
        assert count == len(fold(new))


@pytest.mark.parametrize("name", TRADES)
def test_programs_get_the_same_rows_with_all_their_places(looked: dict[str, Looked], name: str) -> None:
    found = of_stage(looked[name].book, "audit-ready")
    rows = [entry.plain() for entry in entries(found)]
    assert len(rows) == len(fold(found))
    assert sum(len(row.get("places", [row])) for row in rows) == len(found)


@pytest.mark.parametrize("name", TRADES)
def test_whoever_is_named_is_there(looked: dict[str, Looked], name: str) -> None:
    book = looked[name].book
    for finding in of_stage(book, "audit-ready"):
        person = book.person(finding.owner)
        assert person is None or person.left_on is None or person.left_on > ON
        assert finding.owner not in {"", "Delivery", "TBD"}, finding
