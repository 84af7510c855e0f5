"""Every computed figure of the example, worked out anew from company.json and compared with the workbook's.

Nothing of qmsbook.methods is used for the expected figures: plans, statuses, roll-ups and the rest are
written down here a second time, in other words. What company.json does not hold (which KPIs are vital, the
seasons in Targets, the Result KPIs) is read from example.json, which was typed by hand.
"""

from __future__ import annotations

import itertools
import json
from calendar import monthrange
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from qmsbook.book.book import Book
from qmsbook.book.edit import SetColumn
from qmsbook.book.reading import read_book
from qmsbook.hosts.file.host import FileHost
from qmsbook.methods import aggregate, assess
from qmsbook.methods.columns import computed
from qmsbook.methods.method import Assessment
from qmsbook.pages.page import Frame
from qmsbook.pages.scorecard import draw_scorecard
from qmsbook.templates.template import example

FOLDER = Path(__file__).parents[2] / "workbook_templates"
COMPANY = json.loads((FOLDER / "company.json").read_text(encoding="utf-8"))
EXTRA = json.loads((FOLDER / "example.json").read_text(encoding="utf-8"))
ON = date.fromisoformat(COMPANY["meta"]["as_of"])
KPIS: dict[str, dict[str, Any]] = {k["id"]: k for k in COMPANY["kpis"]}
SCORES = {"On track": 1.0, "At risk": 0.5, "Off track": 0.0}

# -- the expected figures


def day(text: str) -> date:
    return date.fromisoformat(text)


def last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def months_back(month: str, count: int) -> str:
    year, number = map(int, month.split("-"))
    place = year * 12 + number - 1 - count
    return f"{place // 12}-{place % 12 + 1:02d}"


def text_of(kpi: dict[str, Any], month: str) -> str:
    """What the workbook calls the period in which a month lies."""
    if kpi["frequency"] == "monthly":
        return month
    year, number = month.split("-")
    return f"{year}-Q{(int(number) + 2) // 3}"


READINGS: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
for reading in COMPANY["readings"]:
    READINGS[reading["kpi"]][reading["period"]] = reading


def expected_actual(kpi: dict[str, Any], month: str) -> float | None:
    found = READINGS[kpi["id"]].get(month)
    if found is None:
        return None
    if found["numerator"] is not None and found["denominator"] is not None:
        return float(kpi["scale"] * found["numerator"] / found["denominator"])
    return float(found["value"])


def expected_plan(kpi: dict[str, Any], month: str) -> float:
    for row in EXTRA["targets"]:
        if row["KPI"] == kpi["id"] and row["From"] <= month <= row["Until"]:
            return float(row["Planned"])
    if kpi["direction"] == "maintain_above":
        return float(kpi["target"])
    whole = day(kpi["target_on"]) - day(kpi["baseline_on"])
    gone = min(max((last_day(month) - day(kpi["baseline_on"])) / whole, 0.0), 1.0)
    return float(kpi["baseline"] + (kpi["target"] - kpi["baseline"]) * gone)


def expected_word(kpi: dict[str, Any], actual: float, plan: float) -> str:
    share = kpi["amber_tolerance"]
    if kpi["direction"] == "range":
        low, high = kpi["range_low"], kpi["range_high"]
        if low <= actual <= high:
            return "On track"
        return "At risk" if max(low - actual, actual - high) <= share * (high - low) else "Off track"
    short = plan - actual if kpi["direction"] in {"increase", "maintain_above"} else actual - plan
    if short <= 1e-9 * max(abs(plan), abs(actual)):
        return "On track"
    return "At risk" if short <= share * abs(plan) else "Off track"


def expected_month(kpi: dict[str, Any]) -> str:
    """The month whose period is judged: of October's missing figures all are within ten days of grace."""
    month = "2026-10" if kpi["frequency"] == "monthly" else "2026-09"
    step = 1 if kpi["frequency"] == "monthly" else 3
    while month not in READINGS[kpi["id"]]:
        assert (ON - last_day(month)).days <= 10
        month = months_back(month, step)
    return month


@cache
def expected(key: str) -> tuple[float, str, float, str, float | None]:
    """Latest, month, plan, word and progress of a KPI."""
    kpi = KPIS[key]
    month = expected_month(kpi)
    actual, plan = expected_actual(kpi, month), expected_plan(kpi, month)
    assert actual is not None
    way = kpi["target"] - kpi["baseline"]
    progress = (actual - kpi["baseline"]) / way if way else None
    return actual, month, plan, expected_word(kpi, actual, plan), progress


def expected_rollup(children: list[tuple[str, float, bool]]) -> str:
    """The word of what stands above some words with weights and vital marks; all of them are read."""
    vital = [word for word, _, is_vital in children if is_vital]
    if vital:
        return min(vital, key=lambda word: SCORES[word])
    score = sum(SCORES[w] * weight for w, weight, _ in children) / sum(weight for _, weight, _ in children)
    return "On track" if score >= 0.8 - 1e-9 else "At risk" if score >= 0.5 - 1e-9 else "Off track"


def kpi_children(keys: list[str]) -> list[tuple[str, float, bool]]:
    return [(expected(key)[3], KPIS[key]["weight"], EXTRA["kpis"][key].get("Vital") == "yes") for key in keys]


def counts(words: list[str]) -> str:
    names = (("On track", "on"), ("At risk", "at risk"), ("Off track", "off"))
    told = ", ".join(f"{words.count(word)} {name}" for word, name in names if word in words)
    return f"{len(words)} of {len(words)} read: {told}"


def kpis_under(objective: str) -> list[str]:
    return [key for key, kpi in KPIS.items() if kpi["parent"] == objective]


def objective_word(objective: str) -> str:
    return expected_rollup(kpi_children(kpis_under(objective)))


def weighted_progress(keys: list[str]) -> float | None:
    known = [(KPIS[k]["weight"], min(max(p, 0), 1)) for k in keys if (p := expected(k)[4]) is not None]
    return sum(w * p for w, p in known) / sum(w for w, _ in known) if known else None


# -- what the workbook says


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    path = tmp_path_factory.mktemp("example") / "example.xlsx"
    path.write_bytes(example(mistakes=False))
    return read_book(FileHost(path).read().tables)


@pytest.fixture(scope="module")
def assessed(book: Book) -> Assessment:
    return assess(book)


@pytest.fixture(scope="module")
def columns(book: Book, assessed: Assessment) -> dict[tuple[str, str], SetColumn]:
    return {(edit.table, edit.header): edit for edit in computed(book, assessed, {})}


def test_judged_on_the_day_of_the_story(book: Book) -> None:
    assert book.on == ON
    assert len(book.measurements) == len(COMPANY["readings"]) + 3  # and three explained gaps


@pytest.mark.parametrize("key", KPIS)
def test_kpi(assessed: Assessment, key: str) -> None:
    actual, month, plan, word, progress = expected(key)
    found = assessed.kpis[key]
    assert found.latest == pytest.approx(actual, rel=1e-12)
    assert found.latest_period is not None
    assert found.period == found.latest_period
    assert found.latest_period.text == text_of(KPIS[key], month)
    assert found.plan == pytest.approx(plan, rel=1e-12)
    assert found.status.word == word
    assert found.progress == (None if progress is None else pytest.approx(progress, rel=1e-9))


def test_numerators_and_denominators_agree_with_the_printed_values(book: Book, assessed: Assessment) -> None:
    """Ratios win over Value, and in the example the two differ by rounding only."""
    for place, answer in enumerate(assessed.readings):
        value = book.measurements.value[place]
        if value is not None:
            assert answer.actual == pytest.approx(value, abs=0.06 if value < 100 else 0.6)


def test_measurements(book: Book, assessed: Assessment) -> None:
    by_text = {(key, text_of(kpi, m)): m for key, kpi in KPIS.items() for m in COMPANY["meta"]["months"]}
    seen = 0
    for place, found in enumerate(assessed.readings):
        key = book.measurements.kpi[place]
        kpi, month = KPIS[key], by_text[key, book.measurements.period[place]]
        if kpi["frequency"] == "quarterly":
            month = f"{month[:5]}{(int(month[5:]) + 2) // 3 * 3:02d}"
        actual, plan = expected_actual(kpi, month), expected_plan(kpi, month)
        before = expected_actual(kpi, months_back(month, 1 if kpi["frequency"] == "monthly" else 3))
        assert found.actual == (None if actual is None else pytest.approx(actual, rel=1e-12))
        assert found.previous == (None if before is None else pytest.approx(before, rel=1e-12))
        assert found.plan == pytest.approx(plan, rel=1e-12)
        assert found.word == ("No data" if actual is None else expected_word(kpi, actual, plan))
        seen += actual is not None
    assert seen == len(COMPANY["readings"])


def test_objectives(assessed: Assessment) -> None:
    for objective in COMPANY["objectives"]:
        found, keys = assessed.objectives[objective["id"]], kpis_under(objective["id"])
        assert found.status.word == objective_word(objective["id"])
        assert found.counts == counts([expected(key)[3] for key in keys])
        assert found.progress == pytest.approx(weighted_progress(keys))


def test_goals(assessed: Assessment) -> None:
    for goal in COMPANY["goals"]:
        under = [o for o in COMPANY["objectives"] if o["parent"] == goal["id"]]
        words = [objective_word(o["id"]) for o in under]
        children = [(word, 1.0, o["vital_few"]) for word, o in zip(words, under, strict=True)]
        found = assessed.goals[goal["id"]]
        assert found.status.word == expected_rollup(children)
        assert found.counts == counts(words)
        assert assessed.goal_results[goal["id"]].word == expected(EXTRA["goals"][goal["id"]]["Result KPI"])[3]


def test_processes(assessed: Assessment) -> None:
    for process in COMPANY["processes"]:
        keys = [key for key, kpi in KPIS.items() if kpi["process"] == process["id"]]
        assert assessed.processes[process["id"]].status.word == expected_rollup(kpi_children(keys))
        assert assessed.processes[process["id"]].counts == counts([expected(key)[3] for key in keys])


def expected_span(key: str, months: list[str]) -> tuple[float, float, str]:
    """Actual, plan and word of several months together: ratios as sums over sums."""
    kpi = KPIS[key]
    months = [m for m in months if m in READINGS[key]]
    rows = [READINGS[key][m] for m in months]
    plans = [expected_plan(kpi, m) for m in months]
    values = [v for m in months if (v := expected_actual(kpi, m)) is not None]
    if kpi["aggregation"] == "ratio":
        below = sum(row["denominator"] for row in rows)
        actual = kpi["scale"] * sum(row["numerator"] for row in rows) / below
        plan = sum(p * row["denominator"] for p, row in zip(plans, rows, strict=True)) / below
    elif kpi["aggregation"] == "last":
        actual, plan = values[-1], plans[-1]
    else:
        count = 1 if kpi["aggregation"] == "sum" else len(values)
        actual, plan = sum(values) / count, sum(plans) / count
    return actual, plan, expected_word(kpi, actual, plan)


@pytest.mark.parametrize("key", KPIS)
def test_third_quarter_as_the_review_sees_it(book: Book, assessed: Assessment, key: str) -> None:
    actual, plan, word = expected_span(key, ["2026-07", "2026-08", "2026-09"])
    found = aggregate(book, assessed.kpis[key].series, date(2026, 7, 1), date(2026, 9, 30))
    assert found.actual == pytest.approx(actual, rel=1e-12)
    assert found.plan == pytest.approx(plan, rel=1e-12)
    assert found.word == word
    assert found.read == found.due == (3 if KPIS[key]["frequency"] == "monthly" else 1)


def test_scorecard_as_it_is_drawn(book: Book, assessed: Assessment) -> None:
    """Thirteen months and the year to date of every KPI, in the cells of the sheet."""
    cells = draw_scorecard(book, assessed, Frame.of(book)).cells
    rows = {value: row for (row, column), value in cells.items() if column == 1 and value in KPIS}
    assert rows.keys() == KPIS.keys()
    months = [months_back("2026-10", back) for back in range(12, -1, -1)]
    year = 3 + len(months) + 1
    for key, row in rows.items():
        for column, month in enumerate(months, 3):
            actual = expected_actual(KPIS[key], month)
            shown = cells.get((row, column))
            assert (shown in {None, ""}) if actual is None else shown == pytest.approx(actual, rel=1e-9)
        actual, plan, _ = expected_span(key, [m for m in months if m >= "2026-01"])
        assert cells[row, year] == pytest.approx(actual, rel=1e-9), key
        assert cells[row + 1, year] == pytest.approx(plan, rel=1e-9), key


# -- real change, and whether the target can be met: a mean, its moving ranges, and the rules once more

#: The seasonal ones rest on figures with the season taken out, which test_real_change.py works out.
SEASONAL = {key for key, more in EXTRA["kpis"].items() if more.get("Seasonal") == "yes"}
ROLLING = {key for key, more in EXTRA["kpis"].items() if more.get("Target is") == "rolling 12"}


def expected_values(key: str) -> list[float]:
    return [v for month in sorted(READINGS[key]) if (v := expected_actual(KPIS[key], month)) is not None]


def expected_limits(key: str) -> tuple[float, float, float]:
    """From the first twelve readings, and kept."""
    values = expected_values(key)[:12]
    mean = sum(values) / len(values)
    ranges = [abs(b - a) for a, b in itertools.pairwise(values)]
    way = 2.66 * sum(ranges) / len(ranges)
    return mean - way, mean, mean + way


def expected_way(key: str) -> int:
    """Which way the last point signals: 1 up, -1 down, 0 not at all; outside, trend, two of three, shift."""
    values = expected_values(key)
    lower, mean, upper = expected_limits(key)
    last, seven = values[-1], values[-7:]
    if not lower <= last <= upper:
        return 1 if last > upper else -1
    if len(values) <= 12:
        return 0  # these made the mean themselves
    rises = [b > a for a, b in itertools.pairwise(seven)]
    falls = [b < a for a, b in itertools.pairwise(seven)]
    if len(seven) == 7 and (all(rises) or all(falls)):
        return 1 if all(rises) else -1
    for way, limit in ((1, upper), (-1, lower)):
        near = mean + (limit - mean) * 2 / 3
        far = [v for v in values[-3:] if (v - near) * way > 0 and lower <= v <= upper]
        if last in far and len(far) >= 2 and all((v - mean) * way > 0 for v in values[-3:]):
            return way
        if len(seven) == 7 and all((v - mean) * way > 0 for v in seven):
            return way
    return 0


@pytest.mark.parametrize("key", KPIS)
def test_real_change(assessed: Assessment, key: str) -> None:
    found = assessed.kpis[key].answers["variation"]
    if key in ROLLING:
        assert found.word == "not for rolling figures"
        return
    if key in SEASONAL:
        assert found.figures["answer"] in {"common cause", "improvement", "concern"}
        return
    lower, mean, upper = expected_limits(key)
    assert found.figures["lower"] == pytest.approx(lower)
    assert found.figures["mean"] == pytest.approx(mean)
    assert found.figures["upper"] == pytest.approx(upper)
    way = expected_way(key)
    better = {"increase": way, "maintain_above": way, "decrease": -way, "range": 0}[KPIS[key]["direction"]]
    noise = "no, it runs as always" if assessed.kpis[key].status.word == "Off track" else "no, just noise"
    words = {1: "better", -1: "worse"}
    if KPIS[key]["direction"] == "range":
        words, better = {1: "higher", -1: "lower"}, way
    count = len(expected_values(key))
    if not better:
        assert found.word == noise + (" (trial limits)" if count < 12 else "")
    elif count > 12:
        assert found.word == f"{words[better]} than where we started (first 12 months)"
    else:
        assert found.word == f"really {words[better]}" + (" (trial limits)" if count < 12 else "")


@pytest.mark.parametrize("key", KPIS)
def test_can_it_meet_the_target(assessed: Assessment, key: str) -> None:
    """What still climbs to the year's end is not called hopeless; others are held against their limits."""
    found, kpi = assessed.kpis[key].answers["assurance"], KPIS[key]
    if key in ROLLING:
        assert found.word == "not for rolling figures"
    elif kpi["direction"] in {"increase", "decrease"}:
        assert found.figures["answer"] in {"already capable", "change needed by"}
        assert "not as it runs" not in found.word
    else:
        lower, _, upper = expected_limits(key)
        low, high = (
            (kpi["range_low"], kpi["range_high"]) if kpi["direction"] == "range" else (kpi["target"], 1e9)
        )
        word = "yes" if lower >= low and upper <= high else "sometimes"
        assert (upper < low or lower > high) is False
        assert found.figures["answer"] == word


def test_forecast_says_how_it_was_found(assessed: Assessment) -> None:
    told = {key: answers.answers["forecast"] for key, answers in assessed.kpis.items()}
    assert {key for key, each in told.items() if not each.word} == {"K09", "K24"} | ROLLING
    for key, each in told.items():
        if each.word:
            method, value = str(each.figures["method"]), each.figures["forecast"]
            assert method in each.reason
            if method == "mean of the last 12 readings" and key not in SEASONAL:
                assert value == pytest.approx(sum(expected_values(key)[-12:]) / 12)


# -- the columns of the sheets


def test_kpi_columns(columns: dict[tuple[str, str], SetColumn], book: Book) -> None:
    keys = [kpi.id for kpi in book.kpis]
    figures = [expected(key) for key in keys]

    def held(header: str) -> tuple[Any, ...]:
        return columns["KPIs", header].values

    assert held("Latest") == pytest.approx([f[0] for f in figures])
    assert held("Period") == tuple(text_of(KPIS[k], f[1]) for k, f in zip(keys, figures, strict=True))
    assert held("Plan") == pytest.approx([f[2] for f in figures])
    assert held("Status") == tuple(f[3] for f in figures)
    for key, shown, figure in zip(keys, held("Progress"), figures, strict=True):
        want = None if figure[4] is None else pytest.approx(figure[4] * 100)  # the cell shows percent
        assert shown == want, key


def test_goal_columns(columns: dict[tuple[str, str], SetColumn], assessed: Assessment) -> None:
    results = [expected(EXTRA["goals"][g["id"]]["Result KPI"]) for g in COMPANY["goals"]]
    assert columns["Goals", "Result"].values == pytest.approx([r[0] for r in results])
    assert columns["Goals", "Status"].values == tuple(r[3] for r in results)
    for goal, text in zip(COMPANY["goals"], columns["Goals", "Objectives"].values, strict=True):
        words = [objective_word(o["id"]) for o in COMPANY["objectives"] if o["parent"] == goal["id"]]
        assert text == f"{assessed.goals[goal['id']].status.word} ({counts(words)})"


def test_risk_columns(columns: dict[tuple[str, str], SetColumn]) -> None:
    for place, risk in enumerate(COMPANY["risks"]):
        score = risk["likelihood"] * risk["impact"]
        left = risk["residual_likelihood"] * risk["residual_impact"]
        assert columns["Risks", "Score"].values[place] == score
        assert columns["Risks", "Residual score"].values[place] == left
        band = "high" if left > 12 else "low" if left <= 4 else "medium"
        assert columns["Risks", "Band"].values[place] == band


def test_action_columns(columns: dict[tuple[str, str], SetColumn]) -> None:
    held = [day(review["held"]) for review in COMPANY["reviews"]]
    for place, action in enumerate(COMPANY["actions"]):
        opened, closed = day(action["opened"]), action["closed"] and day(action["closed"])
        assert columns["Actions", "Age"].values[place] == ((closed or ON) - opened).days
        due = max(opened, day(action["due"]))
        through = [d for d in held if due < d <= ON and (closed is None or closed > d)]
        assert columns["Actions", "Carried"].values[place] == len(through)
