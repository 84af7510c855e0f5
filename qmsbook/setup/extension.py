"""Puts the menu QMS into LibreOffice, and takes it out again, by LibreOffice's own installer unopkg."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from qmsbook.book.error import QmsbookError
from qmsbook.setup.addins import built, with_interpreter_beside
from qmsbook.setup.places import Places

#: The extension's own name, as description.xml has it.
ID = "org.qmsbook.buttons"
#: Seconds; a first start makes a profile.
_PATIENCE = 120


class ExtensionRefused(QmsbookError):
    """LibreOffice did not take the menu QMS. Close LibreOffice, do not work as root, and try again."""


def add(here: Places, python: str, office: str, prefix: Sequence[str] = ()) -> str:
    """Install for one person; gives a sentence. ``prefix`` goes before the command. Raises ExtensionRefused.

    The file stays in the person's data folder, where `doctor` looks for it.
    """
    here.extension.parent.mkdir(parents=True, exist_ok=True)
    here.extension.write_bytes(with_interpreter_beside(built("qmsbook.oxt"), python))
    problem = _unopkg(here, office, prefix, "add", "--force", "--suppress-license", str(here.extension))
    if problem is not None:
        here.extension.unlink()
        raise ExtensionRefused(f"({problem})")
    return "LibreOffice: the menu QMS is there the next time LibreOffice starts."


def remove(here: Places, office: str | None, prefix: Sequence[str] = ()) -> list[str]:
    """Take it out; gives sentences, none if it was not there. Raises ExtensionRefused."""
    if not here.extension.exists():
        return []
    problem = _unopkg(here, office, prefix, "remove", ID) if office else None
    if problem is not None and "no such extension" not in problem.casefold():
        raise ExtensionRefused(f"({problem})")
    here.extension.unlink()
    return ["The menu QMS was removed from LibreOffice."]


def _unopkg(here: Places, office: str, prefix: Sequence[str], *arguments: str) -> str | None:
    """Run the installer that belongs to a LibreOffice; what it complained of, or None."""
    from qmsbook.hosts.libreoffice.bridge import environment

    soffice = Path(office).resolve()
    program = soffice.with_name("unopkg" + soffice.suffix)
    profile = [f"-env:UserInstallation={here.office_profile.as_uri()}"] if here.office_profile else []
    try:
        done = subprocess.run(
            [*prefix, str(program), *arguments, *profile], capture_output=True, text=True, errors="replace",
            stdin=subprocess.DEVNULL, timeout=_PATIENCE, check=False,
            env=environment(),
            cwd=program.parent,  # unopkg goes back to where it was started, which may be closed to it
        )  # fmt: skip
    except OSError as problem:
        return f"{program}: {problem.strerror}"
    except subprocess.TimeoutExpired:
        return f"{program} did not answer within {_PATIENCE} seconds"
    said = " ".join((done.stderr or done.stdout).split())
    return None if done.returncode == 0 else said or f"code {done.returncode}"
