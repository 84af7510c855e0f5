"""The command line: the same commands as the buttons, on a closed file."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from qmsbook import __version__
from qmsbook.doors.cli import options, streams
from qmsbook.doors.cli.answer import answer, error_answer, told, wants_json

if TYPE_CHECKING:  # what draws on the terminal is imported when it draws
    from rich.status import Status

    from qmsbook.commands import Done
    from qmsbook.doors.cli.due import Due


class FailOn(StrEnum):
    """From which severity on `check` ends with exit code 1."""

    error = "error"
    warning = "warning"
    advice = "advice"
    never = "never"


#: The editions of ISO 9001 that `check` can look ahead to; what they ask is read only when it is asked for.
EDITIONS = ("2015", "2026")


class _Commands(click.Group):
    """Lists commands in the order in which people come to need them, each with all its sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help or "") for name, command in self.commands.items()])


@click.group(
    cls=_Commands, epilog="Begin with: qmsbook demo",
    invoke_without_command=True, subcommand_metavar="COMMAND [ARGS]...",
)  # fmt: skip
@click.version_option(__version__, message=f"qmsbook {__version__}", help="Print the version.")
@click.option("--debug", is_flag=True, expose_value=False, help="Show where in the program an error arose.")
@click.pass_context
def app(context: click.Context) -> None:
    """Run a quality system and a business plan in one Excel workbook."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
        context.exit(2)


@app.command()
@click.argument("workbook", metavar="WORKBOOK", type=options.FILE, help="The file to make.")
@click.option("--company", metavar="TEXT", default="", help="The company's name.")
def new(workbook: Path, company: str) -> None:
    """Make an empty workbook: sheets, drop-downs and help are in place."""
    from qmsbook import commands

    named = workbook.suffix[1:].isalpha()
    _say(commands.new(workbook if named else workbook.with_name(f"{workbook.name}.xlsx"), company).changes)


@app.command()
@options.workbook
@options.on
@options.as_json
@click.option(
    "--fail-on", type=click.Choice(FailOn), default=FailOn.error, show_default=True,
    help="End with exit code 1 from here on.",
)  # fmt: skip
@click.option(
    "--owner", metavar="PERSON", default="",
    help="Only what this person can mend; a part of the name is enough.",
)  # fmt: skip
@click.option(
    "--edition", type=click.Choice(EDITIONS),
    help="Preview: what this edition of ISO 9001 would add. Changes nothing.",
)  # fmt: skip
@click.option("--all", "in_full", is_flag=True, help="Every finding in full, each with its cell.")
@options.trust
def check(
    workbook: Path,
    fail_on: FailOn,
    owner: str,
    edition: str | None,
    in_full: bool,
    **how: Unpack[options.Looking],
) -> None:
    """Say what is wrong or missing. Writes nothing."""
    from qmsbook import commands
    from qmsbook.doors.cli.ask import can_ask, own
    from qmsbook.hosts.file.host import FileHost

    ours, as_json = own(workbook, how["trust"]), how["as_json"]
    with _progress(as_json) as progress:
        by = commands.How(progress=progress, own=ours.rules)
        looked = commands.look(FileHost(workbook), how["on"], by, as_it_is=True)
        chosen = looked.book.settings.iso_edition
        ahead = edition or chosen
        looked, added = commands.as_by(looked, ahead, ours.rules)
        if owner:
            owner, looked = commands.only_of(looked, owner)
            added = tuple(finding for finding in added if finding.owner == owner)
    if as_json:
        from qmsbook.doors.cli.fields import checked

        click.echo(answer(checked(looked.findings, ours.notices, edition, added)))
    else:
        from qmsbook.doors.cli.report import print_findings, print_notices, print_preview

        if ahead == chosen:
            print_findings(looked, owner, in_full)
        else:
            print_preview(looked, added, chosen)
        print_notices(ours.notices)
    ranks = ["error", "warning", "advice"]
    open_ones = [f for f in looked.findings if not f.waived]
    if fail_on is FailOn.never:
        return
    # A script must not take for sound what was not asked by all of its rules.
    unasked = bool(ours.left_out) and not can_ask()
    if unasked or any(ranks.index(f.severity) <= ranks.index(fail_on.value) for f in open_ones):
        sys.exit(1)


@app.command()
@options.workbook
@options.writing
def refresh(workbook: Path, **how: Unpack[options.Writing]) -> None:
    """Bring the grey columns, Findings, Scorecard, Cascade and open reviews up to date."""
    _write("refresh", workbook, how)


@app.command()
@options.workbook
@options.of_period("Else the review that comes next.")
@options.writing
def review(workbook: Path, period: str | None, **how: Unpack[options.Writing]) -> None:
    """Refresh, and put the management review of a period into the workbook."""
    _write_due("review", workbook, how, period)


@app.command()
@options.workbook
@options.writing
def boards(workbook: Path, **how: Unpack[options.Writing]) -> None:
    """Refresh, and put the sheet Boards to print: the plan on one page, then a chart for each KPI."""
    _write("boards", workbook, how)


@app.command()
@options.workbook
@options.of_period("Else the review in the state draft.")
@options.writing
def close(workbook: Path, period: str | None, **how: Unpack[options.Writing]) -> None:
    """Close a review that has its decisions and conclusions: its sheet stays as it is from then on."""
    _write_due("close", workbook, how, period)


@app.command()
@options.workbook
@options.of_period("Which one has to be said.")
@click.option("--why", metavar="TEXT", default="", help="The reason, for the record.")
@options.writing
def reopen(workbook: Path, period: str | None, why: str, **how: Unpack[options.Writing]) -> None:
    """Open a closed review again; the table Reviews keeps that and why."""
    if period is None:
        raise click.UsageError(
            "Say which review: qmsbook reopen WORKBOOK 2026-Q3.", click.get_current_context()
        )
    _write("reopen", workbook, how, period, why=why)


@app.command()
@options.workbook
@options.of_period("Else the next month that wants figures.")
@options.writing
def period(workbook: Path, period: str | None, **how: Unpack[options.Writing]) -> None:
    """Add the rows that are due in a period to Measurements, ready to be filled in."""
    _write_due("add_period", workbook, how, period)


@app.command()
@options.workbook
@options.of_period("Else the review in the state draft, else the last one held.")
@options.to_folder
@click.option("--send", is_flag=True, help="Send it too, by the server in qmsbook.toml beside the workbook.")
@click.option("--yes", is_flag=True, help="With --send: do not ask before sending.")
@click.option(
    "--server", metavar="HOST:PORT", default="",
    help="With --send: the server that is meant, where none can be asked.",
)  # fmt: skip
@options.on
@options.as_json
def mail(
    workbook: Path,
    period: str | None,
    to: Path | None,
    on: date | None,
    as_json: bool,
    **how: Unpack[options.Sending],
) -> None:
    """Make a review's copy for reading, its PDF, and a draft of a mail about it. Sends nothing by itself."""
    from qmsbook.commands import How
    from qmsbook.commands import review_mail as mailing
    from qmsbook.doors.cli import ask
    from qmsbook.doors.cli.fields import mailed_answer
    from qmsbook.doors.cli.posted import print_mailed
    from qmsbook.hosts.file.host import FileHost

    yes = how["yes"]
    if how["send"] and not yes and not ask.can_ask():
        raise mailing.NobodyToAsk
    taken = _due("mail", workbook, on, period)
    by = ask.server_for(ask.folder_of(workbook), how["server"]) if how["send"] else None
    with _progress(as_json) as progress:
        made = mailing.mail(
            FileHost(workbook), taken.text, to or _drafts(workbook), on, How(progress=progress)
        )
    if by is not None and (yes or ask.send_now(made.posts[0].to, by)):
        made = mailing.sent(made, by, ask.password(by), _now)
    made = replace(made, notices=tuple(filter(None, (taken.why, *made.notices))))
    if as_json:
        click.echo(answer(mailed_answer(made)))
    else:
        print_mailed(made)
    if any(outcome.fate != "sent" for outcome in made.outcomes):
        sys.exit(3)


@app.command()
@options.workbook
@options.to_folder
@options.on
@options.as_json
@options.trust
def remind(workbook: Path, to: Path | None, on: date | None, as_json: bool, trust: bool) -> None:
    """Write a draft for each person: what they owe, their rows to fill in, their dates. Sends nothing."""
    from qmsbook.chase.given import Folder
    from qmsbook.commands import How
    from qmsbook.commands import reminders as chasing
    from qmsbook.doors.cli.ask import own
    from qmsbook.doors.cli.fields import mailed_answer
    from qmsbook.doors.cli.posted import print_mailed
    from qmsbook.hosts.file.host import FileHost

    ours = own(workbook, trust)
    with _progress(as_json) as progress:
        made = chasing.remind(
            FileHost(workbook),
            to or _drafts(workbook),
            on,
            How(progress=progress, own=ours.rules),
            Folder.of(workbook),
        )
    made = replace(made, notices=(*made.notices, *ours.notices))
    if as_json:
        click.echo(answer(mailed_answer(made)))
    else:
        print_mailed(made)


@app.command()
@options.workbook
@options.files
@options.on
@options.dry_run
@options.out
@options.as_json
@click.option("--list", "table", metavar="FILE", type=Path, help="Write what is left to settle there (.csv).")
@click.option(
    "--from", "sender", metavar="PERSON", default="",
    help="Who sent files of which nothing is kept here (from an earlier release). Only you can know.",
)  # fmt: skip
def collect(
    workbook: Path,
    files: tuple[Path, ...],
    table: Path | None,
    sender: str,
    **how: Unpack[options.Taking],
) -> None:
    """Take returned entry workbooks in. What is not certain is shown with both values, and not written."""
    from qmsbook.chase.given import Folder
    from qmsbook.commands import How
    from qmsbook.commands import reminders as chasing
    from qmsbook.doors.cli import ask
    from qmsbook.doors.cli.fields import collected_answer
    from qmsbook.doors.cli.posted import conflicts_csv, print_collected
    from qmsbook.hosts.file.host import FileHost

    as_json, dry_run = how["as_json"], how["dry_run"]
    with chasing.list_at(table) as write_list, _progress(as_json) as progress:
        found = chasing.contents(files)
        by = How(dry_run, progress, ask=None if as_json else progress.asking(ask.take_over))
        made = chasing.collect(
            FileHost(workbook, out=how["out"]), found, how["on"], by, Folder.of(workbook), sender
        )
        write_list(conflicts_csv(made))
    if as_json:
        click.echo(answer(collected_answer(made, dry_run)))
    else:
        print_collected(made, dry_run)
    if made.conflicts or made.unused:
        sys.exit(1)


@app.command()
@options.workbook
@options.dry_run
@options.out
@options.as_json
def repair(workbook: Path, dry_run: bool, out: Path | None, as_json: bool) -> None:
    """Put back tables, drop-downs, colors and formats that another program dropped. No typed cell changes."""
    from qmsbook.commands import repair_workbook
    from qmsbook.doors.cli.fields import done_answer
    from qmsbook.doors.cli.report import print_done
    from qmsbook.hosts.file.host import FileHost

    with _progress(as_json) as progress:
        done = repair_workbook.repair(FileHost(workbook, out=out), dry_run, progress)
    if as_json:
        click.echo(answer(done_answer(done, dry_run)))
    else:
        print_done(done, out or workbook, dry_run)


@app.command()
@options.workbook
@options.as_json
def undo(workbook: Path, as_json: bool) -> None:
    """Take back what qmsbook last wrote into the workbook."""
    from qmsbook import commands
    from qmsbook.hosts.file.host import FileHost

    changes = commands.undo(FileHost(workbook)).changes
    if as_json:
        from qmsbook.doors.cli.fields import UndoAnswer

        click.echo(answer(UndoAnswer(changed=True, changes=list(changes))))
    else:
        _say(changes)


@app.command()
@click.argument("code", metavar="[CODE]", default="", help="One rule, such as KPI001.")
def rules(code: str) -> None:
    """List the rules, or explain one."""
    from qmsbook.doors.cli.report import print_rule, print_rules

    if code and not print_rule(code):
        sys.exit(2)
    if not code:
        print_rules()


@app.command()
@click.argument(
    "folder", metavar="[DIR]", type=Path, default=Path("qmsbook-demo"),
    help="Where to put it. Else qmsbook-demo.",
)  # fmt: skip
def demo(folder: Path) -> None:
    """Make, check, refresh and review the workbook of an example company."""
    from qmsbook import commands
    from qmsbook.doors.cli.report import print_demo

    with _progress(False) as progress:
        path, done = commands.demo(folder, progress)
    print_demo(path, done)


@app.command()
@click.option("--watch", is_flag=True, help="The buttons start nothing; `qmsbook watch` answers them.")
def install(watch: bool) -> None:
    """Put the buttons into Excel and LibreOffice; for this person, without administrator's rights.

    Work as yourself: LibreOffice takes no buttons from root or with sudo.
    """
    from qmsbook.hosts.libreoffice.bridge import program
    from qmsbook.setup import install as installing
    from qmsbook.setup.places import places

    _say(installing.install(places(), installing.Python(), watch, program()))
    click.echo("qmsbook doctor says whether they will work here.")


@app.command()
def uninstall() -> None:
    """Take the buttons out again; workbooks stay as they are."""
    from qmsbook.hosts.libreoffice.bridge import program
    from qmsbook.setup import install as installing
    from qmsbook.setup.places import places

    _say(installing.uninstall(places(), program()))


@app.command()
@options.as_json
@click.option("--share", is_flag=True, help="JSON without names, to send to IT.")
def doctor(as_json: bool, share: bool) -> None:
    """Say which door to the workbook works on this PC, and what to do about the others."""
    from qmsbook.setup import doctor as doctoring
    from qmsbook.setup.install import Python
    from qmsbook.setup.places import places

    facts = doctoring.gather(places(), Python())
    if as_json or share:
        from qmsbook.doors.cli.fields import DoctorAnswer

        click.echo(answer(DoctorAnswer(**doctoring.as_dict(facts, share)), indent=1))
    else:
        _say(tuple(doctoring.report(facts)))


@app.command()
@click.option("--stop", is_flag=True, help="Stop the one that is running.")
def watch(stop: bool) -> None:
    """Answer the buttons, on PCs where Excel may not start programs."""
    from qmsbook.doors import watch as watching
    from qmsbook.setup.places import places
    from qmsbook.setup.watch_lock import stop as ask_to_stop

    if stop:
        click.echo(ask_to_stop(places()))
    else:
        watching.watch(places(), click.echo)


@app.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]), help=(
    'bash and zsh: put eval "$(qmsbook completion bash)" with its name into ~/.bashrc or ~/.zshrc; fish: '
    "save it as ~/.config/fish/completions/qmsbook.fish."
))  # fmt: skip
def completion(shell: str) -> None:
    """Print what lets a shell complete commands, options and files."""
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    assert made is not None  # all three come with click
    click.echo(made(app, {}, "qmsbook", "_QMSBOOK_COMPLETE").source())


@app.command()
@click.argument("name", metavar="[NAME]", default="book", help="A table, such as KPIs, or an answer.")
def schema(name: str) -> None:
    """Print the JSON Schema of a table or an answer; without a name of the whole workbook."""
    from qmsbook.doors.cli.schemas import UnknownSchema, printed

    try:
        click.echo(printed(name))
    except UnknownSchema as problem:
        raise click.UsageError(str(problem)) from None


def _drafts(workbook: Path) -> Path:
    from qmsbook.commands.review_mail import FOLDER

    return workbook.parent / FOLDER


def _now() -> datetime:
    return datetime.now().astimezone()


def _due(command: str, workbook: Path, on: date | None, period: str | None) -> Due:
    """The period that was typed, or the one that is due and why."""
    from qmsbook.doors.cli.due import Due, due

    return due(command, workbook, on) if period is None else Due(period, "")


def _write_due(command: str, workbook: Path, how: options.Writing, period: str | None) -> None:
    """Run a command that writes, for a period that was typed or is due."""
    taken = _due(command, workbook, how["on"], period)
    if period is None and not taken.text:
        from qmsbook.commands import Done

        _print_done(Done((), (taken.why,)), workbook, how)
        return
    _write(command, workbook, how, taken.text, note=taken.why)


def _write(
    command: str, workbook: Path, how: options.Writing, *period: str, note: str = "", **more: str
) -> None:
    from qmsbook import commands
    from qmsbook.doors.cli.ask import own
    from qmsbook.hosts.file.host import FileHost

    run: Callable[..., commands.Done] = getattr(commands, command)
    ours = own(workbook, how["trust"])
    host, dry_run = FileHost(workbook, out=how["out"]), how["dry_run"]
    with _progress(how["as_json"]) as progress:
        by = commands.How(dry_run, progress, ours.rules)
        done = run(host, *period, on=how["on"], how=by, **more)
    _print_done(done._replace(notices=(*filter(None, [note]), *done.notices, *ours.notices)), workbook, how)


def _print_done(done: Done, workbook: Path, how: options.Writing) -> None:
    from qmsbook.doors.cli.fields import done_answer
    from qmsbook.doors.cli.report import print_done

    if how["as_json"]:
        click.echo(answer(done_answer(done, how["dry_run"])))
    else:
        print_done(done, how["out"] or workbook, how["dry_run"])


def _say(sentences: tuple[str, ...]) -> None:
    for sentence in sentences:
        click.echo(sentence)


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
    gc.set_threshold(20_000, 20, 50)  # one short run: what imports leave is no garbage
    streams.ready()
    try:
        code = app.main(given, standalone_mode=False) or 0
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in given and not isinstance(error, click.ClickException | click.Abort):
            raise
        code = _ended(error, given)
    finally:
        streams.done()
    sys.exit(code)


def _ended(error: BaseException, given: list[str]) -> int:
    """Say what ended a command, to a program or to a person; gives the exit code."""
    problem = error
    if isinstance(error, OSError):
        from qmsbook.hosts.file.place import failed

        problem = failed(error)
    name, sentence, code = told(problem, given)
    if wants_json(given):
        with suppress(OSError):  # where an answer cannot be written, the sentence is left
            click.echo(error_answer(name, sentence, code))
            return code
    with suppress(OSError):  # nor can the sentence, perhaps: the exit code is left
        if isinstance(error, click.UsageError) and error.ctx is not None:
            usage = error.ctx.get_usage()
            click.echo(f"{usage}\nTry '{error.ctx.command_path} --help' for help.\n", err=True)
        click.echo(sentence, err=True)
    return code
