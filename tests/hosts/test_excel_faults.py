"""What Excel does that LibreOffice does not, played by a stand-in: nothing here ran in real Excel."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlwings_uno
from common import ROOT, drawing, parts_of, rebuild
from live import Desk, desk

from qmsbook import buttons
from qmsbook.book.edit import PutSheet
from qmsbook.book.table import alike
from qmsbook.commands import refresh
from qmsbook.doors.screens import excel as screens
from qmsbook.hosts.excel import hushed, raw, running, saved
from qmsbook.hosts.excel.host import ExcelHost
from qmsbook.hosts.excel.patient import bare, patient
from qmsbook.hosts.file.reader import load
from qmsbook.hosts.host import (
    CopyEncrypted,
    CopyNotSaved,
    ExcelBusy,
    InProtectedView,
    NotAsWritten,
    NotOpenInExcel,
)

pytestmark = pytest.mark.usefixtures("bounded")

__all__ = ["desk"]

ON, LATER = date(2026, 11, 10), date(2027, 3, 10)
Open = Callable[..., ExcelHost]
#: The three ways in which Excel says that it is busy.
BUSY = (-2147418111, -2147417846, -2146777998)


@pytest.fixture
def open_excel(desk: Desk) -> Iterator[Open]:
    """Opens a workbook file in a new Excel."""

    def opened(path: Path) -> ExcelHost:
        book = xlwings_uno.opened(xlwings_uno.excel(desk.office.desktop), desk.open(path), path.name)
        return ExcelHost(book)

    yield opened
    xlwings_uno.before_call.clear()


def example(folder: Path, name: str = "example.xlsx") -> Path:
    return Path(shutil.copy(ROOT / "workbook_templates" / "example.xlsx", folder / name))


def to_macros(path: Path) -> Path:
    """The workbook as one with macros, by its content type."""
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    rebuild(path, {"[Content_Types].xml": lambda types: types.replace(plain, kind)})
    return path


def busy_for(calls: int, code: int) -> Callable[[str], None]:
    """Rejects so many calls in a row."""
    left = calls

    def before(name: str) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise xlwings_uno.com_error(-2147352567, name, (0, None, None, None, 0, code), None)

    return before


@pytest.mark.parametrize("code", BUSY)
def test_a_step_waits_while_excel_is_busy(
    open_excel: Open, tmp_path: Path, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine calls of twenty are rejected: as if somebody opened a cell again and again."""
    monkeypatch.setattr(running, "_PAUSE", 0.0)
    host = open_excel(example(tmp_path))
    seen = rejected = 0

    def before(name: str) -> None:
        nonlocal seen, rejected
        seen += 1
        if seen % 20 < 9:
            rejected += 1
            raise xlwings_uno.com_error(-2147352567, name, (0, None, None, None, 0, code), None)

    xlwings_uno.before_call.append(before)
    done = refresh(host, ON)
    xlwings_uno.before_call.clear()
    assert done.applied is not None
    assert done.applied.changed
    assert rejected > 20
    assert refresh(host, ON).changes == ()


def test_one_that_stays_busy_is_told_and_all_is_put_back(
    open_excel: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_PAUSE", 0.0)
    monkeypatch.setattr("qmsbook.hosts.excel.patient.STEP", 0.05)
    host = open_excel(example(tmp_path))
    refresh(host, ON)
    before = host.read()
    told: list[str] = []

    def tell(step: str) -> None:
        told.append(step)
        if len(told) == 4:  # in the middle; while things are put back it is busy for a while yet
            xlwings_uno.before_call.append(busy_for(60_000, BUSY[2]))

    host.tell = tell
    with pytest.raises(ExcelBusy):
        refresh(host, LATER)
    xlwings_uno.before_call.clear()
    assert host.read().tables == before.tables
    assert host.book.app.calculation == "automatic"
    assert host.book.app.screen_updating


def test_what_waits_is_handed_on_bare() -> None:
    calls: list[Any] = []
    inner = SimpleNamespace(copy=lambda **more: calls.append(more), name="x", items=[1, 2])
    held = patient(SimpleNamespace(impl=inner, make=lambda given: given))
    assert held.make(held.impl).name == "x"
    held.impl.copy(after=held.impl)
    assert calls == [{"after": inner}]
    assert bare(held.impl) is inner
    assert held.impl.items == [1, 2]
    held.impl.name = held
    assert inner.name is bare(held)


def test_days_count_from_1904_where_the_workbook_does(open_excel: Open, tmp_path: Path) -> None:
    """Excel keeps the number of a day when a sheet is copied: one of 1900 would be another day."""
    path = example(tmp_path)
    rebuild(
        path,
        {
            "xl/workbook.xml": lambda xml: re.sub(
                rb"<workbookPr ?", b'<workbookPr date1904="1" ', xml, count=1
            )
        },
    )
    host = open_excel(path)
    donors: list[bytes] = []
    original = xlwings_uno.Books.open

    def keep(self: Any, fullname: str, **more: Any) -> Any:
        donors.append(Path(fullname).read_bytes())
        return original(self, fullname, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlwings_uno.Books, "open", keep)
        refresh(host, ON)
    assert donors
    assert all(load(content).workbook.date1904 for content in donors)
    drawn = {each.marker: each.cells for each in host.read().drawn}
    days = {value for cells in drawn.values() for value in cells.values() if isinstance(value, date)}
    assert all(day.year < 2035 for day in days)


def test_a_workbook_with_macros_is_refreshed_and_undone(open_excel: Open, tmp_path: Path) -> None:
    """The sheet that comes back is opened from a file that Excel takes for what it is."""
    host = open_excel(example(tmp_path))
    refresh(host, ON)
    before = host.read()

    def with_macros(self: Any, path: str) -> None:
        original(self, path)
        to_macros(Path(path))

    original = xlwings_uno._BookApi.SaveCopyAs
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlwings_uno._BookApi, "SaveCopyAs", with_macros)
        done = refresh(host, LATER)
        assert done.applied is not None
        assert done.applied.changed
        host.undo()
    assert host.read().tables == before.tables


def test_protection_gives_people_the_rights_that_it_gave_before(open_excel: Open, tmp_path: Path) -> None:
    """`Protect` without arguments takes away that columns may be made wider and rows higher."""
    host = open_excel(example(tmp_path))
    for word in ("one", "two"):  # the second takes the place of the first: its table gets its name back
        now = host.read()
        drawn = allowing(drawing("qmsbook:b", "Closed", (word, "two"), "Bees", protected=True))
        host.apply([PutSheet("qmsbook:b", "Closed", drawn, unlocks=True)], now)
    assert host.book.impl.rights == {"Closed": {"AllowFormattingColumns": True, "AllowFormattingRows": True}}


def allowing(content: bytes) -> bytes:
    """A drawing whose protection lets people format columns and rows, as that of a closed review does."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            rights = b'<sheetProtection formatColumns="0" formatRows="0" '
            new.writestr(name, old.read(name).replace(b"<sheetProtection ", rights))
    return target.getvalue()


@pytest.fixture
def saves_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[bytes], bytes]], None]:
    """Copies that Excel saves have sheets that a function changes."""

    def spoil(change: Callable[[bytes], bytes]) -> None:
        original = xlwings_uno._BookApi.SaveCopyAs

        def save(self: Any, path: str) -> None:
            original(self, path)
            sheets = [name for name in parts_of(Path(path)) if name.startswith("xl/worksheets/sheet")]
            rebuild(Path(path), dict.fromkeys(sheets, change))

        monkeypatch.setattr(xlwings_uno._BookApi, "SaveCopyAs", save)

    return spoil


def test_figures_that_excel_saves_with_other_digits_are_as_written(
    open_excel: Open, tmp_path: Path, saves_as: Callable[..., None]
) -> None:
    """A copy that Excel saves has 17 digits of one figure and 15 of another."""
    host = open_excel(example(tmp_path))
    long = re.compile(rb"<v>(-?\d+\.\d{9,})</v>")
    saves_as(lambda sheet: long.sub(lambda found: b"<v>%.15g</v>" % float(found[1]), sheet))
    done = refresh(host, ON)
    assert done.applied is not None
    assert done.applied.changed
    again = refresh(host, ON)
    assert again.applied is None or not again.applied.changed


def test_what_was_put_back_is_as_before_whatever_digits_excel_saves(
    open_excel: Open, tmp_path: Path, saves_as: Callable[..., None]
) -> None:
    """Of what was put in once more, the last digit may be another."""
    host = open_excel(example(tmp_path))
    refresh(host, ON)
    long, digits = re.compile(rb"<v>(-?\d+\.\d{9,})</v>"), 17
    saves_as(lambda sheet: long.sub(lambda v: b"<v>%.*g</v>" % (digits, float(v[1])), sheet))
    before = host.read()
    done = refresh(host, LATER)
    assert done.applied is not None
    assert done.applied.changed
    digits = 15
    host.undo()
    now = host.read()
    for table in before.tables:
        found = now.table(table.name)
        assert found is not None
        for one, other in zip(table.columns, found.columns, strict=True):
            assert all(map(alike, one, other)), table.name


def test_a_link_that_leads_elsewhere_after_the_copy_is_found_out(
    open_excel: Open, tmp_path: Path, saves_as: Callable[..., None]
) -> None:
    """Excel may make of a link within the workbook one to the file that the sheet was copied from."""
    host = open_excel(example(tmp_path))
    before = host.read()
    there, elsewhere = (b'location="&apos;%s&apos;!A2"' % name for name in (b"Processes", b"Goals"))
    saves_as(lambda sheet: sheet.replace(there, elsewhere))
    with pytest.raises(NotAsWritten, match=r"The link in .* does not lead to .*Processes"):
        refresh(host, ON)
    assert host.read().tables == before.tables


def test_a_workbook_whose_copies_excel_encrypts_is_told(
    open_excel: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a password or a sensitivity label every file that Excel saves is a container of old."""
    host = open_excel(example(tmp_path))
    container = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(1024) + "EncryptedPackage".encode("utf-16-le")
    monkeypatch.setattr(
        xlwings_uno._BookApi, "SaveCopyAs", lambda _self, path: Path(path).write_bytes(container)
    )
    with pytest.raises(CopyEncrypted, match="sensitivity label"):
        refresh(host, ON)


class TestKilled:
    """A press that is killed half-way leaves Excel without screen, events and alerts, calculating nothing."""

    @pytest.fixture
    def app(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        return SimpleNamespace(
            pid=4711,
            calculation="semiautomatic",
            screen_updating=True,
            enable_events=True,
            display_alerts=True,
        )

    KILLED = (
        "import os, sys, tempfile\nfrom types import SimpleNamespace\n"
        "tempfile.tempdir = sys.argv[1]\nfrom qmsbook.hosts.excel.hushed import Hushed\n"
        "before = {'calculation': 'semiautomatic', 'screen_updating': True, 'enable_events': True}\n"
        "Hushed(SimpleNamespace(pid=4711), before)\nprint('held', flush=True)\n"
        "sys.stdin.read()\nos._exit(9)\n"
    )

    def test_the_next_press_puts_excel_right(self, app: Any, tmp_path: Path) -> None:
        command = [sys.executable, "-c", self.KILLED, str(tmp_path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        app.calculation, app.screen_updating, app.enable_events = "manual", False, False
        hushed.give_back(app)
        assert not app.screen_updating  # the other press is at work
        process.kill()
        process.communicate()
        app.display_alerts = False  # somebody's own wish
        hushed.give_back(app)
        assert (app.calculation, app.screen_updating, app.enable_events) == ("semiautomatic", True, True)
        assert not app.display_alerts
        app.calculation = "manual"  # by the person, afterwards
        hushed.give_back(app)
        assert app.calculation == "manual"

    @pytest.mark.parametrize("way", ["ribbon", "own"])
    def test_whichever_button_is_pressed_next(
        self, open_excel: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
    ) -> None:
        """The add-in's button, or one of somebody's own: before either does anything."""
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        book = open_excel(example(tmp_path)).book
        excel = book.app
        killed = hushed.Hushed(excel, {name: getattr(excel, name) for name in hushed.QUIET})
        before = {name: getattr(excel, name) for name in hushed.QUIET}
        for name, quiet in hushed.QUIET.items():
            setattr(excel, name, quiet)
        os.close(killed._handle)  # as when its process is ended by force
        if way == "ribbon":
            monkeypatch.setattr(screens, "running", lambda: [excel])
            screens.attach(raw.full_name(book))
        else:
            buttons.findings(book)
        assert {name: getattr(excel, name) for name in hushed.QUIET} == before
        assert not list(tmp_path.glob("qmsbook-excel-*.json"))

    def test_a_press_has_its_note_while_it_works_and_leaves_none(
        self, open_excel: Open, tmp_path: Path, app: Any
    ) -> None:
        host = open_excel(example(tmp_path))
        excel, noted = host.book.app, list[bool]()
        before = {name: getattr(excel, name) for name in hushed.QUIET}

        def kept(_step: str) -> None:
            """As it would be found if the press were killed now."""
            switched_off = {n: v for n, v in before.items() if getattr(excel, n) != v}
            notes = [json.loads(path.read_text()) for path in tmp_path.glob("qmsbook-excel-*.json")]
            noted.append(bool(switched_off) and len(notes) == 1 and switched_off.items() <= notes[0].items())

        host.tell = kept
        refresh(host, ON)
        assert len(noted) > 5
        assert all(noted)
        assert not list(tmp_path.glob("qmsbook-excel-*.json"))

    @pytest.mark.parametrize("note", ["", "[]", '{"calculation": 3}', "\x00"])
    def test_a_note_that_is_none_changes_nothing(self, app: Any, tmp_path: Path, note: str) -> None:
        (tmp_path / "qmsbook-excel-4711.json").write_text(note, encoding="utf-8")
        before = dict(vars(app))
        hushed.give_back(app)
        assert vars(app) == before


class TestReaching:
    def test_no_excel_is_ended_on_the_way_out(self) -> None:
        """xlwings ends every Excel in which it sees no workbook when Python ends."""
        code = (
            "import atexit\nfrom types import SimpleNamespace\nfrom qmsbook.hosts.excel import running\n"
            "def cleanup():\n    print('killed')\natexit.register(cleanup)\n"
            "running._tame(SimpleNamespace(N_COM_ATTEMPTS=0, cleanup=cleanup))\n"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout == ""

    def test_the_engine_that_is_tamed_is_the_one_that_kills(self) -> None:
        """By the words of xlwings' own module for Windows, which cannot be imported here."""
        import xlwings

        source = (Path(xlwings.__file__).parent / "_xlwindows.py").read_text("utf-8")
        assert re.search(r"@atexit\.register\ndef cleanup\(\):", source)
        assert "N_COM_ATTEMPTS = 0" in source

    def test_names_on_a_mac_have_their_accents_apart(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(running, "on_mac", lambda: True)
        books = _MacBooks("Other.xlsx", "Qualita\u0308t.xlsx")
        app = SimpleNamespace(books=books, hwnd=1, pid=1)
        books.app = app
        _, found = running.find([app], "Macintosh HD:Users:me:Qualit\u00e4t.xlsx")
        books.names.insert(0, "opened later.xlsx")
        assert found.name == "Qualita\u0308t.xlsx"  # not what stands in its place by now

    def test_a_mac_is_asked_by_its_own_names(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(raw, "on_mac", lambda: True)
        asked: list[str] = []
        book = SimpleNamespace(api=_AppleScript(asked, "", True))
        assert raw.is_read_only(book)
        sheet = SimpleNamespace(api=_AppleScript(asked, "", None))
        raw.unprotect(sheet)
        raw.protect(sheet, {"formatColumns"})
        raw.delete(sheet)
        assert raw.full_name(book) == ""
        assert raw.looked_at_protected(SimpleNamespace(api=_AppleScript(asked, "", None))) == ""
        known = _names_of_the_mac()
        assert asked
        assert set(asked) <= known


class _MacBooks:
    """The books of a Mac: gone through by their places, found again by their names."""

    def __init__(self, *names: str) -> None:
        self.names, self.app = list(names), None

    def __iter__(self) -> Iterator[Any]:
        return (_ByPlace(self, place) for place in range(len(self.names)))

    def __getitem__(self, name: str) -> Any:
        assert name in self.names
        return SimpleNamespace(name=name, app=self.app)


class _ByPlace:
    def __init__(self, books: _MacBooks, place: int) -> None:
        self.books, self.place, self.app = books, place, books.app

    @property
    def name(self) -> str:
        return self.books.names[self.place]


class _AppleScript:
    """An object of appscript: every member is a reference, asked by `get` or called."""

    def __init__(self, asked: list[str], name: str, value: Any) -> None:
        self._asked, self._name, self._value = asked, name, value

    def __getattr__(self, name: str) -> Any:
        self._asked.append(name)
        return _AppleScript(self._asked, name, self._value)

    def get(self) -> Any:
        return self._value

    def __call__(self, **more: Any) -> Any:
        self._asked.extend(more)
        return self._value


def _names_of_the_mac() -> set[str]:
    from xlwings import mac_dict

    names: set[str] = set()
    for table in (mac_dict.properties, mac_dict.elements, mac_dict.commands):
        for name, _, *arguments in table:
            names.add(name)
            for given in arguments:
                names |= {argument for argument, _ in given}
    return names


def test_another_workbook_in_protected_view_hinders_nobody() -> None:
    window = SimpleNamespace(Workbook=SimpleNamespace(Name="mailed.xlsx"))
    books = [SimpleNamespace(name="plan.xlsx", api=SimpleNamespace(FullName="C:\\plan.xlsx"))]
    app = SimpleNamespace(hwnd=7, pid=7, books=books, api=SimpleNamespace(ActiveProtectedViewWindow=window))
    assert running.find([app], "C:\\plan.xlsx", 7)[1] is books[0]
    for name in ("", "mailed.xlsx"):
        with pytest.raises(InProtectedView, match=r"mailed\.xlsx"):
            running.find([app], name, 7)
    with pytest.raises(NotOpenInExcel, match=r"gone\.xlsx"):
        running.find([app], "C:\\gone.xlsx", 7)


class _MacBook:
    """A workbook in Excel for macOS, whose add-in saves its copies and answers with a word."""

    def __init__(self, source: Path, word: str | None) -> None:
        self.name, self.source, self.word = source.name, source, word
        self.app = self

    def macro(self, name: str) -> Callable[[str, str], str | None]:
        assert name == "'qmsbook.xlam'!QmsbookSaveCopy"
        return self._save

    def _save(self, book: str, path: str) -> str | None:
        assert book == self.name
        shutil.copy(self.source, path)
        return self.word


@pytest.mark.parametrize("word", ["saved", "", None])
def test_the_word_of_the_add_in_that_saved_a_copy_on_a_mac_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str | None
) -> None:
    """A blank word comes from add-ins of earlier releases, none where AppleScript loses it."""
    monkeypatch.setattr(saved, "on_mac", lambda: True)
    path = example(tmp_path)
    assert saved.saved_copy(_MacBook(path, word)) == path.read_bytes()


def test_the_reason_why_no_copy_was_saved_on_a_mac_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(saved, "on_mac", lambda: True)
    with pytest.raises(CopyNotSaved, match="Disk full"):
        saved.saved_copy(_MacBook(example(tmp_path), "Disk full"))
