"""An element of a part: read as names and texts, and changed by splices into the bytes it was found in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, count

from qmsbook.hosts.file.names import REL, STRICT_REL

#: What stands before the elements of parts that are made here.
DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_TAG = re.compile(rb"""<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>""")
_NAME = re.compile(rb"<([^\s/>]+)")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=<>/"']+)\s*=\s*("[^"]*"|'[^']*')""")
_NEVER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: The prefixes in force, and the namespaces that they stand for; "" stands for none.
Scope = dict[str, str]


def qualified(namespace: str, name: str) -> str:
    """The key of an attribute that belongs to a namespace."""
    return f"{namespace} {name}"


class Element:
    """An element of a part: its name, namespace, attributes, children and the text that is its own.

    Attributes of no namespace go by their name, others by ``qualified``. What is changed is spliced into the
    bytes: every byte that has no part in a change stays as it was, however it is spelled.
    """

    __slots__ = (
        "_data", "_foot", "_head", "_pieces", "_start", "_stop", "attributes", "children", "name",
        "namespace", "parent", "scope", "text",
    )  # fmt: skip

    def __init__(
        self, name: str, namespace: str, attributes: dict[str, str], scope: Scope, parent: Element | None
    ) -> None:
        self.name, self.namespace, self.attributes = name, namespace, attributes
        self.scope, self.parent = scope, parent
        self.children: list[Element] = []
        self.text = ""
        self._data, self._start, self._stop = b"", 0, 0
        self._head, self._foot = b"", b""
        self._pieces: list[bytes | Element] | None = None

    # -- reading

    def get(self, key: str, default: str = "") -> str:
        """The value of an attribute, or the default if it is absent."""
        return self.attributes.get(key, default)

    def all(self, *path: str) -> Iterator[Element]:
        """The elements below, step by step, with these names in any namespace."""
        if len(path) == 1:
            return (child for child in self.children if child.name == path[0])
        return (found for child in self.children if child.name == path[0] for found in child.all(*path[1:]))

    def first(self, *path: str) -> Element | None:
        """The first of ``all``."""
        return next(self.all(*path), None)

    def walk(self, name: str = "") -> Iterator[Element]:
        """The element and all in it, in the order of the text; only those of a name if one is given."""
        waiting = [self]
        while waiting:
            found = waiting.pop()
            if not name or found.name == name:
                yield found
            waiting += reversed(found.children)

    @property
    def prefix(self) -> bytes:
        """The prefix that it is written with: ``b""``, or for example ``b"x:"``."""
        name = self._name_in(self._head or self._data, 0 if self._head else self._start)
        before, colon, _ = name.rpartition(b":")
        return before + colon

    @staticmethod
    def _name_in(data: bytes, start: int = 0) -> bytes:
        found = _NAME.match(data, start)
        assert found is not None  # what begins an element has a name
        return found[1]

    # -- writing

    def written(self) -> bytes:
        """The bytes of the element as they are by now."""
        if self._pieces is None:
            return self._data[self._start : self._stop]
        inside = (piece if isinstance(piece, bytes) else piece.written() for piece in self._pieces)
        return b"".join((self._head, *inside, self._foot))

    def document(self) -> bytes:
        """The whole part whose outermost element this is."""
        return self._data[: self._start] + self.written() + self._data[self._stop :]

    def set(self, key: str, value: str) -> None:
        """Gives an attribute a value; a new one stands last."""
        if self.attributes.get(key) == value:
            return
        self.loosen()
        self.attributes[key] = value
        found, quoted = self._place(key), b'"%s"' % attribute_text(value)
        if found is not None:
            self._head = self._head[: found.start(2)] + quoted + self._head[found.end(2) :]
            return
        last = [*_ATTRIBUTE.finditer(self._head)][-1:]
        place = last[0].end() if last else len(b"<" + self._name_in(self._head))
        name, self.scope = spelled(key, self.scope)
        made = b" %s=%s" % (name, quoted)
        self._head = self._head[:place] + made + self._head[place:]

    def unset(self, key: str) -> None:
        """Takes an attribute away, if it is there."""
        if self.attributes.pop(key, None) is not None:
            self.loosen()
            found = self._place(key)
            assert found is not None  # expat found it
            self._head = self._head[: found.start()] + self._head[found.end() :]

    def _place(self, key: str) -> re.Match[bytes] | None:
        namespace, _, name = key.rpartition(" ")
        for found in _ATTRIBUTE.finditer(self._head):
            prefix, colon, local = found[1].decode().rpartition(":")
            if local == name and (self.scope.get(prefix) if colon else "") == namespace:
                return found
        return None

    def write(self, text: str) -> None:
        """Makes a text all that the element holds."""
        self._pieces_in()[:] = [content(text)]
        self.children, self.text = [], text

    def insert(self, place: int, child: Element) -> None:
        """Puts an element before the child at a place, or last."""
        pieces = self._pieces_in()
        before = pieces.index(self.children[place]) if place < len(self.children) else len(pieces)
        pieces.insert(before, child)
        self.children.insert(place, child)
        child.parent = self

    def add(self, name: str, attributes: dict[str, str], place: int | None = None) -> Element:
        """Makes an empty child of the same namespace and prefix, last or at a place."""
        made = fresh(self.prefix, name, self.namespace, attributes, self.scope)
        self.insert(len(self.children) if place is None else place, made)
        return made

    def remove(self, child: Element) -> None:
        """Takes a child out."""
        self._pieces_in().remove(child)
        self.children.remove(child)

    def _pieces_in(self) -> list[bytes | Element]:
        """What stands in the element, which has a tag at either end from now on."""
        self.loosen()
        if not self._foot:
            foot = b"</%s>" % self._name_in(self._head)
            self._head, self._foot = self._head[:-2].rstrip() + b">", foot
        assert self._pieces is not None  # it was loosened
        return self._pieces

    def loosen(self) -> None:
        """Takes the bytes apart into tags, children and what stands between, so that they can be changed."""
        if self._pieces is not None:
            return
        if self.parent is not None:
            self.parent.loosen()
        tag = _TAG.match(self._data, self._start, self._stop)
        assert tag is not None  # expat found it
        self._head, self._pieces, at = tag[0], [], tag.end()
        if at == self._stop:
            return
        for child in self.children:
            self._pieces += (self._data[at : child._start], child)
            at = child._stop
        foot = self._data.rindex(b"</", at, self._stop)
        self._pieces.append(self._data[at:foot])
        self._foot = self._data[foot : self._stop]

    def carried(self, scope: Scope) -> Element:
        """A copy, to be left as it is, for a place where other prefixes are in force."""
        mine = self.parent.scope if self.parent is not None else self.scope
        needed = {
            prefix: mine.get(prefix, "") for prefix in {"", *mine} if mine.get(prefix) != scope.get(prefix)
        }
        made, written = Element(self.name, self.namespace, self.attributes, self.scope, None), self.written()
        tag = _TAG.match(written)
        assert tag is not None  # what begins an element is a tag
        own = {found[1] for found in _ATTRIBUTE.finditer(tag[0])}
        place, declared = len(b"<" + self._name_in(written)), b""
        for prefix, namespace in sorted(needed.items()):
            key = f"xmlns:{prefix}".rstrip(":").encode()
            declared += b"" if key in own else b' %s="%s"' % (key, attribute_text(namespace))
        made.made(written[:place] + declared + written[place:], [], b"")
        made.children = self.children
        return made

    def found(self, data: bytes, start: int) -> None:
        """Says where it begins; expat finds the end later."""
        self._data, self._start = data, start

    def closed(self, at: int) -> None:
        """Says where expat found its end: before its last tag, or behind the only one that it has."""
        alone = not self.children and not self.text and self._data.startswith(b"/>", at - 2)
        self._stop = at if alone else self._data.index(b">", at) + 1

    def made(self, head: bytes, pieces: list[bytes | Element], foot: bytes) -> None:
        """Says of what it is made, if it was not found anywhere."""
        self._head, self._pieces, self._foot = head, pieces, foot


def fresh(prefix: bytes, name: str, namespace: str, attributes: dict[str, str], scope: Scope) -> Element:
    """An empty element that stands nowhere yet."""
    pairs = {}
    for key, value in attributes.items():
        written, scope = spelled(key, scope)
        pairs[written.decode()] = value
    made = Element(name, namespace, dict(attributes), scope, None)
    made.made(tag(prefix + name.encode(), pairs)[:-1] + b"/>", [], b"")
    return made


def spelled(key: str, scope: Scope) -> tuple[bytes, Scope]:
    """The key of an attribute as it is written where some prefixes are in force, and those in force then.

    A namespace that has no prefix is declared on the spot.
    """
    namespace, space, name = key.rpartition(" ")
    if not space:
        return name.encode(), scope
    found = next((prefix for prefix, known in scope.items() if known == namespace and prefix), "")
    if found:
        return f"{found}:{name}".encode(), scope
    usual = ["r"] if namespace in (REL, STRICT_REL) else []
    new = next(prefix for prefix in chain(usual, map("ns{}".format, count())) if prefix not in scope)
    declared = b'xmlns:%s="%s"' % (new.encode(), attribute_text(namespace))
    return b"%s %s:%s" % (declared, new.encode(), name.encode()), scope | {new: namespace}


def attribute_text(value: str) -> bytes:
    """A text between the quotes of an attribute. Raises ValueError for what XML cannot hold."""
    found = content(value).replace(b'"', b"&quot;")
    return found.replace(b"\n", b"&#10;").replace(b"\t", b"&#9;")


def content(value: str) -> bytes:
    """A text between tags. Raises ValueError for what XML cannot hold."""
    if _NEVER.search(value):
        raise ValueError(f"no part can hold {value!r}")
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return value.encode()


def tag(name: bytes, attributes: dict[str, str]) -> bytes:
    """The tag that begins an element."""
    return b"<%s%s>" % (
        name,
        b"".join(b' %s="%s"' % (key.encode(), attribute_text(value)) for key, value in attributes.items()),
    )
