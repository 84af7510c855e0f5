"""The command line with a person at the terminal: a real one, in which questions are answered by typing."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from common import ROOT


def at_terminal(
    arguments: Sequence[object], answers: Sequence[tuple[str, str]], environment: Mapping[str, str]
) -> tuple[int, str]:
    """Runs qmsbook; whenever a question's words are on the screen, its answer is typed, each once, in order.

    Gives the exit code and all that was on the screen. A question that never comes is an error.
    """
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "qmsbook", *map(str, arguments)]
    runs = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT, start_new_session=True,
        env={**os.environ, "COLUMNS": "300", "TERM": "dumb", **environment},
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    screen, seen, left, end = "", 0, list(answers), time.monotonic() + 120
    try:
        while time.monotonic() < end:
            if not select.select([ours], [], [], 0.2)[0]:
                if runs.poll() is not None:
                    break
                continue
            try:
                more = os.read(ours, 65536)
            except OSError:  # the other side has ended
                break
            if not more:
                break
            screen += more.decode("utf-8", "replace").replace("\r\n", "\n")
            if left and left[0][0] in screen[seen:]:
                seen = len(screen)
                os.write(ours, left.pop(0)[1].encode() + b"\n")
        code = runs.wait(30)
    finally:
        runs.kill()
        os.close(ours)
    assert not left, f"never asked: {left[0][0]!r} in:\n{screen}"
    return code, screen


def home(folder: Path) -> dict[str, str]:
    """An environment in which the person's own folder is there."""
    return {"XDG_DATA_HOME": str(folder / "data"), "XDG_STATE_HOME": str(folder / "state")}
