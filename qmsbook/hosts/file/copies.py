"""A workbook's old copies, in a folder beside it, and the note that says which of them undo takes back."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from qmsbook.book.error import QmsbookError
from qmsbook.hosts.file.exchange import patiently
from qmsbook.hosts.file.fresh import remove, sweep, written
from qmsbook.hosts.file.place import digest, read, shortened
from qmsbook.hosts.file.rights import like_its_parent
from qmsbook.hosts.host import NotSaved, SavedBeside

#: The folder beside a workbook that holds its old copies, and how many of each workbook stay.
BACKUPS = "qmsbook-backups"
KEPT = 20
#: The note of so many steps is never longer; what is was not written by qmsbook. Bytes.
_LONGEST = 1 << 17

_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.\d{3,6}")
#: Room for a copy's time stamp, or for what the note's name ends with. Bytes.
_ROOM = 26
Step = dict[str, Any]


@contextmanager
def kept(path: Path, before: bytes, was: str, becomes: str) -> Iterator[Path]:
    """A copy of what a workbook held, and a note of it, as long as what follows succeeds: else both go again.

    ``was`` and ``becomes`` are the digests of the old and the new content.
    """
    folder = path.parent / BACKUPS
    made = _made(folder)
    copy: Path | None = None
    noted: bytes | None = None
    try:
        noted = _noted(path)
        copy = _copied(path, before)
        _write(path, [*steps(path), {"backup": copy.name, "before": was, "after": becomes}])
        yield copy
    except BaseException as problem:
        # Stopped by force after the last step, the copy is the only one that is left.
        if not isinstance(problem, SavedBeside) and (
            isinstance(problem, QmsbookError) or not _holds(path, becomes)
        ):
            _take_back(path, copy, noted)
            if made:
                with contextlib.suppress(OSError):
                    folder.rmdir()
        raise
    _prune(path, copy)


def _holds(path: Path, mark: str) -> bool:
    with contextlib.suppress(OSError):
        return digest(read(path)) == mark
    return False


def _made(folder: Path) -> bool:
    """Makes the folder; says whether it was not there."""
    try:
        folder.mkdir()
    except FileExistsError:
        if not folder.is_dir():
            raise NotSaved(f"{BACKUPS} beside it is no folder.") from None
        like_its_parent(folder, fresh=False)
        return False
    like_its_parent(folder, fresh=True)
    return True


def _take_back(path: Path, copy: Path | None, noted: bytes | None) -> None:
    if copy is None:  # the note was not touched
        return
    remove(copy)
    with contextlib.suppress(OSError):
        if noted is None:
            _note(path).unlink(missing_ok=True)
        else:
            _replace_note(path, noted)


def _copied(path: Path, before: bytes) -> Path:
    folder = path.parent / BACKUPS
    temporary = written(folder, path.name, before, like=path)
    try:
        while os.path.lexists(target := folder / f"{_stem(path)} {_stamp()}{path.suffix}"):
            time.sleep(0.001)
        patiently(lambda: os.replace(temporary, target))
    except BaseException:
        remove(temporary)
        raise
    return target


def _stem(path: Path) -> str:
    """What a workbook's copies begin with; ``Plan.xlsx`` and ``Plan.xlsm`` have copies of their own."""
    return shortened(path.stem, _ROOM + len(os.fsencode(path.suffix)))


def _stamp() -> str:
    return datetime.now().strftime("%Y-%m-%d %H.%M.%S.%f")[:-3]


def _note(path: Path) -> Path:
    return path.parent / BACKUPS / f"{shortened(path.name, _ROOM)}.undo.json"


def _noted(path: Path) -> bytes | None:
    try:
        found = patiently(lambda: read(_note(path), _LONGEST + 1))  # another program may hold it just now
    except OSError:
        return None
    return found if len(found) <= _LONGEST else None


def steps(path: Path) -> list[Step]:
    """What qmsbook wrote into a workbook, oldest first: each with its copy's name and both digests."""
    try:
        found = json.loads(_noted(path) or b"[]")
    except (ValueError, RecursionError):
        return []
    return [step for step in found if isinstance(step, dict)] if isinstance(found, list) else []


def _write(path: Path, found: Sequence[Step]) -> None:
    _replace_note(path, json.dumps(found[-KEPT:], indent=1, ensure_ascii=False).encode())


def _replace_note(path: Path, content: bytes) -> None:
    temporary = written(path.parent / BACKUPS, path.name, content, like=path)
    try:
        patiently(lambda: os.replace(temporary, _note(path)))  # another program may read it just now
    except BaseException:
        remove(temporary)
        raise


def copy_of(path: Path, step: Step) -> Path:
    """Where the copy of a step lies; never outside the folder of copies, whatever the note says."""
    return path.parent / BACKUPS / Path(str(step.get("backup"))).name


def forget(path: Path, step: Step) -> None:
    """Drop a step that was taken back, with its copy; after the last one the note and the folder go too."""
    left = [each for each in steps(path) if each != step]
    with contextlib.suppress(OSError):
        if left:
            _write(path, left)
        else:
            _note(path).unlink(missing_ok=True)
        remove(copy_of(path, step))
        if not left:
            (path.parent / BACKUPS).rmdir()


def sweep_copies(path: Path, held: bool) -> None:
    """Take away what killed runs left in the folder of copies."""
    sweep(path.parent / BACKUPS, path.name, held)


def _prune(path: Path, newest: Path) -> None:
    """Drops all but the newest copies of a workbook; their names sort by age, but for an hour in autumn."""
    stem, suffix = _stem(path) + " ", path.suffix
    with contextlib.suppress(OSError):
        copies = sorted(
            name
            for name in os.listdir(path.parent / BACKUPS)
            if name.startswith(stem)
            and name.endswith(suffix)
            and _STAMP.fullmatch(name[len(stem) : len(name) - len(suffix)])
            and name != newest.name
        )
        for old in copies[: 1 - KEPT]:
            remove(path.parent / BACKUPS / old)
