"""A button that is pressed while a cell is half typed, by keyboard and mouse in a real window."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import earlier
import pytest
from person import Person, person_at

from qmsbook.commands import template
from qmsbook.hosts.libreoffice.entry import being_typed
from qmsbook.hosts.libreoffice.host import LibreOfficeHost

#: Each button by its label, with what is clicked in the dialog that it may show.
BUTTONS = {
    "New figures": ("period", "OK"),
    "Check": ("check", "OK"),
    "Refresh": ("refresh", "OK"),
    "Findings": ("findings", "OK"),
    "Review": ("review", "OK"),
    "Close review": ("close", "No"),
    "Mail review": ("mail", "OK"),
    "Undo last": ("undo", "OK"),
    "Help": ("help", "OK"),
}
REVIEW = "Review 2026-Q3"


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """One for all tests here: what one leaves behind is what people have before them too."""
    path = tmp_path_factory.mktemp("half") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    with person_at(path) as found:
        yield found


@pytest.mark.parametrize("label", BUTTONS)
def test_what_is_half_typed_in_a_table_is_finished_in_its_cell(person: Person, label: str) -> None:
    word = f"half {label.lower()}"
    front = {name: person.at(name, "B13") for name in ("Measurements", "Findings") if person.has(name)}
    person.go("Actions", "B13")
    person.type(word)
    assert being_typed(person.document)
    person.press_through(label, *BUTTONS[label])
    assert person.at("Actions", "B13") == word
    assert [place for place in person.finds(word) if not drawn(person, place)] == ["Actions.B13"]
    if "Measurements" in front:
        assert person.at("Measurements", "B13") == front["Measurements"]
    assert not being_typed(person.document)


def drawn(person: Person, place: str) -> bool:
    """Whether a place is on a sheet that qmsbook draws, which may tell of the word."""
    sheet = place.rpartition(".")[0].strip("'")
    return person.at(sheet, "A1").startswith("qmsbook:")


@pytest.mark.parametrize("label", BUTTONS)
def test_what_is_half_typed_on_the_review_is_finished_in_its_cell(person: Person, label: str) -> None:
    if not person.has(REVIEW):
        person.press_through("Review", *BUTTONS["Review"])
    place = list(BUTTONS).index(label) % 8
    word = f"minute {label.lower()}"
    minutes = LibreOfficeHost(person.document).read().table("Minutes_2026_Q3")
    assert minutes is not None
    part, at = minutes.columns[0][place], minutes.cell(place, 1)
    person.go(at.sheet, f"C{at.row}")
    person.type(word)
    assert being_typed(person.document)
    person.press_through(label, *BUTTONS[label])
    assert not being_typed(person.document)
    now = LibreOfficeHost(person.document).read().table("Minutes_2026_Q3")
    assert now is not None
    assert dict(zip(*now.columns, strict=True))[part] == word
    assert person.finds(word) == [f"'{REVIEW}'.C{now.cell(now.columns[0].index(part), 1).row}"]


def type_all(person: Person, words: list[str]) -> None:
    for word in words:
        person.type(word, "Return")


def test_who_types_on_while_a_button_works_loses_no_key(person: Person) -> None:
    """Keys that come while the window takes none are given to it afterwards, where the cursor is."""
    for label in ("Refresh", "Review"):
        typed = [f"{label} {number:02}" for number in range(40)]
        person.go("Measurements", "D5")
        person.press_and(partial(type_all, person, typed), label, *BUTTONS[label])
        assert [person.at("Measurements", f"D{row}") for row in range(5, 45)] == typed


def test_what_is_typed_after_a_button_went_to_a_cell_goes_on_from_there(person: Person) -> None:
    """Enter leaves no cell that is selected from outside: the second word would go over the first."""
    person.go("Actions", "B13")
    person.press_through("Check", *BUTTONS["Check"])
    assert person.sees == "Findings"
    at = person.document.CurrentSelection.getCellAddress()
    person.type("one of mine", "Return")
    person.type("two of mine", "Return")
    sheet = person.document.Sheets.getByIndex(at.Sheet)
    found = [sheet.getCellByPosition(at.Column, at.Row + more).getString() for more in range(2)]
    assert found == ["one of mine", "two of mine"]


def test_the_extension_of_the_first_release_finishes_what_is_half_typed_too(tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    with person_at(path, earlier.extension()) as person:
        for label in ("Check", "Refresh"):
            person.go("Actions", "B13")
            person.type(f"by {label}")
            person.press_through(label, *BUTTONS[label])
            assert person.at("Actions", "B13") == f"by {label}"
            assert not being_typed(person.document)
