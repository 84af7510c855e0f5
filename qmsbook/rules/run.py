"""Runs the files of a program from the bytes that were read, in names of their own.

Two workbooks may each have a ``helper.py``, and a process that answers buttons for days may meet both, and
each in several versions: so nothing of them stands in Python's own table of modules under its plain name.
"""

from __future__ import annotations

import builtins
import hashlib
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType
from typing import Any

from qmsbook.rules.program import Program, Root, Source

_PREFIX = "qmsbook_own_"


def run(program: Program, root: str, module: str) -> ModuleType:
    """A module of the program, run if it has not run yet; whatever its own code raises is raised."""
    return import_module(f"{_files(program, program.roots[root]).prefix}.{module}")


def plainly(text: str) -> str:
    """A sentence of Python's, with the names that people gave to their files.

    >>> plainly("cannot import name 'x' from 'qmsbook_own_0a1b.helper' (unknown location)")
    "cannot import name 'x' from 'helper' (unknown location)"
    """
    at = text.find(_PREFIX)
    if at < 0:
        return text
    end = at + len(_PREFIX)
    while end < len(text) and text[end] in "0123456789abcdef":
        end += 1
    return plainly(text[:at] + text[end:].removeprefix("."))


class _Files(MetaPathFinder, Loader):
    """Finds and runs the files of one root; asked by Python's import as any other finder is."""

    def __init__(self, program: Program, root: Root, prefix: str) -> None:
        self.folder, self.root, self.prefix = program.folder, root, prefix
        self.tops = {module.partition(".")[0] for module in root.sources}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What is known of one of our modules; None for all others."""
        source = self._source(fullname)
        if source is None:
            return None
        place = str(self.folder / source.name) if source.name else None
        return spec_from_loader(fullname, self, origin=place, is_package=source.package)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Python's own way will do."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the bytes that were read."""
        source = self._source(module.__name__)
        assert source is not None
        place = str(self.folder / source.name)
        module.__file__ = place
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        exec(compile(source.content, place, "exec", dont_inherit=True), module.__dict__)

    def _source(self, fullname: str) -> Source | None:
        start = self.prefix + "."
        return self.root.sources.get(fullname[len(start) :]) if fullname.startswith(start) else None

    def _import(
        self, name: str, globals: Mapping[str, Any] | None = None, locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (), level: int = 0,
    ) -> ModuleType:  # fmt: skip
        """The import statement as the files of this root have it: a name from beside goes before others."""
        top = name.partition(".")[0]
        if level or top not in self.tops:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        found = builtins.__import__(f"{self.prefix}.{name}", globals, locals, fromlist or (), 0)
        return found if fromlist else sys.modules[f"{self.prefix}.{top}"]


def _files(program: Program, root: Root) -> _Files:
    """The finder of a root, made at the first time; the same bytes in the same folder run once."""
    told = f"{program.mark}\0{program.folder.absolute()}\0{root.folder}"
    prefix = _PREFIX + hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    for finder in sys.meta_path:
        if isinstance(finder, _Files) and finder.prefix == prefix:
            return finder
    made = _Files(program, root, prefix)
    sys.meta_path.insert(0, made)
    parent = ModuleType(prefix)
    parent.__path__ = []
    sys.modules[prefix] = parent
    return made
