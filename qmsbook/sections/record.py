"""For the record: figures restated since they were reviewed, people who left, and waivers."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book import Book
from qmsbook.rules import rule_of
from qmsbook.rules.ownership import owned
from qmsbook.section import Block, Evidence, Facts, Heading, Reviewed, Rows, Said
from qmsbook.sections.followup import waivers
from qmsbook.sections.wording import label_of, named, short_day
from qmsbook.words import figure


def for_the_record(evidence: Evidence) -> Iterator[Block]:
    """Figures that were changed after a closed review, open items of people who left, and waivers."""
    restated = [row for each in evidence.reviewed if (row := _restated(evidence, each))]
    left = _left(evidence.book)
    held = waivers(evidence)
    yield Heading("For the record")
    nothing = [
        ("Restated", "" if restated else "No figure was changed after a closed review."),
        ("People", "" if left else "Nobody who left still owns something open."),
        ("Waivers", "" if held else "No finding is waived."),
    ]
    if facts := tuple((label, text) for label, text in nothing if text):
        yield Facts(facts)
    if restated:
        yield Heading("Figures changed after a closed review", minor=True)
        yield Rows(
            (
                ("id", "KPI"), ("mark", "Period"), ("words", "What it is, and why it was changed"),
                ("who", "Reviewed in"), ("left", "Was"), ("right", "Is"),
            ),
            tuple(restated),
        )  # fmt: skip
    if left:
        yield Heading("People who left and still own something open", minor=True)
        yield Rows((("mark", "Person"), ("words", "What wants a new owner"), ("who", "Left on")), tuple(left))
    if held:
        yield Heading("Findings that are waived", minor=True)
        yield Rows(
            (
                ("id", "Code"), ("mark", "Row"), ("words", "What is waived, and why"), ("who", "By"),
                ("left", "Until"),
            ),
            tuple(
                (
                    Said(w.code, to=w.cell("code")),
                    w.of_row,
                    Said(f" {w.reason}", lead=found.title if (found := rule_of(w.code)) else ""),
                    w.by,
                    short_day(w.until),
                )
                for w in held
            ),
        )  # fmt: skip


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


def _left(book: Book) -> list[tuple[str | Said, ...]]:
    """The people who left, and what still names them as its owner."""
    held: dict[str, list[str]] = {}
    for record, _, owner in owned(book):
        held.setdefault(owner, []).append(label_of(book, record.key))
    return [
        (Said(person.id, to=person.cell("id")), named(held[person.id], 8), short_day(person.left_on))
        for person in book.people
        if person.left_on is not None and person.left_on <= book.on and held.get(person.id)
    ]
