"""An engine of xlwings over UNO, for tests only: Excel's part is played by a live LibreOffice.

It has the members that `qmsbook.hosts.excel` calls and behaves as Excel does where that matters: texts are
coerced, a deleted sheet leaves #REF! behind, imported tables are renamed. It proves our host's logic; it
proves nothing about xlwings' own COM and AppleScript code, nor about Excel. Every member that goes to Excel
on Windows is counted in ``CALLS``: what reads, writes or looks something up, and the collections (`books`,
`sheets`, `tables`, `names`) by themselves too.
"""

from __future__ import annotations

import contextlib
import functools
import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import xlwings

from qmsbook.book.cell import parse_a1, parse_range, range_a1
from qmsbook.hosts.libreoffice.bridge import bridge, close, is_office_error, load, properties, struct
from qmsbook.hosts.libreoffice.cells import Raw, put
from qmsbook.hosts.libreoffice.load import ranges_of
from qmsbook.hosts.libreoffice.sheets import (
    add_table,
    bring,
    dress,
    drop_unused_styles,
    face_of,
    lock,
    take_style,
    unlock,
)

#: How often each member was called.
CALLS: Counter[str] = Counter()
#: Called with the member's name before each call; a test raises here what Excel might.
before_call: list[Callable[[str], None]] = []


class com_error(Exception):  # noqa: N801 - the name that pywin32 gives it
    """What pywin32 raises: a number, a text, and more."""


class DocumentClosed(Exception):
    """A workbook that is gone."""


def called(function: Callable[..., Any]) -> Callable[..., Any]:
    """Counts a call, and lets nothing of LibreOffice's own errors out."""
    name = function.__qualname__

    @functools.wraps(function)
    def counted(*args: Any, **more: Any) -> Any:
        CALLS[name] += 1
        for each in before_call:
            each(name)
        try:
            return function(*args, **more)
        except Exception as problem:
            if is_office_error(problem):
                raise com_error(-2146827284, f"{name}: {problem}", None, None) from None
            raise

    return counted


class _Property(property):
    """A property whose reading and writing are calls."""

    def __init__(self, get: Callable[..., Any], put: Callable[..., Any] | None = None) -> None:
        super().__init__(called(get), called(put) if put is not None else None)
        self.get = get

    def setter(self, put: Callable[..., Any]) -> _Property:
        return _Property(self.get, put)


class Engine:
    """The engine's own part; ``desktop`` is LibreOffice's."""

    name, type = "uno", "desktop"

    def __init__(self, desktop: Any) -> None:
        self.apps = [App(self, desktop)]

    @staticmethod
    def prepare_xl_data_element(value: Any, _: Any) -> Any:
        return value


class App:
    """Plays Excel."""

    def __init__(self, engine: Engine, desktop: Any, window: int = 1) -> None:
        self.engine, self.desktop, self.hwnd, self.pid = engine, desktop, window, window
        self.open_books: list[Book] = []
        self.state: dict[str, Any] = {
            "calculation": "automatic",
            "screen_updating": True,
            "enable_events": True,
            "display_alerts": True,
            "status_bar": False,
        }
        #: What stood in dialogs; the person closes each with the first button.
        self.dialogs: list[str] = []
        self.api = _AppApi()

    def _state(name: str) -> Any:  # type: ignore[misc]  # noqa: N805
        def get(self: App) -> Any:
            return self.state[name]

        def put(self: App, value: Any) -> None:
            self.state[name] = value

        get.__qualname__, put.__qualname__ = f"App.{name}", f"App.{name}="
        return _Property(get, put)

    @_Property
    def books(self) -> Books:
        return Books(self)

    calculation = _state("calculation")
    screen_updating = _state("screen_updating")
    enable_events = _state("enable_events")
    display_alerts = _state("display_alerts")
    status_bar = _state("status_bar")

    @called
    def activate(self, steal_focus: bool = False) -> None:
        """Nothing: this Excel has one workbook, and nobody looks."""

    @called
    def alert(self, prompt: str, *_: Any) -> str:
        self.dialogs.append(prompt)
        return "ok"

    @_Property
    def selection(self) -> Range | None:
        book = self.open_books[0]
        return Range(
            Sheet(book, book.document.Sheets.getByName(book.front)), book.selected.get(book.front, "A1")
        )


class _AppApi:
    ActiveProtectedViewWindow: Any = None


class Books:
    def __init__(self, app: App) -> None:
        self.app = app

    def __iter__(self) -> Iterator[Book]:
        return iter(self.app.open_books)

    def __len__(self) -> int:
        return len(self.app.open_books)

    @called
    def __call__(self, name: str) -> Book:
        found = next((book for book in self.app.open_books if book.title == name), None)
        if found is None:
            raise KeyError(name)
        return found

    @called
    def open(self, fullname: str, **_: Any) -> Book:
        _refuse_wrong_ending(Path(fullname))
        return self.take(load(self.app.desktop, fullname), Path(fullname).name)

    def take(self, document: Any, title: str) -> Book:
        """A book of a document that is open already."""
        self.app.open_books.append(Book(self.app, document, title))
        return self.app.open_books[-1]


def _refuse_wrong_ending(path: Path) -> None:
    """Excel opens no file whose ending says something else than its content type."""
    with zipfile.ZipFile(path) as package:
        macros = b"macroEnabled.main+xml" in package.read("[Content_Types].xml")
    if macros != (path.suffix.casefold() in (".xlsm", ".xltm")):
        raise com_error(-2147352567, "the file format or file extension is not valid", None, None)


class Book:
    def __init__(self, app: App, document: Any, title: str) -> None:
        self.excel, self.document, self.title = app, document, title
        self.address = str(bridge().fileUrlToSystemPath(document.URL)) if document.URL else title
        self.front = document.Sheets.ElementNames[0]
        #: Each sheet's own selection, as in Excel.
        self.selected: dict[str, str] = {}
        #: What people may do on sheets that were protected again.
        self.rights: dict[str, dict[str, bool]] = {}
        self.api = _BookApi(self)

    @_Property
    def name(self) -> str:
        return self.title

    @_Property
    def fullname(self) -> str:
        return self.address

    @_Property
    def app(self) -> App:
        return self.excel

    @_Property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @_Property
    def names(self) -> Names:
        return Names(self)

    @called
    def activate(self) -> None:
        """Nothing: it is the only one that people have open."""

    @called
    def close(self) -> None:
        self.excel.open_books.remove(self)
        close(self.document)

    def tokens(self, formula: str, sheet: int, row: int, column: int) -> Any:
        """A formula as Excel spells it, in LibreOffice's inner form."""
        parser = self.document.createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish, parser.FormulaConvention = True, 1  # XL_A1
        at = struct("com.sun.star.table.CellAddress")
        at.Sheet, at.Row, at.Column = sheet, row, column
        return parser.parseFormula(formula.removeprefix("="), at)


class _BookApi:
    """The few members of Excel's own Workbook that the host uses."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @_Property
    def FullName(self) -> str:  # noqa: N802
        return self.book.address

    @_Property
    def ReadOnly(self) -> bool:  # noqa: N802
        return bool(self.book.document.isReadonly())

    @called
    def SaveCopyAs(self, path: str) -> None:  # noqa: N802
        self.book.document.storeToURL(
            Path(path).as_uri(), properties(FilterName="Calc MS Excel 2007 XML", Overwrite=True)
        )
        Path(path).write_bytes(_as_excel_saves(Path(path).read_bytes(), self.book.document))


_CELL = re.compile(
    rb'<c (r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="[a-z]+")?><f[^>]*>([^<]*)</f><v>([^<]*)</v></c>'
)


_NUMBER = re.compile(
    rb'(<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?(?: t="n")?>(?:<f[^>]*>[^<]*</f>)?<v>)([^<]*)(?=</v>)'
)


def _as_excel_saves(content: bytes, document: Any) -> bytes:
    """LibreOffice holds truth values and errors as formulas and saves 15 digits; Excel does neither."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                place = int(re.sub(r"\D", "", name)) - 1
                data = _CELL.sub(_constant, _exact(data, document.Sheets.getByIndex(place)))
            new.writestr(name, data)
    return target.getvalue()


def _exact(data: bytes, sheet: Any) -> bytes:
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    at = cursor.RangeAddress
    values = sheet.getCellRangeByPosition(0, 0, at.EndColumn, at.EndRow).getDataArray()

    def exact(match: re.Match[bytes]) -> bytes:
        row, column = parse_a1(match[2].decode())
        value = values[row - 1][column - 1]
        return match[1] + (repr(value).encode() if isinstance(value, float) else match[3])

    return _NUMBER.sub(exact, data)


def _constant(match: re.Match[bytes]) -> bytes:
    where, formula = match[1], match[2]
    if formula in (b"TRUE()", b"FALSE()"):
        return b'<c %s t="b"><v>%d</v></c>' % (where, formula == b"TRUE()")
    if formula.startswith(b"#"):
        return b'<c %s t="e"><v>%s</v></c>' % (where, formula)
    return match[0]


class Names:
    def __init__(self, book: Book) -> None:
        self.book = book

    def __call__(self, name: str) -> Name:
        return Name(self.book, self.book.document.NamedRanges.getByName(name))


class Name:
    def __init__(self, book: Book, held: Any) -> None:
        self.book, self.held = book, held

    @_Property
    def refers_to(self) -> str:
        return str(self.held.Content)

    @refers_to.setter
    def refers_to(self, text: str) -> None:
        at = self.held.ReferencePosition
        self.held.setTokens(self.book.tokens(text, at.Sheet, at.Row, at.Column))


class Sheets:
    def __init__(self, book: Book) -> None:
        self.book = book

    @called
    def __call__(self, key: str | int) -> Sheet:
        held = self.book.document.Sheets
        if isinstance(key, str):
            if not held.hasByName(key):
                raise com_error(-2147352567, f"no sheet {key}", None, None)
            return Sheet(self.book, held.getByName(key))
        return Sheet(self.book, held.getByIndex(key - 1))

    def __len__(self) -> int:
        return int(self.book.document.Sheets.Count)

    @_Property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.document.Sheets.getByName(self.book.front))


class _SheetApi:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @called
    def Protect(self, **rights: bool) -> None:  # noqa: N802
        self.sheet.held.protect("")
        self.sheet.book.rights[self.sheet.held.Name] = rights

    @called
    def Unprotect(self) -> None:  # noqa: N802
        self.sheet.held.unprotect("")

    @called
    def Delete(self) -> None:  # noqa: N802
        # Excel would ask whether the sheet may go, and wait.
        assert not self.sheet.book.excel.state["display_alerts"]
        self.sheet.delete()

    @called
    def Evaluate(self, reference: str) -> Any:  # noqa: N802
        sheet, _, address = reference.rpartition("!")
        name = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
        held = self.sheet.book.document.Sheets
        if not held.hasByName(name):
            return -2146826265  # how COM gives #REF!
        return _RangeApi(Range(Sheet(self.sheet.book, held.getByName(name)), address))


class _RangeApi:
    """The one member of Excel's own Range that the host uses."""

    def __init__(self, cells: Range) -> None:
        self.cells = cells

    @_Property
    def Value(self) -> Any:  # noqa: N802
        return self.cells.read()

    @Value.setter
    def Value(self, values: list[list[Any]]) -> None:  # noqa: N802
        self.cells.write(values)


class Sheet:
    def __init__(self, book: Book, held: Any) -> None:
        self.book, self.title = book, str(held.Name)
        self.api = _SheetApi(self)

    @property
    def held(self) -> Any:
        """LibreOffice's sheet, asked for anew: one that is kept loses its place when sheets come and go."""
        return self.book.document.Sheets.getByName(self.title)

    @property
    def place(self) -> int:
        return int(self.held.RangeAddress.Sheet)

    @_Property
    def name(self) -> str:
        return self.title

    @name.setter
    def name(self, value: str) -> None:
        if self.book.document.Sheets.hasByName(value):
            raise com_error(-2146827284, f"{value} is taken", None, None)
        self.held.Name = value
        self.title = value

    @_Property
    def tables(self) -> Tables:
        return Tables(self)

    @_Property
    def visible(self) -> bool:
        return bool(self.held.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self.held.IsVisible = value

    @called
    def activate(self) -> None:
        self.book.front = self.held.Name

    @called
    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, tuple):
            arg1 = range_a1(*arg1, *(arg2 or arg1))
        return Range(self, arg1)

    def delete(self) -> None:
        document, place = self.book.document, self.place
        names = document.Sheets.ElementNames
        kept = [
            (names[at], each) for at, found in ranges_of(document).items() for each in found if at != place
        ]
        for found in ranges_of(document).get(place, []):
            document.DatabaseRanges.removeByName(found.name)
        self.book.selected.pop(self.held.Name, None)
        document.Sheets.removeByName(self.held.Name)
        for name, each in kept:  # LibreOffice 7.4 sometimes takes a table of the sheet before along
            if not document.DatabaseRanges.hasByName(each.name):
                add_table(document, document.Sheets.getByName(name), each)
        drop_unused_styles(document, ())

    @called
    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        anchor = before or after
        assert anchor is not None
        source, document = self.book.document, anchor.book.document
        ranges = ranges_of(source).get(self.place, [])
        taken = {name.casefold() for name in document.DatabaseRanges.ElementNames}
        face = face_of(source, self.held, [replace(each, name=_free(each.name, taken)) for each in ranges])
        unlock(self.held)
        new = bring(document, source, self.held.Name, anchor.place + (after is not None))
        lock(self.held, face)
        style = face.style
        if source is not document:
            style = take_style(document, source, face.style, new.Name)
        dress(document, new, replace(face, style=style))
        lock(new, face)  # a copy in Excel is protected as its source is
        anchor.book.front = new.Name


def _free(wished: str, taken: set[str]) -> str:
    name, number = wished, 1
    while name.casefold() in taken:
        number += 1
        name = f"{wished}_{number}"
    return name


class Tables:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @property
    def _ranges(self) -> list[Any]:
        return ranges_of(self.sheet.book.document).get(self.sheet.place, [])

    @called
    def __call__(self, key: str | int) -> Table:
        if isinstance(key, int):
            return Table(self.sheet, self._ranges[key - 1].name)
        return Table(
            self.sheet, next(each.name for each in self._ranges if each.name.casefold() == key.casefold())
        )


class Table:
    def __init__(self, sheet: Sheet, title: str) -> None:
        self.sheet, self.title = sheet, title

    @property
    def held(self) -> Any:
        return self.sheet.book.document.DatabaseRanges.getByName(self.title)

    @_Property
    def name(self) -> str:
        return self.title

    @name.setter
    def name(self, value: str) -> None:
        if self.sheet.held.isProtected():
            raise com_error(-2146827284, "the sheet is protected", None, None)
        self.held.Name = value
        self.title = value

    @_Property
    def range(self) -> Range:
        at = self.held.DataArea
        box = at.StartRow + 1, at.StartColumn + 1, at.EndRow + 1, at.EndColumn + 1
        return Range(self.sheet, range_a1(*box))

    @called
    def resize(self, wanted: Any) -> None:
        top, left, bottom, right = wanted.impl.box
        held = self.held
        area = held.DataArea
        area.StartRow, area.StartColumn, area.EndRow, area.EndColumn = (
            top - 1,
            left - 1,
            bottom - 1,
            right - 1,
        )
        held.DataArea = area


class Range:
    def __init__(self, sheet: Sheet, address: str) -> None:
        self.sheet, self.a1 = sheet, address
        self.box = parse_range(address)
        self.options: Any = None
        self.max_cells_per_read = self.max_cells_per_write = None

    @property
    def api(self) -> Any:
        top, left, bottom, right = self.box
        return self.sheet.held.getCellRangeByPosition(left - 1, top - 1, right - 1, bottom - 1)

    @property
    def shape(self) -> tuple[int, int]:
        top, left, bottom, right = self.box
        return bottom - top + 1, right - left + 1

    @property
    def row(self) -> int:
        return self.box[0]

    @property
    def column(self) -> int:
        return self.box[1]

    def __call__(self, row: int, column: int) -> Range:
        at = self.box[0] + row - 1, self.box[1] + column - 1
        return Range(self.sheet, range_a1(*at, *at))

    @_Property
    def address(self) -> str:
        first, _, last = range_a1(*self.box).partition(":")
        return first if first == last else f"{first}:{last}"

    @called
    def select(self) -> None:
        if self.sheet.book.front != self.sheet.held.Name:
            raise com_error(-2146827284, "only on the sheet in front", None, None)
        self.sheet.book.selected[self.sheet.held.Name] = self.address

    @_Property
    def raw_value(self) -> Any:
        return self.read()

    @raw_value.setter
    def raw_value(self, values: list[list[Any]]) -> None:
        self.write(values)

    def read(self) -> Any:
        return self.api.getDataArray()

    def write(self, values: list[list[Any]]) -> None:
        top, left, bottom, right = self.box
        assert len(values) == bottom - top + 1
        assert all(len(row) == right - left + 1 and None not in row for row in values)
        for place, cells in enumerate(zip(*values, strict=True)):
            keys = {}
            for row, value in enumerate(cells, top - 1):
                edited = isinstance(value, str) and ("\r" in value or "\n" in value)
                cell = self.sheet.held.getCellByPosition(left - 1 + place, row) if edited else None
                keys[row] = cell.NumberFormat if cell is not None else 0
            raws = {row: _coerced(value, keys[row]) for row, value in enumerate(cells, top - 1)}
            put(self.sheet.held, left - 1 + place, [raws], [keys])

    @_Property
    def formula(self) -> Any:
        return self.api.getFormulaArray()

    @formula.setter
    def formula(self, values: Any) -> None:
        top, left, _, _ = self.box
        for row, line in enumerate(values if isinstance(values, list) else [[values]], top - 1):
            for column, text in enumerate(line, left - 1):
                tokens = self.sheet.book.tokens(text, self.sheet.place, row, column)
                # A plain call of `setTokens` cannot tell what its argument is.
                cell = self.sheet.held.getCellByPosition(column, row)
                bridge().invoke(
                    cell, "setTokens", (bridge().Any("[]com.sun.star.sheet.FormulaToken", tokens),)
                )

    @_Property
    def number_format(self) -> str | None:
        keys = {
            self.sheet.held.getCellByPosition(column - 1, row - 1).NumberFormat
            for row in range(self.box[0], self.box[2] + 1)
            for column in range(self.box[1], self.box[3] + 1)
        }
        if len(keys) > 1:
            return None
        return str(self.sheet.book.document.NumberFormats.getByKey(keys.pop()).FormatString)

    @number_format.setter
    def number_format(self, code: str) -> None:
        formats, locale = self.sheet.book.document.NumberFormats, struct("com.sun.star.lang.Locale")
        locale.Language, locale.Country = "en", "US"
        found = formats.queryKey(code, locale, False)
        self.api.NumberFormat = found if found >= 0 else formats.addNew(code, locale)

    @called
    def clear_contents(self) -> None:
        self.api.clearContents(1 | 2 | 4 | 16)

    @called
    def clear_formats(self) -> None:
        self.api.clearContents(32 | 64)

    @called
    def autofill(self, destination: Any, type_: str) -> None:
        assert type_ == "fill_formats"
        top, left, bottom, right = destination.impl.box
        held = self.sheet.held
        for row in range(top + 1, bottom + 1):
            for column in range(left, right + 1):
                above = held.getCellByPosition(column - 1, top - 1)
                cell = held.getCellByPosition(column - 1, row - 1)
                for name in ("CellStyle", "NumberFormat", "CellBackColor"):
                    cell.setPropertyValue(name, above.getPropertyValue(name))


_ERRORS = frozenset(["#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"])
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?\Z|[A-Z][a-z]{2,8} \d{1,4}\Z")


def _coerced(value: Any, key: int) -> Raw:
    """What Excel makes of a value on its way into a cell."""
    if value is None or value == "":
        return Raw("", False, key)
    if isinstance(value, bool):
        return Raw("=TRUE()" if value else "=FALSE()", True, key)
    if not isinstance(value, str):
        return Raw(float(value), False, key)
    if value.startswith("'"):
        return Raw(value[1:], False, key)
    if value in _ERRORS:
        return Raw("=" + value, True, key)
    if value.startswith(("=", "+", "-", "@")):
        return Raw("=" + value[1:], True, key)
    if value.casefold() in ("true", "false"):
        return Raw(f"={value}()", True, key)
    with contextlib.suppress(ValueError):
        return Raw(float(value.strip().rstrip("%")), False, key)
    return Raw(46000.0, False, key) if _DATE.match(value) else Raw(value, False, key)


def excel(desktop: Any) -> xlwings.App:
    """A new app of xlwings whose Excel is a LibreOffice."""
    engine = xlwings.Engine(impl=Engine(desktop))
    xlwings.engines.add(engine)
    engine.activate()
    return xlwings.App(impl=engine.impl.apps[0])


def opened(app: xlwings.App, document: Any, title: str = "Book1.xlsx") -> xlwings.Book:
    """A document that is open in LibreOffice, as a book of xlwings."""
    app.impl.open_books.clear()
    return xlwings.Book(impl=app.impl.books.take(document, title))
