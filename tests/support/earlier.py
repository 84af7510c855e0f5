"""An earlier release, taken from the history and run as it was: it makes what people have from then.

Workbooks of that time are made by the program of that time, so nothing binary lies in the repository.
"""

from __future__ import annotations

import atexit
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path

import pytest
from common import ROOT
from hands import areas, type_in
from ooxml import address, unzip
from ooxml import texts as texts_of

#: The commit of the first release that people could have tried.
FIRST = "006664ac84c043d6bee30cf6082fda7308525735"
PERIOD, HELD_ON = "2026-Q3", "2026-11-10"
REVIEW = f"qmsbook:review:{PERIOD}"
MINUTE = "Said in the first release: 1+1 & <more>"
CONCLUSIONS = ("Suitability", "Adequacy", "Effectiveness", "Alignment with strategy")


@cache
def release(commit: str = FIRST) -> Path:
    """The source tree of a release. Skips the test where there is no history, unless it is required.

    Skips it too on an early Python 3.11, on which that release could not write a workbook.
    """
    if not hasattr(tarfile, "data_filter"):
        pytest.skip("the first release could not write on this Python")
    history = os.environ.get("QMSBOOK_HISTORY", str(ROOT))
    told = subprocess.run(["git", "-C", history, "archive", commit], capture_output=True, check=False)
    if told.returncode:
        if "history" in os.environ.get("QMSBOOK_REQUIRE", ""):
            pytest.fail(f"QMSBOOK_REQUIRE asks for the history: {told.stderr.decode('utf-8', 'replace')}")
        pytest.skip("no history here to take the first release from")
    folder = Path(tempfile.mkdtemp(prefix="qmsbook-earlier-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(told.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def run(folder: Path, *arguments: str) -> str:
    """Give a command of the first release in a folder; what it said."""
    environment = {**os.environ, "PYTHONPATH": str(release()), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "qmsbook", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@cache
def filled() -> bytes:
    """The example company's workbook with boards and the open review of a quarter, drawn at that time."""
    with tempfile.TemporaryDirectory() as name:
        run(Path(name), "demo")
        return (Path(name) / "qmsbook-demo" / "example.xlsx").read_bytes()


@cache
def with_minutes() -> bytes:
    """The same with what was said in the meeting typed on the review's sheet, not read back by anybody."""
    content = filled()
    sheet = sheet_of(content)
    for area, column, lines in (
        ("Minutes", "Minutes", {None: MINUTE}),
        ("Decisions", "Clause", {"1": "improvement", "2": "none needed"}),
        ("Decisions", "Decision", {"1": "Buy a second gauge", "2": "QMS change: it fits as it is"}),
        ("Decisions", "Owner", {"1": "Erin Foster"}),
        ("Decisions", "Due", {"1": 46200.0}),
        ("Decisions", "Concerns", {"1": "O1.2"}),
        ("Conclusions", "Conclusion", dict.fromkeys(CONCLUSIONS, "yes, said then")),
        ("Choices", "Choice", {None: "continue"}),
        ("Choices", "Why", {None: "It carries us"}),
        ("Approval", "Entry", {"Held on": 46336.0, "Approved by": "Dana Whitfield"}),
        ("Attendance", "There", {"Dana Whitfield": "yes"}),
    ):
        content = type_in(content, sheet, _cells(content, area, column, lines))
    return content


@cache
def closed() -> bytes:
    """The same with the review closed at that time."""
    with tempfile.TemporaryDirectory() as name:
        book = Path(name) / "acme.xlsx"
        book.write_bytes(with_minutes())
        run(Path(name), "close", "acme.xlsx", "--period", PERIOD, "--on", HELD_ON)
        return book.read_bytes()


@cache
def given_out(on: str) -> tuple[bytes, dict[str, bytes]]:
    """The example as it was when reminders went out, and the entry workbooks, by the drafts' names."""
    with tempfile.TemporaryDirectory() as name:
        book = Path(name) / "acme.xlsx"
        book.write_bytes((release() / "workbook_templates" / "example.xlsx").read_bytes())
        run(Path(name), "remind", "acme.xlsx", "--on", on)
        found = {}
        for draft in sorted(Path(name).rglob("*.eml")):
            for part in message_from_bytes(draft.read_bytes(), policy=policy.default).iter_attachments():
                if str(part.get_filename()).endswith(".xlsx"):
                    found[draft.stem] = part.get_payload(decode=True)
        return book.read_bytes(), found


@cache
def extension() -> Path:
    """LibreOffice's extension as it was built then."""
    built = release() / "qmsbook.oxt"
    command = [sys.executable, "-B", str(release() / "addin" / "oxt.py"), str(built)]
    subprocess.run(command, check=True, capture_output=True)
    return built


def sheet_of(content: bytes) -> str:
    """The name of the review's sheet."""
    (name,) = {info.sheet for info in areas(content, REVIEW).values()}
    return name


def _cells(
    content: bytes, area: str, column: str, lines: dict[str | None, str] | dict[str | None, float]
) -> dict[str, str | float]:
    """Where to type in an area: a column's cells by what stands in their row's first; None: every row."""
    info = areas(content, REVIEW)[area]
    held = texts_of(unzip(content), info.sheet_part)
    at = info.box[1] + info.headers.index(column)
    found: dict[str, str | float] = {}
    for row in info.data_rows:
        key = held.get(address(row, info.box[1]), "").split(".")[0] or None
        value = lines.get(key, lines.get(None)) if key else None
        if value is not None:
            found[address(row, at)] = value
    assert found, (area, column)
    return found
