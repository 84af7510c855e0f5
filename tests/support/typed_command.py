"""The command line, run in this process."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from qmsbook.commands import template
from qmsbook.doors.cli.app import main

#: Runs the command line: exit code, what it printed, what it complained.
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line in this process."""
    return partial(typed, capsys)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example company's workbook."""
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


def typed(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, what a command printed, what it complained."""
    code = 0
    try:
        main([str(word) for word in words])
    except SystemExit as stop:
        code = int(stop.code or 0)
    printed = capsys.readouterr()
    return code, printed.out, printed.err
