"""The house can be found through: few rooms, each module says what it is, tests lie where their room is."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from common import ROOT

PACKAGE = ROOT / "qmsbook"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))


def test_a_newcomer_sees_a_dozen_rooms() -> None:
    entries = [path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 20
    loose = {path.name for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py", "buttons.py", "macros.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_what_it_is(path: Path) -> None:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert told is not None
    assert len(told.splitlines()[0]) >= 20


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_says_what_comes_in_and_is_in_the_drawing(room: Path) -> None:
    told = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8")))
    assert told is not None
    assert "\n\nComes in: " in told
    drawing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    assert f"{room.name} " in drawing
    assert (ROOT / "tests" / room.name).is_dir()


def test_the_rules_read_as_a_catalogue() -> None:
    lengths = {
        p.name: len(p.read_text(encoding="utf-8").splitlines()) for p in (PACKAGE / "rules").glob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > 700} == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_travels_together_has_a_name(path: Path) -> None:
    """No function takes more than six parameters, whatever ruff is told to overlook."""
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
    )
    counted = {(getattr(node, "name", "lambda"), node.lineno): parameters(node.args) for node in functions}
    assert {where: count for where, count in counted.items() if count > 6} == {}


def parameters(arguments: ast.arguments) -> int:
    """How many parameters there are beside what a method is called on."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    more = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return len([each for each in named if each.arg not in {"self", "cls"}]) + len(more)


def test_no_two_modules_are_told_apart_by_an_ending() -> None:
    """Such as ``mail`` and ``mailing``: whoever looks for one of them finds the other."""
    names = {path.stem for path in MODULES} | {room.name for room in ROOMS}
    assert {name for name in names if name + "ing" in names} == set()
