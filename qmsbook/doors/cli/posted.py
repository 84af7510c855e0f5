"""What the command line prints about drafts, mail that was sent, and rows that came back."""

from __future__ import annotations

import csv
import io
import re

from rich.markup import escape

from qmsbook.commands.reminders import Collected
from qmsbook.commands.review_mail import Mailed
from qmsbook.doors.cli.report import console_here, print_notices
from qmsbook.pages.page import text_of


def print_mailed(made: Mailed) -> None:
    """Where the drafts are, whom they are for, and what became of them if they were sent."""
    console = console_here()
    if not made.posts:
        console.print("Nobody owes anything; nothing was written.")
        print_notices(made.notices)
        return
    for post in made.posts:
        to = "; ".join(str(person) for person in post.to) or "nobody (put in the address yourself)"
        console.print(f"[bold]{escape(post.name)}.eml[/] to {escape(to)}", highlight=False)
    print_notices(made.notices)
    for outcome in made.outcomes:
        style = "green" if outcome.fate == "sent" else "bold red"
        console.print(f"[{style}]{outcome.fate}[/] {escape(str(outcome))}", highlight=False)
    console.print(f"The drafts are in {escape(str(made.folder))}", highlight=False, soft_wrap=True)
    if not made.outcomes:
        console.print("Nothing was sent: open a draft, look at it, send it.")


def print_collected(made: Collected, dry_run: bool) -> None:
    """What was taken over, and everything that a person has to settle."""
    console = console_here()
    if made.taken:
        console.print("[bold]This would be taken over:[/]" if dry_run else "[bold]Taken over:[/]")
    else:
        console.print("Nothing was taken over.")
    for text in made.taken:
        console.print(f"  {escape(text)}", highlight=False)
    if made.conflicts:
        console.print("[bold red]Left for you to settle; the workbook still says what it said:[/]")
    for conflict in made.conflicts:
        console.print(f"  {escape(str(conflict))}", highlight=False)
    for text in made.unused:
        console.print(f"[bold red]Not used:[/] {escape(text)}", highlight=False)
    print_notices(made.notices)
    if made.applied and made.applied.changed:
        console.print("Run refresh to bring statuses and sheets up to date.")
        if made.applied.backup:
            console.print(f"The workbook as it was: {escape(made.applied.backup)}")


def conflicts_csv(made: Collected) -> str:
    """What is left to settle as a table, one line per cell; no cell of it is a formula to a spreadsheet."""
    stream = io.StringIO()
    lines = csv.writer(stream)
    lines.writerow(("Row", "Column", "Here", "Came back", "File", "Cell", "Why"))
    for c in made.conflicts:
        for place, header in enumerate(c.headers):
            here = text_of(c.here[place]) if c.here is not None else ""
            said = text_of(c.said[place])
            if said or here:
                rest = (_harmless(text) for text in (c.file, c.cell, c.why))
                lines.writerow((_harmless(c.row), header, _figure(here), _figure(said), *rest))
    return stream.getvalue()


def _figure(text: str) -> str:
    """A number as it is, so that it can be reckoned with; any other text made harmless."""
    try:
        float(text)
    except ValueError:
        return _harmless(text)
    return " ".join(text.split())


def _harmless(text: str) -> str:
    """A text that no program takes for a formula: a quote before what could be one.

    Where the comma is the decimal sign, Excel begins a new cell behind each semicolon only: there the first
    column begins a cell that holds the whole line.
    """
    return re.sub(r"(\A|;[\s\"]*)(?=[=+\-@])", r"\1'", " ".join(text.split()))
