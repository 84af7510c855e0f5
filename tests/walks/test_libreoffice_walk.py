"""The example re-saved by a real LibreOffice between every two commands: nothing that counts is lost."""

from __future__ import annotations

import pytest
from hands import areas, type_in, words
from office import office, resave
from ooxml import address, everything, markers, sheet_parts, tables, texts, unzip
from walking import REVIEW_MARKER, WALK, Step, run, step

from qmsbook.commands import template

#: Words for the review, among them what LibreOffice might take for a formula, a number or a date.
SAID = ("=not a formula", "007", "1/2", "+1", "TRUE", "two\nlines", "<&> ünïcode 两", "plain words")


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same walk without LibreOffice."""
    path = tmp_path_factory.mktemp("straight") / "example.xlsx"
    path.write_bytes(template("example.xlsx"))
    for command in WALK:
        run(path, command)
    return path.read_bytes()


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """Each step on what LibreOffice saved after the step before; words are typed once the review stands."""
    office()
    folder = tmp_path_factory.mktemp("office")
    path = folder / "example.xlsx"
    path.write_bytes(template("example.xlsx"))
    steps = []
    for number, command in enumerate((*WALK, "refresh")):
        path = resave([path], folder / str(number))[0]
        steps.append(step(path, command))
        if command == "review":
            path.write_bytes(_with_words(path.read_bytes()))
    return steps


def _with_words(content: bytes) -> bytes:
    info = areas(content, REVIEW_MARKER)["Minutes"]
    cells = zip((address(row, info.column("Minutes")) for row in info.data_rows), SAID, strict=False)
    return type_in(content, info.sheet, dict(cells))


def _column(content: bytes, table: str, key: str, header: str) -> dict[str, str]:
    parts = unzip(content)
    info = tables(parts)[table]
    held = texts(parts, info.sheet_part)
    return {
        held.get(address(row, info.column(key)), ""): held.get(address(row, info.column(header)), "")
        for row in info.data_rows
    }


@pytest.mark.parametrize(
    ("table", "key"),
    [("KPIs", "KPI"), ("Objectives", "Objective"), ("Goals", "Goal"), ("Processes", "Process")],
)
def test_statuses_are_as_without_libreoffice(
    walked: list[Step], straight: bytes, table: str, key: str
) -> None:
    wanted = _column(straight, table, key, "Status")
    assert any(wanted.values())
    assert _column(walked[-1].after, table, key, "Status") == wanted


def test_readings_and_added_rows_are_all_there(walked: list[Step], straight: bytes) -> None:
    def readings(content: bytes) -> list[tuple[str, ...]]:
        parts = unzip(content)
        info = tables(parts)["Measurements"]
        held = texts(parts, info.sheet_part)
        columns = [info.column(h) for h in ("KPI", "Period", "Status", "Comment")]
        return [tuple(held.get(address(row, c), "") for c in columns) for row in info.data_rows]

    assert readings(walked[-1].after) == readings(straight)


def test_no_text_of_the_people_is_lost(walked: list[Step], straight: bytes) -> None:
    """All text of the user's own sheets; numbers are compared where they matter, in statuses."""

    def said(content: bytes) -> set[str]:
        parts = unzip(content)
        generated = set(markers(parts).values())
        mine = [part for name, part in sheet_parts(parts).items() if name not in generated]
        found = {text for part in mine for text in texts(parts, part).values()}
        return {
            text for text in found if not text.replace(".", "").replace("-", "").replace("E", "").isdigit()
        }

    assert said(straight) - said(walked[-1].after) == set()


def test_typed_minutes_are_kept_in_their_rows(walked: list[Step]) -> None:
    end = walked[-1].after
    info = areas(end, REVIEW_MARKER)["Minutes"]
    held = words(end, info.sheet)
    found = [held.get(address(row, info.column("Minutes")), "") for row in info.data_rows]
    assert found == list(SAID[: len(found)])
    assert all(everything(end).count(word) == 1 for word in SAID[: len(found)])
    assert "qmsbook:kept-notes" not in markers(unzip(end))


def test_generated_sheets_are_known_again(walked: list[Step]) -> None:
    ours = {f"qmsbook:{name}" for name in ("findings", "scorecard", "cascade")}
    assert set(markers(unzip(walked[-1].after))) == {*ours, REVIEW_MARKER}
    for each in walked:
        assert not any("left as it was" in notice for notice in each.done.notices), each.told
