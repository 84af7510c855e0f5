"""Workbooks that are built to harm are told in a sentence, or read right, within bounds of memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from common import ROOT
from hostile import HOSTILE, LONG, MANY, WORDS, many_sheets, many_tables, narrow
from ooxml import unzip

from qmsbook import commands
from qmsbook.book.table import Value
from qmsbook.chase.returned import NotReturned, returned
from qmsbook.hosts.file.change import Change
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.reader import load

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and peaks are read as Linux has them")

#: The peak of a whole process, Python and its modules included. Kilobytes.
MOST = 300 << 10
#: To read a blank sheet takes no more of Python's calls than this.
CALLS = 115
#: Guards against what does not end, and against the memory of the machine that tests; seconds, and bytes.
_SECONDS, _ADDRESSES = 60, 1 << 30
#: Runs commands one after another; writes down how each ended, then the peak of the process itself.
_RUN = f"""
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_CPU, ({_SECONDS}, {_SECONDS}))
resource.setrlimit(resource.RLIMIT_AS, ({_ADDRESSES}, {_ADDRESSES}))
from qmsbook.doors.cli.app import main
codes = []
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
        codes.append(0)
    except SystemExit as end:
        codes.append(end.code or 0)
    for stream in (sys.stdout, sys.stderr):
        print("--", file=stream)
    if len(sys.argv) > 2:
        print("CPU", arguments[0], round(time.process_time(), 2), file=sys.stderr)
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if "VmHWM" in line)
print(json.dumps([codes, peak]))
"""


def run(folder: Path, *commands: list[str]) -> tuple[list[int], list[str], int]:
    """How each command ended, what it said on both streams, and the peak of all in kilobytes."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, json.dumps(commands)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    codes, peak = json.loads(done.stdout.splitlines()[-1])
    pairs = zip(done.stdout.split("--\n"), done.stderr.split("--\n"), strict=True)
    return codes, ["".join(pair).strip() for pair in list(pairs)[:-1]], peak


@pytest.fixture(scope="module")
def plan() -> bytes:
    return (ROOT / "workbook_templates" / "qmsbook.xlsx").read_bytes()


def read(path: Path) -> dict[str, list[list[Value]]]:
    """What the tables of a workbook hold, but for one that is made long."""
    tables = FileHost(path).read().tables
    return {table.name: [list(column) for column in table.columns] for table in tables if table.name != LONG}


@pytest.mark.parametrize("what", HOSTILE)
def test_it_is_told_in_a_sentence_or_read_right(tmp_path: Path, plan: bytes, what: str) -> None:
    build, word = HOSTILE[what]
    hostile = build(unzip(plan))
    (tmp_path / "hostile.xlsx").write_bytes(hostile)
    (tmp_path / "plan.xlsx").write_bytes(plan)
    codes, said, peak = run(
        tmp_path,
        ["check", "hostile.xlsx", "--fail-on", "never"],
        ["refresh", "hostile.xlsx", "--out", "out.xlsx"],
        ["collect", "plan.xlsx", "hostile.xlsx"],
    )
    assert peak <= MOST
    if word:
        assert codes == [2, 2, 1], said
        assert all(word in sentence and len(sentence) < 400 for sentence in said), said
        assert [len(sentence.splitlines()) for sentence in said[:2]] == [1, 1]
        assert not (tmp_path / "out.xlsx").exists()
    else:
        assert codes == [0, 0, 1], said
        found, wanted = read(tmp_path / "hostile.xlsx"), read(tmp_path / "plan.xlsx")
        assert {name: found[name] for name in wanted} == wanted
    assert (tmp_path / "hostile.xlsx").read_bytes() == hostile
    assert (tmp_path / "plan.xlsx").read_bytes() == plan


@pytest.mark.parametrize("what", MANY)
def test_no_command_that_writes_takes_more(tmp_path: Path, plan: bytes, what: str) -> None:
    """The second refresh finds sheets of ours among the many, and draws them anew."""
    (tmp_path / "many.xlsx").write_bytes(HOSTILE[what][0](unzip(plan)))
    codes, said, peak = run(
        tmp_path,
        ["refresh", "many.xlsx", "--on", "2026-11-10"],
        ["refresh", "many.xlsx", "--on", "2027-11-10"],
        ["review", "many.xlsx", "--period", "2026-H1"],
        ["period", "many.xlsx", "2026-10"],
        ["repair", "many.xlsx"],
    )
    assert codes == [0] * 5, said
    assert peak <= MOST


@pytest.mark.parametrize("names", [("Processes",), ("Waivers",), (LONG,)])
def test_blank_rows_of_whole_columns_take_no_step_of_their_own(
    tmp_path: Path, plan: bytes, names: tuple[str, ...]
) -> None:
    """Calls of Python's are counted, for two tables that say the same in their last row."""
    made = []
    for last in (2_000, 1_048_576):
        path = tmp_path / f"{last}.xlsx"
        path.write_bytes(narrow(unzip(plan), last, names=names))
        made.append(calls(lambda path=path: commands.refresh(FileHost(path))).total())
    assert made[1] < made[0] + 40_000


def calls(work: Callable[[], object]) -> Counter[str]:
    """How often something calls each function of Python's, and all of those in C together."""
    made = Counter[str]()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_call"):
            name = frame.f_code.co_qualname if event == "call" else "C"
            made[name] += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return made


def test_many_sheets_are_read_once_each(plan: bytes) -> None:
    """Calls of Python's are counted: a blank sheet takes its share, and no more the more there are."""
    books = [many_sheets(unzip(plan), count=count, own=True) for count in (500, 1_000, 1_500)]
    few, more, most = (_python(calls(lambda book=book: load(book))) for book in books)
    assert more - few <= 500 * CALLS
    assert most - more <= 500 * CALLS


def _python(made: Counter[str]) -> int:
    return made.total() - made["C"]


def refreshed(path: Path) -> None:
    commands.refresh(FileHost(path))


def collected(path: Path) -> None:
    with suppress(NotReturned):
        returned(path.name, path.read_bytes(), "", lambda _: None)


@pytest.mark.parametrize("work", [refreshed, collected])
@pytest.mark.parametrize(
    ("build", "parts"),
    [
        (partial(many_sheets, own=True), 1),
        (partial(many_sheets, own=True, cells=WORDS), 1),
        (many_tables, 3),
    ],
)
def test_a_command_reads_each_part_once(
    tmp_path: Path, plan: bytes, work: Callable[[Path], None], build: Callable[..., bytes], parts: int
) -> None:
    """Runs of the XML parser are counted, unpackings, and what each sheet more costs the lists of sheets.

    Whatever is written is read once more, and of that the relationships of the workbook alone count sheets.
    A second refresh draws sheets of ours anew, among the many.
    """
    made = list[list[Counter[str]]]()
    for count in (100, 100, 200, 300):  # the first loads what is loaded once
        path = tmp_path / f"{count}.xlsx"
        path.write_bytes(build(unzip(plan), count=count))
        made.append([calls(lambda path=path: work(path)) for _ in range(2)])
    for few, many, most in zip(*made[1:], strict=True):
        for runs in ("_run", "Package._unpacked"):
            assert many[runs] - few[runs] == most[runs] - many[runs] == 100 * parts
        lists = {1: 4, 3: 10}[parts]
        assert most["parse.<locals>.start"] - many["parse.<locals>.start"] <= 100 * lists
        assert _python(most) - _python(many) <= _python(many) - _python(few) + 500


def test_a_new_part_asks_about_each_name_once(plan: bytes) -> None:
    workbook = load(many_sheets(unzip(plan), count=300, own=True)).workbook
    change = Change(workbook)
    made = calls(lambda: [change.fresh("xl", "more", ".xml", {"xl/more300.xml"}) for _ in range(100)])
    assert change.fresh("xl", "more", ".xml") == "xl/more300.xml"
    assert made["Change._is_free"] <= 300 + 300


def test_a_pipe_is_waited_for_by_no_command(tmp_path: Path, plan: bytes) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "plan.xlsx").write_bytes(plan)
    codes, said, peak = run(
        tmp_path, ["check", "pipe.xlsx"], ["refresh", "pipe.xlsx"], ["collect", "plan.xlsx", "pipe.xlsx"]
    )
    assert codes == [2, 2, 2], said
    assert all("pipe" in sentence for sentence in said)
    assert peak <= MOST
