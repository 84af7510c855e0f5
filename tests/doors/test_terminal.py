"""What a person sees on a real terminal: lines that fit, colors, and no word of a workbook that steers it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from ooxml import unzip, zipped
from terminal import at_terminal
from typed_command import example

__all__ = ["example"]

#: A color, boldness, or their end: all that may reach a terminal.
STYLE = re.compile(r"\x1b\[[0-9;]*m")
#: The KPI that the example's first finding about KPIs names.
NAME = b"Training hours per employee"


def shown(workbook: Path, columns: int, **environment: str) -> str:
    """What ``check`` puts on a terminal of so many columns."""
    arguments = ["check", workbook, "--fail-on", "never", "--all"]
    code, screen = at_terminal(arguments, [], {"COLUMNS": str(columns), **environment})
    assert code == 0
    return screen


def test_lines_fit_and_hang_under_their_own_first_letter(example: Path):
    lines = STYLE.sub("", shown(example, 60)).splitlines()
    assert max(map(len, lines)) <= 60
    at = next(at for at, line in enumerate(lines) if "KPI K27" in line)
    assert lines[at].startswith("  KPI K27 (Training hours")
    assert lines[at + 1].startswith("  ")
    assert lines[at + 1][2] != " "


def test_what_matters_is_colored_and_not_where_somebody_wants_none(example: Path):
    assert "\x1b[31m\x1b[1merror\x1b[0m" in shown(example, 100)
    assert not STYLE.search(shown(example, 100, NO_COLOR="1"))


@pytest.mark.parametrize("words", ["]0;owned_x0007_", "[2J_x001B_[1;1H", "[8m"])
@pytest.mark.parametrize("begins", ["_x001B_", "_x009B_"])
def test_no_word_of_a_workbook_steers_the_terminal(tmp_path: Path, example: Path, begins: str, words: str):
    """Excel keeps control characters as _x001B_: they are text, on a terminal too."""
    parts = unzip(example.read_bytes())
    evil = f"Hours {begins}{words} learned".encode()
    (tmp_path / "evil.xlsx").write_bytes(zipped({name: b.replace(NAME, evil) for name, b in parts.items()}))
    screen = STYLE.sub("", shown(tmp_path / "evil.xlsx", 300))
    assert re.search(r"KPI K27 \(Hours .* learned\)", screen)
    assert all(c == "\n" or c.isprintable() for c in screen)


def test_a_file_gets_whole_and_plain_lines(example: Path):
    done = subprocess.run(
        [sys.executable, "-m", "qmsbook", "check", str(example), "--fail-on", "never"],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert not STYLE.search(done.stdout)
    assert max(map(len, done.stdout.splitlines())) > 200
