"""Boards and Cascade in the workbook: put when asked, kept up to date, no word lost, printed page by page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from common import complaints
from hands import type_in
from ooxml import markers, unzip
from test_pages import company, many
from walking import after

from qmsbook import commands
from qmsbook.book.book import Book
from qmsbook.book.snapshot import Snapshot
from qmsbook.commands import template
from qmsbook.hosts.file.host import FileHost
from qmsbook.methods import assess
from qmsbook.pages.draw import TREE_UP_TO, draw_all, draw_boards, draw_cascade
from qmsbook.pages.page import Drawing, Frame

__all__ = ["company"]  # the fixture
ON = date(2026, 11, 10)


@pytest.fixture(scope="module")
def with_boards(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("boards") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    commands.boards(FileHost(path), ON)
    return path.read_bytes()


def names(book: Book, boards: bool = False) -> list[str]:
    drawings = draw_all(book, assess(book), [], Snapshot(()), boards=boards)
    return [edit.name for edit in drawings.edits]


def test_boards_are_put_when_they_are_asked_for(company: Book) -> None:
    assert names(company) == ["Findings", "Scorecard", "Cascade"]
    assert names(company, boards=True) == ["Findings", "Scorecard", "Cascade", "Boards"]
    wanted = company.changed(settings=company.settings.changed(boards=True))
    assert names(wanted)[-1] == "Boards"


def test_a_very_large_plan_has_its_cascade_when_it_is_asked_for() -> None:
    book = many(TREE_UP_TO + 1)
    assert names(book) == ["Findings", "Scorecard"]
    assert names(many(TREE_UP_TO))[-1] == "Cascade"


def test_the_same_day_changes_not_one_byte(with_boards: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(with_boards)
    for command in (commands.refresh, commands.boards):
        done = command(FileHost(path), ON)
        assert not done.changes
        assert path.read_bytes() == with_boards


def test_boards_that_stand_there_are_kept_up_to_date(with_boards: bytes, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(with_boards)
    done = commands.refresh(FileHost(path), date(2026, 12, 15))
    assert {"Sheet Boards redrawn.", "Sheet Cascade redrawn."} <= set(done.changes)
    assert complaints(path) == set()


@pytest.mark.parametrize("marker", ["qmsbook:boards", "qmsbook:cascade"])
def test_words_typed_there_are_kept(marker: str, with_boards: bytes, tmp_path: Path) -> None:
    sheet = markers(unzip(with_boards))[marker]
    typed = type_in(with_boards, sheet, {"D2": "ask Wei", "B12": "=typed over", "Z40": "far off"})
    done = after(tmp_path / "acme.xlsx", typed)
    kept = FileHost(tmp_path / "acme.xlsx").read().sheet("qmsbook:kept-notes")
    assert kept is not None
    assert {"ask Wei", "=typed over", "far off"} <= set(kept.cells.values())
    assert "Kept notes" in done.told


# -- what stands on them


def rows(drawing: Drawing) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for (row, column), value in sorted(drawing.cells.items()):
        if row > 1 and column < 8:
            found.setdefault(row, []).append(str(value))
    return found


def cascade(book: Book) -> list[list[str]]:
    return list(rows(draw_cascade(book, assess(book), Frame.of(book))).values())


def test_the_first_lines_say_where_we_are_what_changed_and_what_needs_us(company: Book) -> None:
    assessed, frame = assess(company), Frame.of(company)
    for drawing in (draw_cascade(company, assessed, frame), draw_boards(company, assessed, frame)):
        leads = [texts[0] for texts in rows(drawing).values()][:10]
        assert [lead for lead in leads if lead.startswith(("Where", "What"))] == [
            "Where we are", "What changed", "What needs us",
        ]  # fmt: skip


def test_the_tree_holds_every_live_thing_with_its_coverage(company: Book) -> None:
    drawn, assessed = cascade(company), assess(company)
    firsts = [texts[0] for texts in drawn]
    for goal in company.goals:
        assert goal.id in firsts
    for objective in (o for o in company.objectives if o.stage != "retired"):
        line = next(texts for texts in drawn if texts[0] == objective.id)
        if assessed.objectives[objective.id].total:
            assert assessed.objectives[objective.id].counts in line
    assert {kpi.id for kpi in company.kpis} <= set(firsts)


def test_a_missing_link_is_a_line_of_its_own(company: Book) -> None:
    alone = company.objectives[0].changed(id="O9.9", supports=())
    book = company.changed(objectives=(*company.objectives, alone))
    drawn = [" | ".join(texts) for texts in cascade(book)]
    assert "◊ Missing: Objectives that serve no goal" in drawn
    assert "No KPI measures this objective. | ◊ Missing" in drawn
    bare = company.changed(objectives=())
    drawn = [" | ".join(texts) for texts in cascade(bare)]
    assert drawn.count("No objective carries this goal. | ◊ Missing") == len(company.goals)
    assert "◊ Missing: KPIs that drive no objective" in drawn


def test_a_shared_kpi_stands_under_each_of_its_objectives(company: Book) -> None:
    first, second = (o.id for o in company.objectives[:2])
    kpi = company.kpis[0].changed(supports=(first, second))
    book = company.changed(kpis=(kpi, *company.kpis[1:]))
    found = [texts for texts in cascade(book) if texts[0] == kpi.id]
    assert len(found) == 2
    assert sum("counts here too" in texts[1] for texts in found) == 1


def test_the_matrix_counts_the_kpis_of_a_process_that_serve_a_goal(company: Book) -> None:
    drawn = cascade(company)
    heads = next(texts for texts in drawn if texts[0] == "Process")
    process, goal = company.processes[0], company.goals[0]
    serve = {o.id for o in company.objectives_of[goal.id] if o.stage != "retired"}
    count = sum(bool(serve & set(kpi.supports)) for kpi in company.kpis_in[process.id])
    line = drawn[drawn.index(heads) + 1]
    assert line[0] == process.id
    assert line[2].endswith(f"({count} KPIs)")


def test_the_row_that_is_printed_on_every_page_heads_all_that_stands_below_it(company: Book) -> None:
    """The matrix has a head of its own, and so it stands above."""
    drawing = draw_cascade(company, assess(company), Frame.of(company))
    titles = unzip(drawing.content)["xl/workbook.xml"].decode().split("_xlnm.Print_Titles")[1]
    head = int(titles.split("!$")[1].split(":")[0])
    drawn = rows(drawing)
    assert drawn[head][:3] == ["Id", "Strategy, goal, objective, KPI", "Status"]
    assert max(row for row, texts in drawn.items() if texts[0] == "Carried by") < head
    assert min(row for row, texts in drawn.items() if texts[0] == company.objectives[0].id) > head


def test_each_process_has_a_page_with_every_active_kpi_and_its_line_of_sight(company: Book) -> None:
    drawing = draw_boards(company, assess(company), Frame.of(company))
    said = [" | ".join(texts) for texts in rows(drawing).values()]
    for process in company.processes:
        if company.kpis_in.get(process.id):
            assert f"{process.id}  {process.name}" in said
    kpi = company.kpis[0]
    objective = company.objective(kpi.supports[0])
    assert objective is not None
    sight = next(text for text in said if f"Serves {objective.id} {objective.statement}" in text)
    goal = company.goal(objective.supports[0])
    assert goal is not None
    assert f"and through it {goal.id} {goal.statement}" in sight


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("count", [3, 120])
def test_the_plan_stands_on_the_first_page_whatever_its_size(count: int, paper: str) -> None:
    book = many(count, "A name of a figure that is as long as names become where nobody counts letters {}")
    book = book.changed(settings=book.settings.changed(paper=paper))
    drawing = draw_boards(book, assess(book), Frame.of(book))
    sheet = unzip(drawing.content)["xl/worksheets/sheet1.xml"].decode()
    first_break = int(sheet.split("<rowBreaks")[1].split('<brk id="')[1].split('"')[0])
    head = next(row for row, texts in rows(drawing).items() if texts[0] == "KPIs without a process")
    assert first_break == head - 1
