"""Whose rules a button may run: a file of rules is a program, so the person is asked before it runs first.

On the command line people name the workbook themselves; a button works on whatever is open, and a workbook
that came by mail may have brought such a file along.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from qmsbook.doors.screens.screen import Screen
from qmsbook.rules.own import SETTINGS_FILE, own_rules, rule_files
from qmsbook.rules.rule import Rule


def trusted_rules(screen: Screen, known: Path) -> tuple[Rule, ...]:
    """The company's own rules, unless the person does not want those beside the workbook to run.

    ``known`` is the file that keeps what was agreed to. Raises OwnRulesUnusable.
    """
    folder = screen.folder
    names = rule_files(folder) if folder else []
    if folder is None or not names:
        return own_rules(None)
    mark = _mark(folder, names)
    if mark not in (known.read_text("ascii").split() if known.exists() else ()):
        if not screen.ask(_question(names)):
            return own_rules(None)
        known.parent.mkdir(parents=True, exist_ok=True)
        with known.open("a", encoding="ascii") as file:
            file.write(mark + "\n")
    return own_rules(folder)


def _question(names: list[str]) -> str:
    return (
        f"Beside this workbook stand rules of your company's own ({', '.join(names)}). They are a program "
        "and may do whatever you may do on this computer. Shall they be used? If not, qmsbook goes by its "
        "other rules alone. You are asked again only when they change."
    )


def _mark(folder: Path, names: list[str]) -> str:
    """What is agreed to: these very files, wherever they stand."""
    found = hashlib.sha256()
    for name in (SETTINGS_FILE, *names):
        content = (folder / name).read_bytes() if (folder / name).is_file() else b""
        found.update(f"{name}\0{len(content)}\0".encode() + content)
    return found.hexdigest()
