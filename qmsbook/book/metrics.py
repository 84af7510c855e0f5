"""How wide and how high text is on a sheet, so that none is cut off."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

# Advance widths of Calibri from the space to the tilde, in thousandths of the type size (measured in Carlito,
# which has the same).
_REGULAR = (
    226, 326, 401, 498, 507, 715, 682, 221, 303, 303, 498, 498, 250, 306, 252, 386, 507, 507, 507,
    507, 507, 507, 507, 507, 507, 507, 268, 268, 498, 498, 498, 463, 894, 579, 544, 533, 615, 488,
    459, 631, 623, 252, 319, 520, 420, 855, 646, 662, 517, 673, 543, 459, 487, 642, 567, 890, 519,
    487, 468, 307, 386, 307, 498, 498, 291, 479, 525, 423, 525, 498, 305, 471, 525, 229, 239, 455,
    229, 799, 525, 527, 525, 525, 349, 391, 335, 525, 452, 715, 433, 453, 395, 314, 460, 314, 498,
)  # fmt: skip
_BOLD = (
    226, 326, 438, 498, 507, 729, 705, 233, 312, 312, 498, 498, 258, 306, 267, 430, 507, 507, 507,
    507, 507, 507, 507, 507, 507, 507, 276, 276, 498, 498, 498, 463, 898, 606, 561, 529, 630, 488,
    459, 637, 631, 267, 331, 547, 423, 874, 659, 676, 532, 686, 563, 473, 495, 653, 591, 906, 551,
    520, 478, 325, 430, 325, 498, 498, 300, 494, 537, 418, 537, 503, 316, 474, 537, 246, 255, 480,
    246, 813, 537, 538, 537, 537, 355, 399, 347, 537, 473, 745, 459, 474, 397, 344, 475, 344, 498,
)  # fmt: skip
#: Anything outside that range counts as a wide letter; East Asian ones are wider still.
_OTHER, _WIDE = 620, 1050
#: Excel makes no row higher than so many points.
MOST_HIGH = 409.0
#: Programs and printers differ a little in where they break lines.
_CARE = 1.01


def pixels(columns: float) -> int:
    """The pixels of a column that is so many characters wide, in Calibri 11."""
    return int(columns * 7 + 5)


@lru_cache(maxsize=16384)
def text_width(text: str, size: float = 10, bold: bool = False) -> float:
    """The width of a line of text in pixels.

    >>> text_width("On track") < text_width("On track", bold=True) < text_width("On track", 11, bold=True)
    True
    """
    table = _BOLD if bold else _REGULAR
    total = 0
    for letter in text:
        code = ord(letter)
        total += table[code - 32] if 32 <= code < 127 else _WIDE if code >= 0x1100 else _OTHER
    return total * size * 96 / 72 / 1000 * _CARE


def lines(text: str, columns: float, size: float = 10, bold: bool = False) -> int:
    """How many lines a wrapped text takes in a column."""
    room = pixels(columns) - 6
    return sum(_wrapped(line, room, size, bold) for line in text.split("\n"))


def _wrapped(line: str, room: float, size: float, bold: bool) -> int:
    if text_width(line, size, bold) <= room:
        return 1
    space = text_width(" ", size, bold)
    count, used = 1, 0.0
    for word in line.split(" "):
        width = text_width(word, size, bold)
        if used and used + space + width > room:
            count, used = count + 1, 0.0
        if width > room:  # a word longer than the line is broken wherever it ends
            count, used = count + math.ceil(width / room) - 1, width % room
        else:
            used += width + (space if used else 0)
    return count


def height(texts: Iterable[tuple[str, float, float, bool]], least: float = 15, padding: float = 3) -> float:
    """The height in points of a row that holds wrapped texts: text, width in characters, type size, bold.

    Excel allows 409 points at most.
    """
    needed = [
        lines(text, columns, size, bold) * size * 1.28 + padding
        for text, columns, size, bold in texts
        if text
    ]
    return min(MOST_HIGH, max([least, *needed]))


def page_breaks(
    heights: Mapping[int, float], last: int, keep: Collection[int], fresh: Collection[int], room: float,
    first: int = 2,
) -> list[int]:  # fmt: skip
    """The rows after which a page ends, from the first row on, where a page holds so many points.

    Rows of ``keep`` stay with the next one, those of ``fresh`` begin a page; a row of no
    known height has 15 points.

    >>> page_breaks({2: 40, 3: 40, 4: 40, 5: 40}, 5, keep={3}, fresh=(), room=100)
    [2, 4]
    """
    breaks, used, start = [], 0.0, first
    for row in range(first, last + 1):
        if row in keep and row < last and row + 1 not in fresh:
            continue
        unit = math.fsum(heights.get(at, 15.0) for at in range(start, row + 1))
        if (start in fresh or used + unit > room) and used:
            breaks.append(start - 1)
            used = 0.0
        used, start = used + unit, row + 1
    return breaks
