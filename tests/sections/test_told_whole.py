"""What is told is told whole: of which part of the year, beside which status, and all of what there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from judged import make, read
from review_said import said
from trades import ON, build

from qmsbook.book.book import Book
from qmsbook.commands import look
from qmsbook.hosts.file.host import FileHost
from qmsbook.mail.plain import plain
from qmsbook.mail.summary import review_letter
from qmsbook.methods import assess
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Severity
from qmsbook.sections import compose, gather
from qmsbook.sections.evolution import asked, proposals
from qmsbook.sections.headlines import headlines, needs_words
from qmsbook.sections.inputs import topics
from qmsbook.sections.section import Points
from qmsbook.sections.summary import what_is_asked
from qmsbook.sections.wording import actual_said, all_named, each_named, plan_words

#: Complaints counted by the month, at most four in a year.
COMPLAINTS = {
    "Name": "Complaints", "Unit": "complaints", "Direction": "lower", "Baseline": 6, "Target": 4,
    "Trajectory": "flat", "Target is": "year to date", "Aggregation": "", "Highest possible": "",
}  # fmt: skip


def test_all_are_named_the_later_ones_by_their_ids() -> None:
    labels = [f"K{n} (Name of {n})" for n in range(1, 7)]
    assert all_named(labels, 2) == "K1 (Name of 1), K2 (Name of 2), K3, K4, K5 and K6"
    many = all_named([f"K{n} (x)" for n in range(1, 61)], 2, "What is off track")
    assert many.endswith("K40 and 20 more (all under *What is off track*)")


def test_a_few_questions_are_asked_one_by_one() -> None:
    assert each_named(["R1", "R2"], "Risks", "Accept {}?".format) == ["Accept R1?", "Accept R2?"]
    assert each_named(["R1", "R2", "R3", "R4"], "Risks", "Accept {}?".format) == ["Accept R1, R2, R3 and R4?"]


def test_a_count_of_the_year_says_so_beside_the_quarter_of_the_review() -> None:
    book = make(COMPLAINTS, readings=read(1, 0, 1, 0, 0, 1, 0, 0, 1), on="2026-10-20")
    period = book.parse_period("2026-Q3")
    assert period is not None
    (standing,) = gather(book, period).standings.values()
    assert actual_said(standing).text == "4 complaints in Jan-Sep 2026"
    assert plan_words(standing) == "4 complaints for the year"


def test_a_figure_and_its_plan_look_as_different_as_their_status() -> None:
    kpi = {"Unit": "$k", "Baseline": 1000, "Target": 1200.4, "Trajectory": "flat"}
    book = make(kpi, readings=read(1200.2, first="2026-09"), on="2026-10-20")
    period = book.parse_period("2026-Q3")
    assert period is not None
    (standing,) = gather(book, period).standings.values()
    assert standing.word == "At risk"
    assert actual_said(standing).text != plan_words(standing)


def test_a_review_says_over_what_and_names_all(tmp_path: Path) -> None:
    """26.7 % against 26 % planned stood beside *At risk* without a word: that was the end of September."""
    book = look(FileHost(build("turning", tmp_path / "book.xlsx")), ON).book
    period = book.parse_period("2026-Q3")
    assert period is not None
    told = said(compose(gather(book, period)))
    (line,) = [line for line in told if line.startswith("  G2 | [At risk]")]
    assert "Quotes won (on track over Jul-Sep 2026)" in line
    assert not [line for line in told if line.rstrip(".").endswith(" more")]


def test_what_context_says_begins_a_sentence_of_its_own() -> None:
    """``see Context Climate change: it matters.``"""
    book = make(COMPLAINTS, readings=read(1, first="2026-09"), on="2026-10-20", Context=[CLIMATE])
    period = book.parse_period("2026-Q3")
    assert period is not None
    (topic,) = [each for each in topics(gather(book, period)) if each.letter == "b"]
    assert topic.said == "see Context. Climate change: it matters."


#: A row of Context.
CLIMATE = {"Issue": "X1", "Kind": "climate change", "Relevant": "yes", "Last reviewed": "2026-09-10"}


#: K07 has met its target all along; K08, which keeps their objective from being reached, has not.
ALWAYS_MET = """
    Settings
    | Setting           | Value |
    |-------------------|-------|
    | Always met months | 2     |

    Objectives
    | Objective |
    |-----------|
    | O1.2      |

    KPIs
    | KPI | Supports | Direction   | Target   | Low   | High   | Target set on | Trajectory |
    |-----|----------|-------------|----------|-------|--------|---------------|------------|
    | K07 | O1.2     | {direction} | {target} | {low} | {high} | 2026-01-20    | flat       |
    | K08 | O1.2     | higher      | 95       |       |        | 2026-01-20    |            |

    Measurements
    | KPI | Period  | Value |
    |-----|---------|-------|
    | K07 | 2026-09 | 96.4  |
    | K07 | 2026-10 | 96.4  |
    | K08 | 2026-09 | 93.1  |
    | K08 | 2026-10 | 94.0  |
"""


@pytest.mark.parametrize(
    ("direction", "target", "low", "high", "question"),
    [
        ("lower", "98", "", "", "Tighten the target of K07"),
        ("within", "", "90", "98", "Narrow the range of K07"),
        ("higher", "95", "", "", "Raise the target of K07"),
    ],
)
def test_a_target_that_is_always_met_is_to_get_harder_in_its_own_direction(
    direction: str, target: str, low: str, high: str, question: str
) -> None:
    """Overtime below what is allowed: nobody raises that target."""
    book = read_example(ALWAYS_MET.format(direction=direction, target=target, low=low, high=high)).book
    period = book.parse_period("2026-10")
    assert period is not None
    assert [text for text in asked(gather(book, period)) if text.startswith(question)]


def test_a_figure_that_never_moves_moves_between_no_two_limits() -> None:
    kpi = {"Unit": "%", "Baseline": 100, "Target": 90, "Trajectory": "flat", "Baseline on": "2024-12-31"}
    book = make(kpi, readings=read(*[100] * 21, first="2025-01"), on="2026-10-20")
    (answers,) = assess(book).kpis.values()
    told = answers.answers["assurance"].reason
    assert told == "The figures that its limits come from are all 100 %: the target of 90 % is met each time."


#: On track at the end of September, off track over the quarter: the mean of its months is short.
RECOVERED = {"Trajectory": "flat", "Baseline": 95, "Tolerance": "0.001", "Aggregation": "average"}


def letters(book: Book) -> tuple[list[str], str]:
    """What page 1 asks, and the mail as plain text on one line."""
    period = book.parse_period("2026-Q3")
    assert period is not None
    evidence = gather(book, period)
    points = [text for block in what_is_asked(evidence) if isinstance(block, Points) for text in block.items]
    return points, " ".join(plain(review_letter(evidence, "")).split())


def test_page_one_asks_of_a_kpi_in_the_words_of_its_row() -> None:
    """``off track, and no action is open`` was asked of a KPI whose row said *On track*."""
    two = [{**RECOVERED, "KPI": key, "Name": name} for key, name in (("K1", "Delivery"), ("K2", "Yield"))]
    back, off = read(80, 80, 96, first="2026-07"), read(80, 80, 80, first="2026-07", kpi="K2")
    asked_of, mail = letters(make(*two, readings=[*back, *off], on="2026-10-20"))
    over = "K1 (Delivery), off track over Jul-Sep 2026: no action is open."
    assert asked_of[0] == f"Decide what to do about K2 (Yield), off track, and {over}"
    (alone, *_), _ = letters(make(two[0], readings=back, on="2026-10-20"))
    assert alone == (
        "Decide what to do about K1 (Delivery): off track over Jul-Sep 2026, and no action is open."
    )
    (alone, *_), _ = letters(make(two[1], readings=off, on="2026-10-20"))
    assert alone == "Decide what to do about K2 (Yield): off track, and no action is open."
    assert "K1 Delivery (on track): 85.3 % against 95 %, off track over Jul-Sep 2026 (nobody)" in mail


def test_the_mail_says_why_what_is_on_track_is_listed() -> None:
    falling = [*(99, 99.4) * 6, 96, 96.1, 95.9]
    kpi = {**RECOVERED, "Name": "Delivery", "Owner": "Erin Foster"}
    _, mail = letters(make(kpi, readings=read(*falling, first="2025-07"), on="2026-10-20"))
    assert "K1 Delivery (on track): 96 % against 95 %, really getting worse (Erin Foster)" in mail


def test_a_goal_off_track_without_a_forecast_is_asked_about() -> None:
    goal = {"Goal": "G1", "Statement": "Deliver", "Result KPI": "K1"}
    rows: dict[str, Any] = {
        "readings": read(80, 80, 80, first="2026-07"),
        "on": "2026-10-20",
        "Goals": [goal],
    }
    idle, _ = letters(make(RECOVERED, **rows))
    assert [each for each in idle if "K1" in each] == [
        "Decide what to do about K1 (On-time delivery): off track, and no action is open."
    ]
    asked_of, _ = letters(
        make(RECOVERED, **rows, Actions=[{"Action": "A1", "Serves": "K1", "State": "open"}])
    )
    assert asked_of[0] == (
        "Decide on target, means or money for G1 (Deliver): K1 (On-time delivery) is off track, and there is "
        "no forecast."
    )


def test_an_objective_whose_day_is_over_is_closed_and_one_met_by_chance_kept(tmp_path: Path) -> None:
    told = {}
    for name in ("roads", "consultancy"):
        book = look(FileHost(build(name, tmp_path / f"{name}.xlsx")), ON).book
        period = book.parse_period("2026")
        assert period is not None
        told[name] = gather(book, period)
    assert "Close O3 (Open the eastern spur)? See Retire, raise or rework." in asked(told["roads"])
    (closed,) = [each for each in proposals(told["roads"]) if each.kind == "Close"]
    assert closed.evidence == (
        "was due on Jun 30, 2026, and has neither a result nor a new date. It is on track, 100 % of the way."
    )
    (kept,) = proposals(told["consultancy"])
    assert kept.kind == "Keep"
    assert "between 88 and 100 %" in kept.evidence  # a share of what there is: never 105 %


def test_what_needs_us_counts_overdue_actions_decisions_and_errors(tmp_path: Path) -> None:
    """``Nothing`` was said on every page while a milestone was 41 days late."""
    looked = look(FileHost(build("roads", tmp_path / "roads.xlsx")), ON)
    found = headlines(looked.book, looked.assessed, looked.findings)
    assert needs_words(found) == "Overdue: A3 (Mara Quist)."
    assert needs_words(found, names=True) == "Overdue: A3 First three tunnels switched over (Mara Quist)."
    decided = tuple(d.changed(result="") for d in looked.book.decisions)
    open_one = headlines(looked.book.changed(decisions=decided), looked.assessed)
    assert needs_words(open_one) == "Overdue: A3 (Mara Quist) and D1 (Ines Calder)."
    done = tuple(a.changed(state="done") for a in looked.book.actions if a.id == "A3")
    settled = looked.book.changed(actions=(*(a for a in looked.book.actions if a.id != "A3"), *done))
    assert needs_words(headlines(settled, looked.assessed)).startswith("Nothing: every reading is in, ")
    error = replace(looked.findings[0], severity=Severity.ERROR)
    broken = headlines(settled, looked.assessed, [error, error, replace(error, waived=True)])
    assert needs_words(broken) == "2 errors to mend on the sheet Findings."
