"""Makes the pictures of tour and tutorial: ``python tests/support/tour_pictures.py docs/images/tour``.

Each is the first printed page of a sheet, as LibreOffice and poppler draw it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import tutorial
from office import office
from PIL import Image, ImageChops

#: The sheets of the example that the tour shows, by the names of their pictures.
SHEETS = {
    "measurements": "Measurements", "kpis": "KPIs", "objectives": "Objectives", "findings": "Findings",
    "scorecard": "Scorecard", "cascade": "Cascade", "boards": "Boards", "review": "Review 2026-Q3",
}  # fmt: skip
#: What the first sheet of a new workbook, and two sheets of the tutorial's, are called.
START, TUTORIAL = {"start": "Start"}, {"tutorial-scorecard": "Scorecard", "tutorial-review": "Review 2026-Q4"}
#: The names of all pictures.
PICTURES = frozenset({*SHEETS, *START, *TUTORIAL})


def make(to: Path) -> None:
    """Make all pictures anew in a folder."""
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        demo = [sys.executable, "-m", "qmsbook", "demo", str(folder / "demo")]
        subprocess.run(demo, check=True, capture_output=True)
        _take(folder / "demo" / "example.xlsx", SHEETS, to)
        for step, _ in tutorial.walk(folder):
            if step.words[1] == "new":
                _take(folder / "acme.xlsx", START, to)
            elif step.words[1] == "review":
                _take(folder / "acme.xlsx", TUTORIAL, to)


def _take(workbook: Path, sheets: Mapping[str, str], to: Path) -> None:
    """Keep the first printed page of each sheet, without its empty edges."""
    pdf, page = workbook.with_suffix(".pdf"), workbook.with_suffix(".png")
    for _ in range(3):  # a fresh profile ends the first start with exit code 81
        convert = [*office(), "--convert-to", "pdf", "--outdir", str(workbook.parent), str(workbook)]
        subprocess.run(convert, capture_output=True, timeout=300, check=False)
        if pdf.exists():
            break
    told = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout
    pages = [text.strip().splitlines() for text in told.decode("utf-8").split("\f")]
    edges = [lines[:1] + lines[-1:] for lines in pages]  # each sheet prints its name at the top or the bottom
    for picture, sheet in sheets.items():
        named = re.compile(rf"\b{sheet}\b")
        at = str(next(at for at, edge in enumerate(edges, 1) if any(map(named.search, edge))))
        one = ["pdftoppm", "-r", "110", "-f", at, "-l", at, "-singlefile", "-png", str(pdf)]
        subprocess.run([*one, str(page.with_suffix(""))], check=True)
        with Image.open(page) as opened:
            _cropped(opened.convert("RGB")).quantize(64).save(to / f"{picture}.png", optimize=True)
    pdf.unlink()


def _cropped(page: Image.Image) -> Image.Image:
    inked = ImageChops.difference(page, Image.new("RGB", page.size, "white")).getbbox() or (0, 0, *page.size)
    left, top, right, low = inked
    return page.crop(
        (max(left - 12, 0), max(top - 12, 0), min(right + 12, page.width), min(low + 12, page.height))
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
