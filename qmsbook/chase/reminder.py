"""What a person owes, as a mail."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qmsbook.book.book import Book
from qmsbook.book.tables import Action
from qmsbook.book.words import figure, listed, one_line, plural
from qmsbook.chase.owed import Due, Owed, next_review
from qmsbook.mail.letter import Item, Letter, Listing, Paragraph, Part, first_of
from qmsbook.mail.summary import short
from qmsbook.methods.method import OVERDUE
from qmsbook.rules.folded import fold
from qmsbook.sections.wording import short_day

#: Longer lists are read to nobody's end; the small workbook holds all rows.
_MOST = 10


def reminder(book: Book, person: Owed, attached: Sequence[str] = ()) -> Letter:
    """What one person owes, and nothing about anybody else."""
    company = f"{book.settings.company} · " if book.settings.company else ""
    parts: list[Part] = [
        Paragraph(_asked(person), large=True),
        *_listing(
            "Figures to enter", [_reading(book, due) for due in person.readings], "in the attached workbook"
        ),
        *_listing(
            "Your open actions", [_action(book, a) for a in person.actions], "in the attached workbook"
        ),
        *_listing("To mend in the workbook", _findings(person), "on the sheet Findings"),
    ]
    found = next_review(book)
    if found is not None:
        parts.append(Paragraph(f"The next {_small(book.settings.review_name)} is on {short_day(found[0])}."))
    foot = [f"Attached: {', '.join(attached)}."] if attached else []
    if any(name.endswith(".xlsx") for name in attached):
        foot.append(
            "Type into the yellow cells of the attached workbook, save it and send it back; or type straight "
            "into the company's workbook. Leave blank what you do not know."
        )
    return Letter(
        subject=f"{_subject(person)} ({company.removesuffix(' · ') or 'qmsbook'})",
        title=f"For {one_line(person.person)}",
        subtitle=f"{company}as of {short_day(book.on)}",
        parts=tuple(parts),
        foot=tuple(foot),
    )


def _counts(person: Owed) -> str:
    words = [
        plural(len(person.readings), "figure") if person.readings else "",
        plural(len(person.actions), "action") if person.actions else "",
        f"{plural(len(person.findings), 'thing')} to mend" if person.findings else "",
    ]
    return listed([word for word in words if word])


def _subject(person: Owed) -> str:
    return f"Open with you: {_counts(person)}"


def _asked(person: Owed) -> str:
    return f"Open with you: {_counts(person)}."


def _listing(heading: str, items: Sequence[Item], where: str) -> list[Listing]:
    if not items:
        return []
    shown, more = first_of(items, _MOST, where)
    return [Listing(heading, shown, more)]


def _reading(book: Book, due: Due) -> Item:
    words = [f"due by {short_day(due.by)}"]
    if due.plan is not None:
        words.append(f"plan {figure(due.plan, due.kpi.unit)} {due.over}".rstrip())
    text = f"{due.period.spoken}, {', '.join(words)}"
    return Item(f"{due.kpi.id} {short(due.kpi.name, 48)}", text, OVERDUE if due.by < book.on else "")


def _action(book: Book, action: Action) -> Item:
    late = action.due is not None and action.due < book.on
    when = f"{'was due on' if late else 'by'} {short_day(action.due)}" if action.due else "no date yet"
    return Item(f"{action.id} {short(action.what, 90)}", when, OVERDUE if late else "")


def _findings(person: Owed) -> list[Item]:
    return [
        Item(str(group.first.at or ""), f"{short(group.message, 200)} {short(_spoken(group.fix), 160)}")
        for group in fold(person.findings)
    ]


def _spoken(text: str) -> str:
    """A sentence of the rules without the stars around column names.

    >>> _spoken("Set *State* to done.")
    'Set State to done.'
    """
    return re.sub(r"\*(\w[^*]*)\*", r"\1", text)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
