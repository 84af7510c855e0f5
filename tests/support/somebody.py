"""Another person on this computer: a function run with that person's rights, in a process of its own."""

from __future__ import annotations

import os
import pickle
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

#: Two people who share a group, and one who does not.
ADA, GRACE, STRANGER, TEAM = 61_001, 61_002, 61_003, 62_000
_T = TypeVar("_T")


def needs_other_people() -> None:
    """Skips where this process may not act for others; the test machine runs as administrator."""
    if not hasattr(os, "fork") or os.geteuid() != 0:
        pytest.skip("only an administrator can act for other people")


@contextmanager
def shared_folder(mode: int = 0o2770) -> Iterator[Path]:
    """A folder that Ada and Grace share by their group; every folder above it lets them pass."""
    needs_other_people()
    with tempfile.TemporaryDirectory(dir="/tmp") as outer:
        os.chmod(outer, 0o755)
        folder = Path(outer, "quality")
        folder.mkdir()
        os.chown(folder, ADA, TEAM)
        folder.chmod(mode)
        yield folder


def acting_as(person: int, action: Callable[[], _T], umask: int = 0o002) -> _T:
    """What a function gives, or raises, that a person runs; all but the stranger are of the team."""
    source, target = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(source)
        with os.fdopen(target, "wb") as stream:
            stream.write(_outcome(person, action, umask))
        os._exit(0)
    os.close(target)
    try:
        with os.fdopen(source, "rb") as stream:
            answer = stream.read()
    except BaseException:  # the test was stopped: it hangs
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.waitpid(child, 0)
    good, found = pickle.loads(answer)
    if not good:
        raise found
    result: _T = found
    return result


def _outcome(person: int, action: Callable[[], _T], umask: int) -> bytes:
    os.setgroups([] if person == STRANGER else [TEAM])
    os.setgid(person)
    os.setuid(person)
    os.umask(umask)
    try:
        return pickle.dumps((True, action()))
    except BaseException as problem:
        return pickle.dumps((False, problem))
