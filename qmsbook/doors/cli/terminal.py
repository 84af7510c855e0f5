"""Sentences on a terminal, wrapped to its width and colored; in a file or a pipe they are whole and plain."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Any, NamedTuple

import click


class Styled(NamedTuple):
    """A text and what ``click.style`` is told of it."""

    text: str
    how: dict[str, Any]


def bold(text: str) -> Styled:
    """What a person looks for first."""
    return Styled(text, {"bold": True})


def dim(text: str) -> Styled:
    """What may be read later."""
    return Styled(text, {"dim": True})


def colored(text: str, color: str, *, bold: bool = False) -> Styled:
    """A word whose color says something, in one of the eight colors that every terminal has."""
    return Styled(text, {"fg": color, "bold": bold or None})


def say(*parts: str | Styled) -> None:
    """Print the parts as one text, each of its lines wrapped to the terminal under its own first letter.

    Words of a workbook may hold anything: a control character of theirs is shown as a blank, never obeyed.
    """
    text = "".join(_styled(part) for part in parts)
    if sys.stdout.isatty():
        width = max(shutil.get_terminal_size().columns, 20)
        text = "\n".join(_wrapped(line, width) for line in text.split("\n"))
    click.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def _styled(part: str | Styled) -> str:
    if isinstance(part, str):
        return _harmless(part)
    return click.style(_harmless(part.text), **part.how)


def _harmless(text: str) -> str:
    return "".join(c if c == "\n" or c.isprintable() else " " for c in text)


def _wrapped(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip(" ")))
    return click.wrap_text(line.lstrip(" "), width, indent, indent)
