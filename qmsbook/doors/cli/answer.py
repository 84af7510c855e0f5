"""What ``--json`` answers: one object, always valid JSON, errors included.

Schema 2: each answer begins with ``"schema": 2``; what went wrong is ``{"schema": 2, "error": {...}}`` with
the error's ``name`` (docs/errors.md), its ``message`` and the ``exit_code`` that the command ends with.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import click

from qmsbook.book.error import QmsbookError

if TYPE_CHECKING:
    from qmsbook.doors.cli.fields import Answer

SCHEMA = 2
#: How a command ends that was stopped by Ctrl+C, as shells have it.
STOPPED = 130


def answer(fields: Answer | dict[str, Any], indent: int | None = None) -> str:
    """An answer as text, ASCII alone, so that no stream's encoding harms it; NaN and infinity are null."""
    held = fields if isinstance(fields, dict) else fields.plain()
    return json.dumps({"schema": SCHEMA, **_holdable(held)}, allow_nan=False, indent=indent)


def error_answer(name: str, message: str, exit_code: int) -> str:
    """What went wrong, as an answer."""
    return answer({"error": {"name": name, "message": message, "exit_code": exit_code}})


def wants_json(arguments: list[str]) -> bool:
    """Whether a command line asks for JSON; what stands behind ``--`` are names of files."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def told(problem: BaseException, arguments: list[str]) -> tuple[str, str, int]:
    """Name, sentence and exit code of an error that ended a command."""
    if isinstance(problem, QmsbookError):
        return type(problem).__name__, str(problem), problem.exit_code
    if isinstance(problem, click.Abort | KeyboardInterrupt):
        return "Stopped", "The command was stopped before it was done.", STOPPED
    if isinstance(problem, click.ClickException):
        return "WrongUse", problem.format_message(), problem.exit_code
    what = f"Something went wrong inside qmsbook ({type(problem).__name__}: {problem})."
    return "Unforeseen", f"{what} Run it again with: qmsbook --debug {' '.join(arguments)}", 2


def _holdable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _holdable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_holdable(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
