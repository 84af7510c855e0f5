"""What comes back is somebody else's file: taken is what that person was given to fill in, and no more."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import earlier
import openpyxl
import pytest
from common import ROOT
from entry_books import ACTIONS, FIGURES, add, fill, measurements, rows
from openpyxl.worksheet.table import Table, TableColumn
from openpyxl.worksheet.worksheet import Worksheet
from terminal import at_terminal, home

from qmsbook import commands
from qmsbook.book.book import Book
from qmsbook.book.snapshot import MARK_NAME, mark
from qmsbook.chase.given import Folder, Given, NotKept
from qmsbook.commands import Asked, How, read, reminders, template
from qmsbook.commands.reminders import Collected
from qmsbook.hosts.file.host import FileHost
from qmsbook.pages.memo import EntryMemo, Memo, is_spare, pack, spared, unpack

ON = date(2026, 12, 20)
Back = dict[str, bytes]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return path


def given_out(path: Path) -> Back:
    made = reminders.remind(FileHost(path), path.parent / "drafts", ON, store=Folder.of(path))
    return {post.name: a.content for post in made.posts for a in post.attachments if a.name.endswith("xlsx")}


def collect(path: Path, *contents: bytes, sender: str = "") -> Collected:
    files = {f"back{number}.xlsx": content for number, content in enumerate(contents, start=1)}
    return reminders.collect(FileHost(path), files, ON, store=Folder.of(path), sender=sender)


def state(path: Path) -> tuple[object, ...]:
    """All figures, and every action as it stands."""
    found: Book = read(FileHost(path), Asked(ON)).book
    return measurements(path), [(a.id, a.state, a.closed, a.effect) for a in found.actions]


# -- forging: what anybody can do who has the file and this source


def first_row(content: bytes, marker: str | None = None, memo: Memo | None = None) -> bytes:
    """The file with another marker or another memo, wherever it has one."""
    return signed(content, marker, pack(memo) if memo is not None else None)


def signed(content: bytes, marker: str | None = None, chunks: Sequence[str] | None = None) -> bytes:
    """The file with another marker in A1 and in its mark, and with other texts in both places of its memo."""
    sheet = _sheet(content)
    if marker is not None:
        sheet["A1"] = marker
        sheet.defined_names[MARK_NAME].attr_text = mark(marker, "0a")
    if chunks is not None:
        column = _forgotten(sheet)
        for place, text in enumerate(chunks):
            sheet.cell(1, 3 + place).value = text
        for place, text in enumerate(spared(chunks), start=2):
            sheet.cell(place, column).value = text
    return _saved(sheet)


def _forgotten(sheet: Worksheet) -> int:
    """Clears both places of the memo; the column in which its spare stood."""
    for cell in sheet[1][2:]:
        cell.value = None
    spares = [cell for line in sheet.iter_rows(min_row=2) for cell in line if is_spare(cell.value)]  # type: ignore[arg-type]
    for cell in spares:
        cell.value = None
    return int(spares[0].column)


def marker_of(content: bytes) -> str:
    return str(_sheet(content)["A1"].value)


def memo_of(content: bytes) -> Memo:
    memo = unpack([str(cell.value) for cell in _sheet(content)[1][2:] if cell.value is not None])
    assert memo is not None
    return memo


def with_rows(content: bytes, table: str, lines: Mapping[str, tuple[object, ...]]) -> bytes:
    """The file with rows in a table that it did not have, and a memo that says they were given out blank."""
    memo = memo_of(content)
    area = memo.entries.get(table) or EntryMemo(_HEADERS[table], {})
    before = {key: (*line[:6], *(None for _ in line[6:])) for key, line in lines.items()}
    if table == ACTIONS:
        before = {key: (*line[:5], "open", None, None) for key, line in lines.items()}
    more = (None,) * (len(area.headers) - len(_HEADERS[table]))
    rows_now = {**area.rows, **{key: (*line, *more) for key, line in before.items()}}
    forged = EntryMemo(area.headers, rows_now)  # type: ignore[arg-type]  # any values
    content = first_row(content, memo=Memo(memo.cells, {**memo.entries, table: forged}))
    if table not in _sheet(content).tables:
        content = _with_table(content, table)
    for line in lines.values():
        content = add(content, line, table)
    return content


_HEADERS = {
    FIGURES: ("Row", "KPI", "Period", "Unit", "Plan", "Last figure", "Value", "Comment"),
    ACTIONS: ("Row", "What", "Due", "For", "Opened", "State", "Closed", "Effect"),
}


def _with_table(content: bytes, name: str) -> bytes:
    sheet, at = _sheet(content), 200
    for column, header in enumerate(_HEADERS[name], start=1):
        sheet.cell(at, column).value = header
    made = Table(displayName=name, name=name, ref=f"A{at}:H{at + 1}", id=9)
    made.tableColumns = [TableColumn(id=i, name=h) for i, h in enumerate(_HEADERS[name], start=1)]
    sheet.add_table(made)
    return _saved(sheet)


def _sheet(content: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def _saved(sheet: Worksheet) -> bytes:
    stream = io.BytesIO()
    sheet.parent.save(stream)  # type: ignore[union-attr]  # a sheet that was read has a workbook
    return stream.getvalue()


# -- whose rows


def others(path: Path) -> tuple[dict[str, tuple[object, ...]], dict[str, tuple[object, ...]]]:
    """A reading and an open action that are not Tom Hayes's, as rows that change them."""
    found = read(FileHost(path), Asked(ON)).book
    kpi = next(k for k in found.kpis if k.owner not in ("", "Tom Hayes") and k.frequency == "monthly")
    action = next(a for a in found.actions if a.owner not in ("", "Tom Hayes") and a.state == "open")
    key = f"{kpi.id}@2026-10"
    assert measurements(path)[(kpi.id, "2026-10")][0][0] is not None
    figure = (key, f"{kpi.id} {kpi.name}", "2026-10", kpi.unit, None, None, 999.0, None)
    dropped = (action.id, action.what, None, "", None, "dropped", None, None)
    return {key: figure}, {action.id: dropped}


@pytest.mark.parametrize("ticket", ["kept", "invented", "none"])
def test_a_forged_memo_changes_nothing_of_anybody_elses(book: Path, ticket: str) -> None:
    figures, actions = others(book)
    back = given_out(book)["Tom Hayes"]
    back = with_rows(with_rows(back, FIGURES, figures), ACTIONS, actions)
    marker = marker_of(back)
    head, _, kept = marker.partition("#")
    if ticket != "kept":
        back = first_row(
            back, f"{head}#{'0' * 32}:Tom Hayes" if ticket == "invented" else f"{head}:Tom Hayes"
        )
    assert kept.endswith(":Tom Hayes")
    before = state(book)
    for sender in ("", "Tom Hayes"):
        made = collect(book, back, sender=sender)
        assert made.taken == ()
        assert state(book) == before
        told = {c.row: c for c in made.conflicts}
        assert set(told) >= {*figures, *actions}
        (key,) = figures
        assert told[key].said[0] == 999.0
        assert told[key].here is not None
        assert told[key].here[0] == before[0][tuple(key.split("@"))][0][0]  # type: ignore[index]  # figures
        (action,) = actions
        assert told[action].here == ("open", None)
        assert told[action].said[0] == "dropped"


def test_nobody_answers_in_anothers_name(book: Path) -> None:
    out = given_out(book)
    key, row = next(iter(rows(out["Tom Hayes"]).items()))
    filled = fill(out["Tom Hayes"], {(key, "Value"): row["Last figure"]})
    marker, before = marker_of(filled), state(book)
    for forged in (
        marker.replace("Tom Hayes", "Erin Foster"),
        marker_of(out["Erin Foster"]),  # somebody else's ticket, for rows that it does not stand for
        marker_of(out["Erin Foster"]).replace("Erin Foster", "Tom Hayes"),
    ):
        made = collect(book, first_row(filled, forged))
        assert made.taken == ()
        assert state(book) == before
        assert [(c.row, c.said[0]) for c in made.conflicts] == [(key, row["Last figure"])] or made.unused
    assert len(collect(book, filled).taken) == 1


def test_a_file_of_another_workbook_is_left_aside(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.xlsx"
    commands.new(other)
    out = given_out(book)["Tom Hayes"]
    key, row = next(iter(rows(out).items()))
    filled = fill(out, {(key, "Value"): row["Last figure"]})
    before = other.read_bytes()
    made = collect(other, filled)  # both workbooks lie in one folder, so the ticket is known
    assert "another workbook" in made.unused[0]
    theirs = FileHost(other).read().properties["qmsbook.id"]
    _, _, rest = marker_of(filled).partition("#")
    made = collect(other, first_row(filled, f"qmsbook:entry:{theirs}#{rest}"))
    assert "another workbook" in made.unused[0]
    assert other.read_bytes() == before


def test_columns_that_were_not_given_are_told_and_not_taken(book: Path) -> None:
    out = next(
        content for content in given_out(book).values()
        if (held := rows(content)) and "Numerator" not in next(iter(held.values()))
    )  # fmt: skip
    sheet = _sheet(out)
    table = sheet.tables[FIGURES]
    top, right = sheet[table.ref][0][0].row, len(table.tableColumns) + 1
    for place, header in enumerate(("Numerator", "Denominator", "Note"), start=right):
        sheet.cell(top, place).value = header
        table.tableColumns.append(TableColumn(id=place, name=header))
        sheet.cell(top + 1, place).value = 12345
    sheet.cell(top + 1, 5).value = 77.25  # the plan, which is not for them to change
    bottom = sheet[table.ref][-1][0].row
    table.ref = f"A{top}:{sheet.cell(bottom, right + 2).coordinate}"
    before = state(book)
    made = collect(book, _saved(sheet))
    assert made.taken == ()
    assert state(book) == before
    told = " ".join(made.notices)
    for word in ("Numerator 12345", "Denominator 12345", "Note 12345", "Plan 77.25"):
        assert word in told


def test_rows_that_people_added_are_shown(book: Path) -> None:
    found = read(FileHost(book), Asked(ON)).book
    kpi = next(k for k in found.kpis if k.owner == "Tom Hayes" and k.frequency == "monthly")
    back = add(given_out(book)["Tom Hayes"], [None, f"{kpi.id} {kpi.name}", "2026-10", None, None, None, 4.5])
    before = state(book)
    (conflict,) = collect(book, back).conflicts
    assert (conflict.row, conflict.said[0]) == (f"{kpi.id}@2026-10", 4.5)
    assert "not given out to Tom Hayes" in conflict.why
    assert state(book) == before


def test_the_same_again_and_an_old_one_again(book: Path) -> None:
    out = given_out(book)["Tom Hayes"]
    key, row = next(iter(rows(out).items()))
    first = fill(out, {(key, "Value"): row["Last figure"]})
    assert len(collect(book, first, first).taken) == 1  # twice the same file is one answer
    content = book.read_bytes()
    assert collect(book, first).taken == ()
    assert book.read_bytes() == content
    old = fill(out, {(key, "Value"): float(str(row["Last figure"])) * 1.01})
    made = collect(book, old)
    assert made.taken == ()
    assert "changed here" in made.conflicts[0].why
    assert book.read_bytes() == content


def test_two_files_are_judged_each_by_itself(book: Path) -> None:
    figures, _ = others(book)
    out = given_out(book)
    key, row = next(iter(rows(out["Tom Hayes"]).items()))
    honest = fill(out["Tom Hayes"], {(key, "Value"): row["Last figure"], (key, "Comment"): "as it was"})
    kpi = rows(out["Tom Hayes"])[key]
    against = (key, kpi["KPI"], kpi["Period"], None, None, None, 999.0, "a lie")
    liar = next(n for n in out if n != "Tom Hayes" and rows(out[n]) and not rows(out[n], ACTIONS))
    forged = with_rows(with_rows(out[liar], FIGURES, figures), FIGURES, {key: against})
    made = collect(book, forged, honest)
    assert len(made.taken) == 2
    assert measurements(book)[tuple(key.split("@"))][0][:2] == (row["Last figure"], "as it was")  # type: ignore[index]
    assert {(c.row, c.file, c.said[0]) for c in made.conflicts} >= {(key, "back1.xlsx", 999.0)}


# -- what is kept


def test_without_what_was_kept_everything_is_shown_and_one_word_takes_it(book: Path) -> None:
    out = given_out(book)["Tom Hayes"]
    typed = {key: row["Last figure"] for key, row in rows(out).items()}
    filled = fill(out, {(key, "Value"): value for key, value in typed.items()})
    shutil.rmtree(book.parent / "qmsbook-backups")
    before = book.read_bytes()
    made = collect(book, filled)
    assert made.taken == ()
    assert {c.row: c.said[0] for c in made.conflicts} == typed
    assert {c.why for c in made.conflicts} == {
        "What was given out in this file is not kept beside the workbook."
    }
    assert "--from" in made.notices[0]
    made = collect(book, filled, sender="Erin Foster")
    assert {c.why for c in made.conflicts} == {"It was not made for Erin Foster."}
    assert book.read_bytes() == before
    made = collect(book, filled, sender="tom hayes")
    assert len(made.taken) == len(typed)
    assert made.conflicts == ()


def test_a_file_of_the_first_release_is_taken_by_one_word(tmp_path: Path) -> None:
    content, out = earlier.given_out(ON.isoformat())
    book = tmp_path / "acme.xlsx"
    book.write_bytes(content)
    typed = {key: row["Last figure"] for key, row in rows(out["Tom Hayes"]).items()}
    filled = tmp_path / "tom.xlsx"
    filled.write_bytes(fill(out["Tom Hayes"], {(key, "Value"): value for key, value in typed.items()}))
    command = [sys.executable, "-m", "qmsbook", "collect", str(book), str(filled), "--on", ON.isoformat()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 1
    assert "--from" in done.stdout
    assert book.read_bytes() == content
    command += ["--from", "Tom Hayes"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout
    after = measurements(book)
    assert {key: after[tuple(key.split("@"))][0][0] for key in typed} == typed  # type: ignore[index]


def test_by_somebodys_word_only_their_own_blank_rows_are_taken(book: Path) -> None:
    """A memo that only the file holds says that a figure was given out filled in, to be changed now."""
    found = read(FileHost(book), Asked(ON)).book
    kpi = next(k for k in found.kpis if k.owner == "Tom Hayes" and k.frequency == "monthly")
    value = measurements(book)[(kpi.id, "2026-10")][0][0]
    key = f"{kpi.id}@2026-10"
    row = (key, f"{kpi.id} {kpi.name}", "2026-10", None, None, None, float(str(value)) * 1.02, None)
    back = with_rows(given_out(book)["Tom Hayes"], FIGURES, {key: row})
    memo = memo_of(back)
    area = memo.entries[FIGURES]
    filled_in = EntryMemo(area.headers, {**area.rows, key: (*row[:6], value, None, None, None)})  # type: ignore[dict-item]
    back = first_row(back, marker_of(back).partition("#")[0] + ":Tom Hayes")
    back = first_row(back, memo=Memo(memo.cells, {**memo.entries, FIGURES: filled_in}))
    before = state(book)
    made = collect(book, back, sender="Tom Hayes")
    assert made.taken == ()
    assert "given out blank" in made.conflicts[0].why
    assert state(book) == before


def test_the_same_rows_keep_their_ticket_and_others_get_another(book: Path) -> None:
    first, again = given_out(book), given_out(book)
    assert first == again
    assert len(list(Folder.of(book).path.iterdir())) == 1
    tickets = {marker_of(content).partition("#")[2].partition(":")[0] for content in first.values()}
    assert len(tickets) == len(first)
    assert {len(ticket) for ticket in tickets} == {32}
    key = next(iter(rows(first["Tom Hayes"])))
    host = FileHost(book)
    kpi, _, period = key.partition("@")
    host.apply(
        [reminders.AppendRows("Measurements", ({"KPI": kpi, "Period": period, "Value": 1.0},))], host.read()
    )
    later = given_out(book)
    changed = {name for name in later if marker_of(later[name]) != marker_of(first[name])}
    assert changed == {"Tom Hayes"}


def test_a_renamed_workbook_and_one_behind_a_link_know_what_they_gave_out(book: Path, tmp_path: Path) -> None:
    out = given_out(book)["Tom Hayes"]
    key, row = next(iter(rows(out).items()))
    filled = fill(out, {(key, "Value"): row["Last figure"]})
    (tmp_path / "elsewhere").mkdir()
    renamed = book.rename(book.with_name("acme (2).xlsx"))
    link = tmp_path / "elsewhere" / "acme.xlsx"
    link.symlink_to(renamed)
    assert Folder.of(link) == Folder.of(renamed)
    assert len(collect(renamed, filled).taken) == 1


@pytest.fixture
def shared() -> Iterator[tuple[Path, int]]:
    """A folder of a group's, outside of what pytest keeps to itself."""
    folder, group = Path(tempfile.mkdtemp(dir="/tmp")), 4242
    os.chown(folder, -1, group)
    folder.chmod(0o2770)
    yield folder, group
    shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "seteuid") or os.geteuid() != 0, reason="needs two users")
def test_two_people_share_a_folder(shared: tuple[Path, int]) -> None:
    folder, group = shared
    rows_of = {FIGURES: EntryMemo(("Row", "Value"), {"K1@2026-10": ("K1@2026-10", None)})}
    given = [Given("w", name, rows_of) for name in ("One", "Two")]
    tickets: list[str] = []
    store = Folder(folder / "qmsbook-backups" / "given")
    umask = os.umask(0o022)
    try:
        for user, each in zip((4243, 4244), given, strict=True):
            os.setegid(group)
            os.seteuid(user)
            tickets += store.keep([each])
            assert [store.find(ticket) for ticket in tickets] == given[: len(tickets)]
            os.seteuid(0)
            os.setegid(0)
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.umask(umask)
    assert all(path.stat().st_gid == group for path in [store.path, *store.path.iterdir()])
    assert all(path.stat().st_mode & stat.S_IRGRP for path in store.path.iterdir())


def test_what_is_kept_is_tidied(tmp_path: Path) -> None:
    store = Folder(tmp_path / "qmsbook-backups" / "given")
    tickets = [store.keep([Given("w", f"Person {number}", {})])[0] for number in range(205)]
    assert store.find(tickets[0]) is None
    assert [store.find(ticket) for ticket in tickets[-200:]] == [
        Given("w", f"Person {number}", {}) for number in range(5, 205)
    ]
    for name, age in ((".given.0123456789ab.tmp", 7200), (".given.ab0123456789.tmp", 0)):
        (store.path / name).touch()
        then = (store.path / name).stat().st_mtime - age
        os.utime(store.path / name, (then, then))
    store.keep([Given("w", "One more", {})])
    assert [path.name for path in store.path.glob(".*")] == [".given.ab0123456789.tmp"]


def test_where_nothing_can_be_kept_that_is_said(book: Path, tmp_path: Path) -> None:
    (tmp_path / "qmsbook-backups").write_text("no folder", encoding="utf-8")
    with pytest.raises(NotKept):
        Folder.of(book).keep([Given("w", "One", {})])
    made = reminders.remind(FileHost(book), tmp_path / "drafts", ON, store=Folder.of(book))
    assert len(made.posts) > 5
    assert any("could not be kept" in notice for notice in made.notices)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"given": [{}]}', b'{"given": [{"ticket": "x"}]}', b"["]
)
def test_a_record_that_cannot_be_read_says_nothing(book: Path, content: bytes) -> None:
    out = given_out(book)["Tom Hayes"]
    folder = Folder.of(book).path
    (record,) = folder.iterdir()
    (folder / "a.json").write_bytes(content)
    key, row = next(iter(rows(out).items()))
    assert len(collect(book, fill(out, {(key, "Value"): row["Last figure"]})).taken) == 1
    record.write_bytes(record.read_bytes()[:-20])
    commands.undo(FileHost(book))
    assert collect(book, fill(out, {(key, "Value"): row["Last figure"]})).taken == ()


@pytest.mark.skipif(os.name == "nt", reason="modes are read as POSIX has them")
def test_what_is_given_out_is_as_private_as_the_workbook(book: Path) -> None:
    book.chmod(0o600)
    given_out(book)
    assert {stat.S_IMODE(path.stat().st_mode) for path in Folder.of(book).path.iterdir()} == {0o600}


def test_a_comment_longer_than_a_cell_holds_stops_no_other(book: Path) -> None:
    out = given_out(book)
    key, row = next(iter(rows(out["Tom Hayes"]).items()))
    honest = fill(out["Tom Hayes"], {(key, "Value"): row["Last figure"]})
    other, theirs = next(iter(rows(out["Erin Foster"]).items()))
    long = fill(
        out["Erin Foster"], {(other, "Value"): theirs["Last figure"], (other, "Comment"): "x" * 32_767}
    )
    long = with_text(long, "x" * 32_767, "x" * 40_000)
    made = collect(book, long, honest)
    assert any(key in each for each in made.taken)
    assert any("a cell holds 32,767" in conflict.why for conflict in made.conflicts)


def with_text(content: bytes, old: str, new: str) -> bytes:
    """The file with a text that no program would let anybody type."""
    parts = parts_of(content)
    name = next(name for name, part in parts.items() if old.encode() in part)
    return zipped(parts | {name: parts[name].replace(old.encode(), new.encode())})


def test_a_row_that_was_not_given_holds_nobody_back(book: Path) -> None:
    out = given_out(book)
    key, row = next(iter(rows(out["Tom Hayes"]).items()))
    honest = fill(out["Tom Hayes"], {(key, "Value"): row["Last figure"], (key, "Comment"): "all fine"})
    forged = add(out["Erin Foster"], (key, "", key.partition("@")[2], "", None, None, "abc", None))
    made = collect(book, forged, honest)
    assert len([each for each in made.taken if key in each]) == 2
    assert not any("waits to be settled" in conflict.why for conflict in made.conflicts)


# -- figures that may not be meant


def doubted(path: Path, value: object) -> tuple[Collected, tuple[str, str]]:
    out = given_out(path)["Tom Hayes"]
    return collect(path, fill(out, {("K06@2026-11", "Value"): value})), ("K06", "2026-11")


def test_what_is_far_from_all_that_was_read_is_not_taken_silently(book: Path) -> None:
    held = [v[0][0] for (kpi, _), v in measurements(book).items() if kpi == "K06"]
    figures = [float(str(value)) for value in held if value is not None]
    assert len(figures) > 12
    usual = sorted(figures)[len(figures) // 2]
    for value in (usual * 100, usual / 100, usual * 1000, 999.0, -usual * 11, usual * 12, usual / 15, 1e300):
        made, key = doubted(book, value)
        assert made.taken == (), value
        assert len(made.conflicts) == 1, value
        assert "so far" in made.conflicts[0].why or "possible" in made.conflicts[0].why
        assert key not in measurements(book)
    for value in (usual, max(figures), min(figures)):
        made, key = doubted(book, value)
        assert len(made.taken) == 1, value
        commands.undo(FileHost(book))


def test_every_kpi_of_the_example_takes_what_it_took_before(book: Path) -> None:
    """Each reading of the example, held against all others of its KPI: hardly one is asked about."""
    from qmsbook.chase.plausible import doubt_of

    looked = commands.look(FileHost(book), ON)
    held, asked = looked.book.measurements, []
    for at in range(len(held)):
        kpi, period = looked.book.kpi(held.kpi[at]), looked.book.parse_period(held.period[at])
        if kpi is not None and period is not None:
            figures = held.value[at], held.numerator[at], held.denominator[at]
            why = doubt_of(looked.book, looked.assessed, kpi, period, figures)
            if why:
                asked.append(f"{held.kpi[at]}@{held.period[at]} {why}")
    assert len(held) > 500
    assert len(asked) < len(held) / 100, asked


def test_at_a_terminal_the_person_is_asked(book: Path, tmp_path: Path) -> None:
    out = given_out(book)["Tom Hayes"]
    back = tmp_path / "tom.xlsx"
    back.write_bytes(fill(out, {("K06@2026-11", "Value"): 999.0}))
    command = ["collect", book, back, "--on", ON.isoformat()]
    code, screen = at_terminal(command, [("Take it over all the same?", "n")], home(tmp_path))
    assert code == 1
    assert "999" in screen
    assert ("K06", "2026-11") not in measurements(book)
    code, screen = at_terminal(command, [("Take it over all the same?", "y")], home(tmp_path))
    assert code == 0, screen
    assert measurements(book)[("K06", "2026-11")][0][0] == 999.0


# -- files made to do harm


def zipped(parts: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def memo_bomb(content: bytes) -> bytes:
    """A memo of a few kilobytes that stands for twice the memory that there is."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(600)) + packer.flush()
    text = base64.b64encode(packed).decode()
    return signed(content, chunks=["~" + text[at : at + 30_000] for at in range(0, len(text), 30_000)])


def deep_memo(content: bytes) -> bytes:
    text = base64.b64encode(zlib.compress(b'{"cells":' + b"[" * 500_000)).decode()
    return signed(content, chunks=["~" + text])


def table_over(content: bytes, box: bytes) -> bytes:
    parts = parts_of(content)
    name = next(name for name in parts if name.startswith("xl/tables/"))
    ref = parts[name].split(b'ref="')[1].split(b'"')[0]
    parts[name] = parts[name].replace(b'ref="' + ref, b'ref="' + box)
    return zipped(parts)


def huge_table(content: bytes) -> bytes:
    return table_over(content, b"A1:XFD1048576")


def long_table(content: bytes) -> bytes:
    return table_over(content, b"A1:F80000")


def many_parts(content: bytes) -> bytes:
    return zipped(parts_of(content) | {f"xl/media/{n}.bin": bytes(3 << 20) for n in range(40)})


HARM = {
    "memo": memo_bomb, "deep": deep_memo, "table": huge_table, "rows": long_table,
    "parts": many_parts,
    "short": lambda content: content[:-100], "empty": lambda content: b"",
    "long": lambda content: content + bytes(20 << 20),
}  # fmt: skip

LIMITED = """
import json, resource, sys
from datetime import date
from pathlib import Path
from qmsbook.chase.given import Folder
from qmsbook.commands import How, reminders
from qmsbook.hosts.file.host import FileHost
book, *files = map(Path, sys.argv[1:])
def go(store):
    return reminders.collect(FileHost(book), reminders.contents(files), date(2026, 12, 20), How(True), store)
reminders.collect(FileHost(book), {}, date(2026, 12, 20), How(True))  # what it takes without any file
now = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (now + (300 << 20),) * 2)
for store in (Folder.of(book), None):
    made = go(store)
    print(json.dumps({"taken": made.taken, "unused": made.unused, "left": [c.why for c in made.conflicts]}))
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited by Linux's means")
@pytest.mark.parametrize("harm", HARM)
def test_a_file_made_to_do_harm_is_named_and_the_others_go_on(book: Path, tmp_path: Path, harm: str) -> None:
    out = given_out(book)
    honest, bad = tmp_path / "honest.xlsx", tmp_path / "bad.xlsx"
    key, row = next(iter(rows(out["Tom Hayes"]).items()))
    honest.write_bytes(fill(out["Tom Hayes"], {(key, "Value"): row["Last figure"]}))
    bad.write_bytes(HARM[harm](out["Erin Foster"]))
    command = [sys.executable, "-c", LIMITED, str(book), str(bad), str(honest)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    kept, unknown = map(json.loads, done.stdout.splitlines())
    assert len(kept["taken"]) == 1
    assert len(unknown["left"]) == 1
    assert unknown["unused"][0].startswith("bad.xlsx was not taken: ")
    assert "MemoryError" not in done.stdout


def test_a_damaged_file_never_stops_the_others(book: Path) -> None:
    """Bytes flipped inside the parts, with sums that fit."""
    out = given_out(book)
    key, row = next(iter(rows(out["Tom Hayes"]).items()))
    honest = fill(out["Tom Hayes"], {(key, "Value"): row["Last figure"]})
    mine = {k: r["Last figure"] for k, r in rows(out["Erin Foster"]).items()}
    parts = parts_of(fill(out["Erin Foster"], {(k, "Value"): v for k, v in mine.items()}))
    chance, files = random.Random(11), dict[str, bytes]()
    for number in range(150):
        name = chance.choice(sorted(parts))
        content = bytearray(parts[name])
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        files[f"bad{number}.xlsx"] = zipped({**parts, name: bytes(content)})
    files["honest.xlsx"] = honest
    made = reminders.collect(FileHost(book), files, ON, How(True), Folder.of(book))
    assert any(text.startswith(f"{key} ") for text in made.taken)
    assert {text.split()[0] for text in made.taken} <= {*mine, key}
    assert len(made.unused) > 10
    assert not any("Traceback" in text for text in made.unused)


def test_words_of_a_returned_file_do_nothing_to_a_terminal(book: Path) -> None:
    out = given_out(book)["Tom Hayes"]
    key = next(iter(rows(out)))
    sheet = _sheet(fill(out, {(key, "Value"): "a\tb\u202e‮ c\u009b31m"}))
    sheet["A30"], sheet["C30"] = "K06\u009b2J", "see\u009b2J"
    made = collect(book, _saved(sheet))
    told = " ".join([*map(str, made.conflicts), *made.notices])
    assert "a b" in told
    assert "see" in told
    assert all(sign.isprintable() for sign in told)
