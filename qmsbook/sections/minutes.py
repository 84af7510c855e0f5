"""What people type in the meeting: minutes, decisions, conclusions, attendance and what comes next."""

from __future__ import annotations

from collections.abc import Iterator

from qmsbook.book.book import Book
from qmsbook.book.table import Record, Value
from qmsbook.book.tables import Goal, Objective
from qmsbook.book.words import clipped
from qmsbook.sections.objectives import ranked, vital
from qmsbook.sections.section import Block, Entry, EntryColumn, Evidence, Heading
from qmsbook.sections.wording import LOOKED_AT

#: The parts of the review that minutes are taken of. Typed words hang on the names: one that is changed is
#: kept under ``EARLIER``.
PARTS = (
    "Results", "Off track", "Objectives", "Vital few", "Actions", "Risks", "Ideas", "Anything else",
)  # fmt: skip
#: What parts were called by earlier releases.
EARLIER = {"Off plan": "Off track"}
#: Those of a handful of people: one text stands for all that a review has to look at.
FEW_PARTS = (LOOKED_AT, "Anything else")
#: Where the words of an area go: its column, and the column of Decisions that keeps the same.
DECISIONS_KEEP = {
    "Clause": "Clause", "Decision": "Decision text", "Owner": "Owner", "Due": "Due", "Concerns": "Concerns",
}  # fmt: skip
#: What stands for a decision where nothing has to be done, with its reason.
NONE_NEEDED = "none needed"
_CLAUSES = ("improvement", "QMS change", "resources", NONE_NEEDED)
#: What leadership can choose for a goal or an objective, and what it answers on each.
CONTINUE = "continue"
CHOICES = (CONTINUE, "change target", "change means", "add resources", "stop")
CHOICE, PRIORITY = "Choice", "Still our priority?"
#: More letters of a statement would make the rows high.
_ABOUT = 38
#: What comes next, and the conclusions with what is asked of each: each is a column of Reviews too.
APPROVAL = ("Held on", "Chair", "Next review on", "Approved by")
CONCLUSIONS_ASK = {
    "Suitability": "Does the system still fit the business?",
    "Adequacy": "Is it enough for what customers and rules ask?",
    "Effectiveness": "Does it get the results we planned?",
    "Alignment with strategy": "Does it carry the company's direction?",
}


def choices(evidence: Evidence) -> Iterator[Block]:
    """What leadership chooses for each goal and each of the vital few, why, and whether it still matters."""
    book = evidence.book
    about: list[Goal | Objective] = [*ranked(book), *vital(book)]
    rows = {
        each.id: (each.id, clipped(each.statement, _ABOUT) or None, None, None, None, _word(evidence, each))
        for each in about
        if each.id
    }
    yield Heading("Our choice for each goal and the vital few", new_page=not book.few_people)
    columns = (
        EntryColumn("id", "Id"), EntryColumn("mark", "Goal or objective", ours=True),
        EntryColumn("words", "Why"), EntryColumn("who", CHOICE, CHOICES),
        EntryColumn("left", PRIORITY, ("yes", "no")), EntryColumn("right", "Status", ours=True),
    )  # fmt: skip
    yield Entry(
        "Choices", columns, tuple(rows.values()),
        hint="Type in the yellow cells of this sheet. Your words stay, however often it is drawn again. Any "
        "choice but continue, or a priority no, needs a decision below that names the id under Concerns.",
    )  # fmt: skip


def _word(evidence: Evidence, about: Goal | Objective) -> str | None:
    """The status word of a goal's result or of an objective, at the period's end."""
    if isinstance(about, Goal):
        result = evidence.then.goal_results.get(about.id)
        return result.word if result else None
    rollup = evidence.then.objectives.get(about.id)
    return rollup.status.word if rollup else None


def minutes(evidence: Evidence) -> Iterator[Block]:
    """Minutes of each part of the meeting."""
    yield Heading("Minutes")
    columns = (EntryColumn("mark", "Part"), EntryColumn("words", "Minutes"))
    parts = FEW_PARTS if evidence.book.few_people else PARTS
    yield Entry("Minutes", columns, tuple((part, None) for part in parts), earlier=EARLIER)


def decisions(evidence: Evidence) -> Iterator[Block]:
    """What was decided: improvements, changes of the system, resources; each with an owner and a date."""
    yield Heading("Decisions")
    book = evidence.book
    columns = (
        EntryColumn("id", "No"),
        EntryColumn("mark", "Clause", _CLAUSES),
        EntryColumn("words", "Decision"),
        EntryColumn("who", "Owner", _people(evidence)),
        EntryColumn("left", "Due", is_date=True),
        EntryColumn("right", "Concerns", _concerned(book)),
    )
    taken = {d.id: d for d in reversed(book.decisions) if d.id and d.review == review_id(evidence)}
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (d.id, *(held(book, d, header) for header in DECISIONS_KEEP.values()))
        for d in reversed(taken.values())
    )
    yield Entry(
        "Decisions", columns, rows, spare=3 if book.few_people else 5,
        hint="Improvements, changes of the quality system and resources each want a decision, or none needed "
        "and why. The next refresh enters what you type in Decisions and Actions, and gives it its number.",
    )  # fmt: skip


def review_id(evidence: Evidence) -> str:
    """The id of the review, also of one that the table Reviews does not list yet."""
    return evidence.row.id if evidence.row else new_review_id(evidence.period.text)


def new_review_id(period: str) -> str:
    """The id that a review gets when it is entered: ``MR-2026-Q3``."""
    return f"MR-{period}"


def held(book: Book, record: Record | None, header: str) -> Value:
    """What stands in a cell of a record's row, as it stands; blank where there is no such column."""
    table = book.tables.get(record.TABLE) if record else None
    place = table.find(header) if table else None
    if record is None or table is None or place is None:
        return None
    return table.columns[place][record.row - table.row - 1]


def conclusions(evidence: Evidence) -> Iterator[Block]:
    """The four conclusions that top management draws."""
    yield Heading("Conclusions")
    columns = (
        EntryColumn("mark", "About"), EntryColumn("words", "Conclusion"),
        EntryColumn("who", "Asked", ours=True)
    )  # fmt: skip
    rows = tuple(
        (name, held(evidence.book, evidence.row, name), asked) for name, asked in CONCLUSIONS_ASK.items()
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
    hint = "" if book.few_people else "Add a row for everybody else who took part."
    yield Entry("Attendance", columns, rows + others, hint=hint)


def what_next(evidence: Evidence) -> Iterator[Block]:
    """What is told to staff, by whom and when; the next review; approval."""
    alone = evidence.book.one_person
    yield Heading("What others will be told" if alone else "What we will tell everybody")
    yield Entry(
        "Staff",
        (
            EntryColumn("id", "No"), EntryColumn("mark", "Who is told"), EntryColumn("words", "What"),
            EntryColumn("who", "By", _people(evidence)), EntryColumn("left", "When", is_date=True),
        ),
        spare=1 if evidence.book.few_people else 3,
    )  # fmt: skip
    yield Heading("Next review and approval")
    yield Entry(
        "Approval",
        (EntryColumn("mark", "Item"), EntryColumn("words", "Entry")),
        tuple((item, held(evidence.book, evidence.row, item)) for item in APPROVAL),
    )


def _concerned(book: Book) -> tuple[str, ...]:
    goals = tuple(goal.id for goal in book.goals if goal.id)
    return goals + tuple(o.id for o in book.objectives if o.id and o.stage != "retired")


def _people(evidence: Evidence) -> tuple[str, ...]:
    return tuple(p.id for p in evidence.book.people if p.left_on is None)
