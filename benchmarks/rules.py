"""All rules against reading the workbook that they check, and how both grow with its size.

``python -m benchmarks.rules [--sizes 100 1000 10000] [--months 36] [--runs 3]``. Checking is timed without
working out the statuses, which a command does once for everything; they have a column of their own. The slope
is the time per KPI at the largest size over that at the smallest.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.data import workbook
from qmsbook.book.reading import read_book
from qmsbook.hosts.file.host import FileHost
from qmsbook.methods import assess
from qmsbook.rules import RULES, check


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.process_time()
    found = work()
    return time.process_time() - begin, found


def measure(kpis: int, months: int, runs: int, folder: Path) -> tuple[float, float, float, int]:
    """Median seconds of reading, of working out statuses and of checking; and the number of findings."""
    path = folder / "workbook.xlsx"
    path.write_bytes(workbook(kpis, months))
    times: list[tuple[float, float, float]] = []
    count = 0
    for _ in range(runs):
        reading, book = timed(lambda: read_book(FileHost(path).read().tables))
        statuses, assessed = timed(lambda book=book: assess(book))
        checking, found = timed(lambda b=book, a=assessed: check(b, a, stage="audit-ready"))
        count = len(found)
        times.append((reading, statuses, checking))
    reading, statuses, checking = (statistics.median(column) for column in zip(*times, strict=True))
    return reading, statuses, checking, count


def slowest(kpis: int, months: int, folder: Path, most: int = 5) -> list[tuple[float, str]]:
    """The rules that take longest, with their seconds."""
    path = folder / "workbook.xlsx"
    path.write_bytes(workbook(kpis, months))
    book = read_book(FileHost(path).read().tables)
    assessed = assess(book)
    check(book, assessed, stage="audit-ready")  # look-ups that several rules share are made once
    each = [(timed(lambda r=rule: list(r.problems(book, assessed)))[0], rule.code) for rule in RULES]
    return sorted(each, reverse=True)[:most]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", type=int, default=[100, 1000, 10000])
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    heads = ("reading", "statuses", "rules")
    print(f"{'KPIs':>8} {' '.join(f'{head:>10}' for head in heads)} {'ratio':>7} {'ms/KPI':>8}  found")
    per_kpi: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kpis in given.sizes:
            reading, statuses, checking, count = measure(kpis, given.months, given.runs, folder)
            per_kpi.append(checking / kpis)
            print(
                f"{kpis:>8} {reading:8.2f} s {statuses:8.2f} s {checking:8.2f} s {checking / reading:7.2f} "
                f"{1000 * checking / kpis:8.3f} {count:>6}",
                flush=True,
            )
        print(f"slope of time per KPI: {per_kpi[-1] / per_kpi[0]:.2f}")
        middle = given.sizes[len(given.sizes) // 2]
        told = ", ".join(f"{code} {1000 * s:.0f} ms" for s, code in slowest(middle, given.months, folder))
        print(f"slowest at {middle} KPIs: {told}")


if __name__ == "__main__":
    main()
