"""The command mail: a review's copy, its PDF and a draft that says it in a screenful; sending if asked to."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from qmsbook.book.book import Book
from qmsbook.book.error import QmsbookError
from qmsbook.book.period import Period
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.tables import Review
from qmsbook.commands.flow import read
from qmsbook.commands.passed import PLAINLY, Asked, How, Progress, quiet
from qmsbook.hosts.file.rights import like_its_parent
from qmsbook.hosts.host import Host
from qmsbook.mail.draft import Attachment, file_name, message, signed, unsent
from qmsbook.mail.letter import Letter
from qmsbook.mail.pdf import as_pdf
from qmsbook.mail.recipients import Recipient, of_review, recipients
from qmsbook.mail.server import Server
from qmsbook.mail.smtp import Outcome, send
from qmsbook.mail.summary import review_letter
from qmsbook.pages import NotWhole, review_marker
from qmsbook.pages.draw import draw_for_mail
from qmsbook.pages.memo import Copy, copy_of
from qmsbook.pages.page import cells_digest
from qmsbook.pages.stamp import shown
from qmsbook.sections import gather

#: Where drafts go, beside the workbook.
FOLDER = "qmsbook-mail"
_DRIFTED = "{sheet} was changed after it was closed; the copy shows the review as it was closed."
_NO_COPY = (
    "This review is closed, but no sheet of this workbook keeps the copy that was made of it then: the "
    "attached one is drawn from the rows of today."
)


class ReviewNotWhole(QmsbookError):
    """The review's sheet cannot be read back whole, so nothing was mailed."""


class NobodyToSendTo(QmsbookError):
    """Nothing was sent: nobody whom the review goes to has a usable address in People."""

    exit_code = 2


class NobodyToAsk(QmsbookError):
    """Nothing was made or sent: there is nobody to ask whether to send. --yes sends without asking."""

    exit_code = 2


class FolderNotWritable(QmsbookError):
    """The drafts could not be written there. Choose another folder with --to."""


@dataclass(frozen=True, slots=True)
class Post:
    """A mail that is ready: what it says, to whom, with what; ``notices`` are what the person should know."""

    name: str
    letter: Letter
    to: tuple[Recipient, ...]
    attachments: tuple[Attachment, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mailed:
    """What was made: the folder, the files in it, and what became of the mail if it was sent."""

    posts: tuple[Post, ...]
    folder: Path
    files: tuple[Path, ...]
    notices: tuple[str, ...]
    outcomes: tuple[Outcome, ...] = ()


def mail(host: Host, period: str, folder: Path, on: date | None = None, how: How = PLAINLY) -> Mailed:
    """Make the copy, the PDF and the draft for a period's review. Raises UnknownPeriod and ReviewNotWhole."""
    found = read(host, Asked(on, how, (period,)))
    (wanted,) = found.periods
    post = review_post(found.book, wanted, found.snapshot, how.progress)
    how.progress("Writing the drafts")
    return written([post], folder, f"Review {wanted.text}")


def review_post(book: Book, period: Period, snapshot: Snapshot, progress: Progress = quiet) -> Post:
    """The mail about a period's review, with its copy attached. Raises ReviewNotWhole."""
    evidence, name = gather(book, period), f"Review {period.text}"
    closed, notices = _as_closed(snapshot, evidence.row)
    progress("Drawing the copy")
    try:
        copy = closed or draw_for_mail(book, period, snapshot)
    except NotWhole as problem:
        raise ReviewNotWhole(str(problem)) from None
    attachments = [Attachment(f"{name}.xlsx", copy.content)]
    progress("Making the PDF")
    pages = as_pdf(copy.content, name)
    if pages is None:
        notices.append("There is no PDF: neither LibreOffice nor Excel could make one here.")
    else:
        attachments.append(Attachment(f"{name}.pdf", pages))
    to, lost = recipients(book, of_review(book, evidence.row))
    letter = review_letter(evidence, copy.stamp, [each.name for each in attachments], closed is not None)
    return Post(name, letter, to, tuple(attachments), (*notices, *lost))


def _as_closed(snapshot: Snapshot, row: Review | None) -> tuple[Copy | None, list[str]]:
    """The copy that a closed review's sheet keeps of itself, and what the person should know."""
    if row is None or row.state != "closed":
        return None, []
    sheets = [drawn for drawn in snapshot.drawn if drawn.marker == review_marker(row.period)]
    for drawn in sheets:
        copy = copy_of(drawn)
        if copy is not None and row.digest and shown(row.digest) in copy.stamp:
            drifted = all(cells_digest(each.cells) != row.digest for each in sheets)
            return copy, [_DRIFTED.format(sheet=drawn.sheet)] if drifted else []
    return None, [_NO_COPY]


def written(posts: Sequence[Post], folder: Path, name: str) -> Mailed:
    """Write drafts and attachments into a new folder; nothing that stands there already is touched."""
    with fresh_folder(folder, name) as place:
        return put(posts, place)


def put(posts: Sequence[Post], place: Path) -> Mailed:
    """Write drafts and attachments into an empty folder."""
    files = tuple(_put(place, made) for post in posts for made in _files(post))
    notices = tuple(dict.fromkeys(notice for post in posts for notice in post.notices))
    return Mailed(tuple(posts), place, files, notices)


@contextmanager
def fresh_folder(folder: Path, name: str) -> Iterator[Path]:
    """A new folder of that name, gone again if what it is for fails. Raises FolderNotWritable."""
    try:
        with _fresh(folder, file_name(name)) as place:
            yield place
    except OSError as problem:
        raise FolderNotWritable(f"({folder}: {problem.strerror})") from None


def _files(post: Post) -> tuple[Attachment, ...]:
    draft = unsent(message(post.letter, post.to, post.attachments))
    return *post.attachments, Attachment(f"{post.name}.eml", draft)


def _put(place: Path, made: Attachment) -> Path:
    path = place / file_name(made.name)
    with path.open("xb") as file:
        file.write(made.content)
    return path


@contextmanager
def _fresh(folder: Path, name: str) -> Iterator[Path]:
    """A new folder of that name, numbered where there is one; gone again if what it is for fails."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    place: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        place = _made(folder, name)
        for each in (*reversed(missing), place):
            like_its_parent(each, fresh=True)
        yield place
    except BaseException:
        if place is not None:
            shutil.rmtree(place, ignore_errors=True)
        with contextlib.suppress(OSError):
            for each in missing:
                each.rmdir()
        raise


def _made(folder: Path, name: str) -> Path:
    number = 1
    while True:
        place = folder / (name if number == 1 else f"{name} ({number})")
        try:
            place.mkdir()
        except FileExistsError:
            number += 1
        else:
            return place


def sent(mailed: Mailed, server: Server, password: str, now: Callable[[], datetime]) -> Mailed:
    """Send what was made to its recipients. Raises NobodyToSendTo; what a server does stands in outcomes."""
    outcomes: list[Outcome] = []
    if not any(post.to for post in mailed.posts):
        raise NobodyToSendTo
    for post in mailed.posts:
        made = signed(message(post.letter, post.to, post.attachments), server.sender, now())
        outcomes += send(made, post.to, server, password)
    return replace(mailed, outcomes=tuple(outcomes))
