"""What the command line asks a person before it runs or trusts what a file beside the workbook names."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qmsbook.doors.trust import Own, agreed_server, trusted_rules
from qmsbook.hosts.file.place import real
from qmsbook.setup.places import places

if TYPE_CHECKING:  # mail is imported when it is asked for
    from qmsbook.mail.server import Server


def can_ask() -> bool:
    """Whether somebody sits at the terminal."""
    return sys.stdin.isatty()


def yes(question: str) -> bool:
    """The person's yes or no; no where nobody can be asked."""
    return can_ask() and click.confirm(question, default=False, err=True)


def typed(question: str) -> str:
    """What the person types; blank where nobody can be asked."""
    return click.prompt(question, default="", show_default=False, err=True).strip() if can_ask() else ""


def folder_of(workbook: Path) -> Path:
    """The folder in which a workbook lies, also if it is reached by a link."""
    with suppress(OSError):  # links that lead in a circle are told of by whoever opens it
        return real(workbook).parent
    return workbook.parent


def own(workbook: Path, trust: bool) -> Own:
    """The company's own rules for a workbook; ``trust``: the person has said yes already."""
    return trusted_rules(folder_of(workbook), (lambda _: True) if trust else yes, places().data)


def take_over(question: str) -> bool:
    """Whether a figure that may not be meant is taken all the same."""
    return yes(f"{question} Take it over all the same?")


def server_for(folder: Path, named: str) -> Server:
    """The mail server of a folder, agreed to by the person. Raises MailNotSetUp and ServerNotAgreed."""
    return agreed_server(folder, named, typed, places().data)


def send_now(people: Sequence[object], server: Server) -> bool:
    """Whether the person at the terminal wants these people to get it, by this server."""
    click.echo("To: " + ("; ".join(map(str, people)) or "nobody"), err=True)
    click.echo(f"From: {server.sender}", err=True)
    click.echo(f"By: {server}", err=True)
    return yes("Send it to them now?")


def password(server: Server) -> str:
    """The password for a server that was agreed to. Raises NoPassword."""
    from qmsbook.mail.password import password_for

    return password_for(server, lambda question: getpass(question) if can_ask() else "", yes)
