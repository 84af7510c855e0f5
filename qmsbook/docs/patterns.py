"""The page docs/how-to-write-it.md: how targets, dates and frequencies may be written, and what is two KPIs.

What stands beside each spelling is what the readers make of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qmsbook.book.meant import refused
from qmsbook.book.said import direction_of, end_of, frequency_said
from qmsbook.book.spans import instead_of, span_said
from qmsbook.book.words import number, span_words
from qmsbook.book.written import Written, read_figure
from qmsbook.methods.yardstick import tolerance_of


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way in which plans are written, and the rows of KPIs that say the same."""

    title: str
    written: str
    why: str
    kpis: str


#: Each spelling with the unit of its KPI.
FIGURES = (
    ("≥ 95 %", "%"), (">= 95", "%"), ("at least 95", "%"), ("min. 95", "%"), ("95 % or more", "%"),
    ("95+", "%"),
    ("≤ 2", "count"), ("at most 2", "count"), ("max. 5", "days"), ("no more than 3", "count"),
    ("< 4", "days"), ("less than 4", "days"), ("> 60", "score"), ("more than 60", "score"),
    ("5-10", "days"), ("between 5 and 10", "days"), ("5 to 10", "days"), ("±10 %", "%"), ("8 ± 0.5", "mm"),
    ("zero", "count"), ("nil", "count"), ("none", "incidents"), ("4.5/5", "score"), ("1:30", "hours"),
    ("at least 2 a year", "count"),
)  # fmt: skip
REFUSED = (
    ("10% less than last year", "count"), ("+5%", "$k"), ("better than 2025", "%"), ("50k", "$"),
    ("$1.2M", "$k"),
    ("1:30", "min"), ("12 out of 15", "%"), ("from 80 to 95", "%"), ("±5 %", "mm"), ("$95,000", "$k"),
    ("30 €", "$"), ("90 %", "score"), ("half", "%"),
    ("100 in total", "homes"),
)  # fmt: skip
DIRECTIONS = ("grow", "increase", "at least", "reduce", "at most", "range", "maintain")
FREQUENCIES = (
    "annually", "per year", "twice a year", "semi-annual", "every 6 months", "half-year", "month",
    "each quarter",    "per project", "after each delivery", "as needed", "one-off",
)  # fmt: skip
IN_DOUBT = ("bimonthly", "every two weeks", "every two months", "every two years")
SPANS = ("rolling 12 months", "trailing twelve months", "rolling quarter", "R6", "YTD", "project to date")
ENDS = ("Q3 2026", "December 2026", "2026", "end of 2026", "31 December 2026", "ongoing", "each quarter")
TOLERANCES = (("0.03", "%"), ("±5 %", "days"), ("2 pp", "%"), ("10", "days"), ("two days", "days"))

PATTERNS = (
    Pattern(
        "Two conditions are two KPIs",
        "95 % of orders on time, and none more than five days late",
        "A KPI has one figure. Where both must hold, each is a KPI; both serve the same objective.",
        "| KPI | Name                       | Unit  | Target | Target on |\n"
        "|-----|----------------------------|-------|--------|-----------|\n"
        "| K1  | Orders shipped on time     | %     | ≥ 95 % | ongoing   |\n"
        "| K2  | Orders over five days late | count | zero   | ongoing   |",
    ),
    Pattern(
        "Each one above a value is the minimum",
        "Each supplier scores above 4",
        "The figure is the lowest score of all: read that, and name the supplier in *Comment*.",
        "| KPI | Name                    | Unit  | Target | Target on | Aggregation |\n"
        "|-----|-------------------------|-------|--------|-----------|-------------|\n"
        "| K1  | Lowest supplier's score | score | > 4    | ongoing   | minimum     |",
    ),
    Pattern(
        "A target by product line is a KPI each",
        "Scrap: castings 3 %, machined parts 1 %",
        "A mean of both would hide the one that slips. Each line has its own row, owner and target.",
        "| KPI | Name                  | Unit | Target | Target on     |\n"
        "|-----|-----------------------|------|--------|---------------|\n"
        "| K1  | Scrap, castings       | %    | ≤ 3 %  | December 2026 |\n"
        "| K2  | Scrap, machined parts | %    | ≤ 1 %  | December 2026 |",
    ),
    Pattern(
        "What is only to be held",
        "Keep customer satisfaction at 4.5 or better",
        "There is no way to go: with *Direction* maintain or *Target on* ongoing the target counts at once.",
        "| KPI | Name                  | Unit  | Direction | Target  |\n"
        "|-----|-----------------------|-------|-----------|---------|\n"
        "| K1  | Customer satisfaction | score | maintain  | ≥ 4.5/5 |",
    ),
    Pattern(
        "A few in a year",
        "At least two trainings a year, at most three complaints a year",
        "The figure is typed each month and held against the year: *Target is* year to date. "
        "No month is asked for its share of two.",
        "| KPI | Name           | Unit       | Target            | Target on | Target is    |\n"
        "|-----|----------------|------------|-------------------|-----------|--------------|\n"
        "| K1  | Trainings held | trainings  | at least 2 a year | ongoing   | year to date |\n"
        "| K2  | Complaints     | complaints | max. 3            | ongoing   | year to date |",
    ),
    Pattern(
        "A total over several years",
        "100 homes built by the end of 2027",
        "*Target is* since the start. Readings of what came on top are added up (*Aggregation* sum); those "
        "of what is there by then are taken as they are (last). *Baseline* is where the count began.",
        "| KPI | Unit  | Baseline | Baseline on | Target | Target on | Target is       | Aggregation |\n"
        "|-----|-------|----------|-------------|--------|-----------|-----------------|-------------|\n"
        "| K1  | homes | 0        | 2023-12-31  | ≥ 100  | 2027      | since the start | sum         |",
    ),
    Pattern(
        "What happens when it happens",
        "Each project is handed over within five days; the new hall is finished once",
        "No calendar asks for such a figure, and it is never overdue. It is judged at each reading; *Period* "
        "is the month, or the week where one month has several. What is read once is held against its target "
        "itself, and needs no *Baseline*.",
        "| KPI | Name               | Unit | Target        | Target on | Frequency   |\n"
        "|-----|--------------------|------|---------------|-----------|-------------|\n"
        "| K1  | Days to hand over  | days | within 5 days | ongoing   | per project |\n"
        "| K2  | Cost of the hall   | $k   | max. 900      | ongoing   | once        |",
    ),
    Pattern(
        "What is only watched",
        "The price of steel, the number of employees",
        "Such a figure is read and shown, and no target is asked for: *Active* watch.",
        "| KPI | Name           | Unit    | Target | Active |\n"
        "|-----|----------------|---------|--------|--------|\n"
        "| K1  | Price of steel | $ per t |        | watch  |",
    ),
)  # fmt: skip


def patterns_page() -> str:
    """How figures, directions, frequencies and ends may be written, and the patterns of whole statements."""
    parts = [
        "# How to write it down\n",
        "Targets may be written as your plan has them: the cells stay as you typed them. A sign fills a "
        "blank *Direction*, a range fills blank *Low* and *High*; where a sign and *Direction* say different "
        "things, [WBK081](rules/WBK.md#wbk081) tells it.\n",
        "## Target, Low, High and Baseline\n",
        _table(("you write", "unit", "it is read as"), [(t, u, _read(t, u)) for t, u in FIGURES]),
        "Excel makes a date of 5-10 and of 8/10 as you type: write *5 to 10*, and *8 out of 10*. It keeps "
        "1:30 as a part of a day; in a KPI of minutes, hours or days it is read as such, in any other "
        "refused.\n",
        "## What has no value of its own\n",
        "It is never read as the number that stands in it. [WBK080](rules/WBK.md#wbk080) works out what to "
        "type where last year's figure is known from the readings: *Last year was 132: type 118.8.*\n",
        _table(("you write", "unit", "what you are told"), [(t, u, _told(t, u)) for t, u in REFUSED]),
        "## Direction, Frequency, Target on, Tolerance\n",
        _table(("Direction", "it is read as"), [(word, _way(word)) for word in DIRECTIONS]),
        _table(("Frequency", "it is read as"), [(word, frequency_said(word) or "") for word in FREQUENCIES]),
        _table(("Frequency", "what you are told"), [(word, instead_of(word)) for word in IN_DOUBT]),
        "Days are not kept: `daily` is answered with the month's or the week's figure.\n",
        _table(("Target is", "it is read as"), [(word, span_said(word) or "") for word in SPANS]),
        _table(("Target on", "it is read as"), [(word, _end(word)) for word in ENDS]),
        _table(("Tolerance", "unit", "it is read as"), [(t, u, _tolerance(t, u)) for t, u in TOLERANCES]),
        "Quarters and years end as your fiscal year has them, and a month beside a fiscal year is the one "
        "inside it: where the year begins in April, *end of 2027* is 2027-03-31, *June FY2027* is "
        "2026-06-30, and *calendar year 2027* is 2027-12-31. [WBK085](rules/WBK.md#wbk085) tells the day "
        "that was read.\n",
        "## One statement, the right rows\n",
    ]
    for each in PATTERNS:
        parts.append(f"### {each.title}\n\n> {each.written}\n\n{each.why}\n\n{each.kpis}\n")
    return "\n".join(parts)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _read(text: str, unit: str) -> str:
    found = read_figure(text, unit)
    assert found is not None
    if found.value is None:
        return f"within {span_words(found.low, found.high, unit)}"
    more = {"higher": "more than ", "lower": "less than "} if found.strict else {}
    limit = {"higher": "at least ", "lower": "at most "} | more
    per = ", year to date" if found.per == "year" else ""
    return f"{limit.get(found.direction, '')}{number(found.value, 10)}{per}"


def _told(text: str, unit: str) -> str:
    found = read_figure(text, unit) or Written()
    if found.per == "total":
        return "It may be for this year or for all years: set *Target is* to say which."
    return refused(found, unit) or "what it comes to beside the other figure"


def _way(word: str) -> str:
    said = direction_of(word) or ""
    held = "to be held, as the sign in *Target* says: ≥ 95 or ≤ 95; without one you are asked"
    return held if said == "maintain" else said


def _end(word: str) -> str:
    found = end_of(word)
    return (
        ""
        if found is None
        else "no end: the target counts from the start"
        if found.always
        else str(found.day)
    )


def _tolerance(text: str, unit: str) -> str:
    found = tolerance_of(text, unit)
    assert found is not None
    if found.share:
        return f"{number(found.size * 100)} % of the plan"
    return f"{number(found.size)} {'points' if unit == '%' else unit}"
