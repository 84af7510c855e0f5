"""Assessing every KPI against the same in pandas with groupby, in one run.

``python -m benchmarks.status [--sizes 1000x60 5000x60 10000x60] [--runs 3]``. Both start from readings in
memory (a book here, a frame with KPI, period and value there) and end with, per KPI, plan, gap, word,
progress, mean, natural limits and the four NHS signals at the last point, and assurance; ``assess`` finds
the plan and word of each reading, reasons, forecast and roll-ups besides. The two run in turn; their words
and limits must agree. The last column says how the time per KPI compares with that of the first size: near 1
it is linear.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import qmsbook
from benchmarks.data import sizes, workbook
from qmsbook.book.book import Book


def frames(book: Book) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The readings and the KPIs of a book as a person with pandas would have them."""
    held = book.measurements
    readings = pd.DataFrame({"kpi": held.kpi, "period": held.period, "value": held.value})
    names = ("id", "target", "target_on", "baseline", "baseline_on", "tolerance")
    kpis = pd.DataFrame([{name: getattr(kpi, name) for name in names} for kpi in book.kpis]).set_index("id")
    for name in ("target_on", "baseline_on"):
        kpis[name] = pd.to_datetime(kpis[name])
    return readings, kpis


def with_pandas(readings: pd.DataFrame, kpis: pd.DataFrame) -> pd.DataFrame:
    """The last status and the natural limits of each KPI, column by column; higher is better."""
    day = pd.to_datetime(readings["period"], format="%Y-%m") + pd.offsets.MonthEnd(0)
    held = readings.assign(day=day).sort_values(["kpi", "day"]).join(kpis, on="kpi")
    share = (held["day"] - held["baseline_on"]) / (held["target_on"] - held["baseline_on"])
    held["plan"] = held["baseline"] + (held["target"] - held["baseline"]) * share.clip(0, 1)
    groups = held.groupby("kpi", sort=False)["value"]
    held["range"] = groups.diff().abs()
    held["mean"] = groups.transform("mean")
    found = held.groupby("kpi", sort=False)
    held["way"] = 2.66 * found["range"].transform("mean")
    held["side"] = np.sign(held["value"] - held["mean"])
    held["step"] = np.sign(found["value"].diff())
    held["near"] = (held["value"] - held["mean"]).abs().between(held["way"] * 2 / 3, held["way"])
    last = held.groupby("kpi", sort=False).tail(1).set_index("kpi")
    tail7 = held.groupby("kpi", sort=False).tail(7).groupby("kpi", sort=False)["side"].sum().abs() == 7
    rise7 = held.groupby("kpi", sort=False).tail(6).groupby("kpi", sort=False)["step"].sum().abs() == 6
    three = held.groupby("kpi", sort=False).tail(3).groupby("kpi", sort=False)
    two = (three["near"].sum() >= 2) & (three["side"].sum().abs() == 3) & last["near"]
    outside = (last["value"] - last["mean"]).abs() > last["way"]
    gap = last["value"] - last["plan"]
    words = np.select(
        [gap >= 0, gap >= -last["tolerance"] * last["plan"].abs()], ["On track", "At risk"], "Off track"
    )
    lower, upper = last["mean"] - last["way"], last["mean"] + last["way"]
    assurance = np.select([lower >= last["target"], upper < last["target"]], ["yes", "no"], "sometimes")
    progress = (last["value"] - last["baseline"]) / (last["target"] - last["baseline"])
    signal = outside | tail7 | rise7 | two
    made = {"word": words, "lower": lower, "upper": upper, "signal": signal, "assurance": assurance}
    return pd.DataFrame({**made, "plan": last["plan"], "gap": gap, "progress": progress}, index=last.index)


def agree(assessed: Any, other: pd.DataFrame) -> None:
    """Both must come to the same words, signals and limits."""
    for key, row in other.iterrows():
        found = assessed.kpis[key]
        change = found.answers["variation"].figures
        assert found.status.word == row["word"], key
        assert (change["answer"] != "common cause") == row["signal"], key
        assert abs(change["upper"] - row["upper"]) < 1e-9 * abs(row["upper"]), key


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of an action, and what it gave."""
    begin = time.perf_counter()
    found = action()
    return time.perf_counter() - begin, found


def compare(kpis: int, months: int, runs: int, folder: Path) -> tuple[float, float]:
    """Median seconds of both for one size."""
    path = folder / "book.xlsx"
    path.write_bytes(workbook(kpis, months))
    book = qmsbook.open(path)
    readings, table = frames(book)
    ours, theirs = [], []
    for run in range(runs):
        seconds, assessed = timed(lambda: qmsbook.assess(book.changed()))  # anew: look-ups are made again
        ours.append(seconds)
        seconds, other = timed(lambda: with_pandas(readings, table))
        theirs.append(seconds)
        if not run:
            agree(assessed, other)
    return statistics.median(ours), statistics.median(theirs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=["1000x60", "5000x60", "10000x60"])
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    print(f"{'readings':>12} {'assess':>9} {'pandas':>9} {'ratio':>6} {'us per KPI':>11} {'growth':>7}")
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for kpis, months in sizes(given.sizes):
            ours, theirs = compare(kpis, months, given.runs, Path(folder))
            each = ours / kpis * 1e6
            first = first or each
            print(
                f"{f'{kpis}x{months}':>12} {ours:7.2f} s {theirs:7.2f} s {ours / theirs:6.1f} {each:11.0f} "
                f"{each / first:7.2f}", flush=True
            )  # fmt: skip


if __name__ == "__main__":
    main()
