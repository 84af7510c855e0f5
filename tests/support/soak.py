"""A day at the desk in a few minutes: somebody types, half-types, sorts, renames, saves and presses buttons.

``python tests/support/soak.py [--seconds 3600] [--seed 7]`` runs a long one and tells how it goes. By one
seed the same things are done in the same order; how far it comes depends on the machine. With
``--presses 200`` a figure is typed and a button pressed that often, and it tells what LibreOffice holds.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop import Answers
from hands import type_in
from person import Person, person_at

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.reader import load as read
from qmsbook.hosts.libreoffice.bridge import close, load, properties, struct
from qmsbook.hosts.libreoffice.entry import being_typed
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

#: Buttons as often as people press them, with what is clicked in the dialog that they may show.
BUTTONS = {
    "Refresh": ("refresh", "OK", 6),
    "Check": ("check", "OK", 3),
    "Review": ("review", "OK", 2),
    "Findings": ("findings", "OK", 1),
    "Help": ("help", "OK", 1),
    "New figures": ("period", "OK", 1),
    "Undo last": ("undo", "OK", 1),
    "Close review": ("close", "No", 1),
}
#: Where words are typed: a table's sheet, the header of the column that names its rows, that of the words.
WORDS = (
    ("Actions", "Action", "What"),
    ("Ideas", "Idea", "Suggestion"),
    ("KPIs", "KPI", "Name"),
    ("Objectives", "Objective", "Statement"),
)
_MINUTES = "Minutes_2026_Q3"
#: LibreOffice's memory may grow by so much a press, and by so much whatever is done: two hundred presses stay
#: within 200 MB. Half of what grows is for this test's mouse and eyes. Megabytes.
SLOPE, FLOOR = 0.7, 60.0
_PATIENCE = 60.0
#: After so many presses in a row people save the workbook, close it and open it again.
_SAVED_EVERY = 50


@dataclass(frozen=True)
class Press:
    """A press of a button: the processor's seconds that it took, and the megabytes LibreOffice holds then.

    ``first``: of its command since the workbook was opened, for the time that is ``opened``.
    """

    command: str
    seconds: float
    holds: float
    first: bool
    opened: int


@dataclass
class Soak:
    """What was typed so far, by sheet or table, row and column; and what the presses took."""

    person: Person
    path: Path
    random: random.Random
    typed: dict[tuple[str, object, str], object] = field(default_factory=dict)
    presses: list[Press] = field(default_factory=list)
    pressed: set[str] = field(default_factory=set)
    opened: int = 0
    words: int = 0

    # -- what hands do

    def word(self) -> str:
        """A text that no other begins with: the program would complete it."""
        self.words += 1
        return f"w{self.words:04d}"

    def type_word(self, *keys: str) -> None:
        """Type a word into a row of a table or of the review's minutes; without keys it stays half typed."""
        document = self.person.document
        if self.random.random() < 0.4 and document.DatabaseRanges.hasByName(_MINUTES):
            sheet, rows, column = self._minutes()
            place = self.random.choice(sorted(rows))
            key: tuple[str, object, str] = (_MINUTES, place, "Minutes")
        else:
            name, key_header, header = self.random.choice(WORDS)
            sheet, rows, column = self._rows(name, key_header, header)
            place = self.random.choice(sorted(rows, key=str))
            key = (name, place, header)
        word = self.word()
        self._type(sheet, rows[place], column, word, keys)
        self.typed[key] = word

    def type_whole(self) -> None:
        """Type a word and press Enter."""
        self.type_word("Return")

    def type_figure(self) -> None:
        """Type a figure over one in Measurements."""
        sheet, rows, column = self._rows("Measurements", ("KPI", "Period"), "Value")
        values = sheet.getCellRangeByPosition(column, 0, column, max(rows.values())).getDataArray()
        there = [key for key, row in rows.items() if isinstance(values[row][0], float)]
        place = self.random.choice(sorted(there, key=str)[-400:])
        before = values[rows[place]][0]
        figure = f"{before * self.random.choice([0.97, 1.02, 1.1]):.2f}"
        self._type(sheet, rows[place], column, figure, ("Return",))
        self.typed["Measurements", place, "Value"] = sheet.getCellByPosition(column, rows[place]).getValue()

    def half_typed(self) -> None:
        """Press a button while a cell is half typed."""
        self.type_word()
        self.press(self._button())
        assert not being_typed(self.person.document)

    def press_any(self) -> None:
        """Press a button."""
        self.press(self._button())

    def press_twice(self) -> None:
        """Press a button twice, as people double-click everything."""
        label = self._button()
        command, answer, _ = BUTTONS[label]
        answers = Answers(self.person.desktop.here)
        self.person.click(label)
        time.sleep(0.2)
        if not self.person.wave_away(answer):
            self.person.click(label)
        answers.wait(command, lambda: self.person.wave_away(answer))
        answers.until_over(lambda: self.person.wave_away(answer))
        self._calm(answer)

    def sort(self) -> None:
        """Sort a table by one of its columns, as with the button in its header."""
        name = self.random.choice(["Actions", "Measurements", "Ideas"])
        at = self.person.document.DatabaseRanges.getByName(name).DataArea
        sheet = self.person.document.Sheets.getByIndex(at.Sheet)
        cells = sheet.getCellRangeByPosition(at.StartColumn, at.StartRow, at.EndColumn, at.EndRow)
        by = struct("com.sun.star.table.TableSortField")
        by.Field, by.IsAscending = self.random.randrange(3), self.random.random() < 0.5
        from qmsbook.hosts.libreoffice.bridge import bridge

        fields = bridge().Any("[]com.sun.star.table.TableSortField", (by,))
        cells.sort(properties(SortFields=fields, ContainsHeader=True))

    def rename(self) -> None:
        """Give a drawn sheet another name."""
        drawn = [
            s.sheet for s in self.host.read().drawn if s.sheet[:6] in ("Scorec", "Findin", "Cascad", "My she")
        ]
        if drawn:
            self.person.document.Sheets.getByName(self.random.choice(drawn)).Name = f"My sheet {self.word()}"

    def save_and_reopen(self) -> None:
        """Save the workbook under its own name, close it, open it again."""
        self.person.document.store()
        close(self.person.document)
        self.pressed.clear()
        self.opened += 1
        self.person.document = load(self.person.running, self.path, hidden=False)
        time.sleep(1)
        self.person.window.setFocus()
        self.person.display.keys("Escape")  # a window that has just opened may miss the first key
        time.sleep(0.5)

    def press(self, label: str) -> str:
        """Press a button and answer what it asks; notes the processor time that LibreOffice took for it."""
        command, answer, _ = BUTTONS[label]
        desktop = self.person.desktop
        seconds = desktop.seconds()
        said = self.person.press_through(label, command, answer)
        took, first = desktop.seconds() - seconds, command not in self.pressed
        self.presses.append(Press(command, took, desktop.megabytes(), first, self.opened))
        self.pressed.add(command)
        return said

    # -- the whole

    def run(self, seconds: float, say: Callable[[str], None] = lambda _: None) -> None:
        """Do one thing after another for so long."""
        for label in ("Refresh", "Review", "Check"):
            self.press(label)
        for _ in range(2):  # what was drawn before it was saved is drawn on
            self.type_figure()
            self.press("Refresh")
            self.save_and_reopen()
        things: list[tuple[Callable[[], object], int]] = [
            (self.type_whole, 4), (self.type_figure, 4), (self.half_typed, 4), (self.press_any, 3),
            (self.press_twice, 2), (self.sort, 1), (self.rename, 1), (self.save_and_reopen, 1),
        ]  # fmt: skip
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            thing = self.random.choices([each for each, _ in things], [often for _, often in things])[0]
            thing()
            say(f"{thing.__name__}: {self.account}")

    def press_often(self, presses: int, say: Callable[[str], None] = lambda _: None) -> None:
        """Type a figure and press a button, so many times; what the first of each took is no growth."""
        say(f"{self.person.desktop.megabytes():.0f} MB before the first press")
        for label in BUTTONS:
            self.press(label)
        start = len(self.presses)
        while (done := len(self.presses) - start) < presses:
            if done and not done % _SAVED_EVERY:
                self.save_and_reopen()
            self.type_figure()
            self.press(self._button())
            first, *held = [press.holds for press in self.presses[start - 1 :]]
            if not len(held) % 10:
                say(f"{len(held)} presses: {first:.0f} MB, then {held[-1]:.0f}, at most {max(held):.0f}")

    def verify(self, folder: Path) -> list[str]:
        """What is not as it must be at the end, in words."""
        self.press("Refresh")
        return [*self._lost(), *self._statuses(folder), *self._grown(), *self._log()]

    def _lost(self) -> list[str]:
        wrong = []
        for (name, place, header), wanted in self.typed.items():
            if name == _MINUTES:
                sheet, rows, column = self._minutes()
            else:
                keys = ("KPI", "Period") if name == "Measurements" else {n: k for n, k, _ in WORDS}[name]
                sheet, rows, column = self._rows(name, keys, header)
            cell = sheet.getCellByPosition(column, rows[place]) if place in rows else None
            found = (
                None if cell is None else cell.getValue() if isinstance(wanted, float) else cell.getString()
            )
            if found != wanted:
                wrong.append(f"{name} {place} {header} holds {found!r}, typed was {wanted!r}")
        return wrong

    def _statuses(self, folder: Path) -> list[str]:
        """Statuses as the closed file has them."""
        closed = folder / "closed.xlsx"
        self.person.document.storeToURL(closed.as_uri(), properties(FilterName="Calc MS Excel 2007 XML"))
        commands.refresh(FileHost(closed))
        live, file = self.host.read(), FileHost(closed).read()
        wrong = []
        for name in ("KPIs", "Objectives", "Goals"):
            columns = [
                table.columns[table.find("Status") or 0]
                for each in (live, file)
                if (table := each.table(name))
            ]
            if len(columns) != 2 or columns[0] != columns[1] or not any(columns[0]):
                wrong.append(f"Status of {name}: {columns}")
        return wrong

    def _grown(self) -> list[str]:
        wrong = []
        # What the program keeps of a workbook that is opened again is its own; so is what it needs once to
        # show sheets of it that were never drawn since.
        growth = 0.0
        for opened in range(self.opened + 1):
            holds = [press.holds for press in self.presses if press.opened == opened and not press.first]
            growth += holds[-1] - holds[0] if holds else 0.0
        most = FLOOR + SLOPE * len(self.presses)
        if growth > most:
            wrong.append(
                f"LibreOffice grew by {growth:.0f} MB in {len(self.presses)} presses; {most:.0f} are allowed"
            )
        for command in {press.command for press in self.presses}:
            took = [press.seconds for press in self.presses[3:] if press.command == command]
            third = len(took) // 3
            if third >= 3 and statistics.median(took[-third:]) > 2 * statistics.median(took[:third]) + 0.5:
                wrong.append(f"{command} takes longer and longer: {[round(each, 1) for each in took]} s")
        return wrong

    def _log(self) -> list[str]:
        lines = self.person.desktop.here.log.read_text("utf-8").splitlines()
        marks = (
            " ERROR ", "Traceback", ".cxx", " the command", "nothing was written. Try again",
            "Something failed", "could not be put back",
        )  # fmt: skip
        return [line for line in lines if any(mark in line for mark in marks)]

    # -- help

    @property
    def host(self) -> LibreOfficeHost:
        return LibreOfficeHost(self.person.document)

    @property
    def account(self) -> str:
        """How far it came."""
        last, holds = self.presses[-1], self.person.desktop.megabytes()
        return (
            f"{len(self.presses)} presses, {len(self.typed)} cells, {self.words} words, {holds:.0f} MB "
            f"(last: {last.command}, {last.seconds:.1f} s, {last.holds:.0f} MB)"
        )

    def _button(self) -> str:
        return self.random.choices(list(BUTTONS), [often for _, _, often in BUTTONS.values()])[0]

    def _calm(self, answer: str) -> None:
        until = time.monotonic() + 2
        while time.monotonic() < until:
            self.person.wave_away(answer)
            time.sleep(0.1)

    def _rows(
        self, name: str, keys: str | tuple[str, ...], header: str
    ) -> tuple[Any, dict[object, int], int]:
        """A table's sheet, its rows by what names them, and the place of a column, counted from 0."""
        at = self.person.document.DatabaseRanges.getByName(name).DataArea
        sheet = self.person.document.Sheets.getByIndex(at.Sheet)
        lines = sheet.getCellRangeByPosition(
            at.StartColumn, at.StartRow, at.EndColumn, at.EndRow
        ).getDataArray()
        headers = lines[0]
        places = [headers.index(key) for key in ((keys,) if isinstance(keys, str) else keys)]
        rows = {}
        for row, line in enumerate(lines[1:], at.StartRow + 1):
            key = line[places[0]] if len(places) == 1 else tuple(line[place] for place in places)
            if key and key not in rows:
                rows[key] = row
        return sheet, rows, at.StartColumn + headers.index(header)

    def _minutes(self) -> tuple[Any, dict[object, int], int]:
        return self._rows(_MINUTES, "Part", "Minutes")

    def _type(self, sheet: Any, row: int, column: int, text: str, keys: tuple[str, ...]) -> None:
        cell = sheet.getCellByPosition(column, row)
        self._calm_now()
        self.person.go(sheet.Name, cell.AbsoluteName.rpartition(".")[2].replace("$", ""))
        self.person.type(text)
        until = time.monotonic() + _PATIENCE
        while not being_typed(self.person.document):
            assert time.monotonic() < until, f"{sheet.Name} takes no keys"
            time.sleep(0.05)
        time.sleep(0.1)
        if keys:
            self.person.display.keys(*keys)
            while being_typed(self.person.document):
                assert time.monotonic() < until, f"{sheet.Name} takes no Enter"
                time.sleep(0.05)

    def _calm_now(self) -> None:
        while self.person.wave_away("OK"):
            time.sleep(0.2)


def with_boards(content: bytes) -> bytes:
    """A workbook in which Refresh draws the charts for the notice board too, of which there are most."""
    settings = read(content).snapshot.table("Settings")
    assert settings is not None
    return type_in(content, settings.sheet, {settings.cell(settings.columns[0].index("Boards"), 1).a1: "yes"})


def soak(
    path: Path, folder: Path, seconds: float, seed: int, presses: int | None = None,
    say: Callable[[str], None] = lambda _: None, boards: bool = False,
) -> list[str]:  # fmt: skip
    """Whatever was not as it must be after so many seconds, or presses. Skips where there is no window."""
    content = template("example.xlsx")
    path.write_bytes(with_boards(content) if boards else content)
    with person_at(path) as person:
        made = Soak(person, path, random.Random(seed))
        if presses is None:
            made.run(seconds, say)
        else:
            made.press_often(presses, say)
        found = made.verify(folder)
        say(made.account)
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--presses", type=int)
    parser.add_argument("--boards", action="store_true", help="with the charts for the notice board")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    print(f"--seed {given.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        found = soak(
            Path(folder, "acme.xlsx"),
            Path(folder),
            given.seconds,
            given.seed,
            given.presses,
            lambda text: print(text, flush=True),
            given.boards,
        )
    raise SystemExit("\n".join(found) or None)


if __name__ == "__main__":
    main()
