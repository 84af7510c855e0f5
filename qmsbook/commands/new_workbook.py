"""New workbooks, made of those that come with qmsbook."""

from __future__ import annotations

import os
from pathlib import Path

from qmsbook.book.error import QmsbookError
from qmsbook.commands.passed import Done, How, Progress, quiet
from qmsbook.commands.update import refresh
from qmsbook.hosts.file import save
from qmsbook.hosts.host import UnusableName
from qmsbook.templates.shipped import template


class FileExists(QmsbookError):
    """There is already a file of that name; qmsbook does not overwrite it. Choose another name."""

    exit_code = 2


def new(path: Path, company: str = "") -> Done:
    """Make an empty workbook with an id of its own. Raises FileExists."""
    from uuid import uuid4

    from qmsbook.templates.naming import stamp_id

    write_new(path, stamp_id(template("qmsbook.xlsx"), str(uuid4()), company or None))
    return Done((f"{path} is ready. Open it and begin on the sheet Start.",))


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all. Raises FileExists and UnusableName."""
    if not save.make(path, content):
        raise FileExists(f"Found: {path}.")


def demo(folder: Path, progress: Progress = quiet) -> tuple[Path, Done]:
    """Put the example company's workbook into a folder, with its boards and its review of 2026-Q3."""
    from qmsbook.hosts.file.host import FileHost

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise UnusableName(f"{folder} cannot be a folder: a file has that name or begins it.") from None
    path = folder / "example.xlsx"
    number = 1
    while os.path.lexists(path):
        number += 1
        path = folder / f"example-{number}.xlsx"
    write_new(path, template("example.xlsx"))
    return path, refresh(FileHost(path), how=How(progress=progress), also=["2026-Q3"], with_boards=True)
