"""The mailed review: a copy that is values and nothing else, a PDF, and a draft that nobody sent."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
from collections.abc import Iterator
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from browser import look, picture
from common import ROOT, complaints
from hypothesis import example as such_as
from hypothesis import given, settings
from hypothesis import strategies as st
from live import Desk
from lxml import html as lxml_html
from mail_servers import PASSWORD, USER, Mailbox, certificates, serving
from nasty import NAME, TEXTS, nasty
from ooxml import unzip
from openpyxl.worksheet.worksheet import Worksheet
from test_cli import Run, example, run

from qmsbook.book.reading import read_book
from qmsbook.book.words import one_line
from qmsbook.chase.merge import Conflict
from qmsbook.commands import Asked, read, template
from qmsbook.commands import review_mail as mailing
from qmsbook.commands.reminders import Collected
from qmsbook.doors.cli.posted import conflicts_csv
from qmsbook.doors.trust import agreed_server
from qmsbook.hosts.file.host import FileHost
from qmsbook.mail.draft import Attachment, file_name, message, unsent
from qmsbook.mail.html import html
from qmsbook.mail.letter import Item, Letter, Listing, Paragraph, Tally
from qmsbook.mail.plain import WIDTH, plain
from qmsbook.mail.recipients import Recipient, address_in
from qmsbook.mail.summary import review_letter
from qmsbook.pages.stamp import plan_version
from qmsbook.sections import gather
from qmsbook.setup.places import places

__all__ = ["example", "run"]

ON = date(2026, 11, 10)
PERIOD = "2026-Q3"


@pytest.fixture(scope="module")
def mailed(tmp_path_factory: pytest.TempPathFactory) -> mailing.Mailed:
    """The example's review as the command makes it."""
    folder = tmp_path_factory.mktemp("mailed")
    path = folder / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    return mailing.mail(FileHost(path), PERIOD, folder / "drafts", ON)


@pytest.fixture(scope="module")
def nasty_post(tmp_path_factory: pytest.TempPathFactory) -> mailing.Post:
    """The mail of a workbook in which every word tries to become something else."""
    path = tmp_path_factory.mktemp("nasty") / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    snapshot = nasty(read(FileHost(path), Asked(ON)).snapshot, "Tom Hayes")
    book = read_book(snapshot.tables, ON)
    period = book.parse_period(PERIOD)
    assert period is not None
    with pytest.MonkeyPatch.context() as patch:  # its PDF is not looked at
        no_office(patch)
        return mailing.review_post(book, period, snapshot)


def no_office(patch: pytest.MonkeyPatch) -> None:
    """As on a computer without LibreOffice."""
    patch.setattr("qmsbook.hosts.libreoffice.bridge._PROGRAMS", ())
    patch.setenv("PATH", "")


def attached(post: mailing.Post, ending: str) -> bytes:
    return next(each.content for each in post.attachments if each.name.endswith("." + ending))


def cells(content: bytes) -> Iterator[tuple[Worksheet, object]]:
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            yield from ((sheet, cell) for cell in row if cell.value is not None)


def only_values(content: bytes) -> None:
    """Fails if a workbook holds more than one sheet of values, its looks and its charts."""
    parts = unzip(content)
    allowed = (
        r"\[Content_Types\]\.xml|_rels/\.rels|docProps/(app|core)\.xml|xl/_rels/workbook\.xml\.rels|"
        r"xl/(workbook|styles|sharedStrings)\.xml|xl/theme/theme1\.xml|xl/worksheets/sheet1\.xml|"
        r"xl/worksheets/_rels/sheet1\.xml\.rels|xl/drawings/(drawing1\.xml|_rels/drawing1\.xml\.rels)|"
        r"xl/charts/chart\d+\.xml"
    )
    assert [name for name in parts if not re.fullmatch(allowed, name)] == []
    assert not any(b"External" in content for name, content in parts.items() if name.endswith(".rels"))
    sheet = parts["xl/worksheets/sheet1.xml"]
    for tag in (
        b"<f>",
        b"<f ",
        b"<hyperlink",
        b"<tablePart",
        b"<dataValidation",
        b"oleObject",
        b"<legacyDrawing",
    ):
        assert tag not in sheet
    found = openpyxl.load_workbook(io.BytesIO(content))
    assert [(s.title, s.sheet_state) for s in found.worksheets] == [(f"Review {PERIOD}", "visible")]
    assert dict(found.defined_names) == {}
    for _, cell in cells(content):
        assert cell.data_type != "f"
        assert cell.hyperlink is None
        assert cell.comment is None
        if isinstance(cell.value, str) and cell.value[:1] in tuple("=+-@"):
            assert cell.quotePrefix  # it stays a text when somebody edits it
    for name, part in parts.items():
        for quoted in re.findall(r"'([^']+)'!", part.decode("utf-8")) if "/chart" in name else ():
            assert quoted == f"Review {PERIOD}"


def test_the_copy_is_values_and_nothing_else(mailed: mailing.Mailed) -> None:
    only_values(attached(mailed.posts[0], "xlsx"))


def test_the_copy_names_no_sheet_that_is_not_there(mailed: mailing.Mailed) -> None:
    texts = [
        cell.value for _, cell in cells(attached(mailed.posts[0], "xlsx")) if isinstance(cell.value, str)
    ]
    assert not [text for text in texts if re.search(r"\w!\$?[A-Z]{1,3}\$?\d", text)]
    assert not [text for text in texts if text.startswith("qmsbook:")]


def test_the_copy_tells_nothing_of_who_made_it_where_and_when(mailed: mailing.Mailed) -> None:
    core = openpyxl.load_workbook(io.BytesIO(attached(mailed.posts[0], "xlsx"))).properties
    assert (core.creator, core.lastModifiedBy, core.title) == ("qmsbook", "qmsbook", f"Review {PERIOD}")
    assert core.created is not None
    assert core.created.year == core.modified.year == 2000
    assert (core.keywords, core.description, core.subject, core.category) == (None, None, None, None)
    assert "@example.com" not in "".join(
        part.decode("utf-8", "replace") for part in unzip(attached(mailed.posts[0], "xlsx")).values()
    )


def test_copy_pdf_and_mail_carry_the_same_stamp(mailed: mailing.Mailed) -> None:
    post = mailed.posts[0]
    stamp = post.letter.foot[-1]
    found = re.fullmatch(
        r"Figures up to Sep 30, 2026, judged on Nov 10, 2026; plan version [0-9a-f]{12}; "
        r"digest of this review [0-9a-f]{12}\.",
        stamp,
    )
    assert found, stamp
    texts = [cell.value for _, cell in cells(attached(post, "xlsx"))]
    assert stamp in texts
    assert stamp in " ".join(pdf_text(attached(post, "pdf")).split())
    assert stamp in " ".join(plain(post.letter).split())


def test_the_plan_version_changes_with_the_plan_alone(tmp_path: Path) -> None:
    path = tmp_path / "acme.xlsx"
    path.write_bytes(template("example.xlsx"))
    found = openpyxl.load_workbook(path)
    first = plan_version(read(FileHost(path), Asked(ON)).book)
    found["Measurements"]["D2"] = "a comment that is new"
    found.save(path)
    assert plan_version(read(FileHost(path), Asked(ON)).book) == first
    found["Goals"]["B2"] = "Another goal"
    found.save(path)
    assert plan_version(read(FileHost(path), Asked(ON)).book) != first


def pdf_text(content: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def test_the_pdf_is_the_review_on_at_most_eight_pages(mailed: mailing.Mailed) -> None:
    content = attached(mailed.posts[0], "pdf")
    assert content.startswith(b"%PDF-")
    text = pdf_text(content)
    assert text.count("\f") <= 8
    assert "What this meeting has to decide" in text
    assert "###" not in text


def test_libreoffice_and_the_validator_find_nothing_wrong(
    mailed: mailing.Mailed, nasty_post: mailing.Post, desk: Desk, tmp_path: Path
) -> None:
    for number, content in enumerate([attached(mailed.posts[0], "xlsx"), attached(nasty_post, "xlsx")]):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(content)
        assert complaints(path) == set()
        document = desk.open(path)
        assert document.Sheets.Count == 1
        sheet = document.Sheets.getByIndex(0)
        assert sheet.IsVisible
        formulas = 16  # com.sun.star.sheet.CellFlags
        assert sheet.queryContentCells(formulas).Count == 0
        assert document.ExternalDocLinks.Count == document.AreaLinks.Count == 0
        assert document.BasicLibraries.ElementNames in ((), ("Standard",))
        assert document.NamedRanges.Count == 0


def test_words_that_look_like_formulas_are_mailed_as_words(nasty_post: mailing.Post) -> None:
    content = attached(nasty_post, "xlsx")
    only_values(content)
    texts = [str(cell.value) for _, cell in cells(content)]
    for wanted in ("=HYPERLINK(", "+1+1", "@SUM(1+1)", "<script>"):
        assert any(wanted in text for text in texts), wanted


def draft_of(post: mailing.Post) -> EmailMessage:
    content = unsent(message(post.letter, post.to, post.attachments))
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


HEADERS = {"Subject", "To", "MIME-Version", "Content-Type", "X-Unsent"}


def body(found: EmailMessage, kind: str) -> str:
    part = found.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_draft_is_addressed_to_those_who_meet_and_is_marked_unsent(mailed: mailing.Mailed) -> None:
    found = message_from_bytes(mailed.files[-1].read_bytes(), policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert set(found.keys()) == HEADERS
    assert found["X-Unsent"] == "1"
    to = {(a.display_name, a.addr_spec) for a in found["To"].addresses}
    assert ("Dana Whitfield", "dana.whitfield@example.com") in to
    book = read_book(FileHost(mailed.folder.parents[1] / "acme.xlsx").read().tables, ON)
    row = next(r for r in book.reviews if r.period == PERIOD)
    assert {name for name, _ in to} == {
        row.chair,
        *row.attended_by,
        *([row.approved_by] if row.approved_by else []),
    }
    assert [a.get_filename() for a in found.iter_attachments()] == [
        f"Review {PERIOD}.xlsx",
        f"Review {PERIOD}.pdf",
    ]
    sent = [a.get_content() for a in found.iter_attachments()]
    assert sent == [path.read_bytes() for path in mailed.files[:2]]
    assert [path.suffix for path in mailed.files] == [".xlsx", ".pdf", ".eml"]
    assert mailed.outcomes == ()


def test_the_words_are_a_screenful(mailed: mailing.Mailed) -> None:
    text = plain(mailed.posts[0].letter)
    assert len(text.splitlines()) <= 70
    assert max(map(len, text.splitlines())) <= WIDTH
    assert "15 on track   11 at risk   6 off track" in text
    for heading in ("OFF TRACK", "TO DECIDE", "ACTIONS DUE"):
        assert heading in text
    assert text.count("(off track)") == 6


def test_a_closed_review_with_very_long_decisions_is_told_in_a_screenful() -> None:
    path = ROOT / "workbook_templates" / "example.xlsx"
    book = read(FileHost(path), Asked(ON)).book
    period = book.parse_period(PERIOD)
    assert period is not None
    row = next(each for each in book.reviews if each.period == PERIOD)
    long = book.decisions[0].changed(review=row.id, decision_text="Replace saw 3. " * 300, due=None)
    book = book.changed(
        reviews=tuple(each.changed(state="closed") if each is row else each for each in book.reviews),
        decisions=(long.changed(owner=""), long.changed(owner="Tom Hayes")),
    )
    decided = review_letter(gather(book, period), "").parts[-2]
    assert isinstance(decided, Listing)
    assert decided.heading == "Decided"
    assert all(len(item.text) < 160 for item in decided.items)


def test_nothing_typed_becomes_a_header_or_a_tag(nasty_post: mailing.Post) -> None:
    found = draft_of(nasty_post)
    assert set(found.keys()) == HEADERS
    names = {a.addr_spec: a.display_name for a in found["To"].addresses}
    assert names["tom.hayes@example.com"] == one_line(NAME)
    assert not any("evil" in address for address in names)
    for part in found.walk():
        assert {key.casefold() for key in part} <= {
            *(h.casefold() for h in HEADERS), "content-transfer-encoding", "content-disposition",
        }  # fmt: skip
    only_words(body(found, "html"))
    assert "&lt;script&gt;" in body(found, "html") or "<script" not in body(found, "plain")


_TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "table",
    "tr",
    "td",
    "h1",
    "h2",
    "p",
    "br",
    "b",
    "span",
}


def only_words(page: str) -> None:
    """Fails if a page holds a tag or an attribute that the letter itself does not draw."""
    tree = lxml_html.document_fromstring(page)
    tags = [tag for tag in tree.iter() if isinstance(tag.tag, str)]
    assert {tag.tag for tag in tags} <= {*_TAGS, "tbody"}
    attributes = {name for tag in tags for name in tag.attrib}
    assert attributes <= {
        "lang", "charset", "name", "content", "class", "style", "role", "width", "cellpadding", "cellspacing",
        "border", "align",
    }  # fmt: skip
    assert "url(" not in page.replace(" ", "")


texts = st.text(max_size=60) | st.sampled_from(TEXTS)


@settings(max_examples=40, deadline=None)
@given(texts, texts, texts)
def test_no_text_adds_a_header_a_line_or_a_tag(subject: str, name: str, words: str) -> None:
    letter = Letter(
        subject, words, name, (Paragraph(words), Listing(subject, (Item(name, words, words),))), (words,)
    )
    to = [Recipient(one_line(name), "erin@example.com")]
    found = message_from_bytes(
        unsent(message(letter, to, [Attachment(name + ".xlsx", b"x")])), policy=policy.default
    )
    assert isinstance(found, EmailMessage)
    assert set(found.keys()) == HEADERS
    assert " ".join(found["Subject"].split()) == one_line(subject)
    assert [a.addr_spec for a in found["To"].addresses] == ["erin@example.com"]
    assert "\n" not in str(found["Subject"]) + str(found["To"])
    assert len(list(found.iter_attachments())) == 1
    only_words(html(letter))
    assert all(line == one_line(line) or line.startswith((" ", "-")) for line in plain(letter).splitlines())


@given(st.text(max_size=40) | st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.[a-z]{2,3}.*", fullmatch=True))
def test_what_passes_for_an_address_is_one(text: str) -> None:
    found = address_in(text)
    if found is not None:
        assert re.fullmatch(r"[!-~]+@[!-~]+\.[!-~]+", found)
        assert found == text.strip()
        assert found.count("@") == 1


@given(st.text(max_size=300))
def test_a_file_name_stays_in_its_folder(text: str) -> None:
    name = file_name(text)
    assert Path(name).name == name
    assert name not in {"", ".", ".."}
    assert not set(name) & set('<>:"/\\|?*\r\n\t\0')
    assert len(name.encode("utf-8")) <= 400


@such_as("-0", "0", "0")
@given(texts, texts, texts)
def test_no_cell_of_the_list_is_a_formula(row: str, here: str, said: str) -> None:
    conflict = Conflict(row, ("Comment",), (here,), (said,), said + ".xlsx", "D2", here)
    text = conflicts_csv(Collected((), (conflict,)))
    for separator in ",;":
        for line in csv.reader(io.StringIO(text), delimiter=separator):
            for cell in line:
                number = re.fullmatch(r"[-+]?[\d.eE_+-]+|[-+]?(inf|nan|infinity)", cell, re.IGNORECASE)
                assert cell[:1] not in tuple("=+-@") or number, (separator, cell)
    assert len(list(csv.reader(io.StringIO(text)))) <= 2


# -- in a real browser


@cache
def long_letter() -> Letter:
    """More and longer words than any company has."""
    word = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2
    item = Item(f"K01 {word}", "https://files.example.com/" + "a" * 150, "Off track")
    tally = Tally(
        (
            ("on track", 1000, "good"),
            ("at risk", 1000, "warn"),
            ("off track", 1000, "bad"),
            ("not judged", 1000, "none"),
        )
    )
    return Letter(word, word, word, (Paragraph(word, True), tally, Listing(word, (item,) * 3, word)), (word,))


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1000, 360])
def test_the_mail_fits_and_can_be_read(mailed: mailing.Mailed, width: int, dark: bool) -> None:
    for letter in (mailed.posts[0].letter, long_letter()):
        found = look(html(letter), width, dark)
        assert found.wide <= width
        assert found.right <= width
        assert found.letters >= 12
        assert found.contrast >= 4.5
        assert (found.ground < 0.05) if dark else (found.ground > 0.8)
        if letter is mailed.posts[0].letter and width == 1000:
            assert found.high <= 1000  # a screenful


def test_the_counts_are_drawn_in_their_colours(mailed: mailing.Mailed, tmp_path: Path) -> None:
    found = picture(html(mailed.posts[0].letter), (1000, 900), False, tmp_path / "light.png")
    seen = {color for _, color in found.getcolors(1_000_000) or ()}
    for wanted in ("#DCEBF5", "#FDF1CF", "#FBE2D5", "#FFFFFF", "#EEF2F6"):
        assert tuple(bytes.fromhex(wanted[1:])) in seen, wanted


# -- the command


@pytest.fixture
def without_office(monkeypatch: pytest.MonkeyPatch) -> None:
    no_office(monkeypatch)


def set_up(folder: Path, port: int, more: str = "") -> None:
    (folder / "qmsbook.toml").write_text(
        f'[mail]\nhost = "localhost"\nfrom = "Tom Hayes <{USER}>"\nuser = "{USER}"\nport = {port}\n'
        f'certificate = "office-ca.pem"\ntimeout = 10\n{more}',
        encoding="utf-8",
    )


def test_nothing_is_sent_unless_it_is_asked_for(
    run: Run, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_office: None
) -> None:
    monkeypatch.setenv("QMSBOOK_MAIL_PASSWORD", PASSWORD)
    box, before = Mailbox(), example.read_bytes()
    with serving(box, certificates(tmp_path)) as server:
        set_up(tmp_path, server.port)
        code, out, _ = run("mail", example, "--period", PERIOD)
        assert code == 0
        assert "Nothing was sent" in out
        assert "There is no PDF" in out
        code, out, err = run("mail", example, "--period", PERIOD, "--send")
        assert code == 2
        assert "nobody to ask" in err
    assert box.taken == []
    assert example.read_bytes() == before
    assert len(list((tmp_path / mailing.FOLDER).iterdir())) == 1


def test_sending_tells_of_each_person_and_keeps_the_password_nowhere(
    run: Run, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, without_office: None,
) -> None:  # fmt: skip
    caplog.set_level(0)
    monkeypatch.setenv("QMSBOOK_MAIL_PASSWORD", PASSWORD)
    box = Mailbox()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "person"))
    with serving(box, certificates(tmp_path)) as server:
        set_up(tmp_path, server.port)
        agreed_server(tmp_path, "", lambda _: server.host, places().data)
        code, out, err = run("mail", example, "--period", PERIOD, "--send", "--yes", "--json")
        assert code == 0, err
        answer = json.loads(out)
        assert {o["fate"] for o in answer["outcomes"]} == {"sent"}
        assert sorted(box.taken[0][1]) == sorted(o["to"] for o in answer["outcomes"])
        again = Mailbox(refuses={answer["outcomes"][0]["to"]: "550 gone"})
        box.refuses = again.refuses
        code, refused, _ = run("mail", example, "--period", PERIOD, "--send", "--yes")
        assert code == 3
        assert "refused" in refused
        assert "gone" in refused
        assert len(box.taken) == 1
    sent = message_from_bytes(box.taken[0][2], policy=policy.default)
    assert "X-Unsent" not in sent
    assert sent["From"].addresses[0].addr_spec == USER
    everything = [out, err, refused, caplog.text]
    everything += [p.read_bytes().decode("latin-1") for p in tmp_path.rglob("*") if p.is_file()]
    everything += [
        part.decode("latin-1") for p in tmp_path.rglob("*.xlsx") for part in unzip(p.read_bytes()).values()
    ]
    for spelled in (PASSWORD, PASSWORD.encode().decode("latin-1")):
        assert not any(spelled in text for text in everything)


def test_drafts_never_replace_what_is_there(mailed: mailing.Mailed, tmp_path: Path) -> None:
    made = [mailing.written(mailed.posts, tmp_path, "Review 2026-Q3") for _ in range(2)]
    assert [each.folder.name for each in made] == ["Review 2026-Q3", "Review 2026-Q3 (2)"]
    (tmp_path / "file").touch()
    with pytest.raises(mailing.FolderNotWritable, match="file"):
        mailing.written(mailed.posts, tmp_path / "file", "Review")


def test_a_folder_beside_the_workbook_that_cannot_be_had_is_told(
    run: Run, example: Path, without_office: None, tmp_path: Path
) -> None:
    (tmp_path / mailing.FOLDER).touch()
    code, _, err = run("mail", example, "--period", PERIOD)
    assert code == 3
    assert "--to" in err
