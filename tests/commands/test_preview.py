"""``check --edition 2026`` says what it would add and changes nothing; before it is chosen it is silent."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import typed_command

from qmsbook.book.book import Book
from qmsbook.book.edit import SetColumn
from qmsbook.book.reading import read_book
from qmsbook.commands import as_by, look, template
from qmsbook.doors.cli import app
from qmsbook.hosts.file.host import FileHost
from qmsbook.rules import RULES, check
from qmsbook.rules.clauses import EDITIONS

ON = date(2026, 11, 10)
NEW = {rule.code for rule in RULES if rule.edition == "2026"}


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("preview") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


def by(book: Book, edition: str) -> Book:
    return book.changed(settings=book.settings.changed(iso_edition=edition))


def setting(path: Path, name: str, value: str) -> None:
    """What the company would type on the sheet Settings."""
    host = FileHost(path)
    snapshot = host.read()
    table = next(table for table in snapshot.tables if table.name == "Settings")
    values = list(table.columns[table.headers.index("Value")])
    values[table.columns[table.headers.index("Setting")].index(name)] = value
    host.apply([SetColumn("Settings", "Value", tuple(values))], snapshot)


def test_the_command_line_offers_the_editions_there_are() -> None:
    assert set(app.EDITIONS) == set(EDITIONS)


def test_the_two_rules_of_2026_are_these() -> None:
    assert {"RSK014", "REV027"} == NEW


def test_no_finding_comes_from_2026_before_it_is_chosen(example: Path) -> None:
    book = read_book(FileHost(example).read().tables, ON)
    assert book.settings.iso_edition == "2015"
    today = check(book, stage="audit-ready")
    assert not NEW & {finding.code for finding in today}
    assert not [finding for finding in today if "edition" in (finding.message + finding.fix).casefold()]
    letters = EDITIONS["2026"].topics.keys() - EDITIONS["2015"].topics.keys()
    assert letters == {"b2", "e2", "g"}
    assert not [f for f in today if any(f" {letter} (" in f.message for letter in letters)]
    assert {f.code for f in check(by(book, "2026"), stage="audit-ready")} >= NEW


def test_the_preview_adds_what_is_new_whatever_the_stage_and_leaves_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    setting(path, "Stage", "start")
    looked = look(FileHost(path), ON)
    assert looked.book.settings.stage == "start"
    ahead, added = as_by(looked, "2026")
    assert {finding.code for finding in added} == NEW
    assert [finding for finding in ahead.findings if finding not in added] == list(looked.findings)
    assert as_by(looked, "2015") == (looked, ())


def test_the_preview_changes_nothing_on_the_disk(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = example.read_bytes()
    code, said, _ = typed_command.typed(capsys, "check", example, "--on", "2026-11-10", "--edition", "2026")
    assert code == 1  # today's errors are still errors
    assert example.read_bytes() == before
    assert [path.name for path in example.parent.iterdir()] == ["acme.xlsx"]
    told = " ".join(said.split())
    assert "A preview of ISO 9001:2026: nothing was changed" in told
    assert "RSK014" in told
    assert "REV027" in told
    assert "MEA006" not in told  # today's findings are not mixed with what would be new
    assert "confirm against your copy" in told
    assert "September 2029" in told
    assert "confirm with your registrar" in told


def test_the_preview_in_json(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["check", example, "--on", "2026-11-10", "--json"]
    today = json.loads(typed_command.typed(capsys, *words)[1])
    ahead = json.loads(typed_command.typed(capsys, *words, "--edition", "2026")[1])
    assert today.keys() == {"schema", "findings", "notices"}
    assert ahead["edition"] == "2026"
    assert {finding["code"] for finding in ahead["added"]} == NEW
    rest = [finding for finding in ahead["findings"] if finding not in ahead["added"]]
    assert rest == today["findings"]
    same = json.loads(typed_command.typed(capsys, *words, "--edition", "2015")[1])
    assert (same["findings"], same["added"]) == (today["findings"], [])


def test_who_has_chosen_2026_sees_no_preview_but_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    setting(path, "ISO edition", "2026")
    said = typed_command.typed(capsys, "check", path, "--edition", "2026", "--on", "2026-11-10")[1]
    assert "A preview" not in said
    assert "13 errors" in said  # the check of today, in full


def test_the_page_says_what_to_add_and_what_to_confirm() -> None:
    from qmsbook.docs.make import pages

    text = " ".join(pages()["edition-2026.md"].split())
    for code in NEW:
        assert f"[{code}](rules/{code[:3]}.md#{code.lower()})" in text
    assert "confirm against your copy" in text
    assert "September 2029" in text
    assert "confirm with your registrar" in text
    assert "qmsbook check WORKBOOK --edition 2026" in text
    assert "| 6.1.2 | 6.1.3 |" in text
