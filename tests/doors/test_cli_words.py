"""The command line when something was left out, slipped or not known: what is meant is found or named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from common import ROOT
from typed_command import Run, example, run

__all__ = ["example", "run"]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["revew", "acme.xlsx"], "No such command 'revew'. Did you mean 'review'?"),
        (["xyzzy", "acme.xlsx"], "No such command 'xyzzy'."),
        (["check", "acm.xlsx"], "Looked for: acm.xlsx. Did you mean acme.xlsx?"),
        (["check", "acme"], "Looked for: acme. Did you mean acme.xlsx?"),
        (["check", "acme.xls"], "Looked for: acme.xls. Did you mean acme.xlsx?"),
        (["check", "other/acme.xlsx"], "Looked for: other/acme.xlsx."),
        (["check", "acme.xlsx", "--on", "10.11.2026"], "Did you mean 2026-11-10?"),
        (["check", "acme.xlsx", "--on", "11/10/2026"], "Did you mean 2026-10-11 or 2026-11-10?"),
        (["check", "acme.xlsx", "--on", "soon"], "Type year, month and day, such as 2026-11-10."),
        (["reopen", "acme.xlsx"], "Say which review: qmsbook reopen WORKBOOK 2026-Q3."),
        (["review", "acme.xlsx", "2026-Q3", "--period", "2026-Q2"], "Two periods are given"),
    ],
)
def test_a_slip_is_told_with_what_is_meant(
    run: Run, example: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], meant: str
) -> None:
    monkeypatch.chdir(example.parent)
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert meant.replace("/", os.sep) in err.replace("/", os.sep)
    code, out, err = run(*words, "--json")
    assert (code, err) == (2, "")
    assert meant.split(". ")[0].replace("/", os.sep) in json.loads(out)["error"]["message"]


def test_a_code_that_slipped_is_told_with_the_right_one(run: Run) -> None:
    for slip in ("KPI1", "kpi-001", "KPIOO1"):
        code, out, _ = run("rules", slip)
        assert code == 2
        assert "Did you mean KPI001?" in out
    assert "The families are" in run("rules", "XYZ999")[1]


@pytest.mark.parametrize(
    "command", ["check", "refresh", "review", "close", "reopen", "period", "mail", "collect"]
)
def test_a_missing_workbook_is_told_before_anything_else(run: Run, tmp_path: Path, command: str) -> None:
    code, _, err = run(command, tmp_path / "gone.xlsx")
    assert code == 2
    assert err.startswith("There is no workbook of that name.")


@pytest.mark.parametrize(
    ("name", "made"), [("acme", "acme.xlsx"), ("acme 2.0", "acme 2.0.xlsx"), ("a.xlsx", "a.xlsx")]
)
def test_a_new_workbook_has_its_ending(run: Run, tmp_path: Path, name: str, made: str) -> None:
    assert run("new", tmp_path / name)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == [made]


def test_without_a_period_a_command_takes_what_its_button_takes(run: Run, example: Path) -> None:
    _, out, _ = run("review", example)
    assert "Sheet Review 2026-Q3 added." in out
    assert "was taken: its review is being prepared" in out
    _, out, _ = run("period", example, "--json")
    said = json.loads(out)
    assert any("it is the next month that wants figures" in notice for notice in said["notices"])
    code, _, err = run("close", example)
    assert code != 0
    assert "cannot be closed yet" in err  # the draft's, found without its period
    _, out, _ = run("mail", example)
    assert "was taken: it is the one that comes next" in out
    assert (example.parent / "qmsbook-mail" / "Review 2026-Q3").is_dir()


def test_an_open_month_is_no_error_and_a_review_that_nobody_plans_is_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    run("new", path)
    before = path.read_bytes()
    code, out, _ = run("period", path)
    assert code == 0
    assert "nothing was added" in out
    code, _, err = run("close", path)
    assert code == 2
    assert "nothing to close" in err
    assert path.read_bytes() == before


def test_the_period_may_be_spelled_as_in_earlier_releases(run: Run, example: Path) -> None:
    straight, spelled = (example.with_name(f"{n}.xlsx") for n in (1, 2))
    for path in (straight, spelled):
        path.write_bytes(example.read_bytes())
    run("review", straight, "2026-Q3")
    run("review", spelled, "--period", "2026-Q3")
    assert straight.read_bytes() == spelled.read_bytes()


def test_check_names_what_its_lines_speak_of_and_all_says_it_in_full(run: Run, example: Path) -> None:
    _, brief, _ = run("check", example)
    _, full, _ = run("check", example, "--all")
    assert "(K01, K07, K19)" in brief
    assert "check --all says what to do about each" in brief
    assert "check --all" not in full
    _, out, _ = run("check", example, "--json")
    for finding in json.loads(out)["findings"]:
        assert finding["cell"] is None or f"{finding['sheet']}!{finding['cell']}" in full


def test_after_a_refresh_a_sentence_says_where_the_plan_stands(run: Run, example: Path) -> None:
    _, out, _ = run("refresh", example)
    assert "32 KPIs: 4 off track, 14 at risk, 14 on track." in out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(run: Run, shell: str) -> None:
    code, out, _ = run("completion", shell)
    assert code == 0
    assert "_QMSBOOK_COMPLETE" in out


def test_a_shell_that_completes_is_answered() -> None:
    typed_so_far = {"_QMSBOOK_COMPLETE": "bash_complete", "COMP_WORDS": "qmsbook re", "COMP_CWORD": "1"}
    program = "import sys; sys.argv[0] = 'qmsbook'; from qmsbook.doors.cli.app import main; main()"
    said = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **typed_so_far},
        capture_output=True, text=True, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert {"plain,refresh", "plain,review", "plain,remind", "plain,repair"} <= set(said.stdout.split())
