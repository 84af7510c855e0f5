"""The one place that takes XML apart: expat finds where things are, and nothing here puts parts together."""

from __future__ import annotations

import io
from collections.abc import Callable
from xml.parsers import expat

from qmsbook.hosts.file.element import Element, Scope, content, tag
from qmsbook.hosts.host import UnsafeWorkbook, WorkbookUnreadable

#: Elements in elements: honest parts have a dozen.
MAX_DEPTH = 256
#: Elements in a part that is taken apart: 64,000 cell formats, as many as Excel takes, are 200,000.
MAX_ELEMENTS = 300_000


def parse(data: bytes, name: str) -> Element:
    """The outermost element of a part; ``name`` is the part's, for what people are told.

    Without a DOCTYPE there are no entities but XML's own and single characters. Raises WorkbookUnreadable for
    broken XML, UnsafeWorkbook for a DOCTYPE and for elements in elements without end.
    """
    # Asked beforehand, for what is made of so many would take more time and memory than all the rest.
    if len(data) > MAX_ELEMENTS and data.count(b"<") - data.count(b"</") > MAX_ELEMENTS:
        raise UnsafeWorkbook(f"The part {name} holds more than {MAX_ELEMENTS:,} elements.")
    parser = _parser(name, " ")
    names: dict[str, tuple[str, str]] = {}
    above: list[Element] = []
    texts: list[list[str] | None] = []
    scopes: list[Scope] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
    declared: Scope = {}
    root: list[Element] = []

    def start(qname: str, attributes: dict[str, str]) -> None:
        found = names.get(qname)
        if found is None:
            space, _, local = qname.rpartition(" ")
            found = names[qname] = local, space
        scope, parent = scopes[-1], above[-1] if above else None
        if declared:
            scope = scope | declared
            declared.clear()
        element = Element(*found, attributes, scope, parent)
        element.found(data, parser.CurrentByteIndex)
        if parent is None:
            root.append(element)
        else:
            parent.children.append(element)
            if len(above) > MAX_DEPTH:
                raise _too_deep(name)
        above.append(element)
        scopes.append(scope)
        texts.append(None)

    def end(_: str) -> None:
        scopes.pop()
        element, said = above.pop(), texts.pop()
        if said:
            element.text = "".join(said)
        element.closed(parser.CurrentByteIndex)

    def text(found: str) -> None:
        # Pieces, for a text that grew by each of them would be copied as often.
        said = texts[-1]
        if said is None:
            texts[-1] = [found]
        else:
            said.append(found)

    def declare(prefix: str | None, namespace: str | None) -> None:
        declared[prefix or ""] = namespace or ""

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartNamespaceDeclHandler = text, declare
    try:
        _run(parser, data, name)
    finally:
        # They know the parser, and it knows them: a ring, which would keep it where nobody looks for rings.
        parser.StartElementHandler = parser.EndElementHandler = None
    return root[0]


def check_sound(data: bytes, name: str) -> None:
    """Raises WorkbookUnreadable for broken XML, UnsafeWorkbook for a DOCTYPE; makes nothing of it."""
    _run(_parser(name, " "), data, name)


class _Found(Exception):
    """Ends a parse at the element that was looked for."""


def first(data: bytes, name: str, local: str, whole: bool) -> Element | None:
    """The first element of a name, whatever its prefix, or None; nothing behind it is looked at.

    Good for reading alone: all texts in it are ``text`` of the element itself. ``whole`` says that the part
    ends with ``data``. Raises what `parse` raises.
    """
    parser = _parser(name, " ")
    above: list[Element] = []
    said: list[str] = []

    def start(qname: str, attributes: dict[str, str]) -> None:
        space, _, found = qname.rpartition(" ")
        if above or found == local:
            if len(above) > MAX_DEPTH:
                raise _too_deep(name)
            element = Element(found, space, attributes, {}, above[-1] if above else None)
            if above:
                above[-1].children.append(element)
            above.append(element)

    def end(_: str) -> None:
        if len(above) == 1:
            raise _Found
        if above:
            above.pop()

    def text(found: str) -> None:
        if above:
            said.append(found)

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        _run(parser, data, name, whole)
    except _Found:
        above[0].text = "".join(said)
        return above[0]
    return None


def _too_deep(name: str) -> UnsafeWorkbook:
    return UnsafeWorkbook(f"The part {name} holds elements in elements without end.")


def rewritten(data: bytes, name: str, amend: Callable[[str, dict[str, str]], dict[str, str]]) -> bytes:
    """The same XML, but nothing in it but elements and text; good for reading, not for people's files.

    ``amend`` gets the name of each element, as it is spelled, and its attributes; it gives those to write.
    """
    parser, out = _parser(name, None), io.BytesIO()

    def start(qname: str, attributes: dict[str, str]) -> None:
        out.write(tag(qname.encode(), amend(qname, attributes)))

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda qname: out.write(b"</%s>" % qname.encode())
    parser.CharacterDataHandler = lambda found: out.write(content(found))
    _run(parser, data, name)
    return out.getvalue()


def _parser(name: str, separator: str | None) -> expat.XMLParserType:
    parser = expat.ParserCreate("UTF-8", separator)
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise UnsafeWorkbook(f"The part {name} carries a DOCTYPE.")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _run(parser: expat.XMLParserType, data: bytes, name: str, whole: bool = True) -> None:
    try:
        parser.Parse(data, whole)
    except expat.ExpatError:
        raise WorkbookUnreadable(f"The part {name} is damaged.") from None
