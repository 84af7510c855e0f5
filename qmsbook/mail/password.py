"""The password of a mail server's user: never in a file of ours, and for one user at one server only."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any

from qmsbook.book.error import QmsbookError
from qmsbook.mail.server import Server

#: Holds the password for a while, for programs; people are asked for it.
PASSWORD = "QMSBOOK_MAIL_PASSWORD"
#: Under this name the first release kept a password in the system's keyring, whatever the server.
_UNBOUND = "qmsbook"


class NoPassword(QmsbookError):
    """Nothing was sent: the mail server wants a password, and there was nobody to ask for it. Set
    QMSBOOK_MAIL_PASSWORD, or run the command in a window where it can ask.
    """

    exit_code = 2


def service(server: Server) -> str:
    """The name under which the system's keyring keeps the password for a server."""
    return f"qmsbook {server.host.casefold()}:{server.port}"


def password_for(
    server: Server, ask: Callable[[str], str] | None = None, agree: Callable[[str], bool] | None = None
) -> str:
    """The password of the server's user: from the environment, the system's keyring, or the person.

    ``agree`` asks whether a password that the first release kept, bound to no server, is meant for this one;
    it then moves to the server's own name. The person has agreed to the server before. Raises NoPassword.
    """
    if not server.user:
        return ""
    found = os.environ.get(PASSWORD) or _kept(service(server), server.user)
    if found:
        return found
    old = _kept(_UNBOUND, server.user)
    if old and agree is not None and agree(_whether_meant(server)):
        _move(old, server)
        return old
    found = ask(f"Password of {server.user} at {server.place}: ") if ask is not None else ""
    if not found:
        raise NoPassword(_how_to_bind(server) if old else "")
    return found


def _whether_meant(server: Server) -> str:
    return (
        f"This computer keeps a password of {server.user} for qmsbook that is bound to no server. Shall it "
        f"be the one for {server.place} from now on, and for no other?"
    )


def _how_to_bind(server: Server) -> str:
    return (
        f"The password that is kept for {server.user} is bound to no server, so it was not used. Run: "
        f'keyring set "{service(server)}" {server.user}'
    )


def _keyring() -> Any:
    return import_module("keyring")


def _kept(name: str, user: str) -> str:
    """What the system's keyring holds, where the package keyring is installed."""
    try:
        return _keyring().get_password(name, user) or ""
    except Exception:  # not installed, locked, or without a backend: then the person is asked
        return ""


def _move(password: str, server: Server) -> None:
    """Keep a password under the server's own name alone; where that fails, it stays as it is."""
    try:
        _keyring().set_password(service(server), server.user, password)
        _keyring().delete_password(_UNBOUND, server.user)
    except Exception:  # see above
        return
