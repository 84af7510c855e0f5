"""What a KPI's row means where it is written in words: signs, ranges and ends fill what was left blank.

The cells stay as they were typed. Where two cells say different things nothing is chosen: it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from qmsbook.book.aggregation import adds_up, is_money
from qmsbook.book.dates import moment
from qmsbook.book.numbers import magnitude, number_from_text
from qmsbook.book.parse import Misfit, Parsed
from qmsbook.book.said import End, direction_of, end_of, frequency_said
from qmsbook.book.spans import instead_of, span_in_doubt, span_said
from qmsbook.book.table import Table, Value
from qmsbook.book.units import is_percent, time_unit
from qmsbook.book.words import figure, number
from qmsbook.book.written import Written, in_unit, read_figure

#: What a cell said beyond its value: a figure with its sign, an end, or a word for a direction.
Said: TypeAlias = Written | End | str
#: The values of a row by field.
Row: TypeAlias = dict[str, Any]
_SPAN_OF = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "half-yearly": "half-year",
    "yearly": "year",
}
_DAILY = "Days are not kept here: pick monthly and enter the month's figure, or weekly and the week's."
_SPANS = frozenset(_SPAN_OF.values())


def heard(
    reads: str, value: Value, unit: str = "", decimal: str | None = None, fiscal_start: int = 1
) -> tuple[Parsed, Said | None] | None:
    """A cell as people write it, with what it says beyond its value; None for what needs no such reader."""
    if reads == "end":
        return _end(value, fiscal_start)
    if not isinstance(value, str) or not value.strip():
        return None
    if reads == "direction":
        said = direction_of(value)
        return None if said is None else (Parsed(said if said in _WAYS else ""), said)
    if reads == "active":
        watched = value.strip().casefold() in _WATCH
        return (Parsed(True), "watch") if watched else None
    if reads == "frequency":
        often = frequency_said(value)
        instead = _DAILY if often == "daily" else instead_of(value) if often is None else ""
        if instead:
            return Parsed("monthly", "unknown choice", instead), None
        return None if often is None else (Parsed(often), None)
    if reads == "span":
        return _span_of(value)
    return _figure(reads, value, unit, decimal) if reads in {"target", "bound", "figure"} else None


_WATCH = frozenset({"watch", "watched", "monitor", "info", "informational", "for information", "fyi"})
_WAYS = frozenset({"higher", "lower", "within"})


def _span_of(text: str) -> tuple[Parsed, Said | None] | None:
    over = span_said(text)
    detail = "" if over else span_in_doubt(text)
    if detail:
        return Parsed("each period", "unknown choice", detail), None
    return None if over is None else (Parsed(over), None)


def _end(value: Value, fiscal_start: int) -> tuple[Parsed, Said | None] | None:
    """An end in words; a day of its own is read as any other."""
    if isinstance(value, float) and value.is_integer() and 1990 <= value <= 2199:
        value = str(int(value))  # a year alone is a number to Excel
    if not isinstance(value, str) or moment(value).day is not None:
        return None
    found = end_of(value, fiscal_start)
    if found is None:
        return None
    return Parsed(found.day, "end of a fiscal year" if found.fiscal else None, found.fiscal), found


def _figure(reads: str, text: str, unit: str, decimal: str | None) -> tuple[Parsed, Said | None] | None:
    found = read_figure(text, unit, decimal) or _when(text)
    if found is None or (reads != "target" and is_percent(unit) and _is_plain(found, text, decimal)):
        return None
    if found.why is not None:
        return Parsed(None, MISFITS.get(found.why, "no value of its own"), refused(found, unit)), (
            found if found.direction else None
        )
    plain = not found.direction and not found.per and isinstance(number_from_text(text, decimal), tuple)
    if plain and magnitude(text) is None:
        return None  # a number with its unit is read, and told, like any other kept as text
    if plain and found.value is not None:
        return Parsed(found.value, "number as text", f"It was read as {_bare(found.value)}."), None
    if reads == "figure" and found.direction == "within":
        return Parsed(None, "no value of its own", "Where you started is one figure: type that."), None
    return Parsed(found.value), found


def _when(text: str) -> Written | None:
    """A day or period where a figure belongs."""
    found = moment(text)
    return Written(why="when") if found.day or found.period else None


def _is_plain(found: Written, text: str, decimal: str | None) -> bool:
    """Whether a text with a plus or minus is a percent of that size: a bound of -5 % is below zero."""
    return found.why == "relative" and isinstance(number_from_text(text, decimal), tuple)


#: What a refused figure is noticed as; anything else has no value of its own.
MISFITS: Mapping[str, Misfit] = {
    "ambiguous": "ambiguous number", "time": "time for a number", "unit": "another unit"
}  # fmt: skip


def timed(value: float, unit: str) -> Parsed:
    """A number in a cell that shows it as a time, in the KPI's unit of time; refused in any other."""
    kind = time_unit(unit)
    if kind is None:
        return Parsed(None, "time for a number", refused(Written(why="time"), unit))
    read = in_unit(value, kind)
    if value >= 1 and value.is_integer() and kind != "d":  # 95 typed into such a cell is kept as 95 days
        detail = refused(Written(why="time", parts=(value, read)), unit)
        return Parsed(None, "time for a number", detail)
    return Parsed(read, "time as a number", f"It was read as {read:.12g} {unit}.")


def part_of(table: Table, row: int, place: int, unit: str) -> float:
    """What part of a KPI's figure a cell holds, by its format: 0.01 of a percent, 1/24 of so many hours."""
    kind = time_unit(unit) if table.is_time(row, place) else None
    if kind is not None:
        return 1 / in_unit(1.0, kind)
    return 0.01 if is_percent(unit) and table.is_percent(row, place) else 1.0


def refused(found: Written, unit: str) -> str:
    """What to do about a figure without a value, as far as the text itself tells it."""
    parts = [number(part, 10) for part in found.parts]
    match found.why:
        case "ambiguous":
            return "It may mean two different numbers."
        case "thousands" if is_percent(unit):
            return f"A figure in {unit} has no thousands: type the number in {unit}."
        case "thousands":
            return f"It is {figure(found.parts[0], unit, 10)}: type {_bare(found.parts[0])}."
        case "share":
            more = "" if is_percent(unit) else ", with % as unit"
            share = _bare(round(found.parts[0], 2))
            return f"It is {number(round(found.parts[0], 2), 10)} %: type {share}{more}."
        case "part":
            more = "if of last year's figure, write *of last year*"
            return f"If it is of all, type {_bare(found.parts[0])}; {more}."
        case "unit":
            return f"The KPI is read in {unit}: type the number in {unit}."
        case "when":
            return "It says when. A day belongs under a header with *on*; type the figure here."
        case "from to":
            start, end = map(_bare, found.parts)
            low, high = map(_bare, sorted(found.parts))
            return (
                f"If it is to move, type {end}, and {start} under *Baseline*; "
                f"if it is to stay in between, type {low}-{high}."
            )
        case "no middle":
            return f"A share is taken of a figure: type 100 ± {parts[0]} %, or both bounds, such as 95-105."
        case "time" if parts:
            return f"It may be {parts[0]} or {parts[1]} {unit}: type the number of {unit}."
        case "time":
            return f"The KPI is counted in {unit or 'no unit of time'}: type a number."
        case _:
            return ""


def _bare(value: float) -> str:
    return f"{value:.12g}"


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell of a row that says something else than another, or that may have been meant otherwise."""

    field: str
    kind: Misfit
    detail: str


def meant(
    values: Mapping[str, Any], said: Mapping[str, Said], typed: Collection[str]
) -> tuple[dict[str, Any], list[Odd]]:
    """The values of a KPI's row as they are meant, and what is odd about them.

    ``values`` are those of the cells by field, ``said`` what cells said beyond that, ``typed`` the fields
    whose cells hold something.
    """
    row, odd = dict(values), list[Odd]()
    for name in ("target", "planned", "low", "high"):
        found = said.get(name)
        if isinstance(found, Written) and found.why is not None:
            _sign_of_refused(row, name, found, typed)
        elif isinstance(found, Written):
            _span(row, name, found, typed, odd)
            (_range if found.direction == "within" else _sign)(row, name, found, typed, odd)
    bounds = row.get("low"), row.get("high")
    if (
        None not in bounds
        and not row.get("direction")
        and not {"direction", "target", "planned"} & set(typed)
    ):
        row["direction"] = "within"
    zero = said.get("target")
    if isinstance(zero, Written) and zero.value == 0 and "direction" not in typed:
        row["direction"] = row.get("direction") or _way_to_zero(row)
    word = said.get("direction")
    if isinstance(word, str):
        _word(row, word, said, typed, odd)
    if said.get("active") == "watch":
        row["watched"] = True
    end = said.get("target_on")
    if isinstance(end, End) and end.always:
        if "trajectory" in typed and row.get("trajectory") not in {"", "flat"}:
            detail = f"Target on has no end, and Trajectory says {row['trajectory']}."
            odd.append(Odd("target_on", "range contradicts", detail))
        else:
            row["trajectory"] = "flat"
    return row, odd


def _span(row: Row, name: str, found: Written, typed: Collection[str], odd: list[Odd]) -> None:
    """What is said for a year is held against the year; any other span has to be that of the readings."""
    if name == "target" and found.per == "total":
        _total(row, found, odd)
        return
    often = _SPAN_OF.get(row.get("frequency", "monthly"), "")
    if name != "target" or found.per not in _SPANS or found.per == often:
        return
    if found.per == "year" and ("target_is" not in typed or row.get("target_is") == "year to date"):
        row["target_is"] = "year to date"
        if "aggregation" not in typed and not (row.get("numerator") and row.get("denominator")):
            row["aggregation"] = "sum" if adds_up(row.get("unit", "")) else ""
        return
    row[name] = None
    detail = f"It is for a {found.per}, and the KPI is read {row.get('frequency')}: "
    if found.per == "year":
        value = "the figure" if found.value is None else _bare(found.value)
        detail += f"type {value}, and set *Target is* to year to date."
    else:
        detail += f"type the figure for one {often or 'reading'}."
    odd.append(Odd(name, "no value of its own", detail))


def _total(row: Row, found: Written, odd: list[Odd]) -> None:
    """A total is no figure of one period: of what it is the total, *Target is* has to say."""
    if row.get("target_is") in {"", None, "each period"}:
        row["target"] = None
        value = "the figure" if found.value is None else _bare(found.value)
        detail = f"It may be for this year or for all years: type {value}, and set *Target is* to "
        odd.append(Odd("target", "no value of its own", f"{detail}year to date or since the start."))


def _range(row: Row, name: str, found: Written, typed: Collection[str], odd: list[Odd]) -> None:
    """A range fills *Low* and *High* where they are blank, and says that the figure is to stay within."""
    assert found.low is not None
    assert found.high is not None
    said = f"{_bare(found.low)} to {_bare(found.high)}"
    row[name] = None if name in {"target", "planned"} else row.get(name)
    if row.get("direction") in {"higher", "lower"}:
        detail = f"It says {said}, and Direction says {row['direction']}."
        odd.append(Odd(name, "range contradicts", detail))
        return
    for field, value in (("low", found.low), ("high", found.high)):
        if field in typed and field != name and row.get(field) != value:
            header = field.capitalize()
            odd.append(
                Odd(name, "range contradicts", f"It says {said}, and {header} says {_shown(row.get(field))}.")
            )
        else:
            row[field] = value
    if not row.get("direction"):
        row["direction"] = "within"


def _sign(row: Row, name: str, found: Written, typed: Collection[str], odd: list[Odd]) -> None:
    """A sign says which way is better; ``<`` and ``>`` also that the figure itself does not do."""
    way, direction = found.direction, row.get("direction")
    at = {"higher": "low", "lower": "high"}.get(way, "")
    if name in {"low", "high"}:
        if at and at != name:
            odd.append(
                Odd(name, "sign contradicts", f"It says {_SIGNS[way]}, and stands under {name.capitalize()}.")
            )
            return
        if way and not direction and not {"direction", "target"} & set(typed):
            row["direction"] = "within"
        if found.strict:
            row["strict"] = (*row.get("strict", ()), name)
        return
    if way and direction == "within" and not {"low", "high"} & set(typed):
        row[name], row[at] = None, found.value
        name = at
    elif way and direction in {"higher", "lower"} and direction != way:
        odd.append(Odd(name, "sign contradicts", f"It says {_SIGNS[way]}, and Direction says {direction}."))
        return
    elif way and not direction:
        row["direction"] = way
    if found.strict:
        row["strict"] = (*row.get("strict", ()), name)


def _sign_of_refused(row: Row, name: str, found: Written, typed: Collection[str]) -> None:
    """A figure that cannot be read still says which way is better: the cell is told once, not twice."""
    if row.get("direction") or "direction" in typed or (name in {"low", "high"} and "target" in typed):
        return
    row["direction"] = "within" if name in {"low", "high"} else found.direction


def _way_to_zero(row: Row) -> str:
    """Which way zero lies: from the baseline, else down where figures below zero cannot be."""
    start, unit = row.get("baseline"), row.get("unit", "")
    if start:
        return "lower" if start > 0 else "higher"
    counted = adds_up(unit) and not is_money(unit)
    return (
        "lower" if counted or is_percent(unit) or time_unit(unit) or row.get("lowest_possible") == 0 else ""
    )


_SIGNS = {"higher": "at least", "lower": "at most"}


def _word(row: Row, word: str, said: Mapping[str, Said], typed: Collection[str], odd: list[Odd]) -> None:
    """Words for a direction that say less than one: *improve*, *maintain*, *max*, *min*."""
    moves = _moves(row)
    if word == "improve" and not row.get("direction"):
        if moves:
            row["direction"] = moves
        else:
            odd.append(
                Odd("direction", "unknown choice", "Better may be more or less: pick higher or lower.")
            )
        return
    if word == "maintain":
        if "trajectory" not in typed:
            row["trajectory"] = "flat"
        if not row.get("direction"):
            _held(row, said, odd)
        return
    if word not in {"max", "min"} or (isinstance(said.get("target"), Written) and row.get("direction")):
        return
    row["direction"] = moves or ("lower" if word == "max" else "higher")
    odd.append(Odd("direction", "word of two meanings", row["direction"]))


def _held(row: Row, said: Mapping[str, Said], odd: list[Odd]) -> None:
    """Which way a figure that is to be held may go: a range says it, and zero; else its writer has to."""
    found = said.get("target")
    if row.get("low") is not None or row.get("high") is not None:
        row["direction"] = "within"
    elif isinstance(found, Written) and found.value == 0 and _way_to_zero(row):
        row["direction"] = _way_to_zero(row)
    elif isinstance(found, Written) and found.why is not None and found.direction:
        row["direction"] = found.direction
    else:
        value = "95" if row.get("target") is None else _bare(row["target"])
        detail = f"To be held may be at least or at most: type ≥ {value} or ≤ {value} in *Target*."
        odd.append(Odd("direction", "unknown choice", detail))


def _moves(row: Row) -> str:
    """Which way the row's own figures go; blank where one is missing, or they are the same."""
    start, end = row.get("baseline"), row.get("target")
    return "" if start is None or end is None or start == end else "higher" if end > start else "lower"


def _shown(value: float | date | None) -> str:
    return _bare(value) if isinstance(value, float) else "something else"
