"""Between the reviews' sheets and the tables: what was typed on one side goes to the other, exactly once.

A decision is known by its id, which is written beside it on the sheet: so rows may be sorted, moved and
reworded. Every cell is compared with what both sides held when the sheet was last drawn. Changed on one side,
it is carried over; changed on both, each side keeps its own and people are asked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from qmsbook.book.book import Book, Trouble
from qmsbook.book.edit import Edit
from qmsbook.book.parse import parse, plain_text, squeezed
from qmsbook.book.snapshot import Snapshot
from qmsbook.book.table import Value, columns_of
from qmsbook.book.tables import Decision
from qmsbook.book.tables import Review as ReviewRow
from qmsbook.pages.chosen import undecided
from qmsbook.pages.decided import Decisions
from qmsbook.pages.entries import NotWhole, Reading, Settled, area_name, called
from qmsbook.pages.page import norm
from qmsbook.pages.standing import REVIEWS, standing
from qmsbook.pages.stores import Ids, Said, Shared, carry
from qmsbook.sections.minutes import APPROVAL, CHOICE, CONCLUSIONS_ASK, DECISIONS_KEEP, PRIORITY
from qmsbook.sections.objectives import ranked, vital
from qmsbook.sections.section import Entry, EntryColumn

_APPROVAL = ("Item", "Entry")


class Talk(NamedTuple):
    """All that was settled: edits of tables, the areas by marker and entry name, and what people must know.

    ``told`` are sentences on what went where; ``troubles`` are the questions, for rules to tell.
    """

    edits: tuple[Edit, ...] = ()
    areas: Mapping[str, Mapping[str, Settled]] = MappingProxyType({})
    troubles: tuple[Trouble, ...] = ()
    told: tuple[str, ...] = ()
    #: The sheets whose words went into tables: they must be drawn anew with the ids, or nothing may go.
    moved: tuple[str, ...] = ()


#: Nothing to settle.
SILENCE = Talk()


def settle(snapshot: Snapshot, book: Book, without: Collection[str] = (), opened: str = "") -> Talk:
    """What has to go from the open reviews' sheets into the tables, and what people have to be asked.

    ``without`` are markers of sheets to leave alone; ``opened`` is one that is being reopened.
    """
    ids, found = Ids(snapshot, book), []
    closed = {review.period for review in book.reviews if review.state == "closed"}
    for drawn in snapshot.drawn:
        period = drawn.marker.removeprefix(REVIEWS)
        mine = drawn.marker.startswith(REVIEWS) and drawn.marker not in without and period not in closed
        if not mine or book.parse_period(period) is None or (drawn.protected and drawn.marker != opened):
            continue
        try:
            stands = standing(snapshot, drawn.marker)
            if stands is not None:
                found.append(_Sheet(Shared(snapshot, book, stands, period, ids)).settle())
        except NotWhole:
            continue  # it is told when the sheet is drawn; until then nothing moves
    return Talk(
        tuple(edit for each in found for edit in each.edits),
        {marker: areas for each in found for marker, areas in each.areas.items()},
        tuple(trouble for each in found for trouble in each.troubles),
        tuple(text for each in found for text in each.told),
        tuple(marker for each in found for marker in each.moved),
    )


class _Sheet:
    """One review's sheet, and the tables that it shares cells with."""

    def __init__(self, shared: Shared) -> None:
        self.shared, self.book, self.stands, self.row = shared, shared.book, shared.stands, shared.row
        self.stores, self.period, self.review = shared.stores, shared.period, shared.review
        self.areas: dict[str, Settled] = {}
        #: What goes into Reviews if the review is not listed there yet.
        self.listed: dict[str, Value] = {}

    def settle(self) -> Talk:
        for memo in self.stands.memo.entries.values():
            ids = [key for key in (*memo.rows, *memo.asked) if not key.isdecimal()]
            self.shared.ids.know([*ids, *memo.links.values()])
        self.shared.held_on = self._held_on()
        decisions = self._reading("Decisions", ["No", *DECISIONS_KEEP])
        if decisions is not None and self._keeps_decisions():
            self.areas["Decisions"] = Decisions(self.shared, decisions).settle()
        choices = self._reading("Choices", ["Id", CHOICE, PRIORITY])
        if choices is not None:
            taken = [decision for decision in self.book.decisions if decision.review == self.review]
            about = (*ranked(self.book), *vital(self.book), *self.book.objectives)
            plan = list(dict.fromkeys(each.key for each in about))
            self.areas["Choices"] = Settled(remarks=tuple(undecided(choices, decisions, taken, plan)))
        self._of_reviews("Conclusions", ("About", "Conclusion"), tuple(CONCLUSIONS_ASK))
        self._of_reviews("Approval", _APPROVAL, APPROVAL)
        self._attendance()
        self._list_review()
        edits = tuple(edit for store in self.stores.values() for edit in store.edits())
        marker = self.stands.drawn.marker
        moved = (marker,) if edits else ()
        return Talk(edits, {marker: self.areas}, tuple(self.shared.troubles), tuple(self.shared.told), moved)

    def _held_on(self) -> date | None:
        """The day of the meeting: as it was typed on the sheet just now, else as Reviews has it."""
        reading = self._reading("Approval", _APPROVAL)
        for at in reading.lines() if reading else ():
            if reading is not None and squeezed(plain_text(reading.key(at))) == squeezed(APPROVAL[0]):
                now = reading.now(at, reading.places[1])
                if norm(now) not in {"", norm(reading.old_of(APPROVAL[0], _APPROVAL[1]))}:
                    day: date | None = parse(columns_of(ReviewRow)["held_on"], now).value
                    return day
        return self.shared.held_on

    def _keeps_decisions(self) -> bool:
        store = self.stores.get(Decision.TABLE)
        return store is not None and all(map(store.has, ("Decision", "Review", "Decision text")))

    def _reading(self, name: str, headers: Sequence[str]) -> Reading | None:
        """An area as it stands. Raises NotWhole if it is not whole."""
        before = self.stands.memo.entries.get(area_name(name, self.period))
        table = called(area_name(name, self.period), self.stands.tables)
        if before is None:
            return None
        if table is None:
            raise NotWhole(name)
        known = {squeezed(header) for header in before.headers}
        # The other columns tell, of two rows of a name, which one people typed into.
        asked = {squeezed(header) for header in headers}
        others = [h for h in before.headers if squeezed(h) not in asked and table.find(h) is not None]
        wanted = [header for header in headers if squeezed(header) in known]
        columns = [EntryColumn("id", header) for header in (*wanted, *others)]
        return Reading(Entry(name, tuple(columns)), table, before)

    def _of_reviews(self, area: str, headers: tuple[str, str], keys: Collection[str]) -> None:
        """Carries the rows of an area to and from the columns of Reviews that are called like the rows."""
        reading, store = self._reading(area, headers), self.stores.get(ReviewRow.TABLE)
        if reading is None or store is None:
            return
        base: dict[tuple[str, str], Value] = {}
        remarks: list[str] = []
        for at in reading.lines():
            key = next((k for k in keys if squeezed(k) == squeezed(plain_text(reading.key(at)))), None)
            if key is None or not store.has(key):
                continue
            old, now = reading.old_of(key, headers[1]), reading.now(at, reading.places[1])
            if self.row is None:
                if norm(now) not in {norm(old), ""}:
                    self.listed[key] = now
                continue
            sides = [Said(now), Said(store.value(self.row, key), store, self.row, key)]
            problem = carry(key, old, sides)
            if problem:
                base[key, headers[1]] = old
                remarks.append(problem)
                self.shared.ask("two answers", ReviewRow.TABLE, self.row.key, key, problem)
        self.areas[area] = Settled(base=base, remarks=tuple(remarks))

    def _attendance(self) -> None:
        """Who is marked as there comes into *Attended by*, who no longer is goes out of it."""
        reading, store = self._reading("Attendance", ["Person", "There"]), self.stores.get(ReviewRow.TABLE)
        if reading is None or store is None or not store.has("Attended by"):
            return
        came: list[str] = []
        went: list[str] = []
        for at in reading.lines():
            name = plain_text(reading.key(at))
            was, now = (
                norm(v) == "yes" for v in (reading.old_of(name, "There"), reading.now(at, reading.places[1]))
            )
            if name and was != now:
                (came if now else went).append(name)
        if self.row is None:
            if came:
                self.listed["Attended by"] = ", ".join(came)
            return
        there = self.row.attended_by
        wanted = [name for name in there if name not in went] + [name for name in came if name not in there]
        if wanted != list(there) and not store.formula(self.row, "Attended by"):
            store.fill(self.row, "Attended by", ", ".join(wanted))

    def _list_review(self) -> None:
        """Enters the review in Reviews once there is something to keep of it."""
        store = self.stores.get(ReviewRow.TABLE)
        decided = self.stores.get(Decision.TABLE)
        if self.row is not None or store is None or not (self.listed or (decided and decided.new)):
            return
        row = {"Review": self.review, "Period": self.period, "State": "draft", **self.listed}
        store.append(row)
        self.shared.told.append(f"{self.review} is entered in {store.table.name}.")
