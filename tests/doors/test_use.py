"""How the command line is explained, and what it says when it is used wrongly."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typed_command import typed

from qmsbook.doors.cli.app import app

Run = Callable[..., tuple[int, str, str]]
#: In the order in which people come to need them.
COMMANDS = [
    "new", "check", "refresh", "review", "boards", "close", "reopen", "period", "mail", "remind", "collect",
    "repair", "undo", "rules", "demo", "install", "uninstall", "doctor", "watch", "completion", "schema",
]  # fmt: skip


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process, in a window of the usual width."""
    monkeypatch.setenv("COLUMNS", "80")
    return partial(typed, capsys)


def said(text: str) -> str:
    """A text without its line ends and indents."""
    return " ".join(text.split())


def test_the_help_lists_every_command_in_order_with_all_its_sentences(run: Run) -> None:
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    listed = said(out.split("Commands:")[1])
    wanted = [f"{name} {said(app.commands[name].help or '')}" for name in COMMANDS]
    assert listed == " ".join([*wanted, "Begin with: qmsbook demo"])
    assert max(map(len, out.splitlines())) <= 80


def test_without_a_word_the_help_is_shown_and_nothing_was_done(run: Run) -> None:
    shown = run("--help")[1]
    assert run() == (2, shown, "")
    assert run("--debug") == (2, shown, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_explains_all_that_it_takes(run: Run, name: str) -> None:
    code, out, err = run(name, "--help")
    assert (code, err) == (0, "")
    told, command = said(out), app.commands[name]
    assert said(command.help or "") in told
    for taken in command.params:
        if getattr(taken, "hidden", False):  # as earlier releases had it
            continue
        assert taken.help
        assert said(taken.help) in told, taken.name
    assert max(map(len, out.splitlines())) <= 80


WRONG = {
    "another command": (["revew", "a.xlsx"], "No such command 'revew'. Did you mean 'review'?"),
    "another option": (["refresh", "a.xlsx", "--dry"], "No such option '--dry'. Did you mean '--dry-run'?"),
    "nothing named": (["check"], "Missing argument 'WORKBOOK'."),
    "nothing returned": (["collect", "a.xlsx"], "Missing argument 'FILES...'."),
    "a word": (
        ["check", "a.xlsx", "--on", "soon"],
        "--on says 'soon', which is not a day. Type year, month and day, such as 2026-11-10.",
    ),
    "another form": (
        ["refresh", "a.xlsx", "--on", "10.11.2026"],
        "--on says '10.11.2026', which is not a day. Did you mean 2026-11-10?",
    ),
    "another time": (
        ["check", "a.xlsx", "--on", "0226-11-10"],
        "--on: 226 is no year in which a plan is judged.",
    ),
    "another severity": (
        ["check", "a.xlsx", "--fail-on", "nix"],
        "Invalid value for '--fail-on': 'nix' is not one of 'error', 'warning', 'advice', 'never'.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_told_with_what_is_meant_and_where_help_is(
    run: Run, case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xlsx").touch()
    monkeypatch.chdir(tmp_path)
    words, sentence = WRONG[case]
    code, out, err = run(*words)
    usage, hint, blank, told = err.splitlines()
    assert (code, out, blank, told) == (2, "", "", sentence)
    assert usage.startswith("Usage: ")
    assert hint.endswith(" --help' for help.")
    assert run("--debug", *words) == (code, out, err)
