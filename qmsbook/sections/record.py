"""For the record: figures restated and goalposts moved since a closed review, people who left, waivers."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.tables import Kpi
from qmsbook.book.words import figure
from qmsbook.rules import rule_of
from qmsbook.rules.ownership import owned
from qmsbook.sections.followup import waivers
from qmsbook.sections.section import Block, Evidence, Facts, Heading, Reviewed, Rows, Said, Shifted
from qmsbook.sections.wording import all_named, label_of, short_day, stopped


def for_the_record(evidence: Evidence) -> Iterator[Block]:
    """Figures changed and goalposts moved since a closed review, the plan's history, who left, waivers."""
    restated = [row for each in evidence.reviewed if (row := _restated(evidence, each))]
    changes = (*_no_change(restated), *_plan(evidence), *_history(evidence))
    facts = (*changes, *_people(evidence.book), *_waived(evidence))
    if evidence.book.few_people:
        facts = tuple(fact for fact in facts if fact[1] not in _NOTHING)
        if not (facts or restated or evidence.shifted):
            return
    yield Heading("For the record")
    if restated:
        yield Rows(
            (
                ("id", "KPI"), ("mark", "Period"), ("words", "Figure changed after a closed review, and why"),
                ("who", "Reviewed in"), ("left", "Was"), ("right", "Is"),
            ),
            tuple(restated),
        )  # fmt: skip
    if evidence.shifted:
        yield Rows(
            (
                ("id", "Id"), ("mark", "What"), ("words", "Moved since the closed review, and why"),
                ("who", "Who agreed"), ("left", "Was"), ("right", "Is"),
            ),
            tuple(_shift(each) for each in evidence.shifted),
        )  # fmt: skip
    if facts:
        yield Facts(facts)


#: What is said where there is nothing to say.
_UNMOVED = "No target, date, owner or statement was moved since the closed review."
_UNCHANGED = "No figure was changed after a closed review."
_NOBODY_LEFT = "Nobody who left still owns something open."
_UNWAIVED = "No finding is waived."
_NOTHING = frozenset({_UNMOVED, _UNCHANGED, _NOBODY_LEFT, _UNWAIVED})


def _shift(each: Shifted) -> tuple[str | Said, ...]:
    moved = each.moved
    record = moved.record
    name = record.name if isinstance(record, Kpi) else record.statement
    reason = each.reason
    said = [stopped(_upper(text)) for text in (each.effect, reason.why, reason.decision) if text]
    was, now = moved.said
    return (
        Said(record.key, to=moved.at), moved.header,
        Said("\n" + " ".join(said if reason else [*said, "Nobody says why."]), lead=name),
        reason.who or "nobody said", was, now,
    )  # fmt: skip


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _plan(evidence: Evidence) -> list[tuple[str, str]]:
    if evidence.gone:
        return [("Plan", "\n".join(f"{stopped(text)}" for text in evidence.gone))]
    if evidence.shifted or not evidence.compared:
        return []
    return [("Plan", _UNMOVED)]


def _history(evidence: Evidence) -> list[tuple[str, str]]:
    """What earlier reviews told as moved, and what this one tells, each by its review."""
    end = evidence.period.last
    told = [(closed.review, closed.moved) for closed in evidence.book.closed_plans if closed.last < end]
    told.append((evidence.period.text, (*(each.words for each in evidence.shifted), *evidence.gone)))
    lines = [f"{review}: {text}." for review, moved in told for text in moved]
    return [("History of the plan", "\n".join(lines))] if lines else []


def _no_change(restated: list[tuple[str | Said, ...]]) -> list[tuple[str, str]]:
    return [] if restated else [("Restated", _UNCHANGED)]


def _people(book: Book) -> list[tuple[str, str]]:
    """The people who left, and what still names them as its owner."""
    held: dict[str, list[str]] = {}
    for record, _, owner in owned(book):
        held.setdefault(owner, []).append(label_of(book, record.key))
    told = [
        f"{person.id} left on {short_day(person.left_on)} and still owns {all_named(held[person.id], 6)}."
        for person in book.people
        if person.left_on is not None and person.left_on <= book.on and held.get(person.id)
    ]
    return [("Left", text) for text in told] or [("Left", _NOBODY_LEFT)]


def _waived(evidence: Evidence) -> list[tuple[str, str]]:
    """The findings that somebody decided to live with, each with who, until when and why."""
    told = []
    for waiver in waivers(evidence):
        found = rule_of(waiver.code)
        what = found.title.rstrip(".") if found else waiver.code
        who = f"{waiver.by or 'nobody'}, until {short_day(waiver.until)}"
        told.append((f"Waived: {waiver.of_row}", f"{what} ({who}): {stopped(waiver.reason)}"))
    return told or [("Waived", _UNWAIVED)]


def _restated(evidence: Evidence, each: Reviewed) -> tuple[str | Said, ...] | None:
    """A row for a figure that is no longer what a closed review had; None where it still is."""
    standing = evidence.standings.get(each.kpi)
    if standing is None:
        return None
    series, unit = standing.series, standing.kpi.unit
    at = next((at for at, period in enumerate(series.periods) if period.text == each.period), None)
    now = series.actual[at] if at is not None else None
    if now == each.value:
        return None
    comment = evidence.then_book.measurements.comment[series.places[at]] if at is not None else ""
    return (
        Said(each.kpi, to=standing.kpi.cell("id")),
        each.period,
        Said(f"\n{comment or 'No comment says why.'}", lead=standing.kpi.name),
        each.review,
        figure(each.value, unit),
        "taken out" if now is None else figure(now, unit),
    )
