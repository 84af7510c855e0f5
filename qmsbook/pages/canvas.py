"""A sheet being drawn with XlsxWriter: every cell is remembered, the same strokes give the same bytes."""

from __future__ import annotations

import io
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from qmsbook.book.cell import Cell, letters
from qmsbook.book.metrics import MOST_HIGH, height, page_breaks, pixels
from qmsbook.book.snapshot import MARK_NAME, mark
from qmsbook.book.table import Value
from qmsbook.pages import gate
from qmsbook.pages.memo import (
    DIGEST,
    MEMO,
    SIGN,
    Copy,
    EntryMemo,
    Memo,
    Place,
    pack,
    pack_copy,
    spared,
)
from qmsbook.pages.page import Drawing, Frame
from qmsbook.pages.palette import NAVY, PALE, SOFT, STYLES, level_of, mark_style, marked
from qmsbook.pages.seal import sealed
from qmsbook.sections.wording import short_day as day

_NO_DATE = datetime(2000, 1, 1)
_PAPER = {"A4": 9, "Letter": 1}
_POINTS = {"A4": (595, 842), "Letter": (612, 792)}
_MOST = 32_767
#: Margins in inches.
_TOP, _BOTTOM = 0.5, 0.6
_DATE = "mmm d, yyyy"
#: Holds the place of the drawing's nonce in its mark.
_NO_NONCE = "0"
#: The most values of a series that is written across.
ACROSS = 25
#: A list of choices longer than this does not fit into a drop-down and is kept in a helper column.
_LIST = 255


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an entry area as it is drawn; ``choices`` are offered, never enforced."""

    header: str
    choices: Sequence[str] = ()
    ours: bool = False
    is_date: bool = False


class EntryArea(NamedTuple):
    """An entry area as it is drawn, by the name of its table; the first field names the row.

    ``suggested`` is what the memo keeps: what stands there without anybody having typed it; and ``asked``
    and ``links`` with it.
    """

    name: str
    fields: Sequence[Field]
    rows: Mapping[str, Sequence[Value]]
    suggested: Mapping[str, Sequence[Value]]
    asked: Sequence[str] = ()
    links: Mapping[str, str] | None = None


class Canvas:
    """Draws one sheet; rows and columns count from 1."""

    def __init__(
        self, marker: str, name: str, frame: Frame, widths: Sequence[float], landscape: bool = False
    ) -> None:
        self.marker, self.name, self.frame, self.widths = marker, name, frame, list(widths)
        self._file = io.BytesIO()
        import xlsxwriter  # who draws nothing need not wait for it

        self.book = xlsxwriter.Workbook(self._file, {"in_memory": True, "strings_to_urls": False})
        self.book.set_properties({"title": name, "author": "qmsbook", "created": _NO_DATE})
        self.sheet = self.book.add_worksheet(name)
        self.cells: dict[Place, Value] = {}
        self._entries: dict[str, EntryMemo] = {}
        self._entry_cells: set[Place] = set()
        self._formats: dict[tuple[Any, ...], Any] = {}
        self.heights: dict[int, float] = {}
        # One column stays free: LibreOffice prints ### at the edge for a figure in a hidden column beside it.
        self._helpers = len(self.widths) + 2
        self._lists: dict[tuple[str, ...], str] = {}
        self._across: int | None = None
        for column, width in enumerate(self.widths):
            self.sheet.set_column(column, column, width)
        self.landscape = landscape
        self._set_up(landscape)

    def _set_up(self, landscape: bool) -> None:
        sheet, frame = self.sheet, self.frame
        sheet.hide_gridlines(2)
        sheet.set_paper(_PAPER.get(frame.paper, 9))
        if landscape:
            sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=_TOP, bottom=_BOTTOM)
        sheet.fit_to_pages(1, 0)
        sheet.set_tab_color(NAVY)
        judged = f"judged on {day(frame.on)}"
        sheet.set_footer(f"&L&9{gate.printed(frame.company)}&C&9&A, {judged}&R&9page &P of &N")

    def header(self, text: str) -> None:
        """Print a text at the top of every page."""
        self.sheet.set_header(f"&R&9{gate.printed(text)}")

    # -- strokes

    def style(self, name: str = "text", **more: Any) -> Any:
        """A format by the name of its style, with whatever is different here."""
        key = (name, *more.items())
        if key not in self._formats:
            properties = {"font_name": "Calibri", "font_size": 10, "valign": "top", **STYLES[name], **more}
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def put(self, row: int, column: int, value: Value, style: str = "text", **more: Any) -> None:
        """Write one value as what it is; text that looks like a formula stays text."""
        if isinstance(value, bool):
            self.sheet.write_boolean(row - 1, column - 1, value, self.style(style, **more))
        elif isinstance(value, float | int) and math.isfinite(value):
            self.sheet.write_number(row - 1, column - 1, _Whole(value), self.style(style, **more))
        elif isinstance(value, date):
            moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
            if moment.year < 1900:
                return self.put(row, column, value.isoformat(), style, **more)
            with_time = _DATE + " hh:mm" if moment.time() != datetime.min.time() else _DATE
            form = self.style(style, **{"align": "left", **more, "num_format": with_time})
            self.sheet.write_datetime(row - 1, column - 1, moment, form)
        elif value is None or value == "":
            self.sheet.write_blank(row - 1, column - 1, None, self.style(style, **more))
            return None
        else:
            value = clip(str(value))
            form = self.style(style, **_as_text(value, more))
            if gate.marked_up(value):
                self.sheet.write_rich_string(row - 1, column - 1, value[:1], form, value[1:], form)
            else:
                self.sheet.write_string(row - 1, column - 1, value, form)
        self.cells[row, column] = value
        return None

    def figure(self, row: int, column: int, value: float | None, look: Any) -> None:
        """Write a figure, or a blank, in a format that is at hand: for sheets with thousands of figures."""
        if value is None:
            self.sheet.write_blank(row - 1, column - 1, None, look)
        elif math.isfinite(value):
            self.sheet.write_number(row - 1, column - 1, _Whole(value), look)
            self.cells[row, column] = value
        else:
            self.put(row, column, value, "plain")

    def link(
        self, row: int, column: int, text: str, to: Cell | None, style: str = "link", **more: Any
    ) -> None:
        """Write a text that leads to a cell of another sheet; a standalone drawing has no links."""
        place = _always_quoted(to) if to is not None else ""
        if to is None or self.frame.standalone or not text or gate.clean(place) != place:
            plain = {"font_color": "#1F2933", "underline": 0} if style == "link" else {}
            return self.put(row, column, text, style, **{**plain, **more})
        text = clip(text)
        form, tip = self.style(style, **_as_text(text, more)), gate.line(f"Go to {to}")
        # XlsxWriter writes the text into the link too, as it is; the cell gets it as text.
        self.sheet.write_url(row - 1, column - 1, f"internal:{place}", form, gate.line(text) or None, tip)
        return self.put(row, column, text, style, **more)

    def status(self, row: int, column: int, word: str, **more: Any) -> None:
        """A status word with its symbol and colour."""
        self.put(row, column, marked(word), "mark", **{**mark_style(SOFT[level_of(word)]), **more})

    def span(self, row: int, first: int, last: int, value: Value, style: str = "text", **more: Any) -> None:
        """Write one value across several columns."""
        if last > first:
            text = clip(value) if isinstance(value, str) else value
            self.sheet.merge_range(row - 1, first - 1, row - 1, last - 1, "", self.style(style, **more))
            value = text
        self.put(row, first, value, style, **more)

    def block(
        self, rows: tuple[int, int], columns: tuple[int, int], parts: Sequence[tuple[str, bool]],
        style: str = "plain", **more: Any,
    ) -> None:  # fmt: skip
        """Write text of which some parts are bold over several rows and columns, first and last of each."""
        box = rows[0] - 1, columns[0] - 1, rows[1] - 1, columns[1] - 1
        self.sheet.merge_range(*box, "", self.style(style, **more))
        self.words(rows[0], columns[0], parts, style, **more)

    def words(
        self, row: int, column: int, parts: Sequence[tuple[str, bool]], style: str = "text", **more: Any
    ) -> None:
        """Write text of which some parts are bold."""
        parts = [(clip(text), bold) for text, bold in parts if text]
        whole = "".join(text for text, _ in parts)
        if len(parts) < 2 or len(whole) > _MOST or gate.one_look(whole):
            self.put(row, column, whole, style, bold=bool(parts) and parts[0][1], **more)
            return
        pieces: list[Any] = []
        for text, bold in parts:
            pieces += [self.style("plain", bold=bold, **more), text]
        self.sheet.write_rich_string(row - 1, column - 1, *pieces, self.style(style, **_as_text(whole, more)))
        self.cells[row, column] = whole

    def width(self, first: int, last: int | None = None) -> float:
        """The width of some columns together, in characters."""
        return math.fsum(self.widths[first - 1 : last or first])

    def room(
        self, row: int, texts: Sequence[tuple[Value, int, int]], size: float = 10, least: float = 15,
        **more: Any,
    ) -> None:  # fmt: skip
        """Make a row high enough for wrapped texts: text, first and last column."""
        wanted = [(str(t), self.width(a, b), size, False) for t, a, b in texts if isinstance(t, str)]
        self.tall(row, height(wanted, least), **more)

    def tall(self, row: int, points: float, folded: bool = False, opens: bool = False) -> None:
        """Set the height of a row; ``folded`` hides it under the row above it that ``opens``."""
        self.heights[row] = 0.0 if folded else points
        options = {"level": 1, "hidden": True} if folded else {"collapsed": True} if opens else {}
        self.sheet.set_row(row - 1, points, None, options)

    def outline(self, row: int, level: int, hidden: bool = False, collapsed: bool = False) -> None:
        """Put a row whose height is set at a level of the outline; a hidden one takes no room in print."""
        points = self.heights[row]
        self.sheet.set_row(row - 1, points, None, {"level": level, "hidden": hidden, "collapsed": collapsed})
        if hidden:
            self.heights[row] = 0.0

    def paginate(
        self, last: int, keep: Collection[int], fresh: Collection[int] = (), repeated: Collection[int] = ()
    ) -> None:
        """Break the sheet into pages: rows of ``keep`` stay with the next, those of ``fresh`` begin a page.

        The scale is set, not fitted, for Excel leaves breaks unheeded where a sheet is fitted to pages. It
        leaves room for LibreOffice, whose columns are about 6 % wider.
        """
        self.sheet.set_print_scale(self._percent())
        self.sheet.center_horizontally()
        room = self.page_room - math.fsum(self.heights[row] for row in repeated)
        self.sheet.set_h_pagebreaks(page_breaks(self.heights, last, keep, fresh, room))

    @property
    def page_room(self) -> float:
        """How many points of rows a printed page holds."""
        _, high = self._paper()
        return (high - 72 * (_TOP + _BOTTOM)) / self._percent() * 100 * 0.96

    def _percent(self) -> int:
        """The scale at which all columns fit on a page; on upright Letter, less high, that of A4."""
        wide, _ = self._paper()
        wide = wide if self.landscape else min(wide, min(_POINTS["A4"]))
        sheet = math.fsum(pixels(width) for width in self.widths) * 0.75
        return max(10, min(100, int((wide - 72) / sheet * 92)))

    def _paper(self) -> tuple[int, int]:
        wide, high = sorted(_POINTS.get(self.frame.paper, _POINTS["A4"]), reverse=self.landscape)
        return wide, high

    # -- entry areas

    def entries(self, row: int, column: int, area: EntryArea) -> int:
        """Draw an entry area as an Excel table. Gives the row below it."""
        fields, rows = area.fields, area.rows
        last = row + max(len(rows), 1)
        right = column + len(fields) - 1
        head = self.style("head", bg_color="#6B5B1E", border_color="#B8A97A")
        heads = [(field.header, self.width(column + place), 10, True) for place, field in enumerate(fields)]
        self.tall(row, height(heads, 16))
        names = gate.headers([field.header for field in fields])
        if self.frame.standalone:
            return self._read_only(row, column, fields, rows)
        self.sheet.add_table(
            row - 1, column - 1, last - 1, right - 1,
            {
                "name": area.name, "autofilter": False, "style": None,
                "columns": [{"header": header, "header_format": head} for header in names],
            },
        )  # fmt: skip
        for place, header in enumerate(names):
            self.cells[row, column + place] = header
            if gate.marked_up(header):
                self.put(row, column + place, header, "head", bg_color="#6B5B1E", border_color="#B8A97A")
        for at, values in enumerate(rows.values(), start=row + 1):
            self._entry_row(at, column, fields, values)
        self._offer(row, last, column, fields)
        suggested = {key: tuple(values) for key, values in area.suggested.items()}
        self._entries[area.name] = EntryMemo(
            tuple(names), suggested, tuple(area.asked), dict(area.links or {}), row
        )
        self._entry_cells |= {(r, c) for r in range(row, last + 1) for c in range(column, right + 1)}
        return last + 1

    def _read_only(
        self, row: int, column: int, fields: Sequence[Field], rows: Mapping[str, Sequence[Value]]
    ) -> int:
        """An entry area as plain cells, without the rows in which nobody typed: for a copy that is mailed."""
        typed = [place for place, field in enumerate(fields) if place and not field.ours]
        filled = [row for row in rows.values() if any(row[place] not in (None, "") for place in typed)]
        if not filled:
            self.span(row, 1, len(self.widths), "Nothing is written here.", "muted", valign="vcenter")
            self.tall(row, 17)
            return row + 1
        for place, field in enumerate(fields):
            self.put(row, column + place, field.header, "head", bg_color="#6B5B1E", border_color="#B8A97A")
        for at, values in enumerate(filled, start=row + 1):
            self._entry_row(at, column, fields, values)
        return row + len(filled) + 1

    def _entry_row(self, row: int, column: int, fields: Sequence[Field], values: Sequence[Value]) -> None:
        texts = [(value, column + place, column + place) for place, value in enumerate(values)]
        self.room(row, texts, least=24)
        # A row cannot be higher than Excel allows; very long words are then set smaller.
        small = {"font_size": 8} if self.heights[row] >= MOST_HIGH else {}
        for place, (field, value) in enumerate(zip(fields, values, strict=True)):
            own = {"bg_color": PALE} if field.ours or place == 0 else {}
            if self.frame.standalone and not own:
                own = {"bg_color": "#FFFFFF"}  # yellow asks for words, and here nobody can give any
            form = {"align": "left"} | ({"num_format": _DATE} if field.is_date else {})
            self.put(row, column + place, value, "entry", **{**own, **form, **small})

    def _offer(self, row: int, last: int, column: int, fields: Sequence[Field]) -> None:
        for place, field in enumerate(fields):
            if field.choices:
                self.sheet.data_validation(
                    row, column + place - 1, last - 1, column + place - 1,
                    {
                        "validate": "list", "source": self.choices(field.choices),
                        "error_type": "information",
                        "error_title": "Not in the list",
                        "error_message": "Own words are kept as you type them.",
                    },
                )  # fmt: skip

    def choices(self, texts: Sequence[str]) -> str | list[str]:
        """What a drop-down offers: the texts, or where they stand in a helper column of this sheet."""
        if sum(len(t) + 1 for t in texts) <= _LIST and all(map(gate.offered, texts)):
            return list(texts)
        key = tuple(texts)
        if key not in self._lists:
            column = self.helper(list(texts))
            self._lists[key] = "=" + _absolute(2, column, 1 + len(texts), column)
        return self._lists[key]

    def helper(self, values: Sequence[Value], row: int = 2) -> int:
        """Write values down a hidden column outside the print area; gives the column."""
        column = self._helpers
        self._helpers += 1
        for at, value in enumerate(values, start=row):
            self.put(at, column, value, "helper")
        return column

    def across(self, row: int, name: str, values: Sequence[Value]) -> list[Any]:
        """Write a named series into a row of the hidden columns, for charts; gives its range.

        All rows share the columns, so that many charts need few of them: at most ``ACROSS`` values each.
        """
        if self._across is None:
            self._across = self._helpers
            self._helpers += ACROSS + 1
        for at, value in enumerate([name, *values]):
            if value is not None:
                self.put(row, self._across + at, value, "helper")
        return self.place(row, self._across + 1, row, self._across + len(values))

    # -- charts

    def place(self, top: int, left: int, bottom: int, right: int) -> list[Any]:
        """A range of this sheet as charts want it."""
        return [self.name, top - 1, left - 1, bottom - 1, right - 1]

    # -- the end

    def finish(
        self, last_row: int, repeat: tuple[int, int] | None = None, frozen: bool = False,
        copy: Copy | None = None,
    ) -> Drawing:  # fmt: skip
        """Close the sheet: print area, hidden first row, and the drawing as bytes.

        ``frozen``: the sheet is protected without a password, and its memo holds what was typed too.
        ``copy`` is kept in the hidden first row, to be mailed one day.
        """
        sheet = self.sheet
        sheet.print_area(1, 0, max(last_row, 2) - 1, len(self.widths) - 1)
        if repeat:
            sheet.repeat_rows(repeat[0] - 1, repeat[1] - 1)
        if self._helpers > len(self.widths) + 2:
            sheet.set_column(len(self.widths) + 1, self._helpers - 2, 10, None, {"hidden": True})
        if self.frame.standalone:
            return self._alone()
        sheet.set_row(0, 15, self.style("hidden"), {"hidden": True})
        # The cursor waits beside the title: what is typed there covers nothing.
        sheet.set_selection(1, len(self.widths), 1, len(self.widths))
        outside = {place: value for place, value in self.cells.items() if place not in self._entry_cells}
        inside = {place: value for place, value in self.cells.items() if place in self._entry_cells}
        memo = pack(Memo(outside, self._entries, inside if frozen else {}))
        if frozen:
            sheet.protect("", {"format_columns": True, "format_rows": True})
        return self._remembering(memo, pack_copy(copy) if copy else [])

    def _remembering(self, memo: Sequence[str], copy: Sequence[str]) -> Drawing:
        """The end of a sheet in a workbook: its mark, its signs, its memo in both places."""
        held = {(1, MEMO[1] + place): text for place, text in enumerate([*memo, *copy])}
        spare = {(row, self._helpers): text for row, text in enumerate(spared(memo), 2)}
        self.sheet.set_column(self._helpers - 1, self._helpers - 1, 10, None, {"hidden": True})
        # Holders of places are no words of anybody's on this sheet, or those would be taken for them.
        holder = "qmsbook holds"
        while any(isinstance(value, str) and value.startswith(holder) for value in self.cells.values()):
            holder += "'"
        holders = {place: f"{holder} {number}" for number, place in enumerate((*held, *spare))}
        for place, text in {SIGN: self.marker, DIGEST: f"{holder} digest", **holders}.items():
            self.sheet.write_string(place[0] - 1, place[1] - 1, text, self.style("hidden"))
        formula = mark(self.marker, _NO_NONCE)
        if formula:  # `define_name` knows no hidden names
            self.book.defined_names.append([MARK_NAME, 0, formula, True])
        self.book.close()
        filled = {holders[place]: text for place, text in {**held, **spare}.items()}
        nonce = _NO_NONCE if formula else ""
        digest, pack = sealed(self._file.getvalue(), filled, f"{holder} digest", nonce)
        signs = {SIGN: self.marker, DIGEST: digest, **held, **spare}
        return Drawing(self.marker, self.name, pack, {**self.cells, **signs}, digest)

    def _alone(self) -> Drawing:
        """The end of a sheet that is mailed: no marker, no memo, nothing hidden but what charts rest on."""
        self.sheet.set_row(0, 4)
        self.book.close()
        digest, pack = sealed(self._file.getvalue(), {})
        return Drawing(self.marker, self.name, pack, dict(self.cells), digest)


def clip(text: str) -> str:
    """A text that fits into a cell."""
    text = gate.storable(text).replace("\r\n", "\n").replace("\r", "\n")
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


class _Whole(float):
    """A number written with all its digits; XlsxWriter writes sixteen, and 0.1 + 0.2 has seventeen."""

    def __format__(self, spec: str) -> str:
        text = format(float(self), spec)
        return text if not spec or float(text) == self else repr(float(self))


def _as_text(text: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """A leading quote, as Excel sets it, keeps a text such as ``=1+1`` a text when its cell is edited."""
    return {**more, "quote_prefix": True} if text[:1] in "=+-@" else dict(more)


def _always_quoted(cell: Cell) -> str:
    name = cell.sheet.replace("'", "''")
    return f"'{name}'!{cell.a1}"


def _absolute(top: int, left: int, bottom: int, right: int) -> str:
    return f"${letters(left)}${top}:${letters(right)}${bottom}"


__all__ = ["Canvas", "Field", "clip", "day"]
