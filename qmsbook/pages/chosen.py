"""What leadership chose on a review's sheet, and whether a decision carries it out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from qmsbook.book.parse import plain_text, split_ids, squeezed
from qmsbook.book.tables import Decision
from qmsbook.pages.entries import Reading
from qmsbook.pages.page import norm
from qmsbook.sections.minutes import CHOICE, CONTINUE, NONE_NEEDED, PRIORITY


def undecided(
    choices: Reading, decisions: Reading | None, taken: Sequence[Decision], plan: Iterable[str]
) -> Iterator[str]:
    """A sentence for each choice of another course that no decision concerns.

    ``decisions`` is the sheet's area as it stands, ``taken`` what Decisions holds of the same review, and
    ``plan`` the ids of goals and objectives in the order in which they are drawn: however people sorted
    the rows, the sentences come in that order.
    """
    concerned = {squeezed(key) for keys in _concerns(decisions, taken) for key in keys}
    known = {squeezed(key): place for place, key in enumerate(plan)}
    lines = choices.lines()
    for at in sorted(lines, key=lambda at: known.get(squeezed(plain_text(choices.key(at))), len(known))):
        key, course = plain_text(choices.key(at)), _said(choices, at, CHOICE).strip()
        dropped = squeezed(_said(choices, at, PRIORITY)) == "no"
        other = squeezed(course) not in ("", CONTINUE)
        if squeezed(key) in concerned or not (other or dropped):
            continue
        chosen = f"{course} was chosen" if other else "it is our priority no longer"
        if squeezed(key) in known:
            yield f"{key}: {chosen}, {_ASK.format(key=key)}"
        else:  # a row that people added without an id has a number instead once it is drawn
            named = "A row without an id" if not key or key.isdecimal() else key
            yield f"{named}: {chosen}, {_WHICH}"


def _concerns(decisions: Reading | None, taken: Sequence[Decision]) -> Iterable[Sequence[str]]:
    """What each decision concerns: as the table says, unless people changed it on the sheet.

    Where nothing needs to be done, nothing is concerned.
    """
    found: dict[str | int, Sequence[str]] = {
        squeezed(each.id): each.concerns if each.clause != NONE_NEEDED and each.decision_text.strip() else ()
        for each in taken
    }
    if decisions is None:
        return found.values()
    for at in decisions.lines():
        key, said = plain_text(decisions.key(at)), [_said(decisions, at, header) for header in _TELLING]
        old = [decisions.old_of(key, header) for header in _TELLING]
        untouched = list(map(norm, said)) == list(map(norm, old))
        clause, what, now = said
        if what.strip() and not (untouched and squeezed(key) in found):
            found[squeezed(key) or at] = split_ids(now) if squeezed(clause) != squeezed(NONE_NEEDED) else ()
    return found.values()


def _said(reading: Reading, at: int, header: str) -> str:
    headers = [column.header for column in reading.entry.columns]
    place = reading.places[headers.index(header)] if header in headers else None
    return plain_text(reading.now(at, place))


#: The columns of a decision that tell whether it is one, and of what.
_TELLING = ("Clause", "Decision", "Concerns")
_WHICH = (
    "but there is no such goal or objective (any more). Under Id put the id of a goal or an objective, or "
    "clear the row."
)
_ASK = "and no decision concerns it yet. Type under Decisions what is to be done, with {key} under Concerns."
