"""MEA: the readings can be trusted and are all there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from qmsbook.book.book import Book, by_calendar, frequency_of, of_its_frequency
from qmsbook.book.period import Period, period_of, periods_between
from qmsbook.book.tables import Kpi, Measurement
from qmsbook.book.units import is_percent
from qmsbook.book.words import decimals_apart
from qmsbook.book.words import number as rounded
from qmsbook.methods.method import OVERDUE, Assessment, KpiAnswers
from qmsbook.methods.plan import SINCE_START
from qmsbook.methods.target import due_by
from qmsbook.methods.values import scale_of, value_of
from qmsbook.methods.variation import NOUNS
from qmsbook.rules.ask import (
    Hints,
    cells,
    counted,
    has_column,
    has_readings,
    inside,
    judged_by,
    live_kpis,
    named,
    number,
    read_as,
    shown,
    unknown_links,
)
from qmsbook.rules.figures import above_all, as_its_own, is_longer, slips, spans, standing, typed_otherwise
from qmsbook.rules.limits import all_answers, off_by_more_than_chance
from qmsbook.rules.noticed import meant_period, percent_typed
from qmsbook.rules.people import gone
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.unread import unread_by_owner
from qmsbook.rules.vital import vital_unread


def _known(book: Book) -> Iterator[tuple[int, Kpi, Period | None]]:
    """Each reading of a known KPI: its place, the KPI and the period."""
    keys = book.measurements.kpi
    kpis = {key: book.kpi(key) for key in set(keys)}
    for index, (kpi, period) in enumerate(zip(map(kpis.get, keys), book.periods, strict=True)):
        if kpi is not None:
            yield index, kpi, period


def _filled(book: Book, index: int) -> bool:
    """Whether a reading holds a figure."""
    readings = book.measurements
    return readings.value[index] is not None or (
        readings.numerator[index] is not None and readings.denominator[index] is not None
    )


def _of(book: Book, index: int, kpi: Kpi) -> str:
    return f"{named(kpi)}, {book.measurements.period[index]}"


@rule("MEA001", Severity.ERROR, clause="9.1.1")
def reading_of_unknown_kpi(book: Book) -> Iterator[Problem]:
    """Readings name a KPI that is not in KPIs.

    Why
        They were typed for nothing: no status and no review shows them. Usually a digit is wrong, or the
        KPI was deleted and its readings were not. It is said once for each id.
    Fix
        Pick the KPI from the drop-down, or add it to KPIs.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI     | Period  |
        |---------|---------|
        | K07     | 2026-09 |
        | K70 [!] | 2026-09 |
        | K70     | 2026-10 |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  |
        |-----|---------|
        | K07 | 2026-09 |
        | K07 | 2026-10 |
    """
    counts = Counter(book.measurements.kpi)
    hints = Hints(book.ids.get(Kpi.TABLE, {}))
    for link in unknown_links(book, Kpi):
        if link.record is None:
            verb = "names" if counts[link.key] == 1 else "name"
            message = (
                f"{counted(counts[link.key], 'reading')} {verb} {shown(link.key)}, which is not in KPIs."
            )
            fix = f"{hints(link.key)} Pick the KPI from the drop-down, or add it to KPIs.".strip()
            yield Problem(link.cell, message, fix=fix)


@rule("MEA002", Severity.ERROR, clause="9.1.1")
def reading_twice(book: Book) -> Iterator[Problem]:
    """A KPI has two readings for one period.

    Why
        Two people entered the month, or the last line was copied and its period not changed. Which of the
        two counts is for you to say; until then neither does.
    Fix
        Delete the wrong row, or correct its period.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period      | Value |
        |-----|-------------|-------|
        | K07 | 2026-09     | 93.1  |
        | K07 | 2026-09 [!] | 94.2  |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-09 | 93.1  |
        | K07 | 2026-10 | 94.2  |
    """
    seen: set[tuple[str, str]] = set()
    for index, kpi, period in _known(book):
        if period is not None and _filled(book, index):
            if (kpi.id, period.text) in seen:
                message = f"{named(kpi)} has more than one reading for {period.title}."
                yield Problem(book.measurements.cell(index, "period"), message)
            seen.add((kpi.id, period.text))


@rule("MEA003", Severity.ERROR)
def period_malformed(book: Book) -> Iterator[Problem]:
    """A reading's period is written in a way that cannot be read.

    Why
        10/11 may be a month or a day, and 10/26 is a month to one person only. Periods are written in one
        way, so that a reading never lands in the wrong month. What can mean one period only was read.
    Fix
        Write 2026-10 for a month, 2026-Q3 for a quarter, 2026-H1 for a half-year, 2026 or 2026-W05.
    Bad
        Measurements
        | KPI | Period       | Value |
        |-----|--------------|-------|
        | K07 | month 10 [!] | 94.2  |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 94.2  |
    """
    readings = book.measurements
    for index, period in enumerate(book.periods):
        if period is None and readings.period[index]:
            who = readings.kpi[index] or "an unnamed KPI"
            message = f"A reading of {who} says {shown(readings.period[index])} where a period belongs."
            cell = readings.cell(index, "period")
            yield Problem(cell, message, fix=meant_period(book, cell))


@rule("MEA004", Severity.ERROR)
def period_in_the_future(book: Book) -> Iterator[Problem]:
    """A reading is for a period that has not begun.

    Why
        Nobody can have measured it yet. Either the year is wrong, or a plan was typed where a reading
        belongs.
    Fix
        Correct the period; planned values belong in Targets.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period      | Value |
        |-----|-------------|-------|
        | K07 | 2027-01 [!] | 94.2  |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 94.2  |
    """
    for index, kpi, period in _known(book):
        if period is not None and period.first > book.on and _filled(book, index):
            message = f"{named(kpi)} has a reading for {period.title}, which has not begun."
            yield Problem(book.measurements.cell(index, "period"), message)


@rule("MEA005", Severity.WARNING)
def period_of_another_frequency(book: Book) -> Iterator[Problem]:
    """A reading's period is not one in which its KPI is read.

    Why
        A quarter among months counts three times or not at all. If all readings of a KPI are of another
        kind, it is the KPI's *Frequency* that is wrong, and that is said once.
    Fix
        Correct the period, or the KPI's *Frequency*.
    Bad
        KPIs
        | KPI | Frequency |
        |-----|-----------|
        | K07 | monthly   |

        Measurements
        | KPI | Period      | Value |
        |-----|-------------|-------|
        | K07 | 2026-08     | 93.1  |
        | K07 | 2026-Q3 [!] | 94.2  |
    Good
        KPIs
        | KPI | Frequency |
        |-----|-----------|
        | K07 | quarterly |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-Q2 | 93.1  |
        | K07 | 2026-Q3 | 94.2  |
    """
    for key, rows in _of_another_frequency(book).items():
        kpi = _the(book, key)
        kind = read_as(book, kpi)
        if kind:
            message = f"{named(kpi)} says it is read {kpi.frequency}, but all its readings are {kind}."
            last = rows[-1][1]
            own = as_its_own(kpi, last)
            otherwise = (
                f"enter one figure for each {NOUNS[kpi.frequency]} in their place"
                if is_longer(kpi, last)
                else f"name its periods otherwise: {last.text} would be {own}"
            )
            fix = f"Set *Frequency* to {kind}, or {otherwise}."
            yield Problem(kpi.cell("frequency"), message, fix=fix)
            continue
        for same in _by_own_period(kpi, rows):
            first, *others = (book.measurements.cell(index, "period") for index, _ in same)
            periods = [period for _, period in same]
            which = f"readings are for {spans(periods)}" if others else f"a reading is for {periods[0].title}"
            message = f"{named(kpi)} is read {kpi.frequency}, but {which}."
            fix = _in_its_own_frequency(book, kpi, periods)
            yield Problem(first, message, (*others, *cells(kpi, "frequency")), fix)


def _in_its_own_frequency(book: Book, kpi: Kpi, periods: list[Period]) -> str:
    """What to do with readings of another frequency: they lie in one period of the KPI's, or span several."""
    first, start = periods[0], periods[0].fiscal_start
    longer, wanted = is_longer(kpi, first), frequency_of(kpi)
    own = (
        [period_of(first.last, wanted, start)]
        if longer
        else periods_between(first.first, first.last, wanted, start)
    )
    read = {each.text for i in book.readings_of.get(kpi.id, ()) if (each := book.periods[i]) is not None}
    if own and all(each.text in read for each in own):
        what = own[0].title if longer else spans(own)
        return (
            f"{what} {'is' if len(own) == 1 else 'are'} there already: delete this, or correct *Frequency*."
        )
    if any(each.last >= book.on for each in own):
        what = f"one figure for {own[0].title}" if longer else f"the figure of each of {spans(own)}"
        return f"Enter {what} once it is over, or correct the KPI's *Frequency*."
    return typed_otherwise(kpi, periods)


def _by_own_period(kpi: Kpi, rows: list[tuple[int, Period]]) -> Iterable[list[tuple[int, Period]]]:
    """Readings of another frequency: those that lie in one period of the KPI's own together."""
    found: dict[str, list[tuple[int, Period]]] = {}
    for index, period in rows:
        own = as_its_own(kpi, period) if is_longer(kpi, period) else period.text
        found.setdefault(own, []).append((index, period))
    return found.values()


def _of_another_frequency(book: Book) -> Mapping[str, list[tuple[int, Period]]]:
    """By KPI, the readings of periods that are not of its frequency."""
    strange: dict[str, list[tuple[int, Period]]] = defaultdict(list)
    for index, kpi, period in _known(book):
        if period is not None and not of_its_frequency(kpi, period) and period.first <= book.on:
            strange[kpi.id].append((index, period))
    return strange


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
    for index, kpi, _ in _known(book):
        value, above, below = readings.value[index], readings.numerator[index], readings.denominator[index]
        if value is None or above is None or not below:
            continue
        ratio = scale_of(kpi) * above / below
        if abs(value - ratio) > _rounding(value) + 1e-3 * abs(ratio):
            wrong[kpi.id].append((index, ratio))
        else:
            agreeing.add(kpi.id)
    for key, rows in wrong.items():
        kpi = _the(book, key)
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
                f"{_of(book, index, kpi)}: the value is {number(value)}, but numerator and denominator "
                f"make {made}."
            )
            yield Problem(readings.cell(index, "value"), message, rests)


def _the(book: Book, key: str) -> Kpi:
    """The KPI of an id that is known to be there."""
    kpi = book.kpi(key)
    assert kpi is not None
    return kpi


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
    for index, kpi, _ in _known(book):
        if readings.denominator[index] == 0:
            message = f"{_of(book, index, kpi)}: the denominator is zero."
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
    for index, kpi, _ in _known(book):
        if _more_than_all(book, index, kpi):
            above, below = readings.numerator[index] or 0.0, readings.denominator[index] or 0.0
            message = f"{_of(book, index, kpi)}: {number(above)} of {number(below)} cannot be."
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
    for index, kpi, _ in _known(book):
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
        message = f"{_of(book, index, kpi)}: {number(actual)} cannot be; {span} is possible."
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
                message = f"{_of(book, place, kpi)}: {value} stands among values of about {number(usual)}."
                fix = percent_typed(book, readings.cell(place, name), kpi.unit)
                yield Problem(readings.cell(place, name), message, cells(kpi, "scale", "unit"), fix)


@dataclass
class _Loose:
    """Readings that did not land where they were meant to: a gap is then most likely theirs."""

    by_kpi: Counter[str] = field(default_factory=Counter)
    strays: set[str] = field(default_factory=set)

    def explains(self, kpi: str, missing: list[Period]) -> bool:
        """Whether missing periods are accounted for by readings that are told already."""
        left = [period for period in missing if period.text not in self.strays]
        return len(left) <= self.by_kpi[kpi]


def _loose(book: Book) -> _Loose:
    found, readings = _Loose(), book.measurements
    seen: set[tuple[str, str]] = set()
    for index, (key, period) in enumerate(zip(readings.kpi, book.periods, strict=True)):
        kpi = book.kpi(key)
        if kpi is None:
            found.strays.add(readings.period[index])
            continue
        lost = period is None or not of_its_frequency(kpi, period) or period.first > book.on
        if lost or (key, readings.period[index]) in seen:
            found.by_kpi[key] += 1
        seen.add((key, readings.period[index]))
    return found


@rule("MEA011", Severity.WARNING, clause="9.1.1")
def gap_without_reason(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI has gaps between its readings that nobody explains.

    Why
        Months without a figure are rarely the good ones. A gap with a reason is fine: a row with a blank
        value and a comment.
    Fix
        Enter the missing readings, or add a row for the period with the reason in *Comment*.
    Bad
        KPIs
        | KPI     |
        |---------|
        | K07 [!] |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-08 | 93.1  |
        | K07 | 2026-10 | 94.2  |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  | Value | Comment              |
        |-----|---------|-------|----------------------|
        | K07 | 2026-08 | 93.1  |                      |
        | K07 | 2026-09 |       | Closed for inventory |
        | K07 | 2026-10 | 94.2  |                      |
    """
    if not has_readings(book):
        return
    loose = _loose(book)
    for answers in all_answers(book, assessed, watched=True):
        kpi, missing, row = answers.kpi, *_gaps(book, answers)
        if not missing or loose.explains(kpi.id, missing):
            continue
        cell = kpi.cell("id") if row is None else book.measurements.cell(row, "value")
        message = f"{named(kpi)} has no reading for {spans(missing)}."
        yield Problem(cell, message, cells(kpi, "frequency", "active"))


def _gaps(book: Book, answers: KpiAnswers) -> tuple[list[Period], int | None]:
    """Unread and unexplained periods between the first and the last reading; the row of the first, if any."""
    series, comments = answers.series, book.measurements.comment
    if not by_calendar(answers.kpi):
        return [], None
    count = len(series.periods)
    read = [
        at
        for at, period in enumerate(series.periods)
        if (series.actual[at] is not None or period.text in series.bad) and period.last < book.on
    ]
    if len(read) < 2 or (len(read) == count and _steady(series.periods)):
        return [], None
    places = {period.text: at for at, period in enumerate(series.periods)}
    missing: list[Period] = []
    row: int | None = None
    period = series.periods[read[0]]
    while period.last < series.periods[read[-1]].last:
        place = places.get(period.text)
        blank = place is not None and series.actual[place] is None and period.text not in series.bad
        if place is None or (blank and not comments[series.places[place]]):
            row = series.places[place] if not missing and place is not None else row
            missing.append(period)
        period = period.next
    return missing, row


def _steady(periods: tuple[Period, ...]) -> bool:
    """Whether each period follows on the one before, told by the days between them."""
    longest = {"weekly": 7, "monthly": 31, "quarterly": 92, "half-yearly": 184, "yearly": 366}
    days = [period.last.toordinal() for period in periods]
    most = longest[periods[0].frequency]
    return all(later - earlier <= most for earlier, later in pairwise(days))


@rule("MEA012", Severity.WARNING, clause="9.1.1")
def reading_overdue(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A reading is overdue.

    Why
        A figure that comes weeks late steers nothing. It is overdue when its grace is over: ten days after
        the period's end, three for weekly KPIs (*Grace days*, in Settings or at the KPI). Every period since
        the last reading is named. Where nothing of an owner's comes in (*Phantom owner periods*), OWN007
        tells it once.
    Fix
        Enter the reading, or add a row for the period with the reason in *Comment*.
    Bad
        KPIs
        | KPI     | Baseline on |
        |---------|-------------|
        | K07 [!] | 2026-06-30  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 93.1  |
        | K07 | 2026-08 | 94.2  |
    Good
        KPIs
        | KPI | Baseline on |
        |-----|-------------|
        | K07 | 2026-06-30  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 93.1  |
        | K07 | 2026-08 | 94.2  |
        | K07 | 2026-09 | 94.0  |
    """
    if not has_readings(book):
        return
    loose, readings = _loose(book), book.measurements
    told = {objective.id for objective, _ in vital_unread(book, assessed)}
    phantoms = unread_by_owner(book, assessed)  # OWN007 tells of all their figures at once
    strange = _of_another_frequency(book)
    for answers in all_answers(book, assessed, watched=True):
        kpi = answers.kpi
        told_already = kpi.owner in phantoms or (kpi.supports and told.issuperset(kpi.supports))
        told_already = told_already or _left_unread(book, answers)
        if answers.status.word != OVERDUE or told_already:
            continue
        named_otherwise = {as_its_own(kpi, period) for _, period in strange.get(kpi.id, ())}
        missing = [each for each in _unread(book, answers) if each[0].title not in named_otherwise]
        if not missing or read_as(book, kpi):  # MEA005 says why
            continue
        if loose.explains(kpi.id, [period for period, _ in missing]):
            continue
        place = next((place for _, place in missing if place is not None), None)
        cell = kpi.cell("id") if place is None else readings.cell(place, "value")
        rests = cells(kpi, "frequency", "active", "grace_days", "baseline_on", "direction")
        message = f"{named(kpi)} has no reading for {_due_periods(book, kpi, [p for p, _ in missing])}."
        yield Problem(cell, message, rests, owner=kpi.owner)


def _left_unread(book: Book, answers: KpiAnswers) -> bool:
    """Whether nothing is missing but what came due after its owner had left: OWN009 tells that."""
    person, series = book.person(answers.kpi.owner), answers.series
    if person is None or person.left_on is None or not gone(book, person):
        return False
    missing = [period for period, _ in _unread(book, answers)] if series.judged and series.first_due else []
    return bool(missing) and min(period.last for period in missing) >= person.left_on


def _unread(book: Book, answers: KpiAnswers) -> list[tuple[Period, int | None]]:
    """The unread and unexplained periods since the last reading, each with its row, if there is one."""
    series, comments = answers.series, book.measurements.comment
    read = [
        period.last
        for period, value in zip(series.periods, series.actual, strict=True)
        if value is not None or period.text in series.bad
    ]
    assert series.judged is not None
    assert series.first_due is not None
    rows = {period.text: place for period, place in zip(series.periods, series.places, strict=True)}
    last = max((day for day in read if day <= series.judged.last), default=None)
    found: list[tuple[Period, int | None]] = []
    period = series.judged
    while period.last >= series.first_due.last and (last is None or period.last > last):
        place = rows.get(period.text)
        if place is None or not comments[place]:
            found.insert(0, (period, place))
        period = period.previous
    return found


def _due_periods(book: Book, kpi: Kpi, missing: list[Period]) -> str:
    due = due_by(kpi, missing[0], book.settings)
    return f"{missing[0].title}, {due}" if len(missing) == 1 else f"{spans(missing)}; the first was {due}"


@rule("MEA013", Severity.ERROR)
def reading_without_kpi(book: Book) -> Iterator[Problem]:
    """A reading does not say of which KPI it is.

    Why
        A figure without a name is lost: it stands on no board and in no status, and was typed for nothing.
    Fix
        Pick the KPI from the drop-down, or delete the row.
    Bad
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | [!] | 2026-10 | 94.2  |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 94.2  |
    """
    readings = book.measurements
    if has_column(book, Measurement, "kpi") and "" in readings.kpi:
        for index, key in enumerate(readings.kpi):
            if not key:
                of = f" for {readings.period[index]}" if readings.period[index] else ""
                message = f"The reading{of} in row {readings.rows[index]} does not say of which KPI it is."
                yield Problem(readings.cell(index, "kpi"), message)


@rule("MEA014", Severity.ERROR)
def reading_without_period(book: Book) -> Iterator[Problem]:
    """A reading does not say for which period it is.

    Why
        Without its period a figure stands in no month, and no plan can be held against it.
    Fix
        Enter the period, or delete the row.
    Bad
        Measurements
        | KPI | Period | Value |
        |-----|--------|-------|
        | K07 | [!]    | 94.2  |
    Good
        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-10 | 94.2  |
    """
    readings = book.measurements
    if has_column(book, Measurement, "period") and "" in readings.period:
        for index, text in enumerate(readings.period):
            if not text:
                of = f" of {readings.kpi[index]}" if readings.kpi[index] else ""
                message = (
                    f"The reading{of} in row {readings.rows[index]} does not say for which period it is."
                )
                yield Problem(readings.cell(index, "period"), message)


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
    for index, kpi, _ in _known(book):
        above, below = readings.numerator[index], readings.denominator[index]
        if (above is None) != (below is None):
            here, there = ("numerator", "denominator") if below is None else ("denominator", "numerator")
            message = f"{_of(book, index, kpi)} has a {here} and no {there}."
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


@rule("MEA018", Severity.WARNING, clause="9.1.3", stage="audit-ready")
def entered_before_the_period_ended(book: Book) -> Iterator[Problem]:
    """A reading was entered before its period was over.

    Why
        A figure for October typed on 20 October is a forecast. It is rarely corrected afterwards.
    Fix
        Enter the figure of the whole period, and the day on which you did.
    Bad
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  | Value | Entered on     |
        |-----|---------|-------|----------------|
        | K07 | 2026-10 | 94.2  | 2026-10-20 [!] |
    Good
        KPIs
        | KPI |
        |-----|
        | K07 |

        Measurements
        | KPI | Period  | Value | Entered on |
        |-----|---------|-------|------------|
        | K07 | 2026-10 | 94.2  | 2026-11-03 |
    """
    readings = book.measurements
    for index, kpi, period in _known(book):
        day = readings.entered_on[index]
        if day is None or period is None or period.last >= book.on or not of_its_frequency(kpi, period):
            continue
        if by_calendar(kpi) and day < period.last and _filled(book, index):
            message = f"{_of(book, index, kpi)} was entered on {day.isoformat()}, before the period was over."
            yield Problem(readings.cell(index, "entered_on"), message)


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
            message = f"{_of(book, place, kpi)}: {value} % stands among readings of at most 100 %."
            yield Problem(cell, message, cells(kpi, "scale", "unit", "highest_possible"), "")
