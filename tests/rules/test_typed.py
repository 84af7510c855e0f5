"""What people type, in whole books: read and noted once, or refused with what was meant."""

from __future__ import annotations

import io
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from common import CASES
from judged import make, read
from test_rules import CLEAN, ON, found_in, spoilt

from qmsbook import commands
from qmsbook.book.aggregation import by_unit
from qmsbook.book.near import near
from qmsbook.book.other_words import meaning
from qmsbook.book.reading import read_book
from qmsbook.hosts.file.host import FileHost
from qmsbook.methods import assess
from qmsbook.pages.draw import draw_scorecard
from qmsbook.pages.page import Frame
from qmsbook.rules import check
from qmsbook.rules.examples import read_example
from qmsbook.rules.folded import fold
from qmsbook.rules.rule import Finding, Severity
from qmsbook.sections import compose, gather

NEEDS_CASES = pytest.mark.skipif(not CASES.is_dir(), reason="the small workbooks are not beside the project")


def findings(text: str, *codes: str) -> list[Finding]:
    """The findings of some codes in a book that is written out."""
    found = check(read_example(text).book, stage="audit-ready")
    return [f for f in found if f.code in codes]


def case(name: str) -> set[tuple[str, str, str]]:
    book = read_book(FileHost(CASES / name).read().tables, ON)
    return {(f.code, str(f.at), f.message) for f in check(book)}


@NEEDS_CASES
def test_months_as_people_write_them() -> None:
    book = read_book(FileHost(CASES / "period_words.xlsx").read().tables, ON)
    assert book.measurements.period[:8] == [
        "2024-11", "2024-11", "2024-11", "2024-10", "2024-Q3", "2024-W45", "2024-11", "2024"
    ]  # fmt: skip
    added = {(code, at) for code, at, _ in case("period_words.xlsx") - case("base.xlsx")}
    assert {at for code, at in added if code == "MEA005"} == {
        "Measurements!B6", "Measurements!B7", "Measurements!B9"
    }  # fmt: skip
    assert {at for code, at in added if code == "WBK063"} == {
        "Measurements!B2", "Measurements!B3", "Measurements!B4", "Measurements!B5"
    }  # fmt: skip


@NEEDS_CASES
def test_a_name_with_a_comma_is_one_person() -> None:
    book = read_book(FileHost(CASES / "person_with_comma.xlsx").read().tables, ON)
    review = next(r for r in book.reviews if r.id == "MR-2026-04")
    assert len(review.attended_by) == 8
    assert review.attended_by[-1] == "Foster, Erin"
    assert [code for code, _, _ in case("person_with_comma.xlsx") - case("base.xlsx")] == ["WBK023"]
    assert {code for code, _, _ in case("base.xlsx") - case("person_with_comma.xlsx")} == set()


@NEEDS_CASES
def test_a_merge_in_a_grey_column_is_told_and_written_around(tmp_path: Path) -> None:
    added = case("merged_in_grey_column.xlsx") - case("base.xlsx")
    assert [(code, at) for code, at, _ in added] == [("WBK065", "Measurements!O10")]
    assert "O10:O12" in next(iter(added))[2]
    path = tmp_path / "book.xlsx"
    shutil.copyfile(CASES / "merged_in_grey_column.xlsx", path)
    done = commands.refresh(FileHost(path), ON)
    assert [n for n in done.notices if "merge" in n] == [
        "Measurements!O11 lies inside a merge and was left alone.",
        "Measurements!O12 lies inside a merge and was left alone.",
    ]
    table = FileHost(path).read().table("Measurements")
    assert table is not None
    status = table.columns[table.headers.index("Status")]
    assert [row for row, word in enumerate(status, 2) if word is None] == [11, 12]
    assert not commands.refresh(FileHost(path), ON).applied.changed  # type: ignore[union-attr]  # not a dry run


def test_names_the_other_way_round_are_the_same_people() -> None:
    book = read_example(
        "People\n| Person |\n|-|\n| Erin Foster |\n| Kim, Angela |\n| Bell |\n| Marcus |\n| Marcus Bell |\n\n"
        "Reviews\n| Review | Attended by | Chair |\n|-|-|-|\n"
        "| MR1 | Foster, Erin; Angela Kim, Bell, Marcus | Foster, Erin |"
    ).book
    assert book.reviews[0].attended_by == ("Erin Foster", "Kim, Angela", "Bell", "Marcus")
    assert book.reviews[0].chair == "Erin Foster"


def test_equal_words_are_one_note() -> None:
    rows = "\n".join(f"| K07 | {month} 2026 | 93 |" for month in ("Sep", "Sep", "Oct"))
    found = findings("Measurements\n| KPI | Period | Value |\n|-|-|-|\n" + rows, "WBK063")
    assert [f.message for f in found] == [
        'Period in Measurements says "Sep 2026" in 2 rows; it was read as 2026-09.',
        'Period in Measurements says "Oct 2026"; it was read as 2026-10.',
    ]
    assert {f.severity for f in found} == {Severity.ADVICE}


@pytest.mark.parametrize(
    ("typed", "fix"),
    [("10/26", "Did you mean 2026-10?"), ("10/11/2026", "It may mean 2026-11 or 2026-10."),
     ("31.11.2026", "There is no such day or period."), ("November", "The year is missing."),
     (2026.1, "It may mean 2026-10 or 2026-01."), ("soon", "Write 2026-10 for a month")],
)  # fmt: skip
def test_a_period_that_is_refused_says_what_was_meant(typed: str | float, fix: str) -> None:
    found = found_in(spoilt(CLEAN, "Measurements", "Period", 0, typed), "start")
    (told,) = [f for f in found if f.code == "MEA003"]
    assert told.fix.startswith(fix)


def test_a_month_of_a_quarterly_kpi_gets_the_quarter_proposed() -> None:
    found = findings(
        "KPIs\n| KPI | Frequency |\n|-|-|\n| K07 | quarterly |\n\n"
        "Measurements\n| KPI | Period | Value |\n|-|-|-|\n| K07 | 2026-Q2 | 93 |\n| K07 | Aug 2026 | 94 |",
        "MEA005", "WBK063",
    )  # fmt: skip
    assert [f.code for f in found] == ["MEA005"]
    assert found[0].fix.startswith("Did you mean 2026-Q3 (Jul-Sep 2026)?")


@pytest.mark.parametrize(
    ("texts", "doubted"),
    [(["31/12/2026"], True), (["12/31/26"], True), (["31.12.2026"], False), (["2026-12-31"], False),
     (["31/12/2026", "7/12/2026"], False), (["31/12/2026", "12/31/2026"], False)],
)  # fmt: skip
def test_dates_that_excel_may_have_turned_around(texts: list[str], doubted: bool) -> None:
    rows = [f'| A{n} | "{text}" |' for n, text in enumerate(texts)]
    rows += ["| B1 | 2026-07-12 |", "| B2 | 2026-03-03 |", "| B3 | 2026-07-31 |"]
    found = findings("Actions\n| Action | Due |\n|-|-|\n" + "\n".join(rows), "WBK064")
    assert [str(f.at) for f in found] == ([f"Actions!B{len(texts) + 2}"] if doubted else [])
    assert not doubted or ("1 date" in found[0].message and "2026-12-07" in found[0].message)


def test_words_of_other_tools_are_one_row_with_their_meaning() -> None:
    words = ("Closed", "erledigt", "Closed", "WIP", "Cancelled")
    rows = "\n".join(f"| A{n} | {word} |" for n, word in enumerate(words))
    found = findings("Actions\n| Action | State |\n|-|-|\n" + rows, "WBK062", "WBK012")
    (row,) = fold(found)
    assert row.count == 5
    assert row.fix == (
        'Write done for "Closed". Write done for "erledigt". Write open for "WIP". '
        'Write dropped for "Cancelled".'
    )


@pytest.mark.parametrize(
    ("word", "choices", "meant"),
    [
        ("Completed", "open done dropped", "done"), ("done", "open closed", "closed"),
        ("In Progress", "active monitor retired", "active"), ("terminé", "planned draft closed", "closed"),
        ("Risiko", "threat opportunity", "threat"), ("monatlich", "weekly monthly", "monthly"),
        ("nicht erreicht", "achieved partly not", "not"), ("purple", "open done", None),
        ("late", "threat opportunity", None),
    ],
)  # fmt: skip
def test_what_words_of_other_tools_mean(word: str, choices: str, meant: str | None) -> None:
    assert meaning(word, tuple(choices.split())) == meant


@pytest.mark.parametrize(
    ("typed", "known", "meant"),
    [
        ("o12", ["O1.2"], "O1.2"), ("O1-2", ["O1.2", "O1.3"], "O1.2"), ("KO7", ["K07"], "K07"),
        ("K007", ["K07", "K70"], "K07"), ("Kl2", ["K12"], "K12"), ("O1.4", ["O1.2", "O1.3"], None),
        ("G11", ["G1", "G2"], None), ("K17", ["K07", "K71"], None), ("12", ["O1.2"], None),
        ("Ann Le", ["Ann Lee", "Bob Ray"], "Ann Lee"), ("Bob", ["Bob Ray"], None),
        ("P07b", ["P07", "P08"], None),
    ],
)  # fmt: skip
def test_only_what_a_slip_explains_is_proposed(typed: str, known: list[str], meant: str | None) -> None:
    assert near(typed, known) == meant


def test_an_id_of_another_kind_is_never_proposed() -> None:
    found = findings(
        "Goals\n| Goal |\n|-|\n| G1 |\n\nObjectives\n| Objective | Supports |\n|-|-|\n| O1 | G1 |\n\n"
        "KPIs\n| KPI | Supports |\n|-|-|\n| K1 | G01 |",
        "WBK030",
    )
    assert ["Did you mean" in f.fix for f in found] == [False]


def test_numbers_that_lost_their_zero_and_ids_that_became_dates() -> None:
    goals = spoilt(spoilt(CLEAN, "Goals", "Goal", 0, 1.1), "Goals", "Goal", 1, 1.1)
    assert any("If 1.10 was typed" in f.fix for f in found_in(goals) if f.code == "WBK021")
    dated = found_in(spoilt(CLEAN, "Goals", "Goal", 0, date(2026, 2, 1)))
    assert any("2-1 or 1-2" in f.message for f in dated if f.code == "WBK008")
    target = found_in(spoilt(CLEAN, "KPIs", "Target", 0, date(2026, 10, 5)))
    assert any("10-5 or 5-10" in f.message for f in target if f.code == "WBK008")
    serial = found_in(spoilt(CLEAN, "KPIs", "Target on", 0, 46387.0))
    assert any("2026-12-31" in f.fix for f in serial if f.code == "WBK008")


def test_a_percent_cell_that_multiplies_is_the_only_finding() -> None:
    text = (
        "KPIs\n| KPI | Unit | Aggregation | Highest possible |\n|-|-|-|-|\n| K07 | % | average | {} |\n\n"
        "Measurements\n| KPI | Period | Value |\n|-|-|-|\n"
        + "\n".join(f"| K07 | 2026-0{n} | {n + 90}% |" for n in range(1, 6))
        + "\n| K07 | 2026-06 | {} |"
    )
    codes = ("WBK066", "MEA009", "MEA010")
    (far,) = findings(text.format("", "2400%"), *codes)
    assert (far.code, far.fix) == ("WBK066", "If 24 % was meant, type 24% there.")
    (near_by,) = [f for f in findings(text.format("100", "900%"), *codes) if f.code == "MEA009"]
    assert near_by.fix == "In a percent cell 9 is 900 %. Type 9 % there."
    assert not [f for f in findings(text.format("5000", "2400%"), *codes) if f.code == "WBK066"]


def test_the_scorecard_and_the_review_say_how_months_were_put_together() -> None:
    book = read_example(
        "Objectives\n| Objective | Statement |\n|-|-|\n| O1 | Be better |\n\n"
        "KPIs\n| KPI | Supports | Name | Unit | Aggregation | Direction | Target | Trajectory |\n"
        "|-|-|-|-|-|-|-|-|\n| K1 | O1 | Scrapped | pieces | sum | lower | 5 | flat |\n"
        "| K2 | O1 | Setup | minutes | average | lower | 5 | flat |\n\n"
        "Measurements\n| KPI | Period | Value |\n|-|-|-|\n"
        + "\n".join(f"| {key} | 2026-0{n} | {n} |" for key in ("K1", "K2") for n in (7, 8, 9))
    ).book
    drawing = draw_scorecard(book, assess(book), Frame.of(book))
    sheet = openpyxl.load_workbook(io.BytesIO(drawing.content))["Scorecard"]
    formats = {cell.number_format[:6] for row in sheet.iter_rows() for cell in row if cell.value}
    assert {'"sum "', '"avg "'} <= formats
    period = book.parse_period("2026-Q3")
    assert period is not None
    said = str(compose(gather(book, period)))
    assert "(added up)" in said
    assert "(averaged)" in said


@pytest.mark.parametrize(
    ("typed", "unit", "code"),
    [
        ("12 h", "hours", "WBK015"), ("12 h", "min", "WBK067"), ("5 %", "ppm", "WBK067"),
        ("12 pcs", "pieces", "WBK015"),
    ],
)  # fmt: skip
def test_a_number_in_another_unit_than_the_kpi_is_refused(typed: str, unit: str, code: str) -> None:
    text = (
        f"KPIs\n| KPI | Unit | Target |\n|-|-|-|\n| K07 | {unit} | 9 |\n\n"
        f'Measurements\n| KPI | Period | Value |\n|-|-|-|\n| K07 | 2026-09 | "{typed}" |'
    )
    found = findings(text, "WBK013", "WBK015", "WBK067")
    assert [f.code for f in found] == [code]
    assert code == "WBK015" or found[0].fix == f"The KPI is read in {unit}: type the number in {unit}."


@pytest.mark.parametrize(
    ("unit", "how"),
    [
        ("count", "sum"), ("pieces", "sum"), ("pcs", "sum"), ("#", "sum"), ("$k", "sum"), ("€", "sum"),
        ("k€", "sum"), ("EUR", "sum"), ("TEUR", "sum"), ("near misses", "sum"), ("complaints", "sum"),
        ("%", "average"), ("ppm", "average"), ("score", "average"), ("hours", "average"), ("days", "average"),
        ("working days", "average"), ("per 100", "average"), ("$ per unit", "average"),
        ("parts/h", "average"),
        ("rate", "average"), ("turns", "average"), ("", "average"), ("people", "average"),
    ],
)  # fmt: skip
def test_a_blank_aggregation_follows_the_unit(unit: str, how: str) -> None:
    head = "KPIs\n| KPI | Unit | Aggregation | Numerator | Denominator |\n|-|-|-|-|-|\n"
    book = read_example(f"{head}| K1 | {unit} | | | |")
    assert book.book.kpis[0].aggregation == how
    assert by_unit(unit, ratio=True) == "ratio"


@pytest.mark.parametrize(("counts", "how"), [("| 391 | 415 |", "ratio"), ("| | |", "average")])
def test_a_blank_aggregation_is_a_ratio_where_counts_are_named_and_entered(counts: str, how: str) -> None:
    book = read_example(
        "KPIs\n| KPI | Unit | Aggregation | Numerator | Denominator |\n|-|-|-|-|-|\n"
        "| K1 | % | | on time | all |\n\n"
        "Measurements\n| KPI | Period | Value | Numerator | Denominator |\n|-|-|-|-|-|\n"
        f"| K1 | 2026-09 | 94.2 {counts}"
    ).book
    assert book.kpis[0].aggregation == how


def test_a_cell_of_targets_is_named_by_its_table_and_kpi() -> None:
    book = make({}, readings=read(92), Targets=[{"KPI": "K1", "From": "2026-07", "Planned": "+5 %"}])
    (found,) = [each for each in check(book) if each.code == "WBK080"]
    assert found.message.startswith("Planned in Targets for K1 says")
