"""Takes README's picture of the review: ``python tests/support/review_picture.py docs/images/review.png``."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

from office import office
from PIL import Image

from qmsbook import commands
from qmsbook.hosts.file.host import FileHost
from qmsbook.pages.draw import draw_review
from qmsbook.pages.page import Frame
from qmsbook.sections import compose, gather

ON, PERIOD = date(2026, 11, 10), "2026-Q3"


def take(picture: Path) -> None:
    """Keep the first printed page of the example company's review, as LibreOffice and poppler draw it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = folder / "acme.xlsx"
        book.write_bytes(commands.template("example.xlsx"))
        plan = commands.read(FileHost(book), commands.Asked(ON)).book
        period = plan.parse_period(PERIOD)
        assert period is not None
        drawing = draw_review(compose(gather(plan, period)), replace(Frame.of(plan), paper="A4"))
        sheet = folder / "review.xlsx"
        sheet.write_bytes(drawing.content)
        convert = [*office(), "--convert-to", "pdf", "--outdir", name, str(sheet)]
        for _ in range(3):  # a fresh profile ends the first start with exit code 81
            subprocess.run(convert, capture_output=True, timeout=300, check=False)
            if sheet.with_suffix(".pdf").exists():
                break
        first_page = ["pdftoppm", "-r", "96", "-f", "1", "-l", "1", "-singlefile", "-png"]
        subprocess.run([*first_page, str(sheet.with_suffix(".pdf")), str(folder / "page")], check=True)
        picture.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(folder / "page.png") as page:  # 64 colours are plenty, and half the size
            page.convert("RGB").quantize(64).save(picture, optimize=True)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
