"""Reviews of three invented companies: every sentence was read and agreed with."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from review_said import said
from trades import ON, REVIEWED, build

from qmsbook.commands import look
from qmsbook.hosts.file.host import FileHost
from qmsbook.pages.draw import draw_review
from qmsbook.pages.page import Frame
from qmsbook.sections import compose, gather

BOOKS = Path(__file__).parent / "books"
#: On how many pages a review prints at most: a consultant alone has three.
MOST_PAGES = {"consultancy": 3, "turning": 6, "roads": 6}


@pytest.mark.parametrize("name", REVIEWED)
def test_the_review_says_what_was_agreed_with(name: str, tmp_path: Path) -> None:
    """To take over a change: read every line that differs, then write what is said into the file."""
    book = look(FileHost(build(name, tmp_path / f"{name}.xlsx")), ON).book
    period = book.parse_period(REVIEWED[name])
    assert period is not None
    review = compose(gather(book, period))
    assert said(review) == (BOOKS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert "360 %" not in "".join(said(review))


#: A month after the year, when most of these companies meet and its last readings are asked for.
MEETING = date(2027, 1, 20)


@pytest.mark.parametrize("on", [ON, MEETING])
@pytest.mark.parametrize("name", REVIEWED)
def test_a_review_keeps_to_its_pages_on_the_day_of_the_meeting_too(
    name: str, on: date, tmp_path: Path
) -> None:
    book = look(FileHost(build(name, tmp_path / f"{name}.xlsx")), on).book
    period = book.parse_period(REVIEWED[name])
    assert period is not None
    drawn = draw_review(compose(gather(book, period)), Frame.of(book))
    with zipfile.ZipFile(io.BytesIO(drawn.content)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    breaks = sheet.partition("<rowBreaks")[2].partition("</rowBreaks>")[0]
    assert breaks.count("<brk ") + 1 <= MOST_PAGES[name]
