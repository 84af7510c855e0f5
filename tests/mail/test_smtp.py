"""Sending, against real servers: everybody or nobody gets the mail, and what is told of each is true."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from mail_servers import PASSWORD, SENDER, USER, Certificates, Mailbox, certificates, misbehaving, serving

from qmsbook.mail.draft import Attachment, message, signed
from qmsbook.mail.letter import Letter, Paragraph
from qmsbook.mail.password import NoPassword, password_for
from qmsbook.mail.recipients import Recipient
from qmsbook.mail.server import MailNotSetUp, server_in
from qmsbook.mail.smtp import send

DANA = Recipient("Dana Whitfield", "dana@example.com")
ERIN = Recipient("Erin Müller", "erin@example.com")
BOTH = (DANA, ERIN)
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


def mail(size: int = 100) -> EmailMessage:
    words = "A line.\n.\n..hidden\n\nFrom here on. Größe 3 µm."
    letter = Letter("Review", "Review", "for you", (Paragraph(words),))
    made = message(letter, BOTH, [Attachment("Review.pdf", b"%PDF-" + bytes(size))])
    return signed(made, SENDER, NOON)


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
@pytest.mark.parametrize("login", [True, False])
def test_everybody_gets_the_mail_as_it_was_made(shown: Certificates, security: str, login: bool) -> None:
    box, made = Mailbox(), mail()
    if security == "tls" and login:
        login = False  # aiosmtpd offers a login only after STARTTLS or without any encryption
    with serving(box, shown, security, login) as server:
        outcomes = send(made, BOTH, server, PASSWORD if login else "")
    assert [(o.to, o.fate) for o in outcomes] == [(DANA, "sent"), (ERIN, "sent")]
    ((sender, to, content),) = box.taken
    assert (sender, to) == (SENDER.address, [DANA.address, ERIN.address])
    assert content == made.as_bytes()
    back = message_from_bytes(content, policy=policy.default)
    assert [a.display_name for a in back["To"].addresses] == ["Dana Whitfield", "Erin Müller"]
    assert "X-Unsent" not in back


def test_a_refused_login_sends_nothing_and_tells_no_password(
    shown: Certificates, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    box = Mailbox()
    with serving(box, shown) as server:
        outcomes = send(mail(), BOTH, server, "wrong-secret")
    assert box.taken == []
    assert [o.fate for o in outcomes] == ["not sent", "not sent"]
    assert "refused user or password" in outcomes[0].why
    said = "\n".join([*map(str, outcomes), caplog.text, *capfd.readouterr()])
    assert "wrong-secret" not in said
    assert "d3Jvbmctc2VjcmV0" not in said  # the same in base64


def test_one_refused_recipient_and_nobody_gets_it(shown: Certificates) -> None:
    box = Mailbox(refuses={ERIN.address: "550 no such\x07 person here"})
    with serving(box, shown) as server:
        outcomes = send(mail(), BOTH, server, PASSWORD)
    assert box.taken == []
    assert [o.fate for o in outcomes] == ["not sent", "refused"]
    assert "no such" in outcomes[1].why
    assert "no such" not in outcomes[0].why


def test_a_message_that_the_server_will_not_have_is_not_sent(shown: Certificates) -> None:
    box = Mailbox(answer="552 too large for us")
    with serving(box, shown) as server:
        outcomes = send(mail(), BOTH, server, PASSWORD)
    assert [(o.fate, o.why) for o in outcomes] == [("not sent", "too large for us")] * 2


def test_a_line_that_breaks_in_the_middle_of_the_message_is_never_called_sent() -> None:
    with misbehaving("mid-message") as server:
        outcomes = send(mail(20_000_000), BOTH, server, "")
    assert [(o.fate, o.why) for o in outcomes] == [("not sent", "the connection broke off")] * 2


@pytest.mark.parametrize("how", ["after the end", "silent after the end"])
def test_no_word_after_the_end_is_told_as_unknown(how: str) -> None:
    with misbehaving(how) as server:
        outcomes = send(mail(), BOTH, server, "")
    assert [o.fate for o in outcomes] == ["unknown", "unknown"]
    assert "no word came" in outcomes[0].why


@pytest.mark.parametrize("how", ["slow", "silent"])
def test_a_server_that_does_not_answer_is_given_up(how: str) -> None:
    with misbehaving(how) as server:
        outcomes = send(mail(), BOTH, server, "")
    assert [(o.fate, o.why) for o in outcomes] == [("not sent", "the server did not answer in time")] * 2


def test_nobody_listens(shown: Certificates) -> None:
    with serving(Mailbox(), shown) as server:
        pass
    outcomes = send(mail(), BOTH, server, PASSWORD)
    assert [o.fate for o in outcomes] == ["not sent", "not sent"]
    assert "cannot be reached" in outcomes[0].why or "broke off" in outcomes[0].why


def test_a_certificate_of_strangers_gets_neither_password_nor_mail(
    shown: Certificates, tmp_path: Path
) -> None:
    box = Mailbox()
    with serving(box, certificates(tmp_path)) as server:
        strange = type(server)(
            server.host,
            server.sender,
            server.port,
            server.security,
            server.user,
            server.timeout,
            shown.authority,
        )
        outcomes = send(mail(), BOTH, strange, PASSWORD)
    assert box.taken == []
    assert [o.fate for o in outcomes] == ["not sent", "not sent"]
    assert "certificate is not trusted" in outcomes[0].why


def test_a_server_without_starttls_gets_nothing() -> None:
    box = Mailbox()
    with misbehaving("after the end") as plain:
        server = type(plain)(plain.host, plain.sender, plain.port, "starttls", USER, plain.timeout)
        outcomes = send(mail(), BOTH, server, PASSWORD)
    assert box.taken == []
    assert [o.fate for o in outcomes] == ["not sent", "not sent"]
    assert "neither what was asked for" in outcomes[0].why


SETTINGS = '[mail]\nhost = "mail.example.com"\nfrom = "Quality <q@example.com>"\n'


def test_the_settings_stand_beside_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "qmsbook.toml").write_text(SETTINGS + 'user = "q"\n', encoding="utf-8")
    server = server_in(tmp_path)
    assert (server.host, server.port, server.security) == ("mail.example.com", 587, "starttls")
    assert server.sender == Recipient("Quality", "q@example.com")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no file"),
        ("[mail", "qmsbook.toml"),
        ("x = 1", "x is no part of it"),
        ("[rules]", "no part [mail]"),
        ('[mial]\nhost = "x"', "it has [mail] and [rules]"),
        (SETTINGS + 'password = "secret"', "password does not belong"),
        (SETTINGS + 'secutiry = "tls"', "secutiry"),
        (SETTINGS + "port = true", "port = True"),
        (SETTINGS + "port = 70000", "port is from 1"),
        (SETTINGS + "timeout = 0", "timeout from 1"),
        (SETTINGS + 'security = "ssl"', "starttls, tls or none"),
        (SETTINGS + 'security = "none"', "for all to read"),
        (SETTINGS + 'certificate = "absent.pem"', "absent.pem"),
        ('[mail]\nhost = "h"\nfrom = "a@b.example\\nBcc: c@d.example"', "at least host"),
        ('[mail]\nfrom = "a@b.example"', "at least host"),
    ],
)
def test_settings_that_do_not_do_are_told(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "qmsbook.toml").write_text(text, encoding="utf-8")
    with pytest.raises(MailNotSetUp) as told:
        server_in(tmp_path)
    assert said in str(told.value)
    assert "secret" not in str(told.value)


def test_the_password_is_asked_for_and_kept_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "qmsbook.toml").write_text(SETTINGS + 'user = "q"\n', encoding="utf-8")
    server = server_in(tmp_path)
    monkeypatch.delenv("QMSBOOK_MAIL_PASSWORD", raising=False)
    with pytest.raises(NoPassword):
        password_for(server)
    assert password_for(server, lambda question: PASSWORD if "q at mail" in question else "") == PASSWORD
    monkeypatch.setenv("QMSBOOK_MAIL_PASSWORD", "from the environment")
    assert password_for(server) == "from the environment"
    assert PASSWORD not in repr(server)
