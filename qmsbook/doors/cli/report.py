"""What the command line prints for people."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from qmsbook.book.near import did_you_mean
from qmsbook.book.words import day_words, plural
from qmsbook.commands import Done, Looked
from qmsbook.commands.described import counted, statuses, verdict
from qmsbook.doors.cli.terminal import Styled, bold, colored, dim, say
from qmsbook.rules import RULES
from qmsbook.rules.clauses import SUBJECTS, Edition, edition
from qmsbook.rules.folded import FIRST_ROWS, Folded, fold
from qmsbook.rules.rule import Finding, Rule, Severity
from qmsbook.rules.steps import still_missing

_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}
#: A person reads the first findings and then turns to the workbook, where all of them stand with links.
_SHOWN = 12
#: So many rows are named of those that one line speaks of.
_NAMED = 8


def print_findings(looked: Looked, owner: str = "", in_full: bool = False) -> None:
    """The findings, worst first, those of one kind together: the first dozen in full, then a line each.

    ``in_full``: all of them, those that are folded with their places too.
    """
    open_ones = [f for f in looked.findings if not f.waived]
    waived = len(looked.findings) - len(open_ones)
    groups = fold(open_ones)
    if not open_ones and owner:
        say(f"Nothing to mend for {owner}.")
    elif not open_ones:
        say(verdict(looked.book, open_ones))
    shown = FIRST_ROWS - 1 if looked.book.settings.stage == "start" else _SHOWN
    for group in groups if in_full else groups[:shown]:
        _print_group(group, in_full)
    if groups[shown:] and not in_full:
        for group in groups[shown:]:
            _print_briefly(group)
        say("check --all says what to do about each; so does the sheet Findings after refresh, with links.\n")
    if open_ones:
        say(bold(counted(open_ones)), f", and {waived} waived." if waived else ".")
        if not owner:
            _print_missing(looked)
    for stage, count in looked.later.items():
        if count:
            say("The stage ", bold(stage), f" would add {plural(count, 'kind')} of finding (setting Stage).")


def print_preview(looked: Looked, added: Sequence[Finding], now: str) -> None:
    """What another edition of the standard would add to today's findings."""
    to = edition(looked.book.settings.iso_edition)
    told = f"A preview of {to.name}: nothing was changed, and the setting *ISO edition* stays {now}.\n"
    say(told)
    for group in fold(added):
        _print_group(group)
    if added:
        say("It would add ", bold(counted(added)), " to what check says today.")
    else:
        say("It would add no finding to what check says today.")
    hints = [f"What has moved: {to.note}." if to.note else "", _kept_until(to)]
    say(" ".join(filter(None, hints)))


def _kept_until(to: Edition) -> str:
    return f"The edition before may be kept until {to.until}: {to.until_note}." if to.until else ""


def print_done(done: Done, path: Path, dry_run: bool) -> None:
    """What was changed, what the person should know, and what to do first."""
    if not done.changes:
        say("Everything is up to date; nothing was written.")
    elif dry_run:
        say(bold("This would change:"))
    for change in done.changes:
        say(f"  {change}" if dry_run else change)
    print_notices(done.notices)
    if done.looked is not None and done.looked.book.kpis:
        say(statuses(done.looked.assessed))
    if done.looked is not None and done.looked.findings:
        open_ones = [f for f in done.looked.findings if not f.waived]
        if open_ones:
            say(f"{counted(open_ones)}; see the sheet Findings.")
    if done.looked is not None:
        _print_missing(done.looked)
    if done.applied and done.applied.changed and done.applied.backup:
        say(f"The workbook as it was: {done.applied.backup}")


def _print_missing(looked: Looked) -> None:
    """What a plan lacks that is not complete."""
    missing = still_missing(looked.book)
    if missing:
        say(missing)


def print_notices(notices: Sequence[str]) -> None:
    """What the person should know besides."""
    for notice in notices:
        say(colored("Note:", "yellow"), f" {notice}")


def print_demo(path: Path, done: Done) -> None:
    """What the demo made, and where to look."""
    say("The example company's workbook is ready: ", bold(str(path)))
    if done.looked is not None:
        book = done.looked.book
        say(
            f"It was checked, refreshed and reviewed as of {day_words(book.on)}: {len(book.goals)} goals, "
            f"{len(book.objectives)} objectives, {len(book.kpis)} KPIs; {counted(done.looked.findings)}."
        )
    print_notices(done.notices)
    say("Open it in Excel or LibreOffice and look at, in this order:")
    say("  Review 2026-Q3   where the plan stands, what to decide")
    say("  Scorecard        every KPI, month by month")
    say("  Cascade          goals, objectives and KPIs as a tree; which process carries which goal")
    say("  Boards           the plan on one page, then a page of charts for each process, to print")
    say("  Findings         what is wrong or missing, with links (some mistakes are deliberate)")
    say("Then change a figure in Measurements, save, close, and run:")
    say(f"  qmsbook refresh {path}")


def print_rules() -> None:
    """The catalogue: one line per rule."""
    for rule in RULES:
        say(bold(rule.code), f"  {rule.severity:<8} {rule.title}")
    say("\nqmsbook rules CODE explains one.")


def print_rule(code: str) -> bool:
    """One rule in full; False, with a word about it, if there is none of that code."""
    rule = next((r for r in RULES if r.code == code.upper()), None)
    if rule is None:
        families = sorted({r.family for r in RULES})
        meant = did_you_mean(code.upper(), [r.code for r in RULES])
        more = meant or f"The families are {', '.join(families)}."
        say(f"There is no rule {code}. {more}")
        return False
    _print_rule(rule)
    return True


def _print_rule(rule: Rule) -> None:
    about = SUBJECTS.get(rule.clause, "")
    clause = (
        f", clause {rule.clause} ({about})" if about else f", clause {rule.clause}" if rule.clause else ""
    )
    say(bold(f"{rule.code}  {rule.title}"))
    only = f"; only with ISO edition {rule.edition}" if rule.edition else ""
    say(f"{rule.severity}{clause}; from stage {rule.stage} on{only}\n")
    for name in ("Why", "Fix"):
        say(bold(name))
        say(rule.sections[name] + "\n")
    for name in ("Bad", "Good"):
        say(bold(name))
        say(textwrap.indent(rule.sections[name], "  ") + "\n")


def _print_group(group: Folded, in_full: bool = False) -> None:
    finding = group.first
    place = f"{finding.at} " if finding.at else ""
    if group.count > 1 and place:
        place += f"and {plural(group.count - 1, 'more place')} "
    say(_severity(finding), " ", bold(place), group.code)
    say(f"  {group.message}{'' if in_full else about(group)}")
    if in_full and group.count > 1:
        for each in group.findings:
            at = f"{each.at} " if each.at else ""
            say(f"    {at}{each.code} {each.message}")
    say("  ", dim(group.fix), "\n")


def _print_briefly(group: Folded) -> None:
    say(_severity(group.first), " ", bold(group.code), f" {group.message}{about(group)}")


def _severity(finding: Finding) -> Styled:
    return colored(str(finding.severity), _COLORS[finding.severity], bold=finding.severity is Severity.ERROR)


def about(group: Folded) -> str:
    """What a line that speaks of several is about: `` (K01, K07, K19)``, columns where no row is meant.

    Blank where a finding speaks for itself.
    """
    if group.count < 2:
        return ""
    named = list(dict.fromkeys(f.row or f.column or str(f.at or "") for f in group.findings))
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f" ({', '.join(filter(None, named[:_NAMED]))}{more})"
