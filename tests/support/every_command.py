"""Every command on the example, and all that it said and left behind: the same text on every system.

``python tests/support/every_command.py FOLDER`` works in an empty folder and prints it; `.ci/windows`
compares what Linux and Windows print.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

BOOK, QUARTER, ON = "acme.xlsx", "2026-Q3", ("--on", "2026-11-10")
#: No command: here people type on the review what it takes to close it.
MEETING = "(the meeting)"
#: What was done at which second. (And `new` and `remind` give each workbook a number of its own.)
_TIMES = re.compile(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.\d+")


def commands(returned: list[str]) -> list[tuple[str, ...]]:
    """What is typed, in the order of a quarter; ``returned``: the entry workbooks that `remind` made."""
    return [
        ("check", BOOK, *ON, "--json"), ("check", BOOK, *ON, "--edition", "2026", "--fail-on", "never"),
        ("refresh", BOOK, *ON, "--dry-run"), ("refresh", BOOK, *ON), ("refresh", BOOK, *ON),
        ("undo", BOOK), ("period", BOOK, "2026-11", *ON), ("review", BOOK, "--period", QUARTER, *ON),
        ("boards", BOOK, *ON), ("close", BOOK, "--period", QUARTER, *ON),
        (MEETING,), ("close", BOOK, "--period", QUARTER, *ON), ("refresh", BOOK, *ON),
        ("mail", BOOK, "--period", QUARTER, "--to", "mail", *ON),
        ("reopen", BOOK, "--period", "2026-Q2", "--why", "a figure was wrong", *ON),
        ("reopen", BOOK, "--period", QUARTER, "--why", "a figure was wrong", *ON),
        ("remind", BOOK, "--to", "given", *ON), ("collect", BOOK, *returned, *ON, "--list", "left.csv"),
        ("refresh", BOOK, *ON, "--out", "Büro & Söhne 100 %.xlsx"), ("repair", BOOK),
        ("undo", BOOK, "--json"), ("rules",), ("rules", "KPI001"), ("schema", "KPIs"),
        ("completion", "zsh"),
        ("new", "new.xlsx", "--company", "Söhne & Töchter"),
        ("demo", "demo"), ("watch", "--stop"), ("check", "absent.xlsx"), ("no-such-command",),
    ]  # fmt: skip


def main(folder: Path) -> None:
    """Work in a folder and print what happened."""
    from meeting import hold_meeting

    from qmsbook.commands import template
    from qmsbook.hosts.file.host import FileHost

    os.chdir(folder)
    Path(BOOK).write_bytes(template("example.xlsx"))
    number = 0
    while number < len(typed := commands(sorted(str(each) for each in Path("given").rglob("*.xlsx")))):
        if typed[number] == (MEETING,):
            hold_meeting(FileHost(Path(BOOK)), QUARTER)
        else:
            _told(typed[number])
        number += 1
    for path in sorted(Path().rglob("*"), key=lambda each: each.as_posix()):
        if path.is_file() and path.parts[:2] != ("qmsbook-backups", "given"):
            name = _TIMES.sub("(when)", path.as_posix())
            same = path.suffix == ".xlsx" and path.name != "new.xlsx" and path.parts[0] != "given"
            print(name, _digest(path) if same else "")


def _told(words: tuple[str, ...]) -> None:
    from qmsbook.doors.cli.app import main as run

    said, code = io.StringIO(), 0
    with redirect_stdout(said), redirect_stderr(said):
        try:
            run(list(words))
        except SystemExit as stop:
            code = int(stop.code or 0)
    text = re.sub(r"\\+", "/", _TIMES.sub("(when)", said.getvalue()))
    print(f"== {' '.join(words)}".replace("\\", "/"), code, _digest(Path(BOOK)), text, sep="\n")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    os.environ["COLUMNS"] = "100"
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    main(Path(sys.argv[1]))
