"""No regular expression uses what early Python 3.11 gets wrong: possessive quantifiers and atomic groups."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from common import ROOT

#: An escaped character, a set of characters, or what is looked for; the first two hide what looks alike.
_SYNTAX = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<found>[*?}][+]|[+][+]|[(][?]>)", re.DOTALL)
_FOLDERS = ("qmsbook", "addin", "tests", "benchmarks")
_SOURCES = sorted([*ROOT.glob("*.py"), *(path for name in _FOLDERS for path in (ROOT / name).rglob("*.py"))])

#: Runs the example with an ear on the compiler of ``re``; prints what was compiled for qmsbook, by two tests.
_LISTENS = """
import re, sys
ours, wrong = [], []
compile_ = re._compiler.compile
kinds = {re._constants.POSSESSIVE_REPEAT, re._constants.ATOMIC_GROUP}

def holds(piece):
    if isinstance(piece, (tuple, list, re._parser.SubPattern)):
        return any(map(holds, piece))
    return piece in kinds

def listening(pattern, flags=0):
    caller = sys._getframe(1)
    while "/re/" in caller.f_code.co_filename.replace("\\\\", "/"):
        caller = caller.f_back
    if "qmsbook" in caller.f_globals.get("__name__", ""):
        ours.append(pattern)
        if holds(re._parser.parse(pattern, flags)):
            wrong.append(pattern)
    return compile_(pattern, flags)

re._compiler.compile = listening
from pathlib import Path
from qmsbook.commands import demo
demo(Path(sys.argv[1]), lambda *_: None)
print(len(ours), wrong)
"""


def found(text: str) -> list[str]:
    """The possessive quantifiers and atomic groups in a text, if it is (a piece of) a regular expression."""
    return [match["found"] for match in _SYNTAX.finditer(text) if match["found"]]


def texts(source: str) -> Iterator[tuple[int, str]]:
    """The line and the text of every constant in a source; what is filled in later stands there as ``x``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            pieces = (piece.value if isinstance(piece, ast.Constant) else "x" for piece in node.values)
            yield node.lineno, "".join(map(str, pieces))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value
        elif isinstance(node, ast.Constant) and isinstance(node.value, bytes):
            yield node.lineno, node.value.decode("latin-1")


@pytest.mark.parametrize("quantifier", ["*", "+", "?", "{2}"])
def test_a_possessive_quantifier_is_found(quantifier: str) -> None:
    possessive = quantifier + "+"
    for pattern in ("a" + possessive, r"(?:\s" + possessive + "%s)", r"[\]+]" + possessive):
        assert found(pattern), pattern
        assert next(iter(texts(f"x = rb{pattern!r}")))[1].count("+") == pattern.count("+")


def test_an_atomic_group_is_found_and_what_looks_alike_is_not() -> None:
    assert found("a(?" + ">b)")
    assert not any(map(found, [r"\++", "[*+]", "[^*+]+", r"\(?>", "(?=a+)+", "<a?>"]))
    assert found(next(text for _, text in texts('f"{a}*' + '+"')))


@pytest.mark.parametrize("path", _SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_source_holds_one(path: Path) -> None:
    wrong = {line: found(text) for line, text in texts(path.read_text("utf-8")) if found(text)}
    assert not wrong


def test_none_is_compiled_while_the_example_is_made(tmp_path: Path) -> None:
    program = [sys.executable, "-c", _LISTENS, str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    count, wrong = done.stdout.split(None, 1)
    assert int(count) > 50
    assert wrong.strip() == "[]"
