"""Every kind of sentence reads well of one thing, of two, and of many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from judged import make, read
from odd import odd_in
from review_said import said

from qmsbook.book.book import Book
from qmsbook.chase.owed import owed
from qmsbook.chase.reminder import reminder
from qmsbook.mail.plain import plain
from qmsbook.mail.summary import review_letter
from qmsbook.methods import assess
from qmsbook.rules import check
from qmsbook.rules.folded import fold
from qmsbook.sections import compose, gather
from qmsbook.sections.evolution import _OF_SEVERAL, _PAGE_ONE
from qmsbook.sections.headlines import changed_words, headlines, needs_words

#: A day that is over.
PAST = "2026-08-31"


def several(count: int, **of: Any) -> list[dict[str, Any]]:
    """So many rows; ``{}`` in a text stands for which it is."""
    return [
        {name.replace("_", " "): text.format(at) if isinstance(text, str) else text
         for name, text in of.items()}
        for at in range(1, count + 1)
    ]  # fmt: skip


def plan(count: int) -> Book:
    """A company that has so many of everything: off track, late, unread, unanswered, decided, waived."""
    kpis, readings = [], []
    for at in range(1, count + 1):
        for kind, values, first in (
            ("1", (96, 96, 96, 80, 80, 80), "2026-04"),  # was on track, is off
            ("2", (80, 80, 80, 96, 96, 96), "2026-04"),  # the reverse
            ("3", (96, 96, 96, 96, 96, None), "2026-04"),  # the last one is late
            ("4", (94, 93, 94, 93, 94, 88), "2026-04"),
            ("5", (*(93, 94) * 4, *(97, 98) * 6, 97), "2025-01"),  # on a new level,
        ):
            key = f"K{kind}{at}"
            kpis.append(
                {
                    "KPI": key,
                    "Name": f"Share {kind}{at}",
                    "Supports": f"O{at}",
                    "Owner": f"P{at}",
                    "Trajectory": "flat",
                    "Vital": "",
                    "Process": f"W{at}",
                }
            )
            readings += read(*values, first=first, kpi=key)
    return make(
        *kpis, readings=readings, on="2026-10-20",
        Settings=[{"Setting": "Small company people", "Value": 0}],
        People=several(max(count, 1), Person="P{}", Top_management="yes")
        + several(count, Person="L{}", Left_on="2026-08-31"),
        Processes=several(count, Process="W{}", Name="Work {}", Owner="P{}", Core="yes"),
        Goals=several(count, Goal="G{}", Statement="Goal {} by 2027", Owner="P{}", Result_KPI="K1{}"),
        Objectives=[
            *several(count, Objective="O{}", Statement="Aim {}", Supports="G{}", Owner="P{}", Vital_few="yes",
                     Due="2027-12-31"),
            *several(count, Objective="X{}", Statement="Old {}", Supports="G{}", Owner="L{}",
                     Due="2026-06-30", Vital_few=""),
        ],
        Actions=[
            *several(count, Action="A{}", What="Do {}", Serves="O{}", Owner="P{}", Due=PAST, State="open",
                     Opened="2026-07-25"),
            *several(count, Action="B{}", What="Did {}", Serves="O{}", Owner="P{}", Due=PAST, State="done",
                     Opened="2026-06-01", Closed="2026-08-02"),
        ],
        Risks=several(count, Risk="R{}", Kind="threat", Goal="G{}", Description="Fire {}", Likelihood=5,
            Impact=5,
                      Controls="Watch", Control_owner="P{}", Residual_likelihood=4, Residual_impact=5,
                      State="open", Last_reviewed="2025-01-10"),
        Ideas=several(count, Idea="I{}", Raised_by="Shift {}", What_happens="It jams", Suggestion="Oil it",
                      Answer="", Raised_on="2026-08-01"),
        Inputs=several(count, Clause="c1", Summary="Customers say {}", As_of="2025-09-15"),
        Context=several(count, Issue="E{}", Kind="external", Description="Issue {}", Relevant="yes",
                        Since="2026-08-01", Last_reviewed="2026-08-01"),
        Reviews=[
            {"Review": "MR-1", "Period": "2026-Q2", "Held on": "2026-07-20", "State": "closed", "Chair": "P1",
             "Attended by": "P1"},
            {"Review": "MR-2", "Period": "2026-Q3", "Held on": "2026-10-30", "State": "planned", "Chair": "",
             "Attended by": ""},
        ],
        Decisions=several(count, Decision="D{}", Review="MR-1", Clause="improvement", Decision_text="Buy {}",
                          Owner="P{}", Due="2026-08-31", Result=""),
        Waivers=several(count, Code="OBJ009", Row="X{}", Reason="Agreed", By="P{}", Until="2026-12-31"),
    )  # fmt: skip


def sentences(book: Book) -> Iterator[str]:
    """All that is said of a book: findings one by one and folded, review, mails, headlines."""
    period = book.parse_period("2026-Q3")
    assert period is not None
    assessed, evidence = assess(book), gather(book, period)
    for stage in ("start", "run", "audit-ready"):
        found = check(book, stage=stage)
        for each in found:
            yield from (each.message, each.fix)
        for group in fold(found):
            yield from (group.message, group.fix)
    for status in (*assessed.kpis.values(), *assessed.objectives.values(), *assessed.goals.values()):
        yield from (each.reason for each in getattr(status, "answers", {"": status.status}).values())
    yield from said(compose(evidence))
    yield " ".join(plain(review_letter(evidence, "")).split())
    for person in owed(book, assessed, check(book)):
        yield " ".join(plain(reminder(book, person)).split())
    lines = headlines(book, assessed)
    yield from (changed_words(lines, True), needs_words(lines, True))


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_kind_of_sentence_reads_well(count: int) -> None:
    told = {line for line in sentences(plan(count)) if line}
    assert len(told) > 100
    assert odd_in(told) == []
    page_one = {
        "target of K51 (Share 51)" if count == 1 else "targets of K51 (Share 51)",
        "2026-09: the reading is late" if count == 1 else "the readings are late",
        "(none with its effect told)" if count == 1 else "(none with their effect told)",
        f"{count} without an answer",
    }
    assert {each for each in page_one if not any(each in line for line in told)} == set()


def test_what_each_has_of_its_own_several_have_of_their_own() -> None:
    """``Judge K18 and K30 from its new level`` was asked."""
    assert set(_OF_SEVERAL) == {
        kind for kind, ask in _PAGE_ONE.items() if re.search(r"target|range|its", ask)
    }
    assert not [ask for ask in _OF_SEVERAL.values() if re.search(r"\b(its|it|target|range|level)\b", ask)]


#: A day in a spelling of its own: as ids and exports have it, or as it is said elsewhere.
OTHER_DAYS = (
    r"\b\d{4}-\d\d-\d\d\b|(?<![\d-])\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* 20"
)


def test_days_are_said_one_way_in_the_review_in_mails_and_in_findings() -> None:
    """A mail said ``due by 10 Jan 2027`` and, two lines on, ``was due on 2026-09-30``."""
    book = plan(2)
    period = book.parse_period("2026-Q3")
    assert period is not None
    evidence = gather(book, period)
    found = check(book, stage="audit-ready")
    told = [
        *said(compose(evidence)),
        " ".join(plain(review_letter(evidence, "")).split()),
        *(" ".join(plain(reminder(book, person)).split()) for person in owed(book, assess(book), found)),
        *(each.message for each in found),
    ]
    assert [line for line in told if re.search(OTHER_DAYS, line)] == []
    assert any("Aug 31, 2026" in line for line in told)
