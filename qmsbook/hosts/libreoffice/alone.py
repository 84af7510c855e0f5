"""Does something in LibreOffice while nothing else happens there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

from qmsbook.hosts.libreoffice.bridge import bridge, command
from qmsbook.hosts.libreoffice.relay import Relay


def alone(document: Any, held: Any, name: str, *given: Any) -> Any:
    """Call a method of an object while LibreOffice's own thread stands still: it draws nothing meanwhile.

    Every call of UNO's ought to see to that itself, by taking LibreOffice's one big lock, but `importSheet`
    does not (`ScTableSheetsObj::importSheet` of 7.4). The window then draws while sheets move, and an event
    that a sheet tab asks for may be answered before the window has noted it; the note stays, and when the
    window is closed `Application::RemoveUserEvent` follows it to where nothing is any more: signal 6, if
    the drawing has not ended it before. In a real window seven of seven trials ended within 16 presses of
    buttons, two of them at the first press.

    A command tells a new listener its state at once, and keeps the lock meanwhile; what the listener does
    then, in the same thread, it does alone.
    """
    link = bridge()
    if isinstance(link, Relay):  # a listener has to be in LibreOffice itself: the other end has one
        return link.alone(document, held, name, *given)
    controller = document.CurrentController
    told: Any = None
    if controller is not None:  # any command will do: it is not carried out
        told, url = command(controller.Frame, "ToggleSheetGrid")
    listener = _Listener(partial(getattr(held, name), *given))
    if told is not None:
        try:
            told.addStatusListener(listener, url)
        except Exception:
            if not listener.done:
                raise
        with contextlib.suppress(Exception):  # it has nothing to do any more
            told.removeStatusListener(listener, url)
    listener.do()
    return listener.outcome()


class _Listener:
    """A listener (`com.sun.star.frame.XStatusListener`) that does its work once, when it first hears."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.given: Any = None
        self.problem: Exception | None = None
        self.done = False

    def do(self) -> None:
        """Do the work, if that has not been done; an error is kept: it would not pass through UNO."""
        if not self.done:
            self.done = True
            try:
                self.given = self.work()
            except Exception as problem:
                self.problem = problem

    def outcome(self) -> Any:
        """What the work gave, or raises its error."""
        if self.problem is not None:
            raise self.problem
        return self.given

    def getTypes(self) -> tuple[Any, ...]:  # noqa: N802  # UNO's name
        """What UNO asks an object of Python's."""
        return (bridge().getTypeByName("com.sun.star.frame.XStatusListener"),)

    def statusChanged(self, _: object) -> None:  # noqa: N802  # UNO's name
        """The command tells its state."""
        self.do()

    def disposing(self, _: object) -> None:
        """Nothing is held of what goes."""
