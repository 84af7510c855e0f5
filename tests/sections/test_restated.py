"""A figure that is changed after a review was closed is told in the next one: was, is, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hands import type_in, words
from ooxml import address, markers, tables, texts, unzip
from walking import ON, run

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost

NEXT = "2026-Q4"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The example with its review of the third quarter, which somebody closed."""
    path = tmp_path_factory.mktemp("closed") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    run(path, "review")
    return in_row(path.read_bytes(), "Reviews", "Period", "2026-Q3", {"State": "closed"})


def in_row(
    content: bytes, table: str, header: str, key: str, values: dict[str, str | float], also: str = ""
) -> bytes:
    """Types into the first row whose column holds a text; ``also`` has to be in the row too."""
    info = tables(unzip(content))[table]
    held = texts(unzip(content), info.sheet_part)
    row = next(
        r
        for r in info.data_rows
        if held.get(address(r, info.column(header))) == key
        and (not also or also in {held.get(address(r, c)) for c in range(info.box[1], info.box[3] + 1)})
    )
    return type_in(content, info.sheet, {address(row, info.column(h)): v for h, v in values.items()})


def reviewed_next(path: Path, content: bytes) -> list[str]:
    """The words of the next review."""
    path.write_bytes(content)
    commands.review(FileHost(path), NEXT, on=date(2026, 11, 12))
    content = path.read_bytes()
    return list(words(content, markers(unzip(content))[f"qmsbook:review:{NEXT}"]).values())


def test_nothing_is_told_while_no_figure_was_changed(closed: bytes, tmp_path: Path) -> None:
    assert "No figure was changed after a closed review." in reviewed_next(tmp_path / "a.xlsx", closed)


def test_a_changed_figure_is_told_with_what_it_was(closed: bytes, tmp_path: Path) -> None:
    typed: dict[str, str | float] = {"Value": 150, "Comment": "Two breakdowns were forgotten"}
    said = reviewed_next(
        tmp_path / "a.xlsx", in_row(closed, "Measurements", "KPI", "K16", typed, also="2026-09")
    )
    assert "No figure was changed after a closed review." not in said
    at = said.index("Reviewed in")
    assert said[at + 1 : at + 3] == ["Was", "Is"]
    assert said[at + 3 :][:2] == ["K16", "2026-09"]
    assert "Two breakdowns were forgotten" in said[at + 5]
    assert said[at + 6 : at + 9] == ["2026-Q3", "122.7 hours", "150 hours"]


def test_the_closed_sheet_stays_as_it_was(closed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(in_row(closed, "Measurements", "KPI", "K16", {"Value": 150}, also="2026-09"))
    commands.refresh(FileHost(path), on=ON)
    sheet = markers(unzip(closed))["qmsbook:review:2026-Q3"]
    assert words(path.read_bytes(), sheet) == words(closed, sheet)


def test_it_is_told_once(closed: bytes, tmp_path: Path) -> None:
    """The review after the next one has nothing new to tell: the next one told it, and was closed too."""
    path = tmp_path / "a.xlsx"
    reviewed_next(path, in_row(closed, "Measurements", "KPI", "K16", {"Value": 150}, also="2026-09"))
    path.write_bytes(in_row(path.read_bytes(), "Reviews", "Period", NEXT, {"State": "closed"}))
    commands.review(FileHost(path), "2027-Q1", on=date(2027, 4, 20))
    content = path.read_bytes()
    said = words(content, markers(unzip(content))["qmsbook:review:2027-Q1"]).values()
    assert "No figure was changed after a closed review." in said
