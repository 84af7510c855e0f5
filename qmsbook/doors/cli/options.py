"""Arguments and options that several commands take, each defined once."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime
from glob import glob
from pathlib import Path
from typing import Any, TypedDict

import click

#: A shell that completes knows that files may stand there.
FILE = click.Path(readable=False, path_type=Path)

_PERIODS = "2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05."


def _day(context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    """The day that was typed. Raises UsageError if it is none, or none of a plan's."""
    if text is None:
        return None
    try:
        found = datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        told = f"--on says '{text}', which is not a day. {_meant(text)}"
        raise click.UsageError(told, context) from None
    if not 1900 <= found.year <= 2199:
        raise click.UsageError(f"--on: {found.year} is no year in which a plan is judged.", context)
    return found


def matching(pattern: Path) -> tuple[Path, ...]:
    """The files that a pattern means, as Windows has patterns: `*` and `?` are signs, brackets are letters.

    What Excel puts beside an open workbook is not meant. The rest of them in the order of their names.
    """
    asked = re.sub(r"\[", "[[]", str(pattern))
    return tuple(Path(each) for each in sorted(glob(asked)) if not Path(each).name.startswith("~$"))


def _files(context: click.Context, _argument: click.Parameter, given: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files that were named; on Windows, where no shell does it, a pattern is replaced by what it means.

    Raises UsageError for a pattern that no file matches.
    """
    found: list[Path] = []
    for each in given:
        is_pattern = os.name == "nt" and re.search(r"[*?]", str(each.relative_to(each.anchor)))
        meant = matching(each) if is_pattern else (each,)
        if not meant:
            raise click.UsageError(f"No file matches {each}.", context)
        found += meant
    return tuple(found)


def _meant(text: str) -> str:
    """The day that a text may mean, or how days are typed."""
    from qmsbook.book.dates import moment

    found = moment(text)
    days = [found.day.isoformat()] if found.day else [each for each in found.options if each.count("-") == 2]
    if days:
        return f"Did you mean {' or '.join(days)}?"
    return "Type year, month and day, such as 2026-11-10."


def _there(_context: click.Context, _argument: click.Parameter, path: Path) -> Path:
    """A workbook that is there: a missing one is told before anything else that is wrong."""
    if not path.exists() and not path.is_symlink():
        from qmsbook.hosts.file.place import missing

        raise missing(path)
    return path


def _typed(context: click.Context, _argument: click.Parameter, period: str | None) -> str | None:
    """The period, whichever way it was typed."""
    spelled: str | None = context.meta.get("period")
    if period and spelled and period != spelled:
        raise click.UsageError(f"Two periods are given, {period} and {spelled}. Type one.", context)
    return spelled if period is None else period


def _spelled(context: click.Context, _option: click.Parameter, period: str | None) -> None:
    context.meta["period"] = period


workbook = click.argument(
    "workbook", metavar="WORKBOOK", type=FILE, is_eager=True, callback=_there,
    help="The .xlsx or .xlsm file; close it in Excel first.",
)  # fmt: skip
files = click.argument(
    "files", metavar="FILES...", nargs=-1, required=True, type=FILE, callback=_files,
    help="The workbooks that came back.",
)  # fmt: skip
on = click.option(
    "--on", metavar="DATE", callback=_day,
    help="The day to judge on, such as 2026-11-10. Else the setting Judged on, else today.",
)  # fmt: skip
dry_run = click.option("--dry-run", is_flag=True, help="Only say what would change.")
out = click.option(
    "--out", metavar="FILE", type=FILE, help="Write the result there; leave WORKBOOK as it is."
)
trust = click.option(
    "--trust", is_flag=True, help="Use the rules of your own beside WORKBOOK without asking."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
to_folder = click.option(
    "--to", metavar="DIR", type=FILE,
    help="Where to put the drafts. Else qmsbook-mail beside WORKBOOK.",
)  # fmt: skip


def of_period(otherwise: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Lets a command take a period behind the workbook; ``--period``, as in earlier releases, works too."""

    def taking(command: Callable[..., Any]) -> Callable[..., Any]:
        spelled = click.option(
            "--period", "spelled", is_eager=True, expose_value=False, hidden=True, callback=_spelled
        )
        given = click.argument(
            "period", metavar="[PERIOD]", required=False, callback=_typed, help=f"{_PERIODS} {otherwise}"
        )
        return given(spelled(command))

    return taking


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
