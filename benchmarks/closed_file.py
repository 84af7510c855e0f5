"""Refresh of a closed workbook against openpyxl merely loading and saving the same file: time and memory.

``python -m benchmarks.closed_file [--sizes 1000x36 10000x36] [--states first "in use"] [--runs 3]``.
``first`` is a workbook that qmsbook never wrote, so every computed cell is new; ``in use`` was refreshed a
month ago and has got a month of figures since. The two programs run in turn, each in a process of its own,
and each process times what it does without its start, in seconds of the processor; the ratio is that of the
medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.data import in_use, sizes, workbook

#: Seconds are the processor's, so that other work on the machine does not count. The peak is the program's
#: own: ``ru_maxrss`` would begin with what the process held that started it.
_MEASURE = """
import json, resource, sys, time
from pathlib import Path

def measured(work):
    begin = time.process_time()
    work()
    seconds, peak = time.process_time() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(int(line.split()[1]) for line in status.read_text().splitlines() if "VmHWM" in line)
    print(json.dumps([seconds, peak / 1024]))
"""
_REFRESH = """
import qmsbook.commands
from qmsbook.hosts.file.host import FileHost
measured(lambda: qmsbook.commands.refresh(FileHost(Path(sys.argv[1]), out=Path(sys.argv[2]))))
"""
_OPENPYXL = """
import openpyxl
measured(lambda: openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2]))
"""


def measure(program: str, source: Path, result: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one run in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", _MEASURE + program, str(source), str(result)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, megabytes = json.loads(run.stdout.splitlines()[-1])
    return seconds, megabytes


def compare(name: str, content: bytes, runs: int, folder: Path) -> float:
    """Print one line for a workbook; returns the ratio of the median times."""
    source, result = folder / "source.xlsx", folder / "out.xlsx"
    source.write_bytes(content)
    ours, theirs = [], []
    for _ in range(runs):
        result.unlink(missing_ok=True)
        ours.append(measure(_REFRESH, source, result))
        result.unlink(missing_ok=True)
        theirs.append(measure(_OPENPYXL, source, result))
    seconds, other = (statistics.median(s for s, _ in each) for each in (ours, theirs))
    memory, much = (statistics.median(m for _, m in each) for each in (ours, theirs))
    ratio = seconds / other
    print(
        f"{name:>16} {seconds:8.2f} s {other:8.2f} s {ratio:7.2f} {memory:8.0f} MB {much:8.0f} MB", flush=True
    )
    return ratio


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="*", default=["1000x36", "10000x36"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--states", nargs="*", default=["first", "in use"], choices=["first", "in use"])
    given = parser.parse_args()
    print(f"{'workbook':>16} {'refresh':>10} {'openpyxl':>10} {'ratio':>7} {'memory':>11} {'openpyxl':>11}")
    with tempfile.TemporaryDirectory() as folder:
        from qmsbook.commands import template

        compare("example", template("example.xlsx"), given.runs, Path(folder))
        for kpis, months in sizes(given.sizes):
            for state in given.states:
                content = workbook(kpis, months) if state == "first" else in_use(kpis, months, Path(folder))
                compare(f"{kpis}x{months} {state}", content, given.runs, Path(folder))


if __name__ == "__main__":
    main()
