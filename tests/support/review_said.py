"""A composed review as plain text, block by block, so that every sentence of it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from qmsbook.sections.section import (
    Block,
    Charts,
    Counts,
    Entry,
    Facts,
    Heading,
    Matrices,
    Points,
    Review,
    Rows,
    Said,
    Text,
)


def said(review: Review) -> list[str]:
    """The lines of a review."""
    return [line.rstrip() for block in review.blocks for line in _lines(block)]


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield from ("", f"## {block.text}")
        case Text():
            yield block.text
        case Points():
            yield from (f"{at}. {item}" for at, item in enumerate(block.items, 1))
        case Facts():
            yield from (f"{label}: {text}" for label, text in block.items)
        case Counts():
            yield ", ".join(f"{count} {name}" for name, count, _ in block.items)
        case Rows():
            yield from _table(block)
        case Charts():
            yield from (f"[chart] {chart.title}. {chart.alt}" for chart in block.items)
        case Matrices():
            yield from (f"[picture] {each.alt}" for each in block.items)
        case Entry():
            keys = ", ".join(str(row[0]) for row in block.rows)
            yield f"[to fill in] {' | '.join(column.header for column in block.columns)}: {keys}"
        case _:
            assert_never(block)


def _table(block: Rows) -> Iterator[str]:
    if not block.rows:
        yield block.empty
        return
    yield " | ".join(header for _, header in block.columns)
    for row in block.rows:
        yield "  " + " | ".join(_cell(cell) for cell in row)


def _cell(cell: str | Said) -> str:
    if isinstance(cell, str):
        return cell.replace("\n", " / ")
    mark = f"[{cell.word}] " if cell.word else ""
    return f"{mark}{cell.lead}{cell.text}".replace("\n", " / ").strip()
