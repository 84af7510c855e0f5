"""What a person has agreed to, kept in their own folder: rules that run here, servers that get a password.

Both are named by a file beside the workbook, and a workbook that came by mail may have brought such a file
along. So the person is asked the first time, by whatever door, and again when it is no longer the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qmsbook.rules.own import own_program, own_rules
from qmsbook.rules.rule import Rule

#: Files in the person's folder: what was agreed to, a mark a line, and in words what it is.
RULES_FILE, SERVERS_FILE = "trusted-rules.txt", "trusted-servers.txt"


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
