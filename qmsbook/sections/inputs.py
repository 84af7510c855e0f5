"""What the review looks at (clause 9.3.2): each topic provided, stale, absent or covered, with its source."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from qmsbook.book.tables import Input, Review
from qmsbook.book.words import listed
from qmsbook.methods.method import AT_RISK, OFF_TRACK, ON_TRACK
from qmsbook.rules.clauses import edition
from qmsbook.rules.inputs import covered_by
from qmsbook.rules.provided import entered_of, held_of
from qmsbook.sections.section import Block, Evidence, Facts, Heading, Rows, Said, Text
from qmsbook.sections.wording import LOOKED_AT, short_day, stopped

PROVIDED, STALE, ABSENT = "provided", "stale", "absent"
_WORDS = {PROVIDED: ON_TRACK, STALE: AT_RISK, ABSENT: OFF_TRACK}


class Topic(NamedTuple):
    """One topic of the review: its letter, what it is about, its state, what is said, by whom, as of when."""

    letter: str
    subject: str
    state: str
    said: str
    source: str
    as_of: date | None
    row: Input | None = None


def inputs(evidence: Evidence) -> Iterator[Block]:
    """Each topic that the review has to look at: provided, stale, absent or covered; source and date."""
    if not evidence.book.has(Input) and not evidence.book.kpis:
        return
    if evidence.book.few_people:
        yield from _one_text(evidence)
        return
    followed = edition(evidence.book.settings.iso_edition)
    yield Heading("What else the review looks at")
    note = f" ({followed.note})" if followed.note else ""
    yield Text(
        f"Clause 9.3.2, {followed.name}{note}. Stale: from before {short_day(evidence.period.first)}, when "
        f"the period began. What is absent is wanted on the sheet Inputs.",
        muted=True,
    )
    yield Rows(
        (
            ("id", "Topic"), ("mark", "State"), ("words", "What it is about, and what we know"),
            ("who", "Source"), ("left", "As of"), ("right", "By"),
        ),
        tuple(_row(topic) for topic in topics(evidence)),
    )  # fmt: skip


def _one_text(evidence: Evidence) -> Iterator[Block]:
    """What a handful of people typed on whatever else there is to look at, or what it would be about."""
    told = [topic for topic in topics(evidence) if topic.row is not None and topic.state == PROVIDED]
    if told:
        yield Heading(LOOKED_AT)
        yield Facts(tuple((f"{t.subject[:1].upper()}{t.subject[1:]}", t.said) for t in told))
        return
    lacking = [topic.subject for topic in topics(evidence) if topic.state == ABSENT]
    if lacking:
        yield Heading(LOOKED_AT)
        text = f"One text stands for all of it, under Minutes or in Inputs: {listed(lacking)}."
        yield Text(text, muted=True)


def _row(topic: Topic) -> tuple[str | Said, ...]:
    to = topic.row.cell("clause") if topic.row else None
    return (
        Said(topic.letter, to=to),
        Said(topic.state, word=_WORDS.get(topic.state, ON_TRACK)),
        Said(f": {topic.said}" if topic.said else "", lead=f"{topic.subject[:1].upper()}{topic.subject[1:]}"),
        topic.source,
        short_day(topic.as_of),
        topic.row.by if topic.row else "",
    )


def topics(evidence: Evidence) -> list[Topic]:
    """The topics of the company's edition, and whatever else stands in Inputs."""
    known = edition(evidence.book.settings.iso_edition).topics
    rows = entered_of(evidence.book)
    own = [letter for letter in rows if letter not in known]
    subjects = {**known, **dict.fromkeys(own, "a topic of our own")}
    return [_topic(evidence, letter, subject, rows.get(letter)) for letter, subject in subjects.items()]


def _topic(evidence: Evidence, letter: str, subject: str, row: Input | None) -> Topic:
    """The state of a topic: by its row in Inputs, else by what the workbook itself holds."""
    if row is not None and row.as_of is not None and row.as_of >= evidence.period.first:
        return Topic(letter, subject, PROVIDED, _told(evidence, row), _source(row), row.as_of, row)
    found = held_of(evidence.book, letter, evidence.period, evidence.row)
    if found is not None and found.as_of is not None and found.as_of >= evidence.period.first:
        said = stopped(f"{stopped(_SHOWN[letter])} {_climate(evidence, letter)}")
        return Topic(letter, subject, PROVIDED, said, *found)
    if row is not None:
        other = _covered(evidence, row.as_of)
        state = f"covered in {other.id}" if other else STALE
        return Topic(letter, subject, state, _told(evidence, row), _source(row), row.as_of, row)
    if found is not None:
        other = _covered(evidence, found.as_of)
        state = f"covered in {other.id}" if other else STALE
        return Topic(letter, subject, state, _climate(evidence, letter), *found)
    return Topic(letter, subject, ABSENT, _climate(evidence, letter), "", None)


def _climate(evidence: Evidence, letter: str) -> str:
    """What Context says on climate change, asked since 2024; for topic b alone."""
    rows = [issue for issue in evidence.book.context if issue.kind == "climate change"]
    if letter != "b" or not evidence.book.context:
        return ""
    known = [issue.relevant for issue in rows if issue.relevant is not None]
    if not known:
        return "Climate change: Context does not say whether it matters."
    return f"Climate change: {'it matters' if any(known) else 'looked at, and it does not matter'}."


def _told(evidence: Evidence, row: Input) -> str:
    """What a row of Inputs says, and on topic b what Context says on climate change."""
    return f"{_said(row)} {_climate(evidence, row.clause.casefold().strip())}".rstrip()


def _said(row: Input) -> str:
    more = [
        f"Figures: {row.figures}" if row.figures else "",
        f"What we learned: {row.what_we_learned}" if row.what_we_learned else "",
    ]
    told = " ".join(stopped(part) for part in more if part)
    return f"{stopped(row.summary)} {told}" if told else row.summary


def _source(row: Input) -> str:
    return row.source or "Inputs"


def _covered(evidence: Evidence, day: date | None) -> Review | None:
    """Another review that took up what stands for a day, lately enough."""
    book = evidence.book
    if day is None or not book.reviews:
        return None
    # Where this review has no row yet, it is as if it were held on the day judged.
    ours = evidence.row or book.reviews[0].changed(held_on=book.on)
    return covered_by(book, ours, day)


#: Where this review shows what the workbook itself holds.
_SHOWN = {
    "a": "see what became of the last decisions", "b": "see Context", "b2": "see Context",
    "c2": "see results and objectives", "c3": "see what is off track", "c5": "see what is off track",
    "e": "see risks", "e2": "see opportunities", "f": "see ideas",
}  # fmt: skip
