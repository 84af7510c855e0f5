"""Sending over a real server on this computer: what became of the mail is told for each person."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from qmsbook.mail.draft import message, signed
from qmsbook.mail.letter import Letter, Paragraph
from qmsbook.mail.recipients import Recipient
from qmsbook.mail.server import Server
from qmsbook.mail.smtp import Outcome, send

ERIN, SOFIA = Recipient("Erin Foster", "erin@example.com"), Recipient("Sofía D.", "sofia@example.com")
SENDER = Recipient("Quality", "quality@example.com")
LETTER = Letter("Subject\r\nBcc: x@example.com", "Title", "Sub", (Paragraph(".a line\n.\nlast"),))


class Box:
    """Takes mail, but no address that begins with ``no``."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answer = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802  # aiosmtpd's name
        if address.startswith("no"):
            return "550 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        if self.answer == "drop":
            server.transport.abort()
            return "451 never seen"
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    made, path = trustme.CA(), tmp_path / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box, authority: tuple[trustme.CA, Path]) -> Iterator[Server]:
    import ssl

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority[0].issue_cert("127.0.0.1").configure_cert(context)

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right", handled=False)

    running = Controller(
        box, hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True, authenticator=check,
        auth_required=True,
    )  # fmt: skip
    running.port = _free()
    running.start()
    yield Server("127.0.0.1", SENDER, running.port, "starttls", "quality", 5.0, authority[1])
    running.stop()


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def sent(server: Server, *to: Recipient, password: str = "right") -> list[Outcome]:
    from datetime import UTC, datetime

    made = signed(message(LETTER, to), SENDER, datetime(2026, 11, 10, tzinfo=UTC))
    return list(send(made, to, server, password))


def test_everybody_gets_one_message_and_dots_and_headers_come_through(server: Server, box: Box) -> None:
    assert [o.fate for o in sent(server, ERIN, SOFIA)] == ["sent", "sent"]
    assert box.taken[0].rcpt_tos == [ERIN.address, SOFIA.address]
    head, _, _ = box.taken[0].content.partition(b"\r\n\r\n")
    assert b"\r\nBcc:" not in head
    assert b"Subject Bcc: x@example.com" in head


def test_a_refused_login_sends_nothing(server: Server, box: Box) -> None:
    found = sent(server, ERIN, password="wrong")
    assert [o.fate for o in found] == ["not sent"]
    assert "refused user or password" in found[0].why
    assert "wrong" not in str(found[0])
    assert not box.taken


def test_one_refused_address_and_nobody_gets_it(server: Server, box: Box) -> None:
    found = sent(server, ERIN, Recipient("Nora", "nora@example.com"))
    assert [o.fate for o in found] == ["not sent", "refused"]
    assert "No such person" in found[1].why
    assert not box.taken


def test_a_line_that_goes_dead_after_the_message_is_unknown(server: Server, box: Box) -> None:
    box.answer = "drop"
    assert [o.fate for o in sent(server, ERIN)] == ["unknown"]


def test_a_message_refused_at_its_end_is_not_sent(server: Server, box: Box) -> None:
    box.answer = "552 Too large"
    found = sent(server, ERIN)
    assert [(o.fate, "Too large" in o.why) for o in found] == [("not sent", True)]


def test_a_server_that_says_nothing_is_given_up(authority: tuple[trustme.CA, Path]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        found = sent(Server("127.0.0.1", SENDER, silent.getsockname()[1], timeout=0.3))
        assert found == []
        found = sent(Server("127.0.0.1", SENDER, silent.getsockname()[1], timeout=0.3), ERIN)
    assert [(o.fate, o.why) for o in found] == [("not sent", "the server did not answer in time")]
