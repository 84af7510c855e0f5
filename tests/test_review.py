"""The composed review: judged as of its period's end, what is off plan first, nothing of later periods."""

from __future__ import annotations

from datetime import date

import pytest

from qmsbook.book import Book
from qmsbook.examples import read_example
from qmsbook.method import OFF_TRACK, ON_TRACK, OVERDUE
from qmsbook.reading import read_book
from qmsbook.section import Block, Chart, Counts, Entry, Heading, Points, Review, Rows, Said, Text
from qmsbook.sections import SECTIONS, compose, gather

PLAN = """
People
| Person | Role | Top management | Left on |
|---|---|---|---|
| Dana Whitfield | President | yes | |
| Erin Foster | Scheduler | no | |
| Walt Jensen | Setter | no | 2025-06-27 |
Goals
| Goal | Statement | Owner | Result KPI | Rank |
|---|---|---|---|---|
| G1 | Deliver what we promised | Dana Whitfield | K1 | 1 |
Objectives
| Objective | Statement | Supports | Owner | Vital few |
|---|---|---|---|---|
| O1 | Ship 95 % on time | G1 | Erin Foster | yes |
| O2 | Shorten lead time | G1 | Erin Foster | no |
KPIs
| KPI | Name | Supports | Owner | Unit | Direction | Trajectory | Target | Baseline | Baseline on | Aggregation | Tolerance |
|---|---|---|---|---|---|---|---|---|---|---|---|
| K1 | On-time delivery | O1 | Erin Foster | % | higher | flat | 90 | 86 | 2026-01-31 | average | 0.01 |
| K2 | Lead time | O2 | Dana Whitfield | days | lower | flat | 20 | 30 | 2026-01-31 | average | 0.01 |
Measurements
| KPI | Period | Value | Comment | Numerator | Denominator |
|---|---|---|---|---|---|
| K1 | 2026-07 | 80 | | | |
| K1 | 2026-08 | 81 | Two trucks broke down | | |
| K1 | 2026-09 | 82 | | | |
| K1 | 2026-10 | 99 | Later and better | | |
| K2 | 2026-07 | 15 | | | |
| K2 | 2026-08 | 15 | | | |
Actions
| Action | What | Serves | Owner | Due | State | Opened |
|---|---|---|---|---|---|---|
| A1 | Rent a truck | R9 | Erin Foster | 2026-10-01 | open | 2026-08-01 |
| A2 | Done long ago | K1 | Erin Foster | 2026-02-01 | done | 2026-01-01 |
Risks
| Risk | Kind | Goal | Description | Likelihood | Impact | Residual likelihood | Residual impact | Accepted by | State |
|---|---|---|---|---|---|---|---|---|---|
| R1 | threat | G1 | Small | 2 | 2 | 1 | 1 | | open |
| R2 | threat | G1 | Large | 5 | 5 | 4 | 4 | | open |
| R3 | opportunity | G1 | Second shift | 3 | 3 | 3 | 3 | | open |
Ideas
| Idea | Raised by | What happens | Suggestion | Answer |
|---|---|---|---|---|
| I1 | 2nd shift | Labels are late | Print earlier | |
"""  # noqa: E501 - the tables of the workbook are as wide as they are


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(read_example(PLAN).tables, date(2026, 11, 10))


def composed(book: Book, text: str = "2026-Q3") -> Review:
    period = book.parse_period(text)
    assert period is not None
    return compose(gather(book, period))


def under(review: Review, heading: str) -> list[Block]:
    """The blocks of a part."""
    blocks = list(review.blocks)
    start = next(i for i, b in enumerate(blocks) if isinstance(b, Heading) and b.text == heading)
    ends = [i for i, b in enumerate(blocks) if i > start and isinstance(b, Heading) and not b.minor]
    return blocks[start + 1 : min(ends, default=len(blocks))]


def table(review: Review, heading: str) -> Rows:
    return next(b for b in under(review, heading) if isinstance(b, Rows))


def words(rows: Rows) -> str:
    return "\n".join(v.lead + v.text + v.word if isinstance(v, Said) else v for row in rows.rows for v in row)


def test_a_kpi_is_judged_as_of_the_periods_end(book: Book) -> None:
    period = book.parse_period("2026-Q3")
    assert period is not None
    evidence = gather(book, period)
    assert evidence.as_of == date(2026, 9, 30)
    k1 = evidence.standings["K1"]
    assert (k1.word, k1.span.actual, k1.span.plan, k1.span.word) == (OFF_TRACK, 81.0, 90.0, OFF_TRACK)
    assert [p.text for p in k1.series.periods] == ["2026-07", "2026-08", "2026-09"]


def test_a_reading_missing_beyond_its_grace_makes_it_overdue_and_names_who(book: Book) -> None:
    review = composed(book)
    period = book.parse_period("2026-Q3")
    assert period is not None
    standing = gather(book, period).standings["K2"]
    assert standing.word == OVERDUE
    assert [p.text for p in standing.late] == ["2026-09"]
    said = " ".join(b.text for b in review.blocks if isinstance(b, Text))
    assert "5 of 6 readings of Jul-Sep 2026 are in." in said
    assert "Dana Whitfield (K2 for 2026-09)" in said


def test_no_word_of_a_later_period_is_in_it(book: Book) -> None:
    review = composed(book)
    everything = repr(review.blocks)
    assert "Later and better" not in everything
    assert "99" not in everything
    assert "Later and better" in repr(composed(book, "2026-Q4").blocks) or "97" not in everything


def test_page_one_says_where_we_are_what_is_asked_and_what_is_off(book: Book) -> None:
    review = composed(book)
    lead, counts = review.blocks[0], review.blocks[1]
    assert lead == Text(
        "Of 2 KPIs, 0 are on track, 0 at risk and 1 off track; 1 could not be judged.", large=True
    )
    assert isinstance(counts, Counts)
    heads = [b.text for b in review.blocks if isinstance(b, Heading) and not b.minor]
    assert heads[:3] == ["What is asked of this meeting", "What is off plan", "Results against our goals"]
    points = next(b for b in under(review, heads[0]) if isinstance(b, Points))
    assert [p.split()[0] for p in points.items] == ["Decide", "Finish,", "Accept", "Answer", "Ask"]
    off = words(table(review, "What is off plan"))
    assert "On-time delivery" in off
    assert "August 2026: Two trucks broke down" in off
    assert "No action yet." in off
    assert "81 %" in off


def test_threats_come_worst_first_and_opportunities_apart(book: Book) -> None:
    review = composed(book)
    threats = table(review, "Risks: what could stop us")
    assert [row[0].text for row in threats.rows if isinstance(row[0], Said)] == ["R2", "R1"]
    assert "Above the risk appetite of 12, and nobody has accepted it." in words(threats)
    assert "Second shift" in words(table(review, "Opportunities: what could carry us further"))


def test_open_actions_tell_their_age_and_whether_they_are_overdue(book: Book) -> None:
    actions = words(table(composed(book), "Open actions"))
    assert "Rent a truck" in actions
    assert "101 days" in actions
    assert "Overdue" in actions
    assert "Done long ago" not in actions


def test_each_of_the_vital_few_has_a_chart_that_says_its_message(book: Book) -> None:
    charts = [b for b in composed(book).blocks if isinstance(b, Chart)]
    assert [c.title for c in charts] == ["On-time delivery: 82 % against 90 % planned, off track"]
    assert charts[0].labels == ("Jul 26", "Aug 26", "Sep 26")
    assert "from 80 % in Jul 26 to 82 % in Sep 26 against 90 % planned" in charts[0].alt


def test_entry_areas_ask_for_what_a_review_must_settle(book: Book) -> None:
    entries = {e.name: e for e in composed(book).entries}
    assert list(entries) == ["Minutes", "Decisions", "Conclusions", "Attendance", "Staff", "Approval"]
    assert [row[0] for row in entries["Conclusions"].rows] == [
        "Suitability", "Adequacy", "Effectiveness", "Alignment with strategy",
    ]  # fmt: skip
    assert [row[0] for row in entries["Attendance"].rows] == ["Dana Whitfield", "Erin Foster"]
    owner = next(c for c in entries["Decisions"].columns if c.header == "Owner")
    assert owner.choices == ("Dana Whitfield", "Erin Foster")


def test_qmsbook_writes_no_decision_and_no_conclusion(book: Book) -> None:
    for entry in composed(book).entries:
        if entry.name != "Attendance":
            assert all(value is None for row in entry.rows for value in row[1:2])


def test_a_review_of_a_running_period_looks_as_far_as_the_day(book: Book) -> None:
    review = composed(book, "2026-Q4")
    assert review.as_of == date(2026, 11, 10)
    period = book.parse_period("2026-Q4")
    assert period is not None
    assert gather(book, period).standings["K1"].word == ON_TRACK


@pytest.mark.parametrize("text", ["2026-H1", "2026", "2026-08", "2026-W40", "2020-Q1"])
def test_any_period_can_be_reviewed(book: Book, text: str) -> None:
    assert composed(book, text).period == text


def test_an_empty_workbook_gives_a_review_too() -> None:
    review = composed(read_book([], date(2026, 11, 10)))
    assert isinstance(review.blocks[0], Text)
    assert all(isinstance(b, Entry | Heading | Text | Rows | Points) for b in review.blocks)


def test_every_section_says_what_it_is() -> None:
    assert all(section.__doc__ for section in SECTIONS)
