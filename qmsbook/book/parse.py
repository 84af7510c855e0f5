"""One cell's value, read as its column means it: leniently, once, with a word on whatever did not fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Annotated, Any, Literal, TypeAlias, cast

from pydantic import BeforeValidator, TypeAdapter, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError

from qmsbook.book.dates import Moment, from_number, moment, read_period, serial_day
from qmsbook.book.near import did_you_mean
from qmsbook.book.numbers import magnitude
from qmsbook.book.numbers import number_from_text as number_from_text  # whoever reads cells looks for it here
from qmsbook.book.numbers import settle_decimal as settle_decimal
from qmsbook.book.other_words import meaning
from qmsbook.book.period import Frequency
from qmsbook.book.said import End, end_of
from qmsbook.book.table import Column, ErrorValue, Kind, Value

#: Why a cell did not fit its column. All but the harmless ones make the cell count as blank.
Misfit: TypeAlias = Literal[
    "wrong type", "error value", "impossible date", "ambiguous date", "off the scale", "unknown choice",
    "word of another tool", "ambiguous number", "not calculated", "no value of its own", "time for a number",
    "another unit", "range contradicts",
    "number as text", "date as text", "period in words", "date for a period", "formula-like text",
    "time as a number", "sign contradicts", "word of two meanings", "end of a fiscal year",
]  # fmt: skip
HARMLESS: frozenset[str] = frozenset(
    {"number as text", "date as text", "period in words", "date for a period", "formula-like text"}
    | {"time as a number", "sign contradicts", "word of two meanings", "end of a fiscal year"}
)

_FORMULA = re.compile(r"[=@]\S|[+-]\$?[A-Z]{1,3}\$?\d|[+-][A-Za-z]+\(")
_YES = {"yes", "y", "true", "x", "1", "ja", "oui", "si", "sí"}
_NO = {"no", "n", "false", "0", "nein", "non"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A cell's value as its column means it; ``misfit`` says what was wrong, ``detail`` adds a hint."""

    value: Any
    misfit: Misfit | None = None
    detail: str = ""


@dataclass(slots=True)
class Asking:
    """What a cell is read for: the context of the validators.

    ``decimal`` is the decimal sign that the workbook's other texts settle, if they do, ``fiscal_start`` the
    month in which the company's year begins. ``misfit`` and ``detail`` are what a validator has to say of a
    value that it takes.
    """

    column: Column
    decimal: str | None = None
    fiscal_start: int = 1
    misfit: Misfit | None = None
    detail: str = ""

    def tell(self, misfit: Misfit, detail: str = "") -> None:
        """Say something of a value that is taken."""
        self.misfit, self.detail = misfit, detail


def parse(column: Column, value: Value, decimal: str | None = None, fiscal_start: int = 1) -> Parsed:
    """Read one cell. ``decimal`` is the decimal sign that the workbook's other texts settle, if they do."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return Parsed(column.default)
    if isinstance(value, ErrorValue):
        return Parsed(column.default, "error value", f"The cell shows {value.code}.")
    asking = Asking(column, decimal, fiscal_start)
    try:
        found = reader(column.kind).validate_python(value, context=asking)
    except ValidationError as problem:
        [told] = problem.errors(include_url=False, include_context=False, include_input=False)
        return Parsed(column.default, cast("Misfit", told["type"]), told["msg"])
    return Parsed(found, asking.misfit, asking.detail)


def _refused(misfit: Misfit, detail: str) -> PydanticCustomError:
    return PydanticCustomError(misfit, "{detail}", {"detail": detail})  # as it is, whatever braces are in it


def plain_text(value: Value) -> str:
    """A value as text: whole numbers without a point, dates as 2026-10-31, yes and no for booleans."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return "" if value is None else str(value).strip()


def split_ids(text: str, whole: Iterable[str] = ()) -> tuple[str, ...]:
    """The ids in a cell: separated by commas, semicolons or line breaks.

    ``whole`` are ids that hold such a sign themselves: they stay in one piece.

    >>> split_ids("Tom Hayes, Foster, Erin"), split_ids("Tom Hayes, Foster, Erin", ["Foster, Erin"])
    (('Tom Hayes', 'Foster', 'Erin'), ('Tom Hayes', 'Foster, Erin'))
    """
    sign = "".join(_either_space(each) + "|" for each in sorted(whole, key=len, reverse=True))
    if not sign:
        parts: Iterable[str] = re.split(r"[,;\n\r]+", text)
    else:
        # A whole id counts only between signs, or a name would be cut out of a longer one.
        found = re.finditer(
            rf"(?:^|(?<=[,;\n\r]))\s*(?:({sign[:-1]})(?=\s*(?:[,;\n\r]|\Z))|([^,;\n\r]*))",
            text,
            re.IGNORECASE,
        )
        parts = [match[1] or match[2] for match in found]
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _either_space(text: str) -> str:
    """A pattern for an id that lets blanks be one or several."""
    return r"\s*".join(map(re.escape, re.findall(r"[^\s,;]+|[,;]", text)))


@lru_cache(maxsize=1 << 12)
def squeezed(text: str) -> str:
    """What of an id counts when two are compared as people mean it: no case, no spaces."""
    return re.sub(r"\s+", "", text).casefold()


def parse_period_cell(value: Value, frequency: Frequency = "monthly", fiscal_start: int = 1) -> Parsed:
    """Read a cell that holds a period; a day is the period of the frequency in which it falls.

    What cannot be read stays as it was typed: a rule of its own tells it.
    """
    if isinstance(value, float):
        text, meant = from_number(value)
        return Parsed(text) if meant else _period(text, frequency, fiscal_start)
    text = value.isoformat()[:10] if isinstance(value, date) else plain_text(value)
    parsed = _period(text, frequency, fiscal_start)
    if isinstance(value, date) and parsed.misfit == "period in words":
        return Parsed(parsed.value)
    return parsed


@lru_cache(maxsize=1 << 13)
def _period(text: str, frequency: Frequency, fiscal_start: int) -> Parsed:
    found = read_period(text, frequency, fiscal_start)
    if found.period is None:
        return Parsed(text)
    kinds: dict[str, Misfit] = {"words": "period in words", "day": "date for a period"}
    detail = f"It was read as {found.period.text}." if found.told else ""
    return Parsed(found.period.text, kinds.get(found.told), detail)


def _asking(info: ValidationInfo) -> Asking:
    asking = info.context
    assert isinstance(asking, Asking)
    return asking


def _number(value: Any, info: ValidationInfo) -> float:
    asking = _asking(info)
    column = asking.column
    if isinstance(value, float):
        return _bounded(column, value)
    if isinstance(value, date):
        raise _refused("wrong type", _became(value))
    if not isinstance(value, str):
        raise _refused("wrong type", f"{column.header} takes {column.required_kind}.")
    said = next((figure for word, figure in column.words if squeezed(word) == squeezed(value)), None)
    if said is not None:
        return said
    if magnitude(value) is not None:
        raise _refused("no value of its own", "Type the whole number, with its zeros.")
    found = number_from_text(value, asking.decimal)
    if found == "ambiguous":
        raise _refused("ambiguous number", "It may mean two different numbers.")
    if found is None:
        wanted = _scale(column) if column.words else column.required_kind
        raise _refused("wrong type", f"{column.header} takes {wanted}.")
    number = _bounded(column, found[0])
    asking.tell("number as text", f"It was read as {number:.15g}.")
    return number


def _bounded(column: Column, number: float) -> float:
    low, high = column.low, column.high
    whole = not column.whole or number.is_integer()
    if whole and (low is None or number >= low) and (high is None or number <= high):
        return number
    raise _refused("off the scale", f"{column.header} takes {_scale(column)}.")


def _scale(column: Column) -> str:
    """The numbers that belong into a column, and the words that stand for some of them."""
    low, high = column.low, column.high
    if low is not None and high is not None:
        span = f" from {low:g} to {high:g}"
    else:
        span = (
            f" of {low:g} or more" if low is not None else f" of {high:g} or less" if high is not None else ""
        )
    *others, last = [word for word, _ in column.words] or [""]
    return f"{column.required_kind}{span}" + (f", or {', '.join(others)} or {last}" if last else "")


def _day(value: Any, info: ValidationInfo) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    takes = f"{_asking(info).column.header} takes a date such as 2026-10-31."
    if isinstance(value, float):
        day = serial_day(value)
        if day is not None:
            raise _refused("wrong type", _shown_as(day))
        value = plain_text(value)  # 20261231 is a number to Excel; it is never read as a day, only told
        found = moment(value)
        if found.day is not None:
            raise _refused("wrong type", f"Did you mean {found.day.isoformat()}?")
    if not isinstance(value, str):
        raise _refused("wrong type", takes)
    found = moment(value)
    if found.day is not None:
        _asking(info).tell("date as text", f"It was read as {found.day.isoformat()}.")
        return found.day
    if found.kind == "impossible":
        raise _refused("impossible date", "There is no such day.")
    if found.kind == "ambiguous":
        raise _refused("ambiguous date", " or ".join(found.options))
    end = end_of(value, _asking(info).fiscal_start) or End()
    meant = (str(end.day),) if end.day else tuple(text for text in found.options if len(text) == 10)
    if end.fiscal and end.calendar:
        meant = (f"{end.calendar}, or {end.day} by your fiscal year",)
    detail = f"Did you mean {meant[0]}?" if meant else "The year is missing." if _lacks_year(found) else takes
    raise _refused("wrong type", detail)


def _lacks_year(found: Moment) -> bool:
    return found.kind == "yearless" or found.short


def _shown_as(day: date) -> str:
    return f"To Excel this number is the day {day.isoformat()}: format the cell as a date."


def _flag(value: Any, info: ValidationInfo) -> bool:
    if isinstance(value, bool):
        return value
    text, column = plain_text(value).casefold(), _asking(info).column
    if text in _YES or text in _NO:
        return text in _YES
    raise _refused("unknown choice", f"{column.header} takes {column.required_kind}.")


def _choice(value: Any, info: ValidationInfo) -> str:
    text, column = plain_text(value), _asking(info).column
    for choice in column.choices:
        if squeezed(choice) == squeezed(text):
            return choice
    if column.suggest:
        return text
    meant = meaning(text, column.choices)
    if meant:
        raise _refused("word of another tool", meant)
    hint = did_you_mean(text, column.choices)
    raise _refused("unknown choice", f"{column.header} takes {column.required_kind}. {hint}".strip())


def _period_text(value: Any, info: ValidationInfo) -> str:
    found = parse_period_cell(value)
    if found.misfit is not None:
        _asking(info).tell(found.misfit, found.detail)
    return str(found.value)


def _text(value: Any, info: ValidationInfo) -> str:
    text = plain_text(value)
    if _FORMULA.match(text):
        _asking(info).tell("formula-like text")
    return text


def _id(value: Any) -> str:
    if isinstance(value, date):
        raise _refused("wrong type", _became(value))
    return plain_text(value)


def _ids(value: Any) -> tuple[str, ...]:
    return split_ids(_id(value))


def _became(day: date) -> str:
    """What may have been typed where Excel made a day of it."""
    typed = dict.fromkeys((f"{day.month}-{day.day}", f"{day.day}-{day.month}"))
    return f"Excel made a date of what was typed, such as {' or '.join(typed)}."


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


#: What a cell of each kind is read as, and by which validator. Blanks and errors never get that far.
KINDS: Mapping[Kind, Any] = {
    "text": Annotated[str, BeforeValidator(_text)],
    "number": Annotated[float, BeforeValidator(_number)],
    "date": Annotated[date, BeforeValidator(_day)],
    "flag": Annotated[bool, BeforeValidator(_flag)],
    "choice": Annotated[str, BeforeValidator(_choice)],
    "id": Annotated[str, BeforeValidator(_id)],
    "ref": Annotated[str, BeforeValidator(_id)],
    "refs": Annotated[tuple[str, ...], BeforeValidator(_ids)],
    "period": Annotated[str, BeforeValidator(_period_text)],
    "any": Annotated[Any, BeforeValidator(_stripped)],
}


@cache
def reader(kind: Kind) -> TypeAdapter[Any]:
    """What reads the cells of a kind; its context is an `Asking`, its errors' types are misfits."""
    return TypeAdapter(KINDS[kind])
