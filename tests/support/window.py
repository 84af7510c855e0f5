"""A display nobody looks at, with eyes and hands: finds what stands there by name, and clicks it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest
from PIL import Image, ImageGrab

#: com.sun.star.accessibility.AccessibleRole
PUSH_BUTTON, TOOL_BAR, STATUS_BAR = 44, 63, 57
#: ALERT, which a message box is, and DIALOG.
_DIALOGS = frozenset([1, 14])
#: Cells, and what opens menus: neither holds a button, and the cells are countless.
_CLOSED = frozenset([58, 59, 84, 34, 50])
#: com.sun.star.accessibility.AccessibleStateType
_SHOWING = 25
_PATIENCE = 60
#: Quicker than fingers are. Milliseconds.
_BETWEEN_KEYS = "60"


def needs_a_window() -> None:
    """Skips the test where there is no display server or no mouse, unless they are required."""
    missing = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if missing and "window" in os.environ.get("QMSBOOK_REQUIRE", ""):
        pytest.fail(f"QMSBOOK_REQUIRE asks for a window, but there is no {missing[0]}")
    if missing:
        pytest.skip(f"{missing[0]} is not installed")


class Display:
    """A display of its own number, ended when it is left; ``name`` is what programs are given."""

    def __init__(self, width: int = 1500, height: int = 950) -> None:
        self.size = f"{width}x{height}x24"

    def __enter__(self) -> Display:
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", self.size, "-nolisten", "tcp"],
            pass_fds=[write], stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as told:
            self.name = f":{told.readline().strip()}"
        assert self.name != ":", "Xvfb did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.terminate()
        self._server.wait(20)

    def picture(self) -> Image.Image:
        """What a person would see."""
        return ImageGrab.grab(xdisplay=self.name)

    def click(self, found: Any) -> None:
        """Move the mouse to the middle of what was found, and press its left button."""
        at, size = found.getLocationOnScreen(), found.getSize()
        place = [str(at.X + size.Width // 2), str(at.Y + size.Height // 2)]
        self._xdotool("mousemove", *place, "click", "1")

    def keys(self, *names: str) -> None:
        """Press keys one after the other, by their names."""
        self._xdotool("key", "--delay", _BETWEEN_KEYS, *names)

    def type(self, text: str) -> None:
        """Type on the keyboard."""
        self._xdotool("type", "--delay", _BETWEEN_KEYS, text)

    def _xdotool(self, *command: str) -> None:
        environment = {**os.environ, "DISPLAY": self.name}
        subprocess.run(["xdotool", *command], check=True, env=environment, timeout=60)


def button(root: Any, name: str, bar: str = "", patience: float = _PATIENCE) -> Any:
    """The button of that accessible name in a window, or in one of its toolbars; waits until it shows."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        bars = [root] if not bar else [each for each in within(root) if _is(each, TOOL_BAR, bar)]
        for each in bars:
            for found in within(each):
                if _is(found, PUSH_BUTTON, name) and found.getAccessibleStateSet().contains(_SHOWING):
                    return found
        time.sleep(0.1)
    raise AssertionError(f"there is no button {name} {bar}")


def dialogs_of(window: Any) -> list[Any]:
    """The dialogs that stand before a window."""
    toolkit, found = window.Toolkit, []
    for number in range(toolkit.getTopWindowCount()):
        with contextlib.suppress(Exception):  # it comes or goes at this moment
            context = toolkit.getTopWindow(number).AccessibleContext
            if context.getAccessibleRole() in _DIALOGS:
                found.append(context)
    return found


def _is(context: Any, role: int, name: str) -> bool:
    return bool(context.getAccessibleRole() == role and context.getAccessibleName() == name)


def within(context: Any) -> Iterator[Any]:
    """All that a window shows by name, but for cells and what menus hold."""
    for number in range(context.getAccessibleChildCount()):
        child = context.getAccessibleChild(number).getAccessibleContext()
        yield child
        if child.getAccessibleRole() not in _CLOSED:
            yield from within(child)


def save(picture: Image.Image, path: Path) -> None:
    """Keep a picture, small: a window has few colours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
