"""What people type in the meeting: minutes, decisions, conclusions, attendance and what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.section import Block, Entry, EntryColumn, Evidence, Heading
from qmsbook.table import Value

#: The parts of the review that minutes are taken of. Names stay as they are: typed words hang on them.
PARTS = (
    "Results", "Off plan", "Objectives", "Vital few", "Actions", "Risks", "Ideas", "Anything else",
)  # fmt: skip
_CLAUSES = ("improvement", "QMS change", "resources", "none needed")
_CONCLUSIONS = (
    ("Suitability", "suitability"), ("Adequacy", "adequacy"), ("Effectiveness", "effectiveness"),
    ("Alignment with strategy", "alignment_with_strategy"),
)  # fmt: skip
_ASKED = {
    "Suitability": "Does the system still fit the business?",
    "Adequacy": "Is it enough for what customers and rules ask?",
    "Effectiveness": "Does it get the results we planned?",
    "Alignment with strategy": "Does it carry the company's direction?",
}


def minutes(evidence: Evidence) -> Iterator[Block]:
    """Minutes of each part of the meeting."""
    yield Heading("Minutes", new_page=True)
    columns = (EntryColumn("mark", "Part"), EntryColumn("words", "Minutes"))
    yield Entry(
        "Minutes", columns, tuple((part, None) for part in PARTS),
        hint="Type in the yellow cells of this sheet. Your words stay, however often it is drawn again.",
    )  # fmt: skip


def decisions(evidence: Evidence) -> Iterator[Block]:
    """What was decided: improvements, changes of the system, resources; each with an owner and a date."""
    yield Heading("Decisions")
    columns = (
        EntryColumn("id", "No"),
        EntryColumn("mark", "Clause", _CLAUSES),
        EntryColumn("words", "Decision"),
        EntryColumn("who", "Owner", _people(evidence)),
        EntryColumn("left", "Due", is_date=True),
    )
    taken = [d for d in evidence.book.decisions if evidence.row and d.review == evidence.row.id]
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (d.id, d.clause or None, d.decision_text or None, d.owner or None, d.due) for d in taken
    )
    yield Entry(
        "Decisions", columns, rows, spare=5,
        hint="Improvements, changes of the quality system and resources each want a decision, or none needed "
        "and why.",
    )  # fmt: skip


def conclusions(evidence: Evidence) -> Iterator[Block]:
    """The four conclusions that top management draws."""
    yield Heading("Conclusions")
    columns = (
        EntryColumn("mark", "About"), EntryColumn("words", "Conclusion"),
        EntryColumn("who", "Asked", ours=True)
    )  # fmt: skip
    rows = tuple(
        (name, getattr(evidence.row, field, None) or None, _ASKED[name]) for name, field in _CONCLUSIONS
    )
    yield Entry("Conclusions", columns, rows)


def attendance(evidence: Evidence) -> Iterator[Block]:
    """Who was there: top management, and whoever owns a goal or one of the vital few."""
    book = evidence.book
    yield Heading("Attendance")
    owners = [g.owner for g in book.goals] + [o.owner for o in book.objectives if o.vital_few]
    asked = [p for p in book.people if p.left_on is None and (p.top_management or p.id in owners)]
    there = set(evidence.row.attended_by) if evidence.row else set()
    rows = tuple((p.id, p.role or None, "yes" if p.id in there else None) for p in asked)
    others = tuple(
        (name, found.role if (found := book.person(name)) else None, "yes")
        for name in (evidence.row.attended_by if evidence.row else ())
        if name not in {p.id for p in asked}
    )
    columns = (
        EntryColumn("mark", "Person"), EntryColumn("words", "Role", ours=True),
        EntryColumn("who", "There", ("yes", "no", "excused")),
    )  # fmt: skip
    yield Entry("Attendance", columns, rows + others, hint="Add a row for everybody else who took part.")


def what_next(evidence: Evidence) -> Iterator[Block]:
    """What is told to staff, by whom and when; the next review; approval."""
    yield Heading("What we will tell everybody")
    yield Entry(
        "Staff",
        (
            EntryColumn("id", "No"), EntryColumn("mark", "Who is told"), EntryColumn("words", "What"),
            EntryColumn("who", "By", _people(evidence)), EntryColumn("left", "When", is_date=True),
        ),
        spare=3,
    )  # fmt: skip
    row = evidence.row
    yield Heading("Next review and approval")
    yield Entry(
        "Approval",
        (EntryColumn("mark", "Item"), EntryColumn("words", "Entry")),
        (
            ("Held on", row.held_on if row else None),
            ("Chair", row.chair or None if row else None),
            ("Next review on", row.next_review_on if row else None),
            ("Approved by", row.approved_by or None if row else None),
        ),
    )


def _people(evidence: Evidence) -> tuple[str, ...]:
    return tuple(p.id for p in evidence.book.people if p.left_on is None)
