"""What the steps of a command are made of: a workbook read and settled, findings sorted, words for people."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

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
from qmsbook.commands.passed import Asked, Found, Looked, Settled
from qmsbook.hosts.host import Applied, Host, NotAQmsbook
from qmsbook.hosts.memory import MemoryHost
from qmsbook.methods.columns import computed
from qmsbook.pages import Talk, closed_sheets, promised, settle, sheets_noticed, with_closed_plans
from qmsbook.rules.evolution import advice
from qmsbook.rules.folded import fold
from qmsbook.rules.rule import STAGES, Finding, Rule

#: What references are called where there are several, if that takes more than an s.
_MANY = {
    "chart series": "chart series", "list box": "list boxes", "rule or drop-down": "rules or drop-downs",
}  # fmt: skip


class UnknownPeriod(QmsbookError):
    """That is not a period. Periods look like 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05."""

    exit_code = 2


class TableAstray(QmsbookError):
    """A table of the plan is missing or has another name, so nothing was judged and nothing was written."""


def read_whole(host: Host, asked: Asked) -> tuple[Snapshot, Book]:
    """A workbook with what was typed directly below its tables.

    Raises NotAQmsbook if it has none of the required tables, under any name. Raises TableAstray if one of
    them is missing, or a table of ours has another name or has left its headers behind: what stands in it
    would count as if nobody had ever typed it. Only what tells the person about that reads it as it is.
    """
    snapshot = with_typed(host.read())
    book = read_book(snapshot.tables, asked.on, lines=snapshot.lines)
    astray = book.astray
    required = {record.TABLE for record in TABLES if record.REQUIRED}
    if not required & (book.tables.keys() | {each.table for each in astray if each.cell is not None}):
        raise NotAQmsbook(_known_again(snapshot))
    if astray and not asked.as_it_is:
        raise TableAstray(_where_astray(astray))
    return snapshot, _remembering(snapshot, book)


def _remembering(snapshot: Snapshot, book: Book) -> Book:
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


def after(snapshot: Snapshot, edits: Sequence[Edit]) -> Snapshot:
    """What would be read once edits are carried out."""
    scratch = MemoryHost.of(snapshot)
    scratch.apply(edits, snapshot)
    return scratch.read()


def with_edits(snapshot: Snapshot, edits: Sequence[Edit], on: date | None) -> tuple[Snapshot, Book]:
    """The workbook as edits will leave it, and its book."""
    snapshot = after(snapshot, edits)
    return snapshot, _remembering(snapshot, read_book(snapshot.tables, on, lines=snapshot.lines))


def moved(found: Found, on: date | None, without: Collection[str] = ()) -> Settled:
    """The workbook with what was typed on reviews in its tables; nothing from sheets of these markers."""
    talk = settle(found.before, found.book, without, found.opened)
    if not talk.edits:
        return Settled(found, found.before, found.book, talk)
    return Settled(found, *with_edits(found.before, talk.edits, on), talk)


def not_moved(found: Found) -> Settled:
    """The workbook as it stands, where no review is drawn: people are asked, and nothing moves."""
    talk = settle(found.before, found.book, opened=found.opened)
    return Settled(found, found.before, found.book, Talk(troubles=talk.troubles), draws=False)


def undrawn(settled: Settled) -> Collection[str]:
    """The markers of sheets that gave something to the tables and cannot be drawn anew: that is tried.

    Whoever opens or closes a review is told when its sheet is drawn, and then nothing is written at all.
    """
    found, talk = settled.found, settled.talk
    if not {*talk.moved} - {found.opened}:
        return ()
    from qmsbook.pages.draw import Ground, not_drawn

    return not_drawn(settled.book, Ground(found.before, talk, found.opened)) - {found.opened}


def noticed(settled: Settled) -> Iterator[Trouble]:
    """What rules have to tell of reviews and other sheets: questions to people, changes, damage."""
    yield from settled.talk.troubles
    yield from closed_sheets(settled.snapshot, settled.book)
    yield from sheets_noticed(settled.found.snapshot, settled.draws)


def by_stage(
    found: Sequence[Finding], catalogue: Sequence[Rule], stage: str
) -> tuple[tuple[Finding, ...], dict[str, int]]:
    """The findings up to a stage, and how many rows of them each later stage would add."""
    stage_of = {rule.code: rule.stage for rule in catalogue}
    now = STAGES.index(stage)
    later: dict[str, int] = {
        stage: len(fold([f for f in found if stage_of.get(f.code, "start") == stage]))
        for stage in STAGES[now + 1 :]
    }
    return tuple(f for f in found if STAGES.index(stage_of.get(f.code, "start")) <= now), later


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
    return found[0], looked._replace(findings=findings, later={})


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


def write(host: Host, edits: Sequence[Edit], snapshot: Snapshot) -> Applied:
    """Have a host carry out what was worked out on a snapshot; tables grow over the rows typed below them."""
    return host.apply([*growth(snapshot), *edits], snapshot.found or snapshot)


def later_stages(looked: Looked) -> list[str]:
    return [
        f"The stage {stage} would add {plural(count, 'kind')} of finding (setting Stage)."
        for stage, count in looked.later.items()
        if count
    ]


def told_of(applied: Applied, book: Book) -> list[str]:
    """What a person should know of what was written: references that grew, cells that were left alone."""
    return [*told_of_references(applied), *(_left_alone(book, cell) for cell in applied.skipped)]


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
