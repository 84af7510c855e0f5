"""Every command that writes a closed workbook, each with a workbook that it has something to write into."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from common import small_book
from dropped import dropped
from entry_books import fill, rows
from meeting import hold_meeting

from qmsbook import commands
from qmsbook.book.edit import KEEP, SetColumn
from qmsbook.chase.given import Folder
from qmsbook.commands import reminders, template
from qmsbook.commands.repair_workbook import repair
from qmsbook.hosts.file.host import FileHost

COMMANDS = ("refresh", "period", "review", "close", "collect", "repair", "undo")
ON = date(2026, 11, 10)
#: By then last month's figures are owed.
_OWED_ON = date(2026, 12, 20)
_REVIEW = "2026-Q3"
#: Where the returned workbook lies, beside the workbook.
_RETURNED = "Tom Hayes back.xlsx"


def prepare(command: str, folder: Path) -> Path:
    """A workbook in a folder that a command will change; ``small`` is one cell of a small one."""
    path = folder / "acme.xlsx"
    if command == "small":
        return small_book(path)
    path.write_bytes(template("example.xlsx"))
    if command == "close":
        commands.review(FileHost(path), _REVIEW, on=ON)
        hold_meeting(FileHost(path), _REVIEW)
    elif command == "collect":
        (folder / _RETURNED).write_bytes(_filled_in(path, folder))
    elif command == "repair":
        path.write_bytes(dropped(template("example.xlsx")))
    elif command == "undo":
        commands.refresh(FileHost(path), on=ON)
    return path


def press(command: str, path: Path) -> None:
    """Run the command."""
    host = FileHost(path)
    if command == "small":
        host.apply([SetColumn("KPIs", "Target", (7.5, KEEP, KEEP))], host.read())
    elif command == "undo":
        host.undo()
    elif command == "collect":
        returned = path.with_name(_RETURNED)
        taken = reminders.collect(
            host, {returned.name: returned.read_bytes()}, _OWED_ON, store=Folder.of(path)
        )
        assert taken.taken
    elif command == "period":
        commands.add_period(host, "2026-11", on=ON)
    elif command == "refresh":
        commands.refresh(host, on=ON)
    elif command == "repair":
        repair(host)
    else:
        getattr(commands, command)(host, _REVIEW, on=ON)


def _filled_in(path: Path, folder: Path) -> bytes:
    made = reminders.remind(FileHost(path), folder / "mail", _OWED_ON, store=Folder.of(path))
    given = next(each for each in made.files if each.name == "Tom Hayes.xlsx").read_bytes()
    return fill(given, {(key, "Value"): row["Last figure"] for key, row in rows(given).items()})
