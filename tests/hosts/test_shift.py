"""Rows that come into a drawn sheet and go out of it: what is named stays what it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qmsbook.hosts.libreoffice.shift import Shift, shift_between

_ROWS = st.lists(st.integers(2, 60), max_size=8, unique=True).map(sorted)


def seen(text: str) -> dict[int, bytes]:
    """What stands in the rows, a letter each."""
    return {row: letter.encode() for row, letter in enumerate(text, 1)}


def between(before: str, after: str, named: str) -> Shift | None:
    """The shift between rows of letters; those of ``named`` are the ones that are pointed at."""
    rows = [[text.index(letter) + 1 for letter in named] for text in (before, after)]
    return shift_between(*rows, seen(before), seen(after))


def test_a_row_comes_where_the_rows_begin_to_differ() -> None:
    assert between("HabcdZ", "HabXcdZ", "HZ") == Shift(((4, 1),))


def test_a_row_goes_where_the_rows_begin_to_differ() -> None:
    assert between("HabXcdZ", "HabcdZ", "HZ") == Shift(((4, -1),))


def test_each_part_between_named_rows_has_rows_of_its_own() -> None:
    assert between("HabNcdZ", "HaNcdeeZ", "HNZ") == Shift(((7, 2), (3, -1)))


def test_a_row_that_comes_last_comes_before_the_row_that_is_named() -> None:
    assert between("HabZ", "HabcZ", "HZ") == Shift(((4, 1),))


def test_what_stands_below_all_that_is_named_is_only_drawn() -> None:
    assert between("HaZbc", "HaZb", "HZ") == Shift()


def test_rows_that_change_places_are_no_shift() -> None:
    assert shift_between([5, 9], [9, 5], {}, {}) is None


def test_a_row_that_becomes_two_is_no_shift() -> None:
    assert shift_between([5, 5], [5, 6], {}, {}) is None
    assert shift_between([5, 6], [5, 5], {}, {}) is None


@given(_ROWS, st.data())
def test_named_rows_come_to_where_they_belong_and_back(before: list[int], data: st.DataObject) -> None:
    after = data.draw(st.lists(st.integers(2, 60), min_size=len(before), max_size=len(before), unique=True))
    after.sort()
    way = shift_between(before, after, {}, {})
    assert way is not None
    assert [way.row(row) for row in before] == after
    assert [way.back().row(row) for row in after] == before
    assert way.back().back() == way


@given(_ROWS, st.data())
def test_every_row_that_stays_comes_back_and_what_came_is_fresh(
    before: list[int], data: st.DataObject
) -> None:
    after = data.draw(st.lists(st.integers(2, 60), min_size=len(before), max_size=len(before), unique=True))
    way = shift_between(before, sorted(after), {}, {})
    assert way is not None
    there = {row: way.row(row) for row in range(1, 80)}
    kept = [now for now in there.values() if now is not None]
    assert len(set(kept)) == len(kept)
    assert way.fresh == {*range(1, max(kept))} - {*kept}
    assert all(way.back().row(now) == row for row, now in there.items() if now is not None)


def test_a_run_of_rows_grows_with_what_comes_inside_and_goes_when_all_of_it_does() -> None:
    assert Shift(((4, 2),)).span(3, 5) == (3, 7)
    assert Shift(((4, 2),)).span(4, 5) == (6, 7)
    assert Shift(((4, -2),)).span(3, 5) == (3, 3)
    assert Shift(((4, -2),)).span(4, 5) is None
