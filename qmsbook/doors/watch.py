"""``qmsbook watch``: answers the buttons on PCs where Office may not start programs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from qmsbook.doors.buttons import COMMANDS, LINGER, Asked, answer_in_excel, answered_in_turn, asked, log_to
from qmsbook.doors.turns import STALE
from qmsbook.setup.places import Places
from qmsbook.setup.watch_lock import STOP, single

if TYPE_CHECKING:  # what computes is imported when it is asked for
    from qmsbook.doors.screens.excel import ExcelScreen

#: Seconds between two looks into the folder.
PAUSE = 0.25
#: No request is longer; a longer file is not one. Bytes.
_LONGEST = 4096


def _known(command: str) -> str:
    if command not in COMMANDS:
        raise ValueError("no button of ours")
    return command


class Request(BaseModel):
    """What a button leaves in the folder of requests, a line ``name=value`` for each field.

    Lines of other names are for a later release, and are not looked at.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    command: Annotated[str, AfterValidator(_known)] = Field(
        description="The button.", json_schema_extra={"enum": list(COMMANDS)}
    )
    wb: str = Field("", description="The workbook's full name, encoded as in a web address.")
    hwnd: str = Field("", description="The number of Excel's window.")


#: Does what was asked for; gives the screen on which the answer stands for a while, if there is one.
Answering: TypeAlias = "Callable[[Asked], ExcelScreen | None]"
Saying = Callable[[str], None]


def watch(here: Places, say: Saying, answer: Answering = answer_in_excel, pause: float = PAUSE) -> int:
    """Answer requests until told to stop (Ctrl+C, or `stop`); gives how many. Raises WatchRunning."""
    here.requests.mkdir(parents=True, exist_ok=True)
    log_to(here.log)
    count = 0
    shown: list[tuple[float, ExcelScreen]] = []
    with single(here):
        (here.data / STOP).unlink(missing_ok=True)
        say("qmsbook answers the buttons as long as this window is open. Press Ctrl+C to stop.")
        try:
            while not (here.data / STOP).exists():
                for wanted in requests(here.requests, time.time()):
                    say(f"{time.strftime('%H:%M:%S')} {wanted.command}")
                    _, screen = answered_in_turn(wanted, answer, here)
                    if screen is not None:
                        shown.append((time.monotonic() + LINGER, screen))
                    count += 1
                while shown and shown[0][0] <= time.monotonic():
                    shown.pop(0)[1].rest()
                time.sleep(pause)
        except KeyboardInterrupt:
            pass
        finally:
            for _, screen in shown:
                screen.rest()
            (here.data / STOP).unlink(missing_ok=True)
    say("qmsbook watch has stopped; the buttons are not answered any more.")
    return count


def requests(folder: Path, now: float) -> Iterator[Asked]:
    """What was asked for, oldest first; each request is taken out of the folder before it is answered.

    A request that is too old, is none, or names no command of ours is taken out and left unanswered.
    """
    for path in sorted(folder.glob("*.request")):
        try:
            pressed, content = path.stat().st_mtime, path.read_bytes()[: _LONGEST + 1]
            path.unlink()
        except OSError:  # it is being written, or another took it
            continue
        wanted = read_request(content)
        if wanted is not None and now - pressed <= STALE:
            yield replace(wanted, pressed=pressed)


def read_request(content: bytes) -> Asked | None:
    """A request of three lines, ``command=``, ``wb=`` and ``hwnd=``, or None for what is none."""
    if len(content) > _LONGEST:
        return None
    lines = content.decode("ascii", "replace").splitlines()
    try:
        request = Request.model_validate(dict(line.split("=", 1) for line in lines if "=" in line))
    except ValueError:
        return None
    return asked(request.command, request.wb, request.hwnd)
