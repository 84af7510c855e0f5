"""Which period a command means where none was typed: the one that the button of the same name takes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from qmsbook.commands.upcoming import NoReviewDue


class Due(NamedTuple):
    """A period as it is typed, blank if none is due, and a sentence that says why it was taken."""

    text: str
    why: str


def due(command: str, workbook: Path, on: date | None) -> Due:
    """The period of `add_period`, `review`, `close` or `mail`. Raises NoReviewDue."""
    from qmsbook import commands
    from qmsbook.commands import upcoming
    from qmsbook.hosts.file.host import FileHost

    book = commands.read(FileHost(workbook), commands.Asked(on)).book
    if command == "add_period":
        month = upcoming.month_to_open(book)
        if month is None:
            return Due("", upcoming.all_opened(book))
        return Due(month.text, f"{month.spoken} was taken: it is the next month that wants figures.")
    if command == "review":
        made = upcoming.review_to_make(book)
        if made is None:
            raise NoReviewDue(upcoming.NONE_TO_MAKE)
        return Due(made[0].text, f"The review of {made[0].title} was taken: {made[1]}.")
    close = command == "close"
    found = upcoming.review_to_close(book) if close else upcoming.review_to_mail(book)
    if found is None:
        raise NoReviewDue(upcoming.NONE_TO_CLOSE if close else upcoming.NONE_TO_MAIL)
    state = "it is the one in the state draft" if close else "it is the one that comes next"
    return Due(found.text, f"The review of {found.title} was taken: {state} (table Reviews).")
