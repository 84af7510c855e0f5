"""Real mail servers on this computer: one that does as RFC 5321 wants, one that breaks off or waits."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

from qmsbook.mail.recipients import Recipient
from qmsbook.mail.server import Certificate, Server

USER, PASSWORD = "quality@example.com", "p4ss-wörd=never told"
SENDER = Recipient("Tom Hayes", "quality@example.com")
LOCAL = "localhost"


@dataclass
class Mailbox:
    """What a server took over, and whom it refuses; handed to aiosmtpd as its handler."""

    refuses: Mapping[str, str] = field(default_factory=dict)
    answer: str = "250 taken"
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    # aiosmtpd finds these by their names
    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            assert envelope.mail_from is not None
            content = envelope.original_content or b""
            self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), content))
        return self.answer


@dataclass(frozen=True)
class Certificates:
    """A company's own authority, and what a server at ``localhost`` shows."""

    path: Path
    authority: Certificate
    context: ssl.SSLContext


def certificates(folder: Path) -> Certificates:
    """Fresh certificates, the authority's in a file."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(LOCAL).configure_cert(context)
    path = folder / "office-ca.pem"
    authority.cert_pem.write_to_path(path)
    return Certificates(path, Certificate(path.name, path.read_text("ascii")), context)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _knows(server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=right, handled=right)


@contextlib.contextmanager
def serving(
    box: Mailbox, shown: Certificates, security: str = "starttls", login: bool = True
) -> Iterator[Server]:
    """A server that runs while the block does, and the settings with which it is reached."""
    more: dict[str, Any] = {}
    if security == "starttls":
        more = {"tls_context": shown.context, "require_starttls": True}
    elif security == "tls":
        more = {"ssl_context": shown.context}
    if login:
        more |= {"authenticator": _knows, "auth_required": True, "auth_require_tls": security == "starttls"}
    port = _free_port()
    runs = Controller(box, hostname="127.0.0.1", port=port, **more)
    runs.start()
    try:
        authority = None if security == "none" else shown.authority
        yield Server(LOCAL, SENDER, port, security, USER if login else "", 10.0, authority)
    finally:
        runs.stop()


@contextlib.contextmanager
def misbehaving(how: str) -> Iterator[Server]:
    """A server that ends or falls silent.

    ``mid-message`` and ``after the end``: it ends; ``slow``, ``silent``, ``silent after the end``: it waits.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()
    thread = threading.Thread(target=_talk, args=(listening, how, done), daemon=True)
    thread.start()
    try:
        timeout = 0.5 if how in {"slow", "silent", "silent after the end"} else 10.0
        yield Server("127.0.0.1", SENDER, listening.getsockname()[1], "none", "", timeout)
    finally:
        done.set()
        listening.close()
        thread.join(10)


def _talk(listening: socket.socket, how: str, done: threading.Event) -> None:
    line, _ = listening.accept()
    with line, line.makefile("rb") as heard:
        if how == "silent":
            done.wait(30)
            return
        line.sendall(b"220 here\r\n")
        while said := heard.readline():
            verb = said[:4].upper()
            if verb == b"DATA":
                line.sendall(b"354 go on\r\n")
                _take(line, heard, how, done)
                return
            if how == "slow" and verb == b"RCPT":
                done.wait(30)
                return
            line.sendall(b"250 ok\r\n")


def _take(line: socket.socket, heard: Any, how: str, done: threading.Event) -> None:
    if how == "mid-message":
        heard.read(2000)
        # what is unread makes the close a reset, as when a server dies
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        return
    while heard.readline() not in {b".\r\n", b""}:
        pass
    if how == "silent after the end":
        done.wait(30)
