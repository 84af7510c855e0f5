"""Rows that come into a drawn sheet or go out of it: what stays keeps its charts, tables and breaks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: Before which row, from 1, so many rows come; less than nothing: so many go, that row first.
Step = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shift:
    """Steps from the bottom up, each in rows as they are before any step."""

    steps: tuple[Step, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.steps)

    def row(self, row: int) -> int | None:
        """Where a row is afterwards; None if it goes."""
        moved = row
        for at, count in self.steps:
            if count < 0 and at <= row < at - count:
                return None
            if at <= row:
                moved += count
        return moved

    def span(self, first: int, last: int) -> tuple[int, int] | None:
        """Where a run of rows is afterwards; None if all of it goes."""
        kept = [now for row in range(first, last + 1) if (now := self.row(row)) is not None]
        return (kept[0], kept[-1]) if kept else None

    @property
    def fresh(self) -> set[int]:
        """The rows, as they are counted afterwards, that came."""
        found = set()
        for at, count in self.steps:
            if count > 0:
                first = at + sum(more for other, more in self.steps if other < at)
                found |= {*range(first, first + count)}
        return found

    def back(self) -> Shift:
        """The way back: what came goes, where rows went rows come."""
        moved = (
            (at + sum(more for other, more in self.steps if other < at), -count) for at, count in self.steps
        )
        return Shift(tuple(moved))


def runs(rows: Collection[int]) -> list[tuple[int, int]]:
    """Rows as runs: first and last."""
    found: list[tuple[int, int]] = []
    for row in sorted(rows):
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found


def shift_between(
    before: Sequence[int], after: Sequence[int], old: Mapping[int, bytes], new: Mapping[int, bytes]
) -> Shift | None:
    """The rows that have to come and to go so that each row of ``before`` is the one of ``after``.

    ``old`` and ``new`` are what people see in the rows: as much of it as possible stays where it is. None if
    there is no way.
    """
    points = sorted({(0, 0), (1, 1), *zip(before, after, strict=True)})
    steps: list[Step] = []
    for (one, its), (other, theirs) in pairwise(points):
        gap, wanted = other - one - 1, theirs - its - 1
        if gap < 0 or wanted < 0:  # one row would be two, or two would be one
            return None
        if gap != wanted:
            same = _alike(old, new, one, its, min(gap, wanted))
            steps.append((one + 1 + same, wanted - gap))
    return Shift(tuple(reversed(steps)))


def _alike(old: Mapping[int, bytes], new: Mapping[int, bytes], one: int, its: int, most: int) -> int:
    """How many rows below two rows are the same."""
    for number in range(1, most + 1):
        if old.get(one + number) != new.get(its + number):
            return number - 1
    return most
