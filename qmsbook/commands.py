"""What a person can ask for: read, compute, apply; every command in full, short enough to read in one go."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from qmsbook.book import Book, frequency_of
from qmsbook.cell import Cell
from qmsbook.described import describe
from qmsbook.edit import KEEP, AppendRows, Edit, SetColumn
from qmsbook.host import Applied, Host, NotAQmsbook, QmsbookError, Snapshot
from qmsbook.hosts.memory import MemoryHost
from qmsbook.method import Assessment
from qmsbook.methods import assess
from qmsbook.methods.columns import computed
from qmsbook.page import cells_digest
from qmsbook.pages import (
    Drawings,
    NotWhole,
    Talk,
    closed_sheets,
    draw_all,
    draw_alone,
    draw_closing,
    entered,
    fill_row,
    not_ready,
    review_marker,
    row_of,
    settle,
    told_of_closing,
)
from qmsbook.parse import did_you_mean, squeezed
from qmsbook.period import Period, periods_between
from qmsbook.reading import read_book
from qmsbook.rule import STAGES, Finding, Rule
from qmsbook.rules import RULES
from qmsbook.rules import check as run_rules
from qmsbook.rules.evolution import advice
from qmsbook.table import Value
from qmsbook.tables import TABLES, Review
from qmsbook.words import day_words, listed

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
    #: How many findings each later stage would add.
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


class UnknownPeriod(QmsbookError):
    """That is not a period. Periods look like 2026-10, 2026-Q3, 2026-H1, 2026 or 2026-W05."""

    exit_code = 2


class UnknownPerson(QmsbookError):
    """Nobody of that name is in the sheet People or owns anything."""

    exit_code = 2


class FileExists(QmsbookError):
    """There is already a file of that name; qmsbook does not overwrite it. Choose another name."""

    exit_code = 2


class NoReviewSheet(QmsbookError):
    """The workbook has no sheet for this review yet, so there is nothing to close. Make the review first."""

    exit_code = 2


class ReviewClosed(QmsbookError):
    """This review is closed already; nothing was changed. To change it, reopen it: qmsbook reopen."""

    exit_code = 2


class ReviewNotReady(QmsbookError):
    """This review cannot be closed yet; nothing was changed."""

    exit_code = 2


class NotClosed(QmsbookError):
    """This review is not closed, so there is nothing to reopen; nothing was changed."""

    exit_code = 2


def read(host: Host, on: date | None = None) -> tuple[Snapshot, Book]:
    """Read a workbook. Raises NotAQmsbook if it has none of the required tables."""
    snapshot = host.read()
    required = {record.TABLE.casefold() for record in TABLES if record.REQUIRED}
    if not any(table.name.casefold() in required for table in snapshot.tables):
        raise NotAQmsbook
    return snapshot, read_book(snapshot.tables, on)


def look(host: Host, on: date | None = None, progress: Progress = quiet, own: Sequence[Rule] = ()) -> Looked:
    """Read and judge a workbook, by the company's ``own`` rules too; nothing is written."""
    progress("Reading the workbook")
    snapshot, book = read(host, on)
    talk = settle(snapshot, book)
    return _judged(snapshot, snapshot, book, replace(talk, edits=(), areas={}, told=()), progress, own)


def _judged(
    snapshot: Snapshot, settled: Snapshot, book: Book, talk: Talk, progress: Progress, own: Sequence[Rule]
) -> Looked:
    """A workbook judged as it will be once the edits of ``talk`` have made it ``settled``."""
    book = replace(book, troubles=(*book.troubles, *talk.troubles, *closed_sheets(settled, book)))
    progress("Working out every status")
    assessed = assess(book)
    progress("Checking the plan")
    rules = (*RULES, *own)
    everything = run_rules(book, assessed, rules, STAGES[-1])
    stage_of = {rule.code: rule.stage for rule in rules}
    now = STAGES.index(book.settings.stage)
    later: dict[str, int] = {
        stage: sum(stage_of.get(f.code, "start") == stage and not f.waived for f in everything)
        for stage in STAGES[now + 1 :]
    }
    findings = tuple(f for f in everything if STAGES.index(stage_of.get(f.code, "start")) <= now)
    return Looked(snapshot, book, assessed, findings, later, talk)


def _with(snapshot: Snapshot, edits: Sequence[Edit], on: date | None) -> tuple[Snapshot, Book]:
    """The workbook as edits will leave it; ``snapshot`` itself, read anew, if there are none."""
    if edits:
        scratch = MemoryHost.of(snapshot)
        scratch.apply(edits, scratch.read())
        snapshot = scratch.read()
    return snapshot, read_book(snapshot.tables, on)


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


@contextmanager
def _collector_paused() -> Iterator[None]:
    """What a refresh makes lives until its end: looking for rings in it takes a tenth of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@_collector_paused()
def refresh(
    host: Host, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    also: Sequence[str] = (), own: Sequence[Rule] = (), with_boards: bool = False,
) -> Done:  # fmt: skip
    """Write the computed columns; draw Findings, Scorecard, Cascade, open reviews and those of ``also``.

    What was typed on the reviews goes into the tables, and the other way round. ``also`` names periods.
    Boards is drawn where it stands, if the settings want it, or ``with_boards``. Raises UnknownPeriod.
    """
    progress("Reading the workbook")
    snapshot, book = read(host, on)
    periods = [_period(book, text).text for text in also]
    looked, drawings = _drawn(snapshot, book, on, periods, progress, own, with_boards=with_boards)
    edits: list[Edit] = [*looked.talk.edits, *_columns(looked), *drawings.edits]
    return _finish(host, edits, looked, drawings, dry_run, progress)


def _drawn(
    snapshot: Snapshot, book: Book, on: date | None, periods: Sequence[str], progress: Progress,
    own: Sequence[Rule], first: Sequence[Edit] = (), opened: str = "",
    with_boards: bool = False,
) -> tuple[Looked, Drawings]:  # fmt: skip
    """All sheets, and the workbook as it stands once what was typed on reviews went into the tables.

    ``first`` are edits that come before, ``opened`` is the marker of a review that they open again. A sheet
    that cannot be drawn gives nothing to the tables: its new rows would not get their ids.
    """
    before = snapshot
    if first:
        before, book = _with(snapshot, first, on)
    without: set[str] = set()
    while True:
        talk = settle(before, book, without, opened)
        settled, then = _with(before, talk.edits, on) if talk.edits else (before, book)
        looked = _judged(snapshot, settled, then, replace(talk, edits=(*first, *talk.edits)), progress, own)
        progress("Drawing the sheets")
        drawings = draw_all(
            looked.book,
            looked.assessed,
            looked.findings,
            before,
            periods,
            _later(looked),
            talk,
            opened,
            boards=with_boards,
        )
        undrawn = set(talk.moved) - {edit.marker for edit in drawings.edits}
        if not undrawn:
            return looked, drawings
        without |= undrawn


def check(
    host: Host, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Put the sheet Findings, and nothing else: what the button Check does."""
    looked = look(host, on, progress, own)
    progress("Drawing the sheet")
    drawings = draw_alone(looked.book, looked.findings, looked.snapshot, _later(looked))
    return _finish(host, [*drawings.edits], looked, drawings, dry_run, progress)


def review(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Refresh, and put the management review of a period. Raises UnknownPeriod."""
    return refresh(host, on, dry_run, progress, [period], own)


def boards(
    host: Host, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Refresh, and put Cascade and Boards: the plan for the notice board, a chart for each KPI."""
    return refresh(host, on, dry_run, progress, own=own, with_boards=True)


def add_period(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Add the rows that are due in a period to Measurements, each KPI's once. Raises UnknownPeriod."""
    looked = look(host, on, progress, own)
    asked = _period(looked.book, period)
    rows = due_rows(looked.book, asked)
    if not rows or looked.snapshot.table("Measurements") is None:
        return Done((f"Nothing to add: every KPI due in {asked.title} has its row.",), looked=looked)
    edits: list[Edit] = [AppendRows("Measurements", with_context(looked, rows))]
    return _finish(host, edits, looked, None, dry_run, progress)


@_collector_paused()
def close(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (),
) -> Done:  # fmt: skip
    """Close the review of a period: its sheet stays as it is from now on, and its digest is stored.

    Raises UnknownPeriod, NoReviewSheet, ReviewClosed and ReviewNotReady.
    """
    progress("Reading the workbook")
    snapshot, book = read(host, on)
    asked = _period(book, period)
    marker, row = review_marker(asked.text), row_of(book, asked)
    if snapshot.sheet(marker) is None:
        raise NoReviewSheet(f"The period is {asked.title}.")
    if row is not None and row.state == "closed" and row.digest:
        raise ReviewClosed(f"It is {row.id}, closed on {row.closed_on or 'a day that is not known'}.")
    before, reopened = snapshot, []
    if row is not None and row.state == "closed":  # by hand: what was typed since is still to be settled
        reopened = [fill_row(book, row, State="draft")]
        before, book = _with(snapshot, reopened, on)
    talk = settle(before, book, opened=marker)
    settled, then = _with(before, talk.edits, on)
    row = row_of(then, asked)
    if row is None or Review.TABLE not in then.tables:
        raise ReviewNotReady("The table Reviews has no row for it, and nothing was typed on its sheet.")
    lacking = not_ready(then, row, talk)
    if lacking:
        raise ReviewNotReady(" ".join(lacking))
    try:
        closing = draw_closing(then, before, asked.text, talk, f"closed on {day_words(then.on)}")
    except NotWhole as problem:
        raise ReviewNotReady(str(problem)) from None
    scratch = MemoryHost.of(settled)
    scratch.apply([replace(closing.drawing.edit, unlocks=True)], settled)
    stands = scratch.read().sheet(marker)
    assert stands is not None
    row_edits = entered(
        then, row, "closed", closed_on=then.on, digest=cells_digest(stands.cells), note=f"closed {then.on}"
    )
    first = (*reopened, *talk.edits, *row_edits)
    scratch.apply(row_edits, scratch.read())
    now = scratch.read()
    looked = _judged(
        snapshot, now, read_book(now.tables, on), replace(talk, edits=first, troubles=()), progress, own
    )
    progress("Drawing the sheets")
    drawings = draw_all(
        looked.book, looked.assessed, looked.findings, before, [asked.text], _later(looked), opened=marker,
        closing=closing,
    )  # fmt: skip
    if marker not in {edit.marker for edit in drawings.edits}:
        raise ReviewNotReady(" ".join(map(str, drawings.not_replaced)))
    told = told_of_closing(looked.book, row)
    done = _finish(host, [*first, *_columns(looked), *drawings.edits], looked, drawings, dry_run, progress)
    return replace(done, changes=(*told, *done.changes))


def reopen(
    host: Host, period: str, on: date | None = None, dry_run: bool = False, progress: Progress = quiet,
    own: Sequence[Rule] = (), why: str = "",
) -> Done:  # fmt: skip
    """Open a closed review again; that it was, and ``why``, is noted under History in Reviews.

    Raises UnknownPeriod and NotClosed.
    """
    progress("Reading the workbook")
    snapshot, book = read(host, on)
    asked = _period(book, period)
    marker, row = review_marker(asked.text), row_of(book, asked)
    if row is None or row.state != "closed":
        raise NotClosed(f"The period is {asked.title}.")
    note = f"reopened {book.on}" + (f" ({why})" if why else "")
    first = entered(book, row, "draft", closed_on=None, digest=None, note=note)
    looked, drawings = _drawn(snapshot, book, on, [asked.text], progress, own, first, marker)
    told = f"The review of {asked.title} is open again; that is noted under History in Reviews."
    edits: list[Edit] = [*looked.talk.edits, *_columns(looked), *drawings.edits]
    done = _finish(host, edits, looked, drawings, dry_run, progress)
    return replace(done, changes=(told, *done.changes))


def undo(host: Host) -> Done:
    """Take back what qmsbook last wrote. Raises NothingToUndo."""
    return Done((host.undo(),))


def due_rows(book: Book, asked: Period) -> list[dict[str, Value]]:
    """The rows that Measurements still lacks for a period, each active KPI's by its own frequency."""
    there = set(zip(book.measurements.kpi, book.measurements.period, strict=True))
    rows: list[dict[str, Value]] = []
    for kpi in book.kpis:
        if not kpi.id or kpi.active is False:
            continue
        start = book.settings.fiscal_year_start_month
        for period in periods_between(asked.first, asked.last, frequency_of(kpi), start):
            if period.last >= asked.first and (kpi.id, period.text) not in there:
                there.add((kpi.id, period.text))
                rows.append({"KPI": kpi.id, "Period": period.text})
    return rows


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


def _columns(looked: Looked) -> list[SetColumn]:
    told = advice_of(looked.book, looked.findings)
    return computed(looked.book, looked.assessed, checks_of(looked.findings), told)


def with_context(looked: Looked, rows: Sequence[Mapping[str, Value]]) -> tuple[Mapping[str, Value], ...]:
    """The new rows with what is computed beside them: name, unit, owner, the reading before, the plan."""
    scratch = MemoryHost(looked.snapshot.tables)
    scratch.apply([AppendRows("Measurements", tuple(rows))], scratch.read())
    book = read_book(scratch.read().tables, looked.book.on)
    table = book.tables["Measurements"]
    place, period = table.find("KPI"), table.find("Period")
    assert place is not None
    assert period is not None
    at = {(table.columns[place][row], table.columns[period][row]): row for row in range(table.rows)}
    context = {e.header: e.values for e in computed(book, assess(book), {}) if e.table == "Measurements"}
    filled = []
    for row in rows:
        index = at[row["KPI"], row["Period"]]
        beside = {
            header: value
            for header, values in context.items()
            if (value := values[index]) is not KEEP and value is not None and value != ""
        }
        filled.append({**beside, **row})
    return tuple(filled)  # type: ignore[arg-type]  # KEEP is left out above


def _finish(
    host: Host, edits: Sequence[Edit], looked: Looked, drawings: Drawings | None, dry_run: bool,
    progress: Progress,
) -> Done:  # fmt: skip
    changes = (*looked.talk.told, *describe(edits, looked.snapshot))
    notices = list(drawings.notices) if drawings else []
    if dry_run:
        return Done(changes, tuple(notices), None, looked)
    progress("Saving")
    applied = host.apply(edits, looked.snapshot)
    notices += [_left_alone(cell) for cell in applied.skipped]
    return Done(changes if applied.changed else (), tuple(notices), applied, looked)


def _later(looked: Looked) -> list[str]:
    return [
        f"The stage {stage} would add {count} more (setting Stage)."
        for stage, count in looked.later.items()
        if count
    ]


def _left_alone(cell: Cell) -> str:
    return f"{cell} holds a formula of yours and was left alone."


def _period(book: Book, text: str) -> Period:
    period = book.parse_period(text)
    if period is None:
        raise UnknownPeriod(f"Found: {text}.")
    return period


def template(name: str) -> bytes:
    """A workbook that comes with qmsbook: ``qmsbook.xlsx`` (empty) or ``example.xlsx``."""
    here = Path(__file__).parent
    for folder in (here / "workbook_templates", here.parent / "workbook_templates"):
        if (folder / name).exists():
            return (folder / name).read_bytes()
    raise FileNotFoundError(name)


def new(path: Path, company: str = "") -> Done:
    """Make an empty workbook with an id of its own. Raises FileExists."""
    from uuid import uuid4

    from qmsbook.stamp import stamp_id

    _write_new(path, stamp_id(template("qmsbook.xlsx"), str(uuid4()), company or None))
    return Done((f"{path} is ready. Open it and begin on the sheet Start.",))


def demo(folder: Path, progress: Progress = quiet) -> tuple[Path, Done]:
    """Put the example company's workbook into a folder, with its boards and its review of 2026-Q3."""
    from qmsbook.hosts.file import FileHost

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "example.xlsx"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"example-{number}.xlsx"
    _write_new(path, template("example.xlsx"))
    return path, refresh(FileHost(path), progress=progress, also=["2026-Q3"], with_boards=True)


def _write_new(path: Path, content: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise FileExists(f"Found: {path}.") from None


__all__ = [
    "Done", "FileExists", "Looked", "NoReviewSheet", "NotClosed", "ReviewClosed", "ReviewNotReady",
    "UnknownPeriod", "UnknownPerson", "add_period", "advice_of", "boards", "check", "checks_of", "close",
    "demo", "describe", "due_rows", "look", "new", "only_of", "read", "refresh", "reopen", "review",
    "template", "undo", "with_context",
]  # fmt: skip
