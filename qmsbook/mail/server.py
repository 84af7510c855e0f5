"""Where mail is sent from: the part ``[mail]`` of qmsbook.toml beside the workbook; never the password.

::

    [mail]
    host = "smtp.example.com"
    from = "Quality <quality@example.com>"
    user = "quality@example.com"      # leave it out if the server asks for no login
    security = "starttls"             # or "tls"; "none" only for a server on this computer
    port = 587                        # 465 for "tls"
    timeout = 60                      # seconds to wait for the server
    certificate = "office-ca.pem"     # only for a server with a certificate of the company's own
"""

from __future__ import annotations

import os
import ssl
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from qmsbook.book.error import QmsbookError
from qmsbook.book.words import one_line
from qmsbook.mail.recipients import Recipient, address_in

SETTINGS_FILE = "qmsbook.toml"
#: Holds the password for a while, for programs; people are asked for it.
PASSWORD = "QMSBOOK_MAIL_PASSWORD"
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "host": str, "from": str, "user": str, "security": str, "certificate": str, "port": int,
    "timeout": (int, float),
}  # fmt: skip


class MailNotSetUp(QmsbookError):
    """Nothing was sent: qmsbook.toml beside the workbook does not say how to send mail (docs/mail.md)."""

    exit_code = 2


class NoPassword(QmsbookError):
    """Nothing was sent: the mail server wants a password, and there was nobody to ask for it.

    Set QMSBOOK_MAIL_PASSWORD, or run the command in a window where it can ask.
    """

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and who sends; ``timeout`` in seconds, for each answer of the server."""

    host: str
    sender: Recipient
    port: int = 587
    security: str = "starttls"
    user: str = ""
    timeout: float = 60.0
    certificate: Path | None = None

    def trust(self) -> ssl.SSLContext:
        """What certificates are held against: the system's authorities, or the company's own."""
        return ssl.create_default_context(cafile=self.certificate)


def server_in(folder: Path) -> Server:
    """The server that a folder's qmsbook.toml names. Raises MailNotSetUp."""
    path = folder / SETTINGS_FILE
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("mail")
    except FileNotFoundError:
        raise MailNotSetUp(f"There is no file {path}.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise MailNotSetUp(f"Found in {SETTINGS_FILE}: {problem}.") from None
    if not isinstance(found, dict):
        raise MailNotSetUp(f"{SETTINGS_FILE} has no part [mail].")
    return _server(found, folder)


def _server(found: Mapping[str, Any], folder: Path) -> Server:
    if "password" in found:
        raise MailNotSetUp("A password does not belong in a file that others can read: take it out.")
    for name, value in found.items():
        if name not in _TYPES or isinstance(value, bool) or not isinstance(value, _TYPES[name]):
            raise MailNotSetUp(f"Found in [mail]: {name} = {value!r}.")
    host, security = found.get("host", "").strip(), found.get("security", "starttls")
    written = found.get("from", "")
    name, address = parseaddr(written)
    sender = address_in(address) if written.isprintable() else None
    if not host or sender is None:
        raise MailNotSetUp('It needs at least host = "smtp.example.com" and from = "you@example.com".')
    if security not in _PORTS:
        raise MailNotSetUp(f'security is "{security}"; it can be starttls, tls or none.')
    if security == "none" and not _is_here(host):
        raise MailNotSetUp('security = "none" would send words and password for all to read.')
    timeout, certificate = float(found.get("timeout", 60)), found.get("certificate")
    if not 0 < timeout <= 600 or not 0 < found.get("port", 1) < 65536:
        raise MailNotSetUp("The port is from 1 to 65535, the timeout from 1 to 600 seconds.")
    if certificate is not None and not (folder / certificate).is_file():
        raise MailNotSetUp(f"There is no file {certificate} beside the workbook.")
    return Server(
        host, Recipient(one_line(name), sender), found.get("port", _PORTS[security]), security,
        found.get("user", ""), timeout, folder / certificate if certificate else None,
    )  # fmt: skip


def _is_here(host: str) -> bool:
    """Whether a server runs on this very computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def password_for(server: Server, ask: Callable[[str], str] | None = None) -> str:
    """The password of the server's user: from the environment, the system's keyring, or the person.

    Raises NoPassword.
    """
    if not server.user:
        return ""
    found = os.environ.get(PASSWORD) or _from_keyring(server)
    if not found and ask is not None:
        found = ask(f"Password of {server.user} at {server.host}: ")
    if not found:
        raise NoPassword
    return found


def _from_keyring(server: Server) -> str:
    """The password that ``keyring set qmsbook USER`` put there, where the package keyring is installed."""
    try:
        return import_module("keyring").get_password("qmsbook", server.user) or ""
    except Exception:  # not installed, locked, or without a backend: then the person is asked
        return ""
