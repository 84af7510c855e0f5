"""Which row of the workbook a returned row is about, and what it says, in the workbook's own sense."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qmsbook.book.book import Book, frequency_of, of_its_frequency
from qmsbook.book.cell import MAX_TEXT, length
from qmsbook.book.meant import timed
from qmsbook.book.parse import HARMLESS, number_from_text, parse, parse_period_cell, plain_text, squeezed
from qmsbook.book.period import Period
from qmsbook.book.table import Column, Value, columns_of
from qmsbook.book.tables import Action, Kpi, Measurement
from qmsbook.book.units import same_unit
from qmsbook.book.words import one_line
from qmsbook.chase.entry import READINGS
from qmsbook.chase.returned import Returned, Typed
from qmsbook.pages.page import norm, text_of


class Refused(Exception):
    """A row cannot be taken; the text says why."""


@dataclass(slots=True)
class Claim:
    """What one file says about cells of a known row; ``said`` and ``given`` in the workbook's sense."""

    table: str
    row: str
    headers: tuple[str, ...]
    said: tuple[Value, ...]
    given: tuple[Value, ...]
    typed: Typed


def claim_of(book: Book, typed: Typed) -> Claim:
    """What a returned row says about a row of the workbook. Raises Refused."""
    if typed.moved is not None:
        raise Refused(f"The row was given out as {joined(typed.moved)} and now reads {joined(typed.named)}.")
    if typed.unsolved:
        raise Refused(
            f"{typed.unsolved} holds a formula without a result: the program that saved it kept none."
        )
    if typed.area == READINGS:
        kpi, period = _reading(book, typed)
        said = tuple(_figure(kpi, typed, h, v) for h, v in zip(typed.headers, typed.said, strict=True))
        row = f"{kpi.id}@{period.text}"
        return Claim("Measurements", row, typed.headers, _filled(typed, said), _given(typed), typed)
    if typed.given is None and not any(action.id == typed.row for action in book.actions):
        raise Refused("A new action has no id yet; enter it in the sheet Actions.")
    said = tuple(
        _word(Action, header, value) for header, value in zip(typed.headers, typed.said, strict=True)
    )
    return Claim("Actions", typed.row, typed.headers, _filled(typed, said), _given(typed), typed)


def why_not(book: Book, back: Returned, claim: Claim) -> str:
    """Why a claim may not be taken, whatever it says; blank for a row that this person was given."""
    if back.doubt:
        return back.doubt
    if claim.typed.given is None:
        return f"The row was not given out to {shown(back.person)}; if it is right, enter it in the workbook."
    if not back.vouched:
        return ""
    owner = _owner(book, claim)
    if squeezed(owner) != squeezed(back.person):
        return f"It is {owner or 'nobody'}'s, and the file was made for {shown(back.person)}."
    if claim.table == "Measurements" and any(norm(value) != "" for value in claim.given):
        return "The file says that it was given out filled in, and figures are given out blank."
    period = book.parse_period(claim.row.partition("@")[2]) if claim.table == "Measurements" else None
    return f"{period.title} is not over yet." if period and period.last >= book.on else ""


def _owner(book: Book, claim: Claim) -> str:
    if claim.table == "Measurements":
        kpi = book.kpi(claim.row.partition("@")[0])
        return kpi.owner if kpi else ""
    return next((action.owner for action in book.actions if action.id == claim.row), "")


def _filled(typed: Typed, said: tuple[Value, ...]) -> tuple[Value, ...]:
    """A blank cell takes nothing away: there still stands what was given out."""
    return tuple(given if value is None else value for value, given in zip(said, _given(typed), strict=True))


def _given(typed: Typed) -> tuple[Value, ...]:
    return typed.given if typed.given is not None else (None,) * len(typed.headers)


def _reading(book: Book, typed: Typed) -> tuple[Kpi, Period]:
    """The KPI and the period of a row: by its id, or of one that was added by the cells that say so."""
    key, _, text = typed.row.partition("@")
    if typed.given is None and (not text or book.kpi(key) is None):
        first = plain_text(typed.named[0]).split()
        key, text = book.near_id(first[0]) if first else "", _period_text(book, typed.named[1], first)
    kpi, period = book.kpi(key), book.parse_period(text)
    if kpi is None:
        raise Refused(
            "It names no KPI of this workbook."
            if typed.given is None
            else f"There is no KPI {shown(key)} any more."
        )
    if period is None or not of_its_frequency(kpi, period):
        raise Refused(f"It names no period of {kpi.label}, which is read {kpi.frequency}.")
    return kpi, period


def _period_text(book: Book, value: Value, first: Sequence[str]) -> str:
    kpi = book.kpi(book.near_id(first[0])) if first else None
    frequency = frequency_of(kpi) if kpi else "monthly"
    return plain_text(parse_period_cell(value, frequency, book.settings.fiscal_year_start_month).value)


def _figure(kpi: Kpi, typed: Typed, header: str, value: Value) -> Value:
    """A figure in the KPI's unit, or a comment. Raises Refused for what may mean several things."""
    if header == "Comment":
        return _word(Measurement, header, value)
    if norm(value) == "":
        return None
    if isinstance(value, str):
        number = number_from_text(value)
        if number is None or number == "ambiguous":
            raise Refused(f"{header} is not a number that has one meaning only.")
        value, unit = number
    elif header in typed.times and isinstance(value, float):
        value, unit = timed(value, kpi.unit if header == "Value" else "").value, ""
        if value is None:
            raise Refused(f"{header} is a time, {kpi.label} is in {kpi.unit or 'no unit'}.")
    else:
        unit = "%" if header in typed.percent else ""
        value = float(f"{value * 100:.15g}") if unit and isinstance(value, float) else value
    if not isinstance(value, float) or not math.isfinite(value):
        raise Refused(f"{header} is not a number.")
    if unit and not same_unit(unit, kpi.unit if header == "Value" else ""):
        raise Refused(f"{header} is in {unit}, {kpi.label} is in {kpi.unit or 'no unit'}.")
    return value


def _word(record: type[Any], header: str, value: Value) -> Value:
    """A word, a choice or a date as its column wants it. Raises Refused for what does not fit."""
    column = column_of(record, header)
    parsed = parse(column, value)
    if parsed.misfit is not None and parsed.misfit not in HARMLESS:
        raise Refused(f"{header} takes {column.required_kind}.")
    if column.kind == "text":
        text = text_of(value)
        if length(text) > MAX_TEXT:
            raise Refused(f"{header} has {length(text):,} characters; a cell holds {MAX_TEXT:,}.")
        return text or None
    found: Value = parsed.value
    return found if norm(value) != "" else None


def column_of(record: type[Any], header: str) -> Column:
    """The declared column of a header."""
    return next(column for column in columns_of(record).values() if column.header == header)


def shown(value: Value) -> str:
    """A value in a sentence: short, on one line, without signs that no eye sees."""
    text = one_line(text_of(value))
    return (text if len(text) <= 60 else text[:59] + "…") or "nothing"


def joined(values: Sequence[Value]) -> str:
    """Several values in a sentence."""
    return " ".join(shown(v) for v in values)
