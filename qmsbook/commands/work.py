"""What all commands share: a workbook read and judged, all its sheets drawn, the edits applied."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from qmsbook.book.below import growth, with_typed
from qmsbook.book.book import Book, Trouble
from qmsbook.book.cell import Cell
from qmsbook.book.dates import read_period
from qmsbook.book.edit import Edit, SetColumn
from qmsbook.book.error import QmsbookError
from qmsbook.book.near import did_you_mean
from qmsbook.book.parse import squeezed
from qmsbook.book.period import Period
from qmsbook.book.reading import read_book
from qmsbook.book.recognize import strays
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.tables import TABLES
from qmsbook.book.words import listed, plural
from qmsbook.commands.described import describe
from qmsbook.hosts.host import Applied, Host, NotAQmsbook
from qmsbook.hosts.memory import MemoryHost
from qmsbook.methods import assess
from qmsbook.methods.columns import computed
from qmsbook.methods.method import Assessment
from qmsbook.pages import Talk, closed_sheets, promised, settle, sheets_noticed, with_closed_plans
from qmsbook.rules import RULES
from qmsbook.rules import check as run_rules
from qmsbook.rules.evolution import advice
from qmsbook.rules.folded import fold
from qmsbook.rules.rule import STAGES, Finding, Rule

if TYPE_CHECKING:  # who only checks does not wait for what draws
    from qmsbook.pages.desk import Drawings

#: Called with what is being done, for whoever shows progress.
Progress = Callable[[str], None]


def quiet(_: str) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A workbook as it was read and judged; nothing was written."""

    snapshot: Snapshot
    book: Book
    assessed: Assessment
    findings: tuple[Finding, ...]
    #: How many rows of findings each later stage would add, equal ones counted once.
    later: Mapping[str, int] = field(default_factory=dict)
    #: What was settled between the reviews' sheets and the tables.
    talk: Talk = Talk()


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did, or with ``dry_run`` would do: sentences for the person, in ``changes``.

    ``notices`` are what the person should know besides: cells left alone, sheets not replaced, notes kept.
    """

    changes: tuple[str, ...]
    notices: tuple[str, ...] = ()
    applied: Applied | None = None
    looked: Looked | None = None


#: What references are called where there are several, if that takes more than an s.
_MANY = {
    "chart series": "chart series", "list box": "list boxes", "rule or drop-down": "rules or drop-downs",
}  # fmt: skip


class UnknownPeriod(QmsbookError):
    """That is not a period. Periods look like 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05."""

    exit_code = 2


class TableAstray(QmsbookError):
    """A table of the plan is missing or has another name, so nothing was judged and nothing was written."""


def read(host: Host, on: date | None = None, *, as_it_is: bool = False) -> tuple[Snapshot, Book]:
    """Read a workbook, what was typed directly below its tables included.

    Raises NotAQmsbook if it has none of the required tables, under any name. Raises TableAstray if one of
    them is missing, or a table of ours has another name or has left its headers behind: what stands in it
    would count as if nobody had ever typed it. Only what tells the person about that reads it ``as_it_is``.
    """
    snapshot = with_typed(host.read())
    book = read_book(snapshot.tables, on, lines=snapshot.lines)
    astray = book.astray
    required = {record.TABLE for record in TABLES if record.REQUIRED}
    if not required & (book.tables.keys() | {each.table for each in astray if each.cell is not None}):
        raise NotAQmsbook(_known_again(snapshot))
    if astray and not as_it_is:
        raise TableAstray(_where_astray(astray))
    return snapshot, remembering(snapshot, book)


def remembering(snapshot: Snapshot, book: Book) -> Book:
    """The book with what closed reviews keep: the plan as it was then, and the days that they printed."""
    return with_closed_plans(book, snapshot).changed(promised=promised(snapshot, book))


def _known_again(snapshot: Snapshot) -> str:
    """What to do about a workbook whose sheets are known by their headers although their tables are gone."""
    sheets = list(dict.fromkeys(each.sheet for each in strays(snapshot)))
    if not sheets:
        return ""
    what = "The sheet" if len(sheets) == 1 else "The sheets"
    verb = "has its headers" if len(sheets) == 1 else "have their headers"
    return f"{what} {listed(sheets)} still {verb}: close the workbook and run: qmsbook repair WORKBOOK"


def _where_astray(astray: Sequence[Trouble]) -> str:
    """What is missing and what looks like it, and what to do."""
    found = [f"There is no table {each.table}. {each.detail}".strip() for each in astray]
    renamed = any(each.cell is not None for each in astray)
    name_it = " give the table its name back (Table Design, Table Name)," if renamed else ""
    return f"{' '.join(found)} Undo what was done,{name_it} or run: qmsbook repair WORKBOOK"


def look(
    host: Host, on: date | None = None, progress: Progress = quiet, own: Sequence[Rule] = (), *,
    as_it_is: bool = False,
) -> Looked:  # fmt: skip
    """Read and judge a workbook, by the company's ``own`` rules too; nothing is written.

    Raises NotAQmsbook and, unless it is looked at ``as_it_is``, TableAstray.
    """
    progress("Reading the workbook")
    snapshot, book = read(host, on, as_it_is=as_it_is)
    talk = settle(snapshot, book)
    talk = replace(talk, edits=(), areas={}, told=())
    return judged(snapshot, snapshot, book, talk, progress, own, draws=False)


def judged(
    snapshot: Snapshot, settled: Snapshot, book: Book, talk: Talk, progress: Progress, own: Sequence[Rule],
    draws: bool = True,
) -> Looked:  # fmt: skip
    """A workbook judged as it will be once the edits of ``talk`` have made it ``settled``.

    ``draws`` says that all its sheets are drawn then.
    """
    book = book.changed(
        troubles=(
            *book.troubles,
            *talk.troubles,
            *closed_sheets(settled, book),
            *sheets_noticed(snapshot, draws),
        ),
    )
    progress("Working out every status")
    assessed = assess(book)
    progress("Checking the plan")
    rules = (*RULES, *own)
    everything = run_rules(book, assessed, rules, STAGES[-1])
    stage_of = {rule.code: rule.stage for rule in rules}
    now = STAGES.index(book.settings.stage)
    later: dict[str, int] = {
        stage: len(fold([f for f in everything if stage_of.get(f.code, "start") == stage]))
        for stage in STAGES[now + 1 :]
    }
    findings = tuple(f for f in everything if STAGES.index(stage_of.get(f.code, "start")) <= now)
    return Looked(snapshot, book, assessed, findings, later, talk)


def with_edits(snapshot: Snapshot, edits: Sequence[Edit], on: date | None) -> tuple[Snapshot, Book]:
    """The workbook as edits will leave it; ``snapshot`` itself, read anew, if there are none."""
    if edits:
        scratch = MemoryHost.of(snapshot)
        scratch.apply(edits, scratch.read())
        snapshot = scratch.read()
    return snapshot, remembering(snapshot, read_book(snapshot.tables, on))


@contextmanager
def collector_paused() -> Iterator[None]:
    """What a refresh makes lives until its end: looking for rings in it takes a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def drawn(
    snapshot: Snapshot, book: Book, on: date | None, periods: Sequence[str], progress: Progress,
    own: Sequence[Rule], first: Sequence[Edit] = (), opened: str = "",
    with_boards: bool = False,
) -> tuple[Looked, Drawings]:  # fmt: skip
    """All sheets, and the workbook as it stands once what was typed on reviews went into the tables.

    ``first`` are edits that come before, ``opened`` is the marker of a review that they open again. A sheet
    that cannot be drawn gives nothing to the tables: its new rows would not get their ids.
    """
    from qmsbook.pages.draw import draw_all

    before = snapshot
    if first:
        before, book = with_edits(snapshot, first, on)
    without: set[str] = set()
    while True:
        talk = settle(before, book, without, opened)
        settled, then = with_edits(before, talk.edits, on) if talk.edits else (before, book)
        looked = judged(snapshot, settled, then, replace(talk, edits=(*first, *talk.edits)), progress, own)
        progress("Drawing the sheets")
        drawings = draw_all(
            looked.book,
            looked.assessed,
            looked.findings,
            before,
            periods,
            later_stages(looked),
            talk,
            opened,
            boards=with_boards,
        )
        undrawn = set(talk.moved) - {edit.marker for edit in drawings.edits}
        if not undrawn:
            return looked, drawings
        without |= undrawn


class UnknownPerson(QmsbookError):
    """Nobody of that name is in the sheet People or owns anything."""

    exit_code = 2


def only_of(looked: Looked, person: str) -> tuple[str, Looked]:
    """The person's name as the workbook has it, and the findings that are theirs to mend.

    A part of the name is enough if it is one person's only. Raises UnknownPerson.
    """
    names = {each.id for each in looked.book.people if each.id} | {
        f.owner for f in looked.findings if f.owner
    }
    wanted = squeezed(person)
    found = [name for name in sorted(names) if squeezed(name) == wanted]
    found = found or [name for name in sorted(names) if wanted and wanted in squeezed(name)]
    if len(found) != 1:
        hint = f"That may be {listed(found, 'or')}." if found else did_you_mean(person, names)
        raise UnknownPerson(f"Found: {person}. {hint}".strip())
    findings = tuple(f for f in looked.findings if f.owner == found[0])
    return found[0], replace(looked, findings=findings, later={})


def checks_of(findings: Sequence[Finding]) -> dict[tuple[str, int], str]:
    """What the Check columns say, by table and sheet row: the worst finding, and how many more."""
    rows: dict[tuple[str, int], list[Finding]] = {}
    for finding in findings:
        if finding.at is not None and finding.table and not finding.waived:
            rows.setdefault((finding.table, finding.at.row), []).append(finding)
    return {key: _check_text(found) for key, found in rows.items()}


def _check_text(found: Sequence[Finding]) -> str:
    more = f" (+{len(found) - 1} more, see Findings)" if len(found) > 1 else ""
    return f"{found[0].code} {found[0].message}{more}"


def advice_of(book: Book, findings: Sequence[Finding]) -> dict[str, str]:
    """What the column Advice says, by objective: what the EVO rules propose for it or for one of its KPIs."""
    proposals: dict[str, list[str]] = {}
    for finding in findings:
        if finding.code.startswith("EVO") and finding.row and not finding.waived:
            kpi = book.kpi(finding.row) if finding.table == "KPIs" else None
            of = f"{kpi.id}: " if kpi else ""
            for key in kpi.supports if kpi else (finding.row,):
                proposals.setdefault(key, []).append(of + finding.fix)
    return {o.id: advice(o, proposals.get(o.id, [])) for o in book.objectives if o.id}


def computed_columns(looked: Looked) -> list[SetColumn]:
    told = advice_of(looked.book, looked.findings)
    return computed(looked.book, looked.assessed, checks_of(looked.findings), told)


def finish(
    host: Host, edits: Sequence[Edit], looked: Looked, drawings: Drawings | None, dry_run: bool,
    progress: Progress,
) -> Done:  # fmt: skip
    changes = (*looked.talk.told, *describe([*growth(looked.snapshot), *edits], looked.snapshot))
    notices = list(drawings.notices) if drawings else []
    if dry_run:
        return Done(changes, tuple(notices), None, looked)
    progress("Saving")
    applied = apply(host, edits, looked.snapshot)
    notices += told_of_references(applied)
    notices += [_left_alone(looked.book, cell) for cell in applied.skipped]
    return Done(changes if applied.changed else (), tuple(notices), applied, looked)


def apply(host: Host, edits: Sequence[Edit], snapshot: Snapshot) -> Applied:
    """Have a host carry out what was worked out on a snapshot; tables grow over the rows typed below them."""
    return host.apply([*growth(snapshot), *edits], snapshot.found or snapshot)


def later_stages(looked: Looked) -> list[str]:
    return [
        f"The stage {stage} would add {plural(count, 'kind')} of finding (setting Stage)."
        for stage, count in looked.later.items()
        if count
    ]


def told_of_references(applied: Applied) -> list[str]:
    """What a person should know of their own references to tables that grew."""
    told = []
    if applied.extended:
        count = sum(applied.extended.values())
        verb = "reaches" if count == 1 else "reach"
        what = f"{plural(count, 'reference')} of your own that ended at a table's last row"
        told.append(f"{what} now {verb} its new last row: {_kinds(applied.extended)}.")
    if applied.short:
        end = "ends" if sum(applied.short.values()) == 1 else "end"
        told.append(
            f"{_kinds(applied.short)} of your own still {end} where a table used to end. Extend by hand."
        )
    return told


def _kinds(counts: Mapping[str, int]) -> str:
    return listed([plural(number, kind, _MANY.get(kind, "")) for kind, number in sorted(counts.items())])


def _left_alone(book: Book, cell: Cell) -> str:
    merged = any(
        cell.row - table.row - 1 in table.covered(cell.column - table.column)
        for table in book.tables.values()
        if table.merges and table.sheet == cell.sheet
    )
    why = "lies inside a merge" if merged else "holds a formula of yours"
    return f"{cell} {why} and was left alone."


def period_of(book: Book, text: str) -> Period:
    found = read_period(text, "monthly", book.settings.fiscal_year_start_month)
    if found.period is None or found.told == "day":
        meant = f" Did you mean {' or '.join(found.options)}?" if found.options else ""
        raise UnknownPeriod(f"Found: {text}.{meant}")
    return found.period
