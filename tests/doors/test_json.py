"""``--json``: one object of schema 2 on standard output, whatever happens, and nothing else there."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import typed_command
from common import ROOT
from typed_command import example

from qmsbook import commands
from qmsbook.doors.cli.answer import answer, wants_json
from qmsbook.doors.cli.app import main
from qmsbook.hosts.file.host import FileHost

__all__ = ["example"]

ON = "2026-11-10"


def strict(text: str) -> Any:
    """Read JSON as the standard has it: no NaN, no Infinity."""

    def no_such_thing(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=no_such_thing)


def typed(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any, str]:
    """Exit code, the answer, and what stands on standard error."""
    code, printed, complained = typed_command.typed(capsys, *words)
    assert len(printed.splitlines()) == 1
    found = strict(printed)
    assert found["schema"] == 2
    return code, found, complained


@pytest.mark.parametrize(
    "words",
    [
        ["refresh", "--dry-run"], ["refresh"], ["boards", "--dry-run"], ["period", "2026-11"], ["remind"],
        ["review", "--period", "2026-Q3"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_commands_answer_in_schema_2(
    example: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    code, found, err = typed(capsys, words[0], example, *words[1:], "--on", ON, "--json")
    assert (code, err) == (0, "")
    assert "error" not in found


def test_every_finding_is_in_it_once(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, _ = typed(capsys, "check", example, "--on", ON, "--json")
    assert code == 1
    looked = commands.look(FileHost(example), date.fromisoformat(ON))
    places = [p for f in found["findings"] for p in f.get("places", [f])]
    told = [(p["code"], p["severity"], p["sheet"], p["cell"], p["message"]) for p in places]
    assert sorted(told, key=str) == sorted(
        (
            (f.code, str(f.severity), f.at and f.at.sheet, f.at and f.at.a1, f.message)
            for f in looked.findings
        ),
        key=str,
    )
    kinds = [(f["code"], f["severity"]) for f in found["findings"] if not f["waived"]]
    assert len(kinds) == len(set(kinds))
    several = [f for f in found["findings"] if "places" in f]
    assert several
    for each in several:
        assert {key: each[key] for key in ("code", "severity", "cell")} == {
            key: each["places"][0][key] for key in ("code", "severity", "cell")
        }
    assert any(len({place["code"] for place in each["places"]}) > 1 for each in several)


WRONG = {
    "no such option": (["check", "{book}", "--nonsense"], "WrongUse", 2),
    "no such command": (["chek", "{book}"], "WrongUse", 2),
    "nothing named": (["check"], "WrongUse", 2),
    "a day that is none": (["check", "{book}", "--on", "soon"], "WrongUse", 2),
    "another severity": (["check", "{book}", "--fail-on", "never ever"], "WrongUse", 2),
    "no such file": (["check", "{folder}/none.xlsx"], "WorkbookMissing", 2),
    "a folder": (["refresh", "{folder}"], None, None),
    "no workbook": (["refresh", "{text}"], "WorkbookUnreadable", 2),
    "no period": (["review", "{book}", "--period", "soon"], "UnknownPeriod", 2),
    "nobody": (["check", "{book}", "--owner", "Nobody Here"], "UnknownPerson", 2),
    "nothing returned": (["collect", "{book}", "{folder}/none.xlsx"], "NotReturned", 2),
    "nobody to ask": (["mail", "{book}", "--period", "2026-Q3", "--send"], "NobodyToAsk", 2),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_are_json_too(
    example: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    words, name, wanted = WRONG[case]
    text = example.parent / "text.xlsx"
    text.write_text("no workbook")
    filled = [w.format(book=example, folder=example.parent, text=text) for w in words]
    code, found, err = typed(capsys, *filled, "--json")
    assert found.keys() == {"schema", "error"}
    assert found["error"].keys() == {"name", "message", "exit_code"}
    assert found["error"]["exit_code"] == code
    assert found["error"]["message"].strip()
    assert err == ""
    if name is not None:
        assert (found["error"]["name"], code) == (name, wanted)
    # The same without --json: the same exit code, the sentence on standard error, nothing on the other.
    with pytest.raises(SystemExit) as stop:
        main(filled)
    printed = capsys.readouterr()
    assert (stop.value.code, printed.out) == (code, "")
    assert printed.err


def test_a_file_of_that_name_is_no_wish_for_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert wants_json(["check", "a.xlsx", "--json"])
    assert not wants_json(["check", "--", "--json"])


def test_what_json_cannot_hold_is_null() -> None:
    fields = {"a": float("nan"), "b": [float("inf"), 1.5], "c": {"d": (-float("inf"), "NaN")}}
    assert strict(answer(fields)) == {"schema": 2, "a": None, "b": [None, 1.5], "c": {"d": [None, "NaN"]}}


def test_an_error_that_nobody_thought_of_is_json_too(example: Path) -> None:
    program = (
        "import sys; from qmsbook import commands; from qmsbook.doors.cli.app import main\n"
        "def look(*a, **k): raise ZeroDivisionError('by \\x00 \"zero\"')\n"
        "commands.look = look; main(['check', sys.argv[1], '--json'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(example)], capture_output=True, text=True, check=False
    )
    found = strict(done.stdout)
    assert (done.returncode, found["error"]["name"], done.stderr) == (2, "Unforeseen", "")


def test_undo_answers_too(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed(capsys, "refresh", example, "--json", "--on", ON)
    code, found, _ = typed(capsys, "undo", example, "--json")
    assert (code, found["changed"]) == (0, True)
    code, found, _ = typed(capsys, "undo", example, "--json")
    assert found["error"]["name"] == "NothingToUndo"


def test_an_answer_is_ascii_whatever_the_stream_can_hold() -> None:
    assert answer({"name": "nofilé 两"}).isascii()
    assert strict(answer({"name": "nofilé 两"}))["name"] == "nofilé 两"


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal as Linux and macOS have it")
@pytest.mark.parametrize("words", [[], ["--json"], ["--debug"]], ids=["for people", "for programs", "debug"])
def test_a_command_that_is_stopped_says_so(example: Path, words: list[str]) -> None:
    program = (
        "import os, signal, sys, qmsbook.commands as c\n"
        "c.look = lambda *a, **k: os.kill(os.getpid(), signal.SIGINT)\n"
        "from qmsbook.doors.cli.app import main\n"
        f"main([w for w in sys.argv[1:] if w == '--debug'] + ['check', {str(example)!r}]"
        " + [w for w in sys.argv[1:] if w == '--json'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 130
    if "--json" in words:
        assert strict(done.stdout)["error"]["name"] == "Stopped"
    else:
        assert (done.stdout, done.stderr.strip()) == ("", "The command was stopped before it was done.")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])  # "1" hides what Python does with the rest at its end
@pytest.mark.parametrize("words", ["check acme --json", "check acme", "rules", "--help", "doctor"])
def test_an_answer_that_cannot_be_written_is_told_to_the_person(
    example: Path, words: str, unbuffered: str
) -> None:
    code, said = _onto(Path("/dev/full"), words.replace("acme", example.name), example.parent, unbuffered)
    assert (code, said) == (3, "A file or folder could not be used. The disk is full.\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a file that is always full")
def test_where_nothing_can_be_said_the_exit_code_is_left(example: Path) -> None:
    for words, code in (("check acme", 3), ("check absent.xlsx", 2), ("no-such-command", 2)):
        shell = f"{shlex.quote(sys.executable)} -m qmsbook {words.replace('acme', example.name)}"
        done = subprocess.run(
            ["sh", "-c", f"{shell} >/dev/full 2>/dev/full"], cwd=example.parent, env=_around(""), check=False
        )
        assert done.returncode == code, words


@pytest.mark.skipif(sys.platform == "win32", reason="closes a stream as a shell of Linux and macOS does")
def test_a_closed_stream_ends_nothing(example: Path) -> None:
    shell = f"{shlex.quote(sys.executable)} -m qmsbook"
    for words, code in (("rules", 0), (f"check {example.name}", 1), ("check absent.xlsx", 2)):
        done = subprocess.run(
            ["sh", "-c", f"{shell} {words} >&-"], cwd=example.parent, env=_around(""), capture_output=True,
            text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, "inside qmsbook" in done.stderr) == (code, False), done.stderr
    done = subprocess.run(
        ["sh", "-c", f"{shell} check absent.xlsx >&- 2>&-"], cwd=example.parent, env=_around(""), check=False
    )
    assert done.returncode == 2


def _onto(stdout: Path, words: str, folder: Path, unbuffered: str) -> tuple[int, str]:
    with stdout.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "qmsbook", *words.split()], cwd=folder, env=_around(unbuffered),
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    return done.returncode, done.stderr


def _around(unbuffered: str) -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONPATH": str(ROOT)}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beyond_all_plans_is_wrong_use(
    example: Path, capsys: pytest.CaptureFixture[str], day: str
) -> None:
    code, found, _ = typed(capsys, "check", example, "--on", day, "--json")
    assert (code, found["error"]["name"]) == (2, "WrongUse")


def test_a_day_beyond_all_plans_in_the_settings_is_a_finding(
    example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(example)
    (cell,) = [row[1] for row in book["Settings"].iter_rows() if row[0].value == "Judged on"]
    cell.value = date(9999, 12, 31)
    book.save(example)
    code, found, _ = typed(capsys, "check", example, "--json")
    (mine,) = [f for f in found["findings"] if f["code"] == "WBK035" and "Judged on" in str(f)]
    assert code == 1
    assert "9999-12-31" in mine["message"] or "9999-12-31" in str(mine["places"])
