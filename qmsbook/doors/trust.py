"""What a person has agreed to, kept in their own folder: rules that run here, servers that get a password.

Both are named by a file beside the workbook, and a workbook that came by mail may have brought such a file
along. So the person is asked the first time, by whatever door, and again when it is no longer the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qmsbook.book.error import QmsbookError
from qmsbook.rules.own import own_program, own_rules
from qmsbook.rules.rule import Rule

if TYPE_CHECKING:  # mail is imported when it is asked for
    from qmsbook.mail.server import Server

#: Files in the person's folder: what was agreed to, a mark a line, and in words what it is.
RULES_FILE, SERVERS_FILE = "trusted-rules.txt", "trusted-servers.txt"


class ServerNotAgreed(QmsbookError):
    """Nothing was made or sent: you have not agreed to the mail server that qmsbook.toml names. Run the
    command once in a window where it can ask, or name the server with --server HOST:PORT.
    """

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Agreed:
    """The file that keeps what was agreed to."""

    path: Path

    def holds(self, mark: str) -> bool:
        """Whether this was agreed to before."""
        try:
            lines = self.path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return False
        return any(line.split()[:1] == [mark] for line in lines)

    def keep(self, mark: str, about: str) -> None:
        """Remember it; where nothing can be written, the person is asked again the next time."""
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(f"{mark} {' '.join(about.split())}\n")


@dataclass(frozen=True, slots=True)
class Own:
    """A company's own rules; ``left_out`` are the files beside the workbook that nobody agreed to."""

    rules: tuple[Rule, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        """What the person should know."""
        if not self.left_out:
            return ()
        return (
            f"The rules of your own beside the workbook ({', '.join(self.left_out)}) were not used, for you "
            "have not agreed to them here. Look at them first. Then run the command in a window where it can "
            "ask you, or once with --trust.",
        )


def trusted_rules(folder: Path | None, ask: Callable[[str], bool], known: Path) -> Own:
    """The company's own rules, without those beside the workbook unless the person wants them to run.

    ``known`` is the person's folder. Raises OwnRulesUnusable.
    """
    program = own_program(folder)
    if program is None:
        return Own(own_rules(None))
    agreed, mark = Agreed(known / RULES_FILE), program.mark
    if not agreed.holds(mark):
        if not ask(_question(program.files)):
            return Own(own_rules(None), tuple(program.files))
        agreed.keep(mark, ", ".join(program.files))
    return Own(own_rules(program))


def _question(names: list[str]) -> str:
    return (
        f"Beside this workbook stand rules of your company's own ({', '.join(names)}). They are a program "
        "and may do whatever you may do on this computer. Shall they be used? If not, qmsbook goes by its "
        "other rules alone. You are asked again only when they change."
    )


def agreed_server(folder: Path, named: str, ask: Callable[[str], str], known: Path) -> Server:
    """The mail server that qmsbook.toml in a folder names, once the person named it too.

    ``named`` is what stands on the command line (``host:port``); ``ask`` gives what the person types. With a
    certificate of the company's own beside it, a name on the command line is not enough: nobody would have
    seen the certificate. Raises MailNotSetUp and ServerNotAgreed.
    """
    from qmsbook.mail.server import server_in

    server = server_in(folder)
    agreed = Agreed(known / SERVERS_FILE)
    if named and named.casefold() != server.place.casefold():
        raise ServerNotAgreed(f"The command line says {named}, qmsbook.toml says {server.place}.")
    if agreed.holds(server.mark):
        return server
    if not named or server.certificate is not None:
        typed = ask(_which_server(server))
        if typed.casefold() not in (server.host.casefold(), server.place.casefold()):
            told = f"You typed {typed}; " if typed else ""
            raise ServerNotAgreed(f"{told}qmsbook.toml says {server}.")
    agreed.keep(server.mark, str(server))
    return server


def _which_server(server: Server) -> str:
    shown = server.certificate
    with_it = f" The certificate {shown.name} has the SHA-256 {shown.fingerprint}." if shown else ""
    password = f", and the password of {server.user}" if server.user else ""
    return (
        f"qmsbook.toml beside the workbook sends mail by {server}.{with_it} The review{password} will go "
        "there. Is that the server that your company uses? Then type its name"
    )
