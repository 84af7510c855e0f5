"""The tutorial of the docs as it is read: rows to type, commands to run, answers that it promises."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import openpyxl
from common import ROOT

PAGE = ROOT / "docs" / "tutorial.md"
#: The day on which the tutorial takes place.
DAY = "2026-11-10"
_PART = re.compile(
    r"\*\*(?P<sheet>\w+)\*\*\n\n(?P<rows>(?:\|[^\n]*\n)+)|```(?P<kind>sh|text)\n(?P<text>.*?)```", re.DOTALL
)


class Rows(NamedTuple):
    """Rows to type into a sheet: the text of each cell by its header; the first column names the row."""

    sheet: str
    rows: list[dict[str, str]]


class Command(NamedTuple):
    """A command to run, and the lines that its answer holds."""

    words: list[str]
    answer: list[str]


def steps(text: str) -> Iterator[Rows | Command]:
    """What the page says to do, in its order."""
    parts = list(_PART.finditer(text))
    for at, part in enumerate(parts):
        if part["sheet"]:
            heads, _, *lines = [
                [cell.strip() for cell in line[1:-1].split("|")] for line in part["rows"].splitlines()
            ]
            yield Rows(part["sheet"], [dict(zip(heads, line, strict=True)) for line in lines])
        elif part["kind"] == "sh":
            promised = parts[at + 1] if at + 1 < len(parts) else None
            says = promised["text"].splitlines() if promised and promised["kind"] == "text" else []
            yield Command(shlex.split(part["text"]), says)


def walk(folder: Path, until: str = "") -> Iterator[tuple[Command, str]]:
    """Do it in a folder, up to the command that begins so; gives each command with what it printed."""
    for step in steps(PAGE.read_text("utf-8")):
        if isinstance(step, Rows):
            _type(folder / "acme.xlsx", step)
            continue
        words = step.words[1:]
        day = [] if words[0] in {"new", "undo"} else ["--on", DAY]
        done = subprocess.run(
            [sys.executable, "-m", "qmsbook", *words, *day], cwd=folder, capture_output=True, text=True,
            encoding="utf-8", check=False,
        )  # fmt: skip
        yield step, done.stdout + done.stderr
        if until and words[0] == until:
            return


def _type(workbook: Path, step: Rows) -> None:
    """Type rows below what stands in a sheet, or into the row that their first cell names."""
    book = openpyxl.load_workbook(workbook)
    sheet = book[step.sheet]
    columns = {cell.value: cell.column for cell in sheet[1]}
    for row in step.rows:
        said = [sheet.cell(at, 1).value for at in range(2, sheet.max_row + 2)]
        name = next(iter(row.values()))
        new = step.sheet == "Measurements" or name not in said
        for header, text in row.items():
            if text:
                sheet.cell(said.index(None if new else name) + 2, columns[header], _typed(header, text))
    book.save(workbook)


def _typed(header: str, text: str) -> str | float | date:
    """What Excel makes of what is typed."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if header != "Period" and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    return text
