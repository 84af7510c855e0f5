"""Whatever people do to a generated sheet, no word they typed is lost; on the memory host, without a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from importlib import import_module

import pytest

from qmsbook.book.reading import read_book
from qmsbook.book.snapshot import Drawn, Snapshot
from qmsbook.book.table import Table, Value
from qmsbook.hosts.memory import MemoryHost
from qmsbook.methods import assess
from qmsbook.pages import review_marker
from qmsbook.pages.draw import Content, Ground, compose_reviews, draw_all
from qmsbook.pages.kept_notes import MARK as KEPT
from qmsbook.pages.memo import is_spare, memo_whole
from qmsbook.pages.page import Drawings, text_of
from qmsbook.rules.examples import read_example
from qmsbook.sections.headlines import headlines

PLAN = """
Settings
| Setting | Value |
|---|---|
| Small company people | 0 |
on 2026-11-10
People
| Person | Role | Top management | Left on |
|---|---|---|---|
| Dana Whitfield | President | yes | |
| Erin Foster | Scheduler | no | |
Goals
| Goal | Statement | Owner | Result KPI |
|---|---|---|---|
| G1 | Deliver what we promised | Dana Whitfield | K1 |
Objectives
| Objective | Statement | Supports | Owner | Vital few |
|---|---|---|---|---|
| O1 | Ship 95 % on time | G1 | Erin Foster | yes |
KPIs
| KPI | Name | Supports | Owner | Unit | Baseline | Baseline on | Target | Target on | Aggregation |
|---|---|---|---|---|---|---|---|---|---|
| K1 | On-time delivery | O1 | Erin Foster | % | 86 | 2026-01-31 | 95 | 2026-12-31 | average |
Measurements
| KPI | Period | Value | Comment | Numerator | Denominator |
|---|---|---|---|---|---|
| K1 | 2026-07 | 88 | | | |
| K1 | 2026-08 | 87 | Two trucks broke down | | |
| K1 | 2026-09 | 86 | | | |
| K1 | 2026-10 | 97 | | | |
Reviews
| Review | Period | Held on | State | Chair | Attended by | Suitability | Adequacy | Effectiveness | Alignment with strategy | Approved by | Next review on |
|---|---|---|---|---|---|---|---|---|---|---|---|
| MR-2026-Q3 | 2026-Q3 | 2026-10-22 | draft | Dana Whitfield | Dana Whitfield | | | | | | |
"""  # noqa: E501 - the tables of the workbook are as wide as they are
MARKER = review_marker("2026-Q3")
MINUTES, DECISIONS = "Minutes_2026_Q3", "Decisions_2026_Q3"


def draw(snapshot: Snapshot, on: date | None = None) -> Drawings:
    book = read_book(snapshot.tables, on or date(2026, 11, 10))
    assessed = assess(book)
    reviews = compose_reviews(book, snapshot, ["2026-Q3"])
    return draw_all(Content(book, assessed, headlines(book, assessed), reviews=reviews), Ground(snapshot))


def refreshed(snapshot: Snapshot, on: date | None = None) -> tuple[Snapshot, Drawings]:
    host = MemoryHost(snapshot.tables, snapshot.sheets)
    host._now = snapshot  # as if people had typed on the sheets that stand there
    drawings = draw(host.read(), on)
    host.apply(drawings.edits, host.read())
    return host.read(), drawings


@pytest.fixture(scope="module")
def start() -> Snapshot:
    """The workbook after its first refresh."""
    tables = read_example(PLAN).tables
    return refreshed(Snapshot(tables, (), tuple(t.sheet for t in tables)))[0]


def changed(snapshot: Snapshot, name: str, **more: object) -> Snapshot:
    """The snapshot with one table otherwise."""
    tables = [dataclasses.replace(t, **more) if t.name == name else t for t in snapshot.tables]  # type: ignore[arg-type]
    return dataclasses.replace(snapshot, tables=tuple(tables))


def table(snapshot: Snapshot, name: str) -> Table:
    found = snapshot.table(name)
    assert found is not None, name
    return found


def rows(snapshot: Snapshot, name: str) -> list[tuple[Value, ...]]:
    return list(zip(*table(snapshot, name).columns, strict=True))


def with_rows(snapshot: Snapshot, name: str, new: Sequence[Sequence[Value]]) -> Snapshot:
    return changed(snapshot, name, columns=tuple([list(c) for c in zip(*new, strict=True)]))


def typed(snapshot: Snapshot, name: str, key: Value, column: int, value: Value) -> Snapshot:
    new = [list(row) for row in rows(snapshot, name)]
    next(row for row in new if row[0] == key)[column] = value
    return with_rows(snapshot, name, new)


def on_sheet(snapshot: Snapshot, marker: str, cells: dict[tuple[int, int], Value]) -> Snapshot:
    """Words typed straight into cells of a generated sheet; None clears a cell."""

    def one(drawn: Drawn) -> Drawn:
        held = {place: v for place, v in {**drawn.cells, **cells}.items() if v is not None}
        return dataclasses.replace(drawn, cells=held) if drawn.marker == marker else drawn

    return dataclasses.replace(snapshot, drawn=tuple(one(d) for d in snapshot.drawn))


def minutes(snapshot: Snapshot) -> dict[Value, Value]:
    return {row[0]: row[1] for row in rows(snapshot, MINUTES)}


def notes(snapshot: Snapshot) -> list[tuple[Value, ...]]:
    return rows(snapshot, "Kept_notes") if snapshot.sheet(KEPT) else []


def test_a_second_refresh_draws_nothing(start: Snapshot) -> None:
    assert draw(start) == Drawings(())


def test_typed_minutes_stay_through_every_refresh_and_a_change_of_figures(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Results", 1, "Dana asked why August fell.")
    now, drawings = refreshed(now)
    assert [edit.marker for edit in drawings.edits] == [MARKER]
    assert minutes(now)["Results"] == "Dana asked why August fell."
    assert draw(now) == Drawings(())
    now, drawings = refreshed(now, date(2026, 11, 12))
    assert {edit.marker for edit in drawings.edits} >= {MARKER}
    assert minutes(now)["Results"] == "Dana asked why August fell."
    assert not notes(now)


def test_minutes_of_parts_that_a_small_company_has_not_stay_too(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Results", 1, "Dana asked why August fell.")
    now, _ = refreshed(typed(now, "Settings", "Small company people", 1, 5.0))
    told = {**minutes(now), **{str(note): note for note in notes(now)}}
    assert "Dana asked why August fell." in str(told)
    assert "What else we looked at" in minutes(now)


@pytest.mark.parametrize("small", [False, True], ids=["as before", "a small company by now"])
def test_minutes_that_an_earlier_release_drew_come_under_the_name_of_now(
    monkeypatch: pytest.MonkeyPatch, small: bool
) -> None:
    tables = read_example(PLAN).tables
    module = import_module("qmsbook.sections.minutes")
    with monkeypatch.context() as then:
        then.setattr(module, "PARTS", ("Results", "Off plan", "Anything else"))
        then.setattr(module, "EARLIER", {})
        now = refreshed(Snapshot(tables, (), tuple(t.sheet for t in tables)))[0]
    now = typed(typed(now, MINUTES, "Off plan", 1, "K3 gets a new jig."), MINUTES, "Results", 1, "Good.")
    if small:
        now = typed(now, "Settings", "Small company people", 1, 5.0)
    now, _ = refreshed(now)
    assert minutes(now)["Off track"] == "K3 gets a new jig."
    assert minutes(now)["Results"] == "Good."
    assert "Off plan" not in minutes(now)
    assert not notes(now)
    assert draw(now) == Drawings(())


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30", "-", "@home", "'quoted", " two\nlines ", "<b>&", "x" * 32_767]
)
def test_text_that_looks_like_something_else_stays_text(start: Snapshot, text: str) -> None:
    now, _ = refreshed(typed(start, MINUTES, "Off track", 1, text))
    assert minutes(now)["Off track"] == text
    assert draw(now) == Drawings(())


@pytest.mark.parametrize("value", [0.5, True, date(2026, 12, 18), 1e300])
def test_numbers_dates_and_truth_values_stay_what_they_are(start: Snapshot, value: Value) -> None:
    now, _ = refreshed(typed(start, MINUTES, "Off track", 1, value))
    assert minutes(now)["Off track"] == value
    assert draw(now) == Drawings(())


def test_sorted_rows_are_known_by_their_id(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Results", 1, "first")
    now = typed(now, MINUTES, "Ideas", 1, "last")
    now, _ = refreshed(with_rows(now, MINUTES, rows(now, MINUTES)[::-1]))
    assert [row[0] for row in rows(now, MINUTES)] == [row[0] for row in rows(start, MINUTES)]
    assert (minutes(now)["Results"], minutes(now)["Ideas"]) == ("first", "last")


def test_rows_added_below_are_kept_with_an_id_of_their_own(start: Snapshot) -> None:
    added = [
        *rows(start, DECISIONS),
        (None, "improvement", "Buy a second truck", "Erin Foster", date(2027, 1, 20), "O1"),
    ]
    now, _ = refreshed(with_rows(start, DECISIONS, added))
    found = [row for row in rows(now, DECISIONS) if row[2]]
    assert found == [(1.0, "improvement", "Buy a second truck", "Erin Foster", date(2027, 1, 20), "O1")]
    assert sum(1 for row in rows(now, DECISIONS) if not row[2]) == 5
    assert draw(now) == Drawings(())
    added = [*rows(now, MINUTES), ("Visitors", "The plater came"), (None, "A word more")]
    now, _ = refreshed(with_rows(now, MINUTES, added))
    assert minutes(now)["Visitors"] == "The plater came"
    assert "A word more" in minutes(now).values()


def test_rows_of_ours_that_were_deleted_come_back_blank(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Risks", 1, "kept")
    left = [row for row in rows(now, MINUTES) if row[0] not in {"Results", "Ideas"}]
    now, _ = refreshed(with_rows(now, MINUTES, left))
    assert minutes(now) == {**minutes(start), "Risks": "kept"}


def test_a_decision_in_one_of_the_numbered_rows_keeps_its_number(start: Snapshot) -> None:
    now, _ = refreshed(typed(start, DECISIONS, 2.0, 2, "Hire a driver"))
    assert [row[0] for row in rows(now, DECISIONS) if row[2]] == [2.0]
    assert [row[0] for row in rows(now, DECISIONS)] == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert draw(now) == Drawings(())


def test_a_column_of_peoples_own_is_drawn_again(start: Snapshot) -> None:
    held = table(start, MINUTES)
    note: list[Value] = [None] * held.rows
    note[0] = "ask Priya"
    headers, columns = (*held.headers, "Open question"), (*held.columns, note)
    now, _ = refreshed(changed(start, MINUTES, headers=headers, columns=columns, formulas=(), percent=()))
    assert table(now, MINUTES).headers == ("Part", "Minutes", "Open question")
    assert rows(now, MINUTES)[0][2] == "ask Priya"
    assert draw(now) == Drawings(())


def test_a_retyped_header_leaves_the_sheet_and_says_so(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Results", 1, "words")
    now = changed(now, MINUTES, headers=("Part", "Notes of the meeting"))
    after, drawings = refreshed(now, date(2026, 11, 12))
    assert after.sheet(MARKER) == now.sheet(MARKER)
    assert len(drawings.not_replaced) == 1
    assert "no column Minutes any more" in drawings.notices[0]
    assert {edit.name for edit in drawings.edits} == {"Findings", "Scorecard", "Cascade"}


def without_tables(snapshot: Snapshot) -> Snapshot:
    """As LibreOffice leaves a sheet whose neighbour was deleted: all words in place, and no table."""
    gone = [t for t in snapshot.tables if t.marker]
    drawn = []
    for each in snapshot.drawn:
        cells = dict(each.cells)
        for t in (t for t in gone if t.sheet == each.sheet):
            for place, values in enumerate(t.columns):
                at = [((t.row + row, t.column + place), v) for row, v in enumerate(values, 1)]
                cells |= {where: v for where, v in at if v is not None}
        drawn.append(dataclasses.replace(each, cells=cells))
    kept = tuple(t for t in snapshot.tables if not t.marker)
    return dataclasses.replace(snapshot, tables=kept, drawn=tuple(drawn))


def test_tables_that_went_are_put_back_with_every_word(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Results", 1, "still here")
    now, _ = refreshed(on_sheet(now, MARKER, {(900, 3): "a note of mine"}))
    assert notes(now)
    alone = without_tables(now)
    after, drawings = refreshed(alone)
    assert not drawings.not_replaced
    held = {t.name: t for t in after.tables if t.marker}
    assert held == {t.name: t for t in now.tables if t.marker}
    assert draw(after) == Drawings(())


def test_an_area_that_is_gone_with_its_table_leaves_the_sheet_and_says_so(start: Snapshot) -> None:
    held = table(start, MINUTES)
    alone = without_tables(start)
    _, drawings = refreshed(on_sheet(alone, MARKER, {(held.row, held.column): None}))
    assert drawings.not_replaced[0].sheet == "Review 2026-Q3"
    assert "no longer the table Minutes_2026_Q3" in drawings.notices[0]
    assert MARKER not in {edit.marker for edit in drawings.edits}


def test_doubled_ids_with_words_in_both_leave_the_sheet(start: Snapshot) -> None:
    doubled = [*rows(typed(start, MINUTES, "Results", 1, "one"), MINUTES), ("results ", "two")]
    _, drawings = refreshed(with_rows(start, MINUTES, doubled))
    assert "Two rows of the area Minutes begin with results" in drawings.notices[0]
    harmless = [*rows(start, MINUTES), ("Results", "only here")]
    now, drawings = refreshed(with_rows(start, MINUTES, harmless))
    assert not drawings.not_replaced
    assert minutes(now)["Results"] == "only here"


def test_a_formula_becomes_its_value_and_its_text_a_note(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Results", 1, 42.0)
    now, _ = refreshed(changed(now, MINUTES, formulas=({}, {0: "6*7"})))
    assert minutes(now)["Results"] == 42.0
    assert [note[4] for note in notes(now)] == ["=6*7"]
    assert draw(now) == Drawings(())


def test_a_percent_reads_as_it_was_typed(start: Snapshot) -> None:
    now = changed(typed(start, MINUTES, "Results", 1, 0.951), MINUTES, percent=(frozenset(), frozenset({0})))
    now, _ = refreshed(now)
    assert minutes(now)["Results"] == "95.1 %"


def test_foreign_words_are_moved_to_kept_notes_once(start: Snapshot) -> None:
    now = on_sheet(start, "qmsbook:scorecard", {(3, 25): "ask Wei", (6, 2): "=typed over"})
    now, drawings = refreshed(now)
    assert {note.text for note in drawings.kept} == {"ask Wei", "=typed over"}
    assert "2 notes moved to the sheet Kept notes" in drawings.notices[0]
    assert [(n[1], n[2], n[4], n[5]) for n in notes(now)] == [
        ("Scorecard", "Y3", "ask Wei", date(2026, 11, 10)),
        ("Scorecard", "B6", "=typed over", date(2026, 11, 10)),
    ]
    assert draw(now) == Drawings(())
    again = on_sheet(now, "qmsbook:findings", {(9, 9): "one more"})
    now, _ = refreshed(again)
    assert [note[4] for note in notes(now)] == ["ask Wei", "=typed over", "one more"]
    assert draw(now) == Drawings(())


def test_sorted_or_moved_cells_are_not_foreign(start: Snapshot) -> None:
    cells = start.sheet("qmsbook:scorecard").cells  # type: ignore[union-attr]
    upper = {c: v for (r, c), v in cells.items() if r == 5}
    lower = {c: v for (r, c), v in cells.items() if r == 6}
    places = {*upper, *lower}
    swapped = {(5, c): lower.get(c) for c in places} | {(6, c): upper.get(c) for c in places}
    now, drawings = refreshed(on_sheet(start, "qmsbook:scorecard", swapped))
    assert not drawings.kept
    assert [edit.name for edit in drawings.edits] == ["Scorecard"]
    assert now.sheet("qmsbook:scorecard") == start.sheet("qmsbook:scorecard")


def test_words_typed_on_the_review_outside_its_areas_are_kept(start: Snapshot) -> None:
    now = on_sheet(start, MARKER, {(2, 9): "Print 12 copies"})
    now = typed(now, MINUTES, "Results", 1, "typed inside")
    now, _ = refreshed(now)
    assert [note[4] for note in notes(now)] == ["Print 12 copies"]
    assert minutes(now)["Results"] == "typed inside"


def test_kept_notes_keep_what_people_add_and_drop_what_they_delete(start: Snapshot) -> None:
    now, _ = refreshed(on_sheet(start, "qmsbook:findings", {(9, 9): "one", (9, 10): "two"}))
    left = [row for row in rows(now, "Kept_notes") if row[4] == "two"]
    now = with_rows(now, "Kept_notes", [*left, (None, None, None, None, "my own", None)])
    now = on_sheet(now, KEPT, {(40, 2): "typed below"})
    now, _ = refreshed(now)
    assert [note[4] for note in notes(now)] == ["two", "my own", "typed below"]
    assert draw(now) == Drawings(())


def test_when_kept_notes_cannot_be_read_no_sheet_with_notes_is_replaced(start: Snapshot) -> None:
    now, _ = refreshed(on_sheet(start, "qmsbook:findings", {(9, 9): "one"}))
    held = table(now, "Kept_notes")
    now = changed(now, "Kept_notes", headers=(*held.headers[:4], "My text", held.headers[5]))
    now = on_sheet(now, "qmsbook:scorecard", {(9, 25): "two"})
    after, drawings = refreshed(now)
    assert not drawings.edits
    assert len(drawings.not_replaced) == 2
    assert (after.tables, after.drawn) == (now.tables, now.drawn)


def spare(snapshot: Snapshot, marker: str) -> tuple[int, int]:
    """Where the spare of a sheet's memo begins."""
    drawn = snapshot.sheet(marker)
    assert drawn is not None
    return next(place for place, value in sorted(drawn.cells.items()) if is_spare(value))


@pytest.mark.parametrize("marker", ["qmsbook:scorecard", MARKER])
@pytest.mark.parametrize("place", [(1, 1), (1, 2), (1, 3), (1, 4), (1, 9), None])
@pytest.mark.parametrize("word", ["oops", "~", "qmsbook", 7.0, None])
def test_no_hidden_cell_that_is_typed_over_costs_a_word(
    start: Snapshot, marker: str, place: tuple[int, int] | None, word: Value
) -> None:
    at = place or spare(start, marker)
    now = on_sheet(typed(start, MINUTES, "Results", 1, "typed afterwards"), marker, {at: word})
    after, drawings = refreshed(now)
    assert not drawings.not_replaced
    assert minutes(after)["Results"] == "typed afterwards"
    assert [note[4] for note in notes(after)] == ([] if word is None else [text_of(word)])
    whole = after.sheet(marker)
    assert whole is not None
    assert whole.cells[1, 1] == marker
    assert memo_whole(whole)
    assert draw(after) == Drawings(())


@pytest.mark.parametrize("gone", ["row", "first column", "column of the spare"])
def test_a_deleted_row_or_column_costs_no_word(start: Snapshot, gone: str) -> None:
    now = on_sheet(start, "qmsbook:scorecard", {(3, 40): "my remark"})
    column = spare(start, "qmsbook:scorecard")[1] if gone == "column of the spare" else 1

    def without(drawn: Drawn) -> Drawn:
        if gone == "row":
            cells = {(r - 1, c): v for (r, c), v in drawn.cells.items() if r > 1}
        else:
            cells = {(r, c - (c > column)): v for (r, c), v in drawn.cells.items() if c != column}
        return dataclasses.replace(drawn, cells=cells) if drawn.marker == "qmsbook:scorecard" else drawn

    now = dataclasses.replace(now, drawn=tuple(map(without, now.drawn)))
    after, drawings = refreshed(now)
    assert not drawings.not_replaced
    assert [note[4] for note in notes(after)] == ["my remark"]
    assert draw(after) == Drawings(())


def test_a_spoilt_first_row_and_spare_leave_the_sheet(start: Snapshot) -> None:
    marker = "qmsbook:scorecard"
    _, drawings = refreshed(on_sheet(start, marker, {(1, 3): "oops", spare(start, marker): "oops"}))
    assert not drawings.edits
    assert "in hidden cells was changed in both places" in drawings.notices[0]


def test_a_renamed_sheet_is_the_same_sheet(start: Snapshot) -> None:
    drawn = tuple(
        dataclasses.replace(d, sheet="Our review") if d.marker == MARKER else d for d in start.drawn
    )
    tables = tuple(
        dataclasses.replace(t, sheet="Our review") if t.marker == MARKER else t for t in start.tables
    )
    names = tuple("Our review" if name == "Review 2026-Q3" else name for name in start.sheets)
    now = dataclasses.replace(start, drawn=drawn, tables=tables, sheets=names)
    assert draw(now) == Drawings(())
    now, _ = refreshed(typed(now, MINUTES, "Results", 1, "still here"))
    assert minutes(now)["Results"] == "still here"
    assert "Our review" in now.sheets


def test_what_the_workbook_says_is_followed_until_somebody_types_over_it(start: Snapshot) -> None:
    conclusions, reviews = "Conclusions_2026_Q3", "Reviews"
    place = table(start, reviews).find("Suitability")
    assert place is not None
    now, _ = refreshed(typed(start, reviews, "MR-2026-Q3", place, "It fits."))
    assert rows(now, conclusions)[0][1] == "It fits."
    now, _ = refreshed(typed(now, reviews, "MR-2026-Q3", place, "It fits well."))
    assert rows(now, conclusions)[0][1] == "It fits well."
    now, _ = refreshed(typed(now, conclusions, "Suitability", 1, "It fits, says Dana."))
    now, _ = refreshed(typed(now, reviews, "MR-2026-Q3", place, "Something else."))
    assert rows(now, conclusions)[0][1] == "It fits, says Dana."


def test_a_closed_review_is_left_alone(start: Snapshot) -> None:
    place = table(start, "Reviews").find("State")
    assert place is not None
    now = typed(start, "Reviews", "MR-2026-Q3", place, "closed")
    _, drawings = refreshed(now, date(2026, 12, 1))
    assert MARKER not in {edit.marker for edit in drawings.edits}
    assert drawings.notices == ("Review 2026-Q3 was left as it is. The review is closed.",)


def test_of_two_copies_nobody_can_tell_which_counts(start: Snapshot) -> None:
    review = start.sheet(MARKER)
    assert review is not None
    copy = dataclasses.replace(review, sheet="Review 2026-Q3 (2)")
    now = dataclasses.replace(start, drawn=(copy, *start.drawn), sheets=(*start.sheets, copy.sheet))
    _, drawings = refreshed(now, date(2026, 11, 12))
    assert MARKER not in {edit.marker for edit in drawings.edits}
    assert "several of it (Review 2026-Q3 (2) and Review 2026-Q3)" in drawings.notices[0]


def test_a_review_whose_marker_is_gone_is_the_users_and_a_new_one_is_drawn(start: Snapshot) -> None:
    drawn = tuple(d for d in start.drawn if d.marker != MARKER)
    tables = tuple(dataclasses.replace(t, marker="") if t.marker == MARKER else t for t in start.tables)
    drawings = draw(dataclasses.replace(start, drawn=drawn, tables=tables))
    assert [edit.marker for edit in drawings.edits] == [MARKER]
    assert drawings.notices == (
        "Review 2026-Q3 was left as it is. It has a table like one of ours, but no sign says that "
        "qmsbook drew it (any more). So it counts as a sheet of yours: nothing on it was changed, and "
        "nothing on it was read.",
    )


def test_a_table_that_a_program_had_to_number_is_still_found(start: Snapshot) -> None:
    now = typed(start, MINUTES, "Results", 1, "still read")
    tables = [dataclasses.replace(t, name=f"{MINUTES}_2") if t.name == MINUTES else t for t in now.tables]
    now, drawings = refreshed(dataclasses.replace(now, tables=tuple(tables)))
    assert not drawings.not_replaced
    assert minutes(now)["Results"] == "still read"


def test_a_user_sheet_may_have_any_name(start: Snapshot) -> None:
    tables = read_example(PLAN).tables
    now, _ = refreshed(Snapshot(tables, (), (*(t.sheet for t in tables), "Findings")))
    assert {"Findings", "Findings (qmsbook)"} <= set(now.sheets)
    assert draw(now) == Drawings(())


@pytest.mark.parametrize("before", [2, 3])
def test_columns_that_people_insert_do_no_harm(start: Snapshot, before: int) -> None:
    """The whole sheet moves to the right, its hidden first row too; a table has blank columns more."""

    def moved(drawn: Drawn) -> Drawn:
        cells = {(r, c if c < before else c + 2): value for (r, c), value in drawn.cells.items()}
        return dataclasses.replace(drawn, cells=cells) if drawn.marker == MARKER else drawn

    def wider(held: Table) -> Table:
        at = before - held.column
        if held.marker != MARKER or at < 0:
            return held
        if at == 0:
            return dataclasses.replace(held, column=held.column + 2)
        blank: list[list[Value]] = [[None] * held.rows for _ in range(2)]
        headers = (*held.headers[:at], "Column1", "Column2", *held.headers[at:])
        columns = (*held.columns[:at], *blank, *held.columns[at:])
        return dataclasses.replace(held, headers=headers, columns=columns, formulas=(), percent=())

    now = typed(typed(start, MINUTES, "Results", 1, "still here"), DECISIONS, 1.0, 2, "Buy a truck")
    tables, drawn = tuple(map(wider, now.tables)), tuple(map(moved, now.drawn))
    now, drawings = refreshed(dataclasses.replace(now, tables=tables, drawn=drawn))
    assert drawings.notices == ()
    assert minutes(now)["Results"] == "still here"
    assert table(now, DECISIONS).headers == table(start, DECISIONS).headers
    assert [row[2] for row in rows(now, DECISIONS) if row[2]] == ["Buy a truck"]
    assert draw(now) == Drawings(())
