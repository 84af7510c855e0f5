"""The command line: the same commands as the buttons, on a closed file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qmsbook import __version__
from qmsbook.doors.cli.answer import STOPPED, answer, error_answer, told, wants_json

if TYPE_CHECKING:  # what draws on the terminal is imported when it draws
    from rich.status import Status

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Run a quality system and a business plan in one Excel workbook.",
    epilog="Begin with: qmsbook demo",
)

Workbook = Annotated[
    Path, typer.Argument(metavar="WORKBOOK", help="The .xlsx or .xlsm file; close it in Excel first.")
]
On = Annotated[
    datetime | None,
    typer.Option(
        "--on",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The day to judge on, such as 2026-11-10. Else the setting Judged on, else today.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write the result there; leave WORKBOOK as it is."),
]
Trust = Annotated[
    bool, typer.Option("--trust", help="Use the rules of your own beside WORKBOOK without asking.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
ToFolder = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="Where to put the drafts. Else qmsbook-mail beside WORKBOOK."),
]
_PERIODS = "2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05."
PeriodName = Annotated[str, typer.Argument(metavar="PERIOD", help=_PERIODS)]
ReviewOf = Annotated[str, typer.Option("--period", metavar="PERIOD", help=f"The review's: {_PERIODS}")]


class FailOn(StrEnum):
    """From which severity on `check` ends with exit code 1."""

    error = "error"
    warning = "warning"
    advice = "advice"
    never = "never"


class Editions(StrEnum):
    """The editions of ISO 9001 that `check` can look ahead to."""

    e2015 = "2015"
    e2026 = "2026"


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the program an error arose.")] = False,
) -> None:
    context.obj = {"debug": debug}
    if version:
        typer.echo(f"qmsbook {__version__}")
        raise typer.Exit


@app.command()
def new(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK", help="The file to make.")],
    company: Annotated[str, typer.Option(help="The company's name.")] = "",
) -> None:
    """Make an empty workbook: sheets, drop-downs and help are in place."""
    from qmsbook import commands

    _say(commands.new(workbook, company).changes)


@app.command()
def check(
    workbook: Workbook,
    on: On = None,
    as_json: AsJson = False,
    fail_on: Annotated[FailOn, typer.Option(help="End with exit code 1 from here on.")] = FailOn.error,
    owner: Annotated[
        str,
        typer.Option(metavar="PERSON", help="Only what this person can mend; a part of the name is enough."),
    ] = "",
    edition: Annotated[
        Editions | None,
        typer.Option(help="Preview: what this edition of ISO 9001 would add. Changes nothing."),
    ] = None,
    trust: Trust = False,
) -> None:
    """Say what is wrong or missing. Writes nothing."""
    from qmsbook import commands
    from qmsbook.doors.cli.ask import can_ask, own
    from qmsbook.doors.cli.report import findings_dicts, print_findings, print_notices, print_preview
    from qmsbook.hosts.file.host import FileHost

    ours = own(workbook, trust)
    with _progress(as_json) as progress:
        looked = commands.look(FileHost(workbook), _day(on), progress, ours.rules, as_it_is=True)
        chosen = looked.book.settings.iso_edition
        ahead = edition.value if edition else chosen
        looked, added = commands.as_by(looked, ahead, ours.rules)
        if owner:
            owner, looked = commands.only_of(looked, owner)
            added = tuple(finding for finding in added if finding.owner == owner)
    if as_json:
        preview = {"edition": ahead, "added": findings_dicts(added)} if edition else {}
        typer.echo(
            answer({"findings": findings_dicts(looked.findings), **preview, "notices": list(ours.notices)})
        )
    elif ahead != chosen:
        print_preview(looked, added, chosen)
        print_notices(ours.notices)
    else:
        print_findings(looked, owner)
        print_notices(ours.notices)
    ranks = ["error", "warning", "advice"]
    open_ones = [f for f in looked.findings if not f.waived]
    if fail_on is FailOn.never:
        return
    # A script must not take for sound what was not asked by all of its rules.
    unasked = bool(ours.left_out) and not can_ask()
    if unasked or any(ranks.index(f.severity) <= ranks.index(fail_on.value) for f in open_ones):
        raise typer.Exit(1)


@app.command()
def refresh(
    workbook: Workbook,
    on: On = None,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    trust: Trust = False,
) -> None:
    """Bring the grey columns, Findings, Scorecard, Cascade and open reviews up to date."""
    _write("refresh", workbook, on, dry_run, out, as_json, trust)


@app.command()
def review(
    workbook: Workbook,
    period: ReviewOf,
    on: On = None,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    trust: Trust = False,
) -> None:
    """Refresh, and put the management review of a period into the workbook."""
    _write("review", workbook, on, dry_run, out, as_json, trust, period)


@app.command()
def boards(
    workbook: Workbook,
    on: On = None,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    trust: Trust = False,
) -> None:
    """Refresh, and put the sheet Boards to print: the plan on one page, then a chart for each KPI."""
    _write("boards", workbook, on, dry_run, out, as_json, trust)


@app.command()
def close(
    workbook: Workbook,
    period: ReviewOf,
    on: On = None,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    trust: Trust = False,
) -> None:
    """Close a review that has its decisions and conclusions: its sheet stays as it is from then on."""
    _write("close", workbook, on, dry_run, out, as_json, trust, period)


@app.command()
def reopen(
    workbook: Workbook,
    period: ReviewOf,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for the record.")] = "",
    on: On = None,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    trust: Trust = False,
) -> None:
    """Open a closed review again; the table Reviews keeps that and why."""
    _write("reopen", workbook, on, dry_run, out, as_json, trust, period, why=why)


@app.command()
def period(
    workbook: Workbook,
    period: PeriodName,
    on: On = None,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    trust: Trust = False,
) -> None:
    """Add the rows that are due in a period to Measurements, ready to be filled in."""
    _write("add_period", workbook, on, dry_run, out, as_json, trust, period)


@app.command()
def mail(
    workbook: Workbook,
    period: ReviewOf,
    to: ToFolder = None,
    send: Annotated[
        bool, typer.Option("--send", help="Send it too, by the server in qmsbook.toml beside the workbook.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --send: do not ask before sending.")] = False,
    server: Annotated[
        str,
        typer.Option(
            metavar="HOST:PORT", help="With --send: the server that is meant, where none can be asked."
        ),
    ] = "",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Make a review's copy for reading, its PDF, and a draft of a mail about it. Sends nothing by itself."""
    from qmsbook.commands import review_mail as mailing
    from qmsbook.doors.cli import ask
    from qmsbook.doors.cli.posted import mailed_dict, print_mailed
    from qmsbook.hosts.file.host import FileHost

    if send and not yes and not ask.can_ask():
        raise mailing.NobodyToAsk
    by = ask.server_for(ask.folder_of(workbook), server) if send else None
    with _progress(as_json) as progress:
        made = mailing.mail(FileHost(workbook), period, to or _drafts(workbook), _day(on), progress)
    if by is not None and (yes or ask.send_now(made.posts[0].to, by)):
        made = mailing.sent(made, by, ask.password(by), _now)
    if as_json:
        typer.echo(answer(mailed_dict(made)))
    else:
        print_mailed(made)
    if any(outcome.fate != "sent" for outcome in made.outcomes):
        raise typer.Exit(3)


@app.command()
def remind(
    workbook: Workbook, to: ToFolder = None, on: On = None, as_json: AsJson = False, trust: Trust = False
) -> None:
    """Write a draft for each person: what they owe, their rows to fill in, their dates. Sends nothing."""
    from qmsbook.chase.given import Folder
    from qmsbook.commands import reminders as chasing
    from qmsbook.doors.cli.ask import own
    from qmsbook.doors.cli.posted import mailed_dict, print_mailed
    from qmsbook.hosts.file.host import FileHost

    ours = own(workbook, trust)
    with _progress(as_json) as progress:
        made = chasing.remind(
            FileHost(workbook), to or _drafts(workbook), _day(on), progress, ours.rules, Folder.of(workbook)
        )
    made = replace(made, notices=(*made.notices, *ours.notices))
    if as_json:
        typer.echo(answer(mailed_dict(made)))
    else:
        print_mailed(made)


@app.command()
def collect(
    workbook: Workbook,
    files: Annotated[list[Path], typer.Argument(metavar="FILES...", help="The workbooks that came back.")],
    on: On = None,
    dry_run: DryRun = False,
    out: Out = None,
    as_json: AsJson = False,
    table: Annotated[
        Path | None,
        typer.Option("--list", metavar="FILE", help="Write what is left to settle there (.csv)."),
    ] = None,
    sender: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="PERSON",
            help="Who sent files of which nothing is kept here (from an earlier release). Only you can know.",
        ),
    ] = "",
) -> None:
    """Take returned entry workbooks in. What is not certain is shown with both values, and not written."""
    from qmsbook.chase.given import Folder
    from qmsbook.commands import reminders as chasing
    from qmsbook.doors.cli import ask
    from qmsbook.doors.cli.posted import collected_dict, conflicts_csv, print_collected
    from qmsbook.hosts.file.host import FileHost

    with chasing.list_at(table) as write_list, _progress(as_json) as progress:
        found = chasing.contents(files)
        made = chasing.collect(
            FileHost(workbook, out=out), found, _day(on), dry_run, progress, store=Folder.of(workbook),
            sender=sender, ask=None if as_json else progress.asking(ask.take_over),
        )  # fmt: skip
        write_list(conflicts_csv(made))
    if as_json:
        typer.echo(answer(collected_dict(made, dry_run)))
    else:
        print_collected(made, dry_run)
    if made.conflicts or made.unused:
        raise typer.Exit(1)


@app.command()
def repair(workbook: Workbook, dry_run: DryRun = False, out: Out = None, as_json: AsJson = False) -> None:
    """Put back tables, drop-downs, colors and formats that another program dropped. No typed cell changes."""
    from qmsbook.commands import repair_workbook
    from qmsbook.doors.cli.report import done_dict, print_done
    from qmsbook.hosts.file.host import FileHost

    with _progress(as_json) as progress:
        done = repair_workbook.repair(FileHost(workbook, out=out), dry_run, progress)
    if as_json:
        typer.echo(answer(done_dict(done, dry_run)))
    else:
        print_done(done, out or workbook, dry_run)


@app.command()
def undo(workbook: Workbook, as_json: AsJson = False) -> None:
    """Take back what qmsbook last wrote into the workbook."""
    from qmsbook import commands
    from qmsbook.hosts.file.host import FileHost

    changes = commands.undo(FileHost(workbook)).changes
    if as_json:
        typer.echo(answer({"changed": True, "changes": list(changes)}))
    else:
        _say(changes)


@app.command()
def rules(
    code: Annotated[str, typer.Argument(metavar="[CODE]", help="One rule, such as KPI001.")] = "",
) -> None:
    """List the rules, or explain one."""
    from qmsbook.doors.cli.report import print_rule, print_rules

    if code and not print_rule(code):
        raise typer.Exit(2)
    if not code:
        print_rules()


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to put it.")] = Path("qmsbook-demo"),
) -> None:
    """Make, check, refresh and review the workbook of an example company."""
    from qmsbook import commands
    from qmsbook.doors.cli.report import print_demo

    with _progress(False) as progress:
        path, done = commands.demo(folder, progress)
    print_demo(path, done)


@app.command()
def install(
    watch: Annotated[
        bool, typer.Option("--watch", help="The buttons start nothing; `qmsbook watch` answers them.")
    ] = False,
) -> None:
    """Put the buttons into Excel and LibreOffice; for this person, without administrator's rights."""
    from qmsbook.hosts.libreoffice.bridge import program
    from qmsbook.setup import install as installing
    from qmsbook.setup.places import places

    _say(installing.install(places(), installing.Python(), watch, program()))
    typer.echo("qmsbook doctor says whether they will work here.")


@app.command()
def uninstall() -> None:
    """Take the buttons out again; workbooks stay as they are."""
    from qmsbook.hosts.libreoffice.bridge import program
    from qmsbook.setup import install as installing
    from qmsbook.setup.places import places

    _say(installing.uninstall(places(), program()))


@app.command()
def doctor(
    as_json: AsJson = False,
    share: Annotated[bool, typer.Option("--share", help="JSON without names, to send to IT.")] = False,
) -> None:
    """Say which door to the workbook works on this PC, and what to do about the others."""
    from qmsbook.setup import doctor as doctoring
    from qmsbook.setup.install import Python
    from qmsbook.setup.places import places

    facts = doctoring.gather(places(), Python())
    if as_json or share:
        typer.echo(answer(doctoring.as_dict(facts, share), indent=1))
    else:
        _say(tuple(doctoring.report(facts)))


@app.command()
def watch(
    stop: Annotated[bool, typer.Option("--stop", help="Stop the one that is running.")] = False,
) -> None:
    """Answer the buttons, on PCs where Excel may not start programs."""
    from qmsbook.doors import watch as watching
    from qmsbook.setup.places import places
    from qmsbook.setup.watch_lock import stop as ask_to_stop

    if stop:
        typer.echo(ask_to_stop(places()))
    else:
        watching.watch(places(), typer.echo)


def _drafts(workbook: Path) -> Path:
    from qmsbook.commands.review_mail import FOLDER

    return workbook.parent / FOLDER


def _now() -> datetime:
    return datetime.now().astimezone()


def _write(
    command: str, workbook: Path, on: datetime | None, dry_run: bool, out: Path | None, as_json: bool,
    trust: bool, *period: str, **more: str,
) -> None:  # fmt: skip
    from qmsbook import commands
    from qmsbook.doors.cli.ask import own
    from qmsbook.doors.cli.report import done_dict, print_done
    from qmsbook.hosts.file.host import FileHost

    run: Callable[..., commands.Done] = getattr(commands, command)
    ours = own(workbook, trust)
    with _progress(as_json) as progress:
        done = run(
            FileHost(workbook, out=out), *period, on=_day(on), dry_run=dry_run, progress=progress,
            own=ours.rules, **more,
        )  # fmt: skip
    done = replace(done, notices=(*done.notices, *ours.notices))
    if as_json:
        typer.echo(answer(done_dict(done, dry_run)))
    else:
        print_done(done, out or workbook, dry_run)


def _day(on: datetime | None) -> date | None:
    if on and not 1900 <= on.year <= 2199:
        raise typer.BadParameter(f"{on.year} is no year in which a plan is judged.", param_hint="--on")
    return on.date() if on else None


def _say(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        typer.echo(sentence)


class _Line:
    """A line on the terminal that says what is being done; nothing where nobody looks."""

    def __init__(self, status: Status | None = None) -> None:
        self.status = status

    def __call__(self, text: str) -> None:
        if self.status is not None:
            self.status.update(f"{text} ...")

    def asking(self, ask: Callable[[str], bool]) -> Callable[[str], bool]:
        """The same question, with the line out of its way."""

        def asked(question: str) -> bool:
            if self.status is None:
                return ask(question)
            self.status.stop()
            try:
                return ask(question)
            finally:
                self.status.start()

        return asked


@contextmanager
def _progress(silent: bool) -> Iterator[_Line]:
    if silent or not sys.stderr.isatty():
        yield _Line()
        return
    from rich.console import Console

    with Console(stderr=True).status("Starting") as status:
        yield _Line(status)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; what went wrong outside the data ends in one sentence and an exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old Windows console has no sign for every letter
    as_json = wants_json(given)
    try:
        if as_json:
            code = app(given, standalone_mode=False) or 0
            if code != STOPPED:
                sys.exit(code)
            raise KeyboardInterrupt
        app(given)
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in given:
            raise
        problem: BaseException = error
        if isinstance(error, OSError):
            from qmsbook.hosts.file.place import failed

            problem = failed(error)
        name, sentence, code = told(problem, given)
        typer.echo(error_answer(name, sentence, code) if as_json else sentence, err=not as_json)
        sys.exit(code)
