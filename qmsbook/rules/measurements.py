"""MEA: figures that cannot be, contradict each other, or want a word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi, Measurement
from qmsbook.book.units import is_percent
from qmsbook.book.words import decimals_apart
from qmsbook.book.words import number as rounded
from qmsbook.methods.method import Assessment
from qmsbook.methods.plan import SINCE_START
from qmsbook.methods.values import scale_of, value_of
from qmsbook.rules.ask import (
    cells,
    has_column,
    inside,
    judged_by,
    live_kpis,
    named,
    number,
)
from qmsbook.rules.figures import above_all, slips, standing
from qmsbook.rules.limits import all_answers, off_by_more_than_chance
from qmsbook.rules.noticed import percent_typed
from qmsbook.rules.readings import known, of, the
from qmsbook.rules.rule import Problem, Severity, rule


@rule("MEA006", Severity.ERROR, clause="9.1.3")
def value_disagrees_with_ratio(book: Book) -> Iterator[Problem]:
    """A value disagrees with its numerator and denominator.

    Why
        Numerator and denominator win, so the value that stands there is not the one that is judged. One of
        the three is wrong. A value may be rounded to the last digit shown.
    Fix
        Correct the wrong one, or clear *Value*: it follows from the other two.
    Bad
        KPIs
        | KPI | Unit | Scale |
        |-----|------|-------|
        | K07 | %    | 100   |

        Measurements
        | KPI | Period  | Value    | Numerator | Denominator |
        |-----|---------|----------|-----------|-------------|
        | K07 | 2026-09 | 94.2     | 391       | 415         |
        | K07 | 2026-10 | 97.0 [!] | 391       | 415         |
    Good
        KPIs
        | KPI | Unit | Scale |
        |-----|------|-------|
        | K07 | %    | 100   |

        Measurements
        | KPI | Period  | Value | Numerator | Denominator |
        |-----|---------|-------|-----------|-------------|
        | K07 | 2026-09 | 94.2  | 391       | 415         |
        | K07 | 2026-10 |       | 402       | 415         |
    """
    readings = book.measurements
    wrong: dict[str, list[tuple[int, float]]] = defaultdict(list)
    agreeing: set[str] = set()
    for index, kpi, _ in known(book):
        value, above, below = readings.value[index], readings.numerator[index], readings.denominator[index]
        if value is None or above is None or not below:
            continue
        ratio = scale_of(kpi) * above / below
        if abs(value - ratio) > _rounding(value) + 1e-3 * abs(ratio):
            wrong[kpi.id].append((index, ratio))
        else:
            agreeing.add(kpi.id)
    for key, rows in wrong.items():
        kpi = the(book, key)
        rests = cells(kpi, "scale", "unit")
        if key not in agreeing and len(rows) > 2:
            if not _bad_scale(kpi):
                message = f"No reading of {inside(kpi)} agrees with its numerator and denominator."
                fix = "Check *Scale* and which of the two is the numerator, then the values."
                yield Problem(kpi.cell("scale"), message, rests, fix)
            continue
        for index, ratio in rows:
            value = readings.value[index] or 0.0
            made = rounded(ratio, decimals_apart(value, ratio))
            message = (
                f"{of(book, index, kpi)}: the value is {number(value)}, but numerator and denominator "
                f"make {made}."
            )
            yield Problem(readings.cell(index, "value"), message, rests)


def _rounding(value: float) -> float:
    """Half a unit of the last digit shown, with a hair's breadth more."""
    _, _, decimals = f"{value:.10f}".rstrip("0").partition(".")
    return 0.5000001 * 10.0 ** -len(decimals)


def _bad_scale(kpi: Kpi) -> bool:
    """Whether KPI016 or KPI017 speaks of the scale already."""
    usual = {"%": 100.0, "ppm": 1_000_000.0}.get(kpi.unit.strip().casefold())
    return kpi.scale is not None and (
        kpi.scale <= 0 or (kpi.aggregation == "ratio" and usual is not None and kpi.scale != usual)
    )


@rule("MEA007", Severity.ERROR, clause="9.1.3")
def zero_denominator(book: Book) -> Iterator[Problem]:
    """A reading has a denominator of zero.

    Why
        Nothing can be divided by zero. If there was really nothing to count, there is no figure for the
        period, and that should be said in words.
    Fix
        Correct *Denominator*; if there was nothing to count, clear both numbers and say so in *Comment*.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  | Numerator | Denominator |
        |-----|---------|-----------|-------------|
        | K07 | 2026-10 | 391       | 0 [!]       |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  | Numerator | Denominator | Comment              |
        |-----|---------|-----------|-------------|----------------------|
        | K07 | 2026-09 | 391       | 415         |                      |
        | K07 | 2026-10 |           |             | Closed for inventory |
    """
    readings = book.measurements
    for index, kpi, _ in known(book):
        if readings.denominator[index] == 0:
            message = f"{of(book, index, kpi)}: the denominator is zero."
            yield Problem(readings.cell(index, "denominator"), message)


@rule("MEA008", Severity.ERROR, clause="9.1.3")
def numerator_above_denominator(book: Book) -> Iterator[Problem]:
    """A numerator is larger than its denominator where it cannot be.

    Why
        More lines shipped on time than shipped at all: the two cells were exchanged, or they count
        different months. It is asked only where *Highest possible* says that no more than all is possible.
    Fix
        Correct the two numbers; if more than all is possible, clear the KPI's *Highest
        possible* (the + above the headers opens the folded columns).
    Bad
        KPIs
        | KPI | Unit | Scale | Highest possible |
        |-----|------|-------|------------------|
        | K07 | %    | 100   | 100              |

        Measurements
        | KPI | Period  | Numerator | Denominator |
        |-----|---------|-----------|-------------|
        | K07 | 2026-10 | 415 [!]   | 391         |
    Good
        KPIs
        | KPI | Unit | Scale | Highest possible |
        |-----|------|-------|------------------|
        | K07 | %    | 100   | 100              |

        Measurements
        | KPI | Period  | Numerator | Denominator |
        |-----|---------|-----------|-------------|
        | K07 | 2026-10 | 391       | 415         |
    """
    readings = book.measurements
    for index, kpi, _ in known(book):
        if _more_than_all(book, index, kpi):
            above, below = readings.numerator[index] or 0.0, readings.denominator[index] or 0.0
            message = f"{of(book, index, kpi)}: {number(above)} of {number(below)} is not possible."
            yield Problem(readings.cell(index, "numerator"), message, cells(kpi, "scale", "unit"))


def _more_than_all(book: Book, index: int, kpi: Kpi) -> bool:
    readings, top = book.measurements, kpi.highest_possible
    above, below = readings.numerator[index], readings.denominator[index]
    return (
        above is not None and below is not None and below > 0 and above > below
        and top is not None and 0 < top <= scale_of(kpi)
    )  # fmt: skip


@rule("MEA009", Severity.ERROR, clause="9.1.3")
def reading_cannot_be(book: Book) -> Iterator[Problem]:
    """A reading lies outside of what is possible.

    Why
        No delivery is 942 percent on time. Such a reading is not used, because one of them bends every
        average and every limit for a year.
    Fix
        Correct the value, or the KPI's *Lowest possible* and *Highest possible* (the + above the headers
        opens the folded columns).
    Bad
        KPIs
        | KPI | Lowest possible | Highest possible |
        |-----|-----------------|------------------|
        | K07 | 0               | 100              |

        Measurements
        | KPI | Period  | Value   |
        |-----|---------|---------|
        | K07 | 2026-10 | 942 [!] |
    Good
        KPIs
        | KPI | Lowest possible | Highest possible |
        |-----|-----------------|------------------|
        | K07 | 0               | 100              |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 94.2  |
    """
    readings = book.measurements
    for index, kpi, _ in known(book):
        low, high = kpi.lowest_possible, kpi.highest_possible
        if low is None and high is None:
            continue
        value, above = readings.value[index], readings.numerator[index]
        actual = value_of(scale_of(kpi), value, above, readings.denominator[index])
        if actual is None or not ((low is not None and actual < low) or (high is not None and actual > high)):
            continue
        if (low is not None and high is not None and low >= high) or _more_than_all(book, index, kpi):
            continue  # KPI018 and MEA008 say so
        span = (
            f"at lowest {number(low)}"
            if low is not None and actual < low
            else f"at highest {number(high or 0)}"
        )
        name = "numerator" if above is not None and readings.denominator[index] is not None else "value"
        message = f"{of(book, index, kpi)}: {number(actual)} is not possible; {span}."
        fix = percent_typed(book, readings.cell(index, name), kpi.unit)
        yield Problem(readings.cell(index, name), message, cells(kpi, "scale", "unit"), fix)


@rule("MEA010", Severity.WARNING, clause="9.1.3")
def scale_slip(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A reading is a hundred or a thousand times its neighbours.

    Why
        0.942 among values of 94 is a slipped decimal point or a percent sign, not a disaster. The factor
        stands in Settings (*Scale slip factor*, 100 unless you change it; ten times that is looked for too).
        The neighbours are up to three readings on either side that are not zero; a right figure between two
        wrong ones is left in peace.
    Fix
        Type the value as the others are typed; if it is right, say so in *Comment*.
    Bad
        KPIs
        | KPI | Aggregation |
        |-----|-------------|
        | K07 | average     |

        Measurements
        | KPI | Period  | Value     |
        |-----|---------|-----------|
        | K07 | 2026-07 | 93.1      |
        | K07 | 2026-08 | 94.0      |
        | K07 | 2026-09 | 0.942 [!] |
        | K07 | 2026-10 | 93.8      |
    Good
        KPIs
        | KPI | Aggregation |
        |-----|-------------|
        | K07 | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 93.1  |
        | K07 | 2026-08 | 94.0  |
        | K07 | 2026-09 | 94.2  |
        | K07 | 2026-10 | 93.8  |
    """
    factor, readings = book.settings.scale_slip_factor, book.measurements
    for kpi in live_kpis(book):
        if kpi.id not in assessed.kpis:
            continue
        series = assessed.kpis[kpi.id].series
        for at, usual in slips(series, factor):
            place = series.places[at]
            if not readings.comment[place]:
                name = "value" if readings.value[place] is not None else "numerator"
                value = number(series.actual[at] or 0.0)
                message = f"{of(book, place, kpi)}: {value} stands among values of about {number(usual)}."
                fix = percent_typed(book, readings.cell(place, name), kpi.unit)
                yield Problem(readings.cell(place, name), message, cells(kpi, "scale", "unit"), fix)


@rule("MEA015", Severity.WARNING)
def half_a_ratio(book: Book) -> Iterator[Problem]:
    """A reading has a numerator or a denominator, but not both.

    Why
        One half of a ratio says nothing. If *Value* is filled it counts, but then the reading cannot join
        the others when a quarter is added up.
    Fix
        Enter the other half, or clear this one.
    Bad
        KPIs
        | KPI | Aggregation |
        |-----|-------------|
        | K07 | ratio       |

        Measurements
        | KPI | Period  | Numerator | Denominator |
        |-----|---------|-----------|-------------|
        | K07 | 2026-10 | 391       | [!]         |
    Good
        KPIs
        | KPI | Aggregation |
        |-----|-------------|
        | K07 | ratio       |

        Measurements
        | KPI | Period  | Numerator | Denominator |
        |-----|---------|-----------|-------------|
        | K07 | 2026-10 | 391       | 415         |
    """
    readings = book.measurements
    if not (has_column(book, Measurement, "numerator") and has_column(book, Measurement, "denominator")):
        return
    for index, kpi, _ in known(book):
        above, below = readings.numerator[index], readings.denominator[index]
        if (above is None) != (below is None):
            here, there = ("numerator", "denominator") if below is None else ("denominator", "numerator")
            message = f"{of(book, index, kpi)} has a {here} and no {there}."
            yield Problem(readings.cell(index, there), message)


@rule("MEA016", Severity.WARNING, clause="9.1.3", stage="run")
def always_the_same_value(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI reads the same again and again.

    Why
        Real processes vary. Six equal readings in a row (*Identical values*) are copied, estimated, or the
        gauge is stuck. Small counts, values at a possible bound, 100 % unless more is wanted, and series
        that hardly ever moved before are left out, for there it happens honestly.
    Fix
        Ask how the figure was found; measure again, or say in *Comment* why it stands still.
    Bad
        KPIs
        | KPI | Aggregation |
        |-----|-------------|
        | K07 | average     |

        Measurements
        | KPI | Period  | Value    |
        |-----|---------|----------|
        | K07 | 2026-05 | 94.2     |
        | K07 | 2026-06 | 94.2     |
        | K07 | 2026-07 | 94.2     |
        | K07 | 2026-08 | 94.2     |
        | K07 | 2026-09 | 94.2     |
        | K07 | 2026-10 | 94.2 [!] |
    Good
        KPIs
        | KPI | Aggregation |
        |-----|-------------|
        | K07 | average     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-05 | 94.2  |
        | K07 | 2026-06 | 94.2  |
        | K07 | 2026-07 | 93.9  |
        | K07 | 2026-08 | 94.2  |
        | K07 | 2026-09 | 94.2  |
        | K07 | 2026-10 | 94.2  |
    """
    wanted = book.settings.identical_values
    for answers in all_answers(book, assessed, watched=True):
        kpi, series = answers.kpi, answers.series
        at, run = standing(series) or (-1, 0)
        value = series.actual[at] if run >= wanted else None
        if value is None or kpi.target_is == SINCE_START or _stands_still(kpi, value):
            continue
        place = series.places[at]
        if not book.measurements.comment[place]:
            name = "value" if book.measurements.value[place] is not None else "numerator"
            message = f"{named(kpi)} has read {number(value)} for {run} periods running."
            yield Problem(book.measurements.cell(place, name), message)


def _stands_still(kpi: Kpi, value: float) -> bool:
    """Whether equal readings are nothing strange: small counts, and the best or worst there can be."""
    small = value.is_integer() and abs(value) <= 10
    whole = is_percent(kpi.unit) and value == 100 and (kpi.target is None or kpi.target <= 100)  # all of it
    return small or whole or value in (kpi.lowest_possible, kpi.highest_possible)


@rule("MEA017", Severity.WARNING, clause="9.1.3", stage="run")
def off_plan_without_comment(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI is off track in a way that calls for a word, and nobody says why.

    Why
        One bad month may be chance. Where natural limits tell a real change from noise (from 12 readings on,
        *Trial limits below*), a sentence is asked for on a real change for the worse only. Before that, and
        for running totals and rare events, two periods running (*Off track in a row*) ask for it. It is worth
        more in the review than the chart: whoever does the work knows first.
    Fix
        Say in *Comment* of the last reading what happened and what is being done.
    Bad
        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |
        | K08 | 80       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value | Comment |
        |-----|---------|-------|---------|
        | K07 | 2026-09 | 70    |         |
        | K07 | 2026-10 | 71    | [!]     |
        | K08 | 2025-11 | 93    |         |
        | K08 | 2025-12 | 95    |         |
        | K08 | 2026-01 | 94    |         |
        | K08 | 2026-02 | 96    |         |
        | K08 | 2026-03 | 95    |         |
        | K08 | 2026-04 | 93    |         |
        | K08 | 2026-05 | 94    |         |
        | K08 | 2026-06 | 96    |         |
        | K08 | 2026-07 | 94    |         |
        | K08 | 2026-08 | 95    |         |
        | K08 | 2026-09 | 95    |         |
        | K08 | 2026-10 | 78    | [!]     |
    Good
        KPIs
        | KPI | Baseline | Target | Trajectory | Aggregation |
        |-----|----------|--------|------------|-------------|
        | K07 | 80       | 95     | flat       | average     |
        | K08 | 70       | 95     | flat       | average     |

        Measurements
        | KPI | Period  | Value | Comment                    |
        |-----|---------|-------|----------------------------|
        | K07 | 2026-09 | 70    |                            |
        | K07 | 2026-10 | 71    | Plater down; repaired 28th |
        | K08 | 2025-11 | 73    |                            |
        | K08 | 2025-12 | 75    |                            |
        | K08 | 2026-01 | 74    |                            |
        | K08 | 2026-02 | 76    |                            |
        | K08 | 2026-03 | 75    |                            |
        | K08 | 2026-04 | 73    |                            |
        | K08 | 2026-05 | 74    |                            |
        | K08 | 2026-06 | 76    |                            |
        | K08 | 2026-07 | 74    |                            |
        | K08 | 2026-08 | 75    |                            |
        | K08 | 2026-09 | 75    |                            |
        | K08 | 2026-10 | 73    |                            |
    """
    if not has_column(book, Measurement, "comment"):
        return
    for off in off_by_more_than_chance(book, assessed):
        kpi, series = off.answers.kpi, off.answers.series
        if series.at is not None and not book.measurements.comment[series.places[series.at]]:
            cell = book.measurements.cell(series.places[series.at], "comment")
            yield Problem(cell, f"{named(kpi)} {off.words}, and nobody says why.", judged_by(book, kpi))


@rule("MEA019", Severity.ADVICE, clause="9.1.3")
def more_than_all_for_once(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A percentage is above 100 where nearly all others of its KPI are not.

    Why
        Numerator and denominator were exchanged, or they count different months: unless more than all is
        possible, the figure is wrong and bends every average. *Highest possible* says which it is, and then
        such a figure is never missed again. A slip of the point (*Scale slip factor*) is told by MEA010.
    Fix
        If more than all is possible, set *Highest possible* of the KPI to what is; else correct the figure
        and set it to 100.
    Bad
        KPIs
        | KPI | Unit | Highest possible |
        |-----|------|------------------|
        | K07 | %    |                  |
        | K08 | %    |                  |

        Measurements
        | KPI | Period  | Value     | Numerator | Denominator |
        |-----|---------|-----------|-----------|-------------|
        | K07 | 2026-08 |           | 391       | 415         |
        | K07 | 2026-09 |           | 402       | 415         |
        | K07 | 2026-10 |           | 415 [!]   | 391         |
        | K08 | 2026-08 | 96.1      |           |             |
        | K08 | 2026-09 | 106.2 [!] |           |             |
        | K08 | 2026-10 | 95.8      |           |             |
    Good
        KPIs
        | KPI | Unit | Highest possible |
        |-----|------|------------------|
        | K07 | %    | 100              |
        | K08 | %    | 250              |
        | K09 | %    |                  |

        Measurements
        | KPI | Period  | Value | Numerator | Denominator |
        |-----|---------|-------|-----------|-------------|
        | K07 | 2026-08 |       | 391       | 415         |
        | K07 | 2026-09 |       | 402       | 415         |
        | K07 | 2026-10 |       | 391       | 415         |
        | K08 | 2026-08 | 96.1  |           |             |
        | K08 | 2026-09 | 106.2 |           |             |
        | K08 | 2026-10 | 95.8  |           |             |
        | K09 | 2026-08 | 104   |           |             |
        | K09 | 2026-09 | 106   |           |             |
        | K09 | 2026-10 | 98    |           |             |
    """
    readings, factor = book.measurements, book.settings.scale_slip_factor
    for answers in all_answers(book, assessed, watched=True):
        kpi, series = answers.kpi, answers.series
        beyond = any(
            each is not None and each > 100 for each in (kpi.target, kpi.baseline, kpi.low, kpi.high)
        )
        if kpi.highest_possible is not None or not is_percent(kpi.unit) or beyond:
            continue
        slip = {at for at, _ in slips(series, factor)}
        for at in above_all(series):
            place = series.places[at]
            if at in slip or readings.comment[place]:
                continue
            ratio = readings.numerator[place] is not None and readings.denominator[place] is not None
            cell = readings.cell(place, "numerator" if ratio else "value")
            value = rounded(series.actual[at] or 0.0, 1)
            message = f"{of(book, place, kpi)}: {value} % stands among readings of at most 100 %."
            yield Problem(cell, message, cells(kpi, "scale", "unit", "highest_possible"), "")
