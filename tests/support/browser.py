"""A real browser: what a mail's HTML measures there, and a picture of it."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

import pytest
from PIL import Image

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_MEASURE = """
const frame = document.getElementById("frame"), page = frame.contentDocument;
function rgb(text) { return text.match(/[\\d.]+/g).map(Number); }
function ground(tag) {
  for (; tag; tag = tag.parentElement) {
    const color = rgb(frame.contentWindow.getComputedStyle(tag).backgroundColor);
    if (color.length < 4 || color[3] === 1) return color;
  }
  return [255, 255, 255];
}
function light(color) {
  const [r, g, b] = color.slice(0, 3).map(c => {
    c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const walk = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT), found = {
  wide: page.documentElement.scrollWidth, high: page.documentElement.scrollHeight,
  right: 0, letters: 99, contrast: 21, ground: light(ground(page.body)) };
while (walk.nextNode()) {
  if (!walk.currentNode.textContent.trim()) continue;
  const tag = walk.currentNode.parentElement, style = frame.contentWindow.getComputedStyle(tag);
  const range = page.createRange(); range.selectNodeContents(walk.currentNode);
  const two = [light(rgb(style.color)), light(ground(tag))].sort((a, b) => b - a);
  found.right = Math.max(found.right, range.getBoundingClientRect().right);
  found.letters = Math.min(found.letters, parseFloat(style.fontSize));
  found.contrast = Math.min(found.contrast, (two[0] + 0.05) / (two[1] + 0.05));
}
document.title = JSON.stringify(found);
"""


@dataclass(frozen=True)
class Look:
    """A page in pixels: its smallest letters, its least contrast, and how light its ground is (0-1)."""

    wide: float
    high: float
    right: float
    letters: float
    contrast: float
    ground: float


@functools.cache
def _found() -> str | None:
    named = os.environ.get("QMSBOOK_BROWSER", "")
    return next(filter(None, map(shutil.which, (named, *_NAMES))), None)


def browser() -> str:
    """The command of a Chromium. Skips the test where there is none, unless it is required."""
    found = _found()
    if found is None:
        if "browser" in os.environ.get("QMSBOOK_REQUIRE", ""):
            pytest.fail("QMSBOOK_REQUIRE asks for a browser, but there is no chromium")
        pytest.skip("Chromium is not installed")
    return found


def look(html: str, width: int, dark: bool = False) -> Look:
    """What a mail's HTML measures in a window of a width."""
    dumped = _run(_framed(html, width, 600, _MEASURE), dark, ["--dump-dom"]).decode("utf-8")
    title = re.search(r"<title>(.*?)</title>", dumped)
    assert title is not None, dumped[:500]
    return Look(**json.loads(unescape(title[1])))


def picture(html: str, size: tuple[int, int], dark: bool, path: Path) -> Image.Image:
    """A picture of a mail's HTML in a window of a size."""
    shot = [f"--screenshot={path}", f"--window-size={max(size[0], 500)},{size[1]}"]
    _run(_framed(html, *size, ""), dark, shot)
    with Image.open(path) as found:
        return found.convert("RGB").crop((0, 0, *size))


def _framed(html: str, width: int, height: int, script: str) -> str:
    # A window cannot be as narrow as a phone; a frame in it can.
    size = f"border:0;width:{width}px;height:{height}px"
    frame = f'<iframe id="frame" style="{size}" srcdoc="{escape(html)}">'
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title></title></head><body style="margin:0">'
        f"{frame}</iframe><script>window.onload = () => {{{script}}}</script></body></html>"
    )


def _run(page: str, dark: bool, more: list[str]) -> bytes:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        command = [
            browser(), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--force-device-scale-factor=1", f"--user-data-dir={folder}/profile",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}", *more, path.as_uri(),
        ]  # fmt: skip
        return subprocess.run(command, capture_output=True, timeout=120, check=True).stdout
