"""Collecting: twenty workbooks come back; what is certain is taken, all else is shown with both values."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from entry_books import ACTIONS, add, fill, forget, measurements, reverse, rows
from live import Desk
from ooxml import unzip
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from test_cli import Run, example, run

from qmsbook import commands
from qmsbook.book.edit import AppendRows, Fill, FillCells
from qmsbook.chase.given import Folder
from qmsbook.commands import Asked, How, read, template
from qmsbook.commands import reminders as chasing
from qmsbook.commands.reminders import Collected
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.libreoffice.bridge import properties

__all__ = ["example", "run"]

ON = date(2026, 12, 20)
Back = dict[str, bytes]


def given_out(path: Path, on: date = ON) -> Back:
    """Everybody's entry workbook, by person."""
    made = chasing.remind(FileHost(path), path.parent / "drafts", on, store=Folder.of(path))
    return {
        post.name: each.content
        for post in made.posts
        for each in post.attachments
        if each.name.endswith(".xlsx")
    }


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


def figure(key: str, row: Mapping[str, object]) -> float:
    """A figure near the last one that no other row has; openpyxl writes 16 digits of any, LibreOffice 15."""
    name, _, period = key.partition("@")
    last, own = row["Last figure"], (int(name[1:]) + int(period[-2:]) / 100) * 1e-5
    return round(last * (1 - own), 12) if isinstance(last, int | float) and last else own


def collecting(
    path: Path, back: Back, sender: str = "", ask: Callable[[str], bool] | None = None
) -> Collected:
    """What becomes of returned files, with what was kept beside the workbook."""
    return chasing.collect(FileHost(path), back, ON, How(ask=ask), Folder.of(path), sender)


def test_twenty_workbooks_come_together_without_a_wrong_figure(
    book: Path, tmp_path: Path, desk: Desk
) -> None:
    out = given_out(book)
    before = measurements(book)
    typed: dict[str, float] = {}
    back: Back = {}
    for person, content in out.items():
        mine = {key: figure(key, row) for key, row in rows(content).items()}
        typed |= mine
        back[f"{person}.xlsx"] = fill(content, {(key, "Value"): value for key, value in mine.items()})
    # renamed; sorted; saved by another program; sent twice, the second time with other figures
    back["copy of copy (3) FINAL.xlsx"] = back.pop("Ray Novak.xlsx")
    back["Wei Chen.xlsx"] = reverse(back["Wei Chen.xlsx"])
    back["Erin Foster.xlsx"] = saved_by_libreoffice(back["Erin Foster.xlsx"], desk, tmp_path)
    back["Tom Hayes again.xlsx"] = back["Tom Hayes.xlsx"]
    back["Angela Kim again.xlsx"] = fill(back["Angela Kim.xlsx"], {("K26@2026-11", "Value"): 99.5})
    # stale: the workbook has a figure of its own by now
    stale = rows(out["Sofia Delgado"])["K14@2026-11"]
    assert stale["Value"] is None
    type_here(book, {"KPI": "K14", "Period": "2026-11", "Value": 91.25})
    before[("K14", "2026-11")] = [(91.25, None, None, None)]
    back["stale.xlsx"] = fill(out["Sofia Delgado"], {("K14@2026-11", "Value"): 91.25})
    # rows of people's own making
    own = back["Ben Cole.xlsx"]
    own = add(own, [None, "K20 Overtime", "2026-10", None, None, None, 4.5])  # read long ago
    own = add(own, [None, "K26 Training", "2026-11", None, None, None, 5.5])  # somebody else's
    own = add(own, [None, "K20", "2026-12", None, None, None, 6.5])  # not over yet
    own = add(own, [None, "something", "2026-11", None, None, None, 7.5])  # nobody's
    back["Ben Cole.xlsx"] = own
    # empty; of another workbook; no workbook at all; without its memory, which is kept beside the workbook
    back["empty.xlsx"] = out["Jin Park"]
    back["stranger.xlsx"] = template("example.xlsx")
    back["letter.xlsx"] = b"Dear Tom, all is well."
    back["Luis Ortega copy.xlsx"] = saved_by_libreoffice(back["Luis Ortega.xlsx"], desk, tmp_path)
    back["Priya Raman by mail.xlsx"] = back["Priya Raman.xlsx"]
    back["forgotten.xlsx"] = forget(fill(out["Sofia Delgado"], {("K15@2026-11", "Value"): 1.5}))
    assert len(back) == 20

    made = collecting(book, back)

    settled = set(typed) - {"K26@2026-11", "K14@2026-11", "K15@2026-11"}
    wanted = dict(before)
    for key in settled:
        name, _, period = key.partition("@")
        wanted[(name, period)] = [(typed[key], None, None, None)]
    after = measurements(book)
    assert {k: v for k, v in after.items() if v != wanted.get(k)} == {}
    assert set(after) == set(wanted)
    told = {(c.row, c.file): (c.here, c.said) for c in made.conflicts}
    both = (None, None, None)
    assert told.pop(("K26@2026-11", "Angela Kim.xlsx")) == (both, (typed["K26@2026-11"], None, None))
    assert told.pop(("K26@2026-11", "Angela Kim again.xlsx")) == (both, (99.5, None, None))
    here, said = told.pop(("K14@2026-11", "Sofia Delgado.xlsx"))
    assert (here, said) == ((91.25, None, None), (typed["K14@2026-11"], None, None))
    assert told.pop(("K14@2026-11", "stale.xlsx"))[1] == (91.25, None, None)
    assert told.pop(("K15@2026-11", "forgotten.xlsx"))[1] == (1.5, None, None)
    (read_long_ago,) = [pair for (row, _), pair in told.items() if row == "K20@2026-10"]
    assert read_long_ago[0] is not None
    assert read_long_ago[0][0] == before[("K20", "2026-10")][0][0]
    assert read_long_ago[1][0] == 4.5
    refused = [c for c in made.conflicts if c.file == "Ben Cole.xlsx" and c.row != "K20@2026-10"]
    assert sorted(c.said[0] for c in refused) == [5.5, 6.5, 7.5]
    assert len(made.conflicts) == 10
    assert [text.split(" was not taken")[0] for text in made.unused] == [
        "stranger.xlsx",
        "letter.xlsx",
    ]
    assert any(text.startswith("empty.xlsx: nothing was typed") for text in made.notices)
    # once more: nothing is new, nothing is written
    content = book.read_bytes()
    again = collecting(book, back)
    assert again.taken == ()
    assert book.read_bytes() == content


def saved_by_libreoffice(content: bytes, desk: Desk, folder: Path) -> bytes:
    source, target = folder / "source.xlsx", folder / "target.xlsx"
    source.write_bytes(content)
    document = desk.open(source)
    document.storeToURL(target.as_uri(), properties(FilterName="Calc MS Excel 2007 XML", Overwrite=True))
    return target.read_bytes()


def type_here(path: Path, row: dict[str, str | float]) -> None:
    """Somebody types a row into the workbook itself."""
    host = FileHost(path)
    host.apply([AppendRows("Measurements", (row,))], host.read())


def collected(path: Path, content: bytes) -> Collected:
    return collecting(path, {"back.xlsx": content})


def test_a_dry_run_writes_nothing_and_undo_takes_all_back(run: Run, book: Path, tmp_path: Path) -> None:
    folder = tmp_path / "back"
    folder.mkdir()
    out = given_out(book)
    paths = []
    for person in ("Tom Hayes", "Wei Chen"):
        paths.append(folder / f"{person}.xlsx")
        typed = {(key, "Value"): figure(key, row) for key, row in rows(out[person]).items()}
        paths[-1].write_bytes(fill(out[person], typed))
    original = book.read_bytes()
    code, said, _ = run("collect", book, *paths, "--on", "2026-12-20", "--dry-run")
    assert code == 0
    assert "would be taken over" in said
    assert book.read_bytes() == original
    code, said, _ = run("collect", book, *paths, "--on", "2026-12-20", "--json")
    assert code == 0
    assert len(json.loads(said)["taken"]) == 6
    assert book.read_bytes() != original
    assert len(measurements(book)) == len(measurements_of(original, tmp_path)) + 6
    commands.undo(FileHost(book))
    assert unzip(book.read_bytes()) == unzip(original)
    code, _, err = run("collect", book, folder / "absent.xlsx")
    assert code == 2
    assert "absent.xlsx" in err


def measurements_of(content: bytes, folder: Path) -> dict[tuple[str, str], list[tuple[object, ...]]]:
    path = folder / "measured.xlsx"
    path.write_bytes(content)
    return measurements(path)


def test_what_is_left_to_settle_is_listed_with_both_values(run: Run, book: Path, tmp_path: Path) -> None:
    content = fill(given_out(book)["Tom Hayes"], {("K06@2026-11", "Value"): 2.5})
    type_here(book, {"KPI": "K06", "Period": "2026-11", "Value": 1.5})
    back, listed = tmp_path / "back.xlsx", tmp_path / "left.csv"
    back.write_bytes(content)
    original = book.read_bytes()
    code, said, _ = run("collect", book, back, "--on", "2026-12-20", "--list", listed)
    assert code == 1
    assert "1.5" in said
    assert "2.5" in said
    assert "changed here" in said
    assert book.read_bytes() == original
    lines = listed.read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("K06@2026-11,Value,1.5,2.5,back.xlsx,")
    assert run("collect", book, back, "--on", "2026-12-20", "--list", listed)[0] == 2  # it is there already


@pytest.mark.parametrize("name", ["there.csv", "nowhere/left.csv", "acme.xlsx"])
def test_a_list_that_cannot_be_written_is_told_before_anything_is(
    run: Run, book: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "there.csv").write_text("mine", encoding="utf-8")
    back = tmp_path / "back.xlsx"
    back.write_bytes(fill(given_out(book)["Tom Hayes"], {("K06@2026-11", "Value"): 1.4}))
    original = book.read_bytes()
    listed = book if name == book.name else tmp_path / name
    assert run("collect", book, back, "--on", "2026-12-20", "--list", listed)[0] == 2
    assert book.read_bytes() == original
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "mine"
    listed = tmp_path / "left.csv"
    assert run("collect", book, tmp_path / "none.xlsx", "--list", listed)[0] == 2
    assert not listed.exists()


@pytest.mark.parametrize(
    ("said", "form", "taken"),
    [
        (12.5, None, 12.5),
        ("12.5", None, 12.5),
        ("12.5 %", None, 12.5),
        (0.125, "0.0%", 12.5),
        ("1,234", None, None),
        ("about 12", None, None),
        (True, None, None),
        (date(2026, 11, 1), "yyyy-mm-dd", None),
        ("#N/A", None, None),
        ("=6+6.5", None, None),
        ("12,5 pct", None, 12.5),
        ("12.5 h", None, None),
    ],
)
def test_a_figure_is_taken_if_it_means_one_thing(
    book: Path, said: object, form: str | None, taken: float | None
) -> None:
    kpi = read(FileHost(book), Asked(ON)).book.kpi("K28")
    assert kpi is not None
    assert kpi.unit == "%"
    content = fill(given_out(book)["Angela Kim"], {("K28@2026-11", "Value"): said}, form)
    made = collected(book, content)
    found = measurements(book).get(("K28", "2026-11"))
    if taken is None:
        assert found is None
        assert len(made.conflicts) == 1 or made.notices
    else:
        assert found == [(taken, None, None, None)]
        assert made.conflicts == ()


@pytest.mark.parametrize("said", ["2,45 h", "2.45 hrs", "2.45 Stunden", "2.45 hours"])
def test_a_figure_is_taken_with_its_unit_in_any_spelling(book: Path, said: str) -> None:
    content = fill(given_out(book)["Angela Kim"], {("K27@2026-11", "Value"): said})
    assert collected(book, content).conflicts == ()
    assert measurements(book)["K27", "2026-11"] == [(2.45, None, None, None)]


def test_a_formula_of_which_no_result_is_kept_is_told(book: Path) -> None:
    """A program that cannot calculate saves the formula alone."""
    given = given_out(book)["Angela Kim"]
    action = next(iter(rows(given, "Your_actions")))
    typed = {("K28@2026-11", "Value"): "=6+6.5", ("K26@2026-11", "Comment"): "=A1", (action, "Effect"): "=B1"}
    made = collected(book, fill(given, typed))
    told = {each.row: str(each) for each in made.conflicts}
    assert set(told) == {"K28@2026-11", "K26@2026-11", action}
    assert "says Value =6+6.5. Value holds a formula without a result" in told["K28@2026-11"]
    assert made.taken == ()


def test_what_people_put_beside_the_figures_is_told(book: Path) -> None:
    """A comment on a figure, a picture, and a sheet of their own; a blank sheet says nothing."""
    opened = openpyxl.load_workbook(io.BytesIO(given_out(book)["Angela Kim"]))
    sheet = opened.worksheets[0]
    place = next(cell for line in sheet.iter_rows() for cell in line if cell.value == "K26@2026-11")
    figure = sheet.cell(place.row, place.column + 6)
    figure.value, figure.comment = 60.2, Comment("only 3 of 5 cells", "Angela")
    sheet.add_chart(BarChart(), "L20")
    opened.create_sheet("Blank")
    opened.create_sheet("How I counted")["B3"] = "without the night shift"
    opened.save(stream := io.BytesIO())
    made = collected(book, stream.getvalue())
    assert len(made.taken) == 1
    said = " ".join(made.notices)
    for words in (f"{figure.coordinate}: (comment) 60.2 only 3 of 5 cells", "L20: a chart", "night shift"):
        assert words in said
    assert "How I counted!B3" in said.replace("'", "")
    assert "Blank" not in said


def test_a_time_is_taken_in_hours_and_never_as_a_part_of_a_day(book: Path) -> None:
    looked = read(FileHost(book), Asked(ON)).book
    kpi = next(kpi for kpi in looked.kpis if kpi.unit == "hours" and kpi.frequency == "monthly")
    content = fill(given_out(book)[kpi.owner], {(f"{kpi.id}@2026-11", "Value"): 0.5}, "h:mm")
    assert collected(book, content).conflicts == ()
    assert measurements(book)[kpi.id, "2026-11"] == [(12, None, None, None)]


def test_a_time_of_what_is_no_time_is_not_guessed(book: Path) -> None:
    content = fill(given_out(book)["Angela Kim"], {("K28@2026-11", "Value"): 0.0625}, "h:mm")
    assert "is a time" in str(collected(book, content).conflicts[0])
    assert ("K28", "2026-11") not in measurements(book)


def test_a_percent_of_what_is_no_percent_is_not_guessed(book: Path) -> None:
    content = fill(given_out(book)["Tom Hayes"], {("K06@2026-11", "Value"): 0.5}, "0%")
    assert "is in %" in str(collected(book, content).conflicts[0])
    assert ("K06", "2026-11") not in measurements(book)


def test_a_comment_waits_for_its_figure(book: Path) -> None:
    content = fill(
        given_out(book)["Tom Hayes"],
        {("K06@2026-11", "Value"): "some", ("K06@2026-11", "Comment"): "two late trucks"},
    )
    made = collected(book, content)
    assert [c.headers for c in made.conflicts] == [("Value", "Numerator", "Denominator"), ("Comment",)]
    assert ("K06", "2026-11") not in measurements(book)


def test_rows_whose_id_and_name_no_longer_agree_are_not_taken(book: Path) -> None:
    content = fill(
        given_out(book)["Tom Hayes"],
        {("K06@2026-11", "KPI"): "K10 Returned parts", ("K06@2026-11", "Value"): 3.5},
    )
    made = collected(book, content)
    assert made.taken == ()
    assert "now reads K10" in made.conflicts[0].why


def test_an_action_comes_back_done_unless_it_was_changed_here(book: Path) -> None:
    out = given_out(book)["Marcus Bell"]
    first, second, third = list(rows(out, ACTIONS))[:3]
    content = fill(
        out,
        {
            (first, "State"): "done", (first, "Closed"): date(2026, 12, 18),
            (first, "Effect"): "=2 new accounts",
            (second, "State"): "done", (third, "State"): "nearly",
        },
    )  # fmt: skip
    host = FileHost(book)
    read_now = read(host, Asked(ON))
    snapshot, found = read_now.snapshot, read_now.book
    action = next(a for a in found.actions if a.id == second)
    row = action.row - found.tables["Actions"].row - 1
    host.apply([FillCells("Actions", (Fill(row, "State", "open", "dropped"),))], snapshot)
    made = collected(book, content)
    actions = {a.id: a for a in read(FileHost(book), Asked(ON)).book.actions}
    assert (actions[first].state, actions[first].closed) == ("done", date(2026, 12, 18))
    assert actions[first].effect == ""  # it came as a formula, and a formula is no word
    assert actions[second].state == "dropped"
    assert actions[third].state == "open"
    assert {c.row for c in made.conflicts} >= {second, third}
