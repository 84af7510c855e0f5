"""What the buttons do on the open workbook; add-ins call them by ``python -m qmsbook.macros``."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast
from urllib.parse import unquote

from qmsbook.book.cell import Cell
from qmsbook.book.error import QmsbookError
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.words import listed
from qmsbook.doors.screens.screen import Screen
from qmsbook.doors.turns import turn
from qmsbook.hosts.host import ChangedSinceRead, Host, NoLibreOffice, NotAQmsbook, WorkbookGone
from qmsbook.setup.places import Places, places

if TYPE_CHECKING:  # the status bar must answer at once: what computes is imported after that
    from qmsbook.book.book import Book
    from qmsbook.commands import Done
    from qmsbook.doors.screens.excel import ExcelScreen
    from qmsbook.doors.screens.libreoffice import LibreOfficeScreen
    from qmsbook.rules.rule import Rule

#: How long the answer stays on the status bar before Excel gets it back. Seconds.
LINGER = 12.0
#: How often a button begins anew because the workbook was changed while it worked.
_TRIES = 3
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command came to: a sentence or two; whether it needs a dialog; where the person goes next."""

    text: str
    dialog: bool = False
    at: Cell | None = None


#: Finds the company's own rules; that may ask the person something, so only commands that need them do it.
Own: TypeAlias = "Callable[[], tuple[Rule, ...]]"
S = TypeVar("S")
Command = Callable[[Screen, Host, date | None, Own], Answer]


def check(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Put the sheet Findings and go there."""
    from qmsbook import commands

    done = commands.check(host, on, commands.How(progress=_progress(screen), own=own()))
    return _answer(_findings(done), done, _findings_cell(host))


def refresh(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Bring columns and sheets up to date."""
    from qmsbook import commands

    done = commands.refresh(host, on, commands.How(progress=_progress(screen), own=own()))
    from qmsbook.commands.described import statuses

    told = statuses(done.looked.assessed) if done.looked else ""
    what = told if done.changes else f"Everything was up to date already. {told}"
    return _answer(f"{what} {_findings(done)}", done, None)


def period(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Open the next month in Measurements."""
    from qmsbook import commands
    from qmsbook.commands.upcoming import all_opened, month_to_open

    found = commands.read(host, commands.Asked(on))
    snapshot, book = found.snapshot, found.book
    month = month_to_open(book)
    if month is None:
        return Answer(all_opened(book))
    rows = len(commands.due_rows(book, month))
    done = commands.add_period(host, month.text, on, commands.How(progress=_progress(screen), own=own()))
    added = "1 row was" if rows == 1 else f"{rows} rows were"
    text = f"{added} added to Measurements for {month.spoken}. Type the figures there, then press Refresh."
    return _answer(text, done, _first_free(snapshot))


def review(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Put the review that comes next and go there."""
    from qmsbook import commands
    from qmsbook.commands.upcoming import NONE_TO_MAKE, review_to_make
    from qmsbook.pages import review_marker

    found = review_to_make(commands.read(host, commands.Asked(on)).book)
    if found is None:
        return Answer(NONE_TO_MAKE, dialog=True)
    chosen, why = found
    done = commands.review(host, chosen.text, on, commands.How(progress=_progress(screen), own=own()))
    at = _top_of(host, review_marker(chosen.text))
    place = f"on the sheet {at.sheet}" if at else "in the workbook"
    text = f"The review of {chosen.title} is {place}; it was chosen because {why}."
    return _answer(f"{text} {_findings(done)}", done, at)


def close(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Close the review that is being written up, once the person says so."""
    from qmsbook import commands
    from qmsbook.commands.upcoming import NONE_TO_CLOSE, review_to_close

    found = review_to_close(commands.read(host, commands.Asked(on)).book)
    if found is None:
        return Answer(NONE_TO_CLOSE)
    question = f"Close the review of {found.title}? From then on it stays as it is."
    if not screen.ask(question):
        return Answer("The review was not closed; nothing was changed.")
    done = commands.close(host, found.text, on, commands.How(progress=_progress(screen), own=own()))
    return _answer(" ".join(done.changes[:3]), done, None, dialog=True)


def mail(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Make the copy and the draft of the review that is on; the person looks at it and sends it, or not."""
    from qmsbook import commands
    from qmsbook.commands import review_mail as mailing
    from qmsbook.commands.upcoming import NONE_TO_MAIL, review_to_mail
    from qmsbook.mail.outlook import classic_outlook, shows_draft

    found, folder = review_to_mail(commands.read(host, commands.Asked(on)).book), screen.folder
    if found is None:
        return Answer(NONE_TO_MAIL)
    if folder is None:
        return Answer("Save the workbook in a folder of this computer first; drafts come beside it.", True)
    made = mailing.mail(
        host, found.text, folder / mailing.FOLDER, on, commands.How(progress=_progress(screen))
    )
    post, outlook = made.posts[0], classic_outlook()
    if outlook is not None and shows_draft(post.letter, post.to, made.files[:-1], outlook):
        where = f"The draft is open in Outlook; its files are in {made.folder}."
    else:
        where = f"The draft is {made.files[-1]}: open it, look at it and send it."
    to = f"It is addressed to {listed([r.name for r in post.to]) or 'nobody'}. Nothing was sent."
    return Answer(
        " ".join([f"The review of {found.title} is ready to mail.", where, to, *made.notices]), True
    )


def undo(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Take back what qmsbook wrote last."""
    from qmsbook import commands

    return Answer(" ".join(commands.undo(host).changes))


def findings(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Go to the sheet Findings; make it first if there is none."""
    cell = _findings_cell(host)
    if cell is None:
        return check(screen, host, on, own)
    return Answer("This is the list as it was last made; press Check to bring it up to date.", at=cell)


def explain(screen: Screen, host: Host, on: date | None, own: Own) -> Answer:
    """Say what the workbook needs next, and what the buttons are for."""
    from qmsbook import commands

    looked = commands.look(host, on, commands.How(progress=_progress(screen), own=own()), as_it_is=True)
    return Answer(f"{_next_step(looked.book, looked.findings)}\n\n{BUTTONS}", dialog=True)


#: By the names that the buttons use.
COMMANDS: Mapping[str, Command] = {
    "check": check, "refresh": refresh, "period": period, "review": review, "close": close, "mail": mail,
    "undo": undo,
    "findings": findings, "help": explain,
}  # fmt: skip

BUTTONS = """New figures: adds the rows that are due in the next month.
Check: lists what is wrong or missing on the sheet Findings.
Refresh: brings statuses, Findings, Scorecard, Cascade and open reviews up to date. With the setting Boards
(yes) it draws the charts for the notice board too.
Findings: goes to the list as it was last made.
Review: puts the management review that comes next into the workbook.
Mail review: makes a copy of the review for reading, and a draft to send it with. It sends nothing.
Close review: freezes the review that is being written up, once it has decisions and conclusions.
Undo last: takes back what the last button wrote.

If a button does nothing, start qmsbook doctor (Start menu, or Terminal on a Mac): it says why."""
_NO_BOOK = "Open your workbook, or make one with:  qmsbook new acme.xlsx"


def run(command: str, screen: Screen, on: date | None = None, at: Places | None = None) -> str:
    """Do what a button stands for on a screen; gives what the person was told. Never raises."""
    known = at or places()
    try:
        screen.say(f"qmsbook: {command} ...")
        answer = _answered(command, screen, on, known)
        if answer.at is not None:
            with contextlib.suppress(Exception):  # the work is done; not to get there is no failure
                screen.show(answer.at)
    except Exception as problem:
        answer = _failed(command, screen, problem, known)
    finally:
        screen.leave()
    said = answer.text
    _LOG.info("%s: %s", command, said)
    try:
        screen.say(f"qmsbook: {' '.join(said.split())}")
        if answer.dialog:
            screen.tell(said)
    except Exception:
        if not screen.gone():
            _LOG.exception("could not say it")
    return said


def _failed(command: str, screen: Screen, problem: Exception, known: Places) -> Answer:
    """What to say of a problem. Whatever goes wrong once the workbook was closed is no wonder."""
    if screen.gone():
        return Answer(str(WorkbookGone()))
    if isinstance(problem, QmsbookError):
        _LOG.warning("%s: %s", command, problem)
        return Answer(str(problem), dialog=True)
    _LOG.error("%s", command, exc_info=problem)
    return Answer(unforeseen(problem, known), dialog=True)


def unforeseen(problem: BaseException, known: Places) -> str:
    """The one sentence about an error that nobody thought of."""
    kind = type(problem).__name__
    return (
        f"Something went wrong inside qmsbook ({kind}); the workbook is as it was. What exactly stands in "
        f"{known.log}."
    )


def _answered(command: str, screen: Screen, on: date | None, known: Places) -> Answer:
    wanted = COMMANDS.get(command)
    if wanted is None:
        return Answer(f"qmsbook has no button called {command}.", dialog=True)
    if screen.host is None:
        return Answer(f"{_NO_BOOK}\n\n{BUTTONS}" if wanted is explain else _NO_BOOK, dialog=True)
    host = _remembering(screen.host, known)
    own = cache(partial(_own, screen, known))  # who was asked is not asked again
    back = _tables_back(screen.host)
    for left in reversed(range(_TRIES)):
        try:
            return _with(back, wanted(screen, host, on, own))
        except ChangedSinceRead:  # the person types on: what was computed is out of date
            if not left:
                raise
            screen.say("qmsbook: the workbook was changed meanwhile; once more ...")
        except NotAQmsbook as problem:
            if problem.detail:  # its sheets are known by their headers
                return Answer(str(problem), dialog=True)
            break
    return _other_workbook(screen, known)


def _tables_back(host: Host) -> list[str]:
    from qmsbook.commands.tables_back import tables_back

    return tables_back(host)


def _with(told: Sequence[str], answer: Answer) -> Answer:
    """An answer with what was done before."""
    return replace(answer, text=" ".join([answer.text, *told]), dialog=True) if told else answer


def _own(screen: Screen, known: Places) -> tuple[Rule, ...]:
    from qmsbook.doors.trust import trusted_rules

    return trusted_rules(screen.folder, screen.ask, known.data).rules


def _remembering(host: Host, known: Places) -> Host:
    """The host; one of an open workbook so that undo also works when the program that wrote has ended."""
    from qmsbook.hosts.kept import Kept, Remembering

    return Kept(cast(Remembering, host), known.data / "undo") if hasattr(host, "kept") else host


def _other_workbook(screen: Screen, known: Places) -> Answer:
    from qmsbook import commands

    question = (
        "This workbook is not one of qmsbook's: it has none of the tables Goals, Objectives, KPIs and "
        "Measurements. It was not changed. Shall qmsbook make a new, empty one and open it?"
    )
    if not screen.ask(question):
        return Answer("This workbook is not one of qmsbook's; nothing was changed.")
    folder = known.documents or known.home
    names = ["qmsbook.xlsx", *(f"qmsbook-{number}.xlsx" for number in range(2, 100))]
    path = next(folder / name for name in names if not (folder / name).exists())
    folder.mkdir(parents=True, exist_ok=True)
    done = commands.new(path)
    screen.open(path)
    return Answer(" ".join(done.changes))


def _answer(text: str, done: Done, at: Cell | None, dialog: bool = False) -> Answer:
    """With what the person must know besides. Cells left alone are on the sheet Findings already."""
    skipped = len(done.applied.skipped) if done.applied else 0
    matters = done.notices[: len(done.notices) - skipped]
    return Answer(" ".join([text, *matters]), dialog or bool(matters), at)


def _findings(done: Done) -> str:
    from qmsbook.commands.described import counted, verdict

    assert done.looked is not None
    open_ones = [finding for finding in done.looked.findings if not finding.waived]
    told = verdict(done.looked.book, open_ones)
    if not open_ones:
        return told
    first = open_ones[0]
    place = f"{first.at} " if first.at else ""
    text = f"{counted(open_ones)}, all on the sheet Findings. First: {place}{first.message} {first.fix}"
    return f"{text} {told}".strip()


def _next_step(book: Book, found: Sequence[object]) -> str:
    from qmsbook.book.words import plural
    from qmsbook.commands.described import counts_of
    from qmsbook.commands.upcoming import month_to_open
    from qmsbook.rules.steps import left

    todo = left(book)
    if book.astray:
        return f"Next: {todo[0].missing} Press Check: it says how to bring it back."
    if not book.kpis:
        start = "Next: begin on the sheet Start; it says in five steps what to do."
        return f"{start} First: {todo[0].what.lower()}."
    errors = counts_of(found)["error"]  # type: ignore[arg-type]  # findings, whose type would cost an import
    if errors:
        return (
            f"Next: mend the {plural(errors, 'error')} on the sheet Findings; press Check, begin at the top."
        )
    if todo and todo[0].table != "Measurements":
        return f"Next: {todo[0].what.lower()}. {todo[0].missing}"
    month = month_to_open(book)
    if month is not None:
        return f"Next: the figures for {month.spoken}; press New figures and type them."
    return "Next: nothing is due. Press Refresh after every change, and Review before the meeting."


def _findings_cell(host: Host) -> Cell | None:
    from qmsbook.pages.findings import MARK as FINDINGS

    return _top_of(host, FINDINGS)


def _top_of(host: Host, marker: str) -> Cell | None:
    """Where a generated sheet begins for people, below its hidden first row; None if there is none.

    The work is done when this is asked: that the workbook cannot be read now is no failure of the button.
    """
    with contextlib.suppress(Exception):
        drawn = host.read().sheet(marker)
        return Cell(drawn.sheet, 2, 1) if drawn else None
    return None


def _first_free(before: Snapshot) -> Cell | None:
    """Where the first new figure is typed: the column Value below the last row that held something."""
    table = before.table("Measurements")
    if table is None:
        return None
    last = max(
        (row for row in range(table.rows) if any(c[row] is not None for c in table.columns)), default=-1
    )
    return table.cell(last + 1, table.find("Value") or 0)


def _progress(screen: Screen) -> Callable[[str], None]:
    return lambda text: screen.say(f"qmsbook: {text} ...")


def log_to(path: Path) -> None:
    """Keep a log there: at most two files of half a megabyte. Where none can be written there is none."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=500_000, backupCount=1, encoding="utf-8", delay=True)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        root = logging.getLogger("qmsbook")
        for old in root.handlers[:]:
            root.removeHandler(old)
            old.close()
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        root.propagate = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What a button asked for: a command; the workbook's full name and the number of Excel's window.

    From LibreOffice instead: the document's RuntimeUID. ``pressed`` is when, by the clock, in seconds.
    """

    command: str
    workbook: str = ""
    window: int | None = None
    document: str = ""
    pressed: float = field(default_factory=time.time, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The workbook, told from all others that are open now."""
        if self.document:
            return f"{os.getppid()} {self.document}"  # that LibreOffice started this program
        return self.workbook.casefold() or str(self.window)


def parsed(arguments: Sequence[str]) -> Asked:
    """What stands on the command line; a name may hold ``=`` and comes encoded as in a web address.

    >>> parsed(["check", "--wb=C:\\\\a%3Db%20%C3%A9.xlsx", "--hwnd=12"])
    Asked(command='check', workbook='C:\\\\a=b é.xlsx', window=12, document='')
    """
    fields = dict(text.split("=", 1) for text in arguments if text.startswith("--") and "=" in text)
    words = [text for text in arguments if not text.startswith("--")]
    found = asked(words[0] if words else "help", fields.get("--wb", ""), fields.get("--hwnd", ""))
    return replace(found, document=fields.get("--document", ""))


def asked(command: str, workbook: str, window: str) -> Asked:
    """From the texts of a command line or a request."""
    number = int(window) if window.isdecimal() else None
    return Asked(command, unquote(workbook), number or None)


def answered_in_turn(
    wanted: Asked, answer: Callable[[Asked], S | None], known: Places
) -> tuple[bool, S | None]:
    """Answer when no other button works on the workbook.

    Gives whether there was something to answer, for who presses twice gets one answer, and what it gave.
    """
    with turn(known.data / "turns", wanted.key, wanted.command, wanted.pressed) as mine:
        if mine:
            return True, answer(wanted)
    _LOG.info("%s was pressed again while it worked: one answer for both", wanted.command)
    return False, None


def answer_in_libreoffice(wanted: Asked) -> LibreOfficeScreen | None:
    """Do what was asked for in the LibreOffice that asked; gives its screen, or None if it was not found."""
    from qmsbook.doors.screens.libreoffice import attach
    from qmsbook.hosts.libreoffice.bridge import relayed
    from qmsbook.hosts.libreoffice.relay import standard_streams

    try:
        screen = attach(relayed(standard_streams()), wanted.document)
    except (WorkbookGone, NoLibreOffice) as problem:  # closed before anything began
        _LOG.info("%s: %s", wanted.command, problem)
        return None
    except Exception:
        _LOG.exception("%s: could not reach the workbook", wanted.command)
        return None
    run(wanted.command, screen)
    return screen


def answer_in_excel(wanted: Asked) -> ExcelScreen | None:
    """Do what was asked for in the Excel that asked; gives its screen, or None if it was not found."""
    from qmsbook.doors.screens.excel import attach, tell_without_excel

    _LOG.info("asked for %s", wanted.command)
    try:
        screen = attach(wanted.workbook, wanted.window)
    except Exception as problem:
        _LOG.exception("%s: could not reach the workbook", wanted.command)
        tell_without_excel(
            str(problem) if isinstance(problem, QmsbookError) else unforeseen(problem, places())
        )
        return None
    run(wanted.command, screen)
    return screen


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one press of a button; the answer stays on the status bar for a while."""
    log_to(places().log)
    wanted = parsed(sys.argv[1:] if arguments is None else arguments)
    answer: Callable[[Asked], Any] = answer_in_libreoffice if wanted.document else answer_in_excel
    mine, screen = answered_in_turn(wanted, answer, places())
    if screen is None:
        return 3 if mine else 0
    if not screen.gone():
        time.sleep(LINGER)
        screen.rest()
    return 0
