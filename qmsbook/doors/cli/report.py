"""What the command line prints for people."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from qmsbook.book.near import did_you_mean
from qmsbook.book.words import plural
from qmsbook.commands import Done, Looked
from qmsbook.commands.described import counted, statuses, verdict
from qmsbook.rules import RULES
from qmsbook.rules.clauses import SUBJECTS, Edition, edition
from qmsbook.rules.folded import FIRST_ROWS, Folded, fold
from qmsbook.rules.rule import Finding, Rule, Severity
from qmsbook.rules.steps import still_missing

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}
#: A person reads the first findings and then turns to the workbook, where all of them stand with links.
_SHOWN = 12
#: So many rows are named of those that one line speaks of.
_NAMED = 8


def print_findings(looked: Looked, owner: str = "", in_full: bool = False) -> None:
    """The findings, worst first, those of one kind together: the first dozen in full, then a line each.

    ``in_full``: all of them, those that are folded with their places too.
    """
    console = console_here()
    open_ones = [f for f in looked.findings if not f.waived]
    waived = len(looked.findings) - len(open_ones)
    groups = fold(open_ones)
    if not open_ones and owner:
        console.print(f"Nothing to mend for {escape(owner)}.")
    elif not open_ones:
        console.print(escape(verdict(looked.book, open_ones)))
    shown = FIRST_ROWS - 1 if looked.book.settings.stage == "start" else _SHOWN
    for group in groups if in_full else groups[:shown]:
        _print_group(console, group, in_full)
    if groups[shown:] and not in_full:
        for group in groups[shown:]:
            _print_briefly(console, group)
        console.print(
            "check --all says what to do about each; so does the sheet Findings after refresh, with links.\n"
        )
    if open_ones:
        console.print(f"[bold]{counted(open_ones)}[/]" + (f", and {waived} waived" if waived else "") + ".")
        if not owner:
            _print_missing(console, looked)
    for stage, count in looked.later.items():
        if count:
            told = f"The stage [bold]{stage}[/] would add {plural(count, 'kind')} of finding (setting Stage)."
            console.print(told, highlight=False)


def print_preview(looked: Looked, added: Sequence[Finding], now: str) -> None:
    """What another edition of the standard would add to today's findings."""
    console = console_here()
    to = edition(looked.book.settings.iso_edition)
    told = f"A preview of {to.name}: nothing was changed, and the setting *ISO edition* stays {now}.\n"
    console.print(told, highlight=False)
    for group in fold(added):
        _print_group(console, group)
    if added:
        console.print(f"It would add [bold]{counted(added)}[/] to what check says today.")
    else:
        console.print("It would add no finding to what check says today.")
    hints = [f"What has moved: {to.note}." if to.note else "", _kept_until(to)]
    console.print(" ".join(filter(None, hints)), highlight=False)


def _kept_until(to: Edition) -> str:
    return f"The edition before may be kept until {to.until}: {to.until_note}." if to.until else ""


def print_done(done: Done, path: Path, dry_run: bool) -> None:
    """What was changed, what the person should know, and what to do first."""
    console = console_here()
    if not done.changes:
        console.print("Everything is up to date; nothing was written.")
    elif dry_run:
        console.print("[bold]This would change:[/]")
    for change in done.changes:
        console.print(f"  {escape(change)}" if dry_run else escape(change))
    print_notices(done.notices)
    if done.looked is not None and done.looked.book.kpis:
        console.print(statuses(done.looked.assessed), highlight=False)
    if done.looked is not None and done.looked.findings:
        open_ones = [f for f in done.looked.findings if not f.waived]
        if open_ones:
            console.print(f"{counted(open_ones)}; see the sheet Findings.")
    if done.looked is not None:
        _print_missing(console, done.looked)
    if done.applied and done.applied.changed and done.applied.backup:
        console.print(f"The workbook as it was: {escape(done.applied.backup)}")


def _print_missing(console: Console, looked: Looked) -> None:
    """What a plan lacks that is not complete."""
    missing = still_missing(looked.book)
    if missing:
        console.print(escape(missing), highlight=False)


def print_notices(notices: Sequence[str]) -> None:
    """What the person should know besides."""
    for notice in notices:
        console_here().print(f"[yellow]Note:[/] {escape(notice)}", highlight=False)


def print_demo(path: Path, done: Done) -> None:
    """What the demo made, and where to look."""
    console = console_here()
    console.print(f"The example company's workbook is ready: [bold]{escape(str(path))}[/]")
    if done.looked is not None:
        book = done.looked.book
        console.print(
            f"It was checked, refreshed and reviewed as of {book.on.isoformat()}: {len(book.goals)} goals, "
            f"{len(book.objectives)} objectives, {len(book.kpis)} KPIs; {counted(done.looked.findings)}."
        )
    for notice in done.notices:
        console.print(f"[yellow]Note:[/] {escape(notice)}")
    console.print("Open it in Excel or LibreOffice and look at, in this order:")
    console.print("  Review 2026-Q3   where the plan stands, what to decide")
    console.print("  Scorecard        every KPI, month by month")
    console.print("  Cascade          goals, objectives and KPIs as a tree; which process carries which goal")
    console.print("  Boards           the plan on one page, then a page of charts for each process, to print")
    console.print("  Findings         what is wrong or missing, with links (some mistakes are deliberate)")
    console.print("Then change a figure in Measurements, save, close, and run:")
    console.print(f"  qmsbook refresh {escape(str(path))}", highlight=False)


def print_rules() -> None:
    """The catalogue: one line per rule."""
    console = console_here()
    for rule in RULES:
        console.print(f"[bold]{rule.code}[/]  {rule.severity:<8} {escape(rule.title)}", highlight=False)
    console.print("\nqmsbook rules CODE explains one.")


def print_rule(code: str) -> bool:
    """One rule in full; False, with a word about it, if there is none of that code."""
    console = console_here()
    rule = next((r for r in RULES if r.code == code.upper()), None)
    if rule is None:
        families = sorted({r.family for r in RULES})
        meant = did_you_mean(code.upper(), [r.code for r in RULES])
        more = meant or f"The families are {', '.join(families)}."
        console.print(f"There is no rule {escape(code)}. {more}")
        return False
    _print_rule(console, rule)
    return True


def _print_rule(console: Console, rule: Rule) -> None:
    about = SUBJECTS.get(rule.clause, "")
    clause = (
        f", clause {rule.clause} ({about})" if about else f", clause {rule.clause}" if rule.clause else ""
    )
    console.print(f"[bold]{rule.code}  {escape(rule.title)}[/]", highlight=False)
    only = f"; only with ISO edition {rule.edition}" if rule.edition else ""
    console.print(f"{rule.severity}{clause}; from stage {rule.stage} on{only}\n", highlight=False)
    for name in ("Why", "Fix"):
        console.print(f"[bold]{name}[/]")
        console.print(escape(rule.sections[name]) + "\n", highlight=False)
    for name in ("Bad", "Good"):
        console.print(f"[bold]{name}[/]")
        console.print(escape(textwrap.indent(rule.sections[name], "  ")) + "\n", highlight=False)


def _print_group(console: Console, group: Folded, in_full: bool = False) -> None:
    finding = group.first
    place = f"{finding.at} " if finding.at else ""
    if group.count > 1 and place:
        place += f"and {plural(group.count - 1, 'more place')} "
    style = _STYLES[finding.severity]
    console.print(f"[{style}]{finding.severity}[/] [bold]{escape(place)}[/]{group.code}", highlight=False)
    console.print(f"  {escape(group.message)}{'' if in_full else escape(about(group))}", highlight=False)
    if in_full and group.count > 1:
        for each in group.findings:
            at = f"{each.at} " if each.at else ""
            console.print(f"    {escape(at)}{each.code} {escape(each.message)}", highlight=False)
    console.print(f"  [dim]{escape(group.fix)}[/]\n", highlight=False)


def _print_briefly(console: Console, group: Folded) -> None:
    finding = group.first
    style = _STYLES[finding.severity]
    console.print(
        f"[{style}]{finding.severity}[/] [bold]{group.code}[/] {escape(group.message)}{escape(about(group))}",
        highlight=False,
    )


def about(group: Folded) -> str:
    """What a line that speaks of several is about: `` (K01, K07, K19)``, columns where no row is meant.

    Blank where a finding speaks for itself.
    """
    if group.count < 2:
        return ""
    named = list(dict.fromkeys(f.row or f.column or str(f.at or "") for f in group.findings))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f" ({', '.join(filter(None, named[:_NAMED]))}{more})"


def console_here() -> Console:
    """The terminal, or whatever takes its place."""
    console = Console()
    if not console.is_terminal:
        console.width = 200  # a file or a pipe has no width; paths and sentences stay whole
    return console
