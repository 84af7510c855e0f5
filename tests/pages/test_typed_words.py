"""What people type on generated sheets is never lost, whatever else they do to the sheet."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from common import complaints
from decorate import decorate, point_at_generated, rename_sheet
from hands import (
    add_column,
    add_row,
    areas,
    delete_row,
    minutes,
    rename_header,
    sort,
    to_range,
    type_in,
    words,
)
from ooxml import address, everything, markers, sheet_parts, unzip, zipped
from walking import ON, REVIEW_MARKER, Step, after, lost, run

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost

#: The columns of the entry areas that are for typing.
TYPED = {
    "Choices": ("Why", "Choice", "Still our priority?"),
    "Minutes": ("Minutes",),
    "Decisions": ("Clause", "Decision", "Owner", "Due", "Concerns"),
    "Conclusions": ("Conclusion",),
    "Attendance": ("There",),
    "Staff": ("Who is told", "What", "By", "When"),
    "Approval": ("Entry",),
}
#: How words begin: what programs like to take for something else.
_BEGINNINGS = (
    "=SUM(1",
    "+49 30",
    "-",
    "@home",
    "'quoted",
    "007",
    "1/2",
    "<b>&amp;",
    "Müller: ",
    "两",
    "line\nbreak ",
    "TRUE",
)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The decorated example with all generated sheets, before anybody typed."""
    path = tmp_path_factory.mktemp("reviewed") / "acme.xlsx"
    path.write_bytes(decorate(template("example.xlsx")))
    for command in ("period", "refresh"):
        run(path, command)
    path.write_bytes(point_at_generated(path.read_bytes()))
    run(path, "review")
    return path.read_bytes()


@pytest.fixture(scope="module")
def typed(reviewed: bytes) -> tuple[bytes, dict[tuple[str, str, str], str]]:
    """The same with words in every cell that is for typing; and the words by area, row and column."""
    cells, said = {}, {}
    held = words(reviewed, review_sheet(reviewed))
    for name, info in areas(reviewed, REVIEW_MARKER).items():
        for row in info.data_rows:
            key = held.get(address(row, info.box[1]), "")
            for header in TYPED[name]:
                place = address(row, info.column(header))
                beginning = _BEGINNINGS[len(said) % len(_BEGINNINGS)]
                cells[place] = said[name, key, header] = f"{beginning} W{len(said):03} typed into {header}"
    return type_in(reviewed, review_sheet(reviewed), cells), said


def review_sheet(content: bytes) -> str:
    """What the review's sheet is called now."""
    return markers(unzip(content))[REVIEW_MARKER]


def by_place(content: bytes) -> dict[tuple[str, str, str], str]:
    """All that stands in the columns for typing, by area, row and column."""
    held = words(content, review_sheet(content))
    return {
        (name, held.get(address(row, info.box[1]), ""), header): text
        for name, info in areas(content, REVIEW_MARKER).items()
        for row in info.data_rows
        for header in TYPED[name]
        if (text := held.get(address(row, info.column(header))))
    }


def misplaced(content: bytes, said: dict[tuple[str, str, str], str]) -> list[tuple[str, str]]:
    """The rows whose words no longer stand together; a new decision's row gets its id for its number."""
    now, wanted = _rows(by_place(content)), _rows(said)
    return [
        (area, key)
        for (area, key), cells in wanted.items()
        if not any(
            cells.items() <= found.items()
            for (there, name), found in now.items()
            if there == area and (name == key or (area == "Decisions" and key.isdigit()))
        )
    ]


def _rows(cells: dict[tuple[str, str, str], str]) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for (area, key, header), text in cells.items():
        found.setdefault((area, key), {})[header] = text
    return found


def kept_notes(content: bytes) -> list[str]:
    """The texts on the sheet of kept notes."""
    parts = unzip(content)
    sheet = markers(parts).get("qmsbook:kept-notes")
    return list(words(content, sheet).values()) if sheet else []


def part_of(content: bytes, marker: str) -> bytes:
    """The XML of a generated sheet."""
    parts = unzip(content)
    return parts[sheet_parts(parts)[markers(parts)[marker]]]


def twice_is_once(path: Path, done: Step) -> None:
    """Another refresh on the same day changes not one byte."""
    assert after(path, done.after).after == done.after


Typed = tuple[bytes, dict[tuple[str, str, str], str]]


# -- in the entry areas ------------------------------------------------------------------------------------


def test_every_entry_area_is_known_here(reviewed: bytes) -> None:
    assert areas(reviewed, REVIEW_MARKER).keys() == TYPED.keys()


def test_words_typed_into_entry_areas_stay_in_their_cells(typed: Typed, tmp_path: Path) -> None:
    content, said = typed
    path = tmp_path / "acme.xlsx"
    done = after(path, content)
    assert not misplaced(done.after, said)
    assert kept_notes(done.after) == []
    twice_is_once(path, done)
    again = after(path, done.after, "review")
    assert not misplaced(again.after, said)


def test_words_stay_when_the_review_is_drawn_anew_with_other_figures(typed: Typed, tmp_path: Path) -> None:
    from ooxml import tables, texts

    content, said = typed
    info = tables(unzip(content))["Measurements"]
    held = texts(unzip(content), info.sheet_part)
    changed = {
        address(row, info.column("Value")): 0.5
        for row in info.data_rows
        if held.get(address(row, info.column("Period"))) in ("2026-07", "2026-08", "2026-09", "2026-10")
    }
    path = tmp_path / "acme.xlsx"
    done = after(path, type_in(content, info.sheet, changed))
    assert "Sheet Review 2026-Q3 redrawn." in done.done.changes
    assert minutes(done.after).box != minutes(content).box
    assert not misplaced(done.after, said)
    assert kept_notes(done.after) == []
    path.write_bytes(done.after)
    assert complaints(path) == set()


def test_numbers_and_days_typed_stay_what_they_are(reviewed: bytes, tmp_path: Path) -> None:
    info = areas(reviewed, REVIEW_MARKER)["Decisions"]
    row = info.data_rows[-1]
    due, decision = address(row, info.column("Due")), address(row, info.column("Decision"))
    content = type_in(reviewed, info.sheet, {due: 46387.0, decision: 0.1 + 0.2})
    done = after(tmp_path / "acme.xlsx", content)
    held = words(done.after, review_sheet(done.after))
    info = areas(done.after, REVIEW_MARKER)["Decisions"]
    line = next(r for r in info.data_rows if held.get(address(r, info.column("Due"))) in ("46387", "46387.0"))
    assert float(held[address(line, info.column("Decision"))]) == 0.1 + 0.2


def test_long_text_stays_whole(reviewed: bytes, tmp_path: Path) -> None:
    long = "All that was said. " * 1_700
    info = minutes(reviewed)
    content = type_in(reviewed, info.sheet, {address(info.data_rows[2], info.column("Minutes")): long})
    done = after(tmp_path / "acme.xlsx", content)
    assert [len(text) for text in everything(done.after) if text.startswith("All that was said.")] == [
        len(long)
    ]


@pytest.mark.parametrize("area", TYPED)
def test_words_go_with_their_rows_when_people_sort(typed: Typed, tmp_path: Path, area: str) -> None:
    content, said = typed
    info = areas(content, REVIEW_MARKER)[area]
    order = list(reversed(range(len(info.data_rows))))
    path = tmp_path / "acme.xlsx"
    done = after(path, sort(content, info.name, order))
    assert not misplaced(done.after, said)
    assert kept_notes(done.after) == []
    twice_is_once(path, done)


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("area", TYPED)
def test_a_row_added_below_is_kept(typed: Typed, tmp_path: Path, area: str, named: bool) -> None:
    content, said = typed
    info = areas(content, REVIEW_MARKER)[area]
    fresh = [f"added {header}" if named or place else None for place, header in enumerate(info.headers)]
    path = tmp_path / "acme.xlsx"
    done = after(path, add_row(content, info.name, fresh))
    assert not lost(done.after, [text for text in fresh if text] + list(said.values()))
    assert not misplaced(done.after, said)
    twice_is_once(path, done)


@pytest.mark.parametrize("area", TYPED)
def test_a_row_typed_directly_below_an_area_is_one_of_its_rows(
    typed: Typed, tmp_path: Path, area: str
) -> None:
    """As LibreOffice leaves it, which makes no table longer."""
    content, said = typed
    info = areas(content, REVIEW_MARKER)[area]
    fresh = [f"added {header}" if place else None for place, header in enumerate(info.headers)]
    places = [address(info.box[2] + 1, column) for column in range(info.box[1], info.box[3] + 1)]
    below = {at: text for at, text in zip(places, fresh, strict=True) if text}
    done = after(tmp_path / "acme.xlsx", type_in(content, review_sheet(content), below))
    assert not lost(done.after, [*below.values(), *said.values()])
    assert not misplaced(done.after, said)
    if area in ("Decisions", "Staff"):
        assert kept_notes(done.after) == []
    twice_is_once(tmp_path / "acme.xlsx", done)


@pytest.mark.parametrize("area", TYPED)
def test_deleting_a_row_loses_no_other_row(typed: Typed, tmp_path: Path, area: str) -> None:
    content, said = typed
    info = areas(content, REVIEW_MARKER)[area]
    held = words(content, info.sheet)
    gone = held[address(info.data_rows[1], info.box[1])]
    path = tmp_path / "acme.xlsx"
    done = after(path, delete_row(content, info.name, 1))
    rest = {place: text for place, text in said.items() if place[:2] != (area, gone)}
    assert not misplaced(done.after, rest)
    twice_is_once(path, done)


def test_words_stay_on_a_sheet_that_was_renamed(typed: Typed, tmp_path: Path) -> None:
    content, said = typed
    parts = unzip(content)
    for marker, name in (
        (REVIEW_MARKER, "Rosa's Q3 & more"),
        ("qmsbook:scorecard", "Bowling chart"),
        ("qmsbook:cascade", "Our tree"),
        ("qmsbook:findings", "To mend"),
    ):
        rename_sheet(parts, markers(parts)[marker], name)
    path = tmp_path / "acme.xlsx"
    done = after(path, zipped(parts))
    assert set(markers(unzip(done.after)).values()) == {
        "Rosa's Q3 & more",
        "Bowling chart",
        "Our tree",
        "To mend",
    }
    assert not misplaced(done.after, said)
    twice_is_once(path, done)
    assert b"#REF!" not in b"".join(unzip(done.after).values())
    path.write_bytes(done.after)
    assert complaints(path) == set()


@pytest.mark.parametrize("area", TYPED)
def test_a_column_that_people_add_is_kept(typed: Typed, tmp_path: Path, area: str) -> None:
    content, said = typed
    info = areas(content, REVIEW_MARKER)[area]
    own = [f"own {n}" for n in range(len(info.data_rows))]
    path = tmp_path / "acme.xlsx"
    done = after(path, add_column(content, info.name, "Our remark", own))
    assert not lost(done.after, own)
    assert not misplaced(done.after, said)
    now = areas(done.after, REVIEW_MARKER)[area]
    assert "Our remark" in now.headers
    twice_is_once(path, done)


@pytest.mark.parametrize("area", TYPED)
def test_a_renamed_header_leaves_the_sheet_as_it_is_and_says_so(
    typed: Typed, tmp_path: Path, area: str
) -> None:
    content, said = typed
    info = areas(content, REVIEW_MARKER)[area]
    changed = rename_header(content, info.name, TYPED[area][0], "Something else")
    done = after(tmp_path / "acme.xlsx", changed)
    assert part_of(done.after, REVIEW_MARKER) == part_of(changed, REVIEW_MARKER)
    assert not lost(done.after, said.values())
    assert review_sheet(content) in done.told
    assert TYPED[area][0] in done.told
    mended = rename_header(done.after, info.name, "Something else", TYPED[area][0])
    assert not misplaced(after(tmp_path / "acme.xlsx", mended).after, said)


@pytest.mark.parametrize("area", TYPED)
def test_a_table_made_a_plain_range_is_a_table_again_with_its_words(
    typed: Typed, tmp_path: Path, area: str
) -> None:
    content, said = typed
    info = areas(content, REVIEW_MARKER)[area]
    path = tmp_path / "acme.xlsx"
    done = after(path, to_range(content, info.name))
    assert areas(done.after, REVIEW_MARKER)[area].name == info.name
    assert not misplaced(done.after, said)
    twice_is_once(path, done)


def test_a_formula_in_an_entry_area_is_kept_as_value_and_as_text(reviewed: bytes, tmp_path: Path) -> None:
    from ooxml import parse, serialised, set_cell

    info = minutes(reviewed)
    parts = unzip(reviewed)
    root = parse(parts[info.sheet_part])
    set_cell(root, info.data_rows[0], info.column("Minutes"), 42.0, "6*7")
    parts[info.sheet_part] = serialised(root)
    path = tmp_path / "acme.xlsx"
    done = after(path, zipped(parts))
    assert "42" in words(done.after, review_sheet(done.after)).values()
    assert kept_notes(done.after).count("=6*7") == 1
    assert "Kept notes" in done.told
    twice_is_once(path, done)


# -- elsewhere on generated sheets -------------------------------------------------------------------------


def _elsewhere(marker: str, cells: Iterable[str]) -> Callable[[bytes], bytes]:
    def typed_there(content: bytes) -> bytes:
        sheet = markers(unzip(content))[marker]
        return type_in(content, sheet, {ref: f"Noted at {ref} of {marker}" for ref in cells})

    return typed_there


@pytest.mark.parametrize(
    ("marker", "cells"),
    [
        (REVIEW_MARKER, ["A4", "B2", "C6", "D20", "Z9", "A900", "AB2"]),
        ("qmsbook:scorecard", ["A2", "C7", "D4", "Z60", "AZ9"]),
        ("qmsbook:cascade", ["A2", "C3", "B9", "K30", "A600"]),
        ("qmsbook:findings", ["A2", "D7", "E12", "K9", "B500"]),
    ],
)
def test_words_typed_elsewhere_are_kept_once_and_only_once(
    typed: Typed, tmp_path: Path, marker: str, cells: list[str]
) -> None:
    content, said = typed
    mine = [f"Noted at {ref} of {marker}" for ref in cells]
    path = tmp_path / "acme.xlsx"
    done = after(path, _elsewhere(marker, cells)(content))
    assert not lost(done.after, [*mine, *said.values()])
    there = kept_notes(done.after)
    assert [there.count(word) for word in mine] == [1] * len(mine)
    assert not {*mine} & {*words(done.after, markers(unzip(done.after))[marker]).values()}
    assert "Kept notes" in done.told
    twice_is_once(path, done)
    path.write_bytes(done.after)
    assert complaints(path) == set()


@pytest.mark.parametrize("area", TYPED)
def test_a_word_over_the_name_of_a_row_is_kept(reviewed: bytes, tmp_path: Path, area: str) -> None:
    info = areas(reviewed, REVIEW_MARKER)[area]
    first = address(info.data_rows[0], info.box[1])
    done = after(tmp_path / "acme.xlsx", type_in(reviewed, review_sheet(reviewed), {first: "a slip here"}))
    assert not lost(done.after, ["a slip here"])
    twice_is_once(tmp_path / "acme.xlsx", done)


@pytest.mark.parametrize("area", TYPED)
def test_a_word_over_a_header_is_kept(reviewed: bytes, tmp_path: Path, area: str) -> None:
    info = areas(reviewed, REVIEW_MARKER)[area]
    head = address(info.box[0], info.box[3])
    done = after(tmp_path / "acme.xlsx", type_in(reviewed, review_sheet(reviewed), {head: "a slip here"}))
    assert not lost(done.after, ["a slip here"])


def test_notes_of_several_days_add_up(typed: Typed, tmp_path: Path) -> None:
    content, said = typed
    path = tmp_path / "acme.xlsx"
    mine: list[str] = []
    for number in range(4):
        marker = (REVIEW_MARKER, "qmsbook:findings")[number % 2]
        sheet = markers(unzip(content))[marker]
        mine.append(f"=remark {number}")
        content = after(path, type_in(content, sheet, {f"H{10 + number}": mine[-1]})).after
    assert [everything(content).count(word) for word in mine] == [1] * len(mine)
    assert not lost(content, said.values())


def test_words_typed_beside_kept_notes_stay(reviewed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    content = after(path, _elsewhere("qmsbook:findings", ["K9", "K10"])(reviewed)).after
    sheet = markers(unzip(content))["qmsbook:kept-notes"]
    content = type_in(content, sheet, {"J7": "beside the notes", "A40": "below the notes"})
    content = add_column(content, "Kept_notes", "Done", ["yes, by Wei", None])
    content = after(path, _elsewhere("qmsbook:scorecard", ["Z60"])(content)).after
    wanted = ["beside the notes", "below the notes", "yes, by Wei", "Noted at Z60 of qmsbook:scorecard"]
    wanted += [f"Noted at {ref} of qmsbook:findings" for ref in ("K9", "K10")]
    there = everything(content)
    assert [there.count(word) for word in wanted] == [1] * len(wanted)
    assert after(path, content).after == content


def test_a_kept_note_that_was_deleted_stays_away(reviewed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    content = after(path, _elsewhere("qmsbook:findings", ["K9", "K10"])(reviewed)).after
    content = after(path, delete_row(content, "Kept_notes", 0)).after
    assert "Noted at K9 of qmsbook:findings" not in everything(content)
    assert everything(content).count("Noted at K10 of qmsbook:findings") == 1


@pytest.mark.parametrize("cell", ["A1", "B1", "C1", "D1"])
def test_words_typed_into_the_hidden_row_cost_no_other_word(typed: Typed, tmp_path: Path, cell: str) -> None:
    content, said = typed
    path = tmp_path / "acme.xlsx"
    changed = type_in(content, review_sheet(content), {cell: "typed over the hidden row"})
    path.write_bytes(changed)
    told = [f for f in commands.look(FileHost(path), ON).findings if f.code == "WBK070"]
    assert [f.row for f in told] == ([] if cell == "D1" else [review_sheet(content)])
    done = after(path, changed)
    assert not misplaced(done.after, said)
    assert kept_notes(done.after).count("typed over the hidden row") == 1
    assert not [f for f in commands.look(FileHost(path), ON).findings if f.code == "WBK070"]
    twice_is_once(path, done)


def without_mark(content: bytes) -> bytes:
    """The workbook as releases left it that knew a sheet by its A1 alone."""
    parts = unzip(content)
    name = rb'<definedName name="qmsbook_sheet"[^>]*>[^<]*</definedName>'
    parts["xl/workbook.xml"] = re.sub(name, b"", parts["xl/workbook.xml"])
    return zipped(parts)


def test_a_sheet_known_by_its_first_cell_alone_gets_its_mark_and_keeps_every_word(
    typed: Typed, tmp_path: Path
) -> None:
    content, said = typed
    path = tmp_path / "acme.xlsx"
    done = after(path, without_mark(content))
    assert all(drawn.nonce for drawn in FileHost(path).read().drawn)
    assert not misplaced(done.after, said)
    twice_is_once(path, done)


def test_a_review_whose_only_sign_was_typed_over_is_known_by_what_it_remembers(
    typed: Typed, tmp_path: Path
) -> None:
    """Earlier releases knew a sheet by its A1 alone; its areas and the rest of its first row tell as much."""
    content, said = typed
    path, sheet = tmp_path / "acme.xlsx", review_sheet(content)
    path.write_bytes(type_in(without_mark(content), sheet, {"A1": "mine now"}))
    told = [f for f in commands.look(FileHost(path), ON).findings if f.code in ("WBK070", "WBK073")]
    assert [(f.code, f.row) for f in told] == [("WBK070", sheet)]
    done = after(path, path.read_bytes(), "review")
    assert [s for s in FileHost(path).read().sheets if s.startswith("Review ")] == [sheet]
    assert not misplaced(done.after, said)
    assert "mine now" in kept_notes(done.after)
    twice_is_once(path, done)


def test_a_sheet_that_lost_all_signs_is_the_users_own_and_check_says_so(typed: Typed, tmp_path: Path) -> None:
    content, said = typed
    sheet = review_sheet(content)
    changed = type_in(without_mark(content), sheet, {"A1": "mine now", "B1": "this too"})
    (tmp_path / "known.xlsx").write_bytes(changed)
    (found,) = [
        f for f in commands.look(FileHost(tmp_path / "known.xlsx"), ON).findings if f.code == "WBK073"
    ]
    assert found.row == sheet
    assert f"type {REVIEW_MARKER} into its cell A1" in found.fix
    mended = after(tmp_path / "known.xlsx", type_in(changed, sheet, {"A1": REVIEW_MARKER}))
    assert not misplaced(mended.after, said)
    path = tmp_path / "acme.xlsx"
    done = after(path, changed, "review")
    assert not lost(done.after, said.values())
    old, new = unzip(changed), unzip(done.after)
    assert new[sheet_parts(new)[sheet]] == old[sheet_parts(old)[sheet]]
    info = minutes(done.after)
    assert info.sheet != sheet
    fresh = type_in(
        done.after, info.sheet, {address(info.data_rows[0], info.column("Minutes")): "typed anew"}
    )
    again = after(path, fresh)
    assert not lost(again.after, ["typed anew", *said.values()])
    assert again.done.notices == ()


# -- everything at once ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_no_word_is_lost(typed: Typed, tmp_path: Path, seed: int) -> None:
    content, said = typed
    chance = random.Random(seed)
    path = tmp_path / "acme.xlsx"
    wanted = set(said.values())
    for turn in range(6):
        content, fresh, gone = _meddle(content, chance, f"{seed}.{turn}")
        wanted = (wanted | fresh) - gone
        if chance.random() < 0.6:
            content = after(path, content, chance.choice(["refresh", "review"])).after
            assert not lost(content, wanted)
    content = after(path, content).after
    assert not lost(content, wanted)
    assert after(path, content).after == content


def _meddle(content: bytes, chance: random.Random, name: str) -> tuple[bytes, set[str], set[str]]:
    """One thing that people do: the workbook, the words they typed, the words they deleted themselves."""
    found = areas(content, REVIEW_MARKER)
    info = chance.choice(list(found.values()))
    held = words(content, info.sheet)
    match chance.randrange(6):
        case 0:
            order = list(range(len(info.data_rows)))
            chance.shuffle(order)
            return sort(content, info.name, order), set(), set()
        case 1:
            fresh = [f"{header} {name}" for header in info.headers]
            return add_row(content, info.name, fresh), set(fresh), set()
        case 2:
            row = chance.randrange(len(info.data_rows))
            line = {held.get(address(info.data_rows[row], c), "") for c in range(1, 40)}
            return delete_row(content, info.name, row), set(), line
        case 3:
            own = [f"remark {name} {n}" for n in range(len(info.data_rows))]
            return add_column(content, info.name, f"Remark {name}", own), set(own), set()
        case 4:
            marker = chance.choice([REVIEW_MARKER, "qmsbook:scorecard", "qmsbook:findings"])
            sheet = markers(unzip(content))[marker]
            ref = address(chance.randrange(900, 950), chance.randrange(1, 30))
            return type_in(content, sheet, {ref: f"elsewhere {name}"}), {f"elsewhere {name}"}, set()
        case _:
            parts = unzip(content)
            rename_sheet(parts, review_sheet(content), f"Review {name}")
            return zipped(parts), set(), set()
