"""XML is taken apart by one module, and what is written leaves every other byte as it was spelled."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from common import drawing, no_new_complaints, parts_of, rebuild, small_book
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qmsbook.book.edit import KEEP, AppendRows, Edit, PutSheet, SetColumn
from qmsbook.hosts.file.element import Element, attribute_text, fresh, qualified
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.names import MAIN, REL
from qmsbook.hosts.file.styles import StyleBook, own
from qmsbook.hosts.file.xml import MAX_DEPTH, parse, rewritten
from qmsbook.hosts.host import UnsafeWorkbook, WorkbookUnreadable

Respell = Callable[[bytes], bytes]
BOOK, STYLES, SHEET, TABLE = (
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/worksheets/sheet1.xml",
    "xl/tables/table1.xml",
)
#: Parts that an edit touches, beside the sheet's cells.
FRAME = (BOOK, STYLES, TABLE, "xl/_rels/workbook.xml.rels", "[Content_Types].xml")
#: One of each way to write: into cells with formats to be derived, new rows, a new sheet.
EDITS: tuple[Edit, ...] = (
    SetColumn("KPIs", "Status", (KEEP, "=q", date(2026, 1, 1))),
    AppendRows("KPIs", ({"KPI": "K4", "Target": 1.0},)),
    PutSheet("qmsbook:review", "Review", drawing("qmsbook:review")),
)


def edited(path: Path) -> dict[str, bytes]:
    host = FileHost(path)
    host.apply(EDITS, host.read())
    return parts_of(path)


def canonical(content: bytes) -> bytes:
    """What a part means, by a reader that shares nothing with ours."""
    return etree.tostring(etree.fromstring(content.removeprefix(b"\xef\xbb\xbf")), method="c14n")


def tags(content: bytes) -> list[bytes]:
    return re.findall(rb"<[^<>]*>", content)


# -- how other programs spell


def in_single_quotes(content: bytes) -> bytes:
    return re.sub(rb'="([^"\']*)"', rb"='\1'", content)


def spread_out(content: bytes) -> bytes:
    """Blanks around the signs in tags, line ends between attributes and elements."""
    declared, _, rest = content.rpartition(b"?>\n")
    rest = re.sub(rb'\s([\w:]+)="([^"]*)"', rb'\n  \1 = "\2"', rest)
    return declared + b"?>\n" + re.sub(rb"(?<!>)/>", b" />", rest).replace(b"><", b">\n<")


def with_remarks(content: bytes) -> bytes:
    """Comments and a processing instruction, before, within and behind."""
    place = re.search(rb"<\w[^>]*[^/]>", content)
    assert place is not None
    remark = b'<!-- <sheets> is no tag here --><?tool keep="this"?>'
    return remark.join(
        [content[: place.start()], content[place.start() : place.end()], content[place.end() :]]
    )


def with_a_byte_order_mark(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content


def undeclared(content: bytes) -> bytes:
    return content[content.index(b"?>") + 2 :].lstrip()


def prefixed(content: bytes) -> bytes:
    content = re.sub(rb"<(/?)(?=[A-Za-z])(?!\w+:)", rb"<\1x:", content)
    return re.sub(rb"\sxmlns=", b" xmlns:x=", content, count=1)


def ignorable(content: bytes) -> bytes:
    """Prefixes that are named in the value of an attribute and nowhere else, as Excel writes them."""
    spaces = b"".join(b' xmlns:%s="urn:%s"' % (name, name) for name in (b"x15", b"xr", b"xr6"))
    compatible = (
        b' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x15 xr xr6"'
    )
    return re.sub(
        rb"<(?:workbook|styleSheet|table) [^>]*", lambda found: found[0] + spaces + compatible, content
    )


SPELLINGS = [
    in_single_quotes, spread_out, with_remarks, with_a_byte_order_mark, undeclared, prefixed, ignorable,
]  # fmt: skip
#: What an edit has to change in a tag: how many there are, how far a table reaches, what is calculated.
CHANGED = rb"</?(?:\w+:)?(?:fonts|fills|borders|cellXfs|dxfs|numFmts|calcPr|table|autoFilter)\b"


@pytest.mark.parametrize("respell", SPELLINGS, ids=lambda respell: respell.__name__)
def test_the_frame_is_written_into_however_it_is_spelled(tmp_path: Path, respell: Respell) -> None:
    plain, odd = small_book(tmp_path / "plain.xlsx"), small_book(tmp_path / "odd.xlsx")
    rebuild(odd, dict.fromkeys(FRAME, respell))
    before = parts_of(odd)
    assert all(
        before[part] != parts_of(plain)[part] for part in (BOOK, STYLES, TABLE) if respell != undeclared
    )
    meant, found = edited(plain), edited(odd)
    assert list(meant) == list(found)
    for part in FRAME:
        if respell in (in_single_quotes, with_a_byte_order_mark, undeclared):
            assert canonical(found[part]) == canonical(meant[part])
        old, new = tags(before[part]), tags(found[part])
        lost = [tag for tag in old if tag not in new]
        assert all(re.match(CHANGED, tag) for tag in lost), lost
        rest = iter(new)
        assert all(tag in rest for tag in old if tag in new), "what was kept stands in another order"
    assert FileHost(odd).read().tables == FileHost(plain).read().tables
    assert not FileHost(odd).apply(EDITS[2:], FileHost(odd).read()).changed


@pytest.mark.parametrize("respell", [in_single_quotes, spread_out, prefixed], ids=lambda it: it.__name__)
def test_the_rest_of_a_sheet_is_written_into_however_it_is_spelled(tmp_path: Path, respell: Respell) -> None:
    path = small_book(tmp_path / "odd.xlsx")

    def around(content: bytes) -> bytes:
        """The sheet, respelled but for its cells, with a merge and a validation of many words."""
        head, cells, tail = re.split(rb"(?<=<sheetData>)|(?=</sheetData>)", content)
        words = b'<mergeCells count="1"><mergeCell ref="B8:C9"/></mergeCells>'
        tail = tail.replace(b"</sheetData>", b"</sheetData>" + words)
        tail = tail.replace(
            b"<dataValidation ", b'<dataValidation prompt="one&#10;two &amp; &lt;three&#13;" '
        )
        if respell is prefixed:
            return prefixed(head + cells + tail)
        return respell(head).replace(b"<sheetData >", b"<sheetData>") + cells + respell(tail)

    rebuild(path, {SHEET: around})
    before = parts_of(path)[SHEET]
    sheet = edited(path)[SHEET]
    assert b"one&#10;two &amp; &lt;three&#13;" in sheet
    lost = [tag for tag in tags(before) if tag not in tags(sheet)]
    assert all(
        re.match(rb"<(?:x:)?(?:c|row|dimension|dataValidation|conditionalFormatting)\b", tag) for tag in lost
    )
    covers = re.findall(
        rb"""<(?:x:)?(?:dataValidation|conditionalFormatting)\s[^>]*sqref\s*=\s*["'](\w+:\w+)""", sheet
    )
    assert covers == [b"G2:G5", b"C2:C5"]
    host = FileHost(path)
    with pytest.raises(Exception, match="is merged"):
        host.apply([AppendRows("KPIs", ({"KPI": "K"},) * 4)], host.read())


def test_line_ends_in_attributes_and_text_stay_what_they_are(tmp_path: Path) -> None:
    path = small_book(tmp_path / "book.xlsx")
    names = (
        '<definedNames><definedName name="Mine" comment="a&#10;b&#9;c">Plan!$A$1</definedName></definedNames>'
    )

    def named(content: bytes) -> bytes:
        return content.replace(b"<calcPr", names.encode() + b"<calcPr")

    def titled(content: bytes) -> bytes:
        return content.replace(b'name="Own note"', b'name="Own&#10;note"')

    def noted(content: bytes) -> bytes:
        return re.sub(rb"<si><t>a note of the user's</t></si>", b"<si><t>one&#13;two\ntwo</t></si>", content)

    rebuild(path, {BOOK: named, TABLE: titled, "xl/sharedStrings.xml": noted})
    texts = parts_of(path)["xl/sharedStrings.xml"]
    found = edited(path)
    assert b"one&#13;two\ntwo" in texts
    assert found["xl/sharedStrings.xml"] == texts
    assert b'comment="a&#10;b&#9;c">Plan!$A$1<' in found[BOOK]
    assert b'name="Own&#10;note"' in found[TABLE]
    kpis = FileHost(path).read().table("KPIs")
    assert kpis is not None
    assert "Own\nnote" in kpis.headers


def test_what_is_spelled_oddly_opens_in_excel_as_before(tmp_path: Path) -> None:
    path = small_book(tmp_path / "book.xlsx")
    rebuild(path, dict.fromkeys(FRAME, in_single_quotes))
    before = path.rename(tmp_path / "before.xlsx")
    path.write_bytes(before.read_bytes())
    edited(path)
    no_new_complaints(before, path)


# -- elements


@pytest.mark.parametrize(
    "content",
    [
        b"<a/>", b"<a></a>", b"<a>/></a>", b"<a  b = '>/>' />", b"<a><b/>/></a >",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<a/>\n",
        b"<!-- <b> --><a><![CDATA[<b>]]><b x='&quot;'/><?p />?></a><!-- -->", b"<a>\r\n<b\n/></a>",
    ],
)  # fmt: skip
def test_what_is_not_changed_keeps_its_bytes(content: bytes) -> None:
    root = parse(content, "it")
    assert root.document() == content
    for element in root.walk():
        element.loosen()
    assert root.document() == content


def test_a_closed_tag_opens_for_what_is_put_in() -> None:
    root = parse(b"<x:a xmlns:x='urn:m'><x:b  c='1' /></x:a>", "it")
    root.children[0].add("d", {"e": "1 < 2"}).write("f & g")
    assert (
        root.document() == b"<x:a xmlns:x='urn:m'><x:b  c='1'><x:d e=\"1 &lt; 2\">f &amp; g</x:d></x:b></x:a>"
    )


def test_an_attribute_of_another_namespace_takes_the_prefix_that_is_in_force() -> None:
    key = qualified(REL, "id")
    known = parse(f'<a xmlns:rel="{REL}"/>'.encode(), "it")
    known.set(key, "rId1")
    assert known.written().endswith(b' rel:id="rId1"/>')
    for spelled in ("<a/>", f'<a xmlns="{REL}"/>', '<a xmlns:ns0="urn:other"/>'):
        root = parse(spelled.encode(), "it")
        root.add("b", {key: "rId1"})
        assert etree.fromstring(root.document())[0].get(f"{{{REL}}}id") == "rId1"
        root.children[0].set(key, "rId2")
        assert parse(root.document(), "it").children[0].get(key) == "rId2"


def test_a_format_is_known_by_what_it_means_and_takes_foreign_parts_along() -> None:
    styles = f"""<x:styleSheet xmlns:x='{MAIN}' xmlns:o='urn:outer'><x:cellXfs count='1'><x:xf numFmtId='0'>
        <x:extLst><x:ext uri='u'><o:thing o:at='1'><plain/></o:thing></x:ext></x:extLst></x:xf></x:cellXfs>
        <x:dxfs count='0'/></x:styleSheet>""".encode()
    book = StyleBook(styles)
    assert book.derive(0, "quote") == 1
    first, second = etree.fromstring(book.content()).findall(".//{*}xf")
    assert second.get("quotePrefix") == "1"
    assert (
        canonical(etree.tostring(first[0])) == canonical(etree.tostring(second[0]))
        or [(item.tag, dict(item.attrib)) for item in first.iter()][1:]
        == [(item.tag, dict(item.attrib)) for item in second.iter()][1:]
    )
    bare = parse(f'<xf xmlns="{MAIN}" quotePrefix="1" numFmtId="0"/>'.encode(), "it")
    assert book.add("cellXfs", bare) == book.add("cellXfs", own(bare, bare)) == 2
    other = parse(b'<styleSheet xmlns="urn:main"/>', "it")
    assert etree.fromstring(own(book.root.children[0].children[0], other).written()).tag.endswith("xf")


_NAMES = st.sampled_from(["a", "b", "x:c", "x:a"])
_WORDS = st.text(st.sampled_from("ab <>&\"'\n\t\ré𝄞/"), max_size=6)


@st.composite
def _spelled(draw: st.DrawFn, depth: int = 3) -> str:
    """An element as some program may spell it."""
    name, quote = draw(_NAMES), draw(st.sampled_from("\"'"))
    attributes = draw(st.dictionaries(st.sampled_from(["k", "l", "x:k"]), _WORDS, max_size=3))
    escape = {
        "&": "&amp;",
        "<": "&lt;",
        "\n": "&#10;",
        "\t": "&#x9;",
        "\r": "&#13;",
        quote: f"&#{ord(quote)};",
    }
    tag = name
    for key, value in attributes.items():
        blank = draw(st.sampled_from([" ", "\n ", "  "]))
        tag += f"{blank}{key}={quote}{''.join(escape.get(sign, sign) for sign in value)}{quote}"
    inside = []
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        inside.append(
            draw(
                st.one_of(
                    _spelled(depth - 1),
                    st.sampled_from(["text", "&amp;", "<!-- <b/> -->", "<![CDATA[<]]>", "/>"]),
                )
            )
        )
    return f"<{tag}{draw(st.sampled_from(['', ' ']))}>{''.join(inside)}</{name}>" if inside else f"<{tag}/>"


def _same_place(element: etree._Element, way: list[int]) -> etree._Element:
    for step in way:
        element = [child for child in element if isinstance(child.tag, str)][step]
    return element


@settings(max_examples=300, deadline=None)
@given(_spelled(), st.data())
def test_changes_mean_what_another_program_makes_of_them(spelled: str, data: st.DataObject) -> None:
    content = f"<r xmlns='urn:m' xmlns:x='urn:x'>{spelled}</r>".encode()
    ours, theirs = parse(content, "it"), etree.fromstring(content)
    assert ours.document() == content
    for _ in range(data.draw(st.integers(0, 4))):
        way: list[int] = []
        mine = ours
        while mine.children and data.draw(st.booleans()):
            way.append(data.draw(st.integers(0, len(mine.children) - 1)))
            mine = mine.children[way[-1]]
        other, word = _same_place(theirs, way), data.draw(_WORDS)
        match data.draw(st.sampled_from(["set", "qualified", "unset", "write", "add", "remove"])):
            case "set":
                mine.set("k", word)
                other.set("k", word)
            case "qualified":
                mine.set(qualified("urn:x", "k"), word)
                other.set("{urn:x}k", word)
            case "unset":
                mine.unset("l")
                other.attrib.pop("l", None)
            case "write":
                mine.write(word)
                del other[:]
                other.text = word
            case "add":
                place = data.draw(st.integers(0, len(mine.children)))
                mine.add("new", {"k": word}, place)
                made = etree.Element(f"{{{mine.namespace}}}new", {"k": word})
                children = [child for child in other if isinstance(child.tag, str)]
                if place < len(children):
                    children[place].addprevious(made)
                else:
                    other.append(made)
            case "remove" if mine.children:
                gone = next(child for child in other if isinstance(child.tag, str))
                mine.remove(mine.children[0])
                tail, before = gone.tail or "", gone.getprevious()
                if before is not None:
                    before.tail = (before.tail or "") + tail
                else:
                    other.text = (other.text or "") + tail
                other.remove(gone)
    assert canonical(ours.document()) == canonical(etree.tostring(theirs))
    assert [(item.name, item.attributes) for item in ours.walk()] == [
        (item.name, item.attributes) for item in parse(ours.document(), "it").walk()
    ]


def test_a_part_for_reading_holds_elements_and_text_alone() -> None:
    content = b"<x:a xmlns:x='urn:m' b='&#10;'><!-- <c/> --><x:d><![CDATA[1 < 2]]>&#13;</x:d><?p i?></x:a>"
    bare = rewritten(content, "it", lambda _, attributes: attributes)
    assert bare == b'<x:a xmlns:x="urn:m" b="&#10;"><x:d>1 &lt; 2&#13;</x:d></x:a>'


# -- what is refused


@pytest.mark.parametrize(
    "content", [b"", b"<a>", b"<a b='1' b='2'/>", b"<a>&unknown;</a>", b"<a/><b/>", b"<a\0/>", b"<x:a/>"]
)
def test_broken_xml_is_refused(content: bytes) -> None:
    with pytest.raises(WorkbookUnreadable, match="part it is damaged"):
        parse(content, "it")
    if content != b"<x:a/>":  # there, prefixes are not looked at
        with pytest.raises(WorkbookUnreadable):
            rewritten(content, "it", lambda _, attributes: attributes)


def test_entities_of_its_own_and_endless_nesting_are_refused() -> None:
    bomb = b"<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'>]><a>&c;</a>"
    for content in (
        bomb,
        b"<!-- %s -->" % (b"x" * 10_000) + bomb,
        b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
    ):
        with pytest.raises(UnsafeWorkbook, match="DOCTYPE"):
            parse(content, "it")
        with pytest.raises(UnsafeWorkbook, match="DOCTYPE"):
            rewritten(content, "it", lambda _, attributes: attributes)
    deep = b"<a>" * 200_000
    with pytest.raises(UnsafeWorkbook, match="without end"):
        parse(deep, "it")
    honest = b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH
    assert parse(honest, "it").document() == honest


def test_a_doctype_behind_a_long_remark_is_refused_in_any_part(tmp_path: Path) -> None:
    path = small_book(tmp_path / "book.xlsx")

    def hidden(content: bytes) -> bytes:
        return b"<!--%s--><!DOCTYPE worksheet [<!ENTITY a 'b'>]>" % (b" " * 5_000) + undeclared(content)

    rebuild(path, {SHEET: hidden})
    with pytest.raises(UnsafeWorkbook, match="DOCTYPE"):
        FileHost(path).read()


def test_what_xml_cannot_hold_is_never_written() -> None:
    for text in ("\x0b", "\x00", "\ud800", "\uffff"):
        with pytest.raises(ValueError):
            attribute_text(text)
        with pytest.raises(ValueError):
            fresh(b"", "a", "", {}, {}).write(text)


def test_an_element_is_found_by_its_way_and_in_the_order_of_the_text() -> None:
    root = parse(b"<a><b n='1'><c>x<d/>y</c></b><e/><b n='2'><c/></b></a>", "it")
    assert [found.parent.get("n") for found in root.all("b", "c") if isinstance(found.parent, Element)] == [
        "1",
        "2",
    ]
    assert [found.name for found in root.walk()] == ["a", "b", "c", "d", "e", "b", "c"]
    first = root.first("b", "c")
    assert first is not None
    assert first.text == "xy"
    assert root.first("c") is None
