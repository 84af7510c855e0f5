"""The pages of docs/ that are made from the code."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from qmsbook.book.error import QmsbookError
from qmsbook.book.table import Column, Record, Value, columns_of
from qmsbook.book.tables import SETTINGS, TABLES
from qmsbook.docs.catalogue import clauses_page, rules_pages
from qmsbook.docs.editions import edition_page
from qmsbook.docs.patterns import patterns_page
from qmsbook.docs.published import published_section
from qmsbook.docs.scored import statements_page
from qmsbook.doors.cli.schemas import NAMES, printed
from qmsbook.methods import method
from qmsbook.sections import SECTIONS

#: Where errors are defined that no other import brings here.
_ERRORS = (
    "commands",
    "commands.reminders",
    "commands.repair_workbook",
    "commands.upcoming",
    "doors.trust",
    "doors.screens.libreoffice",
    "hosts.file.host",
    "hosts.file.edited",
    "hosts.file.repair",
    "mail.password",
    "rules.own",
    "setup.bundle",
    "setup.install",
    "setup.own_copy",
    "setup.watch_lock",
)
for _name in _ERRORS:
    import_module(f"qmsbook.{_name}")

_METHOD_MODULES = (
    "plan", "goalposts", "reasons", "values", "target", "rollup", "milestones", "progress", "variation",
    "xmr", "signals", "assurance", "forecast",
)  # fmt: skip
_COLOURS = {"good": "blue", "warn": "amber", "bad": "orange-red", "none": "none"}
_MADE = "<!-- Made by `python -m qmsbook.docs`; change the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """All generated pages by file name."""
    from qmsbook.templates.company import mistakes_page

    made = {
        "tables.md": tables_page(), "methods.md": methods_page(),
        "review.md": review_page(), "errors.md": errors_page(), "example-mistakes.md": mistakes_page(),
        "statements.md": f"{_MADE}\n{statements_page()}", "clauses.md": f"{_MADE}\n{clauses_page()}",
        "edition-2026.md": f"{_MADE}\n{edition_page()}", "how-to-write-it.md": f"{_MADE}\n{patterns_page()}",
        **{name: f"{_MADE}\n{text}" for name, text in rules_pages().items()},
        "schemas.md": f"{_MADE}\n{schemas_page()}",
        **{f"schemas/{name}.json": printed(name) for name in NAMES},
    }  # fmt: skip
    return {name: text.rstrip("\n") + "\n" for name, text in made.items()}


def schemas_page() -> str:
    """What of the workbook, the files beside it and the answers has a JSON Schema, and where it is."""
    rows = [f"| [{name}](schemas/{name}.json) | {about} |" for name, about in NAMES.items()]
    return _SCHEMAS + "\n".join(rows)


_SCHEMAS = """# JSON Schemas

What comes in from outside the workbook and what goes out to programs is held against strict models. Their
JSON Schemas are here, and `qmsbook schema NAME` prints them: `qmsbook schema KPIs`; without a name, that of a
whole workbook. In Python:

```python
import qmsbook

book = qmsbook.open("acme.xlsx")
book.model_dump()  # the plan as dicts, the readings as a list of them
for reading in book.measurements:  # each a record, with the cell that it came from
    print(reading.kpi, reading.value, reading.cell("value"))
qmsbook.frames(book)["Measurements"]  # the same as a pandas DataFrame, computed columns too
```

| schema | what it describes |
|---|---|
"""


def tables_page() -> str:
    """Every table and column, from their declarations."""
    parts = [
        _MADE,
        "# The tables\n",
        "One workbook holds them all, one table per sheet. Essential columns are shown, optional ones come "
        "folded, grey ones are written by qmsbook. You may move, sort, rename sheets and add columns of your "
        "own: a table is found by its table name, a column by its header.\n",
    ]
    for record in TABLES:
        parts.append(f"## {record.TABLE}\n")
        parts.append(f"{inspect.getdoc(record)}\n")
        parts.append("| column | what belongs there | kind | example |\n|---|---|---|---|")
        parts += [_column_row(record, column) for column in columns_of(record).values()]
        parts.append("")
    parts.append("### All settings\n\n| setting | default | what it does |\n|---|---|---|")
    parts += [f"| {s.name} | {_cell(_shown(s.default))} | {_cell(s.help)} |" for s in SETTINGS]
    return "\n".join(parts)


def methods_page() -> str:
    """How a status comes about, from the docstrings of the methods."""
    parts = [
        _MADE,
        "# How a status comes about\n",
        "Every status is a word, and says why beside it. Three words are a judgement and have a colour; the "
        "others say why there is none. They are never counted as met.\n",
        "| word | it says | colour |\n|---|---|---|",
    ]
    for word in method.WORDS:
        colour = _COLOURS[method.LEVELS.get(word, "none")]
        parts.append(f"| **{word}** | {method.MEANINGS[word]} | {colour} |")
    parts.append("")
    for name in _METHOD_MODULES:
        module = import_module(f"qmsbook.methods.{name}")  # the package holds functions of these names
        title, _, rest = (inspect.getdoc(module) or "").partition("\n\n")
        parts.append(f"## {title}\n\n{rest}\n")
    return "\n".join([*parts, published_section()])


_TYPED = """\
The next refresh enters each decision that you type in the tables Decisions and Actions, once, and writes
its id beside it. From then on rows may be sorted, moved and reworded, and an edit goes from the sheet to
the tables and from the tables to the sheet. So do conclusions, attendance, the days and the approval, with
the table Reviews. Where both sides were changed since, each keeps its own, and the sheet and the findings
ask which one counts. A decision that is taken off the sheet stays in Decisions until somebody deletes it
there.

`qmsbook close WORKBOOK 2026-Q3` closes a review that has its day, its four conclusions and its
decisions, or *none needed* with a reason: the sheet is protected without a password and stays as it is, its
fingerprint is stored in Reviews, and `check` reports every later change. `qmsbook reopen` opens it again,
and Reviews keeps that and why.
"""


def review_page() -> str:
    """The parts of the management review, from the docstrings of the sections."""
    parts = [
        _MADE,
        "# The management review\n",
        "`qmsbook review WORKBOOK 2026-Q3` composes it from the rows of the workbook, in this "
        "order. "
        "Figures are those of the period: later readings never enter. qmsbook never writes a decision or a "
        "conclusion; what you type in the entry areas stays, however often the sheet is drawn again.\n",
        _TYPED,
    ]
    for place, section in enumerate(SECTIONS, start=1):
        title, _, rest = (inspect.getdoc(section) or "").partition("\n")
        parts.append(f"{place}. **{title.rstrip('.')}**{' ' + rest.strip() if rest.strip() else ''}")
    return "\n".join(parts)


def errors_page() -> str:
    """Everything that stops a command, from the docstrings of the errors."""
    parts = [
        _MADE,
        "# What can stop a command\n",
        "These concern the file or its surroundings, and end with exit code 2 (the file cannot be used) or 3 "
        "(something is in the way). Whatever is wrong *in* the workbook is a finding: see [rules](rules.md). "
        "In every case the workbook is as it was.\n",
        "| name | what you read | exit code |\n|---|---|---|",
    ]
    for error in sorted(_subclasses(QmsbookError), key=lambda e: e.__name__):
        sentence = inspect.cleandoc(error.__doc__ or "").split("\n\n")[0].replace("\n", " ")
        parts.append(f"| {error.__name__} | {sentence} | {error.exit_code} |")
    return "\n".join(parts)


def _column_row(record: type[Record], column: Column) -> str:
    name = f"**{column.header}**" if column.essential else column.header
    kind = "written by qmsbook" if column.computed else _kind(column)
    return f"| {name} | {_cell(column.help)} | {kind} | {_cell(_shown(column.example))} |"


def _kind(column: Column) -> str:
    match column.kind:
        case "flag":
            return column.required_kind
        case "choice":
            return ", ".join(column.choices)
        case "id":
            return "id"
        case "ref" | "refs":
            of = "any table" if column.refers == ("*",) else " or ".join(column.refers)
            return f"{'one id' if column.kind == 'ref' else 'ids'} of {of}"
        case "any":
            return "text or number"
        case _:
            return column.kind


def _subclasses(error: type[QmsbookError]) -> Iterator[type[QmsbookError]]:
    for each in error.__subclasses__():
        if each.__module__.startswith("qmsbook."):
            yield each
            yield from _subclasses(each)


def _shown(value: Value | object) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


def write(folder: Path) -> None:
    """Write all generated pages into a folder."""
    for name, text in pages().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
