"""Odder things that people do with generated sheets: comments, pictures, copies, ids typed over."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from common import complaints
from decorate import comment, piece, png
from hands import add_row, areas, minutes, shift_rows, type_in, words
from lxml import etree
from ooxml import (
    MAIN,
    REL,
    SHEET_ORDER,
    Element,
    Parts,
    add_default_type,
    add_link,
    add_part,
    address,
    book_part,
    everything,
    fresh,
    insert_child,
    links,
    markers,
    parse,
    serialised,
    sheet_parts,
    tables,
    texts,
    unzip,
    zipped,
)
from openpyxl.chart import LineChart, Reference
from reshape import add_sheet
from walking import ON, REVIEW_MARKER, Step, after, lost, run, said_in

from qmsbook import commands
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost

SCORECARD, FINDINGS, KEPT = "qmsbook:scorecard", "qmsbook:findings", "qmsbook:kept-notes"
_TABLE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The example with all generated sheets, and words in the minutes."""
    path = tmp_path_factory.mktemp("typed") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    run(path, "review")
    content = path.read_bytes()
    info = minutes(content)
    cells = {address(row, info.column("Minutes")): f"minute {row}" for row in info.data_rows}
    return type_in(content, info.sheet, cells)


def drawn_anew(path: Path, content: bytes) -> Step:
    """A refresh after readings were changed, so that every generated sheet is drawn anew."""
    info = tables(unzip(content))["Measurements"]
    held = texts(unzip(content), info.sheet_part)
    late = [r for r in info.data_rows if held.get(address(r, info.column("Period"))) == "2026-09"]
    changed = type_in(content, info.sheet, {address(r, info.column("Value")): 1.5 for r in late})
    done = after(path, changed)
    assert not lost(done.after, said_in(content, "minute "))
    assert after(path, done.after).after == done.after
    return done


def sheet_part(parts: Parts, marker: str) -> str:
    """The part of a generated sheet."""
    return sheet_parts(parts)[markers(parts)[marker]]


def kept(content: bytes) -> list[str]:
    """The texts of the kept notes."""
    if KEPT not in markers(unzip(content)):
        return []
    info = tables(unzip(content))["Kept_notes"]
    held = words(content, info.sheet)
    return [held.get(address(row, info.column("Text")), "") for row in info.data_rows]


def add_shape(content: bytes, marker: str, number: int) -> bytes:
    """Puts one of the decorations' shapes on a generated sheet: 1 is a picture, 2 a callout, 3 a text box."""
    parts = unzip(content)
    part = sheet_part(parts, marker)
    drawing = next((link.target for link in links(parts, part) if link.kind == "drawing"), None)
    if drawing is None:
        drawing = fresh(parts, "xl/drawings/drawing")
        empty = etree.Element(piece("drawing.xml", chart="", picture="").tag)
        add_part(
            parts, drawing, serialised(empty), "application/vnd.openxmlformats-officedocument.drawing+xml"
        )
        root = parse(parts[part])
        item = etree.Element(f"{{{MAIN}}}drawing")
        item.set(f"{{{REL}}}id", add_link(parts, part, "drawing", drawing))
        insert_child(root, item, SHEET_ORDER)
        parts[part] = serialised(root)
    add_default_type(parts, "png", "image/png")
    image = fresh(parts, "xl/media/image", ".png")
    parts[image] = png()
    picture = add_link(parts, drawing, "image", image)
    root = parse(parts[drawing])
    root.append(piece("drawing.xml", chart="rId1", picture=picture)[number])
    parts[drawing] = serialised(root)
    return zipped(parts)


def copied(content: bytes, marker: str) -> bytes:
    """A copy of a generated sheet as Excel makes one: its marker too, and tables of new names."""
    parts = unzip(content)
    part = sheet_part(parts, marker)
    root = parse(parts[part])
    for name in ("drawing", "legacyDrawing", "tableParts", "hyperlinks"):
        for item in root.findall(f"{{*}}{name}"):
            root.remove(item)
    copy = add_sheet(parts, f"{markers(parts)[marker]} (2)", root)
    _copy_tables(parts, part, copy, root)
    return zipped(parts)


def _copy_tables(parts: Parts, part: str, copy: str, root: Element) -> None:
    found = [link.target for link in links(parts, part) if link.kind == "table"]
    listed = etree.Element(f"{{{MAIN}}}tableParts", count=str(len(found)))
    for name in found:
        table = parse(parts[name])
        table.set(
            "id", str(max(int(parse(parts[t.part]).get("id", "0")) for t in tables(parts).values()) + 100)
        )
        for key in ("name", "displayName"):
            table.set(key, f"{table.get(key)}4")
        fresh_name = add_part(parts, fresh(parts, "xl/tables/table"), serialised(table), _TABLE)
        item = etree.SubElement(listed, f"{{{MAIN}}}tablePart")
        item.set(f"{{{REL}}}id", add_link(parts, copy, "table", fresh_name))
    if found:
        insert_child(root, listed, SHEET_ORDER)
    parts[copy] = serialised(root)


# -- what hangs on a sheet ---------------------------------------------------------------------------------


@pytest.mark.parametrize("marker", [REVIEW_MARKER, SCORECARD, FINDINGS])
def test_comments_on_a_generated_sheet_become_kept_notes(typed: bytes, tmp_path: Path, marker: str) -> None:
    parts = unzip(typed)
    comment(parts, sheet_part(parts, marker), "B3", "D6")
    done = drawn_anew(tmp_path / "acme.xlsx", zipped(parts))
    assert kept(done.after) == [
        "Rosa Ortiz: Is this target still right?\nRosa Ortiz: Ask Wei.", "Rosa: counted by hand",
    ]  # fmt: skip
    assert "2 notes moved to the sheet Kept notes" in done.told
    path = tmp_path / "acme.xlsx"
    path.write_bytes(done.after)
    assert complaints(path) == set()


def test_comments_stay_where_they_are_while_nothing_is_drawn_anew(typed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    parts = unzip(after(path, typed).after)
    comment(parts, sheet_part(parts, FINDINGS), "B3", "D6")
    assert after(path, zipped(parts)).after == zipped(parts)


@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("marker", [REVIEW_MARKER, SCORECARD])
def test_words_in_shapes_become_kept_notes(typed: bytes, tmp_path: Path, marker: str, number: int) -> None:
    done = drawn_anew(tmp_path / "acme.xlsx", add_shape(typed, marker, number))
    assert kept(done.after) == [{2: "Mind the trend", 3: "Our own words"}[number]]


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("marker", [REVIEW_MARKER, SCORECARD])
def test_a_picture_or_chart_of_the_users_keeps_the_sheet(
    typed: bytes, tmp_path: Path, marker: str, number: int
) -> None:
    content = add_shape(typed, marker, number)
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    old, new = unzip(content), unzip(done.after)
    part = sheet_part(old, marker)
    assert new[part] == old[part]
    assert {name: new[name] for name in old if "/media/" in name} == {
        n: old[n] for n in old if "/media/" in n
    }
    assert (
        f"{markers(old)[marker]} was left as it is. It carries a {('chart', 'picture')[number]}" in done.told
    )


def test_charts_that_qmsbook_drew_are_no_obstacle(typed: bytes, tmp_path: Path) -> None:
    done = drawn_anew(tmp_path / "acme.xlsx", typed)
    assert "Sheet Review 2026-Q3 redrawn." in done.done.changes
    assert kept(done.after) == []


@pytest.mark.parametrize("theirs", [False, True], ids=["ours alone", "one of theirs"])
def test_charts_are_told_apart_after_a_program_dropped_their_names(
    typed: bytes, tmp_path: Path, theirs: bool
) -> None:
    """openpyxl calls every chart Chart 1, Chart 2 and so on; where ours take their figures from stays."""
    book = openpyxl.load_workbook(io.BytesIO(typed))
    sheet = book[markers(unzip(typed))[REVIEW_MARKER]]
    if theirs:
        chart = LineChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=5, max_row=9))
        sheet.add_chart(chart, "A12")
    book.save(stream := io.BytesIO())
    assert b"qmsbook " not in b"".join(
        part for name, part in unzip(stream.getvalue()).items() if "drawings/" in name
    )
    done = drawn_anew(tmp_path / "acme.xlsx", stream.getvalue())
    assert ("Sheet Review 2026-Q3 redrawn." in done.done.changes) is not theirs
    assert ("It carries a chart of yours" in done.told) is theirs


def test_a_link_set_on_typed_words_becomes_a_kept_note(typed: bytes, tmp_path: Path) -> None:
    parts = unzip(typed)
    info = minutes(typed)
    root = parse(parts[info.sheet_part])
    rel = add_link(parts, info.sheet_part, "hyperlink", "https://example.org/minutes?id=42", outside=True)
    item = etree.Element(f"{{{MAIN}}}hyperlink", ref=address(info.data_rows[0], info.column("Minutes")))
    item.set(f"{{{REL}}}id", rel)
    listed = root.find("{*}hyperlinks")
    if listed is None:
        listed = insert_child(root, etree.Element(f"{{{MAIN}}}hyperlinks"), SHEET_ORDER)
    listed.append(item)
    parts[info.sheet_part] = serialised(root)
    done = drawn_anew(tmp_path / "acme.xlsx", zipped(parts))
    assert kept(done.after) == ["https://example.org/minutes?id=42"]


# -- ids, rows and what is not for typing ------------------------------------------------------------------


def test_an_id_typed_over_is_kept_with_its_words(typed: bytes, tmp_path: Path) -> None:
    info = minutes(typed)
    first = info.data_rows[0]
    content = type_in(typed, info.sheet, {address(first, info.box[1]): "Our own results"})
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    held = words(done.after, info.sheet)
    now = {
        held.get(address(r, info.box[1])): held.get(address(r, info.box[1] + 1))
        for r in minutes(done.after).data_rows
    }
    assert now["Our own results"] == f"minute {first}"
    assert now["Results"] is None


def test_words_whose_id_was_cleared_are_kept(typed: bytes, tmp_path: Path) -> None:
    info = minutes(typed)
    drawn_anew(
        tmp_path / "acme.xlsx", type_in(typed, info.sheet, {address(info.data_rows[1], info.box[1]): ""})
    )


def test_two_rows_of_one_id_leave_the_sheet_as_it_is(typed: bytes, tmp_path: Path) -> None:
    info = minutes(typed)
    held = words(typed, info.sheet)[address(info.data_rows[0], info.box[1])]
    content = add_row(typed, info.name, [held, "other words, same id"])
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    assert not lost(done.after, ["other words, same id"])
    assert f"Two rows of the area Minutes begin with {held}" in done.told


def test_words_typed_over_what_is_for_reading_are_kept_once(typed: bytes, tmp_path: Path) -> None:
    info = areas(typed, REVIEW_MARKER)["Conclusions"]
    content = type_in(
        typed, info.sheet, {address(info.data_rows[0], info.column("Asked")): "my own question"}
    )
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    assert kept(done.after) == ["my own question"]
    assert everything(done.after).count("my own question") == 1


def test_words_directly_below_a_table_that_did_not_grow_are_a_row_of_it(typed: bytes, tmp_path: Path) -> None:
    info = minutes(typed)
    content = type_in(typed, info.sheet, {address(info.box[2] + 1, info.column("Minutes")): "just below"})
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    assert kept(done.after) == []
    after = minutes(done.after)
    held = words(done.after, after.sheet)
    assert held[address(after.data_rows[-1], after.column("Minutes"))] == "just below"


def test_rows_inserted_above_change_nothing_for_the_words(typed: bytes, tmp_path: Path) -> None:
    parts = unzip(typed)
    shift_rows(parts, sheet_part(parts, REVIEW_MARKER), 5, 3)
    done = drawn_anew(tmp_path / "acme.xlsx", zipped(parts))
    assert kept(done.after) == []


# -- whole sheets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marker", [REVIEW_MARKER, SCORECARD])
def test_a_copy_of_a_sheet_stays_as_it_is_and_the_sheet_is_drawn_anew(
    typed: bytes, tmp_path: Path, marker: str
) -> None:
    content = copied(typed, marker)
    sheet = markers(unzip(typed))[marker]
    content = type_in(content, f"{sheet} (2)", {"D4": "only on the copy"})
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    old, new = unzip(content), unzip(done.after)
    assert new[sheet_parts(new)[f"{sheet} (2)"]] == old[sheet_parts(old)[f"{sheet} (2)"]]
    assert new[sheet_parts(new)[sheet]] != old[sheet_parts(old)[sheet]]
    found = [f.row for f in done.done.looked.findings if f.code == "WBK071"] if done.done.looked else None
    assert found == ([f"{sheet} (2)"] if marker == REVIEW_MARKER else [])


def test_of_two_sheets_alike_neither_is_replaced_and_check_says_so(typed: bytes, tmp_path: Path) -> None:
    content = copied(typed, SCORECARD)
    first, second = markers(unzip(typed))[SCORECARD], "October"
    parts = unzip(content)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(f"{first} (2)".encode(), second.encode())
    content = re.sub(rb'<definedName name="qmsbook_sheet".*?</definedName>', b"", parts["xl/workbook.xml"])
    content = zipped({**parts, "xl/workbook.xml": content})
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    old, new = unzip(content), unzip(done.after)
    assert all(new[sheet_parts(new)[name]] == old[sheet_parts(old)[name]] for name in (first, second))
    assert done.done.looked is not None
    assert [f.row for f in done.done.looked.findings if f.code == "WBK072"] == [first]
    assert f"{first} and {second}" in done.told


def test_a_hidden_sheet_is_drawn_anew_and_stays_hidden(typed: bytes, tmp_path: Path) -> None:
    parts = unzip(typed)
    book = book_part(parts)
    parts[book] = parts[book].replace(b'name="Scorecard"', b'name="Scorecard" state="hidden"')
    done = drawn_anew(tmp_path / "acme.xlsx", zipped(parts))
    assert "Sheet Scorecard redrawn." in done.done.changes
    assert b'name="Scorecard" state="hidden"' in unzip(done.after)[book]


def test_a_protected_sheet_is_left_as_it_is_and_the_others_are_drawn(typed: bytes, tmp_path: Path) -> None:
    parts = unzip(typed)
    part = sheet_part(parts, SCORECARD)
    root = parse(parts[part])
    insert_child(root, etree.Element(f"{{{MAIN}}}sheetProtection", sheet="1"), SHEET_ORDER)
    parts[part] = serialised(root)
    path = tmp_path / "acme.xlsx"
    done = drawn_anew(path, zipped(parts))
    assert "Sheet Findings redrawn." in done.done.changes
    assert "Scorecard was left as it is. It is protected" in done.told
    now = unzip(done.after)
    assert now[sheet_part(now, SCORECARD)] == parts[part]


def test_a_closed_review_is_never_drawn_again(typed: bytes, tmp_path: Path) -> None:
    info = tables(unzip(typed))["Reviews"]
    held = words(typed, info.sheet)
    row = next(r for r in info.data_rows if held.get(address(r, info.column("Period"))) == "2026-Q3")
    content = type_in(typed, info.sheet, {address(row, info.column("State")): "closed"})
    done = drawn_anew(tmp_path / "acme.xlsx", content)
    old, new = unzip(content), unzip(done.after)
    assert new[sheet_part(new, REVIEW_MARKER)] == old[sheet_part(old, REVIEW_MARKER)]


def test_reviews_of_two_periods_keep_their_words_apart(typed: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(typed)
    commands.review(FileHost(path), "2026-Q2", on=ON)
    content = path.read_bytes()
    info = areas(content, "qmsbook:review:2026-Q2")["Minutes"]
    content = type_in(
        content, info.sheet, {address(info.data_rows[0], info.column("Minutes")): "of the quarter before"}
    )
    done = drawn_anew(path, content)
    held = words(done.after, info.sheet)
    assert "of the quarter before" in held.values()
    assert "of the quarter before" not in words(done.after, minutes(done.after).sheet).values()
