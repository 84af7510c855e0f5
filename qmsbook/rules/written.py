"""WBK: figures as people write them: what has no value of its own, what two cells say differently, times."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from qmsbook.book.book import Book, Trouble
from qmsbook.book.numbers import exact
from qmsbook.book.period import fiscal_year, parse_period, periods_between
from qmsbook.book.relative import Relative
from qmsbook.book.tables import Kpi
from qmsbook.book.units import is_percent
from qmsbook.book.words import figure
from qmsbook.book.written import read_figure
from qmsbook.methods.method import Assessment, KpiAnswers, Series
from qmsbook.methods.values import fold
from qmsbook.rules.ask import cells, shown
from qmsbook.rules.noticed import cell_of, otherwise, troubles
from qmsbook.rules.rule import Problem, Severity, rule


@rule("WBK080", Severity.ERROR)
def figure_without_a_value(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A figure has no value of its own.

    Why
        "10% less than last year" is a figure only beside last year's, and 50k is not 50. Read as the number
        that stands in it, it would be met or missed for ever. The figure is worked out where last year's is
        known from the readings; you type it, so that it stands where everybody can see it.
    Fix
        Type the figure that is meant.
    Bad
        KPIs
        | KPI | Direction | Target on  | Target is    | Target                      | Unit       |
        |-----|-----------|------------|--------------|-----------------------------|------------|
        | K07 | lower     | 2026-12-31 | year to date | 10% less than last year [!] | complaints |
        | K08 | higher    | 2026-12-31 | year to date | 50k [!]                     | $          |
        | K09 | higher    | 2026-12-31 | year to date | +5% [!]                     | $k         |
    Good
        KPIs
        | KPI | Direction | Target on  | Target is    | Target | Unit       |
        |-----|-----------|------------|--------------|--------|------------|
        | K07 | lower     | 2026-12-31 | year to date | 79     | complaints |
        | K08 | higher    | 2026-12-31 | year to date | 50000  | $          |
        | K09 | higher    | 2026-12-31 | year to date | 945    | $k         |
    """
    for trouble in troubles(book, "no value of its own"):
        message = f"{cell_of(book, trouble)} says {shown(trouble.value)}, which is no figure by itself."
        yield Problem(trouble.cell, message, fix=trouble.detail or _worked_out(book, assessed, trouble))


class _Base(NamedTuple):
    """A figure to hold another one against, what it is called, and for what if not for a whole span."""

    value: float | None
    name: str
    each: str = ""

    @property
    def begins(self) -> str:
        """Its name as a sentence begins with it."""
        return self.name[:1].upper() + self.name[1:]


def _worked_out(book: Book, assessed: Assessment, trouble: Trouble) -> str:
    """What to type for a figure that is held against another one; what is needed where that is not known."""
    kpi = book.kpi(trouble.row)
    found = read_figure(str(trouble.value), kpi.unit if kpi else "")
    if kpi is None or found is None or found.relative is None:
        return ""
    base = _base(book, assessed.kpis.get(kpi.id), kpi, found.relative.of)
    if base.value is None:
        return (
            f"{base.begins} is not known here: enter its readings in Measurements, "
            "or work the figure out and type it."
        )
    if found.relative.amount is None:
        was = figure(exact(base.value), kpi.unit, _places(base.value)) + base.each
        return f"{base.begins} was {was}: work the figure out and type it."
    was = figure(exact(base.value), kpi.unit, _places(base.value)) + base.each
    return f"{base.begins} was {was}: type {_to_type(kpi, found.relative, base.value)}."


def _places(value: float) -> int:
    """So many decimals as a figure has, three at most."""
    return next((places for places in range(3) if round(value, places) == exact(value)), 3)


def _to_type(kpi: Kpi, said: Relative, base: float) -> str:
    """``118.8``; both ways where the text leaves that open; percent and points where the unit is percent."""
    if said.around:
        low, high = (replace(said, sign=way).of_base(base) for way in (-1, 1))
        return f"{_bare(low)} to {_bare(high)}"
    if said.bound:
        return _bounded(kpi, said, base)
    ways = (said.sign,) if said.sign or said.whole or not said.amount else _ways(kpi)
    each = [replace(said, sign=way) for way in ways]
    typed = " or ".join(_bare(one.of_base(base)) for one in each)
    if not said.amount or not (said.percent and is_percent(kpi.unit)) or said.whole or len(each) > 1:
        return typed
    points = Relative(said.amount, False, each[0].sign).of_base(base)
    more = "more" if each[0].sign > 0 else "less"
    return (
        f"{typed} for {_bare(said.amount)} % {more}, {_bare(points)} for {_bare(said.amount)} points {more}"
    )


def _bounded(kpi: Kpi, said: Relative, base: float) -> str:
    """``<= 11``, the least or the most there may be; both where only *better* is said and no direction."""
    signs = {"higher": ">", "lower": "<"} if said.strict else {"higher": ">=", "lower": "<="}
    way = kpi.direction if said.bound == "better" else said.bound
    value = _bare(said.of_base(base))
    if way in signs:
        return f"{signs[way]} {value}"
    return f"{signs['higher']} {value} if higher is better, {signs['lower']} {value} if lower is"


def _ways(kpi: Kpi) -> tuple[int, ...]:
    return {"higher": (1,), "lower": (-1,)}.get(kpi.direction, (1, -1))


def _bare(value: float) -> str:
    # What was worked out needs no more than three digits that count, and two decimals.
    places = max(2, 2 - math.floor(math.log10(abs(value)))) if value else 2
    return f"{exact(round(value, places)):.12g}"


def _base(book: Book, answers: KpiAnswers | None, kpi: Kpi, of: str) -> _Base:
    """The figure that a text holds another one against, as far as the readings or the baseline know it."""
    if of == "baseline":
        return _Base(kpi.baseline, "the baseline")
    start = book.settings.fiscal_year_start_month
    year = int(of) if of else fiscal_year(kpi.target_on or book.on, start) - 1
    name = of or "last year"
    value, each = _of_year(book, answers.series, kpi, year) if answers else (None, "")
    if value is not None:
        return _Base(value, name, each)
    if not of and kpi.baseline is not None:
        return _Base(kpi.baseline, "the baseline")
    return _Base(None, name if of else f"last year ({year})")


def _of_year(book: Book, series: Series, kpi: Kpi, year: int) -> tuple[float | None, str]:
    """What a KPI's readings of a fiscal year come to, and for what if not for the whole year.

    A sum is known only when every period was read; where the target is one period's, it is their mean.
    """
    start = book.settings.fiscal_year_start_month
    span = parse_period(str(year), start)
    places = [
        at
        for at, period in enumerate(series.periods)
        if span is not None and span.contains(period) and period.text not in series.bad
        and series.actual[at] is not None
    ]  # fmt: skip
    values = [series.actual[at] or 0.0 for at in places]
    if span is None or not values:
        return None, ""
    if kpi.aggregation != "sum":
        return fold(kpi, book.measurements, [series.places[at] for at in places], values), ""
    if kpi.target_is == "each period" and kpi.frequency in _EACH:
        each = _EACH[kpi.frequency]
        return math.fsum(values) / len(values), f" a {each} on average"
    regular = series.periods[places[0]].frequency
    whole = len(values) >= len(periods_between(span.first, span.last, regular, start))
    return (math.fsum(values) if whole or kpi.frequency not in _REGULAR else None), ""


_EACH = {"weekly": "week", "monthly": "month", "quarterly": "quarter", "half-yearly": "half-year"}
_REGULAR = frozenset({*_EACH, "yearly"})


@rule("WBK081", Severity.ERROR, clause="6.2.1")
def sign_contradicts_another_cell(book: Book) -> Iterator[Problem]:
    """A figure's sign contradicts another cell.

    Why
        At least 95 with *Direction* lower cannot both be meant: one of the two turns every status around.
        Until it is mended *Direction* counts; of a range that contradicts it, nothing does.
    Fix
        Correct the figure, or the cell that it contradicts.
    Bad
        KPIs
        | KPI | Direction | Target     | Target on   | Trajectory | Low | High    |
        |-----|-----------|------------|-------------|------------|-----|---------|
        | K07 | lower     | ≥ 95 % [!] |             | flat       |     |         |
        | K08 | higher    | 5-10 [!]   |             | flat       |     |         |
        | K09 | within    |            |             |            | 6   | ≥ 9 [!] |
        | K10 | higher    | 95         | ongoing [!] | step       |     |         |
    Good
        KPIs
        | KPI | Direction | Target | Target on | Trajectory | Low | High |
        |-----|-----------|--------|-----------|------------|-----|------|
        | K07 | higher    | ≥ 95 % |           | flat       |     |      |
        | K08 |           | 5-10   |           | flat       |     |      |
        | K09 | within    |        |           |            | 6   | ≤ 9  |
        | K10 | higher    | 95     | ongoing   |            |     |      |
    """
    for trouble in troubles(book, "sign contradicts", "range contradicts"):
        message = f"{cell_of(book, trouble)} is {shown(trouble.value)}. {trouble.detail}"
        kpi = book.kpi(trouble.row)
        rests = cells(kpi, "direction", "trajectory") if kpi else ()
        yield Problem(trouble.cell, message, rests)


@rule("WBK082", Severity.ERROR)
def time_where_a_number_belongs(book: Book) -> Iterator[Problem]:
    """A cell holds a time, and a number is wanted.

    Why
        To Excel 1:30 is a sixteenth of a day, 0.0625. Read as that number it would be wrong in every unit but
        days; in minutes it may be an hour and a half, or a minute and a half.
    Fix
        Format the cell as a number and type the figure in the KPI's unit.
    Bad
        KPIs
        | KPI | Unit   | Target     |
        |-----|--------|------------|
        | K07 | pieces | 1:30 [!]   |
        | K08 | min    | "1:30" [!] |
    Good
        KPIs
        | KPI | Unit   | Target |
        |-----|--------|--------|
        | K07 | pieces | 130    |
        | K08 | min    | 90     |
    """
    for trouble in troubles(book, "time for a number"):
        message = f"{cell_of(book, trouble)} holds {_time(trouble)}, which is a time."
        fix = f"Format the cell as a number. {trouble.detail}" if _formatted(trouble) else trouble.detail
        yield Problem(trouble.cell, message, fix=fix)


@rule("WBK083", Severity.ADVICE)
def time_read_as_a_number(book: Book) -> Iterator[Problem]:
    """A time was read in the unit of its KPI.

    Why
        A cell that shows 1:30 holds 0.0625 of a day. Here it was read in the KPI's unit, but your own
        formulas and charts beside it see the part of a day.
    Fix
        Format the cell as a number and type the figure in the KPI's unit.
    Bad
        KPIs
        | KPI | Unit  |
        |-----|-------|
        | K07 | hours |

        Measurements
        | KPI | Period  | Value    |
        |-----|---------|----------|
        | K07 | 2026-10 | 1:30 [!] |
    Good
        KPIs
        | KPI | Unit  |
        |-----|-------|
        | K07 | hours |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 1.5   |
    """
    for trouble in troubles(book, "time as a number"):
        read = trouble.detail.removeprefix("It was read as ").removesuffix(".")
        yield Problem(
            trouble.cell, f"{cell_of(book, trouble)} shows {_time(trouble)}; it was read as {read}."
        )


def _formatted(trouble: Trouble) -> bool:
    """Whether the cell's number format makes a time of its number."""
    return isinstance(trouble.value, float)


def _time(trouble: Trouble) -> str:
    """A time as its cell shows it: ``1:30``."""
    if not isinstance(trouble.value, float):
        return shown(trouble.value)
    minutes, seconds = divmod(round(trouble.value * 86400), 60)
    text = f"{minutes // 60}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


@rule("WBK084", Severity.ADVICE)
def word_of_two_meanings(book: Book) -> Iterator[Problem]:
    """A word for a direction may be meant otherwise.

    Why
        Max may be the most that is allowed, or as much as can be. It was read as what fits the rest of the
        row.
    Fix
        Pick higher, lower or within.
    Bad
        KPIs
        | KPI | Direction    | Baseline | Target |
        |-----|--------------|----------|--------|
        | K07 | max [!]      | 12       | 6      |
        | K08 | min [!]      | 80       | 95     |
    Good
        KPIs
        | KPI | Direction | Baseline | Target | Trajectory |
        |-----|-----------|----------|--------|------------|
        | K07 | lower     | 12       | 6      | linear     |
        | K08 | higher    | 80       | 95     | linear     |
    """
    yield from otherwise(book, "word of two meanings", "the word")


@rule("WBK085", Severity.ADVICE)
def end_of_a_fiscal_year(book: Book) -> Iterator[Problem]:
    """An end was read by your fiscal year.

    Why
        Quarters, halves and years are those of the company, whose year need not begin in January. Whoever
        wrote *end of 2027* may have meant December all the same.
    Fix
        If another day was meant, type that day.
    Bad
        Settings
        | Setting                 | Value |
        |-------------------------|-------|
        | Fiscal year start month | 4     |

        KPIs
        | KPI | Target on       |
        |-----|-----------------|
        | K07 | end of 2027 [!] |
        | K08 | Jun FY2027 [!]  |
    Good
        Settings
        | Setting                 | Value |
        |-------------------------|-------|
        | Fiscal year start month | 4     |

        KPIs
        | KPI | Target on  |
        |-----|------------|
        | K07 | 2027-12-31 |
        | K08 | FY2027     |
    """
    for trouble in troubles(book, "end of a fiscal year"):
        yield Problem(
            trouble.cell, f"{cell_of(book, trouble)} says {shown(trouble.value)}.", fix=trouble.detail
        )
