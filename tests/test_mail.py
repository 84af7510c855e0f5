"""Mail and chasing, from the workbook to the files that go out and come back."""

from __future__ import annotations

import io
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import openpyxl
import pytest
from icalendar import Calendar
from support import complaints

from qmsbook import chasing, commands, mailing
from qmsbook.commands import template
from qmsbook.hosts.file import FileHost

ON = date(2026, 12, 12)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


def test_the_mailed_copy_holds_values_only(example: Path, tmp_path: Path) -> None:
    snapshot, book = commands.read(FileHost(example))
    period = book.parse_period("2026-Q3")
    assert period is not None
    made = mailing.written([mailing.review_post(book, period, snapshot)], tmp_path / "out", "Review")
    path = next(p for p in made.files if p.suffix == ".xlsx")
    copy = openpyxl.load_workbook(path)
    assert copy.sheetnames == ["Review 2026-Q3"]
    sheet = copy.active
    assert sheet is not None
    assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]
    assert not sheet.tables
    assert not sheet.data_validations.dataValidation
    assert sheet["A1"].value is None
    assert not complaints(path)
    draft = message_from_bytes(made.files[-1].read_bytes(), policy=default)
    assert draft["X-Unsent"] == "1"
    assert draft["From"] is None
    assert {part.get_content_type() for part in draft.walk()} >= {"text/plain", "text/html"}


def reminded(example: Path, folder: Path) -> dict[str, bytes]:
    made = chasing.remind(FileHost(example), folder, ON)
    for path in made.files:
        if path.suffix == ".ics":
            assert Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    return {p.name: p.read_bytes() for p in made.files if p.suffix == ".xlsx"}


def typed(content: bytes, **cells: object) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book.active[address] = value  # type: ignore[index]  # a workbook of one sheet
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def value_of(example: Path, key: str) -> float | None:
    held = commands.read(FileHost(example), ON)[1].measurements
    return next((held.value[at] for at in range(len(held)) if held.key(at) == key), None)


def test_what_is_certain_is_taken_and_the_rest_is_shown_with_both_values(
    example: Path, tmp_path: Path
) -> None:
    out = reminded(example, tmp_path / "r")
    luis = out["Luis Ortega.xlsx"]
    # K30@2026-10 stands in row 8, K13@2026-11 in row 9: see the drawing.
    sheet = openpyxl.load_workbook(io.BytesIO(luis)).active
    assert sheet is not None
    first, second = str(sheet["A8"].value), str(sheet["A9"].value)
    one, other = typed(luis, G8=9, G9=120), typed(luis, G8=9, G9=130)
    made = chasing.collect(FileHost(example), {"renamed.xlsx": one, "copy.xlsx": other}, ON)
    assert value_of(example, first) == 9
    assert value_of(example, second) is None
    assert sorted(c.said[0] for c in made.conflicts) == [120, 130]
    stale = chasing.collect(FileHost(example), {"stale.xlsx": typed(luis, G8=7)}, ON)
    assert [(c.here and c.here[0], c.said[0]) for c in stale.conflicts] == [(9, 7)]
    assert value_of(example, first) == 9
    again = chasing.collect(FileHost(example), {"renamed.xlsx": typed(luis, G8=9)}, ON)
    assert not again.taken
    assert not again.conflicts
    FileHost(example).undo()
    assert value_of(example, first) is None
