"""What the command line asks a person before it runs or trusts what a file beside the workbook names."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from qmsbook.doors.trust import Own, trusted_rules
from qmsbook.setup.places import places


def can_ask() -> bool:
    """Whether somebody sits at the terminal."""
    return sys.stdin.isatty()


def yes(question: str) -> bool:
    """The person's yes or no; no where nobody can be asked."""
    return can_ask() and typer.confirm(question, default=False, err=True)


def own(workbook: Path, trust: bool) -> Own:
    """The company's own rules for a workbook; ``trust``: the person has said yes already."""
    return trusted_rules(workbook.parent, (lambda _: True) if trust else yes, places().data)
