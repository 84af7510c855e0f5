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

import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qmsbook.book.beside import SETTINGS_FILE, NotBeside, read_beside, settings_in
from qmsbook.book.error import QmsbookError
from qmsbook.book.words import one_line
from qmsbook.mail.recipients import Recipient, address_in

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class MailPart(BaseModel):
    """The part [mail] of qmsbook.toml. The password does not belong in it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    host: str = Field("", description="The server that takes mail in, such as smtp.example.com.")
    from_: str = Field("", alias="from", description="Who sends: you@example.com, or Erin <you@example.com>.")
    user: str = Field("", description="The name to log in with, if the server asks for one.")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="How it is kept secret.")
    port: int | None = Field(None, gt=0, lt=65536, description="Blank: 587 for starttls, 465 for tls, 25.")
    timeout: float = Field(60.0, gt=0, le=600, description="Seconds to wait for each answer.")
    certificate: str | None = Field(
        None, description="A file beside the workbook: the authority of your own server's certificate."
    )


class MailNotSetUp(QmsbookError):
    """Nothing was sent: qmsbook.toml beside the workbook does not say how to send mail (docs/mail.md)."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Certificate:
    """The authority that a company's own server is held against: a file's name, and what was read of it."""

    name: str
    text: str = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what was read, in groups of four."""
        found = hashlib.sha256(self.text.encode("utf-8")).hexdigest()
        return " ".join(found[at : at + 4] for at in range(0, len(found), 4))


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server and who sends; ``timeout`` in seconds, for each answer of the server."""

    host: str
    sender: Recipient
    port: int = 587
    security: str = "starttls"
    user: str = ""
    timeout: float = 60.0
    certificate: Certificate | None = None

    @property
    def place(self) -> str:
        """``smtp.example.com:587``."""
        return f"{self.host}:{self.port}"

    @property
    def mark(self) -> str:
        """The fingerprint of what a person agrees to: where words and password go, and who may listen."""
        shown = self.certificate.fingerprint if self.certificate else ""
        told = repr((self.host.casefold(), self.port, self.security, self.user, shown))
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    def __str__(self) -> str:
        """In words, for whoever is asked."""
        user = f", logging in as {self.user}" if self.user else ", without a login"
        trusted = f", trusting the certificate in {self.certificate.name}" if self.certificate else ""
        return f"{self.host}, port {self.port} ({self.security}){user}{trusted}"

    def trust(self) -> ssl.SSLContext:
        """What certificates are held against: the system's authorities, or the company's own."""
        return ssl.create_default_context(cadata=self.certificate.text if self.certificate else None)


def server_in(folder: Path) -> Server:
    """The server that a folder's qmsbook.toml names. Raises MailNotSetUp."""
    try:
        settings = settings_in(folder)
    except NotBeside as problem:
        raise MailNotSetUp(f"Found in {SETTINGS_FILE}: {problem}") from None
    if settings is None:
        raise MailNotSetUp(f"There is no file {folder / SETTINGS_FILE}.")
    found = settings.get("mail")
    if not isinstance(found, dict):
        raise MailNotSetUp(f"{SETTINGS_FILE} has no part [mail].")
    return _server(found, folder)


def _server(found: Mapping[str, Any], folder: Path) -> Server:
    if "password" in found:
        raise MailNotSetUp("A password does not belong in a file that others can read: take it out.")
    try:
        part = MailPart.model_validate(found)
    except ValidationError as problem:
        raise MailNotSetUp(_wrong(problem)) from None
    host, user = part.host.strip(), part.user
    name, address = parseaddr(part.from_)
    sender = address_in(address) if part.from_.isprintable() else None
    if not host or sender is None:
        raise MailNotSetUp('It needs at least host = "smtp.example.com" and from = "you@example.com".')
    if not all(text.isprintable() and not any(map(str.isspace, text)) for text in (host, user)):
        raise MailNotSetUp("host and user are each one word.")
    if part.security == "none" and not _is_here(host):
        raise MailNotSetUp('security = "none" would send words and password for all to read.')
    return Server(
        host, Recipient(one_line(name), sender), part.port or _PORTS[part.security], part.security, user,
        float(part.timeout), None if part.certificate is None else _certificate(folder, part.certificate),
    )  # fmt: skip


def _wrong(problem: ValidationError) -> str:
    """What of the part cannot be, in a sentence."""
    first = problem.errors(include_url=False, include_context=False)[0]
    name, value = str(first["loc"][0]), first["input"]
    match first["type"]:
        case "literal_error" if isinstance(value, str):
            return f'security is "{value}"; it can be starttls, tls or none.'
        case "greater_than" | "less_than" | "less_than_equal":
            return "The port is from 1 to 65535, the timeout from 1 to 600 seconds."
        case _:
            return f"Found in [mail]: {name} = {value!r}."


def _certificate(folder: Path, name: str) -> Certificate:
    """The authority in a file beside the workbook. Raises MailNotSetUp."""
    try:
        # What is no ASCII is a remark between certificates, and Python will have none of it.
        found = Certificate(name, read_beside(folder, name).decode("ascii", "ignore"))
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=found.text)
    except NotBeside as problem:
        raise MailNotSetUp(f"The certificate: {problem}") from None
    except (ssl.SSLError, ValueError):
        raise MailNotSetUp(f"{name} holds no certificate (a text that begins with -----BEGIN).") from None
    return found


def _is_here(host: str) -> bool:
    """Whether a server runs on this very computer."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
