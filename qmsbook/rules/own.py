"""A company's own rules: from Python files named in qmsbook.toml beside the workbook, or from a package.

``qmsbook.toml`` beside the workbook names the files, from its own folder on::

    [rules]
    files = ["our_rules.py"]

Such a file holds functions made with `rule` of `rule.py`, with codes of a family of its own. An installed
package offers its module under the entry point group ``qmsbook.rules``. The file is a program: it may do
whatever you may do on this computer, so it runs only once you have agreed to it. A package you have installed
yourself.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from functools import partial
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qmsbook.book.beside import SETTINGS_FILE, NotBeside, settings_in
from qmsbook.book.cell import Cell
from qmsbook.book.error import QmsbookError
from qmsbook.rules import RULES
from qmsbook.rules.program import Program, TooManyFiles, read_program
from qmsbook.rules.rule import Problem, Rule, Severity
from qmsbook.rules.run import plainly, run

GROUP = "qmsbook.rules"
_CODE = re.compile(r"[A-Z]{3}\d{3}")
_OURS = frozenset(each.family for each in RULES) | {"EVO", "OUT"}

#: Where the names that such files import stood when the first of them were written.
_MOVED = {
    "qmsbook.rule": "qmsbook.rules.rule", "qmsbook.method": "qmsbook.methods.method",
    "qmsbook.cell": "qmsbook.book.cell", "qmsbook.parse": "qmsbook.book.parse",
    "qmsbook.period": "qmsbook.book.period", "qmsbook.table": "qmsbook.book.table",
    "qmsbook.tables": "qmsbook.book.tables", "qmsbook.words": "qmsbook.book.words",
}  # fmt: skip


class RulesPart(BaseModel):
    """The part [rules] of qmsbook.toml."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)

    files: list[str] = Field([], description="Python files beside the workbook with rules of your own.")


class OwnRulesUnusable(QmsbookError):
    """Your own rules cannot be used. Mend the file, or take it out of qmsbook.toml."""

    exit_code = 2


def own_program(folder: Path | None) -> Program | None:
    """The program that qmsbook.toml in a folder names, read and not run; None if it names none.

    Raises OwnRulesUnusable.
    """
    if folder is None:
        return None
    try:
        names = _rule_files(folder)
    except NotBeside as problem:
        raise OwnRulesUnusable(f"Found in {SETTINGS_FILE}: {problem}") from None
    try:
        return read_program(folder, names) if names else None
    except NotBeside as problem:
        raise OwnRulesUnusable(f"Found: {problem}") from None
    except TooManyFiles:
        raise OwnRulesUnusable("Found: more than 500 files that they import.") from None


def own_rules(program: Program | None, packages: Iterable[EntryPoint] | None = None) -> tuple[Rule, ...]:
    """The rules of installed packages and of a program beside the workbook, in the order of their names.

    The program runs here: hand over only one that the person agreed to. Raises OwnRulesUnusable. A rule that
    fails while it runs gives one finding that says so, under its own code.
    """
    found: list[Rule] = []
    for entry in entry_points(group=GROUP) if packages is None else packages:
        found += _rules_in(_loaded(entry.load, f"the package of {entry.name}"), entry.name)
    for name, root, module in program.named if program else ():
        assert program is not None
        found += _rules_in(_loaded(partial(run, program, root, module), name), name)
    codes = [each.code for each in found]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise OwnRulesUnusable(f"Found: the code {twice[0]} twice.")
    return tuple(found)


def _rule_files(folder: Path) -> list[str]:
    """The files of rules that qmsbook.toml names. Raises NotBeside and OwnRulesUnusable."""
    found = (settings_in(folder) or {}).get("rules")
    if found is None:
        return []
    try:
        return RulesPart.model_validate(found).files
    except ValidationError as problem:
        strange = [each["loc"][0] for each in problem.errors() if each["type"] == "extra_forbidden"]
        said = (
            f"{strange[0]} is no part of [rules]" if strange else 'no list such as files = ["our_rules.py"]'
        )
        raise OwnRulesUnusable(f"Found in {SETTINGS_FILE}: {said}.") from None


def _loaded(load: Callable[[], Any], name: str) -> Any:
    """What a file or package holds; whatever goes wrong in it is told with its line."""
    _find_moved()
    try:
        with redirect_stdout(sys.stderr):
            return load()
    except (Exception, SystemExit) as problem:  # it is somebody else's program: anything can go wrong in it
        raise OwnRulesUnusable(f"Found in {name}: {_what(problem, name)}.") from problem


def _find_moved() -> None:
    """Let files written for an earlier release find what they import: they go on working."""
    for old, new in _MOVED.items():
        sys.modules.setdefault(old, import_module(new))
    room = import_module("qmsbook.book")
    for name, held in vars(import_module("qmsbook.book.book")).items():
        if not hasattr(room, name):
            setattr(room, name, held)


def _rules_in(source: Any, name: str) -> Iterator[Rule]:
    values = vars(source).values() if isinstance(source, ModuleType) else source
    rules = [value for value in values if isinstance(value, Rule)] if isinstance(values, Iterable) else []
    if not rules:
        raise OwnRulesUnusable(f"Found in {name}: no rule.")
    for each in rules:
        if not _CODE.fullmatch(each.code) or each.family in _OURS:
            told = "three letters of your own and three digits are wanted, such as ACM001"
            raise OwnRulesUnusable(f"Found in {name}: the code {each.code}; {told}.")
        yield _guarded(each, name)


def _guarded(rule: Rule, name: str) -> Rule:
    """The same rule; where it fails, it says so instead."""

    def run(*given: Any) -> Iterator[Problem]:
        try:
            with redirect_stdout(sys.stderr):  # what they print is no answer of ours
                everything = list(rule.function(*given))
            for found in everything:
                problem = found if isinstance(found, Problem) else Problem(*found)
                if not isinstance(problem.message, str) or not isinstance(problem.cell, Cell | None):
                    raise TypeError("a rule yields a cell and a sentence")
                yield problem
        except (Exception, SystemExit) as failed:  # see above
            yield Problem(
                None,
                f"The rule {rule.code} of {name} stopped: {_what(failed, name)}.",
                fix=f"Mend the rule in {name}; until then it has not looked at everything.",
                severity=Severity.WARNING,
            )

    return replace(rule, function=run)


def _what(problem: BaseException, name: str) -> str:
    """What went wrong and in which line of the file."""
    line, trace = getattr(problem, "lineno", None), problem.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).as_posix().endswith(name.replace("\\", "/")):
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f" (line {line})" if line else ""
    text = plainly(" ".join(str(problem).split())).rstrip(".")
    return f"{type(problem).__name__}: {text}{where}" if text else f"{type(problem).__name__}{where}"
