"""A real LibreOffice for tests: re-saves workbooks, many at once, from a profile of its own."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest


@functools.cache
def _command() -> tuple[str, ...] | None:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    profile = tempfile.mkdtemp(prefix="qmsbook-office-")
    atexit.register(shutil.rmtree, profile, ignore_errors=True)
    return found, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"


def office() -> tuple[str, ...]:
    """The command that starts LibreOffice. Skips the test where there is none, unless it is required."""
    found = _command()
    if found is None:
        if "libreoffice" in os.environ.get("QMSBOOK_REQUIRE", ""):
            pytest.fail("QMSBOOK_REQUIRE asks for LibreOffice, but there is no soffice")
        pytest.skip("LibreOffice is not installed")
    return found


def _convert(paths: Sequence[Path], folder: Path, kind: str) -> tuple[bool, str]:
    """One start of LibreOffice: whether it said that all went well, and all that it said."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [*office(), "--convert-to", kind, "--outdir", str(folder), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def resave(paths: Sequence[Path], folder: Path) -> list[Path]:
    """The workbooks as LibreOffice saves them, under the same names. Fails if it cannot open one."""
    wanted = [folder / (path.stem + ".xlsx") for path in paths]
    said = ""
    for _ in range(3):  # a fresh profile ends the first start with exit code 81
        good, said = _convert(paths, folder, "xlsx:Calc MS Excel 2007 XML")
        if good and all(path.exists() for path in wanted):
            return wanted
    missing = [path.name for path in wanted if not path.exists()]
    pytest.fail(f"LibreOffice could not open {', '.join(missing) or 'a workbook'}:\n{said}")


def opens(paths: Sequence[Path], folder: Path) -> set[Path]:
    """Which workbooks LibreOffice opens; one that ends the program does not take the others with it."""
    waiting, found = list(paths), set()
    tries = 0
    while waiting:
        _convert(waiting, folder, "csv")  # only the first sheet is written, but all of it is read
        there = {path for path in waiting if (folder / (path.stem + ".csv")).exists()}
        found |= there
        rest = [path for path in waiting if path not in there]
        if len(rest) == len(waiting):
            tries += 1  # the very first start of a fresh profile may do nothing
            rest = rest[1:] if tries > 1 else rest
        waiting = rest
    return found
