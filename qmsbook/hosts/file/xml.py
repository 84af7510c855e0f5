"""The one place that takes XML apart: expat finds where things are, and nothing here puts parts together."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from qmsbook.hosts.file.element import Element, Scope, content, tag
from qmsbook.hosts.host import UnsafeWorkbook, WorkbookUnreadable

#: Elements in elements: honest parts have a dozen.
MAX_DEPTH = 256


def parse(data: bytes, name: str) -> Element:
    """The outermost element of a part; ``name`` is the part's, for what people are told.

    Without a DOCTYPE there are no entities but XML's own and single characters. Raises WorkbookUnreadable for
    broken XML, UnsafeWorkbook for a DOCTYPE and for elements in elements without end.
    """
    parser = _parser(name, " ")
    names: dict[str, tuple[str, str]] = {}
    above: list[Element] = []
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
                raise UnsafeWorkbook(f"The part {name} holds elements in elements without end.")
        above.append(element)
        scopes.append(scope)

    def end(_: str) -> None:
        scopes.pop()
        above.pop().closed(parser.CurrentByteIndex)

    def text(found: str) -> None:
        above[-1].text += found

    def declare(prefix: str | None, namespace: str | None) -> None:
        declared[prefix or ""] = namespace or ""

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartNamespaceDeclHandler = text, declare
    _run(parser, data, name)
    return root[0]


def check_sound(data: bytes, name: str) -> None:
    """Raises WorkbookUnreadable for broken XML, UnsafeWorkbook for a DOCTYPE; makes nothing of it."""
    _run(_parser(name, " "), data, name)


def rewritten(data: bytes, name: str, amend: Callable[[str, dict[str, str]], dict[str, str]]) -> bytes:
    """The same XML, but nothing in it but elements and text; good for reading, not for people's files.

    ``amend`` gets the name of each element, as it is spelled, and its attributes; it gives those to write.
    """
    parser, out = _parser(name, None), list[bytes]()

    def start(qname: str, attributes: dict[str, str]) -> None:
        out.append(tag(qname.encode(), amend(qname, attributes)))

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda qname: out.append(b"</%s>" % qname.encode())
    parser.CharacterDataHandler = lambda found: out.append(content(found))
    _run(parser, data, name)
    return b"".join(out)


def _parser(name: str, separator: str | None) -> expat.XMLParserType:
    parser = expat.ParserCreate("UTF-8", separator)
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise UnsafeWorkbook(f"The part {name} carries a DOCTYPE.")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _run(parser: expat.XMLParserType, data: bytes, name: str) -> None:
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise WorkbookUnreadable(f"The part {name} is damaged.") from None
