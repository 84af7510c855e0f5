"""What a generated sheet remembers: what was drawn on it, in two places, so that typing destroys one at most.

The first is the hidden first row: the marker in A1, the digest in B1, the memo from C1 on, each text of it
behind a tilde; on a sheet that was closed follow the stamp of its copy for reading, without a tilde, and the
bytes of the copy. The spare stands down a hidden column, each text behind its number: whoever clears or
deletes a row or a column meets one of the two.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise, takewhile
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from qmsbook.book.snapshot import MARKER, Drawn
from qmsbook.book.table import ErrorValue, Value

#: Where a cell of a sheet stands: row and column from 1.
Place: TypeAlias = tuple[int, int]
SIGN: Place = (1, 1)
DIGEST: Place = (1, 2)
MEMO: Place = (1, 3)
#: Excel holds 32,767 characters in a cell.
CHUNK = 30_000
#: How the texts begin that hold the plan which a review prints.
PLAN = "qmsbook plan "
#: No sheet's memo or copy is longer once it is unpacked: a few bytes may stand for gigabytes.
_MOST = 256 << 20
#: A tilde in front keeps every program from reading a chunk as a number or a formula.
_CHUNK = "~"
_SPARE = re.compile(r"~([0-9]+)/([0-9]+)(~[A-Za-z0-9+/=]+)")
#: A text in the hidden first row that was packed, whatever became of those beside it.
_PACKED = re.compile(r"~[A-Za-z0-9+/]{40,}={0,2}")
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class EntryMemo:
    """An entry area as it was drawn: headers (the first names the row), and each row's values by its key.

    ``asked`` are the keys of rows that people took off the sheet and that the workbook still holds; ``links``
    name, by a decision's key, the action that carries it out. ``row`` is the headers', 0 in older memos.
    """

    headers: tuple[str, ...]
    rows: Mapping[str, tuple[Value, ...]]
    asked: tuple[str, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    row: int = 0


@dataclass(frozen=True, slots=True)
class Memo:
    """What was drawn on a sheet: cells outside the entry areas and, by table name, the entry areas.

    ``frozen`` are the cells of the entry areas on a sheet that was closed.
    """

    cells: Mapping[Place, Value]
    entries: Mapping[str, EntryMemo]
    frozen: Mapping[Place, Value] = field(default_factory=dict)


class _Kept(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, defer_build=True)


class KeptDay(_Kept):
    """A day, told from a text of the same letters."""

    day: str


#: A cell's value as it is kept.
KeptValue: TypeAlias = bool | float | str | KeptDay | None
_KeptCell: TypeAlias = Annotated[tuple[int, int, KeptValue], Field(strict=False)]


class KeptArea(_Kept):
    """An entry area as it is kept: see `EntryMemo`."""

    headers: list[str]
    rows: dict[str, list[KeptValue]]
    asked: list[str] = []
    links: dict[str, str] = {}
    row: int = 0


class KeptMemo(_Kept):
    """A memo as it is kept: cells as row, column and value. What a later release keeps besides is let be."""

    cells: list[_KeptCell]
    frozen: list[_KeptCell] = []
    entries: dict[str, KeptArea]


@dataclass(frozen=True, slots=True)
class Copy:
    """A sheet as a workbook of its own, for reading: ``stamp`` is the line that is printed at its end."""

    stamp: str
    content: bytes


def pack(memo: Memo) -> list[str]:
    """A memo as texts that fit into cells."""
    data = {
        "cells": _listed(memo.cells),
        "frozen": _listed(memo.frozen),
        "entries": {
            name: {
                "headers": area.headers,
                "rows": {key: [_plain(v) for v in values] for key, values in area.rows.items()},
                "asked": area.asked,
                "links": dict(area.links),
                "row": area.row,
            }
            for name, area in memo.entries.items()
        },
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return _chunks(text.encode("utf-8", "surrogatepass"))


def pack_copy(copy: Copy) -> list[str]:
    """A copy as texts that fit into cells."""
    return [copy.stamp, *_chunks(copy.content)]


def spared(chunks: Sequence[str]) -> list[str]:
    """The texts of a memo as its spare has them."""
    return [f"{_CHUNK}{number}/{len(chunks)}{chunk}" for number, chunk in enumerate(chunks, 1)]


def is_spare(value: Value) -> bool:
    """Whether a cell's value is a text of a spare."""
    return isinstance(value, str) and value.startswith(_CHUNK) and _SPARE.fullmatch(value) is not None


def _chunks(content: bytes) -> list[str]:
    packed = base64.b64encode(zlib.compress(content)).decode()
    return [_CHUNK + packed[at : at + CHUNK] for at in range(0, len(packed), CHUNK)]


def _joined(chunks: Sequence[str], most: int = _MOST) -> bytes:
    """What these chunks were made of. Raises ValueError or zlib.error if they are not what they were."""
    packed = "".join(chunk.removeprefix(_CHUNK) for chunk in chunks)
    worker = zlib.decompressobj()
    content = worker.decompress(base64.b64decode(packed, validate=True), most)
    if not worker.eof:
        raise ValueError("cut off, or longer than any")
    return content


def unpack(chunks: Sequence[str], most: int = _MOST) -> Memo | None:
    """The memo in these texts, or None if it cannot be read any more, or is longer than ``most`` bytes."""
    return _unpacked(tuple(chunks), most)


@lru_cache(maxsize=8)  # a sheet is asked several times
def _unpacked(chunks: tuple[str, ...], most: int) -> Memo | None:
    try:
        kept = KeptMemo.model_validate(json.loads(_joined(chunks, most).decode("utf-8", "surrogatepass")))
        entries = {
            name: EntryMemo(
                tuple(area.headers),
                {key: tuple(map(_value, values)) for key, values in area.rows.items()},
                tuple(area.asked),
                area.links,
                area.row,
            )
            for name, area in kept.entries.items()
        }
        return Memo(_by_place(kept.cells), entries, _by_place(kept.frozen))
    except (ValueError, OverflowError, RecursionError, zlib.error):
        return None


def _by_place(cells: Sequence[tuple[int, int, KeptValue]]) -> dict[Place, Value]:
    return {(row, column): _value(value) for row, column, value in cells}


def memo_of(drawn: Drawn, most: int = _MOST) -> Memo | None:
    """What was drawn on a sheet when it was last put, or None if neither of its two places tells any more."""
    places = (found for read in (_first, _second) if (found := read(drawn)))
    return next((memo for chunks in places if (memo := unpack(chunks, most))), None)


def memo_told(drawn: Drawn) -> bool:
    """Whether one of the two places still tells what was drawn: its bytes are those that were put."""
    for chunks in (_first(drawn), _second(drawn)):
        with suppress(ValueError, zlib.error):
            if _joined(chunks):
                return True
    return False


def memo_whole(drawn: Drawn) -> bool:
    """Whether the memo stands in both of its places, the same in each."""
    first = _first(drawn)
    return bool(first) and first == _second(drawn)


def own_signs(drawn: Drawn) -> set[Place]:
    """The cells of a sheet that hold what it remembers, and none of people's words.

    On a sheet that was closed they are those of its copy too.
    """
    ours = set(_second(drawn) or _first(drawn))
    behind = _behind_signs(drawn)[1]
    ours.update(stamp for stamp, content in pairwise(behind[:2]) if _PACKED.fullmatch(content))
    row = {(r, c): v for (r, c), v in drawn.cells.items() if r == 1 and isinstance(v, str)}
    signs = {
        place
        for place, text in row.items()
        if text in ours or text.startswith(MARKER) or _HEX.fullmatch(text) or _PACKED.fullmatch(text)
    }
    return signs | {place for place, value in drawn.cells.items() if is_spare(value)}


def _first(drawn: Drawn) -> list[str]:
    """The chunks of the memo as they stand in the first row."""
    return _behind_signs(drawn)[0]


def _second(drawn: Drawn) -> list[str]:
    """The chunks of the memo as its spare has them; none if one of them is missing."""
    texts = (v for v in drawn.cells.values() if isinstance(v, str) and v.startswith(_CHUNK))
    found = {int(m[1]): (int(m[2]), m[3]) for text in texts if (m := _SPARE.fullmatch(text))}
    whole = all(number in found and found[number][0] == len(found) for number in range(1, len(found) + 1))
    return [found[number][1] for number in sorted(found)] if whole else []


def copy_of(drawn: Drawn) -> Copy | None:
    """The copy for reading that was made of a sheet when it was closed; None if there is none (any more)."""
    stamp, *rest = _behind_signs(drawn)[1] or [""]
    chunks = _chunks_in(rest)[0]
    try:
        return Copy(stamp, _joined(chunks)) if chunks else None
    except (ValueError, zlib.error):
        return None


def _behind_signs(drawn: Drawn) -> tuple[list[str], list[str]]:
    """The chunks in the first row, and the texts behind them, wherever inserted columns moved them."""
    found = sorted((c, v) for (r, c), v in drawn.cells.items() if r == 1 and isinstance(v, str))
    texts = [text for _, text in found]
    while texts and not texts[0].startswith(_CHUNK):
        del texts[0]
    return _chunks_in(texts)


def _chunks_in(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The texts that chunks are, up to the first other one, and what comes behind them."""
    chunks = list(takewhile(lambda text: text.startswith(_CHUNK), texts))
    return chunks, list(texts[len(chunks) :])


def _listed(cells: Mapping[Place, Value]) -> list[list[Any]]:
    return [[row, column, _plain(value)] for (row, column), value in sorted(cells.items())]


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value) if isinstance(value, ErrorValue) else value


def _value(value: KeptValue) -> Value:
    if isinstance(value, KeptDay):
        moment = datetime.fromisoformat(value.day)
        return moment.date() if moment.time() == datetime.min.time() else moment
    return value
