"""A letter as plain text: for programs that show no HTML, and for people who read aloud."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import assert_never

from qmsbook.book.words import one_line
from qmsbook.mail.letter import Item, Letter, Listing, Paragraph, Part, Tally

#: Letters in a line: what mail programs show without breaking it again.
WIDTH = 72


def plain(letter: Letter) -> str:
    """The whole letter, its lines at most 72 letters long where words allow."""
    title = one_line(letter.title)
    lines = [*_wrapped(title), "=" * min(len(title), WIDTH), *_wrapped(one_line(letter.subtitle))]
    for part in letter.parts:
        lines += ["", *_part(part)]
    if letter.foot:
        lines += ["", "-- "]
        for text in letter.foot:
            lines += _wrapped(one_line(text))
    return "\n".join(lines) + "\n"


def _part(part: Part) -> Iterator[str]:
    match part:
        case Paragraph():
            yield from _wrapped(one_line(part.text))
        case Tally():
            yield "   ".join(f"{count} {one_line(label)}" for label, count, _ in part.items)
        case Listing():
            yield one_line(part.heading).upper()
            for item in part.items:
                yield from _wrapped(_item(item), "- ", "  ")
            if part.more:
                yield from _wrapped(one_line(part.more), "  ", "  ")
            if not part.items and part.empty:
                yield from _wrapped(one_line(part.empty), "  ", "  ")
        case _:
            assert_never(part)


def _item(item: Item) -> str:
    lead, text = one_line(item.lead), one_line(item.text)
    word = f" ({one_line(item.word).lower()})" if item.word else ""
    return f"{lead}{word}: {text}" if lead and text else f"{lead or text}{word}"


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    found = wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    return found or [first.rstrip()]
