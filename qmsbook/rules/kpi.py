"""KPI: each KPI can be read, planned and judged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from statistics import median

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.tables import Kpi, Target
from qmsbook.book.words import figure
from qmsbook.methods.method import Assessment, KpiAnswers
from qmsbook.methods.plan import SINCE_START, plan_of, says
from qmsbook.methods.start import moves, needs_baseline
from qmsbook.methods.target import tolerance_of
from qmsbook.methods.values import scale_of
from qmsbook.rules.ask import (
    asked,
    cells,
    counted,
    has_column,
    listed,
    live_kpis,
    named,
    number,
    raw,
    read_as,
    shown,
    slipped,
    sound,
)
from qmsbook.rules.noticed import percent_typed
from qmsbook.rules.rule import Problem, Severity, rule


@rule("KPI001", Severity.ERROR, clause="6.2.1")
def kpi_without_target(book: Book) -> Iterator[Problem]:
    """A KPI has no target.

    Why
        Objectives must be measurable. Without a value to reach every figure is good enough, and no status
        can be worked out.
    Fix
        Enter the value to reach under *Target*.
    Bad
        KPIs
        | KPI | Target |
        |-----|--------|
        | K07 | [!]    |
    Good
        KPIs
        | KPI | Target |
        |-----|--------|
        | K07 | 95     |
    """
    for kpi in asked(book, live_kpis(book), "target"):
        if kpi.target is None and kpi.direction != "within" and not _planned(book, kpi):
            yield Problem(kpi.cell("target"), f"{named(kpi)} has no target.", cells(kpi, "direction"))


def _planned(book: Book, kpi: Kpi) -> bool:
    return any(says(kpi, row) for row in book.targets_of.get(kpi.id, ()))


@rule("KPI002", Severity.WARNING, clause="6.2.1")
def kpi_without_unit(book: Book) -> Iterator[Problem]:
    """A KPI has no unit.

    Why
        Is 12 a number of hours, of orders or of percent? Two people will read two things, and both will be
        sure.
    Fix
        Say under *Unit* what the figures count: %, hours, $k, ppm, pieces.
    Bad
        KPIs
        | KPI | Unit |
        |-----|------|
        | K07 | [!]  |
    Good
        KPIs
        | KPI | Unit |
        |-----|------|
        | K07 | %    |
    """
    for kpi in asked(book, live_kpis(book), "unit"):
        if not kpi.unit:
            yield Problem(kpi.cell("unit"), f"{named(kpi)} has no unit.")


@rule("KPI003", Severity.ERROR, clause="6.2.1")
def kpi_without_direction(book: Book) -> Iterator[Problem]:
    """A KPI does not say which way is better.

    Why
        Whether 8 against 10 is a triumph or a failure depends on it. It is not guessed from baseline and
        target, because that guess would hide a slip in either.
    Fix
        Pick higher, lower, or within (and fill *Low* and *High*).
    Bad
        KPIs
        | KPI | Direction |
        |-----|-----------|
        | K07 | [!]       |
    Good
        KPIs
        | KPI | Direction |
        |-----|-----------|
        | K07 | higher    |
    """
    for kpi in asked(book, live_kpis(book), "direction"):
        if not kpi.direction:
            yield Problem(kpi.cell("direction"), f"{named(kpi)} does not say which way is better.")


@rule("KPI004", Severity.WARNING, clause="6.2.2")
def kpi_without_target_date(book: Book) -> Iterator[Problem]:
    """A KPI has a target but no day by which to reach it.

    Why
        A target without a day is never missed. Without it no plan can be drawn from where you started, so
        nobody sees in June that December will not be made. A flat target and a range need no day.
    Fix
        Enter the day under *Target on*; if the target counts from the start, set *Trajectory* to flat.
    Bad
        KPIs
        | KPI | Target on |
        |-----|-----------|
        | K07 | [!]       |
    Good
        KPIs
        | KPI | Target on  | Trajectory |
        |-----|------------|------------|
        | K07 | 2026-12-31 | linear     |
        | K08 |            | flat       |
    """
    for kpi in asked(book, live_kpis(book), "target_on"):
        if kpi.target_on is None and kpi.target is not None and moves(kpi):
            message = f"{named(kpi)} has a target of {number(kpi.target)} but no day to reach it by."
            yield Problem(kpi.cell("target_on"), message, cells(kpi, "trajectory", "direction"))


@rule("KPI005", Severity.ADVICE, clause="9.1.1", stage="audit-ready", for_others=True)
def kpi_without_frequency(book: Book) -> Iterator[Problem]:
    """A KPI does not say how often it is read.

    Why
        Blank counts as monthly. That is often right, but how often to measure is for you to decide, and an
        auditor asks who decided it.
    Fix
        Pick weekly, monthly, quarterly, half-yearly or yearly under *Frequency*, or when it happens.
    Bad
        KPIs
        | KPI | Frequency |
        |-----|-----------|
        | K07 | [!]       |
    Good
        KPIs
        | KPI | Frequency |
        |-----|-----------|
        | K07 | monthly   |
    """
    for kpi in asked(book, live_kpis(book), "frequency"):
        if raw(book, kpi, "frequency") is None and not read_as(book, kpi):
            message = f"{named(kpi)} does not say how often it is read; it counts as monthly."
            yield Problem(kpi.cell("frequency"), message)


@rule("KPI006", Severity.WARNING, clause="9.1.1", stage="audit-ready", for_others=True)
def kpi_without_data_source(book: Book) -> Iterator[Problem]:
    """A KPI does not say where its figure comes from.

    Why
        When the one who keeps the figure is on holiday nobody can read it, and when the number surprises
        someone nobody can check it.
    Fix
        Name the report, list or gauge under *Data source*, so that someone else could read it tomorrow.
    Bad
        KPIs
        | KPI | Data source |
        |-----|-------------|
        | K07 | [!]         |
    Good
        KPIs
        | KPI | Data source         |
        |-----|---------------------|
        | K07 | ERP shipping report |
    """
    for kpi in live_kpis(book):
        if not kpi.data_source:
            message = f"{named(kpi)} does not say where its figure comes from."
            yield Problem(kpi.cell("data_source"), message)


@rule("KPI007", Severity.WARNING, clause="6.2.2")
def baseline_without_date(book: Book) -> Iterator[Problem]:
    """A KPI has a baseline but no day for it.

    Why
        The plan runs from the baseline to the target. Without the day on which it starts it cannot be said
        what is planned for this month.
    Fix
        Enter the day the baseline stands for under *Baseline on*.
    Bad
        KPIs
        | KPI | Baseline | Baseline on |
        |-----|----------|-------------|
        | K07 | 86.2     | [!]         |
    Good
        KPIs
        | KPI | Baseline | Baseline on |
        |-----|----------|-------------|
        | K07 | 86.2     | 2024-10-31  |
    """
    for kpi in live_kpis(book):
        if kpi.baseline is not None and kpi.baseline_on is None and moves(kpi):
            message = f"{named(kpi)} has a baseline of {number(kpi.baseline)} but no day for it."
            yield Problem(kpi.cell("baseline_on"), message, cells(kpi, "trajectory", "direction"))


@rule("KPI008", Severity.ADVICE, clause="6.2.1", stage="audit-ready", for_others=True)
def target_without_day_of_agreement(book: Book) -> Iterator[Problem]:
    """A KPI does not say when its target was agreed.

    Why
        A target that was set three years ago and one that was set last month deserve different questions.
        Without the day nobody knows when to take a fresh look.
    Fix
        Enter the day under *Target set on*; if you do not know it, the day of the last review will do.
    Bad
        KPIs
        | KPI | Target set on |
        |-----|---------------|
        | K07 | [!]           |
    Good
        KPIs
        | KPI | Target set on |
        |-----|---------------|
        | K07 | 2026-01-20    |
    """
    for kpi in live_kpis(book):
        if kpi.target is not None and kpi.target_set_on is None:
            message = f"{named(kpi)} does not say when its target was agreed."
            yield Problem(kpi.cell("target_set_on"), message)


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
    for kpi in live_kpis(book):
        if kpi.baseline is not None and kpi.baseline == kpi.target and moves(kpi):
            message = f"{named(kpi)} starts at {number(kpi.baseline)} and is to reach {number(kpi.baseline)}."
            yield Problem(kpi.cell("target"), message, cells(kpi, "trajectory", "direction"))


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
    for kpi in live_kpis(book):
        if kpi.low is not None and kpi.high is not None and kpi.low >= kpi.high:
            message = f"{named(kpi)} has a Low of {number(kpi.low)} and a High of {number(kpi.high)}."
            yield Problem(kpi.cell("low"), message)
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
        if kpi.direction == "within" and kpi.low is None and kpi.high is None and not _planned(book, kpi):
            message = f"{named(kpi)} is to stay within a range, and neither Low nor High is given."
            yield Problem(kpi.cell("direction"), message, cells(kpi, "low", "high"))


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
                f"{named(kpi)} is to reach its target on {kpi.target_on.isoformat()}, not after its "
                f"baseline of {kpi.baseline_on.isoformat()}."
            )
            yield Problem(kpi.cell("target_on"), message, cells(kpi, "trajectory", "direction"))


@rule("KPI014", Severity.WARNING)
def weight_of_zero(book: Book) -> Iterator[Problem]:
    """A KPI has a weight of zero.

    Why
        It is collected and shown, but counts for nothing in its objective. Whoever set it to zero probably
        wanted to pause it.
    Fix
        Give it a weight, clear the cell (1), or pause the KPI (*Active*: no).
    Bad
        KPIs
        | KPI | Weight |
        |-----|--------|
        | K07 | 0 [!]  |
    Good
        KPIs
        | KPI | Weight |
        |-----|--------|
        | K07 | 2      |
    """
    for kpi in live_kpis(book):
        if kpi.weight == 0:
            yield Problem(kpi.cell("weight"), f"{named(kpi)} has a weight of 0 and counts for nothing.")


@rule("KPI015", Severity.WARNING)
def tolerance_not_understood(book: Book) -> Iterator[Problem]:
    """A KPI's tolerance cannot be understood.

    Why
        Until it is clear the default counts: the smaller of 5 % of the plan and a quarter of the way from
        baseline to target; where a target in % is only to be held, at most 1 point.
    Fix
        Write a fraction (0.03 or ±3 %), an amount in the KPI's unit (10 or 10 days) or points (2 pp).
    Bad
        KPIs
        | KPI | Unit | Tolerance    |
        |-----|------|--------------|
        | K07 | days | 5 hours [!]  |
        | K08 | days | a little [!] |
    Good
        KPIs
        | KPI | Unit | Tolerance |
        |-----|------|-----------|
        | K07 | %    | 0.05      |
        | K08 | %    | 2 pp      |
        | K09 | days | 0.5 abs   |
        | K10 | days | ±5 %      |
        | K11 | days | 1 day     |
        | K12 | days | 10        |
    """
    for kpi in live_kpis(book):
        if kpi.tolerance not in (None, "") and tolerance_of(kpi.tolerance, kpi.unit) is None:
            message = f"{named(kpi)} has a tolerance of {shown(kpi.tolerance)}, which is not clear."
            yield Problem(kpi.cell("tolerance"), message)


@rule("KPI016", Severity.ERROR)
def scale_not_above_zero(book: Book) -> Iterator[Problem]:
    """A KPI's scale is zero or negative.

    Why
        A ratio is multiplied by its scale: with zero every month is zero, below zero a rise
        shows as a fall.
    Fix
        Enter 100 for percent, 1,000,000 for ppm, or clear the cell.
    Bad
        KPIs
        | KPI | Scale |
        |-----|-------|
        | K07 | 0 [!] |
    Good
        KPIs
        | KPI | Scale |
        |-----|-------|
        | K07 | 100   |
    """
    for kpi in live_kpis(book):
        if kpi.scale is not None and kpi.scale <= 0:
            yield Problem(kpi.cell("scale"), f"{named(kpi)} has a scale of {number(kpi.scale)}.")


@rule("KPI017", Severity.WARNING)
def scale_does_not_fit_unit(book: Book) -> Iterator[Problem]:
    """A ratio's scale does not fit its unit.

    Why
        A ratio in % with a scale of 1 gives 0.95 and is held against a target of 95. It is off track for
        ever, and nobody finds out why.
    Fix
        Clear *Scale* (100 is used for %, 1,000,000 for ppm) or change the unit.
    Bad
        KPIs
        | KPI | Unit | Aggregation | Scale |
        |-----|------|-------------|-------|
        | K07 | %    | ratio       | 1 [!] |
    Good
        KPIs
        | KPI | Unit | Aggregation | Scale |
        |-----|------|-------------|-------|
        | K07 | %    | ratio       | 100   |
    """
    usual = {"%": 100.0, "ppm": 1_000_000.0}
    for kpi in live_kpis(book):
        wanted = usual.get(kpi.unit.strip().casefold())
        if kpi.aggregation != "ratio" or wanted is None or kpi.scale is None or kpi.scale <= 0:
            continue
        if kpi.scale != wanted:
            message = f"{named(kpi)} is in {kpi.unit}, but its scale is {number(kpi.scale)}."
            yield Problem(kpi.cell("scale"), message)


@rule("KPI018", Severity.ERROR)
def bounds_reversed(book: Book) -> Iterator[Problem]:
    """A KPI's lowest possible value is not below its highest.

    Why
        With the bounds upside down no reading is possible, and every one would be refused.
    Fix
        Exchange *Lowest possible* and *Highest possible*, or clear them.
    Bad
        KPIs
        | KPI | Lowest possible | Highest possible |
        |-----|-----------------|------------------|
        | K07 | 100 [!]         | 0                |
    Good
        KPIs
        | KPI | Lowest possible | Highest possible |
        |-----|-----------------|------------------|
        | K07 | 0               | 100              |
    """
    for kpi in live_kpis(book):
        if _bounds_reversed(kpi):
            low, high = kpi.lowest_possible or 0.0, kpi.highest_possible or 0.0
            message = f"{named(kpi)} can be {number(low)} at lowest and {number(high)} at highest."
            yield Problem(kpi.cell("lowest_possible"), message)


def _bounds_reversed(kpi: Kpi) -> bool:
    low, high = kpi.lowest_possible, kpi.highest_possible
    return low is not None and high is not None and low >= high


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
        if _bounds_reversed(kpi):
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


@rule("KPI020", Severity.WARNING, clause="9.1.1", stage="run")
def ratio_without_names(book: Book) -> Iterator[Problem]:
    """A ratio does not say what is divided by what.

    Why
        On-time delivery of orders, of lines and of pieces are three figures. When the person who counts
        changes, the figure changes, and it looks like success or failure.
    Fix
        Say under *Numerator* what is counted and under *Denominator* of what.
    Bad
        KPIs
        | KPI | Aggregation | Numerator             | Denominator |
        |-----|-------------|-----------------------|-------------|
        | K07 | ratio       | lines shipped on time | [!]         |
    Good
        KPIs
        | KPI | Aggregation | Numerator             | Denominator   |
        |-----|-------------|-----------------------|---------------|
        | K07 | ratio       | lines shipped on time | lines shipped |
    """
    for kpi in live_kpis(book):
        missing = [name for name in ("numerator", "denominator") if not getattr(kpi, name)]
        if kpi.aggregation == "ratio" and missing:
            message = f"{named(kpi)} is a ratio and does not name its {listed(missing)}."
            yield Problem(kpi.cell(missing[0]), message, cells(kpi, *missing))


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
    found, day = figure(series.baseline, kpi.unit), series.kpi.baseline_on.isoformat()
    text = f"{text}; its plan runs from {found}, what its first {counted(count, 'reading')} come to."
    if kpi.target is None or sound(series.kpi):
        fix = f"If that is where you started, enter {found} under *Baseline* and {day} under *Baseline on*."
        return text, fix
    return (
        f"{text} Its target of {figure(kpi.target, kpi.unit)} lies behind that.",
        "Set *Trajectory* to flat if the value is only to be held, or correct *Direction* or *Target*.",
    )


@rule("KPI023", Severity.WARNING)
def rebase_day_not_understood(book: Book) -> Iterator[Problem]:
    """A day under *Rebase on* cannot be read.

    Why
        From these days on the natural limits start anew, because the process was changed. A day that cannot
        be read leaves the old limits standing, and the change looks like a signal for ever.
    Fix
        Write the days as 2026-05-01, with commas between them.
    Bad
        KPIs
        | KPI | Rebase on         |
        |-----|-------------------|
        | K07 | after the move [!] |
    Good
        KPIs
        | KPI | Rebase on              |
        |-----|------------------------|
        | K07 | 2025-06-01, 2026-05-01 |
    """
    for kpi in live_kpis(book):
        strange = [part for part in re.split(r"[,;\s]+", kpi.rebase_on) if part and not _is_day(part)]
        if strange:
            message = f"{named(kpi)} has {shown(kpi.rebase_on)} under Rebase on, which is not a day."
            yield Problem(kpi.cell("rebase_on"), message)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


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
    spans: dict[str, list[tuple[date, date, Target]]] = defaultdict(list)
    for row in book.targets:
        span = _span(book, row)
        if row.kpi and span and span[0].first <= span[1].last:
            spans[row.kpi].append((span[0].first, span[1].last, row))
    for rows in spans.values():
        rows.sort(key=lambda each: each[:2])
        for (_, before, earlier), (first, _, later) in pairwise(rows):
            if first <= before:
                message = f"{_row_of(later)} overlaps the one from {earlier.from_}."
                yield Problem(later.cell("from_"), message, cells(earlier, "until"))


@rule("KPI027", Severity.WARNING)
def ratio_is_averaged(book: Book) -> Iterator[Problem]:
    """A ratio's readings are averaged instead of added up.

    Why
        The mean of percentages is not the percentage of the whole: 50 % of 2 orders and 100 % of 98 make
        99 %, not 75 %. Where numerators and denominators are kept they can be added up.
    Fix
        Set *Aggregation* to ratio.
    Bad
        KPIs
        | KPI | Aggregation |
        |-----|-------------|
        | K07 | average [!] |

        Measurements
        | KPI | Period  | Numerator | Denominator |
        |-----|---------|-----------|-------------|
        | K07 | 2026-10 | 391       | 415         |
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
    if not has_column(book, Kpi, "aggregation"):
        return
    readings = book.measurements
    for kpi in live_kpis(book):
        if kpi.aggregation == "average":
            rows = book.readings_of.get(kpi.id, ())
            if any(readings.numerator[i] is not None and readings.denominator[i] for i in rows):
                message = f"{named(kpi)} keeps numerators and denominators, but is averaged."
                yield Problem(kpi.cell("aggregation"), message)


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
