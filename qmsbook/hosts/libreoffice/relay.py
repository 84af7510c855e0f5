"""LibreOffice by two streams: what its extension does for us there, a line of JSON for each request.

It stands in for the module `uno`, so that any Python can work in an open LibreOffice: `uno` itself can only
be loaded by a Python of the very version that LibreOffice was built with. The other end is
``addin/libreoffice/qmsbook_handler.py``, which says what the lines hold.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import url2pathname

from qmsbook.hosts.host import NoLibreOffice


class OfficeError(Exception):
    """Something was raised in LibreOffice; the class of the error is named as there."""


class Enum:
    """A value of a UNO enum."""

    def __init__(self, type_name: str, value: str) -> None:
        self.typeName, self.value = type_name, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Enum) and (self.typeName, self.value) == (other.typeName, other.value)

    def __hash__(self) -> int:
        return hash((self.typeName, self.value))

    def __repr__(self) -> str:
        return f"{self.typeName}.{self.value}"


class Struct:
    """A UNO struct: a value of its own, no part of LibreOffice's memory."""

    def __init__(self, type_name: str, fields: Mapping[str, Any]) -> None:
        self.__dict__["typeName"], self.__dict__["fields"] = type_name, dict(fields)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["fields"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.fields:
            raise AttributeError(name)
        self.fields[name] = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Struct) and (self.typeName, self.fields) == (other.typeName, other.fields)

    __hash__ = None  # type: ignore[assignment]  # its fields can change

    def __repr__(self) -> str:
        return f"{self.typeName} {self.fields}"


class Remote:
    """An object of LibreOffice's; its members are read, set and called there."""

    __slots__ = ("_link", "_number")

    def __init__(self, link: Relay, number: int) -> None:
        object.__setattr__(self, "_link", link)
        object.__setattr__(self, "_number", number)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._link.member(self, self._number, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._link.ask("set", self._number, name, value)

    def __del__(self) -> None:
        self._link.gone.append(self._number)


class Relay:
    """One end of the streams; used where else the module `uno` is."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        self._source, self._target = source, target
        #: Names that are methods: they need not be asked for before they are called.
        self._methods: set[str] = set()
        self._structs: dict[str, Struct] = {}
        #: Numbers of objects that nobody here holds any more; told with the next request.
        self.gone: list[int] = []
        self.context = Remote(self, 0)

    def getComponentContext(self) -> Remote:  # noqa: N802 - as the module calls it
        """The context of the LibreOffice at the other end."""
        return self.context

    def createUnoStruct(self, name: str) -> Struct:  # noqa: N802 - as the module calls it
        """A new struct with the values that its fields have by default."""
        if name not in self._structs:
            self._structs[name] = self.ask("struct", 0, name)
        return copy.deepcopy(self._structs[name])

    def Enum(self, type_name: str, value: str) -> Enum:  # noqa: N802 - as the module calls it
        """A value of an enum."""
        return Enum(type_name, value)

    def fileUrlToSystemPath(self, url: str) -> str:  # noqa: N802 - as the module calls it
        """The path that a file's address stands for."""
        return url2pathname(urlsplit(url).path)

    def member(self, held: Remote, number: int, name: str) -> Any:
        """What an object has under a name: a value, or a method, which holds the object while it is used."""
        if name not in self._methods:
            found = self.ask("get", number, name)
            if found is not _METHOD:
                return found
            self._methods.add(name)
        return partial(self._call, held, number, name)

    def _call(self, _: Remote, number: int, name: str, *given: Any) -> Any:
        return self.ask("call", number, name, *given)

    def alone(self, document: Any, held: Remote, name: str, *given: Any) -> Any:
        """Have a method called while nothing else happens in LibreOffice: see ``alone.py``."""
        return self.ask("alone", held._number, name, document, *given)

    def enabled(self, frame: Remote, name: str) -> bool | None:
        """Whether a command can be given in a frame; None if that is not known, as in the first release."""
        try:
            found = self.ask("enabled", frame._number, name)
        except AttributeError:
            return None
        return None if found is None else bool(found)

    def keys(self, frame: Remote, what: str) -> int | None:
        """No more keys in a frame's window (``off``), keys again (``on``): how many wait to be given to it.

        None if the extension of the first release is at the other end: it knows no such thing.
        """
        try:
            return int(self.ask("keys", frame._number, what))
        except AttributeError:
            return None

    def ask(self, what: str, number: int, name: str, *given: Any) -> Any:
        """Have something done at the other end. Raises OfficeError, AttributeError and NoLibreOffice."""
        gone, self.gone = self.gone, []
        request = [what, number, name, [_given(value) for value in given], gone]
        try:
            self._target.write(json.dumps(request).encode("ascii") + b"\n")
            self._target.flush()
            line = self._source.readline()
        except OSError:
            raise NoLibreOffice("It has ended, or it closed the workbook.") from None
        if not line:
            raise NoLibreOffice("It has ended, or it closed the workbook.")
        return self._taken(json.loads(line))

    def _taken(self, value: Any) -> Any:
        if isinstance(value, list):
            return tuple([self._taken(each) if isinstance(each, list | dict) else each for each in value])
        if not isinstance(value, dict):
            return value
        ((kind, held),) = value.items()
        return _KINDS[kind](self, held)

    def _struct(self, held: list[Any]) -> Struct:
        return Struct(held[0], {name: self._taken(value) for name, value in held[1].items()})

    def _raise(self, held: list[str]) -> None:
        name, message = held
        if name == "AttributeError":
            raise AttributeError(message)
        raise type(name, (OfficeError,), {"Message": message})(message)


_METHOD = object()
_KINDS: Mapping[str, Callable[[Relay, Any], Any]] = {
    "object": Remote,
    "method": lambda *_: _METHOD,
    "enum": lambda _, held: Enum(*held),
    "struct": Relay._struct,
    "bytes": lambda _, held: bytes.fromhex(held),
    "error": Relay._raise,
}


def _given(value: Any) -> Any:
    """A value as JSON: what JSON has no word for is an object of one member, which names its kind."""
    if isinstance(value, tuple | list):
        return [_given(each) if not isinstance(each, str | float) else each for each in value]
    if isinstance(value, Remote):
        return {"object": value._number}
    if isinstance(value, Enum):
        return {"enum": [value.typeName, value.value]}
    if isinstance(value, Struct):
        return {"struct": [value.typeName, {name: _given(each) for name, each in value.fields.items()}]}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    return value


def standard_streams() -> Relay:
    """A relay over this process's own input and output, which nothing else gets to see any more."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    return Relay(source, target)
