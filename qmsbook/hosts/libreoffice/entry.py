"""The cell that somebody is typing into: seen, finished as Enter does it, or waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from qmsbook.hosts.host import CellOpen
from qmsbook.hosts.libreoffice.bridge import bridge, command, properties
from qmsbook.hosts.libreoffice.relay import Relay

#: Told while the person is waited for.
Waits = Callable[[], None]
#: How long somebody who types is waited for, and how often is looked. Seconds.
PATIENCE, PAUSE = 60.0, 0.2
#: A command that can be given while text is typed into a cell, and at no other time.
_WHILE_TYPING = "InsertMode"


def views(document: Any) -> list[Any]:
    """The controllers of a document: one for each window that shows it."""
    found, held = document.getControllers(), []
    while found.hasMoreElements():
        held.append(found.nextElement())
    return held


def being_typed(document: Any) -> bool | None:
    """Whether a cell is open for typing in a window of a document; None where that cannot be seen.

    The extension of the first release cannot see it.
    """
    for view in views(document):
        found = _enabled(view.Frame, _WHILE_TYPING)
        if found is not False:
            return found
    return False


def finish(document: Any) -> None:
    """Finish what is being typed as Enter does: in its own cell, checked by its drop-down."""
    for view in views(document):
        given, url = command(view.Frame, "AcceptFormula")
        if given is not None:
            given.dispatch(url, properties(SynchronMode=True))


def until_finished(document: Any, waits: Waits, patience: float = PATIENCE, calm: float = 0.0) -> None:
    """Wait until nobody types into a cell, for so many seconds on end. Raises CellOpen after ``patience``.

    What began to be typed after a button was pressed is not finished by us: it may be half a word.
    """
    begin, told = time.monotonic(), False
    last = begin
    while (typing := being_typed(document)) or (time.monotonic() - last < calm and typing is not None):
        if time.monotonic() - begin > patience:
            raise CellOpen
        if typing:
            last = time.monotonic()
        if typing and not told:
            waits()
            told = True
        time.sleep(PAUSE)
    if typing is None:
        finish(document)


def _enabled(frame: Any, name: str) -> bool | None:
    link = bridge()
    if isinstance(link, Relay):  # a listener has to be in LibreOffice itself: the other end has one
        return link.enabled(frame, name)
    given, url = command(frame, name)
    listener = _State()
    if given is not None:
        given.addStatusListener(listener, url)
        given.removeStatusListener(listener, url)
    return listener.enabled


class _State:
    """A listener (`com.sun.star.frame.XStatusListener`) that keeps whether its command can be given."""

    enabled: bool | None = None

    def getTypes(self) -> tuple[Any, ...]:  # noqa: N802  # UNO's name
        """What UNO asks an object of Python's."""
        return (bridge().getTypeByName("com.sun.star.frame.XStatusListener"),)

    def statusChanged(self, event: Any) -> None:  # noqa: N802  # UNO's name
        """The command tells its state."""
        self.enabled = bool(event.IsEnabled)

    def disposing(self, _: object) -> None:
        """Nothing is held of what goes."""
