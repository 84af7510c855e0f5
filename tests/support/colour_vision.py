"""How far two colours are apart, and how people see them who lack red, green or blue; or in grey print.

Sources: Sharma, Wu and Dalal, The CIEDE2000 Color-Difference Formula, Color Research and Application 30 (2005);
Machado, Oliveira and Fernandes, IEEE Transactions on Visualization and Computer Graphics 15 (2009), full severity.
"""  # noqa: E501  # sources in full

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import TypeAlias

Lab: TypeAlias = tuple[float, float, float]

#: What reaches the eye, from linear red, green and blue; grey is what a printer without colour makes of it.
SIGHT: dict[str, tuple[tuple[float, float, float], ...]] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
    "grey print": ((0.2126, 0.7152, 0.0722),) * 3,
}  # fmt: skip


def seen(colour: str, sight: str) -> Lab:
    """A colour such as ``#A84300`` in CIE Lab (D65), as it is seen."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    rows = (sum(k * v for k, v in zip(row, linear, strict=True)) for row in SIGHT[sight])
    red, green, blue = (min(1.0, max(0.0, value)) for value in rows)
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def closest(colours: Iterable[str], sight: str) -> float:
    """How far the two of some colours are apart that are the closest (CIEDE2000)."""
    return min(apart(seen(one, sight), seen(other, sight)) for one, other in combinations(colours, 2))


def apart(one: Lab, other: Lab) -> float:
    """The CIEDE2000 difference of two colours in CIE Lab."""
    mean_c = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    more = 1 + 0.5 * (1 - sqrt(mean_c**7 / (mean_c**7 + 25**7)))
    (c1, h1), (c2, h2) = (_polar(lab[1] * more, lab[2]) for lab in (one, other))
    dl, dc, dh = other[0] - one[0], c2 - c1, _turn(h1, h2) if c1 * c2 else 0.0
    dh = 2 * sqrt(c1 * c2) * sin(radians(dh / 2))
    light, chroma, hue = (one[0] + other[0]) / 2, (c1 + c2) / 2, _mean_hue(h1, h2) if c1 * c2 else h1 + h2
    t = (
        1 - 0.17 * cos(radians(hue - 30)) + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6)) - 0.20 * cos(radians(4 * hue - 63))
    )  # fmt: skip
    sl = 1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    turn = 2 * sqrt(chroma**7 / (chroma**7 + 25**7)) * -sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    return sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + turn * dc / sc * dh / sh)


def _polar(a: float, b: float) -> tuple[float, float]:
    return hypot(a, b), degrees(atan2(b, a)) % 360 if a or b else 0.0


def _turn(first: float, second: float) -> float:
    return (second - first + 180) % 360 - 180 if abs(second - first) != 180 else second - first


def _mean_hue(first: float, second: float) -> float:
    if abs(first - second) <= 180:
        return (first + second) / 2
    return (first + second + (360 if first + second < 360 else -360)) / 2
