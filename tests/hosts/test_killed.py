"""A refresh that is killed at any moment leaves the old workbook or the new one, whole."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from ooxml import sheet_parts, unzip
from walking import run

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost

pytestmark = pytest.mark.usefixtures("bounded")

#: Two days on which the same workbook gets other statuses, so that every refresh has something to write.
DAYS = (date(2026, 11, 10), date(2027, 3, 20))
_REFRESH = """
import sys
from datetime import date
from itertools import cycle
from qmsbook import commands
from qmsbook.hosts.file.host import FileHost
for number, day in enumerate(cycle(sys.argv[2:])):
    commands.refresh(FileHost(sys.argv[1]), on=date.fromisoformat(day))
    if number == 1:
        print("ready", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9 on Windows")
def test_a_refresh_killed_at_any_moment_leaves_a_whole_workbook(tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    run(path, "review")
    whole = set()
    for number in range(6):
        commands.refresh(FileHost(path), on=DAYS[number % 2])
        whole.add(path.read_bytes())
    assert len(whole) == 3  # the first time as the template writes cells, from then on as qmsbook does
    for moment in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", _REFRESH, str(path), *(day.isoformat() for day in DAYS)],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(0.013 + 0.097 * moment)
            process.send_signal(signal.SIGKILL)
        assert path.read_bytes() in whole
        assert "Scorecard" in sheet_parts(unzip(path.read_bytes()))
    assert run(path, "refresh").applied is not None
    assert path.read_bytes() in whole
