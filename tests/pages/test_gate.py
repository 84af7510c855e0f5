"""Whatever people write, a drawing is sound XML, charts show nothing but their own sheet, words are words."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from common import no_new_complaints
from hypothesis import given, settings
from hypothesis import strategies as st
from nasty import TEXTS, nasty

from qmsbook import commands
from qmsbook.book.cell import Cell
from qmsbook.book.edit import SetColumn
from qmsbook.commands import review_mail, template
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.reader import load
from qmsbook.pages.canvas import Canvas, EntryArea, Field
from qmsbook.pages.charts import Over, insert
from qmsbook.pages.gate import clean, label, title
from qmsbook.pages.page import Drawing, Frame, norm

ON, PERIOD = date(2026, 11, 10), "2026-Q3"
_EXACT = (
    "<r>bold</r>", "<r></r>", "qmsbook holds digest", "qmsbook holds 0", "qmsbook holds'", "Zero scrap!Q4",
    "=Sheet1!A1", "Sheet1!$A$1", "soft\x0bbreak", "\ufffe\uffff", "3M", "&P &N", "a,b", 'say "x"', "'=1",
)  # fmt: skip
#: Texts of all kinds of characters, and often those that are known to do harm.
_WORDS = st.one_of(
    st.sampled_from([*TEXTS, *_EXACT]), st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
)


def parts_of(content: bytes) -> dict[str, ElementTree.Element]:
    """Every XML part of a workbook; fails for one that is no XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {
            name: ElementTree.fromstring(package.read(name))
            for name in package.namelist()
            if name.endswith((".xml", ".rels", ".vml"))
        }


def local(parts: dict[str, ElementTree.Element], folder: str, names: Iterable[str]) -> list[str]:
    """The texts of elements, by their names without namespaces, in the parts of a folder."""
    wanted = set(names)
    return [
        item.text or ""
        for part, root in parts.items()
        if folder in part
        for item in root.iter()
        if item.tag.rpartition("}")[2] in wanted
    ]


def drawing(text: str, standalone: bool = False) -> Drawing:
    """A page that says a text everywhere where pages say what people wrote."""
    canvas = Canvas("qmsbook:page", "Page", Frame(text, "A4", ON, standalone), [20.0, 20.0, 20.0])
    canvas.header(text)
    canvas.put(2, 1, text)
    canvas.words(3, 1, [(text, True), (" and " + text, False)])
    canvas.link(4, 1, text, Cell(clean(text)[:20] or "x", 1, 1))
    fields = [Field("Row"), Field(text, choices=(text, "other")), Field(text)]
    rows = {"1": ("1", text, None), "2": ("2", None, text)}
    canvas.entries(6, 1, EntryArea("Area", fields, rows, {}))
    for row in range(10, 14):
        canvas.tall(row, 15)
    chart = canvas.book.add_chart({"type": "line"})
    values = canvas.across(10, text, [1.0, 2.0])
    named = [canvas.name, values[1], values[2] - 1]
    said = {"value": True, "custom": [{"value": label(text)}, {"delete": True}]}
    chart.add_series({"name": named, "values": values, "data_labels": said})
    title(chart, text, {"overlay": False})
    insert(canvas, chart, text, Over((10, 13), (1, 3)))
    return canvas.finish(13)


@settings(max_examples=60, deadline=None)
@given(_WORDS, st.booleans())
def test_any_text_is_drawn_as_the_words_that_it_is(text: str, standalone: bool) -> None:
    made = drawing(text, standalone)
    parts = parts_of(made.content)
    assert all(formula.startswith("Page!$") for formula in local(parts, "charts/", ["f"]))
    shown = local(parts, "charts/", ["t"])
    assert clean(text).split() == " ".join(shown[:1]).split()
    described = [i.get("descr") for i in parts["xl/drawings/drawing1.xml"].iter() if i.get("descr")]
    assert [each.split() for each in described if each] == (
        [clean(text).split()] if clean(text).split() else []
    )
    if not standalone:
        read = load(made.content).snapshot
        found, drawn = (
            {p: norm(v) for p, v in c.items() if norm(v) != ""} for c in (read.drawn[0].cells, made.cells)
        )
        assert found == drawn
        assert read.drawn[0].nonce == made.digest[:16]
        (table,) = read.tables
        assert len({header.casefold() for header in table.headers}) == 3


@pytest.mark.parametrize("company", ["3M", "R&D 2000", "&P"])
def test_what_stands_in_a_footer_is_no_code(company: str) -> None:
    (footer,) = local(parts_of(drawing(company).content), "worksheets/", ["oddFooter"])
    codes = re.sub(r"&&", "", footer)
    assert re.findall(r"&(?:[A-Z]|\d+)", codes) == ["&L", "&9", "&C", "&9", "&A", "&R", "&9", "&P", "&N"]
    assert company.replace("&", "&&") in footer


@pytest.mark.parametrize("turn", range(3))
def test_nasty_words_in_every_column_leave_every_part_sound(tmp_path: Path, turn: int) -> None:
    path, plain = tmp_path / "acme.xlsx", tmp_path / "plain.xlsx"
    for each in (path, plain):
        each.write_bytes(template("example.xlsx"))
    host = FileHost(path)
    snapshot = host.read()
    wild = nasty(snapshot, "Tom Hayes", turn)
    pairs = [
        SetColumn(new.name, header, tuple(new.columns[place]))
        for old, new in zip(snapshot.tables, wild.tables, strict=True)
        for place, header in enumerate(new.headers)
        if new.columns[place] != old.columns[place]
    ]
    assert host.apply(pairs, snapshot).changed
    commands.review(host, PERIOD, on=ON)
    commands.boards(host, on=ON)
    mailed = review_mail.mail(host, PERIOD, tmp_path / "drafts", ON)
    copies = [a.content for post in mailed.posts for a in post.attachments if a.name.endswith(".xlsx")]
    assert copies
    for content in (path.read_bytes(), *copies):
        parts = parts_of(content)
        sheets = [i.get("name", "") for i in parts["xl/workbook.xml"].iter() if i.tag.endswith("}sheet")]
        for formula in local(parts, "charts/", ["f"]):
            assert formula.rpartition("!")[0].strip("'") in sheets
    kpis = wild.table("KPIs")
    assert kpis is not None
    drawn = parts_of(path.read_bytes())
    heard = [i.get("descr", "") for part, root in drawn.items() if "drawings/" in part for i in root.iter()]
    said = " ".join(" ".join([*heard, *local(drawn, "charts/", ["t"])]).split())
    names = [" ".join(clean(str(name)).split())[:25] for name in kpis.columns[kpis.find("Name") or 0]]
    assert sum(name in said for name in names) > 0.8 * len(names)
    commands.refresh(FileHost(plain), on=ON)
    no_new_complaints(plain, path)
    before = path.read_bytes()
    assert not commands.refresh(FileHost(path), on=ON).changes
    assert path.read_bytes() == before
