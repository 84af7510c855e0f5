"""Between the reviews' sheets and the tables: what was typed on one side goes to the other, exactly once.

A decision is known by its id, which is written beside it on the sheet: so rows may be sorted, moved and
reworded. Every cell is compared with what both sides held when the sheet was last drawn. Changed on one side,
it is carried over; changed on both, each side keeps its own and people are asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qmsbook.book import Book, Trouble
from qmsbook.edit import AppendRows, Edit, Fill, FillCells
from qmsbook.host import MARKER, Snapshot
from qmsbook.page import EntryMemo, Note, norm, text_of
from qmsbook.pages.desk import Standing, standing
from qmsbook.pages.entries import NotWhole, Reading, Settled, area_name, called
from qmsbook.parse import plain_text, split_ids, squeezed
from qmsbook.section import Entry, EntryColumn
from qmsbook.sections.minutes import APPROVAL, CONCLUSIONS_ASK, DECISIONS_KEEP, new_review_id
from qmsbook.table import Record, Table, Value
from qmsbook.tables import Action, Decision
from qmsbook.tables import Review as ReviewRow
from qmsbook.words import clipped, listed

REVIEWS = MARKER + "review:"
#: Where an action keeps what its decision says.
_ACTIONS_KEEP = {"Decision": "What", "Owner": "Owner", "Due": "Due"}
_NONE_NEEDED = "none needed"
_NUMBERED = re.compile(r"([A-Za-z]+)0*([0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class Talk:
    """All that was settled: edits of tables, the areas by marker and entry name, and what people must know.

    ``told`` are sentences on what went where; ``troubles`` are the questions, for rules to tell.
    """

    edits: tuple[Edit, ...] = ()
    areas: Mapping[str, Mapping[str, Settled]] = field(default_factory=dict)
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
    ids, found = _Ids(snapshot, book), []
    closed = {review.period for review in book.reviews if review.state == "closed"}
    for drawn in snapshot.drawn:
        period = drawn.marker.removeprefix(REVIEWS)
        mine = drawn.marker.startswith(REVIEWS) and drawn.marker not in without and period not in closed
        if not mine or book.parse_period(period) is None or (drawn.protected and drawn.marker != opened):
            continue
        try:
            stands = standing(snapshot, drawn.marker)
            if stands is not None:
                found.append(_Sheet(snapshot, book, stands, period, ids).settle())
        except NotWhole:
            continue  # it is told when the sheet is drawn; until then nothing moves
    return Talk(
        tuple(edit for each in found for edit in each.edits),
        {marker: areas for each in found for marker, areas in each.areas.items()},
        tuple(trouble for each in found for trouble in each.troubles),
        tuple(text for each in found for text in each.told),
        tuple(marker for each in found for marker in each.moved),
    )


class _Ids:
    """Gives out ids that nothing in the workbook has or had."""

    def __init__(self, snapshot: Snapshot, book: Book) -> None:
        self.used = {squeezed(record.key) for record in book.records() if record.key}
        self.used |= {squeezed(key) for action in book.actions for key in action.serves}
        self.like = {Decision.TABLE: _widths(book.decisions, "D"), Action.TABLE: _widths(book.actions, "A")}

    def take(self, table: str) -> str:
        """The next id in the way of those that the table has: D05 after D04."""
        (letter, width, number) = self.like[table]
        while squeezed(made := f"{letter}{number + 1:0{width}}") in self.used:
            number += 1
        self.like[table] = letter, width, number + 1
        self.used.add(squeezed(made))
        return made

    def know(self, keys: Iterable[str]) -> None:
        """Ids that were given out before, whatever became of them."""
        self.used |= {squeezed(key) for key in keys}


def _widths(records: Sequence[Decision] | Sequence[Action], letter: str) -> tuple[str, int, int]:
    """Letter, width and highest number of the ids that are a letter and a number."""
    found = [match for each in records if (match := _NUMBERED.match(each.id)) and match[1].upper() == letter]
    width = max((len(match[0]) - len(match[1]) for match in found), default=2)
    return letter, width, max((int(match[2]) for match in found), default=0)


@dataclass
class _Store:
    """A table of the workbook that shares cells with the sheet, and what is to be filled in there."""

    table: Table
    fills: list[Fill] = field(default_factory=list)
    new: list[dict[str, Value]] = field(default_factory=list)

    def value(self, record: Record, header: str) -> Value:
        return self.table.columns[self.table.find(header) or 0][self.row(record)]

    def row(self, record: Record) -> int:
        return record.row - self.table.row - 1

    def has(self, header: str) -> bool:
        return self.table.find(header) is not None

    def formula(self, record: Record, header: str) -> bool:
        return self.table.formula(self.row(record), self.table.find(header) or 0) is not None

    def fill(self, record: Record, header: str, value: Value) -> None:
        self.fills.append(Fill(self.row(record), header, self.value(record, header), value))

    def append(self, row: Mapping[str, Value]) -> None:
        self.new.append({h: v for h, v in row.items() if self.has(h) and norm(v) != ""})

    def edits(self) -> Iterator[Edit]:
        if self.new:
            yield AppendRows(self.table.name, tuple(self.new))
        if self.fills:
            yield FillCells(self.table.name, tuple(self.fills))


@dataclass(frozen=True, slots=True)
class _Said:
    """What one side says in a cell: the sheet (no store), or a record of a table."""

    value: Value
    store: _Store | None = None
    record: Record | None = None
    header: str = ""

    @property
    def where(self) -> str:
        return f"the table {self.store.table.name}" if self.store else "this sheet"


class _Sheet:
    """One review's sheet, and the tables that it shares cells with."""

    def __init__(self, snapshot: Snapshot, book: Book, stands: Standing, period: str, ids: _Ids) -> None:
        self.book, self.stands, self.period, self.ids = book, stands, period, ids
        self.stores = {
            name: _Store(table)
            for name in (ReviewRow.TABLE, Decision.TABLE, Action.TABLE)
            if (table := snapshot.table(name)) is not None and name in book.tables
        }
        self.row = next((review for review in book.reviews if review.period == period), None)
        self.review = self.row.id if self.row else new_review_id(period)
        self.areas: dict[str, Settled] = {}
        self.troubles: list[Trouble] = []
        self.told: list[str] = []
        #: What goes into Reviews if the review is not listed there yet.
        self.listed: dict[str, Value] = {}

    def settle(self) -> Talk:
        for memo in self.stands.memo.entries.values():
            ids = [key for key in (*memo.rows, *memo.asked) if not key.isdigit()]
            self.ids.know([*ids, *memo.links.values()])
        decisions = self._reading("Decisions", ["No", *DECISIONS_KEEP])
        if decisions is not None and self._keeps_decisions():
            self.areas["Decisions"] = _Decisions(self, decisions).settle()
        self._of_reviews("Conclusions", ("About", "Conclusion"), tuple(CONCLUSIONS_ASK))
        self._of_reviews("Approval", ("Item", "Entry"), APPROVAL)
        self._attendance()
        self._list_review()
        edits = tuple(edit for store in self.stores.values() for edit in store.edits())
        marker = self.stands.drawn.marker
        moved = (marker,) if edits else ()
        return Talk(edits, {marker: self.areas}, tuple(self.troubles), tuple(self.told), moved)

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
        columns = [EntryColumn("id", header) for header in headers if squeezed(header) in known]
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
            sides = [_Said(now), _Said(store.value(self.row, key), store, self.row, key)]
            problem = self.carry(key, old, sides)
            if problem:
                base[key, headers[1]] = old
                remarks.append(problem)
                self._trouble("two answers", self.row, key, problem)
        self.areas[area] = Settled(base=base, remarks=tuple(remarks))

    def carry(self, about: str, old: Value, sides: Sequence[_Said]) -> str:
        """Carries a change of one side to the others; gives a sentence if people have to decide."""
        new = {norm(side.value): side for side in sides if norm(side.value) != norm(old)}
        if not new:
            return ""
        if len(new) > 1:
            said = [f"{side.where} says {_quoted(side.value)}" for side in new.values()]
            return f"{about}: {listed(said)}. Make them the same; until then each keeps its own."
        (wanted,) = new.values()
        behind = [s for s in sides if s.store is not None and norm(s.value) != norm(wanted.value)]
        for side in behind:
            assert side.store is not None
            assert side.record is not None
            if side.store.formula(side.record, side.header):
                where = f"{side.where} has a formula there, which is left alone"
                return f"{about}: {wanted.where} says {_quoted(wanted.value)}, but {where}."
        for side in behind:
            assert side.store is not None
            assert side.record is not None
            side.store.fill(side.record, side.header, wanted.value)
        return ""

    def _trouble(self, kind: str, record: Record, header: str, detail: str) -> None:
        trouble = Trouble(kind, record.TABLE, None, record.key, header, None, detail)  # type: ignore[arg-type]  # one of Noticed
        self.troubles.append(trouble)

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
        self.told.append(f"{self.review} is entered in {store.table.name}.")


class _Decisions:
    """The area Decisions of one sheet."""

    def __init__(self, sheet: _Sheet, reading: Reading) -> None:
        self.sheet, self.reading = sheet, reading
        self.store = sheet.stores[Decision.TABLE]
        self.actions = sheet.stores.get(Action.TABLE)
        before = reading.before
        assert before is not None  # an area without one is not read
        self.before: EntryMemo = before
        book = sheet.book
        mine = {d.id: d for d in reversed(book.decisions) if d.id and d.review == sheet.review}
        self.records = dict(reversed(mine.items()))
        self.known = {squeezed(key): key for key in self.records}
        self.shown = {self.known.get(squeezed(key), key) for key in before.rows if not key.isdigit()}
        self.asked = [key for key in before.asked if key in self.records]
        self.columns = [list(column) for column in reading.table.columns]
        self.base: dict[tuple[str, str], Value] = {}
        self.links: dict[str, str] = {}
        self.remarks: list[str] = []
        self.notes: list[Note] = []
        self.new: list[str] = []

    def settle(self) -> Settled:
        present, fresh = self._sorted_out()
        self._adopt(present, fresh)
        for key, at in present.items():
            self._merge(key, at)
        for at in fresh:
            if norm(self._said(at, "Decision")) != "":
                self._enter(at)
        self._taken_off(present)
        self._tell()
        table = replace(self.reading.table, columns=tuple(self.columns))
        return Settled(
            table, self.base, tuple(self.asked), self.links, tuple(self.remarks), tuple(self.notes)
        )

    def _said(self, at: int, header: str) -> Value:
        headers = [column.header for column in self.reading.entry.columns]
        place = self.reading.places[headers.index(header)] if header in headers else None
        return self.reading.now(at, place)

    def _sorted_out(self) -> tuple[dict[str, int], list[int]]:
        """The rows of decisions that Decisions holds, by id, and those that it does not hold yet."""
        present: dict[str, int] = {}
        fresh: list[int] = []
        gone = {squeezed(key): key for key in self.shown if key not in self.records}
        for at in self.reading.lines():
            text = plain_text(self.reading.key(at))
            key = self.known.get(squeezed(text))
            said = any(norm(self._said(at, header)) != "" for header in DECISIONS_KEEP)
            was = any(norm(self.reading.old_of(text, header)) != "" for header in DECISIONS_KEEP)
            if key is None and squeezed(text) in gone:
                self._gone(gone[squeezed(text)], at)
            elif key is None:
                fresh += [at] if said else []
            elif said or (key in self.shown and not was):
                present[key] = at
            else:
                self._show_again(key, at)
        return present, fresh

    def _show_again(self, key: str, at: int) -> None:
        """A row with an id and no word: emptied it counts as taken off; typed anew it comes back."""
        if key not in self.shown:
            self.asked = [each for each in self.asked if each != key]
        self._clear(at)

    def _clear(self, at: int) -> None:
        for place in self.reading.places:
            if place is not None:
                self.columns[place][at] = None

    def _gone(self, key: str, at: int) -> None:
        """A decision that is this review's no longer in Decisions leaves the sheet, unless it was changed."""
        names = [header for header in DECISIONS_KEEP if norm(self._said(at, header)) != ""]
        if not names:
            self._clear(at)
            return
        changed = [
            header
            for header in DECISIONS_KEEP
            if norm(self._said(at, header)) != norm(self.reading.old_of(key, header))
        ]
        if changed:
            for header in DECISIONS_KEEP:
                self.base[key, header] = self.reading.old_of(key, header)
            problem = (
                f"{key} is no longer among this review's decisions in the table {self.store.table.name}, and "
                f"its {listed(changed)} was changed here. Clear its row here, or clear only {key} under No "
                f"to enter it there as a new decision."
            )
            self.remarks.append(problem)
            self.sheet.troubles.append(
                Trouble("two answers", Decision.TABLE, None, key, "Decision", None, problem)
            )
            return
        elsewhere = any(norm(d.decision_text) == norm(self._said(at, "Decision")) for d in self._all())
        if not elsewhere:
            text = "; ".join(text_of(self._said(at, header)) for header in names)
            cell = self.reading.table.cell(at, self.reading.places[0] or 0)
            self.notes.append(Note(self.reading.table.sheet, cell.a1, key, text))
        self.sheet.told.append(
            f"{key} is no longer among the decisions of {self.sheet.review} in {self.store.table.name}, so "
            f"it left the review's sheet."
        )

    def _all(self) -> tuple[Decision, ...]:
        return self.sheet.book.decisions

    def _adopt(self, present: dict[str, int], fresh: list[int]) -> None:
        """A row without an id that says what a decision says which is not on the sheet is that decision.

        So it was typed on both sides, or it was entered and the program was stopped before it drew the sheet.
        """
        missing = {key: record for key, record in self.records.items() if key not in present}
        for at in [*fresh]:
            for key, record in missing.items():
                if all(
                    norm(self._said(at, header)) == norm(self._held(record, kept))
                    for header, kept in DECISIONS_KEEP.items()
                    if self.store.has(kept)
                ):
                    fresh.remove(at)
                    present[key] = at
                    del missing[key]
                    self.asked = [each for each in self.asked if each != key]
                    self.columns[self.reading.places[0] or 0][at] = key
                    self._act(key, at)
                    break

    def _held(self, record: Record, header: str) -> Value:
        return self.store.value(record, header) if self.store.has(header) else None

    def _merge(self, key: str, at: int) -> None:
        record = self.records[key]
        action = self._linked(key)
        for header, kept in DECISIONS_KEEP.items():
            if not self.store.has(kept):
                continue
            old = self.reading.old_of(key, header) if key in self.shown else None
            sides = [_Said(self._said(at, header)), _Said(self._held(record, kept), self.store, record, kept)]
            if key not in self.shown and norm(sides[0].value) == "":
                continue  # an id that was typed to have its row shown
            if action is not None and self.actions is not None:
                sides += self._of_action(key, action, header, old)
            problem = self.sheet.carry(f"{key}, {header}", old, sides)
            if problem:
                self.base[key, header] = old
                self.remarks.append(problem)
                self.sheet.troubles.append(
                    Trouble("two answers", Decision.TABLE, None, key, kept, None, problem)
                )
        was, now = self.reading.old_of(key, "Clause"), self._said(at, "Clause")
        if key in self.shown and norm(was) == _NONE_NEEDED and norm(now) != _NONE_NEEDED:
            self._act(key, at)

    def _of_action(self, key: str, action: Action, header: str, old: Value) -> Iterator[_Said]:
        """What the action says of a cell of its decision."""
        assert self.actions is not None
        kept = _ACTIONS_KEEP.get(header)
        if kept and self.actions.has(kept):
            yield _Said(self.actions.value(action, kept), self.actions, action, kept)

    def _linked(self, key: str) -> Action | None:
        """The action that carries a decision out and says the same as it."""
        if self.actions is None:
            return None
        serving = {action.id: action for action in self.sheet.book.actions_for.get(key, ()) if action.id}
        known = serving.get(self.before.links.get(key, ""))
        if known is None and key in self.shown:
            known = next((each for each in serving.values() if self._says_the_same(key, each)), None)
        if known is not None:
            self.links[key] = known.id
        return known

    def _says_the_same(self, key: str, action: Action) -> bool:
        assert self.actions is not None
        return all(
            norm(self.actions.value(action, kept)) == norm(self.reading.old_of(key, header))
            for header, kept in _ACTIONS_KEEP.items()
            if self.actions.has(kept)
        )

    def _enter(self, at: int) -> None:
        """A new decision gets its id, a row in Decisions and, unless nothing is to be done, an action."""
        typed = squeezed(text := plain_text(self.reading.key(at)))
        own = bool(typed) and not typed.isdigit() and typed not in self.sheet.ids.used
        key = text if own else self.sheet.ids.take(Decision.TABLE)
        self.sheet.ids.know([key])
        self.columns[self.reading.places[0] or 0][at] = key
        row = {kept: self._said(at, header) for header, kept in DECISIONS_KEEP.items()}
        self.store.append({"Decision": key, "Review": self.sheet.review, **row})
        self.new.append(key)
        self._act(key, at)

    def _act(self, key: str, at: int) -> None:
        """Enters the action that carries a decision out, if there is none."""
        clause, what = norm(self._said(at, "Clause")), self._said(at, "Decision")
        serving = self.sheet.book.actions_for.get(key, ())
        store = self.actions
        if store is None or clause == _NONE_NEEDED or norm(what) == "" or serving or key in self.links:
            return
        made = self.sheet.ids.take(Action.TABLE)
        opened = self.sheet.row.held_on if self.sheet.row else None
        concerns = split_ids(plain_text(self._said(at, "Concerns")))
        store.append({
            "Action": made, "What": what, "Serves": ", ".join([key, *concerns]),
            "Owner": self._said(at, "Owner"), "Due": self._said(at, "Due"), "State": "open",
            "From": "review", "Opened": opened or self.sheet.book.on,
        })  # fmt: skip
        self.links[key] = made

    def _taken_off(self, present: Mapping[str, int]) -> None:
        """Decisions that people took off the sheet and that Decisions still holds: they are asked."""
        gone = [key for key in self.shown if key in self.records and key not in present]
        self.asked += [key for key in sorted(gone) if key not in self.asked]
        for key in self.asked:
            record = self.records[key]
            serving = [a.id for a in self.sheet.book.actions_for.get(key, ()) if a.id and a.state == "open"]
            too = f", and so does the action {listed(serving)}" if serving else ""
            question = (
                f"{key} ({clipped(record.decision_text, 60)}) was taken off this sheet and still stands in "
                f"the table {self.store.table.name}{too}. Delete it there too, or type {key} under No to "
                f"have it back here."
            )
            self.remarks.append(question)
            self.sheet.troubles.append(
                Trouble("taken off the review", Decision.TABLE, None, key, "Decision", None, question)
            )

    def _tell(self) -> None:
        if self.new:
            acts = [f"{key} (action {self.links[key]})" if key in self.links else key for key in self.new]
            tables = [self.store.table.name]
            tables += [self.actions.table.name] if self.actions and self.actions.new else []
            self.sheet.told.append(
                f"From the review of {self.sheet.period} to {listed(tables)}: {listed(acts)}."
            )


def _quoted(value: Value) -> str:
    text = text_of(value)
    return f"“{clipped(text, 60)}”" if text else "nothing"
