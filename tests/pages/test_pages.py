"""Generated sheets: reproducible, self-contained, readable; whatever the size of the plan."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest
from common import complaints, validator
from lxml import etree

from qmsbook.book.book import Book
from qmsbook.book.cell import Cell
from qmsbook.book.metrics import height, lines, text_width
from qmsbook.book.reading import read_book
from qmsbook.book.snapshot import Drawn
from qmsbook.book.table import Table
from qmsbook.methods import assess
from qmsbook.pages.charts import axis_bounds
from qmsbook.pages.draw import draw_boards, draw_cascade, draw_findings, draw_review, draw_scorecard
from qmsbook.pages.memo import Memo, memo_of, pack, unpack
from qmsbook.pages.page import Drawing, Frame, compare, norm
from qmsbook.pages.palette import ENTRY, INK, MARKS, SOFT, STYLES, contrast
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Finding, Severity
from qmsbook.sections import compose, gather
from qmsbook.templates.company import example_rows

ON = date(2026, 11, 10)


def table(name: str, rows: Sequence[Mapping[str, object]]) -> Table:
    headers = tuple(rows[0]) if rows else ()
    columns = tuple([row.get(header) for row in rows] for header in headers)
    return Table(name, name, 1, 1, headers, columns)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def company() -> Book:
    return example(with_mistakes=False)


def example(with_mistakes: bool) -> Book:
    rows = example_rows(with_mistakes)
    return read_book([table(name, made) for name, made in rows.items() if made], ON)


def many(count: int, name: str = "On-time delivery of line {}") -> Book:
    """A plan of so many KPIs, four to an objective, three readings each."""
    kpis = "\n".join(
        f"| K{n} | {name.format(n)} | O{n // 4} | | Erin Foster "
        f"| % | higher | 95 | 2026-12-31 | 80 | "
        f"2026-01-31|"
        for n in range(count)
    )
    objectives = "\n".join(f"| O{n} | Be better at {n} | G{n % 3} | yes |" for n in range((count + 3) // 4))
    readings = "\n".join(
        f"| K{n} | 2026-{month:02d} | {80 + n % 15} | | | |" for n in range(count) for month in (7, 8, 9)
    )
    text = f"""
People
| Person | ... |
|---|---|
| Erin Foster | |
Goals
| Goal | Statement | ... |
|---|---|---|
| G0 | Grow | |
| G1 | Deliver | |
| G2 | Earn | |
Objectives
| Objective | Statement | Supports | Vital few | ... |
|---|---|---|---|---|
{objectives}
KPIs
| KPI | Name | Supports | Process | Owner | Unit | Direction | Target | Target on | Baseline | Baseline on | ... |
|---|---|---|---|---|---|---|---|---|---|---|---|
{kpis}
Measurements
| KPI | Period | Value | Comment | Numerator | Denominator |
|---|---|---|---|---|---|
{readings}
"""  # noqa: E501
    return read_book(read_example(text).tables, ON)


def all_drawings(book: Book) -> list[Drawing]:
    frame, assessed = Frame.of(book), assess(book)
    period = book.parse_period("2026-Q3")
    assert period is not None
    review = compose(gather(book, period))
    return [
        draw_findings(FOUND, frame), draw_scorecard(book, assessed, frame), draw_review(review, frame),
        draw_cascade(book, assessed, frame), draw_boards(book, assessed, frame),
    ]  # fmt: skip


def finding(
    code: str, severity: Severity = Severity.ERROR, at: Cell | None = None, waived: bool = False
) -> Finding:
    return Finding(
        code, severity, "KPIs", "K1", "Target", at, None, f"KPI K1 {code} has no target.", "Enter *Target*.",
        owner="Erin Foster", waived=waived,
    )  # fmt: skip


FOUND = [
    *[finding("KPI001", at=Cell("Our KPIs", row, 8)) for row in range(2, 9)],
    *[finding(f"CAS00{n}", Severity.WARNING) for n in range(1, 8)],
    finding("VIT001", Severity.ADVICE, waived=True),
]


def parts(drawing: Drawing) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(drawing.content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def texts(drawing: Drawing) -> list[str]:
    return [v for (row, _), v in drawing.cells.items() if isinstance(v, str) and row > 1]


def test_the_same_input_gives_the_same_bytes(company: Book) -> None:
    assert [d.content for d in all_drawings(company)] == [d.content for d in all_drawings(company)]


def test_the_digest_tells_one_drawing_from_another(company: Book) -> None:
    first, other = (draw_findings(FOUND, Frame(name, "A4", ON)) for name in ("One", "Two"))
    assert first.cells.keys() == other.cells.keys()
    assert first.digest != other.digest  # only the footer differs


@pytest.mark.parametrize("count", [0, 3, 120])
def test_every_size_of_plan_can_be_drawn(count: int, tmp_path: object) -> None:
    for drawing in all_drawings(many(count)):
        assert drawing.cells[1, 1] == drawing.marker
        assert len(texts(drawing)) > 3
    scorecard = all_drawings(many(count))[1]
    if not count:
        assert "No KPI is entered yet. Begin on the sheet KPIs." in texts(scorecard)
    else:
        assert sum(text.startswith("On-time delivery of line") for text in texts(scorecard)) == count


def test_sheets_are_self_contained(company: Book) -> None:
    """Charts, sparklines and drop-downs name no other sheet and no name; only links lead elsewhere."""
    for drawing in all_drawings(company):
        for name, content in parts(drawing).items():
            if not name.endswith(".xml") or name.startswith("docProps"):
                continue
            root = etree.fromstring(content)
            formulas = [
                item.text or ""
                for item in root.iter()
                if isinstance(item.tag, str) and etree.QName(item).localname in {"f", "formula1", "formula2"}
            ]
            formulas += [item.text or "" for item in root.iter("{*}definedName")]
            sheets = {match for text in formulas for match in re.findall(r"('[^']+'|\w+)!", text)}
            assert {sheet.strip("'") for sheet in sheets} <= {drawing.name}, name


def test_no_cell_holds_a_formula(company: Book) -> None:
    for drawing in all_drawings(company):
        assert b"<f>" not in parts(drawing)["xl/worksheets/sheet1.xml"].split(b"</sheetData>")[0]


def test_every_chart_has_an_alternative_text(company: Book) -> None:
    _, _, review, _, boards = all_drawings(company)
    for drawn, count in ((review, 11), (boards, 1 + len(company.kpis))):  # a bar, KPIs, pictures of risks
        drawing = etree.fromstring(parts(drawn)["xl/drawings/drawing1.xml"])
        said = [item.get("descr") for item in drawing.iter("{*}cNvPr")]
        assert len(said) == count
        assert all(text and len(text) > 40 for text in said)


def test_a_standalone_drawing_has_no_links() -> None:
    linked = draw_findings(FOUND, Frame("", "A4", ON))
    alone = draw_findings(FOUND, Frame("", "A4", ON, standalone=True))
    assert b"hyperlink" in parts(linked)["xl/worksheets/sheet1.xml"]
    assert b"hyperlink" not in parts(alone)["xl/worksheets/sheet1.xml"]


def test_links_lead_to_the_cell() -> None:
    root = etree.fromstring(parts(draw_findings(FOUND, Frame("", "A4", ON)))["xl/worksheets/sheet1.xml"])
    assert {link.get("location") for link in root.iter("{*}hyperlink")} >= {"'Our KPIs'!H2", "'Our KPIs'!H8"}


def test_findings_begin_with_five_different_things_to_do() -> None:
    cells = draw_findings(FOUND, Frame("", "A4", ON)).cells
    start = next(row for (row, column), v in cells.items() if v == "Start here")
    told = [str(cells[row, 4]) for row in range(start + 1, start + 6)]
    assert "7 KPIs have no target." in told[0]
    assert [re.search(r"[A-Z]{3}\d{3}", text)[0] for text in told] == [  # type: ignore[index]
        "KPI001", "CAS001", "CAS002", "CAS003", "CAS004",
    ]  # fmt: skip
    assert not any("*" in text for text in told)


def test_nothing_to_mend_is_said_kindly() -> None:
    drawn = draw_findings([finding("VIT001", waived=True)], Frame("", "A4", ON))
    assert "Nothing to mend" in texts(drawn)
    assert any("1 more waived" in text for text in texts(drawn))


@pytest.mark.parametrize("text", ["=1+1", "@x", "+1", "-1", '=HYPERLINK("http://x")'])
def test_text_like_a_formula_stays_text(text: str) -> None:
    said = replace(FOUND[0], message=text, owner=text)
    drawn = draw_findings([said], Frame("=company", "A4", ON))
    assert text in texts(drawn)
    assert b"<f>" not in parts(drawn)["xl/worksheets/sheet1.xml"]


def test_long_names_get_high_rows() -> None:
    book = many(
        3, "A very long name of a figure that nobody would call short, for line {} of the second shop"
    )
    sheet = etree.fromstring(parts(all_drawings(book)[1])["xl/worksheets/sheet1.xml"])
    tall = [float(row.get("ht", "15")) for row in sheet.iter("{*}row")]
    assert max(tall) > 38


def test_paper_and_the_day_come_from_the_settings(company: Book) -> None:
    for paper, code in (("A4", b'paperSize="9"'), ("Letter", b'paperSize="1"')):
        book = company.changed(settings=company.settings.changed(paper=paper, company="A & B"))
        for drawing in all_drawings(book):
            xml = parts(drawing)["xl/worksheets/sheet1.xml"]
            assert code in xml
            assert b"judged on Nov 10, 2026" in xml
            assert b"A &amp;&amp; B" in xml


def test_status_is_never_colour_alone_and_contrasts() -> None:
    for marks in (MARKS, SOFT):
        assert len({mark.symbol for mark in marks.values()}) == len(marks)
        for mark in marks.values():
            assert contrast(mark.ink, mark.fill) >= 4.5
    for style in STYLES.values():
        assert contrast(style.get("font_color", INK), style.get("bg_color", "#FFFFFF")) >= 4.5
    assert contrast(INK, ENTRY) >= 4.5


def test_the_fills_are_three_greys_in_grey_print() -> None:
    greys = [contrast(MARKS[level].fill, "#FFFFFF") for level in ("good", "warn", "bad")]
    assert greys == sorted(greys)
    assert greys[2] / greys[1] > 2
    assert greys[1] / greys[0] > 1.2


def test_text_is_measured() -> None:
    assert text_width("iiii") < text_width("mmmm") < text_width("mmmm", bold=True)
    assert lines("word " * 40, 20) > 9
    assert lines("a\nb\nc", 20) == 3
    assert lines("x" * 200, 20) >= 9
    assert height([("", 20, 10, False)]) == 15
    assert height([("long " * 5000, 20, 10, False)]) == 409


@pytest.mark.parametrize("values", [[86.2, 95.0], [0.0], [5.0, 5.0], [-3.0, 2.0], [1e6, 2e6], [0.011, 0.012]])
def test_axes_hold_their_figures_in_round_steps(values: list[float]) -> None:
    bounds = axis_bounds(values)
    assert bounds["min"] <= min(values) <= max(values) <= bounds["max"]
    assert 2 <= round((bounds["max"] - bounds["min"]) / bounds["major_unit"]) <= 10
    assert min(values) < 0 or bounds["min"] >= 0


def test_a_memo_survives_its_cells() -> None:
    cells = {(row, 1): f"text {row * 7919 % 1000003}" for row in range(2, 9000)}
    chunks = pack(Memo({**cells, (1, 2): 1.5, (2, 2): ON}, {}))
    assert len(chunks) > 1
    assert all(len(chunk) <= 30_001 and chunk.startswith("~") for chunk in chunks)
    assert unpack(chunks) == Memo({**cells, (1, 2): 1.5, (2, 2): ON}, {})
    assert unpack(chunks[1:]) is None
    assert unpack(["~oops"]) is None


def test_a_drawing_remembers_itself(company: Book) -> None:
    for drawing in all_drawings(company):
        drawn = Drawn(drawing.marker, drawing.name, drawing.cells)
        memo = memo_of(drawn)
        assert memo is not None
        assert {norm(v) for v in memo.cells.values()} <= {norm(v) for v in drawing.cells.values()}
        if drawing.name != "Review 2026-Q3":
            assert compare(drawn, memo).intact


def test_comparing_forgives_what_programs_change() -> None:
    assert norm(0.1 + 0.2) == norm(0.3)
    assert norm("a \r\nb") == norm(" a\nb ")
    assert norm(1.0) != norm(1.1)
    assert norm(None) == norm("") == norm("  ")


@pytest.mark.skipif(validator() is None, reason="the Open XML SDK validator is not installed")
def test_the_validator_has_nothing_to_complain_about(company: Book, tmp_path: object) -> None:
    for drawing in [*all_drawings(company), *all_drawings(many(0))]:
        path = tmp_path / "drawing.xlsx"  # type: ignore[operator]
        path.write_bytes(drawing.content)
        assert complaints(path) == set(), drawing.name


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_examples_review_prints_on_eight_pages(paper: str) -> None:
    book = example(with_mistakes=True)
    book = book.changed(settings=book.settings.changed(paper=paper))
    period = book.parse_period("2026-Q3")
    assert period is not None
    drawn = draw_review(compose(gather(book, period)), Frame.of(book))
    with zipfile.ZipFile(io.BytesIO(drawn.content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.split("<rowBreaks")[1].split("</rowBreaks>")[0].count("<brk ") == 7
