"""What the command line prints about drafts, mail that was sent, and rows that came back."""

from __future__ import annotations

import csv
import io
import re

from qmsbook.commands.reminders import Collected
from qmsbook.commands.review_mail import Mailed
from qmsbook.doors.cli.report import print_notices
from qmsbook.doors.cli.terminal import bold, colored, say
from qmsbook.pages.page import text_of


def print_mailed(made: Mailed) -> None:
    """Where the drafts are, whom they are for, and what became of them if they were sent."""
    if not made.posts:
        say("Nobody owes anything; nothing was written.")
        print_notices(made.notices)
        return
    for post in made.posts:
        to = "; ".join(str(person) for person in post.to) or "nobody (put in the address yourself)"
        say(bold(f"{post.name}.eml"), f" to {to}")
    print_notices(made.notices)
    for outcome in made.outcomes:
        sent = outcome.fate == "sent"
        say(colored(outcome.fate, "green" if sent else "red", bold=not sent), f" {outcome}")
    say(f"The drafts are in {made.folder}")
    if not made.outcomes:
        say("Nothing was sent: open a draft, look at it, send it.")


def print_collected(made: Collected, dry_run: bool) -> None:
    """What was taken over, and everything that a person has to settle."""
    if made.taken:
        say(bold("This would be taken over:" if dry_run else "Taken over:"))
    else:
        say("Nothing was taken over.")
    for text in made.taken:
        say(f"  {text}")
    if made.conflicts:
        say(colored("Left for you to settle; the workbook still says what it said:", "red", bold=True))
    for conflict in made.conflicts:
        say(f"  {conflict}")
    for text in made.unused:
        say(colored("Not used:", "red", bold=True), f" {text}")
    print_notices(made.notices)
    if made.applied and made.applied.changed:
        say("Run refresh to bring statuses and sheets up to date.")
        if made.applied.backup:
            say(f"The workbook as it was: {made.applied.backup}")


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
