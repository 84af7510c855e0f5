"""A refresh walked step by step, by the types alone of what passes from one step to the next."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from qmsbook import commands
from qmsbook.book.edit import Fill, FillCells
from qmsbook.book.snapshot import Snapshot
from qmsbook.commands import Asked, Done, flow, template
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.host import Host
from qmsbook.hosts.memory import MemoryHost
from qmsbook.rules.rule import STAGES

ON, REVIEW = date(2026, 11, 10), "2026-Q3"
STEPS = ["read", "settle", "assess", "check", "compose", "draw", "plan", "apply"]

Step = Callable[..., Any]


def hints(step: Step) -> dict[str, Any]:
    """The types of a step's parameters, and of what it gives as ``return``."""
    return get_type_hints(step)


def taken(step: Step) -> type:
    """The type that a step takes from the one before: that of its first parameter."""
    first = next(iter(inspect.signature(step).parameters))
    found: type = hints(step)[first]
    return found


def by_type() -> dict[type, Step]:
    """The steps by what they take; all public functions of the module are steps."""
    found = [
        each
        for name, each in vars(flow).items()
        if inspect.isfunction(each) and each.__module__ == flow.__name__ and not name.startswith("_")
    ]
    steps = {taken(step): step for step in found}
    assert len(steps) == len(found)  # no two steps take the same
    return steps


def walk(passed: Any, known: Mapping[type, Any]) -> Done:
    """Goes on from what is there with the one step that takes it; what else a step asks for is known."""
    steps = by_type()
    while not isinstance(passed, Done):
        step = steps.pop(Host if isinstance(passed, MemoryHost) else type(passed))
        _, *others = inspect.signature(step).parameters
        passed = step(passed, **{name: known[hints(step)[name]] for name in others})
        assert type(passed) is hints(step)["return"]
    assert not steps
    return passed


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The example with its review, on which a decision was typed."""
    path = tmp_path_factory.mktemp("flow") / "example.xlsx"
    path.write_bytes(template("example.xlsx"))
    host = MemoryHost.of(FileHost(path).read())
    commands.review(host, REVIEW, ON)
    area = host.read().table("Decisions_2026_Q3")
    assert area is not None
    row = area.columns[0].index(1.0)
    cells = {"Clause": "improvement", "Decision": "Buy a second truck"}
    fills = [Fill(row, h, area.columns[area.find(h) or 0][row], value) for h, value in cells.items()]
    host.apply([FillCells(area.name, tuple(fills))], host.read())
    return host.read()


def test_each_step_takes_what_the_one_before_gives() -> None:
    steps, at, names = by_type(), Host, []
    while at is not Done:
        step = steps.pop(at)  # type: ignore[type-abstract]  # a host is known by what it does
        names.append(step.__name__)
        at = hints(step)["return"]
    assert names == STEPS
    assert not steps


def test_between_read_and_apply_no_step_knows_the_workbook() -> None:
    """Beside what the step before gave, a step gets at most what was asked for."""
    for step in by_type().values():
        _, *others = inspect.signature(step).parameters
        beside = {hints(step)[name] for name in others}
        assert beside <= ({Asked, Host} if step.__name__ == "apply" else {Asked}), step.__name__


def test_the_walk_does_what_the_command_does(typed: Snapshot) -> None:
    walked, pressed = MemoryHost.of(typed), MemoryHost.of(typed)
    done = walk(walked, {Asked: Asked(ON), Host: walked})
    same = commands.refresh(pressed, ON)
    assert done.changes[0].startswith("From the review of 2026-Q3 to Decisions and Actions: D14")
    assert (done.changes, done.notices) == (same.changes, same.notices)
    assert walked.read() == pressed.read()
    assert commands.refresh(walked, ON).changes == ()


def test_the_same_goes_in_and_the_same_comes_out(typed: Snapshot) -> None:
    asked, host = Asked(ON), MemoryHost.of(typed)
    found = flow.read(host, asked)
    twice = [
        flow.plan(flow.draw(flow.compose(flow.check(flow.assess(settled, asked), asked)), asked))
        for settled in (flow.settle(found, asked), flow.settle(found, asked))
    ]
    assert twice[0].edits == twice[1].edits
    assert twice[0].changes == twice[1].changes
    assert host.read() == typed


@pytest.mark.parametrize("stage", STAGES)
def test_check_draws_findings_as_refresh_does(typed: Snapshot, stage: str) -> None:
    host = MemoryHost.of(typed)
    settings = host.read().table("Settings")
    assert settings is not None
    row = settings.columns[0].index("Stage")
    host.apply([FillCells("Settings", (Fill(row, "Value", settings.columns[1][row], stage),))], host.read())
    commands.refresh(host, ON)
    assert commands.check(host, ON).changes == ()


def test_all_steps_are_said_on_one_screen() -> None:
    """In sixty lines of code at most, their docstrings not counted."""
    source = Path(inspect.getfile(flow)).read_text(encoding="utf-8")
    body = source[source.index("def read(") :]
    told = [inspect.getdoc(step) or "" for step in by_type().values()]
    lines = sum(1 for line in body.splitlines() if line.strip()) - sum(len(t.splitlines()) for t in told)
    assert lines <= 60
