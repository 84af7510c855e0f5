"""Every name of Excel's own that we use stands in a description of its object model, on Windows and on a Mac.

Windows: the npm package @types/activex-excel, made from Excel's type library. Mac: what xlwings knows of
AppleScript. The names are read from our code, so that a new one is looked up too.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from common import ROOT
from xlwings import mac_dict

from qmsbook.hosts.excel import raw

#: What the parameters and variables of `raw` hold, once `.api` was asked for.
HELD = {"book": "Workbook", "sheet": "Worksheet", "app": "Application", "cells": "Range"}
VARIABLES = {"shown": "ProtectedViewWindow", "cells": "Range"}
#: Where VBA begins.
GLOBALS = {"Application": "Application", "ThisWorkbook": "Workbook", "ActiveWorkbook": "Workbook"}
#: What one of a collection is.
ONE_OF = {"Sheets": "Worksheet", "Workbooks": "Workbook", "Range": "Range"}


@dataclass
class Member:
    """A member of a class: the class it gives, and the arguments it takes."""

    gives: str
    arguments: tuple[str, ...] = ()
    called: bool = False


@dataclass
class Seen:
    """Names that were looked up, and those that Excel does not have."""

    known: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def look_up(self, model: Mapping[str, Mapping[str, Member]], of: str, name: str) -> str:
        found = model.get(of, {}).get(name)
        (self.known if found else self.strange).append(f"{of}.{name}")
        return found.gives.partition("<")[0] if found else ""


@cache
def _described() -> dict[str, dict[str, Member]] | str:
    place = os.environ.get("QMSBOOK_OBJECT_MODEL", "")
    if not place or not Path(place).is_file():
        return "QMSBOOK_OBJECT_MODEL names no description of Excel's object model"
    text = Path(place).read_text("utf-8")
    found: dict[str, dict[str, Member]] = {}
    for name, body in re.findall(r"^    (?:class|interface) (\w+) \{\n(.*?)^    \}", text, re.M | re.S):
        members = found.setdefault(name, {})
        for member, gives in re.findall(r"^        (?:readonly )?(\w+): ([^;]+);", body, re.M):
            members[member] = Member(gives.strip())
        for member, taken, gives in re.findall(r"^        (\w+)\((.*?)\): ([^;]+);", body, re.M | re.S):
            arguments = tuple(re.findall(r"(\w+)\??:", taken))
            members[member] = Member(gives.strip(), arguments, called=True)
    return found


@pytest.fixture
def model() -> dict[str, dict[str, Member]]:
    """Class -> member -> what it gives and takes."""
    found = _described()
    if isinstance(found, dict):
        return found
    if "model" in os.environ.get("QMSBOOK_REQUIRE", ""):
        pytest.fail(f"QMSBOOK_REQUIRE asks for it: {found}")
    pytest.skip(found)


def _tree() -> ast.Module:
    return ast.parse(Path(raw.__file__).read_text("utf-8"))


def _chain(node: ast.expr) -> tuple[str, list[str]]:
    """What an expression begins with, and the members that follow."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        else:
            node = node.func
    return (node.id if isinstance(node, ast.Name) else ""), names[::-1]


def _chains() -> Iterator[tuple[str, list[str]]]:
    """Every longest chain of members in `raw`."""
    tree = _tree()
    inside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    inside |= {
        id(node.value.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and id(node) not in inside:
            yield _chain(node)


def test_names_of_windows(model: dict[str, dict[str, Member]]) -> None:
    seen = Seen()
    for root, names in _chains():
        at, rest = (
            (HELD.get(root, ""), names[1:]) if names[:1] == ["api"] else (VARIABLES.get(root, ""), names)
        )
        for name in rest:
            if name[0].isupper():
                assert at, f"the test does not know what {root} holds"
                at = seen.look_up(model, at, name)
    assert seen.strange == []
    # Read by another way: whatever begins with a capital and is a member.
    capitals = {
        node.attr for node in ast.walk(_tree()) if isinstance(node, ast.Attribute) and node.attr[0].isupper()
    }
    assert {name.partition(".")[2] for name in seen.known} == capitals - {"Any"}
    assert len(capitals) >= 9


def test_arguments_of_windows(model: dict[str, dict[str, Member]]) -> None:
    taken = model["Worksheet"]["Protect"].arguments
    assert {windows for windows, _ in raw._RIGHTS.values()} <= set(taken)
    calls = [
        (_chain(node.func), node)
        for node in ast.walk(_tree())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    looked_at = 0
    for (root, names), node in calls:
        if len(names) == 2 and names[0] == "api" and names[1][0].isupper():
            member = model[HELD[root]][names[1]]
            assert member.called, names
            assert len(node.args) <= len(member.arguments), names
            assert {each.arg for each in node.keywords if each.arg} <= set(member.arguments), names
            looked_at += 1
    assert looked_at >= 4


def _mac_names() -> set[str]:
    tables = (mac_dict.properties, mac_dict.elements, mac_dict.commands)
    names = {name for table in tables for name, *_ in table}
    return names | {given for _, _, arguments in mac_dict.commands for given, _ in arguments}


def test_names_of_the_mac() -> None:
    names = {
        name for _, chain in _chains() if chain[:1] == ["api"] for name in chain[1:] if name[0].islower()
    }
    names |= {mac for _, mac in raw._RIGHTS.values()}
    assert {"read_only", "protect_worksheet", "unprotect", "delete"} <= names
    assert names - {"get"} <= _mac_names()


def test_no_name_of_excels_own_stands_anywhere_else() -> None:
    """Else it would not be looked up."""
    places = [
        *(ROOT / "qmsbook" / "hosts" / "excel").glob("*.py"),
        ROOT / "qmsbook" / "doors" / "screens" / "excel.py",
    ]
    for path in places:
        if path.name == "raw.py":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        imports = (node for node in ast.walk(tree) if isinstance(node, ast.Import))
        modules = {name.asname or name.name for node in imports for name in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                root, _ = _chain(node)
                where = f"{path.name}:{node.lineno}: {node.attr}"
                assert node.attr != "api", where
                own = node.attr[0].isupper() and not node.attr.isupper()
                assert not own or root in {*modules, "import_module"}, where


_STEP = re.compile(r"\.(\w+)|\(((?:[^()]|\([^()]*\))*)\)")


def test_names_of_the_ribbons_vba(model: dict[str, dict[str, Member]]) -> None:
    seen, begins = Seen(), "|".join([*GLOBALS, "Workbooks"])
    for path in sorted((ROOT / "addin" / "vba").glob("*.bas")):
        code = re.sub(r'"[^"\n]*"', '""', path.read_text("utf-8").replace(" _\n", " "))
        code = re.sub(r"'.*", "", code)
        for match in re.finditer(rf"(?<![\w.])({begins})\b(?=[.(])", code):
            at = GLOBALS.get(match[1], match[1])
            place = match.end()
            while step := _STEP.match(code, place):
                if step[1]:
                    assert at, f"{path.name}: what comes before .{step[1]} is not known"
                    at = seen.look_up(model, at, step[1])
                else:
                    at = ONE_OF.get(at, at)
                place = step.end()
    assert seen.strange == []
    assert {"Application.Hwnd", "Application.OnTime", "Workbook.SaveCopyAs", "Range.Value"} <= set(seen.known)
