"""What a review says of figures seldom read: what changed, what keeps coming back, what is lacking."""

from __future__ import annotations

from typing import Any

import pytest
from judged import make, read
from review_said import said

from qmsbook.book.book import Book
from qmsbook.methods import assess
from qmsbook.rules.steps import steps
from qmsbook.sections import compose, gather
from qmsbook.sections.followup import stuck
from qmsbook.sections.inputs import topics
from qmsbook.sections.section import Evidence, Facts, Heading, Rows

#: A yearly figure with a flat target of 90.
YEARLY: dict[str, Any] = {
    "Frequency": "yearly", "Trajectory": "flat", "Target": 90, "Baseline": "", "Baseline on": "",
    "Unit": "points",
    "Highest possible": "",
}  # fmt: skip
MONTHLY: dict[str, Any] = {**YEARLY, "Frequency": "monthly"}
#: Three quarterly reviews that were held, of the quarters up to the second of 2026.
HELD = [
    {"Review": f"MR-{period}", "Period": period, "State": "closed", "Held on": day}
    for period, day in (("2025-Q4", "2026-01-20"), ("2026-Q1", "2026-04-20"), ("2026-Q2", "2026-07-20"))
]


def years(**values: Any) -> list[dict[str, Any]]:
    """Readings by KPI and year: ``K1=(88, 85)`` are those of 2024 and 2025."""
    return [
        {"KPI": key, "Period": str(2026 - len(held) + at), "Value": value}
        for key, held in values.items()
        for at, value in enumerate(held)
    ]


def evidence(book: Book, period: str = "2026-Q3") -> Evidence:
    of = book.parse_period(period)
    assert of is not None
    return gather(book, of)


def fact(book: Book, label: str, period: str = "2026-Q3") -> str:
    blocks = compose(evidence(book, period)).blocks
    return next(
        text for block in blocks if isinstance(block, Facts) for name, text in block.items if name == label
    )


#: Readings of a monthly KPI from April 2026 on (None: not read), and what is said to have become worse.
COMPARED: list[tuple[tuple[Any, ...], str]] = [
    ((95, 95, 95, 95, 95, 95), "No KPI changed for the worse."),
    ((95, 95, 95, 95, 95, 80), "K1 (On-time delivery) from on track to off track."),
    ((80, 80, 80, 95, 95, 95), "No KPI changed for the worse."),
    ((95, 95, None, 80, 80, 80), "K1 could not be compared."),  # May does not stand in for June
    ((95, 95, "", 80, 80, 80), "K1 could not be compared."),
    ((None, None, None, 95, 95, 80), "K1 could not be compared."),
    ((95, 95, 95, 95, 95, None), "K1 could not be compared."),  # nor August for September
    ((None,) * 6, "K1 could not be compared."),
    (
        (95, 95, 95, None, None, 80),
        "K1 (On-time delivery) from on track to off track.",
    ),  # June and September count
    ((80, 80, 95, 95, 95, 95), "No KPI changed for the worse."),
    ((80, 80, 80, 80, 80, 80), "No KPI changed for the worse."),
    ((95, 95, 95, 80, 80, 95), "No KPI changed for the worse."),
]


@pytest.mark.parametrize(("months", "said"), COMPARED)
def test_what_could_not_be_compared_is_told(months: tuple[Any, ...], said: str) -> None:
    book = make(
        MONTHLY, readings=read(*months, first="2026-04") or [{"KPI": ""}], Reviews=HELD, on="2026-10-15"
    )
    assert fact(book, "Worse") == said


def test_what_could_be_compared_beside_what_could_not() -> None:
    two = [MONTHLY, {**MONTHLY, "KPI": "K2", "Name": "Scrap"}]
    good = read(95, 95, 95, 95, 95, 95, first="2026-04")
    book = make(*two, readings=[*good, *read(80, first="2026-09", kpi="K2")], Reviews=HELD)
    assert fact(book, "Worse") == ("Not K1, the only one that could be compared. K2 could not be compared.")
    worse = read(95, 95, 95, 95, 95, 80, first="2026-04")
    book = make(*two, readings=[*worse, *read(80, first="2026-09", kpi="K2")], Reviews=HELD)
    assert fact(book, "Worse") == (
        "K1 (On-time delivery) from on track to off track. K2 could not be compared."
    )
    assert fact(book, "Better") == "Not K1, the only one that could be compared."


def test_what_is_paused_is_not_compared() -> None:
    paused = {**MONTHLY, "KPI": "K2", "Active": "no"}
    readings = read(95, 95, 95, 95, 95, 95, first="2026-04")
    assert (
        fact(make(MONTHLY, paused, readings=readings, Reviews=HELD), "Worse")
        == "No KPI changed for the worse."
    )


def test_a_yearly_reading_that_both_reviews_see_has_not_changed() -> None:
    assert (
        fact(make(YEARLY, readings=years(K1=(95, 80)), Reviews=HELD), "Worse")
        == "No KPI has a newer reading."
    )
    book = make(YEARLY, readings=years(K1=(95, 80)), Reviews=[{**HELD[0], "Period": "2025-Q3"}])
    assert fact(book, "Worse", "2025-Q4").startswith("K1 (On-time delivery) from on track to off track")


#: What was read, and what keeps coming back: in readings, however many reviews saw one.
AGAIN: list[tuple[dict[str, Any], list[dict[str, Any]], list[tuple[str, str]]]] = [
    (YEARLY, years(K1=(80,)), []),  # three reviews saw the one figure of 2025
    (YEARLY, years(K1=(95, 80)), []),
    (YEARLY, years(K1=(80, 80)), []),  # that of 2024 no review on record has seen
    (MONTHLY, read(80, 80, 80, 80, first="2026-06"), [("K1", "4 readings")]),
    (MONTHLY, read(95, 95, 80, 80, first="2026-06"), []),
    (MONTHLY, read(80, 80, 80, 95, first="2026-06"), []),
    (MONTHLY, read(80, 80, first="2026-08"), []),
    (MONTHLY, read(80, 80, 80, 80, 80, 80, 80, first="2026-03"), [("K1", "7 readings")]),
    (MONTHLY, read(95, 80, 80, 80, 80, first="2026-05"), [("K1", "4 readings")]),
    (MONTHLY, read(80, 80, 80, 95, 80, first="2026-05"), [("K1", "3 readings")]),  # June, July, September
    (MONTHLY, read(95, 95, 95, 95, 95, first="2026-05"), []),
    (MONTHLY, read(80, 80, 80, 80, 80, 80, 80, 80, 95, first="2026-01"), []),
]


@pytest.mark.parametrize(("kpi", "readings", "again"), AGAIN)
def test_what_keeps_coming_back_is_counted_in_readings(
    kpi: dict[str, Any], readings: list[dict[str, Any]], again: list[tuple[str, str]]
) -> None:
    found = stuck(evidence(make(kpi, readings=readings, Reviews=HELD, on="2026-10-15")))
    assert [(key.split()[0], times) for key, times in found] == again


def test_two_yearly_readings_off_track_are_two() -> None:
    held = [{**HELD[0], "Period": "2024-Q4", "Review": "MR-2024-Q4", "Held on": "2025-01-20"}, *HELD]
    book = make(YEARLY, readings=years(K1=(80, 80)), Reviews=held)
    assert stuck(evidence(book)) == [("K1", "2 readings")]


def test_a_period_in_which_nothing_is_due_says_so() -> None:
    book = make(YEARLY, readings=years(K1=(95,)))
    assert fact(book, "Readings") == "None is due in Jul-Sep 2026; what is judged here was read before."
    assert fact(book, "Readings", "2025") == "1 of 1 reading of Jan-Dec 2025 is in."


@pytest.mark.parametrize(
    ("more", "letter", "state"),
    [
        (
            {"readings": years(K1=(95,))},
            "c2",
            "provided",
        ),  # a year's figure, read of the last year that is over
        ({"readings": [{"KPI": "K1", "Period": "2023", "Value": 95}]}, "c2", "stale"),
        ({"readings": [{"KPI": ""}]}, "c2", "absent"),
        ({"Risks": [{"Risk": "R1", "Kind": "threat", "Description": "Fire"}]}, "e", "stale"),  # without a day
        ({"Risks": [{"Risk": "R1", "Kind": "threat", "Last reviewed": "2026-08-01"}]}, "e", "provided"),
        ({}, "e", "absent"),
        ({"Ideas": [{"Idea": "I1", "What happens": "Trays are short"}]}, "f", "stale"),
        (
            {"Reviews": [{"Review": "MR", "Period": "2026-Q3", "State": "planned"}]},
            "a",
            "provided",
        ),  # the first
    ],
)
def test_what_the_review_shows_two_pages_on_is_not_absent(
    more: dict[str, Any], letter: str, state: str
) -> None:
    book = make(YEARLY, **more)
    assert {topic.letter: topic.state for topic in topics(evidence(book))}[letter] == state


def rows_of(book: Book, heading: str) -> list[str]:
    found = list(compose(evidence(book)).blocks)
    at = next(at for at, block in enumerate(found) if isinstance(block, Heading) and block.text == heading)
    rows = next(block for block in found[at:] if isinstance(block, Rows)).rows
    return [
        " | ".join(c if isinstance(c, str) else f"{c.word}:{c.lead}{c.text}" for c in row) for row in rows
    ]


def test_a_row_has_one_status_and_that_of_the_span_in_words() -> None:
    counts = {**MONTHLY, "Unit": "complaints", "Direction": "lower", "Target": 2, "Aggregation": "sum"}
    [row] = rows_of(make(counts, readings=read(4, 3, 1, first="2026-07")), "What is off track")
    assert row.startswith(":K1 | On track: | :On-time delivery (added up); off track over Jul-Sep 2026\n")
    assert row.endswith("| :8 complaints | 6 complaints")
    [row] = rows_of(make(counts, readings=read(4, 3, 3, first="2026-07")), "What is off track")
    assert row.endswith("| Off track:10 complaints | 6 complaints")
    assert "over Jul-Sep" not in row


def test_who_shares_the_work_is_told_beside_the_owner() -> None:
    book = make(
        MONTHLY, readings=read(95, first="2026-09"), Goals=[{"Goal": "G1", "Statement": "Grow"}],
        Objectives=[{"Objective": "O1", "Statement": "On time", "Supports": "G1", "Owner": "Erin Foster",
                     "With": "Luis Ortega, Tom Hayes"}],
    )  # fmt: skip
    told = next(row for row in rows_of(book, "Objectives") if row.startswith(":O1"))
    assert ":On time (with Luis Ortega and Tom Hayes) | Erin Foster" in told


def test_what_was_typed_and_cannot_be_read_is_nobodys_delay() -> None:
    rows = read(*[12_000.0] * 3, "12,000", *[12_000.0] * 4, "n/a of it")
    book = make({"Unit": "$", "Owner": "Erin Foster", "Target": 15000, "Baseline": 9000}, readings=rows)
    year = book.parse_period("2026")
    assert year is not None
    evidence = gather(book, year)
    assert evidence.standings["K1"].word == "Bad value"
    told = " ".join(said(compose(evidence)))
    assert "Readings: nobody" in told
    assert "are late" not in told
    assert "Correct what was typed and cannot be used: K1 for 2026-04 and 2026-09." in told
    assert "K1 | [Bad value]" in told


def test_a_kpi_whose_only_figure_cannot_be_read_was_read() -> None:
    book = make(
        {"Unit": "$", "Owner": "Erin Foster"}, {"KPI": "K2"}, readings=[*read("soon"), *read(9, kpi="K2")]
    )
    assert not [step for step in steps(book) if "never read" in step.missing]


def _review(book: Book, period: str) -> str:
    found = book.parse_period(period)
    assert found is not None
    return " ".join(said(compose(gather(book, found))))


@pytest.mark.parametrize(
    ("often", "period", "actual"),
    [("when it happens", "2026-08", "no reading"), ("half-yearly", "2026-H1", "not due")],
)
def test_the_comment_stands_by_the_reading_that_is_judged(often: str, period: str, actual: str) -> None:
    reading = {"KPI": "K1", "Period": period, "Value": 60, "Comment": "Two mills on strike"}
    book = make({"Frequency": often, "Trajectory": "flat"}, readings=[reading])
    told = _review(book, "2026-09")
    assert "Two mills on strike" in told
    assert f"| {actual} |" in told


@pytest.mark.parametrize(
    ("kpi", "figures"),
    [({"Direction": "lower", "Target": 4}, (5, 4)), ({"Direction": "higher", "Target": 2}, (1, 0))],
)
def test_a_new_years_count_is_no_better_than_the_old_one(
    kpi: dict[str, Any], figures: tuple[int, int]
) -> None:
    count = {"Unit": "cases", "Target is": "year to date", "Frequency": "half-yearly", "Trajectory": "flat"}
    readings = [
        {"KPI": "K1", "Period": period, "Value": value}
        for period, value in (("2025-H1", 0), ("2025-H2", figures[0]), ("2026-H1", figures[1]))
    ]
    book = make({**count, "Baseline": "", "Baseline on": "", **kpi}, readings=readings)
    told = _review(book, "2026-H1")
    assert "from off track" not in told
    assert "K1 could not be compared." in told
    over = [*readings, {"KPI": "K1", "Period": "2026-H2", "Value": 2 if kpi["Direction"] == "higher" else 0}]
    whole = make({**count, "Baseline": "", "Baseline on": "", **kpi}, readings=over, on="2027-01-20")
    assert "Better: K1" in _review(whole, "2026")


def test_a_month_with_nothing_to_count_is_not_to_be_corrected() -> None:
    ratio = {
        "Numerator": "lots rejected",
        "Denominator": "lots",
        "Aggregation": "ratio",
        "Trajectory": "flat",
    }
    counts = [(1, 20), (0, 0), (2, 20)]
    rows = [
        {"KPI": "K1", "Period": f"2026-0{month}", "Value": "", "Numerator": above, "Denominator": below}
        for month, (above, below) in enumerate(counts, 1)
    ]
    book = make(ratio, readings=rows, on="2026-04-15")
    assert assess(book).kpis["K1"].series.bad
    assert "cannot be used" not in _review(book, "2026-Q1")
