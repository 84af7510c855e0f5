"""What a host hands over: the tables, the generated sheets as they stand, and how those are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qmsbook.book.table import Table, Value

#: The marker of a generated sheet: this, the page's name and, for a review, its period.
MARKER = "qmsbook:"
#: The hidden name, local to a generated sheet, that holds its mark: a text, so that no typing reaches it. The
#: marker in A1 is the second sign; the first releases knew no other.
MARK_NAME = "qmsbook_sheet"
#: Excel holds no longer text in a formula.
_LONGEST = 255
_MARK = re.compile(rf'=?"([0-9a-f]+) ({MARKER}.*)"')

#: A chart on a generated sheet is qmsbook's if its name begins so.
OUR_CHART = "qmsbook "


@dataclass(frozen=True, slots=True)
class Attached:
    """Something of the user's that hangs on a generated sheet beside its cells.

    ``text`` is what it says: a comment, the words of a text box, the address of a link. It is blank for what
    is more than words, such as a picture; ``what`` names it.
    """

    what: str
    row: int
    column: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A generated sheet as it stands in the workbook: marker, name, every cell that holds something.

    ``attached`` is what people hung on it: none of that is drawn again. ``protected``: nobody can type on it.
    ``nonce`` is that of the drawing, from the sheet's mark; blank if only A1 tells what it is.
    """

    marker: str
    sheet: str
    cells: Mapping[tuple[int, int], Value]
    attached: tuple[Attached, ...] = ()
    protected: bool = False
    nonce: str = ""


def mark(marker: str, nonce: str) -> str:
    """The formula of a sheet's mark; blank for a marker that does not fit into one."""
    text = f"{nonce} {marker}"
    if len(text) > _LONGEST or not text.isprintable():
        return ""
    return '"' + text.replace('"', '""') + '"'


def unmarked(formula: str) -> tuple[str, str]:
    """Marker and nonce of a mark's formula; both blank if it is none."""
    found = _MARK.fullmatch(formula)
    return (found[2].replace('""', '"'), found[1]) if found else ("", "")


#: The entry areas of a review, as the names of their tables begin; what follows is its period.
AREAS = ("Choices", "Minutes", "Decisions", "Conclusions", "Attendance", "Staff", "Approval")
_AREA = re.compile(rf"({'|'.join(AREAS)})_(\d{{4}}(?:_[A-Z]?\d+)?)", re.IGNORECASE)
#: What a sheet remembers of itself behind its sign: the digest of the drawing, and the memo or its beginning.
_DIGEST, _MEMO = re.compile(r"[0-9a-f]{64}"), re.compile(r"~[A-Za-z0-9+/=]{40,}")


def area_of(table: str) -> str:
    """The period of the review whose entry area a table is by its name; blank for any other table.

    >>> area_of("Minutes_2026_Q3"), area_of("Decisions_2026"), area_of("Decisions"), area_of("Actions_2026")
    ('2026-Q3', '2026', '', '')
    """
    found = _AREA.fullmatch(table)
    return found[2].upper().replace("_", "-") if found else ""


def without_sign(tables: Iterable[str], behind: Sequence[Value]) -> str:
    """The marker of a review whose first and only sign, that in A1, was typed over; blank if it is none.

    Its areas name the period, and what it remembers still stands ``behind`` the sign, in B1 and C1.
    """
    periods = [period for name in tables if (period := area_of(name))]
    texts = [value for value in behind if isinstance(value, str)]
    if len(periods) < 2 or len({*periods}) > 1 or len(texts) < 2:
        return ""
    known = _DIGEST.fullmatch(texts[0]) and _MEMO.fullmatch(texts[1])
    return f"{MARKER}review:{periods[0]}" if known else ""


@dataclass(frozen=True, slots=True)
class Line:
    """Words side by side near the top of a sheet, in no table: they may be the headers of one."""

    sheet: str
    row: int
    column: int
    words: tuple[str, ...]


#: So many rows and columns of a sheet without tables are looked at for headers.
LINES, WIDTH = 20, 120


def lines_in(
    sheet: str, cells: Iterable[tuple[int, int, Value]], tables: Sequence[tuple[int, int, int, int]]
) -> tuple[Line, ...]:
    """Words side by side, two or more, among cells by row and column from 1, in none of the tables' boxes.

    A box is first row, first column, last row, last column, counted from 1 too.
    """
    words = [(row, column, v) for row, column, v in cells if isinstance(v, str) and v.strip()]
    found: list[list[tuple[int, int, str]]] = []
    for row, column, value in sorted(words):
        if any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in tables):
            continue
        if found and found[-1][-1][:2] == (row, column - 1):
            found[-1].append((row, column, value))
        else:
            found.append([(row, column, value)])
    return tuple(
        Line(sheet, run[0][0], run[0][1], tuple(word for _, _, word in run)) for run in found if len(run) > 1
    )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a host read: tables, generated sheets, the names of all sheets in order, custom properties.

    ``copies`` are generated sheets that a person copied: theirs, and neither read nor drawn anew.
    ``state`` is the host's own mark of what it read (for a file: its hash); equal marks mean nothing changed.
    ``found`` is set where tables were made longer, in mind only, by the rows typed below them: it is the
    snapshot as the host handed it over, which `apply` wants to see again. ``lines`` are rows of words on
    sheets without tables.
    """

    tables: tuple[Table, ...]
    drawn: tuple[Drawn, ...] = ()
    sheets: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    state: str = ""
    copies: tuple[Drawn, ...] = ()
    lines: tuple[Line, ...] = field(default=(), repr=False, compare=False)
    found: Snapshot | None = field(default=None, repr=False, compare=False)

    def table(self, name: str) -> Table | None:
        """The first table with a name, whatever its case, or None."""
        wanted = name.casefold()
        return next((table for table in self.tables if table.name.casefold() == wanted), None)

    def sheet(self, marker: str) -> Drawn | None:
        """The generated sheet with a marker, or None."""
        return next((drawn for drawn in self.drawn if drawn.marker == marker), None)

    def first_of(self, beginning: str) -> str | None:
        """The name of the first generated sheet whose marker begins so; None for no beginning."""
        found = [drawn.sheet for drawn in self.drawn if beginning and drawn.marker.startswith(beginning)]
        return min(found, key=self.sheets.index, default=None)


def told_apart(
    drawn: Sequence[Drawn], tables: Iterable[Table]
) -> tuple[tuple[Drawn, ...], tuple[Drawn, ...]]:
    """Generated sheets, and those of them that are copies of another one; both in their order.

    Where nothing tells which is the copy, both count as ours: then people are asked.
    """
    alike: dict[str, list[Drawn]] = {}
    for each in drawn:
        alike.setdefault(each.marker, []).append(each)
    if len(alike) == len(drawn):
        return tuple(drawn), ()
    held: dict[str, list[str]] = {}
    for table in tables:
        held.setdefault(table.sheet, []).append(table.name)
    ours = {each.sheet for found in alike.values() for each in _originals(found, held)}
    return tuple(d for d in drawn if d.sheet in ours), tuple(d for d in drawn if d.sheet not in ours)


def _originals(found: list[Drawn], held: Mapping[str, list[str]]) -> list[Drawn]:
    """Of sheets with one marker those that may be ours: by their mark, their tables, their names.

    A copy of the cells alone has no mark. Of a table Excel's copy numbers the name, and LibreOffice has none.
    """
    for likely in (_with_mark, _with_tables, _with_name):
        if len(found) > 1:
            found = list(likely(found, held)) or found
    return found


def _with_mark(found: list[Drawn], _: Mapping[str, list[str]]) -> Iterator[Drawn]:
    return (each for each in found if each.nonce)


def _with_tables(found: list[Drawn], held: Mapping[str, list[str]]) -> Iterator[Drawn]:
    names = {name.casefold() for each in found for name in held.get(each.sheet, ())}
    own = {each.sheet: [n for n in held.get(each.sheet, ()) if not _numbered(n, names)] for each in found}
    most = max(map(len, own.values()))
    return (each for each in found if len(own[each.sheet]) == most)


def _numbered(name: str, names: set[str]) -> bool:
    """Whether a table's name is that of another one with a number behind it."""
    name = name.casefold()
    return any(re.fullmatch(re.escape(other) + r"_?\d+", name) for other in names if other != name)


def _with_name(found: list[Drawn], _: Mapping[str, list[str]]) -> Iterator[Drawn]:
    """Those that are not named as programs name a copy: ``Scorecard (2)``, ``Scorecard_2``."""
    names = {each.sheet for each in found}
    return (
        each for each in found if re.sub(r"(?: \(\d+\)|_\d+)\Z", "", each.sheet) not in names - {each.sheet}
    )
