"""The composed review: judged as of its period's end, what is off track first, nothing of later periods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmsbook.book.book import Book
from qmsbook.book.reading import read_book
from qmsbook.methods import assess
from qmsbook.methods.method import OFF_TRACK, ON_TRACK, OVERDUE
from qmsbook.rules.culture import culture_not_on_the_agenda
from qmsbook.rules.examples import read_example
from qmsbook.rules.inputs import input_absent, input_stale
from qmsbook.rules.rule import check_with
from qmsbook.sections import SECTIONS, compose, gather
from qmsbook.sections.agenda import shared, weights
from qmsbook.sections.inputs import topics
from qmsbook.sections.section import (
    Block,
    Charts,
    Counts,
    Entry,
    Facts,
    Heading,
    Matrices,
    Points,
    Review,
    Reviewed,
    Rows,
    Said,
    Text,
)

PLAN = """
Settings
| Setting | Value |
|---|---|
| Small company people | 0 |
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


def facts(review: Review) -> dict[str, str]:
    """What is said beside a label, wherever it stands."""
    return {label: text for block in review.blocks if isinstance(block, Facts) for label, text in block.items}


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
    told = facts(review)
    assert told["Readings"] == "5 of 6 readings of Jul-Sep 2026 are in."
    assert told["Late"] == "Readings: Dana Whitfield (K2 for 2026-09). Actions: Erin Foster (A1)."


def test_no_word_of_a_later_period_is_in_it(book: Book) -> None:
    review = composed(book)
    everything = repr(review.blocks)
    assert "Later and better" not in everything
    assert "99" not in everything
    assert "Later and better" in repr(composed(book, "2026-Q4").blocks) or "97" not in everything


def test_page_one_says_where_we_are_what_is_asked_and_what_is_off(book: Book) -> None:
    review = composed(book)
    lead, counts = review.blocks[0], review.blocks[1]
    assert lead == Text("Of 2 KPIs, 1 is off track; 1 could not be judged.", large=True)
    assert isinstance(counts, Counts)
    heads = [b.text for b in review.blocks if isinstance(b, Heading) and not b.minor]
    assert heads[:5] == [
        "What this meeting has to decide", "Results against our goals",
        "What changed since Jun 30, 2026 (no earlier review is noted)", "Agenda: 90 minutes",
        "What is off track",
    ]  # fmt: skip
    points = next(b for b in under(review, heads[0]) if isinstance(b, Points))
    assert [p.split()[0] for p in points.items] == ["Decide", "Finish,", "Accept", "Give", "Ask"]
    assert "K2 (Lead time)" not in points.items[0]  # its reading is late; that is asked for
    off = words(table(review, "What is off track"))
    assert "On-time delivery" in off
    assert "August 2026: Two trucks broke down" in off
    assert "No action yet." in off
    assert "81 %" in off


def test_threats_come_worst_first_and_opportunities_apart(book: Book) -> None:
    review = composed(book)
    threats = table(review, "Risks: what could stop us")
    assert [row[0].text for row in threats.rows if isinstance(row[0], Said)] == ["R2"]
    assert "Above the risk appetite of 12, and nobody has accepted it." in words(threats)
    said = [b.text for b in under(review, "Risks: what could stop us") if isinstance(b, Text)]
    assert said == ["Small, and no more said of here: R1."]
    assert "Second shift" in words(table(review, "Opportunities: what could carry us further"))


def test_the_pictures_place_each_risk_by_what_is_left_of_it(book: Book) -> None:
    threats, chances = next(b for b in composed(book).blocks if isinstance(b, Matrices)).items
    assert threats.cells == {(1, 1): ("R1",), (4, 4): ("R2",)}
    assert (threats.levels[4, 4], threats.levels[3, 4], threats.levels[2, 2]) == ("bad", "warn", "good")
    assert "likelihood 4, how hard it hits 4: R2" in threats.alt
    assert chances.cells == {(3, 3): ("R3",)}
    assert set(chances.levels.values()) == {"none", "good"}


def test_open_actions_tell_whether_they_are_overdue(book: Book) -> None:
    actions = words(table(composed(book), "Open actions"))
    assert "Rent a truck for R9" in actions
    assert "Overdue" in actions
    assert "Done long ago" not in actions


def test_a_goal_and_a_vital_objective_that_share_a_kpi_share_its_chart(book: Book) -> None:
    charts = [chart for b in composed(book).blocks if isinstance(b, Charts) for chart in b.items]
    assert [c.title for c in charts] == ["G1, O1  On-time delivery: 82 %, plan 90 %, off track"]
    assert charts[0].labels == ("Jul 26", "Aug 26", "Sep 26")
    assert "from 80 % in Jul 26 to 82 % in Sep 26 against 90 % planned" in charts[0].alt


def test_entry_areas_ask_for_what_a_review_must_settle(book: Book) -> None:
    entries = {e.name: e for e in composed(book).entries}
    assert list(entries) == [
        "Choices", "Minutes", "Decisions", "Conclusions", "Attendance", "Staff", "Approval",
    ]  # fmt: skip
    assert [row[0] for row in entries["Conclusions"].rows] == [
        "Suitability", "Adequacy", "Effectiveness", "Alignment with strategy",
    ]  # fmt: skip
    assert [row[0] for row in entries["Attendance"].rows] == ["Dana Whitfield", "Erin Foster"]
    assert entries["Choices"].rows == (
        ("G1", "Deliver what we promised", None, None, None, "Off track"),
        ("O1", "Ship 95 % on time", None, None, None, "Off track"),
    )
    owner = next(c for c in entries["Decisions"].columns if c.header == "Owner")
    assert owner.choices == ("Dana Whitfield", "Erin Foster")


def test_qmsbook_writes_no_decision_and_no_conclusion(book: Book) -> None:
    for entry in composed(book).entries:
        if entry.name != "Attendance":
            theirs = [place for place, column in enumerate(entry.columns) if place and not column.ours]
            assert all(row[theirs[0]] is None for row in entry.rows), entry.name


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
    assert all(isinstance(b, Entry | Heading | Text | Rows | Points | Facts) for b in review.blocks)
    said = [block.empty for block in review.blocks if isinstance(block, Rows) and not block.rows]
    assert "No KPI was judged yet." in said
    assert not [words for words in said if "on track" in words]  # nothing was judged: nothing is praised


def test_every_section_says_what_it_is() -> None:
    assert all(section.__doc__ for section in SECTIONS)


# -- what earlier reviews have to do with it ----------------------------------------------------------------

HISTORY = """
Settings
| Setting | Value |
|---|---|
| Small company people | 0 |
People
| Person | Top management | Left on |
|---|---|---|
| Dana Whitfield | yes | |
| Walt Jensen | no | 2026-06-27 |
Goals
| Goal | Statement | Owner | Result KPI | Rank |
|---|---|---|---|---|
| G1 | Deliver what we promised | Dana Whitfield | K1 | 1 |
Objectives
| Objective | Statement | Supports | Owner | Vital few | Set on |
|---|---|---|---|---|---|
| O1 | Ship 95 % on time | G1 | Dana Whitfield | yes | 2026-01-20 |
| O2 | Win two medical customers | G1 | Dana Whitfield | no | 2026-06-01 |
KPIs
| KPI | Name | Supports | Owner | Unit | Direction | Trajectory | Target | Baseline | Baseline on | Aggregation | Tolerance | Target set on | Target on |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
| K1 | On-time delivery | O1 | Dana Whitfield | % | higher | flat | 90 | 86 | 2025-01-31 | average | 0.01 | 2025-01-31 | 2027-12-31 |
| K2 | Lead time | O1 | Walt Jensen | days | lower | flat | 20 | 30 | 2025-01-31 | average | 0.01 | 2025-01-31 | 2027-12-31 |
Measurements
| KPI | Period | Value | Comment | Numerator | Denominator |
|---|---|---|---|---|---|
| K1 | 2026-01 | 80 | | | |
| K1 | 2026-02 | 80 | | | |
| K1 | 2026-03 | 80 | | | |
| K1 | 2026-09 | 82 | | | |
| K2 | 2026-03 | 15 | | | |
| K2 | 2026-08 | 25 | Counted again by hand | | |
| K2 | 2026-09 | 25 | | | |
Actions
| Action | What | Serves | Owner | Due | State | Opened | Closed | Effect |
|---|---|---|---|---|---|---|---|---|
| A1 | Rent a truck | K1 | Dana Whitfield | 2025-09-30 | open | 2025-08-01 | | |
| A2 | Buy a truck | K1 | Dana Whitfield | 2026-06-01 | done | 2026-05-01 | 2026-06-10 | 2 days faster |
| A3 | Ask the carrier | D2 | Walt Jensen | 2026-12-01 | open | 2026-05-01 | | |
Ideas
| Idea | Raised by | What happens | Suggestion | Answer | Raised on | Answered on | Led to |
|---|---|---|---|---|---|---|---|
| I1 | 2nd shift | Labels are late | Print earlier | | 2025-09-01 | | |
| I2 | Cell 4 | Jaws are missing | Order spares | Yes, ordered. | 2026-06-01 | 2026-06-05 | A2 |
| I3 | Cell 4 | It is dark | Lamps | Yes, done. | 2025-02-01 | 2025-02-05 | |
Reviews
| Review | Period | Held on | State | Approved by |
|---|---|---|---|---|
| MR-A | 2025-Q3 | 2025-10-20 | closed | Dana Whitfield |
| MR-B | 2026-Q1 | 2026-04-20 | closed | Dana Whitfield |
| MR-C | 2026-Q3 | 2026-10-20 | draft | |
Decisions
| Decision | Review | Clause | Decision text | Owner | Due | Result |
|---|---|---|---|---|---|---|
| D1 | MR-A | improvement | Label at the dock | Dana Whitfield | 2025-12-31 | |
| D2 | MR-B | resources | One more carrier | Dana Whitfield | 2026-12-31 | |
| D3 | MR-B | none needed | The system fits | Dana Whitfield | 2026-04-20 | |
| D4 | MR-B | improvement | Count by scanner | Dana Whitfield | 2026-06-30 | Scanners run since June |
Waivers
| Code | Row | Reason | By | Until |
|---|---|---|---|---|
| ACT010 | A1 | The truck comes in December | Dana Whitfield | 2026-12-31 |
| ACT010 | A9 | Long over | Dana Whitfield | 2026-01-31 |
Inputs
| Clause | Summary | As of | Source | By |
|---|---|---|---|---|
| c1 | Praise for quick answers | 2026-10-08 | Survey | Dana Whitfield |
| c6 | One minor point | 2026-03-15 | Audit report | Dana Whitfield |
| c7 | Two late suppliers | 2024-03-15 | Scorecards | Dana Whitfield |
| c4 | n/a | 2026-10-08 | | |
Context
| Issue | Kind | Description | Relevant | Since | Last reviewed |
|---|---|---|---|---|---|
| C1 | external | Shorter lead times | yes | 2026-07-01 | 2026-10-01 |
| C2 | climate change | Heat stops the plater | no | 2025-01-01 | 2026-10-01 |
"""  # noqa: E501 - the tables of the workbook are as wide as they are


@pytest.fixture(scope="module")
def later() -> Book:
    return read_book(read_example(HISTORY).tables, date(2026, 11, 10))


def ids(rows: Rows) -> list[str]:
    return [row[0].text if isinstance(row[0], Said) else row[0] for row in rows.rows]


def row_of(rows: Rows, key: str) -> str:
    found = next(row for row in rows.rows if isinstance(row[0], Said) and row[0].text == key)
    return " | ".join(v.lead + v.text + v.word if isinstance(v, Said) else v for v in found)


def test_what_changed_is_told_since_the_last_review(later: Book) -> None:
    review = composed(later)
    heads = [b.text for b in review.blocks if isinstance(b, Heading)]
    assert "What changed since MR-B (Apr 20, 2026)" in heads
    told = facts(review)
    assert told["Worse"] == "K2 (Lead time) from on track to off track."
    assert told["Better"] == "No KPI changed for the better."
    assert told["Plan"] == "New: O2 (Win two medical customers)."
    assert told["Actions"] == "1 finished (1 with its effect told), 2 begun, 2 open now."
    assert told["Ideas"] == "1 idea raised, 1 answered, 1 without an answer."
    assert told["Around us"] == "New: C1 (Shorter lead times); Walt Jensen left on Jun 27, 2026."


def test_the_last_decisions_come_with_what_became_of_them(later: Book) -> None:
    rows = table(composed(later), "What became of the last decisions")
    assert ids(rows) == ["D1", "D2", "D4"]  # D1 is of the review before that, and not settled
    assert "Overdue" in row_of(rows, "D1")
    assert "no result yet. Action A3: open." in row_of(rows, "D2")
    assert "settled | Count by scanner: Scanners run since June." in row_of(rows, "D4")


def test_a_very_long_action_or_decision_makes_no_row_that_excel_cannot_show(later: Book) -> None:
    long = "word " * 1000
    book = later.changed(
        actions=tuple(each.changed(what=long) for each in later.actions),
        decisions=tuple(each.changed(decision_text=long) for each in later.decisions),
    )
    for heading in ("What became of the last decisions", "What keeps coming back"):
        leads = [
            each.lead for row in table(composed(book), heading).rows for each in row if isinstance(each, Said)
        ]
        assert any(lead.startswith("word word") for lead in leads), heading
        assert all(len(lead) <= 400 for lead in leads), heading


def test_what_keeps_coming_back_says_how_often(later: Book) -> None:
    rows = table(composed(later), "What keeps coming back")
    assert ids(rows) == ["A1", "I1", "K1", "D1"]
    assert row_of(rows, "A1").startswith("A1 | 3 reviewsOff track | Rent a truck for K1 (On-time delivery)")
    assert "2 readings" in row_of(rows, "K1")
    points = next(b for b in composed(later).blocks if isinstance(b, Points)).items
    again = next(point for point in points if point.startswith("Settle"))
    assert "I1 (Labels are late, 2 reviews)" in again
    assert "A1" not in again  # somebody decided that it may wait


def test_ideas_new_or_unanswered_are_told_and_older_ones_counted(later: Book) -> None:
    review = composed(later)
    heading = "Ideas of the people who do the work"
    assert ids(table(review, heading)) == ["I1", "I2"]
    assert "A2 done" in row_of(table(review, heading), "I2")
    assert any(isinstance(b, Text) and b.text.startswith("1 older idea was") for b in under(review, heading))


def test_each_topic_of_the_review_is_provided_stale_absent_or_covered(later: Book) -> None:
    period = later.parse_period("2026-Q3")
    assert period is not None
    found = {t.letter: t for t in topics(gather(later, period))}
    assert {letter: t.state for letter, t in found.items()} == {
        "a": "provided", "b": "provided", "c1": "provided", "c2": "provided", "c3": "provided",
        "c4": "absent", "c5": "provided", "c6": "covered in MR-B", "c7": "stale", "d": "absent",
        "e": "absent", "f": "stale",
    }  # fmt: skip
    assert (found["c1"].source, found["c1"].as_of) == ("Survey", date(2026, 10, 8))
    assert (found["b"].source, found["b"].as_of) == ("Context", date(2026, 10, 1))
    assert "Climate change: looked at, and it does not matter." in found["b"].said
    assert found["f"].as_of == date(2026, 6, 5)


#: What people type into Inputs besides: clause, summary, as of.
ODD_INPUTS: tuple[tuple[str, str, date | None], ...] = (
    ("c7", "TBD", date(2026, 10, 20)),  # the row before it says more
    (" D ", "Enough people", None),  # as of when?
    ("C6", "Two minor points, closed", date(2026, 10, 1)),  # newer than c6
)


@pytest.mark.parametrize("odd", [(), ODD_INPUTS])
@pytest.mark.parametrize("edition", ["2015", "2026"])
def test_the_rules_ask_for_what_the_review_shows_as_absent_or_stale(
    later: Book, edition: str, odd: Sequence[tuple[str, str, date | None]]
) -> None:
    """Before the meeting nobody is asked for what the review finds by itself, and for nothing too little."""
    own = next(row for row in later.reviews if row.period == "2026-Q3")
    coming = own.changed(state="planned", held_on=later.on)
    reviews = tuple(coming if row is own else row for row in later.reviews)
    settings = later.settings.changed(iso_edition=edition, stage="audit-ready")
    typed = [
        later.inputs[0].changed(clause=clause, summary=summary, as_of=day) for clause, summary, day in odd
    ]
    inputs = (*later.inputs, *typed)
    book = later.changed(reviews=reviews, settings=settings, inputs=inputs)
    period = book.parse_period("2026-Q3")
    assert period is not None
    rules = (input_absent, input_stale, culture_not_on_the_agenda)
    asked = [f.message for f in check_with(rules, book, assess(book))]
    absent = re.findall(r"\b([a-f][0-9]?) \(", next(text for text in asked if "still lacks" in text))
    absent += ["g"] * any("(g)" in text for text in asked)
    told = "\n".join(asked).casefold()
    stale = re.findall(r"looks at .*? \(([a-f][0-9]?)\):|^input +([a-f][0-9]?) ", told, re.M)
    found = topics(gather(book, period))
    assert absent == [t.letter for t in found if t.state == "absent"]
    assert {one or other for one, other in stale} == {t.letter for t in found if t.state == "stale"}


def test_the_2026_edition_asks_for_parties_and_opportunities_apart(later: Book) -> None:
    book = later.changed(settings=later.settings.changed(iso_edition="2026"))
    rows = table(composed(book), "What else the review looks at")
    assert ids(rows)[:4] == ["a", "b", "b2", "c1"]
    assert "e2" in ids(rows)
    said = [b.text for b in under(composed(book), "What else the review looks at") if isinstance(b, Text)]
    assert "confirm against your copy" in said[0]


def test_a_topic_of_ones_own_is_told_too(later: Book) -> None:
    own = later.inputs[0].changed(clause="x1", summary="Our own topic")
    rows = table(composed(later.changed(inputs=(*later.inputs, own))), "What else the review looks at")
    assert ids(rows)[-1] == "x1"


def test_figures_changed_after_a_closed_review_are_told(later: Book) -> None:
    period = later.parse_period("2026-Q3")
    assert period is not None
    had = [
        Reviewed("K1", "2026-03", 79.0, "2026-Q1"), Reviewed("K1", "2026-02", 80.0, "2026-Q1"),
        Reviewed("K2", "2026-08", 24.0, "2026-08"), Reviewed("K2", "2026-02", 15.0, "2026-Q1"),
        Reviewed("K9", "2026-02", 15.0, "2026-Q1"),
    ]  # fmt: skip
    review = compose(gather(later, period, had))
    rows = table(review, "For the record")
    assert ids(rows) == ["K1", "K2", "K2"]
    assert "No comment says why. | 2026-Q1 | 79 % | 80 %" in row_of(rows, "K1")
    assert "Counted again by hand" in row_of(rows, "K2")
    assert rows.rows[2][5] == "taken out"
    assert review.figures["K1"] == {"2026-03": 80.0, "2026-09": 82.0}
    assert review.figures["K2"] == {"2026-08": 25.0, "2026-09": 25.0}


def test_people_who_left_and_waivers_stand_in_the_record(later: Book) -> None:
    blocks = [b for b in under(composed(later), "For the record") if isinstance(b, Facts)]
    told = dict(blocks[0].items)
    assert told["Left"].startswith("Walt Jensen left on Jun 27, 2026 and still owns K2 (Lead time) and A3")
    assert "until Dec 31, 2026): The truck comes in December." in told["Waived: A1"]
    assert "Waived: A9" not in told


def test_the_agenda_adds_up_to_the_meetings_length(later: Book) -> None:
    for length in (15, 45, 60, 90, 100, 125, 480):
        book = later.changed(settings=later.settings.changed(review_minutes=length))
        review = composed(book)
        assert f"Agenda: {length} minutes" in [b.text for b in review.blocks if isinstance(b, Heading)]
        parts = [part.rsplit(" ", 1) for part in facts(review)["Minutes"].split(" \u00b7 ")]
        assert sum(int(minutes) for _, minutes in parts) == length


@given(st.integers(1, 960), st.lists(st.floats(0.5, 50), min_size=1, max_size=12))
def test_minutes_are_shared_without_rest(length: int, sizes: list[float]) -> None:
    given_out = shared(length, {f"part {n}": size for n, size in enumerate(sizes)})
    assert sum(given_out.values()) == length
    assert all(minutes >= 0 for minutes in given_out.values())
    assert length < len(sizes) or all(given_out.values())


def test_what_is_off_plan_gets_more_of_the_meeting_the_more_there_is(book: Book, later: Book) -> None:
    period = book.parse_period("2026-Q3")
    assert period is not None
    calm = book.changed(kpis=(), measurements=replace(book.measurements))
    assert weights(gather(book, period))["Off track"] > weights(gather(calm, period))["Off track"]


def test_proposals_come_with_evidence_and_a_question() -> None:
    met = "\n".join(f"| K2 | 2026-{month:02d} | 15 | | | |" for month in range(3, 10))
    text = re.sub(r"\| K2 \| 2026-\d\d .*\n", "", HISTORY).replace("Actions\n", f"{met}\nActions\n", 1)
    text = text.replace(
        "| Small company people | 0 |", "| Small company people | 0 |\n| Always met months | 6 |"
    )
    review = composed(read_book(read_example(text).tables, date(2026, 11, 10)))
    rows = table(review, "Retire, raise or rework")
    assert "Tighten?" in row_of(rows, "K2")
    assert "Lead time met its final target in each of the last 6 periods." in row_of(rows, "K2")
    assert "To decide: Tighten the target, read it less often" in row_of(rows, "K2")  # lower is better
    assert row_of(rows, "K2").endswith("15 days | 20 days")
    points = next(b for b in review.blocks if isinstance(b, Points)).items
    assert any("ighten the target of K2 (Lead time)" in point for point in points)
