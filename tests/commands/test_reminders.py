"""What the commands around reminders do with files, besides what stands in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qmsbook.chase.returned import LARGEST
from qmsbook.commands import reminders


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(reminders.NotReturned, match="no file"):
        reminders.contents([tmp_path / "pipe.xlsx"])


def test_files_are_known_by_name_or_where_two_have_one_by_their_paths(tmp_path: Path) -> None:
    paths = [tmp_path / "one" / "a.xlsx", tmp_path / "two" / "a.xlsx", tmp_path / "b\x1b[2J.xlsx"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(path.name.encode())
    assert list(reminders.contents(paths)) == [str(paths[0]), str(paths[1]), "b [2J.xlsx"]


def test_no_more_of_a_file_is_read_than_an_entry_workbook_can_hold(tmp_path: Path) -> None:
    with (tmp_path / "long.xlsx").open("wb") as file:
        file.truncate(LARGEST * 4)
    assert len(reminders.contents([tmp_path / "long.xlsx"])["long.xlsx"]) == LARGEST + 1
