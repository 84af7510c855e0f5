"""KPI: rows of Targets that say more, less or something else than is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.period import Period
from qmsbook.book.tables import Target
from qmsbook.book.words import figure
from qmsbook.rules.ask import asked, cells, named
from qmsbook.rules.rule import Problem, Severity, rule


@rule("KPI031", Severity.WARNING)
def bounds_without_a_range(book: Book) -> Iterator[Problem]:
    """A row of Targets has Low or High, but its KPI has no range.

    Why
        *Low* and *High* replace the range of a KPI whose *Direction* is within. For any other they count for
        nothing, and the month is judged by the plan that was meant to be replaced.
    Fix
        Enter the value to reach under *Planned*; or set the KPI's *Direction* to within, and its own range.
    Bad
        KPIs
        | KPI | Direction |
        |-----|-----------|
        | K07 | higher    |

        Targets
        | KPI | From    | Planned | Low    | High |
        |-----|---------|---------|--------|------|
        | K07 | 2026-07 | 93      | 90 [!] | 96   |
    Good
        KPIs
        | KPI | Direction | Low | High |
        |-----|-----------|-----|------|
        | K07 | within    | 85  | 97   |

        Targets
        | KPI | From    | Planned | Low | High |
        |-----|---------|---------|-----|------|
        | K07 | 2026-07 |         | 90  | 96   |
    """
    for row in book.targets:
        kpi = book.kpi(row.kpi)
        if kpi is None or kpi.direction not in {"higher", "lower"} or row.planned is None:
            continue  # KPI024 tells that nothing is planned
        held = [name for name in ("low", "high") if getattr(row, name) is not None]
        if held:
            names = " and ".join(name.capitalize() for name in held)
            message = (
                f"The planned value for {row.kpi} from {row.from_} has {names}, but its KPI has no range."
            )
            yield Problem(row.cell(held[0]), message, cells(kpi, "direction"))


@rule("KPI032", Severity.ERROR)
def range_crossed_by_its_row(book: Book) -> Iterator[Problem]:
    """A bound of Targets lies beyond the KPI's other bound.

    Why
        A row of Targets may replace one bound of a range; the other stays as the KPI has it. Where the two
        cross, no figure can be within, and every month is off track.
    Fix
        Correct the bound, or enter the other one in the same row.
    Bad
        KPIs
        | KPI | Direction | Low | High |
        |-----|-----------|-----|------|
        | K07 | within    | 7   | 9    |

        Targets
        | KPI | From    | Planned | Low    | High |
        |-----|---------|---------|--------|------|
        | K07 | 2026-07 |         | 10 [!] |      |
    Good
        KPIs
        | KPI | Direction | Low | High |
        |-----|-----------|-----|------|
        | K07 | within    | 7   | 9    |

        Targets
        | KPI | From    | Planned | Low | High |
        |-----|---------|---------|-----|------|
        | K07 | 2026-07 |         | 10  | 12   |
    """
    for row in book.targets:
        kpi = book.kpi(row.kpi)
        if kpi is None or kpi.direction != "within" or (row.low is None) == (row.high is None):
            continue  # of two bounds in one row KPI011 tells
        name, other = ("low", "high") if row.high is None else ("high", "low")
        own, stays = getattr(row, name), getattr(kpi, other)
        if stays is not None and (own >= stays if name == "low" else own <= stays):
            message = (
                f"The planned value for {row.kpi} from {row.from_} has a {name.capitalize()} of "
                f"{figure(own, kpi.unit)}, and {named(kpi)} has a {other.capitalize()} of "
                f"{figure(stays, kpi.unit)}."
            )
            yield Problem(row.cell(name), message, cells(kpi, other, "direction"))


@rule("KPI033", Severity.ADVICE, stage="run")
def planned_value_for_one_period(book: Book) -> Iterator[Problem]:
    """A planned value does not say until when it counts.

    Why
        A blank *Until* means the first period only: from the next one on the old plan is back. That is right
        for a month of shutdown, and wrong for a revision that was meant to stay.
    Fix
        Enter the last period under *Until*; where one alone is meant, that one.
    Bad
        Targets
        | KPI | From    | Planned | Until |
        |-----|---------|---------|-------|
        | K07 | 2026-07 | 93      | [!]   |
    Good
        Targets
        | KPI | From    | Planned | Until   |
        |-----|---------|---------|---------|
        | K07 | 2026-07 | 93      | 2026-12 |
        | K08 | 2026-08 | 90      | 2026-08 |
        | K09 | 2026-07 | 91      |         |
        | K09 | 2026-08 | 92      |         |
    """
    planned: dict[str, list[tuple[Period, Period, Target]]] = defaultdict(list)
    for row in asked(book, book.targets, "from_", "until"):
        first, last = book.parse_period(row.from_), book.parse_period(row.until or row.from_)
        if first is not None and last is not None:
            planned[row.kpi].append((first, last, row))
    for key, spans in planned.items():
        firsts, lasts = {first.first for first, *_ in spans}, {last.last for _, last, _ in spans}
        for first, _, row in spans:
            # A season, month by month, has rows on either side.
            alone = first.next.first not in firsts and first.previous.last not in lasts
            if alone and not row.until and row.cell("until") not in book.unreadable and has_value(row):
                message = (
                    f"The planned value for {key} from {row.from_} has no Until: it counts for one period."
                )
                yield Problem(row.cell("until"), message)


def has_value(row: Target) -> bool:
    """Whether a row plans anything."""
    return any(value is not None for value in (row.planned, row.low, row.high))
