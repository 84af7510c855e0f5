"""The ribbon add-in for tests: built once as a person would build it, its parts and its sources."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import pytest
from common import ROOT

with warnings.catch_warnings(action="ignore"):  # oletools speaks to an older pyparsing
    from oletools.olevba import VBA_Parser, decompress_stream

__all__ = ["VBA_Parser", "decompress_stream"]

ADDIN = ROOT / "addin"
COMMANDS = ["period", "check", "refresh", "findings", "review", "close", "mail", "undo", "help"]


def build(
    out: Path,
    folder: Path = ADDIN,
    script: str = "build.py",
    python: tuple[str, ...] = (sys.executable, "-B"),
    umask: int = -1,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Runs a script as a person would, with more in the environment; ``umask`` -1 leaves it as it is."""
    command, env = [*python, str(folder / script), str(out)], {**os.environ, **environment}
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        env=env,
        cwd=out.parent,
        check=False,
        umask=umask,
    )


def pythons() -> dict[tuple[int, int], str]:
    """The Pythons from 3.11 on that are found here, by version: on the path, and those that pyenv keeps."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    names = [shutil.which(f"python3.{minor}") for minor in range(11, 20)]
    found = {sys.version_info[:2]: sys.executable}
    for path in [*filter(None, names), *map(str, kept.glob("3.*/bin/python3"))]:
        ask = [path, "-c", "import sys; print(*sys.version_info[:2])"]
        said = subprocess.run(ask, capture_output=True, text=True, check=False)
        if said.returncode == 0:  # one of pyenv's own commands may lead to none
            major, minor = map(int, said.stdout.split())
            if (major, minor) >= (3, 11):
                found.setdefault((major, minor), path)
    return found


@pytest.fixture(scope="session")
def addin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built add-in."""
    path = tmp_path_factory.mktemp("addin") / "qmsbook.xlam"
    done = build(path)
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def other_sources(tmp_path: Path) -> Path:
    """A copy of the sources, to be changed."""
    folder = tmp_path / "sources"
    shutil.copytree(ADDIN, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def part(addin: Path, name: str) -> bytes:
    """One part of a package."""
    with zipfile.ZipFile(addin) as package:
        return package.read(name)


def sources() -> dict[str, str]:
    """The text of each module as it should come out again."""
    return {path.stem: path.read_text("utf-8").replace("\n", "\r\n") for path in (ADDIN / "vba").iterdir()}


def for_windows(source: str) -> str:
    """A module with its branches for Windows only: LibreOffice takes both."""
    source = re.sub(r"#If Mac Then\n.*?#Else\n(.*?)#End If\n", r"\1", source, flags=re.S)
    return re.sub(r"#If Not Mac Then\n(.*?)#End If\n", r"\1", source, flags=re.S)
