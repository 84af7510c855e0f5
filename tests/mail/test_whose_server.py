"""A password goes to the server that the person named, never to one that only a file names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from common import ROOT
from keyring.backend import KeyringBackend
from mail_servers import LOCAL, PASSWORD, USER, Certificates, Mailbox, certificates, serving
from terminal import at_terminal, home

from qmsbook.commands import template
from qmsbook.doors.trust import ServerNotAgreed, agreed_server
from qmsbook.mail.password import NoPassword, password_for, service
from qmsbook.mail.server import MailNotSetUp, Server, server_in

MAIL = ["--period", "2026-Q3", "--send"]
NAME_IT, SEND_IT, WORD = "Then type its name", "Send it to them now?", "Password of"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book" / "acme.xlsx"
    path.parent.mkdir()
    path.write_bytes(template("example.xlsx"))
    return path


@pytest.fixture
def shown(book: Path) -> Certificates:
    return certificates(book.parent)


def named(folder: Path, server: Server, **other: object) -> None:
    """What qmsbook.toml says; ``other`` in place of what is so."""
    said = {
        "host": server.host, "from": f"Quality <{USER}>", "user": server.user, "security": server.security,
        "port": server.port, "certificate": "office-ca.pem",
    } | other  # fmt: skip
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in said.items() if value is not None]
    (folder / "qmsbook.toml").write_text("[mail]\n" + "".join(lines), encoding="utf-8")


def script(book: Path, person: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The command where nobody can be asked, with a password at hand."""
    return subprocess.run(
        [sys.executable, "-m", "qmsbook", "mail", str(book), *MAIL, "--yes", *more],
        capture_output=True, text=True, check=False, cwd=ROOT, stdin=subprocess.DEVNULL,
        env={**os.environ, **home(person), "QMSBOOK_MAIL_PASSWORD": PASSWORD},
    )  # fmt: skip


def test_the_person_names_the_server_once_and_is_told_where_everything_goes(
    book: Path, shown: Certificates, tmp_path: Path
) -> None:
    box = Mailbox()
    with serving(box, shown) as server:
        named(book.parent, server)
        typed = [(NAME_IT, LOCAL), (SEND_IT, "y"), (WORD, PASSWORD)]
        code, screen = at_terminal(["mail", book, *MAIL], typed, home(tmp_path))
        assert code == 0, screen
        for said in (
            f"{LOCAL}, port {server.port}", USER, "office-ca.pem", shown.authority.fingerprint,
            f"By: {LOCAL}, port {server.port} (starttls), logging in as {USER}, trusting the certificate in",
        ):  # fmt: skip
            assert said in screen, said
        assert PASSWORD not in screen
        assert len(box.taken) == 1
        code, screen = at_terminal(["mail", book, *MAIL], typed[1:], home(tmp_path))
        assert code == 0
        assert NAME_IT not in screen
        assert script(book, tmp_path).returncode == 0  # known by now, so --yes is enough
        assert len(box.taken) == 3
    kept = (tmp_path / "data" / "qmsbook" / "trusted-servers.txt").read_text("utf-8")
    assert LOCAL in kept
    assert PASSWORD not in kept


def test_another_name_than_the_file_s_sends_nothing(book: Path, shown: Certificates, tmp_path: Path) -> None:
    box = Mailbox()
    with serving(box, shown) as server:
        named(book.parent, server)
        for answer in ("smtp.example.com", "y", ""):
            code, screen = at_terminal(["mail", book, *MAIL], [(NAME_IT, answer)], home(tmp_path))
            assert code == 2
            assert "Nothing was made or sent" in screen
            assert SEND_IT not in screen
    assert box.taken == []
    assert not (book.parent / "qmsbook-mail").exists()


@pytest.mark.parametrize("other", ["port", "user", "certificate", "security", "host"])
def test_whatever_changes_in_it_is_asked_again(
    book: Path, shown: Certificates, tmp_path: Path, other: str
) -> None:
    with serving(Mailbox(), shown) as server:
        pass
    named(book.parent, server)
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return server.host

    agreed_server(book.parent, "", ask, tmp_path)
    agreed_server(book.parent, "", ask, tmp_path)
    assert len(asked) == 1
    if other == "certificate":
        certificates(book.parent)
    else:
        changed = {
            "port": 2525,
            "user": "boss@example.com",
            "security": "tls",
            "host": "localhost.evil.example",
        }
        named(book.parent, server, **{other: changed[other]})
    if other == "host":
        with pytest.raises(ServerNotAgreed, match=r"localhost\.evil\.example"):
            agreed_server(book.parent, "", ask, tmp_path)
    else:
        agreed_server(book.parent, "", ask, tmp_path)
    assert len(asked) == 2


def test_a_script_names_the_server_and_yes_alone_trusts_none(
    book: Path, shown: Certificates, tmp_path: Path
) -> None:
    box = Mailbox()
    with serving(box, shown) as server:
        named(book.parent, server)
        done = script(book, tmp_path)
        assert done.returncode == 2
        assert "--server HOST:PORT" in done.stderr
        other = script(book, tmp_path, "--server", f"{LOCAL}:{server.port + 1}")
        assert other.returncode == 2
        assert str(server.port + 1) in other.stderr
        unseen = script(book, tmp_path, "--server", server.place)  # nobody saw the certificate
        assert unseen.returncode == 2
        assert "office-ca.pem" in unseen.stderr
        assert box.taken == []
    with serving(box, shown, "none", login=False) as server:
        named(book.parent, server, certificate=None, user="")
        done = script(book, tmp_path, "--server", server.place)
        assert done.returncode == 0, done.stderr
        assert len(box.taken) == 1
    assert not [path for path in book.parent.iterdir() if path.name.startswith("trusted")]


@pytest.mark.parametrize(
    ("certificate", "said"),
    [
        ("../office-ca.pem", "does not lie in the workbook's folder"),
        (r"\\host\share\ca.pem", "does not lie in the workbook's folder"),
        ("link.pem", "link out of the workbook's folder"),
        ("pipe.pem", "no file pipe.pem"),
        ("acme.xlsx", "holds no certificate"),
        ("", "does not lie in"),
    ],
)
def test_only_a_certificate_beside_the_workbook_is_opened(
    book: Path, shown: Certificates, tmp_path: Path, certificate: str, said: str
) -> None:
    (book.parent / "office-ca.pem").rename(tmp_path / "office-ca.pem")
    (book.parent / "link.pem").symlink_to(tmp_path / "office-ca.pem")
    os.mkfifo(book.parent / "pipe.pem")
    with serving(Mailbox(), shown) as server:
        pass
    named(book.parent, server, certificate=certificate)
    with pytest.raises(MailNotSetUp, match=said.replace("(", r"\(")):
        server_in(book.parent)


def test_the_certificate_that_was_shown_is_the_one_that_counts(book: Path, shown: Certificates) -> None:
    with serving(Mailbox(), shown) as server:
        named(book.parent, server)
        found = server_in(book.parent)
    certificates(book.parent)
    assert found.certificate == shown.authority
    assert len(found.trust().get_ca_certs()) == 1


class Safe(KeyringBackend):
    """A keyring in memory, by the interface that the package keyring has for all of them."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Safe]:
    monkeypatch.delenv("QMSBOOK_MAIL_PASSWORD", raising=False)
    before, made = keyring.get_keyring(), Safe()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def at(place: str) -> Server:
    host, _, port = place.partition(":")
    return Server(host, None, int(port), user=USER)  # type: ignore[arg-type]  # the sender is not asked for


def test_a_kept_password_is_for_one_user_at_one_server(safe: Safe) -> None:
    ours = at("smtp.example.com:587")
    keyring.set_password("qmsbook smtp.example.com:587", USER, PASSWORD)
    assert password_for(ours) == PASSWORD
    for other in (at("smtp.example.com:25"), at("evil.example:587")):
        with pytest.raises(NoPassword):
            password_for(other)


def test_a_password_of_the_first_release_moves_to_its_server_when_the_person_says_so(safe: Safe) -> None:
    ours = at("smtp.example.com:587")
    keyring.set_password("qmsbook", USER, PASSWORD)
    with pytest.raises(NoPassword, match="keyring set"):
        password_for(ours)  # where nobody can be asked
    asked: list[str] = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    assert password_for(at("evil.example:587"), lambda _: "typed", no) == "typed"
    assert "evil.example:587" in asked[0]
    assert safe.held == {("qmsbook", USER): PASSWORD}
    assert password_for(ours, None, lambda _: True) == PASSWORD
    assert safe.held == {(service(ours), USER): PASSWORD}
    assert password_for(ours) == PASSWORD
