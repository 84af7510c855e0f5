"""JSON Schemas of what comes in and goes out: ``qmsbook schema``, and the files in docs/schemas/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from qmsbook.book.book import Book
from qmsbook.book.near import did_you_mean
from qmsbook.book.tables import TABLES
from qmsbook.chase.given import GivenFile
from qmsbook.doors.cli import fields
from qmsbook.doors.watch import Request
from qmsbook.mail.server import MailPart
from qmsbook.pages.memo import KeptMemo
from qmsbook.rules.own import RulesPart


class SettingsFile(BaseModel):
    """The file qmsbook.toml beside a workbook."""

    model_config = ConfigDict(extra="forbid")

    mail: MailPart | None = None
    rules: RulesPart | None = None


#: By name: what it describes, and the model. Answers are as they are written, the rest as it is read.
_WRITTEN: Mapping[str, tuple[str, type[BaseModel]]] = {
    "check": ("what `check --json` answers", fields.CheckAnswer),
    "refresh": (
        "what `refresh`, `review`, `boards`, `period`, `close`, `reopen` and `repair` answer",
        fields.DoneAnswer,
    ),
    "undo": ("what `undo --json` answers", fields.UndoAnswer),
    "mail": ("what `mail` and `remind` answer", fields.MailedAnswer),
    "collect": ("what `collect --json` answers", fields.CollectedAnswer),
    "doctor": ("what `doctor --json` answers", fields.DoctorAnswer),
    "error": ("what any command answers that was not done", fields.ErrorAnswer),
}
_READ: Mapping[str, tuple[str, type[BaseModel]]] = {
    "book": ("a whole workbook: `book.model_dump()`", Book),
    **{record.TABLE: (f"a row of the table {record.TABLE}", record) for record in TABLES},
    "qmsbook.toml": ("the settings beside a workbook", SettingsFile),
    "request": ("what a button leaves for `qmsbook watch`", Request),
    "given": ("what was given out to whom, kept beside the workbook", GivenFile),
    "entry-memo": ("the rows of an entry workbook as they were given out", KeptMemo),
}
#: Every schema's name with what it describes, in the order of the documentation.
NAMES: Mapping[str, str] = {name: about for name, (about, _) in (*_READ.items(), *_WRITTEN.items())}


class UnknownSchema(Exception):
    """There is no schema of that name; the text says which there are."""


def schema(name: str = "book") -> dict[str, Any]:
    """The JSON Schema of a table or of anything else in `NAMES`, whatever the case. Raises UnknownSchema."""
    known = {each.casefold(): each for each in NAMES}
    found = known.get(name.strip().casefold())
    if found is None:
        hint = did_you_mean(name, NAMES)
        raise UnknownSchema(f"There is no schema {name}. {hint or 'There are: ' + ', '.join(NAMES) + '.'}")
    if found in _WRITTEN:
        return _WRITTEN[found][1].model_json_schema(mode="serialization")
    return _READ[found][1].model_json_schema()


def printed(name: str = "book") -> str:
    """A schema as text."""
    return json.dumps(schema(name), indent=1, ensure_ascii=False)
