"""What the answers for programs hold, as strict models: docs/json.md, and docs/schemas/ as JSON Schema."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from qmsbook.book.table import ErrorValue, Value
from qmsbook.commands import Done
from qmsbook.commands.described import counts_of
from qmsbook.rules.folded import Folded, fold
from qmsbook.rules.rule import Finding, Severity

if TYPE_CHECKING:  # mail and what came back are imported when they are asked for
    from qmsbook.commands.reminders import Collected
    from qmsbook.commands.review_mail import Mailed

#: A cell's value as JSON holds it: dates as 2026-11-10, an error as Excel shows it.
Plain: TypeAlias = bool | float | str | None


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    def plain(self) -> dict[str, Any]:
        """As it is answered: what was not said is left out."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Answer(_Strict):
    """An answer of schema 2."""

    schema_: Annotated[Literal[2], Field(alias="schema")] = 2


class Place(_Strict):
    """A finding, and where it is; what is null has no cell."""

    code: str
    severity: Severity
    table: str
    sheet: str | None
    cell: str | None
    row: str | None
    column: str | None
    value: Plain
    message: str
    fix: str
    owner: str


class FindingEntry(Place):
    """A finding, or several of one kind: ``places`` has them all, its own place is the first one's."""

    waived: bool
    places: list[Place] = []


class CheckAnswer(Answer):
    """What ``check`` found, worst first, waived ones last; ``added`` is what another edition would add."""

    findings: list[FindingEntry]
    edition: str = ""
    added: list[FindingEntry] = []
    notices: list[str]


class DoneAnswer(Answer):
    """What a command did, or with ``--dry-run`` would do; ``findings`` are counts of each severity."""

    dry_run: bool
    changed: bool
    changes: list[str]
    notices: list[str]
    skipped: list[str]
    backup: str | None
    findings: dict[str, int]


class UndoAnswer(Answer):
    """What ``undo`` took back."""

    changed: bool
    changes: list[str]


class Draft(_Strict):
    """A mail that was drafted."""

    name: str
    to: list[str]


class Outcome(_Strict):
    """What became of a mail that was sent."""

    to: str
    fate: str
    why: str


class MailedAnswer(Answer):
    """What was drafted and sent."""

    folder: str
    files: list[str]
    drafts: list[Draft]
    notices: list[str]
    outcomes: list[Outcome]


class Conflict(_Strict):
    """What came back and was not taken: what stands here, what was said, in which file and cell, and why."""

    row: str
    columns: list[str]
    here: list[Plain] | None
    said: list[Plain]
    file: str
    cell: str
    why: str


class CollectedAnswer(Answer):
    """What was taken over from returned workbooks and what was not."""

    dry_run: bool
    changed: bool
    taken: list[str]
    conflicts: list[Conflict]
    unused: list[str]
    notices: list[str]
    backup: str | None


class DoorAnswer(_Strict):
    """A way to the workbook: whether it is open on this PC, why, and what to do."""

    name: str
    state: Literal["open", "closed", "not known"]
    why: str
    remedy: str = ""


class DoctorAnswer(Answer):
    """What was found on this PC, and what works on it; null is what cannot be known from here."""

    version: str
    system: str
    platform: str
    python: str
    python_version: str
    from_store: bool
    xlwings: bool
    excel: bool | None
    addin: str | None
    settings: dict[str, str] | None
    interpreter_there: bool
    script: bool
    start_blocked: bool | None
    macros_off: bool | None
    distrust: Literal["", "locations", "own locations", "network", "unsigned"]
    watching: bool
    waiting: int
    libreoffice: str | None
    extension: bool
    log: str
    last_lines: list[str] = []
    doors: list[DoorAnswer]


class Problem(_Strict):
    """What went wrong: a name of docs/errors.md, or WrongUse, Stopped or Unforeseen."""

    name: str
    message: str
    exit_code: int


class ErrorAnswer(Answer):
    """The answer of a command that was not done."""

    error: Problem


def checked(
    findings: Sequence[Finding], notices: Sequence[str], edition: str | None, added: Sequence[Finding]
) -> CheckAnswer:
    """What a check found; with an ``edition`` that is looked ahead to, what it would add."""
    found, told = entries(findings), list(notices)
    if not edition:
        return CheckAnswer(findings=found, notices=told)
    return CheckAnswer(findings=found, edition=edition, added=entries(added), notices=told)


def entries(findings: Sequence[Finding]) -> list[FindingEntry]:
    """The findings for programs, worst first, waived ones last.

    Several of one kind are one entry that says so, with all of them in ``places``, each with its own code;
    the entry's is the first one's.
    """
    folded = [_one(group.first) if group.count == 1 else _several(group) for group in fold(findings)]
    return folded + [_one(finding) for finding in findings if finding.waived]


def done_answer(done: Done, dry_run: bool) -> DoneAnswer:
    """What a command did, for programs."""
    applied = done.applied
    return DoneAnswer(
        dry_run=dry_run,
        changed=bool(applied and applied.changed),
        changes=list(done.changes),
        notices=list(done.notices),
        skipped=[str(cell) for cell in applied.skipped] if applied else [],
        backup=applied.backup if applied else None,
        findings=counts_of(done.looked.findings) if done.looked else {},
    )


def mailed_answer(made: Mailed) -> MailedAnswer:
    """What was drafted and sent, for programs."""
    return MailedAnswer(
        folder=str(made.folder),
        files=[str(path) for path in made.files],
        drafts=[Draft(name=post.name, to=[p.address for p in post.to]) for post in made.posts],
        notices=list(made.notices),
        outcomes=[Outcome(to=o.to.address, fate=o.fate, why=o.why) for o in made.outcomes],
    )


def collected_answer(made: Collected, dry_run: bool) -> CollectedAnswer:
    """What was taken over and what was not, for programs."""
    return CollectedAnswer(
        dry_run=dry_run,
        changed=bool(made.applied and made.applied.changed),
        taken=list(made.taken),
        conflicts=[
            Conflict(
                row=c.row,
                columns=list(c.headers),
                here=None if c.here is None else [plain_value(v) for v in c.here],
                said=[plain_value(v) for v in c.said],
                file=c.file,
                cell=c.cell,
                why=c.why,
            )
            for c in made.conflicts
        ],
        unused=list(made.unused),
        notices=list(made.notices),
        backup=made.applied.backup if made.applied else None,
    )


def plain_value(value: Value) -> Plain:
    """A cell's value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, ErrorValue) else value


def _one(finding: Finding) -> FindingEntry:
    return FindingEntry(**_place(finding), waived=finding.waived)


def _several(group: Folded) -> FindingEntry:
    said = {"message": group.message, "fix": group.fix}
    places = [Place(**_place(finding)) for finding in group.findings]
    return FindingEntry(**{**_place(group.first), **said}, waived=group.first.waived, places=places)


def _place(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "table": finding.table,
        "sheet": finding.at.sheet if finding.at else None,
        "cell": finding.at.a1 if finding.at else None,
        "row": finding.row,
        "column": finding.column,
        "value": plain_value(finding.value),
        "message": finding.message,
        "fix": finding.fix,
        "owner": finding.owner,
    }
