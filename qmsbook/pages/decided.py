"""The area Decisions of a review's sheet against the tables Decisions and Actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qmsbook.book.parse import plain_text, split_ids, squeezed
from qmsbook.book.table import Record, Value
from qmsbook.book.tables import Action, Decision
from qmsbook.book.tables.decisions import says_nothing_is_needed
from qmsbook.book.words import clipped, listed
from qmsbook.pages.entries import Reading, Settled
from qmsbook.pages.memo import EntryMemo
from qmsbook.pages.page import Note, norm, text_of
from qmsbook.pages.stores import Said, Shared, carry
from qmsbook.sections.minutes import DECISIONS_KEEP, NONE_NEEDED

#: Where an action keeps what its decision says.
_ACTIONS_KEEP = {"Decision": "What", "Owner": "Owner", "Due": "Due"}


class Decisions:
    """The area Decisions of one sheet."""

    def __init__(self, sheet: Shared, reading: Reading) -> None:
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
        self.shown = {self.known.get(squeezed(key), key) for key in before.rows if not key.isdecimal()}
        self.asked = [key for key in before.asked if key in self.records]
        self.columns = [list(column) for column in reading.table.columns]
        self.base: dict[tuple[str, str], Value] = {}
        self.links: dict[str, str] = {}
        self.remarks: list[str] = []
        self.notes: list[Note] = []
        self.new: list[str] = []

    def settle(self) -> Settled:
        """Carries everything over, and gives the area as it is to be drawn."""
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
            self.sheet.ask("two answers", Decision.TABLE, key, "Decision", problem)
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
            sides = [Said(self._said(at, header)), Said(self._held(record, kept), self.store, record, kept)]
            if key not in self.shown and norm(sides[0].value) == "":
                continue  # an id that was typed to have its row shown
            if action is not None and self.actions is not None:
                sides += self._of_action(key, action, header, old)
            problem = carry(f"{key}, {header}", old, sides)
            if problem:
                self.base[key, header] = old
                self.remarks.append(problem)
                self.sheet.ask("two answers", Decision.TABLE, key, kept, problem)
            elif header == "Concerns" and action is not None and key in self.shown:
                self._serve(action, old, sides)
        was = [self.reading.old_of(key, header) for header in ("Clause", "Decision")]
        if key in self.shown and _nothing_needed(*was):
            self._act(key, at)

    def _of_action(self, key: str, action: Action, header: str, old: Value) -> Iterator[Said]:
        """What the action says of a cell of its decision."""
        assert self.actions is not None
        kept = _ACTIONS_KEEP.get(header)
        if kept and self.actions.has(kept):
            yield Said(self.actions.value(action, kept), self.actions, action, kept)

    def _serve(self, action: Action, old: Value, sides: Sequence[Said]) -> None:
        """What a decision concerns no longer its action serves no longer; what it does now, it serves."""
        new = next((side.value for side in sides if norm(side.value) != norm(old)), old)
        before, now = split_ids(plain_text(old)), split_ids(plain_text(new))
        store, known = self.actions, {squeezed(each) for each in now}
        if store is None or not store.has("Serves") or store.formula(action, "Serves"):
            return
        dropped = {squeezed(each) for each in before} - known
        kept = [each for each in action.serves if squeezed(each) not in dropped]
        there = {squeezed(each) for each in (*kept, *before)}
        wanted = [*kept, *(each for each in now if squeezed(each) not in there)]
        if wanted != list(action.serves):
            store.fill(action, "Serves", ", ".join(wanted))

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
        own = bool(typed) and not typed.isdecimal() and typed not in self.sheet.ids.used
        key = text if own else self.sheet.ids.take(Decision.TABLE)
        self.sheet.ids.know([key])
        self.columns[self.reading.places[0] or 0][at] = key
        row = {kept: self._said(at, header) for header, kept in DECISIONS_KEEP.items()}
        self.store.append({"Decision": key, "Review": self.sheet.review, **row})
        self.new.append(key)
        self._act(key, at)

    def _act(self, key: str, at: int) -> None:
        """Enters the action that carries a decision out, if there is none."""
        clause, what = self._said(at, "Clause"), self._said(at, "Decision")
        serving = self.sheet.book.actions_for.get(key, ())
        store = self.actions
        if store is None or _nothing_needed(clause, what) or norm(what) == "" or serving or key in self.links:
            return
        made = self.sheet.ids.take(Action.TABLE)
        concerns = split_ids(plain_text(self._said(at, "Concerns")))
        store.append({
            "Action": made, "What": what, "Serves": ", ".join([key, *concerns]),
            "Owner": self._said(at, "Owner"), "Due": self._said(at, "Due"), "State": "open",
            "From": "review", "Opened": self.sheet.held_on or self.sheet.book.on,
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
            self.sheet.ask("taken off the review", Decision.TABLE, key, "Decision", question)

    def _tell(self) -> None:
        if self.new:
            acts = [f"{key} (action {self.links[key]})" if key in self.links else key for key in self.new]
            tables = [self.store.table.name]
            tables += [self.actions.table.name] if self.actions and self.actions.new else []
            self.sheet.told.append(
                f"From the review of {self.sheet.period} to {listed(tables)}: {listed(acts)}."
            )


def _nothing_needed(clause: Value, what: Value) -> bool:
    """Whether a row says that nothing has to be done: by its clause, or in so many words."""
    return squeezed(plain_text(clause)) == squeezed(NONE_NEEDED) or says_nothing_is_needed(plain_text(what))
