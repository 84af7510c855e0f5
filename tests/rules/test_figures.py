"""What readings say beside each other: slips, standing still, missing periods, other frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from qmsbook.methods import assess
from qmsbook.rules import check
from qmsbook.rules.examples import read_example
from qmsbook.rules.rule import Finding

MONTHS = [f"2025-{month:02}" for month in range(1, 13)] + [f"2026-{month:02}" for month in range(1, 11)]

STAGE = "Settings\n| Setting | Value |\n|-|-|\n| Stage | audit-ready |"


def findings(
    code: str, values: Sequence[Any], first: str = "", comment: str = "", **kpi: str
) -> list[Finding]:
    """What one rule says of a KPI with these monthly readings, the last of October 2026."""
    given = {"KPI": "K07", "Aggregation": "average", "Highest possible": "", "Lowest possible": "", **kpi}
    start = MONTHS.index(first) if first else len(MONTHS) - len(values)
    rows = [
        f"| K07 | {month} | {'' if value is None else value} | {comment} |"
        for month, value in zip(MONTHS[start:], values, strict=False)
    ]
    head = f"KPIs\n| {' | '.join(given)} |\n{'|-' * len(given)}|\n| {' | '.join(given.values())} |"
    readings = "\n".join(["Measurements\n| KPI | Period | Value | Comment |\n|-|-|-|-|", *rows])
    text = f"{STAGE}\n\n{head}\n\n{readings}"
    book = read_example(text).book
    return [each for each in check(book, assess(book)) if each.code == code]


def rows(found: list[Finding]) -> list[str | None]:
    return [each.row for each in found]


# -- slips


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ([94, 0.93, 94, 0.94, 93, 94], [1, 3]),  # a right one between two wrong ones
        ([0.93, 94, 0.94, 94, 93], [0, 2]),
        ([0.94, 94, 0.93, 94], [0, 2]),  # half of them
        ([94, 0, 93, 0, 0.95, 0, 94, 0, 93], [4]),  # zeros are nobody's neighbours
        ([1, 2, 4, 10, 20, 50, 100, 150, 200], []),  # what grows a hundredfold has not slipped
        ([94, 93, 9400], []),  # too few to tell
    ],
)
def test_the_wrong_one_is_told_and_no_other(values: list[float], wrong: list[int]) -> None:
    start = len(MONTHS) - len(values)
    assert rows(findings("MEA010", values)) == [f"K07@{MONTHS[start + at]}" for at in wrong]


def test_a_slip_is_told_with_what_is_usual() -> None:
    [found] = findings("MEA010", [93, 0.94, 94, 95])
    assert "0.94 stands among values of about 94" in found.message
    assert findings("MEA010", [93, 0.94, 94, 95], comment="Counted twice") == []


# -- figures that stand still


@pytest.mark.parametrize("aggregation", ["average", "last", "ratio", "maximum"])
def test_equal_readings_are_asked_about_in_every_aggregation(aggregation: str) -> None:
    moving = [91.2, 92.4, 90.1, 93.3]
    assert len(findings("MEA016", [*moving, *[94.2] * 6], Aggregation=aggregation)) == 1
    assert findings("MEA016", [*moving, *[94.2] * 5], Aggregation=aggregation) == []


def test_equal_readings_are_nothing_strange_where_the_figure_hardly_ever_moves() -> None:
    heads = [41, 41, 41, 43, 43, 43, 43]
    assert findings("MEA016", [*heads, *[44] * 7], Aggregation="last", Unit="people") == []
    assert findings("MEA016", [44, 41, 45, 43, *[44] * 7], Aggregation="last", Unit="people") != []


def test_equal_readings_are_nothing_strange_at_a_bound_and_in_small_counts() -> None:
    assert findings("MEA016", [97, 98, 99, *[100] * 7], **{"Highest possible": "100"}) == []
    assert findings("MEA016", [5, 2, 4, *[3] * 7], Unit="count") == []


# -- more than all


def test_a_percentage_above_all_is_advice_where_no_other_is() -> None:
    assert rows(findings("MEA019", [96, 95, 103, 97])) == ["K07@2026-09"]
    assert findings("MEA019", [96, 101, 103, 97]) == []  # it happens: more than all is possible
    assert len(findings("MEA019", [*[96, 95] * 5, 101, 103])) == 2  # twice among twelve it hardly does
    assert findings("MEA019", [96, 95, 103, 97], Target="110") == []
    assert findings("MEA019", [96, 95, 103, 97], Unit="hours") == []
    assert findings("MEA019", [96, 95, 9500, 97]) == []  # a slip, and told as one
    assert findings("MEA009", [96, 95, 103, 97], **{"Highest possible": "100"}) != []


# -- missing periods


def test_every_missing_period_is_named() -> None:
    [found] = findings("MEA012", [94, 93], "2026-01", **{"Baseline on": "2025-12-31"})
    assert found.message == (
        "KPI K07 (On-time delivery) has no reading for 2026-03 to 2026-09; the first was due by Apr 10, 2026."
    )
    [found] = findings("MEA012", [94, 93], "2026-07", **{"Baseline on": "2025-12-31"})
    assert "has no reading for 2026-09 (Sep 2026), due by Oct 10, 2026" in found.message


def test_a_period_with_a_reason_is_not_missing() -> None:
    book = read_example(
        """
        KPIs
        | KPI | Baseline on |
        |-----|-------------|
        | K07 | 2025-12-31  |

        Measurements
        | KPI | Period  | Value | Comment              |
        |-----|---------|-------|----------------------|
        | K07 | 2026-04 | 93.1  |                      |
        | K07 | 2026-06 |       | Closed for inventory |
        | K07 | 2026-07 |       |                      |
        """
    ).book
    [found] = [each for each in check(book, assess(book)) if each.code == "MEA012"]
    assert "no reading for 2026-05 and 2026-07 to 2026-09; the first was due" in found.message
    assert str(found.at) == "Measurements!C4"


def test_every_gap_is_named() -> None:
    [found] = findings("MEA011", [94, *[None] * 4, 93, None, 95, 94])
    assert "has no reading for 2026-03 to 2026-06 and 2026-08." in found.message


# -- readings of another frequency


@pytest.mark.parametrize(
    ("frequency", "period", "says"),
    [
        ("quarterly", "2026-08", "Did you mean 2026-Q3 (Jul-Sep 2026)?"),
        ("yearly", "2025-Q3", "Did you mean 2025 (Jan-Dec 2025)?"),
        ("yearly", "2026-Q3", "Enter one figure for 2026 (Jan-Dec 2026) once it is over"),
        ("monthly", "2026-W40", "Did you mean 2026-10 (Oct 2026)?"),
        ("monthly", "2026-Q3", "2026-Q3 would be 2026-07 to 2026-09: enter the figure of each"),
        ("weekly", "2026-09", "2026-09 would be 2026-W36 to 2026-W39"),
    ],
)
def test_a_period_of_another_frequency_is_told_what_it_would_be(
    frequency: str, period: str, says: str
) -> None:
    own = {"quarterly": "2026-Q2", "yearly": "2024", "monthly": "2026-05", "weekly": "2026-W20"}[frequency]
    book = read_example(
        f"""
        KPIs
        | KPI | Frequency   |
        |-----|-------------|
        | K07 | {frequency} |

        Measurements
        | KPI | Period   | Value |
        |-----|----------|-------|
        | K07 | {own}    | 93.1  |
        | K07 | {period} | 93.1  |
        """
    ).book
    [found] = [each for each in check(book, assess(book)) if each.code == "MEA005"]
    assert found.fix.startswith(says)


def test_readings_that_are_all_months_say_what_they_would_be() -> None:
    [found] = findings("MEA005", [94, 93, 95], Frequency="quarterly")
    assert found.message.endswith("says it is read quarterly, but all its readings are monthly.")
    assert found.fix == ("Set *Frequency* to monthly, or enter one figure for each quarter in their place.")


# -- days that do not exist


def test_a_day_that_does_not_exist_has_one_code_in_every_spelling() -> None:
    spellings = [
        "2026-11-31",
        "31/11/2026",
        "31.11.26",
        "31 Nov 2026",
        "Nov 31, 2026",
        '"20261131"',
        "20261131",
    ]
    lines = [f"| A{at} | {text} |" for at, text in enumerate(spellings)]
    book = read_example("\n".join(["Actions", "| Action | Due |", "|-|-|", *lines])).book
    codes = {each.row: each.code for each in check(book, assess(book)) if each.column == "Due"}
    assert codes == {f"A{at}": "WBK010" for at in range(len(spellings))}


@pytest.mark.parametrize(
    ("frequency", "periods"),
    [("monthly", ("2026-Q1", "2026-Q2")), ("quarterly", ("2026-Q1", "2026-Q2", "2026-09"))],
)
def test_a_period_that_was_named_otherwise_is_not_told_as_missing_too(
    frequency: str, periods: tuple[str, ...]
) -> None:
    readings = "\n".join(f"    | K07 | {period} | 9{at} |" for at, period in enumerate(periods))
    plan = f"""
    Settings
    | Setting   | Value      |
    |-----------|------------|
    | Judged on | 2026-11-10 |

    KPIs
    | KPI | Frequency   | Baseline on |
    |-----|-------------|-------------|
    | K07 | {frequency} | 2025-12-31  |

    Measurements
    | KPI | Period | Value |
    |-----|--------|-------|
{readings}
    """
    book = read_example(plan).book
    codes = [finding.code for finding in check(book, assess(book))]
    assert codes.count("MEA005") == 1
    assert "MEA012" not in codes


@pytest.mark.parametrize(
    ("value", "target", "unit", "asked"),
    [
        (100, "100", "%", False), (100, "≥ 100 %", "%", False), (100, "95", "%", False),
        (100, "110", "%", True),
        (100, "100", "orders", True), (0, "0", "%", False), (98, "100", "%", True),
    ],
)  # fmt: skip
def test_all_of_a_percentage_is_nothing_strange(value: int, target: str, unit: str, asked: bool) -> None:
    found = findings("MEA016", [value] * 8, Target=target, Unit=unit)
    assert bool(found) is asked


def test_three_months_typed_for_a_quarter_are_one_finding() -> None:
    text = """
    KPIs
    | KPI | Frequency |
    |-----|-----------|
    | K07 | quarterly |

    Measurements
    | KPI | Period  | Value |
    |-----|---------|-------|
    | K07 | 2026-Q1 | 93.1  |
    | K07 | 2026-07 | 94.2  |
    | K07 | 2026-08 | 94.1  |
    | K07 | 2026-09 | 94.3  |
    """
    book = read_example(text).book
    [found] = [each for each in check(book, assess(book)) if each.code == "MEA005"]
    assert found.message.endswith("readings are for 2026-07 to 2026-09.")
    assert found.fix.startswith("Enter one figure for 2026-Q3 (Jul-Sep 2026) in their place")
