"""The last digit of a number, as another program or another Python stores it, is no change."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sysconfig
import tomllib
import zipfile
from datetime import date
from pathlib import Path

import pytest
from addin_built import pythons

from qmsbook import commands
from qmsbook.book.edit import AppendRows, SetColumn
from qmsbook.book.table import Table, Value
from qmsbook.commands import template
from qmsbook.commands.described import describe
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.memory import MemoryHost
from qmsbook.hosts.plan import plan

ON = date(2026, 11, 10)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def refreshed(tmp_path: Path) -> Path:
    """The example, brought up to date, with a review and its boards."""
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    commands.refresh(FileHost(path), ON, also=["2026-Q3"], with_boards=True)
    return path


def shortened(content: bytes, digits: int) -> tuple[bytes, int]:
    """The workbook with all its numbers stored with so many digits, and how many that changed."""
    count = 0
    target = io.BytesIO()

    def shorter(match: re.Match[bytes]) -> bytes:
        nonlocal count
        found = f"{float(match[1]):.{digits}g}".encode()
        count += float(found) != float(match[1])
        return b"<v>" + (found if float(found) != float(match[1]) else match[1]) + b"</v>"

    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(rb"<v>(-?[0-9.]+(?:E-?[0-9]+)?)</v>", shorter, data)
            new.writestr(name, data)
    return target.getvalue(), count


@pytest.mark.parametrize("digits", [15, 13])
def test_a_workbook_that_another_program_stored_stays_as_it_is(refreshed: Path, digits: int) -> None:
    content, count = shortened(refreshed.read_bytes(), digits)
    assert count > 20
    refreshed.write_bytes(content)
    done = commands.refresh(FileHost(refreshed), ON, also=["2026-Q3"], with_boards=True)
    assert (done.changes, done.notices) == ((), ())
    assert refreshed.read_bytes() == content


def table(*values: Value) -> Table:
    return Table("T", "S", 1, 1, ("Status",), (list(values),))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (0.865628695076, 0.8656286950759999, 0),
        (0.8656286950, 0.8656286951, 1),
        (-1e-300, 1e-300, 1),
        (0.0, 1e-300, 1),
        ("", None, 0),
        (None, "", 0),
        (None, "word", 1),
        (True, 1.0, 1),
        ("1", 1.0, 1),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_what_is_told_is_what_is_written(old: Value, new: Value, told: int) -> None:
    host = MemoryHost([table(old, "as before")])
    before = host.read()
    edits = [SetColumn("T", "Status", (new, "as before"))]
    sentences = describe(edits, before)
    assert sentences == (("T: Status (1) brought up to date.",) if told else ())
    applied = host.apply(edits, before)
    assert applied.changed is bool(told)
    assert plan(edits, before).idle is not applied.changed
    if not told:
        assert host.read() == before


def test_rows_that_are_only_being_added_are_told_with_those() -> None:
    before = MemoryHost([table("a")]).read()
    edits = [AppendRows("T", ({"Status": "b"},)), SetColumn("T", "Status", ("a", "c"))]
    assert describe(edits, before) == ("1 row added to T.",)


# -- two people, two Pythons


def test_qmsbook_adds_no_floats_with_sum(refreshed: Path) -> None:
    """Pythons add them differently; `whole_sums` holds every test to that, and here it is seen at work."""
    code = {"__name__": "qmsbook.somewhere"}
    assert eval("sum([1, True, 2])", code) == 4
    assert sum([0.5, 0.25]) == 0.75  # whoever is not qmsbook may
    for added in ("[0.5, 0.25]", "(each / 2 for each in range(3))", "[], 0.5"):
        with pytest.raises(pytest.fail.Exception, match=r"qmsbook\.somewhere, line 1"):
            eval(f"sum({added})", code)
    commands.review(FileHost(refreshed), "2026-Q4", on=date(2027, 2, 10))
    commands.add_period(FileHost(refreshed), "2027-01", on=date(2027, 2, 10))


#: Another Python finds what it lacks of what this package needs where this one has it.
_FOUND = f"import sys; sys.path.append({sysconfig.get_path('purelib')!r}); "


def _refreshes(python: str, path: Path) -> str:
    program = (
        f"{_FOUND}from datetime import date; from pathlib import Path; from qmsbook import commands; "
        "from qmsbook.hosts.file.host import FileHost; "
        f"done = commands.refresh(FileHost(Path(sys.argv[1])), date({ON.year}, {ON.month}, {ON.day}), "
        "also=['2026-Q3'], with_boards=True); print(*done.changes, sep='\\n')"
    )
    done = subprocess.run(
        [python, "-c", program, str(path)], capture_output=True, text=True, check=False, env=_with_qmsbook()
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _with_qmsbook() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _usable(python: str) -> bool:
    ask = [python, "-c", f"{_FOUND}import qmsbook.commands, qmsbook.hosts.file.host, xlsxwriter"]
    return subprocess.run(ask, capture_output=True, check=False, env=_with_qmsbook()).returncode == 0


def _installed(others: list[str], folder: Path) -> list[str]:
    """The newest other Python, with qmsbook and what it needs in a virtual environment."""
    assert others, "QMSBOOK_REQUIRE asks for other Pythons, but there is none"
    subprocess.run([others[-1], "-m", "venv", str(folder / "venv")], check=True)
    python = str(folder / "venv" / "bin" / "python")
    wants = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    subprocess.run([python, "-m", "pip", "install", "-q", *wants], check=True, env=_with_qmsbook())
    return [python]


def test_two_pythons_in_turn_change_nothing_of_each_others(tmp_path: Path) -> None:
    # Those of virtual environments can be named: QMSBOOK_PYTHONS=/a/bin/python:/b/bin/python
    named = filter(None, os.environ.get("QMSBOOK_PYTHONS", "").split(os.pathsep))
    found = [python for python in [*pythons().values(), *named] if _usable(python)]
    if len(found) < 2 and "pythons" in os.environ.get("QMSBOOK_REQUIRE", ""):
        found += _installed([python for python in pythons().values() if python not in found], tmp_path)
    if len(found) < 2:
        pytest.skip("needs two Pythons that can run qmsbook")
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    _refreshes(found[0], path)
    content = path.read_bytes()
    for python in [*found[1:], found[0]]:
        assert _refreshes(python, path) == "", python
        assert path.read_bytes() == content, python
