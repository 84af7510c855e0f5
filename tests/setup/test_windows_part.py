"""`.ci/windows` on a machine that has no Wine: left out in words, and a failure where it is asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from qmsbook.doors.cli.app import app

ROOT = Path(__file__).parents[2]


def test_what_is_compared_are_commands_that_did_their_work(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "support" / "every_command.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=600, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    worked = {line.split()[1] for line, code in pairwise(lines) if line.startswith("== ") and code == "0"}
    starts = {"install", "uninstall", "doctor"}  # these are about the PC: tests/setup/test_windows_prompt.py
    assert set(app.commands) - worked == starts, done.stdout
    assert "qmsbook-backups" in {path.name for path in tmp_path.iterdir()}


@pytest.mark.skipif(sys.platform != "linux", reason="Wine is set up on Linux")
@pytest.mark.parametrize(("required", "code"), [("windows", 1), ("model,windows", 1), ("model", 0), ("", 0)])
def test_a_missing_wine_is_a_failure_where_it_is_required(tmp_path: Path, required: str, code: int) -> None:
    for name in ("bash", "dirname", "mktemp", "rm", "chmod", "id", "head"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    done = subprocess.run(
        [str(tmp_path / "bash"), str(ROOT / ".ci" / "windows")], capture_output=True, text=True, timeout=60,
        env={"PATH": str(tmp_path), "QMSBOOK_REQUIRE": required, "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "No Windows here: there is neither wine with mingw nor apt-get." in done.stdout
    assert not [each for each in os.listdir(tmp_path) if each.startswith("tmp.")]
