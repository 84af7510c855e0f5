"""Levels: for how long a figure has kept to one side of where it started, and what its end means."""

from __future__ import annotations

from dataclasses import dataclass

from qmsbook.book.book import Book
from qmsbook.book.words import plural
from qmsbook.methods.natural import Readings
from qmsbook.methods.signals import Points, lasting
from qmsbook.methods.xmr import CONCERN, IMPROVEMENT, natural_limits


def held_for(points: Points, base: int | None) -> int:
    """For how many points a level has held, up to the last; what made the limits is no part of it."""
    count = lasting(points, "shift")
    return count if base is None or len(points.away) <= base else min(count, len(points.away) - base)


@dataclass(frozen=True, slots=True)
class Lost:
    """A level that had held for ``held`` readings since the start and is over; ``way``: where it went."""

    held: int
    way: int

    def said(self, answer: str) -> str:
        """``a better level that had held for 14 readings is lost``."""
        which, end = _LEVELS.get(answer, ("a", "left"))
        return f"{which} level that had held for {plural(self.held, 'reading')} is {end}"

    def so(self, answer: str, started: str, inside: bool) -> str:
        """What that means against the start; ``inside``: the last reading lies within the limits of then."""
        if inside:
            return f"so it is back where it was in its {started}"
        return f"so it {_ON_THE_WAY.get(answer, _BETWEEN)[1]} than in its {started}"

    def word(self, answer: str, started: str, inside: bool) -> str:
        """The same as an answer."""
        if inside:
            return f"back where we started ({started})"
        return f"{_ON_THE_WAY.get(answer, _BETWEEN)[0]} than where we started ({started})"


_LEVELS = {CONCERN: ("a better", "lost"), IMPROVEMENT: ("a worse", "over")}
_ON_THE_WAY = {
    CONCERN: ("slipping back, still better", "slips back, still better"),
    IMPROVEMENT: ("recovering, still worse", "recovers, still worse"),
}
_BETWEEN = ("going back, still other", "goes back, still other")
#: So many readings on the other side of a level's mean end it, though none lies outside its limits.
_RUN = 7


def lost_level(book: Book, found: Readings, points: Points) -> Lost | None:
    """The level that had held for as many readings as limits need, and is over.

    All readings since lie on the other side of its mean, and one outside its own limits; or a run of them, in
    which one may stray.
    None where the level goes on, or is over for so long that the process runs as it did where it started.
    """
    base, values = book.settings.baseline_points or 0, found.last
    for end in range(len(values) - 1, max(len(values) - base, 2 * base - 1), -1):
        side = 1 if points.away[end - 1] > 0 else -1
        held = held_for(Points(points.away[:end], points.third, points.dust), base)
        if held < base:
            continue
        limits = natural_limits(values[end - base : end], None, book.settings.screen_moving_ranges)
        way = (limits.way or 0.0) + points.dust
        since = [(value - limits.mean) * side for value in values[end:]]
        back = sum(1 for value in since if value < 0)
        if (back == len(since) and min(since) < -way) or back >= max(_RUN, len(since) - 1):
            return Lost(held, -side)
    return None
