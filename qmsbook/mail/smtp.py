"""Sending: one conversation with the server, to everybody or to nobody, and the truth about each.

RFC 5321: a message is taken over when the server says 250 after its end; an end that was never sent means
that nothing was taken. So there are three answers: sent, not sent, and, where the line went dead between the
end and the answer, unknown.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

from qmsbook.book.words import one_line
from qmsbook.mail.recipients import Recipient
from qmsbook.mail.server import Server

Fate = Literal["sent", "refused", "not sent", "unknown"]
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail to one person: ``refused`` is the server's no to the address, in its words."""

    to: Recipient
    fate: Fate
    why: str = ""

    def __str__(self) -> str:
        return f"{self.to}: {self.fate}" + (f" ({self.why})" if self.why else "")


class _Stopped(Exception):
    """The conversation ended before the message was handed over."""


def send(made: EmailMessage, to: Sequence[Recipient], server: Server, password: str) -> tuple[Outcome, ...]:
    """Send a message to all of these people, or to none of them; never raises for what a server does."""
    if not to:
        return ()
    line: smtplib.SMTP | None = None
    try:
        line = _connected(server)
        _log_in(line, server, password)
        return _handed_over(line, made, to, server)
    except _Stopped as stop:
        return _none(to, str(stop))
    except (smtplib.SMTPException, OSError, ValueError) as problem:
        return _none(to, _words(problem))
    finally:
        if line is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                line.quit()
            line.close()


def _connected(server: Server) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.timeout, context=server.trust())
    line = smtplib.SMTP(server.host, server.port, timeout=server.timeout)
    if server.security == "starttls":
        try:
            line.starttls(context=server.trust())
        except BaseException:
            line.close()
            raise
    return line


def _log_in(line: smtplib.SMTP, server: Server, password: str) -> None:
    line.ehlo_or_helo_if_needed()
    if not server.user:
        return
    if (server.user + password).isascii():
        line.login(server.user, password)
        return
    # smtplib logs in with ASCII alone; RFC 4616 has UTF-8.
    if "PLAIN" not in line.esmtp_features.get("auth", "").upper().split():
        raise _Stopped("the server takes a password of plain letters, digits and signs only")
    secret = b64encode(f"\0{server.user}\0{password}".encode()).decode("ascii")
    code, words = line.docmd("AUTH", f"PLAIN {secret}")
    if code not in (235, 503):  # 503: it knows us already
        raise smtplib.SMTPAuthenticationError(code, words)


def _handed_over(
    line: smtplib.SMTP, made: EmailMessage, to: Sequence[Recipient], server: Server
) -> tuple[Outcome, ...]:
    """Sender, every recipient, then the message; one recipient refused, and nobody gets it."""
    code, words = line.mail(server.sender.address)
    if code != 250:
        raise _Stopped(f"the server does not take mail from {server.sender.address}: {_said(words)}")
    refused: dict[str, str] = {}
    for person in to:
        code, words = line.rcpt(person.address)
        if code not in (250, 251):
            refused[person.address] = _said(words)
    if refused:
        others = "nobody gets it while the server refuses somebody"
        return tuple(
            Outcome(p, "refused", refused[p.address])
            if p.address in refused
            else Outcome(p, "not sent", others)
            for p in to
        )
    return _data(line, made, to)


def _data(line: smtplib.SMTP, made: EmailMessage, to: Sequence[Recipient]) -> tuple[Outcome, ...]:
    code, words = line.docmd("DATA")
    if code != 354:
        raise _Stopped(_said(words))
    # A dot at the beginning of a line is doubled; a dot alone ends the message.
    content = re.sub(rb"(?m)^\.", b"..", made.as_bytes())
    line.send(content if content.endswith(b"\r\n") else content + b"\r\n")
    try:
        line.send(b".\r\n")
    except (smtplib.SMTPException, OSError) as problem:
        return _none(to, _words(problem))
    try:
        code, words = line.getreply()
    except (smtplib.SMTPException, OSError) as problem:
        return tuple(
            Outcome(person, "unknown", f"no word came after the last line: {_words(problem)}")
            for person in to
        )
    if code == 250:
        return tuple(Outcome(person, "sent") for person in to)
    return _none(to, _said(words))


def _none(to: Sequence[Recipient], why: str) -> tuple[Outcome, ...]:
    return tuple(Outcome(person, "not sent", why) for person in to)


def _words(problem: BaseException) -> str:
    """What went wrong, in words for a person; never the password."""
    match problem:
        case smtplib.SMTPAuthenticationError():
            return f"the server refused user or password: {_said(problem.smtp_error)}"
        case smtplib.SMTPNotSupportedError():
            return "the server offers neither what was asked for nor a safe way to log in"
        case smtplib.SMTPResponseException():
            return _said(problem.smtp_error)
        case ssl.SSLCertVerificationError():
            return f"the server's certificate is not trusted: {one_line(problem.verify_message)}"
        case _ if _in_time(problem):
            return "the server did not answer in time"
        case smtplib.SMTPServerDisconnected() if "timed out" in str(problem):
            return "the server did not answer in time"
        case smtplib.SMTPServerDisconnected() | ConnectionError() | EOFError():
            return "the connection broke off"
        case OSError():
            return f"the server cannot be reached: {one_line(problem.strerror or str(problem))}"
        case ValueError():  # its words may hold what was to be sent
            return "something in it is not what a mail server can take"
    return one_line(str(problem))[:_LONGEST]


def _in_time(problem: BaseException) -> bool:
    """Whether it was a wait that ended; smtplib tells of one as of a line that was closed."""
    return isinstance(problem, TimeoutError) or isinstance(problem.__context__, TimeoutError)


def _said(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return one_line(text)[:_LONGEST] or "no reason given"
