"""The commands remind and collect: a draft per person with what they owe, and their rows taken back in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qmsbook.book.book import Book
from qmsbook.book.edit import AppendRows, Edit
from qmsbook.book.error import QmsbookError
from qmsbook.book.reading import read_book
from qmsbook.book.table import Table, Value
from qmsbook.book.words import listed
from qmsbook.chase.calendar import calendar
from qmsbook.chase.entry import entry_workbook
from qmsbook.chase.merge import Conflict, Merged, merge
from qmsbook.chase.owed import Owed, owed
from qmsbook.chase.reminder import reminder
from qmsbook.chase.returned import NotReturned, Returned, returned
from qmsbook.commands.new_period import with_context
from qmsbook.commands.new_workbook import FileExists
from qmsbook.commands.review_mail import FolderNotWritable, Mailed, Post, written
from qmsbook.commands.work import Looked, Progress, apply, look, quiet
from qmsbook.hosts.host import Applied, Host, WorkbookUnreadable
from qmsbook.hosts.memory import MemoryHost
from qmsbook.mail.draft import Attachment, file_name
from qmsbook.mail.recipients import recipients
from qmsbook.rules.rule import Rule


class NotTheSameFigure(QmsbookError):
    """A figure would not be read from the workbook as it came back, so nothing was written."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of returned workbooks: what was taken, what a person has to settle, what else to know.

    ``unused`` says of each file that could not be used why.
    """

    taken: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    notices: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    applied: Applied | None = None


def remind(
    host: Host, folder: Path, on: date | None = None, progress: Progress = quiet, own: Sequence[Rule] = ()
) -> Mailed:
    """Write, for each person who owes something, a draft with their rows and their dates attached."""
    looked = look(host, on, progress, own)
    book_id = looked.snapshot.properties.get("qmsbook.id", "")
    people = owed(looked.book, looked.assessed, looked.findings)
    known = [person for person in people if looked.book.person(person.person) is not None]
    progress("Writing the drafts")
    mailed = written(_posts(looked.book, known, book_id), folder, f"Reminders {looked.book.on.isoformat()}")
    strange = [person.person for person in people if person not in known]
    if not strange:
        return mailed
    verb = "is" if len(strange) == 1 else "are"
    told = f"{listed(strange)} {verb} not in the sheet People, so nobody is reminded of what is theirs."
    return Mailed(mailed.posts, mailed.folder, mailed.files, (*mailed.notices, told))


def _posts(book: Book, people: Sequence[Owed], id: str) -> list[Post]:
    names: dict[str, int] = {}
    return [_post(book, person, id, _once(file_name(person.person), names)) for person in people]


def _once(name: str, names: dict[str, int]) -> str:
    """A file's name that no other person has, as file systems compare names."""
    names[name.casefold()] = number = names.get(name.casefold(), 0) + 1
    return name if number == 1 else _once(f"{name} ({number})", names)


def _post(book: Book, person: Owed, id: str, name: str) -> Post:
    rows, dates = entry_workbook(book, person, id), calendar(book, person, id)
    attachments = [Attachment(f"{name}.xlsx", rows)] if rows else []
    attachments += [Attachment(f"{name}.ics", dates)] if dates else []
    to, lost = recipients(book, [person.person])
    letter = reminder(book, person, [each.name for each in attachments])
    return Post(name, letter, to, tuple(attachments), lost)


def collect(
    host: Host, files: Mapping[str, bytes], on: date | None = None, dry_run: bool = False,
    progress: Progress = quiet,
) -> Collected:  # fmt: skip
    """Take returned entry workbooks in, by file name; what is not certain is told and not written."""
    looked = look(host, on, progress)
    book_id = looked.snapshot.properties.get("qmsbook.id", "")
    progress("Comparing what came back")
    back, unused = _read(files, book_id)
    merged = merge(looked.book, back)
    edits = _edits(looked, merged)
    _same_figures(looked, edits, merged)
    notices = [f"{each.file}: nothing was typed in it." for each in back if not each.typed]
    notices += [
        f"{each.file} {text} stands outside the yellow cells and was not taken."
        for each in back
        for text in each.outside
    ]
    taken = tuple(str(each) for each in merged.taken)
    if dry_run or not edits:
        return Collected(taken, merged.conflicts, tuple(notices), tuple(unused))
    progress("Saving")
    applied = apply(host, edits, looked.snapshot)
    return Collected(taken, merged.conflicts, tuple(notices), tuple(unused), applied)


def contents(paths: Sequence[Path]) -> dict[str, bytes]:
    """The files by name, each read whole; by its path where two have one name. Raises NotReturned."""
    names = [path.name for path in paths]
    found = {}
    for path in paths:
        try:
            found[path.name if names.count(path.name) == 1 else str(path)] = path.read_bytes()
        except OSError as problem:
            raise NotReturned(f"({path}: {problem.strerror})") from None
    return found


def write_list(path: Path, text: str) -> None:
    """Write the list of what is left to settle. Raises FileExists and FolderNotWritable."""
    try:
        with path.open("x", encoding="utf-8-sig", newline="") as file:  # Excel takes it for UTF-8 by its mark
            file.write(text)
    except FileExistsError:
        raise FileExists(f"Found: {path}.") from None
    except OSError as problem:
        raise FolderNotWritable(f"({path}: {problem.strerror})") from None


def _read(files: Mapping[str, bytes], id: str) -> tuple[list[Returned], list[str]]:
    """What came back, and a sentence on each file that cannot be used."""
    found: list[Returned] = []
    notices: list[str] = []
    for name, content in files.items():
        try:
            found.append(returned(name, content, id))
        except (NotReturned, WorkbookUnreadable) as problem:
            notices.append(f"{name} was not taken: {problem}")
    return found, notices


def _edits(looked: Looked, merged: Merged) -> list[Edit]:
    edits = list(merged.fills)
    if merged.rows:
        rows = with_context(looked, merged.rows)
        edits.append(
            AppendRows("Measurements", tuple(_stored(looked, row, at) for at, row in enumerate(rows)))
        )
    return edits


def _stored(looked: Looked, row: Mapping[str, Value], number: int) -> Mapping[str, Value]:
    """A new row as its cells want it: where they are formatted as a percent, a figure in % is a hundredth."""
    table, kpi = looked.book.tables["Measurements"], looked.book.kpi(str(row["KPI"]))
    value, place = row.get("Value"), table.find("Value")
    if kpi is None or kpi.unit != "%" or not isinstance(value, float) or place is None or not table.rows:
        return row
    at = min(_first_free(table) + number, table.rows - 1)
    return {**row, "Value": float(f"{value / 100:.15g}")} if table.is_percent(at, place) else row


def _first_free(table: Table) -> int:
    row = table.rows
    while row > 0 and all(column[row - 1] is None for column in table.columns):
        row -= 1
    return row


def _same_figures(looked: Looked, edits: Sequence[Edit], merged: Merged) -> None:
    """Carry the edits out in memory and read every figure again. Raises NotTheSameFigure."""
    scratch = MemoryHost(looked.snapshot.tables)
    scratch.apply(edits, scratch.read())
    book = read_book(scratch.read().tables, looked.book.on)
    held = book.measurements
    now = {
        held.key(at): (held.value[at], held.numerator[at], held.denominator[at]) for at in range(len(held))
    }
    for each in merged.taken:
        if each.headers[0] != "Value":
            continue
        found = now.get(each.row)
        if found is None or any(_apart(one, other) for one, other in zip(found, each.after, strict=True)):
            raise NotTheSameFigure(f"It is {each}.")


def _apart(one: float | None, other: Value) -> bool:
    if one is None or not isinstance(other, float):
        return not (one is None and other is None)
    return abs(one - other) > 1e-9 * max(1.0, abs(other))
