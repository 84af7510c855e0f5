"""What the answers for programs hold: see docs/json.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from qmsbook.book.table import ErrorValue, Value
from qmsbook.commands import Done
from qmsbook.commands.described import counts_of
from qmsbook.rules.folded import Folded, fold
from qmsbook.rules.rule import Finding

if TYPE_CHECKING:  # mail and what came back are imported when they are asked for
    from qmsbook.commands.reminders import Collected
    from qmsbook.commands.review_mail import Mailed


def findings_dicts(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The findings for programs, worst first, waived ones last.

    Several of one kind are one entry that says so, with all of them in ``places``, each with its own code;
    the entry's is the first one's.
    """
    folded = [_one(group.first) if group.count == 1 else _several(group) for group in fold(findings)]
    return folded + [_one(finding) for finding in findings if finding.waived]


def done_dict(done: Done, dry_run: bool) -> dict[str, Any]:
    """What a command did, for programs."""
    applied = done.applied
    return {
        "dry_run": dry_run,
        "changed": bool(applied and applied.changed),
        "changes": list(done.changes),
        "notices": list(done.notices),
        "skipped": [str(cell) for cell in applied.skipped] if applied else [],
        "backup": applied.backup if applied else None,
        "findings": counts_of(done.looked.findings) if done.looked else {},
    }


def mailed_dict(made: Mailed) -> dict[str, Any]:
    """What was drafted and sent, for programs."""
    return {
        "folder": str(made.folder),
        "files": [str(path) for path in made.files],
        "drafts": [{"name": post.name, "to": [p.address for p in post.to]} for post in made.posts],
        "notices": list(made.notices),
        "outcomes": [{"to": o.to.address, "fate": o.fate, "why": o.why} for o in made.outcomes],
    }


def collected_dict(made: Collected, dry_run: bool) -> dict[str, Any]:
    """What was taken over and what was not, for programs."""
    return {
        "dry_run": dry_run,
        "changed": bool(made.applied and made.applied.changed),
        "taken": list(made.taken),
        "conflicts": [
            {
                "row": c.row,
                "columns": list(c.headers),
                "here": None if c.here is None else [plain_value(v) for v in c.here],
                "said": [plain_value(v) for v in c.said],
                "file": c.file,
                "cell": c.cell,
                "why": c.why,
            }
            for c in made.conflicts
        ],
        "unused": list(made.unused),
        "notices": list(made.notices),
        "backup": made.applied.backup if made.applied else None,
    }


def plain_value(value: Value) -> Any:
    """A cell's value as JSON holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, ErrorValue) else value


def _one(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        **_place(finding),
        "waived": finding.waived,
    }


def _several(group: Folded) -> dict[str, Any]:
    said = {"message": group.message, "fix": group.fix}
    return {**_one(group.first), **said, "places": [_coded(finding) for finding in group.findings]}


def _coded(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "severity": str(finding.severity), **_place(finding)}


def _place(finding: Finding) -> dict[str, Any]:
    return {
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
