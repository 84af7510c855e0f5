"""KPI: each KPI can be read, planned and judged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from qmsbook.book.book import Book
from qmsbook.book.spans import rolls
from qmsbook.book.tables import Kpi
from qmsbook.book.units import is_time
from qmsbook.methods.plan import SINCE_START, moves, says
from qmsbook.methods.target import tolerance_of
from qmsbook.rules.ask import (
    asked,
    cells,
    has_column,
    listed,
    live_kpis,
    named,
    number,
    raw,
    read_as,
    shown,
)
from qmsbook.rules.rule import Problem, Severity, rule
from qmsbook.rules.shapes import each, lacking


@rule("KPI001", Severity.ERROR, clause="6.2.1")
def kpi_without_target(book: Book) -> Iterator[Problem]:
    """A KPI has no target.

    Why
        Objectives must be measurable. Without a value to reach every figure is good enough, and no status
        can be worked out.
    Fix
        Enter the value to reach under *Target*. A figure that is only watched and that nobody wants to judge
        needs none: set *Active* to watch.
    Bad
        KPIs
        | KPI | Target |
        |-----|--------|
        | K07 | [!]    |
    Good
        KPIs
        | KPI | Target | Active |
        |-----|--------|--------|
        | K07 | 95     |        |
        | K08 |        | watch  |
    """
    yield from lacking(
        book, (kpi for kpi in live_kpis(book) if kpi.direction != "within" and not planned(book, kpi)),
        "target", "has no target", "direction",
    )  # fmt: skip


def planned(book: Book, kpi: Kpi) -> bool:
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
    yield from lacking(book, live_kpis(book), "unit", "has no unit")


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
    yield from lacking(book, live_kpis(book), "direction", "does not say which way is better")


def _wants_a_day(kpi: Kpi) -> bool:
    """Whether a target is to be reached by some day; what is read once has one too, though it has no way."""
    return moves(kpi) or (kpi.trajectory != "flat" and kpi.direction != "within")


@rule("KPI004", Severity.WARNING, clause="6.2.2")
def kpi_without_target_date(book: Book) -> Iterator[Problem]:
    """A KPI has a target but no date.

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
    yield from each(
        (kpi for kpi in asked(book, live_kpis(book), "target_on")
         if kpi.target_on is None and kpi.target is not None
         and _wants_a_day(kpi)),
        "target_on", "has a target of {target} but no day to reach it by", "trajectory", "direction",
    )  # fmt: skip


@rule("KPI005", Severity.ADVICE, clause="9.1.1", stage="audit-ready", quiet="alone")
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
    yield from each(
        (kpi for kpi in asked(book, live_kpis(book), "frequency")
         if raw(book, kpi, "frequency") is None and not read_as(book, kpi)),
        "frequency", "does not say how often it is read; it counts as monthly",
    )  # fmt: skip


@rule("KPI006", Severity.WARNING, clause="9.1.1", stage="audit-ready", quiet="alone")
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
    yield from lacking(
        book, live_kpis(book), "data_source", "does not say where its figure comes from", though_absent=True
    )


@rule("KPI007", Severity.WARNING, clause="6.2.2")
def baseline_without_date(book: Book) -> Iterator[Problem]:
    """A KPI has a baseline but no date.

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
    yield from each(
        (kpi for kpi in live_kpis(book)
         if kpi.baseline is not None and kpi.baseline_on is None and moves(kpi)),
        "baseline_on", "has a baseline of {baseline} but no date for it", "trajectory", "direction",
    )  # fmt: skip


@rule("KPI008", Severity.ADVICE, clause="6.2.1", stage="audit-ready", quiet="alone")
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
    yield from lacking(
        book, (kpi for kpi in live_kpis(book) if kpi.target is not None),
        "target_set_on", "does not say when its target was agreed", though_absent=True,
    )  # fmt: skip


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
    yield from each(
        (kpi for kpi in live_kpis(book) if kpi.weight == 0),
        "weight", "has a weight of 0 and counts for nothing",
    )  # fmt: skip


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
    yield from each(
        (kpi for kpi in live_kpis(book) if kpi.scale is not None and kpi.scale <= 0),
        "scale", "has a scale of {scale}",
    )  # fmt: skip


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
        if bounds_reversed_of(kpi):
            low, high = kpi.lowest_possible or 0.0, kpi.highest_possible or 0.0
            message = f"{named(kpi)} cannot be below {number(low)} nor above {number(high)}."
            yield Problem(kpi.cell("lowest_possible"), message)


def bounds_reversed_of(kpi: Kpi) -> bool:
    low, high = kpi.lowest_possible, kpi.highest_possible
    return low is not None and high is not None and low >= high


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


@rule("KPI034", Severity.WARNING, clause="9.1.1")
def time_over_a_span_is_averaged(book: Book) -> Iterator[Problem]:
    """Nobody says whether hours of several months are added up.

    Why
        20 hours of training in a year are the sum of its months; a lead time of 20 hours over the last 12 is
        their mean. Of time both may be meant, so nothing but a word under *Aggregation* can tell them apart:
        as long as it is blank they are averaged. If the sum was meant, a year's figure is twelve times too
        small.
    Fix
        Set *Aggregation* to sum where the target is for all the months together, to average where it is for
        each of them.
    Bad
        KPIs
        | KPI | Unit  | Target is    | Frequency | Aggregation |
        |-----|-------|--------------|-----------|-------------|
        | K07 | hours | rolling 12   | monthly   | [!]         |
        | K08 | days  | year to date | quarterly | [!]         |
    Good
        KPIs
        | KPI | Unit            | Target is    | Frequency | Aggregation |
        |-----|-----------------|--------------|-----------|-------------|
        | K07 | hours           | rolling 12   | monthly   | sum         |
        | K08 | days            | year to date | quarterly | average     |
        | K09 | hours           | each period  | monthly   |             |
        | K10 | hours           | year to date | yearly    |             |
        | K11 | orders per hour | rolling 12   | monthly   |             |
        | K12 | injuries        | rolling 12   | monthly   |             |
    """
    spans = [k for k in live_kpis(book) if k.target_is not in ("each period", SINCE_START)]
    for kpi in asked(book, spans, "aggregation", "unit"):
        asks = kpi.aggregation == "average" and is_time(kpi.unit) and kpi.frequency not in ("yearly", "once")
        if asks and raw(book, kpi, "aggregation") in (None, ""):
            over = f"over {rolls(kpi.target_is)} months" if rolls(kpi.target_is) else "year to date"
            message = f"{named(kpi)} is judged {over}; its {kpi.unit} are averaged, and nobody says so."
            yield Problem(kpi.cell("aggregation"), message, cells(kpi, "unit", "target_is", "frequency"))
