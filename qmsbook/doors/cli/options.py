"""Arguments and options that several commands take, each defined once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypedDict

import click

_PERIODS = "2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05."


def _day(context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    """The day that was typed. Raises UsageError if it is none, or none of a plan's."""
    if text is None:
        return None
    try:
        found = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        told = f"--on says '{text}', which is not a day. Type year, month and day, such as 2026-11-10."
        raise click.UsageError(told, context) from None
    if not 1900 <= found.year <= 2199:
        raise click.UsageError(f"--on: {found.year} is no year in which a plan is judged.", context)
    return found


workbook = click.argument(
    "workbook", metavar="WORKBOOK", type=Path, help="The .xlsx or .xlsm file; close it in Excel first."
)
on = click.option(
    "--on", metavar="DATE", callback=_day,
    help="The day to judge on, such as 2026-11-10. Else the setting Judged on, else today.",
)  # fmt: skip
dry_run = click.option("--dry-run", is_flag=True, help="Only say what would change.")
out = click.option(
    "--out", metavar="FILE", type=Path, help="Write the result there; leave WORKBOOK as it is."
)
trust = click.option(
    "--trust", is_flag=True, help="Use the rules of your own beside WORKBOOK without asking."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
to_folder = click.option(
    "--to", metavar="DIR", type=Path,
    help="Where to put the drafts. Else qmsbook-mail beside WORKBOOK.",
)  # fmt: skip
period = click.argument("period", metavar="PERIOD", help=_PERIODS)
review_of = click.option("--period", metavar="PERIOD", required=True, help=f"The review's: {_PERIODS}")


class Answering(TypedDict):
    """The day that is judged on, and whether programs read the answer."""

    on: date | None
    as_json: bool


class Looking(Answering):
    """How a command that judges a workbook is to go about it."""

    trust: bool


class Taking(Answering):
    """How a command that takes something into the workbook is to go about it."""

    dry_run: bool
    out: Path | None


class Writing(Taking):
    """How a command that judges a workbook and writes into it is to go about it."""

    trust: bool


class Sending(TypedDict):
    """Whether a mail is sent too, and by which server."""

    send: bool
    yes: bool
    server: str


def writing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Lets a command take what is in `Writing`."""
    for option in (trust, as_json, out, dry_run, on):  # the last one stands first in the help
        command = option(command)
    return command
