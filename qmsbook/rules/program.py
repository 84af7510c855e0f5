"""The program that a company's own rules are: its files beside the workbook, read once, and their mark.

A file of rules may import others from its own folder. All of them are found by their import statements
before anything runs, and what was read then is what runs, whatever stands in the files by that time.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from qmsbook.book.beside import is_beside, read_beside

#: More files than this are no set of rules.
_MOST = 500
#: Never taken from beside a workbook: a file ``csv.py`` there takes no other program's place.
_ELSEWHERE = sys.stdlib_module_names | {"qmsbook"}


class TooManyFiles(Exception):
    """The rules import more files than anybody could look through."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the program: its name from the workbook's folder on, and its bytes."""

    name: str
    content: bytes
    package: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """Files that import one another: those of one folder, by the names by which Python imports them.

    ``folder`` is that folder's name from the workbook's on, blank for the workbook's own.
    """

    folder: str
    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Program:
    """All files that run. ``named`` are those that qmsbook.toml names: name, root and module of each."""

    folder: Path
    named: tuple[tuple[str, str, str], ...]
    roots: Mapping[str, Root]

    @property
    def mark(self) -> str:
        """The fingerprint of what runs: of every file's name and bytes, wherever the folder is."""
        found = hashlib.sha256(repr(self.named).encode("utf-8", "surrogatepass"))
        for root in sorted(self.roots):
            for module, source in sorted(self.roots[root].sources.items()):
                head = f"\0{root}\0{module}\0{source.name}\0{len(source.content)}\0"
                found.update(head.encode("utf-8", "surrogatepass") + source.content)
        return found.hexdigest()

    @property
    def files(self) -> list[str]:
        """The names of all files, those that are named first."""
        first = [name for name, _, _ in self.named]
        rest = {s.name for root in self.roots.values() for s in root.sources.values() if s.content}
        return list(dict.fromkeys([*first, *sorted(rest)]))


@dataclass(slots=True)
class _Reader:
    folder: Path
    roots: dict[str, dict[str, Source]] = field(default_factory=dict)
    count: int = 0

    def add(self, root: str, module: str, name: str, package: bool = False) -> None:
        """Read a file and all that it imports from its root."""
        held = self.roots.setdefault(root, {})
        waiting = [(module, name, package)]
        while waiting:
            module, name, package = waiting.pop()
            if module in held:
                continue
            self.count += 1
            if self.count > _MOST:
                raise TooManyFiles
            held[module] = Source(name, read_beside(self.folder, name) if name else b"", package)
            for wanted in _imports(held[module], module):
                waiting += self._found(root, wanted)

    def _found(self, root: str, wanted: str) -> Iterator[tuple[str, str, bool]]:
        """The files that importing a dotted name runs, package by package."""
        parts = wanted.split(".")
        if parts[0] in _ELSEWHERE or not all(part.isidentifier() for part in parts):
            return
        way: list[tuple[str, str, bool]] = []
        for count in range(1, len(parts) + 1):
            module, path = ".".join(parts[:count]), "/".join([*filter(None, [root]), *parts[:count]])
            if is_beside(self.folder, f"{path}/__init__.py"):
                way.append((module, f"{path}/__init__.py", True))
            elif is_beside(self.folder, f"{path}.py"):
                way.append((module, f"{path}.py", False))
                break
            else:  # a folder without __init__.py, or nothing
                way.append((module, "", True))
        while way and not way[-1][1]:
            way.pop()
        yield from way


def read_program(folder: Path, names: Sequence[str]) -> Program:
    """Read the named files and all that they import from beside them. Raises NotBeside and TooManyFiles."""
    reader = _Reader(folder)
    named: list[tuple[str, str, str]] = []
    for name in names:
        path = PurePosixPath(name.replace("\\", "/"))
        root = "" if str(path.parent) == "." else str(path.parent)
        plain = path.suffix == ".py" and path.stem.isidentifier() and path.stem not in _ELSEWHERE
        module = path.stem if plain else f"file_{len(named) + 1}"
        reader.add(root, module, str(path))
        named.append((name, root, module))
    return Program(folder, tuple(named), {key: Root(key, held) for key, held in reader.roots.items()})


def _imports(source: Source, module: str) -> Iterator[str]:
    """The dotted names that a file imports; none of a file that is no Python: it says so when it runs."""
    try:
        tree = ast.parse(source.content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    package = module.split(".") if source.package else module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = [*above, *(node.module or "").split(".")] if node.module else above
            if base:
                yield ".".join(base)
            yield from (".".join([*base, alias.name]) for alias in node.names if alias.name != "*")
