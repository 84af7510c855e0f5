"""The tutorial does what it says: its rows, its commands, its answers."""

from __future__ import annotations

from pathlib import Path

import tutorial


def test_every_command_answers_what_the_page_promises(tmp_path: Path):
    ran = [(step.words[1], step.answer, printed.splitlines()) for step, printed in tutorial.walk(tmp_path)]
    assert [name for name, _, _ in ran] == ["new", "check", "refresh", "period", "review", "undo"]
    for name, answer, printed in ran:
        left = iter(printed)
        assert all(line in left for line in answer), (name, answer, printed)
    assert sum(len(answer) for _, answer, _ in ran) > 5


def test_the_plan_of_the_tutorial_lacks_nothing_then(tmp_path: Path):
    (*_, (_, printed)) = tutorial.walk(tmp_path, until="refresh")
    assert "error" not in printed
    assert "warning" not in printed
