"""The commands remind and collect: a draft per person with what they owe, and their rows taken back in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from qmsbook.book.book import Book
from qmsbook.book.edit import AppendRows, Edit
from qmsbook.book.error import QmsbookError
from qmsbook.book.meant import part_of
from qmsbook.book.reading import read_book
from qmsbook.book.table import Table, Value
from qmsbook.book.words import listed, one_line
from qmsbook.chase.calendar import calendar
from qmsbook.chase.claims import shown
from qmsbook.chase.entry import entry_areas, entry_workbook
from qmsbook.chase.given import Given, NotKept, Store
from qmsbook.chase.merge import Conflict, Merged, merge
from qmsbook.chase.owed import Owed, owed
from qmsbook.chase.reminder import reminder
from qmsbook.chase.returned import LARGEST, UNKNOWN, NotReturned, Returned, returned
from qmsbook.commands.new_period import with_context
from qmsbook.commands.new_workbook import FileExists
from qmsbook.commands.passed import PLAINLY, How, Looked
from qmsbook.commands.review_mail import Mailed, Post, fresh_folder, put
from qmsbook.commands.update import look
from qmsbook.commands.work import write
from qmsbook.hosts.file import place, save
from qmsbook.hosts.host import Applied, Host, WorkbookUnreadable
from qmsbook.hosts.memory import MemoryHost
from qmsbook.mail.draft import Attachment, file_name
from qmsbook.mail.recipients import recipients


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
    host: Host, folder: Path, on: date | None = None, how: How = PLAINLY, store: Store | None = None
) -> Mailed:
    """Write, for each person who owes something, a draft with their rows and their dates attached.

    ``store`` keeps what is given out; what comes back is taken by that alone.
    """
    looked = look(host, on, how)
    book_id = looked.snapshot.properties.get("qmsbook.id", "")
    people = owed(looked.book, looked.assessed, looked.findings)
    known = [person for person in people if looked.book.person(person.person) is not None]
    how.progress("Writing the drafts")
    with fresh_folder(folder, f"Reminders {looked.book.on.isoformat()}") as drafts:
        tickets, notices = _tickets(known, book_id, store)
        mailed = put(_posts(looked.book, known, book_id, tickets), drafts)
    strange = [person.person for person in people if person not in known]
    if strange:
        verb = "is" if len(strange) == 1 else "are"
        told = f"{listed(strange)} {verb} not in the sheet People, so nobody is reminded of what is theirs."
        notices.append(told)
    return replace(mailed, notices=(*mailed.notices, *notices))


def _tickets(people: Sequence[Owed], id: str, store: Store | None) -> tuple[dict[str, str], list[str]]:
    """By person, the ticket of what they are given; and what the person should know."""
    given = [
        Given(id, person.person, {name: area.given for name, area in areas.items()})
        for person in people
        if (areas := entry_areas(person))
    ]
    if store is None or not given:
        return {}, []
    try:
        return dict(zip((each.person for each in given), store.keep(given), strict=True)), []
    except NotKept as problem:
        told = (
            f"What is given out could not be kept beside the workbook ({problem}): collect will show what "
            "comes back and take nothing of it, unless you name each sender with --from."
        )
        return {}, [told]


def _posts(book: Book, people: Sequence[Owed], id: str, tickets: Mapping[str, str]) -> list[Post]:
    names: dict[str, int] = {}
    return [
        _post(book, person, id, tickets.get(person.person, ""), _once(file_name(person.person), names))
        for person in people
    ]


def _once(name: str, names: dict[str, int]) -> str:
    """A file's name that no other person has, as file systems compare names."""
    names[name.casefold()] = number = names.get(name.casefold(), 0) + 1
    return name if number == 1 else _once(f"{name} ({number})", names)


def _post(book: Book, person: Owed, id: str, ticket: str, name: str) -> Post:
    rows, dates = entry_workbook(book, person, id, ticket), calendar(book, person, id)
    attachments = [Attachment(f"{name}.xlsx", rows)] if rows else []
    attachments += [Attachment(f"{name}.ics", dates)] if dates else []
    to, lost = recipients(book, [person.person])
    letter = reminder(book, person, [each.name for each in attachments])
    return Post(name, letter, to, tuple(attachments), lost)


def collect(
    host: Host, files: Mapping[str, bytes], on: date | None = None, how: How = PLAINLY,
    store: Store | None = None, sender: str = "",
) -> Collected:  # fmt: skip
    """Take returned entry workbooks in, by file name; what is not certain is told and not written.

    ``store`` knows what was given out to whom; nothing else is taken. ``sender`` is who sent the files that
    it does not know, by the word of whoever collects. Whoever can be asked is asked about a figure that may
    not be meant.
    """
    looked = look(host, on, how)
    book_id = looked.snapshot.properties.get("qmsbook.id", "")
    how.progress("Comparing what came back")
    back, unused = _read(files, book_id, store, sender)
    merged = merge(looked.book, looked.assessed, back)
    if how.ask is not None and not how.dry_run and merged.questions:
        agreed = {question.row for question in merged.questions if how.ask(question.text)}
        merged = merge(looked.book, looked.assessed, back, agreed)
    edits = _edits(looked, merged)
    _same_figures(looked, edits, merged)
    notices = _notices(back)
    taken = tuple(str(each) for each in merged.taken)
    if how.dry_run or not edits:
        return Collected(taken, merged.conflicts, notices, tuple(unused))
    how.progress("Saving")
    applied = write(host, edits, looked.snapshot)
    return Collected(taken, merged.conflicts, notices, tuple(unused), applied)


def _notices(back: Sequence[Returned]) -> tuple[str, ...]:
    found = [f"{each.file}: nothing was typed in it." for each in back if not each.typed]
    found += [_of_an_earlier_release(each) for each in back if each.typed and each.doubt == UNKNOWN]
    found += [
        f"{each.file} {shown(text)} stands outside the yellow cells and was not taken."
        for each in back
        for text in each.outside
    ]
    return tuple(found)


def _of_an_earlier_release(back: Returned) -> str:
    return (
        f"{back.file} was given out by an earlier release, or the folder qmsbook-backups is gone. If you "
        "know who sent it, collect it again with --from and that person's name."
    )


def contents(paths: Sequence[Path]) -> dict[str, bytes]:
    """The files by name, each read no further than an entry workbook can be long. Raises NotReturned.

    Where two have one name, by their paths.
    """
    names = [one_line(path.name) for path in paths]
    found = {}
    for path in paths:
        try:
            content = place.read(path, LARGEST + 1)
        except OSError as problem:
            raise NotReturned(f"({path}: {problem.strerror})") from None
        name = one_line(path.name)
        found[name if names.count(name) == 1 else str(path)] = content
    return found


@contextmanager
def list_at(path: Path | None) -> Iterator[Callable[[str], None]]:
    """What writes the list of what is left to settle; its file is there before anything else is written.

    Raises FileExists and UnusableName at once. The file is gone again if what it is for fails.
    """
    if path is None:
        yield lambda _: None
        return
    if not save.make(path, b""):
        raise FileExists(f"Found: {path}.")
    try:
        yield lambda text: _filled(path, text)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def _filled(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8-sig"))  # Excel takes it for UTF-8 by its mark


def _read(
    files: Mapping[str, bytes], id: str, store: Store | None, sender: str
) -> tuple[list[Returned], list[str]]:
    """What came back, and a sentence on each file that cannot be used."""
    found: list[Returned] = []
    notices: list[str] = []
    for name, content in files.items():
        try:
            found.append(returned(name, content, id, store.find if store else _nothing, sender))
        except (NotReturned, WorkbookUnreadable) as problem:
            notices.append(f"{name} was not taken: {problem}")
        except Exception:  # whatever somebody else's file does to its reader, the others go on
            notices.append(f"{name} was not taken: {NotReturned('It is damaged.')}")
    return found, notices


def _nothing(_: str) -> Given | None:
    return None


def _edits(looked: Looked, merged: Merged) -> list[Edit]:
    edits = list(merged.fills)
    if merged.rows:
        rows = with_context(looked, merged.rows)
        edits.append(
            AppendRows("Measurements", tuple(_stored(looked, row, at) for at, row in enumerate(rows)))
        )
    return edits


def _stored(looked: Looked, row: Mapping[str, Value], number: int) -> Mapping[str, Value]:
    """A new row as its cells want it: where they show percents or times, a figure is a part of itself."""
    table, kpi = looked.book.tables["Measurements"], looked.book.kpi(str(row["KPI"]))
    value, place = row.get("Value"), table.find("Value")
    if kpi is None or not isinstance(value, float) or place is None or not table.rows:
        return row
    part = part_of(table, min(_first_free(table) + number, table.rows - 1), place, kpi.unit)
    return row if part == 1 else {**row, "Value": float(f"{value * part:.15g}")}


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
