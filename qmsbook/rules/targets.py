"""KPI: targets, ranges and planned values that are missing, contradict each other or cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.tables import Kpi, Target
from qmsbook.book.words import day_words, figure
from qmsbook.methods.method import Assessment, KpiAnswers
from qmsbook.methods.plan import SINCE_START, moves, plan_of
from qmsbook.methods.start import needs_baseline
from qmsbook.methods.values import scale_of
from qmsbook.rules.ask import (
    asked,
    cells,
    counted,
    has_column,
    live_kpis,
    named,
    number,
    slipped,
)
from qmsbook.rules.kpi import bounds_reversed_of, planned
from qmsbook.rules.noticed import percent_typed
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, grouped


@rule("KPI009", Severity.WARNING, clause="6.2.1")
def baseline_equals_target(book: Book) -> Iterator[Problem]:
    """A KPI's target is the value it started from.

    Why
        Either one of the two was copied from the other, or nothing is to change and the KPI should say that
        it is to be held.
    Fix
        Correct *Baseline* or *Target*; if the value is to be held, set *Trajectory* to flat.
    Bad
        KPIs
        | KPI | Baseline | Target | Trajectory |
        |-----|----------|--------|------------|
        | K07 | 95       | 95 [!] | linear     |
    Good
        KPIs
        | KPI | Baseline | Target | Trajectory |
        |-----|----------|--------|------------|
        | K07 | 86.2     | 95     | linear     |
        | K08 | 95       | 95     | flat       |
    """
    yield from each(
        (kpi for kpi in live_kpis(book)
         if kpi.baseline is not None and kpi.baseline == kpi.target and moves(kpi)),
        "target", "starts at {baseline} and is to reach {baseline}", "trajectory", "direction",
    )  # fmt: skip


@rule("KPI010", Severity.ERROR, clause="6.2.1")
def direction_contradicts_target(book: Book) -> Iterator[Problem]:
    """A KPI's direction contradicts its baseline and target.

    Why
        Higher is said to be better, and the target is below the start: one of the three cells is wrong.
        Until it is mended every green may be a red.
    Fix
        Correct *Direction*, *Baseline* or *Target*; if the value is only to be held, set *Trajectory* to
        flat.
    Bad
        KPIs
        | KPI | Direction  | Baseline | Target |
        |-----|------------|----------|--------|
        | K07 | higher [!] | 12       | 6      |
    Good
        KPIs
        | KPI | Direction | Baseline | Target |
        |-----|-----------|----------|--------|
        | K07 | lower     | 12       | 6      |
    """
    for kpi in live_kpis(book):
        if kpi.baseline is None or kpi.target is None or kpi.trajectory == "flat":
            continue
        if kpi.target_is == SINCE_START and kpi.direction == "lower":
            continue  # a total that is to stay low grows all the same
        way = {"higher": kpi.target - kpi.baseline, "lower": kpi.baseline - kpi.target}.get(kpi.direction, 0)
        if way < 0 and not _on_another_scale(book, kpi):
            message = (
                f"{named(kpi)} says {kpi.direction} is better, but goes from {number(kpi.baseline)} "
                f"to a target of {number(kpi.target)}."
            )
            yield Problem(kpi.cell("direction"), message, cells(kpi, "trajectory"))


@rule("KPI011", Severity.ERROR)
def range_reversed(book: Book) -> Iterator[Problem]:
    """A KPI's range is upside down or has no width.

    Why
        No figure is at least 9 and at most 7, so every month would be off track. A range from 8 to 8 is met
        by a single figure, and by that one only by chance.
    Fix
        Exchange *Low* and *High*, or set them apart; a single value to reach is a *Target*.
    Bad
        KPIs
        | KPI | Direction | Low   | High |
        |-----|-----------|-------|------|
        | K07 | within    | 9 [!] | 7    |
        | K08 | within    | 8 [!] | 8    |
        | K09 | within    | 7     | 9    |

        Targets
        | KPI | From    | Planned | Low   | High |
        |-----|---------|---------|-------|------|
        | K09 | 2026-07 |         | 9 [!] | 8    |
    Good
        KPIs
        | KPI | Direction | Low | High |
        |-----|-----------|-----|------|
        | K07 | within    | 7   | 9    |

        Targets
        | KPI | From    | Planned | Low | High |
        |-----|---------|---------|-----|------|
        | K07 | 2026-07 |         | 7   | 8    |
    """
    yield from each(
        (kpi for kpi in live_kpis(book)
         if kpi.low is not None and kpi.high is not None and kpi.low >= kpi.high),
        "low", "has a Low of {low} and a High of {high}",
    )  # fmt: skip
    for row in book.targets:
        if row.low is not None and row.high is not None and row.low >= row.high:
            message = f"{_row_of(row)} has a Low of {number(row.low)} and a High of {number(row.high)}."
            yield Problem(row.cell("low"), message)


@rule("KPI012", Severity.ERROR, clause="6.2.1")
def range_missing(book: Book) -> Iterator[Problem]:
    """A KPI is to stay within a range that is not given.

    Why
        To stay within means to stay between two values, or at least above or below one. With neither there
        is nothing to judge by.
    Fix
        Fill *Low*, *High* or both, or pick another direction.
    Bad
        KPIs
        | KPI | Direction  | Low | High |
        |-----|------------|-----|------|
        | K07 | within [!] |     |      |
    Good
        KPIs
        | KPI | Direction | Low | High |
        |-----|-----------|-----|------|
        | K07 | within    | 7   | 9    |
    """
    for kpi in live_kpis(book):
        if kpi.direction == "within" and kpi.low is None and kpi.high is None and not planned(book, kpi):
            message = f"{named(kpi)} is to stay within a range, and neither Low nor High is given."
            yield Problem(kpi.cell("direction"), message, cells(kpi, "low", "high", "target"))


@rule("KPI013", Severity.ERROR, clause="6.2.2")
def target_date_not_after_baseline_date(book: Book) -> Iterator[Problem]:
    """A KPI is to reach its target before it starts.

    Why
        The plan would run backwards. Usually last year's date was left standing when the baseline was
        renewed.
    Fix
        Correct *Target on* or *Baseline on*.
    Bad
        KPIs
        | KPI | Baseline on | Target on      |
        |-----|-------------|----------------|
        | K07 | 2026-01-31  | 2025-12-31 [!] |
    Good
        KPIs
        | KPI | Baseline on | Target on  |
        |-----|-------------|------------|
        | K07 | 2026-01-31  | 2026-12-31 |
    """
    for kpi in live_kpis(book):
        if kpi.target_on and kpi.baseline_on and kpi.target_on <= kpi.baseline_on and moves(kpi):
            message = (
                f"{named(kpi)} is to reach its target on {day_words(kpi.target_on)}, not after its "
                f"baseline of {day_words(kpi.baseline_on)}."
            )
            yield Problem(kpi.cell("target_on"), message, cells(kpi, "trajectory", "direction"))


@rule("KPI019", Severity.ERROR, clause="6.2.1")
def target_cannot_be(book: Book) -> Iterator[Problem]:
    """A KPI's target or baseline is a value that it cannot have.

    Why
        A target of 105 percent on-time delivery cannot be met by anyone. One of the figures was mistyped,
        or what is possible was set too narrow.
    Fix
        Correct the value, or *Lowest possible* and *Highest possible*.
    Bad
        KPIs
        | KPI | Target  | Lowest possible | Highest possible |
        |-----|---------|-----------------|------------------|
        | K07 | 105 [!] | 0               | 100              |
    Good
        KPIs
        | KPI | Target | Lowest possible | Highest possible |
        |-----|--------|-----------------|------------------|
        | K07 | 95     | 0               | 100              |
    """
    for kpi in live_kpis(book):
        if bounds_reversed_of(kpi):
            continue
        for name in ("target", "baseline", "low", "high"):
            value = getattr(kpi, name)
            if value is not None and (bound := _beyond(kpi, value)):
                message = f"{named(kpi)} has a {name} of {number(value)}, and {bound}."
                fix = percent_typed(book, kpi.cell(name), kpi.unit)
                yield Problem(kpi.cell(name), message, fix=fix)


def _beyond(kpi: Kpi, value: float) -> str:
    if kpi.highest_possible is not None and value > kpi.highest_possible:
        return f"{number(kpi.highest_possible)} is the highest possible"
    if kpi.lowest_possible is not None and value < kpi.lowest_possible:
        return f"{number(kpi.lowest_possible)} is the lowest possible"
    return ""


@rule("KPI021", Severity.WARNING)
def target_on_another_scale(book: Book) -> Iterator[Problem]:
    """A percent target and its readings are on different scales.

    Why
        0.95 and 95 mean the same to people and not to a workbook. The target is met or missed by a factor of
        a hundred for ever.
    Fix
        Type the target as the readings are typed: 95 for 95 percent where the unit is %.
    Bad
        KPIs
        | KPI | Unit | Baseline | Target   |
        |-----|------|----------|----------|
        | K07 | %    |          | 0.95 [!] |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-08 | 93.1  |
        | K07 | 2026-09 | 94.2  |
        | K07 | 2026-10 | 94.0  |
    Good
        KPIs
        | KPI | Unit | Baseline | Target |
        |-----|------|----------|--------|
        | K07 | %    |          | 95     |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-08 | 93.1  |
        | K07 | 2026-09 | 94.2  |
        | K07 | 2026-10 | 94.0  |
    """
    for kpi in live_kpis(book):
        if _on_another_scale(book, kpi):
            usual = _usual(book, kpi) or 0.0
            target = number(kpi.target or 0)
            message = f"{named(kpi)} has a target of {target} %, and reads about {number(usual)} %."
            yield Problem(kpi.cell("target"), message)


def _on_another_scale(book: Book, kpi: Kpi) -> bool:
    """Whether a percent target was typed as a fraction, or the other way round."""
    if kpi.target is None or kpi.unit.strip() != "%" or (kpi.target > 1 and (kpi.baseline or 0) > 1):
        return False
    usual = _usual(book, kpi)
    return usual is not None and slipped(kpi.target, usual, 100)


def _usual(book: Book, kpi: Kpi) -> float | None:
    """What a KPI usually reads, or its baseline while there are few readings."""
    readings, found = book.measurements, []
    for index in book.readings_of.get(kpi.id, ()):
        above, below = readings.numerator[index], readings.denominator[index]
        value = scale_of(kpi) * above / below if above is not None and below else readings.value[index]
        if value:
            found.append(abs(value))
    return median(found) if len(found) > 2 else kpi.baseline


@rule("KPI022", Severity.WARNING, clause="6.2.1")
def kpi_without_baseline(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A KPI does not say where it started.

    Why
        The plan runs from where you started to the target. Without a start the first readings (setting
        *Setting baseline periods*) serve to find it, and the plan runs from their mean; until then nothing is
        judged, and this is only advice. Whether those months were ordinary ones only you can say. A small
        count of the year (*Small count below*) is judged without a start.
    Fix
        Enter where you started under *Baseline*, or set *Trajectory* to flat if the value is to be held.
    Bad
        KPIs
        | KPI | Baseline | Trajectory |
        |-----|----------|------------|
        | K07 | [!]      | linear     |
    Good
        KPIs
        | KPI | Baseline | Trajectory |
        |-----|----------|------------|
        | K07 | 86.2     | linear     |
        | K08 |          | flat       |
    """
    for kpi in asked(book, live_kpis(book), "baseline"):
        if needs_baseline(kpi) and not plan_of(book, kpi).starts_small:
            message, fix = _start_of(book, kpi, assessed.kpis.get(kpi.id))
            rests = cells(kpi, "target", "trajectory", "direction")
            severity = None if fix else Severity.ADVICE
            yield Problem(kpi.cell("baseline"), message, rests, fix, severity=severity)


def _start_of(book: Book, kpi: Kpi, answers: KpiAnswers | None) -> tuple[str, str]:
    """What is known of a KPI's start, and what to do; the rule's own words where nothing is known."""
    text, count = f"{named(kpi)} does not say where it started", book.settings.setting_baseline_periods
    series = answers.series if answers is not None and answers.kpi is kpi else None
    if series is None or series.baseline is None or series.kpi.baseline_on is None:
        return f"{text}; its first {counted(count, 'reading')} will show it.", ""
    # The day is to be typed, so it is said as cells hold it.
    found, day = figure(series.baseline, kpi.unit), series.kpi.baseline_on.isoformat()
    text = f"{text}; its plan runs from {found}, what its first {counted(count, 'reading')} come to."
    if kpi.target is None or not _runs_away(series.kpi, kpi.target, series.baseline):
        fix = f"If that is where you started, enter {found} under *Baseline* and {day} under *Baseline on*."
        return text, fix
    return (
        f"{text} Its target of {figure(kpi.target, kpi.unit)} lies behind that.",
        "Set *Trajectory* to flat if the value is only to be held, or correct *Direction* or *Target*.",
    )


def _runs_away(kpi: Kpi, target: float, start: float) -> bool:
    """Whether getting better leads from the start away from the target; all else has rules of its own."""
    return target < start if kpi.direction == "higher" else kpi.direction == "lower" and target > start


@rule("KPI024", Severity.ERROR)
def planned_value_missing(book: Book) -> Iterator[Problem]:
    """A row of Targets lacks its KPI, its period or its value.

    Why
        A row in Targets replaces a KPI's plan for some periods. With one of the three missing it replaces
        nothing, and the month is judged by the plan that was meant to be replaced. A KPI that is to stay
        within a range has *Low* and *High* in place of a planned value.
    Fix
        Fill in what is missing (for a KPI within a range *Low*, *High* or both), or delete the row.
    Bad
        KPIs
        | KPI | Direction | Low | High |
        |-----|-----------|-----|------|
        | K07 | higher    |     |      |
        | K08 | within    | 7   | 9    |

        Targets
        | KPI | From    | Planned | Low | High |
        |-----|---------|---------|-----|------|
        | K07 | 2026-07 | [!]     |     |      |
        | K07 | [!]     | 93      |     |      |
        | [!] | 2026-07 | 93      |     |      |
        | K07 | 2026-08 | [!]     | 90  | 95   |
        | K08 | 2026-07 | 8       | [!] |      |
    Good
        KPIs
        | KPI | Direction | Low | High |
        |-----|-----------|-----|------|
        | K07 | higher    |     |      |
        | K08 | within    | 7   | 9    |

        Targets
        | KPI | From    | Planned | Low | High |
        |-----|---------|---------|-----|------|
        | K07 | 2026-07 | 93      |     |      |
        | K08 | 2026-07 |         |     | 8.5  |
    """
    for row in asked(book, book.targets, "kpi", "from_", "planned"):
        words = {"kpi": "KPI", "from_": "first period"}
        for name, word in words.items():
            cell = row.cell(name)
            if getattr(row, name) in ("", None) and cell not in book.unreadable:
                yield Problem(cell, f"{_row_of(row)} has no {word}.")
        yield from _lacks_value(book, row)


def _lacks_value(book: Book, row: Target) -> Iterator[Problem]:
    """Tells that a row of Targets holds nothing that its KPI is judged by."""
    kpi = book.kpi(row.kpi)
    within = kpi is not None and kpi.direction == "within"
    names = [name for name in ("low", "high") if has_column(book, Target, name)] if within else []
    wanted = [row.cell(name) for name in names or ["planned"]]
    held = (row.low, row.high) if within else (row.planned,)
    if any(value is not None for value in held) or any(cell in book.unreadable for cell in wanted):
        return
    if not within:
        yield Problem(wanted[0], f"{_row_of(row)} has no planned value.")
    elif not names:
        message = f"{_row_of(row)} says nothing: {row.kpi} is to stay within a range."
        fix = "Add the columns *Low* and *High* to Targets, and enter the range of these periods there."
        yield Problem(wanted[0], message, fix=fix)
    else:
        message = f"{_row_of(row)} has neither Low nor High, and {row.kpi} is to stay within a range."
        yield Problem(wanted[0], message)


def _row_of(row: Target) -> str:
    return f"The planned value for {row.kpi or 'a KPI'}" + (f" from {row.from_}" if row.from_ else "")


@rule("KPI025", Severity.ERROR)
def planned_value_ends_before_it_begins(book: Book) -> Iterator[Problem]:
    """A planned value ends before it begins.

    Why
        It covers no period at all, so the month is judged by the plan that was meant to be replaced.
    Fix
        Correct *From* or *Until*; a blank *Until* means the first period only.
    Bad
        Targets
        | KPI | From    | Until       |
        |-----|---------|-------------|
        | K07 | 2026-08 | 2026-07 [!] |
    Good
        Targets
        | KPI | From    | Until   |
        |-----|---------|---------|
        | K07 | 2026-07 | 2026-08 |
    """
    for row in book.targets:
        span = _span(book, row)
        if span and span[1].last < span[0].first:
            yield Problem(row.cell("until"), f"{_row_of(row)} ends with {row.until}.")


def _span(book: Book, row: Target) -> tuple[Period, Period] | None:
    first = book.parse_period(row.from_) if row.from_ else None
    last = book.parse_period(row.until) if row.until else first
    return (first, last) if first and last else None


@rule("KPI026", Severity.WARNING)
def planned_values_overlap(book: Book) -> Iterator[Problem]:
    """Two planned values cover the same period of a KPI.

    Why
        A month cannot have two plans. If one of them is a revision of the other, it should begin where the
        other ends, so that what was planned earlier stays to be seen.
    Fix
        Let one end before the other begins.
    Bad
        Targets
        | KPI | From        | Until   |
        |-----|-------------|---------|
        | K07 | 2026-07     | 2026-09 |
        | K07 | 2026-08 [!] | 2026-10 |
    Good
        Targets
        | KPI | From    | Until   |
        |-----|---------|---------|
        | K07 | 2026-07 | 2026-08 |
        | K07 | 2026-09 | 2026-10 |
    """
    spans = ((*span, row) for row in book.targets if row.kpi and (span := _span(book, row)))
    spans = (each for each in spans if each[0].first <= each[1].last)
    for rows in grouped(spans, lambda each: each[2].kpi).values():
        rows.sort(key=lambda each: (each[0].first, each[1].last))
        for (_, before, earlier), (first, _, later) in pairwise(rows):
            if first.first <= before.last:
                message = f"{_row_of(later)} overlaps the one from {earlier.from_}."
                yield Problem(later.cell("from_"), message, cells(earlier, "until"))


@rule("KPI030", Severity.WARNING, clause="9.1.1")
def total_read_the_other_way(book: Book, assessed: Assessment) -> Iterator[Problem]:
    """A total over years looks as if its readings were meant the other way.

    Why
        Since the start, readings are added up (*Aggregation* sum) or each is the running total (last). Taken
        the other way, 40, 70 and 100 of 100 become 210, or 40, 30 and 30 stand at 30. Running totals never
        fall; what is added up does not pass the target long before anybody says so.
    Fix
        Set *Aggregation* to sum where each reading comes on top of those before, to last where each is the
        total so far.
    Bad
        KPIs
        | KPI | Unit | Target is       | Aggregation | Baseline | Target | Baseline on | Highest possible |
        |-----|------|-----------------|-------------|----------|--------|-------------|------------------|
        | K07 | km   | since the start | last [!]    | 0        | 150    | 2025-12-31  |                  |
        | K08 | km   | since the start | sum [!]     | 0        | 150    | 2025-12-31  |                  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 30    |
        | K07 | 2026-08 | 12    |
        | K07 | 2026-09 | 21    |
        | K08 | 2026-07 | 70    |
        | K08 | 2026-08 | 90    |
        | K08 | 2026-09 | 120   |
    Good
        KPIs
        | KPI | Unit | Target is       | Aggregation | Baseline | Target | Baseline on | Highest possible |
        |-----|------|-----------------|-------------|----------|--------|-------------|------------------|
        | K07 | km   | since the start | sum         | 0        | 150    | 2025-12-31  |                  |
        | K08 | km   | since the start | last        | 0        | 150    | 2025-12-31  |                  |

        Measurements
        | KPI | Period  | Value |
        |-----|---------|-------|
        | K07 | 2026-07 | 30    |
        | K07 | 2026-08 | 12    |
        | K07 | 2026-09 | 21    |
        | K08 | 2026-07 | 70    |
        | K08 | 2026-08 | 90    |
        | K08 | 2026-09 | 120   |
    """
    if not has_column(book, Kpi, "target_is"):
        return
    for kpi in live_kpis(book):
        answers = assessed.kpis.get(kpi.id)
        if kpi.target_is != SINCE_START or answers is None or answers.kpi is not kpi or kpi.target is None:
            continue
        text = _other_way(answers)
        if text:
            cell = kpi.cell("aggregation") if has_column(book, Kpi, "aggregation") else kpi.cell("target_is")
            yield Problem(cell, f"{named(kpi)} {text}", cells(kpi, "target", "baseline", "target_is"))


def _other_way(answers: KpiAnswers) -> str:
    """What of a total's readings speaks for the other way; blank where nothing does."""
    kpi, series = answers.kpi, answers.series
    places = [at for at, held in enumerate(series.held) if held is not None and series.actual[at] is not None]
    read = [series.actual[at] or 0.0 for at in places]
    if len(read) < 3 or kpi.target is None:
        return ""
    falls = any(after < before for before, after in pairwise(read))
    if kpi.direction == "lower":  # a backlog that is to go: what is left falls as it should
        return _backlog(kpi, series.held[places[-1]] or 0.0, read) if kpi.aggregation == "sum" else ""
    if kpi.aggregation != "sum":
        if not falls:
            return ""
        return "is read as running totals, but its readings fall: they look like what came on top each time."
    total, start = series.held[places[-1]] or 0.0, kpi.baseline or 0.0
    if falls or read[0] == read[-1] or not max(total, start) > kpi.target >= max(read):
        return ""
    added, most = figure(total, kpi.unit), figure(kpi.target, kpi.unit)
    return f"adds its readings up to {added} of {most}, but they never fall: they look like running totals."


def _backlog(kpi: Kpi, total: float, read: Sequence[float]) -> str:
    """The same of what is to go down from where it stood: nothing that is added up takes it there."""
    if kpi.baseline is None or kpi.target is None or kpi.target >= kpi.baseline or min(read) < 0:
        return ""
    return (
        f"adds its readings up to {figure(total, kpi.unit)}, and is to go from "
        f"{figure(kpi.baseline, kpi.unit)} to {figure(kpi.target, kpi.unit)}: they look like what is left."
    )
