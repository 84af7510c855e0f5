"""One file, one change, other Pythons: what is written does not depend on who writes it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest
from addin_built import pythons
from common import ROOT, drawing, parts_of, rebuild, small_book

#: What each Python does: cells of all kinds, new rows, a sheet, and that sheet again, drawn otherwise.
_WORK = """
import sys
from datetime import date
from pathlib import Path
from qmsbook.book.edit import KEEP, AppendRows, PutSheet, SetColumn
from qmsbook.hosts.file.host import FileHost

folder, path = Path(sys.argv[1]), Path(sys.argv[2])
values = 0.1 + 0.2, "=q & <r>", date(2026, 1, 1)
for name in "first", "second":
    sheet = PutSheet("qmsbook:review", "Review", (folder / name).read_bytes())
    rows = AppendRows("KPIs", ({"KPI": "K4", "Target": 1e-300}, {"KPI": "K5", "Due": date(2026, 2, 1)}))
    host = FileHost(path)
    host.apply([SetColumn("KPIs", "Status", values), rows, sheet], host.read())
    values += KEEP, KEEP
print(sys.version)
"""


def others() -> Iterator[str]:
    """Pythons that are not this one and find what qmsbook needs where this one keeps it."""
    for path in ("/usr/bin/python3", *pythons().values()):
        if Path(path).exists() and _run(
            path, "import sys, qmsbook.hosts.file.host; print(sys.version)"
        ) not in (
            "",
            sys.version,
        ):
            yield path


def _run(python: str, program: str, *arguments: object) -> str:
    places = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
    done = subprocess.run(
        [python, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _odd(content: bytes) -> bytes:
    """A part with what other ways would spell anew: line ends in attributes, prefixes without use."""
    compatible = b"http://schemas.openxmlformats.org/markup-compatibility/2006"
    space = b' xmlns:xr="urn:xr" xmlns:mc="%s" mc:Ignorable="xr"' % compatible
    content = content.replace(b'/main"', b'/main"' + space, 1)
    return content.replace(b'name="Own note"', b'name="Own&#10;note"').replace(
        b"<dataValidation ", b"<dataValidation prompt='a&#10;b' "
    )


def test_every_python_writes_the_same(tmp_path: Path) -> None:
    found = list(others())
    if not found and "pythons" in os.environ.get("QMSBOOK_REQUIRE", ""):
        pytest.fail("QMSBOOK_REQUIRE asks for other Pythons, but there is none that finds what qmsbook needs")
    if not found:
        pytest.skip("there is no other Python here that finds what qmsbook needs")
    (tmp_path / "first").write_bytes(drawing("qmsbook:review", words=("one",)))
    (tmp_path / "second").write_bytes(drawing("qmsbook:review"))
    book = rebuild(
        small_book(tmp_path / "book.xlsx"),
        dict.fromkeys(
            ("xl/workbook.xml", "xl/styles.xml", "xl/tables/table1.xml", "xl/worksheets/sheet1.xml"), _odd
        ),
    )
    written: dict[str, dict[str, bytes]] = {}
    for number, python in enumerate([sys.executable, *found]):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(book.read_bytes())
        version = _run(python, _WORK, tmp_path, path)
        assert version, f"{python} could not do it"
        written[version] = parts_of(path)
    assert len(written) > 1
    ours = written.pop(sys.version)
    for version, parts in written.items():
        assert list(parts) == list(ours)
        assert [name for name in parts if parts[name] != ours[name]] == [], version
