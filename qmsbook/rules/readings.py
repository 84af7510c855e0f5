"""MEA: readings that are missing, twice, late, or of a KPI or period that cannot be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from qmsbook.book.book import Book, by_calendar, frequency_of, of_its_frequency
from qmsbook.book.dates import moment
from qmsbook.book.period import Period, period_of, periods_between
from qmsbook.book.tables import Kpi, Measurement
from qmsbook.book.words import day_words
from qmsbook.methods.method import OVERDUE, Assessment, KpiAnswers
from qmsbook.methods.target import due_by
from qmsbook.methods.variation import NOUNS
from qmsbook.rules.ask import (
    Hints,
    cells,
    counted,
    has_column,
    has_readings,
    named,
    read_as,
    shown,
    unknown_links,
)
from qmsbook.rules.figures import as_its_own, is_longer, spans, typed_otherwise
from qmsbook.rules.limits import all_answers
from qmsbook.rules.noticed import meant_period
from qmsbook.rules.people import gone
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import again, grouped
from qmsbook.rules.unread import unread_by_owner
from qmsbook.rules.vital import vital_unread


def known(book: Book) -> Iterator[tuple[int, Kpi, Period | None]]:
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


def of(book: Book, index: int, kpi: Kpi) -> str:
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
    """A reading is for a period that its KPI already has one for.

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
    read = ((index, kpi, period) for index, kpi, period in known(book) if period and _filled(book, index))
    for (first, *_), (index, kpi, period) in again(read, lambda each: (each[1].id, each[2].text)):
        message = f"{named(kpi)} has more than one reading for {period.title}."
        fix = "" if by_calendar(kpi) else _each_by_its_week(book, (first, index))
        yield Problem(book.measurements.cell(index, "period"), message, fix=fix)


def _each_by_its_week(book: Book, rows: tuple[int, int]) -> str:
    """What to do about two that happened in one period: both are true, so each is named by its week."""
    weeks = [period_of(day, "weekly").text for at in rows if (day := _day_typed(book, at)) is not None]
    if len(weeks) == len(rows) and weeks[0] != weeks[1]:
        both = f"{weeks[0]} and {weeks[1]}"
        return f"Type {both} as their periods: where one month has several, each has its week."
    more = "; two of one week make one reading" if len(weeks) == len(rows) else ""
    return f"Name each by its week, such as 2026-W38{more}. Delete a row only if it was entered twice."


def _day_typed(book: Book, index: int) -> date | None:
    """The day that stands in a reading's *Period*, if it is one."""
    table = book.tables[Measurement.TABLE]
    place = table.find("Period")
    raw = None if place is None else table.columns[place][book.measurements.rows[index] - table.row - 1]
    return raw if isinstance(raw, date) else moment(raw).day if isinstance(raw, str) else None


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
    for index, kpi, period in known(book):
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
        kpi = the(book, key)
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
    return grouped(
        rows, lambda row: as_its_own(kpi, row[1]) if is_longer(kpi, row[1]) else row[1].text
    ).values()


def _of_another_frequency(book: Book) -> Mapping[str, list[tuple[int, Period]]]:
    """By KPI, the readings of periods that are not of its frequency."""
    strange: dict[str, list[tuple[int, Period]]] = defaultdict(list)
    for index, kpi, period in known(book):
        if period is not None and not of_its_frequency(kpi, period) and period.first <= book.on:
            strange[kpi.id].append((index, period))
    return strange


def the(book: Book, key: str) -> Kpi:
    """The KPI of an id that is known to be there."""
    kpi = book.kpi(key)
    assert kpi is not None
    return kpi


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
    """A reading does not say which KPI it is for.

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
                message = f"The reading{of} in row {readings.rows[index]} does not say which KPI it is for."
                yield Problem(readings.cell(index, "kpi"), message)


@rule("MEA014", Severity.ERROR)
def reading_without_period(book: Book) -> Iterator[Problem]:
    """A reading does not say which period it is for.

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
                    f"The reading{of} in row {readings.rows[index]} does not say which period it is for."
                )
                yield Problem(readings.cell(index, "period"), message)


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
    for index, kpi, period in known(book):
        day = readings.entered_on[index]
        if day is None or period is None or period.last >= book.on or not of_its_frequency(kpi, period):
            continue
        if by_calendar(kpi) and day < period.last and _filled(book, index):
            message = f"{of(book, index, kpi)} was entered on {day_words(day)}, before the period was over."
            yield Problem(readings.cell(index, "entered_on"), message)
