"""Whatever byte of a workbook is another: it is told, or what is read is what two other readers read."""

from __future__ import annotations

import io
import math
import random
import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from common import drawing, small_book
from lxml import etree
from ooxml import Parts, parse, place, shared_strings, sheet_parts, string_of, unescaped, unzip, zipped
from openpyxl.utils.datetime import to_excel

from qmsbook.book.edit import PutSheet
from qmsbook.book.error import QmsbookError
from qmsbook.book.table import ErrorValue
from qmsbook.hosts.file.host import FileHost
from qmsbook.hosts.file.reader import Loaded, load

SEED, COUNT = 20261129, 500
#: What a cell holds, by sheet, row and column: a number (dates too), a text, yes or no; no blank ones.
Cells = dict[tuple[str, int, int], float | str | bool]
#: Signs that mean something in the parts of a workbook.
_SIGNS = b"0123456789AZarst<>/\"'=&;: -.x"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = small_book(tmp_path_factory.mktemp("flips") / "book.xlsx")
    host = FileHost(path)
    host.apply([PutSheet("qmsbook:review", "Review", drawing("qmsbook:review"))], host.read())
    return path.read_bytes()


def raw(content: bytes, luck: random.Random) -> bytes:
    """One bit of the file is another."""
    changed = bytearray(content)
    changed[luck.randrange(len(changed))] ^= 1 << luck.randrange(8)
    return bytes(changed)


def inside(content: bytes, luck: random.Random) -> bytes:
    """One byte of a part is another, and the sum is right; half of them become a sign with a meaning."""
    parts = unzip(content)
    name = luck.choice([name for name in parts if not name.startswith(("docProps", "xl/theme"))])
    changed, at = bytearray(parts[name]), luck.randrange(len(parts[name]))
    changed[at] = luck.choice(_SIGNS) if luck.random() < 0.5 else changed[at] ^ 1 << luck.randrange(8)
    return zipped(parts | {name: bytes(changed)})


def flipped(content: bytes) -> Iterator[tuple[int, bytes]]:
    """So many workbooks of which one byte is another: half of them raw, half inside a part."""
    for number in range(COUNT):
        luck = random.Random(SEED + number)
        yield number, (raw if number % 2 else inside)(content, luck)


# -- three readers


def ours(loaded: Loaded) -> Cells:
    """The cells of tables and of generated sheets as qmsbook reads them."""
    found: dict[tuple[str, int, int], object] = {}
    for table in loaded.snapshot.tables:
        for column in range(len(table.headers)):
            for row in range(table.rows):
                at = table.cell(row, column)
                found[at.sheet, at.row, at.column] = table.columns[column][row]
    for drawn in loaded.snapshot.drawn:
        found |= {(drawn.sheet, *at): value for at, value in drawn.cells.items()}
    return {at: _plain(value, loaded) for at, value in found.items() if value is not None}


def _plain(value: object, loaded: Loaded) -> float | str | bool:
    if isinstance(value, date):
        serial = loaded.workbook.formats.serial(value)
        assert serial is not None
        return serial
    if isinstance(value, ErrorValue):
        return value.code
    assert isinstance(value, float | str | bool)
    return value


def whole_parts(content: bytes) -> Parts:
    """The parts whose bytes are those that the archive promises."""
    found: Parts = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            try:
                found[name] = archive.read(name)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError):
                continue
    return found


def strict(content: bytes, wanted: Set[tuple[str, int, int]]) -> Cells:
    """Some cells as a strict parser of XML finds them. Raises whatever it raises on what is not sound."""
    parts, found = whole_parts(content), Cells()
    texts = shared_strings(parts)
    for sheet, part in sheet_parts(parts).items():
        row = 0
        for line in parse(parts[part]).iterfind("{*}sheetData/{*}row"):
            row, column = int(line.get("r", row + 1)), 0
            if not any((sheet, row) == at[:2] for at in wanted):
                continue  # such as the headers, whose names a table's own part has
            for cell in line.iterfind("{*}c"):
                ref = cell.get("r")
                row, column = place(ref) if ref else (row, column + 1)
                value = _value(cell, texts) if (sheet, row, column) in wanted else None
                if value is not None and value != "":
                    found[sheet, row, column] = value
    return found


def table_parts(content: bytes) -> int:
    """How many tables the sheets say that they have."""
    parts = whole_parts(content)
    found = (parse(parts[part]).findall("{*}tableParts/{*}tablePart") for part in sheet_parts(parts).values())
    return sum(map(len, found))


def _value(cell: etree._Element, texts: list[str]) -> float | str | bool | None:
    kind, inner, value = cell.get("t", "n"), cell.find("{*}is"), cell.find("{*}v")
    if kind == "inlineStr":
        return string_of(inner) if inner is not None else None
    text = (value.text if value is not None else None) or ""
    if not text:
        return None
    if kind == "n":
        return float(text)
    if kind == "b":
        return {"1": True, "0": False, "true": True, "false": False}[text]
    return texts[int(text)] if kind == "s" else unescaped(text)


def by_openpyxl(content: bytes) -> Cells:
    """Every cell as openpyxl reads it. Raises whatever it raises."""
    found = Cells()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    for sheet in book.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                value = cell.value
                if isinstance(value, datetime | date | time | timedelta):
                    value = to_excel(value, book.epoch)
                if value is not None and value != "":
                    value = float(value) if type(value) is int else value
                    found[sheet.title, cell.row, cell.column] = value
    return found


def differences(mine: Cells, other: Mapping[tuple[str, int, int], object]) -> list[object]:
    """The cells that I read and another reader does not read so."""
    return [(at, value, other.get(at)) for at, value in mine.items() if not _same(value, other.get(at))]


def _same(one: float | str | bool, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    # openpyxl resolves escapes in some texts and leaves them in others.
    same = one == other or (isinstance(other, str) and one == unescaped(other))
    return type(one) is type(other) and same


def told_or_the_same(number: int, content: bytes) -> str:
    """What became of one workbook: told, or read, and by whom too."""
    try:
        loaded = load(content)
    except QmsbookError:
        return "told"
    mine = ours(loaded)
    assert not differences(mine, strict(content, mine.keys())), number
    assert len(loaded.snapshot.tables) >= table_parts(content), number
    assert len(loaded.snapshot.drawn) == 1, number
    try:
        other = by_openpyxl(content)
    except Exception:  # it gives up in ways of its own, on parts too that hold no value
        return "read by two"
    assert not differences(mine, other), number
    return "read by three"


def test_every_byte_that_is_another_is_told_or_read_as_others_read_it(book: bytes) -> None:
    assert told_or_the_same(-1, book) == "read by three"
    outcomes = Counter(told_or_the_same(number, content) for number, content in flipped(book))
    assert outcomes.total() == COUNT
    assert outcomes["told"] > COUNT // 3
    assert outcomes["read by three"] > COUNT // 10
    assert outcomes["read by two"] < COUNT // 5


@pytest.mark.parametrize(
    ("old", "new"),
    [(rb"<v>0\.95</v>", b"<v>0.59</v>"), (rb"<t>K2</t>", b"<t>K4</t>"), (rb't="b"><v>1', b't="b"><v>0')],
)
def test_the_comparison_sees_what_another_reader_sees(book: bytes, old: bytes, new: bytes) -> None:
    parts = unzip(book)
    name = next(name for name, content in parts.items() if re.search(old, content))
    other = zipped(parts | {name: re.sub(old, new, parts[name], count=1)})
    mine = ours(load(book))
    assert not differences(mine, strict(book, mine.keys()))
    assert differences(mine, strict(other, mine.keys()))
    assert differences(mine, by_openpyxl(other))
