"""The decorated example goes through every command: what is not qmsbook's stays as it was, to the byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from common import complaints
from compare import COMPUTED, extended, foreign_changes, own_parts
from decorate import OWN_FORMULAS, OWN_SHEET, POINTED_AT, RENAMED, decorate, point_at_generated
from hands import type_in, words
from office import resave
from ooxml import (
    Parts,
    address,
    book_part,
    links,
    markers,
    parse,
    raw_cells,
    rels_name,
    serialised,
    sheet_parts,
    tables,
    texts,
    unzip,
    zipped,
)
from walking import ON, PERIOD, REVIEW, WALK, Step, after, step

from qmsbook.commands import look, template
from qmsbook.doors.cli.app import main
from qmsbook.hosts.file.host import FileHost

NAMES = ("period", "refresh", "review", "refresh again", "refresh twice")


@pytest.fixture(scope="module")
def decorated() -> bytes:
    return decorate(template("example.xlsx"))


@pytest.fixture(scope="module")
def walked(decorated: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Step]:
    """Every step of the walk; after the first refresh the user's formulas point at the Scorecard."""
    path = tmp_path_factory.mktemp("walk") / "acme.xlsx"
    path.write_bytes(decorated)
    steps = {}
    for name, command in zip(NAMES, (*WALK, "refresh"), strict=True):
        steps[name] = step(path, command)
        if name == "refresh":
            path.write_bytes(point_at_generated(path.read_bytes()))
    return steps


@pytest.fixture(scope="module")
def end(walked: dict[str, Step]) -> bytes:
    return walked["refresh twice"].after


def test_the_decorated_copy_holds_what_it_should(decorated: bytes) -> None:
    parts = unzip(decorated)
    for wanted in (
        "xl/charts/chart", "xl/charts/colors", "xl/media/image", "xl/drawings/vmlDrawing", "xl/slicers/",
        "xl/slicerCaches/", "xl/threadedComments/", "xl/persons/", "customXml/item", "customXml/itemProps",
        "xl/printerSettings/", "xl/comments", "xl/sharedStrings", "xl/calcChain.xml",
    ):  # fmt: skip
        assert any(name.startswith(wanted) for name in parts), wanted
    own = parts[sheet_parts(parts)[OWN_SHEET]]
    marks = (b"sparkline>", b"x14:cfRule", b"x14:dataValidation ", b"slicerList", b"<picture ", b't="shared"')
    assert [mark for mark in marks if mark not in own] == []
    found = tables(parts)
    assert found["Objectives"].headers[-1] == "Objective"
    assert "Shift" in found["Measurements"].headers[:4]
    assert {found[table].sheet for table in RENAMED} == set(RENAMED.values())
    states = re.findall(rb'state="(hidden|veryHidden)"', parts[book_part(parts)])
    assert sorted(states) == [b"hidden", b"veryHidden"]


def test_the_decorated_copy_is_a_clean_workbook(decorated: bytes, tmp_path: Path) -> None:
    path = tmp_path / "decorated.xlsx"
    path.write_bytes(decorated)
    assert complaints(path) == set()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_foreign_changes(walked: dict[str, Step], name: str) -> None:
    assert foreign_changes(walked[name].before, walked[name].after) == []


@pytest.mark.parametrize("name", NAMES)
def test_references_that_were_extended_are_these(walked: dict[str, Step], name: str) -> None:
    before, after = walked[name].before, walked[name].after
    old, new = (tables(unzip(content))["Measurements"].box[2] for content in (before, after))
    found = [(one, other) for _, one, other in extended(before, after)]
    if name != "period":
        assert (old, found) == (new, [])
        return
    assert new == old + 30
    sheet = "'Monthly figures'!"
    assert sorted(found) == [
        (f"{sheet}$A$1:$R${old}", f"{sheet}$A$1:$R${new}"),
        (f"{sheet}$D$2:$D${old}", f"{sheet}$D$2:$D${new}"),
        (
            f"COUNTA({sheet}$A$2:$A${old})+ROWS({sheet}A{old - 1}:A{old})",
            f"COUNTA({sheet}$A$2:$A${new})+ROWS({sheet}A{old - 1}:A{new})",
        ),
    ]
    told = "3 references of your own that ended at a table's last row now reach its new last row: "
    assert told + "1 chart series, 1 formula and 1 name." in walked[name].done.notices


@pytest.mark.parametrize("name", NAMES[:4])
def test_the_validator_is_content(walked: dict[str, Step], name: str, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(walked[name].after)
    assert complaints(path) == set()


def test_libreoffice_opens_the_workbook_after_every_step(
    walked: dict[str, Step], decorated: bytes, tmp_path: Path
) -> None:
    paths = []
    for name, content in {"decorated": decorated, **{name: s.after for name, s in walked.items()}}.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(content)
        paths.append(path)
    for path, saved in zip(paths, resave(paths, tmp_path / "saved"), strict=True):
        there = list(sheet_parts(unzip(path.read_bytes())))
        assert list(sheet_parts(unzip(saved.read_bytes()))) == there


def test_every_step_does_its_work(walked: dict[str, Step]) -> None:
    changes = {name: found.done.changes for name, found in walked.items()}
    assert "30 rows added to Measurements." in changes["period"]
    assert {"Sheet Findings added.", "Sheet Scorecard added."} <= set(changes["refresh"])
    assert "Sheet Review 2026-Q3 added." in changes["review"]
    assert changes["refresh again"] == changes["refresh twice"] == ()


def test_a_second_refresh_on_the_same_day_changes_not_one_byte(walked: dict[str, Step]) -> None:
    assert walked["refresh again"].after == walked["review"].after
    assert walked["refresh twice"].after == walked["review"].after


def test_a_refresh_leaves_no_backup_when_it_changed_nothing(walked: dict[str, Step]) -> None:
    applied = walked["refresh twice"].done.applied
    assert applied is not None
    assert not applied.changed
    assert applied.backup is None


@pytest.mark.parametrize(("table", "header", "row", "formula", "gave"), OWN_FORMULAS)
def test_a_formula_in_a_computed_column_is_left_alone_and_reported(
    end: bytes, tmp_path: Path, table: str, header: str, row: int, formula: str, gave: object
) -> None:
    parts = unzip(end)
    info = tables(parts)[table]
    ref = address(info.data_rows[row], info.column(header))
    cell = parse(raw_cells(parts[info.sheet_part])[ref])
    assert (cell.findtext("f"), cell.findtext("v")) == (formula, str(gave))
    path = tmp_path / "acme.xlsx"
    path.write_bytes(end)
    found = look(FileHost(path), ON).findings
    assert any(f.at is not None and (f.at.sheet, f.at.a1) == (info.sheet, ref) for f in found)


def test_rows_that_were_added_hold_kpi_period_and_context_alone(walked: dict[str, Step]) -> None:
    old, new = unzip(walked["period"].before), unzip(walked["period"].after)
    before, now = tables(old)["Measurements"], tables(new)["Measurements"]
    held = texts(new, now.sheet_part)
    for row in range(before.box[2] + 1, now.box[2] + 1):
        filled = {h for h in now.headers if address(row, now.column(h)) in held}
        assert {"KPI", "Period", "Name"} <= filled
        assert filled <= {"KPI", "Period", "Twice", *COMPUTED["Measurements"]}
        assert held[address(row, now.column("Period"))] in (PERIOD, "2026-12", "2026-Q4", "2026")


def test_the_filter_stays_and_rows_that_it_hid_stay_hidden(decorated: bytes, end: bytes) -> None:
    old, new = unzip(decorated), unzip(end)
    part = tables(old)["Measurements"].sheet_part
    hidden = {row.get("r") for row in parse(old[part]).iter("{*}row") if row.get("hidden")}
    assert len(hidden) > 600
    assert {row.get("r") for row in parse(new[part]).iter("{*}row") if row.get("hidden")} == hidden
    assert b"filterColumn" in new[tables(new)["Measurements"].part]


# -- formulas of the user's at a sheet that is drawn anew --------------------------------------------------


@pytest.fixture(scope="module")
def redrawn(end: bytes, tmp_path_factory: pytest.TempPathFactory) -> Step:
    """A refresh after a reading was changed, so that all generated sheets are drawn anew."""
    info = tables(unzip(end))["Measurements"]
    held = texts(unzip(end), info.sheet_part)
    row = next(
        r for r in info.data_rows
        if held.get(address(r, info.column("KPI"))) == "K03"
        and held.get(address(r, info.column("Period"))) == "2026-09"
    )  # fmt: skip
    changed = type_in(end, info.sheet, {address(row, info.column("Value")): 1.5})
    return after(tmp_path_factory.mktemp("redrawn") / "acme.xlsx", changed)


def test_a_sheet_drawn_anew_keeps_its_place_so_that_formulas_still_point_at_it(redrawn: Step) -> None:
    assert {"Sheet Scorecard redrawn.", "Sheet Review 2026-Q3 redrawn."} <= set(redrawn.done.changes)
    assert foreign_changes(redrawn.before, redrawn.after) == []
    old, new = unzip(redrawn.before), unzip(redrawn.after)
    assert sheet_parts(old) == sheet_parts(new)
    assert new[markers_part(new, "qmsbook:scorecard")] != old[markers_part(old, "qmsbook:scorecard")]
    assert _entries(old) == _entries(new)
    own = raw_cells(new[sheet_parts(new)[OWN_SHEET]])
    assert f"Scorecard!{POINTED_AT}".encode() in own["A14"]
    assert b"#REF!" not in b"".join(new.values())


def markers_part(parts: Parts, marker: str) -> str:
    """The part of a generated sheet."""
    return sheet_parts(parts)[markers(parts)[marker]]


def _entries(parts: Parts) -> list[dict[str, str]]:
    listed = parse(parts[book_part(parts)]).iterfind("{*}sheets/{*}sheet")
    return [{str(k): str(v) for k, v in entry.attrib.items()} for entry in listed]


def test_a_sheet_drawn_anew_leaves_nothing_behind(redrawn: Step, tmp_path: Path) -> None:
    old, new = unzip(redrawn.before), unzip(redrawn.after)
    reached = _all_targets(new)
    lost = [
        name
        for name in new
        if not name.endswith(".rels") and name not in reached and name != "[Content_Types].xml"
    ]
    assert lost == []
    assert len(new) <= len(old) + 2
    path = tmp_path / "acme.xlsx"
    path.write_bytes(redrawn.after)
    assert complaints(path) == set()


def _all_targets(parts: Parts) -> set[str]:
    return {link.target for part in ["", *parts] for link in links(parts, part) if not link.outside}


def test_what_libreoffice_calculates_still_comes_from_the_scorecard(redrawn: Step, tmp_path: Path) -> None:
    """LibreOffice calculates a cell that nobody calculated before: the reference leads somewhere."""
    parts = unzip(redrawn.after)
    part = sheet_parts(parts)[OWN_SHEET]
    parts[part] = re.sub(rb'(<c r="A1[46]"[^>]*>)<f>([^<]*)</f><v>[^<]*</v>', rb"\1<f>\2</f>", parts[part])
    path = tmp_path / "acme.xlsx"
    path.write_bytes(zipped(parts))
    saved = resave([path], tmp_path / "saved")[0].read_bytes()
    scorecard = markers(parts)["qmsbook:scorecard"]
    found, wanted = words(saved, OWN_SHEET), words(saved, scorecard)[POINTED_AT]
    assert (found["A14"], found["A16"]) == (wanted, wanted)


# -- the command line -------------------------------------------------------------------------------------


def _exit_code(arguments: list[str]) -> int:
    """Runs the command line in this process."""
    try:
        main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_the_command_line_does_the_same_to_the_byte(decorated: bytes, tmp_path: Path) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    one.write_bytes(decorated)
    other.write_bytes(decorated)
    calls = {"period": [PERIOD], "review": ["--period", REVIEW]}
    for command in WALK:
        step(one, command)
        assert _exit_code([command, str(other), *calls.get(command, []), "--on", ON.isoformat()]) == 0
        assert other.read_bytes() == one.read_bytes(), command


def test_dry_runs_change_nothing(
    decorated: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(decorated)
    assert _exit_code(["refresh", str(path), "--dry-run", "--on", ON.isoformat()]) == 0
    assert path.read_bytes() == decorated
    assert [each.name for each in tmp_path.iterdir()] == ["acme.xlsx"]
    assert "Scorecard" in capsys.readouterr().out


def test_undo_takes_every_step_back(walked: dict[str, Step], tmp_path: Path) -> None:
    for name in ("period", "refresh", "review"):
        path = tmp_path / f"{name}.xlsx"
        assert after(path, walked[name].before, name).after == walked[name].after
        FileHost(path).undo()
        assert path.read_bytes() == walked[name].before


# -- the comparer itself ----------------------------------------------------------------------------------


def _other_chart(parts: Parts) -> None:
    name = next(name for name in parts if name.startswith("xl/charts/chart"))
    parts[name] = parts[name].replace(b'val="150"', b'val="151"')


def _other_cell(parts: Parts) -> None:
    part = tables(parts)["KPIs"].sheet_part
    parts[part] = parts[part].replace(b"own note 1", b"own note X")


def _other_height(parts: Parts) -> None:
    part = tables(parts)["KPIs"].sheet_part
    parts[part] = parts[part].replace(b' hidden="1"', b"", 1)


def _other_format(parts: Parts) -> None:
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"<b ", b"<i ", 1).replace(b"<b/>", b"<i/>", 1)


def _no_property(parts: Parts) -> None:
    del parts["docProps/custom.xml"]


def _other_name(parts: Parts) -> None:
    name = book_part(parts)
    parts[name] = parts[name].replace(b"OurTotal", b"OurSum")


def _other_link(parts: Parts) -> None:
    name = rels_name(book_part(parts))
    root = parse(parts[name])
    root.remove(next(item for item in root if str(item.get("Type")).endswith("/person")))
    parts[name] = serialised(root)


def _other_drop_down(parts: Parts) -> None:
    part = tables(parts)["Measurements"].sheet_part
    parts[part] = parts[part].replace(b"List_KPIs", b"List_People", 1)


@pytest.mark.parametrize(
    "damage",
    [
        _other_chart,
        _other_cell,
        _other_height,
        _other_format,
        _no_property,
        _other_name,
        _other_link,
        _other_drop_down,
    ],
)
def test_the_comparer_sees_every_damage(end: bytes, damage: object) -> None:
    parts = unzip(end)
    assert callable(damage)
    damage(parts)
    assert zipped(parts) != zipped(unzip(end))
    assert foreign_changes(end, zipped(parts))


def test_generated_sheets_own_their_parts_alone(end: bytes) -> None:
    parts = unzip(end)
    own = own_parts(parts)
    assert len(markers(parts)) == 4  # Findings, Scorecard, Cascade and the review
    assert any("charts/chart" in name for name in own)
    assert not any(b"Our own words" in parts[name] for name in own if name in parts)
