"""What is answered and dumped is what the published JSON Schemas say; what is not is refused."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typed_command
from pydantic import ValidationError

import qmsbook
from qmsbook import commands
from qmsbook.book.beside import PARTS
from qmsbook.book.tables import TABLES, Kpi, Measurement
from qmsbook.chase.given import Folder, Given, GivenFile
from qmsbook.commands import template
from qmsbook.doors.cli.answer import error_answer
from qmsbook.doors.cli.schemas import NAMES, SettingsFile, schema
from qmsbook.doors.watch import read_request
from qmsbook.hosts.file.host import FileHost
from qmsbook.pages.memo import EntryMemo, KeptMemo, Memo, pack, unpack

ON = "2026-11-10"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


@pytest.fixture
def refreshed(example: Path) -> Path:
    commands.refresh(FileHost(example), date.fromisoformat(ON))
    return example


def fits(name: str, found: Any) -> None:
    jsonschema.Draft202012Validator(schema(name), format_checker=jsonschema.FormatChecker()).validate(found)


def test_the_file_of_settings_has_the_parts_that_are_read() -> None:
    assert set(SettingsFile.model_fields) == set(PARTS)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_a_schema_that_says_what_it_is(name: str) -> None:
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["description"]
    assert schema(name.upper()) == found


def test_the_command_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(typed_command.typed(capsys, "schema", "kpis")[1]) == schema("KPIs")
    assert json.loads(typed_command.typed(capsys, "schema")[1]) == schema("book")
    code, out, err = typed_command.typed(capsys, "schema", "Goalss")
    assert (code, out) == (2, "")
    assert "There is no schema Goalss. Did you mean Goals?" in " ".join(err.split())


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.TABLE)
def test_a_column_is_a_property_with_its_header_help_and_example(record: type[Any]) -> None:
    from qmsbook.book.table import columns_of

    found = schema(record.TABLE)["properties"]
    for name, column in columns_of(record).items():
        assert (found[name]["title"], found[name]["description"]) == (column.header, column.help)
        if column.kind == "choice" and not column.open:
            assert set(column.choices) <= set(found[name]["enum"]) <= {*column.choices, ""}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["check"], "check"), (["check", "--edition", "2026"], "check"), (["refresh"], "refresh"),
        (["period", "2026-11"], "refresh"), (["review", "--period", "2026-Q3", "--dry-run"], "refresh"),
        (["repair", "--dry-run"], "refresh"), (["remind"], "mail"),
        (["mail", "--period", "2026-Q2"], "mail"), (["mail", "--period", "soon"], "error"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else words,
)  # fmt: skip
def test_an_answer_fits_its_schema(
    example: Path, capsys: pytest.CaptureFixture[str], words: list[str], name: str
) -> None:
    on = [] if words[0] == "repair" else ["--on", ON]
    found = json.loads(typed_command.typed(capsys, words[0], example, *words[1:], *on, "--json")[1])
    fits(name if "error" not in found else "error", found)
    assert ("error" in found) == (name == "error")


def test_undo_doctor_and_errors_fit_theirs(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed_command.typed(capsys, "refresh", example, "--on", ON)
    fits("undo", json.loads(typed_command.typed(capsys, "undo", example, "--json")[1]))
    fits("doctor", json.loads(typed_command.typed(capsys, "doctor", "--json")[1]))
    fits("doctor", json.loads(typed_command.typed(capsys, "doctor", "--share")[1]))
    fits("error", json.loads(error_answer("Unforeseen", "It broke.", 2)))


def test_a_book_is_dumped_and_read_again(example: Path) -> None:
    book = qmsbook.open(example, date.fromisoformat(ON))
    found = json.loads(book.model_dump_json())
    fits("book", found)
    for record in TABLES:
        rows = book.of(record)
        for row in rows:
            fits(record.TABLE, row.model_dump(mode="json"))
            at = {"place": row.place, "row": row.row}
            assert record.model_validate({**row.model_dump(), **at}) == row
    assert len(found["measurements"]) == len(book.measurements) > 700


def test_readings_are_records_with_what_is_computed_beside_them(refreshed: Path) -> None:
    book = qmsbook.open(refreshed, date.fromisoformat(ON))
    table = book.tables["Measurements"]
    places = {name: table.find(header) for name, header in (("status", "Status"), ("plan", "Plan"))}
    seen = 0
    for at, reading in enumerate(book.measurements):
        assert isinstance(reading, Measurement)
        assert (reading.kpi, reading.value) == (book.measurements.kpi[at], book.measurements.value[at])
        assert reading.cell("value") == book.measurements.cell(at, "value")
        for name, place in places.items():
            assert place is not None
            assert getattr(reading, name) == table.columns[place][reading.row - table.row - 1]
        seen += bool(reading.status)
    assert seen > 700


def test_frames_have_every_column(refreshed: Path) -> None:
    from qmsbook.book.table import columns_of

    found = qmsbook.frames(qmsbook.open(refreshed, date.fromisoformat(ON)))
    for record in TABLES:
        assert list(found[record.TABLE].columns) == [c.header for c in columns_of(record).values()]
    assert (found["Measurements"]["Status"] != "").sum() > 700
    assert found["Measurements"]["Plan"].notna().sum() > 700


def test_a_record_takes_only_what_belongs_into_its_columns(example: Path) -> None:
    kpi = qmsbook.open(example, date.fromisoformat(ON)).kpis[0]
    at = {"place": kpi.place, "row": kpi.row}
    for wrong in ({"direction": "up"}, {"grace_days": -1}, {"grace_days": 1.5}, {"target": "many"}):
        with pytest.raises(ValidationError):
            Kpi.model_validate({**kpi.model_dump(), **at, **wrong})
    with pytest.raises(ValidationError):
        kpi.target = 5.0
    with pytest.raises(TypeError, match="has no tarket"):
        kpi.changed(tarket=5.0)


@pytest.mark.parametrize(
    ("content", "taken"),
    [
        (b"command=check\nwb=C%3A%5Cacme.xlsx\nhwnd=12", True), (b"command=check", True),
        (b"command=check\nlater=more", True), (b"command=shout", False), (b"wb=x", False), (b"", False),
    ],
)  # fmt: skip
def test_a_request_is_one_or_none(content: bytes, taken: bool) -> None:
    assert (read_request(content) is not None) is taken


@pytest.mark.parametrize(
    "wrong",
    [
        {"ticket": "short"}, {"ticket": 5}, {"person": None}, {"kept": "~x"}, {"kept": [1]}, {"more": 1},
    ],
    ids=str,
)  # fmt: skip
def test_a_file_of_what_was_given_that_was_tampered_with_says_nothing(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    memo = EntryMemo(("Row", "Value"), {"K1@2026-10": ("K1@2026-10", None)})
    store = Folder(tmp_path / "given")
    [ticket] = store.keep([Given("W", "Erin Foster", {"Your_figures": memo})])
    [path] = (tmp_path / "given").glob("*.json")
    kept = json.loads(path.read_text("ascii"))
    fits("given", kept)
    GivenFile.model_validate(kept)
    kept["given"][0] |= wrong
    path.write_text(json.dumps(kept), "ascii")
    assert Folder(tmp_path / "given").find(ticket) is None


def test_a_memo_keeps_every_kind_of_value() -> None:
    values = (None, True, 1.0, 95.5, "1", "2026-10-31", date(2026, 10, 31), "\ud800")
    area = EntryMemo(("Row",), {"1": values}, ("2",), {"D": "A"}, 7)
    memo = Memo({(4, 2): date(2026, 1, 2), (5, 1): "x"}, {"A": area})
    again = unpack(pack(memo))
    assert again == memo
    assert again is not None
    assert list(map(type, again.entries["A"].rows["1"])) == list(map(type, values))
    for wrong in ({"cells": [[1, 2]]}, {"entries": {"A": {}}}, {"cells": [["1", 2, None]]}):
        with pytest.raises(ValidationError):
            KeptMemo.model_validate({"cells": [], "entries": {}} | wrong)
