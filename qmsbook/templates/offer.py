"""What a column offers, refuses and says: drop-downs, bounds, input messages, and the names behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from qmsbook.book.table import Column
from qmsbook.book.tables import SETTINGS
from qmsbook.book.words import listed
from qmsbook.templates.lists import OFFERED, list_name


def validate(sheet: Worksheet, where: str, column: Column) -> None:
    """The drop-down, the refusal and the input message of a column's cells."""
    rule = _rule(column)
    prompt = column.help + (" qmsbook fills this in." if column.computed else "")
    rule.promptTitle, rule.prompt, rule.showInputMessage = column.header[:32], prompt[:255], True
    if rule.showErrorMessage:
        rule.errorTitle = f"{column.header}"[:32]
        rule.error = f"This takes {_takes(column)}. Press Esc to get back what was here."[:225]
    rule.allow_blank = True
    rule.sqref.add(where)
    sheet.add_data_validation(rule)


def _rule(column: Column) -> DataValidation:
    """What may be typed; several ids in one cell, and words where they are read, are never refused."""
    if column.computed:
        return DataValidation(type=None, showErrorMessage=False)
    match column.kind:
        case "flag":
            return _pick('"' + ",".join(("yes", "no", *column.choices)) + '"', True)
        case "choice":
            return _pick('"' + ",".join(column.choices) + '"', not (column.suggest or column.reads))
        case "ref" | "refs" if column.refers == ("*",):
            return _pick(list_name(OFFERED[column.header]), False)
        case "ref" | "refs":
            return _pick(list_name(column.refers[0]), column.kind == "ref")
        case "date" if not column.reads:
            return _between("date", _serial(date(1990, 1, 1)), _serial(date(2199, 12, 31)))
        case "number" if column.words and column.low is not None and column.high is not None:
            scale = [f"{number}" for number in range(int(column.low), int(column.high) + 1)]
            return _pick('"' + ",".join([*scale, *(word for word, _ in column.words)]) + '"', True)
        case "number" if column.low is not None or column.high is not None:
            low = column.low if column.low is not None else -1e15
            high = column.high if column.high is not None else 1e15
            return _between("whole" if column.whole else "decimal", low, high)
        case _:
            return DataValidation(type=None, showErrorMessage=False)


def _pick(source: str, refuse: bool) -> DataValidation:
    return DataValidation(type="list", formula1=source, showErrorMessage=refuse, errorStyle="stop")


def _between(kind: Literal["date", "whole", "decimal"], low: float, high: float) -> DataValidation:
    return DataValidation(
        type=kind, operator="between", formula1=f"{low:.15g}", formula2=f"{high:.15g}", showErrorMessage=True
    )


def _serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


def _takes(column: Column) -> str:
    match column.kind:
        case "ref" if column.refers == ("People",):
            return "one name from the People sheet"
        case "ref":
            return f"one id from the {column.refers[0]} sheet"
        case "date":
            return "a date such as 2026-10-31"
        case "number" if column.low is not None and column.high is not None:
            span = f"{column.required_kind} from {column.low:g} to {column.high:g}"
            words = listed([word for word, _ in column.words], "or")
            return f"{span}, or {words}" if words else span
        case "number":
            return f"{column.required_kind} of {column.low:g} or more"
        case _:
            return column.required_kind


def validate_settings(sheet: Worksheet, names: Sequence[str]) -> None:
    """Each setting's own drop-down or bounds, in its Value cell."""
    specs = {spec.name: spec for spec in SETTINGS}
    for row, name in enumerate(names, 2):
        spec = specs[name]
        kind: Any = "any" if spec.all else {"list": "text"}.get(spec.kind, spec.kind)
        column = Column(
            header=spec.name, help=spec.help, example=None, kind=kind, choices=spec.choices, low=spec.low,
            high=spec.high, whole=spec.whole,
        )  # fmt: skip
        validate(sheet, f"B{row}", column)
